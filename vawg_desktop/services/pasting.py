"""Records pasted from Word or Excel: a paragraph or a row each; a whole report with its source, its bodies and the responses that are due."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY, RECOMMENDATION
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.response_due import response_due
from vawg_desktop.domain.terms import RESPONSE, fold
from vawg_desktop.services import names
from vawg_desktop.services.records import create_in
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction

_NUMBERED = re.compile(
    r"^\s*(?:(?:recommendation|rec|r|action|a)\s*)?(\d{1,4}(?:\.\d+)*)\s*([.):\-–]?)\s+(.+)$", re.IGNORECASE | re.DOTALL
)
_BULLET = re.compile(r"^[\s•\-–*o]+\s+")
_KINDS = RECOMMENDATION.by_key["kind"].terms
#: What reports call their parts, beside the words of the vocabulary: the key of a kind of recommendation.
_CALLED = {"afi": "area_for_improvement", "areas for improvement": "area_for_improvement", "causes of concern": "cause_of_concern", "rec": "recommendation"}


@dataclass(frozen=True, slots=True)
class Pasted:
    """One record as it was pasted: its own number (or empty), a plain title, its whole wording, and its kind where a heading says it."""

    number: str
    title: str
    wording: str
    kind: str = ""


def _kind_words() -> dict[str, str]:
    """What a heading may call each kind of recommendation, folded."""
    found = dict(_CALLED)
    for term in _KINDS or ():
        plain = fold(term.label)
        found |= {plain: term.key, f"{plain}s": term.key}
    return found


_WORDS = _kind_words()
_HEADED = re.compile(rf"^\s*({'|'.join(re.escape(w) for w in sorted(_WORDS, key=len, reverse=True))})\b\s*(?:no\.?|number)?\s*(\d{{1,4}}(?:\.\d+)*)?\s*([:.)–-]?)\s*(.*)$", re.IGNORECASE)


def read_report(text: str) -> list[Pasted]:
    """The records in pasted text. A heading ("Area for improvement 1:", "Causes of concern") gives what follows its kind and number, and is no record itself.

    A row of Excel gives its first column as number where it is one, the next as the text.
    """
    found: list[Pasted] = []
    kind, pending = "", ""
    for line in text.replace("\r\n", "\n").split("\n"):
        cells = [c.strip() for c in line.split("\t")]
        words = [c for c in cells if c]
        if not words:
            continue
        number = ""
        if len(words) > 1 and re.fullmatch(r"[A-Za-z]{0,2}-?\d{1,4}[.)]?", words[0]):
            number, words = words[0].rstrip(".)"), words[1:]
        wording = _BULLET.sub("", " ".join(words))
        headed = _HEADED.match(wording)
        if headed is not None and _is_heading(headed):
            kind = _WORDS[fold(headed[1])]
            number = number or headed[2] or ""
            wording = headed[4].strip()
            if not wording:  # the words stand in the next line
                pending = number
                continue
        elif not number and (m := _NUMBERED.match(wording)) and _numbers(m[2], m[3]):
            number, wording = m[1], m[3].strip()
        found.append(Pasted(number or pending, _title(wording), wording, kind))
        pending = ""
    return found


def _is_heading(headed: re.Match[str]) -> bool:
    """Whether a line's first words head it: with a number, a colon, or nothing after them.

    "Recommendations are made below", "Learning-disability services" and "Pledges 2 officers a district" do not.
    """
    return _numbers(headed[3], headed[4]) if headed[2] else headed[3] == ":" or not headed[4].strip()


def _numbers(mark: str, rest: str) -> bool:
    """Whether a number numbers what follows, and is no part of its sentence: a mark stands between, or a new sentence begins."""
    begins = rest.lstrip()[:1]
    return bool(mark) or not (begins.islower() or begins.isdigit())


def read_pasted(text: str) -> list[tuple[str, str, str]]:
    """Number (or empty), title and whole wording of each record in pasted text."""
    return [(one.number, one.title, one.wording) for one in read_report(text)]


def _title(wording: str) -> str:
    """A plain title: the first sentence, at most 120 characters at a word's end."""
    first = re.split(r"(?<=[.;:])\s", wording, maxsplit=1)[0].rstrip(".;:")
    return first if len(first) <= 120 else first[:120].rsplit(" ", 1)[0] + " …"


def paste(session: Session, entity: str, rows: Sequence[tuple[str, str, str]]) -> Changes:
    """Add them in one transaction; the wording is kept whole beside a plain title."""
    spec = BY_KEY[entity]
    with session.store.write(session.who, "Pasted", Act.PASTE) as tx:
        for number, title, wording in rows:
            typed = {spec.title: title}
            if "wording" in spec.by_key:
                typed["wording"] = wording
            elif title != wording and "note" in spec.by_key:
                typed["note"] = wording
            create_in(session, tx, spec, typed, aliases=[number] if number else [])
    return tx.changes


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A recommendation of a report: as pasted, with its kind, the bodies that respond, when, and what they answered ("accepted in part", or for one body "Kent Police: rejected")."""

    pasted: Pasted
    kind: str = ""
    bodies: str = ""
    due: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report that landed: its source by title, of which kind and when published, and its recommendations."""

    source: str = ""
    source_kind: str = ""
    published: str = ""
    rows: Sequence[ReportRow] = field(default_factory=tuple["ReportRow", ...])


def due_by_rule(source_kind: str, published: str) -> str:
    """The day on which responses are due by the rule of a source's kind, as stored; empty where there is no rule or no day of publication. Raises ValueRefusedError."""
    from vawg_desktop.domain.dates import parse_date

    if not published.strip():
        return ""
    day = response_due({"kind": source_kind, "published": parse_date(published)})
    return day.isoformat() if day is not None else ""


def take_report(session: Session, report: Report) -> Changes:
    """Add a report's recommendations with their source, and a response of each body that is to give one, in one transaction.

    Raises ValueRefusedError for a body, a date or an answer that is none.
    """
    with session.store.write(session.who, f"Report: {report.source}" if report.source else "Pasted", Act.PASTE) as tx:
        source = _source(session, tx, report)
        for row in report.rows:
            typed = {"title": row.pasted.title, "wording": row.pasted.wording}
            if row.kind:
                typed["kind"] = row.kind
            if source:
                typed["sources"] = source
                if row.pasted.number:  # several reports have a recommendation 7: it is no other name of the record by itself
                    typed["note"] = f"Number {row.pasted.number} in {report.source.strip()}."
            bodies = [b.strip() for b in row.bodies.split(";") if b.strip()]
            if len(bodies) == 1:
                typed["lead"] = bodies[0]
            id = create_in(session, tx, RECOMMENDATION, typed, aliases=[row.pasted.number] if row.pasted.number and not report.source else [])
            answers = _answers(session, row.answer, bodies)
            for body in bodies:
                given = {"recommendation": id, "partner": body, "due": row.due, "answer": answers.get(body, "")}
                create_in(session, tx, BY_KEY["response"], {k: v for k, v in given.items() if v})
    return tx.changes


def _source(session: Session, tx: Transaction, report: Report) -> str:
    if not report.source.strip():
        return ""
    known = names.find_named(tx.connection, "source", report.source.strip())
    if known is not None:
        return known.id
    given = {"title": report.source.strip(), "kind": report.source_kind, "published": report.published.strip()}
    return create_in(session, tx, BY_KEY["source"], {k: v for k, v in given.items() if v})


def _answers(session: Session, typed: str, bodies: Sequence[str]) -> dict[str, str]:
    """What each body answered: one answer for all, or some named with a colon and ; between them."""
    found: dict[str, str] = {}
    for part in (p.strip() for p in typed.split(";") if p.strip()):
        body, colon, answer = part.rpartition(":")
        term = RESPONSE.find(answer.strip())
        if term is None:
            raise ValueRefusedError(f"“{answer.strip()[:60]}” is not an answer to a recommendation; there are {', '.join(RESPONSE.labels())}.")
        named = [b for b in bodies if not colon or fold(b) == fold(body) or _same(session, b, body)]
        if not named:
            raise ValueRefusedError(f"“{body.strip()[:60]}” is not one of the bodies that respond: {', '.join(bodies) or 'there are none'}.")
        found |= dict.fromkeys(named, term.key)
    return found


def _same(session: Session, one: str, other: str) -> bool:
    connection = session.read()
    left, right = (names.find_named(connection, "partner", n.strip()) for n in (one, other))
    return left is not None and right is not None and left.id == right.id
