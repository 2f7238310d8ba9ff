"""Rows of a returned file that answer nothing we sent: offered as new, put in the tray with their place, or passed over where they are blank."""

from __future__ import annotations

import pytest

from vawg_desktop.exchange.return_shape import Answer, ReadReturn, ReadRow
from vawg_desktop.services import return_rows
from vawg_desktop.services.return_rows import Matched, match_rows


def read(*rows: ReadRow) -> ReadReturn:
    return ReadReturn([], list(rows), {}, False, [], [])


def row(visible: str = "", title: str = "", *, key: str = "", last: str = "", **given: str) -> ReadRow:
    answers = {k: Answer(v, "Actions", "F9") for k, v in given.items()}
    return ReadRow("Actions", 9, visible, key, "", [title, "", ""], answers, place="A9", last=last, where={"title": "B"})


@pytest.mark.parametrize(
    ("one", "new", "strange", "tray", "problems"),
    [
        (row(title="Visit schools", narrative="We began"), 1, 0, [], []),
        (row(narrative="Words alone"), 1, 0, [], []),
        (row("A-0999", "Not ours", narrative="We began"), 0, 1, ["a row we cannot place"], ["row_unknown"]),
        (row("A-0999"), 0, 0, ["words beside or under the rows"], []),
        (row(last="Total: 12"), 0, 0, ["words beside or under the rows"], []),
        (row(), 0, 0, [], []),
    ],
)
def test_a_row_that_is_none_of_ours_is_new_in_the_tray_or_nothing(
    one: ReadRow, new: int, strange: int, tray: list[str], problems: list[str]
) -> None:
    found = read(one)
    matched = match_rows([], "secret", found)
    assert (matched.rows, len(matched.new_rows), len(matched.strange)) == ([], new, strange)
    assert [t["why"] for t in found.tray] == tray and [p.code for p in found.problems] == problems
    assert all(t["cell"] == "A9" for t in found.tray)


def test_a_row_already_doubted_is_not_called_unknown_as_well() -> None:
    from vawg_desktop.domain.errors import Problem

    found, matched = read(), Matched()
    found.problems.append(Problem("row_unsure", "Which of two?", "Actions", "A9"))
    return_rows._keep_unknown(row("A-0999", "Not ours"), matched, found)
    assert [p.code for p in found.problems] == ["row_unsure"] and len(matched.strange) == 1


@pytest.mark.parametrize(("text", "kept"), [("  ", 0), ("a remark", 1)])
def test_blank_cells_beside_the_answers_are_not_put_in_the_tray(text: str, kept: int) -> None:
    found = read()
    return_rows._tray_cell(row(), "title", text, "words", found)
    assert [t["cell"] for t in found.tray] == ["B9"] * kept


@pytest.mark.parametrize(("key", "typed", "value"), [("percent", "40", 40), ("percent", "about forty", "about forty"), ("status", "Complete", "complete")])
def test_an_answer_is_compared_as_stored_where_it_can_be_read(key: str, typed: str, value: object) -> None:
    assert return_rows._stored_or(key, Answer(typed, "Actions", "F9")) == value
