"""Answers at the coding desk as rows of a table; nothing is read while it is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from vawg_desktop.domain.coding_terms import CODING_RESULT, REVIEW
from vawg_desktop.services.coding import Line

Index = QModelIndex | QPersistentModelIndex
STATE, WORDS, CODES = range(3)
_HEADS = ("Stands", "Answer", "Codes")
#: So many letters of an answer stand in its row.
_SHOWN = 240


def state_words(state: str) -> str:
    """Where an answer stands, in words."""
    if state == "to_code":
        return "To code"
    return REVIEW.label(state) if state in REVIEW.key_list() else CODING_RESULT.label(state)


class CodingModel(QAbstractTableModel):
    """The answers that a filter left, one a row. A distressing one shows none of its words until somebody chooses to read it."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self.titles: Mapping[str, str] = {}
        #: Responses whose words this person chose to read.
        self.opened: set[str] = set()
        self._places: dict[str, int] = {}
        self._hidden: Callable[[Line], str] = lambda line: line.text.shown

    def show_lines(self, lines: Sequence[Line], titles: Mapping[str, str], hidden: Callable[[Line], str] = lambda line: line.text.shown) -> None:
        """Show these answers; ``titles`` are the codes' names by id, ``hidden`` gives an answer's words without what may tell who somebody is."""
        self.beginResetModel()
        self.lines, self.titles, self._hidden = list(lines), titles, hidden
        self._places = {x.text.response: n for n, x in enumerate(self.lines)}
        self.endResetModel()

    def put(self, changed: Mapping[str, Line]) -> None:
        """Put answers as they stand now in the place of those shown."""
        for response, line in changed.items():
            place = self._places.get(response)
            if place is not None:
                self.lines[place] = line
                self.dataChanged.emit(self.index(place, 0), self.index(place, CODES))

    def place(self, response: str) -> int:
        """The row of an answer, -1 where it is not shown."""
        return self._places.get(response, -1)

    def folded(self, line: Line) -> bool:
        """Whether an answer's words are kept closed: they may distress, and nobody chose to read them here yet."""
        return line.text.response not in self.opened and line.text.distressing

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 (Qt's own way)
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_HEADS)

    def words(self, row: int, column: int) -> str:
        """A cell as it reads."""
        line = self.lines[row]
        if column == STATE:
            return state_words(line.state)
        if column == WORDS:
            return f"May distress: {', '.join(line.text.concerns)}" if self.folded(line) else " ".join(self._hidden(line)[:_SHOWN].split())
        return ", ".join(self.titles.get(c, "?") for c in (line.coded.codes if line.coded is not None else []))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.words(index.row(), index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_HEADS[index.column()]}: {self.words(index.row(), index.column()) or 'none'}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _HEADS[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None
