"""The Merge and Store pages, and the store changed under an open window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDropEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.test_window import Shown
from vawg_desktop.app import Held
from vawg_desktop.services import attachments, merging, safekeeping, show
from vawg_desktop.services.merging import MergeResult
from vawg_desktop.services.records import Assignment, assign, create
from vawg_desktop.services.sample import load_sample
from vawg_desktop.services.session import Session
from vawg_desktop.store import keys, making, opening
from vawg_desktop.store.backup import back_up
from vawg_desktop.store.check import check
from vawg_desktop.store.copying import take_copy
from vawg_desktop.store.restating import Failure
from vawg_desktop.ui.main_window import MainWindow
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tour import settle
from vawg_desktop.ui.widgets.brought import MOST_LISTED, what_to_look_at


def _press(page: object, text: str) -> None:
    found = [b for b in page.findChildren(QPushButton) if b.text() == text and b.isVisible()]  # type: ignore[attr-defined]
    assert found, [b.text() for b in page.findChildren(QPushButton)]  # type: ignore[attr-defined]
    found[0].click()


def _laptop(session: Session, path: Path) -> None:
    take_copy(session.store, path)
    with opening.open_store(path) as store:
        laptop = Session(store, "D. Deputy")
        assign(laptop, "A-0001", [Assignment("status", "in_progress")], "said in the room")
        assign(laptop, "A-0002", [Assignment("percent", "40")], "said in the room")
    assign(session, "A-0001", [Assignment("status", "stopped")], "by e-mail")


def test_a_copy_is_looked_at_brought_in_settled_and_brought_up_to_date(shown: Shown, tmp_path: Path) -> None:
    laptop = tmp_path / "laptop.vawg"
    _laptop(shown.session, laptop)
    page = shown.go("copies")
    page.look_at(laptop)  # type: ignore[attr-defined]
    settle(shown.tasks)
    assert show.record(shown.session, "A-0002").cells["percent"] is None
    _press(page, "Bring them in")
    settle(shown.tasks)
    settle(shown.tasks)
    assert show.record(shown.session, "A-0002").cells["percent"] == 40
    assert len(merging.conflicts(shown.session)) == 1
    said: list[str] = []
    messages.shown.connect(lambda _, text: said.append(text))
    _press(page, "Keep “In progress”")
    settle(shown.tasks)
    assert said[-1].startswith("Write down why") and len(merging.conflicts(shown.session)) == 1
    why = next(w for w in page.findChildren(QLineEdit) if w.isVisible())  # type: ignore[attr-defined]
    why.setText("the partner confirmed it")
    _press(page, "Keep “In progress”")
    settle(shown.tasks)
    assert merging.conflicts(shown.session) == []
    assert show.record(shown.session, "A-0001").cells["status"] == "in_progress"
    _press(page, "Bring laptop.vawg up to date too")
    settle(shown.tasks)
    settle(shown.tasks)
    with opening.open_store(laptop) as store:
        assert show.record(Session(store), "A-0001").cells["status"] == "in_progress"
        assert merging.conflicts(Session(store)) == []


@pytest.mark.parametrize("meant", [False, True])
def test_a_store_with_no_common_past_comes_in_only_when_that_is_meant(
    shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meant: bool
) -> None:
    path = tmp_path / "stranger.vawg"
    with making.create(path, passphrase=None) as other:
        create(Session(other, "X"), "gap", {"statement": "Theirs alone"})
    asked: list[str] = []
    monkeypatch.setattr(messages, "ask", lambda title, text, verb: asked.append(text) or meant)
    page = shown.go("copies")
    page.look_at(path)  # type: ignore[attr-defined]
    settle(shown.tasks)
    _press(page, "Bring them in")
    settle(shown.tasks)
    settle(shown.tasks)
    assert len(asked) == 1 and "share no history" in asked[0]
    found = shown.session.read().exec_driver_sql("SELECT count(*) FROM gap WHERE statement = 'Theirs alone'").one()[0]
    assert found == int(meant)


def test_leaving_a_copy_changes_nothing_and_lets_its_file_go(shown: Shown, tmp_path: Path) -> None:
    laptop = tmp_path / "laptop.vawg"
    _laptop(shown.session, laptop)
    page = shown.go("copies")
    page.look_at(laptop)  # type: ignore[attr-defined]
    settle(shown.tasks)
    _press(page, "Do not bring them in")
    settle(shown.tasks)
    assert merging.conflicts(shown.session) == []
    assert not laptop.with_name("laptop.vawg-wal").exists()
    said: list[tuple[str, str]] = []
    messages.shown.connect(lambda kind, text: said.append((kind, text)))
    page.look_at(tmp_path / "none.vawg")  # type: ignore[attr-defined]
    assert said and said[-1][0] == "failed" and "no store" in said[-1][1]


def test_backups_are_made_and_listed_on_the_store_page(shown: Shown) -> None:
    page = shown.go("backups")
    _press(page, "Back up now")
    settle(shown.tasks)
    settle(shown.tasks)
    create(shown.session, "gap", {"statement": "x"})
    page.load()  # type: ignore[attr-defined]
    settle(shown.tasks)
    assert len([b for b in page.findChildren(QPushButton) if b.text() == "Restore …"]) == 1  # type: ignore[attr-defined]
    assert safekeeping.listed(shown.session)[0].records_since == 1


def test_the_window_restores_a_backup_and_goes_on(
    qtbot: QtBot, sample: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sample.store.path
    made = safekeeping.back_up(sample)
    assign(sample, "R-0001", [Assignment("note", "after the backup")], "noted")
    sample.store.close()
    window = MainWindow()
    held = Held(window, None)
    assert held.open(str(path))
    settle(window.tasks)
    window.go("recommendation")
    settle(window.tasks)
    monkeypatch.setattr(messages, "ask", lambda *_: True)
    page = window.go("backups")
    settle(window.tasks)
    page.restore(next(s for s in safekeeping.listed(held.session) if s.backup.path == made.path))
    settle(window.tasks)
    assert show.record(held.session, "R-0001").cells["note"] is None
    window.go("action")
    settle(window.tasks)
    assert len(window._shortcuts) > 10
    assert check(held.session.store).problems == []
    held.close()
    window.close()
    window.deleteLater()
    sample.store = opening.open_store(path)


@pytest.mark.parametrize("meant", [False, True])
def test_a_backup_of_another_store_is_put_in_place_only_when_that_is_meant(
    qtbot: QtBot, sample: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, meant: bool
) -> None:
    other = Session(making.create(tmp_path / "other.vawg", passphrase=None), "X")
    create(other, "gap", {"statement": "Of the other store"})
    made = back_up(other.store.path, None, tmp_path / "kept")
    other.store.close()
    path = sample.store.path
    sample.store.close()
    window = MainWindow()
    held = Held(window, None)
    assert held.open(str(path))
    settle(window.tasks)
    asked: list[str] = []
    monkeypatch.setattr(messages, "ask", lambda _title, text, _verb: asked.append(text) or meant)
    from vawg_desktop.ui.window_commands import restore

    restore(window, made)
    settle(window.tasks)
    assert len(asked) == 1 and "a different store" in asked[0]
    found = held.session.read().exec_driver_sql("SELECT count(*) FROM gap WHERE statement = 'Of the other store'").one()[0]
    assert found == int(meant)
    held.close()
    window.close()
    window.deleteLater()
    sample.store = opening.open_store(path)


def test_a_second_officer_is_let_in_from_the_window(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "locked.vawg"
    store = making.create(path, passphrase="correct horse battery")
    made = Shown(Session(store, "B. Officer"))
    answers = iter(
        [
            ("D. Deputy", True),
            ("correct horse battery", True),
            ("words of their own", True),
            ("words of their own", True),
        ]
    )
    monkeypatch.setattr(messages, "ask_text", lambda *_, **__: next(answers))
    page = made.go("access")
    page.add_officer()  # type: ignore[attr-defined]
    settle(made.tasks)
    assert [w.label for w in keys.ways_in(path)] == ["first passphrase", "D. Deputy"]
    assert keys.unlock(path, "words of their own").raw == store.key.raw  # type: ignore[union-attr]
    made.close()
    store.close()


def test_a_file_dropped_on_a_record_is_kept_with_it(
    shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VAWG_HOME", str(tmp_path / "home"))
    proof = tmp_path / "proof.pdf"
    proof.write_bytes(b"%PDF proof")
    page = shown.go("action")
    page.go_to(show.record(shown.session, "A-0003").id)  # type: ignore[attr-defined]
    settle(shown.tasks)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(proof))])
    pane = page.pane  # type: ignore[attr-defined]
    drop = QDropEvent(
        QPointF(40, 40),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    pane.dropEvent(drop)
    settle(shown.tasks)
    evidence = [x for x in show.record(shown.session, "A-0003").links if x.entity == "evidence"]
    assert [x.title for x in evidence] == ["proof"]
    shown.window.open_record(evidence[0].id)
    settle(shown.tasks)
    shown_pane = shown.window.page("evidence").pane
    assert shown_pane._page.width() <= shown_pane.viewport().width()  # the file's hash in its history breaks
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()) or True)
    _press(shown.window.page("evidence"), "Open a copy to read")
    settle(shown.tasks)
    assert Path(opened[0]).read_bytes() == b"%PDF proof"
    attachments.wipe_copies()


def test_the_screen_locks_when_idle_and_opens_by_the_passphrase(qtbot: QtBot, tmp_path: Path) -> None:
    store = making.create(tmp_path / "locked.vawg", passphrase="correct horse battery")
    made = Shown(Session(store, "B. Officer"))
    made.go("action")
    window = made.window
    assert window._idle.timer.interval() == 600_000
    window._idle.timer.timeout.emit()
    cover = window.guard.cover
    assert cover is not None and cover.isVisible() and not window.isVisible()
    window.quick_exit()  # is no way round the passphrase
    assert window.guard.cover is cover
    cover.word.setText("wrong horse battery")
    cover.word.returnPressed.emit()
    assert window.guard.cover is cover and not window.isVisible()
    cover.word.setText("correct horse battery")
    cover.word.returnPressed.emit()
    assert window.guard.cover is None and window.isVisible()
    made.close()
    store.close()


def test_a_damaged_store_is_met_soon_after_opening_and_is_read_only_from_then_on(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s.vawg"
    store = making.create(path, passphrase="correct horse battery")
    load_sample(Session(store, "B. Officer"))
    store.close()
    data = bytearray(path.read_bytes())
    data[len(data) // 2 + 100] ^= 0xFF
    path.write_bytes(bytes(data))
    said: list[str] = []
    monkeypatch.setattr(messages, "failed", lambda error: said.append(error.message))
    store = opening.open_store(path, passphrase="correct horse battery")
    made = Shown(Session(store, "B. Officer"))
    qtbot.waitUntil(lambda: bool(said), timeout=60_000)
    assert "damaged" in said[0] and "restore" in said[0].casefold()
    made.tasks.write(lambda s: create(s, "gap", {"statement": "not to be"})[1])
    qtbot.waitUntil(lambda: len(said) > 1, timeout=60_000)
    assert said[1] == said[0]
    made.close()
    store.close()


def test_what_a_merge_leaves_to_look_at_is_counted_where_it_is_not_all_listed(qtbot: QtBot) -> None:
    brought = MergeResult(
        rule_failures=[Failure(f"A-{n:04d}", "rule", "Two owners.") for n in range(MOST_LISTED + 2)],
        renumbered=[(f"A-x{n}", f"A-{n:04d}") for n in range(MOST_LISTED + 3)],
    )
    words = [w.text() for section in what_to_look_at(brought, lambda _: None) for w in section.findChildren(QLabel)]
    assert "and 2 more records" in words and any(w.endswith("A-0099; and 3 more") for w in words)
    few = MergeResult(rule_failures=[Failure("A-0001", "rule", "Two owners.")], renumbered=[("A-x1", "A-0001")])
    words = [w.text() for section in what_to_look_at(few, lambda _: None) for w in section.findChildren(QLabel)]
    assert "A-x1 is A-0001" in words and not [w for w in words if " more" in w]
