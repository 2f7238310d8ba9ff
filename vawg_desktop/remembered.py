"""What the window remembers on this computer between two starts: the stores that were open, its size and place, and where it stood. Nothing of a store's content.

A file that cannot be read or written is no reason not to start: then nothing is remembered.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, cast

from vawg_desktop import paths

_FILE = "window.json"
#: So many stores are remembered.
_MOST = 5


def _read() -> dict[str, Any]:
    with suppress(OSError, ValueError):
        found: object = json.loads((paths.user_data() / _FILE).read_text("utf-8"))
        if isinstance(found, dict):
            return cast("dict[str, Any]", found)
    return {}


def _write(told: dict[str, Any]) -> None:
    with suppress(OSError):
        (paths.user_data() / _FILE).write_text(json.dumps(told, indent=1), "utf-8")


def stores() -> list[str]:
    """Paths of the stores that were open, the last one first."""
    found = _read().get("stores")
    return [str(s) for s in cast("list[object]", found)] if isinstance(found, list) else []


def opened(path: str) -> None:
    """Remember that a store was opened."""
    told = _read()
    told["stores"] = [path, *(s for s in stores() if s != path)][:_MOST]
    _write(told)


def geometry() -> bytes:
    """Where the window stood and how large it was, as Qt writes it; empty where that is not known."""
    with suppress(ValueError):
        return bytes.fromhex(str(_read().get("geometry") or ""))
    return b""


def page(store: str) -> tuple[str, str]:
    """The page and record that were shown of a store, by its path; empty where that is not known."""
    shown = _read().get("pages")
    found: object = cast("dict[str, object]", shown).get(store) if isinstance(shown, dict) else None
    if not isinstance(found, list) or len(cast("list[object]", found)) != 2:
        return "", ""
    key, record = cast("list[object]", found)
    return str(key), str(record)


def left(store: str, geometry: bytes, key: str, record: str) -> None:
    """Remember where the window was left."""
    told = _read()
    told["geometry"] = geometry.hex()
    pages = told.get("pages")
    known = cast("dict[str, object]", pages) if isinstance(pages, dict) else {}
    told["pages"] = {store: [key, record], **{k: v for k, v in list(known.items())[: _MOST - 1] if k != store}}
    _write(told)


def not_backed_up(store: str, why: str) -> None:
    """Remember that no backup was made of a store as it was closed, when nobody could be told any more."""
    told = _read()
    told["not_backed_up"] = {store: why[:500]}
    _write(told)


def was_not_backed_up(store: str) -> str:
    """Why no backup was made of a store when it was last closed; told once, and empty where one was made."""
    told = _read()
    kept = told.pop("not_backed_up", None)
    found = str(cast("dict[str, object]", kept).get(store) or "") if isinstance(kept, dict) else ""
    if found:
        _write(told)
    return found
