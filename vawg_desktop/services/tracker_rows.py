"""A tracker's rows as records: each found or made, two never one, the office's edits never undone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import TypeVar

from vawg_desktop.domain import merge
from vawg_desktop.domain.entities import BY_KEY, BY_PREFIX, EntitySpec
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.tracker_in import Given, TrackerRow, similar
from vawg_desktop.services import names, over_time
from vawg_desktop.services.records import add_alias, then_stood
from vawg_desktop.services.session import Session
from vawg_desktop.services.tracker_cells import CellReader, Imported, trayed
from vawg_desktop.store.door import Transaction

_FOOTERS = ("total", "totals", "prepared by", "key", "notes", "source", "last updated", "end of", "version")
_NUMBER = re.compile(r"([A-Za-z]{0,3})[\s\-.]*0*(\d{1,6})")
_IDENTITY = {"figure": ("title", "quoted"), "meeting": ("title", "date"), "strand": ("framework", "title")}
_ALIKE = 0.6
_T = TypeVar("_T")


class RowImporter(CellReader):
    """Takes rows one by one into a transaction."""

    def __init__(
        self, session: Session, tx: Transaction, done: Imported, file: str, headings: str, main: str
    ) -> None:
        super().__init__(session, tx, done)
        self._file = file
        self._late: list[tuple[str, str, FieldSpec, Given]] = []
        self._rows_now: dict[str, str] = {}
        self._bases: dict[str, dict[str, Value]] = {}
        self._refs: dict[str, str] = {}
        self._headings, self._main = headings, main

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
        self._refer_only(by_entity)
        ids: dict[str, str] = {}
        for entity in [e for e in BY_KEY if e in by_entity and e != "update"]:
            id = self._record(row, BY_KEY[entity], by_entity[entity], ids)
            if id:
                ids[entity] = id
        self._join(ids)
        if "update" in by_entity:
            self._update(row, ids.get("action"), by_entity["update"])

    def _is_footer(self, row: TrackerRow) -> bool:
        """A line under the table (Total, Prepared by …) is kept in the tray, not made a record."""
        given = [g for g in row.cells.values() if g.value is not None]
        first = fold(given[0].text) if given else ""
        footer = any(first == w or first.startswith(w + " ") for w in _FOOTERS)
        alone = len(given) == 1 and len(row.cells) == 1 and len(self._done.mapping) > 3
        if not given or not self._file or not (alone or (footer and len(given) <= 3)):
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
        self, row: TrackerRow, spec: EntitySpec, given: dict[str, Given], above: Mapping[str, str]
    ) -> str | None:
        reference = given.pop("reference", None)
        cells, sets = self._read(row, spec, given)
        if spec.parent in above:
            cells[spec.parent] = above[spec.parent]
        id = self._find(row, spec, reference, given.get(spec.title), cells)
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
        if id is None:
            id = self._make(spec, cells, reference, given)
        else:
            self._change(spec, id, cells, given)
        if self._file:
            fresh = self._touched.get((spec.key, id)) == "created" and id not in self._bases
            defaults = {f.key: f.default for f in spec.cells if fresh and f.default is not None}
            self._bases[id] = {
                **defaults,
                **self._bases.get(id, {}),
                **{k: v for k, v in cells.items() if v is not None},
            }
            if reference is not None:
                self._refs[self._ref_key(spec, reference)] = id
        for field_, elements in sets.items():
            for element in elements:
                self._tx.link(spec.link_kind(field_), id, element)
        for key, one in given.items():
            late = spec.by_key.get(key)
            if late is not None and late.kind in (Kind.REF, Kind.LINKS) and late.target != "partner":
                self._late.append((spec.key, id, late, one))
        self._rows_now[f"{self._file}|{row.sheet}|{row.number}|{spec.key}"] = id
        return id

    def _find(
        self,
        row: TrackerRow,
        spec: EntitySpec,
        reference: Given | None,
        title: Given | None,
        cells: Mapping[str, Value],
    ) -> str | None:
        """The record a row speaks of: by this tracker's own number, by a number whose title agrees, by title."""
        if spec.key in _IDENTITY:
            return self._identical(spec, cells)
        if reference is None:
            found = self._directory(spec.key).find(title.text) if title is not None else None
            id = found.id if found else (self._same_place(row, spec, title) if title is not None else None)
            return self._unless_taken(spec, id, title, "same_title")
        remembered = self._remembered_ref(spec, reference)
        if remembered is not None:
            return self._unless_taken(spec, remembered, title or reference, "duplicate_number")
        directory = self._directory(spec.key)
        known = directory.find(reference.text) or directory.find(_reference(spec, reference.text) or "\0")
        if known is None:
            return None
        if title is None or title.value is None or similar(self._title_of(known.id), title.text) >= _ALIKE:
            return self._unless_taken(spec, known.id, title or reference, "duplicate_number")
        if self._file:
            self._problem(
                "number_taken",
                f"“{reference.text}” is already the number of {known.reference}, which says something else; "
                "this row became a record of its own.",
                reference,
            )
        return None

    def _unless_taken(self, spec: EntitySpec, id: str | None, one: Given | None, code: str) -> str | None:
        """Two rows of one file are two records unless they say the same: the second never overwrites the first."""
        if id is None or (spec.key, id) not in self._touched or one is None or spec.key != self._main:
            return id
        self._problem(
            code, "This row has the number or title of another row; it became a record of its own.", one
        )
        return None

    def _remembered_ref(self, spec: EntitySpec, reference: Given) -> str | None:
        found = self._tx.connection.exec_driver_sql(
            "SELECT value FROM local WHERE kind = 'tracker_ref' AND \"key\" = ?",
            (self._ref_key(spec, reference),),
        ).fetchone()
        return str(found[0]) if found else None

    def _ref_key(self, spec: EntitySpec, reference: Given) -> str:
        return f"{self._headings}|{spec.key}|{fold(reference.text)}"

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

    def _same_place(self, row: TrackerRow, spec: EntitySpec, title: Given) -> str | None:
        """The record that came from this row last time, where its title was only corrected."""
        found = self._tx.connection.exec_driver_sql(
            "SELECT l.value, s.title FROM local l JOIN subject s ON s.id = l.value AND NOT s.deleted "
            "WHERE l.kind = 'tracker_row' AND l.\"key\" = ?",
            (f"{self._file}|{row.sheet}|{row.number}|{spec.key}",),
        ).fetchone()
        return str(found[0]) if found and similar(str(found[1]), title.text) > 0.6 else None

    def _make(
        self, spec: EntitySpec, cells: dict[str, Value], reference: Given | None, given: Mapping[str, Given]
    ) -> str:
        wanted = _reference(spec, reference.text) if reference else None
        id = self._obeying(spec, cells, given, lambda said: self._tx.create(spec.key, said, reference=wanted))
        row = self._tx.row(spec.key, id)
        if reference is not None and self._directory(spec.key).find(reference.text) is None:
            add_alias(self._tx, id, reference.text)
        found = names.Found(spec.key, id, str(row["reference"]), str(cells.get(spec.title) or ""))
        extra = [str(cells[k]) for k in ("short_name", "name", "title") if cells.get(k)]
        self._directory(spec.key).add(found, *([reference.text] if reference else []), *extra)
        self._touched[(spec.key, id)] = "created"
        return id

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

    def _change(self, spec: EntitySpec, id: str, cells: dict[str, Value], given: Mapping[str, Given]) -> None:
        current = self._tx.row(spec.key, id)
        if current["deleted"]:
            self._deleted(spec, current, given)
            return
        base = self._base(id)
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

    def _base(self, id: str) -> dict[str, Value]:
        """What this record was last given by a tracker, so that office edits since are not undone."""
        found = self._tx.connection.exec_driver_sql(
            "SELECT value FROM local WHERE kind = 'tracker_base' AND \"key\" = ?", (id,)
        ).fetchone()
        kept: dict[str, Value] = json.loads(found[0]) if found else {}
        return kept

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
        self._remember_all()
        put = "INSERT INTO local VALUES ('tracker_row', ?, ?) ON CONFLICT (kind, \"key\") DO UPDATE SET value = excluded.value"
        if self._file:
            for key, id in self._rows_now.items():
                self._tx.connection.exec_driver_sql(put, (key, id))
        for (entity, _), what in self._touched.items():
            setattr(self._done, what, getattr(self._done, what) + 1)
            if what == "created":
                self._done.by_entity[entity] = self._done.by_entity.get(entity, 0) + 1

    def _remember_all(self) -> None:
        put = 'INSERT INTO local VALUES (?, ?, ?) ON CONFLICT (kind, "key") DO UPDATE SET value = excluded.value'
        run = self._tx.connection.exec_driver_sql
        for key, id in self._refs.items():
            run(put, ("tracker_ref", key, id))
        for id, cells in self._bases.items():
            run(put, ("tracker_base", id, json.dumps({**self._base(id), **cells}, ensure_ascii=False)))

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
