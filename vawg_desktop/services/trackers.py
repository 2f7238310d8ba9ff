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


_BESIDE = {
    "comment": "a comment",
    "text_box": "a text box",
    "struck": "words struck out",
    "link": "a link",
}
_MOST_OF_A_KIND = 200


def _note_blanks(book: Book, done: Imported) -> None:
    """What stands beside the values: comments to the tray, cells that show nothing or a formula error as problems."""
    counted: dict[str, int] = {}
    for sheet, cell, said, words in book.remarks:
        kind = "empty_formula" if said == "formula" and book.value(sheet, cell) is None else said
        counted[kind] = counted.get(kind, 0) + 1
        if counted[kind] > _MOST_OF_A_KIND:
            continue
        if kind in _BESIDE:
            done.tray.append({"sheet": sheet, "cell": cell, "header": _BESIDE[kind], "text": words})
        elif kind == "empty_formula":
            said = "This cell holds a formula without a value; it was read as empty."
            done.problems.append(Problem("formula_empty", said, sheet, cell))
        elif kind == "error":
            said = "This cell shows a formula error; it was read as empty."
            done.problems.append(Problem("error_cell", said, sheet, cell))
    for kind, count in counted.items():
        if count > _MOST_OF_A_KIND and kind in (*_BESIDE, "empty_formula", "error"):
            more = f"{count - _MOST_OF_A_KIND:,} more cells bear {_BESIDE.get(kind, 'a formula that shows nothing or an error')}; open the file to read them."
            done.problems.append(Problem("remarks_unread", more))
    if book.unread:
        done.problems.append(
            Problem("remarks_unread", "Comments and colours of this file could not be read; open it to look.")
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
