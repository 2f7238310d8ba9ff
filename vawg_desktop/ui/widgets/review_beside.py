"""What a return brought beside its answers: rows the partner added, what was not understood, words in other places, rows that did not come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout

from vawg_desktop.domain.entities import SERVICE
from vawg_desktop.services.return_review import tray_place
from vawg_desktop.services.returns import Review
from vawg_desktop.ui.widgets.common import Section, button, label


class Verbs(NamedTuple):
    """What the buttons do: take a new row, use words of the tray, list all."""

    add: Callable[[dict[str, str]], object]
    use: Callable[[dict[str, str]], object]
    list_all: Callable[[], object]


def sections_beside(review: Review, most: int, verbs: Verbs) -> Iterator[Section]:
    """The sections of a review that are not its differences, each with at most ``most`` lines; none where there is nothing."""
    if review.new_rows:
        yield _new_rows(review, verbs)
    if review.problems or review.tray:
        yield _to_look_at(review, most, verbs)
    if review.not_returned:
        section = Section("Rows not returned")
        section.set_count(len(review.not_returned))
        section.body.addWidget(label(", ".join(review.not_returned), muted=True))
        yield section


def _new_rows(review: Review, verbs: Verbs) -> Section:
    about = review.form.about
    section = Section(f"New {about.plural.casefold()} and evidence the partner wrote")
    new = "Add as planned service" if about is SERVICE else "Add as proposed action"
    section.set_count(len(review.new_rows))
    for row in review.new_rows:
        line = QHBoxLayout()
        words = "; ".join(f"{k}: {v}" for k, v in row.items() if v and k not in ("sheet", "cell"))
        line.addWidget(label(words), 1)
        if taken := review.added.get(f"{row['sheet']}!{row['cell']}"):
            line.addWidget(label(f"Added as {taken}", muted=True, wrap=False))
        else:
            proves = "What it proves" in row or "Title" in row
            line.addWidget(button("Add to evidence" if proves else new, partial(verbs.add, row)))
        section.body.addLayout(line)
    return section


def _to_look_at(review: Review, most: int, verbs: Verbs) -> Section:
    section = Section("To look at: not understood, or written where we asked for nothing")
    apart = {(d.sheet, d.cell) for d in review.asked if d.cell}
    problems = [p for p in review.problems if p.code != "emptied" and (p.sheet, p.cell) not in apart]
    tray = [t for t in review.tray if (t["sheet"], t["cell"]) not in apart]
    section.set_count(len(problems) + len(tray))
    for p in problems[:most]:
        section.body.addWidget(label(f"{f'{p.sheet}!{p.cell}  ' if p.cell else ''}{p.message}"))
    for t in tray[:most]:
        section.body.addLayout(_tray_line(review, t, verbs))
    left_out = max(0, len(problems) - most) + max(0, len(tray) - most)
    if left_out:
        more = button(f"Show {left_out:,} more", verbs.list_all, kind="quiet")
        section.body.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)
    return section


def _tray_line(review: Review, entry: dict[str, str], verbs: Verbs) -> QHBoxLayout:
    """Words beside the answers with their place, and what was or can be made of them."""
    line = QHBoxLayout()
    place = f"{entry['sheet']}!{entry['cell']}" if entry["cell"] else entry["sheet"]
    about = f", {entry['record']}" if entry.get("record") else ""
    line.addWidget(label(f"{place}{about}  {entry['text']}  ({entry['why']})", muted=True), 1)
    made = review.made_of.get(tray_place(entry))
    if made:
        line.addWidget(label(made[0].upper() + made[1:], muted=True, wrap=False))
    else:
        use = button("Use …", partial(verbs.use, entry), kind="quiet")
        use.setAccessibleName(f"Use what is at {place}")
        line.addWidget(use, 0, Qt.AlignmentFlag.AlignTop)
    return line
