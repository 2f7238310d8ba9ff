"""Stages one after the other: a share only of counts of the same things and the same cases."""

from __future__ import annotations

from pathlib import Path

import pytest

from vawg_desktop.exchange.document import Table
from vawg_desktop.services import kept_back, outputs, records, stages
from vawg_desktop.services.session import Session
from vawg_desktop.store import making
from vawg_desktop.store.check import check


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session(making.create(tmp_path / "a.vawg", passphrase=None), "A. Officer")


def stage(session: Session, title: str, counts: dict[str, str], earlier: str = "", **cells: str) -> str:
    given = {"title": title, "count_unit": "suspects", "cases": "snapshot", "area": "England and Wales", **cells}
    id, _ = records.create(session, "indicator", {k: v for k, v in given.items() if v})
    for period, value in counts.items():
        records.create(session, "indicator_value", {"indicator": id, "period": period, "value": value})
    if earlier:
        records.set_link(session, "indicator", "earlier_stages", id, earlier)
    return id


def test_rape_charged_out_of_referred_as_the_prosecution_service_publishes_it(session: Session) -> None:
    """3,232 of 7,683 in the four quarters to March 2023; source: Crown Prosecution Service, quarterly data summary."""
    referred = stage(session, "Referred to the CPS", {"2022-04/2023-03": "7683", "2023-04/2024-03": "8000"})
    charged = stage(session, "Charged", {"2022-04/2023-03": "3232"}, referred)
    (found,) = stages.of_indicator(session, charged)
    assert [(s.period, round(s.share or 0, 1)) for s in found.steps] == [("2022-04/2023-03", 42.1)]
    assert found.rows(kept_back.values(session))[0][1:] == ["7,683", "3,232", "42.1%"] and "not the chance of getting there" in found.notes[0]
    assert stages.of_indicator(session, referred) == [] and check(session.store).problems == []
    table = next(b for b in outputs.record_document(session, charged).blocks if isinstance(b, Table) and b.title == "Charged out of Referred to the CPS")
    assert table.rows[0][-1] == "42.1%"


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"count_unit": "defendants"}, "counts suspects, “Charged” counts defendants"), ({"cases": "cohort"}, "is of a snapshot, “Charged” of a cohort"), ({"cases": ""}, "It is not recorded whether “Charged”"),
        ({"area": "Kent"}, "is of England and Wales, “Charged” of Kent"), ({"count_unit": "per_cent"}, "not of percentages"), ({"count_unit": ""}, "what both count"),
    ],
)  # fmt: skip
def test_no_share_is_made_of_other_things_or_other_cases(session: Session, cells: dict[str, str], why: str) -> None:
    referred = stage(session, "Referred", {"2022": "100", "2023": "90"})
    (found,) = stages.of_indicator(session, stage(session, "Charged", {"2022": "40", "2023": "30"}, referred, **cells))
    assert why in found.why and found.steps == [] and found.notes == [found.why]


def test_more_than_all_of_a_cohort_and_periods_without_each_other(session: Session) -> None:
    reported = stage(session, "Reported", {"2022": "50", "2023": "90"}, cases="cohort")
    (found,) = stages.of_indicator(session, stage(session, "Charged", {"2022": "60", "2023": "45", "2024": "3"}, reported, cases="cohort"))
    assert [r[-1] for r in found.rows()] == ["50.0%", "no share"] and "2022: More are counted" in found.notes[1] and "followed from their report" in found.notes[0]
    (none,) = stages.of_indicator(session, stage(session, "Convicted", {"2025": "3"}, reported, cases="cohort"))
    assert none.why == "“Reported” and “Convicted” have no period in common."


def test_a_share_tells_no_small_count_on_paper(session: Session) -> None:
    referred = stage(session, "Referred", {"2021": "400", "2022": "40", "2023": "9"})
    charged = stage(session, "Charged", {"2021": "100", "2022": "35", "2023": "4"}, referred)
    (found,) = stages.of_indicator(session, charged)
    assert [r[1:] for r in found.rows(kept_back.values(session))] == [["kept back"] * 3, ["40", "kept back", "kept back"], ["400", "100", "25.0%"]]
    assert [r[-1] for r in found.rows()] == ["44.4%", "87.5%", "25.0%"]
    referred = stage(session, "Recorded", {"2023": "9"}, count_unit="offences")
    charged = stage(session, "Charged", {"2023": "4"}, referred, count_unit="offences")
    assert stages.of_indicator(session, charged)[0].rows(kept_back.values(session))[0][1:] == ["9", "4", "44.4%"]
