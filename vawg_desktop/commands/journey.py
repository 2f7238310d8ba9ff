"""Commands about the victim's journey: its map, the questions that matter, the chain from evidence to outcome, and what covers a framework."""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from vawg_desktop.commands.registry import argument, command
from vawg_desktop.commands.shared import first_line, opened, out


@command(
    "journey", "the journey map: stages, and what goes across",
    argument("--columns", choices=("need", "crime_type", "group", "area"), default="need"),
)  # fmt: skip
def journey_map(arguments: argparse.Namespace) -> int:
    """Print each cell of the map in a sentence, but for those without data, or the whole as JSON."""
    from vawg_desktop.services import journey

    with opened(arguments) as session:
        found = journey.read_map(session, arguments.columns)

    def words() -> Iterator[str]:
        yield from (c.sentence() for c in found.cells.values() if c.state != journey.NO_DATA or c.services)
        yield found.summary()

    return out(arguments, journey.as_json(found), words)


@command("questions", "records with nothing behind them, nothing that follows or no owner")
def ask_questions(arguments: argparse.Namespace) -> int:
    """Print the records that answer each question."""
    from vawg_desktop.services import questions

    with opened(arguments) as session:
        answers = questions.ask(session)

    def words() -> Iterator[str]:
        for question in questions.QUESTIONS:
            yield f"{question.asks}: {answers.count(question.key):,}"
            for named in answers.found.get(question.key, []):
                yield f"  {named.reference}  {named.title}{'  (over)' if named.passed else ''}"
            if question.key == "cells_without_owner":
                yield from (f"  {c.row.title}, {c.column.title}: {', '.join(g.reference for g in c.open)}" for c in answers.cells)

    return out(arguments, questions.as_json(answers), words)


@command("chain", "what a record rests on and leads to, and what is missing", argument("ref", metavar="REF"))
def chain_of(arguments: argparse.Namespace) -> int:
    """Print the chain as sentences."""
    from vawg_desktop.services import chain

    with opened(arguments) as session:
        found = chain.of(session, arguments.ref)
    return out(arguments, chain.as_json(found), lambda: iter(found.sentences()))


@command("coverage", "how far a framework's strands are covered", argument("framework", metavar="FRAMEWORK"))
def coverage_of(arguments: argparse.Namespace) -> int:
    """Print each strand with what covers it in full, in part, or contributes."""
    from vawg_desktop.services import coverage

    with opened(arguments) as session:
        strands = coverage.of(session, arguments.framework)

    def words() -> Iterator[str]:
        for strand in strands:
            parts = [f"{how} {', '.join(r.reference for r in records)}" for how, records in (("in full", strand.full), ("in part", strand.part), ("also", strand.overlap)) if records]
            yield f"{coverage.strand_name(strand)}: {'; '.join(parts) or 'not covered'}"

    return out(arguments, coverage.as_json(strands), words)


@command(
    "close", "close a recommendation or a gap, with a second person",
    argument("ref", metavar="REF"), argument("--why", required=True), argument("--second", metavar="NAME", default=""),
    argument("--second-passphrase-file", metavar="F"),
)  # fmt: skip
def close_record(arguments: argparse.Namespace) -> int:
    """Close a record, or say what is still missing (exit 1)."""
    from pathlib import Path

    from vawg_desktop.domain.evidence_terms import SIGNED_BY
    from vawg_desktop.services import closing

    passphrase = first_line(Path(arguments.second_passphrase_file)) if arguments.second_passphrase_file else None
    with opened(arguments) as session:
        done = closing.close(session, arguments.ref, arguments.why, arguments.second, passphrase)

    def words() -> Iterator[str]:
        if done.closed:
            yield f"Closed; the second person signed: {SIGNED_BY.label(done.made_sure).casefold()}."
        yield from (m.message for m in done.missing)

    document = {"closed": done.closed, "missing": [{"test": m.test, "message": m.message} for m in done.missing], "second": done.made_sure or None}
    out(arguments, document, words)
    return 0 if done.closed else 1


