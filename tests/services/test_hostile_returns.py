"""Files that nobody should open, each made of a real return: a sentence or a faithful reading, soon, and nothing taken wrongly."""

from __future__ import annotations

import io
import re
import struct
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.services.test_ways_home import Sent, _send, edited, usual
from vawg_desktop.domain.errors import FileRefusedError
from vawg_desktop.services import return_staging
from vawg_desktop.store.check import check

Parts = dict[str, bytes]
SHEET = "xl/worksheets/sheet2.xml"
STRINGS = "xl/sharedStrings.xml"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sent]:
    made = _send(tmp_path_factory.mktemp("hostile"), 6)
    yield made
    made.session.store.close()


def parts_of(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {n: archive.read(n) for n in archive.namelist()}


def zipped(parts: Parts) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def change(part: str, how: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def harm(content: bytes) -> bytes:
        parts = parts_of(content)
        found = how(parts[part])
        assert found != parts[part], "the harm did nothing"
        return zipped({**parts, part: found})

    return harm


def without(part: str) -> Callable[[bytes], bytes]:
    return lambda content: zipped({n: d for n, d in parts_of(content).items() if n != part})


def plus(**more: bytes) -> Callable[[bytes], bytes]:
    return lambda content: zipped({**parts_of(content), **{n.replace("__", "/"): d for n, d in more.items()}})


def into_rows(cell: bytes) -> Callable[[bytes], bytes]:
    return change(SHEET, lambda d: d.replace(b"</sheetData>", cell + b"</sheetData>"))


def before(part: str, words: bytes) -> Callable[[bytes], bytes]:
    return change(part, lambda d: re.sub(rb"(<\?xml[^>]*\?>)", lambda m: m[1] + words, d, count=1))


def _flagged(content: bytes) -> bytes:
    """Every entry says that it is encrypted."""
    data = bytearray(content)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = data.find(mark)
        while start >= 0:
            data[start + at] |= 1
            start = data.find(mark, start + 4)
    return bytes(data)


def _lying_sizes(content: bytes) -> bytes:
    """The directory says ten bytes where hundreds of megabytes come out."""
    data = bytearray(zipped({**parts_of(content), "xl/media/x.xml": bytes(300_000_000)}))
    start = data.rfind(b"PK\x01\x02")
    data[start + 24 : start + 28] = struct.pack("<I", 10)
    return bytes(data)


def _twice(content: bytes) -> bytes:
    out = io.BytesIO()
    parts = parts_of(content)
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
        sys.modules["warnings"].simplefilter("ignore")  # type: ignore[attr-defined]
        archive.writestr(SHEET, b"<worksheet/>")
    return out.getvalue()


def _ods(body: bytes, manifest: bytes = b"<manifest/>") -> bytes:
    space = b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    content = (
        b"<?xml version='1.0'?><office:document-content "
        + space
        + b"><office:body><office:spreadsheet>"
        + body
        + b"</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


def _mail(*names: str, content: bytes = b"", nested: int = 0) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@partner.example", "b@office.example", "RE: return"
    message.set_content("words\n")
    for name in names:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    data = bytes(message)
    for n in range(nested):
        data = (
            b"From: a@b\nTo: c@d\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x%d\n\n--x%d\n%s\n--x%d--\n"
            % (n, n, data, n)
        )
    return data


LAUGHS = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
T = b't="inlineStr"'
HARMS: dict[str, Callable[[bytes], bytes]] = {
    "cut in half": lambda c: c[: len(c) // 2],
    "one byte short": lambda c: c[:-1],
    "directory gone": lambda c: c[:-200],
    "a byte turned": lambda c: c[:3000] + bytes([c[3000] ^ 255]) + c[3001:],
    "zeros in the middle": lambda c: c[:5000] + bytes(2000) + c[7000:],
    "rubbish before": lambda c: b"\x00\x01rubbish" * 40 + c,
    "sheet cut": change(SHEET, lambda d: d[: len(d) // 2]),
    "sheet empty": change(SHEET, lambda _: b""),
    "sheet is not XML": change(SHEET, lambda _: b"\x00\xff\xfe" * 500),
    "strings missing": without(STRINGS),
    "strings cut": change(STRINGS, lambda d: d[: len(d) // 2]),
    "strings pointed past": change(SHEET, lambda d: re.sub(rb't="s"><v>\d+</v>', b't="s"><v>99999999</v>', d)),
    "styles missing": without("xl/styles.xml"),
    "relations missing": without("xl/_rels/workbook.xml.rels"),
    "types missing": without("[Content_Types].xml"),
    "sheet part missing": without(SHEET),
    "a thousand laughs": before(SHEET, LAUGHS),
    "an entity from outside": before(STRINGS, OUTSIDE),
    "a late DOCTYPE": before(SHEET, b"<!--" + b" " * 9000 + b"-->" + LAUGHS),
    "a DOCTYPE in UTF-16": change(SHEET, lambda d: (b"<?xml version='1.0' encoding='UTF-16'?>" + LAUGHS + d[d.index(b"<worksheet") :]).decode().encode("utf-16")),
    "one far cell": into_rows(b'<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t>x</t></is></c></row>'),
    "a row beyond all": into_rows(b'<row r="99999999"><c r="A99999999"><v>1</v></c></row>'),
    "a row below all": into_rows(b'<row r="-5"><c r="A-5"><v>1</v></c></row>'),
    "a million empty rows": into_rows(b"<row/>" * 1_000_000),
    "fifty thousand merges": change(SHEET, lambda d: d.replace(b"</sheetData>", b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:XFD1048576"/>' * 50_000 + b"</mergeCells>")),
    "nested without end": into_rows(b"<row>" * 60_000 + b"</row>" * 60_000),
    "a hundred thousand names": change("xl/workbook.xml", lambda d: d.replace(b"</definedNames>", b"".join(b'<definedName name="n%d">x</definedName>' % i for i in range(100_000)) + b"</definedNames>")),
    "a cell of twenty million letters": into_rows(b'<row r="500"><c r="A500" t="inlineStr"><is><t>' + b"x" * 20_000_000 + b"</t></is></c></row>"),
    "half characters": into_rows(b'<row r="500"><c r="B500" t="inlineStr"><is><t>&#xD800;&#x1;</t></is></c></row>'),
    "the same sheet twice": change("xl/workbook.xml", lambda d: re.sub(rb"(<sheet [^>]*r:id=\"rId2\"/>)", rb"\1\1", d)),
    "the same part twice": _twice,
    "a part outside": plus(**{"..__..__evil.xml": b"<x/>"}),
    "an absolute part": plus(**{"__evil.xml": b"<x/>"}),
    "all encrypted": _flagged,
    "sizes that lie": _lying_sizes,
    "comments without end": plus(xl__comments1=b"<comments>" * 30_000),
    "drawings that are none": plus(**{"xl__drawings__drawing1.xml": b"\x00\x01", "xl__worksheets___rels__sheet2.xml.rels": b"<Relationships"}),
    "macros": plus(**{"xl__vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(5000)}),
    "links to elsewhere": plus(**{"xl__externalLinks__externalLink1.xml": b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'}),
    "an ods of a milliard cells": lambda _: _ods(b'<table:table table:name="Actions"><table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16000" office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell></table:table-row></table:table>'),
    "an ods with laughs": lambda _: _ods(b"<table:table/>").replace(b"", b"", 0) and zipped({"mimetype": b"x", "content.xml": b"<?xml version='1.0'?>" + LAUGHS + b"<a>&c;</a>"}),
    "an ods under a password": lambda _: _ods(b"", b'<manifest:manifest><manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry></manifest:manifest>').replace(b"<?xml", b"\x93\x12\x7f", 1),
    "an xlsb of rubbish": lambda _: zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": bytes(range(256)) * 400}),
    "an xls of rubbish": lambda _: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "Workbook".encode("utf-16-le") + bytes(range(256)) * 200,
    "a text of one line": lambda _: b"Reference," + b"x" * 20_000_000,
    "a text of a million columns": lambda _: b"Reference" + b"," * 1_000_000 + b"\nA-0001-7KQ4\n",
    "a text of quotes": lambda _: b'Reference,Status\n"' + b'""' * 3_000_000,
    "a message in messages": lambda _: _mail(nested=300),
    "a message with two workbooks": lambda c: _mail("a.xlsx", "b.xlsx", content=c),
    "a message with a message": lambda _: _mail("a.xlsx", content=_mail()),
    "a message with a bomb": lambda c: _mail("a.xlsx", content=zipped({**parts_of(c), SHEET: bytes(60_000_000)})),
    "an Outlook message": lambda _: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "__substg1.0_0037001F".encode("utf-16-le"),
}  # fmt: skip
NAMES = {
    "a text": "back.csv",
    "a message": "back.eml",
    "an ods": "back.ods",
    "an xls ": "back.xls",
    "an xlsb": "back.xlsb",
    "an Outlook": "back.msg",
}


@pytest.mark.parametrize("harm", HARMS)
def test_a_sentence_or_a_faithful_reading(sent: Sent, tmp_path: Path, harm: str) -> None:
    as_sent = harm in (
        "an entity from outside",
        "strings cut",
        "strings pointed past",
        "strings missing",
        "a thousand laughs",
        "a late DOCTYPE",
    )
    good = (sent.police if as_sent else edited(sent.police, usual, tmp_path / "good.xlsx")).read_bytes()
    name = next((n for start, n in NAMES.items() if harm.startswith(start)), "back.xlsx")
    path = tmp_path / name
    path.write_bytes(HARMS[harm](good))
    began, peak = time.monotonic(), _peak()
    try:
        review = return_staging.import_return(sent.session, path)
    except FileRefusedError as refused:
        said = refused.message
        assert said.endswith(".") and "\n" not in said and (name in said or "a.xlsx" in said), said
        assert len(said) < 400 and "Traceback" not in said and "Error" not in said
    else:
        right = {
            ("A-0003", "status", "complete"),
            ("A-0003", "narrative", "We met."),
            ("A-0003", "percent", 100),
        }
        assert {(d.record, d.field, d.incoming) for d in review.differences} <= right
    assert time.monotonic() - began < 40
    assert _peak() - peak < 1200


def _peak() -> float:
    """The most memory this process ever held, in MiB; 0 where the system does not say."""
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def test_the_store_is_well_after_all_of_them(sent: Sent) -> None:
    assert check(sent.session.store).problems == []


def test_there_are_forty_of_them_and_more() -> None:
    assert len(HARMS) >= 45
