"""Tables of numbers over time as forces and departments lay them out: headings in two rows, periods down, codes beside names, months without a crime."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from vawg_desktop.domain.errors import FileRefusedError
from vawg_desktop.exchange.indicators_in import IndicatorFile, read_indicators
from vawg_desktop.services import indicator_in, indicators, records
from vawg_desktop.services.session import Session

QUARTERS = {"2021-Q2": "310", "2021-Q3": "325", "2021-Q4": "298", "2022-Q1": "340", "2022-Q2": "333", "2022-Q3": "351"}


def table(folder: Path, rows: list[list[str]], name: str = "Stalking.csv") -> Path:
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def values(found: IndicatorFile) -> dict[tuple[str, str], dict[str, str]]:
    return {(s.title, s.area): {p: v for p, (v, _) in s.values.items()} for s in found.series}


@pytest.mark.parametrize("above", [[], [["Table 1: offences by quarter"], [""]]])
@pytest.mark.parametrize("parts", [["Q1", "Q2", "Q3", "Q4"], ["Apr-Jun", "Jul-Sep", "Oct-Dec", "Jan-Mar"], ["1st quarter", "2nd quarter", "3rd quarter", "4th quarter"]])
@pytest.mark.parametrize("over", [["2021/22", "", "", "", "2022/23", ""], ["2021/22"] * 4 + ["2022/23"] * 2, ["FY2021/22", "", "", "", "FY2022/23", ""]])
def test_years_over_their_quarters_are_read_together(tmp_path: Path, above: list[list[str]], parts: list[str], over: list[str]) -> None:
    rows = [*above, ["", *over], ["Offence", *parts, *parts[:2]], ["Rape", *QUARTERS.values()]]
    assert values(read_indicators(table(tmp_path, rows))) == {("Rape", ""): QUARTERS}


def test_months_under_years_of_the_calendar_and_a_year_beside_its_months(tmp_path: Path) -> None:
    rows = [["", "2021", "", "", "2022", ""], ["Offence", "Oct", "Nov", "Dec", "January", "Feb"], ["Rape", "1", "2", "3", "4", "5"]]
    assert values(read_indicators(table(tmp_path, rows)))["Rape", ""] == {"2021-10": "1", "2021-11": "2", "2021-12": "3", "2022-01": "4", "2022-02": "5"}
    rows = [["", "2021/22", "", "", "", ""], ["Offence", "Q1", "Q2", "Q3", "Q4", "Total"], ["Rape", "1", "2", "3", "4", "10"]]
    found = read_indicators(table(tmp_path, rows))
    assert list(values(found)["Rape", ""].values()) == ["1", "2", "3", "4"] and [p[0] for p in found.problems] == ["adds_up"]
    rows = [["2021/22", "Apr", "May", "Jun"], ["Rape", "1", "2", "3"]]
    assert values(read_indicators(table(tmp_path, rows)))["Rape", ""] == {"2021-04": "1", "2021-05": "2", "2021-06": "3"}


def test_what_stands_over_or_under_years_that_repeat_parts_the_series(tmp_path: Path) -> None:
    rows = [["", "Kent", "", "Medway", ""], ["Offence", "2021/22", "2022/23", "2021/22", "2022/23"], ["Rape", "10", "5", "12", "6"]]
    assert {t: list(v.values()) for (t, _), v in values(read_indicators(table(tmp_path, rows))).items()} == {"Rape, Kent": ["10", "5"], "Rape, Medway": ["12", "6"]}
    rows = [["", "2021/22", "", "2022/23", ""], ["Offence", "Number", "%", "Number", "%"], ["Rape", "10", "5", "12", "6"]]
    found = read_indicators(table(tmp_path, rows))
    assert [(s.title, s.unit, [v for v, _ in s.values.values()]) for s in found.series] == [("Rape", "", ["10", "12"]), ("Rape, %", "per_cent", ["5", "6"])]


def test_headings_that_cannot_be_put_together_are_refused_and_not_guessed(tmp_path: Path) -> None:
    rows = [["", "2021/22", "2022/23"], ["Offence", "as first recorded", "as first recorded"], ["Rape", "310", "333"]]
    with pytest.raises(FileRefusedError, match="two rows") as refused:
        read_indicators(table(tmp_path, rows))
    assert refused.value.code == "two_headings" and "as first recorded" in refused.value.message
    marks = [["Offence", "2021/22", "2022/23"], ["Old offence", "[x]", "[x]"], ["Rape", "310", "333"]]
    assert values(read_indicators(table(tmp_path, marks)))["Rape", ""] == {"2021-04/2022-03": "310", "2022-04/2023-03": "333"}


@pytest.mark.parametrize("head", ["Month", ""])
def test_periods_down_and_measures_across_are_a_series_each(tmp_path: Path, head: str) -> None:
    rows = [[head, "DA crimes", "Stalking"], ["Jan 2021", "10", "5"], ["Feb 2021", "11", "[c]"], ["Mar 2021", "12", "7"]]
    found = read_indicators(table(tmp_path, rows))
    assert values(found) == {("DA crimes", ""): {"2021-01": "10", "2021-02": "11", "2021-03": "12"}, ("Stalking", ""): {"2021-01": "5", "2021-03": "7"}} and found.rows == 3
    by_area = [["Area", "Month", "DA crimes", "Stalking"], ["Kent", "Jan 2021", "1", "2"], ["Essex", "Jan 2021", "3", "4"], ["Kent", "Feb 2021", "5", "6"], ["Essex", "Feb 2021", "7", "8"]]
    assert values(read_indicators(table(tmp_path, by_area)))["Stalking", "Essex"] == {"2021-01": "4", "2021-02": "8"}


@pytest.mark.parametrize("code", ["Area code", "ONS", "GSS", "LA", "Force code", "Code"])
def test_a_column_of_codes_is_no_measure(tmp_path: Path, code: str) -> None:
    rows = [["Area", code, "2020/21", "2021/22"], ["Kent", "E10000016", "10", "20"], ["Medway", "E06000035", "1", "2"]]
    assert set(values(read_indicators(table(tmp_path, rows)))) == {("Stalking", "Kent"), ("Stalking", "Medway")}


def test_a_month_without_a_crime_of_a_type_is_nought(session: Session, tmp_path: Path) -> None:
    head = ["Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name", "Crime type", "Last outcome category", "Context"]
    rows = [head]
    for month in range(1, 13):
        for kind, count in (("Burglary", 3), ("Possession of weapons", 2 if month % 3 == 0 else 0)):
            rows += [[f"{month}{kind}{n}", f"2023-{month:02}", "Kent Police", "Kent Police", "", "", "", "", "", kind, "", ""] for n in range(count)]
    indicator_in.take_in(session, table(tmp_path, rows), areas=[indicator_in.ALL])
    (id,) = session.read().exec_driver_sql("SELECT id FROM indicator WHERE title = 'Possession of weapons'").one()
    series = indicators.series(session, str(id))
    assert [v.value for v in series.values] == [2.0 * (m % 3 == 0) for m in range(1, 13)]
    assert series.year_totals() == [("2023-12", 8.0, False)]


def _with(session: Session, periods: list[str]) -> indicators.Series:
    indicator, _ = records.create(session, "indicator", {"title": "Offences", "count_unit": "offences"})
    for n, period in enumerate(periods):
        records.create(session, "indicator_value", {"indicator": indicator, "period": period, "value": str(100 + n)})
    return indicators.series(session, indicator)


def test_a_quarter_is_not_drawn_among_months_nor_a_calendar_year_among_financial_years(session: Session) -> None:
    months = [f"2023-{m:02}" for m in range(1, 13)]
    mixed = _with(session, [*months, "2023-Q1"])
    assert [v.period for v in mixed.values] == months and mixed.left_off() == "1 value of another length of time, such as 2022/23 Q4, is not on the chart."
    years = [f"{y}/{(y + 1) % 100:02}" for y in range(2018, 2023)]
    mixed = _with(session, [*years, "2023"])
    assert len(mixed.values) == 5 and [v.period for v in mixed.apart] == ["2023"] and "1 value for a year that begins in another month, such as 2023, is not" in mixed.left_off()
    rolling = [f"year to {m} 2023" for m in ("March", "June", "September", "December")]
    assert len(_with(session, rolling).values) == 4


def test_a_year_beside_its_quarters_is_no_part_of_a_name(tmp_path: Path) -> None:
    found = read_indicators(table(tmp_path, [["Offence", "2024/25", "Q1", "Q2", "Q3"], ["Rape", "100", "10", "11", "12"]]))
    assert values(found) == {("Rape", ""): {"2024-Q2": "10", "2024-Q3": "11", "2024-Q4": "12"}} and [p[0] for p in found.problems] == ["adds_up"]


def test_a_row_of_words_under_headings_with_a_label_is_a_row(tmp_path: Path) -> None:
    found = read_indicators(table(tmp_path, [["Offence", "2023/24", "2024/25"], ["FGM", "fewer than 5", "fewer than 5"], ["Rape", "11", "12"]]))
    assert list(values(found)["Rape", ""].values()) == ["11", "12"] and [p[0] for p in found.problems] == ["not_a_number"] * 2
    found = read_indicators(table(tmp_path, [["Offence", "2023/24", "2024/25"], ["", "Number", "Number"], ["Rape", "10", "11"]]))
    assert list(values(found)["Rape", ""].values()) == ["10", "11"]


def test_rows_that_only_numbers_tell_apart_are_not_taken(tmp_path: Path) -> None:
    rows = [["Period", "Age", "Victims"], ["2023/24", "18", "5"], ["2023/24", "19", "7"], ["2024/25", "18", "6"], ["2024/25", "19", "8"]]
    with pytest.raises(FileRefusedError, match="tells them apart"):
        read_indicators(table(tmp_path, rows))
