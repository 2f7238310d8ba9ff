"""Each row of DESIGN 8: ours and theirs, interleaved, as medians."""

from __future__ import annotations

import io
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.stores import WORDS, opened
from vawg_desktop.exchange.plan import BookPlan
from vawg_desktop.services import lists, overview, return_staging, rounds
from vawg_desktop.services.lists import ListQuery
from vawg_desktop.services.session import Session
from vawg_desktop.store import keys
from vawg_desktop.store.engines import connect_raw

ROOT = Path(__file__).parents[1]
Stores = dict[str, Path]


@dataclass
class Row:
    """One line of the table; times in milliseconds unless the words say otherwise."""

    what: str
    against: str
    ours: float
    theirs: float | None
    bound: str
    kept: bool
    unit: str = "ms"

    def line(self) -> str:
        ratio = f"{self.ours / self.theirs:.2f}×" if self.theirs else ""
        theirs = f"{self.theirs:.3g} {self.unit}" if self.theirs else ""
        return (
            f"| {self.what} | {self.against} | {self.ours:.3g} {self.unit} | {theirs} | {ratio} | {self.bound} "
            f"| {'' if not self.bound else 'yes' if self.kept else '**no**'} |"
        )


def timed(call: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def both(ours: Callable[[], object], theirs: Callable[[], object], times: int) -> tuple[float, float]:
    """Medians of two calls, interleaved, after one of each to warm."""
    ours()
    theirs()
    one, other = [], []
    for _ in range(times):
        one.append(timed(ours))
        other.append(timed(theirs))
    return statistics.median(one), statistics.median(other)


def ratio_row(what: str, against: str, ours: float, theirs: float, most: float | None) -> Row:
    if most is None:
        return Row(what, against, ours, theirs, "", True)
    return Row(what, against, ours, theirs, f"{most:g}×", ours <= theirs * most)


# -- start -----------------------------------------------------------------------------------------

_BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow, QLabel
a = QApplication([])
w = QMainWindow(); w.setCentralWidget(QLabel("x")); w.resize(1366, 768); w.show(); w.grab()
"""
_SHELL = """
from vawg_desktop.app import application
a = application()
from vawg_desktop.ui.main_window import MainWindow
w = MainWindow(); w.resize(1366, 768); w.show(); w.grab()
"""
_FIRST_PAGE = (
    _SHELL
    + """
from pathlib import Path
from vawg_desktop.app import begin
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening
from vawg_desktop.store import store as stores
import sys
s = Session(opening.open_store(Path(sys.argv[1])))
t = begin(w, s)
t.wait()
w.grab()
"""
)


def _start(code: str, *words: str) -> Callable[[], object]:
    """A call that starts the code in a new process; its bytecode is cached as in an installed program, even where the shell forbids that."""
    return lambda: _run(code, *words)


def _run(code: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": tempfile.gettempdir() + "/vawg-bench-compiled"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.run([sys.executable, "-c", code, *words], env=env, check=True, capture_output=True, cwd=ROOT)


def start(stores: Stores) -> Iterator[Row]:
    from vawg_desktop.services.sample import load_sample
    from vawg_desktop.store import making

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.vawg"
        store = making.create(path, passphrase=None)
        load_sample(Session(store))
        store.close()
        ours, bare = both(_start(_SHELL), _start(_BARE), 7)
        yield ratio_row("start to the shell painted", "a bare QMainWindow with one label", ours, bare, 1.3)
        ours, bare = both(_start(_FIRST_PAGE, str(path)), _start(_BARE), 7)
        yield ratio_row("start to the sample's first page filled", "the same bare window", ours, bare, 2.5)


# -- a region's store opened -----------------------------------------------------------------------

_OPENED = (
    _SHELL
    + """
import sys
from pathlib import Path
from benchmarks.stores import opened
from vawg_desktop.ui.tasks import Tasks
t = Tasks(opened(Path(sys.argv[1])))
w.attach(t, "Region")
w.go(sys.argv[2]); t.wait(); w.grab()
"""
)
_ENDS_AT_ONCE = "import os\nos._exit(0)\n"


def against_libreoffice(stores: Stores) -> Iterator[Row]:
    """CPU of opening the region's store to its actions, against LibreOffice loading a workbook of 20,000 rows and drawing its first page."""
    office, path = shutil.which("soffice"), stores.get("region")
    if office is None or path is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "list.xlsx"
        _write_list(book)
        words = [office, "--headless", f"-env:UserInstallation=file://{folder}/profile", "--convert-to", "png", "--outdir", folder, str(book)]
        theirs, ours = [], []
        for n in range(4):
            spent = _cpu(lambda: subprocess.run(words, check=True, capture_output=True))
            theirs += [spent] if n else []  # the first makes its profile
            ours.append(_cpu(lambda: _run(_OPENED + _ENDS_AT_ONCE, str(path), "action")))
        yield ratio_row(
            "the region store opened with its passphrase, to its actions (CPU)", "LibreOffice loading 20,000 × 11",
            statistics.median(ours), statistics.median(theirs), 0.4,
        )  # fmt: skip


def _write_list(path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Actions")
    heads = ("Ref", "Recommendation", "Action", "Owner", "Due", "Status", "RAG", "Progress", "Next steps", "% complete", "Notes")
    sheet.write_row(0, 0, heads)
    for i in range(20_000):
        sheet.write_row(i + 1, 0, (
            f"A-{i:05d}", f"R-{i // 10:04d} Recommendation", f"Action {i}: agree the terms of the work with partners and publish them",
            "Kent Police", "2026-12-31", "In progress", "Amber", f"Meeting {i} held; the group agreed the next draft and who writes it",
            "Publish in spring", i % 100, "none",
        ))  # fmt: skip
    book.close()


def _cpu(call: Callable[[], object]) -> float:
    """Milliseconds of CPU that the processes which a call starts and waits for take, in the program and in the system."""
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    call()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1000


# -- lists and counts ------------------------------------------------------------------------------


def list_page(stores: Stores) -> Iterator[Row]:
    sql = (
        "SELECT t.*, coalesce(p.short_name, p.name) AS accountable_name FROM action t LEFT JOIN partner p ON p.id = t.accountable "
        "WHERE t.n IN ({})"
    )
    for size in [s for s in stores if s != "inquiry"] or list(stores):
        session = opened(stores[size])
        numbers = lists.ids(session, ListQuery("action"))[100:150]
        raw = connect_raw(stores[size], keys.unlock(stores[size], WORDS), cache_kib=32768)
        text = sql.format(",".join("?" * len(numbers)))

        def theirs(raw: object = raw, text: str = text, numbers: list[int] = numbers) -> object:
            cursor = raw.execute(text, numbers)  # type: ignore[attr-defined]
            names = [d[0] for d in cursor.description]
            return {row[0]: dict(zip(names, row, strict=True)) for row in cursor}

        read = session.read()
        ours, bare = both(lambda s=read, n=numbers: lists.page(s, "action", n), theirs, 60)
        yield ratio_row(f"list page of 50, {size}", "the same SQL by raw driver", ours, bare, 1.2)
        counted, page = both(
            lambda s=session: count_all(s), lambda s=read, n=numbers: lists.page(s, "action", n), 40
        )
        yield ratio_row(f"overview counts, {size}", "the list page", counted, page, 2)
        raw.close()
        session.store.close()


def count_all(session: Session) -> object:
    """The counts that the Overview shows first."""
    connection = session.read()
    return overview.tallies(connection), overview.overdue_actions(connection, session.today)


def growth(stores: Stores) -> Iterator[Row]:
    if len(stores) < 2:
        return
    small, large = next(iter(stores)), list(stores)[-1]
    one, other = opened(stores[small]), opened(stores[large])
    query = ListQuery("action", words="stalking school")

    def count(session: Session) -> Callable[[], object]:
        return lambda: lists.ids(session, query)

    big, little = both(count(other), count(one), 15)
    yield ratio_row(f"filter query alone, {large}", f"the same, {small}", big, little, 5)
    big, little = both(lambda: count_all(other), lambda: count_all(one), 30)
    yield ratio_row(f"overview counts, {large}", f"the same, {small}", big, little, 5)
    one.store.close()
    other.store.close()
    big, little = (painted(opened(stores[s])) for s in (large, small))
    yield ratio_row(
        f"from the filter's start to the result painted, {large}", f"the same, {small}", big, little, 2
    )


def first_rows(tasks: object, page: object) -> None:
    """Wait until a list shows its first rows."""
    from benchmarks.pages import first_rows as wait

    wait(tasks, page)


def painted(session: Session) -> float:
    """Milliseconds from the filter's start to the list painted, in a window of its own; closes the session."""
    from vawg_desktop.app import application
    from vawg_desktop.ui.main_window import MainWindow
    from vawg_desktop.ui.tasks import Tasks
    from vawg_desktop.ui.tour import settle

    application()
    window = MainWindow()
    window.resize(1366, 768)
    tasks = Tasks(session)
    window.attach(tasks, session.store.name)
    window.show()
    page = window.go("action")
    settle(tasks)
    page.filter.setText("stalking school")

    def once() -> None:
        page._on_filters()
        first_rows(tasks, page)
        page.view.grab()
        tasks.wait()

    once()
    times = [timed(once) for _ in range(8)]
    window.detach()
    window.close()
    session.store.close()
    return statistics.median(times)


# -- window ----------------------------------------------------------------------------------------


def filter_key(stores: Stores) -> Iterator[Row]:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    from vawg_desktop.app import application
    from vawg_desktop.ui.main_window import MainWindow
    from vawg_desktop.ui.tasks import Tasks
    from vawg_desktop.ui.tour import settle

    application()
    size = list(stores)[-1]
    session = opened(stores[size])
    window = MainWindow()
    window.resize(1366, 768)
    tasks = Tasks(session)
    window.attach(tasks, size)
    window.show()
    page = window.go("action")
    settle(tasks)
    key = [timed(lambda: QTest.keyClick(page.filter, Qt.Key.Key_S)) for _ in range(30)]
    page._timer.stop()
    median = statistics.median(key)
    yield Row(f"a key in the filter box, {size}: the key itself", "", median, None, "2 ms", median <= 2)
    page.filter.setText("stalking")

    def query_and_paint() -> None:
        page._on_filters()
        first_rows(tasks, page)
        page.view.grab()

    # as in an officer's hands, the window is painted and at rest before each: else what the last one left to paint is counted
    times: list[tuple[float, float]] = []
    for _ in range(13):
        settle(tasks)
        times.append((timed(query_and_paint), timed(page.view.grab)))
    ours, paint = (statistics.median(column) for column in zip(*times[1:], strict=True))
    yield ratio_row(
        f"from the filter's start to the result painted, {size}", "painting the same page", ours, paint, 1.5
    )
    window.close()
    session.store.close()


# -- writing ---------------------------------------------------------------------------------------


def edit(stores: Stores) -> Iterator[Row]:
    size = list(stores)[-1]
    with tempfile.TemporaryDirectory() as folder:
        copies = []
        for name in ("ours", "theirs"):
            path = Path(folder) / f"{name}.vawg"
            for part in (stores[size], keys.keys_path(stores[size])):
                shutil.copyfile(part, path.with_name(part.name.replace(size, name)))
            copies.append(path)
        session = opened(copies[0])
        ids = [r[0] for r in session.read().exec_driver_sql("SELECT id FROM action ORDER BY n LIMIT 300")]
        turn = iter(range(10**6))

        def ours() -> None:
            n = next(turn)
            with session.store.write("Bench", "why") as tx:
                tx.edit("action", ids[n % 300], {"blockers": f"reason {n}"})

        raw = connect_raw(copies[1], keys.unlock(copies[1], WORDS), cache_kib=65536)
        raw.execute("PRAGMA journal_mode = WAL")
        raw.execute("PRAGMA synchronous = FULL")
        raw.execute("UPDATE origin SET seq = seq + 1000000")

        def theirs() -> None:
            n = next(turn)
            _raw_edit(raw, ids[n % 300], n)

        mine, bare = both(ours, theirs, 60)
        yield ratio_row(
            f"an edit with its log entry, durable, {size}", "raw driver writing the same rows", mine, bare, 3
        )
        yield Row(f"an edit with its log entry, durable, {size}", "", mine, None, "16 ms", mine <= 16)
        session.store.close()
        raw.close()


def _raw_edit(raw: object, id: str, n: int) -> None:
    run = raw.execute  # type: ignore[attr-defined]
    run("BEGIN IMMEDIATE")
    run(
        "UPDATE action SET blockers = ?, x_sort = x_sort, x_due = x_due, x_open = x_open WHERE id = ?",
        (f"reason {n}", id),
    )
    run(
        'INSERT INTO "change" (id, origin, seq, at, received, who, why, why_salt, txn, act, about, tbl, "row", op, fields, hash) '
        "VALUES (?, 'o', ?, 't', 't', 'w', 'y', 's', 'x', 'edit', NULL, 'action', ?, 'edit', ?, ?)",
        (f"id{n}", n, id, '{"blockers":{"a":"reason","b":"before","s":"salt","o":["head"]}}', "h" * 64),
    )
    run("DELETE FROM head WHERE \"row\" = ? AND cell = 'blockers'", (id,))
    run("INSERT INTO head VALUES (?, 'blockers', ?)", (id, f"id{n}"))
    sn = run("SELECT n FROM subject WHERE id = ?", (id,)).fetchone()[0]
    run("UPDATE subject SET title = title WHERE n = ?", (sn,))
    run("DELETE FROM search WHERE rowid = ?", (sn,))
    run(
        "INSERT INTO search (rowid, words) VALUES (?, ?)",
        (sn, f"some words reason {n} and a title of usual length"),
    )
    run("UPDATE origin SET seq = seq + 1")
    run("UPDATE meta SET value = value WHERE \"key\" = 'last_received'")
    run("COMMIT")


# -- merging ---------------------------------------------------------------------------------------

CHANGES = 10_000


def merging(stores: Stores) -> Iterator[Row]:
    """10,000 changes of a working copy, of which most are progress updates, against inserting the same rows."""
    from vawg_desktop.store.copying import take_copy
    from vawg_desktop.store.merging import merge_in

    with tempfile.TemporaryDirectory() as name:
        folder, base = Path(name), stores[next(iter(stores))]
        session = opened(base)
        laptop = opened(take_copy(session.store, folder / "laptop.vawg"))
        session.store.close()
        work_on(laptop)
        ours: list[float] = []
        theirs: list[float] = []
        rows: dict[str, list[tuple[object, ...]]] = {}
        for turn in range(3):
            office = opened(_fresh(base, folder / f"office{turn}.vawg"))
            ours.append(timed(lambda o=office: merge_in(o.store, laptop.store, "Bench")))
            rows = rows or _rows_of_merge(office)
            office.store.close()
            raw = connect_raw(
                _fresh(base, folder / f"raw{turn}.vawg"), keys.unlock(base, WORDS), cache_kib=65536
            )
            raw.execute("PRAGMA journal_mode = WAL")
            raw.execute("PRAGMA synchronous = FULL")
            theirs.append(timed(lambda r=raw, w=rows: _raw_merge(r, w)))
            raw.close()
        laptop.store.close()
        mine, bare = statistics.median(ours), statistics.median(theirs)
        yield ratio_row(f"merging {CHANGES:,} changes", "inserting the same rows raw", mine, bare, 5)


def _fresh(base: Path, to: Path) -> Path:
    for part in (base, keys.keys_path(base)):
        shutil.copyfile(part, to.with_name(part.name.replace(base.name, to.name)))
    return to


def work_on(laptop: Session) -> None:
    """10,000 changes as a meeting makes them."""
    ids = [r[0] for r in laptop.read().exec_driver_sql("SELECT id FROM action ORDER BY n")]
    for start in range(0, CHANGES, 500):
        with laptop.store.write("Bench", "in the room") as tx:
            for i in range(start, start + 500):
                action = ids[i % len(ids)]
                if i < 600 or i % 10 < 3:
                    tx.edit(
                        "action", action, {"blockers": f"reason {i} told in the room", "percent": i % 100}
                    )
                else:
                    tx.create("update", {"action": action, "as_at": "2026-11-22", "status": "in_progress",
                                         "narrative": f"Said in the room, number {i}: " + "work goes on. " * 8})  # fmt: skip


def _rows_of_merge(office: Session) -> dict[str, list[tuple[object, ...]]]:
    """The rows that a merge wrote: entries, updates, actions, heads, register and search words."""
    from vawg_desktop.domain.entities import BY_KEY
    from vawg_desktop.store import derive

    run = office.read().exec_driver_sql
    first = run("SELECT min(n) FROM \"change\" WHERE who = 'Bench' AND why = 'in the room'").one()[0]
    updates = (
        run('SELECT * FROM "update" WHERE born IN (SELECT id FROM "change" WHERE n >= ?)', (first,))
        .mappings()
        .all()
    )
    made = {str(u["id"]) for u in updates}
    return {
        "change": [tuple(r) for r in run('SELECT * FROM "change" WHERE n >= ?', (first,))],
        "update": [tuple(u.values()) for u in updates],
        "action": [tuple(r) for r in run("SELECT blockers, percent, id FROM action")],
        "head": [tuple(r) for r in run("SELECT * FROM head")],
        "subject": [tuple(r) for r in run("SELECT * FROM subject") if r[1] in made],
        "search": [(r["n"] + 10**6, derive.indexed_text(BY_KEY["update"], dict(r))) for r in updates],
    }  # fmt: skip


def _raw_merge(raw: object, rows: dict[str, list[tuple[object, ...]]]) -> None:
    run, many = raw.execute, raw.executemany  # type: ignore[attr-defined]
    run("BEGIN IMMEDIATE")
    run("PRAGMA defer_foreign_keys = ON")
    run("DELETE FROM head")
    for table in ("change", "update", "head", "subject"):
        marks = ",".join("?" * len(rows[table][0]))
        many(f'INSERT INTO "{table}" VALUES ({marks})', rows[table])
    many("UPDATE action SET blockers = ?, percent = ? WHERE id = ?", rows["action"])
    many("INSERT INTO search (rowid, words) VALUES (?, ?)", rows["search"])
    run("COMMIT")


# -- returns ---------------------------------------------------------------------------------------


def thirty_returns(stores: Stores) -> Iterator[Row]:
    from vawg_desktop.exchange.return_plan import ReturnContent, ReturnRow, plan_return
    from vawg_desktop.exchange.xlsx_out import write_xlsx

    row = {
        "status": "in_progress",
        "percent": 40,
        "rating_partner": "green",
        "revised_due": "2026-09-30",
        "blockers": "Funding ends in March.",
    }
    made = [
        ReturnRow(f"A-{i:04d}-7KQ4", f"RT-0001|A-{i:04d}|ABCDEFGH", "CHECKCHECK12", f"Deliver thing number {i} across the county",
                  "R-0003 A recommendation", "2026-06-30", "In progress\n30 June 2026: said something at length " * 3, dict(row))
        for i in range(200)
    ]  # fmt: skip
    content = ReturnContent(
        "RT-0001-ABCD",
        1,
        "2026/27 Q2",
        "2026-09-30",
        "Partner",
        "Office",
        "OFFICIAL",
        False,
        made,
        [],
        [("Red", "Off track")],
    )
    plan = plan_return(content)
    ours, bare = both(lambda: write_xlsx(plan_return(content)), lambda: _bare_xlsx(plan), 6)
    yield ratio_row(
        "a return of 200 rows: the writing", "XlsxWriter writing the same cells and features", ours, bare, 1.3
    )
    with tempfile.TemporaryDirectory() as folder:
        session = many_rows(Path(folder), partners=30, rows=200)
        whole = timed(lambda: rounds.export_returns(session, period="P", due="+4w", out=Path(folder) / "out"))
        yield ratio_row(
            "30 returns of 200 rows: with base and keeping",
            "30 times the same bare writing",
            whole,
            30 * bare,
            3,
        )
        session.store.close()


def _bare_xlsx(plan: BookPlan) -> bytes:
    """The same cells, row heights, table, drop-downs and protection by a plain loop over XlsxWriter."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    plain = book.add_format({"text_wrap": True, "border": 1, "valign": "top"})
    date = book.add_format({"num_format": "dd/mm/yyyy"})
    for sheet in plan.sheets:
        worksheet = book.add_worksheet(sheet.name)
        for c, width in enumerate(sheet.widths):
            worksheet.set_column(c, c, width)
        for r, row in enumerate(sheet.rows):
            worksheet.set_row(r, 62.0)
            for c, cell in enumerate(row):
                if cell is None:
                    continue
                if cell.value is None:
                    worksheet.write_blank(r, c, None, plain)
                elif isinstance(cell.value, int):
                    worksheet.write_number(r, c, cell.value, plain)
                elif isinstance(cell.value, str):
                    worksheet.write_string(r, c, cell.value, plain)
                else:
                    worksheet.write_datetime(r, c, cell.value, date)
        if sheet.table:
            top, bottom, right = sheet.table
            heads = [{"header": str(c.value)} for c in sheet.rows[top] if c is not None]
            worksheet.add_table(top, 0, max(bottom, top + 1), right, {"columns": heads, "style": None})
        for choice in sheet.choices:
            words = {"input_title": choice.title, "input_message": choice.message}
            kind = (
                {"validate": "list", "source": "=" + choice.source}
                if choice.kind == "list"
                else {"validate": "any"}
            )
            span = (choice.first_row, choice.column, choice.last_row, choice.column)
            worksheet.data_validation(*span, {**kind, **words})
        worksheet.protect("")
    book.close()
    return out.getvalue()


def many_rows(folder: Path, *, partners: int, rows: int) -> Session:
    """A store of so many partners with so many actions each."""
    from vawg_desktop.store import making

    session = Session(making.create(folder / "r.vawg", passphrase=WORDS), "Bench")
    with session.store.write("Bench", "rows") as tx:
        for p in range(partners):
            partner = tx.create("partner", {"name": f"Partner {p}", "standing": "voluntary"})
            for i in range(rows):
                tx.create("action", {"title": f"Do thing {i} of {p} for the county", "accountable": partner, "status": "in_progress",
                                     "percent": i % 90, "due": "2026-09-30", "blockers": f"Reason {i}"})  # fmt: skip
    return session


def read_return(stores: Stores) -> Iterator[Row]:
    from openpyxl import load_workbook

    with tempfile.TemporaryDirectory() as folder:
        session = many_rows(Path(folder), partners=1, rows=5000)
        made = rounds.export_returns(session, period="P", due="+4w", out=Path(folder) / "out")
        path, content = session.store.path, Path(made.returns[0].file).read_bytes()
        session.store.close()
        fresh = [_copied(path, Path(folder) / f"store{n}.vawg") for n in range(6)]  # each reads its first file of this return
        turns = iter(fresh)
        ours, theirs = both(
            lambda: return_staging.import_return(next(turns), Path(made.returns[0].file)), lambda: load_workbook(io.BytesIO(content)), 5
        )
        yield ratio_row("reading and comparing a 5,000-row return", "openpyxl only loading it", ours, theirs, 0.5)
        for one in fresh:
            one.store.close()


def _copied(path: Path, to: Path) -> Session:
    """A session on a copy of a store with its keys and files."""
    for end in ("", "-keys", "-files"):
        shutil.copyfile(f"{path}{end}", f"{to}{end}")
    return opened(to)


# -- memory ----------------------------------------------------------------------------------------

_RSS = """
print(next(int(line.split()[1]) / 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
_REGION = (
    _SHELL
    + """
from pathlib import Path
from vawg_desktop.app import begin
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening
from vawg_desktop.store import store as stores
import sys
s = Session(opening.open_store(Path(sys.argv[1]), passphrase=sys.argv[2]))
t = begin(w, s)
t.wait()
for key in ("overview", "action", "recommendation"):
    w.go(key); t.wait(); w.grab()
from vawg_desktop.store.check import integrity
integrity(s.store)  # as the window does a moment after opening, and so after a short measurement
w.detach(); s.store.close()
"""
)


def memory(stores: Stores) -> Iterator[Row]:
    size = "region" if "region" in stores else list(stores)[-1]
    if not Path("/proc/self/status").exists():
        return

    def peak(code: str, *words: str) -> float:
        env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-c", code + _RSS, *words],
            env=env,
            check=True,
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        return float(done.stdout.split()[-1])

    ours, bare = peak(_REGION, str(stores[size]), WORDS), peak(_BARE)
    yield Row(
        f"memory at its highest, {size} store open",
        "bare window",
        ours,
        bare,
        "+150 MiB",
        ours - bare <= 150,
        "MiB",
    )


def pages(stores: Stores) -> Iterator[Row]:
    """Each page, from click to painted."""
    from benchmarks.pages import pages as measure

    return measure(stores)


def journey_map(stores: Stores) -> Iterator[Row]:
    """The map, painted and walked."""
    from benchmarks.papers import journey_map as measure

    return measure(stores)


def documents(stores: Stores) -> Iterator[Row]:
    """A long list in each format."""
    from benchmarks.papers import documents as measure

    return measure(stores)


def board_papers(stores: Stores) -> Iterator[Row]:
    """A board paper in each format."""
    from benchmarks.papers import board_papers as measure

    return measure(stores)


def survey(stores: Stores) -> Iterator[Row]:
    """A survey's file taken in."""
    from benchmarks.papers import survey as measure

    return measure(stores)


def since(stores: Stores) -> Iterator[Row]:
    """What moved over one year and over three."""
    from benchmarks.papers import since as measure

    return measure(stores)


MEASURES: tuple[Callable[[Stores], Iterator[Row]], ...] = (
    start, list_page, filter_key, edit, merging, thirty_returns, read_return, growth, pages, journey_map, documents, board_papers, since, survey, memory, against_libreoffice,
)  # fmt: skip
