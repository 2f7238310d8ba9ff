"""Returns nobody here made, on the store they were sent from: the shared samples."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services.test_stranger_trackers import HERE, needs_samples
from vawg_desktop.domain.errors import FileRefusedError
from vawg_desktop.services.return_staging import import_return
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening

pytestmark = needs_samples


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Session]:
    """The store the returns were sent from."""
    for part in HERE.glob("00-store-of-the-returns.vawg*"):
        shutil.copyfile(part, tmp_path / part.name.replace("00-store-of-the-returns", "office"))
    session = Session(opening.open_store(tmp_path / "office.vawg"), "B. Officer")
    yield session
    session.store.close()


def _sample(number: str) -> Path:
    return next(p for p in HERE.glob(f"{number}-*") if p.suffix != ".md")


def test_a_vertical_tab_in_a_cell_is_a_line_break(office: Session) -> None:
    said = [d.incoming for d in import_return(office, _sample("24")).differences]
    assert "Line one\nLine two" in said


def test_cells_linked_to_blanks_are_asked_and_nothing_of_them_is_taken(office: Session) -> None:
    staged = import_return(office, _sample("28"), apply="safe")
    assert staged.differences == []
    doubted = [p.message for p in staged.problems if p.code == "not_understood"]
    assert len(doubted) == 4 and all("by a link to a blank cell" in m for m in doubted)


def test_a_correction_in_a_second_file_is_taken(office: Session) -> None:
    import_return(office, _sample("33"), apply="safe")
    second = import_return(office, _sample("33b"), apply="safe")
    said = {(d.record, d.field): (d.base, d.incoming, d.kind.value) for d in second.differences}
    assert said["A-0008", "status"] == ("complete", "in_progress", "incoming")
    assert said["A-0008", "percent"] == (100, 40, "incoming")
    row = office.read().exec_driver_sql("SELECT status, percent FROM action WHERE reference = 'A-0008'").one()
    assert tuple(row) == ("in_progress", 40)


def test_a_csv_saved_on_a_mac_keeps_its_quotation_marks_and_pounds(office: Session) -> None:
    said = [d.incoming for d in import_return(office, _sample("34")).differences]
    assert said == ["The victim’s “one contact” – agreed; £5,000 spent"]


def test_a_link_to_a_file_is_said_to_be_one(office: Session) -> None:
    with pytest.raises(FileRefusedError, match="only a link"):
        import_return(office, _sample("44"))
