"""Waits until a store holds a value: ``until_held.py STORE REFERENCE KEY VALUE``, as text."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from vawg_desktop.domain.errors import StoreError
from vawg_desktop.services import show
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening

#: How often, and how many seconds apart, the store is looked at.
LOOKS, PAUSE = 300, 0.3


def main(where: str, reference: str, key: str, value: str) -> None:
    """Look until it is there."""
    for _ in range(LOOKS):
        try:
            opened = opening.open_postgres(where) if "://" in where else opening.open_store(Path(where))
            with opened as store:
                if str(show.record(Session(store), reference).cells[key]) == value:
                    return
        except StoreError as error:  # a server that is away, or coming back
            print(error, file=sys.stderr)
        time.sleep(PAUSE)
    raise SystemExit(f"{reference} never held {key} {value}")


if __name__ == "__main__":
    main(*sys.argv[1:])
