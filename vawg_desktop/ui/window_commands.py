"""What the window does beyond its pages: new records, rounds, trackers, portfolios, copies, undo, the screen hidden."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.services import portfolio
from vawg_desktop.services.session import Session
from vawg_desktop.ui.commands import command
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.shell import Shell

if TYPE_CHECKING:
    from vawg_desktop.services.tracker_out import Written
    from vawg_desktop.store.backup import Backup

_TRACKERS = "Trackers (*.xlsx *.xlsm *.xls *.ods *.csv)"


@command("New recommendation")
def new_recommendation(shell: Shell) -> None:
    """Open the form of a new recommendation on its list."""
    shell.go("recommendation").new_record()


@command("New action")
def new_action(shell: Shell) -> None:
    """Open the form of a new action on its list."""
    shell.go("action").new_record()


@command("New gap")
def new_gap(shell: Shell) -> None:
    """Open the form of a new gap on its list."""
    shell.go("gap").new_record()


@command("New partner")
def new_partner(shell: Shell) -> None:
    """Open the form of a new partner on its list."""
    shell.go("partner").new_record()


@command("Prepare a round of returns")
def send_round(shell: Shell) -> None:
    """Make every partner's workbook."""
    shell.go("returns").send_round()


@command("Import a return", "Ctrl+O")
def read_return(shell: Shell) -> None:
    """Choose a workbook that came back."""
    shell.go("returns").choose_file()


@command("Import a tracker")
def bring_in_tracker(shell: Shell) -> None:
    """Choose a tracker, look at what it would do, bring it in."""
    name, _ = QFileDialog.getOpenFileName(shell, "Import a tracker", "", _TRACKERS)
    if name:
        take_tracker(shell, Path(name))


def take_tracker(shell: Shell, path: Path) -> None:
    """The same for a file already chosen."""
    from vawg_desktop.services import trackers
    from vawg_desktop.ui.dialogs.tracker import TrackerDialog

    wanted = TrackerDialog.ask(shell, shell.tasks, path)
    if wanted is not None:
        shell.tasks.write(
            lambda s: trackers.import_tracker(s, path, mapping=wanted.mapping, answers=wanted.answers),
            message=f"{path.name} is imported; undo reverses all of it.",
        )


@command("Import a survey's file")
def take_in_survey(shell: Shell) -> None:
    """Choose a survey's file, look at what was understood of it, take it in."""
    from vawg_desktop.ui.survey_taking import choose

    choose(shell, shell.tasks)


@command("Import a table of numbers")
def take_in_numbers(shell: Shell) -> None:
    """Choose a table of numbers over time, say what it would bring, take it in as indicators."""
    from vawg_desktop.services import indicator_in

    name, _ = QFileDialog.getOpenFileName(shell, "Import a table of numbers", "", "Tables (*.csv *.xlsx *.ods *.xls *.txt)")
    if not name:
        return
    path = Path(name)

    def look(taken: indicator_in.Taken) -> None:
        left = [message for _, message, _ in taken.file.problems]
        told = "\n".join([taken.sentence(), *left[:8], *([f"And {how_many(len(left) - 8, 'more problem')}."] if len(left) > 8 else [])])
        if messages.ask(f"Import {path.name}", told, "Import"):
            shell.tasks.write(lambda s: indicator_in.take_in(s, path)[1], message=f"{path.name} is imported; undo reverses all of it.")

    shell.tasks.make_file(lambda s: indicator_in.take_in(s, path, dry_run=True)[0], look)


@command("Hand over a part of the store")
def hand_over_part(shell: Shell) -> None:
    """Make a store of what a partner, a board or an area has, for a successor."""
    from vawg_desktop.services import names, splitting
    from vawg_desktop.ui.dialogs.hand_over import HandOverDialog

    partners, bodies = shell.tasks.fetch(lambda s: (names.titles(s.read(), "partner"), names.titles(s.read(), "governance_body")))
    dialog = HandOverDialog(shell, partners, bodies, plain=shell.tasks.session.store.plain)
    if not dialog.run():
        return
    given = dialog.answer()
    name, _ = QFileDialog.getSaveFileName(shell, "Hand over a part", "Part for a successor.vawg", "Stores (*.vawg)")
    if not name:
        return
    path, done = Path(name if name.endswith(".vawg") else f"{name}.vawg"), list[splitting.HandedOver]()

    def work(session: Session) -> Changes:
        done.append(splitting.hand_over(session, given.chosen, path, passphrase=given.passphrase, to_whom=given.to_whom))
        return done[-1].changes

    def told(_: object) -> None:
        messages.tell(f"{done[-1].reference}: {path.name} holds {how_many(sum(done[-1].kinds.values()), 'record')} with their history. Say what the successor accepts when its store comes back.")

    shell.tasks.write(work, then=told)


@command("Save the calendar of what is due")
def save_calendar(shell: Shell) -> None:
    """Write meetings, papers, returns, responses and undertakings of the year as a file that a calendar takes."""
    from vawg_desktop.services import coming

    name, _ = QFileDialog.getSaveFileName(shell, "Save the calendar", "VAWG dates.ics", "Calendars (*.ics)")
    if name:
        shell.tasks.make_file(lambda s: coming.save_calendar(s, Path(name)), lambda number: messages.tell(f"{how_many(number, 'date')} saved as {Path(name).name}."))


@command("Write a tracker back in its own layout")
def write_tracker(shell: Shell) -> None:
    """Write a tracker that was taken again in its own shape, filled from the store."""
    like, _ = QFileDialog.getOpenFileName(shell, "The tracker as you have it", "", _TRACKERS)
    if not like:
        return
    start = str(Path(like).with_name(f"{Path(like).stem} from the store.xlsx"))
    name, _ = QFileDialog.getSaveFileName(shell, "Write it to", start, "Excel (*.xlsx);;Text (*.csv)")
    if name:
        write_tracker_to(shell, Path(like), Path(name))


def write_tracker_to(shell: Shell, like: Path, out: Path) -> None:
    """The same for files already chosen."""
    from vawg_desktop.services.tracker_out import export_tracker

    def show_written(done: Written) -> None:
        cells = f"{how_many(len(done.changed), 'cell')} updated and listed on its last sheet" if done.changed else "nothing has changed"
        left = f" {how_many(done.unknown, 'row')} left as before: no record here matches." if done.unknown else ""
        messages.tell(f"{out.name} is written: {cells}.{left}")

    shell.tasks.do(lambda s: export_tracker(s, like, out), show_written)


@command("Hand a portfolio to a colleague")
def hand_portfolio(shell: Shell) -> None:
    """Give the open actions of one officer to another."""
    pass_on(shell, for_good=True)


@command("Name a deputy between two dates")
def name_deputy(shell: Shell) -> None:
    """Let a deputy see a portfolio as their own for a time."""
    pass_on(shell, for_good=False)


def pass_on(shell: Shell, *, for_good: bool) -> None:
    """Pass a portfolio on, one's own or an absent colleague's, for good or between two dates."""
    from vawg_desktop.ui.dialogs.pass_on import PassedOn, PassOnDialog

    me, people = shell.tasks.fetch(lambda s: (s.who, portfolio.people(s)))

    def problem(wanted: PassedOn) -> str:
        return shell.tasks.fetch(lambda s: portfolio.problem_with(s, wanted.giver, wanted.to, wanted.start, wanted.end))

    dialog = PassOnDialog(shell, me, people, for_good=for_good, problem=problem)
    wanted = dialog.answer() if dialog.run() else None
    dialog.deleteLater()
    if wanted is None:
        return
    if wanted.for_good and fold(wanted.to) not in map(fold, people) and not messages.ask(
        f"Is “{wanted.to}” spelt right?", "No action and no officer of this office bears that name: whoever opens My work under another one will not see this work.", "Pass on"
    ):
        return
    if wanted.for_good:
        count = shell.tasks.fetch(lambda s: len(portfolio.work_of(s, s.read(), wanted.giver)))
        shell.tasks.write(
            lambda s: portfolio.hand_over(s, wanted.giver, wanted.to, wanted.why or None), message=f"The work of {wanted.giver} is {wanted.to}'s now: {how_many(count, 'action')}."
        )
    else:
        shell.tasks.write(lambda s: portfolio.deputise(s, wanted.giver, wanted.to, wanted.start, wanted.end), message=f"{wanted.to} stands in for {wanted.giver} then.")


@command("Wording, logo and colour")
def edit_wording(shell: Shell) -> None:
    """The office's own words on returns and messages, its logo and its colour."""
    from vawg_desktop.ui.wording import edit

    edit(shell, shell.tasks)


@command("Rating key: what the colours mean")
def edit_rating_key(shell: Shell) -> None:
    """Reword what the colours mean, in Settings."""
    shell.go("settings").show_rating_key()


@command("Lock the screen", "Ctrl+Shift+L")
def lock(shell: Shell) -> None:
    """Hide everything until the passphrase is typed."""
    shell.lock()


@command("Take working copy")
def take_copy(shell: Shell) -> None:
    """Take a copy to work on with no network."""
    shell.go("copies").take_copy()


@command("Bring in a copy (merge)")
def bring_in_copy(shell: Shell) -> None:
    """Choose a copy that comes back."""
    shell.go("copies").choose()


@command("Back up now")
def back_up(shell: Shell) -> None:
    """Make a backup now."""
    shell.go("backups").back_up()


@command("Close this recommendation or gap", "Ctrl+Shift+E")
def close_record(shell: Shell) -> None:
    """Close the record that is shown, with what its closing still needs and a second person."""
    from vawg_desktop.ui.sections.closure import close_shown

    pane = getattr(shell.here(), "pane", None)
    if pane is None:
        messages.tell("Choose a recommendation or a gap first: only those can be closed.")
        return
    close_shown(pane)


@command("What happened to this recommendation?", "Ctrl+J")
def what_happened(shell: Shell) -> None:
    """Show the recommendation's card: public wording, where it stands, its actions, what was last told."""
    pane = getattr(shell.here(), "pane", None)
    view = pane.view if pane is not None else None
    if view is not None and view.spec.key == "recommendation":
        shell.open_record(f"card:{view.reference}")
    else:
        shell.go("card")


@command("As at a date or a board …", "Ctrl+Shift+D")
def as_at(shell: Shell) -> None:
    """Show every page and record as the store knew it then."""
    words, meant = messages.ask_text("As at a date or a board", "A date, a meeting, or “last board”", "last board", verb="Show")
    if meant:
        shell.as_at.go(words)


@command("Back to today")
def back_to_today(shell: Shell) -> None:
    """Leave the past."""
    shell.as_at.back()


@command("Undo", "Ctrl+Z")
def undo(shell: Shell) -> None:
    """One step back."""
    shell.tasks.undo()


@command("Last steps: undo several", "Ctrl+Alt+Z")
def last_steps(shell: Shell) -> None:
    """Choose among one's last steps how far to go back."""
    from vawg_desktop.services import undoing
    from vawg_desktop.ui.dialogs.steps import StepsDialog

    found = shell.tasks.fetch(undoing.steps)
    if not found:
        messages.tell("There is nothing of yours to undo in this store.")
        return
    dialog = StepsDialog(shell, found)
    wanted = dialog.chosen() if dialog.run() else 0
    dialog.deleteLater()
    _undo_one_by_one(shell, [step.txn for step in found[:wanted]], 0)


def _undo_one_by_one(shell: Shell, left: Sequence[str], done: int, why: str | None = None) -> None:
    """Undo just these steps; the first that cannot be undone ends it, and says why."""
    from vawg_desktop.services import undoing

    if not left:
        if done:
            messages.tell(f"{how_many(done, 'step')} undone.")
        return

    def failed(error: Exception) -> None:
        if getattr(error, "code", "") == "rule_reopen" and why is None:
            reason, meant = messages.ask_text("Undo a closing", f"{error} Why?", verb="Open again")
            if meant:
                _undo_one_by_one(shell, left, done, reason)
                return
        messages.failed(error)

    shell.tasks.write(lambda s: undoing.reverse(s, left[0], why=why), then=lambda _: _undo_one_by_one(shell, left[1:], done + 1), failed=failed)


@command("Redo", "Ctrl+Shift+Z", "Ctrl+Y")
def redo(shell: Shell) -> None:
    """One step forward again."""
    shell.tasks.redo()


@command("Back to the previous record", "Alt+Left")
def back(shell: Shell) -> None:
    """The record looked at before."""
    shell.back()


@command("Go to the next part of the window: left side, list, record", "F6")
def next_pane(shell: Shell) -> None:
    """Move the keyboard on."""
    shell.next_pane(1)


@command("Go to the previous part of the window", "Shift+F6")
def pane_before(shell: Shell) -> None:
    """Move the keyboard back."""
    shell.next_pane(-1)


@command("Quick exit: hide the screen", "Ctrl+Shift+H")
def quick_exit(shell: Shell) -> None:
    """Hide the screen behind a neutral page."""
    shell.quick_exit()


def restore(shell: Shell, backup: Backup) -> None:
    """Put a backup in place of the open store, and open that."""
    from vawg_desktop.store.restoring import is_of_another
    from vawg_desktop.store.restoring import restore as put_back

    if shell.reopen is None:
        messages.tell("Restore from the command line here: restore BACKUP STORE.")
        return
    store = shell.tasks.session.store
    path = store.path
    strange = is_of_another(backup, path)
    if strange and not messages.ask(
        "A backup of another store",
        f"{backup.path.name} is a backup of a different store from {path.name}. This store is backed up first; then the other "
        "store takes its place.",
        "Replace this store",
    ):
        return
    word = None
    if not store.plain:
        word, done = messages.ask_text("Restore", "The passphrase of that time", secret=True)
        if not done:
            return

    def work() -> str:
        made = put_back(backup.path, path, passphrase=word, over=strange)
        before = f" What was there before is in {made.before.name}." if made.before else ""
        return f"Restored.{before}"

    shell.reopen(work)
