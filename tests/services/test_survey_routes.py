"""Questions that only some were asked: how many answered tells no count that the question before them hides."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.exchange.test_survey_in import table, written
from vawg_desktop.analysis.suppression import Sum, attack
from vawg_desktop.exchange.document import Paragraph
from vawg_desktop.services import answer_review, codebooks, coding, survey_results, surveys
from vawg_desktop.services.session import Session
from vawg_desktop.services.surveys import Answers
from vawg_desktop.store import making

LEAST = 5


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(making.create(tmp_path / "a.vawg", passphrase=None), "A. Officer")


def taken(session: Session, folder: Path, rows: list[list[str]], wave: str = "") -> Answers:
    heads = ["Respondent", "Reported it?", "Main reason", "District"]
    surveys.take_in(session, written(folder, table([heads, *([f"{wave}{n}", *r] for n, r in enumerate(rows))]), f"Routes {wave}.csv"), survey="Routes", wave=wave)
    return surveys.answers(session, str(surveys.find(session, "Routes")["id"]))


def routed_rows(chance: random.Random, count: int, rare: float) -> list[list[str]]:
    """Whoever did not report it is asked why not, and nobody else."""
    rows: list[list[str]] = []
    for _ in range(count):
        told = "Yes" if chance.random() < rare else "No"
        rows.append([told, chance.choice(["Fear", "Shame", "No use"]) if told == "No" else "", chance.choices(["Ashford", "Dover", "Swale"], [50, 35, 15])[0]])
    return rows


def test_how_many_were_asked_does_not_tell_the_few_who_were_not(session: Session, tmp_path: Path) -> None:
    rows = [["Yes", "", "Ashford"]] * 3 + [["No", why, "Ashford"] for why in ["Fear"] * 40 + ["Shame"] * 30 + ["No use"] * 27]
    answers = taken(session, tmp_path, rows)
    first, second = (survey_results.result(session, answers, q, least=LEAST) for q in ("Reported it?", "Main reason"))
    assert first.everybody.counts == [None, None] and first.everybody.base == 100
    assert second.everybody.base is None and sorted(second.everybody.counts, key=str) == [30, 40, None]
    assert "Asked only of those who answered “No” to “Reported it?”" in " ".join(second.notes)
    assert second.sentence().startswith("Main reason How many answered is not shown.")
    assert survey_results.result(session, answers, "Main reason", least=0).everybody.base == 97


def test_where_many_went_either_way_all_is_told(session: Session, tmp_path: Path) -> None:
    rows = [["Yes", "", "Ashford"]] * 30 + [["No", why, "Ashford"] for why in ["Fear"] * 40 + ["Shame"] * 30]
    found = survey_results.result(session, taken(session, tmp_path, rows), "Main reason", least=LEAST)
    assert found.everybody.base == 70 and found.everybody.counts == [40, 30] and found.notes == []


def test_a_few_blanks_are_no_route(session: Session, tmp_path: Path) -> None:
    rows = [["Yes" if n % 2 else "No", "" if n in (4, 7, 9) else "Fear" if n % 3 else "Shame", "Ashford"] for n in range(100)]
    found = survey_results.result(session, taken(session, tmp_path, rows), "Main reason", least=LEAST)
    assert found.everybody.base == 97 and found.notes == []


def test_one_choice_of_several_may_lead_on(session: Session, tmp_path: Path) -> None:
    rows = [["Street; Bus" if n < 60 else "Street" if n < 97 else "Bus", ("Fear" if n % 2 else "Shame") if n < 97 else "", "Ashford"] for n in range(100)]
    answers = taken(session, tmp_path, rows)
    assert answers.question("Reported it?")["kind"] == "multi"
    found = survey_results.result(session, answers, "Main reason", least=LEAST)
    assert found.everybody.base is None and None in found.everybody.counts


def test_words_that_only_some_were_asked_for(session: Session, tmp_path: Path) -> None:
    rows = [["Yes", "", "Ashford"]] * 3 + [["No", f"I did not, and my reasons are these: number {n} of the bus, and the {n}th day of it.", "Ashford"] for n in range(60)]
    answers = taken(session, tmp_path, rows)
    assert answers.question("Main reason")["kind"] == "free_text"
    found = survey_results.result(session, answers, "Main reason", least=LEAST)
    assert found.everybody.base is None
    assert any(b == Paragraph("How many answered is not shown.") for b in survey_results.blocks_of(session, found))


def test_nor_once_these_words_are_coded(session: Session, tmp_path: Path) -> None:
    rows = [["Yes", "", "Ashford"]] * 3 + [["No", f"I did not, and my reasons are these: number {n} of the bus, and the {n}th day of it.", "Ashford"] for n in range(60)]
    answers = taken(session, tmp_path, rows)
    survey, question = str(answers.survey["id"]), str(answers.question("Main reason")["id"])
    book = codebooks.start(session, survey)[0]
    desk = coding.Desk(survey, question, book, codebooks.read(session, book).version, "")
    texts = answer_review.texts(session, answers, question)
    answer_review.sign_off(session, survey, question, {t.response: (t.words, answer_review.suggestions(session, t.words)) for t in texts})
    coding.change(session, desk, [t.response for t in texts], add=[codebooks.read(session, book).codes[0].id])
    found = survey_results.result(session, surveys.answers(session, survey), question, least=LEAST)
    assert found.coded and found.everybody.base is None and "How many answered is not shown." in found.sentence()


def test_a_chain_of_routes_asks_for_each_result_once(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heads = ["Respondent", *(f"Step {n}?" for n in range(6)), "District"]
    rows = []
    for n in range(400):
        given = ["Yes"] * (n % 6) + ["No"]
        rows.append([str(n), *given[:6], *[""] * (6 - len(given[:6])), "Ashford" if n % 2 else "Dover"])
    for wave in ("2021", "2026"):
        surveys.take_in(session, written(tmp_path, table([heads, *([f"{wave}{r[0]}", *r[1:]] for r in rows)]), f"Steps {wave}.csv"), survey="Steps", wave=wave)
    answers = surveys.answers(session, str(surveys.find(session, "Steps")["id"]))
    real, asked = survey_results.result, list[tuple[object, ...]]()
    monkeypatch.setattr(survey_results, "result", lambda s, a, q, **k: asked.append((q, k.get("by"), k.get("wave"))) or real(s, a, q, **k))
    survey_results.result(session, answers, "Step 5?", by="District", least=LEAST)
    assert len(asked) == len(set(asked)) <= 1 + 5 * 6


@pytest.mark.parametrize("waves", [("",), ("2021", "2026")])
@pytest.mark.parametrize("seed", range(6))
def test_results_together_do_not_tell_what_the_earlier_question_hides(session: Session, tmp_path: Path, seed: int, waves: tuple[str, ...]) -> None:
    chance = random.Random(seed)
    for wave in waves:
        taken(session, tmp_path, routed_rows(chance, chance.choice((60, 120, 240)), chance.choice((0.02, 0.05, 0.1))), wave)
    answers = surveys.answers(session, str(surveys.find(session, "Routes")["id"]))
    at: dict[tuple[str, str, str], int] = {}
    counts: list[int] = []
    shown: set[int] = set()
    for wave in [None, *(waves if len(waves) > 1 else ())]:
        for question in ("Reported it?", "Main reason"):
            told, real = (survey_results.result(session, answers, question, by="District", wave=wave, least=least) for least in (LEAST, 0))
            for one, true in zip(told.groups, real.groups, strict=True):
                for choice, count, whole in zip([question, *real.choices], [one.base, *one.counts], [true.base, *true.counts], strict=True):
                    key = ("No" if choice == "Main reason" else choice, one.name, wave or "")
                    if key not in at:
                        at[key] = len(counts)
                        counts.append(whole or 0)
                    assert counts[at[key]] == (whole or 0)
                    if count is not None:
                        shown.add(at[key])
    groups = sorted({g for _, g, _ in at if g != survey_results.ALL})
    sums = [Sum(p, tuple(at[c, g, w] for g in groups)) for (c, d, w), p in at.items() if d == survey_results.ALL]
    sums += [Sum(p, tuple(at[k, d, w] for k in parts if (k, d, w) in at)) for (c, d, w), p in at.items() for parts in ([("Yes", "No")] if c == "Reported it?" else [("Fear", "Shame", "No use")] if c == "No" else [])]
    if len(waves) > 1:
        sums += [Sum(p, tuple(at[c, d, w] for w in waves if (c, d, w) in at)) for (c, d, when), p in at.items() if not when]
    hidden = set(range(len(counts))) - shown
    assert attack(counts, hidden, sums, LEAST) == {}
