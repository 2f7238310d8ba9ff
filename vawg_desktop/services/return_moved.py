"""Answers that may stand on other rows than they were written for: held, each with both of its readings (DESIGN 5)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from vawg_desktop.analysis.moved import Cell, Moved, find_moved
from vawg_desktop.domain.conditions import is_open
from vawg_desktop.domain.entities import ACTION
from vawg_desktop.domain.errors import Problem
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.return_columns import FORMS, HEADINGS, SENT, field_of_column
from vawg_desktop.domain.values import to_words
from vawg_desktop.exchange.cells import plain_text
from vawg_desktop.exchange.return_shape import ReadReturn
from vawg_desktop.services.return_rows import BaseRow, MatchedRow

#: Of each kind of round the columns that are sent filled.
_SENT = {form.kind: tuple(k for k in form.by_key if k in SENT) for form in FORMS.values()}
#: And the columns of words that are sent empty.
_FREE = {form.kind: tuple(k for k in form.by_key if k not in SENT and k != "answer") for form in FORMS.values()}
#: Columns that are sent empty and hold one of a few words.
_FEW = ("answer",)
#: How many actions a sentence names.
_NAMED = 6

_SAYING = {
    "exchanged": "{columns} of {records}: each came back with what we sent for the other. Either both really changed so, or the two "
    "rows' answers were exchanged.",
    "sorted": "{columns} of {records} came back in order, as if sorted apart from the references beside them. Either these are the "
    "answers of their own rows, or they were written for other rows.",
    "shifted": "{columns} of {records} came back with what we sent for the row next to it, as if cells had been deleted or put in. "
    "Either these rows really changed so, or the answers slid to other rows.",
    "moved": "{columns} of {records} came back with what we sent for other rows of this return. Either they really changed so, or the "
    "answers stand on other rows than they were written for.",
    "filled": "{columns} of {records} came back with one more in each row, as if one answer had been drawn down over the cells below. "
    "Either that is meant, or only the first of them is.",
}


def note_moved(
    rows: Sequence[MatchedRow],
    understood: Sequence[dict[str, Any]],
    bases: Sequence[BaseRow],
    read: ReadReturn,
) -> None:
    """Mark answers that may be another row's: ``doubt`` says how, ``reading`` for which action the same was sent.

    ``bases`` are all rows that were sent, those that did not come back included.
    """
    order = sorted(range(len(rows)), key=lambda n: (rows[n].row.sheet, rows[n].row.number))
    filled, free = _SENT[read.form.kind], _FREE[read.form.kind]
    sent = [_sent(rows[n].base, (*filled, *free)) for n in order]
    came = [_came(rows[n], understood[n]["answers"], (*filled, *free, *_FEW)) for n in order]
    raw = [_raw(rows[n], came[place]) for place, n in enumerate(order)]
    matched = {one.base.id for one in rows}
    others = [b for b in bases if b.id not in matched]
    named = [*(rows[n].base.reference for n in order), *(b.reference for b in others)]
    beside = [_sent(b, filled) for b in others]
    for one in find_moved(sent, came, filled, (*free, *_FEW), raw, beside, _FEW):
        marked = [
            _mark(one, place, rows[order[place]], understood[order[place]]["answers"], named)
            for place in sorted(one.rows)
        ]
        if not any(marked):
            continue
        first = rows[order[min(one.rows)]]
        read.problems.append(Problem(
            f"answers_{one.kind}", f"{_in_words(one, named)} They are not taken unless you accept them.", first.row.sheet, first.row.place,
            first.base.reference,
        ))  # fmt: skip


def note_cells_below(
    rows: Sequence[MatchedRow], understood: Sequence[dict[str, Any]], read: ReadReturn
) -> None:
    """Answers under the last row, beside no action: cells of that column may have been pushed down by one put in."""
    for stray in read.rows:
        if stray.visible.strip() or stray.key or any(w.strip() for w in stray.locked):
            continue
        for key, given in stray.answers.items():
            held = False
            for one, row in zip(rows, understood, strict=True):
                if one.row.sheet == stray.sheet and one.row.number < stray.number and key in row["answers"]:
                    base = one.base.values.get(key) if key in SENT else None
                    if _cell(key, base) != _cell(key, row["answers"][key]["value"]):
                        row["answers"][key]["doubt"] = "shifted"
                        held = True
            if held:
                under = all(one.row.number < stray.number for one in rows if one.row.sheet == stray.sheet)
                words = (
                    f"“{plain_text(given.value)[:60]}” is in {HEADINGS[key]} {'under the last row' if under else 'in a row that names no action'}: either it was written there, or the "
                    f"answers of {HEADINGS[key]} slid down from their rows. They are not taken unless you accept them."
                )
                read.problems.append(Problem("answers_shifted", words, given.sheet, given.cell))


def note_words_astray(
    rows: Sequence[MatchedRow], understood: Sequence[dict[str, Any]], read: ReadReturn
) -> None:
    """Words where "Update" was not chosen, and "Update" where no words stand: cells of the words may have been deleted or put in.

    Between such rows, and above a last row that says "Update" and no more, the words may be those of the next row.
    """
    order = sorted(range(len(rows)), key=lambda n: (rows[n].row.sheet, rows[n].row.number))
    silent: list[int] = []
    spoken: list[int] = []
    worded: list[int] = []
    answered = 0
    for place, n in enumerate(order):
        answers = understood[n]["answers"]
        way = answers.get("answer", {}).get("value")
        answered += way is not None
        has_words = any(key in answers for key in _FREE[read.form.kind])
        if way == "update" and not has_words:
            values = rows[n].base.values
            if all(_cell(k, values.get(k)) == _cell(k, a["value"]) for k, a in answers.items() if k in SENT):
                silent.append(place)
        elif has_words and way in (None, "no_change"):
            spoken.append(place)
        elif has_words:
            worded.append(place)
    if not silent or 2 * answered < len(rows):
        return
    if spoken and len(spoken) <= len(silent) + 1:
        first, last = min(*silent, *spoken), max(*silent, *spoken)
        _hold_words(range(first, last + 1), order, rows, understood)
        named = _list([rows[order[p]].base.reference for p in spoken][:_NAMED])
        words = f"{named} came back with words and no “Update”, {_named(silent, order, rows)} with “Update” and no words"
    elif len(silent) == 1 and len(worded) >= 2 and silent[0] == max(worded) + 1 and 2 * len(worded) >= silent[0]:
        _hold_words(range(silent[0]), order, rows, understood)
        words = f"{_named(silent, order, rows)} came last, with “Update” and no words, right under rows that have their own"
    else:
        return
    first_row = rows[order[(spoken or silent)[0]]]
    read.problems.append(Problem(
        "answers_moved", f"{words}. Either that is meant, or the words slid to other rows. They are not taken unless you accept them.",
        first_row.row.sheet, first_row.row.place, first_row.base.reference,
    ))  # fmt: skip


def _named(places: Sequence[int], order: Sequence[int], rows: Sequence[MatchedRow]) -> str:
    return _list([rows[order[p]].base.reference for p in places][:_NAMED])


def _hold_words(
    places: Sequence[int], order: Sequence[int], rows: Sequence[MatchedRow], understood: Sequence[dict[str, Any]]
) -> None:
    """Hold every answer of some rows that says something new."""
    for place in places:
        base = rows[order[place]].base.values
        for key, answer in understood[order[place]]["answers"].items():
            if key != "answer" and not (key in SENT and _cell(key, base.get(key)) == _cell(key, answer["value"])):
                answer.setdefault("doubt", "moved")


def note_rows_emptied(
    rows: Sequence[MatchedRow], understood: Sequence[dict[str, Any]], read: ReadReturn
) -> None:
    """A row that came back with nothing at all, though cells of it were sent filled: a block of cells was deleted or put in.

    Cells that move up leave it at the end of the table, cells that are pushed down leave it where they began.
    """
    order = sorted(range(len(rows)), key=lambda n: (rows[n].row.sheet, rows[n].row.number))
    for place, n in enumerate(order):
        one = rows[n]
        sent = [k for k in _SENT[read.form.kind] if one.base.values.get(k) is not None]
        if one.doubt == "aside" or one.row.answers or not sent or not all(k in one.row.blank for k in sent):
            continue
        sheet = [p for p in range(len(order)) if rows[order[p]].row.sheet == one.row.sheet]
        moved = [p for p in sheet if p != place and (place == sheet[-1] or p > place)]
        before = sum("doubt" in a for p in moved for a in understood[order[p]]["answers"].values())
        _hold_words(moved, order, rows, understood)
        if sum("doubt" in a for p in moved for a in understood[order[p]]["answers"].values()) > before:
            words = (
                f"Every cell of {one.base.reference} that was sent filled came back blank, as if cells had been deleted or put in. Either "
                "that is meant, or the answers beside it slid to other rows. They are not taken unless you accept them."
            )
            read.problems.append(Problem("answers_shifted", words, one.row.sheet, one.row.place, one.base.reference))


def _sent(base: BaseRow, keys: Sequence[str]) -> dict[str, Cell]:
    """Each column's value as it was sent, or as the row is known to have held it before."""
    values = base.values
    return {k: None if (value := values.get(k)) is None else _cell(k, value) for k in keys}


def _came(one: MatchedRow, answers: Mapping[str, Mapping[str, Any]], keys: Sequence[str]) -> dict[str, Cell]:
    """Each column's value as it came back: understood, else the text found; as sent where the column is missing."""
    found: dict[str, Cell] = {}
    for key in keys:
        if key in _FEW and not is_open(ACTION, one.base.values):
            found[key] = None  # finished rows leave last and are answered otherwise: their order is ours
        elif key in answers:
            found[key] = _cell(key, answers[key]["value"])
        elif key in one.row.answers:
            found[key] = plain_text(one.row.answers[key].value).casefold()
        elif key in one.row.blank:
            found[key] = None
        else:
            found[key] = _cell(key, one.base.values.get(key)) if key in SENT else None
    return found


def _raw(one: MatchedRow, came: Mapping[str, Cell]) -> dict[str, Cell]:
    """The cells of a row as the file has them, which is what a program sorts by."""
    given = {k: a.value for k, a in one.row.answers.items()}
    return {
        k: None
        if came[k] is None and k in _FEW
        else v
        if (v := given.get(k)) is None or isinstance(v, (int, float))
        else v.isoformat()
        if isinstance(v, dt.date)
        else plain_text(v).casefold()
        for k in came
    }


def _cell(key: str, value: Value) -> Cell:
    """A stored value as Excel would sort it: a label, a number, a day."""
    if value is None or isinstance(value, int):
        return value
    spec = field_of_column(key)
    return to_words(spec, value) if spec.terms is not None else " ".join(str(value).split()).casefold()


def _mark(
    one: Moved,
    place: int,
    matched: MatchedRow,
    answers: dict[str, dict[str, Any]],
    named: Sequence[str],
) -> bool:
    """Hold what changed in a row: only the named columns where no other can have moved with them."""
    held = False
    if matched.doubt == "aside":
        return False  # the whole row waits already
    for key, answer in answers.items():
        if key == "answer" or (one.alone and key not in one.columns):
            continue
        base = matched.base.values.get(key) if key in SENT else None
        if _cell(key, base) == _cell(key, answer["value"]):
            continue
        answer["doubt"], held = one.kind, True
        owner = one.owners.get((place, key))
        if owner is not None:
            answer["reading"] = named[owner]
    return held


def _in_words(one: Moved, named: Sequence[str]) -> str:
    columns = _list([HEADINGS[c] for c in one.columns])
    here = [named[place] for place in sorted(one.rows)]
    records = (
        _list(here) if len(here) <= _NAMED else f"{', '.join(here[:_NAMED])} and {len(here) - _NAMED} more"
    )
    readings = [
        f"{named[i]} has what we sent for {named[j]}"
        for (i, c), j in sorted(one.owners.items())
        if c == one.columns[0]
    ]
    beside = f" ({'; '.join(readings[:4])}{'; …' if len(readings) > 4 else ''})" if readings else ""
    return f"{_SAYING[one.kind].format(columns=columns, records=records)}{beside}"


def _list(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
