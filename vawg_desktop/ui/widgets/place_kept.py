"""The keyboard stays where it was when a part of a page is made anew: a colleague's change must not take it from whoever works there."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QLayout, QStackedWidget, QWidget
from shiboken6 import isValid

#: The property by which a widget says that it is the same one as before, where its name may have changed meanwhile.
PLACE = "place"
#: How often, and how many milliseconds apart, it is looked whether what was cleared stands there again: sections are read meanwhile.
_LOOKS, _APART = 500, 20


class _Touched(QObject):
    """Whether somebody pressed a key or the mouse on the widget that has the keyboard meanwhile: then it stays there."""

    by_somebody = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.by_somebody |= event.type() in (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress)
        return False


class Lost:
    """The keyboard's place in a layout that is being cleared: what its widget was called, and where among the others it stood."""

    def __init__(self, layout: QLayout, focused: QWidget) -> None:
        self.layout = layout
        self._above = list(_ancestors(layout))
        self._called = _called(focused)
        inside = list(_reachable_in(layout))
        self._index = inside.index(focused) if focused in inside else 0
        self._number = sum(_called(w) == self._called for w in inside[: self._index])
        self._looks = 0
        #: Where Qt put the keyboard meanwhile; anywhere else somebody has put it.
        self.stands_in: QWidget | None = None
        self._touched = _Touched()

    def cleared(self) -> None:
        """The layout is empty now: look for the place once it is filled."""
        window = self._above[-1].window() if self._above else None
        self.stands_in = _keyboard_in(window) if window is not None else None
        if self.stands_in is not None:
            self.stands_in.installEventFilter(self._touched)
        if self not in _waiting:
            _waiting.append(self)
            QTimer.singleShot(0, self._look)

    def _look(self) -> None:
        self._looks += 1
        if not self._moved_by_somebody():
            found = self._again()
            if found is None and self._looks < _LOOKS and self._above and not self._stands():
                QTimer.singleShot(_APART, self._look)
                return
            if found is not None:
                found.setFocus(Qt.FocusReason.OtherFocusReason)
        self._touched.deleteLater()
        _waiting.remove(self)

    def _stands(self) -> bool:
        """Whether the layout is filled and shown again."""
        return isValid(self.layout) and any(w.isVisible() for w in _widgets(self.layout))

    def _moved_by_somebody(self) -> bool:
        there, window = self.stands_in, next((w.window() for w in self._above if isValid(w)), None)
        now = _keyboard_in(window) if window is not None else None
        moved = now is not None and there is not None and now is not there and isValid(there) and there.isVisible()
        return moved or self._touched.by_somebody

    def _again(self) -> QWidget | None:
        """The widget of the same name, else, where the layout is filled again, the one in its place."""
        self._above = [w for w in self._above if isValid(w)]
        inside = list(_reachable_in(self.layout)) if isValid(self.layout) else []
        same = [w for w in inside if _called(w) == self._called]
        if same:
            return same[min(self._number, len(same) - 1)]
        for above in self._above:
            if (found := next((w for w in _reachable(above) if _called(w) == self._called), None)) is not None:
                return found
        return inside[min(self._index, len(inside) - 1)] if inside else None


_waiting: list[Lost] = []


def about_to_move() -> bool:
    """Whether the keyboard is about to go back to its place: its layout is filled again, and shown in a moment."""
    return any(isValid(one.layout) and any(True for _ in _widgets(one.layout)) for one in _waiting)


def lost_in(layout: QLayout) -> Lost | None:
    """The keyboard's place, if that is in a layout which is about to be cleared."""
    holder = layout.parentWidget()
    focused = _keyboard_in(holder.window()) if holder is not None else None
    if focused is None or not any(w is focused or w.isAncestorOf(focused) for w in _widgets(layout)):
        return None
    return next((one for one in _waiting if one.stands_in is focused), None) or Lost(layout, focused)


def _keyboard_in(window: QWidget) -> QWidget | None:
    """What has the keyboard in a window, or will have it once the window is in front again."""
    return window.focusWidget()


def take_out(layout: QLayout) -> None:
    """Take everything out of a layout, rows within it too."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item is not None else None
        within = item.layout() if item is not None and widget is None else None
        if within is not None:
            take_out(within)
            within.deleteLater()
        if widget is not None:
            widget.hide()  # hidden, not taken from its parent: without one it would be a window, and be styled anew
            widget.deleteLater()


def _called(widget: QWidget) -> tuple[str, str]:
    """By what a widget is known again: its place where it says so, else what a screen reader calls it, else its words."""
    text = getattr(widget, "text", None)
    name = widget.property(PLACE) or widget.accessibleName() or (text() if callable(text) else "")
    return type(widget).__name__, str(name)


def _widgets(layout: QLayout) -> Iterator[QWidget]:
    for place in range(layout.count()):
        item = layout.itemAt(place)
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            yield widget
        elif (within := item.layout()) is not None:
            yield from _widgets(within)


def _reachable_in(layout: QLayout) -> Iterator[QWidget]:
    for widget in _widgets(layout):
        yield from _reachable(widget)


def _reachable(widget: QWidget) -> Iterator[QWidget]:
    """A widget and those in it that the keyboard reaches."""
    for one in (widget, *widget.findChildren(QWidget)):
        if one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isVisible() and one.isEnabled():
            yield one


def _ancestors(layout: QLayout) -> Iterator[QWidget]:
    """The widget that a layout is in and those around it, up to the page or dialog."""
    widget = layout.parentWidget()
    while widget is not None:
        yield widget
        above = widget.parentWidget()
        if widget.isWindow() or isinstance(above, QStackedWidget):
            return
        widget = above
