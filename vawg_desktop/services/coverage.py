"""How far a framework's strands are covered: by recommendations, actions, gaps and services, each link with its extent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import bounds, parse_date
from vawg_desktop.domain.entities import BY_KEY, ENTITIES, EntitySpec
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.fields import Kind
from vawg_desktop.domain.terms import fold
from vawg_desktop.services import names, worded
from vawg_desktop.services.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Kinds of record that strands are covered by, with the links that say so.
_COVERING = {e.link_kind(f): e for e in ENTITIES for f in e.sets if f.kind is Kind.LINKS and f.target == "strand" and f.key in ("frameworks", "code_rights")}
#: Kinds of record that are mapped to strands.
KINDS: tuple[EntitySpec, ...] = tuple(e for e in ENTITIES if e in _COVERING.values())


@dataclass(slots=True)
class Strand:
    """A strand and what covers it, by extent: records by id with reference and title. ``overlap`` holds what contributes or does not say how far."""

    id: str
    reference: str
    title: str
    full: list[names.Found] = field(default_factory=list[names.Found])
    part: list[names.Found] = field(default_factory=list[names.Found])
    overlap: list[names.Found] = field(default_factory=list[names.Found])

    @property
    def uncovered(self) -> bool:
        """Whether nothing is said to cover it."""
        return not (self.full or self.part or self.overlap)


def _in_force(session: Session, title: str) -> names.Found | None:
    """Of several versions with the same title the one in force today; None where the words are no title of several, or none is in force."""
    rows = session.read().exec_driver_sql("SELECT id, reference, title, from_date, until_date FROM framework WHERE NOT deleted ORDER BY n DESC").fetchall()
    alike = [r for r in rows if fold(str(r[2])) == fold(title)]
    now = [r for r in alike if (not r[3] or bounds(str(r[3]))[0] <= session.today) and (not r[4] or bounds(str(r[4]))[1] >= session.today)]
    return names.Found("framework", *map(str, now[0][:3])) if len(alike) > 1 and now else None


def of(session: Session, framework: str) -> list[Strand]:
    """The strands of the framework that a reference or title names, in their order. Raises NotFoundError."""
    connection = session.read()
    found = _in_force(session, framework) or names.find_named(connection, "framework", framework) or names.find(connection, framework, "framework")
    rows = connection.exec_driver_sql(
        "SELECT id, reference, title FROM strand WHERE framework = ? AND NOT deleted ORDER BY position IS NULL, position, length(reference), reference", (found.id,)
    ).fetchall()
    strands = {str(id): Strand(str(id), str(reference), str(title)) for id, reference, title in rows}
    said: dict[tuple[str, str], tuple[str, names.Found]] = {}
    for kind in _COVERING:
        meanings = worded.Meanings(connection, worded.WORDED[kind][1]) if kind in worded.WORDED else None
        links = connection.exec_driver_sql(
            "SELECT l.b, l.extent, s.entity, s.id, s.reference, s.title FROM link l JOIN subject s ON s.id = l.a AND NOT s.deleted "
            "WHERE l.kind = ? AND NOT l.deleted ORDER BY s.entity, length(s.reference), s.reference",
            (kind,),
        ).fetchall()
        for end, extent, *record in links:
            strand, called = meanings.of(str(end)) if meanings else str(end), names.Found(*map(str, record))
            if strand in strands:
                there = said.get((strand, called.id))
                said[strand, called.id] = (_stronger(str(extent or ""), there[0] if there else ""), called)
    for (strand, _), (extent, called) in said.items():
        {"full": strands[strand].full, "part": strands[strand].part}.get(extent, strands[strand].overlap).append(called)
    return list(strands.values())


def _stronger(one: str, other: str) -> str:
    """Of two extents that are said of a record and a strand, by two of its fields or in two words, the one that covers more."""
    return next((e for e in ("full", "part", "contributes") if e in (one, other)), one or other)


@dataclass(frozen=True, slots=True)
class Progress:
    """One framework: its version, how many strands it has and how many are covered, and of the records that cover them how many are done."""

    id: str
    reference: str
    title: str
    version: str
    strands: int
    covered: int
    records: int
    done: int


def progress(session: Session) -> list[Progress]:
    """Every framework, counted alike: a record is done as its kind says, whichever framework it is mapped to, and counts once."""
    connection = session.read()
    rows = connection.exec_driver_sql("SELECT id, reference, title, version FROM framework WHERE NOT deleted ORDER BY length(reference), reference").fetchall()
    done = _done(connection)
    found: list[Progress] = []
    for id, reference, title, version in rows:
        strands = of(session, str(id))
        records = {r.id for s in strands for r in (*s.full, *s.part, *s.overlap)}
        covered = sum(not s.uncovered for s in strands)
        found.append(Progress(str(id), str(reference), str(title), str(version or ""), len(strands), covered, len(records), len(records & done)))
    return found


def _done(connection: Connection) -> frozenset[str]:
    """Ids of the mapped records whose work is done: a complete action, a closed recommendation or gap, a running service."""
    found: set[str] = set()
    for spec in KINDS:
        achieved = {spec.complete} if spec.complete else {"closed"} if spec.closes_by_tests else {"running"}
        marks = ",".join("?" * len(achieved))
        kinds = ",".join(f"'{k}'" for k, e in _COVERING.items() if e is spec)
        rows = connection.exec_driver_sql(
            f'SELECT DISTINCT t.id FROM link l JOIN "{spec.key}" t ON t.id = l.a AND NOT t.deleted WHERE l.kind IN ({kinds}) AND NOT l.deleted AND t.status IN ({marks})',
            tuple(achieved),
        )
        found |= {str(r[0]) for r in rows}
    return frozenset(found)


@dataclass(slots=True)
class Grid:
    """Records of a kind against the strands of a framework. ``cells`` hold the extent (empty: mapped, not said how far) by record and strand.

    ``before`` holds what the version before said, by strands that became these, where nothing is said yet.
    """

    strands: list[Strand]
    records: list[names.Found]
    cells: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])
    before: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])


def grid(session: Session, framework: str, kind: str) -> Grid:
    """The grid of a framework, by its id, and a kind of record. Raises NotFoundError."""
    connection, spec = session.read(), BY_KEY[kind]
    rows = connection.exec_driver_sql(f'SELECT id, reference, "{spec.title}" FROM "{kind}" WHERE NOT deleted ORDER BY length(reference), reference').fetchall()
    found = Grid(of(session, framework), [names.Found(kind, str(id), str(reference), str(title or "")) for id, reference, title in rows])
    own = {s.id for s in found.strands}
    became = _became(connection, own)
    for record, strand, extent in _links(connection, kind):
        if strand in own:
            found.cells[record, strand] = _stronger(extent, found.cells.get((record, strand), ""))
        for later in became.get(strand, ()):
            found.before[record, later] = extent
    found.before = {at: extent for at, extent in found.before.items() if at not in found.cells}
    return found


def _became(connection: Connection, strands: set[str]) -> dict[str, list[str]]:
    """By strand of a version before, the strands among these that it became."""
    found: dict[str, list[str]] = {}
    for old, new in connection.exec_driver_sql("SELECT a, b FROM link WHERE kind = 'strand.becomes' AND NOT deleted"):
        if str(new) in strands:
            found.setdefault(str(old), []).append(str(new))
    return found


def _links(connection: Connection, kind: str) -> Iterator[tuple[str, str, str]]:
    """Every link of a kind of record to a strand: its record, the strand that it means, and the extent."""
    for name, spec in _COVERING.items():
        if spec.key != kind:
            continue
        meanings = worded.Meanings(connection, worded.WORDED[name][1]) if name in worded.WORDED else None
        for a, b, extent in connection.exec_driver_sql("SELECT a, b, extent FROM link WHERE kind = ? AND NOT deleted", (name,)).fetchall():
            yield str(a), (meanings.of(str(b)) if meanings else str(b)), str(extent or "")


def mark(session: Session, record: str, strand: str, extent: str | None) -> Changes:
    """Say how far a record covers a strand, both by id; None takes it away. A link that stands under another of its fields is kept there.

    Raises RuleError for a kind of record that covers none.
    """
    with session.store.write(session.who, None, Act.LINK) as tx:
        kind = names.find(tx.connection, record).entity
        if kind not in {spec.key for spec in KINDS}:
            raise RuleError(f"A {BY_KEY[kind].label.casefold()} covers no strand of a framework.", code="rule_coverage")
        standing: list[tuple[str, str]] = []
        for name, spec in _COVERING.items():
            if spec.key == kind:
                meanings = worded.Meanings(tx.connection, worded.WORDED[name][1]) if name in worded.WORDED else None
                standing += [(name, end) for end in tx.linked(name, record) if (meanings.of(end) if meanings else end) == strand]
        if extent is None:
            for name, end in standing:
                tx.unlink(name, record, end)
        else:
            for name, end in standing or [(f"{kind}.frameworks", strand)]:
                tx.link(name, record, end, {"extent": extent or None})
    return tx.changes


def next_version(session: Session, framework: str, version: str, from_date: str) -> tuple[str, Changes]:
    """Make the next dated version of a framework, by its id: its strands anew, each old one becoming its new one in full; gives its id.

    The version before ends on the day before, where no end is set. Raises ValueRefusedError for a date that is none.
    """
    starts = parse_date(from_date, now=session.today)
    first = bounds(starts)[0]
    with session.store.write(session.who, f"Version {version} of a framework", Act.CREATE) as tx:
        old = tx.row("framework", framework)
        cells = {k: old[k] for k in ("title", "legal_basis")}
        new = tx.create("framework", {**cells, "version": version, "from_date": starts, "replaces": framework})
        for id, title, position, basis in tx.connection.exec_driver_sql(
            "SELECT id, title, position, basis FROM strand WHERE framework = ? AND NOT deleted ORDER BY position IS NULL, position, n", (framework,)
        ).fetchall():
            strand = tx.create("strand", {"title": str(title), "framework": new, "position": position, "basis": basis})
            tx.link("strand.becomes", str(id), strand, {"extent": "full"})
        if not old["until_date"]:
            tx.edit("framework", framework, {"until_date": (first - timedelta(days=1)).isoformat()})
    return new, tx.changes


def as_json(strands: list[Strand]) -> list[dict[str, object]]:
    """The coverage as the command gives it."""
    return [
        {
            "strand": s.reference, "title": s.title, "full": [r.reference for r in s.full],
            "part": [r.reference for r in s.part], "overlap": [r.reference for r in s.overlap],
        }
        for s in strands
    ]  # fmt: skip


def strand_name(strand: Strand) -> str:
    """A strand by its reference and title."""
    return f"{strand.reference} {strand.title}"
