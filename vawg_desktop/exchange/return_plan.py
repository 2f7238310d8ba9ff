"""What a progress return looks like: six sheets and one of identity (DESIGN 5, Out)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from vawg_desktop.domain.dates import label
from vawg_desktop.domain.fields import Kind
from vawg_desktop.domain.return_columns import CONTRACT, PROGRESS, SENT, ReturnColumn, ReturnForm
from vawg_desktop.domain.terms import how_many
from vawg_desktop.domain.values import to_words
from vawg_desktop.exchange.plan import (
    DEMONSTRATION,
    LOGO_DEPARTURE,
    BookPlan,
    Choice,
    Picture,
    PlanCell,
    SheetPlan,
    Style,
)

FILL_MARK = "(please fill in)"
#: How wide the five columns are that every form begins with, in characters.
_LOCKED_WIDTHS = (16, 40, 26, 13, 34)
HIDDEN = ("Row key", "Row check")
EVIDENCE = ("Action reference", "Title", "Date", "Held by", "What it proves")
NEW_ACTIONS = ("Action", "Who leads it", "Due date", "Recommendation it serves")
DECLARATION = (
    "Completed by",
    "Cleared by (chief officer or equivalent)",
    "Role of the person who cleared it",
    "Date cleared",
)
FREE_ROWS = 20
ABOUT = "About this workbook"
#: Where we depart from the Analysis Function's checklist for accessible spreadsheets, and why; each stands in the workbook.
DEPARTURES = (
    "Actions opens on its first cell to fill in, not on the first of the sheet, so that you may start typing at once.",
    "The heading row and the first two columns of Actions stay in sight when you scroll, so that an answer is never written on another row.",
    "Two columns at the far right of Actions and one sheet are hidden. They hold only the marks that tell the office which row is which.",
    "Cells that are not for answer are locked without a password; filtering is allowed. Sorting is not, because answers would be separated from their actions.",
    "Cells that may stay blank are left blank: a blank says “not answered”, and is counted apart from “No change”.",
    "Pale yellow marks what is to be filled in; each such heading says so in words as well.",
)


def departures(form: ReturnForm) -> list[str]:
    """The points of a form's workbook at which it departs from the checklist."""
    return [words.replace("Actions", form.sheet).replace("their actions", f"their {form.row}s") for words in DEPARTURES]


PROPERTY = "VAWG return"
CONSTANT = "VAWG_RETURN"
IDENTITY_SHEET = "Identity"
OUR_SHEETS = ("Start here", "Actions", "Services", "Definitions", "Evidence", "New actions", "For reference", "Lists", IDENTITY_SHEET)


def nil_question(form: ReturnForm) -> str:
    """What asks for a nil return, by what the form's rows are about."""
    return f"Nothing to report for any {form.row} this time? Type Yes"


@dataclass(slots=True)
class ReturnRow:
    """One action in one return. ``values`` are stored values as sent; ``more`` is further context, in words, by key."""

    visible: str
    key: str
    check: str
    title: str
    recommendation: str
    due: str | None
    last_answer: str
    values: dict[str, str | int | None] = field(default_factory=dict[str, "str | int | None"])
    finished: bool = False
    more: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(slots=True)
class ReturnContent:
    """All that stands in one partner's workbook."""

    reference: str
    version: int
    period: str
    due: str | None
    partner: str
    office: str
    marking: str
    independent: bool
    rows: list[ReturnRow]
    settled: list[ReturnRow]
    key: list[tuple[str, str]]
    demonstration: bool = False
    guidance: str = ""
    contact: str = ""
    questions: list[str] = field(default_factory=list[str])
    logo: Picture | None = None
    form: ReturnForm = PROGRESS
    #: Of a contract's return: for each service by its visible reference, what the funder means by each measure.
    definitions: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    #: For how many of the rows the partner is accountable itself; None: for all.
    own: int | None = None


def locked_texts(row: ReturnRow) -> list[str]:
    """The locked text of a row that its digest covers."""
    return [row.title, row.recommendation, label(row.due)]


def plan_return(content: ReturnContent) -> BookPlan:
    """The whole workbook."""
    title = f"{_NAMES[content.form.kind]} {content.period}: {content.partner}"
    lists, ranges = _lists(content.form)
    rest = [_definitions(content)] if content.form is CONTRACT else [_evidence(content), _new_actions(), _reference(content)]
    sheets = [_start(content), _rows(content, ranges), *rest]
    return BookPlan(
        title,
        content.marking,
        [*sheets, lists, _identity(content)],
        {PROPERTY: content.reference},
        {CONSTANT: content.reference},
    )


#: What a return of each form is called.
_NAMES = {PROGRESS.kind: "Progress return", CONTRACT.kind: "Contract or grant return"}


#: Words that a partner is not offered: an action that is superseded is not asked about, and Blue needs evidence that the office has seen.
NOT_OFFERED = frozenset({"superseded", "blue"})


def _lists(form: ReturnForm) -> tuple[SheetPlan, dict[str, str]]:
    sheet = SheetPlan("Lists", printed=False, widths=[], about="The words to choose from in the other sheets.")
    columns = [
        (c.key, c.heading, [x.label for x in c.terms if x.key not in NOT_OFFERED]) for c in form.columns if c.terms
    ]
    sheet.add(*(PlanCell(head, Style.HEADER) for _, head, _ in columns))
    for r in range(max(len(words) for _, _, words in columns)):
        sheet.add(*(PlanCell(words[r], Style.TEXT) if r < len(words) else None for _, _, words in columns))
    sheet.widths = [24.0] * len(columns)
    ranges = {
        key: f"Lists!${chr(65 + c)}$2:${chr(65 + c)}${1 + len(words)}"
        for c, (key, _, words) in enumerate(columns)
    }
    return sheet, ranges


def _start(content: ReturnContent) -> SheetPlan:
    sheet = SheetPlan(
        "Start here",
        widths=[38.0, 64.0],
        pages_high=1,
        about="What to do, and the declaration." if content.form is CONTRACT else "What to do, the rating key and the declaration.",
        landscape=False,
        grid=False,
    )
    if content.demonstration:
        sheet.add(PlanCell(DEMONSTRATION, Style.HEADING))
    sheet.add(PlanCell(f"{_NAMES[content.form.kind]}: {content.period}", Style.TITLE))
    for name, value in (
        ("For", content.partner),
        ("From", content.office),
        ("Please return by", label(content.due)),
        ("Return reference", content.reference),
        ("Version", str(content.version)),
        ("Marking", content.marking),
        *((("Questions about it", content.contact),) if content.contact else ()),
    ):
        sheet.add(PlanCell(name, Style.LABEL), PlanCell(value, Style.TEXT))
    sheet.add()
    sheet.add(PlanCell("What to do", Style.HEADING))
    invited = (
        "Your contribution is invited; leave blank what is not yours to say." if content.independent else ""
    )
    form = content.form
    of_its_own = (
        "Count as the sheet Definitions says. Where you count otherwise, say so under Risks; leave blank what you do not count."
        if form is CONTRACT
        else "List proof on Evidence, and anything new you are doing on New actions."
    )
    steps = [
        f"Open the sheet {form.sheet}. It has {how_many(len(content.rows), 'row')}{_whose(content)}.",
        "For each row that is not finished choose an Answer: Update, No change, or Not able to say yet. A row without one is counted as not answered.",
        f"Fill in only the columns whose heading ends “{FILL_MARK}”; they are pale yellow. A cell that you leave as it is changes nothing.",
        of_its_own,
        f"Fill in the declaration below, save the file and send it back{f' to {content.contact}' if content.contact else ' by e-mail'}. Please do not rename, sort or delete columns.",
        *([invited] if invited else []),
    ]
    for number, step in enumerate(steps, 1):
        sheet.add(PlanCell(f"Step {number}", Style.LABEL), PlanCell(step, Style.TEXT))
    sheet.add()
    if content.guidance:
        sheet.add(PlanCell("From the office", Style.HEADING))
        for number, words in enumerate((w for w in content.guidance.splitlines() if w.strip()), 1):
            sheet.add(PlanCell(f"Note {number}", Style.LABEL), PlanCell(words.strip(), Style.TEXT))
        sheet.add()
    if form is PROGRESS:
        sheet.add(PlanCell("What the ratings mean", Style.HEADING))
        for word, meaning in content.key:
            sheet.add(PlanCell(word, Style.LABEL), PlanCell(meaning, Style.TEXT))
        sheet.add()
    sheet.add(PlanCell("Declaration: to fill in", Style.HEADING))
    nil = sheet.add(PlanCell(f"{nil_question(form)} {FILL_MARK}", Style.LABEL), PlanCell(None, Style.FILL))
    for name in DECLARATION:
        style = Style.FILL_DATE if name.startswith("Date") else Style.FILL
        sheet.add(PlanCell(f"{name} {FILL_MARK}", Style.LABEL), PlanCell(None, style))
    for question in content.questions:
        sheet.add(PlanCell(f"{question} {FILL_MARK}", Style.LABEL), PlanCell(None, Style.FILL))
    sheet.add()
    sheet.add(PlanCell(ABOUT, Style.HEADING))
    sheet.picture = content.logo
    for number, words in enumerate((*departures(form), *((LOGO_DEPARTURE,) if content.logo else ())), 1):
        sheet.add(PlanCell(f"Point {number}", Style.LABEL), PlanCell(words, Style.TEXT))
    sheet.choices.append(
        Choice(nil, nil, 1, "any", title="Nil return", message="Type Yes only if nothing at all has changed.")
    )
    sheet.select = (0, 0)
    return sheet


def _whose(content: ReturnContent) -> str:
    """Whose the rows of a workbook are, in words."""
    shared = 0 if content.own is None else len(content.rows) - content.own
    if not shared:
        return ", all yours"
    return f": {content.own} that you are accountable for and {shared} that you share" if content.own else " that you share"


def _date_cell(stored: str | None, fill: bool) -> PlanCell:
    """A true date where the stored date is a day; a month, quarter or year stays in words."""
    day = Style.FILL_DATE if fill else Style.LOCKED_DATE
    if stored and len(stored) == 10 and stored[4] == "-" == stored[7]:
        return PlanCell(dt.date.fromisoformat(stored), day)
    return PlanCell(label(stored) or None, day if fill else Style.LOCKED)


def _fill_cell(column: ReturnColumn, value: str | int | None) -> PlanCell:
    if column.spec.kind is Kind.DATE:
        return _date_cell(str(value) if value else None, True)
    if column.spec.kind is Kind.WHOLE and (value is None or isinstance(value, int)):
        return PlanCell(value, Style.FILL_WHOLE)
    if value is None or column.key not in SENT:
        return PlanCell(None, Style.FILL)
    return PlanCell(to_words(column.spec, value), Style.FILL)


#: What a spreadsheet program checks as somebody types.
_CHECKED = {Kind.DATE: "date", Kind.WHOLE: "whole"}


def _rows(content: ReturnContent, ranges: dict[str, str]) -> SheetPlan:
    form = content.form
    locked = form.headings
    sheet = SheetPlan(
        form.sheet,
        table_name=form.sheet,
        about=f"One row for each of your {form.row}s; pale yellow cells are to be filled in.",
    )
    heads = [PlanCell(h, Style.HEADER) for h in locked]
    heads += [PlanCell(f"{c.heading} {FILL_MARK}", Style.HEADER_FILL) for c in form.columns]
    sheet.add(*heads, *(PlanCell(h, Style.HEADER) for h in HIDDEN))
    for row in content.rows:
        sheet.add(*_row_cells(row, form))
    first, last = 1, len(content.rows)
    for number, column in enumerate(form.columns, len(locked)):
        spec, known = column.spec, ranges.get(column.key, "")
        kind = "list" if known else _CHECKED.get(spec.kind, "any")
        sheet.choices.append(
            Choice(first, last, number, kind, known, column.heading, column.hint, spec.low, spec.high)
        )
    width = len(locked) + len(form.columns)
    sheet.widths = [float(w) for w in (*_LOCKED_WIDTHS, *(c.width for c in form.shown), *(c.width for c in form.columns), 4, 4)]
    sheet.hidden_columns = (width, width + 1)
    sheet.table = (0, max(last, 1), width + 1)
    sheet.frozen = (1, 2)
    sheet.least_height = 62.0
    sheet.pages_wide = 3
    sheet.select = (1 if last else 0, len(locked))
    return sheet


def _definitions(content: ReturnContent) -> SheetPlan:
    """What the funder means by each measure, a row for each service and measure that has a definition of its own."""
    sheet = SheetPlan(
        "Definitions", widths=[16.0, 26.0, 80.0], table_name="Definitions", about="What is counted under each heading of Services.", frozen=(1, 0), select=(1, 0),
    )  # fmt: skip
    sheet.add(*(PlanCell(h, Style.HEADER) for h in ("Reference", "Heading", "What is counted")))
    common = [("All services", c.heading, c.hint) for c in content.form.columns if c.key in content.form.values]
    for reference, heading, words in (*content.definitions, *common):
        sheet.add(PlanCell(reference, Style.LOCKED), PlanCell(heading, Style.LOCKED), PlanCell(words, Style.LOCKED))
    sheet.table = (0, len(content.definitions) + len(common), 2)
    return sheet


#: How cells look in a row that needs no answer: they can be filled in, and do not ask for it.
_QUIET = {Style.FILL: Style.FREE, Style.FILL_DATE: Style.FREE_DATE, Style.FILL_WHOLE: Style.FREE_WHOLE}


def _row_cells(row: ReturnRow, form: ReturnForm) -> list[PlanCell | None]:
    title = f"{row.title} (finished: no answer needed)" if row.finished else row.title
    cells: list[PlanCell | None] = [
        PlanCell(row.visible, Style.LOCKED),
        PlanCell(title, Style.LOCKED),
        PlanCell(row.recommendation, Style.LOCKED),
        _date_cell(row.due, False),
        PlanCell(row.last_answer or None, Style.LOCKED),
        *(PlanCell(row.more.get(c.key) or None, Style.LOCKED) for c in form.shown),
    ]
    filled = [_fill_cell(c, row.values.get(c.key)) for c in form.columns]
    cells += [PlanCell(c.value, _QUIET.get(c.style, c.style)) for c in filled] if row.finished else filled
    return [*cells, PlanCell(row.key, Style.LOCKED), PlanCell(row.check, Style.LOCKED)]


def _free_table(
    name: str, table: str, heads: Sequence[str], widths: Sequence[float], about: str, dates: Sequence[int]
) -> SheetPlan:
    sheet = SheetPlan(name, widths=list(widths), table_name=table, about=about, frozen=(1, 0), select=(1, 0), printed=False)
    sheet.add(*(PlanCell(f"{h} {FILL_MARK}", Style.HEADER_FILL) for h in heads))
    for _ in range(FREE_ROWS):
        sheet.add(*(PlanCell(None, Style.FILL_DATE if c in dates else Style.FILL) for c in range(len(heads))))
    sheet.table = (0, FREE_ROWS, len(heads) - 1)
    for c in dates:
        sheet.choices.append(
            Choice(1, FREE_ROWS, c, "date", title=heads[c], message="A date such as 30/09/2026.")
        )
    return sheet


def _evidence(content: ReturnContent) -> SheetPlan:
    return _free_table(
        "Evidence",
        "Evidence",
        EVIDENCE,
        (20, 40, 14, 26, 50),
        "Proof of what you report; one row each.",
        (2,),
    )


def _new_actions() -> SheetPlan:
    return _free_table(
        "New actions",
        "NewActions",
        NEW_ACTIONS,
        (56, 26, 14, 40),
        "Anything you are doing that is not on Actions.",
        (2,),
    )


def _reference(content: ReturnContent) -> SheetPlan:
    sheet = SheetPlan(
        "For reference",
        widths=[16.0, 50.0, 30.0, 14.0],
        about="Verified actions; no answer is needed.",
        table_name="ForReference",
    )
    sheet.add(*(PlanCell(h, Style.HEADER) for h in ("Reference", "Action", "Recommendation", "Due date")))
    for row in content.settled:
        sheet.add(
            PlanCell(row.visible, Style.LOCKED), PlanCell(row.title, Style.LOCKED),
            PlanCell(row.recommendation, Style.LOCKED), _date_cell(row.due, False),
        )  # fmt: skip
    if not content.settled:
        sheet.add(None, PlanCell("None of your actions is verified yet.", Style.TEXT))
    else:
        sheet.table = (0, len(content.settled), 3)
    sheet.printed = bool(content.settled)
    return sheet


def _identity(content: ReturnContent) -> SheetPlan:
    sheet = SheetPlan(
        IDENTITY_SHEET, widths=[24.0, 40.0], hidden=True, about="Marks that tell the office which return this is."
    )
    sheet.add(PlanCell("return", Style.TEXT), PlanCell(content.reference, Style.TEXT))
    sheet.add(PlanCell("version", Style.TEXT), PlanCell(str(content.version), Style.TEXT))
    return sheet
