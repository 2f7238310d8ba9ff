"""A spreadsheet file as plain sheets of cells: preflight, child process, CSV (DESIGN 5, In)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import multiprocessing
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from vawg_desktop import log_file
from vawg_desktop.domain.errors import FileRefusedError, ProgramError
from vawg_desktop.exchange import preflight, reader_child
from vawg_desktop.exchange.cells import Cell, address, place
from vawg_desktop.scratch import scratch

TIME_LIMIT = 30.0
MEMORY_MB = 1024
#: The longest answer taken from the child.
MOST_BYTES = 256 * 1024 * 1024


@dataclass(slots=True)
class Sheet:
    """One sheet. ``rows[r][c]`` is the cell at row ``top + r``, column ``left + c`` (from 0)."""

    name: str
    rows: list[list[Cell]]
    top: int = 0
    left: int = 0
    visible: bool = True
    merged: list[tuple[int, int, int, int]] = field(default_factory=list[tuple[int, int, int, int]])

    def address(self, row: int, column: int) -> str:
        """The cell address (``F7``) of a place in ``rows``."""
        return address(self.top + row, self.left + column)


@dataclass(slots=True)
class Book:
    """A file read once: its bytes' hash, its sheets, and what stands beside the values.

    ``inner`` is the workbook itself: the attachment where the file is an e-mail. ``remarks`` are
    (sheet, cell, kind, words), see ``exchange/remarks``; ``unread`` says that they could not be read.
    """

    name: str
    content: bytes
    sha256: str
    sheets: list[Sheet]
    looked: preflight.FileKind
    inner: bytes = b""
    remarks: list[tuple[str, str, str, str]] = field(default_factory=list[tuple[str, str, str, str]])
    unread: bool = False

    def sheet(self, name: str) -> Sheet | None:
        """The sheet of that name, case aside."""
        return next((s for s in self.sheets if s.name.strip().casefold() == name.strip().casefold()), None)

    def shares(self) -> set[tuple[str, str]]:
        """The cells that are shown as percentages, by sheet and address: 0.125 in one of them reads 12.5%."""
        return {(sheet, cell) for sheet, cell, kind, _ in self.remarks if kind == "percent"}

    def value(self, sheet: str, cell: str) -> Cell:
        """What was read at an address, or None."""
        owner = self.sheet(sheet)
        if owner is None or not cell:
            return None
        row, column = place(cell)
        row, column = row - owner.top, column - owner.left
        inside = 0 <= row < len(owner.rows) and 0 <= column < len(owner.rows[row])
        return owner.rows[row][column] if inside else None


def read_book(path: Path, *, seconds: float = TIME_LIMIT) -> Book:
    """Read a file. Raises FileRefusedError, or ProgramError if no reader starts."""
    content = preflight.read_file(path)
    name = preflight.shown_name(path)
    book = Book(
        name, content, hashlib.sha256(content).hexdigest(), [], preflight.kind_of(name, content), content
    )
    _fill(book, name, seconds)
    if not any(any(c is not None for c in row) for s in book.sheets for row in s.rows):
        raise FileRefusedError(f"{name} holds no words or figures.", code="empty")
    return book


def _fill(book: Book, name: str, seconds: float) -> None:
    """Read ``inner``; of an e-mail with a workbook attached, the workbook and the words of the message."""
    answer = ask_child(name, book.inner, book.looked.kind, seconds)
    book.sheets += [_sheet(s) for s in answer["sheets"]]
    book.remarks = [(str(s), str(c), str(k), str(w)) for s, c, k, w in answer.get("remarks", [])]
    book.unread = "unread" in answer
    for sheet, cell, kind, words in book.remarks:
        owner = book.sheet(sheet) if kind == "merged" else None
        if owner is not None:  # calamine tells merged cells of workbooks of Excel only
            row, column = place(cell)
            rows, columns = (int(n) for n in words.split())
            owner.merged.append((row, column, row + rows - 1, column + columns - 1))
    if "attached" in answer:
        attached = answer["attached"]
        message = list(book.sheets)
        for sheet in message:
            sheet.name = sheet.name if sheet.name == "Message" else f"Message: {sheet.name}"
        book.inner = bytes.fromhex(attached["content"])
        book.looked = preflight.kind_of(attached["name"], book.inner)
        if book.looked.kind in ("message", "page", "outlook"):
            raise FileRefusedError(f"{name} holds no workbook that we can read.", code="not_a_workbook")
        book.sheets = []
        _fill(book, attached["name"], seconds)
        book.sheets += message


def read_own_text(path: Path) -> Book:
    """A delimited text of this program's own resources, read here: nothing in it is strange."""
    content = path.read_bytes()
    book = Book(
        path.name, content, hashlib.sha256(content).hexdigest(), [], preflight.FileKind("text"), content
    )
    book.sheets = [_sheet(s) for s in reader_child.read_all(content, "text", path.stem)["sheets"]]
    return book


def sheets_of(content: bytes, *, leave_out: tuple[str, ...] = ()) -> list[Sheet]:
    """The sheets of a workbook of our own making, read here: nothing in it is strange."""
    return [_sheet(s) for s in json.loads(json.dumps(reader_child.read_sheets(content, leave_out)))]


def ask_child(name: str, content: bytes, kind: str, seconds: float = TIME_LIMIT) -> dict[str, Any]:
    """What the reader's child process answers of a file of a kind. Raises FileRefusedError, or ProgramError if no reader starts."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    began = time.monotonic()
    with scratch("reading") as folder:
        copy, log = folder / "copy", str(folder / "reader.log")
        try:
            copy.write_bytes(content)
        except OSError as error:
            raise FileRefusedError(
                f"{name} could not be copied to be read ({error.strerror}); make room on the disk and try again.", code="no_room"
            ) from error
        child = context.Process(
            target=reader_child.read_to_pipe,
            args=(str(copy), kind, Path(name).stem, theirs, MEMORY_MB, log),
            daemon=True,
        )
        child.start()
        theirs.close()
        answer: dict[str, Any] | None = None
        try:
            ready = _is_ready(ours, seconds)
            answer = _receive(ours, seconds) if ready else None
        finally:
            ours.close()
            _end(child, answered=answer is not None)
    if (not ready and time.monotonic() - began < seconds) or (answer is not None and answer.get("refused") == reader_child.NOT_LOADED):
        why = str(answer["detail"]) if answer is not None else "its process ended before it began"
        log_file.note(ProgramError(why, code="reader_failed"), why)
        raise ProgramError(
            f"The part of the program that reads files did not start, so {name} was not read. Nothing is wrong with the file: tell whoever "
            "looks after the program (“About this program” says where it was written down).",
            code="reader_failed",
        )
    if answer is None and time.monotonic() - began < seconds:
        raise FileRefusedError(
            f"{name} made the reader stop and was put aside; open it, save it as .xlsx and try again.",
            code="reader_stopped",
        )
    if answer is None:
        raise FileRefusedError(
            f"{name} could not be read in {seconds:.0f} seconds and was put aside; ask for it to be saved again as .xlsx.",
            code="reader_stopped",
        )
    if "refused" in answer:
        raise refusal(name, answer)
    return answer


def _is_ready(pipe: Any, seconds: float) -> bool:
    """Whether the reader runs within its bounds and is about to look at the file."""
    try:
        return bool(pipe.poll(seconds)) and pipe.recv_bytes(len(reader_child.READY)) == reader_child.READY
    except (EOFError, OSError):
        return False


def _receive(pipe: Any, seconds: float) -> dict[str, Any] | None:
    try:
        if not pipe.poll(seconds):
            return None
        found: dict[str, Any] = json.loads(pipe.recv_bytes(MOST_BYTES).decode("utf-8", "replace"))
        return found
    except (EOFError, OSError, ValueError):
        return None


def _end(child: Any, *, answered: bool) -> None:
    """End the reader; once it has answered it has nothing left to do but to take itself down, which nobody waits for."""
    if not answered:
        child.join(0.5)
    if child.is_alive():
        child.kill()
        child.join()
    child.close()


def refusal(name: str, answer: dict[str, Any]) -> FileRefusedError:
    """What is said of a file that the reader refused."""
    detail = str(answer.get("detail", ""))
    if answer["refused"] == "OverflowError" or answer["refused"] == "too_large":
        return FileRefusedError(
            f"{name} is larger than a file that we read can be; it was not read.", code="too_large"
        )
    if answer["refused"] == "open_quotation":
        return FileRefusedError(
            f"{name} opens a quotation mark near line {detail} and does not close it, so its rows run together; save it as .xlsx.",
            code="open_quotation",
        )
    if answer["refused"] == "not_a_table":
        return FileRefusedError(f"{name} is not a table we can read; save it as .xlsx or .csv.", code="not_a_table")
    if answer["refused"] == "no_columns":
        return FileRefusedError(f"{name} holds no table of headings with rows under them, so it is not a tracker or return.", code="no_columns")
    if answer["refused"] == "attachments":
        return FileRefusedError(
            f"{name} holds more than one workbook ({detail}); save each and read it in by itself.",
            code="attachments",
        )
    if answer["refused"] == "bad_sheet":
        return FileRefusedError(
            f"The sheet {detail} of {name} is damaged, so that its cells run together; open the workbook, copy that sheet's "
            "cells into a new sheet and save it again.",
            code="bad_sheet",
        )
    if "assword" in detail or "ncrypt" in detail:
        return FileRefusedError(
            f"{name} is protected by a password; save it without one and send it again.", code="password"
        )
    if answer["refused"] not in _DAMAGED:
        return FileRefusedError(
            f"Our reader failed on {name} ({answer['refused']}); the file itself may be sound. Save it again as .xlsx and try again, "
            "and tell whoever looks after this program.",
            code="reader_failed",
        )
    return FileRefusedError(
        f"{name} is damaged or of a kind we cannot read; open it and save it as .xlsx.", code="damaged"
    )


#: What readers say of a file that is damaged or none of theirs; anything else is a failure of our own.
_DAMAGED = frozenset({
    "CalamineError", "PasswordError", "XmlError", "ZipError", "WorksheetNotFound", "BadZipFile", "ExpatError", "ParseError",
    "XLRDError", "CompDocError", "OleFileError", "NotOleFileError", "UnicodeDecodeError", "EOFError", "LargeZipFile", "error",
    "ReadstatError", "HeaderParseError", "MessageError", "PanicException", "NotImplementedError",
})  # fmt: skip


def _sheet(raw: dict[str, Any]) -> Sheet:
    merged = [(a[0], a[1], b[0], b[1]) for a, b in raw["merged"]]
    rows = [[_cell(v) if type(v) is dict else v for v in row] for row in cast("list[list[Any]]", raw["rows"])]
    return Sheet(raw["name"], rows, raw["start"][0], raw["start"][1], raw["visible"], merged)


def _cell(value: Any) -> Cell:
    kind, text = next(iter(cast("dict[str, str]", value).items()))
    return {"d": dt.date, "t": dt.datetime, "c": dt.time}[kind].fromisoformat(text)


