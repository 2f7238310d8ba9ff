"""Backups, restore points, restoring and rescue: whole or not there; nothing thrown away."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from vawg_desktop.domain.errors import NotFoundError, StoreError, ValueRefusedError, WrongKeyError
from vawg_desktop.services import access, merging, safekeeping, show
from vawg_desktop.services.records import Assignment, assign, create
from vawg_desktop.services.sample import load_sample
from vawg_desktop.services.session import Session
from vawg_desktop.store import backup as backups
from vawg_desktop.store import holding, keys, making, opening
from vawg_desktop.store.check import check
from vawg_desktop.store.copying import take_copy
from vawg_desktop.store.engines import connect_raw
from vawg_desktop.store.rescuing import Rescued, rescue
from vawg_desktop.store.restoring import restore

WORDS = "correct horse battery"
PHRASE = "planted phrase zebra"


@pytest.fixture(scope="module")
def locked_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("locked") / "Kent.vawg"
    with making.create(path, passphrase=WORDS) as store:
        session = Session(store, "B. Officer")
        load_sample(session)
        create(session, "gap", {"statement": PHRASE})
        sha = store.files.keep("proof.pdf", PHRASE.encode() * 50)
        create(session, "evidence", {"title": "Proof", "file_sha256": sha, "file_name": "proof.pdf"})
    return path


@pytest.fixture
def locked(locked_file: Path, tmp_path: Path) -> Iterator[Session]:
    for one in locked_file.parent.iterdir():
        shutil.copyfile(one, tmp_path / one.name)
    session = Session(opening.open_store(tmp_path / "Kent.vawg", passphrase=WORDS), "B. Officer")
    yield session
    session.store.close()


def _note(session: Session, words: str) -> None:
    assign(session, "R-0001", [Assignment("note", words)], "noted")


def test_a_backup_is_whole_verified_and_says_nothing_in_clear(locked: Session, tmp_path: Path) -> None:
    made = safekeeping.back_up(locked, tmp_path / "b", name="before the Q2 board")
    assert made.kind == "restore point" and made.counts["recommendation"] == 14 and len(made.files) == 1
    assert backups.verify(made, WORDS) is not None
    with pytest.raises(WrongKeyError):
        backups.verify(made, "wrong horse battery")
    (held,) = locked.store.files.known()
    for path in (tmp_path / "b").rglob("*"):
        assert "Q2" not in path.name and held not in path.name
        said = b"" if path.is_dir() else path.read_bytes()
        assert not [w for w in (PHRASE, "Q2 board", held, str(tmp_path)) if w.encode() in said], path
    manifest = json.loads((made.path / "manifest.json").read_text())
    assert {"heads", "counts", "files", "entries", "sha256"} <= manifest.keys()
    assert not list((tmp_path / "b").glob("*.part"))


def test_an_altered_backup_is_not_restored(locked: Session, tmp_path: Path) -> None:
    made = safekeeping.back_up(locked, tmp_path / "b")
    database = made.path / "store.vawg"
    data = bytearray(database.read_bytes())
    data[len(data) // 2] ^= 1
    database.write_bytes(bytes(data))
    with pytest.raises(StoreError, match="damaged or altered"):
        restore(made.path, tmp_path / "new.vawg", passphrase=WORDS)
    assert not (tmp_path / "new.vawg").exists()
    with pytest.raises(StoreError, match="not a backup"):
        restore(tmp_path, tmp_path / "new.vawg", passphrase=WORDS)


def test_restoring_backs_up_first_and_is_a_new_origin(locked: Session, tmp_path: Path) -> None:
    made = safekeeping.back_up(locked)
    _note(locked, "written after the backup")
    assert safekeeping.listed(locked)[0].entries_since == 1
    path = locked.store.path
    laptop = take_copy(locked.store, tmp_path / "laptop.vawg")
    before = safekeeping.heads(locked)
    locked.store.close()
    done = restore(made.path, path, passphrase=WORDS)
    assert done.mints and done.before is not None and done.aside is None
    locked.store = opening.open_store(path, passphrase=WORDS)
    assert show.record(locked, "R-0001").cells["note"] is None
    (sha256,) = locked.store.files.known()
    assert locked.store.files.get(sha256) == PHRASE.encode() * 50
    _note(locked, "written after the restore")
    assert set(safekeeping.heads(locked)) != set(before)
    assert check(locked.store).problems == []
    with opening.open_store(laptop, passphrase=WORDS) as copy:
        merged = merging.merge(locked, copy)
    assert merged.copied == 1 and [c.field for c in merged.conflicts] == ["note"]
    assert check(locked.store).problems == []
    with opening.open_store(done.before / "store.vawg", passphrase=WORDS) as old:
        assert show.record(Session(old), "R-0001").cells["note"] == "written after the backup"
    assert sorted(p.name for p in path.parent.glob("*.part*")) == []


def test_a_restore_elsewhere_does_not_number_beside_its_store(locked: Session, tmp_path: Path) -> None:
    made = safekeeping.back_up(locked, tmp_path / "b")
    assert restore(made.path, tmp_path / "look.vawg", passphrase=WORDS).mints is False
    assert restore(made.path, tmp_path / "own.vawg", passphrase=WORDS, mints=True).mints is True
    with opening.open_store(tmp_path / "look.vawg", passphrase=WORDS) as store:
        id, _ = create(Session(store, "L"), "gap", {"statement": "x"})
        assert show.record(Session(store), id).reference.startswith("G-x")


def test_a_damaged_store_is_set_aside_never_thrown_away(locked: Session, tmp_path: Path) -> None:
    made = safekeeping.back_up(locked)
    path = locked.store.path
    locked.store.close()
    path.write_bytes(b"\x00" * 5000)
    done = restore(made.path, path, passphrase=WORDS)
    assert done.before is None and done.aside is not None and done.aside.read_bytes() == b"\x00" * 5000
    with opening.open_store(path, passphrase=WORDS) as store:
        assert check(store).ok


def test_a_store_open_in_a_window_is_not_replaced(locked: Session, tmp_path: Path) -> None:
    made = safekeeping.back_up(locked)
    lock = holding.lock_for_window(locked.store.path, "B. Officer")
    try:
        with pytest.raises(StoreError, match="already open"):
            restore(made.path, locked.store.path, passphrase=WORDS)
    finally:
        lock.release()


def test_automatic_backups_only_where_something_changed_and_thinned(empty: Session) -> None:
    create(empty, "gap", {"statement": "one"})
    assert safekeeping.back_up_if_changed(empty) is not None
    assert safekeeping.back_up_if_changed(empty) is None
    create(empty, "gap", {"statement": "two"})
    assert safekeeping.back_up_if_changed(empty) is not None
    shown = safekeeping.listed(empty)
    assert [(s.entries_since, s.records_since) for s in shown] == [(0, 0), (1, 1)]


def test_ten_recent_fourteen_daily_twelve_monthly_stay() -> None:
    made = [
        backups.Backup(Path(f"{y}-{m:02d}-{d:02d}-{h:02d}"), f"{y}-{m:02d}-{d:02d}T{h:02d}:00:00", backups.AUTOMATIC, "", 1)
        for y in (2025, 2026) for m in range(1, 13) for d in range(1, 29) for h in (9, 15)
    ]  # fmt: skip
    gone = {b.path for b in backups.to_thin(made)}
    kept = [b for b in made if b.path not in gone]
    newest = sorted(kept, key=lambda b: b.at, reverse=True)
    assert len({b.at[:10] for b in kept if b.at >= "2026-12-15"}) == 14
    assert len({b.at[:7] for b in kept}) == 12
    assert [b.at for b in newest[:10]] == sorted((b.at for b in made), reverse=True)[:10]
    assert all(b.at.endswith("T15:00:00") for b in kept if b.at < "2026-12-24")
    named = backups.Backup(Path("p"), "2020-01-01T00:00:00", backups.POINT, "kept for ever", 1)
    assert named not in backups.to_thin([*made, named])


def test_a_backup_that_cannot_be_made_leaves_nothing(
    locked: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups, "write_replacing", fail)
    with pytest.raises(StoreError, match="No space left"):
        safekeeping.back_up(locked, tmp_path / "b")
    assert [p.name for p in (tmp_path / "b").iterdir() if p.name != "held-files"] == []


def test_a_head_from_an_old_paper(sample: Session) -> None:
    ((seq, hash_),) = safekeeping.heads(sample).values()
    printed = safekeeping.heads_in_words(safekeeping.heads(sample))[0]
    assert f"{seq:,} entries" in printed
    assert f"entry {seq:,}" in safekeeping.verify_head(sample, printed.partition("entries")[2])
    assert "is in today's log" in safekeeping.verify_head(sample, hash_.upper())
    with pytest.raises(NotFoundError, match="altered or cut"):
        safekeeping.verify_head(sample, "0" * 24)
    with pytest.raises(ValueRefusedError):
        safekeeping.verify_head(sample, "abc")


# -- keys ------------------------------------------------------------------------------------------


def test_passphrases_are_changed_added_and_taken_away(locked: Session) -> None:
    path = locked.store.path
    keys.add_passphrase(path, WORDS, "second officer's words", "D. Deputy")
    with pytest.raises(StoreError, match="already"):
        keys.add_passphrase(path, WORDS, "second officer's words", "d.  deputy")
    keys.change_passphrase(path, WORDS, "new words for me")
    with pytest.raises(WrongKeyError):
        keys.unlock(path, WORDS)
    raw = keys.unlock(path, "second officer's words").raw
    assert raw == keys.unlock(path, "new words for me").raw == locked.store.key.raw  # type: ignore[union-attr]
    with pytest.raises(StoreError, match="came in by"):
        keys.remove_way_in(path, "new words for me", "first passphrase")
    keys.remove_way_in(path, "new words for me", "D. Deputy")
    with pytest.raises(WrongKeyError):
        keys.unlock(path, "second officer's words")
    with pytest.raises(StoreError, match="at least 8"):
        keys.change_passphrase(path, "new words for me", "short")
    assert [w.label for w in keys.ways_in(path)] == ["first passphrase"]


def test_the_recovery_key_opens_as_it_is_read_off_paper(locked: Session) -> None:
    path = locked.store.path
    spelt = keys.make_recovery(path, WORDS)
    assert len(spelt.split("-")) == 7
    sloppy = spelt.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert keys.unlock(path, sloppy).raw == locked.store.key.raw  # type: ignore[union-attr]
    assert spelt not in keys.keys_path(path).read_text()
    again = keys.make_recovery(path, spelt)
    with pytest.raises(WrongKeyError):
        keys.unlock(path, spelt)
    keys.unlock(path, again)


def test_the_operating_system_keeps_a_key_only_where_asked(
    locked: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vawg_desktop.store import keyring_seam

    kept: dict[tuple[str, str], str] = {}

    class Ring:
        def set_password(self, service: str, name: str, word: str) -> None:
            kept[(service, name)] = word

        def get_password(self, service: str, name: str) -> str | None:
            return kept.get((service, name))

        def delete_password(self, service: str, name: str) -> None:
            del kept[(service, name)]

    path = locked.store.path
    monkeypatch.setattr(keyring_seam, "_keyring", Ring)
    assert keyring_seam.recalled(path) is None
    assert locked.store.key is not None
    keyring_seam.remember(path, locked.store.key)
    key = keyring_seam.recalled(path)
    assert key == locked.store.key
    with opening.open_store(path, key=key) as store:
        assert check(store).ok
    kept[next(iter(kept))] = "00" * 32
    assert keyring_seam.recalled(path) is None
    keyring_seam.forget(path)
    keyring_seam.forget(path)
    assert kept == {}
    keyring_seam.remember(path, locked.store.key)
    monkeypatch.setattr(Ring, "delete_password", lambda *_: (_ for _ in ()).throw(OSError("refused")))
    with pytest.raises(StoreError, match="would not give the key up"):
        keyring_seam.forget(path)


# -- rescue ----------------------------------------------------------------------------------------


def _root_of(path: Path, key: keys.Key | None, table: str) -> int:
    connection = connect_raw(path, key)
    try:
        return int(
            connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
        )
    finally:
        connection.close()


def _scribble(path: Path, page: int, size: int = 4096) -> None:
    with path.open("r+b") as file:
        file.seek((page - 1) * size + 200)
        file.write(b"\xff" * 400)


def _titles(path: Path, passphrase: str | None) -> set[str]:
    with opening.open_store(path, passphrase=passphrase) as store:
        return {str(r[0]) for r in store.read().exec_driver_sql("SELECT title FROM recommendation")}


def _rescued(damaged: Path, out: Path, titles: set[str]) -> Rescued:
    """Rescue, and see that no title is lost and that nothing is wrong but the gaps in the log."""
    done = rescue(damaged, out, passphrase=WORDS)
    assert _titles(out, WORDS) >= titles or any("stand-in" in x or "part of" in x for x in done.lost), done
    with opening.open_store(out, passphrase=WORDS) as store:
        assert {p.code for p in check(store).problems} <= {"entry_missing", "entry_altered"}
    return done


@pytest.mark.parametrize(
    "table", ["recommendation", "change", "action", "search_data", "head", "link", "subject"]
)
def test_rescue_of_a_store_whose_table_has_lost_its_root(locked: Session, tmp_path: Path, table: str) -> None:
    path, key = locked.store.path, locked.store.key
    titles = _titles(path, WORDS)
    locked.store.close()
    _scribble(path, _root_of(path, key, table))
    before = path.read_bytes()
    done = _rescued(path, tmp_path / "out.vawg", titles)
    assert _titles(tmp_path / "out.vawg", WORDS) == titles
    assert path.read_bytes() == before
    if table == "change":
        assert done.mended > 50


def test_rescue_with_any_one_page_unreadable(locked: Session, tmp_path: Path) -> None:
    path = locked.store.path
    titles = _titles(path, WORDS)
    locked.store.close()
    whole, pages = path.read_bytes(), path.stat().st_size // 4096
    rescued = 0
    for page in range(3, pages, max(1, pages // 12)):
        path.write_bytes(whole)
        _scribble(path, page)
        if _holds_the_schema(path, locked.store.key):
            with pytest.raises(StoreError, match="restore a backup"):
                rescue(path, tmp_path / "none.vawg", passphrase=WORDS)
            continue
        rescued += 1
        _rescued(path, tmp_path / f"out{page}.vawg", titles)
        assert _titles(tmp_path / f"out{page}.vawg", WORDS) == titles
    assert rescued >= 8


def _holds_the_schema(path: Path, key: keys.Key | None) -> bool:
    """Whether the damage lies where the file says which tables it has: then nothing can be read."""
    try:
        connect_raw(path, key).close()
    except StoreError:
        return True
    return False


def test_a_record_that_is_lost_whole_gets_a_stand_in_for_those_that_refer_to_it(sample: Session, tmp_path: Path) -> None:
    """Neither its row nor one of its entries can be read: an action keeps its accountable body as a name to be found out."""
    path = sample.store.path
    body = str(show.record(sample, "A-0001").cells["accountable"])
    owned = [str(r[0]) for r in sample.read().exec_driver_sql("SELECT reference FROM action WHERE accountable = ? ORDER BY n", (body,))]
    sample.store.close()
    raw = connect_raw(path, None)
    raw.execute("PRAGMA foreign_keys = OFF")
    raw.execute("DROP TRIGGER change_no_delete")
    raw.execute('DELETE FROM "change" WHERE "row" = ?', (body,))
    raw.execute("DELETE FROM partner WHERE id = ?", (body,))
    raw.close()
    done = rescue(path, tmp_path / "out.vawg", passphrase=None)
    assert "a partner; a stand-in holds its place" in done.lost
    with opening.open_store(tmp_path / "out.vawg") as store:
        out = Session(store)
        assert [show.record(out, ref).cells["accountable"] for ref in owned] == [body] * len(owned)
        assert show.record(out, body).cells["name"] == "(lost in the damage)"
        assert {p.code for p in check(store).problems} == {"entry_missing"}


def test_rescue_of_a_file_of_which_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "s.vawg"
    making.create(path, passphrase=WORDS).close()
    path.write_bytes(bytes(4096))
    with pytest.raises(StoreError, match="restore a backup"):
        rescue(path, tmp_path / "out.vawg", passphrase=WORDS)
    assert not (tmp_path / "out.vawg").exists()


def test_a_restore_cut_short_replays_no_old_log_and_keeps_the_old_keys(
    locked: Session, tmp_path: Path
) -> None:
    """What a killed restore leaves (side files without their database) is set aside, never mixed in."""
    made = safekeeping.back_up(locked, tmp_path / "b")
    _note(locked, "after the backup")
    path = locked.store.path
    wal = path.with_name(path.name + "-wal")
    left = wal.read_bytes()
    locked.store.close()
    wal.write_bytes(left)
    path.rename(tmp_path / "elsewhere.vawg")
    old_keys = keys.keys_path(path).read_bytes()
    done = restore(made.path, path, passphrase=WORDS)
    with opening.open_store(path, passphrase=WORDS) as store:
        assert show.record(Session(store), "R-0001").cells["note"] is None
        assert check(store).ok
    assert done.aside is not None
    assert any(p.read_bytes() == old_keys for p in tmp_path.glob("*set aside*-keys"))


def test_a_restore_that_cannot_replace_the_file_puts_everything_back(
    locked: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = safekeeping.back_up(locked, tmp_path / "b")
    _note(locked, "after the backup")
    path = locked.store.path
    locked.store.close()
    real = Path.replace

    def fail(self: Path, to: Path) -> Path:
        if self.name == "Kent.vawg.part":
            raise PermissionError(13, "in use")
        return real(self, to)

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(StoreError, match="Nothing was changed"):
        restore(made.path, path, passphrase=WORDS)
    monkeypatch.undo()
    with opening.open_store(path, passphrase=WORDS) as store:
        assert show.record(Session(store), "R-0001").cells["note"] == "after the backup"
        assert check(store).ok


def test_a_folder_is_not_taken_for_a_store(locked: Session, tmp_path: Path) -> None:
    made = safekeeping.back_up(locked, tmp_path / "b")
    (tmp_path / "Documents").mkdir()
    with pytest.raises(StoreError, match="is a folder"):
        restore(made.path, tmp_path / "Documents", passphrase=WORDS)
    assert (tmp_path / "Documents").is_dir()


def test_none_of_fifty_planted_phrases_stands_in_any_file(tmp_path: Path) -> None:
    """Rows, reasons, links, file names, files, drafts: not in the store, its log while open, backup or copy."""
    from vawg_desktop.services import office

    phrases = [f"planted phrase number {i} of fifty quokka" for i in range(50)]
    session = Session(making.create(tmp_path / "s.vawg", passphrase=WORDS), phrases[0])
    for i, phrase in enumerate(phrases[1:40]):
        create(
            session,
            "gap",
            {"statement": phrase, "need": phrase * 20, "group_affected": phrase},
            why=f"{phrase} why {i}",
        )
    for phrase in phrases[40:]:
        sha = session.store.files.keep(f"{phrase}.txt", phrase.encode() * 100)
        create(session, "evidence", {"title": phrase, "file_sha256": sha, "file_name": f"{phrase}.txt"})
    office.save_local(session, "draft", "x|note", phrases[5])
    assert session.store.path.with_name("s.vawg-wal").stat().st_size > 0
    take_copy(session.store, tmp_path / "copy.vawg")
    safekeeping.back_up(session, tmp_path / "backups", name="before the board")
    looked = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert len(looked) >= 20
    for path in looked:
        content = path.read_bytes()
        for phrase in phrases:
            assert phrase.encode() not in content, path
            assert phrase.encode("utf-16-le") not in content, path
    session.store.close()


def test_each_change_of_the_keys_is_an_entry_that_says_for_whom(locked: Session) -> None:
    path = locked.store.path
    access.add(locked, WORDS, "second officer's words", "D. Deputy")
    access.change(locked, "second officer's words", "other words of theirs")
    access.remove(locked, WORDS, "D. Deputy")
    spelt, _ = access.make_recovery(locked, WORDS)
    with pytest.raises(WrongKeyError):
        access.change(locked, "not the words", "whatever comes")
    said = locked.read().exec_driver_sql("SELECT who, why FROM \"change\" WHERE act = 'keys' ORDER BY n").fetchall()
    assert [w for _, w in said] == [
        "Passphrase made for D. Deputy", "Passphrase changed for D. Deputy", "Passphrase taken away for D. Deputy",
        "Recovery key made for recovery key",
    ]  # fmt: skip
    assert {w for w, _ in said} == {locked.who}
    assert spelt not in str(locked.read().exec_driver_sql('SELECT fields FROM "change"').fetchall())
    assert check(locked.store).problems == [] and keys.unlock(path, WORDS)


def test_a_key_change_whose_file_was_never_written_is_said_to_be_none(locked: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full.", code="write_failed")

    monkeypatch.setattr(keys, "write_replacing", full)
    with pytest.raises(StoreError, match="full"):
        access.change(locked, WORDS, "words that never came")
    said = [str(r[0]) for r in locked.read().exec_driver_sql("SELECT why FROM \"change\" WHERE act = 'keys' ORDER BY n")]
    assert said[-1].startswith("The change for first passphrase was cut short")
    assert keys.unlock(locked.store.path, WORDS) and check(locked.store).problems == []


def test_what_a_rescue_could_not_read_a_later_merge_fills(locked: Session, tmp_path: Path) -> None:
    """Some entries lay on a page that cannot be read; a laptop still has them: after the merge the log is whole and nothing doubled."""
    path, key = locked.store.path, locked.store.key
    for i in range(40):
        _note(locked, f"note {i}")
    laptop_path = take_copy(locked.store, tmp_path / "laptop.vawg")
    titles = _titles(path, WORDS)
    locked.store.close()
    whole, out = path.read_bytes(), tmp_path / "out.vawg"
    for page in range(len(whole) // 4096 - 2, 3, -5):  # the log's pages lie all over the file
        path.write_bytes(whole)
        _scribble(path, page)
        if _holds_the_schema(path, key):
            continue
        done = rescue(path, out, passphrase=WORDS)
        if any("entries of the log" in lost for lost in done.lost):
            break
        making.remove(out)
    assert any("entries of the log" in lost for lost in done.lost)
    with opening.open_store(out, passphrase=WORDS) as store, opening.open_store(laptop_path, passphrase=WORDS) as laptop:
        assert "entry_missing" in {p.code for p in check(store).problems}
        brought = merging.merge(Session(store, "B. Officer"), laptop)
        assert brought.copied and brought.conflicts == []
        assert check(store).problems == []
        merging.merge(Session(laptop, "L"), store)
        assert merging.conflicts(Session(laptop, "L")) == [] and check(laptop).problems == []
    assert _titles(out, WORDS) == titles
