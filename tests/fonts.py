"""Only the fonts that the program ships, whatever the machine has: so a window has the same sizes everywhere."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication


class FontsOfOurOwn(QApplication):
    """An application that finds no fonts of the machine's; programs started later find them all."""

    def __init__(self, words: list[str]) -> None:
        before = os.environ.get("FONTCONFIG_FILE")
        with tempfile.TemporaryDirectory() as folder:
            none = Path(folder, "fonts.conf")
            none.write_text('<?xml version="1.0"?><fontconfig></fontconfig>', "utf-8")
            os.environ["FONTCONFIG_FILE"] = str(none)
            super().__init__(words)
            QFontDatabase.families()  # read now
        if before is None:
            del os.environ["FONTCONFIG_FILE"]
        else:
            os.environ["FONTCONFIG_FILE"] = before
