"""Records of an .xls that its reader leaves out, byte by byte, of Excel 97 (BIFF8) and of Excel 95 (BIFF5): [MS-XLS]."""

from __future__ import annotations

import struct

import pytest

from vawg_desktop.exchange import remarks_xls as xls

VERSIONS = {"BIFF8": b"\x00\x06", "BIFF5": b"\x00\x05"}


def record(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def bof(version: bytes) -> bytes:
    return record(xls._BOF, version + b"\x10\x00" + bytes(12))


def sheet_named(name: str, at: int, *, old: bool, wide: bool = False) -> bytes:
    text = name.encode("utf-16-le" if wide else "latin-1")
    return record(xls._BOUNDSHEET, struct.pack("<IH", at, 0) + bytes([len(name)]) + (b"" if old else bytes([wide])) + text)


def page_words(kind: int, words: str, *, old: bool, wide: bool = False) -> bytes:
    text = words.encode("utf-16-le" if wide else "latin-1")
    return record(kind, (bytes([len(words)]) if old else struct.pack("<H", len(words)) + bytes([wide])) + text)


@pytest.mark.parametrize("kind", VERSIONS)
def test_sheets_begin_where_the_workbook_says(kind: str) -> None:
    old = kind == "BIFF5"
    stream = bof(VERSIONS[kind]) + sheet_named("Actions", 4711, old=old) + record(0x22, b"\x00\x00") + sheet_named("Café", 9, old=old)
    stream += b"" if old else sheet_named("Ō – one", 10, old=False, wide=True)
    found = {"Actions": 4711, "Café": 9} | ({} if old else {"Ō – one": 10})
    assert xls._sheets(stream + record(xls._EOF) + sheet_named("Behind the end", 1, old=old)) == found
    assert xls._sheets(stream) == found  # cut short, what was read stands
    assert xls._sheets(bof(VERSIONS[kind]) + record(xls._BOUNDSHEET, b"\x00" * 7)) == {}


@pytest.mark.parametrize("kind", VERSIONS)
def test_formulas_page_words_and_coloured_ranges_of_a_sheet_and_not_of_a_chart_in_it(kind: str) -> None:
    old = kind == "BIFF5"
    formula = record(xls._FORMULA, struct.pack("<HHH", 3, 2, 15) + bytes(16))
    chart = bof(VERSIONS[kind]) + record(xls._FORMULA, struct.pack("<HHH", 9, 9, 0)) + page_words(xls._FOOTER, "of a chart", old=old) + record(xls._EOF)
    rules = record(xls._RULES, struct.pack("<HHHHHH", 1, 0, 4, 8, 1, 2))
    stream = bof(VERSIONS[kind]) + page_words(xls._HEADER, "Kent – Q3"[:4], old=old) + chart + formula + rules
    stream += page_words(xls._FOOTER, "Page", old=old) + record(xls._EOF) + record(xls._FORMULA, struct.pack("<HH", 7, 7))
    found = xls._records(b"before" + stream, len(b"before"))
    assert (found.formulas, found.pages, found.rules) == ([(3, 2)], ["Kent", "Page"], [((4, 1), (8, 2))])


def test_page_words_in_wide_letters_and_records_too_short_to_say_anything() -> None:
    stream = bof(VERSIONS["BIFF8"]) + page_words(xls._HEADER, "Ō – one", old=False, wide=True)
    stream += record(xls._FORMULA, b"\x01\x00\x02") + record(xls._RULES, bytes(11)) + record(xls._FOOTER, b"\x00\x00\x00")
    found = xls._records(stream, 0)
    assert (found.pages, found.formulas, found.rules, found.texts) == (["Ō – one"], [], [], [])


@pytest.mark.parametrize("wide", [False, True])
def test_the_words_of_a_text_box_stand_in_what_follows_it(wide: bool) -> None:
    def part(words: str) -> bytes:
        return record(xls._CONTINUE, bytes([wide]) + words.encode("utf-16-le" if wide else "latin-1"))

    box = record(xls._TXO, bytes(10) + struct.pack("<HH", 9, 0) + bytes(4))
    stream = bof(VERSIONS["BIFF8"]) + box + part("Heard ") + part("it.") + part("formats") + record(xls._TXO, bytes(4)) + part("of no box")
    assert xls._records(stream, 0).texts == ["Heard it.", ""]
