"""The words of a kept file as lines, to be searched: workbooks, e-mails, plain texts and the text of Word and OpenDocument files."""

from __future__ import annotations

import html
import io
import re
import zipfile
from pathlib import PurePath

from vawg_desktop.domain.errors import FileRefusedError
from vawg_desktop.exchange.cells import plain_text
from vawg_desktop.exchange.reading import read_book
from vawg_desktop.exchange.text_child import decode
from vawg_desktop.scratch import scratch

#: Where the words of a document stand in its archive, by the file's ending.
_DOCUMENTS = {
    ".docx": re.compile(r"word/(?:document|header\d*|footer\d*|comments|footnotes|endnotes)\.xml|docProps/(?:core|app|custom)\.xml"),
    ".odt": re.compile(r"content\.xml|styles\.xml|meta\.xml"),
}  # fmt: skip
_PLAIN = frozenset({".txt", ".md", ".ics", ".vcf"})
#: No part of a document that is read is larger.
_MOST_BYTES = 64 * 1024 * 1024
_END = re.compile(r"</(?:w:p|text:p|text:h)>|<w:br/>|<text:line-break/>")
_BETWEEN = re.compile(r"<(?:w:tab|w:br|w:cr|w:noBreakHyphen|text:tab|text:s|text:line-break)\b[^>]*>")
_PROPERTY = re.compile(r"</(?:dc|cp|dcterms|meta|vt|office):?\w*>|</\w+>")
_TAG = re.compile(r"<[^>]*>")


def lines_of(name: str, content: bytes) -> list[str]:
    """The words of a file, a line for each row or paragraph. Raises FileRefusedError where they cannot be read, as of a picture or a PDF."""
    ending = PurePath(name).suffix.lower()
    if ending in _DOCUMENTS:
        return _of_document(name, content, _DOCUMENTS[ending])
    if ending in _PLAIN:
        return [line for line in decode(content).splitlines() if line.strip()]
    with scratch("searched") as folder:
        path = folder / f"held{ending or '.bin'}"
        path.write_bytes(content)
        book = read_book(path)
    rows = [[words for cell in row if (words := plain_text(cell))] for sheet in book.sheets for row in sheet.rows]
    return [" | ".join(row) for row in rows if row] + [words for _, _, _, words in book.remarks if words]


def _of_document(name: str, content: bytes, wanted: re.Pattern[str]) -> list[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [i for i in archive.infolist() if wanted.fullmatch(i.filename)]
            if not parts or any(i.file_size > _MOST_BYTES for i in parts):
                raise FileRefusedError(f"{name} holds no words that could be read.", code="not_a_document")
            read = [(_PROPERTY if "docProps" in i.filename or i.filename == "meta.xml" else _END, archive.open(i).read(_MOST_BYTES).decode("utf-8", "replace")) for i in parts]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise FileRefusedError(f"{name} could not be read; it may be locked or damaged.", code="not_a_document") from error
    lines = [html.unescape(_TAG.sub("", _BETWEEN.sub(" ", line))).strip() for end, text in read for line in end.split(text)]
    return [line for line in lines if line]
