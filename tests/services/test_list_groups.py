"""Lists in groups: each row stands in its own group, each group is counted, what has none comes last."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from pathlib import Path

import pytest

from tests.services.test_demo import SMALL, filled
from tests.services.test_journey import sample_store
from vawg_desktop.domain.entities import ENTITIES
from vawg_desktop.domain.errors import NotFoundError
from vawg_desktop.services import list_groups, lists, records
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session

#: Every kind of record with everything by which it can be grouped.

KEYS = [(spec.key, key) for spec in ENTITIES for key, _ in list_groups.offered(spec)]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return filled(tmp_path_factory.mktemp("grouped"), "county", size=SMALL)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Session:
    return sample_store(tmp_path_factory.mktemp("sample"))


def told(session: Session, query: ListQuery) -> list[tuple[str, int]]:
    return [(g.words, g.count) for g in lists.groups(session, query)]


def runs(session: Session, query: ListQuery) -> list[tuple[object, int]]:
    """The rows as they stand, by runs of equal values."""
    column = list_groups.column(lists.BY_KEY[query.entity], query.group)
    rows = lists.rows_of(session, query.entity, lists.ids(session, query))
    return [(value, len(list(part))) for value, part in groupby(r[column] for r in rows)]


@pytest.mark.parametrize(("entity", "key"), KEYS)
def test_every_grouping_offered_counts_the_runs_that_it_makes(session: Session, sample: Session, entity: str, key: str) -> None:
    for store in (session, sample):
        for descending in (False, True):
            query = ListQuery(entity, group=key, descending=descending)
            made = runs(store, query)
            assert [n for _, n in made] == [g.count for g in lists.groups(store, query)]
            assert len({value for value, _ in made}) == len(made), "no group begins twice"
            assert all(value is not None for value, _ in made[:-1]), "what has none comes last"


def test_many_kinds_of_record_are_grouped_in_earnest(session: Session, sample: Session) -> None:
    """The case above says nothing of a kind that neither store has rows of."""
    with_groups = {entity for entity, key in KEYS if any(len(lists.groups(s, ListQuery(entity, group=key))) > 1 for s in (session, sample))}
    assert {"recommendation", "action", "gap", "partner", "evidence", "update", "meeting"} <= with_groups, with_groups


def test_recommendations_by_pillar_in_the_order_of_the_pillars(session: Session) -> None:
    by_pillar = told(session, ListQuery("recommendation", group="pillar"))
    names = [words for words, _ in by_pillar]
    assert names == [words for words in ("Prevention", "Engagement", "Victim's Journey", "Rehabilitation", "Cross-cutting") if words in names] and len(names) > 3
    assert sum(n for _, n in by_pillar) == 30


def test_actions_by_their_recommendations_pillar_and_by_partner(session: Session) -> None:
    assert {words for words, _ in told(session, ListQuery("action", group="pillar"))} <= {"Prevention", "Engagement", "Victim's Journey", "Rehabilitation", "Cross-cutting"}
    partners = told(session, ListQuery("action", group="accountable"))
    names = [words.casefold() for words, _ in partners]
    assert len(partners) > 3 and sum(n for _, n in partners) == 60 and names == sorted(names)


def test_groups_keep_the_filter_the_words_and_the_bin(tmp_path: Path) -> None:
    store = filled(tmp_path, "county", size=SMALL)
    every = lists.count(store, ListQuery("action"))
    for query in (ListQuery("action", where=(Where("overdue", "yes"),)), ListQuery("action", words="victims")):
        counted = lists.count(store, query)
        assert 0 < counted < every and sum(n for _, n in told(store, replace(query, group="accountable"))) == counted
    assert told(store, ListQuery("action", words="no such words anywhere", group="pillar")) == []
    records.hide(store, ["A-0001", "A-0002"])
    assert sum(n for _, n in told(store, ListQuery("action", group="pillar", bin=True))) == 2
    assert sum(n for _, n in told(store, ListQuery("action", group="pillar"))) == every - 2


def test_within_a_group_the_order_is_the_lists(session: Session) -> None:
    query = ListQuery("action", group="status", sort="reference", descending=True)
    rows = lists.rows_of(session, "action", lists.ids(session, query))
    for _, part in groupby(rows, key=lambda r: r["status"]):
        references = [str(r["reference"]) for r in part]
        assert references == sorted(references, reverse=True)


def test_what_is_no_grouping_is_said(session: Session) -> None:
    with pytest.raises(NotFoundError, match="cannot be grouped by"):
        lists.ids(session, ListQuery("action", group="title"))


def test_a_partner_in_the_bin_still_heads_its_group(tmp_path: Path) -> None:
    store = sample_store(tmp_path)
    records.assign(store, "R-0001", [Assignment("lead", "P-0002")], None)
    before = told(store, ListQuery("recommendation", group="lead"))
    records.hide(store, ["P-0002"])
    assert [n for _, n in told(store, ListQuery("recommendation", group="lead"))] == [n for _, n in before]
    assert all(words for words, _ in before)
