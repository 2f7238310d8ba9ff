"""The window as a person meets it: by keyboard, in three themes, with long lists and long texts."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections import Counter
from datetime import date, time
from pathlib import Path
from time import monotonic as time_now
from typing import Any, TypeVar
from unittest.mock import patch

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from tests.clock import CLOCK
from tests.conftest import program
from tests.documents import book_text, docx_text, odt_text, pdf_text
from vawg_desktop.exchange.document import Table
from vawg_desktop.exchange.document_files import WRITERS
from vawg_desktop.exchange.reader_child import read_sheets
from vawg_desktop.services import lists, merging, outputs, rounds, show
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.overview import overdue_actions, overview
from vawg_desktop.services.records import Assignment, add_update, assign, parse_assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening
from vawg_desktop.store.copying import take_copy
from vawg_desktop.ui.help_topics import topics
from vawg_desktop.ui.main_window import MainWindow
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import save_document
from vawg_desktop.ui.places import PAGES
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import THEMES, theme
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.common import RowButton

ROOT = Path(__file__).parents[2]


Kind = TypeVar("Kind", bound=QWidget)


class Shown:
    """An open window on a session."""

    def __init__(self, session: Session, name: str = "light", scale: float = 1.0) -> None:
        theme.apply(name, scale, "normal")
        self.session = session
        self.window = MainWindow()
        self.window.resize(1366, 768)
        self.tasks = Tasks(session)
        self.window.attach(self.tasks, "Kent inquiry")
        self.window.show()
        self.window.activateWindow()

    def go(self, key: str) -> object:
        page = self.window.go(key)
        settle(self.tasks)
        return page

    def close(self) -> None:
        with patch.object(messages, "ask", return_value=True):  # whatever a case left behind is let go
            self.window.close()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def table_of(shown: Shown, page: Any) -> tuple[list[str], list[list[str]]]:
    """What a list page hands over to be copied, printed or saved."""
    found: list[tuple[list[str], list[list[str]]]] = []
    page.outputs.with_table(lambda table, _: found.append(table))
    settle(shown.tasks)
    return found[0]


def visible(window: QWidget, kind: type[Kind]) -> list[Kind]:
    return [w for w in window.findChildren(kind) if w.isVisible()]


@pytest.mark.parametrize("name", THEMES)
def test_every_control_of_every_page_has_a_name_a_place_and_a_size(
    qtbot: QtBot, sample: Session, tmp_path: Path, name: str
) -> None:
    rounds.export_returns(sample, period="P", due="+4w", out=tmp_path)
    made = Shown(sample, name)
    faults: list[str] = []
    for page in PAGES:
        made.go(page.key)
        controls = [
            w for kind in (QAbstractButton, QLineEdit, QComboBox, QPlainTextEdit, QAbstractItemView)
            for w in visible(made.window, kind)
        ]  # fmt: skip
        assert len(controls) > 12
        for w in controls:
            inner = isinstance(w.parent(), QComboBox) or "ScrollBar" in type(w.parent()).__name__
            if (
                type(w).__module__.startswith("PySide6") and type(w).__name__ == "QToolButton"
            ) or "clear" in w.objectName().casefold():
                continue
            words = w.accessibleName() or (w.text() if isinstance(w, QAbstractButton) else "")
            if not words.strip() and not inner:
                faults.append(f"{page.key}: {type(w).__name__} without a name")
            if (
                w.isEnabled()
                and not inner
                and w.focusPolicy() == Qt.FocusPolicy.NoFocus
                and not isinstance(w, QAbstractItemView)
            ):
                faults.append(f"{page.key}: {words} cannot be reached by Tab")
            if min(w.width(), w.height()) < 24 and not inner and isinstance(w, QAbstractButton):
                faults.append(f"{page.key}: {words} is {w.width()} by {w.height()}")
    made.close()
    assert faults == []


def luminance(colour: QColor) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
        for c in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(QColor(one)), luminance(QColor(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", THEMES)
def test_colours_that_meet_keep_their_contrast(name: str) -> None:
    c = THEMES[name]
    pairs = [(c.text, b) for b in (c.window, c.surface, c.raised, c.nav, c.soft)]
    pairs += [(c.muted, b) for b in (c.window, c.surface, c.nav)]
    pairs += [
        (c.accent, c.window),
        (c.accent, c.soft),
        (c.on_accent, c.accent),
        (c.on_select, c.select),
        (c.warn, c.window),
        (c.text, c.added),
    ]
    pairs += [
        (getattr(c, f"on_{r}"), getattr(c, r)) for r in ("red", "amber", "green", "blue", "grey", "white")
    ]
    for text, ground in pairs:
        assert contrast(text, ground) >= (7 if name == "contrast" and text == c.text else 4.5), (text, ground)


def _enlarged(window: QWidget) -> QImage:
    """A window drawn three times as large, so that a stroke covers whole pixels whatever draws the letters."""
    image = QImage(window.size() * 3, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(3)
    window.render(image)
    return image


@pytest.mark.parametrize("name", THEMES)
def test_text_on_the_screen_keeps_its_contrast(qtbot: QtBot, sample: Session, name: str) -> None:
    """Contrast from grabbed pixels: the strongest pixel of each label against its ground."""
    made = Shown(sample, name)
    for page in ("overview", "action", "returns"):
        made.go(page)
        screen = _enlarged(made.window)
        for w in visible(made.window, QLabel):
            assert isinstance(w, QLabel)
            if not w.text().strip() or w.width() < 8 or w.visibleRegion().isEmpty():
                continue
            at = w.mapTo(made.window, QPoint(0, 0)) * 3
            seen = QRect(at, w.size() * 3).intersected(screen.rect())
            pixels = [
                screen.pixelColor(x, y).name()
                for x in range(seen.left(), seen.right(), 2 if seen.width() < 900 else 4) for y in range(seen.top(), min(seen.bottom(), seen.top() + 120), 2)
            ]  # fmt: skip
            (ground, _), = Counter(pixels).most_common(1)
            best = max(contrast(pixel, ground) for pixel in set(pixels))
            assert best >= 4.5, (page, w.text(), best)
    made.close()


def test_a_record_is_found_edited_and_left_by_keyboard_alone(shown: Shown, qtbot: QtBot) -> None:
    page = shown.go("action")
    QTest.keyClick(page.view, Qt.Key.Key_Down)  # type: ignore[attr-defined]
    settle(shown.tasks)
    assert page.pane.view.reference == "A-0002"  # type: ignore[attr-defined]
    QTest.keyClick(page.view, Qt.Key.Key_Return)  # type: ignore[attr-defined]
    editor = page.pane._editors["status"]  # type: ignore[attr-defined]
    combo = editor.focusProxy()
    assert QApplication.focusWidget() in (combo, None) or shown.window.focusWidget() is combo
    QTest.keyClick(combo, Qt.Key.Key_Down)
    settle(shown.tasks)
    assert show.record(shown.session, "A-0002").cells["status"] != "stopped"  # on the way is not meant
    QTest.keyClick(combo, Qt.Key.Key_Return)
    percent = page.pane._editors["percent"].focusProxy()  # type: ignore[attr-defined]
    QTest.keyClicks(percent, "55")
    QTest.keyClick(percent, Qt.Key.Key_Return)
    settle(shown.tasks)
    view = show.record(shown.session, "A-0002")
    assert view.cells["percent"] == 55
    assert view.cells["status"] == "stopped"
    QTest.keyClick(page.pane, Qt.Key.Key_Escape)  # type: ignore[attr-defined]
    shown.tasks.undo()
    settle(shown.tasks)
    assert show.record(shown.session, "A-0002").cells["percent"] is None


def test_a_wrong_date_keeps_its_text_and_says_why(shown: Shown) -> None:
    page = shown.go("action")
    editor = page.pane._editors["due"]  # type: ignore[attr-defined]
    line = editor.focusProxy()
    QTest.keyClicks(line, "31/04/2024")
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle(shown.tasks)
    assert line.text() == "31/04/2024"
    assert editor._wrong.isVisible() and "not a day in the calendar" in editor._wrong.text()
    line.clear()
    QTest.keyClicks(line, "end Q2")
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle(shown.tasks)
    assert not editor._wrong.isVisible()
    assert show.record(shown.session, "A-0001").cells["due"] == "2026-09-30"


def test_an_edit_made_meanwhile_is_not_overwritten(shown: Shown) -> None:
    page = shown.go("action")
    shown.window._poll.stop()  # on a slow machine the window would hear of the edit before the typing ends
    editor = page.pane._editors["percent"]  # type: ignore[attr-defined]
    assign(
        Session(shown.session.store, "Colleague"),
        "A-0001",
        [parse_assignment("percent=10")],
        "other window",
    )
    QTest.keyClicks(editor.focusProxy(), "20")
    QTest.keyClick(editor.focusProxy(), Qt.Key.Key_Return)
    settle(shown.tasks)
    assert show.record(shown.session, "A-0001").cells["percent"] == 10
    assert editor.focusProxy().text() == "20"
    assert "changed by somebody else" in editor._wrong.text()


def test_half_typed_text_survives(shown: Shown, qtbot: QtBot) -> None:
    page = shown.go("action")
    paper = page.pane._editors["blockers"].paper  # type: ignore[attr-defined]
    paper.setFocus()
    page.pane._on_typing("blockers", "half a thou")  # type: ignore[attr-defined]
    settle(shown.tasks)
    page.pane.show_record(page.pane.view.id)  # type: ignore[attr-defined]
    settle(shown.tasks)
    assert paper.toPlainText() == "half a thou"
    QTest.keyClick(paper, Qt.Key.Key_Escape)
    settle(shown.tasks)
    assert paper.toPlainText() == ""


def test_the_filter_waits_and_drops_stale_answers(shown: Shown, qtbot: QtBot) -> None:
    page = shown.go("action")
    QTest.keyClicks(page.filter, "survey")  # type: ignore[attr-defined]
    assert page._timer.isActive()  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: not page._timer.isActive(), timeout=2000)  # type: ignore[attr-defined]
    settle(shown.tasks)
    assert page.model.rowCount() == 3  # type: ignore[attr-defined]
    page.query = page.query.with_words("")  # type: ignore[attr-defined]
    page.load()  # type: ignore[attr-defined]
    page.query = page.query.with_words("survey")  # type: ignore[attr-defined]
    page.load()  # type: ignore[attr-defined]
    counted: list[int] = []
    page.model.modelReset.connect(lambda: counted.append(page.model.rowCount()))  # type: ignore[attr-defined]
    settle(shown.tasks)
    assert counted == [3]


def test_every_figure_of_the_overview_opens_the_rows_it_counts(shown: Shown) -> None:
    found = overview(shown.session, shown.session.today)
    for figure in [*found.totals, *found.questions]:
        if figure.query is not None:
            assert lists.count(shown.session, figure.query) == figure.value, figure.label
    total = sum(sum(parts.values()) for parts in found.ratings.values())
    assert total == lists.count(shown.session, ListQuery("recommendation"))
    for pillar, parts in found.ratings.items():
        for rating, number in parts.items():
            where = (Where("pillar", pillar), Where("rating_opcc", rating.replace("_", " ")))
            assert lists.count(shown.session, ListQuery("recommendation", where=where)) == number
    for pillar, parts in found.action_ratings.items():
        for rating, number in parts.items():
            where = (Where("pillar", pillar), Where("rating_opcc", rating.replace("_", " ")))
            assert lists.count(shown.session, ListQuery("action", where=where)) == number
    page = shown.go("overview")
    page.bars.opened.emit("victims_journey", "not_rated")  # type: ignore[attr-defined]
    settle(shown.tasks)
    assert shown.window.page("recommendation").model.rowCount() == 4


def test_the_review_is_done_by_its_buttons(shown: Shown, tmp_path: Path) -> None:
    from tests.services.test_returns import fill

    made = rounds.export_returns(shown.session, period="P", due="+4w", out=tmp_path, partners=["Kent Police"])
    filled = fill(
        made.returns[0].file,
        {("A-0008", "% complete"): 40, ("A-0017", "Progress update"): "word " * 200},
        tmp_path / "f.xlsx",
    )
    page = shown.go("returns")
    page.read_file(filled)  # type: ignore[attr-defined]
    settle(shown.tasks)
    review = page.review.current  # type: ignore[attr-defined]
    assert review.left() == 2
    page.review.accept_safe()  # type: ignore[attr-defined]
    settle(shown.tasks)
    assert page.review.current.left() == 0  # type: ignore[attr-defined]
    assert show.record(shown.session, "A-0008").cells["percent"] == 40


def test_bulk_edit_delete_bin_and_undo(shown: Shown) -> None:
    page = shown.go("action")
    page.view.selectAll()  # type: ignore[attr-defined]
    assert len(page.picked()) == 22  # type: ignore[attr-defined]
    page.delete_picked()  # type: ignore[attr-defined]
    settle(shown.tasks)
    assert page.model.rowCount() == 0  # type: ignore[attr-defined]
    shown.tasks.undo()
    settle(shown.tasks)
    assert page.model.rowCount() == 22  # type: ignore[attr-defined]


def test_copying_one_row_gives_its_reference_and_many_a_table(shown: Shown) -> None:
    page = shown.go("recommendation")
    page.view.choose(2)  # type: ignore[attr-defined]
    page.outputs.copy_rows()  # type: ignore[attr-defined]
    assert (
        QApplication.clipboard().text()
        == "R-0003, Independent satisfaction survey for victims outside the three force surveys, Open, as at 22 November 2026"
    )
    page.view.selectAll()  # type: ignore[attr-defined]
    page.outputs.copy_rows()  # type: ignore[attr-defined]
    settle(shown.tasks)
    lines = QApplication.clipboard().text().split("\n")
    assert len(lines) == 15 and lines[0].startswith("Ref\tRecommendation")
    QApplication.clipboard().clear()  # the offscreen clipboard ends the interpreter badly with a table of ours still in it


@pytest.mark.parametrize("held", [Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier])
def test_a_row_chosen_by_the_program_is_the_only_one_whatever_key_is_held(
    shown: Shown, held: Qt.KeyboardModifier
) -> None:
    """Ctrl still down from Ctrl+2 took the choice away again, Shift added every row between."""
    page = shown.go("recommendation")
    view = page.view  # type: ignore[attr-defined]
    view.choose(5)
    key = Qt.Key.Key_Control if held is Qt.KeyboardModifier.ControlModifier else Qt.Key.Key_Shift
    QTest.keyPress(shown.window, key, held)
    try:
        view.choose(2)
        assert view.places() == [2] and view.currentIndex().row() == 2
    finally:
        QTest.keyRelease(shown.window, key)


def test_a_printed_list_is_as_large_as_paper_wants_it(shown: Shown, tmp_path: Path) -> None:
    """It was laid out in the printer's own dots: a hundred rows stood in a corner of one page, too small to read."""
    found = program("pdftoppm")
    if found is None:
        pytest.skip("pdftoppm is not installed")
    page: Any = shown.go("action")
    outputs.save_document(tmp_path / "list.pdf", page.outputs.list_maker()(shown.session))
    subprocess.run([found, "-r", "40", "-gray", tmp_path / "list.pdf", tmp_path / "page"], check=True)
    drawn = QImage(str(next(tmp_path.glob("page*.pgm"))))
    inked = [x for x in range(drawn.width()) if any(drawn.pixelColor(x, y).lightness() < 160 for y in range(drawn.height()))]
    assert inked[-1] - inked[0] > 0.7 * drawn.width(), (inked[0], inked[-1], drawn.width())


@pytest.mark.parametrize("ending", list(WRITERS))
def test_lists_go_out_with_as_at_marking_and_key(shown: Shown, tmp_path: Path, ending: str) -> None:
    """Marked as strictly as the strictest row; what is picked in the file dialog chooses the format."""
    page: Any = shown.go("recommendation")
    path = tmp_path / f"list{ending}"
    menu = QMenu()
    page.outputs.add_to(menu)
    for marking in ("OFFICIAL", "OFFICIAL-SENSITIVE"):
        with patch.object(QFileDialog, "getSaveFileName", return_value=(str(path), "")):
            next(a for a in menu.actions() if a.text() == "Save as …").trigger()
        settle(shown.tasks)
        text = _words_of(path, tmp_path)
        for words in ("As at 22 November 2026", "Rating key", "R-0014", "Independent satisfaction survey"):
            assert words in text, words
        assert f"\n{marking}\n" in text
        assign(shown.session, "R-0009", [parse_assignment("marking=official_sensitive")], "x")


def test_papers_name_no_title_and_no_words_of_restricted_records(shown: Shown) -> None:
    """Their references stand there; of their updates a line says that they are left out, in a record and in a list."""
    (action, *_) = [x for x in show.record(shown.session, "R-0011").links if x.entity == "action"]
    add_update(shown.session, action.reference, {"narrative": "SECRET-WORDS of the restricted action"})
    add_update(shown.session, "A-0006", {"narrative": "open words"})
    before = outputs.record_document(shown.session, "R-0011")
    assert "SECRET-WORDS" in repr(before.blocks) and action.title in repr(before.blocks) and before.marking == "OFFICIAL"
    assign(shown.session, action.reference, [parse_assignment("restriction=under embargo"), parse_assignment("marking=official_sensitive")], "x")
    after = outputs.record_document(shown.session, "R-0011")
    assert "SECRET-WORDS" not in repr(after) and action.title not in repr(after) and action.reference in repr(after.blocks)
    assert "1 progress update of restricted records left out." in after.lines and after.marking == "OFFICIAL"
    own = outputs.record_document(shown.session, action.reference)
    assert "SECRET-WORDS" in repr(own.blocks) and own.lines[0].startswith("RESTRICTED: under embargo") and own.marking == "OFFICIAL-SENSITIVE"
    page: Any = shown.go("update")
    listed = page.outputs.list_maker()(shown.session)
    assert "SECRET-WORDS" not in repr(listed) and "open words" in repr(listed.blocks) and listed.lines == ["1 restricted record left out."]
    assert not any("SECRET-WORDS" in cell for r in table_of(shown, page)[1] for cell in r)
    assign(shown.session, action.reference, [parse_assignment("restriction=")], "x")
    assert outputs.record_document(shown.session, "R-0011").marking == "OFFICIAL-SENSITIVE"  # as strict as the strictest that it names


def test_papers_say_where_two_values_wait_to_be_chosen_between(shown: Shown, tmp_path: Path) -> None:
    take_copy(shown.session.store, tmp_path / "laptop.vawg")
    with opening.open_beside(tmp_path / "laptop.vawg", shown.session.store) as copy:
        assign(Session(copy, "laptop"), "A-0006", [parse_assignment("title=Said on the laptop")], "x")
        assign(shown.session, "A-0006", [parse_assignment("title=Said in the office")], "x")
        merging.merge(shown.session, copy)
    page: Any = shown.go("action")
    notes = page.outputs.list_maker()(shown.session).blocks[0].notes
    assert notes == ["Two values wait to be chosen between in A-0006; until then one of them is shown."]
    assert outputs.record_document(shown.session, "A-0006").blocks[0].notes == notes  # type: ignore[union-attr]
    assert outputs.record_document(shown.session, "A-0001").blocks[0].notes == []  # type: ignore[union-attr]


def test_nothing_waits_for_a_long_document(shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was made in the turn of whoever saves: an edit waited a minute for a list of a region."""
    goes_on = threading.Event()
    page: Any = shown.go("action")
    slow = page.outputs.list_maker()

    def make(session: Session) -> object:
        assert goes_on.wait(60)
        return slow(session)

    with patch.object(QFileDialog, "getSaveFileName", return_value=(str(tmp_path / "list.docx"), "")):
        save_document(page, shown.tasks, "Actions", make)  # type: ignore[arg-type]
    edited: list[object] = []
    shown.tasks.write(lambda s: assign(s, "A-0001", [parse_assignment("percent=40")], "x"), then=edited.append)
    read: list[object] = []
    shown.tasks.read(lambda s: show.record(s, "A-0001").cells["percent"], read.append)
    deadline = time_now() + 60
    while not (edited and read) and time_now() < deadline:
        QTest.qWait(10)
    assert edited and read and not (tmp_path / "list.docx").exists() and not shown.tasks.idle()
    goes_on.set()
    settle(shown.tasks)
    assert (tmp_path / "list.docx").exists()


def test_a_document_that_is_no_longer_wanted_is_not_written(shown: Shown, tmp_path: Path) -> None:
    goes_on = threading.Event()
    page: Any = shown.go("action")
    slow = page.outputs.list_maker()
    (tmp_path / "list.docx").write_text("what stood there before")

    def make(session: Session) -> object:
        assert goes_on.wait(60)
        return slow(session)

    with patch.object(QFileDialog, "getSaveFileName", return_value=(str(tmp_path / "list.docx"), "")):
        save_document(page, shown.tasks, "Actions", make)  # type: ignore[arg-type]
    (cancel,) = [b for b in visible(shown.window, QPushButton) if b.text() == "Cancel"]
    told: list[str] = []
    messages.shown.connect(lambda _, words: told.append(words))
    cancel.click()
    goes_on.set()
    settle(shown.tasks)
    assert told == ["list.docx was not written, as you asked."]
    assert (tmp_path / "list.docx").read_text() == "what stood there before"


def _words_of(path: Path, tmp_path: Path) -> str:
    content = path.read_bytes()
    if path.suffix == ".ods":
        return "\n" + "\n".join(str(c) for s in read_sheets(content) for row in s["rows"] for c in row if c) + "\n"
    words = pdf_text(content, tmp_path) if path.suffix == ".pdf" else {".docx": docx_text, ".odt": odt_text, ".xlsx": book_text}[path.suffix](content)
    return f"\n{words}\n"


def test_a_list_on_paper_tells_late_dates_apart_and_names_what_it_refers_to(shown: Shown) -> None:
    assign(shown.session, "A-0004", [parse_assignment("due=2026-03-31"), parse_assignment("status=in_progress")], "x")
    page: Any = shown.go("action")
    table: Any = page.outputs.list_maker()(shown.session).blocks[0]
    at = {h: i for i, h in enumerate(table.heads)}
    row = next(r for r in table.rows if r[0] == "A-0004")
    assert row[at["Due"]] == date(2026, 3, 31) and row[at["Late"]] == "late"
    assert {r[at["Late"]] for r in table.rows} == {"late", None}
    updates: Any = shown.go("update")
    about = {str(r[2]) for r in updates.outputs.list_maker()(shown.session).blocks[0].rows}
    assert all(re.match(r"A-\d{4} \w", words) for words in about)


def test_a_record_on_paper_names_its_sources_and_says_that_it_is_restricted(shown: Shown, tmp_path: Path) -> None:
    assign(shown.session, "R-0003", [parse_assignment("restriction=under embargo"), parse_assignment("restricted_to=the board")], "x")
    made = outputs.record_document(shown.session, "R-0003")
    assert made.lines == ["RESTRICTED: under embargo. May be seen by the board."]
    fields = {str(r[0]): str(r[1]) for r in made.blocks[0].rows}  # type: ignore[union-attr]
    assert re.match(r"S-\d{4} \w", fields["Sources"]) and fields["Reference"] == "R-0003"
    tables = {b.title: b for b in made.blocks if isinstance(b, Table)}
    assert all(re.match(r"A-\d{4}$", str(r[0])) and r[1] for r in tables["Actions"].rows)
    for ending in WRITERS:
        assert outputs.save_document(tmp_path / f"record{ending}", made).exists()


def test_quick_exit_hides_and_comes_back(shown: Shown, qtbot: QtBot) -> None:
    shown.go("overview")
    QTest.keyPress(shown.window, Qt.Key.Key_Escape)
    guard = shown.window.guard
    qtbot.waitUntil(lambda: guard.cover is not None and guard.cover.isVisible(), timeout=10_000)
    assert guard.cover is not None and guard.cover.windowTitle() == "Notes" and not shown.window.isVisible()
    shown.window.quick_exit()
    assert guard.cover is None and shown.window.isVisible()
    QTest.keyPress(shown.window, Qt.Key.Key_Escape)
    QTest.keyRelease(shown.window, Qt.Key.Key_Escape)
    assert guard.cover is None and not guard._timer.isActive()


def test_pasted_recommendations(sample: Session) -> None:
    from vawg_desktop.services.pasting import paste, read_pasted

    rows = read_pasted(
        "1. Publish the audit twice a year. It must be dated.\r\n• Train every officer\n\n14\tKeep the panel\nRecommendation 7: Ask again"
    )
    assert [(n, t) for n, t, _ in rows] == [
        ("1", "Publish the audit twice a year"),
        ("", "Train every officer"),
        ("14", "Keep the panel"),
        ("7", "Ask again"),
    ]
    assert len(paste(sample, "recommendation", rows).created) > 4
    wording = lists.records(sample, ListQuery("recommendation"))[14]["wording"]
    assert wording == "Publish the audit twice a year. It must be dated."


def test_long_text_and_twenty_thousand_rows(qtbot: QtBot, empty: Session) -> None:
    with empty.store.write("A", "many") as tx:
        for i in range(20_000):
            tx.create(
                "action",
                {
                    "title": f"Action {i} " + "with a very long title " * (8 if i % 97 == 0 else 0),
                    "note": "x" * (100_000 if i == 0 else 0) or None,
                },
            )
    made = Shown(empty)
    page = made.go("action")
    assert page.model.rowCount() == 20_000  # type: ignore[attr-defined]
    assert len(page.model._pages) <= 2  # type: ignore[attr-defined]
    page.view.choose(19_999)  # type: ignore[attr-defined]
    settle(made.tasks)
    assert page.pane.view.reference == "A-20000"  # type: ignore[attr-defined]
    made.close()


def test_the_shell_paints_before_heavy_imports() -> None:
    code = (
        "import sys\nfrom vawg_desktop.app import application\napplication()\n"
        "from vawg_desktop.ui.main_window import MainWindow\nw = MainWindow()\nw.show()\n"
        "heavy = [m for m in ('sqlalchemy', 'pandas', 'openpyxl', 'pyqtgraph', 'numpy', 'xlsxwriter') if m in sys.modules]\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_many_signals_do_not_end_the_process() -> None:
    """PySide6 6.12.0 drops references to None and True on Python 3.11: the canary before raising the pin."""
    code = (
        "from PySide6.QtCore import QObject, Signal\n"
        "class A(QObject):\n    s = Signal(object, bool)\n"
        "a = A()\na.s.connect(lambda x, y: None)\n"
        "for _ in range(20000):\n    a.s.emit(None, True)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_every_command_has_words_and_no_key_is_given_twice(shown: Shown) -> None:
    from vawg_desktop.ui.commands import load_commands

    found = load_commands()
    keys = [k for c in found for k in c.keys]
    assert len(keys) == len(set(keys))
    assert all(c.words for c in found)


def test_unexpected_errors_reach_the_person_as_a_sentence(
    shown: Shown, capsys: pytest.CaptureFixture[str]
) -> None:
    said: list[str] = []
    messages.shown.connect(lambda kind, text: said.append(text))
    messages.failed(ValueError("boom"))
    assert said == [
        "Something in the program went wrong; what you typed is kept. Please try again. “About this program” (Ctrl+K) says where it was written down."
    ]
    assert "boom" in capsys.readouterr().err


def test_fonts_are_shipped(qapp: object) -> None:
    from vawg_desktop.ui.theme import load_fonts

    assert load_fonts()


def test_no_scroll_area_hides_its_content_sideways(shown: Shown) -> None:
    for page in PAGES:
        shown.go(page.key)
        for area in visible(shown.window, QAbstractScrollArea):
            assert isinstance(area, QAbstractScrollArea)
            if not isinstance(area, (QPlainTextEdit, QAbstractItemView)):
                assert area.horizontalScrollBar().maximum() == 0, (page.key, area.accessibleName())


def test_a_tracker_is_looked_at_corrected_and_brought_in(
    shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vawg_desktop.ui.dialogs.tracker import TrackerDialog

    path = tmp_path / "t.csv"
    path.write_text("Ref;Action;Wann\nZ9;Light the underpass;2026-05-01\n", "utf-8")
    dialog = TrackerDialog(shown.window, shown.tasks, path)
    settle(shown.tasks)
    assert "Would add 1 record, change 0" in dialog._summary.text()
    assert dialog.wanted().mapping["Wann"] is None
    combo = dialog._combos["Wann"]
    combo.setCurrentIndex(combo.findData("action.due"))
    dialog.look()
    settle(shown.tasks)
    mapping = dialog.wanted()
    dialog.deleteLater()
    assert lists.count(shown.session, ListQuery("action")) == 22
    monkeypatch.setattr(TrackerDialog, "ask", lambda *_: mapping)
    from vawg_desktop.ui.window_commands import take_tracker

    take_tracker(shown.window, path)
    settle(shown.tasks)
    assert show.record(shown.session, "Z9").cells["due"] == "2026-05-01"
    shown.tasks.undo()
    settle(shown.tasks)
    assert lists.count(shown.session, ListQuery("action")) == 22


def test_what_another_process_writes_is_noticed(shown: Shown, sample: Session) -> None:
    from vawg_desktop.cli import main

    page = shown.go("action")
    shown.tasks.look_for_others()
    settle(shown.tasks)
    assert main(["set", str(sample.store.path), "A-0001", "percent=77", "--why", "beside the window"]) == 0
    shown.tasks.look_for_others()
    settle(shown.tasks)
    assert page.pane.view.cells["percent"] == 77  # type: ignore[attr-defined]


def test_one_window_per_file(sample: Session) -> None:
    from vawg_desktop.domain.errors import StoreError
    from vawg_desktop.store.holding import lock_for_window

    lock = lock_for_window(sample.store.path, "B. Officer")
    with pytest.raises(StoreError, match=r"already open in another window \(B. Officer on "):
        lock_for_window(sample.store.path, "Colleague")
    sample.store.path.with_name(sample.store.path.name + "-lock-by").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StoreError, match="already open in another window"):
        lock_for_window(sample.store.path, "Colleague")
    lock.release()
    lock_for_window(sample.store.path, "Colleague").release()


def test_a_record_goes_out_with_its_links_and_updates(shown: Shown) -> None:
    page = shown.go("recommendation")
    page.view.choose(10)  # type: ignore[attr-defined]
    settle(shown.tasks)
    page.outputs.copy_record()  # type: ignore[attr-defined]
    settle(shown.tasks)
    heads, *rows = [line.split("\t") for line in QApplication.clipboard().text().splitlines()]
    assert heads == ["Field", "Value"]
    assert ["Reference", "R-0011"] in rows
    assert any(r[0] == "Actions" and r[1].startswith("A-0001") for r in rows)


def test_restricted_records_stay_out_of_what_leaves_the_window(shown: Shown) -> None:
    assign(shown.session, "R-0003", [parse_assignment("restriction=under embargo")], "x")
    assign(
        shown.session,
        "R-0004",
        [parse_assignment("restriction=old"), parse_assignment("restricted_until=2020")],
        "x",
    )
    _, rows = table_of(shown, shown.go("recommendation"))  # type: ignore[attr-defined]
    references = [r[0] for r in rows]
    assert "R-0003" not in references and "R-0004" in references and len(references) == 13


def test_the_rating_key_is_reworded_everywhere(shown: Shown, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    page = shown.go("settings")
    line = page._lines["green"]  # type: ignore[attr-defined]
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "Going to plan in Kent")
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle(shown.tasks)
    made = rounds.export_returns(shown.session, period="P", due="+4w", out=tmp_path, partners=["HMCTS"])
    sheet = load_workbook(made.returns[0].file)["Start here"]
    assert "Going to plan in Kent" in [c.value for c in sheet["B"]]


def test_help_names_what_it_describes() -> None:
    text = "\n".join(one.text for one in topics())
    for words in ("Ctrl+K", "Alt+A", "Ctrl+Shift+H", "+6w", "import-tracker", "Prepare returns"):
        assert words in text


def test_another_change_leaves_what_is_being_typed_and_says_so_on_saving(shown: Shown) -> None:
    page = shown.go("action")
    editor = page.pane._editors["percent"]  # type: ignore[attr-defined]
    line = editor.focusProxy()
    QTest.keyClicks(line, "20")
    colleague = Session(shown.session.store, "Colleague")
    assign(
        colleague,
        "A-0001",
        [parse_assignment("percent=10"), parse_assignment("lead=Somebody")],
        "other window",
    )
    page.pane.refresh()  # type: ignore[attr-defined]
    settle(shown.tasks)
    assert line.text() == "20"
    assert page.pane._editors["lead"].focusProxy().text() == "Somebody"  # type: ignore[attr-defined]
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle(shown.tasks)
    assert show.record(shown.session, "A-0001").cells["percent"] == 10
    assert "now says “10”" in editor._wrong.text()
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle(shown.tasks)
    assert show.record(shown.session, "A-0001").cells["percent"] == 20
    assert not editor._wrong.isVisible()


def test_saving_keeps_the_keyboard_where_it_is(shown: Shown) -> None:
    page = shown.go("action")
    line = page.pane._editors["due"].focusProxy()  # type: ignore[attr-defined]
    line.setFocus()
    QTest.keyClicks(line, "end Q2")
    QTest.keyClick(line, Qt.Key.Key_Return)
    settle(shown.tasks)
    assert line.text() == "30 September 2026"
    assert shown.window.focusWidget() is line


def test_what_changed_opens_the_changes_it_counts(shown: Shown) -> None:
    assign(shown.session, "A-0001", [Assignment("status", "in_progress")], "told by telephone")
    assign(shown.session, "A-0002", [Assignment("rating_opcc", "red")], "told by telephone")
    page = shown.go("overview")
    page._since.setEditText("1 May 2026")  # type: ignore[attr-defined]
    page.load()  # type: ignore[attr-defined]
    settle(shown.tasks)
    assert page._found.since.isoformat() == "2026-05-01"  # type: ignore[attr-defined]
    lines = [b for b in page.findChildren(QPushButton) if "rating changed" in b.text()]  # type: ignore[attr-defined]
    assert [b.text() for b in lines] == ["1 rating changed"]
    lines[0].click()
    settle(shown.tasks)
    told = shown.window.page("changes")
    assert told._count.text() == "1 entry about 1 record" and told._kind.currentText() == "Rating changed"
    opened = [b.text().split("   ")[0] for b in told.findChildren(QPushButton) if b.text().startswith("A-")]
    assert opened == ["A-0002"]


def test_after_midnight_the_window_shows_the_new_day(shown: Shown) -> None:
    """A window left open overnight counts what fell due that night; it does not stay in yesterday."""
    window = shown.window
    CLOCK.go_to(date(2026, 11, 30), time(23, 59, 30))
    assign(shown.session, "A-0006", [Assignment("due", "2026-11-30")], "agreed")
    page = window.go("overview")
    shown.tasks.look_for_others()
    settle(shown.tasks)
    before = overdue_actions(shown.session.read(), shown.session.today)
    assert _late_on(page) == before
    CLOCK.go_to(date(2026, 12, 1), time(0, 0, 30))
    shown.tasks.look_for_others()
    settle(shown.tasks)
    assert _late_on(page) == before + 1


def _late_on(page: QWidget) -> int:
    """What the Overview says is overdue."""
    tiles = [b.accessibleName() for b in page.findChildren(QPushButton) if b.isVisible()]
    return next(int(re.sub(r"[^0-9]", "", t.split(".")[0])) for t in tiles if t.startswith("Overdue:"))


@pytest.mark.parametrize("name", sorted(THEMES))
def test_what_stands_for_an_empty_field_can_be_read(qtbot: QtBot, name: str) -> None:
    """The words in an empty field, such as “Not set”, were half as strong as any text: 3.3 to 1 in the light theme."""

    theme.apply(name, 2.0)
    try:
        line = QLineEdit()
        qtbot.addWidget(line)
        line.setPlaceholderText("Not set")
        line.resize(400, 60)
        line.show()
        line.clearFocus()
        drawn = line.grab().toImage()
        inside = {drawn.pixelColor(x, y).name() for x in range(16, 240) for y in range(16, drawn.height() - 16)}
        ground = drawn.pixelColor(300, drawn.height() // 2).name()
        assert max(contrast(one, ground) for one in inside) >= (7 if name == "contrast" else 4.5)
    finally:
        theme.apply("light", 1.0)


def test_a_row_of_my_work_ends_in_dots_where_it_has_no_room(shown: Shown) -> None:
    page = shown.go("my_work")
    rows = [b for b in page.findChildren(RowButton) if len(b.text()) > 40]
    rows[0].resize(160, rows[0].height())
    drawn = QPushButton.text(rows[0])
    assert drawn.endswith("…") and rows[0].text() == rows[0].accessibleName().removeprefix("Open ")
