"""Look at a survey's file before it is taken in: what it asks, what is left out of it, and whose survey it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from vawg_desktop.domain.survey_terms import QUESTION_KIND
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.exchange import survey_profiles as profiles
from vawg_desktop.exchange.survey_in import NO_COLUMN, ColumnChoices, SurveyFile
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import Section, button, fit_screen, label, offer, scrolled
from vawg_desktop.ui.widgets.tick import Tick

#: So many questions are named; of a longer survey the rest is counted.
_NAMED = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was chosen: the survey's title, the wave, which column is what, and the tool."""

    title: str
    wave: str
    choices: ColumnChoices
    profile: str


class SurveyDialog(Form):
    """The file as it was understood, and as an earlier one of the same survey was read (``titles``: by survey); Enter takes it in."""

    def __init__(self, parent: QWidget, name: str, file: SurveyFile, titles: Mapping[str, ColumnChoices]) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import a survey")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), 0, theme.px(16))
        box.setSpacing(theme.px(8))
        box.addWidget(label(f"Import {name}", size=16, bold=True))
        kept, left = len(file.responses), file.dropped_rows.total()
        box.addWidget(label(f"{how_many(file.rows, 'row')}: {how_many(kept, 'response')}" + (f", {left:,} left out ({'; '.join(f'{n:,} {why}' for why, n in file.dropped_rows.items())})" if left else "") + "."))
        if file.missing:
            box.addWidget(label(f"No answer, as the file says: {'; '.join(f'{question}, “{words}” {count:,}' for question, words, count in file.missing[:6])}{'; and more' if len(file.missing) > 6 else ''}.", muted=True, wrap=True))
        body = scrolled(box, spacing=4)
        self._title, self._wave, self._profile = QLineEdit(name.rpartition(".")[0] or name), QLineEdit(), Choice()
        offer(self._title, titles)
        self._wave.setPlaceholderText("Only for a survey that is asked again, such as 2021")
        for one in {p.key: p for p in profiles.PROFILES}.values():
            self._profile.addItem(one.label, one.key)
        self._profile.setCurrentIndex(max(0, self._profile.findData(file.profile)))
        self._profile.settle()
        self.put(body, "Survey: choose one, or type the title of a new one", self._title)
        self.put(body, "Wave", self._wave)
        self.put(body, "Made with", self._profile)
        self._file = file
        self._respondent, self._answered = (self._column(h) for h in (file.respondent, file.answered))
        self.put(body, "Respondents are identified by", self._respondent)
        self.put(body, "The day on which they answered", self._answered)
        self._take: dict[str, QCheckBox] = {}
        self._keep = self._put_left_out(body, file)
        self._put_questions(body, file)
        foot = QHBoxLayout()
        foot.setContentsMargins(0, theme.px(8), theme.px(24), 0)
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        self.saves = button("Import", self.accept, kind="primary")
        foot.addWidget(self.saves)
        box.addLayout(foot)
        self._surveys = {fold(title): chosen for title, chosen in titles.items()}
        self._earlier = ColumnChoices()
        self._title.textChanged.connect(lambda _: self._as_before())
        self._as_before()
        self._title.textChanged.connect(lambda words: self.saves is not None and self.saves.setEnabled(bool(words.strip())))
        fit_screen(self, 680, 680)

    def _as_before(self) -> None:
        """Show what was chosen for the survey's earlier file, where the title names one; it holds until it is chosen otherwise."""
        earlier = self._surveys.get(fold(self._title.text().strip()), ColumnChoices())
        if earlier == self._earlier:
            return
        self._earlier = earlier
        for field, chosen, read in ((self._respondent, earlier.respondent, self._file.respondent), (self._answered, earlier.answered, self._file.answered)):
            wanted = {"": read, NO_COLUMN: ""}.get(chosen, chosen)
            field.setCurrentIndex(max(0, next((n for n in range(field.count()) if fold(str(field.itemData(n))) == fold(wanted)), field.findData(read))))
        left, keep = ({fold(c) for c in some} for some in (earlier.left_out, earlier.keep))
        for name, tick in self._take.items():
            tick.setChecked(fold(name) not in left)
        for name, tick in self._keep.items():
            tick.setChecked(fold(name) in keep)

    def _column(self, read: str) -> Choice:
        """A choice of a column, that which was understood at first."""
        made = Choice()
        made.addItem("No column", "")
        for heading in self._file.headings:
            made.addItem(" ".join(heading.split()), heading)
        made.setCurrentIndex(max(0, made.findData(read)))
        made.settle()
        return made

    def _put_left_out(self, body: QVBoxLayout, file: SurveyFile) -> dict[str, QCheckBox]:
        """The columns that are left out, with the reason; those that may identify people can be kept, links cannot."""
        ticks: dict[str, QCheckBox] = {}
        section = Section("Columns left out")
        section.body.setContentsMargins(theme.px(8), theme.px(4), 0, 0)
        section.set_count(len(file.dropped_columns))
        personal = [name for name, why in file.dropped_columns if why == profiles.PERSONAL]
        if personal:
            section.body.addWidget(label("These may identify a person. Keep one only if you need it and are allowed to:", muted=True))
        for name in personal:
            ticks[name] = Tick(f"Keep “{name}”")
            section.body.addWidget(ticks[name])
        for why in _REASONS:
            names = [name for name, reason in file.dropped_columns if reason == why]
            if names:
                section.body.addWidget(label(f"{_REASONS[why]}: {', '.join(names)}.", muted=True))
        if not file.dropped_columns:
            section.body.addWidget(label("None.", muted=True))
        body.addWidget(section)
        return ticks

    def _put_questions(self, body: QVBoxLayout, file: SurveyFile) -> None:
        section = Section("Questions")
        section.body.setContentsMargins(theme.px(8), theme.px(4), 0, 0)
        section.set_count(len(file.questions))
        section.body.addWidget(label("Untick a question that is not to be imported:", muted=True))
        single = {h for h in file.headings if sum(h in (q.code, q.wording) for q in file.questions) == 1}
        for one in file.questions[:_NAMED]:
            choices = f", {how_many(len(one.choices), 'answer')}" if one.choices else ""
            column = next((h for h in (one.code, one.wording) if h in single), None)
            if column is not None:
                self._take[column] = Tick(" ".join(one.wording.split()))
                self._take[column].setChecked(True)
                section.body.addWidget(self._take[column])
            else:  # a question of several columns
                section.body.addWidget(label(" ".join(one.wording.split())))
            section.body.addWidget(label(f"{QUESTION_KIND.label(one.kind)}{choices}", muted=True))
        if len(file.questions) > _NAMED:
            section.body.addWidget(label(f"And {len(file.questions) - _NAMED:,} more.", muted=True))
        body.addWidget(section)

    def answer(self) -> Wanted:
        """What was chosen; a column that was left as it was understood is no choice."""
        ticks = [(n, tick.isChecked()) for n, tick in self._take.items()], [(n, tick.isChecked()) for n, tick in self._keep.items()]
        before = {fold(c) for c in (*self._earlier.left_out, *self._earlier.keep)}
        chosen = ColumnChoices(
            _said(self._respondent, self._file.respondent, self._earlier.respondent), _said(self._answered, self._file.answered, self._earlier.answered),
            tuple(n for n, on in ticks[0] if not on), tuple(n for n, on in ticks[1] if on),
            tuple(n for n, on in (*ticks[0], *((n, not on) for n, on in ticks[1])) if on and fold(n) in before),
        )  # fmt: skip
        return Wanted(self._title.text().strip(), self._wave.text().strip(), chosen, str(self._profile.currentData()))


def _said(field: Choice, read: str, earlier: str) -> str:
    """What was chosen of a column: nothing where it was left as it was understood, unless it was chosen before."""
    chosen = str(field.currentData())
    return "" if chosen == read and not earlier else chosen or NO_COLUMN


_REASONS = {profiles.LINK: "Links of the tool, by which answers can be seen or changed, are never kept", profiles.TOOL: "The tool's own", profiles.SHARED: "Shared by many rows, so they do not identify respondents", profiles.HALF: "Kept with the first half of each postcode alone", profiles.EMPTY: "Empty"}
