"""The chain of one record, from what was found to what came of it: a column for each kind, read from left to right, and what is missing under it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import AppError
from vawg_desktop.services import chain, names, outputs
from vawg_desktop.services.session import Session
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.outputs import save_document
from vawg_desktop.ui.spoken import announcer
from vawg_desktop.ui.tasks import Tasks
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import (
    Elided,
    EmptyState,
    all_button,
    button,
    clear,
    label,
    note,
    offer,
    set_style,
)
from vawg_desktop.ui.widgets.place_kept import PLACE

#: So many records of a column are shown at once; a button shows the rest.
_SHOWN = 12
_COLUMN = 196
#: Room between columns at 100 %, for the lines.
_BETWEEN = 32
#: Room between the records of a column at 100 %; a line that crosses the column runs there.
_ROW_GAP = 6
#: Kinds of record that are offered while one is typed; others are known by their references.
_NAMED = ("recommendation", "gap")
#: So many sentences stand under the columns.
_SENTENCES = 4


class ChainPage(QWidget):
    """Columns of records, the one whose chain it is marked; arrows right and left go to what follows and what it rests on."""

    open_record = Signal(str)
    open_page = Signal(str)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self._record, self._arrived, self._chosen = "", False, False
        #: What is being looked for, and the titles that are offered.
        self._finding, self._titles = "", list[str]()
        self._chain: chain.Chain | None = None
        self._whole: set[int] = set()
        self._nodes: dict[str, QPushButton] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(12), theme.px(16), theme.px(8))
        box.setSpacing(theme.px(8))
        head = QHBoxLayout()
        self._title = Elided()
        self._title.setFont(theme.font(24, bold=True))
        self._title.set_words("Chain")
        head.addWidget(self._title, 1)
        self._save = button("Save …", self.save, tip="Save the chain as a document")
        self._go = button("Open record", lambda: self.open_record.emit(self._record))
        head.addWidget(self._go)
        head.addWidget(self._save)
        box.addLayout(head)
        ask = QHBoxLayout()
        ask.setSpacing(theme.px(8))
        self.about = QLineEdit()
        self.about.setAccessibleName("Record whose chain is shown")
        self.about.setPlaceholderText("R-0003, r3 or a title")
        self.about.setMaximumWidth(theme.px(480))
        self.about.returnPressed.connect(self.find_typed)
        ask.addWidget(self.about, 2)
        self._wrong = label("")
        set_style(self._wrong, warn=True)
        self._wrong.hide()
        ask.addWidget(self._wrong, 2)
        ask.addStretch(1)
        box.addLayout(ask)
        self._empty = EmptyState("Type a record above to see what it rests on and what came of it.", "Recommendations", lambda: self.open_page.emit("recommendation"))
        box.addWidget(self._empty, 1)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setAccessibleName("Chain from evidence to outcome")
        self._page = _Canvas(self)
        self._body = QVBoxLayout(self._page)
        self._body.setContentsMargins(0, 0, theme.px(8), 0)
        self._body.setSpacing(theme.px(8))
        self._area.setWidget(self._page)
        box.addWidget(self._area, 1)
        self._sentence = label("")
        self._sentence.setMinimumHeight(theme.px(36))
        box.addWidget(self._sentence)
        self._show_state()
        tasks.changes_applied.connect(self._on_changes)

    def find_typed(self) -> None:
        """Show the chain of the record that is typed; where nothing is called so, say it and leave what is shown."""
        typed = self.about.text().strip()
        if not typed or typed == self._finding:  # Enter on an offered title comes twice
            return
        self._finding = typed

        def read(session: Session) -> names.Found:
            connection = session.read()
            named = (names.find_named(connection, kind, typed) for kind in _NAMED)
            return next((one for one in named if one is not None), None) or names.find(connection, typed)

        def came(found: names.Found) -> None:
            self._finding = ""
            self.show_record(found.id)

        def failed(error: BaseException) -> None:
            self._finding = ""
            if not isinstance(error, AppError):
                messages.failed(error)
                return
            self._wrong.setText(error.message)
            self._wrong.show()
            announcer.say(self, error.message)

        self.tasks.read(read, came, failed)

    def show_record(self, id: str) -> None:
        """Show the chain of a record."""
        self._record, self._arrived, self._chosen = id, True, True
        self._whole.clear()
        self.load()

    def load(self) -> None:
        """Read the chain anew; nothing stands here until a record was chosen."""
        self.tasks.read(lambda s: [title for kind in _NAMED for title in names.titles(s.read(), kind)], self._offer)
        if self._record:
            self.tasks.read(partial(chain.of, name=self._record), self._show)

    def _offer(self, titles: list[str]) -> None:
        if titles == self._titles:
            return
        self._titles = titles
        offer(self.about, titles).activated.connect(lambda _: self.find_typed())

    def _on_changes(self, changes: Changes) -> None:
        if self.isVisible() and self._record and changes.entities:
            self._arrived = False  # whoever works here keeps the keyboard where it is
            self.load()

    def _show_state(self) -> None:
        there = self._chain is not None
        self._empty.setVisible(not there)
        for widget in (self._area, self._sentence, self._go, self._save):
            widget.setVisible(there)

    def _show(self, found: chain.Chain) -> None:
        if found.start != self._record:
            return
        self._chain = found
        self._wrong.hide()
        if found.start in found.nodes and (self._chosen or not self.about.isModified()):  # not over what is being typed
            self.about.setText(found.nodes[found.start].reference)
            self._chosen = False
        self._show_state()
        self._title.set_words(f"Chain of {found.called(found.start)}" if found.start in found.nodes else "Chain")
        clear(self._body)
        self._nodes.clear()
        columns = QHBoxLayout()
        columns.setSpacing(theme.px(_BETWEEN))
        for number, kinds in enumerate(layer_of_shown(found)):
            nodes = [n for n in found.nodes.values() if n.entity in kinds]
            if nodes:
                columns.addWidget(self._column(number, kinds, nodes), 1)
        self._body.addLayout(columns)
        if found.missing:
            self._body.addWidget(label("Missing", size=15, bold=True))
            for one in found.missing[:40]:
                self._body.addWidget(note(f"•  {one.message}"))
            if len(found.missing) > 40:
                self._body.addWidget(note(f"… and {len(found.missing) - 40:,} more, all of them in the saved document."))
        self._body.addStretch(1)
        if self._arrived and found.start in self._nodes:
            self._nodes[found.start].setFocus()

    def _column(self, number: int, kinds: tuple[str, ...], nodes: list[chain.Node]) -> QWidget:
        holder = QWidget()
        holder.setMinimumWidth(theme.px(_COLUMN - 48))
        holder.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(theme.px(_ROW_GAP))
        words = " and ".join(BY_KEY[k].plural for k in kinds if any(n.entity == k for n in nodes))
        box.addWidget(label(f"{words} ({len(nodes):,})", muted=True))
        first = sorted(nodes, key=lambda n: n.id != self._record)
        for node in first if number in self._whole else first[:_SHOWN]:
            box.addWidget(self._node(node))
        if len(nodes) > _SHOWN and number not in self._whole:
            box.addWidget(all_button(len(nodes), partial(self._unfold, number)))
        box.addStretch(1)
        return holder

    def _node(self, node: chain.Node) -> QPushButton:
        state = chain.state_words(node)
        made = button(f"{node.reference}  {node.title}", partial(self.open_record.emit, node.id), kind="row", tip=node.title)
        made.setAccessibleName(f"{node.reference} {node.title}{f', {state}' if state else ''}")
        made.setAccessibleDescription(" ".join(self._sentences_of(node.id)))
        if node.id == self._record:
            set_style(made, current=True)
        made.installEventFilter(self)
        made.setProperty(PLACE, node.id)
        self._nodes[node.id] = made
        return made

    def lines(self) -> list[tuple[QPushButton, QPushButton, bool]]:
        """The buttons that a line joins, and whether it leads to or from the one that has the keys; a line over a column that lies between is drawn for that one alone."""
        found = self._chain
        if found is None:
            return []
        layer = {kind: n for n, kinds in enumerate(layer_of_shown(found)) for kind in kinds}
        focused = self.focusWidget()
        at = focused.property(PLACE) if focused is not None else None
        made: list[tuple[QPushButton, QPushButton, bool]] = []
        for edge in found.edges:
            before, after = self._nodes.get(edge.before), self._nodes.get(edge.after)
            if before is None or after is None:
                continue
            own = at in (edge.before, edge.after)
            near = layer[found.nodes[edge.after].entity] - layer[found.nodes[edge.before].entity] == 1
            if own or near:
                made.append((before, after, own))
        return sorted(made, key=lambda line: line[2])

    def shown(self) -> list[QPushButton]:
        """The buttons of all records that are shown."""
        return [n for n in self._nodes.values() if n.isVisible()]

    def _sentences_of(self, id: str) -> list[str]:
        """What a node rests on and leads to, in words."""
        found = self._chain
        if found is None:
            return []
        lines = [f"{found.nodes[e.before].reference} {e.reads} {found.nodes[e.after].reference}." for e in found.edges if id in (e.before, e.after)]
        reference = found.nodes[id].reference
        return lines + [m.message for m in found.missing if m.record == reference]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        id = watched.property(PLACE)
        if isinstance(id, str) and self._chain is not None and id in self._chain.nodes:
            if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
                self._page.update()
            if event.type() == QEvent.Type.FocusIn:
                node = self._chain.nodes[id]
                state = chain.state_words(node)
                self._sentence.setText(f"{node.reference} {node.title}{f' ({state})' if state else ''}. " + _shortened(self._sentences_of(id)))
            elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Left):
                return self._step(id, ahead=event.key() == Qt.Key.Key_Right)
        return super().eventFilter(watched, event)

    def _step(self, id: str, *, ahead: bool) -> bool:
        """Go to the first record that follows, or on which this one rests."""
        edges = self._chain.edges if self._chain is not None else []
        ends = [e.after if ahead else e.before for e in edges if id == (e.before if ahead else e.after)]
        to = next((self._nodes[e] for e in ends if e in self._nodes), None)
        if to is not None:
            to.setFocus()
        return True

    def _unfold(self, number: int) -> None:
        self._whole.add(number)
        if self._chain is not None:
            self._show(self._chain)

    def save(self) -> None:
        """Save the chain as a document of sentences and tables."""
        save_document(self, self.tasks, "Chain", partial(outputs.chain_document, name=self._record))



def layer_of_shown(found: chain.Chain) -> list[tuple[str, ...]]:
    """The kinds of each column that has a record, from left to right."""
    there = {n.entity for n in found.nodes.values()}
    return [kinds for kinds in chain.LAYERS if there & set(kinds)]


class _Canvas(QWidget):
    """The columns with lines between them: quiet ones between neighbours, strong ones to and from the record that has the keys."""

    def __init__(self, page: ChainPage) -> None:
        super().__init__()
        self._chain_page = page

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for path, own in self.paths():
            painter.setPen(QPen(QColor(theme.colours.accent if own else theme.colours.line), theme.px(2) if own else 1))
            painter.drawPath(path)
        painter.end()

    def paths(self) -> list[tuple[QPainterPath, bool]]:
        """The lines as they are drawn, and whether each leads to or from the record that has the keys."""
        found: list[tuple[QPainterPath, bool]] = []
        for before, after, own in self._chain_page.lines():
            if before.isVisible() and after.isVisible():
                start = QPointF(before.mapTo(self, before.rect().topRight())) + QPointF(2, before.height() / 2)
                end = QPointF(after.mapTo(self, after.rect().topLeft())) + QPointF(-2, after.height() / 2)
                found.append((self._path(start, end), own))
        return found

    def _path(self, start: QPointF, end: QPointF) -> QPainterPath:
        """A curve from one record to another; past the records of columns that lie between it runs in the room under one of them."""
        path = QPainterPath(start)
        between = [n for n in self._chain_page.shown() if start.x() < n.mapTo(self, n.rect().topLeft()).x() and n.mapTo(self, n.rect().topRight()).x() < end.x()]
        if between:
            lanes = [n.mapTo(self, n.rect().bottomLeft()).y() + theme.px(_ROW_GAP) / 2 for n in between]
            lane = min(lanes, key=lambda y: abs(y - (start.y() + end.y()) / 2))
            first, last = min(n.mapTo(self, n.rect().topLeft()).x() for n in between), max(n.mapTo(self, n.rect().topRight()).x() for n in between)
            _bend(path, QPointF(first, lane))
            path.lineTo(QPointF(last, lane))
        _bend(path, end)
        return path


def _bend(path: QPainterPath, end: QPointF) -> None:
    """Lead a path on to a point, leaving and arriving level."""
    start = path.currentPosition()
    bend = QPointF(max(float(theme.px(10)), (end.x() - start.x()) / 2), 0)
    path.cubicTo(start + bend, end - bend, end)


def _shortened(sentences: Sequence[str]) -> str:
    """The first few of many sentences; a screen reader and the document have them all."""
    more = len(sentences) - _SENTENCES
    return " ".join(sentences[:_SENTENCES]) + (f" … and {more:,} more." if more > 0 else "")
