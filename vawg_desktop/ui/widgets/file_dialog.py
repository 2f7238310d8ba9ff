"""Qt's own file dialog, dressed as the rest of the program: its size, the usual folders beside it, icons seen on any ground."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, QUrl
from PySide6.QtWidgets import QFileDialog, QHeaderView, QToolButton, QTreeView

from vawg_desktop.ui.theme import icon, theme
from vawg_desktop.ui.widgets.common import fit_screen

_PLACES = (
    QStandardPaths.StandardLocation.DesktopLocation, QStandardPaths.StandardLocation.DocumentsLocation,
    QStandardPaths.StandardLocation.DownloadLocation, QStandardPaths.StandardLocation.HomeLocation,
)  # fmt: skip
#: Qt's names of its buttons, with the drawing of each; a button without one is not shown.
_BUTTONS = {"backButton": "back", "toParentButton": "up", "newFolderButton": "plus", "forwardButton": "", "listModeButton": "", "detailModeButton": ""}
_TYPE_COLUMN = 2


def dress(dialog: QFileDialog) -> None:
    """Give a file dialog the size, places and icons of the program, once."""
    if dialog.property("dressed"):
        return
    dialog.setProperty("dressed", True)
    fit_screen(dialog, 880, 560)
    found = [QStandardPaths.writableLocation(place) for place in _PLACES]
    dialog.setSidebarUrls([QUrl("file:"), *(QUrl.fromLocalFile(p) for p in dict.fromkeys(found) if p and Path(p).is_dir())])
    for name, drawing in _BUTTONS.items():
        for one in dialog.findChildren(QToolButton, name):
            one.setVisible(bool(drawing))
            if drawing:
                one.setIcon(icon(drawing, theme.colours.text))
    for tree in dialog.findChildren(QTreeView, "treeView"):
        tree.setColumnHidden(_TYPE_COLUMN, True)
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
