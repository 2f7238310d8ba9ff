"""Quick exit and lock: one page over everything, whatever is open; nothing behind it takes a key or is read aloud.

An event filter of the whole application, since a dialog or a menu in front hears keys before the window does. The
windows behind the page are hidden with their words kept: a screen reader has nothing of them, and they are back as they
were.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QKeyEvent,
    QMouseEvent,
    QShortcutEvent,
    QShowEvent,
    QTouchEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from vawg_desktop.ui.widgets.file_dialog import dress
from vawg_desktop.ui.widgets.idle import SIGNS_OF_LIFE, IdleWatch

#: Escape held this long hides the screen (the inquiry's own site has the same).
HELD_MS = 500
_KEYS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride, QEvent.Type.Shortcut)
_TOUCHES = (
    *_KEYS, QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick, QEvent.Type.Wheel,
    QEvent.Type.ContextMenu, QEvent.Type.DragEnter, QEvent.Type.Drop,
)  # fmt: skip
_FOCUS = (QEvent.Type.FocusIn, QEvent.Type.FocusOut, QEvent.Type.FocusAboutToChange)
_BOTH = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


def _is(event: QKeyEvent, key: Qt.Key) -> bool:
    return event.key() == key and event.modifiers() == _BOTH


def _presses(watched: QWidget, event: QKeyEvent) -> bool:
    """Press the button that has the focus by Enter; whether it was one. In a form Enter would press the form's first button instead."""
    if not isinstance(watched, (QPushButton, QToolButton)) or watched.window().focusWidget() is not watched or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return False
    if event.type() == QEvent.Type.KeyPress and not event.isAutoRepeat():
        watched.click()
    return event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease)


#: Events that are looked at while nothing is covered, and the classes in which they come: to ask an event for its class costs
#: far less than to ask for its type, and a page that opens sends ten thousand others by here.
_HEARD = frozenset({*_KEYS, *SIGNS_OF_LIFE, QEvent.Type.Show})
HEARD_AS: frozenset[type] = frozenset({QKeyEvent, QShortcutEvent, QMouseEvent, QWheelEvent, QTouchEvent, QShowEvent})


class Cover(QWidget):
    """A neutral page in a window of its own; with ``opens`` it is a lock, which asks for the passphrase."""

    def __init__(self, opens: Callable[[str], bool] | None, needs_word: bool, done: Callable[[], None]) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._opens, self._done = opens, done
        self.setWindowTitle("Notes")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet("background: #FFFFFF; color: #3A4048; font-size: 16px;")
        box = QVBoxLayout(self)
        box.addStretch(1)
        words = "Notes"
        if opens is not None:
            words = "Locked. Type the passphrase to come back." if needs_word else "Locked. Press Enter to come back."
        self.words = QLabel(words)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box.addWidget(self.words)
        self.word = QLineEdit()
        self.word.setEchoMode(QLineEdit.EchoMode.Password)
        self.word.setAccessibleName(words)
        self.word.setFixedWidth(360)
        self.word.setStyleSheet("border: 1px solid #6B7480; padding: 6px; color: #14171A;")
        self.word.returnPressed.connect(self._on_return)
        self.word.setVisible(opens is not None)
        box.addWidget(self.word, 0, Qt.AlignmentFlag.AlignHCenter)
        box.addStretch(1)
        self.setAccessibleName(words if opens else "Screen hidden. Press Ctrl+Shift+H to come back")

    @property
    def locked(self) -> bool:
        """Whether it opens only by the passphrase."""
        return self._opens is not None

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()  # it goes as it came, so that nothing behind it is lost

    def _on_return(self) -> None:
        if self._opens is not None and self._opens(self.word.text()):
            self._done()
            return
        self.word.clear()
        self.words.setText("That is not it; try again.")


class Guard(QObject):
    """Watches every key of the program; covers the screen and uncovers it."""

    def __init__(self, window: QWidget, lock: Callable[[], None]) -> None:
        super().__init__(window)
        self._window, self._lock = window, lock
        self.cover: Cover | None = None
        #: Is told of each sign that somebody is there.
        self.idle: IdleWatch | None = None
        self._hidden: list[QWidget] = []
        self._focus: QWidget | None = None
        self._moving = False
        self._replaying = False
        self._pressed: QObject | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(HELD_MS)
        self._timer.timeout.connect(self._on_held)
        app = QApplication.instance()
        assert app is not None
        app.installEventFilter(self)
        window.destroyed.connect(self._leave)

    def _leave(self) -> None:
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    # -- covering ------------------------------------------------------------------------------

    def quick_exit(self) -> None:
        """Hide the screen behind a neutral page; the same again brings it back."""
        if self.cover is None:
            self._put(Cover(None, False, self.uncover))
        elif not self.cover.locked:
            self.uncover()

    def lock(self, opens: Callable[[str], bool], needs_word: bool) -> None:
        """Hide the screen until ``opens`` takes what was typed."""
        if self.cover is not None and not self.cover.locked:
            self.uncover()
        if self.cover is None:
            self._put(Cover(opens, needs_word, self.uncover))

    def _put(self, cover: Cover) -> None:
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
            if QApplication.activePopupWidget() is popup:
                popup.hide()
        self._focus = QApplication.focusWidget()
        self._timer.stop()
        self._pressed = None
        self._hidden = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not cover]
        self._hidden.sort(key=lambda w: w is not self._window)
        self.cover = cover
        self._moving = True  # a field that is hidden has not been left: what is half typed in it is not saved
        cover.setGeometry(self._window.geometry())
        if self._window.isMaximized() or self._window.isFullScreen():
            cover.showMaximized()
        else:
            cover.show()
        for one in reversed(self._hidden):
            one.hide()
        self._moving = False
        cover.raise_()
        cover.activateWindow()
        (cover.word if cover.locked else cover).setFocus()

    def uncover(self) -> None:
        """Everything as it was: windows in their order, the keyboard where it stood."""
        cover, self.cover = self.cover, None
        if cover is None:
            return
        self._moving = True
        back_again = [w for w in self._hidden if isValid(w)]  # a file dialog ended when it was hidden: nothing was chosen
        for one in back_again:
            one.show()
        cover.hide()
        cover.deleteLater()
        if back_again:
            back_again[-1].raise_()
            back_again[-1].activateWindow()
        if self._focus is not None and isValid(self._focus):
            self._focus.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
        self._moving = False
        self._hidden, self._focus = [], None
        back = getattr(self._window, "uncovered", None)
        if back is not None:
            back()

    def _on_held(self) -> None:
        self._pressed = None
        if self.cover is None:
            self.quick_exit()

    # -- keys ----------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        idle = self.cover is None and not self._moving
        if idle and type(event) not in HEARD_AS:  # every event of the program comes by here
            return False
        kind = event.type()
        if idle and kind not in _HEARD:
            return False
        if kind in SIGNS_OF_LIFE and self.idle is not None:
            self.idle.noticed()
        if self._moving:
            return kind in _FOCUS
        if kind == QEvent.Type.Show and isinstance(watched, QFileDialog):
            dress(watched)
        if self.cover is not None:
            return self._behind(watched, event)
        if kind in _KEYS and isinstance(event, QKeyEvent) and not self._replaying and isinstance(watched, QWidget):
            return self._key(watched, event)
        return False

    def _behind(self, watched: QObject, event: QEvent) -> bool:
        """While covered: only the page itself hears anything, and what opens is hidden until it is back."""
        assert self.cover is not None
        kind = event.type()
        if not isinstance(watched, QWidget):
            return kind == QEvent.Type.Shortcut
        if isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress and _is(event, Qt.Key.Key_H):
            self.quick_exit()
            return True
        if watched.window() is self.cover:
            return False
        if kind == QEvent.Type.Show and watched.isWindow() and watched not in self._hidden:
            self._hidden.append(watched)
            QTimer.singleShot(0, watched, watched.hide)
            return False
        return kind in _TOUCHES

    def _key(self, watched: QWidget, event: QKeyEvent) -> bool:
        kind, key = event.type(), event.key()
        if event.modifiers() == _BOTH and key in (Qt.Key.Key_H, Qt.Key.Key_L):
            if kind == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if kind == QEvent.Type.KeyPress and not event.isAutoRepeat():
                self.quick_exit() if key == Qt.Key.Key_H else self._lock()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and _presses(watched, event):
            return True
        if key != Qt.Key.Key_Escape:
            return False
        if kind == QEvent.Type.ShortcutOverride:
            event.accept()
        elif event.isAutoRepeat():
            return True
        elif kind == QEvent.Type.KeyPress:
            self._pressed = watched
            self._timer.start()
        elif self._timer.isActive() and self._pressed is not None:
            self._timer.stop()
            self._short(self._pressed)
        return True

    def _short(self, target: QObject) -> None:
        """Escape let go at once: it cancels or closes, as ever."""
        self._pressed = None
        self._replaying = True
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(target, QKeyEvent(kind, Qt.Key.Key_Escape, Qt.KeyboardModifier.NoModifier))
        self._replaying = False
