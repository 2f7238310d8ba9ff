"""How far a recommendation or a gap is from being closed: what is missing, the tests answered, who signed, and the way to close or reopen it."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from vawg_desktop.domain.dates import short_label
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.evidence_terms import CLOSURE_ANSWER, CLOSURE_TEST, SIGNED_BY, SIGNING_ROLE
from vawg_desktop.services import closing
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


def _close(pane: Pane, stands: closing.Standing) -> None:
    left = [m for m in stands.missing if m.test != "signed"]
    if left:
        messages.tell("Not yet: " + " ".join(m.message for m in left))
        return
    why, meant = messages.ask_text(f"Close {stands.reference}", "Why it closes now", verb="Go on")
    if not meant:
        return
    second, meant = messages.ask_text(f"Close {stands.reference}", "Name of the second person, who signs now", verb="Go on")
    if not meant:
        return
    passphrase: str | None = None
    if pane.tasks.session.store.key is not None:
        asked = f"{second}: your own passphrase (leave empty to sign by name only)"
        passphrase, meant = messages.ask_text(f"Close {stands.reference}", asked, secret=True, verb="Sign and close")
        if not meant:
            return
    id = stands.id

    def report(done: object) -> None:
        if isinstance(done, closing.Closing):
            words = f"Closed; the second person signed: {SIGNED_BY.label(done.made_sure).casefold()}." if done.closed else " ".join(m.message for m in done.missing)
            messages.tell(words)

    pane.tasks.write(lambda s: closing.close(s, id, why, second, passphrase or None), then=report)


def _reopen(pane: Pane) -> None:
    view = pane.view
    if view is None:
        return
    why, meant = messages.ask_text(f"Open {view.reference} again", "Why it is opened again", verb="Open again")
    if meant:
        pane.tasks.write(lambda s: closing.reopen(s, view.id, why))
