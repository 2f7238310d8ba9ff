"""An existing tracker as rows of named cells: header found, columns matched, merges coped with.

Knows no store: what the words mean is decided in ``services/trackers``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache
from itertools import pairwise

from vawg_desktop.domain import dates
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import Problem, ValueRefusedError
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
    "action.due": ("due", "due date", "deadline", "target date", "by when", "when", "timescale",
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


#: The fill (RRGGBB) by which each rating is written out.
RATING_FILLS = {name: "".join(f"{part:02X}" for part in shades[0]) for name, shades in _COLOURS.items()}


@dataclass(slots=True)
class Given:
    """One cell of a row: its value, its place, and a colour that stands where no word does."""

    value: Cell
    sheet: str
    cell: str
    header: str
    colour: str = ""
    #: What a date shows of itself, where that is less than its day: "month" or "year".
    shown: str = ""
    #: Whether the cell shows its number a hundred times larger.
    per_cent: bool = False
    #: Whether the cell only shows what stands in another.
    linked: bool = False
    #: A number as its format shows it, where that is not how it is held: 1.10, 007, A-12.
    shown_as: str = ""
    #: A fill (RRGGBB) that looks like no rating.
    strange: str = ""

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
    #: Cells of matched columns that hold nothing.
    blank: dict[Target, Given] = field(default_factory=dict[Target, Given])
    section: str = ""
    #: Cells of earlier periods: the target, the period as written, the cell.
    earlier: list[tuple[Target, str, Given]] = field(default_factory=list[tuple[Target, str, Given]])
    #: Which columns were filled from the row above, as blanks or ditto marks mean it there.
    filled_down: list[Given] = field(default_factory=list[Given])
    #: Whether it is a recommendation on a line of its own, over the rows that belong to it.
    heads: bool = False
    #: The period that a column names for the present state, by its target.
    periods: Mapping[Target, str] = field(default_factory=dict[Target, str])


@dataclass(slots=True)
class Column:
    """A column of the tracker and what it was matched to, with second thoughts."""

    header: str
    target: Target | None
    did_you_mean: tuple[Target, ...] = ()
    #: The quarter or month that its heading, or the row above, names.
    period: str = ""
    #: The target it held in an earlier period than another column's.
    earlier_of: Target | None = None
    #: The target that another column of another name was taken for.
    rival_of: Target | None = None


@dataclass(slots=True)
class Tracker:
    """A tracker as read: its columns, its rows, and what stands outside any table."""

    columns: list[Column] = field(default_factory=list[Column])
    rows: list[TrackerRow] = field(default_factory=list[TrackerRow])
    outside: list[Given] = field(default_factory=list[Given])
    main: str = "action"
    #: What is asked about its columns.
    questions: list[Problem] = field(default_factory=list[Problem])
    #: Whether nothing of it is taken until a question is answered.
    waits: bool = False

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


def read_tracker(
    book: Book, mapping: Mapping[str, Target | None] | None = None, answers: Mapping[str, str] | None = None, main: str | None = None
) -> Tracker:
    """Read every sheet that has a table. ``mapping`` overrides or completes the matching by name; ``answers`` are those
    to questions about columns; ``main`` says of what kind the list is, where its headings do not."""
    tracker = Tracker()
    tables = [(s, h) for s in book.sheets if s.visible and (h := find_header(s, mapping)) is not None]
    heads = [clean_heading(plain_text(c))[0] for s, h in tables for c in s.rows[h]]
    tracker.main = main or _main_entity(heads)
    if main is not None:
        mapping = {**_titled(heads, main), **(mapping or {})}
    beside = Beside(book) if tables else None
    for sheet in book.sheets:
        header = next((h for s, h in tables if s is sheet), None)
        if header is None or beside is None:
            tracker.outside += _all_cells(sheet, 0, len(sheet.rows))
        else:
            _read_table(sheet, header, tracker, mapping or {}, answers or {}, beside.of(sheet.name))
    return tracker


@dataclass(slots=True)
class BesideCell:
    """What stands beside a cell's value that helps to read it."""

    colour: str = ""
    shown: str = ""
    per_cent: bool = False
    linked: bool = False
    shown_as: str = ""
    strange: str = ""


class Beside:
    """Remarks of a book by sheet and cell: colours as ratings, months, per cents, links."""

    def __init__(self, book: Book) -> None:
        self._by_sheet: dict[str, dict[str, BesideCell]] = {}
        for sheet, cell, kind, words in book.remarks:
            if kind not in ("colour", "ink", "month", "percent", "formula", "shown"):
                continue
            one = self._by_sheet.setdefault(sheet, {}).setdefault(cell, BesideCell())
            if kind == "colour" or (kind == "ink" and not one.colour and _is_mark(book.value(sheet, cell))):
                one.colour = colour_word(words) or one.colour
                one.strange = words if not one.colour and _is_telling(words) else ""
            elif kind == "month":
                one.shown = words
            elif kind == "percent":
                one.per_cent = True
            elif kind == "shown":
                one.shown_as = words
            elif kind == "formula":
                one.linked = is_link(words)

    def of(self, sheet: str) -> dict[str, BesideCell]:
        """The cells of one sheet that have something beside them."""
        return self._by_sheet.get(sheet, {})


def _is_mark(value: Cell) -> bool:
    """Whether a cell holds only a dot, a square or the like, which says something by its colour alone."""
    return isinstance(value, str) and bool(value.strip()) and not any(c.isalnum() for c in value)


#: A formula that only shows another cell: of this sheet, of another, of another file.
_LINKED = re.compile(r"[=+]?(?:(?:\[[^\]]*\])?(?:'[^']*'|[\w. ]+)?[!.])?\[?\.?\$?[A-Za-z]{1,3}\$?[0-9]{1,7}\]?")


#: A formula that fetches what another cell holds; of a blank one it makes 0.
_FETCHED = re.compile(
    r"[=+]?(?:IFERROR|IFNA|IF|_xlfn\.IFS|_xlfn\.XLOOKUP|VLOOKUP|HLOOKUP|XLOOKUP|LOOKUP|INDEX|OFFSET|INDIRECT|CHOOSE|T|N|"
    r"ROUND|ROUNDUP|ROUNDDOWN|INT|VALUE|TRIM|CLEAN|SUM|MAX|MIN)\(.*|"
    r"[=+]?[A-Za-z_][\w.]*\[(?:@|\[#This Row\],)?[^\]]*\]+",
    re.IGNORECASE | re.DOTALL,
)


def is_link(formula: str) -> bool:
    """Whether a formula only shows another cell: a bare reference, a look-up, a cell of a table."""
    said = formula.strip()
    return _LINKED.fullmatch(said) is not None or _FETCHED.fullmatch(said) is not None


_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
PERIOD = re.compile(
    r"\b(?:as at\s+)?((?:fy\s*)?(?:\d{4}|\d{2})\s*[/-]\s*\d{2,4}\s+q(?:uarter)?\s*[1-4]|(?:fy\s*)?\d{4}\s*[/-]\s*\d{2,4}|"
    r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{1,2}\s+" + _MONTHS + r"\s+\d{4}|"
    r"q(?:uarter)?\s*[1-4](?:\s+(?:fy\s*)?(?:\d{4}|\d{2})(?:\s*[/-]\s*\d{2,4})?)?|"
    + _MONTHS + r"\.?,?\s+(?:\d{4}|\d{2}))(?!\w)",
    re.IGNORECASE,
)


def clean_heading(text: str) -> tuple[str, str]:
    """A heading without its notes and marks, and the quarter or month that it names."""
    words = " ".join(text.split())
    period = m[1] if (m := PERIOD.search(words)) else ""
    bare = _BRACKETS.sub(" ", words)
    if period:
        bare = PERIOD.sub(" ", bare)
    bare = " ".join(bare.split()).strip(" *:#-–—,†‡^")
    return bare or words.strip(" *:"), period


def find_header(sheet: Sheet, mapping: Mapping[str, Target | None] | None = None) -> int | None:
    """The row that looks most like column headings: below titles, at least two known names."""
    best, best_score = None, 1
    wanted = {fold(h) for h in mapping or {}}
    for number, row in enumerate(sheet.rows[:HEADER_SEARCH]):
        words = [fold(clean_heading(c)[0]) for c in row if isinstance(c, str) and len(c) < 120]
        words += [fold(c) for c in row if isinstance(c, str) and fold(c) in wanted]
        score = sum(2 if w in wanted else 1 for w in set(words) if w in wanted or w in _KNOWN or w in _BARE or _of_kind(w))
        if score > best_score:
            best, best_score = number, score
    return best


def _known_names() -> dict[str, list[Target]]:
    names: dict[str, list[Target]] = {}
    for target in targets():
        entity, _, key = target.partition(".")
        spec = BY_KEY[entity].by_key.get(key)
        if entity == "update" and target not in SYNONYMS:
            continue  # a column headed Action or Status is the action's, never its update's
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


#: Headings under which any list may keep what it lists.
_WORDED = ("title", "description", "issue", "statement", "details", "summary", "finding")


def _titled(heads: Sequence[str], main: str) -> dict[str, Target | None]:
    """Where a list is said to be of one kind and no heading is that kind's own, the column that holds what it lists."""
    own = f"{main}.{BY_KEY[main].title}"
    if any(_KNOWN.get(fold(h), [""])[0] == own for h in heads):
        return {}
    found = next((h for w in _WORDED for h in heads if fold(h) == w), None)
    return {found: own} if found else {}


def match_columns(
    heads: Sequence[str], main: str, mapping: Mapping[str, Target | None], above: Sequence[str] = (), empty: Collection[int] = ()
) -> list[Column]:
    """Match headings to targets: by the given mapping, by name, else "did you mean".

    A heading that stands twice is told by its period: the newest column is the present state, the others are earlier
    ones. ``above`` are the words over each heading, which may name the period; ``empty`` columns hold nothing under their
    headings, such as those of quarters to come, and are the present state of nothing.
    """
    given = {fold(h): t for h, t in mapping.items()}
    columns: list[Column] = []
    taken: set[Target] = set()
    times: dict[str, int] = {}
    for i, head in enumerate(heads):
        times[fold(head)] = times.get(fold(head), 0) + 1
        called = head if times[fold(head)] == 1 or not head else f"{head} ({times[fold(head)]})"
        bare, period = clean_heading(head)
        if not period and i < len(above):
            period = m[1] if (m := PERIOD.search(above[i])) else ""
        name = fold(bare)
        exact = fold(called)
        target = given[exact] if exact in given else _by_name(name, main, set())
        close = [] if target or not name else get_close_matches(name, list(_KNOWN), n=3, cutoff=0.75)
        means = tuple(dict.fromkeys(_preferred(_KNOWN[c], main) for c in close))
        columns.append(Column(called, target, means, period))
    _tell_apart(columns, given, [c for i, c in enumerate(columns) if i in empty])
    taken = {c.target for c in columns if c.target}
    for one in columns:
        one.did_you_mean = tuple(m for m in one.did_you_mean if m not in taken)
    return columns


def _without_times_to_come(target: Target, same: list[Column], empty: Sequence[Column]) -> list[Column]:
    """The columns of a field without those of quarters to come, made in advance, that hold nothing yet."""
    worded = [c for c in same if not any(c is e for e in empty)]
    if not worded or not all(c.period for c in same):
        return same
    for one in same:
        if not any(one is w for w in worded):
            one.target, one.earlier_of = None, target
    return worded


def _tell_apart(columns: list[Column], given: Mapping[str, Target | None], empty: Sequence[Column]) -> None:
    """Of columns that mean the same field one is left: by what a person said, by its own name, by the newest period."""
    by_target: dict[Target, list[Column]] = {}
    for one in columns:
        if one.target:
            by_target.setdefault(one.target, []).append(one)
    for target, all_of_it in by_target.items():
        same = _without_times_to_come(target, all_of_it, empty) if len(all_of_it) > 1 else all_of_it
        if len(same) < 2:
            continue
        kept = _present(target, same, given)
        for one in same:
            if one is not kept:
                one.target = None
                one.did_you_mean = (target,) if kept is None else ()


def _present(target: Target, same: list[Column], given: Mapping[str, Target | None]) -> Column | None:
    """Which of the columns of a field is the present state; the others are marked as earlier or as rivals. None: it cannot be told."""
    said = [c for c in same if fold(c.header) in given]
    bare = _bare_quarters([c.period for c in same])
    dated = sorted((when, n) for n, c in enumerate(same) if (when := period_end(c.period) or bare[n]))
    if len(said) == 1:
        return said[0]
    if len(dated) == len(same):
        for _, n in dated[:-1]:
            same[n].earlier_of = target
        return same[dated[-1][1]]
    if len({fold(clean_heading(c.header)[0]) for c in same}) == 1:
        return None
    named = [c for c in same if _KNOWN.get(fold(clean_heading(c.header)[0]), [""])[0] == target and _is_own_name(target, c.header)]
    kept = named[0] if named else same[0]
    for one in same:
        one.rival_of = target if one is not kept else None
    return kept


def _bare_quarters(periods: Sequence[str]) -> list[str]:
    """Keys that put quarters without a year in order, as their columns run: Q4, Q1, Q2 go on over the turn of the year.

    Empty ones where a period is none, or the columns run in no order that can be told.
    """
    told = [re.fullmatch(r"q(?:uarter)?\s*([1-4])", p.strip(), re.IGNORECASE) for p in periods]
    if not all(told):
        return [""] * len(periods)
    numbers = [int(m[1]) for m in told if m]
    steps = {(b - a) % 4 for a, b in pairwise(numbers)}
    if steps <= {1}:
        return [f"{n:02d}" for n in range(len(numbers))]
    if steps <= {3}:
        return [f"{n:02d}" for n in range(len(numbers), 0, -1)]
    rising = all(a < b for a, b in pairwise(numbers))
    return [f"{n:02d}" for n in range(len(numbers))] if rising else [""] * len(periods)


def _is_own_name(target: Target, header: str) -> bool:
    """Whether a heading is the field's own name, not only one of the words that trackers use for it."""
    entity, _, key = target.partition(".")
    spec = BY_KEY[entity].by_key.get(key)
    return spec is not None and fold(clean_heading(header)[0]) in (fold(spec.label), fold(spec.key))


def period_end(period: str) -> str:
    """The last day of a period as a heading names it (ISO), or an empty text."""
    if not period:
        return ""
    said = re.sub(r"quarter\s*", "Q", " ".join(period.replace(",", "").replace(".", "/" if period[:1].isdigit() else "").split()), flags=re.IGNORECASE)
    said = re.sub(r"^(?:fy\s*)?(\d{2})\s*[/-]\s*(\d{2})(?=\s+q)", r"20\1/\2", said, flags=re.IGNORECASE)
    said = re.sub(r"^(q[1-4])\s+(?:fy\s*)?(\d{2})\s*[/-]\s*(\d{2})$", r"\1 20\2/\3", said, flags=re.IGNORECASE)
    said = re.sub(r"^([a-z]{3,9}) (\d{2})$", r"\1 20\2", said, flags=re.IGNORECASE)
    try:
        return str(dates.last_day(dates.parse_date(said)) or "")
    except ValueRefusedError:
        return ""


def _by_name(name: str, main: str, taken: set[Target]) -> Target | None:
    if name in _BARE:
        return f"{main}.reference"
    found = [t for t in _KNOWN.get(name, ()) if t not in taken]
    return _preferred(found, main) if found else _of_kind(name)


#: A heading that says of which kind of record it speaks: "Action status", "Rec owner", "Status of action".
_OF_KIND = re.compile(r"(action|recommendation|rec|gap)s? (.+)|(.+) of (?:the |each )?(action|recommendation|rec|gap)s?")


def _of_kind(name: str) -> Target | None:
    """What a heading means that names the kind of record beside a field's name, of that kind only."""
    m = _OF_KIND.fullmatch(name)
    if m is None:
        return None
    kind, said = str(m[1] or m[4]), str(m[2] or m[3])
    entity = "recommendation" if kind == "rec" else kind
    if said in _BARE:
        return f"{entity}.reference"
    known = _KNOWN.get(said, [])
    found = next((t for t in known if t.startswith(f"{entity}.")), _preferred(known, entity) if known else "")
    return found if found.partition(".")[0] in (entity, "update" if entity == "action" else entity) else None


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


_LONGEST_DITTO = 10
_DITTO = frozenset({'"', "”", "″", "''", "ditto", "as above", "do", "〃"})


def _read_table(
    sheet: Sheet,
    header: int,
    tracker: Tracker,
    mapping: Mapping[str, Target | None],
    answers: Mapping[str, str],
    beside: Mapping[str, BesideCell],
) -> None:
    above = _words_above(sheet, header)
    _fill_merges(sheet, header)
    tracker.outside += _all_cells(sheet, 0, header)
    table = _Table.under(sheet, header, tracker, mapping, answers, above)
    section = ""
    last: TrackerRow | None = None
    letters = [sheet.address(0, i).rstrip("0123456789") for i in range(max(map(len, sheet.rows), default=0))]
    for number in range(header + 1, len(sheet.rows)):
        row = sheet.rows[number]
        line = str(sheet.top + number + 1)
        given: list[Given] = []
        names = table.names
        for i, value in enumerate(row):
            place = letters[i] + line
            called = names[i] if i < len(names) else ""
            one = beside.get(place)
            given.append(
                Given(value, sheet.name, place, called) if one is None
                else Given(value, sheet.name, place, called, one.colour, one.shown, one.per_cent, one.linked, one.shown_as, one.strange)
            )  # fmt: skip
        filled = [g for g in given if g.value is not None]
        if not filled or _repeats(given, table.heads):
            continue
        if _heads_anew(given, filled):
            table, last = _Table.under(sheet, number, tracker, mapping, answers, []), None
            continue
        said = table.section(filled, given)
        if said:
            section = said
            tracker.outside += [] if PILLAR.find(section) and tracker.main == "recommendation" else filled
            continue
        made = _row(sheet, number, given, table.columns, section)
        if _fill_down(made, last, table.columns, given, tracker.main) and last is not None and last.number == made.number - 1:
            last.heads = last.heads or all(t.startswith("recommendation.") for t in last.cells)
        tracker.rows.append(made)
        last = made


@dataclass(slots=True)
class _Table:
    """A table of a sheet: its headings, what each column is, and how its own numbers are written."""

    heads: list[str]
    columns: list[Column]
    names: list[str]
    titles: list[int]
    reference: int | None
    numbers: Counter[str]

    @staticmethod
    def under(
        sheet: Sheet, header: int, tracker: Tracker, mapping: Mapping[str, Target | None], answers: Mapping[str, str], above: Sequence[str]
    ) -> _Table:
        """The table whose headings stand in a row; its questions are noted."""
        heads = [" ".join(plain_text(c).split()) for c in sheet.rows[header]]
        empty = {i for i in range(len(heads)) if not any(i < len(row) and row[i] is not None for row in sheet.rows[header + 1 :])}
        columns = match_columns(heads, tracker.main, mapping, above, empty)
        _ask_rivals(sheet, header, columns, answers, tracker)
        _ask_latest(sheet, header, columns, answers, tracker)
        known = {c.header for c in tracker.columns}
        tracker.columns += [c for c in columns if c.header and c.header not in known]
        titles = [i for i, c in enumerate(columns) if c.target in (f"{tracker.main}.title", f"{tracker.main}.statement")]
        reference = next((i for i, c in enumerate(columns) if c.target == f"{tracker.main}.reference"), None)
        numbers = Counter(
            plain_text(row[reference]) for row in sheet.rows[header + 1 :] if reference is not None and reference < len(row) and row[reference] is not None
        )
        return _Table(heads, columns, [c.header for c in columns], titles, reference, numbers)

    def section(self, filled: list[Given], given: list[Given]) -> str:
        """The words of a row that only heads others: a pillar, words in capitals or across the table, a number beside them."""
        if len(filled) > 2 and (filled[0].value != filled[1].value or filled[1].value != filled[2].value):
            return ""
        texts = list(dict.fromkeys(g.text for g in filled))
        words = [t for t in texts if any(c.isalpha() for c in t)]
        if len(self.columns) <= 2 or len(texts) > 2 or len(words) != 1 or (len(texts) == 2 and len(filled) != 2):
            return ""
        said = words[0]
        pillar = PILLAR.find(re.sub(r"^[\d.\s:)-]+", "", said))
        places = [i for i, g in enumerate(given) if g.value is not None]
        held = [self.columns[i].target or "" for i in places if i < len(self.columns)]
        if pillar is None and held and all(t.startswith("recommendation.") for t in held) and not (self.titles and held[0].startswith(tuple(
            self.columns[i].target or "-" for i in self.titles
        ))):  # fmt: skip
            return ""  # a recommendation on a line of its own
        if len(texts) == 2 and self._counts(given):
            return ""
        across = len(filled) > 2 and len(texts) == 1
        capitals = said.isupper() and len(said) > 3
        beside_titles = len(texts) == 1 and filled[0] is given[0] and 0 not in self.titles and not _in_reference(self.columns)
        if pillar is not None:
            return pillar.label
        return said if across or capitals or beside_titles else ""

    def _counts(self, given: list[Given]) -> bool:
        """Whether a row's number is one among its fellows, as an action's is and a section's is not."""
        if self.reference is None or self.reference >= len(given) or given[self.reference].value is None:
            return False
        number = given[self.reference].text
        if "." in number.strip("."):
            return True
        over = any(n.startswith(number.strip(".") + ".") for n in self.numbers)
        return not over and self.numbers[number] == 1 and sum("." in n.strip(".") for n in self.numbers) == 0 and len(self.numbers) > 3 and all(
            n.strip(".").isdigit() for n in self.numbers
        ) and len(self.numbers) == self.numbers.total()  # fmt: skip


def _heads_anew(given: Sequence[Given], filled: Sequence[Given]) -> bool:
    """Whether a row is the headings of another table further down the sheet."""
    if len(filled) < 3 or not isinstance(filled[0].value, str) or not all(isinstance(g.value, str) and len(g.text) < 60 for g in filled):
        return False
    known = sum(1 for g in filled if (w := fold(clean_heading(g.text)[0])) in _KNOWN or w in _BARE or _of_kind(w))
    return known >= 3 and known * 3 >= len(filled) * 2


def _words_above(sheet: Sheet, header: int) -> list[str]:
    """What stands over each heading, a cell that spans several speaking for all of them."""
    if header == 0:
        return []
    words = [plain_text(c) for c in sheet.rows[header - 1]]
    for top, left, bottom, right in sheet.merged[:2000]:
        if top - sheet.top <= header - 1 <= bottom - sheet.top and 0 <= left - sheet.left < len(words):
            for column in range(left - sheet.left + 1, min(right - sheet.left + 1, len(words))):
                words[column] = words[column] or words[left - sheet.left]
    return words


def _ask_rivals(
    sheet: Sheet, header: int, columns: list[Column], answers: Mapping[str, str], tracker: Tracker
) -> None:
    """Two columns of different names for one field: where they say different things, which is meant is asked."""
    for target in dict.fromkeys(c.rival_of for c in columns if c.rival_of):
        rivals = [i for i, c in enumerate(columns) if c.rival_of == target]
        kept = next((i for i, c in enumerate(columns) if c.target == target), None)
        if kept is None:
            continue
        same = [kept, *rivals]
        differ = any(
            len({fold(plain_text(row[i])) for i in same if i < len(row)}) > 1 for row in sheet.rows[header + 1 :]
        )
        if not differ:
            continue
        named = " and ".join(f"“{columns[i].header}”" for i in sorted(same))
        id = f"columns:{target}:{'|'.join(fold(columns[i].header) for i in sorted(same))}"
        choices = tuple((fold(columns[i].header), f"{columns[i].header} ({sheet.address(header, i)})") for i in sorted(same))
        answer = answers.get(id)
        if answer in dict(choices):
            for i in same:
                columns[i].target = target if fold(columns[i].header) == answer else None
            continue
        is_title = target.endswith((".title", ".statement"))
        if not is_title:
            columns[kept].target = None
        taken = f"{columns[kept].header} was taken" if is_title else "Neither is taken"
        tracker.questions.append(Problem(
            "two_columns", f"The columns {named} both mean {targets().get(target, target)} and say different things. Which is meant? "
            f"{taken} until that is said; the rest is in the tray.", sheet.name, sheet.address(header, kept), "", id, choices,
        ))  # fmt: skip


def _ask_latest(
    sheet: Sheet, header: int, columns: list[Column], answers: Mapping[str, str], tracker: Tracker
) -> None:
    """A heading that stands twice with no period: which column is the present state is asked, and none is read till then."""
    unclear: dict[Target, list[Column]] = {}
    for one in columns:
        if one.target is None and len(one.did_you_mean) == 1 and one.earlier_of is None:
            target = one.did_you_mean[0]
            if _by_name(fold(clean_heading(re.sub(r" \(\d+\)$", "", one.header))[0]), tracker.main, set()) == target:
                unclear.setdefault(target, []).append(one)
    for target, same in unclear.items():
        if len(same) < 2:
            continue
        id = f"latest:{target}"
        answer = answers.get(id)
        if answer in ("first", "last"):
            same[0 if answer == "first" else -1].target = target
            continue
        at = columns.index(same[0])
        tracker.questions.append(Problem(
            "which_is_latest", f"The heading “{clean_heading(same[0].header)[0]}” stands {len(same)} times and names no period: which of "
            "these columns says how things stand now? None is taken until that is said.", sheet.name, sheet.address(header, at), "", id,
            (("first", f"The first ({sheet.address(header, at)})"), ("last", f"The last ({sheet.address(header, columns.index(same[-1]))})")),
        ))  # fmt: skip


def _repeats(given: Sequence[Given], heads: Sequence[str]) -> bool:
    """Whether a row only says the headings again."""
    same = 0
    for one, head in zip(given, heads, strict=False):
        value = one.value
        # a letter first: folding every cell of a long list would cost more than reading it
        if type(value) is str and (value[:1] in (head[:1], head[:1].swapcase()) or value[:1].isspace()):
            same += fold(value) == fold(head)
    return same >= 2 and 2 * same > sum(1 for one in given if one.value is not None)


def _in_reference(columns: list[Column]) -> bool:
    """Whether the first column holds numbers, so that a word there alone is no heading by its place."""
    return False if not columns else columns[0].target is None and not columns[0].header


def _fill_down(
    row: TrackerRow, last: TrackerRow | None, columns: list[Column], given: list[Given], main: str
) -> bool:
    """Ditto marks, and a recommendation left blank under one that stands above: both mean the words above."""
    if last is None:
        return False
    own = any(t.startswith("recommendation.") for t in row.cells)
    under = False
    for one, column in zip(given, columns, strict=False):
        value, target = one.value, column.target
        if value is not None and (type(value) is not str or len(value) >= _LONGEST_DITTO):
            continue
        if target is None or target not in last.cells:
            continue
        ditto = one.value is not None and one.text.casefold().strip(" .") in _DITTO
        blank = one.value is None and main == "action" and target.startswith("recommendation.") and f"{main}.title" in row.cells
        if ditto or (blank and not own):
            before = last.cells[target]
            row.cells[target] = Given(before.value, one.sheet, one.cell, one.header, before.colour, before.shown, before.per_cent)
            row.filled_down.append(row.cells[target])
            under = under or not ditto
    return under


def _row(sheet: Sheet, number: int, given: list[Given], columns: list[Column], section: str) -> TrackerRow:
    row = TrackerRow(sheet.name, sheet.top + number + 1, section=section)
    row.periods = {c.target: c.period for c in columns if c.target and c.period}
    for i, one in enumerate(given):
        column = columns[i] if i < len(columns) else None
        target = column.target if column else None
        if target is not None and (one.value is not None or one.colour or (one.strange and "rating" in target)):
            row.cells[target] = one
        elif column is not None and column.earlier_of is not None and one.value is not None:
            row.earlier.append((column.earlier_of, column.period, one))
        elif one.value is not None:
            row.unmatched.append(one)
        elif target is not None:
            row.blank[target] = one
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


@lru_cache(maxsize=1024)
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


def _is_telling(rgb: str) -> bool:
    """Whether a fill is somebody's and no shading: a strong colour, or a dark one."""
    if not re.fullmatch(r"[0-9A-Fa-f]{6}", rgb):
        return False
    parts = [int(rgb[i : i + 2], 16) for i in (0, 2, 4)]
    return max(parts) - min(parts) > 90 or max(parts) < 70


def similar(one: str, other: str) -> float:
    """How alike two titles are, 0 to 1."""
    return SequenceMatcher(None, fold(one), fold(other)).ratio()


def as_typed(cell: Cell) -> str:
    """A cell for ``to_stored``: true dates as ISO, everything else as read."""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    return plain_text(cell)
