"""When a request for information has to be answered, by its kind."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from vawg_desktop.domain.calendar import is_working, working_days

#: FOI Act 2000, s. 10(1); EIR 2004, reg. 5(2).
WORKING_DAYS = 20


def request_due(kind: str, received: date) -> date:
    """The day by which a request of a kind that came on a day has to be answered.

    Twenty working days after it came; for subject access one month, to the next working day where it ends on none (UK GDPR, art. 12(3)).
    """
    if kind != "subject_access":
        return working_days(received, WORKING_DAYS)
    year, month = (received.year + received.month // 12, received.month % 12 + 1)
    due = date(year, month, min(received.day, monthrange(year, month)[1]))
    return due if is_working(due) else working_days(due, 1)
