"""Harm and concentration: a case extract as it was measured, with its caveats; counts beside every measure of harm."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from vawg_desktop.domain.changes import Changes
from vawg_desktop.services import case_extracts
from vawg_desktop.services.case_extracts import Shown, Taken
from vawg_desktop.services.harm_measures import CAVEATS
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.ui.dialogs.cases import CasesDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import PAPER_KINDS, copy_table, save_document
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice, fill
from vawg_desktop.ui.widgets.common import EmptyState, Section, button, clear, label, note, scrolled
from vawg_desktop.ui.widgets.file_dialog import QFileDialog
from vawg_desktop.ui.widgets.flow_layout import FlowLayout
from vawg_desktop.ui.widgets.lorenz import LorenzCurve
from vawg_desktop.ui.widgets.plain_table import PlainTable

_TABLES = "Tables (*.csv *.xlsx *.ods *.xls *.tsv *.txt)"
_EMPTY = "No case extract yet. It shows harm, repeat victims and offenders, and how far cases get. Import harm weights first, then the extract: it is read, measured and forgotten."


class HarmPage(QWidget):
    """One extract, its measures as tables; what is copied and saved has the office's small counts left out."""

    open_record = Signal(str)
    open_page = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._extract = ""
        self.found: Shown | None = None
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(12), 0, theme.px(8))
        box.setSpacing(theme.px(8))
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, theme.px(16), 0)
        head.addWidget(label("Harm", size=24, bold=True, wrap=False))
        head.addStretch(1)
        head.addWidget(button("Import weights …", self.take_weights, tip="Your own copy of the Cambridge index, ONS severity weights, or any table with a code and a weight"))
        head.addWidget(button("Import cases …", self.take_in, tip="A case extract without names: read, measured and forgotten"))
        self._out = [button("Copy", self.copy, tip="The tables; small counts are left out"), button("Save as …", self.save, tip="The measures with their caveats, as a document")]
        for made in self._out:
            head.addWidget(made)
        box.addLayout(head)
        self._stack = QStackedWidget()
        self._stack.addWidget(EmptyState(_EMPTY, "Import weights …", self.take_weights))
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(8))
        self.choice = Choice()
        self.choice.setAccessibleName("Case extract")
        self.choice.meant.connect(lambda _: self.show_record(str(self.choice.currentData() or "")))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, theme.px(16), 0)
        row.addWidget(self.choice, 1)
        row.addWidget(button("Open its record", lambda: self.open_record.emit(self._extract), kind="quiet"))
        column.addLayout(row)
        self._body = scrolled(column, spacing=8)
        self._stack.addWidget(inside)
        box.addWidget(self._stack, 1)
        tasks.changes_applied.connect(self._on_changes)

    # -- reading -----------------------------------------------------------------------------

    def load(self) -> None:
        """Read the extracts, and the measures of the one that is chosen."""
        wanted = self._extract

        def read(session: Session) -> tuple[list[tuple[str, str]], Shown | None]:
            known = case_extracts.listed(session)
            chosen = next((i for i, _ in known if i == wanted), known[0][0] if known else "")
            return known, case_extracts.shown(session, chosen) if chosen else None

        self.tasks.read(read, self._came)

    def show_record(self, id: str) -> None:
        """Show an extract's measures, by its id."""
        self._extract = id
        self.load()

    def _came(self, found: tuple[list[tuple[str, str]], Shown | None]) -> None:
        known, self.found = found
        self._stack.setCurrentIndex(int(self.found is not None))
        for made in self._out:
            made.setVisible(self.found is not None)
        if self.found is None:
            return
        self._extract = str(self.found.row["id"])
        fill(self.choice, known, self._extract)
        self._show(self.found)

    def _show(self, found: Shown) -> None:
        clear(self._body)
        self._body.addWidget(label(found.sentence(), size=16, bold=True))
        told = [f"Offenders: {found.row['offenders']}.", f"Weighed by {found.weights}." if found.weights else "Not weighed."]
        if found.measured.unweighed:
            told.append(f"Without a weight, and so in no harm: {', '.join(f'{k} ({n:,})' for k, n in list(found.measured.unweighed.items())[:8] if n >= found.least) or 'a few offences'}.")
        self._body.addWidget(label(" ".join(told), muted=True))
        for caveat in CAVEATS:
            self._body.addWidget(label(caveat, muted=True))
        curves = case_extracts.curves(found)
        if curves:
            flow = FlowLayout(16)
            for name, shares in curves:
                flow.addWidget(LorenzCurve(f"Share of harm: {name.casefold()}", shares))
            self._body.addLayout(flow)
        for name, heads, rows, notes in found.tables:
            section = Section(name)
            if rows:
                table = PlainTable(heads, name)
                table.show_rows(rows)
                section.body.addWidget(table)
            for one in notes:
                section.body.addWidget(note(one))
            self._body.addWidget(section)
        self._body.addStretch(1)

    # -- acting ------------------------------------------------------------------------------

    def take_weights(self) -> None:
        """Take in a table of harm weights, under its version."""
        name, _ = QFileDialog.getOpenFileName(self, "Import harm weights", "", _TABLES)
        if not name:
            return
        version, meant = messages.ask_text("Harm weights", "Of which year or edition are they? Figures of two versions are not compared.", verb="Import")
        if not meant:
            return
        told: list[list[str]] = []

        def work(session: Session) -> Changes:
            _, problems, changes = case_extracts.take_weights(session, Path(name), version=version)
            told.append(problems)
            return changes

        self.tasks.write(work, then=lambda _: messages.tell("The weights were imported." + (f" {' '.join(told[-1][:3])}" if told[-1] else "")))

    def take_in(self) -> None:
        """Ask on what footing an extract came, read it, measure it and forget it."""
        name, _ = QFileDialog.getOpenFileName(self, "Import a case extract", "", _TABLES)
        if not name:
            return
        weights = self.tasks.fetch(lambda s: [(str(r["id"]), str(r["title"])) for r in plain_rows(s.read(), "SELECT id, title FROM weight_set WHERE NOT deleted ORDER BY n DESC", ())])
        dialog = CasesDialog(self.window(), Path(name).name, weights)
        answer = dialog.answer() if dialog.run() else None
        dialog.deleteLater()
        if answer is None:
            return
        footing, weighed = answer
        told: list[Taken] = []

        def work(session: Session) -> Changes:
            told.append(case_extracts.take_in(session, Path(name), footing, weights=weighed))
            return told[-1].changes

        def done(_: object) -> None:
            self.show_record(told[-1].id)
            messages.tell(told[-1].sentence())

        self.tasks.write(work, then=done)

    def copy(self) -> None:
        """Put the tables on the clipboard, counted as they may leave the office."""
        extract = self._extract
        outside = self.tasks.fetch(lambda s: case_extracts.shown(s, extract, inside=False))
        lines = [row for name, heads, rows, _ in outside.tables for row in ([name], heads, *rows, [""])]
        wide = max(len(r) for r in lines)
        copy_table([outside.sentence(), *[""] * (wide - 1)], [[*r, *[""] * (wide - len(r))] for r in lines])
        messages.tell("Copied as a table. Small counts were left out.")

    def save(self) -> None:
        """Save the measures with their caveats as a document."""
        extract, found = self._extract, self.found
        if found is not None:
            save_document(self, self.tasks, str(found.row["title"]), lambda s: case_extracts.document(s, extract), kinds=PAPER_KINDS)

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and {"case_extract", "weight_set", "setting"} & set(changes.entities):
            self.load()
