"""A part of the store for a successor, and requests for information."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from vawg_desktop.commands.registry import argument, command
from vawg_desktop.commands.shared import ask_new, first_line, opened, out
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import StoreError
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
