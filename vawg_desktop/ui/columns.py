"""The columns of each list, in the order the eye wants them."""

from __future__ import annotations

from vawg_desktop.domain import terms as t
from vawg_desktop.ui.models.list_model import Column

_REF = Column("reference", "Ref", 78, "reference")
_PILLAR = Column("pillar", "Pillar", 124, "term", t.PILLAR, empty=t.CROSS_CUTTING)

COLUMNS: dict[str, tuple[Column, ...]] = {
    "recommendation": (
        _REF, Column("title", "Recommendation", 0, "title"), _PILLAR, Column("rating_opcc", "Rating", 98, "rating"),
        Column("x_done", "Done", 68, "progress", sort="x_actions"), Column("lead_name", "Lead", 104, sort="lead"),
        Column("target_date", "Due", 138, "due", sort="due"),
    ),
    "action": (
        _REF, Column("title", "Action", 0, "title"), Column("status", "Status", 98, "term", t.ACTION_STATUS),
        Column("rating_opcc", "Rating", 98, "rating"),
        Column("due", "Due", 138, "due", sort="due"), Column("accountable_name", "Accountable", 128, sort="accountable", empty="Nobody"),
        Column("x_heard", "Last heard of", 116, "date", sort="heard", empty="Not yet"),
    ),
    "gap": (
        _REF, Column("statement", "Gap", 0, "title"), Column("status", "Status", 128, "term", t.GAP_STATUS),
        Column("provision", "Provision", 96, "term", t.PROVISION, empty="Not said"), Column("owner_name", "Owner", 110, sort="owner", empty="Nobody"),
    ),
    "partner": (
        _REF, Column("name", "Partner", 0, "title"), Column("short_name", "Short name", 120),
        Column("standing", "Standing", 160, "term", t.STANDING), Column("kind", "Kind", 150, "term", t.PARTNER_KIND),
    ),
    "evidence": (
        _REF, Column("title", "Evidence", 0, "title"), Column("kind", "Kind", 110, "term", t.EVIDENCE_KIND),
        Column("decision", "Decision", 120, "term", t.EVIDENCE_DECISION), Column("date", "Date", 104, "date", empty="Undated"),
    ),
    "source": (
        _REF, Column("title", "Source document", 0, "title"), Column("publisher", "Publisher", 220),
        Column("published", "Published", 110, "date", empty="Undated"),
    ),
    "figure": (
        _REF, Column("title", "Figure", 0, "title"), Column("quoted", "As quoted", 140), Column("unit", "Unit", 140),
        Column("as_at", "As at", 110, "date", empty="Undated"),
    ),
    "governance_body": (
        _REF, Column("name", "Body", 0, "title"), Column("short_name", "Short name", 140), Column("cadence", "Cadence", 110),
    ),
    "meeting": (_REF, Column("title", "Meeting", 0, "title"), Column("body_name", "Body", 150, sort="body"), Column("date", "Date", 120, "date", empty="No date set")),
    "strand": (_REF, Column("title", "Strand", 0, "title"), Column("framework_name", "Framework", 220, sort="framework"), Column("basis", "Basis", 120, "term", t.BASIS)),
    "framework": (_REF, Column("title", "Framework", 0, "title")),
    "journey_stage": (_REF, Column("title", "Stage", 0, "title"), Column("duty_holder", "Duty holder", 260)),
    "contact": (_REF, Column("name", "Contact", 0, "title"), Column("partner_name", "Partner", 140, sort="partner"), Column("role", "Role", 150)),
    "role": (_REF, Column("person", "Person", 0, "title"), Column("role", "Role", 150, "term", t.ROLE), Column("until_date", "Until", 110, "date")),
    "former_name": (_REF, Column("name", "Name", 0, "title"), Column("until_date", "Until", 110, "date")),
    "response": (_REF, Column("answer", "Response", 0, "title", t.RESPONSE), Column("date", "Date", 110, "date")),
    "update": (_REF, Column("narrative", "Update", 0, "title"), Column("action_reference", "Action", 90, sort="action"), Column("as_at", "As at", 110, "date")),
}  # fmt: skip

#: Fields of the "new record" form.
NEW_FIELDS: dict[str, tuple[str, ...]] = {
    "recommendation": ("title", "kind", "pillar", "lead", "target_date"),
    "action": ("title", "accountable", "status", "due"),
    "gap": ("statement", "provision", "owner"),
    "partner": ("name", "short_name", "kind", "standing"),
    "evidence": ("title", "kind", "date", "holder", "proves"),
    "source": ("title", "publisher", "kind", "published", "link"),
    "figure": ("title", "quoted", "unit", "as_at"),
    "governance_body": ("name", "short_name", "chair", "cadence"),
    "meeting": ("title", "body", "date"),
    "strand": ("title", "framework"),
    "framework": ("title",),
    "journey_stage": ("title", "stage", "duty_holder"),
    "contact": ("name", "partner", "role", "email"),
    "response": ("recommendation", "partner", "answer", "date"),
    "update": ("action", "narrative"),
    "role": ("action", "role", "person", "partner", "from_date", "until_date"),
    "former_name": ("partner", "name", "until_date"),
}

#: Filters offered as chips above each list: label, field, value.
CHIPS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "recommendation": (("Overdue", "overdue", "yes"), ("No date set", "no_date", "yes"), ("No action", "no_actions", "yes"),
                       ("Not rated", "rating_opcc", "not rated")),
    "action": (("Overdue", "overdue", "yes"), ("No date set", "no_date", "yes"), ("Evidence awaited", "claimed", "yes"),
               ("Not heard of", "silent", "yes"), ("Due in 30 days", "due_soon", "yes"),
               ("Done before publication", "done_before_publication", "yes")),
    "gap": (("No provision", "provision", "none"), ("Not known", "provision", "unknown")),
    "partner": (("Held to account", "standing", "held_to_account"), ("Independent", "standing", "independent")),
}  # fmt: skip
