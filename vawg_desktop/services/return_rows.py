"""Which row of a returned workbook is which action (DESIGN 5, Identity)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vawg_desktop.domain import dates, merge
from vawg_desktop.domain.errors import Problem, ValueRefusedError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.references import CHECK_LETTER, NUMBER, PROVISIONAL, ROW_KEY
from vawg_desktop.domain.return_columns import HEADINGS, field_of_column
from vawg_desktop.exchange import identity
from vawg_desktop.exchange.cells import as_typed, plain_text
from vawg_desktop.exchange.return_shape import Answer, ReadReturn, ReadRow, visible_of

#: Stands after the title of a row that needs no answer.
_FINISHED = "(finished: no answer needed)"
_REPORTED = ("row_contradicts", "row_unsure")


@dataclass(slots=True)
class BaseRow:
    """One row as it was sent."""

    id: str
    reference: str
    visible: str
    key: str
    check: str
    values: dict[str, Value]
    #: The words shown beside it: title, recommendation, due date; and the last answer.
    locked: tuple[str, str, str] = ("", "", "")
    last: str = ""
    more: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def due(self) -> str:
        """The due date as it was shown, in words."""
        return self.locked[2]

    @staticmethod
    def from_json(row: Mapping[str, Any]) -> BaseRow:
        """From the return's kept base."""
        return BaseRow(
            row["id"],
            row["reference"],
            row["visible"],
            row["key"],
            row["check"],
            dict(row["values"]),
            _plainly(*row["locked"]),
            row.get("last", ""),
            row.get("more", {}),
        )


def _plainly(title: str, recommendation: str, due: str) -> tuple[str, str, str]:
    """Locked words with white space put aside, as their digest takes them."""
    return " ".join(title.split()), " ".join(recommendation.split()), " ".join(due.split())


class _Known:
    """The rows sent, by each of their marks."""

    def __init__(self, bases: Sequence[BaseRow]) -> None:
        self.visible = {b.visible: b for b in bases}
        self.key = {b.key: b for b in bases}
        self.reference = {b.reference: b for b in bases}
        self.check: dict[str, list[BaseRow]] = {}
        self.locked: dict[tuple[str, str, str], list[BaseRow]] = {}
        for base in bases:
            self.check.setdefault(base.check, []).append(base)
            self.locked.setdefault(base.locked, []).append(base)


@dataclass(slots=True)
class MatchedRow:
    """A row of the file and the action it answers; ``doubt`` says why its answers are not taken unasked."""

    base: BaseRow
    row: ReadRow
    doubt: str = ""


@dataclass(slots=True)
class Matched:
    """Rows matched to actions, and rows with words that match none."""

    rows: list[MatchedRow] = field(default_factory=list[MatchedRow])
    new_rows: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    twice: set[str] = field(default_factory=set[str])
    #: Rows that bear marks of ours but are none of this return.
    strange: list[ReadRow] = field(default_factory=list[ReadRow])


def match_rows(bases: Sequence[BaseRow], secret: str, read: ReadReturn) -> Matched:
    """Match by column A, hidden key and locked text: none differ, and two agree or a checked reference does alone."""
    matched = Matched()
    found: dict[str, list[MatchedRow]] = {}
    known = _Known(bases)
    for row in read.rows:
        base = _identify(known, secret, row, read)
        if base is None:
            _keep_unknown(row, matched, read)
        else:
            found.setdefault(base.id, []).append(MatchedRow(base, row))
    for group in found.values():
        same = _without_untouched(group) if len(group) > 1 else group
        if len(same) > 1 and len({_signature(m.row) for m in same}) > 1:
            matched.twice.add(same[0].base.id)
            for one in same:
                read.problems.append(Problem(
                    "duplicate_row", f"{one.base.reference} appears in {len(same)} rows with different answers; choose one.",
                    one.row.sheet, one.row.place, one.base.reference,
                ))  # fmt: skip
                _to_tray(read, one.row, "a row that appears twice")
        else:
            matched.rows.append(same[0])
            for one in group:
                _note_locked(secret, one, read)
            _note_shifted(same[0], read)
    return matched


def pass_over_disposed(read: ReadReturn, disposed: frozenset[str]) -> list[str]:
    """Take out every row, remark and new line about actions that were disposed of, so that none is kept.

    Returns their references. The file itself is not to be kept then.
    """
    gone: list[str] = []
    lines: set[tuple[str, int]] = set()
    for row in list(read.rows) if disposed else ():
        named = set(_references_in(f"{row.visible} {row.key.replace('|', ' ')}")) & disposed
        if named:
            gone += sorted(named)
            lines.add((row.sheet, row.number))
            read.rows.remove(row)
            words = f"{gone[-1]} was disposed of: what its row says was not kept, nor was the file."
            read.problems.append(Problem("disposed_row", words, row.sheet, row.place))
    for free in (read.evidence, read.new_rows):
        about = [
            r
            for r in free
            if disposed & set(_references_in(" ".join(plain_text(a.value) for a in r.values())))
        ]
        gone += [""] * len(about)
        free[:] = [r for r in free if r not in about]
    read.tray[:] = [
        t
        for t in read.tray
        if (t["sheet"], _line(t["cell"])) not in lines and not disposed & set(_references_in(t["text"]))
    ]
    return gone


def _line(cell: str) -> int:
    digits = "".join(c for c in cell if c.isdigit())
    return int(digits) if digits else 0


def _without_untouched(same: list[MatchedRow]) -> list[MatchedRow]:
    """Of rows that stand twice, those that were filled: a copy left as it was sent says nothing."""
    filled = [
        m
        for m in same
        if any(not merge.same(m.base.values.get(k), _stored_or(k, a)) for k, a in m.row.answers.items())
    ]
    return filled or same[:1]


def _stored_or(key: str, answer: Answer) -> Value:
    spec = field_of_column(key)
    word = as_typed(answer.value)
    try:
        from vawg_desktop.domain.values import to_stored

        return to_stored(spec, word)
    except ValueRefusedError:
        return word


def _note_locked(secret: str, one: MatchedRow, read: ReadReturn) -> None:
    """Words written over what we sent as context are kept in the tray, each with its cell."""
    row, base = one.row, one.base
    shown = _locked_as_sent(row)
    changed = False
    for name, now, sent in zip(("title", "recommendation", "due"), shown, base.locked, strict=True):
        if name not in row.where or now == sent:
            continue
        if name == "due" and sent in {dates.label(day) for day in dates.both_orders(now).values()}:
            continue
        changed |= base.check not in _checks(secret, row) or bool(now)
        _tray_cell(row, name, now, "words we sent were changed", read)
    beside = [("last", row.last, base.last), *((k, now_there, base.more.get(k, "")) for k, now_there in row.more.items())]
    for name, now_there, was in beside:
        now, sent = (" ".join(words.split()) if now_there != was else "" for words in (now_there, was))
        if name in row.where and now and not sent.startswith(now):
            _tray_cell(row, name, now_there, "words we sent were changed", read)
    if changed:
        words = f"The words we sent about {base.reference} were changed in the file."
        read.problems.append(Problem("locked_changed", words, row.sheet, row.place, base.reference))


def _note_shifted(one: MatchedRow, read: ReadReturn) -> None:
    """A row whose cells stand one or more columns aside: our own marks stand among its answers, or answers in theirs."""
    row, base = one.row, one.base
    marks = {base.key, base.check}
    moved = [k for k, a in row.answers.items() if isinstance(a.value, str) and a.value.strip() in marks]
    for key in moved:
        row.blank[key] = row.answers.pop(key).cell
    for name, now, sent in (("key", row.key, base.key), ("check", row.check, base.check)):
        if name in row.where and now and now != sent:
            row.shifted = True
            if now not in marks:
                _tray_cell(row, name, now, "words in a column that is not for answer", read)
    if row.shifted or moved:
        one.doubt = "aside"
        words = f"The cells of {base.reference} are not in the columns we sent them in: nothing in its row is taken unless you accept it."
        read.problems.append(Problem("row_shifted", words, row.sheet, row.place, base.reference))


def _tray_cell(row: ReadRow, name: str, text: str, why: str, read: ReadReturn) -> None:
    if text.strip():
        read.tray.append(
            {
                "sheet": row.sheet,
                "cell": f"{row.where[name]}{row.number}",
                "header": "",
                "text": text,
                "why": why,
            }
        )


def _identify(known: _Known, secret: str, row: ReadRow, read: ReadReturn) -> BaseRow | None:
    plain = known.visible.get(row.visible)
    if plain is not None and row.key == plain.key and _locked_as_sent(row) == plain.locked:
        return plain  # as most are: every mark as we sent it
    votes: list[BaseRow | None] = []
    shown = visible_of(row)
    if row.visible.strip():
        wanted = "-".join(shown) if shown else row.visible.strip().upper()
        votes.append(known.visible.get(wanted))
    if row.key:
        votes.append(known.key.get(row.key))
    if any(row.locked):
        alike = known.locked.get(_locked_as_sent(row)) or [
            b for check in _checks(secret, row) for b in known.check.get(check, [])
        ]
        votes.append(alike[0] if len(alike) == 1 else None)
    named = {v.id for v in votes if v is not None}
    for other in _references_in(row.visible):  # what a reader sees in column A, its letters put aside
        base = known.reference.get(other)
        if base is not None and named:
            named.add(base.id)
    if len(named) > 1:
        read.problems.append(Problem(
            "row_contradicts", "The reference and the hidden marks of this row belong to different rows; it was not taken.",
            row.sheet, row.place,
        ))  # fmt: skip
        return None
    agreeing = [v for v in votes if v is not None]
    verified = read.by_rows and known.visible.get(row.visible.strip().upper()) is not None
    if len(agreeing) >= 2 or (agreeing and (verified or _shown_whole(known, row))):
        _keep_beside_reference(row, agreeing[0], read)
        return agreeing[0]
    if agreeing and answered_text(row):
        read.problems.append(Problem(
            "row_unsure", "Only one of our marks is left in this row, so it was not taken; its words are listed with what could not be placed.", row.sheet, row.place
        ))  # fmt: skip
    return None


_REFERENCE = re.compile(rf"(?<![A-Za-z0-9])([A-Za-z]{{1,2}})\s*[-–]\s*({NUMBER}|{PROVISIONAL})(?![0-9A-Za-z])")
_WITH_LETTERS = re.compile(rf"[A-Za-z]{{1,2}}\s*[-–]\s*(?:{NUMBER}|{PROVISIONAL})(?:\s*[-–]\s*[0-9A-Za-z]{{4}})?")


def _references_in(text: str) -> list[str]:
    """Every reference that stands in a cell, without its letters."""
    return [f"{m[1].upper()}-{m[2]}" for m in _REFERENCE.finditer(text)]


def _keep_beside_reference(row: ReadRow, base: BaseRow, read: ReadReturn) -> None:
    """Words written beside a reference in its own cell."""
    rest = _WITH_LETTERS.sub(" ", row.visible, count=1).strip(" ()-–,;:&/")
    other = [r for r in _references_in(row.visible) if r.upper() != base.reference.upper()]
    if any(c.isalnum() for c in rest) or other:
        read.tray.append(
            {
                "sheet": row.sheet,
                "cell": row.place,
                "header": "Reference",
                "text": row.visible,
                "why": "words beside the reference",
            }
        )


def _shown_whole(known: _Known, row: ReadRow) -> bool:
    """Whether the reference with its check letters stands there and no other mark was left to speak."""
    shown = visible_of(row)
    return shown is not None and "-".join(shown) in known.visible and not row.key and not any(row.locked)


def _checks(secret: str, row: ReadRow) -> list[str]:
    """The digests of a row's locked words, its due date read in each order of day and month; kept on the row."""
    if not row.digests:
        row.digests = _digests(secret, row)
    return row.digests


def _locked_as_sent(row: ReadRow) -> tuple[str, str, str]:
    """A row's locked words as its base writes them; a date in another shape stays as it is. Kept on the row."""
    if row.plain is None:
        title, recommendation, due = row.locked
        due = dates.label(due) if dates.is_stored(due) else due
        row.plain = _plainly(title.removesuffix(_FINISHED), recommendation, due)
    return row.plain


def _digests(secret: str, row: ReadRow) -> list[str]:
    title, recommendation, due = _locked_as_sent(row)
    shown = [due, *(dates.label(day) for day in dates.both_orders(due).values())]
    return [identity.locked_digest(secret, [title, recommendation, d]) for d in dict.fromkeys(shown)]


def answered_text(row: ReadRow) -> str:
    """Everything that stands in a row's columns to fill."""
    return "; ".join(f"{HEADINGS[k]}: {plain_text(a.value)}" for k, a in row.answers.items())


def _signature(row: ReadRow) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((k, plain_text(a.value)) for k, a in row.answers.items()))


def _keep_unknown(row: ReadRow, matched: Matched, read: ReadReturn) -> None:
    text = answered_text(row)
    title = row.locked[0]
    if row.visible.strip() or row.key:
        if text or title:
            last = read.problems[-1] if read.problems else None
            if last is None or last.code not in _REPORTED or (last.sheet, last.cell) != (row.sheet, row.place):
                read.problems.append(
                    Problem("row_unknown", f"This row matches no {read.form.row} we sent.", row.sheet, row.place)
                )
            _to_tray(read, row, "a row we cannot place")
            matched.strange.append(row)
            return
    elif text or title:
        _, about, beside, date, _ = read.form.locked
        more = {
            beside: row.locked[1],
            date: row.locked[2],
            "Beside it": _words(row.last, *row.more.values(), row.check),
        }
        matched.new_rows.append(
            {
                "sheet": row.sheet,
                "cell": row.place,
                about: title,
                "text": text,
                **{k: v for k, v in more.items() if v},
            }
        )
        return
    if beside := _words(row.visible, *row.locked, row.last, *row.more.values(), row.key, row.check):
        read.tray.append(
            {
                "sheet": row.sheet,
                "cell": row.place,
                "header": "",
                "text": beside,
                "why": "words beside or under the rows",
            }
        )


def _words(*texts: str) -> str:
    """Texts in one line, but for our own marks and blanks."""
    return " | ".join(t for t in texts if t.strip() and not _MARKS.fullmatch(t.strip()))


_MARKS = re.compile(f"{ROW_KEY}|{CHECK_LETTER}{{12}}")


def _to_tray(read: ReadReturn, row: ReadRow, why: str) -> None:
    read.tray.append(
        {
            "sheet": row.sheet,
            "cell": row.place,
            "header": "",
            "text": _words(row.visible, *row.locked, answered_text(row), row.last, *row.more.values(), row.key, row.check),
            "why": why,
        }
    )
