"""A source document that was changed flags all that cites it, until somebody has looked again (DESIGN: evidence that holds)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from vawg_desktop.domain import merge
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.citing import CITING, CONTENT
from vawg_desktop.domain.entities import SOURCE
from vawg_desktop.domain.fields import Value
from vawg_desktop.services import names
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.store import entries as log
from vawg_desktop.store import history as past

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LINKS = (
    'SELECT l.id, l.a, l.b, l.seen, max(c.n) AS stated FROM link l JOIN "change" c ON c."row" = l.id JOIN subject s ON s.id = l.a AND NOT s.deleted '
    "WHERE l.b = ? AND l.kind IN ({marks}) AND NOT l.deleted GROUP BY l.id, l.a, l.b, l.seen ORDER BY l.a"
)


@dataclass(frozen=True, slots=True)
class Moved:
    """A record that cites a source which was changed since. ``link`` is the id of the link, ``what`` the fields that changed, in words."""

    link: str
    record: names.Found
    source: names.Found
    what: str


@dataclass(frozen=True, slots=True)
class _Past:
    """What a source was and is: its entries with their numbers in this store's log, oldest first, and what stands."""

    entries: tuple[tuple[int, log.Entry], ...]
    now: Mapping[str, Value]

    def moved(self, seen: str, stated: int) -> list[str]:
        """The fields that were other when somebody last looked: ``seen`` are the entries they knew, else all up to the number ``stated``."""
        known = self._known(seen.split())
        then = [entry for n, entry in self.entries if (entry.id in known if known else n < stated)]
        was = past.cells_after(then) if then else {}
        return [key for key in CONTENT if not merge.same(was[key].value or None if key in was else None, self.now.get(key) or None)]

    def _known(self, heads: list[str]) -> set[str]:
        """The entries that were heads, with all that they overwrote on the way."""
        by_id = {entry.id: entry for _, entry in self.entries}
        found: set[str] = set()
        waiting = [id for id in heads if id in by_id]
        while waiting:
            id = waiting.pop()
            if id not in found:
                found.add(id)
                waiting += [o for cell in by_id[id].fields.values() for o in cell.overwrote if o in by_id]
        return found


def _pasts(connection: Connection) -> dict[str, _Past]:
    """By id, the past of each source that was edited."""
    rows = connection.exec_driver_sql('SELECT DISTINCT c."row" FROM source s JOIN "change" c ON c."row" = s.id AND c.op = \'edit\'').fetchall()
    ids = [str(id) for (id,) in rows]
    entries: dict[str, list[tuple[int, log.Entry]]] = {id: [] for id in ids}
    numbers = _numbers(connection, ids)
    for entry in past.entries_of(connection, ids):
        entries[entry.row].append((numbers[entry.id], entry))
    found: dict[str, _Past] = {}
    for id in ids:
        row = plain_rows(connection, "SELECT * FROM source WHERE id = ?", (id,))[0]
        found[id] = _Past(tuple(entries[id]), {key: cast("Value", row[key]) for key in CONTENT})
    return found


def _numbers(connection: Connection, rows: list[str]) -> dict[str, int]:
    """The number in this store's log of every entry about the rows, by its id."""
    found: dict[str, int] = {}
    for row in rows:
        found |= {str(id): int(n) for n, id in connection.exec_driver_sql('SELECT n, id FROM "change" WHERE "row" = ?', (row,)).fetchall()}
    return found


def flagged(session: Session, about: str = "") -> list[Moved]:
    """Every record whose source is now other than when it was cited or last looked at; of one record or source where ``about`` is its id."""
    connection = session.read()
    found: list[Moved] = []
    for source, kept in _pasts(connection).items():
        for link in plain_rows(connection, _LINKS.format(marks=",".join("?" * len(CITING))), (source, *CITING)):
            if about not in ("", str(link["a"]), source):
                continue
            if what := kept.moved(str(link["seen"] or ""), int(str(link["stated"]))):
                found.append(Moved(str(link["id"]), names.find(connection, str(link["a"])), names.find(connection, source), _in_words(what)))
    return found


def _in_words(fields: list[str]) -> str:
    return ", ".join("withdrawn" if key == "deleted" else SOURCE.by_key[key].label.casefold() for key in sorted(fields))


def still_right(session: Session, link: str) -> Changes:
    """Somebody found that a record still says what its changed source says."""
    with session.store.write(session.who, "Looked at again: the source still says so", Act.EDIT) as tx:
        tx.still_right(link, session.today.isoformat())
    return tx.changes
