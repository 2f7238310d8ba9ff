"""Case extracts: read on a recorded footing alone, measured, forgotten; a planted concentration found again, and nobody's reference kept."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.exchange.test_survey_in import SAMPLES, real
from vawg_desktop.cli import main
from vawg_desktop.domain.errors import FileRefusedError, NotFoundError, RuleError
from vawg_desktop.exchange import cases_in
from vawg_desktop.services import case_extracts, harm_measures, merging
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, making, opening
from vawg_desktop.store.check import check

FOOTING = {"controller": "Kent Police", "agreement": "ISA 2026/4", "dpia": "DPIA 17", "purpose": "Harm and repeat victimisation for the inquiry", "offenders": "Named as a suspect"}
HEAD = ["Offence reference", "Victim ref", "Offender ref", "HO code", "Reported", "Charged", "Outcome", "Outcome date", "Victim sex", "Victim age band", "District", "Time"]
#: Code A weighs 100 days and B 6.5: 500 of 5,000 offenders with ten of A each have 500,000 of 792,500 days.
WEIGHTS = "Offence code,Weight\n8A,100\n105B,6.5\n"


def planted(offenders: int = 5000, seed: int = 5) -> list[list[str]]:
    """Ten offences for each offender; one offender in ten has all that weigh much."""
    chance = random.Random(seed)
    rows: list[list[str]] = []
    for n in range(10 * offenders):
        offender = n % offenders
        day = f"{chance.randint(2021, 2024)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        charged = f"{day[:8]}28" if offender % 5 == 0 else ""
        rows.append([f"C{n}", f"V{chance.randrange(offenders * 4)}", f"O{offender}", "008A" if offender % 10 == 0 else "105 B", day, charged, "Charged" if charged else "Evidential difficulties", charged or f"{day[:8]}28", "Female" if n % 5 else "Male", chance.choice(["18-24", "25-34"]), chance.choice(["Ashford", "Dover", "Swale"]), f"{n % 24:02d}:30"])
    return rows


def written(folder: Path, rows: list[list[str]], head: list[str] = HEAD, name: str = "extract.csv") -> Path:
    made = io.StringIO()
    csv.writer(made).writerows([head, *rows])
    path = folder / name
    path.write_text(made.getvalue(), "utf-8")
    return path


@pytest.fixture
def session(tmp_path: Path) -> Session:
    made = Session(making.create(tmp_path / "a.vawg", passphrase=None), "A. Officer")
    path = tmp_path / "weights.csv"
    path.write_text(WEIGHTS, "utf-8")
    case_extracts.take_weights(made, path, version="2026", title="Two weights")
    return made


def test_a_planted_tenth_of_offenders_with_63_per_cent_of_harm_is_found_and_forgotten(session: Session, tmp_path: Path) -> None:
    """50,000 rows; the time and the memory are stated in the note of the part, not tested."""
    taken = case_extracts.take_in(session, written(tmp_path, planted()), FOOTING, weights="Two weights")
    m = taken.measured
    assert (taken.rows, m.offences, m.offenders.units, m.harm) == (50_000, 50_000, 5000, pytest.approx(792_500))
    assert m.offenders.tops["0.1"] == pytest.approx(0.6309, abs=1e-4) and m.offenders.by_chance < 0.45 and m.offenders.repeats == 5000
    assert m.offenders.deciles[0] == pytest.approx(m.offenders.tops["0.1"]) and sum(m.offenders.deciles) == pytest.approx(1) and m.unweighed == {}
    held = "".join(str(tuple(r)) for t in ("case_extract", "change", "search", "subject", "local") for r in session.read().exec_driver_sql(f'SELECT * FROM "{t}"'))
    assert not any(word in held for word in ("C4999", "O4999", "V123", '"C1"')) and "Kent Police" in held and check(session.store).problems == []
    found = case_extracts.shown(session, taken.reference)
    assert "account for 63% of harm (by chance alone" in found.sentence()
    session.store.close()
    assert b"O4999" not in (tmp_path / "a.vawg").read_bytes()


@pytest.mark.parametrize("missing", case_extracts.FOOTING)
def test_no_row_is_read_before_the_footing_is_recorded(session: Session, tmp_path: Path, missing: str) -> None:
    with pytest.raises(RuleError, match="only once this is recorded"):
        case_extracts.take_in(session, tmp_path / "not even there.csv", {**FOOTING, missing: "  "}, weights="Two weights")
    assert session.read().exec_driver_sql("SELECT count(*) FROM case_extract").one()[0] == 0


@pytest.mark.parametrize("head", ["Victim name", "Surname", "DOB", "Date of birth", "Home address", "Postcode", "E-mail", "Mobile phone", "PNC ID", "Easting"])
def test_an_extract_that_names_somebody_is_refused(session: Session, tmp_path: Path, head: str) -> None:
    with pytest.raises(FileRefusedError, match="identifies a person"):
        case_extracts.take_in(session, written(tmp_path, [[*r, "x"] for r in planted(20)], [*HEAD, head]), FOOTING)
    assert session.read().exec_driver_sql("SELECT count(*) FROM case_extract").one()[0] == 0


def test_words_that_look_like_a_person_in_a_column_of_references_are_refused(session: Session, tmp_path: Path) -> None:
    rows = planted(20)
    rows[3][1] = "jane@example.org"
    with pytest.raises(FileRefusedError, match="an e-mail address under “victim reference”"):
        case_extracts.take_in(session, written(tmp_path, rows), FOOTING)


def test_measures_are_those_of_counts_made_one_by_one(tmp_path: Path) -> None:
    rows = planted(60, 8)
    rows.append(["C0", "V1", "O7", "008A", rows[0][4], "", "", "", "Female", "18-24", "Ashford", ""])  # a second offender of the same offence
    rows.append(["C9999", "V1", "", "999Z", "2024-12-31", "", "", "", "Female", "18-24", "Dover", ""])  # no offender, no weight, not ended
    cases = cases_in.read_cases(written(tmp_path, rows))
    m = harm_measures.measure(cases, cases_in.Weights("own", {"8A": 100.0, "105B": 6.5}))
    by_offender: dict[str, float] = {}
    for r in rows[:-2]:
        weight = 100 if r[3] == "008A" else 6.5
        by_offender[r[2]] = by_offender.get(r[2], 0) + (weight / 2 if r[0] == "C0" else weight)
    by_offender["O7"] += 50
    assert m.offences == 601 and m.harm == pytest.approx(sum(by_offender.values())) and m.unweighed == {"999Z": 1} and m.weighed == 600
    top = sorted(by_offender.values())[-6:]
    assert m.offenders.tops["0.1"] == pytest.approx(sum(top) / sum(by_offender.values())) and m.offenders.units == 60
    assert m.stages == [("Reported", 601), ("Charged", sum(bool(r[5]) for r in rows if r[0] != "C0" or r[5]))]
    assert set(m.ends) == {"Charged", "Ended without a charge"} and all(0 <= s <= 1 for ends in m.ends.values() for s in ends.values())
    assert sum(n for n, _ in m.groups["District"].values()) == pytest.approx(601, abs=1) and "Hour" in m.groups and "Month of the year" in m.groups


def test_cases_not_ended_yet_are_counted_as_such_and_ends_compete(tmp_path: Path) -> None:
    """Two of four charged after 10 days, one closed after 20, one still open when the extract ends after 100."""
    rows = [["C1", "V1", "O1", "8A", "2024-01-01", "2024-01-11", "", "", "", "", "", ""], ["C2", "V2", "O2", "8A", "2024-01-01", "2024-01-11", "", "", "", "", "", ""],
            ["C3", "V3", "O3", "8A", "2024-01-01", "", "No further action", "2024-01-21", "", "", "", ""], ["C4", "V4", "O4", "8A", "2024-01-01", "", "", "", "", "", "", ""], ["C5", "V5", "O5", "8A", "2024-04-10", "2024-04-10", "", "", "", "", "", ""]]  # fmt: skip
    m = harm_measures.measure(cases_in.read_cases(written(tmp_path, rows)), None)
    assert m.ends["Charged"]["90"] == pytest.approx(3 / 5) and m.ends["Ended without a charge"]["90"] == pytest.approx(1 / 5)
    assert m.medians == {"Charged": 10.0, "Ended without a charge": None} and m.harm == 0 and m.least_follow_up == 0


def test_small_counts_are_dashes_and_leave_only_so(session: Session, tmp_path: Path) -> None:
    rows = [r for r in planted(30) if r[10] != "Swale"]
    rows += [[f"S{n}", f"V{n}", "O1", "105B", "2024-01-01", "", "", "", "Female", "18-24", "Swale", ""] for n in range(7)]  # enough to be shown on screen, too few to leave
    taken = case_extracts.take_in(session, written(tmp_path, rows), FOOTING, weights="Two weights")
    outside = case_extracts.shown(session, taken.reference, inside=False)
    tables = {name: rows for name, _, rows, _ in outside.tables}
    assert "Swale" not in {r[0] for r in tables["District"]} and sum(r[1] == "–" for r in tables["District"]) == 2  # and another, lest the total tell it
    inside = {r[0]: r for name, _, some, _ in case_extracts.shown(session, taken.reference).tables if name == "District" for r in some}
    assert inside["Swale"][1] == "7" and tables["Concentration: offenders"][0][2:] == ["–", "–"]  # one of thirty is the top 1 %
    assert [name for name, _ in case_extracts.curves(outside)] == ["Victims"] and case_extracts.as_json(outside)["offenders"]["deciles"] is None
    document = str(case_extracts.document(session, taken.reference).blocks)
    assert "It is not a score for a case" in document and "Named as a suspect" in document and "Kent Police" in document


@real
def test_the_weights_of_the_office_for_national_statistics_are_read(session: Session) -> None:
    found = cases_in.read_weights(SAMPLES / "ons_css_severity_codes.csv")
    assert found.kind == "ons" and found.by_code["56A"] == pytest.approx(826.1900614) and len(found.by_code) == 133 and found.problems == []
    assert (found.by_code["46"], found.by_code["4.6"]) == (pytest.approx(11.8555, abs=1e-3), pytest.approx(1511.9, abs=1))  # shoplifting, and a death by careless driving
    with (SAMPLES / "ons_css_severity_codes.csv").open(encoding="utf-8-sig") as file:  # each code as the file has it
        assert {r["code_original"]: pytest.approx(float(r["weight"])) for r in csv.DictReader(file)} == found.by_code
    id, _, _ = case_extracts.take_weights(session, SAMPLES / "ons_css_severity_codes.csv", version="2020/21")
    row = session.read().exec_driver_sql("SELECT title, licence FROM weight_set WHERE id = ?", (id,)).one()
    assert tuple(row) == ("ONS Crime Severity Score, 2020/21", "Open Government Licence v3.0")


@pytest.mark.parametrize(("typed", "code"), [("019C", "19C"), ("19 c", "19C"), ("00801", "8/1"), ("008/01", "8/1"), ("8/1", "8/1"), ("4.6", "4.6"), ("46", "46"), ("105A", "105A"), ("0", "0"), ("", "")])
def test_codes_are_compared_as_the_home_office_writes_them(typed: str, code: str) -> None:
    assert cases_in.code_of(typed) == code


def test_a_cambridge_table_and_what_is_no_weight(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "cchi.csv"
    path.write_text("FULL_OFFENCE_TITLE,CCHI Score,Starting Point,GROUP,SUB_GROUP,HO_CODE,HO_SUB_CODE\nRape,1825,5 years,Sexual,Rape,19,C\nRape,\"2,190\",6 years,Sexual,Rape,019,c\nShoplifting,1,1 day,Theft,,46,\nOdd,many,,,,47,\n", "utf-8")
    found = cases_in.read_weights(path)
    assert (found.kind, found.by_code["19C"], found.by_code["46"], found.by_type["rape"]) == ("cambridge", 1825, 1, 1825)
    assert any("“many” is not a weight" in p for p in found.problems) and any("the lower one is used" in p for p in found.problems)
    with pytest.raises(RuleError, match="which year or edition"):
        case_extracts.take_weights(session, path, version=" ")
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(FileRefusedError):
        cases_in.read_weights(path)


@pytest.mark.parametrize(("head", "told"), [(["Date", "HO code", "District"], "neither a reference"), (["Victim ref", "Reported", "District"], "neither a Home Office code"), (["a", "b", "c"], "no row of headings")])
def test_a_file_that_is_no_extract_is_refused(tmp_path: Path, head: list[str], told: str) -> None:
    with pytest.raises(FileRefusedError, match=told):
        cases_in.read_cases(written(tmp_path, [["1", "2", "3"]], head))


def test_an_extract_merges_like_everything_else_and_the_command_tells_it(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "b.vawg")), "B. Deputy")
    laptop.store.close()
    path = written(tmp_path, planted(200))
    store = str(tmp_path / "b.vawg")
    footing = [w for k, v in FOOTING.items() for w in (f"--{k}", v)]
    assert main(["import-cases", store, str(path), *footing, "--weights", "Two weights", "--title", "Harm 2021 to 2024", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["offences"] == 2000 and told["offenders"]["top_share_of_harm"]["0.1"] == pytest.approx(0.6309, abs=1e-4)
    assert main(["import-cases", store, str(path), "--weights", "Two weights"]) == 1
    assert "only once this is recorded: controller" in capsys.readouterr().err
    assert main(["harm", store, "Harm 2021 to 2024"]) == 0
    assert "not a forecast" in capsys.readouterr().out
    other = opening.open_store(tmp_path / "b.vawg")
    assert merging.merge(session, other).conflicts == [] and case_extracts.listed(session) and check(session.store).problems == []
    with pytest.raises(NotFoundError):
        case_extracts.shown(session, "nothing")


def test_an_offence_with_two_offenders_is_one_for_its_victim_and_charged_where_either_is(tmp_path: Path) -> None:
    rows = [["C1", "V1", "O1", "8A", "2024-01-01", "", "", "", "Female", "18-24", "Dover", ""], ["C1", "V1", "O2", "8A", "2024-01-01", "2024-02-01", "", "", "Female", "18-24", "Dover", ""], ["C2", "V2", "O3", "8A", "2024-03-01", "", "", "", "Male", "18-24", "Dover", ""]]
    m = harm_measures.measure(cases_in.read_cases(written(tmp_path, rows)), cases_in.Weights("own", {"8A": 100.0}))
    assert (m.offences, m.harm, m.victims.repeats, m.offenders.units) == (2, 200.0, 0, 3) and m.stages == [("Reported", 2), ("Charged", 1)]


def test_stories_under_a_column_are_not_kept_and_words_that_name_somebody_are_refused(session: Session, tmp_path: Path) -> None:
    rows = planted(30)
    for n, words in enumerate(("NFA: Sarah Okafor of 14 Mill Lane withdrew", "Suspect is her uncle John Kowalczyk, who lives near and drinks", "Seldom")):
        rows[n][6] = words
    taken = case_extracts.take_in(session, written(tmp_path, rows), FOOTING, weights="Two weights")
    held = str(tuple(session.read().exec_driver_sql("SELECT measured FROM case_extract").one()))
    assert "Okafor" not in held and "Kowalczyk" not in held and "Seldom" not in held and taken.measured.groups["Outcome"]["Other"][0] == 3
    rows = planted(250)
    rows[2400][6] = "ring 07700 900123"
    with pytest.raises(FileRefusedError, match="telephone"):
        case_extracts.take_in(session, written(tmp_path, rows), FOOTING)


@pytest.mark.parametrize("head", ["Vic Name", "VictimName", "Name of victim", "Nominal", "Officer collar no", "MO text", "Street", "UPRN", "Crime location", "Free text", "Notes"])
def test_other_headings_of_what_names_somebody_are_refused_too(tmp_path: Path, head: str) -> None:
    with pytest.raises(FileRefusedError, match="identifies a person"):
        cases_in.read_cases(written(tmp_path, [[*r, "x"] for r in planted(5)], [*HEAD, head]))
    assert cases_in.read_cases(written(tmp_path, [[*r, "x"] for r in planted(5)], [*HEAD, "Station name"])).left_out == ["station name"]


def test_dates_that_cannot_be_read_are_counted_and_a_stage_without_any_is_no_stage(session: Session, tmp_path: Path) -> None:
    rows = planted(30)
    for r in rows:
        r[5] = "12/31/2024" if r[5] else ""
    rows[0][7] = "not known"
    cases = cases_in.read_cases(written(tmp_path, rows))
    charged = sum(bool(r[5]) for r in rows)
    assert not cases.has("charged") and f"{charged} of 300 under “charged” could not be read as a date and count as not given." in cases.problems and len(cases.problems) == 2
    assert [s for s, _ in harm_measures.measure(cases, None).stages] == ["Reported"]


def test_what_one_part_of_the_paper_hides_no_other_tells(session: Session, tmp_path: Path) -> None:
    rows = [[f"C{n}", f"V{n}", f"O{n % 12}", "8A", "2024-01-01", "2024-01-05" if n < 3 else "", "", "" if n < 3 else "2024-02-01", "Female", "18-24", "Dover", ""] for n in range(101)]
    taken = case_extracts.take_in(session, written(tmp_path, rows), FOOTING, weights="Two weights")
    found = case_extracts.shown(session, taken.reference, inside=False)
    tables = {name: rows for name, _, rows, _ in found.tables}
    assert ["Charged", "–", "–"] in tables["How far cases got"] and all(cell == "–" for row in tables["By when cases ended"] for cell in row[1:4])
    assert "account for" not in found.sentence() and tables["Concentration: offenders"][2][3] == "–"
    rows = [[*r[:5], "2024-01-05" if n < 97 else "", *r[6:]] for n, r in enumerate(rows[:100])]
    found = case_extracts.shown(session, case_extracts.take_in(session, written(tmp_path, rows), FOOTING).reference, inside=False)
    assert ["Charged", "–", "–"] in {name: rows for name, _, rows, _ in found.tables}["How far cases got"]  # three were not
    one = case_extracts.take_in(session, written(tmp_path, rows[:1]), FOOTING, weights="Two weights")
    alone = case_extracts.shown(session, one.reference, inside=False)
    assert alone.tables == [] and alone.sentence() == "Fewer than 10 offences: nothing about them is shown."


def test_a_label_in_capitals_is_kept_and_what_a_file_calls_other_is_not_lost(tmp_path: Path) -> None:
    rows = planted(30)
    for n, r in enumerate(rows):
        r[6] = "Community Resolution" if n < 100 else "Other" if n < 150 else "Seldom" if n < 153 else "Caution"
    groups = harm_measures.measure(cases_in.read_cases(written(tmp_path, rows)), None).groups["Outcome"]
    assert {label: count for label, (count, _) in groups.items()} == {"Community Resolution": 100, "Caution": 147, "Other": 53}


@pytest.mark.parametrize(("column", "value", "says"), [
    (1, lambda n: ("Amy Carter", "Olu Okafor", "Sarah Jones")[n % 3], "people's names"), (2, lambda n: ("Carter", "Jones", "Smith")[n % 3], "people's names"),
    (1, lambda n: f"CARTER-199{n % 9}0101", "dates of birth"), (2, lambda n: f"20{n % 9:02}/123456{n % 9}X", "Police National Computer"), (9, lambda n: f"0{n % 9 + 1}/03/1998", "dates of birth"),
])  # fmt: skip
def test_references_that_are_names_or_tell_of_birth_are_refused(session: Session, tmp_path: Path, column: int, value: Callable[[int], str], says: str) -> None:
    rows = planted(20)
    for n, row in enumerate(rows):
        row[column] = value(n)
    with pytest.raises(FileRefusedError, match=says):
        case_extracts.take_in(session, written(tmp_path, rows), FOOTING)


@pytest.mark.parametrize(("heading", "cell"), [("Born", "01/02/1990"), ("Aggrieved", "Amy Carter"), ("Complainant", "Amy Carter"), ("Of whom", "Amy Carter"), ("Witness", "Sarah Jones")])
def test_a_column_of_people_is_refused_and_not_only_left_unread(session: Session, tmp_path: Path, heading: str, cell: str) -> None:
    with pytest.raises(FileRefusedError) as refused:
        case_extracts.take_in(session, written(tmp_path, [[*r, cell] for r in planted(20)], [*HEAD, heading]), FOOTING)
    assert refused.value.code == "identifies"


def test_an_extract_without_a_row_is_no_record(session: Session, tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError, match="no cases"):
        case_extracts.take_in(session, written(tmp_path, []), FOOTING)


def test_the_words_of_an_offence_that_nobody_weighs_are_not_kept(tmp_path: Path) -> None:
    """One description is somebody's story."""
    rows = planted(20)
    for n, row in enumerate(rows):
        row[3] = "Rape of Amy Carter by her uncle at 12 Acacia Avenue" if not n else "Assault" if n % 2 else "Harassment"
    cases = cases_in.read_cases(written(tmp_path, rows, ["Offence" if h == "HO code" else h for h in HEAD]))
    measured = harm_measures.measure(cases, cases_in.Weights("own", {}, {"harassment": 6.5}))
    assert measured.unweighed == {"Assault": 100, "Other": 1}


def small(session: Session, folder: Path, seed: int) -> case_extracts.Shown:
    """A small extract of five kinds of offence over three years, as it leaves."""
    chance = random.Random(seed)
    weights = folder / "five.csv"
    weights.write_text("Offence code,Weight\n1,5475\n19C,1825\n8A,100\n105B,6.5\n34A,365\n", "utf-8")
    case_extracts.take_weights(session, weights, version="2026", title=f"Five {seed}")
    rows: list[list[str]] = []
    for code, count in (("001", chance.randint(2, 12)), ("019C", chance.randint(5, 25)), ("008A", 160), ("105B", 140), ("034A", chance.randint(8, 60))):
        for _ in range(count):
            n, year, month = len(rows), chance.choice([2022, 2023, 2024]), chance.randint(1, 12)
            outcome = chance.choices(["Evidential difficulties", "Charged", "Caution", ""], [70, 15, 4, 2])[0]
            charged = f"{year}-{month:02d}-25" if outcome == "Charged" else ""
            rows.append([f"C{n}", f"V{n}", f"O{n % 60}", code, f"{year}-{month:02d}-{chance.randint(1, 20):02d}", charged, outcome, charged or f"{year}-{month:02d}-27", "Female", "18-24", chance.choice(["Ashford", "Dover", "Swale"]), "10:30"])
    taken = case_extracts.take_in(session, written(folder, rows), FOOTING, weights=f"Five {seed}")
    return case_extracts.shown(session, taken.reference, inside=False)


@pytest.mark.parametrize("seed", range(8))
def test_no_small_number_of_an_extract_follows_from_others_of_its_paper(session: Session, tmp_path: Path, seed: int) -> None:
    """Months and months of the year, outcomes and stages, days of harm and the weights that anybody may look up: each by sums of its own."""
    found = small(session, tmp_path, seed)
    m, tables = found.measured, {name: rows for name, _, rows, _ in found.tables}
    told = {name: {r[0]: int(r[1].replace(",", "")) for r in rows if len(r) > 1 and r[1] != "–"} for name, rows in tables.items()}

    def alone(total: int | None, parts: dict[str, int], shown: dict[str, int]) -> None:
        """Where one part alone is hidden, it is no small one; and together they are none either."""
        hidden = {k: n for k, n in parts.items() if k not in shown and n}
        if total is not None and hidden:
            assert len(hidden) > 1 or next(iter(hidden.values())) >= 10
            assert sum(hidden.values()) >= 10

    for name, groups in m.groups.items():
        counts = {k: n for k, (n, _) in groups.items()}
        alone(m.offences, counts | {"": m.offences - sum(counts.values())}, told[name])
        assert all(n >= 10 for n in told[name].values())
    months = {k: n for k, (n, _) in m.groups["Month"].items()}
    for label in m.groups["Month of the year"]:
        alone(told["Month of the year"].get(label), {k: n for k, n in months.items() if k[5:7] == label[:2]}, told["Month"])
    stages, outcomes = dict(m.stages), {k: n for k, (n, _) in m.groups["Outcome"].items()}
    for stage, count in told.get("How far cases got", {}).items():  # whoever knows that an outcome is a stage takes it away too
        known = told["Outcome"] | {k: n for k, n in outcomes.items() if n == stages[stage]}
        alone(m.offences, outcomes | {"": m.offences - sum(outcomes.values())}, known)
        assert count >= 10
    few = {code for code, (n, _) in m.groups["Offence"].items() if n < 10} or m.rarest["all"]["all"] < 10
    assert bool(few) == ("whose days of harm are not shown" in found.sentence()) == (case_extracts.as_json(found)["harm"] is None)
    for name, rows in tables.items():
        for row in rows if name in m.groups else ():
            assert row[3] == "–" or m.rarest[name][row[0]] >= 10


def test_the_rarest_kind_in_a_group_is_counted_by_offence(tmp_path: Path) -> None:
    rows = [[f"C{n}", f"V{n}", f"O{n}", "008A" if n < 4 else "105B", "2024-01-05", "", "", "", "Female", "18-24", "Ashford" if n < 14 else "Dover", "10:30"] for n in range(30)]
    m = harm_measures.measure(cases_in.read_cases(written(tmp_path, [*rows, rows[0]])), None)
    assert m.rarest["District"] == {"Ashford": 4, "Dover": 16} and m.rarest["all"] == {"all": 4}
    assert harm_measures.from_json(json.loads(json.dumps(m.as_json()))).rarest == m.rarest


def test_whoever_is_in_one_offence_alone_is_not_told_by_those_in_more(session: Session, tmp_path: Path) -> None:
    rows = [[f"C{n}", f"V{n}", f"O{n if n < 7 else 7 + n % 31}", "008A", "2024-01-05", "", "", "", "Female", "18-24", "Ashford", "10:30"] for n in range(100)]
    found = case_extracts.shown(session, case_extracts.take_in(session, written(tmp_path, rows), FOOTING, weights="Two weights").reference, inside=False)
    assert found.measured.offenders.units - found.measured.offenders.repeats == 7
    (notes,) = [notes for name, _, _, notes in found.tables if name == "Concentration: offenders"]
    assert notes[0].startswith("How many are in more than one offence is not shown") and case_extracts.as_json(found)["offenders"]["repeats"] is None


@pytest.mark.parametrize("placeholder", ["01/01/1900", "1753-01-01", "31/12/9999", "2099-12-31"])
def test_a_day_on_which_nothing_can_have_happened_is_told_and_not_counted(tmp_path: Path, placeholder: str) -> None:
    """Databases write such a day where nothing was filled in; each empty one had counted as a charge."""
    rows = planted(30)
    true = harm_measures.measure(cases_in.read_cases(written(tmp_path, rows)), None)
    filled = [[*r[:5], r[5] or placeholder, *r[6:]] for r in rows]
    cases = cases_in.read_cases(written(tmp_path, filled))
    told = harm_measures.measure(cases, None)
    assert (told.stages, told.ends, told.medians, told.followed_until) == (true.stages, true.ends, true.medians, true.followed_until)
    number = sum(not r[5] for r in rows)
    assert any(p.startswith(f"{number} of 300 under “charged” hold a day on which nothing can have happened") for p in cases.problems)


def test_what_has_no_weight_has_no_harm_of_nought_days(session: Session, tmp_path: Path) -> None:
    """Stalking without a weight stood beside burglary as if it did no harm."""
    def rows(stalked: str) -> list[list[str]]:
        return [[f"C{n}", f"V{n}", f"O{n % 40}", stalked if n % 2 else "008A", "2024-01-05", "", "", "", "Female", "18-24", "Dover" if n % 2 else "Ashford", "10:30"] for n in range(200)]

    found = case_extracts.shown(session, case_extracts.take_in(session, written(tmp_path, rows("195/94")), FOOTING, weights="Two weights").reference)
    tables = {name: ({r[0]: r[3:] for r in body}, notes) for name, _, body, notes in found.tables}
    for name, (cells, notes) in tables.items():
        if name in ("District", "Offence"):
            assert sorted(cells.values()) == [["10,000", "100%"], ["no weight", "–"]] and any("no harm is measured" in n for n in notes), name
    assert "without a weight" in found.sentence()
    none = case_extracts.shown(session, case_extracts.take_in(session, written(tmp_path, [[*r[:3], "195/94", *r[4:]] for r in rows("195/94")], name="none.csv"), FOOTING, weights="Two weights").reference)
    assert "none of which has a weight in Two weights: harm is not measured" in none.sentence()
