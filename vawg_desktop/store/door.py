"""The one door for writing: row, log entry, heads, counts and search in one transaction (DESIGN 4)."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import sqlcipher3.dbapi2 as driver

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store.dialect import POSTGRES
from vawg_desktop.store.engines import Engines
from vawg_desktop.store.transaction import Transaction
from vawg_desktop.store.trouble import engine_errors, store_error_of

if TYPE_CHECKING:

    from vawg_desktop.store.postgres import PgEngines


class Door:
    """Opens transactions one at a time."""

    def __init__(self, engines: Engines | PgEngines) -> None:
        self._engines = engines
        self._one = threading.Lock()
        self._closed_for = ""
        self.errors: tuple[type[Exception], ...] = (driver.Error,)
        if engines.dialect == POSTGRES:
            from vawg_desktop.store.postgres import Error

            self.errors = (Error,)

    def close_for(self, sentence: str) -> None:
        """Nothing is written any more: the store was found damaged, and may only be read."""
        self._closed_for = sentence

    def in_a_sentence(self, error: Exception) -> StoreError:
        """A failure of the database in a sentence and what to do."""
        orig = getattr(error, "orig", None) or error
        if _lacks_end(orig):
            return StoreError("A record refers to one that is not here; nothing was changed.", code="missing_end")
        if isinstance(self._engines, Engines):
            return store_error_of(error) or StoreError(f"The store could not be written: {orig}. Nothing was changed.", code="write_failed")
        from sqlalchemy.exc import DBAPIError

        from vawg_desktop.store.postgres import server_error

        wrapped = error if isinstance(error, DBAPIError) else DBAPIError("", None, error)  # type: ignore[arg-type]
        found = server_error(wrapped, self._engines.writer.url)
        if found.code == "server_away":
            self._engines.doubt()
        return found

    @contextmanager
    def transaction(
        self, who: str, why: str | None = None, act: Act = Act.EDIT, about: str | None = None
    ) -> Generator[Transaction]:
        """A transaction that commits on leaving and leaves nothing behind if anything is raised.

        Where the server's answer to the commit is lost, the transaction is looked up by its id: if it is there, it was made.
        """
        if self._closed_for:
            raise StoreError(self._closed_for, code="damaged")
        with self._one:
            done: Transaction | None = None
            try:
                with self._engines.writer.connect() as connection, connection.begin():
                    transaction = Transaction(connection, who, why, act, about)
                    yield transaction
                    transaction.finish()
                    done = transaction
            except (*engine_errors(), *self.errors) as error:
                found = self.in_a_sentence(error)
                if done is None or found.code != "server_away" or not self._arrived(done):
                    raise found from error
            except StoreError as error:
                if error.code != "server_away" or isinstance(self._engines, Engines):
                    raise
                self._engines.doubt()
                if done is None or not self._arrived(done):
                    raise

    def _arrived(self, done: Transaction) -> bool:
        """Whether a transaction was made though its answer was lost. Raises StoreError where that cannot be found out."""
        if not done.changes.entries:
            return True
        for _ in range(_LOOKS):
            try:
                with self._engines.writer.connect() as connection, connection.begin():
                    # What is still being committed holds this row: after it, the answer is final.
                    connection.exec_driver_sql("SELECT seq FROM origin WHERE mine = 1 FOR UPDATE").fetchone()
                    found = connection.exec_driver_sql('SELECT 1 FROM "change" WHERE txn = ? LIMIT 1', (done.id,)).fetchone()
                return found is not None
            except (StoreError, *engine_errors(), *self.errors):
                time.sleep(_PAUSE_SECONDS)
        raise StoreError(
            "The server was lost just as it was saving, so it is not known whether the last change is there. What you typed is kept; "
            "when the server is back, look before you enter it again.",
            code="server_away",
        )


#: How often, and how long apart, a lost answer is looked up before the person is told that it is not known.
_LOOKS, _PAUSE_SECONDS = 3, 1.0


def _lacks_end(error: object) -> bool:
    """Whether the database refused a reference to a record that is not there."""
    state, number = str(getattr(error, "sqlstate", None) or ""), int(getattr(error, "sqlite_errorcode", None) or 0)
    return state == "23503" or number == 787 or (not state and not number and "FOREIGN KEY" in str(error))


