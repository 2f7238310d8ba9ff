"""Which names of bodies a partner's workbook is searched for."""

from __future__ import annotations

from pathlib import Path

import pytest

from vawg_desktop.services import rounds
from vawg_desktop.services.leaks import forbidden_words
from vawg_desktop.services.records import Assignment, assign, create, hide
from vawg_desktop.services.session import Session


def names_looked_for(session: Session) -> set[str]:
    return {name for name, _ in forbidden_words(session.read(), session.today).bodies.names}


@pytest.mark.parametrize(
    ("name", "looked_for"), [("Hope", True), ("HPE", True), ("Hop", False), ("HP", False), ("hpe", False), ("Victims First", True)]
)
def test_a_name_of_four_letters_or_three_capitals(sample: Session, name: str, looked_for: bool) -> None:
    create(sample, "partner", {"name": "A body with a long name", "short_name": name})
    assert (name in names_looked_for(sample)) is looked_for


@pytest.mark.parametrize(("name", "looked_for"), [("Hope", True), ("HPE", True), ("Hop", False)])
def test_the_same_for_what_a_body_was_called(sample: Session, name: str, looked_for: bool) -> None:
    id, _ = create(sample, "partner", {"name": "A body with a long name"})
    create(sample, "former_name", {"partner": id, "name": name})
    assert (name in names_looked_for(sample)) is looked_for


def test_a_deleted_body_is_looked_for_while_it_owns_an_action_and_nobody_else_has_its_name(sample: Session) -> None:
    id, _ = create(sample, "partner", {"name": "Gone but not forgotten"})
    hide(sample, [id])
    assert "Gone but not forgotten" not in names_looked_for(sample)
    hide(sample, [id], hidden=False)
    assign(sample, "A-0001", [Assignment("accountable", "Gone but not forgotten")], "for a case")
    hide(sample, [id])
    assert "Gone but not forgotten" in names_looked_for(sample)
    create(sample, "partner", {"name": "Gone But Not Forgotten"})
    assert "Gone but not forgotten" not in names_looked_for(sample)


def test_our_own_office_is_no_leak(sample: Session) -> None:
    own = {str(n) for row in sample.read().exec_driver_sql("SELECT name, short_name FROM partner WHERE standing = 'own_office'") for n in row if n}
    assert own and not own & names_looked_for(sample)


@pytest.mark.parametrize("written", ["Kent Women's Aid", "KENT WOMEN’S AID", "Kent Womens Aid"])
def test_a_body_whose_name_has_an_apostrophe_is_found_in_a_return(sample: Session, tmp_path: Path, written: str) -> None:
    create(sample, "partner", {"name": "Kent Women's Aid"})
    assign(sample, "A-0018", [Assignment("blockers", f"{written}'s funding ends")], "for a case")
    made = rounds.export_returns(sample, period="P", due="+4w", out=tmp_path, partners=["Kent Police"])
    assert {p.code for p in made.held["Kent Police"]} == {"names_another"}
    assert "Kent Women's Aid" in made.held["Kent Police"][0].message and made.returns == []


@pytest.mark.parametrize("written", ["The refuge’s safe house", "the refuge's  SAFE-HOUSE"])
def test_a_restricted_title_is_found_however_it_is_typed(sample: Session, tmp_path: Path, written: str) -> None:
    create(sample, "action", {"title": "The refuge's safe house", "restriction": "safety"})
    assign(sample, "A-0018", [Assignment("blockers", f"Waits for “{written}”.")], "for a case")
    made = rounds.export_returns(sample, period="P", due="+4w", out=tmp_path, partners=["Kent Police"])
    assert "restricted" in {p.code for p in made.held["Kent Police"]}


def test_a_restricted_title_without_words_holds_nothing_back(sample: Session, tmp_path: Path) -> None:
    create(sample, "action", {"title": "– – – – –", "restriction": "safety"})
    made = rounds.export_returns(sample, period="P", due="+4w", out=tmp_path, partners=["Kent Police"])
    assert made.held == {} and len(made.returns) == 1
