"""Making and changing records: every value is read from what was typed, checked and logged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.conditions import open_sql
from vawg_desktop.domain.entities import (
    BY_KEY,
    ENTITIES,
    GAP,
    UPDATE,
    EntitySpec,
    field_of,
    form_field,
)
from vawg_desktop.domain.errors import AppError, ValueRefusedError
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.domain.values import clean_text, split_set, to_stored
from vawg_desktop.services import edit_rules, names, over_time, worded
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Seen, Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: What may be assigned: ``=`` states, ``+=`` adds, ``-=`` removes.
STATE, ADD, REMOVE = "=", "+=", "-="


@dataclass(frozen=True, slots=True)
class Assignment:
    """One field and what is to become of it, as typed."""

    field: str
    text: str
    how: str = STATE


def parse_assignment(text: str) -> Assignment:
    """``status=complete``, ``themes=a;b``, ``themes+=c``. Raises ValueRefusedError."""
    key, sign, value = text.partition("=")
    if not sign or not key.strip("+- "):
        raise ValueRefusedError(f"“{text[:60]}” is not FIELD=VALUE.")
    how = {"+": ADD, "-": REMOVE}.get(key[-1], STATE)
    return Assignment(key.rstrip("+-").strip() if how != STATE else key.strip(), value, how)


def meeting_dates(connection: Connection, today: str) -> Callable[[str], str | None]:
    """Answers "next PDB" with the date of that body's next meeting."""

    def next_of(body: str) -> str | None:
        found = names.find_named(connection, "governance_body", body)
        if found is None:
            return None
        row = connection.exec_driver_sql(
            f"SELECT min(date) FROM meeting t WHERE body = ? AND date >= ? AND NOT deleted AND {open_sql(BY_KEY['meeting'])}", (found.id, today)
        ).fetchone()
        return str(row[0]) if row and row[0] else None

    return next_of


def read_value(session: Session, connection: Connection, spec: FieldSpec, typed: object) -> Value:
    """The stored value of what was typed for a single-valued field or one element of a set."""
    if spec.kind in (Kind.REF, Kind.LINKS):
        text = str(typed or "").strip()
        if not text:
            return None
        if spec.formerly is not None:
            return worded.Meanings(connection, spec).read(text) or None
        found = names.maybe_find(connection, text, spec.target)
        return (found or names.Directory(connection, spec.target).require(text)).id
    if spec.names_record and typed:
        return names.find(connection, str(typed)).id
    if spec.kind is Kind.DATE:
        today = session.today
        return to_stored(spec, typed, now=today, meeting=meeting_dates(connection, today.isoformat()))
    return to_stored(spec, typed, now=session.today)


def problem_with(session: Session, spec: FieldSpec, typed: str) -> str:
    """Why what was typed cannot be saved in a field, or an empty text."""
    if not typed:
        return f"{spec.label} is needed." if spec.required else ""
    try:
        if spec.many:
            read_set(session, session.read(), spec, typed)
        else:
            read_value(session, session.read(), spec, typed)
    except AppError as error:
        return error.message
    return ""


def create(
    session: Session,
    entity: str,
    typed: Mapping[str, object],
    *,
    why: str | None = None,
    reference: str | None = None,
    aliases: Sequence[str] = (),
) -> tuple[str, Changes]:
    """Make a record from typed values by field key or label; returns its id and what changed."""
    spec = BY_KEY[entity]
    with session.store.write(session.who, why, Act.CREATE) as tx:
        id = create_in(session, tx, spec, typed, reference=reference, aliases=aliases)
    return id, tx.changes


def add_record(session: Session, spec: EntitySpec, given: Sequence[Assignment], why: str) -> names.Found:
    """Make a record from fields as typed; a set is stated whole (``themes=a;b``). Returns what it is called.

    Raises NotFoundError, ValueRefusedError and RuleError; ValueRefusedError too for kinds that the program alone writes.
    """
    if spec.system:
        raise ValueRefusedError(f"{spec.plural} are written by the program itself, so none can be added by hand.")
    typed: dict[str, object] = {}
    for one in given:
        key = field_of(spec, one.field).key
        if one.how != STATE or key in typed:
            raise ValueRefusedError(f"State {spec.by_key[key].label} once, as {key}=VALUE, with ; between several.")
        typed[key] = one.text
    id, _ = create(session, spec.key, typed, why=why)
    return names.find(session.read(), id)


def create_in(
    session: Session,
    tx: Transaction,
    spec: EntitySpec,
    typed: Mapping[str, object],
    *,
    reference: str | None = None,
    aliases: Sequence[str] = (),
) -> str:
    """The same inside a transaction that does more."""
    cells: dict[str, Value] = {}
    sets: dict[FieldSpec, list[str]] = {}
    leading: dict[str, list[str]] = {}
    for key, given in typed.items():
        if "." in key:
            leading[key] = read_set(session, tx.connection, form_field(spec, key), given)
            continue
        field = field_of(spec, key)
        if field.many:
            sets[field] = read_set(session, tx.connection, field, given)
        else:
            cells[field.key] = read_value(session, tx.connection, field, given)
    cells = with_copied_cells(tx, spec, cells)
    edit_rules.before_creating(session, tx, spec, cells)
    id = tx.create(spec.key, cells, reference=reference)
    for field, elements in sets.items():
        tx.set_links(spec.link_kind(field), id, elements)
    for kind, records in leading.items():
        for record in records:
            tx.link(kind, record, id)
    for alias in aliases:
        add_alias(tx, id, alias)
    if spec is GAP:
        first = str(spec.by_key[spec.status].default)
        edit_rules.refuse_unreached(tx, id, first, str(cells.get(spec.status) or first))
    return id


def add_alias(tx: Transaction, id: str, alias: str) -> None:
    """Let a record also be found by ``alias``, for ever."""
    tx.alias(id, alias)


def with_copied_cells(tx: Transaction, spec: EntitySpec, cells: dict[str, Value]) -> dict[str, Value]:
    """The cells of a new record with those filled in that it copies from the one it is part of, such as an action's status then."""
    copied = [f.key for f in spec.cells if f.copied_from_parent]
    if not copied:
        return cells
    parent = tx.row(spec.parent, str(cells[spec.parent]))
    return {**{k: parent[k] for k in copied}, **{k: v for k, v in cells.items() if v is not None}}


def read_set(session: Session, connection: Connection, field: FieldSpec, given: object) -> list[str]:
    """The elements of a set as typed (``a; b``) or given as a list."""
    if isinstance(given, list | tuple):
        parts = [str(p) for p in cast("Sequence[object]", given)]
    else:
        parts = split_set("" if given is None else str(given))
    read = (read_value(session, connection, _element(field), p) for p in parts)
    return list(dict.fromkeys(str(v) for v in read if v is not None))


def _element(field: FieldSpec) -> FieldSpec:
    return FieldSpec(field.key, field.label, Kind.TEXT) if field.kind is Kind.TAGS else field


def owns_others(spec: EntitySpec) -> bool:
    """Whether other records belong to those of a kind, as actions do to partners."""
    return any(e.owner and e.by_key[e.owner].target == spec.key for e in ENTITIES)


def rests_on(session: Session, spec: EntitySpec, ids: Sequence[str]) -> str:
    """What is still open and belongs to some records, in words: the actions of a partner that is to be deleted; empty where nothing is."""
    parts: list[str] = []
    for other in ENTITIES:
        if not other.system and other.owner and other.by_key[other.owner].target == spec.key:
            marks = ",".join("?" * len(ids))
            sql = f'SELECT count(*) FROM "{other.key}" t WHERE t."{other.owner}" IN ({marks}) AND NOT t.deleted AND {open_sql(other)}'
            if count := int(session.read().exec_driver_sql(sql, tuple(ids)).one()[0]):
                parts.append(how_many(count, f"{'open ' if other.finished else ''}{other.label.casefold()}", f"{'open ' if other.finished else ''}{other.plural.casefold()}"))
    return ", ".join(parts)


def assign(
    session: Session,
    record: str,
    assignments: Sequence[Assignment],
    why: str | None,
    *,
    seen: Seen | None = None,
    act: Act = Act.EDIT,
) -> Changes:
    """Change fields of a record in one transaction."""
    with session.store.write(session.who, why, act) as tx:
        found = names.find(tx.connection, record)
        assign_in(session, tx, found.spec, found.id, assignments, why, seen=seen)
    return tx.changes


def assign_in(
    session: Session,
    tx: Transaction,
    spec: EntitySpec,
    id: str,
    assignments: Sequence[Assignment],
    why: str | None,
    *,
    seen: Seen | None = None,
) -> None:
    """The same inside a transaction. ``why`` serves as the reason wherever a rule asks for one."""
    cells: dict[str, Value] = {}
    for one in assignments:
        if one.field == "deleted":
            cells["deleted"] = fold(one.text) in ("yes", "true", "1")
            if cells["deleted"]:
                edit_rules.withdraw(tx, spec, id, why)
            else:
                edit_rules.refuse_signature_back(tx, spec, id)
            continue
        field = field_of(spec, one.field)
        removed = clean_text(one.text).removed
        if removed:
            tx.changes.notes.append(f"{removed} unprintable characters were taken out of {field.label}.")
        if field.many:
            _assign_set(session, tx, spec, field, id, one)
        elif one.how != STATE:
            raise ValueRefusedError(f"{field.label} holds one value; use {field.key}=… to state it.")
        else:
            cells[field.key] = read_value(session, tx.connection, field, one.text)
    if why and "revised_due" in cells and "revised_reason" in spec.by_key and "revised_reason" not in cells:
        cells["revised_reason"] = why
    edit_rules.before_editing(session, tx, spec, id, cells, why)
    if cells:
        stood = str(tx.row(spec.key, id)[spec.status] or spec.by_key[spec.status].default) if spec is GAP and spec.status in cells else ""
        over_time.edit(session, tx, spec, id, cells, seen)
        if stood:
            edit_rules.refuse_unreached(tx, id, stood, str(cells[spec.status] or ""))
    if cells.get("funding_answer") == "ended":
        from vawg_desktop.services import closing

        closing.funding_ended_in(tx, id, why)


def _assign_set(
    session: Session, tx: Transaction, spec: EntitySpec, field: FieldSpec, id: str, one: Assignment
) -> None:
    elements = read_set(session, tx.connection, field, one.text)
    kind = spec.link_kind(field)
    there = tx.linked(kind, id) if field.formerly is not None else []
    if there:  # words of an earlier version and the record they mean are one element
        meanings = worded.Meanings(tx.connection, field)
        same = {element: [end for end in there if meanings.of(end) == meanings.of(element)] or [element] for element in elements}
        elements = [end for element in elements for end in same[element]]
    if one.how == STATE:
        tx.set_links(kind, id, elements)
        return
    for element in elements:
        if one.how == ADD:
            tx.link(kind, id, element)
        else:
            tx.unlink(kind, id, element)


def assign_each(session: Session, wanted: Sequence[tuple[str, Assignment]], why: str | None = None) -> Changes:
    """To each of some records an assignment of its own, all or none."""
    with session.store.write(session.who, why, Act.BULK) as tx:
        for record, assignment in wanted:
            found = names.find(tx.connection, record)
            assign_in(session, tx, BY_KEY[found.entity], found.id, [assignment], why)
    return tx.changes


def assign_many(
    session: Session, records: Sequence[str], assignments: Sequence[Assignment], why: str | None
) -> Changes:
    """Bulk edit: the same assignments to many records, all or none."""
    with session.store.write(session.who, why, Act.BULK) as tx:
        for record in records:
            found = names.find(tx.connection, record)
            assign_in(session, tx, found.spec, found.id, assignments, why)
    return tx.changes


def hide(session: Session, records: Sequence[str], *, hidden: bool = True, why: str | None = None) -> Changes:
    """Delete (hide) records, or bring them back from the bin."""
    with session.store.write(session.who, why, Act.DELETE if hidden else Act.UNDELETE) as tx:
        for record in records:
            found = names.find(tx.connection, record)
            if hidden:
                edit_rules.withdraw(tx, found.spec, found.id, why)
            else:
                edit_rules.refuse_signature_back(tx, found.spec, found.id)
            tx.delete(found.entity, found.id, hidden=hidden)
    return tx.changes


def set_link(
    session: Session,
    entity: str,
    field_key: str,
    a: str,
    b: str,
    *,
    cells: Mapping[str, object] | None = None,
    remove: bool = False,
) -> Changes:
    """Make, change or remove one link of a set field."""
    spec = BY_KEY[entity]
    kind = spec.link_kind(spec.by_key[field_key])
    with session.store.write(session.who, None, Act.LINK) as tx:
        if remove:
            tx.unlink(kind, a, b)
        else:
            from vawg_desktop.domain.entities import LINK

            read = {
                k: read_value(session, tx.connection, LINK.by_key[k], v) for k, v in (cells or {}).items()
            }
            tx.link(kind, a, b, read)
    return tx.changes


def add_update(
    session: Session, action: str, typed: Mapping[str, object], *, why: str | None = None
) -> Changes:
    """Add a progress update to an action: it copies how the action stands and never drives it."""
    given = {"as_at": session.today.isoformat(), "channel": "own", "informant": session.who, **typed}
    with session.store.write(session.who, why, Act.UPDATE) as tx:
        found = names.find(tx.connection, action, UPDATE.parent)
        create_in(session, tx, UPDATE, {**given, UPDATE.parent: found.id})
    return tx.changes
