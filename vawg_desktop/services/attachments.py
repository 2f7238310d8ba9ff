"""Files of evidence: kept once by content in the store's second file, looked at in a copy that is wiped (DESIGN 4)."""

from __future__ import annotations

import hashlib
import secrets
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from vawg_desktop import paths
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import ENTITIES, EVIDENCE, EntitySpec
from vawg_desktop.domain.errors import FileRefusedError, NotFoundError
from vawg_desktop.domain.fields import Kind
from vawg_desktop.domain.rules import join
from vawg_desktop.exchange.preflight import shown_name
from vawg_desktop.scratch import Scratch, overwrite
from vawg_desktop.services import names
from vawg_desktop.services.session import Session

#: Bytes; larger files belong on the office's drive, with a link.
LARGEST = 100 * 1024 * 1024
#: The kinds of record that a piece of evidence can be linked to: a file dropped there becomes evidence for them.
_PROVES = {f.target: f for f in EVIDENCE.sets if f.kind is Kind.LINKS}


def takes_files(spec: EntitySpec) -> bool:
    """Whether a file can be dropped on a kind of record: it holds one itself, or evidence can be linked to it."""
    return not spec.system and (bool(spec.file_cell) or spec.key in _PROVES)


def read_file(path: Path) -> bytes:
    """The bytes of a file that may be kept. Raises FileRefusedError in a sentence; nothing is kept then."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise FileRefusedError(
                f"{shown_name(path)} is a folder or no ordinary file; drop a file.", code="no_file"
            )
        if status.st_size > LARGEST:
            raise FileRefusedError(
                f"{shown_name(path)} has {status.st_size / 1e6:.0f} MB; up to {LARGEST / 1e6:.0f} MB can be kept. "
                "Leave it where it is and write its place into Link.",
                code="too_large",
            )
        if status.st_size == 0:
            raise FileRefusedError(f"{shown_name(path)} is empty; nothing was kept.", code="empty")
        return path.read_bytes()
    except OSError as error:
        raise FileRefusedError(
            f"{shown_name(path)} could not be read: {error.strerror}.", code="unreadable"
        ) from error


def attach(session: Session, record: str, path: Path) -> Changes:
    """Keep a file with a record: as the file of a piece of evidence, or as new evidence for an action or recommendation.

    The same bytes are kept once. Raises FileRefusedError, NotFoundError.
    """
    found = names.find(session.read(), record)
    if not takes_files(found.spec):
        kinds = [e.plural.casefold() for e in ENTITIES if takes_files(e)]
        raise FileRefusedError(f"Files are kept with {join(kinds)}.", code="no_place")
    content = read_file(path)
    sha256 = session.store.files.keep(shown_name(path), content)
    with session.store.write(session.who, f"File {shown_name(path)}", Act.ATTACH) as tx:
        if found.spec.file_cell:
            tx.edit(found.entity, found.id, _named(found.spec, sha256, path))
        else:
            id = tx.create(
                EVIDENCE.key, {"title": path.stem, "kind": None, "date": session.today.isoformat(), **_named(EVIDENCE, sha256, path)}
            )
            tx.link(EVIDENCE.link_kind(_PROVES[found.entity]), id, found.id)
    return tx.changes


def _named(spec: EntitySpec, sha256: str, path: Path) -> dict[str, str]:
    """The cells by which a record names its file."""
    return dict(zip(spec.file_cells, (sha256, shown_name(path)), strict=False))


#: The folder of copies that this process opened. Each window has its own, held by a lock, so that none wipes what another still shows.
_own: Scratch | None = None


def _folder() -> Path:
    global _own
    if _own is None:
        _own = Scratch("opened")
    return _own.path


def open_copy(session: Session, record: str) -> Path:
    """A read-only copy of a record's file for another program to show; ``wipe_copies`` takes it away.

    Raises NotFoundError where there is no file.
    """
    found = names.find(session.read(), record)
    spec = found.spec
    if not spec.file_cell:
        raise NotFoundError(f"{found.reference} has no file.", code="no_file")
    cells = ", ".join(f'"{c}"' for c in spec.file_cells)
    row = session.read().exec_driver_sql(f'SELECT {cells} FROM "{spec.key}" WHERE id = ?', (found.id,)).fetchone()
    if row is None or not row[0]:
        raise NotFoundError(f"{found.reference} has no file.", code="no_file")
    content = session.store.files.get(str(row[0]))
    if hashlib.sha256(content).hexdigest() != row[0]:
        raise NotFoundError(
            f"The file of {found.reference} is not the one that was kept; run “check”.", code="file_altered"
        )
    place = _folder() / secrets.token_hex(8)
    place.mkdir()
    copy = place / (Path(str(row[-1] or "")).name or found.reference)
    copy.write_bytes(content)
    copy.chmod(stat.S_IRUSR)
    return copy


def wipe_copies() -> int:
    """Overwrite and remove every copy that this process opened; returns how many went. Those of a crashed one go at the next start (``scratch.sweep``).

    A copy that another program still holds open is left for the next time.
    """
    global _own
    gone = _wipe_under(paths.user_data() / "opened")  # where earlier versions put them
    if _own is not None:
        gone += _wipe_under(_own.path)
        if not any(p for p in _own.path.iterdir() if p.is_dir()):
            _own.close()
            _own = None
    return gone


def _wipe_under(folder: Path) -> int:
    gone = 0
    for copy in [p for p in folder.glob("*/*") if p.is_file()]:
        with suppress(OSError):
            overwrite(copy)
            copy.unlink()
            gone += 1
    for place in list(folder.glob("*")):
        if place.is_dir() and not any(place.iterdir()):
            shutil.rmtree(place, ignore_errors=True)
    return gone
