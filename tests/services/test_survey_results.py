"""What a survey says, against counts made one by one: bases, several choices, breakdowns, waves, net scores, and small counts hidden."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.exchange.test_survey_in import table, written
from vawg_desktop.analysis.suppression import Sum, attack
from vawg_desktop.cli import main
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.errors import NotFoundError, ValueRefusedError
from vawg_desktop.exchange.document import Figure, Table
from vawg_desktop.services import records, small_counts, survey_figures, survey_results, surveys
from vawg_desktop.services.session import Session
from vawg_desktop.services.surveys import Answers
from vawg_desktop.store import making

HEAD = ["ID", "Start time", "Completion time", "Email", "Name", "Satisfied?", "Where unsafe?", "District", "Safe at night, 0 to 10?", "What would help?"]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(making.create(tmp_path / "a.vawg", passphrase=None), "A. Officer")


def rows_at_random(count: int, seed: int) -> list[list[str]]:
    chance = random.Random(seed)
    made: list[list[str]] = []
    for n in range(count):
        where = "".join(f"{w};" for w in ("Parks, fields", "Buses", "Streets") if chance.random() < 0.4)
        satisfied = chance.choices(["Satisfied", "Dissatisfied", "Neither", ""], [3, 5, 2, 1])[0]
        district = chance.choices(["Ashford", "Dover", "Swale", ""], [60, 30, 8, 2])[0]
        made.append([str(n), "2021-01-01", "2021-01-01", "", "", satisfied, where, district, str(chance.randint(0, 10)), f"Please light path number {n} from the station to the college" if n % 3 else ""])
    return made


def taken(session: Session, folder: Path, rows: list[list[str]], wave: str = "") -> Answers:
    surveys.take_in(session, written(folder, table([HEAD, *rows]), "Safety survey.csv"), wave=wave)
    return surveys.answers(session, str(surveys.find(session, "Safety survey")["id"]))


def test_counts_and_bases_are_those_of_the_file(session: Session, tmp_path: Path) -> None:
    rows = rows_at_random(600, 1)
    answers = taken(session, tmp_path, rows)
    for column, question in ((5, "Satisfied?"), (7, "District"), (8, "Safe at night, 0 to 10?")):
        found = survey_results.result(session, answers, question, least=0)
        wanted = Counter(r[column] for r in rows if r[column])
        assert dict(zip(found.choices, found.everybody.counts, strict=True)) == dict(wanted) and found.everybody.base == wanted.total()
    several = survey_results.result(session, answers, "Where unsafe?", least=0)
    assert dict(zip(several.choices, several.everybody.counts, strict=True)) == Counter(w for r in rows for w in r[6].split(";") if w)
    assert several.everybody.base == sum(bool(r[6]) for r in rows) and any("more than 100" in n for n in several.notes)
    assert sum(several.everybody.percent(n) or 0 for n in range(3)) > 100
    assert survey_results.result(session, answers, "What would help?", least=0).everybody.base == sum(bool(r[9]) for r in rows)


def test_a_breakdown_adds_up_to_everybody(session: Session, tmp_path: Path) -> None:
    rows = rows_at_random(600, 2)
    answers = taken(session, tmp_path, rows)
    found = survey_results.result(session, answers, "Satisfied?", by="District", least=0)
    assert [g.name for g in found.groups] == ["All respondents", "Ashford", "Dover", "Swale", "Not said"]
    for group in found.groups[1:]:
        wanted = Counter(r[5] for r in rows if r[5] and (r[7] or "Not said") == group.name)
        assert {c: k for c, k in zip(found.choices, group.counts, strict=True) if k} == dict(wanted) and group.base == wanted.total()
    for n in range(len(found.choices)):
        assert sum(g.counts[n] or 0 for g in found.groups[1:]) == found.everybody.counts[n]


@pytest.mark.parametrize("question", ["Satisfied?", "Where unsafe?", "Safe at night, 0 to 10?"])
def test_small_counts_are_hidden_and_not_to_be_worked_out(session: Session, tmp_path: Path, question: str) -> None:
    """From what is shown, with everybody's counts, no hidden count is known within less than ten."""
    answers = taken(session, tmp_path, rows_at_random(260, 3))
    found, whole = (survey_results.result(session, answers, question, by="District", least=least) for least in (10, 0))
    assert found.hidden and all(k is None or k == 0 or k >= 10 for g in found.groups for k in [g.base, *g.counts])
    columns = [*found.groups[1:], found.groups[0]]
    counts = [k or 0 for n in range(len(whole.choices)) for g in [*whole.groups[1:], whole.groups[0]] for k in [g.counts[n]]]
    shown = [g.counts[n] for n in range(len(found.choices)) for g in columns]
    width = len(columns)
    sums = [Sum(n * width + width - 1, tuple(n * width + c for c in range(width - 1))) for n in range(len(found.choices))]
    if question != "Where unsafe?":
        bases = [g.base or 0 for g in [*whole.groups[1:], whole.groups[0]]]
        counts, shown = counts + bases, shown + [g.base for g in columns]
        sums += [Sum(len(found.choices) * width + c, tuple(n * width + c for n in range(len(found.choices)))) for c in range(width)]
    assert attack(counts, {i for i, k in enumerate(shown) if k is None}, sums, 10) == {}
    assert all(g.percent(n) is None for g in found.groups for n, k in enumerate(g.counts) if k is None)


def test_net_scores_have_their_base_and_are_hidden_with_their_parts(session: Session, tmp_path: Path) -> None:
    rows = rows_at_random(600, 4)
    answers = taken(session, tmp_path, rows)
    question = answers.question("Satisfied?")
    records.assign(session, str(question["reference"]), [records.Assignment("positive", "satisfied"), records.Assignment("negative", "Dissatisfied")], None)
    found = survey_results.result(session, answers, "Satisfied?", by="District", least=10)
    given = [r[5] for r in rows if r[5]]
    assert found.everybody.net == pytest.approx(100 * (given.count("Satisfied") - given.count("Dissatisfied")) / len(given))
    assert "Net score" in found.sentence() and all(g.net is None for g in found.groups if None in [g.base, *g.counts[:2]])


def test_words_of_a_few_are_never_listed_as_choices(session: Session, tmp_path: Path) -> None:
    """A question of two answers looks like one of choices; the main file shows that it is not."""
    few = [["Respondent", "Tell us more", "Safe?"], ["1", "He came home drunk", "Yes"], ["2", "Nothing to add", "No"]]
    surveys.take_in(session, written(tmp_path, table(few), "pilot.csv"), survey="P")
    answers = surveys.answers(session, str(surveys.find(session, "P")["id"]))
    assert survey_results.result(session, answers, "Tell us more").choices == [] and "drunk" not in str(survey_results.document(session, str(answers.survey["id"])).blocks)
    many = [few[0], *([str(n), f"My neighbour number {n} told everybody what she had seen from her window", "Yes"] for n in range(10, 70))]
    surveys.take_in(session, written(tmp_path, table(many), "main.csv"), survey="P")
    answers = surveys.answers(session, str(answers.survey["id"]))
    assert answers.question("Tell us more")["kind"] == "free_text" and survey_results.result(session, answers, "Tell us more").choices == []
    records.assign(session, str(answers.question("Tell us more")["reference"]), [records.Assignment("kind", "single")], None)
    told = survey_results.result(session, surveys.answers(session, str(answers.survey["id"])), "Tell us more")
    assert told.choices == [survey_results.WRITTEN] and "neighbour" not in str(survey_results.as_json(told))


def test_waves_are_told_apart_and_compared(session: Session, tmp_path: Path) -> None:
    taken(session, tmp_path, rows_at_random(200, 5), "2021")
    answers = taken(session, tmp_path, rows_at_random(300, 6), "2026")
    found = survey_results.result(session, answers, "Satisfied?", by="wave", least=0)
    assert [g.name for g in found.groups] == ["All respondents", "2021", "2026"] and found.everybody.base == sum(g.base or 0 for g in found.groups[1:])
    one = survey_results.result(session, answers, "Satisfied?", wave="2021", least=0)
    assert one.everybody.counts == found.groups[1].counts and one.respondents == 200


@pytest.mark.parametrize("by", ["Where unsafe?", "What would help?"])
def test_no_breakdown_by_several_choices_or_free_words(session: Session, tmp_path: Path, by: str) -> None:
    answers = taken(session, tmp_path, rows_at_random(30, 7))
    with pytest.raises(ValueRefusedError, match="one choice"):
        survey_results.result(session, answers, "Satisfied?", by=by)
    with pytest.raises(NotFoundError, match="has no question"):
        survey_results.result(session, answers, "Shoe size")


def test_results_leave_with_bases_and_without_small_counts_or_free_words(session: Session, tmp_path: Path) -> None:
    rows = [*rows_at_random(300, 8), ["900", "2021-01-01", "2021-01-01", "", "", "Satisfied", "", "Gravesham", "3", "Her words alone"]]
    answers = taken(session, tmp_path, rows)
    made = survey_results.document(session, str(answers.survey["id"]), by="District")
    words = str(made.blocks)
    assert "Her words alone" not in words and "of the respondents who answered" in words and "margin" not in words
    for block in made.blocks:
        if isinstance(block, Table):
            assert block.heads[-1] == "Base" and not any(str(c).isdigit() and 0 < int(str(c)) < 10 for row in block.rows for c in (row[2], row[4]))
    assert any(isinstance(b, Figure) for b in survey_results.document(session, str(answers.survey["id"])).blocks)
    small_counts.set_least(session, 100)
    assert "Counts under 100" in str(survey_results.document(session, str(answers.survey["id"]), by="District").blocks)


def test_the_commands_take_a_file_in_and_tell_its_results(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, file = str(tmp_path / "a.vawg"), written(tmp_path, table([HEAD, *rows_at_random(200, 9)]), "Safety survey.csv")
    assert main(["new", store, "--plain"]) == 0
    capsys.readouterr()
    assert main(["import-survey", store, str(file), "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["survey"] is None
    assert main(["import-survey", store, str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["kept"], told["dropped"], told["questions"], told["survey"]) == (200, 200, 0, 5, "SU-0001")
    assert told["dropped_columns"] == ["ID", "Start time", "Completion time", "Email", "Name"]
    assert main(["survey", store, "Safety survey", "--question", "Satisfied?", "--by", "District", "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert one["by"] == "District" and one["hidden"] == sum(k is None for g in one["groups"] for k in [g["base"], *g["counts"]])
    assert main(["survey", store, "Safety survey", "--question", "Satisfied?", "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert one["groups"][0]["group"] == "All respondents" and one["groups"][0]["base"] == sum(one["groups"][0]["counts"])
    assert main(["survey", store, "SU-0001"]) == 0 and "answered." in capsys.readouterr().out
    assert main(["import-survey", store, str(tmp_path / "nothing.csv"), "--json"]) == 1 and capsys.readouterr().out == ""
    assert main(["import-survey", store, str(file), "--survey", "Other", "--keep", "Email", "--json"]) == 0
    assert "Email" not in json.loads(capsys.readouterr().out)["dropped_columns"]


def test_a_figure_is_counted_again_when_answers_come(session: Session, tmp_path: Path) -> None:
    rows = rows_at_random(300, 12)
    answers = taken(session, tmp_path, rows)
    found = survey_results.result(session, answers, "Satisfied?", by="District")
    id, _ = records.create(session, "figure", survey_figures.figure_of(session, found, "Ashford", "Dissatisfied"))
    first = survey_figures.recount(session, id)
    assert first is not None and not first.differs and first.sentence().endswith("as quoted.")
    more = [[str(1000 + n), "2021-01-01", "2021-01-01", "", "", "Dissatisfied", "", "Ashford", "1", ""] for n in range(50)]
    taken(session, tmp_path, [*rows, *more])
    ashford = [r[5] for r in [*rows, *more] if r[7] == "Ashford" and r[5]]
    again = survey_figures.recount(session, id)
    assert again is not None and again.differs and (again.now, again.base) == (f"{100 * ashford.count('Dissatisfied') / len(ashford):.1f}", len(ashford))
    assert f"quoted is {first.quoted}%" in again.sentence()
    small_counts.set_least(session, 100)
    told = survey_figures.recount(session, id)
    assert told is not None and told.differs and ("too small" in told.why or told.base >= 100)
    with session.store.write("A. Officer", None, Act.DELETE) as tx:
        tx.delete("survey_question", str(answers.question("Satisfied?")["id"]))
    gone = survey_figures.recount(session, id)
    assert gone is not None and "can no longer be counted" in gone.sentence()
    other, _ = records.create(session, "figure", {"title": "Elsewhere", "quoted": "63%"})
    assert survey_figures.recount(session, other) is None


def test_of_a_plain_question_no_more_is_hidden_than_protects(session: Session, tmp_path: Path) -> None:
    """Seven alone would follow from the base, so the next smallest goes with it, and nothing else."""
    given = ["Never"] * 7 + ["Rarely"] * 12 + ["Sometimes"] * 20 + ["Often"] * 30
    surveys.take_in(session, written(tmp_path, table([["Respondent", "How often?"], *([str(n), a] for n, a in enumerate(given))]), "Often.csv"))
    answers = surveys.answers(session, str(surveys.find(session, "Often")["id"]))
    found = survey_results.result(session, answers, "How often?")
    assert dict(zip(found.choices, found.everybody.counts, strict=True)) == {"Never": None, "Rarely": None, "Sometimes": 20, "Often": 30} and found.everybody.base == 69


def test_a_hidden_count_is_not_what_the_undivided_result_leaves(session: Session, tmp_path: Path) -> None:
    """Of 38 "Neither" 35 are of one district: told beside the whole they would tell of the three of the other."""
    rows: list[list[str]] = []
    for district, counts in (("Ashford", (35, 12, 3)), ("Dover", (20, 35, 35))):
        for answer, count in zip(("Satisfied", "Dissatisfied", "Neither"), counts, strict=True):
            rows += [[str(len(rows) + n), "2021-01-01", "2021-01-01", "", "", answer, "", district, "5", ""] for n in range(count)]
    answers = taken(session, tmp_path, rows)
    whole = survey_results.result(session, answers, "Satisfied?", least=10)
    parted = survey_results.result(session, answers, "Satisfied?", by="District", least=10)
    assert dict(zip(whole.choices, whole.everybody.counts, strict=True)) == {"Satisfied": 55, "Dissatisfied": 47, "Neither": 38}
    assert whole.everybody.counts == parted.everybody.counts and parted.everybody.base == 140
    told = {(g.name, c): g.counts[n] for g in parted.groups[1:] for n, c in enumerate(parted.choices)}
    for choice in parted.choices:
        shown = [told[(g, choice)] for g in ("Ashford", "Dover")]
        if any(c is None for c in shown):
            assert shown == [None, None], choice  # neither is what the whole leaves of the other
    assert told[("Ashford", "Neither")] is None


def _two_waves(session: Session, folder: Path, seed: int) -> tuple[Answers, list[list[str]]]:
    """A survey asked twice, of districts of which one or two are small, where everybody answers everything."""
    chance = random.Random(seed)
    names = ["Ashford", "Dover", "Swale", "Thanet"][: chance.randint(3, 4)]
    weights = [chance.choice((2, 5, 20, 40)) for _ in names]
    rows = [
        [str(n), "2021-01-01", "2021-01-01", "", "", chance.choices(["Satisfied", "Dissatisfied", "Neither"], [9, 5, chance.choice((1, 4))])[0], "".join(f"{w};" for w in ("Buses", "Streets") if chance.random() < 0.4) or "Parks;", chance.choices(names, weights)[0], "5", ""]
        for n in range(chance.choice((90, 160, 320)))
    ]  # fmt: skip
    cut = len(rows) // chance.choice((2, 3, 8))
    taken(session, folder, rows[:cut], "2021")
    return taken(session, folder, rows[cut:], "2026"), rows


@pytest.mark.parametrize("seed", range(12))
def test_no_hidden_count_follows_from_waves_groups_and_everybody_together(session: Session, tmp_path: Path, seed: int) -> None:
    """Everything that can be asked of a question is asked: what all of it tells together leaves each hidden count open by ten."""
    answers, _ = _two_waves(session, tmp_path, seed)
    waves = answers.waves
    results = {(by, wave): [survey_results.result(session, answers, "Satisfied?", by=by, wave=wave, least=least) for least in (10, 0)] for by in ("", "District", "wave") for wave in (None, *waves) if by != "wave" or wave is None}
    places: dict[tuple[str, str, str], int] = {}
    counts: list[int] = []
    hidden: set[int] = set()
    shown: set[int] = set()
    for (by, wave), (found, whole) in results.items():
        for one, true in zip(found.groups, whole.groups, strict=True):
            district, when = ("", one.name) if by == "wave" and one.name in waves else (one.name if by == "District" and one.name != "All respondents" else "", wave or "")
            for choice, count, real in zip(["", *found.choices], [one.base, *one.counts], [true.base, *true.counts], strict=True):
                key = (choice, district, when)
                if key not in places:
                    places[key] = len(counts)
                    counts.append(real or 0)
                assert counts[places[key]] == real
                (hidden if count is None else shown).add(places[key])
                assert count is None or count == 0 or count >= 10
    assert not hidden & shown  # what one view hides no other shows
    names = sorted({d for _, d, _ in places if d})
    sums = [Sum(places[c, "", w], tuple(places[c, d, w] for d in names if (c, d, w) in places)) for c, d, w in places if not d]
    sums += [Sum(places[c, d, ""], tuple(places[c, d, w] for w in waves if (c, d, w) in places)) for c, d, w in places if not w]
    sums += [Sum(places["", d, w], tuple(places[c, d, w] for c in ("Satisfied", "Dissatisfied", "Neither") if (c, d, w) in places)) for c, d, w in places if not c]
    assert attack(counts, hidden, sums, 10) == {}


@pytest.mark.parametrize("seed", range(12))
def test_of_two_questions_neither_tells_which_group_the_other_hides(session: Session, tmp_path: Path, seed: int) -> None:
    """Where everybody answered both, how many a group has is hidden in both or in neither; and so in the question that divides them."""
    answers, rows = _two_waves(session, tmp_path, seed)
    sizes = Counter(r[7] for r in rows)
    found = [survey_results.result(session, answers, q, by="District", least=10) for q in ("Satisfied?", "Where unsafe?", "Safe at night, 0 to 10?")]
    alone = survey_results.result(session, answers, "District", least=10)
    told = {g.name for r in found for g in r.groups[1:] if g.base is not None} | {c for c, k in zip(alone.choices, alone.everybody.counts, strict=True) if k is not None}
    left = [name for name in sizes if name not in told]
    assert len(left) != 1 or sizes[left[0]] >= 10
    assert not any(0 < sizes[name] < 10 for name in told)


def test_a_wave_that_is_not_there_is_named_as_such(session: Session, tmp_path: Path) -> None:
    answers, _ = _two_waves(session, tmp_path, 1)
    with pytest.raises(NotFoundError, match="no wave “2031”; there are 2021, 2026"):
        survey_results.result(session, answers, "Satisfied?", wave="2031")


def test_how_many_answered_is_not_told_of_a_few(session: Session, tmp_path: Path) -> None:
    answers = taken(session, tmp_path, rows_at_random(4, 3))
    assert survey_results.as_json(survey_results.result(session, answers, "Satisfied?", least=10))["respondents"] is None


def test_one_small_district_does_not_hide_every_share_of_the_others(session: Session, tmp_path: Path) -> None:
    chance = random.Random(2)
    rows = [[str(n), "2021-01-01", "2021-01-01", "", "", chance.choice(["Satisfied", "Dissatisfied"]), "", d, "5", ""] for n, d in enumerate(["Ashford"] * 60 + ["Dover"] * 45 + ["Thanet"] * 40 + ["Deal"] * 44 + ["Swale"] * 4)]
    answers = taken(session, tmp_path, rows)
    found = survey_results.result(session, answers, "Satisfied?", by="District", least=10)
    told = {g.name for g in found.groups[1:] if g.base is not None and None not in g.counts}
    assert len(told) >= 2 and {g.name for g in found.groups if g.base is None} == {"Swale", "Thanet"}


@pytest.mark.parametrize(("sizes", "told"), [((100, 3), (None, None)), ((100, 40), (100, 40)), ((100, 40, 3), (100, None, None)), ((12,), (12,)), ((4,), (None,))])
def test_how_many_answered_in_a_wave_tells_no_small_wave(session: Session, tmp_path: Path, sizes: tuple[int, ...], told: tuple[int | None, ...]) -> None:
    for n, size in enumerate(sizes):
        answers = taken(session, tmp_path, [[f"{n}-{row}", *rest] for row, (_, *rest) in enumerate(rows_at_random(size, n))], f"202{n}")
    question = str(next(q["id"] for q in answers.questions if q["kind"] == "single"))
    assert tuple(survey_results.responses(answers, w, 10) for w in answers.waves) == told
    for wave, count in zip(answers.waves, told, strict=True):
        made = survey_results.document(session, str(answers.survey["id"]), wave=wave)
        assert any("response" in line for line in made.lines) == (count is not None)
        assert survey_results.as_json(survey_results.result(session, answers, question, wave=wave))["respondents"] == count


def test_a_question_is_not_broken_down_by_itself(session: Session, tmp_path: Path) -> None:
    answers = taken(session, tmp_path, rows_at_random(60, 1))
    by = next(q for q in answers.questions if q["kind"] == "single")
    for name in (str(by["id"]), str(by["reference"])):
        tables = {b.title: b for b in survey_results.document(session, str(answers.survey["id"]), by=name).blocks if isinstance(b, Table)}
        assert {str(r[0]) for r in tables[str(by["wording"])].rows} == {survey_results.ALL}
