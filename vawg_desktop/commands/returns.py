"""Commands about rounds of returns."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from vawg_desktop.commands.registry import argument, command
from vawg_desktop.commands.shared import (
    opened,
    out,
)
from vawg_desktop.domain.return_columns import field_of_column
from vawg_desktop.domain.terms import how_many
from vawg_desktop.domain.values import to_words


@command(
    "export-returns", "make a round of returns",
    argument("--period", required=True), argument("--due", required=True), argument("--out", required=True),
    argument("--partner", action="append", default=[]),
    argument("--release", action="append", default=[], metavar="NAME", help="release this partner's file although the leak check held it back"),
    argument("--format", choices=("xlsx", "ods"), default="xlsx"),
    argument("--kind", choices=("progress", "contract"), default="progress", help="what the round asks about: progress of actions, or services under contract or grant"),
)  # fmt: skip
def export_returns(arguments: argparse.Namespace) -> int:
    """Make a round of returns."""
    from vawg_desktop.services.rounds import export_returns as export

    with opened(arguments) as session:
        made = export(
            session,
            period=arguments.period,
            due=arguments.due,
            out=Path(arguments.out),
            partners=arguments.partner,
            format=arguments.format,
            release=arguments.release,
            kind=arguments.kind,
        )

    def words() -> Iterator[str]:
        for sent in made.returns:
            yield f"{sent.reference}  {sent.partner}: {how_many(sent.rows, 'row')}, version {sent.version}, {sent.file}"
        for skip in made.skipped:
            yield f"No return for {skip['partner']}: {skip['why']}."

    return out(arguments, made.as_json(), words)


@command(
    "import-return", "stage a returned workbook", argument("file", metavar="FILE"), argument("--apply", choices=("safe", "all")),
)
def import_return(arguments: argparse.Namespace) -> int:
    """Stage a return, and apply it where asked."""
    from vawg_desktop.services.return_staging import import_return as take

    with opened(arguments) as session:
        staged = take(session, Path(arguments.file), apply=arguments.apply)

    def words() -> Iterator[str]:
        yield f"Return {staged.return_reference} of {staged.partner}: {how_many(staged.rows, 'row')}."
        for d in staged.differences:
            spec = field_of_column(d.field)
            sent, now, came = (to_words(spec, v) or "nothing" for v in (d.base, d.current, d.incoming))
            yield f"  {d.record} {d.label}: sent {sent}, now {now}, came {came} ({d.kind.value.replace('_', ' ')})"
        yield from (f"  {f'{p.sheet}!{p.cell} ' if p.cell else ''}{p.message}" for p in staged.problems)
        yield from (
            f"  In the tray: {t['sheet']}!{t['cell']} {t['text'][:100]} ({t['why']})" for t in staged.tray
        )
        for row in staged.new_rows:
            yield "  New: " + "; ".join(f"{k}: {v}" for k, v in row.items() if k not in ("sheet", "cell"))
        yield f"  {staged.answers_in_words()}."
        if staged.not_returned:
            yield "  Not returned: " + ", ".join(staged.not_returned)
        if arguments.apply:
            yield f"{staged.applied} applied."

    return out(arguments, staged.as_json(), words)


@command("reverse-return", "reverse an applied return", argument("reference", metavar="REFERENCE"))
def reverse_return(arguments: argparse.Namespace) -> int:
    """Take a return back."""
    from vawg_desktop.services.returns import reverse_return as take_back

    with opened(arguments) as session:
        done = take_back(session, arguments.reference)

    def words() -> Iterator[str]:
        yield f"{done.restored} restored."
        for kept in done.kept_later_edits:
            yield f"Kept, as it was edited later: {kept['record']} {kept['field']}."

    return out(arguments, {"restored": done.restored, "kept_later_edits": done.kept_later_edits}, words)


@command(
    "fill-form", "a funder's monitoring form filled from a service's return",
    argument("service", metavar="SERVICE"), argument("--form", required=True, metavar="FILE"), argument("--period", required=True), argument("--out", required=True, metavar="FILE"),
    argument("--map", metavar="MAP.json", help="which field stands in which cell: {\"referred\": \"Sheet1!B4\"}; remembered for the next time"),
)  # fmt: skip
def fill_form(arguments: argparse.Namespace) -> int:
    """Fill a copy of a form; without a map the cells chosen last, or those beside our own words, are taken."""
    import json

    from vawg_desktop.domain.errors import ValueRefusedError
    from vawg_desktop.services import monitoring

    with opened(arguments) as session:
        form = monitoring.read_form(session, Path(arguments.form))
        if arguments.map:
            try:
                given = json.loads(Path(arguments.map).read_text("utf-8"))
                mapping = {str(k): str(v) for k, v in given.items()}
            except (OSError, ValueError, AttributeError):
                raise ValueRefusedError(f"{arguments.map} is not a JSON object of fields to cells.") from None
            if unknown := [k for k in mapping if k not in monitoring.FIELDS]:
                raise ValueRefusedError(f"A form cannot be filled with {', '.join(unknown)}; there are {', '.join(monitoring.FIELDS)}.")
            monitoring.keep_mapping(session, form, mapping)
        else:
            mapping = form.mapping
        done = monitoring.fill_form(session, form, arguments.service, arguments.period, mapping, Path(arguments.out))

    def words() -> Iterator[str]:
        yield f"Written to {done.file}."
        if done.empty:
            yield f"Nothing is recorded for: {', '.join(done.empty)}."

    return out(arguments, {"file": str(done.file), "mapping": mapping, "empty": done.empty}, words)
