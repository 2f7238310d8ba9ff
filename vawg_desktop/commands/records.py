"""Commands about records: listed, shown, changed, and what happened to them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from vawg_desktop.commands.registry import argument, command
from vawg_desktop.commands.shared import (
    opened,
    out,
)
from vawg_desktop.domain import dates
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY, entity, field_of
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.terms import how_many
from vawg_desktop.domain.values import from_row, to_words
from vawg_desktop.services.session import Session

if TYPE_CHECKING:
    from vawg_desktop.services.names import Found
    from vawg_desktop.store.dispose import Authority

#: So many changes that an undo brought back are printed, one a line.
_UNDONE_SHOWN = 12


@command(
    "list", "list records of a kind",
    argument("entity", metavar="ENTITY"), argument("--where", metavar="FIELD=VALUE", action="append", default=[]),
)  # fmt: skip
def list_records(arguments: argparse.Namespace) -> int:
    """Print the records of a kind that meet ``--where``, one a line or as JSON."""
    from vawg_desktop.services.lists import ListQuery, Where, records

    spec = entity(arguments.entity)
    where: list[Where] = []
    for text in arguments.where:
        key, sign, value = text.partition("=")
        if not sign:
            raise ValueRefusedError(f"“{text}” is not FIELD=VALUE.")
        where.append(Where(_where_key(spec.key, key.strip()), value.strip()))
    with opened(arguments) as session:
        found = records(session, ListQuery(spec.key, where=tuple(where)))

    def words() -> Iterator[str]:
        for record in found:
            status = record.get("status")
            standing = f"  ({to_words(spec.by_key['status'], str(status))})" if status else ""
            in_conflict = "  [two values to choose between]" if record["conflicted"] else ""
            yield f"{record['reference']}  {record.get(spec.title, '')}{standing}{in_conflict}"
        yield spec.how_many(len(found))

    return out(arguments, found, words)


def _where_key(entity_key: str, key: str) -> str:
    from vawg_desktop.domain.conditions import CONDITIONS
    from vawg_desktop.services.lists import MINE

    spec = BY_KEY[entity_key]
    own = {"reference", "id", "rating", "linked_to", *(("pillar",) if spec.pillar else ())}
    if key in CONDITIONS or key in own or key == MINE:
        return key
    return field_of(spec, key).key


@command("show", "one record with its links", argument("ref", metavar="REF"), argument("--as-at", metavar="DATE|MEETING"))
def show(arguments: argparse.Namespace) -> int:
    """One record with its links."""
    from vawg_desktop.services import as_at, card
    from vawg_desktop.services import show as showing

    with opened(arguments) as session:
        day = _day(arguments.as_at, session.today) if arguments.as_at and _is_date(arguments.as_at, session.today) else None
        if arguments.as_at and day is None:
            then = as_at.open_at(session, arguments.as_at)
            try:
                document = showing.as_json(then, arguments.ref)
            finally:
                then.store.close()
        else:
            document = showing.as_json(session, arguments.ref, day)
        told = ""
        if document["entity"] == "recommendation" and not document["deleted"] and not arguments.json:
            told = card.as_text(card.card(session, str(document["reference"]), arguments.as_at if arguments.as_at and (day is None or day < session.today) else ""))

    def words() -> Iterator[str]:
        spec = BY_KEY[str(document["entity"])]
        fields: Any = document["fields"]
        labels: Any = document["labels"]
        yield f"{document['reference']}  {fields.get(spec.title) or ''}"
        if document["deleted"]:
            yield "  Deleted: it is in the bin."
        if document["conflicted"]:
            yield "  Some fields hold two values, still to be chosen between; see “conflicts”."
        for f in spec.fields:
            value = fields.get(f.key)
            if value in (None, [], "") or f.key == spec.title:
                continue
            many = value if isinstance(value, list) else [value]
            words = "; ".join(labels.get(str(v)) or to_words(f, from_row(f, v)) for v in many)
            yield f"  {f.label}: {words}"
        for link in document["links"]:  # type: ignore[attr-defined]
            yield f"  {link['label']}: {link['reference']} {link['title']}"
        if told:
            yield from ("", "What happened", *told.splitlines()[1:])

    return out(arguments, document, words)


def _is_date(text: str, today: date) -> bool:
    try:
        dates.parse_date(text, now=today)
    except ValueRefusedError:
        return False
    return True


def _day(text: str | None, today: date) -> date | None:
    if text is None:
        return None
    day = dates.last_day(dates.parse_date(text, now=today))
    if day is None:
        raise ValueRefusedError(f"“{text}” is not a date.")
    return day


@command("history", "what happened to a record", argument("ref", metavar="REF"))
def history(arguments: argparse.Namespace) -> int:
    """What happened to a record."""
    from vawg_desktop.services.history import history as tell

    with opened(arguments) as session:
        changes = tell(session, arguments.ref)
        lines = _changes(session, changes)
    return out(arguments, [c.as_json() for c in changes], lambda: iter(lines))


@command(
    "changed", "what changed between two dates", argument("--since", required=True, metavar="DATE"), argument("--until", metavar="DATE"),
)
def changed(arguments: argparse.Namespace) -> int:
    """What changed between two dates."""
    from vawg_desktop.services.history import changed as tell

    with opened(arguments) as session:
        since = dates.bounds(dates.parse_date(arguments.since, now=session.today))[0]
        changes = tell(session, since, _day(arguments.until, session.today))
        lines = _changes(session, changes)
    return out(arguments, [c.as_json() for c in changes], lambda: iter(lines))


def _changes(session: Session, changes: list[Any]) -> list[str]:
    from vawg_desktop.services.history import in_words

    return [f"{c.record}  {in_words(session, c, c.record)}" for c in changes]


@command(
    "set", "change fields of a record",
    argument("ref", metavar="REF"), argument("assignments", metavar="FIELD=VALUE", nargs="+"), argument("--why", required=True),
)  # fmt: skip
def set_fields(arguments: argparse.Namespace) -> int:
    """Change fields of a record in one transaction."""
    from vawg_desktop.services.names import find
    from vawg_desktop.services.records import assign, parse_assignment

    if not arguments.why.strip():
        raise ValueRefusedError('A change needs its reason: --why "told at the board".')
    with opened(arguments) as session:
        found = find(session.read(), arguments.ref)
        done = assign(
            session, arguments.ref, [parse_assignment(a) for a in arguments.assignments], arguments.why
        )

    def words() -> Iterator[str]:
        called = f"{found.reference} {found.title[:80]}"
        yield f"Changed {called}." if done else f"Nothing to change in {called}: it already has these values."
        yield from done.notes

    return out(arguments, {"transaction": done.txn, "entries": done.entries, "notes": done.notes}, words)


@command(
    "add", "make a record",
    argument("entity", metavar="ENTITY"), argument("assignments", metavar="FIELD=VALUE", nargs="+"), argument("--why", required=True),
)  # fmt: skip
def add(arguments: argparse.Namespace) -> int:
    """Make a record of a kind in one transaction."""
    from vawg_desktop.services.records import add_record, parse_assignment

    spec = entity(arguments.entity)
    if not arguments.why.strip():
        raise ValueRefusedError('A record needs its reason: --why "raised at the roundtable".')
    with opened(arguments) as session:
        made = add_record(session, spec, [parse_assignment(a) for a in arguments.assignments], arguments.why)
    return out(arguments, {"reference": made.reference, "id": made.id}, lambda: iter([f"Added {made.reference} {made.title[:80]}."]))


@command("undo", "reverse your last transaction made here", argument("--why", metavar="TEXT", help="the reason, which undoing a closing needs"))
def undo(arguments: argparse.Namespace) -> int:
    """Reverse this person's last transaction made here."""
    from vawg_desktop.services.undoing import undo as take_back

    with opened(arguments) as session:
        done = take_back(session, arguments.why)
        lines = _undone(session, done)
    return out(arguments, {"transaction": done.txn, "entries": done.entries}, lambda: iter(lines))


def _undone(session: Session, done: Changes) -> list[str]:
    """What an undo brought back, in words."""
    from vawg_desktop.services.history import in_words, of_transaction

    changes = of_transaction(session, done.txn)
    lines = [f"{c.record}  {in_words(session, c, c.record)}" for c in changes[:_UNDONE_SHOWN]]
    more = [f"… and {how_many(len(changes) - _UNDONE_SHOWN, 'more change')}."] if len(changes) > _UNDONE_SHOWN else []
    return [f"Undone, {how_many(len(changes), 'change')}:", *lines, *more]


@command(
    "dispose", "remove a record's words for good, under the retention schedule",
    argument("ref", metavar="REF"), argument("--agreed-by", required=True, help="the second person"), argument("--authority", required=True),
    argument("--respondent", default="", help="of a survey: only the answers of this respondent, by the number that the survey's tool gave"),
)  # fmt: skip
def dispose(arguments: argparse.Namespace) -> int:
    """Take a record's words out for good."""
    from vawg_desktop.services import names
    from vawg_desktop.store.dispose import Authority
    from vawg_desktop.store.dispose import dispose as take_out

    with opened(arguments) as session:
        found = names.find(session.read(), arguments.ref)
        authority = Authority(
            session.who, arguments.agreed_by, arguments.authority, session.today.isoformat()
        )
        if arguments.respondent:
            return _dispose_respondent(arguments, session, found, authority)
        done = take_out(session.store, found.entity, found.id, authority)
    return out(
        arguments,
        {"record": found.reference, "entries": done.entries},
        lambda: iter([f"{found.reference} was disposed of."]),
    )


def _dispose_respondent(arguments: argparse.Namespace, session: Session, found: Found, authority: Authority) -> int:
    """Take one respondent's answers out of a survey, in whichever waves they answered."""
    from vawg_desktop.services import surveys

    if found.entity != surveys.SURVEY.key:
        raise ValueRefusedError(f"{found.reference} is not a survey, and a respondent belongs to one.")
    gone = surveys.of_respondent(session, found.id, arguments.respondent)
    entries = sum(surveys.dispose_response(session, response, authority).entries for response in gone)
    told = f"{how_many(len(gone), 'response')} of {found.reference} {'was' if len(gone) == 1 else 'were'} disposed of; imported again, they stay out."
    return out(arguments, {"record": found.reference, "responses": len(gone), "entries": entries}, lambda: iter([told]))
