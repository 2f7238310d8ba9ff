"""Lists as they are asked for, and dates that are told by a board's next meeting."""

from __future__ import annotations

import pytest

from vawg_desktop.domain.errors import NotFoundError, ValueRefusedError
from vawg_desktop.services import finding, lists, records, show
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.records import Assignment, assign, create, hide, set_link
from vawg_desktop.services.session import Session


def found(session: Session, *where: Where, entity: str = "action", **more: object) -> list[str]:
    return [str(r["reference"]) for r in lists.records(session, ListQuery(entity, where=where, **more))]  # type: ignore[arg-type]


def test_a_list_is_narrowed_by_reference_id_rating_and_what_it_is_linked_to(sample: Session) -> None:
    assign(sample, "A-0003", [Assignment("rating_opcc", "amber")], "as it stands")
    one = show.record(sample, "A-0003").id
    assert found(sample, Where("reference", "A-0003")) == found(sample, Where("id", one)) == ["A-0003"]
    assert found(sample, Where("rating", "Amber")) == ["A-0003"] and "A-0003" not in found(sample, Where("rating", "not rated"))
    evidence, _ = create(sample, "evidence", {"title": "Dip sample"})
    set_link(sample, "evidence", "actions", evidence, one)
    assert found(sample, Where("linked_to", evidence)) == ["A-0003"]
    assert found(sample, Where("linked_to", one), entity="evidence") == [show.record(sample, evidence).reference]
    set_link(sample, "evidence", "actions", evidence, one, remove=True)
    assert found(sample, Where("linked_to", evidence)) == []


def test_a_filter_that_the_kind_of_record_has_not_is_named(sample: Session) -> None:
    with pytest.raises(NotFoundError, match="Partner has no filter called “overdue”"):
        found(sample, Where("overdue", "yes"), entity="partner")
    with pytest.raises(NotFoundError, match="has no field called “flavour”"):
        found(sample, Where("flavour", "sweet"))


def test_a_list_goes_to_the_record_that_was_shown_wherever_it_stands(sample: Session) -> None:
    for number in range(400):
        create(sample, "gap", {"statement": f"Gap of number {number:03d}"})
    rows = found(sample, entity="gap")
    last = show.record(sample, rows[-1]).id
    listed = lists.listed(sample, ListQuery("gap"), last)
    assert listed.whole and listed.place == len(rows) - 1 and len(listed.numbers) == len(rows)
    assert [p for p in listed.pages if listed.numbers[listed.place] in listed.pages[p]]  # its own page is read already
    first = lists.listed(sample, ListQuery("gap"))
    assert not first.whole and first.place == -1 and first.numbers == listed.numbers[: len(first.numbers)]
    assert lists.listed(sample, ListQuery("gap"), "no such id").place == -1


@pytest.mark.parametrize(("key", "down"), [("title", False), ("title", True), ("due", False), ("heard", True), ("x_actions", False), ("no such", False)])
def test_an_order_puts_what_is_blank_last_and_falls_back_on_the_reference(sample: Session, key: str, down: bool) -> None:
    rows = lists.records(sample, ListQuery("recommendation", sort=key, descending=down))
    assert len(rows) == 14
    if key == "title":
        titles = [str(r["title"]).casefold() for r in rows]
        assert titles == sorted(titles, reverse=down)
    if key == "no such":
        assert [r["reference"] for r in rows] == [f"R-{n:04d}" for n in range(1, 15)]


def test_a_date_may_be_a_boards_next_meeting(sample: Session) -> None:
    board, _ = create(sample, "governance_body", {"name": "Quokka Board"})
    days = ("2026-11-01", "2026-12-18", "2027-01-22")
    meetings = [create(sample, "meeting", {"title": "Quokka Board", "body": board, "date": day})[0] for day in days]
    assign(sample, "A-0001", [Assignment("due", "next Quokka Board")], None)
    assert show.record(sample, "A-0001").cells["due"] == "2026-12-18"
    hide(sample, [meetings[1]])
    assign(sample, "A-0002", [Assignment("due", "Next quokka board")], None)
    assert show.record(sample, "A-0002").cells["due"] == "2027-01-22"
    for words in ("next board of nobody", "next"):
        with pytest.raises(ValueRefusedError):
            assign(sample, "A-0003", [Assignment("due", words)], None)
    hide(sample, [meetings[2]])
    with pytest.raises(ValueRefusedError, match="next Quokka Board"):
        assign(sample, "A-0003", [Assignment("due", "next Quokka Board")], None)


def test_the_place_of_a_confidential_service_is_told_by_no_filter_and_offered_nowhere(sample: Session) -> None:
    given = {"areas": "Sheppey", "status": "running"}
    records.create(sample, "service", {"title": "Open house", "areas": "Thanet", "status": "running"})
    hidden, _ = records.create(sample, "service", {"title": "Hidden house", "confidential_location": "yes", **given})

    def in_area(value: str) -> set[str]:
        query = ListQuery("service", where=(Where("areas", value),))
        return {str(r["title"]) for r in lists.rows_of(sample, "service", lists.ids(sample, query))}

    assert in_area("Sheppey") == set() and in_area("Thanet") == {"Open house"}
    assert "Hidden house" in in_area("none")  # as a list shows it
    assert [w for w, _ in finding.used_words(sample, "service.areas") if w in ("Sheppey", "Thanet")] == ["Thanet"]
    records.assign(sample, hidden, [Assignment("confidential_location", "no")], None)
    assert in_area("Sheppey") == {"Hidden house"}
