"""A tracker's row written: a record made or changed as far as the list says something new, and what it tells of progress."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import TypeVar

from vawg_desktop.domain import merge, rules
from vawg_desktop.domain.entities import EntitySpec
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.tracker_columns import PROGRESS
from vawg_desktop.exchange.tracker_periods import period_end, quarter_of_sheet
from vawg_desktop.exchange.tracker_shape import Given, TrackerRow
from vawg_desktop.services import names, over_time
from vawg_desktop.services.records import add_alias, with_copied_cells
from vawg_desktop.services.session import Session
from vawg_desktop.services.tracker_imported import Imported, tray_entry
from vawg_desktop.services.tracker_lineage import Known, Lineage, made_id
from vawg_desktop.services.tracker_marks import exact_number, our_reference, words_key
from vawg_desktop.services.tracker_match import Records
from vawg_desktop.services.tracker_prepare import Prepared, RowPreparer
from vawg_desktop.store.transaction import Transaction

_T = TypeVar("_T")
#: In what a row last held: what it told of progress without naming a period.
_TOLD = "~told"


#: A sheet called after a quarter that ended or ends within so many days is of that quarter.
_RECENT_DAYS = 200


class RecordWriter(RowPreparer):
    """Writes one record at a time, or (``dry``) only says what would become of it; the office's own edits stand."""

    def __init__(
        self, session: Session, tx: Transaction, done: Imported, lineage: Lineage | None, main: str, answers: Mapping[str, str],
        dry: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(session, tx, done, lineage, main, answers)
        self._dry = dry
        self._records: dict[str, Records] = {}
        self._rows_now: dict[str, dict[str, Value]] = {}
        #: Cells of the row at hand that both sides changed and nobody settled: they are asked about again by the next copy.
        self._unsettled: set[str] = set()

    def _remember(
        self, one: Prepared, spec: EntitySpec, id: str, known: Known | None, reference: Given | None, given: Mapping[str, Given],
        cells: Mapping[str, Value], sets: Mapping[FieldSpec, list[str]], base: Mapping[str, Value],
    ) -> None:  # fmt: skip
        """Keep what the row is and says, with its owner and sets, so that the next copy is compared with it."""
        assert self._lineage is not None
        stated = {**base, **{k: v for k, v in cells.items() if v is not None and k not in self._unsettled}}
        stated |= {f"~{f.key}": ";".join(sorted(ids)) for f, ids in sets.items() if f.kind is not Kind.TAGS}
        title = given.get(spec.title)
        words = title.text if title is not None and title.value is not None else self._title_of(spec, id)
        owner = given.get("accountable") or given.get("owner")
        if owner is not None:
            stated["~owner"] = words_key(owner.text)
        self._lineage.remember(known, one.row.sheet, exact_number(reference), spec.key, words, one.beside, id, stated, write=not self._dry)

    def _make(
        self,
        row: TrackerRow,
        spec: EntitySpec,
        cells: dict[str, Value],
        reference: Given | None,
        given: Mapping[str, Given],
        beside: str,
    ) -> str:
        """A new record; its id follows from the row, so that the same file makes the same record in every store."""
        wanted = our_reference(spec, exact_number(reference)) if reference else None
        number, title = exact_number(reference), given.get(spec.title)
        made: str | None = None
        if self._lineage is not None:
            words = fold(title.text) if title is not None else ""
            made = self._unused_id(spec, made_id("record", self._lineage.id, spec.key, row.sheet, number, words, fold(beside)))
        if self._dry:
            id = made or f"{spec.key}/{row.sheet}/{row.number}"
            self._obeying(spec, cells, given, lambda values: rules.refuse_broken(spec, None, values))
            self._touched[(spec.key, id)] = "created"
            words = str(cells.get(spec.title) or "")
            self._directory(spec.key).add(names.Found(spec.key, id, number or words, words), *([number] if number else []))
            return id
        id = self._obeying(spec, cells, given, lambda values: self._tx.create(spec.key, values, id=made, reference=wanted))
        kept = self._tx.row(spec.key, id)
        if self._lineage is not None:
            self._records_of(spec).know(id, str(kept["reference"]), str(cells.get(spec.title) or ""))
        if number and number != str(kept["reference"]) and self._directory(spec.key).find(number) is None:
            add_alias(self._tx, id, number)
        found = names.Found(spec.key, id, str(kept["reference"]), str(cells.get(spec.title) or ""))
        extra = [str(cells[k]) for k in ("short_name", "name", "title") if cells.get(k)]
        self._directory(spec.key).add(found, *([reference.text] if reference else []), *extra)
        self._touched[(spec.key, id)] = "created"
        return id

    def _unused_id(self, spec: EntitySpec, id: str) -> str:
        """An unused id: the one given, or the next made from it where a record has it already."""
        count, tried, there = 0, id, self._records_of(spec).reference
        while tried in there or (spec.key, tried) in self._touched:
            count += 1
            tried = made_id(id, str(count))
        return tried

    def _obeying(
        self,
        spec: EntitySpec,
        cells: dict[str, Value],
        given: Mapping[str, Given],
        do: Callable[[dict[str, Value]], _T],
    ) -> _T:
        """Write; a value that a rule forbids is asked about at its cell and left out, never the whole row."""
        values: dict[str, Value] = {k: v for k, v in cells.items() if v is not None}
        while True:
            try:
                return do(values)
            except RuleError as error:
                culprit = {"rule_blue": "rating_opcc", "rule_closure": "status"}.get(error.code)
                if culprit not in values:
                    raise
                values.pop(culprit)
                cells.pop(culprit, None)
                if culprit in given:
                    self._ask(error.code, error.message, given[culprit])

    def _change(
        self, spec: EntitySpec, id: str, cells: dict[str, Value], given: Mapping[str, Given], base: Mapping[str, Value]
    ) -> None:
        if self._dry and self._touched.get((spec.key, id)) == "created":
            return
        current = self._rows_now.get(id) or self._tx.row(spec.key, id)
        if current["deleted"]:
            self._deleted(spec, current, given)
            return
        wanted: dict[str, Value] = {}
        for key, value in cells.items():
            if value is None:
                continue
            if key in spec.due and value == self._due(spec, id):
                continue  # the list shows the date that holds, which was agreed here
            kind = merge.compare(base.get(key), current[key] if key in current else self._tx.row(spec.key, id)[key], value)
            if kind is merge.Kind.INCOMING:
                wanted[key] = value
            elif kind is merge.Kind.CONFLICT and key in given:
                id_ = f"changed:{current['reference']}:{key}:{fold(given[key].text)}"
                if (answer := self._answers.get(id_)) == "list":
                    wanted[key] = value
                    continue
                if answer != "ours":
                    self._unsettled.add(key)
                    sentence = f"{spec.by_key[key].label} of {current['reference']} was changed here since; our value was kept."
                    self._problem("changed_on_both_sides", sentence, given[key], id_, (("ours", "Keep our value"), ("list", "Take the list's value")))
                self._done.tray.append(tray_entry(given[key], "our value was kept"))
        moved = bool(wanted) and self._obeying(spec, wanted, given, lambda values: self._edit(spec, id, current, values))
        state = self._touched.get((spec.key, id))
        self._touched[(spec.key, id)] = (
            "created" if state == "created" else "updated" if moved else state or "unchanged"
        )

    def _due(self, spec: EntitySpec, id: str) -> Value:
        """The date that counts of a record as it stands."""
        row = self._tx.row(spec.key, id)
        return next((row[d] for d in spec.due if row[d]), None)

    def _edit(self, spec: EntitySpec, id: str, current: dict[str, Value], values: dict[str, Value]) -> bool:
        if self._dry:
            whole = self._tx.row(spec.key, id)
            rules.refuse_broken(spec, whole, {**whole, **values})
            return bool(values)
        moved = over_time.edit(self._session, self._tx, spec, id, values)
        if id in self._rows_now:
            self._rows_now[id] |= values
        return moved

    def _deleted(self, spec: EntitySpec, current: Mapping[str, Value], given: Mapping[str, Given]) -> None:
        where = next(iter(given.values()), None)
        if where is not None:
            self._problem(
                "in_the_bin", f"{current['reference']} is in the bin; restore it to update it.", where
            )
            self._done.tray += [
                tray_entry(g, "its record is in the bin") for g in given.values() if g.value is not None
            ]

    def _title_of(self, spec: EntitySpec, id: str) -> str:
        return self._records_of(spec).title.get(id, "") if self._lineage is not None else ""

    def _reference_of(self, spec: EntitySpec, id: str) -> str:
        return self._records_of(spec).reference.get(id, id)

    def _records_of(self, spec: EntitySpec) -> Records:
        if spec.key not in self._records:
            self._tx.flush()
            self._records[spec.key] = Records(self._tx.run, spec, self._lineage.id if self._lineage is not None else "")
        return self._records[spec.key]

    def _earlier(self, action: str | None, earlier: Iterable[tuple[str, str, Given]]) -> None:
        """What columns and sheets of earlier periods hold: one update of each time, or kept in the tray."""
        told: list[tuple[str, dict[str, Value]]] = []
        for target, period, one in earlier:
            entity, _, key = target.partition(".")
            spec = PROGRESS.by_key.get(key)
            if action is None or not period_end(period) or spec is None or entity not in (PROGRESS.parent, PROGRESS.key):
                self._done.tray.append(tray_entry(one, f"of an earlier period ({period})"))
                continue
            try:
                value = self._cell(spec, one)
            except RuleError:
                value = None
            if value is not None and not self._told_earlier(action, period, spec, value):
                of_period = [cells for p, cells in told if p == period]
                room = next((cells for cells in of_period if key not in cells or merge.same(cells[key], value)), None)
                if room is None:  # another column of the same quarter says something else: words of their own
                    told.append((period, room := {}))
                room[key] = value
        if action is None or not told or (self._dry and self._touched.get((PROGRESS.parent, action)) == "created"):
            return
        if self._touched.get((PROGRESS.parent, action)) == "unchanged":
            self._touched[(PROGRESS.parent, action)] = "updated"
        for period, values in told if not self._dry else ():
            when = period_end(period)
            cells: dict[str, Value] = {PROGRESS.parent: action, "as_at": when, "period": period, "channel": "own", **values}
            self._tx.create(PROGRESS.key, cells, id=self._id_of_update(action, when, values))

    def _told_earlier(self, action: str, period: str, spec: FieldSpec, value: Value) -> bool:
        """Whether an update of that time says so already; words may stand in one without a period."""
        return self._tx.connection.exec_driver_sql(
            f'SELECT 1 FROM "{PROGRESS.key}" WHERE {PROGRESS.parent} = ? AND (as_at = ? OR period = ? OR (period IS NULL AND ?)) AND NOT deleted '
            f'AND "{spec.key}" IS NOT DISTINCT FROM ?', (action, period_end(period), period, spec.kind is Kind.LONG, value)
        ).fetchone() is not None  # fmt: skip

    def _id_of_update(self, action: str, when: str, values: Mapping[str, Value]) -> str | None:
        """An id that follows from the words about an action, so that the same file makes the same update in every store."""
        if self._lineage is None:
            return None
        words = (f"{k}\x1e{v}" for k, v in sorted(values.items()))
        return self._tx.free_id(PROGRESS.key, made_id(PROGRESS.key, self._lineage.id, action, when, *words))

    def _update(self, row: TrackerRow, action: str | None, given: dict[str, Given]) -> None:
        if action is None:
            self._done.tray += [tray_entry(g, "no action in its row to update") for g in given.values()]
            return
        spec = PROGRESS
        cells: dict[str, Value] = {
            k: self._cell(spec.by_key[k], g) for k, g in given.items() if k in spec.by_key
        }
        cells = {k: v for k, v in cells.items() if v is not None}
        if not cells:
            return
        of_column = next((p for t, p in row.periods.items() if t.startswith(f"{PROGRESS.key}.")), "")
        period = of_column or self._quarter_of(row.sheet)
        today, ends = self._session.today.isoformat(), period_end(period)
        as_at = min(ends, today) if ends else today
        if self._was_told(action, cells, of_column, as_at):
            return
        if self._touched.get((PROGRESS.parent, action)) == "unchanged":
            self._touched[(PROGRESS.parent, action)] = "updated"
        if not self._dry:
            stamp: dict[str, Value] = {PROGRESS.parent: action, "as_at": as_at, "period": period or None, "channel": "own"}
            id = self._id_of_update(action, period, cells) or self._id_of_update(action, as_at, cells)  # the same words, told once before
            self._tx.create(PROGRESS.key, with_copied_cells(self._tx, PROGRESS, {**stamp, **cells}), id=id)

    def _quarter_of(self, sheet: str) -> str:
        """The quarter that a sheet is called after, where it is a recent one: a sheet that is named once goes on being filled for years."""
        period = quarter_of_sheet(sheet)
        ends = period_end(period)
        return period if ends and abs((date.fromisoformat(ends) - self._session.today).days) <= _RECENT_DAYS else ""

    def _was_told(self, action: str, cells: Mapping[str, Value], period: str, as_at: str) -> bool:
        """Whether an update says so already: for its period; or without one the latest, or else the last copy of this list."""
        if self._dry and self._touched.get((PROGRESS.parent, action)) == "created":
            return True
        conditions = " AND ".join(f'"{k}" IS NOT DISTINCT FROM ?' for k in cells)
        same = f'SELECT 1 FROM "{PROGRESS.key}" WHERE {PROGRESS.parent} = ? AND {conditions} AND NOT deleted'
        if period:
            return self._tx.run(f"{same} AND (period IS NULL OR period = ? OR as_at = ?)", (action, *cells.values(), period, as_at)).fetchone() is not None
        stated = json.dumps(cells, sort_keys=True, ensure_ascii=False)
        base = self._lineage.base_of(action) if self._lineage is not None else None
        before = base.get(_TOLD) if base is not None else None
        if base is not None:
            base[_TOLD] = stated
        latest = f'n = (SELECT n FROM "{PROGRESS.key}" WHERE {PROGRESS.parent} = ? AND NOT deleted ORDER BY as_at DESC, n DESC LIMIT 1)'
        if self._tx.run(f"{same} AND {latest}", (action, *cells.values(), action)).fetchone() is not None:
            return True
        return before == stated if before is not None else self._tx.run(same, (action, *cells.values())).fetchone() is not None
