"""Commands about trackers."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from vawg_desktop.commands.registry import argument, command
from vawg_desktop.commands.shared import (
    opened,
    out,
)
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.terms import how_many

#: The option that says which kind of record the file lists.
_WHAT_IT_LISTS = argument(
    "--entity", choices=("action", "recommendation", "gap"), help="what it lists, if its headings do not say"
)


@command(
    "import-tracker", "import an existing tracker spreadsheet",
    argument("file", metavar="FILE"), argument("--map", metavar="MAP.json"), argument("--answers", metavar="ANSWERS.json"),
    _WHAT_IT_LISTS, argument("--dry-run", action="store_true"),
)  # fmt: skip
def import_tracker(arguments: argparse.Namespace) -> int:
    """Read a tracker and write what is understood; with ``--dry-run`` only tell. Open questions stay unwritten."""
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
            yield from (f"      {choice}: {meaning}" for choice, meaning in one.choices)

    return out(arguments, done.as_json(), words)


@command(
    "export-tracker", "write an imported tracker back in its own layout, filled from the store",
    argument("--like", required=True, metavar="FILE", help="the tracker as it was imported, or a later copy of it"),
    argument("--out", required=True, metavar="FILE", help="an .xlsx or .csv file"), _WHAT_IT_LISTS,
)  # fmt: skip
def export_tracker(arguments: argparse.Namespace) -> int:
    """Write a tracker again in its own shape."""
    from vawg_desktop.services.tracker_out import export_tracker as write

    with opened(arguments) as session:
        done = write(session, Path(arguments.like), Path(arguments.out), entity=arguments.entity)

    def words() -> Iterator[str]:
        yield f"{done.file}: {how_many(done.rows, 'row')} matched, {how_many(len(done.changed), 'cell')} updated."
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
                f"The mapping sends “{heading}” to “{target}”, which is not a field; try {', '.join(list(known)[:4])} …"
            )
    return mapping
