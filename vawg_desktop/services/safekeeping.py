"""Backups and restore points of the open store, and the chain heads that papers print (DESIGN 4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from vawg_desktop.domain.errors import NotFoundError, StoreError, ValueRefusedError
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import office
from vawg_desktop.services.session import Session
from vawg_desktop.store import backup as backups
from vawg_desktop.store.backup import Backup

_FOLDER = "backup_folder"


@dataclass(frozen=True, slots=True)
class Shown:
    """A backup as the Restore list shows it: what changed since, in entries and records."""

    backup: Backup
    entries_since: int
    records_since: int


def folder(session: Session) -> Path:
    """Where the store's backups go."""
    chosen = office.setting(session, _FOLDER)
    return Path(chosen) if chosen else backups.folder_beside(session.store.path)


def choose_folder(session: Session, place: Path) -> None:
    """Keep backups elsewhere from now on, such as on the office's own drive. Raises StoreError in the past."""
    _refuse_past(session)
    office.save_local(session, "setting", _FOLDER, str(place))


def _refuse_past(session: Session) -> None:
    if session.store.is_past:
        raise StoreError("This is the store as it was. Go back to today to back it up, to restore it or to choose where backups go.", code="past")


def back_up(
    session: Session,
    place: Path | None = None,
    *,
    name: str = "",
    progress: Callable[[float], None] | None = None,
) -> Backup:
    """Make a backup by hand, or a named restore point. Raises StoreError."""
    _refuse_past(session)
    if session.store.url is not None:
        raise StoreError(
            f"The backups of {session.store.name} are the server's; take a working copy (copy) for one of your own.",
            code="on_a_server",
        )
    kind = backups.POINT if name else backups.BY_HAND
    where = place or folder(session)
    return backups.back_up(
        session.store.path, session.store.key, where, kind=kind, name=name, progress=progress
    )


def back_up_if_changed(session: Session) -> Backup | None:
    """The automatic backup of the window (on opening, each hour, on closing); thins what is old."""
    place = folder(session)
    newest = next(iter(listed(session)), None)
    if newest is not None and newest.entries_since == 0:
        return None
    made = backups.back_up(session.store.path, session.store.key, place, kind=backups.AUTOMATIC)
    backups.thin(place, session.store.key)
    return made


def listed(session: Session) -> list[Shown]:
    """This store's backups, newest first, with what changed since each."""
    store = session.store.meta("store")
    return [_shown(session, b) for b in backups.listed(folder(session), session.store.key) if b.store == store]


def _shown(session: Session, one: Backup) -> Shown:
    known = {o: seq for o, (seq, _) in one.heads.items()}
    rows = session.read().exec_driver_sql("SELECT id, seq FROM origin").fetchall()
    ahead = [(str(o), known.get(str(o), 0)) for o, seq in rows if int(seq) > known.get(str(o), 0)]
    if not ahead:
        return Shown(one, 0, 0)
    where = " OR ".join("(origin = ? AND seq > ?)" for _ in ahead)
    count = (
        session.read()
        .exec_driver_sql(
            f'SELECT count(*), count(DISTINCT "row") FROM "change" WHERE {where}',
            tuple(x for p in ahead for x in p),
        )
        .one()
    )
    return Shown(one, int(count[0]), int(count[1]))


def heads(session: Session) -> dict[str, tuple[int, str]]:
    """The chain's heads now: last number and hash by origin."""
    rows = session.read().exec_driver_sql("SELECT id, seq, hash FROM origin WHERE seq > 0 ORDER BY id")
    return {str(o): (int(s), str(h)) for o, s, h in rows}


def heads_in_words(known: Mapping[str, tuple[int, str]]) -> list[str]:
    """Heads as papers print them: number and the hash in groups of four."""
    return [
        f"{how_many(seq, 'entry', 'entries')}   " + " ".join(h[i : i + 4] for i in range(0, 24, 4))
        for _, (seq, h) in sorted(known.items()) if seq
    ]  # fmt: skip


def head_code(typed: str) -> str:
    """A chain head as typed off a paper: its letters and figures, spaces aside. Raises ValueRefusedError."""
    digits = "".join(typed.lower().split())
    if len(digits) < 12 or any(c not in "0123456789abcdef" for c in digits):
        raise ValueRefusedError("A check code is at least 12 letters and digits: 0 to 9 and a to f.")
    return digits


def verify_head(session: Session, typed: str) -> str:
    """Whether a head printed on an old paper stands in today's log; says when it was written.

    ``typed`` is the hash or its beginning (at least 12 letters), spaces aside. Raises NotFoundError where the
    log does not hold it: it was rewritten or cut since.
    """
    digits = head_code(typed)
    row = (
        session.read()
        .exec_driver_sql(
            'SELECT c.seq, c.at, c.who, o.name FROM "change" c JOIN origin o ON o.id = c.origin '
            "WHERE substr(c.hash, 1, ?) = ?",
            (len(digits), digits),
        )
        .fetchone()
    )
    if row is None:
        raise NotFoundError(
            "Today's log does not hold that check code: the log was altered or cut short since the paper was printed, "
            "or the paper is of another store. Run “check”.",
            code="head_unknown",
        )
    from vawg_desktop.domain.dates import london_time

    return f"That check code is in today's log: entry {int(row[0]):,}, written {london_time(str(row[1]))} by {row[2]}."
