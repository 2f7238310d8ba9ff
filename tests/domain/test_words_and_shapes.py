"""What the domain gives to others: JSON of a change and of a problem, words of dates, ids, references, what a kind of record is."""

from __future__ import annotations

from datetime import date

import pytest

from vawg_desktop.domain import conditions, dates, entities, merge, references, rules, terms
from vawg_desktop.domain.changes import Changes, FieldChange
from vawg_desktop.domain.entities import (
    ACTION,
    BY_KEY,
    ENTITIES,
    EVIDENCE,
    LINK,
    RECOMMENDATION,
    RESPONSE,
    SOURCE,
)
from vawg_desktop.domain.errors import NotFoundError, Problem, StaleError, ValueRefusedError
from vawg_desktop.domain.fields import EntitySpec, Kind
from vawg_desktop.domain.values import MAX_TEXT, to_stored

TODAY = date(2026, 11, 22)


def test_a_change_and_a_problem_as_json_hold_what_the_contract_names() -> None:
    change = FieldChange("2026-11-22T12:00:00Z", "B. Officer", "board", "A-0001", "status", "proposed", "complete", "action", "Title", "edit")
    assert change.as_json() == {
        "at": "2026-11-22T12:00:00Z", "who": "B. Officer", "why": "board", "record": "A-0001", "field": "status", "before": "proposed",
        "after": "complete", "entity": "action", "title": "Title", "act": "edit",
    }  # fmt: skip
    assert Problem("odd", "It is odd.").as_json() == {"code": "odd", "message": "It is odd."}
    asked = Problem("ask", "Which?", "Actions", "B2", "A-0001", "q1", (("a", "This"), ("b", "That")))
    assert asked.as_json() == {
        "code": "ask", "message": "Which?", "sheet": "Actions", "cell": "B2", "record": "A-0001", "id": "q1", "choices": {"a": "This", "b": "That"},
    }  # fmt: skip


def test_changes_are_some_where_an_entry_was_written_and_concern_their_kinds() -> None:
    assert not Changes(entities={"action"})
    changes = Changes(entities={"action", "link"}, entries=1)
    assert changes and changes.concerns("gap", "link") and not changes.concerns("gap") and not changes.concerns()


def test_a_stale_write_bears_both_values() -> None:
    stale = StaleError("It moved.", field="status", yours="a", theirs="b")
    assert (stale.message, stale.field, stale.yours, stale.theirs, stale.code) == ("It moved.", "status", "a", "b", "stale")


@pytest.mark.parametrize(
    ("stored", "words", "short"),
    [
        ("2026-09-05", "5 September 2026", "5 Sep 2026"), ("2026-09", "September 2026", "Sep 2026"), ("2026-Q3", "2026/27 Q2", "2026/27 Q2"),
        ("2026-Q1", "2025/26 Q4", "2025/26 Q4"), ("2026-04/2027-03", "2026/27", "2026/27"), ("2026", "2026", "2026"), (None, "", ""), ("", "", ""),
    ],
)  # fmt: skip
def test_a_partial_date_is_told_as_it_was_meant(stored: str | None, words: str, short: str) -> None:
    assert (dates.label(stored), dates.short_label(stored)) == (words, short)


def test_a_logs_time_is_told_as_it_was_in_london() -> None:
    assert dates.london_time("2026-07-01T23:30:00Z") == "2 Jul 2026 00:30"
    assert dates.london_day("2026-07-01T23:30:00Z") == date(2026, 7, 2)
    assert dates.london_time("2026-12-01T23:30:00Z") == "1 Dec 2026 23:30"


def test_a_date_is_refused_in_a_sentence_that_names_its_field_and_a_long_text_too() -> None:
    with pytest.raises(ValueRefusedError, match=r"^Due: "):
        to_stored(ACTION.by_key["due"], "soonish")
    with pytest.raises(ValueRefusedError, match=r"^Action is longer than"):
        to_stored(ACTION.by_key["title"], "x" * (MAX_TEXT + 1))
    assert to_stored(ACTION.by_key["title"], "x" * MAX_TEXT) == "x" * MAX_TEXT


def test_ids_follow_from_what_they_name_and_from_nothing_else() -> None:
    assert merge.content_id("a", "b") == merge.content_id("a", "b") != merge.content_id("ab")
    assert merge.conflict_id("action", "1", "status") == merge.conflict_id("action", "1", "status") != merge.conflict_id("action", "1", "due")
    assert merge.conflict_id("action", "1", "status").startswith("K-") and merge.link_id("k", "a", "b") != merge.link_id("k", "b", "a")


@pytest.mark.parametrize(("reference", "number"), [("A-0014", 14), ("R-10000", 10000), ("A-x7Q2KM", None), ("0014", None), ("A-0014 ", None)])
def test_a_reference_has_a_number_where_it_is_no_provisional_one(reference: str, number: int | None) -> None:
    assert references.number_of(reference) == number


def test_text_is_compared_without_case_marks_and_punctuation() -> None:
    assert terms.fold("  Café - Études ") == "cafe etudes" and terms.fold("In-Progress") == "in progress" and terms.fold("R&D’s") == "r and ds"
    assert terms.ACTION_STATUS.label(terms.ACTION_STATUS.key_list()[0]) == terms.ACTION_STATUS.labels()[0]


@pytest.mark.parametrize("typed", ["In\u2011progress", "In\u2013progress", "in \u2014 progress", "In pro\u00adgress", "\ufeffIn progress\u200b"])
def test_a_term_is_known_whatever_its_hyphen_and_unseen_letters(typed: str) -> None:
    found = terms.ACTION_STATUS.find(typed)
    assert found is not None and found.key == "in_progress"
    assert terms.ACTION_STATUS.find("Inprogress \u2013 nearly") is None


@pytest.mark.parametrize(("one", "other", "same"), [("A. One", "a one", True), ("J.R. Smith", "JR  Smith", True), ("A. One", "A. Two", False)])
def test_a_second_person_is_another_person_however_the_name_is_written(one: str, other: str, same: bool) -> None:
    closed = {"title": "T", "status": "closed", "outcome_statement": "It works", "closed_by": one, "closure_agreed_by": other,
              "closure_route": "delivered", "closing_authority": "office"}  # fmt: skip
    assert bool(rules.broken_rules(RECOMMENDATION, closed, 1)) is same


def test_a_kind_of_record_is_found_by_key_label_or_plural_and_a_field_likewise() -> None:
    assert entities.entity("Progress updates") is entities.entity("update") is entities.entity("Progress update")
    assert entities.field_of(ACTION, "Accountable body") is entities.field_of(ACTION, "accountable")
    with pytest.raises(NotFoundError, match="no kind of record called “sandwich”"):
        entities.entity("sandwich")
    with pytest.raises(NotFoundError, match="has no field called “flavour”"):
        entities.field_of(ACTION, "flavour")
    assert {(e.key, target.key) for e, target in entities.serving_links().values()} == {("action", "recommendation")}


def test_what_a_kind_of_record_says_of_itself_follows_from_its_fields() -> None:
    plain = EntitySpec("thing", "Thing", "Things", "TH", "title", (ACTION.by_key["title"], ACTION.by_key["status"], ACTION.by_key["due"]),
                       status="status", due=("due",))  # fmt: skip
    assert plain.in_list == ("title", "status", "due") and plain.status_field is ACTION.by_key["status"] and plain.done == ""
    assert (EVIDENCE.file_cell, EVIDENCE.file_cells, plain.file_cells) == ("file_sha256", ("file_sha256", "file_name"), ())
    assert (ACTION.done, RECOMMENDATION.done) == ("complete", "closed")
    assert all(e.in_list for e in ENTITIES if not e.system) and all(f.many for f in ACTION.sets)


@pytest.mark.parametrize("spec", [s for s in ENTITIES if s.finished], ids=lambda s: s.key)
def test_a_record_is_open_until_a_status_that_ends_it(spec: EntitySpec) -> None:
    assert conditions.is_open(spec, {spec.status: None})
    for end in spec.finished:
        assert not conditions.is_open(spec, {spec.status: end})
    sql = conditions.open_sql(spec)
    assert sql == "t.x_open = 1" if "x_open" in spec.derived else all(f"'{end}'" in sql for end in spec.finished)


def test_a_kind_without_an_end_is_always_open_and_a_condition_asks_every_test() -> None:
    assert not SOURCE.finished and conditions.is_open(SOURCE, {}) and conditions.open_sql(SOURCE) == "1 = 1"
    assert conditions.open_sql(RESPONSE, "r.") if RESPONSE.finished else True
    overdue = conditions.CONDITIONS["overdue"]
    text, params = overdue.sql(ACTION, TODAY, "")
    assert "x_open = 1" in text and "x_due" in text and params == ("2026-11-22",)
    late = {"status": "in_progress", "x_due": "2026-11-21"}
    assert overdue.holds(ACTION, late, TODAY) and not overdue.holds(ACTION, {**late, "status": "complete"}, TODAY)
    assert not overdue.holds(ACTION, {**late, "x_due": "2026-11-22"}, TODAY)


@pytest.mark.parametrize(
    ("row", "restricted"),
    [
        ({}, False), ({"restricted_until": "2030"}, False), ({"restriction": "victim"}, True), ({"restriction": "victim", "restricted_until": "2026-11-22"}, True),
        ({"restriction": "victim", "restricted_until": "2026-11-21"}, False), ({"restriction": "victim", "restricted_until": "2026-11"}, True),
    ],
)  # fmt: skip
def test_a_restriction_holds_to_the_last_day_of_its_date(row: dict[str, str], restricted: bool) -> None:
    assert rules.is_restricted(row, TODAY) is restricted


def test_the_rating_that_counts_is_ours_and_the_due_day_the_last_it_can_mean() -> None:
    assert (rules.counted_rating({"rating_opcc": "red"}), rules.counted_rating({"rating_partner": "red"})) == ("red", "not_rated")
    assert rules.due_day(ACTION, {"due": "2026-09", "revised_due": None}) == "2026-09-30" and rules.due_day(ACTION, {}) == ""


def test_a_closing_lacks_what_it_lacks_in_words() -> None:
    closed = {"title": "T", "status": "closed", "outcome_statement": "It works", "closed_by": "A. One", "closure_agreed_by": "B. Two",
              "closure_route": "delivered", "closing_authority": "office"}  # fmt: skip
    assert rules.broken_rules(RECOMMENDATION, closed, 1) == []
    for left_out, words in (({}, "evidence"), ({"outcome_statement": ""}, "an outcome statement"), ({"closed_by": ""}, "who proposed the closure"),
                            ({"closure_agreed_by": "a one"}, "a second person")):  # fmt: skip
        broken = rules.broken_rules(RECOMMENDATION, {**closed, **left_out}, 0 if not left_out else 1)
        assert len(broken) == 1 and words in broken[0].message


def test_a_kind_without_a_rating_of_ours_needs_only_what_is_required() -> None:
    assert not EVIDENCE.rating and rules.broken_rules(EVIDENCE, {"title": "T", "rating_opcc": "blue"}) == []
    assert [b.rule for b in rules.broken_rules(EVIDENCE, {"title": ""})] == ["required"]


def test_kinds_of_field_that_hold_several_values_are_sets_and_links_know_their_ends() -> None:
    assert {f.kind for e in ENTITIES for f in e.sets} <= {Kind.LINKS, Kind.TAGS, Kind.TERMS}
    assert BY_KEY["recommendation"].link_kind(RECOMMENDATION.by_key["themes"]) == "recommendation.themes" and LINK.key == "link"


def test_a_number_of_records_is_told_as_people_say_it() -> None:
    assert [BY_KEY["evidence"].how_many(n) for n in (0, 1, 2)] == ["0 pieces of evidence", "1 piece of evidence", "2 pieces of evidence"]
    assert [BY_KEY["governance_body"].how_many(n) for n in (1, 1200)] == ["1 governance body", "1,200 governance bodies"]
