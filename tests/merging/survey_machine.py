"""Three stores of one family in which a survey is taken in, looked at, coded, disposed of and merged, anything in any order.

The oracle is what must hold at the end, whatever was done: once everybody knows everything, all tell the same, no word of a respondent who
was disposed of is anywhere, and no word that was taken out for good came back.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.clock import CLOCK, TODAY
from tests.exchange.test_survey_in import table
from vawg_desktop.domain.errors import AppError, ConflictedError, RuleError
from vawg_desktop.services import (
    answer_review,
    codebooks,
    coding,
    coding_counts,
    indicator_in,
    merging,
    surveys,
    undoing,
)
from vawg_desktop.services.coding import Desk
from vawg_desktop.services.session import Session
from vawg_desktop.store import making, opening
from vawg_desktop.store.check import check
from vawg_desktop.store.copying import take_copy
from vawg_desktop.store.dispose import Authority
from vawg_desktop.store.report import NOTICES
from vawg_desktop.store.store import Store

HEAD = ["ID", "Start time", "Completion time", "Email", "Name", "District", "What would help?"]
#: What each respondent says, in two editions; the name in it is nobody's.
SAID = [
    (f"Respondent{n} told Zorka Vlnkova{n} that the lights are out near the camera", f"Respondent{n} now tells Yorick Plinth{n} that the police never came") for n in range(4)
]
TWO = Authority("A. Officer", "B. Second", "withdrawn", "2026-11-28")


class SurveyFamily(RuleBasedStateMachine):
    """An office and two working copies with one survey."""

    @initialize()
    def open(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="vawg-survey-"))
        office = making.create(self.folder / "office.vawg", passphrase=None)
        first = Session(office, "person 0")
        surveys.take_in(first, self._file([0, 0, 0, 0]), survey="S")
        self.survey = str(surveys.find(first, "S")["id"])
        self.question = str(surveys.answers(first, self.survey).question("What would help?")["id"])
        self.book, _ = codebooks.start(first, self.survey)
        stores: list[Store] = [office, *(opening.open_store(take_copy(office, self.folder / f"{n}.vawg")) for n in ("one", "two"))]
        self.people = [Session(s, f"person {n}") for n, s in enumerate(stores)]
        self.gone: set[int] = set()
        self.touched = {0, 1, 2}

    def _file(self, editions: list[int]) -> Path:
        path = self.folder / "survey.csv"
        path.write_text(table([HEAD, *([str(n), "2021-01-01", "2021-01-02", "", "", "Dover", SAID[n][e]] for n, e in enumerate(editions))]), "utf-8")
        return path

    who = st.integers(0, 2)

    def _texts(self, i: int) -> list[answer_review.Text]:
        return answer_review.texts(self.people[i], surveys.answers(self.people[i], self.survey), self.question)

    def _desk(self, i: int) -> Desk:
        return Desk(self.survey, self.question, self.book, codebooks.read(self.people[i], self.book).version)

    def _respondent(self, n: int) -> str:
        return surveys.response_id(self.survey, "", str(n))

    @rule(i=who, editions=st.lists(st.integers(0, 1), min_size=4, max_size=4))
    def take_in(self, i: int, editions: list[int]) -> None:
        """A file again, or one in which somebody answered anew."""
        with contextlib.suppress(RuleError, ConflictedError):
            surveys.take_in(self.people[i], self._file(editions), survey="S")
        self.touched.add(i)

    @rule(i=who, data=st.data())
    def look(self, i: int, data: st.DataObject) -> None:
        texts = self._texts(i)
        if not texts:
            return
        text = data.draw(st.sampled_from(texts), label="answer")
        act = data.draw(st.sampled_from(["sign", "sign", "nothing out", "back", "aside"]))
        words = {text.response: text.words}
        with contextlib.suppress(RuleError, ConflictedError):
            if act == "back":
                answer_review.put_back(self.people[i], self.survey, self.question, words)
            elif act == "aside":
                answer_review.set_aside(self.people[i], self.survey, self.question, words)
            else:
                found = answer_review.suggestions(self.people[i], text.words) if act == "sign" else []
                answer_review.sign_off(self.people[i], self.survey, self.question, {text.response: (text.words, found)})
        self.touched.add(i)

    @rule(i=who, data=st.data())
    def code(self, i: int, data: st.DataObject) -> None:
        ready = [t.response for t in self._texts(i) if t.may_be_read]
        codes = [c.id for c in codebooks.read(self.people[i], self.book).codes if not c.heading][:3]
        if not ready or not codes:
            return
        some = data.draw(st.lists(st.sampled_from(codes), max_size=2, unique=True))
        with contextlib.suppress(RuleError, ConflictedError):
            if data.draw(st.booleans()):
                coding.change(self.people[i], self._desk(i), [data.draw(st.sampled_from(ready))], add=some, result="" if some else "none")
            else:
                coding.change(self.people[i], self._desk(i), [data.draw(st.sampled_from(ready))], remove=some, memo="a memo")
        self.touched.add(i)

    @rule(i=who)
    def merge_two_codes(self, i: int) -> None:
        codes = [c.id for c in codebooks.read(self.people[i], self.book).codes if not c.heading]
        if len(codes) > 1:
            with contextlib.suppress(RuleError, ConflictedError):
                codebooks.merge_codes(self.people[i], codes[:1], codes[1])
        self.touched.add(i)

    @rule(i=who)
    def take_originals_out(self, i: int) -> None:
        with contextlib.suppress(RuleError):
            answer_review.take_out_originals(self.people[i], surveys.answers(self.people[i], self.survey))
        self.touched.add(i)

    @precondition(lambda self: len(self.gone) < 2)
    @rule(i=who, n=st.integers(0, 3))
    def dispose(self, i: int, n: int) -> None:
        with contextlib.suppress(RuleError):
            surveys.dispose_response(self.people[i], self._respondent(n), TWO)
            self.gone.add(n)
        self.touched.add(i)

    @rule(i=who, value=st.integers(1, 3))
    def take_numbers(self, i: int, value: int) -> None:
        path = self.folder / "numbers.csv"
        path.write_text(f"metric,area,period,value\nOffences,Kent,2024-01,{value}\nOffences,Kent,2024-02,7\n", "utf-8")
        with contextlib.suppress(RuleError, ConflictedError):
            indicator_in.take_in(self.people[i], path, areas=["all"])
        self.touched.add(i)

    @rule(i=who)
    def undo(self, i: int) -> None:
        with contextlib.suppress(AppError):
            undoing.undo(self.people[i])
        self.touched.add(i)

    @rule(i=who, j=who)
    def merge(self, i: int, j: int) -> None:
        if i != j:
            merging.merge(self.people[i], self.people[j].store)
        self.touched.add(i)

    @rule(days=st.integers(-300, 300))
    def clock_goes_wrong(self, days: int) -> None:
        CLOCK.go_to(TODAY + timedelta(days=days))

    @invariant()
    def each_store_is_whole(self) -> None:
        for i in sorted(getattr(self, "touched", ())):
            found = [p for p in check(self.people[i].store).problems if p.code not in NOTICES]
            assert found == [], found
            for text in self._texts(i):  # nothing is readable that still tells a name which somebody took out
                assert not (text.taken_out and any(text.words[p.start : p.end] in text.shown for p in text.taken_out))
        if hasattr(self, "touched"):
            self.touched.clear()

    def _told(self, i: int) -> object:
        session = self.people[i]
        answers = surveys.answers(session, self.survey)
        found = coding_counts.counted(session, answers, self.question)
        return (
            sorted((t.response, t.shown, t.status) for t in self._texts(i)), sorted((c.title, c.count) for c in found.codes), found.coders, found.base,
            sorted(tuple(r) for r in session.read().exec_driver_sql('SELECT "row", cell FROM conflict')), sorted(tuple(r) for r in session.read().exec_driver_sql("SELECT id, value FROM indicator_value WHERE NOT deleted")),
        )  # fmt: skip

    def teardown(self) -> None:
        if not hasattr(self, "people"):
            return
        CLOCK.go_to(TODAY)
        try:
            for _ in range(4):
                for i in range(3):
                    merging.merge(self.people[i], self.people[i - 1].store)
            assert self._told(0) == self._told(1) == self._told(2)
            for i in range(3):
                held = "".join(str(tuple(r)) for t in ("change", "survey_batch", "coding", "quote") for r in self.people[i].read().exec_driver_sql(f'SELECT * FROM "{t}"'))
                assert not any(f"Respondent{n} " in held for n in self.gone), self.gone
                assert [p for p in check(self.people[i].store).problems if p.code not in NOTICES] == []
        finally:
            for person in self.people:
                person.store.close()
            shutil.rmtree(self.folder, ignore_errors=True)
