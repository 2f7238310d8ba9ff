"""A set of terms or words as chips, each with its own way out, and a box to add one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from vawg_desktop.domain.fields import FieldSpec, Kind
from vawg_desktop.domain.values import split_set
from vawg_desktop.ui.choices import Ask, Choice
from vawg_desktop.ui.theme import icon, theme
from vawg_desktop.ui.widgets.common import clear, offer
from vawg_desktop.ui.widgets.flow_layout import FlowLayout


class ChipWords(QLabel):
    """One line as wide as its words, that ends in dots where its line is narrower; all of it in its tip and for a screen reader."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self._words = words
        self.setToolTip(words)
        self.setAccessibleName(words)

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._words) + theme.px(2), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), theme.px(48)), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setText(self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, self.width()))


class ChipLink(QPushButton):
    """The same of a record: pressed, it opens it."""

    def __init__(self, words: str, follow: Callable[[], object]) -> None:
        super().__init__(words)
        self._words = words
        self.setProperty("quiet", True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setToolTip(words)
        self.setAccessibleName(f"Open {words}")
        self.setStyleSheet(f"padding: 0 {theme.px(2)}px; min-height: {theme.px(22)}px;")
        self.clicked.connect(lambda: follow())

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self._words) + theme.px(12), theme.px(26))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), theme.px(48)), theme.px(26))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setText(self.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, self.width() - theme.px(8)))


class SetEditor(QWidget):
    """Chips of a set field. ``added`` carries what was typed or picked, ``removed`` the element."""

    added = Signal(str, str)
    removed = Signal(str, str)
    followed = Signal(str)
    #: Whether a record's chip opens it.
    opens = True

    def __init__(self, spec: FieldSpec, choices: Ask | None = None) -> None:
        super().__init__()
        self.spec = spec
        self._choices = choices
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.px(4))
        self._chips = QWidget()
        self._flow = FlowLayout()
        self._chips.setLayout(self._flow)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self._chips.setSizePolicy(policy)
        box.addWidget(self._chips)
        self._line = QLineEdit()
        self._line.setPlaceholderText("Add …")
        self._line.setProperty("flat", True)
        self._line.setAccessibleName(f"Add to {spec.label}")
        self._line.editingFinished.connect(self.leave)  # by Enter too
        box.addWidget(self._line)
        self.setFocusProxy(self._line)
        self._completed = False
        #: Which stored element each name stands for, as far as it was asked for.
        self._keys: dict[str, str] = {}
        #: What was refused and stands here again: offered anew once it is changed.
        self._refused = ""
        self._line.textEdited.connect(self._on_edited)
        self._line.installEventFilter(self)

    def _on_edited(self, _: str) -> None:
        self._refused = ""
        self._complete()

    def _complete(self) -> None:
        if self._completed or self._choices is None:
            return
        self._completed = True
        self._choices(self._offer)

    def _offer(self, choices: Sequence[Choice]) -> None:
        if not isValid(self):  # the page was built anew meanwhile
            return
        self._keys = {label: key for key, label in choices}
        picked = offer(self._line, [label for _, label in choices]).activated
        picked.connect(lambda _: QTimer.singleShot(0, self, self.leave))  # once the line holds what was picked

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        dropped = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Escape
        if dropped and self._line.text():
            self._line.selectAll()  # so that Ctrl+Z brings the words again
            self._line.insert("")
            return True
        return False

    def left_over(self) -> str:
        """Words that were refused and still stand here; empty where there are none."""
        return self._line.text().strip()

    def put_back(self, text: str) -> None:
        """Words that were refused, to be corrected where they were typed; none for another record."""
        self._line.setText(text)
        self._refused = text

    def leave(self) -> None:
        """Hand over what was typed here."""
        text = self._line.text().strip()
        if text and text != self._refused:
            self._line.clear()
            self.added.emit(self.spec.key, self._keys.get(text, text))

    def _chip(self, element: str, words: str) -> QWidget:
        """The words, and a cross of its own that alone takes them out of the set."""
        chip = QFrame()
        chip.setProperty("chip", True)
        row = QHBoxLayout(chip)
        row.setContentsMargins(theme.px(8), 0, 0, 0)
        row.setSpacing(0)
        if self.spec.kind is Kind.LINKS and self.opens:
            row.addWidget(ChipLink(words, partial(self.followed.emit, element)))
        else:
            row.addWidget(ChipWords(words))
        out = QPushButton()
        out.setProperty("quiet", True)
        out.setIcon(icon("close", theme.colours.muted, 14))
        out.setIconSize(QSize(theme.px(12), theme.px(12)))
        out.setFixedSize(theme.px(24), theme.px(24))
        out.setStyleSheet(f"padding: 0; min-height: {theme.px(24)}px;")
        out.setAccessibleName(f"Remove {words} from {self.spec.label}")
        out.setToolTip(f"Remove {words}")
        out.clicked.connect(partial(self._on_out, element))
        row.addWidget(out)
        return chip

    def _on_out(self, element: str) -> None:
        self._line.setFocus()
        self.removed.emit(self.spec.key, element)

    def set_elements(self, elements: Sequence[Choice]) -> None:
        """Show the set: stored element and its words."""
        clear(self._flow)
        for element, words in elements:
            self._flow.addWidget(self._chip(element, words))
        self._chips.setVisible(bool(elements))
        self._completed = False


class SetField(SetEditor):
    """The same in a form, where nothing is saved yet: it keeps its elements until the form is done with."""

    opens = False

    def __init__(self, spec: FieldSpec, choices: Ask | None = None, typed: str = "") -> None:
        super().__init__(spec, choices)
        self._line.setProperty("flat", False)
        self._elements: list[Choice] = [(part, part) for part in split_set(typed)]
        self.added.connect(self._on_added)
        self.removed.connect(self._on_removed)
        self.set_elements(self._elements)

    def text(self) -> str:
        """The elements as a form's text, with ``;`` between them, and what still stands in the line."""
        return "; ".join([key for key, _ in self._elements] + [w for w in [self.left_over()] if w])

    def setAccessibleName(self, name: str) -> None:
        self._line.setAccessibleName(name)

    def setAccessibleDescription(self, description: str) -> None:
        self._line.setAccessibleDescription(description)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.text() == ";" and self.left_over():
            self.leave()  # a semicolon ends one and begins the next; Enter is the form's, which takes what still stands here
            return True
        return super().eventFilter(watched, event)

    def _on_added(self, _: str, text: str) -> None:
        called = next((name for name, key in self._keys.items() if key == text), "")
        parts = [(text, called)] if called else [self._meant(part) for part in split_set(text)]
        self._elements += [one for one in parts if one[0] not in {key for key, _ in self._elements}]
        self.set_elements(self._elements)

    def _meant(self, part: str) -> Choice:
        """The record whose reference was typed, else the words as they are, which the form looks up when it is done with."""
        meant = [(key, name) for name, key in self._keys.items() if name.casefold().startswith(f"{part.casefold()} ")]
        return meant[0] if len(meant) == 1 else (part, part)

    def _on_removed(self, _: str, element: str) -> None:
        self._elements = [one for one in self._elements if one[0] != element]
        self.set_elements(self._elements)
