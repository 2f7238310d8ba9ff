"""Frameworks: taken in and pasted, mapped in a grid, in dated versions, and counted alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.services.test_journey import sample_store
from vawg_desktop.domain.errors import FileRefusedError, RuleError, ValueRefusedError
from vawg_desktop.exchange.document import Table
from vawg_desktop.exchange.reading import read_book
from vawg_desktop.services import coverage, coverage_outputs, framework_in, names, records, show
from vawg_desktop.services.framework_in import StrandRow
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store.check import check

NPCC = "NPCC VAWG framework 2024"


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return sample_store(tmp_path)


def id_of(session: Session, name: str) -> str:
    found = names.find_named(session.read(), "framework", name) or names.find(session.read(), name)
    return found.id


def strand(session: Session, framework: str, title: str) -> str:
    return next(s.id for s in coverage.of(session, framework) if s.title == title)


def one(session: Session, title: str) -> coverage.Progress:
    return next(p for p in coverage.progress(session) if p.title == title)


def test_a_cell_of_the_grid_is_marked_changed_and_taken_away(session: Session) -> None:
    record, prepare = id_of(session, "R-0003"), strand(session, NPCC, "Prepare")
    for extent in ("full", "part", "contributes"):
        coverage.mark(session, record, prepare, extent)
        assert coverage.grid(session, id_of(session, NPCC), "recommendation").cells == {(record, prepare): extent}
    coverage.mark(session, record, prepare, None)
    assert coverage.grid(session, id_of(session, NPCC), "recommendation").cells == {}
    coverage.mark(session, record, prepare, "full")  # the link that was there is brought back
    assert [s.reference for s in show.record(session, "R-0003").links if s.kind == "recommendation.frameworks"] == ["T-0017"]
    assert check(session.store).problems == []


@pytest.mark.parametrize(("kind", "name"), [("recommendation", "R-0001"), ("action", "A-0001"), ("gap", "G-0001"), ("service", "SV-0001")])
def test_every_kind_that_covers_has_a_grid_of_all_its_records(session: Session, kind: str, name: str) -> None:
    grid = coverage.grid(session, id_of(session, NPCC), kind)
    assert len(grid.records) == session.read().exec_driver_sql(f'SELECT count(*) FROM "{kind}" WHERE NOT deleted').one()[0]
    coverage.mark(session, id_of(session, name), grid.strands[1].id, "part")
    assert coverage.grid(session, id_of(session, NPCC), kind).cells == {(id_of(session, name), grid.strands[1].id): "part"}


def test_a_right_named_by_its_number_stands_in_the_grid_and_is_changed_where_it_stands(session: Session) -> None:
    records.assign(session, "R-0007", [Assignment("code_rights", "4")], None)
    code, record = id_of(session, "Victims' Code 2020"), id_of(session, "R-0007")
    fourth = coverage.of(session, code)[3].id
    assert coverage.grid(session, code, "recommendation").cells == {(record, fourth): ""}
    coverage.mark(session, record, fourth, "full")
    grid = coverage.grid(session, code, "recommendation")
    assert grid.cells == {(record, fourth): "full"}
    kinds = session.read().exec_driver_sql("SELECT kind FROM link WHERE a = ? AND NOT deleted AND kind IN ('recommendation.frameworks', 'recommendation.code_rights')", (record,))
    assert [r[0] for r in kinds] == ["recommendation.code_rights"]
    coverage.mark(session, record, fourth, None)
    assert coverage.grid(session, code, "recommendation").cells == {}


def test_all_frameworks_are_counted_alike_and_a_record_counts_once_in_each(session: Session) -> None:
    run = session.read().exec_driver_sql
    done = str(run("SELECT id FROM action WHERE status = 'complete' AND NOT deleted").first()[0])  # type: ignore[index]
    for framework, titles in ((NPCC, ("Prepare", "Protect")), ("National VAWG strategy 2021", ("A stronger system",))):
        for title in titles:
            coverage.mark(session, done, strand(session, framework, title), "part")
            coverage.mark(session, id_of(session, "R-0003"), strand(session, framework, title), "part")
    assert [(p.strands, p.covered, p.records, p.done) for p in (one(session, NPCC), one(session, "National VAWG strategy 2021"))] == [(4, 2, 2, 1), (4, 1, 2, 1)]


def test_the_next_version_keeps_the_strands_and_shows_what_the_one_before_said(session: Session) -> None:
    old = id_of(session, "Victims' Code 2020")
    record = id_of(session, "R-0007")
    coverage.mark(session, record, coverage.of(session, old)[3].id, "full")
    new, _ = coverage.next_version(session, old, "2027", "1/4/2027")
    assert [s.title for s in coverage.of(session, new)] == [s.title for s in coverage.of(session, old)]
    cells = show.record(session, new).cells
    assert (cells["version"], cells["from_date"], cells["replaces"]) == ("2027", "2027-04-01", old)
    assert show.record(session, old).cells["until_date"] == "2027-03-31"
    grid = coverage.grid(session, new, "recommendation")
    fourth = grid.strands[3].id
    assert grid.cells == {} and grid.before == {(record, fourth): "full"}
    coverage.mark(session, record, fourth, "part")
    grid = coverage.grid(session, new, "recommendation")
    assert grid.cells == {(record, fourth): "part"} and grid.before == {}
    assert check(session.store).problems == []


def test_a_date_that_is_none_makes_no_version(session: Session) -> None:
    with pytest.raises(ValueRefusedError):
        coverage.next_version(session, id_of(session, NPCC), "2027", "soon")
    assert len(coverage.progress(session)) == 6


# -- taken in ------------------------------------------------------------------------------------


def saved(tmp_path: Path, *rows: list[object], name: str = "framework.xlsx") -> Path:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / name)
    return tmp_path / name


def test_a_sheet_of_several_frameworks_is_read_by_its_headings_and_filled_down(tmp_path: Path) -> None:
    path = saved(tmp_path, ["What we measure by"], ["No.", "Strategy", "Objective", "Lead"], [1, "County plan", "Be heard", "A. Person"], [2, None, "Be safe", None], [1, "Our charter", "Be believed", None])
    read = framework_in.of_book(read_book(path))
    assert read.rows == [StrandRow("County plan", "Be heard"), StrandRow("County plan", "Be safe"), StrandRow("Our charter", "Be believed")]
    assert [(cell, words) for _, cell, words in read.left] == [("D3", "A. Person")]


def test_a_single_column_and_a_text_are_strands_without_their_numbers(tmp_path: Path) -> None:
    path = saved(tmp_path, ["1. Be heard"], ["2. Be safe"], ["3. Be believed"])
    assert [r.title for r in framework_in.of_book(read_book(path)).rows] == ["Be heard", "Be safe", "Be believed"]
    text = tmp_path / "charter.csv"
    text.write_text("Strand\nBe heard\n\nBe safe, at home and outside\n", "utf-8")
    assert framework_in.of_text("• Be heard\n2) Be safe") == ["Be heard", "Be safe"]


def test_a_sheet_whose_strands_are_not_known_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = saved(tmp_path, ["Aim", "Lead"], ["Be heard", "A. Person"])
    with pytest.raises(FileRefusedError, match="Head the column of the strands “Strand”"):
        framework_in.of_book(read_book(path))


def test_strands_that_stand_already_are_left_and_new_ones_follow_in_order(session: Session) -> None:
    rows = [StrandRow("", "PREPARE"), StrandRow("", "Listen"), StrandRow("County plan", "Be heard")]
    changes = framework_in.add(session, rows, id_of(session, NPCC))
    assert changes.notes == ["1 strand were there already."]
    assert [s.title for s in coverage.of(session, NPCC)] == ["Prepare", "Protect", "Pursue", "Prevent", "Listen"]
    assert [s.title for s in coverage.of(session, "County plan")] == ["Be heard"]
    before = len(session.read().exec_driver_sql("SELECT id FROM strand").fetchall())
    framework_in.add(session, rows, id_of(session, NPCC))  # taken in twice
    assert len(session.read().exec_driver_sql("SELECT id FROM strand").fetchall()) == before


def test_a_strand_without_a_framework_is_refused_and_nothing_is_written(session: Session) -> None:
    with pytest.raises(ValueRefusedError, match="belongs to no framework"):
        framework_in.add(session, [StrandRow("County plan", "Be heard"), StrandRow("", "Be safe")])
    assert names.find_named(session.read(), "framework", "County plan") is None


def test_coverage_on_paper_leaves_out_what_is_restricted_but_its_reference(session: Session) -> None:
    records.assign(session, "R-0003", [Assignment("restriction", "live case")], None)
    for name in ("R-0003", "R-0004"):
        coverage.mark(session, id_of(session, name), strand(session, NPCC, "Prepare"), "full")
    made = coverage_outputs.coverage_document(session, id_of(session, NPCC))
    (table,) = [b for b in made.blocks if isinstance(b, Table)]
    title = show.record(session, "R-0004").title
    assert table.rows[0][1] == f"R-0003 Restricted\nR-0004 {title}"
    assert made.lines[0] == "1 of 4 strands covered; 0 of 2 records that cover them done."
    assert made.lines[1] == "Not covered: Protect, Pursue, Prevent"


def test_a_kind_of_record_that_covers_nothing_is_refused(session: Session) -> None:
    framework, _ = records.create(session, "framework", {"title": "A plan"})
    one, _ = records.create(session, "strand", {"title": "Be heard", "framework": framework})
    quote, _ = records.create(session, "quote", {"words": "They listened"})
    with pytest.raises(RuleError, match="covers no strand"):
        coverage.mark(session, quote, one, "full")


def test_a_record_that_covers_a_strand_twice_is_counted_once_by_the_stronger(session: Session) -> None:
    right = str(session.read().exec_driver_sql("SELECT s.id FROM strand s JOIN framework f ON f.id = s.framework WHERE s.title LIKE '%be understood%' OR s.position = 1 ORDER BY s.n LIMIT 1").one()[0])
    framework = str(session.read().exec_driver_sql("SELECT framework FROM strand WHERE id = ?", (right,)).one()[0])
    both = [k for k, e in coverage._COVERING.items() if e.key == "recommendation"]
    record = id_of(session, "R-0003")
    for kind, extent in zip(both, ("part", "full", "contributes"), strict=False):
        records.set_link(session, "recommendation", kind.partition(".")[2], record, right, cells={"extent": extent})
    strand = next(s for s in coverage.of(session, framework) if s.id == right)
    told = [r.id for r in (*strand.full, *strand.part, *strand.overlap)]
    assert len(both) > 1 and told.count(record) == 1 and record in [r.id for r in strand.full]
    assert coverage.grid(session, framework, "recommendation").cells[record, right] == "full"


def test_of_two_versions_of_one_title_the_one_in_force_is_meant(session: Session) -> None:
    old = id_of(session, NPCC)
    title = show.record(session, old).title
    ahead, _ = coverage.next_version(session, old, "2027", "1/4/2027")
    assert [s.id for s in coverage.of(session, title)] == [s.id for s in coverage.of(session, old)]
    records.assign(session, ahead, [Assignment("from_date", "2026-04-01")], None)
    records.assign(session, old, [Assignment("until_date", "2026-03-31")], None)
    assert [s.id for s in coverage.of(session, title)] == [s.id for s in coverage.of(session, ahead)]


@pytest.mark.parametrize(
    ("pasted", "strands"),
    [
        ("2020 commitments to women\n10 more officers\n999 calls answered\n3 Rs of safety", ["2020 commitments to women", "10 more officers", "999 calls answered", "3 Rs of safety"]),
        ("1. Prevent\n2) Pursue\n(3) Protect\n• Prepare\n-\n\n1.2. Train\na) Ask", ["Prevent", "Pursue", "Protect", "Prepare", "Train", "Ask"]),
    ],
)
def test_a_number_that_belongs_to_a_strand_stays_with_it(pasted: str, strands: list[str]) -> None:
    assert framework_in.of_text(pasted) == strands


def test_a_plain_text_is_a_strand_a_line_whatever_its_commas(tmp_path: Path) -> None:
    (tmp_path / "strands.txt").write_text("Prevent: stop violence, early\nPursue, and bring to justice\n", "utf-8")
    assert [r.title for r in framework_in.of_file(tmp_path / "strands.txt").rows] == ["Prevent: stop violence, early", "Pursue, and bring to justice"]
