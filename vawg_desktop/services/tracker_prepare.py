"""Prepares a tracker's row: its cells sorted by kind of record, empty titles and mere pointers taken out."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from vawg_desktop.domain.entities import BY_KEY, EntitySpec
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.tracker_columns import PROGRESS, SERVED
from vawg_desktop.exchange.tracker_shape import Given, TrackerRow
from vawg_desktop.services.session import Session
from vawg_desktop.services.tracker_cells import CellReader
from vawg_desktop.services.tracker_imported import Imported, tray_entry
from vawg_desktop.services.tracker_lineage import Lineage
from vawg_desktop.services.tracker_marks import RowMatch, words_key
from vawg_desktop.services.tracker_words import (
    EVERY,
    NUMBERED_TITLE,
    POINTER,
    is_under_table,
    is_work,
    says_nothing,
)
from vawg_desktop.store.transaction import Transaction


@dataclass(slots=True)
class Prepared:
    """A row with its cells by kind of record, and what each of these is."""

    row: TrackerRow
    by_entity: dict[str, dict[str, Given]]
    beside: str
    row_matches: dict[str, RowMatch] = field(default_factory=dict[str, RowMatch])
    #: Recommendations beyond the first that the row names by their numbers.
    serves: tuple[str, ...] = ()


_ERROR = re.compile(r"#(?:REF!|N/A|NAME\?|DIV/0!|VALUE!|NUM!|NULL!|SPILL!|CALC!)", re.IGNORECASE)


class RowPreparer(CellReader):
    """Sorts the cells of rows by the kind of record they speak of; what can be none goes to the tray."""

    def __init__(
        self, session: Session, tx: Transaction, done: Imported, lineage: Lineage | None, main: str, answers: Mapping[str, str],
    ) -> None:  # fmt: skip
        super().__init__(session, tx, done, answers, trusted=lineage is None)
        self._lineage = lineage
        self._main = main

    def prepare(self, row: TrackerRow) -> Prepared | None:
        if self._is_footer(row):
            return None
        by_entity: dict[str, dict[str, Given]] = {}
        for target, given in row.cells.items():
            entity, _, key = target.partition(".")
            by_entity.setdefault(entity, {})[key] = given
        self._take_out_errors(by_entity)
        self._done.tray += [tray_entry(g, "its column is not matched") for g in row.unmatched]
        for one in row.filled_down:
            self._problem("filled_down", f"“{one.text[:60]}” was taken from the row above, as the sheet leaves it out here.", one)
        self._take_out_dates(by_entity)
        more = self._refer_only(by_entity)
        self._take_out_nothings(by_entity)
        return Prepared(row, {e: c for e, c in by_entity.items() if c}, self._beside(by_entity), serves=more)

    def _take_out_errors(self, by_entity: dict[str, dict[str, Given]]) -> None:
        """What a spreadsheet shows for a formula that failed, saved as text: no words of anybody's."""
        for cells in by_entity.values():
            for key, one in list(cells.items()):
                if isinstance(one.value, str) and one.value[:1] == "#" and _ERROR.fullmatch(one.text.strip()):
                    del cells[key]
                    self._ask("error_cell", f"This cell shows a formula error ({one.text.strip()}); nothing was set from it.", one)

    def _take_out_dates(self, by_entity: dict[str, dict[str, Given]]) -> None:
        """A number of which the spreadsheet made a date (1-2 became 1 February) is none: the row is known by its words."""
        for cells in by_entity.values():
            one = cells.get("reference")
            if one is not None and isinstance(one.value, (dt.date, dt.time)):
                del cells["reference"]
                self._ask("number_made_date", "The spreadsheet made a date of this row's number, so the number is unknown; the row is known by its words.", one)

    def _take_out_nothings(self, by_entity: dict[str, dict[str, Given]]) -> None:
        """A title that says nothing (N/A, a dash, a figure alone) makes no record; it goes to the tray."""
        for entity, cells in by_entity.items():
            title = cells.get(BY_KEY[entity].title) if entity in BY_KEY else None
            if self._lineage is None or title is None or entity == PROGRESS.key or title.linked or not says_nothing(title.text):
                continue
            del cells[BY_KEY[entity].title]
            if any(c.isalnum() for c in title.text):
                self._problem("no_words", f"“{title.text[:40]}” says nothing of {a_record(BY_KEY[entity])}; it was put in the tray.", title)
            self._done.tray.append(tray_entry(title, "it names nothing"))

    def _is_footer(self, row: TrackerRow) -> bool:
        """A line under the table (Total, Prepared by …) is kept in the tray, not made a record."""
        given = [g for g in row.cells.values() if g.value is not None]
        footer = bool(given) and is_under_table(given[0].text) and not is_work(given[1:], row)
        alone = len(given) == 1 and len(row.cells) == 1 and len(self._done.mapping) > 3 and not row.heads
        if not given or self._lineage is None or not (alone or (footer and len(given) <= 3)):
            return False
        self._problem(
            "stray_row", "This row looks like a note under the table; it was put in the tray.", given[0]
        )
        self._done.tray += [tray_entry(g, "a note under the table") for g in [*given, *row.unmatched]]
        return True

    def _beside(self, by_entity: Mapping[str, Mapping[str, Given]]) -> str:
        """What tells a row from another of the same words: the recommendation it stands under, else its owner."""
        above = by_entity.get(SERVED.key, {}).get(SERVED.title) or by_entity.get(SERVED.key, {}).get("reference")
        owner = by_entity.get(self._main, {}).get("accountable") or by_entity.get(self._main, {}).get("lead")
        return above.text if above is not None and self._main != SERVED.key else owner.text if owner is not None else ""

    def _refer_only(self, by_entity: dict[str, dict[str, Given]]) -> tuple[str, ...]:
        """A recommendation column that holds known numbers names them rather than making another; those beyond the first are returned."""
        cells = by_entity.get(SERVED.key)
        if cells is None:
            return ()
        key = next((k for k in (SERVED.title, "reference") if k in cells and not (k == "reference" and SERVED.title in cells)), "")
        if self._trusted or not key:
            return ()
        one, directory = cells[key], self._directory(SERVED.key)
        if fold(one.text) in EVERY:
            del cells[key]
            self._ask("names_all", f"“{one.text[:60]}” names no recommendation; no link was made.", one)
            return ()
        if key == SERVED.title and directory.find(one.text):
            cells["reference"] = cells.pop(SERVED.title)
            return ()
        numbered = NUMBERED_TITLE.fullmatch(one.text.strip()) if key == SERVED.title else None
        if numbered is not None:
            found = directory.find(f"{SERVED.prefix}-{int(numbered[1]):04d}")
            if found is not None and words_key(found.title) == words_key(numbered[2]):
                del cells[SERVED.title]
                cells["reference"] = replace(one, value=found.reference)
            return ()
        if self._main == SERVED.key or not POINTER.fullmatch(one.text.strip()) or (key == "reference" and one.text.strip().isdigit()):
            return ()
        return self._point(cells, key, one)

    def _point(self, cells: dict[str, Given], key: str, one: Given) -> tuple[str, ...]:
        """Numbers that may be our recommendations' or a list's own: asked once for all cells that say the same, and remembered."""
        directory = self._directory(SERVED.key)
        numbers = [int(n) for n in re.findall("[0-9]+", one.text)]
        found = [directory.find(f"{SERVED.prefix}-{n:04d}") for n in numbers]
        id, known = f"points_to:{fold(one.text)}", [f for f in found if f is not None]
        del cells[key]
        if len(known) == len(numbers) and self._answers.get(id) == "ours":
            cells["reference"] = replace(one, value=known[0].reference)
            return tuple(f.id for f in known[1:])
        if len(known) < len(numbers):
            self._ask("not_found", f"“{one.text[:60]}” names no recommendation that is here.", one)
        elif self._answers.get(id) != "leave":
            named = "; ".join(f"{f.reference}, {f.title[:50]}" for f in known)
            self._problem("points_to", f"Does “{one.text[:60]}” mean {named}? No link was made.", one, id,
                          (("ours", f"It means {named}"), ("leave", "It is a number of the list's own: leave it in the tray")))  # fmt: skip
            self._done.tray.append(tray_entry(one, "not understood"))
        else:
            self._done.tray.append(tray_entry(one, "a number of the list's own"))
        return ()


def a_record(spec: EntitySpec) -> str:
    """A record in words: "an action", "a gap"."""
    word = spec.label.casefold()
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
