"""Every kind of record and its fields (DESIGN 3); how to add one is told in ``fields.py``."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from vawg_desktop.domain import own_records as own
from vawg_desktop.domain import terms as t
from vawg_desktop.domain.body_records import CONTACT, FORMER_NAME, PARTNER
from vawg_desktop.domain.case_records import CASE_EXTRACT, WEIGHT_SET
from vawg_desktop.domain.coding_records import (
    ANSWER_REVIEW,
    CODE,
    CODEBOOK,
    CODEBOOK_VERSION,
    CODING,
)
from vawg_desktop.domain.conditions import SILENT_DAYS, SOON_DAYS
from vawg_desktop.domain.errors import NotFoundError
from vawg_desktop.domain.evidence_records import (
    CITATION,
    CLOSURE_TEST,
    FIGURE,
    FRAMEWORK,
    LEARNING,
    PERSON,
    QUOTE,
    SIGN_OFF,
    STRAND,
    THEME,
)
from vawg_desktop.domain.fields import (
    Asked,
    EntitySpec,
    FieldSpec,
    Kind,
    Listed,
    Locked,
    links,
    long,
    ref,
    tags,
    term,
    term_set,
    text,
    when,
    whole,
    yes_no,
)
from vawg_desktop.domain.journey_records import (
    INDICATOR,
    INDICATOR_VALUE,
    JOURNEY_STAGE,
    NEED,
    SERVICE,
    SERVICE_REPORT,
)
from vawg_desktop.domain.meeting_records import (
    AGENDA_ITEM,
    ATTENDANCE,
    CHALLENGE,
    GOVERNANCE_BODY,
    HANDOVER_ITEM,
    MEETING,
    MEETING_DECISION,
    MEMBERSHIP,
    PUBLICATION,
)
from vawg_desktop.domain.office_records import AREA, PAPER_TEMPLATE, TRANSFER
from vawg_desktop.domain.request_records import INFORMATION_REQUEST, REQUEST_ITEM
from vawg_desktop.domain.shared_fields import BASIS, MARKING, NOTE, PUBLIC, RESTRICTION, SOURCES
from vawg_desktop.domain.survey_records import SURVEY, SURVEY_BATCH, SURVEY_QUESTION, SURVEY_RESPONSE

LINK = own.LINK

#: Stages were fixed terms before they were records; a link to a term means the record that bears it.
_STAGES = links("journey_stages", "Journey stages", "journey_stage", inverse="Found at this stage", formerly=Kind.TERMS, terms=t.JOURNEY_STAGE)

SOURCE = EntitySpec("source", "Source document", "Source documents", "S", "title", (
    text("title", "Title", required=True, search=True),
    text("publisher", "Publisher", search=True, listed=Listed(width=220)),
    term("kind", "Kind", t.SOURCE_KIND),
    when("published", "Published", listed=Listed(empty="Undated")),
    text("page", "Page"),
    text("link", "Link"),
    when("response_due", "Response due", "An inspection gives 56 days."),
    NOTE,
), listed=("title", "publisher", "published"), form=("title", "publisher", "kind", "published", "link"))  # fmt: skip

RECOMMENDATION = EntitySpec("recommendation", "Recommendation", "Recommendations", "R", "title", (
    text("title", "Title", "A plain title in a few words.", required=True, search=True, headings=(
        "recommendation", "recommendation title", "recommendations", "recommendation text", "pledge", "recommendation wording",
        "recommendation description", "inquiry recommendation")),
    long("wording", "Exact wording", "Word for word as published; empty where it is not known.", search=True),
    term("kind", "Kind", t.RECOMMENDATION_KIND),
    term("status", "Status", t.RECOMMENDATION_STATUS, default="open", room=True),
    term("rating_opcc", "Our rating", t.RATING, "The office's own rating. Blue needs evidence seen by the OPCC."),
    long("rating_reason", "Reason for rating"),
    term("pillar", "Pillar", t.PILLAR, "The first pillar; empty means cross-cutting.", listed=Listed(width=124, empty=t.CROSS_CUTTING),
         headings=("pillar", "pillars", "theme pillar", "strand")),
    term_set("pillars", "Other pillars", t.PILLAR),
    text("pillar_basis", "Basis of pillar"),
    ref("lead", "Lead", "partner", listed=Listed(width=104), room=True),
    links("supporting", "Supporting", "partner", inverse="Supports"),
    term("closing_authority", "Closed by authority of", t.CLOSING_AUTHORITY),
    long("success_test", "What done looks like", search=True, headings=(
        "success measure", "success criteria", "outcome measure", "what does good look like", "what done looks like", "kpi")),
    text("success_test_basis", "Basis of what done looks like"),
    term("priority", "Priority", t.PRIORITY, headings=("priority",)),
    text("cadence", "How often", "How often it is to be done or reviewed."),
    when("original_target", "Original target"),
    when("target_date", "Target date", listed=Listed("Due"), room=True),
    term("verification", "Verification", t.VERIFICATION, listed=Listed(width=150, empty="–")),
    term("outcome", "Outcome judgement", t.OUTCOME),
    long("outcome_statement", "Outcome statement", "What changed for victims, in a sentence.", search=True),
    term("closure_route", "Closure route", t.CLOSURE_ROUTE),
    text("authority_agreement", "Authority's agreement", "Minute, letter or page in which the closing authority agreed."),
    text("closed_by", "Closure proposed by", noted=True),
    text("closure_agreed_by", "Closure agreed by", "A second person.", noted=True),
    when("closed_on", "Closed on", noted=True),
    links("themes", "Themes", "theme", inverse="Recommendations", formerly=Kind.TAGS, weighed="strength"),
    tags("crime_types", "Crime types"),
    _STAGES,
    links("code_rights", "Victims' Code rights", "strand", inverse="Recommendations that rest on it", formerly=Kind.TAGS),
    links("frameworks", "Framework strands", "strand", inverse="Recommendations", weighed="extent"),
    ref("split_from", "Split from", "recommendation"),
    ref("superseded_by", "Superseded by", "recommendation"),
    ref("transferred_to", "Transferred to", "partner", "The body that takes it on, where it closes as transferred."),
    PUBLIC,
    MARKING,
    *RESTRICTION,
    BASIS,
    SOURCES,
    NOTE,
), status="status", finished=frozenset({"closed", "superseded"}), closes_with_evidence=True, closes_by_tests=True, due=("target_date",), owner="lead", others="supporting",
   rating="rating_opcc", pillar="pillar", derived=("x_sort", "x_actions", "x_done", "x_due"), kept_counts=True,
   indexed=("x_sort", "pillar", "rating_opcc"), large=True,
   listed=("title", "pillar", "rating_opcc", "x_done", "lead", "target_date", "verification"),
   form=("title", "kind", "pillar", "lead", "target_date"),
   filters=(("Overdue", "overdue", "yes"), ("No date set", "no_date", "yes"), ("No action", "no_actions", "yes"), ("Not rated", "rating_opcc", "not rated")),
   tracked=True, numbered=("rec no", "rec ref", "recommendation no", "recommendation number", "rec", "rec number", "recommendation ref"))  # fmt: skip

RESPONSE = EntitySpec("response", "Response", "Responses", "RS", "answer", (
    ref("recommendation", "Recommendation", "recommendation", required=True),
    ref("partner", "Body", "partner", required=True),
    term("answer", "Response", t.RESPONSE, default="awaited"),
    long("part", "Which part"),
    long("reason", "Reason", search=True),
    text("by_whom", "Given by"),
    when("date", "Date"),
    when("due", "Due"),
    text("published_link", "Where published"),
    when("target", "Its target date"),
    text("body_status", "Its own status"),
    term("body_rating", "Its own rating", t.RATING),
    NOTE,
), parent="recommendation", own_day=("date",), listed=("answer", "date"),
   form=("recommendation", "partner", "answer", "date"))  # fmt: skip

ACTION = EntitySpec("action", "Action", "Actions", "A", "title", (
    text("title", "Action", required=True, search=True, locked=Locked(1, 40), headings=(
        "action", "actions", "action required", "task", "what we will do", "activity", "description of action", "agreed action", "actions required",
        "key action", "key actions", "proposed action", "proposed actions", "agreed actions", "tasks", "activities", "deliverable", "deliverables")),
    long("description", "Description", search=True),
    links("recommendations", "Recommendations", "recommendation", "What it serves: in full, in part, or contributes.", "Actions", weighed="extent"),
    ref("accountable", "Accountable body", "partner", over_time="role", room=True, listed=Listed("Accountable", 128, "Nobody"), headings=(
        "owner", "lead agency", "organisation", "agency", "responsible", "lead organisation", "partner", "action owner", "owner s", "owners",
        "who", "accountable", "lead partner", "owner(s)", "lead body", "responsible agency", "responsible organisation", "responsible body",
        "responsible partner", "delivery partner", "assigned to", "by whom", "lead organisations", "lead agencies")),
    text("accountable_person", "Accountable person", search=True, over_time="role"),
    text("lead", "Lead", search=True, over_time="role", headings=(
        "lead", "lead officer", "named lead", "contact", "officer", "responsible officer", "lead person", "lead contact", "lead name", "named officer",
        "delivery lead", "senior responsible officer", "sro")),
    links("contributors", "Contributors", "partner", inverse="Contributes to", headings=(
        "supporting", "supporting partners", "partners", "contributors", "supporting agencies")),
    text("completes_return", "Completes the return", over_time="role"),
    text("clears_return", "Clears the return", over_time="role"),
    text("link_officer", "Our link officer", over_time="role"),
    term("status", "Status", t.ACTION_STATUS, default="not_known", room=True, asked=Asked(
        2, "Where the action stands now. Leave as it is if nothing changed.", 16, sent=True),
         listed=Listed(width=98), headings=(
        "status", "progress status", "current status", "state", "overall status", "delivery status", "latest status")),
    whole("percent", "% complete", 0, 100, "Optional.", headings=(
        "% complete", "percent complete", "complete %", "percentage complete", "% done", "progress %"), asked=Asked(
        4, "A whole number from 0 to 100. Optional.", 14, sent=True,
        called=("Percent complete", "Percentage complete", "Per cent complete", "Complete %", "Progress %", "%"))),
    term("rating_partner", "Partner's rating", t.RATING, asked=Asked(
        5, "Your own rating; the key is on Start here.", 14, "Rating", sent=True,
        called=("RAG", "BRAG", "RAG rating", "BRAG rating", "RAG status", "Our rating"))),
    term("rating_opcc", "Our rating", t.RATING, "The office's own rating. Blue needs evidence seen by the OPCC.", headings=(
        "rag", "brag", "rag rating", "brag rating", "rating", "rag status", "overall rag", "current rag", "rag assessment", "brag status", "delivery rag")),
    long("rating_reason", "Reason for rating"),
    when("due", "Due", "The date first agreed.", room=True, locked=Locked(3, 13, "Due date"), headings=(
        "due", "due date", "deadline", "target date", "by when", "when", "timescale", "target completion", "target", "date due", "due by",
        "deadline date", "target completion date", "target end date", "expected completion", "expected completion date", "delivery date",
        "timescales", "timeframe", "agreed deadline", "original due date", "original due", "original date", "original deadline",
        "original target date", "original target")),
    when("revised_due", "Revised due", room=True, asked=Asked(
        6, "Only if the date has changed, such as 30/09/2026.", 16, "Revised due date", sent=True,
        called=("Revised date", "New due date", "New date", "Revised deadline")),
        headings=("revised date", "revised due date", "new date", "revised deadline", "revised target", "revised target date", "new due date",
                  "new deadline", "new target date", "extended deadline", "revised completion date", "revised timescale")),
    text("revised_reason", "Reason for new date", asked=Asked(
        7, "Why the date changed.", 28, called=("Reason", "Reason for new due date", "Reason for change"))),
    text("revised_agreed_by", "New date agreed by"),
    when("funding_end", "Funding ends"),
    when("bring_forward", "Bring forward on", "When My work should show it again."),
    long("milestones", "Milestones"),
    long("blockers", "Blockers", search=True, asked=Asked(
        9, "What is holding it up.", 30, sent=True, called=("Blocker", "Barriers", "Risks", "Issues")),
         headings=("blockers", "risks", "issues", "barriers", "risks and issues")),
    links("depends_on", "Depends on", "action", inverse="Needed by"),
    text("resource", "Resource", headings=("resource", "resources", "funding", "cost")),
    term("verification", "Verification", t.VERIFICATION, listed=Listed(width=150, empty="–")),
    links("frameworks", "Framework strands", "strand", inverse="Actions", weighed="extent"),
    yes_no("done_before_publication", "Done before publication"),
    PUBLIC,
    MARKING,
    *RESTRICTION,
    BASIS,
    SOURCES,
    replace(NOTE, headings=("notes", "comments", "comment", "remarks")),
), status="status", finished=t.FINISHED, complete="complete", serves="recommendations", told_by="update", due=("revised_due", "due"), owner="accountable", others="contributors",
   rating="rating_opcc", pillar="x_pillar",
   derived=("x_sort", "x_due", "x_open", "x_pillar", "x_update", "x_heard", "x_slips", "x_progress", "x_funding"), kept_counts=True,
   indexed=("x_sort", "x_due", "status", "rating_opcc", "x_heard"), large=True,
   listed=("title", "status", "rating_opcc", "due", "accountable", "x_heard", "verification"),
   form=("title", "accountable", "status", "due"),
   filters=(("Overdue", "overdue", "yes"), ("No date set", "no_date", "yes"), ("Evidence awaited", "claimed", "yes"),
            (f"No update for {SILENT_DAYS} days", "silent", "yes"), (f"Due in {SOON_DAYS} days", "due_soon", "yes"), ("Done before publication", "done_before_publication", "yes")),
   tracked=True, numbered=("action no", "action ref", "action number", "action id", "task no"))  # fmt: skip

ROLE = EntitySpec("role", "Role", "Roles over time", "L", "person", (
    ref("action", "Action", "action", required=True),
    term("role", "Role", t.ROLE, listed=Listed(width=150)),
    ref("partner", "Body", "partner"),
    text("person", "Person", search=True),
    text("part", "Part", "What this holder does or did of the action."),
    when("from_date", "From"),
    when("until_date", "Until", "The last day; empty while it lasts."),
    NOTE,
), parent="action", own_day=("until_date", "from_date"), listed=("person", "role", "until_date"),
   form=("action", "role", "person", "partner", "from_date", "until_date"))  # fmt: skip

UPDATE = EntitySpec("update", "Progress update", "Progress updates", "U", "narrative", (
    ref("action", "Action", "action", required=True, listed=Listed(width=90, kind="reference")),
    text("period", "Period"),
    when("as_at", "As at"),
    term("channel", "Channel", t.CHANNEL),
    text("informant", "Told by"),
    term("answer", "Answer", t.ANSWER, default="update", asked=Asked(
        1, "Update, No change, or Not able to say yet. One of these for every action.", 18)),
    long("narrative", "Progress update", search=True, listed=Listed("Update", empty="Nothing written"), headings=(
        "update", "progress", "latest update", "progress update", "latest position", "commentary", "progress to date", "update on progress", "updates",
        "progress updates", "latest progress", "progress notes", "progress note", "progress comments", "status update", "current position", "progress made",
        "quarterly update", "latest commentary", "narrative"), asked=Asked(
        3, "What has been done since the last return, in a few sentences.", 48,
        called=("Narrative", "Update", "Progress", "Latest update", "Progress to date", "Commentary", "What we did"))),
    term("status", "Status then", t.ACTION_STATUS, copied_from_parent=True),
    term("rating_partner", "Partner's rating then", t.RATING, copied_from_parent=True),
    term("rating_opcc", "Our rating then", t.RATING, copied_from_parent=True),
    whole("percent", "% complete then", 0, 100, copied_from_parent=True),
    when("due", "Due then", copied_from_parent=True),
    when("revised_due", "Revised due then", copied_from_parent=True),
    long("next_step", "Next step", search=True, asked=Asked(
        8, "The next thing that will happen, and when.", 34, called=("Next steps",)),
         headings=("next steps", "next step")),
    long("barriers", "Barriers", search=True),
    long("help_wanted", "Help wanted", search=True, asked=Asked(
        10, "What you need from us or from others.", 28, called=("Help needed", "Help", "Support needed"))),
    PUBLIC,
    links("evidence", "Evidence", "evidence", inverse="Progress updates"),
    ref("corrects", "Corrects", "update"),
    ref("submission", "Came with", "submission"),
    NOTE,
), immutable=True, parent="action", by_content=True, large=True, listed=("narrative", "action", "as_at", "answer"), form=("action", "narrative"), tracked=True)  # fmt: skip

EVIDENCE = EntitySpec("evidence", "Evidence", "Evidence", "E", "title", (
    text("title", "Title", required=True, search=True),
    term("kind", "Kind", t.EVIDENCE_KIND, listed=Listed(width=110)),
    when("date", "Date", listed=Listed(width=104, empty="Undated")),
    text("holder", "Held by", search=True),
    text("file_sha256", "File's SHA-256", names_file=True),
    text("file_name", "File name", search=True),
    text("link", "Link"),
    long("proves", "What it proves", search=True),
    text("reviewer", "Reviewed by"),
    term("decision", "Decision", t.EVIDENCE_DECISION, default="awaiting_review"),
    links("actions", "Actions", "action", inverse="Evidence"),
    links("recommendations", "Recommendations", "recommendation", inverse="Evidence"),
    MARKING,
    NOTE,
), listed=("title", "kind", "decision", "date"), form=("title", "kind", "date", "holder", "proves"),
   counted=("piece of evidence", "pieces of evidence"))  # fmt: skip

GAP = EntitySpec("gap", "Gap", "Gaps", "G", "statement", (
    text("statement", "Gap", required=True, search=True, headings=("gap", "gaps", "gap identified", "identified gap")),
    term("status", "Status", t.GAP_STATUS, default="identified", listed=Listed(width=128), room=True),
    replace(_STAGES, headings=("journey stage", "stage", "stage of journey")),
    links("needs", "Needs", "need", inverse="Gaps", headings=("need", "needs", "type of need", "need category", "category of need")),
    long("need", "Need in words", search=True),
    replace(tags("group_affected", "Group affected"), headings=("who is affected", "affected group", "groups affected", "victims affected", "cohort")),
    text("area", "Area"),
    tags("crime_types", "Crime types"),
    term("provision", "Provision", t.PROVISION, "“Not known” is not “no gap”.", listed=Listed(width=96, empty="Not stated"), headings=(
        "current provision", "existing provision", "service provision", "what is in place", "what exists")),
    term("severity", "Severity", t.SEVERITY, headings=("severity of gap", "seriousness", "impact on victims", "harm")),
    term("frequency", "Frequency", t.FREQUENCY, headings=("likelihood", "how often", "prevalence")),
    term("confidence", "Confidence", t.LEVEL, headings=("how sure", "confidence level")),
    long("cause", "Cause", search=True, headings=("reason for gap", "why", "root cause")),
    ref("owner", "Owner", "partner", listed=Listed(width=110, empty="Nobody"), room=True),
    links("evidence", "Evidence", "evidence", inverse="Gaps"),
    links("recommendations", "Recommendations", "recommendation", inverse="Gaps"),
    links("actions", "Actions", "action", inverse="Gaps"),
    links("frameworks", "Framework strands", "strand", inverse="Gaps", weighed="extent"),
    ref("need_figure", "How many need it", "figure"),
    ref("need_met_figure", "Of whom it reached", "figure"),
    term("outcome", "Outcome judgement", t.OUTCOME),
    long("outcome_statement", "Outcome statement", "What changed for victims, in a sentence.", search=True),
    term("closure_route", "Closure route", t.CLOSURE_ROUTE),
    term("closing_authority", "Closed by authority of", t.CLOSING_AUTHORITY),
    text("authority_agreement", "Authority's agreement", "Minute, letter or page in which the closing authority agreed."),
    ref("superseded_by", "Superseded by", "gap"),
    ref("transferred_to", "Transferred to", "partner", "The body that takes it on, where it closes as transferred."),
    text("closed_by", "Closure proposed by", noted=True),
    text("closure_agreed_by", "Closure agreed by", "A second person.", noted=True),
    when("closed_on", "Closed on", noted=True),
    long("closure_tests", "Closure tests", retired=True),
    MARKING,
    BASIS,
    SOURCES,
    NOTE,
), status="status", finished=frozenset({"closed"}), closes_by_tests=True, owner="owner", derived=("x_sort", "x_weight"), kept_counts=True, large=True,
   listed=("statement", "status", "provision", "owner", "x_weight"), form=("statement", "journey_stages", "needs", "provision", "owner", "recommendations", "service.gaps", "sources"),
   filters=(("No provision", "provision", "none"), ("Not known", "provision", "unknown")), tracked=True, numbered=("gap no", "gap ref"))  # fmt: skip

#: Derived columns that are whole numbers, or that lists show as a field is shown; the others are text.
DERIVED: dict[str, FieldSpec] = {
    f.key: f
    for f in (
        whole("x_actions", "Actions", 0, 9999, "How many actions serve it."),
        whole("x_open", "Open", 0, 1, "Whether something is still to be done."),
        whole("x_slips", "Date moved later", 0, 9999, "How often."),
        whole("x_done", "Done", 0, 9999, "How many of its actions are complete.", listed=Listed(width=68, kind="progress", sort="x_actions")),
        whole("x_weight", "Severity × frequency", 0, 16, "Each from 1 to 4.", listed=Listed("Weight", 72, "–")),
        when("x_heard", "Last update", "The date that its latest update is about.", listed=Listed(width=116, empty="None yet", sort="heard")),
    )
}

#: Every entity, in the order in which they may refer to each other and are listed.
ENTITIES: tuple[EntitySpec, ...] = (
    SOURCE, PARTNER, FORMER_NAME, CONTACT, PERSON, GOVERNANCE_BODY, MEMBERSHIP, MEETING, FRAMEWORK, STRAND, JOURNEY_STAGE, NEED,
    RECOMMENDATION, RESPONSE, ACTION, ROLE, EVIDENCE, FIGURE, GAP, SERVICE, INDICATOR, INDICATOR_VALUE, THEME, QUOTE, LEARNING,
    CITATION, CLOSURE_TEST, SIGN_OFF, AGENDA_ITEM, ATTENDANCE, CHALLENGE, MEETING_DECISION, HANDOVER_ITEM, PUBLICATION,
    INFORMATION_REQUEST, REQUEST_ITEM, AREA, PAPER_TEMPLATE, TRANSFER,
    SURVEY, SURVEY_QUESTION, SURVEY_BATCH, SURVEY_RESPONSE, CODEBOOK, CODEBOOK_VERSION, CODE, CODING, ANSWER_REVIEW, WEIGHT_SET, CASE_EXTRACT,
    own.ROUND, own.RETURN, own.SUBMISSION, UPDATE, SERVICE_REPORT, own.DECISION, own.REMINDER, own.SETTING, own.TRACKER, own.TRACKER_ROW,
)  # fmt: skip
BY_KEY: dict[str, EntitySpec] = {e.key: e for e in ENTITIES}
BY_PREFIX: dict[str, EntitySpec] = {e.prefix: e for e in ENTITIES}

@lru_cache
def serving_links() -> dict[str, tuple[EntitySpec, EntitySpec]]:
    """By kind of link that says what a record serves: the kind that serves and the one that is served."""
    return {e.link_kind(e.by_key[e.serves]): (e, BY_KEY[e.by_key[e.serves].target]) for e in ENTITIES if e.serves}


def entity(name: str) -> EntitySpec:
    """The entity that a key, label or plural names. Raises NotFoundError."""
    wanted = t.fold(name)
    found = next((e for e in ENTITIES if wanted in (t.fold(e.key), t.fold(e.label), t.fold(e.plural))), None)
    if found is None:
        raise NotFoundError(f"There is no kind of record called “{name}”; there are {', '.join(e.key for e in ENTITIES)}.")
    return found


def form_field(spec: EntitySpec, key: str) -> FieldSpec:
    """A field of a "new" form: one of the kind's own, or, as ``service.gaps``, the records of another kind whose links lead here."""
    if "." not in key:
        return spec.by_key[key]
    owner = BY_KEY[key.partition(".")[0]]
    link = owner.by_key[key.partition(".")[2]]
    return FieldSpec(key, link.inverse or owner.plural, Kind.LINKS, target=owner.key, help=f"Which {owner.plural.casefold()} lead here.")


def field_of(spec: EntitySpec, name: str) -> FieldSpec:
    """The field of an entity that a key or label names. Raises NotFoundError."""
    wanted = t.fold(name)
    found = spec.by_key.get(name) or next((f for f in spec.fields if wanted in (t.fold(f.key), t.fold(f.label))), None)
    if found is None:
        raise NotFoundError(f"{spec.label} has no field called “{name}”.", code="unknown_field")
    return found


@lru_cache
def telling_of(kind: str) -> tuple[str, ...]:
    """The kinds of record of which a change may show on a record of a kind: itself, links, its parts, and whatever may name it."""
    naming = (e.key for e in ENTITIES if any(f.holds_id and f.target in ("", kind) for f in e.cells))
    return tuple(dict.fromkeys((kind, "link", *naming)))
