"""Papers and reports as documents: for boards, the Panel and the public."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from vawg_desktop.commands.registry import argument, command
from vawg_desktop.commands.shared import opened, out
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.meeting_terms import PAPER_KIND
from vawg_desktop.domain.terms import how_many

if TYPE_CHECKING:
    from vawg_desktop.services.papers import Made
    from vawg_desktop.services.session import Session

_PAPERS = ("board", "minutes", "action-log", "briefing", "panel-update", "audit", "answer-card", "data-set", "handover", "decision-notice", "foi")
_REPORTS = ("journey-map", "service-directory", "needs-assessment")


@command(
    "report", "a paper or report as a document, its format by the file's ending",
    argument("kind", choices=(*_PAPERS, *_REPORTS)), argument("--out", required=True, metavar="FILE"),
    argument("--about", action="append", default=[], metavar="REF"), argument("--as-at", default="", metavar="DATE"),
    argument("--since", default="", metavar="DATE|MEETING"), argument("--columns", choices=("need", "crime_type", "group", "area"), default="need"),
    argument("--publish", action="store_true"), argument("--to", default="", metavar="WHOM"), argument("--cleared-by", default="", metavar="NAME"),
    argument("--corrects", default="", metavar="PUBLICATION"), argument("--why", default="", metavar="TEXT"),
    argument("--template", default="", metavar="NAME", help="the office's own Word document that the paper is filled into"),
    argument("--knowing", action="store_true", help="publish though the paper warns of something, such as a passage taken out that also stands elsewhere"),
)  # fmt: skip
def report(arguments: argparse.Namespace) -> int:
    """Write a paper or report, and name its figures."""
    from vawg_desktop.services import outputs

    if arguments.publish:
        return _publish(arguments)
    if unused := [f"--{name.replace('_', '-')}" for name in ("to", "cleared_by", "corrects", "why", "knowing") if getattr(arguments, name)]:
        raise ValueRefusedError(f"{' and '.join(unused)} {'goes' if len(unused) == 1 else 'go'} with --publish.")
    with opened(arguments) as session:
        made = _made(session, arguments)
        if arguments.template:
            from vawg_desktop.services import paper_templates
            from vawg_desktop.store.files import write_output

            path = Path(arguments.out)
            write_output(path, paper_templates.filled(session, arguments.kind, made, arguments.template, path.name))
        else:
            path = outputs.save_document(Path(arguments.out), made.document)
    counted = {f.key: f.number for f in made.figures}
    return out(arguments, {"file": str(path), "figures": counted, "warnings": made.warnings}, lambda: iter([f"Written to {path}.", *made.warnings]))


def _publish(arguments: argparse.Namespace) -> int:
    """Keep the paper with its figures and heads, and write it."""
    from vawg_desktop.domain.errors import RuleError, ValueRefusedError
    from vawg_desktop.services import papers, publications

    if arguments.kind not in _PAPERS:
        raise ValueRefusedError(f"A {arguments.kind} is not published by this command; save it and send it.")
    with opened(arguments) as session:
        asked = papers.Asked(tuple(arguments.about), arguments.since, arguments.as_at)
        sending = publications.Sending(arguments.to, cleared_by=arguments.cleared_by, corrects=arguments.corrects, correction=arguments.why, template=arguments.template, knowing=arguments.knowing)
        try:
            done = publications.publish(session, arguments.kind, asked, Path(arguments.out), sending)
        except RuleError as refused:
            if refused.code != "rule_warnings":
                raise
            raise RuleError(f"{refused.message} Where that is meant, publish it with --knowing.", code=refused.code) from None
    return out(arguments, {"file": str(done.file), "publication": done.reference, "id": done.id}, lambda: iter([f"{done.reference}: written to {done.file}."]))


@command(
    "template", "a Word document as the template of a kind of paper", argument("kind", choices=_PAPERS), argument("--file", default="", metavar="FILE", help="keep this document"),
    argument("--name", default="", metavar="NAME"), argument("--starter", default="", metavar="FILE", help="write a document to begin from"),
)  # fmt: skip
def template(arguments: argparse.Namespace) -> int:
    """Keep a template and say what in it means nothing, write one to begin from, or list what a template of this paper may name."""
    from vawg_desktop.services import paper_templates, papers
    from vawg_desktop.store.files import write_output

    with opened(arguments) as session:
        if arguments.starter:
            write_output(Path(arguments.starter), paper_templates.starter(session, arguments.kind), (".docx",))
            return out(arguments, {"file": arguments.starter}, lambda: iter([f"Written to {arguments.starter}; edit it in Word and keep it with --file."]))
        if arguments.file:
            id, wrong, _ = paper_templates.take_in(session, arguments.kind, arguments.name, Path(arguments.file))
            return out(arguments, {"id": id, "problems": wrong}, lambda: iter(["Kept.", *wrong]))
        made = papers.make(session, arguments.kind, paper_templates.example(session, arguments.kind))
        found = paper_templates.places(session, arguments.kind, made)
    return out(arguments, [{"name": p.name, "gives": p.gives, "alone": p.alone} for p in found], lambda: (f"«{p.name}»  {p.gives}{' (in a paragraph of its own)' if p.alone else ''}" for p in found))


@command("publications", "what was published")
def publications_of(arguments: argparse.Namespace) -> int:
    """Print each publication with its edition, to whom it went and when."""
    from vawg_desktop.services import publications

    with opened(arguments) as session:
        rows = publications.listed(session)

    def words() -> Iterator[str]:
        for r in rows:
            yield f"{r['reference']}  {r['title']}, edition {r['edition']}, to {r['to_whom']} on {r['sent']}, as at {r['as_at']}"
        yield how_many(len(rows), "publication")

    return out(arguments, rows, words)


@command("reproduce", "a publication as it was sent, with a recount beside it", argument("publication", metavar="PUBLICATION"), argument("--out", required=True, metavar="FILE"))
def reproduce(arguments: argparse.Namespace) -> int:
    """Write the publication's own file again, and print its figures with a recount."""
    from vawg_desktop.services import publications

    with opened(arguments) as session:
        made = publications.write_again(session, arguments.publication, Path(arguments.out))

    def words() -> Iterator[str]:
        yield f"{made.reference}: the same file, written to {arguments.out}."
        for one in made.recount:
            yield f"  {one.says}: {one.number:,}{'' if one.again is None else f', counted again {one.again:,}'}{f' ({one.cause})' if one.cause else ''}"

    return out(arguments, {"file": str(arguments.out), "publication": made.reference, "figures": [one.as_json() for one in made.recount]}, words)


def _made(session: Session, arguments: argparse.Namespace) -> Made:
    from vawg_desktop.services import as_at, journey_outputs, papers, service_outputs

    if arguments.kind in _PAPERS:
        return papers.make(session, arguments.kind, papers.Asked(tuple(arguments.about), arguments.since, arguments.as_at))
    papers.refuse_unused(arguments.kind, papers.Asked(tuple(arguments.about), arguments.since))
    if arguments.as_at and as_at.moment(session, arguments.as_at)[0] != session.today:
        raise ValueRefusedError(f"{PAPER_KIND.label(arguments.kind)} shows the present position; it cannot be made as at a past date.")
    if arguments.kind == "service-directory":
        return papers.Made(service_outputs.directory(session))
    if arguments.kind == "needs-assessment":
        return papers.Made(service_outputs.assessment(session))
    return papers.Made(journey_outputs.map_document(session, arguments.columns))
