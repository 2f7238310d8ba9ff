"""Returns: a round as a table of partners by step, and the review of what came back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import bounds
from vawg_desktop.domain.dates import label as date_label
from vawg_desktop.domain.return_columns import CONTRACT
from vawg_desktop.domain.terms import CHASE_STEP, how_many
from vawg_desktop.services import (
    leaks,
    names,
    return_messages,
    return_staging,
    returns,
    round_standing,
    rounds,
    telephone,
)
from vawg_desktop.services import overview as counts
from vawg_desktop.services.round_standing import RoundPartner
from vawg_desktop.ui import wording
from vawg_desktop.ui.dialogs.round import RoundDialog, RoundWanted
from vawg_desktop.ui.dialogs.telephone import TelephoneDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.pages.returns_outputs import ReturnsOutputs, step_word
from vawg_desktop.ui.pages.returns_table import RoundTable, Verb
from vawg_desktop.ui.pages.review import ReviewPane
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import EmptyState, button, label

#: A page narrower than this shows a partner's step under its name, and no table.
_NARROW = 820


class ReturnsPage(QWidget):
    """Rounds, and one submission's review in their place while it is open."""

    open_record = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._round: str | None = None
        self._drawn: object = None
        self.setAcceptDrops(True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedWidget()
        box.addWidget(self._stack)
        self._stack.addWidget(self._build_round())
        self.review = ReviewPane(tasks)
        self.review.left.connect(self._on_review_left)
        self.review.open_record.connect(self.open_record)
        self.outputs = ReturnsOutputs(self, tasks)
        self.review.asks_partner.connect(self.outputs.write_queries)
        self._stack.addWidget(self.review)
        tasks.changes_applied.connect(self._on_changes)

    def _build_round(self) -> QWidget:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(theme.px(24), theme.px(16), theme.px(24), theme.px(24))
        box.setSpacing(theme.px(8))
        head = QHBoxLayout()
        head.addWidget(label("Returns", size=24, bold=True, wrap=False))
        head.addStretch(1)
        head.addWidget(
            button(
                "Import a return …",
                lambda: self.choose_file(),
                icon_name="returns",
                tip="Or drop the workbook anywhere on this page",
            )
        )
        head.addWidget(button("Wording …", self.edit_wording, kind="quiet"))
        head.addWidget(button("Prepare returns …", self.send_round, kind="primary"))
        box.addLayout(head)
        pick = QHBoxLayout()
        self._rounds = Choice()
        self._rounds.setAccessibleName("Round")
        self._rounds.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToContents)
        self._rounds.meant.connect(self._on_round)
        pick.addWidget(self._rounds)
        self._summary = label("", muted=True)
        self._other_round = ""
        self._elsewhere = button("", self._show_other_round, kind="quiet")
        self._elsewhere.hide()
        pick.addWidget(self._elsewhere)
        pick.addStretch(1)
        self._all = button("Draft e-mails", lambda: None, kind="quiet")
        pick.addWidget(self._all)
        box.addLayout(pick)
        box.addWidget(self._summary)
        self._table = RoundTable(self._next, self._menu)
        box.addLayout(self._table)
        self._empty = EmptyState(
            "No round has been sent yet. A round makes one workbook for each partner, with that partner's actions only.",
            "Prepare returns …",
            self.send_round,
            main=False,
        )
        box.addWidget(self._empty)
        box.addStretch(1)
        scroll.setWidget(page)
        return scroll

    # -- showing -----------------------------------------------------------------------------

    def load(self) -> None:
        """Read rounds and the rows of the one shown."""
        wanted = self._round
        self.tasks.read(
            lambda s: (counts.rounds(s), round_standing.partners_of_round(s, wanted), round_standing.to_review(s)), lambda answer: self._show(*answer)
        )

    def _show(self, known: list[dict[str, object]], rows: list[RoundPartner], to_review: dict[str, int]) -> None:
        drawn = (known, rows, to_review, self._round, self.width() < theme.px(_NARROW))
        if self._drawn == drawn:
            return  # news that changes nothing here: the focus stays
        self._drawn = drawn
        self._rounds.clear()
        for one in known:
            about = ", services" if one["kind"] == CONTRACT.kind else ""
            self._rounds.addItem(f"{one['period']}{about}, due {date_label(str(one['due']))}", one["id"])
        at = self._rounds.findData(self._round) if self._round else 0
        self._rounds.setCurrentIndex(max(0, at))
        self._rounds.settle()
        self._rounds.setVisible(bool(known))
        self._summary.setVisible(bool(known))
        self._empty.setVisible(not known)
        made = [r for r in rows if r.step == "made"]
        back = [r for r in rows if not r.is_awaited and r.step != "made"]
        overdue = any(r.is_awaited and r.due and (bounds(r.due)[1] < self.tasks.session.today) for r in rows)
        parts = [
            f"{len(rows) - len(made)} sent",
            f"{len(back)} returned",
            f"{len(rows) - len(made) - len(back)} {'with no return received' if overdue else 'not back yet'}",
            *([f"{len(made)} made and not sent yet"] if made else []),
        ]
        if nil := sum(r.nil for r in back):
            parts.append(f"{nil} nil")
        if chase := sum(bool(r.next_step) and r.step != "made" for r in rows):
            parts.append(f"{chase} to remind")
        self._summary.setText(", ".join(parts))
        self._tell_elsewhere(known, to_review)
        self._offer_all(rows)
        self._table.show_rows(rows, self.width() < theme.px(_NARROW))

    def _tell_elsewhere(self, known: list[dict[str, object]], to_review: dict[str, int]) -> None:
        """Offer the latest other round of which returns are still to be reviewed."""
        shown = str(self._rounds.currentData() or "")
        other = next((one for one in known if str(one["id"]) != shown and to_review.get(str(one["id"]))), None)
        self._elsewhere.setVisible(other is not None)
        if other is not None:
            self._other_round = str(other["id"])
            waits = how_many(to_review[self._other_round], "return")
            self._elsewhere.setText(f"{waits} of {other['period']} to review")

    def _show_other_round(self) -> None:
        self._round = self._other_round
        self.load()

    def _offer_all(self, rows: list[RoundPartner]) -> None:
        """Messages to many partners at once: with their workbooks, or what the ladder says next."""
        waited = [(r.return_id, "sent") for r in rows if r.is_awaited or r.step == "made"]
        chased = [(r.return_id, r.next_step) for r in rows if r.next_step and r.step != "made"]
        menu = QMenu(self._all)
        for words, wanted in (
            (f"E-mails that go with the workbooks: {len(waited)} …", waited),
            (f"E-mail reminders, each partner's next step: {len(chased)} …", chased),
        ):
            if wanted:
                menu.addAction(words).triggered.connect(lambda _=False, w=wanted: self.outputs.write_to_all(w))
        made = [r.return_id for r in rows if r.step == "made"]
        if made:
            menu.addAction(f"Mark as sent: {len(made)}").triggered.connect(lambda: self.mark_sent(made))
        self._all.setMenu(menu)
        self._all.setVisible(bool(waited or chased))

    def _menu(self, row: RoundPartner) -> list[Verb]:
        steps = [s for s in CHASE_STEP.key_list() if s != "extension" and return_messages.may_send(row.standing, s)]
        if row.standing in ("independent", "government"):
            steps = ["invitation"]
        else:
            steps.remove("invitation")
        return [
            ("Record a phone call …", lambda: self.by_telephone(row)),
            ("Import a return …", lambda: self.choose_file(row.partner)),
            *([("Mark as sent", lambda: self.mark_sent([row.return_id]))] if row.step == "made" else []),
            ("E-mail that goes with the workbook …", lambda: self.outputs.write_message(row, "sent")),
            *((f"{step_word(s)} …", lambda s=s: self.outputs.write_message(row, s)) for s in steps),
            ("Extend …", lambda: self.outputs.extend(row)),
            ("Call sheet …", lambda: self.outputs.call_sheet(row)),
            ("Save what was sent …", lambda: self.outputs.save_sent(row)),
            ("Accessibility of the workbook …", lambda: self.outputs.show_accessibility(row)),
        ]

    def _next(self, row: RoundPartner) -> Verb:
        if row.submission and not (row.is_awaited and row.next_step):
            submission = row.submission
            return ("Review" if row.step == "received" else "Open"), lambda: self.open_review(submission)
        if row.next_step:
            step = row.next_step
            return f"{step_word(step)} …", lambda: self.outputs.write_message(row, step)
        return "Import return …", lambda: self.choose_file(row.partner)

    def _on_round(self, place: int) -> None:
        self._round = str(self._rounds.itemData(place))
        self.load()

    @property
    def help_topic(self) -> str:
        """Which topic of the help speaks of what is shown."""
        return "review" if self._stack.currentWidget() is self.review else "round"

    def _on_review_left(self) -> None:
        self._stack.setCurrentIndex(0)
        self.load()

    def home(self) -> None:
        """The round's table, where the place's button was pressed while a review was open."""
        if self._stack.currentIndex():
            self._on_review_left()

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and changes.concerns(
            "round", "return", "submission", "decision", "action", "update", "service", "service_report", "indicator_value"
        ):
            if self._stack.currentIndex() == 1:
                self.review.reload()
            else:
                self.load()

    # -- doing -------------------------------------------------------------------------------

    def send_round(self) -> None:
        """Ask period, date and folder; make the workbooks."""
        wanted = RoundDialog.ask(self, self.tasks)
        if wanted is None:
            return

        def made(answer: rounds.RoundMade) -> None:
            written = f"{how_many(len(answer.returns), 'workbook')} created in {wanted.folder}; Draft the e-mails next."
            if answer.skipped:
                written = f"{how_many(len(answer.skipped), 'partner')} got none: nothing is asked of {'it' if len(answer.skipped) == 1 else 'them'}. {written}"
            if answer.held:
                held = "\n\n".join(f"{p}: {leaks.in_words(found)}." for p, found in answer.held.items())
                self._offer_release(written, held, list(answer.held), wanted)
            else:
                messages.tell(written, action="Draft e-mails …", do=lambda: self.outputs.write_to_all([(r, "sent") for r in self._made_now(answer)]), stays=True)
            self._round = None
            self.load()

        self.tasks.write(
            lambda s: rounds.export_returns(
                s, period=wanted.period, due=wanted.due, out=Path(wanted.folder), format=wanted.format, kind=wanted.kind,
                partners=wanted.partners, left_out=wanted.left_out, sent=False,
            ),
            then=made,
        )  # fmt: skip

    def _made_now(self, answer: rounds.RoundMade) -> list[str]:
        """Ids of the returns that were made, by their references."""
        references = [one.reference.rpartition("-")[0] for one in answer.returns]
        return self.tasks.fetch(lambda s: [names.find(s.read(), r, "return").id for r in references])

    def _offer_release(self, written: str, held: str, partners: list[str], wanted: RoundWanted) -> None:
        """Files the leak check held back are named with their places; an officer may release them knowingly."""
        if messages.ask("Held back before leaving", f"{written}\n\n{held}", "Release these files"):
            self.tasks.write(
                lambda s: rounds.export_returns(
                    s, period=wanted.period, due=wanted.due, out=Path(wanted.folder), format=wanted.format,
                    partners=partners, left_out=wanted.left_out, release=partners, kind=wanted.kind,
                ),
                then=lambda _: self.load(),
            )  # fmt: skip

    def mark_sent(self, return_ids: list[str]) -> None:
        """Say that workbooks which were made are sent."""
        self.tasks.write(lambda s: return_messages.mark_sent(s, return_ids), message=f"{how_many(len(return_ids), 'return')} marked as sent today.")

    def edit_wording(self) -> None:
        """The office's own words on returns and messages."""
        wording.edit(self, self.tasks)

    def choose_file(self, partner: str = "") -> None:
        """Choose returned workbooks, one or many; ``partner`` is the one whose line it was asked on."""
        found, _ = QFileDialog.getOpenFileNames(
            self, "Import returns", "",
            "Returns (*.xlsx *.xlsm *.xlsb *.xls *.ods *.csv *.tsv *.txt *.eml *.msg *.html *.htm)",
        )  # fmt: skip
        self.read_files([Path(name) for name in found], partner)

    def read_file(self, path: Path, partner: str = "") -> None:
        """Stage a returned workbook and open its review; say so where it was read before, or is another partner's than the one it was asked of."""

        def done(answer: object) -> None:
            if not isinstance(answer, returns.Review):
                return
            self.open_review(answer.submission)
            told = [f"This is the return of {answer.partner}, not of {partner}."] if partner and answer.partner != partner else []
            told += [f"{path.name} was read before, on {date_label(answer.read_before)}; this is its review so far."] if answer.read_before else []
            if told:
                messages.tell(" ".join(told), stays=True)

        self.tasks.write(lambda s: return_staging.import_return(s, path), then=done)

    def read_files(self, paths: list[Path], partner: str = "") -> None:
        """One is reviewed at once; many are sorted to their partners and wait for review there."""
        paths = [
            one
            for path in paths
            for one in (sorted(p for p in path.iterdir() if p.is_file()) if path.is_dir() else [path])
        ]
        if len(paths) == 1:
            self.read_file(paths[0], partner)
        elif paths:
            self.tasks.write(lambda s: return_staging.import_many(s, paths), then=self._many_read)

    def _many_read(self, answer: return_staging.ManyRead) -> None:
        self._stack.setCurrentIndex(0)
        self.load()
        message = f"{how_many(len(answer.reviews), 'return')} read, of {how_many(len({r.partner for r in answer.reviews}), 'partner')}, to be reviewed."
        if before := [r for r in answer.reviews if r.read_before]:
            message += f" {how_many(len(before), 'file')} of them {'was' if len(before) == 1 else 'were'} read before."
        if answer.refused:
            shown = " ".join(answer.refused[:3])
            rest = f" And {len(answer.refused) - 3} more." if len(answer.refused) > 3 else ""
            messages.show(
                "Imported, except some", f"{message}\n\nNot taken: {shown}{rest}"
            )
        else:
            messages.tell(message)

    def by_telephone(self, row: RoundPartner) -> None:
        """Write down what a partner says; taken like a return that came as a file."""
        asked = self.tasks.fetch(lambda s: telephone.to_ask(s, row.return_id))
        form = self.tasks.fetch(lambda s: telephone.form_asked(s, row.return_id))
        self._call(row, TelephoneDialog(self.window(), row.partner, asked, form))

    def _call(self, row: RoundPartner, dialog: TelephoneDialog) -> None:
        """A call that cannot be written down now is shown again with every word of it."""
        if not dialog.run():
            dialog.deleteLater()
            return
        spoken, who, how = dialog.answers, dialog.informant.text(), str(dialog.channel.currentData())

        def done(answer: object) -> None:
            dialog.deleteLater()
            if isinstance(answer, returns.Review):
                self.open_review(answer.submission)

        def failed(error: BaseException) -> None:
            messages.failed(error)
            QTimer.singleShot(0, self, lambda: self._call(row, dialog))

        self.tasks.write(
            lambda s: telephone.take_call(s, row.return_id, spoken, informant=who, channel=how), then=done, failed=failed
        )

    def open_review(self, submission: str) -> None:
        """Show a submission's review."""
        self.review.open(submission)
        self._stack.setCurrentIndex(1)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        self.read_files([Path(u.toLocalFile()) for u in event.mimeData().urls() if u.isLocalFile()])
