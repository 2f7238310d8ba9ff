"""A paper as a ready-made e-mail: to those who were at the meeting, or to the body that it is about, with the paper attached as a Word document."""

from __future__ import annotations

from collections import Counter

from vawg_desktop.domain.dates import bounds
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.document_files import written
from vawg_desktop.exchange.mail import unsent_message
from vawg_desktop.services import agenda, attendance, names, papers
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.office import office_name
from vawg_desktop.services.papers import Asked
from vawg_desktop.services.session import Session


def message(session: Session, kind: str, asked: Asked, *, knowing: bool = False) -> bytes:
    """The e-mail as .eml, unsent, opened by the office's own mail program. Raises what making the paper raises.

    ``knowing``: somebody has seen what the paper warns of.
    """
    made = papers.make(session, kind, asked)
    papers.refuse_unready(made, knowing=knowing)
    title = made.document.title
    words = "\n".join([
        "Dear colleague,", "", f"Please find attached: {title}, as at {made.document.as_at}.", *(_ASKED.get(kind, ())), "",
        f"{made.document.marking}", office_name(session.read()),
    ])  # fmt: skip
    name = "".join(c if c.isalnum() or c in " -" else " " for c in title)
    ending = ".pdf" if made.document.redacted else ".docx"
    return unsent_message(title, ", ".join(addresses(session, kind, asked)), words, [(f"{' '.join(name.split())[:80]}{ending}", written(f"x{ending}", made.document))])


#: What a paper asks of those who get it.
_ASKED = {"minutes": ("If something that you said is not as you said it, please tell us within five working days; the minutes are approved at the next meeting.",)}


def addresses(session: Session, kind: str, asked: Asked) -> list[str]:
    """To whom a paper goes: for minutes those who were there or sent apologies, as their contacts say; for a briefing about a body its mailbox."""
    connection = session.read()
    if kind == "minutes" and asked.about:
        meeting = agenda.find_meeting(session, asked.about[0])
        there = {(fold(one.person), one.partner) for one in attendance.attendance(session, meeting.id) if one.state and one.state != "absent"}
        rows = plain_rows(connection, "SELECT name, partner, email, until_date FROM contact WHERE NOT deleted AND email > '' ORDER BY n", ())
        rows = [r for r in rows if not (r["until_date"] and bounds(str(r["until_date"]))[1] < session.today)]
        called = Counter(fold(str(r["name"])) for r in rows)

        def came(name: str, partner: str) -> bool:
            """Of two people of one name at different bodies the one whose body is noted; a body that is not noted tells nobody apart."""
            return (name, partner) in there or (called[name] == 1 and any(who == name and not (body and partner) for who, body in there))

        return list(dict.fromkeys(str(r["email"]) for r in rows if came(fold(str(r["name"])), str(r["partner"] or ""))))
    if kind == "briefing" and asked.about:
        found = names.find_named(connection, "partner", asked.about[0])
        row = plain_rows(connection, "SELECT shared_mailbox FROM partner WHERE id = ?", (found.id,)) if found is not None else []
        return [str(row[0]["shared_mailbox"])] if row and row[0]["shared_mailbox"] else []
    return []
