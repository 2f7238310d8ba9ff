"""Cells of a tracker that wait for a person before anything of them is written: likely personal data, and words struck out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import Problem
from vawg_desktop.domain.fields import Kind
from vawg_desktop.domain.personal import VICTIM, in_words, likely_personal
from vawg_desktop.exchange.cells import WHOLE_CELL
from vawg_desktop.exchange.reading import Book
from vawg_desktop.exchange.tracker_shape import Given, Target, TrackerRow
from vawg_desktop.services.tracker_imported import Imported, tray_entry

#: Kinds of field that hold free words.
_WORDS = frozenset({Kind.TEXT, Kind.LONG, Kind.TAGS})
TAKE, LEAVE = "take", "leave"
#: Without a figure, an @ or a word with a capital after another there is nothing to look for: most cells are passed over so.
_MAY_BE = re.compile(r"[0-9@]|[A-Za-z.,] [A-Z]")
#: Numbers that services are rung at, and no person.
_OF_OFFICES = re.compile(r"(?<![\d+])0[38]\d{2}[\d ()-]{5,}|\b(?:101|999|116 ?\d{3})\b")


def hold(rows: Sequence[TrackerRow], book: Book, main: str, answers: Mapping[str, str], done: Imported) -> None:
    """Take the cells that wait out of their rows, into the tray; a title that waits stays, so that its row is known again, and the row says so (``held``).

    Of each such cell it is asked whether to take it; an answer holds for the same words in the same field.
    """
    struck = {(sheet, cell): words for sheet, cell, kind, words in book.remarks if kind == "struck"}
    named = f"{main}.{BY_KEY[main].title}"
    for row in rows:
        title = row.cells.get(named)
        if title is not None and (asked := _question(named, title, struck, answers)) is not None:
            row.held = asked
            continue
        for target, one in [*row.cells.items()]:
            if (asked := _question(target, one, struck, answers)) is not None:
                del row.cells[target]
                _put_aside(one, asked, done)
        kept: list[tuple[Target, str, Given]] = []
        for target, period, one in row.earlier:
            if (asked := _question(target, one, struck, answers)) is not None:
                _put_aside(one, asked, done)
            else:
                kept.append((target, period, one))
        row.earlier = kept


def _put_aside(one: Given, asked: Sequence[Problem], done: Imported) -> None:
    done.problems += asked
    done.tray.append(tray_entry(one, "waits for somebody to look at it"))


def _question(target: Target, one: Given, struck: Mapping[tuple[str, str], str], answers: Mapping[str, str]) -> list[Problem] | None:
    """What is asked about a cell that waits; nothing where it was answered that it stays out, and None for a cell that is taken."""
    entity, _, key = target.partition(".")
    field = BY_KEY[entity].by_key.get(key) if entity in BY_KEY else None
    if one.value is None or key == "reference":
        return None
    if words := struck.get((one.sheet, one.cell), ""):
        what = "its words are struck out" if words == WHOLE_CELL else f"“{words[:60]}” in it is struck out"
        return _asked("struck_out", f"{one.header}: {what}; nothing of the cell was taken.", target, one, answers)
    if field is None or field.kind not in _WORDS or field.over_time or not _MAY_BE.search(one.text):
        return None
    kinds = likely_personal(_OF_OFFICES.sub(" ", one.text))
    if key == BY_KEY[entity].title:  # "Commission a Perpetrator Intervention Programme" names nobody
        kinds = [k for k in kinds if k != VICTIM]
    return _asked("personal_data", in_words(kinds), target, one, answers) if kinds else None


def _asked(code: str, sentence: str, target: Target, one: Given, answers: Mapping[str, str]) -> list[Problem] | None:
    digest = hashlib.sha256(f"{target}\x1f{one.text}".encode("utf-8", "replace")).hexdigest()[:12]
    id = f"{code}:{target}:{digest}"
    if (answer := answers.get(id)) is not None:
        return None if answer == TAKE else []
    choices = ((TAKE, "Take it: it may stand in this store"), (LEAVE, "Leave it in the tray")) if code == "personal_data" else ((TAKE, "Take all of it as it stands"), (LEAVE, "Leave it in the tray"))
    return [Problem(code, sentence, one.sheet, one.cell, "", id, choices)]
