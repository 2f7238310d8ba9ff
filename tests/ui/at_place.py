"""Prints where a control stands on the screen: ``at_place.py PID NAME``; run by Debian's own Python."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Any

import pyatspi  # pyright: ignore[reportMissingImports]


def nodes(node: Any, depth: int = 0) -> Iterator[Any]:
    """Depth first, what is not shown and the cells of lists left out."""
    yield node
    if depth < 16 and node.getRoleName() not in ("table", "tree table", "list"):
        for place in range(min(node.childCount, 60)):
            child = node.getChildAtIndex(place)
            if child is not None and child.getState().contains(pyatspi.STATE_SHOWING):
                yield from nodes(child, depth + 1)


def find(pid: int, name: str) -> Any:
    """The shown control of that name in the program of that process; waits for it."""
    for _ in range(100):
        for app in pyatspi.Registry.getDesktop(0):
            if app is not None and app.get_process_id() == pid:
                for node in nodes(app):
                    if node.name == name:
                        return node
        time.sleep(0.1)
    raise SystemExit(f"no control called {name} is shown")


if __name__ == "__main__":
    box = find(int(sys.argv[1]), sys.argv[2]).queryComponent().getExtents(pyatspi.DESKTOP_COORDS)
    print(box.x + box.width // 2, box.y + box.height // 2)
