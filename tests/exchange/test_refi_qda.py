"""Codebooks and projects of REFI-QDA and Taguette: written as the standard asks, read back the same, strangers' and hostile files refused in a sentence."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree as Tree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.exchange.test_survey_in import SAMPLES, real
from vawg_desktop.domain.errors import FileRefusedError
from vawg_desktop.exchange import refi_qda
from vawg_desktop.exchange.refi_qda import QdaCode, QdaCoding, QdaProject, QdaText

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def guid(n: int) -> str:
    return f"{n:08x}-0000-4000-8000-000000000000"


BOOK = [
    QdaCode(guid(1), "Safety", "Being & feeling <safe>", "#FF0000", codable=False), QdaCode(guid(2), "Street lighting", "Dark places\nand lights that are out", "#00FF00", guid(1)),
    QdaCode(guid(3), "CCTV", "", "", guid(1)), QdaCode(guid(4), "“Police” response", "ünïcode"),
]  # fmt: skip
#: Of each element of a project, the attributes that the standard requires, and the order of what stands in it.
REQUIRED = {
    "Project": ({"name"}, ["Users", "CodeBook", "Variables", "Cases", "Sources", "Notes", "Links", "Sets", "Graphs", "Description", "NoteRef"]), "User": ({"guid"}, []), "CodeBook": (set[str](), ["Codes", "Sets"]),
    "Code": ({"guid", "name", "isCodable"}, ["Description", "NoteRef", "Code"]), "TextSource": ({"guid"}, ["Description", "PlainTextContent", "PlainTextSelection", "Coding", "NoteRef", "VariableValue"]),
    "PlainTextSelection": ({"guid", "startPosition", "endPosition"}, ["Description", "Coding", "NoteRef"]), "Coding": ({"guid"}, ["CodeRef", "NoteRef"]), "CodeRef": ({"targetGUID"}, []), "NoteRef": ({"targetGUID"}, []),
    "Note": ({"guid"}, ["Description", "PlainTextContent", "PlainTextSelection", "Coding", "NoteRef"]),
}  # fmt: skip


def keeps_the_standard(content: bytes, namespace: str) -> Tree.Element:
    """Raise AssertionError where an element lacks what the standard requires, stands out of order or has an id that is none."""
    root = Tree.fromstring(content)
    targets: set[str] = set()
    ids: list[str] = []
    for element in root.iter():
        assert element.tag.startswith(f"{{{namespace}}}"), element.tag
        name = element.tag.rpartition("}")[2]
        required, order = REQUIRED.get(name, (set[str](), []))
        assert required <= set(element.attrib), (name, element.attrib)
        inside = [order.index(e.tag.rpartition("}")[2]) for e in element] if order else []
        assert inside == sorted(inside), name
        ids += [element.attrib["guid"]] if "guid" in element.attrib else []
        targets |= {v for k, v in element.attrib.items() if k in ("targetGUID", "creatingUser")}
        assert name not in ("Users", "Codes", "Sources", "Notes") or len(element), f"{name} holds nothing"
        assert not (name in ("TextSource", "Note") and element.find(f"{{{namespace}}}PlainTextContent") is not None and "plainTextPath" in element.attrib)
    assert all(GUID.fullmatch(i) for i in ids) and len(set(ids)) == len(ids) and targets <= set(ids)
    return root


def kept(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_a_codebook_comes_back_the_same(tmp_path: Path) -> None:
    content = refi_qda.codebook_file(BOOK)
    root = keeps_the_standard(content, refi_qda.CODEBOOK_NS)
    assert root.tag.endswith("CodeBook") and refi_qda.read(kept(tmp_path / "book.qdc", content)).codes == BOOK


def project() -> QdaProject:
    text = "The lights are out.\nNobody came 😀 for an hour."
    codings = [QdaCoding(guid(2), 0, 19, guid(21), "look at the map"), QdaCoding(guid(4), 20, len(text), guid(22)), QdaCoding(guid(4), 0, len(text), guid(21))]
    return QdaProject("Survey: what would help?", list(BOOK), [QdaText(guid(31), "Answer 1", text, codings), QdaText(guid(32), "Answer 2", "Nothing coded.")], {guid(21): "A. Officer", guid(22): "B. Deputy"}, description="OFFICIAL-SENSITIVE")


def test_a_project_comes_back_the_same(tmp_path: Path) -> None:
    made = project()
    content = refi_qda.project_file(made, "2026-11-28T10:00:00Z")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist()[0] == "project.qde" and f"sources/{guid(31)}.txt" in archive.namelist()
        keeps_the_standard(archive.read("project.qde"), refi_qda.PROJECT_NS)
        assert archive.read(f"sources/{guid(31)}.txt").decode("utf-8") == made.texts[0].text
    read = refi_qda.read(kept(tmp_path / "p.qdpx", content))
    assert (read.name, read.codes, read.texts, read.users, read.problems) == (made.name, made.codes, made.texts, made.users, [])
    passage = read.texts[0].codings[1]
    assert read.texts[0].text[passage.start : passage.end] == "Nobody came 😀 for an hour."  # positions count characters, not halves of them


names = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).map(lambda s: " ".join(s.split())).filter(bool)


@st.composite
def books(draw: st.DrawFn) -> list[QdaCode]:
    made: list[QdaCode] = []
    for n in range(draw(st.integers(1, 8))):
        under = draw(st.sampled_from(["", *(c.guid for c in made)]))
        made.append(QdaCode(guid(n + 1), draw(names), draw(st.text("ab <&>\"'é\n", max_size=20)).strip(), draw(st.sampled_from(["", "#A0b1C2", "#fff"])), under, draw(st.booleans())))
    order: list[QdaCode] = []
    waiting = [c for c in reversed(made) if not c.under]
    while waiting:  # as a codebook lists them: each behind the one that it stands under
        one = waiting.pop()
        order.append(one)
        waiting += [c for c in reversed(made) if c.under == one.guid]
    return order


@given(books())
def test_any_codebook_comes_back_the_same(tmp_path_factory: pytest.TempPathFactory, book: list[QdaCode]) -> None:
    path = tmp_path_factory.mktemp("book") / "b.qdc"
    assert refi_qda.read(kept(path, refi_qda.codebook_file(book))).codes == book


def test_taguettes_table_and_names_with_a_hierarchy(tmp_path: Path) -> None:
    table = refi_qda.codebook_table(BOOK)
    assert table.decode("utf-8-sig").splitlines()[:2] == ["tag,description", "Safety,Being & feeling <safe>"]
    back = refi_qda.read(kept(tmp_path / "book.csv", table)).codes
    titles = {c.guid: c.name for c in back}
    assert [(c.name, c.description, titles.get(c.under, "")) for c in back] == [(c.name, c.description, {guid(1): "Safety"}.get(c.under, "")) for c in BOOK]
    for head in ("name;description", "Path;Description", "\ufeffcode\tdescription"):
        mark = ";" if ";" in head else "\t"
        found = refi_qda.read(kept(tmp_path / "other.csv", f"{head}\nFeelings\\sad{mark}when it hurts\nFeelings\\glad{mark}\n".encode())).codes
        assert [(c.name, c.description, c.codable, bool(c.under)) for c in found] == [("Feelings", "", False, False), ("sad", "when it hurts", True, True), ("glad", "", True, True)]
    flat = f'<?xml version="1.0"?><CodeBook xmlns="{refi_qda.CODEBOOK_NS}" origin="Taguette 1.4"><Codes><Code guid="{guid(7)}" name="a\\b" isCodable="true"/></Codes></CodeBook>'
    assert [(c.name, c.guid == guid(7)) for c in refi_qda.read(kept(tmp_path / "t.qdc", flat.encode())).codes] == [("a", False), ("b", True)]


@real
def test_a_strangers_project_gives_its_codes_and_says_what_it_lacks() -> None:
    found = refi_qda.read(SAMPLES / "refi_TestProject.qdpx")
    assert (len(found.codes), len(found.texts), found.name) == (14, 0, "ATLAS.ti standard project")
    assert {c.name for c in found.codes} >= {"Breakfast food", '"rushed"', "Coke::diet Coke"} and {c.name: c.description for c in found.codes}["milk"] == ""
    assert "6 texts are not in the file" in found.problems[0] and "6 pictures, recordings and PDFs" in found.problems[1] and len(found.problems) == 2


def zipped(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return made.getvalue()


ENTITY = b'<?xml version="1.0"?><!DOCTYPE CodeBook [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><CodeBook><Codes><Code guid="00000001-0000-4000-8000-000000000000" name="&b;" isCodable="true"/></Codes></CodeBook>'
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE CodeBook [<!ENTITY a SYSTEM "file:///etc/hostname">]><CodeBook><Codes/></CodeBook>'


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.qdc", ENTITY, "definitions"), ("a.qdc", OUTSIDE, "definitions"), ("a.qdpx", zipped(project_dot_qde=ENTITY), "definitions"), ("a.qdc", b"<CodeBook><Codes>", "damaged"), ("a.qdc", b"<html><body/></html>", "not a codebook|not a REFI"),
        ("a.qdpx", zipped(readme_dot_txt=b"x"), "not a REFI-QDA codebook or project"), ("a.qdpx", b"PK\x03\x04 not a zip", "damaged"), ("a.csv", b"colour,size\nred,2\n", "not a codebook|not a REFI"), ("a.csv", b"\n\n", "not a codebook|not a REFI"), ("a.qdc", b"\xff\xfe<\x00", "damaged"),
        ("a.qdpx", zipped(project_dot_qde=b"<CodeBook/>", sources__a_dot_txt=b"a" * 21_000_000), "unpacks to more"),
    ],
)  # fmt: skip
def test_what_is_no_codebook_or_means_harm_is_one_sentence(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    with pytest.raises(FileRefusedError, match=told) as refused:
        refi_qda.read(kept(tmp_path / name, content))
    assert str(tmp_path) not in refused.value.message and refused.value.message.endswith(".")


def test_passages_outside_of_their_text_codes_twice_and_the_ids_case_are_borne(tmp_path: Path) -> None:
    ns = f'xmlns="{refi_qda.PROJECT_NS}"'
    one, two = guid(10).upper(), guid(11)
    qde = (
        f'<Project {ns} name="P"><CodeBook><Codes><Code guid="{{{one}}}" name="A" isCodable="1"/><Code guid="{one}" name="again" isCodable="true"/><Code guid="x" name="B" isCodable="true"/></Codes></CodeBook><Sources>'
        f'<TextSource guid="{two}" name="T"><PlainTextContent>Line one\r\nLine two</PlainTextContent><PlainTextSelection guid="{guid(12)}" startPosition="9" endPosition="17"><Coding guid="{guid(13)}"><CodeRef targetGUID="{one.lower()}"/></Coding></PlainTextSelection>'
        f'<PlainTextSelection guid="{guid(14)}" startPosition="5" endPosition="900"><Coding guid="{guid(15)}"><CodeRef targetGUID="{one}"/></Coding></PlainTextSelection><Coding guid="{guid(16)}"><CodeRef targetGUID="{one}"/></Coding></TextSource></Sources></Project>'
    )
    found = refi_qda.read(kept(tmp_path / "p.qdpx", zipped(Project_dot_QDE=b"\xef\xbb\xbf" + qde.encode())))
    assert [(c.guid, c.name) for c in found.codes] == [(guid(10), "A")] and len(found.problems) == 3
    assert [(c.code, found.texts[0].text[c.start : c.end]) for c in found.texts[0].codings] == [(guid(10), "Line two"), (guid(10), "Line one\nLine two")]


def test_an_empty_codebook_is_not_written() -> None:
    with pytest.raises(FileRefusedError, match="without codes"):
        refi_qda.codebook_file([])


def test_a_break_within_a_cell_leaves_a_project_that_opens(tmp_path: Path) -> None:
    """Excel's and Word's soft break is no letter of XML."""
    code = QdaCode("11111111-1111-4111-8111-111111111111", "Fear")
    text = QdaText("22222222-2222-4222-8222-222222222222", "Answer 1", "First\x0bsecond", [QdaCoding(code.guid, 0, 12)])
    (tmp_path / "p.qdpx").write_bytes(refi_qda.project_file(QdaProject("P", [code], [text]), "2026-11-29T00:00:00Z"))
    with zipfile.ZipFile(tmp_path / "p.qdpx") as archive:
        root = Tree.fromstring(archive.read("project.qde"))
    assert root.tag.endswith("Project") and b"Fear" in Tree.tostring(root)


def test_a_codebook_comes_back_from_taguettes_table_as_it_went(tmp_path: Path) -> None:
    """Names that hold the mark between levels, or begin like a formula, and headings under which nothing is put."""
    codes = [
        QdaCode("1", "Safety", "all of it"), QdaCode("2", "Night\\Buses", "by bus", under="1"), QdaCode("3", "Night", under="1"), QdaCode("4", "Heading", codable=False), QdaCode("5", "-Streets", "=many\nlines", under="4"),
        QdaCode("6", "'Safe'", "", under="4"),
    ]  # fmt: skip
    table = refi_qda.codebook_table(codes)
    (path := tmp_path / "codes.csv").write_bytes(table)
    back = refi_qda.read(path).codes
    names = {c.guid: c.name for c in back}
    assert sorted((c.name, c.description, names.get(c.under, ""), c.codable) for c in back) == sorted((c.name, c.description, next((o.name for o in codes if o.guid == c.under), ""), c.codable) for c in codes)
    assert refi_qda.codebook_table(back) == table


def test_sets_links_and_cases_of_a_project_are_told_as_left_out(tmp_path: Path) -> None:
    words = '<Project xmlns="urn:QDA-XML:project:1.0" name="P"><CodeBook><Codes/></CodeBook><Cases><Case guid="a"/><Case guid="b"/></Cases><Sets><Set guid="c"/></Sets><Links><Link guid="d"/></Links></Project>'
    (path := tmp_path / "p.qde").write_text(words, "utf-8")
    told = " ".join(refi_qda.read(path).problems)
    assert "1 set, 1 link, 2 cases left out" in told
