"""An open store: read, written and closed."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_desktop.domain import clock
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.scratch import Scratch
from vawg_desktop.store import holding, keys
from vawg_desktop.store.door import Door
from vawg_desktop.store.engines import Engines
from vawg_desktop.store.files import HeldFiles
from vawg_desktop.store.transaction import Transaction
from vawg_desktop.store.trouble import engine_errors

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.engine import URL

    from vawg_desktop.store.postgres import Listener, PgEngines, PgFiles


#: Where a store that was restored or copied keeps how far each origin went at that moment, as JSON.
LEFT_BEHIND = "left_behind"
#: By how much two clocks may differ before anybody is told.
CLOCK_SLACK = timedelta(minutes=10)


class Store:
    """An open store. ``read()`` gives this thread's connection; ``write()`` a transaction."""

    def __init__(self, path: Path, key: keys.Key | None, *, url: URL | None = None) -> None:
        self.path, self.url = path, url
        self.engines: Engines | PgEngines
        self.files: HeldFiles | PgFiles
        if url is None:
            self.engines, self.files = Engines(path, key), HeldFiles(path, key, self._note_files)
        else:
            from vawg_desktop.store import postgres

            self.engines = postgres.PgEngines(url)
            self.files = postgres.PgFiles(self.engines)
        self.door = Door(self.engines)
        self.plain = key is None and url is None
        self.key = key
        self._listener: Listener | None = None
        self.scratch: Scratch | None = None
        #: By which other processes know that it is open.
        self.hold: holding.Hold | None = None
        self._wrote = False
        #: Whether it is another store taken back to a past moment: a copy that goes with its window.
        self.is_past = False

    @property
    def name(self) -> str:
        """What to call the store in a sentence."""
        if self.url is None:
            return self.path.name
        from vawg_desktop.store.postgres import called

        return called(self.url)

    def read(self) -> Connection:
        """This thread's reading connection."""
        return self.engines.read()

    @contextmanager
    def write(
        self, who: str, why: str | None = None, act: Act = Act.EDIT, about: str | None = None
    ) -> Generator[Transaction]:
        """A writing transaction: all of it or nothing."""
        with self.door.transaction(who, why, act, about) as transaction:
            yield transaction
        self._wrote = True

    def meta(self, key: str) -> str | None:
        """One of this store's own facts."""
        found = self.read().exec_driver_sql('SELECT value FROM meta WHERE "key" = ?', (key,)).fetchone()
        return found[0] if found else None

    def known_as(self, claimed: str) -> str:
        """The name that the log gives a person: on a guarded server the login's, else the one claimed."""
        if self.url is None:
            return claimed
        read = self.read()
        if not read.exec_driver_sql("SELECT to_regproc('vawg_me') IS NOT NULL").one()[0]:
            return claimed
        return str(read.exec_driver_sql("SELECT vawg_me(?)", (claimed,)).one()[0])

    def may_read(self, table: str, column: str) -> bool:
        """Whether this login may see a column; in a file, everybody sees all."""
        if self.url is None:
            return True
        row = self.read().exec_driver_sql("SELECT has_column_privilege(?, ?, 'SELECT')", (f'"{table}"', column)).one()
        return bool(row[0])

    def listener(self) -> Listener:
        """Hears of commits, this program's own too; PostgreSQL only."""
        if self._listener is None:
            from vawg_desktop.store.postgres import Listener

            assert self.url is not None
            self._listener = Listener(self.url)
        return self._listener

    def close(self) -> None:
        """Close every connection and fold the write-ahead log into the file."""
        if self._listener is not None:
            self._listener.close()
        if self._wrote and self.url is None and not self.is_past:
            try:
                self._note_files()
            except (StoreError, *engine_errors()):
                pass  # it only helps to tell a file put there by hand
        self.engines.close()
        if self.hold is not None:
            self.hold.release()
        if self.scratch is not None:
            self.scratch.close()

    def _note_files(self) -> None:
        """Note beside which state of which store the held files stand."""
        row = self.read().exec_driver_sql("SELECT id, seq FROM origin WHERE mine = 1").fetchone()
        if row is not None:
            self.files.note_beside(self.meta("store") or "", str(row[0]), int(row[1]))

    def clock_notice(self, now: datetime | None = None) -> str:
        """A sentence where this computer's clock stands over CLOCK_SLACK behind the last change; else empty."""
        last = self.meta("last_received")
        stands = now or clock.now()
        if not last or datetime.fromisoformat(last) - stands < CLOCK_SLACK:
            return ""
        from vawg_desktop.domain.dates import london_time

        return (
            f"This computer's clock says {london_time(stands.isoformat())}, before the last change here "
            f"({london_time(last)}): set the clock right, or what you write bears a wrong time."
        )

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
