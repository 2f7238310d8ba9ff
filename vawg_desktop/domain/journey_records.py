"""The victim's journey, its services, and the numbers kept over time; how to add a kind of record is told in ``fields.py``."""

from __future__ import annotations

from vawg_desktop.domain import evidence_terms as e
from vawg_desktop.domain import terms as t
from vawg_desktop.domain.fields import (
    Asked,
    EntitySpec,
    FieldSpec,
    Kind,
    Listed,
    links,
    long,
    ref,
    tags,
    term,
    text,
    when,
    whole,
    yes_no,
)
from vawg_desktop.domain.shared_fields import BASIS, MARKING, NOTE, RESTRICTION, SOURCES

#: Kept on what used it, and offered no more.
_RETIRED = when("retired", "Retired", "From this day it is no longer offered; records that use it keep it.")

JOURNEY_STAGE = EntitySpec("journey_stage", "Journey stage", "Journey stages", "J", "title", (
    text("title", "Title", required=True, search=True, listed=Listed("Stage")),
    term("stage", "Stage", t.JOURNEY_STAGE),
    whole("position", "Order", 0, 999),
    text("duty_holder", "Duty holder", search=True, listed=Listed(width=260)),
    links("rights", "Victims' Code rights", "strand", inverse="Journey stages"),
    links("indicators", "Indicators", "indicator", inverse="Journey stages"),
    _RETIRED,
    NOTE,
), by_title=True, listed=("title", "duty_holder"), form=("title", "stage", "duty_holder"))  # fmt: skip

NEED = EntitySpec("need", "Need", "Needs", "ND", "title", (
    text("title", "Title", required=True, search=True, listed=Listed("Need")),
    whole("position", "Order", 0, 999),
    _RETIRED,
    BASIS,
    SOURCES,
    NOTE,
), identity=("title",), by_title=True, listed=("title", "basis"), form=("title", "position"))  # fmt: skip

INDICATOR = EntitySpec("indicator", "Indicator", "Indicators", "IN", "title", (
    text("title", "Indicator", required=True, search=True),
    long("definition", "Definition", search=True),
    text("numerator", "Numerator", "What is counted."),
    text("denominator", "Denominator", "Out of what, where it is a share."),
    term("count_unit", "Counted in", e.COUNT_UNIT, listed=Listed(width=110)),
    text("area", "Area", listed=Listed(width=120)),
    ref("owner", "Owner of the data", "partner", "Who clears each number before it is shared."),
    term("value_of", "Each value is", e.VALUE_OF, "Only what happened in a period is added up to totals of twelve months. Where this is not stated, the title decides."),
    term("good", "Direction of good", e.GOOD_DIRECTION),
    term("cases", "Which cases", e.CASES, "A share of one stage in another is made only of counts of the same cases."),
    links("earlier_stages", "Earlier stages", "indicator", "The stages of the same process out of whose count this one is: charged out of referred.", inverse="Later stages"),
    term("measure", "What it counts of a service", e.SERVICE_MEASURE, "The name that a service's return uses."),
    FieldSpec("target", "Target", Kind.NUMBER),
    links("services", "Services", "service", inverse="Indicators"),
    links("gaps", "Gaps", "gap", inverse="Indicators"),
    links("actions", "Actions", "action", inverse="Indicators"),
    SOURCES,
    NOTE,
), listed=("title", "count_unit", "area"), form=("title", "count_unit", "value_of", "good", "area"))  # fmt: skip

INDICATOR_VALUE = EntitySpec("indicator_value", "Value of an indicator", "Values of indicators", "IV", "value", (
    ref("indicator", "Indicator", "indicator", required=True, listed=Listed(kind="title")),
    when("period", "Period", "The month, quarter or year that is counted.", required=True, listed=Listed(width=120)),
    FieldSpec("value", "Value", Kind.NUMBER, required=True, listed=Listed(width=110, kind="text")),
    FieldSpec("base", "Base", Kind.NUMBER, help="Out of how many, where the value is a share."),
    yes_no("provisional", "Provisional"),
    yes_no("process_changed", "Process changed here", "The chart calculates new limits from this period."),
    yes_no("counted_otherwise", "Counting changed from here", "The definition, the system or the area changed: values before and after are not joined."),
    text("break_reason", "Why the counting changed"),
    links("actions", "What happened here", "action", "Actions that may have to do with it; the chart marks the period.", inverse="Marked on values"),
    text("cleared_by", "Cleared for sharing by", "Who of the owner of the data."),
    when("cleared_on", "Cleared on"),
    BASIS,
    SOURCES,
    NOTE,
), parent="indicator", own_day=("period",), listed=("value", "indicator", "period"), form=("indicator", "period", "value", "base"),
   counted=("value", "values"))  # fmt: skip

SERVICE = EntitySpec("service", "Service", "Services", "SV", "title", (
    text("title", "Service", required=True, search=True),
    ref("provider", "Provider", "partner", listed=Listed(width=130, empty="Not stated")),
    ref("commissioner", "Commissioned by", "partner"),
    term("kind", "Kind", e.SERVICE_KIND, listed=Listed(width=150)),
    term("status", "Status", e.SERVICE_STATUS, default="not_known", listed=Listed(width=90)),
    links("needs", "Needs", "need", inverse="Services"),
    links("journey_stages", "Journey stages", "journey_stage", inverse="Services"),
    tags("groups", "For whom"),
    tags("crime_types", "Crime types"),
    tags("areas", "Areas", "No address: where the location is confidential, the county at most."),
    yes_no("confidential_location", "Location is confidential", "A refuge, for instance: its areas then appear in no map, list or paper.", strictest=(True, None, False)),
    long("eligibility", "Who may use it", search=True),
    whole("capacity", "Capacity", 0, 999_999, "How many people it can hold at one time."),
    whole("waiting_days", "Waiting time in days", 0, 9_999, listed=Listed("Wait (days)", 90, "Not known")),
    when("waiting_as_at", "Waiting time as at"),
    text("funding_source", "Funded by", search=True),
    FieldSpec("funding_amount", "Funding in pounds", Kind.NUMBER, at_least=0),
    when("funding_end", "Funding ends", listed=Listed(width=110, empty="No date set")),
    term("funding_answer", "After the funding's end", e.FUNDING_ANSWER, "What its provider said when asked."),
    when("funding_answered", "Answered on", noted=True),
    text("contract_reference", "Contract reference"),
    text("cadence", "Contract meetings"),
    ref("taken_over_by", "Taken over by", "partner", "Who takes the contract over where it runs past the office's end."),
    links("gaps", "Gaps", "gap", "How far it provides for each: in full, in part, or contributes.", inverse="Services", weighed="extent"),
    links("frameworks", "Framework strands", "strand", inverse="Services", weighed="extent"),
    MARKING,
    *RESTRICTION,
    BASIS,
    SOURCES,
    NOTE,
), status="status", finished=frozenset({"ended"}), owner="provider", hides=("confidential_location", ("areas",)), derived=("x_sort", "x_funding"),
   listed=("title", "status", "waiting_days", "funding_end", "kind", "provider"), form=("title", "kind", "provider", "status", "funding_end"),
   filters=(("Funding ends in six months", "funding_ending", "yes"), ("Running", "status", "running"), ("Ended", "status", "ended")))  # fmt: skip

#: What a provider counts in a period, each a value of the service's indicator of that measure; columns of a contract's or grant's return.
SERVICE_NUMBERS: tuple[FieldSpec, ...] = (
    whole("referred", "Referred", 0, 9_999_999, asked=Asked(2, "People referred in the period.", 12, sent=True, called=("Referrals", "People referred"))),
    whole("contacted", "Contacted", 0, 9_999_999, asked=Asked(3, "Of those, people whom you reached.", 12, sent=True, called=("People contacted",))),
    whole("accepted", "Accepted", 0, 9_999_999, asked=Asked(4, "People accepted for support.", 12, sent=True, called=("People accepted",))),
    whole("declined", "Declined", 0, 9_999_999, asked=Asked(5, "People not accepted, whoever decided so.", 12, sent=True, called=("People declined", "Not accepted"))),
    whole("supported", "Supported", 0, 9_999_999, asked=Asked(7, "People supported in the period, each counted once.", 12, sent=True, called=("People supported",))),
    whole("waiting", "Waiting", 0, 9_999_999, asked=Asked(8, "People waiting on the last day of the period.", 12, sent=True, called=("People waiting", "Waiting list"))),
    whole("longest_wait", "Longest wait", 0, 9_999, asked=Asked(9, "The longest that anybody waiting has waited, in days.", 14, "Longest wait in days", sent=True, called=("Longest wait (days)",))),
    whole("closed", "Closed", 0, 9_999_999, asked=Asked(10, "People whose support ended in the period.", 12, sent=True, called=("Cases closed", "People closed"))),
)  # fmt: skip
#: The unit in which each is counted, as a term of ``COUNT_UNIT``; what is not named here counts people.
MEASURED_IN = {"referred": "referrals", "longest_wait": "days"}

#: What a provider says of a service in a contract's or grant's return; its numbers are values of the service's indicators.
SERVICE_REPORT = EntitySpec("service_report", "Service report", "Service reports", "SR", "period", (
    ref("service", "Service", "service", required=True, listed=Listed(width=200)),
    text("period", "Period", listed=Listed(width=120)),
    when("as_at", "As at"),
    term("channel", "Channel", t.CHANNEL),
    text("informant", "Told by"),
    term("answer", "Answer", t.ANSWER, default="update", asked=Asked(
        1, "Update, No change, or Not able to say yet. One of these for every service.", 18)),
    long("declined_why", "Reasons for declining", search=True, asked=Asked(6, "Why people were not accepted, and how many for each reason.", 30)),
    long("outcomes", "Outcomes of closed cases", search=True, asked=Asked(11, "What became of the people whose cases were closed.", 34)),
    long("staffing", "Staffing", search=True, asked=Asked(12, "Posts, vacancies and absence that matter for the service.", 28)),
    long("risks", "Risks", search=True, asked=Asked(13, "What may stop the service or make people wait longer.", 28, called=("Risks and issues", "Issues"))),
    ref("corrects", "Corrects", "service_report"),
    ref("submission", "Came with", "submission"),
    NOTE,
), immutable=True, parent="service", own_day=("as_at",), by_content=True, listed=("period", "service", "answer", "as_at"),
   form=("service", "period", "as_at", "staffing", "risks"))  # fmt: skip
