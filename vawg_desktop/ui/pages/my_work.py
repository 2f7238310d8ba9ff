"""My work: what waits for me today, in the order of its urgency."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import label as date_label
from vawg_desktop.domain.dates import short_label
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.services import overview as counts
from vawg_desktop.services import portfolio, questions
from vawg_desktop.services.coming import Coming, coming
from vawg_desktop.services.lists import ListQuery, count
from vawg_desktop.services.round_standing import RoundPartner, partners_now
from vawg_desktop.services.session import Session
from vawg_desktop.ui import window_commands
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import (
    SECTION_INSET,
    Elided,
    EmptyState,
    Section,
    all_button,
    button,
    clear,
    label,
    set_style,
)

#: So many partners of the round are named here; the Returns page has them all.
_RETURNS_SHOWN = 6
_DATES_SHOWN = 8
Group = tuple[str, list[dict[str, object]], ListQuery | None, int]


def read_work(session: Session, everybody: bool) -> tuple[list[Group], list[RoundPartner], bool, list[Coming]]:
    """Groups of actions with their whole counts, the latest round's rows that need doing, whether there is a
    portfolio to narrow to, and the dates of the week."""
    work = counts.my_work(session, everybody=everybody)
    groups = [(n, rows, q, count(session, q) if q else len(rows)) for n, rows, q in work]
    waiting = [c for c in partners_now(session) if c.step in ("received", "late", "silent")]
    return groups, waiting, portfolio.has_one(session), coming(session)


def _dated(group: str, row: dict[str, object]) -> str:
    """The date that a group is about: when an action was last told of, else when it is due."""
    if group == counts.SILENT:
        return f"last update {short_label(str(row['x_heard']))}" if row.get("x_heard") else "no update yet"
    return f"due {short_label(str(row['x_due']))}" if row["x_due"] else "no date set"


def _is_empty(session: Session) -> bool:
    """Whether nothing is tracked yet: no recommendation and no action."""
    row = session.read().exec_driver_sql("SELECT 1 FROM subject WHERE entity IN ('recommendation', 'action') AND NOT deleted LIMIT 1").fetchone()
    return row is None


class MyWorkPage(QScrollArea):
    """The page shown first when a store is opened: what waits for this person."""

    open_record = Signal(str)
    open_list = Signal(object, str)
    open_page = Signal(str)
    shell_asked = Signal(object)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName("My work")
        page = QWidget()
        self._box = QVBoxLayout(page)
        self._box.setContentsMargins(theme.px(24 - SECTION_INSET), theme.px(16), theme.px(24), theme.px(24))
        self._box.setSpacing(theme.px(8))
        title = label("My work", size=24, bold=True, wrap=False)
        title.setContentsMargins(theme.px(SECTION_INSET), 0, 0, 0)  # its sections' headings stand under it
        self._box.addWidget(title)
        self._day = label("", muted=True)
        head = QHBoxLayout()
        head.setContentsMargins(theme.px(SECTION_INSET), 0, 0, 0)
        head.addWidget(self._day, 1)
        self._everybody = button("Everybody's", self.load, kind="chip")
        self._everybody.setCheckable(True)
        self._everybody.hide()
        head.addWidget(self._everybody)
        self._box.addLayout(head)
        self._body = QVBoxLayout()
        self._body.setSpacing(theme.px(8))
        self._asked = Section("Questions about this work")
        self._asked.hide()
        sections = QVBoxLayout()
        sections.addLayout(self._body)
        sections.addWidget(self._asked)
        self._box.addLayout(sections)
        self._box.addStretch(1)
        page.setMaximumWidth(theme.px(1080))
        self.setWidget(page)
        self._told: tuple[list[tuple[questions.Question, int]], bool] = ([], False)
        self._drawn: tuple[list[Group], list[RoundPartner], bool, list[Coming], date, str] | None = None
        self._empty_store = False
        tasks.changes_applied.connect(self._on_changes)

    def load(self) -> None:
        """Read again."""
        everybody = self._everybody.isChecked()
        self.tasks.read(_is_empty, self._on_empty)
        self.tasks.read(lambda s: read_work(s, everybody), lambda answer: self._show(*answer))
        self.tasks.read(lambda s: questions.about(s, everybody=everybody), self._show_questions)

    def _on_empty(self, empty: bool) -> None:
        if empty != self._empty_store:
            self._empty_store, self._drawn = empty, None

    def _show_questions(self, found: list[tuple[questions.Question, int]]) -> None:
        """What rests on nothing, leads to nothing or belongs to nobody of this work; each opens the page of questions at it."""
        drawn = (found, self._everybody.isChecked())
        if self._told == drawn:
            return
        self._told = drawn
        self._asked.empty()
        self._asked.setVisible(bool(found))
        whose = "" if self._everybody.isChecked() else "/mine"
        for question, number in found:
            go = partial(self.open_record.emit, f"questions:{question.key}{whose}")
            self._asked.body.addWidget(self._line(f"{number:,}   {question.asks}", "", go))

    def _show(self, groups: list[Group], waiting: list[RoundPartner], has_portfolio: bool, dates: list[Coming]) -> None:
        today = self.tasks.session.today
        drawn = (groups, waiting, has_portfolio, dates, today, self.tasks.session.who)
        if self._drawn == drawn:
            return  # news that changes nothing here: the focus stays
        self._drawn = drawn
        self._everybody.setVisible(has_portfolio)
        whose = "" if has_portfolio or self._empty_store else ". No action names you as our link officer, so everybody's work is shown."
        self._day.setText(f"{today:%A} {date_label(today.isoformat())} · {self.tasks.session.who}{whose}")
        clear(self._body)
        if dates:
            self._add_dates(dates, today)
        if waiting:
            self._add_returns(waiting)
        for name, rows, query, whole in groups:
            if rows:
                self._add_group(name, rows, query, whole)
        if self._body.count() == 0 and self._empty_store:
            self._say_where_to_begin()
        elif self._body.count() == 0:
            self._body.addWidget(
                EmptyState(
                    "Nothing waits for you today.", "Go to Actions", lambda: self.open_page.emit("action"), inset=SECTION_INSET
                )
            )

    def _say_where_to_begin(self) -> None:
        """A store without recommendations and actions: what to do first."""
        begin = QVBoxLayout()
        begin.setContentsMargins(theme.px(SECTION_INSET), 0, 0, 0)
        begin.setSpacing(theme.px(8))
        self._body.addLayout(begin)
        begin.addWidget(label("This store is empty. Begin with what you have:", size=16, muted=True))
        for verb, does in (
            ("Load the inquiry's recommendations, gaps and sources", self._load_starter),
            ("Import a tracker …", lambda: self.shell_asked.emit(window_commands.bring_in_tracker)),
            ("New recommendation …", lambda: self.shell_asked.emit(window_commands.new_recommendation)),
        ):
            made = button(verb, does, kind="primary" if verb.startswith("Load") else "")
            made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            begin.addWidget(made)

    def _load_starter(self) -> None:
        def fill(session: Session) -> Changes:
            from vawg_desktop.services.sample import load_sample

            load_sample(session)
            return Changes(entities=set(BY_KEY), entries=1)

        self.tasks.write(fill, message="The inquiry's recommendations, gaps and sources are loaded.", then=lambda _: self.load())

    def _add_dates(self, dates: list[Coming], today: date) -> None:
        """What is due this week, and what is late and still awaited."""
        section = Section("This week")
        section.set_count(len(dates))
        for one in dates[:_DATES_SHOWN]:
            late = " · late" if one.day < today else ""
            when = f"{one.day:%a} {short_label(one.day.isoformat())}{f', {one.starts}' if one.starts else ''}{late}"
            section.body.addWidget(self._line(f"{one.kind}   {one.words}", when, partial(self.open_record.emit, one.id)))
        if len(dates) > _DATES_SHOWN:
            section.body.addWidget(label(f"… and {len(dates) - _DATES_SHOWN:,} more; Ctrl+K, Save the calendar, has all of them.", muted=True))
        self._body.addWidget(section)

    def _add_returns(self, waiting: list[RoundPartner]) -> None:
        section = Section("Returns")
        section.set_count(len(waiting))
        for row in waiting[:_RETURNS_SHOWN]:
            came = f"received, ready to review: {row.counts.in_words()}"
            words = came if row.step == "received" else "no return received"
            section.body.addWidget(
                self._line(f"{row.partner}   {words}", row.earlier, lambda: self.open_page.emit("returns"))
            )
        if len(waiting) > _RETURNS_SHOWN:
            section.body.addWidget(all_button(len(waiting), lambda: self.open_page.emit("returns")))
        self._body.addWidget(section)

    def _add_group(
        self, name: str, rows: list[dict[str, object]], query: ListQuery | None, whole: int
    ) -> None:
        section = Section(name)
        section.set_count(whole)
        for row in rows:
            due = _dated(name, row)
            words = f"{row['reference']}   {row['title']}"
            section.body.addWidget(self._line(words, due, partial(self.open_record.emit, str(row["id"])), who=str(row["who"] or "nobody accountable")))
        if whole > len(rows) and query is not None:
            section.body.addWidget(all_button(whole, lambda: self.open_list.emit(query, name)))
        self._body.addWidget(section)

    def _line(self, words: str, quiet: str, do: Callable[[], object], *, who: str = "") -> QWidget:
        """A line that opens something, with what is quiet at its end; the name of a body gives way before the words do."""
        row = QWidget()
        box = QHBoxLayout(row)
        box.setContentsMargins(0, 0, 0, 0)
        go = button(words, do, kind="row")
        go.setAccessibleName(f"Open {words}{f', {who}' if who else ''}")
        go.setToolTip(words)
        go.setMinimumHeight(theme.px(28))
        go.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        box.addWidget(go, 3)
        if who:
            body = Elided()
            set_style(body, muted=True)
            body.set_words(who)
            body.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            box.addWidget(body, 1)
        if quiet:
            box.addWidget(label(quiet, muted=True, wrap=False))
        return row

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible():
            self.load()
