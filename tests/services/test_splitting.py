"""A part of a store for a successor: all of what goes, nothing of what stays, and the way back."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from vawg_desktop.cli import main
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.entities import BY_KEY, ENTITIES
from vawg_desktop.domain.errors import NotFoundError, RuleError, StoreError, ValueRefusedError
from vawg_desktop.domain.fields import Kind
from vawg_desktop.services import attachments, lists, merging, names, outputs, papers, records, splitting
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.services.splitting import Chosen
from vawg_desktop.store import copying, keys, opening, rescuing
from vawg_desktop.store.check import check
from vawg_desktop.store.files import files_path

KENT_POLICE = Chosen(("Kent Police",))


@pytest.fixture
def whole(sample: Session, tmp_path: Path) -> Iterator[Session]:
    """The sample with a mark of its own in every text of every record, in reasons, and in two held files."""
    session, marked = sample, 0
    for spec in ENTITIES:
        if spec.system:
            continue
        keys_of = [f.key for f in spec.cells if f.kind is Kind.LONG]
        for (id,) in session.read().exec_driver_sql(f'SELECT id FROM "{spec.key}"').fetchall():
            with session.store.write("B. Officer", f"why{_mark(str(id))}", Act.EDIT) as tx:
                for key in keys_of:
                    before = tx.row(spec.key, str(id))[key]
                    tx.edit(spec.key, str(id), {key: f"{before or ''} {_mark(str(id))}"}, checked=False)
                    marked += 1
    assert marked > 300
    one, other = [
        str(i) for (i,) in session.read().exec_driver_sql(
            "SELECT id FROM (SELECT a.id, a.n, row_number() OVER (PARTITION BY a.accountable ORDER BY a.n) AS first FROM action a WHERE NOT deleted) AS by_partner "
            "WHERE first = 1 ORDER BY n LIMIT 2"
        )
    ]  # fmt: skip
    with session.store.write("B. Officer", f"shared{_mark(one)}{_mark(other)}", Act.EDIT) as tx:
        for id in (one, other):
            tx.edit("action", id, {"note": f"both {_mark(id)}"}, checked=False)
    for n, ref in enumerate(names.find(session.read(), i).reference for i in (one, other)):
        file = tmp_path / f"proof {n}.txt"
        file.write_text(f"file{_mark((one, other)[n])} " * 3, "utf-8")
        attachments.attach(session, ref, file)
    for row in session.read().exec_driver_sql("SELECT id FROM evidence WHERE file_sha256 IS NOT NULL").fetchall():
        records.assign(session, str(row[0]), [Assignment("proves", f"proves {_mark(str(row[0]))}")], None)
    yield session


def _mark(id: str) -> str:
    return f"zq{id.replace('-', '')}qz"


def _owner(session: Session) -> str:
    """A partner that accounts for the first action."""
    found = session.read().exec_driver_sql("SELECT p.name FROM action a JOIN partner p ON p.id = a.accountable WHERE NOT a.deleted ORDER BY a.n").fetchone()
    assert found is not None
    return str(found[0])


def _marks_in(path: Path) -> set[str]:
    found: set[str] = set()
    for one in (path, files_path(path)):
        if one.exists():
            found |= {m.decode() for m in re.findall(rb"zq[0-9a-f]{32}qz", one.read_bytes())}
    return found


def _opened(path: Path, who: str = "S. Successor") -> Session:
    return Session(opening.open_store(path), who)


def test_everything_of_the_part_goes_and_not_a_word_of_the_rest(whole: Session, tmp_path: Path) -> None:
    asked = Chosen((_owner(whole),))
    part = splitting.choose(whole, asked)
    done = splitting.hand_over(whole, asked, tmp_path / "part.vawg", passphrase=None, to_whom="The new authority")
    kept, all_marks = _marks_in(tmp_path / "part.vawg"), _marks_in(whole.store.path)
    goes = {_mark(i) for i, kind in {**part.whole, **part.alone}.items() if any(f.kind is Kind.LONG for f in BY_KEY[kind].cells) and not BY_KEY[kind].system}
    assert goes <= kept and kept <= {_mark(i) for i in part.ids} and len(all_marks) > 2 * len(kept) > 20
    assert done.split.files == 1 and done.split.stubs > done.split.entries > 50
    there = _opened(tmp_path / "part.vawg")
    report = check(there.store)
    assert report.problems == [] and report.entries == done.split.entries + 0 and check(whole.store).problems == []
    for id, kind in part.whole.items():  # each record as it is here, with its whole history
        sql = f'SELECT * FROM "{kind}" WHERE id = ?'
        here, row = (dict(s.read().exec_driver_sql(sql, (id,)).mappings().one()) for s in (whole, there))
        own = {"n", "conflicts"} | {k for k in row if k.startswith("x_")}
        assert {k: v for k, v in here.items() if k not in own} == {k: v for k, v in row.items() if k not in own}, id
        counted = 'SELECT count(*) FROM "change" WHERE "row" = ?'
        assert whole.read().exec_driver_sql(counted, (id,)).one() == there.read().exec_driver_sql(counted, (id,)).one()
    why = [r[0] for r in there.read().exec_driver_sql("SELECT why FROM \"change\" WHERE why LIKE 'shared%'").fetchall()]
    assert why == []  # a reason that both sides share went as its digest
    there.store.close()


def test_a_board_and_an_area_go_by_themselves(whole: Session, tmp_path: Path) -> None:
    meeting, _ = records.create(whole, "meeting", {"title": "June board", "body": "PDB", "date": "2026-06-04"})
    question, _ = records.create(whole, "challenge", {"question": f"Why late? {_mark(meeting)}", "meeting": meeting, "asked_of": "Kent Police"})
    gap, _ = records.create(whole, "gap", {"statement": "No drop-in centre in Thanet", "area": "Thanet"})
    records.create(whole, "gap", {"statement": "No drop-in centre in Dover", "area": "Dover"})
    board = splitting.choose(whole, Chosen(body="PDB"))
    assert {meeting, question} <= set(board.whole) and set(board.whole.values()) >= {"governance_body", "meeting", "challenge"} and "action" not in board.whole.values()
    area = splitting.choose(whole, Chosen(area="thanet "))
    assert area.whole == {gap: "gap"}
    splitting.hand_over(whole, Chosen(area="Thanet"), tmp_path / "thanet.vawg", passphrase=None)
    there = _opened(tmp_path / "thanet.vawg")
    assert [r["statement"] for r in lists.plain_rows(there.read(), "SELECT statement FROM gap", ())] == ["No drop-in centre in Thanet"]
    assert check(there.store).problems == []
    there.store.close()


def test_proof_goes_with_what_it_proves_whichever_names_the_other(whole: Session, tmp_path: Path) -> None:
    gap, _ = records.create(whole, "gap", {"statement": "No drop-in centre in Thanet", "area": "Thanet"})
    other, _ = records.create(whole, "gap", {"statement": "No drop-in centre in Dover", "area": "Dover"})
    proofs = [records.create(whole, "evidence", {"title": t, "kind": "document"})[0] for t in ("Needs assessment", "Test of the closure", "Of Dover", "Taken off again")]
    for record, proof in ((gap, proofs[0]), (other, proofs[2]), (gap, proofs[3])):
        records.set_link(whole, "gap", "evidence", record, proof)
    records.set_link(whole, "gap", "evidence", gap, proofs[3], remove=True)
    records.create(whole, "closure_test", {"about": gap, "kind": "action_evidenced", "result": "Seen", "evidence": proofs[1]})
    part = splitting.choose(whole, Chosen(area="Thanet"))
    assert [p in part.whole for p in proofs] == [True, True, False, False]


def test_the_successors_acceptance_comes_back_by_merge(whole: Session, tmp_path: Path) -> None:
    asked = Chosen((_owner(whole),))
    done = splitting.hand_over(whole, asked, tmp_path / "part.vawg", passphrase=None, to_whom="The new authority")
    there = _opened(tmp_path / "part.vawg")
    offered = lists.plain_rows(there.read(), "SELECT id, reference, about, outcome FROM handover_item", ())
    assert len(offered) > 3 and {r["outcome"] for r in offered} == {"transferred"}
    first = offered[0]
    records.assign(there, str(first["id"]), [Assignment("accepted_by", "S. Successor"), Assignment("accepted_on", "2026-07-01")], None)
    new, _ = records.create(there, "action", {"title": "Begun by the successor", "accountable": _owner(there)})
    records.assign(whole, str(first["about"]), [Assignment("note", "Written here meanwhile")], None)
    merged = merging.merge(whole, there.store)
    assert merged.conflicts == [] and merged.rule_failures == [] and not merged.unrelated
    accepted = whole.read().exec_driver_sql("SELECT accepted_by FROM handover_item WHERE id = ?", (first["id"],)).one()[0]
    assert accepted == "S. Successor" and names.find(whole.read(), new).title == "Begun by the successor"
    given = lists.plain_rows(whole.read(), "SELECT reference, title, to_whom, records, what FROM transfer", ())
    assert [(g["reference"], g["to_whom"]) for g in given] == [(done.reference, "The new authority")] and int(str(given[0]["records"])) == sum(done.kinds.values())
    with pytest.raises(StoreError) as refused:  # the other way about would bring in what was left out
        merging.merge(there, whole.store)
    assert refused.value.code == "wider_store" and check(there.store).problems == [] and check(whole.store).problems == []
    there.store.close()


def test_a_part_has_copies_and_parts_of_its_own(whole: Session, tmp_path: Path) -> None:
    splitting.hand_over(whole, Chosen((_owner(whole),)), tmp_path / "part.vawg", passphrase=None)
    there = _opened(tmp_path / "part.vawg")
    laptop = _opened(copying.take_copy(there.store, tmp_path / "laptop.vawg"), "L. Laptop")
    reference = str(laptop.read().exec_driver_sql("SELECT reference FROM action WHERE NOT deleted ORDER BY n LIMIT 1").one()[0])
    records.assign(laptop, reference, [Assignment("note", "Said in the room")], None)
    merging.merge(there, laptop.store)
    assert there.read().exec_driver_sql("SELECT note FROM action WHERE reference = ?", (reference,)).one()[0] == "Said in the room"
    partner = _owner(there)
    splitting.hand_over(there, Chosen((partner,)), tmp_path / "part of the part.vawg", passphrase=None)
    third = _opened(tmp_path / "part of the part.vawg")
    for one in (there, laptop, third):
        assert check(one.store).problems == []
        one.store.close()


def test_a_store_that_lacks_what_was_left_out_refuses_the_part(whole: Session, tmp_path: Path) -> None:
    old = _opened(copying.take_copy(whole.store, tmp_path / "old.vawg"), "O. Old")
    records.create(whole, "action", {"title": "Of another body", "accountable": "CPS South East"})
    splitting.hand_over(whole, Chosen((_owner(whole),)), tmp_path / "part.vawg", passphrase=None)
    there = _opened(tmp_path / "part.vawg")
    with pytest.raises(StoreError) as refused:
        merging.merge(old, there.store)
    assert refused.value.code == "part_of_more"
    merging.merge(old, whole.store)
    assert merging.merge(old, there.store).conflicts == [] and check(old.store).problems == []
    for one in (old, there):
        one.store.close()


def test_what_only_stands_in_is_no_record(whole: Session, tmp_path: Path) -> None:
    splitting.hand_over(whole, Chosen((_owner(whole),)), tmp_path / "part.vawg", passphrase=None)
    there = _opened(tmp_path / "part.vawg")
    nameless = [str(i) for (i,) in there.read().exec_driver_sql("SELECT id FROM partner WHERE born IS NULL").fetchall()]
    assert nameless and names.labels(there.read(), nameless[:1]) == {nameless[0]: "(not handed over)"}
    for bin in (False, True):
        found = lists.records(there, lists.ListQuery("partner", bin=bin))
        assert not {str(r["id"]) for r in found} & set(nameless)
    with pytest.raises(NotFoundError, match="not handed over"):
        records.assign(there, nameless[0], [Assignment("note", "x")], None)
    with pytest.raises(RuleError, match="not in this part"), there.store.write("S. Successor") as tx:
        tx.delete("partner", nameless[0], hidden=False)
    there.store.close()


def test_what_leaves_a_part_says_that_it_is_one(whole: Session, tmp_path: Path) -> None:
    splitting.hand_over(whole, Chosen((_owner(whole),)), tmp_path / "part.vawg", passphrase=None)
    there = _opened(tmp_path / "part.vawg")
    for one, told in ((there, True), (whole, False)):
        assert (outputs.FROM_A_PART in papers.make(one, "panel-update", Asked()).document.lines) is told
        listed = outputs.list_document(one, "Actions", ["Ref"], [["A-0001"]])
        assert (outputs.FROM_A_PART in listed.lines) is told
    there.store.close()


def test_a_damaged_part_is_rescued_as_a_part(whole: Session, tmp_path: Path) -> None:
    splitting.hand_over(whole, Chosen((_owner(whole),)), tmp_path / "part.vawg", passphrase=None)
    done = rescuing.rescue(tmp_path / "part.vawg", tmp_path / "rescued.vawg", passphrase=None)
    assert done.lost == []
    there = _opened(tmp_path / "rescued.vawg")
    assert check(there.store).problems == [] and _marks_in(tmp_path / "rescued.vawg") == _marks_in(tmp_path / "part.vawg")
    merging.merge(whole, there.store)
    there.store.close()


@pytest.mark.parametrize("lost", ["an entry", "a stub", "a stub's hash"])
def test_check_finds_what_is_wrong_with_a_part(whole: Session, tmp_path: Path, lost: str) -> None:
    from vawg_desktop.store.engines import connect_raw

    splitting.hand_over(whole, Chosen((_owner(whole),)), tmp_path / "part.vawg", passphrase=None)
    connection = connect_raw(tmp_path / "part.vawg", None)
    if lost == "an entry":
        connection.execute("DROP TRIGGER change_no_delete")
        connection.execute('DELETE FROM "change" WHERE n = 5')
    else:
        last = "(origin, seq) IN (SELECT s.origin, s.seq FROM entry_stub s JOIN \"change\" c ON c.origin = s.origin AND c.seq = s.seq + 1 LIMIT 1)"
        connection.execute(f"DELETE FROM entry_stub WHERE {last}" if lost == "a stub" else f"UPDATE entry_stub SET hash = 'f' WHERE {last}")
    connection.commit()
    connection.close()
    there = _opened(tmp_path / "part.vawg")
    assert {p.code for p in check(there.store).problems} & {"entry_missing", "entry_altered"}
    there.store.close()


def test_nothing_is_written_where_it_cannot_be_made(whole: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for asked, error in ((Chosen(), ValueRefusedError), (Chosen(("Nobody",)), NotFoundError), (Chosen(area="Atlantis"), ValueRefusedError), (Chosen(body="Nobody"), NotFoundError)):
        with pytest.raises(error):
            splitting.hand_over(whole, asked, tmp_path / "x.vawg", passphrase=None)
    (tmp_path / "there.vawg").write_text("mine", "utf-8")
    with pytest.raises(StoreError):
        splitting.hand_over(whole, Chosen((_owner(whole),)), tmp_path / "there.vawg", passphrase=None)

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("vawg_desktop.store.splitting._carry_files", full)
    with pytest.raises(OSError, match="No space"):
        splitting.hand_over(whole, Chosen((_owner(whole),)), tmp_path / "y.vawg", passphrase=None)
    assert whole.read().exec_driver_sql("SELECT count(*) FROM transfer").one()[0] == 0
    assert whole.read().exec_driver_sql("SELECT count(*) FROM handover_item").one()[0] == 0
    assert sorted(p.name for p in tmp_path.iterdir() if p.name[0] in "xy") == [] and check(whole.store).problems == []


def test_by_command_with_a_passphrase_of_its_own(sample_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "store.vawg"
    shutil.copyfile(sample_file, path)
    word = tmp_path / "word.txt"
    word.write_text("a fine long passphrase", "utf-8")
    assert main(["split", str(path), "--partner", "Kent Police", "--to", str(tmp_path / "n.vawg"), "--to-passphrase-file", str(word), "--to-whom", "Kent County Council", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["transfer"] == "HP-0001" and told["records"]["partner"] == 1 and told["left_out"] > 0
    assert keys.keys_path(tmp_path / "n.vawg").exists() and b"SQLite format" not in (tmp_path / "n.vawg").read_bytes()[:100]
    assert main(["check", str(tmp_path / "n.vawg"), "--passphrase-file", str(word), "--json"]) == 0
    assert main(["split", str(path), "--to", str(tmp_path / "m.vawg")]) == 1


def test_a_file_goes_under_the_name_that_the_part_gives_it(sample: Session, tmp_path: Path) -> None:
    """The same bytes were kept first under another record's name, which stays."""
    inside, outside = (
        str(r) for (r,) in sample.read().exec_driver_sql(
            "SELECT min(a.reference) FROM action a JOIN partner p ON p.id = a.accountable WHERE NOT a.deleted GROUP BY p.name = 'Kent Police' ORDER BY p.name = 'Kent Police' DESC"
        )
    )  # fmt: skip
    for reference, name in ((outside, "Statement of somebody.txt"), (inside, "plain.txt")):
        (tmp_path / name).write_text("the same", "utf-8")
        attachments.attach(sample, reference, tmp_path / name)
    splitting.hand_over(sample, KENT_POLICE, tmp_path / "part.vawg", passphrase=None)
    there = _opened(tmp_path / "part.vawg")
    assert [name for _, name in there.store.files.listed()] == ["plain.txt"] and check(there.store).problems == []
    assert b"Statement of somebody" not in files_path(tmp_path / "part.vawg").read_bytes()
    there.store.close()
