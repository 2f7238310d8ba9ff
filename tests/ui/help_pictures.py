"""The pictures of the help, drawn from the invented county: ``python -m tests.ui.help_pictures`` after a change of look that they should show."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from tests.exchange.test_survey_in import table, written
from tests.services.test_survey_results import HEAD, rows_at_random
from vawg_desktop.domain import clock
from vawg_desktop.services import agenda, demo, surveys
from vawg_desktop.services.session import Session
from vawg_desktop.store import making
from vawg_desktop.ui.main_window import MainWindow
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import load_fonts, theme
from vawg_desktop.ui.tour import settle

PICTURES = Path(__file__).parents[2] / "resources" / "help" / "pictures"
#: The window that is drawn, and how wide its picture is kept: sharp at twice the width at which the help shows it.
SIZE, WIDE = QSize(1240, 700), 1240
STORE_NAME = "County"


def _nothing(page: Any) -> None:
    """The page as it opens."""


def _grouped(page: Any) -> None:
    page.views._group("accountable")


def _card(page: Any) -> None:
    page.show_record("R-0003")


def _review(page: Any) -> None:
    page.open_review(str(page.tasks.session.read().exec_driver_sql("SELECT id FROM submission WHERE state = 'in_review' ORDER BY n DESC").scalar()))


def _since(page: Any) -> None:
    page.load()


#: Each picture: its name, the page, and what is done there first.
TAKEN: tuple[tuple[str, str, Callable[[Any], None]], ...] = (
    ("my-work", "my_work", _nothing), ("actions", "action", _grouped), ("card", "card", _card), ("returns", "returns", _nothing), ("review", "returns", _review),
    ("meeting", "meeting_mode", _nothing), ("since", "since", _since), ("papers", "papers", _nothing), ("journey", "journey", _nothing),
    ("survey", "survey_results", _nothing), ("indicator", "indicator", _nothing),
)  # fmt: skip


def draw(out: Path) -> list[str]:
    """Draw every picture into a folder; returns their files' names."""
    with tempfile.TemporaryDirectory() as folder:
        session = Session(making.create(Path(folder) / f"{STORE_NAME}.vawg", passphrase="words that nobody needs again", demonstration=True), "R. Ahmed")
        demo.fill_with_rounds(session)
        surveys.take_in(session, written(Path(folder), table([HEAD, *rows_at_random(400, 21)]), "Safety survey.csv"))
        meeting = session.read().exec_driver_sql("SELECT id FROM meeting WHERE date > ? ORDER BY date", (clock.today().isoformat(),)).scalar()
        facts = agenda.find_meeting(session, str(meeting))
        agenda.put_on(session, facts, agenda.proposals(session, facts)[:12])
        theme.apply("light", 1.0)
        window, tasks = MainWindow(), Tasks(session)
        window.resize(SIZE)
        window.attach(tasks, STORE_NAME)
        window.show()
        made = [_one(window, tasks, out, name, key, does) for name, key, does in TAKEN]
        window.close()
        session.store.close()
    return made


def _one(window: MainWindow, tasks: Tasks, out: Path, name: str, key: str, does: Callable[[Any], None]) -> str:
    page = window.go(key)
    settle(tasks)
    does(page)
    settle(tasks)
    QApplication.processEvents()
    picture = window.grab().toImage().scaledToWidth(WIDE, Qt.TransformationMode.SmoothTransformation)
    path = out / f"{name}.png"
    if not picture.convertToFormat(QImage.Format.Format_RGB888).save(str(path)):
        raise OSError(f"{path.name} could not be written")
    return path.name


def main() -> None:
    """Draw the pictures where the help has them."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication([])
    load_fonts()
    PICTURES.mkdir(exist_ok=True)
    print("\n".join(draw(PICTURES)))
    app.quit()


if __name__ == "__main__":
    main()
