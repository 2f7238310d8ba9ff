"""Papers in the office's own Word document: names between « and » filled, checked, and nothing carried out."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from docx import Document as Word

from tests.documents import docx_text
from tests.services.test_journey import sample_store
from vawg_desktop.cli import main
from vawg_desktop.domain.errors import FileRefusedError, NotFoundError, RuleError, ValueRefusedError
from vawg_desktop.exchange import document_template
from vawg_desktop.exchange.document import Figure, Table
from vawg_desktop.services import names, paper_templates, papers, publications, records
from vawg_desktop.services.office import set_templates
from vawg_desktop.services.paper_templates import REST, SOMETIMES
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.publications import Sending
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    made = sample_store(tmp_path)
    records.assign(made, "A-0005", [Assignment("due", "2026-01-31"), Assignment("status", "in_progress")], None)
    yield made
    made.store.close()


def word(*paragraphs: str, look: Callable[[Any], None] | None = None) -> bytes:
    made: Any = Word()
    for one in paragraphs:
        made.add_paragraph(one)
    if look is not None:
        look(made)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def keep(session: Session, tmp_path: Path, content: bytes, kind: str = "board", name: str = "Ours") -> list[str]:
    (tmp_path / "template.docx").write_bytes(content)
    return paper_templates.take_in(session, kind, name, tmp_path / "template.docx")[1]


def test_names_are_filled_wherever_they_stand_and_keep_their_looks(session: Session, tmp_path: Path) -> None:
    def look(made: Any) -> None:
        section = made.sections[0]
        section.header.paragraphs[0].text = "«Office», «Marking»"
        section.footer.paragraphs[0].text = "as at «AS AT»"
        made.add_table(1, 2).cell(0, 1).text = "cleared: «Cleared by»"
        paragraph = made.add_paragraph("Late: ")
        paragraph.add_run("«Over").bold = True
        paragraph.add_run("due»").italic = True
        paragraph.add_run(" of «Actions», that is «Overdue actions» rows.")

    assert keep(session, tmp_path, word("«Title»", "«Overdue actions»", look=look)) == []
    made = papers.make(session, "board", Asked(words={"cleared_by": "C. Clear"}))
    content = paper_templates.filled(session, "board", made, "Ours", "x.docx")
    text = docx_text(content)
    counts = {f.key: f.number for f in made.figures}
    assert f"Late: {counts['actions_overdue']} of {counts['actions']}, that is {counts['actions_overdue']} rows." in text and counts["actions_overdue"] == 1
    assert "«" not in text and made.document.title in text and "A-0005" in text
    opened: Any = Word(io.BytesIO(content))
    assert opened.sections[0].header.paragraphs[0].text.endswith(made.document.marking) and made.document.as_at in opened.sections[0].footer.paragraphs[0].text
    line = next(p for p in opened.paragraphs if p.text.startswith("Late"))
    assert [r.text for r in line.runs if r.bold] == ["1"] and all(r.text == "" for r in line.runs if r.italic)
    table = next(t for t in opened.tables if t.cell(0, 0).text == "Ref")
    assert "A-0005" in [row.cells[0].text for row in table.rows] and "tblHeader" in table._tbl.xml


def test_what_no_name_places_comes_once_and_only_once(session: Session, tmp_path: Path) -> None:
    keep(session, tmp_path, word("«Where it stands»", "Then the rest", f"«{REST}»"))
    made = papers.make(session, "board", Asked())
    text = docx_text(paper_templates.filled(session, "board", made, "Ours", "x.docx"))
    for title in ("The figures of this paper", "Overdue actions", "Records counted"):
        assert text.count(f": {title}") == 1, title
    assert text.index("The figures of this paper") < text.index("Then the rest") < text.index("Records counted") and "Where it stands" not in text
    assert re.findall(r"Table (\d+):", text) == [str(n) for n in range(1, len(re.findall(r"Table \d+:", text)) + 1)]


def test_a_name_that_means_nothing_says_what_was_meant(session: Session, tmp_path: Path) -> None:
    wrong = keep(session, tmp_path, word("«Overdu actions»", "«Titel»", "«Weather»", "{{ 1 + 1 }} ${x} «As at»"))
    assert [w.partition("; did you mean ")[2] for w in wrong] == ["«Overdue actions»?", "«Title»?", ""]
    with pytest.raises(ValueRefusedError, match="did you mean «Overdue actions»"):
        paper_templates.filled(session, "board", papers.make(session, "board", Asked()), "Ours", "x.docx")
    with pytest.raises(ValueRefusedError, match=r"\.docx"):
        paper_templates.filled(session, "board", papers.make(session, "board", Asked()), "Ours", "x.pdf")
    with pytest.raises(NotFoundError):
        paper_templates.filled(session, "board", papers.make(session, "board", Asked()), "Theirs", "x.docx")
    assert "no place to fill" in keep(session, tmp_path, word("Nothing at all"))[0]


def test_words_that_look_like_code_or_names_are_words(session: Session, tmp_path: Path) -> None:
    keep(session, tmp_path, word("{{ 7 * 7 }} ${HOME} «Author»"))
    kept = "«Title» {{ config }}"


    set_templates(session, {f"{papers.PREFIX}author": kept})
    text = docx_text(paper_templates.filled(session, "board", papers.make(session, "board", Asked()), "Ours", "x.docx"))
    assert "{{ 7 * 7 }} ${HOME} «Title» {{ config }}" in text


def _with(content: bytes, **parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as was, zipfile.ZipFile(out, "w") as now:
        for info in was.infolist():
            if info.filename not in parts:
                now.writestr(info, was.read(info))
        for name, data in parts.items():
            now.writestr(name, data)
    return out.getvalue()


def test_a_document_that_would_do_something_is_refused(session: Session, tmp_path: Path) -> None:
    plain = word("«Title»")
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        settings = archive.read("word/_rels/document.xml.rels")
    linked = settings.replace(b"</Relationships>", b'<Relationship Id="rX" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" Target="https://example.org/t.dotm" TargetMode="External"/></Relationships>')
    for content in (
        b"", b"not a zip", b"%PDF-1.4", _with(plain, **{"word/vbaProject.bin": b"x"}), _with(plain, **{"word/_rels/document.xml.rels": linked}),
        _with(plain, **{"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}), plain[: len(plain) // 2],
    ):  # fmt: skip
        with pytest.raises(FileRefusedError):
            document_template.places(content)
        with pytest.raises(FileRefusedError):
            keep(session, tmp_path, content)
    assert session.read().exec_driver_sql("SELECT count(*) FROM paper_template").one()[0] == 0


def test_a_count_that_came_down_to_nought_is_nought_and_no_unknown_place(session: Session, tmp_path: Path) -> None:
    """A board's template that named the superseded recommendations was refused once there were none."""
    content = word("Superseded: «… of which superseded». Prevention overdue: «Prevention: overdue». Not started: «Actions by status: not started».")
    assert paper_templates.check(session, "board", content) == []
    keep(session, tmp_path, content)
    made = papers.make(session, "board", Asked())
    told = docx_text(paper_templates.filled(session, "board", made, "Ours", "b.docx"))
    assert "Superseded: 0." in told and "«" not in told


@pytest.mark.parametrize("kind", sorted(SOMETIMES))
def test_a_template_is_right_whatever_the_store_holds(session: Session, kind: str) -> None:
    """Every name that a paper may have fills where there is nothing to tell, and no part of a paper is without a name."""
    meeting, _ = records.create(session, "meeting", {"title": "June board", "body": "PDB", "date": "2026-06-04"})
    records.create(session, "meeting_decision", {"words": "Agreed", "meeting": meeting})
    records.create(session, "challenge", {"question": "Why?", "meeting": meeting, "asked_of": "Kent Police", "status": "asked"})
    asked = paper_templates.example(session, kind)
    made = papers.make(session, kind, asked)
    content = word(*(f"«{name}»" for name in SOMETIMES[kind]), f"«{REST}»")
    assert paper_templates.check(session, kind, content, asked) == []
    parts = paper_templates._parts(made.document, kind)
    filled = document_template.fill(content, made.document, {}, {**parts, REST: []})
    assert "«" not in docx_text(filled)
    abouts = {"briefing": ("R-0001", "Kent Police")}.get(kind, ())
    for about in abouts:
        again = papers.make(session, kind, Asked((about,)))
        named = {b.title for b in again.document.blocks if isinstance(b, (Figure, Table)) and b.title}
        assert named <= set(paper_templates._parts(again.document, kind))


def test_the_starter_is_a_template_that_holds_the_whole_paper(session: Session, tmp_path: Path) -> None:
    for kind in ("board", "panel-update", "audit", "handover", "data-set", "action-log"):
        content = paper_templates.starter(session, kind)
        assert keep(session, tmp_path, content, kind, "Begin") == [], kind
        made = papers.make(session, kind, Asked())
        text, plain = docx_text(paper_templates.filled(session, kind, made, "Begin", "x.docx")), docx_text(document_plain(made))
        assert set(re.findall(r"\b[A-Z]{1,2}-\d{4}\b", plain)) <= set(re.findall(r"\b[A-Z]{1,2}-\d{4}\b", text)), kind


def document_plain(made: papers.Made) -> bytes:
    from vawg_desktop.exchange.document_docx import write_docx

    return write_docx(made.document)


def test_a_figure_is_inserted_by_name_and_noted_as_quoted(session: Session, tmp_path: Path) -> None:
    first, _ = records.create(session, "figure", {"title": "Responses", "quoted": "8,263"})
    keep(session, tmp_path, word("We heard from «Figure: responses» people."))
    done = publications.publish(session, "board", Asked(), tmp_path / "board.docx", Sending("The board", template="Ours"))
    assert "We heard from 8,263 people." in docx_text((tmp_path / "board.docx").read_bytes())
    cited = session.read().exec_driver_sql("SELECT about, to_whom FROM citation").fetchall()
    assert [tuple(c) for c in cited] == [(first, "The board")]
    assert publications.reproduce(session, done.reference).content == (tmp_path / "board.docx").read_bytes()
    records.create(session, "figure", {"title": "Responses", "quoted": "over 8,000", "quote_this": "yes"})
    assert "over 8,000" in docx_text(paper_templates.filled(session, "board", papers.make(session, "board", Asked()), "Ours", "x.docx"))
    better = names.find_named(session.read(), "figure", "Responses")
    assert better is not None
    for (id,) in session.read().exec_driver_sql("SELECT id FROM figure WHERE title = 'Responses'").fetchall():
        records.assign(session, str(id), [Assignment("release", "embargoed"), Assignment("embargoed_until", "2027-01-01")], None)
    with pytest.raises(RuleError, match="embargo"):
        paper_templates.filled(session, "board", papers.make(session, "board", Asked()), "Ours", "x.docx")


def test_a_wide_part_turns_its_page_and_takes_its_heading_with_it(session: Session, tmp_path: Path) -> None:
    def narrow(made: Any) -> None:
        made.sections[0].left_margin = made.sections[0].right_margin = made.sections[0].page_width // 4

    made: Any = Word(io.BytesIO(word("Before", look=narrow)))
    made.add_heading("Late", 2)
    made.add_paragraph("«Overdue actions»")
    made.add_paragraph("After")
    out = io.BytesIO()
    made.save(out)
    keep(session, tmp_path, out.getvalue())
    opened: Any = Word(io.BytesIO(paper_templates.filled(session, "board", papers.make(session, "board", Asked()), "Ours", "x.docx")))
    assert [s.orientation for s in opened.sections] == [0, 1, 0]
    order = [p.text for p in opened.paragraphs if p.text]
    assert order.index("Before") < order.index("Late") < order.index("After")


def test_the_same_name_is_replaced_and_the_command_says_what_is_wrong(sample_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "s.vawg")
    shutil.copyfile(sample_file, path)
    (tmp_path / "t.docx").write_bytes(word("«Titel» «Actions»"))
    assert main(["template", path, "board", "--file", str(tmp_path / "t.docx"), "--name", "Ours", "--json"]) == 0
    assert "did you mean «Title»" in json.loads(capsys.readouterr().out)["problems"][0]
    assert main(["report", path, "board", "--template", "Ours", "--out", str(tmp_path / "o.docx")]) == 1 and not (tmp_path / "o.docx").exists()
    (tmp_path / "t.docx").write_bytes(word("«Title» «Actions»"))
    assert main(["template", path, "board", "--file", str(tmp_path / "t.docx"), "--name", "ours"]) == 0
    assert main(["report", path, "board", "--template", "Ours", "--out", str(tmp_path / "o.docx")]) == 0
    assert docx_text((tmp_path / "o.docx").read_bytes()).strip().endswith(" 22")
    capsys.readouterr()
    assert main(["template", path, "board", "--json"]) == 0
    assert {"Title", "Overdue actions", REST} <= {p["name"] for p in json.loads(capsys.readouterr().out)}
    assert main(["template", path, "foi", "--file", str(tmp_path / "t.docx")]) == 1


def _in_xml(paragraphs: str) -> bytes:
    plain = word("HERE")
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        document = archive.read("word/document.xml").decode()
    found = re.search(r"<w:p>(?:(?!</w:p>).)*HERE.*?</w:p>", document, re.DOTALL)
    assert found is not None
    return _with(plain, **{"word/document.xml": document.replace(found.group(0), paragraphs).encode()})


@pytest.mark.parametrize(
    "xml",
    [
        '<w:p><w:r><w:t xml:space="preserve">see </w:t></w:r><w:hyperlink w:anchor="x"><w:r><w:t>our site</w:t></w:r></w:hyperlink><w:r><w:t>: «Title», «As at», «Marking», end</w:t></w:r></w:p>',
        '<w:p><w:hyperlink w:anchor="x"><w:r><w:t>«Title»</w:t></w:r></w:hyperlink><w:r><w:t xml:space="preserve"> «As at» «Marking» end</w:t></w:r></w:p>',
        "<w:p><w:sdt><w:sdtContent><w:r><w:t>«Title»</w:t></w:r></w:sdtContent></w:sdt><w:r><w:t>«As at» «Marking» end</w:t></w:r></w:p>",
        '<w:p><w:ins w:id="1" w:author="x"><w:r><w:t>«Title»</w:t></w:r></w:ins><w:r><w:tab/><w:t>«As at» «Marking» end</w:t></w:r></w:p>',
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>«Title» «As at» «Marking» end</w:t></w:r></w:p><w:p><w:r><w:t>«Where it stands»</w:t></w:r></w:p></w:sdtContent></w:sdt>",
    ],
)  # fmt: skip
def test_names_in_links_controls_and_tracked_changes_are_filled_too(session: Session, tmp_path: Path, xml: str) -> None:
    assert keep(session, tmp_path, _in_xml(xml)) == []
    made = papers.make(session, "board", Asked())
    content = paper_templates.filled(session, "board", made, "Ours", "x.docx")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode().replace("&apos;", "'"))
    assert "«" not in text and made.document.title in text and made.document.as_at in text and made.document.marking in text and "end" in text
    assert "our site" in text or "our site" not in xml


def test_a_picture_beside_a_name_stays(session: Session, tmp_path: Path) -> None:
    xml = "<w:p><w:r><w:t>«Title»</w:t><w:sym w:font='Wingdings' w:char='F04A'/><w:tab/><w:t>end</w:t></w:r></w:p>"
    keep(session, tmp_path, _in_xml(xml))
    content = paper_templates.filled(session, "board", papers.make(session, "board", Asked()), "Ours", "x.docx")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "F04A" in archive.read("word/document.xml").decode()


def _with_footnote(path: Path, words: str) -> None:
    """A Word document with one footnote, as Word writes it."""
    content = 'application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml'
    note = f'<?xml version="1.0" encoding="UTF-8"?><w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:footnote w:id="1"><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:footnote></w:footnotes>'
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    parts["word/footnotes.xml"] = note.encode()
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b"</Types>", f'<Override PartName="/word/footnotes.xml" ContentType="{content}"/></Types>'.encode())
    rels = "word/_rels/document.xml.rels"
    parts[rels] = parts[rels].replace(b"</Relationships>", b'<Relationship Id="rId990" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes" Target="footnotes.xml"/></Relationships>')
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def _plain(path: Path, *paragraphs: str) -> Path:
    from docx import Document as New

    made = New()
    for words in paragraphs:
        made.add_paragraph(words)
    made.save(str(path))
    return path


def test_footnotes_are_filled_and_checked(session: Session, tmp_path: Path) -> None:
    path = _plain(tmp_path / "notes.docx", "«Overdue» actions are overdue.")
    _with_footnote(path, "As at «As at». «Nonsense here»")
    assert any("Nonsense here" in wrong for wrong in paper_templates.check(session, "board", path.read_bytes()))
    _with_footnote(path, "As at «As at».")
    paper_templates.take_in(session, "board", "notes", path)
    filled = paper_templates.filled(session, "board", papers.make(session, "board", papers.Asked()), "notes", "out.docx")
    (tmp_path / "out.docx").write_bytes(filled)
    with zipfile.ZipFile(tmp_path / "out.docx") as archive:
        notes = archive.read("word/footnotes.xml").decode()
    assert "«" not in notes and str(session.today.year) in notes


def test_a_template_without_marking_gets_it_at_its_top(session: Session, tmp_path: Path) -> None:
    path = _plain(tmp_path / "bare.docx", "There are «Overdue» overdue.")
    paper_templates.take_in(session, "board", "bare", path)
    made = papers.make(session, "board", papers.Asked())
    (tmp_path / "out.docx").write_bytes(paper_templates.filled(session, "board", made, "bare", "out.docx"))
    words = docx_text((tmp_path / "out.docx").read_bytes())
    assert made.document.marking in words and f"As at {made.document.as_at}" in words and words.index(made.document.marking) < words.index("overdue")


def test_a_place_that_is_not_closed_is_told(session: Session, tmp_path: Path) -> None:
    path = _plain(tmp_path / "open.docx", "There are «Overdue of them.")
    assert any("is not closed" in wrong for wrong in paper_templates.check(session, "board", path.read_bytes()))
