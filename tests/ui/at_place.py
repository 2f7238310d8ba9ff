"""Waits for what a screen reader would meet in a running window; run by Debian's own Python, which has pyatspi.

``at_place.py PID place NAME`` prints where a control stands on the screen, ``gone NAME`` waits until none is shown,
``frame TITLE`` until the window is called so, ``says WORDS`` until something that is shown holds these words, ``text NAME TEXT`` until a control shows that text, ``focus ROLE NAME [TEXT]`` until that has the focus and holds that text.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import pyatspi  # pyright: ignore[reportMissingImports]
from gi.repository import GLib  # pyright: ignore[reportMissingImports]

#: How often, and how many seconds apart, the window is looked at before it is said that what is waited for never came.
LOOKS, PAUSE = int(os.environ.get("LOOKS", "900")), 0.1


def nodes(node: Any, depth: int = 0, *, cells: bool = False) -> Iterator[Any]:
    """Depth first, what is not shown left out, and the cells of lists where they are not asked for."""
    yield node
    if depth < 16 and (cells or node.getRoleName() not in ("table", "tree table", "list")):
        for place in range(min(node.childCount, 60)):
            child = node.getChildAtIndex(place)
            if child is not None and child.getState().contains(pyatspi.STATE_SHOWING):
                yield from nodes(child, depth + 1, cells=cells)


def shown(pid: int, *, cells: bool = False) -> Iterator[Any]:
    """All that the program of that process shows."""
    for app in pyatspi.Registry.getDesktop(0):
        if app is not None and app.get_process_id() == pid:
            yield from nodes(app, cells=cells)


def place(pid: int, name: str) -> str:
    """The middle of the control of that name, in pixels of the screen; empty while it is not shown."""
    for node in shown(pid):
        if node.name == name:
            box = node.queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
            return f"{box.x + box.width // 2} {box.y + box.height // 2}"
    return ""


def gone(pid: int, name: str) -> str:
    """Whether no control of that name is shown."""
    return "" if place(pid, name) else "gone"


def frame(pid: int, title: str) -> str:
    """Whether the window's title begins so."""
    return next((n.name for n in shown(pid) if n.getRoleName() == "frame" and n.name.startswith(title)), "")


def says(pid: int, words: str) -> str:
    """Whether something that is shown holds these words in its name."""
    return next((n.name for n in shown(pid, cells=True) if words in (n.name or "")), "")


def text(pid: int, name: str, wanted: str) -> str:
    """Whether a text field of that name shows that text."""
    return next((n.name for n in shown(pid) if n.name == name and n.getRoleName() == "text" and n.queryText().getText(0, -1) == wanted), "")


def focus(pid: int, role: str, name: str, text: str | None = None) -> str:
    """Whether that control has the focus and, where one is asked for, holds that text."""
    for node in shown(pid, cells=True):
        if node.getRoleName() != role or node.name != name or not node.getState().contains(pyatspi.STATE_FOCUSED):
            continue
        if text is None or node.queryText().getText(0, -1) == text:
            return name
    return ""


if __name__ == "__main__":
    look = {"place": place, "gone": gone, "frame": frame, "says": says, "text": text, "focus": focus}[sys.argv[2]]
    for _ in range(LOOKS):
        try:
            found = look(int(sys.argv[1]), *sys.argv[3:])
        except (GLib.GError, RuntimeError, AttributeError, NotImplementedError) as error:  # a control that went while it was asked
            found = ""
            print(error, file=sys.stderr)
        if found:
            print(found)
            break
        time.sleep(PAUSE)
    else:
        raise SystemExit(f"never seen: {' '.join(sys.argv[2:])}")
