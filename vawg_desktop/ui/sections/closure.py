"""How far a recommendation or a gap is from being closed: what is missing, the tests answered, who signed, and the way to close or reopen it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from vawg_desktop.domain.dates import short_label
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.evidence_terms import CLOSURE_ANSWER, CLOSURE_TEST, SIGNED_BY, SIGNING_ROLE
from vawg_desktop.services import closing
from vawg_desktop.ui.dialogs.closing import ClosingDialog
from vawg_desktop.ui.dialogs.forms import words_back
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.sections.base import Made, Pane, ask, read_later
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import Section, button, label, note

_TEST = BY_KEY["closure_test"]
_ASKED = ("kind", "answer", "result", "evidence", "recheck")


def closure(pane: Pane) -> Made:
    """What stands between the record and its closing."""
    section = Section("Closing", "Answer a test", partial(_answer, pane))

    def show_it(stands: closing.Standing) -> None:
        section.empty()
        if stands.closed:
            words = "Closed, in question: something that a closing needs is missing." if stands.in_question else "Closed."
            section.body.addWidget(_line(words, bold=stands.in_question))
        left = [m for m in stands.missing if stands.closed or m.test != "signed"]
        if not left and not stands.closed:
            section.body.addWidget(_line("Ready to be closed with a second person."))
        if left:
            section.body.addWidget(_line("Still missing:"))
        for one in left:
            section.body.addWidget(note(f"•  {one.message}"))
        for test in stands.tests:
            section.body.addWidget(button(_test_words(test), partial(pane.open_record.emit, str(test["id"])), kind="row"))
        for signed in stands.signed:
            section.body.addWidget(note(_signed_words(signed)))
        made = button("Open again …", partial(_reopen, pane)) if stands.closed else button("Close …", partial(_close, pane, stands))
        row = QHBoxLayout()
        row.setContentsMargins(theme.px(8), theme.px(8), 0, 0)
        row.addWidget(made)
        row.addStretch(1)
        section.body.addLayout(row)

    return Made(section, read_later(pane, section.empty, closing.standing, show_it))


def _line(words: str, *, bold: bool = False) -> QWidget:
    """A line that stands where the rows under it begin."""
    made = label(words, bold=bold)
    made.setContentsMargins(theme.px(8), 0, 0, 0)
    return made


def _test_words(test: dict[str, object]) -> str:
    kind = CLOSURE_TEST.label(str(test["kind"]))
    answer = "" if test["answer"] == "met" else f" ({CLOSURE_ANSWER.label(str(test['answer'])).casefold()})"
    day = f", {short_label(str(test['tested']))}" if test["tested"] else ""
    return f"{kind}{answer}: {test['result']} – {test['tested_by'] or 'nobody named'}{day}"


def _signed_words(signed: dict[str, object]) -> str:
    day = short_label(str(signed["signed"])) if signed["signed"] else "undated"
    return f"Signed by {signed['who']} as {SIGNING_ROLE.label(str(signed['role'])).casefold()}, {day}, {SIGNED_BY.label(str(signed['made_sure'])).casefold()}."


def _answer(pane: Pane) -> None:
    view = pane.view
    if view is None:
        return
    typed = ask(pane, f"Answer a test of {view.reference}", _TEST, _ASKED, "Save answer")
    if typed is None:
        return
    id, rest = view.id, {k: typed.get(k, "") for k in ("evidence", "recheck")}
    kind, result, how = typed.get("kind", ""), typed.get("result", ""), typed.get("answer", "met")
    pane.tasks.write(lambda s: closing.answer(s, id, kind, result, how=how, **rest), failed=words_back(typed))


def _close(pane: Pane, stands: closing.Standing, why: str = "", second: str = "", wrong: str = "", filled: dict[str, str] | None = None) -> None:
    """Ask for all that a closing needs in one form; what was filled in is kept even where the closing is refused, and the form opens again at what is left."""
    store = pane.tasks.session.store
    secret = "database password" if store.url is not None else "own passphrase" if store.key is not None else ""
    dialog = ClosingDialog(pane.window(), stands, secret=secret, why=why, second=second, wrong=wrong, filled=filled)
    accepted = dialog.run()
    given, why, second = dialog.given(), dialog.why.text().strip(), dialog.second.text().strip()
    passphrase = dialog.passphrase.text() if dialog.passphrase is not None else ""
    dialog.deleteLater()
    if not accepted:
        return
    id = stands.id

    def again(words: str, filled: dict[str, str] | None = None) -> None:
        fresh = pane.tasks.fetch(lambda s: closing.standing(s, id))
        QTimer.singleShot(0, pane, lambda: _close(pane, fresh, why, second, words, filled))

    def refused(error: BaseException, filled: dict[str, str] | None = None) -> None:
        again(getattr(error, "message", "") or str(error), filled)

    def report(done: object) -> None:
        if not isinstance(done, closing.Closing):
            return
        if done.closed:
            messages.tell(f"Closed; the second person signed: {SIGNED_BY.label(done.made_sure).casefold()}.")
        else:
            again(" ".join(dict.fromkeys(m.message for m in done.missing)))

    def sign(_: object = None) -> None:
        pane.tasks.write(lambda s: closing.close(s, id, why, second, passphrase or None), then=report, failed=refused)

    if given:
        pane.tasks.write(lambda s: closing.earn(s, id, given), then=sign, failed=lambda error: refused(error, given))
    else:
        sign()


def close_shown(pane: Pane) -> None:
    """Close the record that a page shows; says where it is none that is closed."""
    view = pane.view
    if view is None or not view.spec.closes_by_tests:
        messages.tell("Choose a recommendation or a gap first: only those can be closed.")
        return
    stands = pane.tasks.fetch(lambda s: closing.standing(s, view.id))
    if stands.closed:
        messages.tell(f"{stands.reference} is closed already.")
        return
    _close(pane, stands)


def _reopen(pane: Pane) -> None:
    view = pane.view
    if view is None:
        return
    why, meant = messages.ask_text(f"Open {view.reference} again", "Why it is opened again", verb="Open again")
    if meant:
        pane.tasks.write(lambda s: closing.reopen(s, view.id, why))
