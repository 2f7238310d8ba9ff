"""One record with everything around it, for the record pane and for ``show``."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, cast

from vawg_desktop.domain.conditions import meets
from vawg_desktop.domain.entities import BY_KEY, ENTITIES, EntitySpec, serving_links
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.domain.values import from_row
from vawg_desktop.services import lists, names, over_time, worded
from vawg_desktop.services.history import as_at as past_state
from vawg_desktop.services.session import Session
from vawg_desktop.store.derive import newest_first

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Link:
    """A link as seen from one of its ends. ``label`` names it from that end."""

    kind: str
    label: str
    entity: str
    id: str
    reference: str
    title: str
    outward: bool
    extent: str | None = None
    part: str | None = None
    status: str | None = None
    from_date: str | None = None
    until_date: str | None = None
    strength: str | None = None


@dataclass(slots=True)
class RecordView:
    """A record to be shown: stored cells, sets, links both ways, heads the viewer saw."""

    spec: EntitySpec
    id: str
    reference: str
    title: str
    deleted: bool
    cells: dict[str, Value]
    sets: dict[str, list[str]]
    links: list[Link]
    heads: dict[str, frozenset[str]]
    names: dict[str, str] = field(default_factory=dict[str, str])
    #: What the records that fields name by their reference are called in full, by id: "A-0540 Publish the leaflet".
    long_names: dict[str, str] = field(default_factory=dict[str, str])
    aliases: list[str] = field(default_factory=list[str])
    conflicts: int = 0
    overdue: bool = False
    last_heard: str = ""
    slips: int = 0
    updates: list[dict[str, object]] = field(default_factory=list[dict[str, object]])
    parts: dict[str, list[dict[str, object]]] = field(default_factory=dict[str, list[dict[str, object]]])

    def words_for(self, spec: FieldSpec, value: Value) -> str:
        """A cell in words, references resolved."""
        from vawg_desktop.domain.values import to_words

        if spec.holds_id and value is not None:
            return self.names.get(str(value), str(value))
        return to_words(spec, value)


#: What the row of every record has beside its cells.
_OF_EVERY = ("n", "id", "reference", "deleted", "born", "conflicts")


def record(session: Session, name: str) -> RecordView:
    """The record that a reference, alias or id names. Raises NotFoundError."""
    connection = session.read()
    found = names.find(connection, name)
    spec = found.spec
    columns = "*"
    if any(f.private for f in spec.cells):  # what is not for showing is not asked for: a reader on a server may not see it
        columns = ", ".join(f'"{c}"' for c in (*_OF_EVERY, *spec.derived, *(f.key for f in spec.cells if not f.private)))
    row: dict[str, Any] = {f.key: None for f in spec.cells if f.private}
    row |= connection.exec_driver_sql(f'SELECT {columns} FROM "{spec.key}" WHERE id = ?', (found.id,)).mappings().one()
    sets = lists.sets_of(connection, spec, [found.id]).get(found.id, {})
    links = _links(connection, spec, found.id)
    cells = {f.key: from_row(f, row[f.key]) for f in spec.cells}
    view = RecordView(
        spec, found.id, found.reference, str(row[spec.title] or ""), bool(row["deleted"]), cells,
        {f.key: sets.get(f.key, []) for f in spec.sets}, links, _heads(connection, found.id, str(row["born"])),
        conflicts=int(row["conflicts"] or 0),
    )  # fmt: skip
    refs = [str(v) for f in spec.cells if f.holds_id and (v := cells[f.key])]
    ends = [i for f in spec.sets if f.kind is Kind.LINKS for i in view.sets[f.key]]
    view.names = worded.names_of(spec, view.sets) | names.labels(connection, refs + ends)
    view.long_names = names.long_labels(connection, refs)
    day = next((cells[k] for k in spec.own_day if cells[k]), None)
    if day:
        view.names |= over_time.labels_then(connection, [(r, str(day)) for r in refs])
    view.aliases = [
        str(r[0])
        for r in connection.exec_driver_sql(
            "SELECT coalesce(part, b) FROM link WHERE a = ? AND kind = 'alias' AND NOT deleted "
            'UNION SELECT reference FROM earlier_reference WHERE "row" = ? ORDER BY 1',
            (found.id, found.id),
        )
    ]
    _around(session, connection, view, {str(k): v for k, v in row.items()})
    return view


def _heads(connection: Connection, id: str, born: str) -> dict[str, frozenset[str]]:
    heads: dict[str, set[str]] = {"": {born}}
    for cell, change in connection.exec_driver_sql('SELECT cell, "change" FROM head WHERE "row" = ?', (id,)):
        heads.setdefault(str(cell), set()).add(str(change))
    return {cell: frozenset(changes) for cell, changes in heads.items()}


def seen(view: RecordView, key: str) -> dict[str, frozenset[str]]:
    """The heads of one cell as the viewer saw them, to hand back with an edit."""
    return {key: view.heads.get(key, view.heads[""])}


#: Kinds of record that have a status, each joined under an alias of its own.
_STANDING = [(f"s{i}", e) for i, e in enumerate(e for e in ENTITIES if e.status)]
_STATUS = f"coalesce(NULL, {', '.join(f'{a}.{e.status}' for a, e in _STANDING)})"
_WITH_STATUS = " ".join(f'LEFT JOIN "{e.key}" {a} ON {a}.id = s.id' for a, e in _STANDING)


def _links(connection: Connection, spec: EntitySpec, id: str) -> list[Link]:
    rows = connection.exec_driver_sql(
        f"SELECT l.kind, l.a, l.b, l.extent, l.part, s.entity, s.id, s.reference, s.title, {_STATUS}, l.from_date, l.until_date, l.strength "
        f"FROM link l JOIN subject s ON s.id = CASE WHEN l.a = ? THEN l.b ELSE l.a END AND NOT s.deleted {_WITH_STATUS} "
        "WHERE (l.a = ? OR l.b = ?) AND NOT l.deleted ORDER BY s.entity, s.reference",
        (id, id, id),
    )
    rows = [*rows, *_by_words(connection, spec, id)]
    found: list[Link] = []
    for kind, a, _b, extent, part, entity, other, reference, title, *rest in rows:
        owner, _, key = str(kind).partition(".")
        owning = BY_KEY.get(owner)
        if owning is None or key not in owning.by_key:
            continue
        out = a == id
        label = owning.by_key[key].label if out else owning.by_key[key].inverse or owning.plural
        found.append(Link(str(kind), label, entity, other, reference, title, out, extent, part, *rest))
    return found


def _by_words(connection: Connection, spec: EntitySpec, id: str) -> list[Any]:
    """What leads to a record by the words it bears, from versions in which it was none yet; what leads there by its id too is left out."""
    found: list[Any] = []
    for kind, ends in worded.leading_here(connection, spec.key, id):
        marks = ",".join("?" * len(ends))
        found += connection.exec_driver_sql(
            f"SELECT l.kind, l.a, l.b, l.extent, l.part, s.entity, s.id, s.reference, s.title, {_STATUS}, l.from_date, l.until_date, l.strength "
            f"FROM link l JOIN subject s ON s.id = l.a AND NOT s.deleted {_WITH_STATUS} WHERE l.kind = ? AND l.b IN ({marks}) AND NOT l.deleted "
            "AND NOT EXISTS (SELECT 1 FROM link o WHERE o.kind = l.kind AND o.a = l.a AND o.b = ? AND NOT o.deleted) ORDER BY s.reference",
            (kind, *ends, id),
        ).fetchall()
    return found


def _around(session: Session, connection: Connection, view: RecordView, row: dict[str, object]) -> None:
    view.overdue = meets("overdue", view.spec, row, session.today)
    spec = view.spec
    view.last_heard = str(row.get("x_heard") or "")
    view.slips = int(str(row.get("x_slips") or 0))
    if spec.told_by:
        view.updates = _rows(
            connection, f'SELECT * FROM "{spec.told_by}" WHERE "{spec.key}" = ? AND NOT deleted ORDER BY {newest_first()}', view.id
        )
    for kind, (serving, served) in serving_links().items():
        if served is spec and serving.told_by:
            view.updates += _rows(
                connection,
                f'SELECT u.*, a.reference AS of_reference FROM "{serving.told_by}" u JOIN "{serving.key}" a ON a.id = u."{serving.key}" '
                f"WHERE a.id IN (SELECT a FROM link WHERE b = ? AND kind = '{kind}' AND NOT deleted) "
                f"AND NOT u.deleted ORDER BY {newest_first('u')}",
                view.id,
            )
    for child in ENTITIES:
        if child.parent == spec.key and child.key != spec.told_by and not child.system:
            under = " OR ".join(f'"{key}" = ?' for key in (child.parent, *child.also_under))
            view.parts[child.key] = rows = _rows(
                connection, f'SELECT * FROM "{child.key}" WHERE ({under}) AND NOT deleted ORDER BY n', *[view.id] * (1 + len(child.also_under)),
            )  # fmt: skip
            for row in rows:
                _name_others(connection, child, row)


def name_of(key: str) -> str:
    """The key, in a part's row, of the name of the record in field ``key``."""
    return f"{key}_name"


def _name_others(connection: Connection, spec: EntitySpec, row: dict[str, object]) -> None:
    """Say in a part's row what the records it names were called on its own day."""
    day = next((str(row[k]) for k in spec.own_day if row[k]), None)
    refs = {f.key: str(row[f.key]) for f in spec.cells if f.kind is Kind.REF and f.key != spec.parent and row[f.key]}
    if refs:
        called = over_time.labels_then(connection, [(id, day) for id in refs.values()])
        row |= {name_of(key): called.get(id, "") for key, id in refs.items()}


def _rows(connection: Connection, sql: str, *params: object) -> list[dict[str, object]]:
    return [{str(k): v for k, v in r.items()} for r in connection.exec_driver_sql(sql, params).mappings()]


def as_json(session: Session, name: str, day: date | None = None) -> dict[str, object]:
    """The contract's JSON of ``show``: reference, entity, fields, links."""
    view = record(session, name)
    fields: dict[str, object] = {
        f.key: view.sets[f.key] if f.many else view.cells[f.key] for f in view.spec.fields if not f.private
    }
    if day is not None:
        state = past_state(session, name, day)
        fields = {
            f.key: state.sets[f.key] if f.many else state.cells.get(f.key)
            for f in view.spec.fields
            if not f.private
        }
        view.deleted = bool(state.cells.get("deleted"))
    return {
        "reference": view.reference,
        "entity": view.spec.key,
        "id": view.id,
        "fields": fields,
        "links": [_link_json(link) for link in view.links]
        if day is None
        else _past_links(session, fields, view.spec),
        "labels": view.names,
        "aliases": view.aliases,
        "deleted": view.deleted,
        "conflicted": view.conflicts > 0,
        "overdue": view.overdue,
        "as_at": day.isoformat() if day else None,
    }


def _link_json(link: Link) -> dict[str, object]:
    return {
        "kind": link.kind, "label": link.label, "entity": link.entity, "id": link.id,
        "reference": link.reference, "title": link.title, "extent": link.extent, "strength": link.strength, "part": link.part,
    }  # fmt: skip


def _past_links(session: Session, fields: dict[str, object], spec: EntitySpec) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for f in spec.sets:
        elements = fields[f.key]
        if f.kind is Kind.LINKS and isinstance(elements, list):
            for id in cast("list[str]", elements):
                other = names.maybe_find(session.read(), str(id))
                if other is not None:
                    found.append({
                        "kind": spec.link_kind(f), "label": f.label, "entity": other.entity, "id": other.id,
                        "reference": other.reference, "title": other.title,
                    })  # fmt: skip
    return found
