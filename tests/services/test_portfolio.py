"""My work is mine: portfolios, handed over or lent to a deputy."""

from __future__ import annotations

from datetime import date

import pytest

from tests.clock import CLOCK, TODAY
from vawg_desktop.domain.errors import NotFoundError, ValueRefusedError
from vawg_desktop.services import lists, overview, portfolio, undoing
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.records import Assignment, assign_many
from vawg_desktop.services.session import Session
from vawg_desktop.store.check import check


def _mine(session: Session) -> int:
    return lists.count(session, ListQuery("action", where=(Where("mine", "yes"),)))


@pytest.fixture
def given(sample: Session) -> Session:
    assign_many(sample, ["A-0005", "A-0006", "A-0001"], [Assignment("link_officer", "b. officer")], None)
    return sample


def test_my_work_is_everybodys_until_somebody_has_a_portfolio(sample: Session) -> None:
    assert not portfolio.has_one(sample)
    assign_many(sample, ["A-0005", "A-0006"], [Assignment("due", "2026-06-30")], None)
    before = sum(len(rows) for _, rows, _ in overview.my_work(sample))
    assign_many(sample, ["A-0005"], [Assignment("link_officer", "B. Officer")], None)
    assert portfolio.has_one(sample) and _mine(sample) == 1
    own = {str(r["reference"]) for _, rows, _ in overview.my_work(sample) for r in rows}
    assert own == {"A-0005"} and before > 1
    assert sum(len(rows) for _, rows, _ in overview.my_work(sample, everybody=True)) == before


def test_a_portfolio_is_handed_over_in_one_step_and_undone(given: Session) -> None:
    """What still waits for its evidence goes too; what is done and proved stays with who did it."""
    assign_many(given, ["A-0002"], [Assignment("link_officer", "B. Officer"), Assignment("status", "complete"), Assignment("verification", "2")], None)
    portfolio.hand_over(given, "B. Officer", "C. Colleague", "maternity leave")
    assert _mine(given) == 1
    colleague = Session(given.store, "c. colleague")
    assert _mine(colleague) == 3
    undoing.undo(given)
    assert _mine(given) == 4 and _mine(colleague) == 0
    assert check(given.store).problems == []
    with pytest.raises(NotFoundError, match="No open action"):
        portfolio.hand_over(given, "Nobody", "C. Colleague")
    with pytest.raises(ValueRefusedError):
        portfolio.hand_over(given, "B. Officer", "b officer")


def test_a_deputy_sees_it_between_the_dates_only(given: Session) -> None:
    portfolio.deputise(given, "B. Officer", "D. Deputy", "1 Dec 2026", "18 Dec 2026")
    seen: list[int] = []
    for day in (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 18), date(2026, 12, 19)):
        CLOCK.go_to(day)
        seen.append(_mine(Session(given.store, "D. Deputy")))
    assert seen == [0, 3, 3, 0]
    CLOCK.go_to(TODAY)
    assert _mine(given) == 3
    with pytest.raises(ValueRefusedError, match="before the first"):
        portfolio.deputise(given, "B. Officer", "D. Deputy", "2 Dec 2026", "1 Dec 2026")
