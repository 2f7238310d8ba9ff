"""Closing a recommendation or a gap in one form: what is still missing is asked for, then why, the second person and their passphrase."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from vawg_desktop.domain.evidence_terms import CLOSURE_TEST
from vawg_desktop.domain.terms import CLOSURE_ROUTE
from vawg_desktop.services.closing import Standing
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, fit_screen, label, scrolled
from vawg_desktop.ui.widgets.tick import Tick

#: What each missing thing is asked as, beside the words that say what is missing.
_ASKED = {
    "outcome_statement": "What changed for victims, in a sentence", "action_evidenced": "What shows that it was done, and where", "measure_moved": "How the measure moved",
    "victims_heard": "What victims have told us, and how", "recheck": "Look again on", "authority_agreement": "Where the authority agreed to it",
    "superseded_by": "What replaces it", "transferred_to": "The body that takes it on", "closure_route": "How it closes",
}  # fmt: skip
_NOT = {"measure_moved": "It could not be measured; the reason is above", "victims_heard": "They were not asked; the reason is above"}


class ClosingDialog(Form):
    """Tab goes from field to field, Enter closes. ``secret`` is what the second person types, if anything; ``wrong`` why an earlier try was refused, ``filled`` what was filled in then."""

    def __init__(self, parent: QWidget, stands: Standing, *, secret: str = "", why: str = "", second: str = "", wrong: str = "", filled: Mapping[str, str] | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Close {stands.reference}")
        self._fields: dict[str, QLineEdit | Choice | QCheckBox] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(4))
        box.addWidget(label(f"Close {stands.reference} {stands.title}", size=16, bold=True))
        self._wrong = label(wrong)
        self._wrong.setProperty("warn", True)
        self._wrong.setVisible(bool(wrong))
        box.addWidget(self._wrong)
        outer, box = box, scrolled(box, spacing=4)
        missing = list(dict.fromkeys(m.test for m in stands.missing if m.test != "signed"))
        if any("no evidence" in m.message for m in stands.missing):
            self._line(box, "evidence", "Evidence: its reference, or the title of a new piece")
        for test in missing:
            if test == "closure_route":
                self._choice(box, test, _ASKED[test], [(t.key, t.label) for t in CLOSURE_ROUTE])
            elif test == "recheck":
                self._line(box, "recheck_on", _ASKED[test])
            else:
                self._line(box, test, _ASKED.get(test, CLOSURE_TEST.label(test)))
                if test in _NOT:
                    self._check(box, f"not:{test}", _NOT[test])
        self.why = self._line(box, "", "Why it closes now", why)
        self.second = self._line(box, "", "Name of the second person, who signs now", second)
        self.passphrase: QLineEdit | None = None
        if secret:
            self.passphrase = self._line(box, "", f"The second person's {secret}; empty signs by name only")
            self.passphrase.setEchoMode(QLineEdit.EchoMode.Password)
        self._fill(filled or {})
        box.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        self.saves = button("Sign and close", self._on_done, kind="primary")
        foot.addWidget(self.saves)
        outer.addLayout(foot)
        fit_screen(self, 560, 330 + 66 * len(missing))

    def _line(self, box: QVBoxLayout, key: str, words: str, given: str = "") -> QLineEdit:
        name = label(words, muted=True)
        name.setContentsMargins(0, theme.px(6), 0, 0)
        box.addWidget(name)
        line = QLineEdit(given)
        line.setAccessibleName(words)
        name.setBuddy(line)
        box.addWidget(line)
        if key:
            self._fields[key] = line
        return line

    def _choice(self, box: QVBoxLayout, key: str, words: str, terms: list[tuple[str, str]]) -> None:
        name = label(words, muted=True)
        name.setContentsMargins(0, theme.px(6), 0, 0)
        box.addWidget(name)
        made = Choice()
        made.setAccessibleName(words)
        made.addItem("", "")
        for value, word in terms:
            made.addItem(word, value)
        box.addWidget(made)
        self._fields[key] = made

    def _check(self, box: QVBoxLayout, key: str, words: str) -> None:
        made = Tick(words)
        made.setAccessibleName(words)
        box.addWidget(made)
        self._fields[key] = made

    def _fill(self, filled: Mapping[str, str]) -> None:
        for key, value in filled.items():
            made = self._fields.get(key)
            if isinstance(made, QLineEdit):
                made.setText(value)
            elif isinstance(made, Choice):
                made.setCurrentIndex(max(0, made.findData(value)))
            elif made is not None:
                made.setChecked(True)

    def _on_done(self) -> None:
        empty = next(((line, words) for line, words in ((self.why, "Say why it closes now."), (self.second, "Name the second person.")) if not line.text().strip()), None)
        if empty is not None:
            self._wrong.setText(empty[1])
            self._wrong.show()
            empty[0].setFocus()
            return
        self.accept()

    def given(self) -> dict[str, str]:
        """What was filled in, by the key of its field or test."""
        found: dict[str, str] = {}
        for key, made in self._fields.items():
            if isinstance(made, QCheckBox):
                found[key] = "yes" if made.isChecked() else ""
            else:
                found[key] = str(made.currentData() or "") if isinstance(made, Choice) else made.text()
        return {k: v for k, v in found.items() if v.strip()}

