"""What a case extract may not hold, by its headings and its cells: whatever names, describes or finds a person. Such a file is refused whole."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Sequence

from vawg_desktop.domain.errors import FileRefusedError
from vawg_desktop.domain.name_words import FIRST_NAMES

_HEADINGS = re.compile(
    r"\bnames?\b|\w{3,}names?\b|\bdob\b|date of birth|birth ?date|\bborn\b|\baddress|\bpost ?code|e[- ]?mail|\bphone|telephone|\bmobile|\bni number|national insurance|\bnhs\b|\bpnc\b|passport|\bnominal\b|collar|shoulder number|"
    r"easting|northing|latitude|longitude|\buprn\b|\bstreet\b|house n|\blocation\b|\bmo\b|modus|narrative|free ?text|\bsummary\b|\bnotes?\b|comments?|\bdetails?\b|\baggrieved\b|\bcomplainant\b|\binformant\b|\binjured party\b|"
    r"^(?:victim|suspect|offender|defendant|perpetrator|witness)s?$",
    re.IGNORECASE,
)
#: Names that name no person.
_NAMES_OF_PLACES = re.compile(r"\b(?:district|area|force|station|beat|ward|borough|division|offence|crime type|file|sheet) names?\b", re.IGNORECASE)
#: So many different cells of a column are looked at.
_LOOKED_AT = 2_000
#: A day of birth within a reference, and a number of the Police National Computer.
_DAY_WITHIN, _PNC = re.compile(r"(?:19|20)\d{6}|\d{2}(?:19|20)\d{2}(?:\d{2})?"), re.compile(r"\d{2,4}/\d{1,7}[A-Z]", re.IGNORECASE)
_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d\d-\d\d(?:[ T].*)?")


def refused(name: str, what: str, where: str) -> FileRefusedError:
    """That a file holds what it may not."""
    return FileRefusedError(f"{name} holds what looks like {what} under “{where}”; ask for an extract without it. Nothing of the file was kept.", code="identifies")


def refuse_headings(name: str, heads: Iterable[str], known: Collection[str]) -> None:
    """Raise FileRefusedError for a heading under which people are named, described or found; ``known`` are those that an extract may have."""
    for head in heads:
        if head and _HEADINGS.search(head) and not _NAMES_OF_PLACES.search(head) and head not in known:
            raise FileRefusedError(f"{name} has a column “{head}”, which identifies a person; ask for an extract without it. Nothing of the file was kept.", code="identifies")


def refuse_references(name: str, heading: str, cells: Iterable[str]) -> None:
    """Raise FileRefusedError where references of people are their names, hold a day of birth or are numbers of the Police National Computer."""
    some = _some(cells)
    if _most(some, lambda c: _PNC.fullmatch(c) is not None):
        raise refused(name, "a number of the Police National Computer", heading)
    if _most(some, lambda c: not any(letter.isdigit() for letter in c)):
        raise refused(name, "people's names", heading)
    if _most(some, _holds_a_birthday):
        raise refused(name, "dates of birth", heading)


def refuse_ages(name: str, heading: str, cells: Iterable[str]) -> None:
    """Raise FileRefusedError where days stand for bands of age."""
    if any(_DATE.fullmatch(c) for c in _some(cells)):
        raise refused(name, "dates of birth", heading)


def refuse_names(name: str, heading: str, cells: Iterable[str]) -> None:
    """Raise FileRefusedError where a column is one of people's names, whatever it is called."""
    some = _some(cells)
    if some and 4 * sum(map(_is_name, some)) >= len(some):  # the list of first names holds not all of them
        raise refused(name, "people's names", heading)


def _some(cells: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(c for c in cells if c))[:_LOOKED_AT]


def _most(cells: Sequence[str], test: Callable[[str], bool]) -> bool:
    """Whether most of a column's different cells are such."""
    return bool(cells) and 2 * sum(map(test, cells)) > len(cells)


def _is_name(words: str) -> bool:
    parts = re.sub(r"[.,'’-]", " ", words).split()
    return 1 < len(parts) <= 4 and all(p.isalpha() for p in parts) and bool({parts[0].casefold(), parts[-1].casefold()} & FIRST_NAMES)


def _holds_a_birthday(reference: str) -> bool:
    """Whether a reference holds eight figures that are a day on which somebody living may have been born, beside letters."""
    found = _DAY_WITHIN.search(reference)
    if found is None or not any(letter.isalpha() for letter in reference):
        return False
    digits = found[0]
    for year, month, day in ((digits[:4], digits[4:6], digits[6:8]), (digits[4:8], digits[2:4], digits[:2])):
        try:
            if 1900 <= dt.date(int(year), int(month), int(day)).year <= 2020:
                return True
        except ValueError:
            continue
    return False
