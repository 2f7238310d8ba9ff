"""Case extracts: read, measured and forgotten. What stays is on what footing the data came, and counts. How to add a kind of record is told in ``fields.py``."""

from __future__ import annotations

from dataclasses import replace

from vawg_desktop.domain import evidence_terms as e
from vawg_desktop.domain.fields import EntitySpec, Listed, long, ref, term, text, when, whole
from vawg_desktop.domain.shared_fields import MARKING, NOTE, SOURCES

#: What an offence of each kind weighs, in days: of one source and one version, from the officer's own copy.
WEIGHT_SET = EntitySpec("weight_set", "Set of harm weights", "Harm weights", "WT", "title", (
    text("title", "Weights", required=True, search=True),
    term("kind", "Whose", e.WEIGHTS_OF, required=True, default="own", listed=Listed(width=200)),
    text("version", "Version", "The year or edition.", required=True, listed=Listed(width=120)),
    text("licence", "On what terms", "The Cambridge index is licensed; ONS weights are under the Open Government Licence."),
    when("taken_in", "Imported on", listed=Listed(width=110)),
    whole("offences", "Offences", 0, 100_000, listed=Listed(width=90)),
    long("weights", "The weights", private=True),
    SOURCES,
    NOTE,
), system=True, by_title=True, listed=("title", "kind", "version", "offences", "taken_in"), counted=("set of weights", "sets of weights"))  # fmt: skip

CASE_EXTRACT = EntitySpec("case_extract", "Case extract", "Case extracts", "CX", "title", (
    text("title", "Extract", required=True, search=True),
    text("controller", "Controller", "Whose data they are.", required=True, search=True, listed=Listed(width=160)),
    text("agreement", "Sharing agreement", "Its reference or title, and where it is kept.", required=True),
    text("dpia", "Impact assessment", "The data protection impact assessment that covers it.", required=True),
    long("purpose", "Purpose", "What it may be used for.", required=True),
    text("legal_basis", "Legal basis"),
    text("offenders", "Who counts as an offender", "Charged, or named as a suspect: shares of harm depend on it.", required=True),
    when("from_date", "Reported from", listed=Listed(width=110)),
    when("until_date", "Reported until", listed=Listed(width=110)),
    when("taken_in", "Imported on", listed=Listed(width=110)),
    whole("rows_read", "Rows read", 0, 100_000_000, listed=Listed(width=90)),
    ref("weights", "Weighed by", "weight_set", listed=Listed(width=180, empty="Not weighed")),
    long("left_out", "What was left out"),
    long("measured", "What was measured", private=True),
    replace(MARKING, default="official_sensitive"),
    SOURCES,
    NOTE,
), system=True, listed=("title", "controller", "from_date", "until_date", "weights"))  # fmt: skip
