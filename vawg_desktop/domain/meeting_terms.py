"""Vocabularies of boards, their meetings and the papers made for them."""

from __future__ import annotations

from vawg_desktop.domain.conditions import SILENT_DAYS
from vawg_desktop.domain.terms import vocabulary

MEETING_STATUS = vocabulary(
    "status of a meeting",
    ("planned", "Planned"),
    ("held", "Held"),
    ("cancelled", "Cancelled"),
)
MEMBER_ROLE = vocabulary(
    "role on a body",
    ("chair", "Chair"),
    ("member", "Member"),
    ("adviser", "Adviser"),
    ("secretary", "Secretary", "Minutes"),
    ("observer", "Observer"),
)
ATTENDANCE = vocabulary(
    "attendance",
    ("present", "Present"),
    ("by_link", "By video or telephone", "Online", "Remote"),
    ("apologies", "Apologies"),
    ("absent", "Absent"),
)
AGENDA_KIND = vocabulary(
    "kind of agenda item",
    ("standing", "Standing item"),
    ("follow_up", "Follow-up from last time"),
    ("overdue", "Overdue"),
    ("changed", "Changed since last time"),
    ("silent", f"No update for {SILENT_DAYS} days", "No update"),
    ("claimed", "Evidence awaited"),
    ("awaiting_sign_off", "Awaiting sign-off"),
    ("question", "Question"),
    ("other", "Other"),
)
ITEM_STATE = vocabulary(
    "state of an agenda item",
    ("to_take", "To be taken"),
    ("taken", "Taken"),
    ("carried", "Carried forward"),
    ("dropped", "Withdrawn"),
)
CHALLENGE_STATUS = vocabulary(
    "status of a question",
    ("drafted", "Drafted"),
    ("asked", "No answer yet", "Asked"),
    ("answered", "Answered"),
    ("withdrawn", "Withdrawn"),
    ("noted", "Noted, nothing asked"),
)
#: Questions that were put to nobody: not asked yet, not any more, or never; what was noted of an item may still be followed up.
NOT_PUT = ("drafted", "withdrawn", "noted")
ASSURANCE = vocabulary(
    "assurance judgement",
    ("assured", "Assured"),
    ("partly", "Partly assured", "Partly"),
    ("not", "Not assured", "Not"),
    ("deferred", "Deferred"),
)
INFORMATION = vocabulary(
    "information from an independent body",
    ("given", "Given"),
    ("partly_given", "Partly given"),
    ("not_given", "Not given"),
)
ANSWER_AS = vocabulary(
    "how an answer is written down",
    ("summary", "Summary"),
    ("verbatim", "Word for word", "Verbatim"),
)
DECISION_KIND = vocabulary(
    "kind of decision",
    ("decided", "Decided", "Agreed"),
    ("endorsed", "Endorsed"),
    ("noted", "Noted"),
    ("not_agreed", "Not agreed"),
    ("deferred", "Deferred"),
)
SUCCESSION = vocabulary(
    "what becomes of an open item",
    ("adopted", "Adopted"),
    ("varied", "Adopted with changes", "Varied"),
    ("ended", "Ended"),
    ("transferred", "Transferred"),
)
AREA_KIND = vocabulary(
    "kind of area",
    ("county", "County"),
    ("district", "District or borough"),
    ("unitary", "Unitary authority"),
    ("police_force", "Police force area"),
    ("policing_district", "Policing district"),
    ("health", "Health area"),
    ("other", "Other"),
)
PAPER_KIND = vocabulary(
    "kind of paper",
    ("board", "Board paper"),
    ("minutes", "Minutes"),
    ("action-log", "Action log"),
    ("briefing", "Briefing"),
    ("panel-update", "Update for the Police and Crime Panel"),
    ("audit", "Audit of agencies"),
    ("data-set", "Shared data set"),
    ("handover", "Handover pack"),
    ("decision-notice", "Decision notice"),
    ("foi", "Answer to a request"),
    ("journey-map", "Journey map"),
    ("needs-assessment", "Needs assessment"),
    ("service-directory", "Service directory"),
    ("answer-card", "Lines to take", "Answer card"),
)
PAPER_STAGE = vocabulary(
    "stage of a paper",
    ("draft", "Draft"),
    ("checked", "Checked by speakers"),
    ("approved", "Approved"),
    ("published", "Published"),
)
