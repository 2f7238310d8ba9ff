"""A store that refuses to be touched on the window's thread: every call there is written down with the way that led to it."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
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
                ours = [f for f in traceback.extract_stack() if "/vawg_desktop/" in f.filename and "/store/" not in f.filename]
                if ours and "tests" not in ours[-1].filename:
                    last = ours[-1]
                    caller = next((f for f in reversed(ours) if "/ui/" in f.filename), last)
                    found.append(f"{caller.filename.rpartition('vawg_desktop/')[2]}:{caller.lineno} {caller.name}")
            return real(*args, **named)

        return call

    with (
        patch.object(Engines, "read", guarded(Engines.read)),
        patch.object(Engines, "fresh", guarded(Engines.fresh)),
        patch.object(Store, "write", guarded(Store.write)),
        patch.object(Store, "meta", guarded(Store.meta)),
    ):
        yield
