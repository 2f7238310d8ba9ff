"""What is known of answers in people's own words: who looked at them and what was taken out, and whether it is still the same answer.

A reading keeps a digest of what is left of the answer, never of the answer: a name could be guessed from that. So an answer is known again with
the words that were taken out and without them, and another answer is not taken for the one that somebody looked at.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from vawg_desktop.domain import identifying, merge
from vawg_desktop.domain.identifying import Passage
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session

#: The statuses of a reading, and of an answer that nobody has looked at.
REVIEWED, SET_ASIDE, TO_REVIEW = "reviewed", "set_aside", "to_review"
_ROWS = "SELECT id, survey_question, response, status, letters, digest, deleted FROM answer_review WHERE survey_question = ?"
_CUTS = "SELECT l.a, l.b FROM link l JOIN answer_review r ON r.id = l.a WHERE l.kind = 'answer_review.taken_out' AND NOT l.deleted AND r.survey_question = ?"
#: For so many responses at most only theirs are read.
_FEW = 200


@dataclass(slots=True)
class Reading:
    """One reading: its record's id, its status, what was taken out (positions of the answer as it was then), that answer's length, and the digest of what is left."""

    id: str
    status: str
    letters: int
    digest: str
    cuts: list[Passage] = field(default_factory=list[Passage])
    #: Another took its place; it still tells in which form the words of an answer are.
    hidden: bool = False


@dataclass(slots=True)
class Known:
    """What the readings of an answer come to: its status, what is taken out of the words that stand, whether only readings of another answer are there, and the digests of those that hold."""

    status: str = TO_REVIEW
    cuts: list[Passage] = field(default_factory=list[Passage])
    stale: bool = False
    digests: frozenset[str] = frozenset()


def digest(words: str) -> str:
    """The digest of what is left of an answer."""
    return hashlib.sha256(identifying.plain_lines(words).encode("utf-8", "replace")).hexdigest()[:32]


def of_question(session: Session, question: str, responses: Collection[str] | None = None) -> dict[str, list[Reading]]:
    """The readings of a question's answers, by response; of some responses alone where these are few."""
    few = responses is not None and 0 < len(responses) <= _FEW
    more = f" AND {{}}response IN ({','.join('?' * len(responses))})" if few and responses is not None else ""
    named = tuple(responses) if few and responses is not None else ()
    rows = plain_rows(session.read(), _ROWS + more.format(""), (question, *named))
    found = {str(r["id"]): (str(r["response"]), Reading(str(r["id"]), str(r["status"]), int(str(r["letters"] or 0)), str(r["digest"] or ""), hidden=bool(r["deleted"]))) for r in rows}
    for a, b in session.read().exec_driver_sql(_CUTS + more.format("r."), (question, *named)):
        if str(a) in found:
            found[str(a)][1].cuts.append(identifying.passage(str(b)))
    made: dict[str, list[Reading]] = {}
    for response, reading in found.values():
        reading.cuts = identifying.joined(reading.cuts)
        made.setdefault(response, []).append(reading)
    return made


def known(words: str, readings: Sequence[Reading]) -> Known:
    """What readings say of an answer as it stands: taken out is what any of them took out."""
    live = [r for r in readings if not r.hidden]
    if any(r.status == SET_ASIDE for r in live):
        return Known(SET_ASIDE)
    if not live:
        return Known()
    left = digest(words)
    shortened = next((r for r in readings if r.cuts and r.digest == left), None)
    cuts: list[Passage] = []
    valid: list[Reading] = []
    for one in live:
        if one.digest == left:
            valid.append(one)
        elif one.cuts and digest(identifying.without(words, one.cuts)) == one.digest:
            valid.append(one)
            cuts += one.cuts
        elif shortened is not None and one.cuts and one.letters == shortened.letters:  # these words are without what another reading took out
            elsewhere = identifying.moved(one.cuts, shortened.cuts, len(words))
            if not shortened.hidden or digest(identifying.without(words, elsewhere)) == one.digest:
                cuts += elsewhere
                valid += [one] if shortened.hidden else []
    return Known(REVIEWED, identifying.joined(cuts), digests=frozenset(r.digest for r in valid)) if valid else Known(stale=True)


def same_answer(kept: object, given: object, readings: Sequence[Reading]) -> bool:
    """Whether a file gives again the answer of which ``kept`` is what is left."""
    if not isinstance(kept, str) or not isinstance(given, str):
        return kept == given
    if identifying.plain_lines(kept) == identifying.plain_lines(given):
        return True
    left = digest(kept)
    return any(r.cuts and not r.hidden and r.digest == left and digest(identifying.without(identifying.plain_lines(given), r.cuts)) == left for r in readings)


def reading_id(question: str, response: str, left: str) -> str:
    """The id of a reading: the same in every store in which somebody leaves the same of an answer."""
    return merge.content_id("answer_review", question, response, left)
