"""Tables of numbers over time taken in: real files against counts made by other means, long and wide tables, what is not given, and again."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.exchange.test_survey_in import SAMPLES, real, table, written
from tests.services.test_journey import sample_store
from vawg_desktop.cli import main
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.dates import label
from vawg_desktop.domain.errors import FileRefusedError, NotFoundError, ValueRefusedError
from vawg_desktop.exchange.indicators_in import read_indicators
from vawg_desktop.exchange.periods import period_of
from vawg_desktop.services import indicator_in, indicators
from vawg_desktop.services.session import Session
from vawg_desktop.store import making
from vawg_desktop.store.check import check

STREET = SAMPLES / "2018-01-city-of-london-street.csv"
RECORDED = SAMPLES / "ho_prc-pfa-mar2013-onwards-tables201718.csv"


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(making.create(tmp_path / "a.vawg", passphrase=None), "A. Officer")


def held(session: Session) -> dict[tuple[str, str, str], str]:
    rows = session.read().exec_driver_sql("SELECT i.title, coalesce(i.area, ''), v.period, v.value FROM indicator_value v JOIN indicator i ON i.id = v.indicator WHERE NOT v.deleted")
    return {(str(t), str(a), str(p)): str(v) for t, a, p, v in rows}


@real
def test_street_crimes_are_counted_by_type_and_month_and_forgotten(session: Session) -> None:
    taken, _ = indicator_in.take_in(session, STREET)
    with STREET.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    crimes = {r["Crime ID"] or str(n): r for n, r in enumerate(rows)}  # one stands twice in the real file, the second time without a place
    wanted = Counter((r["Crime type"], r["Falls within"], r["Month"]) for r in crimes.values())
    assert {k: int(v) for k, v in held(session).items()} == dict(wanted) and (taken.file.rows, sum(wanted.values())) == (698, 697)
    everything = "".join(str(tuple(r)) for t in ("indicator", "indicator_value", "change") for r in session.read().exec_driver_sql(f'SELECT * FROM "{t}"'))
    assert "Charterhouse" not in everything and "fb5980f681cc" not in everything and "E01000916" not in everything
    assert "not a measure of violence against women" in everything and check(session.store).problems == []


@real
def test_home_office_quarters_are_of_the_calendar_and_ours_are_taken(tmp_path: Path) -> None:
    session = sample_store(tmp_path)
    taken, _ = indicator_in.take_in(session, RECORDED)
    wanted: Counter[tuple[str, str, str]] = Counter()
    quarters = {"1": "2017-Q2", "2": "2017-Q3", "3": "2017-Q4", "4": "2018-Q1"}
    with RECORDED.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["Force Name"] == "Kent":
                wanted[row["Offence Subgroup"], "Kent", quarters[row["Financial Quarter"]]] += int(row["Number of Offences"].replace(",", ""))
    found = {k: int(v) for k, v in held(session).items() if k[1] == "Kent" and k[2] in quarters.values()}
    assert found == dict(wanted) and taken.series and [c for c, _, _ in taken.file.problems] == ["other_areas"]
    every, _ = indicator_in.take_in(session, RECORDED, areas=("all",), dry_run=True)
    assert len(every.series) == 1060 and every.unchanged == len(wanted)


@real
def test_a_store_that_knows_no_area_of_the_file_takes_them_all(session: Session) -> None:
    taken, _ = indicator_in.take_in(session, RECORDED)
    assert len(taken.series) == 1060 and taken.file.problems == []
    with RECORDED.open(encoding="utf-8") as file:
        assert sum(int(v) for v in held(session).values()) == sum(int(r["Number of Offences"].replace(",", "")) for r in csv.DictReader(file))


LONG = [["Metric", "Area", "Period", "Value", "Unit"], ["Victims seen", "Kent", "April 2026", "1,204", "Victims"], ["Victims seen", "Kent", "2026-05", "[c]", "Victims"], ["Victims seen", "Kent", "June 2026", "1,310 [p]", "Victims"],
        ["Share charged", "Kent", "2025/26", "8.25%", "Per cent"], ["Share charged", "Kent", "some time", "9", "Per cent"], ["Share charged", "Kent", "2025/26", "9", "Per cent"]]  # fmt: skip


def test_a_long_table_says_what_is_not_given_and_what_is_provisional(session: Session, tmp_path: Path) -> None:
    taken, _ = indicator_in.take_in(session, written(tmp_path, table(LONG), "scorecard.csv"))
    assert held(session) == {("Victims seen", "Kent", "2026-04"): "1204", ("Victims seen", "Kent", "2026-06"): "1310", ("Share charged", "Kent", "2025-04/2026-03"): "8.25"}
    assert [c for c, _, _ in taken.file.problems] == ["not_given", "no_period", "twice"] and "row 3, “Value”" in taken.file.problems[0][2]
    (june,) = [v for i in ("Victims seen",) for v in indicators.series(session, str(session.read().exec_driver_sql("SELECT id FROM indicator WHERE title = ?", (i,)).one()[0])).values if v.period == "2026-06"]
    assert june.provisional and {str(u) for (u,) in session.read().exec_driver_sql("SELECT count_unit FROM indicator")} == {"victims", "per_cent"}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_wide_table_has_a_series_a_row_and_its_title_above(session: Session, tmp_path: Path, ending: str) -> None:
    rows = [["Table 3: domestic abuse", "", "", ""], ["", "", "", ""], ["Police force", "2019/20", "2020/21", "Year ending"], ["Kent", "37,100", "38,211", "x"], ["Surrey", "..", "20,005", ""]]
    path = tmp_path / f"wide.{ending}"
    if ending == "csv":
        written(tmp_path, table(rows), path.name)
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)  # type: ignore[union-attr]
        book.active.title = "wide"  # type: ignore[union-attr]
        book.save(path)
    taken, _ = indicator_in.take_in(session, path)
    assert held(session) == {("wide", "Kent", "2019-04/2020-03"): "37100", ("wide", "Kent", "2020-04/2021-03"): "38211", ("wide", "Surrey", "2020-04/2021-03"): "20005"}
    assert [c for c, _, _ in taken.file.problems] == ["column_left_out", "not_given"]


def test_the_same_table_again_changes_nothing_and_a_revised_one_only_its_numbers(session: Session, tmp_path: Path) -> None:
    rows = [["Metric", "Period", "Value"], ["Calls", "2026-01", "40"], ["Calls", "2026-02", "50"]]
    indicator_in.take_in(session, written(tmp_path, table(rows), "calls.csv"))
    entries = session.read().exec_driver_sql('SELECT count(*) FROM "change"').one()[0]
    again, _ = indicator_in.take_in(session, written(tmp_path, table(rows), "calls.csv"))
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2) and session.read().exec_driver_sql('SELECT count(*) FROM "change"').one()[0] == entries
    revised = [*rows[:2], ["Calls", "2026-02", "51"], ["Calls", "2026-03", "60"]]
    later, _ = indicator_in.take_in(session, written(tmp_path, table(revised), "calls later.csv"))
    assert (later.new, later.changed, later.unchanged) == (1, 1, 1) and held(session)["Calls", "", "2026-02"] == "51"


def test_a_mapping_says_which_heading_is_which(session: Session, tmp_path: Path) -> None:
    path = written(tmp_path, table([["What", "When", "How many"], ["Calls", "2026-01", "40"]]), "odd.csv")
    with pytest.raises(FileRefusedError, match="Metric, Area, Period and Value"):
        read_indicators(path)
    found = read_indicators(path, {"metric": "What", "period": "When", "value": "How many"})
    assert [(s.title, s.values) for s in found.series] == [("Calls", {"2026-01": ("40", False)})]
    with pytest.raises(ValueRefusedError, match="No sheet"):
        read_indicators(path, {"metric": "Which"})


@pytest.mark.parametrize("rows", [[["A", "B"], ["1", "2"]], [["Metric", "Period", "Value"], ["x", "2026-01", "lots"]]])
def test_what_is_no_table_of_numbers_is_refused_in_a_sentence(tmp_path: Path, rows: list[list[str]]) -> None:
    with pytest.raises(FileRefusedError, match="no numbers over time"):
        read_indicators(written(tmp_path, table(rows), "no.csv"))


def test_the_command_prints_its_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, file = str(tmp_path / "a.vawg"), str(written(tmp_path, table(LONG), "scorecard.csv"))
    mapping = tmp_path / "map.json"
    mapping.write_text(json.dumps({"Metric": "metric", "Period": "period", "Value": "value", "Area": "area"}))
    assert main(["new", store, "--plain"]) == 0
    capsys.readouterr()
    for more in (["--dry-run"], ["--map", str(mapping)], []):
        assert main(["import-indicators", store, file, *more, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["series"], told["values"], [p["code"] for p in told["problems"]]) == (2, 3, ["not_given", "no_period", "twice"])
    assert told["unchanged"] == 3
    assert main(["import-indicators", store, file, "--area", "Essex"]) == 1 and "no area “Essex”; its areas are Kent" in capsys.readouterr().err
    (tmp_path / "s").mkdir()
    with pytest.raises(NotFoundError):
        indicator_in.take_in(sample_store(tmp_path / "s"), Path(file), areas=("Essex",))


def test_libreoffice_saves_the_same_numbers(session: Session, tmp_path: Path, libreoffice: Callable[[Path, str], Path]) -> None:
    path = written(tmp_path, table(LONG), "scorecard.csv")
    wanted = [(s.title, s.area, s.values) for s in read_indicators(path).series]
    for ending in ("xlsx", "ods"):
        assert [(s.title, s.area, s.values) for s in read_indicators(libreoffice(path, ending)).series] == wanted


@pytest.mark.parametrize(("typed", "stored"), [
    ("Apr-22 to Mar-23", "2022-04/2023-03"), ("April to June 2022", "2022-Q2"), ("Year ending March 2023", "2022-04/2023-03"), ("YE Mar 23", "2022-04/2023-03"), ("12 months to December 2022", "2022"),
    ("Q1 2020", "2020-Q1"), ("Quarter 1 2022/23", "2022-Q2"), ("2020 Jan", "2020-01"), ("2022–23", "2022-04/2023-03"), ("2022/23 [p]", "2022-04/2023-03"), ("March 2023 [r]", "2023-03"), ("Apr-22", "2022-04"),
])  # fmt: skip
def test_periods_are_understood_as_offices_write_them(tmp_path: Path, typed: str, stored: str) -> None:
    found = read_indicators(written(tmp_path, table([["Metric", "Period", "Value"], ["Calls", typed, "40 [note 2]"]]), "periods.csv"))
    assert [(s.values, found.problems) for s in found.series] == [({stored: ("40", "[p]" in typed)}, [])]


def test_a_wide_table_of_two_kinds_has_a_series_of_each(session: Session, tmp_path: Path) -> None:
    rows = [["Area code", "Area name", "Measure", "Sex", "2019", "2020"], ["E1", "Kent", "Rape", "F", "10", "11"], ["E1", "Kent", "Rape", "M", "3", "<5"]]
    taken, _ = indicator_in.take_in(session, written(tmp_path, table(rows), "wide.csv"))
    assert held(session) == {("Rape, F", "Kent", "2019"): "10", ("Rape, F", "Kent", "2020"): "11", ("Rape, M", "Kent", "2019"): "3"} and [c for c, _, _ in taken.file.problems] == ["not_given"]


def test_the_likeliest_columns_are_taken_and_a_share_has_its_unit(tmp_path: Path) -> None:
    rows = [["Category", "Indicator", "Area", "Period", "Value", "Rate"], ["DA", "Charges", "Kent", "2020", "40", "1.2"], ["DA", "Share charged", "Kent", "2020", "12.5%", ""]]
    found = read_indicators(written(tmp_path, table(rows), "likely.csv"))
    assert [(s.title, s.unit, s.values) for s in found.series] == [("Charges", "", {"2020": ("40", False)}), ("Share charged", "per_cent", {"2020": ("12.5", False)})]


def test_months_that_are_dates_in_a_spreadsheet_are_months(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (["Metric", dt.date(2022, 4, 1), dt.date(2022, 5, 1)], ["Calls", 40, 50]):
        sheet.append(row)
    book.save(tmp_path / "wide.xlsx")
    assert list(read_indicators(tmp_path / "wide.xlsx").series[0].values) == ["2022-04", "2022-05"]
    days = read_indicators(written(tmp_path, table([["Metric", "Period", "Value"], ["Calls", "2022-04-01", "1"], ["Calls", "2022-04-15", "2"]]), "days.csv"))
    assert list(days.series[0].values) == ["2022-04-01", "2022-04-15"]  # not every one is a first


@pytest.mark.parametrize(
    ("heads", "year", "part", "period"),
    [
        ("Year Month", "2021", "March", "2021-03"), ("Year Month", "2021", "3", "2021-03"), ("Year Month", "2021", "12", "2021-12"), ("Year Quarter", "2021", "3", "2021-Q3"), ("Year Quarter", "2021", "Q2", "2021-Q2"),
        ("Financial_year Month", "2021/22", "April", "2021-04"), ("Financial_year Month", "2021/22", "Feb", "2022-02"), ("Financial_year Financial_quarter", "2021/22", "4", "2022-Q1"),
    ],
)  # fmt: skip
def test_a_year_and_its_month_or_quarter_in_two_columns_are_one_period(tmp_path: Path, heads: str, year: str, part: str, period: str) -> None:
    first, second = (h.replace("_", " ") for h in heads.split())
    found = read_indicators(written(tmp_path, table([["Metric", first, second, "Value"], ["Calls", year, part, "40"]]), "two.csv"))
    assert [(s.title, s.values) for s in found.series] == [("Calls", {period: ("40", False)})] and found.problems == []


@pytest.mark.parametrize("heading", ["Force outcomes for period", "Number of outcomes", "Outcomes recorded in quarter"])
def test_outcomes_of_the_home_office_are_of_the_quarter_in_which_they_were_recorded(tmp_path: Path, heading: str) -> None:
    heads = ["Financial Year", "Financial Quarter", "Force Name", "Offence Description", "Offence Group", "Offence Subgroup", "Offence Code", "Outcome Description", "Outcome Group", "Outcome Type", heading]
    rows = [["2021/22", "4", "Kent", "Stalking", "Violence", "Stalking and harassment", "8Q", d, g, t, n] for d, g, t, n in (("Charged", "Charged/Summonsed", "1", " 12 "), ("Summonsed", "Charged/Summonsed", "1", "3"), ("Unnamed", "Evidential difficulties", "15", "40"))]
    found = read_indicators(written(tmp_path, table([heads, *rows]), "outcomes.csv"))
    assert found.kind == "home_office_outcomes" and {s.title: s.values["2022-Q1"][0] for s in found.series} == {"Stalking and harassment: Charged/Summonsed": "15", "Stalking and harassment: Evidential difficulties": "40"}
    assert "whenever the offence was" in found.series[0].definition


def test_outcomes_without_their_numbers_are_refused_in_a_sentence(tmp_path: Path) -> None:
    heads = ["Financial Year", "Financial Quarter", "Force Name", "Offence Subgroup", "Outcome Group", "How many"]
    with pytest.raises(FileRefusedError, match="no column of their numbers"):
        read_indicators(written(tmp_path, table([heads, ["2021/22", "4", "Kent", "Stalking", "Charged", "3"]]), "outcomes.csv"))


def test_a_crime_that_stands_twice_is_counted_once_and_that_is_told(tmp_path: Path) -> None:
    heads = ["Crime ID", "Month", "Falls within", "Crime type"]
    rows = [["a", "2021-01", "Kent Police", "Robbery"], ["a", "2021-01", "Kent Police", "Robbery"], ["", "2021-01", "Kent Police", "Anti-social behaviour"], ["", "2021-01", "Kent Police", "Anti-social behaviour"]]
    found = read_indicators(written(tmp_path, table([heads, *rows]), "street.csv"))
    assert {s.title: s.values for s in found.series} == {"Robbery": {"2021-01": ("1", False)}, "Anti-social behaviour": {"2021-01": ("2", False)}}
    assert [p[0] for p in found.problems] == ["crime_twice"] and "each crime is counted once" in found.problems[0][1]


@pytest.mark.parametrize(("heads", "year", "part"), [("Year_Financial quarter", "2018", "1"), ("Financial year_Quarter", "2018", "Q1"), ("Financial year_Month", "2018", "March")])
def test_a_single_year_of_finance_is_no_quarters_year(tmp_path: Path, heads: str, year: str, part: str) -> None:
    """Such a quarter was read as one of the calendar: nobody can say with which year it begins."""
    first, second = heads.split("_")
    with pytest.raises(FileRefusedError, match="is not a month, quarter or year"):
        read_indicators(written(tmp_path, table([["Metric", first, second, "Value"], ["Calls", year, part, "40"]]), "two.csv"))


@pytest.mark.parametrize("part", ["2018-04", "April 2018"])
def test_a_month_with_its_own_year_beside_a_financial_year_is_that_month(tmp_path: Path, part: str) -> None:
    found = read_indicators(written(tmp_path, table([["Metric", "Financial year", "Month", "Value"], ["Calls", "2018/19", part, "40"]]), "two.csv"))
    assert [(s.title, s.values) for s in found.series] == [("Calls", {"2018-04": ("40", False)})] and found.problems == []


def series(folder: Path, rows: list[list[str]]) -> dict[str, dict[str, tuple[str, bool]]]:
    return {s.title: s.values for s in read_indicators(written(folder, table(rows), "numbers.csv")).series}


def test_financial_years_that_look_like_months_are_years(tmp_path: Path) -> None:
    for years in (["2008-09", "2009-10", "2010-11", "2012-13"], ["2008-09", "2009-10"]):
        (values,) = series(tmp_path, [["Metric", *years], ["Rape", *(str(n) for n, _ in enumerate(years, 1))]]).values()
        assert list(values) == [f"{y[:4]}-04/{int(y[:4]) + 1}-03" for y in years]
    (months,) = series(tmp_path, [["Metric", "2022-09", "2022-10", "2022-11"], ["Rape", "1", "2", "3"]]).values()
    assert list(months) == ["2022-09", "2022-10", "2022-11"]


def test_decimal_commas_are_decimals_and_what_may_be_either_is_told(tmp_path: Path) -> None:
    rows = [["Metric", "Period", "Value"], ["Rate", "2021", "12,5"], ["Rate", "2022", "13,75"], ["Rate", "2023", "1.234,5"], ["Rate", "2024", "1,234"]]
    found = read_indicators(written(tmp_path, table(rows), "rate.csv"))
    assert found.series[0].values == {"2021": ("12.5", False), "2022": ("13.75", False), "2023": ("1234.5", False)} and [p[0] for p in found.problems] == ["ambiguous"]
    (plain,) = series(tmp_path, [["Metric", "Period", "Value"], ["Calls", "2021", "1,234"], ["Calls", "2022", "12,345.50"]]).values()
    assert plain == {"2021": ("1234", False), "2022": ("12345.5", False)}


def test_totals_do_not_stand_among_what_they_add_up(tmp_path: Path) -> None:
    months = [f"{m}-22" for m in ("Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")] + ["Jan-23", "Feb-23", "Mar-23"]
    rows = [["Metric", *months, "2022/23"], ["Calls", *("10" for _ in months), "120"]]
    found = read_indicators(written(tmp_path, table(rows), "calls.csv"))
    assert len(found.series[0].values) == 12 and "2022/23 adds up shorter periods" in found.problems[-1][1]


def test_rolling_and_short_years_dates_of_months_and_the_last_century_are_understood(tmp_path: Path) -> None:
    rows = [["Metric", "Year to Mar-22", "Year ending June 2022", "Rolling 12 months to Sep-22", "20/21"], ["Calls", "4", "5", "6", "7"]]
    (values,) = series(tmp_path, rows).values()
    assert list(values) == ["2021-04/2022-03", "2021-07/2022-06", "2021-10/2022-09", "2020-04/2021-03"]
    (days,) = series(tmp_path, [["Date", "Value"], ["01/01/2022", "1"], ["01/02/2022", "2"], ["01/03/2022", "3"]]).values()
    assert list(days) == ["2022-01", "2022-02", "2022-03"]
    (old,) = series(tmp_path, [["Period", "Value"], ["Apr-98", "1"], ["May-98", "2"]]).values()
    assert list(old) == ["1998-04", "1998-05"]


def test_a_rolling_year_is_said_and_kept_as_such(session: Session, tmp_path: Path) -> None:
    indicator_in.take_in(session, written(tmp_path, table([["Metric", "Period", "Value"], ["Calls", "Year to Jun-22", "40"], ["Calls", "Year to Sep-22", "41"]]), "rolling.csv"), areas=["all"])
    assert session.read().exec_driver_sql("SELECT period FROM indicator_value ORDER BY n").fetchall() == [("2021-07/2022-06",), ("2021-10/2022-09",)]
    assert label("2021-07/2022-06") == "year to June 2022" and check(session.store).problems == []


def test_groups_within_a_measure_are_series_of_their_own(tmp_path: Path) -> None:
    rows = [["Offence", "Victim sex", "Period", "Value"], ["Rape", "Female", "2021", "90"], ["Rape", "Male", "2021", "10"], ["Rape", "All", "2021", "100"]]
    assert {t: v["2021"][0] for t, v in series(tmp_path, rows).items()} == {"Rape, Female": "90", "Rape, Male": "10", "Rape": "100"}


def test_a_mark_beside_a_period_holds_for_its_values(tmp_path: Path) -> None:
    (values,) = series(tmp_path, [["Metric", "2021/22", "2022/23 [p]"], ["Calls", "5", "7"]]).values()
    assert [provisional for _, provisional in values.values()] == [False, True]


def test_a_number_that_the_table_no_longer_gives_is_told_and_stays(session: Session, tmp_path: Path) -> None:
    rows = [["Metric", "Area", "Period", "Value"], ["Calls", "Kent", "2026-01", "40"], ["Calls", "Kent", "2026-02", "2"], ["Seen", "Kent", "2026-01", "3"]]
    indicator_in.take_in(session, written(tmp_path, table(rows), "calls.csv"))
    rows[2][3], rows[3][3] = "[c]", "*"
    for dry in (True, False):
        taken, _ = indicator_in.take_in(session, written(tmp_path, table(rows), "later.csv"), dry_run=dry)
        told = [says for code, says, _ in taken.file.problems if code == "no_longer_given"]
        assert told == [
            "Calls, Kent, February 2026: the table has “[c]” where this store has 2, which stays. If the number was taken back, delete that value.",
            "Seen, Kent, January 2026: the table has “*” where this store has 3, which stays. If the number was taken back, delete that value.",
        ]
        assert taken.sentence().startswith("1 series of 3 rows: 0 values new, 0 changed, 1 as before")
    assert held(session)["Seen", "Kent", "2026-01"] == "3"


def test_a_series_of_marks_alone_makes_no_indicator(session: Session, tmp_path: Path) -> None:
    indicator_in.take_in(session, written(tmp_path, table([["Metric", "Period", "Value"], ["Calls", "2026-01", "40"], ["Seen", "2026-01", "*"]]), "calls.csv"))
    assert [str(t) for (t,) in session.read().exec_driver_sql("SELECT title FROM indicator")] == ["Calls"]
    with pytest.raises(FileRefusedError, match="no numbers over time"):
        read_indicators(written(tmp_path, table([["Metric", "Period", "Value"], ["Seen", "2026-01", "*"]]), "marks.csv"))


@pytest.mark.parametrize("ending", ["xlsx", "ods", "xls"])
def test_a_share_of_a_workbook_is_the_one_that_it_shows(session: Session, tmp_path: Path, ending: str, libreoffice: Callable[[Path, str], Path]) -> None:
    """Excel holds 8.2% as 0.082: the screen says the one, the file the other."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Metric", "Period", "Value"], ["Share charged", "2024/25", 0.082], ["Share charged", "2025/26", 1], ["Victims seen", "2024/25", 0.5]):
        sheet.append(row)
    sheet["C2"].number_format, sheet["C3"].number_format = "0.0%", '0%" of all"'
    book.save(path := tmp_path / "shares.xlsx")
    path = path if ending == "xlsx" else libreoffice(path, ending)
    indicator_in.take_in(session, path)
    assert held(session) == {("Share charged", "", "2024-04/2025-03"): "8.2", ("Share charged", "", "2025-04/2026-03"): "100", ("Victims seen", "", "2024-04/2025-03"): "0.5"}
    assert session.read().exec_driver_sql("SELECT title, count_unit FROM indicator ORDER BY n").fetchall() == [("Share charged", "per_cent"), ("Victims seen", None)]


@pytest.mark.parametrize(
    ("heading", "period"),
    [
        ("2019/20 Q1", "2019-Q2"), ("Q1 2019/20", "2019-Q2"), ("2019-20 Quarter 4 (Jan to Mar)", "2020-Q1"), ("FY 2019/20, Q2", "2019-Q3"),
        ("Target 2019/20 Q1", None), ("% change Q4 2018/19 to Q4 2019/20", None), ("Q1-Q2 2019/20", None), ("2019/20 to Q2", None), ("2019/20 YTD Q3", None),
    ],
)  # fmt: skip
def test_a_heading_that_says_more_than_a_quarter_is_none(heading: str, period: str | None) -> None:
    """A target, a change or a sum so far stood as the quarter's own number, and the true one was refused as told already."""
    assert period_of(heading) == period


@pytest.mark.parametrize(("heading", "cells", "stored"), [
    ("Year ending", ["Mar 2020", "Jun 2020"], ["2019-04/2020-03", "2019-07/2020-06"]), ("Year ending", ["March 2020 [p]", "31 December 2020"], ["2019-04/2020-03", "2020"]),
    ("12 months to", ["2020-03-31", "2020-06-30"], ["2019-04/2020-03", "2019-07/2020-06"]), ("Quarter ending", ["Mar-20", "Jun-20"], ["2020-Q1", "2020-Q2"]), ("Month ending", ["Mar-20", "Apr-20"], ["2020-03", "2020-04"]),
    ("Year", ["2019", "2020"], ["2019", "2020"]), ("Month", ["202001", "202002", "202003"], ["2020-01", "2020-02", "2020-03"]), ("Date", ["12/1/2019", "1/1/2020", "2/1/2020"], ["2019-12", "2020-01", "2020-02"]), ("Date", ["1/1/2020", "2/1/2020", "3/1/2020"], ["2020-01-01", "2020-01-02", "2020-01-03"]),
    ("Period", ["2020Q1", "2020Q2"], ["2020-Q1", "2020-Q2"]), ("Period", ["Year ending 31 March 2020", "Year to June 2020"], ["2019-04/2020-03", "2019-07/2020-06"]), ("Period", ["FY 20/21", "FY21/22"], ["2020-04/2021-03", "2021-04/2022-03"]),
    ("Period", ["H1 2020", "2020 H2", "2021H1"], ["2020-01/2020-06", "2020-07/2020-12", "2021-01/2021-06"]), ("Half year", ["2020/21 H1", "Second half of 2020/21"], ["2020-04/2020-09", "2020-10/2021-03"]),
    ("Six months to", ["Jun 2020", "Dec 2020 [p]"], ["2020-01/2020-06", "2020-07/2020-12"]), ("Period", ["Apr-Sep 2019", "half year ending March 2020"], ["2019-04/2019-09", "2019-10/2020-03"]),
    ("Period", ["1 April 2020 to 30 June 2020", "01/07/2020 - 30/09/2020"], ["2020-Q2", "2020-Q3"]), ("Period", ["01/04/2019-31/03/2020", "1 Apr 2020 – 31 Mar 2021"], ["2019-04/2020-03", "2020-04/2021-03"]),
    ("Period", ["1st quarter 2020", "second quarter 2020", "Qtr 3 2020", "20/21 Q3"], ["2020-Q1", "2020-Q2", "2020-Q3", "2020-Q4"]), ("Period", ["calendar year 2020", "CY2021"], ["2020", "2021"]),
    ("Period", ["2020M03", "2020M4"], ["2020-03", "2020-04"]), ("Period", ["Financial year 2020/21", "fiscal year 2021-22"], ["2020-04/2021-03", "2021-04/2022-03"]),
])  # fmt: skip
def test_the_heading_of_a_column_says_how_long_its_periods_are(tmp_path: Path, heading: str, cells: list[str], stored: list[str]) -> None:
    """A year's number under "Year ending" stood as that of its last month."""
    (values,) = series(tmp_path, [["Metric", heading, "Value"], *(["Rape", cell, str(900 + n)] for n, cell in enumerate(cells))]).values()
    assert list(values) == stored


@pytest.mark.parametrize("typed", ["FY20", "Apr-Aug 2019", "Spring 2020", "H1 2019/21", "Apr to Jun 2020/21", "1 May 2019 to 7 May 2019"])
def test_a_period_that_may_mean_two_things_is_told_and_not_guessed(tmp_path: Path, typed: str) -> None:
    found = read_indicators(written(tmp_path, table([["Metric", "Period", "Value"], ["Rape", "2019", "1"], ["Rape", typed, "2"]]), "p.csv"))
    assert list(found.series[0].values) == ["2019"] and [p[0] for p in found.problems] == ["no_period"]
    assert ("It may be 2019/20 or 2020/21" in found.problems[0][1]) == (typed == "FY20")


def test_months_and_years_of_one_measure_are_two_indicators(session: Session, tmp_path: Path) -> None:
    """A year's number among months' put the mean of the chart anywhere."""
    months = [["Metric", "Area", "Period", "Value"], *(["Rape", "Kent", f"2021-{m:02}", str(90 + m)] for m in range(1, 13))]
    years = [["Metric", "Area", "Period", "Value"], *(["Rape", "Kent", f"{y}", str(y - 900)] for y in (2019, 2020))]
    indicator_in.take_in(session, written(tmp_path, table(months), "months.csv"))
    for dry in (True, False):
        taken, _ = indicator_in.take_in(session, written(tmp_path, table(years), "years.csv"), dry_run=dry)
        assert [p[0] for p in taken.file.problems] == ["other_length"]
    again, _ = indicator_in.take_in(session, written(tmp_path, table(years), "years.csv"))
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    found = session.read().exec_driver_sql("SELECT i.title, count(*) FROM indicator i JOIN indicator_value v ON v.indicator = i.id GROUP BY i.id ORDER BY i.n").fetchall()
    assert [tuple(r) for r in found] == [("Rape", 12), ("Rape (by year)", 2)]


def test_half_years_are_an_indicator_of_their_own_and_on_no_chart_of_months(session: Session, tmp_path: Path) -> None:
    rows = [["Metric", "Period", "Value"], *(["Rape", f"2021-{m:02}", "40"] for m in range(1, 7)), ["Rape", "H2 2020", "210"]]
    taken, _ = indicator_in.take_in(session, written(tmp_path, table(rows), "m.csv"))
    assert [p[0] for p in taken.file.problems] == ["other_length"] and [s.title for s in taken.series] == ["Rape", "Rape (by half-year)"]
    (id,) = session.read().exec_driver_sql("SELECT id FROM indicator WHERE title = 'Rape'").fetchone() or ("",)
    with session.store.write("A. Officer", None, Act.EDIT, None) as tx:
        tx.create("indicator_value", {"indicator": str(id), "period": "2020-07/2020-12", "value": "210"})
    made = indicators.series(session, str(id))
    assert len(made.values) == 6 and "such as Jul to Dec 2020, is not on the chart" in made.sentence()


def test_a_value_of_another_length_that_somebody_wrote_is_on_no_chart_and_told(session: Session, tmp_path: Path) -> None:
    indicator_in.take_in(session, written(tmp_path, table([["Metric", "Period", "Value"], *(["Calls", f"2021-{m:02}", "20"] for m in range(1, 13))]), "m.csv"))
    ((id,),) = session.read().exec_driver_sql("SELECT id FROM indicator").fetchall()
    with session.store.write("A. Officer", None, Act.EDIT, None) as tx:
        tx.create("indicator_value", {"indicator": id, "period": "2020", "value": "240"})
    made = indicators.series(session, str(id))
    assert len(made.values) == 12 and made.chart.points[0].mean == 20 and "1 value of another length of time, such as 2020, is not on the chart." in made.sentence()


def test_a_series_that_stands_twice_in_a_table_is_written_once(session: Session, tmp_path: Path) -> None:
    rows = [["Metric", "2020", "2021"], ["Rape", "5", "6"], ["Calls", "1", "2"], ["rape", "5", "9"]]
    taken, _ = indicator_in.take_in(session, written(tmp_path, table(rows), "twice.csv"))
    assert held(session) == {("Rape", "", "2020"): "5", ("Rape", "", "2021"): "6", ("Calls", "", "2020"): "1", ("Calls", "", "2021"): "2"}
    assert [p[0] for p in taken.file.problems] == ["twice"] and "for 2021" in taken.file.problems[0][1]
