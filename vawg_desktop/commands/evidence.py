"""Commands about the evidence beneath: surveys and what they say, and numbers over time."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

from vawg_desktop.commands.registry import argument, command
from vawg_desktop.commands.shared import opened, out
from vawg_desktop.domain.errors import ValueRefusedError


@command(
    "import-survey", "import a survey file: its questions and answers, without what identifies people",
    argument("file", metavar="FILE"), argument("--profile", default="", metavar="NAME", help="the tool that made the file, where the program cannot tell"),
    argument("--survey", default="", metavar="TITLE", help="an existing survey, or the title of a new one; otherwise the file's name"),
    argument("--wave", default="", metavar="WAVE"), argument("--keep", action="append", default=[], metavar="COLUMN", help="a column kept though it may identify people"),
    argument("--leave-out", action="append", default=[], metavar="COLUMN", help="a column that is not imported"),
    argument("--respondent", default="", metavar="COLUMN", help="the column that identifies each respondent, where the program cannot tell"),
    argument("--answered", default="", metavar="COLUMN", help="the column with the date of each answer"),
    argument("--dry-run", action="store_true"),
)  # fmt: skip
def import_survey(arguments: argparse.Namespace) -> int:
    """Take a file in by respondent; with ``--dry-run`` only tell."""
    from vawg_desktop.exchange.survey_in import ColumnChoices
    from vawg_desktop.services import surveys

    with opened(arguments) as session:
        taken, _ = surveys.take_in(
            session, Path(arguments.file), profile=arguments.profile, survey=arguments.survey, wave=arguments.wave, dry_run=arguments.dry_run,
            choices=ColumnChoices(arguments.respondent, arguments.answered, tuple(arguments.leave_out), tuple(arguments.keep)),
        )
    file = taken.file

    def words() -> Iterator[str]:
        yield taken.sentence()
        yield from (f"  {q.code}  {q.wording}  ({q.kind})" if q.code != q.wording else f"  {q.wording}  ({q.kind})" for q in file.questions)
        if file.dropped_columns:
            yield "Columns left out:"
            yield from (f"  {name}: {why}" for name, why in file.dropped_columns)
        yield from (f"{count:,} rows left out: {why}" for why, count in file.dropped_rows.items())
        yield from (f"no answer, as the file says: {question}, “{label}” ({count:,})" for question, label, count in file.missing)

    document = {
        "survey": taken.reference or None, "id": taken.survey, "profile": file.profile, "rows": file.rows, "kept": len(file.responses), "dropped": file.rows - len(file.responses),
        "questions": len(file.questions), "dropped_columns": [name for name, _ in file.dropped_columns], "created": taken.new, "updated": taken.changed, "unchanged": taken.unchanged, "to_look_at": taken.flagged,
        "dropped_because": {"columns": dict(file.dropped_columns), "rows": dict(file.dropped_rows)},
        "missing": [{"question": question, "answer": label, "count": count} for question, label, count in file.missing],
        "question_list": [{"code": q.code, "wording": q.wording, "kind": q.kind, "choices": q.choices} for q in file.questions],
    }  # fmt: skip
    return out(arguments, document, words)


@command(
    "survey", "what a survey says: each question counted with its base, small counts hidden",
    argument("survey", metavar="SURVEY"), argument("--question", default="", metavar="QUESTION", help="one question, by reference, code or wording; else all"),
    argument("--by", default="", metavar="QUESTION", help="broken down by a question of one choice, or by “wave”"), argument("--wave", default=None, metavar="WAVE"),
)  # fmt: skip
def survey_results(arguments: argparse.Namespace) -> int:
    """Print a survey's results."""
    from vawg_desktop.services import survey_results as results
    from vawg_desktop.services import surveys

    with opened(arguments) as session:
        answers = surveys.answers(session, str(surveys.find(session, arguments.survey)["id"]))
        asked = [answers.question(arguments.question)] if arguments.question else answers.questions
        found = [results.result(session, answers, str(q["id"]), by=arguments.by, wave=arguments.wave) for q in asked]

    def words() -> Iterator[str]:
        for one in found:
            yield one.sentence()
            for group in one.groups if one.by else []:
                shares = (f"{c} {'–' if (p := group.percent(n)) is None else f'{p:.0f}%'}" for n, c in enumerate(one.choices))
                yield f"  {group.name} ({results.told(group.base)}): {'; '.join(shares)}"

    return out(arguments, [results.as_json(one) for one in found], words)


@command(
    "import-indicators", "import a table of numbers over time: data.police.uk, Home Office recorded crime, any long or wide table",
    argument("file", metavar="FILE"), argument("--area", action="append", default=[], metavar="NAME", help="an area in the file, or “all”; otherwise the areas that the store knows"),
    argument("--map", metavar="MAP.json", help="a JSON object from a heading to metric, area, period, value or unit"), argument("--dry-run", action="store_true"),
)  # fmt: skip
def import_indicators(arguments: argparse.Namespace) -> int:
    """Take a table in; with ``--dry-run`` only tell."""
    from vawg_desktop.services import indicator_in

    with opened(arguments) as session:
        taken, _ = indicator_in.take_in(session, Path(arguments.file), areas=arguments.area, mapping=_columns(arguments.map), dry_run=arguments.dry_run)

    def words() -> Iterator[str]:
        yield taken.sentence()
        yield from (f"  {s.title}{f', {s.area}' if s.area else ''}: {len(s.values):,} values" for s in taken.series[:40])
        yield from (message for _, message, _ in taken.file.problems)

    document = {
        "kind": taken.file.kind, "rows": taken.file.rows, "series": len(taken.series), "values": taken.values, "created": taken.new, "updated": taken.changed, "unchanged": taken.unchanged,
        "problems": [{"code": code, "message": message, "place": place or None} for code, message, place in taken.file.problems],
        "series_list": [{"title": s.title, "area": s.area or None, "unit": s.unit or None, "values": len(s.values)} for s in taken.series],
    }  # fmt: skip
    return out(arguments, document, words)


def _columns(name: str | None) -> dict[str, str] | None:
    """Headings by what they are, from a file that says of each heading what it is. Raises ValueRefusedError."""
    if name is None:
        return None
    try:
        found: object = json.loads(Path(name).read_text("utf-8"))
    except (OSError, ValueError):
        raise ValueRefusedError(f"The mapping {name} could not be read as JSON.") from None
    if not isinstance(found, dict) or not all(isinstance(v, str) for v in found.values()):
        raise ValueRefusedError("A mapping is a JSON object from a heading to metric, area, period, value or unit.")
    return {str(what): str(heading) for heading, what in found.items()}


@command(
    "import-weights", "import harm weights: your own copy of the Cambridge index, ONS severity weights, or any table with a code and a weight",
    argument("file", metavar="FILE"), argument("--weights-version", required=True, metavar="YEAR", dest="version", help="their year or edition"), argument("--title", default="", metavar="TITLE"),
)  # fmt: skip
def import_weights(arguments: argparse.Namespace) -> int:
    """Take weights in under their version."""
    from vawg_desktop.services import case_extracts

    with opened(arguments) as session:
        id, problems, _ = case_extracts.take_weights(session, Path(arguments.file), version=arguments.version, title=arguments.title)
        _, found = case_extracts.weights_of(session, id)
    document = {"id": id, "kind": found.kind, "weights": len(found.by_code) or len(found.by_type), "problems": [{"code": "weight", "message": p} for p in problems]}
    return out(arguments, document, lambda: iter([f"{document['weights']:,} weights.", *problems[:20]]))


@command(
    "import-cases", "read a case extract, measure it and discard it; only on the legal basis given",
    argument("file", metavar="FILE"), *(argument(f"--{key}", default="", metavar="WORDS") for key in ("controller", "agreement", "dpia", "purpose", "offenders")),
    argument("--weights", default="", metavar="WEIGHTS", help="harm weights, by reference or title"), argument("--title", default="", metavar="TITLE"),
)  # fmt: skip
def import_cases(arguments: argparse.Namespace) -> int:
    """Measure an extract; no row of it is kept."""
    from vawg_desktop.services import case_extracts

    with opened(arguments) as session:
        footing = {key: str(getattr(arguments, key)) for key in case_extracts.FOOTING}
        taken = case_extracts.take_in(session, Path(arguments.file), footing, weights=arguments.weights, title=arguments.title)
        document = {**case_extracts.as_json(case_extracts.shown(session, taken.id)), "rows": taken.rows, "dropped_columns": taken.left_out}
    return out(arguments, document, lambda: iter([taken.sentence()]))


@command("harm", "harm, its concentration, repeats and how far cases got, from a measured case extract", argument("extract", metavar="EXTRACT"))
def harm(arguments: argparse.Namespace) -> int:
    """Print an extract's measures, small counts hidden."""
    from vawg_desktop.services import case_extracts

    with opened(arguments) as session:
        found = case_extracts.shown(session, arguments.extract)

    def words() -> Iterator[str]:
        yield found.sentence()
        yield from case_extracts.CAVEATS
        for name, heads, rows, notes in found.tables:
            yield f"{name}: {' | '.join(heads)}"
            yield from (f"  {' | '.join(row)}" for row in rows)
            yield from (f"  {note}" for note in notes)

    return out(arguments, case_extracts.as_json(found), words)
