"""Prints what a screen reader reads in the room's window of a running program: ``at_room.py PID``; run by Debian's own Python."""

from __future__ import annotations

import sys

import pyatspi  # pyright: ignore[reportMissingImports]
from at_place import nodes  # pyright: ignore[reportMissingImports]

if __name__ == "__main__":
    for app in pyatspi.Registry.getDesktop(0):
        if app is None or app.get_process_id() != int(sys.argv[1]):
            continue
        for frame in app:
            if frame is not None and frame.name in ("Meeting", "What the room sees"):
                print("What the room sees:", " | ".join(n.name for n in nodes(frame, cells=True) if n.name), flush=True)
