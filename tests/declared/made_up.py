"""A kind of record that the program does not have, with every kind of field: a pytest plugin that declares it.

It runs in a process of its own, before anything that builds on the declarations is imported (``test_made_up.py``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from vawg_desktop.domain import entities
from vawg_desktop.domain import terms as t
from vawg_desktop.domain.fields import (
    EntitySpec,
    FieldSpec,
    Kind,
    links,
    long,
    ref,
    tags,
    term,
    term_set,
    text,
    when,
    whole,
    yes_no,
)

PLEDGE = EntitySpec("pledge", "Pledge", "Pledges", "ZP", "promise", (
    text("promise", "Promise", required=True, search=True),
    long("terms_of_it", "Terms of it", search=True),
    term("status", "Status", t.ACTION_STATUS, default="not_started"),
    term("rating_opcc", "Our rating", t.RATING),
    yes_no("in_writing", "In writing"),
    whole("people", "People reached", 0, 100_000),
    FieldSpec("cost", "Cost", Kind.NUMBER),
    when("due", "Due"),
    when("put_off_to", "Put off to"),
    ref("maker", "Made by", "partner"),
    ref("follows", "Follows", "pledge"),
    term_set("pillars", "Pillars", t.PILLAR),
    tags("words", "Words about it"),
    links("actions", "Actions", "action", inverse="Pledges"),
    text("file_sha256", "File's SHA-256", names_file=True),
    text("secret", "Secret", private=True),
    long("note", "Note", search=True),
), status="status", finished=t.FINISHED, complete="complete", due=("put_off_to", "due"), owner="maker", rating="rating_opcc", serves="actions",
   derived=("x_sort", "x_due", "x_open", "x_pillar"), kept_counts=True, indexed=("x_due",), large=True)  # fmt: skip

#: A part of it, with no more said than must be.
STEP = EntitySpec("pledge_step", "Step of a pledge", "Steps of pledges", "ZS", "what", (
    text("what", "What", required=True, search=True),
    ref("pledge", "Pledge", "pledge", required=True),
    long("note", "Note"),
), parent="pledge")  # fmt: skip


def declare() -> None:
    """Add the kinds to the declarations, in place: many modules hold the tables themselves."""
    made: dict[str, Any] = {e.key: e for e in (PLEDGE, STEP)}
    entities.ENTITIES = (*entities.ENTITIES, *made.values())
    entities.BY_KEY.update(made)
    entities.BY_PREFIX.update({e.prefix: e for e in made.values()})


def ask_for_resource() -> None:
    """Ask partners for a field that the return does not have, and show them another: one flag each."""
    from vawg_desktop.domain.fields import Asked, Locked

    flagged = {
        "resource": {"asked": Asked(11, "What it costs you, in words.", 24, called=("Costs",))},
        "description": {"locked": Locked(4, 40)},
    }
    fields = tuple(replace(f, **flagged.get(f.key, {})) for f in entities.ACTION.fields)
    action = replace(entities.ACTION, fields=fields)
    entities.ACTION = action
    entities.ENTITIES = tuple(action if e.key == "action" else e for e in entities.ENTITIES)
    entities.BY_KEY["action"] = action
    entities.BY_PREFIX["A"] = action


declare()
ask_for_resource()
