"""Small dialogs of a codebook: a new code, codes merged into another, a code split."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from vawg_desktop.services.codebooks import Code
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, fit_screen, label, scrolled
from vawg_desktop.ui.widgets.tick import Tick


class _Small(Form):
    """A title, a body that scrolls and two buttons that stay in sight."""

    def __init__(self, parent: QWidget, title: str, verb: str) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), 0, theme.px(16))
        box.setSpacing(theme.px(8))
        box.addWidget(label(title, size=16, bold=True))
        self.body = scrolled(box, spacing=6)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, theme.px(8), theme.px(24), 0)
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        self.saves = button(verb, self.accept, kind="primary")
        foot.addWidget(self.saves)
        box.addLayout(foot)

    def _ready(self, on: bool) -> None:
        if self.saves is not None:
            self.saves.setEnabled(on)


def _offers(choice: Choice, codes: Sequence[Code], first: str = "") -> Choice:
    if first:
        choice.addItem(first, "")
    for one in codes:
        choice.addItem("    " * one.depth + one.title, one.id)
    choice.settle()
    return choice


class CodeDialog(_Small):
    """A new code: its name, what it covers, where it stands, and words that suggest it."""

    def __init__(self, parent: QWidget, codes: Sequence[Code]) -> None:
        super().__init__(parent, "Add a code", "Add")
        self._title, self._covers, self._words = QLineEdit(), QPlainTextEdit(), QLineEdit()
        self._under = _offers(Choice(), codes, "No other code")
        self._covers.setTabChangesFocus(True)
        self._covers.setFixedHeight(theme.px(88))
        self._words.setPlaceholderText("Such as: lamp; unlit; dark")
        self.put(self.body, "Code", self._title)
        self.put(self.body, "What it covers: what belongs under it, what does not", self._covers)
        self.put(self.body, "Under", self._under)
        self.put(self.body, "Words that suggest it", self._words)
        self.body.addStretch(1)
        self._ready(False)
        self._title.textChanged.connect(lambda words: self._ready(bool(words.strip())))
        fit_screen(self, 560, 460)

    def answer(self) -> dict[str, object]:
        """The cells of the new code."""
        return {"title": self._title.text().strip(), "definition": self._covers.toPlainText().strip(), "under": self._under.currentData() or None, "suggested_by": self._words.text().replace(",", ";")}


class MergeDialog(_Small):
    """Which codes go into which."""

    def __init__(self, parent: QWidget, codes: Sequence[Code], counts: Mapping[str, int]) -> None:
        super().__init__(parent, "Merge codes", "Merge")
        self.body.addWidget(label("What is under these codes is put under the one below, and they leave the codebook. A new version begins.", muted=True))
        self._ticks = {c.id: Tick(f"{'    ' * c.depth}{c.title} ({counts.get(c.id, 0):,})") for c in codes}
        for one in self._ticks.values():
            one.toggled.connect(lambda _: self._look())
            self.body.addWidget(one)
        self._into = _offers(Choice(), [c for c in codes if not c.heading])
        self._into.currentIndexChanged.connect(lambda _: self._look())
        self.put(self.body, "Into", self._into)
        self.body.addStretch(1)
        self._look()
        fit_screen(self, 480, 520)

    def _chosen(self) -> list[str]:
        return [id for id, one in self._ticks.items() if one.isChecked() and id != self._into.currentData()]

    def _look(self) -> None:
        self._ready(bool(self._chosen()) and self._into.currentData() is not None)

    def answer(self) -> tuple[list[str], str]:
        """The codes that go, and the one they go into."""
        return self._chosen(), str(self._into.currentData())


class SplitDialog(_Small):
    """Which code becomes the heading of which new ones."""

    def __init__(self, parent: QWidget, codes: Sequence[Code]) -> None:
        super().__init__(parent, "Split a code", "Split")
        self._code, self._into = _offers(Choice(), codes), QPlainTextEdit()
        self._into.setTabChangesFocus(True)
        self._into.setFixedHeight(theme.px(104))
        self.body.addWidget(label("The code becomes a heading over the new ones. Answers under it stay there until each is coded again: choose “To code again” under Show.", muted=True))
        self.put(self.body, "Code", self._code)
        self.put(self.body, "New codes, one a line", self._into)
        self.body.addStretch(1)
        self._into.textChanged.connect(lambda: self._ready(len(self._titles()) > 1))
        self._ready(False)
        fit_screen(self, 480, 400)

    def _titles(self) -> list[str]:
        return [line.strip() for line in self._into.toPlainText().splitlines() if line.strip()]

    def answer(self) -> tuple[str, list[str]]:
        """The code, and the new ones' names."""
        return str(self._code.currentData()), self._titles()
