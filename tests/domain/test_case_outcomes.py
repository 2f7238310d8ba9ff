"""Outcomes as forces write them: charged, ended otherwise, or still open."""

from __future__ import annotations

import pytest

from vawg_desktop.domain.case_outcomes import Ended, how_ended


@pytest.mark.parametrize("outcome", ["Charged", "Charge/Summonsed", "Charge / Summons", "Summonsed", "Suspect charged", "1", "01", "1A", "Outcome 1", "1 - Charge/Summons", "1A: Charged - alternate offence", "Postal requisition", "Charged - awaiting trial", "Charged; court date pending", "Suspect charged, live case", "Case ongoing: charged", "Charged - bail refused", "Charged - not in custody", "Charged (not guilty plea)", "Charged with other offence, no further charges", "2 suspects charged", "Outcome Type 1", "Outcome Type: 1A"])
def test_a_charge_is_one(outcome: str) -> None:
    assert how_ended(outcome) is Ended.CHARGED


@pytest.mark.parametrize(
    "outcome",
    ["Not charged - evidential difficulties", "No further action: CPS decided not to charge", "No charge", "Suspect discharged", "CPS declined to charge", "Charge not authorised", "Unable to charge", "No suspect identified",
     "15", "16", "18", "Outcome 14", "14 - Evidential difficulties: suspect not identified", "Community resolution", "Caution", "Evidential difficulties (victim does not support)", "NFA", "Insufficient evidence to charge", "", "Outcome Type 15", "15 - Evidential difficulties, victim supports", "Charge refused by CPS"],
)  # fmt: skip
def test_what_denies_a_charge_ends_without_one(outcome: str) -> None:
    assert how_ended(outcome) is Ended.WITHOUT


@pytest.mark.parametrize("outcome", ["Awaiting charging decision", "Not yet assigned an outcome", "Under investigation", "Pending", "0", "Awaiting court outcome", "Pending charge", "CPS considering charge", "Awaiting a charging decision", "Investigation ongoing"])
def test_what_is_still_open_is_no_end(outcome: str) -> None:
    assert how_ended(outcome) is Ended.OPEN
