"""Copy, print and save: lists and records out of the window."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from vawg_desktop.domain.dates import label
from vawg_desktop.domain.entities import EntitySpec
from vawg_desktop.domain.values import to_words
from vawg_desktop.exchange.lists_out import Printed
from vawg_desktop.services.outputs import printed, save_list
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


def table_html(heads: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[int] = ()) -> str:
    """A plain HTML table; ``widths`` are per cents of the page."""
    shares = [f" width='{w}%'" for w in widths] or [""] * len(heads)
    top = "".join(f"<th align='left'{w}>{html.escape(h)}</th>" for h, w in zip(heads, shares, strict=True))
    body = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table width='100%' border='1' cellspacing='0' cellpadding='4'><tr>{top}</tr>{body}</table>"


def save_table(
    parent: QWidget, tasks: Tasks, title: str, heads: list[str], rows: list[list[str]]
) -> None:
    """Ask where, then write xlsx or docx."""
    name, _ = QFileDialog.getSaveFileName(
        parent,
        f"Save {title.casefold()}",
        f"{title} {tasks.session.today.isoformat()}.xlsx",
        "Excel (*.xlsx);;Word (*.docx)",
    )
    if name:
        tasks.do(
            lambda s: save_list(s, Path(name), title, heads, rows), lambda path: messages.tell(f"Saved as {path.name}.")
        )


def print_table(
    parent: QWidget,
    tasks: Tasks,
    title: str,
    heads: list[str],
    rows: list[list[str]],
    widths: Sequence[int] = (),
) -> None:
    """Ask for a PDF's name and draw the table on A4 pages, landscape: printed from any reader.

    Essentials ships no print dialog, and a PDF prints the same everywhere.
    """
    name, _ = QFileDialog.getSaveFileName(
        parent, f"Print {title.casefold()} to PDF", f"{title}.pdf", "PDF (*.pdf)"
    )
    if not name:
        return

    def write(out: Printed) -> None:
        draw_pdf(Path(name), out, widths)
        messages.tell(f"{Path(name).name} is ready to print.")

    tasks.read(lambda s: printed(s, title, heads, rows), write)


def draw_pdf(path: Path, out: Printed, widths: Sequence[int] = ()) -> None:
    """The table as PDF with its marking, as-at date and rating key."""
    from PySide6.QtCore import QMarginsF
    from PySide6.QtGui import QFont, QPageLayout, QPageSize, QPdfWriter

    document = QTextDocument()
    document.setDefaultFont(QFont(QApplication.font().family(), 9))  # on paper, whatever the screen's scale
    above = "".join(f"<p>{html.escape(line)}</p>" for line in out.head_lines())
    document.setHtml(
        f"<h1>{html.escape(out.title)}</h1>{above}{table_html(out.heads, out.rows, widths)}<p>{html.escape(out.foot())}</p>"
    )
    writer = QPdfWriter(str(path))
    writer.setTitle(out.title)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    writer.setPageOrientation(QPageLayout.Orientation.Landscape)
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    document.print_(writer)  # lays itself out for the page, with margins and numbers of its own
