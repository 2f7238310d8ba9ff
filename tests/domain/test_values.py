"""Values as typed, at the edges of each kind of field."""

from __future__ import annotations

from decimal import Decimal

import pytest

from vawg_desktop.domain import terms
from vawg_desktop.domain.entities import ACTION, BY_KEY, ENTITIES, SERVICE
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.domain.values import MAX_TEXT, as_decimal, from_row, split_set, to_stored, to_words


def field_of(kind: Kind) -> FieldSpec:
    return next(f for e in ENTITIES for f in e.fields if f.kind is kind)


@pytest.mark.parametrize("typed", ["about forty", "1,2,3", "12 or 13", "NaN", "inf", "1e99", "--4"])
def test_a_figure_is_a_number_or_is_refused(typed: str) -> None:
    spec = field_of(Kind.NUMBER)
    with pytest.raises(ValueRefusedError, match=spec.label):
        to_stored(spec, typed)


@pytest.mark.parametrize(("typed", "stored"), [("1,234.50", "1234.50"), ("-3", "-3"), ("0.10", "0.10"), ("12,345,678", "12345678"), ("1e3", "1000")])
def test_a_figure_keeps_its_digits(typed: str, stored: str) -> None:
    assert to_stored(field_of(Kind.NUMBER), typed) == stored


def test_a_percentage_has_its_bounds() -> None:
    spec = next(f for e in ENTITIES if e.key == "action" for f in e.fields if f.kind is Kind.WHOLE and f.high == 100)
    assert to_stored(spec, "0") == 0
    assert to_stored(spec, "100%") == 100
    for typed in ("101", "-1", "50.5", "half"):
        with pytest.raises(ValueRefusedError):
            to_stored(spec, typed)


@pytest.mark.parametrize(("typed", "stored"), [("Yes", True), ("no", False), (" y ", True), ("N", False)])
def test_yes_and_no(typed: str, stored: bool) -> None:
    assert to_stored(field_of(Kind.YES_NO), typed) is stored


def test_perhaps_is_neither_yes_nor_no() -> None:
    with pytest.raises(ValueRefusedError, match="yes or no"):
        to_stored(field_of(Kind.YES_NO), "perhaps")


def test_text_is_one_line_and_long_text_keeps_its_lines() -> None:
    assert to_stored(field_of(Kind.TEXT), "one\ntwo   three") == "one two three"
    assert to_stored(field_of(Kind.LONG), "one\n\ntwo") == "one\n\ntwo"


def test_the_longest_text_is_kept_and_one_letter_more_is_refused() -> None:
    spec = field_of(Kind.LONG)
    assert to_stored(spec, "x" * MAX_TEXT) == "x" * MAX_TEXT
    with pytest.raises(ValueRefusedError, match="split"):
        to_stored(spec, "x" * (MAX_TEXT + 1))


def test_a_term_that_is_near_is_asked_and_one_that_is_not_lists_them() -> None:
    spec = next(f for e in ENTITIES if e.key == "action" for f in e.fields if f.key == "status")
    assert spec.terms is not None
    label = spec.terms.labels()[1]
    assert to_stored(spec, label.upper()) == spec.terms.find(label).key  # type: ignore[union-attr]
    with pytest.raises(ValueRefusedError, match="did you mean"):
        to_stored(spec, label[:-1] + "z")
    with pytest.raises(ValueRefusedError, match="it is one of"):
        to_stored(spec, "qqqq")


@pytest.mark.parametrize(("kind", "value", "words"), [(Kind.YES_NO, True, "Yes"), (Kind.YES_NO, False, "No"), (Kind.DATE, "2026-05-09", "9 May 2026"), (Kind.TEXT, "as is", "as is")])  # fmt: skip
def test_values_in_words(kind: Kind, value: Value, words: str) -> None:
    assert to_words(field_of(kind), value) == words
    assert to_words(field_of(kind), None) == ""


def test_a_percentage_in_words_has_its_sign_and_other_numbers_have_none() -> None:
    percent = next(f for e in ENTITIES for f in e.fields if f.key == "percent")
    assert to_words(percent, 40) == "40%"
    assert to_words(field_of(Kind.NUMBER), "40") == "40"


def test_a_database_cell_of_yes_and_no_is_no_number() -> None:
    assert from_row(field_of(Kind.YES_NO), 1) is True
    assert from_row(field_of(Kind.YES_NO), 0) is False
    assert from_row(field_of(Kind.YES_NO), None) is None
    percent = next(f for e in ENTITIES for f in e.fields if f.key == "percent")
    assert from_row(percent, 1) == 1 and not isinstance(from_row(percent, 1), bool)


def test_a_set_as_typed_drops_blanks_and_repeats_and_keeps_its_order() -> None:
    assert split_set(" b; a ;; b;c ") == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("entity", "key", "stored", "words"),
    [
        ("action", "status", "in_progress", "In progress"), ("action", "due", "2026-09-30", "30 September 2026"), ("action", "percent", 40, "40%"),
        ("action", "done_before_publication", True, "Yes"), ("action", "done_before_publication", False, "No"), ("action", "title", "As typed", "As typed"),
        ("action", "status", None, ""), ("strand", "position", 3, "3"), ("figure", "number", "12.50", "12.50"),
    ],
)  # fmt: skip
def test_a_stored_value_as_an_officer_reads_it(entity: str, key: str, stored: str | int | bool | None, words: str) -> None:
    assert to_words(BY_KEY[entity].by_key[key], stored) == words


def test_nothing_given_is_nothing_stored_and_no_key_has_no_label() -> None:
    assert to_stored(ACTION.by_key["title"], None) is None
    assert terms.ACTION_STATUS.label(None) == "" and terms.ACTION_STATUS.label("not one of ours") == "not one of ours"


def test_an_amount_of_money_is_not_less_than_nothing() -> None:
    spec = SERVICE.by_key["funding_amount"]
    with pytest.raises(ValueRefusedError, match="cannot be less than 0"):
        to_stored(spec, "-500")
    assert (to_stored(spec, "0"), to_stored(spec, "1,250.50")) == ("0", "1250.50")


@pytest.mark.parametrize(("typed", "stored"), [
    ("9", "09:00"), ("9.30", "09:30"), ("14:30", "14:30"), ("2pm", "14:00"), ("2.30 pm", "14:30"), ("12 am", "00:00"), ("12pm", "12:00"), ("noon", "12:00"), ("Midday", "12:00"), ("7 a.m.", "07:00"), ("14h15", "14:15"),
])  # fmt: skip
def test_a_time_of_day_is_read_as_people_write_it(typed: str, stored: str) -> None:
    assert to_stored(BY_KEY["meeting"].by_key["starts"], typed) == stored


@pytest.mark.parametrize("typed", ["25:00", "13pm", "0 am", "half past", "9:75", "24"])
def test_what_is_no_time_of_day_is_refused(typed: str) -> None:
    with pytest.raises(ValueRefusedError, match="Starts is a time of day such as 14:30"):
        to_stored(BY_KEY["meeting"].by_key["starts"], typed)


def test_nil_is_nought_where_a_count_may_be_nought() -> None:
    spec = field_of(Kind.WHOLE)
    assert spec.low == 0 and to_stored(spec, "nil") == to_stored(spec, "Zero") == 0


def test_a_number_of_a_cell_is_exact_or_none() -> None:
    assert as_decimal(" 12.50 ") == Decimal("12.50") and as_decimal(3) == 3
    assert as_decimal("about twelve") is None and as_decimal("NaN") is None and as_decimal("inf") is None and as_decimal(None) is None
