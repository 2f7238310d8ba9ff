"""Commands about whole stores: working copies, merging, conflicts, backups, keys."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

from vawg_desktop.commands import open_named, opened, out
from vawg_desktop.domain.dates import london_time


def copy(arguments: argparse.Namespace) -> int:
    """Take a working copy."""
    from vawg_desktop.services import merging

    with opened(arguments) as session:
        made = merging.copy(session, Path(arguments.to))
    return out(
        arguments,
        {"copy": str(made)},
        lambda: iter([f"A working copy is in {made}; bring it back with “merge”."]),
    )


def merge(arguments: argparse.Namespace) -> int:
    """Bring in what another store knows."""
    from vawg_desktop.services import merging

    with opened(arguments) as session:
        other = open_named(arguments, arguments.other, passphrase_file=arguments.other_passphrase_file)
        try:
            done = merging.preview(session, other) if arguments.dry_run else merging.merge(session, other)
        finally:
            other.close()

    def words() -> Iterator[str]:
        would = " would be" if arguments.dry_run else ""
        yield f"{done.copied} entries{would} copied, {len(done.conflicts)} new conflicts."
        yield from (f"  {line}" for c in done.conflicts for line in _conflict_lines(c))
        yield from (f"  {f.record}: {f.message}" for f in done.rule_failures)
        yield from (f"  {old} is now {new}; both lead to it." for old, new in done.renumbered)

    return out(arguments, done.as_json(), words)


def _conflict_lines(conflict: object) -> list[str]:
    from vawg_desktop.services.merging import Conflict

    assert isinstance(conflict, Conflict)
    other = f" {conflict.other}" if conflict.other else ""
    lines = [f"{conflict.id}  {conflict.record} {conflict.title[:60]}: {conflict.label}{other}"]
    for head in conflict.heads:
        why = f" ({head.why})" if head.why else ""
        lines.append(f"    {head.words or 'empty'}: {head.who}, {london_time(head.at)}{why}")
    return lines


def conflicts(arguments: argparse.Namespace) -> int:
    """List what two sides filled differently."""
    from vawg_desktop.services import merging

    with opened(arguments) as session:
        found = merging.conflicts(session)

    def words() -> Iterator[str]:
        for conflict in found:
            yield from _conflict_lines(conflict)
        yield f"{len(found)} to settle." if found else "Nothing to settle."

    return out(arguments, [c.as_json() for c in found], words)


def settle(arguments: argparse.Namespace) -> int:
    """Choose the value of a conflict."""
    from vawg_desktop.services import merging

    with opened(arguments) as session:
        conflict = merging.find(session, arguments.conflict)
        done = merging.settle(session, arguments.conflict, arguments.value, arguments.why)
        left = len(merging.conflicts(session))

    def words() -> Iterator[str]:
        yield f"{conflict.label} of {conflict.record} is settled; {left} left."

    return out(arguments, {"transaction": done.txn, "record": conflict.record, "left": left}, words)


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "copy": copy, "merge": merge, "conflicts": conflicts, "settle": settle,
}  # fmt: skip
