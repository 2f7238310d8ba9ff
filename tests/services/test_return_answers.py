"""What single cells of a returned row say: dates by the whole file's order, percentages, blanks shown by a link, earlier answers."""

from __future__ import annotations

import datetime as dt

import pytest

from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.return_columns import field_of_column
from vawg_desktop.exchange.return_shape import Answer, ReadReturn, ReadRow
from vawg_desktop.services import return_answers as answers
from vawg_desktop.services.return_answers import DateOrder
from vawg_desktop.services.return_earlier import Before
from vawg_desktop.services.return_rows import BaseRow, Matched, MatchedRow
from vawg_desktop.services.session import Session

DUE = "5 March 2027"
#: Instants as calamine gives them, without a zone.
BEFORE_1900 = dt.datetime.fromisoformat("1899-12-30")
MIDNIGHT = dt.datetime.fromisoformat("2027-03-05T00:00")


def row(n: int = 1, *, due: str = DUE, sent: dict[str, object] | None = None, doubt: str = "", **given: object) -> MatchedRow:
    """A matched row whose due date came back as ``due`` and which bears ``given`` answers."""
    base = BaseRow(f"id{n}", f"A-{n:04d}", f"A-{n:04d}", "key", "check", dict(sent or {}), ("Title", "Recommendation", DUE))  # type: ignore[arg-type]
    filled = {key: value if isinstance(value, Answer) else Answer(value, "Actions", f"F{n + 5}") for key, value in given.items()}  # type: ignore[arg-type]
    return MatchedRow(base, ReadRow("Actions", n, f"A-{n:04d}", "key", "check", ["Title", "Recommendation", due], filled), doubt)


def whole(*rows: MatchedRow) -> Matched:
    return Matched(rows=list(rows))


def read() -> ReadReturn:
    return ReadReturn([], [], {}, False, [], [])


@pytest.mark.parametrize(
    ("rows", "as_text", "order"),
    [
        ((row(),), False, DateOrder("unknown")),
        ((row(due="2027-03-05"),), False, DateOrder("uk")),
        ((row(due="05/03/2027"),), False, DateOrder("uk")),
        ((row(due="03/05/2027"),), False, DateOrder("us")),
        ((row(revised_due="25/12/2027"),), False, DateOrder("uk")),
        ((row(revised_due="12/25/2027"),), False, DateOrder("us")),
        ((row(due="05/03/2027"), row(2, revised_due="12/25/2027")), False, DateOrder("mixed")),
        ((row(due="2027-03-05"), row(2, revised_due="12/25/2027")), False, DateOrder("us", slipped=True)),
        ((row(due="2027-03-05"), row(2, revised_due="12/25/2027")), True, DateOrder("us")),
        ((row(due="2027-03-05"), row(2, revised_due="25/12/2027"), row(3, due="03/05/2027")), False, DateOrder("mixed", slipped=True)),
    ],
)
def test_the_whole_file_says_how_it_writes_day_and_month(rows: tuple[MatchedRow, ...], as_text: bool, order: DateOrder) -> None:
    assert answers.date_order(whole(*rows), as_text) == order


@pytest.mark.parametrize(
    ("typed", "order", "stored"),
    [
        ("05/03/2027", DateOrder("uk"), "2027-03-05"),
        ("05/03/2027", DateOrder("us"), "2027-05-03"),
        ("25/12/2027", DateOrder("us"), "2027-12-25"),
        (dt.date(2027, 3, 5), DateOrder("uk"), "2027-03-05"),
        (dt.date(2027, 3, 3), DateOrder("uk", slipped=True), "2027-03-03"),
        (dt.date(2027, 3, 25), DateOrder("uk", slipped=True), "2027-03-25"),
        ("05/03/2027", DateOrder("unknown"), None),
        ("05/03/2027", DateOrder("mixed"), None),
        (dt.date(2027, 3, 5), DateOrder("uk", slipped=True), None),
    ],
)
def test_a_date_that_could_be_two_is_asked(typed: object, order: DateOrder, stored: str | None) -> None:
    spec = field_of_column("revised_due")
    if stored is None:
        with pytest.raises(ValueRefusedError, match=r"5 March 2027 or 3 May 2027\?|3 May 2027 or 5 March 2027\?"):
            answers._date(spec, typed, order)  # type: ignore[arg-type]
    else:
        assert answers._date(spec, typed, order) == stored  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "per_cent", "stored"),
    [
        (0.5, True, 50), (1, True, 100), (0.07, True, 7), ("50%", False, 50), ("50 per cent.", False, 50), ("0,5", False, 50), (".5", False, 50),
        (0.5, False, 50), (40, False, 40), ("40", False, 40), (0, False, 0), (0.123, True, None), (0.123, False, None), (1, False, None), ("1", False, None),
        ("1.0", False, None), (250, False, None), ("a half", False, None),
    ],
)  # fmt: skip
def test_half_is_fifty_however_it_is_written_and_a_bare_one_is_asked(value: object, per_cent: bool, stored: int | None) -> None:
    spec, given = field_of_column("percent"), Answer(value, "Actions", "G6", per_cent=per_cent)  # type: ignore[arg-type]
    if stored is None:
        with pytest.raises(ValueRefusedError):
            answers._percent(spec, given, row().base)
    else:
        assert answers._percent(spec, given, row().base) == stored


def test_a_bare_one_is_one_per_cent_where_one_was_sent() -> None:
    assert answers._percent(field_of_column("percent"), Answer(1, "Actions", "G6"), row(sent={"percent": 1}).base) == 1


@pytest.mark.parametrize(
    ("value", "nothing"),
    [
        (dt.date(1900, 1, 1), True), (BEFORE_1900, True), (dt.time(0, 0), True), (0, True), (0.0, True),
        (dt.date(2027, 3, 5), False), (1, False), ("0", False), ("", False),
    ],
)  # fmt: skip
def test_what_a_link_to_a_blank_cell_shows_is_nothing(value: object, nothing: bool) -> None:
    assert answers._is_nothing(value) is nothing  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [0, dt.date(1900, 1, 1)])
def test_a_link_to_a_blank_cell_is_asked_and_its_word_kept(sample: Session, value: object) -> None:
    found = read()
    one = row(revised_due=Answer(value, "Actions", "H6", linked=True))  # type: ignore[arg-type]
    assert answers._read(sample, "revised_due", one.row.answers["revised_due"], one, found, DateOrder("uk")) is None
    assert [p.code for p in found.problems] == ["not_understood"] and found.tray[0]["cell"] == "H6"


def test_a_cell_that_came_back_as_it_was_sent_is_known_without_reading_it() -> None:
    assert answers._as_sent("revised_due", Answer(dt.date(2027, 3, 5), "A", "H6"), "2027-03-05")
    assert not answers._as_sent("revised_due", Answer(dt.date(2027, 3, 6), "A", "H6"), "2027-03-05")
    assert not answers._as_sent("revised_due", Answer(MIDNIGHT, "A", "H6"), "2027-03-05")
    assert not answers._as_sent("percent", Answer(0.5, "A", "G6", per_cent=True), 50)
    assert not answers._as_sent("percent", Answer(50, "A", "G6"), None)
    assert answers._as_sent("status", Answer("In progress", "A", "F6"), "in_progress")


def test_a_word_that_a_program_made_a_date_is_not_taken_unasked(sample: Session) -> None:
    read_rows = answers.read_answers(sample, [], whole(row(narrative=dt.date(2027, 3, 5), answer="Update")), read()).rows
    assert read_rows[0]["answers"]["narrative"]["doubt"] == "made_date"


def test_a_row_that_repeats_an_earlier_answer_is_no_fresh_copy() -> None:
    taken = {("id1", "narrative"): Before(taken="We met twice", was_taken=True)}
    refused = {("id1", "status"): Before(decided="complete", was_decided=True)}
    assert answers._repeats(row(narrative="We  met twice"), taken)
    assert answers._repeats(row(status="Complete"), refused)
    assert not answers._repeats(row(narrative="We met three times"), taken)
    assert not answers._repeats(row(narrative="We met twice", sent={"narrative": "We met twice"}), taken)
    assert not answers._repeats(row(2, narrative="We met twice"), taken)


def test_a_fresh_copy_leaves_what_was_answered_before_and_says_so() -> None:
    before = {("id1", "narrative"): Before(taken="We met twice", was_taken=True), ("id2", "narrative"): Before(taken="Done", was_taken=True)}
    found = read()
    rows = [row(1), row(2), row(3, narrative="New words")]
    assert answers.rows_of_fresh_copy(rows, before, found) == {"id1", "id2"}
    assert "about 2 rows" in found.problems[0].message
    one = read()
    assert answers.rows_of_fresh_copy([row(1), row(3, narrative="New words")], before, one) == {"id1"}
    assert "about A-0001 is kept" in one.problems[0].message
    assert answers.rows_of_fresh_copy([row(1), row(2)], before, read()) == frozenset()  # it speaks of nothing else
    assert answers.rows_of_fresh_copy([row(1), row(2, narrative="Done")], before, read()) == frozenset()  # it repeats one
