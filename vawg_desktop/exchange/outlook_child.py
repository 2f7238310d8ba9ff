"""An Outlook message (.msg, [MS-OXMSG]) as its words and its workbook. Runs in the reader's child process, by olefile."""

from __future__ import annotations

import io
from typing import Any, TypeAlias, cast

from vawg_desktop.exchange.tables_child import answer_of, decoded, lines_of, tables_of

#: A storage inside the message, by the names on the way to it.
Path: TypeAlias = tuple[str, ...]
_ATTACHMENT, _MESSAGE = "__attach_version1.0_", "__substg1.0_3701000D"
_SUBJECT = "0037"
_TEXT, _HTML, _DATA, _LONG_NAME, _SHORT_NAME = "1000", "1013", "3701", "3707", "3704"
_INLINE = "3712"


def read_outlook(content: bytes) -> dict[str, Any]:
    """Sheets of a message; ``attached`` holds its one workbook, also where a message is attached to the message."""
    import olefile

    opened = cast("Any", olefile.OleFileIO(io.BytesIO(content)))
    with opened as ole:
        parts: set[Path] = {tuple(part) for part in ole.listdir()}

        def read(folder: Path, property: str) -> bytes | str | None:
            """A property of a message or attachment ([MS-OXPROPS]): text, bytes, or None where it has none."""
            for kind, encoding in (("001F", "utf-16-le"), ("001E", "cp1252"), ("0102", "")):
                path = (*folder, f"__substg1.0_{property}{kind}")
                if path in parts:
                    data = bytes(ole.openstream(list(path)).read())
                    return data.decode(encoding, "replace") if encoding else data
            return None

        sheets: list[dict[str, Any]] = []
        attached: list[tuple[str, bytes]] = []
        folders: set[Path] = {()} | {
            path[: n + 1]
            for path in parts
            for n, name in enumerate(path)
            if name.startswith((_ATTACHMENT, _MESSAGE))
        }
        for folder in sorted(folders, key=_depth):
            if folder and folder[-1].startswith(_ATTACHMENT):
                name, data = read(folder, _LONG_NAME) or read(folder, _SHORT_NAME), read(folder, _DATA)
                if isinstance(data, bytes) and not (_is_picture(str(name)) and read(folder, _INLINE)):
                    attached.append((str(name or "attachment"), data))
                continue
            page, words, subject = read(folder, _HTML), read(folder, _TEXT), read(folder, _SUBJECT)
            if subject and isinstance(subject, str):
                sheets += lines_of(f"Subject: {' '.join(subject.split())}")
            if page:
                sheets += tables_of(decoded(page) if isinstance(page, bytes) else page)
            elif words:
                sheets += lines_of(decoded(words) if isinstance(words, bytes) else words)
        return answer_of(sheets, attached)


def _depth(folder: Path) -> tuple[int, Path]:
    return len(folder), folder


def _is_picture(name: str) -> bool:
    return name.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".bmp"))
