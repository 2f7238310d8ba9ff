"""A source document that was changed flags all that cites it, until somebody has looked again (DESIGN: evidence that holds)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import ENTITIES, SOURCE
from vawg_desktop.domain.fields import Kind
from vawg_desktop.services import names
from vawg_desktop.services.session import Session
from vawg_desktop.store import history as past

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Kinds of link that say on which source a record rests.
CITING: tuple[str, ...] = tuple(e.link_kind(f) for e in ENTITIES for f in e.sets if f.kind is Kind.LINKS and f.target == SOURCE.key)
#: What makes a source another one than was cited; its kind, its due date and notes do not.
_CONTENT = frozenset({"title", "publisher", "published", "page", "link", "deleted"})


@dataclass(frozen=True, slots=True)
class Moved:
    """A record that cites a source which was changed since. ``link`` is the id of the link, ``what`` the fields that changed, in words."""

    link: str
    record: names.Found
    source: names.Found
    what: str


def _changed(connection: Connection) -> dict[str, tuple[int, str]]:
    """Of each source that was edited: the number of the last entry that changed its content, and what that changed."""
    rows = connection.exec_driver_sql('SELECT DISTINCT c."row" FROM source s JOIN "change" c ON c."row" = s.id AND c.op = \'edit\'').fetchall()
    ids = [str(id) for (id,) in rows]
    numbers = _numbers(connection, ids)
    found: dict[str, tuple[int, str]] = {}
    for entry in past.entries_of(connection, ids):
        if touched := _CONTENT & set(entry.fields):
            words = ", ".join("withdrawn" if k == "deleted" else SOURCE.by_key[k].label.casefold() for k in sorted(touched))
            found[entry.row] = (numbers[entry.id], words)
    return found


def _numbers(connection: Connection, rows: list[str]) -> dict[str, int]:
    """The number in this store's log of every entry about the rows, by its id."""
    found: dict[str, int] = {}
    for row in rows:
        found |= {str(id): int(n) for n, id in connection.exec_driver_sql('SELECT n, id FROM "change" WHERE "row" = ?', (row,)).fetchall()}
    return found


def flagged(session: Session, about: str = "") -> list[Moved]:
    """Every record that cites a source changed since it was linked or last looked at; of one record or source where ``about`` is its id."""
    connection = session.read()
    changed = _changed(connection)
    found: list[Moved] = []
    marks = ",".join("?" * len(CITING))
    for source, (last, what) in changed.items():
        links = connection.exec_driver_sql(
            f'SELECT l.id, l.a, max(c.n) FROM link l JOIN "change" c ON c."row" = l.id JOIN subject s ON s.id = l.a AND NOT s.deleted '
            f"WHERE l.b = ? AND l.kind IN ({marks}) AND NOT l.deleted GROUP BY l.id, l.a ORDER BY l.a", (source, *CITING),
        ).fetchall()  # fmt: skip
        for link, record, stated in links:
            if int(stated) < last and about in ("", str(record), source):
                found.append(Moved(str(link), names.find(connection, str(record)), names.find(connection, source), what))
    return found


def still_right(session: Session, link: str) -> Changes:
    """Somebody found that a record still says what its changed source says."""
    with session.store.write(session.who, "Looked at again: the source still says so", Act.EDIT) as tx:
        tx.state_again("link", link, "looked", session.today.isoformat())
    return tx.changes
