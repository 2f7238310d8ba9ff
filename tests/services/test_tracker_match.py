"""Which record each row of a tracker speaks of: decided by list, number and words, asked where they agree in part, new otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from vawg_desktop.domain.entities import ACTION, RECOMMENDATION, EntitySpec
from vawg_desktop.exchange.tracker_shape import Given
from vawg_desktop.services.tracker_lineage import Known
from vawg_desktop.services.tracker_marks import RowMarks, RowMatch
from vawg_desktop.services.tracker_match import Matching, Records, continued_sheets

#: A record of the store: id, reference, title, deleted; and its aliases as folded words and as written.
Row = tuple[str, str, str, bool]

PANEL = "Keep the Victims' Panel and consult it"
SURVEY = "Run an independent satisfaction survey"
AUDIT = "Publish an audit of criminal justice agencies"
ROWS: tuple[Row, ...] = (("p", "R-0001", PANEL, False), ("s", "R-0002", SURVEY, False), ("a", "R-0003", AUDIT, False))


def records(
    *rows: Row, spec: EntitySpec = RECOMMENDATION, aliases: Sequence[tuple[str, str | None, str]] = (), elsewhere: Sequence[str] = ()
) -> Records:
    def run(sql: str, params: object = ()) -> Iterator[tuple[object, ...]]:
        if "tracker_row" in sql:
            return iter([(id,) for id in elsewhere])
        return iter(aliases) if "'alias'" in sql else iter(rows)

    return Records(run, spec, "list")  # type: ignore[arg-type]


def seen(number: str, words: str, sheet: str = "A", *, beside: str = "", owner: str = "") -> RowMarks:
    return RowMarks(sheet, number, words, beside, owner, Given(words or number, sheet, "B2", "Action"))


def known(record: str, number: str, words: str, sheet: str = "A", **base: str) -> Known:
    return Known(f"row {record} {sheet} {number}", sheet, number, "recommendation", words, "", record, dict(base))


def match(rows: Sequence[RowMarks], there: Records, before: Sequence[Known] = (), *, many: bool = True) -> list[RowMatch]:
    return Matching(there.spec, rows, before, there, {}, many).run()


def told(row_matches: Sequence[RowMatch]) -> list[str]:
    """Each place in a word: the record it speaks of, "asked" with the records it may be, "nameless" or "new"."""
    return [
        p.record if p.record else f"asked {' '.join(sorted(p.may_be))}" if p.question else "nameless" if p.nameless else "new" for p in row_matches
    ]


def test_a_row_that_was_in_another_sheet_is_the_same_recommendation() -> None:
    before = (known("p", "1", PANEL), known("s", "2", SURVEY))
    assert told(match([seen("2", SURVEY), seen("1", PANEL, "B")], records(*ROWS), before)) == ["s", "p"]


def test_our_own_number_and_words_are_our_record_in_a_list_never_seen() -> None:
    assert told(match([seen("R-0001", PANEL), seen("2", SURVEY), seen("", AUDIT)], records(*ROWS))) == ["p", "s", "a"]
    assert told(match([seen("", PANEL)], records(*ROWS, ("t", "R-0004", PANEL, False)))) == ["asked p t"]  # two bear these words


@pytest.mark.parametrize(
    ("rows", "elsewhere", "found"),
    [
        ([("A-0001", "Visit")], (), ["v"]),
        ([("A-0001", "Visit"), ("A-0001", "Visit")], (), ["v", "new"]),
        ([("A-0001", "Visit")], ("v",), ["asked v"]),  # another list speaks of it too
        ([("", "Visit")], (), ["asked v"]),
        ([("A-0001", "Something else entirely")], (), ["new"]),
        ([("A-0001", "")], (), ["v"]),
        ([("A-0001", ""), ("A-0001", "")], (), ["v", "nameless"]),
        ([("1", "")], (), ["asked v"]),
        ([("A-0001", ""), ("1", "")], (), ["v", "nameless"]),
        ([("99", "")], (), ["nameless"]),
        ([("", "")], (), ["nameless"]),
    ],
)
def test_an_action_is_ours_where_number_and_words_agree_asked_in_part_and_new_otherwise(
    rows: list[tuple[str, str]], elsewhere: tuple[str, ...], found: list[str]
) -> None:
    there = records(("v", "A-0001", "Visit", False), spec=ACTION, elsewhere=elsewhere)
    assert told(match([seen(*row) for row in rows], there, many=False)) == found


def test_a_deleted_record_is_found_by_nothing_and_one_without_a_title_by_its_number() -> None:
    there = records(("p", "R-0001", PANEL, True), ("s", "R-0002", "", False))
    assert there.numbered("R-0001") is None and there.entitled("") == [] and there.numbered("2") == "s"
    assert told(match([seen("R-0001", PANEL), seen("2", "")], there)) == ["new", "s"]


def test_a_number_written_otherwise_is_no_alias_and_the_next_that_bears_it_is_asked() -> None:
    there = records(*ROWS, aliases=[("1.2", "1.2", "p"), ("1 2", "1-2", "s"), ("old", None, "a")])
    assert (there.numbered("1.2"), there.numbered("1-2"), there.numbered("1 2"), there.numbered("OLD")) == ("p", "s", None, "a")


@pytest.mark.parametrize(
    ("here", "there", "found"),
    [
        ({"Q2": ["1", "2"]}, {"Q1": ["1", "3"]}, {"Q2": "Q1"}),  # a file of one sheet goes on a list of one
        ({"Q1": ["1"]}, {"Q1": ["1"]}, {}),
        ({"New": ["1", "2"], "Kept": ["9"]}, {"Old": ["1", "2"], "Kept": ["9"]}, {"New": "Old"}),
        ({"X": ["1", "2", "3"], "Y": ["7", "8"]}, {"A": ["7", "8"], "B": ["1", "2", "4"]}, {"X": "B", "Y": "A"}),
        ({"X": ["1", "2"], "Y": ["1", "2", "3"]}, {"A": ["1", "2", "3"], "B": ["9"]}, {"Y": "A"}),  # the better of two has it
        ({"X": ["1", "2", "3", "4"], "Y": ["5"]}, {"A": ["1", "8", "9", "10"], "B": ["11"]}, {}),  # one row in four is chance
    ],
)
def test_a_sheet_under_another_name_goes_on_the_one_whose_rows_it_has(
    here: dict[str, list[str]], there: dict[str, list[str]], found: dict[str, str]
) -> None:
    rows = [seen(n, f"Words of {n}", sheet) for sheet, numbers in here.items() for n in numbers]
    before = [known(n, n, f"Words of {n}", sheet) for sheet, numbers in there.items() for n in numbers]
    assert continued_sheets(rows, before) == found


def test_a_record_that_the_list_never_spoke_of_stood_under_nothing() -> None:
    from vawg_desktop.services.tracker_lineage import Lineage

    class Nothing:
        def run(self, sql: str, params: object = ()) -> Nothing:
            return self

        exec_driver_sql = run

        @property
        def connection(self) -> Nothing:
            return self

        def fetchone(self) -> None:
            return None

        def fetchall(self) -> list[tuple[object, ...]]:
            return []

    assert Lineage(Nothing(), "list.xlsx", "ref|action", "id").move_under("p", "q") == ""  # type: ignore[arg-type]
