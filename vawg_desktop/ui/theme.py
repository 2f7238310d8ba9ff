"""Colour, type and measure: three palettes, one face, a grid of 8 (LOOK)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from PySide6.QtCore import QByteArray, QObject, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtWidgets import QApplication

from vawg_desktop import paths

FAMILY = "Atkinson Hyperlegible Next"


@dataclass(frozen=True, slots=True)
class Colours:
    """One theme. Every pair used together keeps at least 4.5:1 (7:1 in high contrast)."""

    name: str
    window: str
    surface: str
    raised: str
    nav: str
    text: str
    muted: str
    line: str
    #: The edge of a field that can be typed in or chosen from: at least 3:1 against what is around it.
    edge: str
    accent: str
    on_accent: str
    soft: str
    select: str
    on_select: str
    warn: str
    warn_soft: str
    good: str
    added: str
    red: str
    amber: str
    green: str
    blue: str
    grey: str
    white: str
    on_red: str
    on_amber: str
    on_green: str
    on_blue: str
    on_grey: str
    on_white: str


LIGHT = Colours(
    name="light", window="#FFFFFF", surface="#FFFFFF", raised="#FFFFFF", nav="#ECEFF3", text="#1A1E23", muted="#545D68",
    line="#D3D9E0", edge="#7C8590", accent="#1B5CA3", on_accent="#FFFFFF", soft="#E5EEF8", select="#D6E6F8", on_select="#10243B",
    warn="#9A2A1F", warn_soft="#FCEDEB", good="#1B6B45", added="#FFF1C7",
    red="#B3261E", amber="#F0AD2E", green="#1E7B4F", blue="#1B5CA3", grey="#646D78", white="#FFFFFF",
    on_red="#FFFFFF", on_amber="#000000", on_green="#FFFFFF", on_blue="#FFFFFF", on_grey="#FFFFFF", on_white="#1A1E23",
)  # fmt: skip
DARK = Colours(
    name="dark", window="#1A1D21", surface="#1A1D21", raised="#24292F", nav="#121417", text="#E9EBEE", muted="#A9B1BB",
    line="#363D46", edge="#6E7783", accent="#86BAF3", on_accent="#0C1722", soft="#22313F", select="#2B4562", on_select="#F3F7FB",
    warn="#FF9C90", warn_soft="#3A2220", good="#7FD3A8", added="#4A3D14",
    red="#F0776C", amber="#F5BE4F", green="#63C594", blue="#86BAF3", grey="#98A2AE", white="#E9EBEE",
    on_red="#1A0B09", on_amber="#000000", on_green="#07180F", on_blue="#0C1722", on_grey="#101317", on_white="#14171B",
)  # fmt: skip
CONTRAST = Colours(
    name="contrast", window="#000000", surface="#000000", raised="#000000", nav="#000000", text="#FFFFFF", muted="#FFFFFF",
    line="#FFFFFF", edge="#FFFFFF", accent="#FFD94A", on_accent="#000000", soft="#1A1A1A", select="#FFD94A", on_select="#000000",
    warn="#FF9C90", warn_soft="#000000", good="#8CF0B8", added="#5A4A00",
    red="#FF8A80", amber="#FFC94D", green="#7FE7AE", blue="#9CC9FF", grey="#D0D0D0", white="#FFFFFF",
    on_red="#000000", on_amber="#000000", on_green="#000000", on_blue="#000000", on_grey="#000000", on_white="#000000",
)  # fmt: skip
THEMES = {c.name: c for c in (LIGHT, DARK, CONTRAST)}


class Theme(QObject):
    """The theme in force; ``changed`` tells painted widgets to draw again."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.colours = LIGHT
        self.scale = 1.0
        self.density = "normal"

    def px(self, size: float) -> int:
        """A measure of the grid at the present text size."""
        return round(size * self.scale)

    def row_height(self) -> int:
        """Height of a list row: 36, compact 28, meeting display 48."""
        return self.px({"compact": 28, "meeting": 48}.get(self.density, 36))

    def font(self, size: int = 13, *, bold: bool = False) -> QFont:
        """The program's typeface at a size in pixels at 100 per cent; up to size 13 its figures are of one width."""
        font = QFont(FAMILY)
        font.setPixelSize(self.px(size))
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        if size <= 13:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def rating(self, rating: str) -> tuple[QColor, QColor]:
        """Fill and text colour of a rating."""
        return QColor(getattr(self.colours, rating)), QColor(getattr(self.colours, f"on_{rating}"))

    def apply(self, name: str | None = None, scale: float | None = None, density: str | None = None) -> None:
        """Put a theme, a text size or a row height in force."""
        self.colours = THEMES.get(name or self.colours.name, LIGHT)
        self.scale = scale or self.scale
        self.density = density or self.density
        application = QGuiApplication.instance()
        if isinstance(application, QApplication):
            load_fonts()
            if application.style().name().casefold() != "fusion":  # to put the same style in force again is a tenth of a start
                application.setStyle("Fusion")
            application.setFont(self.font())
            application.setPalette(palette(self.colours))
            application.setStyleSheet(style_rules(self))
        icon.cache_clear()
        self.changed.emit()


theme = Theme()


@lru_cache(maxsize=1)
def load_fonts() -> bool:
    """Take in the shipped face; without a font every glyph is an empty box."""
    loaded = [
        QFontDatabase.addApplicationFont(str(f)) for f in sorted(paths.resources("fonts").glob("*.ttf"))
    ]
    return bool(loaded) and min(loaded) >= 0


def palette(c: Colours) -> QPalette:
    """Fusion's palette in our colours; its own highlight fails AA."""
    p = QPalette()
    roles = {
        QPalette.ColorRole.Window: c.window, QPalette.ColorRole.WindowText: c.text, QPalette.ColorRole.Base: c.surface,
        QPalette.ColorRole.AlternateBase: c.window, QPalette.ColorRole.Text: c.text, QPalette.ColorRole.Button: c.raised,
        QPalette.ColorRole.ButtonText: c.text, QPalette.ColorRole.Highlight: c.select,
        QPalette.ColorRole.HighlightedText: c.on_select, QPalette.ColorRole.ToolTipBase: c.raised,
        QPalette.ColorRole.ToolTipText: c.text, QPalette.ColorRole.PlaceholderText: c.muted, QPalette.ColorRole.Link: c.accent,
        QPalette.ColorRole.Mid: c.line, QPalette.ColorRole.Light: c.raised, QPalette.ColorRole.Dark: c.line,
    }  # fmt: skip
    for role, colour in roles.items():
        p.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        p.setColor(QPalette.ColorGroup.Disabled, role, QColor(c.muted))
    return p


def style_rules(t: Theme) -> str:
    """The few style rules that a palette cannot say."""
    c, px = t.colours, t.px
    tick, dash = (paths.resources("icons", f"{name}-{c.name}.svg").as_posix() for name in ("tick", "dash"))
    arrow = paths.resources("icons", f"down-{c.name}.svg").as_posix()
    rising = paths.resources("icons", f"up-{c.name}.svg").as_posix()
    ring = max(2, px(2))
    focus = f"border: {ring}px solid {c.accent};"

    def inside(top: int, side: int, edge: int = 1) -> str:
        """The padding of what has the focus: its ring takes no room from its words."""
        return f"padding: {px(top) - ring + edge}px {px(side) - ring + edge}px;"

    return f"""
    QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.line}; padding: {px(4)}px; }}
    QLineEdit, QComboBox, QPlainTextEdit, QTextEdit, QSpinBox {{
        background: {c.surface}; color: {c.text}; border: 1px solid {c.edge}; border-radius: {px(4)}px;
        padding: {px(3)}px {px(7)}px; min-height: {px(24)}px; selection-background-color: {c.select};
        selection-color: {c.on_select}; placeholder-text-color: {c.grey}; }}
    QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus {{ {focus} {inside(3, 7)} }}
    QComboBox FittedLine, QComboBox FittedLine:focus {{ border: none; padding: 0; min-height: 0; background: transparent; }}
    QLineEdit:disabled, QComboBox:disabled, QPlainTextEdit:disabled {{ background: {c.soft}; color: {c.muted}; border: 1px solid {c.line}; }}
    QComboBox::drop-down {{ border: none; width: {px(22)}px; }}
    QComboBox::down-arrow {{ image: url("{arrow}"); width: {px(14)}px; height: {px(14)}px; }}
    QCheckBox {{ spacing: {px(8)}px; min-height: {px(28)}px; border: 2px solid transparent; border-radius: {px(4)}px; }}
    QCheckBox:focus {{ border: 2px solid {c.accent}; }}
    QCheckBox::indicator {{ width: {px(16)}px; height: {px(16)}px; border: 1px solid {c.muted}; border-radius: {px(3)}px; background: {c.surface}; }}
    QCheckBox::indicator:checked {{ background: {c.accent}; border-color: {c.accent}; image: url("{tick}"); }}
    QRadioButton {{ spacing: {px(8)}px; min-height: {px(24)}px; border: 2px solid transparent; border-radius: {px(4)}px; }}
    QRadioButton:focus {{ border: 2px solid {c.accent}; }}
    QRadioButton::indicator {{ width: {px(14)}px; height: {px(14)}px; border: 1px solid {c.muted}; border-radius: {px(7) + 1}px; background: {c.surface}; }}
    QRadioButton::indicator:checked {{ width: {px(14) + 2 - 2 * px(5)}px; height: {px(14) + 2 - 2 * px(5)}px; border: {px(5)}px solid {c.accent}; }}
    QComboBox QAbstractItemView {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.line};
        selection-background-color: {c.select}; selection-color: {c.on_select}; outline: none; }}
    QComboBox[flat="true"], QLineEdit[flat="true"], QPlainTextEdit[flat="true"] {{ border: 1px solid transparent;
        background: transparent; }}
    QLineEdit[flat="true"], QComboBox[flat="true"]:editable {{ padding-left: {px(5)}px; }}
    QLineEdit[flat="true"]:focus, QComboBox[flat="true"]:editable:focus {{ padding-left: {px(5) - ring + 1}px; }}
    QComboBox[flat="true"]:hover, QLineEdit[flat="true"]:hover, QPlainTextEdit[flat="true"]:hover {{
        border: 1px solid {c.edge}; background: {c.surface}; }}
    QComboBox[flat="true"]:focus, QLineEdit[flat="true"]:focus, QPlainTextEdit[flat="true"]:focus {{ {focus}
        background: {c.surface}; }}
    *[wrong="true"] {{ border: {ring}px solid {c.warn}; }}
    QPushButton {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.line}; border-radius: {px(4)}px;
        padding: {px(4)}px {px(12)}px; min-height: {px(22)}px; }}
    QPushButton:hover {{ background: {c.soft}; }}
    QPushButton::menu-indicator {{ image: url("{arrow}"); width: {px(12)}px; height: {px(12)}px; subcontrol-origin: border; subcontrol-position: center right; right: {px(3)}px; }}
    QPushButton:focus {{ {focus} {inside(4, 12)} }}
    QPushButton:disabled {{ color: {c.muted}; }}
    QPushButton[primary="true"] {{ background: {c.accent}; color: {c.on_accent}; border: 1px solid {c.accent}; font-weight: 600; }}
    QPushButton[primary="true"]:disabled {{ background: {c.soft}; color: {c.muted}; border: 1px solid {c.line}; }}
    QPushButton[primary="true"]:focus {{ border: {ring}px solid {c.text}; }}
    QPushButton[quiet="true"] {{ background: transparent; border: 1px solid transparent; color: {c.accent}; text-align: left;
        padding: {px(3)}px {px(6)}px; }}
    QPushButton[quiet="true"][muted="true"] {{ color: {c.muted}; }}
    QPushButton[quiet="true"]:hover {{ background: {c.soft}; }}
    QPushButton[quiet="true"]:focus {{ {focus} {inside(3, 6)} }}
    QPushButton[row="true"] {{ background: transparent; border: 2px solid transparent; color: {c.text}; text-align: left;
        padding: {px(3)}px {px(6)}px; }}
    QPushButton[row="true"]:hover {{ background: {c.soft}; color: {c.accent}; }}
    QPushButton[row="true"]:focus {{ {focus} {inside(3, 6, 2)} }}
    QPushButton[row="true"]:disabled {{ color: {c.muted}; }}
    QPushButton[current="true"] {{ background: {c.select}; color: {c.on_select}; font-weight: 600; }}
    QFrame[choice="true"] {{ border: {ring}px solid transparent; border-radius: {px(4)}px; }}
    QFrame[choice="true"]:focus {{ {focus} background: {c.surface}; }}
    QPushButton[chip="true"] {{ border-radius: {(px(22) + 2 * px(2) + 2) // 2}px; padding: {px(2)}px {px(12)}px; }}
    QPushButton[chip="true"]:focus {{ {inside(2, 12)} }}
    QFrame[chip="true"] {{ background: {c.soft}; border: 1px solid {c.line}; border-radius: {px(12)}px; }}
    QFrame[chip="true"] > QLabel {{ background: transparent; }}
    QPushButton[chip="true"]:checked, QPushButton[chip="true"][here="true"] {{ background: {c.select}; color: {c.on_select}; border: 1px solid {c.accent}; }}
    QTableView#lines::item {{ padding-left: {px(5)}px; }}
    QTextBrowser[page="true"] {{ border: 1px solid transparent; background: {c.surface}; padding: 0; }}
    QTextBrowser[page="true"]:focus {{ {focus} }}
    QTableView, QListView, QTreeView {{ background: {c.surface}; border: none; outline: none; gridline-color: {c.line};
        selection-background-color: {c.select}; selection-color: {c.on_select}; }}
    QTreeView {{ show-decoration-selected: 0; }}
    QTreeView::item, QDialog QListView::item {{ min-height: {px(28)}px; }}
    QTreeView::indicator, QListView::indicator {{ width: {px(16)}px; height: {px(16)}px; border: 1px solid {c.muted}; border-radius: {px(3)}px; background: {c.surface}; }}
    QTreeView::indicator:checked, QListView::indicator:checked {{ background: {c.accent}; border-color: {c.surface}; image: url("{tick}"); }}
    QTreeView::indicator:indeterminate {{ background: {c.accent}; border-color: {c.surface}; image: url("{dash}"); }}
    QTableCornerButton::section {{ background: {c.surface}; border: none; border-bottom: 1px solid {c.line}; }}
    QHeaderView::section {{ background: {c.surface}; color: {c.muted}; border: none; border-bottom: 1px solid {c.line};
        padding: {px(6)}px {px(8)}px; font-weight: 400; text-align: left; }}
    QHeaderView::up-arrow {{ image: url("{rising}"); width: {px(12)}px; height: {px(12)}px; }}
    QHeaderView::down-arrow {{ image: url("{arrow}"); width: {px(12)}px; height: {px(12)}px; }}
    QScrollArea, QScrollArea > QWidget > QWidget {{ border: none; }}
    QSplitter::handle {{ background: {c.line}; }}
    QScrollBar:vertical {{ background: transparent; width: {px(12)}px; margin: 0; }}
    QScrollBar::handle:vertical {{ background: {c.edge}; border-radius: {px(4)}px; min-height: {px(32)}px; margin: {px(2)}px; }}
    QScrollBar:horizontal {{ background: transparent; height: {px(12)}px; }}
    QScrollBar::handle:horizontal {{ background: {c.edge}; border-radius: {px(4)}px; min-width: {px(32)}px; margin: {px(2)}px; }}
    QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{ background: none; border: none;
        width: 0; height: 0; }}
    QMenu {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.line}; padding: {px(4)}px; }}
    QMenu::item {{ padding: {px(6)}px {px(32)}px {px(6)}px {px(16)}px; border-radius: {px(3)}px; }}
    QMenu::separator {{ height: 1px; background: {c.line}; margin: {px(4)}px {px(8)}px; }}
    QMenu::item:selected {{ background: {c.select}; color: {c.on_select}; }}
    QProgressBar {{ background: {c.surface}; border: 1px solid {c.edge}; border-radius: {px(3)}px; max-height: {px(6)}px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: {px(3)}px; }}
    #nav, #nav_scroll {{ background: {c.nav}; border: none; }}
    #nav > QFrame[line="true"] {{ background: {c.line}; border: none; }}
    #nav > QPushButton {{ text-align: left; border: 2px solid transparent; background: transparent; border-radius: {px(5)}px;
        padding: 0 {px(6)}px; min-height: {px(24)}px; max-height: {px(24)}px; }}
    #nav > QPushButton[opener="true"], #nav > QLabel {{ color: {c.muted}; background: transparent; }}
    #nav > QPushButton[place="true"]:hover {{ background: {c.soft}; }}
    #nav > QPushButton[here="true"] {{ background: {c.select}; color: {c.on_select}; font-weight: 600; }}
    #nav > QPushButton:focus {{ border: 2px solid {c.accent}; }}
    #top_bar {{ background: {c.nav}; }}
    #top_bar > QPushButton[search="true"] {{ text-align: left; color: {c.muted}; background: {c.surface}; }}
    #as_at {{ background: {c.select}; border-bottom: 1px solid {c.accent}; }}
    #as_at > QLabel {{ color: {c.on_select}; background: transparent; }}
    QLabel[muted="true"] {{ color: {c.muted}; }}
    QLabel[warn="true"] {{ color: {c.warn}; }}
    QDialog {{ background: {c.window}; }}
    """


@lru_cache(maxsize=256)
def icon(name: str, colour: str | None = None, size: int = 20) -> QIcon:
    """One of our own drawings, tinted by the palette."""
    return QIcon(pixmap(name, colour, size))


def pixmap(name: str, colour: str | None = None, size: int = 20) -> QPixmap:
    """The same as a pixmap, sharp at the screen's own resolution."""
    from PySide6.QtSvg import QSvgRenderer

    drawing = (paths.resources("icons") / f"{name}.svg").read_text("utf-8")
    drawing = drawing.replace("currentColor", colour or theme.colours.text)
    side, ratio = theme.px(size), 2
    drawn = QPixmap(QSize(side * ratio, side * ratio))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    QSvgRenderer(QByteArray(drawing.encode())).render(painter)
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    return drawn


def of_the_system() -> str:
    """The theme that the operating system asks for: high contrast, dark or light."""
    hints = QGuiApplication.styleHints()
    accessibility = getattr(hints, "accessibility", lambda: None)()
    preference = getattr(accessibility, "contrastPreference", lambda: None)()
    if preference is not None and preference == Qt.ContrastPreference.HighContrast:
        return CONTRAST.name
    return DARK.name if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT.name
