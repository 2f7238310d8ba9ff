"""One cell that came back otherwise: what was sent, what we hold, what came; the choice under the right hand."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QWidget

from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.merge import Kind
from vawg_desktop.domain.return_columns import SENT, field_of_column
from vawg_desktop.domain.values import to_words
from vawg_desktop.services.returns import Difference
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, label

_KINDS = {
    Kind.INCOMING: "New from the partner", Kind.CONFLICT: "Changed on both sides", Kind.BOTH_SAME: "Already the same",
}  # fmt: skip
_HELD = {
    "personal_data": "May contain personal data: check", "in_bin": "The record is in the bin",
    "exchanged": "Two rows have each other's answers", "sorted": "Sorted without its reference?",
    "moved": "What we sent for another row: check", "shifted": "Shifted from the next row?",
    "cut": "Only its beginning was sent", "made_date": "Words of which a date was made?",
    "struck": "Struck out: meant?", "points_elsewhere": "Points to another row: which words?",
    "filled": "Filled down over other cells?", "contradicts": "The row says that nothing changed",
    "crossed": "Its heading may have been exchanged", "aside": "Cells in this row have moved: check",
    "superseded": "The action has been superseded", "reassigned": "No longer this body's",
    "somebody_elses": "Another body is accountable", "not_agreed": "A date moves when you agree to it",
    "at_odds": "Complete, and not at 100%",
    "more_than_referred": "More than were referred: people from before?",
    "not_offered": "Superseded: a word we did not offer",
    "emptied": "Returned blank", "not_understood": "Not understood", "waits_for_choice": "A conflict to resolve first; see Copies",
}  # fmt: skip
_DECIDED = {"queried": "Queried", "refused": "Rejected", "accepted": "Accepted in other words"}
#: Keys of a row that has the focus, by what they ask.
KEYS = {
    Qt.Key.Key_A: "accept", Qt.Key.Key_E: "edit", Qt.Key.Key_Q: "query", Qt.Key.Key_R: "refuse", Qt.Key.Key_C: "clear",
}  # fmt: skip


def words_of(difference: Difference, value: Value) -> str:
    """A cell of a difference in words."""
    return to_words(field_of_column(difference.field), value)


def marked(before: str, after: str) -> str:
    """``after`` as HTML with the words that differ from ``before`` marked, its lines kept; a wholly new text is not marked."""
    old, new = ([word for word in _WORDS.findall(text) if word] for text in (before, after))
    compared = SequenceMatcher(None, old, new, autojunk=False)
    if not old or compared.ratio() < _ALIKE:
        return escape(after).replace("\n", "<br>")
    style = f'<b style="background:{theme.colours.added};color:{theme.colours.text}">'
    parts: list[str] = []
    for op, _, _, start, end in compared.get_opcodes():
        words = escape("".join(new[start:end]))
        if words:
            parts.append(words if op == "equal" or not words.strip() else f"{style}{words}</b>")
    return "".join(parts).replace("\n", "<br>")


#: A word with the blanks or the line's end behind it.
_WORDS = re.compile(r"\S*[^\S\n]*\n?")
#: Below this share of words in common, a text is another text and not an edited one.
_ALIKE = 0.4


class DifferenceRow(QFrame):
    """A row that can have the focus: A accepts, E edits, Q queries, R rejects, arrows move on."""

    #: What is asked for this row: accept, edit, query, refuse, clear, think_again, up or down.
    asked = Signal(object, str)

    def __init__(self, difference: Difference, *, narrow: bool) -> None:
        super().__init__()
        self.difference = d = difference
        self.setProperty("choice", True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.px(8), theme.px(4), theme.px(4), theme.px(12))
        grid.setHorizontalSpacing(theme.px(16))
        grid.setVerticalSpacing(theme.px(2))
        base, current, incoming = (words_of(d, v) for v in (d.base, d.current, d.incoming))
        incoming = d.text or incoming
        sent = "Sent" if d.field in SENT else "Last return"
        self.setAccessibleName(
            f"{d.label} of {d.record}. {self._state()}. {sent}: {base or 'nothing'}. Our record: {current or 'nothing'}. "
            f"Returned: {incoming or 'nothing'}"
        )
        kind = label(self._state(), muted=True)
        if (d.kind is Kind.CONFLICT or d.held) and not d.decision:
            kind.setProperty("warn", True)
            kind.setProperty("muted", False)
        grid.addWidget(label(d.label, bold=True), 0, 0)
        grid.addWidget(kind, *((0, 1) if narrow else (1, 0)), Qt.AlignmentFlag.AlignTop)
        columns = (
            (sent, base, escape(base)), ("Our record", current, escape(current)),
            ("Returned", incoming, marked(current or base, incoming)),
        )  # fmt: skip
        for c, (head, text, html) in enumerate(columns, 1):
            shown = QLabel(html.replace("\n", "<br>") if text else "Nothing")
            shown.setTextFormat(Qt.TextFormat.RichText)
            shown.setWordWrap(True)
            shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            shown.setAccessibleName(f"{head}: {text or 'nothing'}")
            if c < 3:
                shown.setProperty("muted", True)
            grid.addWidget(
                label(head, muted=True), *((c, 0) if narrow else (0, c)), Qt.AlignmentFlag.AlignTop
            )
            grid.addWidget(shown, *((c, 1) if narrow else (1, c)), Qt.AlignmentFlag.AlignTop)
        choices = self._choices()
        if narrow:
            grid.addWidget(choices, 4, 0, 1, 2)
            grid.setColumnStretch(1, 1)
            return
        choices.setMinimumWidth(theme.px(256))
        grid.addWidget(choices, 0, 4, 2, 1, Qt.AlignmentFlag.AlignTop)
        grid.setColumnMinimumWidth(0, theme.px(140))
        for c, stretch in ((0, 1), (1, 2), (2, 2), (3, 3)):
            grid.setColumnStretch(c, stretch)

    def _state(self) -> str:
        d = self.difference
        if d.decision:
            reason = f": {d.reason}" if d.reason and d.decision != "accepted" else ""
            return f"{_DECIDED.get(d.decision, d.decision)}{reason}"
        if d.held == "not_understood":
            return d.reason
        held = _HELD[d.held] if d.held else _KINDS[d.kind]
        if d.whose:
            return f"Combined with {d.whose}" if d.held == "in_bin" else f"{held}: {d.whose}"
        return f"{held} (we sent the same for {d.reading})" if d.reading else held

    def verbs(self) -> dict[str, str]:
        """What may be asked of this row and the word on its button."""
        d = self.difference
        if d.decision:
            return {"think_again": "Undo decision"}
        if d.held == "emptied":
            return {"clear": "Clear it", "query": "Query …", "refuse": "Leave it"}
        if d.held == "not_understood":
            return {"edit": "Answer …", "query": "Query …", "refuse": "Leave it"}
        if d.held in ("in_bin", "waits_for_choice"):
            return {"query": "Query …", "refuse": "Reject …"}
        return {"accept": "Accept", "edit": "Edit …", "query": "Query …", "refuse": "Reject …"}

    def _choices(self) -> QWidget:
        holder = QWidget()
        box = QHBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.px(4))
        d = self.difference
        for verb, words in self.verbs().items():
            plain = verb in ("accept", "clear", "think_again") or words == "Answer …"
            made = button(words, lambda verb=verb: self.asked.emit(self, verb), kind="" if plain else "quiet")
            made.setAccessibleName(f"{words.removesuffix(' …')} {d.label} of {d.record}")
            key = next((k for k, v in KEYS.items() if v == verb), None)
            if key is not None:
                made.setToolTip(f"{chr(key.value)}, while the row has the focus")
            box.addWidget(made)
        box.addStretch(1)
        return holder

    def keyPressEvent(self, event: QKeyEvent) -> None:
        verb = KEYS.get(Qt.Key(event.key())) if not event.modifiers() else None
        moves = {Qt.Key.Key_Down: "down", Qt.Key.Key_Up: "up"}
        if verb in self.verbs():
            self.asked.emit(self, verb)
        elif event.key() in moves:
            self.asked.emit(self, moves[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)
