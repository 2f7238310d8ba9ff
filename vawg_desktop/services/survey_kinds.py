"""What kind a question is once several files of a survey were taken in, and its answers as answers of that kind; pure.

A first file of few answers may show one choice where a later one shows several, or people's own words where a later one shows choices.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from vawg_desktop.exchange import survey_typing as typing
from vawg_desktop.exchange.survey_profiles import asks_words
from vawg_desktop.exchange.survey_questions import Answer

#: Kinds that are told by how often each answer stands in a column; the others are told by its headings.
_BY_ANSWERS = frozenset({typing.SINGLE, typing.SCALE, typing.NUMBER, typing.DATE, typing.FREE_TEXT})
#: What stands between several answers in one text.
_MARKS = (";", "|", "\n", ", ", ",")


def of_both(stood: str, given: str, answers: Iterable[Answer], choices: Collection[str], wording: str) -> str:
    """The kind of a question that stood as one kind and that a file gives as another; ``answers`` are all there are of it, ``choices`` those of both."""
    if stood == given or given == typing.NOT_KNOWN:
        return stood
    if stood in ("", typing.NOT_KNOWN):
        return given
    told = [a for a in answers if a is not None]
    if typing.MULTI in (stood, given):
        if typing.FREE_TEXT not in (stood, given) or stood == typing.MULTI:
            return typing.MULTI
        made = sum(isinstance(as_kind(a, typing.MULTI, choices), list) and set(_listed(a, choices)) <= set(choices) for a in told)
        return typing.MULTI if 2 * made >= len(told) else typing.FREE_TEXT
    if stood in _BY_ANSWERS and given in _BY_ANSWERS:
        return typing.kind_of(Counter(_text(a) for a in told), asks_words=asks_words(wording))[0]
    return stood


def as_kind(answer: Answer, kind: str, choices: Collection[str]) -> Answer:
    """An answer as its question counts it: several choices as a list, anything else as one text."""
    if answer is None:
        return None
    return _listed(answer, choices) if kind == typing.MULTI else _text(answer)


def _text(answer: str | Sequence[str]) -> str:
    return answer if isinstance(answer, str) else "; ".join(answer)


def _listed(answer: str | Sequence[str], choices: Collection[str]) -> list[str]:
    if not isinstance(answer, str):
        return [*answer]
    if answer not in choices:
        for mark in _MARKS:
            parts = [p for part in answer.split(mark) if (p := part.strip())]
            if len(parts) > 1 and all(p in choices for p in parts):
                return parts
    return [answer]
