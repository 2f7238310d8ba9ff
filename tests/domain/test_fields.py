"""The field list against the schema, the vocabularies, and what may be typed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vawg_desktop.domain import entities, terms
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.fields import FieldSpec, Kind
from vawg_desktop.domain.values import clean_text, to_stored, to_words
from vawg_desktop.store import schema

ROOT = Path(__file__).parents[2]


def test_every_cell_is_a_column_and_every_column_a_cell() -> None:
    own = {"n", "id", "reference", "deleted"}
    for spec in entities.ENTITIES:
        columns = {c.name for c in schema.TABLES[spec.key].columns}
        cells = {f.key for f in spec.cells}
        assert columns - own - set(schema.derived_columns(spec.key)) == cells, spec.key


def test_schema_sql_is_todays() -> None:
    assert (ROOT / "db" / "schema.sql").read_text("utf-8") == schema.schema_sql()


def test_every_table_is_of_one_kind() -> None:
    kinds = (*schema.STATED, *schema.DERIVED_TABLES, *schema.LOCAL)
    assert len(kinds) == len(set(kinds))
    assert set(kinds) == {*schema.metadata.tables, "search"}


def test_targets_and_prefixes_are_sound() -> None:
    prefixes = [e.prefix for e in entities.ENTITIES]
    assert len(prefixes) == len(set(prefixes))
    for spec in entities.ENTITIES:
        for f in spec.fields:
            assert not f.target or f.target in entities.BY_KEY, (spec.key, f.key)
            assert (f.terms is not None) == (f.kind in (Kind.TERM, Kind.TERMS) or f.formerly is Kind.TERMS), (spec.key, f.key)
            assert re.fullmatch(r"[a-z_0-9]+", f.key)


@pytest.mark.parametrize("name", [n for n in dir(terms) if isinstance(getattr(terms, n), terms.Vocabulary)])
def test_labels_keys_and_aliases_name_their_term(name: str) -> None:
    vocabulary: terms.Vocabulary = getattr(terms, name)
    for term in vocabulary:
        for word in (term.key, term.label, term.label.upper()):
            assert vocabulary.find(word) == term
        assert re.fullmatch(r"[a-z_0-9]+", term.key)


def test_near_misses_are_suggested() -> None:
    status = entities.ACTION.by_key["status"]
    with pytest.raises(ValueRefusedError, match="did you mean In progress"):
        to_stored(status, "in progres")


@pytest.mark.parametrize(("typed", "stored"), [("50", 50), ("50%", 50), ("50.0", 50), (" 7 ", 7)])
def test_whole_numbers(typed: str, stored: int) -> None:
    assert to_stored(entities.ACTION.by_key["percent"], typed) == stored


@pytest.mark.parametrize("typed", ["101", "-1", "a lot", "1e400", "nan", "5.5"])
def test_whole_numbers_refused(typed: str) -> None:
    with pytest.raises(ValueRefusedError):
        to_stored(entities.ACTION.by_key["percent"], typed)


def test_nul_and_surrogates_are_taken_out_and_counted() -> None:
    assert clean_text("Line one\x0bLine two\x0cLine three\rLine four").text == "Line one\nLine two\nLine three\nLine four"
    done = clean_text("a\x00b\ud800c\x07\r\nd")
    assert (done.text, done.removed) == ("abc\nd", 3)


@given(st.text(max_size=200))
def test_long_text_comes_back_as_typed_but_for_control_characters(text: str) -> None:
    spec = FieldSpec("x", "X", Kind.LONG)
    stored = to_stored(spec, text)
    cleaned = clean_text(text).text.strip()
    assert stored == (cleaned or None)
    assert to_words(spec, stored) == (cleaned or "")


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries"), (1200, "1,200 entries"), (-1, "-1 entries")]
)
def test_a_number_is_said_with_what_it_counts(number: int, said: str) -> None:
    assert terms.how_many(number, "entry", "entries") == said
    assert terms.how_many(number, "row") == said.replace("entries", "rows").replace("entry", "row")


def test_a_part_names_what_it_is_a_part_of_by_that_kind() -> None:
    """The field is called as the kind: disposal, restriction and history find the parts of a record by it."""
    for spec in entities.ENTITIES:
        assert not spec.parent or spec.by_key[spec.parent].target == spec.parent


def test_a_field_of_a_form_may_be_the_links_of_another_kind() -> None:
    assert entities.form_field(entities.BY_KEY["action"], "title") is entities.BY_KEY["action"].by_key["title"]
    found = entities.form_field(entities.BY_KEY["gap"], "service.gaps")
    assert (found.kind, found.target, found.many) == (Kind.LINKS, "service", True) and found.label == entities.SERVICE.by_key["gaps"].inverse


def test_a_change_of_a_record_shows_on_what_it_names_and_on_itself() -> None:
    assert {"meeting", "link", "agenda_item", "attendance"} <= set(entities.telling_of("meeting")) and "service" not in entities.telling_of("agenda_item")


def test_where_a_refuge_is_stays_on_its_own_page() -> None:
    assert entities.SERVICE.kept_in({"confidential_location": 1}) == {"areas"} and entities.SERVICE.kept_in({"confidential_location": 0}) == frozenset()
    assert entities.BY_KEY["action"].kept_in({"confidential_location": 1}) == frozenset()
    assert entities.BY_KEY["update"].by_key["action"].holds_id and not entities.BY_KEY["action"].by_key["title"].holds_id
