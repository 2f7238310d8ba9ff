"""Keys of a store: a random 256-bit key, wrapped by the passphrase in ``X.vawg-keys`` (DESIGN 4)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from vawg_desktop.domain import clock
from vawg_desktop.domain.errors import StoreError, WrongKeyError

FORMAT = 1
#: Argon2id: memory in KiB, passes, lanes (RFC 9106, second recommended option).
ARGON2 = {"memory_kib": 65536, "passes": 3, "lanes": 4}
MIN_PASSPHRASE = 8
PASSPHRASE, RECOVERY = "passphrase", "recovery"
#: Crockford's letters: none that is taken for another on paper. 28 of them are 140 bits.
_RECOVERY_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RECOVERY_LENGTH = 28


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
    _refuse_short(passphrase)
    key = Key(secrets.token_bytes(32))
    document = {
        "format": FORMAT,
        "store": store_id,
        "check": _check_value(key, store_id),
        "wrapped": [_wrap(key, passphrase, store_id, "first passphrase")],
    }
    write_replacing(keys_path(store), json.dumps(document, indent=1).encode())
    return key


def unlock(store: Path, passphrase: str) -> Key:
    """The raw key, by a passphrase or the recovery key.

    Raises WrongKeyError for a wrong passphrase, StoreError for a damaged keys file.
    """
    return _unlock(_read(keys_path(store)), passphrase)[0]


def _unlock(document: dict[str, Any], passphrase: str) -> tuple[Key, int]:
    """The raw key, and the place of the wrapping that the passphrase opened."""
    try:
        for place, wrapped in enumerate(document["wrapped"]):
            secret = as_recovery(passphrase) if wrapped["kind"] == RECOVERY else passphrase
            key = _unwrap(wrapped, secret, document["store"]) if secret else None
            if key is None:
                continue
            if not hmac.compare_digest(_check_value(key, document["store"]), document["check"]):
                raise StoreError("The keys file is damaged; restore it from a backup.", code="keys_damaged")
            return key, place
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(
            "The keys file is damaged; restore it from a backup.", code="keys_damaged"
        ) from error
    raise WrongKeyError("That passphrase does not open this store; nothing was changed.")


def is_key_of(store: Path, key: Key) -> bool:
    """Whether a raw key is the store's."""
    document = _read(keys_path(store))
    return hmac.compare_digest(_check_value(key, str(document["store"])), str(document["check"]))


@dataclass(frozen=True, slots=True)
class Wrapping:
    """One way into a store: a passphrase and whose it is, or the recovery key."""

    label: str
    kind: str
    made: str


def ways_in(store: Path) -> list[Wrapping]:
    """Who can open the store, in the order it was granted."""
    return [
        Wrapping(str(w.get("label", "passphrase")), str(w.get("kind", "")), str(w.get("made", "")))
        for w in _read(keys_path(store))["wrapped"]
    ]


#: Told what the keys file will be (its SHA-256), just before it is written.
Before = Callable[[str], None]


def change_passphrase(store: Path, old: str, new: str, *, before: Before | None = None) -> None:
    """Replace the passphrase ``old`` by ``new``; other ways in stay. Raises WrongKeyError, StoreError."""
    document = _read(keys_path(store))
    key, place = _unlock(document, old)
    there = document["wrapped"][place]
    if there["kind"] == RECOVERY:
        raise StoreError("The recovery key stays as it is; make a new one instead.", code="recovery_stays")
    _refuse_short(new)
    document["wrapped"][place] = _wrap(key, new, document["store"], str(there.get("label", "passphrase")))
    _write(store, document, before)


def add_passphrase(store: Path, known: str, new: str, label: str, *, before: Before | None = None) -> None:
    """Add a person with a passphrase of their own. Raises WrongKeyError, StoreError."""
    document = _read(keys_path(store))
    key, _ = _unlock(document, known)
    _refuse_short(new)
    label = " ".join(label.split())  # as the log names whoever made it, see closing
    if not label:
        raise StoreError("Say whose passphrase it is.", code="no_label")
    if any(fold_label(w.get("label")) == fold_label(label) for w in document["wrapped"]):
        raise StoreError(f"{label} has a passphrase already; change that one.", code="label_taken")
    document["wrapped"].append(_wrap(key, new, document["store"], label))
    _write(store, document, before)


def remove_way_in(store: Path, known: str, label: str, *, before: Before | None = None) -> None:
    """Remove a way in. Whoever copied the files may still hold the key. Raises WrongKeyError, StoreError."""
    document = _read(keys_path(store))
    _, place = _unlock(document, known)
    left = [w for w in document["wrapped"] if fold_label(w.get("label")) != fold_label(label)]
    if len(left) == len(document["wrapped"]):
        raise StoreError(f"Nobody called “{label}” has a passphrase to this store.", code="no_such_label")
    if document["wrapped"][place] not in left:
        raise StoreError(
            "That is the way you came in by; use another passphrase to take it away.", code="own_way"
        )
    document["wrapped"] = left
    _write(store, document, before)


def make_recovery(store: Path, known: str, *, before: Before | None = None) -> str:
    """Make and return the recovery key; an earlier one stops working. Raises WrongKeyError, StoreError."""
    document = _read(keys_path(store))
    key, _ = _unlock(document, known)
    spelt = "".join(secrets.choice(_RECOVERY_LETTERS) for _ in range(_RECOVERY_LENGTH))
    document["wrapped"] = [w for w in document["wrapped"] if w["kind"] != RECOVERY]
    document["wrapped"].append({**_wrap(key, spelt, document["store"], "recovery key"), "kind": RECOVERY})
    _write(store, document, before)
    return "-".join(spelt[i : i + 4] for i in range(0, len(spelt), 4))


def as_recovery(typed: str) -> str:
    """A recovery key as it was made, from what was typed off the paper; empty where it cannot be one."""
    letters = (
        "".join(c for c in typed.upper() if c.isalnum()).replace("O", "0").replace("I", "1").replace("L", "1")
    )
    return letters if len(letters) == _RECOVERY_LENGTH else ""


def fold_label(label: object) -> str:
    """A way in's name for comparing."""
    return " ".join(str(label or "").casefold().split())


def _refuse_short(passphrase: str) -> None:
    if len(passphrase) < MIN_PASSPHRASE:
        raise StoreError(f"A passphrase needs at least {MIN_PASSPHRASE} characters.", code="short_passphrase")


def _write(store: Path, document: dict[str, Any], before: Before | None) -> None:
    made = json.dumps(document, indent=1).encode()
    if before is not None:
        before(hashlib.sha256(made).hexdigest())
    write_replacing(keys_path(store), made)


def fingerprint(store: Path) -> str:
    """The SHA-256 of the keys file as it is; empty where there is none."""
    path = keys_path(store)
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""


def label_of(store: Path, known: str) -> str:
    """Whose way in a passphrase opens. Raises WrongKeyError."""
    document = _read(keys_path(store))
    return str(document["wrapped"][_unlock(document, known)[1]].get("label", "passphrase"))


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
    except (ValueError, RecursionError):
        raise _damaged() from None
    except OSError as error:
        raise StoreError(f"{path.name} cannot be read ({error.strerror}).", code="keys_unreadable") from None
    fields = cast("dict[str, Any]", document) if isinstance(document, dict) else {}
    format = fields.get("format")
    if isinstance(format, int) and not isinstance(format, bool) and format > FORMAT:
        raise StoreError("The keys file was made by a later version of the program.", code="keys_later")
    wrapped = fields.get("wrapped")
    if format != FORMAT or not isinstance(wrapped, list) or not all(isinstance(w, dict) for w in cast("list[object]", wrapped)):
        raise _damaged()
    return fields


def _damaged() -> StoreError:
    return StoreError("The keys file is damaged; restore it from a backup.", code="keys_damaged")


#: What a keys file may ask of the machine: up to 1 GiB, 16 passes, 8 lanes. More is a file made to harm.
_MOST = {"memory_kib": 1 << 20, "passes": 16, "lanes": 8}
#: Less is a file weakened so that its passphrase can be guessed.
_LEAST = {"memory_kib": 8 << 10, "passes": 1, "lanes": 1}


def _refuse_strange_cost(cost: object) -> None:
    """Raise StoreError where the cost in a keys file lies outside what this program ever wrote or will write."""
    asked = cast("dict[str, Any]", cost) if isinstance(cost, dict) else {}
    for name, most in _MOST.items():
        value = asked.get(name)
        if not isinstance(value, int) or not _LEAST[name] <= value <= most:
            raise StoreError(
                "The keys file asks for work that no keys file of this program asks for; it was altered or is damaged. "
                "Restore it from a backup.",
                code="keys_damaged",
            )


def _derive(passphrase: str, salt: bytes, cost: dict[str, int]) -> bytes:
    from argon2.low_level import Type, hash_secret_raw  # a plain store's start does not pay for it

    _refuse_strange_cost(cost)
    return hash_secret_raw(
        passphrase.encode(),
        salt,
        time_cost=cost["passes"],
        memory_cost=cost["memory_kib"],
        parallelism=cost["lanes"],
        hash_len=32,
        type=Type.ID,
    )


def _wrap(key: Key, passphrase: str, store_id: str, label: str) -> dict[str, Any]:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = os.urandom(16), os.urandom(12)
    box = AESGCM(_derive(passphrase, salt, ARGON2)).encrypt(nonce, key.raw, store_id.encode())
    return {
        "kind": PASSPHRASE,
        "label": label,
        "made": clock.now().date().isoformat(),
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


def _let_go(part: Path) -> None:
    with suppress(OSError):
        part.unlink(missing_ok=True)


def write_replacing(path: Path, data: bytes) -> None:
    """Write a file beside and rename it: a crash leaves the old or the new. Raises StoreError."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
    except PermissionError:
        _let_go(part)
        raise StoreError(
            f"You do not have permission to write in the folder {path.parent}; choose another folder.", code="no_permission"
        ) from None
    except OSError as error:  # a full disk, say: half a paper must not stay there
        _let_go(part)
        raise StoreError(
            f"{path.name} could not be written: {error.strerror}.", code="write_failed"
        ) from error
    try:
        part.replace(path)
    except OSError as error:  # on Windows nobody may replace what another program has open
        part.unlink(missing_ok=True)
        raise StoreError(
            f"{path.name} could not be replaced: {error.strerror}. Close it where it is open, or choose another name.", code="write_failed"
        ) from error
