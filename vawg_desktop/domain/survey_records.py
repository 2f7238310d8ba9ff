"""Surveys: what was asked and of whom, and what came back. How to add a kind of record is told in ``fields.py``."""

from __future__ import annotations

from dataclasses import replace

from vawg_desktop.domain import survey_terms as s
from vawg_desktop.domain.fields import (
    EntitySpec,
    Listed,
    long,
    ref,
    tags,
    term,
    text,
    when,
    whole,
    yes_no,
)
from vawg_desktop.domain.shared_fields import MARKING, NOTE, SOURCES

SURVEY = EntitySpec("survey", "Survey", "Surveys", "SU", "title", (
    text("title", "Survey", required=True, search=True),
    text("tool", "Made with", listed=Listed(width=150)),
    text("population", "Whom it asked", search=True),
    term("sample", "How people were reached", s.SAMPLE_KIND, "Where people chose to answer, results describe the respondents and nobody else.", default="self_selected", listed=Listed(width=200)),
    when("opened_on", "Opened on", listed=Listed(width=110)),
    when("closed_on", "Closed on", listed=Listed(width=110, empty="Open")),
    replace(MARKING, default="official_sensitive"),
    long("columns", "How its file's columns are read", private=True),
    SOURCES,
    NOTE,
), by_title=True, listed=("title", "tool", "sample", "opened_on", "closed_on"), form=("title", "population", "sample", "opened_on", "closed_on"))  # fmt: skip

SURVEY_QUESTION = EntitySpec("survey_question", "Question of a survey", "Questions of surveys", "SQ", "wording", (
    ref("survey", "Survey", "survey", required=True, listed=Listed(width=180)),
    text("code", "Code", "What the survey's file calls it."),
    text("wording", "Question", required=True, search=True),
    term("kind", "Kind", s.QUESTION_KIND, "How its answers are counted.", required=True, default="not_known", listed=Listed(width=140)),
    text("stem", "Part of", "What the rows of a matrix have in common."),
    whole("position", "Order", 0, 9999),
    yes_no("groups", "Results may be broken down by it", "Such as age, district or wave."),
    tags("positive", "Counts as positive", "Answers that a net score adds."),
    tags("negative", "Counts as negative", "Answers that a net score takes away."),
    long("choices", "Its choices", private=True),
    NOTE,
), parent="survey", identity=("survey", "code"), listed=("wording", "kind", "survey"), form=("survey", "wording", "kind"), counted=("question", "questions"))  # fmt: skip

#: What one file brought: the answers that were new or other than before, as one document. A respondent's answers leave it when they are disposed of.
SURVEY_BATCH = EntitySpec("survey_batch", "File of a survey", "Files of surveys", "SF", "wave", (
    ref("survey", "Survey", "survey", required=True),
    text("wave", "Wave", listed=Listed(width=120, empty="The only one")),
    text("profile", "Read as", listed=Listed(width=140)),
    when("taken_in", "Imported on", listed=Listed(width=110)),
    whole("rows_read", "Rows read", 0, 100_000_000, listed=Listed(width=90)),
    whole("rows_kept", "Rows kept", 0, 100_000_000, listed=Listed(width=90)),
    long("left_out", "What was left out"),
    text("file_digest", "Digest of the file", private=True),
    long("responses", "What came", private=True),
    NOTE,
), parent="survey", system=True, by_content=True, kept_by_program=True, counted=("file", "files"))  # fmt: skip

#: A response of which something is to be said, such as that somebody may be in danger. Its answers stand in the file that brought them; its id
#: follows from survey, wave and respondent.
SURVEY_RESPONSE = EntitySpec("survey_response", "Safeguarding concern", "Safeguarding concerns", "SE", "reasons", (
    ref("survey", "Survey", "survey", required=True, listed=Listed(width=180)),
    text("wave", "Wave", listed=Listed(width=80, empty="")),
    text("reasons", "Why it is looked at", "Found by patterns, which miss a lot and prove nothing by themselves."),
    term("status", "Decision", s.TRIAGE, listed=Listed(width=200)),
    text("recipient", "Referred to", "Whom, and how: a name, a post or a service.", listed=Listed(width=150, empty="")),
    text("decided_by", "Decided by", noted=True),
    when("decided_on", "Decided on", noted=True, listed=Listed(width=110, empty="")),
    text("decided_at", "Decided at", time_of_day=True, noted=True),
    NOTE,
), parent="survey", system=True, by_content=True, status="status", finished=frozenset({"referred", "no_action", "not_identifiable", "known"}),
   listed=("reasons", "status", "survey", "recipient", "decided_on"), filters=(("To decide", "status", "to_decide"),), counted=("response", "responses"))  # fmt: skip
