"""A part of the store for a successor: what a partner owns, what a board holds or what concerns an area, with its history, in a store of its own.

Chosen are the records themselves with all their parts; what they rest on and no more of it (the recommendation that an action serves, the stage,
the source); and nothing of what stands beside. What was sent to partners and came back stays with the office that sent it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.conditions import is_open
from vawg_desktop.domain.dates import label
from vawg_desktop.domain.entities import BY_KEY, ENTITIES, EVIDENCE
from vawg_desktop.domain.errors import NotFoundError, ValueRefusedError
from vawg_desktop.domain.fields import EntitySpec, FieldSpec, Kind, Value
from vawg_desktop.domain.merge import content_id
from vawg_desktop.domain.terms import fold
from vawg_desktop.services import names
from vawg_desktop.services.handover import HANDED_OVER, HANDOVER
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.office import RATING_KEY
from vawg_desktop.services.session import Session
from vawg_desktop.store import history, making
from vawg_desktop.store.splitting import Split, split
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

TRANSFER = BY_KEY["transfer"]
#: What a partner has besides the records that it owns: what it answered, its people, its numbers.
_OF_A_PARTNER = (("response", "partner"), ("person", "partner"), ("indicator", "owner"))
#: Kinds that speak of a record and go with it.
_ABOUT = ("citation", "closure_test", "sign_off", "meeting_decision", "handover_item")
#: Kinds that never go: what the office sent, received and published, and what others asked of it.
_STAY = frozenset({"round", "return", "submission", "decision", "reminder", "tracker", "tracker_row", "publication", "information_request", "request_item", "setting", "transfer", "paper_template"})
#: Kinds that are known to everybody and on which records rest: they go where something of the part names them.
_SHARED = frozenset({"source", "journey_stage", "need", "theme", "framework", "strand", "area", "figure"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a part is made of, as it was asked for: partners by name, a board by reference or name, an area by its name."""

    partners: Sequence[str] = ()
    body: str = ""
    area: str = ""

    def words(self) -> str:
        """For the record of what went."""
        return "; ".join(w for w in (", ".join(self.partners), self.body, f"area {self.area}" if self.area else "") if w)


@dataclass(slots=True)
class Part:
    """The ids that go: ``whole`` with everything of theirs, ``alone`` for what rests on them."""

    whole: dict[str, str] = field(default_factory=dict[str, str])
    alone: dict[str, str] = field(default_factory=dict[str, str])
    links: set[str] = field(default_factory=set[str])

    @property
    def ids(self) -> set[str]:
        """Every row that goes."""
        return {*self.whole, *self.alone, *self.links}


@dataclass(slots=True)
class HandedOver:
    """What went: the record of it, the new store, how much of each kind, and what changed here."""

    reference: str
    store: Path
    split: Split
    kinds: dict[str, int]
    changes: Changes


def choose(session: Session, asked: Chosen) -> Part:
    """The rows of a part. Raises NotFoundError for a name that is none here, ValueRefusedError where nothing is asked for or nothing is found."""
    connection = session.read()
    part = Part()
    if not (asked.partners or asked.body or asked.area):
        raise ValueRefusedError("Say what goes: a partner, a board or an area.")
    for name in asked.partners:
        _add(part, connection, "partner", "id", [_found(connection, name, "partner")])
    if partners := list(part.whole):
        for spec in ENTITIES:
            if spec.key in _STAY:
                continue
            if spec.owner and spec.by_key[spec.owner].target == "partner":
                _add(part, connection, spec.key, spec.owner, partners)
            if spec.others and spec.by_key[spec.others].target == "partner":
                _add_linked(part, connection, spec.key, spec.link_kind(spec.by_key[spec.others]), partners)
        for kind, column in _OF_A_PARTNER:
            _add(part, connection, kind, column, partners)
    if asked.body:
        body = _found(connection, asked.body, "governance_body")
        _add(part, connection, "governance_body", "id", [body])
        _add(part, connection, "meeting", "body", [body])
    if asked.area:
        _add_area(part, connection, asked.area)
    if not part.whole:
        raise ValueRefusedError(f"Nothing in this store concerns {asked.words()}.")
    _add_parts(part, connection)
    _add_rests(part, connection)
    _add_settings(part, connection)
    return part


def _found(connection: Connection, name: str, kind: str) -> str:
    found = names.maybe_find(connection, name, kind) or names.find_named(connection, kind, name)
    if found is None:
        raise NotFoundError(f"There is no {BY_KEY[kind].label.casefold()} called “{name}”.")
    return found.id


def _in(ids: Iterable[str]) -> Iterable[tuple[str, ...]]:
    listed = list(dict.fromkeys(ids))
    return (tuple(listed[n : n + 400]) for n in range(0, len(listed), 400))


def _add(part: Part, connection: Connection, kind: str, column: str, values: Iterable[str]) -> list[str]:
    """Rows of a kind whose column holds one of some values; those that are new. What lies in the bin goes too; what only stands in does not."""
    new: list[str] = []
    for some in _in(values):
        rows = connection.exec_driver_sql(f'SELECT id FROM "{kind}" WHERE "{column}" IN ({",".join("?" * len(some))}) AND born IS NOT NULL', some)
        new += [str(i) for (i,) in rows if str(i) not in part.whole]
    part.whole.update(dict.fromkeys(new, kind))
    return new


def _add_linked(part: Part, connection: Connection, kind: str, link: str, ends: Iterable[str]) -> list[str]:
    """Rows of a kind that a kind of link leads from, to one of some ends."""
    starts: list[str] = []
    for some in _in(ends):
        rows = connection.exec_driver_sql(f"SELECT a FROM link WHERE kind = ? AND NOT deleted AND b IN ({','.join('?' * len(some))})", (link, *some))
        starts += [str(a) for (a,) in rows]
    return _add(part, connection, kind, "id", starts)


def _add_area(part: Part, connection: Connection, area: str) -> None:
    """Records whose area is the one asked for, however it is spelt, and the area's own record."""
    wanted = fold(area)
    for spec in ENTITIES:
        one, many = spec.by_key.get("area"), spec.by_key.get("areas")
        if one is not None and one.kind is Kind.TEXT:
            rows = connection.exec_driver_sql(f'SELECT id, area FROM "{spec.key}" WHERE area IS NOT NULL').fetchall()
            _add(part, connection, spec.key, "id", [str(i) for i, a in rows if fold(str(a)) == wanted])
        if many is not None and many.kind is Kind.TAGS:
            rows = connection.exec_driver_sql("SELECT a, b FROM link WHERE kind = ? AND NOT deleted", (spec.link_kind(many),)).fetchall()
            _add(part, connection, spec.key, "id", [str(a) for a, b in rows if fold(str(b)) == wanted])
    named = connection.exec_driver_sql("SELECT id, name FROM area WHERE name IS NOT NULL").fetchall()
    _add(part, connection, "area", "id", [str(i) for i, name in named if fold(str(name)) == wanted])


def _add_parts(part: Part, connection: Connection) -> None:
    """What is a part of what goes, or speaks of it: updates, answers, tests; proof of it; the numbers of indicators that serve nothing else."""
    waiting = list(part.whole)
    while waiting:
        new: list[str] = []
        for kind, column in history.PARTS:
            if kind not in _STAY:
                new += _add(part, connection, kind, column, waiting)
        for kind in _ABOUT:
            new += _add(part, connection, kind, "about", waiting)
        new += _add_proof(part, connection, waiting)
        waiting = new


def _add_proof(part: Part, connection: Connection, ids: Sequence[str]) -> list[str]:
    """The evidence of some records, whichever of the two names the other; what is new."""
    new: list[str] = []
    for field_ in EVIDENCE.fields:
        if field_.kind is Kind.LINKS:
            new += _add_linked(part, connection, EVIDENCE.key, EVIDENCE.link_kind(field_), ids)
    for spec in ENTITIES:
        for field_ in spec.fields:
            if field_.target == EVIDENCE.key and spec.key not in _STAY:
                new += _add(part, connection, EVIDENCE.key, "id", _ends(connection, spec, field_, ids))
    return new


def _ends(connection: Connection, spec: EntitySpec, field_: FieldSpec, ids: Sequence[str]) -> list[str]:
    """The records that a field of some rows of a kind names."""
    found: list[str] = []
    for some in _in(ids):
        marks = ",".join("?" * len(some))
        if field_.many:
            rows = connection.exec_driver_sql(f"SELECT b FROM link WHERE kind = ? AND NOT deleted AND a IN ({marks})", (spec.link_kind(field_), *some))
        else:
            rows = connection.exec_driver_sql(f'SELECT "{field_.key}" FROM "{spec.key}" WHERE "{field_.key}" IS NOT NULL AND id IN ({marks})', some)
        found += [str(i) for (i,) in rows]
    return found


def _add_rests(part: Part, connection: Connection) -> None:
    """What the part rests on, each record by itself: recommendations, what is known to everybody; then the links that go."""
    rows = _links_of(connection, part.whole)
    ends = {end for _, _, a, b in rows for end in (a, b)} - set(part.whole)
    for kind, ids in _kinds(connection, {*ends, *_named(part, connection)}).items():
        if kind in _SHARED or kind == "recommendation":
            part.alone.update(dict.fromkeys(ids, kind))
    strands = [i for i, kind in part.alone.items() if kind == "strand"]
    for some in _in(strands):
        of = connection.exec_driver_sql(f"SELECT DISTINCT framework FROM strand WHERE id IN ({','.join('?' * len(some))})", some)
        part.alone.update(dict.fromkeys((str(f) for (f,) in of), "framework"))
    part.links.update(id for id, _, _, _ in rows)
    kept = {*part.whole, *part.alone}
    part.links.update(
        id for id, kind, a, b in _links_of(connection, part.alone) if a in part.alone and (b in kept or _is_words(connection, kind, b))
    )  # fmt: skip


def _is_words(connection: Connection, kind: str, b: str) -> bool:
    """Whether the other end of a link is a word of the record itself, such as a pillar, and no other record."""
    entity, _, key = kind.partition(".")
    spec = BY_KEY.get(entity)
    said = spec.by_key.get(key) if spec is not None else None
    return said is not None and said.kind in (Kind.TERMS, Kind.TAGS) and connection.exec_driver_sql("SELECT 1 FROM subject WHERE id = ?", (b,)).fetchone() is None


def _links_of(connection: Connection, ids: Iterable[str]) -> list[tuple[str, str, str, str]]:
    """The links of some records, hidden ones too: id, kind and both ends."""
    found: dict[str, tuple[str, str, str, str]] = {}
    for some in _in(ids):
        marks = ",".join("?" * len(some))
        for i, kind, a, b in connection.exec_driver_sql(f"SELECT id, kind, a, b FROM link WHERE a IN ({marks}) OR b IN ({marks})", (*some, *some)):
            found[str(i)] = (str(i), str(kind), str(a), str(b))
    return list(found.values())


def _named(part: Part, connection: Connection) -> set[str]:
    """The records that cells of the part name."""
    found: set[str] = set()
    for kind in set(part.whole.values()):
        columns = [f'"{f.key}"' for f in BY_KEY[kind].cells if f.kind is Kind.REF]
        if not columns:
            continue
        for some in _in(i for i, k in part.whole.items() if k == kind):
            rows = connection.exec_driver_sql(f'SELECT {", ".join(columns)} FROM "{kind}" WHERE id IN ({",".join("?" * len(some))})', some)
            found |= {str(v) for row in rows for v in row if v}
    return found - set(part.whole)


def _kinds(connection: Connection, ids: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for some in _in(ids):
        for i, kind in connection.exec_driver_sql(f"SELECT id, entity FROM subject WHERE id IN ({','.join('?' * len(some))})", some):
            found.setdefault(str(kind), []).append(str(i))
    return found


def _add_settings(part: Part, connection: Connection) -> None:
    """What the ratings mean in this office."""
    rows = connection.exec_driver_sql("SELECT id, name FROM setting").fetchall()
    part.alone.update({str(i): "setting" for i, key in rows if str(key).startswith(RATING_KEY)})


def hand_over(session: Session, asked: Chosen, to: Path, *, passphrase: str | None, to_whom: str = "") -> HandedOver:
    """Make the part's own store, and note here what went, to whom and when; each open item in it waits for its successor's acceptance.

    Raises what ``choose`` raises, and StoreError; then nothing was written, here or there.
    """
    part = choose(session, asked)
    kinds = Counter(kind for kind in (*part.whole.values(), *part.alone.values()) if kind != "setting")
    placed = False
    try:
        with session.store.write(session.who, f"Part handed over: {asked.words()}", Act.SPLIT) as tx:
            cells: dict[str, Value] = {
                "title": f"{asked.words()}, to {to_whom.strip()}" if to_whom.strip() else asked.words(), "to_whom": to_whom.strip() or None, "given_on": session.today.isoformat(),
                "asked": asked.words(), "records": sum(kinds.values()), "what": _what(kinds), "store_given": to.name,
            }  # fmt: skip
            given = tx.create(TRANSFER.key, cells)
            part.whole[given] = TRANSFER.key
            part.whole.update(dict.fromkeys(_offer(session, tx, part, to_whom), HANDOVER.key))
            tx.flush()
            done = split(session.store, tx.connection, to, part.ids, session.who, passphrase=passphrase)
            placed = True
            reference = str(tx.row(TRANSFER.key, given)["reference"])
    except BaseException:
        if placed:
            making.remove(to)
        raise
    return HandedOver(reference, to, done, dict(kinds), tx.changes)


def _what(kinds: Counter[str]) -> str:
    return "; ".join(BY_KEY[k].how_many(n) for k, n in sorted(kinds.items(), key=lambda p: (-p[1], p[0])))


def _offer(session: Session, tx: Transaction, part: Part, to_whom: str) -> list[str]:
    """Note of every open item that goes that it is transferred, unless something was decided about it; returns the new records' ids."""
    made: list[str] = []
    for kind in HANDED_OVER:
        spec = BY_KEY[kind]
        ids = [i for i, k in part.whole.items() if k == kind]
        for some in _in(ids):
            marks = ",".join("?" * len(some))
            for row in plain_rows(tx.connection, f'SELECT * FROM "{kind}" WHERE id IN ({marks}) AND NOT deleted ORDER BY n', some):
                finished = not is_open(spec, row)
                id = content_id(HANDOVER.key, str(row["id"]))
                if finished or tx.free_id(HANDOVER.key, id) is None:
                    continue
                words = f"In the part handed over on {label(session.today.isoformat())}{f' to {to_whom.strip()}' if to_whom.strip() else ''}."
                tx.create(HANDOVER.key, {"what": f"{row['reference']} {row[spec.title]}"[:300], "about": str(row["id"]), "outcome": "transferred", "words": words}, id=id)
                made.append(id)
    return made

