"""Templates of a kind of paper: which one it is filled into, what one may name, one to begin from, one taken in and checked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.meeting_terms import PAPER_KIND
from vawg_desktop.services import paper_templates, papers
from vawg_desktop.services.paper_templates import Place
from vawg_desktop.services.session import Session
from vawg_desktop.store.files import write_output
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import QFileDialog, copy_table
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, fit_screen, label

_WORD = "Word (*.docx)"


class TemplatesDialog(Form):
    """Enter uses the template that is chosen; a name is copied by its button, to be pasted into Word."""

    def __init__(self, parent: QWidget, tasks: Tasks, kind: str, chosen: str) -> None:
        super().__init__(parent)
        self._tasks, self._kind = tasks, kind
        called = PAPER_KIND.label(kind)
        self.setWindowTitle(f"Templates: {called}")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(6))
        box.addWidget(label(f"Templates: {called}", size=16, bold=True))
        box.addWidget(label("A Word document with the office's own styles, headers and logo. What is between « and » in it is filled in; other formats keep their plain form.", muted=True))
        self.choice = Choice()
        self.put(box, "Fill the paper into", self.choice)
        row = QHBoxLayout()
        row.addWidget(button("Import a Word document …", self._take_in))
        row.addWidget(button("Begin one …", self._begin, tip="Writes a Word document with every name in its place, to be edited"))
        row.addStretch(1)
        box.addLayout(row)
        self.wrong = label("")
        self.wrong.setProperty("warn", True)
        self.wrong.hide()
        box.addWidget(self.wrong)
        self.filter = QLineEdit()
        self.filter.setPlaceholderText("Find a name")
        self.filter.textChanged.connect(self._filter)
        self.put(box, "Names that may be used in it", self.filter)
        self.names = QListWidget()
        self.names.setAccessibleName("Names")
        self.names.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.names.itemActivated.connect(lambda _: self._copy())
        box.addWidget(self.names, 1)
        foot = QHBoxLayout()
        foot.addWidget(button("Copy the name", self._copy, tip="To be pasted into the Word document"))
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        self.saves = button("Use it", self.accept, kind="primary")
        foot.addWidget(self.saves)
        box.addLayout(foot)
        fit_screen(self, 560, 560)
        self._fill(chosen)

    def _fill(self, chosen: str) -> None:
        kind = self._kind

        def read(session: Session) -> tuple[list[tuple[str, str]], list[Place]]:
            made = papers.make(session, kind, paper_templates.example(session, kind))
            return paper_templates.listed(session, kind), paper_templates.places(session, kind, made)

        templates, places = self._tasks.fetch(read)
        self.choice.clear()
        self.choice.addItem("None: the plain form", "")
        for _, name in templates:
            self.choice.addItem(name, name)
        self.choice.setCurrentIndex(max(0, self.choice.findData(chosen)))
        self.choice.settle()
        self._show_places(places)

    def _show_places(self, places: Sequence[Place]) -> None:
        self.names.clear()
        for one in places:
            where = "; alone in its paragraph" if one.alone else ""
            shown = QListWidgetItem(f"«{one.name}»   {one.gives}{where}")
            shown.setToolTip(one.gives)
            shown.setData(Qt.ItemDataRole.UserRole, f"«{one.name}»")
            self.names.addItem(shown)
        self.names.setCurrentRow(0)

    def _filter(self, typed: str) -> None:
        for n in range(self.names.count()):
            one = self.names.item(n)
            one.setHidden(typed.casefold() not in one.text().casefold())

    def _copy(self) -> None:
        now = self.names.currentItem()
        if now is not None:
            copy_table([str(now.data(Qt.ItemDataRole.UserRole))], [])
            messages.tell("Copied; paste it into the Word document.")

    def answer(self) -> str:
        """The name of the template that is chosen; empty for the plain form."""
        return str(self.choice.currentData() or "")

    def _take_in(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Import a template", "", _WORD)
        if chosen:
            self.take(Path(chosen))

    def take(self, path: Path) -> None:
        """Keep a Word document as a template, and say what in it means nothing."""
        kind, found = self._kind, list[str]()

        def work(session: Session) -> Changes:
            _, wrong, changes = paper_templates.take_in(session, kind, path.stem, path)
            found.extend(wrong)
            return changes

        def taken(_: object) -> None:
            self._fill(path.stem)
            self.wrong.setText(" ".join(found[:5]) + (" It is kept; correct it in Word and import it again." if found else ""))
            self.wrong.setVisible(bool(found))

        self._tasks.write(work, then=taken, failed=messages.failed)

    def _begin(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "Begin a template", f"{PAPER_KIND.label(self._kind)} template.docx", _WORD)
        if chosen:
            path, kind = Path(chosen), self._kind
            told = partial(messages.tell, f"Written as {path.name}: edit it in Word, then import it.")
            self._tasks.make_file(lambda s: write_output(path, paper_templates.starter(s, kind)), lambda _: told())
