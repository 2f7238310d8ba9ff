"""Each page and the record pane, from click to painted: first visit and second, against painting the same page (DESIGN 8)."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.rows import Row, ratio_row, timed
from benchmarks.stores import IN_LIFE, opened, store_of

Stores = dict[str, Path]
_TIMES = 5


@dataclass
class Visit:
    """Milliseconds of a page: first visit, second visit, painting it again, and a visit after something changed."""

    first: float
    second: float
    paint: float
    after: float


def visits(sizes: Stores) -> dict[str, dict[str, Visit]]:
    """Every page of each store's window, by size and page; the stores take turns, so that a slow moment of the machine meets all; medians."""
    from vawg_desktop.app import application
    from vawg_desktop.ui.places import PAGES

    application()
    seen: dict[str, dict[str, list[Visit]]] = {size: {} for size in sizes}
    for _ in range(_TIMES):
        for size, path in sizes.items():
            for name, visit in _one_window(path, [(p.key, p.label) for p in PAGES]).items():
                seen[size].setdefault(name, []).append(visit)
    parts = ("first", "second", "paint", "after")
    return {
        size: {name: Visit(*(statistics.median(getattr(v, part) for v in those) for part in parts)) for name, those in found.items()}
        for size, found in seen.items()
    }


def first_rows(tasks: Any, page: Any) -> None:
    """Wait until a list shows its first rows, any other page all it has; not at all where nothing is read."""
    from PySide6.QtCore import QEventLoop

    if hasattr(page, "reading"):
        if not page.reading:
            return
        loop = QEventLoop()
        page.shown.connect(loop.quit)
        loop.exec()
        page.shown.disconnect(loop.quit)
    elif tasks.reads_for_pages():
        tasks.wait()


def _one_window(path: Path, pages: list[tuple[str, str]]) -> dict[str, Visit]:
    from vawg_desktop.ui.main_window import MainWindow
    from vawg_desktop.ui.tasks import Tasks
    from vawg_desktop.ui.tour import settle

    session = opened(path)
    window = MainWindow()
    window.resize(1366, 768)
    tasks = Tasks(session)
    window.attach(tasks, path.stem)
    window.show()
    settle(tasks)
    found: dict[str, Visit] = {}

    def painted(do: Callable[[], Any]) -> Callable[[], None]:
        def call() -> None:
            first_rows(tasks, do())
            window.stack.currentWidget().grab()

        return call

    for key, label in pages:
        first = timed(painted(lambda k=key: window.go(k)))
        settle(tasks)
        window.go("my_work" if key != "my_work" else "settings")
        settle(tasks)
        second = timed(painted(lambda k=key: window.go(k)))
        settle(tasks)
        paint = statistics.median(timed(lambda: window.stack.currentWidget().grab()) for _ in range(3))
        window.go("my_work" if key != "my_work" else "settings")
        settle(tasks)
        tasks.news += 1  # as after a change of what it shows
        if hasattr(window.page(key), "_drawn"):
            window.page(key)._drawn = None
        after = timed(painted(lambda k=key: window.go(k)))
        settle(tasks)
        found[label] = Visit(first, second, paint, after)
    page = window.go("action")
    settle(tasks)
    page.view.setFocus()
    steps = [timed(painted(lambda n=n: page.view.choose(n))) for n in range(1, 8)]
    paint = statistics.median(timed(lambda: page.pane.grab()) for _ in range(3))
    found["the record pane"] = Visit(steps[0], statistics.median(steps[1:]), paint, statistics.median(steps[1:]))
    window.detach()
    window.close()
    window.deleteLater()
    session.store.close()
    return found


def pages(stores: Stores) -> Iterator[Row]:
    """The rows: each size's first and second visits, and how pages grow with the store; the region once more as in life."""
    sizes = {s: p for s, p in stores.items() if s in ("inquiry", "region")}
    if "region" in sizes:
        sizes[f"region{IN_LIFE}"] = store_of(f"region{IN_LIFE}", sizes["region"].parent)
    seen = visits(sizes)
    for size, found in seen.items():
        for label, visit in found.items():
            yield ratio_row(f"{label}, first visit, {size}", "painting the same page", visit.first, visit.paint, 4)
            yield ratio_row(f"{label}, second visit, {size}", "painting the same page", visit.second, visit.paint, 2)
            yield ratio_row(f"{label}, visit after a change, {size}", "painting the same page", visit.after, visit.paint, None)
    if "inquiry" in seen:
        for size in (s for s in seen if s != "inquiry"):
            for label, visit in seen[size].items():
                yield ratio_row(f"{label}, second visit, {size}", "the same, inquiry", visit.second, seen["inquiry"][label].second, 2)
                yield ratio_row(f"{label}, visit after a change, {size}", "the same, inquiry", visit.after, seen["inquiry"][label].after, 2)
