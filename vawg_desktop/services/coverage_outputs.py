"""The coverage of a framework on paper: its strands with what covers each and how far."""

from __future__ import annotations

from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.terms import how_many
from vawg_desktop.exchange.document import Document, Table
from vawg_desktop.services import coverage, names, outputs
from vawg_desktop.services.session import Session


def coverage_document(session: Session, framework: str) -> Document:
    """The coverage of a framework, by its id; of restricted records only the references stand there."""
    called = names.find(session.read(), framework)
    strands = coverage.of(session, framework)
    mapped = {r.id: r for s in strands for r in (*s.full, *s.part, *s.overlap)}
    closed = outputs.restricted(session, {id: r.entity for id, r in mapped.items()})

    def words(records: list[names.Found]) -> str | None:
        return "\n".join(f"{r.reference} {'Restricted' if r.id in closed else r.title}" for r in records) or None

    uncovered = [s for s in strands if s.uncovered]
    one = next(p for p in coverage.progress(session) if p.id == framework)
    table = Table(
        "Strands and what covers them", ["Strand", "In full", "In part", "Contributes"],
        [[coverage.strand_name(s), words(s.full), words(s.part), words(s.overlap)] for s in strands],
        ["Contributes: also records of which it is not said how far they cover the strand."],
    )  # fmt: skip
    lines = [
        f"{one.covered} of {how_many(one.strands, 'strand')} covered; {one.done} of {how_many(one.records, 'record')} that cover them done.",
        *(["Not covered: " + ", ".join(s.title for s in uncovered)] if uncovered else []),
    ]
    rows = [
        {"marking": marking}
        for spec in coverage.KINDS if "marking" in spec.by_key
        for id, marking in session.read().exec_driver_sql(f'SELECT id, marking FROM "{spec.key}" WHERE NOT deleted').fetchall() if str(id) in mapped
    ]  # fmt: skip
    return outputs.document(session, f"Coverage of {called.title}", [table], outputs.marking_of(BY_KEY["action"], rows), lines)
