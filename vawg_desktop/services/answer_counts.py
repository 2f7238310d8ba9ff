"""How the actions of a return were answered: counted in one place for every list, page and paper."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from vawg_desktop.domain import merge
from vawg_desktop.domain.conditions import is_open
from vawg_desktop.domain.dates import label
from vawg_desktop.domain.entities import ACTION
from vawg_desktop.domain.terms import fold

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(slots=True)
class AnswerCounts:
    """Actions by how they were answered. Every action sent is in just one of these.

    ``not_able`` is "Not able to say yet", which is no answer; ``finished`` were neither asked about nor answered.
    """

    answered: int = 0
    no_change: int = 0
    not_able: int = 0
    not_answered: int = 0
    finished: int = 0

    def as_dict(self) -> dict[str, int]:
        """The counts by the names that JSON gives them."""
        return {f.name: getattr(self, f.name) for f in fields(self)}

    def in_words(self) -> str:
        """``2 answered, 1 no change, 3 not answered``; what there is none of is left out."""
        words = ("answered", "no change", "not able to say yet", "not answered", "finished (not asked)")
        return ", ".join(f"{n} {word}" for n, word in zip(self.as_dict().values(), words, strict=True) if n)


def way_answered(
    base: Mapping[str, Any], answers: Mapping[str, Mapping[str, Any]], doubtful: bool = False
) -> str:
    """The name of the count to which one action belongs; ``base`` are its values as sent, ``doubtful`` whether a word of
    its row was not understood."""
    way = answers.get("answer", {}).get("value")
    changed = doubtful or any(
        key != "answer" and not merge.same(base.get(key), one["value"]) for key, one in answers.items()
    )
    if way in ("not_able", "no_change"):
        return str(way)
    if way == "update" or changed:
        return "answered"
    return "not_answered" if is_open(ACTION, base) else "finished"


#: Ways of answering that settle an action until another file says otherwise.
_GIVEN = ("answered", "no_change", "not_able")


@dataclass(slots=True)
class CombinedAnswers:
    """What all files that stand for one partner's return of a round say together."""

    #: By action's id, how it was answered last; actions that no file speaks of are left out.
    ways: dict[str, str] = field(default_factory=dict[str, str])
    #: The declaration of the newest file that has one; a file that names who cleared it goes before one that does not.
    declaration: dict[str, str] = field(default_factory=dict[str, str])
    nil: bool = False
    files: int = 0

    def add(self, sent: Iterable[Mapping[str, Any]], content: Mapping[str, Any]) -> None:
        """Take in the next file. ``sent`` are the base rows of the version it answers, ``content`` what came back."""
        self.files += 1
        self.nil = bool(content.get("nil"))
        came = {str(row["id"]): row["answers"] for row in content.get("rows", ())}
        doubtful = {str(one["id"]) for one in content.get("asked", ())}
        for row in sent:
            id = str(row["id"])
            way = way_answered(row["values"], came.get(id, {}), id in doubtful)
            if way in _GIVEN:
                self.ways[id] = way
        declared = {k: v for k, v in dict(content.get("declaration") or {}).items() if v}
        if declared and (is_cleared(declared) or not is_cleared(self.declaration)):
            self.declaration = declared

    def way(self, row: Mapping[str, Any]) -> str:
        """How one action of the version that stands was answered."""
        return self.ways.get(str(row["id"])) or way_answered(row["values"], {})

    def counts(self, sent: Iterable[Mapping[str, Any]]) -> AnswerCounts:
        """Counts over all actions of a version; ``sent`` are its base rows."""
        counts = AnswerCounts()
        for row in sent:
            name = self.way(row)
            setattr(counts, name, getattr(counts, name) + 1)
        return counts


def is_cleared(declaration: Mapping[str, str]) -> bool:
    """Whether a declaration names who cleared the return: a chief officer or equivalent."""
    return any(key.startswith("Cleared by") and _is_name(value) for key, value in declaration.items())


#: What people type where nobody cleared it.
_NOBODY = frozenset({"n a", "na", "tbc", "tba", "tbd", "no", "none", "nobody", "no one", "nil", "pending", "awaiting", "x", "to be confirmed", "to follow"})


def _is_name(words: str) -> bool:
    plain = " ".join(re.sub(r"[^\w ]", " ", fold(words)).split())
    return any(c.isalpha() for c in plain) and plain not in _NOBODY and not plain.startswith(("not ", "awaiting ", "to be ", "pending "))


def versions_of(connection: Connection, return_id: str) -> list[str]:
    """The ids of a return and of its other versions: those to the same partner in its round.

    Of two bodies that were combined while a round was on, both returns are the one body's and of one version: each then stands for itself.
    """
    rows = connection.exec_driver_sql(
        'SELECT o.id, o.version, r.version FROM "return" r JOIN "return" o ON o.round = r.round AND o.partner = r.partner AND (NOT o.deleted OR o.id = r.id) WHERE r.id = ?',
        (return_id,),
    ).fetchall()
    twins = sum(version == mine for _, version, mine in rows) > 1
    return [return_id] if twins else [str(id) for id, _, _ in rows]


def standing_answers(
    connection: Connection, return_id: str, *, until: str = "", with_base: bool = True
) -> CombinedAnswers:
    """What the files of a return say together, reversed ones left out, over every version of it.

    ``until`` is the id of the last submission counted, even if it was reversed. ``with_base`` is False for who may not see what was sent.
    """
    base = "r.base" if with_base else "NULL"
    returns = versions_of(connection, return_id)
    rows = connection.exec_driver_sql(
        f'SELECT {base}, s.content FROM submission s JOIN "return" r ON r.id = s."return" WHERE r.id IN ({",".join("?" * len(returns))}) '
        "AND NOT s.deleted AND (s.state IS DISTINCT FROM 'reversed' OR s.id = ?) "
        "AND s.n <= coalesce((SELECT n FROM submission WHERE id = ?), 9223372036854775807) ORDER BY s.n",
        (*returns, until, until),
    )
    found = CombinedAnswers()
    for sent, content in rows:
        found.add(json.loads(sent or '{"rows": []}')["rows"], json.loads(content or "{}"))
    return found


#: The words where the declaration names nobody who cleared the return.
_NOT_CLEARED = "not cleared by a chief officer or equivalent"


def declared_in_words(declaration: Mapping[str, str]) -> str:
    """Who completed and who cleared a return, in which role and when, or that nobody cleared it."""
    given = {k.partition(" (")[0]: v for k, v in declaration.items() if v}
    parts = [f"Completed by {given['Completed by']}"] if "Completed by" in given else []
    if "Cleared by" not in given:
        return f"{parts[0]}; {_NOT_CLEARED}" if parts else f"N{_NOT_CLEARED[1:]}"
    beside = (given.get("Role of the person who cleared it", ""), label(given.get("Date cleared", "")))
    cleared = ", ".join(x for x in (f"cleared by {given['Cleared by']}", *beside) if x)
    return f"{parts[0]}; {cleared}" if parts else f"{cleared[0].upper()}{cleared[1:]}"
