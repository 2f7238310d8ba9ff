"""The help: topics at the left, found by a word, and what each says at the right. It stays beside the window while one works."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import (
    QImageReader,
    QKeyEvent,
    QKeySequence,
    QShortcut,
    QTextBlockFormat,
    QTextCursor,
    QTextImageFormat,
)
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop import paths
from vawg_desktop.domain.terms import fold
from vawg_desktop.ui.help_topics import GROUPS, topic
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import fit_screen, label

_NAME = Qt.ItemDataRole.UserRole
#: The widest that a picture stands, at 100 %.
_PICTURE = 620
#: How wide the list of topics is, at 100 %.
_TOPICS = 232
#: The character that stands for a picture in a text.
_PICTURED = "\ufffc"


class HelpWindow(QDialog):
    """A window with the help's topics, which leaves the other one usable."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Help")
        self.setModal(False)
        box = QHBoxLayout(self)
        box.setContentsMargins(theme.px(16), theme.px(16), 0, theme.px(8))
        box.setSpacing(theme.px(24))
        left = QVBoxLayout()
        left.setSpacing(theme.px(8))
        self.words = QLineEdit()
        self.words.setPlaceholderText("Find in the help …")
        self.words.setAccessibleName("Find in the help")
        self.words.setClearButtonEnabled(True)
        self.words.textChanged.connect(self._find)
        left.addWidget(self.words)
        self.list = QListWidget()
        self.list.setAccessibleName("Topics")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda now, _: self._show(now))
        left.addWidget(self.list, 1)
        self._nothing = label("", muted=True)
        self._nothing.hide()
        left.addWidget(self._nothing)
        box.addLayout(left)
        self.text = QTextBrowser()
        self.text.setProperty("page", True)
        self.text.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # pictures fit the room beside it: one that came and went would change that
        self.text.setSearchPaths([str(paths.resources("help"))])
        self.text.setOpenLinks(False)
        self.text.document().setDocumentMargin(theme.px(4))
        box.addWidget(self.text, 1)
        QShortcut(QKeySequence("Ctrl+F"), self, self.words.setFocus)
        self._shown = ""
        self._measure()
        theme.changed.connect(self._anew)
        self.words.installEventFilter(self)
        self.text.viewport().installEventFilter(self)
        fit_screen(self, 960, 680)

    def _measure(self) -> None:
        """Widths and topics in the sizes of today's theme."""
        for part in (self.words, self.list):
            part.setFixedWidth(theme.px(_TOPICS))
        self.list.setSpacing(theme.px(2))
        self._fill(self.words.text())

    def _anew(self) -> None:
        """Show the same topic in another theme or size of text."""
        shown, self._shown = self._shown, ""
        self._measure()
        self._choose(shown)

    def go_to(self, name: str) -> None:
        """Show a topic, by its file's name."""
        self.words.clear()
        self._choose(name)

    def _choose(self, name: str) -> None:
        for place in range(self.list.count()):
            if self.list.item(place).data(_NAME) == name:
                self.list.setCurrentRow(place)
                self.list.scrollToItem(self.list.item(place))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Up and Down in the field go through the topics found; pictures follow the width of the text."""
        if watched is self.text.viewport() and event.type() == QEvent.Type.Resize:
            QTimer.singleShot(0, self, self._fit_pictures)
        if watched is self.words and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            QApplication.sendEvent(self.list, event)
            return True
        return super().eventFilter(watched, event)

    # -- finding -----------------------------------------------------------------------------

    def _fill(self, words: str) -> None:
        """The topics that hold all the words, under their groups."""
        wanted = fold(words).split()
        self.list.clear()
        for heading, names in GROUPS:
            found = [one for one in map(topic, names) if all(w in fold(one.text) for w in wanted)]
            if not found:
                continue
            head = QListWidgetItem(heading)
            head.setFlags(Qt.ItemFlag.NoItemFlags)
            head.setFont(theme.font(13, bold=True))
            head.setSizeHint(QSize(0, theme.px(36 if self.list.count() else 28)))
            head.setTextAlignment(Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft)
            self.list.addItem(head)
            for one in found:
                item = QListWidgetItem(one.title)
                item.setData(_NAME, one.name)
                self.list.addItem(item)
        self._nothing.setText("" if self.list.count() else f"No topic has “{words.strip()[:40]}”.")
        self._nothing.setVisible(not self.list.count())

    def _find(self, words: str) -> None:
        shown = self._shown
        self._fill(words)
        names = [str(self.list.item(place).data(_NAME) or "") for place in range(self.list.count())]
        place = names.index(shown) if shown in names else next((p for p, name in enumerate(names) if name), -1)
        if place >= 0:
            self.list.setCurrentRow(place)

    # -- showing -----------------------------------------------------------------------------

    def _show(self, item: QListWidgetItem | None) -> None:
        name = str(item.data(_NAME) or "") if item is not None else ""
        if not name:
            return
        one = topic(name)
        if name != self._shown:
            self._shown = name
            self.text.setMarkdown(one.text)
            self._style()
            self.text.setAccessibleName(one.title)
            self._fit_pictures()
            QTimer.singleShot(0, self.text, self._to_the_place)
        else:
            self._to_the_place()

    def _style(self) -> None:
        """Headings and paragraphs in the program's own sizes and distances."""
        document = self.text.document()
        document.setDefaultFont(theme.font())
        block = document.begin()
        while block.isValid():
            cursor = QTextCursor(block)
            format = block.blockFormat()
            level = format.headingLevel()
            format.setTopMargin(theme.px(16 if level else 4))
            format.setBottomMargin(theme.px(8))
            pictured = _PICTURED in block.text()
            format.setLineHeight(100 if pictured else 130, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            cursor.setBlockFormat(format)
            if level:
                cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
                char = cursor.charFormat()
                char.setFont(theme.font(24 if level == 1 else 16, bold=True))
                cursor.setCharFormat(char)
            block = block.next()

    def _fit_pictures(self) -> None:
        """Pictures as wide as the text, and no wider than they are sharp."""
        room = max(theme.px(200), min(theme.px(_PICTURE), self.text.viewport().width() - theme.px(32)))
        document = self.text.document()
        block = document.begin()
        while block.isValid():
            pieces = block.begin()
            while not pieces.atEnd():
                piece = pieces.fragment()
                if piece.charFormat().isImageFormat():
                    image = QTextImageFormat(piece.charFormat().toImageFormat())
                    size = self._size_of(image.name())
                    if size is not None and image.width() != room:
                        image.setWidth(room)
                        image.setHeight(room * size[1] / size[0])
                        cursor = QTextCursor(document)
                        cursor.setPosition(piece.position())
                        cursor.setPosition(piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor)
                        cursor.setCharFormat(image)
                        break
                pieces += 1
            block = block.next()

    def _size_of(self, name: str) -> tuple[int, int] | None:
        size = QImageReader(str(paths.resources("help", name))).size()
        return (size.width(), size.height()) if size.isValid() else None

    def _to_the_place(self) -> None:
        """Go to the first place of the first word looked for, or to the top."""
        wanted = self.words.text().split()
        if not wanted:
            self.text.verticalScrollBar().setValue(0)
            return
        found = self.text.document().find(wanted[0])
        if not found.isNull():
            self.text.setTextCursor(found)
            self.text.ensureCursorVisible()


def show(parent: QWidget, name: str) -> HelpWindow:
    """Open the help at a topic; where it is open already, there."""
    window = next((w for w in parent.findChildren(HelpWindow) if w.isVisible()), None) or HelpWindow(parent)
    window.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    window.go_to(name)
    window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
    window.show()
    window.raise_()
    window.activateWindow()
    window.list.setFocus()
    return window
