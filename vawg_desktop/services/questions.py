"""The questions that matter: records with nothing behind them, nothing that follows or no owner (one question, one key, one answer)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from vawg_desktop.domain.conditions import CONDITIONS
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.services import closing, gap_states, journey, portfolio
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its key in JSON, what it asks in words, the kinds of record that answer it, and why it matters."""

    key: str
    asks: str
    entities: tuple[str, ...]
    matters: str


QUESTIONS: tuple[Question, ...] = (
    Question("gaps_without_action", "Gaps not closed that no action addresses", ("gap",), "Somebody found the gap; nobody was asked to do anything about it."),
    Question("recommendations_without_gap", "Open recommendations that answer no gap", ("recommendation",), "Which problem does it solve?"),
    Question("actions_without_recommendation", "Actions that serve no recommendation", ("action",), "Superseded actions are left out."),
    Question("claims_without_evidence", "Complete actions with no piece of evidence linked", ("action",), "Neither the action nor any of its updates has evidence of its own."),
    Question("evidence_unused", "Evidence that nothing rests on", ("evidence",), "It proves no action, recommendation, gap, update or closure test."),
    Question("cells_without_owner", "Places on the journey map with a gap that nobody owns", ("gap",), "There is an open gap there, and none of the gaps has an owner."),
    Question("closed_without_outcome", "Closed with no outcome", ("recommendation", "gap"), "No outcome judgement is recorded, or it is too early to say."),
    Question("closed_in_question", "Closed, while something that a closing needs is missing", ("recommendation", "gap"),
             "A merge, a disposal or a passed funding date removed what it rested on, it was closed before tests were required, or what superseded it is not named."),
    Question("gaps_beyond_ground", "Gaps whose status is not supported by the record", ("gap",), "The status was imported from a list or set before its rule; the gap's page says what is missing."),
    Question("funding_ending", "Funding that ends within six months, or is over", ("service", "action"), "What rests on it is in question unless it is extended."),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """A record that answers a question. ``passed`` marks funding whose end is over."""

    entity: str
    id: str
    reference: str
    title: str
    passed: bool = False


@dataclass(slots=True)
class Answers:
    """The records that answer each question, by its key; for the map's cells, the stage and the column of each."""

    found: dict[str, list[Named]] = field(default_factory=dict[str, list[Named]])
    cells: list[journey.Cell] = field(default_factory=list[journey.Cell])

    def count(self, key: str) -> int:
        """How many records, or cells of the map, answer a question."""
        return len(self.cells) if key == "cells_without_owner" else len(self.found[key])


def _linked(field_of: str, end: str) -> str:
    """That a row ``t`` has a link of a kind to or from a living record; ``end`` is the end at which the other one stands."""
    own = "b" if end == "a" else "a"
    return f"EXISTS (SELECT 1 FROM link l JOIN subject s ON s.id = l.{end} AND NOT s.deleted WHERE l.{own} = t.id AND l.kind = '{field_of}' AND NOT l.deleted)"


_UPDATE_EVIDENCE = (
    "EXISTS (SELECT 1 FROM \"update\" u JOIN link l ON l.a = u.id AND l.kind = 'update.evidence' AND NOT l.deleted "
    "JOIN evidence e ON e.id = l.b AND NOT e.deleted WHERE u.action = t.id AND NOT u.deleted)"
)
_NO_OUTCOME = "t.status = 'closed' AND coalesce(t.outcome, 'too_early') = 'too_early'"
#: For each question but the map's: what a row ``t`` of a kind must meet.
_SQL: dict[str, dict[str, str]] = {
    "gaps_without_action": {"gap": f"coalesce(t.status, '') <> 'closed' AND NOT {_linked('gap.actions', 'b')}"},
    "recommendations_without_gap": {"recommendation": f"coalesce(t.status, 'open') = 'open' AND NOT {_linked('gap.recommendations', 'a')}"},
    "actions_without_recommendation": {"action": f"coalesce(t.status, '') <> 'superseded' AND NOT {_linked('action.recommendations', 'b')}"},
    "claims_without_evidence": {"action": f"t.status = 'complete' AND NOT {_linked('evidence.actions', 'a')} AND NOT {_UPDATE_EVIDENCE}"},
    "evidence_unused": {
        "evidence": " AND ".join(
            f"NOT {one}" for one in (
                _linked("evidence.actions", "b"), _linked("evidence.recommendations", "b"), _linked("gap.evidence", "a"), _linked("update.evidence", "a"),
                "EXISTS (SELECT 1 FROM closure_test c WHERE c.evidence = t.id AND NOT c.deleted)",
            )
        )
    },
    "closed_without_outcome": {"recommendation": _NO_OUTCOME, "gap": _NO_OUTCOME},
}  # fmt: skip


def ask(session: Session) -> Answers:
    """The answers to every question."""
    answers = Answers()
    for question in QUESTIONS:
        if question.key == "cells_without_owner":
            answers.cells = [c for c in journey.read_map(session).cells.values() if c.unowned]
            continue
        if question.key == "closed_in_question":
            answers.found[question.key] = [Named(s.entity, s.id, s.reference, s.title) for s in closing.in_question(session)]
            continue
        if question.key == "gaps_beyond_ground":
            titles = {str(id): str(words) for id, words in session.read().exec_driver_sql("SELECT id, statement FROM gap")}
            answers.found[question.key] = [Named("gap", id, reference, titles[id]) for id, reference, _, _ in gap_states.unmet(session)]
            continue
        answers.found[question.key] = [named for kind in question.entities for named in _rows(session, question.key, kind)]
    return answers


def about(session: Session, *, everybody: bool = False) -> list[tuple[Question, int]]:
    """The questions that something answers, with how many: of this person's portfolio, or of all where they have none or ask for it."""
    answers, own = ask(session), portfolio.records_of(session)
    if own and not everybody:
        answers = of_portfolio(answers, own)
    return [(q, n) for q in QUESTIONS if (n := answers.count(q.key))]


def of_portfolio(answers: Answers, own: Collection[str]) -> Answers:
    """What of the answers is among some records, by id; of the map's places those with an open gap among them."""
    found = {key: [n for n in all_of if n.id in own] for key, all_of in answers.found.items()}
    return Answers(found, [cell for cell in answers.cells if any(g.id in own for g in cell.open)])


def _rows(session: Session, key: str, kind: str) -> list[Named]:
    spec, today = BY_KEY[kind], session.today.isoformat()
    params: tuple[object, ...] = ()
    if key == "funding_ending":
        where, params = CONDITIONS[key].sql(spec, session.today)
        columns = "t.x_funding"
    else:
        where, columns = _SQL[key][kind], "NULL AS x_funding"
    rows = plain_rows(
        session.read(),
        f'SELECT t.id, t.reference, t."{spec.title}" AS title, {columns} FROM "{kind}" t WHERE NOT t.deleted AND {where} ORDER BY length(t.reference), t.reference',
        params,
    )
    return [Named(kind, str(r["id"]), str(r["reference"]), str(r["title"] or ""), "" < str(r["x_funding"] or "") < today) for r in rows]


def as_json(answers: Answers) -> dict[str, object]:
    """The answers as the command gives them: references, and stage and need for places on the map."""
    found: dict[str, object] = {}
    for question in QUESTIONS:
        if question.key == "cells_without_owner":
            found[question.key] = [[c.row.reference, c.column.reference] for c in answers.cells]
        else:
            found[question.key] = [n.reference for n in answers.found[question.key]]
    return {**found, "funding_passed": [n.reference for n in answers.found["funding_ending"] if n.passed]}
