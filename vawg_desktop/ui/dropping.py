"""Files dropped anywhere on the window: a returned workbook is read, a copy is looked at, and anything else is told."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QDragEnterEvent, QDropEvent

from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.shell import Shell

#: Endings of files in which a return comes back, and of stores.
RETURNS = frozenset({".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".tsv", ".txt", ".eml", ".msg", ".html", ".htm"})
STORES = frozenset({".vawg"})


class Dropping(QObject):
    """Hears what is dropped where no page takes it itself."""

    def __init__(self, shell: Shell) -> None:
        super().__init__(shell)
        self._shell = shell
        shell.setAcceptDrops(True)
        shell.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QDropEvent) and not isinstance(event, QDragEnterEvent) and event.type() == QEvent.Type.Drop:
            self.take([Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()])
            event.acceptProposedAction()
            return True
        if isinstance(event, QDragEnterEvent) and event.mimeData().hasUrls():
            event.acceptProposedAction()
            return True
        return False

    def take(self, paths: list[Path]) -> None:
        """Read returned workbooks, look at a copy, and say what cannot be done with other files."""
        if not paths or getattr(self._shell, "tasks", None) is None:
            return
        stores = [p for p in paths if p.suffix.lower() in STORES]
        returned = [p for p in paths if p.is_dir() or p.suffix.lower() in RETURNS]
        other = [p for p in paths if p not in stores and p not in returned]
        if stores:
            self._shell.go("copies").look_at(stores[0])
        if returned:
            self._shell.go("returns").read_files(returned)
        if other:
            messages.tell(f"“{other[0].name}” is not a returned workbook or a copy of the store. Drop it on a record to attach it there.")
