"""Which mark stands between the columns of a text: long words may hold any of them."""

from __future__ import annotations

import pytest

from vawg_desktop.exchange import text_child


def lines(*rows: str) -> str:
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        (lines("Ref;Action;Status", "1;Ring, write, call;Open", "2;Meet, then report;Open"), ";"),
        (lines("Ref,Action,Status", "1,Ring; write,Open", "2,Meet; report,Open"), ","),
        (lines("Ref|Action|Status", "1|Ring, write|Open", "2|Meet; report|Open"), "|"),
        # a letter above a table: most lines are of one column, by every mark
        (lines(*["Dear colleague"] * 10, "Ref\tAction\tStatus", "1\tRing\tOpen", "2\tMeet\tOpen", "3\tWait\tOpen"), "\t"),
        # two columns, a few lines with a mark too many; half of the lines have a comma
        (lines(*["1;Ring, write"] * 5, *["2;Meet"] * 5, "3;Wait;", "4;Wait;"), ";"),
        # as many lines of two columns as of three: the wider counts, or the comma in four of five lines would
        (lines("1;a, b", "1;a, b", "1;a, b", "1;a, b", "1;a", "2;c, d;e", "2;c, d;e", "2;c, d;e", "2;c, d;e", "2;c;e"), ";"),
        # our own headings decide, whatever the words under them hold
        (lines("Ref;Status (please fill in);Progress update (please fill in)", *["1;Open;a, b, c, d, e, f, g"] * 9), ";"),
        (lines("nothing to part here", "nor here"), ","),
        ("", ","),
    ],
)  # fmt: skip
def test_the_mark_by_which_most_lines_have_as_many_columns(text: str, mark: str) -> None:
    assert text_child.delimiter_of(text) == mark


def test_so_many_rows_are_looked_at_and_no_more() -> None:
    text = lines(*["1;Ring"] * 199, *["a,b,c,d,e,f,g,h"] * 400)
    assert text_child.delimiter_of(text) == ";"
    late = lines(*["1;Ring"] * 30, "Ref,Status (please fill in)")
    assert text_child.delimiter_of(late) == ";"
