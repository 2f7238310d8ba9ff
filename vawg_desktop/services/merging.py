"""Working copies, merging them back, and settling what both sides changed (DESIGN 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_desktop.domain import strictness
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes, FieldChange
from vawg_desktop.domain.dates import london_time
from vawg_desktop.domain.entities import BY_KEY, LINK, SIGN_OFF, EntitySpec
from vawg_desktop.domain.errors import NotFoundError, RuleError, ValueRefusedError
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.domain.meeting_records import PUBLICATION
from vawg_desktop.domain.request_records import REQUEST_ITEM
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.domain.values import to_words
from vawg_desktop.services import history, names
from vawg_desktop.services.closing import NOT_CLOSED
from vawg_desktop.services.records import read_value
from vawg_desktop.services.session import Session
from vawg_desktop.store import entries as log
from vawg_desktop.store import history as past
from vawg_desktop.store import merging
from vawg_desktop.store.copying import copy_between, take_copy
from vawg_desktop.store.forks import Fork
from vawg_desktop.store.log_writing import spec_of
from vawg_desktop.store.postgres import is_url
from vawg_desktop.store.restating import Failure
from vawg_desktop.store.store import Store
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DELETED = FieldSpec("deleted", "Deleted", Kind.YES_NO)


@dataclass(frozen=True, slots=True)
class Head:
    """One of the values that stand side by side: a stored value, who wrote it, when (UTC, ISO) and why."""

    value: Value
    words: str
    who: str
    at: str
    why: str
    change: str
    #: Whose side it is: "Here", or the name of the store that it came from.
    side: str = ""

    def as_json(self) -> dict[str, object]:
        """The contract's keys."""
        return {"value": self.value, "who": self.who, "at": self.at, "why": self.why, "words": self.words}


@dataclass(frozen=True, slots=True)
class Conflict:
    """A cell that two sides filled differently. ``other`` is a link's other end."""

    id: str
    entity: str
    record_id: str
    record: str
    title: str
    field: str
    label: str
    heads: tuple[Head, ...]
    spec: FieldSpec
    other: str = ""

    def as_json(self) -> dict[str, object]:
        """The contract's keys, and the label and the other end beside them."""
        return {
            "id": self.id, "record": self.record, "field": self.field,
            "heads": [h.as_json() for h in self.heads],
            "label": self.label, "title": self.title, "other": self.other,
        }  # fmt: skip


@dataclass(slots=True)
class MergeResult:
    """What a merge brings or brought: changes to tell, conflicts, broken rules, new references."""

    copied: int = 0
    files: int = 0
    unrelated: bool = False
    #: Of each file that was copied by hand and edited in two places: a sentence.
    copied_by_hand: list[str] = field(default_factory=list[str])
    field_changes: list[FieldChange] = field(default_factory=list[FieldChange])
    conflicts: list[Conflict] = field(default_factory=list[Conflict])
    rule_failures: list[Failure] = field(default_factory=list[Failure])
    renumbered: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    changes: Changes = field(default_factory=Changes)

    def as_json(self) -> dict[str, object]:
        """The contract's keys."""
        return {
            "copied": self.copied,
            "conflicts": [c.as_json() for c in self.conflicts],
            "rule_failures": [{"record": f.record, "rule": f.rule, "message": f.message} for f in self.rule_failures],
            "renumbered": [{"before": old, "after": new} for old, new in self.renumbered],
            "files": self.files, "copied_by_hand": self.copied_by_hand,
        }  # fmt: skip


def copy(session: Session, to: Path | str, *, passphrase: str | None = None, move: bool = False) -> str:
    """Take a working copy to a file or a PostgreSQL URL; returns what it is called. Raises StoreError.

    A file's copy opens with the same passphrase; a file made from a server's store needs one (None: plain).
    ``move`` moves the whole store: the copy gives final references from then on.
    """
    between = session.store.url is not None or is_url(str(to)) or move
    if between:
        return copy_between(session.store, str(to), passphrase=passphrase, move=move)
    return str(take_copy(session.store, Path(to)))


def merge(session: Session, other: Store, *, allow_unrelated: bool = False) -> MergeResult:
    """Bring in what ``other`` knows and this store does not. Raises StoreError; then nothing has changed.

    A store with no common past raises it too (code ``unrelated``), unless ``allow_unrelated`` says that it is meant.
    """
    merged = merging.merge_in(session.store, other, session.who, allow_unrelated=allow_unrelated)
    brought = _brought(session.read(), merged)
    if any(e.tbl == "survey_batch" for e in merged.incoming):
        from vawg_desktop.services import (
            answer_review,  # which reads surveys: not needed to merge anything else
        )

        answer_review.take_out_again(session)
    return brought


def preview(session: Session, other: Store) -> MergeResult:
    """What ``merge`` would bring, changing nothing."""
    results: list[MergeResult] = []

    def look(tx: Transaction, merged: merging.Merged) -> None:
        results.append(_brought(tx.connection, merged))

    merging.merge_in(session.store, other, session.who, look=look)
    results[0].changes = Changes()
    return results[0]


def _brought(connection: Connection, merged: merging.Merged) -> MergeResult:
    return MergeResult(
        len(merged.incoming), merged.files, merged.unrelated, [_fork_in_words(f) for f in merged.forks], history.field_changes(connection, merged.incoming),
        _conflicts(connection, merged.conflicts), merged.rule_failures, merged.renumbered, merged.changes,
    )  # fmt: skip


def _fork_in_words(fork: Fork) -> str:
    since, count = london_time(fork.since), how_many(fork.entries, "change")
    return (
        f"“{fork.name}” was copied by hand and edited in two places. {count} made in {'this' if fork.mine else 'the other'} file since {since} "
        f"{'counts as that' if fork.entries == 1 else 'count as those'} of a store of its own; nothing of either is lost. Take a working copy next time."
    )


def conflicts(session: Session) -> list[Conflict]:
    """Every cell of the store that two sides filled differently, by record."""
    ids = [str(r[0]) for r in session.read().exec_driver_sql("SELECT id FROM conflict")]
    return _conflicts(session.read(), ids)


def find(session: Session, id: str) -> Conflict:
    """The conflict of that id. Raises NotFoundError."""
    found = _conflicts(session.read(), [id])
    if not found:
        raise NotFoundError(f"There is no open conflict called “{id[:40]}”; it may have been resolved already.")
    return found[0]


def _conflicts(connection: Connection, ids: Sequence[str]) -> list[Conflict]:
    found: list[Conflict] = []
    for start in range(0, len(ids), 400):
        part = ids[start : start + 400]
        marks = ",".join("?" * len(part))
        rows = connection.exec_driver_sql(
            f'SELECT id, tbl, "row", cell FROM conflict WHERE id IN ({marks})', tuple(part)
        ).fetchall()
        entries = past.grouped(past.entries_of(connection, [str(r[2]) for r in rows]))
        found += [
            _conflict(connection, str(i), str(t), str(r), str(c), entries[(str(t), str(r))])
            for i, t, r, c in rows
        ]
    return sorted(found, key=lambda c: (c.entity, c.record, c.other, c.field))


def _conflict(
    connection: Connection, id: str, tbl: str, row: str, cell: str, entries: list[log.Entry]
) -> Conflict:
    spec = spec_of(tbl)
    known = _DELETED if cell == "deleted" else spec.by_key[cell]
    standings = past.cells_after(entries)
    by_id = {e.id: e for e in entries}
    heads = [_head(connection, known, by_id[h.id], h.value, "") for h in standings[cell].heads]
    if cell == "deleted" and not standings[cell].conflicted:
        changed = past.changed_behind_deletion(entries, standings)
        heads += [_head(connection, known, e, False, _changed_words(connection, spec, e)) for e in changed]
    if spec is not LINK:
        subject = _subject(connection, row)
        return Conflict(id, tbl, row, subject[1], subject[2], cell, known.label, tuple(heads), known)
    kind, a, b = (
        str(x) for x in connection.exec_driver_sql("SELECT kind, a, b FROM link WHERE id = ?", (row,)).one()
    )
    entity, _, key = kind.partition(".")
    owner = BY_KEY.get(entity)
    label = owner.by_key[key].label if owner and key in owner.by_key else "Also known as"
    subject, other = _subject(connection, a), _subject(connection, b)[1]
    shown = label if cell == "deleted" else f"{label}: {known.label.casefold()}"
    return Conflict(id, subject[0], a, subject[1], subject[2], key or cell, shown, tuple(heads), known, other)


def _subject(connection: Connection, id: str) -> tuple[str, str, str]:
    found = connection.exec_driver_sql(
        "SELECT entity, reference, title FROM subject WHERE id = ?", (id,)
    ).fetchone()
    return (str(found[0]), str(found[1]), str(found[2])) if found else ("", id, "")


def _head(connection: Connection, spec: FieldSpec, entry: log.Entry, value: Value, words: str) -> Head:
    if spec is _DELETED:
        words = ("Deleted" if value else "Kept") + (f"; {words}" if words else "")
    elif spec.kind is Kind.REF and value:
        words = names.labels(connection, [str(value)]).get(str(value), str(value))
    else:
        words = to_words(spec, value)
    origin = connection.exec_driver_sql("SELECT mine, name FROM origin WHERE id = ?", (entry.origin,)).fetchone()
    side = "Here" if origin is not None and origin[0] else str(origin[1] if origin is not None and origin[1] else "Another copy")
    return Head(value, words, entry.who, entry.at, entry.why or "", entry.id, side)


def _changed_words(connection: Connection, spec: EntitySpec, entry: log.Entry) -> str:
    labels = [spec.by_key[k].label.casefold() for k in entry.fields if k in spec.by_key]
    return f"{', '.join(labels)} changed" if labels else "changed"


def settle(session: Session, id: str, typed: str, why: str) -> Changes:
    """Choose the value of a cell that two sides filled differently; it is chosen everywhere.

    ``typed`` is one of the values or another valid one; for a deletion "yes" deletes and "no" keeps.
    Raises NotFoundError, ValueRefusedError.
    """
    if not why.strip():
        raise ValueRefusedError("Resolving a conflict needs a reason: why this value and not the other.")
    conflict = find(session, id)
    with session.store.write(session.who, why, Act.SETTLE, id) as tx:
        row = tx.connection.exec_driver_sql(
            'SELECT tbl, "row", cell FROM conflict WHERE id = ?', (id,)
        ).fetchone()
        if row is None:
            raise NotFoundError("Somebody has resolved this meanwhile; nothing was changed.", code="settled")
        value = _typed(session, tx.connection, conflict, typed)
        beside = _closing_of(tx, str(row[0]), str(row[1]), str(row[2]), value)
        tx.edit(str(row[0]), str(row[1]), {str(row[2]): value, **beside}, settling=True)
    return tx.changes


def _closing_of(tx: Transaction, table: str, id: str, cell: str, value: Value) -> dict[str, Value]:
    """Who closed a record and when, where it is settled whether it is closed: as the closing that was chosen says, or nobody."""
    spec = BY_KEY.get(table)
    if spec is None or not spec.closes_by_tests or cell != spec.status:
        return {}
    if value != "closed":
        return dict(NOT_CLOSED)
    heads = tx.heads(id, str(tx.row(table, id)["born"])).get(cell, frozenset())
    entries = [e for e in past.entries_of(tx.connection, [id]) if e.id in heads and (c := e.fields.get(cell)) is not None and c.after == "closed"]
    return {key: said.after for key in NOT_CLOSED if entries and (said := entries[0].fields.get(key)) is not None}


def _typed(session: Session, connection: Connection, conflict: Conflict, typed: str) -> Value:
    if conflict.spec is _DELETED:
        word = fold(typed)
        if word in ("yes", "true", "1", "deleted", "delete"):
            return True
        if word in ("no", "false", "0", "kept", "keep"):
            return False
        raise ValueRefusedError("Say yes to delete the record or no to keep it.")
    return read_value(session, connection, conflict.spec, typed)


#: Cells that are not taken over from a record that becomes one with another: its note has words of its own, and how it was closed is told of it alone.
_LEFT = frozenset({"note", "closure_route", "closing_authority", "authority_agreement", "closed_by", "closure_agreed_by", "closed_on"})


#: What names a record and goes on naming it when that one becomes one with another: a signature holds for one closing, the others for what left or was gathered then.
_OF_ITS_TIME = (SIGN_OFF, PUBLICATION, REQUEST_ITEM)


def combine(session: Session, keep: str, drop: str, why: str) -> Changes:
    """Merge two records of one kind: ``keep`` takes links, names, what is said of it and the values it lacks from ``drop``, and of values that protect the stricter.

    ``drop`` is deleted (hidden) and says where it went. Raises NotFoundError, RuleError.
    """
    kept = names.find(session.read(), keep)
    with session.store.write(session.who, why, Act.COMBINE, kept.id) as tx:
        one, other = names.find(tx.connection, kept.id), names.find(tx.connection, drop)
        if one.entity != other.entity or one.id == other.id:
            raise RuleError("Only two different records of one kind can be one.", code="rule_combine")
        _move_references(tx, one, other)
        _move_links(tx, one.id, other.id)
        mine, theirs = tx.row(one.entity, one.id), tx.row(one.entity, other.id)
        empty = (None, "")
        filled = {
            f.key: theirs[f.key]
            for f in one.spec.cells
            if f.key not in _LEFT and mine[f.key] in empty and theirs[f.key] not in (*empty, one.id)
        }
        protecting = {f.key: theirs[f.key] for f in one.spec.cells if (rank := strictness.rank(f)) is not None and rank(theirs[f.key]) < rank(mine[f.key])}
        if filled | protecting:
            tx.edit(one.entity, one.id, filled | protecting)
        # stated again, so that a deletion of the kept record in another copy becomes a conflict
        tx.state_again(one.entity, one.id, "deleted", False)
        for name in (theirs["reference"], *(theirs.get(k) for k in ("name", "short_name"))):
            if name:
                tx.alias(one.id, str(name))
        note = f"{theirs['note']}\n" if theirs["note"] else ""
        tx.edit(one.entity, other.id, {"note": f"{note}Is one with {one.reference}.", "deleted": True})
    return tx.changes


def _move_references(tx: Transaction, one: names.Found, other: names.Found) -> None:
    for spec in BY_KEY.values():
        for cell in (f for f in spec.cells if f.kind is Kind.REF and f.target == one.entity):
            rows = tx.connection.exec_driver_sql(
                f'SELECT id FROM "{spec.key}" WHERE "{cell.key}" = ?', (other.id,)
            ).fetchall()
            for row in rows:
                to = None if str(row[0]) == one.id else one.id  # a record does not refer to itself
                tx.edit(spec.key, str(row[0]), {cell.key: to}, checked=False)
    for spec, key in ((s, f.key) for s in BY_KEY.values() if not (s.system or s.kept_by_program or s in _OF_ITS_TIME) for f in s.cells if f.names_record):
        for (id,) in tx.connection.exec_driver_sql(f'SELECT id FROM "{spec.key}" WHERE "{key}" = ? AND NOT deleted', (other.id,)).fetchall():
            tx.edit(spec.key, str(id), {key: one.id}, checked=False)


#: What a link says beside its two ends.
_LINK_CELLS = tuple(f.key for f in LINK.cells if f.key not in ("kind", "a", "b"))


def _move_links(tx: Transaction, one: str, other: str) -> None:
    rows = tx.connection.exec_driver_sql(
        f"SELECT kind, a, b, {', '.join(_LINK_CELLS)} FROM link WHERE (a = ? OR b = ?) AND deleted = 0",
        (other, other),
    ).fetchall()
    for kind, a, b, *cells in rows:
        tx.unlink(str(kind), str(a), str(b))
        left, right = (one if x == other else str(x) for x in (a, b))
        if left != right:
            cells_there = {k: v for k, v in zip(_LINK_CELLS, cells, strict=True) if v is not None}
            if right != str(b):
                cells_there.pop("seen", None)  # what was seen of the other source says nothing of this one
            there = tx.connection.exec_driver_sql(
                f"SELECT {', '.join(_LINK_CELLS)} FROM link WHERE kind = ? AND a = ? AND b = ? AND deleted = 0",
                (str(kind), left, right),
            ).fetchone()
            own = {k for k, v in zip(_LINK_CELLS, there or (), strict=False) if v is not None}
            tx.link(str(kind), left, right, {k: v for k, v in cells_there.items() if k not in own})
