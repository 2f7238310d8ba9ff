"""The kinds of record that the program keeps for its own book-keeping: rounds, returns, what was decided, settings, lists taken in, links."""

from __future__ import annotations

from vawg_desktop.domain import terms as t
from vawg_desktop.domain.fields import EntitySpec, long, ref, term, text, when, whole
from vawg_desktop.domain.shared_fields import NOTE

ROUND = EntitySpec("round", "Return round", "Return rounds", "Q", "period", (
    text("period", "Period", required=True),
    term("kind", "Kind", t.ROUND_KIND, default="progress"),
    when("due", "Due"),
    ref("meeting", "For the board", "meeting"),
    NOTE,
), system=True)  # fmt: skip

RETURN = EntitySpec("return", "Return", "Returns", "RT", "reference", (
    ref("round", "Round", "round", required=True),
    ref("partner", "Partner", "partner", required=True),
    whole("version", "Version", 1, 9999),
    when("due", "Due"),
    when("sent", "Sent"),
    text("secret", "Secret", private=True),
    long("base", "What was sent", private=True),
    text("file_sha256", "File's SHA-256", names_file=True),
    text("file_name", "File name"),
    NOTE,
), system=True, own_day=("sent",))  # fmt: skip

SUBMISSION = EntitySpec("submission", "Submission", "Submissions", "SB", "file_name", (
    ref("return", "Return", "return", required=True),
    ref("partner", "Partner", "partner"),
    text("file_sha256", "File's SHA-256", names_file=True),
    text("file_name", "File name"),
    when("received", "Received"),
    term("channel", "Channel", t.CHANNEL, default="return"),
    text("informant", "Completed by"),
    text("cleared_by", "Cleared by"),
    term("state", "State", t.SUBMISSION_STATE, default="in_review"),
    long("content", "What came", private=True),
    NOTE,
), system=True, own_day=("received",), by_content=True)  # fmt: skip

DECISION = EntitySpec("decision", "Decision", "Decisions", "D", "field", (
    ref("submission", "Submission", "submission", required=True),
    text("record", "Record", names_record=True),
    text("field", "Field"),
    term("decision", "Decision", t.DECISION),
    long("value", "Value"),
    long("reason", "Reason"),
    NOTE,
), system=True, parent="submission", by_content=True)  # fmt: skip

REMINDER = EntitySpec("reminder", "Reminder", "Reminders", "RM", "step", (
    ref("return", "Return", "return", required=True),
    term("step", "Step", t.CHASE_STEP, required=True),
    when("made", "Made"),
    when("due", "Due from then on"),
    text("agreed_by", "Agreed by"),
    long("wording", "Wording"),
    NOTE,
), system=True, parent="return")  # fmt: skip

SETTING = EntitySpec("setting", "Office setting", "Office settings", "ST", "name", (
    text("name", "Name", required=True),
    long("value", "Value"),
    NOTE,
), system=True)  # fmt: skip

#: A list that was taken in, known by its name and headings: the same in every store that took it.
TRACKER = EntitySpec("tracker", "Imported tracker", "Imported trackers", "TK", "name", (
    text("name", "Name", required=True),
    long("headings", "Headings", private=True),
    long("mapping", "What each column is", private=True),
    long("answers", "Questions answered", private=True),
    NOTE,
), system=True, kept_by_program=True)  # fmt: skip

#: One row of such a list, the record that it is, and what it last held.
TRACKER_ROW = EntitySpec("tracker_row", "Row of a tracker", "Rows of trackers", "TR", "number", (
    ref("tracker", "Tracker", "tracker", required=True),
    text("sheet", "Sheet"),
    text("number", "Number"),
    text("entity", "Kind of record"),
    long("words", "Words", private=True),
    text("beside", "What sets it apart"),
    text("record", "Record", names_record=True),
    long("base", "What it last held", private=True),
    NOTE,
), system=True, kept_by_program=True)  # fmt: skip

#: Cells of a link record (its ends, ``kind``, ``a`` and ``b``, never change).
LINK = EntitySpec("link", "Link", "Links", "", "kind", (
    text("kind", "Kind"),
    text("a", "One end"),
    text("b", "Other end"),
    term("extent", "Extent", t.EXTENT),
    term("strength", "Strength", t.LEVEL, "How strongly a theme bears on it."),
    when("looked", "Looked at again", "When somebody last found that the source still says so.", noted=True),
    text("seen", "Source as it was then", "The entries of the log that said what the source was when it was cited or looked at again.", noted=True, private=True),
    text("part", "Part"),
    when("from_date", "From"),
    when("until_date", "Until"),
    NOTE,
), system=True)  # fmt: skip
