"""A store that refuses to be touched on the window's thread: every call there is written down with the way that led to it."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from vawg_desktop.store.engines import Engines
from vawg_desktop.store.store import Store


@contextmanager
def refusing(found: list[str]) -> Iterator[None]:
    """While it lasts, reading or writing a store on this thread is noted in ``found``: file, line and function of ours."""
    window = threading.get_ident()

    def guarded(real: Any) -> Any:
        def call(*args: Any, **named: Any) -> Any:
            if threading.get_ident() == window:
                stack = [(Path(f.filename).as_posix(), f) for f in traceback.extract_stack()]
                ours = [(file, f) for file, f in stack if "/vawg_desktop/" in file and "/store/" not in file]
                if ours and "tests" not in ours[-1][0]:
                    file, caller = next((one for one in reversed(ours) if "/ui/" in one[0]), ours[-1])
                    found.append(f"{file.rpartition('vawg_desktop/')[2]}:{caller.lineno} {caller.name}")
            return real(*args, **named)

        return call

    with (
        patch.object(Engines, "read", guarded(Engines.read)),
        patch.object(Engines, "fresh", guarded(Engines.fresh)),
        patch.object(Store, "write", guarded(Store.write)),
        patch.object(Store, "meta", guarded(Store.meta)),
    ):
        yield
