"""Lists of records: filtered, searched and sorted in SQL, read in pages (DESIGN 4, Reading fast)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from vawg_desktop.domain import rules
from vawg_desktop.domain.entities import BY_KEY, EntitySpec, field_of
from vawg_desktop.domain.errors import NotFoundError
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.domain.terms import fold
from vawg_desktop.domain.values import from_row
from vawg_desktop.services import names
from vawg_desktop.services.records import read_value
from vawg_desktop.services.session import Session
from vawg_desktop.store.door import direct
from vawg_desktop.store.search import numbers_matching

PAGE = 128
_EMPTY = frozenset({"", "none", "null", "not set"})


@dataclass(frozen=True, slots=True)
class Where:
    """One condition: a field's key or a computed filter, and the value as typed or stored."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a list shows and in which order."""

    entity: str
    words: str = ""
    where: tuple[Where, ...] = ()
    sort: str = "reference"
    descending: bool = False
    bin: bool = False

    def with_words(self, words: str) -> ListQuery:
        """The same with other words in the filter box."""
        return replace(self, words=words)


@dataclass(slots=True)
class _Sql:
    conditions: list[str] = field(default_factory=list[str])
    params: list[object] = field(default_factory=list[object])

    def add(self, sql: str, *params: object) -> None:
        self.conditions.append(sql)
        self.params += params

    def text(self) -> str:
        return " AND ".join(self.conditions)


#: Computed filters (DESIGN 3): key, entities, label. Value yes or no.
COMPUTED: dict[str, tuple[tuple[str, ...], str]] = {
    "overdue": (("action", "recommendation"), "Overdue"),
    "no_date": (("action", "recommendation"), "No date set"),
    "open": (("action",), "Open"),
    "claimed": (("action",), "Claimed without proof"),
    "silent": (("action",), "Not heard of for 120 days"),
    "due_soon": (("action",), "Due within 30 days"),
    "conflicted": (("action", "recommendation", "gap", "partner"), "Two values to choose between"),
    "no_actions": (("recommendation",), "No action"),
    "dates_moved": (("action",), "Date moved later"),
    "bring_forward_due": (("action",), "Brought forward"),
    "mine": (("action",), "Mine"),
}
_SORTS: dict[str, str] = {
    "title": "x_sort",
    "statement": "x_sort",
    "name": "x_sort",
    "due": "x_due",
    "heard": "x_heard",
    "target_date": "x_due",
}
SILENT_DAYS = 120
#: Entities with an index for searching by words (``store/schema.py``).
FOUND_INDEXED = ("action", "recommendation", "update", "gap")


def ids(session: Session, query: ListQuery, connection: Connection | None = None) -> list[int]:
    """The local numbers of every row a query shows, in its order."""
    sql = _conditions(session, query)
    spec = BY_KEY[query.entity]
    order = _order(spec, query)
    text = f'SELECT n FROM "{query.entity}" t {_by(session, query)} WHERE {sql.text()} ORDER BY {order}'
    rows = direct(connection or session.read())(text, tuple(sql.params))
    return [row[0] for row in rows.fetchall()]


def _by(session: Session, query: ListQuery) -> str:
    """The index that holds all that a word's search needs, where SQLite would rather read every row found."""
    plain = query.words.strip() and not query.where and query.sort in ("", "reference")
    if not plain or query.entity not in FOUND_INDEXED or session.store.url is not None:
        return ""
    return f"INDEXED BY ix_{query.entity}_found"


def count(session: Session, query: ListQuery) -> int:
    """How many rows a query shows."""
    sql = _conditions(session, query)
    text = f'SELECT count(*) FROM "{query.entity}" t WHERE {sql.text()}'
    row = session.read().exec_driver_sql(text, tuple(sql.params)).fetchone()
    return int(row[0]) if row else 0


def _order(spec: EntitySpec, query: ListQuery) -> str:
    wanted = _SORTS.get(query.sort, query.sort)
    columns = {*spec.by_key, "reference", "x_sort", "x_due", "x_heard", "x_pillar", "x_actions"}
    column = wanted if wanted in columns else "reference"
    if column.startswith("x_") and spec.key not in ("action", "recommendation", "gap", "partner"):
        column = spec.title if spec.title in spec.by_key else "reference"
    way = "DESC" if query.descending else "ASC"
    if column in ("reference",):
        return f"length(reference) {way}, reference {way}, n {way}"  # A-9999 before A-10000
    known = spec.by_key.get(column)
    numeric = column == "x_actions" or (known is not None and known.kind in (Kind.WHOLE, Kind.YES_NO))
    last = f'"{column}" IS NULL' if numeric else f"coalesce(\"{column}\", '') = ''"
    return f'{last}, "{column}" {way}, n {way}'


def _conditions(session: Session, query: ListQuery) -> _Sql:
    sql = _Sql()
    sql.add(f"t.deleted = {int(query.bin)}")
    spec = BY_KEY[query.entity]
    for where in query.where:
        _add_condition(session, sql, spec, where)
    matched = numbers_matching(query.words, session.read().dialect.name) if query.words.strip() else None
    if matched is not None:
        sql.add(f"t.n IN ({matched[0]})", *matched[1])
    return sql


def _add_condition(session: Session, sql: _Sql, spec: EntitySpec, where: Where) -> None:
    key = where.field
    if key in COMPUTED:
        if spec.key not in COMPUTED[key][0]:
            raise NotFoundError(f"{spec.label} has no filter called “{key}”.", code="unknown_field")
        wanted = fold(where.value) not in ("no", "false", "0")
        condition, params = _computed(session, spec, key)
        sql.add(condition if wanted else f"({condition}) IS NOT TRUE", *params)
    elif key == "reference":
        sql.add("t.reference = ?", where.value)
    elif key == "id":
        sql.add("t.id = ?", where.value)
    elif spec.key == "action" and key == "pillar":
        sql.add("t.x_pillar = ?", _pillar(where.value))
    elif key == "rating":
        _add_condition(session, sql, spec, Where("rating_opcc", where.value))
    elif key == "linked_to":
        sql.add(
            "(t.id IN (SELECT a FROM link WHERE b = ? AND NOT deleted) OR t.id IN "
            "(SELECT b FROM link WHERE a = ? AND NOT deleted))",
            where.value,
            where.value,
        )
    else:
        _add_field(session, sql, spec, field_of(spec, key), where.value)


def _pillar(value: str) -> str:
    from vawg_desktop.domain.terms import PILLAR

    found = PILLAR.find(value)
    return found.key if found else "none"


def _add_field(session: Session, sql: _Sql, spec: EntitySpec, found: FieldSpec, value: str) -> None:
    empty = fold(value) in _EMPTY or (found.key == "rating_opcc" and fold(value) == "not rated")
    empty = empty or (found.key == "pillar" and fold(value) == "cross cutting")
    own_none = found.terms is not None and found.terms.find(value) is not None
    if found.many:
        link = f"EXISTS (SELECT 1 FROM link l WHERE l.a = t.id AND l.kind = '{spec.link_kind(found)}' AND NOT l.deleted"
        if empty:
            sql.add(f"NOT {link})")
        else:
            sql.add(link + " AND l.b = ?)", _element_value(session, found, value))
    elif empty and not own_none:
        sql.add(f't."{found.key}" IS NULL')
    else:
        stored = read_value(session, session.read(), found, value)
        sql.add(f't."{found.key}" = ?', int(stored) if isinstance(stored, bool) else stored)


def _element_value(session: Session, found: FieldSpec, value: str) -> Value:
    return value if found.kind is Kind.TAGS else read_value(session, session.read(), found, value)


def _computed(session: Session, spec: EntitySpec, key: str) -> tuple[str, tuple[object, ...]]:
    if key == "mine":
        from vawg_desktop.services import portfolio  # which reads lists of its own

        own = portfolio.names_in(session.read(), portfolio.mine(session))
        return f"t.link_officer IN ({','.join('?' * len(own)) or 'NULL'})", tuple(own)
    today = session.today.isoformat()
    is_open = "t.x_open = 1" if spec.key == "action" else "t.status = 'open'"
    conditions: dict[str, tuple[str, tuple[object, ...]]] = {
        "overdue": (f"{is_open} AND t.x_due > '' AND t.x_due < ?", (today,)),
        "no_date": (f"{is_open} AND coalesce(t.x_due, '') = ''", ()),
        "open": (is_open, ()),
        "claimed": ("t.status = 'complete' AND coalesce(t.verification, '0') < '2'", ()),
        "silent": (
            f"{is_open} AND coalesce(t.x_heard, '') < ?",
            ((session.today - timedelta(days=SILENT_DAYS)).isoformat(),),
        ),
        "due_soon": (
            f"{is_open} AND t.x_due >= ? AND t.x_due <= ?",
            (today, (session.today + timedelta(days=30)).isoformat()),
        ),
        "conflicted": ("t.conflicts > 0", ()),
        "no_actions": ("coalesce(t.x_actions, 0) = 0", ()),
        "dates_moved": ("coalesce(t.x_slips, 0) > 0", ()),
        "bring_forward_due": ("t.bring_forward <= ?", (today,)),
    }
    return conditions[key]


#: Columns a list page shows beside the entity's own cells.
_JOINS: dict[str, tuple[str, str]] = {
    "action": (", coalesce(p.short_name, p.name) AS accountable_name", "LEFT JOIN partner p ON p.id = t.accountable"),
    "recommendation": (", coalesce(p.short_name, p.name) AS lead_name", "LEFT JOIN partner p ON p.id = t.lead"),
    "gap": (", coalesce(p.short_name, p.name) AS owner_name", "LEFT JOIN partner p ON p.id = t.owner"),
    "contact": (", coalesce(p.short_name, p.name) AS partner_name", "LEFT JOIN partner p ON p.id = t.partner"),
    "meeting": (", coalesce(b.short_name, b.name) AS body_name", "LEFT JOIN governance_body b ON b.id = t.body"),
    "update": (", a.reference AS action_reference, a.title AS action_title", "LEFT JOIN action a ON a.id = t.action"),
    "strand": (", f.title AS framework_name", "LEFT JOIN framework f ON f.id = t.framework"),
}  # fmt: skip


def page(connection: Connection, entity: str, numbers: Sequence[int]) -> dict[int, dict[str, object]]:
    """The rows of some local numbers, by number; one constant statement per page size."""
    if not numbers:
        return {}
    columns, join = _JOINS.get(entity, ("", ""))
    marks = ",".join("?" * len(numbers))
    rows = plain_rows(
        connection,
        f'SELECT t.*{columns} FROM "{entity}" t {join} WHERE t.n IN ({marks})',
        tuple(numbers),
    )
    return {int(str(r["n"])): r for r in rows}


def plain_rows(connection: Connection, sql: str, params: tuple[object, ...]) -> list[dict[str, object]]:
    """Rows straight from the driver as dictionaries: mapping objects cost twice the query itself."""
    cursor: Any = direct(connection)(sql, params)
    keys = [column[0] for column in cursor.description]
    return [dict(zip(keys, row, strict=True)) for row in cursor.fetchall()]


def records(session: Session, query: ListQuery) -> list[dict[str, object]]:
    """Whole records as the contract's JSON: ``reference`` and every field by key, sets as lists."""
    connection = session.read()
    spec = BY_KEY[query.entity]
    numbers = ids(session, query)
    found: list[dict[str, object]] = []
    for start in range(0, len(numbers), 400):
        rows = page(connection, query.entity, numbers[start : start + 400])
        part = [rows[n] for n in numbers[start : start + 400]]
        sets = sets_of(connection, spec, [str(r["id"]) for r in part])
        found += [as_json(session, spec, row, sets.get(str(row["id"]), {})) for row in part]
    return found


def sets_of(connection: Connection, spec: EntitySpec, ids: Sequence[str]) -> dict[str, dict[str, list[str]]]:
    """The set fields of some records: by id, then field key, the elements in the order made."""
    found: dict[str, dict[str, list[str]]] = {}
    if not spec.sets or not ids:
        return found
    kinds = {spec.link_kind(f): f.key for f in spec.sets}
    marks = ",".join("?" * len(ids))
    rows = connection.exec_driver_sql(
        f"SELECT a, kind, b FROM link WHERE a IN ({marks}) AND NOT deleted ORDER BY n", tuple(ids)
    )
    for a, kind, b in rows:
        if kind in kinds:
            found.setdefault(str(a), {}).setdefault(kinds[str(kind)], []).append(str(b))
    return found


def as_json(
    session: Session, spec: EntitySpec, row: Mapping[str, object], sets: Mapping[str, list[str]]
) -> dict[str, object]:
    """One record as JSON gives it: stored values, and ``labels`` beside the ids of other records."""
    record: dict[str, object] = {"reference": row["reference"], "id": row["id"], "entity": spec.key}
    for f in spec.fields:
        if not f.private:
            record[f.key] = sets.get(f.key, []) if f.many else from_row(f, row.get(f.key))
    refs = {f.key: record[f.key] for f in spec.cells if f.kind is Kind.REF and record.get(f.key)}
    ends = {f.key: sets[f.key] for f in spec.sets if f.kind is Kind.LINKS and sets.get(f.key)}
    called = names.labels(
        session.read(), [str(v) for v in refs.values()] + [i for v in ends.values() for i in v]
    )
    record["labels"] = {k: called.get(str(v), "") for k, v in refs.items()} | {
        k: [called.get(i, "") for i in v] for k, v in ends.items()
    }
    record["deleted"] = bool(row["deleted"])
    record["conflicted"] = bool(row["conflicts"])
    if spec.key == "action":
        record["overdue"] = bool(row["x_open"]) and "" < str(row["x_due"] or "") < session.today.isoformat()
        record["latest_update"] = row["x_update"]
        record["last_heard"] = row["x_heard"]
        record["slips"] = row["x_slips"] or 0
    return record


def number_of(session: Session, entity: str, id: str) -> int | None:
    """The local number of a record, for finding its place in a list."""
    row = session.read().exec_driver_sql(f'SELECT n FROM "{entity}" WHERE id = ?', (id,)).fetchone()
    return int(row[0]) if row else None


def unrestricted(session: Session, rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """Rows that may leave the window: restricted records stay out of what is copied, printed and saved."""
    return [
        r
        for r in rows
        if not rules.is_restricted(
            {k: str(r[k]) if r.get(k) else None for k in ("restriction", "restricted_until")}, session.today
        )
    ]
