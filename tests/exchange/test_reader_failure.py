"""A reader that does not load is told as the program's fault, never as the file's."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

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


@pytest.mark.parametrize(
    ("refused", "detail", "code", "words"),
    [
        ("CalamineError", "Xls error: Workbook is password protected", "password", "save it without one"),
        ("XLRDError", "Workbook is encrypted", "password", "save it without one"),
        ("XmlError", "unexpected end of stream", "damaged", "open it and save it as .xlsx"),
        ("ZeroDivisionError", "division by zero", "reader_failed", "the file itself may be sound"),
        ("OverflowError", "", "too_large", "larger than a file that we read can be"),
        ("too_large", "", "too_large", "larger than a file that we read can be"),
        ("open_quotation", "14", "open_quotation", "near line 14"),
        ("not_a_table", "", "not_a_table", "not a table we can read"),
        ("no_columns", "", "no_columns", "no table of headings with rows"),
        ("attachments", "a.xlsx, b.xlsx", "attachments", "a.xlsx, b.xlsx"),
        ("bad_sheet", "Actions", "bad_sheet", "The sheet Actions of list.xlsx is damaged"),
    ],
)
def test_each_answer_of_the_reader_has_a_sentence_of_its_own(
    book: Path, monkeypatch: pytest.MonkeyPatch, refused: str, detail: str, code: str, words: str
) -> None:
    """A damaged file was said to be protected by a password, and no test noticed."""
    monkeypatch.setattr(reader_child, "read_to_pipe", Answers(refused, detail))
    with pytest.raises(FileRefusedError) as told:
        reading.read_book(book)
    assert told.value.code == code and words in told.value.message and "list.xlsx" in told.value.message


class Answers:
    """Stands in for the reader: looks at nothing and gives one answer. A class, for it is sent to a process of its own."""

    def __init__(self, refused: str, detail: str) -> None:
        self._answer = {"refused": refused, "detail": detail}

    def __call__(self, _path: str, _kind: str, _name: str, pipe: Any, *_: object) -> None:
        pipe.send_bytes(reader_child.READY)
        pipe.send_bytes(json.dumps(self._answer).encode())
        pipe.close()
