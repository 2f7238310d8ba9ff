"""The counts beside the places in the navigation: what waits for the office."""

from __future__ import annotations

from vawg_desktop.domain.conditions import CONDITIONS
from vawg_desktop.domain.entities import ACTION
from vawg_desktop.services import portfolio, triage
from vawg_desktop.services.round_standing import partners_now
from vawg_desktop.services.session import Session


def waiting(session: Session) -> dict[str, tuple[int, str]]:
    """By place: how many wait there, and what for in words. Places where nobody waits are left out."""
    found = {
        "my_work": (_brought_forward(session), "brought forward for today"),
        "returns": (sum(c.step == "received" for c in partners_now(session)), "to review"),
        "copies": (_conflicts(session), "to resolve"),
        "survey_results": (sum(n for _, _, n in triage.to_decide(session)), "to look at today"),
    }
    return {key: (number, f"{number:,} {words}") for key, (number, words) in found.items() if number}


def _brought_forward(session: Session) -> int:
    own = portfolio.names_in(session.read(), portfolio.mine(session))
    condition, params = CONDITIONS["bring_forward_due"].sql(ACTION, session.today)
    mine = f" AND t.link_officer IN ({','.join('?' * len(own))})" if own else ""
    row = session.read().exec_driver_sql(
        f"SELECT count(*) FROM action t WHERE NOT t.deleted AND {condition}{mine}", (*params, *own)
    ).one()
    return int(row[0])


def _conflicts(session: Session) -> int:
    return int(session.read().exec_driver_sql("SELECT count(*) FROM conflict").one()[0])
