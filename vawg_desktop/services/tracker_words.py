"""Words in a list's cells that are no content: footers, words for a blank, pointers to rows and recommendations."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vawg_desktop.domain.terms import UNSEEN, fold
from vawg_desktop.exchange.cells import points_elsewhere
from vawg_desktop.exchange.tracker_shape import Given, TrackerRow

#: How lines under a table begin. Words that an action may begin with as well ("Source homes …", "Key worker …") need a mark or a number after them.
_FOOTER = re.compile(
    r"(?:totals?|sub ?-?totals?|grand totals?|prepared by|last updated|signed off by|approved by|completed by|reviewed by|end of (?:the )?(?:table|list|sheet|report|document|tracker))\b"
    r"|(?:key|notes?|n\.?b\.?|sources?|version|v|count|average)\s*(?:$|[:.–—-]|\d)",
    re.IGNORECASE,
)
#: Words that stand where a title should and name nothing.
_NOTHINGS = frozenset({"n a", "na", "tbc", "tbd", "tba", "none", "nil", "to be confirmed", "not applicable", "blank", "x", "total", "totals", "sub total",
    "subtotal", "grand total", "average", "count",
})  # fmt: skip
#: How a cell says which recommendations a row serves by their numbers alone: "Rec 3", "R3/R4", "3 & 4".
POINTER = re.compile(
    r"(?:(?:recommendations?|recs?)\.?\s*)?(?:(?:nos?|numbers?)\.?\s*)?(?:R\s*[-–]?\s*)?[0-9]{1,4}"
    r"(?:\s*(?:,|;|/|&|\band\b|\n)\s*(?:(?:recommendation|rec)\.?\s*)?(?:R\s*[-–]?\s*)?[0-9]{1,4})*",
    re.IGNORECASE,
)
NUMBERED_TITLE = re.compile(r"(?:(?:recommendation|rec)\.?\s*)?R?\s*[-–]?\s*([0-9]{1,4})\s*[.:)–-]\s*(.+)", re.IGNORECASE | re.DOTALL)
#: What stands for every recommendation and is none.
EVERY = frozenset({"all", "all recommendations", "all recs", "every recommendation", "various", "several", "multiple"})


def is_under_table(text: str) -> bool:
    """Whether a cell begins as lines under a table do: a total, a note, who prepared it."""
    return _FOOTER.match(text.strip()) is not None


#: Columns that say how work stands and whose it is: a row with words there is work, whatever its title begins with.
_OF_WORK = frozenset({"status", "accountable", "lead", "owner", "due", "revised_due", "target_date", "rating_partner", "rating_opcc"})


def is_work(given: Sequence[Given], row: TrackerRow) -> bool:
    """Whether any of some cells says in words how work stands or whose it is."""
    columns = {id(cell): target.partition(".")[2] for target, cell in row.cells.items()}
    return any(columns.get(id(g)) in _OF_WORK and any(c.isalpha() for c in g.text) for g in given)


def says_nothing(text: str) -> bool:
    """Whether words are none: a dash, a figure, N/A or the like."""
    words = " ".join(re.findall(r"[^\W_]+", fold(UNSEEN.sub("", text))))
    return not any(c.isalpha() for c in words) or words in _NOTHINGS or points_elsewhere(words)
