"""A tracker's rows as records: each found or made, two never one, the office's edits never undone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from vawg_desktop.domain import merge, rules
from vawg_desktop.domain.entities import BY_KEY, EntitySpec
from vawg_desktop.domain.errors import Problem, RuleError
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.cells import similar
from vawg_desktop.exchange.tracker_columns import period_end
from vawg_desktop.exchange.tracker_shape import Given, TrackerRow
from vawg_desktop.services import names, over_time
from vawg_desktop.services.records import add_alias, then_stood
from vawg_desktop.services.session import Session
from vawg_desktop.services.tracker_cells import CellReader, Imported, trayed
from vawg_desktop.services.tracker_lineage import SAME, Known, Lineage, made_id
from vawg_desktop.services.tracker_marks import Place, Seen, exact_number, our_reference, words_key
from vawg_desktop.services.tracker_match import Matching, Records
from vawg_desktop.services.tracker_words import EVERY, FOOTERS, NUMBERED_TITLE, POINTER, is_work, says_nothing
from vawg_desktop.store.transaction import Transaction

_T = TypeVar("_T")


@dataclass(slots=True)
class _Prepared:
    """A row with its cells by kind of record, and what each of these is."""

    row: TrackerRow
    by_entity: dict[str, dict[str, Given]]
    beside: str
    places: dict[str, Place] = field(default_factory=dict[str, Place])
    #: Recommendations beyond the first that the row names by their numbers.
    serves: tuple[str, ...] = ()


class RowImporter(CellReader):
    """Takes a list's rows into a transaction, or (``dry``) only says what would become of them."""

    def __init__(
        self, session: Session, tx: Transaction, done: Imported, lineage: Lineage | None, main: str, answers: Mapping[str, str],
        targets: frozenset[str] = frozenset(), dry: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(session, tx, done, answers, trusted=lineage is None)
        self._lineage = lineage
        self._late: list[tuple[str, str, FieldSpec, Given]] = []
        self._main = main
        self._targets, self._dry = targets, dry
        self._records: dict[str, Records] = {}
        self._rows_now: dict[str, dict[str, Value]] = {}
        #: Every row with the records it speaks of and what its cells mean, where that is asked for.
        self.taken: list[tuple[TrackerRow, dict[str, str], dict[str, dict[str, Value]]]] = []
        self.keep_taken = False
        self._cleared: list[str] = []
        self._left_out: list[str] = []
        self._waiting: set[str] = set()
        self._may_be: set[str] = set()

    # -- all rows ----------------------------------------------------------------------------

    def take_all(self, rows: Sequence[TrackerRow]) -> None:
        """Find out what every row is, then write those that are not in doubt."""
        self.read_orders(rows)
        prepared = [p for p in (self._prepare(row) for row in rows) if p is not None]
        if self._lineage is not None:
            self._match(prepared)
            self._load([p for p in prepared if not any(x.question for x in p.places.values())])
        for one in prepared:
            self.take(one)
        self.finish()

    def _prepare(self, row: TrackerRow) -> _Prepared | None:
        if self._is_footer(row):
            return None
        by_entity: dict[str, dict[str, Given]] = {}
        for target, given in row.cells.items():
            entity, _, key = target.partition(".")
            by_entity.setdefault(entity, {})[key] = given
        self._done.tray += [trayed(g, "its column is not matched") for g in row.unmatched]
        for one in row.filled_down:
            self._problem("filled_down", f"“{one.text[:60]}” was taken from the row above, as the sheet leaves it out here.", one)
        self._take_out_dates(by_entity)
        more = self._refer_only(by_entity)
        self._take_out_nothings(by_entity)
        return _Prepared(row, {e: c for e, c in by_entity.items() if c}, self._beside(by_entity), serves=more)

    def _take_out_dates(self, by_entity: dict[str, dict[str, Given]]) -> None:
        """A number of which the spreadsheet made a date (1-2 became 1 February) is none: the row is known by its words."""
        for cells in by_entity.values():
            one = cells.get("reference")
            if one is not None and isinstance(one.value, (dt.date, dt.time)):
                del cells["reference"]
                self._ask("number_made_date", "The spreadsheet made a date of this row's number, so it cannot be told; the row is known by its words.", one)

    def _take_out_nothings(self, by_entity: dict[str, dict[str, Given]]) -> None:
        """A title that says nothing (N/A, a dash, a figure alone) makes no record; it goes to the tray."""
        for entity, cells in by_entity.items():
            title = cells.get(BY_KEY[entity].title) if entity in BY_KEY else None
            if self._lineage is None or title is None or entity == "update" or title.linked or not says_nothing(title.text):
                continue
            del cells[BY_KEY[entity].title]
            if any(c.isalnum() for c in title.text):
                self._problem("no_words", f"“{title.text[:40]}” says nothing of {_a(BY_KEY[entity])}; it was put in the tray.", title)
            self._done.tray.append(trayed(title, "it names nothing"))

    def _match(self, prepared: Sequence[_Prepared]) -> None:
        """What each row is, of the list's own kind one to one, of the others many to one."""
        assert self._lineage is not None
        for entity in [e for e in BY_KEY if e not in ("update", "partner") and not BY_KEY[e].identity]:
            of_it = [p for p in prepared if p.by_entity.get(entity)]
            if not of_it:
                continue
            spec, many = BY_KEY[entity], entity != self._main
            seen = [self._seen(p, spec) for p in of_it]
            known = [k for k in self._lineage.all() if k.entity == entity]
            if many:
                _name_by_number(seen)
            first: dict[tuple[str, str], int] = {}
            alone: list[int] = []
            for n, one in enumerate(seen):
                if not many or (one.number, words_key(one.words)) not in first:
                    first.setdefault((one.number, words_key(one.words)), len(alone))
                    alone.append(n)
            records = self._records_of(spec)
            matching = Matching(
                spec, [seen[n] for n in alone], known, records, self._answers, many,
                lambda name, of=entity: found.id if (found := self._directory(of).find(name)) is not None else None,
            )  # fmt: skip
            places = matching.run()
            for n, p in enumerate(of_it):
                at = first[(seen[n].number, words_key(seen[n].words))] if many else n
                p.places[entity] = places[at]

    def _seen(self, one: _Prepared, spec: EntitySpec) -> Seen:
        cells = one.by_entity[spec.key]
        reference, title = cells.get("reference"), cells.get(spec.title)
        owner = cells.get("accountable") or cells.get("owner") or (cells.get("lead") if spec.key == "recommendation" else None)
        place = title or reference or next(iter(cells.values()))
        words = title.text if title is not None and title.value is not None else ""
        return Seen(one.row.sheet, exact_number(reference), words, one.beside, owner.text if owner is not None else "", place)

    def _records_of(self, spec: EntitySpec) -> Records:
        if spec.key not in self._records:
            self._tx.flush()
            self._records[spec.key] = Records(self._tx.run, spec, self._lineage.id if self._lineage is not None else "")
        return self._records[spec.key]

    def _load(self, prepared: Sequence[_Prepared]) -> None:
        """The records that rows speak of, as they stand, read together."""
        wanted: dict[str, list[str]] = {}
        for p in prepared:
            for entity, place in p.places.items():
                if place.record is not None:
                    wanted.setdefault(entity, []).append(place.record)
        for entity, ids in wanted.items():
            cells = [f.key for f in BY_KEY[entity].cells if f"{entity}.{f.key}" in self._targets]
            parent = [BY_KEY[entity].parent] if BY_KEY[entity].parent else []
            columns = dict.fromkeys(("id", "reference", "deleted", *cells, *parent))
            self._rows_now |= self._tx.rows(entity, list(dict.fromkeys(ids)), list(columns))

    # -- one row -----------------------------------------------------------------------------

    def take(self, one: _Prepared) -> None:
        """One row may hold a recommendation, an action and an update; each is found or made, or the row waits whole."""
        row, by_entity = one.row, one.by_entity
        asked = [p.question for p in one.places.values() if p.question is not None]
        if asked:
            mine = one.places.get(self._main)
            if mine is not None and mine.known is not None:
                mine.known.used = True
            if self.keep_taken:
                self.taken.append((row, {}, {}))
            self._may_be |= {r for p in one.places.values() for r in p.may_be}
            fresh = [q for q in asked if q.id not in self._waiting]
            self._waiting |= {q.id for q in fresh}
            self._done.problems += fresh
            self._done.tray += [trayed(g, "its row waits for an answer") for g in row.cells.values() if g.value is not None]
            return
        ids: dict[str, str] = {}
        parsed: dict[str, dict[str, Value]] = {}
        for entity in [e for e in BY_KEY if e in by_entity and e != "update"]:
            id = self._record(one, BY_KEY[entity], by_entity[entity], ids, parsed)
            if id:
                ids[entity] = id
        if self.keep_taken:
            self.taken.append((row, ids, parsed))
        self._join(ids, row)
        for other in one.serves if "action" in ids and not self._dry else ():
            self._tx.link("action.recommendations", ids["action"], other)
        for target, period, given in row.earlier:
            self._earlier(ids.get("action"), target, period, given)
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
        if value is None or self._dry:
            return
        there = self._tx.connection.exec_driver_sql(
            'SELECT 1 FROM "update" WHERE action = ? AND (as_at = ? OR period = ? OR (period IS NULL AND ?)) AND NOT deleted '
            f'AND "{key}" IS NOT DISTINCT FROM ?', (action, when, period, spec.kind is Kind.LONG, value)
        ).fetchone()
        if there is None:
            cells: dict[str, Value] = {"action": action, "as_at": when, "period": period, "channel": "own", key: value}
            self._tx.create("update", cells, id=self._id_of_update(action, when, {key: value}))

    def _id_of_update(self, action: str, when: str, values: Mapping[str, Value]) -> str | None:
        """An id that follows from what is said of an action, so that the same file makes the same update in every store."""
        if self._lineage is None:
            return None
        words = (f"{k}\x1e{v}" for k, v in sorted(values.items()))
        return self._tx.free_id("update", made_id("update", self._lineage.id, action, when, *words))

    def _is_footer(self, row: TrackerRow) -> bool:
        """A line under the table (Total, Prepared by …) is kept in the tray, not made a record."""
        given = [g for g in row.cells.values() if g.value is not None]
        first = fold(given[0].text) if given else ""
        footer = any(first == w or first.startswith(w + " ") for w in FOOTERS) and not is_work(given[1:], row)
        alone = len(given) == 1 and len(row.cells) == 1 and len(self._done.mapping) > 3 and not row.heads
        if not given or self._lineage is None or not (alone or (footer and len(given) <= 3)):
            return False
        self._problem(
            "stray_row", "This row looks like a note under the table; it was put in the tray.", given[0]
        )
        self._done.tray += [trayed(g, "a note under the table") for g in [*given, *row.unmatched]]
        return True

    def _refer_only(self, by_entity: dict[str, dict[str, Given]]) -> tuple[str, ...]:
        """A recommendation column that holds known numbers names them rather than making another; those beyond the first are returned."""
        cells = by_entity.get("recommendation")
        if cells is None:
            return ()
        key = next((k for k in ("title", "reference") if k in cells and not (k == "reference" and "title" in cells)), "")
        if self._trusted or not key:
            return ()
        one, directory = cells[key], self._directory("recommendation")
        if fold(one.text) in EVERY:
            del cells[key]
            self._ask("names_all", f"“{one.text[:60]}” names no recommendation; no link was made.", one)
            return ()
        if key == "title" and directory.find(one.text):
            cells["reference"] = cells.pop("title")
            return ()
        numbered = NUMBERED_TITLE.fullmatch(one.text.strip()) if key == "title" else None
        if numbered is not None:
            found = directory.find(f"R-{int(numbered[1]):04d}")
            if found is not None and words_key(found.title) == words_key(numbered[2]):
                del cells["title"]
                cells["reference"] = replace(one, value=found.reference)
            return ()
        if self._main == "recommendation" or not POINTER.fullmatch(one.text.strip()) or (key == "reference" and one.text.strip().isdigit()):
            return ()
        return self._point(cells, key, one)

    def _point(self, cells: dict[str, Given], key: str, one: Given) -> tuple[str, ...]:
        """Numbers that may be our recommendations' or a list's own: asked once for all cells that say the same, and remembered."""
        directory = self._directory("recommendation")
        numbers = [int(n) for n in re.findall("[0-9]+", one.text)]
        found = [directory.find(f"R-{n:04d}") for n in numbers]
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
            self._done.tray.append(trayed(one, "not understood"))
        else:
            self._done.tray.append(trayed(one, "a number of the list's own"))
        return ()

    def _join(self, ids: dict[str, str], row: TrackerRow) -> None:
        """Link what stands in one row; an action that stood under another recommendation before keeps that link, and it is said."""
        for owner, key, other in (("action", "recommendations", "recommendation"), ("gap", "recommendations", "recommendation"), ("gap", "actions", "action")):
            if owner not in ids or other not in ids:
                continue
            if self._lineage is not None and owner == self._main:
                before = self._lineage.joined(ids[owner], ids[other])
                if before and before != ids[other]:
                    one = next(iter(row.cells.values()))
                    called = (self._reference_of(BY_KEY[owner], ids[owner]), self._reference_of(BY_KEY[other], before))
                    self._problem("moved_under", f"{called[0]} stood under {called[1]} in the last copy; both links stand now. Take the old one away where it is wrong.", one)
            if not self._dry:
                self._tx.link(f"{owner}.{key}", ids[owner], ids[other])

    def _record(
        self, one: _Prepared, spec: EntitySpec, given: dict[str, Given], above: Mapping[str, str], parsed: dict[str, dict[str, Value]]
    ) -> str | None:
        row, beside = one.row, one.beside
        reference = given.pop("reference", None)
        cells, sets = self._read(row, spec, given)
        parsed[spec.key] = dict(cells)
        if spec.parent in above:
            cells[spec.parent] = above[spec.parent]
        id, known, nameless = self._find(one, spec, reference, given.get(spec.title), cells)
        self._section(row, spec, cells)
        if nameless or (id is None and not cells.get(spec.title)):
            self._names_nothing(spec, given, reference)
            return None
        base = known.base if known is not None else {}
        if id is None:
            id = self._make(row, spec, cells, reference, given, beside)
            if spec.key != self._main and spec.key in one.places:
                one.places[spec.key].record = id  # the rows under it speak of the same
            base = {f.key: f.default for f in spec.cells if f.default is not None}
        else:
            if self._lineage is not None and known is None:
                base = self._lineage.base_of(id) or {}
            self._change(spec, id, cells, given, base)
            self._note_left_out(spec, id, cells, given, sets, base, known)
        if self._lineage is not None and spec.key != "partner":
            self._remember(one, spec, id, known, reference, given, cells, sets, base)
        if not self._dry:
            for field_, elements in sets.items():
                for element in elements:
                    self._tx.link(spec.link_kind(field_), id, element)
        for key, cell in given.items():
            late = spec.by_key.get(key)
            if late is not None and late.kind in (Kind.REF, Kind.LINKS) and late.target != "partner":
                self._late.append((spec.key, id, late, cell))
        return id

    def _names_nothing(self, spec: EntitySpec, given: Mapping[str, Given], reference: Given | None) -> None:
        where = next((g for g in (*given.values(), reference) if g is not None and g.value is not None), None)
        if where is not None:
            self._problem("no_title", f"This row names no {spec.title} of {_a(spec)} and was put in the tray.", where)
            self._done.tray += [
                trayed(g, "its row names no record") for g in (*given.values(), *([reference] if reference else []))
            ]

    def _remember(
        self, one: _Prepared, spec: EntitySpec, id: str, known: Known | None, reference: Given | None, given: Mapping[str, Given],
        cells: Mapping[str, Value], sets: Mapping[FieldSpec, list[str]], base: Mapping[str, Value],
    ) -> None:  # fmt: skip
        """Keep what the row is and says, with its owner and sets, so that the next copy is compared with it."""
        assert self._lineage is not None
        stated = {**base, **{k: v for k, v in cells.items() if v is not None}}
        stated |= {f"~{f.key}": ";".join(sorted(ids)) for f, ids in sets.items() if f.kind is not Kind.TAGS}
        title = given.get(spec.title)
        words = title.text if title is not None and title.value is not None else self._title_of(spec, id)
        owner = given.get("accountable") or given.get("owner")
        if owner is not None:
            stated["~owner"] = words_key(owner.text)
        self._lineage.remember(known, one.row.sheet, exact_number(reference), spec.key, words, one.beside, id, stated, write=not self._dry)

    def _note_left_out(
        self, spec: EntitySpec, id: str, cells: Mapping[str, Value], given: Mapping[str, Given], sets: Mapping[FieldSpec, list[str]],
        base: Mapping[str, Value], known: Known | None,
    ) -> None:  # fmt: skip
        """What the list said before and leaves out now stays as it is, and is said."""
        if known is None or spec.key != self._main:
            return
        called = self._reference_of(spec, id)
        for key, value in base.items():
            found = spec.by_key.get(key)
            if found is None or value is None or value == found.default or f"{spec.key}.{key}" not in self._targets:
                continue
            if key not in given and key not in cells:
                self._cleared.append(f"{found.label} of {called}")
        for key in [k for k in base if k.startswith("~") and k != "~owner"]:
            found = spec.by_key.get(key[1:])
            before = {x for x in str(base[key] or "").split(";") if x}
            now = set(sets.get(found, [])) if found is not None else before
            if found is not None and before - now:
                named = names.labels(self._tx.connection, sorted(before - now))
                self._left_out.append(f"{', '.join(named.values())} among {found.label.casefold()} of {called}")

    def _find(
        self, one: _Prepared, spec: EntitySpec, reference: Given | None, title: Given | None, cells: Mapping[str, Value]
    ) -> tuple[str | None, Known | None, bool]:
        """The record a row speaks of and its row in earlier copies; and whether it names none and can make none."""
        if spec.identity:
            return self._identical(spec, cells), None, False
        if self._lineage is not None:
            place = one.places.get(spec.key, Place())
            if place.note is not None:
                self._problem(*place.note, title or reference or next(iter(one.row.cells.values())))
            if place.known is not None and spec.key == self._main:
                place.known.used = True
            return place.record, place.known, place.nameless
        if reference is not None and reference.value is not None:
            return self._by_own_number(spec, reference, title), None, False
        found = self._directory(spec.key).find(title.text) if title is not None and title.value is not None else None
        return self._unless_taken(spec, found.id if found else None, title, "same_title"), None, False

    def _by_own_number(self, spec: EntitySpec, reference: Given, title: Given | None) -> str | None:
        """The program's own files: a number names the record that bears it, where the words agree."""
        found = self._directory(spec.key).find(our_reference(spec, reference.text) or reference.text)
        if found is None:
            return None
        words = title.text if title is not None else ""
        if words and similar(found.title, words) < SAME:
            return None
        return self._unless_taken(spec, found.id, title or reference, "duplicate_number")

    def _unless_taken(self, spec: EntitySpec, id: str | None, one: Given | None, code: str) -> str | None:
        """Two rows of one file are two records unless they say the same: the second never overwrites the first."""
        if id is None or (spec.key, id) not in self._touched or one is None or spec.key != self._main:
            return id
        self._problem(
            code, "This row has the number or title of another row; it became a record of its own.", one
        )
        return None

    def _title_of(self, spec: EntitySpec, id: str) -> str:
        return self._records_of(spec).title.get(id, "") if self._lineage is not None else ""

    def _reference_of(self, spec: EntitySpec, id: str) -> str:
        return self._records_of(spec).reference.get(id, id)

    def _identical(self, spec: EntitySpec, cells: Mapping[str, Value]) -> str | None:
        keys = spec.identity
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
        wanted = our_reference(spec, exact_number(reference)) if reference else None
        number, title = exact_number(reference), given.get(spec.title)
        made: str | None = None
        if self._lineage is not None:
            words = fold(title.text) if title is not None else ""
            made = self._fresh(spec, made_id("record", self._lineage.id, spec.key, row.sheet, number, words, fold(beside)))
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

    def _fresh(self, spec: EntitySpec, id: str) -> str:
        """An id that nothing bears yet: a row that stands again, or one whose record was taken away, has the next."""
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
            kind = merge.compare(base.get(key), current[key] if key in current else self._tx.row(spec.key, id)[key], value)
            if kind is merge.Kind.INCOMING:
                wanted[key] = value
            elif kind is merge.Kind.CONFLICT and key in given:
                self._ask(
                    "changed_on_both_sides",
                    f"{spec.by_key[key].label} of {current['reference']} was changed here since; what stands here was kept.",
                    given[key],
                )
        moved = bool(wanted) and self._obeying(spec, wanted, given, lambda values: self._edit(spec, id, current, values))
        state = self._touched.get((spec.key, id))
        self._touched[(spec.key, id)] = (
            "created" if state == "created" else "updated" if moved else state or "unchanged"
        )

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
        cells = {k: v for k, v in cells.items() if v is not None}
        if not cells or self._dry:
            return
        said = " AND ".join(f'"{k}" IS NOT DISTINCT FROM ?' for k in cells)
        sql = f'SELECT 1 FROM "update" WHERE action = ? AND {said} AND NOT deleted'
        same = self._tx.run(sql, (action, *cells.values())).fetchone()
        if same is None:
            period = next((p for t, p in row.periods.items() if t.startswith("update.")), "")
            today, ends = self._session.today.isoformat(), period_end(period)
            stamp: dict[str, Value] = {
                "action": action,
                "as_at": min(ends, today) if ends else today,
                "period": period or None,
                "channel": "own",
            }
            self._tx.create("update", then_stood(self._tx, {**stamp, **cells}), id=self._id_of_update(action, period, cells))

    # -- afterwards --------------------------------------------------------------------------

    def finish(self) -> None:
        """Resolve what refers to records of the same file, say what this copy left out, count."""
        for entity, id, spec, one in self._late:
            self._refer(BY_KEY[entity], id, spec, one)
        self._say_what_is_gone()
        for (entity, _), what in self._touched.items():
            setattr(self._done, what, getattr(self._done, what) + 1)
            if what == "created":
                self._done.by_entity[entity] = self._done.by_entity.get(entity, 0) + 1

    def _say_what_is_gone(self) -> None:
        """Rows of the last copy that are not in this one, cells that are blank now, names that are left out: kept, and said."""
        if self._lineage is None:
            return
        records = self._records_of(BY_KEY[self._main])
        missing = [k for k in self._lineage.all() if k.entity == self._main and not k.used and not k.fresh]
        gone = [records.reference.get(k.record, k.number) for k in missing if k.record not in self._may_be]
        for code, predicate, found in (
            ("rows_gone", "stood in the last copy of this list and do not stand in this one; nothing was deleted", gone),
            ("cleared", "said something in the last copy and are blank in this one; what stands here was kept", self._cleared),
            ("left_out", "stood in the last copy and do not stand in this one; they were kept", self._left_out),
        ):
            if found:
                more = f" and {len(found) - 20} more" if len(found) > 20 else ""
                self._done.problems.append(Problem(code, f"{', '.join(found[:20])}{more} {predicate}."))

    def _refer(self, owner: EntitySpec, id: str, spec: FieldSpec, one: Given) -> None:
        parts = [p.strip() for p in one.text.split(";") if p.strip()] if spec.many else [one.text]
        for part in parts:
            found = self._directory(spec.target).find(part)
            if found is None:
                self._ask(
                    "not_found", f"There is no {BY_KEY[spec.target].label.casefold()} called “{part}”.", one
                )
            elif self._dry:
                continue
            elif spec.many:
                self._tx.link(owner.link_kind(spec), id, found.id)
            else:
                self._tx.edit(owner.key, id, {spec.key: found.id})


def _name_by_number(seen: Sequence[Seen]) -> None:
    """A recommendation's number without its words means the one whose words stand beside that number elsewhere in the file."""
    worded: dict[str, set[str]] = {}
    for one in seen:
        if one.number and one.words:
            worded.setdefault(one.number, set()).add(one.words)
    for one in seen:
        if one.number and not one.words and len(worded.get(one.number, ())) == 1:
            one.words = next(iter(worded[one.number]))


def _a(spec: EntitySpec) -> str:
    word = spec.label.casefold()
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"
