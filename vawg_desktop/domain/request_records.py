"""Requests for information and for subject access, and what was gathered for each."""

from __future__ import annotations

from vawg_desktop.domain import request_terms as r
from vawg_desktop.domain.fields import EntitySpec, Listed, long, ref, term, text, when
from vawg_desktop.domain.shared_fields import MARKING, NOTE

INFORMATION_REQUEST = EntitySpec("information_request", "Request for information", "Requests for information", "RQ", "title", (
    text("title", "What is asked for", required=True, search=True, listed=Listed("Request")),
    term("kind", "Kind", r.REQUEST_KIND, required=True, default="foi", listed=Listed(width=170)),
    text("requester", "Requester", "Who asks, as they signed it.", search=True),
    long("words", "Words to search for", "One on each line: names and other spellings, references, e-mail addresses. Everything that holds one of them is gathered."),
    when("received", "Received", required=True, listed=Listed(width=110)),
    when("due", "Due", "20 working days after it came; one month for subject access. Filled in for you.", listed=Listed(width=110)),
    when("extended_to", "Extended to"),
    long("extension_reason", "Why extended", "What the requester was told."),
    term("status", "Status", r.REQUEST_STATUS, default="received", listed=Listed(width=150)),
    when("searched_on", "Searched on"),
    long("found", "What was found", "Where the search looked, and how much it found there.", search=True),
    long("not_searched", "What could not be searched", search=True),
    long("public_interest", "Public-interest test", "For each exemption that needs one: the case for disclosure and the case against.", search=True),
    term("outcome", "Outcome", r.REQUEST_OUTCOME, listed=Listed(width=130)),
    when("replied", "Replied on"),
    long("reply", "Reply", search=True),
    when("review_asked", "Review asked for on"),
    long("review_outcome", "Outcome of the review", search=True),
    MARKING,
    NOTE,
), status="status", finished=frozenset({"replied", "ended"}), due=("extended_to", "due"),
   listed=("title", "kind", "status", "due", "outcome"), form=("title", "kind", "requester", "words", "received"),
   filters=(("Being gathered", "status", "gathering"), ("Under review", "status", "under_review")), counted=("request", "requests"))  # fmt: skip

#: One text that was gathered for a request. Only where it stands and its digest are kept, so it is never held a second time.
REQUEST_ITEM = EntitySpec("request_item", "Gathered text", "Gathered texts", "RG", "place", (
    ref("information_request", "Request", "information_request", required=True),
    text("place", "Where it is", required=True),
    text("about", "Of", names_record=True),
    text("source", "Found at", required=True, private=True),
    text("text_digest", "Digest of its text", required=True, private=True),
    term("decision", "Decision", r.ITEM_DECISION, default="to_decide"),
    term("exemption", "Exemption", r.EXEMPTION),
    long("reason", "Reason", "The public-interest test, where the exemption needs one."),
    long("passages", "Passages taken out", private=True),
    text("decided_by", "Decided by"),
    when("decided_on", "Decided on"),
), parent="information_request", system=True, counted=("gathered text", "gathered texts"))  # fmt: skip
