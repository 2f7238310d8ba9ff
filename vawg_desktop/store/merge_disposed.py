"""Records that either store disposed of, in a merge: their words go from both, but for what a legal hold here keeps."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from vawg_desktop.domain.acts import Act, act_of
from vawg_desktop.domain.entities import LINK
from vawg_desktop.store import dispose, history, redacting, work
from vawg_desktop.store import entries as log
from vawg_desktop.store.log_writing import spec_of
from vawg_desktop.store.restating import batches
from vawg_desktop.store.transaction import Transaction

#: Tells a person of a record that is left as it is: its id, the rule's name, a sentence.
Tell = Callable[[str, str, str], None]


class Disposed:
    """Takes out the words of what was disposed of, in ``incoming`` entries or here. ``gone_files`` are the SHA-256 of files that went with them."""

    def __init__(self, tx: Transaction, incoming: Sequence[log.Entry], tell: Tell) -> None:
        self._tx, self._incoming, self._tell = tx, incoming, tell
        self.gone_files: list[str] = []

    def strip(self) -> list[tuple[str, str]]:
        """Take the words of records disposed of in either store out of rows and log; returns the records, as (table, id). A legal hold here keeps the log's."""
        here = {e.row: e.tbl for e in self._incoming if act_of(e.act) is Act.DISPOSE}
        rows = [e.row for e in self._incoming]
        for part in batches(dict.fromkeys(rows), 400):
            marks = ",".join("?" * len(part))
            found = self._tx.run(
                f'SELECT DISTINCT "row", tbl FROM "change" WHERE act = \'dispose\' AND "row" IN ({marks})',
                tuple(part),
            )
            here.update({str(r): str(t) for r, t in found})
        stripped: list[tuple[str, str]] = []
        for row, tbl in here.items():
            if self._held(tbl, row):
                self._tell(
                    row,
                    "legal_hold",
                    "It was disposed of in the other store; a legal hold here keeps its log.",
                )
                continue
            if not self._tx.approver:
                self._tell(
                    row, "disposal_waits", "It was disposed of in the other store; its words stay in the log here until an approver opens the store."
                )
                work.note(self._tx, work.STRIP, [f"{tbl} {row}"])
                continue
            self.gone_files += dispose.strip_row(self._tx, tbl, row)
            stripped.append((tbl, row))
        return stripped

    def note_rest(self) -> None:
        """What either store wrote of a record that the other had disposed of goes too, as work after the merge."""
        known: dict[str, None] = dict.fromkeys(e.row for e in self._incoming if act_of(e.act) is Act.DISPOSE)
        for tbl, column in dict((*history.PARTS, *history.NAMING)).items():
            for some in batches(dict.fromkeys(e.row for e in self._incoming if e.tbl == tbl), 400):
                marks = ",".join("?" * len(some))
                found = self._tx.run(f'SELECT DISTINCT "{column}" FROM "{tbl}" WHERE id IN ({marks})', tuple(some))
                known.update(dict.fromkeys(str(r[0]) for r in found.fetchall() if r[0]))
        for e in self._incoming:
            for tbl, cell in redacting.DOCUMENTS:
                if e.tbl == tbl and (change := e.fields.get(cell)) is not None and change.after:
                    known.update(dict.fromkeys(str(r["id"]) for r in json.loads(str(change.after)).get("rows", ())))
        for some in batches(known, 400):
            marks = ",".join("?" * len(some))
            gone = self._tx.run(
                f'SELECT DISTINCT tbl, "row" FROM "change" WHERE act = \'dispose\' AND about = "row" AND "row" IN ({marks})', tuple(some)
            ).fetchall()
            left = [
                f"{tbl} {row}" for tbl, row in gone
                if not self._held(str(tbl), str(row)) and dispose.has_rest(self._tx.connection, str(tbl), str(row))
            ]  # fmt: skip
            work.note(self._tx, work.REST, left)

    def _held(self, tbl: str, row: str) -> bool:
        """Whether a legal hold here lies on the record, on what it is a part of, or on a link's ends."""
        spec, wanted = spec_of(tbl), [row]
        columns = [spec.parent] if spec.parent else ["a", "b"] if spec is LINK else []
        if columns:
            names = ", ".join(f'"{c}"' for c in columns)
            found = self._tx.run(f'SELECT {names} FROM "{tbl}" WHERE id = ?', (row,)).fetchone()
            wanted += [str(x) for x in found or () if x]
        marks = ",".join("?" * len(wanted))
        sql = f"SELECT 1 FROM link WHERE kind = ? AND deleted = 0 AND a IN ({marks})"
        return bool(self._tx.run(sql, (dispose.HOLD, *wanted)).fetchone())
