"""A part of the store for a successor, and requests for information."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from vawg_desktop.commands.registry import argument, command
from vawg_desktop.commands.shared import ask_new, first_line, opened, out
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import StoreError, ValueRefusedError
from vawg_desktop.domain.terms import how_many


@command(
    "split", "a part of the store with its history, for a successor",
    argument("--partner", action="append", default=[], metavar="NAME"), argument("--body", default="", metavar="REF"), argument("--area", default="", metavar="TEXT"),
    argument("--to", required=True, metavar="NEW"), argument("--to-passphrase-file", metavar="F"),
    argument("--to-whom", default="", metavar="WHOM", help="the successor, for the record of what went"),
)  # fmt: skip
def split(arguments: argparse.Namespace) -> int:
    """Make a store of what a partner, a board or an area has, and note here what went."""
    from vawg_desktop.services import splitting

    to = Path(arguments.to)
    with opened(arguments) as session:
        if arguments.to_passphrase_file:
            words = first_line(Path(arguments.to_passphrase_file))
        else:
            words = None if session.store.plain else _typed(to)
        asked = splitting.Chosen(tuple(arguments.partner), arguments.body, arguments.area)
        done = splitting.hand_over(session, asked, to, passphrase=words, to_whom=arguments.to_whom)

    def lines() -> Iterator[str]:
        yield f"{done.reference}: {done.store} holds {', '.join(BY_KEY[k].how_many(n) for k, n in done.kinds.items())}, with their history"
        yield f"and {how_many(done.split.files, 'held file')}. {done.split.stubs:,} entries stay here; of each the place and hash went."
        yield "The successor says in its store what it accepts; merge that store into this one to hear of it."

    told = {
        "store": str(done.store), "transfer": done.reference, "records": done.kinds, "entries": done.split.entries, "left_out": done.split.stubs,
        "nameless": done.split.nameless, "files": done.split.files,
    }  # fmt: skip
    return out(arguments, told, lines)


def _typed(to: Path) -> str:
    try:
        return ask_new()
    except StoreError as error:
        if error.code != "passphrase_needed":
            raise
        raise StoreError(f"Give the passphrase of {to.name} in a file: --to-passphrase-file.", code="passphrase_needed") from None


@command("gather", "everything that a request for information asks for", argument("request", metavar="REQUEST"), argument("--lift-hold", action="store_true", help="lift the hold on what was gathered"))
def gather(arguments: argparse.Namespace) -> int:
    """Search everything for a request's words, hold what was found, and say what could not be searched."""
    from vawg_desktop.services import requests

    with opened(arguments) as session:
        if arguments.lift_hold:
            lifted = requests.release(session, arguments.request)
            return out(arguments, {"lifted": lifted.entries}, lambda: iter([f"The hold on {how_many(lifted.entries, 'record')} is lifted."]))
        done = requests.gather(session, arguments.request)

    def lines() -> Iterator[str]:
        yield f"{how_many(done.found, 'text')} gathered, {done.new:,} of them new and {done.changed:,} changed since."
        yield from (f"  {where}: {number:,} looked through" for where, number in done.looked.items())
        yield from (f"  Not searched: {one}" for one in done.not_searched)

    return out(arguments, {"found": done.found, "new": done.new, "changed": done.changed, "looked": dict(done.looked), "not_searched": list(done.not_searched)}, lines)


@command(
    "redact", "the decision on a gathered text", argument("item", metavar="ITEM", help="its reference, such as RG-0004; without a decision it is printed"),
    argument("--decision", choices=("given", "in_part", "withheld", "outside"), default=""), argument("--take-out", action="append", default=[], metavar="WORDS"),
    argument("--exemption", default="", metavar="KEY"), argument("--reason", default="", metavar="TEXT"),
)  # fmt: skip
def redact(arguments: argparse.Namespace) -> int:
    """Decide on one gathered text, or print it."""
    from vawg_desktop.services import names, requests

    with opened(arguments) as session:
        found = names.find(session.read(), arguments.item, "request_item")
        now = requests.item(session, found.id)
        if arguments.decision:
            if arguments.take_out and arguments.decision != "in_part":
                raise ValueRefusedError("Words are taken out of a text that is given in part: --decision in_part.")
            passages = requests.passages_of(now.text or "", arguments.take_out, arguments.exemption, arguments.reason)
            requests.decide(session, found.id, arguments.decision, exemption=arguments.exemption, reason=arguments.reason, passages=passages)
            now = requests.item(session, found.id)
    told = {"item": found.reference, "place": now.place, "text": now.text, "decision": now.decision, "gives": requests.redacted(now)}
    return out(arguments, told, lambda: iter([f"{found.reference}  {now.place}: {now.decision}", (requests.redacted(now) if arguments.decision else now.text) or "(nothing of it leaves)"]))
