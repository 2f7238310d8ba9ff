"""The places at the left, the numbers beside them, the keys that lead there, and the pages that came with them."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMainWindow, QMenu, QPushButton, QWidget

from tests.services.test_tracker_identity import book
from tests.ui.test_window import ROOT, Shown
from vawg_desktop import settings
from vawg_desktop.domain.entities import ENTITIES
from vawg_desktop.services import merging, office, portfolio, rounds, trackers
from vawg_desktop.services.records import Assignment, assign
from vawg_desktop.services.return_staging import import_return
from vawg_desktop.services.session import Session
from vawg_desktop.services.waiting import waiting
from vawg_desktop.store import opening
from vawg_desktop.ui import commands
from vawg_desktop.ui.commands import load_commands
from vawg_desktop.ui.places import GROUPS, PAGES, PLACES, part_of
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.tour import settle


@pytest.mark.parametrize("kind", [e.key for e in ENTITIES if not e.system])
def test_every_kind_of_record_has_its_list_somewhere(shown: Shown, kind: str) -> None:
    page: Any = shown.go(kind)
    assert page.entity == kind and page.isVisible()
    assert shown.window.stack.currentWidget().isAncestorOf(page)


def test_a_kind_that_no_place_names_stands_with_what_it_is_a_part_of() -> None:
    assert part_of("role")[0].label == "Actions" and part_of("former_name")[0].label == "Partners"
    assert part_of("submission")[1].key == "returns"


def test_every_place_stands_in_one_group_and_no_digit_twice() -> None:
    assert len({p.key for p in PLACES}) == len(PLACES) == sum(len(g.places) for g in GROUPS)
    digits = [p.digit for p in PLACES if p.digit]
    assert sorted(digits) == sorted("1234567890")
    assert len({part.key for part in PAGES}) == len(PAGES)


def test_a_digit_with_ctrl_goes_to_its_place(shown: Shown) -> None:
    shown.go("my_work")
    for place in (p for p in PLACES if p.digit):
        QTest.keyClick(shown.window, getattr(Qt.Key, f"Key_{place.digit}"), Qt.KeyboardModifier.ControlModifier)
        settle(shown.tasks)
        made = shown.window.navigation.button(place.key)
        assert made is not None and made.current and "current page" in made.accessibleName(), place.label


def test_the_places_fit_a_low_window_and_fold_where_they_do_not(shown: Shown) -> None:
    window = shown.window
    window.resize(1366, 768)
    shown.go("gap")
    buttons = [window.navigation.button(p.key) for p in PLACES]
    assert all(b is not None and b.isVisible() and b.height() == 28 for b in buttons)
    assert window.navigation.verticalScrollBar().maximum() == 0
    theme.apply(scale=2.0)
    window.restyle()
    window.resize(1366, 768)
    settle(shown.tasks)
    shown.go("gap")
    seen = [p.label for p in PLACES if (b := window.navigation.button(p.key)) is not None and b.isVisible()]
    own = next(g for g in GROUPS if any(p.key == "gap" for part in g.places for p in part.parts))  # the group of the page that is open
    assert seen == [p.label for g in GROUPS if (not g.heading and not g.below) or g is own for p in g.places]
    opener = next(b for b in window.navigation.findChildren(QPushButton) if b.text() == "Partners" and b.property("opener"))
    opener.click()
    seen = [p.label for p in PLACES if (b := window.navigation.button(p.key)) is not None and b.isVisible()]
    assert seen == [p.label for g in GROUPS if (not g.heading and not g.below) or g.heading == "Partners" for p in g.places]
    theme.apply(scale=1.0)


def test_f6_goes_round_the_left_side_the_list_and_the_record(shown: Shown) -> None:
    window = shown.window
    window.activateWindow()
    page: Any = shown.go("action")
    page.view.setFocus()
    order: list[str] = []
    for _ in range(4):
        QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_F6)
        settle(shown.tasks)
        focused = window.focusWidget()
        order.append("left" if window.navigation.isAncestorOf(focused) else "list" if focused is page.view else "record" if page.pane.isAncestorOf(focused) else "?")
    assert order == ["record", "left", "list", "record"]
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    assert window.focusWidget() is page.view


def test_a_number_stands_where_somebody_waits(shown: Shown, tmp_path: Path) -> None:
    sample = shown.session
    assert waiting(sample) == {}
    made = rounds.export_returns(sample, period="P", due="+4w", out=tmp_path, partners=["Kent Police"])
    import_return(sample, Path(made.returns[0].file))
    assign(sample, "A-0001", [Assignment("bring_forward", sample.today.isoformat())], "w")
    merging.copy(sample, tmp_path / "laptop.vawg")
    with opening.open_store(tmp_path / "laptop.vawg") as laptop:
        assign(Session(laptop, "L"), "A-0004", [Assignment("percent", "70")], "in the room")
        assign(sample, "A-0004", [Assignment("percent", "60")], "at the desk")
        merging.merge(sample, laptop)
    assert waiting(sample) == {
        "my_work": (1, "1 brought forward for today"), "returns": (1, "1 to review"), "copies": (1, "1 to resolve"),
    }  # fmt: skip
    shown.window._count_waiting()
    settle(shown.tasks)
    made_button = shown.window.navigation.button("returns")
    assert made_button is not None and made_button.accessibleName() == "Returns: 1 to review" and made_button._count.text() == "1"


def test_changes_are_filtered_opened_and_copied(shown: Shown) -> None:
    assign(Session(shown.session.store, "D. Deputy"), "A-0001", [Assignment("percent", "40")], "told by telephone")
    page: Any = shown.go("changes")
    assert page.model.rowCount() > 5 and page._title.text().startswith("A-0001 ")
    assert [b.text().split("   ")[0] for b in page._detail.findChildren(QPushButton)] == ["A-0001"]
    page._who.setEditText("deputy")
    page._who.lineEdit().editingFinished.emit()
    settle(shown.tasks)
    assert page.model.rowCount() == 1 and page._count.text() == "1 entry about 1 record"
    page.copy_lines()
    settle(shown.tasks)
    rows = QApplication.clipboard().text().split("\n")
    assert rows[0] == "When\tWhat changed\tWho\tWhy" and rows[1].endswith("% complete: 40%\tD. Deputy\ttold by telephone")
    QApplication.clipboard().clear()
    page._about.setText("a99")
    page._about.editingFinished.emit()
    settle(shown.tasks)
    assert page._wrong.isVisible() and "a99" in page._wrong.text()
    page.show_all()
    settle(shown.tasks)
    assert page.model.rowCount() > 5 and not page._wrong.isVisible()
    opened = next(b for b in page._detail.findChildren(QPushButton) if b.text().startswith("A-0001"))
    opened.click()
    settle(shown.tasks)
    assert shown.window.page("action").pane.view.reference == "A-0001"


def test_what_of_an_imported_list_found_no_place_is_still_shown_a_day_later(shown: Shown, tmp_path: Path) -> None:
    """The cells were kept beside the import and shown nowhere once its dialog was closed."""
    rows = [["Ref", "Action", "Owner", "Status", "Favourite colour"], ["71", "Train the night bus drivers", "Kent Police", "Getting there", "Teal"]]
    done = trackers.import_tracker(shown.session, book(tmp_path / "list.xlsx", {"Plan": rows}))
    assert {t["text"] for t in done.tray} == {"Getting there", "Teal"}
    page: Any = shown.go("changes")
    page.view.choose(page.model.place_of(done.changes.txn))
    settle(shown.tasks)
    words = [w.text() for w in page._detail.findChildren(QLabel)]
    at = words.index("2 cells of the file found no place")
    assert {w.partition(" (")[0] for w in words[at + 1 : at + 3]} == {"Plan!D2, Status: Getting there", "Plan!E2, Favourite colour: Teal"}
    other = next(t for t in (page.model.row(i)["id"] for i in range(page.model.rowCount())) if t != done.changes.txn)
    assert trackers.kept_tray(shown.session, str(other)) == []


def test_the_changes_of_one_record_are_shown_from_it(shown: Shown) -> None:
    for i in range(14):
        assign(shown.session, "A-0001", [Assignment("percent", str(i))], "w")
    page: Any = shown.go("action")
    go = next(b for b in page.pane.findChildren(QPushButton) if b.text() == "Whole history")
    go.click()
    settle(shown.tasks)
    changes: Any = shown.window.page("changes")
    assert changes._about.text() == "A-0001" and changes.model.rowCount() >= 14
    assert all("A-0001" in str(changes.model.row(i)["what"]) for i in range(14))


def test_what_a_setting_does_is_read_across_and_not_down_a_narrow_column(shown: Shown) -> None:
    """At 200 per cent the words beside each choice stood in a column two words wide."""
    theme.apply(scale=2.0)
    shown.window.restyle()
    shown.window.resize(1366, 768)
    settle(shown.tasks)
    page: Any = shown.go("settings")
    for setting in (settings.THEME, settings.SCALE, settings.DENSITY, settings.IDLE):
        (hint,) = [one for one in page.findChildren(QLabel) if one.text() == setting.help]
        assert hint.height() <= 2 * hint.fontMetrics().lineSpacing() + 2, (setting.help, hint.width())
    theme.apply(scale=1.0)


def test_settings_hold_at_once_and_are_kept(shown: Shown) -> None:
    page: Any = shown.go("settings")
    page._look(theme_name="dark")
    settle(shown.tasks)
    assert theme.colours.name == "dark" and office.setting(shown.session, "theme") == "dark"
    page = shown.window.page("settings")
    assert page.isVisible()
    page._lock_after("30")
    settle(shown.tasks)
    assert office.setting(shown.session, "idle") == "30"
    portfolio.deputise(shown.session, shown.session.who, "D. Deputy", "today", "+2w")
    page.load()
    settle(shown.tasks)
    assert portfolio.deputy_in_words(shown.session, shown.session.who).startswith("D. Deputy stands in for you from ")
    theme.apply("light")


def test_help_names_every_command_key_setting_and_place(shown: Shown) -> None:
    from vawg_desktop import settings
    from vawg_desktop.commands.registry import load_commands as command_line
    from vawg_desktop.ui.commands import offers
    from vawg_desktop.ui.help import OTHER_KEYS
    from vawg_desktop.ui.help_topics import topics

    assert {c.words for c in load_commands()} - {o.words for o in offers(shown.window)} == {"Search or do anything"}
    text = "\n".join(one.text for one in topics())
    readme = (ROOT / "README.md").read_text("utf-8")
    keys = {k for c in load_commands() for k in c.keys} | {k.partition(" held")[0] for k, _ in OTHER_KEYS if "Up" not in k and k != "Enter"}
    missing = [k for k in sorted(keys) if k not in text]
    missing += [name for name in command_line() if f"`{name}`" not in text and f" {name} " not in readme]
    missing += [s.label for s in (settings.THEME, settings.SCALE, settings.DENSITY, settings.IDLE) if s.label not in text]
    missing += [p.label for p in PLACES if p.label not in text]
    assert missing == []


def test_no_part_of_a_page_is_ever_shown_as_a_window_of_its_own(qtbot: object, sample: Session, tmp_path: Path) -> None:
    """A widget shown before it has its place flashes as a window, takes the keyboard with it, and Qt prints a remark."""
    made = rounds.export_returns(sample, period="P", due="+4w", out=tmp_path)
    review = import_return(sample, Path(made.returns[0].file))
    seen: set[tuple[str, str]] = set()
    watch = _Watch(seen)
    app = QApplication.instance()
    assert app is not None
    app.installEventFilter(watch)
    try:
        shown = Shown(sample)
        for part in PAGES:
            shown.go(part.key)
        page: Any = shown.go("returns")
        page.open_review(review.submission)
        settle(shown.tasks)
        shown.window.restyle()
        shown.window.resize(1366, 1200)
        settle(shown.tasks)
        shown.close()
    finally:
        app.removeEventFilter(watch)
    assert sorted(seen) == []


class _Watch(QObject):
    def __init__(self, seen: set[tuple[str, str]]) -> None:
        super().__init__()
        self._seen = seen

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow() and not isinstance(watched, (QDialog, QMenu, QMainWindow)):
            ours = [f for f in traceback.extract_stack() if "/vawg_desktop/" in f.filename]
            self._seen.add((type(watched).__name__, f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""))
        return False


def test_commands_stand_in_the_order_of_their_modules_whichever_was_loaded_first(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = [c.words for c in commands.load_commands()]
    monkeypatch.setattr(commands, "_COMMANDS", sorted(commands._COMMANDS, key=lambda c: c.do.__module__))
    found = [c.words for c in commands.load_commands()]
    assert found == wanted
