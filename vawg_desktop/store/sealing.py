"""What a backup holds beside the database, sealed with the store's key: held files and the manifest's words."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os

from vawg_desktop.domain.errors import StoreError
from vawg_desktop.store.keys import Key


def held_name(sha256: str, key: Key | None) -> str:
    """The file name of a held file in a backup: without the key it tells nothing of what it holds."""
    return hmac.new(key.raw, sha256.encode(), hashlib.sha256).hexdigest() if key else sha256


def seal(content: bytes, name: str, key: Key | None) -> bytes:
    """A held file with its name, encrypted (AES-GCM) where the store has a key."""
    head = json.dumps({"name": name}).encode()
    named = len(head).to_bytes(4, "big") + head + content
    if key is None:
        return named
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    return nonce + AESGCM(_files_key(key)).encrypt(nonce, named, b"held")


def unseal(sealed: bytes, key: Key | None) -> tuple[str, bytes]:
    """Name and content of a held file. Raises StoreError where it is damaged."""
    opened = sealed
    if key is not None:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            opened = AESGCM(_files_key(key)).decrypt(sealed[:12], sealed[12:], b"held")
        except InvalidTag:
            raise StoreError("A held file of the backup is damaged.", code="backup_damaged") from None
    length = int.from_bytes(opened[:4], "big")
    return str(json.loads(opened[4 : 4 + length])["name"]), opened[4 + length :]


def seal_words(words: dict[str, str], key: Key) -> str:
    """What a manifest says in words, so that only who has the key reads it."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(12)
    return base64.b64encode(nonce + AESGCM(_files_key(key)).encrypt(nonce, json.dumps(words).encode(), b"manifest")).decode()


def unseal_words(sealed: str, key: Key) -> dict[str, str]:
    """The words of a manifest; none where the key is another store's."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    raw = base64.b64decode(sealed)
    try:
        return dict(json.loads(AESGCM(_files_key(key)).decrypt(raw[:12], raw[12:], b"manifest")))
    except InvalidTag:
        return {}


def _files_key(key: Key) -> bytes:
    return hashlib.sha256(b"held files" + key.raw).digest()
