"""What a reference looks like: ``A-0014``, ``A-x7QKM3``, and with a return's check letters ``A-0014-7KQ4`` (DESIGN 3 and 5).

Patterns are text, so that each reader builds them into its own; only the parts stand here.
"""

from __future__ import annotations

import re

#: What a record is called that stayed with the office which handed a part of its store over.
NOT_HANDED_OVER = "(not handed over)"
#: The letters before the hyphen, of any kind of record.
PREFIX = "[A-Z]{1,2}"
#: A number as a file may have it, with or without leading zeros.
NUMBER = "[0-9]{1,9}"
#: What a store that does not number gives: ``x`` and five letters and digits; three to five were given by earlier versions.
PROVISIONAL = "x[0-9A-Za-z]{3,5}"
#: Digits and capitals that check letters and keys are made of.
CHECK_LETTER = "[3-9A-Z]"
CHECK = f"{CHECK_LETTER}{{4}}"
#: A reference as our own files bear it.
REFERENCE = f"{PREFIX}-(?:{NUMBER}|{PROVISIONAL})"
#: The reference of a return, with its check letters.
RETURN_REFERENCE = f"RT-(?:{NUMBER}|{PROVISIONAL})-{CHECK}"
#: The hidden key of a return's row: return, action, check.
ROW_KEY = rf"RT-[^|]+\|{PREFIX}-[^|]+\|{CHECK_LETTER}{{8}}"

_NUMBERED = re.compile(f"{PREFIX}-([0-9]+)")


def number_of(reference: str) -> int | None:
    """The number of a numbered reference, or None for a provisional one."""
    found = _NUMBERED.fullmatch(reference)
    return int(found[1]) if found else None
