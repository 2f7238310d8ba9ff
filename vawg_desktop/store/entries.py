"""One entry of the change log: its canonical form, its salted digests and its place in the chain."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import Any

from vawg_desktop.domain.fields import Value

#: Version of the canonical form; inside every hash.
FORMAT = 1
GENESIS = "0" * 64
_CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_COMPACT = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


def digest(salt: str, value: Value) -> str:
    """The salted digest by which a value enters the chain."""
    if isinstance(value, str):
        text = encode_basestring(value)
    else:
        text = "null" if value is None else json.dumps(value)
    return hashlib.sha256(f"{salt}\x1f{text}".encode()).hexdigest()


def new_id() -> str:
    """A new UUIDv7: ids made later sort later."""
    from uuid6 import uuid7  # which reads its own version from the installed packages, 15 ms of a start

    return str(uuid7())


def new_salt() -> str:
    """A fresh 96-bit salt, so that a disposed value cannot be found again by guessing."""
    return secrets.token_urlsafe(12)


@dataclass(slots=True)
class CellEntry:
    """What an entry says of one cell. Once disposed of, only the two digests remain."""

    before: Value
    after: Value
    overwrote: tuple[str, ...]
    salt: str
    digests: tuple[str, str] | None = None

    def as_stored(self) -> dict[str, Any]:
        """The compact JSON kept in ``change.fields``."""
        if self.digests is not None:
            return {"d": list(self.digests), **({"o": list(self.overwrote)} if self.overwrote else {})}
        kept: dict[str, Any] = {"a": self.after, "s": self.salt}
        if self.before is not None:
            kept["b"] = self.before
        if self.overwrote:
            kept["o"] = list(self.overwrote)
        return kept

    @staticmethod
    def from_stored(kept: Mapping[str, Any]) -> CellEntry:
        """Read the compact JSON back."""
        if "d" in kept:
            return CellEntry(None, None, tuple(kept.get("o", ())), "", (kept["d"][0], kept["d"][1]))
        return CellEntry(kept.get("b"), kept["a"], tuple(kept.get("o", ())), kept["s"])

    def hashed(self) -> list[object]:
        """The form that enters the chain."""
        before, after = self.digests or (digest(self.salt, self.before), digest(self.salt, self.after))
        return [before, after, list(self.overwrote)]

    def disposed(self) -> CellEntry:
        """The same without its words: the digests stand in for them."""
        if self.digests is not None:
            return self
        both = (digest(self.salt, self.before), digest(self.salt, self.after))
        return CellEntry(None, None, self.overwrote, "", both)


@dataclass(slots=True)
class Entry:
    """One entry: one record in one transaction."""

    id: str
    origin: str
    seq: int
    at: str
    who: str
    why: str | None
    why_salt: str
    txn: str
    act: str
    about: str | None
    tbl: str
    row: str
    op: str
    fields: dict[str, CellEntry]
    hash: str = ""
    received: str = ""
    why_digest: str = ""

    def canonical(self, previous: str) -> bytes:
        """Canonical UTF-8 JSON: sorted keys, no spaces, NFC text, no floats."""
        content = {
            "v": FORMAT,
            "prev": previous,
            "id": self.id,
            "origin": self.origin,
            "seq": self.seq,
            "at": self.at,
            "who": self.who,
            "why": self.why_digest or digest(self.why_salt, self.why),
            "txn": self.txn,
            "act": self.act,
            "about": self.about,
            "tbl": self.tbl,
            "row": self.row,
            "op": self.op,
            "fields": {key: cell.hashed() for key, cell in self.fields.items()},
        }
        return _CANONICAL.encode(content).encode()

    def chained(self, previous: str) -> str:
        """This entry's hash, given its predecessor's in the same origin."""
        return hashlib.sha256(self.canonical(previous)).hexdigest()

    def fields_json(self) -> str:
        """The text kept in ``change.fields``."""
        kept: dict[str, Any] = {key: cell.as_stored() for key, cell in self.fields.items()}
        if self.why_digest:
            kept["~why"] = self.why_digest
        return _COMPACT.encode(kept)

    def as_params(self) -> tuple[object, ...]:
        """Values in the order of COLUMNS."""
        return (
            self.id, self.origin, self.seq, self.at, self.received, self.who, self.why,
            self.why_salt, self.txn, self.act, self.about, self.tbl, self.row, self.op,
            self.fields_json(), self.hash,
        )  # fmt: skip


COLUMNS = (
    "id", "origin", "seq", "at", "received", "who", "why", "why_salt", "txn", "act", "about",
    "tbl", "row", "op", "fields", "hash",
)  # fmt: skip
SELECT = "SELECT " + ", ".join(f'"{c}"' for c in COLUMNS) + ' FROM "change"'
INSERT = (
    'INSERT INTO "change" (' + ", ".join(f'"{c}"' for c in COLUMNS) + ") VALUES ("
    + ", ".join("?" * len(COLUMNS)) + ")"
)  # fmt: skip


def from_row(row: Sequence[Any]) -> Entry:
    """An entry from a row selected by SELECT."""
    kept = json.loads(row[14])
    why_digest = kept.pop("~why", "")
    fields = {key: CellEntry.from_stored(cell) for key, cell in kept.items()}
    return Entry(
        id=row[0], origin=row[1], seq=row[2], at=row[3], received=row[4], who=row[5], why=row[6],
        why_salt=row[7] or "", txn=row[8], act=row[9], about=row[10], tbl=row[11], row=row[12],
        op=row[13], fields=fields, hash=row[15], why_digest=why_digest,
    )  # fmt: skip
