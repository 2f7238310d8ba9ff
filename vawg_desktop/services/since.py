"""Since the last board: what became of recommendations, actions and gaps between two dates or meetings, net, as this store knew it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from vawg_desktop.domain import movement
from vawg_desktop.domain.acts import Act, act_of
from vawg_desktop.domain.conditions import is_open
from vawg_desktop.domain.entities import BY_KEY, ENTITIES
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.fields import EntitySpec, Value
from vawg_desktop.domain.movement import Move, Step
from vawg_desktop.domain.values import to_words
from vawg_desktop.services import names
from vawg_desktop.services.lists import ListQuery, Where, ids
from vawg_desktop.services.moments import Known, day_of, known, named, refuse_ahead
from vawg_desktop.services.session import Session
from vawg_desktop.store import entries as log
from vawg_desktop.store import history as past

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Kinds of record whose movements a board sees.
SPECS: tuple[EntitySpec, ...] = tuple(e for e in ENTITIES if e.kept_counts)
_TOLD = {e.key: frozenset({e.status, "deleted", *e.due, *(("verification",) if e.complete else ())}) for e in SPECS}


@dataclass(frozen=True, slots=True)
class Moved:
    """One thing that became of a record, with its reference and title."""

    id: str
    entity: str
    reference: str
    title: str
    move: Move
    #: The record that it was combined with, by its reference, where it was not simply deleted.
    into: str = ""

    def as_json(self) -> dict[str, Value]:
        """The contract's keys, with more beside them."""
        m = self.move
        return {"record": self.reference, "id": self.id, "entity": self.entity, "field": m.field, "before": m.before, "after": m.after, "at": m.at, "times": m.times}


@dataclass(slots=True)
class Since:
    """All that became of the records, by kind of movement; ``between`` which moments it was."""

    between: Span
    found: dict[str, list[Moved]] = field(default_factory=lambda: {kind: [] for kind in movement.KINDS})
    #: Records of which evidence was seen at the beginning and none is at the end, though they are still said to be complete.
    unproved: list[Moved] = field(default_factory=list[Moved])

    @property
    def told(self) -> dict[str, list[Moved]]:
        """All that is told in words, by kind in its order."""
        return {kind: self.unproved if kind == movement.UNPROVED else self.found[kind] for kind in movement.TOLD}

    @property
    def span(self) -> tuple[int, int]:
        """The log's numbers between which it was."""
        return self.between.start.upto, self.between.end.upto

    def as_json(self) -> dict[str, list[dict[str, Value]]]:
        """Lists by kind of movement."""
        return {kind: [one.as_json() for one in found] for kind, found in self.found.items()}


@dataclass(frozen=True, slots=True)
class Scope:
    """Of which records: those of a pillar, of a body (by name), or of what a recommendation leads to. Empty: all."""

    pillar: str = ""
    body: str = ""
    recommendation: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """Two moments: of what was learned between them it is told what became of the records."""

    start: Known
    end: Known

    def between(self, n: str = "n") -> str:
        """The condition on an entry that it was learned in the span; ``n`` names its number."""
        late = f" OR {n} IN ({','.join(map(str, sorted(self.start.but)))})" if self.start.but else ""
        out = f" AND {n} NOT IN ({','.join(map(str, sorted(self.end.but)))})" if self.end.but else ""
        return f"(({n} > {self.start.upto}{late}) AND {n} <= {self.end.upto}{out})"


def since(session: Session, start: str, end: str = "", scope: Scope = Scope()) -> Since:
    """What became of the records between two dates or meetings; without an end until now. Raises ValueRefusedError where the end is earlier."""
    connection = session.read()
    last = int(connection.exec_driver_sql('SELECT coalesce(max(n), 0) FROM "change"').one()[0])
    refuse_ahead(session, start)
    span = Span(known(session, start), known(session, end) if end else Known(last))
    began, ended = day_of(session, start), day_of(session, end) if end else None
    if span.end.upto < span.start.upto or (began is not None and ended is not None and ended < began):
        raise ValueRefusedError(f"The end is before the beginning: {named(session, end)} comes before {named(session, start)}.")
    made = Since(span)
    for spec in SPECS:
        wanted = _wanted(session, spec, scope)
        found = {id: moves for id, moves in _moves(connection, spec, span) if wanted is None or id in wanted}
        for id in _silent(connection, spec, span) if spec.told_by else ():
            if wanted is None or id in wanted:
                found.setdefault(id, []).append(Move(movement.SILENT, spec.told_by, None, None, "", 0))
        called = _called(connection, spec, list(found))
        for id in sorted(found, key=lambda one: called[one]):
            for move in found[id]:
                (made.unproved if move.kind == movement.UNPROVED else made.found[move.kind]).append(Moved(id, spec.key, called[id][1], called[id][2], move))
    made.found[movement.DELETED] = _with_kept(connection, made.found[movement.DELETED])
    return made


def _with_kept(connection: Connection, gone: Sequence[Moved]) -> list[Moved]:
    """Deleted records, each with the record that it was combined with, where that is how it went."""
    if not gone:
        return []
    of_row: dict[str, log.Entry] = {}
    for entry in past.entries_of(connection, [one.id for one in gone]):
        if "deleted" in entry.fields:
            of_row[entry.row] = entry  # the last one says how it went
    kept = {row: names.maybe_find(connection, str(e.about)) for row, e in of_row.items() if act_of(e.act) is Act.COMBINE and e.about}
    into = {row: found.reference for row, found in kept.items() if found is not None and found.entity == of_row[row].tbl}
    return [replace(one, into=into.get(one.id, "")) for one in gone]


#: What each kind of movement is called, for one record and for many.
HEADINGS = {
    movement.MOVED: "Status moved", movement.SLIPPED: "Date moved later", movement.CLAIMED: "Said to be complete", movement.PROVED: "Shown to be complete", movement.UNPROVED: "Evidence no longer seen",
    movement.CLOSED: "Closed", movement.REOPENED: "Opened again", movement.DELETED: "Deleted", movement.SILENT: "No update since then", movement.NEW: "New",
}  # fmt: skip


def in_words(made: Since) -> Iterator[str]:
    """A heading with its number for each kind of movement, and a line for each record under it."""
    for kind, found in made.told.items():
        yield f"{HEADINGS[kind]}: {len(found):,}"
        yield from (f"  {one.reference}  {one.title}{more_words(one)}" for one in found)


def more_words(one: Moved) -> str:
    """What stood before and after, and how often it moved on the way where that was more than once."""
    move, spec = one.move, BY_KEY[one.entity]
    if one.into:
        return f": combined with {one.into}"
    shown = spec.by_key.get(move.field)
    if shown is None or move.kind in (movement.NEW, movement.SILENT, movement.DELETED):
        return ""
    often = f", moved {move.times} times" if move.times > 1 else ""
    return f": {to_words(shown, move.before) or 'none'} → {to_words(shown, move.after) or 'none'}{often}"


def _called(connection: Connection, spec: EntitySpec, wanted: Sequence[str]) -> dict[str, tuple[int, str, str]]:
    """Length of the reference, reference and title of records, by id: as they are sorted."""
    found: dict[str, tuple[int, str, str]] = {}
    for start in range(0, len(wanted), 400):
        part = tuple(wanted[start : start + 400])
        sql = f'SELECT id, reference, "{spec.title}" FROM "{spec.key}" WHERE id IN ({",".join("?" * len(part))})'
        found |= {str(id): (len(str(reference)), str(reference), str(title or "")) for id, reference, title in connection.exec_driver_sql(sql, part)}
    return found


def _moves(connection: Connection, spec: EntitySpec, span: Span) -> list[tuple[str, list[Move]]]:
    """What became of each record of a kind of which an entry between tells."""
    made, edited = _made(connection, spec, span), _edited(connection, spec, span, _TOLD[spec.key])
    found: list[tuple[str, list[Move]]] = []
    for id, numbered in _entries(connection, [*made, *(id for id in edited if id not in made)], span.end, _TOLD[spec.key]).items():
        earlier = [e for n, e in numbered if span.start.holds(n)]
        before = _cells(earlier) if earlier else None
        later = [e for n, e in numbered if not span.start.holds(n)]
        moves = movement.moves(spec, before, [Step(later[0].at, _cells([*earlier, *later]))])
        if any(m.kind != movement.NEW for m in moves):  # what it is net is known; when and how often is told by the way there
            moves = movement.moves(spec, before, _steps(spec, earlier, later))
        if moves:
            found.append((id, moves))
    return found


def _made(connection: Connection, spec: EntitySpec, span: Span) -> dict[str, None]:
    """Records of a kind that were made in the span, by an index alone."""
    rows = connection.exec_driver_sql(f"SELECT \"row\" FROM \"change\" WHERE op = 'create' AND tbl = ? AND {span.between()}", (spec.key,))
    return {str(id): None for (id,) in rows}


def _edited(connection: Connection, spec: EntitySpec, span: Span, keys: Collection[str]) -> dict[str, None]:
    """Records of a kind of which an edit in the span names one of some cells."""
    sql = f"SELECT \"row\" FROM \"change\" WHERE op = 'edit' AND tbl = ? AND {span.between()} AND {_names(keys)}"
    return {str(id): None for (id,) in connection.exec_driver_sql(sql, (spec.key,))}


def _names(keys: Collection[str]) -> str:
    return "(" + " OR ".join(f"instr(fields, '\"{key}\":') > 0" for key in sorted(keys)) + ")"


def _tells(keys: Collection[str]) -> str:
    """The condition on an entry that it makes a record or names one of some cells."""
    return f"(op = 'create' OR {_names(keys)})"


def _entries(connection: Connection, rows: Sequence[str], upto: Known, keys: Collection[str]) -> dict[str, list[tuple[int, log.Entry]]]:
    """The entries about each record that were known at a moment and tell of some cells, with their numbers, oldest first."""
    found: dict[str, list[tuple[int, log.Entry]]] = {row: [] for row in rows}
    sql = log.SELECT.replace("SELECT ", "SELECT n, ", 1)
    for start in range(0, len(rows), 400):
        part = tuple(rows[start : start + 400])
        for n, *entry in connection.exec_driver_sql(f'{sql} WHERE "row" IN ({",".join("?" * len(part))}) AND n <= ? AND {_tells(keys)} ORDER BY n', (*part, upto.upto)):
            if upto.holds(int(n)):
                made = log.from_row(tuple(entry))
                found[made.row].append((int(n), made))
    return found


def _cells(entries: Sequence[log.Entry]) -> dict[str, Value]:
    return {key: standing.value for key, standing in past.cells_after(entries).items()}


def _steps(spec: EntitySpec, earlier: Sequence[log.Entry], later: Sequence[log.Entry]) -> list[Step]:
    """How a record stood after each transaction of the span that tells of it: what one transaction did in several entries happened at once."""
    steps: list[Step] = []
    known = list(earlier)
    for place, entry in enumerate(later):
        known.append(entry)
        last_of_its_own = place + 1 == len(later) or later[place + 1].txn != entry.txn
        if last_of_its_own and any(e.op == "create" or _TOLD[spec.key] & e.fields.keys() for e in later[: place + 1] if e.txn == entry.txn):
            steps.append(Step(entry.at, _cells(known), entry.why))
    return steps


def _silent(connection: Connection, spec: EntitySpec, span: Span) -> list[str]:
    """Records that were there and open at both ends, and of which nothing was told between."""
    last = int(connection.exec_driver_sql('SELECT coalesce(max(n), 0) FROM "change"').one()[0])
    later = _made(connection, spec, Span(span.start, Known(last)))
    rows = connection.exec_driver_sql(f'SELECT id, "{spec.status}", deleted FROM "{spec.key}"')
    now: dict[str, Mapping[str, Value]] = {str(id): {spec.status: status, "deleted": bool(deleted)} for id, status, deleted in rows if str(id) not in later}
    ends = [_as_known(connection, spec, now, Span(one, Known(last))) for one in (span.start, span.end)]
    heard = _heard(connection, spec, span)
    return [id for id in now if id not in heard and all(not at[id].get("deleted") and is_open(spec, at[id]) for at in ends)]


def _as_known(connection: Connection, spec: EntitySpec, now: Mapping[str, Mapping[str, Value]], after: Span) -> dict[str, Mapping[str, Value]]:
    """Status and deletion of records as the store knew them before a span of its log that reaches to its end."""
    keys = (spec.status, "deleted")
    changed = [id for id in _edited(connection, spec, after, keys) if id in now]
    return {**now, **{id: _cells([e for _, e in numbered]) for id, numbered in _entries(connection, changed, after.start, keys).items() if numbered}}


def _heard(connection: Connection, spec: EntitySpec, span: Span) -> set[str]:
    """Records of which something was told in the span, by an update that stood at its end."""
    telling = BY_KEY[spec.told_by]
    rows = connection.exec_driver_sql(
        f'SELECT u.id, u."{telling.parent}", u.deleted FROM "change" c JOIN "{telling.key}" u ON u.id = c."row" '
        f"WHERE {span.between('c.n')} AND c.tbl = ? AND c.op = 'create'", (telling.key,),
    ).fetchall()  # fmt: skip
    gone = [str(id) for id, _, deleted in rows if deleted]
    stood = {id for id, numbered in _entries(connection, gone, span.end, ("deleted",)).items() if not _cells([e for _, e in numbered]).get("deleted")}
    return {str(about) for id, about, deleted in rows if not deleted or str(id) in stood}


def _wanted(session: Session, spec: EntitySpec, scope: Scope) -> Collection[str] | None:
    """Ids of the records of a kind that a scope holds, deleted ones too; None for all."""
    if scope == Scope():
        return None
    connection = session.read()
    found: set[str] | None = None
    for where in _wheres(session, spec, scope):
        numbers = [n for bin in (False, True) for n in ids(session, ListQuery(spec.key, where=(where,), bin=bin))] if where is not None else []
        some: set[str] = set()
        for start in range(0, len(numbers), 400):
            part = tuple(numbers[start : start + 400])
            some |= {str(id) for (id,) in connection.exec_driver_sql(f'SELECT id FROM "{spec.key}" WHERE n IN ({",".join("?" * len(part))})', part)}
        found = some if found is None else found & some
    return found


def _wheres(session: Session, spec: EntitySpec, scope: Scope) -> list[Where | None]:
    """The filters of a kind's list that say what a scope holds; None for one that this kind cannot meet."""
    found: list[Where | None] = []
    if scope.pillar:
        found.append(Where("pillar", scope.pillar) if spec.pillar else None)
    if scope.body:
        found.append(Where(spec.owner, scope.body) if spec.owner else None)
    if scope.recommendation:
        about = names.find(session.read(), scope.recommendation, "recommendation")
        found.append(Where("id", about.id) if spec.key == about.entity else Where("linked_to", about.id))
    return found

