"""Which editor a field of a record gets, where its choices come from, and how a group of fields folds away."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget

from vawg_desktop.domain.entities import EntitySpec
from vawg_desktop.domain.fields import FieldSpec, Kind
from vawg_desktop.ui.choices import Ask, choices_of, given
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.widgets.editors import (
    ChoiceEditor,
    FieldEditor,
    LineEditor,
    PaperEditor,
    RefEditor,
    date_hint,
)


def editor_for(tasks: Tasks, entity: EntitySpec, spec: FieldSpec) -> FieldEditor:
    """The editor of a field that holds one value."""
    if spec.kind in (Kind.TERM, Kind.YES_NO):
        return ChoiceEditor(spec)
    if spec.kind is Kind.LONG:
        return PaperEditor(spec)
    if spec.kind is Kind.REF:
        return RefEditor(spec, choices_for(tasks, entity, spec))
    made = LineEditor(spec)
    if spec.kind is Kind.DATE:
        made.setToolTip(date_hint())
    return made


def choices_for(tasks: Tasks, entity: EntitySpec, spec: FieldSpec) -> Ask:
    """Where the choices of a field come from: records of a kind, the field's terms, or words that others have used."""
    if spec.target:
        return choices_of(tasks).of_kind(spec.target)
    if spec.terms is not None:
        return given([(x.key, x.label) for x in spec.terms])
    return choices_of(tasks).of_words(entity.link_kind(spec))


def folding(holder: QWidget, title: str) -> QPushButton:
    """Hide ``holder``; the button that shows it, and hides it again."""
    toggle = QPushButton("Show")
    toggle.setProperty("quiet", True)
    toggle.setAccessibleName(f"Show {title}")
    holder.hide()

    def flip() -> None:
        holder.setVisible(holder.isHidden())
        toggle.setText("Hide" if not holder.isHidden() else "Show")
        toggle.setAccessibleName(f"{toggle.text()} {title}")

    toggle.clicked.connect(flip)
    return toggle
