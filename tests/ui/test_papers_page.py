"""Papers in the window: chosen by number, their figures shown and opened before they are saved, published with what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from docx import Document as WordDocument
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.documents import docx_text
from tests.services.test_journey import sample_store
from tests.ui.test_window import Shown
from vawg_desktop.services import papers, publications, records, requests
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.publications import Sending
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.ui.dialogs.paper_template import TemplatesDialog
from vawg_desktop.ui.dialogs.publish import PublishDialog
from vawg_desktop.ui.outputs import QFileDialog as SavingDialog
from vawg_desktop.ui.pages import papers as page_of_papers
from vawg_desktop.ui.tour import settle


@pytest.fixture
def shown(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    made = Shown(sample_store(tmp_path))
    records.assign(made.session, "A-0005", [Assignment("due", "2026-01-31"), Assignment("status", "in_progress")], None)
    records.create(made.session, "meeting", {"title": "Q3 board", "body": "PDB", "date": "2026-12-10"})
    yield made
    made.close()
    made.tasks.stop()
    made.session.store.close()


def test_each_figure_is_shown_and_opens_the_records_that_it_counts(shown: Shown) -> None:
    page: Any = shown.go("papers")
    settle(shown.tasks)
    assert page._about.text() == "M-0006 Q3 board"
    made = papers.make(shown.session, "board", Asked(("M-0006",)))
    assert [(f.key, f.ids) for f in page._figures] == [(f.key, f.ids) for f in made.figures]
    for key in ("actions_overdue", "actions", "recommendations_open"):
        figure = next(f for f in page._figures if f.key == key)
        page._open_counted(figure)
        settle(shown.tasks)
        listed: Any = shown.window.here()
        assert listed.model.rowCount() == figure.number > 0


def test_a_paper_is_counted_once_a_visit_and_not_again_without_news(shown: Shown) -> None:
    """It was counted as soon as the page was made and again when its meeting was known: seconds each on a region's store."""
    counted: list[Asked] = []
    real = papers.make

    def make(session: Session, kind: str, asked: Asked) -> papers.Made:
        counted.append(asked)
        return real(session, kind, asked)

    with patch.object(papers, "make", make):
        page: Any = shown.go("papers")
        settle(shown.tasks)
        assert {asked.about for asked in counted} == {("M-0006 Q3 board",)} and page._figures
        before = len(counted)
        shown.go("my_work")
        shown.go("papers")
        page.count()
        settle(shown.tasks)
        assert len(counted) == before
        records.assign(shown.session, "A-0006", [Assignment("due", "2026-01-31"), Assignment("status", "in_progress")], None)
        shown.tasks.write(lambda s: records.assign(s, "A-0007", [Assignment("due", "2026-01-31"), Assignment("status", "in_progress")], None))
        settle(shown.tasks)
        assert len(counted) > before
    assert [f.number for f in page._figures if f.key == "actions_overdue"] == [3]


def test_a_board_paper_is_a_few_keys_from_the_question_to_the_file(shown: Shown, tmp_path: Path) -> None:
    shown.go("my_work")
    pressed = 0
    shown.go("papers")  # Ctrl+K, board paper, Enter
    pressed += 2
    settle(shown.tasks)
    focused = QApplication.focusWidget()
    assert focused is not None
    with patch.object(SavingDialog, "getSaveFileName", return_value=(str(tmp_path / "board.docx"), "")):
        QTest.keyClick(focused, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        pressed += 2  # and Enter in the dialog
        settle(shown.tasks)
    assert "progress of the inquiry's recommendations" in docx_text((tmp_path / "board.docx").read_bytes()) and pressed <= 8


def test_what_cannot_be_made_says_why_and_is_not_saved(shown: Shown, tmp_path: Path) -> None:
    page: Any = shown.go("papers")
    page.choose("answer-card")
    page._about.setText("A-0001")
    page.count()
    settle(shown.tasks)
    assert "is not a recommendation" in page._wrong.text()
    with patch.object(SavingDialog, "getSaveFileName", return_value=(str(tmp_path / "x.docx"), "")) as asked:
        page.save()
        settle(shown.tasks)
    assert not asked.called and not (tmp_path / "x.docx").exists()


def test_the_offices_words_are_kept_and_stand_in_the_paper(shown: Shown) -> None:
    page: Any = shown.go("papers")
    settle(shown.tasks)
    page._words["purpose"].setPlainText("To report progress")
    page._keep_words("purpose")
    settle(shown.tasks)
    assert "To report progress" in str(papers.make(shown.session, "board", Asked()).document)


def test_a_paper_is_published_from_the_page(shown: Shown, tmp_path: Path) -> None:
    page: Any = shown.go("papers")
    settle(shown.tasks)
    sending = Sending("The Panel", cleared_by="The Chief Executive")
    with patch.object(PublishDialog, "ask", return_value=sending), patch.object(page_of_papers.QFileDialog, "getSaveFileName", return_value=(str(tmp_path / "b.pdf"), "")):
        page.publish()
        settle(shown.tasks)
    (row,) = publications.listed(shown.session)
    assert row["to_whom"] == "The Panel" and (tmp_path / "b.pdf").read_bytes() == publications.reproduce(shown.session, str(row["reference"])).content


@pytest.mark.parametrize("sure", [True, False])
def test_an_answer_in_which_a_taken_out_name_stands_elsewhere_is_published_only_knowingly(shown: Shown, tmp_path: Path, sure: bool) -> None:
    session = shown.session
    for name, words in (("A-0006", "Seen by Mary O'Brien"), ("A-0007", "MARY O\u2019BRIEN rang")):
        records.assign(session, name, [records.Assignment("note", words)], None)
    request, _ = records.create(session, "information_request", {"title": "All of it", "kind": "foi", "words": "Mary O'Brien", "received": "2026-11-02", "requester": "X"})
    requests.gather(session, request)
    first, *others = [i for i in requests.items(session, request) if i.text]
    requests.decide(session, first.id, "in_part", passages=requests.passages_of(first.text or "", ["Mary O'Brien"], "s40"))
    for one in others:
        requests.decide(session, one.id, "given")
    page: Any = shown.go("papers")
    settle(shown.tasks)
    page.choose("foi")
    page._about.setText(str(session.read().exec_driver_sql("SELECT reference FROM information_request").scalar()))
    page.count()
    settle(shown.tasks)
    out = tmp_path / "a.pdf"
    with (
        patch.object(PublishDialog, "ask", return_value=Sending("X")), patch.object(page_of_papers.messages, "ask", return_value=sure) as asked,
        patch.object(page_of_papers.QFileDialog, "getSaveFileName", return_value=(str(out), "")),
    ):  # fmt: skip
        page.publish()
        settle(shown.tasks)
    assert "also appears" in asked.call_args[0][1] and out.exists() is sure


def test_the_dialog_asks_to_whom_and_what_changed(shown: Shown) -> None:
    dialog = PublishDialog(shown.window, "Board paper", [("PB-0001", "PB-0001 x, edition 1")])
    dialog._on_done()
    assert "to whom" in dialog._wrong.text()
    dialog._to.setText("The Panel")
    dialog._of.setCurrentIndex(1)
    dialog._on_done()
    assert "what changed" in dialog._wrong.text()
    dialog._what.setText("A date")
    assert dialog.sending() == Sending("The Panel", stage="published", corrects="PB-0001", correction="A date")
    dialog.deleteLater()


def test_a_paper_is_filled_into_the_template_that_is_chosen(shown: Shown, tmp_path: Path) -> None:
    page: Any = shown.go("papers")
    settle(shown.tasks)
    made = WordDocument()
    made.add_paragraph("Ours: «Title», «Actions» actions")
    made.add_paragraph("«Overdu actions»")
    made.save(str(tmp_path / "Ours.docx"))
    dialog = TemplatesDialog(shown.window, shown.tasks, "board", "")
    dialog.take(tmp_path / "Ours.docx")
    settle(shown.tasks)
    assert dialog.answer() == "Ours" and "did you mean «Overdue actions»" in dialog.wrong.text()
    made.paragraphs[1].text = "«Overdue actions»"
    made.save(str(tmp_path / "Ours.docx"))
    dialog.take(tmp_path / "Ours.docx")
    settle(shown.tasks)
    assert dialog.wrong.isHidden() and dialog.choice.count() == 2
    dialog.filter.setText("overdue actions")
    assert sum(not dialog.names.item(n).isHidden() for n in range(dialog.names.count())) == 2  # the number, and the part
    dialog._copy()
    assert "«" in QApplication.clipboard().text()
    with patch.object(TemplatesDialog, "run", return_value=True), patch.object(TemplatesDialog, "answer", return_value="Ours"):
        page.choose_template()
    assert page._template.text() == "Template: Ours"
    out = tmp_path / "filled.docx"
    with patch.object(SavingDialog, "getSaveFileName", return_value=(str(out), "")):
        page.save()
    settle(shown.tasks)
    assert "Ours: Violence against women and girls" in docx_text(out.read_bytes()) and "A-0005" in docx_text(out.read_bytes())
    page.choose("minutes")
    assert page._template.text() == "Template …"
    dialog.close()
