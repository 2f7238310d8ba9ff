"""The whole declaration as it stood when somebody last looked at it: a flag or width that changes unmeant shows here.

Where a change is meant, write the page anew and look at its difference before committing it:

    python -m tests.domain.test_declaration
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from vawg_desktop.domain.entities import DERIVED, ENTITIES, LINK
from vawg_desktop.domain.fields import EntitySpec, FieldSpec

PAGE = Path(__file__).parents[1] / "cases" / "declaration.txt"


def _stated(one: EntitySpec | FieldSpec, passed_over: tuple[str, ...]) -> str:
    """Everything that is not as it would be by itself, name by name."""
    parts: list[str] = []
    for f in fields(one):
        value = getattr(one, f.name)
        if f.name not in passed_over and value not in ((), frozenset(), "", None, 0, False):
            shown = [t.key for t in value.terms] if f.name == "terms" else sorted(value) if isinstance(value, frozenset) else value
            parts.append(f"{f.name}={shown!r}")
    return "  ".join(parts)


def written() -> str:
    lines: list[str] = []
    for spec in (*ENTITIES, LINK):
        lines.append(f"{spec.key}  {_stated(spec, ('key', 'fields'))}")
        lines += [f"    {field.key}  {_stated(field, ('key',))}" for field in spec.fields]
    lines += ["derived columns", *(f"    {field.key}  {_stated(field, ('key',))}" for field in DERIVED.values())]
    return "\n".join(lines) + "\n"


def test_the_declaration_is_as_it_was_last_looked_at() -> None:
    assert written().splitlines() == PAGE.read_text("utf-8").splitlines()


def test_the_page_shows_what_matters() -> None:
    page = PAGE.read_text("utf-8")
    for word in ("private=True", "required=True", "names_file=True", "asked=Asked(", "locked=Locked(", "high=100"):
        assert word in page, word


if __name__ == "__main__":
    PAGE.write_text(written(), "utf-8")
