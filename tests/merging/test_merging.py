"""Working copies and merging: nothing lost, nothing decided in silence, order of no account."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from tests.clock import CLOCK, TODAY
from vawg_desktop.domain import merge as merge_rules
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.errors import ConflictedError, NotFoundError, StoreError, ValueRefusedError
from vawg_desktop.services import history, merging, names, rounds, show, undoing
from vawg_desktop.services.records import Assignment, assign, create, hide, set_link
from vawg_desktop.services.return_acceptance import add_new_row
from vawg_desktop.services.return_staging import import_return
from vawg_desktop.services.returns import reverse_return
from vawg_desktop.services.session import Session
from vawg_desktop.store import entries as log
from vawg_desktop.store import history as past
from vawg_desktop.store import incoming_log, making, opening
from vawg_desktop.store.check import check
from vawg_desktop.store.check_log import heads_of_chains
from vawg_desktop.store.copying import take_copy
from vawg_desktop.store.engines import connect_raw
from vawg_desktop.store.repair import repair

Copier = Callable[[Session, str], Session]


@pytest.fixture
def copy_of(tmp_path: Path) -> Iterator[Copier]:
    """Takes working copies and closes them."""
    opened: list[Session] = []

    def take(session: Session, name: str) -> Session:
        path = take_copy(session.store, tmp_path / f"{name}.vawg")
        opened.append(Session(opening.open_store(path), f"{name} officer"))
        return opened[-1]

    yield take
    for one in opened:
        one.store.close()


def say(session: Session, record: str, **cells: str) -> None:
    assign(session, record, [Assignment(k, v) for k, v in cells.items()], f"said in {session.who}")


def cell(session: Session, record: str, key: str) -> object:
    return show.record(session, record).cells[key]


def well(*sessions: Session) -> None:
    for session in sessions:
        assert check(session.store).problems == []


def rows_of(session: Session) -> dict[str, set[tuple[object, ...]]]:
    """Every said row of the store, without what is local to it."""
    from vawg_desktop.domain.entities import ENTITIES, LINK

    found: dict[str, set[tuple[object, ...]]] = {}
    for spec in (*ENTITIES, LINK):
        columns = ["id", "deleted", "conflicts", *(f.key for f in spec.cells)]
        named = ", ".join(f'"{c}"' for c in columns)
        found[spec.key] = {
            tuple(r) for r in session.read().exec_driver_sql(f'SELECT {named} FROM "{spec.key}"')
        }
    return found


def test_a_meeting_on_a_copy_comes_back_field_by_field(sample: Session, copy_of: Copier) -> None:
    laptop = copy_of(sample, "laptop")
    say(laptop, "A-0001", status="in_progress", percent="40")
    say(sample, "A-0001", blockers="Recruitment")
    say(sample, "A-0002", status="stopped")
    done = merging.merge(sample, laptop.store)
    assert (done.copied, done.conflicts, done.rule_failures) == (1, [], [])
    view = show.record(sample, "A-0001")
    assert (view.cells["status"], view.cells["percent"], view.cells["blockers"]) == (
        "in_progress",
        40,
        "Recruitment",
    )
    assert history.history(sample, "A-0001")[-1].who in ("laptop officer", "B. Officer")
    assert merging.merge(sample, laptop.store).copied == 0
    merging.merge(laptop, sample.store)
    assert rows_of(laptop) == rows_of(sample)
    well(sample, laptop)


def test_two_values_for_one_cell_are_shown_and_settled_once(sample: Session, copy_of: Copier) -> None:
    laptop = copy_of(sample, "laptop")
    say(laptop, "A-0001", status="in_progress")
    say(sample, "A-0001", status="stopped")
    done = merging.merge(sample, laptop.store)
    assert [(c.record, c.field) for c in done.conflicts] == [("A-0001", "status")]
    assert {(h.value, h.who) for h in done.conflicts[0].heads} == {
        ("in_progress", "laptop officer"),
        ("stopped", "B. Officer"),
    }
    assert all(h.why and h.at for h in done.conflicts[0].heads)
    with pytest.raises(ConflictedError, match=done.conflicts[0].id):
        say(sample, "A-0001", status="complete")
    say(sample, "A-0001", percent="5")
    merging.merge(laptop, sample.store)
    assert merging.conflicts(laptop)[0].id == done.conflicts[0].id
    assert cell(laptop, "A-0001", "status") == cell(sample, "A-0001", "status")
    with pytest.raises(ValueRefusedError, match="reason"):
        merging.settle(laptop, done.conflicts[0].id, "in_progress", " ")
    merging.settle(laptop, done.conflicts[0].id, "In progress", "the partner confirmed it")
    assert merging.conflicts(laptop) == []
    assert len(merging.conflicts(sample)) == 1
    merging.merge(sample, laptop.store)
    assert merging.conflicts(sample) == []
    assert cell(sample, "A-0001", "status") == "in_progress"
    with pytest.raises(NotFoundError):
        merging.settle(sample, done.conflicts[0].id, "stopped", "too late")
    well(sample, laptop)
    assert rows_of(laptop) == rows_of(sample)


def test_the_same_value_twice_is_no_conflict(sample: Session, copy_of: Copier) -> None:
    laptop = copy_of(sample, "laptop")
    for session in (laptop, sample):
        say(session, "A-0001", status="stopped")
    assert merging.merge(sample, laptop.store).conflicts == []
    say(sample, "A-0001", status="complete")
    assert merging.merge(laptop, sample.store).conflicts == []
    well(sample, laptop)


def test_deleted_here_changed_there(sample: Session, copy_of: Copier) -> None:
    laptop = copy_of(sample, "laptop")
    hide(laptop, ["A-0001"], why="a duplicate")
    say(sample, "A-0001", status="in_progress")
    done = merging.merge(sample, laptop.store)
    assert [(c.record, c.field) for c in done.conflicts] == [("A-0001", "deleted")]
    said = {h.words for h in done.conflicts[0].heads}
    assert said == {"Deleted", "Kept; status changed"}
    with pytest.raises(ConflictedError):
        hide(sample, ["A-0001"], hidden=False)
    merging.settle(sample, done.conflicts[0].id, "no", "it is no duplicate")
    assert not show.record(sample, "A-0001").deleted
    merging.merge(laptop, sample.store)
    assert merging.conflicts(laptop) == [] and not show.record(laptop, "A-0001").deleted
    well(sample, laptop)
    assert rows_of(laptop) == rows_of(sample)


def test_a_deletion_may_be_upheld(sample: Session, copy_of: Copier) -> None:
    laptop = copy_of(sample, "laptop")
    hide(laptop, ["A-0001"], why="a duplicate")
    say(sample, "A-0001", status="in_progress")
    done = merging.merge(sample, laptop.store)
    merging.settle(sample, done.conflicts[0].id, "yes", "it is one indeed")
    assert merging.conflicts(sample) == [] and show.record(sample, "A-0001").deleted
    merging.merge(laptop, sample.store)
    assert merging.conflicts(laptop) == []
    well(sample, laptop)


def test_a_change_made_in_the_knowledge_of_the_deletion_is_no_conflict(
    sample: Session, copy_of: Copier
) -> None:
    laptop = copy_of(sample, "laptop")
    hide(laptop, ["A-0001"], why="a duplicate")
    merging.merge(sample, laptop.store)
    say(sample, "A-0001", note="kept for the file")
    assert merging.merge(laptop, sample.store).conflicts == []
    well(sample, laptop)


def test_sets_grow_on_both_sides(sample: Session, copy_of: Copier) -> None:
    laptop = copy_of(sample, "laptop")
    say(laptop, "A-0001", contributors="Medway Council")
    say(sample, "A-0001", contributors="HMCTS")
    assert merging.merge(sample, laptop.store).conflicts == []
    assert len(show.record(sample, "A-0001").sets["contributors"]) == 2


def test_the_same_link_made_twice_is_one(sample: Session, copy_of: Copier) -> None:
    laptop = copy_of(sample, "laptop")
    a, r = (names.find(sample.read(), n).id for n in ("A-0001", "R-0003"))
    set_link(laptop, "action", "recommendations", a, r, cells={"extent": "full"})
    set_link(sample, "action", "recommendations", a, r)
    assert merging.merge(sample, laptop.store).conflicts == []
    link = [x for x in show.record(sample, "A-0001").links if x.id == r]
    assert [x.extent for x in link] == ["full"]
    set_link(sample, "action", "recommendations", a, r, remove=True)
    merging.merge(laptop, sample.store)
    assert [x for x in show.record(laptop, "A-0001").links if x.id == r] == []
    well(sample, laptop)
    assert rows_of(laptop) == rows_of(sample)


def test_a_link_made_in_two_stores_is_said_to_be_there_where_an_undo_leaves_it_open(sample: Session, copy_of: Copier) -> None:
    """What a creation leaves out of the log, it says: that the link is there. The row once held neither yes nor no."""
    laptop = copy_of(sample, "laptop")
    a, r = (names.find(sample.read(), n).id for n in ("A-0001", "R-0003"))
    set_link(sample, "action", "recommendations", a, r)
    for remove in (False, True, False):  # made, taken away, brought back
        set_link(laptop, "action", "recommendations", a, r, remove=remove)
    merging.merge(laptop, sample.store)
    undoing.undo(laptop)
    link = merge_rules.link_id("action.recommendations", a, r)
    stood = laptop.read().exec_driver_sql("SELECT deleted FROM link WHERE id = ?", (link,)).scalar()
    assert stood == 0, "the office made it, and that stands until somebody chooses"
    assert [(c.record, c.field) for c in merging.conflicts(laptop)] == [("A-0001", "recommendations")]
    with closing(connect_raw(laptop.store.path, None)) as raw:  # as an earlier version left it
        raw.execute("UPDATE link SET deleted = NULL WHERE id = ?", (link,))
    assert "row_altered" in {p.code for p in check(laptop.store).problems}
    repair(laptop.store, "B. Officer")
    well(laptop)
    merging.merge(sample, laptop.store)
    well(sample, laptop)
    assert rows_of(laptop) == rows_of(sample)


def test_provisional_references_become_final_and_the_printed_ones_stay(
    sample: Session, copy_of: Copier
) -> None:
    laptop = copy_of(sample, "laptop")
    id, _ = create(laptop, "action", {"title": "Noted in the room"})
    printed = show.record(laptop, id).reference
    assert printed.startswith("A-x") and len(printed) == 8
    create(sample, "action", {"title": "Made in the office meanwhile"})
    done = merging.merge(sample, laptop.store)
    assert done.renumbered == [(printed, "A-0024")]
    assert show.record(sample, printed).reference == "A-0024"
    merging.merge(laptop, sample.store)
    assert show.record(laptop, printed).reference == "A-0024"
    well(sample, laptop)


def test_two_stores_that_both_number_keep_both_records(tmp_path: Path) -> None:
    sessions = [Session(making.create(tmp_path / f"{n}.vawg", passphrase=None), n) for n in "ab"]
    for session in sessions:
        create(session, "action", {"title": f"of {session.who}"})
    a, b = sessions
    done = merging.merge(a, b.store, allow_unrelated=True)
    assert done.renumbered == [("A-0001", "A-0002")]
    assert show.record(a, "A-0001").title == "of a" and show.record(a, "A-0002").title == "of b"
    merging.merge(b, a.store)
    assert rows_of(a) == rows_of(b)
    well(a, b)
    for session in sessions:
        session.store.close()


def test_three_stores_in_a_ring_converge(sample: Session, copy_of: Copier) -> None:
    one, two = copy_of(sample, "one"), copy_of(sample, "two")
    ring = [sample, one, two]
    for i, session in enumerate(ring):
        say(session, "A-0001", status=("in_progress", "stopped", "not_started")[i])
        create(session, "gap", {"statement": f"gap of {i}"})
    for _ in range(3):
        for i, session in enumerate(ring):
            merging.merge(session, ring[i - 1].store)
    assert rows_of(sample) == rows_of(one) == rows_of(two)
    assert [len(merging.conflicts(s)) for s in ring] == [1, 1, 1]
    assert len(merging.conflicts(one)[0].heads) == 3
    well(*ring)


def test_a_merge_that_fails_leaves_nothing(
    sample: Session, copy_of: Copier, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = copy_of(sample, "laptop")
    say(laptop, "A-0001", status="in_progress")
    before = rows_of(sample)
    monkeypatch.setattr(incoming_log.IncomingLog, "_note_origins", lambda self: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        merging.merge(sample, laptop.store)
    monkeypatch.undo()
    assert rows_of(sample) == before
    well(sample)
    assert merging.merge(sample, laptop.store).copied == 1


def test_a_preview_shows_all_and_changes_nothing(sample: Session, copy_of: Copier) -> None:
    laptop = copy_of(sample, "laptop")
    say(laptop, "A-0001", status="in_progress")
    say(sample, "A-0001", status="stopped")
    before = rows_of(sample)
    seen = merging.preview(sample, laptop.store)
    assert [(c.record, c.field, c.after) for c in seen.field_changes] == [("A-0001", "status", "in_progress")]
    assert len(seen.conflicts) == 1 and len(seen.conflicts[0].heads) == 2
    assert rows_of(sample) == before and merging.conflicts(sample) == []
    well(sample)


_BY_HAND: list[Session] = []


@pytest.fixture(autouse=True)
def _copies_are_closed() -> Iterator[None]:
    yield
    while _BY_HAND:
        _BY_HAND.pop().store.close()


def by_hand(session: Session, folder: Path, name: str) -> Session:
    """A copy of a store's files as a person makes it in a file manager: the same store twice."""
    path = session.store.path
    session.store.close()
    to = folder / f"{name}.vawg"
    shutil.copyfile(path, to)
    session.store = opening.open_store(path)
    _BY_HAND.append(Session(opening.open_store(to), name))
    return _BY_HAND[-1]


@pytest.mark.parametrize("first", ["home", "hand"], ids=["the office edits first", "the copy is edited first"])
def test_a_store_copied_by_hand_and_edited_on_both_sides_is_brought_home(sample: Session, tmp_path: Path, first: str, copy_of: Copier) -> None:
    """Whichever tail is the later gets an origin of its own, the same everywhere; nothing is lost, and what clashes is a conflict."""
    say(sample, "A-0001", blockers="before")
    hand = by_hand(sample, tmp_path, "hand")
    third = copy_of(sample, "third")
    order = [sample, hand] if first == "home" else [hand, sample]
    for session in order:
        say(session, "A-0002", blockers=f"of {session.who}")
        create(session, "gap", {"statement": f"seen by {session.who}"})
    noted = {name: heads_of_chains(s.store.read()) for name, s in (("home", sample), ("hand", hand))}
    done = merging.merge(sample, hand.store)
    assert done.copied == 2 and [c.field for c in done.conflicts] == ["blockers"]
    assert len(done.copied_by_hand) == 1 and "copied by hand" in done.copied_by_hand[0]
    again = merging.merge(sample, hand.store)
    assert (again.copied, again.copied_by_hand) == (0, [])
    merging.merge(hand, sample.store)
    merging.merge(third, hand.store)
    merging.merge(third, sample.store)
    for session in (hand, third):
        assert rows_of(session) == rows_of(sample)
        assert [c.id for c in merging.conflicts(session)] == [c.id for c in merging.conflicts(sample)]
    for heads in noted.values():  # what either printed on paper before is still proved
        assert check(sample.store, noted_heads=heads).problems == []
    forged = {f"{place[:-1]}{int(place[-1])}": "f" * 64 for place in noted["hand"]}
    assert {p.code for p in check(sample.store, noted_heads=forged).problems} == {"chain_rewritten"}
    say(hand, "A-0003", blockers="later, in the copy")  # both go on, and are two stores now
    say(sample, "A-0004", blockers="later, at home")
    merging.settle(sample, merging.conflicts(sample)[0].id, "agreed", "asked both")
    assert merging.merge(sample, hand.store).copied == 1
    merging.merge(hand, sample.store)
    assert rows_of(hand) == rows_of(sample) and merging.conflicts(hand) == []
    well(sample, hand, third)
    hand.store.close()


def test_three_files_of_one_store_are_brought_home_in_any_order(sample: Session, tmp_path: Path) -> None:
    people = [sample, *(by_hand(sample, tmp_path, n) for n in ("one", "two"))]
    for person in people:
        say(person, "A-0002", percent="10", blockers=f"of {person.who}")
    for person in people:
        for other in people:
            if other is not person:
                merging.merge(person, other.store)
    for person in people:
        for other in people:
            if other is not person:
                merging.merge(person, other.store)
    assert rows_of(people[1]) == rows_of(people[0]) == rows_of(people[2])
    assert {h.value for h in merging.conflicts(sample)[0].heads} == {f"of {p.who}" for p in people}
    well(*people)
    for person in people[1:]:
        person.store.close()


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::3])
@pytest.mark.parametrize("first", ["the copy", "its own copy"])
def test_copies_of_copies_are_brought_home_in_any_order(sample: Session, tmp_path: Path, first: str, order: tuple[int, ...]) -> None:
    """A copy was made by hand, worked on, and copied by hand again: its tail forks a second and a third time."""
    one = by_hand(sample, tmp_path, "one")
    say(one, "A-0001", blockers="said before it was copied again")
    two = by_hand(one, tmp_path, "two")
    for person in (one, two) if first == "the copy" else (two, one):
        say(person, "A-0002", blockers=f"of {person.who}")
    three = by_hand(two, tmp_path, "three")
    people = [sample, one, two, three]
    for person in people if first == "the copy" else reversed(people):
        say(person, "A-0003", blockers=f"of {person.who}")
        create(person, "gap", {"statement": f"seen by {person.who}"})
    noted = heads_of_chains(sample.read()) | {k: v for p in people for k, v in heads_of_chains(p.read()).items()}
    for i in order:
        for j in order:
            if i != j:
                merging.merge(people[i], people[j].store)
    for i in reversed(order):
        for j in order:
            if i != j:
                merging.merge(people[i], people[j].store)
    for person in people:
        assert rows_of(person) == rows_of(sample) and heads_of_chains(person.read()) == heads_of_chains(sample.read())
        assert check(person.store, noted_heads=noted, heads=list(noted.values())).problems == []
    values = {c.record: {h.value for h in c.heads} for c in merging.conflicts(sample)}
    assert values["A-0003"] == {f"of {p.who}" for p in people}
    for person in people[1:]:
        person.store.close()


def test_a_copy_made_by_hand_that_alone_went_on_is_simply_ahead(sample: Session, tmp_path: Path) -> None:
    hand = by_hand(sample, tmp_path, "hand")
    say(hand, "A-0002", blockers="from the copy")
    done = merging.merge(sample, hand.store)
    assert done.copied == 1 and done.copied_by_hand == [] and cell(sample, "A-0002", "blockers") == "from the copy"
    say(sample, "A-0003", blockers="and on")
    say(hand, "A-0004", blockers="and on too")
    assert merging.merge(sample, hand.store).copied == 1
    merging.merge(hand, sample.store)
    assert rows_of(hand) == rows_of(sample)
    well(sample, hand)
    hand.store.close()


def test_a_log_rewritten_whole_is_told_from_a_copy_made_by_hand(sample: Session, tmp_path: Path) -> None:
    """The tail altered, every hash after it made anew: the chain is whole again, but another store knows how it was."""
    say(sample, "A-0001", blockers="said")
    say(sample, "A-0001", blockers="said again")
    hand = by_hand(sample, tmp_path, "forged")
    hand.store.close()
    rewrite_tail(hand.store.path, 2, "somebody else")
    forged = Session(opening.open_store(hand.store.path), "forger")
    assert check(forged.store).problems == []  # by itself it looks whole
    before = rows_of(sample)
    with pytest.raises(StoreError, match="rewritten") as refused:
        merging.merge(sample, forged.store)
    assert refused.value.code == "rewritten" and rows_of(sample) == before
    forged.store.close()


def rewrite_tail(path: Path, last: int, who: str) -> None:
    """Alter who made the last entries of a plain store, and chain everything after anew, as somebody with the file could."""
    raw = connect_raw(path, None)
    raw.execute("DROP TRIGGER change_no_update")
    rows = raw.execute(f"{log.SELECT} ORDER BY n").fetchall()
    origin = raw.execute("SELECT id FROM origin WHERE mine = 1").fetchone()[0]
    mine = [log.from_row(tuple(r)) for r in rows if r[1] == origin]
    previous = mine[-last - 1].hash
    for entry in mine[-last:]:
        entry.who = who
        previous = entry.hash = entry.chained(previous)
        raw.execute('UPDATE "change" SET who = ?, hash = ? WHERE id = ?', (who, entry.hash, entry.id))
    raw.execute("UPDATE origin SET hash = ? WHERE id = ?", (previous, origin))
    from vawg_desktop.store import schema

    raw.execute(schema.SQLITE_EXTRAS[0])
    raw.commit()
    raw.close()


def test_an_altered_log_is_refused(sample: Session, copy_of: Copier) -> None:
    laptop = copy_of(sample, "laptop")
    say(laptop, "A-0001", status="in_progress")
    say(laptop, "A-0001", status="complete")
    laptop.store.close()
    raw = connect_raw(laptop.store.path, None)
    raw.execute("DROP TRIGGER change_no_update")
    raw.execute('UPDATE "change" SET who = \'somebody else\' WHERE n = (SELECT max(n) - 1 FROM "change")')
    raw.close()
    bad = opening.open_store(laptop.store.path)
    before = rows_of(sample)
    with pytest.raises(StoreError, match="altered") as refused:
        merging.merge(sample, bad)
    assert refused.value.code == "other_log_altered"
    assert rows_of(sample) == before
    bad.close()


def test_rules_that_each_side_kept_and_the_union_breaks(sample: Session, copy_of: Copier) -> None:
    say(sample, "A-0002", status="complete", verification="2")
    laptop = copy_of(sample, "laptop")
    say(laptop, "A-0002", rating_opcc="blue")
    say(sample, "A-0002", status="in_progress")
    done = merging.merge(sample, laptop.store)
    assert [(f.record, f.rule) for f in done.rule_failures] == [("A-0002", "blue")]
    say(sample, "A-0002", rating_opcc="amber")
    well(sample)


def test_an_update_to_an_action_deleted_meanwhile_is_listed(sample: Session, copy_of: Copier) -> None:
    from vawg_desktop.services.records import add_update

    laptop = copy_of(sample, "laptop")
    add_update(laptop, "A-0001", {"narrative": "Said in the room"})
    hide(sample, ["A-0001"], why="a duplicate")
    done = merging.merge(sample, laptop.store)
    assert [f.rule for f in done.rule_failures] == ["deleted_elsewhere"]
    again = merging.merge(laptop, sample.store)
    assert [f.rule for f in again.rule_failures] == ["deleted_elsewhere"]
    well(sample, laptop)


def test_a_reference_to_a_record_deleted_or_combined_elsewhere_is_listed(sample: Session, copy_of: Copier) -> None:
    laptop = copy_of(sample, "laptop")
    a, b, c = (show.record(laptop, ref).id for ref in ("A-0001", "A-0004", "A-0005"))
    set_link(laptop, "action", "depends_on", a, b)
    set_link(laptop, "action", "depends_on", a, c)
    hide(sample, ["A-0004"], why="a duplicate")
    merging.combine(sample, "A-0006", "A-0005", "the same work")
    said = {f.message for f in merging.merge(sample, laptop.store).rule_failures if f.record == "A-0001"}
    assert said == {
        "A-0001 refers to A-0004, which was deleted on the other side.",
        "A-0001 refers to A-0005, which was combined into A-0006 on the other side.",
    }
    well(sample, laptop)


def test_two_partners_that_are_one(sample: Session, copy_of: Copier) -> None:
    laptop = copy_of(sample, "laptop")
    create(laptop, "partner", {"name": "Rape Crisis Centre", "shared_mailbox": "hello@example.org"})
    theirs, _ = create(
        laptop,
        "action",
        {"title": "Train staff", "accountable": "Rape Crisis Centre", "contributors": "HMCTS"},
    )
    create(sample, "partner", {"name": "Rape  crisis centre"})
    create(sample, "action", {"title": "Joint work", "accountable": "Rape crisis centre"})
    done = merging.merge(sample, laptop.store)
    assert [f.rule for f in done.rule_failures] == ["same_name"]
    drop = done.rule_failures[0].record
    keep = next(
        w for w in done.rule_failures[0].message.replace(";", " ").split() if w.startswith("P-") and w != drop
    )
    merging.combine(sample, keep, drop, "one body")
    kept, gone = names.find(sample.read(), keep), show.record(sample, drop)
    assert gone.deleted and gone.cells["note"] == f"Is one with {keep}."
    found = names.find_named(sample.read(), "partner", "Rape Crisis Centre")
    assert found is not None and found.id == kept.id
    assert cell(sample, theirs, "accountable") == kept.id
    assert cell(sample, kept.id, "shared_mailbox") == "hello@example.org"
    merging.merge(laptop, sample.store)
    assert rows_of(laptop) == rows_of(sample)
    well(sample, laptop)
    assert merging.merge(sample, laptop.store).rule_failures == []


def test_disposal_travels_and_words_that_come_late_are_taken_out(sample: Session, copy_of: Copier) -> None:
    from vawg_desktop.store.dispose import Authority, dispose

    id, _ = create(sample, "gap", {"statement": "secret zebra", "need": "zebra stripes"})
    one, two = copy_of(sample, "one"), copy_of(sample, "two")
    say(two, id, cause="zebra late")
    dispose(one.store, "gap", id, Authority("A", "B", "rule 7", "2026-11-22"))
    for session, other in ((sample, one), (sample, two), (two, sample), (one, two)):
        merging.merge(session, other.store)
    for session in (sample, one, two):
        well(session)
        session.store.close()
        assert b"zebra" not in session.store.path.read_bytes()
        session.store = opening.open_store(session.store.path)


def test_held_files_travel_once(sample: Session, copy_of: Copier) -> None:
    laptop = copy_of(sample, "laptop")
    sha = laptop.store.files.keep("proof.pdf", b"%PDF proof")
    create(laptop, "evidence", {"title": "Proof", "file_sha256": sha, "file_name": "proof.pdf"})
    assert merging.merge(sample, laptop.store).files == 1
    assert sample.store.files.get(sha) == b"%PDF proof"
    assert merging.merge(sample, laptop.store).files == 0
    well(sample)


def test_a_copy_is_locked_like_its_store_and_never_overwrites(tmp_path: Path) -> None:
    words = "correct horse battery"
    store = making.create(tmp_path / "s.vawg", passphrase=words)
    create(Session(store, "A"), "gap", {"statement": "planted phrase zebra"})
    take_copy(store, tmp_path / "c.vawg")
    with pytest.raises(StoreError, match="already there"):
        take_copy(store, tmp_path / "c.vawg")
    with pytest.raises(StoreError, match="no folder"):
        take_copy(store, tmp_path / "none" / "c.vawg")
    store.close()
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"zebra" not in path.read_bytes(), path.name
    assert not list(tmp_path.glob("*.part*"))
    with opening.open_store(tmp_path / "c.vawg", passphrase=words) as copy:
        assert check(copy).ok


# -- what a review found ---------------------------------------------------------------------------


def test_a_contested_deletion_is_not_settled_by_an_edit(sample: Session, copy_of: Copier) -> None:
    laptop = copy_of(sample, "laptop")
    say(laptop, "A-0001", percent="40")
    hide(sample, ["A-0001"], why="a duplicate")
    merging.merge(sample, laptop.store)
    with pytest.raises(ConflictedError, match="deleted on one side"):
        say(sample, "A-0001", percent="50")
    assert len(merging.conflicts(sample)) == 1
    well(sample)


def test_a_merged_disposal_leaves_both_stores_alike_and_reaches_what_was_sent(
    sample: Session, copy_of: Copier, tmp_path: Path
) -> None:
    from vawg_desktop.services import rounds
    from vawg_desktop.store.dispose import Authority, dispose

    say(sample, "A-0012", blockers="zebra words")
    made = rounds.export_returns(
        sample, period="P", due="+4w", out=tmp_path / "r", partners=["St Giles Trust"]
    )
    assert made.returns
    copy = copy_of(sample, "copy")
    action = names.find(copy.read(), "A-0012")
    dispose(copy.store, "action", action.id, Authority("A", "B", "rule 7", "2026-11-22"))
    merging.merge(sample, copy.store)
    found = (
        sample.read()
        .exec_driver_sql("SELECT count(*) FROM \"change\" WHERE instr(fields, 'zebra') > 0")
        .one()[0]
    )
    assert found == 0
    assert sample.store.files.known() == copy.store.files.known() == set()
    assert rows_of(sample) == rows_of(copy)
    well(sample, copy)


def test_a_legal_hold_holds_the_parts_of_a_record_too(sample: Session, copy_of: Copier) -> None:
    from vawg_desktop.services.records import add_update
    from vawg_desktop.store.dispose import HOLD, Authority, dispose

    add_update(sample, "A-0001", {"narrative": "zebra held"})
    copy = copy_of(sample, "copy")
    action = names.find(sample.read(), "A-0001").id
    with sample.store.write("B. Officer", "hold") as tx:
        tx.link(HOLD, action, "case 7")
    dispose(copy.store, "action", action, Authority("A", "B", "rule 7", "2026-11-22"))
    done = merging.merge(sample, copy.store)
    assert {f.rule for f in done.rule_failures} >= {"legal_hold"}
    kept = (
        sample.read()
        .exec_driver_sql("SELECT count(*) FROM \"change\" WHERE instr(fields, 'zebra held') > 0")
        .one()[0]
    )
    assert kept == 1


def test_two_numbering_stores_never_end_with_one_reference_twice(
    sample: Session, copy_of: Copier, tmp_path: Path
) -> None:
    other = copy_of(sample, "other")
    with other.store.engines.writer.connect() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE meta SET value = '1' WHERE \"key\" = 'mints'")
    for session in (sample, other):
        create(session, "partner", {"name": f"of {session.who}"})
    held = copy_of(other, "held")
    merging.merge(other, copy_of(sample, "before").store)
    merging.merge(sample, held.store)
    for _ in range(3):
        merging.merge(sample, other.store)
        merging.merge(other, sample.store)
    for session in (sample, other):
        found = [str(r[0]) for r in session.read().exec_driver_sql("SELECT reference FROM partner")]
        assert len(found) == len(set(found)), found
    assert rows_of(sample) == rows_of(other)
    well(sample, other)


def test_combining_keeps_what_the_kept_record_says(sample: Session) -> None:
    say(sample, "A-0005", percent="0")
    say(sample, "A-0006", percent="40", depends_on="A-0005")
    one, other = (names.find(sample.read(), r).id for r in ("A-0005", "A-0006"))
    target = names.find(sample.read(), "R-0003").id
    set_link(sample, "action", "recommendations", one, target, cells={"part": "kept"})
    set_link(sample, "action", "recommendations", other, target, cells={"part": "dropped"})
    police, opcc = (names.find_named(sample.read(), "partner", n) for n in ("Kent Police", "OPCC"))
    assert police is not None and opcc is not None
    say(sample, police.id, returns_through="OPCC")
    merging.combine(sample, "A-0005", "A-0006", "one action")
    view = show.record(sample, "A-0005")
    assert view.cells["percent"] == 0 and view.sets["depends_on"] == []
    assert [x.part for x in view.links if x.id == target] == ["kept"]
    merging.combine(sample, police.id, opcc.id, "tried")
    assert cell(sample, police.id, "returns_through") is None
    well(sample)


def test_what_was_settled_or_is_contested_is_not_undone_in_silence(sample: Session, copy_of: Copier) -> None:
    from vawg_desktop.domain.errors import RuleError

    laptop = copy_of(sample, "laptop")
    say(laptop, "A-0002", percent="40")
    say(sample, "A-0002", percent="10")
    done = merging.merge(sample, laptop.store)
    with pytest.raises(ConflictedError):
        undoing.undo(sample)
    assert {h.value for h in merging.conflicts(sample)[0].heads} == {10, 40}
    merging.settle(sample, done.conflicts[0].id, "40", "confirmed")
    with pytest.raises(RuleError, match="not undone"):
        undoing.undo(sample)
    assert cell(sample, "A-0002", "percent") == 40


@pytest.mark.parametrize("mine", ["office", "laptop"])
def test_an_undo_leaves_what_a_colleague_wrote_while_bringing_a_row_back(sample: Session, copy_of: Copier, mine: str) -> None:
    """One entry may bring a row back and fill a cell: to know of the one is not to overwrite the other."""
    with sample.store.write(sample.who, "took a list in", Act.IMPORT) as tx:
        tracker = tx.create("tracker", {"name": "their list", "headings": "Ref, Action"}, checked=False)
        row = tx.create("tracker_row", {"tracker": tracker, "sheet": "1", "entity": "action", "base": "as it was"}, checked=False)
    laptop = copy_of(sample, "laptop")
    here, there = (sample, laptop) if mine == "office" else (laptop, sample)
    with here.store.write(here.who, "took it in again", Act.IMPORT) as tx:
        tx.edit("tracker_row", row, {"base": "mine"}, checked=False)
    said = tx.changes.txn
    with here.store.write(here.who, "put away", Act.DELETE) as tx:
        tx.delete("tracker_row", row)
    with there.store.write(there.who, "put away", Act.DELETE) as tx:
        tx.delete("tracker_row", row)
    with there.store.write(there.who, "took it in again", Act.IMPORT) as tx:
        tx.edit("tracker_row", row, {"base": "theirs", "deleted": False}, checked=False)
    theirs = tx.changes.txn
    merging.merge(here, there.store)
    undoing.reverse(here, said)
    merging.merge(there, here.store)
    for session in (here, there):
        of_theirs = {e.id for e in past.entries_of_transaction(session.read(), theirs)}
        with session.store.write(session.who, "looked") as tx:
            assert of_theirs <= tx.heads(row, str(tx.row("tracker_row", row)["born"]))["base"]
    assert rows_of(laptop) == rows_of(sample)


def test_stores_without_a_common_past_say_so(tmp_path: Path, sample: Session) -> None:
    with making.create(tmp_path / "other.vawg", passphrase=None) as other:
        create(Session(other, "X"), "gap", {"statement": "theirs"})
        assert merging.preview(sample, other).unrelated
        with pytest.raises(StoreError, match="share no history"):
            merging.merge(sample, other)
        assert merging.preview(sample, other).copied
        assert merging.merge(sample, other, allow_unrelated=True).copied
        assert merging.merge(sample, other).copied == 0
    with opening.open_store(take_copy(sample.store, tmp_path / "c.vawg")) as copy:
        assert not merging.preview(sample, copy).unrelated


@pytest.mark.parametrize(
    ("combined", "torn"),
    [
        ([("P-0003", "P-0004"), ("P-0004", "P-0003")], ["P-0003", "P-0004"]),
        ([("P-0003", "P-0004"), ("P-0004", "P-0005"), ("P-0005", "P-0003")], ["P-0003", "P-0004", "P-0005"]),
        ([("P-0004", "P-0003"), ("P-0005", "P-0004")], ["P-0004"]),
    ],
    ids=["in opposite directions", "in a circle", "in a chain"],
)
def test_records_combined_on_different_sides_are_a_conflict_that_stands(
    sample: Session, copy_of: Copier, combined: list[tuple[str, str]], torn: list[str]
) -> None:
    """Each side kept what another gave up: both are listed until somebody chooses, in every store alike, and chosen once."""
    people = [sample, *(copy_of(sample, f"laptop {i}") for i in range(len(combined) - 1))]
    for person, (keep, drop) in zip(people, combined, strict=True):
        merging.combine(person, keep, drop, "one body")
    done = [merging.merge(sample, other.store) for other in people[1:]]
    assert sorted(c.record for d in done for c in d.conflicts) == torn
    for other in people[1:]:
        merging.merge(other, sample.store)
    for person in people:
        stand = merging.conflicts(person)
        assert [(c.record, c.field) for c in stand] == [(r, "deleted") for r in torn]
        assert all({h.words.partition(";")[0] for h in c.heads} == {"Deleted", "Kept"} for c in stand)
        assert rows_of(person) == rows_of(sample)
    for one in merging.conflicts(sample):
        merging.settle(sample, one.id, "no", "it is a body of its own")
    for other in people[1:]:
        merging.merge(other, sample.store)
        assert merging.conflicts(other) == [] and rows_of(other) == rows_of(sample)
        well(other)
    hidden = sample.read().exec_driver_sql("SELECT reference FROM partner WHERE deleted = 1").fetchall()
    assert not {r for (r,) in hidden} & set(torn)
    well(sample)


def test_combining_is_undone_whole(sample: Session) -> None:
    def living() -> dict[str, set[tuple[object, ...]]]:
        return {k: {r for r in rows if not r[1]} for k, rows in rows_of(sample).items()}

    before = living()
    merging.combine(sample, "P-0003", "P-0004", "one body")
    undoing.undo(sample)
    assert living() == before
    assert merging.conflicts(sample) == []
    well(sample)


def filled_return(session: Session, folder: Path, words: dict[int, str], more: Callable[[openpyxl.Workbook], None] | None = None) -> tuple[str, Path]:
    """A return of Kent Police's with progress written in some rows of its sheet; its reference and file."""
    made = rounds.export_returns(session, period="2026/27 Q3", due="2027-01-10", out=folder, partners=["Kent Police"])
    path = Path(next(r for r in made.returns if r.reference).file)
    book = openpyxl.load_workbook(path)
    sheet = book["Actions"]
    heads = [str(c.value) for c in sheet[1]]
    for row, text in words.items():
        sheet.cell(row, heads.index("Progress update (please fill in)") + 1).value = text
    if more is not None:
        more(book)
    book.save(path)
    return str(made.returns[0].reference), path


def test_the_same_file_read_in_two_stores_is_one_submission(sample: Session, copy_of: Copier, tmp_path: Path) -> None:
    """One file, read and taken on both sides, its new action too: one submission, one action, each update once."""
    def more(book: openpyxl.Workbook) -> None:
        sheet = book["Actions"]
        heads = [str(c.value) for c in sheet[1]]
        for row in (2, 3):
            sheet.cell(row, heads.index("Next step (please fill in)") + 1).value = "More of it"
        fresh = book["New actions"]
        first = next(r for r in range(2, 20) if fresh.cell(r, 1).value in (None, ""))
        fresh.cell(first, 1).value = "A helpline for young people"

    reference, path = filled_return(sample, tmp_path, {row: f"We did thing {row}." for row in (2, 3)}, more)
    laptop = copy_of(sample, "laptop")
    taken = []
    for day, person in enumerate((sample, laptop)):  # the colleague reads it a day later
        CLOCK.go_to(TODAY + timedelta(days=day))
        staged = import_return(person, path, apply="all")
        assert [r.get("Action") for r in staged.new_rows] == ["A helpline for young people"]
        add_new_row(person, staged.submission, staged.new_rows[0])
        taken.append(staged)
    counted = counts_of(sample)
    done = merging.merge(sample, laptop.store)
    assert done.conflicts == [] and counts_of(sample) == counted
    merging.merge(laptop, sample.store)
    assert merging.conflicts(laptop) == [] and counts_of(laptop) == counted
    assert rows_of(laptop) == rows_of(sample)
    assert taken[0].submission == taken[1].submission
    reverse_return(sample, reference)
    merging.merge(laptop, sample.store)
    assert counts_of(laptop) == counts_of(sample) and counts_of(sample)["update"] == counted["update"] - 2
    again = import_return(laptop, path, apply="all")
    assert again.submission == taken[0].submission and counts_of(laptop)["update"] == counted["update"]
    well(sample)
    well(laptop)


def counts_of(session: Session) -> dict[str, int]:
    """How many living records there are of each kind a return writes."""
    tables = ("submission", "update", "action", "decision")
    return {
        t: int(session.read().exec_driver_sql(f'SELECT count(*) FROM "{t}" WHERE deleted = 0').one()[0]) for t in tables
    }


def test_a_name_that_two_records_bear_is_refused_and_both_are_named(sample: Session) -> None:
    from vawg_desktop.store.transaction import ALIAS

    a, b = (show.record(sample, ref).id for ref in ("A-0001", "A-0002"))
    with sample.store.write("x", "as printed") as tx:
        for id in (a, b):
            tx.create("link", {"kind": ALIAS, "a": id, "b": "kp 7"})
    with pytest.raises(NotFoundError, match="more than one record: A-0001, A-0002") as field_changes:
        assign(sample, "KP 7", [Assignment("percent", "40")], "by e-mail")
    assert field_changes.value.code == "ambiguous"
    assert names.Directory(sample.read(), "action").find("KP 7") is None
    hide(sample, ["A-0002"], why="a duplicate")
    assert names.find(sample.read(), "KP 7").reference == "A-0001"


def test_a_provisional_reference_is_found_however_it_is_typed(sample: Session, copy_of: Copier) -> None:
    laptop = copy_of(sample, "laptop")
    id, _ = create(laptop, "action", {"title": "Made in the room"})
    printed = show.record(laptop, id).reference
    assert set(printed[3:]) <= set("34679ACDEFGHJKMNPQRTWXY")
    for typed in (printed, printed.lower(), printed.upper(), printed.replace("-", " ")):
        assert names.find(laptop.read(), typed).id == id
    merging.merge(sample, laptop.store)
    assert names.find(sample.read(), printed.lower()).id == id


def test_an_update_taken_twice_stays_where_somebody_has_worked_on_it_since(sample: Session, copy_of: Copier, tmp_path: Path) -> None:
    _, path = filled_return(sample, tmp_path, {2: "We did one thing."})
    laptop = copy_of(sample, "laptop")
    for day, person in enumerate((sample, laptop)):
        CLOCK.go_to(TODAY + timedelta(days=day))
        import_return(person, path, apply="all")
    found = [(str(p.read().exec_driver_sql('SELECT max(id) FROM "update"').one()[0]), p) for p in (sample, laptop)]
    larger, whose = max(found, key=lambda pair: pair[0])
    with whose.store.write(whose.who, "a remark of our own") as tx:
        tx.edit("update", larger, {"informant": "K. Officer"}, checked=False)  # who it was heard from; its words are the same still
    merging.merge(sample, laptop.store)
    merging.merge(laptop, sample.store)
    for person in (sample, laptop):
        assert person.read().exec_driver_sql('SELECT count(*) FROM "update" WHERE NOT deleted').one()[0] == 2
        well(person)
    assert rows_of(sample) == rows_of(laptop)


def test_a_store_is_not_merged_into_itself_however_it_was_opened(sample: Session) -> None:
    for other in (sample.store, opening.open_store(sample.store.path)):
        with pytest.raises(StoreError) as refused:
            merging.merge(sample, other)
        assert refused.value.code == "same_store"
    other.close()


@pytest.mark.parametrize("first", ["a", "b"])
def test_an_edit_of_a_record_that_some_deleted_and_others_brought_back_knows_of_both(sample: Session, copy_of: Copier, first: str) -> None:
    """Whichever of the two the row shows: a third one's deletion beside it is then no news to the editor's."""
    id = show.record(sample, "A-0018").id
    hide(sample, [id])
    a, b, c = (copy_of(sample, name) for name in ((first, "b" if first == "a" else "a", "c")))
    hide(a, [id], hidden=False)
    merging.merge(c, a.store)
    hide(b, [id], hidden=False)
    hide(b, [id])
    merging.merge(a, b.store)
    assert [(x.record, x.spec.key) for x in merging.conflicts(a)] == [("A-0018", "deleted")]
    with a.store.write("a", "in the room") as tx:
        tx.edit("action", id, {"blockers": "Said in the knowledge of both"})
    hide(c, [id])
    for one in (a, b, c):
        merging.merge(sample, one.store)
    assert merging.conflicts(sample) == [] and show.record(sample, id).deleted
    for one in (a, b, c):
        merging.merge(one, sample.store)
        assert merging.conflicts(one) == []
    well(sample, a, b, c)
