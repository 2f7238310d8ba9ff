"""Vocabularies of coding, and what stands where words were taken out of an answer."""

from __future__ import annotations

from vawg_desktop.domain.terms import vocabulary

CODING_RESULT = vocabulary(
    "result of coding",
    ("coded", "Coded"),
    ("none", "No code fits", "None"),
    ("unclear", "Unclear"),
)
REVIEW = vocabulary(
    "whether an answer was looked at",
    ("to_review", "To look at"),
    ("reviewed", "Looked at"),
    ("set_aside", "Set aside", "Not to be used"),
)
#: What tells who somebody is; each word stands in brackets where such words were taken out.
IDENTIFYING = vocabulary(
    "what tells who somebody is",
    ("name", "Name"),
    ("place", "Place"),
    ("address", "Address"),
    ("postcode", "Postcode"),
    ("telephone", "Telephone"),
    ("email", "E-mail"),
    ("link", "Link"),
    ("number", "Number"),
    ("date", "Date"),
    ("other", "Taken out"),
)
