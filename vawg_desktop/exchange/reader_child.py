"""Reads one spreadsheet in a process of its own: a small file can abort the reader (DESIGN 5, In).

Loads only the standard library until a file needs more. Answers in JSON, not pickle: whatever
a hostile file does here, the parent reads plain values.
"""

from __future__ import annotations

import datetime as dt
import gc
import html
import io
import json
import os
import re
import sys
import zipfile
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

#: What the child says once it runs within its bounds, before it looks at the file.
READY = b"ready"
#: The answer where a library that reads files does not load.
NOT_LOADED = "not_loaded"
#: Bounds of what is read (DESIGN 5: hard bounds).
MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
MAX_CELLS = 5_000_000
MAX_LETTERS = 40_000_000


def limit_memory(megabytes: int) -> None:
    """Keep this process within a memory bound: by rlimit, on Windows by a job object (written, untried)."""
    size = megabytes * 1024 * 1024
    if sys.platform == "win32":
        _limit_by_job(size)
    else:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


def _limit_by_job(size: int) -> None:
    """Put this process into a job of its own whose processes may commit ``size`` bytes.

    JOBOBJECT_EXTENDED_LIMIT_INFORMATION (winnt.h); class 9 of SetInformationJobObject. Raises OSError where the
    system refuses: a file is then not read without its bound.
    """
    import ctypes

    class Basic(ctypes.Structure):
        _fields_ = [
            ("process_time", ctypes.c_int64), ("job_time", ctypes.c_int64), ("flags", ctypes.c_uint32),
            ("least_set", ctypes.c_size_t), ("most_set", ctypes.c_size_t), ("processes", ctypes.c_uint32),
            ("affinity", ctypes.c_size_t), ("priority", ctypes.c_uint32), ("scheduling", ctypes.c_uint32),
        ]  # fmt: skip

    class Extended(ctypes.Structure):
        _fields_ = [
            ("basic", Basic), ("counters", ctypes.c_uint64 * 6), ("process_memory", ctypes.c_size_t),
            ("job_memory", ctypes.c_size_t), ("peak_process", ctypes.c_size_t), ("peak_job", ctypes.c_size_t),
        ]  # fmt: skip

    process_memory_flag, extended_class = 0x100, 9
    kernel: Any = getattr(ctypes, "WinDLL")("kernel32", use_last_error=True)  # noqa: B009 - only Windows has it
    kernel.CreateJobObjectW.restype = ctypes.c_void_p
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    limits = Extended()
    limits.basic.flags = process_memory_flag
    limits.process_memory = size
    job = ctypes.c_void_p(kernel.CreateJobObjectW(None, None))
    done = (
        job.value
        and kernel.SetInformationJobObject(job, extended_class, ctypes.byref(limits), ctypes.sizeof(limits))
        and kernel.AssignProcessToJobObject(job, ctypes.c_void_p(kernel.GetCurrentProcess()))
    )
    if not done:
        raise OSError("the memory bound was refused")


def read_to_pipe(copy: str, kind: str, name: str, pipe: Connection, megabytes: int, log: str) -> None:
    """Entry point of the child: reads the private copy and sends one JSON text.

    The bytes do not travel as an argument: a child that dies at its start would leave the parent
    writing for ever into a pipe that nobody reads.
    """
    gc.disable()  # it lives for one file and makes no cycles
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(out, 1)
    os.dup2(out, 2)
    try:
        limit_memory(megabytes)
        pipe.send_bytes(READY)
        answer = _read_spss(Path(copy)) if kind == "spss" else read_all(Path(copy).read_bytes(), kind, name)
    except ImportError as error:  # a part of the program, and no fault of the file
        answer = {"refused": NOT_LOADED, "detail": str(error)[:200]}
    except MemoryError:
        answer = {"refused": "too_large"}
    except BadSheetError as error:
        answer = {"refused": "bad_sheet", "detail": str(error)[:100]}
    except Exception as error:  # noqa: BLE001 - whatever the reader says becomes one word for the parent
        answer = {"refused": type(error).__name__, "detail": str(error)[:300]}
    pipe.send_bytes(json.dumps(answer).encode("utf-8", "surrogatepass"))
    pipe.close()


def _read_spss(copy: Path) -> dict[str, Any]:
    """An SPSS file, which its library reads from the disk: from the private copy, so that there is no second one."""
    from vawg_desktop.exchange.spss_child import read_spss

    return read_spss(copy)


def read_all(content: bytes, kind: str, name: str) -> dict[str, Any]:
    """Sheets, and the remarks beside their values; ``unread`` where the remarks could not be read.

    ``kind`` is what the preflight saw.
    """
    if kind == "text":
        from vawg_desktop.exchange.text_child import read_text

        return read_text(content, name)
    if kind == "outlook":
        from vawg_desktop.exchange.outlook_child import read_outlook

        return read_outlook(content)
    if not content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        from vawg_desktop.exchange.tables_child import read_message

        return read_message(content)
    if content.startswith(b"PK"):
        refuse_malformed(content)
    answer: dict[str, Any] = {"sheets": read_sheets(content)}
    from vawg_desktop.exchange.remarks import remarks_of

    try:
        answer["remarks"] = remarks_of(content)
    except (MemoryError, ImportError):  # a library that does not load is no fault of the file
        raise
    except Exception as error:  # noqa: BLE001 - a workbook is read without its remarks, and the person is told
        answer["unread"] = type(error).__name__
    return answer


_SHEETS = re.compile(r"xl/(?:worksheets/[^/]+|sharedStrings)\.xml|content\.xml", re.IGNORECASE)


class BadSheetError(Exception):
    """A sheet that is not well formed, by its name."""


def refuse_malformed(content: bytes) -> None:
    """Raise BadSheetError where a sheet is not well formed: the reader of its values would join cells and say nothing.

    Raises ExpatError where it is the words of all sheets, or the whole of an OpenDocument file.
    """
    from xml.parsers import expat

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if _SHEETS.fullmatch(name):
                parser = expat.ParserCreate()
                try:
                    parser.Parse(archive.read(name), True)
                except expat.ExpatError:
                    if "worksheets/" not in name.lower():
                        raise
                    raise BadSheetError(_sheet_name(archive, name)) from None


def _sheet_name(archive: zipfile.ZipFile, part: str) -> str:
    """What a sheet is called by the workbook, or its part's own name."""

    try:
        rels = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    except KeyError:
        return part
    for tag in re.findall(r"<Relationship\b[^<>]*>", rels):
        target, id = re.search(r'Target="([^"]*)"', tag), re.search(r'\bId="([^"]*)"', tag)
        if target and id and part.endswith(target[1].lstrip("/").removeprefix("xl/")):
            for sheet in re.findall(r"<sheet\b[^<>]*>", book):
                if f'"{id[1]}"' in sheet and (called := re.search(r'\bname="([^"]*)"', sheet)):
                    return html.unescape(called[1])
    return part


def read_sheets(content: bytes, leave_out: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """Every sheet but those left out: name, whether shown, its top left corner (row and column from 0), rows of cells."""
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(_prepared_for_calamine(content)))
    sheets: list[dict[str, Any]] = []
    cells = letters = 0
    for facts in book.sheets_metadata:
        if facts.typ != SheetTypeEnum.WorkSheet or facts.name in leave_out:
            continue
        sheet = book.get_sheet_by_name(facts.name)
        if sheet.height > MAX_ROWS or sheet.width > MAX_COLUMNS:
            raise OverflowError(f"{sheet.height} rows by {sheet.width} columns")
        cells += sheet.height * sheet.width
        if cells > MAX_CELLS:
            raise OverflowError(f"{cells} cells")
        rows = [[_plain(v) for v in row] for row in sheet.to_python(skip_empty_area=True)]
        letters += sum(len(v) for row in rows for v in row if isinstance(v, str))
        if letters > MAX_LETTERS:
            raise OverflowError(f"{letters} letters")
        merged: list[Any] = getattr(sheet, "merged_cell_ranges", None) or []
        sheets.append({
            "name": facts.name,
            "visible": facts.visible == SheetVisibleEnum.Visible,
            "start": list(sheet.start or (0, 0)),
            "rows": rows,
            "merged": [[list(a), list(b)] for a, b in merged],
        })  # fmt: skip
    return sheets


#: Indents between tags, which Gnumeric writes and calamine refuses; line breaks and tabs, which calamine leaves out.
_INDENT = re.compile(rb">\s+(</?(?:table|office):)")
_BREAK = re.compile(rb"<text:line-break\s*/>|<text:line-break\s*></text:line-break>")
_CDATA = re.compile(rb"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
#: A cell with words that does not say of which kind it is.
_UNTYPED = re.compile(rb"<table:table-cell\b((?![^<>]*value-type)[^<>]*[^<>/]|)>(?=<text:p\b)")
_TAB = re.compile(rb"<text:tab\b[^>]*/>")


def _prepared_for_calamine(content: bytes) -> bytes:
    """An OpenDocument file without what calamine misreads; others unchanged."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if "content.xml" not in archive.namelist():
            return content
        text = archive.read("content.xml")
        tidied = _CDATA.sub(lambda m: html.escape(m[1].decode("utf-8", "replace"), quote=False).encode(), text)
        tidied = _TAB.sub(b"&#9;", _BREAK.sub(b"&#10;", _INDENT.sub(rb">\1", tidied)))
        tidied = _UNTYPED.sub(rb'<table:table-cell office:value-type="string"\1>', tidied)
        if tidied == text:
            return content
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as made:
            for part in archive.infolist():
                made.writestr(part.filename, tidied if part.filename == "content.xml" else archive.read(part))
    return out.getvalue()


#: Blanks, and letters that nobody sees: zero-width spaces, joiners, marks of order.
_UNSEEN = re.compile(r"[\s\u200b-\u200f\u2060\ufeff\u00ad]*")


def _plain(value: Any) -> Any:
    """A cell as JSON carries it: blanks as none, whole numbers as such, dates and times as marked texts."""
    if isinstance(value, str):
        short = len(value) < 8 and _UNSEEN.fullmatch(value)
        return value if value and not short and not value.isspace() else None
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return None
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, dt.datetime):
        return {"t": value.isoformat()} if value.time() != dt.time() else {"d": value.date().isoformat()}
    if isinstance(value, dt.date):
        return {"d": value.isoformat()}
    if isinstance(value, dt.time):
        return {"c": value.isoformat()}
    if isinstance(value, dt.timedelta):
        return value.total_seconds() / 86400
    return value
