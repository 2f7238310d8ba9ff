"""Records pasted into a list: recommendations as a report that landed, others a line or a row each."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from vawg_desktop.domain.entities import RECOMMENDATION, EntitySpec
from vawg_desktop.services import names, pasting
from vawg_desktop.services.pasting import Report
from vawg_desktop.services.session import Session
from vawg_desktop.ui.dialogs.paste import PasteDialog
from vawg_desktop.ui.dialogs.report import ReportDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tasks import Tasks


def paste_records(parent: QWidget, tasks: Tasks, spec: EntitySpec, text: str) -> None:
    """Look at what was pasted, and add it in one step."""
    if spec is RECOMMENDATION:
        take_report(parent, tasks, text)
        return
    rows = PasteDialog.ask(parent, spec, text)
    if rows:
        tasks.write(lambda s: pasting.paste(s, spec.key, rows), message=f"{spec.how_many(len(rows))} added.")


def take_report(parent: QWidget, tasks: Tasks, text: str, filled: Report | None = None) -> None:
    """Ask what holds for a report's recommendations and add them; what cannot be added is shown again with every word of it."""

    def known(session: Session) -> tuple[list[str], list[str]]:
        return names.titles(session.read(), "source"), names.titles(session.read(), "partner")

    sources, bodies = tasks.fetch(known)
    dialog = ReportDialog(parent.window(), text, sources, bodies, filled)
    wanted = dialog.report() if dialog.run() else None
    typed = dialog.paper.toPlainText()
    dialog.deleteLater()
    if wanted is None:
        return

    def failed(error: BaseException) -> None:
        messages.failed(error)
        QTimer.singleShot(0, parent, lambda: take_report(parent, tasks, typed, wanted))

    tasks.write(lambda s: pasting.take_report(s, wanted), message=f"{RECOMMENDATION.how_many(len(wanted.rows))} added.", failed=failed)
