"""The partners of a round as a table: the step, what was answered, the steps taken, and what comes next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QWidget

from vawg_desktop.domain.dates import label as date_label
from vawg_desktop.domain.dates import short_label
from vawg_desktop.domain.terms import CHASE_STEP
from vawg_desktop.services.round_standing import RoundPartner
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, clear, column, filling, label, rule, set_style

STEPS = {
    "made": "Made, not sent yet", "sent": "Sent", "late": "No return received", "silent": "Overdue, reminder sent", "received": "Received, to review", "applied": "Applied",
}  # fmt: skip
_HEADS = ("Partner", "Version", "Due", "Returned", "Answers", "Step", "")
#: In a narrow window the name has the step under it, and the columns between are left out.
_NARROW_HEADS = ("Partner", "")
_ANSWERS = 4
#: A partner's name has so much room at 100 %; Qt's own word for no limit.
_LONGEST_NAME, _NO_LIMIT = 280, 16_777_215
#: So many rows are put in one by one; more while the table is out of sight.
_FEW = 4
#: What can be done with a partner: its words, and the doing.
Verb = tuple[str, Callable[[], object]]


class RoundTable(QGridLayout):
    """A row for each partner, made once and filled again where the partner stands otherwise: the keyboard stays where it is.

    ``next_verb`` gives what comes next for a partner, ``all_verbs`` all that can be done.
    """

    def __init__(self, next_verb: Callable[[RoundPartner], Verb], all_verbs: Callable[[RoundPartner], Sequence[Verb]]) -> None:
        super().__init__()
        self.setHorizontalSpacing(theme.px(24))
        self.setVerticalSpacing(0)
        self._next_verb, self._all_verbs = next_verb, all_verbs
        self._shown: list[RoundPartner] = []
        self._narrow = False
        self._rows: list[_PartnerRow] = []

    def show_rows(self, rows: Sequence[RoundPartner], narrow: bool) -> None:
        """Show these partners; ``narrow`` leaves out all columns but the name, with the step under it, and what can be done."""
        same = narrow == self._narrow and [r.partner_id for r in rows] == [r.partner_id for r in self._shown]
        changed = [place for place, row in enumerate(rows) if not (same and row == self._shown[place])]
        holder = self.parentWidget()
        with filling(holder) if holder is not None and len(changed) > _FEW else nullcontext():
            if not same:
                self._make(len(rows), narrow)
            for place in changed:
                row = rows[place]
                self._rows[place].fill(row, self._next_verb(row), self._all_verbs(row))
        self._shown, self._narrow = list(rows), narrow

    def _make(self, rows: int, narrow: bool) -> None:
        clear(self)
        for place in range(self.rowCount()):
            self.setRowMinimumHeight(place, 0)  # of a longer round that stood here
        self._rows = [_PartnerRow(narrow) for _ in range(rows)]
        heads = _NARROW_HEADS if narrow else _HEADS
        for column_number, head in enumerate(heads if rows else ()):
            made = label(head, muted=True, wrap=False)
            made.setContentsMargins(0, theme.px(8), 0, theme.px(8))
            self.addWidget(made, 0, column_number)
        for place, row in enumerate(self._rows):
            self.addWidget(rule(), 1 + 2 * place, 0, 1, len(heads))
            for column_number, cell in row.cells:
                self.addWidget(cell, 2 + 2 * place, column_number)
            self.setRowMinimumHeight(2 + 2 * place, theme.px(40))
        self.setColumnStretch(0, int(narrow))
        self.setColumnStretch(_ANSWERS, int(not narrow))


class _PartnerRow:
    """One partner's cells by column: in a wide table a text in each; last, what comes next and a menu of all that can be done."""

    def __init__(self, narrow: bool) -> None:
        self._narrow = narrow
        self._do: Callable[[], object] = lambda: None
        if narrow:
            holder, box = column(0)
            box.setContentsMargins(0, theme.px(4), 0, theme.px(4))
            self._texts = [label("", bold=True), label("")]
            for one in self._texts:
                box.addWidget(one)
            self.cells: list[tuple[int, QWidget]] = [(0, holder)]
        else:
            self._texts = [label("", bold=c == 0, wrap=c == _ANSWERS, muted=c == _ANSWERS) for c in range(len(_HEADS) - 1)]
            self._texts[_ANSWERS].setContentsMargins(0, theme.px(4), 0, theme.px(4))
            self.cells = list(enumerate(self._texts))
        verbs = QWidget()
        row = QHBoxLayout(verbs)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(4))
        self._go = button("", lambda: self._do(), kind="quiet")
        self._more = button("More", lambda: None, kind="quiet")
        self._menu = QMenu(self._more)
        self._more.setMenu(self._menu)
        row.addStretch(1)
        row.addWidget(self._go)
        row.addWidget(self._more)
        self.cells.append((len(self.cells), verbs))

    def fill(self, row: RoundPartner, next_verb: Verb, all_verbs: Sequence[Verb]) -> None:
        """Show where a partner stands and what can be done."""
        step, step_words = self._texts[-1], STEPS[row.step]
        texts = [
            row.partner, f"v{row.version}", short_label(row.due), short_label(row.received) if row.received else "", answers(row), step_words,
        ]  # fmt: skip
        for made, text in zip(self._texts, [row.partner, step_words] if self._narrow else texts, strict=True):
            made.setText(text)
        if not self._narrow:
            self._fit_name(row.partner)
        waited = row.step in ("late", "silent")
        set_style(step, warn=waited, muted=self._narrow and not waited)
        step.setToolTip("\n".join(logged(entry) for entry in row.log))
        words, self._do = next_verb
        self._go.setText(words)
        self._go.setAccessibleName(f"{words}: {row.partner}")
        set_style(self._go, quiet=row.step != "received" and not row.next_step)
        self._more.setAccessibleName(f"More for {row.partner}")
        self._menu.clear()
        for words, do in all_verbs:
            self._menu.addAction(words).triggered.connect(lambda _=False, do=do: do())


    def _fit_name(self, name: str) -> None:
        """A name that is longer than its column takes two lines, and ends there: what can be done stays in sight."""
        made, room = self._texts[0], theme.px(_LONGEST_NAME)
        metrics = made.fontMetrics()
        long = metrics.horizontalAdvance(name) > room
        made.setWordWrap(long)
        made.setMinimumWidth(room if long else 0)
        made.setMaximumWidth(room if long else _NO_LIMIT)
        made.setText(metrics.elidedText(name, Qt.TextElideMode.ElideRight, 2 * room - theme.px(48)) if long else name)
        made.setToolTip(name if long else "")


def answers(row: RoundPartner) -> str:
    """How the actions were answered: updates, no change, not answered."""
    if row.nil:
        return "Nil return"
    if not row.received:
        return ""
    return row.counts.in_words()


def logged(entry: dict[str, str]) -> str:
    """A step that was taken: when, which, and who agreed to it."""
    agreed = f", agreed by {entry['agreed_by']}" if entry["agreed_by"] else ""
    return f"{date_label(entry['made'])}: {CHASE_STEP.label(entry['step'])}{agreed}"
