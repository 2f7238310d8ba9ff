"""Templates of papers: Word documents of the office's own, with the names of what a paper holds typed between « and »."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import NotFoundError, ValueRefusedError
from vawg_desktop.domain.meeting_terms import PAPER_KIND
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange import document_template
from vawg_desktop.exchange.document import Block, Document, Figure, Heading, Paragraph, Table
from vawg_desktop.exchange.document_docx import write_docx
from vawg_desktop.exchange.preflight import read_file, shown_name
from vawg_desktop.services import citations, papers
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.office import office_name
from vawg_desktop.services.paper_parts import SILENT_WORDS, counted_where_there_are
from vawg_desktop.services.papers import BOARD_WORDS, SIGNED_WORDS, Asked, Made
from vawg_desktop.services.session import Session

TEMPLATE = BY_KEY["paper_template"]
SINCE = "Since the last board"
_ACTIONS, _SUMMARY = ("Overdue actions", "Complete, evidence awaited", SILENT_WORDS), ("Where it stands", "The figures of this paper", "Actions by status", "By pillar")
#: Parts that stand in a paper of a kind only where there is something to tell; where there is not, their place says so.
SOMETIMES: dict[str, tuple[str, ...]] = {
    "board": (*_ACTIONS, *_SUMMARY, "Gaps that are not closed", "Questions for the meeting", "Recommendations", SINCE),
    "briefing": (
        *_SUMMARY, "In public", "Its actions", "What the Police and Crime Panel was last told", "The figures of this briefing", "Overdue", "Complete, evidence awaited",
        "Every action it answers for", "Questions put to it", "Gaps that are not closed",
    ),
    "answer-card": ("In public", "Its actions", "What the Police and Crime Panel was last told"),
    "panel-update": (*_SUMMARY, "Each recommendation", SINCE),
    "audit": (*_SUMMARY, "Agencies held to account", "Progress by agency", "Contributions of independent bodies", "Contributions invited"),
    "action-log": ("Actions and undertakings",),
    "minutes": ("Attendance", "Items", "Apart from the agenda", "Checked by those who spoke", "Answers and who checked them", "Actions from this meeting"),
    "handover": ("Open recommendations", "Open actions", "Open gaps", "Open services", "Sharing agreements", "Contracts and grants"),
    "data-set": ("Definitions", "Definitions agreed", "Values", "Values by period"),
    "decision-notice": ("Decision", "Reason", "Made"),
}  # fmt: skip
#: What stands in the place of such a part where there is nothing to tell.
NOTHING = "None."
#: Headings that name a record or an item, which no template can know.
_OF_A_RECORD = re.compile(r"[A-Z]{1,2}-|\d+\. ")
#: The place of everything that no other place of the template names.
REST = "Everything else"
_FIGURE = "Figure: "


@dataclass(frozen=True, slots=True)
class Place:
    """A name that a template of a kind of paper may hold, and what comes in its stead. ``alone``: it needs a paragraph of its own."""

    name: str
    gives: str
    alone: bool = False


def places(session: Session, kind: str, made: Made) -> list[Place]:
    """Every name that a template of this paper may hold."""
    parts = _parts(made.document, kind)
    words = _words(session, made, parts)
    found = [Place(name, text[:120] or "(empty)") for name, text in words.items()]
    return [*found, *(Place(name, f"{len(blocks)} parts" if len(blocks) > 1 else "The part of that name", alone=True) for name, blocks in parts.items()), Place(REST, "All that no other place names", alone=True)]


def _words(session: Session, made: Made, parts: Mapping[str, Sequence[Block]]) -> dict[str, str]:
    """Words by name: the title, the dates, who answers for it, the office's own words, each number, each figure that may be quoted."""
    document = made.document
    kept = papers.own_words(session)
    found = {"Title": document.title, "As at": document.as_at, "Marking": document.marking, "Office": office_name(session.read())}
    found |= {heading: kept.get(key, "") for key, heading in (*SIGNED_WORDS, *BOARD_WORDS)}
    found |= {"Head lines": "; ".join(document.lines)}
    found |= {name: f"{sum(len(b.rows) for b in blocks if isinstance(b, Table)):,}" for name, blocks in parts.items() if len(blocks) == 1 and (isinstance(blocks[0], Table) or blocks == [Paragraph(NOTHING)])}
    if _SUMMARY[1] in parts:
        found |= dict.fromkeys(counted_where_there_are(), "0")
    found |= {f.says: f"{f.number:,}" for f in made.figures}
    return found | {f"{_FIGURE}{title}": str(row["quoted"]) for title, row in _figures(session).items()}


def _figures(session: Session) -> dict[str, dict[str, object]]:
    """The office's figures by title; of several of one title the one that is to be quoted, else the first."""
    rows = plain_rows(session.read(), "SELECT id, title, quoted FROM figure WHERE NOT deleted ORDER BY coalesce(quote_this, 0), n DESC", ())
    return {str(r["title"]): r for r in rows}


def _parts(document: Document, kind: str) -> dict[str, list[Block]]:
    """Parts by name: what stands under each heading, each table and each chart by its title; and those that there are sometimes."""
    found: dict[str, list[Block]] = {}
    blocks = list(document.blocks)
    for n, block in enumerate(blocks):
        if isinstance(block, Heading) and not _OF_A_RECORD.match(block.text):
            end = next((m for m in range(n + 1, len(blocks)) if isinstance(b := blocks[m], Heading) and b.level <= block.level), len(blocks))
            found.setdefault(SINCE if block.text.startswith("Since ") else block.text, blocks[n + 1 : end])
        elif isinstance(block, (Table, Figure)) and block.title:
            found.setdefault(block.title, [block])
    nothing: dict[str, list[Block]] = {name: [Paragraph(NOTHING)] for name in SOMETIMES.get(kind, ())}
    return {**nothing, **{name: part for name, part in found.items() if part}}


def check(session: Session, kind: str, content: bytes, asked: Asked | None = None) -> list[str]:
    """What in a template means nothing to papers of a kind, a sentence each. Raises FileRefusedError."""
    named = document_template.places(content)
    open_ended = [f"«{words} is not closed by »." for words in document_template.unclosed(content)]
    if not named:
        return [*open_ended, "It has no place to fill; type the name of what is to go there between « and »."]
    made = papers.make(session, kind, asked or example(session, kind))
    return [*open_ended, *document_template.unknown(named, [p.name for p in places(session, kind, made)])]


def example(session: Session, kind: str) -> Asked:
    """The first record that a paper of a kind can be about, where it needs one: made about it, the paper shows what it can hold."""
    about = {"minutes": "meeting", "briefing": "recommendation", "answer-card": "recommendation", "decision-notice": "meeting_decision", "foi": "information_request"}.get(kind)
    if about is None:
        return Asked()
    row = session.read().exec_driver_sql(f'SELECT reference FROM "{about}" WHERE NOT deleted ORDER BY n LIMIT 1').fetchone()
    if row is None:
        raise ValueRefusedError(f"There is no {BY_KEY[about].label.casefold()} yet, so it is not known what such a paper holds.")
    return Asked((str(row[0]),))


def take_in(session: Session, kind: str, name: str, path: Path) -> tuple[str, list[str], Changes]:
    """Keep a Word document as the template of that name; returns its id and what in it means nothing, and what changed.

    One of the same name and kind is replaced. Raises FileRefusedError, ValueRefusedError for a paper that has no template.
    """
    if kind not in papers.PAPERS or kind == "foi":
        raise ValueRefusedError(f"There are no templates for this kind of paper: {PAPER_KIND.label(kind) if kind in PAPER_KIND.key_list() else kind}.")
    content = read_file(path)
    wrong = check(session, kind, content)
    sha256 = session.store.files.keep(shown_name(path), content)
    called = name.strip() or path.stem
    with session.store.write(session.who, None, Act.ATTACH) as tx:
        there = plain_rows(tx.connection, "SELECT id, name FROM paper_template WHERE kind = ? AND NOT deleted", (kind,))
        id = next((str(r["id"]) for r in there if fold(str(r["name"])) == fold(called)), "")
        cells = {"name": called, "kind": kind, "file_sha256": sha256, "file_name": shown_name(path)}
        if id:
            tx.edit(TEMPLATE.key, id, dict(cells))
        else:
            id = tx.create(TEMPLATE.key, dict(cells))
    return id, wrong, tx.changes


def listed(session: Session, kind: str) -> list[tuple[str, str]]:
    """The templates of a kind of paper: reference and name."""
    rows = plain_rows(session.read(), "SELECT reference, name FROM paper_template WHERE kind = ? AND NOT deleted AND file_sha256 > '' ORDER BY name, n", (kind,))
    return [(str(r["reference"]), str(r["name"])) for r in rows]


def filled(session: Session, kind: str, made: Made, template: str, file_name: str) -> bytes:
    """A paper in a template, as a Word document of a name. Raises ValueRefusedError for another ending, NotFoundError, ValueRefusedError for a place that means nothing, RuleError for a figure that is not quoted yet."""
    if not file_name.casefold().endswith(".docx") or made.document.redacted:
        raise ValueRefusedError("A template is filled as a Word document; choose a name that ends in .docx, or another format without the template.")
    content = _content(session, kind, template)
    named = {fold(n) for n in document_template.places(content)}
    parts = _parts(made.document, kind)
    words = _words(session, made, parts)
    for figure in _figures_in(session, named):
        citations.refuse_unready(session, {"about": figure})
    return document_template.fill(content, made.document, words, {**parts, REST: _rest(made.document, [parts[n] for n in parts if fold(n) in named])})


def _content(session: Session, kind: str, template: str) -> bytes:
    """The bytes of a template of a kind of paper, by its name or reference. Raises NotFoundError."""
    rows = plain_rows(session.read(), "SELECT reference, name, file_sha256 FROM paper_template WHERE kind = ? AND NOT deleted AND file_sha256 > '' ORDER BY n", (kind,))
    row = next((r for r in rows if fold(template) in (fold(str(r["reference"])), fold(str(r["name"])))), None)
    if row is None:
        raise NotFoundError(f"There is no template called “{template}” for this kind of paper: {PAPER_KIND.label(kind)}.")
    return session.store.files.get(str(row["file_sha256"]))


def _figures_in(session: Session, named: set[str]) -> list[str]:
    """The ids of the office's figures that a template names."""
    return [str(row["id"]) for title, row in _figures(session).items() if fold(f"{_FIGURE}{title}") in named]


def quoted(session: Session, kind: str, template: str) -> list[str]:
    """The ids of the figures that a template puts into a paper, to be noted as quoted when it is published."""
    return _figures_in(session, {fold(n) for n in document_template.places(_content(session, kind, template))})


def _rest(document: Document, placed: Sequence[Sequence[Block]]) -> list[Block]:
    """What no place names: without the parts that are placed, and without headings that nothing stands under any more."""
    gone = {id(b) for part in placed for b in part}
    left = [b for b in document.blocks if id(b) not in gone]
    kept: list[Block] = []
    for n, block in enumerate(left):
        after = left[n + 1 :] if isinstance(block, Heading) else []
        if isinstance(block, Heading) and all(isinstance(b, Heading) and b.level > block.level for b in after[: next((m for m, b in enumerate(after) if isinstance(b, Heading) and b.level <= block.level), len(after))]):
            continue
        kept.append(block)
    return kept


def starter(session: Session, kind: str) -> bytes:
    """A Word document to begin a template from: every name that a paper of a kind has, each in its place."""
    made = papers.make(session, kind, example(session, kind))
    blocks: list[Block] = [Paragraph("«Office» · «Marking» · as at «As at»")]
    for block in made.document.blocks:
        if isinstance(block, Heading) and block.level == 1:
            blocks += [Heading(block.text), Paragraph(f"«{block.text}»")]
    blocks += [Heading("Annex"), Paragraph(f"«{REST}»")]
    return write_docx(Document("«Title»", "«As at»", "«Marking»", blocks))
