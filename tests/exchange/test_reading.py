"""Files nobody should trust: each public sample and each hostile file gets a sentence, never a traceback."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from tests.conftest import SHARED
from vawg_desktop.domain.errors import FileRefusedError, ProgramError
from vawg_desktop.exchange import cells, reading
from vawg_desktop.exchange.reading import read_book
from vawg_desktop.services import return_staging, trackers
from vawg_desktop.services.session import Session

SAMPLES = sorted((SHARED / "samples" / "workbooks").glob("*")) if (SHARED / "samples").exists() else []


@pytest.mark.skipif(not SAMPLES, reason="the shared samples are not here")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.name)
def test_a_public_sample_is_no_return_and_says_so(sample: Session, path: Path) -> None:
    with pytest.raises(FileRefusedError) as refused:
        return_staging.import_return(sample, path)
    message = refused.value.message
    assert message.endswith(".") and path.name in message and "\n" not in message
    assert sample.read().exec_driver_sql("SELECT count(*) FROM submission").one() == (0,)


@pytest.mark.skipif(not SAMPLES, reason="the shared samples are not here")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda p: p.name)
def test_a_public_sample_as_a_tracker_is_taken_or_refused_in_a_sentence(empty: Session, path: Path) -> None:
    try:
        done = trackers.import_tracker(empty, path, dry_run=True)
    except FileRefusedError as refused:
        assert refused.message.endswith(".")
    else:
        assert done.created + done.updated + done.unchanged + len(done.problems) + len(done.tray) > 0


def zipped(parts: dict[str, bytes], *, compress: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compress) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


TYPES = {"[Content_Types].xml": b"<Types/>"}
HOSTILE: dict[str, bytes] = {
    "empty.xlsx": b"",
    "text.xlsx": b"just words, no table at all",
    "nul.csv": b"a,b\x00\x00\x00\x01\x02",
    "pdf.xlsx": b"%PDF-1.7 whatever",
    "rtf.xls": b"{\\rtf1 hello}",
    "html.xls": b"<html><body><p>no table here</p></body></html>",
    "exe.xlsx": b"MZ" + bytes(400),
    "cut.xlsx": zipped({**TYPES, "xl/workbook.xml": b"<workbook/>"})[:60],
    "zip.xlsx": zipped({"hello.txt": b"hi"}),
    "word.xlsx": zipped({**TYPES, "word/document.xml": b"<x/>"}),
    "numbers.xlsx": zipped({"Index/Document.iwa": b"x"}),
    "bomb.xlsx": zipped({**TYPES, "xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": bytes(60_000_000)}),
    "parts.xlsx": zipped({**TYPES, **{f"xl/x{i}.xml": b"" for i in range(6000)}}),
    "doctype.xlsx": zipped({**TYPES, "xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><workbook/>'}),
    "traversal.xlsx": zipped({**TYPES, "../../evil.xml": b"<x/>"}),
    "hollow.xlsx": zipped({**TYPES, "xl/workbook.xml": b"<workbook/>"}),
    "rights.xlsx": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "DRMEncryptedDataSpace".encode("utf-16-le"),
    "locked.xlsx": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
    "ole.xls": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
    "workbook-stub.xls": bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "Workbook".encode("utf-16-le") + bytes(600),
    "big.csv": b"a,b\n" * 7_000_000,
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(HOSTILE[name])
    began = time.monotonic()
    with pytest.raises(FileRefusedError) as refused:
        read_book(path)
    assert refused.value.message.endswith(".") and name in refused.value.message
    assert time.monotonic() - began < 30


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere.xlsx"):
        with pytest.raises(FileRefusedError):
            read_book(path)


def test_a_reader_that_hangs_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import xlsxwriter

    path = tmp_path / "slow.xlsx"
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet().write(0, 0, "x")
    book.close()
    began = time.monotonic()
    with pytest.raises(FileRefusedError) as refused:
        read_book(path, seconds=0.0)
    assert refused.value.code == "reader_stopped"
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    ("content", "first"),
    [
        ("Réf;Ação\n1;£5 “quoted”\n".encode("cp1252"), ["Réf", "Ação"]),
        ("Ref,Action\n1,x\n".encode("utf-16"), ["Ref", "Action"]),
        (b"\xef\xbb\xbfRef\tAction\n1\tx\n", ["Ref", "Action"]),
        (b'Ref|"Act | ion"\n1|x\n', ["Ref", "Act | ion"]),
    ],
)
def test_delimited_texts(tmp_path: Path, content: bytes, first: list[str]) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    assert read_book(path).sheets[0].rows[0] == first


@pytest.mark.parametrize(
    ("row", "column", "name"),
    [(0, 0, "A1"), (6, 5, "F7"), (0, 25, "Z1"), (9, 26, "AA10"), (0, 701, "ZZ1"), (0, 702, "AAA1")],
)
def test_addresses(row: int, column: int, name: str) -> None:
    assert cells.address(row, column) == name


def test_a_reader_that_dies_at_its_start_does_not_hang_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import xlsxwriter

    path = tmp_path / "large.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    for row in range(3000):
        sheet.write(row, 0, f"text {row} that fills more than a pipe holds")
    book.close()
    monkeypatch.setattr(reading.reader_child, "read_to_pipe", _die)
    began = time.monotonic()
    with pytest.raises(ProgramError) as refused:
        read_book(path)
    assert refused.value.code == "reader_failed"
    assert time.monotonic() - began < 20


def _die(*_: object) -> None:
    import os

    os._exit(3)
