"""Whether a write-ahead log beside a store is the store's own: another one's would damage it, or lose changes."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlcipher3.dbapi2 as driver

from vawg_desktop.domain.errors import StoreError
from vawg_desktop.scratch import Scratch
from vawg_desktop.store import holding, keys
from vawg_desktop.store.engines import connect_raw

#: A write-ahead log of this many bytes holds nothing yet.
_EMPTY_LOG = 32
#: A store of more bytes is not read whole for a log's sake: its entries are counted.
_LARGE = 200 * 1024 * 1024


def refuse_foreign_log(path: Path, key: keys.Key | None) -> None:
    """A write-ahead log beside a store that nobody has open is what a crash left; one that is not its own is never folded in.

    It is tried on a private copy: with it the store must be whole and hold at least what it holds without.
    """
    wal = path.with_name(path.name + "-wal")
    if not wal.exists() or wal.stat().st_size <= _EMPTY_LOG:
        return
    try:
        alone = holding.hold(path, exclusive=True, seconds=0)
    except StoreError:
        return  # another process has it open: the log is its own and in use
    made = Scratch("log")
    try:
        without, whole = made.path / "without", made.path / "with"
        for place in (without, whole):
            shutil.copyfile(path, place)
        shutil.copyfile(wal, whole.with_name(whole.name + "-wal"))
        before, after = _held_in(without, key), _held_in(whole, key)
    except OSError:
        return  # no room to try it: what opens it says so
    finally:
        alone.release()
        made.close()
    if before is not None and (after is None or any(after.get(o, -1) < s for o, s in before.items())):
        raise StoreError(
            f"{wal.name} beside {path.name} is not this store's own log, or an older one: with it the store would be damaged or would lose "
            f"changes. Nothing was changed. Move {wal.name} to another folder and open the store again.",
            code="foreign_log",
        )


def _held_in(path: Path, key: keys.Key | None) -> dict[str, int] | None:
    """How many entries of each origin a store holds; None where it cannot be read whole."""
    try:
        connection = connect_raw(path, key)
    except StoreError:
        return None
    try:
        found = {str(o): int(s) for o, s in connection.execute("SELECT id, seq FROM origin").fetchall()}
        counted = int(connection.execute('SELECT count(*) FROM "change"').fetchone()[0])
        sound = path.stat().st_size > _LARGE or connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok"
        return found if sound and counted == sum(found.values()) else None
    except driver.Error:
        return None
    finally:
        connection.close()
