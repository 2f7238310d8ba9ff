"""Keeps a picture of the whole screen: ``python tests/ui/grab.py OUT.png``, with DISPLAY set."""

from __future__ import annotations

import sys

from PySide6.QtGui import QGuiApplication

if __name__ == "__main__":
    app = QGuiApplication(sys.argv[:1])
    screen = QGuiApplication.primaryScreen()
    assert screen.grabWindow(0).save(sys.argv[1])
