"""Files that are no workbook are named as what they are, with what to do next; what is one is read on."""

from __future__ import annotations

import pytest

from vawg_desktop.domain.errors import FileRefusedError
from vawg_desktop.exchange.preflight import kind_of, why_not_a_workbook

TABLE = "<html><body><table><tr><td>Ref</td></tr></table></body></html>"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("~$return.xlsx", b"\x05Officer", "remembers who has a workbook open"),
        ("a.gnumeric", b"\x1f\x8b\x08\x00", "workbook of Gnumeric"),
        ("a.xlsx", b"\x1f\x8b\x08\x00", "packed folder"), ("a.7z", b"7z\xbc\xaf\x27\x1c..", "packed folder"), ("a.rar", b"Rar!\x1a\x07\x00", "packed folder"),
        ("a.bz2", b"BZh91AY", "packed folder"), ("a.xz", b"\xfd7zXZ\x00", "packed folder"),
        ("a.xlsx.lnk", b"L\x00\x00\x00\x01\x14\x02\x00", "only a link"), ("a.url", b"\r\n[InternetShortcut]\r\nURL=x", "only a link"),
        ("a.desktop", b"[Desktop Entry]\n", "only a link"), ("a.webloc", b"bplist00", "only a link"),
        ("a.webloc", b"<?xml version='1.0'?><!DOCTYPE plist PUBLIC '-//Apple//DTD PLIST 1.0//EN' 'PropertyList-1.0.dtd'>", "only a link"),
        ("a.xlsx", b"%PDF-1.7", "is a PDF"), ("a.xlsx", b"\xef\xbb\xbf%PDF-1.7", "is a PDF"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "is a picture"), ("a.jpg", b"\xff\xd8\xff\xe0", "is a picture"), ("a.gif", b"GIF87a", "is a picture"),
        ("a.gif", b"GIF89a", "is a picture"), ("a.tif", b"II*\x00", "is a picture"), ("a.tif", b"MM\x00*", "is a picture"),
        ("a.heic", b"\x00\x00\x00\x18ftypheic", "is a picture"), ("a.heic", b"\x00\x00\x00\x18ftypmif1", "is a picture"),
        ("a.heic", b"\x00\x00\x00\x18ftypheix", "is a picture"), ("a.webp", b"RIFF\x10\x00\x00\x00WEBPVP8 ", "is a picture"), ("a.BMP", b"BM\x36", "is a picture"),
        ("winmail.dat", b"\x78\x9f\x3e\x22", "only Outlook opens"), ("a.rtf", b"{\\rtf1", "is a document"),
        ("a.gsheet", b'{"url": "https://docs.google.com/open?id=1"}', "link to a Google sheet"),
        ("smime.p7m", b"\x30\x82\x01\x00", "encrypted or signed e-mail"), ("a.P7S", b"\x30\x80", "encrypted or signed e-mail"),
        ("a.eml", b"Subject: x\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\n", "encrypted or signed e-mail"),
        ("a.fods", b"<?xml version='1.0'?><office:document office:mimetype='x'>", "flat OpenDocument"),
    ],
)  # fmt: skip
def test_what_is_sent_instead_of_a_workbook_is_named(name: str, content: bytes, words: str) -> None:
    assert words in why_not_a_workbook(name, content)
    with pytest.raises(FileRefusedError) as refused:
        kind_of(name, content)
    assert refused.value.code == "not_a_workbook" and refused.value.message.startswith(name)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b"Ref,Action\n1,Visit\n"), ("a.csv", b"BMI,Weight\n1,2\n"), ("a.csv", b"0,1\n"), ("notes.txt", b"{see docs}\n"), ("a.csv", b"RIFF,WEBP\n"),
        ("a.xml", b"<?xml version='1.0'?><rows/>"), ("a.csv", b"PropertyList,1\n"),
    ],
)  # fmt: skip
def test_what_only_looks_like_one_of_them_is_not_called_so(name: str, content: bytes) -> None:
    assert why_not_a_workbook(name, content) == ""


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", b"Ref,Action\n1,Visit\n", "text"), ("a.csv", "Ref,Action\n".encode("utf-16"), "text"), ("a.csv", "Ref,Action\nA-0001,Visit\n".encode("utf-16-le"), "text"),
        ("a.html", TABLE.encode(), "page"), ("a.xls", TABLE.encode(), "page"), ("a.xls", TABLE.encode("utf-16"), "page"), ("a.htm", b"words<table >", "page"),
        ("a.eml", b"From: a@example.org\r\nTo: b@example.org\r\nSubject: Return\r\nDate: x\r\n\r\nwords", "message"),
    ],
)  # fmt: skip
def test_what_can_be_read_is_known_by_its_content(name: str, content: bytes, kind: str) -> None:
    assert kind_of(name, content).kind == kind


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.xlsx", b"<html><body>Sign in</body></html>", "markup"), ("a.xml", b"<?xml version='1.0'?><rows/>", "markup"), ("a.slk", b"ID;PWXL;N;E", "not_a_workbook"),
        ("a.bin", b"\x01\x02\x00\x03" * 40, "not_a_workbook"), ("a.xml", "<?xml version='1.0'?><rows/>".encode("utf-16-le"), "markup"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_a_sentence(name: str, content: bytes, code: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        kind_of(name, content)
    assert refused.value.code == code and refused.value.message.endswith(".")
