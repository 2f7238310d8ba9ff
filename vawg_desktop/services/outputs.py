"""What leaves the window as a document: lists and records, with date, marking and rating key; callers leave restricted rows out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

from vawg_desktop.domain import rules
from vawg_desktop.domain.dates import bounds, label, short_label
from vawg_desktop.domain.entities import ACTION, BY_KEY, INDICATOR
from vawg_desktop.domain.fields import EntitySpec, FieldSpec, Kind
from vawg_desktop.domain.terms import EXTENT, MARKING, how_many
from vawg_desktop.domain.values import from_row, to_words
from vawg_desktop.exchange import chain_svg
from vawg_desktop.exchange.document import Block, Cell, Document, Figure, Paragraph, Table, words
from vawg_desktop.exchange.document_files import written
from vawg_desktop.exchange.plan import DEMONSTRATION
from vawg_desktop.exchange.series_chart import draw, number
from vawg_desktop.services import chain, kept_back, names, quotes, show
from vawg_desktop.services.embargo import is_embargoed
from vawg_desktop.services.kept_back import KEPT_BACK
from vawg_desktop.services.office import look, rating_key
from vawg_desktop.services.restriction import CONFIDENTIAL, restricted, tells_place
from vawg_desktop.services.session import Session
from vawg_desktop.store import stubs
from vawg_desktop.store.files import write_output

#: What stands on everything that leaves a part of a store: its numbers are not those of the whole.
FROM_A_PART = "From a part of an office's store: what was not handed over is not counted here."


def marking_of(spec: EntitySpec | None, rows: Iterable[Mapping[str, object]]) -> str:
    """The strictest marking among some rows. Kinds of record that bear none are kept as the store is: OFFICIAL-SENSITIVE."""
    if spec is None or "marking" not in spec.by_key:
        return MARKING.label(MARKING.key_list()[-1])
    ladder = MARKING.key_list()
    return MARKING.label(ladder[max((ladder.index(str(row["marking"])) for row in rows if row.get("marking")), default=0)])


def list_document(
    session: Session, title: str, heads: Sequence[str], rows: Sequence[Sequence[Cell]], marking: str = "", lines: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Document:
    """A list as a document of one table, with its notes and the rating key under it; without a marking it is OFFICIAL-SENSITIVE."""
    return document(session, title, [Table("", heads, rows, notes), *key_blocks(session)], marking or marking_of(None, ()), lines)


def conflict_note(rows: Iterable[Mapping[str, object]]) -> list[str]:
    """The note that names records of which a field holds two values that nobody has chosen between; none where there are none."""
    found = [str(r["reference"]) for r in rows if r.get("conflicts")]
    return [f"Two values wait to be chosen between in {', '.join(found)}; until then one of them is shown."] if found else []


def record_document(session: Session, name: str) -> Document:
    """A record with what is linked to it and its updates. Raises NotFoundError, and RuleError for a quote that may not leave.

    Of a restricted one the first line says so; of other records that are restricted only the references stand there, and their updates are
    left out, said in a line. It is marked as strictly as the strictest record that it names.
    """
    view = show.record(session, name)
    spec = view.spec
    quotes.refuse_unready(session, view.id)
    others = {link.id: link.entity for link in view.links}
    others |= {str(view.cells[f.key]): f.target for f in spec.cells if f.kind is Kind.REF and view.cells[f.key]}
    updates_of_others = [str(u["id"]) for u in view.updates if "of_reference" in u]
    closed = restricted(session, [*others, *updates_of_others])
    small = kept_back.values(session) & others.keys() if "indicator_value" in others.values() else frozenset[str]()
    called = view.names | names.long_labels(session.read(), [id for id in others if id not in closed | small])
    (blurred,) = kept_back.blurred(session, spec.key, [view.cells | {"id": view.id}])
    telling = tells_place(session).get(view.id, set()) if spec.key == "service" else set[str]()
    unrated = bool(spec.rating and spec.owner) and names.is_independent(session.read(), view.cells.get(spec.owner))
    fields: list[list[Cell]] = [["Reference", view.reference]]
    for f in spec.fields:
        if f.key in view.spec.kept_in(view.cells) or f.key in telling or f.off_paper or (unrated and f.key in (spec.rating, "rating_reason")):
            continue
        if blurred.get(f.key) != view.cells.get(f.key):
            fields.append([f.label, str(blurred[f.key])])
        elif not f.private and (value := _field(view, f, called)):
            fields.append([f.label, value])
    blocks: list[Block] = [Table("Fields", ["Field", "What it says"], fields, conflict_note([{"reference": view.reference, "conflicts": view.conflicts}]))]
    blocks += _series(session, view)
    by_label: dict[str, list[list[Cell]]] = {}
    for link in view.links:
        if not link.outward:
            title = KEPT_BACK if link.id in small else link.title
            told = ["Restricted", None] if link.id in closed else [title, _status(link.entity, link.status)]
            by_label.setdefault(link.label, []).append([link.reference, *told])
    blocks += [Table(named, ["Reference", "Title", "Status"], rows) for named, rows in by_label.items()]
    blocks += [Table(BY_KEY[kind].plural, *_parts(BY_KEY[kind], kept_back.blurred(session, kind, rows))) for kind, rows in _open_parts(session, view)]
    updates = [u for u in view.updates if str(u["id"]) not in closed or "of_reference" not in u]
    if updates:
        heads = ["About", "As at", "Told by", "Progress update", "Next step"]
        told_rows = [[_text(u, "of_reference") or view.reference, day_cell(u["as_at"]), _text(u, "informant"), _text(u, "narrative"), _text(u, "next_step")] for u in updates]
        blocks.append(Table("Progress updates", heads, told_rows))
    lines = _restricted(session, view)
    if len(updates) < len(view.updates):
        lines.append(f"{how_many(len(view.updates) - len(updates), 'progress update')} of restricted records left out.")
    marking = _strictest(session, view, {id: kind for id, kind in others.items() if id not in closed})
    if "title" in telling:
        return document(session, f"{view.reference} {CONFIDENTIAL}", [*blocks, *key_blocks(session)], marking, lines)
    title = view.title if blurred.get(spec.title) == view.cells.get(spec.title) else KEPT_BACK
    return document(session, f"{view.reference} {title}", [*blocks, *key_blocks(session)], marking, lines)


def _open_parts(session: Session, view: show.RecordView) -> list[tuple[str, list[dict[str, object]]]]:
    """The parts of a record by kind, without those that are restricted on their own account: a meeting's private items, a question told in confidence."""
    own = restricted(session, [view.id])
    found: list[tuple[str, list[dict[str, object]]]] = []
    for kind, rows in view.parts.items():
        closed = set[str]() if own else restricted(session, [str(r["id"]) for r in rows])
        shown = [r for r in rows if str(r["id"]) not in closed]
        found += [(kind, shown)] if shown else []
    return found


def record_lines(session: Session, name: str) -> list[list[str]]:
    """A record as field and value, to be copied: the words that its paper bears, and no others. Raises what ``record_document`` raises."""
    made = record_document(session, name)
    lines = [["", line] for line in made.lines]
    for block in (b for b in made.blocks if isinstance(b, Table)):
        for row in block.rows:
            told = [words(c) for c in row]
            lines.append(told if block.title == "Fields" else [block.title, ", ".join(w for w in told if w)])
    return lines


def _series(session: Session, view: show.RecordView) -> list[Block]:
    """The charts of what is counted for a record; where a value is kept back, the table of values alone is given."""
    from vawg_desktop.services import indicators, stages

    if view.spec is INDICATOR:
        found = [indicators.series(session, view.id)]
    else:
        found = indicators.belonging_to(session, view.id) if view.spec.key in (f.target for f in INDICATOR.sets) else []
    blocks: list[Block] = []
    hidden = kept_back.values(session) if found else frozenset[str]()
    for one in (s for s in found if len(s.values) > 1):
        if any(v.id in hidden for v in one.values):
            if view.spec is not INDICATOR:
                rows: list[list[Cell]] = [[short_label(v.period), KEPT_BACK if v.id in hidden else number(v.value)] for v in one.values]
                blocks.append(Table(one.title, ["Period", "Value"], rows, [f"{kept_back.reason(one.least)} A chart would show them, so none is drawn."]))
            continue
        blocks.append(Figure(one.title, one.sentence(), draw(one.dots(), target=one.target), [one.sentence().removeprefix(f"{one.title}: "), CHART_KEY]))
    return [*blocks, *stages.tables(session, view.id, hidden)] if view.spec is INDICATOR else blocks


#: How a chart is read, under each.
CHART_KEY = "Line: mean. Dashes: usual limits. Dots: target. Triangle: a sign of better, diamond: of worse, square: of change. Hollow: provisional."


def _strictest(session: Session, view: show.RecordView, others: Mapping[str, str]) -> str:
    """The strictest marking of a record and of the others that its paper names, given by id with their kinds."""
    rows: list[Mapping[str, object]] = [view.cells]
    for kind in {k for k in others.values() if "marking" in BY_KEY[k].by_key}:
        ids = [id for id, k in others.items() if k == kind]
        for start in range(0, len(ids), 400):
            some = ids[start : start + 400]
            found = session.read().exec_driver_sql(f'SELECT DISTINCT marking FROM "{kind}" WHERE id IN ({",".join("?" * len(some))})', tuple(some))
            rows += [{"marking": r[0]} for r in found]
    return marking_of(view.spec, rows)


#: The line that an action bears on paper which follows up what was said in private.
PART_OF_PRIVATE = "RESTRICTED: it follows up what was said under a private or restricted item of a meeting."


def _restricted(session: Session, view: show.RecordView) -> list[str]:
    """The line that a restricted record bears on paper, or a figure under embargo."""
    if view.spec.key == "figure" and is_embargoed(view.cells, session.today):
        until = f" until {label(str(view.cells['embargoed_until']))}" if view.cells["embargoed_until"] else ""
        return [f"UNDER EMBARGO{until}: not to be shared before its release."]
    row = {k: str(v) if (v := view.cells.get(k)) else None for k in ("restriction", "restricted_until")}
    if not rules.is_restricted(row, session.today):
        return [PART_OF_PRIVATE] if view.spec is ACTION and restricted(session, [view.id]) else []
    seen_by = f" May be seen by {view.cells['restricted_to']}." if view.cells.get("restricted_to") else ""
    return [f"RESTRICTED: {row['restriction']}.{seen_by}"]


def save_document(path: Path, made: Document, stopped: Callable[[], bool] = lambda: False) -> Path | None:
    """Write a document; the file's ending chooses the format. Raises ValueRefusedError for others, StoreError where it cannot be written.

    ``stopped`` is asked before it is drawn up and before it is written: None then, and a file of that name stays as it was.
    """
    if stopped():
        return None
    content = written(path.name, made)
    if stopped():
        return None
    write_output(path, content)
    return path


def document(session: Session, title: str, blocks: Sequence[Block], marking: str, lines: Sequence[str] = ()) -> Document:
    """A document as the office gives it out: as at today, with its marking, and marked as a demonstration where the store is one."""
    first = [DEMONSTRATION] if session.store.meta("demonstration") == "1" else []
    first += [FROM_A_PART] if stubs.are_here(session.read()) else []
    return Document(title, label(session.today.isoformat()), marking, blocks, [*first, *lines], look=look(session.read()))


def key_blocks(session: Session) -> list[Block]:
    """The rating key in one line, as it stands on every output."""
    return [Paragraph("Rating key: " + "; ".join(f"{word}: {meaning}" for word, meaning in rating_key(session.read())))]


def _field(view: show.RecordView, field: FieldSpec, called: Mapping[str, str]) -> Cell:
    if field.many:
        return "\n".join(called.get(e) or to_words(field, e) for e in view.sets[field.key])
    value = view.cells[field.key]
    if field.holds_id and value is not None:
        return called.get(str(value), str(value))
    return day_cell(value) if field.kind is Kind.DATE else to_words(field, value)


def day_cell(stored: object) -> Cell:
    """A stored date as a cell of a table: a day as a date, a month, quarter or year in words, nothing as an empty cell."""
    if not stored:
        return None
    first, last = bounds(str(stored))
    return first if first == last else label(str(stored))


def _text(row: Mapping[str, object], key: str) -> str:
    return str(row.get(key) or "")


def _status(kind: str, status: str | None) -> str:
    spec = BY_KEY[kind]
    return to_words(spec.by_key[spec.status], status) if spec.status and status else ""


def _parts(spec: EntitySpec, rows: Sequence[Mapping[str, object]]) -> tuple[list[str], list[list[Cell]]]:
    """A record's parts of one kind as a table: headings and rows, the columns that its list has."""
    shown = [f for key in spec.in_list if (f := spec.by_key.get(key)) is not None and f.key != spec.parent and not f.off_paper]

    def cell(f: FieldSpec, row: Mapping[str, object]) -> Cell:
        if f.kind is Kind.REF:
            return _text(row, show.name_of(f.key))
        return day_cell(row[f.key]) if f.kind is Kind.DATE else to_words(f, from_row(f, row[f.key]))

    return ["Reference", *(f.label for f in shown)], [[_text(row, "reference"), *(cell(f, row) for f in shown)] for row in rows]


def _chain_picture(found: chain.Chain, closed: Collection[str]) -> list[Block]:
    """The chain as one drawing, wide columns folded; none where it is the record alone."""
    if len(found.nodes) < 2:
        return []
    gaps = {m.record for m in found.missing}
    columns: list[tuple[str, list[chain_svg.Box]]] = []
    for kinds in chain.LAYERS:
        nodes = [n for n in found.nodes.values() if n.entity in kinds]
        if nodes:
            heading = " and ".join(BY_KEY[k].plural for k in kinds if any(n.entity == k for n in nodes))
            boxes = [chain_svg.Box(n.id, f"{n.reference} {'' if n.id in closed else n.title}".strip(), chain.state_words(n), n.id == found.start, n.reference in gaps) for n in nodes]
            columns.append((f"{heading} ({len(nodes):,})", boxes))
    svg = chain_svg.draw(columns, [(e.before, e.after) for e in found.edges])
    words = f"{len(found.nodes):,} records from evidence to outcome; the tables below show what leads to what."
    key = f"Thick frame: the record whose chain it is. Broken frame: something is missing at it. More than {chain_svg.FOLD} of a kind are counted."
    return [Figure("The chain in one picture", words, svg, [key], min(720.0, chain_svg.size(columns)[0]))]


def chain_document(session: Session, name: str) -> Document:
    """The chain of a record as sentences, with what is missing; of restricted records only the references stand there."""
    found = chain.of(session, name)
    closed = restricted(session, found.nodes)
    start = found.nodes[found.start]
    rows: list[list[Cell]] = [
        [n.reference, BY_KEY[n.entity].label, "Restricted" if n.id in closed else n.title, chain.state_words(n)] for n in found.nodes.values()
    ]
    links: list[list[Cell]] = [
        [found.nodes[e.before].reference, e.reads, found.nodes[e.after].reference, EXTENT.label(e.extent) if e.extent else None] for e in found.edges
    ]
    blocks: list[Block] = [
        *_chain_picture(found, closed),
        Table("Records on the chain", ["Reference", "Kind", "Title", "State"], rows),
        Table("What leads to what", ["From", "Reads", "To", "Extent"], links),
        Table("What is missing", ["Reference", "What"], [[m.record, m.message.partition(": ")[2]] for m in found.missing]),
    ]
    kinds = {n.id: n.entity for n in found.nodes.values() if n.id not in closed}
    marking = _strictest(session, show.record(session, start.id), kinds)
    return document(session, f"Chain of {start.reference} {'' if start.id in closed else start.title}".strip(), blocks, marking)

