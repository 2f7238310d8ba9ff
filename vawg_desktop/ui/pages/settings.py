"""Settings: how this window looks and locks, whose work it shows, and what the office calls itself and its ratings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QScrollArea, QWidget

from vawg_desktop import settings
from vawg_desktop.domain.changes import Changes
from vawg_desktop.services import office, portfolio, small_counts
from vawg_desktop.services.session import Session
from vawg_desktop.ui import appearance, window_commands
from vawg_desktop.ui.shell import Shell
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import Section, button, clear, label, note, scrolled_page
from vawg_desktop.ui.widgets.rating import RatingChip

#: What the stored choices of a setting are called.
_WORDS = {
    settings.THEME.key: {"light": "Light", "dark": "Dark", "contrast": "High contrast"},
    settings.SCALE.key: {size: f"{size} per cent" for size in settings.SCALE.choices},
    settings.DENSITY.key: {"normal": "Normal", "compact": "Compact", "meeting": "Meeting display"},
    settings.IDLE.key: {"5": "After 5 minutes", "10": "After 10 minutes", "30": "After 30 minutes", "0": "Never"},
}


#: The usual choices of the least count that leaves.
_LEASTS = (5, 7, 10, 15, 20, 30)
_LEAST_HELP = "Counts of people below it, and others that would reveal one, are left out of what is saved, copied, printed or published."


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows."""

    idle: str
    name: str
    office: str
    office_id: str
    deputy: str
    key: list[tuple[str, str]]
    least: int


def read(session: Session) -> Shown:
    """Everything on the page."""
    connection = session.read()
    own = connection.exec_driver_sql("SELECT id FROM partner WHERE standing = 'own_office' AND NOT deleted ORDER BY n LIMIT 1").fetchone()
    return Shown(
        office.setting(session, settings.IDLE.key) or settings.IDLE.choices[0],
        session.who,
        office.office_name(connection),
        str(own[0]) if own else "",
        portfolio.deputy_in_words(session, session.who),
        office.rating_key_words(connection),
        small_counts.least(connection),
    )


class SettingsPage(QWidget):
    """One scroll of short sections; what is chosen holds at once."""

    open_record = Signal(str)
    #: Something that the window does: called with the window.
    shell_asked = Signal(object)

    #: It also shows what changes outside the log, so it is read on every visit.
    looks_outside = True

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._body = scrolled_page(self, "Settings")
        self._scroll = self.findChild(QScrollArea)
        self._lines: dict[str, QLineEdit] = {}
        #: What is on the page, and how much news there was.
        self._drawn: tuple[Shown, int] | None = None
        tasks.changes_applied.connect(self._on_changes)

    def load(self) -> None:
        """Read the settings."""
        self.tasks.read(read, self._show)

    def _show(self, shown: Shown) -> None:
        if any(line.isModified() and line.text() != line.property("stood") for line in self._lines.values()):
            return  # what is being typed is not drawn over
        if self._drawn == (shown, self.tasks.news):
            return
        self._drawn = (shown, self.tasks.news)
        clear(self._body)
        self._lines = {}
        for section in (self._window(shown), self._work(shown), self._office(shown), self._rating_key(shown)):
            section.setMaximumWidth(theme.px(760))
            self._body.addWidget(section)
        self._body.addStretch(1)

    def _grid(self, section: Section) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(theme.px(8), theme.px(4), 0, 0)
        grid.setHorizontalSpacing(theme.px(24))
        grid.setVerticalSpacing(theme.px(8))
        grid.setColumnMinimumWidth(0, theme.px(160))
        grid.setColumnStretch(2, 1)
        section.body.addLayout(grid)
        return grid

    def _choice(self, grid: QGridLayout, setting: settings.Setting, stands: str, chosen: Callable[[str], object]) -> None:
        row = grid.rowCount()
        name = label(setting.label, muted=True, wrap=False)
        grid.addWidget(name, row, 0)
        made = Choice()
        made.setAccessibleName(setting.label)
        made.setAccessibleDescription(setting.help)
        made.setMinimumWidth(theme.px(180))
        for value in setting.choices:
            made.addItem(_WORDS[setting.key][value], value)
        made.setCurrentIndex(max(0, made.findData(stands)))
        made.settle()
        made.meant.connect(lambda place: chosen(str(made.itemData(place))))
        name.setBuddy(made)
        grid.addWidget(made, row, 1)
        grid.addWidget(label(setting.help, muted=True), row + 1, 1, 1, 2)
        grid.setRowMinimumHeight(row + 2, theme.px(8))  # the words belong to what stands above them

    def _window(self, shown: Shown) -> Section:
        section = Section("This window")
        grid = self._grid(section)
        self._choice(grid, settings.THEME, theme.colours.name, lambda v: self._look(theme_name=v))
        self._choice(grid, settings.SCALE, str(round(theme.scale * 100)), lambda v: self._look(scale=int(v) / 100))
        self._choice(grid, settings.DENSITY, theme.density, lambda v: self._look(density=v))
        self._choice(grid, settings.IDLE, shown.idle, self._lock_after)
        return section

    def _look(self, theme_name: str | None = None, scale: float | None = None, density: str | None = None) -> None:
        def change(shell: Shell) -> None:
            if not appearance.change(shell, theme_name=theme_name, scale=scale, density=density):
                self.load()  # the choice goes back to what stands

        self.shell_asked.emit(change)

    def _lock_after(self, minutes: str) -> None:
        self.tasks.save_local("setting", settings.IDLE.key, minutes)
        self.shell_asked.emit(lambda shell: shell.set_idle(int(minutes)))

    def _work(self, shown: Shown) -> Section:
        section = Section("Your work")
        section.body.addWidget(note(f"You are {shown.name}. My work shows the actions that name you as our link officer."))
        section.body.addWidget(note(shown.deputy or "You have no deputy."))
        row = self._buttons(section)
        row.addWidget(button("Name a deputy …", lambda: self.shell_asked.emit(window_commands.name_deputy)), 0, 0)
        row.addWidget(button("Hand a portfolio over …", lambda: self.shell_asked.emit(window_commands.hand_portfolio)), 0, 1)
        return section

    def _buttons(self, section: Section) -> QGridLayout:
        row = QGridLayout()
        row.setContentsMargins(theme.px(8), theme.px(4), 0, 0)
        row.setHorizontalSpacing(theme.px(8))
        row.setColumnStretch(4, 1)
        section.body.addLayout(row)
        return row

    def _office(self, shown: Shown) -> Section:
        section = Section("The office")
        where = "Its name, short name and contacts stand in its record among the partners." if shown.office_id else "To give the office its name, add it as a partner with the standing “Own office”."
        section.body.addWidget(note(f"{shown.office}. {where}"))
        row = self._buttons(section)
        row.addWidget(button("Wording, logo and colour …", lambda: self.shell_asked.emit(window_commands.edit_wording)), 0, 0)
        if shown.office_id:
            row.addWidget(button("Open the office's record", lambda: self.open_record.emit(shown.office_id)), 0, 1)
        else:
            row.addWidget(button("Add the office …", lambda: self.shell_asked.emit(window_commands.new_partner)), 0, 1)
        self._least(self._grid(section), shown.least)
        return section

    def _least(self, grid: QGridLayout, stands: int) -> None:
        """The least count of people that leaves the office."""
        name = label("Small counts", muted=True, wrap=False)
        made = Choice()
        made.setAccessibleName("Small counts")
        made.setAccessibleDescription(_LEAST_HELP)
        made.setMinimumWidth(theme.px(180))
        for number in sorted({*_LEASTS, stands}):
            made.addItem(f"Kept back under {number}", number)
        made.setCurrentIndex(made.findData(stands))
        made.settle()
        made.meant.connect(lambda place: self.tasks.write(lambda s: small_counts.set_least(s, int(made.itemData(place))), message="Saved for everybody; it applies to everything that leaves the office from now on."))
        name.setBuddy(made)
        row = grid.rowCount()
        grid.addWidget(name, row, 0)
        grid.addWidget(made, row, 1)
        grid.addWidget(label(_LEAST_HELP, muted=True), row + 1, 1, 1, 2)

    def _rating_key(self, shown: Shown) -> Section:
        self._key_section = section = Section("Rating key")
        section.body.addWidget(note("These words appear on every return, list and paper. A line is saved when you leave it."))
        grid = QGridLayout()
        grid.setContentsMargins(theme.px(8), theme.px(4), 0, 0)
        grid.setHorizontalSpacing(theme.px(16))
        for row, (rating, meaning) in enumerate(shown.key):
            line = QLineEdit(meaning)
            line.setProperty("stood", meaning)
            line.setAccessibleName(f"What {rating} means")
            line.editingFinished.connect(lambda k=rating: self._reword(k))
            grid.addWidget(RatingChip(rating), row, 0)
            grid.addWidget(line, row, 1)
            self._lines[rating] = line
        section.body.addLayout(grid)
        return section

    def _reword(self, rating: str) -> None:
        line = self._lines.get(rating)
        words = line.text().strip() if line is not None else ""
        if line is None or words == line.property("stood"):
            return
        if not words:
            line.setText(str(line.property("stood")))
            return
        line.setProperty("stood", words)
        self.tasks.write(
            lambda s: office.set_rating_key(s, {rating: words}),
            message="The rating key is reworded; the new words appear on everything sent from now on.",
        )

    def show_rating_key(self) -> None:
        """Bring the rating key into sight."""
        self.tasks.read(read, self._show_key)

    def _show_key(self, shown: Shown) -> None:
        self._show(shown)
        first = next(iter(self._lines.values()), None)
        if first is not None and self._scroll is not None:
            first.setFocus()
            self._scroll.ensureWidgetVisible(self._key_section)

    def left_over(self) -> list[str]:
        """Save every line of the rating key as it stands; nothing is left to ask about."""
        for rating in list(self._lines):
            self._reword(rating)
        return []

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and changes.concerns("setting", "partner"):
            self.load()
