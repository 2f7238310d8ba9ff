"""In the meeting: the agenda at the left, the item that is being taken at the right, what the room sees in a window of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.meeting_terms import ITEM_STATE
from vawg_desktop.services import agenda, meeting_notes, names, office
from vawg_desktop.services.meeting_notes import Held, Item
from vawg_desktop.services.session import Session
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.pages.meeting_room import RoomPage
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import (
    Elided,
    EmptyState,
    button,
    clear,
    label,
    scroll_over,
    set_style,
)
from vawg_desktop.ui.widgets.flow_layout import FlowLayout
from vawg_desktop.ui.widgets.meeting_form import MeetingForm
from vawg_desktop.ui.widgets.place_kept import PLACE

#: Narrower than this the agenda is left out; the keys go from item to item.
_NARROW = 720
#: How soon what is half typed is kept, in milliseconds.
_KEPT_AFTER = 150
#: Under which what is half typed about an item is kept in this store alone.
DRAFT = "meeting_draft"
_CONCERNED = frozenset({"agenda_item", "meeting", "challenge", "meeting_decision", "partner", "recommendation", "action", "gap"})


class MeetingModePage(RoomPage):
    """Ctrl+Enter keeps what was said and goes on, Ctrl+Down and Ctrl+Up go to the next and last item, Ctrl+G to any item or record, F9 hides the room's words."""

    open_record = Signal(str)
    open_page = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._wanted, self._held, self._item = "", Held(), None
        self._at = ""
        #: Of which reading the answer is awaited; what is half typed about each item; the item that is being saved.
        self._turn = 0
        self._typed: dict[str, dict[str, str]] = {}
        self._saving = ""
        self._rows: dict[str, QPushButton] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(12), theme.px(16), theme.px(8))
        box.setSpacing(theme.px(8))
        box.addLayout(self._header())
        self._empty = EmptyState("Meetings that are planned are held here: each item of the agenda is minuted as it is taken.", "Meetings", lambda: self.open_page.emit("meeting"))
        box.addWidget(self._empty, 1)
        self._work = QWidget()
        box.addWidget(self._work, 1)
        columns = QHBoxLayout(self._work)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(theme.px(16))
        self._agenda_area = self._agenda()
        columns.addWidget(self._agenda_area, 2)
        columns.addWidget(self._desk(), 5)
        self._keep = QTimer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(_KEPT_AFTER)
        self._keep.timeout.connect(self.keep_draft)
        for keys, do in (
            ("Ctrl+Return", self.save), ("Ctrl+Enter", self.save), ("Ctrl+Down", partial(self.step, 1)), ("Ctrl+Up", partial(self.step, -1)),
            ("Ctrl+G", self._go_anywhere), ("F9", self.hide_words),
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), self, do, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        tasks.changes_applied.connect(self._on_changes)
        tasks.read(lambda s: names.titles(s.read(), "partner"), self.form.offer)

    # -- what it is made of -------------------------------------------------------------------

    def _header(self) -> QVBoxLayout:
        both = QVBoxLayout()
        both.setSpacing(0)
        self._head, self._below, self._tools = QHBoxLayout(), QHBoxLayout(), QWidget()
        head, tools = self._head, QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        for row in (head, tools):
            row.setSpacing(theme.px(8))
        head.addWidget(label("In the meeting", size=24, bold=True, wrap=False))
        both.addLayout(head)
        both.addLayout(self._below)
        self._meetings = Choice()
        self._meetings.setAccessibleName("Which meeting")
        self._meetings.activated.connect(lambda _: self.show_record(str(self._meetings.currentData() or "")))
        head.addWidget(self._meetings, 1)
        self._room_button = button("Room's window", self.show_room, tip="A window that the room sees, to be put on the projector or shared alone")
        self._hide_button = button("Hide (F9)", self.hide_words, tip="Hide the room's words at once")
        self._hide_button.setCheckable(True)
        self._one_button = button("One screen", self.one_screen, tip="The room's view over the whole screen, the form under it and private words masked")
        for made in (self._room_button, self._hide_button, self._one_button):
            tools.addWidget(made)
        self._head.addWidget(self._tools)
        return both

    def _agenda(self) -> QWidget:
        holder = QWidget()
        self._list = QVBoxLayout(holder)
        self._list.setContentsMargins(0, 0, 0, 0)
        self._list.setSpacing(theme.px(2))
        area = scroll_over(holder, "Agenda")
        area.setMinimumWidth(theme.px(200))
        return area

    def _desk(self) -> QWidget:
        desk = QWidget()
        area = scroll_over(desk, "The item that is being taken")
        self._desk_box = QVBoxLayout(desk)
        self._desk_box.setContentsMargins(0, 0, theme.px(8), 0)
        self._desk_box.setSpacing(theme.px(6))
        self._anywhere = QLineEdit()
        self._anywhere.setAccessibleName("Go to an item or a record")
        self._anywhere.setPlaceholderText("Ctrl+G   Go to an item's number, a record such as a14, or new words …")
        self._anywhere.returnPressed.connect(self._gone)
        self._desk_box.addWidget(self._anywhere)
        top = QHBoxLayout()
        self._title = Elided()
        self._title.setFont(theme.font(20, bold=True))
        top.addWidget(self._title, 1)
        self._open = button("Open record", self._open_about)
        top.addWidget(self._open)
        self._desk_box.addLayout(top)
        self._facts = label("", muted=True)
        self._desk_box.addWidget(self._facts)
        self.form = MeetingForm()
        self.form.changed.connect(self._on_typed)
        self._desk_box.addWidget(self.form)
        self._wrong = label("")
        self._wrong.setProperty("warn", True)
        self._wrong.hide()
        self._desk_box.addWidget(self._wrong)
        foot = FlowLayout()
        self._verbs = (
            button("Save and next", self.save, kind="primary", tip="Ctrl+Enter"), button("Carry forward", self.carry_forward, tip="To the next meeting of this body"),
            button("Keep off the screen", self._turn_private, tip="Or show it to the room again"),
        )  # fmt: skip
        for made in self._verbs:
            foot.addWidget(made)
        self._desk_box.addLayout(foot)
        self._desk_box.addStretch(1)
        return area

    # -- the meeting --------------------------------------------------------------------------

    def show_record(self, meeting: str) -> None:
        """Hold a meeting, by its id."""
        if meeting != self._wanted:
            self._leave_item()
        self._wanted = meeting
        self.load()

    def load(self) -> None:
        """Read the meetings there are, the agenda and the item that is being taken; an answer to an earlier question is dropped."""
        self._turn += 1
        turn = self._turn
        self.tasks.read(partial(_read, wanted=self._wanted, at=self._at), lambda answer: self._came(*answer) if turn == self._turn else None)

    def _leave_item(self) -> None:
        """Keep what is half typed and clear the form; what is typed until the next item is there belongs to that."""
        self.keep_draft()
        self._item, self._at = None, ""
        self.form.show_nothing()

    def _on_changes(self, changes: Changes) -> None:
        if (self.isVisible() or self.room is not None) and _CONCERNED & set(changes.entities):
            self.load()

    def _came(self, meetings: list[tuple[str, str]], held: Held, item: Item | None, kept: Mapping[str, str]) -> None:
        self._held = held
        self._wanted = held.meeting.id if held.meeting is not None else ""
        self._meetings.clear()
        for id, words in meetings:
            self._meetings.addItem(words, id)
        self._meetings.setCurrentIndex(max(0, self._meetings.findData(self._wanted)))
        there = held.meeting is not None
        self._empty.setVisible(not there)
        self._work.setVisible(there)
        for made in (self._meetings, self._room_button, self._hide_button, self._one_button):
            made.setVisible(there)
        another = item is None or self._item is None or item.id != self._item.id
        self._item, self._at = item, item.id if item is not None else ""
        self._draw_agenda()
        draft = dict(self._typed.get(self._at, kept))
        meanwhile = self.form.typed() if another and self._at else {}
        for key, words in meanwhile.items():  # typed while the item was on its way
            draft[key] = draft.get(key, "") + words
        self._draw_item(another=another, draft=draft, begin=not meanwhile)
        self.tell_room()

    def _draw_agenda(self) -> None:
        clear(self._list)
        self._rows.clear()
        for number, row in enumerate(self._held.items, 1):
            id, state = str(row["id"]), str(row["state"] or "to_take")
            mark = {"taken": "✓", "carried": "→", "dropped": "–"}.get(state, " ")
            time = self._held.times[number - 1]
            words = f"{mark} {number}  {f'{time}  ' if time else ''}{row['title']}"
            made = button(words, partial(self.take, id), kind="row", tip=str(row["title"]))
            made.setAccessibleName(f"{number}, {row['title']}, {ITEM_STATE.label(state).casefold()}")
            made.setProperty(PLACE, id)
            set_style(made, current=id == self._at)
            self._rows[id] = made
            self._list.addWidget(made)
        if not self._held.items:
            self._list.addWidget(label("Nothing is on the agenda yet. Build it on the meeting's page, or type what is being discussed above the form.", muted=True))
        self._list.addStretch(1)

    def _draw_item(self, *, another: bool, draft: Mapping[str, str], begin: bool) -> None:
        item = self._item
        for one in (self.form, *self._verbs):
            one.setEnabled(item is not None)
        self._open.setVisible(item is not None and item.about is not None)
        if item is None:
            self._title.set_words("No item is being taken")
            self._facts.setText("")
            return
        self._title.set_words(item.title)
        facts = [f"{name}: {words}" for name, words in item.facts]
        if item.private:
            facts.insert(0, "Not shown to the room")
        if item.challenge.get("answer"):
            facts.append(f"Answered: {item.challenge['answer'][:120]}")
        facts += [f"Decided: {words[:80]}" for words in item.decisions]
        self._facts.setText("   ·   ".join(facts))
        if another:
            self.form.show_item(item, draft)
            self._say_wrong("")
            if self.isVisible() and begin:
                self.form.begin()

    def take(self, id: str) -> None:
        """Take another item; what is half typed about this one is kept."""
        if id != self._at:
            self._leave_item()
            self._at = id
            self.load()
        else:
            self.form.begin()

    def step(self, by: int) -> None:
        """The next item, or the last one."""
        order = [str(r["id"]) for r in self._held.items]
        if self._at in order and 0 <= order.index(self._at) + by < len(order):
            self.take(order[order.index(self._at) + by])

    # -- what is said -------------------------------------------------------------------------

    def _on_typed(self) -> None:
        if not self._keep.isActive():
            self._keep.start()

    def keep_draft(self) -> None:
        """Keep what is half typed about the item, in this store alone."""
        self._keep.stop()
        if self._item is None:
            return
        typed = self.form.typed()
        self._typed[self._item.id] = typed
        self.tasks.save_local(DRAFT, self._item.id, json.dumps(typed, ensure_ascii=False) if typed else None)

    def save(self) -> None:
        """Keep what was said and go on to the next item; where nothing was typed the item is marked as taken."""
        item = self._item
        if item is None or self._saving == item.id:
            return
        typed = self.form.typed()
        self.keep_draft()
        self._saving = item.id

        def done(_: object) -> None:
            self._saving = ""
            here = self._item is not None and self._item.id == item.id
            if here:
                self.keep_draft()
            if self._typed.get(item.id) == typed:
                self._typed[item.id] = {}
                self.tasks.save_local(DRAFT, item.id, None)
                if here:
                    self.form.show_nothing()
                    self._item, self._at = None, self._after(item.id)
            self.load()  # what was typed meanwhile stands

        def failed(error: BaseException) -> None:
            self._saving = ""
            self.keep_draft()
            self._refused(error)

        self.tasks.write(lambda s: meeting_notes.note(s, item.id, typed), then=done, failed=failed)

    def _after(self, item: str) -> str:
        """The item that follows one on the agenda, or the last one itself."""
        order = [str(r["id"]) for r in self._held.items]
        place = order.index(item) if item in order else 0
        return order[min(place + 1, len(order) - 1)] if order else ""

    def _refused(self, error: BaseException) -> None:
        self._say_wrong(getattr(error, "message", "") or str(error))

    def _say_wrong(self, words: str) -> None:
        self._wrong.setText(words)
        self._wrong.setVisible(bool(words))

    def _go_anywhere(self) -> None:
        self._anywhere.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._anywhere.selectAll()

    def _gone(self) -> None:
        """An item by its number, a record by what it is called, or new words as an item of their own."""
        words = self._anywhere.text().strip()
        meeting = self._held.meeting
        if not words or meeting is None:
            return
        if words.isdigit() and 0 < int(words) <= len(self._held.items):
            self._anywhere.clear()
            self.take(str(self._held.items[int(words) - 1]["id"]))
            return
        after = self._at

        def put(session: Session) -> meeting_notes.PutOn:
            return meeting_notes.speak_of(session, meeting.id, words, after)

        def then(made: object) -> None:
            if isinstance(made, meeting_notes.PutOn):
                self._anywhere.clear()
                self.take(made.item)

        self.tasks.write(put, then=then, failed=self._refused)

    def carry_forward(self) -> None:
        """Put the item on the agenda of the body's next meeting."""
        item, meeting = self._item, self._held.meeting
        if item is None or meeting is None:
            return

        def then(_: object) -> None:
            messages.tell("Carried forward to the next meeting.")
            self.step(1)

        self.tasks.write(lambda s: agenda.carry_on(s, meeting, item.id), then=then, failed=self._refused)

    def _turn_private(self) -> None:
        item = self._item
        if item is not None:
            self.tasks.write(lambda s: meeting_notes.set_private(s, item.id, not item.private))

    def _open_about(self) -> None:
        if self._item is not None and self._item.about is not None:
            self.open_record.emit(self._item.about.id)

    def resizeEvent(self, event: QResizeEvent) -> None:
        narrow = self.width() < theme.px(_NARROW)
        if narrow is self._agenda_area.isVisibleTo(self):
            (self._below if narrow else self._head).addWidget(self._tools, 0, Qt.AlignmentFlag.AlignLeft)
            self._below.setContentsMargins(0, theme.px(8 if narrow else 0), 0, 0)
        self._agenda_area.setVisible(not narrow)
        self.form.reflow(narrow=narrow)
        super().resizeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self.keep_draft()
        super().hideEvent(event)


def _read(session: Session, wanted: str, at: str) -> tuple[list[tuple[str, str]], Held, Item | None, Mapping[str, str]]:
    """The meetings to choose from, the one that is held, the item that is being taken, and what was half typed about it."""
    meetings = meeting_notes.to_hold(session)
    chosen = wanted or (meetings[0][0] if meetings else "")
    held = meeting_notes.held(session, chosen) if chosen else Held()
    ids = [str(r["id"]) for r in held.items]
    to_take = next((str(r["id"]) for r in held.items if r["state"] in (None, "to_take")), ids[0] if ids else "")
    item = meeting_notes.read_item(session, at if at in ids else to_take) if ids else None
    kept = office.local_values(session, DRAFT).get(item.id) if item is not None else None
    draft: Mapping[str, str] = json.loads(kept) if kept else {}
    if wanted and wanted not in [id for id, _ in meetings] and held.meeting is not None:
        meetings = [(wanted, f"{held.meeting.title}"), *meetings]
    return meetings, held, item, draft
