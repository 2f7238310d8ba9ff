"""What became of a recorded offence, from the words or the code of its outcome; pure.

Codes are those of the Home Office's outcomes framework (Counting Rules, section H): 1 and 1A are a charge or summons, others end a case
without one, and what is not yet assigned an outcome is still open.
"""

from __future__ import annotations

import re
from enum import StrEnum

from vawg_desktop.domain.terms import fold


class Ended(StrEnum):
    """How an outcome leaves a case."""

    CHARGED = "charged"
    WITHOUT = "ended without a charge"
    OPEN = "open"


_CODE = re.compile(r"(?:(?:outcome|oc|code|type|no)[ .:]*)*(\d{1,2})[a-z]?(?:\s*[-:/.,].*)?")
_OPEN = re.compile(r"\b(?:awaiting|pending|under investigation|investigation (?:ongoing|continues)|ongoing|not (?:yet )?(?:assigned|finalised|finalized|decided)|no outcome|undecided|live)\b")
#: A charge that is denied: "not charged", "no charge", "CPS decided not to charge", "charge not authorised".
_DENIED = re.compile(
    r"\b(?:not|no|never|without|declin\w*|refus\w*|unable|against|insufficient|instead of|other than|non)\b[^.;,:-]{0,30}\b(?:charg|summons)|\b(?:charg\w*|summons\w*) (?:was |is )?(?:not|declined|refused|unauthorised|rejected) ?(?:authorised|approved|by|$)"
)
#: A charge that is still to be decided: "awaiting charging decision", "CPS considering charge".
_STILL = re.compile(r"\b(?:awaiting|pending|before|for|consider\w*) (?:a |the |cps |possible )*(?:charg|summons)\w*|\bcharging (?:decision|advice) (?:awaited|pending|requested)")
_CHARGED = re.compile(r"\b(?:charged?|charges|charge/summons|charged/summonsed|summons|summonsed|summoned|postal requisition)\b")


def how_ended(outcome: str) -> Ended:
    """How the words or the code of an outcome leave a case; what is unknown ends it without a charge.

    >>> how_ended("Charge/Summonsed"), how_ended("15"), how_ended("Not yet assigned an outcome")
    (<Ended.CHARGED: 'charged'>, <Ended.WITHOUT: 'ended without a charge'>, <Ended.OPEN: 'open'>)
    """
    words = " ".join(re.sub(r"[^\w/.;:,\- ]", " ", fold(outcome)).split())
    if words and (found := _CODE.fullmatch(words)) is not None:
        number = int(found[1])
        return Ended.OPEN if number == 0 else Ended.CHARGED if number == 1 else Ended.WITHOUT
    charged, denied = _CHARGED.search(words), _DENIED.search(words)
    if charged is not None and _STILL.search(words) is None and (denied is None or charged.start() < denied.start()):
        return Ended.CHARGED  # whatever is still awaited of it: bail, a plea, a day in court
    if _STILL.search(words) is not None:
        return Ended.OPEN
    return Ended.WITHOUT if denied is not None else Ended.OPEN if _OPEN.search(words) else Ended.WITHOUT
