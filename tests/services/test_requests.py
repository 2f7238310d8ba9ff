"""Requests for information: everything is gathered, nothing of it is disposed of meanwhile, and no hidden word leaves."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import zlib
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from docx import Document as WordDocument

from tests.conftest import program
from tests.documents import pdf_text
from vawg_desktop.cli import main
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.errors import FileRefusedError, RuleError, ValueRefusedError
from vawg_desktop.domain.request_due import request_due
from vawg_desktop.exchange import held_text
from vawg_desktop.services import (
    attachments,
    merging,
    names,
    office,
    outputs,
    papers,
    publications,
    records,
    request_paper,
    request_search,
    requests,
    safekeeping,
)
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.publications import Sending
from vawg_desktop.services.records import Assignment
from vawg_desktop.services.requests import Item, Passage
from vawg_desktop.services.session import Session
from vawg_desktop.store import copying, opening
from vawg_desktop.store.check import check
from vawg_desktop.store.dispose import Authority, dispose

SUBJECT = "Zebedee Quillfeather"
RETENTION = Authority("A. Officer", "B. Second", "Retention rule 4", "2026-11-20")


def _ask(session: Session, kind: str = "subject_access", words: str = f"{SUBJECT}\nquillfeather@example.org\n07700 900123") -> str:
    id, _ = records.create(session, "information_request", {"title": "Everything you hold on me", "kind": kind, "words": words, "received": "2026-11-02"})
    return id


def _planted(session: Session, tmp_path: Path) -> dict[str, str]:
    """The subject's name in each place that there is; what each says beside the name."""
    planted: dict[str, str] = {}

    def mark(place: str) -> str:
        planted[place] = f"mark-{place.replace(' ', '-')}"
        return planted[place]

    contact, _ = records.create(session, "contact", {"name": SUBJECT, "partner": "Kent Police", "email": f"{mark('own record')}@example.org"})
    records.assign(session, contact, [Assignment("note", f"No name here, {mark('own note')}")], None)
    records.assign(session, "A-0001", [Assignment("note", f"{SUBJECT} rang, {mark('private remark')}")], None)
    records.assign(session, "A-0002", [Assignment("note", f"zebedee QUILLFEATHER’s words, {mark('earlier wording')}")], f"{SUBJECT} asked for it, {mark('reason')}")
    records.assign(session, "A-0002", [Assignment("note", "Reworded")], None)
    records.assign(session, "A-0003", [Assignment("note", f"Call 07700-900 123, {mark('number')}")], None)
    binned, _ = records.create(session, "gap", {"statement": f"Heard of {SUBJECT}, {mark('bin')}"})
    with session.store.write(session.who, None, Act.DELETE) as tx:
        tx.delete("gap", binned)
    other = Session(opening.open_store(copying.take_copy(session.store, tmp_path / "laptop.vawg")), "L. Laptop")
    for one, place in ((session, "one reading"), (other, "other reading")):
        records.assign(one, "A-0004", [Assignment("note", f"{SUBJECT}: {mark(place)}")], None)
    merging.merge(session, other.store)
    other.store.close()
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Attended", SUBJECT, mark("workbook")])
    sheet.append(["Attended", "Somebody else", "not-for-the-subject"])
    book.save(tmp_path / "attendance.xlsx")
    word = WordDocument()
    word.add_paragraph(f"{SUBJECT} said {mark('word')}")
    word.save(str(tmp_path / "note.docx"))
    (tmp_path / "minutes.txt").write_text(f"{SUBJECT}: {mark('text')}\nOthers: not-for-the-subject\n", "utf-8")
    (tmp_path / "scan.pdf").write_bytes(b"%PDF-1.4\n% a picture of a page\n%%EOF")
    for name in ("attendance.xlsx", "note.docx", "minutes.txt", "scan.pdf"):
        attachments.attach(session, "A-0005", tmp_path / name)
    office.save_local(session, "draft", "note A-0009", f"half typed: ({SUBJECT}), {mark('draft')}")
    office.save_local(session, "tray", "tray 1", json.dumps({"cells": [{"value": f"{SUBJECT} {mark('tray')}"}, {"value": "not-for-the-subject"}]}))
    safekeeping.back_up(session, name=f"before {SUBJECT}")
    return planted


def test_every_place_is_searched_and_what_could_not_be_is_listed(sample: Session, tmp_path: Path) -> None:
    planted = _planted(sample, tmp_path)
    request = _ask(sample)
    done = requests.gather(sample, request)
    texts = "\n".join(i.text or "" for i in requests.items(sample, request))
    assert {place: mark for place, mark in planted.items() if mark not in texts} == {}
    assert "not-for-the-subject" not in texts  # of a file the lines that hold the words, and no others
    places = " ".join(i.place for i in requests.items(sample, request))
    assert "in the bin" in places and "earlier wording" in places and "Manifest of the backup" in places and "Draft" in places and "Reason of a change" in places
    assert any("could not be searched as text" in one for one in done.not_searched) and not any("scan.pdf" in one for one in done.not_searched) and any("backup" in one for one in done.not_searched) and any("Working copies" in one for one in done.not_searched)
    assert SUBJECT not in places  # what leaves in a schedule names nobody
    row = sample.read().exec_driver_sql("SELECT status, found, not_searched, due FROM information_request WHERE id = ?", (request,)).one()
    assert row[0] == "gathering" and "Entries of the log" in row[1] and "could not be searched" in row[2] and row[3] == "2026-12-02"
    again = requests.gather(sample, request)
    assert (again.found, again.new, again.changed) == (done.found, 0, 0) and check(sample.store).problems == []


def test_what_was_gathered_is_not_disposed_of_until_the_hold_is_lifted(sample: Session, tmp_path: Path) -> None:
    records.assign(sample, "A-0001", [Assignment("note", f"{SUBJECT} rang-rang")], None)
    request = _ask(sample)
    requests.gather(sample, request)
    action = names.find(sample.read(), "A-0001").id
    for table, id in (("action", action), ("information_request", request)):
        with pytest.raises(RuleError, match="legal hold"):
            dispose(sample.store, table, id, RETENTION)
    with pytest.raises(RuleError, match="not answered"):
        requests.release(sample, request)
    records.assign(sample, request, [Assignment("status", "replied"), Assignment("replied", "2026-11-20")], None)
    requests.release(sample, request)
    dispose(sample.store, "action", action, RETENTION)
    assert b"rang-rang" not in sample.store.path.read_bytes() and not any(i.about == action and i.text for i in requests.items(sample, request))
    assert check(sample.store).problems == []


def _decided(session: Session, request: str) -> list[Item]:
    """Every text decided on: the subject's own given, another person's name taken out, one withheld, one outside."""
    found = requests.items(session, request)
    for n, one in enumerate(found):
        text = one.text or ""
        if "Hidden Witness" in text:
            requests.decide(session, one.id, "in_part", passages=requests.passages_of(text, ["Hidden Witness"], "third_party"))
        elif n == 0:
            requests.decide(session, one.id, "withheld", exemption="privilege")
        else:
            requests.decide(session, one.id, "given")
    return requests.items(session, request)


@pytest.mark.parametrize("ending", [".pdf", ".csv"])
def test_the_redacted_copy_holds_no_hidden_word_in_its_bytes(sample: Session, tmp_path: Path, ending: str) -> None:
    records.assign(sample, "A-0006", [Assignment("note", f"{SUBJECT}: counsel’s advice on liability-word")], None)
    records.assign(sample, "A-0007", [Assignment("note", f"{SUBJECT} came with Hidden Witness, who agreed")], None)
    records.assign(sample, "A-0008", [Assignment("note", f"=SUM(1) {SUBJECT} wrote twice")], None)
    request = _ask(sample)
    requests.gather(sample, request)
    decided = _decided(sample, request)
    assert [i.decision for i in decided].count("in_part") == 1 and [i.decision for i in decided].count("withheld") == 1
    made = papers.make(sample, "foi", Asked((request,)))
    out = tmp_path / f"reply{ending}"
    outputs.save_document(out, made.document)
    seen = pdf_text(out.read_bytes(), tmp_path) if ending == ".pdf" and program("pdftotext") else out.read_text("utf-8-sig") if ending == ".csv" else ""
    raw = _unpacked(out.read_bytes())
    for hidden in ("Hidden Witness", "hidden", "Witness", "liability-word"):
        assert hidden not in seen and hidden.encode() not in raw and hidden.encode("utf-16-be") not in raw and _hexed(hidden) not in raw.lower()
    if seen:
        flat = " ".join(seen.split())
        assert "came with" in flat and "Sch. 2 para. 16" in flat and "Schedule of exemptions" in flat and "wrote twice" in flat
    if ending == ".csv":
        rows = list(csv.reader(io.StringIO(seen)))
        assert not any(cell[:1] in "=+@" for row in rows for cell in row if cell)
    figures = {f.key: f.number for f in made.figures}
    assert figures["texts_in_part"] == 1 and figures["texts_withheld"] == 1 and sum(figures.values()) == len(decided)


def _unpacked(content: bytes) -> bytes:
    """A file with its compressed streams beside it."""
    found = [content]
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            found.append(zlib.decompress(stream))
        except zlib.error:
            continue
    return b"\n".join(found)


def _hexed(text: str) -> bytes:
    return text.encode("utf-16-be").hex().encode()


@pytest.mark.parametrize("ending", [".docx", ".odt", ".xlsx", ".ods", ".txt", ""])
def test_a_redacted_copy_leaves_as_nothing_that_could_be_edited_back(sample: Session, tmp_path: Path, ending: str) -> None:
    request = _ask(sample)
    requests.gather(sample, request)
    with pytest.raises(ValueRefusedError, match="PDF or CSV"):
        outputs.save_document(tmp_path / f"x{ending}", papers.make(sample, "foi", Asked((request,))).document)
    with pytest.raises(ValueRefusedError, match="PDF or CSV"):
        publications.publish(sample, "foi", Asked((request,)), tmp_path / f"x{ending}", Sending("The requester"))
    assert not (tmp_path / f"x{ending}").exists() or ending == ""


def test_an_answer_is_kept_and_given_back(sample: Session, tmp_path: Path) -> None:
    records.assign(sample, "A-0007", [Assignment("note", f"{SUBJECT} came")], None)
    request = _ask(sample)
    requests.gather(sample, request)
    with pytest.raises(RuleError, match="not looked at"):
        publications.publish(sample, "foi", Asked((request,)), tmp_path / "reply.pdf", Sending("The requester"))
    for one in requests.items(sample, request):
        requests.decide(sample, one.id, "given")
    done = publications.publish(sample, "foi", Asked((request,)), tmp_path / "reply.pdf", Sending("The requester"))
    assert publications.reproduce(sample, done.reference).content == (tmp_path / "reply.pdf").read_bytes()


def test_what_is_withheld_needs_its_ground(sample: Session) -> None:
    records.assign(sample, "A-0007", [Assignment("note", f"{SUBJECT} came with another")], None)
    request = _ask(sample, "foi")
    requests.gather(sample, request)
    (item,) = [i for i in requests.items(sample, request) if "Note" in i.place]
    nothing: list[Passage] = []
    for error, decision, exemption, passages in (
        (RuleError, "withheld", "", nothing), (ValueRefusedError, "withheld", "third_party", nothing), (RuleError, "withheld", "s36", nothing), (RuleError, "in_part", "", nothing),
        (ValueRefusedError, "perhaps", "", nothing), (ValueRefusedError, "to_decide", "", nothing), (ValueRefusedError, "in_part", "", [Passage(0, 9999, "s40")]),
        (ValueRefusedError, "in_part", "", [Passage(0, 4, "s40"), Passage(2, 6, "s40")]), (RuleError, "in_part", "", [Passage(0, 4, "s36")]),
    ):  # fmt: skip
        with pytest.raises(error):
            requests.decide(sample, item.id, decision, exemption=exemption, passages=passages)
    requests.decide(sample, item.id, "withheld", exemption="s36", reason="The free and frank exchange of views outweighs it here.")
    requests.decide(sample, item.id, "in_part", passages=requests.passages_of(item.text or "", ["with ANOTHER"], "s40"))
    assert requests.redacted(requests.item(sample, item.id)) == f"{SUBJECT} came [███ FOI s.40]"
    with pytest.raises(ValueRefusedError, match="is not in that"):
        requests.passages_of(item.text or "", ["absent"], "s40")


def test_a_text_that_changed_is_looked_at_again(sample: Session) -> None:
    records.assign(sample, "A-0007", [Assignment("note", f"{SUBJECT} came")], None)
    request = _ask(sample)
    requests.gather(sample, request)
    (item,) = [i for i in requests.items(sample, request) if "Note" in i.place]
    requests.decide(sample, item.id, "given")
    records.assign(sample, "A-0007", [Assignment("note", f"{SUBJECT} came with Hidden Witness")], None)
    (now,) = [i for i in requests.items(sample, request) if i.id == item.id]
    assert now.changed and now.decision == "to_decide" and requests.redacted(now) == ""
    with pytest.raises(RuleError, match="changed"):
        requests.decide(sample, item.id, "given")
    again = requests.gather(sample, request)
    assert again.changed == 1 and again.new == 1  # and its earlier wording by itself


def test_a_passage_that_stands_elsewhere_is_told(sample: Session) -> None:
    for ref in ("A-0007", "A-0008"):
        records.assign(sample, ref, [Assignment("note", f"{SUBJECT} came with Hidden Witness to {ref}")], None)
    request = _ask(sample)
    requests.gather(sample, request)
    first, other = [i for i in requests.items(sample, request) if "Note" in i.place]
    requests.decide(sample, first.id, "in_part", passages=requests.passages_of(first.text or "", ["Hidden Witness"], "third_party"))
    requests.decide(sample, other.id, "given")
    told = request_paper.left_standing(requests.items(sample, request))
    assert len(told) == 1 and "Hidden" not in told[0]


def test_two_laptops_gather_the_same_texts(sample: Session, tmp_path: Path) -> None:
    records.assign(sample, "A-0007", [Assignment("note", f"{SUBJECT} came")], None)
    request = _ask(sample)
    laptop = Session(opening.open_store(copying.take_copy(sample.store, tmp_path / "b.vawg")), "B. Deputy")
    requests.gather(sample, request)
    requests.gather(laptop, request)
    done = merging.merge(sample, laptop.store)
    assert done.conflicts == [] and len({i.id for i in requests.items(sample, request)}) == len(requests.items(sample, request)) == len(requests.items(laptop, request))
    laptop.store.close()


@pytest.mark.parametrize(
    ("kind", "received", "due"),
    [
        ("foi", date(2026, 11, 2), date(2026, 11, 30)), ("foi", date(2026, 12, 18), date(2027, 1, 20)), ("eir", date(2026, 11, 2), date(2026, 11, 30)),
        ("subject_access", date(2026, 11, 2), date(2026, 12, 2)), ("subject_access", date(2026, 1, 31), date(2026, 3, 2)), ("subject_access", date(2026, 12, 15), date(2027, 1, 15)),
    ],
)  # fmt: skip
def test_when_an_answer_is_due(kind: str, received: date, due: date) -> None:
    assert request_due(kind, received) == due


def test_the_due_day_follows_the_day_it_came(sample: Session) -> None:
    request = _ask(sample, "foi")

    def due() -> object:
        return sample.read().exec_driver_sql("SELECT due FROM information_request WHERE id = ?", (request,)).one()[0]

    assert due() == "2026-11-30"
    records.assign(sample, request, [Assignment("received", "2026-11-09")], None)
    assert due() == "2026-12-07"
    records.assign(sample, request, [Assignment("due", "2026-12-10")], None)
    records.assign(sample, request, [Assignment("note", "Agreed with the requester")], None)
    assert due() == "2026-12-10"


@pytest.mark.parametrize(("name", "content"), [("a.docx", b"PK\x03\x04 broken"), ("a.pdf", b"%PDF-1.4"), ("a.png", b"\x89PNG"), ("a.odt", b""), ("a.xlsx", b"nothing")])
def test_a_file_without_words_says_so(name: str, content: bytes) -> None:
    with pytest.raises(FileRefusedError):
        held_text.lines_of(name, content)


def test_by_command(sample_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(tmp_path / "s.vawg")
    shutil.copyfile(sample_file, path)

    def run(*words: str) -> tuple[int, str, str]:
        code = main(list(words))
        told = capsys.readouterr()
        return code, told.out, told.err

    run("set", path, "A-0007", f"note={SUBJECT} came with Hidden Witness", "--why", "heard")
    assert run("add", path, "information_request", "title=All about me", "kind=subject_access", f"words={SUBJECT}", "received=2026-11-02", "--why", "received")[0] == 0
    told = json.loads(run("gather", path, "RQ-0001", "--json")[1])
    assert told["found"] == told["new"] == 1 and told["not_searched"]
    assert run("redact", path, "RG-0001", "--decision", "in_part", "--take-out", "Hidden Witness", "--exemption", "third_party")[0] == 0
    assert "Hidden" not in json.loads(run("redact", path, "RG-0001", "--json")[1])["gives"]
    assert run("report", path, "foi", "--about", "RQ-0001", "--out", str(tmp_path / "reply.csv"))[0] == 0
    assert "Hidden" not in (tmp_path / "reply.csv").read_text("utf-8-sig")
    code, out, err = run("report", path, "foi", "--about", "RQ-0001", "--out", str(tmp_path / "reply.xlsx"))
    assert code == 1 and out == "" and "PDF or CSV" in err
    assert run("gather", path, "RQ-0001", "--lift-hold")[0] == 1


def test_a_file_that_cannot_be_read_is_listed_without_its_name(sample: Session, tmp_path: Path) -> None:
    """Its name may say whom it is about, and the list of what could not be searched leaves with the answer."""
    (tmp_path / f"{SUBJECT} medical.pdf").write_bytes(b"%PDF-1.4")
    attachments.attach(sample, "A-0005", tmp_path / f"{SUBJECT} medical.pdf")
    request = _ask(sample)
    requests.gather(sample, request)
    for one in requests.items(sample, request):
        requests.decide(sample, one.id, "withheld", exemption="third_party")
    publications.publish(sample, "foi", Asked((request,)), tmp_path / "answer.csv", Sending("The requester"))
    text = (tmp_path / "answer.csv").read_text("utf-8-sig")
    assert "medical" not in text and "held.pdf" not in text and "could not be searched" in text


def test_words_beside_tabs_and_in_properties_of_a_word_document_are_found(tmp_path: Path) -> None:
    word = WordDocument()
    word.add_paragraph(f"Ms\t{SUBJECT} called")
    word.add_paragraph(SUBJECT.replace(" ", "\t"))
    word.core_properties.author = SUBJECT
    word.save(str(tmp_path / "a.docx"))
    lines = held_text.lines_of("a.docx", (tmp_path / "a.docx").read_bytes())
    assert sum(request_search.SearchWords(SUBJECT).match(line) for line in lines) == 3


def test_words_on_a_link_and_in_another_request_are_found(sample: Session) -> None:
    a, b = (names.find(sample.read(), r).id for r in ("A-0001", "R-0001"))
    with sample.store.write("B. Officer") as tx:
        tx.link("action.recommendations", a, b, {"note": f"{SUBJECT} says only in part"})
    records.create(sample, "information_request", {"title": "Board papers", "kind": "foi", "words": "PDB", "requester": SUBJECT, "received": "2026-11-02"})
    request = _ask(sample)
    requests.gather(sample, request)
    places = sorted(i.place for i in requests.items(sample, request))
    assert len(places) == 2 and places[0].startswith("Link of A-0001") and places[1].endswith("Requester")


def test_a_text_that_no_longer_holds_the_words_stands_in_no_answers_way(sample: Session, tmp_path: Path) -> None:
    records.assign(sample, "A-0005", [Assignment("note", f"Spoke to {SUBJECT}")], None)
    request = _ask(sample)
    requests.gather(sample, request)
    records.assign(sample, "A-0005", [Assignment("note", "Spoke to them")], None)
    requests.gather(sample, request)
    (left,) = requests.items(sample, request)
    assert "earlier wording" in left.place
    requests.decide(sample, left.id, "given")
    publications.publish(sample, "foi", Asked((request,)), tmp_path / "answer.pdf", Sending("The requester"))


def test_a_held_submission_is_not_emptied_by_disposing_of_what_it_speaks_of(sample: Session) -> None:
    action = names.find(sample.read(), "A-0008").id
    with sample.store.write("B. Officer") as tx:
        held = tx.create("submission", {"content": json.dumps({"rows": [{"id": action, "answers": {"narrative": {"value": f"{SUBJECT} told us"}}}]})}, checked=False)
    request = _ask(sample)
    requests.gather(sample, request)
    assert any(i.about == held for i in requests.items(sample, request))
    with pytest.raises(RuleError, match="legal hold"):
        dispose(sample.store, "action", action, RETENTION)
    assert any(i.about == held and i.text for i in requests.items(sample, request))
