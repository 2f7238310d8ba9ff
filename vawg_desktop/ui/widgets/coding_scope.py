"""What is coded, as five fields over the desk: survey, question, codebook, which answers, and words in them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from vawg_desktop.services.coding_desk import SHOWN, View
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice, fill
from vawg_desktop.ui.widgets.common import label


class CodingScope(QGridLayout):
    """``chosen`` hears of another survey, question or codebook with their ids (empty for what follows from the others), ``filtered`` of other answers to be shown."""

    def __init__(self, chosen: Callable[[str, str, str], object], filtered: Callable[[], object], typed: Callable[[], object]) -> None:
        super().__init__()
        self.setHorizontalSpacing(theme.px(12))
        self.setVerticalSpacing(theme.px(2))
        self.survey, self.question, self.book, self.shown = Choice(), Choice(), Choice(), Choice()
        self.words = QLineEdit()
        self.words.setPlaceholderText("Words in the answer, or in other answers")
        self.words.setClearButtonEnabled(True)
        self.words.textChanged.connect(lambda: typed())
        self.survey.meant.connect(lambda _: chosen(self._at(self.survey), "", ""))
        self.question.meant.connect(lambda _: chosen(self._at(self.survey), self._at(self.question), self._at(self.book)))
        self.book.meant.connect(lambda _: chosen(self._at(self.survey), self._at(self.question), self._at(self.book)))
        self.shown.meant.connect(lambda _: filtered())
        fields: tuple[tuple[str, QWidget], ...] = (("Survey", self.survey), ("Question", self.question), ("Codebook", self.book), ("Show", self.shown), ("Find", self.words))
        self._named: list[tuple[QWidget, QWidget]] = []
        for words, made in fields:
            name = label(words, muted=True, wrap=False)
            name.setBuddy(made)
            made.setAccessibleName(words)
            self._named.append((name, made))
        self._columns = (0, 0)
        #: Fields with nothing to choose, which take no room.
        self._single: set[QWidget] = set()
        self.fit(5)

    def fit(self, columns: int) -> None:
        """Stand in so many columns."""
        shown = [pair for pair in self._named if pair[1] not in self._single]
        if (columns, len(shown)) == self._columns:
            return
        self._columns = (columns, len(shown))
        columns = min(columns, len(shown))
        for one in (w for pair in self._named if pair[1].parentWidget() is not None for w in pair):  # before it stands in a page, it would be a window
            one.setVisible(any(one in pair for pair in shown))
        for place, (name, made) in enumerate(shown):
            self.addWidget(name, 2 * (place // columns), place % columns)
            self.addWidget(made, 2 * (place // columns) + 1, place % columns)
        for column in range(len(self._named)):
            self.setColumnStretch(column, int(column < columns))

    def _at(self, choice: Choice) -> str:
        return str(choice.currentData() or "")

    @property
    def filter(self) -> tuple[str, str]:
        """Which answers are shown: a key of ``SHOWN`` or the id of a code, and words."""
        return self._at(self.shown), self.words.text()

    def show_view(self, view: View) -> None:
        """Show what can be chosen, and what is."""
        fill(self.survey, view.surveys, view.desk.survey)
        fill(self.question, view.questions, view.question)
        fill(self.book, view.books or [("", "None yet")], view.desk.codebook)
        self._single = {made for made, offers in ((self.survey, view.surveys), (self.question, view.questions), (self.book, view.books)) if len(offers) < 2}
        self.fit(self._columns[0])
        codes = view.codebook.codes if view.codebook is not None else []
        fill(self.shown, [*SHOWN, *((c.id, f"Under {c.title}") for c in codes)], self._at(self.shown))
