"""What left the office comes back the same for ever, with a recount beside it that says why a figure differs."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clock import CLOCK, TODAY
from tests.services.test_journey import sample_store
from tests.services.test_papers import _work, meeting_of
from vawg_desktop.cli import main
from vawg_desktop.domain.errors import AppError, NotFoundError, RuleError, ValueRefusedError
from vawg_desktop.exchange.document import Figure, Table
from vawg_desktop.exchange.plan import INK
from vawg_desktop.services import (
    change_list,
    kept_back,
    lists,
    merging,
    names,
    office,
    outputs,
    papers,
    publications,
    records,
    small_counts,
    undoing,
)
from vawg_desktop.services.change_list import ChangeQuery
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.publications import Sending
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, opening
from vawg_desktop.store.check import check
from vawg_desktop.store.dispose import Authority, dispose

ROOT = Path(__file__).parents[2]
PUBLIC = Sending("The Police and Crime Panel", cleared_by="The Chief Executive")


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = sample_store(tmp_path)
    yield made
    CLOCK.go_to(TODAY)


def test_a_publication_is_the_same_after_many_edits(session: Session, tmp_path: Path) -> None:
    done = publications.publish(session, "panel-update", Asked(), tmp_path / "panel.docx", PUBLIC)
    first = publications.reproduce(session, done.reference)
    assert first.content == (tmp_path / "panel.docx").read_bytes() and all(r.number == r.again and not r.cause for r in first.recount) and len(first.recount) >= 10
    chance = random.Random(7)
    for _ in range(120):
        _work(session, chance, session.today)
    again = publications.write_again(session, done.reference, tmp_path / "again.docx")
    assert (tmp_path / "again.docx").read_bytes() == first.content and again.figures == first.figures
    assert [(r.key, r.number, r.again) for r in again.recount] == [(r.key, r.number, r.number) for r in first.recount]
    assert check(session.store).problems == []


def test_a_laptop_that_merged_it_counts_it_again_alike(session: Session, tmp_path: Path) -> None:
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    records.assign(laptop, "A-0005", [Assignment("status", "complete")], None)
    done = publications.publish(session, "board", Asked(), tmp_path / "board.pdf", PUBLIC)
    records.assign(session, "A-0006", [Assignment("status", "complete")], None)
    merging.merge(laptop, session.store)
    merging.merge(session, laptop.store)
    for one in (session, laptop):
        assert [r.again for r in publications.reproduce(one, done.reference).recount] == [r.number for r in publications.reproduce(session, done.reference).recount]
    laptop.store.close()


def test_a_disposal_is_named_as_the_cause(session: Session, tmp_path: Path) -> None:
    records.assign(session, "A-0005", [Assignment("due", "2026-01-31"), Assignment("status", "in_progress")], None)
    done = publications.publish(session, "board", Asked(), tmp_path / "board.pdf", PUBLIC)
    action = names.find(session.read(), "A-0005").id
    dispose(session.store, "action", action, Authority("B. Officer", "C. Second", "Retention schedule 4", session.today.isoformat()))
    recount = {r.key: r for r in publications.reproduce(session, done.reference).recount}
    assert (recount["actions"].number, recount["actions"].again) == (22, 22)  # that it was there is still known
    assert (recount["actions_overdue"].number, recount["actions_overdue"].again, recount["actions_overdue"].cause) == (1, 0, "Disposed of since: A-0005.")


def test_a_correction_is_a_new_edition_that_says_what_changed(session: Session, tmp_path: Path) -> None:
    first = publications.publish(session, "board", Asked(), tmp_path / "one.docx", PUBLIC)
    with pytest.raises(ValueRefusedError, match="what changed"):
        publications.publish(session, "board", Asked(), tmp_path / "two.docx", Sending("The Panel", corrects=first.reference))
    with pytest.raises(RuleError, match="another kind"):
        publications.publish(session, "audit", Asked(), tmp_path / "two.docx", Sending("The Panel", corrects=first.reference, correction="x"))
    second = publications.publish(session, "board", Asked(), tmp_path / "two.docx", Sending("The Panel", corrects=first.reference, correction="One date was wrong"))
    rows = publications.listed(session)
    assert [(r["reference"], r["edition"], r["corrects"], r["correction"]) for r in rows] == [
        (first.reference, 1, None, None), (second.reference, 2, first.reference, "One date was wrong"),
    ]  # fmt: skip


def test_nothing_is_published_to_nobody_and_what_left_is_not_undone(session: Session, tmp_path: Path) -> None:
    with pytest.raises(ValueRefusedError, match="to whom"):
        publications.publish(session, "board", Asked(), tmp_path / "x.docx", Sending(" "))
    assert not (tmp_path / "x.docx").exists() and publications.listed(session) == []
    publications.publish(session, "board", Asked(), tmp_path / "x.docx", PUBLIC)
    with pytest.raises(AppError):
        undoing.undo(session)
    assert len(publications.listed(session)) == 1


def test_minutes_are_draft_checked_approved_and_published_with_every_version_kept(session: Session, tmp_path: Path) -> None:
    meeting = meeting_of(session)
    draft = publications.publish(session, "minutes", Asked((meeting,)), tmp_path / "draft.docx", Sending("Those who spoke", stage="draft"))
    records.assign(session, draft.reference, [Assignment("stage", "checked by speakers")], None)
    final = publications.publish(session, "minutes", Asked((meeting,)), tmp_path / "final.docx", Sending("The public", stage="approved", corrects=draft.reference, correction="A name put right"))
    rows = publications.listed(session)
    assert [(r["reference"], r["stage"], r["edition"]) for r in rows] == [(draft.reference, "checked", 1), (final.reference, "approved", 2)]
    assert publications.reproduce(session, draft.reference).content == (tmp_path / "draft.docx").read_bytes()


def test_another_ending_and_another_record_are_refused(session: Session, tmp_path: Path) -> None:
    done = publications.publish(session, "board", Asked(), tmp_path / "x.docx", PUBLIC)
    with pytest.raises(ValueRefusedError, match="stays the same file"):
        publications.write_again(session, done.reference, tmp_path / "x.pdf")
    with pytest.raises(NotFoundError):
        publications.reproduce(session, "R-0003")


def test_the_commands(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(session.store.path)
    session.store.close()
    one, two = tmp_path / "one.pdf", tmp_path / "two.pdf"
    assert main(["report", path, "board", "--out", str(one), "--publish"]) == 1
    assert main(["report", path, "board", "--out", str(one), "--publish", "--to", "The Panel", "--json"]) == 0
    capsys.readouterr()
    assert main(["publications", path, "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["kind"], row["to_whom"], row["edition"]) == ("board", "The Panel", 1) and row["heads"]
    assert main(["reproduce", path, row["reference"], "--out", str(two), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert one.read_bytes() == two.read_bytes() and all(f["number"] == f["recount"] for f in told["figures"])


def victims(session: Session, title: str, values: dict[str, str], area: str = "") -> str:
    id = records.create(session, "indicator", {"title": title, "count_unit": "victims", "owner": "Kent Police", "area": area})[0]
    for period, value in values.items():
        records.create(session, "indicator_value", {"indicator": id, "period": period, "value": value, "cleared_by": "Data lead"})
    return id


def given(session: Session) -> dict[str, list[str]]:
    (table,) = [b for b in papers.make(session, "data-set", Asked()).document.blocks if isinstance(b, Table) and b.title == "Values by period"]
    found: dict[str, list[str]] = {}
    for row in table.rows:
        found.setdefault(str(row[0]), []).append(str(row[2]))
    return found


def test_a_small_month_is_not_worked_out_from_its_quarter(session: Session) -> None:
    victims(session, "Victims seen", {"2026-04": "7", "2026-05": "23", "2026-06": "30", "2026-Q2": "60"})
    (told,) = given(session).values()
    assert told == ["kept back", "kept back", "30", "60"]


@pytest.mark.parametrize(("least", "told"), [(5, ["7", "23", "30", "60"]), (30, ["kept back", "kept back", "30", "60"])])
def test_the_office_sets_what_is_small(session: Session, least: int, told: list[str]) -> None:
    seen = victims(session, "Victims seen", {"2026-04": "7", "2026-05": "23", "2026-06": "30", "2026-Q2": "60"})
    small_counts.set_least(session, least)
    made = papers.make(session, "data-set", Asked())
    (found,) = given(session).values()
    assert found == told and not made.unready and all(f"under {least}" in line for line in made.suppressed[:1])
    assert any(f"counts of fewer than {least} people" in n for b in made.document.blocks if isinstance(b, Table) and b.title == "Values by period" for n in b.notes)
    rows = lists.plain_rows(session.read(), "SELECT id, indicator, value, base FROM indicator_value WHERE indicator = ? ORDER BY n", (seen,))
    assert [r["value"] for r in kept_back.blurred(session, "indicator_value", rows)] == told  # a paper of the indicator gives no more
    with pytest.raises(ValueRefusedError, match="from 3 to 100"):
        small_counts.set_least(session, 2)


@pytest.mark.parametrize(("typed", "says"), [("plum", "is not a colour"), ("#FFD94A", "too pale"), ("#12345", "is not a colour")])
def test_a_colour_that_cannot_be_read_is_refused(session: Session, typed: str, says: str) -> None:
    with pytest.raises(ValueRefusedError, match=says):
        office.set_colour(session, typed)
    assert papers.make(session, "board", Asked()).document.look.colour == INK


def test_every_kind_of_output_bears_the_offices_colour(session: Session) -> None:
    """Papers, a record and the map alike; taken away again it is ours."""
    office.set_colour(session, "#7a1f5c")
    board = papers.make(session, "board", Asked()).document
    (bars,) = [b for b in board.blocks if isinstance(b, Figure) and b.title == "Actions by status"]
    assert board.look.colour == "7A1F5C" and 'fill="#7A1F5C"' in bars.svg
    assert outputs.record_document(session, "R-0003").look.colour == papers.make(session, "briefing", Asked(about=("R-0003",))).document.look.colour == "7A1F5C"
    office.set_colour(session, "")
    assert papers.make(session, "board", Asked()).document.look.colour == INK


def test_a_small_area_is_not_worked_out_from_the_county(session: Session) -> None:
    for area, value in (("East", "7"), ("West", "23"), ("Kent", "30")):
        victims(session, "Victims seen", {"2026-04": value}, area)
    assert [v for (v,) in given(session).values()] == ["kept back", "kept back", "30"]


def test_an_overlapping_release_gives_no_small_count_away(session: Session, tmp_path: Path) -> None:
    """The first data set gave May; when April comes, small, it is June that is kept back."""
    seen = victims(session, "Victims seen", {"2026-05": "23", "2026-Q2": "60"})
    first = publications.publish(session, "data-set", Asked(), tmp_path / "one.xlsx", PUBLIC)
    for period, value in (("2026-04", "7"), ("2026-06", "30")):
        records.create(session, "indicator_value", {"indicator": seen, "period": period, "value": value, "cleared_by": "Data lead"})
    (told,) = given(session).values()
    assert sorted(told) == ["23", "60", "kept back", "kept back"]
    assert not papers.make(session, "data-set", Asked()).unready
    second = publications.publish(session, "data-set", Asked(), tmp_path / "two.xlsx", Sending("The board", corrects=first.reference, correction="April and June"))
    assert {r["reference"]: r["edition"] for r in publications.listed(session)} == {first.reference: 1, second.reference: 2}


def test_a_small_month_that_is_not_told_is_not_worked_out_from_two_releases(session: Session, tmp_path: Path) -> None:
    """The quarter was given; of its months only the later two are asked for, or cleared: both would give the third away."""
    seen = victims(session, "Victims seen", {"2026-Q2": "60"})
    publications.publish(session, "data-set", Asked(), tmp_path / "one.pdf", PUBLIC)
    records.create(session, "indicator_value", {"indicator": seen, "period": "2026-04", "value": "7"})
    for period, value in (("2026-05", "23"), ("2026-06", "30")):
        records.create(session, "indicator_value", {"indicator": seen, "period": period, "value": value, "cleared_by": "Data lead"})
    made = papers.make(session, "data-set", Asked(since="2026-05-01"))
    (table,) = [b for b in made.document.blocks if isinstance(b, Table) and b.title == "Values by period"]
    assert sorted(str(r[2]) for r in table.rows) == ["30", "kept back"] and not made.unready


def test_a_number_that_was_revised_is_attacked_as_both_were_told(session: Session, tmp_path: Path) -> None:
    seen = victims(session, "Victims seen", {"2026-04": "12", "2026-05": "40", "2026-Q2": "82", "2026-06": "30"})
    publications.publish(session, "data-set", Asked(), tmp_path / "one.pdf", PUBLIC)
    april = session.read().exec_driver_sql("SELECT reference FROM indicator_value WHERE indicator = ? AND period = '2026-04'", (seen,)).one()[0]
    quarter = session.read().exec_driver_sql("SELECT reference FROM indicator_value WHERE indicator = ? AND period = '2026-Q2'", (seen,)).one()[0]
    records.assign(session, april, [Assignment("value", "7")], "Recounted")
    records.assign(session, quarter, [Assignment("value", "77")], "Recounted")
    (told,) = given(session).values()
    assert told == ["kept back", "40", "30", "kept back"]  # May and June were given before and stand; the new quarter would give April away


def test_the_command_prints_its_answer_and_nothing_of_the_solver(session: Session, tmp_path: Path) -> None:
    """In a process of its own: the solver prints its line by itself, the first time it is asked."""
    victims(session, "Victims seen", {"2026-04": "7", "2026-05": "23", "2026-06": "30", "2026-Q2": "60"})
    path = session.store.path
    session.store.close()
    done = subprocess.run([sys.executable, "main.py", "report", str(path), "data-set", "--out", str(tmp_path / "set.pdf"), "--json"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["figures"]["shared"] == 4 and done.stderr == ""


ADDING_UP = {
    "areas of two levels": [("Victims seen", "Kent", "60"), ("Victims seen", "West", "40"), ("Victims seen", "East", "20"), ("Victims seen", "North-west", "34"), ("Victims seen", "South-west", "6")],
    "two totals of one area": [("Victims seen", "Kent", "30"), ("Victims seen", "Kent Police", "30"), ("Victims seen", "Ashford", "25"), ("Victims seen", "Swale", "5")],
    "the area in the title": [("Victims seen", "", "30"), ("Victims seen, Ashford", "", "25"), ("Victims seen, Swale", "", "5")],
    "services": [("Referrals, all services", "", "30"), ("Referrals: advocacy", "", "25"), ("Referrals: counselling", "", "5")],
    "one of unknown area": [("Victims seen", "Kent", "31"), ("Victims seen", "Ashford", "25"), ("Victims seen", "Swale", "5")],
}


@pytest.mark.parametrize("of", ADDING_UP)
def test_a_small_count_does_not_follow_from_others_that_add_up(session: Session, of: str) -> None:
    for title, area, value in ADDING_UP[of]:
        victims(session, title, {"2026-Q2": value}, area)
    told = [v for (v,) in given(session).values()]
    shown = [int(v) for v in told if v.isdigit()]
    hidden = [int(v) for (_, _, v), t in zip(ADDING_UP[of], told, strict=True) if not t.isdigit()]
    assert len(hidden) > 1 and not any(int(v) < 10 for v in map(str, shown))
    for small in (h for h in hidden if h < 10):  # no difference of two shown numbers, nor of one and all others, is a small one
        assert all(abs(a - b) != small for a in shown for b in shown) and all(2 * a - sum(shown) != small for a in shown)


def test_a_quarter_that_nobody_entered_does_not_follow_from_the_year(session: Session) -> None:
    victims(session, "Victims seen", {"2026-04/2027-03": "120", "2026-Q2": "50", "2026-Q3": "40", "2026-Q4": "26"})
    (told,) = given(session).values()
    assert told.count("kept back") == 1


PARTS = {
    "women and men": [("Victims of stalking", "100 130 90 111"), ("Women", "96 122 85 105"), ("Men", "4 8 5 6")],
    "accepted and declined": [("Referred: SV-0001", "30 41"), ("Accepted: SV-0001", "26 38"), ("Declined: SV-0001", "4 3")],
    "three parts": [("All seen", "60 70"), ("Under 25", "30 33"), ("To 59", "26 30"), ("60 and over", "4 7")],
}


@pytest.mark.parametrize("of", PARTS)
def test_parts_that_add_up_in_every_period_are_known_whatever_they_are_called(session: Session, of: str) -> None:
    for title, values in PARTS[of]:
        victims(session, title, {f"2026-{n:02}": v for n, v in enumerate(values.split(), 4)})
    found = list(given(session).values())
    for told, values in zip(zip(*found, strict=True), zip(*(v.split() for _, v in PARTS[of]), strict=True), strict=True):
        hidden = [v for t, v in zip(told, values, strict=True) if t == "kept back"]
        assert len(hidden) > 1 and min(map(int, hidden)) < 10 and all(t in (v, "kept back") for t, v in zip(told, values, strict=True))


def test_what_came_since_the_last_total_to_date_is_a_number_too(session: Session) -> None:
    victims(session, "Victims seen, year to date", {"2026-04": "30", "2026-05": "33", "2026-06": "50", "2026-07": "75"})
    (told,) = given(session).values()
    assert told.count("kept back") == 1 and told[2:] == ["50", "75"]


def test_who_did_not_reach_the_next_stage_is_a_number_too(session: Session) -> None:
    referred = victims(session, "Suspects referred", {"2026-Q1": "100", "2026-Q2": "120"})
    charged = victims(session, "Suspects charged", {"2026-Q1": "95", "2026-Q2": "60"})
    for one in (referred, charged):
        records.assign(session, one, [Assignment("cases", "snapshot")], None)
    records.assign(session, charged, [Assignment("earlier_stages", referred)], None)
    assert list(given(session).values()) == [["100", "120"], ["kept back", "60"]]
    tables = [b for b in outputs.record_document(session, charged).blocks if isinstance(b, Table)]
    told = {t.title: [list(map(str, r)) for r in t.rows] for t in tables}
    assert [r[1:] for r in told["Suspects charged out of Suspects referred"]] == [["120", "60", "50.0%"], ["100", "kept back", "kept back"]]
    assert not any("95" in row for rows in told.values() for row in rows)


def test_the_paper_of_an_indicator_gives_no_more_than_the_data_set(session: Session) -> None:
    """Nobody said what it counts, as of a table that was read in; what would tell the small month is kept back there too, and no chart is drawn."""
    id = records.create(session, "indicator", {"title": "Women referred", "owner": "Kent Police"})[0]
    for period, value in {"2026-04": "3", "2026-05": "17", "2026-06": "20", "2026-Q2": "40"}.items():
        records.create(session, "indicator_value", {"indicator": id, "period": period, "value": value, "cleared_by": "Data lead"})
    made = outputs.record_document(session, id)
    assert not [b for b in made.blocks if isinstance(b, Figure)]
    (values,) = [b for b in made.blocks if isinstance(b, Table) and "kept back" in str(b.rows)]
    assert [str(c) for r in values.rows for c in r if str(c) in ("3", "17", "20", "40", "kept back")] == ["kept back", "kept back", "20", "40"]
    assert list(given(session).values()) == [["kept back", "kept back", "20", "40"]]
    lines, left_out = change_list.leaving(session, change_list.all_lines(session, ChangeQuery()))
    told = " ".join(line.what for line in lines)
    assert left_out >= 2 and "17" not in told and "40" in told  # nor does the list of changes


@pytest.mark.parametrize(("share", "base", "told"), [("2", "150", "kept back"), ("98", "150", "kept back"), ("40", "150", "150"), ("40", "9", "kept back")])
def test_a_share_and_its_base_tell_no_small_count_together(session: Session, share: str, base: str, told: str) -> None:
    id = records.create(session, "indicator", {"title": "Cases that ended", "count_unit": "per_cent"})[0]
    value = records.create(session, "indicator_value", {"indicator": id, "period": "2026-Q2", "value": share, "base": base})[0]
    fields = next(b for b in outputs.record_document(session, value).blocks if isinstance(b, Table) and b.title == "Fields")
    found = {str(r[0]): str(r[1]) for r in fields.rows}
    assert found["Base"] == told and found["Value"] == share


def test_a_small_month_of_a_district_does_not_follow_from_the_countys_quarter(session: Session) -> None:
    """The county has its quarter alone, the districts their months alone: they add up over both at once."""
    months = ("2026-04", "2026-05", "2026-06")
    for area, counts in (("Ashford", ("31", "28", "36")), ("Swale", ("22", "4", "27"))):
        victims(session, "Victims seen", dict(zip(months, counts, strict=True)), area)
    victims(session, "Victims seen", {"2026-Q2": "148"}, "Kent")
    told = [v for values in given(session).values() for v in values]
    assert told.count("kept back") >= 2 and "4" not in told
    shown = sum(int(v) for v in told if v.isdigit() and v != "148")
    assert "148" not in told or 148 - shown != 4


def test_a_small_month_does_not_follow_from_the_quarter_of_the_same_area_under_another_name(session: Session) -> None:
    victims(session, "Victims seen", {"2026-04": "7", "2026-05": "23", "2026-06": "30"}, "Kent Police")
    victims(session, "Victims seen", {"2026-Q2": "60"}, "Kent")
    told = [v for values in given(session).values() for v in values]
    assert told.count("kept back") >= 2 and "7" not in told and not {"23", "30", "60"} <= set(told)


def test_what_nobody_said_the_unit_of_may_be_people(session: Session, tmp_path: Path) -> None:
    id = records.create(session, "indicator", {"title": "Girls referred", "owner": "Kent Police"})[0]
    records.create(session, "indicator_value", {"indicator": id, "period": "2026-Q2", "value": "3", "cleared_by": "Data lead"})
    assert list(given(session).values()) == [["kept back"]]
    records.assign(session, id, [Assignment("count_unit", "victims")], None)
    publications.publish(session, "data-set", Asked(), tmp_path / "one.xlsx", PUBLIC)
    records.assign(session, id, [Assignment("count_unit", "offences")], None)
    assert list(given(session).values()) == [["kept back"]]  # what was hidden once stays hidden
