"""What leaves the office from the Returns page: messages, a later date, call sheets, what was sent and how accessible it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from vawg_desktop.domain.calendar import working_from
from vawg_desktop.domain.dates import label as date_label
from vawg_desktop.domain.dates import last_day, parse_date, short_label
from vawg_desktop.domain.errors import AppError, ValueRefusedError
from vawg_desktop.domain.terms import CHASE_STEP, how_many
from vawg_desktop.exchange.checklist_points import Point
from vawg_desktop.services import records, return_messages, returns, telephone
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.round_standing import RoundPartner
from vawg_desktop.store.files import write_output
from vawg_desktop.ui.dialogs.addresses import AddressesDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import save_document
from vawg_desktop.ui.tasks import Tasks


def step_word(step: str) -> str:
    return CHASE_STEP.label(step) if step in CHASE_STEP.key_list() else "Message with the workbook"


def _no_later_date(stands: date, today: date, typed: str) -> str:
    """Why what was typed is no later date than the one that stands; empty where it is one."""
    try:
        wanted = last_day(parse_date(typed, now=today))
    except ValueRefusedError as refused:
        return refused.message
    return "" if wanted is not None and wanted > stands else f"The return is due on {date_label(stands.isoformat())} already; an extension is a later date."


class ReturnsOutputs:
    """What the Returns page gives out for one partner's row, or for all rows at once."""

    def __init__(self, page: QWidget, tasks: Tasks) -> None:
        self._page, self._tasks = page, tasks

    def write_message(self, row: RoundPartner, step: str, extra: str = "") -> None:
        """Save the step's message, to be looked at and sent from the office's mail program, and write it down."""

        def drafted(made: return_messages.Draft) -> None:
            if self._save(made.file_name, made.content, "Messages (*.eml)"):
                message = f"{row.partner}: “{step_word(step)}” has been noted."
                self._tasks.write(lambda s: return_messages.log_step(s, row.return_id, step, made.body), message=message)

        self._tasks.read(lambda s: return_messages.draft(s, row.return_id, step, extra=extra), drafted)

    def write_to_all(self, wanted: list[tuple[str, str]]) -> None:
        """Every message into one folder, to be looked at and sent from the office's mail program; written down."""
        unknown = self._tasks.fetch(lambda s: return_messages.without_address(s, [r for r, _ in wanted]))
        if unknown and not self._give_addresses(unknown):
            return
        folder = QFileDialog.getExistingDirectory(self._page, "Folder for the e-mails")
        if not folder:
            return
        self._tasks.read(lambda s: return_messages.draft_many(s, wanted), lambda answer: self._drafted(Path(folder), *answer))

    def _give_addresses(self, unknown: list[tuple[str, str]]) -> bool:
        """Ask for the addresses that are missing; what is typed is kept as the partner's mailbox. Whether to go on."""
        dialog = AddressesDialog(self._page.window(), unknown)
        go_on = dialog.run()
        typed = dialog.typed()
        dialog.deleteLater()
        if go_on and typed:
            self._tasks.write(lambda s: records.assign_each(s, [(id, Assignment("shared_mailbox", address)) for id, address in typed]))
        return go_on

    def _drafted(self, folder: Path, made: list[tuple[str, return_messages.Draft]], refused: list[str]) -> None:
        try:
            for _, one in made:
                write_output(folder / one.file_name, one.content)
        except AppError as error:
            messages.failed(error)
            return
        message = f"{how_many(len(made), 'e-mail')} saved in {folder}: open each in your mail program, look at it and send it."
        if refused:
            messages.show("Saved, except some", f"{message}\n\n{' '.join(refused)}")
        self._tasks.write(lambda s: return_messages.log_many(s, made), then=lambda _: self._say_made(message, [r for r, _ in made]))

    def _say_made(self, message: str, returned: list[str]) -> None:
        """Say what was made and where; workbooks that were only made are sent when somebody says so."""

        def mark() -> None:
            self._tasks.write(lambda s: return_messages.mark_sent(s, returned), message=f"{how_many(len(returned), 'return')} marked as sent today.")

        messages.tell(message, action="They are sent", do=mark, stays=True)

    def write_queries(self, return_id: str, questions: str) -> None:
        """Save a message with the questions that a review left."""
        self._tasks.read(
            lambda s: return_messages.draft(s, return_id, "query", extra=questions),
            lambda made: self._save(made.file_name, made.content, "Messages (*.eml)"),
        )

    def extend(self, row: RoundPartner) -> None:
        """A later date, with who agreed it."""
        today = self._tasks.session.today
        stands = last_day(row.due) or today
        later = working_from(max(stands, today) + timedelta(weeks=2))
        due, done = messages.ask_text(f"Extend: {row.partner}", "New due date", text=date_label(later.isoformat()), verb="Next", check=partial(_no_later_date, stands, today))
        if not done:
            return
        who, done = messages.ask_text(f"Extend: {row.partner}", "Agreed by", verb="Set the new due date", check=lambda typed: "" if typed.strip() else "An extension needs the name of who agreed it.")
        if done:
            self._tasks.write(
                lambda s: return_messages.extend(s, row.return_id, due, who), message=f"{row.partner} has until {short_label(parse_date(due, now=today))}."
            )

    def call_sheet(self, row: RoundPartner) -> None:
        """A page for a telephone call, as PDF."""
        save_document(self._page, self._tasks, f"Call sheet {row.partner}", lambda s: telephone.call_sheet(s, row.return_id), printed=True)

    def save_sent(self, row: RoundPartner) -> None:
        """The workbook as it left, byte for byte."""
        self._tasks.read(
            lambda s: returns.what_was_sent(s, row.return_id), lambda sent: self._save(sent[0], sent[1], "Workbooks (*.xlsx *.ods)")
        )

    def show_accessibility(self, row: RoundPartner) -> None:
        """How each point of the checklist for accessible spreadsheets is met in what was sent."""
        self._tasks.read(lambda s: returns.accessibility(s, row.return_id), lambda points: self._show_points(row, points))

    def _show_points(self, row: RoundPartner, points: Sequence[Point]) -> None:
        met = sum(p.met and not p.departed for p in points)
        lines = [
            f"{'✓' if p.met and not p.departed else '·' if p.met else '✗'} {p.asks}"
            + (f"\n    {p.finding}" if p.departed or not p.met else "")
            for p in points
        ]
        messages.show(
            f"Accessibility of the workbook of {row.partner}",
            f"{met} of {len(points)} points of the Analysis Function's checklist are met; the others are departed from for a "
            "reason that stands in the workbook.\n\n" + "\n".join(lines),
        )

    def _save(self, name: str, content: bytes, kinds: str) -> bool:
        chosen, _ = QFileDialog.getSaveFileName(self._page, "Save", name, kinds)
        if not chosen:
            return False
        try:
            write_output(Path(chosen), content)
        except AppError as error:
            messages.failed(error)
            return False
        messages.tell(f"Saved as {Path(chosen).name}.")
        return True
