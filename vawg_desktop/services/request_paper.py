"""The answer to a request: what is given, with the passages taken out, and the schedule of exemptions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from vawg_desktop.domain.dates import label
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.request_terms import EXEMPTION, ITEM_DECISION, REQUEST_KIND
from vawg_desktop.domain.rules import join
from vawg_desktop.domain.terms import MARKING
from vawg_desktop.domain.word_places import compared, places
from vawg_desktop.exchange.document import Block, Cell, Heading, Items, Paragraph, Table
from vawg_desktop.services import names, outputs, requests
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.paper_parts import Counted
from vawg_desktop.services.papers import Asked, Made
from vawg_desktop.services.requests import REQUEST, Item
from vawg_desktop.services.session import Session

#: Shorter passages say nothing by themselves, so it is not looked for them elsewhere.
_TELLING = 4
_RIGHTS = (
    "If you are not content with this answer you may ask for an internal review, within 40 working days of it. If you are not content with the review you may complain to the "
    "Information Commissioner."
)


def answer(session: Session, asked: Asked) -> Made:
    """The answer to the request that ``about`` names: texts not looked at yet are left out, and counted. Raises NotFoundError, and ValueRefusedError where no request is named."""
    if not asked.about:
        raise ValueRefusedError("Say which request it is about (with --about, on a command line).")
    found = names.find(session.read(), asked.about[0], REQUEST.key)
    row = plain_rows(session.read(), "SELECT * FROM information_request WHERE id = ?", (found.id,))[0]
    all_items = requests.items(session, found.id)
    numbered = list(enumerate(all_items, 1))
    counts = requests.counted(all_items)
    figures = [Counted(f"texts_{t.key}", f"Texts: {t.label.casefold()}", tuple(i.id for i in all_items if i.decision == t.key)) for t in ITEM_DECISION]
    summary: list[list[Cell]] = [[t.label, counts[t.key]] for t in ITEM_DECISION if counts[t.key]]
    summary.append(["Found in all", len(all_items)])
    blocks: list[Block] = [
        Heading("What was asked for"), Paragraph(str(row["title"])),
        Heading("Summary"), Table("Texts that were found", ["What became of them", "Number"], summary),
    ]  # fmt: skip
    given: list[list[Cell]] = [[n, i.place, requests.redacted(i), _exemptions(i) or None] for n, i in numbered if i.decision in ("given", "in_part") and i.text]
    if given:
        blocks += [Heading("What is given"), Table("Texts given", ["No.", "Where it is", "Text", "Taken out under"], given)]
    schedule = _schedule(numbered)
    if schedule:
        blocks += [Heading("Schedule of exemptions"), Table("What is kept back, and why", ["No.", "Where it is", "What", "Exemption", "Reason"], schedule)]
    if row["public_interest"]:
        blocks += [Heading("Public-interest test"), Paragraph(str(row["public_interest"]))]
    if row["not_searched"]:
        blocks += [Heading("What could not be searched"), Items(str(row["not_searched"]).splitlines())]
    blocks += [Heading("If you are not content"), Paragraph(_RIGHTS)]
    lines = [f"{REQUEST_KIND.label(str(row['kind']))}, received {label(str(row['received']))}"]
    if counts["to_decide"]:
        lines.append(f"{counts['to_decide']:,} not looked at yet and left out: this is a draft.")
    gone = [f"text {n} ({i.place})" for n, i in numbered if i.decision in ("given", "in_part") and not i.text]
    unready = f"Of what is to be given, {join(gone)} {'is' if len(gone) == 1 else 'are'} no longer there. Restore the text from the record's history, or gather again and decide on it." if gone else ""
    if not gone and counts["to_decide"]:
        unready = f"{counts['to_decide']:,} of the texts gathered were not looked at yet; decide on them first."
    made = outputs.document(session, f"Answer to request {found.reference}", blocks, MARKING.label("official"), lines)
    return Made(replace(made, as_at=label(session.today.isoformat()), redacted=True), figures, unready=unready, warnings=left_standing(all_items))


def _exemptions(item: Item) -> str:
    return ", ".join(dict.fromkeys(EXEMPTION.label(p.exemption).partition(":")[0] for p in item.passages))


def _schedule(numbered: Sequence[tuple[int, Item]]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for n, item in numbered:
        if item.decision == "withheld":
            rows.append([n, item.place, "The whole text", EXEMPTION.label(item.exemption), item.reason or None])
        by_ground: dict[tuple[str, str], int] = {}
        for one in item.passages if item.decision == "in_part" else ():
            by_ground[(one.exemption, one.reason)] = by_ground.get((one.exemption, one.reason), 0) + 1
        more: list[list[Cell]] = [[n, item.place, f"{count} passage{'s' if count > 1 else ''}", EXEMPTION.label(exemption), reason or None] for (exemption, reason), count in by_ground.items()]
        rows += more
    return rows


def left_standing(all_items: Sequence[Item]) -> list[str]:
    """Passages that were taken out of one text and stand in another that is given: a sentence each, which names the texts and not the words."""
    told: list[str] = []
    given = [(n, requests.redacted(i)) for n, i in enumerate(all_items, 1)]
    for n, item in enumerate(all_items, 1):
        taken = {(item.text or "")[p.start : p.end] for p in item.passages if item.decision == "in_part"}
        for words in sorted(w for w in taken if len(compared(w)) >= _TELLING):
            there = [str(m) for m, text in given if places(text, words)]
            if there:
                told.append(f"A passage taken out of text {n} also appears in what is given of text {', '.join(there)}.")
    return list(dict.fromkeys(told))
