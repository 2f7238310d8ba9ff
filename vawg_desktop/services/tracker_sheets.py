"""Sheets of one file that list the same rows: a summary, a quarter each, one template of two bodies; read once, or asked about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import Problem
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.tracker_periods import PERIOD, sheet_period
from vawg_desktop.exchange.tracker_shape import Tracker, TrackerRow
from vawg_desktop.services.tracker_imported import Imported, tray_entry
from vawg_desktop.services.tracker_marks import exact_number

Pairs = list[tuple[TrackerRow, TrackerRow]]


def number_and_words(row: TrackerRow, main: str) -> tuple[str, str]:
    """A row's number just as it is written and its title, each an empty text where there is none; ``main`` is the kind listed."""
    number = row.cells.get(f"{main}.reference")
    title = row.cells.get(f"{main}.{BY_KEY[main].title}")
    return exact_number(number), title.text if title is not None else ""


def listed_once(
    tracker: Tracker, done: Imported, answers: Mapping[str, str], known: Collection[str] = ()
) -> list[TrackerRow]:
    """The rows of a file, those of a sheet that lists another sheet's rows again (contents, a summary) read as the same rows.

    What the second says more is taken with the first; what it says otherwise is asked to be looked at. ``known`` are the sheets
    that earlier copies of the list had.
    """
    sheets: dict[str, list[TrackerRow]] = {}
    for row in tracker.rows:
        sheets.setdefault(row.sheet, []).append(row)
    listed = {name: {number_and_words(r, tracker.main) for r in rows} - {("", "")} for name, rows in sheets.items()}
    width = {name: len({t for r in rows for t in r.cells}) for name, rows in sheets.items()}
    passed: set[int] = set()
    # of two sheets alike the one that earlier copies had is read, and the other is asked about
    order = {name: (name not in known, place) for place, name in enumerate(sheets)}
    folded: set[str] = set()  # their rows are read with those of another sheet, which is none of these
    _fold_earlier_periods(tracker, sheets, done, passed)
    for name, rows in sheets.items():
        same = [
            o for o in sheets
            if o != name and o not in folded and listed[name] and len(listed[name] & listed[o]) * 5 >= len(listed[name]) * 4
            and not (sheet_period(o) and sheet_period(name))
        ]  # fmt: skip
        if not same or not all(words for _, words in listed[name]):
            continue
        pairs = _pairs(rows, sheets[same[0]], tracker.main)
        if _owners_differ(pairs):
            continue  # one template, filled in by two bodies
        fuller = [o for o in same if width[o] > width[name]]
        if _says_otherwise(pairs) or not fuller:
            if order[same[0]] > order[name]:
                continue  # asked of the sheet that comes later
            answer = answers.get(f"sheets_alike:{fold(name)}:{fold(same[0])}")
            if answer == "own" or (answer is None and not _says_otherwise(pairs)):
                continue
            if answer != "same":
                _ask_sheets(name, same[0], [r for r, _ in pairs], done, passed)
                continue
            fuller = same
        folded.add(name)
        whole = {number_and_words(r, tracker.main): r for r in sheets[fuller[0]]}
        done.problems.append(Problem("listed_again", f"The sheet {name} lists rows of the sheet {fuller[0]} again; they were read as the same.", name))
        for row in rows:
            twin = whole.get(number_and_words(row, tracker.main))
            if twin is None:
                continue
            passed.add(id(row))
            _add_to(twin, row, done)
    _pass_over_repeats(tracker, done, passed)
    return [r for r in tracker.rows if id(r) not in passed]


def _pass_over_repeats(tracker: Tracker, done: Imported, passed: set[int]) -> None:
    """A row of a sheet that says the same as one before it, word for word and in every cell, is the same row: pasted twice, it makes no second record."""
    first: dict[tuple[object, ...], TrackerRow] = {}
    for row in (r for r in tracker.rows if id(r) not in passed):
        if not any(t.endswith((".title", ".statement")) for t in row.cells):
            continue
        cells = (*((t, g) for t, g in row.cells.items()), *((t + p, g) for t, p, g in row.earlier), *((g.header, g) for g in row.unmatched))
        told = row.sheet, row.section, *sorted((where, g.text, str(g.colour or "")) for where, g in cells)
        before = first.setdefault(told, row)
        if before is not row:
            passed.add(id(row))
            where = next(iter(row.cells.values()))
            done.problems.append(Problem("row_again", f"Row {row.number} says the same as row {before.number} in every cell; it was read once.", where.sheet, where.cell))


def _pairs(rows: Sequence[TrackerRow], others: Sequence[TrackerRow], main: str) -> Pairs:
    """The rows of one sheet that stand in another too, each with its row there."""
    whole = {number_and_words(r, main): r for r in others}
    return [(r, twin) for r in rows if (twin := whole.get(number_and_words(r, main))) is not None]


def _cell_of(row: TrackerRow, *keys: str) -> str:
    return next((fold(g.text) for t, g in row.cells.items() if t.partition(".")[2] in keys and g.value is not None), "")


def _owners_differ(pairs: Pairs) -> bool:
    """Whether most rows that two sheets share are other bodies'."""
    both_named = [(a, b) for r, t in pairs if (a := _cell_of(r, "accountable", "owner")) and (b := _cell_of(t, "accountable", "owner"))]
    return 2 * sum(a != b for a, b in both_named) > len(both_named)


def _says_otherwise(pairs: Pairs) -> bool:
    """Whether a quarter or more of the rows that two sheets share differ."""
    differ = sum(
        any(fold(g.text) != fold(t.cells[target].text) for target, g in r.cells.items() if target in t.cells and g.value is not None)
        for r, t in pairs
    )
    return 4 * differ >= len(pairs) > 0


def _fold_earlier_periods(tracker: Tracker, sheets: Mapping[str, Sequence[TrackerRow]], done: Imported, passed: set[int]) -> None:
    """Of sheets that are called after periods, rows that a later one repeats (its number and words alike) say how these stood before.

    A row that no later sheet has stays one of its own: what is complete drops off such lists. Sheets of other bodies are left alone.
    """
    periods = sorted((when, name) for name in sheets if (when := sheet_period(name)))
    alone = {name: _each_once(sheets[name], tracker.main) for _, name in periods}
    for place, (when, name) in enumerate(periods):
        later = [alone[o] for then, o in periods[place + 1 :] if then > when and then.startswith("q") == when.startswith("q")]
        pairs = [(r, twin) for m, r in alone[name].items() if m[1] and (twin := next((rows[m] for rows in later if m in rows), None)) is not None]
        pairs = [(r, twin) for r, twin in pairs if not (mine := _cell_of(r, "accountable", "owner")) or not (theirs := _cell_of(twin, "accountable", "owner")) or mine == theirs]
        if pairs and 2 * len(pairs) > sum(1 for m in alone[name] if any(m in rows for rows in later)):
            _tell_earlier(name, pairs, done, passed)


def _each_once(rows: Sequence[TrackerRow], main: str) -> dict[tuple[str, str], TrackerRow]:
    """The rows of a sheet by number and words, without those of which several are alike: nobody can say which is which."""
    marks = [number_and_words(r, main) for r in rows]
    counts = Counter(marks)
    return {m: r for m, r in zip(marks, rows, strict=True) if counts[m] == 1}


def _tell_earlier(name: str, pairs: Pairs, done: Imported, passed: set[int]) -> None:
    """The rows of an earlier period's sheet hold what the same rows of the later one held before."""
    period = m[1] if (m := PERIOD.search(name)) else name
    done.problems.append(Problem("earlier_sheet", f"The sheet {name} says how the rows of a later sheet were then; they were read as the same.", name))
    for row, twin in pairs:
        passed.add(id(row))
        twin.earlier += [(t, period, g) for t, g in row.cells.items() if not t.endswith((".reference", ".title", ".statement")) and g.value is not None]
        twin.earlier += row.earlier
        twin.unmatched += row.unmatched


def _ask_sheets(name: str, other: str, rows: Sequence[TrackerRow], done: Imported, passed: set[int]) -> None:
    """Two sheets hold the same rows and say different things of them: whether they are the same work is asked once for all."""
    first = next(iter(rows[0].cells.values()))
    done.problems.append(Problem(
        "sheets_alike", f"The sheet {name} has the same rows as the sheet {other} and says other things of them. Are they the same work? Its rows are "
        "not written until that is answered.", name, first.cell, "", f"sheets_alike:{fold(name)}:{fold(other)}",
        (("own", f"No: {name} is another body's or another time's list, with records of its own"),
         ("same", f"Yes: what {other} says was taken, the rest is in the tray")),
    ))  # fmt: skip
    for row in rows:
        passed.add(id(row))
        done.tray += [tray_entry(g, "its sheet waits for an answer") for g in row.cells.values() if g.value is not None]


def _add_to(twin: TrackerRow, row: TrackerRow, done: Imported) -> None:
    for target, one in row.cells.items():
        there = twin.cells.get(target)
        if there is None:
            twin.cells[target] = one
        elif fold(there.text) != fold(one.text):
            words = f"{one.header} says “{one.text[:60]}” here and “{there.text[:60]}” in {there.sheet}!{there.cell}; that was taken."
            done.problems.append(Problem("told_twice", words, one.sheet, one.cell))
            done.tray.append(tray_entry(one, "another sheet says otherwise"))
    twin.unmatched += row.unmatched
    twin.earlier += row.earlier
