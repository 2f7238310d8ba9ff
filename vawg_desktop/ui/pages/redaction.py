"""Redaction: the texts gathered for a request, one after the other, each given, given in part, withheld or outside the request; by keyboard."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QTextCursor
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QStackedWidget,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import short_label
from vawg_desktop.domain.request_terms import EXEMPTION, ITEM_DECISION, OF_KIND, QUALIFIED
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import papers, request_paper, request_search, requests
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.requests import Item, Listed, Passage
from vawg_desktop.services.session import Session
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import REDACTED_KINDS, save_document
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import EmptyState, button, label, note, scroll_over, set_style
from vawg_desktop.ui.widgets.flow_layout import FlowLayout

_EMPTY = "No requests yet. Add one under Requests, with the words to search for, then gather."
_ID = Qt.ItemDataRole.UserRole


class _Text(QTextEdit):
    """The text, to be read and marked; single letters decide."""

    decided = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setTabChangesFocus(True)
        self.setAccessibleName("Text; mark words with Shift and the arrows")

    def keyPressEvent(self, e: QKeyEvent) -> None:
        if e.text().casefold() in _KEYS and not e.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            self.decided.emit(e.text().casefold())
            return
        super().keyPressEvent(e)


#: What each key does.
_KEYS = {"g": "given", "t": "in_part", "w": "withheld", "o": "outside", "n": "next", "p": "put_back"}


class RedactionPage(QWidget):
    """At the left the texts, at the right the chosen one; what is taken out is blacked out and named by its exemption."""

    open_record = Signal(str)
    open_page = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._request = ""
        self._kind = "foi"
        self._wanted = ""
        self._item: Item | None = None
        #: The texts in their order, each with its decision.
        self._decisions: list[tuple[str, str]] = []
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(12), theme.px(16), theme.px(8))
        box.setSpacing(theme.px(8))
        box.addLayout(self._build_head())
        self._stack = QStackedWidget()
        self._stack.addWidget(self._build_desk())
        self._stack.addWidget(EmptyState(_EMPTY, "New request", lambda: self.open_page.emit("information_request")))
        box.addWidget(self._stack, 1)
        tasks.changes_applied.connect(self._on_changes)

    # -- building ----------------------------------------------------------------------------

    def _build_head(self) -> QLayout:
        head = QVBoxLayout()
        row = QHBoxLayout()
        row.addWidget(label("Redaction", size=24, bold=True, wrap=False))
        row.addStretch(1)
        self._gather = button("Gather", self.gather, tip="Search everything for the request's words, and hold what is found from disposal")
        self._save = button("Save the answer …", self.save, kind="primary", tip="As PDF or CSV: the texts given, what was taken out, and the schedule of exemptions")
        self._lift = button("Lift the hold", self.lift, tip="What was gathered may be disposed of again, once the request is answered")
        row.addWidget(self._gather)
        row.addWidget(self._lift)
        row.addWidget(self._save)
        head.addLayout(row)
        self.choice = Choice()
        self.choice.setAccessibleName("Request")
        self.choice.meant.connect(self._on_request)
        head.addWidget(self.choice)
        self._counts = label("", muted=True)
        head.addWidget(self._counts)
        return head

    def _build_desk(self) -> QWidget:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        self.list = QListWidget()
        self.list.setAccessibleName("Gathered texts")
        self.list.setMinimumWidth(theme.px(180))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setSpacing(theme.px(2))
        self.list.currentItemChanged.connect(self._on_item)
        split.addWidget(self.list)
        split.addWidget(scroll_over(self._build_text(), "The text"))
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setSizes([theme.px(280), theme.px(800)])
        return split

    def _build_text(self) -> QWidget:
        holder = QWidget()
        box = QVBoxLayout(holder)
        box.setContentsMargins(theme.px(12), 0, 0, 0)
        box.setSpacing(theme.px(6))
        top = QHBoxLayout()
        self._place = label("", bold=True)
        top.addWidget(self._place, 1)
        self._open = button("Open the record", self._open_about, kind="quiet")
        top.addWidget(self._open)
        box.addLayout(top)
        self._stands = label("", muted=True)
        box.addWidget(self._stands)
        self.text = _Text()
        self.text.decided.connect(self._on_key)
        self.text.setMinimumHeight(theme.px(80))
        box.addWidget(self.text, 1)
        ground = QHBoxLayout()
        ground.setSpacing(theme.px(8))
        self.exemption = Choice()
        self.exemption.setAccessibleName("Exemption")
        self.exemption.meant.connect(lambda _: self._show_ground())
        ground.addWidget(self.exemption, 1)
        self.reason = QLineEdit()
        self.reason.setAccessibleName("Public-interest test, or the reason")
        self.reason.setPlaceholderText("Reason")
        ground.addWidget(self.reason, 1)
        box.addLayout(ground)
        row = FlowLayout(6)
        self.buttons = {
            key: button(words, partial(self.act, what), tip=tip)
            for key, what, words, tip in (
                ("g", "given", "Give (G)", "The whole text leaves"), ("t", "in_part", "Take out (T)", "The words that are marked are taken out under the exemption"),
                ("p", "put_back", "Put back (P)", "The passage under the cursor is put back"), ("w", "withheld", "Withhold (W)", "Nothing of the text leaves"),
                ("o", "outside", "Outside (O)", "It is not about what was asked for"), ("n", "next", "Next (N)", "The next text that nobody decided on"),
            )
        }  # fmt: skip
        for one in self.buttons.values():
            row.addWidget(one)
        box.addLayout(row)
        self._advice = note("")
        box.addWidget(self._advice)
        return holder

    # -- reading -----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the requests, and the texts of the chosen one."""
        request = self._request
        self.tasks.read(lambda s: requests.desk(s, request), self._show)

    def show_record(self, request: str) -> None:
        """Show the texts of a request, by its id."""
        self._request = request
        self.load()

    def _show(self, found: requests.Desk) -> None:
        self._stack.setCurrentIndex(0 if found.chosen is not None else 1)
        for one in (self.choice, self._counts, self._save, self._gather, self._lift):
            one.setVisible(found.chosen is not None)
        if found.chosen is None:
            return
        self._request, self._kind = str(found.chosen["id"]), str(found.chosen["kind"])
        self.choice.clear()
        for row in found.requests:
            due = row["extended_to"] or row["due"]
            self.choice.addItem(f"{row['reference']}  {row['title']}{f' · due {short_label(str(due))}' if due else ''}", str(row["id"]))
        self.choice.setCurrentIndex(self.choice.findData(self._request))
        self.choice.settle()
        self._gather.setText("Gather again" if found.chosen["searched_on"] else "Gather")
        self._fill_exemptions()
        self._fill_list(found.texts)

    def _fill_exemptions(self) -> None:
        if [self.exemption.itemData(n) for n in range(self.exemption.count())] == list(OF_KIND[self._kind]):
            return
        self.exemption.clear()
        for key in OF_KIND[self._kind]:
            self.exemption.addItem(EXEMPTION.label(key), key)
        first = "s40" if self._kind == "foi" else OF_KIND[self._kind][0]
        self.exemption.setCurrentIndex(self.exemption.findData(first))
        self.exemption.settle()
        self._show_ground()

    def _fill_list(self, rows: Sequence[Listed]) -> None:
        wanted = self._wanted or (self._item.id if self._item is not None else "")
        self._wanted = ""
        self.list.blockSignals(True)
        self.list.clear()
        for n, one in enumerate(rows, 1):
            shown = QListWidgetItem(f"{n}  {one.place}\n{ITEM_DECISION.label(one.decision)}")
            shown.setData(_ID, one.id)
            shown.setToolTip(one.place)
            if one.decision == "to_decide":
                shown.setFont(theme.font(13, bold=True))
            self.list.addItem(shown)
        place = next((n for n, one in enumerate(rows) if one.id == wanted), 0)
        self.list.blockSignals(False)
        left = sum(one.decision == "to_decide" for one in rows)
        self._counts.setText(
            f"{how_many(len(rows), 'text')} gathered, {left:,} not looked at yet." if rows else "Nothing is gathered yet. Gather searches records, deleted records, past changes, attached files, drafts and unmatched items."
        )
        self._decisions = [(one.id, one.decision) for one in rows]
        if rows:
            self.list.setCurrentRow(place)
            self._read_item(rows[place].id)
        else:
            self._show_item(None)

    def _on_item(self, now: QListWidgetItem | None, _: object = None) -> None:
        if now is not None:
            self._read_item(str(now.data(_ID)))

    def _read_item(self, id: str) -> None:
        self.tasks.read(lambda s: requests.item(s, id), self._show_item)

    def _show_item(self, item: Item | None) -> None:
        kept = self.text.textCursor().position() if item is not None and self._item is not None and item.id == self._item.id else 0
        self._item = item
        for one in (*self.buttons.values(), self.text, self.exemption, self.reason):
            one.setEnabled(item is not None and (item.text is not None or one is self.buttons["n"]))
        self._open.setVisible(bool(item and item.about))
        if item is None:
            self._place.setText("")
            self._stands.setText("")
            self.text.setPlainText("")
            return
        self._place.setText(item.place)
        grounds = [item.exemption] if item.decision == "withheld" else [p.exemption for p in item.passages]
        told = ": ".join(w for w in (ITEM_DECISION.label(item.decision), ", ".join(dict.fromkeys(EXEMPTION.label(g) for g in grounds if g))) if w)
        self._stands.setText("It is gone since it was gathered." if item.text is None else "It has changed since it was gathered: gather again." if item.changed else told)
        self.text.setPlainText(item.text or "")
        self._paint(item.passages)
        cursor = self.text.textCursor()
        cursor.setPosition(min(kept, len(item.text or "")))
        self.text.setTextCursor(cursor)

    def _paint(self, passages: list[Passage]) -> None:
        """Show what is taken out light on dark, so that it can still be read here."""
        marks: list[QTextEdit.ExtraSelection] = []
        for one in passages:
            mark = QTextEdit.ExtraSelection()
            mark.format.setBackground(QColor(theme.colours.text))
            mark.format.setForeground(QColor(theme.colours.surface))
            mark.cursor = QTextCursor(self.text.document())
            mark.cursor.setPosition(one.start)
            mark.cursor.setPosition(one.end, QTextCursor.MoveMode.KeepAnchor)
            marks.append(mark)
        self.text.setExtraSelections(marks)

    def _show_ground(self) -> None:
        needs = str(self.exemption.currentData() or "") in QUALIFIED
        self.reason.setPlaceholderText("Public-interest test, in a sentence" if needs else "Reason, where it helps")
        set_style(self._advice, warn=False)
        self._advice.setText("This exemption needs its public-interest test in words." if needs else "")
        self._advice.setVisible(needs)

    # -- deciding ----------------------------------------------------------------------------

    def _on_key(self, key: str) -> None:
        self.act(_KEYS[key])

    def act(self, what: str) -> None:
        """Decide on the text that is shown, by one of ``_KEYS``."""
        item = self._item
        if what == "next":
            self._go_on()
        elif item is None or item.text is None:
            return
        elif what == "in_part":
            self._take_out(item)
        elif what == "put_back":
            self._put_back(item)
        else:
            exemption, reason = str(self.exemption.currentData() or ""), self.reason.text()
            self._write(item, lambda s: requests.decide(s, item.id, what, exemption=exemption, reason=reason), on=True)

    def _take_out(self, item: Item) -> None:
        cursor = self.text.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        if start == end:
            messages.tell("Mark the words first: Shift and the arrows, or the mouse.")
            return
        exemption, reason = str(self.exemption.currentData() or ""), self.reason.text()
        joined = [p for p in item.passages if p.end <= start or p.start >= end]
        joined.append(Passage(start, end, exemption, reason))
        self._write(item, lambda s: requests.decide(s, item.id, "in_part", passages=joined))

    def _put_back(self, item: Item) -> None:
        cursor = self.text.textCursor()
        start, end = cursor.selectionStart(), max(cursor.selectionEnd(), cursor.selectionStart() + 1)
        left = [p for p in item.passages if p.end <= start or p.start >= end]
        if len(left) == len(item.passages):
            messages.tell("Nothing was taken out there.")
            return
        self._write(item, lambda s: requests.decide(s, item.id, "in_part" if left else "given", passages=left))

    def _write(self, item: Item, work: requests.Deciding, *, on: bool = False) -> None:
        self._wanted = self._after(item.id) if on else item.id
        self.tasks.write(work, failed=self._on_refused)

    def _on_refused(self, error: BaseException) -> None:
        self._wanted = ""
        messages.failed(error)

    def _after(self, id: str) -> str:
        """The next text that nobody decided on, after one; that one itself where none is left."""
        ids = [i for i, _ in self._decisions]
        at = ids.index(id) if id in ids else -1
        ordered = [*self._decisions[at + 1 :], *self._decisions[: max(at, 0)]]
        return next((i for i, decision in ordered if decision == "to_decide"), id)

    def _go_on(self) -> None:
        wanted = self._after(self._item.id if self._item is not None else "")
        place = next((n for n, (i, _) in enumerate(self._decisions) if i == wanted), -1)
        if place >= 0:
            self.list.setCurrentRow(place)
        if self._item is not None and wanted == self._item.id:
            messages.tell("Every text is decided on.")

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and {"information_request", "request_item"} & set(changes.entities):
            self.load()

    def _on_request(self, place: int) -> None:
        self.show_record(str(self.choice.itemData(place)))

    def _open_about(self) -> None:
        if self._item is not None and self._item.about:
            self.open_record.emit(self._item.about)

    # -- gathering and giving ----------------------------------------------------------------

    def gather(self) -> None:
        """Search everything for the request's words."""
        if not self._request:
            return
        request, found = self._request, list[requests.Gathered]()

        def work(session: Session, searched: request_search.Searched) -> Changes:
            found.append(requests.keep(session, request, searched))
            return found[-1].changes

        def told(_: object) -> None:
            done = found[-1]
            messages.tell(f"{how_many(done.found, 'text')} gathered, {done.new:,} of them new. {how_many(len(done.not_searched), 'thing')} could not be searched; the request lists {'it' if len(done.not_searched) == 1 else 'them'}.")

        def failed(error: BaseException) -> None:
            messages.failed(error, action="Open the request", do=lambda: self.open_record.emit(request))  # where its words are typed

        messages.tell("Searching …")  # on a thread of its own: nothing waits for it
        self.tasks.make_file(lambda s: requests.search(s, request), lambda searched: self.tasks.write(lambda s: work(s, searched), then=told), failed)

    def lift(self) -> None:
        """Lift the request's hold; one that is not answered yet keeps it, and says so."""
        request = self._request
        if request and messages.ask("Lift the hold", "What was gathered for this request may be disposed of from then on.", "Lift the hold"):
            self.tasks.write(lambda s: requests.release(s, request), message="The hold is lifted.")

    def save(self) -> None:
        """Save the answer as PDF or CSV; what was taken out of one text and stands in another is told first."""
        request = self._request
        if not request:
            messages.tell("There is no request to answer yet.")
            return
        told = self.tasks.fetch(lambda s: request_paper.left_standing(requests.items(s, request)))
        if told and not messages.ask("Save the answer", " ".join(told[:6]) + " Save it as it is?", "Save"):
            return
        save_document(self, self.tasks, "Answer to a request", lambda s: papers.make(s, "foi", Asked((request,))).document, kinds=REDACTED_KINDS)
