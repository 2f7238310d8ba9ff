"""Figures and quotes as they are quoted, sources that changed, and the states of a gap with the rule that leads to each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.test_journey import sample_store
from vawg_desktop.domain import gap_states as rules
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.errors import RuleError, ValueRefusedError
from vawg_desktop.domain.gap_states import Ground
from vawg_desktop.services import (
    citations,
    closing,
    gap_states,
    history,
    merging,
    names,
    records,
    show,
    source_changes,
    undoing,
)
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, opening
from vawg_desktop.store.store import Store


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return sample_store(tmp_path)


def copied(session: Session, path: Path) -> Store:
    """The same store on another laptop."""
    return opening.open_store(copying.take_copy(session.store, path))


def put(session: Session, name: str, **fields: str) -> None:
    records.assign(session, name, [Assignment(k, v) for k, v in fields.items()], "x")


def figure_quoted(session: Session, words: str) -> str:
    return str(session.read().exec_driver_sql("SELECT reference FROM figure WHERE quoted = ?", (words,)).one()[0])


# -- figures -------------------------------------------------------------------------------------


def test_the_samples_three_counts_of_responses_disagree_and_one_is_to_be_quoted(session: Session) -> None:
    exact, foreword, panel = (figure_quoted(session, w) for w in ("8263", "8200+", "over 8000"))
    others = citations.disagreeing(session.read(), names.find(session.read(), panel).id)
    assert {str(f["quoted"]) for f in others} == {"8263", "8200+"}
    assert [f["reference"] for f in others if f["quote_this"]] == [exact]
    with pytest.raises(RuleError, match=f"{foreword} disagrees with {exact}, which is the one to quote"):
        citations.cite(session, foreword, "Panel paper, December")
    put(session, foreword, quote_this="yes")
    assert "8200+" in citations.cite(session, foreword, "Panel paper, December")[0]


def test_a_figure_is_quoted_with_what_it_counts_and_its_source(session: Session) -> None:
    exact = figure_quoted(session, "8263")
    put(session, exact, base="everybody who answered", period="July to October 2021", scope="all_victims", method="2")
    words, _ = citations.cite(session, exact, "Board paper, Q3", to_whom="Performance and Delivery Board")
    source = session.read().exec_driver_sql(
        "SELECT s.title FROM link l JOIN source s ON s.id = l.b WHERE l.kind = 'figure.sources' AND l.a = ?", (names.find(session.read(), exact).id,)
    ).one()[0]
    assert words == (
        "Survey responses: 8263 responses (Call for Evidence responses analysed; base: everybody who answered; July to October 2021; "
        f"as at October 2021; all victims; method 2; source: {source})"
    )
    (one,) = citations.of(session, names.find(session.read(), exact).id)
    assert (one.place, one.to_whom, one.words, one.changed) == ("Board paper, Q3", "Performance and Delivery Board", words, False)


def test_a_figure_changed_after_it_was_quoted_is_marked_where_it_was(session: Session) -> None:
    exact = figure_quoted(session, "8263")
    id = names.find(session.read(), exact).id
    citations.cite(session, exact, "Board paper, Q3")
    put(session, exact, note="asked the analyst")
    assert citations.stale(session) == []
    put(session, exact, quoted="8264")
    assert [(reference, c.place) for _, reference, c in citations.stale(session)] == [(exact, "Board paper, Q3")]
    citations.cite(session, exact, "Board paper, Q4")
    assert [(c.place, c.changed) for c in citations.of(session, id)] == [("Board paper, Q4", False), ("Board paper, Q3", True)]


def test_a_figure_under_embargo_is_not_quoted_before_its_day_is_over(session: Session) -> None:
    exact = figure_quoted(session, "8263")
    put(session, exact, release="embargoed")
    with pytest.raises(RuleError, match="under embargo; it is not quoted yet"):
        citations.cite(session, exact, "Press release")
    put(session, exact, embargoed_until=session.today.isoformat())
    with pytest.raises(RuleError, match="under embargo until"):
        citations.cite(session, exact, "Press release")
    put(session, exact, embargoed_until="2020-01-01")
    assert citations.cite(session, exact, "Press release")[1].created


@pytest.mark.parametrize("name", ["R-0003", "G-0001"])
def test_only_figures_and_quotes_are_quoted(session: Session, name: str) -> None:
    with pytest.raises(ValueRefusedError, match="neither a figure nor a quote"):
        citations.wording(session, name)
    with pytest.raises(ValueRefusedError, match="neither a figure nor a quote"):
        records.create(session, "citation", {"about": name, "place": "x", "words": "x"})


def test_a_quote_leaves_only_when_it_may_and_keeps_where_it_was_after_consent_is_withdrawn(session: Session) -> None:
    quote, _ = records.create(session, "quote", {"words": "Nobody rang me back.", "from_whom": "A victim", "consent": "given", "publishable": "yes"})
    given = {"about": quote, "place": "Annual report", "words": "Nobody rang me back."}
    with pytest.raises(RuleError, match="a second person"):
        records.create(session, "citation", given)  # nor by hand
    session.who, entered = "Bea Two", session.who
    put(session, quote, recognisable="no", live_case="no", checked_by="Bea Two", checked="today")
    session.who = entered
    assert citations.cite(session, quote, "Annual report")[0] == "“Nobody rang me back.” (A victim)"
    put(session, quote, consent="withdrawn")
    with pytest.raises(RuleError, match="consent was withdrawn"):
        citations.cite(session, quote, "Exhibition")
    assert [c.place for c in citations.of(session, quote)] == ["Annual report"]


def test_of_figures_that_disagree_one_is_the_one_to_quote(session: Session) -> None:
    one, other = (records.create(session, "figure", {"title": "Reports", "quoted": q, "unit": "reports"})[0] for q in ("410", "433"))
    put(session, one, conflicts_with=other, quote_this="yes")
    changes = records.assign(session, other, [Assignment("quote_this", "yes")], None)
    assert [show.record(session, f).cells["quote_this"] for f in (one, other)] == [False, True]
    assert changes.notes == [f"{show.record(session, one).reference}, which disagrees, is no longer the one to quote."]


# -- sources -------------------------------------------------------------------------------------


def cites(session: Session, source: str) -> set[str]:
    id = names.find(session.read(), source).id
    rows = session.read().exec_driver_sql(
        "SELECT s.reference FROM link l JOIN subject s ON s.id = l.a AND NOT s.deleted WHERE l.b = ? AND NOT l.deleted AND l.kind LIKE '%.sources'", (id,)
    )
    return {str(r[0]) for r in rows}


def most_cited(session: Session) -> str:
    rows = session.read().exec_driver_sql("SELECT s.reference, count(*) FROM link l JOIN source s ON s.id = l.b GROUP BY s.reference ORDER BY 2 DESC")
    return str(rows.fetchall()[0][0])


def test_a_changed_source_flags_all_that_cites_it_until_somebody_looked_again(session: Session) -> None:
    assert source_changes.flagged(session) == []
    name = most_cited(session)
    put(session, name, note="read again", response_due="2027-01-01")
    assert source_changes.flagged(session) == []
    put(session, name, published="2022-03", link="https://example.org/second-edition")
    found = source_changes.flagged(session)
    assert {m.record.reference for m in found} == cites(session, name) and len(found) > 1
    assert {m.what for m in found} == {"link, published"}
    one = found[0]
    looked = source_changes.still_right(session, one.link)
    (told,) = history.of_transaction(session, str(looked.txn))
    assert history.what_in_words(session, told).endswith(f"Sources: {name}, looked at again")  # no source is added
    assert {m.record.reference for m in source_changes.flagged(session)} == cites(session, name) - {one.record.reference}
    assert source_changes.flagged(session, one.record.id) == []
    put(session, name, published="2022-04")
    assert one.record.reference in {m.record.reference for m in source_changes.flagged(session)}
    source_changes.still_right(session, one.link)  # on the same day as before, and yet it holds
    assert one.record.reference not in {m.record.reference for m in source_changes.flagged(session)}


def test_a_source_that_is_deleted_flags_what_rests_on_it(session: Session) -> None:
    name = next(x.reference for x in show.record(session, figure_quoted(session, "8263")).links if x.kind == "figure.sources")
    records.hide(session, [name])
    assert {m.what for m in source_changes.flagged(session)} == {"withdrawn"}


def test_a_source_that_is_as_it_was_again_flags_nothing(session: Session) -> None:
    source = most_cited(session)
    put(session, source, published="2022-03")
    assert source_changes.flagged(session)
    undoing.undo(session)
    assert source_changes.flagged(session) == []
    put(session, source, published="2022-03", page="4")
    put(session, source, page="")
    assert {m.what for m in source_changes.flagged(session)} == {"published"}  # what was changed and put back is not among it


def test_what_two_laptops_knew_of_a_source_is_told_after_the_merge_on_both(session: Session, tmp_path: Path) -> None:
    source = most_cited(session)
    other = Session(copied(session, tmp_path / "b.vawg"), "Bea Two")
    put(session, source, published="2022-03")  # here, while on the other laptop something is cited from the old one
    figure, _ = records.create(other, "figure", {"title": "Rung back within a week", "quoted": "61%", "sources": source})
    for here, there in ((session, other), (other, session)):
        merging.merge(here, there.store)
    for at in (session, other):
        assert figure in {m.record.id for m in source_changes.flagged(at)}
    one = next(m for m in source_changes.flagged(other) if m.record.id == figure)
    source_changes.still_right(other, one.link)
    merging.merge(session, other.store)
    for at in (session, other):
        assert figure not in {m.record.id for m in source_changes.flagged(at)}


def test_that_both_looked_again_on_two_laptops_asks_nobody_to_choose(session: Session, tmp_path: Path) -> None:
    source = most_cited(session)
    put(session, source, published="2022-03")
    other = Session(copied(session, tmp_path / "b.vawg"), "Bea Two")
    link = source_changes.flagged(session)[0].link
    for at, day in ((session, "2026-11-02"), (other, "2026-11-03")):
        with at.store.write(at.who, "Looked at again", Act.EDIT) as tx:
            tx.still_right(link, day)
    merging.merge(session, other.store)
    merging.merge(other, session.store)
    for at in (session, other):
        assert link not in {m.link for m in source_changes.flagged(at)}
        assert at.read().exec_driver_sql("SELECT count(*) FROM conflict").one()[0] == 0


def a_source(session: Session, **given: str) -> str:
    return show.record(session, records.create(session, "source", {"title": "Report", "page": "1", **given})[0]).reference


def rests_on(session: Session, source: str) -> str:
    return records.create(session, "figure", {"title": "Rung back", "quoted": "61%", "sources": source})[0]


def flags(session: Session) -> list[str]:
    return [m.what for m in source_changes.flagged(session)]


def test_a_source_that_was_edited_often_before_it_was_cited_is_judged_by_what_it_was_then(session: Session) -> None:
    source = a_source(session, published="2020")
    put(session, source, published="2021", title="Report, second edition")
    put(session, source, published="2022")
    put(session, source, page="3")
    put(session, source, page="4")
    rests_on(session, source)
    assert flags(session) == []
    put(session, source, published="2020")  # as it was once, and not as it was cited
    assert flags(session) == ["published"]
    source_changes.still_right(session, source_changes.flagged(session)[0].link)
    assert flags(session) == []


def test_adding_a_source_that_is_cited_already_is_no_second_look(session: Session) -> None:
    source = a_source(session)
    figure, other = rests_on(session, source), records.create(session, "figure", {"title": "Other", "quoted": "6%"})[0]
    put(session, source, page="9")
    records.assign_many(session, [figure, other], [Assignment("sources", source, "+=")], None)
    assert {m.record.id for m in source_changes.flagged(session)} == {figure}
    records.assign(session, figure, [Assignment("sources", source, "-=")], None)
    records.assign(session, figure, [Assignment("sources", source, "+=")], None)  # taken away and cited anew: as it is now
    assert flags(session) == []


def test_two_copies_of_one_source_combined_flag_nothing(session: Session) -> None:
    one, other = a_source(session), a_source(session)
    figure = rests_on(session, other)
    merging.combine(session, one, other, "the same report")
    assert flags(session) == []
    put(session, one, page="2")
    assert {m.record.id for m in source_changes.flagged(session)} == {figure}


# -- the states of a gap -------------------------------------------------------------------------

WHOLE = Ground(basis=1, owner=True, at_work=2, delivered=2, moved=True, outcome=True)


@pytest.mark.parametrize(
    ("state", "ground", "missing"),
    [
        ("identified", Ground(), 0),
        ("validated", Ground(), 2),
        ("validated", Ground(basis=1), 1),
        ("validated", Ground(owner=True), 1),
        ("being_addressed", Ground(basis=1, owner=True), 1),
        ("being_addressed", Ground(basis=1, owner=True, at_work=1), 0),
        ("delivered", Ground(basis=1, owner=True, at_work=1), 1),
        ("delivered", Ground(basis=1, owner=True, at_work=1, unfinished=1), 1),
        ("delivered", Ground(basis=1, owner=True, at_work=2, unfinished=1, delivered=1), 1),
        ("delivered", Ground(basis=1, owner=True, at_work=1, delivered=1, unproved=1), 1),
        ("delivered", Ground(basis=1, owner=True, at_work=1, delivered=1), 0),
        ("benefit_seen", Ground(basis=1, owner=True, at_work=1, delivered=1), 2),
        ("benefit_seen", Ground(basis=1, owner=True, at_work=1, delivered=1, moved=True), 1),
        ("benefit_seen", WHOLE, 0),
    ],
)
def test_each_state_needs_its_own_ground_and_that_of_those_before(state: str, ground: Ground, missing: int) -> None:
    assert len(rules.needs(state, ground)) == missing


def test_the_ground_carries_the_furthest_state_whose_rule_is_met() -> None:
    assert [rules.stands(g) for g in (Ground(), Ground(basis=1, owner=True), Ground(basis=1, owner=True, at_work=1), WHOLE)] == [
        "identified", "validated", "being_addressed", "benefit_seen",
    ]  # fmt: skip
    assert set(rules.RULES) == set(rules.ORDER)


def test_a_gap_goes_from_identified_to_benefit_seen_each_refusal_with_its_reason(session: Session) -> None:
    name = records.create(session, "gap", {"statement": "Nobody answers at night"})[0]
    with pytest.raises(RuleError, match=r"Validated is not reached yet\. Link what it rests on"):
        put(session, name, status="validated")
    put(session, name, sources="S-0001")
    with pytest.raises(RuleError, match="Name the body that owns it"):
        put(session, name, status="validated")
    put(session, name, status="validated", owner="Kent Police")
    with pytest.raises(RuleError, match="an action or a running service"):
        put(session, name, status="being_addressed")
    service, _ = records.create(session, "service", {"title": "Night line", "status": "planned"})
    records.set_link(session, "service", "gaps", service, name, cells={"extent": "part"})
    with pytest.raises(RuleError, match="an action or a running service"):
        put(session, name, status="being_addressed")
    put(session, service, status="running")
    put(session, name, status="being_addressed")
    with pytest.raises(RuleError, match="Nothing that works on it is complete or provides in full"):
        put(session, name, status="delivered")
    action, _ = records.create(session, "action", {"title": "Answer at night", "accountable": "Kent Police", "status": "complete"})
    put(session, name, actions=action)
    with pytest.raises(RuleError, match="A complete action on it has no evidence"):
        put(session, name, status="delivered")
    proof, _ = records.create(session, "evidence", {"title": "Log of calls", "actions": action})
    put(session, name, status="delivered")
    with pytest.raises(RuleError, match=r"measure moved, or what victims have told us\. Judge the outcome"):
        put(session, name, status="benefit_seen")
    closing.answer(session, name, "victims_heard", "The panel said so", evidence=proof)
    put(session, name, status="benefit_seen", outcome="achieved", outcome_statement="Somebody answers")
    put(session, name, status="identified")  # back is always allowed
    assert gap_states.standing(session, names.find(session.read(), name).id)[0] == "benefit_seen"


def test_a_state_that_a_list_brought_without_ground_is_named(session: Session) -> None:
    assert gap_states.unmet(session) == []
    with pytest.raises(RuleError, match="Delivered is not reached yet"):
        records.create(session, "gap", {"statement": "Typed", "status": "delivered"})
    with session.store.write(session.who, None, Act.IMPORT) as tx:
        name = tx.create("gap", {"statement": "From last year's list", "status": "delivered"})
    ((_, reference, status, left),) = gap_states.unmet(session)
    assert (reference, status) == (show.record(session, name).reference, "delivered") and len(left) == 4


def test_a_figure_that_was_changed_back_is_as_it_was_quoted(session: Session) -> None:
    id, _ = records.create(session, "figure", {"title": "Reports", "quoted": "410", "unit": "reports"})
    records.create(session, "citation", {"about": id, "place": "Board paper", "words": citations.wording(session, id)})
    records.assign(session, id, [Assignment("quoted", "412")], None)
    assert [c.changed for c in citations.of(session, id)] == [True]
    records.assign(session, id, [Assignment("quoted", "410")], None)
    assert [c.changed for c in citations.of(session, id)] == [False]


def test_where_a_deleted_figure_was_quoted_is_still_told(session: Session) -> None:
    id, _ = records.create(session, "figure", {"title": "Reports", "quoted": "410", "unit": "reports"})
    citations.cite(session, id, "Board paper")
    records.hide(session, [id])
    assert [c.place for c in citations.of(session, id)] == ["Board paper"]
