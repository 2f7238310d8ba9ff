"""A survey's file as questions and answers, without what identifies people.

Text stays text: leading zeros and long numbers are as they were. A file in several parts (question and option in two rows of headings, a
column for each option) becomes one question. What is left out is listed with the reason, columns and rows alike. To add a tool: a ``Profile``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from itertools import zip_longest
from pathlib import Path
from typing import Any, TypeAlias

from vawg_desktop.domain.errors import FileRefusedError, ValueRefusedError
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange import preflight, reading, text_child
from vawg_desktop.exchange import survey_profiles as profiles
from vawg_desktop.exchange import survey_typing as typing
from vawg_desktop.exchange.cells import plain_text
from vawg_desktop.exchange.survey_profiles import Profile

#: What one respondent said to one question: nothing, one answer, or several.
Answer: TypeAlias = str | list[str] | None
#: How SPSS files begin.
_SPSS = (b"$FL2", b"$FL3")
_IMPORT_ID = re.compile(r'\s*\{\s*"ImportId"')
_OPTION = re.compile(r"(.+?)\s*\[(.+)\]\s*", re.DOTALL)
#: What a column of one option holds where it was chosen, and where it was not.
_CHOSEN, _NOT_CHOSEN = frozenset({"1", "y", "yes", "true", "x", "selected", "checked"}), frozenset({"", "0", "n", "no", "false", "not selected", "unchecked"})
#: A moment as tools write it: the year first, or a day and a month in either order.
_ISO, _STROKED = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})"), re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_OTHER = ("other", "other please specify", "comment", "comments", "please specify")
_PLAIN_OPTIONS = ("", "response", "open ended response")


@dataclass(slots=True)
class Question:
    """A question: how the file calls it, its wording, its kind (``survey_typing``), its choices and, of a row of a matrix, what the rows have in common."""

    code: str
    wording: str
    kind: str
    choices: list[str] = field(default_factory=list[str])
    stem: str = ""


@dataclass(slots=True)
class Response:
    """What one respondent answered, in the order of the questions, and on which day. ``respondent`` is the tool's own number, or a digest of the answers."""

    respondent: str
    answered: str
    partial: bool
    answers: list[Answer]


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


@dataclass
class _Column:
    """A column: heading, what stands below it in a second row of headings, and its cells."""

    head: str
    option: str
    cells: list[str]
    code: str = ""
    labels: dict[str, str] = field(default_factory=dict[str, str])

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each answer stands in it; empty cells are none."""
        counts = Counter(self.cells)
        counts.pop("", None)
        return counts


def read_survey(path: Path, profile: str = "", keep: Collection[str] = ()) -> SurveyFile:
    """Read a file. ``profile`` names the tool where the file does not tell; ``keep`` are headings of columns kept though they may identify people.

    Raises FileRefusedError; ValueRefusedError for a profile that there is not, or a column to keep that there is not or that is a link.
    """
    asked = profiles.by_name(profile) if profile else None
    if profile and asked is None:
        raise ValueRefusedError(f"There is no profile “{profile}”; there are {', '.join(dict.fromkeys(p.label for p in profiles.PROFILES))}.")
    content = preflight.read_file(path)
    name = preflight.shown_name(path)
    if content.startswith(_SPSS):
        tool, columns = profiles.SPSS, _of_spss(name, content)
    else:
        table = _table(path, name, content)
        top = [[column[n] for column in table] for n in range(min(3, len(table[0])))]
        tool = asked or profiles.known(*top[:2])
        columns = _columns(table, top, tool)
    found = SurveyFile((asked or tool).key, hashlib.sha256(content).hexdigest(), rows=len(columns[0].cells) if columns else 0)
    _sort_out(found, asked or tool, columns, keep)
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
        columns = _turned([[plain_text(c) for c in row] for row in max(sheets, key=lambda s: len(s.rows) * max(map(len, s.rows))).rows])
    if len(columns) < 2:
        raise FileRefusedError(f"{name} has no columns, so it is no file of a survey; save it as .csv or .xlsx.", code="no_columns")
    return columns


def _turned(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Columns of rows, of which some may be shorter than others."""
    return [list(column) for column in zip_longest(*rows, fillvalue="")]


def _text_columns(name: str, content: bytes) -> list[list[str]]:
    """The columns of a delimited text, by pandas; where lines are of other lengths than its first, as the reader of trackers takes them."""
    pd: Any = import_module("pandas")  # a fifth of a second: only when a table is read
    text = text_child.decode(content)
    try:
        frame = pd.read_csv(io.StringIO(text), sep=text_child.delimiter_of(text), header=None, dtype=str, keep_default_na=False, skip_blank_lines=True)
    except pd.errors.EmptyDataError:
        raise FileRefusedError(f"{name} holds no words or figures.", code="empty") from None
    except pd.errors.ParserError:
        found = text_child.read_text(content, "survey")
        if "refused" in found:
            raise reading.refusal(name, found) from None
        return _turned([[(c or "").strip() for c in row] for row in found["sheets"][0]["rows"] if any(row)])
    return [[v.strip() for v in frame[c].tolist()] for c in frame.columns]


def _columns(table: list[list[str]], top: list[list[str]], tool: Profile) -> list[_Column]:
    """The columns with their headings, which may be of one, two or three rows: ``top`` holds the first three."""
    head, below, under = top[0], top[1:], 1
    options, codes = [""] * len(head), list(head)
    if tool is profiles.QUALTRICS and below:  # the wording stands second; newer files have a third row of the tool's own ids
        under = 3 if len(below) > 1 and sum(bool(_IMPORT_ID.match(c)) for c in below[1]) > len(head) / 2 else 2
        head = [words or code for words, code in zip(below[0], codes, strict=True)]
    elif below and (tool is profiles.SURVEYMONKEY or (tool in (profiles.TABLE, profiles.SMARTSURVEY) and _is_second_heading(head, below))):
        under, options = 2, below[0]
        head = _filled(head, options)
        codes = list(head)
    return [_Column(h.lstrip("\ufeff"), o, c[under:], code.lstrip("\ufeff")) for h, o, c, code in zip(head, options, table, codes, strict=True)]


def _is_second_heading(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether options stand under the questions: headings left blank beside one, with words below each of these blanks."""
    blanks = [n for n, h in enumerate(head) if not h and n]
    return bool(blanks) and bool(rows) and all(rows[0][n] for n in blanks) and bool(head[0])


def _filled(head: Sequence[str], options: Sequence[str]) -> list[str]:
    """Headings where a question stands only over the first of its options."""
    made: list[str] = []
    for h, option in zip(head, options, strict=True):
        made.append(h or (made[-1] if made and option else ""))
    return made


def _of_spss(name: str, content: bytes) -> list[_Column]:
    """The columns of an SPSS file, read in the reader's child process: answers by their labels, user-missing ones empty."""
    answer = reading.ask_child(name, content, "spss")
    return [_Column(str(c["label"] or c["name"]), str(c["option"]), [str(v) for v in c["cells"]], str(c["name"]), {str(k): str(v) for k, v in c["labels"].items()}) for c in answer["columns"]]


# -- what is kept -----------------------------------------------------------------------------------------


def _sort_out(found: SurveyFile, tool: Profile, columns: list[_Column], keep: Collection[str]) -> None:
    """Sort columns into questions and what is left out, and rows into responses and what is left out."""
    wanted = {fold(k) for k in keep}
    if unknown := wanted - {fold(w) for c in columns for w in (c.head, c.code)}:
        raise ValueRefusedError(f"The file has no column “{next(k for k in keep if fold(k) in unknown)}” to keep.")
    who, when = _first(columns, tool.respondent), _first(columns, tool.answered)
    asked: list[_Column] = []
    for column in columns:
        why = "" if column is who else _left_out(tool, column, wanted)
        if column is who and tool.respondent:
            why = profiles.TOOL
        if why:
            found.dropped_columns.append((column.code or column.head or column.option or "(no heading)", why))
        else:
            asked.append(column)
    found.questions, answers = _questions(tool, asked)
    _responses(found, tool, columns, who, when, answers)


def _first(columns: Sequence[_Column], names: Sequence[str]) -> _Column | None:
    return next((c for n in names for c in columns if n in (fold(c.code), fold(c.head)) and any(c.cells)), None)


def _left_out(tool: Profile, column: _Column, wanted: Collection[str]) -> str:
    """Why a column is no question that is kept; empty where it is one. What changes answers is never kept."""
    names = {fold(column.code), fold(column.head)}
    if names & tool.links or profiles.is_link(column.head) or profiles.is_link(column.code) or typing.is_of_links(column.counts):
        if names & set(wanted):
            raise ValueRefusedError(f"“{column.code}” is a link by which answers could be seen or changed; it is never kept.")
        return profiles.LINK
    if names & set(wanted):
        return ""
    if names & tool.personal or profiles.asks_who(column.head) or profiles.asks_who(column.option) or typing.is_personal(column.counts):
        return profiles.PERSONAL
    if names & (tool.own | frozenset(tool.respondent)) or typing.is_identifier(column.counts):
        return profiles.TOOL
    return profiles.EMPTY if not column.head and not any(column.cells) else ""


def _questions(tool: Profile, columns: Sequence[_Column]) -> tuple[list[Question], list[list[Answer]]]:
    """The questions, and for each its answers by row."""
    groups: dict[str, list[tuple[_Column, str]]] = {}
    for column in columns:
        stem, option = _parted(tool, column, columns)
        groups.setdefault(stem, []).append((column, option))
    questions: list[Question] = []
    answers: list[list[Answer]] = []
    for stem, members in groups.items():
        options = [(c, o) for c, o in members if o]
        if len(options) > 1 and _are_options(options):
            chosen = [(c, o) for c, o in options if not _is_other(o)]
            questions.append(Question(_code(stem, members[0][0]), _wording(stem, members[0][0]), typing.MULTI, [o for _, o in chosen]))
            answers.append(_together(chosen))
            options = [(c, o) for c, o in options if _is_other(o)]
            members = []
        for column, option in [*options, *((c, o) for c, o in members if not o)]:
            question, given = _single(tool, column, stem if option else "", option)
            questions.append(question)
            answers.append(given)
    return questions, answers


def _parted(tool: Profile, column: _Column, columns: Sequence[_Column]) -> tuple[str, str]:
    """A column's question and, where it holds one option or row of it, which."""
    if column.option and fold(column.option) not in _PLAIN_OPTIONS:
        return column.head, column.option
    if tool.key == "limesurvey" and (found := _OPTION.fullmatch(column.code)):
        shown = _OPTION.fullmatch(column.head)
        return found[1], (shown or found)[2]
    if tool is profiles.KOBO and "/" in column.code:
        stem, _, option = column.code.rpartition("/")
        if any(c.code == stem for c in columns):
            return stem, option
    if tool is profiles.KOBO and any(c.code.startswith(f"{column.code}/") for c in columns):
        return column.code, ""
    if tool is profiles.QUALTRICS and (found := re.fullmatch(r"(.+)_(\d+|x\d+)(_TEXT)?", column.code)) and " - " in column.head:
        option = column.head.rpartition(" - ")[2]
        return found[1], "Other" if found[3] else option
    return column.code or column.head, ""


def _is_other(option: str) -> bool:
    """Whether an option asks for other words."""
    return fold(re.sub(r"[()\[\]:]", " ", option)) in _OTHER


def _are_options(members: Sequence[tuple[_Column, str]]) -> bool:
    """Whether columns are the options of one question: each holds its own option's words, or only that it was chosen or not."""
    told = False
    for column, option in members:
        held = {v.casefold() for v in column.cells} - {""}
        told = told or bool(held)
        if not _is_other(option) and not (held <= {option.casefold()} or held <= _CHOSEN | _NOT_CHOSEN):
            return False
    return told


def _together(members: Sequence[tuple[_Column, str]]) -> list[Answer]:
    """The options that each respondent chose; None where nothing was answered: no option chosen, and none said to be left."""
    made: list[Answer] = []
    for row in zip(*(c.cells for c, _ in members), strict=True):
        chosen = [o for v, (_, o) in zip(row, members, strict=True) if v and v.casefold() not in _NOT_CHOSEN]
        made.append(chosen if chosen or any(row) else None)
    return made


def _single(tool: Profile, column: _Column, stem: str, option: str) -> tuple[Question, list[Answer]]:
    """A question of one column."""
    wording = f"{_wording(stem, column)}: {option}" if stem else _wording("", column)
    code = f"{_code(stem, column)}: {option}" if stem else column.code or column.head
    if (several := typing.split_answers(column.cells, tool.split)) is not None:
        choices = Counter(part for answer in several for part in answer)
        return Question(code, wording, typing.MULTI, [c for c, _ in choices.most_common()]), [a or None for a in several]
    kind, choices = typing.kind_of(column.counts)
    if column.labels and kind in (typing.SINGLE, typing.SCALE, typing.NOT_KNOWN, typing.FREE_TEXT) and set(choices) <= set(column.labels.values()):
        kind, choices = typing.SINGLE, list(dict.fromkeys(column.labels.values()))
    if stem and kind in (typing.SINGLE, typing.SCALE):
        kind = typing.MATRIX
    return Question(code, wording, kind, choices, _wording(stem, column) if stem else ""), [v or None for v in column.cells]


def _wording(stem: str, column: _Column) -> str:
    """What a question asks, in words: without the option or row that this column stands for."""
    if not stem or column.option:
        return column.head
    shown = _OPTION.fullmatch(column.head)
    words = shown[1] if shown else column.head.rpartition(" - ")[0]
    return words.removesuffix(" - Selected Choice") or stem


def _code(stem: str, column: _Column) -> str:
    return stem or column.code or column.head


def _responses(found: SurveyFile, tool: Profile, columns: Sequence[_Column], who: _Column | None, when: _Column | None, answers: Sequence[Sequence[Answer]]) -> None:
    """Each row as a response, but for trials, empty rows and answers that the same respondent gave again later."""
    rows = list(zip(*answers, strict=True)) if answers else [()] * found.rows
    by_respondent: dict[str, Response] = {}
    seen: Counter[str] = Counter()
    trial, unfinished = _trials(tool, columns), _unfinished(tool, columns)
    days = _days(when.cells) if when is not None else [""] * found.rows
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
        if key in by_respondent:
            found.dropped_rows["answered again further down"] += 1
            del by_respondent[key]
        by_respondent[key] = Response(key, days[number], unfinished[number], list(row))
    found.responses = list(by_respondent.values())


def _days(cells: Sequence[str]) -> list[str]:
    """The day of each moment, empty where it is not told; day and month in the order that the whole column shows, else as here. The hour is not kept."""
    stroked = [_STROKED.match(c) for c in cells]
    month_first = any(m is not None and int(m[2]) > 12 for m in stroked)
    found: list[str] = []
    for cell, m in zip(cells, stroked, strict=True):
        parts = (int(m[3]), int(m[1]), int(m[2])) if m is not None and month_first else (int(m[3]), int(m[2]), int(m[1])) if m is not None else None
        if parts is None and (iso := _ISO.match(cell)) is not None:
            parts = (int(iso[1]), int(iso[2]), int(iso[3]))
        try:
            found.append(dt.date(*parts).isoformat() if parts is not None else "")
        except ValueError:
            found.append("")
    return found


def _trials(tool: Profile, columns: Sequence[_Column]) -> list[bool]:
    """The rows that are previews or tests."""
    count = len(columns[0].cells)
    status = next((c for c in columns if tool is profiles.QUALTRICS and fold(c.code) == "status"), None)
    trial = {"1", "survey preview", "2", "survey test", "8", "spam"}
    return [v.casefold() in trial for v in status.cells] if status is not None else [False] * count


def _unfinished(tool: Profile, columns: Sequence[_Column]) -> list[bool]:
    """The rows of those who did not come to the end."""
    count = len(columns[0].cells)
    if tool is profiles.QUALTRICS and (finished := next((c for c in columns if fold(c.code) == "finished"), None)) is not None:
        return [v.casefold() in ("0", "false") for v in finished.cells]
    if tool.key == "limesurvey" and (sent := _first(columns, tool.answered[:1])) is not None:
        return [not v for v in sent.cells]
    return [False] * count
