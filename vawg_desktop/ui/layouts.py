"""Where each field stands in its record's page: laid out by hand, in short sections."""

from __future__ import annotations

from dataclasses import dataclass, replace

from vawg_desktop.domain.entities import BY_KEY, ENTITIES, SOURCE, EntitySpec
from vawg_desktop.domain.fields import Kind


@dataclass(frozen=True, slots=True)
class Group:
    """A section of fields; ``folded`` ones open on demand."""

    title: str
    fields: tuple[str, ...]
    folded: bool = False


def layout_of(spec: EntitySpec) -> tuple[Group, ...]:
    """The record's page as laid out by hand, else a plain one: its fields, its parts, its links, its history.

    A field that a layout by hand does not name stands under More, so that a new one is seen without a line here.
    """
    if spec.key in LAYOUTS:
        return _with_sources(spec, _with_rest(spec, LAYOUTS[spec.key]))
    fields = tuple(f.key for f in spec.fields if f.key != spec.title and not f.private and not f.retired)
    parts = tuple(Group(f"@{e.key}", ()) for e in ENTITIES if e.parent == spec.key and not e.system)
    earlier = (Group("@earlier", ()),) if any(f.retired for f in spec.fields) else ()
    return _with_sources(spec, (Group("Details", fields), *parts, Group("@links", ()), *earlier, Group("@history", ())))


def _with_sources(spec: EntitySpec, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """A layout whose first section but one tells of sources that changed, where the kind cites sources or is one."""
    if spec.key == SOURCE.key or any(f.target == SOURCE.key and f.many for f in spec.fields):
        return (groups[0], Group("@changed_sources", ()), *groups[1:])
    return groups


def section_name(spec: EntitySpec) -> str:
    """What a layout calls the section of linked records of a kind, after an @."""
    return spec.plural.casefold().replace(" ", "_")


def _with_rest(spec: EntitySpec, groups: tuple[Group, ...]) -> tuple[Group, ...]:
    """A layout by hand with the fields that it leaves out under More; what a section shows as links or as a file is not left out."""
    placed = {spec.title, *spec.file_cells, *(key for group in groups for key in group.fields)}
    linked = {group.title.removeprefix("@") for group in groups}
    rest = tuple(
        f.key for f in spec.fields
        if f.key not in placed and not f.private and not f.retired and not (f.kind is Kind.LINKS and section_name(BY_KEY[f.target]) in linked)
    )  # fmt: skip
    if not rest:
        return groups
    more = next((g for g in groups if g.title == _MORE), None)
    if more is None:
        return (*groups[:-1], Group(_MORE, rest, folded=True), groups[-1])
    return tuple(replace(g, fields=(*g.fields, *rest)) if g is more else g for g in groups)


_MORE = "More"
LAYOUTS: dict[str, tuple[Group, ...]] = {
    "recommendation": (
        Group("Where it stands", ("status", "rating_opcc", "rating_reason", "pillar", "pillars", "lead", "supporting", "target_date", "verification")),
        Group("What done looks like", ("success_test",)),
        Group("@actions", ()), Group("@response", ()), Group("@progress", ()), Group("@asked", ()), Group("@links", ()), Group("@chain", ()),
        Group("Source and basis", ("basis", "sources", "wording", "kind", "pillar_basis", "success_test_basis")),
        Group("@closure", ()),
        Group("Closing details", ("closing_authority", "outcome", "outcome_statement", "closure_route", "superseded_by", "transferred_to",
                                   "authority_agreement", "closed_by", "closure_agreed_by", "closed_on"), True),
        Group("More", ("priority", "cadence", "original_target", "themes", "crime_types", "journey_stages", "code_rights",
                       "split_from", "public_wording", "marking", "restriction", "restricted_until",
                       "restricted_to", "note"), True),
        Group("@history", ()),
    ),
    "action": (
        Group("Where it stands", ("status", "percent", "rating_opcc", "rating_partner", "rating_reason", "blockers")),
        Group("Who", ("accountable", "accountable_person", "lead", "contributors", "link_officer")),
        Group("@role", ()),
        Group("When", ("due", "revised_due", "revised_reason", "revised_agreed_by", "funding_end", "bring_forward")),
        Group("@recommendations", ()), Group("@progress", ()), Group("@asked", ()), Group("@links", ()),
        Group("Proof", ("verification", "done_before_publication")),
        Group("Source and basis", ("basis", "sources", "note")),
        Group("More", ("description", "milestones", "depends_on", "resource", "completes_return", "clears_return", "public_wording",
                       "marking", "restriction", "restricted_until", "restricted_to"), True),
        Group("@history", ()),
    ),
    "paper_template": (Group("Details", ("kind", "note")), Group("@file", ()), Group("@links", ()), Group("@history", ())),
    "evidence": (
        Group("What it proves", ("proves",)),
        Group("@file", ()),
        Group("About", ("kind", "date", "holder", "link", "reviewer", "decision", "marking")),
        Group("@actions", ()), Group("@recommendations", ()), Group("@links", ()),
        Group("More", ("note",), True),
        Group("@history", ()),
    ),
    "gap": (
        Group("Where it stands", ("status", "provision", "severity", "frequency", "confidence", "owner")),
        Group("@gap_state", ()),
        Group("Who is affected", ("group_affected", "journey_stages", "needs", "crime_types", "area")),
        Group("Why", ("cause", "need", "need_figure", "need_met_figure")),
        Group("@numbers", ()),
        Group("@recommendations", ()), Group("@actions", ()), Group("@services", ()), Group("@links", ()), Group("@chain", ()),
        Group("@closure", ()),
        Group("Closing details", ("outcome", "outcome_statement", "closure_route", "superseded_by", "transferred_to", "closing_authority",
                                   "authority_agreement", "closed_by", "closure_agreed_by", "closed_on"), True),
        Group("Source and basis", ("basis", "sources", "note")),
        Group("@earlier", ()), Group("More", ("marking",), True),
        Group("@history", ()),
    ),
    "service": (
        Group("What it is", ("kind", "status", "provider", "commissioner", "needs", "journey_stages", "groups", "crime_types", "areas", "confidential_location", "eligibility")),
        Group("Capacity and wait", ("capacity", "waiting_days", "waiting_as_at")),
        Group("@numbers", ()), Group("@service_report", ()),
        Group("Money and contract", ("funding_source", "funding_amount", "funding_end", "funding_answer", "funding_answered",
                                     "contract_reference", "cadence", "taken_over_by")),
        Group("@gaps", ()), Group("@indicators", ()), Group("@links", ()),
        Group("Source and basis", ("basis", "sources", "note")),
        Group("More", ("frameworks", "marking", "restriction", "restricted_until", "restricted_to"), True),
        Group("@history", ()),
    ),
    "indicator": (
        Group("@series", ()), Group("@stages", ()), Group("@beside_areas", ()),
        Group("What is counted", ("definition", "numerator", "denominator", "count_unit", "value_of", "cases", "area", "good", "target", "measure")),
        Group("@services", ()), Group("@gaps", ()), Group("@actions", ()), Group("@links", ()),
        Group("Source and basis", ("sources", "note")),
        Group("@history", ()),
    ),
    "figure": (
        Group("What it says", ("quoted", "number", "unit", "definition", "base", "period", "as_at", "method", "scope")),
        Group("@recounted", ()), Group("@agreement", ()),
        Group("Quoting it", ("quote_this", "release", "embargoed_until", "cleared_by", "conflicts_with")),
        Group("@cited", ()), Group("@links", ()),
        Group("Source and basis", ("sources", "note")),
        Group("@history", ()),
    ),
    "survey_response": (
        Group("What was decided", ("status", "recipient", "decided_by", "decided_on", "decided_at")),
        Group("@own_words", ()), Group("Which survey", ("survey", "wave", "note")), Group("@history", ()),
    ),
    "codebook": (
        Group("What it is for", ("survey", "version", "purpose")), Group("@code", ()), Group("@codebook_versions", ()), Group("@history", ()),
    ),
    "code": (
        Group("What it covers", ("definition", "codebook", "under", "heading", "themes")),
        Group("At the desk", ("key", "suggested_by", "position", "colour", "merged_into", "note")),
        Group("@history", ()),
    ),
    "theme": (
        Group("What it covers", ("kind", "description")), Group("@spoken_of", ()),
        Group("@recommendations", ()), Group("@gaps", ()), Group("@quotes", ()), Group("@links", ()),
        Group("Source and basis", ("basis", "sources", "note")),
        Group("@history", ()),
    ),
    "quote": (
        Group("Whose words", ("from_whom", "place", "said", "themes")),
        Group("Before it leaves the office", ("consent", "publishable", "sexual_offence", "recognisable", "live_case", "checked_by", "checked")),
        Group("@cited", ()), Group("@gaps", ()), Group("@recommendations", ()), Group("@links", ()),
        Group("Source and basis", ("marking", "sources", "note")),
        Group("@history", ()),
    ),
    "meeting": (
        Group("When and where", ("body", "date", "starts", "ends", "place", "chair", "status", "papers_due", "open_to_public")),
        Group("@agenda", ()), Group("@attendance", ()), Group("@challenge", ()), Group("@meeting_decision", ()), Group("@links", ()),
        Group("Source and basis", ("sources", "note")),
        Group("@history", ()),
    ),
    "partner": (
        Group("About", ("short_name", "kind", "standing", "shared_mailbox", "sharing_agreement", "note")),
        Group("@contact", ()), Group("@actions", ()), Group("@returns", ()), Group("@asked", ()), Group("@links", ()),
        Group("Over time", ("returns_through", "successors", "ends"), True), Group("@former_name", ()),
        Group("@history", ()),
    ),
}  # fmt: skip
