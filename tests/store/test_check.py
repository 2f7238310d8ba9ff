"""Damage made by hand: each kind has its own code and names its place; repair mends what is derived."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as driver

from vawg_desktop.domain.errors import StoreError
from vawg_desktop.services import merging, names, safekeeping, show
from vawg_desktop.services.records import create
from vawg_desktop.services.session import Session
from vawg_desktop.store import making, opening
from vawg_desktop.store import store as stores
from vawg_desktop.store.check import check
from vawg_desktop.store.check_log import heads_of_chains
from vawg_desktop.store.copying import take_copy
from vawg_desktop.store.repair import repair

Harm = Callable[[Any], None]


def _loosen(c: Any) -> None:
    c.execute("DROP TRIGGER change_no_update")
    c.execute("DROP TRIGGER change_no_delete")


def _run(*statements: str) -> Harm:
    def harm(c: Any) -> None:
        _loosen(c)
        for statement in statements:
            c.execute(statement)

    return harm


def _swap(c: Any) -> None:
    _loosen(c)
    one, two = c.execute('SELECT n, seq FROM "change" WHERE seq IN (20, 21) ORDER BY seq').fetchall()
    c.execute('UPDATE "change" SET seq = 900001 WHERE n = ?', (one[0],))
    c.execute('UPDATE "change" SET seq = 20 WHERE n = ?', (two[0],))
    c.execute('UPDATE "change" SET seq = 21 WHERE n = ?', (one[0],))


def _swap_words(c: Any) -> None:
    """Everything but number and place changes hands."""
    _loosen(c)
    columns = [r[1] for r in c.execute("PRAGMA table_info(change)") if r[1] not in ("n", "seq")]
    said = ", ".join(f'"{x}"' for x in columns)
    one, two = (c.execute(f'SELECT {said} FROM "change" WHERE seq = ?', (s,)).fetchone() for s in (20, 33))
    sets = ", ".join(f'"{x}" = ?' for x in columns)
    c.execute('UPDATE "change" SET id = id || 1 WHERE seq IN (20, 33)')
    c.execute(f'UPDATE "change" SET {sets} WHERE seq = 20', two)
    c.execute(f'UPDATE "change" SET {sets} WHERE seq = 33', one)


def _add_entry(c: Any) -> None:
    c.execute(
        'INSERT INTO "change" (id, origin, seq, at, received, who, why, why_salt, txn, act, about, tbl, "row", op, fields, hash) '
        "SELECT 'forged', origin, seq + 1, at, received, who, why, why_salt, txn, act, about, tbl, \"row\", 'edit', fields, hash "
        'FROM "change" ORDER BY seq DESC LIMIT 1'
    )


HARMS: dict[str, tuple[Harm, str]] = {
    "a row changed in place": (_run("UPDATE action SET status = 'complete' WHERE reference = 'A-0006'"), "row_altered"),
    "a row taken out": (_run("PRAGMA foreign_keys = OFF", "DELETE FROM gap WHERE reference = 'G-0001'"), "row_missing"),
    "a row added": (_run("INSERT INTO gap (id, reference, statement, deleted) VALUES ('x', 'G-0099', 'x', 0)"), "row_unlogged"),
    "a time received": (_run("UPDATE \"change\" SET received = '2020-01-01T00:00:00.000000Z' WHERE seq = 30"), "received_altered"),
    "an entry edited": (_run("UPDATE \"change\" SET who = 'Somebody else' WHERE seq = 30"), "entry_altered"),
    "an entry's value edited": (_run("UPDATE \"change\" SET fields = replace(fields, 'proposed', 'complete') WHERE fields LIKE '%proposed%'"), "entry_altered"),
    "an entry removed": (_run('DELETE FROM "change" WHERE seq = 30'), "entry_missing"),
    "an entry added": (_add_entry, "entry_added"),
    "the last ten cut off": (_run('DELETE FROM "change" WHERE seq > (SELECT max(seq) - 10 FROM "change")'), "tail_missing"),
    "two swapped": (_swap, "entry_moved"),
    "two swapped that lie apart": (_swap_words, "entry_moved"),
    "a count": (_run("UPDATE tally SET \"count\" = 99 WHERE name = 'action_no_date'"), "counts_wrong"),
    "a head": (_run("INSERT INTO head VALUES ((SELECT id FROM action LIMIT 1), 'status', 'nobody')"), "heads_wrong"),
    "the search index": (_run("DELETE FROM search WHERE rowid = 40"), "search_wrong"),
    "the register": (_run("UPDATE subject SET reference = 'R-0777' WHERE reference = 'R-0007'"), "register_wrong"),
    "an earlier reference that nobody bore": (
        _run("INSERT INTO earlier_reference (reference, \"row\") VALUES ('A-0901', (SELECT id FROM action LIMIT 1))"), "register_wrong",
    ),
    "a summary": (_run("UPDATE action SET x_due = '2020-01-01' WHERE reference = 'A-0006'"), "summary_wrong"),
}  # fmt: skip


def _harm(session: Session, harm: Harm) -> stores.Store:
    path = session.store.path
    session.store.close()
    connection = driver.connect(str(path), isolation_level=None)
    harm(connection)
    connection.close()
    session.store = opening.open_store(path)
    return session.store


@pytest.mark.parametrize("name", HARMS)
def test_damage_is_named(sample: Session, name: str) -> None:
    assert check(sample.store).problems == []
    harm, code = HARMS[name]
    found = check(_harm(sample, harm))
    assert code in {p.code for p in found.problems}, found.problems
    assert all(p.record or p.code in ("counts_wrong", "search_wrong") for p in found.problems)


@pytest.mark.parametrize(
    "name",
    [
        n
        for n, (_, c) in HARMS.items()
        if c in {"counts_wrong", "heads_wrong", "search_wrong", "register_wrong", "summary_wrong"}
    ],
)
def test_repair_mends_what_is_derived(sample: Session, name: str) -> None:
    store = _harm(sample, HARMS[name][0])
    repair(store, "B. Officer")
    assert check(store).problems == []


def test_repair_never_touches_what_is_said(sample: Session) -> None:
    store = _harm(sample, HARMS["a row changed in place"][0])
    repair(store, "B. Officer")
    assert "row_altered" in {p.code for p in check(store).problems}


def test_a_rewritten_chain_shows_against_a_head_noted_earlier(sample: Session) -> None:
    noted = heads_of_chains(sample.read())
    place = next(iter(noted))

    def rewrite(c: Any) -> None:
        from vawg_desktop.store import entries as log

        _loosen(c)
        previous = log.GENESIS
        for row in c.execute(f"{log.SELECT} ORDER BY seq").fetchall():
            entry = log.from_row(row)
            if entry.seq == 5:
                entry.who = "Somebody else"
            previous = entry.chained(previous)
            c.execute('UPDATE "change" SET who = ?, hash = ? WHERE id = ?', (entry.who, previous, entry.id))
        c.execute("UPDATE origin SET hash = ?", (previous,))

    store = _harm(sample, rewrite)
    assert check(store).ok
    codes = {p.code for p in check(store, noted_heads=noted).problems}
    assert codes == {"chain_rewritten"}
    assert "tail_missing" in {
        p.code for p in check(store, noted_heads={place.replace("/", "/9"): "x"}).problems
    }


def test_a_flipped_byte_is_damage(sample: Session, tmp_path: Path) -> None:
    path = sample.store.path
    sample.store.close()
    data = bytearray(path.read_bytes())
    at = data.find(b"Victim Voice")
    data[at] ^= 1
    path.write_bytes(bytes(data))
    sample.store = opening.open_store(path)
    assert not check(sample.store).ok


def test_one_byte_flipped_anywhere_in_a_locked_file_is_reported_with_its_place(tmp_path: Path) -> None:
    """Also in a page that nothing uses any more."""
    path = tmp_path / "s.vawg"
    with making.create(path, passphrase="correct horse") as store:
        with store.write("me", "start") as tx:
            made = [tx.create("gap", {"statement": f"gap {i}", "note": "words " * 80}) for i in range(60)]
        with store.write("me", "less") as tx:
            for id in made[:40]:
                tx.edit("gap", id, {"note": None})
        key = store.key
    whole = path.read_bytes()
    chance = random.Random(7)
    told: set[str] = set()
    for at in sorted(chance.sample(range(16, len(whole)), 60)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :])
        try:
            with opening.open_store(path, key=key) as store:
                found = check(store).problems
                assert [p.code for p in found] == ["file_damaged"], (at, found)
                assert f"page {at // 4096 + 1}" in found[0].message, (at, found[0].message)
                told.add("check")
        except StoreError as error:
            assert error.code in ("damaged", "wrong_key"), (at, error)
            told.add("open")
    assert told == {"check", "open"}
    path.write_bytes(whole)
    with opening.open_store(path, key=key) as store:
        assert check(store).problems == []


def test_a_store_looked_at_after_every_write_stays_well(empty: Session) -> None:
    """A kept connection's full-text table once called a whole index damaged after some sixteen writes."""
    for i in range(40):
        with empty.store.write("me", "again") as tx:
            tx.create("action", {"title": f"action {i}"})
        assert check(empty.store).problems == []


def test_an_earlier_reference_that_leads_nowhere_is_named_and_mended(sample: Session, tmp_path: Path) -> None:
    laptop = Session(opening.open_store(take_copy(sample.store, tmp_path / "laptop.vawg")), "Laptop officer")
    id, _ = create(laptop, "action", {"title": "Numbered when it came home"})
    provisional = show.record(laptop, id).reference
    merging.merge(sample, laptop.store)
    laptop.store.close()
    assert names.find(sample.read(), provisional).title == "Numbered when it came home"
    store = _harm(sample, _run(f"DELETE FROM earlier_reference WHERE reference = '{provisional}'"))
    assert [(p.code, p.record) for p in check(store).problems] == [("register_wrong", provisional)]
    repair(store, "B. Officer")
    assert check(store).problems == []
    assert names.find(sample.read(), provisional).title == "Numbered when it came home"


def test_a_log_with_a_part_missing_is_not_backed_up_as_if_it_were_whole(sample: Session, tmp_path: Path) -> None:
    _harm(sample, HARMS["an entry removed"][0])
    with pytest.raises(StoreError, match="does not hold the whole log"):
        safekeeping.back_up(sample, tmp_path / "backups")
    assert [p.name for p in (tmp_path / "backups").iterdir() if p.name != "held-files"] == []
