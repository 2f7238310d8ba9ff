"""What a transaction was for: one word each in the log, and what may be done with it afterwards.

To add an act: a line in ``Act``, then name it where the transaction is written. A log that was merged from a later version may
hold words that are not listed here; those count as ordinary edits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, StrEnum


class Undo(Enum):
    """What Ctrl+Z does when it meets a transaction."""

    REVERSED = "it is reversed"
    PASSED_OVER = "it stands, and what came before it is reversed"
    REFUSED = "it stands, and the person is told why"


@dataclass(frozen=True, slots=True)
class Rules:
    """The heading of an act's changes, and the rules that hang on it."""

    heading: str
    undo: Undo = Undo.REVERSED
    #: Counted as something that happened; starter content is not.
    activity: bool = True
    #: Somebody outside the office has seen it: it is corrected, not undone.
    left_office: bool = False
    #: The program's own bookkeeping, which is nobody's later work on a record.
    by_program: bool = False


class Act(StrEnum):
    """Every act; its value is the word in the log."""

    rules: Rules

    def __new__(cls, word: str, rules: Rules) -> Act:
        made = str.__new__(cls, word)
        made._value_ = word
        made.rules = rules
        return made

    EDIT = "edit", Rules("Edited")
    CREATE = "create", Rules("Added")
    DELETE = "delete", Rules("Deleted")
    UNDELETE = "undelete", Rules("Restored from the bin")
    LINK = "link", Rules("Links changed")
    BULK = "bulk", Rules("Changed together")
    PASTE = "paste", Rules("Pasted")
    MEETING = "meeting", Rules("Noted in a meeting")
    PUBLISH = "publish", Rules("Published", Undo.REFUSED, left_office=True)
    UPDATE = "update", Rules("Progress noted")
    ATTACH = "attach", Rules("File attached")
    IMPORT = "import", Rules("Tracker imported")
    SURVEY = "survey", Rules("Survey imported")
    REVIEW = "review", Rules("Answers looked at")
    CODE = "code", Rules("Answers coded")
    CODEBOOK = "codebook", Rules("Codebook changed")
    ROUND = "round", Rules("Returns made", Undo.REFUSED, left_office=True)
    EXTEND = "extend", Rules("More time given", Undo.REFUSED, left_office=True)
    CHASE = "chase", Rules("Reminder noted", Undo.REFUSED, left_office=True)
    RECEIVE = "receive", Rules("Return received")
    DECIDE = "decide", Rules("Answers decided on")
    RETURN = "return", Rules("Return accepted")
    REVERSE = "reverse", Rules("Return reversed")
    SETTLE = "settle", Rules("Conflict resolved", Undo.REFUSED)
    COMBINE = "combine", Rules("Records combined")
    SETTING = "setting", Rules("Settings of the office")
    UNDO = "undo", Rules("Undone")
    REDO = "redo", Rules("Brought back")
    MERGE = "merge", Rules("Copy merged", Undo.PASSED_OVER, by_program=True)
    MOVE = "move", Rules("Store moved", Undo.PASSED_OVER, by_program=True)
    REPAIR = "repair", Rules("Store repaired", by_program=True)
    SPLIT = "split", Rules("Part handed over", Undo.REFUSED, left_office=True)
    GATHER = "gather", Rules("Gathered for a request")
    RESCUE = "rescue", Rules("Rescued from a damaged store")
    DISPOSE = "dispose", Rules("Disposed of", Undo.PASSED_OVER)
    KEYS = "keys", Rules("Passphrases changed", Undo.PASSED_OVER)
    SAMPLE = "sample", Rules("Starter content", Undo.PASSED_OVER, activity=False)
    DEMO = "demo", Rules("Invented county", Undo.PASSED_OVER, activity=False)


def act_of(word: str) -> Act:
    """The act that a word of the log names; an edit where a later version wrote it."""
    try:
        return Act(word)
    except ValueError:
        return Act.EDIT


def sql_list(chosen: Callable[[Rules], bool]) -> str:
    """The acts whose rules ``chosen`` holds for, as the inside of an SQL ``IN (…)``."""
    return ", ".join(f"'{act.value}'" for act in Act if chosen(act.rules))
