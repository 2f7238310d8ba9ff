"""Vocabularies of surveys."""

from __future__ import annotations

from vawg_desktop.domain.terms import vocabulary

QUESTION_KIND = vocabulary(
    "kind of question",
    ("single", "One choice"),
    ("multi", "Several choices"),
    ("matrix", "Row of a matrix"),
    ("scale", "Scale"),
    ("number", "Number"),
    ("date", "Date"),
    ("free_text", "Free text"),
    ("not_known", "Not known yet", "Not answered yet"),
)
SAMPLE_KIND = vocabulary(
    "how people were reached",
    ("self_selected", "Whoever chose to answer", "Self-selected", "Open link"),
    ("invited", "Those who were invited"),
    ("random", "A random sample"),
)
TRIAGE = vocabulary(
    "decision on a safeguarding concern",
    ("to_decide", "To decide today"),
    ("referred", "Referred"),
    ("no_action", "Nothing to refer"),
    ("not_identifiable", "The person cannot be identified"),
    ("known", "Known to the police or a service already"),
)
