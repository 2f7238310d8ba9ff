"""Records pasted from Word or Excel: a paragraph or a row each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.services.records import create_in
from vawg_desktop.services.session import Session

_NUMBERED = re.compile(
    r"^\s*(?:(?:recommendation|rec|r|action|a)\s*)?(\d{1,4})\s*[.):\-–]?\s+(.+)$", re.IGNORECASE | re.DOTALL
)
_BULLET = re.compile(r"^[\s•\-–*o]+\s+")


def read_pasted(text: str) -> list[tuple[str, str, str]]:
    """Number (or empty), title and whole wording of each record in pasted text.

    A row of Excel gives its first column as number where it is one, the next as the text.
    """
    rows: list[tuple[str, str, str]] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        cells = [c.strip() for c in line.split("\t")]
        words = [c for c in cells if c]
        if not words:
            continue
        number = ""
        if len(words) > 1 and re.fullmatch(r"[A-Za-z]{0,2}-?\d{1,4}[.)]?", words[0]):
            number, words = words[0].rstrip(".)"), words[1:]
        wording = _BULLET.sub("", " ".join(words))
        if not number and (m := _NUMBERED.match(wording)):
            number, wording = m[1], m[2].strip()
        rows.append((number, _title(wording), wording))
    return rows


def _title(wording: str) -> str:
    """A plain title: the first sentence, at most 120 characters at a word's end."""
    first = re.split(r"(?<=[.;:])\s", wording, maxsplit=1)[0].rstrip(".;:")
    return first if len(first) <= 120 else first[:120].rsplit(" ", 1)[0] + " …"


def paste(session: Session, entity: str, rows: Sequence[tuple[str, str, str]]) -> Changes:
    """Add them in one transaction; the wording is kept whole beside a plain title."""
    spec = BY_KEY[entity]
    with session.store.write(session.who, "Pasted", Act.PASTE) as tx:
        for number, title, wording in rows:
            typed = {spec.title: title}
            if "wording" in spec.by_key:
                typed["wording"] = wording
            elif title != wording and "note" in spec.by_key:
                typed["note"] = wording
            create_in(session, tx, spec, typed, aliases=[number] if number else [])
    return tx.changes
