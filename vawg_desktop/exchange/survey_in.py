"""A survey's file as questions and answers, without what identifies people.

Text stays text: leading zeros and long numbers are as they were. A file in several parts (question and option in two rows of headings, a
column for each option) becomes one question. What is left out is listed with the reason, columns and rows alike. To add a tool: a ``Profile``.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from itertools import zip_longest
from pathlib import Path
from typing import Any

from vawg_desktop.domain.errors import FileRefusedError, ValueRefusedError
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.exchange import preflight, reading, survey_rows, text_child
from vawg_desktop.exchange import survey_profiles as profiles
from vawg_desktop.exchange import survey_typing as typing
from vawg_desktop.exchange.cells import plain_text
from vawg_desktop.exchange.survey_profiles import Profile
from vawg_desktop.exchange.survey_questions import (
    PLAIN,
    Answer,
    Column,
    Question,
    mention_label,
    questions_of,
)
from vawg_desktop.exchange.survey_rows import Response

#: How SPSS files begin.
_SPSS = (b"$FL2", b"$FL3")
#: So many rows from the top the headings are looked for in.
_TOP = 12
#: Excel's own first line that names the mark between columns.
_SEPARATOR = re.compile(r"\A\ufeff?sep=.\r?\n", re.IGNORECASE)
#: How Qualtrics numbers its responses.
_RESPONSE_ID = re.compile(r"R_\w{9,}")
_IMPORT_ID = re.compile(r'\s*\{\s*"ImportId"')



#: Said for a column that there is to be none, whatever one looks like.
NO_COLUMN = "–"


@dataclass(frozen=True, slots=True)
class ColumnChoices:
    """How an officer said that a file's columns are to be read, each by its heading: which says who answered, which when, and which are left out or kept.

    ``again``: of these columns nothing that was chosen before holds any more.
    """

    respondent: str = ""
    answered: str = ""
    left_out: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    again: tuple[str, ...] = ()

    def within(self, there: Collection[str]) -> ColumnChoices:
        """Those of them whose columns are there, given by their folded headings."""
        respondent, answered = (c if c == NO_COLUMN or fold(c) in there else "" for c in (self.respondent, self.answered))
        return ColumnChoices(respondent, answered, tuple(c for c in self.left_out if fold(c) in there), tuple(c for c in self.keep if fold(c) in there))

    def over(self, earlier: ColumnChoices) -> ColumnChoices:
        """These choices, and those of before where nothing is chosen now; a column that is kept or left out now is no longer the other."""
        now = {fold(c) for c in (*self.left_out, *self.keep, *self.again)}
        return ColumnChoices(
            self.respondent or earlier.respondent, self.answered or earlier.answered,
            (*self.left_out, *(c for c in earlier.left_out if fold(c) not in now)), (*self.keep, *(c for c in earlier.keep if fold(c) not in now)),
        )  # fmt: skip


@dataclass(slots=True)
class SurveyFile:
    """A file that was read: its tool, what it asks and what was answered, and what was left out and why."""

    profile: str
    sha256: str
    questions: list[Question] = field(default_factory=list[Question])
    responses: list[Response] = field(default_factory=list[Response])
    rows: int = 0
    dropped_columns: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    dropped_rows: Counter[str] = field(default_factory=Counter[str])
    #: Answers that the file itself calls missing: the question, which answer ("Refused") and how often.
    missing: list[tuple[str, str, int]] = field(default_factory=list[tuple[str, str, int]])
    #: All of its headings, and of which column the respondent's number and the day are.
    headings: list[str] = field(default_factory=list[str])
    respondent: str = ""
    answered: str = ""
    #: What was chosen of them, now or before: the next file of the survey is read by it.
    choices: ColumnChoices = field(default_factory=ColumnChoices)


def read_survey(path: Path, profile: str = "", keep: Collection[str] = (), choices: ColumnChoices | None = None, earlier: ColumnChoices | None = None) -> SurveyFile:
    """Read a file. ``profile`` names the tool where the file does not tell; ``keep`` are headings of columns kept though they may identify people.

    ``choices`` say which column is what; ``earlier`` are those of the survey's last file, which hold where this one has these columns and none are chosen now.

    Raises FileRefusedError; ValueRefusedError for a profile that there is not, or a column that is chosen and is not there, or one to keep that is a link.
    """
    asked = profiles.by_name(profile) if profile else None
    if profile and asked is None:
        raise ValueRefusedError(f"There is no profile “{profile}”; there are {', '.join(dict.fromkeys(p.label for p in profiles.PROFILES))}.")
    content = preflight.read_file(path)
    name = preflight.shown_name(path)
    if content.startswith(_SPSS):
        tool, columns = profiles.SPSS, _of_spss(name, content)
    else:
        table = _from_headings(_table(path, name, content))
        top = [[column[n] for column in table] for n in range(min(3, len(table[0])))]
        tool = asked or profiles.known(*top[:2])
        columns = [_with_answers_only(asked or tool, c) for c in _columns(table, top, tool)]
    found = SurveyFile((asked or tool).key, hashlib.sha256(content).hexdigest(), rows=len(columns[0].cells) if columns else 0)
    chosen = choices or ColumnChoices()
    _sort_out(found, asked or tool, columns, replace(chosen, keep=(*keep, *chosen.keep)), earlier or ColumnChoices())
    return found


# -- the table --------------------------------------------------------------------------------------------


def _table(path: Path, name: str, content: bytes) -> list[list[str]]:
    """The columns of a file as texts, each beginning with its headings."""
    if preflight.kind_of(name, content).kind == "text":
        columns = _text_columns(name, content)
    else:
        sheets = [s for s in reading.read_book(path).sheets if s.visible and s.rows]
        if not sheets:
            raise FileRefusedError(f"{name} holds no answers.", code="empty")
        known = next((s for s in sheets if any(profiles.known([plain_text(c) for c in row]) is not profiles.TABLE for row in s.rows[:_TOP])), None)
        chosen = known or max(sheets, key=lambda s: len(s.rows) * max(map(len, s.rows)))
        columns = _turned([[plain_text(c) for c in row] for row in chosen.rows])
    if len(columns) < 2:
        raise FileRefusedError(f"{name} has no columns, so it is not a survey file; save it as .csv or .xlsx.", code="no_columns")
    return columns


def _turned(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Columns of rows, of which some may be shorter than others."""
    return [list(column) for column in zip_longest(*rows, fillvalue="")]


def _text_columns(name: str, content: bytes) -> list[list[str]]:
    """The columns of a delimited text, by pandas; where lines are of other lengths than its first, as the reader of trackers takes them."""
    pd: Any = import_module("pandas")  # a fifth of a second: only when a table is read
    text = _SEPARATOR.sub("", text_child.decode(content))
    mark = text_child.delimiter_of(text)
    try:
        frame = pd.read_csv(io.StringIO(text), sep=mark, header=None, dtype=str, keep_default_na=False, skip_blank_lines=True)
    except pd.errors.EmptyDataError:
        raise FileRefusedError(f"{name} holds no words or figures.", code="empty") from None
    except pd.errors.ParserError:
        found = text_child.read_text(content, "survey")
        if "refused" in found:
            raise reading.refusal(name, found) from None
        return _unbroken(name, mark, _turned([[(c or "").strip() for c in row] for row in found["sheets"][0]["rows"] if any(row)]))
    columns = [[v.strip() for v in frame[c].tolist()] for c in frame.columns]
    return _unbroken(name, mark, columns) if len(text.splitlines()) > len(frame) + 1 else columns  # else no cell holds a line's end


def _unbroken(name: str, mark: str, columns: list[list[str]]) -> list[list[str]]:
    """The columns, unless a mark of quotation that was never closed ran rows together. Raises FileRefusedError."""
    first = set(columns[0])  # a line that begins like a row that is there is words that somebody wrote
    for column in columns:
        for row, cell in enumerate(column, 1):
            if "\n" in cell and any(_is_row(line, mark, len(columns)) and line.partition(mark)[0].strip(' "') not in first for line in cell.split("\n")[1:]):
                raise reading.refusal(name, {"refused": "open_quotation", "detail": str(row)})
    return columns


def _is_row(line: str, mark: str, width: int) -> bool:
    """Whether a line within a cell looks like a row of its own, which a mark of quotation that was never closed ran into it."""
    return line.count(mark) == width - 1 and f"{mark} " not in line


def _columns(table: list[list[str]], top: list[list[str]], tool: Profile) -> list[Column]:
    """The columns with their headings, which may be of one, two or three rows: ``top`` holds the first three."""
    head, below, under = top[0], top[1:], 1
    options, codes = [""] * len(head), list(head)
    if tool is profiles.QUALTRICS and below and not any(_RESPONSE_ID.fullmatch(c) for c in below[0]):  # the wording stands second; newer files have a third row of the tool's own ids
        under = 3 if len(below) > 1 and sum(bool(_IMPORT_ID.match(c)) for c in below[1]) > len(head) / 2 else 2
        head = [words or code for words, code in zip(below[0], codes, strict=True)]
    elif below and (tool is profiles.SURVEYMONKEY or (tool in (profiles.TABLE, profiles.SMARTSURVEY) and _is_second_heading(head, below))):
        under, options = 2, below[0]
        head = _filled(head, options)
        codes = list(head)
    made = [Column(h.lstrip("\ufeff"), o, c[under:], code.lstrip("\ufeff")) for h, o, c, code in zip(head, options, table, codes, strict=True)]
    for number, one in enumerate(made, 1):
        if not one.head and one.counts:  # its words are kept under a name of ours
            one.head = one.code = f"Column {number}"
    return made


#: What many offices write for "no answer" in columns where nothing else is below nought.
_NO_ANSWER = frozenset({"-9", "-99", "-999", "-9999"})


def _with_answers_only(tool: Profile, column: Column) -> Column:
    """The column without what stands for a question that was not put or was passed over: it is no answer, and told as such."""
    numbers = [v for v in column.counts if v.startswith("-") and v[1:].isdigit()]
    for value in sorted(column.counts.keys() & (tool.unasked | (_NO_ANSWER if _NO_ANSWER.issuperset(numbers) else frozenset()))):
        column = column.without_missing(value)
    return column


def _from_headings(table: list[list[str]]) -> list[list[str]]:
    """The columns without what stands above the headings: a title, a date, Excel's line that names the mark between columns."""
    rows = [[column[n] for column in table] for n in range(min(_TOP, len(table[0])))]
    first = next((n for n, row in enumerate(rows) if profiles.known(row) is not profiles.TABLE), None)
    if first is None:
        most = max(sum(map(bool, row)) for row in rows)
        first = next(n for n, row in enumerate(rows) if sum(map(bool, row)) > 1 or most < 2 or sum(map(bool, row)) == most)
    return [column[first:] for column in table] if first else table


def _is_second_heading(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether options stand under the questions: headings left blank beside one, with words below each of these, and none of an answer below the others."""
    blanks = {n for n, h in enumerate(head) if not h and n}
    if not blanks or not rows or not head[0] or not all(rows[0][n] for n in blanks):
        return False
    alone = [n for n in range(len(head)) if n not in blanks and n + 1 not in blanks]
    return all(fold(rows[0][n]) in PLAIN for n in alone)


def _filled(head: Sequence[str], options: Sequence[str]) -> list[str]:
    """Headings where a question stands only over the first of its options."""
    made: list[str] = []
    for h, option in zip(head, options, strict=True):
        made.append(h or (made[-1] if made and option else ""))
    return made


def _of_spss(name: str, content: bytes) -> list[Column]:
    """The columns of an SPSS file, read in the reader's child process: answers by their labels, user-missing ones empty."""
    answer = reading.ask_child(name, content, "spss")
    return [Column(str(c["label"] or c["name"]), str(c["option"]), [str(v) for v in c["cells"]], str(c["name"]), {str(k): str(v) for k, v in c["labels"].items()}, {str(k): int(v) for k, v in c["missing"].items()}, str(c["mention_of"])) for c in answer["columns"]]


# -- what is kept -----------------------------------------------------------------------------------------


def _sort_out(found: SurveyFile, tool: Profile, columns: list[Column], choices: ColumnChoices, earlier: ColumnChoices) -> None:
    """Sort columns into questions and what is left out, and rows into responses and what is left out."""
    there = {fold(w) for c in columns for w in (c.head, c.code)}
    for name, to in [(k, "to keep") for k in choices.keep] + [(k, "to leave out") for k in choices.left_out] + [(choices.respondent, "of respondents"), (choices.answered, "of days")]:
        if name and name != NO_COLUMN and fold(name) not in there:
            raise ValueRefusedError(f"The file has no column “{name}” {to}.")
    found.choices = choices.over(earlier)
    choices = choices.over(earlier.within(there))
    wanted, left = ({fold(k) for k in some} for some in (choices.keep, choices.left_out))
    who, when = _chosen(columns, choices.respondent, tool.respondent), _chosen(columns, choices.answered, tool.answered)
    asks: Column | None = None  # called like what tells respondents apart, and a question all the same
    if who is not None and choices.respondent:
        _tells_apart(who)
    elif who is not None and 2 * len(who.counts) < who.counts.total():  # "Respondent: resident, professional, student" is a question
        who, asks = None, who
    found.headings = list(dict.fromkeys(c.code or c.head for c in columns))
    found.respondent, found.answered = (c.code or c.head if c is not None else "" for c in (who, when))
    if who is not None and wanted & {fold(who.code), fold(who.head)}:
        raise ValueRefusedError(f"“{who.head}” identifies respondents and is not an answer: it is kept only to match a later file.")
    status = survey_rows.status(columns)
    asked: list[Column] = []
    missing: Counter[tuple[str, str]] = Counter()
    for column in columns:
        why = profiles.TOOL if column is who or column is status or (column is when and (choices.answered or survey_rows.holds_moments(column))) else "" if column is asks else _left_out(tool, column, wanted)
        if not why and left & {fold(column.code), fold(column.head)}:
            why = profiles.CHOSEN
        if why:
            found.dropped_columns.append((column.code or column.head or column.option or "(no heading)", why))
        else:
            if profiles.is_part_of_postcode(column.head) and not wanted & {fold(column.code), fold(column.head)} and (halves := typing.first_halves(column.cells)) is not None:
                found.dropped_columns.append((column.code or column.head, profiles.HALF))
                column = replace(column, cells=halves)
            asked.append(column)
            missing.update({(mention_label(column) or column.head, label): count for label, count in column.missing.items()})
    found.missing = [(question, label, count) for (question, label), count in missing.items()]
    found.questions, answers = questions_of(tool, asked)
    if who is not None and not choices.respondent and _is_shared(who, when, list(zip(*answers, strict=True))):
        place = next(n for n, (name, why) in enumerate(found.dropped_columns) if name == found.respondent and why == profiles.TOOL)
        found.dropped_columns[place] = (found.respondent, profiles.SHARED)
        who, found.respondent = None, ""
    _responses(found, tool, columns, who, when, answers)


def _chosen(columns: Sequence[Column], choice: str, usual: Sequence[str]) -> Column | None:
    """The column that was chosen, else one that the tool calls so; none where that was chosen."""
    return None if choice == NO_COLUMN else survey_rows.first(columns, (fold(choice),) if choice else usual)


def _tells_apart(column: Column) -> None:
    """Raises ValueRefusedError where a column that was chosen to tell respondents apart does not: it is empty for some, or one value stands for several."""
    if column.counts.total() < len(column.cells) or column.counts.total() > len(column.counts):
        raise ValueRefusedError(f"“{column.head}” does not identify respondents: {how_many(len(column.cells), 'row')}, {how_many(len(column.counts), 'different value')} in it.")


#: A number is not a respondent's where there are at least so many rows, and more than this share of them are a further, different row of a number that
#: stands higher up. Nobody answers more often than the last.
_ENOUGH_ROWS, _SHARED, _OFTEN = 20, 0.1, 3


def _is_shared(who: Column, when: Column | None, rows: Sequence[tuple[Answer, ...]]) -> bool:
    """Whether a column that is called like a respondent's number is that of a household, a school or a batch: many different rows share a value, and no days tell which came later."""
    found: dict[str, set[str]] = {}
    for key, row in zip(who.cells, rows, strict=False):
        if key and any(a is not None for a in row):
            found.setdefault(key, set()).add(json.dumps(row, ensure_ascii=False))
    total, again = sum(map(len, found.values())), sum(len(some) - 1 for some in found.values())
    often = any(len(some) > _OFTEN for some in found.values())
    return total >= _ENOUGH_ROWS and again > _SHARED * total and (often or when is None or not survey_rows.holds_moments(when))


def _left_out(tool: Profile, column: Column, wanted: Collection[str]) -> str:
    """Why a column is no question that is kept; empty where it is one. What changes answers is never kept.

    A yes, a step of a scale or a chosen option identifies nobody, whatever its heading speaks of.
    """
    names = {fold(column.code), fold(column.head), fold(column.option)} - {""}
    if names & tool.links or profiles.is_link(column.head) or profiles.is_link(column.code) or typing.is_of_links(column.counts):
        if names & set(wanted):
            raise ValueRefusedError(f"“{column.code}” is a link by which answers could be seen or changed; it is never kept.")
        return profiles.LINK
    if names & set(wanted):
        return ""
    closed = bool(column.counts) and (column.is_option() or typing.is_closed(column.counts))
    if closed and profiles.is_number_of(column.head) and any(v.isdigit() for v in column.counts):
        closed = False  # "House number" asks where somebody lives, though all be small numbers
    asks = not closed and (profiles.asks_who(column.head) or profiles.asks_who(column.option))
    if names & tool.personal or asks or typing.is_personal(column.counts):
        return profiles.PERSONAL
    if names & (tool.own | frozenset(tool.respondent)) or typing.is_identifier(column.counts, numbered=profiles.is_number_of(column.head)):
        return profiles.TOOL
    return profiles.EMPTY if not column.head and not any(column.cells) else ""


def _responses(found: SurveyFile, tool: Profile, columns: Sequence[Column], who: Column | None, when: Column | None, answers: Sequence[Sequence[Answer]]) -> None:
    """Each row as a response, but for trials, empty rows and answers that the same respondent gave again later."""
    rows = list(zip(*answers, strict=True)) if answers else [()] * found.rows
    by_respondent: dict[str, Response] = {}
    seen: Counter[str] = Counter()
    trial, unfinished = survey_rows.trials(tool, columns), survey_rows.unfinished(tool, columns)
    days = survey_rows.days(when.cells) if when is not None else [""] * found.rows
    for number, row in enumerate(rows):
        if trial[number]:
            found.dropped_rows["a trial, not an answer"] += 1
            continue
        if all(a is None for a in row):
            found.dropped_rows["no question was answered"] += 1
            continue
        key = who.cells[number] if who is not None else ""
        if not key:  # the same answers twice are two respondents
            plain = hashlib.sha256(json.dumps(row, ensure_ascii=False).encode()).hexdigest()[:24]
            seen[plain] += 1
            key = f"{plain}.{seen[plain]}"
        new = Response(key, days[number], unfinished[number], list(row))
        if key in by_respondent:
            found.dropped_rows["answered more than once"] += 1
            if not survey_rows.replaces(new, by_respondent[key]):
                continue
            del by_respondent[key]
        by_respondent[key] = new
    found.responses = list(by_respondent.values())
