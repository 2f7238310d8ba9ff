"""Answers that were taken in silence though they may be another row's, another body's or a fresh copy's: found by a stranger."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.services.test_ways_home import heads
from vawg_desktop.exchange.document import Table
from vawg_desktop.services import (
    return_acceptance,
    return_staging,
    returns,
    round_standing,
    rounds,
    show,
    telephone,
    undoing,
)
from vawg_desktop.services.records import Assignment, assign
from vawg_desktop.services.returns import Review
from vawg_desktop.services.session import Session
from vawg_desktop.store import making
from vawg_desktop.store.check import check

Fill = Callable[[Any, Mapping[str, int]], None]
ROWS = 10


class Round:
    """A store with ten actions of Kent Police, sent."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._files = folder, 0
        self.session = Session(making.create(folder / "s.vawg", passphrase=None), "B. Officer")
        with self.session.store.write("setup", "start") as tx:
            self.police = tx.create("partner", {"name": "Kent Police", "kind": "police"})
            self.medway = tx.create("partner", {"name": "Medway Council", "kind": "council"})
            for n in range(ROWS):
                tx.create("action", {"title": f"Deliver thing number {n}", "accountable": self.police, "status": "in_progress"})
        self.sent = self.send()

    def send(self, period: str = "2026/27 Q3") -> rounds.Sent:
        made = rounds.export_returns(self.session, period=period, due="2027-01-10", out=self.folder / "out")
        return next(s for s in made.returns if s.partner == "Kent Police")

    def read(self, fill: Fill, apply: str | None = "safe", of: str = "") -> Review:
        self._files += 1
        book = openpyxl.load_workbook(of or self.sent.file)
        fill(book["Actions"], heads(book["Actions"]))
        to = self.folder / f"back{self._files}.xlsx"
        book.save(to)
        return return_staging.import_return(self.session, to, apply=apply)

    def cell(self, reference: str, key: str) -> object:
        return show.record(self.session, reference).cells[key]


@pytest.fixture
def sent(tmp_path: Path) -> Iterator[Round]:
    made = Round(tmp_path)
    yield made
    assert check(made.session.store).problems == []
    made.session.store.close()


def own(sheet: Any, row: int) -> str:
    return str(sheet.cell(row, 1).value)[:6]


def answered(sheet: Any, at: Mapping[str, int], chance: random.Random) -> None:
    for row in range(2, ROWS + 2):
        sheet.cell(row, at["Answer"]).value = "Update"
        sheet.cell(row, at["Progress update"]).value = f"{chance.choice('abcdefgh')}{row} words of {own(sheet, row)}"
        sheet.cell(row, at["% complete"]).value = chance.randrange(100)
        sheet.cell(row, at["Rating"]).value = chance.choice(["Red", "Amber", "Green", "Blue"])


def sorted_by(name: str, seed: int) -> Fill:
    def fill(sheet: Any, at: Mapping[str, int]) -> None:
        answered(sheet, at, random.Random(seed))
        columns = range(at["Answer"], at["Rating"] + 1)
        rows = [[sheet.cell(r, c).value for c in columns] for r in range(2, ROWS + 2)]
        rows.sort(key=lambda cells: cells[at[name] - at["Answer"]])
        for r, cells in enumerate(rows, 2):
            for c, value in zip(columns, cells, strict=True):
                sheet.cell(r, c).value = value

    return fill


def wrong(review: Review) -> list[str]:
    """Words that were taken for an action they do not name."""
    return [d.record for d in review.differences if d.field == "narrative" and d.record not in str(d.incoming) and not d.held]


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["% complete", "Rating", "Progress update"])
def test_answers_sorted_by_a_column_that_was_typed_anew_are_held_whole(sent: Round, name: str, seed: int) -> None:
    """27 of 28 answers were taken, six of eight narratives on other actions."""
    review = sent.read(sorted_by(name, seed))
    assert wrong(review) == [] and review.applied == 0
    assert {d.held for d in review.differences} == {"sorted"}


def test_answers_that_only_count_on_are_taken(sent: Round) -> None:
    def fill(sheet: Any, at: Mapping[str, int]) -> None:
        for row in range(2, ROWS + 2):
            sheet.cell(row, at["% complete"]).value = 9 * row
            sheet.cell(row, at["Status"]).value = "Complete" if row < 5 else "In progress"
            sheet.cell(row, at["% complete"]).value = 100 if row < 5 else 9 * row

    assert sent.read(fill).applied == 13


def up(sheet: Any, column: int, first: int) -> None:
    for row in range(first, ROWS + 1):
        sheet.cell(row, column).value = sheet.cell(row + 1, column).value
    sheet.cell(ROWS + 1, column).value = None


def worded(sheet: Any, at: Mapping[str, int]) -> None:
    for row in range(2, ROWS + 2):
        sheet.cell(row, at["Answer"]).value = "Update"
        sheet.cell(row, at["Progress update"]).value = f"{'hbdacgefji'[row - 2]} words of {own(sheet, row)}"


@pytest.mark.parametrize("silent", [None, 4])
def test_words_shifted_up_leave_a_last_row_that_says_update_and_no_more(sent: Round, silent: int | None) -> None:
    def fill(sheet: Any, at: Mapping[str, int]) -> None:
        worded(sheet, at)
        if silent:
            sheet.cell(silent, at["Answer"]).value, sheet.cell(silent, at["Progress update"]).value = "No change", None
        up(sheet, at["Progress update"], 4)

    review = sent.read(fill)
    assert wrong(review) == [] and "answers_moved" in {p.code for p in review.problems}


def test_a_block_shifted_up_leaves_a_last_row_with_nothing(sent: Round) -> None:
    def fill(sheet: Any, at: Mapping[str, int]) -> None:
        worded(sheet, at)
        for column in range(at["Answer"], at["Help wanted"] + 1):
            up(sheet, column, 4)

    review = sent.read(fill)
    assert wrong(review) == [] and "answers_shifted" in {p.code for p in review.problems}


@pytest.mark.parametrize("order", [[0, 6, 2, 3, 4, 5, 1, 7, 8, 9], [3, 1, 4, 0, 5, 9, 2, 6, 8, 7]])
def test_a_partners_own_earlier_words_on_other_rows_are_held(sent: Round, order: list[int]) -> None:
    """In a second file they passed for corrections."""

    def moved(sheet: Any, at: Mapping[str, int]) -> None:
        worded(sheet, at)
        words = [sheet.cell(row, at["Progress update"]).value for row in range(2, ROWS + 2)]
        for row, n in enumerate(order, 2):
            sheet.cell(row, at["Progress update"]).value = words[n]

    assert sent.read(worded).applied == 10
    assert wrong(sent.read(moved)) == []


def one(row: int, **values: object) -> Fill:
    names = {"answer": "Answer", "status": "Status", "percent": "% complete", "words": "Progress update",
             "date": "Revised due date", "reason": "Reason for new date", "blockers": "Blockers"}  # fmt: skip

    def fill(sheet: Any, at: Mapping[str, int]) -> None:
        for key, value in values.items():
            sheet.cell(row, at[names[key]]).value = value

    return fill


def test_two_colleagues_who_each_fill_a_fresh_copy_do_not_undo_each_other(sent: Round) -> None:
    sent.read(one(2, answer="Update", status="Complete", percent=100))
    second = sent.read(one(5, answer="Update", words="We met"))
    assert (sent.cell("A-0001", "status"), sent.cell("A-0001", "percent")) == ("complete", 100)
    assert second.counts["answered"] == 2 and "as_sent" in {p.code for p in second.problems}


def test_a_workbook_after_a_telephone_call_does_not_undo_the_call(sent: Round) -> None:
    base = returns.sent_return(sent.session.read(), str(names_of(sent)))
    said = {base.rows[0].id: {"status": "complete", "percent": "100"}}
    told = telephone.take_call(sent.session, base.id, said, channel="telephone", informant="A. Sergeant")
    return_acceptance.accept(sent.session, told.submission, told.differences)
    sent.read(one(4, answer="Update", words="We met"))
    assert (sent.cell("A-0001", "status"), sent.cell("A-0001", "percent")) == ("complete", 100)


def names_of(sent: Round) -> str:
    row = sent.session.read().exec_driver_sql('SELECT id FROM "return" WHERE NOT deleted ORDER BY n DESC LIMIT 1').one()
    return str(row[0])


def test_the_same_words_as_last_quarter_are_an_answer_and_are_heard(sent: Round) -> None:
    sent.read(one(2, answer="Update", words="We go on as before"))
    sent.sent = sent.send("2026/27 Q4")
    review = sent.read(one(2, answer="Update", words="We go on as before"))
    assert review.counts["answered"] == 1
    updates = show.record(sent.session, "A-0001").updates
    assert [(u["period"], u["narrative"]) for u in updates] == [
        ("2026/27 Q4", "We go on as before"), ("2026/27 Q3", "We go on as before"),
    ]  # fmt: skip


def test_counts_and_declaration_are_those_of_all_files_and_versions(sent: Round) -> None:
    def declared(sheet: Any, at: Mapping[str, int]) -> None:
        start = sheet.parent["Start here"]
        for row in start.iter_rows():
            if str(row[0].value).startswith("Cleared by"):
                row[1].value = "C. Constable"
        one(2, answer="Update", words="first")(sheet, at)

    sent.read(declared)
    second = sent.read(one(3, answer="Update", words="second"))
    assert (second.counts["answered"], second.counts["not_answered"]) == (2, 8)
    sent.send()  # the next version
    (row,) = [r for r in round_standing.partners_of_round(sent.session) if r.partner == "Kent Police"]
    assert (row.counts.answered, row.counts.not_answered) == (2, 8) and "leared by C. Constable" in row.declared
    sheet = telephone.call_sheet(sent.session, row.return_id)
    (table,) = sheet.blocks
    assert isinstance(table, Table) and "2 answered, 8 not answered" in sheet.lines and len(table.rows) == 8
    assert "C. Constable" in str(round_standing.record_over_time(sent.session, "Kent Police")[0]["declared"])


def put(sent: Round, reference: str, key: str, value: str) -> None:
    assign(sent.session, reference, [Assignment(key, value)], "office")


@pytest.mark.parametrize("key", ["accountable", "status"])
def test_no_change_of_a_body_that_no_longer_has_the_action_is_not_written(sent: Round, key: str) -> None:
    put(sent, "A-0001", key, "Medway Council" if key == "accountable" else "superseded")
    review = sent.read(one(2, answer="No change"))
    assert show.record(sent.session, "A-0001").updates == []
    assert [p.record for p in review.problems if p.code in ("reassigned", "superseded")] == ["A-0001"]


def test_an_action_that_nobody_is_accountable_for_any_more_waits(sent: Round) -> None:
    put(sent, "A-0001", "accountable", "")
    review = sent.read(one(2, answer="Update", percent=50))
    assert [d.held for d in review.differences] == ["reassigned"]


def test_a_contributor_does_not_set_the_figures_of_another_bodys_action(sent: Round) -> None:
    put(sent, "A-0001", "accountable", "Medway Council")
    assign(sent.session, "A-0001", [Assignment("contributors", "Kent Police")], "office")
    sent.sent = sent.send("2026/27 Q4")
    review = sent.read(one(2, answer="Update", percent=10, blockers="Our vacancy", words="Our part is done"))
    held = {d.field: d.held for d in review.differences}
    assert held == {"percent": "somebody_elses", "blockers": "somebody_elses", "narrative": ""}


def test_a_reason_waits_with_its_date(sent: Round) -> None:
    review = sent.read(one(2, answer="Update", date="31/03/2027", reason="Supplier went bust"))
    assert {d.field: d.held for d in review.differences} == {"revised_due": "not_agreed", "revised_reason": "not_agreed"}
    assert sent.cell("A-0001", "revised_reason") is None


def test_superseded_and_changes_beside_not_able_wait(sent: Round) -> None:
    review = sent.read(one(2, answer="Update", status="Superseded"))
    assert [d.held for d in review.differences] == ["not_offered"]
    review = sent.read(one(3, answer="Not able to say yet", status="Complete", percent=100, words="The board meets in May"))
    held = {d.field: d.held for d in review.differences if d.record == "A-0002"}
    assert held == {"status": "contradicts", "percent": "contradicts", "narrative": ""}


def test_a_reversal_that_was_undone_and_brought_back_lets_the_file_apply_again(sent: Round) -> None:
    sent.read(one(2, answer="Update", percent=10))
    returns.reverse_return(sent.session, sent.sent.reference)
    undoing.undo(sent.session)
    assert sent.cell("A-0001", "percent") == 10
    undoing.undo(sent.session)
    assert sent.cell("A-0001", "percent") is None
    again = return_staging.import_return(sent.session, sent.folder / "back1.xlsx", apply="safe")
    assert sent.cell("A-0001", "percent") == 10 and again.applied >= 1
    assert returns.reverse_return(sent.session, sent.sent.reference).kept_later_edits == []


@pytest.mark.parametrize("key", ["Progress update", "Next step", "Blockers"])
def test_words_with_a_number_that_were_drawn_down_are_held(sent: Round, key: str) -> None:
    def fill(sheet: Any, at: Mapping[str, int]) -> None:
        for row in range(2, ROWS + 2):
            sheet.cell(row, at["Answer"]).value = "Update"
            sheet.cell(row, at[key]).value = f"Trained officers: {row + 1} so far"

    assert {d.held for d in sent.read(fill).differences} == {"filled"}


@pytest.mark.parametrize("typed", ["Jun-30", "June - 30", "31/10/2026"])
def test_a_date_that_may_mean_another_year_is_asked(sent: Round, typed: str) -> None:
    review = sent.read(one(2, answer="Update", date=typed))
    assert review.differences == [] and [d.field for d in review.asked] == ["revised_due"]


def test_only_words_that_were_taken_are_written_down(sent: Round) -> None:
    """Accepting one cell wrote every word of the row, those held as a person's data included."""

    def fill(sheet: Any, at: Mapping[str, int]) -> None:
        sheet.cell(2, at["Answer"]).value = "Update"
        sheet.cell(2, at["Progress update"]).value = "We met the council"
        sheet.cell(2, at["Next step"]).value = "Ring the victim on 07700 900123, jane.doe@example.org"

    review = sent.read(fill)
    assert {d.field: d.held for d in review.differences} == {"narrative": "", "next_step": "personal_data"}
    (update,) = show.record(sent.session, "A-0001").updates
    assert (update["narrative"], update["next_step"]) == ("We met the council", None)


def test_a_second_file_that_repeats_an_answer_writes_it_once(sent: Round) -> None:
    sent.read(one(2, answer="Update", words="We met"))

    def again(sheet: Any, at: Mapping[str, int]) -> None:
        one(2, answer="Update", words="We met")(sheet, at)
        one(3, answer="Update", words="They met too")(sheet, at)

    sent.read(again)
    assert [len(show.record(sent.session, r).updates) for r in ("A-0001", "A-0002")] == [1, 1]


def test_words_that_were_refused_leave_no_empty_update(sent: Round) -> None:
    review = sent.read(one(2, answer="Update", words="No comment"), apply=None)
    return_acceptance.decide(sent.session, review.submission, review.differences, "refused", "says nothing")
    return_acceptance.accept(sent.session, review.submission, [])
    assert show.record(sent.session, "A-0001").updates == []


def test_open_rows_answered_one_way_and_finished_ones_another_are_no_sorted_column(sent: Round) -> None:
    for n in range(6, 11):
        put(sent, f"A-{n:04d}", "status", "complete")
    sent.sent = sent.send("2026/27 Q4")

    def fill(sheet: Any, at: Mapping[str, int]) -> None:
        for row in range(2, ROWS + 2):
            finished = "finished" in str(sheet.cell(row, at["Action"]).value)
            sheet.cell(row, at["Answer"]).value = "No change" if finished else "Update"
            if not finished:
                sheet.cell(row, at["Progress update"]).value = f"{'hbdac'[row - 2]} words"

    assert sent.read(fill).applied == 5


def test_a_last_row_that_only_says_update_far_from_any_words_is_no_shift(sent: Round) -> None:
    def fill(sheet: Any, at: Mapping[str, int]) -> None:
        for row in range(2, ROWS + 2):
            sheet.cell(row, at["Answer"]).value = "No change"
        for row in (2, 3):
            one(row, answer="Update", words=f"words of {own(sheet, row)}")(sheet, at)
        one(ROWS + 1, answer="Update")(sheet, at)

    assert sent.read(fill).applied == 2


def test_a_contributor_alone_may_say_how_an_action_stands(sent: Round) -> None:
    put(sent, "A-0001", "accountable", "")
    assign(sent.session, "A-0001", [Assignment("contributors", "Kent Police")], "office")
    sent.sent = sent.send("2026/27 Q4")
    assert sent.read(one(2, answer="Update", percent=10)).applied == 1
