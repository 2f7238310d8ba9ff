"""What a survey says: each question counted with its base, by another question or by wave; small counts hidden, net scores.

Percentages are "of respondents": whoever answered the question (of several choices they add up to more than 100). No margin of error is
given: it belongs to random samples.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from vawg_desktop.domain import identifying, safeguarding
from vawg_desktop.domain.errors import NotFoundError, ValueRefusedError
from vawg_desktop.domain.survey_terms import QUESTION_KIND, SAMPLE_KIND
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.exchange.bar_svg import draw, in_words
from vawg_desktop.exchange.document import Block, Cell, Document, Figure, Heading, Paragraph, Table
from vawg_desktop.services import (
    coding_counts,
    outputs,
    show,
    small_counts,
    survey_crossings,
    survey_routes,
    survey_tables,
    surveys,
)
from vawg_desktop.services.office import look
from vawg_desktop.services.session import Session
from vawg_desktop.services.survey_tables import Line, Routed, Tally
from vawg_desktop.services.surveys import Answers

#: Kinds of question whose choices are counted, and those of which only how many answered is.
COUNTED, OF_CHOICES = frozenset({"single", "multi", "matrix", "scale"}), frozenset({"multi"})
#: Kinds of question that others are divided by: one choice of each respondent.
_DIVIDES = frozenset({"single", "scale", "matrix"})
#: The group that holds everybody, and what stands where a respondent did not say which group is theirs.
ALL, NOT_SAID = "All respondents", "Not said"
#: What stands there where "Not said" is one of the question's own choices.
_NO_ANSWER = "No answer"
#: What a survey's one wave without a name is called, and one without a name among several.
ONLY_WAVE, UNNAMED_WAVE = "The only wave", "Wave without a name"
#: The wave as what answers are broken down by.
WAVE = "wave"
#: What stands for answers that a few gave in their own words; from how many words on a choice may be such, and from how many choices on.
WRITTEN, _FEW_WORDS, _MOST_CHOICES = "Other words", 6, 40
#: So many groups are counted at most: a question with more answers is no breakdown.
_MOST_GROUPS = 40


@dataclass(slots=True)
class Group:
    """One group of respondents: how many answered, and each choice's count; None where it is hidden, as are percentages then."""

    name: str
    base: int | None
    counts: list[int | None]
    net: float | None = None

    def percent(self, place: int) -> float | None:
        """A choice's share of those who answered, in per cent."""
        count = self.counts[place]
        return None if count is None or not self.base else 100 * count / self.base


@dataclass(slots=True)
class Result:
    """A question's answers: its choices, and the groups, everybody first. ``hidden`` says how many counts are; ``least`` under which number."""

    question: Mapping[str, object]
    choices: list[str]
    groups: list[Group]
    by: str = ""
    by_words: str = ""
    least: int = 0
    hidden: int = 0
    respondents: int | None = 0
    notes: list[str] = field(default_factory=list[str])
    #: Whether many answered, and it is not told how many, since that would reveal a small count elsewhere.
    withheld: bool = False
    #: By which codebook, in which version and by whom answers in words were sorted; empty for other questions.
    coded: str = ""

    @property
    def everybody(self) -> Group:
        """All respondents together."""
        return self.groups[0]

    def _how_many(self, whom: str) -> str:
        base = self.everybody.base
        return how_many(base, whom) if base is not None else f"Fewer than {self.least} {whom}s"

    def answered(self) -> str:
        """How many answered, in words."""
        return "How many answered is not shown." if self.withheld else f"{self._how_many('respondent')} answered."

    def sentence(self) -> str:
        """The result in words: how many answered, and the choices that most made."""
        how = f"{self._how_many('respondent')} answered in words that were coded." if self.coded and not self.withheld else self.answered()
        told = f"{self.question['wording']} {how}"
        best = sorted(((p, c) for n, c in enumerate(self.choices) if (p := self.everybody.percent(n)) is not None), reverse=True)[:3]
        told += "".join(f" {c}: {p:.0f}%." for p, c in best)
        if self.everybody.net is not None:
            told += f" Net score {self.everybody.net:+.0f}."
        return told


#: Results that were worked out on the way to another one, by question, what divides it, and wave.
Found = dict[tuple[str, str, str | None], "Result | None"]


def result(session: Session, answers: Answers, question: str, *, by: str = "", wave: str | None = None, least: int | None = None, found: Found | None = None) -> Result:
    """A question counted, by another one or by ``WAVE``, of all waves or of one. ``least``: counts below it are hidden; the office's without it.

    ``found`` keeps results of the same answers that others ask for again, such as of a question that led to several. Raises NotFoundError for a question or a wave that there is not, ValueRefusedError for a breakdown of too many answers or of free text.
    """
    asked = answers.question(question)
    if wave is not None and wave not in answers.waves:
        raise NotFoundError(f"{answers.survey['reference']} has no wave “{wave}”; there are {', '.join(wave_name(answers, w) for w in answers.waves)}.")
    under = small_counts.least(session.read()) if least is None else least
    rows = [r for r in answers.rows if wave is None or r.wave == wave]
    group_of = _grouping(answers, by, under)
    answered = [(r, a) for r in answers.rows if (a := r.answers.get(str(asked["id"]))) is not None]
    coded = coding_counts.as_choices(session, surveys.Answers(answers.survey, answers.questions, rows), str(asked["id"])) if asked["kind"] == "free_text" else None
    if coded is not None:  # sorted under codes, each of which counts as a choice that was made
        every = coded if wave is None else coding_counts.as_choices(session, answers, str(asked["id"])) or coded
        asked = {**asked, "kind": "multi"}
        given, choices = [(r, every[0][r.id]) for r in answers.rows if r.id in every[0]], every[1]
        choices = [] if under > 1 and 0 < len(given) < under else choices
    else:
        given, choices = _choices(asked, answered, under)
    names = sorted({group_of(r) for r, _ in given}, key=_order(answers, by)) if by else [ALL]
    if len(names) > _MOST_GROUPS:
        raise ValueRefusedError(f"“{answers.question(by)['wording'] if fold(by) != WAVE else by}” has {len(names)} different answers; break results down by a question of a few choices.")
    by_words = "" if not by else "Wave" if fold(by) == WAVE else str(answers.question(by)["wording"])
    made = Result(asked, choices, [], by, by_words, under, respondents=responses(answers, wave, under))
    tally = _tally(asked, answers, given, choices, names, group_of, _unsaid(answers, by))
    gates = _gates(answers, asked, under) if under > 1 else []
    if gates:
        tally.routed = survey_routes.routed(gates, _published(session, answers, under, {} if found is None else found), by, names, answers.waves, len(answers.rows) - len(given))
    made.groups = _groups(tally, _other_way(answers, asked, by, under) if coded is None else None, by, wave, answers, under)
    made.coded = coding_counts.method(session, coded[2]) if coded is not None else ""
    made.hidden = sum(c is None for g in made.groups for c in [g.base, *g.counts])
    every = {c for _, a in answered for c in _several(a)}
    _net(session, asked, made, every | set(json.loads(str(asked["choices"] or "[]"))) | set(choices))
    real = sum(k for (_, w), k in tally.bases.items() if wave is None or w == answers.waves.index(wave))
    made.withheld = made.everybody.base is None and not small_counts.is_small(real, under)
    made.notes += [g.words() for g in gates if tally.routed != Routed(rest=tally.routed.rest)]
    if made.hidden:
        made.notes.append(f"Counts under {under}, and others that would reveal one, are not shown.")
    if coded is not None:
        made.notes += ["Answers can fall under several codes, so shares add up to more than 100%.", *coded[2].notes(under, numbered=wave is None or under < 2), *coding_counts.breaks(session, coded[2], {r.id: group_of(r) for r in rows})]
    elif asked["kind"] == "multi":
        made.notes.append("Several choices could be made, so shares add up to more than 100%.")
    return made


def _gates(answers: Answers, asked: Mapping[str, object], under: int) -> list[survey_routes.Gate]:
    """The questions whose choices say who answered this one, over all waves."""

    def counted(question: Mapping[str, object]) -> survey_routes.Given:
        id = str(question["id"])
        return _choices(question, [(r, a) for r in answers.rows if (a := r.answers.get(id)) is not None], under)[0] if question["kind"] in COUNTED else []

    id = str(asked["id"])
    return survey_routes.gates(answers, id, [(r, a) for r in answers.rows if (a := r.answers.get(id)) is not None], counted, OF_CHOICES)


def _published(session: Session, answers: Answers, under: int, found: Found) -> survey_routes.Published:
    """What anybody may see of another question, as ``survey_routes`` asks for it."""

    def published(question: str, by: str, wave: str | None) -> tuple[Sequence[str], Sequence[survey_routes.Counted]] | None:
        key = (question, by, wave)
        if key not in found:
            try:
                found[key] = result(session, answers, question, by=by, wave=wave, least=under, found=found)
            except ValueRefusedError:  # divided by this, it has too many groups
                found[key] = None
        made = found[key]
        return (made.choices, made.groups) if made is not None else None

    return published


def responses(answers: Answers, wave: str | None, least: int) -> int | None:
    """How many responses there are, of all waves or of one; None where that is a small number, or tells one of another wave."""
    if wave is None:
        return None if small_counts.is_small(len(answers.rows), least) else len(answers.rows)
    sizes = Counter(r.wave for r in answers.rows)
    shown = survey_tables.sizes([sizes[w] for w in answers.waves], least)
    return shown[answers.waves.index(wave)]


def wave_name(answers: Answers, wave: str) -> str:
    """What a wave is called: as it was named when its file came, else that it has no name."""
    return wave or (ONLY_WAVE if len(answers.waves) < 2 else UNNAMED_WAVE)


def _several(answer: surveys.Answer) -> Sequence[str]:
    return answer if isinstance(answer, list) else [str(answer)]


def _grouping(answers: Answers, by: str, under: int) -> Callable[[surveys.Row], str]:
    """Says which group a respondent belongs to. Of several choices no group can be made, so such a question is refused."""
    if not by:
        return lambda _: ALL
    if fold(by) == WAVE:
        return lambda row: wave_name(answers, row.wave)
    question = answers.question(by)
    if question["kind"] not in _DIVIDES:
        raise ValueRefusedError(f"Results are broken down by a question of one choice; “{question['wording']}” is {QUESTION_KIND.label(str(question['kind'])).casefold()}.")
    id = str(question["id"])
    own = _own_words(Counter(str(a) for r in answers.rows if (a := r.answers.get(id)) is not None), json.loads(str(question["choices"] or "[]")), under)
    unsaid = _unsaid(answers, id)
    return lambda row: unsaid if (answer := row.answers.get(id)) is None else WRITTEN if str(answer) in own else str(answer)


def _unsaid(answers: Answers, by: str) -> str:
    """What the group of those is called who did not answer the question that divides."""
    if not by or fold(by) == WAVE:
        return NOT_SAID
    id = str(answers.question(by)["id"])
    return _NO_ANSWER if any(r.answers.get(id) == NOT_SAID for r in answers.rows) else NOT_SAID


def _order(answers: Answers, by: str) -> Callable[[str], tuple[bool, int, str]]:
    """Groups stand in the order of the choices that make them, waves by their names, and who did not say comes last."""
    known: list[str] = [] if fold(by) == WAVE else json.loads(str(answers.question(by)["choices"] or "[]"))
    places = {c: n for n, c in enumerate(known)}
    unsaid = _unsaid(answers, by)
    return lambda name: (name == unsaid, places.get(name, len(places)), name)


def _choices(question: Mapping[str, object], given: Sequence[tuple[surveys.Row, surveys.Answer]], under: int) -> tuple[list[tuple[surveys.Row, surveys.Answer]], list[str]]:
    """The answers by respondent and the choices of a question in its own order; none where its answers are not counted.

    What a few wrote in their own words stands together as ``WRITTEN``: a list of choices would tell it word for word. Where few answered at all,
    no choices are told.
    """
    kept = list(given)
    if question["kind"] not in COUNTED or (under > 1 and 0 < len(given) < under):
        return kept, []
    known: list[str] = json.loads(str(question["choices"] or "[]"))
    found = Counter(c for _, a in given for c in _several(a))
    own = _own_words(found, known, under)
    if 2 * sum(found[c] for c in own) > found.total():  # mostly people's own words: no few of them are choices
        known = [c for c in known if found[c] >= under]
    if own:
        kept = [(r, [WRITTEN if c in own else c for c in a] if isinstance(a, list) else WRITTEN if str(a) in own else a) for r, a in given]
        known = [c for c in known if c not in own]
        found = Counter(c for _, a in kept for c in set(_several(a)))
    return kept, [*known, *(c for c, _ in found.most_common() if c not in known and c != WRITTEN), *([WRITTEN] if own else [])]


#: Words of somebody who tells of themselves or of others, which few choices of a question hold.
_PERSONS = re.compile(r"\b(?:i|i'm|i've|im|me|my|mine|we|us|our|he|him|his|she|her|they|them|their)\b", re.IGNORECASE)


def _names_somebody(words: str) -> bool:
    """Whether an answer names a person or says how to find one; places and single words are choices more often than not."""
    return any(p.kind in ("name", "address", "telephone", "email", "link", "number") and (p.sure or " " in words[p.start : p.end]) for p in identifying.passages(words))


def _own_words(found: Counter[str], known: Collection[str], under: int) -> set[str]:
    """The answers of a few that are people's own words and no choices: long ones, ones that speak of persons or name somebody, and ones that were not offered."""
    few = [c for c, n in found.items() if n < under]
    own = {c for c in few if c not in known or len(c.split()) > _FEW_WORDS or len(known) > _MOST_CHOICES or _PERSONS.search(c) or safeguarding.concerns(c) or _names_somebody(c)}
    own = set(few) if 2 * sum(found[c] for c in own) > found.total() else own
    return own | {c for c in found if len(c.split()) > _FEW_WORDS and _names_somebody(c)}  # however many wrote so: nobody is named in a choice


def _tally(question: Mapping[str, object], answers: Answers, given: Sequence[tuple[surveys.Row, surveys.Answer]], choices: Sequence[str], names: Sequence[str], group_of: Callable[[surveys.Row], str], unsaid: str) -> Tally:
    """A question counted by group and wave; ``unsaid`` is what the group is called that did not say which is theirs."""
    places, groups, waves = ({name: n for n, name in enumerate(some)} for some in (choices, names, answers.waves))
    counts: Counter[tuple[int, int, int]] = Counter()
    bases: Counter[tuple[int, int]] = Counter()
    sizes = Counter((groups[name], waves[r.wave]) for r in answers.rows if (name := group_of(r)) in groups)
    for row, answer in given:
        group, wave = groups[group_of(row)], waves[row.wave]
        bases[group, wave] += 1
        counts.update((places[c], group, wave) for c in set(_several(answer)) if c in places)
    free = [groups[unsaid]] if unsaid in groups else []
    return Tally(str(question["id"]), choices, Line(names, free), Line(answers.waves), question["kind"] in OF_CHOICES, counts, bases, sizes)


def _other_way(answers: Answers, asked: Mapping[str, object], by: str, under: int) -> Tally | None:
    """The question that divides, counted and divided by the one that it divides; None where nobody can ask for that, or where it is one question."""
    if not by or fold(by) == WAVE or asked["kind"] not in _DIVIDES:
        return None
    divides, back = answers.question(by), str(asked["id"])
    given, choices = _choices(divides, [(r, a) for r in answers.rows if (a := r.answers.get(str(divides["id"]))) is not None], under)
    group_of = _grouping(answers, back, under)
    names = sorted({group_of(r) for r, _ in given}, key=_order(answers, back))
    return _tally(divides, answers, given, choices, names, group_of, _unsaid(answers, back)) if choices and divides["id"] != back and len(names) <= _MOST_GROUPS else None


def _groups(tally: Tally, other: Tally | None, by: str, wave: str | None, answers: Answers, under: int) -> list[Group]:
    """The groups with their counts, everybody first, small ones hidden and as many others as keep anybody from working them out."""
    if wave is None:
        everybody = survey_tables.whole(tally, under)
    else:
        everybody = survey_tables.by_waves(tally, under)[answers.waves.index(wave)]
    made = [Group(ALL, everybody.base, everybody.counts)]
    if by:
        place = None if wave is None or fold(by) == WAVE else answers.waves.index(wave)
        if other is not None and tally.choices:
            parts = survey_crossings.shown(tally, other, under, place)
        else:
            parts = survey_tables.by_groups(tally, under) if place is None else survey_tables.in_waves(tally, under)[place]
        made += [Group(name, part.base, part.counts) for name, part in zip(tally.groups.names, parts, strict=True) if wave is None or fold(by) != WAVE or name == wave_name(answers, wave)]
    return made


def _net(session: Session, question: Mapping[str, object], made: Result, every: Collection[str]) -> None:
    """Net scores: per cent positive less per cent negative, where it is said which answers are which; ``every`` are the question's choices and all answers given.

    None where one of these answers is hidden or stands among the few own words, where a stated one is no answer of the question, and for a group of which
    nobody gave any of them: their question offered other words.
    """
    sets = show.record(session, str(question["id"])).sets
    positive, negative = ({fold(w): w for w in sets[key]} for key in ("positive", "negative"))
    if not positive or not negative:
        return
    stated, shown, there = {**positive, **negative}, {fold(c) for c in made.choices}, {fold(c) for c in every}
    if unknown := [w for f, w in stated.items() if f not in there]:
        made.notes.append(f"No net score is given: “{unknown[0]}” is stated as positive or negative and is no answer of this question.")
        return
    if not stated.keys() <= shown:
        made.notes.append("No net score is given: some of the answers that it counts are those of a few.")
        return
    for group in made.groups:
        told = [(f, group.counts[n]) for n, c in enumerate(made.choices) if (f := fold(c)) in stated]
        if group.base and any(k != 0 for _, k in told) and all(k is not None for _, k in told):
            group.net = 100 * sum((k or 0) * (1 if f in positive else -1) for f, k in told) / group.base
    if any(g.net is not None for g in made.groups) and (neither := [c for c in made.choices if fold(c) not in stated and fold(c) != fold(WRITTEN)]):
        made.notes.append(f"The net score counts {', '.join(f'“{c}”' for c in neither)} as neither positive nor negative.")


def as_json(made: Result) -> dict[str, object]:
    """A result as the command prints it; hidden counts are null."""
    return {
        "question": made.question["reference"], "id": made.question["id"], "wording": made.question["wording"], "kind": made.question["kind"], "by": made.by or None,
        "respondents": made.respondents, "least": made.least, "hidden": made.hidden, "choices": made.choices,
        "groups": [{"group": g.name, "base": g.base, "counts": g.counts, "percent": [None if (p := g.percent(n)) is None else round(p, 1) for n in range(len(made.choices))], "net": None if g.net is None else round(g.net, 1)} for g in made.groups],
    }  # fmt: skip


def told(count: int | None) -> str:
    """A count as it is shown: a dash where it is hidden."""
    return "–" if count is None else f"{count:,}"


def document(session: Session, survey: str, *, by: str = "", wave: str | None = None) -> Document:
    """A survey's results as they may leave the office: each question with its base, as chart and table. Raises what ``result`` raises."""
    answers = surveys.answers(session, survey)
    least = small_counts.least(session.read())
    sample = str(answers.survey["sample"] or "")
    blocks: list[Block] = [Paragraph("Percentages are of the respondents who answered each question." + (" People chose to answer, so the results describe the respondents and nobody else." if sample == "self_selected" else ""))]
    found: Found = {}
    for question in answers.questions:
        made = result(session, answers, str(question["id"]), by=by if by not in (question["reference"], question["id"]) else "", wave=wave, least=least, found=found)
        if question["kind"] != "free_text" or made.choices:
            blocks += blocks_of(session, made)
    lines = [f"How people were reached: {SAMPLE_KIND.label(sample).casefold()}." if sample else "", f"{how_many(count, 'response')}." if (count := responses(answers, wave, least)) is not None else ""]
    return outputs.document(session, f"{answers.survey['title']}: results", blocks, outputs.marking_of(surveys.SURVEY, [answers.survey]), [line for line in lines if line])


def blocks_of(session: Session, made: Result) -> list[Block]:
    """A result as parts of a paper: its chart, where nothing in it is hidden, and its table."""
    heading = Heading(str(made.question["wording"]))
    everybody = made.everybody
    if not made.choices:
        return [heading, Paragraph(made.answered())]
    blocks: list[Block] = [heading]
    if everybody.base and not any(c is None for c in everybody.counts):
        bars = [(c, everybody.counts[n] or 0) for n, c in enumerate(made.choices)]
        blocks.append(Figure(f"{made.question['wording']} (respondents)", in_words(str(made.question["wording"]), bars), draw(bars, look(session.read()).colour)))
    rows: list[list[Cell]] = []
    for group in made.groups:
        for n, choice in enumerate(made.choices):
            percent = group.percent(n)
            rows.append([group.name, choice, told(group.counts[n]), "–" if percent is None else f"{percent:.0f}%", told(group.base)])
    nets = [f"Net score of {g.name.casefold() if g.name == ALL else g.name}: {g.net:+.0f} (base {g.base:,})." for g in made.groups if g.net is not None and g.base is not None]
    blocks.append(Table(str(made.question["wording"]), ["Group", "Answer", "Respondents", "Share", "Base"], rows, [*nets, *made.notes]))
    return blocks


def breakdowns(answers: Answers) -> list[tuple[str, str]]:
    """What results can be broken down by: the wave, where there are several, and questions of one choice; each (what it is called, its words)."""
    found = [(WAVE, "Wave")] if len(answers.waves) > 1 else []
    for question in answers.questions:
        known: list[str] = json.loads(str(question["choices"] or "[]"))
        if question["kind"] in ("single", "scale") and 1 < len(known) <= _MOST_GROUPS:
            found.append((str(question["id"]), str(question["wording"])))
    return sorted(found, key=lambda one: not any(q["id"] == one[0] and q["groups"] for q in answers.questions) and one[0] != WAVE)
