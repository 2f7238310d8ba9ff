"""Papers: every number against a count in other words, the past as it was, minutes with every word and nothing private."""

from __future__ import annotations

import contextlib
import email
import email.policy
import random
import re
import subprocess
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.clock import CLOCK, TODAY
from tests.conftest import program
from tests.documents import book_text, docx_text, odt_text, pdf_text
from tests.services.test_demo import filled
from tests.services.test_journey import sample_store
from vawg_desktop.cli import main
from vawg_desktop.domain.dates import last_day
from vawg_desktop.domain.errors import AppError, NotFoundError, RuleError, ValueRefusedError
from vawg_desktop.exchange.document import Document, Figure, Heading, Table, words
from vawg_desktop.exchange.document_files import writer
from vawg_desktop.services import (
    agenda,
    attendance,
    handover,
    lists,
    meeting_notes,
    merging,
    moments,
    names,
    paper_mail,
    papers,
    publications,
    records,
    standing,
)
from vawg_desktop.services.lists import ListQuery, Where
from vawg_desktop.services.overview import pillar_label
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, opening

Row = dict[str, Any]


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    yield sample_store(tmp_path)
    CLOCK.go_to(TODAY)


def put(session: Session, name: str, **fields: str) -> None:
    records.assign(session, name, [Assignment(k, v) for k, v in fields.items()], "told")


def every(session: Session, kind: str) -> list[Row]:
    return [dict(r) for r in lists.plain_rows(session.read(), f'SELECT * FROM "{kind}" WHERE deleted = 0', ())]


def counted(session: Session) -> dict[str, set[str]]:
    """The figures of a board paper, by rows and in other words."""
    today = session.today
    actions, recommendations, gaps, updates = (every(session, k) for k in ("action", "recommendation", "gap", "update"))
    heard: dict[str, list[tuple[str, date | None]]] = {}
    for u in updates:
        heard.setdefault(u["action"], []).append((u["as_at"] or "", last_day(u["as_at"]) if u["as_at"] else None))
    ended = {"complete", "stopped", "superseded"}
    day = today - timedelta(days=120)
    limit = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000
    of_open = [a for a in actions if a["status"] not in ended]

    def due(a: Row) -> date | None:
        stored = a["revised_due"] or a["due"]
        return last_day(stored) if stored else None

    def quiet(a: Row) -> bool:
        if not heard.get(a["id"]) and a["id"][14] == "7" and UUID(a["id"]).int >> 80 >= limit:
            return False  # made since
        last = max(heard.get(a["id"], []), default=("", None), key=lambda pair: pair[0])[1]
        return last is None or last < today - timedelta(days=120)

    def refs(rows: list[Row]) -> set[str]:
        return {r["reference"] for r in rows}

    evidence = {a["reference"] for a in actions if a["status"] == "complete" and int(a["verification"] or 0) >= 2}
    return {
        "recommendations": refs(recommendations),
        "recommendations_open": refs([r for r in recommendations if r["status"] in (None, "open")]),
        "recommendations_closed": refs([r for r in recommendations if r["status"] == "closed"]),
        "actions": refs(actions),
        "actions_proved": evidence,
        "actions_claimed": refs([a for a in actions if a["status"] == "complete"]) - evidence,
        "actions_overdue": refs([a for a in of_open if (d := due(a)) is not None and d < today]),
        "actions_undated": refs([a for a in of_open if due(a) is None]),
        "actions_silent": refs([a for a in of_open if quiet(a)]),
        "gaps_open": refs([g for g in gaps if g["status"] != "closed"]),
    }


def told(session: Session, made: papers.Made) -> dict[str, set[str]]:
    called = {str(i): str(r) for i, r in session.read().exec_driver_sql("SELECT id, reference FROM subject").fetchall()}
    return {f.key: {called[i] for i in f.ids} for f in made.figures if not f.key.startswith("since_")}


def _parts_add_up(session: Session, figures: dict[str, set[str]], expected: dict[str, set[str]]) -> None:
    """Pillars and statuses part what is counted: each record once, and each under what it has."""
    actions = {str(r["reference"]): r for r in lists.plain_rows(session.read(), "SELECT reference, status, x_pillar FROM action WHERE NOT deleted", ())}
    for prefix, key, of in (("status_", "status", None), ("pillar_", "x_pillar", "actions")):
        parts = {k: v for k, v in figures.items() if k.startswith(prefix) and (of is None or k.endswith(of))}
        assert sum(len(v) for v in parts.values()) == len(expected["actions"]) and set().union(*parts.values()) == expected["actions"]
        for name, refs in parts.items():
            assert {str(actions[r][key] or ("not_known" if key == "status" else "none")) for r in refs} == {name.removeprefix(prefix).removesuffix("_actions")}
    for ends, whole in (("_recommendations", "recommendations"), ("_overdue", "actions_overdue"), ("_evidence_awaited", "actions_claimed")):
        assert set().union(*(v for k, v in figures.items() if k.startswith("pillar_") and k.endswith(ends))) == expected[whole]


def tables(document: Document) -> dict[str, list[list[str]]]:
    return {b.title: [[words(c) for c in row] for row in b.rows] for b in document.blocks if isinstance(b, Table)}


@pytest.mark.parametrize("of", ["sample", "worked", "county"])
def test_every_figure_of_a_board_paper_is_a_count_of_rows(session: Session, tmp_path: Path, of: str) -> None:
    if of == "county":
        session = filled(tmp_path, "county")
    if of == "worked":
        put(session, "A-0005", due="2026-01-31", status="in_progress")
        put(session, "A-0006", status="complete", verification="3")
        put(session, "A-0007", status="complete", restriction="A live case")
        records.hide(session, ["A-0008"])
        records.add_update(session, "A-0005", {"narrative": "Begun", "as_at": "2026-11-01"})
    made = papers.board(session, Asked())
    expected = counted(session)
    figures = told(session, made)
    assert {k: v for k, v in figures.items() if not k.startswith(("pillar_", "status_"))} == expected
    _parts_add_up(session, figures, expected)
    shown = tables(made.document)
    says = {f.key: f.says for f in made.figures}
    assert {row[0]: row[1] for row in shown["The figures of this paper"]} == {says[k]: f"{len(v):,}" for k, v in expected.items()}
    annex = {row[0]: (row[1], set(row[2].split(", ")) - {""}) for row in shown["Records counted"]}
    assert annex == {says[k]: (f"{len(v):,}", v) for k, v in figures.items()}
    pillars = Counter({row[0]: int(row[2].replace(",", "")) for row in shown["By pillar"]})
    kept = dict(session.read().exec_driver_sql("SELECT x_pillar, count(*) FROM action WHERE deleted = 0 GROUP BY x_pillar").fetchall())
    assert +pillars == Counter({pillar_label(str(key)): number for key, number in kept.items()})
    assert "A live case" not in str(made.document) and (of != "worked" or "1 restricted record named by reference alone." in made.document.lines)
    for condition, key in (("overdue", "actions_overdue"), ("claimed", "actions_claimed"), ("silent", "actions_silent"), ("no_date", "actions_undated")):
        assert lists.count(session, ListQuery("action", where=(Where(condition, "yes"),))) == len(expected[key])


def position(session: Session, upto: int | None = None, day: date | None = None) -> dict[str, list[tuple[str, ...]]]:
    found = standing.standing(session, upto, day)
    return {
        "recommendations": [(str(r["reference"]), str(r["status"]), str(r["pillar"]), str(r["lead"])) for r in found.recommendations],
        "actions": [(str(r["reference"]), *(str(r[k]) for k in ("title", "status", "due", "revised_due", "verification", "accountable", "pillar", "serves", "heard"))) for r in found.actions],
        "gaps": [(str(r["reference"]), str(r["status"]), str(r["severity"])) for r in found.gaps],
        "overdue": [(str(r["reference"]),) for r in found.overdue()],
        "silent": [(str(r["reference"]),) for r in found.silent()],
    }


@pytest.mark.parametrize("seed", range(4))
def test_the_past_is_as_it_was(session: Session, seed: int) -> None:
    chance = random.Random(seed)
    day = date(2026, 1, 5)
    kept: list[tuple[date, dict[str, list[tuple[str, ...]]]]] = []
    for _ in range(12):
        CLOCK.go_to(day)
        for _ in range(6):
            _work(session, chance, day)
        kept.append((day, position(session)))
        day += timedelta(days=chance.randrange(1, 40))
    CLOCK.go_to(day)
    for then, expected in kept:
        got = position(session, moments.point(session, then.isoformat()), then)
        for key in expected:
            assert sorted(set(got[key]) - set(expected[key]))[:2] == sorted(set(expected[key]) - set(got[key]))[:2], (then, key)


def _work(session: Session, chance: random.Random, day: date) -> None:
    action = f"A-{chance.randrange(1, 23):04d}"
    kind = chance.randrange(7)
    try:
        if kind == 0:
            put(session, action, status=chance.choice(["in_progress", "complete", "not_started", "stopped"]))
        elif kind == 1:
            put(session, action, revised_due=(day + timedelta(days=chance.randrange(-60, 200))).isoformat())
        elif kind == 2:
            records.hide(session, [action], hidden=chance.random() < 0.7)
        elif kind == 3:
            records.assign(session, action, [Assignment("recommendations", f"R-{chance.randrange(1, 15):04d}", chance.choice(["+=", "-="]))], "x")
        elif kind == 4:
            records.add_update(session, action, {"narrative": "Told", "as_at": (day - timedelta(days=chance.randrange(0, 90))).isoformat()})
        elif kind == 5:
            put(session, f"R-{chance.randrange(1, 15):04d}", pillar=chance.choice(["prevention", "engagement", "rehabilitation"]))
        else:
            records.create(session, "action", {"title": f"New {chance.random()}", "recommendations": f"R-{chance.randrange(1, 15):04d}", "due": "2026-06-30"})
    except AppError:
        return  # what the program refuses changes nothing, then or now


def test_a_paper_of_a_past_day_counts_that_day(session: Session) -> None:
    CLOCK.go_to(date(2026, 3, 1))
    put(session, "A-0005", due="2026-02-01", status="in_progress")
    CLOCK.go_to(date(2026, 4, 1))
    put(session, "A-0005", status="complete")
    before, now = (papers.board(session, Asked(as_at=day)) for day in ("2026-03-15", ""))
    numbers = [{f.key: f.number for f in made.figures} for made in (before, now)]
    assert [n["actions_overdue"] for n in numbers] == [1, 0] and before.document.as_at == "15 March 2026"
    with pytest.raises(ValueRefusedError, match="is in the future"):
        papers.board(session, Asked(as_at="2027-01-01"))


# -- minutes, action log, card -------------------------------------------------------------------


def meeting_of(session: Session) -> str:
    meeting = records.create(session, "meeting", {"title": "Q3 board", "body": "PDB", "date": session.today.isoformat(), "starts": "10:00", "ends": "11:30", "place": "Sutton Road"})[0]
    for one in ("A-0005", "A-0006", "Staffing", "R-0003", "Any other business"):
        meeting_notes.speak_of(session, meeting, one)
    items = [str(r["id"]) for r in agenda.items(session, meeting)]
    meeting_notes.note(session, items[0], {
        "answer": "The terms are with counsel.", "answer_as": "verbatim", "answered_by": "ACC Jones", "answered_at": "10:20", "judgement": "partly", "asked_of": "Kent Police",
        "follow_up": "Send the draft terms", "follow_owner": "Kent Police", "follow_due": "2027-01-31", "remark": "PRIVATEWORD", "undertaking": "To send it", "undertaking_due": "2027-01-31",
    })  # fmt: skip
    meeting_notes.note(session, items[1], {"question": "What is missing?", "asked_by": "The Commissioner", "asked_of": "CPS South East", "answer": "Two tables", "information": "partly_given"})
    records.assign(session, items[2], [Assignment("private", "yes"), Assignment("title", "PRIVATETITLE")], None)
    meeting_notes.note(session, items[2], {"answer": "PRIVATEANSWER", "decision": "PRIVATEDECISION"})
    meeting_notes.note(session, items[3], {"decision": "The survey starts in May", "decided_by": "The Commissioner"})
    attendance.note_attendance(session, meeting, [attendance.Attends("Ann Chair", "", "", "", "present", "Trustee of a charity"), attendance.Attends("Bea Two", "", "", "", "apologies")])
    return meeting


def test_minutes_hold_every_word_said_and_nothing_private(session: Session, tmp_path: Path) -> None:
    meeting = meeting_of(session)
    made = papers.make(session, "minutes", Asked((meeting,)))
    read: dict[str, Any] = {".docx": docx_text, ".odt": odt_text, ".pdf": lambda content: pdf_text(content, tmp_path), ".xlsx": book_text}
    for ending in read:
        text = " ".join(read[ending](writer(f"x{ending}")(made.document)).split())
        for said in ("The terms are with counsel.", "ACC Jones", "10:20", "partly assured", "What is missing?", "Two tables", "partly given", "The survey starts in May",
                     "Send the draft terms", "31 January 2027", "Ann Chair", "Trustee of a charity", "Bea Two", "Private item", "Any other business", "Not reached", "Sutton Road", "DRAFT"):  # fmt: skip
            assert said in text, (ending, said)
        assert "PRIVATE" not in text
    assert {f.key: f.number for f in made.figures} == {"questions": 2, "checked": 0, "answered": 2, "decisions": 1}  # what stands in it
    with pytest.raises(ValueRefusedError, match="which meeting"):
        papers.make(session, "minutes", Asked())


def test_a_decision_produces_its_notice(session: Session) -> None:
    meeting_of(session)
    (private, decided) = every(session, "meeting_decision")
    put(session, decided["reference"], reason="Because it is due")
    text = str(papers.make(session, "decision-notice", Asked((decided["reference"],))).document)
    assert all(w in text for w in ("The survey starts in May", "Because it is due", "The Commissioner", "Q3 board"))
    put(session, private["reference"], restriction="Staffing")
    with pytest.raises(AppError, match="restricted"):
        papers.make(session, "decision-notice", Asked((private["reference"],)))


def test_minutes_go_to_those_who_were_there(session: Session) -> None:
    meeting = meeting_of(session)
    records.create(session, "contact", {"name": "Ann Chair", "partner": "Kent Police", "email": "ann@example.org"})
    records.create(session, "contact", {"name": "Bea Two", "partner": "Kent Police", "email": "bea@example.org", "until_date": "2020-01-01"})
    records.create(session, "contact", {"name": "Cy Absent", "partner": "Kent Police", "email": "cy@example.org"})
    read = email.message_from_bytes(paper_mail.message(session, "minutes", Asked((meeting,))), policy=email.policy.default)
    assert (read["To"], read["X-Unsent"], read["Subject"]) == ("ann@example.org", "1", "Minutes: Q3 board")
    (attached,) = read.iter_attachments()
    assert "The terms are with counsel." in docx_text(attached.get_content()) and attached.get_filename() == "Minutes Q3 board.docx"
    police = names.find_named(session.read(), "partner", "Kent Police")
    assert police is not None
    put(session, police.reference, shared_mailbox="vawg@example.org")
    assert paper_mail.addresses(session, "briefing", Asked(("Kent Police",))) == ["vawg@example.org"]


def test_the_action_log_lists_what_is_not_done(session: Session) -> None:
    meeting = meeting_of(session)
    log = tables(papers.make(session, "action-log", Asked((meeting,))).document)["Actions and undertakings"]
    follow = every(session, "action")[-1]["reference"]
    assert [row[1] for row in log] == [follow] and log[0][2:] == ["Send the draft terms", "Kent Police", "31 January 2027", "Not started"]
    records.assign(session, "CH-0001", [Assignment("follow_up", "")], None)
    log = tables(papers.make(session, "action-log", Asked((meeting,))).document)["Actions and undertakings"]
    assert [row[2] for row in log] == ["To send it"]
    records.assign(session, "CH-0001", [Assignment("restriction", "Told in confidence")], None)
    assert "To send it" not in str(papers.make(session, "action-log", Asked()).document)


def test_the_answer_card_says_what_became_of_a_recommendation(session: Session) -> None:
    put(session, "R-0003", public_wording="The survey began in May.", target_date="2026-12")
    made = papers.make(session, "answer-card", Asked(("r3",)))
    text = str(made.document)
    assert "The survey began in May." in text and "December 2026" in text and {f.key for f in made.figures} == {"complete", "actions"}
    put(session, "R-0003", restriction="A case")
    hidden = papers.make(session, "answer-card", Asked(("R-0003",)))
    assert "The survey" not in str(hidden.document) and "restricted" in str(hidden.document)
    with pytest.raises(ValueRefusedError, match="not a recommendation"):
        papers.make(session, "answer-card", Asked(("A-0001",)))
    with pytest.raises(NotFoundError):
        papers.make(session, "answer-card", Asked(("R-9999",)))


def test_independent_bodies_are_neither_rated_nor_judged_in_the_audit(session: Session) -> None:
    put(session, "A-0006", accountable="CPS South East", due="2020-01-01", status="in_progress")
    made = papers.make(session, "audit", Asked())
    shown = tables(made.document)
    assert "CPS South East" not in [row[0] for row in shown["Progress by agency"]] and "CPS South East" in [row[0] for row in shown["Contributions invited"]]
    bodies = {str(i): str(n) for i, n in session.read().exec_driver_sql("SELECT id, coalesce(short_name, name) FROM partner").fetchall()}
    recount = Counter(bodies.get(a["accountable"], "Nobody") for a in every(session, "action"))
    assert {row[0]: int(row[1]) for t in ("Progress by agency", "Contributions invited") for row in shown[t]} == dict(recount)


def test_a_briefing_of_a_partner_and_of_a_recommendation(session: Session) -> None:
    meeting_of(session)
    police = papers.make(session, "briefing", Asked(("Kent Police",)))
    assert "The terms are with counsel." in str(police.document) and "PRIVATEWORD" not in str(police.document)
    kent = names.find_named(session.read(), "partner", "Kent Police")
    assert kent is not None
    assert {f.key: f.number for f in police.figures}["actions"] == sum(1 for a in every(session, "action") if a["accountable"] == kent.id)
    assert "R-0003" in papers.make(session, "briefing", Asked(("R-0003",))).document.title
    for wrong in ((), ("A-0001",), ("Nobody",)):
        with pytest.raises(ValueRefusedError):
            papers.make(session, "briefing", Asked(wrong))


def test_a_handover_pack_names_every_open_item_with_what_becomes_of_it(session: Session) -> None:
    for wrong in (("A-0005", "kept"), ("A-0005", "varied"), ("A-0005", "transferred"), ("E-0001", "adopted")):
        with pytest.raises((ValueRefusedError, NotFoundError)):
            handover.decide(session, *wrong)
    handover.decide(session, "R-0003", "adopted", "Kent Police", accepted_by="The Mayor's office")
    handover.decide(session, "A-0005", "varied", words="Quarterly, not monthly")
    handover.decide(session, "A-0005", "ended", words="Done elsewhere")
    made = papers.make(session, "handover", Asked())
    actions, recommendations = every(session, "action"), every(session, "recommendation")
    of_open = [a for a in actions if a["status"] not in ("complete", "stopped", "superseded")]
    numbers = {f.key: f.number for f in made.figures}
    assert numbers["open_action"] == len(of_open) and numbers["open_recommendation"] == len([r for r in recommendations if r["status"] == "open"])
    assert (numbers["accepted_recommendation"], numbers["accepted_action"]) == (1, 0)
    shown = {row[0]: row for t in ("Open recommendations", "Open actions") for row in tables(made.document)[t]}
    assert shown["R-0003"][3:5] == ["Adopted", "Kent Police"] and shown["R-0003"][6].startswith("The Mayor's office, ")
    assert shown["A-0005"][3:] == ["Ended", "", "Done elsewhere", "Not accepted yet"] and len(every(session, "handover_item")) == 2
    assert shown["R-0002"][3] == "Not decided"


def test_a_data_set_gives_what_owners_have_cleared(session: Session) -> None:
    seen = records.create(session, "indicator", {"title": "Victims seen", "count_unit": "victims", "definition": "Seen once or more", "owner": "Kent Police"})[0]
    for period, value, cleared in (("2026-04", "41", "Data lead"), ("2026-05", "7", "Data lead"), ("2026-06", "55", "")):
        records.create(session, "indicator_value", {"indicator": seen, "period": period, "value": value, "cleared_by": cleared, "cleared_on": "2026-07-01" if cleared else ""})
    made = papers.make(session, "data-set", Asked())
    rows = list(tables(made.document)["Values by period"])
    assert [(row[2], row[4]) for row in rows] == [("41", "Data lead, 1 Jul 2026"), ("kept back", "Data lead, 1 Jul 2026"), ("", "Not cleared")]
    assert "55" not in str(list(rows)) and {f.key: f.number for f in made.figures} == {"shared": 2, "not_cleared": 1}
    assert [row[1] for row in tables(papers.make(session, "data-set", Asked(since="2026-05-01")).document)["Values by period"]] == ["May 2026", "June 2026"]


@pytest.mark.parametrize(("kind", "about"), [("board", ""), ("handover", ""), ("data-set", ""), ("panel-update", ""), ("audit", ""), ("action-log", ""), ("answer-card", "R-0003"), ("briefing", "Kent Police")])
def test_the_command_writes_each_paper_and_names_its_figures(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str, about: str) -> None:
    path = str(session.store.path)
    session.store.close()
    out = tmp_path / f"{kind}.docx"
    assert main(["report", path, kind, "--out", str(out), *(["--about", about] if about else []), "--json"]) == 0
    assert out.exists() and '"figures"' in capsys.readouterr().out
    assert main(["report", path, "foi", "--out", str(out)]) == 1


def _unpacked(content: bytes) -> bytes:
    found = [content]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        with contextlib.suppress(zlib.error):
            found.append(zlib.decompress(stream))
    return b"\n".join(found)


@pytest.mark.parametrize("kind", ["board", "minutes", "action-log", "briefing", "panel-update", "audit", "answer-card", "data-set", "handover"])
def test_a_paper_as_pdf_is_tagged(session: Session, tmp_path: Path, kind: str) -> None:
    """Headings, tables with header cells, figures with alternative text, language and title, as poppler's tools and the file's bytes say."""
    tool = program("pdfinfo")
    if tool is None:
        pytest.skip("poppler is not installed")
    meeting = meeting_of(session)
    put(session, "A-0005", due="2026-01-31", status="in_progress")
    about = {"minutes": meeting, "board": meeting, "briefing": "R-0003", "answer-card": "R-0003"}.get(kind)
    made = papers.make(session, kind, Asked((about,) if about else ()))
    path = tmp_path / "paper.pdf"
    path.write_bytes(writer("x.pdf")(made.document))
    facts, structure = (subprocess.run([tool, *more, str(path)], capture_output=True, text=True, check=True).stdout for more in ((), ("-struct-text",)))
    assert re.search(r"Tagged:\s+yes", facts) and made.document.title in facts
    assert re.search(r"^  H1\b", structure, re.MULTILINE)
    headings = [b for b in made.document.blocks if isinstance(b, Heading)]
    assert len(re.findall(r"^ +H[2-6]\b", structure, re.MULTILINE)) == len(headings)
    tables = [b for b in made.document.blocks if isinstance(b, Table)]
    assert len(re.findall(r"^ +Table\b", structure, re.MULTILINE)) == len(tables) and len(re.findall(r"^ +TH\b", structure, re.MULTILINE)) == sum(len(t.heads) for t in tables)
    figures = [b for b in made.document.blocks if isinstance(b, Figure)]
    raw = _unpacked(path.read_bytes())
    assert raw.count(b"/Alt") >= len(figures) and re.search(rb"/Lang ?\(en-GB\)", raw)


def test_minutes_are_checked_by_those_who_spoke(session: Session) -> None:
    meeting = meeting_of(session)
    first = every(session, "challenge")[0]
    assert "0 of 2 answers checked" in " ".join(papers.make(session, "minutes", Asked((meeting,))).document.lines)
    put(session, str(first["reference"]), checked_by="ACC Jones")
    row = every(session, "challenge")[0]
    assert row["checked_on"] == session.today.isoformat()
    made = papers.make(session, "minutes", Asked((meeting,)))
    (table,) = [b for b in made.document.blocks if isinstance(b, Table) and b.title.startswith("Answers and who")]
    assert [r[2] for r in table.rows] == ["ACC Jones", "Not checked yet"] and "1 of 2 answers checked" in " ".join(made.document.lines)
    put(session, str(first["reference"]), answer="The terms are with leading counsel.")
    row = every(session, "challenge")[0]
    assert row["checked_by"] is None and row["checked_on"] is None  # what was found right no longer stands there


def test_every_number_of_the_audit_has_the_actions_that_it_counts(session: Session, tmp_path: Path) -> None:
    """And with those of independent bodies it is every action, one of a body that was deleted since included."""
    session = filled(tmp_path, "county")
    owner = session.read().exec_driver_sql("SELECT p.reference FROM partner p JOIN action a ON a.accountable = p.id AND NOT a.deleted WHERE p.standing <> 'independent' ORDER BY p.n DESC LIMIT 1").scalar()
    records.hide(session, [str(owner)])
    made = papers.make(session, "audit", Asked())
    shown, figures = tables(made.document), {f.says: f.number for f in made.figures}
    for agency, *numbers in shown["Progress by agency"]:
        for number, says in zip(numbers, ("actions", "complete, evidence seen", "complete, evidence awaited", "overdue"), strict=True):
            assert figures.get(f"{agency}: {says}", 0) == int(number.replace(",", ""))
    everybody = sum(int(row[1].replace(",", "")) for title in ("Progress by agency", "Contributions invited") for row in shown[title])
    assert everybody == session.read().exec_driver_sql("SELECT count(*) FROM action WHERE NOT deleted").scalar()
    assert "of independent bodies are not counted here" in str(made.document.blocks)


def test_papers_name_what_two_sides_said_differently(session: Session, tmp_path: Path) -> None:
    meeting = records.create(session, "meeting", {"title": "Q3 board", "body": "PDB", "date": TODAY.isoformat()})[0]
    question = records.create(session, "challenge", {"question": "How far is it?", "meeting": meeting, "about": "A-0005", "status": "asked"})[0]
    laptop = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "laptop.vawg")), "B. Officer")
    for one, answer in ((session, "It is done"), (laptop, "It is not done")):
        records.assign(one, question, [Assignment("answer", answer)], "told")
    put(session, "A-0005", status="complete")
    records.assign(laptop, "A-0005", [Assignment("status", "stopped")], "told")
    merging.merge(session, laptop.store)
    laptop.store.close()
    reference = names.find(session.read(), question).reference
    for kind, about, wanted in (("minutes", (meeting,), reference), ("action-log", (), reference), ("board", (), "A-0005")):
        lines = papers.make(session, kind, Asked(about)).document.lines
        assert any("Two values wait to be chosen between" in line and wanted in line for line in lines), (kind, lines)


def test_what_follows_up_a_private_item_stays_off_paper(session: Session) -> None:
    meeting = records.create(session, "meeting", {"title": "Q3 board", "body": "PDB", "date": TODAY.isoformat(), "starts": "09:00"})[0]
    item = meeting_notes.speak_of(session, meeting, "A-0005").item
    records.assign(session, item, [Assignment("private", "yes")], None)
    meeting_notes.note(session, item, {"answer": "In confidence", "follow_up": "PRIVATEFOLLOW interview", "follow_owner": "Kent Police", "follow_due": "2026-01-31"})
    for kind in ("board", "action-log", "minutes", "handover"):
        assert "PRIVATEFOLLOW" not in str(papers.make(session, kind, Asked((meeting,) if kind != "handover" else ())).document), kind


def test_a_past_paper_says_what_was_known_then_and_no_more(session: Session) -> None:
    put(session, "R-0003", title="As it was called")
    CLOCK.go_to(TODAY + timedelta(days=5))
    put(session, "R-0003", title="As it is called now")
    records.create(session, "response", {"recommendation": "R-0003", "partner": "Kent Police", "answer": "accepted"})
    then = papers.make(session, "answer-card", Asked(("R-0003",), as_at=TODAY.isoformat())).document
    assert "As it was called" in then.title and "Response of Kent Police: accepted" not in str(then.blocks)
    with pytest.raises(ValueRefusedError, match="knew nothing yet"):
        papers.make(session, "board", Asked(as_at="2000-01-01"))
    heads = tables(papers.make(session, "audit", Asked(as_at=TODAY.isoformat())).document)["Heads of the change log"]
    now = tables(papers.make(session, "audit", Asked()).document)["Heads of the change log"]
    assert heads != now


def test_a_new_edition_says_so_and_is_of_the_same_paper(session: Session, tmp_path: Path) -> None:
    send = publications.Sending("The board")
    first = publications.publish(session, "panel-update", Asked(), tmp_path / "a.docx", send)
    second = publications.publish(session, "panel-update", Asked(), tmp_path / "b.docx", replace(send, corrects=first.reference, correction="A wrong date"))
    third = publications.publish(session, "panel-update", Asked(), tmp_path / "c.docx", replace(send, corrects=first.reference, correction="Another"))
    editions = {r["reference"]: r["edition"] for r in publications.listed(session)}
    assert [editions[one.reference] for one in (first, second, third)] == [1, 2, 3]
    with zipfile.ZipFile(tmp_path / "b.docx") as archive:
        words = archive.read("word/document.xml").decode()
    assert "Edition 2, in place of PB-0001" in words and "A wrong date" in words
    one, other = (publications.publish(session, "answer-card", Asked((r,)), tmp_path / f"{r}.docx", send).reference for r in ("R-0001", "R-0002"))
    with pytest.raises(RuleError, match="about another record"):
        publications.publish(session, "answer-card", Asked(("R-0002",)), tmp_path / "d.docx", replace(send, corrects=one, correction="x"))
    with pytest.raises(RuleError, match="is not deleted"):
        records.assign(session, other, [Assignment("deleted", "yes")], "tidy")
    with pytest.raises(RuleError, match="is not deleted"):
        records.hide(session, [other])


def test_minutes_that_nobody_checked_leave_as_a_draft(session: Session, tmp_path: Path) -> None:
    meeting = records.create(session, "meeting", {"title": "Q3 board", "body": "PDB", "date": TODAY.isoformat()})[0]
    records.create(session, "challenge", {"question": "How far?", "meeting": meeting, "status": "answered", "answer": "Half way"})
    publications.publish(session, "minutes", Asked((meeting,)), tmp_path / "m.docx", publications.Sending("The board"))
    publications.publish(session, "minutes", Asked((meeting,)), tmp_path / "n.docx", publications.Sending("The board", stage="approved"))
    assert [r["stage"] for r in publications.listed(session)] == ["draft", "approved"]
    assert "Approved minutes" in zipfile.ZipFile(tmp_path / "n.docx").read("word/document.xml").decode() and "DRAFT" in zipfile.ZipFile(tmp_path / "m.docx").read("word/document.xml").decode()


@pytest.mark.parametrize("words", [
    ["audit", "--since", "last PDB"], ["action-log", "--since", "2026-01-01"], ["handover", "--about", "R-0001"], ["panel-update", "--about", "R-0001"], ["answer-card", "--about", "R-0001", "--about", "R-0002"],
    ["journey-map", "--as-at", "2025-01-01"], ["service-directory", "--since", "2025-01-01"], ["board", "--to", "The board"], ["board", "--why", "A reason"],
])  # fmt: skip
def test_what_a_paper_takes_no_notice_of_is_refused(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    out = tmp_path / "paper.docx"
    assert main(["report", str(session.store.path), *words, "--out", str(out)]) == 1
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and not out.exists()


def test_nothing_that_leaves_is_written_over_a_store(session: Session, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = session.store.path
    for said in (["template", str(store), "board", "--starter", str(store)], ["calendar", str(store), "--out", str(store)], ["report", str(store), "board", "--out", str(store)]):
        assert main(said) == 1, said
        assert capsys.readouterr().out == ""
    assert store.read_bytes().startswith(b"SQLite format") and main(["check", str(store)]) == 0
