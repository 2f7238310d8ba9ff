"""What many rows at once want of Python itself."""

from __future__ import annotations

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def without_collecting() -> Generator[None]:
    """Python's collector of cycles held off: reading and writing returns makes many small objects and no cycles, and
    each of its rounds would look at everything alive (a quarter of the time of a return of 5,000 rows, measured)."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
