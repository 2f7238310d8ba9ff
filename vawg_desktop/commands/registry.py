"""The registry of commands: each is declared above the function that runs it, with its name, its help and its arguments.

To add a command: a function that takes the parsed arguments and gives the exit code, in the module of its subject, with
``@command(...)`` above it. The command line, its help and the tests follow from the registry. Modules here import at their top only
what a start of the window may wait for; services are imported inside the functions.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

Run = Callable[[argparse.Namespace], int]


@dataclass(frozen=True)
class Argument:
    """One argument, as argparse takes it."""

    names: tuple[str, ...]
    options: dict[str, Any]

    def add_to(self, parser: Any) -> None:
        """Put it into a parser."""
        parser.add_argument(*self.names, **self.options)


@dataclass(frozen=True)
class OneOf:
    """Arguments of which one may be given."""

    arguments: tuple[Argument, ...]

    def add_to(self, parser: Any) -> None:
        """Put them into a parser."""
        group = parser.add_mutually_exclusive_group()
        for one in self.arguments:
            one.add_to(group)


@dataclass(frozen=True)
class Command:
    """A command: its name, what it does, its arguments, the name of its first argument (the store), and what runs it."""

    name: str
    help: str
    arguments: tuple[Argument | OneOf, ...]
    store: str
    run: Run


_COMMANDS: dict[str, Command] = {}
_MODULES = ("stores", "records", "returns", "trackers", "journey", "meetings", "papers", "handing_over", "evidence", "coding")


def argument(*names: str, **options: Any) -> Argument:
    """An argument, as ``ArgumentParser.add_argument`` takes it."""
    return Argument(names, options)


def one_of(*arguments: Argument) -> OneOf:
    """Arguments of which one may be given."""
    return OneOf(arguments)


def command(name: str, help: str, *arguments: Argument | OneOf, store: str = "store") -> Callable[[Run], Run]:
    """Declare the function under it as a command. Its first argument names a store, and it takes ``--json`` and a passphrase's file."""

    def declare(run: Run) -> Run:
        _COMMANDS[name] = Command(name, help, arguments, store, run)
        return run

    return declare


def load_commands() -> dict[str, Command]:
    """Every command by name."""
    for module in _MODULES:
        import_module(f"vawg_desktop.commands.{module}")
    return _COMMANDS
