"""Closing a recommendation or a gap: what is missing, the second person's signature, and what reopens it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vawg_desktop.domain import closing as rules
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.closing import Missing, Proof
from vawg_desktop.domain.dates import bounds, parse_date
from vawg_desktop.domain.entities import BY_KEY, ENTITIES
from vawg_desktop.domain.errors import RuleError, ValueRefusedError, WrongKeyError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.terms import fold
from vawg_desktop.services import names
from vawg_desktop.services.journey import in_question as in_question_by_date
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.store import keys
from vawg_desktop.store.derived_rows import DerivedRows
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: What shows that a closing was earned; taking one away reopens what it closed.
SHOWN_BY = ("closure_test", "sign_off")


@dataclass(slots=True)
class Standing:
    """Where a record stands on its way to being closed."""

    id: str
    entity: str
    reference: str
    title: str
    closed: bool
    missing: list[Missing]
    tests: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    signed: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    #: Whether its status is superseded, which takes it off the open ones without any test, while nothing is named that replaces it.
    replaced_by_nothing: bool = False

    @property
    def in_question(self) -> bool:
        """Whether it stands closed while what a closing needs is not there, or superseded by nothing."""
        return self.replaced_by_nothing or (self.closed and bool(self.missing))


@dataclass(slots=True)
class Closing:
    """What became of closing: whether it stands closed now, what is still missing, how the second person was made sure of, and what changed."""

    closed: bool
    missing: list[Missing]
    made_sure: str = ""
    changes: Changes = field(default_factory=Changes)


def standing(session: Session, name: str) -> Standing:
    """How far a record is from being closed, or whether its closing still holds. Raises NotFoundError, ValueRefusedError for other kinds."""
    connection = session.read()
    found = names.find(connection, name)
    if not found.spec.closes_by_tests:
        raise ValueRefusedError(f"{found.reference} is not a recommendation or gap; only these are closed.")
    row = plain_rows(connection, f'SELECT * FROM "{found.entity}" WHERE id = ?', (found.id,))[0]
    closed, left = row["status"] == "closed", rules.missing(found.spec, _cells(row), _proof(session, found.entity, found.id))
    if closed:
        left += [Missing("funding", f"The funding of {reference} {title} is over; ask whether it was extended.") for reference, title in _over(session, found.id)]
    return Standing(
        found.id, found.entity, found.reference, found.title, closed, left,
        plain_rows(connection, "SELECT * FROM closure_test WHERE about = ? AND NOT deleted ORDER BY n", (found.id,)),
        plain_rows(connection, "SELECT * FROM sign_off WHERE about = ? AND NOT deleted ORDER BY n", (found.id,)),
        row["status"] == "superseded" and not row["superseded_by"],
    )  # fmt: skip


def _over(session: Session, gap: str) -> list[tuple[str, str]]:
    """The services of a gap, by reference and title, whose funding has ended by its date while nobody has said what became of it."""
    rows = plain_rows(session.read(), f"SELECT s.reference, s.title, s.x_funding, s.funding_answer, s.funding_answered FROM service s {_RESTS} AND NOT s.deleted ORDER BY s.reference", (gap,))
    return [(str(r["reference"]), str(r["title"])) for r in rows if in_question_by_date(r, session.today.isoformat())]


#: What a service ``s`` provides for: a gap by its id.
_RESTS = "JOIN link l ON l.a = s.id AND l.kind = 'service.gaps' AND NOT l.deleted WHERE l.b = ?"
#: States of a gap that say that something was achieved.
_ACHIEVED = frozenset({"delivered", "benefit_seen", "closed"})


def funding_ended_in(tx: Transaction, service: str, why: str | None) -> None:
    """A service's funding was said to have ended: what it provided for and was achieved is opened again, with that as the reason."""
    reference = str(tx.row("service", service)["reference"])
    gaps = tx.connection.exec_driver_sql(
        "SELECT g.id, g.status FROM gap g JOIN link l ON l.b = g.id AND l.kind = 'service.gaps' AND NOT l.deleted WHERE l.a = ? AND NOT g.deleted", (service,)
    ).fetchall()
    for id, status in gaps:
        if status == "closed":
            reopen_in(tx, "gap", str(id), why or f"The funding of {reference} ended")
        elif status in _ACHIEVED:
            tx.edit("gap", str(id), {"status": reopened_to("gap")})


def _cells(row: Mapping[str, object]) -> dict[str, Value]:
    return {k: v if isinstance(v, int) else str(v) for k, v in row.items() if v is not None}


def _proof(session: Session, entity: str, id: str) -> Proof:
    """What the store counts, with each signer as the person whom the name means today: two names may have become one person's."""
    connection = session.read()
    proof = DerivedRows(connection).proof_of(entity, id)
    names_of = connection.exec_driver_sql("SELECT who FROM sign_off WHERE about = ? AND NOT deleted", (id,)).fetchall()
    return replace(proof, signers=frozenset(person_of(connection, str(who))[0] for (who,) in names_of))


def in_question(session: Session) -> list[Standing]:
    """Records that stand closed while something that a closing needs is missing: a merge or a disposal took it, or none asked for it then."""
    found: list[Standing] = []
    for spec in (e for e in ENTITIES if e.closes_by_tests):
        replaced = " OR status = 'superseded' AND superseded_by IS NULL" if "superseded" in spec.finished else ""
        sql = f'SELECT id FROM "{spec.key}" WHERE (status = \'closed\'{replaced}) AND NOT deleted ORDER BY length(reference), reference'
        rows = session.read().exec_driver_sql(sql).fetchall()
        found += [s for (id,) in rows if (s := standing(session, str(id))).in_question]
    return found


def close(session: Session, name: str, why: str, second: str = "", passphrase: str | None = None) -> Closing:
    """Close a record with a second person: their own passphrase is asked for where the store has keys, their database password on a server.

    Without one they sign by name only.

    Nothing is written while anything is missing. Raises WrongKeyError for a wrong passphrase, RuleError where it is somebody else's.
    """
    stands = standing(session, name)
    if stands.closed:
        raise RuleError(f"{stands.reference} is already closed.", code="rule_closed")
    spec, second = BY_KEY[stands.entity], " ".join(second.split())
    connection = session.read()
    persons = {person_of(connection, session.who)[0], *([person_of(connection, second)[0]] if second else [])}
    row = plain_rows(connection, f'SELECT * FROM "{spec.key}" WHERE id = ?', (stands.id,))[0]
    left = rules.missing(spec, _cells(row), replace(_proof(session, spec.key, stands.id), signers=frozenset(persons)))
    if second and len(persons) < 2:
        left = [replace(m, message=f"{second} is the person who closes it; somebody else has to sign.") if m.test == "signed" else m for m in left]
    if left:
        return Closing(False, left)
    made_sure, enrolled_by = _made_sure(session, second, passphrase)
    today = session.today.isoformat()
    seen = json.dumps(_heads(connection, stands.id, str(row["born"])), sort_keys=True)
    with session.store.write(session.who, why, Act.EDIT) as tx:
        closer = "database_role" if tx.guarded else "name_only"
        for who, role, how, by in ((session.who, "closer", closer, ""), (second, "independent", made_sure, enrolled_by)):
            person, is_record = person_of(tx.connection, who)
            tx.create("sign_off", {
                "about": stands.id, "who": who, "person": person if is_record else None, "role": role, "signed": today, "made_sure": how,
                "heads": seen, "enrolled_by": by or None,
            })  # fmt: skip
        tx.edit(spec.key, stands.id, {"status": "closed", "closed_by": session.who, "closure_agreed_by": second, "closed_on": today})
    return Closing(True, [], made_sure, tx.changes)


#: What says who closed a record and when, as it stands where nobody has.
NOT_CLOSED: Mapping[str, Value] = {"closed_by": None, "closure_agreed_by": None, "closed_on": None}
#: Fields that say how a record closes; a closing may fill them in on its way.
CLOSING_FIELDS = ("closure_route", "outcome", "outcome_statement", "superseded_by", "transferred_to", "authority_agreement")
#: Tests that are answered in words, with what says that they could not be measured or asked.
ASKED_TESTS = ("action_evidenced", "measure_moved", "victims_heard", "recheck")


#: Tests that may be answered with why they could not be.
_MAY_BE_OPEN = ("measure_moved", "victims_heard")


def earn(session: Session, name: str, given: Mapping[str, str]) -> Changes:
    """Put in what a closing still needs, in one transaction: fields by key, tests by kind, ``not:KIND`` for one that could not be measured or asked,
    ``recheck_on`` for the date to look again, and ``evidence``, which names a piece or is the title of a new one.

    Raises NotFoundError and ValueRefusedError, and then nothing is written.
    """
    from vawg_desktop.services import records

    given = {k: v.strip() for k, v in given.items() if v.strip()}
    with session.store.write(session.who, None, Act.EDIT) as tx:
        found = names.find(tx.connection, name)
        fields = [records.Assignment(k, given[k]) for k in CLOSING_FIELDS if k in given and k in found.spec.by_key]
        if fields:
            records.assign_in(session, tx, found.spec, found.id, fields, None)
        evidence = _evidence(session, tx, found, given["evidence"]) if "evidence" in given else ""
        for kind in ASKED_TESTS:
            date = given.get("recheck_on", "") if kind == "recheck" else ""
            if date and bounds(parse_date(date, now=session.today))[1] <= session.today:
                raise ValueRefusedError("The date to look again must be in the future.")
            words = given.get(kind) or (f"Look again on {given['recheck_on']}" if date else "")
            if words:
                records.create_in(session, tx, BY_KEY["closure_test"], {
                    "about": found.id, "kind": kind, "answer": "not_possible" if f"not:{kind}" in given and kind in _MAY_BE_OPEN else "met", "result": words, "recheck": date,
                    "evidence": evidence if kind == "action_evidenced" else "", "tested_by": session.who, "tested": session.today.isoformat(),
                })  # fmt: skip
    return tx.changes


def _evidence(session: Session, tx: Transaction, about: names.Found, words: str) -> str:
    """The piece of evidence that words name, or a new one with them as its title, linked to what is closed."""
    from vawg_desktop.services import records

    known = names.maybe_find(tx.connection, words, "evidence")
    id = known.id if known is not None else records.create_in(session, tx, BY_KEY["evidence"], {"title": words})
    kind, a, b = ("gap.evidence", about.id, id) if about.entity == "gap" else ("evidence.recommendations", id, about.id)
    tx.link(kind, a, b)
    tx.flush()
    return id


def _heads(connection: Connection, id: str, born: str) -> dict[str, list[str]]:
    heads: dict[str, list[str]] = {"": [born]}
    for cell, change in connection.exec_driver_sql('SELECT cell, "change" FROM head WHERE "row" = ? ORDER BY cell, "change"', (id,)):
        heads.setdefault(str(cell), []).append(str(change))
    return heads


def person_of(connection: Connection, name: str) -> tuple[str, bool]:
    """The id of the person whom a name or login means and True; without such a record the name itself as it is compared, and False."""
    wanted = fold(name)
    for id, called in connection.exec_driver_sql("SELECT id, name FROM person WHERE NOT deleted ORDER BY n"):
        if fold(str(called)) == wanted:
            return str(id), True
    for id, login in connection.exec_driver_sql(
        "SELECT l.a, l.b FROM link l JOIN person p ON p.id = l.a AND NOT p.deleted WHERE l.kind = 'person.logins' AND NOT l.deleted ORDER BY l.n"
    ):
        if fold(str(login)) == wanted:
            return str(id), True
    return wanted, False


def _made_sure(session: Session, second: str, passphrase: str | None) -> tuple[str, str]:
    """How the second person was made sure of, a key of ``SIGNED_BY``, and who let them in where that was the one who closes."""
    if passphrase is None:
        return "name_only", ""
    if session.store.url is not None:
        return _by_database(session, second, passphrase), ""
    if session.store.key is None:
        return "name_only", ""
    path, connection = session.store.path, session.read()
    label = keys.label_of(path, passphrase)  # raises where it opens nothing
    kind = next((w.kind for w in keys.ways_in(path) if w.label == label), "")
    if kind == keys.RECOVERY:
        raise RuleError("The recovery key signs for nobody; the second person has to type a passphrase of their own.", code="rule_second")
    if person_of(connection, label)[0] != person_of(connection, second)[0]:
        raise RuleError(f"That is not a passphrase of {second}. Nothing was closed.", code="rule_second")
    logged = " ".join(label.split())
    enrolled = connection.exec_driver_sql(
        "SELECT who FROM change WHERE act = ? AND (why = ? OR why = ?) ORDER BY n DESC LIMIT 1",
        (Act.KEYS.value, f"Passphrase made for {logged}", f"Passphrase changed for {logged}"),
    ).fetchone()
    by = str(enrolled[0]) if enrolled else ""
    if by and person_of(connection, by)[0] == person_of(connection, session.who)[0]:
        return "name_only", by  # whoever made the passphrase may know it
    return "passphrase", by


def _by_database(session: Session, second: str, password: str) -> str:
    """How a second person was made sure of by the database: by the password of a login of theirs, or by name only where the server asks for none."""
    from vawg_desktop.store import postgres

    url = session.store.url
    assert url is not None
    person, is_record = person_of(session.read(), second)
    rows = session.read().exec_driver_sql("SELECT b FROM link WHERE kind = 'person.logins' AND a = ? AND NOT deleted ORDER BY n", (person,)).fetchall()
    logins = [str(r[0]) for r in rows] if is_record else []
    if " " not in second and second not in logins:
        logins.append(second)
    own = person_of(session.read(), session.who)[0]
    held = {fold(session.who), fold(url.username or "")}  # a login of whoever closes makes sure of nobody else
    logins = [login for login in logins if fold(login) not in held and person_of(session.read(), login)[0] != own]
    answers = [postgres.logs_in(url, login, password) for login in logins]
    if True in answers:
        return "database_role"
    if None in answers:
        return "name_only"
    raise WrongKeyError(f"That is not the password of a database login of {second}; say on their record (People) which logins are theirs. Nothing was closed.")


def reopen(session: Session, name: str, why: str) -> Changes:
    """Open a closed record again, with its reason; its signatures no longer hold. Raises RuleError without a reason."""
    stands = standing(session, name)
    if not stands.closed:
        raise RuleError(f"{stands.reference} is not closed.", code="rule_reopen")
    with session.store.write(session.who, why, Act.EDIT) as tx:
        reopen_in(tx, stands.entity, stands.id, why)
    return tx.changes


def reopen_in(tx: Transaction, entity: str, id: str, why: str | None) -> None:
    """The same inside a transaction that does more: the status goes back, and the door withdraws the signatures."""
    if not (why or "").strip():
        raise RuleError("Opening again what was closed needs a reason.", code="rule_reopen")
    spec = BY_KEY[entity]
    tx.edit(entity, id, {spec.status: reopened_to(entity), **NOT_CLOSED})


def reopened_to(entity: str) -> str:
    """The status of a record that is opened again."""
    return "being_addressed" if entity == "gap" else "open"


def withdraw_in(tx: Transaction, entity: str, id: str, why: str | None) -> None:
    """Taking away a closure test or a sign-off of a closed record opens that again, with the reason."""
    withdraw_from(tx, str(tx.row(entity, id)["about"] or ""), why)


def withdraw_from(tx: Transaction, about: str, why: str | None) -> None:
    """The same for the record that it is of, by its id; nothing where that is not closed."""
    for spec in (e for e in ENTITIES if e.closes_by_tests):
        closed = tx.connection.exec_driver_sql(f'SELECT 1 FROM "{spec.key}" WHERE id = ? AND status = \'closed\'', (about,)).fetchone()
        if closed is not None:
            reopen_in(tx, spec.key, about, why)


def mind_test(session: Session, tx: Transaction, cells: dict[str, Value]) -> None:
    """Put in who answers a test and when; raise ValueRefusedError for one of a record that is not closed by tests, or that looks again at a day that is over."""
    found = names.find(tx.connection, str(cells.get("about") or ""))
    if not found.spec.closes_by_tests:
        raise ValueRefusedError(f"{found.reference} is not a recommendation or gap; only these are closed by tests.")
    cells["about"] = found.id
    if cells.get("kind") == "recheck" and cells.get("recheck") and bounds(str(cells["recheck"]))[1] <= session.today:
        raise ValueRefusedError("The date to look again must be in the future.")
    cells["tested_by"] = cells.get("tested_by") or session.who
    cells["tested"] = cells.get("tested") or session.today.isoformat()


def answer(session: Session, name: str, kind: str, result: str, *, how: str = "met", evidence: str = "", recheck: str = "") -> Changes:
    """Answer a closure test of a recommendation or gap; an earlier answer to the same one stays, and both are shown."""
    from vawg_desktop.services import records

    found = names.find(session.read(), name)
    typed = {
        "about": found.id, "kind": kind, "answer": how, "result": result, "evidence": evidence, "recheck": recheck,
        "tested_by": session.who, "tested": session.today.isoformat(),
    }  # fmt: skip
    return records.create(session, "closure_test", typed)[1]
