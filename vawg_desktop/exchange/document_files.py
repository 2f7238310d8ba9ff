"""A document as a file: the ending of its name chooses docx, odt, pdf, xlsx or ods."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import PurePath

from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.exchange.document import Document

#: The writer of each ending, and what the kind of file is called; a writer's library loads when it is first asked for.
WRITERS: dict[str, tuple[str, str, str]] = {
    ".docx": ("document_docx", "write_docx", "Word"),
    ".odt": ("document_odt", "write_odt", "OpenDocument text"),
    ".pdf": ("document_pdf", "write_pdf", "PDF"),
    ".xlsx": ("document_book", "document_xlsx", "Excel"),
    ".ods": ("document_book", "document_ods", "OpenDocument spreadsheet"),
}


def writer(name: str) -> Callable[[Document], bytes]:
    """The writer for a file's name. Raises ValueRefusedError for an ending that none has."""
    ending = PurePath(name).suffix.lower()
    if ending not in WRITERS:
        endings = ", ".join(list(WRITERS)[:-1])
        raise ValueRefusedError(f"Choose a name that ends in {endings} or {list(WRITERS)[-1]}, not {ending or 'nothing'}.")
    module, function, _ = WRITERS[ending]
    found: Callable[[Document], bytes] = getattr(import_module(f"vawg_desktop.exchange.{module}"), function)
    return found
