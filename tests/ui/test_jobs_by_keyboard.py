"""The jobs of gaps and closing, by keyboard alone: every key is counted but the letters of words that are typed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from pytestqt.qtbot import QtBot

from tests.jobs.hands import CTRL, KEY, SHIFT, Hands
from tests.ui.test_window import Shown, visible
from vawg_desktop.services import access, closing, names, show
from vawg_desktop.services.sample import load_sample
from vawg_desktop.services.session import Session
from vawg_desktop.store import making
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tour import settle


@pytest.fixture
def locked(qtbot: QtBot, tmp_path: Path) -> Iterator[Shown]:
    """A window on the sample in a locked store, in which a second person has a passphrase of her own."""
    session = Session(making.create(tmp_path / "locked.vawg", passphrase="first of two words"), "B. Officer")
    load_sample(session)
    other = Session(session.store, "Bea Two")
    access.add(other, "first of two words", "bea's own words", "Bea Two")
    made = Shown(session)
    made.go("my_work")
    yield made
    made.close()


def test_a_gap_from_a_roundtable_linked_to_recommendation_and_service_in_fourteen_keys(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    shown.go("my_work")
    hands = Hands(shown, monkeypatch)

    def fill(dialog: QDialog) -> None:
        for words in ("Nobody answers the helpline at night", "Report and first contact", "Information", "N", "Kent Police", "r3", "sv-0002", "s5"):
            hands.type(words, dialog)
            if words != "s5":
                hands.key(KEY.Key_Tab, root=dialog)
        hands.key(KEY.Key_Return, root=dialog)

    hands.scripts = [fill]
    hands.key(KEY.Key_5, CTRL)
    hands.key(KEY.Key_N, CTRL)
    found = names.find_named(shown.session.read(), "gap", "Nobody answers the helpline at night")
    assert found is not None
    view = show.record(shown.session, found.id)
    assert {x.reference for x in view.links} >= {"R-0003", "SV-0002", "S-0005"}
    assert view.cells["provision"] == "none" and view.names[str(view.cells["owner"])] == "Kent Police"
    assert hands.count <= 14, hands.count


def test_who_owns_the_wait_for_trauma_therapy_in_six_keys(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    shown.go("my_work")
    hands = Hands(shown, monkeypatch)

    def look(dialog: QDialog) -> None:
        hands.type("trauma therapy", dialog)
        hands.key(KEY.Key_Return, root=dialog)

    hands.scripts = [look]
    hands.key(KEY.Key_K, CTRL)
    page = shown.window.here()
    assert page.pane.view.reference == "G-0003"
    words = [w.text() for w in visible(page.pane, QLabel)]
    assert "Owner" in words and page.pane.view.cells["owner"] is None  # nobody, and the page says so
    assert hands.count <= 6, hands.count


@pytest.mark.parametrize("name", ["R-0003", "G-0003"])
def test_a_closing_with_evidence_and_a_second_signature_in_twenty_keys(locked: Shown, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    hands = Hands(locked, monkeypatch)

    def look(dialog: QDialog) -> None:
        hands.type(name, dialog)
        hands.key(KEY.Key_Return, root=dialog)

    def close(dialog: QDialog) -> None:
        for words in ("Log of waits, September", "Del", "Nobody waits longer than six weeks", "The log, page 2", "From 97 to 40 days", "", "The Victims' Panel, in March", "",
                      "Nov 2027", "Agreed at the board", "Bea Two"):  # fmt: skip
            hands.type(words, dialog)
            hands.key(KEY.Key_Tab, root=dialog)
        hands.type("bea's own words", dialog)
        hands.key(KEY.Key_Return, root=dialog)

    hands.scripts = [look, close]
    hands.key(KEY.Key_K, CTRL)
    hands.key(KEY.Key_E, CTRL | SHIFT)
    QApplication.processEvents()
    settle(locked.tasks)
    stands = closing.standing(locked.session, name)
    assert stands.closed and {s["made_sure"] for s in stands.signed} == {"name_only", "passphrase"}
    assert [t["kind"] for t in stands.tests] == ["action_evidenced", "measure_moved", "victims_heard", "recheck"]
    assert hands.count <= 20, hands.count


def test_a_wrong_passphrase_keeps_what_was_filled_in_and_asks_for_the_rest_alone(locked: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    hands, asked = Hands(locked, monkeypatch), list[list[str]]()

    def fields(dialog: QDialog) -> list[str]:
        from vawg_desktop.ui.dialogs.closing import ClosingDialog

        assert isinstance(dialog, ClosingDialog)
        return list(dialog._fields)

    def first(dialog: QDialog) -> None:
        asked.append(fields(dialog))
        for words in ("Log of waits", "Del", "Nobody waits", "The log", "Down", "", "The Panel", "", "Nov 2027", "Agreed", "Bea Two"):
            hands.type(words, dialog)
            hands.key(KEY.Key_Tab, root=dialog)
        hands.type("a guess", dialog)
        hands.key(KEY.Key_Return, root=dialog)

    def second(dialog: QDialog) -> None:
        asked.append(fields(dialog))
        from vawg_desktop.ui.dialogs.closing import ClosingDialog

        assert isinstance(dialog, ClosingDialog) and dialog.passphrase is not None
        assert (dialog.why.text(), dialog.second.text(), dialog.passphrase.text()) == ("Agreed", "Bea Two", "")
        assert dialog._wrong.text()
        dialog.passphrase.setText("bea's own words")
        hands.key(KEY.Key_Return, root=dialog)

    locked.window.open_record("R-0003")
    settle(locked.tasks)
    hands.scripts = [first, second]
    hands.key(KEY.Key_E, CTRL | SHIFT)
    for _ in range(4):
        QApplication.processEvents()
        settle(locked.tasks)
    assert len(asked[0]) == 9 and asked[1] == []
    assert closing.standing(locked.session, "R-0003").closed


def test_a_record_that_is_not_closed_says_so(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(messages, "tell", lambda words, **_: told.append(words))
    hands = Hands(shown, monkeypatch)
    shown.go("my_work")
    hands.key(KEY.Key_E, CTRL | SHIFT)
    shown.window.open_record("A-0001")
    settle(shown.tasks)
    hands.key(KEY.Key_E, CTRL | SHIFT)
    assert told == ["Choose a recommendation or a gap first: only those can be closed."] * 2
