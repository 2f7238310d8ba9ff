"""Every command of DESIGN 7: one JSON document or plain sentences out, 0 done, 1 not met, 2 wrong use."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from vawg_desktop import __version__
from vawg_desktop.commands.registry import Command, load_commands
from vawg_desktop.domain.errors import AppError, LaterVersionError

#: Commands of the design that are not in this version, each with what it does: none.
LATER: dict[str, str] = {}


def _scale(typed: str) -> float:
    """How large the pages are drawn: a factor, or per cent from 50 on. Raises ArgumentTypeError outside 50 to 400 per cent."""
    try:
        given = float(typed.removesuffix("%"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{typed}” is not a size; type 2, or 200 for 200 per cent.") from None
    factor = given / 100 if given >= _LEAST_PER_CENT else given
    if not _LEAST_PER_CENT <= factor * 100 <= _MOST_PER_CENT:  # refuses NaN as well
        raise argparse.ArgumentTypeError(f"Pages are drawn at {_LEAST_PER_CENT} to {_MOST_PER_CENT} per cent, not at “{typed}”.")
    return factor


#: How small and how large pages may be drawn; without an end, one picture would take all the memory there is.
_LEAST_PER_CENT, _MOST_PER_CENT = 50, 400


def build_parser(*, window_only: bool = False) -> argparse.ArgumentParser:
    """The whole command line, or only what opens the window, which then need not wait for the other commands."""
    parser = argparse.ArgumentParser(
        prog="vawg-desktop",
        description="Tracks what became of an inquiry into violence against women and girls. "
        "With no command, opens the window.",
        exit_on_error=True,
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for one in () if window_only else load_commands().values():
        _add(commands, one)
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
    if sys.platform == "win32":
        commands.add_parser("install", help="install the built program for you alone")
        commands.add_parser("remove", help="remove the installed program; stores are kept")
    commands.add_parser("self-test", help="load every part once and say whether it works")
    for name, what in LATER.items():
        later = commands.add_parser(name, help=f"{what} (in a later version)")
        later.add_argument("rest", nargs=argparse.REMAINDER)
    return parser


def _add(commands: argparse._SubParsersAction[argparse.ArgumentParser], one: Command) -> None:
    parser = commands.add_parser(one.name, help=one.help)
    parser.add_argument(one.store, metavar=one.store.upper())
    for argument in one.arguments:
        argument.add_to(parser)
    parser.add_argument("--json", action="store_true")
    _passphrase(parser)


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
        arguments = build_parser(window_only=words[:1] in ([], ["open"])).parse_args(words)
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
        from vawg_desktop.store.trouble import store_error_of

        trouble = store_error_of(error)
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
    from vawg_desktop import scratch
    from vawg_desktop.commands.environment import take_passphrase

    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    take_passphrase()
    scratch.sweep()


def _run(arguments: argparse.Namespace) -> int:
    _begin()
    if arguments.command in LATER:
        raise LaterVersionError(
            f"Not in this version, but in a later one: {LATER[arguments.command].casefold()}."
        )
    if arguments.command in ("install", "remove"):
        from vawg_desktop import windows_install

        print(getattr(windows_install, arguments.command)())
        return 0
    if arguments.command == "self-test":
        from vawg_desktop.self_test import self_test

        return self_test()
    if arguments.command in (None, "open", "tour"):
        from vawg_desktop import app

        return app.run(arguments)
    return load_commands()[arguments.command].run(arguments)
