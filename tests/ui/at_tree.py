"""Prints what a screen reader meets in the running window; run by Debian's own Python, which has pyatspi."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pyatspi  # pyright: ignore[reportMissingImports]


def find() -> Any:
    """The program in the tree, once it is there."""
    for _ in range(450):
        for app in pyatspi.Registry.getDesktop(0):
            if app is not None and app.childCount and "VAWG" in (app.name or ""):
                return app
        time.sleep(0.2)
    raise SystemExit("the program is not in the accessibility tree")


def walk(node: Any, depth: int = 0) -> Iterator[str]:
    """Role and name of every node, depth first."""
    yield f"{node.getRoleName()} | {node.name}"
    if depth < 16:
        for place in range(min(node.childCount, 40)):
            child = node.getChildAtIndex(place)
            if child is not None:
                yield from walk(child, depth + 1)


if __name__ == "__main__":
    app = find()
    print("\n".join(walk(app)))
