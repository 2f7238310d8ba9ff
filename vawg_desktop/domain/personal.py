"""Words that are likely to be a person's data: found before they enter a list, held for a person to look at (DESIGN 5).

It finds shapes, not meanings: what it misses is missed, and what it finds may be nothing. NHS numbers are checked by
their check digit (modulus 11), National Insurance numbers by the prefixes that are in use.
"""

from __future__ import annotations

import re

EMAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
PHONE = re.compile(r"(?<![\w/.-])(?:\+44\s?\(?0?\)?\s?|\(?0)(?:\d[\s()-]?){9,10}(?!\d)")
NINO = re.compile(
    r"\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b",
    re.IGNORECASE,
)
NHS = re.compile(r"(?<![\d-])(\d{3})[\s-]?(\d{3})[\s-]?(\d{4})(?!\d)")
POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2}\b")
_BORN = re.compile(r"\b(?:d\.?o\.?b\.?|date of birth|born (?:on|in))\b[\s:]*\d", re.IGNORECASE)
_TITLED = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx)\.?\s+[A-Z][\w'’-]+")
_VICTIM = re.compile(
    r"\b(?:[Vv]ictim|[Ss]urvivor|[Ss]uspect|[Cc]omplainant|[Pp]erpetrator)(?: was| is| named|,|:)?\s+(?!Voice|Support|Services?|Care|Liaison|Code)[A-Z][a-z]+\s+[A-Z][a-z]+"
)
_CRIME = re.compile(
    r"\b(?:crime|custody|CAD|STORM|incident)\s{1,3}(?:ref(?:erence)?|no|number)\.?\s{0,3}:?\s{0,3}[A-Z]{0,3}[\d/-]{0,20}\d",
    re.IGNORECASE,
)

#: The kind that a word such as "victim" before two words in capitals tells.
VICTIM = "the name of a victim or suspect"
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("an e-mail address", EMAIL),
    ("a telephone number", PHONE),
    ("a National Insurance number", NINO),
    ("a postcode", POSTCODE),
    ("a date of birth", _BORN),
    ("a person's name", _TITLED),
    (VICTIM, _VICTIM),
    ("a crime reference", _CRIME),
)


def likely_personal(text: str) -> list[str]:
    """The kinds of personal data that a text seems to hold, in words; empty for none."""
    text = " ".join(text.split())
    found = [kind for kind, shape in _KINDS if shape.search(text)]
    if any(is_nhs("".join(m.groups())) for m in NHS.finditer(text)):
        found.append("an NHS number")
    return found


def is_nhs(digits: str) -> bool:
    """The NHS number's check digit: modulus 11 over the first nine, weights 10 to 2."""
    check = 11 - sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
    return (0 if check == 11 else check) == int(digits[9]) and len(set(digits)) > 1


def in_words(kinds: list[str]) -> str:
    """A sentence that says what it looks like without repeating it."""
    what = kinds[0] if len(kinds) == 1 else ", ".join(kinds[:-1]) + " and " + kinds[-1]
    return f"This looks like {what}; it is held until somebody has looked at it."
