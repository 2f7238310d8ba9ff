"""A tracker of 20,000 rows by 11 columns taken in and known again, in CPU time, beside openpyxl's read-only mode only loading it."""

from __future__ import annotations

import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

# Nothing heavy up here: each reader child imports this module again, as it would the program's own empty main.
ROWS, TIMES = 20_000, 3
HEADS = ("Ref", "Theme", "Action", "Owner", "Lead", "Start", "Due date", "Status", "RAG", "Latest update", "Notes")
KINDS = ("plain", "formatted", "unnumbered")


def main(rows: int = ROWS, kinds: tuple[str, ...] = KINDS) -> list[str]:
    """Lines for the table's notes: seconds of CPU, the reader child's among them, as medians, interleaved."""
    from vawg_desktop.services.session import Session
    from vawg_desktop.services.trackers import import_tracker
    from vawg_desktop.store import making

    lines: list[str] = []
    for kind in kinds:
        looks, firsts, agains, theirs = list[float](), list[float](), list[float](), list[float]()
        for _ in range(TIMES):
            with tempfile.TemporaryDirectory() as name:
                path = _list(Path(name) / "list.xlsx", rows, kind)
                session = Session(making.create(Path(name) / "s.vawg", passphrase=None), "An officer")
                theirs.append(_spent(lambda p=path: _loaded(p)))
                looks.append(_spent(lambda s=session, p=path: import_tracker(s, p, dry_run=True)))
                firsts.append(_spent(lambda s=session, p=path: import_tracker(s, p)))
                agains.append(_spent(lambda s=session, p=path: import_tracker(s, p)))
                session.store.close()
        look, first, again, bare = (statistics.median(x) for x in (looks, firsts, agains, theirs))
        lines.append(
            f"{kind}: read and compared {look:.2f} s ({look / bare:.2f}×), known again {again:.2f} s ({again / bare:.2f}×), openpyxl only loading it {bare:.2f} s; "
            f"written for the first time {first:.1f} s; "
            f"memory at its highest {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB."
        )
        print(lines[-1], flush=True)
    return lines


def _spent(work: Callable[[], object]) -> float:
    """CPU seconds of this process and of the children that ended."""
    began = time.process_time() + _children()
    work()
    return time.process_time() + _children() - began


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _loaded(path: Path) -> int:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True)
    return sum(1 for sheet in book for _ in sheet.iter_rows(values_only=True))


def _list(path: Path, rows: int, kind: str) -> Path:
    """An office's list: with ``formatted`` every cell has a fill, a font or a number format, a third of the ratings a colour for a word."""
    from datetime import date, timedelta

    from xlsxwriter import Workbook

    chance = random.Random(11)
    book = Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("Actions")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    fills = {c: book.add_format({"bg_color": c}) for c in ("#00B050", "#FFC000", "#FF0000")}
    band = [book.add_format({"bg_color": c, "text_wrap": True, "border": 1}) for c in ("#FFFFFF", "#F2F2F2")]
    sheet.write_row(0, 0, HEADS)
    for n in range(1, rows + 1):
        words = f"{chance.choice(('Review', 'Extend', 'Fund', 'Publish'))} the work of group {n} on {chance.choice(('safety', 'housing', 'courts'))}"
        said = ["" if kind == "unnumbered" else f"N{n}", "Safety", words, chance.choice(("Kent Police", "Medway Council", "KCC")), f"Officer {n % 90}"]
        style = band[n % 2] if kind == "formatted" else None
        for column, text in enumerate(said):
            sheet.write_string(n, column, text, style) if text else sheet.write_blank(n, column, None, style)
        for column in (5, 6):
            sheet.write_datetime(n, column, date(2026, 1, 1) + timedelta(n % 700), day)
        sheet.write_string(n, 7, chance.choice(("In progress", "Complete", "Not started")), style)
        colour = chance.choice(tuple(fills))
        if kind == "formatted" and n % 3 == 0:
            sheet.write_blank(n, 8, None, fills[colour])
        else:
            sheet.write_string(n, 8, {"#00B050": "Green", "#FFC000": "Amber", "#FF0000": "Red"}[colour], fills[colour] if kind == "formatted" else None)
        sheet.write_string(n, 9, f"Work went on in week {n % 52}.", style)
        if n % 4 == 0:
            sheet.write_string(n, 10, "See the minutes", style)
    book.close()
    return path


if __name__ == "__main__":
    main(*(int(a) for a in sys.argv[1:2]))
