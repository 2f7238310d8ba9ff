"""Values between person and store: what was typed becomes a stored value, and back to words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from vawg_desktop.domain import dates
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.domain.terms import fold

_YES = frozenset({"yes", "y", "true", "1"})
_NO = frozenset({"no", "n", "false", "0"})
#: A count of nothing in words.
_NOUGHT = frozenset({"nil", "zero", "nought"})
_SPACES = re.compile(r"[ \t\u00a0]+")
#: Control characters that no officer typed; tab, newline and bidi marks stay.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f]|[\ud800-\udfff]")
#: What breaks a line, a vertical tab and a form feed among them: Outlook and Access write them inside a cell.
_BREAK = re.compile("\r\n|[\r\x0b\x0c]")
_THOUSANDS = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
MAX_TEXT = 1_000_000


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Text as it may be stored, and whether characters had to be taken out."""

    text: str
    removed: int


def clean_text(raw: str) -> Cleaned:
    """NFC text without lone surrogates or ASCII controls but tab; CRLF, CR, VT and FF become newlines."""
    kept, removed = _CONTROL.subn("", _BREAK.sub("\n", raw))
    return Cleaned(unicodedata.normalize("NFC", kept), removed)


def to_stored(
    spec: FieldSpec,
    typed: object,
    *,
    now: date | None = None,
    meeting: Callable[[str], str | None] | None = None,
) -> Value:
    """The stored value of what a person or a file gave for a single-valued field.

    Keys, labels and aliases of terms are all taken. References (``REF``) are resolved by the
    caller, who knows the records; ``now`` is the day from which "+6w" counts, and
    left out for words of a file. Raises ValueRefusedError with a sentence naming the field.
    """
    if typed is None:
        return None
    text = clean_text(str(typed)).text.strip()
    if not text:
        return None
    if len(text) > MAX_TEXT:
        raise ValueRefusedError(f"{spec.label} is longer than {MAX_TEXT:,} characters; please split it.")
    if spec.kind is Kind.DATE:
        return _read_date(spec, text, now, meeting)
    return _READERS.get(spec.kind, _read_text)(spec, text)


def _read_text(spec: FieldSpec, text: str) -> Value:
    if spec.time_of_day:
        return _read_time(spec, text)
    return text if spec.kind is Kind.LONG else _SPACES.sub(" ", text.replace("\n", " "))


#: 9, 9.30, 14:30, 2pm, 2.30 pm.
_TIME = re.compile(r"([0-9]{1,2})(?:[:.h]?([0-5][0-9]))?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)


def _read_time(spec: FieldSpec, text: str) -> str:
    """A time of day as 14:30. Raises ValueRefusedError."""
    found = _TIME.fullmatch({"noon": "12:00", "midday": "12:00"}.get(fold(text), text))
    hour, minute, half = (int(found[1]), int(found[2] or 0), (found[3] or "").casefold().replace(".", "")) if found else (99, 0, "")
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif half:
        hour = 99
    if hour > 23:
        raise ValueRefusedError(f"{spec.label} is a time of day such as 14:30, not “{text[:40]}”.")
    return f"{hour:02d}:{minute:02d}"


def _read_term(spec: FieldSpec, text: str) -> Value:
    assert spec.terms is not None
    found = spec.terms.find(text)
    if found is None:
        close = spec.terms.nearest(text)
        hint = (
            f"did you mean {' or '.join(close)}?"
            if close
            else (f"it is one of {', '.join(spec.terms.labels())}.")
        )
        raise ValueRefusedError(f"{spec.label}: “{text[:60]}” is not one of its values; {hint}")
    return found.key


def _read_yes_no(spec: FieldSpec, text: str) -> Value:
    word = fold(text)
    if word in _YES or word in _NO:
        return word in _YES
    raise ValueRefusedError(f"{spec.label} is yes or no, not “{text[:60]}”.")


def _read_whole(spec: FieldSpec, text: str) -> Value:
    if fold(text) in _NOUGHT and spec.low == 0:
        return 0
    number = text.removesuffix("%").strip() if spec.high == 100 else text  # of a count a per cent sign is asked: it is another number
    try:
        exact = Decimal(number.replace(",", "") if _THOUSANDS.fullmatch(number) else number)
    except InvalidOperation:
        exact = None
    if exact is None or not exact.is_finite() or exact.adjusted() > 12 or exact != exact.to_integral_value():
        raise ValueRefusedError(f"{spec.label} is a whole number, not “{text[:60]}”.")
    if not spec.low <= exact <= spec.high:
        raise ValueRefusedError(
            f"{spec.label} must be between {spec.low} and {spec.high}, not “{text[:60]}”."
        )
    return int(exact)


def as_decimal(value: object) -> Decimal | None:
    """A finite number as it stands in a cell or a stored text; None for anything else."""
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


def _read_number(spec: FieldSpec, text: str) -> Value:
    try:
        exact = Decimal(text.replace(",", "") if _THOUSANDS.fullmatch(text) else text)
    except InvalidOperation:
        exact = Decimal("NaN")
    if not exact.is_finite():
        raise ValueRefusedError(f"{spec.label} is a number, not “{text[:60]}”.")
    if abs(exact.adjusted()) > 30:
        raise ValueRefusedError(f"{spec.label} is larger or smaller than a figure can be.")
    if spec.at_least is not None and exact < spec.at_least:
        raise ValueRefusedError(f"{spec.label} cannot be less than {spec.at_least}.")
    return format(exact, "f")


def _read_date(
    spec: FieldSpec, text: str, now: date | None, meeting: Callable[[str], str | None] | None
) -> Value:
    try:
        return dates.parse_date(text, now=now, meeting=meeting)
    except ValueRefusedError as refused:
        raise ValueRefusedError(f"{spec.label}: {refused.message}") from None


_READERS: dict[Kind, Callable[..., Value]] = {
    Kind.TERM: _read_term,
    Kind.TERMS: _read_term,
    Kind.YES_NO: _read_yes_no,
    Kind.WHOLE: _read_whole,
    Kind.NUMBER: _read_number,
}


def to_words(spec: FieldSpec, value: Value) -> str:
    """A stored value as an officer reads it. References come as ids and stay so."""
    if value is None:
        return ""
    if spec.terms is not None:
        return spec.terms.label(str(value))
    if spec.kind is Kind.DATE:
        return dates.label(str(value))
    if spec.kind is Kind.YES_NO:
        return "Yes" if value else "No"
    if spec.key == "percent" or spec.label.startswith("%"):
        return f"{value}%"
    return str(value)


def from_row(spec: FieldSpec, raw: object) -> Value:
    """A database cell as its stored value: SQLite keeps yes and no as 1 and 0."""
    if raw is None:
        return None
    if spec.kind is Kind.YES_NO:
        return bool(raw)
    return raw if isinstance(raw, int) else str(raw)


def split_set(text: str) -> list[str]:
    """The elements of a set as typed: ``a; b``, empty elements dropped, order kept."""
    return list(dict.fromkeys(p for p in (part.strip() for part in text.split(";")) if p))
