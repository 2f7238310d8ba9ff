"""What a transaction was for, as the log names it."""

from __future__ import annotations

import pytest

from vawg_desktop.domain.acts import Act, act_of, sql_list


@pytest.mark.parametrize("act", Act)
def test_each_act_is_known_by_its_word(act: Act) -> None:
    assert act_of(act.value) is act


def test_a_word_of_a_later_version_is_read_as_an_edit() -> None:
    assert act_of("a word of tomorrow") is Act.EDIT


def test_a_list_for_sql_names_those_whose_rules_hold() -> None:
    quiet = sql_list(lambda rules: not rules.activity)
    assert "'sample'" in quiet and "'edit'" not in quiet and quiet.count("'") == 2 * len([a for a in Act if not a.rules.activity])
