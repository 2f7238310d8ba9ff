"""Every command of DESIGN 7: one JSON document or plain sentences out, 0 done, 1 not met, 2 wrong use."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from vawg_desktop import __version__
from vawg_desktop.domain.errors import AppError, LaterVersionError

LATER = {
    "report": "Board papers and reports", "import-survey": "Importing a survey",
    "import-indicators": "Importing indicators",
}  # fmt: skip


def _scale(typed: str) -> float:
    """How large the pages are drawn: a factor, or per cent from 50 on. Raises ArgumentTypeError outside 50 to 400 per cent."""
    try:
        given = float(typed.removesuffix("%"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{typed}” is no size; type 2, or 200 for 200 per cent.") from None
    factor = given / 100 if given >= _LEAST_PER_CENT else given
    if not _LEAST_PER_CENT <= factor * 100 <= _MOST_PER_CENT:  # not a number, too
        raise argparse.ArgumentTypeError(f"Pages are drawn at {_LEAST_PER_CENT} to {_MOST_PER_CENT} per cent, not at “{typed}”.")
    return factor


#: How small and how large pages may be drawn; without an end, one picture would take all the memory there is.
_LEAST_PER_CENT, _MOST_PER_CENT = 50, 400


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    parser = argparse.ArgumentParser(
        prog="vawg-desktop",
        description="Tracks what became of an inquiry into violence against women and girls. "
        "With no command, opens the window.",
        exit_on_error=True,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    _add_writing(commands)
    _add_reading(commands)
    _add_stores(commands)
    window = commands.add_parser("open", help="open the window on a store")
    window.add_argument("store", metavar="STORE")
    _passphrase(window)
    tour = commands.add_parser("tour", help="draw every page to PNG, with no screen")
    tour.add_argument("--out", required=True)
    tour.add_argument("--store")
    tour.add_argument("--scale", type=_scale, default=1.0, help="2, or 200 for 200 per cent")
    tour.add_argument("--theme", choices=("light", "dark", "contrast"), default="light")
    tour.add_argument("--size", default="1366x768", help="window size before scaling")
    _passphrase(tour)
    commands.add_parser("self-test", help="load every part once and say whether it works")
    for name, what in LATER.items():
        later = commands.add_parser(name, help=f"{what} (in a later version)")
        later.add_argument("rest", nargs=argparse.REMAINDER)
    return parser


def _add_writing(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    new = _store_command(commands, "new", "make a new store")
    fill = new.add_mutually_exclusive_group()
    fill.add_argument("--sample", action="store_true", help="fill it with the inquiry's starter content")
    fill.add_argument("--demo", action="store_true", help="fill it with an invented county")
    new.add_argument("--plain", action="store_true", help="without encryption; for tests and demonstrations")
    tracker = _store_command(commands, "import-tracker", "take in an existing tracker spreadsheet")
    tracker.add_argument("file", metavar="FILE")
    tracker.add_argument("--map", metavar="MAP.json")
    tracker.add_argument("--answers", metavar="ANSWERS.json")
    tracker.add_argument("--entity", choices=("action", "recommendation", "gap"), help="what it lists, where its headings do not say")
    tracker.add_argument("--dry-run", action="store_true")
    again = _store_command(commands, "export-tracker", "write a tracker that was taken again in its own shape, filled from the store")
    again.add_argument("--like", required=True, metavar="FILE", help="the tracker as it was taken, or a later copy of it")
    again.add_argument("--out", required=True, metavar="FILE", help="an .xlsx or .csv file")
    again.add_argument("--entity", choices=("action", "recommendation", "gap"), help="what it lists, where its headings do not say")
    export = _store_command(commands, "export-returns", "make a round of returns")
    export.add_argument("--period", required=True)
    export.add_argument("--due", required=True)
    export.add_argument("--out", required=True)
    export.add_argument("--partner", action="append", default=[])
    export.add_argument(
        "--release",
        action="append",
        default=[],
        metavar="NAME",
        help="let this partner's file leave although the leak check held it back",
    )
    export.add_argument("--format", choices=("xlsx", "ods"), default="xlsx")
    back = _store_command(commands, "import-return", "stage a returned workbook")
    back.add_argument("file", metavar="FILE")
    back.add_argument("--apply", choices=("safe", "all"))
    reverse = _store_command(commands, "reverse-return", "take an applied return back")
    reverse.add_argument("reference", metavar="REFERENCE")
    change = _store_command(commands, "set", "change fields of a record")
    change.add_argument("ref", metavar="REF")
    change.add_argument("assignments", metavar="FIELD=VALUE", nargs="+")
    change.add_argument("--why", required=True)
    _store_command(commands, "undo", "reverse your last transaction made here")
    dispose = _store_command(
        commands, "dispose", "take a record's words out for good, under the retention schedule"
    )
    dispose.add_argument("ref", metavar="REF")
    dispose.add_argument("--agreed-by", required=True, help="the second person")
    dispose.add_argument("--authority", required=True)


def _add_reading(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    listing = _store_command(commands, "list", "list records of a kind")
    listing.add_argument("entity", metavar="ENTITY")
    listing.add_argument("--where", metavar="FIELD=VALUE", action="append", default=[])
    show = _store_command(commands, "show", "one record with its links")
    show.add_argument("ref", metavar="REF")
    show.add_argument("--as-at", metavar="DATE")
    history = _store_command(commands, "history", "what happened to a record")
    history.add_argument("ref", metavar="REF")
    changed = _store_command(commands, "changed", "what changed between two dates")
    changed.add_argument("--since", required=True, metavar="DATE")
    changed.add_argument("--until", metavar="DATE")
    check = _store_command(commands, "check", "check the store against its log")
    check.add_argument("--repair", action="store_true")
    check.add_argument("--head", action="append", default=[], metavar="CODE", help="a chain head from an old paper or backup; may be repeated")


def _add_stores(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    copy = _store_command(commands, "copy", "take a working copy, for a meeting with no network")
    copy.add_argument("to", metavar="TO", help="a .vawg file or a postgresql:// URL")
    copy.add_argument("--move", action="store_true", help="move the store: the copy gives final references")
    copy.add_argument("--plain", action="store_true", help="a new file without encryption; for tests")
    merge = _store_command(commands, "merge", "bring in what another store knows")
    merge.add_argument("other", metavar="OTHER")
    merge.add_argument("--other-passphrase-file", metavar="F")
    merge.add_argument("--dry-run", action="store_true", help="show what would come in; change nothing")
    merge.add_argument("--strangers", action="store_true", help="the two have no common past, and this is meant")
    _store_command(commands, "conflicts", "list what two sides filled differently")
    settle = _store_command(commands, "settle", "choose the value of a conflict")
    settle.add_argument("conflict", metavar="CONFLICT")
    settle.add_argument("--value", required=True)
    settle.add_argument("--why", required=True)
    backup = _store_command(commands, "backup", "make a verified backup")
    backup.add_argument("dir", metavar="DIR")
    backup.add_argument("--name", help="a name for a restore point, such as “before the Q2 board”")
    restore = commands.add_parser(
        "restore", help="put a backup in place of a store, which is backed up first"
    )
    restore.add_argument("backup", metavar="BACKUP")
    restore.add_argument("store", metavar="STORE")
    restore.add_argument("--over", action="store_true", help="put a backup of another store in this one's place")
    restore.add_argument("--mints", choices=("yes", "no"), help="whether it gives final references")
    restore.add_argument("--json", action="store_true")
    _passphrase(restore)
    rescue = _store_command(commands, "rescue", "read what can be read of a damaged store into a new one")
    rescue.add_argument("out", metavar="OUT")
    keys = _store_command(commands, "keys", "who can open a store")
    keys.add_argument("do", choices=("list", "change", "add", "remove", "recovery", "remember", "forget"))
    keys.add_argument("--label", help="whose passphrase")
    keys.add_argument("--new-passphrase-file", metavar="F")


def _store_command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, help: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help)
    parser.add_argument("store", metavar="STORE")
    parser.add_argument("--json", action="store_true")
    _passphrase(parser)
    return parser


def _passphrase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--passphrase-file", metavar="F")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        arguments = build_parser().parse_args(words)
        return _run(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)
    except AppError as error:
        print(error.message, file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our lines has had enough
        return 0
    except Exception as error:
        from vawg_desktop.store.trouble import told

        trouble = told(error)
        if trouble is None:
            from vawg_desktop import log_file

            log_file.note(error)
            raise
        print(trouble.message, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; nothing further was done.", file=sys.stderr)
        return 1


def _begin() -> None:
    """What holds for the whole run: no copy that a kill left behind, and no memory of ours in a file."""
    from vawg_desktop import commands, scratch

    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    commands.take_passphrase()
    scratch.sweep()


def _run(arguments: argparse.Namespace) -> int:
    _begin()
    if arguments.command in LATER:
        raise LaterVersionError(
            f"{LATER[arguments.command]} is not in this version; it comes in a later one."
        )
    if arguments.command == "self-test":
        from vawg_desktop.self_test import self_test

        return self_test()
    if arguments.command in (None, "open", "tour"):
        from vawg_desktop import app

        return app.run(arguments)
    from vawg_desktop import commands, commands_store

    run: Callable[[argparse.Namespace], int] = (commands.COMMANDS | commands_store.COMMANDS)[
        arguments.command
    ]
    return run(arguments)
