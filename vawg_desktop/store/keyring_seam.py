"""A store's key kept by the operating system, where the officer asks for it (optional; DESIGN 4).

The seam to the ``keyring`` library: Credential Manager on Windows, the Secret Service on Linux. Where it is not
installed or there is nothing to keep a secret in, a sentence says so and the passphrase goes on being asked.
"""

from __future__ import annotations

import contextlib
from importlib import import_module
from pathlib import Path
from typing import Any

from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store import keys

SERVICE = "VAWG Desktop"


def _keyring() -> Any:
    try:
        return import_module("keyring")
    except ImportError:
        raise StoreError(
            "This installation cannot hand keys to the operating system; go on typing the passphrase.",
            code="no_keyring",
        ) from None


def remember(store: Path, key: keys.Key) -> None:
    """Let the operating system keep the store's key for this login. Raises StoreError."""
    ring = _keyring()
    try:
        ring.set_password(SERVICE, keys.store_id_of(store), key.raw.hex())
    except Exception as error:  # every backend raises errors of its own
        raise StoreError(
            "The operating system would not keep the key; go on typing the passphrase.", code="no_keyring"
        ) from error


def forget(store: Path) -> None:
    """Take the key back from the operating system. Raises StoreError where it would not give it up."""
    ring, name = _keyring(), keys.store_id_of(store)
    with contextlib.suppress(
        Exception
    ):  # every backend raises errors of its own; what is left is asked for next
        ring.delete_password(SERVICE, name)
    if recalled(store) is not None:
        raise StoreError(
            "The operating system would not give the key up; remove “VAWG Desktop” in its own list of passwords.",
            code="no_keyring",
        )


def recalled(store: Path) -> keys.Key | None:
    """The key the operating system keeps, if it keeps one and it is this store's."""
    try:
        kept = _keyring().get_password(SERVICE, keys.store_id_of(store))
        key = keys.Key(bytes.fromhex(kept)) if kept else None
    except Exception:  # noqa: BLE001 - a keyring that cannot answer only means that the passphrase is asked
        return None
    return key if key is not None and keys.is_key_of(store, key) else None
