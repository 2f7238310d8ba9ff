"""Where a tracker's rows have been before: the list, its rows and what each last held, recorded in the log so that they merge.

Ids are made of what a row is, so that the same file taken in two stores is one list, and its rows the same records.
"""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.terms import fold
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

_NAMESPACE = uuid.UUID("3c0f7f5e-5d0c-5b7e-8a55-6f0f0b8d7a21")
#: Similarity (0 to 1) from which two texts are one record's, and from which it is worth asking.
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
    #: Whether this copy of the list has the row, and whether it is the first to have it.
    used: bool = False
    fresh: bool = False


class Lineage:
    """One list and its rows, read once and kept up as rows are taken."""

    def __init__(self, tx: Transaction, name: str, headings: str, id: str) -> None:
        self._tx, self.id = tx, id
        row = tx.connection.exec_driver_sql(
            "SELECT mapping, answers, name FROM tracker WHERE id = ? AND NOT deleted", (self.id,)
        ).fetchone()
        self._pending: dict[str, tuple[Known, dict[str, Value]]] = {}
        self._name, self._headings = name, headings
        self.mapping: dict[str, str | None] = json.loads(row[0]) if row and row[0] else {}
        self.answers: dict[str, str] = json.loads(row[1]) if row and row[1] else {}
        self._same: Counter[tuple[str, str, str, str]] = Counter()
        self._by_record: dict[str, Known] = {}
        self._all: dict[str, Known] = {}
        found = tx.run(
            "SELECT id, sheet, number, entity, words, beside, record, base FROM tracker_row WHERE tracker = ? AND NOT deleted ORDER BY n",
            (self.id,),
        ).fetchall()
        #: Each row as it stands, so that one that says the same again is not written.
        self._stands: dict[str, tuple[str, ...]] = {}
        for id, sheet, number, entity, words, beside, record, base in found:
            self._stands[str(id)] = tuple(str(x or "") for x in (sheet, number, words, beside, record, base))
            texts = (str(x or "") for x in (id, sheet, number, entity, words, beside, record))
            self._take(Known(*texts, base=json.loads(base or "{}")))

    def _take(self, known: Known) -> None:
        self._all[known.id] = known
        self._by_record.setdefault(known.record, known)
        self._same[(known.entity, known.number, fold(known.words), known.beside)] += 1

    def all(self) -> Iterable[Known]:
        """Every row that was taken before or now."""
        return list(self._all.values())

    def base_of(self, record: str) -> dict[str, Value] | None:
        """What the list last held about a record; None where it never spoke of it."""
        return self._by_record[record].base if record in self._by_record else None

    def move_under(self, record: str, to: str) -> str:
        """Note that ``record`` stands under ``to`` now; returns what it stood under before, or an empty text."""
        known = self._by_record.get(record)
        if known is None:
            return ""
        before, known.base["~under"] = str(known.base.get("~under") or ""), to
        return before

    def remember(
        self, known: Known | None, sheet: str, number: str, entity: str, words: str, beside: str, record: str, base: Mapping[str, Value],
        *, write: bool = True,
    ) -> None:  # fmt: skip
        """A row that was taken now: what it is and what it says. It is written when the list is closed."""
        cells: dict[str, Value] = {
            "sheet": sheet, "number": number or None, "words": words, "beside": fold(beside) or None, "record": record,
        }  # fmt: skip
        if known is None:
            if record in self._by_record and self._by_record[record].fresh:
                return  # several rows of this copy speak of it
            count = self._same[(entity, number, fold(words), fold(beside))]
            known = Known(
                made_id("row", self.id, sheet, number, entity, fold(words), fold(beside), str(count)), sheet, number, entity, words,
                fold(beside), record, dict(base), True, True,
            )  # fmt: skip
            self._take(known)
            if write:
                self._pending[known.id] = (known, {**cells, "tracker": self.id, "entity": entity})
            return
        known.used, known.base = True, {**known.base, **base}
        known.words, known.number, known.record = words, number, record
        if write:
            self._pending[known.id] = (known, cells)

    def close(self, mapping: Mapping[str, str | None], answers: Mapping[str, str]) -> None:
        """Write the rows; keep what each column is, and the questions that were answered once for all."""
        for known, values in self._pending.values():
            cells: dict[str, Value] = {**values, "base": _json(known.base)}
            if self._stands.get(known.id) != tuple(str(cells[k] or "") for k in ("sheet", "number", "words", "beside", "record", "base")):
                self._write("tracker_row", known.id, cells)
        cells = {
            "name": self._name, "headings": self._headings, "mapping": _json(dict(mapping)), "answers": _json({**self.answers, **answers}),
        }  # fmt: skip
        self._write("tracker", self.id, cells)

    def _write(self, table: str, id: str, cells: dict[str, Value]) -> None:
        there = self._tx.connection.exec_driver_sql(f'SELECT deleted FROM "{table}" WHERE id = ?', (id,)).fetchone()
        if there is None:
            self._tx.create(table, cells, id=id, checked=False)
        else:
            self._tx.edit(table, id, {**cells, "deleted": False} if there[0] else cells, checked=False, settling=True)


def list_of(connection: Connection, name: str, headings: str, rows: Sequence[tuple[str, str]]) -> str:
    """The id of the list that a file is a copy of: the one whose rows it mostly repeats, else a new one of its own.

    ``rows`` are number and words of each row of the file. One template filled by two partners is two lists, since their
    rows say different things under the same numbers.
    """
    wanted = {(number, fold(words)) for number, words in rows}
    titles = {words for _, words in wanted if words}
    whole: Counter[str] = Counter()
    worded: dict[str, set[str]] = {}
    all_titles: dict[str, set[str]] = {}
    for tracker, number, words in connection.exec_driver_sql(
        "SELECT r.tracker, r.number, r.words FROM tracker_row r JOIN tracker t ON t.id = r.tracker AND NOT t.deleted WHERE NOT r.deleted"
    ):
        title = fold(str(words or ""))
        whole[str(tracker)] += (str(number or ""), title) in wanted
        all_titles.setdefault(str(tracker), set()).add(title)
        if title in titles:
            worded.setdefault(str(tracker), set()).add(title)
    hits = {t: max(whole[t], len(worded.get(t, ()))) for t in whole}  # rows that were renumbered still say the same
    best = max(hits, key=lambda t: hits[t], default=None)
    if best is not None and hits[best] and hits[best] * 3 >= len(wanted):
        return best
    alike = {t: len(worded.get(t, ())) + _reworded(titles, theirs) for t, theirs in all_titles.items()}
    best = max(alike, key=lambda t: alike[t], default=None)
    if best is not None and alike[best] * 2 >= len(wanted):  # corrected throughout: each row is asked
        return best
    first = made_id("first", *(f"{n}\x1e{w}" for n, w in sorted(wanted)[:200]))
    return made_id("tracker", headings, first)


def _reworded(titles: Iterable[str], theirs: Iterable[str]) -> int:
    """How many titles are an earlier copy's, corrected: of all words of both most stand in both. Each of theirs is taken once."""
    said = set(titles)
    left = set(theirs) - said
    by_word: dict[str, list[str]] = {}
    for title in sorted(left):
        for word in set(title.split()):
            by_word.setdefault(word, []).append(title)
    count = 0
    for title in sorted(said - set(theirs)):
        words = sorted(set(title.split()), key=lambda w: (len(by_word.get(w, ())), w))
        shared = Counter(other for word in words[:6] for other in by_word.get(word, ())[:200] if other in left)
        found = next((other for other, _ in shared.most_common(5) if _shared(other, title) >= SAME), None)
        if found is not None:
            left.discard(found)
            count += 1
    return count


def _shared(one: str, other: str) -> float:
    """The share of the words of two titles that stand in both, 0 to 1 (Jaccard)."""
    ours, theirs = set(one.split()), set(other.split())
    return len(ours & theirs) / max(len(ours | theirs), 1)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
