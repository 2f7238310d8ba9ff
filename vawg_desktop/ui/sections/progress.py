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
from vawg_desktop.ui.widgets.common import Rows, Section, label, note

#: So many updates are shown, the newest.
_SHOWN = 8
#: Cells that are told under an update's words, each with its word.
_MORE = {"next_step": "Next", "help_wanted": "Help wanted", "barriers": "In the way"}


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
                lambda s: records.add_update(s, view.id, typed), message="Update added.", failed=words_back(typed)
            )

    section = Section("Progress", "Add update", add) if pane.spec.told_by else Section("Progress")

    rows, under = Rows(_UpdateRow), note("")
    rows.setSpacing(section.body.spacing())
    section.body.addLayout(rows)
    section.body.addWidget(under)

    def fill(view: show.RecordView) -> None:
        section.set_count(len(view.updates))
        newest, earlier = view.updates[:_SHOWN], len(view.updates) - _SHOWN
        for row, update in zip(rows.show_rows(len(newest)), newest, strict=True):
            row.fill(update)
        under.setText(f"{how_many(earlier, 'earlier update')} can be read in Changes." if earlier > 0 else "No updates yet.")
        under.setVisible(earlier > 0 or not newest)

    return Made(section, fill)


class _UpdateRow(QWidget):
    """One update: when, how and from whom it was heard, its words, and what comes next."""

    def __init__(self) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(8), theme.px(4), 0, theme.px(8))
        box.setSpacing(theme.px(2))
        self._head = label("", muted=True)
        self._text = label("")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setMaximumWidth(theme.px(640))
        self._more = {key: label("", muted=True) for key in _MORE}
        for one in (self._head, self._text, *self._more.values()):
            box.addWidget(one)

    def fill(self, update: dict[str, object]) -> None:
        head = [dates.label(str(update["as_at"])) if update["as_at"] else "Undated"]
        head += [str(update[key]) for key in ("of_reference", "period") if update.get(key)]
        if update["channel"]:
            head.append(t.CHANNEL.label(str(update["channel"])).casefold())
        if update["informant"]:
            head.append(str(update["informant"]))
        if update["status"]:
            head.append(t.ACTION_STATUS.label(str(update["status"])).casefold())
        self._head.setText(" · ".join(head))
        without = "No change" if update["answer"] == "no_change" else "Figures or status only"
        self._text.setText(str(update["narrative"] or "") or without)
        for key, made in self._more.items():
            made.setText(f"{_MORE[key]}: {update[key]}" if update[key] else "")
            made.setVisible(bool(update[key]))
