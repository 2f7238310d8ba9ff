"""How the actions of a return were answered: counted in one place for every list, page and paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from vawg_desktop.domain import merge
from vawg_desktop.domain.conditions import is_open
from vawg_desktop.domain.entities import ACTION


@dataclass(slots=True)
class AnswerCounts:
    """Actions by how they were answered. Every action sent is in just one of these.

    ``not_able`` is "Not able to say yet", which is no answer; ``finished`` were not asked and nothing was said of them.
    """

    answered: int = 0
    no_change: int = 0
    not_able: int = 0
    not_answered: int = 0
    finished: int = 0

    def as_dict(self) -> dict[str, int]:
        """By name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def in_words(self) -> str:
        """``2 answered, 1 no change, 3 not answered``; what there is none of is left out."""
        words = ("answered", "no change", "not able to say yet", "not answered", "finished, not asked")
        return ", ".join(f"{n} {word}" for n, word in zip(self.as_dict().values(), words, strict=True) if n)


def way_answered(
    base: Mapping[str, Any], answers: Mapping[str, Mapping[str, Any]], doubtful: bool = False
) -> str:
    """The name of the count to which one action belongs; ``base`` are its values as sent, ``doubtful`` whether a word of
    its row was not understood."""
    said = answers.get("answer", {}).get("value")
    changed = doubtful or any(
        key != "answer" and not merge.same(base.get(key), one["value"]) for key, one in answers.items()
    )
    if said in ("not_able", "no_change"):
        return str(said)
    if said == "update" or changed:
        return "answered"
    return "not_answered" if is_open(ACTION, base) else "finished"


def count_answers(sent: Iterable[Mapping[str, Any]], content: Mapping[str, Any]) -> AnswerCounts:
    """Counts over all actions that were sent; ``sent`` are a return's base rows, ``content`` what came back."""
    came = {str(row["id"]): row["answers"] for row in content.get("rows", ())}
    doubtful = {str(one["id"]) for one in content.get("asked", ())}
    counts = AnswerCounts()
    for row in sent:
        name = way_answered(row["values"], came.get(str(row["id"]), {}), str(row["id"]) in doubtful)
        setattr(counts, name, getattr(counts, name) + 1)
    return counts
