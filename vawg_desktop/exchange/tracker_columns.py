"""The columns of a tracker: which heading means which field, columns that stand twice, periods in headings."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from itertools import pairwise

from vawg_desktop.domain.entities import BY_KEY, ENTITIES, EntitySpec, serving_links
from vawg_desktop.domain.errors import Problem
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.cells import plain_text
from vawg_desktop.exchange.reading import Sheet
from vawg_desktop.exchange.tracker_periods import PERIOD, period_end
from vawg_desktop.exchange.tracker_shape import Column, Given, Target, Tracker

#: The kinds of record that trackers hold columns of.
TRACKED: tuple[EntitySpec, ...] = tuple(e for e in ENTITIES if e.tracked)
#: The kind in whose rows progress is told; its ``parent`` is the kind of which it is told.
PROGRESS: EntitySpec = BY_KEY[next(e.told_by for e in TRACKED if e.told_by)]
#: The kinds that a list can be of, what serves another before what is served: a list of actions names recommendations beside them.
ROW_KINDS: tuple[EntitySpec, ...] = tuple(
    sorted((e for e in TRACKED if e is not PROGRESS), key=lambda e: (not e.serves, any(served is e for _, served in serving_links().values())))
)
#: The kind that stands over the rows of a list, because they serve it.
SERVED: EntitySpec = next(served for serving, served in serving_links().values() if serving.tracked)
_BARE_REFERENCE = ("ref", "no", "number", "id", "reference", "item", "#", "ref no", "no.")


def targets() -> dict[Target, str]:
    """Every target a column may be matched to, with its label."""
    known: dict[Target, str] = {}
    for spec in TRACKED:
        if spec.key != PROGRESS.key:
            known[f"{spec.key}.reference"] = f"{spec.label}: own number"
        known |= {f"{spec.key}.{f.key}": f"{spec.label}: {f.label}" for f in spec.fields if not f.private}
    return known


_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")


def clean_heading(text: str) -> tuple[str, str]:
    """A heading without its notes and marks, and the quarter or month that it names."""
    words = " ".join(text.split())
    period = m[1] if (m := PERIOD.search(words)) else ""
    bare = _BRACKETS.sub(" ", words)
    if period:
        bare = PERIOD.sub(" ", bare)
    bare = " ".join(bare.split()).strip(" *:#-–—,†‡^")
    return bare or words.strip(" *:"), period


def _known_names() -> dict[str, list[Target]]:
    names: dict[str, list[Target]] = {}
    for target in targets():
        entity, _, key = target.partition(".")
        field = BY_KEY[entity].by_key.get(key)
        headings = field.headings if field else BY_KEY[entity].numbered
        if entity == PROGRESS.key and not headings:
            continue  # a column headed Action or Status is the action's, never its update's
        own = (field.label, field.key) if field else ()
        for name in (*headings, *own):
            known = names.setdefault(fold(name), [])
            if target not in known:
                known.insert(0, target) if name in headings else known.append(target)
    return names


KNOWN = _known_names()
BARE = frozenset(fold(w) for w in _BARE_REFERENCE)


def main_entity(heads: Sequence[str]) -> str:
    folded = [fold(h) for h in heads]
    for spec in ROW_KINDS:
        if any(f"{spec.key}.{spec.title}" in KNOWN.get(f, ())[:1] for f in folded):
            return spec.key
    return ROW_KINDS[0].key


#: Headings under which any list may keep what it lists.
_WORDED = ("title", "description", "issue", "statement", "details", "summary", "finding")


def titled(heads: Sequence[str], main: str) -> dict[str, Target | None]:
    """A mapping for the column with the titles, where the kind was given and no heading is its title's; else empty."""
    own = f"{main}.{BY_KEY[main].title}"
    if any(KNOWN.get(fold(h), [""])[0] == own for h in heads):
        return {}
    found = next((h for w in _WORDED for h in heads if fold(h) == w), None)
    return {found: own} if found else {}


def match_columns(
    heads: Sequence[str], main: str, mapping: Mapping[str, Target | None], above: Sequence[str] = (), empty: Collection[int] = ()
) -> list[Column]:
    """Match headings to targets: by the given mapping, by name, else "did you mean".

    A heading that stands twice is told by its period: the newest column is the present state, the others are earlier
    ones. ``above`` are the words over each heading, which may name the period; ``empty`` columns hold nothing under their
    headings, such as those of quarters to come, and are the present state of nothing.
    """
    given = {fold(h): t for h, t in mapping.items()}
    columns: list[Column] = []
    taken: set[Target] = set()
    times: dict[str, int] = {}
    for i, head in enumerate(heads):
        times[fold(head)] = times.get(fold(head), 0) + 1
        called = head if times[fold(head)] == 1 or not head else f"{head} ({times[fold(head)]})"
        bare, period = clean_heading(head)
        if not period and i < len(above):
            period = m[1] if (m := PERIOD.search(above[i])) else ""
        name = fold(bare)
        exact = fold(called)
        target = given[exact] if exact in given else _by_name(name, main, set())
        close = [] if target or not name else get_close_matches(name, list(KNOWN), n=3, cutoff=0.75)
        means = tuple(dict.fromkeys(_preferred(KNOWN[c], main) for c in close))
        columns.append(Column(called, target, means, period))
    _describe_by_title(columns, main, given)
    _tell_apart(columns, given, [c for i, c in enumerate(columns) if i in empty])
    taken = {c.target for c in columns if c.target}
    for one in columns:
        one.did_you_mean = tuple(m for m in one.did_you_mean if m not in taken)
    return columns


def _describe_by_title(columns: Sequence[Column], main: str, given: Mapping[str, Target | None]) -> None:
    """Where no column is the title's, the one in which a list describes what it lists is: nothing else names its rows."""
    title = f"{main}.{BY_KEY[main].title}"
    if any(c.target == title for c in columns):
        return
    described = [c for c in columns if c.target == f"{main}.description" and fold(c.header) not in given]
    if len(described) == 1:
        described[0].target = title


def _without_times_to_come(target: Target, same: list[Column], empty: Sequence[Column]) -> list[Column]:
    """The columns of a field without those of quarters to come, made in advance, that hold nothing yet."""
    worded = [c for c in same if not any(c is e for e in empty)]
    if not worded or not all(c.period for c in same):
        return same
    for one in same:
        if not any(one is w for w in worded):
            one.target, one.earlier_of = None, target
    return worded


def _tell_apart(columns: list[Column], given: Mapping[str, Target | None], empty: Sequence[Column]) -> None:
    """Of columns that mean the same field one is left: by what a person chose, by its own name, by the newest period."""
    by_target: dict[Target, list[Column]] = {}
    for one in columns:
        if one.target:
            by_target.setdefault(one.target, []).append(one)
    for target, all_of_it in by_target.items():
        same = _without_times_to_come(target, all_of_it, empty) if len(all_of_it) > 1 else all_of_it
        if len(same) < 2:
            continue
        kept = _present(target, same, given)
        for one in same:
            if one is not kept:
                one.target = None
                one.did_you_mean = (target,) if kept is None else ()


def _present(target: Target, same: list[Column], given: Mapping[str, Target | None]) -> Column | None:
    """Which of the columns of a field is the present state; the others are marked as earlier or as rivals. None: it cannot be told."""
    answered = [c for c in same if fold(c.header) in given]
    bare = _in_order([c.period for c in same])
    dated = sorted((when, n) for n, c in enumerate(same) if (when := period_end(c.period) or bare[n]))
    if len(answered) == 1:
        return answered[0]
    if len(dated) == len(same):
        for _, n in dated[:-1]:
            same[n].earlier_of = target
        return same[dated[-1][1]]
    if len({fold(clean_heading(c.header)[0]) for c in same}) == 1:
        undated = sorted(set(range(len(same))) - {n for _, n in dated})
        if len(undated) > 1:
            return None
        for _, n in dated:  # "Q1 update", "Q2 update" and "Update": what names no period is how things stand now
            same[n].earlier_of = target
        return same[undated[0]]
    named = [c for c in same if KNOWN.get(fold(clean_heading(c.header)[0]), [""])[0] == target and _is_own_name(target, c.header)]
    kept = named[0] if named else same[0]
    for one in same:
        one.rival_of = target if one is not kept else None
    return kept


def _in_order(periods: Sequence[str]) -> list[str]:
    """Keys that put quarters in order: by the year that each names ("Q1 2026", of whichever kind of year), else as their columns run.

    Q4, Q1, Q2 go on over the turn of the year. Empty ones where a period is none, or the columns run in no order that can be told.
    """
    of_year = [re.fullmatch(r"q(?:uarter)?\s*([1-4])\s+(?:fy\s*)?(\d{4}(?:\s*[/-]\s*\d{2,4})?)", p.strip(), re.IGNORECASE) for p in periods]
    if all(of_year):
        return [f"{m[2]} {m[1]}" for m in of_year if m]
    told = [re.fullmatch(r"q(?:uarter)?\s*([1-4])", p.strip(), re.IGNORECASE) for p in periods]
    if not all(told):
        return [""] * len(periods)
    numbers = [int(m[1]) for m in told if m]
    steps = {(b - a) % 4 for a, b in pairwise(numbers)}
    if steps <= {1}:
        return [f"{n:02d}" for n in range(len(numbers))]
    if steps <= {3}:
        return [f"{n:02d}" for n in range(len(numbers), 0, -1)]
    rising = all(a < b for a, b in pairwise(numbers))
    return [f"{n:02d}" for n in range(len(numbers))] if rising else [""] * len(periods)


def _is_own_name(target: Target, header: str) -> bool:
    """Whether a heading is the field's own name, not only one of the words that trackers use for it."""
    entity, _, key = target.partition(".")
    spec = BY_KEY[entity].by_key.get(key)
    return spec is not None and fold(clean_heading(header)[0]) in (fold(spec.label), fold(spec.key))


def is_known(name: str) -> bool:
    """Whether a heading, folded, is one that a column may be known by."""
    return name in KNOWN or name in BARE or of_kind(name) is not None


def _by_name(name: str, main: str, taken: set[Target]) -> Target | None:
    if name in BARE:
        return f"{main}.reference"
    found = [t for t in KNOWN.get(name, ()) if t not in taken]
    return _preferred(found, main) if found else of_kind(name)


#: What headings call each kind of record: its name, and what stands before "no" or "ref" where they speak of its number.
_CALLED: dict[str, EntitySpec] = {
    name: spec for spec in ROW_KINDS for name in (fold(spec.label), *(fold(n.rpartition(" ")[0] or n) for n in spec.numbered))
}
_NAMES = "|".join(sorted(map(re.escape, _CALLED), key=len, reverse=True))
#: A heading that says of which kind of record it speaks: "Action status", "Rec owner", "Status of action".
_OF_KIND = re.compile(rf"({_NAMES})s? (.+)|(.+) of (?:the |each )?({_NAMES})s?")
#: What a heading calls the title of the kind of record that it names: "Action details", "Recommendation text".
_TITLED = frozenset((*_WORDED, "detail", "text", "wording", "name"))
#: Columns that mean the same above every list: titles, and what is told of progress.
_TITLES = frozenset(f"{e.key}.{e.title}" for e in TRACKED)


def of_kind(name: str) -> Target | None:
    """What a heading means that names the kind of record beside a field's name, of that kind only."""
    m = _OF_KIND.fullmatch(name)
    if m is None:
        return None
    spec, asked = _CALLED[str(m[1] or m[4])], str(m[2] or m[3])
    if asked in BARE:
        return f"{spec.key}.reference"
    if asked in _TITLED and asked not in spec.by_key:
        return f"{spec.key}.{spec.title}"
    known = KNOWN.get(asked, [])
    found = next((t for t in known if t.startswith(f"{spec.key}.")), _preferred(known, spec.key) if known else "")
    return found if found and found.partition(".")[0] in (spec.key, spec.told_by) else None


def _preferred(found: Sequence[Target], main: str) -> Target:
    """The main entity's field where it has one; its own title stays its own."""
    first = found[0]
    entity, _, key = first.partition(".")
    if first in _TITLES or key == "reference" or entity == PROGRESS.key:
        return first
    twin = next((t for t in found if t.startswith(main + ".")), None)
    if twin:
        return twin
    if entity == ROW_KINDS[0].key and main != entity:
        moved = BY_KEY[main].owner if key == "lead" and "lead" not in BY_KEY[main].by_key else _same_role(BY_KEY[entity], BY_KEY[main], key)
        if moved in BY_KEY[main].by_key:
            return f"{main}.{moved}"
    return first


def _same_role(spec: EntitySpec, other: EntitySpec, key: str) -> str:
    """What another kind of record calls the field that has this part in one: its owner, those who help, when it is due."""
    roles = {spec.owner: other.owner, spec.others: other.others, **dict(zip(spec.due[-1:], other.due[-1:], strict=False))}
    return roles.get(key) or key


def ask_rivals(
    sheet: Sheet, header: int, columns: list[Column], answers: Mapping[str, str], tracker: Tracker
) -> None:
    """Two columns of different names for one field: where they say different things, which is meant is asked."""
    for target in dict.fromkeys(c.rival_of for c in columns if c.rival_of):
        rivals = [i for i, c in enumerate(columns) if c.rival_of == target]
        kept = next((i for i, c in enumerate(columns) if c.target == target), None)
        if kept is None:
            continue
        same = [kept, *rivals]
        differ = any(
            len({fold(plain_text(row[i])) for i in same if i < len(row)}) > 1 for row in sheet.rows[header + 1 :]
        )
        if not differ:
            continue
        named = " and ".join(f"“{columns[i].header}”" for i in sorted(same))
        id = f"columns:{target}:{'|'.join(fold(columns[i].header) for i in sorted(same))}"
        choices = tuple((fold(columns[i].header), f"{columns[i].header} ({sheet.address(header, i)})") for i in sorted(same))
        answer = answers.get(id)
        if answer in dict(choices):
            for i in same:
                columns[i].target = target if fold(columns[i].header) == answer else None
            continue
        is_title = target.endswith((".title", ".statement"))
        if not is_title:
            columns[kept].target = None
        taken = f"{columns[kept].header} was taken" if is_title else "Neither is taken"
        tracker.questions.append(Problem(
            "two_columns", f"The columns {named} both mean {targets().get(target, target)} and say different things. Which is meant? "
            f"{taken} until that is answered; the rest is in the tray.", sheet.name, sheet.address(header, kept), "", id, choices,
        ))  # fmt: skip


def ask_latest(
    sheet: Sheet, header: int, columns: list[Column], answers: Mapping[str, str], tracker: Tracker
) -> None:
    """A heading that stands twice with no period: which column is the present state is asked, and none is read till then."""
    unclear: dict[Target, list[Column]] = {}
    for one in columns:
        if one.target is None and len(one.did_you_mean) == 1 and one.earlier_of is None:
            target = one.did_you_mean[0]
            if _by_name(fold(clean_heading(re.sub(r" \(\d+\)$", "", one.header))[0]), tracker.main, set()) == target:
                unclear.setdefault(target, []).append(one)
    for target, same in unclear.items():
        if len(same) < 2:
            continue
        id = f"latest:{target}"
        answer = answers.get(id)
        if answer in ("first", "last"):
            same[0 if answer == "first" else -1].target = target
            continue
        at = columns.index(same[0])
        tracker.questions.append(Problem(
            "which_is_latest", f"The heading “{clean_heading(same[0].header)[0]}” stands {len(same)} times and names no period: which of "
            "these columns says how things stand now? None is taken until that is answered.", sheet.name, sheet.address(header, at), "", id,
            (("first", f"The first ({sheet.address(header, at)})"), ("last", f"The last ({sheet.address(header, columns.index(same[-1]))})")),
        ))  # fmt: skip


def repeats(given: Sequence[Given], heads: Sequence[str]) -> bool:
    """Whether a row repeats the headings: every cell that it fills."""
    same = repeated(given, heads)
    return same >= 2 and same == sum(1 for one in given if one.value is not None)


def repeated(given: Sequence[Given], heads: Sequence[str]) -> int:
    """How many cells of a row say what their column's heading says."""
    same = 0
    for one, head in zip(given, heads, strict=False):
        value = one.value
        # a letter first: folding every cell of a long list would cost more than reading it
        if type(value) is str and (value[:1] in (head[:1], head[:1].swapcase()) or value[:1].isspace()):
            same += fold(value) == fold(head)
    return same
