"""Restoring a backup over a store (DESIGN 4)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver

from vawg_desktop.domain import clock
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store import backup as backups
from vawg_desktop.store import holding, keys, making, opening, work
from vawg_desktop.store import store as stores
from vawg_desktop.store.copying import renew_origin
from vawg_desktop.store.engines import connect_raw
from vawg_desktop.store.exchanging import exchange
from vawg_desktop.store.files import files_path
from vawg_desktop.store.keys import Key
from vawg_desktop.store.schema import TABLES


@dataclass(slots=True)
class Restored:
    """What a restore did: where the store before it went, and whether this one gives final references."""

    path: Path
    mints: bool
    before: Path | None = None
    aside: Path | None = None


def restore(
    place: Path, to: Path, *, passphrase: str | None, mints: bool | None = None, over: bool = False
) -> Restored:
    """Put a backup in place of the store at ``to``, which is backed up first (a damaged one is set aside).

    The restored store is a new origin. It goes on giving final references where the store it was made of did and
    stands no longer beside it; ``mints`` decides otherwise. A backup of another store is put over this one only with
    ``over``. Nobody else has the store open meanwhile. Raises StoreError; then nothing has changed.
    """
    chosen = backups.read(place)
    key = backups.verify(chosen, passphrase)
    chosen = backups.read(place, key)
    if not to.parent.is_dir():
        raise StoreError(f"There is no folder {to.parent}; make it first.", code="no_folder")
    if to.is_dir():
        raise StoreError(
            f"{to} is a folder; name the store's file, such as {to / 'Inquiry.vawg'}.", code="folder"
        )
    opening.finish_cut_short(to)
    lock = holding.lock_for_window(to, "restoring")
    try:
        alone = holding.hold(to, exclusive=True)
    except StoreError:
        lock.release()
        raise
    try:
        _refuse_other(chosen, to, over)
        part = to.with_name(to.name + ".part")
        if mints is None:
            elsewhere = Path(chosen.origin_path)
            mints = chosen.mints and (elsewhere == to.resolve() or not elsewhere.exists())
        try:
            backups.lay_out(chosen, key, part)
            renew_origin(part, key, f"{to.stem} restored", mints=mints)
        except (OSError, driver.Error, StoreError) as error:
            reason = backups.failure_reason(error, part)
            making.remove(part)
            if isinstance(error, StoreError) and error.code != "disk_full":
                raise
            raise StoreError(
                f"Nothing was restored and nothing changed: {reason} Make room and restore again.",
                code="restore_failed",
            ) from error
        done = Restored(to, mints)
        stamp = clock.now().strftime("%Y-%m-%d %H%M%S")
        try:
            if to.exists():
                done.before = _back_up_what_stands(to, key)
                if done.before is not None:
                    _keep_numbers(to, part, key)
            _exchange(part, to, stamp, done)
        except StoreError:
            making.remove(part)
            raise
        return done
    finally:
        alone.release()
        lock.release()
        to.with_name(to.name + "-lock-by").unlink(missing_ok=True)


def _exchange(part: Path, to: Path, stamp: str, done: Restored) -> None:
    """Set aside what stands at ``to`` and put the restored store there; on a failure everything goes back."""
    aside = backups.aside_of(to, stamp)
    away = [(one, there) for one, there in reversed(list(zip(backups.three(to), backups.three(aside), strict=True))) if one.exists()]
    place = [(one(part), one(to)) for one in (files_path, keys.keys_path, Path) if one(part).exists()]
    try:
        exchange(to, [*away, *place], [there for _, there in away] if done.before is not None else [])
    except OSError as error:
        raise StoreError(
            f"{to.name} could not be replaced ({error.strerror}): another program has it open. Nothing was changed; "
            "close the other program and restore again.",
            code="in_use",
        ) from error
    if away and done.before is None:
        done.aside = next((there for one, there in away if one == to), away[0][1])


def is_of_another(chosen: backups.Backup, to: Path) -> bool:
    """Whether a backup was made of another store than the one that stands at a path."""
    standing = _store_id(to) if to.exists() else ""
    return bool(standing and chosen.store and chosen.store != standing)


def _refuse_other(chosen: backups.Backup, to: Path, over: bool) -> None:
    """A backup of another store is not put over this one unasked."""
    if not over and is_of_another(chosen, to):
        raise StoreError(
            f"{chosen.path.name} is a backup of a different store from {to.name}; restore it under another name, or say that it is to "
            "take this one's place (--over). Nothing was changed.",
            code="other_store",
        )


def _store_id(path: Path) -> str:
    """Which store stands at a path: by its keys file or, where it is plain, by its own word; empty where it cannot be read."""
    try:
        if keys.keys_path(path).exists():
            return keys.store_id_of(path)
        connection = connect_raw(path, None)
        try:
            row = connection.execute("SELECT value FROM meta WHERE \"key\" = 'store'").fetchone()
        finally:
            connection.close()
        return str(row[0]) if row else ""
    except (StoreError, driver.Error):
        return ""


def _keep_numbers(to: Path, part: Path, key: Key | None) -> None:
    """Carry over last numbers, how far origins went, and disposals."""
    standing, restored = connect_raw(to, key), connect_raw(part, key)
    try:
        for prefix, last in standing.execute("SELECT prefix, last FROM counter").fetchall():
            restored.execute(
                "INSERT INTO counter VALUES (?, ?) ON CONFLICT (prefix) DO UPDATE SET last = max(last, excluded.last)",
                (prefix, last),
            )
        _note_left_behind(standing, restored)
        _note_disposed(standing, restored)
        restored.commit()
        restored.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except driver.Error as error:
        raise StoreError(
            f"Nothing was restored: the numbers that {to.name} gave out could not be kept ({error}).", code="restore_failed"
        ) from error
    finally:
        standing.close()
        restored.close()


def _note_disposed(standing: Any, restored: Any) -> None:
    """What was disposed of since the backup is disposed of again at the next opening."""
    gone = standing.execute("SELECT DISTINCT tbl, \"row\" FROM \"change\" WHERE act = 'dispose' AND about = \"row\"").fetchall()
    for table, row in gone:
        there = restored.execute(f'SELECT 1 FROM "{table}" WHERE id = ?', (row,)).fetchone() if table in TABLES else None
        done = restored.execute("SELECT 1 FROM \"change\" WHERE \"row\" = ? AND act = 'dispose'", (row,)).fetchone()
        if there and not done:
            restored.execute(
                "INSERT INTO work VALUES (?, ?, ?) ON CONFLICT (kind, what) DO NOTHING", (work.REST, f"{table} {row}", clock.now().isoformat())
            )


def _note_left_behind(standing: Any, restored: Any) -> None:
    """How far back each origin goes, so that what the backups hold since is not taken for a log cut short."""
    before, now = (dict(c.execute("SELECT id, seq FROM origin").fetchall()) for c in (standing, restored))
    stored = [c.execute('SELECT value FROM meta WHERE "key" = ?', (stores.LEFT_BEHIND,)).fetchone() for c in (standing, restored)]
    known: list[dict[str, int]] = [json.loads(r[0]) if r and r[0] else {} for r in stored]
    earlier, own = known
    left = own | {o: int(now.get(o, 0)) for o in {*before, *earlier}}
    restored.execute('INSERT INTO meta VALUES (?, ?) ON CONFLICT ("key") DO UPDATE SET value = excluded.value', (stores.LEFT_BEHIND, json.dumps(left)))


#: Why a store cannot be backed up before it is replaced: only damage sets it aside.
_DAMAGED = frozenset({"damaged", "not_a_store", "keys_damaged", "keys_missing", "backup_damaged"})


def _back_up_what_stands(to: Path, key: Key | None) -> Path | None:
    """Back up what is about to be replaced; None where it cannot be read (it is set aside instead)."""
    try:
        made = backups.back_up(
            to, key, backups.folder_beside(to), kind=backups.POINT, name="before restoring"
        )
    except StoreError as error:
        if error.code in _DAMAGED or not _readable(to, key):
            return None
        raise StoreError(
            f"Nothing was restored: the present store could not be backed up first. {error.message}", code="restore_failed"
        ) from error
    return made.path


def _readable(to: Path, key: Key | None) -> bool:
    """Whether a store can be read at all, so that a failing backup is not its own fault."""
    try:
        connection = connect_raw(to, key)
        try:
            return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0]) == "ok"
        finally:
            connection.close()
    except (StoreError, driver.Error):
        return False
