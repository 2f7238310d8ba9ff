"""Commands about whole stores: made, checked, copied, merged, backed up, opened by whom."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from vawg_desktop.commands.registry import argument, command, one_of
from vawg_desktop.commands.shared import (
    ask_new,
    checked_url,
    first_line,
    open_named,
    opened,
    out,
    passphrase_for,
)
from vawg_desktop.domain.dates import london_time
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.domain.terms import how_many
from vawg_desktop.services.session import Session
from vawg_desktop.store import making, opening


@command(
    "new", "make a new store",
    one_of(
        argument("--sample", action="store_true", help="fill it with the inquiry's starter content"),
        argument("--demo", action="store_true", help="fill it with an invented county"),
    ),
    argument("--plain", action="store_true", help="without encryption; for tests and demonstrations"),
)  # fmt: skip
def new(arguments: argparse.Namespace) -> int:
    """Make a store. A store that could not be filled is taken away again."""
    path = Path(arguments.store)
    if "://" in arguments.store:
        store = making.create_postgres(checked_url(arguments.store), demonstration=arguments.demo)
    else:
        passphrase = None if arguments.plain else passphrase_for(arguments, path, new=True)
        store = making.create(path, passphrase=passphrase, demonstration=arguments.demo)
    session = Session(store)
    try:
        if arguments.sample:
            from vawg_desktop.services.sample import load_sample

            load_sample(session)
        if arguments.demo:
            from vawg_desktop.services.demo import fill_with_rounds

            fill_with_rounds(session)
    except BaseException:
        store.close()
        _take_away(arguments.store)
        raise
    counts = {e: _count(session, e) for e in ("recommendation", "action", "gap", "partner")}
    plain, made = store.plain, store.name if store.url is not None else str(path)
    store.close()

    def words() -> Iterator[str]:
        yield f"Made {made}" + (" (plain: not encrypted)." if plain else ".")
        if any(counts.values()):
            yield ", ".join(BY_KEY[e].how_many(n) for e, n in counts.items()) + "."

    return out(arguments, {"store": made, "plain": plain, "counts": counts}, words)


def _take_away(name: str) -> None:
    if "://" not in name:
        making.remove(Path(name))
        return
    from vawg_desktop.store.postgres import drop_schema, parse

    drop_schema(parse(name))


def _count(session: Session, name: str) -> int:
    from vawg_desktop.services.lists import ListQuery, count

    return count(session, ListQuery(name))


@command(
    "check", "check the store against its log", argument("--repair", action="store_true"),
    argument("--head", action="append", default=[], metavar="CODE", help="a check code (chain head) from an old paper or backup; may be repeated"),
)  # fmt: skip
def check(arguments: argparse.Namespace) -> int:
    """Check the store against its log; exit 1 when not ok."""
    from vawg_desktop.services.safekeeping import head_code
    from vawg_desktop.store.check import check as look
    from vawg_desktop.store.repair import repair
    from vawg_desktop.store.report import NOTICES, Report

    repaired = 0
    try:
        with opened(arguments) as session:
            codes = [head_code(code) for code in arguments.head]
            report = look(session.store, heads=codes)
            if arguments.repair and not report.ok:
                repaired = repair(session.store, session.who)
                report = look(session.store, heads=codes)
    except StoreError as error:
        if error.code != "damaged":
            raise
        report = Report()  # so damaged that it does not open: that is what was found
        report.add("file_damaged", error.message)
    document = {
        "ok": report.ok, "problems": [p.as_json() for p in report.problems], "entries": report.entries,
        "heads": report.heads, "repaired": repaired,
    }  # fmt: skip

    def words() -> Iterator[str]:
        yield from (f"[{p.code}] {p.record + ': ' if p.record else ''}{p.message}" for p in report.problems)
        yield "All is well." if report.ok else f"{how_many(sum(p.code not in NOTICES for p in report.problems), 'problem')}."

    out(arguments, document, words)
    return 0 if report.ok else 1


@command(
    "copy", "take a working copy, for a meeting with no network",
    argument("to", metavar="TO", help="a .vawg file or a postgresql:// URL"),
    argument("--move", action="store_true", help="move the store: the copy gives final references"),
    argument("--plain", action="store_true", help="a new file without encryption; for tests"),
)  # fmt: skip
def copy(arguments: argparse.Namespace) -> int:
    """Take a working copy."""
    from vawg_desktop.services import merging

    with opened(arguments, near=not arguments.move) as session:
        word = None
        new_file = "://" not in arguments.to and (session.store.url is not None or arguments.move)
        if new_file and not arguments.plain:
            word = passphrase_for(arguments, Path(arguments.to), new=True)
        made = merging.copy(session, arguments.to, passphrase=word, move=arguments.move)
    moved = f"The store moved to {made}; this one is a copy of it now." if arguments.move else ""
    return out(
        arguments,
        {"copy": made},
        lambda: iter([moved or f"A working copy is in {made}; bring it back with “merge”."]),
    )


@command(
    "merge", "merge another store into this one",
    argument("other", metavar="OTHER"), argument("--other-passphrase-file", metavar="F"),
    argument("--dry-run", action="store_true", help="show what would come in; change nothing"),
    argument("--strangers", action="store_true", help="merge although the two share no history"),
)  # fmt: skip
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
                else merging.merge(session, other, allow_unrelated=arguments.strangers)
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
            yield "These two stores share no history: nothing in one is known to be the same as in the other."
        final = [(old, new) for old, new in done.renumbered if "-x" in old]
        parted = [(old, new) for old, new in done.renumbered if "-x" not in old]
        yield from (f"  {old} is now {new}; both lead to it." for old, new in final)
        if parted:
            yield f"{how_many(len(parted), 'reference')} belonged to two records; those of the other store got the next numbers:"
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


@command("conflicts", "list the fields that two sides changed differently")
def conflicts(arguments: argparse.Namespace) -> int:
    """List what two sides filled differently."""
    from vawg_desktop.services import merging

    with opened(arguments) as session:
        found = merging.conflicts(session)

    def words() -> Iterator[str]:
        for conflict in found:
            yield from _conflict_lines(conflict)
        yield f"{len(found)} to resolve." if found else "Nothing to resolve."

    return out(arguments, [c.as_json() for c in found], words)


@command(
    "settle", "choose the value of a conflict",
    argument("conflict", metavar="CONFLICT"), argument("--value", required=True), argument("--why", required=True),
)  # fmt: skip
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


@command(
    "backup", "make a verified backup",
    argument("dir", metavar="DIR"), argument("--name", help="a name for a restore point, such as “before the Q2 board”"),
)  # fmt: skip
def backup(arguments: argparse.Namespace) -> int:
    """Make a verified backup."""
    from vawg_desktop.services import safekeeping

    with opened(arguments) as session:
        made = safekeeping.back_up(session, Path(arguments.dir), name=arguments.name or "")

    def words() -> Iterator[str]:
        yield f"Backed up to {made.path}: {how_many(made.entries, 'entry', 'entries')}, {made.size / 1e6:.1f} MB, {how_many(len(made.files), 'file')}."
        yield "Check codes of the log, to be noted on paper:"
        yield from (f"  {line}" for line in safekeeping.heads_in_words(made.heads))

    heads = {o: {"entries": seq, "hash": h} for o, (seq, h) in made.heads.items()}
    return out(arguments, {"backup": str(made.path), "entries": made.entries, "heads": heads}, words)


@command(
    "restore", "replace a store with a backup; the store is backed up first",
    argument("store", metavar="STORE"),
    argument("--over", action="store_true", help="put a backup of another store in this one's place"),
    argument("--mints", choices=("yes", "no"), help="whether it gives final references"),
    store="backup",
)  # fmt: skip
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
            yield f"What was there before is backed up in {done.before}."
        if done.aside:
            yield f"What was there before could not be read and was set aside as {done.aside.name}."
        yield (
            "It gives final references, like the store that was backed up."
            if done.mints
            else "It gives provisional references, made final when it is merged (--mints yes changes that)."
        )

    document = {
        "store": str(to), "mints": done.mints,
        "before": str(done.before) if done.before else None, "aside": str(done.aside) if done.aside else None,
    }  # fmt: skip
    return out(arguments, document, words)


@command("rescue", "read what can be read of a damaged store into a new one", argument("out", metavar="OUT"))
def rescue(arguments: argparse.Namespace) -> int:
    """Read what can be read of a damaged store into a new one."""
    from vawg_desktop.store import keys
    from vawg_desktop.store.rescuing import rescue as save

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


@command(
    "keys", "who can open a store",
    argument("do", choices=("list", "change", "add", "remove", "recovery", "remember", "forget")),
    argument("--label", help="whose passphrase"), argument("--new-passphrase-file", metavar="F"),
)  # fmt: skip
def keys(arguments: argparse.Namespace) -> int:
    """Who can open a store: change, add, remove, recovery, remember, forget, list."""
    from vawg_desktop.store import keyring_seam
    from vawg_desktop.store import keys as ways

    path = Path(arguments.store)
    if not opening.needs_passphrase(path):
        raise StoreError(f"{path.name} is plain: it has no keys.", code="plain")
    facts = {"label": arguments.label or ""}
    lines: list[str] = []
    if arguments.do == "list":
        lines = [f"{w.label} ({w.kind}, {w.made or 'undated'})" for w in ways.ways_in(path)]
        facts["ways"] = lines  # type: ignore[assignment]
    elif arguments.do == "forget":
        keyring_seam.forget(path)
        lines = ["The operating system no longer keeps a key of this store."]
    else:
        known = passphrase_for(arguments, path) or ""
        new = first_line(Path(arguments.new_passphrase_file)) if arguments.new_passphrase_file else None
        if arguments.do in ("change", "add") and new is None:
            new = ask_new()
        lines = _do_keys(arguments, path, known, new or "")
    return out(arguments, {**facts, "said": lines}, lambda: iter(lines))


def _do_keys(arguments: argparse.Namespace, path: Path, known: str, new: str) -> list[str]:
    from vawg_desktop.services import access
    from vawg_desktop.services.session import Session
    from vawg_desktop.store import keyring_seam
    from vawg_desktop.store import keys as ways
    from vawg_desktop.store.holding import lock_for_window
    from vawg_desktop.store.opening import open_store

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
                return ["The passphrase is changed; the old one no longer opens the store."]
            if arguments.do == "add":
                access.add(session, known, new, label)
                return [f"{label} can open the store."]
            if arguments.do == "remove":
                access.remove(session, known, label)
                return [f"{label}'s passphrase no longer opens the store (it still opens copies and backups made before)."]
            spelt, _ = access.make_recovery(session, known)
        heading = "The recovery key, shown this once. Print it, seal it, and lock it away. An earlier one no longer works:"
        return [heading, f"  {spelt}"]
    finally:
        lock.release()
