"""Taking a working copy: the same store under a new origin, which gives provisional references (DESIGN 4)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from uuid6 import uuid7

from vawg_desktop.domain.errors import StoreError
from vawg_desktop.domain.values import clean_text
from vawg_desktop.store import entries as log
from vawg_desktop.store import keys, making, moving, postgres
from vawg_desktop.store import store as stores
from vawg_desktop.store.backup import back_up_file, three
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
    for made in three(part):
        made.unlink(missing_ok=True)
    back_up_file(store.path, part, store.key)
    renew_origin(part, store.key, to.stem, mints=False)
    put_in_place(part, to)
    return to


def copy_between(store: Store, to: str, *, passphrase: str | None = None, move: bool = False) -> str:
    """A working copy from or to a PostgreSQL database: an empty store there, and every row as it stands here.

    ``move`` moves the right to give final references with it. Raises StoreError, leaving nothing behind.
    """
    if not move:
        return _pour_into(store, to, passphrase, mints=False)
    if store.meta("mints") != "1":
        raise StoreError(
            "Only the store that gives final references can be moved; this one is a copy.", code="no_right"
        )
    _refuse_occupied_target(to)
    with moving.under_way(store):
        moving.give_up(store, to)
        try:
            name = _pour_into(store, to, passphrase, mints=True, whole=lambda: moving.whole(store, to))
        except BaseException:
            moving.take_back(store, to)
            raise
        moving.done(store, to)
    return name


def _refuse_occupied_target(to: str) -> None:
    if not postgres.is_url(to):
        refuse_occupied(Path(to))


def _pour_into(
    store: Store, to: str, passphrase: str | None, *, mints: bool, whole: Callable[[], None] | None = None
) -> str:
    """Every row into a store made for it, put in place when it is whole; returns what it is called."""
    from vawg_desktop.store.engine_copy import copy_all

    meta = {str(k): str(v) for k, v in store.read().exec_driver_sql('SELECT "key", value FROM meta')}
    demonstration = meta.get("demonstration") == "1"
    there = Path(to)
    part = there.with_name(there.name + ".part")
    if postgres.is_url(to):
        made = making.create_postgres(to, demonstration=demonstration, mints=False, family=meta["family"])
    else:
        refuse_occupied(there)
        making.remove(part)
        made = making.create(
            part, passphrase=passphrase, demonstration=demonstration, mints=False, family=meta["family"], called=there.stem
        )
    try:
        copy_all(store, made, mints=mints)
    except BaseException:
        made.close()
        if postgres.is_url(to):
            postgres.drop_schema(postgres.parse(to))
        else:
            making.remove(part)
        raise
    name = made.name
    made.close()
    if not postgres.is_url(to):
        if whole is not None:
            whole()
        put_in_place(part, there)
        making.remove(part)
        name = there.name
    return name


def put_in_place(part: Path, to: Path) -> None:
    """Rename the three files of a store made under another name, the database last; never over anything."""
    for there in three(to):
        if there.exists():
            raise StoreError(f"{there.name} is already there; nothing was put over it.", code="occupied")
    done: list[tuple[Path, Path]] = []
    try:
        for one in (files_path, keys.keys_path):
            if one(part).exists():
                one(part).replace(one(to))
                done.append((one(part), one(to)))
        part.replace(to)
    except OSError:
        for one, moved in done:
            moved.replace(one)
        raise


def renew_origin(path: Path, key: Key | None, name: str, *, mints: bool) -> str:
    """Give the store at ``path`` an origin of its own; returns it. Half-typed drafts stay with the original."""
    connection = connect_raw(path, key)
    try:
        connection.execute("BEGIN IMMEDIATE")
        known = {str(o): int(s) for o, s in connection.execute("SELECT id, seq FROM origin").fetchall()}
        connection.execute("DELETE FROM meta WHERE \"key\" = ?", (stores.LEFT_BEHIND,))
        connection.execute("INSERT INTO meta VALUES (?, ?)", (stores.LEFT_BEHIND, json.dumps(known)))
        connection.execute("UPDATE origin SET mine = 0")
        mine = str(uuid7())
        connection.execute("INSERT INTO origin VALUES (?, ?, 1, 0, ?)", (mine, clean_text(name).text, log.GENESIS))
        connection.execute("DELETE FROM meta WHERE \"key\" = 'mints'")
        connection.execute("INSERT INTO meta VALUES ('mints', ?)", ("1" if mints else "0",))
        connection.execute("DELETE FROM local WHERE kind = 'draft'")
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
    return mine
