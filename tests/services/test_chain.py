"""The chain from evidence to outcome: the same from either end, and what is missing on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.test_journey import sample_store
from vawg_desktop.domain.acts import Act
from vawg_desktop.services import chain, coverage, outputs, records
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    """A quote and a figure through gap, recommendation and action to its proof."""
    s = sample_store(tmp_path)
    theme, _ = records.create(s, "theme", {"title": "Waiting", "gaps": "G-0003"})
    records.create(s, "quote", {"words": "The waiting list was longer than my tenancy.", "themes": [theme]})
    records.assign(s, "G-0003", [Assignment("recommendations", "R-0001"), Assignment("actions", "A-0001"), Assignment("need_figure", "F-0001")], None)
    records.create(s, "evidence", {"title": "Log of calls", "actions": "A-0001"})
    through, _ = records.create(s, "evidence", {"title": "Minutes"})
    records.add_update(s, "A-0002", {"narrative": "Held", "evidence": [through]})
    records.create(s, "service", {"title": "Therapy", "gaps": "G-0003"})
    return s


def pairs(found: chain.Chain) -> set[tuple[str, str]]:
    return {(found.nodes[e.before].reference, found.nodes[e.after].reference) for e in found.edges}


def test_a_gap_shows_what_it_rests_on_and_what_came_of_it(session: Session) -> None:
    found = chain.of(session, "G-0003")
    assert {("QT-0001", "TH-0001"), ("TH-0001", "G-0003"), ("F-0001", "G-0003"), ("G-0003", "R-0001"), ("G-0003", "A-0001"),
            ("G-0003", "SV-0006"), ("A-0001", "E-0001"), ("S-0019", "G-0003")} <= pairs(found)  # fmt: skip
    assert found.missing and {m.key for m in found.missing if m.record == "G-0003"} == set()


def test_the_chain_runs_both_ways_without_turning_back(session: Session) -> None:
    up = chain.of(session, "E-0001")
    assert {"QT-0001", "TH-0001", "G-0003", "A-0001"} <= {n.reference for n in up.nodes.values()}
    assert "SV-0006" not in {n.reference for n in up.nodes.values()}  # a service of the gap is not what the evidence rests on
    down = chain.of(session, "QT-0001")
    assert ("A-0001", "E-0001") in pairs(down)


def test_evidence_of_an_update_is_its_actions(session: Session) -> None:
    assert ("A-0002", "E-0002") in pairs(chain.of(session, "A-0002"))
    assert ("A-0002", "E-0002") in pairs(chain.of(session, "E-0002"))


def test_what_is_missing_is_said_and_goes_once_it_is_there(session: Session) -> None:
    found = {(m.record, m.key) for m in chain.of(session, "R-0003").missing}
    assert found == {("R-0003", "outcome")}
    records.assign(session, "R-0003", [Assignment("outcome", "achieved")], None)
    assert chain.of(session, "R-0003").missing == []
    assert ("R-0005", "gap") in {(m.record, m.key) for m in chain.of(session, "R-0005").missing}
    assert ("A-0014", "proof") in {(m.record, m.key) for m in chain.of(session, "A-0014").missing}
    assert {(m.record, m.key) for m in chain.of(session, "G-0005").missing if m.record == "G-0005"} == set()
    lonely, _ = records.create(session, "gap", {"statement": "Nothing behind it"})
    assert {m.key for m in chain.of(session, lonely).missing} == {"ground", "answer"}


def test_a_theme_named_by_its_words_leads_on(session: Session) -> None:
    with session.store.write("B. Officer", None, Act.LINK) as tx:
        tx.link("recommendation.themes", records.names.find(tx.connection, "R-0005").id, "waiting")
    assert ("TH-0001", "R-0005") in pairs(chain.of(session, "R-0005"))
    assert ("TH-0001", "R-0005") in pairs(chain.of(session, "TH-0001"))


def test_sentences_tell_every_edge_and_all_that_is_missing(session: Session) -> None:
    found = chain.of(session, "A-0001")
    told = found.sentences()
    assert len(told) == len(found.edges) + len(found.missing)
    assert "TH-0001 Waiting points to G-0003 Long waits for specialist support such as trauma-specific therapy." in told
    assert any(t.startswith("R-0011") and "is carried out by A-0001" in t for t in told)


def test_a_deleted_record_and_a_removed_link_break_the_chain(session: Session) -> None:
    records.hide(session, ["TH-0001"])
    assert "TH-0001" not in {n.reference for n in chain.of(session, "G-0003").nodes.values()}


def test_coverage_by_extent_of_every_kind_that_can_cover(session: Session) -> None:
    strands = {s.title: s for s in coverage.of(session, "NPCC VAWG framework 2024")}
    assert list(strands) == ["Prepare", "Protect", "Pursue", "Prevent"] and all(s.uncovered for s in strands.values())
    find = records.names.find
    for owner, extent, title in (("R-0001", "full", "Prepare"), ("A-0001", "part", "Prepare"), ("G-0001", "contributes", "Prepare"), ("SV-0001", None, "Protect")):
        record = find(session.read(), owner)
        records.set_link(session, record.entity, "frameworks", record.id, strands[title].id, cells={"extent": extent} if extent else None)
    told = {s["title"]: s for s in coverage.as_json(coverage.of(session, "NPCC VAWG framework 2024"))}
    assert (told["Prepare"]["full"], told["Prepare"]["part"], told["Prepare"]["overlap"]) == (["R-0001"], ["A-0001"], ["G-0001"])
    assert told["Protect"]["overlap"] == ["SV-0001"]
    one = next(p for p in coverage.progress(session) if p.title == "NPCC VAWG framework 2024")
    assert (one.strands, one.covered, one.records) == (4, 2, 4)


def test_a_right_named_by_its_number_covers_the_code(session: Session) -> None:
    records.assign(session, "R-0007", [Assignment("code_rights", "4;Right 12")], None)
    covered = [s.title for s in coverage.of(session, "Victims' Code 2020") if not s.uncovered]
    assert covered == ["To be referred to services that support victims", "To complain about rights not being met"]


def test_a_record_in_the_bin_has_its_chain_still(session: Session) -> None:
    before = pairs(chain.of(session, "G-0003"))
    records.hide(session, ["G-0003"])
    found = chain.of(session, "G-0003")
    assert pairs(found) == before and found.nodes[found.start].reference == "G-0003"
    assert "G-0003" not in {n.reference for n in chain.of(session, "R-0001").nodes.values()}
    assert outputs.chain_document(session, "G-0003").title.startswith("Chain of G-0003")
