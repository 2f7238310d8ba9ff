"""What each command does: opens the store, calls one service, prints JSON or sentences."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from vawg_desktop.domain import dates
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY, entity, field_of
from vawg_desktop.domain.errors import StoreError, ValueRefusedError
from vawg_desktop.domain.terms import how_many
from vawg_desktop.domain.values import from_row, to_words
from vawg_desktop.services.session import Session
from vawg_desktop.store import store as stores

_ENCODING_NOTE = "utf-8"


_said: str | None = None


def take_passphrase() -> None:
    """Take the passphrase out of the environment, so that no process started from here inherits it."""
    global _said
    _said = os.environ.pop("VAWG_PASSPHRASE", None)


def passphrase_for(arguments: argparse.Namespace, path: Path, *, new: bool = False) -> str | None:
    """The passphrase from its file, the environment or a prompt; never from an argument."""
    if arguments.passphrase_file:
        return first_line(Path(arguments.passphrase_file))
    if _said is not None:
        return _said
    if not new and not stores.needs_passphrase(path):
        return None
    if sys.stdin is None or not sys.stdin.isatty():
        raise StoreError(
            f"{path.name} needs a passphrase: give --passphrase-file or set VAWG_PASSPHRASE"
            + (", or --plain for a demonstration." if new else "."),
            code="passphrase_needed",
        )
    return getpass.getpass("Passphrase: ")


def ask_new() -> str:
    """A new passphrase, typed twice."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise StoreError(
            "Give the new passphrase in a file: --new-passphrase-file.", code="passphrase_needed"
        )
    one, other = getpass.getpass("New passphrase: "), getpass.getpass("The same again: ")
    if one != other:
        raise StoreError("The two were not the same; nothing was changed.", code="not_the_same")
    return one


def first_line(path: Path) -> str:
    """The first line of a passphrase file."""
    try:
        lines = path.read_text(_ENCODING_NOTE).splitlines()
    except (OSError, UnicodeDecodeError):
        raise StoreError(f"The passphrase file {path} could not be read.", code="passphrase_file") from None
    if not lines or not lines[0]:
        raise StoreError(f"The passphrase file {path} is empty.", code="passphrase_file")
    return lines[0]


def checked_url(name: str) -> str:
    """A store's URL, if it is one of PostgreSQL. Raises StoreError."""
    from vawg_desktop.store.postgres import is_url

    if not is_url(name):
        raise StoreError("A store is a .vawg file or a postgresql:// URL.", code="bad_url")
    return name


def open_named(
    arguments: argparse.Namespace, name: str, *, passphrase_file: str | None = None, near: bool = False
) -> stores.Store:
    """The store of that name, opened. ``passphrase_file`` is its own where it differs from STORE's; ``near`` where
    it is only read from, so that one in a shared place is read through a private copy."""
    open_it = stores.open_near if near else stores.open_store
    if "://" in name:
        return stores.open_postgres(checked_url(name))
    path = Path(name)
    if not stores.needs_passphrase(path):
        return open_it(path)
    if passphrase_file is None and not arguments.passphrase_file and _said is None:
        from vawg_desktop.store.keyring_seam import recalled

        key = recalled(path)
        if key is not None:
            return open_it(path, key=key)
    words = first_line(Path(passphrase_file)) if passphrase_file else passphrase_for(arguments, path)
    return open_it(path, passphrase=words)


@contextmanager
def opened(arguments: argparse.Namespace, *, near: bool = False) -> Iterator[Session]:
    """The store of a command, closed afterwards."""
    store = open_named(arguments, arguments.store, near=near)
    try:
        yield Session(store)
    finally:
        store.close()


def out(arguments: argparse.Namespace, document: object, words: Callable[[], Iterator[str]]) -> int:
    """One JSON document, or sentences."""
    if arguments.json:
        json.dump(document, sys.stdout, ensure_ascii=False, indent=1, default=str)
        sys.stdout.write("\n")
    else:
        for line in words():
            sys.stdout.write(line + "\n")
    return 0


def new(arguments: argparse.Namespace) -> int:
    """Make a store. A store that could not be filled is taken away again."""
    path = Path(arguments.store)
    if "://" in arguments.store:
        store = stores.create_postgres(checked_url(arguments.store), demonstration=arguments.demo)
    else:
        passphrase = None if arguments.plain else passphrase_for(arguments, path, new=True)
        store = stores.create(path, passphrase=passphrase, demonstration=arguments.demo)
    session = Session(store)
    try:
        if arguments.sample:
            from vawg_desktop.services.sample import load_sample

            load_sample(session)
        if arguments.demo:
            from vawg_desktop.services.demo import COUNTY, fill

            fill(session, COUNTY)
    except BaseException:
        store.close()
        _take_away(arguments.store)
        raise
    counts = {e: _count(session, e) for e in ("recommendation", "action", "gap", "partner")}
    plain, made = store.plain, store.name if store.url is not None else str(path)
    store.close()

    def words() -> Iterator[str]:
        yield f"Made {made}" + (" (plain: not encrypted)." if plain else ".")
        if any(counts.values()):
            yield ", ".join(f"{n} {BY_KEY[e].plural.casefold()}" for e, n in counts.items()) + "."

    return out(arguments, {"store": made, "plain": plain, "counts": counts}, words)


def _take_away(name: str) -> None:
    if "://" not in name:
        stores.remove(Path(name))
        return
    from vawg_desktop.store.postgres import drop_schema, parse

    drop_schema(parse(name))


def _count(session: Session, name: str) -> int:
    from vawg_desktop.services.lists import ListQuery, count

    return count(session, ListQuery(name))


def import_tracker(arguments: argparse.Namespace) -> int:
    """Take in a tracker."""
    from vawg_desktop.services.trackers import import_tracker as take
    from vawg_desktop.services.trackers import problems_in_words

    with opened(arguments) as session:
        done = take(session, Path(arguments.file), mapping=_mapping(arguments.map), answers=_answers(arguments.answers),
                    dry_run=arguments.dry_run, entity=arguments.entity)  # fmt: skip

    def words() -> Iterator[str]:
        would = "would be " if arguments.dry_run else ""
        yield f"{done.created} {would}created, {done.updated} {would}updated, {done.unchanged} unchanged."
        yield from problems_in_words(done.problems)
        if done.tray:
            yield "In the tray:"
            yield from (f"  {t['sheet']}!{t['cell']}  {t['text'][:100]}  ({t['why']})" for t in done.tray)
        asked = {p.id: p for p in done.problems if p.choices}
        if asked:
            yield "What may be answered, with --answers FILE (a JSON object from a question to its choice):"
        for id, one in asked.items():
            yield f"  {id}"
            yield from (f"      {choice}: {said}" for choice, said in one.choices)

    return out(arguments, done.as_json(), words)


def export_tracker(arguments: argparse.Namespace) -> int:
    """Write a tracker again in its own shape."""
    from vawg_desktop.services.tracker_out import export_tracker as write

    with opened(arguments) as session:
        done = write(session, Path(arguments.like), Path(arguments.out), entity=arguments.entity)

    def words() -> Iterator[str]:
        yield f"{done.file}: {how_many(done.rows, 'row')} known, {how_many(len(done.changed), 'cell')} written anew."
        yield from done.notes

    return out(arguments, done.as_json(), words)


def _answers(name: str | None) -> dict[str, str]:
    """Choices by the ids of questions, from a JSON object."""
    if name is None:
        return {}
    try:
        found = json.loads(Path(name).read_text("utf-8"))
    except (OSError, ValueError):
        raise ValueRefusedError(f"The answers {name} could not be read as JSON.") from None
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise ValueRefusedError("Answers are a JSON object from a question's id to a choice.")
    return {str(k): str(v) for k, v in found.items()}


def _mapping(name: str | None) -> dict[str, str | None] | None:
    if name is None:
        return None
    from vawg_desktop.exchange.tracker_columns import targets

    try:
        mapping = json.loads(Path(name).read_text("utf-8"))
    except (OSError, ValueError):
        raise ValueRefusedError(f"The mapping {name} could not be read as JSON.") from None
    if not isinstance(mapping, dict):
        raise ValueRefusedError("A mapping is a JSON object from heading to field.")
    known = targets()
    for heading, target in mapping.items():
        if target is not None and (not isinstance(target, str) or target not in known):
            raise ValueRefusedError(
                f"The mapping sends “{heading}” to “{target}”, which is no field; try {', '.join(list(known)[:4])} …"
            )
    return mapping


def export_returns(arguments: argparse.Namespace) -> int:
    """Make a round of returns."""
    from vawg_desktop.services.rounds import export_returns as export

    with opened(arguments) as session:
        made = export(
            session,
            period=arguments.period,
            due=arguments.due,
            out=Path(arguments.out),
            partners=arguments.partner,
            format=arguments.format,
            release=arguments.release,
        )

    def words() -> Iterator[str]:
        for sent in made.returns:
            yield f"{sent.reference}  {sent.partner}: {how_many(sent.rows, 'row')}, version {sent.version}, {sent.file}"
        for skip in made.skipped:
            yield f"No return for {skip['partner']}: {skip['why']}."

    return out(arguments, made.as_json(), words)


def import_return(arguments: argparse.Namespace) -> int:
    """Stage a return, and apply it where asked."""
    from vawg_desktop.services.return_staging import import_return as take

    with opened(arguments) as session:
        staged = take(session, Path(arguments.file), apply=arguments.apply)

    def words() -> Iterator[str]:
        yield f"Return {staged.return_reference} of {staged.partner}: {how_many(staged.rows, 'row')}."
        for d in staged.differences:
            spec = BY_KEY["action"].by_key.get(d.field) or BY_KEY["update"].by_key[d.field]
            sent, now, came = (to_words(spec, v) or "nothing" for v in (d.base, d.current, d.incoming))
            yield f"  {d.record} {d.label}: sent {sent}, now {now}, came {came} ({d.kind.value.replace('_', ' ')})"
        yield from (f"  {f'{p.sheet}!{p.cell} ' if p.cell else ''}{p.message}" for p in staged.problems)
        yield from (
            f"  In the tray: {t['sheet']}!{t['cell']} {t['text'][:100]} ({t['why']})" for t in staged.tray
        )
        for row in staged.new_rows:
            yield "  New: " + "; ".join(f"{k}: {v}" for k, v in row.items() if k not in ("sheet", "cell"))
        yield f"  {staged.answers_in_words()}."
        if staged.not_returned:
            yield "  Not returned: " + ", ".join(staged.not_returned)
        if arguments.apply:
            yield f"{staged.applied} applied."

    return out(arguments, staged.as_json(), words)


def reverse_return(arguments: argparse.Namespace) -> int:
    """Take a return back."""
    from vawg_desktop.services.returns import reverse_return as take_back

    with opened(arguments) as session:
        done = take_back(session, arguments.reference)

    def words() -> Iterator[str]:
        yield f"{done.restored} restored."
        for kept in done.kept_later_edits:
            yield f"Kept, as it was edited later: {kept['record']} {kept['field']}."

    return out(arguments, {"restored": done.restored, "kept_later_edits": done.kept_later_edits}, words)


def list_records(arguments: argparse.Namespace) -> int:
    """List records of a kind."""
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
            said = f"  ({to_words(spec.by_key['status'], str(status))})" if status else ""
            torn = "  [two values to choose between]" if record["conflicted"] else ""
            yield f"{record['reference']}  {record.get(spec.title, '')}{said}{torn}"
        yield f"{len(found)} {spec.plural.casefold() if len(found) != 1 else spec.label.casefold()}"

    return out(arguments, found, words)


def _where_key(entity_key: str, key: str) -> str:
    from vawg_desktop.domain.conditions import CONDITIONS
    from vawg_desktop.services.lists import MINE

    spec = BY_KEY[entity_key]
    own = {"reference", "id", "rating", "linked_to", *(("pillar",) if spec.pillar else ())}
    if key in CONDITIONS or key in own or key == MINE:
        return key
    return field_of(spec, key).key


def show(arguments: argparse.Namespace) -> int:
    """One record with its links."""
    from vawg_desktop.services import show as showing

    with opened(arguments) as session:
        day = _day(arguments.as_at, session.today)
        document = showing.as_json(session, arguments.ref, day)

    def words() -> Iterator[str]:
        spec = BY_KEY[str(document["entity"])]
        fields: Any = document["fields"]
        labels: Any = document["labels"]
        yield f"{document['reference']}  {fields.get(spec.title) or ''}"
        if document["deleted"]:
            yield "  Deleted: it lies in the bin."
        if document["conflicted"]:
            yield "  Some of it holds two values nobody has chosen between; see “conflicts”."
        for f in spec.fields:
            value = fields.get(f.key)
            if value in (None, [], "") or f.key == spec.title:
                continue
            many = value if isinstance(value, list) else [value]
            said = "; ".join(labels.get(str(v)) or to_words(f, from_row(f, v)) for v in many)
            yield f"  {f.label}: {said}"
        for link in document["links"]:  # type: ignore[attr-defined]
            yield f"  {link['label']}: {link['reference']} {link['title']}"

    return out(arguments, document, words)


def _day(text: str | None, today: date) -> date | None:
    if text is None:
        return None
    day = dates.last_day(dates.parse_date(text, now=today))
    if day is None:
        raise ValueRefusedError(f"“{text}” is not a date.")
    return day


def history(arguments: argparse.Namespace) -> int:
    """What happened to a record."""
    from vawg_desktop.services.history import history as tell

    with opened(arguments) as session:
        changes = tell(session, arguments.ref)
        lines = _changes(session, changes)
    return out(arguments, [c.as_json() for c in changes], lambda: iter(lines))


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

    return [f"{c.record}  {in_words(session, c)}" for c in changes]


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
        yield f"Changed {called}." if done else f"Nothing to change in {called}: it stands so already."
        yield from done.notes

    return out(arguments, {"transaction": done.txn, "entries": done.entries, "notes": done.notes}, words)


def undo(arguments: argparse.Namespace) -> int:
    """Reverse this person's last transaction made here."""
    from vawg_desktop.services.history import undo as take_back

    with opened(arguments) as session:
        done = take_back(session)
        lines = _undone(session, done)
    return out(arguments, {"transaction": done.txn, "entries": done.entries}, lambda: iter(lines))


def _undone(session: Session, done: Changes) -> list[str]:
    """What an undo brought back, in words."""
    from vawg_desktop.services.history import in_words, of_transaction

    told = of_transaction(session, done.txn)
    return [f"Undone, {how_many(len(told), 'change')}:", *(f"{c.record}  {in_words(session, c)}" for c in told[:12])]


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
        done = take_out(session.store, found.entity, found.id, authority)
    return out(
        arguments,
        {"record": found.reference, "entries": done.entries},
        lambda: iter([f"{found.reference} was disposed of."]),
    )


def check(arguments: argparse.Namespace) -> int:
    """Check the store against its log; exit 1 when not ok."""
    from vawg_desktop.services.safekeeping import head_code
    from vawg_desktop.store.check import check as look
    from vawg_desktop.store.repair import repair
    from vawg_desktop.store.report import NOTICES

    with opened(arguments) as session:
        codes = [head_code(code) for code in arguments.head]
        report = look(session.store, heads=codes)
        repaired = 0
        if arguments.repair and not report.ok:
            repaired = repair(session.store, session.who)
            report = look(session.store, heads=codes)
    document = {
        "ok": report.ok, "problems": [p.as_json() for p in report.problems], "entries": report.entries,
        "heads": report.heads, "repaired": repaired,
    }  # fmt: skip

    def words() -> Iterator[str]:
        yield from (f"[{p.code}] {p.record + ': ' if p.record else ''}{p.message}" for p in report.problems)
        yield "All is well." if report.ok else f"{sum(p.code not in NOTICES for p in report.problems)} problems."

    out(arguments, document, words)
    return 0 if report.ok else 1


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "new": new, "import-tracker": import_tracker, "export-tracker": export_tracker, "export-returns": export_returns, "import-return": import_return,
    "reverse-return": reverse_return, "list": list_records, "show": show, "history": history, "changed": changed,
    "set": set_fields, "undo": undo, "dispose": dispose, "check": check,
}  # fmt: skip
