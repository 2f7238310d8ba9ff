"""What an officer's try and a review found in returns: each a case that failed before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from tests.clock import CLOCK
from tests.services.test_ways_home import Edit, Sent, _mail, _send, _shape, edited, ref
from vawg_desktop.domain.errors import FileRefusedError
from vawg_desktop.services import (
    return_acceptance,
    return_messages,
    returns,
    round_standing,
    rounds,
    telephone,
)
from vawg_desktop.services.return_review import Review


@pytest.fixture
def sent(tmp_path: Path) -> Iterator[Sent]:
    made = _send(tmp_path, 5)
    yield made
    made.session.store.close()


def _read(sent: Sent, tmp_path: Path, edit: Edit, apply: str | None = None) -> Review:
    return returns.import_return(sent.session, edited(sent.police, edit, tmp_path / "back.xlsx"), apply=apply)


def _words(review: Review) -> set[tuple[str, str, str]]:
    return {(t["sheet"], t["cell"], t["text"]) for t in review.tray}


def test_words_anywhere_on_our_sheets_are_kept(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet["A9"] = "Please ring about the hub"
        sheet["E3"] = "We met in May and agreed it"
        sheet["C10"] = "Under which recommendation?"
        start = book["Start here"]
        start["B4"] = "can we have until January?"
        book["For reference"]["A5"] = "on reference"
        book["Lists"]["H3"] = "Paused"
        book["Evidence"]["H1"] = "OUR COLUMN"

    found = _words(_read(sent, tmp_path, edit))
    for place in (
        ("Actions", "A9", "Please ring about the hub"), ("Actions", "E3", "We met in May and agreed it"), ("Actions", "A10", "Under which recommendation?"),
        ("Start here", "B4", "can we have until January?"), ("For reference", "A5", "on reference"), ("Lists", "H3", "Paused"),
        ("Evidence", "H1", "OUR COLUMN"),
    ):  # fmt: skip
        assert place in found, (place, found)
    assert len(found) == 7


def test_links_and_struck_words_are_in_the_tray(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        proof = book["Evidence"]
        proof["B2"] = "Minutes"
        proof["B2"].hyperlink = "https://police.example/minutes.pdf"
        sheet.cell(2, at["Progress update"]).value = CellRichText(
            "We met ", TextBlock(InlineFont(strike=True), "and agreed nothing"), " in May"
        )

    review = _read(sent, tmp_path, edit)
    assert ("Evidence", "B2", "https://police.example/minutes.pdf") in _words(review)
    struck = [t for t in review.tray if t["why"] == "words struck out"]
    assert [(t["cell"], t["text"]) for t in struck] == [("H2", "and agreed nothing")]


def test_two_rows_exchanged_are_asked_and_not_taken(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        for c in range(at["Answer"], at["Help wanted"] + 1):
            one, two = sheet.cell(2, c).value, sheet.cell(3, c).value
            sheet.cell(2, c).value, sheet.cell(3, c).value = two, one

    review = _read(sent, tmp_path, edit, apply="all")
    (said,) = [p.message for p in review.problems if p.code == "answers_exchanged"]
    assert f"{ref(2)} has what we sent for {ref(3)}" in said and f"{ref(3)} has what we sent for {ref(2)}" in said
    assert review.applied == 0 and {d.held for d in review.differences} == {"exchanged"}
    assert {(d.record, d.reading) for d in review.differences if d.field == "percent"} == {(ref(2), ref(3)), (ref(3), ref(2))}


@pytest.mark.parametrize("letters", [False, True])
def test_a_reference_that_names_another_action_contradicts(sent: Sent, tmp_path: Path, letters: bool) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet["A3"] = ref(4) + ("-XXXX" if letters else "")
        sheet.cell(3, at["Progress update"]).value = "for which?"

    review = _read(sent, tmp_path, edit)
    assert review.differences == [] and {p.code for p in review.problems} == {"row_contradicts"}
    assert any("for which?" in t["text"] for t in review.tray)


def test_words_beside_a_reference_and_two_references_in_one_cell(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet["A2"] = f"{sheet['A2'].value} (Jo to check)"
        sheet["A3"] = f"{sheet['A3'].value} & {sheet['A4'].value}"
        sheet.cell(3, at["Progress update"]).value = "both done"

    review = _read(sent, tmp_path, edit)
    assert review.differences == []
    assert any("Jo to check" in t["text"] for t in review.tray) and any(
        "both done" in t["text"] for t in review.tray
    )


@pytest.mark.parametrize("nil", [False, True])
def test_no_change_beside_a_change_is_asked(sent: Sent, tmp_path: Path, nil: bool) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        if nil:
            start = book["Start here"]
            row = next(c.row for c in start["A"] if str(c.value or "").startswith("Nothing to report"))
            start.cell(row, 2).value = "Yes"
        else:
            sheet.cell(2, at["Answer"]).value = "No change"
        sheet.cell(2, at["Status"]).value = "Complete"

    review = _read(sent, tmp_path, edit, apply="safe")
    assert review.applied == 0 and "answer_contradicts" in {p.code for p in review.problems}
    assert review.counts["no_change"] == (4 if nil else 1)


@pytest.mark.parametrize("typed", ["05/06/07", "2019-01-01", "31/03/2207", "30/12/1899"])
def test_a_date_nobody_is_likely_to_mean_is_asked(sent: Sent, tmp_path: Path, typed: str) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at["Revised due date"]).value = typed

    review = _read(sent, tmp_path, edit)
    assert review.differences == [] and [(p.code, p.cell) for p in review.problems] == [
        ("not_understood", "K2")
    ]


def test_dates_with_hyphens_and_one_point_nought(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at["Revised due date"]).value = "31-Mar-27"
        sheet.cell(3, at["% complete"]).value = "1.0"
        sheet.cell(4, at["% complete"]).value = 0.004

    review = _read(sent, tmp_path, edit)
    assert _shape(review)[0] == {(ref(2), "revised_due", "2027-03-31")}
    assert {p.cell for p in review.problems} == {"I3", "I4"}


def test_a_heading_reworded_is_one_matter_and_not_one_for_each_row(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet["D1"] = "Due date (wrong for row 3!)"
        sheet.cell(1, at["Progress update"]).value = "Progress update (please fill in) - NB to end September"
        sheet.cell(2, at["Progress update"]).value = "We met."

    review = _read(sent, tmp_path, edit)
    assert _shape(review)[0] == {(ref(2), "narrative", "We met.")}
    assert [p.code for p in review.problems] == ["heading_changed"]


def test_a_copy_left_as_it_was_sent_says_nothing(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        copied = book.copy_worksheet(sheet)
        copied.title = "Actions (2)"
        sheet.cell(2, at["Progress update"]).value = "We met."

    review = _read(sent, tmp_path, edit)
    assert _shape(review)[0] == {(ref(2), "narrative", "We met.")} and review.problems == []


def test_answers_without_their_references_say_what_is_missing(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.delete_cols(at["Row key"], 2)
        sheet.delete_cols(1, 5)

    with pytest.raises(FileRefusedError) as refused:
        _read(sent, tmp_path, edit)
    assert refused.value.code == "no_references" and "column A" in refused.value.message


def test_an_edited_blocker_stands_edited_in_the_update_too(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at["Blockers"]).value = "Victim Jane Smith, 07700 900123"

    review = _read(sent, tmp_path, edit)
    one = review.differences[0]
    return_acceptance.decide(sent.session, review.submission, [one], "queried", "May we keep this?")
    assert "900123" not in return_messages.queries(sent.session, review.submission)
    return_acceptance.accept(sent.session, review.submission, [one], edited={(one.id, "blockers"): "A victim waits"})
    barriers = (
        sent.session.read()
        .exec_driver_sql('SELECT barriers FROM "update" WHERE barriers IS NOT NULL')
        .fetchall()
    )
    assert [b[0] for b in barriers] == ["A victim waits"]
    kept = sent.session.read().exec_driver_sql("SELECT value FROM decision").fetchall()
    assert all("900123" not in str(v[0]) for v in kept)


def test_rows_that_span_and_tables_within_tables_keep_their_columns(sent: Sent, tmp_path: Path) -> None:
    import openpyxl

    sheet = openpyxl.load_workbook(sent.police)["Actions"]
    a, b = (str(sheet.cell(r, 1).value) for r in (2, 3))
    page = (
        "<table><tr><th>Reference</th><th>Status</th><th>Progress update</th><th>Blockers</th></tr>"
        f"<tr><td>{a}</td><td rowspan=2>Complete</td><td>did one<table><tr><td>inner</td></tr></table></td><td>none left</td></tr>"
        f"<tr><td>{b}</td><td>did two</td><td>block two</td></tr></table>"
    )
    path = tmp_path / "m.eml"
    path.write_bytes(_mail("html", page))
    review = returns.import_return(sent.session, path)
    assert _shape(review)[0] == {
        (ref(2), "status", "complete"), (ref(2), "narrative", "did one"), (ref(2), "blockers", "none left"),
        (ref(3), "narrative", "did two"), (ref(3), "blockers", "block two"),
    }  # fmt: skip
    assert any(t["text"] == "inner" for t in review.tray)


def test_a_follow_up_does_not_make_a_return_late_and_an_extension_outlives_a_new_version(
    sent: Sent, tmp_path: Path
) -> None:
    session = sent.session
    one = next(c for c in round_standing.partners_of_round(session) if c.partner == "Kent Police")
    returns.import_return(session, sent.police)
    CLOCK.go_to(date(2027, 2, 1))
    asked = telephone.to_ask(session, one.return_id)
    telephone.take_call(session, one.return_id, {asked[0].id: {"narrative": "one more thing"}}, informant="A")
    now = next(c for c in round_standing.partners_of_round(session) if c.partner == "Kent Police")
    assert now.received == "2026-11-22"
    other = next(c for c in round_standing.partners_of_round(session) if c.partner == "Medway Council")
    return_messages.extend(session, other.return_id, "2027-03-01", "S. Clarke")
    rounds.export_returns(
        session, period="2026/27 Q3", due="2027-01-10", out=tmp_path / "v2", partners=["Medway Council"]
    )
    again = next(c for c in round_standing.partners_of_round(session) if c.partner == "Medway Council")
    assert (again.version, again.due) == (2, "2027-03-01")


def test_a_name_spaced_otherwise_is_still_a_name(sent: Sent, tmp_path: Path) -> None:
    from vawg_desktop.services.records import Assignment, assign

    assign(sent.session, ref(2), [Assignment("blockers", "Waiting for Medway\u00a0Council")], "w")
    made = rounds.export_returns(sent.session, period="P", due="+4w", out=tmp_path / "p")
    assert list(made.held) == ["Kent Police"]


def test_hostile_shapes_cost_the_parent_little() -> None:
    """Each took many seconds before: quadratic patterns on small files."""
    import time

    from vawg_desktop.domain.personal import likely_personal
    from vawg_desktop.exchange import preflight, remarks_xlsx

    began = time.process_time()
    looks = remarks_xlsx.CellFormats({}, set(), {}, {7})
    list(remarks_xlsx._of_cells(b"<f>" + b'<c r="A1" s="1"/>' * 60_000, "s", looks))
    list(remarks_xlsx._of_cells(b"<f>" + b'<c r="A1" s="7">' * 60_000, "s", looks))
    preflight._far_cell(b'<c r="AAA1"' * 40_000)
    likely_personal("crime ref" + " " * 40_000 + "x")
    likely_personal("a" * 40_000)
    assert time.process_time() - began < 3


def test_merged_cells_are_found_beside_an_empty_first_column(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.insert_cols(1)
        sheet.tables.clear()
        column = at["Progress update"] + 1
        sheet.cell(3, column).value = "one text for two rows"
        sheet.merge_cells(start_row=3, start_column=column, end_row=4, end_column=column)

    review = _read(sent, tmp_path, edit)
    assert _shape(review)[0] == {(ref(3), "narrative", "one text for two rows")}
    assert [(p.code, p.cell) for p in review.problems] == [("merged_cells", "I3")]


def test_the_offices_own_rewording_is_not_the_partners_word(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at["Blockers"]).value = "We wait"

    review = _read(sent, tmp_path, edit)
    one = review.differences[0]
    return_acceptance.accept(
        sent.session, review.submission, [one], edited={(one.id, "blockers"): "They wait for Medway Council"}
    )
    made = rounds.export_returns(sent.session, period="P", due="+4w", out=tmp_path / "p")
    assert list(made.held) == ["Kent Police"]
