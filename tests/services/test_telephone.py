"""A return by telephone, many files at once, the office's own words, the accessibility checklist, what was sent again."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.exchange.checklist import look
from vawg_desktop.services import (
    office,
    return_acceptance,
    return_staging,
    returns,
    round_standing,
    rounds,
    telephone,
)
from vawg_desktop.services.session import Session


def _sent(session: Session, out: Path) -> dict[str, rounds.Sent]:
    made = rounds.export_returns(session, period="2026/27 Q2", due="2026-12-16", out=out)
    return {s.partner: s for s in made.returns}


def _id(session: Session, partner: str) -> str:
    return next(c.return_id for c in round_standing.partners_of_round(session) if c.partner == partner)


def test_a_call_is_staged_reviewed_and_counted_like_a_file(sample: Session, tmp_path: Path) -> None:
    _sent(sample, tmp_path)
    id = _id(sample, "Kent Police")
    asked = telephone.to_ask(sample, id)
    assert asked[0].reference.startswith("A-") and asked[0].title
    said = {
        asked[0].id: {"answer": "Update", "status": "in progress", "narrative": "They rang: training began.", "percent": "40%"},
        asked[1].id: {"answer": "No change"},
    }  # fmt: skip
    review = telephone.take_call(sample, id, said, informant="A. Contact")
    changes = {(d.field, d.incoming) for d in review.differences}
    assert ("narrative", "They rang: training began.") in changes and ("percent", 40) in changes
    return_acceptance.accept(sample, review.submission, [d for d in review.differences if d.kind.value == "incoming"])
    row = (
        sample.read()
        .exec_driver_sql(
            'SELECT narrative, channel, informant FROM "update" WHERE submission = ? AND narrative IS NOT NULL',
            (review.submission,),
        )
        .one()
    )
    assert tuple(row) == ("They rang: training began.", "telephone", "A. Contact")
    now = next(c for c in round_standing.partners_of_round(sample) if c.partner == "Kent Police")
    assert (now.step, now.channel, now.counts.answered, now.counts.no_change) == ("applied", "telephone", 1, 1)
    assert returns.reverse_return(sample, now.reference).restored > 0


@pytest.mark.parametrize(
    ("said", "who", "words"),
    [
        ({}, "A", "Nothing was answered"),
        ({"percent": "4"}, " ", "who gave"),
    ],
)
def test_a_call_that_cannot_be_taken_says_why(
    sample: Session, tmp_path: Path, said: dict[str, str], who: str, words: str
) -> None:
    _sent(sample, tmp_path)
    id = _id(sample, "Kent Police")
    first = telephone.to_ask(sample, id)[0]
    with pytest.raises(ValueRefusedError, match=words):
        telephone.take_call(sample, id, {first.id: said} if said else {}, informant=who)
    assert sample.read().exec_driver_sql("SELECT count(*) FROM submission").one()[0] == 0


def test_a_call_with_a_word_not_understood_loses_nothing(sample: Session, tmp_path: Path) -> None:
    """The whole call was refused before, and what had been told was gone."""
    _sent(sample, tmp_path)
    id = _id(sample, "Kent Police")
    first, second = telephone.to_ask(sample, id)[:2]
    said = {
        first.id: {"percent": "about half", "narrative": "They met"},
        second.id: {"revised_due": "after Easter"},
    }
    review = telephone.take_call(sample, id, said, informant="A")
    assert [(d.field, d.incoming) for d in review.differences] == [("narrative", "They met")]
    assert [(d.record, d.text) for d in review.asked] == [
        (first.reference, "about half"),
        (second.reference, "after Easter"),
    ]


def test_many_files_are_sorted_to_their_partners(sample: Session, tmp_path: Path) -> None:
    sent = _sent(sample, tmp_path)
    (tmp_path / "other.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    done = return_staging.import_many(sample, [*(Path(s.file) for s in sent.values()), tmp_path / "other.xlsx"])
    assert {r.partner for r in done.reviews} == set(sent) and len(done.refused) == 1
    assert "other.xlsx" in done.refused[0] and done.changes
    assert {c.step for c in round_standing.partners_of_round(sample)} == {"received"}


def test_what_was_sent_is_shown_again_byte_for_byte(sample: Session, tmp_path: Path) -> None:
    sent = _sent(sample, tmp_path)["Kent Police"]
    name, content = returns.what_was_sent(sample, _id(sample, "Kent Police"))
    assert content == Path(sent.file).read_bytes() and name == Path(sent.file).name


def test_the_offices_own_words_and_questions_stand_in_the_workbook(
    sample: Session, tmp_path: Path, libreoffice: Callable[[Path, str], Path]
) -> None:
    office.set_templates(sample, {
        "template.guidance": "Write for a reader who does not know your service.\n\nFigures with their source.",
        "template.contact": "The team, 01622 000000", "template.questions": "Which action most needs the board?\nWhat should we stop asking?",
    })  # fmt: skip
    path = Path(_sent(sample, tmp_path)["Kent Police"].file)
    book = load_workbook(path)
    start = book["Start here"]
    words = [str(c.value) for row in start.iter_rows() for c in row if c.value]
    assert "Figures with their source." in words and "The team, 01622 000000" in words
    assert sum("(please fill in)" in w and "?" in w for w in words) == 3
    row = next(c.row for c in start["A"] if str(c.value).startswith("Which action"))
    start.cell(row, 2).value = "The first of them"
    start.cell(start.max_row + 3, 1).value = "A note below everything"
    book.save(tmp_path / "back.xlsx")
    for back in (tmp_path / "back.xlsx", libreoffice(tmp_path / "back.xlsx", "ods")):
        review = return_staging.import_return(sample, back)
        assert review.differences == []
        assert {(t["header"], t["text"]) for t in review.tray} == {
            ("Which action most needs the board?", "The first of them"), ("", "A note below everything"),
        }  # fmt: skip
    office.set_templates(sample, {"template.questions": ""})
    assert "template.questions" not in office.office_settings(sample.read())


def test_every_point_of_the_accessibility_checklist_is_met_or_explained(
    sample: Session, tmp_path: Path
) -> None:
    for sent in _sent(sample, tmp_path).values():
        points = look(Path(sent.file).read_bytes())
        assert [p for p in points if not p.met] == []
        assert sum(p.departed for p in points) == 6 and len(points) >= 18


@pytest.mark.parametrize("format", ["xlsx", "ods"])
def test_the_offices_logo_stands_on_every_return_and_is_explained(
    sample: Session, tmp_path: Path, format: str, libreoffice: Callable[[Path, str], Path]
) -> None:
    """In both formats, with words for those who do not see it; taken back by every client without a change."""
    office.set_logo(sample, _png(180, 54))
    made = rounds.export_returns(
        sample, period=f"P {format}", due="+4w", out=tmp_path / "out", format=format, partners=["Kent Police"]
    )
    path = Path(made.returns[0].file)
    points = look(path.read_bytes())
    assert [p for p in points if not p.met] == [] and sum(p.departed for p in points) == 7
    assert points == returns.accessibility(sample, _id_of(sample, made.returns[0].reference))
    for back in (path, libreoffice(path, "xlsx"), libreoffice(path, "ods")):
        review = return_staging.import_return(sample, back)
        assert review.differences == [] and review.tray == [] and review.problems == []
    office.set_logo(sample, None)
    assert office.logo(sample.read()) is None


def _png(width: int, height: int) -> bytes:
    """A picture of one colour."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + b"\x1d\x35\x57" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def _id_of(session: Session, visible: str) -> str:
    return next(c.return_id for c in round_standing.partners_of_round(session) if c.reference in visible)


def test_a_logo_that_is_none_is_refused(sample: Session) -> None:
    for data in (b"GIF89a", b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + (4000).to_bytes(4, "big") * 2):
        with pytest.raises(ValueRefusedError):
            office.set_logo(sample, data)


@pytest.mark.parametrize("harm", ["spanned", "small", "pale", "untitled", "unexplained"])
def test_an_ods_that_breaks_the_checklist_is_told(sample: Session, tmp_path: Path, harm: str) -> None:
    import zipfile

    made = rounds.export_returns(
        sample, period="P", due="+4w", out=tmp_path / "out", format="ods", partners=["Kent Police"]
    )
    path = Path(made.returns[0].file)
    assert [p for p in look(path.read_bytes()) if not p.met] == []
    with zipfile.ZipFile(path) as archive:
        parts = {i: archive.read(i.filename) for i in archive.infolist()}
    change, asks = {
        "spanned": (lambda t: t.replace('<table:table-cell table:style-name="locked"', '<table:table-cell table:number-columns-spanned="2" table:style-name="locked"', 1), "No merged or split cells"),
        "small": (lambda t: t.replace('fo:font-size="14pt"', 'fo:font-size="8pt"'), "Text is sans serif and 10 points or larger"),
        "pale": (lambda t: t.replace("#1D3557", "#DDDDDD"), "Text and background are far apart (4.5 to 1)"),
        "untitled": (lambda t: t.replace("Progress return P: Kent Police", ""), "The document has a title"),
        "unexplained": (lambda t: t.replace("Two columns at the far right", "Some columns"), "No hidden rows, columns or sheets"),
    }[harm]  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        for info, data in parts.items():
            plain = info.filename.endswith(".xml")
            archive.writestr(info, change(data.decode()).encode() if plain else data)
    assert asks in {p.asks for p in look(path.read_bytes()) if not p.met}


def test_a_workbook_that_breaks_the_checklist_is_told(sample: Session, tmp_path: Path) -> None:
    path = _sent(sample, tmp_path)["Kent Police"].file
    book = load_workbook(path)
    sheet = book["Actions"]
    from openpyxl.styles import Font

    sheet.merge_cells("B3:B4")
    sheet["B2"].font = Font(name="Times New Roman", size=8, color="FFEEEEEE")
    book["Start here"]["A1"].value = None
    for row in book["Start here"].iter_rows():
        for cell in row:
            if "hidden" in str(cell.value):
                cell.value = "gone"
    book.properties.title = None
    book.save(tmp_path / "bad.xlsx")
    wrong = {p.asks for p in look((tmp_path / "bad.xlsx").read_bytes()) if not p.met}
    assert {
        "No merged or split cells", "Text is sans serif and 10 points or larger", "Text and background are far apart (4.5 to 1)",
        "The document has a title", "No hidden rows, columns or sheets",
    } <= wrong  # fmt: skip
