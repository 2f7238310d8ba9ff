"""Cells of a tracker that wait for a person before anything of them is written: likely personal data, and words struck out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import Problem
from vawg_desktop.domain.fields import Kind
from vawg_desktop.domain.personal import in_words, likely_personal
from vawg_desktop.exchange.cells import WHOLE_CELL
from vawg_desktop.exchange.reading import Book
from vawg_desktop.exchange.tracker_shape import Given, Target, TrackerRow
from vawg_desktop.services.tracker_imported import Imported, tray_entry

#: Kinds of field that hold free words.
_WORDS = frozenset({Kind.TEXT, Kind.LONG, Kind.TAGS})
TAKE, LEAVE = "take", "leave"


def hold(rows: Sequence[TrackerRow], book: Book, main: str, answers: Mapping[str, str], done: Imported) -> list[TrackerRow]:
    """The rows without the cells that wait; a row whose title waits is left out, with all its cells in the tray.

    Of each such cell it is asked whether to take it; an answer holds for the same words in the same field.
    """
    struck = {(sheet, cell): words for sheet, cell, kind, words in book.remarks if kind == "struck"}
    return [row for row in rows if _is_read(row, struck, main, answers, done)]


def _is_read(row: TrackerRow, struck: Mapping[tuple[str, str], str], main: str, answers: Mapping[str, str], done: Imported) -> bool:
    """Whether a row is read; what waits is taken out of its cells."""
    named = f"{main}.{BY_KEY[main].title}"
    for target, one in [*row.cells.items()]:
        if not _waits(target, one, struck, answers, done):
            continue
        del row.cells[target]
        done.tray.append(tray_entry(one, "waits for somebody to look at it"))
        if target == named:
            rest = [*row.cells.values(), *row.unmatched, *(g for _, _, g in row.earlier)]
            done.tray += [tray_entry(g, "its row waits for an answer") for g in rest if g.value is not None]
            return False
    kept: list[tuple[Target, str, Given]] = []
    for target, period, one in row.earlier:
        if _waits(target, one, struck, answers, done):
            done.tray.append(tray_entry(one, "waits for somebody to look at it"))
        else:
            kept.append((target, period, one))
    row.earlier = kept
    return True


def _waits(target: Target, one: Given, struck: Mapping[tuple[str, str], str], answers: Mapping[str, str], done: Imported) -> bool:
    """Whether a cell waits; asks about it where nobody has answered yet."""
    entity, _, key = target.partition(".")
    field = BY_KEY[entity].by_key.get(key) if entity in BY_KEY else None
    if one.value is None or key == "reference":
        return False
    words = struck.get((one.sheet, one.cell), "")
    if words:
        what = "its words are struck out" if words == WHOLE_CELL else f"“{words[:60]}” in it is struck out"
        return _ask("struck_out", f"{one.header}: {what}; nothing of the cell was taken.", target, one, answers, done)
    kinds = likely_personal(one.text) if field is not None and field.kind in _WORDS and not field.over_time else []
    return bool(kinds) and _ask("personal_data", in_words(kinds), target, one, answers, done)


def _ask(code: str, sentence: str, target: Target, one: Given, answers: Mapping[str, str], done: Imported) -> bool:
    digest = hashlib.sha256(f"{target}\x1f{one.text}".encode("utf-8", "replace")).hexdigest()[:12]
    id = f"{code}:{target}:{digest}"
    answer = answers.get(id)
    if answer is None:
        choices = ((TAKE, "Take it: it may stand in this store"), (LEAVE, "Leave it in the tray")) if code == "personal_data" else ((TAKE, "Take all of it as it stands"), (LEAVE, "Leave it in the tray"))
        done.problems.append(Problem(code, sentence, one.sheet, one.cell, "", id, choices))
    return answer != TAKE
