"""One answer at the coding desk: its words with what is taken out of them, the codes it is under, the memo, and what the respondent answered otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QTextEdit, QVBoxLayout, QWidget

from vawg_desktop.domain.coding_terms import IDENTIFYING
from vawg_desktop.domain.identifying import Passage
from vawg_desktop.services.codebooks import Code
from vawg_desktop.services.coding import Line
from vawg_desktop.ui.models.coding_model import state_words
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.code_button import CodeButton
from vawg_desktop.ui.widgets.common import button, clear, label, note, set_style
from vawg_desktop.ui.widgets.flow_layout import FlowLayout

#: The least and the greatest height of an answer's field, in pixels at 100 %.
_LEAST, _MOST = 88, 260


class AnswerText(QTextEdit):
    """The words, to be read and marked; letters and digits decide, and are handed on."""

    pressed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setTabChangesFocus(True)
        self.setFont(theme.font(16))
        self.setAccessibleName("Answer; mark words with Shift and the arrows")
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self._fit()

    def resizeEvent(self, e: QResizeEvent) -> None:
        super().resizeEvent(e)
        self._fit()

    def show_words(self, words: str) -> None:
        """Show an answer's words, in a field as high as they are, within bounds."""
        if self.toPlainText() != words:
            self.setPlainText(words)
            self._fit()

    def _fit(self) -> None:
        wanted = round(self.document().size().height()) + 2 * self.frameWidth() + theme.px(4)
        self.setFixedHeight(max(theme.px(_LEAST), min(theme.px(_MOST), wanted)))

    def keyPressEvent(self, e: QKeyEvent) -> None:
        name = key_name(e)
        if name:
            self.pressed.emit(name)
            return
        super().keyPressEvent(e)

    def paint_passages(self, found: Sequence[Passage]) -> None:
        """Show what is taken out light on dark, so that it can still be read here."""
        marks: list[QTextEdit.ExtraSelection] = []
        for one in found:
            mark = QTextEdit.ExtraSelection()
            mark.format.setBackground(QColor(theme.colours.text))
            mark.format.setForeground(QColor(theme.colours.surface))
            mark.cursor = QTextCursor(self.document())
            mark.cursor.setPosition(_units(self.toPlainText(), one.start))
            mark.cursor.setPosition(_units(self.toPlainText(), one.end), QTextCursor.MoveMode.KeepAnchor)
            marks.append(mark)
        self.setExtraSelections(marks)

    def marked(self) -> tuple[int, int]:
        """The positions of the words that are marked, counted in characters; both the cursor's where nothing is."""
        cursor, words = self.textCursor(), self.toPlainText()
        return _characters(words, cursor.selectionStart()), _characters(words, cursor.selectionEnd())


def _units(words: str, at: int) -> int:
    """Where a character stands as Qt counts: those beyond the first 65,536 count as two."""
    return len(words[:at].encode("utf-16-le")) // 2


def _characters(words: str, at: int) -> int:
    return len(words.encode("utf-16-le")[: 2 * at].decode("utf-16-le", "ignore"))


def key_name(e: QKeyEvent) -> str:
    """The desk's name of a key: a letter or digit in small letters, ``enter`` or ``space``; empty for keys that move or belong to others."""
    if e.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier):
        return ""
    if e.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return "enter"
    if e.key() == Qt.Key.Key_Space:
        return "space"
    typed = e.text()
    return typed.casefold() if len(typed) == 1 and typed.isalnum() else ""


class AnswerPane(QWidget):
    """The chosen answer. What is pressed goes out by ``pressed`` (the desk's name of a key) and ``code`` (a code's id); a memo by ``noted``."""

    pressed = Signal(str)
    code = Signal(str)
    noted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._noted = ""
        self._made: list[CodeButton] = []
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(12), 0, theme.px(8), 0)
        box.setSpacing(theme.px(6))
        self._stands = label("", bold=True)
        box.addWidget(self._stands)
        self.text = AnswerText()
        self.text.pressed.connect(self.pressed)
        box.addWidget(self.text)
        self._found = note("")
        box.addWidget(self._found)
        row = FlowLayout(6)
        self.buttons = {
            key: button(words, partial(self.pressed.emit, key), kind=kind, tip=tip)
            for key, words, kind, tip in (
                ("space", "Show the words (Space)", "", "It may distress; read it when you are ready"),
                ("enter", "Looked at (Enter)", "primary", "What is dark is taken out, and the answer can be coded"),
                ("x", "Take nothing out (X)", "", "Nothing in it identifies anybody; it is looked at unchanged"),
                ("r", "Take out or put back (R)", "", "The words that are marked, or the passage under the cursor"),
                ("0", "No code fits (0)", "", "It is coded, and under no code"),
                ("u", "Unclear (U)", "", "It cannot be told what it means; it is in no count"),
                ("m", "Memo (M)", "", "Note something of this answer"),
                ("q", "Quote (Q)", "", "The words that are marked, or the whole answer, as a quote under its themes"),
                ("g", "Safeguarding (G)", "", "Put the respondent on today's list: somebody may be in danger"),
                ("s", "Set aside (S)", "", "Not to be coded, quoted or counted"),
            )
        }  # fmt: skip
        for one in self.buttons.values():
            row.addWidget(one)
        box.addLayout(row)
        self._codes = QVBoxLayout()
        self._codes.setSpacing(theme.px(2))
        box.addLayout(self._codes)
        memo = QHBoxLayout()
        self.memo = QLineEdit()
        self.memo.setAccessibleName("Memo")
        self.memo.setPlaceholderText("Memo: what struck you, kept with this answer")
        self.memo.editingFinished.connect(self._on_memo)
        memo.addWidget(self.memo)
        box.addLayout(memo)
        self._others = label("", muted=True)
        box.addWidget(self._others)
        box.addStretch(1)

    def show_codes(self, codes: Sequence[Code]) -> None:
        """The codebook's codes, each a button with its key."""
        clear(self._codes)
        self._made = []
        for one in codes:
            if one.heading:
                heading = label(one.title, bold=True)
                heading.setContentsMargins(theme.px(8 + 20 * one.depth), theme.px(6), 0, 0)
                self._codes.addWidget(heading)
                continue
            made = CodeButton(one)
            made.clicked.connect(partial(self.code.emit, one.id))
            self._made.append(made)
            self._codes.addWidget(made)

    def show_answer(self, line: Line | None, found: Sequence[Passage], suggested: Sequence[str], counts: Mapping[str, int], others: Sequence[tuple[str, str]], *, folded: bool) -> None:
        """Show an answer; ``found`` are its passages, ``suggested`` codes that its words suggest. ``folded`` keeps its words closed."""
        for key, one in self.buttons.items():
            one.setVisible(line is not None and ((key == "space") == folded or key == "g"))
        readable = line is not None and line.text.may_be_read and not folded
        for key in ("enter", "x", "r"):
            self.buttons[key].setVisible(line is not None and not folded and (not readable or key == "r"))
        for key in ("0", "u", "m", "q"):
            self.buttons[key].setEnabled(readable)
        self.memo.setEnabled(readable)
        if line is None:
            self._stands.setText("")
            self.text.show_words("")
            self._found.setText("")
            self._others.setText("")
            self.show_coded((), (), counts)
            return
        words = state_words(line.state) + (": the answer changed since it was looked at" if line.text.stale else "")
        self._stands.setText(words + (f"   {', '.join(line.text.concerns)}" if line.text.concerns else ""))
        set_style(self._stands, warn=bool(line.text.concerns))
        shown = "" if folded else line.text.words
        self.text.show_words(shown)
        self.text.paint_passages([] if folded else found)
        sure = {p.kind for p in found if p.sure}
        kinds = ", ".join(dict.fromkeys(IDENTIFYING.label(p.kind).casefold() + ("" if p.kind in sure else " (perhaps)") for p in found))
        told = "It may distress. Read it when you are ready." if folded else f"{'Taken out' if line.text.may_be_read else 'Would be taken out'}: {kinds}." if found else "" if line.text.may_be_read else "Nothing was found that identifies anybody. Rules miss a lot: read it."
        self._found.setText(told)
        self._found.setVisible(bool(told))
        self._noted = line.coded.memo if line.coded is not None else ""
        if not self.memo.hasFocus():
            self.memo.setText(self._noted)
        self._others.setText("   ".join(f"{q}: {a}" for q, a in others))
        self.show_coded(line.coded.codes if line.coded is not None else (), suggested, counts)

    def show_coded(self, codes: Sequence[str], suggested: Sequence[str], counts: Mapping[str, int]) -> None:
        """Which codes the answer is under, which its words suggest, and how many answers are under each."""
        for made in self._made:
            id = made.code.id
            made.show_state(on=id in codes, suggested=id in suggested and id not in codes, count=counts.get(id, 0))

    def _on_memo(self) -> None:
        if self.memo.text().strip() != self._noted:
            self._noted = self.memo.text().strip()
            self.noted.emit(self._noted)
