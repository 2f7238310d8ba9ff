"""A return reversed as a whole: what stood comes back, later edits are kept and named (DESIGN 5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from vawg_desktop.domain import merge
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY, LINK
from vawg_desktop.domain.errors import NotFoundError
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import names
from vawg_desktop.services.return_review import SentReturn, sent_return
from vawg_desktop.services.session import Session
from vawg_desktop.store import history as past
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(slots=True)
class Reversed:
    """What reversing a return did."""

    restored: int = 0
    kept_later_edits: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    changes: Changes = field(default_factory=Changes)
    #: What was kept, as a person reads it: "Status of A-0003".
    kept_in_words: list[str] = field(default_factory=list[str])

    def sentence(self) -> str:
        """What came back and what stays, by name."""
        back = f"{how_many(self.restored, 'value')} restored."
        return f"{back} Kept, because edited later: {', '.join(self.kept_in_words)}." if self.kept_in_words else back

    def keep(self, tbl: str, row: Mapping[str, object], key: str, before: object) -> None:
        """Note that a value stays as it was edited later."""
        self.kept_later_edits.append({"record": row["reference"], "field": key, "value": row.get(key), "before_return": before})
        cell = BY_KEY[tbl].by_key.get(key)
        self.kept_in_words.append(f"{cell.label} of {row['reference']}" if cell is not None else str(row["reference"]))


def reverse_return(session: Session, reference: str) -> Reversed:
    """Bring back what stood before a return was applied; later edits are kept and named."""
    connection = session.read()
    owner = _find_return(connection, reference)
    submissions = [
        str(r[0])
        for r in connection.exec_driver_sql('SELECT id FROM submission WHERE "return" = ?', (owner.id,))
    ]
    done = Reversed()
    with session.store.write(session.who, f"Return {owner.visible} reversed", Act.REVERSE, owner.id) as tx:
        txns = _applied(tx, owner.id, submissions)
        _reverse_entries(tx, [e for t in txns for e in past.entries_of_transaction(tx.connection, t)], done)
        for submission in submissions:
            if txns and tx.row("submission", submission)["state"] != "reversed":
                tx.edit("submission", submission, {"state": "reversed"})
    done.changes = tx.changes
    return done


def _applied(tx: Transaction, owner: str, submissions: Sequence[str]) -> list[str]:
    """The transactions that applied a return since it was last reversed, oldest first."""
    if not submissions:
        return []
    marks = ",".join("?" * len(submissions))
    run = tx.connection.exec_driver_sql
    gone = past.taken_back(
        (str(r[0]), str(r[1]))
        for r in run("SELECT DISTINCT txn, about FROM \"change\" WHERE act IN ('undo', 'redo') AND about IS NOT NULL")
    )
    reversals = run("SELECT txn, max(n) FROM \"change\" WHERE act = 'reverse' AND about = ? GROUP BY txn", (owner,))
    since = max((int(n) for txn, n in reversals.fetchall() if str(txn) not in gone), default=0)
    rows = run(
        f"SELECT txn, min(n) FROM \"change\" WHERE act = 'return' AND about IN ({marks}) AND n > ? GROUP BY txn ORDER BY 2",
        (*submissions, since),
    )
    return [str(r[0]) for r in rows.fetchall() if str(r[0]) not in gone]


def _find_return(connection: Connection, reference: str) -> SentReturn:
    found = names.with_check_letters(connection, reference)
    if found is not None and found.entity == "submission":
        row = connection.exec_driver_sql(
            'SELECT "return" FROM submission WHERE id = ?', (found.id,)
        ).fetchone()
        return sent_return(connection, str(row[0])) if row else sent_return(connection, "")
    if found is None or found.entity != "return":
        raise NotFoundError(f"There is no return called “{reference[:60]}” in this store.")
    return sent_return(connection, found.id)


def _reverse_entries(tx: Transaction, entries: Sequence[Any], done: Reversed) -> None:
    """Per cell: the value before the first of the return's changes, if the last of them still stands. What it made goes, unless somebody worked on it since."""
    spans: dict[tuple[str, str, str], list[Any]] = {}
    kept = _kept(tx, entries)
    for entry in entries:
        if entry.op == "create":
            if entry.row in kept:
                if entry.tbl != LINK.key:
                    row = tx.row(entry.tbl, entry.row)
                    done.keep(entry.tbl, row, kept[entry.row], None)
            elif tx.delete(entry.tbl, entry.row):
                done.restored += 1
            continue
        if entry.tbl == "submission":
            continue
        for key in entry.fields:
            spans.setdefault((entry.tbl, entry.row, key), []).append(entry)
    for (tbl, row, key), entries in spans.items():
        current = tx.row(tbl, row)
        heads = tx.heads(row, "").get(key, frozenset({str(current["born"])}))
        if len(heads) == 1 and merge.same(current[key], entries[-1].fields[key].after):
            tx.edit(tbl, row, {key: entries[0].fields[key].before}, checked=False)
            done.restored += 1
        else:
            done.keep(tbl, current, key, entries[0].fields[key].before)


#: Acts that bring back what stood: they are nobody's later work.
_WAYS_BACK = frozenset({"undo", "redo", "reverse"})


def _kept(tx: Transaction, entries: Sequence[Any]) -> dict[str, str]:
    """Records that a return made and that stay, by id, each with a field that somebody wrote since; "deleted" where others hang on it."""
    made = {e.row: e.tbl for e in entries if e.op == "create" and e.tbl != "submission"}
    of_return = {e.txn for e in entries}
    kept: dict[str, str] = {}
    for row, tbl in made.items():
        written = tx.run('SELECT h.cell, x.txn, x.act FROM head h JOIN "change" x ON x.id = h."change" WHERE h."row" = ?', (row,)).fetchall()
        later = next((str(cell) for cell, txn, act in written if txn not in of_return and act not in _WAYS_BACK), "")
        if later and not tx.row(tbl, row)["deleted"]:
            kept[row] = later
    while True:
        more = {row: "deleted" for row, tbl in made.items() if row not in kept and _hangs(tx, row, tbl, made, kept)}
        if not more:
            return kept
        kept |= more


def _hangs(tx: Transaction, row: str, tbl: str, made: Mapping[str, str], kept: Mapping[str, str]) -> bool:
    """Whether something that stays hangs on a record that a return made, or, of a link, whether one of its ends stays."""
    if tbl == LINK.key:
        link = tx.row(tbl, row)
        return str(link["a"]) in kept or str(link["b"]) in kept
    asked = ["SELECT id FROM link WHERE a = ? AND NOT deleted", "SELECT id FROM link WHERE b = ? AND NOT deleted"]
    asked += [f'SELECT id FROM "{part}" WHERE "{column}" = ? AND NOT deleted' for part, column in past.PARTS]
    hanging = {str(id) for sql in asked for (id,) in tx.run(sql, (row,)).fetchall()}
    return any(id not in made or id in kept for id in hanging)
