"""Figures counted from surveys: made of one number of a result with its definition and filter, and counted again whenever they are looked at."""

from __future__ import annotations

import json
from dataclasses import dataclass

from vawg_desktop.domain.errors import NotFoundError, ValueRefusedError
from vawg_desktop.services import surveys
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.services.survey_results import ALL, Result, result


@dataclass(frozen=True, slots=True)
class Recount:
    """A figure's number as it is quoted and as it is counted today; ``why`` says why it cannot be counted any more."""

    quoted: str
    now: str = ""
    base: int = 0
    why: str = ""

    @property
    def differs(self) -> bool:
        """Whether it is not what is quoted."""
        return bool(self.why) or self.now != self.quoted

    def sentence(self) -> str:
        """What the recount says."""
        if self.why:
            return self.why
        return f"{self.now}% of {self.base:,} respondents: {'as quoted' if not self.differs else f'quoted is {self.quoted}%'}."


def figure_of(session: Session, made: Result, group: str, answer: str, wave: str | None = None) -> dict[str, str]:
    """The cells of a figure that quotes one number of a result: a group's share of an answer. Raises ValueRefusedError where it is hidden."""
    found = next((g for g in made.groups if g.name == group), None)
    place = made.choices.index(answer) if answer in made.choices else None
    percent, count = (found.percent(place), found.counts[place]) if found is not None and place is not None else (None, None)
    if found is None or percent is None or count is None or found.base is None:
        raise ValueRefusedError("That number is too small to be quoted.")
    survey = surveys.find(session, str(made.question["survey"]))
    whom = "" if group == ALL else f" ({group})"
    by = f", by {made.by_words}" if made.by else ""
    counted = {"survey": survey["id"], "question": made.question["id"], "answer": answer, "by": made.by, "group": group, "wave": wave}
    return {
        "title": f"{answer}{whom}: {made.question['wording']}", "quoted": f"{percent:.0f}% of {found.base:,} respondents", "number": f"{percent:.1f}", "unit": "%",
        "definition": f"{count:,} of the {found.base:,} answers{whom} to “{made.question['wording']}” that were coded are about “{answer}”. {made.coded}" if made.coded else f"{count:,} of the {found.base:,} respondents{whom} who answered “{made.question['wording']}” said “{answer}”.", "base": f"{found.base:,} respondents{whom}",
        "period": wave or "", "as_at": session.today.isoformat(), "method": f"{survey['reference']} {survey['title']}, {made.question['reference']}{by}", "release": "management",
        "counted_from": json.dumps(counted, ensure_ascii=False),
    }  # fmt: skip


def recount(session: Session, figure: str) -> Recount | None:
    """A figure counted again, by its id; None for one that was not counted from a survey."""
    (row,) = plain_rows(session.read(), "SELECT number, counted_from FROM figure WHERE id = ?", (figure,))
    if not row["counted_from"]:
        return None
    told: dict[str, str | None] = json.loads(str(row["counted_from"]))
    quoted, answer = str(row["number"] or ""), str(told["answer"])
    try:
        found = result(session, surveys.answers(session, str(told["survey"])), str(told["question"]), by=str(told["by"] or ""), wave=told["wave"])
    except (NotFoundError, ValueRefusedError) as error:
        return Recount(quoted, why=f"It can no longer be counted: {error.message}")
    group = next((g for g in found.groups if g.name == told["group"]), None)
    if group is None or answer not in found.choices:
        return Recount(quoted, why="It can no longer be counted: nobody gave that answer.")
    percent = group.percent(found.choices.index(answer))
    if percent is None or group.base is None:
        return Recount(quoted, why=f"Counted again, it is too small to be shown (under {found.least}).")
    return Recount(quoted, f"{percent:.1f}", group.base)
