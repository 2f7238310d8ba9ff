"""Indicators as charts: in order, with limits and words; on paper with small counts kept back, and where a refuge is nowhere but on its page."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.services.test_journey import sample_store
from vawg_desktop.exchange import series_chart
from vawg_desktop.exchange.document import Document, Figure, Table
from vawg_desktop.exchange.series_chart import Dot
from vawg_desktop.services import (
    area_funnel,
    indicators,
    journey,
    kept_back,
    lists,
    outputs,
    records,
    show,
)
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return sample_store(tmp_path)


def counted(session: Session, values: list[str], **fields: str) -> str:
    id, _ = records.create(session, "indicator", {"title": "People referred", "count_unit": "referrals", "good": "down", **fields})
    for n, value in enumerate(values):
        records.create(session, "indicator_value", {"indicator": id, "period": f"2025-{n % 12 + 1:02d}" if n < 12 else f"2026-{n - 11:02d}", "value": value})
    return id


def test_values_stand_in_the_order_of_their_periods_whatever_the_order_they_came_in(session: Session) -> None:
    id = counted(session, [])
    for period, value in (("2026-03", "30"), ("2026-01", "10.5"), ("2026-02", "20")):
        records.create(session, "indicator_value", {"indicator": id, "period": period, "value": value})
    assert [(v.period, v.value) for v in indicators.series(session, id).values] == [("2026-01", 10.5), ("2026-02", 20.0), ("2026-03", 30.0)]


def test_a_second_value_for_a_period_is_the_one_drawn_and_the_first_is_said(session: Session) -> None:
    id = counted(session, ["10", "11"])
    records.create(session, "indicator_value", {"indicator": id, "period": "2025-01", "value": "12"})
    found = indicators.series(session, id)
    assert [v.value for v in found.values] == [12.0, 11.0] and found.doubled == 1


def test_the_sentence_says_what_the_chart_shows(session: Session) -> None:
    id = counted(session, [*["50", "51"] * 6, "30"], target="40")
    words = indicators.series(session, id).sentence()
    assert words.startswith("People referred: 30 referrals in Jan 2026. From Jan 2025 on, 13 values; mean 48.9, usual between ")
    assert "The last value says that it has become better: outside its limits." in words
    assert words.endswith("Target 40. As it stands, the target will not be reached.")
    assert indicators.series(session, counted(session, [])).sentence() == "People referred: no value is recorded yet."
    assert "the limits are a first guess" in indicators.series(session, counted(session, ["1", "2"])).sentence()


def test_a_changed_process_begins_the_limits_anew(session: Session) -> None:
    id = counted(session, ["10", "12", "11", "30", "32", "31"])
    fourth = indicators.series(session, id).values[3].reference
    records.assign(session, fourth, [Assignment("process_changed", "yes")], None)
    found = indicators.series(session, id)
    assert found.chart.starts == [0, 3] and [d.first for d in found.dots()] == [False, False, False, True, False, False]


def test_what_is_counted_for_a_service_a_gap_and_an_action(session: Session) -> None:
    id = counted(session, ["10", "12"])
    for key, name in (("services", "SV-0001"), ("gaps", "G-0001"), ("actions", "A-0001")):
        records.assign(session, id, [Assignment(key, name, "+=")], None)
        assert [s.id for s in indicators.belonging_to(session, show.record(session, name).id)] == [id]
    assert indicators.belonging_to(session, show.record(session, "SV-0002").id) == []


# -- on paper ------------------------------------------------------------------------------------


def words_of(made: Document) -> str:
    parts = [str(c) for b in made.blocks if isinstance(b, Table) for row in b.rows for c in row if c is not None]
    parts += [b.svg + b.alternative for b in made.blocks if isinstance(b, Figure)]
    return " | ".join(parts)


def test_an_indicator_leaves_with_its_chart(session: Session) -> None:
    id = counted(session, ["410", "420", "433"])
    made = outputs.record_document(session, id)
    (figure,) = [b for b in made.blocks if isinstance(b, Figure)]
    assert figure.alternative == indicators.series(session, id).sentence()
    ElementTree.fromstring(figure.svg)


@pytest.mark.parametrize("of", ["SV-0001", ""])
def test_small_counts_of_a_services_people_are_on_no_paper(session: Session, of: str) -> None:
    id = counted(session, ["410", "7", "433"], services="SV-0001")
    records.assign(session, "SV-0001", [Assignment("capacity", "6")], None)
    made = outputs.record_document(session, of or id)
    words = words_of(made)
    assert not any(isinstance(b, Figure) for b in made.blocks)
    assert kept_back.KEPT_BACK in words and "433" in words
    assert not re.search(r"(^|[^\d-])[67]($|[^\d-])", words.replace("2020", ""))


@pytest.mark.parametrize(("unit", "value", "left"), [("pounds", "7", "7"), ("people", "7", "kept back"), ("people", "0", "0"), ("people", "10", "10"), ("people", "9.5", "kept back")])
def test_only_counts_of_people_from_one_to_nine_are_kept_back(session: Session, unit: str, value: str, left: str) -> None:
    id = counted(session, [value], count_unit=unit, services="SV-0001")
    rows = lists.plain_rows(session.read(), "SELECT id, indicator, value, base FROM indicator_value WHERE indicator = ?", (id,))
    assert [r["value"] for r in kept_back.blurred(session, "indicator_value", rows)] == [left]
    assert rows[0]["value"] == value


def test_a_small_count_is_on_no_paper_whatever_it_is_counted_of(session: Session) -> None:
    id = counted(session, ["410", "7", "433"])
    value = str(session.read().exec_driver_sql("SELECT id FROM indicator_value WHERE indicator = ? AND value = '7'", (id,)).one()[0])
    for name in (id, value):
        made = outputs.record_document(session, name)
        assert kept_back.KEPT_BACK in f"{made.title} {words_of(made)}" and not any(isinstance(b, Figure) for b in made.blocks)
        assert not re.search(r"(^|[^\d-])7($|[^\d-])", f"{made.title} | {words_of(made)}")


def test_where_a_refuge_is_stands_on_its_own_page_alone(session: Session) -> None:
    given = {"title": "A refuge", "kind": "refuge", "areas": "Thornwick;Kent", "confidential_location": "yes", "journey_stages": "Recovery", "status": "running"}
    id, _ = records.create(session, "service", given)
    assert show.record(session, id).sets["areas"] == ["Thornwick", "Kent"]
    made = outputs.record_document(session, id)
    assert "Thornwick" not in words_of(made) and "Kent" not in words_of(made)
    assert [r["areas"] for r in lists.records(session, ListQuery("service")) if r["id"] == id] == [[]]
    found = journey.read_map(session, "area")
    assert "Thornwick" not in [c.title for c in found.columns]
    assert any(s.id == id for cell in found.cells.values() for s in cell.services)  # it stands there, not placed
    records.assign(session, id, [Assignment("confidential_location", "no")], None)
    assert "Thornwick" in words_of(outputs.record_document(session, id))
    assert "Thornwick" in [c.title for c in journey.read_map(session, "area").columns]


# -- the drawing ---------------------------------------------------------------------------------


@example([5e-324], None)
@example([1e6, 1e6 + 1e-10], None)
@given(st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=40), st.one_of(st.none(), st.floats(-1e6, 1e6)))
def test_everything_that_is_drawn_stands_inside_the_frame(values: list[float | None], target: float | None) -> None:
    dots = [Dot(f"Jan {2000 + n}", v) for n, v in enumerate(values)]
    made = series_chart.layout(dots, 480, 170, target)
    assert len(made.marks) == sum(v is not None for v in values)
    for x, y in [p for line in made.lines for p in line.points] + [(m.x, m.y) for m in made.marks]:
        assert -0.01 <= x <= 480.01 and -0.01 <= y <= 170.01
    higher = [(m.y, dots[m.place].value) for m in made.marks]
    for (y1, v1), (y2, v2) in pairwise(higher):
        assert v1 is not None and v2 is not None and ((y1 <= y2 + 1e-6) if v1 >= v2 else (y1 >= y2 - 1e-6))
    ElementTree.fromstring(series_chart.draw(dots, target=target))


def test_a_period_without_a_value_breaks_the_line() -> None:
    made = series_chart.layout([Dot("a", 1), Dot("b", 2), Dot("c", None), Dot("d", 3), Dot("e", 4)], 400, 150)
    assert [len(line.points) for line in made.lines if line.kind == "value"] == [2, 2]


def test_shapes_tell_what_signs_say_and_a_provisional_value_is_hollow() -> None:
    made = series_chart.layout([Dot("a", 1, says="better"), Dot("b", 2, says="worse"), Dot("c", 3, says="changed"), Dot("d", 4, provisional=True)], 400, 150)
    assert [len(series_chart.outline(m)) for m in made.marks] == [3, 4, 4, 0] and [m.hollow for m in made.marks] == [False, False, False, True]


def monthly(session: Session, count: int, first: int = 2023) -> str:
    """So many months of one indicator, ten and upwards; returns its id."""
    indicator, _ = records.create(session, "indicator", {"title": "Offences recorded", "count_unit": "offences"})
    for n in range(count):
        records.create(session, "indicator_value", {"indicator": indicator, "period": f"{first + n // 12}-{n % 12 + 1:02d}", "value": str(10 + n)})
    return indicator


def at(session: Session, indicator: str, period: str) -> str:
    return str(session.read().exec_driver_sql("SELECT id FROM indicator_value WHERE indicator = ? AND period = ?", (indicator, period)).one()[0])


def test_a_break_parts_the_series_and_nothing_is_joined_over_it(session: Session) -> None:
    indicator = monthly(session, 30)
    whole = indicators.series(session, indicator).year_totals()
    assert [p for p, _, _ in whole][:1] == ["2023-12"] and len(whole) == 19 and whole[0][1] == sum(range(10, 22)) and whole[-1][1] == sum(range(28, 40))
    records.assign(session, at(session, indicator, "2024-06"), [records.parse_assignment(a) for a in ("counted_otherwise=yes", "break_reason=new recording system")], None)
    broken = indicators.series(session, indicator)
    assert broken.chart.starts == [0, 17] and [p for p, _, _ in broken.year_totals()] == [p for p, _, _ in whole if p < "2024-06" or p >= "2025-05"]
    drawing = series_chart.layout(broken.dots(), 480, 170)
    assert [line.kind for line in drawing.lines].count("break") == 1 and [len(line.points) for line in drawing.lines if line.kind == "value"] == [17, 13]
    assert broken.legend() == ["Counting changed from Jun 2024: new recording system. What is before and after is not compared."]
    assert "From Jun 2024 on, 13 values" in broken.sentence() and 'stroke-dasharray="1 3"' in series_chart.draw(broken.dots())


def test_what_happened_is_marked_and_told(session: Session) -> None:
    indicator = monthly(session, 14)
    action, _ = records.create(session, "action", {"title": "Night patrols at stations"})
    records.set_link(session, "indicator_value", "actions", at(session, indicator, "2023-05"), action)
    found = indicators.series(session, indicator)
    assert found.legend() == ["1  May 2023: A-0023 Night patrols at stations."]
    assert [w.text for w in series_chart.layout(found.dots(), 480, 170).words].count("1") == 1


def test_twelve_months_are_added_up_of_counts_by_month_alone(session: Session) -> None:
    indicator = monthly(session, 13)
    records.hide(session, [at(session, indicator, "2023-04")])
    assert indicators.series(session, indicator).year_totals() == []  # a month is missing
    records.assign(session, indicator, [records.parse_assignment("count_unit=per_cent")], None)
    records.hide(session, [at(session, indicator, "2023-04")], hidden=False)
    assert indicators.series(session, indicator).year_totals() == []  # shares are not added up


def test_what_each_value_is_decides_before_the_title(session: Session) -> None:
    indicator = monthly(session, 13)
    records.assign(session, indicator, [records.parse_assignment("value_of=What stood at the end of the period")], None)
    assert indicators.series(session, indicator).year_totals() == []
    records.assign(session, indicator, [records.parse_assignment(a) for a in ("title=Cases open", "value_of=")], None)
    assert len(indicators.series(session, indicator).year_totals()) == 2  # nothing in these words says that they stand at a period's end
    records.assign(session, indicator, [records.parse_assignment(a) for a in ("title=Waiting times reviewed", "value_of=flow")], None)
    assert len(indicators.series(session, indicator).year_totals()) == 2


def areas(session: Session, counts: dict[str, tuple[int, int]], unit: str = "offences") -> str:
    """An indicator of one title for each area, with a count and its base in 2025; returns the first one's id."""
    first = ""
    for area, (count, base) in counts.items():
        id, _ = records.create(session, "indicator", {"title": "Recorded offences", "count_unit": unit, "area": area})
        value = f"{100 * count / base:.6f}" if unit == "per_cent" else str(count)
        records.create(session, "indicator_value", {"indicator": id, "period": "2025", "value": value, "base": str(base)})
        first = first or id
    return first


@pytest.mark.parametrize("unit", ["offences", "per_cent"])
def test_areas_stand_in_a_funnel_by_name_and_none_is_ranked(session: Session, unit: str) -> None:
    first = areas(session, {"Dover": (100, 1000), "Ashford": (200, 2000), "Swale": (180, 1000), "Thanet": (95, 1000), "Deal": (3, 40)}, unit)
    found = area_funnel.of_indicator(session, first)
    assert found is not None and [(s.area, s.out, s.own) for s in found.spots] == [("Ashford", -1, False), ("Dover", 0, True), ("Swale", 2, False), ("Thanet", -1 if unit == "per_cent" else 0, False)]
    assert found.left_out == 1 and "Swale above the 99.8% limit" in found.sentence() and "Areas are not ranked" in found.sentence()
    for size, low, high, lowest, highest in found.limits:  # the limits hold what chance holds, and open as the base grows small
        assert lowest <= low <= found.centre <= high <= highest and size > 0
    assert found.limits[0][2] - found.limits[0][1] > found.limits[-1][2] - found.limits[-1][1]


def test_a_funnel_needs_three_areas_with_a_base(session: Session) -> None:
    assert area_funnel.of_indicator(session, areas(session, {"Dover": (100, 1000), "Ashford": (200, 2000)})) is None
    assert area_funnel.of_indicator(session, monthly(session, 3)) is None
