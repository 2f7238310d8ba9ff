"""What stands above a tracker's headings speaks for the columns under it."""

from __future__ import annotations

from vawg_desktop.exchange.reading import Sheet
from vawg_desktop.exchange.tracker_headings import words_above


def sheet(rows: list[list[object]], *, top: int = 0, left: int = 0, merged: list[tuple[int, int, int, int]]) -> Sheet:
    return Sheet("s", rows, top, left, merged=merged)  # type: ignore[arg-type]


def test_a_merged_cell_speaks_for_every_column_it_spans_wherever_the_sheet_begins() -> None:
    rows: list[list[object]] = [["", "Quarter 1", "", "Quarter 2", ""], ["Ref", "Status", "Note", "Status", "Note"]]
    for top, left in ((0, 0), (3, 2)):
        spans = [(top, left + 1, top, left + 2), (top, left + 3, top, left + 4)]
        assert words_above(sheet(rows, top=top, left=left, merged=spans), 1) == ["", "Quarter 1", "Quarter 1", "Quarter 2", "Quarter 2"]


def test_a_span_elsewhere_says_nothing_and_over_the_first_row_there_is_nothing() -> None:
    rows: list[list[object]] = [["List", "", ""], ["", "Q1", ""], ["Ref", "Status", "Note"]]
    assert words_above(sheet(rows, merged=[(0, 0, 0, 2)]), 2) == ["", "Q1", ""]
    assert words_above(sheet(rows, merged=[(1, 1, 1, 9)]), 2) == ["", "Q1", "Q1"]
    assert words_above(sheet(rows, merged=[(0, 0, 1, 0), (1, 1, 1, 2)]), 2) == ["", "Q1", "Q1"]
    assert words_above(sheet(rows, merged=[]), 0) == []
