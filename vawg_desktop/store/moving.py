"""Moving the right to give final references to another store, so that however it is cut short one store has it (DESIGN 3).

The right is given up here first, in one transaction with an entry and a row of work. Then the new store is made, which has the
right from the moment it is whole. What was cut short between the two is finished at the next opening: a new store that is whole
keeps the right, else it comes back.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.domain.merge import link_id
from vawg_desktop.store import holding, work

if TYPE_CHECKING:
    from vawg_desktop.store.store import Store
    from vawg_desktop.store.transaction import Transaction

#: The server's lock that is held while a store is moved from it; any number that nothing else here uses.
_SERVER_LOCK = 7_206_611


@contextmanager
def under_way(store: Store, *, seconds: float = holding.WAIT_SECONDS) -> Generator[None]:
    """No other process moves the store, or finishes its move, meanwhile. Raises StoreError (``in_use``)."""
    if store.url is None:
        with holding.busy_with(store.path, "moving", seconds=seconds):
            yield
        return
    with store.engines.fresh() as connection:
        if not connection.exec_driver_sql(f"SELECT pg_try_advisory_lock({_SERVER_LOCK})").one()[0]:
            raise StoreError("The store is being moved by somebody else just now.", code="in_use")
        try:
            yield
        finally:
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_SERVER_LOCK})")


def give_up(store: Store, to: str) -> None:
    """From now on this store gives provisional references; that the right moved is an entry."""
    with store.write("move", f"The right to give final references moves to {_called(to)}", Act.MOVE) as tx:
        _say(tx, _called(to), mints="0")
        work.note(tx, work.MOVE, [_plain(to)])


def whole(store: Store, to: str) -> None:
    """The new store is whole and about to be put in its place: if it is not found there later, somebody took it elsewhere."""
    with store.write("move", None, Act.MOVE) as tx:
        work.note(tx, work.MOVE_WHOLE, [_plain(to)])


def take_back(store: Store, to: str) -> None:
    """The new store was not made: the right stays here, which is an entry too."""
    with store.write("move", f"The move to {_called(to)} was cut short; the right to give final references stays here", Act.MOVE) as tx:
        _say(tx, store.name, mints="1")
        for kind in (work.MOVE, work.MOVE_WHOLE):
            tx.run("DELETE FROM work WHERE kind = ? AND what = ?", (kind, _plain(to)))


def done(store: Store, to: str) -> None:
    """The new store is whole: nothing is left to do."""
    for kind in (work.MOVE, work.MOVE_WHOLE):
        work.forget(store, kind, [_plain(to)])


def finish(store: Store, to: str) -> None:
    """Finish a move that was cut short. Raises StoreError if it is under way or its server cannot be asked."""
    with under_way(store, seconds=0):
        if (work.MOVE, to) not in work.left(store.read()):
            return
        if _is_whole(to, str(store.meta("family"))):
            done(store, to)
        elif (work.MOVE_WHOLE, to) not in work.left(store.read()) or Path(f"{to}.part").exists():
            # otherwise it stood there once, and gives references wherever it is now
            take_back(store, to)


def _is_whole(to: str, family: str) -> bool:
    """Whether the new store was made; drops a server's empty one. Raises StoreError if unsure."""
    from vawg_desktop.store import postgres

    if not postgres.is_url(to):
        return Path(to).exists()
    engines = postgres.PgEngines(postgres.parse(to))
    try:
        try:
            postgres.schema_of(engines)
        except StoreError as error:
            if error.code == "not_a_store":
                return False
            raise
        with engines.fresh() as connection:
            facts = {str(k): str(v) for k, v in connection.exec_driver_sql('SELECT "key", value FROM meta')}
            filled = connection.exec_driver_sql('SELECT 1 FROM "change" LIMIT 1').fetchone() is not None
    finally:
        engines.close()
    if facts.get("family") == family and not filled:
        postgres.drop_schema(postgres.parse(to))  # the empty beginning of the store that was to be
    return facts.get("family") == family and filled and facts.get("mints") == "1"


def _say(tx: Transaction, name: str, *, mints: str) -> None:
    id = link_id("setting", "minting", "")
    there = tx.connection.exec_driver_sql("SELECT 1 FROM setting WHERE id = ?", (id,)).fetchone()
    if there is None:
        tx.create("setting", {"name": "minting", "value": name}, id=id)
    else:
        tx.edit("setting", id, {"value": name})
    tx.run("UPDATE meta SET value = ? WHERE \"key\" = 'mints'", (mints,))


def _plain(to: str) -> str:
    """Where the store goes, as the row of work names it: never with a password, a file by its whole path."""
    from vawg_desktop.store import postgres

    if postgres.is_url(to):
        return postgres.parse(to).set(drivername="postgresql", password=None).render_as_string()
    return str(Path(to).resolve())


def _called(to: str) -> str:
    from vawg_desktop.store import postgres

    return postgres.called(postgres.parse(to)) if postgres.is_url(to) else Path(to).name
