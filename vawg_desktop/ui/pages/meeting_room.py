"""What a meeting's page does about the room: its window, hiding its words at once, and the one screen that both share."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from vawg_desktop.services import meeting_notes
from vawg_desktop.services.meeting_notes import Held, Item
from vawg_desktop.ui.widgets.meeting_form import MeetingForm
from vawg_desktop.ui.widgets.room import RoomWindow

#: Under the line to go anywhere, the title and the facts.
_FORMS_PLACE = 3


class RoomPage(QWidget):
    """The part of the page that the room's window hangs on; what is shown there is decided in ``meeting_notes.room_view``."""

    form: MeetingForm
    _held: Held
    _item: Item | None
    _hide_button: QPushButton
    _desk_box: QVBoxLayout

    def __init__(self) -> None:
        super().__init__()
        self.room: RoomWindow | None = None
        self._one_screen = False

    def keep_draft(self) -> None:
        """Keep what is half typed."""
        raise NotImplementedError

    def save(self) -> None:
        """Keep what was said."""
        raise NotImplementedError

    def step(self, by: int) -> None:
        """Go to another item."""
        raise NotImplementedError

    def _make_room(self) -> RoomWindow:
        if self.room is None:
            self.room = RoomWindow()
            self.room.closed.connect(self._room_closed)
            self.room.hidden_changed.connect(self._on_hidden)
        return self.room

    def shut(self) -> None:
        """Keep what is half typed and close the room's window, as the program's own closes."""
        self.keep_draft()
        if self.room is not None:
            self.room.close()

    def show_room(self) -> None:
        """Open the window that the room sees, on another screen where there is one."""
        room = self._make_room()
        self.tell_room()
        room.place(self)

    def one_screen(self) -> None:
        """The room's view over the whole screen with the form under it; the same again brings the page back."""
        if self._one_screen:
            self._leave_one_screen()
            return
        room = self._make_room()
        self._one_screen = True
        self.form.set_masked(True)
        room.make_room(True)
        room.strip.addWidget(self.form)
        for keys, do in (("Ctrl+Return", self.save), ("Ctrl+Down", partial(self.step, 1)), ("Ctrl+Up", partial(self.step, -1))):
            QShortcut(QKeySequence(keys), room, do)
        self.tell_room()
        room.showFullScreen()
        self.form.begin()

    def _leave_one_screen(self) -> None:
        self._one_screen = False
        self.form.set_masked(False)
        self._desk_box.insertWidget(_FORMS_PLACE, self.form)
        self.form.show()
        if self.room is not None:
            self.room.close()

    def _room_closed(self) -> None:
        room, self.room = self.room, None
        if self._one_screen:
            self._leave_one_screen()
        self._hide_button.setChecked(False)
        if room is not None:
            room.deleteLater()

    def hide_words(self) -> None:
        """Hide from the room whatever it sees, at once; the same again shows it."""
        if self.room is not None:
            self.room.hide_words(not self.room.hidden_words)
        else:
            self._hide_button.setChecked(False)

    def _on_hidden(self, hidden: bool) -> None:
        self._hide_button.setChecked(hidden)
        self.tell_room()

    def tell_room(self) -> None:
        """Show the room the item that is being taken. On the only screen the form is not shown beside what the room must not see."""
        private = (self._item is not None and self._item.private) or (self.room is not None and self.room.hidden_words)
        self.form.setVisible(not (self._one_screen and private))
        if self.room is not None and self._held.meeting is not None:
            meeting = self._held.meeting
            self.room.show_view(f"{meeting.body_name}   {meeting.title}", meeting_notes.room_view(self._item) if self._item is not None else meeting_notes.RoomView(""))
