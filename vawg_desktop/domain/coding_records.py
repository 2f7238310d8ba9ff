"""Coding: what people said in their own words, looked at, sorted under codes and counted. How to add a kind of record is told in ``fields.py``."""

from __future__ import annotations

from vawg_desktop.domain import coding_terms as c
from vawg_desktop.domain.fields import (
    EntitySpec,
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
from vawg_desktop.domain.shared_fields import NOTE

CODEBOOK = EntitySpec("codebook", "Codebook", "Codebooks", "CB", "title", (
    text("title", "Codebook", required=True, search=True),
    ref("survey", "Of which survey", "survey", listed=Listed(width=220, empty="Any")),
    whole("version", "Version", 1, 9999, "Goes up when the meaning of a code changes, so that answers coded before and after are kept apart.", default=1, listed=Listed(width=80)),
    long("purpose", "What it is for"),
    NOTE,
), by_title=True, listed=("title", "survey", "version"), form=("title", "survey", "purpose"))  # fmt: skip

#: How a codebook stood when a version of it was begun.
CODEBOOK_VERSION = EntitySpec("codebook_version", "Version of a codebook", "Versions of codebooks", "CV", "changed", (
    ref("codebook", "Codebook", "codebook", required=True, listed=Listed(width=200)),
    whole("number", "Version", 1, 9999, required=True, listed=Listed(width=80)),
    when("begun", "Since", listed=Listed(width=110)),
    long("changed", "What was changed", required=True),
    long("codes", "Its codes then", private=True),
    NOTE,
), parent="codebook", identity=("codebook", "number"), system=True, kept_by_program=True, listed=("number", "begun", "changed"))  # fmt: skip

CODE = EntitySpec("code", "Code", "Codes", "CD", "title", (
    text("title", "Code", required=True, search=True),
    ref("codebook", "Codebook", "codebook", required=True, listed=Listed(width=200)),
    long("definition", "What it covers", "What belongs under it, what does not, and an example.", search=True),
    ref("under", "Under", "code", "The code that it is part of.", listed=Listed(width=180, empty="")),
    whole("position", "Order", 0, 9999),
    text("key", "Key", "The letter that codes with it; the first nine codes have the digits.", listed=Listed(width=60, empty="")),
    text("colour", "Colour", "As #RRGGBB, for other programs."),
    yes_no("heading", "Only a heading", "Groups other codes; no answer is coded to it."),
    tags("suggested_by", "Words that suggest it", "An answer with one of these is offered the code; it counts once somebody accepts it."),
    links("themes", "Themes", "theme", "What it is about, and so which gaps and recommendations it bears on.", inverse="Codes"),
    ref("merged_into", "Merged into", "code"),
    NOTE,
), parent="codebook", listed=("title", "definition", "codebook", "key"), form=("codebook", "title", "definition", "under"))  # fmt: skip

#: How one coder sorted one answer. Its id follows from question, response and coder, so two coders never write on one record.
CODING = EntitySpec("coding", "Coding", "Codings", "CG", "result", (
    ref("survey", "Survey", "survey", required=True),
    ref("survey_question", "Question", "survey_question", required=True),
    text("response", "Response", required=True, names_record=True),
    text("coder", "Coder", required=True, listed=Listed(width=150)),
    term("result", "Result", c.CODING_RESULT, "Empty while there is only a memo.", listed=Listed(width=150, empty="Not coded")),
    links("codes", "Codes", "code", inverse="Codings"),
    long("memo", "Memo"),
    ref("codebook", "Codebook", "codebook"),
    whole("version", "Version of the codebook", 1, 9999, noted=True),
    text("answer", "Digests of the answer as it was read", private=True, noted=True),
    when("coded_on", "Coded on", noted=True, listed=Listed(width=110)),
    long("passages", "Which passages", private=True),
    NOTE,
), parent="survey", system=True, by_content=True, indexed=("response",), listed=("coder", "result", "coded_on"))  # fmt: skip

#: One reading of an answer by somebody who looked for what tells who somebody is, and what of it is taken out. Its id follows from question, response
#: and what is left, so two readings never conflict: what is taken out on one laptop and on another is taken out on both.
ANSWER_REVIEW = EntitySpec("answer_review", "Answer looked at", "Answers looked at", "AW", "status", (
    ref("survey", "Survey", "survey", required=True),
    ref("survey_question", "Question", "survey_question", required=True),
    text("response", "Response", required=True, names_record=True),
    term("status", "Looked at", c.REVIEW, required=True, default="reviewed"),
    tags("taken_out", "Taken out"),
    whole("letters", "Length of the answer", 0, 100_000_000),
    text("digest", "Digest of what is left", private=True),
    text("reviewed_by", "Looked at by", noted=True),
    when("reviewed_on", "Looked at on", noted=True),
    NOTE,
), parent="survey", system=True, by_content=True, indexed=("response",), listed=("status", "reviewed_by", "reviewed_on"))  # fmt: skip
