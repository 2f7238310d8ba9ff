"""Harm in the window: weights and an extract taken in on a recorded footing, shown with caveats, copied and saved with small counts left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.documents import docx_text
from tests.services.test_case_extracts import FOOTING, WEIGHTS, planted, written
from tests.services.test_journey import sample_store
from tests.ui.test_window import Shown
from vawg_desktop.services import case_extracts
from vawg_desktop.ui.dialogs.cases import CasesDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import QFileDialog as SavingDialog
from vawg_desktop.ui.pages import harm
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.lorenz import LorenzCurve


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    made = Shown(sample_store(tmp_path))
    yield made
    made.close()
    made.tasks.stop()
    made.session.store.close()


def choose(page: Any, path: Path) -> Any:
    return patch.object(harm.QFileDialog, "getOpenFileName", return_value=(str(path), ""))


def test_weights_and_cases_are_taken_in_and_their_measures_leave_with_caveats(shown: Shown, tmp_path: Path) -> None:
    page: Any = shown.go("harm")
    weights = tmp_path / "weights.csv"
    weights.write_text(WEIGHTS, "utf-8")
    with choose(page, weights), patch.object(messages, "ask_text", return_value=("2026", True)):
        page.take_weights()
        settle(shown.tasks)

    def run(dialog: CasesDialog) -> bool:
        dialog.show()
        assert dialog.saves is not None and not dialog.saves.isEnabled()
        for key, words in FOOTING.items():
            assert not dialog.saves.isEnabled()
            dialog._fields[key].setText(words)
        return dialog.saves.isEnabled()

    with choose(page, written(tmp_path, planted(300))), patch.object(CasesDialog, "run", run):
        page.take_in()
        settle(shown.tasks)
    assert page.found.weights == "Others, 2026" and "300 offenders account for 63% of harm" in page.found.sentence()
    assert [c.accessibleName().split(":")[0] for c in page.findChildren(LorenzCurve)] == ["Share of harm", "Share of harm"]
    page.copy()
    words = QApplication.clipboard().text()
    assert "Top 10%\t30\t10%\t63%" in words and "Top 1%\t3\t–\t–" in words
    with patch.object(SavingDialog, "getSaveFileName", return_value=(str(tmp_path / "harm.docx"), "")):
        page.save()
        settle(shown.tasks)
    told = docx_text((tmp_path / "harm.docx").read_bytes())
    assert "It is not a score for a case" in told and "Named as a suspect" in told and "OFFICIAL-SENSITIVE" in told


def test_a_file_that_names_somebody_is_refused_in_a_sentence_and_nothing_is_kept(shown: Shown, tmp_path: Path) -> None:
    page: Any = shown.go("harm")
    told: list[str] = []
    messages.shown.connect(lambda _, words: told.append(words))
    head = ["Offence reference", "Offender ref", "HO code", "Reported", "Surname"]
    with choose(page, written(tmp_path, [["C1", "O1", "8A", "2024-01-01", "x"]], head)), patch.object(CasesDialog, "run", return_value=True), patch.object(CasesDialog, "answer", return_value=(FOOTING, "")):
        page.take_in()
        settle(shown.tasks)
    assert any("identifies a person" in t for t in told) and case_extracts.listed(shown.session) == []
