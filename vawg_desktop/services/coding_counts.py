"""What coding says: how many answers fall under each code, how far coders agree, where they differ, and by which version they coded."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import fmean

from vawg_desktop.analysis import agreement
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.coding_terms import CODING_RESULT
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import answer_review, coding
from vawg_desktop.services.coding import AGREED, Coded, Desk
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.readings import SET_ASIDE
from vawg_desktop.services.session import Session
from vawg_desktop.services.surveys import Answers

#: What stands among the choices of a question that was coded for answers under no code, and unclear ones.
NO_CODE, UNCLEAR = CODING_RESULT.label("none"), CODING_RESULT.label("unclear")


@dataclass(slots=True)
class Measures:
    """How far coders agree, from below nought to 1; NaN where a measure is not defined. ``texts``: answers that two or more coded."""

    percent: float = math.nan
    kappa: float = math.nan
    alpha: float = math.nan
    texts: int = 0

    def as_json(self) -> dict[str, object]:
        """The contract's keys; null where a measure is not defined."""
        return {key: None if math.isnan(value) else round(value, 4) for key, value in (("percent", 100 * self.percent), ("kappa", self.kappa), ("alpha", self.alpha))}


@dataclass(slots=True)
class OfCode:
    """A code: how many answers count under it, of how many, and how far coders agree on whether it applies; ``prevalence`` from 0 to 1."""

    id: str
    title: str
    count: int
    agreed: Measures = field(default_factory=Measures)
    prevalence: float = math.nan


@dataclass(slots=True)
class Difference:
    """An answer that coders sorted otherwise: what each made of it, and what was agreed on since, if anything."""

    response: str
    by_coder: dict[str, Coded]
    agreed: Coded | None = None


@dataclass(slots=True)
class Counted:
    """A question's coding: each answer as it counts, codes with their counts, coders with how many each coded, and how far they agree."""

    question: str
    by_response: dict[str, Coded] = field(default_factory=dict[str, Coded])
    codes: list[OfCode] = field(default_factory=list[OfCode])
    coders: dict[str, int] = field(default_factory=dict[str, int])
    overall: Measures = field(default_factory=Measures)
    differences: list[Difference] = field(default_factory=list[Difference])
    main: str = ""
    answered: int = 0
    titles: dict[str, str] = field(default_factory=dict[str, str])
    books: dict[str, str] = field(default_factory=dict[str, str])
    #: So many answers were coded by another codebook than the one that is counted.
    elsewhere: int = 0

    @property
    def base(self) -> int:
        """How many answers were coded, those under no code included and unclear ones not."""
        return sum(c.result != "unclear" for c in self.by_response.values())

    def base_of(self, code: str) -> int:
        """Of how many answers a code's count is: those that were coded by its codebook."""
        book = self.books.get(code, "")
        return sum(c.result != "unclear" and c.codebook in ("", book) for c in self.by_response.values())

    @property
    def unclear(self) -> int:
        """How many answers were found unclear."""
        return sum(c.result == "unclear" for c in self.by_response.values())

    @property
    def open_differences(self) -> list[Difference]:
        """Those on which nothing was agreed yet."""
        return [d for d in self.differences if d.agreed is None]

    def notes(self, least: int = 0, *, numbered: bool = True) -> list[str]:
        """What whoever reads a count has to know: what is not coded, and what coders differ on; numbers under ``least`` in words.

        Without ``numbered`` no number is given, as of one wave, where another wave's would follow from those of all.
        """
        def few(count: int) -> str:
            if not numbered:
                return "Some answers"
            return f"Fewer than {least} answers" if count < least else how_many(count, "answer").capitalize()

        found: list[str] = []
        if self.elsewhere:
            found.append(f"{few(self.elsewhere)} coded by another codebook and in no count here.")
        left = self.answered - len(self.by_response) - self.elsewhere
        if left > 0:
            found.append(f"{few(left)} not coded yet; counts are of those that were.")
        if self.unclear:
            found.append(f"{few(self.unclear)} unclear and in no count.")
        if self.open_differences:
            one = len(self.open_differences) == 1
            found.append(f"Coders differ on {few(len(self.open_differences)).casefold()}; {'it counts' if one else 'these count'} as {self.main} coded {'it' if one else 'them'}.")
        return found


def counted(session: Session, answers: Answers, question: str) -> Counted:
    """How the answers to a question were coded, by its id. Only answers count that somebody has looked at.

    Of an answer that several coded, what they agreed on counts, or what all of them said; where they differ, what the one says who coded most.
    """
    texts = answer_review.texts(session, answers, question)
    readable = {t.response: t for t in texts if t.may_be_read}
    made = Counted(question, answered=sum(t.status != SET_ASIDE for t in texts))
    by_response: dict[str, dict[str, Coded]] = {}
    for one in coding.codings(session, question):
        text = readable.get(one.response)
        if text is not None and one.is_of(text) and (one.codes if one.result == "coded" else one.result):  # a code that was disposed of leaves no judgement
            by_response.setdefault(one.response, {})[one.coder] = one
    coders = Counter(c for given in by_response.values() for c in given if c != AGREED)
    made.coders = dict(sorted(coders.items(), key=lambda c: (-c[1], c[0])))
    made.main = next(iter(made.coders), "")
    places = {name: n for n, name in enumerate(made.coders)}
    for response, given in by_response.items():
        agreed = given.get(AGREED)
        told = {name: c for name, c in given.items() if name != AGREED}
        labels = {_label(c) for c in told.values()}
        if len(labels) > 1:
            made.differences.append(Difference(response, told, agreed))
        main = min(told.values(), key=lambda c: places[c.coder], default=None)
        # what was agreed on holds while coders differ; once they say the same again, that is what counts
        made.by_response[response] = main if main is not None and (agreed is None or len(labels) == 1) else agreed or given[AGREED]
    _count_codes(session, made, by_response)
    made.overall = _measures([{n: _label(c) for n, c in given.items() if n != AGREED} for given in by_response.values()])
    return made


def in_words(measures: Measures) -> str:
    """How far coders agree, as people write it; a dash where a measure is not defined."""
    told = (("{:.0f}% the same", 100 * measures.percent), ("κ {:.2f}", measures.kappa), ("α {:.2f}", measures.alpha))
    return ", ".join("–" if math.isnan(value) else shape.format(value) for shape, value in told) + "."


def _label(one: Coded) -> str | None:
    """What a coder made of an answer as one word: the set of codes. None where it is unclear, which is no judgement."""
    return None if one.result == "unclear" else " ".join(sorted(one.codes)) or "none"


def _count_codes(session: Session, made: Counted, by_response: Mapping[str, Mapping[str, Coded]]) -> None:
    used = {c for given in by_response.values() for one in given.values() for c in one.codes}
    books = {one.codebook for given in by_response.values() for one in given.values() if one.codebook}
    sql = f"SELECT id, title, heading, codebook FROM code WHERE (codebook IN ({','.join('?' * len(books)) or 'NULL'}) AND NOT deleted) OR id IN ({','.join('?' * len(used)) or 'NULL'}) ORDER BY codebook, position IS NULL, position, n"
    rows = plain_rows(session.read(), sql, (*sorted(books), *sorted(used))) if books or used else []
    counts = Counter(c for one in made.by_response.values() if one.result != "unclear" for c in set(one.codes))
    judged = [{n: c for n, c in given.items() if n != AGREED and c.result != "unclear"} for given in by_response.values()]
    double = [g for g in judged if len(g) > 1]
    for row in rows:
        id = str(row["id"])
        made.titles[id], made.books[id] = str(row["title"]), str(row["codebook"])
        if row["heading"] and id not in used:
            continue
        one = OfCode(id, str(row["title"]), counts[id])
        one.agreed = _measures([{n: str(id in c.codes) for n, c in given.items()} for given in double])
        said = [id in c.codes for given in double for c in given.values()]
        one.prevalence = fmean(said) if said else math.nan
        made.codes.append(one)


def _measures(given: Sequence[Mapping[str, str | None]]) -> Measures:
    """Percent, κ and α of what coders said of each answer. Of more than two coders percent and κ are means over the pairs, by how many answers each pair shares."""
    units = [{n: v for n, v in one.items() if v is not None} for one in given]
    units = [u for u in units if len(u) > 1]
    found = Measures(texts=len(units))
    if not units:
        return found
    coders = sorted({n for u in units for n in u})
    percents: list[tuple[float, int]] = []
    kappas: list[tuple[float, int]] = []
    for one, other in itertools.combinations(coders, 2):
        pairs = [(u[one], u[other]) for u in units if one in u and other in u]
        if not pairs:
            continue
        table = _table(pairs)
        percents.append((agreement.percent(table), len(pairs)))
        kappas.append((agreement.cohen_kappa(table), len(pairs)))
    found.percent, found.kappa = _mean(percents), _mean(kappas)
    found.alpha = agreement.krippendorff_alpha([[u.get(name) for u in units] for name in coders])
    return found


def _table(pairs: Sequence[tuple[str, str]]) -> list[list[int]]:
    labels = sorted({label for pair in pairs for label in pair})
    tally = Counter(pairs)
    return [[tally[(one, other)] for other in labels] for one in labels]


def _mean(values: Iterable[tuple[float, int]]) -> float:
    known = [(v, n) for v, n in values if not math.isnan(v)]
    return sum(v * n for v, n in known) / sum(n for _, n in known) if known else math.nan


def agree(session: Session, desk: Desk, response: str, codes: Sequence[str], result: str = "") -> Changes:
    """Keep what coders agreed on for an answer that they had sorted otherwise; it counts from now on. No code: none fits. Raises what ``coding.change`` does."""
    mine = Desk(desk.survey, desk.question, desk.codebook, desk.version, AGREED)
    with session.store.write(session.who, None, Act.CODE) as tx:
        coding.set_codes(tx, session, mine, response, codes, result or ("coded" if codes else "none"))
    return tx.changes


def as_choices(session: Session, answers: Answers, question: str) -> tuple[dict[str, list[str]], list[str], Counted] | None:
    """Coded answers as if each respondent had made several choices: by response the codes' names, and all names in order. None where nothing is coded.

    Codes of one codebook are counted, that by which most was coded: a share of answers means something only where all were asked the same.
    """
    found = counted(session, answers, question)
    if not found.by_response:
        return None
    books = Counter(one.codebook for one in found.by_response.values())
    main = min(books, key=lambda b: (-books[b], b))
    others = {r for r, one in found.by_response.items() if one.codebook != main and one.codebook}
    found.elsewhere = len(others)
    found.by_response = {r: one for r, one in found.by_response.items() if r not in others}
    used = {c for one in found.by_response.values() for c in one.codes}
    codes = [c for c in found.codes if c.id in used or found.books.get(c.id) == main]
    twice = {t for t, n in Counter(c.title for c in codes).items() if n > 1}
    called = {c.id: f"{c.title} ({place})" if c.title in twice else c.title for place, c in enumerate(codes, 1)}
    given = {r: [called[c] for c in one.codes if c in called] or [NO_CODE] for r, one in found.by_response.items() if one.result != "unclear"}
    return given, [*called.values(), *([NO_CODE] if any(v == [NO_CODE] for v in given.values()) else [])], found


def breaks(session: Session, found: Counted, groups: Mapping[str, str]) -> list[str]:
    """Where groups, by response, were coded by different versions of a codebook: a sentence for each break, which forbids to compare them."""
    by_group: dict[str, set[tuple[str, int]]] = {}
    for response, one in found.by_response.items():
        if response in groups:
            by_group.setdefault(groups[response], set()).add((one.codebook, one.version))
    every = {v for versions in by_group.values() for v in versions}
    rows = session.read().exec_driver_sql("SELECT codebook, number FROM codebook_version WHERE NOT deleted GROUP BY codebook, number HAVING count(*) > 1").fetchall()
    twice = sorted(int(n) for b, n in rows if (str(b), int(n)) in every)
    if twice:
        return [f"Version {' and '.join(map(str, twice))} of the codebook was begun twice, on two copies, so what was coded by it is not compared without coding again."]
    if len(every) < 2:
        return []
    if len({frozenset(v) for v in by_group.values()}) < 2:
        return ["Answers were coded by more than one version of the codebook."]
    told = "; ".join(f"{group}: {_versions(versions)}" for group, versions in sorted(by_group.items()))
    return [f"The codebook changed between these groups ({told}), so they are not compared without coding again."]


def _versions(versions: Iterable[tuple[str, int]]) -> str:
    numbers = sorted({n for _, n in versions})
    return ("version " if len(numbers) == 1 else "versions ") + " and ".join(map(str, numbers))


def method(session: Session, found: Counted) -> str:
    """By which codebook, in which version and by whom answers were coded, for whoever quotes a count."""
    used = sorted({(c.codebook, c.version) for c in found.by_response.values() if c.codebook})
    titles = {str(r["id"]): str(r["title"]) for r in plain_rows(session.read(), "SELECT id, title FROM codebook", ())}
    books = "; ".join(f"{titles.get(book, 'codebook')}, {_versions(v for v in used if v[0] == book)}" for book in dict.fromkeys(b for b, _ in used))
    return f"Coded by {' and '.join(found.coders) or 'nobody'}" + (f" ({books})" if books else "") + "."


def as_json(found: Counted) -> dict[str, object]:
    """The contract's keys, and per code how far coders agree on it."""
    return {
        "codes": [{"code": c.title, "id": c.id, "count": c.count, "base": found.base_of(c.id), "prevalence": None if math.isnan(c.prevalence) else round(c.prevalence, 4), "agreement": c.agreed.as_json()} for c in found.codes],
        "coders": [{"coder": name, "coded": count} for name, count in found.coders.items()],
        "agreement": found.overall.as_json(), "compared": found.overall.texts, "differences": len(found.differences), "open_differences": len(found.open_differences),
        "answered": found.answered, "coded": len(found.by_response), "unclear": found.unclear, "none": sum(c.result == "none" for c in found.by_response.values()), "notes": found.notes(),
    }  # fmt: skip
