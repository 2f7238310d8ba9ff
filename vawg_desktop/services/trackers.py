"""Imports a tracker; what is not understood is asked about or kept in the tray."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.errors import FileRefusedError, Problem
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.exchange.cells import WHOLE_CELL, plain_text
from vawg_desktop.exchange.reading import Book, read_book
from vawg_desktop.exchange.tracker_in import read_tracker
from vawg_desktop.exchange.tracker_shape import Tracker, TrackerRow
from vawg_desktop.services import tracker_held
from vawg_desktop.services.session import Session
from vawg_desktop.services.tracker_imported import Imported, tray_entry
from vawg_desktop.services.tracker_lineage import Lineage, list_of, made_id
from vawg_desktop.services.tracker_rows import RowImporter
from vawg_desktop.services.tracker_sheets import listed_once, number_and_words
from vawg_desktop.store.gc_pause import without_collecting
from vawg_desktop.store.transaction import Transaction


class _DryRun(Exception):  # noqa: N818 - not an error: leaves the transaction without a trace
    pass


def import_tracker(
    session: Session,
    path: Path,
    *,
    mapping: Mapping[str, str | None] | None = None,
    answers: Mapping[str, str] | None = None,
    dry_run: bool = False,
    entity: str | None = None,
) -> Imported:
    """Import a tracker file; ``entity`` is the kind it lists, where its headings do not say. Raises FileRefusedError.

    What is in doubt is asked and not written; ``answers`` are choices by the ids of the questions.
    """
    with without_collecting():
        return _import(session, path, mapping, answers, dry_run, entity)


def _import(
    session: Session, path: Path, mapping: Mapping[str, str | None] | None, answers: Mapping[str, str] | None, dry_run: bool, entity: str | None
) -> Imported:
    book, tracker, known_list, settled = _read(session, path, mapping, answers, entity)
    done = import_rows(
        session, tracker, why=f"Imported from {book.name}", book=book, dry_run=dry_run, answers=settled, known=known_list,
    )
    _note_unused(done, answers or {}, known_list.answers, settled.asked)
    return done


class _Answers(dict[str, str]):
    """Answers by the ids of questions, and which questions came up."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        super().__init__(answers)
        self.asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        """The answer to a question, which is noted as one that came up."""
        self.asked.add(key)
        return super().get(key, default)


def _note_unused(done: Imported, given: Mapping[str, str], before: Mapping[str, str], asked: Collection[str]) -> None:
    """Say of an answer that it belongs to no question of the list, or is none of its choices."""
    unanswered = {p.id: p for p in done.problems if p.id}
    for id, answer in given.items():
        if id in unanswered:
            choices = [key for key, _ in unanswered[id].choices]
            if answer not in choices:
                done.problems.append(Problem("answer_unknown", f"“{answer[:40]}” does not answer “{id[:80]}”; choose one of {', '.join(choices[:12])}.", unanswered[id].sheet, unanswered[id].cell))
        elif id not in asked and id not in before:
            done.problems.append(Problem("answer_unused", f"This list does not ask “{id[:80]}”; its answer was not used."))


def _read(
    session: Session, path: Path, mapping: Mapping[str, str | None] | None, answers: Mapping[str, str] | None, entity: str | None
) -> tuple[Book, Tracker, KnownList, _Answers]:
    book = read_book(path)
    first = read_tracker(book, main=entity)
    known_list = _without_rivals(_known_list(session, book, first), first)
    settled = _Answers({**known_list.answers, **(answers or {})})
    wanted = {**known_list.mapping, **(mapping or {})}
    given = {fold(h): t for h, t in wanted.items()}
    read = {fold(c.header): c.target for c in first.columns}
    as_read = first.rows and not first.questions and all(read.get(h, t) == t and h in read for h, t in given.items())
    tracker = first if as_read else read_tracker(book, wanted, settled, entity)
    again = known_list if as_read else _known_list(session, book, tracker)
    if again.id != known_list.id:  # by its columns as they were named by hand, it is another list's copy
        known_list = _without_rivals(again, tracker)
        settled.update(known_list.answers | dict(answers or {}))
        wanted = {**known_list.mapping, **(mapping or {})}
        tracker = read_tracker(book, wanted, settled, entity)
    known_list = _unless_another_bodys(session, book, tracker, known_list, settled)
    there = {fold(c.header) for c in tracker.columns}
    for heading in mapping or {}:
        if fold(heading) not in there:
            tracker.questions.append(Problem("no_such_heading", f"There is no column headed “{heading[:60]}” in {book.name}; its mapping was not used."))
    if not tracker.rows and not tracker.waits:
        raise FileRefusedError(
            f"{book.name} has no row of headings we know (such as Ref, Action, Owner, Due, Status). Add such a row and bring the file in again, or name the columns on the command line (--map).",
            code="no_table",
        )
    return book, tracker, replace(known_list, mapping=wanted), settled


#: Words of file names that say nothing of whose list it is.
_OF_ANY_LIST = frozenset((
    "action", "actions", "tracker", "list", "plan", "log", "final", "copy", "version", "draft", "latest", "new", "old", "updated",
    "update", "quarter", "month", "year", "last", "this", "next", "vawg", "inquiry", "recommendations", "recommendation", "returned",
    "return", "sheet", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "first", "second", "third", "fourth",
    "one", "two", "three", "again", "clean",
))  # fmt: skip


def _names_in(name: str) -> set[str]:
    return {w for w in re.findall(r"[a-z]{3,}", fold(Path(name).stem)) if w not in _OF_ANY_LIST}


def _unless_another_bodys(session: Session, book: Book, tracker: Tracker, known_list: KnownList, answers: Mapping[str, str]) -> KnownList:
    """A file of another name, with the same rows and no column of owners, may be another body's on the same template: asked once."""
    row = session.read().exec_driver_sql("SELECT name FROM tracker WHERE id = ? AND NOT deleted", (known_list.id,)).fetchone()
    mine, before = _names_in(book.name), _names_in(str(row[0])) if row is not None else set[str]()
    owned = any(c.target and c.target.endswith((".accountable", ".lead", ".owner")) for c in tracker.columns)
    if not mine or not before or mine & before or owned or row is None:
        return known_list
    for id, name, mapping, answered in session.read().exec_driver_sql(
        "SELECT id, name, mapping, answers FROM tracker WHERE headings = ? AND NOT deleted ORDER BY n", (_headings_key(book),)
    ):
        if _names_in(str(name)) & mine:  # its own earlier copy
            return KnownList(str(id), json.loads(mapping or "{}"), json.loads(answered or "{}"))
    id = f"other_list:{fold(Path(book.name).stem)}:{fold(Path(str(row[0])).stem)}"
    answer = answers.get(id)
    if answer == "other":
        return KnownList(made_id("tracker", _headings_key(book), *sorted(mine)), known_list.mapping, {id: "other"})
    if answer != "same":
        first = tracker.rows[0].sheet if tracker.rows else ""
        tracker.questions.append(Problem(
            "other_list", f"{book.name} has the rows of {row[0]} and names no owners. Is it that list again, or another body's on the same template? "
            "Nothing is written until that is answered.", first, "", "", id,
            (("same", f"It is {row[0]} again, later"), ("other", "It is another body's: records of its own")),
        ))  # fmt: skip
        tracker.outside += [g for r in tracker.rows for g in r.cells.values() if g.value is not None]
        tracker.rows.clear()
        tracker.waits = True
    return known_list


@dataclass(frozen=True, slots=True)
class KnownList:
    """The list that a file is a copy of: its id, and the earlier answers about its columns and questions."""

    id: str
    mapping: dict[str, str | None]
    answers: dict[str, str]


def _without_rivals(known_list: KnownList, tracker: Tracker) -> KnownList:
    """The earlier answers about columns, but for fields for which this copy has a column more: that is told or asked anew."""
    headings = {fold(h) for h in known_list.mapping}
    anew = {c.target or c.earlier_of or c.rival_of for c in tracker.columns if fold(c.header) not in headings}
    anew |= {c.did_you_mean[0] for c in tracker.columns if fold(c.header) not in headings and c.target is None and len(c.did_you_mean) == 1}
    return replace(known_list, mapping={h: t for h, t in known_list.mapping.items() if t is None or t not in anew})


def _known_list(session: Session, book: Book, tracker: Tracker) -> KnownList:
    """By the rows of a file, the list it belongs to; by its headings, what such columns were before."""
    headings = _headings_key(book)
    connection = session.read()
    rows = [number_and_words(row, tracker.main) for row in tracker.rows]
    id = list_of(connection, book.name, headings, rows)
    row = connection.exec_driver_sql("SELECT mapping, answers FROM tracker WHERE id = ? AND NOT deleted", (id,)).fetchone()
    if row is None:
        row = connection.exec_driver_sql(
            "SELECT mapping, NULL FROM tracker WHERE headings = ? AND NOT deleted ORDER BY n DESC LIMIT 1", (headings,)
        ).fetchone()
    mapping: dict[str, str | None] = json.loads(row[0]) if row and row[0] else {}
    answered: dict[str, str] = json.loads(row[1]) if row and row[1] else {}
    return KnownList(id, mapping, answered)


def import_rows(
    session: Session,
    tracker: Tracker,
    *,
    why: str,
    book: Book | None = None,
    dry_run: bool = False,
    act: Act = Act.IMPORT,
    known: KnownList | None = None,
    answers: Mapping[str, str] | None = None,
) -> Imported:
    """Write a tracker's rows in one transaction, so that one undo takes the whole import back."""
    done = Imported(mapping=dict(tracker.mapping()))
    done.did_you_mean = {c.header: list(c.did_you_mean) for c in tracker.columns if c.did_you_mean}
    done.tray += [tray_entry(g, "outside the table") for g in tracker.outside]
    if book is not None:
        _note_remarks(book, done)
    try:
        with session.store.write(session.who, why, act, book.sha256 if book else None) as tx:
            lineage = Lineage(tx, book.name, _headings_key(book), known.id) if book is not None and known is not None else None
            done.problems += tracker.questions
            targets = frozenset(c.target for c in tracker.columns if c.target)
            importer = RowImporter(session, tx, done, lineage, tracker.main, answers or {}, targets, dry_run)
            if book is not None:
                tracker_held.hold(tracker.rows, book, tracker.main, answers or {}, done)
            rows = tracker.rows if lineage is None else listed_once(tracker, done, answers or {}, {k.sheet for k in lineage.all()})
            if not tracker.waits:
                importer.take_all(rows)
            if lineage is not None and not dry_run and not tracker.waits:
                kept = {k: v for k, v in (answers or {}).items() if not k.startswith("same:") or v == "leave"}
                known_headings = known.mapping if known is not None else {}
                of_time = {c.header for c in tracker.columns if c.period}  # next quarter's column is told by its own heading
                lineage.close({h: t for h, t in done.mapping.items() if (t or h in known_headings) and h not in of_time}, kept)
            if dry_run:
                raise _DryRun
            if done.tray and book is not None:
                _keep_tray(tx, book, done)
            if book is not None and tx.changes.entries:  # before the entries that name it; one of which nothing was taken is not kept
                session.store.files.keep(book.name, book.content)
        done.changes = tx.changes
    except _DryRun:
        pass
    return done


#: Rows of a file, the ids of the records each speaks of, and what its cells mean as stored values.
TakenRows = list[tuple[TrackerRow, dict[str, str], dict[str, dict[str, Value]]]]


def rows_as_known(session: Session, path: Path, entity: str | None = None) -> tuple[Book, TakenRows]:
    """A file's rows with the records they speak of, nothing written. Raises FileRefusedError."""
    book, tracker, known_list, settled = _read(session, path, None, None, entity)
    taken: TakenRows = []
    try:
        with session.store.write(session.who, "Looked at", Act.IMPORT) as tx:
            lineage = Lineage(tx, book.name, _headings_key(book), known_list.id)
            done = Imported()
            tracker_held.hold(tracker.rows, book, tracker.main, settled, done)
            targets = frozenset(c.target for c in tracker.columns if c.target)
            importer = RowImporter(session, tx, done, lineage, tracker.main, settled, targets, dry=True)
            importer.keep_taken = True
            importer.take_all(listed_once(tracker, done, settled, {k.sheet for k in lineage.all()}))
            taken = importer.taken
            raise _DryRun
    except _DryRun:
        pass
    return book, taken


_BESIDE = {
    "comment": "a comment",
    "text_box": "a text box",
    "struck": "words struck out",
    "link": "a link",
    "picture": "a picture",
    "embedded": "an embedded file",
    "cell_picture": "a picture in the cell",
}
_MOST_OF_A_KIND = 1_000


def _note_remarks(book: Book, done: Imported) -> None:
    """What stands beside the values: comments to the tray, cells that show nothing or a formula error as problems."""
    counted: dict[str, int] = {}
    for sheet, cell, kind, words in book.remarks:
        if kind == "formula" and book.value(sheet, cell) is None:
            kind = "empty_formula"
        counted[kind] = counted.get(kind, 0) + 1
        if counted[kind] > _MOST_OF_A_KIND:
            continue
        if kind == "struck" and words == WHOLE_CELL:
            words = plain_text(book.value(sheet, cell)) or words
        if kind in _BESIDE:
            done.tray.append({"sheet": sheet, "cell": cell, "header": "", "text": words, "why": _BESIDE[kind]})
        elif kind == "conditional":
            sentence = f"A rule of the sheet may colour {words}; a colour that stands for a rating cannot be seen here, type it as a word."
            done.problems.append(Problem("conditional_colour", sentence, sheet, cell))
        elif kind == "empty_formula":
            sentence = "This cell holds a formula without a value; it was read as empty."
            done.problems.append(Problem("formula_empty", sentence, sheet, cell))
        elif kind == "error":
            sentence = "This cell shows a formula error; it was read as empty."
            done.problems.append(Problem("error_cell", sentence, sheet, cell))
    for kind, count in counted.items():
        if count > _MOST_OF_A_KIND and kind in (*_BESIDE, "empty_formula", "error"):
            more = f"{how_many(count - _MOST_OF_A_KIND, 'more cell')} with {_BESIDE.get(kind, 'a formula that shows nothing or an error')}; open the file to read them."
            done.problems.append(Problem("remarks_unread", more))
    if book.unread:
        done.problems.append(
            Problem("remarks_unread", "Comments and colours of this file could not be read; open it to look.")
        )


def _headings_key(book: Book) -> str:
    from vawg_desktop.exchange.tracker_columns import clean_heading
    from vawg_desktop.exchange.tracker_headings import find_headings

    heads = [clean_heading(words)[0] for s in book.sheets if (h := find_headings(s)) is not None for words in h.words]
    return "|".join(fold(h) for h in heads)[:500]


def _keep_tray(tx: Transaction, book: Book, done: Imported) -> None:
    put = 'INSERT INTO local VALUES (?, ?, ?) ON CONFLICT (kind, "key") DO UPDATE SET value = excluded.value'
    words = json.dumps({"file": book.name, "tray": done.tray}, ensure_ascii=False)
    tx.connection.exec_driver_sql(put, ("tray", tx.id, words))


def kept_tray(session: Session, txn: str) -> list[dict[str, str]]:
    """What found no place when a list was taken in by transaction ``txn``: sheet, cell, header, text and why; empty for any other."""
    row = session.read().exec_driver_sql("SELECT value FROM local WHERE kind = 'tray' AND \"key\" = ?", (txn,)).fetchone()
    return json.loads(str(row[0]))["tray"] if row else []


def problems_in_words(problems: Sequence[Problem]) -> list[str]:
    """One line a problem, with its place."""
    return [f"{p.sheet}!{p.cell}: {p.message}" if p.cell else p.message for p in problems]


def column_targets() -> dict[str, str]:
    """What a column may be, with its words, for the person who corrects the matching."""
    from vawg_desktop.exchange.tracker_columns import targets

    return targets()
