"""Commands about coding: what answers in people's own words were sorted under, how far coders agree, and codebooks to and from other programs."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from vawg_desktop.commands.registry import argument, command
from vawg_desktop.commands.shared import opened, out
from vawg_desktop.domain.errors import ValueRefusedError


@command(
    "coding", "how the answers to a question in words were coded, and how far coders agree; for the office, as counted",
    argument("survey", metavar="SURVEY"), argument("question", metavar="QUESTION", help="by reference, code or wording"),
)  # fmt: skip
def coding(arguments: argparse.Namespace) -> int:
    """Print codes with their counts and bases, coders and their agreement."""
    from vawg_desktop.services import coding_counts, surveys

    with opened(arguments) as session:
        answers = surveys.answers(session, str(surveys.find(session, arguments.survey)["id"]))
        question = answers.question(arguments.question)
        if question["kind"] != "free_text":
            raise ValueRefusedError(f"“{question['wording']}” is not answered in people's own words, so its answers are not coded.")
        found = coding_counts.counted(session, answers, str(question["id"]))

    def words() -> Iterator[str]:
        yield f"{question['wording']} {len(found.by_response):,} of {found.answered:,} answers coded, by {', '.join(f'{n} ({c:,})' for n, c in found.coders.items()) or 'nobody yet'}."
        for code in found.codes:
            base = found.base_of(code.id)
            share = f" ({100 * code.count / base:.0f}%)" if base else ""
            yield f"  {code.title}: {code.count:,} of {base:,}{share}"
        if found.overall.texts:
            yield f"Coders compared on {found.overall.texts:,} answers: {coding_counts.in_words(found.overall)}"
        yield from found.notes()

    return out(arguments, coding_counts.as_json(found), words)


@command(
    "import-codebook", "take in a codebook or a coded project: REFI-QDA (.qdc, .qdpx), Taguette's table of tags or any table with a name for each code",
    argument("file", metavar="FILE"), argument("--survey", default="", metavar="SURVEY", help="the survey that the codebook is for"),
    argument("--codebook", default="", metavar="CODEBOOK", help="the codebook that the codes go into, else one of their own"),
)  # fmt: skip
def import_codebook(arguments: argparse.Namespace) -> int:
    """Take codes in, and the texts and codings of a project."""
    from vawg_desktop.services import codebooks, coding_exchange, surveys

    with opened(arguments) as session:
        survey = str(surveys.find(session, arguments.survey)["id"]) if arguments.survey else ""
        into = codebooks.read(session, arguments.codebook).id if arguments.codebook else ""
        brought = coding_exchange.bring(session, Path(arguments.file), survey=survey, codebook=into)
        reference = codebooks.read(session, brought.codebook).reference
    document = {
        "codebook": reference, "id": brought.codebook, "created": brought.created, "updated": brought.updated, "unchanged": brought.unchanged, "texts": brought.texts, "codings": brought.codings,
        "problems": [{"code": "left_out", "message": message} for message in brought.problems],
    }  # fmt: skip
    return out(arguments, document, lambda: iter([brought.sentence()]))


@command(
    "export-codebook", "write a codebook as .qdc or .csv, or with --survey and --question a coded project as .qdpx",
    argument("codebook", metavar="CODEBOOK"), argument("--out", required=True, metavar="FILE"),
    argument("--survey", default="", metavar="SURVEY"), argument("--question", default="", metavar="QUESTION"),
)  # fmt: skip
def export_codebook(arguments: argparse.Namespace) -> int:
    """Write a codebook, or the answers that were looked at with their codings."""
    from vawg_desktop.services import coding_exchange, surveys
    from vawg_desktop.store.files import write_output

    path = Path(arguments.out)
    ending = path.suffix.removeprefix(".").casefold()
    with opened(arguments) as session:
        if ending == "qdpx":
            if not arguments.survey or not arguments.question:
                raise ValueRefusedError("A project holds the answers to one question: name it by --survey and --question.")
            answers = surveys.answers(session, str(surveys.find(session, arguments.survey)["id"]))
            content = coding_exchange.project_file(session, answers, str(answers.question(arguments.question)["id"]), arguments.codebook)
        else:
            content = coding_exchange.codebook_file(session, arguments.codebook, ending)
    write_output(path, content)
    return out(arguments, {"file": str(path), "format": ending}, lambda: iter([f"Written to {path}."]))
