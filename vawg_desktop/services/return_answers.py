"""What the cells of matched rows say, as stored values; what is not understood is asked (DESIGN 5, Merged)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vawg_desktop.domain import merge
from vawg_desktop.domain.dates import both_orders
from vawg_desktop.domain.errors import Problem, ValueRefusedError
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.domain.return_columns import BY_KEY, HEADINGS, ON_VALUE, SENT, WORDED, field_of_column
from vawg_desktop.domain.terms import ANSWER
from vawg_desktop.domain.values import as_decimal, to_words
from vawg_desktop.exchange.cells import Cell, as_typed, plain_text, points_elsewhere
from vawg_desktop.exchange.plan import MOST_IN_CELL, fit_cell
from vawg_desktop.exchange.return_shape import Answer, ReadReturn
from vawg_desktop.services.records import read_value
from vawg_desktop.services.return_earlier import ActionColumn, Before
from vawg_desktop.services.return_moved import (
    note_cells_below,
    note_moved,
    note_rows_emptied,
    note_words_astray,
)
from vawg_desktop.services.return_rows import BaseRow, Matched, MatchedRow
from vawg_desktop.services.session import Session

_LABELS = {c.key: {term.key: term.label for term in c.terms} for c in BY_KEY.values() if c.terms is not None}
_CROSSED_ROWS = 2


@dataclass(slots=True)
class Understood:
    """Answers by row, and the cells that were sent filled and came back blank."""

    rows: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    emptied: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    #: Cells that were not understood: id, field, place, text, message.
    asked: list[dict[str, str]] = field(default_factory=list[dict[str, str]])


@dataclass(frozen=True, slots=True)
class DateOrder:
    """How a file writes day and month: ``order`` is uk, us, mixed or unknown.

    ``slipped`` says that the program which wrote it left dates as words that it could not read: what it did read may
    have day and month exchanged.
    """

    order: str
    slipped: bool = False


def date_order(matched: Matched, as_text: bool = False) -> DateOrder:
    """By the due dates that we sent, and by every date that stands as words in the column to fill."""
    seen, true_dates = _order_of_ours(matched)
    orders: set[str] = set()
    for one in matched.rows:
        given = one.row.answers.get("revised_due")
        both = both_orders(given.value) if given is not None and isinstance(given.value, str) else {}
        if len(both) == 1 and "/" in str(given.value if given else ""):
            orders |= set(both)
    slipped = bool(orders) and true_dates and not as_text
    if len(seen | orders) > 1:
        return DateOrder("mixed", slipped)
    both_ways = seen | orders
    return DateOrder(both_ways.pop() if both_ways else "uk" if true_dates else "unknown", slipped)


def _order_of_ours(matched: Matched) -> tuple[set[str], bool]:
    """The orders in which our own due dates came back, and whether any came back as a true date."""
    from vawg_desktop.domain import dates

    seen: set[str] = set()
    true_dates = False
    for one in matched.rows:
        due = one.row.locked[2]
        true_dates |= dates.is_stored(due)
        both = {k: dates.label(v) for k, v in both_orders(due).items()}
        fits = {order for order, day in both.items() if day == one.base.due}
        if len(fits) == 1:
            seen |= fits
    return seen, true_dates


def read_answers(
    session: Session, bases: Sequence[BaseRow], matched: Matched, read: ReadReturn
) -> Understood:
    """The answers of matched rows as stored values with their places; what is not understood is asked."""
    understood = Understood()
    order = date_order(matched, read.as_text)
    moved: dict[str, list[MatchedRow]] = {key: [] for key in sorted(SENT) if key in read.form.by_key}
    filled = dict.fromkeys(moved, 0)
    for one in matched.rows:
        answers: dict[str, dict[str, Any]] = {}
        for key in read.form.by_key:
            given = one.row.answers.get(key)
            value = _read(session, key, given, one, read, order) if given is not None else None
            if given is not None and value is None and read.problems and read.problems[-1].cell == given.cell:
                understood.asked.append({
                    "id": one.base.id, "field": key, "sheet": given.sheet, "cell": given.cell, "text": plain_text(given.value),
                    "message": read.problems[-1].message,
                })  # fmt: skip
            if given is not None and value is not None:
                answers[key] = {"value": value, "sheet": given.sheet, "cell": given.cell}
            if key in moved and (sent := one.base.values.get(key)) is not None:
                filled[key] += 1
                if not merge.same(sent, value):
                    moved[key].append(one)
        understood.rows.append({"id": one.base.id, "reference": one.base.reference, "answers": answers})
    note_moved(matched.rows, understood.rows, bases, read)
    note_cells_below(matched.rows, understood.rows, read)
    note_words_astray(matched.rows, understood.rows, read)
    note_rows_emptied(matched.rows, understood.rows, read)
    crossed = _crossed(moved, filled, read)
    spoken = {(p.sheet, p.cell) for p in read.problems}
    for one, row in zip(matched.rows, understood.rows, strict=True):
        _doubt(one, row["answers"], crossed, read)
        understood.emptied += _emptied(one, crossed, spoken, read)
    return understood


def _crossed(moved: dict[str, list[MatchedRow]], filled: dict[str, int], read: ReadReturn) -> set[str]:
    """Columns whose headings were exchanged by their words alone: under one stands what we sent under the other."""
    found: set[str] = set()
    for sent, rows in moved.items():
        if len(rows) < _CROSSED_ROWS or 2 * len(rows) < filled[sent]:
            continue
        spec = field_of_column(sent)
        for key in read.form.by_key:
            hits = [
                m
                for m in rows
                if key != sent and _shown(m, key) == _plain(to_words(spec, m.base.values[sent]))
            ]
            words_there = {_shown(m, key) for m in hits if len(_shown(m, key)) > 5}
            if len(words_there) >= _CROSSED_ROWS and 4 * len(hits) >= 3 * filled[sent]:
                found |= {sent, key}
                place = hits[0].row.answers[key]
                words = (
                    f"What is under “{HEADINGS[key]}” in {len(hits)} rows is what we sent under “{HEADINGS[sent]}”: were the two "
                    "headings exchanged? Neither column is taken unless you accept it."
                )
                read.problems.append(Problem("headings_crossed", words, place.sheet, place.cell))
    return found


def _shown(one: MatchedRow, key: str) -> str:
    given = one.row.answers.get(key)
    return _plain(plain_text(given.value)) if given else ""


def _plain(text: str) -> str:
    return " ".join(text.split())


def _emptied(
    one: MatchedRow, crossed: set[str], spoken: set[tuple[str, str]], read: ReadReturn
) -> list[dict[str, str]]:
    """Cells sent filled that came back blank: not cleared unless the officer says so, and not passed over either."""
    found: list[dict[str, str]] = []
    typed = (
        read.as_text and "key" not in one.row.where
    )  # a table that somebody typed: nothing in it was sent filled
    for key, cell in one.row.blank.items() if one.doubt != "aside" and not typed else ():
        before = one.base.values.get(key)
        if key in SENT - crossed and before is not None and (one.row.sheet, cell) not in spoken:
            spec = field_of_column(key)
            words = f"{spec.label} of {one.base.reference} was sent as “{to_words(spec, before)[:60]}” and came back blank. It is kept unless you clear it."
            read.problems.append(Problem("emptied", words, one.row.sheet, cell, one.base.reference))
            found.append({"id": one.base.id, "field": key, "sheet": one.row.sheet, "cell": cell})
    return found


def _doubt(one: MatchedRow, answers: dict[str, dict[str, Any]], crossed: set[str], read: ReadReturn) -> None:
    """Answers that are not taken unasked: another row's, another column's, or changes beside "No change"."""
    way = answers.get("answer", {}).get("value")
    changed = [
        k for k, a in answers.items() if k != "answer" and not merge.same(one.base.values.get(k), a["value"])
    ]
    doubt = one.doubt
    # beside "Not able to say yet" words may say why
    contradicts = [k for k in changed if k in SENT] if way == "not_able" else changed
    if (way in ("no_change", "not_able") or (read.nil and way is None)) and contradicts:
        doubt = doubt or "contradicts"
        place = answers.get("answer", answers[contradicts[0]])
        word = ANSWER.label(str(way)) if way else "a nil return"
        read.problems.append(Problem(
            "answer_contradicts", f"{one.base.reference} says {word} and changes as well; its changes are not taken unless you accept them.",
            place["sheet"], place["cell"], one.base.reference,
        ))  # fmt: skip
    for key in changed:
        why = one.doubt or (doubt if key in contradicts else "")
        if why or key in crossed:
            answers[key].setdefault("doubt", why or "crossed")
        elif len(str(one.base.values.get(key) or "")) > MOST_IN_CELL:
            answers[key].setdefault("doubt", "cut")
        elif key in WORDED and isinstance(one.row.answers[key].value, (dt.date, dt.time)):
            answers[key].setdefault("doubt", "made_date")
        elif one.row.answers[key].struck:
            answers[key].setdefault("doubt", "struck")
        elif key in WORDED and points_elsewhere(plain_text(one.row.answers[key].value)):
            answers[key].setdefault("doubt", "points_elsewhere")
    told_of = any(p.record == one.base.reference for p in read.problems)  # such as words that stand in a column of numbers
    if way == "update" and not changed and not told_of and not any(key in answers for key in read.form.words):
        words, place = f"{one.base.reference} says “{ANSWER.label('update')}”, but no words that could be read stand beside it; no update was made.", answers["answer"]
        read.problems.append(Problem("update_without_words", words, place["sheet"], place["cell"], one.base.reference))


#: LibreOffice breaks a paragraph of more letters than this in two, where the cell has several.
_PARAGRAPH = 16_000


def _as_sent(key: str, given: Answer, sent: Value) -> bool:
    """Whether a cell is just what we wrote there, which most are: nothing to read anew."""
    value = given.value
    if sent is None or given.per_cent:
        return False
    if isinstance(value, dt.date):
        return type(value) is dt.date and value.isoformat() == sent
    label = _LABELS[key].get(str(sent)) if key in _LABELS else sent
    if key in ON_VALUE and type(value) is not type(label):  # a number that is not whole is kept as words, and comes back as either
        return not isinstance(value, (bool, dt.time)) and as_decimal(value) is not None and as_decimal(value) == as_decimal(sent)
    if type(label) is str and len(label) > MOST_IN_CELL:
        return isinstance(value, str) and merge.same(value, fit_cell(label))
    if type(label) is str and len(label) > _PARAGRAPH and isinstance(value, str) and "\n" in label:
        return value.replace("\n", "") == label.replace("\n", "")
    return type(value) is type(label) and value == label


def rows_of_fresh_copy(
    rows: Sequence[MatchedRow], before: Mapping[ActionColumn, Before], read: ReadReturn
) -> frozenset[str]:
    """The actions that were answered before and of which this file says nothing, because it began as a fresh copy.

    Such a file speaks of other rows and repeats no earlier answer; a file in which the earlier answers still
    stand, or that speaks of nothing else, takes back what it shows as it was sent.
    """
    answered = {id for id, _ in before}
    as_sent = {one.base.id for one in rows if _untouched(one)}
    fresh = as_sent & answered
    if not fresh or len(as_sent) == len(rows) or any(_repeats(one, before) for one in rows):
        return frozenset()
    named = [one.base.reference for one in rows if one.base.id in fresh]
    words = f"What was answered before about {len(named)} rows is kept: this file has them as they were sent, and answers others."
    if len(named) == 1:
        words = f"What was answered before about {named[0]} is kept: this file has it as it was sent, and answers others."
    read.problems.append(Problem("as_sent", words))
    return frozenset(fresh)


def _untouched(one: MatchedRow) -> bool:
    """Whether a row came back as it left: no answer, no words, and no cell that was sent filled is another or blank."""
    sent = one.base.values
    same = all(key in SENT and _as_sent(key, given, sent.get(key)) for key, given in one.row.answers.items())
    return same and not any(key in SENT and sent.get(key) is not None for key in one.row.blank)


def _repeats(one: MatchedRow, before: Mapping[ActionColumn, Before]) -> bool:
    """Whether a row still bears an answer of an earlier file that is not what we sent."""
    for key, given in one.row.answers.items():
        earlier = before.get((one.base.id, key))
        for value in (earlier.taken, earlier.decided) if earlier is not None else ():
            if value is not None and not merge.same(value, one.base.values.get(key)):
                words = to_words(field_of_column(key), value)
                if _as_sent(key, given, value) or _plain(plain_text(given.value)) == _plain(words):
                    return True
    return False


def _read(
    session: Session, key: str, given: Answer, one: MatchedRow, read: ReadReturn, order: DateOrder
) -> Value:
    if _as_sent(key, given, sent := one.base.values.get(key)):
        return sent
    spec = field_of_column(key)
    try:
        blank = given.value == 0 and key in WORDED and not isinstance(given.value, (str, bool))
        if (given.linked and _is_nothing(given.value)) or blank:
            raise ValueRefusedError(
                f"{spec.label}: the cell shows {plain_text(given.value)} by a link to a blank cell; nothing was taken."
            )
        if key == "percent":
            return _percent(spec, given, one.base)
        if spec.kind is Kind.DATE:
            typed = given.value
            found = _date(spec, typed, order)
            return _likely_date(session, spec, found, one.base.values.get(key), plain_text(typed), read.sent)
        return read_value(session, session.read(), spec, _in_words(given))
    except ValueRefusedError as refused:
        read.problems.append(
            Problem("not_understood", refused.message, given.sheet, given.cell, one.base.reference)
        )
        read.tray.append({
            "sheet": given.sheet, "cell": given.cell, "header": spec.label, "text": plain_text(given.value),
            "why": f"not understood, for {one.base.reference}",
        })  # fmt: skip
        return None


def _in_words(given: Answer) -> str:
    """A cell's text as its sender saw it: 0.5 shown as 50% gives “50%”, True gives “TRUE”."""
    value = given.value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if given.per_cent and isinstance(value, (int, float)):
        return f"{value * 100:.10g}%"
    return as_typed(value)


def _date(spec: FieldSpec, typed: Cell, order: DateOrder) -> Value:
    """A date as it was typed. Words that count from the day they were written are asked.

    Where day and month could be either, the whole column and our own due dates say which; where the program that
    wrote the file read only part of the column, what it read is asked too.
    """
    from vawg_desktop.domain.dates import label
    from vawg_desktop.domain.values import to_stored

    text = typed if isinstance(typed, str) else ""
    if isinstance(typed, dt.date) and order.slipped and typed.day <= 12 and typed.day != typed.month:
        text = f"{typed.day:02d}/{typed.month:02d}/{typed.year}"
    both = both_orders(text)
    if (
        len(both) == 2
        and both["uk"] != both["us"]
        and (order.order in ("unknown", "mixed") or not isinstance(typed, str))
    ):
        raise ValueRefusedError(
            f"{spec.label}: is {text.strip()} {label(both['uk'])} or {label(both['us'])}? Nothing was taken."
        )
    if order.order == "us" and "us" in both and isinstance(typed, str):
        return both["us"]
    return to_stored(spec, text if isinstance(typed, str) else as_typed(typed))


def _is_nothing(value: Cell) -> bool:
    """What a spreadsheet program shows of a blank cell elsewhere: 0, or the day before its first."""
    if isinstance(value, (dt.date, dt.datetime)):
        return value.year <= 1900
    return isinstance(value, dt.time) or (isinstance(value, (int, float)) and value == 0)


def _likely_date(
    session: Session, spec: FieldSpec, found: Value, before: Value, typed: str, sent: dt.date | None
) -> Value:
    """The date; ValueRefusedError if it was past when the return was sent or read, or is over 15 years ahead."""
    from vawg_desktop.domain.dates import label, last_day

    day = last_day(str(found)) if found else None
    if day is not None and sent is not None and day < max(sent, session.today) and not merge.same(found, before):
        when = "sent" if day < sent else "read"
        raise ValueRefusedError(
            f"{spec.label}: “{typed[:40]}” is {label(str(found))}, which was past when the return was {when}; a spreadsheet program "
            "puts the year in by itself. Which year is meant? Nothing was taken."
        )
    if (
        day is not None
        and not merge.same(found, before)
        and not -366 <= (day - session.today).days <= 366 * 15
    ):
        raise ValueRefusedError(
            f"{spec.label}: “{typed[:40]}” would be {label(str(found))}; is that meant? Nothing was taken."
        )
    return found


_PER_CENT = re.compile(r"(?:%|per ?cent)\.?$", re.IGNORECASE)


def _percent(spec: FieldSpec, given: Answer, base: BaseRow) -> Value:
    """50, 0.5 and 50% are fifty; a bare 1 may be one or a hundred and is asked."""
    from vawg_desktop.domain.values import to_stored

    value = given.value
    if given.per_cent and isinstance(value, (int, float)):
        value = value * 100
        if abs(value - round(value)) > 1e-6:
            raise ValueRefusedError(f"% complete is a whole number, not “{value:g}%”.")
        return to_stored(spec, round(value))
    if isinstance(value, str):
        value = " ".join(value.split())
        bare = _PER_CENT.sub("", value).strip()
        if bare == value and re.fullmatch(r"\s*0?[.,][0-9]+\s*", value):
            value = float(value.replace(",", "."))
        elif bare != value:
            return to_stored(spec, bare)
        elif re.fullmatch(r"\s*1(?:[.,]0+)?\s*", value):
            value = 1
    if isinstance(value, float) and 0 < value < 1:
        if abs(value * 100 - round(value * 100)) > 1e-6:
            raise ValueRefusedError(f"% complete is a whole number, not “{value * 100:g}%”.")
        return to_stored(spec, round(value * 100))
    if value == 1 and not isinstance(value, str) and not merge.same(base.values.get("percent"), 1):
        raise ValueRefusedError("% complete is 1: is that 1% or 100%? Nothing was taken.")
    return to_stored(spec, as_typed(value))
