"""What an edit of a record brings with it, and what it may not do: closings, states of a gap, figures to quote, answers with their day.

The services asked here read records themselves, so they are imported where they are needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from vawg_desktop.domain.entities import (
    BY_KEY,
    CHALLENGE,
    CITATION,
    CLOSURE_TEST,
    FIGURE,
    INFORMATION_REQUEST,
    QUOTE,
    SIGN_OFF,
    SURVEY_RESPONSE,
    EntitySpec,
)
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.merge import same
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction

PUBLICATION = BY_KEY["publication"]


def before_creating(session: Session, tx: Transaction, spec: EntitySpec, cells: dict[str, Value]) -> None:
    """Mind the cells of a record that is about to be made, and fill in what goes with them. Raises RuleError and ValueRefusedError."""
    _date_answer(session, cells)
    if spec is CITATION:  # what may not leave the office is not said to have left it
        from vawg_desktop.services import citations

        citations.refuse_unready(session, cells)
    if spec is CHALLENGE:
        _mind_challenge(tx, {}, cells, session.today)
    if spec is INFORMATION_REQUEST:
        from vawg_desktop.services import requests

        requests.fill_due(cells, {})
    if spec is CLOSURE_TEST:
        from vawg_desktop.services import closing

        closing.mind_test(session, tx, cells)


def before_editing(session: Session, tx: Transaction, spec: EntitySpec, id: str, cells: dict[str, Value], why: str | None) -> None:
    """The same for cells that are about to be changed; ``why`` is the reason of an edit that opens a closed record."""
    _date_answer(session, cells)
    for key in (k for k in cells if k in spec.by_key and spec.by_key[k].frozen):
        if not same(tx.row(spec.key, id)[key], cells[key]):
            raise RuleError(f"{spec.by_key[key].label} of a {spec.label.casefold()} cannot be changed; a correction is a new edition.", code="rule_frozen")
    if cells.get("deleted"):
        _refuse_unpublished(spec)
    if spec is FIGURE and cells.get("quote_this"):
        _quote_this_alone(tx, id)
    if spec is QUOTE:
        from vawg_desktop.services import quotes

        quotes.answers_again(tx, id, session.who, cells)
    if spec is CHALLENGE:
        _mind_challenge(tx, tx.row(spec.key, id), cells, session.today)
    if spec is INFORMATION_REQUEST:
        from vawg_desktop.services import requests

        requests.fill_due(cells, tx.row(spec.key, id))
    if spec is SURVEY_RESPONSE:
        from vawg_desktop.services import triage

        triage.mind(session, tx.row(spec.key, id), cells)
    _mind_closing(tx, spec, id, cells, why)


def _refuse_unpublished(spec: EntitySpec) -> None:
    """Raise RuleError for taking back what has left the office: what it told is counted with whatever is told later."""
    if spec is PUBLICATION:
        raise RuleError("What was published has left the office and is not deleted; a correction is a new edition.", code="rule_frozen")


def _mind_challenge(tx: Transaction, row: Mapping[str, Value], cells: dict[str, Value], today: date) -> None:
    """A question with an answer is answered; an independent body's answer is not judged; an answer that is reworded is checked anew. Raises RuleError."""
    from vawg_desktop.services import meeting_notes

    if row.get("checked_by") and any(key in cells and not same(cells[key], row[key]) for key in ("answer", "answered_by", "undertaking")):
        cells |= {"checked_by": None, "checked_on": None}  # what was found right is no longer what stands there
    if cells.get("checked_by") and not cells.get("checked_on"):
        cells["checked_on"] = today.isoformat()
    after = {**row, **cells}
    meeting_notes.refuse_judged(tx.connection, after)
    status = meeting_notes.status_of(after, cells.get("status") not in (None, "asked") and bool(row))
    if status != row.get("status"):
        cells["status"] = status


def refuse_unreached(tx: Transaction, gap: str, before: str, after: str) -> None:
    """A gap's states alone have a rule each. Raises RuleError where it would stand in one whose rule is not met."""
    from vawg_desktop.services import gap_states

    tx.flush()
    gap_states.refuse_unmet(tx.connection, gap, before, after)


def _quote_this_alone(tx: Transaction, figure: str) -> None:
    """Of figures that disagree one is to be quoted: the others' mark goes, and that is said."""
    from vawg_desktop.services import citations

    for other in citations.disagreeing(tx.connection, figure):
        if other["quote_this"] and tx.edit("figure", str(other["id"]), {"quote_this": False}):
            tx.changes.notes.append(f"{other['reference']}, which disagrees, is no longer the one to quote.")


def _date_answer(session: Session, cells: dict[str, Value]) -> None:
    """What a provider said of its funding is kept with the day on which it was written down, and goes with it."""
    if "funding_answer" in cells and "funding_answered" not in cells:
        cells["funding_answered"] = session.today.isoformat() if cells["funding_answer"] else None


def _mind_closing(tx: Transaction, spec: EntitySpec, id: str, cells: Mapping[str, Value], why: str | None) -> None:
    """An edit of a record that stands closed: another status opens it again; what it was closed on is not changed under it."""
    if not spec.closes_by_tests or not cells or tx.row(spec.key, id)[spec.status] != "closed":
        return
    if cells.get(spec.status, "closed") != "closed":
        from vawg_desktop.services import closing

        closing.reopen_in(tx, spec.key, id, why)
    else:
        _refuse_other_ground(spec, tx.row(spec.key, id), cells)


#: What decides how a record is closed: once it is closed, its tests and signatures were given for these.
_GROUND = ("closure_route", "closing_authority", "severity")


def _refuse_other_ground(spec: EntitySpec, row: Mapping[str, Value], cells: Mapping[str, Value]) -> None:
    for key in (k for k in _GROUND if k in cells and k in spec.by_key and row[k] and not same(row[k], cells[k])):
        raise RuleError(
            f"{row['reference']} is closed, and its tests and signatures were given for this {spec.by_key[key].label.casefold()}; open it again to change it.",
            code="rule_closed_ground",
        )


def refuse_signature_back(tx: Transaction, spec: EntitySpec, id: str) -> None:
    """A signature that was withdrawn holds for no other closing: whoever closes the record signs anew."""
    if spec is SIGN_OFF and tx.row(spec.key, id)["deleted"]:
        raise RuleError("A signature that was withdrawn cannot be brought back; the record is signed again when it is closed.", code="rule_signature")


def withdraw(tx: Transaction, spec: EntitySpec, id: str, why: str | None) -> None:
    """What shows that a closing was earned opens the record again when it is removed."""
    _refuse_unpublished(spec)
    from vawg_desktop.services import closing  # which reads lists, which read values here

    if spec.key in closing.SHOWN_BY:
        closing.withdraw_in(tx, spec.key, id, why)
