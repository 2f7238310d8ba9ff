"""A framework from a file or from pasted lines: its strands in their order; strands that stand already, by their words, are left as they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.errors import FileRefusedError, ValueRefusedError
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.exchange import preflight
from vawg_desktop.exchange.cells import plain_text
from vawg_desktop.exchange.reading import Book, Sheet, read_book
from vawg_desktop.exchange.text_child import decode
from vawg_desktop.services import names
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction

#: What frameworks head their columns with, folded: strands, and the framework where a file holds several.
_STRAND = frozenset({"strand", "strands", "right", "rights", "requirement", "title", "objective", "priority", "standard", "commitment", "principle", "framework strand"})
_FRAMEWORK = frozenset({"framework", "strategy", "code", "framework title", "document"})
#: A bullet or a number before a strand.
_MARK = re.compile(r"^(?:[•\-–*]\s*)?(?:(?:\d{1,3}(?:\.\d{1,3})*[.)]|\(\d{1,3}\)|[a-z][.)])\s+)?|^[•\-–*]$", re.IGNORECASE)
#: A heading is looked for in so many rows from the top of a sheet.
_TOP = 10


@dataclass(frozen=True, slots=True)
class StrandRow:
    """A strand as it was read; ``framework`` is empty where the file names none."""

    framework: str
    title: str


@dataclass(slots=True)
class FrameworkIn:
    """What was read: strands in their order, and the words of cells that are neither strand nor framework, with their place."""

    rows: list[StrandRow] = field(default_factory=list[StrandRow])
    left: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])


def of_text(text: str) -> list[str]:
    """The strands in pasted lines, without bullets and without numbers that a full stop or a bracket follows: “999 calls” keeps its own."""
    lines = (_MARK.sub("", " ".join(line.split())) for line in text.splitlines())
    return [line for line in lines if any(c.isalnum() for c in line)]


def of_file(path: Path) -> FrameworkIn:
    """The strands in a file; of a plain text each line is one. Raises FileRefusedError."""
    try:
        return of_book(read_book(path))
    except FileRefusedError as refused:
        if refused.code != "no_columns" and not (refused.code == "no_strands" and path.suffix.casefold() == ".txt"):
            raise
    lines = of_text(decode(preflight.read_file(path)))
    headed = bool(lines) and fold(lines[0]) in _STRAND
    return FrameworkIn([StrandRow("", line) for line in lines[headed:]])


def of_book(book: Book) -> FrameworkIn:
    """The strands in a file: the first sheet with a column headed Strand, Right, Title or the like, else a single column of words.

    Raises FileRefusedError where there is neither.
    """
    for sheet in book.sheets:
        found = _headed(sheet)
        if found is not None:
            return _read(sheet, *found)
    first = next((s for s in book.sheets if any(any(plain_text(c).strip() for c in row) for row in s.rows)), None)
    filled = {c for row in first.rows for c, cell in enumerate(row) if plain_text(cell).strip()} if first is not None else set[int]()
    if first is None or len(filled) != 1:
        raise FileRefusedError(
            f"{book.name} has no column headed Strand, Right, Requirement or Title, and more than one column, so its strands are not known. "
            "Head the column of the strands “Strand” and take it in again.", code="no_strands",
        )  # fmt: skip
    (only,) = filled
    lines = "\n".join(" ".join(plain_text(row[only]).split()) for row in first.rows if len(row) > only)
    return FrameworkIn([StrandRow("", wording) for wording in of_text(lines)])


def _headed(sheet: Sheet) -> tuple[int, int, int | None] | None:
    """The row of headings, the column of strands and, where there is one, of frameworks."""
    for number, row in enumerate(sheet.rows[:_TOP]):
        heads = [fold(plain_text(c)) for c in row]
        strand = next((c for c, head in enumerate(heads) if head in _STRAND), None)
        framework = next((c for c, head in enumerate(heads) if head in _FRAMEWORK), None)
        if strand is not None:
            return number, strand, framework
    return None


def _read(sheet: Sheet, head: int, strand: int, framework: int | None) -> FrameworkIn:
    found, current = FrameworkIn(), ""
    heads = [plain_text(c).strip() for c in sheet.rows[head]]
    numbered = {c for c, word in enumerate(heads) if fold(word) in ("no", "number", "ref", "reference", "order", "position", "#")}
    for number, row in enumerate(sheet.rows[head + 1 :], head + 1):
        cells = [" ".join(plain_text(c).split()) for c in row]
        if framework is not None and framework < len(cells) and cells[framework]:
            current = cells[framework]  # filled down, as sheets do
        if strand < len(cells) and cells[strand]:
            found.rows.append(StrandRow(current, cells[strand]))
        known = {strand, framework} | numbered
        found.left += [(sheet.name, sheet.address(number, c), words) for c, words in enumerate(cells) if words and c not in known]
    return found


def add(session: Session, rows: Sequence[StrandRow], framework: str = "") -> Changes:
    """Add strands in one transaction. ``framework`` is the id or title of the one that rows without a name of their own belong to.

    Raises ValueRefusedError where a row belongs to none. What stands already is left and counted in the notes.
    """
    with session.store.write(session.who, "Framework imported", Act.PASTE) as tx:
        made: dict[str, _Strands] = {}
        kept = 0
        for row in rows:
            called = row.framework or framework
            if not called:
                raise ValueRefusedError(f"“{row.title[:60]}” belongs to no framework; name the framework that it is a strand of.")
            strands = made.setdefault(fold(called), _Strands(tx, called))
            kept += not strands.add(tx, row.title)
        if kept:
            tx.changes.notes.append(f"{how_many(kept, 'strand')} were there already.")
    return tx.changes


class _Strands:
    """The strands of one framework, which is made where it is not there yet."""

    def __init__(self, tx: Transaction, called: str) -> None:
        found = names.maybe_find(tx.connection, called, "framework") or names.find_named(tx.connection, "framework", called)
        self.id = found.id if found is not None else tx.create("framework", {"title": called})
        rows = tx.connection.exec_driver_sql("SELECT title, position FROM strand WHERE framework = ? AND NOT deleted", (self.id,)).fetchall()
        self._known = {fold(str(title)) for title, _ in rows}
        positions = [int(p) for _, p in rows if p is not None]
        #: The place of the last strand; None where strands stand in the order of their references.
        self._last = max(positions) if positions else None if rows else 0

    def add(self, tx: Transaction, title: str) -> bool:
        """Add a strand after the last; returns whether it was new."""
        if fold(title) in self._known:
            return False
        self._known.add(fold(title))
        if self._last is not None:
            self._last = min(self._last + 1, 999)
        tx.create("strand", {"title": title, "framework": self.id, "position": self._last})
        return True
