"""Boards and their meetings: who sits, what is on the agenda, what was asked, answered and decided, and the papers that were made."""

from __future__ import annotations

from vawg_desktop.domain import meeting_terms as m
from vawg_desktop.domain.fields import EntitySpec, Listed, long, ref, term, text, when, whole, yes_no
from vawg_desktop.domain.shared_fields import MARKING, NOTE, RESTRICTION, SOURCES

GOVERNANCE_BODY = EntitySpec("governance_body", "Governance body", "Governance bodies", "B", "name", (
    text("name", "Name", required=True, search=True, listed=Listed("Body"), room=True),
    text("short_name", "Short name", search=True),
    text("chair", "Chair"),
    text("cadence", "How often it meets", listed=Listed(width=110)),
    whole("paper_days", "Papers due (days before)", 0, 90, "How many days before a meeting its papers are due, unless the meeting gives a date of its own."),
    yes_no("open_to_public", "Open to the public"),
    text("scrutinises", "Scrutinises"),
    long("purpose", "Purpose", search=True),
    SOURCES,
    NOTE,
), listed=("name", "short_name", "cadence"), form=("name", "short_name", "chair", "cadence", "paper_days"))  # fmt: skip

MEMBERSHIP = EntitySpec("membership", "Member", "Members", "MB", "person", (
    ref("governance_body", "Governance body", "governance_body", required=True, listed=Listed(width=200)),
    text("person", "Person", required=True, search=True),
    ref("partner", "From", "partner", listed=Listed(width=160)),
    term("role", "Role", m.MEMBER_ROLE, default="member", listed=Listed(width=110)),
    when("from_date", "From date"),
    when("until_date", "Until", listed=Listed(width=110, empty="Current")),
    NOTE,
), parent="governance_body", listed=("person", "governance_body", "partner", "role", "until_date"), form=("governance_body", "person", "partner", "role", "from_date"))  # fmt: skip

MEETING = EntitySpec("meeting", "Meeting", "Meetings", "M", "title", (
    text("title", "Title", required=True, search=True, room=True),
    ref("body", "Body", "governance_body", listed=Listed(width=150), room=True),
    when("date", "Date", listed=Listed(width=120, empty="No date set"), room=True),
    text("starts", "Starts", "Such as 10:00.", time_of_day=True),
    text("ends", "Ends", time_of_day=True),
    text("place", "Place"),
    text("chair", "Chair of this meeting", "Where it is not the body's own chair."),
    term("status", "Status", m.MEETING_STATUS, default="planned", listed=Listed(width=100)),
    when("papers_due", "Papers due"),
    yes_no("open_to_public", "Open to the public"),
    SOURCES,
    NOTE,
), status="status", finished=frozenset({"held", "cancelled"}), identity=("title", "date"),
   listed=("title", "date", "body", "status"), form=("title", "body", "date", "starts", "ends", "place"),
   filters=(("Planned", "status", "planned"), ("Held", "status", "held")))  # fmt: skip

AGENDA_ITEM = EntitySpec("agenda_item", "Agenda item", "Agenda items", "AI", "title", (
    ref("meeting", "Meeting", "meeting", required=True, listed=Listed(width=180)),
    whole("position", "Order", 0, 9999, listed=Listed("No.", 56), noted=True),
    text("title", "Item", required=True, search=True, room=True),
    term("kind", "Kind", m.AGENDA_KIND, default="other", listed=Listed(width=180), room=True, noted=True),
    text("about", "About", names_record=True),
    whole("minutes", "Minutes", 0, 600, "How long it may take.", room=True),
    text("presenter", "Presented by", room=True),
    term("state", "State", m.ITEM_STATE, default="to_take", listed=Listed(width=120)),
    yes_no("private", "Kept off the room's screen", strictest=(True, None, False)),
    ref("carried_from", "Carried forward from", "agenda_item"),
    NOTE,
), parent="meeting", status="state", finished=frozenset({"taken", "carried", "dropped"}),
   listed=("position", "title", "kind", "state", "meeting"), form=("meeting", "title", "about", "minutes", "presenter"))  # fmt: skip

ATTENDANCE = EntitySpec("attendance", "Attendance", "Attendance", "AT", "person", (
    ref("meeting", "Meeting", "meeting", required=True, listed=Listed(width=180)),
    text("person", "Person", required=True, search=True),
    ref("partner", "From", "partner", listed=Listed(width=160)),
    term("state", "Attendance", m.ATTENDANCE, default="present", listed=Listed(width=150)),
    text("in_place_of", "In place of"),
    term("role", "Role", m.MEMBER_ROLE, "In which role they came: it stays when the body's members change."),
    long("declared", "Interest declared", search=True),
    NOTE,
), parent="meeting", listed=("person", "partner", "state", "meeting"), form=("meeting", "person", "partner", "state", "declared"))  # fmt: skip

CHALLENGE = EntitySpec("challenge", "Challenge", "Challenges", "CH", "question", (
    long("question", "Question", required=True, search=True, room=True),
    ref("meeting", "Meeting", "meeting", listed=Listed(width=150)),
    ref("item", "Agenda item", "agenda_item"),
    text("about", "About", names_record=True),
    text("asked_by", "Asked by", search=True),
    ref("asked_of", "Asked of", "partner", listed=Listed(width=140, empty="Nobody named"), room=True),
    when("asked_on", "Asked on", listed=Listed(width=110)),
    term("status", "Status", m.CHALLENGE_STATUS, default="drafted", listed=Listed(width=120), room=True),
    ref("answered_in", "Answered at", "meeting", "The meeting that it was answered at, where that is a later one."),
    ref("answered_item", "Answered under", "agenda_item", "The item of that meeting under which it was answered."),
    text("answered_by", "Answered by", "Who said it.", search=True, room=True),
    text("answered_at", "At", "The time at which it was said.", time_of_day=True),
    term("answer_as", "Written down", m.ANSWER_AS, default="summary"),
    long("answer", "Answer", search=True, room=True),
    term("judgement", "Assurance", m.ASSURANCE, "Of bodies that are held to account; never of an independent one.", listed=Listed(width=120), room=True),
    term("information", "Information", m.INFORMATION, "Of an independent body, in place of a judgement.", room=True),
    long("undertaking", "Undertaking", search=True, room=True),
    when("undertaking_due", "Undertaking due", room=True),
    when("undertaking_met", "Undertaking met on", "When it was done; until then it is awaited."),
    ref("follow_up", "Follow-up action", "action"),
    text("checked_by", "Checked by", "Who read in the draft minutes what they said, and found it right or had it put right."),
    when("checked_on", "Checked on"),
    MARKING,
    *RESTRICTION,
    NOTE,
), parent="meeting", also_under=("answered_in",), status="status", finished=frozenset({"answered", "withdrawn", "noted"}), owner="asked_of",
   listed=("question", "asked_of", "status", "judgement", "asked_on", "meeting"), form=("meeting", "question", "asked_of", "asked_by", "about"),
   filters=(("No answer yet", "status", "asked"), ("Not assured", "judgement", "not"), ("Partly assured", "judgement", "partly"), ("Not given", "information", "not_given")))  # fmt: skip

MEETING_DECISION = EntitySpec("meeting_decision", "Meeting's decision", "Meetings' decisions", "DN", "words", (
    long("words", "Decision", "Never one in a case: charging, listing and sentence are not recorded here.", required=True, search=True, room=True),
    ref("meeting", "Meeting", "meeting", required=True, listed=Listed(width=180)),
    ref("item", "Agenda item", "agenda_item"),
    text("about", "About", names_record=True),
    term("kind", "Kind", m.DECISION_KIND, default="decided", listed=Listed(width=110), room=True),
    text("made_by", "Made by", room=True),
    long("reason", "Reason", search=True),
    yes_no("notice", "Needs a decision notice"),
    MARKING,
    *RESTRICTION,
    NOTE,
), parent="meeting", listed=("words", "kind", "made_by", "meeting"), form=("meeting", "words", "kind", "made_by", "reason"), counted=("decision", "decisions"))  # fmt: skip

#: What a successor makes of an open item, said by the one who hands over or by the successor itself.
HANDOVER_ITEM = EntitySpec("handover_item", "Handover of an item", "Handover", "HO", "what", (
    text("what", "Item", required=True, search=True),
    text("about", "Of", required=True, names_record=True),
    term("outcome", "What becomes of it", m.SUCCESSION, required=True, listed=Listed(width=180)),
    ref("to", "Goes to", "partner", listed=Listed(width=160)),
    long("words", "In which words", "What the successor changes, or why it ends.", search=True),
    text("accepted_by", "Accepted by", "The person who accepts it for the successor.", listed=Listed("Accepted by", 150, "Not accepted yet")),
    when("accepted_on", "Accepted on"),
    NOTE,
), listed=("what", "outcome", "to", "accepted_by"), form=("what", "about", "outcome", "to", "words", "accepted_by"), counted=("handover", "handovers"))  # fmt: skip

PUBLICATION = EntitySpec("publication", "Publication", "Publications", "PB", "title", (
    text("title", "Title", required=True, search=True, frozen=True),
    term("kind", "Kind", m.PAPER_KIND, required=True, listed=Listed(width=150), frozen=True),
    whole("edition", "Edition", 1, 999, listed=Listed(width=80), frozen=True),
    term("stage", "Stage", m.PAPER_STAGE, default="draft", listed=Listed(width=150)),
    when("as_at", "As at", listed=Listed(width=110), frozen=True),
    text("about", "About", names_record=True, frozen=True),
    ref("meeting", "For the meeting", "meeting", frozen=True),
    text("author", "Author", frozen=True),
    text("cleared_by", "Cleared by", frozen=True),
    text("to_whom", "To whom", search=True, listed=Listed(width=160), frozen=True),
    when("sent", "Sent on", listed=Listed(width=110, empty="Not sent"), frozen=True),
    ref("corrects", "New edition of", "publication", frozen=True),
    long("correction", "What changed", search=True, frozen=True),
    long("heads", "Heads", private=True, frozen=True),
    long("figures", "Figures as they were", private=True, frozen=True),
    long("suppressed", "What was suppressed, and by which rule", frozen=True),
    text("file_sha256", "File's SHA-256", names_file=True, frozen=True),
    text("file_name", "File name", search=True, frozen=True),
    MARKING,
    NOTE,
), system=True, listed=("title", "kind", "edition", "stage", "to_whom", "sent"))  # fmt: skip
