"""The registry of commands, and the palette of Ctrl+K that offers them.

To add a command: a function that takes the window, with ``@command("What it does", "Ctrl+J")`` above it, in the module it belongs
to; ``load_commands`` names the modules. Shortcuts, palette and the sheet of keys follow from the registry.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from vawg_desktop.services.finding import FoundList
from vawg_desktop.store.search import Hit
from vawg_desktop.ui.dialogs.pick import FindBox, Offer
from vawg_desktop.ui.places import PLACES, SETTINGS
from vawg_desktop.ui.shell import Shell

Do = Callable[[Shell], object]


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do: its words, its keys, and what does it."""

    words: str
    keys: tuple[str, ...]
    do: Do


_COMMANDS: list[Command] = []
#: The modules whose commands the window offers, in the palette's order.
_MODULES = ("window_commands", "appearance", "help")


def command(words: str, *keys: str) -> Callable[[Do], Do]:
    """Declare the function under it as a command of the window."""

    def declare(do: Do) -> Do:
        _COMMANDS.append(Command(words, keys, do))
        return do

    return declare


def load_commands() -> list[Command]:
    """Every command of the window: to go to each place, and what the modules declare."""
    for module in _MODULES:
        import_module(f"vawg_desktop.ui.{module}")
    order = {f"vawg_desktop.ui.{module}": place for place, module in enumerate(_MODULES)}
    return [*_places(), *sorted(_COMMANDS, key=lambda c: order.get(c.do.__module__, -1))]


def _places() -> list[Command]:
    places = [
        Command(f"Go to {place.label}", (f"Ctrl+{place.digit}",) if place.digit else (), lambda shell, k=place.key: shell.go(k))
        for place in PLACES
    ]
    further = [
        Command(f"Go to {part.label}", (), lambda shell, k=part.key: shell.go(k)) for place in PLACES for part in place.parts[1:]
    ]
    settings = Command(f"Go to {SETTINGS.label}", ("Ctrl+,",), lambda shell: shell.go(SETTINGS.key))
    return [*places, *further, settings]


def _lists() -> list[Command]:
    """The filters that lists offer, such as "Actions: overdue", by the words that an officer would type."""
    from vawg_desktop.domain.entities import BY_KEY
    from vawg_desktop.services.lists import ListQuery, Where
    from vawg_desktop.ui.columns import chips_of

    made: list[Command] = []
    for kind in ("recommendation", "action", "gap", "service"):
        spec = BY_KEY[kind]
        for words, key, value in chips_of(spec):
            query = ListQuery(kind, where=(Where(key, value),))
            made.append(Command(f"{spec.plural}: {words[0].casefold() + words[1:]}", (), lambda shell, q=query, w=words: shell.go(q.entity).show_query(q, w)))
    return made


def _papers() -> list[Command]:
    """The papers that are offered, by what they are called."""
    from vawg_desktop.domain.meeting_terms import PAPER_KIND
    from vawg_desktop.ui.pages.papers_offered import OFFERED

    return [Command(f"Make a paper: {PAPER_KIND.label(one.kind)}", (), lambda shell, k=one.kind: shell.go("papers").choose(k)) for one in OFFERED]


def offers(shell: Shell) -> list[Offer]:
    """The commands as the palette offers them, without the one that opens it."""
    return [
        Offer(c.words, c.keys[0] if c.keys else "", lambda c=c: c.do(shell)) for c in (*load_commands(), *_lists(), *_papers()) if c.do is not open_palette
    ]


@command("Search or do anything", "Ctrl+K")
def open_palette(shell: Shell) -> None:
    """Search over records, pages and commands; Enter does it."""
    box = FindBox(shell, shell.tasks, "Search or do anything", entity=None, offers=offers(shell))
    accepted = box.run()
    chosen = box.chosen() if accepted else None
    box.deleteLater()
    if isinstance(chosen, Hit):
        shell.open_record(chosen.id)
    elif isinstance(chosen, FoundList):
        shell.open_list(chosen.query, chosen.words)
    elif isinstance(chosen, Offer):
        chosen.do()
