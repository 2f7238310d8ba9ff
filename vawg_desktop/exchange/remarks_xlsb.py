"""Remarks of a binary workbook (.xlsb, [MS-XLSB]): comments, links, colours, struck words, formulas, errors.

Runs in the reader's child process; standard library only. Its drawings and relations are XML as in an .xlsx.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from vawg_desktop.exchange.cells import WHOLE_CELL
from vawg_desktop.exchange.remark import OURS, Remark, address, is_percent, page_words
from vawg_desktop.exchange.remarks_xlsx import attached_to_sheet, relations_of

# Record numbers of [MS-XLSB] 2.3.2.
_ROW, _BLANK, _ERROR, _FORMULA_ERROR, _STRING_ITEM = 0, 1, 3, 11, 19
_CELLS = range(1, 12)
_FORMULAS = range(8, 12)
_FONT, _NUMBER_FORMAT, _FILL, _XF, _CELL_XFS, _CELL_XFS_END = 43, 44, 45, 47, 617, 618
_SHEET, _LINK, _PAGE, _COMMENT, _COMMENT_TEXT = 156, 494, 479, 635, 637
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}


@dataclass(slots=True)
class _Looks:
    """What cell formats say, by their number, and the shared texts with struck words."""

    fills: dict[int, str] = field(default_factory=dict[int, str])
    struck: set[int] = field(default_factory=set[int])
    per_cents: set[int] = field(default_factory=set[int])
    strings: dict[int, str] = field(default_factory=dict[int, str])


def records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The records of a part: number and body."""
    at = 0
    while at < len(data):
        number, at = _counted(data, at, 2)
        size, at = _counted(data, at, 4)
        yield number, data[at : at + size]
        at += size


def _counted(data: bytes, at: int, most: int) -> tuple[int, int]:
    """A number in groups of seven bits, of at most ``most`` bytes. Raises ValueError at the end of the part."""
    value = 0
    for n in range(most):
        if at >= len(data):
            raise ValueError("a record is cut")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << (7 * n)
        if not byte & 0x80:
            break
    return value, at


def _u16(body: bytes, at: int) -> int:
    return int.from_bytes(body[at : at + 2], "little")


def _u32(body: bytes, at: int) -> int:
    return int.from_bytes(body[at : at + 4], "little")


def _wide(body: bytes, at: int) -> tuple[str, int]:
    """A counted text and the place after it; a missing one is empty."""
    count = _u32(body, at)
    if count == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * count
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def of_binary(archive: zipfile.ZipFile, names: set[str]) -> Iterator[Remark]:
    """Every remark, sheet by sheet."""
    relations = relations_of(archive, names, "xl/workbook.bin")
    looks = _looks(archive, names)
    for number, body in records(archive.read("xl/workbook.bin")):
        if number != _SHEET:
            continue
        id, at = _wide(body, 8)
        sheet, _ = _wide(body, at)
        part = relations.get(id, ("", ""))[1]
        if part in names:
            yield from _of_sheet(archive, names, sheet, part, looks)


def _looks(archive: zipfile.ZipFile, names: set[str]) -> _Looks:
    found = _Looks()
    if "xl/styles.bin" not in names:
        return found
    bodies: dict[int, list[bytes]] = {_FONT: [], _FILL: [], _NUMBER_FORMAT: [], _XF: []}
    inside = False
    for number, body in records(archive.read("xl/styles.bin")):
        if number in (_CELL_XFS, _CELL_XFS_END):
            inside = number == _CELL_XFS
        elif number in bodies and (inside or number != _XF):
            bodies[number].append(body)
    struck = [bool(_u16(body, 2) & 0x08) for body in bodies[_FONT]]
    fills = [_fill(body) for body in bodies[_FILL]]
    codes = {9, 10} | {_u16(body, 0) for body in bodies[_NUMBER_FORMAT] if is_percent(_wide(body, 2)[0])}
    for number, body in enumerate(bodies[_XF]):
        code, font, fill = _u16(body, 2), _u16(body, 4), _u16(body, 6)
        if fill < len(fills) and fills[fill]:
            found.fills[number] = fills[fill]
        if font < len(struck) and struck[font]:
            found.struck.add(number)
        if code in codes:
            found.per_cents.add(number)
    if "xl/sharedStrings.bin" in names and any(struck):
        items = (b for n, b in records(archive.read("xl/sharedStrings.bin")) if n == _STRING_ITEM)
        found.strings = {n: words for n, body in enumerate(items) if (words := _struck_words(body, struck))}
    return found


def _fill(body: bytes) -> str:
    """RRGGBB of a solid fill that is not ours, "theme" where it has no colour of its own, or an empty text."""
    if len(body) < 12 or _u32(body, 0) != 1:
        return ""
    kind, theme = body[4] >> 1, body[5]
    rgb = body[8:11].hex().upper() if body[4] & 1 else "theme" if kind == 3 and theme else ""
    return "" if rgb in OURS else rgb


def _struck_words(body: bytes, struck: list[bool]) -> str:
    """The words of a rich text's runs that are struck out."""
    text, at = _wide(body, 1)
    if not body or not body[0] & 1:
        return ""
    runs = [
        (_u16(body, at + 4 + 4 * n), _u16(body, at + 6 + 4 * n)) for n in range(min(_u32(body, at), 1000))
    ]
    texts = [
        text[start : runs[n + 1][0] if n + 1 < len(runs) else len(text)]
        for n, (start, font) in enumerate(runs)
        if font < len(struck) and struck[font]
    ]
    return " ".join(" ".join(texts).split())


def _of_sheet(
    archive: zipfile.ZipFile, names: set[str], sheet: str, part: str, looks: _Looks
) -> Iterator[Remark]:
    relations = relations_of(archive, names, part)
    yield from attached_to_sheet(archive, names, sheet, relations)
    for kind, target in relations.values():
        if kind == "comments" and target.endswith(".bin") and target in names:
            yield from _of_comments(archive.read(target), sheet)
    row = 0
    for number, body in records(archive.read(part)):
        if number == _ROW:
            row = _u32(body, 0)
        elif number in _CELLS:
            yield from _of_cell(number, body, sheet, address(row, _u32(body, 0)), looks)
        elif number == _LINK:
            id, _ = _wide(body, 16)
            if target := relations.get(id, ("", ""))[1]:
                yield sheet, address(_u32(body, 0), _u32(body, 8)), "link", target
        elif number == _PAGE:
            at = 2
            while at + 4 <= len(body):
                text, at = _wide(body, at)
                for words in page_words(text):
                    yield sheet, "", "page", words


def _of_cell(number: int, body: bytes, sheet: str, at: str, looks: _Looks) -> Iterator[Remark]:
    look = int.from_bytes(body[4:7], "little")
    if colour := looks.fills.get(look):
        yield sheet, at, "colour", colour
    if number == _BLANK:
        return
    if number in (_ERROR, _FORMULA_ERROR):
        yield sheet, at, "error", _ERRORS.get(body[8] if len(body) > 8 else -1, "#?")
    elif number in _FORMULAS:
        empty = number == _FORMULAS[0] and _u32(body, 8) == 0
        yield sheet, at, "empty_formula" if empty else "formula", ""
    if number in (2, 5, 9) and look in looks.per_cents:
        yield sheet, at, "percent", ""
    if look in looks.struck:
        yield sheet, at, "struck", WHOLE_CELL
    elif number == 7 and (words := looks.strings.get(_u32(body, 8))):
        yield sheet, at, "struck", words


def _of_comments(data: bytes, sheet: str) -> Iterator[Remark]:
    at = ""
    for number, body in records(data):
        if number == _COMMENT:
            at = address(_u32(body, 4), _u32(body, 12))
        elif number == _COMMENT_TEXT and (words := " ".join(_wide(body, 1)[0].split())):
            yield sheet, at, "comment", words
