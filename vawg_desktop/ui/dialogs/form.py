"""What every dialog keeps to: its saving button alone answers Enter, and words are not thrown away unasked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.spoken import announcer
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, label


class Form(QDialog):
    """A dialog that collects something. ``saves`` names the button that Enter presses; none else ever is the default."""

    #: Whether it opens over the list rather than over the record that it is about.
    beside_record = True

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._before: list[str] | None = None
        self.saves: QPushButton | None = None

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        for one in self.findChildren(QPushButton):
            one.setAutoDefault(False)
        if self.saves is not None:
            self.saves.setDefault(True)
        for area in self.findChildren(QScrollArea):
            area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if self._before is None:
            keep_on_screen(self)
            if self.beside_record:
                leave_record_in_sight(self)
            self._before = self.state()
            first = self.first_field()
            if first is not None:
                first.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter saves from anywhere, a field of several lines too, where Enter begins a new one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.modifiers() & Qt.KeyboardModifier.ControlModifier and self.saves is not None:
            self.saves.click()
            return
        super().keyPressEvent(event)

    def first_field(self) -> QWidget | None:
        """Where the keyboard is when the dialog opens."""
        fields = (w for w in self.findChildren(QWidget) if isinstance(w, (QLineEdit, QPlainTextEdit, QComboBox)))
        return next((w for w in fields if w.isEnabled() and w.isVisibleTo(self) and not isinstance(w.parent(), QComboBox)), None)

    @staticmethod
    def put(box: QVBoxLayout, words: str, made: QWidget) -> None:
        """Add a field under its words, which a screen reader says too."""
        name = label(words, muted=True)
        name.setContentsMargins(0, theme.px(6), 0, 0)
        name.setBuddy(made)
        made.setAccessibleName(words)
        box.addWidget(name)
        box.addWidget(made)

    def state(self) -> list[str]:
        """Everything that stands in the fields, to tell whether anything was typed."""
        values: list[str] = []
        for one in self.findChildren(QWidget):
            if isinstance(one, QLineEdit):
                values.append(one.text())
            elif isinstance(one, QPlainTextEdit):
                values.append(one.toPlainText())
            elif isinstance(one, QComboBox):
                values.append(one.currentText())
            elif isinstance(one, QCheckBox) or (isinstance(one, QAbstractButton) and one.isCheckable()):
                values.append(str(one.isChecked()))
        return values

    def reject(self) -> None:
        """Leave by Escape, by its button or by the window's cross; asks first if something was typed."""
        if self._before is not None and self.state() != self._before and not messages.ask(
            "Discard what you typed?", "It is not saved yet.", "Discard"
        ):
            return
        super().reject()

    def run(self) -> bool:
        """Show it until it is done with; whether it was accepted."""
        return messages.run(self) == QDialog.DialogCode.Accepted


def leave_record_in_sight(dialog: QDialog) -> None:
    """Where a record stands beside a list, put a dialog over the list: what is written in it is about what can still be read."""
    parent = dialog.parentWidget()
    here = getattr(parent.window(), "here", None) if parent is not None else None
    panes = getattr(here(), "panes_beside", None) if here is not None else None
    record = panes.record_place() if panes is not None else None
    if record is None or dialog.screen() is None:
        return
    room = dialog.screen().availableGeometry()
    left = max(room.left(), min(dialog.x(), record.left() - dialog.frameGeometry().width() - theme.px(8)))
    top = max(room.top(), record.center().y() - dialog.frameGeometry().height() // 2)
    dialog.move(left, min(top, max(room.top(), room.bottom() - dialog.frameGeometry().height())))


def keep_on_screen(dialog: QDialog) -> None:
    """Where a dialog is higher than the screen, all of it but its last line scrolls: the buttons are always there."""
    box, screen = dialog.layout(), dialog.screen()
    if not isinstance(box, QVBoxLayout) or screen is None:
        return
    room = screen.availableSize() - QSize(16, 48)  # the screen's own pixels: its edge and a window's frame do not grow with the type
    hint, height = dialog.sizeHint(), max(dialog.height() if dialog.testAttribute(Qt.WidgetAttribute.WA_Resized) else 0, dialog.sizeHint().height())
    if dialog.findChild(QScrollArea) is not None or dialog.minimumSizeHint().height() <= room.height() or box.count() < 2:
        if height > room.height():  # it gives way in itself
            dialog.resize(min(max(dialog.width(), hint.width()), room.width()), room.height())
        return
    inner = QWidget()
    inside = QVBoxLayout(inner)
    inside.setContentsMargins(0, 0, theme.px(12), 0)
    inside.setSpacing(box.spacing())
    while box.count() > 1:
        item = box.takeAt(0)
        if item is None:
            break
        if (widget := item.widget()) is not None:
            inside.addWidget(widget)
        elif (layout := item.layout()) is not None:
            inside.addLayout(layout)
        else:
            inside.addItem(item)
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inner)
    box.insertWidget(0, area, 1)
    area.show()  # at once, so that the first field takes the keyboard
    box.activate()  # which lets the dialog be lower than all that now scrolls
    dialog.resize(max(dialog.width(), min(inner.sizeHint().width() + theme.px(72), room.width())), room.height())


class AskDialog(Form):
    """One question and a line, or a paper, for the answer."""

    def __init__(
        self, parent: QWidget | None, title: str, asked: str, text: str, *, secret: bool, long: bool, verb: str, check: Callable[[str], str] | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(8))
        name = label(asked, bold=True)
        box.addWidget(name)
        self._field: QLineEdit | QPlainTextEdit
        if long:
            self._field = QPlainTextEdit(text)
            self._field.setTabChangesFocus(True)
            self._field.setMinimumHeight(theme.px(120))
        else:
            self._field = QLineEdit(text)
            self._field.selectAll()
            if secret:
                self._field.setEchoMode(QLineEdit.EchoMode.Password)
        self._field.setAccessibleName(asked)
        name.setBuddy(self._field)
        box.addWidget(self._field)
        row = QHBoxLayout()
        row.setContentsMargins(0, theme.px(8), 0, 0)
        row.addStretch(1)
        row.addWidget(button("Cancel", self.reject))
        self._check = check
        self._wrong = label("")
        self._wrong.setProperty("warn", True)
        self._wrong.hide()
        box.addWidget(self._wrong)
        self.saves = button(verb, self._on_done, kind="primary")
        row.addWidget(self.saves)
        box.addLayout(row)
        self.setMinimumWidth(theme.px(440))

    def _on_done(self) -> None:
        problem = self._check(self.answer()) if self._check is not None else ""
        self._wrong.setText(problem)
        self._wrong.setVisible(bool(problem))
        if problem:
            self._field.setFocus()
            announcer.say(self._field, problem, urgent=True)
        else:
            self.accept()

    def answer(self) -> str:
        """What was typed."""
        return self._field.toPlainText() if isinstance(self._field, QPlainTextEdit) else self._field.text()
