"""How the window looks: theme, text size, height of rows; each is kept for this store and can be chosen by name."""

from __future__ import annotations

from vawg_desktop import settings
from vawg_desktop.ui.commands import command
from vawg_desktop.ui.messages import messages
from vawg_desktop.ui.shell import Shell
from vawg_desktop.ui.theme import theme

_SIZES = [int(size) for size in settings.SCALE.choices]


def change(shell: Shell, *, theme_name: str | None = None, scale: float | None = None, density: str | None = None) -> bool:
    """Put a theme, a text size (1.0 is 100 per cent) or a row height in force; False where something typed would be lost."""
    lost = shell.left_over()
    if lost:  # every page is built anew
        messages.tell(f"{lost}. Correct it, or press Escape there, and then change how the window looks.")
        return False
    theme.apply(theme_name, scale, density)
    for setting, value in (
        (settings.THEME, theme_name), (settings.DENSITY, density), (settings.SCALE, str(round(scale * 100)) if scale else None),
    ):  # fmt: skip
        if value:
            shell.tasks.save_local("setting", setting.key, value)
    shell.restyle()
    return True


def _step(shell: Shell, by: int) -> None:
    now = min(range(len(_SIZES)), key=lambda i: abs(_SIZES[i] - theme.scale * 100))
    change(shell, scale=_SIZES[max(0, min(len(_SIZES) - 1, now + by))] / 100)


@command("Theme: light")
def light(shell: Shell) -> None:
    """Dark words on white."""
    change(shell, theme_name="light")


@command("Theme: dark")
def dark(shell: Shell) -> None:
    """Light words on dark grey."""
    change(shell, theme_name="dark")


@command("Theme: high contrast")
def contrast(shell: Shell) -> None:
    """White and yellow on black."""
    change(shell, theme_name="contrast")


@command("Larger text", "Ctrl++", "Ctrl+=")
def larger(shell: Shell) -> None:
    """The next larger text size."""
    _step(shell, 1)


@command("Smaller text", "Ctrl+-")
def smaller(shell: Shell) -> None:
    """The next smaller text size."""
    _step(shell, -1)


@command("Meeting display: 200 per cent")
def meeting_display(shell: Shell) -> None:
    """Text to be read from the back of a room."""
    change(shell, scale=2.0)


@command("Rows: normal")
def rows_normal(shell: Shell) -> None:
    """Rows of lists at their usual height."""
    change(shell, density="normal")


@command("Rows: compact")
def rows_compact(shell: Shell) -> None:
    """More rows on a screen."""
    change(shell, density="compact")
