"""Papers: choose one, say about what and since when, save it in any format or publish it; its figures are shown before and open the records they count."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.meeting_terms import PAPER_KIND
from vawg_desktop.services import (
    names,
    paper_mail,
    paper_templates,
    papers,
    publications,
)
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.office import set_templates
from vawg_desktop.services.paper_parts import Counted
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.session import Session
from vawg_desktop.store.files import write_output
from vawg_desktop.ui.dialogs.paper_template import TemplatesDialog
from vawg_desktop.ui.dialogs.publish import PublishDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import PAPER_KINDS, REDACTED_KINDS, save_document, save_file
from vawg_desktop.ui.pages.papers_offered import OFFERED, PLAIN, TEMPLATE, Known, known
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import (
    Elided,
    button,
    clear,
    label,
    offer,
    scroll_over,
    set_style,
)
from vawg_desktop.ui.widgets.file_dialog import QFileDialog
from vawg_desktop.ui.widgets.flow_layout import FlowLayout
from vawg_desktop.ui.widgets.kept_lines import KeptLines
from vawg_desktop.ui.widgets.place_kept import PLACE

#: So many papers have a number key of their own.
_KEYS = 10
#: So many records are named to the store at once; a figure that counts more is of all.
_MOST_NAMED = 30_000
#: From this width at 100 % the buttons stand beside the title.
_WIDE = 900
#: Under which the window keeps the template chosen for a kind of paper; and the letters of its name that fit on the button.
_SHORT = 18
_WORDS = (*papers.BOARD_WORDS, *papers.SIGNED_WORDS)


class PapersPage(QWidget):
    """The number keys choose a paper, Ctrl+S saves it."""

    open_record = Signal(str)
    open_list = Signal(object, str)
    open_page = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._chosen = OFFERED[0]
        self._figures: list[Counted] = []
        self._names: dict[str, list[str]] = {}
        self._meetings = ("", "")
        #: The template chosen for each kind of paper on this computer.
        self._templates: dict[str, str] = {}
        self._was_counted: tuple[str, Asked, int] | None = None  # with how much news; nothing is counted before the first reading
        box = QHBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(12), theme.px(16), theme.px(8))
        box.setSpacing(theme.px(24))
        holder = QWidget()
        kinds = scroll_over(holder, "Kinds of paper")
        kinds.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        kinds.setMinimumWidth(theme.px(178))
        kinds.setMaximumWidth(theme.px(264))
        left = QVBoxLayout(holder)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(theme.px(2))
        left.addWidget(label("Papers", size=24, bold=True, wrap=False))
        self._rows: dict[str, QWidget] = {}
        for number, one in enumerate(OFFERED, 1):
            key = f"{number % 10}" if number <= _KEYS else "\u2007"  # as wide as a digit
            made = button(f"{key}   {PAPER_KIND.label(one.kind)}", partial(self.choose, one.kind), kind="row", tip=one.holds)
            made.setProperty(PLACE, one.kind)
            self._rows[one.kind] = made
            left.addWidget(made)
            if number <= _KEYS:
                QShortcut(QKeySequence(key), self, partial(self._number, one.kind), context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        left.addStretch(1)
        box.addWidget(kinds, 2)
        box.addWidget(self._paper(), 5)
        QShortcut(QKeySequence("Ctrl+S"), self, self.save, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        tasks.changes_applied.connect(self._on_changes)
        self.choose(self._chosen.kind)

    def _paper(self) -> QWidget:
        holder = QWidget()
        holder.setMaximumWidth(theme.px(860))
        area = scroll_over(holder, "The paper")
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, theme.px(8), theme.px(16))
        box.setSpacing(theme.px(8))
        self._head = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._title = Elided()
        self._title.setFont(theme.font(20, bold=True))
        self._head.addWidget(self._title, 1)
        head = FlowLayout(6)
        self._publish = button("Publish …", self.publish, tip="Keep the file, its figures and what they count for ever, and write it")
        self._mail = button("E-mail …", self.mail, tip="A ready-made e-mail with the paper as a Word document, to be sent by your mail program")
        self._template = button("Template …", self.choose_template, tip="The office's own Word document that the paper is filled into")
        head.addWidget(self._template)
        head.addWidget(self._mail)
        head.addWidget(self._publish)
        head.addWidget(button("Save as …", self.save, kind="primary", tip="Ctrl+S; Word, PDF, OpenDocument or a workbook"))
        self._buttons = QWidget()
        self._buttons.setLayout(head)
        self._head.addWidget(self._buttons)
        box.addLayout(self._head)
        self._holds = label("", muted=True)
        box.addWidget(self._holds)
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(2))
        for column in range(2):
            grid.setColumnStretch(column, 1)
        self._about, self._since, self._as_at = (QLineEdit() for _ in range(3))
        self._named: list[tuple[QWidget, QLineEdit]] = []
        places = ((self._about, "About", 0, 0, 2), (self._since, "Since (a date or a meeting)", 2, 0, 1), (self._as_at, "As at (leave empty for today)", 2, 1, 1))
        for line, words, row, column, span in places:
            name = label(words, muted=True)
            name.setBuddy(line)
            line.setAccessibleName(words)
            line.editingFinished.connect(self.count)
            grid.addWidget(name, row, column, 1, span)
            grid.addWidget(line, row + 1, column, 1, span)
            self._named.append((name, line))
        box.addLayout(grid)
        self._wrong = label("")
        self._wrong.setProperty("warn", True)
        self._wrong.hide()
        box.addWidget(self._wrong)
        self._worded = QWidget()
        inside = QVBoxLayout(self._worded)
        inside.setContentsMargins(0, theme.px(8), 0, 0)
        inside.setSpacing(theme.px(4))
        inside.addWidget(label("In the office's words", bold=True))
        self._words: dict[str, QPlainTextEdit | QLineEdit] = {}
        for key, heading in _WORDS:
            name = label(heading, muted=True)
            made: QPlainTextEdit | QLineEdit
            if key in dict(papers.SIGNED_WORDS):
                made = QLineEdit()
                made.editingFinished.connect(partial(self._keep_words, key))
            else:
                made = KeptLines(partial(self._keep_words, key))
            made.setAccessibleName(heading)
            name.setBuddy(made)
            inside.addWidget(name)
            inside.addWidget(made)
            self._words[key] = made
        box.addWidget(self._worded)
        self._counted = QVBoxLayout()
        self._counted.setSpacing(theme.px(2))
        box.addLayout(self._counted)
        box.addStretch(1)
        return area

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_head()

    def _fit_head(self) -> None:
        """The buttons stand beside the title where there is room for all of them, else under it."""
        beside = self.width() >= theme.px(_WIDE)
        shown = [b.sizeHint().width() for b in self._buttons.findChildren(QPushButton) if not b.isHidden()]
        self._head.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        self._buttons.setMinimumWidth(sum(shown) + theme.px(6) * (len(shown) - 1) + 1 if beside else 0)

    # -- choosing -----------------------------------------------------------------------------

    def _number(self, kind: str) -> None:
        self.choose(kind)
        self._rows[kind].setFocus()

    def choose(self, kind: str) -> None:
        """Show a paper; what it is about is asked for where it is about something."""
        self._chosen = next(o for o in OFFERED if o.kind == kind)
        for key, made in self._rows.items():
            set_style(made, current=key == kind)
        self._title.set_words(PAPER_KIND.label(kind))
        self._holds.setText(self._chosen.holds)
        counted = kind in papers.PAPERS
        for shown, (name, line) in zip((bool(self._chosen.about), self._chosen.changes, kind in papers.OF_ANY_DAY), self._named, strict=True):
            name.setVisible(shown)
            line.setVisible(shown)
        self._about.setPlaceholderText(" or ".join({"meeting": "A meeting, such as next PDB", "recommendation": "A recommendation, such as r3", "partner": "a partner's name", "meeting_decision": "A decision, such as dn1", "information_request": "A request, such as rq1"}[a] for a in self._chosen.about))
        self._complete()
        self._worded.setVisible(self._chosen.worded)
        self._publish.setVisible(counted)
        self._mail.setVisible(counted)
        self._template.setVisible(counted and kind != "foi")
        self._show_template()
        if self._about.text() and kind != "board":
            self._about.clear()
        self._propose()
        self.count()

    def show_record(self, words: str) -> None:
        """Show a paper about a record: ``KIND/ID``."""
        kind, _, about = words.partition("/")
        self.choose(kind)
        self._about.setText(about)
        self.count()

    def _complete(self) -> None:
        found = [name for kind in self._chosen.about for name in self._names.get(kind, [])]
        offer(self._about, found)

    def load(self) -> None:
        """Read what papers can be about, the office's words, and the figures of the paper that is chosen."""
        self.tasks.read(known, self._came)

    def _came(self, found: Known) -> None:
        self._names, kept, self._templates = found.names, found.words, found.templates
        self._meetings = found.meetings
        self._show_template()
        self._complete()
        for key, made in self._words.items():
            if made.hasFocus():
                continue
            words = kept.get(papers.PREFIX + key, "")
            if isinstance(made, QLineEdit):
                made.setText(words)
            else:
                made.setPlainText(words)
        self._propose()
        self.count()

    def _propose(self) -> None:
        """The meeting that a paper is most likely about: the next one, or the last one held for what is written afterwards."""
        if self._chosen.about == ("meeting",) and not self._about.text():
            self._about.setText(self._meetings[self._chosen.kind in ("minutes", "action-log")])

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and changes.entities:
            self.load()

    def _asked(self) -> Asked:
        about = self._about.text().strip()
        return Asked((about,) if about and self._chosen.about else (), self._since.text().strip() if self._chosen.changes else "", self._as_at.text().strip() if self._chosen.kind in papers.OF_ANY_DAY else "")

    # -- what it counts -----------------------------------------------------------------------

    def count(self) -> None:
        """Make the paper off the window's thread, to show its figures or why it cannot be made yet."""
        chosen, asked = self._chosen, self._asked()
        now = (chosen.kind, asked, self.tasks.news)
        if not self._names or now == self._was_counted:
            return
        self._was_counted = now
        if chosen.kind not in papers.PAPERS:
            self._show_figures([], "")
            return
        if chosen.kind in ("briefing", "answer-card", "minutes", "decision-notice", "foi") and not asked.about:
            self._show_figures([], "")
            return

        def came(made: papers.Made) -> None:
            if chosen is self._chosen and asked == self._asked():
                self._show_figures(made.figures, "")

        def failed(error: BaseException) -> None:
            if chosen is self._chosen and asked == self._asked():
                self._show_figures([], getattr(error, "message", "") or str(error))

        self.tasks.read(lambda s: papers.make(s, chosen.kind, asked), came, failed)

    def _show_figures(self, figures: list[Counted], wrong: str) -> None:
        self._figures = figures
        self._wrong.setText(wrong)
        self._wrong.setVisible(bool(wrong))
        clear(self._counted)
        if figures:
            self._counted.addWidget(label("What it counts", bold=True))
        for one in figures:
            row = QHBoxLayout()
            number = label(f"{one.number:,}", bold=True, wrap=False)
            number.setFixedWidth(theme.px(48))
            number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            row.addWidget(number)
            made = button(one.says, partial(self._open_counted, one), kind="row", tip="Shows the records that it counts")
            made.setProperty(PLACE, one.key)
            made.setAccessibleName(f"{one.says}: {one.number:,}. Shows the records that it counts")
            made.setEnabled(one.number > 0)
            row.addWidget(made, 1)
            self._counted.addLayout(row)

    def _open_counted(self, figure: Counted) -> None:
        """The records that a figure counts, in their list; of several kinds the first one's."""
        def kinds(session: Session) -> str:
            found = names.maybe_find(session.read(), figure.ids[0])
            return found.entity if found is not None else ""

        def show(kind: str) -> None:
            if kind:
                only = (Where("id", ";".join(figure.ids)),) if figure.number <= _MOST_NAMED else ()
                self.open_list.emit(ListQuery(kind, where=only), figure.says)

        self.tasks.read(kinds, show)

    # -- out ----------------------------------------------------------------------------------

    def _keep_words(self, key: str) -> None:
        made = self._words[key]
        words = made.text() if isinstance(made, QLineEdit) else made.toPlainText()
        self.tasks.write(lambda s: set_templates(s, {papers.PREFIX + key: words}))

    def choose_template(self) -> None:
        """Choose the Word document that this kind of paper is filled into; it is remembered on this computer."""
        kind = self._chosen.kind
        dialog = TemplatesDialog(self, self.tasks, kind, self._templates.get(kind, ""))
        if dialog.run():
            self._templates[kind] = dialog.answer()
            self.tasks.save_local(TEMPLATE, kind, dialog.answer() or None)
            self._show_template()

    def _show_template(self) -> None:
        name = self._templates.get(self._chosen.kind, "")
        self._template.setText("Template …" if not name else f"Template: {name if len(name) < _SHORT else name[: _SHORT - 1] + '…'}")
        self._fit_head()

    def save(self) -> None:
        """Save the paper; the file's ending chooses its format, and a Word document is filled into the template that is chosen."""
        kind, asked, template = self._chosen.kind, self._asked(), self._templates.get(self._chosen.kind, "")
        if self._wrong.isVisible():
            messages.tell(self._wrong.text())
            return
        if template:
            save_file(self, self.tasks, PAPER_KIND.label(kind), "Word (*.docx)", lambda s: paper_templates.filled(s, kind, papers.make(s, kind, asked), template, "x.docx"))
            return
        make = PLAIN.get(kind) or (lambda s: papers.make(s, kind, asked).document)
        save_document(self, self.tasks, PAPER_KIND.label(kind), make, kinds=REDACTED_KINDS if kind == "foi" else PAPER_KINDS)

    def mail(self) -> None:
        """Save the paper as an e-mail that opens ready to be sent."""
        kind, asked = self._chosen.kind, self._asked()
        if self._wrong.isVisible():
            messages.tell(self._wrong.text())
            return
        chosen, _ = QFileDialog.getSaveFileName(self, "Save the e-mail", f"{PAPER_KIND.label(kind)} {self.tasks.session.today.isoformat()}.eml", "E-mails (*.eml)")
        if chosen:
            self.tasks.make_file(lambda s: write_output(Path(chosen), paper_mail.message(s, kind, asked)), lambda _: messages.tell(f"Saved as {Path(chosen).name}; open it in your mail program and send it."))

    def publish(self) -> None:
        """Ask to whom it goes and who cleared it, then keep it for ever and write it."""
        kind, asked = self._chosen.kind, self._asked()
        if self._wrong.isVisible():
            messages.tell(self._wrong.text())
            return
        earlier = self.tasks.fetch(lambda s: [(str(r["reference"]), f"{r['reference']}  {r['title']}, edition {r['edition']}") for r in publications.listed(s) if r["kind"] == kind])
        sending = PublishDialog.ask(self, PAPER_KIND.label(kind), earlier, "draft" if kind == "minutes" else "published")
        if sending is None:
            return
        told = self.tasks.fetch(lambda s, to=sending.to_whom: publications.warnings(s, kind, asked, to))
        if told and not messages.ask("Publish", " ".join(told[:6]) + " Publish it as it is?", "Publish"):
            return
        template = self._templates.get(kind, "")
        ending = ".docx" if template else ".pdf"
        chosen, _ = QFileDialog.getSaveFileName(self, "Publish as", f"{PAPER_KIND.label(kind)} {self.tasks.session.today.isoformat()}{ending}", REDACTED_KINDS if kind == "foi" else PAPER_KINDS)
        if chosen:
            sending = replace(sending, knowing=bool(told), template=template if chosen.casefold().endswith(".docx") else "")
            self.tasks.write(
                lambda s: publications.publish(s, kind, asked, Path(chosen), sending),
                then=lambda done: messages.tell(f"{done.reference} is kept, and written as {Path(chosen).name}."),
            )
