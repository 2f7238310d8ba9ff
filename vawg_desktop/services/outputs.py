"""Lists saved or printed with date, marking and rating key; callers leave restricted rows out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from vawg_desktop.domain.dates import label
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.exchange.lists_out import Printed, list_docx, list_xlsx
from vawg_desktop.services.office import rating_key
from vawg_desktop.services.session import Session
from vawg_desktop.store.keys import write_replacing

#: Lists are marked OFFICIAL-SENSITIVE whatever their rows: a list says more than its records do.
_WRITERS = {".xlsx": list_xlsx, ".docx": list_docx}


def printed(session: Session, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Printed:
    """A table with all that must stand on it."""
    return Printed(
        title,
        heads,
        rows,
        label(session.today.isoformat()),
        "OFFICIAL-SENSITIVE",
        rating_key(session.read()),
        session.store.meta("demonstration") == "1",
    )


def save_list(
    session: Session, path: Path, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]
) -> Path:
    """Write the list; the file's ending chooses xlsx or docx. Raises ValueRefusedError for others, StoreError where it cannot be written."""
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise ValueRefusedError(f"Choose a name that ends in .xlsx or .docx, not {path.suffix or 'nothing'}.")
    content = writer(printed(session, title, heads, rows))
    write_replacing(path, content)
    return path
