"""Returns that came back in ways a fuzzing of the reader found to lose a word or to take a wrong cell; each failed before."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import time
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.services.test_ways_home import (
    ROWS,
    USUAL,
    Sent,
    _as_text,
    _send,
    _shape,
    edited,
    heads,
    ref,
    usual,
)
from vawg_desktop.domain.errors import FileRefusedError
from vawg_desktop.exchange import reading, text_child
from vawg_desktop.services import return_acceptance, return_staging, returns
from vawg_desktop.services.records import add_update
from vawg_desktop.services.return_review import Review


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    made = _send(tmp_path_factory.mktemp("damaged"), ROWS)
    yield made
    made.session.store.close()


def said(review: Review) -> str:
    """Everything that a review shows, as one text."""
    return json.dumps(review.as_json(), ensure_ascii=False)


def _rows_of(sent: Sent) -> list[list[str]]:
    sheet = openpyxl.load_workbook(sent.police)["Actions"]
    usual(None, sheet, heads(sheet))
    return [["" if v is None else str(v) for v in row] for row in sheet.iter_rows(values_only=True)]


# -- cells beside their columns -------------------------------------------------------------------


@pytest.mark.parametrize("by", [-1, 1, 2])
def test_a_row_whose_cells_stand_aside_is_held(sent: Sent, tmp_path: Path, by: int) -> None:
    """Delete a cell and shift left, or insert one and shift right: every later answer is another column's."""

    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        for column in range(at["Next step"], at["Row check"] + 1):
            sheet.cell(3, column).value = sheet.cell(3, column).value or f"words {column}"
        first, last = at["Reason for new date"], at["Row check"] + 2
        values = [sheet.cell(3, c).value for c in range(first, last + 1)]
        for c in range(first, last + 1):
            sheet.cell(3, c).value = None
        for c, value in enumerate(values, first + by):
            if c >= first:
                sheet.cell(3, c).value = value

    review = return_staging.import_return(
        sent.session, edited(sent.police, edit, tmp_path / "back.xlsx"), apply="all"
    )
    assert review.differences and {d.held for d in review.differences} == {"aside"} and review.applied == 0
    assert ("row_shifted", ref(3)) in {(p.code, p.record) for p in review.problems}
    assert not any("|" in str(d.incoming) for d in review.differences), (
        "a mark of ours was taken for an answer"
    )
    assert all(f"words {c}" in said(review) for c in (13, 15) if by > 0)


def test_a_text_with_a_comma_missing_is_held(sent: Sent, tmp_path: Path) -> None:
    rows = _rows_of(sent)
    del rows[2][10]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path = tmp_path / "back.csv"
    path.write_text(out.getvalue(), "utf-8")
    review = return_staging.import_return(sent.session, path)
    assert {d.held for d in review.differences if d.record == ref(3)} == {"aside"}


# -- delimited text --------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", ["\t", ","])
def test_a_quotation_mark_that_nobody_closes_swallows_no_row(
    sent: Sent, tmp_path: Path, delimiter: str
) -> None:
    rows = _rows_of(sent)
    rows[2][7] = '"Twice over" was said'
    path = tmp_path / "back.tsv"
    path.write_text(
        "\n".join(delimiter.join(r) for r in rows).replace('"Twice over"', '"Twice over'), "utf-8"
    )
    review = return_staging.import_return(sent.session, path)
    assert review.not_returned == []
    if delimiter == "\t":
        assert (ref(3), "narrative", '"Twice over was said') in _shape(review)[0]
    else:  # our own words hold commas, which this writer quotes as little: every row has too many cells
        assert review.differences and {d.held for d in review.differences} == {"aside"}


def test_where_the_rows_cannot_be_told_apart_the_line_is_named(sent: Sent, tmp_path: Path) -> None:
    rows = _rows_of(sent)
    rows[2][7] = '"opened; with, commas'
    rows[3][7] = "more, commas, here"
    path = tmp_path / "back.csv"
    path.write_text("\n".join(",".join(r) for r in rows), "utf-8")
    with pytest.raises(FileRefusedError) as refused:
        return_staging.import_return(sent.session, path)
    assert refused.value.code == "open_quotation" and "line 3" in refused.value.message


def test_words_full_of_commas_do_not_hide_the_tabs(sent: Sent, tmp_path: Path) -> None:
    rows = _rows_of(sent)
    for row in rows[1:]:
        row[7] = "one, two, three, four, " * 8
    path = tmp_path / "back.tsv"
    path.write_text("\n".join("\t".join(r) for r in rows), "utf-8")
    assert len(_shape(return_staging.import_return(sent.session, path))[0]) == ROWS + 2


def test_one_stray_byte_leaves_the_other_letters_alone() -> None:
    assert text_child.decode("it’s café".encode() + b"\x92") == "it’s café’"
    assert text_child.decode("café".encode("cp1252")) == "café"


@pytest.mark.parametrize("name", ["Identity.csv", "For reference.csv", "Message.csv"])
def test_a_text_is_not_refused_for_its_name(sent: Sent, tmp_path: Path, name: str) -> None:
    assert _shape(return_staging.import_return(sent.session, _as_text(sent, tmp_path / name)))[0]


# -- answers and context ----------------------------------------------------------------------------


def test_not_able_to_say_yet_is_counted_and_kept(tmp_path: Path) -> None:
    made = _send(tmp_path, 4)

    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at["Answer"]).value = "Not able to say yet"

    review = return_staging.import_return(
        made.session, edited(made.police, edit, tmp_path / "back.xlsx"), apply="safe"
    )
    assert review.counts["not_able"] == 1 and review.counts["not_answered"] == 3
    kept = made.session.read().exec_driver_sql('SELECT answer FROM "update"').fetchall()
    assert [row[0] for row in kept] == ["not_able"]
    made.session.store.close()


def test_every_cell_of_a_new_row_is_kept(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.tables.clear()
        for column in range(1, 18):
            if column > 1:
                sheet.cell(ROWS + 2, column).value = f"new{column}"
            sheet.cell(ROWS + 3, column).value = f"odd{column}"

    text = said(return_staging.import_return(sent.session, edited(sent.police, edit, tmp_path / "back.xlsx")))
    assert [c for c in range(2, 18) if f"new{c}" not in text] == []
    assert [c for c in range(1, 18) if f"odd{c}" not in text] == []


def test_words_added_to_a_long_last_answer_are_kept(tmp_path: Path) -> None:
    from vawg_desktop.services import rounds

    made = _send(tmp_path, 3)
    add_update(made.session, ref(2), {"narrative": "Long words " * 60, "as_at": "2026-09-01"})
    out = rounds.export_returns(made.session, period="Q4", due="+4w", out=tmp_path / "q4")
    police = next(Path(s.file) for s in out.returns if s.partner == "Kent Police")

    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        column = at["Last answer"]
        row = next(r for r in range(2, 5) if "Long words" in str(sheet.cell(r, column).value))
        sheet.cell(row, column).value += " and now it is closed"

    review = return_staging.import_return(made.session, edited(police, edit, tmp_path / "back.xlsx"))
    assert any("and now it is closed" in t["text"] and t["cell"].startswith("E") for t in review.tray)
    made.session.store.close()


def test_words_on_our_sheets_are_kept_whatever_became_of_start_here(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        book["For reference"]["B2"] = "words on For reference"
        book["Lists"]["A9"] = "words on Lists"
        book["Identity"]["C9"] = "words on Identity"
        sheet.cell(1, at["Due date"]).value = "Deadline"
        sheet.cell(4, at["Action"]).value = "words over the title"
        sheet.cell(5, at["Row key"]).value = "words over a key"
        sheet.cell(ROWS + 4, at["Row check"]).value = "words under the marks"
        del book["Start here"]

    text = said(return_staging.import_return(sent.session, edited(sent.police, edit, tmp_path / "back.xlsx")))
    wanted = (
        "on For reference",
        "on Lists",
        "on Identity",
        "over the title",
        "over a key",
        "under the marks",
    )
    assert [w for w in wanted if f"words {w}" not in text] == []


def test_per_cents_and_truths_in_words_stay_what_was_seen(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at["Progress update"]).value = 0.5
        sheet.cell(2, at["Progress update"]).number_format = "0%"
        sheet.cell(3, at["Progress update"]).value = True

    review = return_staging.import_return(sent.session, edited(sent.police, edit, tmp_path / "back.xlsx"))
    assert _shape(review)[0] == {(ref(2), "narrative", "50%"), (ref(3), "narrative", "TRUE")}


def test_most_rows_missing_is_said(sent: Sent, tmp_path: Path) -> None:
    path = edited(sent.police, lambda b, s, a: s.delete_rows(4, ROWS - 2), tmp_path / "back.xlsx")
    assert "rows_missing" in {p.code for p in return_staging.import_return(sent.session, path).problems}


# -- sheets written otherwise -------------------------------------------------------------------------


def _written_otherwise(path: Path, how: Any) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    book = parts["xl/workbook.xml"].decode()
    number = re.findall(r'<sheet [^>]*name="([^"]*)"', book).index("Actions") + 1
    name = f"xl/worksheets/sheet{number}.xml"
    parts[name] = how(parts[name])
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    return path


_OTHERWISE = {
    "prefixed": lambda d: re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", d).replace(b"xmlns=", b"xmlns:x=", 1),
    "attributes in another order": lambda d: re.sub(rb'<c r="([A-Z0-9]+)"([^<>/]*)', rb'<c\2 r="\1"', d),
    "single quotation marks": lambda d: re.sub(rb'<c r="([A-Z0-9]+)"', rb"<c r='\1'", d),
}


@pytest.mark.parametrize("how", _OTHERWISE)
def test_errors_and_colours_of_a_sheet_written_otherwise(sent: Sent, tmp_path: Path, how: str) -> None:
    from openpyxl.styles import PatternFill

    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(3, at["Rating"]).fill = PatternFill("solid", fgColor="FFFF0000")
        sheet.cell(4, at["Blockers"]).value = "#N/A"
        sheet.cell(4, at["Blockers"]).data_type = "e"

    path = _written_otherwise(edited(sent.police, edit, tmp_path / "back.xlsx"), _OTHERWISE[how])
    review = return_staging.import_return(sent.session, path)
    assert {(t["cell"], t["text"]) for t in review.tray} == {("J3", "coloured red"), ("N4", "#N/A")}


def test_a_sheet_that_is_not_well_formed_is_refused(sent: Sent, tmp_path: Path) -> None:
    path = edited(sent.police, usual, tmp_path / "back.xlsx")
    harmed = _written_otherwise(path, lambda d: d.replace(b"</c>", b"", 1))
    with pytest.raises(FileRefusedError) as refused:
        return_staging.import_return(sent.session, harmed)
    assert refused.value.code == "bad_sheet"


def test_words_of_an_ods_that_say_no_kind_are_read(tmp_path: Path) -> None:
    """As converters write them: no value type, CDATA, a group of shapes."""
    from vawg_desktop.services import rounds

    made = _send(tmp_path, 3)
    out = rounds.export_returns(made.session, period="Q5", due="+4w", out=tmp_path / "ods", format="ods")
    path = next(Path(s.file) for s in out.returns if s.partner == "Kent Police")
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    content = parts["content.xml"].decode()
    start = content.index('table:name="Actions"')
    blank = [
        m
        for m in re.finditer(r'<table:table-cell (table:style-name="fill"[^<>]*)/>', content)
        if m.start() > start
    ]
    for m, words in zip(
        reversed(blank[:2]),
        ("<text:p><![CDATA[a < b & c]]></text:p>", "<text:p>no kind</text:p>"),
        strict=True,
    ):
        content = (
            content[: m.start()] + f"<table:table-cell {m[1]}>{words}</table:table-cell>" + content[m.end() :]
        )
    parts["content.xml"] = content.encode()
    with zipfile.ZipFile(path, "w") as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    text = said(return_staging.import_return(made.session, path))
    assert "a < b & c" in text and "no kind" in text
    made.session.store.close()


# -- messages ------------------------------------------------------------------------------------------


def test_every_part_of_a_message_is_kept(sent: Sent, tmp_path: Path) -> None:
    """Words before and after the workbook, a table in the page, the subject, the letters of a part without its charset."""
    back = edited(sent.police, usual, tmp_path / "back.xlsx").read_bytes()
    message = EmailMessage()
    message["Content-Language"], message["From"], message["To"] = (
        "en-GB",
        "a@partner.example",
        "b@office.example",
    )
    message["Subject"] = "Nil for the hub this time"
    message.set_content("Before it.\n")
    message.add_attachment(back, maintype="application", subtype="octet-stream", filename="return.xlsx")
    message.add_attachment("After it – naïve.\n", disposition="inline")
    message.add_attachment(
        "<table><tr><td>in a table</td><td>beside it</td></tr></table>", subtype="html", disposition="inline"
    )
    path = tmp_path / "reply.eml"
    path.write_bytes(bytes(message).replace(b'charset="utf-8"', b'charset="unknown-8bit"'))
    review = return_staging.import_return(sent.session, path)
    assert _shape(review)[0] == USUAL
    text = said(review)
    for words in ("Nil for the hub this time", "Before it.", "After it – naïve.", "in a table", "beside it"):
        assert words in text, words


def test_a_line_that_the_mail_program_broke_is_whole_again() -> None:
    from vawg_desktop.exchange.tables_child import lines_of

    lines = [
        "A-0001-7KQ4\tTitle of it\t" + "words and more words and yet more words of the answer",
        "that went on",
        "A-0003-7KQ4\tTitle\tdone",
        "",
        "Regards",
    ]
    sheets = {s["name"]: s["rows"] for s in lines_of("\n".join(lines))}
    assert sheets["Table 1"][0][2].endswith("of the answer that went on") and sheets["Message"] == [
        ["Regards"]
    ]


# -- time and memory -------------------------------------------------------------------------------------


def test_cells_of_blanks_and_thousands_of_strange_rows_are_soon_read(tmp_path: Path) -> None:
    """75 s and 56 s before: a pattern that began with blanks, and a look through all problems for every row."""
    made = _send(tmp_path, 3)

    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.tables.clear()
        sheet.cell(2, at["% complete"]).value = " " * 32_000 + "x"
        for row in range(10, 20_000):
            sheet.cell(row, 1).value, sheet.cell(row, 2).value = f"A-{row}-AAAA", "x"

    path = edited(made.police, edit, tmp_path / "back.xlsx")
    began = time.process_time()
    review = return_staging.import_return(made.session, path)
    assert time.process_time() - began < 15
    assert sum(p.code == "row_unknown" for p in review.problems) == 19_990
    made.session.store.close()


def test_a_small_file_that_swells_is_refused_in_the_child(tmp_path: Path) -> None:
    import xlsxwriter

    path = tmp_path / "swells.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Actions")
    for row in range(7_000):
        sheet.write_string(row, 0, "long words " * 2_900)
    book.close()
    with pytest.raises(FileRefusedError) as refused:
        reading.read_book(path)
    assert refused.value.code == "too_large"


@pytest.mark.parametrize("name", ["a\nb.csv", "x" * 300 + ".csv"])
def test_odd_names_of_files_are_one_sentence(tmp_path: Path, name: str) -> None:
    if len(name) < 200:
        if os.name == "nt":
            pytest.skip("no file may be called so there")
        (tmp_path / name).write_text("a,b\n1,2\n")
        assert reading.read_book(tmp_path / name).name == "a?b.csv"
        return
    with pytest.raises(FileRefusedError) as refused:
        reading.read_book(tmp_path / name)
    assert "\n" not in refused.value.message


def test_a_cell_of_letters_nobody_sees_is_blank(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at["Progress update"]).value = "\u200b"
        sheet.cell(3, at["Progress update"]).value = "\ufeff \u00a0"
        sheet.cell(4, at["Progress update"]).value = "\u200bseen"

    review = return_staging.import_return(sent.session, edited(sent.police, edit, tmp_path / "back.xlsx"))
    assert {d.record for d in review.differences} == {ref(4)} and review.tray == []


# -- what a review of these readers found ----------------------------------------------------------------


def test_words_of_one_action_accepted_one_after_the_other_stand_together(tmp_path: Path) -> None:
    """The second took the first's place before: the words accepted first were gone from the latest update."""
    made = _send(tmp_path, 3)

    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at["Progress update"]).value = "We met"
        sheet.cell(2, at["Next step"]).value = "Meet again"

    review = return_staging.import_return(made.session, edited(made.police, edit, tmp_path / "back.xlsx"))
    one, two = review.differences
    return_acceptance.accept(made.session, review.submission, [one], edited={(one.id, one.field): "They met"})
    again = returns.review(made.session, review.submission)
    return_acceptance.accept(made.session, review.submission, [d for d in again.differences if d.field == two.field])
    latest = (
        made.session.read()
        .exec_driver_sql(
            'SELECT u.narrative, u.next_step FROM action a JOIN "update" u ON u.id = a.x_update WHERE a.id = ?',
            (one.id,),
        )
        .one()
    )
    assert tuple(latest) == ("They met", "Meet again")
    assert returns.review(made.session, review.submission).left() == 0
    made.session.store.close()


def test_words_of_a_second_file_follow_those_of_the_first(tmp_path: Path) -> None:
    """A partner's own earlier words are what its second file changes; words of somebody else's are a conflict."""
    made = _send(tmp_path, 3)

    def said(words: str) -> Any:
        def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
            sheet.cell(2, at["Progress update"]).value = words

        return edit

    return_staging.import_return(
        made.session, edited(made.police, said("Protocol signed"), tmp_path / "one.xlsx"), apply="safe"
    )
    second = return_staging.import_return(
        made.session, edited(made.police, said("TBC"), tmp_path / "two.xlsx"), apply="safe"
    )
    assert [(d.kind.value, d.base, d.incoming) for d in second.differences] == [
        ("incoming", "Protocol signed", "TBC")
    ]
    add_update(made.session, ref(2), {"narrative": "Told by telephone", "as_at": "2027-01-01"})
    third = return_staging.import_return(
        made.session, edited(made.police, said("To be signed"), tmp_path / "three.xlsx"), apply="safe"
    )
    assert [(d.kind.value, d.current, d.incoming) for d in third.differences] == [
        ("conflict", "Told by telephone", "To be signed")
    ]
    assert (second.applied, third.applied) == (1, 0)
    made.session.store.close()


def test_an_update_without_words_leaves_the_last_words_standing(tmp_path: Path) -> None:
    """No change after a narrative: the next workbook and the review still show the narrative."""
    from vawg_desktop.services import rounds

    made = _send(tmp_path, 3)
    add_update(made.session, ref(2), {"narrative": "The hub opened", "as_at": "2026-09-01"})
    add_update(made.session, ref(2), {"answer": "no_change", "as_at": "2026-10-01"})
    out = rounds.export_returns(made.session, period="Q4", due="+4w", out=tmp_path / "q4")
    police = next(Path(s.file) for s in out.returns if s.partner == "Kent Police")
    sheet = openpyxl.load_workbook(police)["Actions"]
    at = heads(sheet)
    row = next(r for r in range(2, 5) if str(sheet.cell(r, 1).value).startswith(ref(2)))
    assert "1 September 2026: The hub opened" in str(sheet.cell(row, at["Last answer"]).value)

    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(row, at["Progress update"]).value = "A second hub"

    one = return_staging.import_return(made.session, edited(police, edit, tmp_path / "back.xlsx")).differences[0]
    assert (one.base, one.current, one.kind.value) == ("The hub opened", "The hub opened", "incoming")
    made.session.store.close()


def test_a_good_quarter_is_no_sorted_column(tmp_path: Path) -> None:
    """Four of ten finished alike: the answers are those of other rows, and nobody sorted anything."""
    made = _send(tmp_path, 10)
    with made.session.store.write("setup", "start") as tx:
        for n, (id,) in enumerate(
            tx.connection.exec_driver_sql(
                "SELECT id FROM action WHERE title LIKE 'Deliver%' ORDER BY n"
            ).fetchall()
        ):
            status, percent = [("complete", 100), ("in_progress", 50), ("not_started", 0)][
                min(n // 2, 2) if n < 6 else 1
            ]
            tx.edit(
                "action",
                str(id),
                {"status": status, "percent": percent, "blockers": None, "rating_partner": None},
            )
    from vawg_desktop.services import rounds

    out = rounds.export_returns(made.session, period="Q4", due="+4w", out=tmp_path / "q4")
    police = next(Path(s.file) for s in out.returns if s.partner == "Kent Police")

    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        for row in (2, 3, 4, 5):
            sheet.cell(row, at["Status"]).value, sheet.cell(row, at["% complete"]).value = "Complete", 100
            sheet.cell(row, at["Progress update"]).value = f"Done {row}"

    review = return_staging.import_return(made.session, edited(police, edit, tmp_path / "back.xlsx"), apply="safe")
    assert review.applied >= 8
    made.session.store.close()


def test_two_workbooks_of_one_name_are_both_named(sent: Sent, tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@partner.example", "b@office.example", "RE: return"
    message.set_content("The second is the right one.\n")
    for words in ("First", "Corrected"):

        def edit(book: Any, sheet: Any, at: dict[str, int], words: str = words) -> None:
            sheet.cell(2, at["Progress update"]).value = words

        data = edited(sent.police, edit, tmp_path / "one.xlsx").read_bytes()
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename="return.xlsx")
    path = tmp_path / "two.eml"
    path.write_bytes(bytes(message))
    with pytest.raises(FileRefusedError) as refused:
        return_staging.import_return(sent.session, path)
    assert refused.value.code == "attachments"


def test_evidence_with_the_word_update_in_it_is_evidence(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        usual(book, sheet, at)
        evidence = book["Evidence"]
        evidence["A2"], evidence["B2"] = sheet.cell(2, 1).value, "Update"
        evidence["A3"], evidence["B3"] = sheet.cell(3, 1).value, "Minutes of May"

    review = return_staging.import_return(sent.session, edited(sent.police, edit, tmp_path / "back.xlsx"))
    assert _shape(review)[0] == USUAL and [r["Title"] for r in review.new_rows] == [
        "Update",
        "Minutes of May",
    ]


def test_words_on_the_copy_of_a_row_are_kept(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        usual(book, sheet, at)
        for column in range(1, sheet.max_column + 1):
            sheet.cell(ROWS + 2, column).value = sheet.cell(2, column).value
        sheet.cell(ROWS + 2, at["Action"]).value = "words over the copied title"

    review = return_staging.import_return(sent.session, edited(sent.police, edit, tmp_path / "back.xlsx"))
    assert _shape(review)[0] == USUAL and "words over the copied title" in said(review)


def test_the_tray_of_a_great_sheet_of_their_own_is_bounded(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        own = book.create_sheet("Our data")
        for row in range(1, 2_000):
            own.append([f"x{row}", row])

    review = return_staging.import_return(sent.session, edited(sent.police, edit, tmp_path / "back.xlsx"))
    assert len(review.tray) == 400 and "sheet_unread" in {p.code for p in review.problems}


def test_a_second_line_that_begins_with_a_reference_is_a_line() -> None:
    rows = [
        ["Reference", "Progress update"],
        ["A-0001-7KQ4", "See also:\nA-0003-7KQ4 and more"],
        ["A-0003-7KQ4", "done"],
    ]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    assert (
        text_child.read_text(out.getvalue().encode(), "t")["sheets"][0]["rows"][1][1]
        == "See also:\nA-0003-7KQ4 and more"
    )


def test_rows_whose_last_blanks_were_cut_are_no_shifted_rows(sent: Sent, tmp_path: Path) -> None:
    rows = [row[:15] for row in _rows_of(sent)]
    for row in rows[2:5]:
        while row[-1] == "":
            row.pop()
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    path = tmp_path / "back.csv"
    path.write_text(out.getvalue(), "utf-8")
    review = return_staging.import_return(sent.session, path)
    assert {d.held for d in review.differences} == {""} and _shape(review)[0] == USUAL


def test_a_blocker_of_common_words_is_no_exchanged_heading(tmp_path: Path) -> None:
    made = _send(tmp_path, 6)
    with made.session.store.write("setup", "start") as tx:
        for (id,) in tx.connection.exec_driver_sql(
            "SELECT id FROM action WHERE title LIKE 'Deliver%'"
        ).fetchall():
            tx.edit("action", str(id), {"blockers": "None"})
    from vawg_desktop.services import rounds

    out = rounds.export_returns(made.session, period="Q4", due="+4w", out=tmp_path / "q4")
    police = next(Path(s.file) for s in out.returns if s.partner == "Kent Police")

    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        for row in (2, 3, 4):
            sheet.cell(row, at["Blockers"]).value, sheet.cell(row, at["Help wanted"]).value = (
                f"Real {row}",
                "None",
            )

    review = return_staging.import_return(made.session, edited(police, edit, tmp_path / "back.xlsx"))
    assert {d.held for d in review.differences} == {""} and len(review.differences) == 6
    made.session.store.close()


# -- what leaves, and binary workbooks -------------------------------------------------------------------


def test_a_leak_at_the_last_look_holds_back_one_partner_and_not_the_round(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stopped the whole round before. The other partners' files leave; a release lets the held one go."""
    from vawg_desktop.domain.errors import Problem
    from vawg_desktop.services import rounds

    made = _send(tmp_path, 3)
    real = rounds.hidden_in
    monkeypatch.setattr(
        rounds, "hidden_in",
        lambda data, shown, reference: [Problem("strange_row", "A strange row.")] if any("A-0001" in one for one in shown) else real(data, shown, reference),
    )  # fmt: skip
    out = rounds.export_returns(made.session, period="Q7", due="+4w", out=tmp_path / "q7")
    assert [s.partner for s in out.returns] == ["Medway Council"] and list(out.held) == ["Kent Police"]
    held = out.skipped[0]["why"]
    assert "A strange row." in held and len(list((tmp_path / "q7").iterdir())) == 1
    again = rounds.export_returns(
        made.session,
        period="Q7",
        due="+4w",
        out=tmp_path / "q7",
        partners=["Kent Police"],
        release=["Kent Police"],
    )
    assert [s.partner for s in again.returns] == ["Kent Police"]
    made.session.store.close()


@pytest.mark.parametrize("owned", [True, False])
def test_the_name_of_a_body_in_the_bin_does_not_leave_if_it_ever_had_an_action(
    tmp_path: Path, owned: bool
) -> None:
    from vawg_desktop.services import rounds

    made = _send(tmp_path, 3)
    with made.session.store.write("setup", "start") as tx:
        gone = tx.create("partner", {"name": "Various", "kind": "council"})
        if owned:
            tx.create("action", {"title": "Theirs once", "accountable": gone, "status": "stopped"})
        id = tx.connection.exec_driver_sql("SELECT id FROM action WHERE reference = 'A-0001'").one()[0]
        tx.edit("action", str(id), {"blockers": "Held up for various reasons"})
        tx.delete("partner", gone)
    out = rounds.export_returns(made.session, period="Q8", due="+4w", out=tmp_path / "q8")
    assert list(out.held) == (["Kent Police"] if owned else [])
    made.session.store.close()


def test_a_question_about_what_was_not_understood_quotes_it(tmp_path: Path) -> None:
    from vawg_desktop.services import return_messages

    made = _send(tmp_path, 3)

    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(2, at["% complete"]).value = "about half"

    review = return_staging.import_return(made.session, edited(made.police, edit, tmp_path / "back.xlsx"))
    return_acceptance.decide(made.session, review.submission, review.asked, "queried", "Which figure?")
    assert "you wrote “about half”. Which figure?" in return_messages.queries(made.session, review.submission)
    made.session.store.close()


def test_a_binary_workbook_is_read_with_its_remarks() -> None:
    """A public file that Excel wrote: nothing here writes .xlsb."""
    from tests.conftest import SHARED
    from vawg_desktop.exchange.remarks import remarks_of

    path = SHARED / "samples" / "workbooks" / "poi__testVarious.xlsb"
    if not path.exists():
        pytest.skip("the public samples are not here")
    found = remarks_of(path.read_bytes())
    assert any(one[:3] == ("mySheet1", "C8", "comment") and one[3].endswith("test comment2") for one in found)
    assert ("mySheet1", "E3", "text_box", "test textbox") in found
    assert {"formula", "error", "percent", "link"} <= {kind for _, _, kind, _ in found}


def test_an_answer_under_the_last_row_holds_the_changed_cells_of_its_column_alone(sent: Sent, tmp_path: Path) -> None:
    """Cells pushed down by one put in: what the file changes above the stray cell may be another row's, what it repeats cannot."""

    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(3, at["Status"]).value = "Stopped"
        sheet.cell(3, at["% complete"]).value = 77
        sheet.cell(ROWS + 2, at["Status"]).value = "In progress"

    review = return_staging.import_return(sent.session, edited(sent.police, edit, tmp_path / "back.xlsx"))
    held = {(d.record, d.field): d.held for d in review.differences}
    assert held[(ref(3), "status")] == "shifted" and held[(ref(3), "percent")] != "shifted"
    assert "answers_shifted" in {p.code for p in review.problems}


def test_nothing_is_said_of_a_cell_below_where_its_column_repeats_what_was_sent(sent: Sent, tmp_path: Path) -> None:
    def edit(book: Any, sheet: Any, at: dict[str, int]) -> None:
        sheet.cell(ROWS + 2, at["Status"]).value = "In progress"

    review = return_staging.import_return(sent.session, edited(sent.police, edit, tmp_path / "back.xlsx"))
    assert "answers_shifted" not in {p.code for p in review.problems} and "In progress" in said(review)
