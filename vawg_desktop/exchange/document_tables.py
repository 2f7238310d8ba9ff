"""Long tables put into a finished document as text.

Libraries that build a document node by node take minutes for 20,000 rows and let no other thread run meanwhile: a paragraph stands in each
table's place until the file is saved, and then gives way to it.
"""

from __future__ import annotations

import io
import secrets
import zipfile


class Tables:
    """The tables of one document, each known by the words of the paragraph that replaces it."""

    def __init__(self) -> None:
        self._key = secrets.token_hex(8)
        self._tables: dict[str, str] = {}

    def stand_in(self, xml: str) -> str:
        """The words of the paragraph that stands for a table, which is given as XML."""
        words = f"table-{self._key}-{len(self._tables)}"
        self._tables[words] = xml
        return words

    def put_into(self, content: bytes, part: str, paragraph: str) -> bytes:
        """The document with its tables in their places. ``paragraph`` is how a paragraph is written in ``part``, ``{}`` for its words.

        Raises ValueError where a table's place is not found: a document never leaves without one of its tables.
        """
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(content)) as was, zipfile.ZipFile(out, "w") as now:
            for info in was.infolist():
                data = was.read(info)
                now.writestr(info, self._replaced(data.decode(), paragraph).encode() if info.filename == part else data)
        return out.getvalue()

    def _replaced(self, text: str, paragraph: str) -> str:
        parts: list[str] = []
        for words, xml in self._tables.items():  # in the order of the document
            before, found, text = text.partition(paragraph.format(words))
            if not found:
                raise ValueError(f"The place of {words} was not found.")
            parts += [before, xml]
        return "".join([*parts, text])
