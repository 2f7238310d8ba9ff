"""Case extracts taken in: only on a recorded footing, measured at once, and forgotten; harm weights of one source and version.

Of an extract the counts are kept (``case_extract.measured``), no row and no reference. What is shown and what leaves is told with small counts hidden.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.evidence_terms import WEIGHTS_OF
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.terms import how_many
from vawg_desktop.exchange import cases_in
from vawg_desktop.exchange.cases_in import Weights
from vawg_desktop.exchange.document import Block, Document, Heading, Paragraph, Table
from vawg_desktop.services import harm_disclosure, harm_measures, names, outputs, small_counts
from vawg_desktop.services.harm_measures import CAVEATS, TOPS, Measured, Spread
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session

EXTRACT, WEIGHTS = BY_KEY["case_extract"], BY_KEY["weight_set"]
#: What has to be recorded before a row is read.
FOOTING = ("controller", "agreement", "dpia", "purpose", "offenders")


@dataclass(slots=True)
class Taken:
    """What became of an extract: its record, what was measured, and what was left out."""

    id: str
    reference: str
    measured: Measured
    rows: int
    left_out: list[str] = field(default_factory=list[str])
    problems: list[str] = field(default_factory=list[str])
    changes: Changes = field(default_factory=Changes)

    def sentence(self) -> str:
        """What was taken in, in words."""
        m = self.measured
        weighed = f" {how_many(sum(m.unweighed.values()), 'offence')} without a weight." if m.unweighed else ""
        return (
            f"{self.reference}: {how_many(self.rows, 'row')} read and forgotten, {how_many(m.offences, 'offence')} of {how_many(m.offenders.units, 'offender')} "
            f"against {how_many(m.victims.units, 'victim')}.{weighed}" + (f" Columns that were not understood and not read: {', '.join(self.left_out)}." if self.left_out else "")
            + "".join(f" {p}" for p in self.problems)
        )


def take_weights(session: Session, path: Path, *, version: str, title: str = "", licence: str = "") -> tuple[str, list[str], Changes]:
    """Take in a table of weights; returns its record's id and what was not understood. Raises RuleError without a version, FileRefusedError."""
    if not version.strip():
        raise RuleError("Say of which year or edition the weights are: figures of two versions are not compared.", code="rule_version")
    found = cases_in.read_weights(path)
    named = title.strip() or f"{WEIGHTS_OF.label(found.kind)}, {version.strip()}"
    with session.store.write(session.who, None, Act.IMPORT) as tx:
        id = tx.create(WEIGHTS.key, {
            "title": named, "kind": found.kind, "version": version.strip(), "licence": licence.strip() or ("Open Government Licence v3.0" if found.kind == "ons" else None), "taken_in": session.today.isoformat(),
            "offences": found.rows, "weights": json.dumps({"by_code": found.by_code, "by_type": found.by_type}, ensure_ascii=False),
        })  # fmt: skip
        changes = tx.changes
    return id, found.problems, changes


def weights_of(session: Session, name: str) -> tuple[str, Weights]:
    """A set of weights by reference, id or title: its id and the weights. Raises NotFoundError."""
    connection = session.read()
    found = names.find_named(connection, WEIGHTS.key, name) or names.find(connection, name, WEIGHTS.key)
    row = plain_rows(connection, "SELECT kind, weights FROM weight_set WHERE id = ?", (found.id,))[0]
    told: dict[str, dict[str, float]] = json.loads(str(row["weights"] or '{"by_code": {}, "by_type": {}}'))
    return found.id, Weights(str(row["kind"]), told["by_code"], told["by_type"], len(told["by_code"]))


def take_in(session: Session, path: Path, footing: Mapping[str, str], *, weights: str = "", title: str = "") -> Taken:
    """Read a case extract, measure it and forget it; only what was measured is kept, with the footing on which it came.

    Raises RuleError where the footing (``FOOTING``) is not recorded, before the file is opened; what ``cases_in.read_cases`` raises.
    """
    missing = [EXTRACT.by_key[k].label.casefold() for k in FOOTING if not footing.get(k, "").strip()]
    if missing:
        raise RuleError(f"Case data are read only once this is recorded: {', '.join(missing)}.", code="rule_footing")
    weighed, table = weights_of(session, weights) if weights else ("", None)
    cases = cases_in.read_cases(path)
    measured = harm_measures.measure(cases, table)
    cells: dict[str, Value] = {
        **{k: v.strip() for k, v in footing.items() if v.strip()}, "title": title.strip() or path.stem, "taken_in": session.today.isoformat(), "rows_read": cases.rows, "weights": weighed or None,
        "from_date": measured.followed_from or None, "until_date": measured.followed_until or None, "left_out": "\n".join([*cases.left_out, *cases.problems]) or None, "measured": json.dumps(measured.as_json(), ensure_ascii=False),
    }  # fmt: skip
    rows, left, problems = cases.rows, cases.left_out, cases.problems
    del cases  # forgotten before anything is written
    with session.store.write(session.who, None, Act.IMPORT) as tx:
        id = tx.create(EXTRACT.key, cells)
        reference = str(tx.row(EXTRACT.key, id)["reference"])
        changes = tx.changes
    return Taken(id, reference, measured, rows, left, problems, changes)


def listed(session: Session) -> list[tuple[str, str]]:
    """Extracts that were measured, the newest first: (id, title)."""
    return [(str(r["id"]), f"{r['reference']}  {r['title']}") for r in plain_rows(session.read(), "SELECT id, reference, title FROM case_extract WHERE NOT deleted AND measured IS NOT NULL ORDER BY n DESC", ())]


@dataclass(slots=True)
class Shown:
    """An extract as it may be shown with small counts hidden: its record's row, the measures, who weighed it, and the tables (heads and rows) with notes."""

    row: Mapping[str, object]
    measured: Measured
    weights: str
    least: int
    tables: list[tuple[str, list[str], list[list[str]], list[str]]] = field(default_factory=list[tuple[str, list[str], list[list[str]], list[str]]])

    def sentence(self) -> str:
        """The measures in a sentence."""
        m = self.measured
        top = m.offenders.tops.get("0.1")
        if m.offences < self.least:
            return f"Fewer than {self.least} offences: nothing about them is shown."
        told = f"{how_many(m.offences, 'offence')}; harm is not weighed."
        if self.weights:
            few = harm_disclosure.tells_all(m, self.least)
            told = f"{how_many(m.offences, 'offence')}, {'whose days of harm are not shown' if few else f'{m.harm:,.0f} days of harm'}."
            if not m.weighed:
                told = f"{how_many(m.offences, 'offence')}, none of which has a weight in {self.weights}: harm is not measured."
            elif m.weighed < m.offences:
                told += " Offences of kinds without a weight are among them, and no harm of these is measured."
        if top is not None and math.ceil(0.1 * m.offenders.units - 1e-9) >= self.least:
            told += f" The most harmful tenth of {how_many(m.offenders.units, 'offender')} account for {100 * top:.0f}% of harm"
            told += f" (by chance alone {100 * m.offenders.by_chance:.0f}%)." if not math.isnan(m.offenders.by_chance) else "."
        return told


def shown(session: Session, extract: str, *, inside: bool = True) -> Shown:
    """An extract's measures, by reference, id or title, as they are shown: on screen with the least count of the screen, outside with the office's. Raises NotFoundError."""
    connection = session.read()
    found = names.find_named(connection, EXTRACT.key, extract) or names.find(connection, extract, EXTRACT.key)
    row = plain_rows(connection, "SELECT * FROM case_extract WHERE id = ?", (found.id,))[0]
    if not row["measured"]:
        raise RuleError(f"{row['reference']} holds no measures.", code="rule_no_measures")
    made_of = from_kept(str(row["measured"]))
    titles = {str(r["id"]): str(r["title"]) for r in plain_rows(connection, "SELECT id, title FROM weight_set", ())}
    office = small_counts.least(connection)
    made = Shown(row, made_of, titles.get(str(row["weights"] or ""), ""), min(small_counts.INSIDE, office) if inside else office)
    if made.measured.offences < made.least:
        return made
    for name, one in (("Offenders", made.measured.offenders), ("Victims", made.measured.victims)):
        if one.units:
            made.tables.append(_spread_table(name, one, made.least))
    hidden = harm_disclosure.hidden_counts(made.measured, made.least)
    _stage_tables(made, hidden)
    for name in made.measured.groups:
        made.tables.append(_group_table(made, name, {label for group, label in hidden if group == name}))
    return made


def from_kept(words: str) -> Measured:
    """What was kept of an extract."""
    return harm_measures.from_json(json.loads(words))


def _percent(share: float | None) -> str:
    return "–" if share is None or math.isnan(share) else f"{100 * share:.0f}%"


def _spread_table(name: str, one: Spread, least: int) -> tuple[str, list[str], list[list[str]], list[str]]:
    heads = ["Of " + name.casefold(), "How many", "Share of offences", "Share of harm"]
    if one.units < least:
        return f"Concentration: {name.casefold()}", heads, [], [f"Fewer than {least}: not shown."]
    rows: list[list[str]] = []
    for top in TOPS:
        units = max(1, math.ceil(top * one.units - 1e-9))
        hidden = units < least
        rows.append([f"Top {100 * top:g}%", f"{units:,}", "–" if hidden else _percent(one.tops_of_offences.get(f"{top:g}")), "–" if hidden else _percent(one.tops.get(f"{top:g}"))])
    repeats = _repeats_told(one, least)
    rows.append(["All", f"{one.units:,}", "100%", "100%" if one.tops else "–"])
    notes = [f"In more than one offence: {how_many(one.repeats, name.casefold().removesuffix('s'))}, with {one.offences_of_repeats:,} offences." if repeats else "How many are in more than one offence is not shown: they, or the others, are few."]
    if one.tops:
        notes.append(f"Gini {one.gini:.2f}. By chance alone the top tenth would have {_percent(one.by_chance)} of harm." + (f" By tenths, the most harmful first: {', '.join(_percent(d) for d in one.deciles)}." if one.units >= 10 * least else ""))
    if any(r[3] == "–" and r[0].startswith("Top") for r in rows) and one.tops:
        notes.append(f"Shares of fewer than {least} are not shown.")
    return f"Concentration: {name.casefold()}", heads, rows, notes


def _repeats_told(one: Spread, least: int) -> bool:
    """Whether it is told how many are in more than one offence: they and the others, whose offences follow, are enough."""
    return _enough(one.repeats, least) and _enough(one.units - one.repeats, least)


def _stage_tables(made: Shown, hidden: Collection[harm_disclosure.Cell]) -> None:
    """How far cases got: a stage is told where both those that reached it and those that did not, of the stages before too, are enough."""
    m, under = made.measured, made.least
    told: dict[str, int] = {}
    for name, count in m.stages:
        if (harm_disclosure.STAGE, name) not in hidden and all(_enough(abs(other - count), under) for other in told.values()) and _enough(count, under):
            told[name] = count
    if len(m.stages) > 1:
        first = m.stages[0][1]
        rows = [[name, f"{told[name]:,}" if name in told else "–", _percent(told[name] / first) if name in told and first else "–"] for name, _ in m.stages]
        notes = [f"One cohort: offences reported from {m.followed_from}, followed until {m.followed_until}, the last for {how_many(m.least_follow_up, 'day')}. A published snapshot is of other cases, and is not compared with it."]
        if len(told) < len(m.stages):
            notes.append(f"Counts under {under}, and those that would reveal one, are not shown.")
        made.tables.append(("How far cases got", ["Stage", "Offences", "Of those reported"], rows, notes))
    if m.ends and m.stages:
        first = m.stages[0][1]
        days = [f"By {day} days" for day in harm_measures.BY_DAYS]
        ended = {day: [round(shares.get(str(day), 0.0) * first) for shares in m.ends.values()] for day in harm_measures.BY_DAYS}
        safe: dict[int, bool] = {}
        for day, counts in ended.items():  # each end by itself, what is left, and what came since the last day that is shown
            before = next((ended[d] for d in reversed(harm_measures.BY_DAYS) if d < day and safe[d]), [0] * len(counts))
            safe[day] = all(_enough(n, under) for n in [*counts, first - sum(counts), *(abs(n - b) for n, b in zip(counts, before, strict=True))])
        rows = [
            [cause, *(_percent(shares.get(str(day))) if safe[day] else "–" for day in harm_measures.BY_DAYS), "–" if m.medians.get(cause) is None or first < 2 * under else f"{m.medians[cause]:.0f}"]
            for cause, shares in m.ends.items()
        ]  # fmt: skip
        notes = ["Charged and ended without a charge compete: both are shown, of all offences, with what is not ended yet counted as such (Aalen–Johansen). A median is given only where half ended so; one median of both would fall when cases are closed sooner."]
        made.tables.append(("By when cases ended", ["End", *days, "Median days"], rows, notes))


def _enough(count: int, least: int) -> bool:
    """Whether a count, or what is left beside it, may be told: none at all tells of nobody."""
    return count == 0 or count >= least


#: What stands in the place of harm where no offence of a group has a weight.
_NO_WEIGHT = "no weight"


def _group_table(made: Shown, name: str, hidden: Collection[str]) -> tuple[str, list[str], list[list[str]], list[str]]:
    groups, least = made.measured.groups[name], made.least
    weighed = made.measured.weighed_of.get(name, {})
    whole, harmful = sum(n for n, _ in groups.values()), math.fsum(h for _, h in groups.values())
    few = {label for label in groups if harm_disclosure.tells_kinds(made.measured, name, label, least)}
    shares = bool(made.weights) and bool(harmful) and not hidden and not few  # shares of a whole that is told would give a hidden one away
    rows: list[list[str]] = []
    for label in sorted(groups, key=lambda g: g in hidden and not _of_time(name)):  # where the hidden ones would stand, is not told either
        n, h = groups[label]
        if label in hidden:
            rows.append([label if _of_time(name) else "(not shown)", "–", "–", "–", "–"])
        else:
            rows.append([label, f"{n:,}", _percent(n / whole if whole else None), *([_NO_WEIGHT, "–"] if made.weights and weighed.get(label, n) == 0 else ["–" if label in few or not made.weights else f"{h:,.0f}", _percent(h / harmful) if shares else "–"])])
    notes = [f"Counts under {least}, and others that would reveal one, are not shown."] if hidden else []
    if made.weights and few - set(hidden):
        notes.append(f"Days of harm are not shown where fewer than {least} offences are of one kind: the weights would tell how many.")
    if made.weights and any(weighed.get(label, n) < n for label, (n, _) in groups.items()):
        notes.append("Offences of kinds without a weight are counted, but no harm is measured of them.")
    return name, [name, "Offences", "Share", "Harm (days)", "Share of harm"], rows, notes


def _of_time(name: str) -> bool:
    return name in ("Month", "Month of the year", "Hour")


def document(session: Session, extract: str) -> Document:
    """An extract's measures as they may leave the office. Raises as ``shown``."""
    found = shown(session, extract, inside=False)
    blocks: list[Block] = [Paragraph(found.sentence()), *(Paragraph(c) for c in CAVEATS), Paragraph(f"Offenders: {found.row['offenders']}. Weighed by: {found.weights or 'nothing'}. Controller of the data: {found.row['controller']}.")]
    for name, heads, rows, notes in found.tables:
        blocks += [Heading(name), Table(name, heads, [list(r) for r in rows], notes)]
    return outputs.document(session, f"{found.row['title']}: harm and concentration", blocks, outputs.marking_of(EXTRACT, [found.row]), [])


def as_json(found: Shown) -> dict[str, Any]:
    """The measures for the command; hidden counts are dashes in ``tables``."""
    m = found.measured
    return {
        "extract": found.row["reference"], "id": found.row["id"], "weights": found.weights or None, "offences": m.offences if m.offences >= found.least else None, "harm": round(m.harm, 2) if m.offences >= found.least and (m.weighed or not found.weights) and not harm_disclosure.tells_all(m, found.least) else None, "unweighed": {k: n for k, n in m.unweighed.items() if n >= found.least},
        "offenders": _spread_json(m.offenders, found.least), "victims": _spread_json(m.victims, found.least), "least": found.least, "caveats": list(CAVEATS),
        "tables": [{"title": name, "heads": heads, "rows": rows, "notes": notes} for name, heads, rows, notes in found.tables],
    }  # fmt: skip


def _spread_json(one: Spread, least: int) -> dict[str, Any] | None:
    if one.units < max(1, least):
        return None
    told = {top: share for top, share in one.tops.items() if math.ceil(float(top) * one.units - 1e-9) >= least}
    return {"units": one.units, "repeats": one.repeats if _repeats_told(one, least) else None, "top_share_of_harm": told, "gini": None if math.isnan(one.gini) else round(one.gini, 4), "deciles": one.deciles if one.units >= 10 * least else None, "by_chance": None if math.isnan(one.by_chance) else round(one.by_chance, 4)}


def curves(found: Shown) -> Sequence[tuple[str, list[float]]]:
    """Lorenz' curves that may be drawn, by whose they are: none of so few that a tenth of them is a small count."""
    whose = (("Offenders", found.measured.offenders), ("Victims", found.measured.victims))
    return [(name, one.lorenz) for name, one in whose if one.lorenz and one.units >= 10 * found.least]
