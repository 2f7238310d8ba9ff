"""Returns: a round as a table of partners by step, and the review of what came back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import label as date_label
from vawg_desktop.services import overview as counts
from vawg_desktop.services import returns, rounds
from vawg_desktop.ui.dialogs.round import RoundDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.pages.review import ReviewPane
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.basics import EmptyState, button, clear, label, rule

_STEPS = {
    "sent": "Sent", "late": "No return received", "received": "Received, to review", "applied": "Applied", "reversed": "Reversed",
}  # fmt: skip


class ReturnsPage(QWidget):
    """Rounds, and one submission's review in their place while it is open."""

    open_record = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._round: str | None = None
        self.setAcceptDrops(True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedWidget()
        box.addWidget(self._stack)
        self._stack.addWidget(self._build_round())
        self.review = ReviewPane(tasks)
        self.review.left.connect(self._on_review_left)
        self.review.open_record.connect(self.open_record)
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
                "Read a return …",
                self.choose_file,
                icon_name="returns",
                tip="Or drop the workbook anywhere on this page",
            )
        )
        head.addWidget(button("Send round …", self.send_round, kind="primary"))
        box.addLayout(head)
        pick = QHBoxLayout()
        self._rounds = QComboBox()
        self._rounds.setAccessibleName("Round")
        self._rounds.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._rounds.activated.connect(self._on_round)
        pick.addWidget(self._rounds)
        self._summary = label("", muted=True)
        pick.addWidget(self._summary, 1)
        box.addLayout(pick)
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(theme.px(24))
        self._rows.setVerticalSpacing(0)
        box.addLayout(self._rows)
        self._empty = EmptyState(
            "No round has been sent yet. A round makes one workbook for each partner, with that partner's actions only.",
            "Send round …",
            self.send_round,
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
            lambda s: (counts.rounds(s), counts.round_rows(s, wanted)), lambda answer: self._show(*answer)
        )

    def _show(self, known: list[dict[str, object]], rows: list[dict[str, object]]) -> None:
        self._rounds.clear()
        for one in known:
            self._rounds.addItem(f"{one['period']}, due {date_label(str(one['due']))}", one["id"])
        at = self._rounds.findData(self._round) if self._round else 0
        self._rounds.setCurrentIndex(max(0, at))
        self._rounds.setVisible(bool(known))
        self._summary.setVisible(bool(known))
        self._empty.setVisible(not known)
        back = sum(1 for r in rows if r["step"] in ("received", "applied"))
        self._summary.setText(
            f"{len(rows)} sent, {back} returned, {len(rows) - back} with no return received"
        )
        clear(self._rows)
        if rows:
            self._show_rows(rows)

    def _show_rows(self, rows: list[dict[str, object]]) -> None:
        narrow = self.width() < theme.px(760)
        left_out = {1, 2, 3} if narrow else set[int]()
        for c, head in enumerate(("Partner", "Version", "Sent", "Returned", "Step", "Next")):
            if c in left_out:
                continue
            made = label(head, muted=True, wrap=False)
            made.setContentsMargins(0, theme.px(8), 0, theme.px(8))
            self._rows.addWidget(made, 0, c)
        for r, row in enumerate(rows):
            at = 1 + 2 * r
            self._rows.addWidget(rule(), at, 0, 1, 6)
            step = str(row["step"])
            texts = (
                str(row["partner_name"]), f"v{row['version']}", date_label(str(row["sent"])),
                date_label(str(row["received"])) if row["received"] else "", _STEPS[step],
            )  # fmt: skip
            for c, text in enumerate(texts):
                if c in left_out:
                    continue
                made = label(text, bold=c == 0, wrap=narrow and c == 0)
                if c == 4 and step == "late":
                    made.setProperty("warn", True)
                self._rows.addWidget(made, at + 1, c)
            verb, do = self._next(row)
            go = button(verb, do, kind="" if step == "received" else "quiet")
            go.setAccessibleName(f"{verb}: {row['partner_name']}")
            go.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            self._rows.addWidget(go, at + 1, 5)
            self._rows.setRowMinimumHeight(at + 1, theme.px(40))
        self._rows.setColumnStretch(0, 2)
        self._rows.setColumnStretch(4, 1)

    def _next(self, row: dict[str, object]) -> tuple[str, Callable[[], object]]:
        if row["submission"]:
            submission = str(row["submission"])
            return ("Review" if row["step"] == "received" else "Open"), lambda: self.open_review(submission)
        return "Read return …", self.choose_file

    def _on_round(self, place: int) -> None:
        self._round = str(self._rounds.itemData(place))
        self.load()

    def _on_review_left(self) -> None:
        self._stack.setCurrentIndex(0)
        self.load()

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and changes.concerns(
            "round", "return", "submission", "decision", "action", "update"
        ):
            if self._stack.currentIndex() == 1:
                self.review.reload()
            else:
                self.load()

    # -- doing -------------------------------------------------------------------------------

    def send_round(self) -> None:
        """Ask period, date and folder; make the workbooks."""
        wanted = RoundDialog.ask(self, self.tasks.session)
        if wanted is None:
            return

        def made(answer: rounds.RoundMade) -> None:
            messages.tell(
                f"{len(answer.returns)} returns are in {wanted.folder}; {len(answer.skipped)} partners got none."
            )
            self._round = None
            self.load()

        self.tasks.write(
            lambda s: rounds.export_returns(
                s, period=wanted.period, due=wanted.due, out=Path(wanted.folder), format=wanted.format
            ),
            then=made,
        )

    def choose_file(self) -> None:
        """Choose a returned workbook."""
        name, _ = QFileDialog.getOpenFileName(
            self, "Read a return", "", "Workbooks (*.xlsx *.xlsm *.xlsb *.xls *.ods *.csv)"
        )
        if name:
            self.read_file(Path(name))

    def read_file(self, path: Path) -> None:
        """Stage a returned workbook and open its review."""

        def done(answer: object) -> None:
            if isinstance(answer, returns.Review):
                self.open_review(answer.submission)

        self.tasks.write(lambda s: returns.import_return(s, path), then=done)

    def open_review(self, submission: str) -> None:
        """Show a submission's review."""
        self.review.open(submission)
        self._stack.setCurrentIndex(1)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.read_file(Path(url.toLocalFile()))
