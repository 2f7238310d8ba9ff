"""Progress updates of an action, or of all actions of a recommendation."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from vawg_desktop.domain import dates
from vawg_desktop.domain import terms as t
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services import records, show
from vawg_desktop.ui.dialogs.forms import words_back
from vawg_desktop.ui.sections.base import Made, Pane, ask
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import Section, clear, label, note


def progress(pane: Pane) -> Made:
    """Updates, latest first; a new one copies how the action stands and never drives it."""

    def add() -> None:
        view = pane.view
        if view is None:
            return
        fields = ("narrative", "as_at", "channel", "informant", "next_step", "help_wanted")
        typed = ask(pane, f"Progress of {view.reference}",
            BY_KEY[pane.spec.told_by],
            fields,
            "Add update",
            given={
                "as_at": dates.label(pane.tasks.session.today.isoformat()),
                "channel": "own",
                "informant": pane.tasks.session.who,
            },
        )
        if typed is not None:
            pane.tasks.write(
                lambda s: records.add_update(s, view.id, typed), told="Update added.", failed=words_back(typed)
            )

    section = Section("Progress", "Add update", add) if pane.spec.told_by else Section("Progress")

    def fill(view: show.RecordView) -> None:
        clear(section.body)
        section.set_count(len(view.updates))
        for update in view.updates[:8]:
            section.body.addWidget(_update_widget(update))
        if len(view.updates) > 8:
            section.body.addWidget(note(f"{how_many(len(view.updates) - 8, 'earlier update')} can be read in Changes."))
        if not view.updates:
            section.body.addWidget(note("Nothing heard yet."))

    return Made(section, fill)


def _update_widget(update: dict[str, object]) -> QWidget:
    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(theme.px(8), theme.px(4), 0, theme.px(8))
    box.setSpacing(theme.px(2))
    head = [dates.label(str(update["as_at"])) if update["as_at"] else "Undated"]
    if update.get("of_reference"):
        head.append(str(update["of_reference"]))
    if update["period"]:
        head.append(str(update["period"]))
    if update["channel"]:
        head.append(t.CHANNEL.label(str(update["channel"])).casefold())
    if update["informant"]:
        head.append(str(update["informant"]))
    if update["status"]:
        head.append(t.ACTION_STATUS.label(str(update["status"])).casefold())
    box.addWidget(label(" · ".join(head), muted=True))
    words = str(update["narrative"] or "")
    if not words:
        words = "No change" if update["answer"] == "no_change" else "Figures or status only"
    text = label(words)
    text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    text.setMaximumWidth(theme.px(640))
    box.addWidget(text)
    for key, name in (("next_step", "Next"), ("help_wanted", "Help wanted"), ("barriers", "In the way")):
        if update[key]:
            box.addWidget(label(f"{name}: {update[key]}", muted=True))
    return holder
