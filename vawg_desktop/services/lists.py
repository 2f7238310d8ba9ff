"""Lists of records: filtered, searched and sorted in SQL, read in pages (DESIGN 4, Reading fast)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from vawg_desktop.domain.conditions import CONDITIONS, meets
from vawg_desktop.domain.entities import BY_KEY, EntitySpec, field_of
from vawg_desktop.domain.errors import NotFoundError
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.domain.terms import fold
from vawg_desktop.domain.values import from_row, to_words
from vawg_desktop.services import found_words, list_groups, list_order, names, worded
from vawg_desktop.services.list_groups import Group
from vawg_desktop.services.records import read_value
from vawg_desktop.services.session import Session
from vawg_desktop.store.log_writing import direct

if TYPE_CHECKING:
    from sqlalchemy import Connection

PAGE = 128
#: Rows of a list that are shown before the rest is read.
_FIRST = 2 * PAGE
#: Rows that a screen may show above and below the current one.
_SEEN = 48
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
    #: By what its rows stand in groups (``list_groups.offered``); nothing for one long list.
    group: str = ""

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


#: The filter that asks whose action it is: the office's officer at this desk, and those they deputise for.
MINE = "mine"


def filters(spec: EntitySpec) -> dict[str, str]:
    """The computed filters of a kind of record, by key, with their words. Their value is yes or no."""
    found = {c.key: c.label for c in CONDITIONS.values() if c.applies(spec)}
    return found | ({MINE: "Mine"} if "link_officer" in spec.by_key else {})


def ids(session: Session, query: ListQuery, connection: Connection | None = None, *, limit: int = 0) -> list[int]:
    """The local numbers of every row a query shows, in its order; with a limit, of the first so many."""
    spec = BY_KEY[query.entity]
    found = found_words.condition(session.read(), spec, query.words, session.today)
    sql = _conditions(session, query, found)
    order, params = list_order.order(spec, query.sort, query.descending), list(sql.params)
    if query.group:
        order = f"{list_groups.order(spec, query.group)}, {order}"
    elif found is not None and found.exact:  # what is meant exactly stands first
        order, params = f"t.id NOT IN ({','.join('?' * len(found.exact))}), {order}", [*params, *found.exact]
    text = f'SELECT n FROM "{query.entity}" t {_by(session, query, found)} WHERE {sql.text()} ORDER BY {order}'
    if limit:
        text += f" LIMIT {limit}"
    rows = direct(connection or session.read())(text, tuple(params))
    return [row[0] for row in rows.fetchall()]


def _by(session: Session, query: ListQuery, found: found_words.Found | None) -> str:
    """The index that holds all that a word's search needs, where SQLite would rather read every row found."""
    plain = found is not None and found.plain and not query.where and not query.group and query.sort in ("", "reference")
    if not plain or not BY_KEY[query.entity].large or session.store.url is not None:
        return ""
    return f"INDEXED BY ix_{query.entity}_found"


def count(session: Session, query: ListQuery) -> int:
    """How many rows a query shows."""
    sql = _conditions(session, query, found_words.condition(session.read(), BY_KEY[query.entity], query.words, session.today))
    text = f'SELECT count(*) FROM "{query.entity}" t WHERE {sql.text()}'
    row = session.read().exec_driver_sql(text, tuple(sql.params)).fetchone()
    return int(row[0]) if row else 0


def groups(session: Session, query: ListQuery) -> list[Group]:
    """The groups of a list in its order, each with its count; none where it is not grouped."""
    if not query.group:
        return []
    spec, connection = BY_KEY[query.entity], session.read()
    sql = _conditions(session, query, found_words.condition(connection, spec, query.words, session.today))
    name = list_groups.column(spec, query.group)
    text = f'SELECT t."{name}", count(*) FROM "{query.entity}" t WHERE {sql.text()} GROUP BY t."{name}" ORDER BY {list_groups.order(spec, query.group)}'
    rows = connection.exec_driver_sql(text, tuple(sql.params)).fetchall()
    called = names.labels(connection, [str(value) for value, _ in rows if value]) if list_groups.terms_of(spec, query.group) is None else {}
    return [Group(list_groups.words(spec, query.group, value, called), int(number)) for value, number in rows]


def _conditions(session: Session, query: ListQuery, found: found_words.Found | None) -> _Sql:
    sql = _Sql()
    sql.add(f"t.deleted = {int(query.bin)}{' AND t.born IS NOT NULL' if query.bin else ''}")  # what only stands in for a record was never deleted
    spec = BY_KEY[query.entity]
    for wheres in _by_field(spec, query.where):
        each = [_Sql() for _ in wheres]
        for one, where in zip(each, wheres, strict=True):
            _add_condition(session, one, spec, where)
        sql.add(f"({' OR '.join(f'({one.text()})' for one in each)})" if len(each) > 1 else each[0].text(), *(p for one in each for p in one.params))
    if found is not None:
        sql.add(found.sql, *found.params)
    return sql


def _by_field(spec: EntitySpec, wheres: Sequence[Where]) -> list[list[Where]]:
    """Conditions that hold together, each as the values of which one is enough: two of a field that holds one value at a time can never both be met."""
    found: dict[object, list[Where]] = {}
    for place, where in enumerate(wheres):
        field = spec.by_key.get({"rating": "rating_opcc"}.get(where.field, where.field))
        one_of = where.field == "pillar" or (field is not None and field.kind in (Kind.TERM, Kind.REF, Kind.TEXT, Kind.YES_NO))
        found.setdefault(where.field if one_of else place, []).append(where)
    return list(found.values())


def _add_condition(session: Session, sql: _Sql, spec: EntitySpec, where: Where) -> None:
    key = where.field
    if key in CONDITIONS or key == MINE:
        if key not in filters(spec):
            raise NotFoundError(f"{spec.label} has no filter called “{key}”.", code="unknown_field")
        wanted = fold(where.value) not in ("no", "false", "0")
        condition, params = _computed(session, spec, key)
        sql.add(condition if wanted else f"({condition}) IS NOT TRUE", *params)
    elif key == "reference":
        sql.add("t.reference = ?", where.value)
    elif key == "id":
        named = where.value.split(";")
        sql.add(f"t.id IN ({','.join('?' * len(named))})", *named)
    elif key == "pillar" and key not in spec.by_key and spec.pillar:
        sql.add(f"t.{spec.pillar} = ?", _pillar(where.value))
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
    flag, hidden = spec.hides
    kept = f'coalesce(t."{flag}", 0) = 0' if found.key in hidden else ""  # what a list does not show, its filters do not tell either
    if found.many:
        link = f"EXISTS (SELECT 1 FROM link l WHERE l.a = t.id AND l.kind = '{spec.link_kind(found)}' AND NOT l.deleted"
        if empty:
            sql.add(f"NOT {link} AND {kept})" if kept else f"NOT {link})")
        else:
            if kept:
                sql.add(kept)
            element = _element_value(session, found, value)
            ends = [element]
            if found.formerly is not None:
                ends = [*worded.Meanings(session.read(), found).ends_of(spec.link_kind(found), str(element))]
            sql.add(f"{link} AND l.b IN ({','.join('?' * len(ends))}))", *ends)
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
    return CONDITIONS[key].sql(spec, session.today)


def name_column(key: str) -> str:
    """The column of a page of rows that holds the name of the record in field ``key``."""
    return f"{key}_name"


def reference_column(key: str) -> str:
    """The column of a list that holds the reference of what a field names."""
    return f"{key}_reference"


@lru_cache
def _joined(entity: str) -> tuple[str, str]:
    """Columns and joins for the names of the records that a list's columns refer to."""
    spec = BY_KEY[entity]
    columns, joins = "", ""
    for number, key in enumerate(k for k in spec.in_list if k in spec.by_key and spec.by_key[k].kind is Kind.REF):
        target, alias = BY_KEY[spec.by_key[key].target], f"r{number}"
        called = f"{alias}.{target.title}"
        if "short_name" in target.by_key:
            called = f"coalesce({alias}.short_name, {called})"
        columns += f", {called} AS {name_column(key)}, {alias}.reference AS {reference_column(key)}"
        joins += f' LEFT JOIN "{target.key}" {alias} ON {alias}.id = t."{key}"'
    return columns, joins


def page(connection: Connection, entity: str, numbers: Sequence[int]) -> dict[int, dict[str, object]]:
    """The rows of some local numbers, by number; one constant statement per page size."""
    if not numbers:
        return {}
    columns, join = _joined(entity)
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
        found += [as_json(session, spec, row, _told(spec, row, sets.get(str(row["id"]), {}))) for row in part]
    return found


def _told(spec: EntitySpec, row: Mapping[str, object], sets: Mapping[str, list[str]]) -> Mapping[str, list[str]]:
    """The sets of a record without those that stand on its own page alone."""
    kept = spec.kept_in(row)
    return {k: v for k, v in sets.items() if k not in kept} if kept else sets


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
    for key, meanings in worded.meanings_of(connection, spec).items() if found else ():
        for sets in found.values():
            if key in sets:
                sets[key] = meanings.all_of(sets[key])
    return found


def as_json(
    session: Session, spec: EntitySpec, row: Mapping[str, object], sets: Mapping[str, list[str]]
) -> dict[str, object]:
    """One record as JSON gives it: stored values, and ``labels`` beside the ids of other records."""
    record: dict[str, object] = {"reference": row["reference"], "id": row["id"], "entity": spec.key}
    for f in spec.fields:
        if not f.private:
            record[f.key] = sets.get(f.key, []) if f.many else from_row(f, row.get(f.key))
    refs = {f.key: record[f.key] for f in spec.cells if f.holds_id and record.get(f.key)}
    ends = {f.key: sets[f.key] for f in spec.sets if f.kind is Kind.LINKS and sets.get(f.key)}
    called = names.labels(
        session.read(), [str(v) for v in refs.values()] + [i for v in ends.values() for i in v]
    )
    record["labels"] = {k: called.get(str(v), "") for k, v in refs.items()} | {
        k: [called.get(i) or to_words(spec.by_key[k], i) for i in v] for k, v in ends.items()
    }
    record["deleted"] = bool(row["deleted"])
    record["conflicted"] = bool(row["conflicts"])
    if CONDITIONS["overdue"].applies(spec):
        record["overdue"] = meets("overdue", spec, row, session.today)
    for column, name, empty in (("x_update", "latest_update", None), ("x_heard", "last_heard", None), ("x_slips", "slips", 0)):
        if column in spec.derived:
            record[name] = row[column] or empty
    return record


@dataclass(slots=True)
class Listed:
    """A list to be shown: its rows' local numbers in order, where the current record stands (-1: not in it), the pages of
    rows that are seen first, by page and number, and whether these are all rows or only the first ones."""

    numbers: list[int]
    place: int
    pages: dict[int, dict[int, dict[str, object]]]
    whole: bool = True
    groups: Sequence[Group] = ()


def listed(session: Session, query: ListQuery, current: str = "") -> Listed:
    """The rows that a query shows, with those around the current record and at the top read already.

    Of a long list only the first rows, where the current record is among them or there is none: the others are asked for behind it.
    """
    numbers = ids(session, query, limit=_FIRST)
    whole = len(numbers) < _FIRST
    if not whole and current:
        n = number_of(session, query.entity, current)
        if n is not None and n not in numbers:
            numbers, whole = ids(session, query), True
    place = -1
    if current and numbers:
        n = number_of(session, query.entity, current)
        if n is not None:
            with suppress(ValueError):
                place = numbers.index(n)
    around = range(max(place - _SEEN, 0) // PAGE, (max(place, 0) + _SEEN) // PAGE + 1)
    pages = {p: page(session.read(), query.entity, numbers[p * PAGE : (p + 1) * PAGE]) for p in around if p * PAGE < len(numbers)}
    return Listed(numbers, place, pages, whole, groups(session, query))


def record_ids(session: Session, entity: str, numbers: Sequence[int]) -> list[str]:
    """The ids of records by their local numbers, in that order."""
    found: dict[int, str] = {}
    for start in range(0, len(numbers), 400):
        part = numbers[start : start + 400]
        marks = ",".join("?" * len(part))
        rows = session.read().exec_driver_sql(f'SELECT n, id FROM "{entity}" WHERE n IN ({marks})', tuple(part))
        found.update({int(n): str(id) for n, id in rows})
    return [found[n] for n in numbers if n in found]


def rows_of(session: Session, entity: str, numbers: Sequence[int]) -> list[dict[str, object]]:
    """The rows of some local numbers, in that order, however many."""
    rows: list[dict[str, object]] = []
    for start in range(0, len(numbers), 400):
        part = numbers[start : start + 400]
        read = page(session.read(), entity, part)
        rows += [read[n] for n in part if n in read]
    return rows


def number_of(session: Session, entity: str, id: str) -> int | None:
    """The local number of a record, for finding its place in a list."""
    row = session.read().exec_driver_sql(f'SELECT n FROM "{entity}" WHERE id = ?', (id,)).fetchone()
    return int(row[0]) if row else None
