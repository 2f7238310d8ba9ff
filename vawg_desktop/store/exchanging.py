"""One store put in another's place by renames that a kill may cut short: noted first, and finished at the next opening."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path

from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store.keys import write_replacing

#: A virus scanner may hold a file for a moment: how often, and how many seconds apart, a rename is tried.
_TRIES, _APART = 10, 0.2


def note_path(path: Path) -> Path:
    """Where it is noted that a store is being exchanged."""
    return path.with_name(path.name + "-restoring")


def exchange(path: Path, moves: Sequence[tuple[Path, Path]], drop: Sequence[Path]) -> None:
    """Rename files one after the other and take away those to drop; what is cut short is finished by ``finish``.

    Raises OSError, everything put back, where a rename is refused.
    """
    note = {"moves": [[a.name, b.name] for a, b in moves], "drop": [d.name for d in drop]}
    write_replacing(note_path(path), json.dumps(note).encode())
    done: list[tuple[Path, Path]] = []
    try:
        for one, to in moves:
            _rename(one, to)
            done.append((one, to))
    except OSError:
        for one, to in reversed(done):
            to.replace(one)
        note_path(path).unlink(missing_ok=True)
        raise
    for gone in drop:
        gone.unlink(missing_ok=True)
    note_path(path).unlink(missing_ok=True)


def finish(path: Path) -> None:
    """Do what is left of an exchange; a step is done where its file stands under its new name. Raises StoreError."""
    if not note_path(path).exists():
        return
    try:
        note = json.loads(note_path(path).read_text("utf-8"))
        moves = [(path.with_name(str(a)), path.with_name(str(b))) for a, b in note["moves"]]
        drop = [path.with_name(str(d)) for d in note["drop"]]
        for one, to in moves:
            if one.exists() and not to.exists():
                _rename(one, to)
        for gone in drop:
            gone.unlink(missing_ok=True)
        note_path(path).unlink(missing_ok=True)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            f"A restore of {path.name} was cut short and could not be finished ({error}). Nothing is lost: the restored store is "
            f"{path.name}.part, what stood before is beside it as “set aside”, and {note_path(path).name} says which is which.",
            code="restore_unfinished",
        ) from error


def _rename(one: Path, to: Path) -> None:
    for attempt in range(_TRIES):
        try:
            one.replace(to)
            return
        except PermissionError:
            if attempt == _TRIES - 1:
                raise
            time.sleep(_APART)
