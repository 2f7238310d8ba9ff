"""What is painted by hand shows what it stands for: looked at in pixels."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from tests.ui.test_window import Shown
from vawg_desktop.domain.terms import RATING
from vawg_desktop.ui.theme import THEMES, theme
from vawg_desktop.ui.widgets.rating import RatingChip


def inked(image: QImage, left: int, right: int) -> int:
    """How many pixels between two columns are not of the commonest colour there."""
    colours = [image.pixel(x, y) for x in range(left, right) for y in range(6, image.height() - 6)]
    ground = max(set(colours), key=colours.count)
    return sum(QColor(c) != QColor(ground) for c in colours)


@pytest.mark.parametrize("name", THEMES)
@pytest.mark.parametrize("rating", [*RATING.key_list(), None])
def test_a_rating_is_a_shape_and_a_word(qtbot: QtBot, rating: str | None, name: str) -> None:
    theme.apply(name)
    chip = RatingChip(rating)
    qtbot.addWidget(chip)
    chip.resize(chip.sizeHint())
    image = chip.grab().toImage()
    middle = theme.px(28)
    assert inked(image, theme.px(6), middle) > 10  # the shape
    assert inked(image, middle, image.width() - theme.px(8)) > 40  # the word
    theme.apply("light")


def test_the_list_of_changes_is_in_the_order_of_time_and_no_heading_changes_that(shown: Shown) -> None:
    page = shown.go("changes")
    header = page.view.horizontalHeader()  # type: ignore[attr-defined]
    assert not header.sectionsClickable() and not page.view.isSortingEnabled()  # type: ignore[attr-defined]
