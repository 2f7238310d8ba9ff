"""A tracker's rows as records, found or created; the office's own edits are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vawg_desktop.domain.entities import BY_KEY, ENTITIES, PARTNER, EntitySpec, serving_links
from vawg_desktop.domain.errors import Problem
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.exchange.cells import similar
from vawg_desktop.exchange.tracker_columns import PROGRESS, ROW_KINDS
from vawg_desktop.exchange.tracker_shape import Given, TrackerRow
from vawg_desktop.services import names, worded
from vawg_desktop.services.session import Session
from vawg_desktop.services.tracker_imported import Imported, tray_entry
from vawg_desktop.services.tracker_lineage import SAME, Known, Lineage
from vawg_desktop.services.tracker_marks import RowMarks, RowMatch, exact_number, our_reference, words_key
from vawg_desktop.services.tracker_match import Matching
from vawg_desktop.services.tracker_prepare import Prepared, a_record
from vawg_desktop.services.tracker_write import RecordWriter
from vawg_desktop.store.transaction import Transaction

#: Links between kinds that one row can hold: the kind that owns the link, its field, and the other kind.
_JOINED = tuple(
    (e.key, f.key, f.target) for e in ROW_KINDS for f in e.sets if f.kind is Kind.LINKS and f.target != e.key and BY_KEY[f.target] in ROW_KINDS
)


class RowImporter(RecordWriter):
    """Takes a list's rows into a transaction, or (``dry``) only says what would become of them."""

    def __init__(
        self, session: Session, tx: Transaction, done: Imported, lineage: Lineage | None, main: str, answers: Mapping[str, str],
        targets: frozenset[str] = frozenset(), dry: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(session, tx, done, lineage, main, answers, dry)
        self._late: list[tuple[str, str, FieldSpec, Given]] = []
        self._targets = targets
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
        prepared = [p for p in (self.prepare(row) for row in rows) if p is not None]
        if self._lineage is not None:
            self._match(prepared)
            self._load([p for p in prepared if not any(x.question for x in p.row_matches.values())])
        for one in prepared:
            self.take(one)
        self.finish()

    def _match(self, prepared: Sequence[Prepared]) -> None:
        """What each row is, of the list's own kind one to one, of the others many to one."""
        assert self._lineage is not None
        for entity in [e.key for e in ENTITIES if not (e.by_content or e.identity)]:
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
            row_matches = matching.run()
            for n, p in enumerate(of_it):
                at = first[(seen[n].number, words_key(seen[n].words))] if many else n
                p.row_matches[entity] = row_matches[at]

    def _seen(self, one: Prepared, spec: EntitySpec) -> RowMarks:
        cells = one.by_entity[spec.key]
        reference, title = cells.get("reference"), cells.get(spec.title)
        owner = cells.get(spec.owner)
        place = title or reference or next(iter(cells.values()))
        words = title.text if title is not None and title.value is not None else ""
        return RowMarks(one.row.sheet, exact_number(reference), words, one.beside, owner.text if owner is not None else "", place)

    def _load(self, prepared: Sequence[Prepared]) -> None:
        """The records that rows speak of, as they stand, read together."""
        wanted: dict[str, list[str]] = {}
        for p in prepared:
            for entity, place in p.row_matches.items():
                if place.record is not None:
                    wanted.setdefault(entity, []).append(place.record)
        for entity, ids in wanted.items():
            cells = [f.key for f in BY_KEY[entity].cells if f"{entity}.{f.key}" in self._targets]
            parent = [BY_KEY[entity].parent] if BY_KEY[entity].parent else []
            columns = dict.fromkeys(("id", "reference", "deleted", *cells, *parent))
            self._rows_now |= self._tx.rows(entity, list(dict.fromkeys(ids)), list(columns))

    # -- one row -----------------------------------------------------------------------------

    def take(self, one: Prepared) -> None:
        """One row may hold a recommendation, an action and an update; each is found or made, or the row waits whole."""
        row, by_entity = one.row, one.by_entity
        mine = one.row_matches.get(self._main)
        asked = [p.question for p in one.row_matches.values() if p.question is not None]
        if row.held is not None and not asked:
            self._done.problems += row.held
            if mine is None or mine.record is None:
                self._wait(row)
                return
            title = by_entity[self._main].pop(BY_KEY[self._main].title)  # the record is known: all but its title is read
            self._done.tray.append(tray_entry(title, "waits for somebody to look at it"))
        if asked:
            if mine is not None and mine.known is not None:
                mine.known.used = True
            self._may_be |= {r for p in one.row_matches.values() for r in p.may_be}
            fresh = [q for q in asked if q.id not in self._waiting]
            self._waiting |= {q.id for q in fresh}
            self._done.problems += fresh
            self._wait(row)
            return
        ids: dict[str, str] = {}
        parsed: dict[str, dict[str, Value]] = {}
        for entity in [e for e in BY_KEY if e in by_entity and e != PROGRESS.key]:
            id = self._record(one, BY_KEY[entity], by_entity[entity], ids, parsed)
            if id:
                ids[entity] = id
        if self.keep_taken:
            self.taken.append((row, ids, parsed))
        self._join(ids, row)
        for kind, (serving, _) in serving_links().items():
            for other in one.serves if serving.key in ids and not self._dry else ():
                self._tx.link(kind, ids[serving.key], other)
        self._earlier(ids.get(PROGRESS.parent), row.earlier)
        if PROGRESS.key in by_entity:
            self._update(row, ids.get(PROGRESS.parent), by_entity[PROGRESS.key])

    def _wait(self, row: TrackerRow) -> None:
        """Nothing of a row is written before somebody answers; all of it lies in the tray."""
        if self.keep_taken:
            self.taken.append((row, {}, {}))
        given = [*row.cells.values(), *(g for _, _, g in row.earlier)]
        self._done.tray += [tray_entry(g, "its row waits for an answer") for g in given if g.value is not None]

    def _join(self, ids: dict[str, str], row: TrackerRow) -> None:
        """Link what stands in one row; an action that stood under another recommendation before keeps that link, and the report says so."""
        for owner, key, other in _JOINED:
            if owner not in ids or other not in ids:
                continue
            if self._lineage is not None and owner == self._main:
                before = self._lineage.move_under(ids[owner], ids[other])
                if before and before != ids[other]:
                    one = next(iter(row.cells.values()))
                    called = (self._reference_of(BY_KEY[owner], ids[owner]), self._reference_of(BY_KEY[other], before))
                    self._problem("moved_under", f"{called[0]} stood under {called[1]} in the last copy; both links are there now. Remove the old one if it is wrong.", one)
            if not self._dry:
                self._tx.link(f"{owner}.{key}", ids[owner], ids[other])

    def _record(
        self, one: Prepared, spec: EntitySpec, given: dict[str, Given], above: Mapping[str, str], parsed: dict[str, dict[str, Value]]
    ) -> str | None:
        row, beside = one.row, one.beside
        reference = given.pop("reference", None)
        self._unsettled.clear()
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
            if spec.key != self._main and spec.key in one.row_matches:
                one.row_matches[spec.key].record = id  # the rows under it speak of the same
            base = {f.key: f.default for f in spec.cells if f.default is not None}
        else:
            if self._lineage is not None and known is None:
                base = self._lineage.base_of(id) or {}
            self._change(spec, id, cells, given, base)
            self._note_left_out(spec, id, cells, given, sets, base, known)
        if self._lineage is not None and not spec.by_content:
            self._remember(one, spec, id, known, reference, given, cells, sets, base)
        if not self._dry:
            for field_, elements in sets.items():
                for element in elements:
                    self._tx.link(spec.link_kind(field_), id, element)
        for key, cell in given.items():
            late = spec.by_key.get(key)
            if late is not None and late.kind in (Kind.REF, Kind.LINKS) and late.target != PARTNER.key and late.formerly is None:
                self._late.append((spec.key, id, late, cell))
        return id

    def _names_nothing(self, spec: EntitySpec, given: Mapping[str, Given], reference: Given | None) -> None:
        where = next((g for g in (*given.values(), reference) if g is not None and g.value is not None), None)
        if where is not None:
            self._problem("no_title", f"This row gives no title for {a_record(spec)}; it was put in the tray.", where)
            self._done.tray += [
                tray_entry(g, "its row names no record") for g in (*given.values(), *([reference] if reference else []))
            ]

    def _note_left_out(
        self, spec: EntitySpec, id: str, cells: Mapping[str, Value], given: Mapping[str, Given], sets: Mapping[FieldSpec, list[str]],
        base: Mapping[str, Value], known: Known | None,
    ) -> None:  # fmt: skip
        """What the list held before and leaves out now stays as it is, and is reported."""
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
            if found is not None and found.formerly is not None:  # an earlier version kept the words
                before = set(worded.Meanings(self._tx.connection, found).all_of(sorted(before)))
            if found is not None and before - now:
                named = names.labels(self._tx.connection, sorted(before - now))
                self._left_out.append(f"{', '.join(named.values())} among {found.label.casefold()} of {called}")

    def _find(
        self, one: Prepared, spec: EntitySpec, reference: Given | None, title: Given | None, cells: Mapping[str, Value]
    ) -> tuple[str | None, Known | None, bool]:
        """The record a row speaks of and its row in earlier copies; and whether it names none and can make none."""
        if spec.identity:
            return self._identical(spec, cells), None, False
        if self._lineage is not None:
            place = one.row_matches.get(spec.key, RowMatch())
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
        """The id; None, with a problem, where an earlier row took that record of the list's own kind."""
        if id is None or (spec.key, id) not in self._touched or one is None or spec.key != self._main:
            return id
        self._problem(
            code, "This row has the number or title of another row; it becomes a record of its own.", one
        )
        return None

    def _identical(self, spec: EntitySpec, cells: Mapping[str, Value]) -> str | None:
        keys = spec.identity
        test = " AND ".join(f'"{k}" IS NOT DISTINCT FROM ?' for k in keys)
        found = self._tx.connection.exec_driver_sql(
            f'SELECT id FROM "{spec.key}" WHERE NOT deleted AND {test}', tuple(cells.get(k) for k in keys)
        ).fetchone()
        return str(found[0]) if found else None

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
        """Rows of the last copy that are not in this one, cells that are blank now, names that are left out: kept, and reported."""
        if self._lineage is None:
            return
        records = self._records_of(BY_KEY[self._main])
        missing = [k for k in self._lineage.all() if k.entity == self._main and not k.used and not k.fresh]
        gone = [records.reference.get(k.record, k.number) for k in missing if k.record not in self._may_be]
        for code, of_one, of_several, found in (
            ("rows_gone", "was in the last copy of this list and is not in this one; nothing was deleted", "were in the last copy of this list and are not in this one; nothing was deleted", gone),
            ("cleared", "was filled in the last copy and is blank in this one; our value was kept", "were filled in the last copy and are blank in this one; our values were kept", self._cleared),
            ("left_out", "was in the last copy and is not in this one; it was kept", "were in the last copy and are not in this one; they were kept", self._left_out),
        ):
            if found:
                more = f" and {len(found) - 20} more" if len(found) > 20 else ""
                alone = len(found) == 1 and ", " not in found[0].partition(" among ")[0]
                self._done.problems.append(Problem(code, f"{', '.join(found[:20])}{more} {of_one if alone else of_several}."))

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


def _name_by_number(seen: Sequence[RowMarks]) -> None:
    """A recommendation's number without its words means the one whose words stand beside that number elsewhere in the file."""
    worded: dict[str, set[str]] = {}
    for one in seen:
        if one.number and one.words:
            worded.setdefault(one.number, set()).add(one.words)
    for one in seen:
        if one.number and not one.words and len(worded.get(one.number, ())) == 1:
            one.words = next(iter(worded[one.number]))
