"""Finding and picking: what Ctrl+K, pickers and completions offer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from vawg_desktop.domain.entities import BY_KEY, EntitySpec
from vawg_desktop.domain.terms import fold
from vawg_desktop.services import found_words, names
from vawg_desktop.services.lists import ListQuery, Where, count
from vawg_desktop.services.session import Session
from vawg_desktop.services.show import Link
from vawg_desktop.store.search import Hit
from vawg_desktop.store.search import search as full_text

Choice = tuple[str, str]
_FIRST = ("recommendation", "action", "gap", "partner")


@dataclass(frozen=True, slots=True)
class FoundList:
    """A list that what was typed means, such as a partner's actions: its words, how many stand in it, and the query that shows it."""

    words: str
    count: int
    query: ListQuery


#: How officers ask for a record in a sentence.
_ASKED = re.compile(r"^(?:what(?:'s| has| is)?|how|where|who|show(?: me)?|open|go to|find|tell me)\b[\w ']*?\b(?:to|with|of|on|about|me|is|are|open|find)\s+(?:the\s+)?", re.IGNORECASE)


def plain(typed: str) -> str:
    """What is looked for in a question: "recommendation 3" in "What happened to recommendation 3?"."""
    words = typed.strip().rstrip("?").strip()
    return _ASKED.sub("", words) or words


def search(session: Session, typed: str, *, entity: str | None = None, limit: int = 30) -> list[Hit]:
    """Records as officers say them: what a reference, number or name means exactly first, then recommendations, actions, gaps, partners by words."""
    found = exactly(session, typed, entity)
    if not found and (found := exactly(session, plain(typed), entity)):
        typed = plain(typed)  # a question about a record; any other words are looked for as they are
    exact = [_hit(session, f) for f in found]
    known = {h.id for h in exact}
    return [*exact, *(h for h in _by_words(session, typed, entity, limit) if h.id not in known)]


def exactly(session: Session, typed: str, entity: str | None = None) -> list[names.Found]:
    """The records that a reference ("r3", "R-3", "recommendation 3"), the tracker's own number, an alias or a partner's or body's name means."""
    connection, words = session.read(), typed.strip()
    if not words:
        return []
    found = found_words.exactly(connection, BY_KEY[entity], words) if entity else names.matches(connection, words, None)
    if not found:
        for kind in (entity,) if entity else ("partner", "governance_body"):
            if kind in found_words.OWNERS and (one := names.Directory(connection, kind).find(words)) is not None:
                found = [one]
                break
    return [f for f in found if f.reference and (entity or not BY_KEY[f.entity].system)]


def _hit(session: Session, found: names.Found) -> Hit:
    row = session.read().exec_driver_sql("SELECT n, id, entity, reference, title FROM subject WHERE id = ?", (found.id,)).one()
    return Hit(*tuple(row))


def lists_of(session: Session, typed: str) -> list[FoundList]:
    """Lists of whoever is called so: what a partner or body is accountable for, and the actions of a link officer."""
    connection, words = session.read(), typed.strip()
    if len(words) < 2:
        return []
    found: list[FoundList] = []
    for kind, id in found_words.owners(connection, words)[:3]:
        name = names.find(connection, id)
        for spec in found_words.kinds_of(kind):
            _add_list(session, found, f"{spec.plural} of {name.title}", ListQuery(spec.key, where=(Where(spec.owner, id),)))
    for officer in found_words.officers(connection, words)[:3]:
        _add_list(session, found, f"Actions of {officer}, link officer", ListQuery("action", where=(Where("link_officer", officer),)))
    return found


def _add_list(session: Session, found: list[FoundList], words: str, query: ListQuery) -> None:
    number = count(session, query)
    if number:
        found.append(FoundList(words, number, query))


def _by_words(session: Session, typed: str, entity: str | None, limit: int) -> list[Hit]:
    if entity is None:
        first = [h for e in _FIRST for h in full_text(session.read(), typed, limit=limit // 3, entity=e)]
        rest = [h for h in full_text(session.read(), typed, limit=limit) if h.entity not in _FIRST]
        hits = first + rest
    else:
        hits = full_text(session.read(), typed, limit=limit, entity=entity)
    if entity and not hits and not typed.strip():
        hits = newest(session, entity)
    shown = [h for h in hits if entity or not BY_KEY[h.entity].system]
    wanted = fold(typed)
    return sorted(shown, key=lambda h: (fold(h.reference) != wanted, _rank(h.entity)))


def _rank(entity: str) -> int:
    return _FIRST.index(entity) if entity in _FIRST else len(_FIRST)


def newest(session: Session, entity: str, limit: int = 60) -> list[Hit]:
    """The newest records of one kind."""
    rows = session.read().exec_driver_sql(
        "SELECT n, id, entity, reference, title FROM subject WHERE entity = ? AND NOT deleted ORDER BY n DESC LIMIT ?",
        (entity, limit),
    )
    return [Hit(*tuple(r)) for r in rows]


def choices(session: Session, entity: str) -> list[Choice]:
    """Every record of one kind as id and what to call it."""
    found = names.Directory(session.read(), entity).all
    return [(f.id, f.title if entity == "partner" else f"{f.reference} {f.title}") for f in found]


def used_words(session: Session, link_kind: str, limit: int = 500) -> list[Choice]:
    """Words used so far in a set of free words; where a record keeps its own out of lists, such as a refuge its area, these are left out."""
    entity, _, key = link_kind.partition(".")
    flag, hidden = BY_KEY[entity].hides if entity in BY_KEY else ("", ())
    kept = f'AND NOT EXISTS (SELECT 1 FROM "{entity}" t WHERE t.id = link.a AND coalesce(t."{flag}", 0) = 1) ' if key in hidden else ""
    rows = session.read().exec_driver_sql(
        f"SELECT DISTINCT b FROM link WHERE kind = ? AND NOT deleted {kept}ORDER BY b LIMIT ?", (link_kind, limit)
    )
    return [(str(r[0]), str(r[0])) for r in rows]


def owned_by(session: Session, spec: EntitySpec, body: str, limit: int) -> tuple[int, list[Link]]:
    """How many records of one kind a body is accountable for, and the first of them by reference."""
    whole = count(session, ListQuery(spec.key, where=(Where(spec.owner, body),)))
    rows = session.read().exec_driver_sql(
        f'SELECT id, reference, "{spec.title}", "{spec.status}" FROM "{spec.key}" WHERE "{spec.owner}" = ? AND NOT deleted '
        "ORDER BY length(reference), reference LIMIT ?",
        (body, limit),
    )
    return whole, [Link("", "", spec.key, str(i), str(r), str(t), False, status=str(s)) for i, r, t, s in rows]
