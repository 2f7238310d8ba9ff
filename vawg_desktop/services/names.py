"""Finding records by what people call them: reference, alias, id, a partner's name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act, act_of
from vawg_desktop.domain.entities import BY_KEY, BY_PREFIX, ENTITIES, EntitySpec
from vawg_desktop.domain.errors import NotFoundError, RuleError, ValueRefusedError
from vawg_desktop.domain.terms import fold
from vawg_desktop.domain.values import clean_text
from vawg_desktop.exchange import identity
from vawg_desktop.store.transaction import ALIAS as ALIAS

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NUMBERED = re.compile(r"([a-z]{1,2})\s*[-–]?\s*0*(\d{1,9})", re.IGNORECASE)
_PROVISIONAL = re.compile(r"([a-z]{1,2})\s*[-–]?\s*x([0-9a-z]{5})", re.IGNORECASE)
_WITH_TITLE = re.compile(r"([A-Z]{1,2}-\w+) (\S.*)")
_SPELT = re.compile(r"([a-z ]+?)\.?\s+(?:no\.?\s*|number\s*)?0*(\d{1,9})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """A record by whatever name it was asked for."""

    entity: str
    id: str
    reference: str
    title: str

    @property
    def spec(self) -> EntitySpec:
        """The entity's declaration."""
        return BY_KEY[self.entity]


def refuse_deleted(connection: Connection, found: Found) -> None:
    """Raise RuleError for a record in the bin, of which nothing new is said."""
    if connection.exec_driver_sql("SELECT deleted FROM subject WHERE id = ?", (found.id,)).one()[0]:
        raise RuleError(f"{found.reference} is in the bin; bring it back first.", code="rule_deleted")


_FIND = "SELECT entity, id, reference, title, deleted FROM subject "


def find(connection: Connection, name: str, entity: str | None = None) -> Found:
    """The record that a reference (``R-0003``, ``r3``), alias or id names. Raises NotFoundError."""
    owners = matches(connection, name, entity)
    if len(owners) > 1:
        raise NotFoundError(
            f"“{name[:80]}” names more than one record: {', '.join(o.reference for o in owners[:6])}. Name one of them.",
            code="ambiguous",
        )
    found = owners[0] if owners else None
    if found is None:
        what = BY_KEY[entity].label.casefold() if entity else "record"
        raise NotFoundError(f"There is no {what} called “{name[:80]}” in this store.")
    if not found.reference:  # an empty row that only stands in for it
        raise NotFoundError(f"That {found.spec.label.casefold()} was not handed over with this part of the store.", code="not_handed_over")
    return found


def maybe_find(connection: Connection, name: str, entity: str | None = None) -> Found | None:
    """Like ``find``, but None where there is nothing, or more than one."""
    owners = matches(connection, name, entity)
    return owners[0] if len(owners) == 1 and owners[0].reference else None


def with_check_letters(connection: Connection, name: str, entity: str | None = None) -> Found | None:
    """Like ``maybe_find``, also by a reference with the check letters that a return bears. A name is taken whole first: an id may hold what looks like one."""
    found = maybe_find(connection, name, entity)
    parts = identity.split_visible(name) if found is None else None
    return maybe_find(connection, parts[0], entity) if parts is not None else found


def matches(connection: Connection, name: str, entity: str | None) -> list[Found]:
    """The records that match a name in the first way that finds any; a deleted one only if no living one does."""
    typed = " ".join(clean_text(name).text.split())
    if not typed:
        return []
    for sql, value in _ways(typed):
        rows = [tuple(r) for r in connection.exec_driver_sql(_FIND + sql, (value,)) if entity is None or r[0] == entity]
        living = [r for r in rows if not r[4]]
        if found := living or rows[:1]:
            return [Found(*r[:4]) for r in found]
    if m := _WITH_TITLE.fullmatch(typed):  # as the program itself calls it: "R-0003 Independent satisfaction survey"
        rows = [tuple(r) for r in connection.exec_driver_sql(_FIND + "WHERE reference = ?", (m[1],)) if entity is None or r[0] == entity]
        return [Found(*r[:4]) for r in rows if " ".join(str(r[3]).split()).startswith(m[2])]
    return []


def _ways(typed: str) -> list[tuple[str, str]]:
    """Word for word first (reference, id, alias), then a number loosely written: ``r3``, ``action 14``."""
    alias = "WHERE id IN (SELECT a FROM link WHERE kind = 'alias' AND b = ? AND NOT deleted)"
    earlier = 'WHERE id IN (SELECT "row" FROM earlier_reference WHERE reference = ?)'
    ways = [
        ("WHERE reference = ?", typed),
        ("WHERE id = ?", typed.lower()),
        (alias, fold(typed)),
        (earlier, typed),
    ]
    if m := _NUMBERED.fullmatch(typed):
        ways.append(("WHERE reference = ?", f"{m[1].upper()}-{int(m[2]):04d}"))
    elif m := _PROVISIONAL.fullmatch(typed):
        loosely = f"{m[1].upper()}-x{m[2].upper()}"
        ways += [("WHERE reference = ?", loosely), (earlier, loosely)]
    elif m := _SPELT.fullmatch(typed):
        prefix = _prefix_of(fold(m[1]))
        if prefix:
            ways.append(("WHERE reference = ?", f"{prefix}-{int(m[2]):04d}"))
    return ways


def _prefix_of(word: str) -> str:
    """The prefix of the kind of record that a word means: its name, of one or of many, or the beginning of it, "rec"; empty where none or several begin so."""
    whole = next((p for p, s in BY_PREFIX.items() if word in (fold(s.label), fold(s.plural))), "")
    short = word.removesuffix("s")
    begun = [s.prefix for s in BY_PREFIX.values() if s.tracked and fold(s.label).startswith(short)] if len(short) >= _BEGINNING else []
    return whole or (begun[0] if len(begun) == 1 else "")


#: Fewer letters are no beginning of a kind's name.
_BEGINNING = 3


def find_named(connection: Connection, entity: str, name: str, *, only: bool = False) -> Found | None:
    """A record of one entity by reference, alias or, word for word, its name or short name. ``only``: raises NotFoundError where several are called so."""
    found = maybe_find(connection, name, entity)
    if found is not None:
        return found
    known = Directory(connection, entity)
    return known.only(name) if only else known.find(name)


class Directory:
    """The names of all records of one entity, read once, for imports and pickers."""

    def __init__(self, connection: Connection, entity: str) -> None:
        spec = BY_KEY[entity]
        names = [c for c in (spec.title, "short_name", "name", "title") if c in spec.by_key]
        columns = ", ".join(f't."{c}"' for c in dict.fromkeys(names))
        rows = connection.exec_driver_sql(
            f'SELECT t.id, t.reference, {columns} FROM "{entity}" t WHERE NOT t.deleted ORDER BY t.n'
        )
        self.entity = entity
        self._by_name: dict[str, Found] = {}
        self.all: list[Found] = []
        for row in rows:
            self._take(tuple(row))
        aliases = connection.exec_driver_sql(
            "SELECT l.b, s.entity, s.id, s.reference, s.title FROM link l JOIN subject s ON s.id = l.a "
            "WHERE l.kind = 'alias' AND NOT l.deleted AND s.entity = ? AND NOT s.deleted",
            (entity,),
        )
        self._take_other_names((str(alias), Found(*found)) for alias, *found in aliases)
        earlier = connection.exec_driver_sql(
            "SELECT f.reference, s.entity, s.id, s.reference, s.title FROM earlier_reference f "
            'JOIN subject s ON s.id = f."row" WHERE s.entity = ? AND NOT s.deleted',
            (entity,),
        )
        self._take_other_names((fold(str(reference)), Found(*found)) for reference, *found in earlier)
        if spec.by_title:  # “Advocacy” is “Advocacy (ISVA, IDVA)” where no other begins so
            self._take_other_names((fold(f.title.partition("(")[0]), f) for f in self.all if "(" in f.title)

    def _take_other_names(self, others: Iterable[tuple[str, Found]]) -> None:
        """Aliases or former references; one that two records share stands for neither."""
        owners: dict[str, set[Found]] = {}
        for name, found in others:
            owners.setdefault(name, set()).add(found)
        for name, found in owners.items():
            if len(found) == 1:
                self._by_name.setdefault(name, *found)

    def _take(self, row: Sequence[object]) -> None:
        id, reference, *names = row
        shown = str(names[1] if len(names) > 1 and names[1] else names[0] or reference)
        found = Found(self.entity, str(id), str(reference), shown)
        self.all.append(found)
        for name in (reference, id, *names):
            if name:
                self._by_name.setdefault(fold(str(name)), found)

    def add(self, found: Found, *names: str) -> None:
        """Know a record made meanwhile."""
        for name in (found.reference, found.title, *names):
            if name:
                self._by_name.setdefault(fold(name), found)

    def find(self, name: str) -> Found | None:
        """The record of that name, or None."""
        return self._by_name.get(fold(name))

    def only(self, name: str) -> Found | None:
        """The record of that name, or None. Raises NotFoundError where several have that very title: which one is meant nobody can say."""
        found = self.find(name)
        same = [one for one in self.all if found is not None and fold(one.title) == fold(name)]
        if found is not None and len(same) > 1 and fold(found.title) == fold(name):
            raise NotFoundError(f"“{name[:80]}” names more than one {BY_KEY[self.entity].label.casefold()}: {', '.join(one.reference for one in same[:6])}. Name one of them.", code="ambiguous")
        return found

    def require(self, name: str) -> Found:
        """The record of that name. Raises ValueRefusedError with "did you mean"."""
        found = self.find(name)
        if found is None:
            label = BY_KEY[self.entity].label.casefold()
            begun = [known for known in self._by_name if known.startswith(fold(name) + " ")][:3]
            close = begun or get_close_matches(fold(name), list(self._by_name), n=3, cutoff=0.6)
            hint = " or ".join(dict.fromkeys(self._by_name[c].title for c in close))
            raise ValueRefusedError(
                f"There is no {label} called “{name[:60]}”" + (f"; did you mean {hint}?" if hint else ".")
            )
        return found


def is_independent(connection: Connection, body: object) -> bool:
    """Whether a body, by id, is one that is never rated or judged; of one that was not handed over with a part nobody knows whether it is."""
    found = connection.exec_driver_sql("SELECT standing, reference FROM partner WHERE id = ?", (str(body),)).fetchone() if body else None
    return found is not None and (found[0] == "independent" or not found[1])


def combined_into(connection: Connection, id: str) -> str:
    """The reference of the record that a deleted one was combined with; empty where it was simply deleted."""
    row = connection.exec_driver_sql("SELECT act, about FROM \"change\" WHERE \"row\" = ? AND instr(fields, '\"deleted\"') > 0 ORDER BY n DESC LIMIT 1", (id,)).fetchone()
    into = maybe_find(connection, str(row[1])) if row is not None and act_of(row[0]) is Act.COMBINE and row[1] else None
    return into.reference if into is not None and into.id != id else ""


def titles(connection: Connection, entity: str) -> list[str]:
    """What every record of one kind is called, sorted."""
    return sorted({found.title for found in Directory(connection, entity).all})


def long_labels(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """What paper calls records: "R-0003 Independent satisfaction survey". Bodies, which have short names of their own, are left out."""
    called: dict[str, str] = {}
    wanted = [i for i in dict.fromkeys(ids) if i]
    for start in range(0, len(wanted), 400):
        part = wanted[start : start + 400]
        marks = ",".join("?" * len(part))
        for id, kind, reference, title in connection.exec_driver_sql(f"SELECT id, entity, reference, title FROM subject WHERE id IN ({marks})", tuple(part)):
            if "short_name" not in BY_KEY[str(kind)].by_key and not BY_KEY[str(kind)].by_title:
                called[str(id)] = f"{reference or ''} {title or ''}".strip()
    return called


def titles_of(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The titles of records, by id."""
    found: dict[str, str] = {}
    wanted = [i for i in dict.fromkeys(ids) if i]
    for start in range(0, len(wanted), 400):
        part = tuple(wanted[start : start + 400])
        found |= {str(id): str(title or "") for id, title in connection.exec_driver_sql(f"SELECT id, title FROM subject WHERE id IN ({','.join('?' * len(part))})", part)}
    return found


#: Kinds of record that others call by their title.
_BY_TITLE = " ".join(f"WHEN '{e.key}' THEN s.title" for e in ENTITIES if e.by_title)


def labels(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """What to call records in words: a partner's short name, else the reference."""
    called: dict[str, str] = {}
    wanted = [i for i in dict.fromkeys(ids) if i]
    for start in range(0, len(wanted), 400):
        part = wanted[start : start + 400]
        marks = ",".join("?" * len(part))
        rows = connection.exec_driver_sql(
            "SELECT s.id, CASE s.entity WHEN 'partner' THEN coalesce(p.short_name, s.title) "
            f"WHEN 'governance_body' THEN coalesce(b.short_name, s.title) {_BY_TITLE} ELSE coalesce(s.reference, s.title) END FROM subject s "
            "LEFT JOIN partner p ON p.id = s.id LEFT JOIN governance_body b ON b.id = s.id "
            f"WHERE s.id IN ({marks})",
            tuple(part),
        )
        called.update({str(i): str(label) for i, label in rows})
    return called
