"""The office's own words on returns and messages, edited in one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QBuffer, QSize, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from vawg_desktop.exchange.look import colour_of
from vawg_desktop.ui.dialogs.form import Form
from vawg_desktop.ui.theme import theme
from vawg_desktop.ui.widgets.common import button, fit_screen, label, scrolled

#: What a logo is made to fit into: three lines of Start here.
LOGO_SIZE = QSize(180, 54)


@dataclass(frozen=True, slots=True)
class Template:
    """One text: its setting, what it is called, a hint, and how it reads now."""

    name: str
    label: str
    hint: str
    text: str


class TemplatesDialog(Form):
    """A box for each text."""

    def __init__(self, parent: QWidget, templates: Sequence[Template], logo: bytes | None = None, colour: str = "", colour_refused: Callable[[str], str] = lambda _typed: "") -> None:
        super().__init__(parent)
        self.setWindowTitle("Wording, logo and colour")
        box = QVBoxLayout(self)
        box.setContentsMargins(theme.px(24), theme.px(24), 0, theme.px(16))
        box.addWidget(label("Wording, logo and colour", size=16, bold=True))
        body = scrolled(box, spacing=4)
        self._boxes: dict[str, QPlainTextEdit] = {}
        self.logo = logo
        body.addWidget(label("Logo", bold=True))
        body.addWidget(label("Appears at the top of Start here and of every paper; scaled to fit.", muted=True))
        body.addLayout(self._logo_row())
        body.addWidget(label("Colour", bold=True))
        body.addWidget(label("Of headings and charts in papers, as six letters and figures: #1D3557. Empty for ours.", muted=True))
        self._refused = colour_refused
        body.addLayout(self._colour_row(colour))
        for one in templates:
            body.addWidget(label(one.label, bold=True))
            body.addWidget(label(one.hint, muted=True))
            made = QPlainTextEdit(one.text)
            made.setAccessibleName(one.label)
            made.setTabChangesFocus(True)
            made.setStyleSheet(f"min-height: {theme.px(64)}px; max-height: {theme.px(96)}px;")
            body.addWidget(made)
            self._boxes[one.name] = made
        foot = QHBoxLayout()
        foot.setContentsMargins(0, theme.px(8), theme.px(24), 0)
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.reject))
        self.saves = button("Save wording", self.accept, kind="primary")
        foot.addWidget(self.saves)
        box.addLayout(foot)
        self._show_colour()
        fit_screen(self, 640, 640)

    def _logo_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        self._picture = label("", muted=True)
        self._picture.setMinimumHeight(theme.px(40))
        row.addWidget(self._picture)
        row.addStretch(1)
        self._none = button("No logo", lambda: self.take_logo(None), kind="quiet")
        row.addWidget(self._none)
        row.addWidget(button("Choose logo …", self.choose_logo))
        self.take_logo(self.logo)
        return row

    def _colour_row(self, colour: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        self._colour = QLineEdit(f"#{colour}" if colour else "")
        self._colour.setAccessibleName("Colour")
        self._colour.setFixedWidth(theme.px(110))
        self._swatch = QFrame()
        self._swatch.setFixedSize(theme.px(28), theme.px(28))
        self._wrong = label("", muted=True)
        row.addWidget(self._colour)
        row.addWidget(self._swatch)
        row.addWidget(self._wrong, 1)
        self._colour.textChanged.connect(self._show_colour)
        return row

    def _show_colour(self) -> None:
        """The colour beside its letters, or why it will not do; the words are kept only with one that will."""
        wrong, colour = self._refused(self._colour.text()), colour_of(self._colour.text())
        self._wrong.setText(wrong)
        self._swatch.setVisible(not wrong and bool(colour))
        if not wrong and colour:
            self._swatch.setStyleSheet(f"background: #{colour}; border: 1px solid {theme.colours.line};")
        if self.saves is not None:
            self.saves.setEnabled(not wrong)

    def colour(self) -> str:
        """The colour as typed."""
        return self._colour.text().strip()

    def choose_logo(self) -> None:
        """Take a picture, made to fit."""
        name, _ = QFileDialog.getOpenFileName(
            self, "Choose logo", "", "Pictures (*.png *.jpg *.jpeg *.svg *.bmp)"
        )
        if not name:
            return
        image = QImage(name)
        if image.isNull():
            self._picture.setText(f"{Path(name).name} is not a picture that we can read.")
            return
        if image.width() > LOGO_SIZE.width() or image.height() > LOGO_SIZE.height():
            image = image.scaled(
                LOGO_SIZE, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
        data = QBuffer()
        data.open(QBuffer.OpenModeFlag.WriteOnly)
        image.save(data, "PNG")  # type: ignore[call-overload]
        self.take_logo(bytes(data.data().data()))

    def take_logo(self, png: bytes | None) -> None:
        """Show this logo, or that there is none."""
        self.logo = png
        self._none.setVisible(png is not None)
        if png is None:
            self._picture.setText("None chosen.")
            return
        pixmap = QPixmap()
        pixmap.loadFromData(png)
        self._picture.setPixmap(pixmap)
        self._picture.setAccessibleName(f"Logo, {pixmap.width()} by {pixmap.height()} pixels")

    def words(self) -> dict[str, str]:
        """Every text by its setting."""
        return {name: box.toPlainText() for name, box in self._boxes.items()}
