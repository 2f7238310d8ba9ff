"""Keys of a store: a random 256-bit key, wrapped by the passphrase in ``X.vawg-keys`` (DESIGN 4)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from vawg_desktop.domain.errors import StoreError, WrongKeyError

FORMAT = 1
#: Argon2id: memory in KiB, passes, lanes (RFC 9106, second recommended option).
ARGON2 = {"memory_kib": 65536, "passes": 3, "lanes": 4}
MIN_PASSPHRASE = 8


@dataclass(frozen=True, slots=True)
class Key:
    """The raw key of a store's two files."""

    raw: bytes

    def pragma(self) -> str:
        """The key as SQLCipher takes it raw, without deriving (which costs half a second)."""
        return f"PRAGMA key = \"x'{self.raw.hex()}'\""


def keys_path(store: Path) -> Path:
    """``X.vawg-keys`` beside ``X.vawg``."""
    return store.with_name(store.name + "-keys")


def make_keys(store: Path, store_id: str, passphrase: str) -> Key:
    """Make a random key, wrap it and write the keys file. Refuses a passphrase that is too short."""
    if len(passphrase) < MIN_PASSPHRASE:
        raise StoreError(f"A passphrase needs at least {MIN_PASSPHRASE} characters.", code="short_passphrase")
    key = Key(secrets.token_bytes(32))
    document = {
        "format": FORMAT,
        "store": store_id,
        "check": _check_value(key, store_id),
        "wrapped": [_wrap(key, passphrase, store_id)],
    }
    write_replacing(keys_path(store), json.dumps(document, indent=1).encode())
    return key


def unlock(store: Path, passphrase: str) -> Key:
    """The raw key. Raises WrongKeyError for a wrong passphrase, StoreError for a damaged keys file."""
    document = _read(keys_path(store))
    try:
        for wrapped in document["wrapped"]:
            key = _unwrap(wrapped, passphrase, document["store"])
            if key is None:
                continue
            if not hmac.compare_digest(_check_value(key, document["store"]), document["check"]):
                raise StoreError("The keys file is damaged; restore it from a backup.", code="keys_damaged")
            return key
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(
            "The keys file is damaged; restore it from a backup.", code="keys_damaged"
        ) from error
    raise WrongKeyError("That passphrase does not open this store; nothing was changed.")


def store_id_of(store: Path) -> str:
    """The store id that the keys file names."""
    return str(_read(keys_path(store)).get("store", ""))


def _read(path: Path) -> dict[str, Any]:
    try:
        document: Any = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise StoreError(
            f"{path.name} is missing: either {path.name.removesuffix('-keys')} is not a store of this program, "
            "or its keys file must be put back beside it.",
            code="keys_missing",
        ) from None
    except ValueError:
        raise StoreError("The keys file is damaged; restore it from a backup.", code="keys_damaged") from None
    if not isinstance(document, dict) or cast("dict[str, Any]", document).get("format") != FORMAT:
        raise StoreError("The keys file was made by a later version of the program.", code="keys_later")
    return cast("dict[str, Any]", document)


def _derive(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    from argon2.low_level import Type, hash_secret_raw  # a plain store's start does not pay for it

    return hash_secret_raw(
        passphrase.encode(),
        salt,
        time_cost=cost["passes"],
        memory_cost=cost["memory_kib"],
        parallelism=cost["lanes"],
        hash_len=32,
        type=Type.ID,
    )


def _wrap(key: Key, passphrase: str, store_id: str) -> dict[str, Any]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(16), os.urandom(12)
    box = AESGCM(_derive(passphrase, salt, ARGON2)).encrypt(nonce, key.raw, store_id.encode())
    return {
        "kind": "passphrase",
        "argon2id": ARGON2,
        "salt": _b64(salt),
        "nonce": _b64(nonce),
        "key": _b64(box),
    }


def _unwrap(wrapped: dict[str, Any], passphrase: str, store_id: str) -> Key | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    secret = _derive(passphrase, base64.b64decode(wrapped["salt"]), wrapped["argon2id"])
    try:
        raw = AESGCM(secret).decrypt(
            base64.b64decode(wrapped["nonce"]), base64.b64decode(wrapped["key"]), store_id.encode()
        )
    except InvalidTag:
        return None
    return Key(raw)


def _check_value(key: Key, store_id: str) -> str:
    return hmac.new(key.raw, b"check:" + store_id.encode(), hashlib.sha256).hexdigest()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def write_replacing(path: Path, data: bytes) -> None:
    """Write a file by write-and-rename, flushed, so that a crash leaves the old one or the new."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        part.replace(path)
    except PermissionError:
        raise StoreError(
            f"We may not write in the folder {path.parent}; choose another folder.", code="no_permission"
        ) from None
    except OSError as error:
        raise StoreError(
            f"{path.name} could not be written: {error.strerror}.", code="write_failed"
        ) from error
