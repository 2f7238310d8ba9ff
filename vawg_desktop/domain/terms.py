"""Vocabularies of the field: the stored key, the label an officer reads, and what else people type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

#: Full stops, but for one between figures: 1.12 is not 112.
_DOTS = re.compile(r"(?<![0-9])\.|\.(?![0-9])")
_SPLIT = re.compile(r"[\s_\-/]+")
#: Letters that are not seen; and hyphens and dashes of every kind, which are one when words are compared.
UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_HYPHENS = re.compile("[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]")


def as_seen(text: str) -> str:
    """A text without its unseen letters, with one kind of hyphen: a typed In-progress is the same whatever its hyphen."""
    return _HYPHENS.sub("-", UNSEEN.sub("", text))


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """Text for comparing: case, accents, apostrophes, dots, hyphens, slashes and runs of space aside."""
    if text.isascii():
        plain = text.casefold()
    else:
        plain = unicodedata.normalize("NFKD", text)
        plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    plain = _DOTS.sub("", plain.replace("’", "").replace("'", "")).replace("&", " and ")
    return _SPLIT.sub(" ", plain).strip()


def how_many(number: int, one: str, many: str = "") -> str:
    """A number with what it counts: 1 row, 2 rows, 1 entry, 1,200 entries. ``many`` where it is not ``one`` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a vocabulary. ``key`` is stored for ever; ``label`` may be reworded."""

    key: str
    label: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """An ordered list of terms."""

    name: str
    terms: tuple[Term, ...]

    @cached_property
    def _by_fold(self) -> dict[str, Term]:
        known: dict[str, Term] = {}
        for term in self.terms:
            for word in (term.key, term.label, *term.aliases):
                known.setdefault(fold(word), term)
        return known

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def find(self, text: str) -> Term | None:
        """The term that a key, label or alias names, or None; letters that nobody sees and kinds of hyphen make no difference."""
        return self._by_fold.get(fold(text)) or self._by_fold.get(fold(as_seen(text)))

    def label(self, key: str | None) -> str:
        """The label of a stored key; a key nobody knows is shown as it stands."""
        if key is None:
            return ""
        term = self._by_fold.get(fold(key))
        return term.label if term else key

    def key_list(self) -> tuple[str, ...]:
        """The stored keys, in order."""
        return tuple(t.key for t in self.terms)

    def labels(self) -> tuple[str, ...]:
        """What people read, in the vocabulary's order."""
        return tuple(t.label for t in self.terms)

    def nearest(self, text: str) -> tuple[str, ...]:
        """Up to three labels that look like ``text``, best first, for "did you mean"."""
        from difflib import get_close_matches

        word = fold(text)
        close = get_close_matches(word, list(self._by_fold), n=3, cutoff=0.78)
        same = [c for c in close if _denied(word) == _denied(c)]  # "incomplete" is no slip of the pen for "complete"
        return tuple(dict.fromkeys(self._by_fold[c].label for c in same))


def _denied(word: str) -> bool:
    """Whether words say that something is not so, or not yet."""
    return word.startswith(("not ", "non ", "un", "in complete", "incomplete", "inactive", "no ", "yet to "))


def vocabulary(name: str, *rows: tuple[str, ...]) -> Vocabulary:
    """A vocabulary from rows of a key, its label, and other words for it."""
    return Vocabulary(name, tuple(Term(r[0], r[1], tuple(r[2:])) for r in rows))


PILLAR = vocabulary(
    "pillar",
    ("prevention", "Prevention", "Prevent"),
    ("engagement", "Engagement", "Engage"),
    ("victims_journey", "Victim's Journey", "Victims Journey", "Victims' Journey", "VJ",
     "Victim Journey"),
    ("rehabilitation", "Rehabilitation", "Rehab"),
)  # fmt: skip
#: What stands where a record has no pillar: a word, never a blank.
CROSS_CUTTING = "Cross-cutting"

ACTION_STATUS = vocabulary(
    "status of an action",
    ("not_known", "Not known", "Unknown", "Don't know"),
    ("proposed", "Proposed", "Not agreed", "Draft"),
    ("not_started", "Not started", "Not yet started", "To start", "Planned", "Not begun"),
    ("in_progress", "In progress", "Ongoing", "On-going", "Underway", "Under way", "Started",
     "On track", "On target", "Partially complete", "WIP", "Progressing", "In hand", "Live"),
    ("complete", "Complete", "Completed", "Done", "Finished", "Delivered", "Achieved", "Closed"),
    ("stopped", "Stopped", "Ceased", "Discontinued", "Cancelled", "Withdrawn", "Ended"),
    ("superseded", "Superseded", "Replaced"),
)  # fmt: skip
#: Statuses with nothing left to do, so never overdue (DESIGN 3).
FINISHED = frozenset({"complete", "stopped", "superseded"})

RECOMMENDATION_STATUS = vocabulary(
    "status of a recommendation",
    ("open", "Open", "In progress", "Ongoing", "Not started", "Live"),
    ("closed", "Closed", "Complete", "Completed", "Done"),
    ("superseded", "Superseded", "Replaced"),
)
GAP_STATUS = vocabulary(
    "status of a gap",
    ("identified", "Identified", "New"),
    ("validated", "Validated", "Confirmed"),
    ("being_addressed", "Being addressed", "In progress"),
    ("delivered", "Delivered"),
    ("benefit_seen", "Benefit seen"),
    ("closed", "Closed"),
)
RATING = vocabulary(
    "rating",
    ("blue", "Blue", "B", "Complete and verified"),
    ("green", "Green", "G", "On track"),
    ("amber", "Amber", "A", "Yellow", "Orange", "At risk"),
    ("red", "Red", "R", "Off track"),
    ("grey", "Grey", "Gray", "Not started"),
    ("white", "White", "W", "Waiting", "Waiting on somebody else"),
)
NOT_RATED = "Not rated"
PROVISION = vocabulary(
    "provision",
    ("none", "None", "No provision"),
    ("partial", "Partial", "Some"),
    ("full", "Full"),
    ("unknown", "Not known", "Unknown", "No data"),
)
BASIS = vocabulary(
    "basis",
    ("published", "Published"),
    ("inferred", "Inferred"),
    ("illustrative", "Illustrative"),
    ("to_be_checked", "To be checked", "Last two strands to be checked"),
)
STANDING = vocabulary(
    "standing",
    ("own_office", "Own office"),
    ("held_to_account", "Held to account"),
    ("under_contract", "Under contract or grant", "Contract", "Grant"),
    ("voluntary", "Statutory partner", "Voluntary partner"),
    ("independent", "Independent"),
    ("government", "Government"),
)
RECOMMENDATION_KIND = vocabulary(
    "kind of recommendation",
    ("recommendation", "Recommendation"),
    ("area_for_improvement", "Area for improvement", "AFI"),
    ("cause_of_concern", "Cause of concern"),
    ("panel_recommendation", "Police and Crime Panel recommendation", "Panel recommendation"),
    ("pledge", "Pledge", "Commitment"),
    ("representation", "Representation to Government"),
    ("learning", "Learning"),
)
CLOSING_AUTHORITY = vocabulary(
    "closing authority",
    ("office", "The office", "OPCC"),
    ("inspectorate", "The inspectorate", "HMICFRS"),
    ("board", "A board"),
    ("panel", "The Police and Crime Panel", "The Panel", "Police and Crime Panel"),
)
ROLE = vocabulary(
    "role",
    ("accountable", "Accountable body"),
    ("accountable_person", "Accountable person"),
    ("lead", "Lead"),
    ("contributor", "Contributor"),
    ("completes_return", "Completes the return"),
    ("clears_return", "Clears the return"),
    ("link_officer", "Our link officer"),
)
CLOSURE_ROUTE = vocabulary(
    "closure route",
    ("delivered", "Delivered"),
    ("in_part", "In part, with risk accepted", "In part with risk accepted"),
    ("not_accepted", "Not accepted"),
    ("superseded", "Superseded"),
    ("overtaken", "Overtaken"),
    ("business_as_usual", "Business as usual", "BAU"),
    ("transferred", "Transferred"),
    ("withdrawn", "Withdrawn"),
    ("duplicate", "Duplicate"),
)
PRIORITY = vocabulary(
    "priority", ("high", "High", "H"), ("medium", "Medium", "M", "Med"), ("low", "Low", "L")
)
VERIFICATION = vocabulary(
    "verification",
    ("0", "0 Claimed", "Claimed"),
    ("1", "1 Signed off by the partner's chief officer", "Signed off"),
    ("2", "2 Evidence seen by the OPCC", "Evidence seen"),
    ("3", "3 Tested independently", "Tested"),
    ("4", "4 Outcome sustained", "Sustained"),
)
OUTCOME = vocabulary(
    "outcome judgement",
    ("too_early", "Too early to say"),
    ("no_change_seen", "No change seen"),
    ("some_change", "Some change seen"),
    ("achieved", "Achieved"),
)
RESPONSE = vocabulary(
    "response",
    ("awaited", "Awaited"),
    ("accepted", "Accepted", "Agreed"),
    ("in_principle", "Accepted in principle", "In principle"),
    ("in_part", "Accepted in part", "In part"),
    ("not_accepted", "Not accepted", "Rejected"),
    ("not_ours", "Not ours"),
)
EXTENT = vocabulary(
    "extent",
    ("full", "In full", "Full"),
    ("part", "In part", "Part", "Partial"),
    ("contributes", "Contributes", "Overlap"),
)
CHANNEL = vocabulary(
    "channel",
    ("return", "Return"),
    ("meeting", "Meeting"),
    ("email", "E-mail", "Email"),
    ("telephone", "Telephone", "Phone"),
    ("own", "Own knowledge", "Own"),
)
ANSWER = vocabulary(
    "answer",
    ("update", "Update", "Updated"),
    ("no_change", "No change", "NC", "N/C", "No changes", "No further change", "Unchanged", "Nothing to report", "Nothing new to report", "Nothing new"),
    ("not_able", "Not able to say yet", "Not able to say", "Unable to say", "Unable to say yet"),
)
EVIDENCE_KIND = vocabulary(
    "kind of evidence",
    ("document", "Document"),
    ("data", "Data"),
    ("minutes", "Minutes"),
    ("evaluation", "Evaluation"),
    ("audit", "Audit or inspection"),
    ("testimony", "Testimony"),
    ("other", "Other"),
)
EVIDENCE_DECISION = vocabulary(
    "decision on evidence",
    ("awaiting_review", "Awaiting review"),
    ("accepted", "Accepted"),
    ("not_enough", "Not enough"),
)
MARKING = vocabulary(
    "marking",
    ("official", "OFFICIAL"),
    ("official_sensitive", "OFFICIAL-SENSITIVE", "OFFICIAL SENSITIVE"),
)
LEVEL = vocabulary("level", ("low", "Low"), ("medium", "Medium"), ("high", "High"))
SEVERITY = vocabulary(
    "severity",
    ("1", "1 Minor", "Minor"),
    ("2", "2 Moderate", "Moderate"),
    ("3", "3 Serious", "Serious"),
    ("4", "4 Grave", "Grave"),
)
FREQUENCY = vocabulary(
    "frequency",
    ("1", "1 Rare", "Rare", "Rarely"),
    ("2", "2 Sometimes", "Sometimes", "Occasionally"),
    ("3", "3 Often", "Often", "Frequently"),
    ("4", "4 Nearly always", "Nearly always", "Always"),
)
JOURNEY_STAGE = vocabulary(
    "journey stage",
    ("before_reporting", "Before reporting"),
    ("first_contact", "Report and first contact"),
    ("safeguarding", "Safeguarding and referral"),
    ("investigation", "Investigation"),
    ("charging", "Charging decision"),
    ("charge_to_court", "Charge to court"),
    ("trial", "Trial"),
    ("outcome", "Outcome and sentence"),
    ("post_trial", "Post-trial"),
    ("recovery", "Recovery"),
)
PARTNER_KIND = vocabulary(
    "kind of partner",
    ("opcc", "OPCC"),
    ("police", "Police"),
    ("prosecution", "Prosecution"),
    ("courts", "Courts"),
    ("probation", "Probation"),
    ("council", "Council"),
    ("health", "Health"),
    ("partnership", "Partnership"),
    ("commissioned_service", "Commissioned service"),
    ("contractor", "Analysis contractor", "Contractor"),
    ("national_government", "National government"),
    ("other", "Other"),
)
SOURCE_KIND = vocabulary(
    "kind of source",
    ("inquiry", "Inquiry"),
    ("inspection", "Inspection"),
    ("review", "Review"),
    ("panel", "Panel"),
    ("survey", "Survey"),
    ("press_release", "Press release"),
    ("annual_report", "Annual report"),
    ("news", "News"),
)
ROUND_KIND = vocabulary("kind of round", ("progress", "Progress"), ("contract", "Contract or grant", "Contract", "Grant"))
SUBMISSION_STATE = vocabulary(
    "state of a submission",
    ("in_review", "In review"),
    ("applied", "Applied"),
    ("reversed", "Reversed"),
)
CHASE_STEP = vocabulary(
    "step of chasing",
    ("courtesy", "Before it is due"),
    ("reminder", "E-mail a reminder"),
    ("deputy", "E-mail the deputy"),
    ("formal_letter", "Formal letter"),
    ("invitation", "Invitation to contribute"),
    ("extension", "Extension"),
)
DECISION = vocabulary(
    "decision",
    ("accepted", "Accepted"),
    ("queried", "Queried"),
    ("refused", "Rejected"),
)
