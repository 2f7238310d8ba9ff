"""Survey results in the window: a file looked at and taken in, questions walked, broken down, made a figure, copied and saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QLabel, QWidget
from pytestqt.qtbot import QtBot

from tests.documents import docx_text
from tests.exchange.test_survey_in import table, written
from tests.services.test_journey import sample_store
from tests.services.test_survey_results import HEAD, rows_at_random
from tests.ui.test_dialogs import press
from tests.ui.test_window import Shown
from vawg_desktop.exchange.survey_in import NO_COLUMN, ColumnChoices, read_survey
from vawg_desktop.services import records, show, survey_results, surveys
from vawg_desktop.ui.dialogs.survey import SurveyDialog, Wanted
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import QFileDialog as SavingDialog
from vawg_desktop.ui.survey_taking import QFileDialog
from vawg_desktop.ui.tour import settle


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    made = Shown(sample_store(tmp_path))
    yield made
    made.close()
    made.tasks.stop()
    made.session.store.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return written(tmp_path, table([HEAD, *rows_at_random(400, 21)]), "Safety survey.csv")


def take_in(shown: Shown, file: Path, press: Callable[[SurveyDialog], object]) -> None:
    def run(dialog: SurveyDialog) -> bool:
        dialog.show()
        press(dialog)
        return True

    with patch.object(QFileDialog, "getOpenFileName", return_value=(str(file), "")), patch.object(SurveyDialog, "run", run):
        page: Any = shown.go("survey_results")
        page.take_in()
        settle(shown.tasks)


def test_a_file_is_looked_at_and_taken_in_and_its_results_are_there(shown: Shown, file: Path) -> None:
    seen: list[Wanted] = []
    take_in(shown, file, lambda d: seen.append(d.answer()))
    assert seen == [Wanted("Safety survey", "", ColumnChoices(), "ms_forms")]
    page: Any = shown.window.here()
    answers = surveys.answers(shown.session, str(surveys.find(shown.session, "Safety survey")["id"]))
    assert page._survey == answers.survey["id"] and [b.text() for b in page._buttons.values()] == [q["wording"] for q in answers.questions]
    wanted = survey_results.result(shown.session, answers, "Satisfied?", least=5)
    assert page.model.words(0, 1) == f"{wanted.everybody.percent(0):.0f}% ({wanted.everybody.counts[0]:,})"
    assert page.model.words(len(wanted.choices), 1) == f"{wanted.everybody.base:,}" and "respondents answered" in page._sentence.text()


def test_a_column_that_may_identify_people_is_kept_only_where_it_is_ticked(shown: Shown, file: Path) -> None:
    def press(dialog: SurveyDialog) -> None:
        ticks = [t for t in dialog.findChildren(QCheckBox) if t.text().startswith("Keep")]
        assert [t.text() for t in ticks] == ["Keep “Email”", "Keep “Name”"] and not any(t.isChecked() for t in ticks)
        ticks[1].setChecked(True)

    take_in(shown, file, press)
    assert "Name" in [q["code"] for q in surveys.answers(shown.session, str(surveys.find(shown.session, "Safety survey")["id"])).questions]


def test_an_unticked_question_is_left_out_now_and_in_the_next_file(shown: Shown, file: Path) -> None:
    def press(dialog: SurveyDialog) -> None:
        ticks = {t.text(): t for t in dialog.findChildren(QCheckBox)}
        assert ticks["District"].isChecked() and dialog._respondent.currentText() == "ID" and dialog._answered.currentText() == "Completion time"
        ticks["District"].setChecked(False)

    take_in(shown, file, press)
    survey = str(surveys.find(shown.session, "Safety survey")["id"])
    assert "District" not in [q["code"] for q in surveys.answers(shown.session, survey).questions]
    taken, _ = surveys.take_in(shown.session, file)
    assert taken.survey == survey and ("District", "left out by choice") in taken.file.dropped_columns

    def press_again(dialog: SurveyDialog) -> None:
        """What was left out stands unticked, and comes back by its tick; no column is none."""
        ticks = {t.text(): t for t in dialog.findChildren(QCheckBox)}
        assert not ticks["District"].isChecked() and ticks["Satisfied?"].isChecked()
        ticks["District"].setChecked(True)
        dialog._answered.setCurrentIndex(0)
        assert dialog.answer().choices == ColumnChoices(answered=NO_COLUMN, again=("District",))

    take_in(shown, file, press_again)
    assert "District" in [q["code"] for q in surveys.answers(shown.session, survey).questions]
    kept = surveys.earlier_choices(shown.session, "Safety survey")
    assert kept == ColumnChoices(answered=NO_COLUMN)
    read = read_survey(file, earlier=kept)
    assert read.answered == "" and read.respondent == "ID" and not any(r.answered for r in read.responses)


def test_results_are_broken_down_and_small_counts_are_dashes(shown: Shown, file: Path) -> None:
    surveys.take_in(shown.session, file)
    page: Any = shown.go("survey_results")
    settle(shown.tasks)
    district = next(n for n in range(page.by.count()) if page.by.itemText(n) == "District")
    page.by.setCurrentIndex(district)
    page.by.mean()
    settle(shown.tasks)
    assert page.model.headerData(1, Qt.Orientation.Horizontal) == "All respondents" and page.model.columnCount() == 6
    answers = surveys.answers(shown.session, page._survey)
    found = survey_results.result(shown.session, answers, "Satisfied?", by="District", least=5)
    assert [[page.model.words(r, c) == "–" for c in range(1, 6)] for r in range(3)] == [[g.counts[r] is None for g in found.groups] for r in range(3)]
    for r in range(page.model.rowCount()):
        assert not any(word in page.model.words(r, c).split("(")[-1].split(")") for c in range(1, 6) for word in ("1", "2", "3", "4"))


def test_one_key_makes_the_chosen_share_a_figure(shown: Shown, file: Path) -> None:
    surveys.take_in(shown.session, file)
    page: Any = shown.go("survey_results")
    settle(shown.tasks)
    page.table.setFocus()
    page.table.setCurrentIndex(page.model.index(1, 1))
    QTest.keyClick(page.table, Qt.Key.Key_F)
    settle(shown.tasks)
    (id,) = shown.session.read().exec_driver_sql("SELECT id FROM figure ORDER BY n DESC LIMIT 1").one()
    cells = show.record(shown.session, str(id)).cells
    answers = surveys.answers(shown.session, page._survey)
    result = survey_results.result(shown.session, answers, "Satisfied?")
    assert cells["number"] == f"{result.everybody.percent(1):.1f}" and "respondents" in str(cells["definition"]) and "SU-0001" in str(cells["method"])
    opened: Any = shown.go("figure")
    opened.go_to(str(id))
    settle(shown.tasks)
    assert "as quoted." in " ".join(w.text() for w in opened.pane.findChildren(QLabel))
    page = shown.go("survey_results")
    settle(shown.tasks)
    page.table.setCurrentIndex(page.model.index(len(result.choices), 1))  # a base is no share
    page.make_figure()
    settle(shown.tasks)
    assert shown.session.read().exec_driver_sql("SELECT id FROM figure ORDER BY n DESC LIMIT 1").one()[0] == id


def test_what_is_copied_and_saved_is_counted_as_it_may_leave(shown: Shown, file: Path, tmp_path: Path) -> None:
    surveys.take_in(shown.session, file)
    page: Any = shown.go("survey_results")
    settle(shown.tasks)
    page.by.setCurrentIndex(next(n for n in range(page.by.count()) if page.by.itemText(n) == "District"))
    page.by.mean()
    settle(shown.tasks)
    page.copy_result()
    copied = QApplication.clipboard().text()
    answers = surveys.answers(shown.session, page._survey)
    outside = survey_results.result(shown.session, answers, "Satisfied?", by="District")
    assert copied.count("–") >= sum(k is None for g in outside.groups for k in [*g.counts]) > 0 and copied.splitlines()[0].startswith("Answer\tAll respondents\tAshford")
    with patch.object(SavingDialog, "getSaveFileName", return_value=(str(tmp_path / "results.docx"), "")):
        page.save()
        settle(shown.tasks)
    words = docx_text((tmp_path / "results.docx").read_bytes())
    assert "of the respondents who answered" in words and "Please light path" not in words


def test_a_share_that_is_too_small_to_leave_is_no_figure(shown: Shown, file: Path) -> None:
    """It may be seen here, from five on; what is quoted leaves the office."""
    surveys.take_in(shown.session, file)
    page: Any = shown.go("survey_results")
    settle(shown.tasks)
    page.by.setCurrentIndex(next(n for n in range(page.by.count()) if page.by.itemText(n) == "District"))
    page.by.mean()
    settle(shown.tasks)
    outside = survey_results.result(shown.session, page._answers, "Satisfied?", by="District")
    row, column = next((r, c) for c, g in enumerate(outside.groups, 1) for r, k in enumerate(g.counts) if k is None)
    page.table.setCurrentIndex(page.model.index(row, column))
    told: list[str] = []
    with patch.object(messages, "failed", lambda error, *_, **__: told.append(str(error))):
        page.make_figure()
        settle(shown.tasks)
    assert told and "too small" in told[0] and shown.session.read().exec_driver_sql("SELECT count(*) FROM figure WHERE title LIKE '%Satisfied?%'").one()[0] == 0


def test_a_change_of_what_is_counted_shows_at_once(shown: Shown, file: Path) -> None:
    surveys.take_in(shown.session, file)
    page: Any = shown.go("survey_results")
    settle(shown.tasks)
    question = page._answers.question("Satisfied?")
    shown.tasks.write(lambda s: records.assign(s, str(question["reference"]), [records.Assignment("positive", "Satisfied"), records.Assignment("negative", "Dissatisfied")], None))
    settle(shown.tasks)
    assert page.model.words(page.model.rowCount() - 1, 0) == "Net score"


def test_another_tool_reads_the_file_again(qtbot: QtBot, file: Path) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = SurveyDialog(parent, file.name, read_survey(file), {"VAWG survey": ColumnChoices()})
    qtbot.addWidget(dialog)
    dialog._profile.setCurrentIndex(dialog._profile.findData("table"))
    assert dialog.answer().profile == "table" and {c for c, _ in read_survey(file, "table").dropped_columns} >= {"Email", "Name"}
    dialog._title.clear()
    assert dialog.saves is not None and not dialog.saves.isEnabled()


def test_grave_words_are_opened_by_whoever_is_ready_and_decided_on(shown: Shown, tmp_path: Path) -> None:
    grave = "He still has a knife and I am afraid for my life when he comes home"
    rows = [*rows_at_random(20, 3), ["900", "2021-01-01", "2021-01-01", "", "", "Dissatisfied", "", "Dover", "1", grave]]
    surveys.take_in(shown.session, written(tmp_path, table([HEAD, *rows]), "Safety survey.csv"))
    page: Any = shown.go("survey_response")
    settle(shown.tasks)
    assert page.model.rowCount() == 1
    pane = page.pane
    assert grave not in " ".join(w.text() for w in pane.findChildren(QLabel))
    press(pane, "Show the words")
    assert grave in " ".join(w.text() for w in pane.findChildren(QLabel))
    shown.tasks.write(lambda s: records.assign(s, "SE-0001", [records.Assignment("status", "known")], None))
    settle(shown.tasks)
    assert show.record(shown.session, "SE-0001").cells["decided_by"]


def test_a_figure_is_of_the_answer_that_was_chosen_where_few_said_another(shown: Shown, tmp_path: Path) -> None:
    """Counted for the outside, what seven said in long words stands with others, so the same row of the table is another answer there."""
    long = "1 time only, and then they told me to come back on another day"
    answers = [long] * 7 + ["2 times"] * 30 + ["3 times"] * 20 + ["4 times"] * 12
    path = written(tmp_path, table([["Respondent", "Did they help?"], *([str(n), a] for n, a in enumerate(answers))]), "Help.csv")
    surveys.take_in(shown.session, path)
    page: Any = shown.go("survey_results")
    settle(shown.tasks)
    shown_choices = page.model.result.choices
    assert shown_choices == [long, "2 times", "3 times", "4 times"]
    assert survey_results.result(shown.session, page._answers, "Did they help?").choices == ["2 times", "3 times", "4 times", survey_results.WRITTEN]
    page.table.setCurrentIndex(page.model.index(1, 1))
    page.make_figure()
    settle(shown.tasks)
    assert [str(t) for (t,) in shown.session.read().exec_driver_sql("SELECT title FROM figure WHERE counted_from IS NOT NULL")] == ["2 times: Did they help?"]
    page.table.setCurrentIndex(page.model.index(shown_choices.index(long), 1))
    told: list[str] = []
    with patch.object(messages, "failed", lambda error, *_, **__: told.append(str(error))):
        page.make_figure()
        settle(shown.tasks)
    assert told and "too small" in told[0]
