"""What another store brings, in words: its changes by record, and what there is to look at afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby

from PySide6.QtWidgets import QHBoxLayout, QWidget

from vawg_desktop.domain.changes import FieldChange
from vawg_desktop.domain.dates import london_time
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services.merging import MergeResult
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import Section, button, label, note

#: Records, and lines of a section, listed at most; the rest is counted.
MOST_LISTED = 100
_MOST_FIELDS = 6


def changes_by_record(field_changes: Sequence[tuple[FieldChange, str]], records: Sequence[str]) -> Iterator[QWidget]:
    """Lines for each of ``records`` (references): what changed, in words, by whom, when and why. ``field_changes`` are changes with their words."""
    for record in records[:MOST_LISTED]:
        changes = [c for c in field_changes if c[0].record == record]
        head = label(f"{record}   {changes[0][0].title}", bold=True)
        head.setContentsMargins(theme.px(8), theme.px(8), 0, 0)
        yield head
        for (at, who, why), group in groupby(changes, key=lambda c: (c[0].at, c[0].who, c[0].why)):
            what = [words for _, words in group]
            line = label("; ".join(what[:_MOST_FIELDS]) + ("; …" if len(what) > _MOST_FIELDS else ""))
            line.setContentsMargins(theme.px(8), 0, 0, 0)
            yield line
            yield note(f"{who}, {london_time(at)}" + (f": {why}" if why else ""))
    if len(records) > MOST_LISTED:
        yield note(f"and {how_many(len(records) - MOST_LISTED, 'more record')}")


def what_to_look_at(brought: MergeResult, open_record: Callable[[str], object]) -> Iterator[Section]:
    """Sections for copies made by hand, rules that the union breaks and references made final; none where there is nothing."""
    if brought.copied_by_hand:
        section = Section("Copied by hand and edited in two places")
        section.set_count(len(brought.copied_by_hand))
        for sentence in brought.copied_by_hand:
            section.body.addWidget(note(sentence))
        yield section
    if brought.rule_failures:
        section = Section("To look at: each side was right, together they are not")
        section.set_count(len(brought.rule_failures))
        for failure in brought.rule_failures[:MOST_LISTED]:
            row = QHBoxLayout()
            row.addWidget(note(f"{failure.record}   {failure.message}"), 1)
            row.addWidget(button(f"Open {failure.record}", partial(open_record, failure.record), kind="quiet"))
            section.body.addLayout(row)
        if len(brought.rule_failures) > MOST_LISTED:
            section.body.addWidget(note(f"and {how_many(len(brought.rule_failures) - MOST_LISTED, 'more record')}"))
        yield section
    if brought.renumbered:
        section = Section("References made final; what was printed still leads to them")
        section.set_count(len(brought.renumbered))
        more = len(brought.renumbered) - MOST_LISTED
        words = "; ".join(f"{old} is {new}" for old, new in brought.renumbered[:MOST_LISTED])
        section.body.addWidget(note(f"{words}; and {more:,} more" if more > 0 else words))
        yield section
