"""How far a framework's strands are covered: by recommendations, actions, gaps and services, each link with its extent."""

from __future__ import annotations

from dataclasses import dataclass, field

from vawg_desktop.domain.entities import ENTITIES
from vawg_desktop.domain.fields import Kind
from vawg_desktop.services import names, worded
from vawg_desktop.services.session import Session

#: Kinds of record that strands are covered by, with the links that say so.
_COVERING = {e.link_kind(f): e for e in ENTITIES for f in e.sets if f.kind is Kind.LINKS and f.target == "strand" and f.key in ("frameworks", "code_rights")}


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


def of(session: Session, framework: str) -> list[Strand]:
    """The strands of the framework that a reference or title names, in their order. Raises NotFoundError."""
    connection = session.read()
    found = names.find_named(connection, "framework", framework) or names.find(connection, framework, "framework")
    rows = connection.exec_driver_sql(
        "SELECT id, reference, title FROM strand WHERE framework = ? AND NOT deleted ORDER BY position IS NULL, position, length(reference), reference", (found.id,)
    ).fetchall()
    strands = {str(id): Strand(str(id), str(reference), str(title)) for id, reference, title in rows}
    for kind in _COVERING:
        meanings = worded.Meanings(connection, worded.WORDED[kind][1]) if kind in worded.WORDED else None
        links = connection.exec_driver_sql(
            "SELECT l.b, l.extent, s.entity, s.id, s.reference, s.title FROM link l JOIN subject s ON s.id = l.a AND NOT s.deleted "
            "WHERE l.kind = ? AND NOT l.deleted ORDER BY s.entity, length(s.reference), s.reference",
            (kind,),
        ).fetchall()
        for end, extent, *record in links:
            strand = strands.get(meanings.of(str(end)) if meanings else str(end))
            if strand is not None:
                {"full": strand.full, "part": strand.part}.get(str(extent), strand.overlap).append(names.Found(*map(str, record)))
    return list(strands.values())


def frameworks(session: Session) -> list[tuple[str, str, int, int]]:
    """Every framework: its id and title, how many strands it has, and how many of them are covered."""
    rows = session.read().exec_driver_sql("SELECT id, title FROM framework WHERE NOT deleted ORDER BY length(reference), reference").fetchall()
    found: list[tuple[str, str, int, int]] = []
    for id, title in rows:
        strands = of(session, str(id))
        found.append((str(id), str(title), len(strands), sum(not s.uncovered for s in strands)))
    return found


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


