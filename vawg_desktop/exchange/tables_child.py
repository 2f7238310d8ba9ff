"""Tables pasted in an e-mail or a web page, as sheets. Runs in the reader's child process: standard library only."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

from vawg_desktop.exchange.text_child import decode, mixed, wide_without_mark

BOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv")
#: A line of an e-mail's head, and those of which every message has some.
_HEAD_LINE = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:(?:[ \t]|$)|[ \t]+\S|From \S")
_KNOWN_HEAD = re.compile(
    rb"^(?:Return-Path|Received|From|To|Subject|Date|Message-ID|MIME-Version|Content-Type|Delivered-To|Reply-To|Thread-Topic):",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED = re.compile(r"^(?:>\s?)+")
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
MOST_CELLS = 500_000
#: How long a line is that a mail program broke (RFC 5322 asks for 78 letters, RFC 3676 for the like).
_WRAPPED = (60, 80)


def is_message(content: bytes) -> bool:
    """Whether the bytes begin as an e-mail does (RFC 5322)."""
    start = content.lstrip(b"\xef\xbb\xbf\r\n")[:8000]
    head = re.split(rb"\r?\n\r?\n", start, maxsplit=1)[0]
    lines = head.splitlines()[:60]
    return (
        len(lines) > 1
        and all(_HEAD_LINE.match(one) for one in lines[:12])
        and len({m.lower() for m in _KNOWN_HEAD.findall(head)}) >= 2
    )


def read_message(content: bytes) -> dict[str, Any]:
    """Sheets of an e-mail or a web page; ``attached`` holds the one workbook of an e-mail, its words beside it."""
    if not is_message(content):
        return {"sheets": tables_of(decoded(content))}
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    sheets: list[dict[str, Any]] = []
    attached: dict[tuple[str, str], bytes] = {}
    for one in _messages(message):
        sheets.append(
            _sheet("Message", [[f"Subject: {subject}"]])
            if (subject := _subject(one))
            else _sheet("Message", [])
        )
        for text, kind in _bodies(one):
            sheets += tables_of(text) if kind == "html" else lines_of(text)
        for part in one.walk():
            name, inline = str(part.get_filename() or ""), part.get("Content-ID")
            if (
                name
                and part.get_content_type() != "message/rfc822"
                and not (inline and part.get_content_maintype() == "image")
            ):
                data = bytes(part.get_payload(decode=True) or b"")
                attached.setdefault((name, hashlib.sha256(data).hexdigest()), data)
    return answer_of(sheets, [(name, data) for (name, _), data in attached.items()])


def _subject(message: EmailMessage) -> str:
    try:
        return " ".join(str(message["Subject"] or "").split())
    except (ValueError, LookupError):
        return ""


def _bodies(part: Any) -> list[tuple[str, str]]:
    """The words of a message, part by part, each with its kind; of alternatives the page where it has a table."""
    kind = part.get_content_type()
    if kind == "message/rfc822":
        return []
    if kind == "multipart/alternative":
        found = [one for sub in part.iter_parts() for one in _bodies(sub)]
        pages = [one for one in found if one[1] == "html"]
        words = [one for one in found if one[1] == "plain" and one[0].strip()]
        return pages if not words or any("<table" in text.lower() for text, _ in pages) else words
    if part.is_multipart():
        return [one for sub in part.iter_parts() for one in _bodies(sub)]
    if kind in ("text/plain", "text/html") and not str(part.get_filename() or "").lower().endswith(BOOKS):
        return [(_words_of(part), kind.removeprefix("text/"))]
    return []


def _words_of(part: Any) -> str:
    """A part's text by its charset, else decoded by ``mixed``."""
    data = bytes(part.get_payload(decode=True) or b"")
    try:
        return data.decode(str(part.get_content_charset("")) or "no such")
    except (LookupError, UnicodeDecodeError):
        return mixed(data)


def _messages(message: EmailMessage) -> list[EmailMessage]:
    """The message and every message that is attached to it, as forwarding does."""
    inner: list[Any] = [
        part.get_payload(0)
        for part in message.walk()
        if part is not message and part.get_content_type() == "message/rfc822" and part.is_multipart()
    ]
    found: list[Any] = [message, *(one for one in inner if isinstance(one, EmailMessage))]
    return found[:20]


def answer_of(sheets: list[dict[str, Any]], attached: list[tuple[str, bytes]]) -> dict[str, Any]:
    """What the child answers for a message: its sheets, its one workbook, its other attachments by name."""
    books = [(name, data) for name, data in attached if _is_book(name, data)]
    if len(books) > 1:
        return {"refused": "attachments", "detail": ", ".join(n for n, _ in books)}
    others = [[f"Attached: {name}"] for name, data in attached if not _is_book(name, data)]
    messages = [s for s in sheets if s["name"] == "Message"]
    words = [row for s in messages for row in s["rows"]] + others
    tables = [s for s in sheets if s["name"] != "Message" and s["rows"]]
    for number, table in enumerate(tables, 1):
        table["name"] = f"Table {number}"
    answer: dict[str, Any] = {"sheets": [*tables, *([_sheet("Message", words)] if words else [])]}
    if books:
        answer["attached"] = {"name": books[0][0], "content": books[0][1].hex()}
    return answer


def _is_book(name: str, data: bytes) -> bool:
    """A workbook by its name, or by its content where the name says nothing."""
    inside = data.startswith(b"PK") and (b"xl/workbook." in data or b"opendocument.spreadsheet" in data[:200])
    return name.lower().endswith(BOOKS) or inside


def decoded(content: bytes) -> str:
    """A page's text by its byte-order mark, its charset, else UTF-8, else by ``mixed``."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")) or wide_without_mark(content):
        return decode(content)
    found = _CHARSET.search(content[:4096])
    try:
        return content.decode(found[1].decode() if found else "utf-8")
    except (UnicodeDecodeError, LookupError):
        return mixed(content)


#: A cell as it is opened: its words, the columns and the rows it covers.
_Open = tuple[str, int, int]


class _Page(HTMLParser):
    """Each table as rows of words; the words outside tables as lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self.words: list[str] = []
        self._open: list[list[list[_Open]]] = []
        #: The cell in which each open table stands, if it stands in one.
        self._outer: list[tuple[list[str] | None, int, int]] = []
        self._cell: list[str] | None = None
        self._columns = self._rows = 1
        self._skip = 0
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("body", "table"):
            self._skip = 0  # a head that was never closed
        if tag in ("script", "style", "head"):
            self._skip += 1
        elif tag == "table":
            self._outer.append((self._cell, self._columns, self._rows))
            self._cell = None
            self._open.append([])
        elif tag == "tr" and self._open:
            self._close_cell()
            self._open[-1].append([])
        elif tag in ("td", "th") and self._open:
            self._close_cell()
            self._cell = []
            found = dict(attrs)
            self._columns, self._rows = _number(found.get("colspan")), _number(found.get("rowspan"))
        elif tag in ("s", "del", "strike"):
            self._say(" (struck out: ")
        elif tag in ("br", "p", "div", "li"):
            self._say("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "head"):
            self._skip = max(0, self._skip - 1)
        elif tag in ("td", "th", "tr"):
            self._close_cell()
        elif tag in ("s", "del", "strike"):
            self._say(") ")
        elif tag == "table" and self._open:
            self._close_table()

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self._say(data)

    def _say(self, words: str) -> None:
        (self.words if self._cell is None else self._cell).append(words)

    def _close_cell(self) -> None:
        if self._cell is None or not self._open:
            return
        if not self._open[-1]:
            self._open[-1].append([])
        self._cells += self._columns * self._rows
        if self._cells > MOST_CELLS:
            raise OverflowError(f"{self._cells} cells")
        self._open[-1][-1].append((_tidy("".join(self._cell)), self._columns, self._rows))
        self._cell = None

    def _close_table(self) -> None:
        self._close_cell()
        self.tables.append(_laid_out(self._open.pop()))
        self._cell, self._columns, self._rows = self._outer.pop()

    def finish(self) -> None:
        """Tables that were never closed count as well."""
        while self._open:
            self._close_table()


def _laid_out(table: list[list[_Open]]) -> list[list[str]]:
    """The table as a grid: what a cell covers beside and below itself stays blank."""
    grid: list[list[str]] = []
    covered: dict[int, int] = {}
    for cells in table:
        row: list[str] = []
        below: dict[int, int] = {}
        for words, columns, rows in cells:
            _skip_covered(row, covered)
            for n in range(columns):
                if rows > 1:
                    below[len(row)] = rows - 1
                row.append("" if n else words)
        _skip_covered(row, covered)
        covered.update(below)
        grid.append(row)
    return grid


def _skip_covered(row: list[str], covered: dict[int, int]) -> None:
    while covered.get(len(row), 0) > 0:
        covered[len(row)] -= 1
        row.append("")


def _number(text: str | None) -> int:
    return max(1, min(int(text), 200)) if text and text.isascii() and text.isdigit() else 1


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.replace("\xa0", " ").splitlines())
    return "\n".join(line for line in lines if line)


def _sheet(name: str, rows: list[list[str]]) -> dict[str, Any]:
    cells = [[c if c and c.strip() else None for c in row] for row in rows]
    return {"name": name, "visible": True, "start": [0, 0], "rows": cells, "merged": []}


def tables_of(text: str) -> list[dict[str, Any]]:
    """Each table of a page as a sheet; the words outside tables as the message."""
    page = _Page()
    page.feed(text)
    page.close()
    page.finish()
    sheets = [_sheet(f"Table {n}", rows) for n, rows in enumerate((t for t in page.tables if any(t)), 1)]
    beside = [[line] for line in _tidy("".join(page.words)).splitlines()]
    return [*sheets, *([_sheet("Message", beside)] if beside else [])]


def lines_of(text: str) -> list[dict[str, Any]]:
    """A table typed or pasted as text: lines with tabs or vertical bars; the rest is the message."""
    table: list[list[str]] = []
    beside: list[list[str]] = []
    lines = [_QUOTED.sub("", raw) for raw in text.splitlines()]
    marks = ["\t" if "\t" in line.strip() else "|" if line.count("|") >= 2 else "" for line in lines]
    wrapped = False
    for number, (line, mark) in enumerate(zip(lines, marks, strict=True)):
        if mark and set(line) - set("|-+ \t"):
            inner = line.strip().removeprefix("|").removesuffix("|") if mark == "|" else line
            quoting = csv.QUOTE_MINIMAL if inner.count('"') % 2 == 0 else csv.QUOTE_NONE
            row = next(csv.reader(io.StringIO(inner), delimiter=mark, quoting=quoting), list[str]())
            table.append([c.strip() for c in row])
            wrapped = _WRAPPED[0] <= len(line) <= _WRAPPED[1] and any(marks[number + 1 :])
        elif line.strip() and wrapped and table and table[-1]:
            # the rest of a line that the sender's program broke
            table[-1][-1] = f"{table[-1][-1]} {line.strip()}"
            wrapped = len(line) >= _WRAPPED[0]
        else:
            wrapped = False
            if line.strip() and set(line) - set("|-+= \t"):
                beside.append([line.strip()])
    sheets = [_sheet("Table 1", table)] if table else []
    return [*sheets, *([_sheet("Message", beside)] if beside else [])]
