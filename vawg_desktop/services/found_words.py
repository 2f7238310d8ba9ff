"""What is typed into a list's filter, as officers say it: a reference or number, the tracker's own number, words, a partner, a person.

A record that is meant exactly stands first. Beside the records that hold all words stand those of a partner, body or person who is called so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from vawg_desktop.domain.conditions import CONDITIONS
from vawg_desktop.domain.entities import BY_KEY, EntitySpec
from vawg_desktop.domain.fields import Kind
from vawg_desktop.domain.terms import fold
from vawg_desktop.services import names
from vawg_desktop.store.search import numbers_matching

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Kinds of record by whose name others are found, where a field names one.
OWNERS = ("partner", "governance_body", "person", "contact")
#: So many owners may be meant at most; more are no name but a word of many.
_MOST = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A condition on a list's rows with its parameters; ``exact`` are ids of records that are meant exactly. ``plain``: it asks for nothing but words."""

    sql: str
    params: tuple[object, ...]
    exact: tuple[str, ...] = ()
    plain: bool = True


def condition(connection: Connection, spec: EntitySpec, typed: str, today: date) -> Found | None:
    """Which rows of a list are meant by what was typed; None where too little was typed to mean anything. ``today`` is the day by which "overdue" is told."""
    words = typed.strip()
    if not words:
        return None
    exact = tuple(f.id for f in exactly(connection, spec, words))
    parts: list[str] = []
    params: list[object] = []
    matched = numbers_matching(words, connection.dialect.name)
    if matched is not None:
        parts.append(f"t.n IN ({matched[0]})")
        params += matched[1]
    if exact:
        parts.append(f"t.id IN ({','.join('?' * len(exact))})")
        params += exact
    for sql, more in (*_of_others(connection, spec, words), *_of_states(spec, words, today)):
        parts.append(sql)
        params += more
    for sql, more in _of_owners(connection, spec, words):
        parts.append(sql)
        params += more
    if not parts:
        return None
    return Found(f"({' OR '.join(parts)})", tuple(params), exact, plain=len(parts) == 1 and matched is not None)


def _of_others(connection: Connection, spec: EntitySpec, words: str) -> list[tuple[str, list[object]]]:
    """Conditions for the rows that belong to a record of another kind whose reference was typed: of "r3" the actions that serve it."""
    if words.isdecimal():
        return []
    ids = [f.id for f in names.matches(connection, words, None) if f.entity != spec.key and f.reference and not BY_KEY[f.entity].system and f.entity not in OWNERS]
    if not ids:
        return []
    marks = ",".join("?" * len(ids))
    refs = [f't."{f.key}" IN ({marks})' for f in spec.cells if f.kind is Kind.REF]
    linked = f"t.id IN (SELECT a FROM link WHERE b IN ({marks}) AND NOT deleted) OR t.id IN (SELECT b FROM link WHERE a IN ({marks}) AND NOT deleted AND kind <> 'alias')"
    return [(f"({' OR '.join([linked, *refs])})", [*ids] * (2 + len(refs)))]


def _of_states(spec: EntitySpec, words: str, today: date) -> list[tuple[str, list[object]]]:
    """Conditions for the rows that stand as was typed: overdue, amber, in progress."""
    wanted, found = fold(words), list[tuple[str, list[object]]]()
    for one in CONDITIONS.values():
        if wanted in (fold(one.label), fold(one.key.replace("_", " "))) and one.applies(spec):
            sql, params = one.sql(spec, today)
            found.append((f"({sql})", list(params)))
    for field in spec.cells:
        if field.terms is not None and (field.key == spec.status or field.key.startswith("rating")):
            for term in field.terms.terms:
                if fold(term.label) == wanted:
                    found.append((f't."{field.key}" = ?', [term.key]))
    return found


def exactly(connection: Connection, spec: EntitySpec, typed: str) -> list[names.Found]:
    """Records of one kind that a reference, number or alias names, the tracker's own number among them; a bare number is the kind's own."""
    if typed.isdecimal() and len(typed) < 6:
        own = names.matches(connection, f"{spec.prefix}-{int(typed):04d}", spec.key)
        if own:
            return own
    return names.matches(connection, typed, spec.key)


def owners(connection: Connection, words: str) -> list[tuple[str, str]]:
    """Partners, bodies and people whose name holds all of some words, as kind and id; where one is called exactly so, that one."""
    for kind in ("partner", "governance_body"):
        if (one := names.Directory(connection, kind).find(words)) is not None:
            return [(kind, one.id)]
    matched = numbers_matching(words, connection.dialect.name)
    if matched is None:
        return []
    marks = ",".join("?" * len(OWNERS))
    sql = f"SELECT entity, id FROM subject WHERE n IN ({matched[0]}) AND entity IN ({marks}) AND NOT deleted LIMIT {_MOST + 1}"
    rows = [(str(e), str(i)) for e, i in connection.exec_driver_sql(sql, (*matched[1], *OWNERS)).fetchall()]
    return [(e, i) for e, i in rows if _is_called(connection, e, i, words)] if len(rows) <= _MOST else []


def _is_called(connection: Connection, kind: str, id: str, words: str) -> bool:
    """Whether one of its names begins words with all of these; what its note says is no name of it."""
    spec = BY_KEY[kind]
    keys = [k for k in (spec.title, "short_name") if k in spec.by_key]
    row = connection.exec_driver_sql(f'SELECT {", ".join(keys)} FROM "{kind}" WHERE id = ?', (id,)).one()
    aliases = connection.exec_driver_sql("SELECT b FROM link WHERE kind = 'alias' AND a = ? AND NOT deleted", (id,)).fetchall()
    called = [fold(str(n)).split() for n in (*row, *(a for (a,) in aliases)) if n]
    return any(all(any(part.startswith(w) for part in one) for w in fold(words).split()) for one in called)


def officers(connection: Connection, words: str) -> list[str]:
    """Names of link officers that hold all of some words, as they are written."""
    wanted = fold(words).split()
    rows = connection.exec_driver_sql("SELECT DISTINCT link_officer FROM action WHERE link_officer IS NOT NULL").fetchall()
    return [str(n) for (n,) in rows if all(any(part.startswith(w) for part in fold(str(n)).split()) for w in wanted)]


def _of_owners(connection: Connection, spec: EntitySpec, words: str) -> list[tuple[str, list[object]]]:
    """Conditions for the rows of whoever is called so; of several words the first or last may be a partner's and the others the row's own."""
    refs = [f for f in spec.cells if f.kind is Kind.REF and f.target in OWNERS]
    found: list[tuple[str, list[object]]] = []
    if refs and (named := owners(connection, words)):
        found += _by_refs(spec, named)
    if "link_officer" in spec.by_key and len(words) > 1 and (people := officers(connection, words)):
        found.append((f"t.link_officer IN ({','.join('?' * len(people))})", list(people)))
    parts = words.split()
    if found or not refs or len(parts) < 2:
        return found
    for name, rest in ((parts[0], parts[1:]), (parts[-1], parts[:-1])):
        partner = names.Directory(connection, "partner").find(name)
        matched = numbers_matching(" ".join(rest), connection.dialect.name) if partner is not None else None
        if partner is not None and matched is not None:
            found += [(f"({sql} AND t.n IN ({matched[0]}))", [*params, *matched[1]]) for sql, params in _by_refs(spec, [("partner", partner.id)])]
    return found


def _by_refs(spec: EntitySpec, named: list[tuple[str, str]]) -> list[tuple[str, list[object]]]:
    found: list[tuple[str, list[object]]] = []
    for one in (f for f in spec.cells if f.kind is Kind.REF):
        ids: list[object] = [i for e, i in named if e == one.target]
        if ids:
            found.append((f't."{one.key}" IN ({",".join("?" * len(ids))})', ids))
    return found


def kinds_of(owner: str) -> list[EntitySpec]:
    """The kinds of record that a kind of owner is accountable for, such as a partner's actions."""
    return [s for s in BY_KEY.values() if s.owner and s.by_key[s.owner].target == owner and not s.system]
