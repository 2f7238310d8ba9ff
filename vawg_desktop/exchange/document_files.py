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


#: What a redacted copy leaves as: never a workbook or a text that could be edited back.
REDACTED: dict[str, tuple[str, str, str]] = {".pdf": WRITERS[".pdf"], ".csv": ("document_csv", "write_csv", "CSV")}


def written(name: str, document: Document) -> bytes:
    """The document as a file of that name. Raises ValueRefusedError for an ending that none has, or for a redacted one that is neither PDF nor CSV."""
    if not document.redacted:
        return writer(name)(document)
    ending = PurePath(name).suffix.lower()
    if ending not in REDACTED:
        raise ValueRefusedError(f"A redacted copy leaves as PDF or CSV, so that no hidden word goes with it; choose a name that ends in .pdf or .csv, not {ending or 'nothing'}.")
    return _loaded(*REDACTED[ending][:2])(document)


def _loaded(module: str, function: str) -> Callable[[Document], bytes]:
    found: Callable[[Document], bytes] = getattr(import_module(f"vawg_desktop.exchange.{module}"), function)
    return found


def writer(name: str) -> Callable[[Document], bytes]:
    """The writer for a file's name. Raises ValueRefusedError for an ending that none has."""
    ending = PurePath(name).suffix.lower()
    if ending not in WRITERS:
        endings = ", ".join(list(WRITERS)[:-1])
        raise ValueRefusedError(f"Choose a name that ends in {endings} or {list(WRITERS)[-1]}, not {ending or 'nothing'}.")
    return _loaded(*WRITERS[ending][:2])
