"""What the results of two questions tell together, each divided by the other: no count that one of them hides, attacked by linear programming."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest

from tests.exchange.test_survey_in import table, written
from vawg_desktop.analysis.suppression import Sum, attack
from vawg_desktop.services import survey_results, surveys
from vawg_desktop.services.session import Session
from vawg_desktop.services.surveys import Answers
from vawg_desktop.store import making

LEAST = 10


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(making.create(tmp_path / "a.vawg", passphrase=None), "A. Officer")


def taken(session: Session, folder: Path, seed: int, waves: Iterable[str] = ("",), *, blanks: float = 0.0) -> Answers:
    """A survey of two questions, of which some answers are rare."""
    chance = random.Random(seed)
    for wave in waves:
        rows = [["Respondent", "Safe?", "District"]]
        weights = [[chance.choice([40, 25, 9, 4, 2]) for _ in range(4)] for _ in range(3)]
        for n in range(chance.randint(150, 400)):
            district = chance.choices(["Ashford", "Dover", "Swale"], [60, 30, 10])[0]
            safe = chance.choices(["Yes", "No", "Sometimes", "Never go out"], weights[["Ashford", "Dover", "Swale"].index(district)])[0]
            rows.append([f"{wave}{n}", "" if chance.random() < blanks else safe, "" if chance.random() < blanks else district])
        surveys.take_in(session, written(folder, table(rows), f"Safety {wave}.csv"), survey="Safety", wave=wave)
    return surveys.answers(session, str(surveys.find(session, "Safety")["id"]))


class Known:
    """Every number that the results tell or hide, with the sums that anybody knows."""

    def __init__(self) -> None:
        self.at: dict[tuple[object, ...], int] = {}
        self.counts: list[int] = []
        self.shown: set[int] = set()
        self.sums: set[Sum] = set()

    def place(self, key: tuple[object, ...], count: int | None, told: int | None) -> int:
        if key not in self.at:
            self.at[key] = len(self.counts)
            self.counts.append(count or 0)
        assert told is None or told == self.counts[self.at[key]], key
        if told is not None:
            self.shown.add(self.at[key])
        return self.at[key]


def published(session: Session, answers: Answers, waves: Sequence[str | None]) -> Known:
    """Both questions by each other, in each of some waves (None: all), and undivided."""
    known = Known()
    keys: Mapping[str | None, list[tuple[object, ...]]] = {wave: [] for wave in waves}
    for wave in waves:
        for question, by in (("Safe?", "District"), ("District", "Safe?")):
            told, real = (survey_results.result(session, answers, question, by=by, wave=wave, least=least) for least in (LEAST, 0))
            assert [g.name for g in told.groups] == [g.name for g in real.groups] and told.choices == real.choices
            table_of: dict[str, list[int]] = {c: [] for c in real.choices}
            bases: list[int] = []
            for shown, group in zip(told.groups, real.groups, strict=True):
                whole = group is real.groups[0]
                base_key = (wave, question, "base", None if whole else group.name)
                bases.append(known.place(base_key, group.base, shown.base))
                keys[wave].append(base_key)
                column = []
                for n, choice in enumerate(real.choices):
                    key = (wave, question, "total", choice) if whole else (wave, "cell", *((choice, group.name) if question == "Safe?" else (group.name, choice)))
                    column.append(known.place(key, group.counts[n], shown.counts[n]))
                    table_of[choice].append(column[-1])
                    keys[wave].append(key)
                known.sums.add(Sum(bases[-1], tuple(column)))
            known.sums.add(Sum(bases[0], tuple(bases[1:])))
            known.sums |= {Sum(row[0], tuple(row[1:])) for row in table_of.values()}
    if len(waves) > 1:
        for key in set(keys[None]):
            known.sums.add(Sum(known.at[key], tuple(known.at[wave, *key[1:]] for wave in waves if wave is not None)))
    return known


def worked_out(known: Known) -> dict[tuple[object, ...], tuple[int, int]]:
    """The hidden counts that follow more narrowly than is allowed; without those who gave no answer, which follow from a group's size and its base."""
    hidden = {n for n in range(len(known.counts)) if n not in known.shown}
    asked = {place for key, place in known.at.items() if key[1] == "cell" and survey_results.NOT_SAID not in key and place in hidden}
    found = attack(known.counts, hidden, sorted(known.sums, key=lambda s: (s.total, s.parts)), LEAST, asked)
    return {key: found[place] for key, place in known.at.items() if place in found}


@pytest.mark.parametrize("seed", range(12))
def test_two_tables_of_the_same_two_questions_do_not_tell_what_each_hides(session: Session, tmp_path: Path, seed: int) -> None:
    answers = taken(session, tmp_path, seed, blanks=0.0 if seed % 2 else 0.06)
    known = published(session, answers, [None])
    assert len(known.shown) < len(known.counts) and worked_out(known) == {}


@pytest.mark.parametrize("seed", range(4))
def test_nor_do_the_tables_of_each_wave(session: Session, tmp_path: Path, seed: int) -> None:
    answers = taken(session, tmp_path, seed + 50, ("2021", "2026"), blanks=0.0 if seed % 2 else 0.05)
    assert worked_out(published(session, answers, [None, "2021", "2026"])) == {}


def test_both_tables_hide_the_same_counts_and_still_tell_the_large_ones(session: Session, tmp_path: Path) -> None:
    rows = [["Respondent", "Safe?", "District"], *([str(n), "Never go out" if n < 4 else "No" if n % 3 else "Yes", ["Ashford", "Dover", "Swale", "Thanet"][n % 4]] for n in range(400))]
    surveys.take_in(session, written(tmp_path, table(rows), "S.csv"), survey="S")
    answers = surveys.answers(session, str(surveys.find(session, "S")["id"]))
    one, other = survey_results.result(session, answers, "Safe?", by="District", least=LEAST), survey_results.result(session, answers, "District", by="Safe?", least=LEAST)
    first = {(c, g.name): g.counts[n] for g in one.groups[1:] for n, c in enumerate(one.choices)}
    second = {(g.name, c): g.counts[n] for g in other.groups[1:] for n, c in enumerate(other.choices)}
    assert first == second and sum(k is not None for k in first.values()) == 4


def test_a_choice_called_not_said_is_not_taken_for_no_answer(session: Session, tmp_path: Path) -> None:
    rows = [["Respondent", "Safe?", "Gender"], *([str(n), "Yes" if n % 3 else "No", "" if n > 170 else ["Woman", "Man", "Not said"][n % 3]] for n in range(200))]
    surveys.take_in(session, written(tmp_path, table(rows), "G.csv"), survey="G")
    answers = surveys.answers(session, str(surveys.find(session, "G")["id"]))
    found = survey_results.result(session, answers, "Safe?", by="Gender", least=0)
    assert {g.name: g.base for g in found.groups[1:]} == {**Counter(r[2] for r in rows[1:] if r[2]), "No answer": sum(not r[2] for r in rows)}
