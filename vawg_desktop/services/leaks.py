"""What must not leave in a partner's workbook: found before it is written, with its place (DESIGN 5).

Names of other bodies stand lawfully in an action's own title, in its recommendation, in words that the partner itself
wrote, and where the body has a part in the action. Anywhere else they block the file until somebody takes them out or
releases the file knowingly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from vawg_desktop.domain import rules
from vawg_desktop.domain.entities import ENTITIES
from vawg_desktop.domain.errors import Problem
from vawg_desktop.domain.mentions import Mentions, folded
from vawg_desktop.domain.return_columns import ON_UPDATE, PROGRESS, ReturnForm
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.exchange.cells import address
from vawg_desktop.exchange.return_plan import ReturnRow
from vawg_desktop.store.derive import newest_first

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Markings above OFFICIAL-SENSITIVE, as the Government Security Classifications write them.
_ABOVE = re.compile(r"\b(?:TOP SECRET|SECRET|CONFIDENTIAL)\b")
_LAST_ANSWER = PROGRESS.locked.index("Last answer")


@dataclass(frozen=True, slots=True)
class ForbiddenWords:
    """Bodies' names, and the titles of restricted records by their references, that a workbook must not show."""

    bodies: Mentions
    restricted: tuple[tuple[str, str], ...]


def _is_telling(name: str) -> bool:
    """Whether a body's name is long enough to be looked for: four letters, or three capitals."""
    return len(name) >= 4 or (name.isupper() and len(name) >= 3)


def forbidden_words(connection: Connection, today: date) -> ForbiddenWords:
    """Other bodies' names and restricted titles; short ones left out."""
    rows = connection.exec_driver_sql(
        "SELECT id, name, short_name, deleted FROM partner WHERE standing IS DISTINCT FROM 'own_office'"
    ).fetchall()
    former = connection.exec_driver_sql("SELECT partner, name FROM former_name WHERE NOT deleted").fetchall()
    aliases = connection.exec_driver_sql("SELECT b FROM link WHERE kind = 'alias' AND NOT deleted").fetchall()
    owners = {
        str(o)
        for (o,) in connection.exec_driver_sql(
            "SELECT DISTINCT accountable FROM action WHERE accountable IS NOT NULL"
        )
    }
    living = {fold(str(n)) for _, *names, gone in rows if not gone for n in names if n}
    living |= {str(b) for (b,) in aliases}
    bodies: dict[str, str] = {}
    for id, *names, gone in rows:
        for name in (str(n) for n in names if n):
            # a deleted body counts if it owns an action and no living one has its name
            if _is_telling(name) and not (gone and (fold(name) in living or str(id) not in owners)):
                bodies[name] = str(id)
    bodies.update({str(n): str(p) for p, n in former if n and _is_telling(str(n))})
    hidden: list[tuple[str, str]] = []
    for spec in (e for e in ENTITIES if "restriction" in e.by_key):
        rows = connection.exec_driver_sql(
            f'SELECT reference, "{spec.title}", restriction, restricted_until FROM "{spec.key}" WHERE NOT deleted AND restriction IS NOT NULL'
        ).fetchall()
        hidden += [
            (str(r), words)
            for r, t, why, until in rows
            if t
            and len(str(t)) >= 8
            and len(words := folded(str(t))) >= 4  # a title of dashes stands in no text
            and rules.is_restricted({"restriction": why, "restricted_until": until}, today)
        ]
    return ForbiddenWords(Mentions(bodies.items()), tuple(hidden))


def in_definitions(
    connection: Connection, known: ForbiddenWords, partner: str, rows: Sequence[tuple[str, str, str, str]], sheet: str
) -> list[Problem]:
    """What would leak in the words that say what is counted; each of ``rows`` is a service's id and visible reference, a heading and the words."""
    involved = _involved(connection, [id for id, *_ in rows])
    found: list[Problem] = []
    for number, (id, visible, heading, words) in enumerate(rows, 1):
        place, plain = address(number, 3), folded(words)
        if above := _ABOVE.search(words):
            found.append(Problem("marking_above", f"“{above[0]}” appears in the definition of {heading}: markings above OFFICIAL-SENSITIVE do not leave.", sheet, place, visible))
        for reference, title in known.restricted:
            if title in plain:
                found.append(Problem("restricted", f"The title of {reference}, which is restricted, appears in the definition of {heading}.", sheet, place, visible))
        for name, body in known.bodies.found_in(words):
            if body != partner and body not in involved.get(id, ()):
                found.append(Problem("names_another", f"{name} is named in the definition of {heading}, in words that are not this partner's own.", sheet, place, visible))
                break
    return found


def in_rows(
    connection: Connection,
    known: ForbiddenWords,
    partner: str,
    rows: Sequence[ReturnRow],
    ids: Sequence[str],
    sheet: str = PROGRESS.sheet,
    form: ReturnForm = PROGRESS,
) -> list[Problem]:
    """What would leak in the rows of one partner's return; ``ids`` are those of its actions or services."""
    involved = _involved(connection, ids)
    found: list[Problem] = []
    for number, (row, id) in enumerate(zip(rows, ids, strict=True), 1):
        for column, text, own in _texts(row, sheet, form):
            place = address(number, column)
            if above := _ABOVE.search(text):
                found.append(
                    Problem(
                        "marking_above",
                        f"“{above[0]}” appears here: markings above OFFICIAL-SENSITIVE do not leave.",
                        sheet,
                        place,
                        row.visible,
                    )
                )
            plain = folded(text) if known.restricted else ""
            for reference, title in known.restricted:
                if title in plain:
                    found.append(
                        Problem(
                            "restricted",
                            f"The title of {reference}, which is restricted, appears here.",
                            sheet,
                            place,
                            row.visible,
                        )
                    )
            named = [] if own else [one for one in known.bodies.found_in(text) if one[1] != partner and one[1] not in involved.get(id, ())]
            if not named:
                continue
            entitled = known.bodies.found_in(row.title)
            leaked = next((name for name, body in named if (name, body) not in entitled), "")
            if leaked and not _wrote_it(connection, partner, id, column, form):
                words = f"{leaked} is named here, in words that are not this partner's own."
                found.append(Problem("names_another", words, sheet, place, row.visible))
    return found


def _texts(row: ReturnRow, sheet: str, form: ReturnForm) -> list[tuple[int, str, bool]]:
    """Column, text, and whether a body may be named there because it is the row's own title, or what it serves or who funds it."""
    texts: list[tuple[int, str, bool]] = [(1, row.title, True), (2, row.recommendation, True)]
    if sheet == form.sheet:
        texts.append((_LAST_ANSWER, row.last_answer, False))
        texts += [(_LAST_ANSWER + i, row.more.get(c.key, ""), False) for i, c in enumerate(form.shown, 1)]
        texts += [
            (len(form.headings) + i, str(row.values.get(c.key) or ""), False)
            for i, c in enumerate(form.columns)
            if isinstance(row.values.get(c.key), str)
        ]
    return [one for one in texts if one[1]]


def _involved(connection: Connection, ids: Sequence[str]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {}
    for start in range(0, len(ids), 400):
        part = tuple(ids[start : start + 400])
        marks = ",".join("?" * len(part))
        rows = connection.exec_driver_sql(
            f"SELECT id, accountable FROM action WHERE id IN ({marks}) UNION ALL "
            f"SELECT a, b FROM link WHERE kind = 'action.contributors' AND NOT deleted AND a IN ({marks}) UNION ALL "
            f"SELECT id, provider FROM service WHERE id IN ({marks}) UNION ALL SELECT id, commissioner FROM service WHERE id IN ({marks})",
            part * 4,
        )
        for id, body in rows:
            found.setdefault(str(id), set()).add(str(body))
    return found


def _wrote_it(connection: Connection, partner: str, action: str, column: int, form: ReturnForm) -> bool:
    """Whether the words of a column came in this partner's own return."""
    asked, shown = column - len(form.headings), column - _LAST_ANSWER - 1
    key = form.columns[asked].key if asked >= 0 else form.shown[shown].key if shown >= 0 else ""
    if not key or key in form.words:
        row = connection.exec_driver_sql(
            f'SELECT s.partner FROM "{form.told_by.key}" u JOIN submission s ON s.id = u.submission WHERE u."{form.told_by.parent}" = ? AND NOT u.deleted '
            f"ORDER BY {newest_first('u')} LIMIT 1",
            (action,),
        ).fetchone()
    else:
        row = connection.exec_driver_sql(
            "SELECT CASE WHEN c.act = 'return' THEN (SELECT s.partner FROM submission s WHERE s.id = c.about) END "
            'FROM "change" c WHERE c."row" = ? AND instr(c.fields, ?) > 0 ORDER BY c.n DESC LIMIT 1',
            (action, f'"{key}":'),
        ).fetchone()
    return row is not None and row[0] == partner and not _reworded(connection, action, key)


def _reworded(connection: Connection, action: str, key: str) -> bool:
    """Whether the office took the partner's words in words of its own."""
    fields = (key,) if key and key not in ON_UPDATE else tuple(sorted(ON_UPDATE))
    marks = ",".join("?" * len(fields))
    sql = f"SELECT 1 FROM decision WHERE record = ? AND decision = 'accepted' AND NOT deleted AND field IN ({marks})"
    return connection.exec_driver_sql(sql, (action, *fields)).fetchone() is not None


def in_words(found: Sequence[Problem]) -> str:
    """Why a file was held back, with its first places."""
    places = "; ".join(f"{_place(p)}{p.message}" for p in found[:3])
    more = f" And {how_many(len(found) - 3, 'more place')}." if len(found) > 3 else ""
    return f"held back: {places}{more} Take it out, or release this partner's file"


def _place(one: Problem) -> str:
    place = " ".join(x for x in (one.sheet, one.cell, f"({one.record})" if one.record else "") if x)
    return f"{place}: " if place else ""
