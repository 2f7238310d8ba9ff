"""Binary workbooks made record by record, as [MS-XLSB] writes them: nothing else here writes .xlsb.

Only what a reader of remarks looks at is written; each function gives the body of one record, named as in the specification.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable

Record = tuple[int, bytes]


def record(number: int, body: bytes = b"") -> bytes:
    """A record: its number and length in groups of seven bits, then its body."""
    return _counted(number, 2) + _counted(len(body), 4) + body


def _counted(value: int, most: int) -> bytes:
    out = bytearray()
    for _ in range(most):
        more = value > 0x7F
        out.append((value & 0x7F) | (0x80 if more else 0))
        value >>= 7
        if not more:
            break
    return bytes(out)


def wide(text: str | None) -> bytes:
    """XLWideString; None is the missing one."""
    return b"\xff\xff\xff\xff" if text is None else struct.pack("<I", len(text)) + text.encode("utf-16-le")


def bundle_sheet(id: str, name: str) -> Record:
    """BrtBundleSh: a sheet of the workbook."""
    return 156, struct.pack("<II", 0, 1) + wide(id) + wide(name)


def font(*, struck: bool = False) -> Record:
    """BrtFont: its flags are all that is looked at."""
    return 43, struct.pack("<HH", 220, 0x08 if struck else 0x02) + bytes(20)


def fill(rgb: str = "", *, theme: int = 0, pattern: int = 1, kind: int = 0) -> Record:
    """BrtFill: a pattern with its foreground colour, RGB or of the theme."""
    flags = (kind << 1) | (1 if rgb else 0)
    colour = bytes([flags, theme, 0, 0]) + (bytes.fromhex(rgb) + b"\xff" if rgb else bytes(4))
    return 45, struct.pack("<I", pattern) + colour + bytes(40)


def number_format(code: int, words: str) -> Record:
    """BrtFmt."""
    return 44, struct.pack("<H", code) + wide(words)


def look(code: int = 0, font: int = 0, fill: int = 0) -> Record:
    """BrtXF: the format of a cell."""
    return 47, struct.pack("<HHHH", 0, code, font, fill) + bytes(8)


def styles(before: Iterable[Record], looks: Iterable[Record], *, named: Iterable[Record] = ()) -> list[Record]:
    """The records of styles.bin: fonts, fills and formats, the looks of named styles, then those of cells."""
    return [*before, (626, bytes(4)), *named, (627, b""), (617, bytes(4)), *looks, (618, b"")]


def row(number: int) -> Record:
    """BrtRowHdr."""
    return 0, struct.pack("<I", number) + bytes(21)


def cell(kind: int, column: int, look: int, value: bytes = b"") -> Record:
    """A cell record of a kind (1 blank, 2 and 5 numbers, 3 error, 7 shared text, 8 to 11 formulas)."""
    return kind, struct.pack("<I", column) + look.to_bytes(3, "little") + b"\0" + value


def rich(text: str, runs: Iterable[tuple[int, int]] = ()) -> Record:
    """BrtSSTItem: a shared text, with runs (where each starts, its font) where it is rich."""
    made = list(runs)
    body = bytes([1 if made else 0]) + wide(text)
    return 19, body + (struct.pack("<I", len(made)) + b"".join(struct.pack("<HH", *r) for r in made) if made else b"")


def link(top: int, left: int, id: str) -> Record:
    """BrtHLink."""
    return 494, struct.pack("<IIII", top, top, left, left) + wide(id) + wide("") + wide("") + wide("")


def page(*texts: str) -> Record:
    """BrtBeginHeaderFooter."""
    return 479, struct.pack("<H", 0) + b"".join(wide(t) for t in texts)


def workbook(
    sheet: Iterable[Record], *, styled: Iterable[Record] = (), strings: Iterable[Record] = (), comments: Iterable[Record] = (), links: dict[str, str] | None = None
) -> zipfile.ZipFile:
    """A book of one sheet called Actions."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    head = '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    beside = [("rIdC", "comments", "../comments1.bin")] if comments else []
    beside += [(id, "hyperlink", target) for id, target in (links or {}).items()]
    parts = {
        "xl/workbook.bin": [bundle_sheet("rId1", "Actions")], "xl/worksheets/sheet1.bin": list(sheet),
        "xl/styles.bin": list(styled), "xl/sharedStrings.bin": list(strings), "xl/comments1.bin": list(comments),
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            if content:
                archive.writestr(name, b"".join(record(*one) for one in content))
        archive.writestr("xl/_rels/workbook.bin.rels", f'{head}<Relationship Id="rId1" Type="{kind}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>')
        lines = "".join(f'<Relationship Id="{i}" Type="{kind}/{k}" Target="{t}"/>' for i, k, t in beside)
        archive.writestr("xl/worksheets/_rels/sheet1.bin.rels", f"{head}{lines}</Relationships>")
    return zipfile.ZipFile(out)
