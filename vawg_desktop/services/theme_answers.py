"""How many answers to surveys speak of a theme: those under the codes that stand for it, each with its base."""

from __future__ import annotations

from dataclasses import dataclass, field

from vawg_desktop.services import coding_counts, small_counts, surveys
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session

_CODED = (
    "SELECT DISTINCT g.survey, g.survey_question, c.id AS code, c.title FROM link t JOIN code c ON c.id = t.a JOIN link l ON l.b = c.id AND l.kind = 'coding.codes' AND NOT l.deleted "
    "JOIN coding g ON g.id = l.a AND NOT g.deleted JOIN survey s ON s.id = g.survey AND NOT s.deleted WHERE t.kind = 'code.themes' AND t.b = ? AND NOT t.deleted AND NOT c.deleted ORDER BY g.survey, g.survey_question, c.title"
)


@dataclass(slots=True)
class Spoken:
    """A question's answers under one code of a theme: how many (None where they are too few to be told), and of how many."""

    survey: str
    question: str
    code: str
    count: int | None
    base: int
    least: int
    notes: list[str] = field(default_factory=list[str])

    def sentence(self) -> str:
        """The count in words, with its base."""
        if self.count is None:
            return f"{self.code}: not shown, because under {self.least} of the {self.base:,} answers coded to “{self.question}”, {self.survey}, are about it or are not."
        return f"{self.code}: {self.count:,} of {self.base:,} answers coded ({100 * self.count / self.base:.0f}%) to “{self.question}”, {self.survey}."


def of_theme(session: Session, theme: str, least: int | None = None) -> list[Spoken]:
    """What answers say of a theme, by its id; counts under ``least`` (on screen, the office's or five) are not shown."""
    under = min(small_counts.INSIDE, small_counts.least(session.read())) if least is None else least
    found: list[Spoken] = []
    counted: dict[str, coding_counts.Counted] = {}
    for row in plain_rows(session.read(), _CODED, (theme,)):
        question = str(row["survey_question"])
        answers = surveys.answers(session, str(row["survey"]))
        if question not in counted:
            counted[question] = coding_counts.counted(session, answers, question)
        one = next((c for c in counted[question].codes if c.id == row["code"]), None)
        base = counted[question].base_of(one.id) if one is not None else 0
        if one is not None and base >= max(1, under):
            left = base - one.count
            count = one.count if (one.count >= under or not one.count) and (left >= under or not left) else None
            found.append(Spoken(str(answers.survey["title"]), str(answers.question(question)["wording"]), one.title, count, base, under, counted[question].notes(under)))
    return found
