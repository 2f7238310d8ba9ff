"""Which bodies a text names: however a name is spaced, dotted or hyphenated, whichever apostrophe it has; acronyms by their capitals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from vawg_desktop.domain.terms import UNSEEN

_APOSTROPHES = re.compile("['\u2018\u2019\u02bc\u2032`\u00b4]")
#: The full stop of an initial: C.P.S. is CPS, but "Kent Police.Then" is three words.
_INITIAL = re.compile(r"(?<![^\W_])([^\W_])\.")
_WORD = re.compile(r"[^\W_]+")


def _words(text: str, apostrophe: str) -> list[str]:
    """The words of a text as they are written, with ``apostrophe`` in the place of each of those."""
    plain = _APOSTROPHES.sub(apostrophe, text)
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", UNSEEN.sub("", plain)) if not unicodedata.combining(c))
    return _WORD.findall(_INITIAL.sub(r"\1", plain).replace("&", " and "))


def _readings(text: str) -> Iterator[list[str]]:
    """A text's words without apostrophes, as in "Womens Aid"; and parted by them, as "Kent Police's" is of Kent Police."""
    yield _words(text, "")
    if _APOSTROPHES.search(text):
        yield _words(text, " ")


def folded(text: str) -> str:
    """A text's words one space apart, case, apostrophes and punctuation aside."""
    return " ".join(_words(text, "")).casefold()


class Mentions:
    """Names to be looked for, each with the id of its body; ``names`` has them longest first."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self.names = tuple(sorted(set(names), key=lambda one: (-len(one[0]), one)))
        #: By a name's first word: its words and its place in ``names``. Acronyms are found by their capitals, others in any case.
        self._acronyms: dict[str, list[tuple[list[str], int]]] = {}
        self._others: dict[str, list[tuple[list[str], int]]] = {}
        for place, (name, _) in enumerate(self.names):
            for words in _readings(name):
                if words and name.isupper():
                    self._acronyms.setdefault(words[0], []).append((words, place))
                elif words:
                    words = [w.casefold() for w in words]
                    self._others.setdefault(words[0], []).append((words, place))

    def found_in(self, text: str) -> list[tuple[str, str]]:
        """The names that stand in a text with the ids of their bodies, longest first."""
        found: set[int] = set()
        for words in _readings(text):
            for known, written in ((self._acronyms, words), (self._others, [w.casefold() for w in words])):
                for at, word in enumerate(written):
                    found |= {place for name, place in known.get(word, ()) if written[at : at + len(name)] == name}
        return [self.names[place] for place in sorted(found)]
