"""Goes to pages through the search of a running window and says what of each a screen reader could not name: ``at_walk.py PID PAGE…``.

Run by Debian's own Python, which has pyatspi. For each page a line ``page NAME``; ``without name: ROLE in …`` for a control that has
none, ``without heading`` where nothing on the page is one.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable

import pyatspi  # pyright: ignore[reportMissingImports]
from at_place import LOOKS, PAUSE, focus, frame, nodes  # pyright: ignore[reportMissingImports]
from gi.repository import GLib  # pyright: ignore[reportMissingImports]

#: The search, as the window calls it.
SEARCH = "Search or do anything"

#: Roles that somebody reaches or presses, by the names that AT-SPI gives them.
CONTROLS = frozenset({
    "push button", "check box", "radio button", "toggle button", "text", "entry", "combo box", "spin button", "slider", "link", "table", "tree", "tree table",
    "list", "menu item", "page tab", "unknown",
})  # fmt: skip


def keys(*typed: str) -> None:
    """Press keys, or type words, into the window that has the keyboard."""
    subprocess.run(["xdotool", *typed], check=True)


def wait(found: Callable[[], str]) -> bool:
    """Look until something is there, as long as ``at_place`` looks; whether it came."""
    for _ in range(LOOKS):
        try:
            if found():
                return True
        except (GLib.GError, RuntimeError, AttributeError, NotImplementedError) as error:  # a control that went while it was asked
            print(error, file=sys.stderr)
        time.sleep(PAUSE)
    return False


def reach(pid: int, name: str) -> bool:
    """Go to a page by its name in the search; whether the window says that it is there."""
    front("VAWG Desktop")
    keys("key", "ctrl+k")
    if not wait(lambda: focus(pid, "text", SEARCH)):
        return False
    front(SEARCH)
    keys("type", "--delay", "20", f"Go to {name}")
    keys("key", "Return")  # waits in the program until what is typed was looked for
    return wait(lambda: frame(pid, name)) and wait(lambda: "" if focus(pid, "text", SEARCH) else "closed")


def front(title: str) -> None:
    """Give a window the keyboard: nobody manages the windows here. The last that is named so stands on top."""
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", title], check=True, capture_output=True, text=True).stdout.split()
    keys("windowfocus", "--sync", found[-1])


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
        print(f"page {page}")
        print("\n".join(look(process)) or "all named", flush=True)
