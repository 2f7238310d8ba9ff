"""The file of a piece of evidence."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from vawg_desktop.services import attachments, show
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.sections.base import Made, Pane
from vawg_desktop.ui.widgets.common import Section, button, clear, note


def file(pane: Pane) -> Made:
    """The file of a piece of evidence: kept in the store, looked at in a copy that is wiped afterwards."""

    def choose() -> None:
        name, _ = QFileDialog.getOpenFileName(pane, "Attach a file")
        if name:
            pane.attach(Path(name))

    section = Section("File", "Attach a file …", choose)

    def fill(view: show.RecordView) -> None:
        clear(section.body)
        name = view.cells.get("file_name")
        if not name:
            section.body.addWidget(note("Drop a file anywhere on this record, or press Attach a file."))
            return
        section.body.addWidget(note(str(name)))
        go = button("Open a copy to read", lambda: _open_copy(pane, view.id))
        section.body.addWidget(go, 0, Qt.AlignmentFlag.AlignLeft)

    return Made(section, fill)


def _open_copy(pane: Pane, id: str) -> None:
    def opened(copy: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(copy))):
            messages.tell(
                f"No program here opens {copy.name}; its copy is in {copy.parent} until the window closes."
            )

    pane.tasks.read(lambda s: attachments.open_copy(s, id), opened)
