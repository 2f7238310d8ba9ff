"""What left the office as a paper: the file, its figures with the rows they counted, the heads of the log and the rules, kept for ever and given back the same."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from vawg_desktop import __version__
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import bounds, label
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import AppError, NotFoundError, RuleError, ValueRefusedError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.meeting_terms import PAPER_KIND
from vawg_desktop.domain.terms import how_many
from vawg_desktop.exchange.document_files import written
from vawg_desktop.services import agenda, as_at, citations, names, paper_templates, papers
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.paper_parts import DRAFT, heads_known, references
from vawg_desktop.services.papers import Asked, Made
from vawg_desktop.services.session import Session
from vawg_desktop.store.files import write_output

PUBLICATION = BY_KEY["publication"]


#: What a paper bears that anybody may read.
FOR_PUBLICATION = "For publication"
#: Words that name the public as one to whom a paper goes; "Public Health" and the like are bodies.
_PUBLIC = re.compile(r"\bpublic\b(?!\s+(?:health|protection|sector|services?|prosecut\w*|affairs|order|safety|accounts))|\bweb\s?(?:site|page)s?\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sending:
    """To whom a paper goes and who answers for it; ``corrects`` names the publication of which it is a new edition, ``correction`` what changed."""

    to_whom: str
    author: str = ""
    cleared_by: str = ""
    #: A key of ``PAPER_STAGE``; empty for the one that the paper is at.
    stage: str = ""
    corrects: str = ""
    correction: str = ""
    #: The template that the paper is filled into, by name or reference; then it is a Word document.
    template: str = ""
    #: Whether somebody has seen what the paper warns of, such as a passage that was taken out and stands elsewhere.
    knowing: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """A paper that was published: its record, the file that was written, and what changed."""

    id: str
    reference: str
    file: Path
    changes: Changes


def publish(session: Session, kind: str, asked: Asked, out: Path, sending: Sending) -> Published:
    """Make a paper, keep it with its figures and heads, and write it.

    Raises ValueRefusedError where nobody is named to whom it goes, or a new edition says not what changed; NotFoundError; StoreError where the file cannot be written.
    """
    if not sending.to_whom.strip():
        raise ValueRefusedError("Say to whom it goes: a board, the Police and Crime Panel, the public.")
    before = _corrected(session, sending, kind)
    stage = {"stage": sending.stage} if sending.stage else {}
    author = sending.author or session.who
    signed = {k: v for k, v in (("author", author), ("cleared_by", sending.cleared_by)) if v}
    asked = replace(asked, about=_named(session, kind, asked), words={**signed, **asked.words, **stage})
    _same_subject(session, before, asked)
    heads = _heads(session, asked)
    made = papers.make(session, kind, asked)
    made.warnings = [*made.warnings, *_unfit_for_the_public(made, sending.to_whom)]
    papers.refuse_unready(made, knowing=sending.knowing)
    made.document = replace(made.document, lines=[line for line in made.document.lines if line != DRAFT])
    if (sending.stage or made.stage) == "published" and _PUBLIC.search(sending.to_whom) and "SENSITIVE" not in made.document.marking:
        made.document = replace(made.document, lines=[*made.document.lines, FOR_PUBLICATION])
    edition = _edition(session, before)
    if before is not None:
        sent = f" of {label(str(before['sent']))}" if before["sent"] else ""
        says = f"Edition {edition}, in place of {before['reference']}{sent}. What changed: {sending.correction.strip()}"
        made.document = replace(made.document, lines=[*made.document.lines, says])
    content = paper_templates.filled(session, kind, made, sending.template, out.name) if sending.template else written(out.name, made.document)
    sha256 = session.store.files.keep(out.name, content)
    with session.store.write(session.who, f"{PAPER_KIND.label(kind)} to {sending.to_whom.strip()}", Act.PUBLISH) as tx:
        about = list(asked.about)
        meeting = next((i for i in about if tx.connection.exec_driver_sql("SELECT 1 FROM meeting WHERE id = ?", (i,)).fetchone()), None)
        cells: dict[str, Value] = {
            "title": made.document.title, "kind": kind, "edition": edition, "stage": sending.stage or made.stage,
            "as_at": _day(session, asked), "about": about[0] if about else None, "meeting": meeting, "author": author,
            "cleared_by": sending.cleared_by or None, "to_whom": sending.to_whom.strip(), "sent": session.today.isoformat(),
            "corrects": str(before["id"]) if before else None, "correction": sending.correction.strip() or None,
            "heads": json.dumps(heads, sort_keys=True), "figures": frozen(asked, made), "suppressed": "; ".join(made.suppressed) or None, "file_sha256": sha256, "file_name": out.name,
            "marking": "official_sensitive" if "SENSITIVE" in made.document.marking else "official",
        }  # fmt: skip
        id = tx.create(PUBLICATION.key, cells)
        for figure in paper_templates.quoted(session, kind, sending.template) if sending.template else ():
            tx.create("citation", {"about": figure, "place": made.document.title, "cited": session.today.isoformat(), "to_whom": sending.to_whom.strip(), "words": citations.wording(session, figure)})
        write_output(out, content)  # where it cannot be written nothing was published
    return Published(id, references(session.read(), [id])[id], out, tx.changes)


def warnings(session: Session, kind: str, asked: Asked, to_whom: str) -> list[str]:
    """What somebody has to have seen before a paper goes to whom it is meant for, a sentence each. Raises what making the paper raises."""
    if kind != "foi" and not _PUBLIC.search(to_whom):
        return []
    made = papers.make(session, kind, replace(asked, about=_named(session, kind, asked)))
    return [*made.warnings, *_unfit_for_the_public(made, to_whom)]


def _unfit_for_the_public(made: papers.Made, to_whom: str) -> list[str]:
    """What somebody has to have seen before a paper goes to the public: its marking, and what is left to complete; a sentence each."""
    if not _PUBLIC.search(to_whom):
        return []
    told = [f"It is marked {made.document.marking} and would go to “{to_whom.strip()}”."] if "SENSITIVE" in made.document.marking else []
    open_places = str(made.document.blocks).count(papers.TO_COMPLETE)
    return told + ([f"It still says “{papers.TO_COMPLETE}” in {how_many(open_places, 'place')}."] if open_places else [])


def _named(session: Session, kind: str, asked: Asked) -> tuple[str, ...]:
    """The ids of what a paper is about: "next PDB" is another meeting later. Raises NotFoundError."""
    if kind in ("board", "minutes", "action-log"):
        return tuple(agenda.find_meeting(session, one).id for one in asked.about)
    found = [names.maybe_find(session.read(), one) or names.find_named(session.read(), "partner", one) or names.find(session.read(), one) for one in asked.about]
    return tuple(one.id for one in found)


def _heads(session: Session, asked: Asked) -> dict[str, str]:
    """The heads of the log that a paper is made of: those of now, or of the day that it speaks of."""
    return heads_known(session.read(), as_at.moment(session, asked.as_at)[2] if asked.as_at else None)


def _day(session: Session, asked: Asked) -> str:
    return as_at.moment(session, asked.as_at)[0].isoformat() if asked.as_at else session.today.isoformat()


def _corrected(session: Session, sending: Sending, kind: str) -> Mapping[str, object] | None:
    if not sending.corrects:
        return None
    found = names.find(session.read(), sending.corrects, PUBLICATION.key)
    row = plain_rows(session.read(), "SELECT id, reference, kind, edition, about, sent FROM publication WHERE id = ?", (found.id,))[0]
    if row["kind"] != kind:
        raise RuleError(f"{found.reference} is another kind of paper; a new edition is of the same kind.", code="rule_edition")
    if not sending.correction.strip():
        raise ValueRefusedError("A new edition says what changed since the one before.")
    return row


def _same_subject(session: Session, before: Mapping[str, object] | None, asked: Asked) -> None:
    """Raise RuleError where a new edition is about another record than the one that it corrects."""
    about = asked.about[0] if asked.about else None
    if before is not None and (before["about"] or None) != about:
        raise RuleError(f"{before['reference']} is about another record; a new edition is about the same.", code="rule_edition")


def _edition(session: Session, before: Mapping[str, object] | None) -> int:
    """The number of a new edition: one more than the last of those that go back to the same first one."""
    if before is None:
        return 1
    rows = {str(r["id"]): r for r in plain_rows(session.read(), "SELECT id, corrects, edition FROM publication", ())}

    def first(id: str) -> str:
        seen: set[str] = set()
        while (row := rows.get(id)) is not None and row["corrects"] and id not in seen:
            seen.add(id)
            id = str(row["corrects"])
        return id

    root = first(str(before["id"]))
    return 1 + max(int(str(r["edition"] or 1)) for id, r in rows.items() if first(id) == root)


def frozen(asked: Asked, made: Made) -> str:
    """What a paper was asked for and its figures with the records they counted, as one text that is the same whenever it is written."""
    told = {
        "program": __version__, "about": list(asked.about), "since": asked.since, "as_at": asked.as_at,
        "figures": [{"key": f.key, "says": f.says, "number": f.number, "ids": sorted(f.ids)} for f in made.figures], "given": made.given, **({"kept_back": made.kept_back} if made.kept_back else {}),
    }  # fmt: skip
    return json.dumps(told, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Recount:
    """A figure as it was published and as it is counted again today from the same heads; ``cause`` says why they differ, where they do."""

    key: str
    says: str
    number: int
    again: int | None
    cause: str = ""

    def as_json(self) -> dict[str, object]:
        """For the command."""
        return {"key": self.key, "says": self.says, "number": self.number, "recount": self.again, "cause": self.cause}


@dataclass(slots=True)
class Reproduced:
    """A publication given back: the file's bytes and name, the frozen figures as they stand in the record, and a recount beside them."""

    reference: str
    file_name: str
    content: bytes
    figures: str
    recount: list[Recount] = field(default_factory=list[Recount])


def reproduce(session: Session, name: str) -> Reproduced:
    """Give a publication back as it went, and count its figures again from the heads of then. Raises NotFoundError where its file is gone or another one."""
    connection = session.read()
    found = names.find(connection, name, PUBLICATION.key)
    row = plain_rows(connection, "SELECT * FROM publication WHERE id = ?", (found.id,))[0]
    content = session.store.files.get(str(row["file_sha256"]))
    if hashlib.sha256(content).hexdigest() != row["file_sha256"]:
        raise NotFoundError(f"The file of {found.reference} is not the one that was kept; run “check”.", code="file_altered")
    made = Reproduced(found.reference, str(row["file_name"]), content, str(row["figures"] or "{}"))
    made.recount = _recount(session, row)
    return made


def _recount(session: Session, row: Mapping[str, object]) -> list[Recount]:
    told = json.loads(str(row["figures"] or "{}"))
    heads = {place.rpartition("/")[0]: int(place.rpartition("/")[2]) for place in json.loads(str(row["heads"] or "{}"))}
    asked = Asked(tuple(told.get("about", ())), heads=heads, day=bounds(str(row["as_at"]))[1])
    again: dict[str, set[str]] | None
    why = ""
    if row["kind"] not in papers.OF_ANY_DAY:
        why = "Papers of this kind show the position when they were made and are not recounted."
    try:
        again = None if why else {f.key: set(f.ids) for f in papers.make(session, str(row["kind"]), asked).figures}
    except AppError as error:
        again, why = None, error.message
    found: list[Recount] = []
    for figure in told.get("figures", ()):
        key, ids = str(figure["key"]), set(figure["ids"])
        if again is None or key not in again or key.startswith("since_"):
            if again is not None and not key.startswith("since_") and str(told.get("program", "")) == __version__:  # nothing is under that heading any longer
                found.append(Recount(key, figure["says"], figure["number"], 0, _cause(session, ids, __version__)))
                continue
            cause = why or ("What changed between two dates is not counted again." if key.startswith("since_") else "This version of the program does not count it.")
            found.append(Recount(key, figure["says"], figure["number"], None, cause))
            continue
        found.append(Recount(key, figure["says"], figure["number"], len(again[key]), _cause(session, ids ^ again[key], str(told.get("program", "")))))
    return found


def _cause(session: Session, differing: set[str], program: str) -> str:
    """Why a figure counts other records now: they were disposed of, or the program counts otherwise than the version that published."""
    if not differing:
        return ""
    gone = {
        str(i) for (i,) in session.read().exec_driver_sql("SELECT \"row\" FROM \"change\" WHERE act = ?", (Act.DISPOSE.value,)).fetchall()
    }  # fmt: skip
    called = references(session.read(), sorted(differing))
    listed = ", ".join(called.get(i, i) for i in sorted(differing)[:12])
    if differing <= gone:
        return f"Disposed of since: {listed}."
    if program == __version__:
        return f"Other records, because of what came by a merge or changed about what they hang on: {listed}."
    return f"Counted by version {program} and now by {__version__}; other records: {listed}."


def write_again(session: Session, name: str, out: Path) -> Reproduced:
    """Write a publication's file again, byte for byte. Raises what ``reproduce`` raises, ValueRefusedError for another ending, StoreError."""
    made = reproduce(session, name)
    ending = Path(made.file_name).suffix
    if out.suffix.casefold() != ending.casefold():
        raise ValueRefusedError(f"{made.reference} went as {ending}; give the copy that ending, so that it stays the same file.")
    write_output(out, made.content)
    return made


def listed(session: Session) -> list[dict[str, object]]:
    """What was published, the newest last."""
    rows = plain_rows(session.read(), "SELECT * FROM publication WHERE NOT deleted ORDER BY n", ())
    called = references(session.read(), sorted({str(r["corrects"]) for r in rows if r["corrects"]}))
    return [
        {
            "reference": r["reference"], "id": r["id"], "kind": r["kind"], "title": r["title"], "edition": r["edition"], "stage": r["stage"], "as_at": r["as_at"], "sent": r["sent"],
            "to_whom": r["to_whom"], "corrects": called.get(str(r["corrects"])), "correction": r["correction"], "file_sha256": r["file_sha256"], "heads": json.loads(str(r["heads"] or "{}")),
        }
        for r in rows
    ]  # fmt: skip

