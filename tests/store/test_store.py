"""Opening, keys, disposal, migration, kills: the file itself."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.migrations import BEGINS, LAST, NEXT
from vawg_desktop import paths
from vawg_desktop.domain.errors import RuleError, StoreError, WrongKeyError
from vawg_desktop.services import overview, records, rounds
from vawg_desktop.services.records import add_update, assign, parse_assignment
from vawg_desktop.services.return_staging import import_return
from vawg_desktop.services.session import Session
from vawg_desktop.store import making, opening, schema
from vawg_desktop.store.check import check
from vawg_desktop.store.dispose import HOLD, Authority, dispose
from vawg_desktop.store.engines import connect_raw
from vawg_desktop.store.files import files_path
from vawg_desktop.store.keys import keys_path
from vawg_desktop.store.migrate import migrate

WORDS = "correct horse battery"


def test_a_locked_store_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    path = tmp_path / "s.vawg"
    with making.create(path, passphrase=WORDS) as store, store.write("A", "why") as tx:
        tx.create("action", {"title": "planted phrase zebra"})
    for part in (path, keys_path(path)):
        assert b"zebra" not in part.read_bytes()
    with pytest.raises(WrongKeyError):
        opening.open_store(path, passphrase="wrong horse battery")
    with opening.open_store(path, passphrase=WORDS) as store:
        assert check(store).ok


def test_a_damaged_file_is_told_apart_from_a_wrong_passphrase(tmp_path: Path) -> None:
    path = tmp_path / "s.vawg"
    making.create(path, passphrase=WORDS).close()
    data = bytearray(path.read_bytes())
    data[30:60] = bytes(30)
    path.write_bytes(bytes(data))
    with pytest.raises(StoreError) as damaged:
        opening.open_store(path, passphrase=WORDS)
    assert damaged.value.code == "damaged"


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda p: keys_path(p).unlink(), "keys_missing"),
        (lambda p: keys_path(p).write_text("{"), "keys_damaged"),
        (lambda p: keys_path(p).write_text('{"format": 99}'), "keys_later"),
        (lambda p: p.unlink(), "missing"),
        (lambda p: p.write_bytes(b""), "not_a_store"),
    ],
)
def test_each_trouble_has_its_sentence(tmp_path: Path, harm: object, code: str) -> None:
    path = tmp_path / "s.vawg"
    making.create(path, passphrase=WORDS).close()
    harm(path)  # type: ignore[operator]
    with pytest.raises(StoreError) as trouble:
        opening.open_store(path, passphrase=WORDS)
    assert trouble.value.code == code
    assert trouble.value.message.endswith(".")


def test_a_store_is_never_made_over_anything(tmp_path: Path) -> None:
    path = tmp_path / "s.vawg"
    path.write_text("mine")
    with pytest.raises(StoreError):
        making.create(path, passphrase=None)
    assert path.read_text() == "mine"
    with pytest.raises(StoreError, match="no folder"):
        making.create(tmp_path / "none" / "s.vawg", passphrase=None)
    with pytest.raises(StoreError, match="at least 8"):
        making.create(tmp_path / "t.vawg", passphrase="short")
    assert not (tmp_path / "t.vawg").exists()


def test_a_later_store_is_refused_with_its_version(tmp_path: Path) -> None:
    path = tmp_path / "s.vawg"
    making.create(path, passphrase=None).close()
    connection = connect_raw(path, None)
    connection.execute("UPDATE meta SET value = '99' WHERE \"key\" = 'schema'")
    connection.close()
    with pytest.raises(StoreError, match="schema 99"):
        opening.open_store(path)


def test_the_write_ahead_log_is_folded_in_on_closing(tmp_path: Path) -> None:
    path = tmp_path / "s.vawg"
    store = making.create(path, passphrase=None)
    with store.write("A", "why") as tx:
        tx.create("action", {"title": "x"})
    store.read().exec_driver_sql("SELECT 1")
    store.close()
    wal = path.with_name(path.name + "-wal")
    assert not wal.exists() or wal.stat().st_size == 0


def test_the_baseline_migration_makes_todays_schema(tmp_path: Path) -> None:
    path = tmp_path / "old.vawg"
    connection = connect_raw(path, None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
    backup = migrate(path, None)
    assert backup.exists()
    making.create(tmp_path / "new.vawg", passphrase=None).close()
    assert _shape(path) == _shape(tmp_path / "new.vawg")


def _shape(path: Path) -> dict[str, object]:
    """The schema of a store by name: a table's columns whatever their order (a migration adds at the end), the words of all else."""
    connection = connect_raw(path, None)
    found = connection.execute("SELECT name, type, sql FROM sqlite_master WHERE sql IS NOT NULL AND name <> 'alembic_version'").fetchall()
    shape: dict[str, object] = {}
    for name, kind, sql in found:
        if kind == "table" and not sql.startswith("CREATE VIRTUAL"):
            columns = {tuple(r[1:]) for r in connection.execute(f'PRAGMA table_info("{name}")')}
            keys = {tuple(r[2:]) for r in connection.execute(f'PRAGMA foreign_key_list("{name}")')}
            lists = [r[1] for r in connection.execute(f'PRAGMA index_list("{name}")') if r[3] == "u"]
            unique = {tuple(x[2] for x in connection.execute(f'PRAGMA index_info("{i}")')) for i in lists}
            shape[name] = (columns, keys, unique, sql.count("DEFERRABLE"))
        else:
            shape[name] = " ".join(sql.split())
    connection.close()
    return shape


def test_a_failing_migration_leaves_the_store_and_names_the_backup(sample: Session, tmp_path: Path) -> None:
    path = sample.store.path
    sample.store.close()
    scripts = tmp_path / "migrations"
    shutil.copytree(paths.migrations(), scripts)
    (scripts / "versions" / f"{NEXT}_bad.py").write_text(
        BEGINS +
        "    op.get_bind().exec_driver_sql('DELETE FROM action')\n"
    )
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"is as it was .*action had 22 rows.* a backup is in"):
        migrate(path, None, scripts=scripts)
    sample.store = opening.open_store(path)
    assert check(sample.store).ok
    assert len(before) == path.stat().st_size


def test_a_good_migration_keeps_every_row(sample: Session, tmp_path: Path) -> None:
    path = sample.store.path
    sample.store.close()
    scripts = tmp_path / "migrations"
    shutil.copytree(paths.migrations(), scripts)
    (scripts / "versions" / f"{NEXT}_good.py").write_text(
        BEGINS +
        "    op.get_bind().exec_driver_sql('ALTER TABLE action ADD COLUMN extra TEXT')\n"
    )
    backup = migrate(path, None, scripts=scripts)
    connection = connect_raw(path, None)
    assert connection.execute("SELECT count(extra), count(*) FROM action").fetchone() == (0, 22)
    assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (NEXT,)
    connection.close()
    assert backup.exists()
    sample.store = opening.open_store(backup)
    assert check(sample.store).ok


def test_what_updates_told_over_time_is_filled_in_where_a_store_comes_from_an_earlier_version(sample: Session) -> None:
    """``x_progress`` and its counts are derived: the migration states them as the program does from then on."""
    told = (("2025-05-01", "not_started"), ("2025-06", "in_progress"), ("2025-11-30", "in_progress"), ("2026-02-01", "complete"))
    for as_at, status in told:
        assign(sample, "A-0001", [parse_assignment(f"status={status}")], "so it stood then")
        add_update(sample, "A-0001", {"narrative": "told", "as_at": as_at})
    assign(sample, "A-0002", [parse_assignment("status=stopped")], "so it stood then")
    add_update(sample, "A-0002", {"narrative": "told", "as_at": "2025-05-01"})
    records.hide(sample, ["A-0002"])
    path = sample.store.path
    sample.store.close()
    raw = connect_raw(path, None)
    for undone in (
        "DROP INDEX ix_change_kind", "DROP INDEX ix_change_txn", "CREATE INDEX ix_change_txn ON change (txn)",
        "ALTER TABLE action DROP COLUMN x_progress", "DELETE FROM tally WHERE name IN ('action_came', 'action_left')",
        "UPDATE meta SET value = '3' WHERE \"key\" = 'schema'", "UPDATE alembic_version SET version_num = '0003'",
    ):
        raw.execute(undone)
    raw.close()
    migrate(path, None, target="0004")
    raw = connect_raw(path, None)  # what later migrations add stands already
    raw.execute("UPDATE alembic_version SET version_num = ?", (LAST,))
    raw.execute("UPDATE meta SET value = ? WHERE \"key\" = 'schema'", (str(int(LAST)),))
    raw.close()
    sample.store = opening.open_store(path)
    assert check(sample.store).problems == []
    kept = sample.read().exec_driver_sql("SELECT x_progress FROM action WHERE reference = 'A-0001'").one()[0]
    assert kept == "2025-06-30 in_progress;2026-03-31 complete"
    found = dict(overview.progress_over_time(sample, quarters=400))
    ends = [date(2025, 6, 30), date(2025, 9, 30), date(2026, 3, 31)]
    assert [found[e] for e in ends] == [{"in_progress": 1}, {"in_progress": 1}, {"complete": 1}]


def lowered(path: Path, revision: str, renamed: dict[str, str]) -> None:
    """Make a store of today one of an earlier revision: what came since goes, and tables have the names they had."""
    old = path.with_name("old.vawg")
    connect_raw(old, None).close()
    migrate(old, None, target=revision)
    connection, raw = connect_raw(old, None), connect_raw(path, None)
    listed = "SELECT type, name FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'search%'"
    there = {(kind, name) for kind, name in connection.execute(listed)}
    for now, before in renamed.items():
        raw.execute(f"ALTER TABLE {now} RENAME TO {before}")
    for kind, name in sorted(raw.execute(listed).fetchall()):  # indexes before tables
        if (kind, name) not in there:
            raw.execute(f'DROP {kind} "{name}"')
    for _, table in (one for one in there if one[0] == "table"):
        had = {r[1] for r in connection.execute(f'PRAGMA table_info("{table}")')}
        if any(r[1] not in had for r in raw.execute(f'PRAGMA table_info("{table}")')):  # made anew: a column that refers elsewhere cannot be dropped
            _made_anew(raw, connection, table, sorted(had))
    raw.execute("UPDATE meta SET value = ? WHERE \"key\" = 'schema'", (str(int(revision)),))
    raw.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()
    raw.close()


def _made_anew(raw: Any, old: Any, table: str, columns: list[str]) -> None:
    """A table as it was in an earlier version, with its rows, indexes and triggers."""
    kept = ", ".join(f'"{c}"' for c in columns)
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("PRAGMA legacy_alter_table = ON")
    raw.execute(f'ALTER TABLE "{table}" RENAME TO was_here')
    for (sql,) in old.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchall():
        raw.execute(sql)
    raw.execute(f'INSERT INTO "{table}" ({kept}) SELECT {kept} FROM was_here')
    raw.execute("DROP TABLE was_here")
    for (sql,) in old.execute("SELECT sql FROM sqlite_master WHERE type <> 'table' AND tbl_name = ? AND sql IS NOT NULL", (table,)).fetchall():
        raw.execute(sql)
    raw.execute("PRAGMA legacy_alter_table = OFF")
    raw.execute("PRAGMA foreign_keys = ON")


def test_a_store_of_an_earlier_version_has_the_tables_and_indexes_of_a_new_one_once_it_is_opened(sample: Session) -> None:
    path = sample.store.path
    new = _shape(path)
    sample.store.close()
    lowered(path, "0004", {"earlier_reference": "former"})
    assert _shape(path) != new
    sample.store = opening.open_store(path)
    assert _shape(path) == new
    lacked = {"row_missing", "counts_wrong", "search_wrong", "register_wrong"}  # the lowering took away the rows of kinds that version had not
    assert [p for p in check(sample.store).problems if p.code not in lacked and not re.search("“seen” of|“status” of M-", p.message)] == []  # nor had it these cells


def _planted(sample: Session, tmp_path: Path) -> str:
    """Plant words in a row, its update, its log, a sent and a returned workbook, a draft."""
    assign(sample, "A-0012", [parse_assignment("blockers=zebra quokka")], "a remark on zebra quokka")
    add_update(sample, "A-0012", {"narrative": "zebra quokka in the update"})
    made = rounds.export_returns(
        sample, period="P", due="+4w", out=tmp_path / "out", partners=["St Giles Trust"]
    )
    import_return(sample, Path(made.returns[0].file))
    from vawg_desktop.services import office

    row = sample.read().exec_driver_sql("SELECT id FROM action WHERE reference = 'A-0012'").one()
    office.save_local(sample, "draft", f"{row[0]}|note", "zebra quokka half typed")
    return str(row[0])


def test_after_a_disposal_the_log_refuses_changes_as_before(sample: Session) -> None:
    id = records.create(sample, "gap", {"statement": "quokka"})[0]
    dispose(sample.store, "gap", id, AUTHORITY)
    assert sample.store.meta("disposing") != "1"
    with sample.store.write("A", "beside the log") as tx, pytest.raises(Exception, match="append-only"):
        tx.connection.exec_driver_sql("UPDATE \"change\" SET fields = '{}' WHERE n = 1")


def test_disposal_takes_the_words_out_of_everything_and_check_stays_ok(
    sample: Session, tmp_path: Path
) -> None:
    id = _planted(sample, tmp_path)
    path = sample.store.path
    dispose(sample.store, "action", id, Authority("A Person", "B Person", "retention rule 4", "2026-11-22"))
    assert check(sample.store).problems == []
    for table in (*schema.STATED, *schema.LOCAL, "subject"):
        rows = sample.read().exec_driver_sql(f'SELECT * FROM "{table}"').fetchall()
        assert "quokka" not in repr(rows), table
    assert sample.read().exec_driver_sql("SELECT count(*) FROM search WHERE words MATCH 'quokka'").one() == (
        0,
    )
    held = connect_raw(files_path(path), None)
    contents = [bytes(r[0]) for r in held.execute("SELECT content FROM held")]
    held.close()
    assert len(contents) == 0
    sample.store.close()
    for part in (path, files_path(path)):
        assert b"quokka" not in part.read_bytes(), part.name
    sample.store = opening.open_store(path)
    assert check(sample.store).problems == []


def test_disposal_needs_two_people_an_authority_and_no_hold(sample: Session) -> None:
    id = str(sample.read().exec_driver_sql("SELECT id FROM action WHERE reference = 'A-0012'").one()[0])
    for authority in (
        Authority("A", " a ", "rule", "d"),
        Authority("A", "", "rule", "d"),
        Authority("A", "B", " ", "d"),
    ):
        with pytest.raises(RuleError):
            dispose(sample.store, "action", id, authority)
    with sample.store.write("A", "hold") as tx:
        tx.link(HOLD, id, "court order")
    with pytest.raises(RuleError, match="legal hold"):
        dispose(sample.store, "action", id, Authority("A", "B", "rule", "d"))
    assert check(sample.store).ok


KILLED = """
import sys
from pathlib import Path
from typing import Any
from vawg_desktop.store import making, opening
store = opening.open_store(Path(sys.argv[1]), passphrase="correct horse battery")
n = 0
while True:
    with store.write("A", "loop") as tx:
        for _ in range(3):
            tx.create("action", {"title": f"action {n}"})
            n += 1
    print(n, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_kill_9_in_the_middle_loses_nothing_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "s.vawg"
    making.create(path, passphrase=WORDS).close()
    acknowledged = 0
    for turn in range(6):
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert child.stdout is not None
        first = child.stdout.readline()
        time.sleep(0.05 + 0.03 * turn)
        os.kill(child.pid, signal.SIGKILL)
        lines = [first, *child.stdout.read().split()]
        child.wait()
        child.stdout.close()
        acknowledged += int(lines[-1]) if lines[-1].strip() else 0
        with opening.open_store(path, passphrase=WORDS) as store:
            count = int(store.read().exec_driver_sql("SELECT count(*) FROM action").one()[0])
            assert count >= acknowledged
            assert count % 3 == 0
            acknowledged = count
            assert check(store).problems == []


AUTHORITY = Authority("A Person", "B Person", "retention rule 4", "2026-11-22")


def test_disposal_reaches_the_tracker_a_record_came_from_and_its_tray(
    sample: Session, tmp_path: Path
) -> None:
    from vawg_desktop.services import names, trackers

    path = tmp_path / "t.csv"
    path.write_text("Ref,Action,Our mood\nQ1,Visit the quokka,zebra mood\n", "utf-8")
    done = trackers.import_tracker(sample, path)
    assert done.tray
    assert b"quokka" in sample.store.files.get(_about(sample, done.changes.txn))
    dispose(sample.store, "action", names.find(sample.read(), "Q1").id, AUTHORITY)
    assert sample.store.files.digests() == {}
    kept = sample.read().exec_driver_sql("SELECT value FROM local").fetchall()
    assert "zebra" not in repr(kept) and "quokka" not in repr(kept)
    assert check(sample.store).problems == []


def _about(session: Session, txn: str) -> str:
    row = session.read().exec_driver_sql('SELECT about FROM "change" WHERE txn = ? LIMIT 1', (txn,)).one()
    return str(row[0])


def test_disposal_keeps_a_file_that_another_record_rests_on(sample: Session) -> None:
    sha = sample.store.files.keep("note.txt", b"the same bytes")
    with sample.store.write("A", "evidence") as tx:
        one, other = (tx.create("evidence", {"title": t, "file_sha256": sha}) for t in ("one", "other"))
    dispose(sample.store, "evidence", one, AUTHORITY)
    assert sample.store.files.get(sha) == b"the same bytes"
    assert check(sample.store).problems == []
    dispose(sample.store, "evidence", other, AUTHORITY)
    assert sample.store.files.digests() == {}
    assert check(sample.store).problems == []


def test_a_hold_on_an_action_holds_its_updates_too(sample: Session) -> None:
    add_update(sample, "A-0012", {"narrative": "said"})
    action, update = sample.read().exec_driver_sql('SELECT action, id FROM "update"').one()
    with sample.store.write("A", "hold") as tx:
        tx.link(HOLD, str(action), "court order")
    with pytest.raises(RuleError, match="legal hold"):
        dispose(sample.store, "update", str(update), AUTHORITY)


def test_a_held_file_that_was_changed_or_lost_is_named(sample: Session) -> None:
    sha = sample.store.files.keep("note.txt", b"as it was")
    with sample.store.write("A", "evidence") as tx:
        tx.create("evidence", {"title": "one", "file_sha256": sha})
        tx.create("evidence", {"title": "two", "file_sha256": "0" * 64})
    held = connect_raw(files_path(sample.store.path), None)
    held.execute("UPDATE held SET content = ? WHERE sha256 = ?", (b"as it is", sha))
    held.close()
    assert {p.code for p in check(sample.store).problems} == {"file_altered", "file_missing"}
