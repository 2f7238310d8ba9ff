"""A small form for a new record: collects what is typed, returns it, saves nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from vawg_desktop.domain.entities import EntitySpec, form_field
from vawg_desktop.domain.fields import FieldSpec, Kind
from vawg_desktop.services import names
from vawg_desktop.services.records import problem_with
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.choice import Choice
from vawg_desktop.ui.widgets.common import button, fit_screen, label, offer, scrolled
from vawg_desktop.ui.widgets.record_fields import choices_for
from vawg_desktop.ui.widgets.set_editor import SetField

Control = QLineEdit | Choice | QPlainTextEdit | SetField
#: More fields than these scroll where the screen has no room for them.
_FEW = 5


class FormDialog(Form):
    """Fields one under the other; the verb is on the button; wrong input is explained where it stands."""

    def __init__(
        self,
        parent: QWidget,
        tasks: Tasks,
        title: str,
        spec: EntitySpec,
        fields: Sequence[str],
        verb: str,
        given: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        self._tasks, self._spec = tasks, spec
        self._controls: dict[str, Control] = {}
        self._wrongs: dict[str, QLabel] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), theme.px(24), theme.px(16))
        box.setSpacing(theme.px(4))
        box.addWidget(label(title, size=16, bold=True))
        outer, body = box, scrolled(box, spacing=4) if len(fields) > _FEW else box
        for key in fields:
            self._add(body, form_field(spec, key), (given or {}).get(key, ""))
        if body is not outer:
            body.addStretch(1)
        row = QHBoxLayout()
        row.setContentsMargins(0, theme.px(16), 0, 0)
        row.addStretch(1)
        row.addWidget(button("Cancel", self.reject))
        done = button(verb, self._on_done, kind="primary")
        self.saves = done
        row.addWidget(done)
        box.addLayout(row)
        self.setMinimumWidth(min(theme.px(480), self.screen().availableSize().width() - 16))
        if body is not outer:
            fit_screen(self, 480, 130 + 66 * len(fields))

    def _add(self, box: QVBoxLayout, field: FieldSpec, given: str) -> None:
        name = label(field.label + ("" if field.required else " (optional)"), muted=not field.required)
        name.setContentsMargins(0, theme.px(8), 0, 0)
        box.addWidget(name)
        control = self._control(field, given)
        control.setAccessibleName(field.label)
        control.setAccessibleDescription(field.help)
        name.setBuddy(control)
        box.addWidget(control)
        wrong = label("")
        wrong.setProperty("warn", True)
        wrong.hide()
        box.addWidget(wrong)
        self._controls[field.key], self._wrongs[field.key] = control, wrong

    def _control(self, field: FieldSpec, given: str) -> Control:
        if field.kind is Kind.LONG:
            paper = QPlainTextEdit(given)
            paper.setTabChangesFocus(True)
            paper.setFixedHeight(theme.px(96))
            return paper
        if field.kind in (Kind.TERM, Kind.YES_NO):
            combo = Choice()
            combo.addItem("", "")
            options = (
                [("yes", "Yes"), ("no", "No")]
                if field.terms is None
                else [(x.key, x.label) for x in field.terms]
            )
            for key, words in options:
                combo.addItem(words, key)
            wanted = given or (str(field.default) if field.default else "")
            combo.setCurrentIndex(max(0, combo.findData(wanted)))
            return combo
        if field.many:
            return SetField(field, choices_for(self._tasks, self._spec, field), given)
        line = QLineEdit(given)
        if field.kind is Kind.REF:
            self._tasks.read(lambda s: names.titles(s.read(), field.target), lambda known: _complete(line, known))
        return line

    def typed(self) -> dict[str, str]:
        """What stands in the form, by field key; empty fields left out."""
        found: dict[str, str] = {}
        for key, control in self._controls.items():
            if isinstance(control, Choice):
                text = str(control.currentData() or "")
            else:
                text = control.toPlainText() if isinstance(control, QPlainTextEdit) else control.text()  # a set's parts with ; between them
            if text.strip():
                found[key] = text
        return found

    def state(self) -> list[str]:
        """What stands in the fields, the chips of sets included."""
        return [*super().state(), *self.typed().values()]

    def _on_done(self) -> None:
        typed = self.typed()
        fields = [form_field(self._spec, key) for key in self._wrongs]
        problems = self._tasks.fetch(lambda s: {f.key: problem_with(s, f, typed.get(f.key, "")) for f in fields})
        first: Control | None = None
        for key, wrong in self._wrongs.items():
            problem = problems[key]
            wrong.setText(problem)
            wrong.setVisible(bool(problem))
            if problem and first is None:
                first = self._controls[key]
        if first is not None:
            first.setFocus()
            return
        self.accept()

    @classmethod
    def fill_in(
        cls,
        parent: QWidget,
        tasks: Tasks,
        title: str,
        spec: EntitySpec,
        fields: Sequence[str],
        verb: str,
        *,
        given: Mapping[str, str] | None = None,
    ) -> dict[str, str] | None:
        """The typed values by field key, or None if the person left."""
        dialog = cls(parent.window(), tasks, title, spec, fields, verb, given)
        accepted = dialog.run()
        typed = dialog.typed() if accepted else None
        dialog.deleteLater()
        return typed


def _complete(line: QLineEdit, known: Sequence[str]) -> None:
    """Offer these names in a line, if it is still there."""
    if isValid(line):
        offer(line, known)


def words_back(typed: Mapping[str, object]) -> Callable[[BaseException], None]:
    """What to do where the words of a form could not be saved: say why, and offer them for another try."""
    words = "\n".join(str(value) for value in typed.values() if value)

    def failed(error: BaseException) -> None:
        messages.failed(error, action="Copy what I typed", do=lambda: QApplication.clipboard().setText(words))

    return failed
