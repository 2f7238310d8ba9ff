"""The form in which an item of an agenda is minuted: answer, judgement, status and follow-up first, so that a stroke is a few keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from vawg_desktop.domain.entities import CHALLENGE, MEETING_DECISION
from vawg_desktop.domain.fields import FieldSpec
from vawg_desktop.services.meeting_notes import Item
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import label, offer

_DISCLOSABLE = "Private remark: not shown to the room, but it may have to be disclosed to whoever asks for it"

#: Where fields stand, line by line, each with its share of twelve.
_WIDE: tuple[tuple[tuple[str, int], ...], ...] = (
    (("answer", 12),), (("judgement/information", 4), ("status", 4), ("answered_by", 4)), (("follow_up", 6), ("follow_owner", 3), ("follow_due", 3)),
    (("undertaking", 9), ("undertaking_due", 3)), (("decision", 6), ("decision_kind", 3), ("why", 3)), (("question", 6), ("asked_of", 3), ("answer_as", 3)), (("remark", 12),),
)  # fmt: skip
_NARROW: tuple[tuple[tuple[str, int], ...], ...] = (
    (("answer", 12),), (("judgement/information", 6), ("status", 6)), (("answered_by", 12),), (("follow_up", 12),), (("follow_owner", 6), ("follow_due", 6)),
    (("undertaking", 12),), (("undertaking_due", 12),), (("decision", 12),), (("decision_kind", 6), ("why", 6)), (("question", 12),), (("asked_of", 6), ("answer_as", 6)), (("remark", 12),),
)  # fmt: skip


class MeetingForm(QWidget):
    """Tab goes from field to field in the order in which a meeting speaks. ``changed``: something was typed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._fields: dict[str, QLineEdit | QPlainTextEdit | Choice] = {}
        self._names: dict[str, QWidget] = {}
        self._filling = False
        self._item: Item | None = None
        self._masked = False
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(2))
        for column in range(12):
            grid.setColumnStretch(column, 1)
        box.addLayout(grid)
        self._grid = grid
        answer = QPlainTextEdit()
        answer.setTabChangesFocus(True)
        answer.setFixedHeight(theme.px(92))
        self._put("answer", "Answer", answer)
        self._put("judgement", "Assurance", _terms(CHALLENGE.by_key["judgement"]))
        self._put("information", "Information", _terms(CHALLENGE.by_key["information"]))
        self._put("status", "Status of the record", Choice())
        self._put("answered_by", "Said by", QLineEdit())
        self._put("follow_up", "Follow-up action", QLineEdit())
        self._put("follow_owner", "Follow-up owner", QLineEdit())
        self._put("follow_due", "Follow-up due", QLineEdit())
        self._put("undertaking", "Undertaking", QLineEdit())
        self._put("undertaking_due", "Undertaking due", QLineEdit())
        self._put("decision", "Decision", QLineEdit())
        self._put("decision_kind", "Kind of decision", _terms(MEETING_DECISION.by_key["kind"]))
        self._put("why", "Reason for the status", QLineEdit())
        self._put("question", "Question", QLineEdit())
        self._put("asked_of", "Asked of", QLineEdit())
        self._put("answer_as", "Answer recorded as", _terms(CHALLENGE.by_key["answer_as"]))
        self._put("remark", _DISCLOSABLE, QLineEdit())
        self._narrow: bool | None = None
        self.reflow(narrow=False)
        self.set_independent(independent=False)

    def reflow(self, *, narrow: bool) -> None:
        """Lay the fields out in up to three columns, or in two where there is little room."""
        if narrow == self._narrow:
            return
        self._narrow = narrow
        row = 0
        for line in _NARROW if narrow else _WIDE:
            column = 0
            for keys, span in line:
                for key in keys.split("/"):  # of two that share a place one is shown
                    self._grid.addWidget(self._names[key], row, column, 1, span)
                    self._grid.addWidget(self._fields[key], row + 1, column, 1, span)
                column += span
            row += 2

    def _put(self, key: str, words: str, made: QLineEdit | QPlainTextEdit | Choice) -> None:
        name = label(words, muted=True)
        name.setBuddy(made)
        name.setContentsMargins(0, theme.px(4), 0, 0)
        made.setAccessibleName(words)
        self._fields[key], self._names[key] = made, name
        if isinstance(made, Choice):
            made.currentIndexChanged.connect(self._on_typed)
        else:
            made.textChanged.connect(self._on_typed)

    def _on_typed(self) -> None:
        if not self._filling:
            self.changed.emit()

    def offer(self, bodies: Sequence[str]) -> None:
        """Complete the names of bodies as they are typed."""
        for key in ("follow_owner", "asked_of"):
            line = self._fields[key]
            assert isinstance(line, QLineEdit)
            offer(line, bodies)

    def set_independent(self, *, independent: bool) -> None:
        """Of an independent body it is asked whether information was given; it is never judged."""
        for key, shown in (("judgement", not independent), ("information", independent)):
            self._fields[key].setVisible(shown)
            self._names[key].setVisible(shown)

    def set_masked(self, masked: bool) -> None:
        """Show dots in place of the private remark, and nothing of what was asked in confidence or not asked yet, where the room sees this form."""
        self._masked = masked
        self._show_what_stands()
        line = self._fields["remark"]
        assert isinstance(line, QLineEdit)
        line.setEchoMode(QLineEdit.EchoMode.Password if masked else QLineEdit.EchoMode.Normal)

    def show_item(self, item: Item, draft: Mapping[str, str]) -> None:
        """Begin an item: empty but for what was half typed before."""
        self._filling = True
        self.set_independent(independent=item.independent)
        status = self._fields["status"]
        assert isinstance(status, Choice)
        status.clear()
        terms = item.about.spec.status_field.terms if item.about is not None and item.about.spec.status_field is not None else None
        status.addItem(f"Unchanged ({terms.label(item.status)})" if terms is not None and item.status else "Unchanged", "")
        for term in terms or ():
            status.addItem(term.label, term.key)
        status.setEnabled(terms is not None)
        for key, made in self._fields.items():
            words = draft.get(key, "")
            if isinstance(made, Choice):
                made.setCurrentIndex(max(0, made.findData(words)))
            elif isinstance(made, QPlainTextEdit):
                made.setPlainText(words)
                made.moveCursor(QTextCursor.MoveOperation.End)
            else:
                made.setText(words)
        self._item = item
        self._show_what_stands()
        self._filling = False

    def _show_what_stands(self) -> None:
        """Show, faintly, what was noted of the item before; none of it where the room sees this form and must not see that."""
        item = self._item
        told = {**item.challenge, "asked_of": item.body_name, "follow_up": item.follow_up} if item is not None else {}
        if item is not None and self._masked and (item.private or item.in_confidence):
            told = {}
        for key in ("question", "asked_of", "answer", "answered_by", "undertaking", "follow_up"):
            made = self._fields[key]
            assert not isinstance(made, Choice)
            made.setPlaceholderText(str(told.get(key, "")).replace("\n", " ")[:200])

    def show_nothing(self) -> None:
        """Clear every field, without saying that something was typed."""
        self._filling, self._item = True, None
        for made in self._fields.values():
            if isinstance(made, Choice):
                made.setCurrentIndex(0)
            else:
                made.clear()
                made.setPlaceholderText("")
        self._filling = False

    def typed(self) -> dict[str, str]:
        """What stands in the form, by key; empty fields left out."""
        found: dict[str, str] = {}
        for key, made in self._fields.items():
            words = str(made.currentData() or "") if isinstance(made, Choice) else made.toPlainText() if isinstance(made, QPlainTextEdit) else made.text()
            if words.strip() and not (isinstance(made, Choice) and made.isHidden()):
                found[key] = words
        if not found.get("decision"):
            found.pop("decision_kind", None)
        if set(found) <= {"answer_as"}:
            found.clear()
        return found

    def begin(self) -> None:
        """The keyboard to the first field."""
        self._fields["answer"].setFocus(Qt.FocusReason.OtherFocusReason)

def _terms(field: FieldSpec) -> Choice:
    made = Choice()
    made.addItem("", "")
    assert field.terms is not None
    for term in field.terms:
        made.addItem(term.label, term.key)
    return made
