"""Taking a working copy: the same store under a new origin, which gives provisional references (DESIGN 4)."""

from __future__ import annotations

from pathlib import Path

from uuid6 import uuid7

from vawg_desktop.store import entries as log
from vawg_desktop.store import keys
from vawg_desktop.store.backup import back_up_file
from vawg_desktop.store.engines import connect_raw
from vawg_desktop.store.files import files_path, refuse_occupied
from vawg_desktop.store.keys import Key
from vawg_desktop.store.store import Store


def take_copy(store: Store, to: Path) -> Path:
    """A working copy at ``to``, opened with the same passphrase. Raises StoreError, leaving nothing behind.

    It is made beside under another name and put in place whole, so a copy cut short is never taken for one.
    """
    refuse_occupied(to)
    part = to.with_name(to.name + ".part")
    for made in (part, keys.keys_path(part), files_path(part)):
        made.unlink(missing_ok=True)
    back_up_file(store.path, part, store.key)
    renew_origin(part, store.key, to.stem, mints=False)
    put_in_place(part, to)
    return to


def put_in_place(part: Path, to: Path) -> None:
    """Rename the three files of a store made under another name, the database last."""
    for one in (files_path, keys.keys_path):
        if one(part).exists():
            one(part).replace(one(to))
    part.replace(to)


def renew_origin(path: Path, key: Key | None, name: str, *, mints: bool) -> str:
    """Give the store at ``path`` an origin of its own; returns it. Half-typed drafts stay with the original."""
    connection = connect_raw(path, key)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("UPDATE origin SET mine = 0")
        mine = str(uuid7())
        connection.execute("INSERT INTO origin VALUES (?, ?, 1, 0, ?)", (mine, name, log.GENESIS))
        connection.execute("DELETE FROM meta WHERE \"key\" = 'mints'")
        connection.execute("INSERT INTO meta VALUES ('mints', ?)", ("1" if mints else "0",))
        connection.execute("DELETE FROM local WHERE kind = 'draft'")
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
    return mine
