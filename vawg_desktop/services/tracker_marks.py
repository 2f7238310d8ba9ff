"""What a row of a list is known again by: its number as it is written, its words, and where it stands."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from vawg_desktop.domain.entities import BY_PREFIX, EntitySpec
from vawg_desktop.domain.errors import Problem
from vawg_desktop.domain.terms import UNSEEN, as_seen, fold
from vawg_desktop.exchange.tracker_shape import Given
from vawg_desktop.services.tracker_lineage import Known

_NUMBER = re.compile(r"([A-Za-z]{0,3})[\s\-.]*0*(\d{1,6})")


@lru_cache(maxsize=65_536)
def words_key(text: str) -> str:
    """Words for comparing: case, marks, punctuation, unseen letters and kinds of hyphen put aside."""
    return fold(as_seen(text)).strip(" ;:,.!?*")


def exact_number(reference: Given | None) -> str:
    """A tracker's own number just as it is written, blanks around it and unseen letters aside: 1.2 is not 12."""
    if reference is None or reference.value is None:
        return ""
    if type(reference.value) is int and not reference.shown_as:
        return str(reference.value)
    return _number_as_written(reference.shown_as or reference.text)


@lru_cache(maxsize=65_536)
def _number_as_written(text: str) -> str:
    cleaned = " ".join(UNSEEN.sub("", unicodedata.normalize("NFC", text)).split())
    return cleaned if any(c.isalnum() for c in cleaned) else ""


def our_reference(spec: EntitySpec, given: str) -> str | None:
    """The reference that a tracker's own number asks for: A01, 1 and A-0001 all ask for A-0001."""
    m = _NUMBER.fullmatch(given.strip())
    if m is None:
        return None
    prefix = m[1].upper()
    if prefix and BY_PREFIX.get(prefix) not in (None, spec):
        return None
    if prefix and prefix != spec.prefix and not spec.label.upper().startswith(prefix[:1]):
        return None
    return f"{spec.prefix}-{int(m[2]):04d}"


@dataclass(slots=True)
class RowMarks:
    """A row as it can be known again. ``place`` is the cell at which a question about it stands."""

    sheet: str
    number: str
    words: str
    beside: str
    owner: str
    place: Given
    key: str = ""
    #: The sheet of earlier copies that this sheet continues.
    home: str = ""


@dataclass(slots=True)
class RowMatch:
    """What a row is: the row it goes on, the record it speaks of (None: a new one), or what is asked about it."""

    known: Known | None = None
    record: str | None = None
    question: Problem | None = None
    #: Reported of it though it is decided: code and sentence.
    note: tuple[str, str] | None = None
    #: The records that it may be, where it is asked.
    may_be: tuple[str, ...] = ()
    #: Whether it matches no record and has no words to make one.
    nameless: bool = False
