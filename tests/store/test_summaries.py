"""What a record's row keeps of other rows: who serves it, whom it serves, what was last heard, how often its date moved later."""

from __future__ import annotations

import pytest

from vawg_desktop.domain.entities import ACTION, RECOMMENDATION, serving_links
from vawg_desktop.services.records import (
    Assignment,
    add_update,
    assign,
    create,
    hide,
    parse_assignment,
    set_link,
)
from vawg_desktop.services.session import Session
from vawg_desktop.store import summaries
from vawg_desktop.store.check import check
from vawg_desktop.store.repair import repair


def kept(session: Session, table: str, reference: str, *columns: str) -> tuple[object, ...]:
    return tuple(session.read().exec_driver_sql(f"SELECT {', '.join(columns)} FROM {table} WHERE reference = ?", (reference,)).one())


def put(session: Session, reference: str, *words: str) -> None:
    assign(session, reference, [parse_assignment(w) for w in words], "office")


@pytest.fixture
def served(empty: Session) -> Session:
    """One recommendation and an action of each status that serves it."""
    rec = create(empty, "recommendation", {"title": "Keep people safe", "pillar": "prevention"})[0]
    for status in ("complete", "complete", "in_progress", "stopped", "superseded", "not_known"):
        create(empty, "action", {"title": status, "status": status, "recommendations": rec})
    return empty


def test_a_recommendation_counts_the_live_actions_that_serve_it_and_those_that_are_complete(served: Session) -> None:
    assert kept(served, "recommendation", "R-0001", "x_actions", "x_done") == (4, 2)
    put(served, "A-0003", "status=complete")
    assert kept(served, "recommendation", "R-0001", "x_actions", "x_done") == (4, 3)
    put(served, "A-0001", "status=stopped")
    assert kept(served, "recommendation", "R-0001", "x_actions", "x_done") == (3, 2)
    hide(served, ["A-0002"])
    assert kept(served, "recommendation", "R-0001", "x_actions", "x_done") == (2, 1)
    hide(served, ["A-0002"], hidden=False)
    put(served, "A-0002", "blockers=no words of it count")
    assert kept(served, "recommendation", "R-0001", "x_actions", "x_done") == (3, 2)
    put(served, "A-0006", "recommendations-=R-0001")
    assert kept(served, "recommendation", "R-0001", "x_actions", "x_done") == (2, 2)
    assert check(served.store).problems == []


def test_an_action_stands_under_the_pillar_of_the_first_recommendation_that_it_serves(served: Session) -> None:
    assert kept(served, "action", "A-0001", "x_pillar") == ("prevention",)
    put(served, "R-0001", "pillar=engagement")
    assert kept(served, "action", "A-0001", "x_pillar") == ("engagement",)
    create(served, "recommendation", {"title": "Another", "pillar": "rehabilitation"})
    put(served, "A-0001", "recommendations+=R-0002")
    assert kept(served, "action", "A-0001", "x_pillar") == ("engagement",)
    hide(served, ["R-0001"])
    assert kept(served, "action", "A-0001", "x_pillar") == ("rehabilitation",)
    put(served, "R-0002", "pillar=")
    assert kept(served, "action", "A-0001", "x_pillar") == ("none",)
    alone = create(served, "action", {"title": "Serves nothing"})[0]
    assert summaries.around(ACTION, served.read().exec_driver_sql, alone)["x_pillar"] == "none"
    assert check(served.store).problems == []


def test_what_was_last_heard_is_of_the_latest_day_and_follows_deletions(served: Session) -> None:
    assert kept(served, "action", "A-0001", "x_update", "x_heard") == (None, None)
    for as_at in ("2026-03-31", "2026-06", "2026-05-01"):
        add_update(served, "A-0001", {"narrative": as_at, "as_at": as_at})
    late = served.read().exec_driver_sql("SELECT id, reference FROM \"update\" WHERE as_at = '2026-06'").one()
    assert kept(served, "action", "A-0001", "x_update", "x_heard") == (late[0], "2026-06-30")
    hide(served, [str(late[1])])
    assert kept(served, "action", "A-0001", "x_heard") == ("2026-05-01",)
    assert check(served.store).problems == []


def test_slips_are_counted_and_a_move_taken_back_is_none(served: Session) -> None:
    for due, slips in (("2026-09-30", 0), ("2026-12-31", 1), ("2026-10-31", 1), ("2027-03-31", 2)):
        assign(served, "A-0003", [Assignment("due", due)], "agreed")
        assert kept(served, "action", "A-0003", "x_slips")[0] in ((None, 0) if not slips else (slips,)), due
    assign(served, "A-0003", [Assignment("revised_due", "2027-06-30")], "agreed")
    assert kept(served, "action", "A-0003", "x_slips") == (3,)
    assign(served, "A-0003", [Assignment("revised_due", "")], "a mistake")
    assert kept(served, "action", "A-0003", "x_slips") == (2,)
    assert check(served.store).problems == []


def test_repair_states_every_summary_again(served: Session) -> None:
    add_update(served, "A-0003", {"narrative": "On its way", "as_at": "2026-06-30"})
    before = [kept(served, "action", f"A-{n:04d}", "x_pillar", "x_update", "x_heard", "x_progress") for n in range(1, 7)]
    with served.store.engines.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE action SET x_pillar = 'none', x_update = NULL, x_heard = NULL, x_progress = NULL, x_slips = 9")
        connection.exec_driver_sql("UPDATE recommendation SET x_actions = 99, x_done = 98")
    assert {p.code for p in check(served.store).problems} >= {"summary_wrong"}
    repair(served.store, "B. Officer")
    assert [kept(served, "action", f"A-{n:04d}", "x_pillar", "x_update", "x_heard", "x_progress") for n in range(1, 7)] == before
    assert kept(served, "recommendation", "R-0001", "x_actions", "x_done") == (4, 2)
    assert check(served.store).problems == []


def test_what_serves_what_is_declared_once(served: Session) -> None:
    assert serving_links() == {"action.recommendations": (ACTION, RECOMMENDATION)}
    rec = str(served.read().exec_driver_sql("SELECT id FROM recommendation").one()[0])
    serving = summaries.served_by(RECOMMENDATION, served.read().exec_driver_sql, rec)
    assert len(serving) == 6 and {spec for spec, _ in serving} == {ACTION}
    gone = serving[0][1]
    set_link(served, "action", "recommendations", gone, rec, remove=True)
    assert len(summaries.served_by(RECOMMENDATION, served.read().exec_driver_sql, rec)) == 5
    assert summaries.served_by(ACTION, served.read().exec_driver_sql, gone) == []
