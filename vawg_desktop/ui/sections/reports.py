"""What a provider reported of a service, period by period, and a funder's form filled from it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from vawg_desktop.domain.dates import short_label
from vawg_desktop.domain.terms import ANSWER
from vawg_desktop.services import monitoring, show
from vawg_desktop.services.monitoring import Filled, FormRead
from vawg_desktop.services.session import Session
from vawg_desktop.ui.dialogs.monitoring import FillDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.sections.base import Made, Pane
from vawg_desktop.ui.widgets.common import Section, button, note
from vawg_desktop.ui.widgets.file_dialog import QFileDialog


def reports(pane: Pane) -> Made:
    """The reports of a service, the newest first, and a button that fills a funder's form from one."""
    section = Section("Service reports", "Fill a funder's form …", partial(_fill, pane))

    def fill(view: show.RecordView) -> None:
        section.empty()
        rows = view.parts.get("service_report", [])
        section.set_count(len(rows))
        for row in reversed(rows):
            facts = [str(row["period"] or "No period"), ANSWER.label(str(row["answer"] or "update")), str(row["informant"] or "")]
            facts += [short_label(str(row["as_at"]))] if row["as_at"] else []
            section.body.addWidget(button("   ".join(f for f in facts if f), partial(pane.open_record.emit, str(row["id"])), kind="row", tip=str(row["risks"] or "")))
        if not rows:
            section.body.addWidget(note("None yet. A round about services under contract or grant (Returns) asks for them."))

    return Made(section, fill)


def _fill(pane: Pane) -> None:
    view = pane.view
    if view is None:
        return
    known = pane.tasks.fetch(partial(monitoring.periods, service=view.id))
    if not known:
        messages.tell("There is nothing to fill a form with yet: no report of this service has come.")
        return
    chosen, _ = QFileDialog.getOpenFileName(pane, "The funder's form", "", "Excel workbooks (*.xlsx *.xlsm)")
    if chosen:
        pane.tasks.make_file(lambda s: monitoring.read_form(s, Path(chosen)), partial(_ask, pane, view, known))


def _ask(pane: Pane, view: show.RecordView, known: list[str], form: FormRead) -> None:
    wanted = FillDialog.ask(pane, f"{view.reference} {view.title}", form, known)
    if wanted is None:
        return
    suggested = f"{Path(form.book.name).stem} {view.reference} {wanted.period.replace('/', '-')}{Path(form.book.name).suffix}"
    chosen, _ = QFileDialog.getSaveFileName(pane, "Save the filled form", suggested, f"Excel workbook (*{Path(form.book.name).suffix})")
    if not chosen:
        return
    pane.tasks.write(lambda s: monitoring.keep_mapping(s, form, wanted.mapping))

    def write(session: Session) -> Filled:
        return monitoring.fill_form(session, form, view.id, wanted.period, wanted.mapping, Path(chosen))

    def told(done: Filled) -> None:
        rest = f" Nothing is recorded for: {', '.join(done.empty)}." if done.empty else ""
        messages.tell(f"Saved as {done.file.name}.{rest}")

    pane.tasks.make_file(write, told)
