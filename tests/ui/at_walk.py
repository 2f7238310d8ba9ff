"""Goes to pages through the search of a running window and says what of each a screen reader could not name: ``at_walk.py PID PAGE…``.

Run by Debian's own Python, which has pyatspi. For each page a line ``page NAME``; ``without name: ROLE in …`` for a control that has
none, ``without heading`` where nothing on the page is one.
"""

from __future__ import annotations

import subprocess
import sys
import time

import pyatspi  # pyright: ignore[reportMissingImports]
from at_place import frame, nodes  # pyright: ignore[reportMissingImports]

#: Roles that somebody reaches or presses, by the names that AT-SPI gives them.
CONTROLS = frozenset({
    "push button", "check box", "radio button", "toggle button", "text", "entry", "combo box", "spin button", "slider", "link", "table", "tree", "tree table",
    "list", "menu item", "page tab", "unknown",
})  # fmt: skip


def keys(*typed: str) -> None:
    """Press keys, or type words, into the window that has the keyboard."""
    subprocess.run(["xdotool", *typed], check=True)


def reach(pid: int, name: str) -> bool:
    """Go to a page by its name in the search; whether the window says that it is there."""
    for _ in range(5):
        keys("search", "--onlyvisible", "--name", "VAWG Desktop", "windowfocus", "--sync", "%1")  # nobody manages the windows here
        keys("key", "ctrl+k")
        time.sleep(0.5)
        keys("type", "--delay", "20", f"Go to {name}")
        time.sleep(0.5)
        keys("key", "Return")
        for _ in range(50):
            if frame(pid, name):
                return True
            time.sleep(0.1)
        keys("key", "Escape")
    return False


def look(pid: int) -> list[str]:
    """What of the shown page has no name."""
    found: list[str] = []
    headings = 0
    for app in pyatspi.Registry.getDesktop(0):
        if app is None or app.get_process_id() != pid:
            continue
        for node in nodes(app):
            role, name = node.getRoleName(), (node.name or "").strip()
            headings += role == "heading" and bool(name)
            if role in CONTROLS and not name:
                parent = node.parent
                found.append(f"without name: {role} in {parent.getRoleName() if parent else ''} {(parent.name if parent else '')!r}")
    return found + ([] if headings else ["without heading"])


if __name__ == "__main__":
    process = int(sys.argv[1])
    for page in sys.argv[2:]:
        if not reach(process, page):
            raise SystemExit(f"the window never showed {page}")
        time.sleep(1)
        print(f"page {page}")
        print("\n".join(look(process)) or "all named", flush=True)
