"""Numbers as tables type them: thousands, decimal commas, percentages, and the marks that stand where none is given."""

from __future__ import annotations

import re
from decimal import Decimal

#: Marks that stand for a number which is not given, in government's spreadsheets: [x] not available, [c] confidential, [z] not applicable.
NOT_GIVEN = re.compile(r"(?:\[[a-z]{1,3}\]|\.\.?|:|-|–|~|n/?a|x|u|\*|c|<\s*\d+)", re.IGNORECASE)
#: A number with a comma before its decimals: three figures after one may be thousands.
COMMA = re.compile(r"-?\d{1,3}(?:\.\d{3})*,(?:\d{1,2}|\d{4,})|-?\d{1,3}(?:\.\d{3})+,\d+")


def number_of(typed: str, *, comma: bool = False) -> Decimal | None:
    """A number; ``comma``: in this table a comma stands before the decimals and a full stop between thousands."""
    plain = typed.replace("£", "").replace("€", "").replace("\u00a0", "").replace("\u2212", "-").strip().removesuffix("%").strip().removeprefix("+")
    if comma:
        plain = plain.replace(".", "").replace(",", ".") if re.fullmatch(r"-?\d{1,3}(?:\.\d{3})*,\d+|-?\d+,\d+|-?[1-9]\d{0,2}(?:\.\d{3})+", plain) else plain
    elif re.fullmatch(r"-?\d{1,3}(?:[, ]\d{3})+(?:\.\d+)?", plain):
        plain = plain.replace(",", "").replace(" ", "")
    return Decimal(plain) if re.fullmatch(r"-?\d+(?:\.\d+)?", plain) else None
