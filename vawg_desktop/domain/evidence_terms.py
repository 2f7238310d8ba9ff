"""Vocabularies of services, of what claims rest on, and of closing what was found."""

from __future__ import annotations

from vawg_desktop.domain.terms import vocabulary

SERVICE_KIND = vocabulary(
    "kind of service",
    ("advocacy", "Advocacy (IDVA, ISVA)", "Advocacy", "IDVA", "ISVA"),
    ("support", "Support", "Victim support"),
    ("counselling", "Counselling and therapy", "Counselling", "Therapy"),
    ("refuge", "Refuge and housing", "Refuge", "Housing"),
    ("helpline", "Helpline or information", "Helpline", "Information"),
    ("children", "Children and young people"),
    ("by_and_for", "By-and-for service", "By and for"),
    ("prevention", "Prevention and education", "Prevention"),
    ("perpetrator", "Perpetrator programme", "Perpetrators"),
    ("other", "Other"),
)
SERVICE_STATUS = vocabulary(
    "status of a service",
    ("not_known", "Not known", "Unknown"),
    ("planned", "Planned"),
    ("running", "Running", "Live", "In place"),
    ("ended", "Ended", "Closed"),
)
FUNDING_ANSWER = vocabulary(
    "answer about funding",
    ("extended", "Extended", "Renewed"),
    ("ended", "Ended"),
    ("not_known", "Not known", "Unknown"),
)
THEME_KIND = vocabulary(
    "kind of theme",
    ("inquiry", "Evidence theme of the inquiry", "Inquiry"),
    ("survey", "Free-text theme of the survey", "Survey"),
    ("other", "Other"),
)
WEIGHTS_OF = vocabulary(
    "whose harm weights",
    ("cambridge", "Cambridge Crime Harm Index", "CCHI"),
    ("ons", "ONS Crime Severity Score", "ONS", "CSS"),
    ("own", "Others"),
)
CONSENT = vocabulary(
    "consent",
    ("not_asked", "Not asked"),
    ("given", "Given"),
    ("withdrawn", "Withdrawn"),
)
CLOSURE_TEST = vocabulary(
    "closure test",
    ("action_evidenced", "Action evidenced"),
    ("measure_moved", "Measure moved"),
    ("victims_heard", "What victims have told us", "Victims heard"),
    ("recheck", "Date to look again", "Re-check date"),
)
CLOSURE_ANSWER = vocabulary(
    "answer to a closure test",
    ("met", "Met"),
    ("not_possible", "Could not be measured or asked, and why", "Not measurable", "Not asked"),
)
SIGNING_ROLE = vocabulary(
    "role of a signer",
    ("owner", "Owner"),
    ("independent", "Independent person", "Independent"),
    ("closer", "Proposer of the closing", "Closer", "Proposed the closing"),
)
SIGNED_BY = vocabulary(
    "how a signature was made sure",
    ("passphrase", "Own passphrase"),
    ("database_role", "Database login"),
    ("name_only", "By name only"),
)
COUNT_UNIT = vocabulary(
    "unit of a count",
    ("offences", "Offences"),
    ("victims", "Victims"),
    ("suspects", "Suspects"),
    ("defendants", "Defendants"),
    ("referrals", "Referrals"),
    ("people", "People"),
    ("days", "Days"),
    ("per_cent", "Per cent"),
    ("pounds", "Pounds"),
    ("other", "Other"),
)
GOOD_DIRECTION = vocabulary(
    "direction of good",
    ("up", "Higher is better", "Up"),
    ("down", "Lower is better", "Down"),
    ("neither", "Neither"),
)
CASES = vocabulary(
    "which cases a stage counts",
    ("cohort", "Reported in the period, and followed"),
    ("snapshot", "Counted in the period, whenever reported"),
)
VALUE_OF = vocabulary(
    "what each value of an indicator tells",
    ("flow", "What happened in the period"),
    ("stock", "What stood at the end of the period"),
    ("share", "A share, rate or average"),
)
FIGURE_SCOPE = vocabulary(
    "whom a figure counts",
    ("women_and_girls", "Women and girls", "VAWG"),
    ("all_victims", "All victims", "All"),
    ("other", "Other"),
)
FIGURE_RELEASE = vocabulary(
    "standing of a figure",
    ("published", "Published statistic", "Published"),
    ("management", "Management information", "Internal"),
    ("embargoed", "Embargoed"),
)
#: What a provider counts of a service in a period; each is an indicator of its own.
SERVICE_MEASURE = vocabulary(
    "what is counted of a service",
    ("referred", "Referred", "Referrals"),
    ("contacted", "Contacted"),
    ("accepted", "Accepted"),
    ("declined", "Declined"),
    ("supported", "Supported", "People supported"),
    ("waiting", "Waiting", "People waiting"),
    ("longest_wait", "Longest wait in days", "Longest wait"),
    ("closed", "Closed", "Cases closed"),
)
