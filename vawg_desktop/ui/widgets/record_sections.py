"""Sections of a record that are more than fields: links both ways, progress, responses, history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QSizePolicy, QWidget

from vawg_desktop.domain import dates
from vawg_desktop.domain import terms as t
from vawg_desktop.domain.entities import BY_KEY, LINK
from vawg_desktop.services import attachments, chasing, finding, history, over_time, records, show
from vawg_desktop.ui.dialogs.forms import FormDialog, words_back
from vawg_desktop.ui.dialogs.pick import PickDialog
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.theme import icon, theme
from vawg_desktop.ui.widgets.basics import Section, button, clear, label, note

if TYPE_CHECKING:
    from vawg_desktop.services.session import Session
    from vawg_desktop.ui.widgets.record_pane import RecordPane


@dataclass(slots=True)
class Made:
    """A section's widget and how to fill it."""

    widget: QWidget
    fill: Callable[[show.RecordView], None]


def read_later(
    pane: RecordPane, section: Section, read: Callable[[Session, str], Any], show_it: Callable[[Any], None]
) -> Callable[[show.RecordView], None]:
    """Fill a section by a read on the reader's lane: the window goes on meanwhile, and what comes too late is dropped.

    ``read`` is given the session and the record's id. Of another record nothing stands while its own is read.
    """
    shown = ""

    def fill(view: show.RecordView) -> None:
        nonlocal shown
        id = view.id
        if shown != id:
            clear(section.body)
            section.set_count(0)

        def then(answer: Any) -> None:
            nonlocal shown
            if pane.view is not None and pane.view.id == id:
                shown = id
                clear(section.body)
                show_it(answer)

        pane.tasks.read(lambda s: read(s, id), then)

    return fill


def link_row(pane: RecordPane, link: show.Link, *, removable: bool = True) -> QWidget:
    """One link as a row: reference, title, status, and a way to take it away."""
    row = QWidget()
    box = QHBoxLayout(row)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(theme.px(8))
    go = QPushButton(f"{link.reference}   {link.title}")
    go.setProperty("row", True)
    go.setMinimumWidth(theme.px(80))
    go.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    go.setMinimumHeight(theme.px(28))
    go.setAccessibleName(f"Open {link.reference} {link.title}")
    go.setToolTip(link.title)
    go.clicked.connect(lambda: pane.open_record.emit(link.id))
    box.addWidget(go, 1)
    standing = BY_KEY[link.entity].status_field if link.entity in BY_KEY else None
    words = [standing.terms.label(link.status)] if link.status and standing is not None and standing.terms is not None else []
    if link.extent:
        words.append(t.EXTENT.label(link.extent).casefold())
    if words:
        box.addWidget(label(" · ".join(words), muted=True, wrap=False))
    if removable:
        off = QPushButton()
        off.setProperty("quiet", True)
        off.setIcon(icon("close", theme.colours.muted, 16))
        off.setIconSize(QSize(theme.px(14), theme.px(14)))
        off.setFixedSize(theme.px(28), theme.px(28))
        off.setAccessibleName(f"Take away the link to {link.reference}")
        off.setToolTip("Take this link away")
        off.clicked.connect(lambda: _unlink(pane, link))
        box.addWidget(off)
    return row


def _unlink(pane: RecordPane, link: show.Link) -> None:
    view = pane.view
    if view is None:
        return
    entity, _, key = link.kind.partition(".")
    a, b = (view.id, link.id) if link.outward else (link.id, view.id)
    pane.tasks.write(
        lambda s: records.set_link(s, entity, key, a, b, remove=True),
        told=f"Link to {link.reference} taken away.",
    )


def _linked_section(
    title: str, target: str, owner: str, key: str, verb: str, extent: bool = False
) -> Callable[[RecordPane], Made]:
    """A section of links of one kind, seen from either end, with one button to add."""

    def build(pane: RecordPane) -> Made:
        outward = pane.spec.key == owner
        kind = f"{owner}.{key}"

        def add() -> None:
            view = pane.view
            if view is None:
                return
            found = PickDialog.pick(
                pane, pane.tasks.session, f"{verb} to {view.reference}", target, extent=extent
            )
            if found is None:
                return
            a, b = (view.id, found.id) if outward else (found.id, view.id)
            cells = {"extent": found.extent} if found.extent else None
            pane.tasks.write(lambda s: records.set_link(s, owner, key, a, b, cells=cells))

        section = Section(title, verb, add)

        def fill(view: show.RecordView) -> None:
            clear(section.body)
            found = [x for x in view.links if x.kind == kind and x.outward == outward]
            section.set_count(len(found))
            for link in found:
                section.body.addWidget(link_row(pane, link))
            if not found:
                section.body.addWidget(note(f"No {title.casefold()} linked yet."))

        return Made(section, fill)

    return build


def _actions(pane: RecordPane) -> Made:
    """Actions of a recommendation or gap, with a way to make a new one that serves it at once."""
    if pane.spec.key == "partner":
        return _partner_actions(pane)
    own = pane.spec.key in ("gap", "evidence")
    owner, key = (pane.spec.key, "actions") if own else ("action", "recommendations")
    made = _linked_section("Actions", "action", owner, key, "Link action", extent=owner == "action")(pane)
    if pane.spec.key == "recommendation":

        def new() -> None:
            view = pane.view
            if view is None:
                return
            typed = FormDialog.fill_in(
                pane,
                pane.tasks.session,
                "New action",
                BY_KEY["action"],
                ("title", "accountable", "due", "status"),
                "Add action",
            )
            if typed is not None:
                typed = {**typed, "recommendations": view.id}
                pane.tasks.write(lambda s: records.create(s, "action", typed)[1], told="Action added.", failed=words_back(typed))

        new_button = button("New action", new, kind="quiet", icon_name="plus")
        layout = made.widget.layout()
        assert layout is not None
        layout.addWidget(new_button)
        new_button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def _partner_actions(pane: RecordPane) -> Made:
    section = Section("Actions it is accountable for")

    def show_it(found: list[show.Link]) -> None:
        section.set_count(len(found))
        for link in found:
            section.body.addWidget(link_row(pane, link, removable=False))
        if not found:
            section.body.addWidget(note("No action yet."))

    return Made(section, read_later(pane, section, finding.actions_of, show_it))


def _responses(pane: RecordPane) -> Made:
    """What each body the recommendation is addressed to said to it."""
    return _parts(
        pane,
        "response",
        "Responses",
        "Add response",
        ("partner", "answer", "by_whom", "date", "due", "reason", "target"),
    )


def _contacts(pane: RecordPane) -> Made:
    return _parts(
        pane,
        "contact",
        "Contacts",
        "Add contact",
        ("name", "role", "email", "telephone", "from_date", "completes_return"),
    )


def _roles(pane: RecordPane) -> Made:
    """Who holds and held which role, from when to when, and each contributor's part."""
    made = _parts(
        pane,
        "role",
        "Roles over time",
        "Add holder",
        ("role", "person", "partner", "part", "from_date", "until_date"),
        "A role that passes to another is noted here by itself.",
    )
    fill_holders = made.fill

    def fill(view: show.RecordView) -> None:
        fill_holders(view)
        section = made.widget
        assert isinstance(section, Section)
        contributors = [x for x in view.links if x.kind == "action.contributors"]
        for link in contributors:
            section.body.addWidget(_contributor_row(pane, link))
        section.set_count(len(view.parts.get("role", [])) + len(contributors))

    return Made(made.widget, fill)


def _contributor_row(pane: RecordPane, link: show.Link) -> QWidget:
    """A contributing body with its part and its time; a press opens them for editing."""
    said = [link.part or "its part is not written down", over_time.span(link.from_date, link.until_date)]
    words = "   ".join(x for x in (f"Contributor   {link.title}", *said) if x)

    def change() -> None:
        view = pane.view
        if view is None:
            return
        given = {
            "part": link.part or "",
            "from_date": _date_words(link.from_date),
            "until_date": _date_words(link.until_date),
        }
        typed = FormDialog.fill_in(
            pane, pane.tasks.session, f"{link.title}: its part in {view.reference}", LINK,
            ("part", "from_date", "until_date"), "Keep", given=given,
        )  # fmt: skip
        if typed is not None:
            cells = {k: typed.get(k, "") for k in given}
            pane.tasks.write(
                lambda s: records.set_link(s, "action", "contributors", view.id, link.id, cells=cells),
                failed=words_back(cells),
            )

    go = button(words, change, kind="quiet")
    go.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    go.setToolTip("Write down its part, and from when to when")
    return go


def _date_words(value: str | None) -> str:
    return dates.label(value) if value else ""


def _former_names(pane: RecordPane) -> Made:
    return _parts(
        pane,
        "former_name",
        "Former names",
        "Add former name",
        ("name", "until_date"),
        "A new name keeps the old one here, and on the records of its time.",
    )


def _parts(
    pane: RecordPane, entity: str, title: str, verb: str, fields: tuple[str, ...], empty: str = ""
) -> Made:
    spec = BY_KEY[entity]

    def add() -> None:
        view = pane.view
        if view is None:
            return
        typed = FormDialog.fill_in(pane, pane.tasks.session, verb, spec, fields, verb)
        if typed is not None:
            typed = {**typed, spec.parent: view.id}
            pane.tasks.write(lambda s: records.create(s, entity, typed)[1], failed=words_back(typed))

    section = Section(title, verb, add)

    def fill(view: show.RecordView) -> None:
        clear(section.body)
        rows = view.parts.get(entity, [])
        section.set_count(len(rows))
        for row in rows:
            words = _part_words(pane, entity, row)
            go = button(words, lambda i=str(row["id"]): pane.open_record.emit(i), kind="quiet")
            go.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            section.body.addWidget(go)
        if not rows:
            section.body.addWidget(note(empty or f"No {title.casefold()} yet."))

    return Made(section, fill)


def _part_words(pane: RecordPane, entity: str, row: dict[str, object]) -> str:
    if entity == "response":
        id, day = str(row["partner"]), str(row["date"] or "")
        body = over_time.labels_then(pane.tasks.session.read(), [(id, day)]).get(id, "")
        said = t.RESPONSE.label(str(row["answer"] or "awaited"))
        when = dates.label(str(row["date"])) if row["date"] else ""
        return "   ".join(x for x in (body, said, when) if x)
    time = over_time.span(row.get("from_date"), row.get("until_date"))
    if entity == "role":
        body = str(row["partner"] or "")
        holder = over_time.labels_then(
            pane.tasks.session.read(), [(body, str(row["until_date"] or row["from_date"] or ""))]
        ).get(body, "")
        said = (t.ROLE.label(str(row["role"] or "")), row["person"], holder, row["part"], time)
        return "   ".join(str(x) for x in said if x)
    keys = ("name",) if entity == "former_name" else ("name", "role", "email")
    return "   ".join([*(str(row[k]) for k in keys if row.get(k)), *([time] if time else [])])


def _progress(pane: RecordPane) -> Made:
    """Updates, latest first; a new one copies how the action stands and never drives it."""

    def add() -> None:
        view = pane.view
        if view is None:
            return
        fields = ("narrative", "as_at", "channel", "informant", "next_step", "help_wanted")
        typed = FormDialog.fill_in(
            pane,
            pane.tasks.session,
            f"Progress of {view.reference}",
            BY_KEY["update"],
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

    section = Section("Progress", "Add update", add) if pane.spec.key == "action" else Section("Progress")

    def fill(view: show.RecordView) -> None:
        clear(section.body)
        section.set_count(len(view.updates))
        for update in view.updates[:8]:
            section.body.addWidget(_update_widget(update))
        if len(view.updates) > 8:
            section.body.addWidget(note(f"{len(view.updates) - 8} earlier updates stand in the history."))
        if not view.updates:
            section.body.addWidget(note("Nothing heard yet."))

    return Made(section, fill)


def _update_widget(update: dict[str, object]) -> QWidget:
    from PySide6.QtWidgets import QVBoxLayout

    holder = QWidget()
    box = QVBoxLayout(holder)
    box.setContentsMargins(theme.px(8), theme.px(4), 0, theme.px(8))
    box.setSpacing(theme.px(2))
    head = [dates.label(str(update["as_at"])) if update["as_at"] else "Undated"]
    if update.get("action_reference"):
        head.append(str(update["action_reference"]))
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


_OWN_SECTION = frozenset(
    {
        "action.recommendations", "gap.recommendations@gap", "gap.actions",
        "evidence.actions@evidence", "evidence.recommendations@evidence",
    }
)  # fmt: skip


def _links(pane: RecordPane) -> Made:
    """Everything else that leads to or from the record: evidence, gaps, frameworks, sources."""
    section = Section("Evidence, gaps, frameworks and sources")

    def fill(view: show.RecordView) -> None:
        clear(section.body)
        own_sets = {view.spec.link_kind(f) for f in view.spec.sets if f.key in pane.shown_sets()}
        found = [
            x for x in view.links
            if x.kind not in _OWN_SECTION and f"{x.kind}@{view.spec.key}" not in _OWN_SECTION
            and not (x.outward and x.kind in own_sets)
        ]  # fmt: skip
        section.set_count(len(found))
        last = ""
        for link in found:
            if link.label != last:
                section.body.addWidget(note(link.label))
                last = link.label
            section.body.addWidget(link_row(pane, link))
        if not found:
            section.body.addWidget(note("Nothing else leads here yet."))

    return Made(section, fill)


def _history(pane: RecordPane) -> Made:
    """The last changes, who made them, when and why."""
    section = Section("History")

    def read(session: Session, id: str) -> tuple[str, int, list[str]]:
        changes = list(reversed(history.history(session, id)))
        return id, len(changes), [history.in_words(session, change) for change in changes[:12]]

    def show_it(answer: tuple[str, int, list[str]]) -> None:
        id, count, words = answer
        section.set_count(count)
        for line in words:
            section.body.addWidget(note(line))
        if count > len(words):
            go = button("Whole history", lambda: pane.open_record.emit("history:" + id), kind="quiet")
            go.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            section.body.addWidget(go)

    return Made(section, read_later(pane, section, read, show_it))


def _returns(pane: RecordPane) -> Made:
    """A body's rounds over time: when each was due and came, how it was answered, how often it was reminded."""
    section = Section("Returns over time")

    def show_it(found: list[dict[str, object]]) -> None:
        section.set_count(len(found))
        for one in found[:12]:
            section.body.addWidget(note(_round_words(one)))
        if not found:
            section.body.addWidget(note("No return has been sent to it yet."))

    return Made(section, read_later(pane, section, chasing.record_over_time, show_it))


def _round_words(one: dict[str, object]) -> str:
    """One round in a line: ``2026/27 Q2: received 3 working days late; 2 answered, 1 no change; reminded once``."""
    late = one["late"]
    if late is None:
        when = {"late": "no return received", "silent": "no return received", "made": "made, not sent yet"}.get(
            str(one["step"]), "sent, not due yet"
        )
    elif isinstance(late, int) and late:
        days = "1 working day" if abs(late) == 1 else f"{abs(late)} working days"
        when = f"received {days} {'late' if late > 0 else 'early'}"
    else:
        when = "received on the day"
    said = [when, "nil return" if one["nil"] else str(one["answers"]) if one["received"] else ""]
    if one["reminders"]:
        said.append("reminded once" if one["reminders"] == 1 else f"reminded {one['reminders']} times")
    if one["extensions"]:
        said.append("extended")
    words = f"{one['period']}: {'; '.join(x for x in said if x)}"
    return f"{words}. {one['declared']}." if one["declared"] else words


def _recommendations(pane: RecordPane) -> Made:
    owner = pane.spec.key
    return _linked_section(
        "Recommendations",
        "recommendation",
        owner,
        "recommendations",
        "Link recommendation",
        extent=owner == "action",
    )(pane)


def _file(pane: RecordPane) -> Made:
    """The file of a piece of evidence: kept in the store, looked at in a copy that is wiped afterwards."""

    def choose() -> None:
        name, _ = QFileDialog.getOpenFileName(pane, "Keep a file")
        if name:
            pane.attach(Path(name))

    section = Section("File", "Keep a file …", choose)

    def fill(view: show.RecordView) -> None:
        clear(section.body)
        name = view.cells.get("file_name")
        if not name:
            section.body.addWidget(note("Drop a file anywhere on this record, or press Keep a file."))
            return
        section.body.addWidget(note(str(name)))
        go = button("Open a copy to read", lambda: _open_copy(pane, view.id))
        section.body.addWidget(go, 0, Qt.AlignmentFlag.AlignLeft)

    return Made(section, fill)


def _open_copy(pane: RecordPane, id: str) -> None:
    def opened(copy: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(copy))):
            messages.tell(
                f"No program here opens {copy.name}; its copy is in {copy.parent} until the window closes."
            )

    pane.tasks.read(lambda s: attachments.open_copy(s, id), opened)


SECTIONS: dict[str, Callable[[RecordPane], Made]] = {
    "actions": _actions, "responses": _responses, "contacts": _contacts, "file": _file, "roles": _roles, "former_names": _former_names, "progress": _progress, "links": _links,
    "history": _history, "recommendations": _recommendations, "returns": _returns,
}  # fmt: skip
