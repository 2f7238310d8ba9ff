"""An existing tracker as rows of named cells: header found, columns matched, merges coped with.

Knows no store: what the words mean is decided in ``services/trackers``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.terms import PILLAR, fold
from vawg_desktop.exchange.reading import Book, Cell, Sheet, plain_text

#: A target is ``entity.field``; ``entity.reference`` is the tracker's own number.
Target = str
HEADER_SEARCH = 40

#: What trackers call things, beside each field's own label and key.
SYNONYMS: dict[Target, tuple[str, ...]] = {
    "recommendation.reference": ("rec no", "rec ref", "recommendation no", "recommendation number", "rec", "rec number",
                                 "recommendation ref"),
    "recommendation.title": ("recommendation", "recommendation title", "recommendations", "recommendation text",
                             "pledge", "recommendation wording"),
    "recommendation.pillar": ("pillar", "pillars", "theme pillar", "strand"),
    "recommendation.success_test": ("success measure", "success criteria", "outcome measure", "what does good look like",
                                    "what done looks like", "kpi"),
    "recommendation.priority": ("priority",),
    "action.reference": ("action no", "action ref", "action number", "action id", "task no"),
    "action.title": ("action", "actions", "action required", "task", "what we will do", "activity", "description of action",
                     "agreed action", "actions required"),
    "action.accountable": ("owner", "lead agency", "organisation", "agency", "responsible", "lead organisation", "partner",
                           "action owner", "owner s", "owners", "who", "accountable", "lead partner", "owner(s)"),
    "action.lead": ("lead", "lead officer", "named lead", "contact", "officer"),
    "action.contributors": ("supporting", "supporting partners", "partners", "contributors", "supporting agencies"),
    "action.due": ("due", "due date", "deadline", "target date", "by when", "when", "completion date", "timescale",
                   "target completion", "target"),
    "action.revised_due": ("revised date", "revised due date", "new date", "revised deadline", "revised target"),
    "action.status": ("status", "progress status", "current status", "state"),
    "action.rating_opcc": ("rag", "brag", "rag rating", "brag rating", "rating", "rag status"),
    "action.percent": ("% complete", "percent complete", "complete %", "percentage complete", "% done", "progress %"),
    "action.blockers": ("blockers", "risks", "issues", "barriers", "risks and issues"),
    "action.resource": ("resource", "resources", "funding", "cost"),
    "action.note": ("notes", "comments", "comment", "remarks"),
    "action.start": (),
    "update.narrative": ("update", "progress", "latest update", "progress update", "latest position", "commentary",
                         "progress to date", "update on progress"),
    "update.next_step": ("next steps", "next step"),
    "gap.reference": ("gap no", "gap ref"),
    "gap.statement": ("gap", "gaps", "gap identified", "identified gap"),
    "gap.journey_stages": ("journey stage", "stage", "stage of journey"),
}  # fmt: skip
_BARE_REFERENCE = ("ref", "no", "number", "id", "reference", "item", "#", "ref no", "no.")
#: Words that mean "no date yet" rather than a date typed badly.
NO_DATE = frozenset(
    {"tbc", "tbd", "tba", "n a", "na", "none", "ongoing", "not set", "to be confirmed", "asap", "-"}
)
#: Rating by a fill's colour, as (red, green, blue); offices' usual pickings.
_COLOURS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "red": ((255, 0, 0), (192, 0, 0), (255, 80, 80), (248, 105, 107), (255, 199, 206)),
    "amber": ((255, 192, 0), (255, 165, 0), (255, 255, 0), (255, 235, 156), (237, 125, 49)),
    "green": ((0, 176, 80), (0, 128, 0), (146, 208, 80), (0, 255, 0), (198, 239, 206), (112, 173, 71)),
    "blue": ((0, 112, 192), (0, 0, 255), (68, 114, 196), (91, 155, 213), (0, 176, 240)),
    "grey": ((128, 128, 128), (166, 166, 166), (191, 191, 191), (217, 217, 217)),
}


@dataclass(slots=True)
class Given:
    """One cell of a row: its value, its place, and a colour that stands where no word does."""

    value: Cell
    sheet: str
    cell: str
    header: str
    colour: str = ""

    @property
    def text(self) -> str:
        """The value as a person would read it."""
        return plain_text(self.value)


@dataclass(slots=True)
class TrackerRow:
    """One row: cells by target, cells of unmatched columns, and the section it stands under."""

    sheet: str
    number: int
    cells: dict[Target, Given] = field(default_factory=dict[Target, Given])
    unmatched: list[Given] = field(default_factory=list[Given])
    section: str = ""


@dataclass(slots=True)
class Column:
    """A column of the tracker and what it was matched to, with second thoughts."""

    header: str
    target: Target | None
    did_you_mean: tuple[Target, ...] = ()


@dataclass(slots=True)
class Tracker:
    """A tracker as read: its columns, its rows, and what stands outside any table."""

    columns: list[Column] = field(default_factory=list[Column])
    rows: list[TrackerRow] = field(default_factory=list[TrackerRow])
    outside: list[Given] = field(default_factory=list[Given])
    main: str = "action"

    def mapping(self) -> dict[str, Target | None]:
        """Header to target, for the person to see, correct and keep."""
        return {c.header: c.target for c in self.columns}


def targets() -> dict[Target, str]:
    """Every target a column may be matched to, with its label."""
    known: dict[Target, str] = {}
    for entity in ("recommendation", "action", "gap", "update"):
        spec = BY_KEY[entity]
        if entity != "update":
            known[f"{entity}.reference"] = f"{spec.label}: own number"
        known |= {f"{entity}.{f.key}": f"{spec.label}: {f.label}" for f in spec.fields if not f.private}
    return known


def read_tracker(book: Book, mapping: Mapping[str, Target | None] | None = None) -> Tracker:
    """Read every sheet that has a table. ``mapping`` overrides or completes the matching by name."""
    tracker = Tracker()
    tables = [(s, h) for s in book.sheets if s.visible and (h := find_header(s, mapping)) is not None]
    heads = [plain_text(c) for s, h in tables for c in s.rows[h]]
    tracker.main = _main_entity(heads)
    colours = _fills(book) if tables and book.looked.kind == "zip" else {}
    for sheet in book.sheets:
        header = next((h for s, h in tables if s is sheet), None)
        if header is None:
            tracker.outside += _all_cells(sheet, 0, len(sheet.rows))
        else:
            _read_table(sheet, header, tracker, mapping or {}, colours.get(sheet.name, {}))
    return tracker


def find_header(sheet: Sheet, mapping: Mapping[str, Target | None] | None = None) -> int | None:
    """The row that looks most like column headings: below titles, at least two known names."""
    best, best_score = None, 1
    wanted = {fold(h) for h in mapping or {}}
    for number, row in enumerate(sheet.rows[:HEADER_SEARCH]):
        words = [fold(plain_text(c)) for c in row if isinstance(c, str) and len(c) < 80]
        score = sum(2 if w in wanted else 1 for w in set(words) if w in wanted or w in _KNOWN or w in _BARE)
        if score > best_score:
            best, best_score = number, score
    return best


def _known_names() -> dict[str, list[Target]]:
    names: dict[str, list[Target]] = {}
    for target in targets():
        entity, _, key = target.partition(".")
        spec = BY_KEY[entity].by_key.get(key)
        own = (spec.label, spec.key) if spec else ()
        for name in (*SYNONYMS.get(target, ()), *own):
            known = names.setdefault(fold(name), [])
            if target not in known:
                known.insert(0, target) if name in SYNONYMS.get(target, ()) else known.append(target)
    return names


_KNOWN = _known_names()
_BARE = frozenset(fold(w) for w in _BARE_REFERENCE)


def _main_entity(heads: Sequence[str]) -> str:
    folded = [fold(h) for h in heads]
    for entity, key in (("action", "title"), ("gap", "statement"), ("recommendation", "title")):
        if any(f"{entity}.{key}" in _KNOWN.get(f, ())[:1] for f in folded):
            return entity
    return "action"


def match_columns(heads: Sequence[str], main: str, mapping: Mapping[str, Target | None]) -> list[Column]:
    """Match headings to targets: by the given mapping, by name, else "did you mean"."""
    given = {fold(h): t for h, t in mapping.items()}
    columns: list[Column] = []
    taken: set[Target] = set()
    for head in heads:
        name = fold(head)
        target = given[name] if name in given else _by_name(name, main, taken)
        if target in taken:
            target = None
        if target:
            taken.add(target)
        close = [] if target or not name else get_close_matches(name, list(_KNOWN), n=3, cutoff=0.75)
        means = tuple(dict.fromkeys(_preferred(_KNOWN[c], main) for c in close))
        columns.append(Column(head, target, tuple(m for m in means if m not in taken)))
    return columns


def _by_name(name: str, main: str, taken: set[Target]) -> Target | None:
    if name in _BARE:
        return f"{main}.reference"
    found = [t for t in _KNOWN.get(name, ()) if t not in taken]
    return _preferred(found, main) if found else None


def _preferred(found: Sequence[Target], main: str) -> Target:
    """The main entity's field where it has one; its own title stays its own."""
    first = found[0]
    if first.endswith((".title", ".statement", ".reference")) or first.startswith("update."):
        return first
    twin = next((t for t in found if t.startswith(main + ".")), None)
    if twin:
        return twin
    key = first.partition(".")[2]
    moved = {"accountable": {"recommendation": "lead", "gap": "owner"}, "due": {"recommendation": "target_date"},
             "contributors": {"recommendation": "supporting"}}.get(key, {}).get(main, key)  # fmt: skip
    if main != "action" and first.startswith("action.") and moved in BY_KEY[main].by_key:
        return f"{main}.{moved}"
    return first


def _read_table(
    sheet: Sheet,
    header: int,
    tracker: Tracker,
    mapping: Mapping[str, Target | None],
    fills: Mapping[str, str],
) -> None:
    _fill_merges(sheet, header)
    tracker.outside += _all_cells(sheet, 0, header)
    heads = [" ".join(plain_text(c).split()) for c in sheet.rows[header]]
    columns = match_columns(heads, tracker.main, mapping)
    known = {c.header for c in tracker.columns}
    tracker.columns += [c for c in columns if c.header and c.header not in known]
    section = ""
    for number in range(header + 1, len(sheet.rows)):
        row = sheet.rows[number]
        given = [
            Given(v, sheet.name, sheet.address(number, i), heads[i] if i < len(heads) else "",
                  fills.get(sheet.address(number, i), ""))
            for i, v in enumerate(row)
        ]  # fmt: skip
        filled = [g for g in given if g.value is not None]
        if not filled:
            continue
        if _is_section(filled, given, columns):
            section = filled[0].text
            tracker.outside += [] if PILLAR.find(section) else filled[:1]
            continue
        tracker.rows.append(_row(sheet, number, given, columns, section))


def _is_section(filled: list[Given], given: list[Given], columns: list[Column]) -> bool:
    """A row that only heads others: one text (or one text merged across), in a table that has more."""
    texts = {g.text for g in filled}
    return (
        len(texts) == 1
        and len(columns) > 2
        and (len(filled) > 1 or filled[0] is given[0] or PILLAR.find(filled[0].text) is not None)
    )


def _row(sheet: Sheet, number: int, given: list[Given], columns: list[Column], section: str) -> TrackerRow:
    row = TrackerRow(sheet.name, sheet.top + number + 1, section=section)
    for i, one in enumerate(given):
        target = columns[i].target if i < len(columns) else None
        if target is not None and (one.value is not None or one.colour):
            row.cells[target] = one
        elif one.value is not None:
            row.unmatched.append(one)
    return row


def _fill_merges(sheet: Sheet, header: int) -> None:
    """Give every cell of a merge below the header the value of its first."""
    for top, left, bottom, right in sheet.merged:
        r0, c0 = top - sheet.top, left - sheet.left
        if r0 <= header or not 0 <= r0 < len(sheet.rows) or not 0 <= c0 < len(sheet.rows[r0]):
            continue
        value = sheet.rows[r0][c0]
        for r in range(r0, min(bottom - sheet.top + 1, len(sheet.rows))):
            for c in range(c0, min(right - sheet.left + 1, len(sheet.rows[r]))):
                sheet.rows[r][c] = value


def _all_cells(sheet: Sheet, start: int, stop: int) -> list[Given]:
    return [
        Given(v, sheet.name, sheet.address(r, c), "")
        for r in range(start, stop)
        for c, v in enumerate(sheet.rows[r])
        if v is not None
    ]


def _fills(book: Book) -> dict[str, dict[str, str]]:
    """Ratings by cell colour: sheet, then cell address, to a rating's key. openpyxl reads fills."""
    import io
    import warnings

    from openpyxl import load_workbook

    if b"xl/" not in book.content:
        return {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl drops (validations, pictures) is not read here
            workbook = load_workbook(io.BytesIO(book.content), data_only=True)
    except (ValueError, KeyError, TypeError, OSError, AttributeError, IndexError):
        return {}
    found: dict[str, dict[str, str]] = {}
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows(max_row=20_000, max_col=60):
            for cell in row:
                name = _colour_name(cell) if cell.has_style else ""
                if name:
                    found.setdefault(sheet.title, {})[cell.coordinate] = name
    workbook.close()
    return found


def _colour_name(cell: object) -> str:
    fill = getattr(cell, "fill", None)
    if fill is None or fill.fill_type != "solid":
        return ""
    rgb = getattr(fill.fgColor, "rgb", None)
    return colour_word(rgb[2:]) if isinstance(rgb, str) and len(rgb) == 8 else ""


def colour_word(rgb: str) -> str:
    """The rating that a fill (RRGGBB) most looks like, by offices' usual pickings, or an empty text."""
    if not re.fullmatch(r"[0-9A-Fa-f]{6}", rgb):
        return ""
    seen = tuple(int(rgb[i : i + 2], 16) for i in (0, 2, 4))
    best, distance = "", 60.0
    for name, shades in _COLOURS.items():
        for shade in shades:
            d = sum((a - b) ** 2 for a, b in zip(seen, shade, strict=True)) ** 0.5
            if d < distance:
                best, distance = name, d
    return best


def similar(one: str, other: str) -> float:
    """How alike two titles are, 0 to 1."""
    return SequenceMatcher(None, fold(one), fold(other)).ratio()


def as_typed(cell: Cell) -> str:
    """A cell for ``to_stored``: true dates as ISO, everything else as read."""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return plain_text(cell)
