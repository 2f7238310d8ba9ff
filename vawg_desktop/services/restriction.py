"""Which records a restriction keeps from what leaves the office."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from vawg_desktop.domain import rules
from vawg_desktop.domain.entities import BY_KEY, ENTITIES
from vawg_desktop.services import quotes
from vawg_desktop.services.embargo import embargoed
from vawg_desktop.services.session import Session

_RESTRICTED = tuple(e for e in ENTITIES if "restriction" in e.by_key)
#: Kinds of record that are parts of a restricted one, or speak of one (a citation, a closure test, a sign-off), with the column that names it.
_PARTS = (
    *((e.key, e.parent) for e in ENTITIES if e.parent in {r.key for r in _RESTRICTED}),
    *((e.key, f.key) for e in ENTITIES if not e.kept_by_program for f in e.cells if f.names_record),
    ("challenge", "item"), ("challenge", "answered_item"), ("meeting_decision", "item"), ("agenda_item", "carried_from"),
)


def restricted(session: Session, ids: Iterable[str]) -> set[str]:
    """Those of some records whose words stay off paper and off the room's screen: restricted ones and their parts, such as progress updates; quotes
    that may not leave, figures under embargo, confidential services whose title tells where they are, and actions that follow up what was said
    under a private or restricted item, also where the question is in the bin."""
    connection = session.read()
    closed: list[str] = []
    for spec in _RESTRICTED:
        rows = connection.exec_driver_sql(f'SELECT id, restriction, restricted_until FROM "{spec.key}" WHERE restriction IS NOT NULL')
        closed += [str(id) for id, why, until in rows if rules.is_restricted({"restriction": why, "restricted_until": until}, session.today)]
    wanted = set(ids)
    closed += [*quotes.kept_back(session), *embargoed(session), *(id for id, keys in tells_place(session).items() if "title" in keys)]
    closed += [str(id) for (id,) in connection.exec_driver_sql("SELECT id FROM agenda_item WHERE private = 1").fetchall()]
    found, known, more = wanted.intersection(closed), set(closed), closed
    while more and wanted - found:  # a question about an item about a restricted record: step by step
        some, more = more, list[str]()
        for start in range(0, len(some), 400):
            part_of = tuple(some[start : start + 400])
            marks = ",".join("?" * len(part_of))
            for part, column in _PARTS:
                rows = connection.exec_driver_sql(f'SELECT id FROM "{part}" WHERE "{column}" IN ({marks})', part_of)
                more += [id for (row,) in rows if (id := str(row)) not in known]
            follow_ups = connection.exec_driver_sql(f"SELECT follow_up FROM challenge WHERE follow_up IS NOT NULL AND id IN ({marks})", part_of)
            more += [id for (row,) in follow_ups if (id := str(row)) not in known]
        known.update(more)
        found |= wanted.intersection(more)
    return found


def confidential_links(session: Session, ids: Iterable[str]) -> set[str]:
    """Those of some links that tell where a confidential service is, or what else a record keeps out of lists."""
    wanted, found = sorted(ids), set[str]()
    for spec in (e for e in ENTITIES if e.hides[0]):
        flag, keys = spec.hides
        kinds = ", ".join(f"'{spec.link_kind(spec.by_key[key])}'" for key in keys)
        for start in range(0, len(wanted), 400):
            part = tuple(wanted[start : start + 400])
            rows = session.read().exec_driver_sql(
                f'SELECT l.id FROM link l JOIN "{spec.key}" t ON t.id = l.a AND coalesce(t."{flag}", 0) = 1 WHERE l.kind IN ({kinds}) '
                f"AND l.id IN ({','.join('?' * len(part))})", part,
            )  # fmt: skip
            found |= {str(id) for (id,) in rows}
    return found


#: What stands on paper in place of a title that tells where a confidential service is.
CONFIDENTIAL = "Confidential service"
#: Fields of a service that may tell where it is.
_TELLING = ("title", "eligibility")


def tells_place(session: Session) -> dict[str, set[str]]:
    """Confidential services of which a title or other words name one of their areas, by id, with the keys of these fields."""
    spec, found = BY_KEY["service"], dict[str, set[str]]()
    flag, _ = spec.hides
    rows = session.read().exec_driver_sql(
        f"SELECT t.id, l.b, {', '.join(f't.{key}' for key in _TELLING)} FROM service t JOIN link l ON l.a = t.id AND l.kind = ? AND NOT l.deleted "
        f'WHERE coalesce(t."{flag}", 0) = 1', (spec.link_kind(spec.by_key["areas"]),),
    ).fetchall()  # fmt: skip
    for id, area, *texts in rows:
        name = re.compile(rf"(?<!\w){re.escape(' '.join(str(area).split()))}(?!\w)", re.IGNORECASE)
        told = {key for key, text in zip(_TELLING, texts, strict=True) if text and name.search(" ".join(str(text).split()))}
        if told:
            found.setdefault(str(id), set()).update(told)
    return found


def without_places(session: Session, rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """Rows of services with the words taken out that tell where a confidential one is."""
    telling = tells_place(session)
    return [{**r, **{key: CONFIDENTIAL if key == "title" else None for key in telling.get(str(r["id"]), ())}} for r in rows]


def unrestricted(session: Session, rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """Rows that may leave the window: what stays off paper stays out of what is copied, printed and saved."""
    closed = restricted(session, [str(r["id"]) for r in rows])
    return [r for r in rows if str(r["id"]) not in closed]
