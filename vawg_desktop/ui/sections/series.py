"""Numbers over time on a record's page: the chart of an indicator, or of every indicator of a service, a gap or an action."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from vawg_desktop.domain.dates import short_label
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.exchange.series_chart import number
from vawg_desktop.services import indicators, kept_back, records
from vawg_desktop.services.indicators import Series
from vawg_desktop.services.session import Session
from vawg_desktop.ui.dialogs.forms import words_back
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import copy_table
from vawg_desktop.ui.sections.base import Made, Pane, ask, read_later
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import Section, button, label, note
from vawg_desktop.ui.widgets.series_view import SeriesView

_VALUE = BY_KEY["indicator_value"]
#: So many of the newest values stand in the table under a chart; the list has all.
_ROWS = 12
_SEASON = 24


def one(pane: Pane) -> Made:
    """The chart of the indicator that is shown, and a button for its next value."""

    def add() -> None:
        view = pane.view
        if view is not None:
            _add_value(pane, view.id, view.title)

    section = Section("Over time", "Add value", add)

    def read(session: Session, id: str) -> list[Series]:
        return [indicators.series(session, id)]

    return Made(section, read_later(pane, section.empty, read, partial(_show, pane, section, None)))


def all_of(pane: Pane) -> Made:
    """The charts of everything that is counted for the record that is shown."""
    section = Section("Numbers over time")
    return Made(section, read_later(pane, section.empty, indicators.belonging_to, partial(_show, pane, section, "Nothing is counted for it yet; link an indicator.")))


def _show(pane: Pane, section: Section, empty: str | None, found: list[Series]) -> None:
    section.empty()
    for series in found:
        section.body.addWidget(_chart(pane, series, named=empty is not None))
    if not found and empty:
        section.body.addWidget(note(empty))


def _chart(pane: Pane, series: Series, *, named: bool) -> QWidget:
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(theme.px(8), 0, 0, theme.px(8))
    box.setSpacing(theme.px(4))
    head = QHBoxLayout()
    if named:
        head.addWidget(button(f"{series.reference}   {series.title}", partial(pane.open_record.emit, series.id), kind="row"), 1)
        add = button("Add value", partial(_add_value, pane, series.id, series.title), kind="quiet")
        add.setAccessibleName(f"Add value to {series.title}")
        head.addWidget(add)
        box.addLayout(head)
    if not series.values:
        box.addWidget(note("No value is recorded yet."))
        return holder
    view, table = SeriesView(series), _table(pane, series)
    table.hide()
    box.addWidget(view)
    box.addWidget(label(series.sentence().partition(": ")[2], muted=True))
    for told in series.legend():
        box.addWidget(label(told, muted=True))
    totals = series.year_totals()
    if totals:
        box.addWidget(label(_totals(series, totals), muted=True))
    if series.apart:
        box.addWidget(note(series.left_off()))
    if series.doubled:
        box.addWidget(note(f"{series.doubled} of its values are for a period that has another value; the latest is drawn."))
    box.addWidget(table)
    foot = QHBoxLayout()
    turn = button("Show as table", lambda: _turn(view, table, turn), kind="quiet")
    copy = button("Copy as a table", partial(_copy, pane, series), kind="quiet")
    for made, words in ((turn, "Show as table"), (copy, "Copy as a table")):
        made.setAccessibleName(f"{words}: {series.title}")
        foot.addWidget(made)
    foot.addStretch(1)
    box.addLayout(foot)
    return holder


def _totals(series: Series, totals: list[tuple[str, float, bool]]) -> str:
    """The last twelve months together, beside the twelve before where these can be compared; a month of one year is never set beside another month of it."""
    period, total, provisional = totals[-1]
    words = f"Twelve months to {short_label(period)}: {number(total)}{' (provisional)' if provisional else ''}."
    year_before = f"{int(period[:4]) - 1}{period[4:]}"
    before = next((t for p, t, _ in totals if p == year_before), None)
    return words + (f" Twelve months before: {number(before)}." if before is not None else "") + (" Under twenty-four months no season can be seen." if len(series.values) < _SEASON else "")


def _turn(view: QWidget, table: QWidget, turn: QPushButton) -> None:
    shown = table.isHidden()
    table.setVisible(shown)
    view.setVisible(not shown)
    turn.setText("Show as chart" if shown else "Show as table")


def _table(pane: Pane, series: Series) -> QWidget:
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    for value in reversed(series.values[-_ROWS:]):
        facts = [short_label(value.period), number(value.value), f"of {number(value.base)}" if value.base is not None else ""]
        facts += ["provisional" if value.provisional else "", "process changed here" if value.process_changed else ""]
        box.addWidget(button("   ".join(f for f in facts if f), partial(pane.open_record.emit, value.id), kind="row"))
    if len(series.values) > _ROWS:
        box.addWidget(note(f"The newest {_ROWS} of {len(series.values)}."))
    return holder


def _copy(pane: Pane, series: Series) -> None:
    """Copy the values, those that are kept back in words as on paper."""

    def read(session: Session) -> list[dict[str, object]]:
        rows = [{"id": v.id, "indicator": series.id, "value": v.value, "base": v.base} for v in series.values]
        return kept_back.blurred(session, "indicator_value", rows)

    def told(value: object) -> str:
        return number(value) if isinstance(value, float) else str(value or "")

    rows = [[short_label(v.period), told(b["value"]), told(b["base"]), "provisional" if v.provisional else ""] for v, b in zip(series.values, pane.tasks.fetch(read), strict=True)]
    copy_table(["Period", series.title, "Base", "Standing"], rows)
    messages.tell("The values were copied as a table.")


def _add_value(pane: Pane, indicator: str, title: str) -> None:
    typed = ask(pane, f"Value of {title}", _VALUE, ("period", "value", "base", "provisional"), "Add value")
    if typed is not None:
        given = {k: v for k, v in typed.items() if v} | {"indicator": indicator}
        pane.tasks.write(lambda s: records.create(s, "indicator_value", given)[1], message="Value added.", failed=words_back(typed))
