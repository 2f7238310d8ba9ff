"""Backups: whole, verified folders with a manifest, thinned by age; ``restoring.py`` restores them (DESIGN 4)."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import sqlcipher3.dbapi2 as driver

from vawg_desktop.domain import clock
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store.engines import connect_raw, disk_is_full
from vawg_desktop.store.files import files_path
from vawg_desktop.store.gaps import GAPS
from vawg_desktop.store.keys import Key, keys_path, unlock, write_replacing
from vawg_desktop.store.opening import MANIFEST
from vawg_desktop.store.sealing import held_name, seal, seal_words, unseal, unseal_words

FORMAT = 1
DATABASE = "store.vawg"
HELD = "held-files"
AUTOMATIC, BY_HAND, POINT = "automatic", "by hand", "restore point"
#: How many automatic backups stay: the newest, then the last of each day, then of each month.
RECENT, DAYS, MONTHS = 10, 14, 12
_PAGES_AT_ONCE = 4000
DAMAGED = "the store is damaged; restore an earlier backup, or read out what can be read (rescue)"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup in its folder. ``at`` is UTC ISO; ``size`` in bytes; ``heads`` by origin: number and hash."""

    path: Path
    at: str
    kind: str
    name: str
    size: int
    counts: dict[str, int] = field(default_factory=dict[str, int])
    heads: dict[str, tuple[int, str]] = field(default_factory=dict[str, tuple[int, str]])
    files: tuple[str, ...] = ()
    store: str = ""
    mints: bool = False
    origin_path: str = ""
    sha256: str = ""

    @property
    def entries(self) -> int:
        """How many entries of the log it holds."""
        return sum(seq for seq, _ in self.heads.values())


def folder_beside(store: Path) -> Path:
    """Where a store's backups go unless the officer says otherwise: ``X backups`` beside it."""
    return store.with_name(f"{store.stem} backups")


def back_up(
    path: Path,
    key: Key | None,
    folder: Path,
    *,
    kind: str = BY_HAND,
    name: str = "",
    progress: Callable[[float], None] | None = None,
) -> Backup:
    """Make a verified backup in ``folder``. Raises StoreError, leaving no half backup.

    It is made as ``NAME.part``, opened, checked and only then renamed: what bears a final name is whole.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} could not be made ({error.strerror}); no backup was made.",
            code="backup_failed",
        ) from error
    stamp = clock.now()
    title = f"{path.stem} {stamp:%Y-%m-%d %H%M%S}" + (f" {_safe(name)}" if name and key is None else "")
    final = _free(folder / title)
    part = final.with_name(final.name + ".part")
    try:
        part.mkdir()
        back_up_file(path, part / DATABASE, key, files=False, progress=progress)
        facts = _facts(part / DATABASE, key)
        hashes = _keep_held(path, key, folder / HELD)
        words = {"name": name, "origin_path": str(path.resolve())}
        manifest = {
            "format": FORMAT, "at": stamp.isoformat(timespec="seconds"), "kind": kind,
            **({"sealed": seal_words(words, key)} if key else words),
            **facts, "files": [held_name(h, key) for h in hashes],
            "sha256": _sha256(part / DATABASE), "size": (part / DATABASE).stat().st_size,
        }  # fmt: skip
        write_replacing(part / MANIFEST, json.dumps(manifest, indent=1).encode())
        part.replace(final)
    except (OSError, StoreError, driver.Error) as error:
        reason = failure_reason(error, folder)
        shutil.rmtree(part, ignore_errors=True)
        raise StoreError(f"No backup was made: {reason}", code="backup_failed") from error
    return read(final, key)


def failure_reason(error: Exception, place: Path) -> str:
    """A failure of the disk that holds ``place``, or of the database, in a few words."""
    if isinstance(error, StoreError):
        return error.message
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}."
    if "malformed" in str(error) or "not a database" in str(error):
        return DAMAGED + "."
    full = "full" in str(error) or ("disk I/O" in str(error) and disk_is_full(place))
    return "the disk is full." if full else f"{error}."


def _free(path: Path) -> Path:
    number, found = 1, path
    while found.exists() or found.with_name(found.name + ".part").exists():
        number += 1
        found = path.with_name(f"{path.name} ({number})")
    return found


def _safe(name: str) -> str:
    return re.sub(r"[^\w\- ]+", "-", name).strip(" -.")[:60]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _facts(copy: Path, key: Key | None) -> dict[str, object]:
    """Heads, counts and names, read from the copy itself: by this it has been opened and read."""
    connection = connect_raw(copy, key)
    try:
        found = connection.execute("SELECT id, seq, hash FROM origin").fetchall()
        heads: dict[str, list[object]] = {str(o): [int(s), str(h)] for o, s, h in found}
        entries = connection.execute('SELECT count(*) FROM "change"').fetchone()[0]
        counts = {
            str(k): int(c)
            for k, c in connection.execute('SELECT "key", "count" FROM tally WHERE name = \'live\'')
        }
        meta = dict(connection.execute('SELECT "key", value FROM meta').fetchall())
    finally:
        connection.close()
    lacking = sum(b - a + 1 for spans in json.loads(meta.get(GAPS) or "{}").values() for a, b in spans)  # lost in a rescue, and known
    if entries + lacking != sum(int(r[1]) for r in found):
        raise StoreError(
            "the copy does not hold the whole log; run “check” on the store.", code="backup_failed"
        )
    return {
        "heads": heads, "entries": entries, "counts": counts, "store": meta.get("store", ""),
        "schema": int(meta.get("schema", "0")), "mints": meta.get("mints") == "1",
    }  # fmt: skip


# -- held files ------------------------------------------------------------------------------------


def _keep_held(path: Path, key: Key | None, folder: Path) -> list[str]:
    """Put each held file once into the folder beside the backups, sealed where the store is."""
    from vawg_desktop.store.files import HeldFiles

    held = HeldFiles(path, key)
    listed = held.listed()
    if listed:
        folder.mkdir(exist_ok=True)
    for sha256, name in listed:
        place = folder / held_name(sha256, key)
        if not place.exists():
            write_replacing(place, seal(held.get(sha256), name, key))
    return sorted(s for s, _ in listed)


# -- the list --------------------------------------------------------------------------------------


def read(path: Path, key: Key | None = None) -> Backup:
    """The backup in a folder, by its manifest; its name and where it came from only with the store's key. Raises StoreError."""
    try:
        document: Any = json.loads((path / MANIFEST).read_bytes())
        facts = cast("dict[str, Any]", document)
        if facts["format"] != FORMAT:
            raise StoreError(f"{path.name} was made by a later version of the program.", code="backup_later")
        heads = {o: (int(s), str(h)) for o, (s, h) in facts["heads"].items()}
        words = facts if "sealed" not in facts else unseal_words(facts["sealed"], key) if key is not None else {}
        return Backup(
            path, facts["at"], facts["kind"], str(words.get("name", "")), int(facts["size"]), dict(facts["counts"]), heads,
            tuple(facts["files"]), facts["store"], bool(facts["mints"]), str(words.get("origin_path", "")), facts["sha256"],
        )  # fmt: skip
    except FileNotFoundError:
        raise StoreError(
            f"{path} is not a backup: it has no manifest. Choose the backup's folder.", code="no_backup"
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise StoreError(
            f"The manifest of {path.name} is damaged; choose another backup.", code="backup_damaged"
        ) from None


def listed(folder: Path, key: Key | None = None) -> list[Backup]:
    """Every whole backup of a folder, newest first; what cannot be read is passed over."""
    found: list[Backup] = []
    if not folder.is_dir():
        return found
    for place in folder.iterdir():
        if place.is_dir() and (place / MANIFEST).exists() and not place.name.endswith(".part"):
            with contextlib.suppress(StoreError):
                found.append(read(place, key))
    return sorted(found, key=lambda b: (b.at, b.path.name), reverse=True)


def to_thin(backups: Iterable[Backup]) -> list[Backup]:
    """The automatic backups that nobody needs any more: 10 recent, 14 daily, 12 monthly stay."""
    automatic = sorted((b for b in backups if b.kind == AUTOMATIC), key=lambda b: b.at, reverse=True)
    keep = {b.path for b in automatic[:RECENT]}
    for length, most in ((10, DAYS), (7, MONTHS)):
        newest: dict[str, Backup] = {}
        for one in automatic:
            newest.setdefault(one.at[:length], one)
        keep |= {newest[k].path for k in sorted(newest, reverse=True)[:most]}
    return [b for b in automatic if b.path not in keep]


def thin(folder: Path, key: Key | None = None) -> int:
    """Take away what need not be kept, and the held files that no backup left names; restore points and backups made by hand
    stay. Returns how many went."""
    gone = to_thin(listed(folder))
    for one in gone:
        doomed = one.path.with_name(one.path.name + ".part")  # never a half backup under a whole one's name
        one.path.replace(doomed)
        shutil.rmtree(doomed, ignore_errors=True)
    if gone:
        _thin_held(folder, key)
    yesterday = clock.now().timestamp() - 86_400
    for left in folder.glob("*.part") if folder.is_dir() else ():
        if left.is_dir() and left.stat().st_mtime < yesterday:
            shutil.rmtree(left, ignore_errors=True)
    return len(gone)


def _thin_held(folder: Path, key: Key | None) -> None:
    """The held files beside the backups that none of these names any more: with its last backup a disposed file goes too."""
    places = [p for p in folder.iterdir() if p.is_dir() and (p / MANIFEST).exists()]
    try:
        left = [read(p, key) for p in places]
    except StoreError:
        return  # one that cannot be read may name any of them
    named = {n for one in left for f in one.files for n in (f, held_name(f, key))}
    for held in (folder / HELD).iterdir() if (folder / HELD).is_dir() else ():
        if held.name not in named:
            held.unlink(missing_ok=True)


# -- restoring -------------------------------------------------------------------------------------


def verify(backup: Backup, passphrase: str | None) -> Key | None:
    """Open a backup and see that it is what its manifest says; returns its key. Raises StoreError."""
    database = backup.path / DATABASE
    try:
        digest = _sha256(database)
    except OSError as error:
        raise StoreError(
            f"{backup.path.name} lacks its database; choose another backup.", code="backup_damaged"
        ) from error
    if digest != backup.sha256:
        raise StoreError(
            f"{backup.path.name} was damaged or altered after it was made; choose another backup.",
            code="backup_damaged",
        )
    key = None
    if keys_path(database).exists():
        if passphrase is None:
            raise StoreError(f"{backup.path.name} is locked; give its passphrase.", code="passphrase_needed")
        key = unlock(database, passphrase)
    if {
        o: (s, h) for o, (s, h) in cast("dict[str, list[Any]]", _facts(database, key)["heads"]).items()
    } != backup.heads:
        raise StoreError(f"{backup.path.name} does not hold what its manifest says.", code="backup_damaged")
    return key


def lay_out(backup: Backup, key: Key | None, part: Path) -> None:
    """Copy a verified backup to ``part``. Raises StoreError, OSError."""
    for made in three(part):
        made.unlink(missing_ok=True)
    shutil.copyfile(backup.path / DATABASE, part)
    if keys_path(backup.path / DATABASE).exists():
        shutil.copyfile(keys_path(backup.path / DATABASE), keys_path(part))
    if backup.files:
        from vawg_desktop.store.files import HeldFiles

        held, folder = HeldFiles(part, key), backup.path.parent / HELD
        for listed_as in backup.files:
            place = folder / listed_as
            if not place.exists():  # an older manifest names files by their own hash
                place = folder / held_name(listed_as, key)
            if not place.exists():
                raise StoreError(
                    f"The folder {HELD} beside the backup lacks a file it names; bring it back with the backup.",
                    code="backup_damaged",
                )
            name, content = unseal(place.read_bytes(), key)
            if listed_as not in (kept := held.keep(name, content), held_name(kept, key)):
                raise StoreError("A held file of the backup is damaged.", code="backup_damaged")


def three(path: Path) -> Iterator[Path]:
    """A store's three files with what SQLite lays beside each."""
    for one in (path, keys_path(path), files_path(path)):
        yield one
        for suffix in ("-wal", "-shm"):
            yield one.with_name(one.name + suffix)


def aside_of(path: Path, stamp: str) -> Path:
    """A free name for a store that is set aside when it is replaced."""
    return _free(path.with_name(f"{path.stem} set aside {stamp}{path.suffix}"))


# -- one file --------------------------------------------------------------------------------------


def back_up_file(
    path: Path,
    to: Path,
    key: Key | None,
    *,
    files: bool = True,
    progress: Callable[[float], None] | None = None,
) -> Path:
    """Copy database, keys and held files, open the copy and check it. Returns ``to``.

    Raises StoreError, leaving no half copy.
    """
    try:
        copy_database(path, to, key, progress)
        if keys_path(path).exists():
            shutil.copyfile(keys_path(path), keys_path(to))
        if files and files_path(path).exists():
            copy_database(files_path(path), files_path(to), key, None)
        _verify(to, key)
    except (OSError, driver.Error, StoreError) as error:
        reason = failure_reason(error, to)
        for made in three(to):
            made.unlink(missing_ok=True)
        raise StoreError(
            f"The copy could not be made ({reason.rstrip('.')}); nothing was changed.", code="backup_failed"
        ) from error
    return to


def copy_database(path: Path, to: Path, key: Key | None, progress: Callable[[float], None] | None = None) -> None:
    """Copy one database as it stands, opened by the same key."""

    def tell(_status: int, remaining: int, total: int) -> None:
        if progress is not None and total:
            progress(1 - remaining / total)

    with closing(connect_raw(path, key)) as source, closing(connect_raw(to, key)) as target:
        source.backup(target, pages=_PAGES_AT_ONCE, progress=tell, sleep=0.0)
        target.execute(
            "PRAGMA journal_mode = DELETE"
        )  # so that it opens on a full disk, or one only to be read


def _verify(copy: Path, key: Key | None) -> None:
    connection = connect_raw(copy, key)
    try:
        verdict = connection.execute("PRAGMA quick_check").fetchone()[0]
    finally:
        connection.close()
    if verdict != "ok":
        raise StoreError(DAMAGED, code="backup_failed")
