"""What leaves the window as a document: lists and records, with date, marking and rating key; callers leave restricted rows out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from vawg_desktop.domain import rules
from vawg_desktop.domain.dates import label
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.fields import EntitySpec, FieldSpec, Kind
from vawg_desktop.domain.terms import MARKING
from vawg_desktop.domain.values import from_row, to_words
from vawg_desktop.exchange.document import Block, Cell, Document, Paragraph, Table
from vawg_desktop.exchange.document_files import writer
from vawg_desktop.services import names, show
from vawg_desktop.services.office import rating_key
from vawg_desktop.services.session import Session
from vawg_desktop.store.keys import write_replacing

DEMONSTRATION = "DEMONSTRATION: an invented county"


def marking_of(spec: EntitySpec | None, rows: Iterable[Mapping[str, object]]) -> str:
    """The strictest marking among some rows. Kinds of record that bear none are kept as the store is: OFFICIAL-SENSITIVE."""
    if spec is None or "marking" not in spec.by_key:
        return MARKING.label(MARKING.key_list()[-1])
    ladder = MARKING.key_list()
    return MARKING.label(ladder[max((ladder.index(str(row["marking"])) for row in rows if row.get("marking")), default=0)])


def list_document(
    session: Session, title: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]], marking: str = "", lines: Sequence[str] = ()
) -> Document:
    """A list as a document of one table, its rating key under it."""
    return document(session, title, [Table("", heads, rows), *_key(session)], marking or marking_of(None, ()), lines)


def record_document(session: Session, name: str) -> Document:
    """A record with what is linked to it and its updates; of a restricted one the first line says so. Raises NotFoundError."""
    view = show.record(session, name)
    spec = view.spec
    refs = [str(view.cells[f.key]) for f in spec.cells if f.kind is Kind.REF and view.cells[f.key]]
    ends = [id for f in spec.sets if f.kind is Kind.LINKS for id in view.sets[f.key]]
    called = view.names | names.long_labels(session.read(), [*refs, *ends])
    fields: list[list[Cell]] = [["Reference", view.reference]]
    for f in spec.fields:
        if not f.private and (value := _field(view, f, called)):
            fields.append([f.label, value])
    blocks: list[Block] = [Table("Fields", ["Field", "What it says"], fields)]
    by_label: dict[str, list[list[Cell]]] = {}
    for link in view.links:
        if not link.outward:
            by_label.setdefault(link.label, []).append([link.reference, link.title, _status(link.entity, link.status)])
    blocks += [Table(words, ["Reference", "Title", "Status"], rows) for words, rows in by_label.items()]
    blocks += [Table(BY_KEY[kind].plural, *_parts(BY_KEY[kind], rows)) for kind, rows in view.parts.items() if rows]
    if view.updates:
        heads = ["About", "As at", "Told by", "Progress update", "Next step"]
        updates = [[_text(u, "of_reference") or view.reference, day_cell(u.get("as_at")), _text(u, "informant"), _text(u, "narrative"), _text(u, "next_step")] for u in view.updates]
        blocks.append(Table("Progress updates", heads, updates))
    return document(session, f"{view.reference} {view.title}", [*blocks, *_key(session)], marking_of(spec, [view.cells]), _restricted(session, view))


def _restricted(session: Session, view: show.RecordView) -> list[str]:
    """The line that a restricted record bears on paper."""
    row = {k: str(v) if (v := view.cells.get(k)) else None for k in ("restriction", "restricted_until")}
    if not rules.is_restricted(row, session.today):
        return []
    seen_by = f" May be seen by {view.cells['restricted_to']}." if view.cells.get("restricted_to") else ""
    return [f"RESTRICTED: {row['restriction']}.{seen_by}"]


def save_document(path: Path, made: Document) -> Path:
    """Write a document; the file's ending chooses the format. Raises ValueRefusedError for others, StoreError where it cannot be written."""
    write_replacing(path, writer(path.name)(made))
    return path


def document(session: Session, title: str, blocks: Sequence[Block], marking: str, lines: Sequence[str] = ()) -> Document:
    """A document as the office gives it out: as at today, with its marking, and marked as a demonstration where the store is one."""
    first = [DEMONSTRATION] if session.store.meta("demonstration") == "1" else []
    return Document(title, label(session.today.isoformat()), marking, blocks, [*first, *lines])


def _key(session: Session) -> list[Block]:
    """The rating key in one line, as it stands on every output."""
    return [Paragraph("Rating key: " + "; ".join(f"{word}: {meaning}" for word, meaning in rating_key(session.read())))]


def _field(view: show.RecordView, field: FieldSpec, called: Mapping[str, str]) -> Cell:
    if field.many:
        return "\n".join(called.get(e) or to_words(field, e) for e in view.sets[field.key])
    value = view.cells[field.key]
    if field.kind is Kind.REF and value is not None:
        return called.get(str(value), str(value))
    return day_cell(value) if field.kind is Kind.DATE else to_words(field, value)


def day_cell(stored: object) -> Cell:
    """A stored date as a cell of a table: a day as a date, a month, quarter or year in words, nothing as an empty cell."""
    text = str(stored or "")
    return date.fromisoformat(text) if len(text) == 10 else label(text) or None


def _text(row: Mapping[str, object], key: str) -> str:
    return str(row.get(key) or "")


def _status(kind: str, status: str | None) -> str:
    spec = BY_KEY[kind]
    return to_words(spec.by_key[spec.status], status) if spec.status and status else ""


def _parts(spec: EntitySpec, rows: Sequence[Mapping[str, object]]) -> tuple[list[str], list[list[Cell]]]:
    """A record's parts of one kind as a table: headings and rows, the columns that its list has."""
    shown = [f for key in spec.in_list if (f := spec.by_key.get(key)) is not None and f.key != spec.parent]

    def cell(f: FieldSpec, row: Mapping[str, object]) -> Cell:
        if f.kind is Kind.REF:
            return _text(row, show.name_of(f.key))
        return day_cell(row[f.key]) if f.kind is Kind.DATE else to_words(f, from_row(f, row[f.key]))

    return ["Reference", *(f.label for f in shown)], [[_text(row, "reference"), *(cell(f, row) for f in shown)] for row in rows]
