"""The columns of each list and the filters offered above it, derived from what the kind of record declares.

``_ADJUSTED`` is what the eye wants otherwise than its kind of field says; ``CHIPS`` are chosen by hand.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from vawg_desktop.domain import terms as t
from vawg_desktop.domain.conditions import CONDITIONS
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.fields import EntitySpec, FieldSpec, Kind
from vawg_desktop.services.lists import name_column, reference_column
from vawg_desktop.ui.models.list_model import Column

_REFERENCE = Column("reference", "Ref", 78, "reference")
#: Width at 100 % of a column by its kind of field.
_WIDTHS = {Kind.TERM: 120, Kind.DATE: 110, Kind.REF: 140, Kind.WHOLE: 80, Kind.YES_NO: 80, Kind.NUMBER: 90}
#: By entity and field: what differs from the plain column of its kind.
_ADJUSTED: dict[tuple[str, str], dict[str, object]] = {
    ("recommendation", "title"): {"label": "Recommendation"},
    ("recommendation", "pillar"): {"width": 124, "empty": t.CROSS_CUTTING},
    ("recommendation", "x_done"): {"label": "Done", "width": 68, "kind": "progress", "sort": "x_actions"},
    ("recommendation", "lead"): {"width": 104},
    ("recommendation", "target_date"): {"label": "Due"},
    ("action", "status"): {"width": 98},
    ("action", "accountable"): {"label": "Accountable", "width": 128, "empty": "Nobody"},
    ("action", "x_heard"): {"label": "Last heard of", "width": 116, "kind": "date", "sort": "heard", "empty": "Not yet"},
    ("gap", "status"): {"width": 128},
    ("gap", "provision"): {"width": 96, "empty": "Not said"},
    ("gap", "owner"): {"width": 110, "empty": "Nobody"},
    ("partner", "name"): {"label": "Partner"},
    ("partner", "short_name"): {"width": 120},
    ("partner", "standing"): {"width": 160},
    ("partner", "kind"): {"width": 150},
    ("evidence", "title"): {"label": "Evidence"},
    ("evidence", "kind"): {"width": 110},
    ("evidence", "date"): {"width": 104, "empty": "Undated"},
    ("source", "title"): {"label": "Source document"},
    ("source", "publisher"): {"width": 220},
    ("source", "published"): {"empty": "Undated"},
    ("figure", "as_at"): {"empty": "Undated"},
    ("governance_body", "name"): {"label": "Body"},
    ("governance_body", "cadence"): {"width": 110},
    ("meeting", "title"): {"label": "Meeting"},
    ("meeting", "body"): {"width": 150},
    ("meeting", "date"): {"width": 120, "empty": "No date set"},
    ("strand", "title"): {"label": "Strand"},
    ("strand", "framework"): {"width": 220},
    ("framework", "title"): {"label": "Framework"},
    ("journey_stage", "title"): {"label": "Stage"},
    ("journey_stage", "duty_holder"): {"width": 260},
    ("contact", "name"): {"label": "Contact"},
    ("contact", "role"): {"width": 150},
    ("role", "role"): {"width": 150},
    ("update", "narrative"): {"label": "Update"},
    ("update", "action"): {"key": reference_column("action"), "width": 90},
}  # fmt: skip


@lru_cache
def columns_of(entity: str) -> tuple[Column, ...]:
    """The columns of a kind's list, its reference first."""
    spec = BY_KEY[entity]
    return (_REFERENCE, *(_column(spec, key) for key in spec.in_list))


def form_fields(spec: EntitySpec) -> tuple[str, ...]:
    """The fields that the "new" form asks for: as declared, else the title and what must not be empty."""
    return spec.form or tuple(f.key for f in spec.cells if f.required or f.key in (spec.title, spec.status))


def _column(spec: EntitySpec, key: str) -> Column:
    field = spec.by_key.get(key)
    plain = Column(key, key, 100) if field is None else _plain_column(spec, field)
    return replace(plain, **_ADJUSTED.get((spec.key, key), {}))


def _plain_column(spec: EntitySpec, field: FieldSpec) -> Column:
    """The column that a field's kind asks for."""
    if field.key == spec.title:
        return Column(field.key, field.label, 0, "title", field.terms)
    if field.key in spec.due:
        return Column(field.key, field.label, 138, "due", sort="due")
    if field.kind is Kind.REF:
        return Column(name_column(field.key), field.label, _WIDTHS[Kind.REF], sort=field.key)
    if field.terms is t.RATING:
        return Column(field.key, "Rating", 98, "rating")
    kind = {Kind.TERM: "term", Kind.DATE: "date", Kind.YES_NO: "yes_no"}.get(field.kind, "text")
    return Column(field.key, field.label, _WIDTHS.get(field.kind, 140), kind, field.terms)


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


def chips_of(spec: EntitySpec) -> tuple[tuple[str, str, str], ...]:
    """The filters offered above a list: those chosen by hand, else what is overdue, undated or waits on nobody."""
    plain = (c for c in (CONDITIONS["overdue"], CONDITIONS["no_date"]) if c.applies(spec))
    return CHIPS.get(spec.key) or tuple((c.label, c.key, "yes") for c in plain)
