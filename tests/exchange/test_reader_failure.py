"""A reader that does not load is told as the program's fault, never as the file's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from openpyxl import Workbook

from vawg_desktop.domain.errors import FileRefusedError, ProgramError
from vawg_desktop.exchange import reader_child, reading


@pytest.fixture
def book(tmp_path: Path) -> Path:
    made = Workbook()
    made.active.append(["Ref", "Action"])  # type: ignore[union-attr]
    made.save(tmp_path / "list.xlsx")
    return tmp_path / "list.xlsx"


def test_a_library_that_does_not_load_is_the_programs_fault(book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAWG_HOME", str(tmp_path / "home"))
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "python_calamine.py").write_text("raise ImportError('DLL load failed')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "broken"))
    monkeypatch.setattr(sys, "path", [str(tmp_path / "broken"), *sys.path])
    with pytest.raises(ProgramError, match=r"Nothing is wrong with the file") as told:
        reading.read_book(book)
    assert told.value.code == "reader_failed" and "damaged" not in told.value.message


def test_a_reader_that_dies_before_it_looks_at_the_file_is_the_programs_fault(
    book: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAWG_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(reader_child, "read_to_pipe", _dies)
    with pytest.raises(ProgramError, match="did not start"):
        reading.read_book(book)


def _dies(*_: object) -> None:
    raise SystemExit(3)


def test_a_file_that_is_damaged_is_still_the_files_fault(book: Path) -> None:
    content = bytearray(book.read_bytes())
    content[len(content) // 3 : len(content) // 3 + 200] = b"\0" * 200
    book.write_bytes(content)
    with pytest.raises(FileRefusedError):
        reading.read_book(book)
