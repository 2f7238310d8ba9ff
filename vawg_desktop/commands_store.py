"""Commands about whole stores: working copies, merging, conflicts, backups, keys."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

from vawg_desktop.commands import ask_new, first_line, open_named, opened, out, passphrase_for
from vawg_desktop.domain.dates import london_time
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.domain.terms import how_many


def copy(arguments: argparse.Namespace) -> int:
    """Take a working copy."""
    from vawg_desktop.services import merging

    with opened(arguments, near=not arguments.move) as session:
        word = None
        new_file = "://" not in arguments.to and (session.store.url is not None or arguments.move)
        if new_file and not arguments.plain:
            word = passphrase_for(arguments, Path(arguments.to), new=True)
        made = merging.copy(session, arguments.to, passphrase=word, move=arguments.move)
    said = f"The store moved to {made}; this one is a copy of it now." if arguments.move else ""
    return out(
        arguments,
        {"copy": made},
        lambda: iter([said or f"A working copy is in {made}; bring it back with “merge”."]),
    )


def merge(arguments: argparse.Namespace) -> int:
    """Bring in what another store knows."""
    from vawg_desktop.services import merging

    with opened(arguments) as session:
        other = open_named(
            arguments, arguments.other, passphrase_file=arguments.other_passphrase_file, near=True
        )
        try:
            done = (
                merging.preview(session, other)
                if arguments.dry_run
                else merging.merge(session, other, strangers=arguments.strangers)
            )
        finally:
            other.close()

    def words() -> Iterator[str]:
        would = " would be" if arguments.dry_run else ""
        yield f"{how_many(done.copied, 'entry', 'entries')}{would} copied, {how_many(len(done.conflicts), 'new conflict')}."
        yield from done.copied_by_hand
        yield from (f"  {line}" for c in done.conflicts for line in _conflict_lines(c))
        yield from (f"  {f.record}: {f.message}" for f in done.rule_failures)
        if done.unrelated:
            yield "These two stores have no common past: nothing in one is known to be the same as in the other."
        final = [(old, new) for old, new in done.renumbered if "-x" in old]
        parted = [(old, new) for old, new in done.renumbered if "-x" not in old]
        yield from (f"  {old} is now {new}; both lead to it." for old, new in final)
        if parted:
            yield f"{len(parted)} references stood on two records; those of the other store got the next numbers:"
            yield (
                "  "
                + "; ".join(f"{old} is {new}" for old, new in parted[:12])
                + (" …" if len(parted) > 12 else "")
            )
        if done.conflicts and not arguments.dry_run:
            yield "“conflicts” lists what to choose between, “settle” chooses."

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
        yield f"{conflict.record}, {conflict.label.casefold()}: settled as {arguments.value}; {left} left."

    return out(arguments, {"transaction": done.txn, "record": conflict.record, "left": left}, words)


def backup(arguments: argparse.Namespace) -> int:
    """Make a verified backup."""
    from vawg_desktop.services import safekeeping

    with opened(arguments) as session:
        made = safekeeping.back_up(session, Path(arguments.dir), name=arguments.name or "")

    def words() -> Iterator[str]:
        yield f"Backed up to {made.path}: {how_many(made.entries, 'entry', 'entries')}, {made.size / 1e6:.1f} MB, {how_many(len(made.files), 'file')}."
        yield "Chain heads, to be noted on paper:"
        yield from (f"  {line}" for line in safekeeping.heads_in_words(made.heads))

    heads = {o: {"entries": seq, "hash": h} for o, (seq, h) in made.heads.items()}
    return out(arguments, {"backup": str(made.path), "entries": made.entries, "heads": heads}, words)


def restore(arguments: argparse.Namespace) -> int:
    """Put a backup in place of a store, which is backed up first."""
    from vawg_desktop.store import backup as backups
    from vawg_desktop.store.keys import keys_path
    from vawg_desktop.store.restoring import restore as put_back

    place, to = Path(arguments.backup), Path(arguments.store)
    locked = keys_path(place / backups.DATABASE).exists()
    word = passphrase_for(arguments, place / backups.DATABASE) if locked else None
    done = put_back(place, to, passphrase=word, mints={"yes": True, "no": False}.get(arguments.mints), over=arguments.over)

    def words() -> Iterator[str]:
        yield f"{place.name} is restored as {to}."
        if done.before:
            yield f"What stood there before is backed up in {done.before}."
        if done.aside:
            yield f"What stood there before could not be read and was set aside as {done.aside.name}."
        yield (
            "It gives final references, as the store did that it was made of."
            if done.mints
            else "It gives provisional references, made final when it is merged (--mints yes changes that)."
        )

    document = {
        "store": str(to), "mints": done.mints,
        "before": str(done.before) if done.before else None, "aside": str(done.aside) if done.aside else None,
    }  # fmt: skip
    return out(arguments, document, words)


def rescue(arguments: argparse.Namespace) -> int:
    """Read what can be read of a damaged store into a new one."""
    from vawg_desktop.store import keys
    from vawg_desktop.store.restoring import rescue as save

    path = Path(arguments.store)
    word = passphrase_for(arguments, path) if keys.keys_path(path).exists() else None
    done = save(path, Path(arguments.out), passphrase=word)

    def words() -> Iterator[str]:
        yield f"{how_many(done.entries, 'entry', 'entries')} and {how_many(done.rows, 'record')} read, {done.mended} mended from their rows, {how_many(done.files, 'file')}."
        yield from (f"Lost: {what}." for what in done.lost)
        yield f"The rescued store is {arguments.out}; run “check” on it, and keep the damaged file."

    document = {
        "store": arguments.out, "entries": done.entries, "rows": done.rows, "mended": done.mended,
        "files": done.files, "lost": done.lost,
    }  # fmt: skip
    return out(arguments, document, words)


def keys(arguments: argparse.Namespace) -> int:
    """Who can open a store: change, add, remove, recovery, remember, forget, list."""
    from vawg_desktop.store import keyring_seam
    from vawg_desktop.store import keys as ways
    from vawg_desktop.store import store as stores

    path = Path(arguments.store)
    if not stores.needs_passphrase(path):
        raise StoreError(f"{path.name} is plain: it has no keys.", code="plain")
    said = {"label": arguments.label or ""}
    lines: list[str] = []
    if arguments.do == "list":
        lines = [f"{w.label} ({w.kind}, {w.made or 'undated'})" for w in ways.ways_in(path)]
        said["ways"] = lines  # type: ignore[assignment]
    elif arguments.do == "forget":
        keyring_seam.forget(path)
        lines = ["The operating system keeps no key of this store any more."]
    else:
        known = passphrase_for(arguments, path) or ""
        new = first_line(Path(arguments.new_passphrase_file)) if arguments.new_passphrase_file else None
        if arguments.do in ("change", "add") and new is None:
            new = ask_new()
        lines = _do_keys(arguments, path, known, new or "")
    return out(arguments, {**said, "said": lines}, lambda: iter(lines))


def _do_keys(arguments: argparse.Namespace, path: Path, known: str, new: str) -> list[str]:
    from vawg_desktop.services import access
    from vawg_desktop.services.session import Session
    from vawg_desktop.store import keyring_seam
    from vawg_desktop.store import keys as ways
    from vawg_desktop.store.store import lock_for_window, open_store

    label = arguments.label or ""
    if arguments.do in ("add", "remove") and not label.strip():
        raise StoreError("Say whose passphrase it is: --label “D. Deputy”.", code="no_label")
    if arguments.do == "remember":
        keyring_seam.remember(path, ways.unlock(path, known))
        return ["The operating system keeps the key for this login; “keys STORE forget” takes it back."]
    lock = lock_for_window(path, "changing keys")
    try:
        with open_store(path, passphrase=known) as store:
            session = Session(store)
            if arguments.do == "change":
                access.change(session, known, new)
                return ["The passphrase is changed; the old one opens no more."]
            if arguments.do == "add":
                access.add(session, known, new, label)
                return [f"{label} can open the store."]
            if arguments.do == "remove":
                access.remove(session, known, label)
                return [f"{label}'s passphrase opens the store no more (copies and backups made before keep it)."]
            spelt, _ = access.make_recovery(session, known)
        said = "The recovery key, shown this once. Print it, seal it, and lock it away. An earlier one opens no more:"
        return [said, f"  {spelt}"]
    finally:
        lock.release()


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "copy": copy, "merge": merge, "conflicts": conflicts, "settle": settle,
    "backup": backup, "restore": restore, "rescue": rescue, "keys": keys,
}  # fmt: skip
