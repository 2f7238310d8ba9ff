"""An SPSS file's columns. Runs in the reader's child process: the library that reads it is written in C, and the file is a stranger's."""

from __future__ import annotations

import math
import os
from collections import Counter
from pathlib import Path
from typing import Any


def read_spss(copy: Path) -> dict[str, Any]:
    """Of the private copy of a file: each column with its label, its cells as texts by their labels, and the labels.

    User-missing values are empty, and counted by their labels in ``missing``. Sets of several answers are told by ``option`` where each column
    counts one option, and by ``mention_of`` where each holds one of the answers.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each thread takes memory that is bounded here
    import pyreadstat

    read: Any = pyreadstat.read_sav
    values, facts = read(str(copy), output_format="dict", user_missing=True)
    options, sets = _options(facts), mentions(facts)
    return {"columns": [{**_column(name, values[name], facts, options), "mention_of": sets.get(name, "")} for name in facts.column_names]}


def _options(facts: Any) -> dict[str, tuple[str, str]]:
    """Of columns that are an option of a set of several answers: the set's label and the value that counts."""
    found: dict[str, tuple[str, str]] = {}
    sets: dict[str, dict[str, Any]] = getattr(facts, "mr_sets", None) or {}
    for name, one in sets.items():
        counted = one.get("counted_value")
        for column in one["variable_list"] if counted is not None else ():  # else each column holds the choice itself
            found[column] = (str(one.get("label") or name), str(counted))
    return found


def mentions(facts: Any) -> dict[str, str]:
    """Of columns of which each holds one of several answers to a question: the set's name, and the question after a tab."""
    sets: dict[str, dict[str, Any]] = getattr(facts, "mr_sets", None) or {}
    return {column: f"{name}\t{one.get('label') or name}" for name, one in sets.items() if one.get("counted_value") is None for column in one["variable_list"]}


def _column(name: str, cells: Any, facts: Any, options: dict[str, tuple[str, str]]) -> dict[str, Any]:
    labels = {_plain(k): str(v) for k, v in facts.variable_value_labels.get(name, {}).items()}
    ranges = facts.missing_ranges.get(name, [])
    texts = ["" if _is_missing(v, ranges) else _plain(v) for v in cells]
    said = Counter(labels.get(_plain(v), _plain(v)) for v, t in zip(cells, texts, strict=True) if not t and not _is_empty(v))
    missing = {k: n for k, n in said.items() if k}
    label = str(facts.column_names_to_labels.get(name) or "")
    if name in options:
        stem, counted = options[name]
        return {"name": name, "label": stem, "option": label or name, "labels": {}, "missing": missing, "cells": ["1" if t and t == _plain(counted) else "0" if t else "" for t in texts]}
    return {"name": name, "label": label, "option": "", "labels": labels, "missing": missing, "cells": [labels.get(t, t) for t in texts]}


def _is_missing(value: Any, ranges: Any) -> bool:
    """Whether nothing was answered, or a value that the file calls missing, such as 99 for refused."""
    if _is_empty(value):
        return True
    for one in ranges:
        low, high = one["lo"], one["hi"]
        alike = isinstance(value, str) if isinstance(low, str) else isinstance(value, (int, float))
        if alike and _between(low, value, high):
            return True
    return False


def _is_empty(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _between(low: Any, value: Any, high: Any) -> bool:
    return bool(low <= value <= high)


def _plain(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
