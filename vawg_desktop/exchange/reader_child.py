"""Reads one spreadsheet in a process of its own: a small file can abort the reader (DESIGN 5, In).

Imports only the standard library and calamine. Answers in JSON, never in pickles: whatever a hostile
file does to this process, the parent reads plain values.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import sys
import zipfile
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

#: Bounds of what is read (DESIGN 5: hard bounds).
MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
MAX_CELLS = 5_000_000


def limit_memory(megabytes: int) -> None:
    """Keep this process within a memory bound. POSIX by rlimit; on Windows the parent's time bound
    alone holds (a job object is the other side of this seam, not yet written)."""
    if sys.platform != "win32":
        import resource

        size = megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def read_to_pipe(copy: str, pipe: Connection, megabytes: int, log: str) -> None:
    """Entry point of the child: reads the private copy and sends one JSON text.

    The bytes do not travel as an argument: a child that dies at its start would leave the parent
    writing for ever into a pipe that nobody reads.
    """
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    limit_memory(megabytes)
    try:
        answer: dict[str, Any] = read_all(Path(copy).read_bytes())
    except MemoryError:
        answer = {"refused": "too_large"}
    except Exception as error:  # noqa: BLE001 - whatever the reader says becomes one word for the parent
        answer = {"refused": type(error).__name__, "said": str(error)[:300]}
    pipe.send_bytes(json.dumps(answer).encode("utf-8", "surrogatepass"))
    pipe.close()


def read_all(content: bytes) -> dict[str, Any]:
    """Sheets, and the remarks beside their values; ``unread`` where the remarks could not be read."""
    if not content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        from vawg_desktop.exchange.tables_child import read_message

        return read_message(content)
    answer: dict[str, Any] = {"sheets": read_sheets(content)}
    from vawg_desktop.exchange.remarks import remarks_of

    try:
        answer["remarks"] = remarks_of(content)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a workbook is read without its remarks, and the person is told
        answer["unread"] = type(error).__name__
    return answer


def read_sheets(content: bytes, leave_out: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Every sheet but those left out: name, whether shown, its top left corner (row and column from 0), rows of cells."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(_as_calamine_takes_it(content)))
    sheets: list[dict[str, Any]] = []
    cells = 0
    for facts in book.sheets_metadata:
        if facts.typ != SheetTypeEnum.WorkSheet or facts.name in leave_out:
            continue
        sheet = book.get_sheet_by_name(facts.name)
        if sheet.height > MAX_ROWS or sheet.width > MAX_COLUMNS:
            raise OverflowError(f"{sheet.height} rows by {sheet.width} columns")
        cells += sheet.height * sheet.width
        if cells > MAX_CELLS:
            raise OverflowError(f"{cells} cells")
        merged: list[Any] = getattr(sheet, "merged_cell_ranges", None) or []
        sheets.append({
            "name": facts.name,
            "visible": facts.visible == SheetVisibleEnum.Visible,
            "start": list(sheet.start or (0, 0)),
            "rows": [[_plain(v) for v in row] for row in sheet.to_python(skip_empty_area=True)],
            "merged": [[list(a), list(b)] for a, b in merged],
        })  # fmt: skip
    return sheets


#: Indents between tags, which Gnumeric writes and calamine refuses; line breaks and tabs, which calamine leaves out.
_INDENT = re.compile(rb">\s+(</?(?:table|office):)")
_BREAK = re.compile(rb"<text:line-break\s*/>|<text:line-break\s*></text:line-break>")
_TAB = re.compile(rb"<text:tab\b[^>]*/>")


def _as_calamine_takes_it(content: bytes) -> bytes:
    """An OpenDocument sheet so that no word of it is lost; anything else as it is."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "content.xml" not in archive.namelist():
            return content
        text = archive.read("content.xml")
        tidied = _TAB.sub(b"&#9;", _BREAK.sub(b"&#10;", _INDENT.sub(rb">\1", text)))
        if tidied == text:
            return content
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as made:
            for part in archive.infolist():
                made.writestr(part.filename, tidied if part.filename == "content.xml" else archive.read(part))
    return out.getvalue()


def _plain(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return {"t": value.isoformat()} if value.time() != dt.time() else {"d": value.date().isoformat()}
    if isinstance(value, dt.date):
        return {"d": value.isoformat()}
    if isinstance(value, dt.time):
        return {"c": value.isoformat()}
    if isinstance(value, dt.timedelta):
        return value.total_seconds() / 86400
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return None if value == "" else value
