"""The words an officer reads, as one list: those that were agreed never go back, and no turn of phrase has to be read twice."""

from __future__ import annotations

import importlib.util
import re
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


@cache
def lister() -> ModuleType:
    spec = importlib.util.spec_from_file_location("texts_of_the_program", ROOT / ".ci" / "texts.py")
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made
    spec.loader.exec_module(made)
    return made


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Every text of the program with its place, then the help and README paragraph by paragraph."""
    found = [(f"{text.file}:{text.line}", text.words) for text in lister().texts() if not text.file.startswith("analysis/")]
    for path in (*sorted((ROOT / "resources" / "help").glob("*.md")), ROOT / "README.md"):
        found += [(path.name, part) for part in path.read_text("utf-8").split("\n\n")]
    return tuple(found)


def test_the_list_holds_what_is_on_screen() -> None:
    words = {said for _, said in texts()}
    assert len(words) > 4000
    assert {"Prepare returns", "Import a return", "Record a phone call …", "Draft e-mails", "{…} must not be empty.", "No meetings yet. Add the boards' meetings here, past and planned."} <= words
    assert not any(said.startswith("SELECT ") for _, said in texts())


#: What each was called before, and by what it goes now: the table of words that was agreed.
AGREED = {
    "Read a return": "Import a return", "Send round": "Prepare returns", "Make returns": "Create workbooks", "Write to all": "Draft e-mails",
    "To the deputy": "E-mail the deputy", "Take by telephone": "Record a phone call", "Accept all that is safe": "Accept all without conflicts",
    "Think again": "Undo decision", "Last said": "Last return", "Bring in a tracker": "Import a tracker",
    "will stand here": "No … yet", "Nothing heard yet": "No updates yet", "Not heard of": "No update for 120 days", "Last heard of": "Last update",
    "Nothing else leads here": "No other links", "Keep a file": "Attach a file", "Keep these words": "Save wording", "Take away the link": "Remove link",
    "Complete by word alone": "Complete, no evidence yet", "Let a second officer in": "Add a person", "Chain head; ": "Integrity code",
    "wanted and got": "need and need met", "perpetrator change": "perpetrator programmes", "voluntary partner, of": "statutory partner",
    "No return received, chased": "Overdue, reminder sent", "two sides said different things": "Conflicts to resolve", "changed only by us": "changed here since sending",
}  # fmt: skip


@pytest.mark.parametrize("before", AGREED)
def test_words_that_were_replaced_do_not_come_back(before: str) -> None:
    assert [place for place, said in texts() if before.casefold() in said.casefold()] == [], f"say “{AGREED[before]}”"


#: Turns of phrase that a reader has to take twice, and how to say it.
TWICE = {
    r"(” |\} )is no [a-z.]+\b(?! longer)": "is not a …",
    r"\b(stands?|stood) (already|so|closed|open)\b": "is already …",
    r"\b(lies|lay|lie) (in|ahead|under|between|on)\b": "is in …",
    r"\bno more\b(?! than)|\bany more\b(?! than)": "no longer",
    r"\banew\b|\bthereby\b|\bwherein\b|\bhitherto\b|\bforthwith\b|\bshall\b": "again",
    r"\b(take|taken|takes|took) in (a|an|on|the|harm)\b": "import",
    r"\bbears? the\b|\bso many days\b|\bunasked\b|\bspoken of\b": "has the …",
    r"\bnot told\b": "not shown",
    r"\be\.g\.|\bi\.e\.|\betc\b|\bvia\b|\butili[sz]|\bleverage\b|\bplease note\b": "plain words",
    r"(?i)\b(organiz|recogniz|color\b|colors\b|center\b|behavior|analyz|canceled|program me\b|gotten)": "British spelling",
    r"\w  (?=[a-z])|\?\?|!!|\boops\b": "one space; no shouting",
    r"[\d}] %(?!\w| [a-z])|[\d}] % of": "30%",
}


@pytest.mark.parametrize("turn", TWICE)
def test_no_turn_of_phrase_has_to_be_read_twice(turn: str) -> None:
    found = [(place, said[:120]) for place, said in texts() if re.search(turn, said) and not said.startswith("\nAshford")]
    assert found == [], f"say “{TWICE[turn]}”"
