"""Copy, print and save: lists and records out of the window."""

from __future__ import annotations

import atexit
import html
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from threading import Event

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from vawg_desktop.domain.dates import label
from vawg_desktop.domain.entities import EntitySpec
from vawg_desktop.domain.values import to_words
from vawg_desktop.exchange.document import Document
from vawg_desktop.exchange.document_files import REDACTED, WRITERS
from vawg_desktop.services import outputs
from vawg_desktop.services.session import Session
from vawg_desktop.store.files import write_output
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tasks import Tasks


def reference_line(spec: EntitySpec, row: Mapping[str, object], today: date) -> str:
    """``R-0003, short title, status, as at``."""
    status = (
        to_words(spec.by_key["status"], str(row["status"]))
        if row.get("status") and "status" in spec.by_key
        else ""
    )
    parts = [
        str(row["reference"]),
        str(row.get(spec.title) or ""),
        status,
        f"as at {label(today.isoformat())}",
    ]
    return ", ".join(p for p in parts if p)


def copy_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Put a table on the clipboard, as text for Excel and as HTML for Word and mail."""
    data = QMimeData()
    lines = ["\t".join(" ".join(c.split()) for c in row) for row in (heads, *rows)]
    data.setText("\n".join(lines))
    data.setHtml(table_html(heads, rows))
    QApplication.clipboard().setMimeData(data)
    atexit.unregister(_let_go_without_a_screen)
    atexit.register(_let_go_without_a_screen)


def _let_go_without_a_screen() -> None:
    """Empty the clipboard of a program that runs without a screen.

    Qt keeps that clipboard itself and clears it after Python has ended, which crashes on what Python put there.
    A real screen's clipboard is left alone: the officer may still paste.
    """
    if QGuiApplication.instance() is not None and QGuiApplication.platformName() in ("offscreen", "minimal"):
        QGuiApplication.clipboard().clear()


def table_html(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A plain HTML table."""
    top = "".join(f"<th align='left'>{html.escape(h)}</th>" for h in heads)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table width='100%' border='1' cellspacing='0' cellpadding='4'><tr>{top}</tr>{body}</table>"


#: The formats in which a document is saved, as a file dialog offers them, the likeliest first.
_KINDS = ";;".join(f"{WRITERS[ending][2]} (*{ending})" for ending in (".xlsx", ".docx", ".pdf", ".ods", ".odt"))


#: The same for papers, which are read as text first.
PAPER_KINDS = ";;".join(f"{WRITERS[ending][2]} (*{ending})" for ending in (".docx", ".pdf", ".odt", ".xlsx", ".ods"))


#: And for a redacted copy.
REDACTED_KINDS = ";;".join(f"{called} (*{ending})" for ending, (_, _, called) in REDACTED.items())


def save_file(parent: QWidget, tasks: Tasks, title: str, kinds: str, make: Callable[[Session], bytes]) -> None:
    """Ask where, then make a file's bytes off the window's thread and write them."""
    chosen, _ = QFileDialog.getSaveFileName(parent, f"Save {title.casefold()}", f"{title} {tasks.session.today.isoformat()}{kinds.partition('(*')[2].partition(')')[0]}", kinds)
    if chosen:
        path = Path(chosen)
        messages.tell(f"Writing {path.name} …")
        tasks.make_file(lambda s: write_output(path, make(s)), lambda _: messages.tell(f"Saved as {path.name}."))


def save_document(parent: QWidget, tasks: Tasks, title: str, make: Callable[[Session], Document], *, printed: bool = False, kinds: str = _KINDS) -> None:
    """Ask where, then make the document off the window's thread and write it; the name's ending chooses the format.

    ``printed`` offers a PDF alone, to be printed from any reader: Essentials ships no print dialog.
    """
    name = f"{title} {tasks.session.today.isoformat()}"
    if printed:
        chosen, _ = QFileDialog.getSaveFileName(parent, f"Print {title.casefold()} to PDF", f"{name}.pdf", "PDF (*.pdf)")
    else:
        chosen, _ = QFileDialog.getSaveFileName(parent, f"Save {title.casefold()}", f"{name}{kinds.partition('(*')[2].partition(')')[0]}", kinds)
    if not chosen:
        return
    done = "{} is ready to print." if printed else "Saved as {}."
    path, stopped = Path(chosen), Event()

    def written(made: Path | None) -> None:
        messages.tell(done.format(path.name) if made is not None else f"{path.name} was not written, as you asked.")

    messages.tell(f"Writing {path.name} …", action="Cancel", do=stopped.set, stays=True)
    tasks.make_file(lambda s: outputs.save_document(path, make(s), stopped.is_set), written)
