"""Where a tracker's rows have been before: the list, its rows and what each last said, said in the log so that they merge.

Ids are made of what a row is, so that the same file taken in two stores is one list, and its rows the same records.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.tracker_in import similar
from vawg_desktop.store.door import Transaction

_NAMESPACE = uuid.UUID("3c0f7f5e-5d0c-5b7e-8a55-6f0f0b8d7a21")
#: How alike the words of a row are that are the same record's, corrected; and from where on that is worth asking.
SAME, NEARLY = 0.7, 0.55


def made_id(*parts: str) -> str:
    """An id that follows from what a thing is."""
    return str(uuid.uuid5(_NAMESPACE, "\x1f".join(parts)))


@dataclass(slots=True)
class Known:
    """One row that was taken before."""

    id: str
    sheet: str
    number: str
    entity: str
    words: str
    beside: str
    record: str
    base: dict[str, Value] = field(default_factory=dict[str, Value])
    used: bool = False


class Lineage:
    """One list and its rows, read once and kept up as rows are taken."""

    def __init__(self, tx: Transaction, name: str, headings: str, id: str) -> None:
        self._tx, self.id = tx, id
        row = tx.connection.exec_driver_sql(
            "SELECT mapping, answers, name FROM tracker WHERE id = ? AND NOT deleted", (self.id,)
        ).fetchone()
        self._new = row is None
        self._name, self._headings = name, headings
        self.mapping: dict[str, str | None] = json.loads(row[0]) if row and row[0] else {}
        self.answers: dict[str, str] = json.loads(row[1]) if row and row[1] else {}
        self._rows: dict[tuple[str, str], list[Known]] = {}
        self._by_words: dict[tuple[str, str], list[Known]] = {}
        self._all: dict[str, Known] = {}
        found = tx.connection.exec_driver_sql(
            "SELECT id, sheet, number, entity, words, beside, record, base FROM tracker_row WHERE tracker = ? AND NOT deleted ORDER BY n",
            (self.id,),
        ).fetchall()
        for id, sheet, number, entity, words, beside, record, base in found:
            said = (str(x or "") for x in (id, sheet, number, entity, words, beside, record))
            self._take(Known(*said, base=json.loads(base or "{}")))

    def _take(self, known: Known) -> None:
        self._all[known.id] = known
        self._rows.setdefault((known.entity, known.number), []).append(known)
        self._by_words.setdefault((known.entity, fold(known.words)), []).append(known)

    def __bool__(self) -> bool:
        return bool(self._all)

    def rows_of(self, entity: str, number: str, sheet: str) -> list[Known]:
        """Rows taken before under this number as it is written, those of this sheet alone where there are any."""
        found = [k for k in self._rows.get((entity, number), ()) if not k.used]
        here = [k for k in found if k.sheet == sheet]
        return here or found

    def of_words(self, entity: str, words: str, beside: str) -> list[Known]:
        """Rows taken before that said the same, those that stood beside the same words first."""
        found = [k for k in self._by_words.get((entity, fold(words)), ()) if not k.used]
        same = [k for k in found if k.beside == fold(beside)]
        return same or found

    def base_of(self, record: str) -> dict[str, Value] | None:
        """What a list last said of a record: of this list, else of none."""
        return next((k.base for k in self._all.values() if k.record == record), None)

    def remember(
        self, known: Known | None, sheet: str, number: str, entity: str, words: str, beside: str, record: str, base: Mapping[str, Value]
    ) -> None:
        """A row that was taken now: what it is and what it says."""
        cells: dict[str, Value] = {
            "sheet": sheet, "number": number or None, "words": words, "beside": fold(beside) or None, "record": record,
        }  # fmt: skip
        if known is None:
            count = sum(1 for k in self._rows.get((entity, number), ()) if fold(k.words) == fold(words) and k.beside == fold(beside))
            known = Known(
                made_id("row", self.id, sheet, number, entity, fold(words), fold(beside), str(count)), sheet, number, entity, words,
                fold(beside), record, dict(base), True,
            )  # fmt: skip
            self._take(known)
            self._write("tracker_row", known.id, {**cells, "tracker": self.id, "entity": entity, "base": _json(known.base)})
            return
        known.used, known.base = True, {**known.base, **base}
        known.words, known.number, known.record = words, number, record
        self._write("tracker_row", known.id, {**cells, "base": _json(known.base)})

    def close(self, mapping: Mapping[str, str | None], answers: Mapping[str, str]) -> None:
        """Keep what each column is, and the questions that were answered once for all."""
        cells: dict[str, Value] = {
            "name": self._name, "headings": self._headings, "mapping": _json(dict(mapping)), "answers": _json({**self.answers, **answers}),
        }  # fmt: skip
        self._write("tracker", self.id, cells)

    def _write(self, table: str, id: str, cells: dict[str, Value]) -> None:
        there = self._tx.connection.exec_driver_sql(f'SELECT deleted FROM "{table}" WHERE id = ?', (id,)).fetchone()
        if there is None:
            self._tx.create(table, cells, id=id, checked=False)
        else:
            self._tx.edit(table, id, {**cells, "deleted": False} if there[0] else cells, checked=False)

    def created(self) -> bool:
        """Whether this list was never taken in before."""
        return self._new


def list_of(connection: Connection, name: str, headings: str, rows: Sequence[tuple[str, str]]) -> str:
    """The id of the list that a file is a copy of: the one whose rows it mostly repeats, else a new one of its own.

    ``rows`` are number and words of each row of the file. One template filled by two partners is two lists, since their
    rows say different things under the same numbers.
    """
    wanted = {(number, fold(words)) for number, words in rows}
    hits: dict[str, int] = {}
    for tracker, number, words in connection.exec_driver_sql(
        "SELECT r.tracker, r.number, r.words FROM tracker_row r JOIN tracker t ON t.id = r.tracker AND NOT t.deleted WHERE NOT r.deleted"
    ):
        hits[str(tracker)] = hits.get(str(tracker), 0) + ((str(number or ""), fold(str(words or ""))) in wanted)
    best = max(hits, key=lambda t: hits[t], default=None)
    if best is not None and hits[best] * 3 >= len(wanted):
        return best
    first = made_id("first", *(f"{n}\x1e{w}" for n, w in sorted(wanted)[:200]))
    return made_id("tracker", headings, first)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def closest(known: list[Known], words: str) -> tuple[Known | None, float]:
    """The row whose words are most like these, and how like they are."""
    best = max(known, key=lambda k: similar(k.words, words), default=None)
    return best, similar(best.words, words) if best else 0.0


