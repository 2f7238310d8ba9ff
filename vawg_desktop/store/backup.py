"""A verified copy of a store's three files (the folder, schedule and restore come with part 2)."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlcipher3.dbapi2 as driver

from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store.engines import connect_raw
from vawg_desktop.store.files import files_path
from vawg_desktop.store.keys import Key, keys_path


def back_up_file(path: Path, to: Path, key: Key | None) -> Path:
    """Copy database, keys and held files, open the copy and check it. Returns ``to``.

    Raises StoreError, leaving no half copy.
    """
    try:
        _copy_database(path, to, key)
        if keys_path(path).exists():
            shutil.copyfile(keys_path(path), keys_path(to))
        if files_path(path).exists():
            _copy_database(files_path(path), files_path(to), key)
        _verify(to, key)
    except (OSError, driver.Error, StoreError) as error:
        for made in (to, keys_path(to), files_path(to)):
            made.unlink(missing_ok=True)
        raise StoreError(
            f"The backup could not be made ({error}); nothing was changed.", code="backup_failed"
        ) from error
    return to


def _copy_database(path: Path, to: Path, key: Key | None) -> None:
    source, target = connect_raw(path, key), connect_raw(to, key)
    try:
        source.backup(target)
    finally:
        target.close()
        source.close()


def _verify(copy: Path, key: Key | None) -> None:
    connection = connect_raw(copy, key)
    try:
        said = connection.execute("PRAGMA quick_check").fetchone()[0]
    finally:
        connection.close()
    if said != "ok":
        raise StoreError(f"the copy is not whole: {said}", code="backup_failed")
