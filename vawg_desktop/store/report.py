"""What a check found."""

from __future__ import annotations

from dataclasses import dataclass, field

from vawg_desktop.domain.errors import Problem


@dataclass(slots=True)
class Report:
    """What a check found, and how many entries of the log and heads it went over."""

    problems: list[Problem] = field(default_factory=list[Problem])
    entries: int = 0
    heads: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong; a clock that once stood wrong is reported and is no damage."""
        return all(p.code in NOTICES for p in self.problems)

    def add(self, code: str, message: str, record: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(code, message, record=record))


#: What is reported though nothing is wrong with the store.
NOTICES = frozenset({"clock_wrong", "disposed_in_backup", "held_unnamed"})
