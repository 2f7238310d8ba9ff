"""One editor per kind of field: flat until touched, saved when left, wrong input kept and explained."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCompleter,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from vawg_desktop.domain import dates
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.ui.choices import Ask, Choice
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import NOT_SET
from vawg_desktop.ui.widgets.choice import Choice as ChoiceBox
from vawg_desktop.ui.widgets.fitted_line import FittedLine


class FieldEditor(QWidget):
    """A field's editor with room for a sentence under it. ``committed`` carries what was typed."""

    committed = Signal(str, str)
    typing = Signal(str, str)

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__()
        self.spec = spec
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(0)
        self._wrong = QLabel()
        self._wrong.setWordWrap(True)
        self._wrong.setProperty("warn", True)
        self._wrong.hide()
        self.shown = ""
        self.sent: str | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def _finish(self, control: QWidget) -> None:
        control.setAccessibleName(self.spec.label)
        control.setAccessibleDescription(self.spec.help)
        if self.spec.help:
            control.setToolTip(self.spec.help)
        control.setProperty("flat", True)
        self.box.addWidget(control)
        self.box.addWidget(self._wrong)
        self.setFocusProxy(control)

    def set_wrong(self, text: str) -> None:
        """Say what cannot be saved; the text stays."""
        self._wrong.setText(text)
        self._wrong.setVisible(bool(text))
        control = self.focusProxy()
        if control is not None and bool(control.property("wrong")) != bool(text):
            control.setProperty("wrong", bool(text))
            control.style().unpolish(control)
            control.style().polish(control)

    def offer(self, text: str) -> None:
        """Hand over what was typed, if it is not what stands already."""
        if text.strip() != self.shown.strip():
            self.committed.emit(self.spec.key, text)

    def typed(self) -> str:
        """What stands in the editor now."""
        return self.shown

    def half_typed(self, words: str) -> bool:
        """Whether the editor holds text that is neither what stood, nor what stands, nor on its way."""
        text = self.typed().strip()
        return text not in {self.shown.strip(), words.strip(), (self.sent or words).strip()}

    def on_its_way(self, words: str) -> bool:
        """Whether what stands in the editor is being saved, and the store was read before it was."""
        return self.sent is not None and self.typed().strip() == self.sent.strip() and words.strip() == self.shown.strip() != self.sent.strip()

    def leave(self) -> None:
        """Hand over what was typed here and is not saved, as leaving the field does, whichever window is in front."""
        raise NotImplementedError

    def left_over(self) -> str:
        """Words that were refused and still stand here; empty where there are none."""
        return self.typed().strip() if self._wrong.text() and self.half_typed(self.shown) else ""

    def set_value(self, value: Value, words: str) -> None:
        """Show a stored value and its words."""
        raise NotImplementedError


class LineEditor(FieldEditor):
    """One line; for dates as typed: 9/5/26, end Q2, +6w."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self._line = FittedLine()
        self._line.setPlaceholderText(NOT_SET)
        self._line.editingFinished.connect(lambda: self.offer(self._line.text()))
        self._line.textEdited.connect(lambda text: self.typing.emit(self.spec.key, text))
        self._line.installEventFilter(self)
        self._finish(self._line)

    def typed(self) -> str:
        return self._line.text()

    def leave(self) -> None:
        if self._line.isModified() and self.half_typed(self.shown):
            self.offer(self._line.text())

    def set_value(self, value: Value, words: str) -> None:
        self.shown = words
        self.sent = None
        if self._line.text() != words:
            self._line.setText(words)
            self._line.setCursorPosition(0)
        self.set_wrong("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ) and self._line.text() != self.shown:
            self._line.selectAll()  # so that Ctrl+Z brings the words again
            self._line.insert(self.shown)
            self.set_wrong("")
            return True
        return False


#: By how much the first line of a long text stands lower, so that it is on one line with the name beside it.
_FIRST_LINE_DOWN = 3


class _Paper(QPlainTextEdit):
    """Paragraphs that grow with their text: a narrative reads like a page."""

    left = Signal()
    entered = Signal()
    escaped = Signal()

    def __init__(self, puts_back: Callable[[], bool] = lambda: True) -> None:
        super().__init__()
        self.puts_back = puts_back
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().documentLayout().documentSizeChanged.connect(lambda _: self.fit())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def fit(self) -> None:
        """Take the height of the text, one line at least."""
        lines = max(1, int(self.document().size().height()))
        height = lines * self.fontMetrics().lineSpacing() + theme.px(12) + theme.px(_FIRST_LINE_DOWN)
        if height != self.height():
            self.setFixedHeight(height)
            self.setViewportMargins(0, theme.px(_FIRST_LINE_DOWN), 0, 0)  # laid out anew: while it is being sized, Qt leaves the text at the height before

    def resizeEvent(self, e: QResizeEvent) -> None:
        super().resizeEvent(e)
        self.fit()

    def wheelEvent(self, e: QWheelEvent) -> None:
        e.ignore()

    def focusOutEvent(self, e: QFocusEvent) -> None:
        super().focusOutEvent(e)
        if e.reason() not in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason):
            self.left.emit()

    def keyPressEvent(self, e: QKeyEvent) -> None:
        if (
            e.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and e.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.entered.emit()
        elif e.key() == Qt.Key.Key_Escape:
            if self.puts_back():
                self.escaped.emit()
            else:
                e.ignore()  # nothing to put back: the keyboard goes back to the list
        else:
            super().keyPressEvent(e)


class PaperEditor(FieldEditor):
    """Paragraphs; half-typed text is kept as a draft."""

    def __init__(self, spec: FieldSpec, *, size: int = 13, bold: bool = False) -> None:
        super().__init__(spec)
        self.paper = _Paper(lambda: self.paper.toPlainText() != self.shown)
        self.paper.setFont(theme.font(size, bold=bold))
        self.paper.setPlaceholderText(NOT_SET)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(800)
        self._timer.timeout.connect(lambda: self.typing.emit(spec.key, self.paper.toPlainText()))
        self.paper.textChanged.connect(self._on_text)
        self._draft: str | None = None
        self.paper.left.connect(self._on_left)
        self.paper.entered.connect(lambda: self.offer(self.paper.toPlainText()))
        self.paper.escaped.connect(self._on_escape)
        self._finish(self.paper)

    def _on_text(self) -> None:
        if self.paper.hasFocus():
            self._timer.start()

    def _on_left(self) -> None:
        text = self.paper.toPlainText()
        if text != self._draft or self.paper.document().isModified():  # a draft shown again and not touched stays one
            self.offer(text)

    def _on_escape(self) -> None:
        cursor = self.paper.textCursor()  # so that Ctrl+Z brings the words again
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(self.shown)
        self._timer.stop()
        self.typing.emit(self.spec.key, self.shown)  # what was let go is no draft any more
        self.set_wrong("Put back as it was; Ctrl+Z restores your words.")

    def typed(self) -> str:
        return self.paper.toPlainText()

    def leave(self) -> None:
        if self.paper.document().isModified() and self.half_typed(self.shown):  # a draft shown again is left as it is
            self.offer(self.paper.toPlainText())

    def set_value(self, value: Value, words: str) -> None:
        self._timer.stop()
        self.sent = None
        self.shown, self._draft = words, None
        if self.paper.toPlainText() != words:
            self.paper.setPlainText(words)
        self.paper.fit()
        self.set_wrong("")

    def left_over(self) -> str:
        return ""  # paragraphs are kept as a draft while they are typed

    def set_draft(self, text: str) -> None:
        """Show a half-typed text again; it is not yet saved."""
        self.paper.setPlainText(text)
        self._draft = text
        self.set_wrong("This text was not saved yet: press Ctrl+Enter to save it, or Escape to drop it.")


class ChoiceEditor(FieldEditor):
    """One of a vocabulary, or yes and no; chosen is saved."""

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(spec)
        self._combo = ChoiceBox()
        self._keys: list[str] = [""]
        self._combo.addItem(NOT_SET)
        if spec.kind is Kind.YES_NO:
            options: list[Choice] = [("yes", "Yes"), ("no", "No")]
        else:
            options = [(x.key, x.label) for x in spec.terms] if spec.terms else []
        for key, label in options:
            self._keys.append(key)
            self._combo.addItem(label)
        self._combo.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._combo.setMinimumContentsLength(10)
        self._combo.meant.connect(lambda place: self.offer(self._keys[place]))
        self._finish(self._combo)

    def typed(self) -> str:
        return self._keys[max(0, self._combo.currentIndex())]

    def leave(self) -> None:
        self._combo.mean()

    def left_over(self) -> str:
        return self._combo.currentText() if self._wrong.text() and self.typed() != self.shown else ""

    def half_typed(self, words: str) -> bool:
        """Whether another choice is under the hand that was not made yet."""
        return self._combo.hasFocus() and self.typed() not in (self.shown, self.sent)

    def set_value(self, value: Value, words: str) -> None:
        key = ("yes" if value else "no") if isinstance(value, bool) else str(value or "")
        self.shown = key
        self.sent = None
        self._combo.setCurrentIndex(self._keys.index(key) if key in self._keys else 0)
        self._combo.settle()
        self.set_wrong("")


class RefEditor(FieldEditor):
    """One other record, found by typing part of its name."""

    def __init__(self, spec: FieldSpec, choices: Ask) -> None:
        super().__init__(spec)
        self._choices = choices
        #: Which id each name stands for, as far as it was asked for.
        self._keys: dict[str, str] = {}
        self._combo = ChoiceBox()
        self._combo.setLineEdit(FittedLine())
        self._combo.setInsertPolicy(ChoiceBox.InsertPolicy.NoInsert)
        self._combo.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._combo.setMinimumContentsLength(10)
        completer = self._combo.completer()
        if isinstance(completer, QCompleter):
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        line = self._combo.lineEdit()
        assert line is not None
        line.setPlaceholderText(NOT_SET)
        line.setAccessibleName(spec.label)
        line.editingFinished.connect(self._on_left)
        self._combo.meant.connect(lambda _: self._on_left())
        self._filled = False
        self._combo.installEventFilter(self)
        self._finish(self._combo)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not self._filled and event.type() in (QEvent.Type.FocusIn, QEvent.Type.MouseButtonPress):
            self._filled = True
            self._choices(self._fill)
        return False

    def _on_left(self) -> None:
        text = self._combo.currentText()
        if text.strip() == self.shown.strip() or text == self.sent:
            return
        self.sent = text
        self.committed.emit(self.spec.key, self._keys.get(text, text))
        self.sent = text

    def leave(self) -> None:
        self._on_left()

    def _fill(self, choices: Sequence[Choice]) -> None:
        """Offer these; what is being typed and its cursor stay."""
        line = self._combo.lineEdit()
        if not isValid(self) or line is None:  # the page was built anew meanwhile
            return
        text, cursor, marked = line.text(), line.cursorPosition(), line.hasSelectedText()
        self._keys = {label: key for key, label in choices}
        self._combo.blockSignals(True)
        self._combo.clear()
        self._combo.addItems([label for _, label in choices])
        self._combo.setCurrentText(text)
        self._combo.blockSignals(False)
        line.setCursorPosition(cursor)
        if marked:
            line.selectAll()

    def typed(self) -> str:
        return self._combo.currentText()

    def set_value(self, value: Value, words: str) -> None:
        self.shown = words
        self.sent = None
        self._filled = False
        self._combo.setEditText(words)
        if (line := self._combo.lineEdit()) is not None and not line.hasFocus():
            line.setCursorPosition(0)  # a long name is seen from its beginning
        self._combo.setToolTip(words)
        self.set_wrong("")

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), super().sizeHint().height())


def date_hint() -> str:
    """What may be typed as a date."""
    return f"Type {dates.label('2026-05-09')}, 9/5/26, May 2026, 2026/27 Q2, end Q2, +6w or next PDB."
