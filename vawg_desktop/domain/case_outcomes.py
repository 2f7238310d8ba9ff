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


_CODE = re.compile(r"(?:outcome|oc|code|type|no)?[ .:]*(\d{1,2})[a-z]?(?:\b.*)?")
_OPEN = re.compile(r"\b(?:awaiting|pending|under investigation|investigation (?:ongoing|continues)|ongoing|not (?:yet )?(?:assigned|finalised|finalized|decided)|no outcome|undecided|live|filed pending)\b")
#: A charge that is denied: "not charged", "no charge", "CPS decided not to charge", "discharged".
_DENIED = re.compile(
    r"\bdischarg|\b(?:not|no|never|without|declin\w*|refus\w*|unable|against|insufficient|instead of|other than|non)\b[^.;]{0,30}\b(?:charg|summons)|\b(?:charg\w*|summons\w*)[^.;]{0,20}\b(?:not|declined|refused|unauthorised|rejected)\b"
    r"|\bno further action\b|\bnfa\b"
)
_CHARGED = re.compile(r"\b(?:charged?|charges|charge/summons|charged/summonsed|summons|summonsed|summoned|postal requisition)\b")


def how_ended(outcome: str) -> Ended:
    """How the words or the code of an outcome leave a case; what is unknown ends it without a charge.

    >>> how_ended("Charge/Summonsed"), how_ended("15"), how_ended("Not yet assigned an outcome")
    (<Ended.CHARGED: 'charged'>, <Ended.WITHOUT: 'ended without a charge'>, <Ended.OPEN: 'open'>)
    """
    words = " ".join(re.sub(r"[^\w/.;: ]", " ", fold(outcome)).split())
    if (found := _CODE.fullmatch(words)) is not None and words:
        number = int(found[1])
        return Ended.OPEN if number == 0 else Ended.CHARGED if number == 1 else Ended.WITHOUT
    if _OPEN.search(words):
        return Ended.OPEN
    return Ended.CHARGED if _CHARGED.search(words) and not _DENIED.search(words) else Ended.WITHOUT
