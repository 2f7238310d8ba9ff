"""Change one field of many records: asks for the field, its new value and the reason."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from vawg_desktop.domain.entities import EntitySpec
from vawg_desktop.domain.fields import FieldSpec, Kind
from vawg_desktop.services import lists, records
from vawg_desktop.services.records import ADD, STATE, Assignment, problem_with
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, label


class BulkDialog(Form):
    """One field, one value, one reason, for the rows picked."""

    beside_record = False

    def __init__(self, parent: QWidget, tasks: Tasks, spec: EntitySpec, count: int) -> None:
        super().__init__(parent)
        self.setWindowTitle("Edit picked rows")
        self._tasks = tasks
        self._fields = [f for f in spec.fields if not f.private and not f.retired and f.key != spec.title]
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(8))
        box.addWidget(label(f"Edit {spec.how_many(count)}", size=16, bold=True))
        self._field = Choice()
        self._field.setAccessibleName("Field")
        self._field.addItem("Choose a field …")
        self._field.addItems([f.label for f in self._fields])
        self._field.currentIndexChanged.connect(lambda _: self._offer())
        box.addWidget(label("Field", muted=True))
        box.addWidget(self._field)
        self._value = Choice()
        self._value.setEditable(True)
        self._value.setAccessibleName("New value")
        box.addWidget(label("New value", muted=True))
        box.addWidget(self._value)
        self._clears = QCheckBox("Empty this field" + (" in all of them" if count > 1 else ""))
        self._clears.toggled.connect(lambda on: self._value.setDisabled(on))
        box.addWidget(self._clears)
        self._why = QPlainTextEdit()
        self._why.setTabChangesFocus(True)
        self._why.setFixedHeight(theme.px(80))
        self._why.setAccessibleName("Reason")
        box.addWidget(label("Reason (optional)", muted=True))
        box.addWidget(self._why)
        self._wrong = label("")
        self._wrong.setProperty("warn", True)
        box.addWidget(self._wrong)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(button("Cancel", self.reject))
        self.saves = button(f"Change {count}", self._on_done, kind="primary")
        row.addWidget(self.saves)
        box.addLayout(row)
        self.setMinimumWidth(theme.px(560))
        self._offer()

    def first_field(self) -> QWidget:
        """The field, which nobody has chosen yet."""
        return self._field

    def _spec(self) -> FieldSpec | None:
        place = self._field.currentIndex() - 1
        return self._fields[place] if place >= 0 else None

    def _offer(self) -> None:
        spec, text = self._spec(), self._value.currentText()
        self._value.clear()
        if spec is None:
            pass
        elif spec.terms is not None:
            self._value.addItems(list(spec.terms.labels()))
        elif spec.kind is Kind.YES_NO:
            self._value.addItems(["Yes", "No"])
        self._value.setCurrentText(text)

    def _on_done(self) -> None:
        text, spec = self._value.currentText(), self._spec()
        if spec is None:
            self._wrong.setText("Choose the field to change.")
            self._field.setFocus()
            return
        if not text.strip() and not self._clears.isChecked():
            self._wrong.setText("Type the new value, or say that the field is to be emptied.")
            self._value.setFocus()
            return
        if not self._clears.isChecked() and not spec.many:
            problem = self._tasks.fetch(lambda s: problem_with(s, spec, text))
            if problem:
                self._wrong.setText(problem)
                return
        self.accept()

    @classmethod
    def ask(
        cls, parent: QWidget, tasks: Tasks, spec: EntitySpec, count: int
    ) -> tuple[Assignment, str] | None:
        """The assignment and its reason, or None if the person left."""
        dialog = cls(parent.window(), tasks, spec, count)
        accepted = dialog.run()
        found, clears = dialog._spec(), dialog._clears.isChecked()
        answer = None
        if accepted and found is not None:
            how = ADD if found.many and not clears else STATE
            answer = Assignment(found.key, "" if clears else dialog._value.currentText(), how), dialog._why.toPlainText().strip()
        dialog.deleteLater()
        return answer


def edit_many(parent: QWidget, tasks: Tasks, spec: EntitySpec, numbers: list[int]) -> None:
    """Ask what to change in the records with these local numbers, and change it in all of them or none."""
    wanted = BulkDialog.ask(parent, tasks, spec, len(numbers))
    if wanted is not None:
        assignment, why = wanted
        tasks.write(
            lambda s: records.assign_many(s, lists.record_ids(s, spec.key, numbers), [assignment], why or None),
            message=f"{spec.how_many(len(numbers))} changed.",
        )
