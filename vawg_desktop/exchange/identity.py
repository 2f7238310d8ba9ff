"""How a return and its rows are known again, whatever was done to the file (DESIGN 5, Identity)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence

from vawg_desktop.domain.references import CHECK, PROVISIONAL, REFERENCE

#: No 0/O, 1/I/L, 5/S, 2/Z, 8/B, U/V: what people confuse when they type or read aloud.
LETTERS = "34679ACDEFGHJKMNPQRTWXY"
_VISIBLE = re.compile(rf"({REFERENCE})\s*-\s*({CHECK})")
_ANY_CASE = re.compile(rf"([A-Za-z]{{1,2}}-{PROVISIONAL})\s*-\s*([3-9A-Za-z]{{4}})")


def letters(secret: str, text: str, count: int = 4) -> str:
    """Check letters: an HMAC-SHA-256 of ``text`` under the return's secret, in clear letters."""
    number = int.from_bytes(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest(), "big")
    out = ""
    for _ in range(count):
        number, rest = divmod(number, len(LETTERS))
        out += LETTERS[rest]
    return out


def visible(secret: str, reference: str, of: str) -> str:
    """A self-checking reference: ``A-0014-7KQ4``. ``of`` is the id it stands for."""
    return f"{reference}-{letters(secret, f'{reference}|{of}')}"


def split_visible(text: str) -> tuple[str, str] | None:
    """Reference and check letters of what stands in column A, or None. Case of letters put right."""
    found = _VISIBLE.search(text.strip().upper().replace("–", "-").replace("X-", "x-"))
    if found is None:
        raw = _ANY_CASE.search(text)
        return (_one_case(raw[1]), raw[2].upper()) if raw else None
    return found[1], found[2]


def _one_case(reference: str) -> str:
    """A provisional reference in capitals after its x; an old shorter one keeps its own case."""
    prefix, _, rest = reference.partition("-")
    return f"{prefix.upper()}-x{rest[1:].upper()}" if len(rest) == 6 else reference


def row_key(secret: str, return_reference: str, reference: str, of: str) -> str:
    """The hidden key at the far right of a row: return, action, check."""
    return f"{return_reference}|{reference}|{letters(secret, f'key|{return_reference}|{of}', 8)}"


def locked_digest(secret: str, texts: Sequence[str]) -> str:
    """A digest of a row's locked text, white space put aside."""
    plain = "\x1f".join(" ".join(t.split()) for t in texts)
    return letters(secret, "locked|" + plain, 12)
