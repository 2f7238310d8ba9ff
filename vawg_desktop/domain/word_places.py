"""Where words stand in a text, however they are written there: case, accents, apostrophes, hyphens and runs of space aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

#: So many digits in a row are a number, found however it is spaced.
LONG_NUMBER = 6
_DIGIT = re.compile(r"[0-9]")
_NUMBER = re.compile(r"[0-9](?:[0-9\s().+\-–/]*[0-9])?")
_LEFT_OUT = frozenset("'’‘.\u00ad\u200b\u200c\u200d\u2060\ufeff")


def _letters(text: str) -> Iterator[tuple[str, int]]:
    """The text as it is compared, letter by letter, each with the place that it comes from; one space for all between words."""
    before = " "
    for at, char in enumerate(text):
        if char in _LEFT_OUT:
            continue
        plain = " and " if char == "&" else "".join(c for c in unicodedata.normalize("NFKD", char) if not unicodedata.combining(c)).casefold()
        for letter in plain:
            spaced = letter if letter.isalnum() else " "
            if spaced != " " or before != " ":
                yield spaced, at
            before = spaced


def compared(text: str) -> str:
    """A text as it is compared: folded letters and figures, one space between words."""
    return "".join(letter for letter, _ in _letters(text)).strip()


def places(text: str, words: str) -> list[tuple[int, int]]:
    """Every place, as (start, end), where ``words`` stand in ``text``, in any spelling that is compared alike.

    A long number is found however its figures are spaced. Places come in order; none where there is nothing to look for.
    """
    found = _worded(text, compared(words))
    digits = "".join(_DIGIT.findall(words))
    if len(digits) >= LONG_NUMBER and not any(c.isalpha() for c in words):
        found += _numbered(text, digits)
    return sorted(set(found))


def _worded(text: str, wanted: str) -> list[tuple[int, int]]:
    letters = list(_letters(text)) if wanted else []
    plain = "".join(letter for letter, _ in letters)
    found, at = list[tuple[int, int]](), -1
    while wanted and (at := plain.find(wanted, at + 1)) >= 0:
        end = letters[at + len(wanted) - 1][1] + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        found.append((letters[at][1], end))
    return found


def _numbered(text: str, digits: str) -> list[tuple[int, int]]:
    found = list[tuple[int, int]]()
    for run in _NUMBER.finditer(text):
        places_of_digits = [run.start() + m.start() for m in _DIGIT.finditer(run[0])]
        plain, at = "".join(_DIGIT.findall(run[0])), -1
        while (at := plain.find(digits, at + 1)) >= 0:
            found.append((places_of_digits[at], places_of_digits[at + len(digits) - 1] + 1))
    return found
