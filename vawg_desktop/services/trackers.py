"""An existing tracker into the store: understood or asked, nothing lost in silence, reversible."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.errors import FileRefusedError, Problem
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.reading import Book, read_book
from vawg_desktop.exchange.tracker_in import (
    Tracker,
    read_tracker,
)
from vawg_desktop.services.session import Session
from vawg_desktop.services.tracker_cells import Imported, trayed
from vawg_desktop.services.tracker_rows import RowImporter
from vawg_desktop.store.door import Transaction


class _DryRun(Exception):  # noqa: N818 - not an error: leaves the transaction without a trace
    pass


def import_tracker(
    session: Session, path: Path, *, mapping: Mapping[str, str | None] | None = None, dry_run: bool = False
) -> Imported:
    """Import a tracker file. Raises FileRefusedError where there is no table in it."""
    book = read_book(path)
    remembered = _remembered(session, book)
    tracker = read_tracker(book, {**remembered, **(mapping or {})})
    if not tracker.rows:
        raise FileRefusedError(
            f"{path.name} has no row of headings we know (such as Ref, Action, Owner, Due, Status); name them with a mapping.",
            code="no_table",
        )
    return import_rows(session, tracker, why=f"Imported from {path.name}", book=book, dry_run=dry_run)


def import_rows(
    session: Session,
    tracker: Tracker,
    *,
    why: str,
    book: Book | None = None,
    dry_run: bool = False,
    act: str = "import",
) -> Imported:
    """Write a tracker's rows in one transaction, so that one undo takes the whole import back."""
    done = Imported(mapping=dict(tracker.mapping()))
    done.did_you_mean = {c.header: list(c.did_you_mean) for c in tracker.columns if c.did_you_mean}
    done.tray += [trayed(g, "outside the table") for g in tracker.outside]
    if book is not None:
        _note_blanks(book, done)
        if not dry_run:
            session.store.files.keep(book.name, book.content)
    try:
        with session.store.write(session.who, why, act, book.sha256 if book else None) as tx:
            tracked = book is not None and act == "import"
            headings = _headings_key(book) if book is not None else ""
            importer = RowImporter(
                session, tx, done, book.name if book and tracked else "", headings, tracker.main
            )
            for row in tracker.rows:
                importer.take(row)
            importer.finish()
            if dry_run:
                raise _DryRun
            if book is not None:
                _remember(tx, book, done)
        done.changes = tx.changes
    except _DryRun:
        pass
    return done


def _note_blanks(book: Book, done: Imported) -> None:
    if book.looked.comments:
        done.problems.append(
            Problem("comments", "The workbook holds comments, which are not taken; open it to read them.")
        )
    empty = [(s, c) for s, c in book.looked.formulas if _shows_nothing(book, s, c)]
    for sheet, cell in empty[:50]:
        done.problems.append(
            Problem(
                "formula_empty",
                "This cell holds a formula without a value; it was read as empty.",
                sheet,
                cell,
            )
        )
    for sheet, cell in book.looked.errors[:200]:
        done.problems.append(
            Problem("error_cell", "This cell shows a formula error; it was read as empty.", sheet, cell)
        )


def _shows_nothing(book: Book, sheet: str, cell: str) -> bool:
    found = book.sheet(sheet)
    if found is None:
        return True
    return not any(
        found.address(r, c) == cell and v is not None
        for r, row in enumerate(found.rows)
        for c, v in enumerate(row)
    )


def _headings_key(book: Book) -> str:
    from vawg_desktop.exchange.reading import plain_text
    from vawg_desktop.exchange.tracker_in import find_header

    heads = [plain_text(c) for s in book.sheets if (h := find_header(s)) is not None for c in s.rows[h]]
    return "|".join(fold(h) for h in heads)[:500]


def _remembered(session: Session, book: Book) -> dict[str, str | None]:
    row = (
        session.read()
        .exec_driver_sql(
            "SELECT value FROM local WHERE kind = 'mapping' AND \"key\" = ?", (_headings_key(book),)
        )
        .fetchone()
    )
    found: dict[str, str | None] = json.loads(row[0]) if row else {}
    return found


def _remember(tx: Transaction, book: Book, done: Imported) -> None:
    run = tx.connection.exec_driver_sql
    put = 'INSERT INTO local VALUES (?, ?, ?) ON CONFLICT (kind, "key") DO UPDATE SET value = excluded.value'
    run(put, ("mapping", _headings_key(book), json.dumps(done.mapping)))
    if done.tray:
        run(put, ("tray", tx.id, json.dumps({"file": book.name, "tray": done.tray}, ensure_ascii=False)))


def reverse_import(session: Session, txn: str) -> Changes:
    """Take a whole import back; what was edited since stays and is a conflict."""
    from vawg_desktop.services.history import reverse

    return reverse(session, txn, why="Import reversed")


def problems_in_words(problems: Sequence[Problem]) -> list[str]:
    """One line a problem, with its place."""
    return [f"{p.sheet}!{p.cell}: {p.message}" if p.cell else p.message for p in problems]


def column_targets() -> dict[str, str]:
    """What a column may be, with its words, for the person who corrects the matching."""
    from vawg_desktop.exchange.tracker_in import targets

    return targets()
