"""Cells that may stand on other rows than they were written for."""

from __future__ import annotations

import random

import pytest

from vawg_desktop.analysis.moved import Moved, find_moved

STATUS = ("Complete", "In progress", "Not started", "Stopped")
COLUMNS = ("status", "percent", "rating")


def table(n: int, seed: int) -> list[dict[str, object]]:
    draw = random.Random(seed)
    return [
        {
            "status": draw.choice(STATUS),
            "percent": draw.choice([None, *range(0, 100, 5)]),
            "rating": draw.choice(["Amber", "Green", "Red", None]),
        }
        for _ in range(n)
    ]


def look(
    sent: list[dict[str, object]], came: list[dict[str, object]], free: tuple[str, ...] = ()
) -> list[Moved]:
    return find_moved(sent, came, COLUMNS, free)  # type: ignore[arg-type]


def rows_named(found: list[Moved]) -> set[int]:
    return set().union(*(m.rows for m in found)) if found else set()


def wrong(sent: list[dict[str, object]], came: list[dict[str, object]]) -> set[int]:
    return {i for i in range(len(sent)) if sent[i] != came[i]}


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("columns", [COLUMNS, ("status", "percent"), ("percent",)])
def test_columns_sorted_alone_are_named_row_by_row(seed: int, columns: tuple[str, ...]) -> None:
    sent = table(12, seed)
    came = [dict(r) for r in sent]
    block = sorted(
        ([r[c] for c in columns] for r in sent),
        key=lambda v: tuple((x is None, str(type(x)), x or 0) for x in v),
    )
    for row, values in zip(came, block, strict=True):
        row.update(zip(columns, values, strict=True))
    assert wrong(sent, came) <= rows_named(look(sent, came))


@pytest.mark.parametrize("seed", range(60))
def test_cells_deleted_and_shifted_up_are_named(seed: int) -> None:
    sent = [{**r, "percent": 5 * (i % 20) + 1} for i, r in enumerate(table(12, seed))]
    came = [dict(r) for r in sent]
    first = seed % 11
    for i in range(first, 12):
        came[i]["percent"] = sent[i + 1]["percent"] if i < 11 else None
    assert wrong(sent, came) <= rows_named(look(sent, came))


def test_a_part_of_a_column_sorted_beside_honest_changes_is_named() -> None:
    sent = [{"status": s, "percent": None, "rating": None} for s in (*STATUS, *reversed(STATUS), *STATUS)]
    came = [dict(r) for r in sent]
    for i, word in enumerate(sorted(str(r["status"]) for r in sent[4:9]), 4):
        came[i]["status"] = word
    came[0]["status"], came[11]["status"] = "In progress", "Complete"
    found = look(sent, came)
    assert set(range(4, 9)) & wrong(sent, came) <= rows_named(found)
    assert 0 not in rows_named(found)


def test_words_in_order_of_the_alphabet_are_named_with_the_rest_of_their_rows() -> None:
    sent = table(6, 1)
    came = [
        {**r, "narrative": w}
        for r, w in zip(sent, ["all", "began", "could", "did", "even", None], strict=True)
    ]
    (one,) = look(sent, came, ("narrative",))
    assert (one.kind, one.columns, one.alone, one.rows) == (
        "sorted",
        ("narrative",),
        False,  # whoever sorts by the words may have sorted the cells beside them as well
        frozenset(range(6)),
    )
    came[2]["narrative"], came[3]["narrative"] = "zeal", "ask"
    assert look(sent, came, ("narrative",)) == []


def test_a_series_drawn_down_is_named() -> None:
    sent = [{"status": "In progress", "percent": None, "rating": None, "due": None} for _ in range(6)]
    came = [{**r, "due": f"2027-06-{30 + i}" if i == 0 else f"2027-07-0{i}"} for i, r in enumerate(sent)]
    (one,) = find_moved(sent, came, (*COLUMNS, "due"), ())
    assert (one.kind, one.columns) == ("filled", ("due",))


@pytest.mark.parametrize("seed", range(200))
def test_ordinary_progress_names_few_rows(seed: int) -> None:
    """A quarter's honest answers: a third of the rows move on. Nine tables in ten are not named at all."""
    assert not rows_named(_progress(seed)) or seed in _NAMED


def _progress(seed: int) -> list[Moved]:
    draw, sent = random.Random(seed + 1000), table(20, seed)
    came = [dict(r) for r in sent]
    for row in draw.sample(came, 7):
        at = STATUS.index(str(row["status"]))
        row["status"] = {2: "In progress", 1: "Complete"}.get(at, row["status"])
        row["percent"] = min(100, int(row["percent"] or 0) + draw.choice([10, 15, 20, 25, 30]))  # type: ignore[call-overload]
        row["rating"] = draw.choice(["Amber", "Green"])
    return look(sent, came)


_NAMED = frozenset(seed for seed in range(200) if rows_named(_progress(seed)))


def test_so_few_of_them_are_named() -> None:
    assert len(_NAMED) <= 20


@pytest.mark.parametrize(("taken", "named"), [({0: 3, 1: 5}, {0, 1}), ({0: 3}, set())])
def test_short_words_of_other_rows_are_named_where_there_are_several(taken: dict[int, int], named: set[int]) -> None:
    """One short text may be written twice by chance."""
    words = [f"Phrase number {'abcdefgh'[i] * 3}" for i in range(8)]
    sent: list[dict[str, object]] = [{"status": None, "percent": None, "rating": None, "words": w} for w in words]
    came = [{**r, "words": words[taken[i]] if i in taken else None} for i, r in enumerate(sent)]
    found = find_moved(sent, came, (), ("words",))  # type: ignore[arg-type]
    assert rows_named(found) == named
    assert {place: of for m in found for place, of in m.owners.items()} == ({(i, "words"): j for i, j in taken.items()} if named else {})
