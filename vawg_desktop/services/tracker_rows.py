"""A tracker's rows as records: each found or made, two never one, the office's edits never undone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from vawg_desktop.domain import merge
from vawg_desktop.domain.entities import BY_KEY, BY_PREFIX, EntitySpec
from vawg_desktop.domain.errors import Problem, RuleError
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.tracker_in import Given, TrackerRow, period_end, similar
from vawg_desktop.services import names, over_time
from vawg_desktop.services.records import add_alias, then_stood
from vawg_desktop.services.session import Session
from vawg_desktop.services.tracker_cells import CellReader, Imported, trayed
from vawg_desktop.services.tracker_lineage import NEARLY, SAME, Known, Lineage, closest, made_id
from vawg_desktop.store.door import Transaction

_FOOTERS = ("total", "totals", "prepared by", "key", "notes", "source", "last updated", "end of", "version")
_NUMBER = re.compile(r"([A-Za-z]{0,3})[\s\-.]*0*(\d{1,6})")
_IDENTITY = {"figure": ("title", "quoted"), "meeting": ("title", "date"), "strand": ("framework", "title")}
_T = TypeVar("_T")


class RowImporter(CellReader):
    """Takes rows one by one into a transaction."""

    def __init__(
        self, session: Session, tx: Transaction, done: Imported, lineage: Lineage | None, main: str, answers: Mapping[str, str]
    ) -> None:
        super().__init__(session, tx, done, answers, trusted=lineage is None)
        self._lineage = lineage
        self._late: list[tuple[str, str, FieldSpec, Given]] = []
        self._main = main
        self._titles: dict[str, dict[str, list[str]]] = {}

    # -- one row -----------------------------------------------------------------------------

    def take(self, row: TrackerRow) -> None:
        """One row may hold a recommendation, an action and an update; each is found or made."""
        if self._is_footer(row):
            return
        by_entity: dict[str, dict[str, Given]] = {}
        for target, given in row.cells.items():
            entity, _, key = target.partition(".")
            by_entity.setdefault(entity, {})[key] = given
        self._done.tray += [trayed(g, "its column is not matched") for g in row.unmatched]
        for one in row.filled_down:
            self._problem("filled_down", f"“{one.text[:60]}” was taken from the row above, as the sheet leaves it out here.", one)
        self._refer_only(by_entity)
        beside = self._beside(by_entity)
        ids: dict[str, str] = {}
        for entity in [e for e in BY_KEY if e in by_entity and e != "update"]:
            before = len(self._done.tray), len(self._done.problems)
            try:
                id = self._record(row, BY_KEY[entity], by_entity[entity], ids, beside)
            except _WaitsError as waits:
                del self._done.tray[before[0] :], self._done.problems[before[1] :]
                self._done.problems.append(waits.question)
                self._done.tray += [trayed(g, "its row waits for an answer") for g in row.cells.values() if g.value is not None]
                return
            if id:
                ids[entity] = id
        self._join(ids)
        for target, period, one in row.earlier:
            self._earlier(ids.get("action"), target, period, one)
        if "update" in by_entity:
            self._update(row, ids.get("action"), by_entity["update"])

    def _beside(self, by_entity: Mapping[str, Mapping[str, Given]]) -> str:
        """What tells a row from another of the same words: the recommendation it stands under, else its owner."""
        above = by_entity.get("recommendation", {}).get("title") or by_entity.get("recommendation", {}).get("reference")
        owner = by_entity.get(self._main, {}).get("accountable") or by_entity.get(self._main, {}).get("lead")
        return above.text if above is not None and self._main != "recommendation" else owner.text if owner is not None else ""

    def _earlier(self, action: str | None, target: str, period: str, one: Given) -> None:
        """What a column of an earlier period said: an update of that time, or kept in the tray."""
        when = period_end(period)
        entity, _, key = target.partition(".")
        spec = BY_KEY["update"].by_key.get(key)
        if action is None or not when or spec is None or entity not in ("action", "update"):
            self._done.tray.append(trayed(one, f"of an earlier period ({period})"))
            return
        try:
            value = self._cell(spec, one)
        except RuleError:
            value = None
        if value is None:
            return
        there = self._tx.connection.exec_driver_sql(
            f'SELECT 1 FROM "update" WHERE action = ? AND as_at = ? AND NOT deleted AND "{key}" IS NOT DISTINCT FROM ?', (action, when, value)
        ).fetchone()
        if there is None:
            self._tx.create("update", {"action": action, "as_at": when, "period": period, "channel": "own", key: value})

    def _is_footer(self, row: TrackerRow) -> bool:
        """A line under the table (Total, Prepared by …) is kept in the tray, not made a record."""
        given = [g for g in row.cells.values() if g.value is not None]
        first = fold(given[0].text) if given else ""
        footer = any(first == w or first.startswith(w + " ") for w in _FOOTERS)
        alone = len(given) == 1 and len(row.cells) == 1 and len(self._done.mapping) > 3
        if not given or self._lineage is None or not (alone or (footer and len(given) <= 3)):
            return False
        self._problem(
            "stray_row", "This row looks like a note under the table; it was put in the tray.", given[0]
        )
        self._done.tray += [trayed(g, "a note under the table") for g in [*given, *row.unmatched]]
        return True

    def _refer_only(self, by_entity: dict[str, dict[str, Given]]) -> None:
        """A recommendation column that holds a known number names it rather than making another."""
        cells = by_entity.get("recommendation")
        unnamed = cells is not None and "title" in cells and "reference" not in cells
        if cells is not None and unnamed and self._directory("recommendation").find(cells["title"].text):
            cells["reference"] = cells.pop("title")

    def _join(self, ids: dict[str, str]) -> None:
        if "action" in ids and "recommendation" in ids:
            self._tx.link("action.recommendations", ids["action"], ids["recommendation"])
        if "gap" in ids and "recommendation" in ids:
            self._tx.link("gap.recommendations", ids["gap"], ids["recommendation"])
        if "gap" in ids and "action" in ids:
            self._tx.link("gap.actions", ids["gap"], ids["action"])

    def _record(
        self, row: TrackerRow, spec: EntitySpec, given: dict[str, Given], above: Mapping[str, str], beside: str
    ) -> str | None:
        reference = given.pop("reference", None)
        cells, sets = self._read(row, spec, given)
        if spec.parent in above:
            cells[spec.parent] = above[spec.parent]
        id, known = self._find(row, spec, reference, given.get(spec.title), cells, beside)
        self._section(row, spec, cells)
        if id is None and not cells.get(spec.title):
            where = next(iter(given.values()), reference)
            if where is not None:
                self._problem(
                    "no_title",
                    f"This row names no {spec.title} of {_a(spec)} and was put in the tray.",
                    where,
                )
                self._done.tray += [
                    trayed(g, "its row names no record")
                    for g in (*given.values(), *([reference] if reference else []))
                ]
            return None
        base = known.base if known is not None else {}
        if id is None:
            id = self._make(row, spec, cells, reference, given, beside)
            base = {f.key: f.default for f in spec.cells if f.default is not None}
        else:
            if self._lineage is not None and known is None:
                base = self._lineage.base_of(id) or {}
            self._change(spec, id, cells, given, base)
        if self._lineage is not None and spec.key != "partner":
            said = {**base, **{k: v for k, v in cells.items() if v is not None}}
            title = given.get(spec.title)
            number = exact_number(reference)
            if spec.key == self._main or known is not None or number:
                words = title.text if title is not None else self._title_of(id)
                self._lineage.remember(known, row.sheet, number, spec.key, words, beside, id, said)
        for field_, elements in sets.items():
            for element in elements:
                self._tx.link(spec.link_kind(field_), id, element)
        for key, one in given.items():
            late = spec.by_key.get(key)
            if late is not None and late.kind in (Kind.REF, Kind.LINKS) and late.target != "partner":
                self._late.append((spec.key, id, late, one))
        return id

    def _find(
        self,
        row: TrackerRow,
        spec: EntitySpec,
        reference: Given | None,
        title: Given | None,
        cells: Mapping[str, Value],
        beside: str,
    ) -> tuple[str | None, Known | None]:
        """The record a row speaks of and, where the list was taken before, its row there.

        Known by its lineage, its number as written and its words: where they agree in part, it is asked, by raising
        ``_WaitsError``, and the row is not written.
        """
        if spec.key in _IDENTITY:
            return self._identical(spec, cells), None
        number, words = exact_number(reference), title.text if title is not None and title.value is not None else ""
        if self._lineage is not None:
            known, sure = self._in_lineage(spec, number, words, row.sheet, beside)
            if known is not None:
                if sure:
                    known.used = spec.key == self._main
                    return self._unless_taken(spec, known.record, title or reference, "duplicate_number"), known
                return self._asked_same(row, spec, known, title or reference, words)
        if number:
            return self._by_number(row, spec, reference, title, words), None
        return (self._by_words(row, spec, title, words, beside) if title is not None and words else None), None

    def _in_lineage(self, spec: EntitySpec, number: str, words: str, sheet: str, beside: str) -> tuple[Known | None, bool]:
        """The row of this list that this one is, and whether nothing speaks against it."""
        assert self._lineage is not None
        if number:
            found = self._lineage.rows_of(spec.key, number, sheet)
            if not found:
                return None, False
            exact = [k for k in found if fold(k.words) == fold(words)]
            if exact:
                return next((k for k in exact if k.beside == fold(beside)), exact[0]), True
            best, alike = closest(found, words)
            if len(found) > 1 and alike < SAME:
                return None, False  # one more action under a number that names several
            return best, alike >= SAME or not words
        found = self._lineage.of_words(spec.key, words, beside)
        return (found[0], True) if found else (None, False)

    def _asked_same(
        self, row: TrackerRow, spec: EntitySpec, known: Known, one: Given | None, words: str
    ) -> tuple[str | None, Known | None]:
        """The number is that of a row taken before, the words are not: another thing, or the same in other words?"""
        assert one is not None
        id = f"same:{row.sheet}!{one.cell}"
        answer = self._answers.get(id)
        if answer == "same":
            known.used = True
            return known.record, known
        if answer == "new":
            return None, None
        choices = (("same", f"The same, its words corrected ({self._reference_of(known.record)})"), ("new", "Another one: a record of its own"))
        said = f"“{known.number}” was “{known.words[:80]}” in this list; now it says “{words[:80]}”. Nothing of the row is written until that is said."
        raise _WaitsError(Problem("other_words", said, row.sheet, one.cell, "", id, choices))

    def _by_number(
        self, row: TrackerRow, spec: EntitySpec, reference: Given | None, title: Given | None, words: str
    ) -> str | None:
        """A number that this list never had: a record's own, where the words agree; else it is only a number."""
        assert reference is not None
        found = self._numbered(spec, reference.text)
        if found is None and not words:
            named = self._directory(spec.key).find(reference.text)
            found = named.id if named is not None else None
        if found is None:
            return None
        there = self._title_of(found)
        if words and fold(there) != fold(words) and (spec.key, found) in self._touched and self._lineage is not None:
            said = f"“{reference.text}” stands beside several rows of this list; each became a record of its own."
            self._problem("number_taken", said, reference)
            return None
        if not words or fold(there) == fold(words):
            return self._unless_taken(spec, found, title or reference, "duplicate_number")
        alike = similar(there, words)
        if self._lineage is not None and alike >= NEARLY:
            return self._asked_record(row, spec, [found], title or reference, words)
        if alike >= SAME:
            return self._unless_taken(spec, found, title or reference, "duplicate_number")
        if self._lineage is not None:
            self._problem(
                "number_taken",
                f"“{reference.text}” is already the number of {self._reference_of(found)}, which says something else; "
                "this row became a record of its own.",
                reference,
            )
        return None

    def _by_words(self, row: TrackerRow, spec: EntitySpec, title: Given, words: str, beside: str) -> str | None:
        """A row with no number: the one record of the same words, or a question."""
        if self._lineage is None:
            found = self._directory(spec.key).find(words)
            return self._unless_taken(spec, found.id if found else None, title, "same_title")
        same = [i for i in self._of_title(spec, words) if (spec.key, i) not in self._touched or spec.key != self._main]
        if not same:
            return None
        if len(same) == 1 and spec.key != self._main:
            return same[0]
        return self._asked_record(row, spec, same, title, words)

    def _asked_record(
        self, row: TrackerRow, spec: EntitySpec, found: list[str], one: Given | None, words: str
    ) -> str | None:
        """Records here say the same or nearly: is the row one of them?"""
        assert one is not None
        id = f"same:{row.sheet}!{one.cell}"
        answer = self._answers.get(id)
        if answer == "new":
            return None
        called = {self._reference_of(i): i for i in found[:6]}
        if answer in called:
            return called[answer]
        choices = (*((r, f"It is {r}, {self._title_of(i)[:60]}") for r, i in called.items()), ("new", f"Another one: {_a(spec)} of its own"))
        said = f"“{words[:80]}” says the same, or nearly, as {' and '.join(called)} here. Nothing of the row is written until that is said."
        raise _WaitsError(Problem("same_words", said, row.sheet, one.cell, "", id, choices))

    def _numbered(self, spec: EntitySpec, number: str) -> str | None:
        """The record that bears a number just as it is written: as reference, as alias, or in our own way of counting."""
        run = self._tx.connection.exec_driver_sql
        self._tx.flush()
        for said in dict.fromkeys((number.strip(), _reference(spec, number) or "")):
            if not said:
                continue
            row = run(f'SELECT id FROM "{spec.key}" WHERE reference = ? AND NOT deleted', (said,)).fetchone()
            row = row or run(
                f"SELECT l.a FROM link l JOIN \"{spec.key}\" t ON t.id = l.a AND NOT t.deleted WHERE l.kind = 'alias' AND NOT l.deleted "
                "AND l.b = ? AND (l.part IS NULL OR l.part = ?)", (fold(said), said),
            ).fetchone()  # fmt: skip
            if row is not None:
                return str(row[0])
        return None

    def _of_title(self, spec: EntitySpec, words: str) -> list[str]:
        """The records of one kind whose title says just these words."""
        if spec.key not in self._titles:
            known: dict[str, list[str]] = {}
            rows = self._tx.connection.exec_driver_sql(f'SELECT id, "{spec.title}" FROM "{spec.key}" WHERE NOT deleted ORDER BY n')
            for id, title in rows:
                known.setdefault(fold(str(title or "")), []).append(str(id))
            self._titles[spec.key] = known
        return self._titles[spec.key].get(fold(words), [])

    def _reference_of(self, id: str) -> str:
        found = self._tx.connection.exec_driver_sql("SELECT reference FROM subject WHERE id = ?", (id,)).fetchone()
        return str(found[0]) if found else id

    def _unless_taken(self, spec: EntitySpec, id: str | None, one: Given | None, code: str) -> str | None:
        """Two rows of one file are two records unless they say the same: the second never overwrites the first."""
        if id is None or (spec.key, id) not in self._touched or one is None or spec.key != self._main:
            return id
        self._problem(
            code, "This row has the number or title of another row; it became a record of its own.", one
        )
        return None

    def _title_of(self, id: str) -> str:
        found = self._tx.connection.exec_driver_sql(
            "SELECT title FROM subject WHERE id = ?", (id,)
        ).fetchone()
        return str(found[0]) if found else ""

    def _identical(self, spec: EntitySpec, cells: Mapping[str, Value]) -> str | None:
        keys = _IDENTITY[spec.key]
        test = " AND ".join(f'"{k}" IS NOT DISTINCT FROM ?' for k in keys)
        found = self._tx.connection.exec_driver_sql(
            f'SELECT id FROM "{spec.key}" WHERE NOT deleted AND {test}', tuple(cells.get(k) for k in keys)
        ).fetchone()
        return str(found[0]) if found else None

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
        wanted = _reference(spec, reference.text) if reference else None
        number, title = exact_number(reference), given.get(spec.title)
        made: str | None = None
        if self._lineage is not None:
            words = fold(title.text) if title is not None else ""
            made = self._fresh(spec, made_id("record", self._lineage.id, spec.key, row.sheet, number, words, fold(beside)))
        id = self._obeying(spec, cells, given, lambda said: self._tx.create(spec.key, said, id=made, reference=wanted))
        kept = self._tx.row(spec.key, id)
        if reference is not None and number != str(kept["reference"]) and self._directory(spec.key).find(number) is None:
            add_alias(self._tx, id, number)
        found = names.Found(spec.key, id, str(kept["reference"]), str(cells.get(spec.title) or ""))
        extra = [str(cells[k]) for k in ("short_name", "name", "title") if cells.get(k)]
        self._directory(spec.key).add(found, *([reference.text] if reference else []), *extra)
        self._touched[(spec.key, id)] = "created"
        return id

    def _fresh(self, spec: EntitySpec, id: str) -> str:
        """An id that nothing bears yet: a row that stands again, or one whose record was taken away, has the next."""
        count = 0
        tried = id
        self._tx.flush()
        while self._tx.connection.exec_driver_sql(f'SELECT 1 FROM "{spec.key}" WHERE id = ?', (tried,)).fetchone():
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
        said: dict[str, Value] = {k: v for k, v in cells.items() if v is not None}
        while True:
            try:
                return do(said)
            except RuleError as error:
                culprit = {"rule_blue": "rating_opcc", "rule_closure": "status"}.get(error.code)
                if culprit not in said:
                    raise
                said.pop(culprit)
                cells.pop(culprit, None)
                if culprit in given:
                    self._ask(error.code, error.message, given[culprit])

    def _change(
        self, spec: EntitySpec, id: str, cells: dict[str, Value], given: Mapping[str, Given], base: Mapping[str, Value]
    ) -> None:
        current = self._tx.row(spec.key, id)
        if current["deleted"]:
            self._deleted(spec, current, given)
            return
        wanted: dict[str, Value] = {}
        for key, value in cells.items():
            if value is None:
                continue
            kind = merge.compare(base.get(key), current[key], value)
            if kind is merge.Kind.INCOMING:
                wanted[key] = value
            elif kind is merge.Kind.CONFLICT and key in given:
                self._ask(
                    "changed_on_both_sides",
                    f"{spec.by_key[key].label} of {current['reference']} was changed here since; what stands here was kept.",
                    given[key],
                )
        moved = bool(wanted) and self._obeying(
            spec, wanted, given, lambda said: over_time.edit(self._session, self._tx, spec, id, said)
        )
        state = self._touched.get((spec.key, id))
        self._touched[(spec.key, id)] = (
            "created" if state == "created" else "updated" if moved else state or "unchanged"
        )

    def _deleted(self, spec: EntitySpec, current: Mapping[str, Value], given: Mapping[str, Given]) -> None:
        where = next(iter(given.values()), None)
        if where is not None:
            self._problem(
                "in_the_bin", f"{current['reference']} lies in the bin; bring it back to update it.", where
            )
            self._done.tray += [
                trayed(g, "its record lies in the bin") for g in given.values() if g.value is not None
            ]

    def _update(self, row: TrackerRow, action: str | None, given: dict[str, Given]) -> None:
        if action is None:
            self._done.tray += [trayed(g, "no action in its row to update") for g in given.values()]
            return
        spec = BY_KEY["update"]
        cells: dict[str, Value] = {
            k: self._cell(spec.by_key[k], g) for k, g in given.items() if k in spec.by_key
        }
        same = self._tx.connection.exec_driver_sql(
            'SELECT 1 FROM "update" WHERE action = ? AND narrative IS NOT DISTINCT FROM ? AND NOT deleted',
            (action, cells.get("narrative")),
        ).fetchone()
        if same is None and any(cells.values()):
            stamp: dict[str, Value] = {
                "action": action,
                "as_at": self._session.today.isoformat(),
                "channel": "own",
            }
            self._tx.create("update", then_stood(self._tx, {**stamp, **cells}))

    # -- afterwards --------------------------------------------------------------------------

    def finish(self) -> None:
        """Resolve what refers to records of the same file, remember the rows, count."""
        for entity, id, spec, one in self._late:
            self._refer(BY_KEY[entity], id, spec, one)
        for (entity, _), what in self._touched.items():
            setattr(self._done, what, getattr(self._done, what) + 1)
            if what == "created":
                self._done.by_entity[entity] = self._done.by_entity.get(entity, 0) + 1

    def _refer(self, owner: EntitySpec, id: str, spec: FieldSpec, one: Given) -> None:
        parts = [p.strip() for p in one.text.split(";") if p.strip()] if spec.many else [one.text]
        for part in parts:
            found = self._directory(spec.target).find(part)
            if found is None:
                self._ask(
                    "not_found", f"There is no {BY_KEY[spec.target].label.casefold()} called “{part}”.", one
                )
            elif spec.many:
                self._tx.link(owner.link_kind(spec), id, found.id)
            else:
                self._tx.edit(owner.key, id, {spec.key: found.id})


def exact_number(reference: Given | None) -> str:
    """A tracker's own number just as it is written, blanks around it and unseen letters aside: 1.2 is not 12."""
    return "" if reference is None or reference.value is None else " ".join(_UNSEEN.sub("", reference.text).split())


_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")


class _WaitsError(Exception):
    """A row in doubt: nothing of it is written until its question is answered."""

    def __init__(self, question: Problem) -> None:
        super().__init__(question.message)
        self.question = question


def _a(spec: EntitySpec) -> str:
    word = spec.label.casefold()
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def _reference(spec: EntitySpec, given: str) -> str | None:
    """The reference a tracker's own number asks for: A01, 1 and A-0001 all ask for A-0001."""
    m = _NUMBER.fullmatch(given.strip())
    if m is None:
        return None
    prefix = m[1].upper()
    if prefix and BY_PREFIX.get(prefix) not in (None, spec):
        return None
    if prefix and prefix != spec.prefix and not spec.label.upper().startswith(prefix[:1]):
        return None
    return f"{spec.prefix}-{int(m[2]):04d}"
