"""What went wrong in the program itself, in a file beside the settings: kinds of error and places in the code, no word of a store.

The windowed program has no console: what only went to one would be lost.
"""

from __future__ import annotations

import sys
from pathlib import Path

from vawg_desktop import __version__, paths

NAME = "vawg-desktop.log"
#: Bytes a file may have, and how many older ones are kept.
_MOST, _KEPT = 256 * 1024, 3
_NAMED = "vawg_desktop"


def place() -> Path:
    """Where the file is, whether or not anything has been written to it."""
    return paths.user_data() / NAME


def note(error: BaseException, detail: str = "") -> None:
    """Write down an error that the program did not expect, with those that led to it; ``detail`` is more of it, which may quote no store."""
    import logging
    import platform
    from logging.handlers import RotatingFileHandler

    log = logging.getLogger(_NAMED)
    if not any(isinstance(h, RotatingFileHandler) and Path(h.baseFilename) == place() for h in log.handlers):
        _open()
    log.error("%s, Python %s, %s\n%s", __version__, platform.python_version(), platform.platform(), "\n".join([*lines(error), *(f"  {line}" for line in detail.splitlines())]))


def _open() -> None:
    import logging
    from logging.handlers import RotatingFileHandler

    log = logging.getLogger(_NAMED)
    for old in list(log.handlers):
        log.removeHandler(old)
        old.close()
    logging.raiseExceptions = False  # a full disk must not turn one failure into two
    made = RotatingFileHandler(place(), maxBytes=_MOST, backupCount=_KEPT, encoding="utf-8", delay=True)
    made.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    log.addHandler(made)
    log.propagate = False


def lines(error: BaseException) -> list[str]:
    """Kinds of error and the lines of code they came through. Their messages are left out: they may quote a store."""
    import traceback

    told: list[str] = []
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        code = getattr(one, "code", "")
        told.append(f"{type(one).__module__}.{type(one).__qualname__}{f' ({code})' if isinstance(code, str) and code else ''}")
        told += [f"  {Path(f.filename).name}:{f.lineno} {f.name}" for f in traceback.extract_tb(one.__traceback__)]
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return told


def write(text: str) -> None:
    """A line on the console, where there is one."""
    if sys.stderr is not None:
        sys.stderr.write(text)
