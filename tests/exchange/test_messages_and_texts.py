"""Texts, pages and e-mails as the reader's child takes them apart, called as plain functions: letters, columns, cells, attachments."""

from __future__ import annotations

from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.exchange import remarks_ods, remarks_xls, tables_child, text_child, tracker_columns
from vawg_desktop.exchange.tables_child import (
    answer_of,
    decoded,
    is_message,
    lines_of,
    read_message,
    tables_of,
)
from vawg_desktop.exchange.text_child import decode, mixed, read_text, wide_without_mark

WORDS = "It’s “fine” – isn’t it, said Zoë"


def sheets(answer: dict[str, Any]) -> dict[str, list[list[str | None]]]:
    return {s["name"]: s["rows"] for s in answer["sheets"]}


# -- letters --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_text_is_read_in_whatever_letters_it_was_saved(encoding: str) -> None:
    text = WORDS if encoding != "utf-32" else f"\ufeff{WORDS}"
    assert decode(text.encode(encoding)).removeprefix("\ufeff") == WORDS


def test_a_stray_byte_among_utf_8_is_read_by_itself_and_a_text_of_such_bytes_as_a_whole() -> None:
    assert mixed("Zoë, José, Łódź and ".encode() + b"caf\xe9") == "Zoë, José, Łódź and café"
    assert mixed("Zoë, José and ".encode("mac_roman") + "isn’t it".encode("mac_roman")) == "Zoë, José and isn’t it"
    assert mixed(b"\xe9") == "é" and mixed(b"plain") == "plain"
    # as many strays as letters of two bytes: not UTF-8
    assert mixed("é".encode() + b" caf\xe9, ol\xe9") == "Ã© café, olé"


def test_an_old_macs_lines_say_that_its_letters_are_an_old_macs() -> None:
    assert mixed(b"caf\x8e\rolive\r") == "café\rolive\r"
    assert mixed(b"10 \x80 a head\r\nmore\r\n") == "10 € a head\r\nmore\r\n"


@pytest.mark.parametrize(
    ("content", "found"),
    [("Ref,Action".encode("utf-16-le"), "utf-16-le"), ("Ref,Action".encode("utf-16-be"), "utf-16-be"), (b"Ref,Action", ""), (b"R\0e\0f\0", ""),
     (b"\0\0\0\0\0\0\0\0\0\0", ""), (b"R\0e\0f\0,\0", "utf-16-le")],
)  # fmt: skip
def test_wide_letters_without_their_mark_are_known_by_their_noughts(content: bytes, found: str) -> None:
    assert wide_without_mark(content) == found


# -- columns --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_columns_are_found_by_the_mark_that_parts_most_lines_alike(mark: str) -> None:
    lines = [mark.join(row) for row in (["Ref", "Action", "Owner"], ["1", "Fit lamps", "KCC"], ["2", "Run lessons", "Medway"])]
    assert sheets(read_text("\n".join(lines).encode(), "list"))["list"] == [["Ref", "Action", "Owner"], ["1", "Fit lamps", "KCC"], ["2", "Run lessons", "Medway"]]


def test_long_words_with_commas_do_not_make_columns() -> None:
    text = "Ref;Action\n1;Fit lamps, doors, and locks, at once\n2;Run lessons, talks, and more\n"
    assert sheets(read_text(text.encode(), "list"))["list"][1] == ["1", "Fit lamps, doors, and locks, at once"]


def test_our_own_headings_say_which_mark_is_meant() -> None:
    text = "Ref;Status (please fill in);Next step (please fill in)\n" + "A, b, c, d, e, f\n" * 40
    assert text_child.delimiter_of(text) == ";"


@pytest.mark.parametrize("text", ["one column\nonly", "one line, two columns", "", "\n\n"])
def test_a_text_without_columns_is_no_table(text: str) -> None:
    assert read_text(text.encode(), "x") == {"refused": "no_columns"}


def test_a_quotation_that_somebody_typed_does_not_run_rows_together() -> None:
    rows = ["Ref,Action,Words", 'A-0001-7KQ4,Fit lamps,"Not yet', "A-0002-9AQT,Run lessons,All well", "A-0003-9AQT,Meet,Done"]
    told = read_text("\n".join(rows).encode(), "list")
    assert sheets(told)["list"][1:] == [["A-0001-7KQ4", "Fit lamps", '"Not yet'], ["A-0002-9AQT", "Run lessons", "All well"], ["A-0003-9AQT", "Meet", "Done"]]
    broken = ["Ref,Action,Words", 'A-0001-7KQ4,Fit lamps,"Not, yet', "A-0002-9AQT,Run lessons,All well"]
    assert read_text("\n".join(broken).encode(), "list") == {"refused": "open_quotation", "detail": "2"}


@pytest.mark.parametrize(("name", "called"), [("Identity", "Table 1"), ("lists", "Table 1"), ("Start here", "Table 1"), ("Quarter 2", "Quarter 2")])
def test_a_text_is_not_taken_for_one_of_our_sheets_without_answers(name: str, called: str) -> None:
    assert list(sheets(read_text(b"a,b\nc,d", name))) == [called]


def test_bounds_of_rows_and_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_child, "MAX_ROWS", 3)
    assert read_text(b"a,b\nc,d\ne,f", "x")["sheets"]
    with pytest.raises(OverflowError, match="4 rows"):
        read_text(b"a,b\nc,d\ne,f\ng,h", "x")
    monkeypatch.setattr(text_child, "MAX_COLUMNS", 2)
    with pytest.raises(OverflowError):
        read_text(b"a,b,c\nd,e,f", "x")
    monkeypatch.setattr(text_child, "MAX_COLUMNS", 9)
    monkeypatch.setattr(text_child, "MAX_CELLS", 3)
    with pytest.raises(OverflowError):
        read_text(b"a,b\nc,d", "x")


# -- messages -------------------------------------------------------------------------------------------

TABLE = "<table><tr><th>Ref</th><th>Status</th></tr><tr><td>A-0001</td><td>Complete</td></tr></table>"


def mail(text: str = "", page: str = "", subject: str = "Our return", **attached: bytes) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@partner.example", "b@office.example", subject
    message.set_content(text)
    if page:
        message.add_alternative(page, subtype="html")
    for name, data in attached.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name.replace("_", "."))
    return bytes(message)


def test_of_a_message_that_says_itself_twice_the_page_with_its_table_is_read() -> None:
    """What Outlook and Gmail send: the same words as plain text, where the table's cells stand each on a line, and as a page."""
    told = sheets(read_message(mail("Dear all\nRef\nStatus\nA-0001\nComplete\n", f"<p>Dear all</p>{TABLE}")))
    assert told == {"Table 1": [["Ref", "Status"], ["A-0001", "Complete"]], "Message": [["Subject: Our return"], ["Dear all"]]}


def test_where_the_page_has_no_table_the_plain_words_are_read_and_without_those_the_page() -> None:
    assert sheets(read_message(mail("Only words\n", "<p>Only words, dressed</p>"))) == {"Message": [["Subject: Our return"], ["Only words"]]}
    assert sheets(read_message(mail("  \n", "<p>Only a page</p>"))) == {"Message": [["Subject: Our return"], ["Only a page"]]}


def test_one_workbook_is_handed_on_several_are_refused_and_other_files_are_named() -> None:
    one = read_message(mail("See attached\n", back_xlsx=b"PK\x03\x04book", note_pdf=b"%PDF"))
    assert one["attached"] == {"name": "back.xlsx", "content": b"PK\x03\x04book".hex()}
    assert ["Attached: note.pdf"] in sheets(one)["Message"] and ["Attached: back.xlsx"] not in sheets(one)["Message"]
    assert read_message(mail("x\n", a_xlsx=b"PK1", b_ods=b"PK2")) == {"refused": "attachments", "detail": "a.xlsx, b.ods"}
    assert "attached" not in read_message(mail("x\n", note_pdf=b"%PDF"))
    unnamed = answer_of([], [("data.bin", b"PK\x03\x04.. xl/workbook.xml")])
    assert unnamed["attached"]["name"] == "data.bin" and unnamed["sheets"] == []


def test_a_workbook_attached_to_a_forwarded_message_is_found_once() -> None:
    inner = EmailMessage()
    inner["From"], inner["To"], inner["Subject"] = "c@partner.example", "a@partner.example", "First"
    inner.set_content("The words inside\n")
    inner.add_attachment(b"PK\x03\x04book", maintype="application", subtype="octet-stream", filename="back.xlsx")
    outer = EmailMessage()
    outer["From"], outer["To"], outer["Subject"] = "a@partner.example", "b@office.example", "FW: First"
    outer.set_content("See below\n")
    outer.add_attachment(inner)
    told = read_message(bytes(outer))
    assert told["attached"]["name"] == "back.xlsx"
    assert sheets(told)["Message"] == [["Subject: FW: First"], ["See below"], ["Subject: First"], ["The words inside"]]


def test_what_is_an_e_mail_and_what_only_looks_like_one() -> None:
    assert is_message(mail("x\n")) and is_message(b"\r\n" + mail("x\n"))
    assert not is_message(b"Subject: one line") and not is_message(b"Ref: 1\nAction: Fit lamps\n") and not is_message(b"Subject: a\nnot a head line\nTo: b\n")
    assert not is_message(b"Subject: a\nSUBJECT: b\n")  # one known line, said twice


def test_a_pages_letters_are_those_it_names_or_those_it_is_in() -> None:
    assert decoded('<meta charset="windows-1252">caf\xe9'.encode("cp1252")).endswith("café")
    assert decoded("café".encode()) == "café" and decoded(b"caf\xe9") == "café" and decoded("café".encode("utf-16")) == "café"
    assert decoded(b'<meta charset="no-such">caf\xe9').endswith("café")


def test_cells_that_cover_others_leave_blanks_and_tables_within_tables_are_their_own() -> None:
    page = (
        "<table><tr><td rowspan=2>A</td><td colspan=2>B</td></tr><tr><td>C</td><td>D<br>E</td></tr></table>"
        "<p>Between</p><table><tr><td>x<table><tr><td>inner</td><td>two</td></tr></table>y</td><td>z</td></tr></table>"
    )
    told = {s["name"]: s["rows"] for s in tables_of(page)}
    assert told["Table 1"] == [["A", "B", None], [None, "C", "D\nE"]]
    assert told["Table 2"] == [["inner", "two"]] and told["Table 3"][0][1] == "z" and told["Message"] == [["Between"]]


def test_words_struck_out_say_so_and_scripts_and_heads_are_not_read() -> None:
    page = "<head><title>T</title><style>p {}</style></head><body><script>no()</script><table><tr><td>Yes <s>No</s></td><td>1</td></tr><tr><td>never closed"
    assert [s["rows"] for s in tables_of(page)] == [[["Yes (struck out: No)", "1"], ["never closed"]]]


def test_a_closing_tag_too_many_and_a_body_after_an_open_head_leave_words_to_be_read() -> None:
    assert tables_of("</style></head><p>one</p>")[0]["rows"] == [["one"]]
    assert tables_of("<head><style>p {}</style></head><p>two</p><script>x</script></script><p>three</p>")[0]["rows"] == [["two"], ["three"]]
    assert tables_of("<head><title>no</title><body><p>four</p>")[0]["rows"] == [["four"]]


def test_a_pages_cells_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables_child, "MOST_CELLS", 4)
    assert tables_of("<table><tr><td colspan=2 rowspan=2>a</td></tr></table>")
    with pytest.raises(OverflowError, match="5 cells"):
        tables_of("<table><tr><td colspan=2 rowspan=2>a</td><td>b</td></tr></table>")


def test_a_table_typed_in_a_message_is_put_together_again_where_the_program_broke_its_lines() -> None:
    long = "Held two meetings with the headteachers of the ward and agreed dates"
    text = f"Hello\nRef | Words | Status |\n|---|---|---|\n| 1 | x | {long}\nwith all of them\n| 2 | y | Done |\nRegards\n"
    told = {s["name"]: s["rows"] for s in lines_of(text)}
    assert told["Table 1"][0] == ["Ref", "Words", "Status"] and told["Table 1"][1] == ["1", "x", f"{long} with all of them"]
    assert told["Table 1"][2] == ["2", "y", "Done"] and told["Message"] == [["Hello"], ["Regards"]]
    quoted = {s["name"]: s["rows"] for s in lines_of('> a\t"b, c"\n>> d\te"f\n')}
    assert quoted == {"Table 1": [["a", "b, c"], ["d", 'e"f']]}


# -- beside the words -----------------------------------------------------------------------------------


def test_of_several_runs_of_a_cell_those_struck_out_are_told_with_their_own_words() -> None:
    fonts = [SimpleNamespace(struck_out=False), SimpleNamespace(struck_out=True)]
    sheet = SimpleNamespace(rich_text_runlist_map={(0, 0): [(0, 0), (5, 1), (10, 0), (15, 1)], (1, 0): [(3, 7)]}, cell_value=lambda r, c: "keep drop keep also")
    book = SimpleNamespace(font_list=fonts)
    assert remarks_xls._struck_runs(book, sheet, 0, 0) == "drop also"
    assert remarks_xls._struck_runs(book, sheet, 1, 0) == "" == remarks_xls._struck_runs(book, sheet, 2, 0)


def test_a_column_of_one_kind_is_the_same_part_of_another() -> None:
    action, recommendation = BY_KEY["action"], BY_KEY["recommendation"]
    same = tracker_columns._same_role
    assert same(action, recommendation, "accountable") == recommendation.owner and same(action, recommendation, "contributors") == recommendation.others
    assert same(action, recommendation, "due") == recommendation.due[-1] and same(action, recommendation, "revised_due") == "revised_due"
    assert same(action, recommendation, "status") == "status"


@pytest.mark.parametrize(
    ("shown", "day", "part"),
    [
        ("30/09/2026", "2026-09-30", ""), ("30/09/26", "2026-09-30", ""), ("30 September 2026", "2026-09-30", ""), ("Sep 2026", "2026-09-01", "month"),
        ("Sep-26", "2026-09-01", "month"), ("09/2026", "2026-09-01", "month"), ("2026", "2026-01-01", "year"), ("30 Sep", "2026-09-30", "part"),
        ("30/09", "2026-09-30", "part"), ("###", "2026-09-30", ""), ("", "2026-09-30", ""), ("2026", "2026", ""), ("01/2026", "2026-01-01", ""),
    ],
)  # fmt: skip
def test_a_date_of_which_a_cell_shows_a_part_is_told_as_that_part(shown: str, day: str, part: str) -> None:
    assert remarks_ods._part_of_date(shown, day) == part
