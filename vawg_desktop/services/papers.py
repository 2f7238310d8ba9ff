"""Papers for boards and the public: the board paper, the action log, the briefing, lines to take, the update for the Police and Crime Panel and the audit of agencies.

To add a paper: a function here or beside it that gives a ``Made``, and a line in ``PAPERS``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from vawg_desktop.domain.dates import label
from vawg_desktop.domain.entities import ACTION, BY_KEY, CHALLENGE, RECOMMENDATION
from vawg_desktop.domain.errors import NotFoundError, RuleError, ValueRefusedError
from vawg_desktop.domain.meeting_terms import DECISION_KIND, PAPER_KIND
from vawg_desktop.domain.terms import MARKING, RATING, RESPONSE, how_many
from vawg_desktop.domain.values import to_words
from vawg_desktop.exchange.document import Cell, Document, Heading, Items, Paragraph, Quote, Table
from vawg_desktop.services import agenda, as_at, names, outputs, since, standing
from vawg_desktop.services import paper_parts as parts
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.office import office_settings
from vawg_desktop.services.paper_parts import Counted, Paper
from vawg_desktop.services.restriction import restricted
from vawg_desktop.services.session import Session

#: Of what a board paper has words by the office: the setting's key and its heading. What is empty is said to be left to complete.
BOARD_WORDS: tuple[tuple[str, str], ...] = (
    ("purpose", "Purpose"), ("decision", "Decision sought"), ("financial", "Financial implications"), ("legal", "Legal implications"),
    ("equality", "Equality implications"), ("data_protection", "Data protection implications"), ("risk", "Risks"),
)  # fmt: skip
#: Who answers for a paper.
SIGNED_WORDS: tuple[tuple[str, str], ...] = (("author", "Author"), ("cleared_by", "Cleared by"))
PREFIX = "paper."
#: What stands where the office has not written yet.
TO_COMPLETE = "[to be completed]"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a paper is asked for: about which records, since and as at when, and the office's own words by key."""

    about: Sequence[str] = ()
    since: str = ""
    as_at: str = ""
    words: Mapping[str, str] = field(default_factory=dict[str, str])
    #: Of a paper that is counted again: the heads of the log that it was made of, and its day.
    heads: Mapping[str, int] | None = None
    day: date | None = None


@dataclass(slots=True)
class Made:
    """A paper that was made: the document, and its figures with the rows they count."""

    document: Document
    figures: list[Counted] = field(default_factory=list[Counted])
    #: Numbers that the paper gives, by id of their record; and those that were kept back, with the rule.
    given: dict[str, str] = field(default_factory=dict[str, str])
    kept_back: dict[str, str] = field(default_factory=dict[str, str])
    suppressed: list[str] = field(default_factory=list[str])
    #: At which stage it leaves where nobody says another: a draft, checked, or published.
    stage: str = "published"
    #: Why it may be looked at and not leave yet.
    unready: str = ""
    #: What somebody has to have seen before it leaves, a sentence each.
    warnings: list[str] = field(default_factory=list[str])


#: Papers that can speak of a past day; the others say what stands now.
OF_ANY_DAY = frozenset({"board", "panel-update", "audit", "answer-card"})


def make(session: Session, kind: str, asked: Asked) -> Made:
    """Make a paper of a kind of ``PAPER_KIND``. Raises NotFoundError, and ValueRefusedError for a past day that its kind cannot speak of."""
    if asked.as_at and kind not in OF_ANY_DAY and as_at.moment(session, asked.as_at)[0] != session.today:
        raise ValueRefusedError(f"{PAPER_KIND.label(kind)} shows the present position; only board papers, updates for the Police and Crime Panel, audits and lines to take can be made as at a past date.")
    if asked.as_at and kind in OF_ANY_DAY and kind != "answer-card" and not as_at.moment(session, asked.as_at)[2]:  # the card says so of its record
        raise ValueRefusedError(f"This store knew nothing yet at that time ({asked.as_at}); choose a later day.")
    refuse_unused(kind, asked)
    return PAPERS[kind](session, asked)


def refuse_unready(made: Made, *, knowing: bool = False) -> None:
    """Raise RuleError for a paper that may not leave the office yet, or that warns of what nobody has seen (``knowing``)."""
    if made.unready:
        raise RuleError(made.unready, code="rule_unready")
    if made.warnings and not knowing:
        raise RuleError(" ".join(made.warnings), code="rule_warnings")


#: What each kind of paper may be asked for beside its day.
TAKES: dict[str, frozenset[str]] = {
    "board": frozenset({"about", "since"}), "panel-update": frozenset({"since"}), "data-set": frozenset({"since"}),
    **{kind: frozenset({"about"}) for kind in ("minutes", "action-log", "briefing", "answer-card", "decision-notice", "foi")},
}  # fmt: skip


def refuse_unused(kind: str, asked: Asked) -> None:
    """Raise ValueRefusedError for what a kind of paper takes no notice of: whoever asks for it would believe that it was heeded."""
    takes = TAKES.get(kind, frozenset())
    for key, given in (("about", asked.about), ("since", asked.since)):
        if given and key not in takes:
            raise ValueRefusedError(f"{PAPER_KIND.label(kind)} takes no “{key}”; leave it out.")
    if len(asked.about) > 1:
        raise ValueRefusedError(f"{PAPER_KIND.label(kind)} is about one record; name one.")


def position_of(session: Session, asked: Asked) -> standing.Position:
    """Where everything stands on the day that a paper speaks of. Raises ValueRefusedError for a day that lies ahead."""
    if asked.heads is not None:
        return standing.standing(session, asked.heads, asked.day)
    if not asked.as_at:
        return standing.standing(session)
    day, _, upto = as_at.moment(session, asked.as_at)
    return standing.standing(session, upto, day)


def finished(paper: Paper, title: str, lines: Sequence[str] = (), named: Sequence[Mapping[str, object]] | None = None) -> Made:
    """A paper marked as strictly as what it names: everything, or the rows that are given, and the questions that it prints."""
    marking = outputs.marking_of(ACTION, [*(paper.marking() if named is None else named), *paper.also_named])
    left_out = parts.left_out(paper, named)
    unsettled = [*(parts.conflicted(paper.session) if named is None else ()), *(named or ()), *paper.also_named] if paper.position.upto is None else []
    made = outputs.document(paper.session, title, [*paper.blocks, *outputs.key_blocks(paper.session)], marking, [*lines, *left_out, *outputs.conflict_note(unsettled)])
    return Made(replace(made, as_at=parts.as_at_words(paper.position)), paper.figures)


def own_words(session: Session) -> dict[str, str]:
    """The office's own words for papers, by key, as set for all of them."""
    return {k.removeprefix(PREFIX): v for k, v in office_settings(session.read(), PREFIX).items()}


def _words(session: Session, asked: Asked) -> dict[str, str]:
    """The office's own words for papers, as given for this one or as set for all."""
    return {**own_words(session), **{k: v for k, v in asked.words.items() if v.strip()}}


def meeting_of(session: Session, asked: Asked) -> agenda.MeetingFacts | None:
    """The meeting that a paper is for; None where none is named. Raises NotFoundError, and ValueRefusedError for one in the bin."""
    if not asked.about:
        return None
    found = agenda.find_meeting(session, asked.about[0])
    agenda.refuse_binned(session, found)
    return found


def board(session: Session, asked: Asked) -> Made:
    """The paper for a board's meeting: what it is asked, where everything stands, what became of it since the last one, and what each figure counts.

    ``about`` may name the meeting; without ``since`` it is its body's last meeting before.
    """
    meeting = meeting_of(session, asked)
    start = asked.since or (meeting.last if meeting is not None else "")
    paper = Paper(session, position_of(session, asked))
    given = _words(session, asked)
    for key, heading in BOARD_WORDS[:2]:
        paper.blocks += [Heading(heading), Paragraph(given.get(key) or TO_COMPLETE)]
    parts.summary(paper)
    if start:
        found = since.since(session, start, asked.as_at)
        parts.changes(paper, found, agenda.called(session, start))
    paper.blocks.append(Heading("What needs the board"))
    p = paper.position
    for title, rows in (("Overdue actions", p.overdue()), ("Complete, evidence awaited", p.claimed()), (parts.SILENT_WORDS, p.silent())):
        parts.actions_table(paper, title, rows)
    parts.gaps_table(paper)
    if meeting is not None:
        _questions(paper, meeting.id)
    paper.blocks.append(Heading("Every recommendation"))
    parts.recommendations_table(paper)
    paper.blocks.append(Heading("Implications"))
    for key, heading in BOARD_WORDS[2:]:
        paper.blocks += [Heading(heading, 2), Paragraph(given.get(key) or TO_COMPLETE)]
    parts.annex(paper)
    lines = [f"{heading}: {given.get(key) or TO_COMPLETE}" for key, heading in SIGNED_WORDS]
    if meeting is not None:
        day = f", {label(meeting.date)}" if meeting.date else ""
        lines.insert(0, f"{meeting.body_name}: {meeting.title}{day}")
    return finished(paper, "Violence against women and girls: progress of the inquiry's recommendations", lines)


def _questions(paper: Paper, meeting: str) -> None:
    """The questions drafted for a meeting."""
    rows = [r for r in standing.rows_at(paper.session.read(), CHALLENGE, paper.position.upto) if r["meeting"] == meeting and r["status"] in ("drafted", "asked")]
    paper.also_named += rows
    closed = restricted(paper.session, [str(r["id"]) for r in rows])
    cells: list[list[Cell]] = [[str(r["reference"]), parts.RESTRICTED if r["id"] in closed else str(r["question"]), paper.body(str(r["asked_of"] or "")) or None] for r in rows]
    if cells:
        paper.blocks.append(Table("Questions for the meeting", ["Ref", "Question", "Asked of"], cells))


def met_at(row: Mapping[str, object]) -> str:
    """The meeting at which something was said, with its day."""
    day = f", {label(str(row['held']))}" if row["held"] else ""
    return f"{row['met'] or 'Between meetings'}{day}"


def answer_card(session: Session, asked: Asked) -> Made:
    """What became of a recommendation, on one card: the public wording with its date, where it stands, its actions, and what the Panel was last told."""
    found = _about(session, asked, "recommendation")
    paper = Paper(session, position_of(session, asked))
    row = next((r for r in paper.position.recommendations if r["id"] == found.id), None)
    if row is None:
        binned = paper.position.upto is None and session.read().exec_driver_sql("SELECT deleted FROM recommendation WHERE id = ?", (found.id,)).scalar()
        raise NotFoundError(f"{found.reference} is in the bin; bring it back first." if binned else f"{found.reference} was not in this store on {parts.as_at_words(paper.position)}.")
    closed = found.id in paper.closed
    if closed:
        paper.blocks.append(Paragraph("This record is restricted: nothing of it is given here."))
        return finished(paper, f"{found.reference}: what became of it", named=[row])
    worded = parts.worded_on(session, found.id, "public_wording", paper.position.day)
    paper.blocks += [Heading("In public"), Quote(str(row["public_wording"]), f"wording of {label(worded)}" if worded else "") if row["public_wording"] else Paragraph("No public wording is agreed yet.")]
    if row.get("wording") and not row["public_wording"]:
        paper.blocks.append(Quote(str(row["wording"]), "as published"))
    serving = [r for r in paper.position.actions if found.id in str(r["serves"]).split(";")]
    counted = [r for r in serving if r["status"] not in ("stopped", "superseded")]
    complete = paper.count("complete", "Actions complete", [r for r in counted if r["status"] == "complete"])
    every = paper.count("actions", "Actions", counted)
    status = RECOMMENDATION.by_key["status"]
    facts = [f"Status: {to_words(status, row['status'] or 'open')}", f"Lead: {paper.body(row['lead']) or 'nobody named'}", f"{complete.number} of {how_many(every.number, 'action')} complete"]
    if row["rating_opcc"] and row["lead"] not in paper.independent:
        facts.append(f"Our rating: {RATING.label(str(row['rating_opcc']))}")
    if row["target_date"]:
        facts.append(f"Target date: {label(str(row['target_date']))}")
    facts += [f"Response of {paper.body(parts.text_of(r['partner']))}: {RESPONSE.label(str(r['answer'] or 'awaited')).casefold()}" for r in _responses(session, found.id, paper.position)]
    paper.blocks += [Heading("Where it stands"), Items(facts)]
    parts.actions_table(paper, "Its actions", serving)
    told = _last_told(session, found.id, paper.position.day)
    paper.blocks += [Heading("What the Police and Crime Panel was last told"), Paragraph(told or "Nothing is recorded.")]
    return finished(paper, f"{found.reference} {row[RECOMMENDATION.title]}: what became of it", named=[row, *serving])


def _responses(session: Session, id: str, position: standing.Position) -> list[standing.Row]:
    return [r for r in standing.rows_at(session.read(), BY_KEY["response"], position.upto) if r["recommendation"] == id]


def _last_told(session: Session, id: str, until: date) -> str:
    """Which update the Panel was last sent, up to a day, that counts a record; empty where none was."""
    rows = plain_rows(
        session.read(), "SELECT title, sent, as_at FROM publication WHERE NOT deleted AND kind = 'panel-update' AND stage = 'published' AND sent > '' AND sent <= ? AND instr(coalesce(figures, ''), ?) > 0 ORDER BY sent DESC LIMIT 1", (until.isoformat(), id)
    )
    if not rows:
        return ""
    return f"{rows[0]['title']}, sent on {label(str(rows[0]['sent']))}, as at {label(str(rows[0]['as_at']))}."


def _about(session: Session, asked: Asked, kind: str) -> names.Found:
    if not asked.about:
        raise ValueRefusedError(f"Say which {BY_KEY[kind].label.casefold()} it is about (with --about, on a command line).")
    found = names.find(session.read(), asked.about[0])
    if found.entity != kind:
        raise ValueRefusedError(f"{found.reference} is not a {BY_KEY[kind].label.casefold()}.")
    names.refuse_deleted(session.read(), found)
    return found


def briefing(session: Session, asked: Asked) -> Made:
    """All that somebody needs before speaking of a recommendation, or with a partner."""
    if not asked.about:
        raise ValueRefusedError("Say which recommendation or partner it is about (with --about, on a command line).")
    found = names.maybe_find(session.read(), asked.about[0]) or names.find_named(session.read(), "partner", asked.about[0])
    if found is None or found.entity not in ("recommendation", "partner"):
        raise ValueRefusedError(f"A briefing is about a recommendation or a partner; “{asked.about[0][:60]}” is neither.")
    if found.entity == "recommendation":
        made = answer_card(session, asked)
        if restricted(session, [found.id]):
            return Made(replace(made.document, title=f"Briefing: {found.reference}"), made.figures)
        own = outputs.record_document(session, found.id)
        blocks = [*made.document.blocks[:-1], *own.blocks]
        strict = max((made.document.marking, own.marking), key=[MARKING.label(k) for k in MARKING.key_list()].index)
        lines = list(dict.fromkeys([*made.document.lines, *own.lines]))
        return Made(replace(made.document, title=f"Briefing: {found.reference} {found.title}", marking=strict, blocks=blocks, lines=lines), made.figures)
    from vawg_desktop.services.partner_briefing import of_partner

    return of_partner(session, asked, found)


def panel_update(session: Session, asked: Asked) -> Made:
    """Where each recommendation stands, for the Police and Crime Panel: public wording, figures, and what became of them since a date."""
    paper = Paper(session, position_of(session, asked))
    parts.summary(paper)
    if asked.since:
        parts.changes(paper, since.since(session, asked.since, asked.as_at), agenda.called(session, asked.since))
    paper.blocks.append(Heading("Each recommendation"))
    for row in paper.position.recommendations:
        words = parts.RESTRICTED if row["id"] in paper.closed else str(row["public_wording"] or "No public wording is agreed yet.")
        paper.blocks += [Heading(f"{row['reference']} {paper.title(RECOMMENDATION, row)}", 2), Paragraph(words)]
    parts.recommendations_table(paper)
    parts.annex(paper)
    return finished(paper, "Update for the Police and Crime Panel")


def decision_notice(session: Session, asked: Asked) -> Made:
    """The notice of a decision that a meeting made: what, why, by whom and when. Raises RuleError for a restricted one."""
    found = _about(session, asked, "meeting_decision")
    if restricted(session, [found.id]):
        raise RuleError(f"{found.reference} is restricted; no notice of it is given.", code="rule_restricted")
    row = plain_rows(
        session.read(), "SELECT d.*, m.title AS met, m.date AS held, coalesce(b.name, '') AS body FROM meeting_decision d LEFT JOIN meeting m ON m.id = d.meeting "
        "LEFT JOIN governance_body b ON b.id = m.body WHERE d.id = ?", (found.id,),
    )[0]  # fmt: skip
    paper = Paper(session, position_of(session, asked))
    about = names.maybe_find(session.read(), str(row["about"])) if row["about"] else None
    facts = [f"{DECISION_KIND.label(str(row['kind'] or 'decided'))} by {row['made_by'] or row['body'] or 'the meeting'}", f"At: {met_at(row)}"]
    if about is not None and not restricted(session, [about.id]):
        facts.append(f"About: {about.reference} {about.title}")
    paper.blocks += [Heading("Decision"), Paragraph(str(row["words"])), Heading("Reason"), Paragraph(str(row["reason"] or TO_COMPLETE)), Heading("Made"), Items(facts)]
    paper.count("decision", "Decision", [{"id": found.id}])
    named: list[Mapping[str, object]] = [row, *({"marking": m} for m in parts.markings(session.read(), [about.id] if about is not None else []))]
    made = outputs.document(session, f"Decision notice {found.reference}", paper.blocks, outputs.marking_of(ACTION, named), outputs.conflict_note([row]))
    return Made(made, paper.figures)


def _action_log(session: Session, asked: Asked) -> Made:
    from vawg_desktop.services.action_log import action_log

    return action_log(session, asked)


def _minutes(session: Session, asked: Asked) -> Made:
    from vawg_desktop.services.minutes import minutes  # which gives a Made

    return minutes(session, asked)


def _audit(session: Session, asked: Asked) -> Made:
    from vawg_desktop.services.agencies import audit

    return audit(session, asked)


def _handover(session: Session, asked: Asked) -> Made:
    from vawg_desktop.services import handover

    return handover.pack(session, asked)


def _data_set(session: Session, asked: Asked) -> Made:
    from vawg_desktop.services.data_set import data_set

    return data_set(session, asked)


def _foi(session: Session, asked: Asked) -> Made:
    from vawg_desktop.services import request_paper

    return request_paper.answer(session, asked)


Maker = Callable[[Session, Asked], Made]
#: The papers that there are, by kind.
PAPERS: dict[str, Maker] = {"board": board, "minutes": _minutes, "handover": _handover, "decision-notice": decision_notice, "data-set": _data_set, "action-log": _action_log, "answer-card": answer_card, "briefing": briefing, "panel-update": panel_update, "audit": _audit, "foi": _foi}
assert set(PAPERS) <= set(PAPER_KIND.key_list())

