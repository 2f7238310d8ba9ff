"""Columns of a survey's file as questions: those of one question together, each with its kind and its answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange import survey_profiles as profiles
from vawg_desktop.exchange import survey_typing as typing
from vawg_desktop.exchange.survey_profiles import Profile

#: What one respondent said to one question: nothing, one answer, or several.
Answer: TypeAlias = str | list[str] | None
#: A heading with the option or row that its column stands for.
_OPTION = re.compile(r"(.+?)\s*\[(.+)\]\s*", re.DOTALL)
_QUALTRICS_OPTION = re.compile(r"(.+)_(\d+|x\d+)(_TEXT)?")
#: What a column of one option holds where it was chosen, and where it was not.
CHOSEN, NOT_CHOSEN = frozenset({"1", "y", "yes", "true", "x", "selected", "checked"}), frozenset({"", "0", "n", "no", "false", "not selected", "unchecked", "n/a"})
#: What LimeSurvey writes where other words were given in place of a choice, and what it is called.
_LIME_OTHER, OTHER = "-oth-", "Other"
_OTHER = ("other", "other please specify", "comment", "comments", "please specify")
#: Words under a question that has only one column.
PLAIN = ("", "response", "open ended response")
#: Tools that write yes and no of an option that was chosen or left; in others a yes and a no answer a row of a matrix.
_SAY_NO = frozenset({"limesurvey", "kobo", "spss"})


@dataclass(slots=True)
class Question:
    """A question: how the file calls it, its wording, its kind (``survey_typing``), its choices and, of a row of a matrix, what the rows have in common."""

    code: str
    wording: str
    kind: str
    choices: list[str] = field(default_factory=list[str])
    stem: str = ""


@dataclass
class Column:
    """A column: heading, what stands below it in a second row of headings, its cells, the tool's own name for it, and labels of its values."""

    head: str
    option: str
    cells: list[str]
    code: str = ""
    labels: dict[str, str] = field(default_factory=dict[str, str])
    #: How often each value stands in it that the file calls missing, such as "Refused".
    missing: dict[str, int] = field(default_factory=dict[str, int])
    #: The set of several answers of which it holds one (SPSS's category sets).
    mention_of: str = ""

    def without_missing(self, value: str) -> Column:
        """The column with a value as no answer; how often it stood there is told."""
        return replace(self, cells=["" if c == value else c for c in self.cells], missing={**self.missing, value: self.counts[value]})

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each answer stands in it; empty cells are none."""
        counts = Counter(self.cells)
        counts.pop("", None)
        return counts

    def is_option(self) -> bool:
        """Whether its cells say no more than that an option was chosen or not."""
        held = {v.casefold() for v in self.counts}
        return bool(held) and (held <= CHOSEN | NOT_CHOSEN or held <= {self.option.casefold()})


@dataclass(frozen=True, slots=True)
class _Member:
    """A column with the option or row that it stands for (empty: none); ``text`` where it holds the words beside an option that stands by itself."""

    column: Column
    option: str
    text: bool = False

    def named(self) -> bool:
        """Whether its cells hold nothing but the option's own words, such as "No" and "N/A" in a list of things one may tick."""
        return {v.casefold() for v in self.column.counts} == {self.option.casefold()}


def questions_of(tool: Profile, columns: Sequence[Column]) -> tuple[list[Question], list[list[Answer]]]:
    """The questions, each with a code of its own, and for each its answers by row."""
    if tool.key == "limesurvey":
        columns = [replace(c, cells=[OTHER if v == _LIME_OTHER else v for v in c.cells]) if _LIME_OTHER in c.counts else c for c in columns]
    columns = _others_counted(_mentions_together(columns))
    groups: dict[tuple[str, int], list[_Member]] = {}
    for number, column in enumerate(columns):
        stem, member = _parted(tool, column, columns)
        together = member.option or tool is profiles.KOBO  # others are questions of their own, though two be called alike
        groups.setdefault((stem, 0 if together else number + 1), []).append(member)
    questions: list[Question] = []
    answers: list[list[Answer]] = []
    for (stem, _), members in groups.items():
        options = [m for m in members if m.option and not m.text]
        left = list(members)
        if len(options) > 1 and _are_options(tool, options):
            first = members[0].column
            questions.append(Question(_code(stem, first), _wording(stem, first), typing.MULTI, [m.option for m in options]))
            answers.append(_together(options))
            left = [m for m in members if m.text or (m.option and _is_other(m.option) and not m.column.is_option() and m.column.counts)]
        for member in left:
            for question, given in _ranked(tool, member, stem) or [_single(tool, member, stem)]:
                questions.append(question)
                answers.append(given)
    _give_codes(questions)
    return questions, answers


def _give_codes(questions: Sequence[Question]) -> None:
    """A code for each: of two questions that are called alike the second is told apart by its number."""
    seen: Counter[str] = Counter()
    for one in questions:
        seen[one.code] += 1
        number = seen[one.code]
        if number > 1:
            one.code, one.wording = f"{one.code} ({number})", f"{one.wording} ({number})"


def mention_label(column: Column) -> str:
    """The question of a column's set of mentions; two sets may ask alike."""
    return column.mention_of.rpartition("\t")[2]


#: What parts the answers of a set within one cell: no tool writes it.
_MENTION = "\x1f"


def _mentions_together(columns: Sequence[Column]) -> list[Column]:
    """The columns with those of one set as a single one, where the first of them stood: first, second and third mention are several answers to one question."""
    made: list[Column] = []
    sets: dict[str, list[Column]] = {}
    for column in columns:
        if column.mention_of:
            sets.setdefault(column.mention_of, []).append(column)
            if len(sets[column.mention_of]) > 1:
                continue
        made.append(column)
    for number, column in enumerate(made):
        if mentions := sets.get(column.mention_of, ()):
            cells = [_MENTION.join(dict.fromkeys(c for c in row if c)) for row in zip(*(m.cells for m in mentions), strict=True)]
            missing = sum((Counter(m.missing) for m in mentions), Counter[str]())
            labels = {k: v for m in mentions for k, v in m.labels.items()}
            made[number] = Column(mention_label(column), "", cells, column.code, labels, dict(missing), column.mention_of)
    return made


def _others_counted(columns: Sequence[Column]) -> list[Column]:
    """The columns, in which whoever wrote other words beside a choice and made none has chosen "Other": else they were missing from its base."""
    made = list(columns)
    for n, (one, beside) in enumerate(pairwise(columns)):
        asks = fold(re.sub(r"[()\[\]:]", " ", beside.option)).startswith("other") and _is_other(beside.option)
        if asks and one.head == beside.head and fold(one.option) in PLAIN and typing.kind_of(one.counts)[0] == typing.SINGLE:
            made[n] = replace(one, cells=[c or (beside.option if o else "") for c, o in zip(one.cells, beside.cells, strict=True)])
    return made


def _several(tool: Profile, column: Column) -> list[list[str]] | None:
    """Each cell as its several answers, where the column holds such."""
    several = typing.split_answers(column.cells, tool.split)
    if several is None and tool is profiles.KOBO and not column.labels:
        several = typing.split_codes(column.cells)
    if several is None and not column.labels:
        several = typing.split_words(column.cells, ", " if tool in (profiles.TABLE, profiles.SMARTSURVEY) else "," if tool is profiles.QUALTRICS else "")
    return several


def _ranked(tool: Profile, member: _Member, stem: str) -> list[tuple[Question, list[Answer]]]:
    """An order of options that stands in one cell as a question for each option: which place it was given, 1 the first."""
    column = member.column
    several = _several(tool, column) if tool.split != "," and not column.mention_of else None
    options = typing.rankings(several) if several is not None else None
    if several is None or options is None:
        return []
    places = [str(n) for n in range(1, len(options) + 1)]
    wording = _wording(stem, column)
    return [
        (Question(f"{column.code or column.head}: {o}", f"{wording}: {o}", typing.MATRIX, places, wording), [str(a.index(o) + 1) if a else None for a in several])
        for o in options
    ]  # fmt: skip


def _parted(tool: Profile, column: Column, columns: Sequence[Column]) -> tuple[str, _Member]:
    """A column's question, and what it stands for within it."""
    if column.option and fold(column.option) not in PLAIN:
        return column.head, _Member(column, column.option)
    if tool.key == "limesurvey" and (found := _OPTION.fullmatch(column.code)):
        shown = _OPTION.fullmatch(column.head)
        return found[1], _Member(column, (shown or found)[2])
    if tool is profiles.KOBO and "/" in column.code:
        codes = {c.code for c in columns}
        parts = column.code.split("/")
        for n in range(len(parts) - 1, 0, -1):  # an option may hold a stroke of its own
            if (stem := "/".join(parts[:n])) in codes:
                return stem, _Member(column, "/".join(parts[n:]))
        stem, _, option = column.code.rpartition("/")
        if stem and _ticked(column) and sum(c.code.rpartition("/")[0] == stem and _ticked(c) for c in columns) > 1:
            return stem, _Member(column, option)
    if tool is profiles.KOBO and any(c.code.startswith(f"{column.code}/") for c in columns):
        return column.code, _Member(column, "")
    if tool is profiles.QUALTRICS and (found := _QUALTRICS_OPTION.fullmatch(column.code)) and " - " in column.head:
        parts = column.head.split(" - ")
        words = parts[-2] if found[3] and len(parts) > 2 else parts[-1]
        return found[1], _Member(column, words, text=bool(found[3]))
    return column.code or column.head, _Member(column, "")


def _ticked(column: Column) -> bool:
    """Whether a column holds what Kobo writes of one option of several, and not a yes and a no, which answer a question of a group."""
    return bool(column.counts) and {v.casefold() for v in column.counts} <= {"0", "1", "true", "false"}


def _is_other(option: str) -> bool:
    """Whether an option asks for other words."""
    return fold(re.sub(r"[()\[\]:]", " ", option)) in _OTHER


def _are_options(tool: Profile, members: Sequence[_Member]) -> bool:
    """Whether columns are the options of one question: each holds its own option's words, or only that it was chosen or not."""
    told = no = False
    for member in members:
        held = {v.casefold() for v in member.column.counts}
        told, no = told or bool(held), no or ("no" in held and not member.named())
        if not (_is_other(member.option) or held <= {member.option.casefold()} or held <= CHOSEN | NOT_CHOSEN):
            return False
    return told and not (no and tool.key not in _SAY_NO) and not all(_is_other(m.option) for m in members)


def _together(members: Sequence[_Member]) -> list[Answer]:
    """The options that each respondent chose, "other" among them where other words stand; None where nothing was answered: no option chosen, and none said to be left."""
    made: list[Answer] = []
    own = [m.named() for m in members]
    for row in zip(*(m.column.cells for m in members), strict=True):
        chosen = [m.option for v, m, named in zip(row, members, own, strict=True) if v and (named or v.casefold() not in NOT_CHOSEN)]
        made.append(chosen if chosen or any(row) else None)
    return made


def _single(tool: Profile, member: _Member, stem: str) -> tuple[Question, list[Answer]]:
    """A question of one column."""
    column, option = member.column, member.option
    wording = f"{_wording(stem, column)}: {option}" if option else column.head
    own = tool in (profiles.QUALTRICS, profiles.KOBO) or tool.key == "limesurvey"
    code = column.code if own and column.code else f"{_code(stem, column)}: {option}" if option else column.code or column.head
    several = [c.split(_MENTION) if c else [] for c in column.cells] if column.mention_of else _several(tool, column)
    if several is not None:
        choices = typing.offered(several)
        labelled = [label for label in dict.fromkeys(column.labels.values()) if any(label in a for a in several)]
        return Question(code, wording, typing.MULTI, [*labelled, *(c for c in choices if c not in labelled)]), [a or None for a in several]
    kind, choices = typing.kind_of(column.counts, asks_words=(bool(option) and _is_other(option)) or profiles.asks_words(option or column.head))
    if column.labels and kind in (typing.SINGLE, typing.SCALE, typing.NOT_KNOWN, typing.FREE_TEXT) and set(choices) <= set(column.labels.values()):
        kind, choices = typing.SINGLE, [label for label in dict.fromkeys(column.labels.values()) if label not in column.missing or column.counts[label]]
    elif column.labels and kind == typing.SINGLE:
        choices = _by_value(choices, column.labels)
    if option and not member.text and not _is_other(option) and kind in (typing.SINGLE, typing.SCALE):
        kind = typing.MATRIX
    return Question(code, wording, kind, choices, _wording(stem, column) if option else ""), [v or None for v in column.cells]


def _by_value(choices: list[str], labels: Mapping[str, str]) -> list[str]:
    """Choices of a scale of which only some steps have a label, most often its ends, in the order of their numbers; as they were where they have none."""
    numbers = {label: value for value, label in labels.items()}
    try:
        return sorted(choices, key=lambda c: float(numbers.get(c, c)))
    except ValueError:
        return choices


def _wording(stem: str, column: Column) -> str:
    """What a question asks, in words: without the option or row that this column stands for."""
    if column.option:
        return column.head
    shown = _OPTION.fullmatch(column.head)
    parts = column.head.split(" - ")
    if shown:
        return shown[1]
    if _QUALTRICS_OPTION.fullmatch(column.code) and len(parts) > 1:
        return " - ".join(parts[: -2 if column.code.endswith("_TEXT") and len(parts) > 2 else -1]).removesuffix(" - Selected Choice") or stem
    return column.head if column.code == stem else stem


def _code(stem: str, column: Column) -> str:
    return stem or column.code or column.head
