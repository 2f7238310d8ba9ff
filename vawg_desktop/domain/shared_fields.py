"""Fields that several kinds of record have alike."""

from __future__ import annotations

from vawg_desktop.domain import terms as t
from vawg_desktop.domain.fields import links, long, term, text, when

NOTE = long("note", "Note", "Anything a colleague should know. Never sent out.", search=True, off_paper=True)
BASIS = term("basis", "Basis", t.BASIS, "How far this is known: published, inferred or illustrative.")
SOURCES = links("sources", "Sources", "source", "The published documents this rests on.", "Rests on it")
MARKING = term("marking", "Marking", t.MARKING, default="official", strictest=("official_sensitive", "official"))
PUBLIC = long("public_wording", "Public wording", "The words that may be published.", search=True)
RESTRICTION = (
    text("restriction", "Restricted because", "Why this record is kept from lists and papers.", strictest="filled"),
    when("restricted_until", "Restricted until", strictest="later"),
    text("restricted_to", "May be seen by"),
)
