"""The journey map on screen against a page; a survey read and kept; papers and long documents in each format against their writers alone; what moved against the length of its interval."""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks.rows import Row, Stores, both, ratio_row, timed
from benchmarks.stores import IN_LIFE, TODAY, opened
from vawg_desktop.services.session import Session

#: The map of a region's store (issue: 12 stages, 14 needs, 500 gaps, 80 services), and so many rows of a document.
_STAGES, _NEEDS, _GAPS, _SERVICES, _LISTED = 12, 14, 500, 80, 2_000
_TIMES = 9


def _mapped(folder: Path) -> Session:
    """A store with a map of the size above."""
    from vawg_desktop.domain.acts import Act
    from vawg_desktop.store import making

    session, chance = Session(making.create(folder / "map.vawg", passphrase=None), "Bench"), random.Random(1)
    with session.store.write("Bench", "map", Act.DEMO) as tx:
        stages = [tx.create("journey_stage", {"title": f"Stage {n}", "position": n}) for n in range(_STAGES)]
        needs = [tx.create("need", {"title": f"Need {n}", "position": n}) for n in range(_NEEDS)]
        for kind, count, cells in (("gap", _GAPS, {"provision": "partial"}), ("service", _SERVICES, {"waiting_days": 30})):
            for n in range(count):
                title = "statement" if kind == "gap" else "title"
                own = {"severity": chance.choice("1234")} if kind == "gap" else {}
                id = tx.create(kind, {title: f"{kind} {n}", **cells, **own})
                tx.link(f"{kind}.journey_stages", id, chance.choice(stages))
                tx.link(f"{kind}.needs", id, chance.choice(needs))
    return session


def journey_map(stores: Stores) -> Iterator[Row]:
    """Painting the map against painting a list of the same store; an arrow key on it against painting it once."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from vawg_desktop.ui.main_window import MainWindow
    from vawg_desktop.ui.tasks import Tasks
    from vawg_desktop.ui.tour import settle

    with tempfile.TemporaryDirectory() as folder:
        session = _mapped(Path(folder))
        window = MainWindow()
        window.resize(1366, 768)
        tasks = Tasks(session)
        window.attach(tasks, "map")
        window.show()
        for key in ("journey", "gap"):
            window.go(key)
            settle(tasks)

        def painted(key: str) -> float:
            window.go(key)
            settle(tasks)
            return timed(lambda: window.stack.currentWidget().grab())

        pairs = [(painted("journey"), painted("gap")) for _ in range(_TIMES)]
        ours, listed = (statistics.median(times) for times in zip(*pairs, strict=True))
        yield ratio_row(f"the journey map painted, {_STAGES} × {_NEEDS}", "painting a list of the same store", ours, listed, 2)
        page = window.go("journey")
        settle(tasks)
        keys: list[float] = []
        for n in range(4 * _TIMES):
            began = time.perf_counter()
            QTest.keyClick(page.view, Qt.Key.Key_Right if n % 2 else Qt.Key.Key_Down)
            QApplication.processEvents()
            page.view.viewport().repaint()
            keys.append((time.perf_counter() - began) * 1000)
        yield ratio_row("an arrow key on the journey map", "painting it once", statistics.median(keys), ours, 1)
        window.detach()
        window.close()
        window.deleteLater()
        session.store.close()


def documents(stores: Stores) -> Iterator[Row]:
    """A list of actions made and written in each format, against its writer writing the same document."""
    from vawg_desktop.exchange.document import Document
    from vawg_desktop.exchange.document_files import WRITERS, writer
    from vawg_desktop.services import lists, outputs
    from vawg_desktop.services.lists import ListQuery

    size = "region" if "region" in stores else next(iter(stores))
    session = opened(stores[size])
    heads = ["Reference", "Action", "Status", "Due"]

    def made() -> Document:
        numbers = lists.ids(session, ListQuery("action"), limit=_LISTED)
        rows = lists.rows_of(session, "action", numbers)
        return outputs.list_document(session, "Actions", heads, [[str(r["reference"]), str(r["title"]), str(r["status"] or ""), outputs.day_cell(r["due"])] for r in rows])

    whole = made()
    for ending in WRITERS:
        ours, alone = both(lambda e=ending: writer(f"x{e}")(made()), lambda e=ending: writer(f"x{e}")(whole), 3)
        yield ratio_row(f"a list of {_LISTED:,} actions as {ending}, {size}", "the writer alone writing the same document", ours, alone, 3)
    session.store.close()


def board_papers(stores: Stores) -> Iterator[Row]:
    """A board paper made and written in each format, against its writer writing the same document."""
    from vawg_desktop.exchange.document_files import WRITERS, writer
    from vawg_desktop.services import papers
    from vawg_desktop.services.papers import Asked

    size = next((s for s in stores if s.endswith(IN_LIFE)), next(iter(stores)))
    session = opened(stores[size])
    asked = Asked(since=(TODAY - timedelta(days=91)).isoformat())
    whole = papers.make(session, "board", asked).document
    for ending in WRITERS:
        ours, alone = both(lambda e=ending: writer(f"x{e}")(papers.make(session, "board", asked).document), lambda e=ending: writer(f"x{e}")(whole), 3)
        yield ratio_row(f"a board paper as {ending}, {size}", "the writer alone writing the same document", ours, alone, 3)
    session.store.close()


def since(stores: Stores) -> Iterator[Row]:
    """What moved over three years against one year, each by the entry of its interval: in a store that was used over the years."""
    from vawg_desktop.services.since import since as moved

    size = next((s for s in stores if s.endswith(IN_LIFE)), "")
    if size:
        session = opened(stores[size])
        days = [(TODAY - timedelta(days=365 * years)).isoformat() for years in (3, 1)]
        entries = [int(session.read().exec_driver_sql('SELECT count(*) FROM "change" WHERE received > ?', (day,)).one()[0]) for day in days]
        three, one = both(lambda: moved(session, days[0]), lambda: moved(session, days[1]), 3)
        yield ratio_row(f"since, over three years, a {size}: by a thousand entries", "the same over one year", three / entries[0] * 1000, one / entries[1] * 1000, 2)
        session.store.close()


#: The inquiry's survey (DESIGN 8): so many respondents and columns, of which so many are free text.
_RESPONDENTS, _CLOSED, _FREE = 8_263, 54, 5


def survey(stores: Stores) -> Iterator[Row]:
    """A survey of the inquiry's size taken in, against pandas reading the same file and writing it into SQLite."""
    import sqlite3

    import pandas as pd

    from vawg_desktop.services import surveys
    from vawg_desktop.store import making

    chance, words = random.Random(1), ["the", "bus", "stop", "was", "dark", "and", "nobody", "came", "when", "I", "rang", "them", "about", "it", "again", "last", "week"]
    closed = [f'"{c}"' if c else "" for c in ("Very satisfied", "Satisfied", "Neither", "Dissatisfied", "")]
    heads = ["Respondent ID", *(f"Question {n}?" for n in range(_CLOSED)), *(f"Tell us {n}" for n in range(_FREE))]
    rows = (
        [str(10**9 + n), *chance.choices(closed, k=_CLOSED), *(f'"{" ".join(chance.choices(words, k=chance.randrange(5, 40)))}"' if chance.random() < 0.4 else "" for _ in range(_FREE))]
        for n in range(_RESPONDENTS)
    )
    with tempfile.TemporaryDirectory() as folder:
        file, plain, number = Path(folder) / "survey.csv", Path(folder) / "plain.db", iter(range(1_000))
        file.write_text("\n".join(",".join(row) for row in [heads, *rows]) + "\n", "utf-8")
        made = [Session(making.create(Path(folder) / f"{n}.vawg", passphrase="benchmark passphrase"), "Bench") for n in range(4)]

        def theirs() -> None:
            with sqlite3.connect(plain) as connection:
                pd.read_csv(file).to_sql("survey", connection, if_exists="replace", index=False)

        ours, alone = both(lambda: surveys.take_in(made[next(number)], file), theirs, 3)
        yield ratio_row(f"a survey of {_RESPONDENTS:,} × {len(heads)} read and kept", "pandas reading it, and to_sql into SQLite", ours, alone, 3)
        for session in made:
            session.store.close()
