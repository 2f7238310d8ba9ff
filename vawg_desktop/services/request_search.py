"""Everything this store holds that speaks of some words: records and the bin, the log with its reasons, kept files, trays, drafts and the names of backups.

A text is found by where it stands (``source``), so that it can be read there again and is never held twice.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from vawg_desktop.domain.dates import london_time
from vawg_desktop.domain.entities import BY_KEY, ENTITIES, LINK
from vawg_desktop.domain.errors import FileRefusedError, ProgramError, StoreError
from vawg_desktop.domain.fields import EntitySpec, FieldSpec, Kind
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.exchange.held_text import lines_of
from vawg_desktop.services.session import Session
from vawg_desktop.store import backup as backups
from vawg_desktop.store import entries as log
from vawg_desktop.store import stubs
from vawg_desktop.store.log_writing import spec_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

_WORDS = frozenset({Kind.TEXT, Kind.LONG, Kind.NUMBER})
#: Cells of ids, hashes and the program's own notes: no words of anybody's.
_NO_WORDS = frozenset({"file_sha256", "heads", "source", "text_digest", "passages", "secret"})
#: What was gathered for requests is not gathered again.
_NOT_SEARCHED = frozenset({"request_item"})
_DIGITS = re.compile(r"[^0-9]")
#: So many digits in a row are a number to be found however it is spaced.
_LONG_NUMBER = 6
#: What separates the lines of a text that is put together of several.
BREAK = "\n"
#: What folding takes out of the middle of a word.
_SKIPPED = str.maketrans("", "", "'.")
_BETWEEN = re.compile(r"\W+")


def _spaced(text: str) -> str:
    """A text folded, with one space for everything between its words."""
    # not remembered, as ``fold`` does: texts are read once each
    return _BETWEEN.sub(" ", fold.__wrapped__(text)).strip()


@dataclass(frozen=True, slots=True)
class Found:
    """A text that holds the words: where it stands, in words and for the program, whose record it is, and the text."""

    place: str
    source: str
    text: str
    about: str = ""

    @property
    def digest(self) -> str:
        """By which it is seen whether the text is still the one that was looked at."""
        return hashlib.sha256(f"{self.source}\x1f{self.text}".encode()).hexdigest()


@dataclass(slots=True)
class Searched:
    """What a search found, how much was looked through, and what could not be searched."""

    found: list[Found] = field(default_factory=list[Found])
    looked: dict[str, int] = field(default_factory=dict[str, int])
    not_searched: list[str] = field(default_factory=list[str])

    def report(self) -> str:
        """Where was looked, a line each."""
        return BREAK.join(f"{where}: {number:,} looked through." for where, number in self.looked.items())


class SearchWords:
    """The words looked for: each matches at the beginning of a word, whatever its case, accents and punctuation; long numbers however spaced."""

    def __init__(self, words: str) -> None:
        lines = [line for line in (w.strip() for w in words.splitlines()) if line]
        self.words = tuple(f" {folded}" for line in lines if (folded := _spaced(line)))
        self.numbers = tuple(d for line in lines if len(d := _DIGITS.sub("", line)) >= _LONG_NUMBER and not re.search("[a-z]", line, re.IGNORECASE))

        #: Of each word its longest part: a text without any of these need not be read closely.
        self._parts = tuple(max(w.split(), key=len) for w in self.words)

    def _out_of_question(self, text: str) -> bool:
        """Whether a text surely holds none of the words: told of plain letters alone, where it costs a tenth of reading it."""
        if self.numbers or not text.isascii() or "&" in text:
            return False
        plain = text.lower().translate(_SKIPPED)
        return not any(part in plain for part in self._parts)

    def match(self, text: str) -> bool:
        """Whether a text holds one of the words."""
        if self._out_of_question(text):
            return False
        plain = f" {_spaced(text)}"
        return any(w in plain for w in self.words) or self._numbered(text)

    def may_match(self, written: str) -> bool:
        """Whether a text could match that is written down with signs of its own between the words, as in the log."""
        if self._out_of_question(written):
            return False
        plain = _spaced(written)
        return any(w[1:] in plain for w in self.words) or self._numbered(written)

    def _numbered(self, text: str) -> bool:
        return bool(self.numbers and any(n in _DIGITS.sub("", text) for n in self.numbers))


def search(session: Session, words: str, but: str = "") -> Searched:
    """Look everywhere, but in the request ``but`` that asks. What a record of the subject says (one whose title holds the words) is gathered whole."""
    wanted, connection = SearchWords(words), session.read()
    done = Searched()
    if not wanted.words:
        return done
    known: set[tuple[str, str, str]] = set()
    for one in (_records(connection, wanted, done, but), _tags(connection, wanted, done), _log(connection, wanted, done, known, but), _writers(connection, wanted)):
        for found in one:
            done.found.append(found)
            if found.source.startswith("cell:"):
                _, _, id, key = found.source.split(":", 3)
                known.add((id, key, found.text))
    done.found += _files(session, wanted, done)
    done.found += _local(connection, wanted, done)
    _backups(session, wanted, done)
    _not_here(connection, done)
    return done


def _cells(spec: EntitySpec) -> list[FieldSpec]:
    return [f for f in spec.cells if f.kind in _WORDS and f.key not in _NO_WORDS and not f.names_record and not f.names_file]


def _place(spec: EntitySpec, reference: object, field: FieldSpec | None, *, deleted: bool = False) -> str:
    what = f": {field.label}" if field is not None else ""
    return f"{spec.label} {reference or ''}".strip() + (" (in the bin)" if deleted else "") + what


def _records(connection: Connection, wanted: SearchWords, done: Searched, but: str) -> Iterator[Found]:
    count = hidden = 0
    for spec in ENTITIES:
        if spec.key in _NOT_SEARCHED:
            continue
        fields = _cells(spec)
        columns = ", ".join(f'"{f.key}"' for f in fields)
        rows = connection.exec_driver_sql(f'SELECT id, reference, deleted{", " if fields else ""}{columns} FROM "{spec.key}" WHERE born IS NOT NULL ORDER BY n')
        for id, reference, deleted, *values in rows:
            if id == but:
                continue
            count, hidden = count + 1, hidden + bool(deleted)
            texts = {f.key: str(v) for f, v in zip(fields, values, strict=True) if v not in (None, "")}
            whole = wanted.match(texts.get(spec.title, ""))
            for f in fields:
                text = texts.get(f.key)
                if text is not None and (held := _readable(text, wanted, whole=True) if whole else _holding(text, wanted)):
                    yield Found(_place(spec, reference, f, deleted=bool(deleted)), f"cell:{spec.key}:{id}:{f.key}", held, str(id))
    done.looked["Records"] = count
    done.looked["Of these in the bin"] = hidden


def _holding(text: str, wanted: SearchWords) -> str:
    """A text as a person reads it where it holds the words, else nothing."""
    if text[:1] not in "{[":
        return text if wanted.match(text) else ""
    return _readable(text, wanted) if wanted.may_match(text) else ""


def _readable(text: str, wanted: SearchWords, *, whole: bool = False) -> str:
    """A text as a person reads it: of what the program keeps as a document of parts, the lines that hold the words."""
    if text[:1] not in "{[":
        return text
    try:
        document = json.loads(text)
    except ValueError:
        return text
    lines = list(dict.fromkeys(leaf for leaf in _leaves(document) if whole or wanted.match(leaf)))
    return BREAK.join(lines)


def _leaves(document: Any) -> Iterator[str]:
    if isinstance(document, str):
        yield from [document] if document.strip() else []
    elif isinstance(document, dict):
        for key, value in cast("dict[str, Any]", document).items():
            yield str(key)
            yield from _leaves(value)
    elif isinstance(document, list):
        for value in cast("list[Any]", document):
            yield from _leaves(value)


def _tags(connection: Connection, wanted: SearchWords, done: Searched) -> Iterator[Found]:
    words = {s.link_kind(f): (s, f) for s in ENTITIES for f in s.sets if f.kind is Kind.TAGS}
    words["alias"] = (LINK, FieldSpec("alias", "Other name"))
    rows = connection.exec_driver_sql(f"SELECT l.id, l.kind, l.a, l.b, l.deleted, s.reference FROM link l LEFT JOIN subject s ON s.id = l.a WHERE l.kind IN ({','.join('?' * len(words))})", tuple(words)).fetchall()
    done.looked["Tags and other names"] = len(rows)
    for id, kind, a, b, deleted, reference in rows:
        if wanted.match(str(b or "")):
            spec, f = words[str(kind)]
            yield Found(_place(spec, reference, f, deleted=bool(deleted)), f"cell:link:{id}:b", str(b), str(a))
    told = [f for f in _cells(LINK) if f.key not in ("kind", "a", "b", "seen")]
    columns = ", ".join(f'l."{f.key}"' for f in told)
    filled = " OR ".join(f'l."{f.key}" IS NOT NULL' for f in told)
    for id, a, deleted, reference, *values in connection.exec_driver_sql(f"SELECT l.id, l.a, l.deleted, s.reference, {columns} FROM link l LEFT JOIN subject s ON s.id = l.a WHERE {filled}").fetchall():
        for f, value in zip(told, values, strict=True):
            if value and wanted.match(str(value)):
                yield Found(f"Link of {reference or 'a record'}{' (in the bin)' if deleted else ''}: {f.label}", f"cell:link:{id}:{f.key}", str(value), str(a))


def _log(connection: Connection, wanted: SearchWords, done: Searched, known: set[tuple[str, str, str]], but: str) -> Iterator[Found]:
    """Earlier wordings, readings in conflict and reasons: each text once a cell."""
    count, reasons = 0, dict[str, None]()
    references = {str(i): str(r or "") for i, r in connection.exec_driver_sql("SELECT id, reference FROM subject")}
    for row in connection.exec_driver_sql(f"{log.SELECT} ORDER BY n"):
        count += 1
        why, fields = row[6], str(row[14])
        if why and str(why) not in reasons and wanted.match(str(why)):  # the same reason of many changes is one text
            reasons[str(why)] = None
            yield Found(f"Reason of a change, {london_time(str(row[3]))}", f"why:{row[8]}", str(why), str(row[12]))
        table = str(row[11])
        if table in _NOT_SEARCHED or str(row[12]) == but or not wanted.may_match(fields):
            continue
        entry = log.from_row(tuple(row))
        spec = spec_of(table)
        for f in (f for f in _cells(spec) if table != LINK.key or f.key not in ("kind", "a", "seen")):
            cell = entry.fields.get(f.key)
            text = _holding(cell.after, wanted) if cell is not None and isinstance(cell.after, str) else ""
            if text and (entry.row, f.key, text) not in known:
                known.add((entry.row, f.key, text))
                yield Found(f"{_place(spec, references.get(entry.row), f)} (earlier wording)", f"entry:{entry.id}:{f.key}", text, entry.row)
    done.looked["Entries of the log"] = count


def _writers(connection: Connection, wanted: SearchWords) -> Iterator[Found]:
    for who, number, first, last in connection.exec_driver_sql('SELECT who, count(*), min(at), max(at) FROM "change" GROUP BY who ORDER BY who').fetchall():
        if wanted.match(str(who)):
            text = f"{how_many(int(number), 'entry', 'entries')} of the log written by {who}, from {london_time(str(first))} to {london_time(str(last))}."
            yield Found("The log: entries under this name", f"who:{who}", text)


def _files(session: Session, wanted: SearchWords, done: Searched) -> Iterator[Found]:
    """Lines of kept files that hold the words, and names of files; what cannot be read is listed."""
    held = session.store.files.listed()
    owners = _named_in(session.read())
    for sha256, name in held:
        about, place = owners.get(sha256, ("", "Kept file"))
        text = file_text(session, sha256, name, wanted, done.not_searched, place)
        if text:
            yield Found(f"{place} (file)", f"file:{sha256}", text, about)
    done.looked["Kept files"] = len(held)


def _named_in(connection: Connection) -> dict[str, tuple[str, str]]:
    """Of each kept file a record that names it: its id and what it is called."""
    found: dict[str, tuple[str, str]] = {}
    for spec in (e for e in ENTITIES if e.file_cell):
        for id, reference, sha256 in connection.exec_driver_sql(f'SELECT id, reference, "{spec.file_cell}" FROM "{spec.key}" WHERE "{spec.file_cell}" IS NOT NULL'):
            found.setdefault(str(sha256), (str(id), _place(spec, reference, None)))
    return found


def file_text(session: Session, sha256: str, name: str, wanted: SearchWords, unread: list[str], place: str = "") -> str:
    """The lines of a kept file that hold the words, its name first where that does; ``unread`` takes a sentence where it cannot be read.

    The sentence says whose file it is and not its name, which may say who it is about: it leaves with the answer.
    """
    lines = [name] if wanted.match(name) else []
    try:
        lines += [line for line in lines_of(name, session.store.files.get(sha256)) if wanted.match(line)]
    except (FileRefusedError, ProgramError, StoreError):
        unread.append(f"{place}: its file could not be searched as text.")
    return BREAK.join(dict.fromkeys(lines))


def _local(connection: Connection, wanted: SearchWords, done: Searched) -> Iterator[Found]:
    """What this store alone keeps: drafts half typed, trays of imports, saved views."""
    called = {"draft": "Draft", "tray": "Unmatched items of an import", "view": "Saved view"}
    rows = connection.exec_driver_sql("SELECT kind, \"key\", value FROM local").fetchall()
    for kind, key, value in rows:
        text = _holding(str(value or ""), wanted)
        if text:
            yield Found(called.get(str(kind), "Kept on this computer"), f"local:{kind}:{key}", text)
    done.looked["Drafts, trays and views"] = len(rows)


def _backups(session: Session, wanted: SearchWords, done: Searched) -> None:
    """Manifests of the backups that are in reach; what a backup itself holds is an earlier state of this store and is listed."""
    if session.store.url is not None:
        done.not_searched.append("Backups of the server, which this program does not reach.")
        return
    row = session.read().exec_driver_sql("SELECT value FROM local WHERE kind = 'setting' AND \"key\" = 'backup_folder'").fetchone()
    folders = {backups.folder_beside(session.store.path), *([Path(str(row[0]))] if row and row[0] else [])}
    made = [b for folder in sorted(folders) for b in backups.listed(folder, session.store.key)]
    done.looked["Backups' manifests"] = len(made)
    for one in made:
        names = [n for n in (one.name, *one.files) if wanted.match(n)]
        if names:
            done.found.append(Found(f"Manifest of the backup of {london_time(one.at)}", f"backup:{one.path.name}", BREAK.join(names)))
    if made:
        first, last = min(b.at for b in made), max(b.at for b in made)
        done.not_searched.append(
            f"{how_many(len(made), 'backup')}, from {london_time(first)} to {london_time(last)}: each is this store as it was then. What it held is in the log above, "
            "unless it was disposed of since."
        )  # fmt: skip


def _not_here(connection: Connection, done: Searched) -> None:
    """What is known to be somewhere else, or gone."""
    gone = connection.exec_driver_sql("SELECT count(DISTINCT \"row\") FROM \"change\" WHERE act = 'dispose' AND about = \"row\"").scalar() or 0
    if gone:
        done.not_searched.append(f"{how_many(int(gone), 'record was', 'records were')} disposed of under the retention schedule; nothing of their words is left.")
    if stubs.are_here(connection):
        done.not_searched.append("This store is a part of another one; what was not handed over is with the office that has the whole.")
    done.not_searched.append("Working copies on other computers that were not merged since, e-mail and paper, which this program does not hold.")


def text_at(session: Session, source: str, words: str) -> str | None:
    """The text at a place that was found, as it is now; None where there is none any more."""
    kind, _, rest = source.partition(":")
    connection, wanted = session.read(), SearchWords(words)
    if kind == "cell":
        table, id, key = rest.split(":", 2)
        spec = BY_KEY.get(table)
        title = f', "{spec.title}"' if spec is not None else ""
        row = connection.exec_driver_sql(f'SELECT "{key}"{title} FROM "{table}" WHERE id = ?', (id,)).fetchone()
        if row is None or row[0] is None:
            return None
        return _readable(str(row[0]), wanted, whole=spec is not None and wanted.match(str(row[1] or ""))) or None
    if kind == "entry":
        entry_id, key = rest.split(":", 1)
        row = connection.exec_driver_sql(f"{log.SELECT} WHERE id = ?", (entry_id,)).fetchone()
        cell = log.from_row(tuple(row)).fields.get(key) if row is not None else None
        return _readable(cell.after, wanted) or None if cell is not None and isinstance(cell.after, str) else None
    if kind == "why":
        row = connection.exec_driver_sql('SELECT why FROM "change" WHERE txn = ? AND why IS NOT NULL ORDER BY n LIMIT 1', (rest,)).fetchone()
        return str(row[0]) if row else None
    if kind == "who":
        return next((f.text for f in _writers(connection, SearchWords(rest)) if f.source == source), None)
    if kind == "file":
        name = next((n for sha256, n in session.store.files.listed() if sha256 == rest), None)
        return file_text(session, rest, name, wanted, []) or None if name is not None else None
    if kind == "local":
        local_kind, key = rest.split(":", 1)
        row = connection.exec_driver_sql('SELECT value FROM local WHERE kind = ? AND "key" = ?', (local_kind, key)).fetchone()
        return _readable(str(row[0] or ""), wanted) or None if row else None
    done = Searched()
    _backups(session, wanted, done)
    return next((f.text for f in done.found if f.source == source), None)
