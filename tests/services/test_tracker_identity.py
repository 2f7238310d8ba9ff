"""A list taken in again: each row its own record, whatever was renumbered, reworded, moved, repeated or added meanwhile."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.merging.test_family import SOAK
from tests.services.test_stranger_trackers import actions, counts, csv, take
from tests.test_cli import Run
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.domain.terms import ACTION_STATUS
from vawg_desktop.services import lists, show
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.services.records import Assignment, add_update, assign
from vawg_desktop.services.session import Session
from vawg_desktop.services.tracker_out import export_tracker
from vawg_desktop.services.trackers import Imported
from vawg_desktop.store import opening
from vawg_desktop.store.check import check

HEAD = "Ref,Action,Owner,Due date,Status"
TITLES = ("Run school lessons", "Map the hotspots", "Extend CCTV cover", "Fund a refuge worker", "Publish a yearly report")


def rows_of(titles: Iterable[str], start: int = 40, owner: str = "KCC", status: str = "In progress") -> list[str]:
    return [f"{start + i},{t},{owner},31/03/2027,{status}" for i, t in enumerate(titles)]


def book(path: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    made = openpyxl.Workbook()
    made.remove(made.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    made.save(path)
    return path


def codes(done: Imported) -> set[str]:
    return {p.code for p in done.problems}


def snapshot(session: Session) -> dict[str, tuple[object, ...]]:
    found = lists.records(session, ListQuery("action"))
    return {str(r["reference"]): (r["title"], r["status"], r["due"], r["accountable"]) for r in found}


# -- renumbered, reworded, repeated -----------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [lambda t: [t[0], *t[2:]], lambda t: ["Quite another thing", *t], lambda t: [*t[:4], "Quite another thing", t[4]]],
    ids=["one removed", "one put first", "one put in"],
)
def test_a_renumbered_list_is_asked_and_nothing_is_doubled(
    sample: Session, tmp_path: Path, changed: Callable[[tuple[str, ...]], list[str]]
) -> None:
    path = tmp_path / "t.csv"
    take(sample, csv(path, HEAD, *rows_of(TITLES)))
    before = snapshot(sample)
    titles = changed(TITLES)
    asked = take(sample, csv(path, HEAD, *rows_of(titles, status="Complete")))
    told = {r: row for r, row in snapshot(sample).items() if before.get(r, row) != row or r not in before}
    assert {row[0] for row in told.values()} <= set(titles)  # what was sure was taken, nothing else touched
    answers: dict[str, str] = {}
    for one in [p for p in asked.problems if p.choices]:
        title = titles[int(one.cell[1:]) - 2]
        right = [c for c, words in one.choices if f", {title}" in words]
        answers[one.id] = right[0] if right else "new"
    take(sample, path, answers=answers)
    made = actions(sample)
    assert len(snapshot(sample)) == len(before) + ("Quite another thing" in titles)
    assert all(made[t]["status"] == "complete" for t in titles)
    assert counts(take(sample, path))[:2] == (0, 0)


def test_alike_titles_renumbered_are_not_each_others_corrections(sample: Session, tmp_path: Path) -> None:
    towns = ["Ashford", "Canterbury", "Dartford", "Dover", "Gravesham", "Maidstone", "Swale", "Thanet"]
    titles = [f"Deliver by-stander training to door staff in {t}" for t in towns]
    path = tmp_path / "t.csv"
    take(sample, csv(path, HEAD, *rows_of(titles)))
    before = snapshot(sample)
    del titles[4]
    done = take(sample, csv(path, HEAD, *rows_of(titles, status="Complete")))
    assert done.created == 0 and "other_words" in codes(done)
    assert {r[0] for r in snapshot(sample).values()} == {r[0] for r in before.values()}  # no title moved along


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Extend CCTV cover in Dover town", True), ("Extend CCTV cover in Dover;", False), ("Extend CCTV cover in Do\u00adver", False),
        ("Extend\u00a0CCTV cover in Dover", False), ("Extend CCTV cover in Dover.", False), ("EXTEND CCTV cover in Dover", False),
    ],
)  # fmt: skip
def test_a_title_corrected_where_there_is_no_number(sample: Session, tmp_path: Path, said: str, asked: bool) -> None:
    head, rows = "Action,Owner,Status", ["Extend CCTV cover in Dover,KCC,In progress", "Run lessons on consent,KCC,In progress"]
    path = tmp_path / "t.csv"
    take(sample, csv(path, head, *rows))
    count = len(snapshot(sample))
    rows[0] = f"{said},KCC,In progress"
    done = take(sample, csv(path, head, *rows))
    assert len(snapshot(sample)) == count and ("same_words" in codes(done)) is asked


def test_the_same_words_and_no_number_do_not_exchange_their_owners(sample: Session, tmp_path: Path) -> None:
    head, path = "Action,Owner,Due date,Status", tmp_path / "t.csv"
    take(sample, csv(path, head, "Communications plan,KCC,31/03/2027,In progress", "Communications plan,Medway,30/06/2027,Not started"))
    before = {r: row for r, row in snapshot(sample).items() if row[0] == "Communications plan"}
    take(sample, csv(path, head, "Communications plan,Swale,30/06/2027,Not started", "Communications plan,KCC,31/03/2027,In progress"))
    after = {r: row for r, row in snapshot(sample).items() if row[0] == "Communications plan"}
    assert {r: row[1:3] for r, row in after.items()} == {r: row[1:3] for r, row in before.items()}


def test_a_reworded_action_under_a_number_merged_over_several_is_asked(sample: Session, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    rows = [f"51,{t},KCC,31/03/2027,In progress" for t in TITLES[:3]]
    take(sample, csv(path, HEAD, *rows))
    count = len(snapshot(sample))
    rows[1] = "51,Chart places where harm happens,KCC,31/03/2027,Complete"
    done = take(sample, csv(path, HEAD, *rows))
    assert "other_words" in codes(done) and len(snapshot(sample)) == count


def test_a_number_with_a_letter_of_a_mac_is_one_number(sample: Session, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    take(sample, csv(path, HEAD, "Re\u0301f1,Run school lessons,KCC,,In progress"))
    assert counts(take(sample, csv(path, HEAD, "R\u00e9f1,Run school lessons,KCC,,In progress")))[:2] == (0, 0)


@pytest.mark.parametrize("number", ["-", ".", "–", "/", "'", "…", "_"])
def test_a_mark_in_place_of_a_number_is_none(sample: Session, tmp_path: Path, number: str) -> None:
    path = csv(tmp_path / "t.csv", HEAD, f"{number},Run school lessons,KCC,,In progress", f"{number},Map the hotspots,KCC,,In progress")
    assert take(sample, path).created == 2
    assert counts(take(sample, path)) == (0, 0, 2)


# -- other lists ------------------------------------------------------------------------------------


def test_another_bodys_list_of_the_same_words_overwrites_nothing(sample: Session, tmp_path: Path) -> None:
    take(sample, csv(tmp_path / "one.csv", HEAD, *rows_of(TITLES[:3])))
    before = snapshot(sample)
    done = take(sample, csv(tmp_path / "two.csv", HEAD, *rows_of(TITLES[:3], owner="Medway", status="Complete")))
    assert snapshot(sample) == before and codes(done) >= {"other_list"}
    own = take(sample, tmp_path / "two.csv", answers={p.id: "new" for p in done.problems if p.choices})
    assert own.created == 3 and {k: v for k, v in snapshot(sample).items() if k in before} == before


def test_one_row_shared_with_anothers_list_is_not_theirs(sample: Session, tmp_path: Path) -> None:
    take(sample, csv(tmp_path / "one.csv", HEAD, *rows_of(["Appoint a senior lead", *TITLES[:2]])))
    before = snapshot(sample)
    others = rows_of(["Appoint a senior lead", "Open a walk-in clinic", "Train bus drivers"], owner="Medway", status="Complete")
    take(sample, csv(tmp_path / "two.csv", HEAD, *others))
    assert {k: v for k, v in snapshot(sample).items() if k in before} == before


def test_numbers_without_words_name_no_record_unasked(sample: Session, tmp_path: Path) -> None:
    before = snapshot(sample)
    path = csv(tmp_path / "t.csv", "No,Deadline,Status", "1,31/12/2030,Complete", "2,31/12/2030,Complete")
    done = take(sample, path)
    assert snapshot(sample) == before and codes(done) >= {"number_only"}
    question = next(p for p in done.problems if p.code == "number_only")
    take(sample, path, answers={question.id: question.choices[0][0]})
    assert snapshot(sample)["A-0001"][1:3] == ("complete", "2030-12-31")
    take(sample, csv(tmp_path / "u.csv", "No,Deadline,Status", "A-0002,31/12/2030,Stopped"))
    assert snapshot(sample)["A-0002"][2] == "2030-12-31"  # our own reference, written out, names its record


def test_answers_serve_only_the_rows_they_were_given_for(sample: Session, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    take(sample, csv(path, HEAD, *rows_of(TITLES[:3])))
    done = take(sample, csv(path, HEAD, *rows_of([TITLES[0], "Chart places where harm happens", TITLES[2]])))
    answers = {p.id: "same" for p in done.problems if p.choices}
    take(sample, path, answers=answers)
    before = snapshot(sample)
    take(sample, csv(path, HEAD, *rows_of([TITLES[0], "Buy ten police vans", TITLES[2]])), answers=answers)
    assert snapshot(sample) == before


# -- sheets -----------------------------------------------------------------------------------------


def test_a_new_sheet_in_front_takes_over_no_other_sheets_rows(sample: Session, tmp_path: Path) -> None:
    head = ["No", "Action", "Status"]
    generic = ["Agree a lead officer", "Write a plan", "Report to the board"]
    one = [head, *([i + 1, t, "In progress"] for i, t in enumerate(generic))]
    two = [head, *([i + 1, t, "Not started"] for i, t in enumerate(generic))]
    path = book(tmp_path / "t.xlsx", {"Courts": one, "Schools": two})
    take(sample, path)
    before = snapshot(sample)
    third = [head, *([i + 1, t, "Complete"] for i, t in enumerate(generic))]
    take(sample, book(path, {"Housing": third, "Courts": one, "Schools": two}))
    assert {k: v for k, v in snapshot(sample).items() if k in before} == before
    assert counts(take(sample, path))[:2] == (0, 0)


@pytest.mark.parametrize("first", [True, False])
def test_a_sheet_of_contents_and_a_summary_make_nothing(sample: Session, tmp_path: Path, first: bool) -> None:
    table = [["Ref", "Action", "Owner", "Status"], *([40 + i, t, "KCC", "In progress"] for i, t in enumerate(TITLES))]
    contents = [["Ref", "Action", "Page"], *([40 + i, t, i] for i, t in enumerate(TITLES))]
    summary = [["Status", "Number"], ["Complete", 1], ["In progress", 3]]
    sheets = {"Contents": contents, "Summary": summary, "Actions": table} if first else {"Actions": table, "Contents": contents, "Summary": summary}
    path = book(tmp_path / "t.xlsx", sheets)  # type: ignore[arg-type]
    assert take(sample, path).created == len(TITLES)
    assert counts(take(sample, path)) == (0, 0, len(TITLES))


def test_a_second_table_with_other_columns_is_read_by_its_own_headings(sample: Session, tmp_path: Path) -> None:
    rows = [["Ref", "Action", "Owner", "Status"], [40, "Run school lessons", "KCC", "In progress"], ["Closed"],
            ["Ref", "Owner", "Action", "Status"], [41, "KCC", "Fit lamps", "Complete"]]  # fmt: skip
    take(sample, book(tmp_path / "t.xlsx", {"Actions": rows}))
    made = actions(sample)
    assert made["Fit lamps"]["status"] == "complete" and "KCC" not in made and "Owner" not in made


# -- rows that are no records, and those that are ---------------------------------------------------


def test_actions_in_capitals_with_a_number_of_their_own_are_actions(sample: Session, tmp_path: Path) -> None:
    path = csv(tmp_path / "t.csv", HEAD, "2,COURT AND JUSTICE,,,", "2.1,Run lessons,KCC,,In progress", "2.2,TRAIN ALL DOOR STAFF,,,", "2.3,CCTV,,,")
    done = take(sample, path)
    made = actions(sample)
    assert {"Run lessons", "TRAIN ALL DOOR STAFF", "CCTV"} <= made.keys() and "COURT AND JUSTICE" not in made
    assert "COURT AND JUSTICE" in {t["text"] for t in done.tray}


def test_a_recommendation_on_a_line_of_its_own_heads_the_actions_under_it(sample: Session, tmp_path: Path) -> None:
    path = csv(
        tmp_path / "t.csv", "Rec no,Recommendation,Action,Owner,Status", "X1,Teach consent in every school,,,", ",,Write the lessons,KCC,",
        ",,Train the teachers,KCC,", "X2,Make streets safer,,,", ",,Fit the lamps,KCC,",
    )  # fmt: skip
    take(sample, path)
    under = {
        t: show.record(sample, show.record(sample, str(actions(sample)[t]["reference"])).sets["recommendations"][0]).title
        for t in ("Write the lessons", "Train the teachers", "Fit the lamps")
    }
    assert list(under.values()) == ["Teach consent in every school", "Teach consent in every school", "Make streets safer"]


@pytest.mark.parametrize("nothing", ["N/A", "-", "TBC", "None", ".", "?", "0", "\u200b", "7", "Sub-total", "Grand total", "Average"])
def test_nothing_is_made_of_nothing(sample: Session, tmp_path: Path, nothing: str) -> None:
    count = len(snapshot(sample))
    done = take(sample, csv(tmp_path / "t.csv", HEAD, "40,Run school lessons,KCC,,In progress", f",{nothing},,,", f"41,{nothing},,,"))
    assert len(snapshot(sample)) == count + 1 and done.created == 1


def test_a_changed_next_step_beside_the_same_words_is_kept(sample: Session, tmp_path: Path) -> None:
    head, path = "Ref,Action,Progress,Next step,Status", tmp_path / "t.csv"
    take(sample, csv(path, head, "40,Run school lessons,Ten schools,Book a hall,In progress"))
    take(sample, csv(path, head, "40,Run school lessons,Ten schools,Hall lost; find another,In progress"))
    said = sample.read().exec_driver_sql('SELECT next_step FROM "update" WHERE narrative = ?', ("Ten schools",)).fetchall()
    assert {r[0] for r in said} == {"Book a hall", "Hall lost; find another"}


def test_a_row_that_waits_writes_nothing_at_all(sample: Session, tmp_path: Path) -> None:
    head, path = "Recommendation,Action no,Action,Status", tmp_path / "t.csv"
    more = "Light every path,X2,Hang the lamps,In progress"
    take(sample, csv(path, head, "Light every path,X1,Buy lamps,In progress", more))
    take(sample, csv(path, head, "Quite another heading of work,X1,Close the old car park,Complete", more))
    titles = {str(r["title"]) for r in lists.records(sample, ListQuery("recommendation"))}
    assert "Quite another heading of work" not in titles


def test_what_a_copy_leaves_out_is_kept_and_said(sample: Session, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    take(sample, csv(path, HEAD, *rows_of(TITLES[:3])))
    done = take(sample, csv(path, HEAD, *rows_of(TITLES[:1]), f"41,{TITLES[1]},KCC,,In progress"))
    said = {p.code: p.message for p in done.problems}
    assert actions(sample)[TITLES[2]]["reference"] in said["rows_gone"]
    assert str(actions(sample)[TITLES[1]]["reference"]) in said["cleared"] and actions(sample)[TITLES[1]]["due"] == "2027-03-31"


# -- columns ----------------------------------------------------------------------------------------


def test_the_next_quarters_column_becomes_the_present_state(sample: Session, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    take(sample, csv(path, "Ref,Action,Status Sep 2026,Status Dec 2026", "40,Run school lessons,Not started,In progress"))
    take(sample, csv(path, "Ref,Action,Status Sep 2026,Status Dec 2026,Status Mar 2027", "40,Run school lessons,Not started,In progress,Complete"))
    assert actions(sample)["Run school lessons"]["status"] == "complete"
    then = sample.read().exec_driver_sql('SELECT as_at, status FROM "update" WHERE period IS NOT NULL ORDER BY as_at').fetchall()
    assert [tuple(r) for r in then] == [("2026-09-30", "not_started"), ("2026-12-31", "in_progress")]


@pytest.mark.parametrize(("one", "other"), [("Status", "Current status"), ("Update", "Latest update"), ("RAG", "RAG status"), ("Target date", "Due date")])
def test_two_columns_of_one_meaning_are_asked_where_they_differ(sample: Session, tmp_path: Path, one: str, other: str) -> None:
    words = {"Status": ("Not started", "Complete"), "Update": ("Old words", "New words"), "RAG": ("Red", "Green"), "Target date": ("31/03/2027", "30/06/2027")}
    first, second = words[one]
    path = csv(tmp_path / "t.csv", f"Ref,Action,{one},{other}", f"40,Run school lessons,{first},{second}")
    asked = take(sample, path)
    (question,) = [p for p in asked.problems if p.code == "two_columns"]
    assert {first, second} <= {t["text"] for t in asked.tray}
    done = take(sample, path, answers={question.id: question.choices[1][0]})
    assert "two_columns" not in codes(done) and second not in {t["text"] for t in done.tray}


# -- cells as shown ---------------------------------------------------------------------------------


def test_numbers_are_as_shown(sample: Session, tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["Ref", "Action"])
    for row, (value, code) in enumerate([(1.1, "0.0"), (1.1, "0.00"), (7, "000"), (12, '"X-"00')], 2):
        sheet.cell(row, 1, value).number_format = code
        sheet.cell(row, 2, TITLES[row - 2])
    made.save(tmp_path / "t.xlsx")
    take(sample, tmp_path / "t.xlsx")
    named = sample.read().exec_driver_sql("SELECT part FROM link WHERE kind = 'alias' AND part IN ('1.1', '1.10', '007', 'X-12')").fetchall()
    assert {r[0] for r in named} == {"1.1", "1.10", "007", "X-12"}
    assert counts(take(sample, tmp_path / "t.xlsx")) == (0, 0, 4)


def test_true_dates_among_month_first_texts_are_asked(sample: Session, tmp_path: Path) -> None:
    import datetime as dt

    path = book(tmp_path / "t.xlsx", {"A": [["Ref", "Action", "Due date"], [40, TITLES[0], dt.date(2027, 4, 3)], [41, TITLES[1], "03/25/2027"]]})
    asked = take(sample, path)
    assert "half_turned" in codes(asked) and actions(sample)[TITLES[0]]["due"] is None
    assert [t["why"] for t in asked.tray if "2027" in t["text"] or "May" in t["text"]] and all(t["why"] == "not understood" for t in asked.tray)
    (id,) = {p.id for p in asked.problems if p.code == "half_turned"}
    take(sample, path, answers={id: "turn"})
    assert actions(sample)[TITLES[0]]["due"] == "2027-03-04" and actions(sample)[TITLES[1]]["due"] == "2027-03-25"


def test_a_word_and_a_colour_that_disagree_are_asked(sample: Session, tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append(["Ref", "Action", "RAG", "Status"])
    sheet.append([40, TITLES[0], "Green", "In progress"])
    for cell in ("C2", "D2"):
        sheet[cell].fill = openpyxl.styles.PatternFill("solid", fgColor="FF0000")
    made.save(tmp_path / "t.xlsx")
    done = take(sample, tmp_path / "t.xlsx")
    assert "colour_and_word" in codes(done) and actions(sample)[TITLES[0]]["rating_opcc"] is None
    assert "In progress (coloured red)" in {t["text"] for t in done.tray}
    (id,) = {p.id for p in done.problems if p.code == "colour_and_word"}
    take(sample, tmp_path / "t.xlsx", answers={id: "word"})
    assert actions(sample)[TITLES[0]]["rating_opcc"] == "green"


def test_a_list_of_gaps_is_said_to_be_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "s.vawg"
    Run(capsys, "new", store, "--plain")
    path = csv(tmp_path / "t.csv", "No,Description,Owner", "1,No refuge bed with no recourse,")
    assert Run(capsys, "import-tracker", store, path, "--entity", "gap", "--json").json()["by_entity"] == {"gap": 1}  # type: ignore[index]
    (tmp_path / "m.json").write_text('{"No": {"a": 1}}')
    bad = Run(capsys, "import-tracker", store, path, "--map", tmp_path / "m.json")
    assert bad.code == 1 and "not a field" in bad.err and "Traceback" not in bad.err


# -- five hundred lists -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One action of an imagined list: ``mark`` is which it is, for ever, and stands in its notes."""

    mark: str
    number: str
    title: str
    owner: str
    status: str
    sheet: str


VERBS, THINGS, PLACES = ("Run", "Open", "Map", "Train", "Fund", "Review"), ("the lessons", "a clinic", "hot spots", "the staff", "new posts"), (
    "in schools", "at courts", "on buses", "for victims", "in Dover", "in Swale")  # fmt: skip
OWNERS, STATUSES = ("KCC", "Medway", "Kent Police", "OPCC"), ("Not started", "In progress", "Complete", "Stopped")


class Kept:
    """A list that somebody keeps: edited between copies as people edit lists."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.count = 0
        self.how = draw.choice(["plain", "dotted", "merged", "none", "by sheet"])
        self.sheets = ["Courts", "Schools"] if self.how == "by sheet" else ["Actions"]
        self.names = draw.sample([f"{v} {t} {p}" for v in VERBS for t in THINGS for p in PLACES], 60)
        self.items = [self._new() for _ in range(draw.randint(4, 12))]
        self.renumber()

    def _new(self) -> Item:
        self.count += 1
        draw = self.draw
        return Item(f"mark {self.count}", "", self.names.pop(), draw.choice(OWNERS), draw.choice(STATUSES), draw.choice(self.sheets))

    def renumber(self) -> None:
        """Number the rows from the top, each sheet from 1 where the list counts so."""
        counted: dict[str, int] = {}
        done: list[Item] = []
        for item in self.items:
            i = counted.get(item.sheet if self.how == "by sheet" else "", 0)
            counted[item.sheet if self.how == "by sheet" else ""] = i + 1
            said = {"plain": str(i + 50), "dotted": f"{i // 3 + 7}.{i % 3 + 1}", "merged": str(i // 2 + 70), "none": "", "by sheet": str(i + 1)}
            done.append(replace(item, number=said[self.how]))
        self.items = done

    def edit(self) -> None:
        """Something that happens to a list between two copies."""
        draw, items = self.draw, self.items
        at = draw.randrange(len(items))
        what = draw.choice(["status", "status", "owner", "reword", "replace", "shuffle", "insert", "remove", "append", "renumber"])
        if what == "status":
            items[at] = replace(items[at], status=draw.choice(STATUSES))
        elif what == "owner":
            items[at] = replace(items[at], owner=draw.choice(OWNERS))
        elif what == "reword":
            said = [f"{items[at].title} this year", items[at].title.replace(" ", "  ")]
            said += [self.names.pop()] if self.how != "none" else []  # with no number and other words it is another row to anybody
            items[at] = replace(items[at], title=draw.choice(said))
        elif what == "replace":
            items[at] = replace(self._new(), number=items[at].number, sheet=items[at].sheet)
        elif what == "shuffle":
            draw.shuffle(items)
        elif what in ("insert", "append"):
            items.insert(at if what == "insert" else len(items), self._new())
            self.renumber()
        elif what == "remove" and len(items) > 2:
            del items[at]
            self.renumber()
        elif what == "renumber":
            self.renumber()

    def write(self, folder: Path) -> tuple[Path, dict[tuple[str, int], Item]]:
        """The copy as a file, and which item stands in which row."""
        head = ["Ref", "Action", "Owner", "Status", "Notes"]
        rows: dict[str, list[list[object]]] = {s: [head] for s in self.sheets}
        there: dict[tuple[str, int], Item] = {}
        for item in self.items:
            rows[item.sheet].append([item.number, item.title, item.owner, item.status, item.mark])
            there[(item.sheet, len(rows[item.sheet]))] = item
        if len(self.sheets) == 1 and self.draw.random() < 0.3:
            path = csv(folder / "Actions.csv", *(",".join(map(str, r)) for r in rows["Actions"]))
        else:
            path = book(folder / "list.xlsx", rows)  # type: ignore[arg-type]
        return path, there


def _answer(session: Session, asked: Imported, there: dict[tuple[str, int], Item]) -> dict[str, str]:
    """What an officer who knows the list says to each question about a row."""
    said: dict[str, str] = {}
    of_mark = {str(r["note"]): str(r["reference"]) for r in lists.records(session, ListQuery("action")) if r["note"]}
    for one in asked.problems:
        if one.code not in ("other_words", "same_words", "other_list"):
            continue
        item = there[(one.sheet, int(re.sub(r"\D", "", one.cell)))]
        own = of_mark.get(item.mark, "")
        right = [choice for choice, words in one.choices if own and (choice == own or words.startswith(f"It is {own},"))]
        said[one.id] = right[0] if right else "new"
    return said


@pytest.mark.parametrize("seed", range(500 if SOAK else 60))
def test_lists_edited_as_people_edit_them_overwrite_double_and_lose_nothing(tmp_path: Path, sample_file: Path, seed: int) -> None:
    """Against an oracle that knows which row is which: no record ever becomes another's, none is doubled, every change arrives."""
    draw = random.Random(seed)
    path = tmp_path / "s.vawg"
    shutil.copyfile(sample_file, path)
    session = Session(opening.open_store(path), "B. Officer")
    before = snapshot(session)
    kept, ever = Kept(draw), dict[str, Item]()
    for copy in range(4):
        file, there = kept.write(tmp_path)
        asked = take(session, file)
        _agrees(session, before, ever, there, copy, whole=False)
        answers = _answer(session, asked, there)
        for _ in range(3):
            if not answers:
                break
            again = take(session, file, answers=answers)
            more = _answer(session, again, there)
            if more.keys() <= answers.keys():
                break
            answers |= more
        ever |= {i.mark: i for i in kept.items}
        _agrees(session, before, ever, there, copy, whole=True)
        last = take(session, file)
        assert counts(last)[:2] == (0, 0) and not [p for p in last.problems if p.choices], (seed, copy, [p.message for p in last.problems])
        for _ in range(draw.randint(1, 3)):
            kept.edit()
    assert check(session.store).problems == []
    session.store.close()


def _agrees(
    session: Session, before: dict[str, Any], ever: dict[str, Item], there: dict[tuple[str, int], Item], copy: int, *, whole: bool
) -> None:
    assert {k: v for k, v in snapshot(session).items() if k in before} == before, copy
    now = {i.mark: i for i in there.values()}
    found = [r for r in lists.records(session, ListQuery("action")) if r["reference"] not in before]
    marks = [str(r["note"]) for r in found]
    assert len(marks) == len(set(marks)), (copy, "doubled", marks)
    for row in found:
        mark = str(row["note"])
        said = {i.title for i in (ever.get(mark), now.get(mark)) if i is not None}
        assert " ".join(str(row["title"]).split()) in {" ".join(t.split()) for t in said}, (copy, mark, row["title"], said)
    if whole:
        assert set(marks) == ever.keys(), (copy, set(marks) ^ ever.keys())
        for row in found:
            item = ever[str(row["note"])]
            term = ACTION_STATUS.find(item.status)
            assert term is not None and row["status"] == term.key, (copy, item, row["status"])


# -- and out again ----------------------------------------------------------------------------------


def test_a_tracker_is_written_back_in_its_own_shape(sample: Session, tmp_path: Path) -> None:
    """Its widths, colours and columns stay; what the store says otherwise is filled in and listed; what it does not know stands."""
    import datetime as dt

    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = "Our actions"
    sheet.append(["Ref", "Action", "Owner", "Due date", "Status", "% complete", "Latest update", "Our mood"])
    sheet.append([40, TITLES[0], "KCC", dt.date(2027, 3, 31), "In progress", 0.25, "Ten schools", "sunny"])
    sheet.append([41, TITLES[1], "Medway", dt.date(2027, 6, 30), "Not started", None, None, "cloudy"])
    sheet["D2"].number_format, sheet["F2"].number_format = "dd mmmm yyyy", "0%"
    sheet["B2"].fill = openpyxl.styles.PatternFill("solid", fgColor="DDEBF7")
    sheet.column_dimensions["B"].width = 61
    path, out = tmp_path / "t.xlsx", tmp_path / "again.xlsx"
    made.save(path)
    take(sample, path)
    same = export_tracker(sample, path, out)
    assert (same.rows, same.changed, same.unknown) == (2, [], 0)
    one = str(actions(sample)[TITLES[0]]["reference"])
    other = str(actions(sample)[TITLES[1]]["reference"])
    put = [Assignment("status", "complete"), Assignment("percent", "100"), Assignment("due", "2027-09-30")]
    assign(sample, one, put, "told")
    assign(sample, other, [Assignment("title", "=Map the hotspots, again")], "told")
    add_update(sample, one, {"narrative": "All schools"})
    done = export_tracker(sample, path, out)
    assert {(c["cell"], c["now"]) for c in done.changed} == {
        ("E2", "Complete"), ("F2", "1.0"), ("D2", "2027-09-30"), ("B3", "=Map the hotspots, again"), ("G2", "All schools"),
    }  # fmt: skip
    book_ = openpyxl.load_workbook(out)
    page = book_["Our actions"]
    assert page["E2"].value == "Complete" and page["H2"].value == "sunny" and page["A2"].value == 40
    assert page["D2"].value.date() == dt.date(2027, 9, 30) and page["D2"].number_format == "dd mmmm yyyy"
    assert page["B2"].fill.fgColor.rgb.endswith("DDEBF7") and page.column_dimensions["B"].width == 61
    assert page["B3"].data_type == "s"
    told = [tuple(c.value for c in row) for row in book_["Changed since"].iter_rows(min_row=2)]
    assert ("Our actions", "E2", one, "Status", "In progress", "Complete") in told
    again = take(sample, out)  # and what was written is read back as it stands
    assert counts(again) == (0, 0, 2) and not [p for p in again.problems if p.choices]
    with pytest.raises(StoreError, match="not written over"):
        export_tracker(sample, path, path)


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_tracker_of_text_is_written_back_with_its_columns_in_order(sample: Session, tmp_path: Path, ending: str) -> None:
    path = csv(tmp_path / "t.csv", HEAD, *rows_of(TITLES[:3]))
    take(sample, path)
    assign(sample, str(actions(sample)[TITLES[1]]["reference"]), [Assignment("status", "complete")], "told")
    csv(path, HEAD, *rows_of(TITLES[:2]), "99,Nobody knows this one at all,KCC,,")
    done = export_tracker(sample, path, tmp_path / f"out{ending}")
    assert [(c["cell"], c["now"]) for c in done.changed] == [("E3", "Complete")] and done.unknown == 1
    assert any("is not in this copy" in n for n in done.notes)
    assert [n.partition(":")[0].rpartition("!")[2] for n in done.notes if "no record of the store is known by this row" in n] == ["A4"]
    if ending == ".csv":
        said = (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()
        assert said[0] == HEAD and said[2].endswith("Complete") and said[3].startswith("99,Nobody")


def test_the_command_writes_a_tracker_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "s.vawg"
    Run(capsys, "new", store, "--sample", "--plain")
    path = csv(tmp_path / "t.csv", HEAD, *rows_of(TITLES[:2]))
    Run(capsys, "import-tracker", store, path)
    said = Run(capsys, "export-tracker", store, "--like", path, "--out", tmp_path / "o.xlsx", "--json").json()
    assert said["rows"] == 2 and said["changed"] == [] and (tmp_path / "o.xlsx").exists()  # type: ignore[index]
    bad = Run(capsys, "export-tracker", store, "--like", path, "--out", tmp_path / "o.doc")
    assert bad.code == 1 and ".xlsx or .csv" in bad.err


@pytest.mark.parametrize("shared", [5, 4, 3])
def test_a_sheet_lists_another_again_where_four_rows_of_five_are_the_same(sample: Session, tmp_path: Path, shared: int) -> None:
    """Only then are its rows read as the same; of fewer each is looked at by itself."""
    whole = [f"Fit lamps in street {name}" for name in ("Alder", "Birch", "Cedar", "Damson", "Elder", "Fir")]
    short = [*whole[:shared], "Meet the residents of the harbour ward", "Ask the schools about their walks home"][:5]
    table = [["Ref", "Action", "Owner", "Status"], *([40 + i, t, "KCC", "In progress"] for i, t in enumerate(whole))]
    listed = [["Ref", "Action"], *([40 + i if i < shared else 60 + i, t] for i, t in enumerate(short))]
    before = actions(sample).keys()
    done = take(sample, book(tmp_path / "t.xlsx", {"Actions": table, "At a glance": listed}))  # type: ignore[dict-item]
    assert ("listed_again" in codes(done)) == (shared >= 4)
    if shared >= 4:
        assert actions(sample).keys() - before == {*whole, *short} and done.created == len({*whole, *short})


@pytest.mark.parametrize(
    ("again", "said"),
    [
        (f"40,{TITLES[0]} in every borough of the county,KCC,31/03/2027,In progress", f"“40” was “{TITLES[0]}” in this list; now it says “{TITLES[0]} in every borough of the county”."),
        (f"77,{TITLES[0]},KCC,31/03/2027,In progress", f"“{TITLES[0]}” stood under “40” in this list; now it stands under “77”."),
        ("77,Run school lesson,KCC,31/03/2027,In progress", f"“Run school lesson” is nearly what “{TITLES[0]}” says in this list."),
    ],
)  # fmt: skip
def test_a_row_in_doubt_says_what_it_was_and_what_it_is_now(sample: Session, tmp_path: Path, again: str, said: str) -> None:
    take(sample, csv(tmp_path / "list.csv", HEAD, *rows_of(TITLES[:2])))
    done = take(sample, csv(tmp_path / "list.csv", HEAD, again, *rows_of(TITLES[1:2], 41)))
    assert [p.message for p in done.problems if said in p.message], [p.message for p in done.problems]
