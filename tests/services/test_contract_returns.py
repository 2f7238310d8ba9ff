"""A contract's or grant's round: services asked in a workbook, their numbers kept by period, merged and taken back like any return."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.services.test_returns import columns, nothing, row_of
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.errors import FileRefusedError, StaleError, ValueRefusedError
from vawg_desktop.domain.merge import Kind
from vawg_desktop.domain.return_columns import CONTRACT
from vawg_desktop.services import (
    indicators,
    merging,
    records,
    return_acceptance,
    return_messages,
    return_review,
    return_tray,
    returns,
    round_standing,
    rounds,
    service_values,
    show,
    telephone,
    undoing,
    waiting,
)
from vawg_desktop.services.overview import rounds as rounds_of
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, opening
from vawg_desktop.store.check import check

PERIOD = "2026/27 Q2"


@pytest.fixture
def office(sample: Session) -> Session:
    """The sample with a provider of two services, one of them with what the funder means by a referral."""
    records.create(sample, "partner", {"name": "Rowan Support", "kind": "Commissioned service", "standing": "contract"})
    for title, more in (("Trauma therapy", {"funding_source": "Grant A", "contract_reference": "C-17", "funding_end": "2027-03-31"}), ("Outreach", {})):
        records.create(sample, "service", {"title": title, "provider": "Rowan Support", "status": "running", **more})
    indicator, _ = records.create(sample, "indicator", {"title": "Referrals to therapy", "measure": "referred", "count_unit": "referrals", "definition": "Each person once a year", "services": "Trauma therapy"})
    for period, value in (("2026-01", "9"), ("2026/27 Q1", "41")):
        records.create(sample, "indicator_value", {"indicator": indicator, "period": period, "value": value})
    return sample


def reference(session: Session, title: str) -> str:
    return str(session.read().exec_driver_sql("SELECT reference FROM service WHERE title = ?", (title,)).one()[0])


def kept_by_hand(session: Session, value: str) -> None:
    """The longest wait for therapy in the round's period, as the office wrote it down itself."""
    indicator, _ = records.create(session, "indicator", {"title": "Wait for therapy", "measure": "longest_wait", "count_unit": "days", "services": "Trauma therapy"})
    records.create(session, "indicator_value", {"indicator": indicator, "period": PERIOD, "value": value})


def send(session: Session, out: Path, format: str = "xlsx", period: str = PERIOD) -> rounds.Sent:
    made = rounds.export_returns(session, period=period, due="30/10/2026", out=out, format=format, kind="contract")
    assert made.held == {}
    (sent,) = [s for s in made.returns if s.partner == "Rowan Support"]
    return sent


def fill(path: str | Path, to: Path, cells: dict[tuple[str, str], object]) -> Path:
    book = load_workbook(path)
    sheet = book["Services"]
    at = columns(sheet)
    for (name, head), value in cells.items():
        sheet.cell(row_of(sheet, name), at[head], value)
    to.parent.mkdir(exist_ok=True)
    book.save(to)
    return to


def numbers(session: Session, title: str) -> dict[str, dict[str, float]]:
    """By measure the values by period."""
    id = show.record(session, reference(session, title)).id
    found: dict[str, dict[str, float]] = {}
    for one in indicators.belonging_to(session, id):
        measure = str(session.read().exec_driver_sql("SELECT measure FROM indicator WHERE id = ?", (one.id,)).one()[0])
        found[measure] = {v.period: v.value for v in one.values}
    return found


def filled(session: Session, tmp_path: Path) -> Path:
    therapy, outreach = reference(session, "Trauma therapy"), reference(session, "Outreach")
    return fill(send(session, tmp_path / "out").file, tmp_path / "back" / "back.xlsx", {
        (therapy, "Answer"): "Update", (therapy, "Referred"): 52, (therapy, "Contacted"): 50, (therapy, "Accepted"): 44, (therapy, "Declined"): 6,
        (therapy, "Reasons for declining"): "Out of area: 6", (therapy, "Supported"): 120, (therapy, "Waiting"): 31, (therapy, "Longest wait in days"): 97,
        (therapy, "Closed"): 12, (therapy, "Outcomes of closed cases"): "Ten felt safer", (therapy, "Staffing"): "One post vacant", (therapy, "Risks"): "The lease ends in May",
        (outreach, "Answer"): "No change",
    })  # fmt: skip


# -- out -----------------------------------------------------------------------------------------


def test_the_workbook_asks_each_service_and_says_what_is_counted(office: Session, tmp_path: Path) -> None:
    book = load_workbook(send(office, tmp_path).file)
    assert book.sheetnames == ["Start here", "Services", "Definitions", "Lists", "Identity"]
    sheet = book["Services"]
    heads = [str(c.value) for c in sheet[1]]
    assert heads[:5] == ["Reference", "Service", "Funder and contract", "Funding ends", "Last answer"]
    assert [h.removesuffix(" (please fill in)") for h in heads[5:-2]] == [c.heading for c in CONTRACT.columns]
    row = [c.value for c in sheet[row_of(sheet, reference(office, "Trauma therapy"))]]
    assert row[1:3] == ["Trauma therapy", "Grant A; C-17"] and str(row[3])[:10] == "2027-03-31"
    told = [[c.value for c in r] for r in book["Definitions"].iter_rows(min_row=2)]
    assert told[0][0] == row[0] and told[0][1:] == ["Referred", "Each person once a year"]
    assert ["All services", "Waiting", "People waiting on the last day of the period."] in told
    words = " ".join(str(c.value) for r in book["Start here"].iter_rows() for c in r if c.value)
    assert f"Contract or grant return: {PERIOD}" in words and "Open the sheet Services" in words and "What the ratings mean" not in words and "Actions" not in words


@pytest.mark.parametrize("format", ["xlsx", "ods"])
def test_unedited_nothing_comes_back(office: Session, tmp_path: Path, format: str) -> None:
    assert nothing(returns.import_return(office, Path(send(office, tmp_path, format).file), apply="all"))
    assert check(office.store).problems == []


@pytest.mark.parametrize("format", ["xlsx", "ods"])
@pytest.mark.parametrize("kept", ["12.5", "0.1", "30000000", "-2", "4500000000000000000.25"])
def test_a_kept_number_that_is_no_count_comes_back_as_it_left(office: Session, tmp_path: Path, libreoffice: Callable[[Path, str], Path], format: str, kept: str) -> None:
    kept_by_hand(office, kept)
    sent = send(office, tmp_path, format)
    assert nothing(returns.import_return(office, Path(sent.file), apply="all"))
    assert nothing(returns.import_return(office, libreoffice(Path(sent.file), format), apply="all"))


def test_a_kept_number_that_is_no_count_gives_way_to_one(office: Session, tmp_path: Path) -> None:
    kept_by_hand(office, "12.5")
    therapy = reference(office, "Trauma therapy")
    path = send(office, tmp_path / "out").file
    typed = returns.import_return(office, fill(path, tmp_path / "back" / "a.xlsx", {(therapy, "Answer"): "No change", (therapy, "Longest wait in days"): 12.5}))
    assert typed.differences == []  # the same number, typed
    (one,) = returns.import_return(office, fill(path, tmp_path / "back" / "b.xlsx", {(therapy, "Answer"): "Update", (therapy, "Longest wait in days"): 14})).differences
    assert (one.base, one.current, one.incoming) == ("12.5", "12.5", 14)


def test_unedited_through_libreoffice_nothing_comes_back(office: Session, tmp_path: Path, libreoffice: Callable[[Path, str], Path]) -> None:
    sent = send(office, tmp_path)
    for ending in ("xlsx", "ods", "xls"):
        assert nothing(returns.import_return(office, libreoffice(Path(sent.file), ending))), ending


def test_a_period_for_which_no_number_can_be_kept_is_refused_before_anything_is_made(office: Session, tmp_path: Path) -> None:
    before = rounds_of(office)
    with pytest.raises(ValueRefusedError, match="not a month, quarter or year"):
        rounds.export_returns(office, period="the autumn", due="+4w", out=tmp_path / "out", kind="contract")
    assert rounds_of(office) == before and not (tmp_path / "out").exists()
    with pytest.raises(ValueRefusedError, match="no kind of round called"):
        rounds.export_returns(office, period=PERIOD, due="+4w", out=tmp_path, kind="survey")


def test_both_kinds_of_round_stand_beside_each_other(office: Session, tmp_path: Path) -> None:
    progress = rounds.export_returns(office, period=PERIOD, due="30/10/2026", out=tmp_path)
    sent = send(office, tmp_path)
    assert [(r["period"], r["kind"]) for r in rounds_of(office)] == [(PERIOD, "contract"), (PERIOD, "progress")]
    assert len({Path(s.file).name for s in [*progress.returns, sent]}) == len(progress.returns) + 1
    assert (sent.version, sent.rows) == (1, 2)
    assert send(office, tmp_path).version == 2
    (row,) = [p for p in round_standing.partners_of_round(office) if p.partner == "Rowan Support"]
    assert row.is_awaited


def test_ended_and_restricted_services_are_not_asked(office: Session, tmp_path: Path) -> None:
    records.assign(office, reference(office, "Outreach"), [Assignment("status", "ended")], None)
    assert send(office, tmp_path).rows == 1
    records.assign(office, reference(office, "Trauma therapy"), [Assignment("restriction", "under review")], None)
    made = rounds.export_returns(office, period=PERIOD, due="+4w", out=tmp_path, kind="contract", partners=["Rowan Support"])
    assert made.returns == [] and made.skipped == [{"partner": "Rowan Support", "why": "its open services are restricted"}]


def test_a_service_with_no_provider_is_named_and_the_workbook_speaks_of_services(office: Session, tmp_path: Path) -> None:
    title = "Nobody's line"
    records.create(office, "service", {"title": title, "status": "running"})
    made = rounds.export_returns(office, period=PERIOD, due="30/10/2026", out=tmp_path, kind="contract")
    assert [s["why"] for s in made.skipped if title in s["why"]] == [f"{reference(office, title)} {title} has no provider, so nobody is asked about it"]
    (sent,) = [s for s in made.returns if s.partner == "Rowan Support"]
    words = " ".join(str(c.value) for row in load_workbook(sent.file)["Start here"].iter_rows() for c in row if c.value)
    assert "Nothing to report for any service this time?" in words


def test_messages_speak_of_services(office: Session, tmp_path: Path) -> None:
    send(office, tmp_path)
    (row,) = [p for p in round_standing.partners_of_round(office) if p.partner == "Rowan Support"]
    made = return_messages.draft(office, row.return_id, "sent")
    assert made.subject.startswith(f"Contract or grant return {PERIOD}") and "every service" in made.body and "action" not in made.body


# -- in ------------------------------------------------------------------------------------------


def test_what_came_back_is_kept_as_numbers_of_the_period_and_a_report(office: Session, tmp_path: Path) -> None:
    review = returns.import_return(office, filled(office, tmp_path))
    assert review.problems == [] and review.tray == []
    assert {d.field: (d.current, d.incoming, d.kind) for d in review.differences if d.field in ("referred", "longest_wait", "staffing")} == {
        "referred": (None, 52, Kind.INCOMING), "longest_wait": (None, 97, Kind.INCOMING), "staffing": (None, "One post vacant", Kind.INCOMING),
    }  # fmt: skip
    return_acceptance.accept(office, review.submission, review.differences)
    assert numbers(office, "Trauma therapy") == {
        "referred": {"2026-01": 9, "2026-Q2": 41, "2026-Q3": 52}, "contacted": {"2026-Q3": 50}, "accepted": {"2026-Q3": 44}, "declined": {"2026-Q3": 6},
        "supported": {"2026-Q3": 120}, "waiting": {"2026-Q3": 31}, "longest_wait": {"2026-Q3": 97}, "closed": {"2026-Q3": 12},
    }  # fmt: skip
    view = show.record(office, reference(office, "Trauma therapy"))
    assert (view.cells["waiting_days"], view.cells["waiting_as_at"]) == (97, "2026-09-30")
    (report,) = view.parts["service_report"]
    assert (report["period"], report["declined_why"], report["outcomes"], report["risks"]) == (PERIOD, "Out of area: 6", "Ten felt safer", "The lease ends in May")
    (other,) = show.record(office, reference(office, "Outreach")).parts["service_report"]
    assert other["answer"] == "no_change" and numbers(office, "Outreach") == {}
    assert returns.import_return(office, tmp_path / "back" / "back.xlsx").left() == 0
    assert check(office.store).problems == []


def test_the_next_quarters_workbook_shows_what_was_answered_last(office: Session, tmp_path: Path) -> None:
    returns.import_return(office, filled(office, tmp_path), apply="all")
    book = load_workbook(send(office, tmp_path / "next", period="2026/27 Q3").file)
    sheet = book["Services"]
    row = row_of(sheet, reference(office, "Trauma therapy"))
    at = columns(sheet)
    assert str(sheet.cell(row, at["Last answer"]).value).splitlines()[:2] == [PERIOD, "Referred: 52"]
    assert sheet.cell(row, at["Referred"]).value is None  # of another period
    again = load_workbook(send(office, tmp_path / "again").file)["Services"]
    assert again.cell(row_of(again, reference(office, "Trauma therapy")), columns(again)["Referred"]).value == 52


def test_the_offices_own_number_and_the_providers_are_a_conflict(office: Session, tmp_path: Path) -> None:
    path = filled(office, tmp_path)
    indicator = str(office.read().exec_driver_sql("SELECT id FROM indicator WHERE measure = 'referred'").one()[0])
    records.create(office, "indicator_value", {"indicator": indicator, "period": PERIOD, "value": "55"})
    review = returns.import_return(office, path)
    (one,) = [d for d in review.differences if d.field == "referred"]
    assert (one.base, one.current, one.incoming, one.kind) == (None, 55, 52, Kind.CONFLICT)
    returns.import_return(office, path, apply="safe")
    assert numbers(office, "Trauma therapy")["referred"]["2026-Q3"] == 55
    returns.import_return(office, path, apply="all")
    assert numbers(office, "Trauma therapy")["referred"]["2026-Q3"] == 52


@pytest.mark.parametrize("before", [True, False])
def test_a_number_that_moved_since_it_was_shown_is_not_overwritten(office: Session, tmp_path: Path, before: bool) -> None:
    path = filled(office, tmp_path)
    indicator = str(office.read().exec_driver_sql("SELECT id FROM indicator WHERE measure = 'referred'").one()[0])
    value = {"indicator": indicator, "period": PERIOD, "value": "55"}
    made = records.create(office, "indicator_value", value)[0] if before else ""
    review = returns.import_return(office, path)
    if before:
        records.assign(office, made, [Assignment("value", "56")], None)
    else:
        records.create(office, "indicator_value", value)
    with pytest.raises(StaleError, match="Referred was changed meanwhile"):
        return_acceptance.accept(office, review.submission, review.differences)
    assert numbers(office, "Trauma therapy")["referred"]["2026-Q3"] == (56 if before else 55)
    assert show.record(office, reference(office, "Trauma therapy")).parts.get("service_report", []) == []


def test_a_second_file_corrects_the_first(office: Session, tmp_path: Path) -> None:
    therapy = reference(office, "Trauma therapy")
    first = filled(office, tmp_path)
    returns.import_return(office, first, apply="all")
    second = fill(first, tmp_path / "back" / "second.xlsx", {(therapy, "Referred"): 53, (therapy, "Staffing"): "The post is filled"})
    review = returns.import_return(office, second)
    assert {d.field: (d.base, d.current, d.incoming) for d in review.differences} == {
        "referred": (52, 52, 53), "staffing": ("One post vacant", "One post vacant", "The post is filled"),
    }  # fmt: skip
    return_acceptance.accept(office, review.submission, review.differences)
    assert numbers(office, "Trauma therapy")["referred"]["2026-Q3"] == 53
    review = returns.import_return(office, first)  # the first again, as it was
    assert review.left() == 0


def test_a_return_is_taken_back_as_a_whole(office: Session, tmp_path: Path) -> None:
    before = numbers(office, "Trauma therapy")
    review = returns.import_return(office, filled(office, tmp_path), apply="all")
    done = returns.reverse_return(office, review.return_reference)
    assert done.kept_later_edits == []
    assert {k: v for k, v in numbers(office, "Trauma therapy").items() if v} == before
    view = show.record(office, reference(office, "Trauma therapy"))
    assert view.cells["waiting_days"] is None and view.parts.get("service_report", []) == []
    assert check(office.store).problems == []
    assert returns.import_return(office, tmp_path / "back" / "back.xlsx").left() > 0  # and may be taken again
    returns.import_return(office, tmp_path / "back" / "back.xlsx", apply="all")
    assert numbers(office, "Trauma therapy")["referred"]["2026-Q3"] == 52
    undoing.undo(office)
    assert "2026-Q3" not in numbers(office, "Trauma therapy").get("waiting", {})


def test_two_laptops_that_take_the_same_return_make_one_of_each(office: Session, tmp_path: Path) -> None:
    path = filled(office, tmp_path)
    copying.take_copy(office.store, tmp_path / "laptop.vawg")
    laptop = Session(opening.open_store(tmp_path / "laptop.vawg", passphrase=None), "L. Laptop")
    for session in (office, laptop):
        returns.import_return(session, path, apply="all")
    assert merging.merge(office, laptop.store).conflicts == []
    assert numbers(office, "Trauma therapy")["supported"] == {"2026-Q3": 120}
    count = office.read().exec_driver_sql("SELECT count(*) FROM indicator WHERE NOT deleted AND measure IS NOT NULL").one()[0]
    assert count == len(CONTRACT.values)
    assert check(office.store).problems == []


def test_two_laptops_whose_provider_said_different_numbers_are_asked_once(office: Session, tmp_path: Path) -> None:
    path, therapy = filled(office, tmp_path), reference(office, "Trauma therapy")
    other = fill(path, tmp_path / "back" / "other.xlsx", {(therapy, "Waiting"): 35})
    copying.take_copy(office.store, tmp_path / "laptop.vawg")
    laptop = Session(opening.open_store(tmp_path / "laptop.vawg", passphrase=None), "L. Laptop")
    returns.import_return(office, path, apply="all")
    returns.import_return(laptop, other, apply="all")
    assert len(merging.merge(office, laptop.store).conflicts) == 1
    assert {h["value"] for h in merging.conflicts(office)[0].as_json()["heads"]} == {"31", "35"}  # type: ignore[union-attr]
    third = fill(path, tmp_path / "back" / "third.xlsx", {(therapy, "Waiting"): 40})
    review = returns.import_return(office, third)
    assert [d.held for d in review.differences if d.field == "waiting"] == ["waits_for_choice"]


def test_a_service_that_went_to_another_provider_waits_for_a_person(office: Session, tmp_path: Path) -> None:
    path = filled(office, tmp_path)
    records.assign(office, reference(office, "Trauma therapy"), [Assignment("provider", "Kent Police")], None)
    review = returns.import_return(office, path, apply="all")
    assert {d.held for d in review.differences} == {"reassigned"} and review.applied == 0
    assert numbers(office, "Trauma therapy") == {"referred": {"2026-01": 9, "2026-Q2": 41}}


@pytest.mark.parametrize("typed", ["about fifty", -3, 12.5])
def test_what_is_no_count_is_asked_and_nothing_is_lost(office: Session, tmp_path: Path, typed: object) -> None:
    therapy = reference(office, "Trauma therapy")
    path = fill(send(office, tmp_path / "out").file, tmp_path / "back" / "b.xlsx", {(therapy, "Answer"): "Update", (therapy, "Referred"): typed})
    review = returns.import_return(office, path, apply="all")
    assert [p.code for p in review.problems] == ["not_understood"] and [t["header"] for t in review.tray] == ["Referred"]
    assert "2026-Q3" not in numbers(office, "Trauma therapy")["referred"]


@pytest.mark.parametrize("word", ["nil", "Nil", "zero"])
def test_nothing_said_as_a_word_is_nought(office: Session, tmp_path: Path, word: str) -> None:
    therapy = reference(office, "Trauma therapy")
    path = fill(send(office, tmp_path / "out").file, tmp_path / "back" / "b.xlsx", {(therapy, "Answer"): "Update", (therapy, "Referred"): word})
    assert returns.import_return(office, path, apply="all").problems == []
    assert numbers(office, "Trauma therapy")["referred"]["2026-Q3"] == 0


def test_more_reached_or_accepted_than_referred_waits_for_a_person(office: Session, tmp_path: Path) -> None:
    therapy = reference(office, "Trauma therapy")
    given = {"Answer": "Update", "Referred": 10, "Contacted": 11, "Accepted": 12, "Supported": 90}
    path = fill(send(office, tmp_path / "out").file, tmp_path / "back" / "b.xlsx", {(therapy, k): v for k, v in given.items()})
    review = returns.import_return(office, path, apply="all")
    assert {d.field: d.held for d in review.differences if d.held} == {"contacted": "more_than_referred", "accepted": "more_than_referred"}
    assert {k: v.get("2026-Q3") for k, v in numbers(office, "Trauma therapy").items()} | {"contacted": None, "accepted": None} == {
        "referred": 10, "contacted": None, "accepted": None, "supported": 90,
    }  # fmt: skip


def test_a_csv_of_the_rows_is_known_by_its_references(office: Session, tmp_path: Path) -> None:
    sheet = load_workbook(filled(office, tmp_path))["Services"]
    with (tmp_path / "rows.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["" if c is None else str(c)[:10] if hasattr(c, "year") else c for c in row] for row in sheet.iter_rows(values_only=True)])
    review = returns.import_return(office, tmp_path / "rows.csv", apply="all")
    assert numbers(office, "Trauma therapy")["supported"] == {"2026-Q3": 120} and review.applied == 12


def test_headings_retyped_as_people_do_are_known(office: Session, tmp_path: Path) -> None:
    path = filled(office, tmp_path)
    book = load_workbook(path)
    heads = {"Supported": "People supported", "Waiting": "Waiting list", "Longest wait in days": "Longest wait (days)", "Risks": "Risks and issues"}
    for cell in book["Services"][1]:
        bare = str(cell.value).replace(" (please fill in)", "")
        cell.value = heads.get(bare, cell.value)
    book.save(path)
    review = returns.import_return(office, path, apply="all")
    assert {p.code for p in review.problems} == {"heading_changed"} and len(review.problems) == len(heads)
    assert numbers(office, "Trauma therapy")["waiting"] == {"2026-Q3": 31}


def test_columns_of_the_other_form_are_refused_with_what_to_do(office: Session, tmp_path: Path) -> None:
    sent = send(office, tmp_path / "out")
    book = load_workbook(sent.file)
    sheet = book["Services"]
    for cell, words in zip(sheet[1][5:15], ("Answer", "Status", "Progress update", "% complete", "Rating", "Revised due date", "Reason for new date", "Next step", "Blockers", "Help wanted"), strict=True):
        cell.value = f"{words} (please fill in)"
    book.save(tmp_path / "odd.xlsx")
    with pytest.raises(FileRefusedError, match="asks about services, but its columns are those about actions"):
        returns.import_return(office, tmp_path / "odd.xlsx")


def test_the_sheet_of_the_other_form_beside_the_answers_takes_no_answer_away(office: Session, tmp_path: Path) -> None:
    """Somebody kept both workbooks in one file: the return is the one whose marks it bears."""
    records.create(office, "action", {"title": "Answer within a week", "accountable": "Rowan Support"})
    progress = rounds.export_returns(office, period="2026/27 Q3", due="30/01/2027", out=tmp_path / "progress")
    (other,) = [s for s in progress.returns if s.partner == "Rowan Support"]
    path = filled(office, tmp_path)
    book, beside = load_workbook(path), load_workbook(other.file)["Actions"]
    for column in reversed([c for c in CONTRACT.columns if c.key in ("staffing", "risks", "outcomes", "closed", "longest_wait", "waiting", "supported")]):
        book["Services"].delete_cols(columns(book["Services"])[column.heading])
    sheet = book.create_sheet("Actions", 0)
    for row in beside.iter_rows(values_only=True):
        sheet.append([None if n == 0 and r else c for n, c in enumerate(row)] if (r := row[0] != "Reference") else list(row))
    book.save(path)
    review = returns.import_return(office, path, apply="all")
    assert numbers(office, "Trauma therapy")["referred"]["2026-Q3"] == 52 and review.form is CONTRACT


def test_answers_sorted_apart_from_their_services_are_held(office: Session, tmp_path: Path) -> None:
    for n in range(8):
        records.create(office, "service", {"title": f"Group work {n}", "provider": "Rowan Support", "status": "running"})
        id = records.create(office, "indicator", {"title": f"Referred {n}", "measure": "referred", "count_unit": "referrals", "services": f"Group work {n}"})[0]
        records.create(office, "indicator_value", {"indicator": id, "period": PERIOD, "value": str(100 + 7 * (n * 5 % 8))})
    book = load_workbook(send(office, tmp_path / "out").file)
    sheet, at = book["Services"], columns(book["Services"])
    rows = [r for r in range(2, sheet.max_row + 1) if isinstance(sheet.cell(r, at["Referred"]).value, int)]
    given = sorted(int(str(sheet.cell(r, at["Referred"]).value)) for r in rows)
    for r, value in zip(rows, given, strict=True):
        sheet.cell(r, at["Referred"], value)
    book.save(tmp_path / "sorted.xlsx")
    review = returns.import_return(office, tmp_path / "sorted.xlsx", apply="all")
    assert review.applied == 0 and review.differences and {d.held for d in review.differences} <= {"sorted", "moved", "shifted", "exchanged"}


def test_by_telephone(office: Session, tmp_path: Path) -> None:
    send(office, tmp_path)
    (row,) = [p for p in round_standing.partners_of_round(office) if p.partner == "Rowan Support"]
    assert telephone.form_asked(office, row.return_id) is CONTRACT
    asked = telephone.to_ask(office, row.return_id)
    therapy = next(a for a in asked if a.title == "Trauma therapy")
    review = telephone.take_call(office, row.return_id, {therapy.id: {"answer": "Update", "referred": "52", "risks": "None"}}, informant="The manager")
    return_acceptance.accept(office, review.submission, review.differences)
    assert numbers(office, "Trauma therapy")["referred"]["2026-Q3"] == 52
    (report,) = show.record(office, reference(office, "Trauma therapy")).parts["service_report"]
    assert (report["channel"], report["informant"], report["risks"]) == ("telephone", "The manager", "None")
    sheet = telephone.call_sheet(office, row.return_id)
    assert sheet.title == f"Call sheet: Rowan Support, {PERIOD}"


# -- what stands beside a return ------------------------------------------------------------------


def value_of(session: Session, title: str, measure: str, period: str = "2026-Q3") -> str:
    """The id of a value's record."""
    sql = (
        "SELECT v.id FROM indicator_value v JOIN indicator i ON i.id = v.indicator JOIN link l ON l.a = i.id AND l.b = ? "
        "WHERE i.measure = ? AND v.period = ? AND NOT v.deleted"
    )
    return str(session.read().exec_driver_sql(sql, (show.record(session, reference(session, title)).id, measure, period)).one()[0])


def test_a_return_taken_back_leaves_what_somebody_wrote_since_and_names_it(office: Session, tmp_path: Path) -> None:
    review = returns.import_return(office, filled(office, tmp_path), apply="all")
    waiting = show.record(office, value_of(office, "Trauma therapy", "waiting"))
    records.assign(office, waiting.id, [Assignment("value", "30")], None)
    supported = str(office.read().exec_driver_sql("SELECT id FROM indicator WHERE measure = 'supported'").one()[0])
    records.create(office, "indicator_value", {"indicator": supported, "period": "2026/27 Q1", "value": "99"})
    done = returns.reverse_return(office, review.return_reference)
    named = {(str(k["record"]), str(k["field"])) for k in done.kept_later_edits}
    assert (waiting.reference, "value") in named and (show.record(office, supported).reference, "deleted") in named
    left = {k: v for k, v in numbers(office, "Trauma therapy").items() if v}
    assert left == {"referred": {"2026-01": 9, "2026-Q2": 41}, "waiting": {"2026-Q3": 30}, "supported": {"2026-Q2": 99}}
    assert check(office.store).problems == []


@pytest.mark.parametrize("words", ["Q2", "this quarter", "30/09/2026", "30 September 2026", "+6w"])
def test_a_period_that_another_day_would_read_otherwise_is_refused(words: str) -> None:
    with pytest.raises(ValueRefusedError, match="not a month, quarter or year"):
        service_values.period_of(words)


@pytest.mark.parametrize("words", ["2026/27 Q2", "July 2026", "2026/27"])
def test_months_quarters_and_years_are_periods(words: str) -> None:
    assert service_values.period_of(words)


def test_an_indicator_of_several_services_is_the_number_of_none(office: Session, tmp_path: Path) -> None:
    path = filled(office, tmp_path)
    both = records.create(office, "indicator", {"title": "Supported in all", "measure": "supported", "count_unit": "people", "services": "Trauma therapy; Outreach"})[0]
    records.create(office, "indicator_value", {"indicator": both, "period": PERIOD, "value": "500"})
    review = returns.import_return(office, path)
    (one,) = [d for d in review.differences if d.field == "supported"]
    assert (one.current, one.kind) == (None, Kind.INCOMING)
    return_acceptance.accept(office, review.submission, review.differences)
    of_both = office.read().exec_driver_sql("SELECT value FROM indicator_value WHERE indicator = ? AND NOT deleted", (both,)).fetchall()
    assert [str(r[0]) for r in of_both] == ["500"]


def test_a_deleted_indicator_comes_back_with_the_next_number(office: Session, tmp_path: Path) -> None:
    first = filled(office, tmp_path)
    returns.import_return(office, first, apply="all")
    made = str(office.read().exec_driver_sql("SELECT id FROM indicator WHERE measure = 'waiting'").one()[0])
    records.hide(office, [made])
    therapy = reference(office, "Trauma therapy")
    path = fill(send(office, tmp_path / "next", period="2026/27 Q3").file, tmp_path / "back" / "n.xlsx", {(therapy, "Answer"): "Update", (therapy, "Waiting"): 28})
    returns.import_return(office, path, apply="all")
    assert numbers(office, "Trauma therapy")["waiting"]["2026-Q4"] == 28
    assert office.read().exec_driver_sql("SELECT count(*) FROM indicator WHERE measure = 'waiting' AND NOT deleted").one()[0] == 1


def test_a_number_that_is_cleared_is_none(office: Session, tmp_path: Path) -> None:
    returns.import_return(office, filled(office, tmp_path), apply="all")
    service = show.record(office, reference(office, "Trauma therapy")).id
    there = service_values.standing(office.read(), [service], "2026-Q3")[service, "waiting"]
    with office.store.write("B. Officer", None, Act.EDIT) as tx:
        service_values.put(tx, service, "2026-Q3", {"waiting": None}, {"waiting": there.heads}, "2026-10-01")
    assert (service, "waiting") not in service_values.standing(office.read(), [service], "2026-Q3")
    assert "2026-Q3" not in numbers(office, "Trauma therapy").get("waiting", {})
    assert check(office.store).problems == []


def test_a_number_deleted_since_it_was_shown_is_not_written_again_unasked(office: Session, tmp_path: Path) -> None:
    returns.import_return(office, filled(office, tmp_path), apply="all")
    service = show.record(office, reference(office, "Trauma therapy")).id
    there = service_values.standing(office.read(), [service], "2026-Q3")[service, "waiting"]
    records.hide(office, [there.id])
    with pytest.raises(StaleError, match="Waiting was changed meanwhile"), office.store.write("B. Officer", None, Act.EDIT) as tx:
        service_values.put(tx, service, "2026-Q3", {"waiting": 33}, {"waiting": there.heads}, "2026-10-01")


def test_an_older_periods_wait_leaves_what_the_service_says_now(office: Session, tmp_path: Path) -> None:
    therapy = reference(office, "Trauma therapy")
    records.assign(office, therapy, [Assignment("waiting_days", "20"), Assignment("waiting_as_at", "October 2026")], None)
    returns.import_return(office, filled(office, tmp_path), apply="all")
    view = show.record(office, therapy)
    assert (view.cells["waiting_days"], view.cells["waiting_as_at"]) == (20, "2026-10")
    assert numbers(office, "Trauma therapy")["longest_wait"] == {"2026-Q3": 97}


def test_a_percentage_of_a_count_is_asked(office: Session, tmp_path: Path) -> None:
    therapy = reference(office, "Trauma therapy")
    path = fill(send(office, tmp_path / "out").file, tmp_path / "back" / "b.xlsx", {(therapy, "Answer"): "Update", (therapy, "Referred"): "52%"})
    review = returns.import_return(office, path, apply="all")
    assert [p.code for p in review.problems] == ["not_understood"] and "2026-Q3" not in numbers(office, "Trauma therapy")["referred"]


def test_the_made_indicator_does_not_repeat_the_services_name(office: Session, tmp_path: Path) -> None:
    returns.import_return(office, filled(office, tmp_path), apply="all")
    titles = [str(r[0]) for r in office.read().exec_driver_sql("SELECT title FROM indicator WHERE measure = 'waiting'").fetchall()]
    assert titles == [f"Waiting: {reference(office, 'Trauma therapy')}"]


@pytest.mark.parametrize(("words", "code"), [("Counted as Kent Police count", "names_another"), ("SECRET: see the annex", "marking_above")])
def test_the_definitions_are_looked_through_like_the_rows(office: Session, tmp_path: Path, words: str, code: str) -> None:
    indicator = str(office.read().exec_driver_sql("SELECT id FROM indicator WHERE measure = 'referred'").one()[0])
    records.assign(office, indicator, [Assignment("definition", words)], None)
    made = rounds.export_returns(office, period=PERIOD, due="+4w", out=tmp_path, kind="contract")
    assert [p.code for p in made.held["Rowan Support"]] == [code] and not any(s.partner == "Rowan Support" for s in made.returns)


def test_what_waits_counts_both_kinds_of_round(office: Session, tmp_path: Path) -> None:
    sent = send(office, tmp_path / "out")
    rounds.export_returns(office, period=PERIOD, due="30/10/2026", out=tmp_path / "progress")
    therapy = reference(office, "Trauma therapy")
    returns.import_return(office, fill(sent.file, tmp_path / "back" / "b.xlsx", {(therapy, "Answer"): "Update", (therapy, "Waiting"): 3}))
    now = round_standing.partners_now(office)
    assert len({p.return_id for p in now}) == len(now) > 1
    assert [p.step for p in now if p.partner == "Rowan Support"] == ["received"]
    assert waiting.waiting(office)["returns"][0] == 1


def test_a_row_that_the_provider_added_becomes_a_planned_service(office: Session, tmp_path: Path) -> None:
    sent = send(office, tmp_path / "out")
    book = load_workbook(sent.file)
    sheet, at = book["Services"], columns(book["Services"])
    last = next(r for r in range(sheet.max_row, 1, -1) if sheet.cell(r, 1).value)
    sheet.cell(last + 1, 2, "A group for young women")
    sheet.cell(last + 1, at["Risks"], "No room yet")
    (tmp_path / "back").mkdir()
    book.save(tmp_path / "back" / "n.xlsx")
    review = returns.import_return(office, tmp_path / "back" / "n.xlsx")
    (row,) = review.new_rows
    assert row["Service"] == "A group for young women" and not {"Action", "Recommendation", "Due date"} & set(row)
    (id,) = [i for i in return_acceptance.add_new_row(office, review.submission, row).created if show.record(office, i).spec.key == "service"]
    view = show.record(office, id)
    told = return_review.review(office, review.submission).added
    assert told == {f"{row['sheet']}!{row['cell']}": view.reference}  # the review says what became of it
    assert (view.title, view.cells["status"]) == ("A group for young women", "planned") and "No room yet" in str(view.cells["note"])
    assert view.names[str(view.cells["provider"])] == "Rowan Support"
    assert office.read().exec_driver_sql("SELECT count(*) FROM action WHERE title = 'A group for young women'").one()[0] == 0
    done = returns.reverse_return(office, review.return_reference)
    assert office.read().exec_driver_sql("SELECT deleted FROM service WHERE id = ?", (id,)).one()[0] and done.kept_later_edits == []


def test_a_report_that_names_no_period_hides_no_earlier_answer(office: Session, tmp_path: Path) -> None:
    returns.import_return(office, filled(office, tmp_path), apply="all")
    therapy = reference(office, "Trauma therapy")
    with office.store.write("B. Officer", None, Act.EDIT) as tx:
        tx.create("service_report", {"service": show.record(office, therapy).id, "risks": "A note without its quarter", "as_at": "2026-11-20"})
    sheet = load_workbook(send(office, tmp_path / "next", period="2026/27 Q3").file)["Services"]
    assert str(sheet.cell(row_of(sheet, therapy), columns(sheet)["Last answer"]).value).splitlines()[0] == PERIOD


def test_what_stood_beside_the_answers_becomes_a_report_of_its_period(office: Session, tmp_path: Path) -> None:
    therapy = reference(office, "Trauma therapy")
    path = fill(send(office, tmp_path / "out").file, tmp_path / "back" / "b.xlsx", {(therapy, "Answer"): "Update", (therapy, "Referred"): "about fifty"})
    review = returns.import_return(office, path)
    (entry,) = review.tray
    return_tray.use_tray_entry(office, review.submission, entry, "update", therapy, "About fifty were referred")
    reports = show.record(office, therapy).parts["service_report"]
    assert [(r["period"], r["note"]) for r in reports] == [(PERIOD, "About fifty were referred")]
    assert list(return_review.review(office, review.submission).made_of.values()) == [f"update of {therapy}"]


def test_a_new_row_with_the_name_of_a_service_we_have_is_named(office: Session, tmp_path: Path) -> None:
    sent = send(office, tmp_path / "out")
    book = load_workbook(sent.file)
    sheet = book["Services"]
    last = next(r for r in range(sheet.max_row, 1, -1) if sheet.cell(r, 1).value)
    sheet.cell(last + 1, 2, "Outreach")
    book.save(tmp_path / "n.xlsx")
    (problem,) = returns.import_return(office, tmp_path / "n.xlsx").problems
    assert (problem.code, problem.message) == ("new_action_known", f"This new service has the same words as {reference(office, 'Outreach')}; is it that one?")


def test_a_later_round_of_the_other_kind_makes_no_return_an_earlier_one(office: Session, tmp_path: Path) -> None:
    records.create(office, "action", {"title": "Find rooms", "accountable": "Rowan Support", "due": "2027-01"})
    path = filled(office, tmp_path)
    rounds.export_returns(office, period="2026/27 Q3", due="30/1/2027", out=tmp_path / "progress")
    assert "earlier_round" not in {p.code for p in returns.import_return(office, path).problems}
    send(office, tmp_path / "next", period="2026/27 Q3")
    assert "earlier_round" in {p.code for p in returns.import_return(office, fill(path, tmp_path / "back" / "again.xlsx", {})).problems}
