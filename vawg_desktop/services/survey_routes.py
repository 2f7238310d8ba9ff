"""Questions that only those were asked who answered an earlier one in some way: how many answered them is an answer's count of the earlier one.

Where that count is hidden there, for few answered otherwise, it is hidden here: over everybody, in a group, in a wave, and in a group of a wave.
A question is known as such by its answers: everybody who gave these choices answered it, and nobody else did.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from vawg_desktop.services.survey_tables import Routed
from vawg_desktop.services.surveys import Answer, Answers, Row

#: A question's answers by respondent, as they are counted.
Given = Sequence[tuple[Row, Answer]]


@dataclass(frozen=True, slots=True)
class Gate:
    """An earlier question, and the choices of it that led to this one; ``several`` where it takes several choices, of which one led here."""

    question: Mapping[str, object]
    choices: frozenset[str]
    several: bool

    def words(self) -> str:
        """Who was asked, as a sentence."""
        choices = " or ".join(f"“{c}”" for c in sorted(self.choices))
        return f"Asked only of those who answered {choices} to “{self.question['wording']}”; how many they are is not shown where few answered otherwise."


class Counted(Protocol):
    """One group of a result that anybody may see: its name, and each choice's count, None where it is hidden."""

    name: str
    counts: list[int | None]


#: What anybody may see of an earlier question: its choices and its groups, everybody first; undivided or not, of all waves or of one. None where it is refused.
Published = Callable[[str, str, str | None], tuple[Sequence[str], Sequence[Counted]] | None]


def gates(answers: Answers, asked: str, given: Given, counted: Callable[[Mapping[str, object]], Given], of_choices: Collection[str]) -> list[Gate]:
    """The questions whose choices say who answered this one (``asked``, its id). ``counted`` gives the answers of another question as they are counted."""
    here = {r.id for r, _ in given}
    if not here or len(here) == len(answers.rows):
        return []
    asked_rows, others = [r for r, _ in given], [r for r in answers.rows if r.id not in here]
    found: list[Gate] = []
    for question in answers.questions:
        several = question["kind"] in of_choices
        if question["id"] == asked or not _may_lead(str(question["id"]), asked_rows, others, several=several):
            continue
        inside, outside = set[str](), set[str]()
        for row, answer in counted(question):
            (inside if row.id in here else outside).update(_made(answer))
        choices = _shared_by_all(inside - outside, here, counted(question)) if several else inside if outside and not inside & outside else set[str]()
        if choices:
            found.append(Gate(question, frozenset(choices), several))
    return found


def _may_lead(question: str, asked: Sequence[Row], others: Sequence[Row], *, several: bool) -> bool:
    """Whether everybody who was asked answered a question, and as nobody else did: told by a few of them where they did not."""
    outside = {c for r in others for c in _made(r.answers.get(question))}
    shared: set[str] | None = None
    for row in asked if outside else ():
        made = _made(row.answers.get(question))
        shared = made - outside if shared is None else shared & made if several else made - outside
        if not shared:
            return False
    return bool(shared)


def _made(answer: Answer | None) -> set[str]:
    """The choices of an answer."""
    return set() if answer is None else {*answer} if isinstance(answer, list) else {str(answer)}


def _shared_by_all(choices: Collection[str], here: Collection[str], given: Given) -> set[str]:
    """The first of some choices that everybody made who answered, as a set of one; empty where there is none."""
    shared = set(choices)
    for row, answer in given:
        if row.id in here:
            shared &= _made(answer)
    return set(sorted(shared)[:1])


def routed(found: Sequence[Gate], published: Published, by: str, names: Sequence[str], waves: Sequence[str], rest: int) -> Routed:
    """What of a question's bases is hidden, by the results of the earlier ones. ``rest``: how many did not answer it."""
    made = Routed(rest=rest)
    for gate in found:
        itself = by in (gate.question["id"], gate.question["reference"], gate.question["code"])
        for place, wave in [(None, None), *(enumerate(waves) if len(waves) > 1 else ())]:
            alone = published(str(gate.question["id"]), "", wave)
            parted = published(str(gate.question["id"]), by, wave) if by and not itself else None
            whole = alone is None or _hides(gate, alone[0], alone[1][0])
            if itself and alone is not None:  # each group is one of its choices
                hidden = {c for c, k in zip(alone[0], alone[1][0].counts, strict=True) if k is None} if whole else set[str]()
            else:
                hidden = {*names} if parted is None and by else {g.name for g in parted[1][1:] if _hides(gate, parted[0], g)} if parted is not None else set[str]()
            groups = {g for g, name in enumerate(names) if name in hidden}
            if place is None:
                made.whole |= whole
                made.groups |= groups
            else:
                made.waves |= {place} if whole else set[int]()
                made.cells |= {(g, place) for g in groups}
    return made


def _hides(gate: Gate, choices: Sequence[str], group: Counted) -> bool:
    """Whether it is hidden how many of a group were led on: by one choice, or by several, where one of them and one of the others is hidden."""
    hidden = {c for c, k in zip(choices, group.counts, strict=True) if k is None}
    return bool(hidden & gate.choices) and (gate.several or bool(hidden - gate.choices))
