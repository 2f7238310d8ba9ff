"""The round between sending and the board: dates planned back, the ladder by standing, extensions, messages, the call sheet."""

from __future__ import annotations

import email
from datetime import date, timedelta
from email import policy
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.clock import CLOCK, TODAY
from vawg_desktop.domain.calendar import bank_holidays, easter, is_working, working_between, working_days
from vawg_desktop.domain.errors import RuleError, ValueRefusedError
from vawg_desktop.exchange.document import Table
from vawg_desktop.exchange.document_columns import LANDSCAPE, column_widths
from vawg_desktop.services import (
    board_dates,
    return_acceptance,
    return_messages,
    returns,
    round_standing,
    rounds,
    telephone,
)
from vawg_desktop.services.records import create
from vawg_desktop.services.session import Session


@pytest.mark.parametrize(
    ("year", "days"),
    [  # as published on gov.uk for England and Wales
        (2025, "0101 0418 0421 0505 0526 0825 1225 1226"),
        (2026, "0101 0403 0406 0504 0525 0831 1225 1228"),
        (2027, "0101 0326 0329 0503 0531 0830 1227 1228"),
        (2028, "0103 0414 0417 0501 0529 0828 1225 1226"),
    ],
)
def test_bank_holidays_of_england_and_wales(year: int, days: str) -> None:
    assert sorted(d.strftime("%m%d") for d in bank_holidays(year)) == days.split()


def test_easter_over_the_years() -> None:
    assert [easter(y).strftime("%m%d") for y in (2000, 2019, 2024, 2038, 2049)] == [
        "0423",
        "0421",
        "0331",
        "0425",
        "0418",
    ]


def test_working_days_count_both_ways() -> None:
    for start in (date(2026, 12, 20), date(2026, 4, 1), date(2027, 8, 27)):
        for count in (1, 3, 10, 25):
            there = working_days(start, count)
            assert is_working(there) and working_between(start, there) == count
            assert working_between(there, start) == -count
    assert working_days(date(2026, 12, 24), 1) == date(2026, 12, 29)


def test_a_rounds_dates_are_planned_back_from_the_boards_papers() -> None:
    plan = board_dates.plan_back(date(2027, 1, 28))
    assert (plan.papers, plan.due, plan.send) == (date(2027, 1, 19), date(2027, 1, 12), date(2026, 12, 17))
    assert plan.send < plan.due < plan.papers < plan.board


def _sent(session: Session, out: Path, due: str = "2026-11-13") -> dict[str, round_standing.RoundPartner]:
    rounds.export_returns(session, period="2026/27 Q2", due=due, out=out)
    return {c.partner: c for c in round_standing.partners_of_round(session)}


def test_the_ladder_follows_the_standing_of_each_body(sample: Session, tmp_path: Path) -> None:
    sent = _sent(sample, tmp_path)
    assert {c.step for c in sent.values()} == {"late"}
    assert sent["Kent Police"].next_step == "reminder" and sent["CPS South East"].next_step == "invitation"
    for name in ("Kent Police", "CPS South East"):
        return_messages.log_step(sample, sent[name].return_id, sent[name].next_step)
    CLOCK.go_to(TODAY + timedelta(days=2))
    again = {c.partner: c for c in round_standing.partners_of_round(sample)}
    assert again["Kent Police"].next_step == "deputy" and again["CPS South East"].next_step == ""
    CLOCK.go_to(TODAY + timedelta(days=20))
    last = {c.partner: c for c in round_standing.partners_of_round(sample)}
    assert last["Kent Police"].step == "silent" and last["CPS South East"].next_step == "invitation"
    return_messages.log_step(sample, sent["Kent Police"].return_id, "deputy")
    assert {c.partner: c for c in round_standing.partners_of_round(sample)}["Kent Police"].next_step == "formal_letter"
    with pytest.raises(RuleError, match="is not sent to"):
        return_messages.draft(sample, sent["CPS South East"].return_id, "formal_letter")


def test_before_it_is_due_nobody_is_late(sample: Session, tmp_path: Path) -> None:
    sent = _sent(sample, tmp_path, due="2027-01-10")
    assert {(c.step, c.next_step) for c in sent.values()} == {("sent", "")}
    CLOCK.go_to(date(2027, 1, 7))
    assert {c.partner: c for c in round_standing.partners_of_round(sample)}["Kent Police"].next_step == "courtesy"


def test_a_message_is_unsent_and_carries_the_workbook_and_the_date(sample: Session, tmp_path: Path) -> None:
    one = _sent(sample, tmp_path)["Kent Police"]
    create(
        sample,
        "contact",
        {
            "partner": "Kent Police",
            "name": "A. Contact",
            "email": "return@police.example",
            "completes_return": "yes",
        },
    )
    made = return_messages.draft(sample, one.return_id, "reminder", extra="We can also take it by telephone.")
    message = email.message_from_bytes(made.content, policy=policy.default)
    assert message["X-Unsent"] == "1" and message["To"] == "return@police.example"
    assert "2026/27 Q2" in message["Subject"] and one.reference in message["Subject"]
    body = message.get_body(("plain",))
    assert body is not None
    words = body.get_content()
    assert words.startswith("Dear A. Contact,") and "not yet received a return" in words and "by telephone" in words
    assert "fail" not in words.casefold() and "{" not in words
    attached = {str(p.get_filename()): p.get_payload(decode=True) for p in message.iter_attachments()}
    workbook = next(v for k, v in attached.items() if k.endswith(".xlsx"))
    assert workbook == (tmp_path / next(k for k in attached if k.endswith(".xlsx"))).read_bytes()
    calendar = attached["due date.ics"].decode()
    assert "DTSTART;VALUE=DATE:20261113\r\n" in calendar and calendar.startswith("BEGIN:VCALENDAR\r\n")
    assert all(len(line.encode()) <= 75 for line in calendar.split("\r\n"))


def test_wording_is_the_offices_own_where_it_has_edited_it(sample: Session, tmp_path: Path) -> None:
    from vawg_desktop.services.office import write_setting

    one = _sent(sample, tmp_path)["Kent Police"]
    with sample.store.write("me", "our words") as tx:
        write_setting(tx, "wording.reminder.body", "Our own words to {partner} by {due}.")
    assert (
        "Our own words to Kent Police by 13 November 2026."
        in return_messages.draft(sample, one.return_id, "reminder").body
    )


def test_an_extension_is_later_agreed_by_somebody_and_kept(sample: Session, tmp_path: Path) -> None:
    one = _sent(sample, tmp_path)["Kent Police"]
    with pytest.raises(ValueRefusedError, match="who agreed"):
        return_messages.extend(sample, one.return_id, "2026-12-01", " ")
    with pytest.raises(RuleError, match="a later date"):
        return_messages.extend(sample, one.return_id, "2026-11-01", "S. Clarke")
    return_messages.extend(sample, one.return_id, "2026-12-01", "S. Clarke")
    now = {c.partner: c for c in round_standing.partners_of_round(sample)}["Kent Police"]
    assert (now.step, now.due, now.next_step) == ("sent", "2026-12-01", "")
    assert [(e["step"], e["agreed_by"], e["note"]) for e in now.log] == [
        ("extension", "S. Clarke", "It was due on 13 November 2026.")
    ]


def test_nil_no_change_and_not_answered_are_told_apart(sample: Session, tmp_path: Path) -> None:
    sent = _sent(sample, tmp_path)
    files = {p.name: p for p in tmp_path.glob("*.xlsx")}
    police = next(p for n, p in files.items() if n.startswith("Kent Police"))
    book = load_workbook(police)
    sheet = book["Actions"]
    at = {str(c.value).replace(" (please fill in)", ""): c.column for c in sheet[1] if c.value}
    sheet.cell(2, at["Answer"]).value = "No change"
    sheet.cell(3, at["Answer"]).value = "Update"
    sheet.cell(3, at["Progress update"]).value = "We met."
    for line in book["Start here"].iter_rows():
        said = {"Completed by": "The VAWG lead", "Cleared by (chief officer or equivalent)": "The deputy chief constable"}.get(str(line[0].value).removesuffix(" (please fill in)"))
        if said:
            line[1].value = said
    book.save(tmp_path / "back.xlsx")
    returns.import_return(sample, tmp_path / "back.xlsx")
    opcc = next(p for n, p in files.items() if n.startswith("OPCC"))
    book = load_workbook(opcc)
    start = book["Start here"]
    row = next(c.row for c in start["A"] if str(c.value or "").startswith("Nothing to report"))
    start.cell(row, 2).value = "Yes"
    book.save(tmp_path / "nil.xlsx")
    returns.import_return(sample, tmp_path / "nil.xlsx", apply="safe")
    now = {c.partner: c for c in round_standing.partners_of_round(sample)}
    one = now["Kent Police"]
    rows = len([c for c in sheet["A"] if c.value]) - 1
    assert (one.step, one.counts.no_change, one.counts.answered, one.counts.not_answered + one.counts.finished, one.nil) == (
        "received",
        1,
        1,
        rows - 2,
        False,
    )
    assert now["OPCC"].nil and now["OPCC"].counts.not_answered == 0 and now["OPCC"].counts.no_change > 0
    record = round_standing.record_over_time(sample, "Kent Police")
    assert [(r["period"], r["late"]) for r in record] == [
        ("2026/27 Q2", working_between(date(2026, 11, 13), sample.today))
    ]
    assert record[0]["declared"] == "Completed by The VAWG lead; cleared by The deputy chief constable"
    assert round_standing.record_over_time(sample, "OPCC")[0]["declared"] == "Not cleared by a chief officer or equivalent"
    assert sent["Kent Police"].received is None


def test_a_query_goes_into_a_ready_made_message(sample: Session, tmp_path: Path) -> None:
    one = _sent(sample, tmp_path)["Kent Police"]
    path = next(p for p in tmp_path.glob("Kent Police*.xlsx"))
    book = load_workbook(path)
    sheet = book["Actions"]
    at = {str(c.value).replace(" (please fill in)", ""): c.column for c in sheet[1] if c.value}
    sheet.cell(2, at["% complete"]).value = 90
    book.save(tmp_path / "back.xlsx")
    staged = returns.import_return(sample, tmp_path / "back.xlsx")
    return_acceptance.decide(sample, staged.submission, staged.differences, "queried", "What remains to be done?")
    asked = return_messages.queries(sample, staged.submission)
    assert "% complete, you wrote “90”. What remains to be done?" in asked
    made = return_messages.draft(sample, one.return_id, "query", extra=asked)
    assert "What remains to be done?" in made.body and "Thank you for the return" in made.body


def test_the_call_sheet_has_each_open_action_and_the_number_to_ring(sample: Session, tmp_path: Path) -> None:
    one = _sent(sample, tmp_path)["Kent Police"]
    create(
        sample,
        "contact",
        {"partner": "Kent Police", "name": "A. Contact", "telephone": "101", "completes_return": "yes"},
    )
    sheet = telephone.call_sheet(sample, one.return_id)
    (table,) = sheet.blocks
    assert isinstance(table, Table) and "Kent Police" in sheet.title and "A. Contact, 101" in sheet.lines and table.heads[-1] == "Answer now"
    assert table.rows and all(str(row[0]).startswith("A-") and row[1] and row[-1] is None for row in table.rows)
    assert column_widths(table, LANDSCAPE)[-1] > 40  # room to write in


# -- what must not leave -----------------------------------------------------------------------------


def _plant(session: Session, cells: dict[str, str], partner: str = "Kent Police") -> str:
    ref = (
        session.read()
        .exec_driver_sql(
            "SELECT a.reference FROM action a JOIN partner p ON p.id = a.accountable WHERE coalesce(p.short_name, p.name) = ? "
            "AND a.status = 'proposed' OR (coalesce(p.short_name, p.name) = ? AND a.status <> 'superseded') ORDER BY a.n LIMIT 1",
            (partner, partner),
        )
        .one()[0]
    )
    from vawg_desktop.services.records import Assignment, assign

    assign(session, str(ref), [Assignment(k, v) for k, v in cells.items()], "planted")
    return str(ref)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("Waiting for Medway Council to answer", "names_another"),
        ("waiting for medway council", "names_another"),
        ("This was marked SECRET in error", "marking_above"),
        ("TOP SECRET", "marking_above"),
    ],
)
def test_what_is_not_this_partners_blocks_its_file_with_the_place(
    sample: Session, tmp_path: Path, words: str, code: str
) -> None:
    reference = _plant(sample, {"blockers": words})
    made = rounds.export_returns(sample, period="P", due="+4w", out=tmp_path)
    assert "Kent Police" not in {s.partner for s in made.returns} and list(made.held) == ["Kent Police"]
    found = made.held["Kent Police"][0]
    assert (found.code, found.sheet, found.cell[0]) == (code, "Actions", "N") and found.record.startswith(
        reference
    )
    assert not list(tmp_path.glob("Kent Police*"))
    why = next(s["why"] for s in made.skipped if s["partner"] == "Kent Police")
    assert "held back" in why and found.cell in why
    assert (
        sample.read()
        .exec_driver_sql(
            "SELECT count(*) FROM \"return\" r JOIN partner p ON p.id = r.partner WHERE p.name = 'Kent Police'"
        )
        .one()[0]
        == 0
    )
    released = rounds.export_returns(
        sample, period="P", due="+4w", out=tmp_path, partners=["Kent Police"], release=["Kent Police"]
    )
    assert [s.partner for s in released.returns] == ["Kent Police"]


def test_a_restricted_title_does_not_leave_in_anothers_words(sample: Session, tmp_path: Path) -> None:
    title = (
        sample.read().exec_driver_sql("SELECT title FROM recommendation WHERE reference = 'R-0005'").one()[0]
    )
    from vawg_desktop.services.records import Assignment, assign

    assign(sample, "R-0005", [Assignment("restriction", "live proceedings")], "w")
    _plant(sample, {"blockers": f"Depends on {str(title).upper()}"})
    made = rounds.export_returns(sample, period="P", due="+4w", out=tmp_path)
    assert [p.code for p in made.held["Kent Police"]] == ["restricted"]


def test_a_partners_own_words_about_another_are_its_own(sample: Session, tmp_path: Path) -> None:
    """What Kent Police itself wrote in its return comes back to it next time."""
    rounds.export_returns(sample, period="P1", due="+4w", out=tmp_path)
    path = next(tmp_path.glob("Kent Police*.xlsx"))
    book = load_workbook(path)
    sheet = book["Actions"]
    at = {str(c.value).replace(" (please fill in)", ""): c.column for c in sheet[1] if c.value}
    sheet.cell(2, at["Blockers"]).value = "We wait for Medway Council"
    sheet.cell(2, at["Progress update"]).value = "Met Medway Council twice"
    book.save(tmp_path / "back.xlsx")
    returns.import_return(sample, tmp_path / "back.xlsx", apply="safe")
    made = rounds.export_returns(sample, period="P2", due="+4w", out=tmp_path)
    assert made.held == {} and "Kent Police" in {s.partner for s in made.returns}


def test_a_written_file_is_looked_at_from_outside(sample: Session, tmp_path: Path) -> None:
    from vawg_desktop.exchange.outgoing_check import hidden_in

    made = rounds.export_returns(sample, period="P", due="+4w", out=tmp_path)
    one = made.returns[0]
    content = Path(one.file).read_bytes()
    shown = [
        str(c.value) for name in ("Actions", "For reference") for c in load_workbook(one.file)[name]["A"][1:]
    ]
    assert hidden_in(content, shown, one.reference) == []
    assert {p.code for p in hidden_in(content, shown[1:], one.reference)} == {"strange_row"}
    book = load_workbook(one.file)
    book.properties.creator = "A. Person"
    book["Lists"].sheet_state = "hidden"
    book["Actions"].row_dimensions[2].hidden = True
    book.save(tmp_path / "bad.xlsx")
    assert {"property_names", "hidden_sheet", "hidden_rows"} <= {
        p.code for p in hidden_in((tmp_path / "bad.xlsx").read_bytes(), shown, one.reference)
    }


def test_the_boards_still_to_come_are_offered_soonest_first(sample: Session) -> None:
    for title, day in (
        ("Board B", "2027-02-04"),
        ("Board A", "2026-12-10"),
        ("Past", "2026-01-01"),
        ("Sometime", "2027-03"),
    ):
        create(sample, "meeting", {"title": title, "date": day})
    found = board_dates.coming_boards(sample)
    assert [d for _, d in found if d in ("2026-12-10", "2027-02-04")] == ["2026-12-10", "2027-02-04"]
    assert all(len(d) == 10 and d > "2026-11-22" for _, d in found)


def test_every_page_counts_the_same_returns_as_awaited(sample: Session, tmp_path: Path) -> None:
    """My work, the Overview and Returns: also once a return was reversed, and is waited for again."""
    from vawg_desktop.services import overview

    one = _sent(sample, tmp_path)["Kent Police"]
    path = next(tmp_path.glob("Kent Police*.xlsx"))
    book = load_workbook(path)
    book["Actions"].cell(2, 9).value = 90
    book.save(tmp_path / "back.xlsx")
    returns.import_return(sample, tmp_path / "back.xlsx", apply="safe")

    def shown() -> int:
        figures = [
            f for f in overview.overview(sample, sample.today).questions if "return" in f.label.casefold()
        ]
        assert len(figures) == 1
        return int(figures[0].value)

    assert shown() == len(overview.awaited(sample)) == 12
    assert returns.reverse_return(sample, one.reference).restored > 0
    assert shown() == sum(c.is_awaited for c in round_standing.partners_of_round(sample)) == 13
    again = next(c for c in round_standing.partners_of_round(sample) if c.partner == "Kent Police")
    assert again.next_step == "reminder" and again.received is None
