"""Opening the store that a command names, and giving its answer."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from vawg_desktop.commands import environment
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.services.session import Session
from vawg_desktop.store import opening
from vawg_desktop.store import store as stores


def passphrase_for(arguments: argparse.Namespace, path: Path, *, new: bool = False) -> str | None:
    """The passphrase from its file, the environment or a prompt; never from an argument."""
    if arguments.passphrase_file:
        return first_line(Path(arguments.passphrase_file))
    if environment.passphrase() is not None:
        return environment.passphrase()
    if not new and not opening.needs_passphrase(path):
        return None
    if sys.stdin is None or not sys.stdin.isatty():
        raise StoreError(
            f"{path.name} needs a passphrase: give --passphrase-file or set VAWG_PASSPHRASE"
            + (", or --plain for a demonstration." if new else "."),
            code="passphrase_needed",
        )
    return getpass.getpass("Passphrase: ")


def ask_new() -> str:
    """A new passphrase, typed twice."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise StoreError(
            "Give the new passphrase in a file: --new-passphrase-file.", code="passphrase_needed"
        )
    one, other = getpass.getpass("New passphrase: "), getpass.getpass("The same again: ")
    if one != other:
        raise StoreError("The passphrases do not match; nothing was changed.", code="not_the_same")
    return one


def first_line(path: Path) -> str:
    """The first line of a passphrase file."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise StoreError(f"The passphrase file {path} could not be read.", code="passphrase_file") from None
    if not lines or not lines[0]:
        raise StoreError(f"The passphrase file {path} is empty.", code="passphrase_file")
    return lines[0]


def checked_url(name: str) -> str:
    """A store's URL, if it is one of PostgreSQL. Raises StoreError."""
    from vawg_desktop.store.postgres import is_url

    if not is_url(name):
        raise StoreError("A store is a .vawg file or a postgresql:// URL.", code="bad_url")
    return name


def open_named(
    arguments: argparse.Namespace, name: str, *, passphrase_file: str | None = None, near: bool = False
) -> stores.Store:
    """The store of that name, opened. ``passphrase_file`` is its own where it differs from STORE's; ``near`` where
    it is only read from, so that one in a shared place is read through a private copy."""
    open_it = opening.open_near if near else opening.open_store
    if "://" in name:
        return opening.open_postgres(checked_url(name))
    path = Path(name)
    if not opening.needs_passphrase(path):
        return open_it(path)
    if passphrase_file is None and not arguments.passphrase_file and environment.passphrase() is None:
        from vawg_desktop.store.keyring_seam import recalled

        key = recalled(path)
        if key is not None:
            return open_it(path, key=key)
    words = first_line(Path(passphrase_file)) if passphrase_file else passphrase_for(arguments, path)
    return open_it(path, passphrase=words)


@contextmanager
def opened(arguments: argparse.Namespace, *, near: bool = False) -> Iterator[Session]:
    """The store of a command, closed afterwards."""
    store = open_named(arguments, arguments.store, near=near)
    try:
        yield Session(store)
    finally:
        store.close()


def out(arguments: argparse.Namespace, document: object, words: Callable[[], Iterator[str]]) -> int:
    """One JSON document, or sentences."""
    if arguments.json:
        json.dump(document, sys.stdout, ensure_ascii=False, indent=1, default=str)
        sys.stdout.write("\n")
    else:
        for line in words():
            sys.stdout.write(line + "\n")
    return 0
