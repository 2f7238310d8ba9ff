"""A survey's file taken in: chosen, read off the window's thread, looked at, and written."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from vawg_desktop.domain.changes import Changes
from vawg_desktop.exchange import survey_in
from vawg_desktop.exchange.survey_in import ColumnChoices, SurveyFile
from vawg_desktop.services import names, surveys
from vawg_desktop.services.session import Session
from vawg_desktop.ui.dialogs.survey import SurveyDialog, Wanted
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.widgets.file_dialog import QFileDialog

_FILES = "Surveys (*.csv *.xlsx *.ods *.sav *.txt *.tsv *.xls)"


def choose(parent: QWidget, tasks: Tasks) -> None:
    """Choose a file, look at what was understood of it, take it in."""
    name, _ = QFileDialog.getOpenFileName(parent, "Import a survey", "", _FILES)
    if name:
        look_at(parent, tasks, Path(name))


def look_at(parent: QWidget, tasks: Tasks, path: Path, profile: str = "") -> None:
    """The same for a file already chosen, read as by a tool where one is named."""
    def read(session: Session) -> tuple[SurveyFile, dict[str, ColumnChoices]]:
        titles = names.titles(session.read(), surveys.SURVEY.key)
        return survey_in.read_survey(path, profile), {t: surveys.earlier_choices(session, t) for t in titles}

    messages.tell(f"Reading {path.name} …")
    tasks.make_file(read, partial(_ask, parent, tasks, path, profile))


def _ask(parent: QWidget, tasks: Tasks, path: Path, profile: str, found: tuple[SurveyFile, dict[str, ColumnChoices]]) -> None:
    file, titles = found
    dialog = SurveyDialog(parent.window(), path.name, file, titles)
    wanted = dialog.answer() if dialog.run() else None
    dialog.deleteLater()
    if wanted is None:
        return
    if wanted.profile != file.profile:  # it is read again, and looked at again: the columns are others
        look_at(parent, tasks, path, wanted.profile)
        return
    _write(tasks, path, profile, wanted)


def _write(tasks: Tasks, path: Path, profile: str, wanted: Wanted) -> None:
    told: list[surveys.Taken] = []

    def work(session: Session) -> Changes:
        taken, changes = surveys.take_in(session, path, profile=profile, survey=wanted.title, wave=wanted.wave, choices=wanted.choices)
        told.append(taken)
        return changes

    tasks.write(work, then=lambda _: messages.tell(f"{wanted.title}: {told[-1].sentence()}"))
