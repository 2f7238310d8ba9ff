"""What papers are made of: figures that name the rows they count, tables of records, what changed, and the heads in the annex."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vawg_desktop.domain import movement, rules
from vawg_desktop.domain.conditions import CONDITIONS
from vawg_desktop.domain.dates import label, london_day
from vawg_desktop.domain.entities import ACTION, ENTITIES, GAP, PARTNER, RECOMMENDATION, EntitySpec
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.terms import ACTION_STATUS, NOT_RATED, RATING, VERIFICATION, how_many
from vawg_desktop.domain.values import from_row, to_words
from vawg_desktop.exchange.bar_svg import draw, in_words
from vawg_desktop.exchange.document import Block, Cell, Figure, Heading, Items, Table
from vawg_desktop.services.office import look
from vawg_desktop.services.outputs import day_cell
from vawg_desktop.services.overview import PILLARS, pillar_label
from vawg_desktop.services.restriction import restricted
from vawg_desktop.services.session import Session
from vawg_desktop.services.since import HEADINGS, Since, more_words
from vawg_desktop.services.standing import Position, Row, Upto, ids_of, rows_at
from vawg_desktop.store.check_log import heads_of_chains

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Connection

#: What is said of actions that nobody told of for long.
SILENT_WORDS = CONDITIONS["silent"].label
#: What stands in place of a restricted record's title.
RESTRICTED = "Restricted"


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure of a paper: its key, what it says, and the ids of the records that it counts."""

    key: str
    says: str
    ids: tuple[str, ...]

    @property
    def number(self) -> int:
        """How many records it counts."""
        return len(self.ids)


@dataclass(slots=True)
class Paper:
    """A paper on its way: its blocks, its figures with the rows they count, and the names of bodies and records that it uses."""

    session: Session
    position: Position
    blocks: list[Block] = field(default_factory=list[Block])
    figures: list[Counted] = field(default_factory=list[Counted])
    #: Questions and decisions that it prints, whose marking binds it too.
    also_named: list[Mapping[str, object]] = field(default_factory=list[Mapping[str, object]])
    _independent: frozenset[str] | None = None
    _called: dict[str, str] = field(default_factory=dict[str, str])
    _closed: set[str] | None = None

    def count(self, key: str, says: str, rows: Collection[Mapping[str, Value]]) -> Counted:
        """Add a figure that counts some rows."""
        made = Counted(key, says, tuple(ids_of(rows)))
        self.figures.append(made)
        return made

    @property
    def closed(self) -> set[str]:
        """The ids of records of this paper whose titles stay here."""
        if self._closed is None:
            everything = (*self.position.recommendations, *self.position.actions, *self.position.gaps)
            self._closed = restricted(self.session, ids_of(everything))
        return self._closed

    @property
    def independent(self) -> frozenset[str]:
        """The ids of independent bodies, whose actions are not rated; of a body that was not handed over with a part nobody knows whether it is one."""
        if self._independent is None:
            then = {str(r["id"]): r["standing"] == "independent" or not r["reference"] for r in self._bodies()}
            now = self.session.read().exec_driver_sql("SELECT id FROM partner WHERE standing = 'independent' OR coalesce(reference, '') = ''").fetchall()
            self._independent = frozenset(i for i, own in {**{str(i): True for (i,) in now}, **then}.items() if own)
        return self._independent

    def title(self, spec: EntitySpec, row: Mapping[str, Value]) -> str:
        """A record's title, or that it is restricted."""
        return RESTRICTED if row["id"] in self.closed else str(row[spec.title] or "")

    def body(self, id: Value) -> str:
        """The name of a body, short where it has one."""
        if not id:
            return ""
        if not self._called:
            rows = self.session.read().exec_driver_sql("SELECT p.id, coalesce(p.short_name, p.name, s.title) FROM partner p LEFT JOIN subject s ON s.id = p.id").fetchall()
            self._called = {str(i): str(n) for i, n in rows}
            self._called |= {str(r["id"]): str(called) for r in self._bodies() if (called := r["short_name"] or r["name"])}
        return self._called.get(str(id), "")

    def _bodies(self) -> list[Row]:
        """The bodies as they were known at the moment of which the paper speaks."""
        return rows_at(self.session.read(), PARTNER, self.position.upto)

    def titles(self) -> dict[str, str]:
        """The titles of its records at the moment of which it speaks, by id."""
        p = self.position
        return {str(r["id"]): str(r[s.title] or "") for s, rows in ((RECOMMENDATION, p.recommendations), (ACTION, p.actions), (GAP, p.gaps)) for r in rows}

    def marking(self) -> list[Mapping[str, object]]:
        """The rows whose markings bind the paper."""
        return [{"marking": r.get("marking")} for r in (*self.position.recommendations, *self.position.actions, *self.position.gaps)]


#: What a data set says until it is published: only what was published is remembered when the next one is made.
DRAFT = "DRAFT, not published: keep it in the office. Only numbers that were published are taken into account when the next data set is made."


#: What is counted of each pillar.
_OF_A_PILLAR = ("recommendations", "actions", "complete", "evidence awaited", "overdue")


def counted_where_there_are() -> list[str]:
    """What the figures of a summary that stand in it only where they are not nought are called."""
    statuses = [f"Actions by status: {ACTION_STATUS.label(key).casefold()}" for key in ACTION_STATUS.key_list()]
    return [_SUPERSEDED, *statuses, *(f"{pillar_label(pillar)}: {says}" for pillar in PILLARS for says in _OF_A_PILLAR)]


_SUPERSEDED = "… of which superseded"


def summary(paper: Paper) -> None:
    """The figures that every board asks for, and the actions of each pillar."""
    p = paper.position
    paper.blocks.append(Heading("Where it stands"))
    figures = [
        paper.count("recommendations", "Recommendations", p.recommendations),
        paper.count("recommendations_open", "… of which open", [r for r in p.recommendations if (r["status"] or "open") == "open"]),
        paper.count("recommendations_closed", "… of which closed", [r for r in p.recommendations if r["status"] == "closed"]),
        *(paper.count("recommendations_superseded", _SUPERSEDED, some) for some in [[r for r in p.recommendations if r["status"] == "superseded"]] if some),
        paper.count("actions", "Actions", p.actions),
        paper.count("actions_proved", "Complete, evidence seen by the office", p.proved()),
        paper.count("actions_claimed", "Complete, evidence awaited", p.claimed()),
        paper.count("actions_overdue", "Overdue", p.overdue()),
        paper.count("actions_undated", "Open without a date", p.undated()),
        paper.count("actions_silent", SILENT_WORDS, p.silent()),
        paper.count("gaps_open", "Gaps that are not closed", p.open_gaps()),
    ]
    paper.blocks.append(Table("The figures of this paper", ["Figure", "Number"], [[f.says, f.number] for f in figures], ["The annex lists the records that each figure counts."]))
    by_status = Counter(str(r["status"] or "not_known") for r in p.actions)
    bars = [(ACTION_STATUS.label(key), by_status[key]) for key in ACTION_STATUS.key_list() if by_status[key]]
    for key in ACTION_STATUS.key_list():
        if by_status[key]:
            paper.count(f"status_{key}", f"Actions by status: {ACTION_STATUS.label(key).casefold()}", [r for r in p.actions if str(r["status"] or "not_known") == key])
    if bars:
        paper.blocks.append(Figure("Actions by status", in_words("Actions by status", bars), draw(bars, look(paper.session.read()).colour)))
    overdue, claimed = set(ids_of(p.overdue())), set(ids_of(p.claimed()))
    rows: list[list[Cell]] = []
    for pillar in PILLARS:
        some = [r for r in p.actions if r["pillar"] == pillar]
        of = [r for r in p.recommendations if r["pillar"] == pillar]
        if some or of:
            counted = (of, some, [r for r in some if r["status"] == "complete"], [r for r in some if r["id"] in claimed], [r for r in some if r["id"] in overdue])
            parted = tuple(zip(_OF_A_PILLAR, counted, strict=True))
            rows.append([pillar_label(pillar), *(len(which) for _, which in parted)])
            for says, which in parted:
                if which:
                    paper.count(f"pillar_{pillar}_{says.replace(' ', '_')}", f"{pillar_label(pillar)}: {says}", which)
    if rows:
        heads = ["Pillar", "Recommendations", "Actions", "Complete", "… evidence awaited", "Overdue"]
        paper.blocks.append(Table("By pillar", heads, rows, ["An action is counted once, under the first pillar of the first recommendation that it serves."]))


def actions_table(paper: Paper, title: str, rows: Sequence[Row]) -> None:
    """A table of actions with body, date, rating and status; nothing where there is none."""
    cells: list[list[Cell]] = []
    for r in rows:
        due = rules.effective_due(ACTION, r)
        cells.append([
            str(r["reference"]), paper.title(ACTION, r), paper.body(r["accountable"]) or None, day_cell(due), to_words(ACTION.by_key["status"], from_row(ACTION.by_key["status"], r["status"])),
            "–" if r["accountable"] in paper.independent else RATING.label(str(r["rating_opcc"])) if r["rating_opcc"] else NOT_RATED, day_cell(r["heard"]),
        ])  # fmt: skip
    if cells:
        notes = ["Independent bodies are not rated."] if any(r["accountable"] in paper.independent for r in rows) else []
        paper.blocks.append(Table(title, ["Ref", "Action", "Body", "Due", "Status", "Our rating", "Last update"], cells, notes))


def worded_on(session: Session, record: str, key: str, until: date) -> str:
    """The day on which a record's words under a field were last set, up to a day; empty where they never were."""
    rows = session.read().exec_driver_sql('SELECT at, fields FROM "change" WHERE "row" = ? ORDER BY n', (record,))
    days = [london_day(str(at)) for at, fields in rows if f'"{key}"' in str(fields)]
    return max((d.isoformat() for d in days if d <= until), default="")


def recommendations_table(paper: Paper) -> None:
    """Every recommendation with where it stands and how many of its actions are complete."""
    done: Counter[str] = Counter()
    every: Counter[str] = Counter()
    for action in paper.position.actions:
        for end in str(action["serves"]).split(";") if action["serves"] else ():
            every[end] += action["status"] not in ("stopped", "superseded")
            done[end] += action["status"] == "complete"
    rows: list[list[Cell]] = []
    for r in paper.position.recommendations:
        id = str(r["id"])
        status = RECOMMENDATION.by_key["status"]
        rows.append([
            str(r["reference"]), paper.title(RECOMMENDATION, r), pillar_label(str(r["pillar"])), paper.body(r["lead"]) or None,
            to_words(status, r["status"] or "open"), f"{done[id]} of {every[id]}" if every[id] else "No action", VERIFICATION.label(str(r["verification"])) if r["verification"] else None,
        ])  # fmt: skip
    if rows:
        paper.blocks.append(Table("Recommendations", ["Ref", "Recommendation", "Pillar", "Lead", "Status", "Actions complete", "Verification"], rows, ["Stopped and superseded actions are not counted."]))


def gaps_table(paper: Paper) -> None:
    """Open gaps with severity, provision and owner."""
    rows: list[list[Cell]] = [
        [str(r["reference"]), paper.title(GAP, r), *(to_words(GAP.by_key[k], r[k]) or None for k in ("severity", "provision", "status")), paper.body(r["owner"]) or "Nobody"]
        for r in paper.position.open_gaps()
    ]
    if rows:
        paper.blocks.append(Table("Gaps that are not closed", ["Ref", "Gap", "Severity", "Provision", "State", "Owner"], rows))


def text_of(value: object) -> str | None:
    """A stored value as the text of a cell; None where there is none."""
    return str(value) if value else None


def changes(paper: Paper, found: Since, since: str, *, name_new: bool = False) -> None:
    """What became of the records since a date or meeting, each kind of movement a table; new ones are named in the annex, or here with ``name_new``."""
    paper.blocks.append(Heading(f"Since {since}"))
    closed = restricted(paper.session, [one.id for some in found.told.values() for one in some])
    titles = paper.titles() if paper.position.upto is not None else {}
    lines = [f"{HEADINGS[kind]}: {len(some):,}" for kind, some in found.told.items() if some or kind != movement.UNPROVED]
    paper.blocks.append(Items(lines))
    for kind, some in found.told.items():
        if kind == movement.UNPROVED and not some:
            continue
        paper.figures.append(Counted(f"since_{kind}", f"{HEADINGS[kind]} since {since}", tuple(one.id for one in some)))
        if some and (name_new or kind != movement.NEW):
            rows: list[list[Cell]] = [[one.reference, RESTRICTED if one.id in closed else titles.get(one.id, one.title), more_words(one).removeprefix(": ") or None] for one in some]
            paper.blocks.append(Table(HEADINGS[kind], ["Ref", "Record", "From and to"], rows))


def annex(paper: Paper) -> None:
    """The rows that each figure counts, and the heads of the log's chains at this moment."""
    paper.blocks.append(Heading("Annex: what each figure counts"))
    connection = paper.session.read()
    every = sorted({id for f in paper.figures for id in f.ids})
    called = references(connection, every)
    rows: list[list[Cell]] = [[f.says, f.number, ", ".join(called.get(id, id) for id in f.ids) or None] for f in paper.figures]
    paper.blocks.append(Table("Records counted", ["Figure", "Number", "Records"], rows))
    heads: list[list[Cell]] = [[place, code] for place, code in heads_known(connection, paper.position.upto).items()]
    paper.blocks.append(Table("Heads of the change log", ["Entry", "Check code"], heads, ["With these the program shows later that nothing of what was counted was altered since."]))


def heads_known(connection: Connection, upto: Upto) -> dict[str, str]:
    """The heads of the log's chains now, or as they were where it was known up to a number or to heads."""
    if upto is None:
        return heads_of_chains(connection)
    if isinstance(upto, int):
        rows = connection.exec_driver_sql('SELECT c.origin, c.seq, c.hash FROM "change" c JOIN (SELECT origin, max(seq) AS last FROM "change" WHERE n <= ? GROUP BY origin) m ON m.origin = c.origin AND m.last = c.seq', (upto,)).fetchall()
    else:
        rows = [row for origin, seq in upto.items() for row in connection.exec_driver_sql('SELECT origin, seq, hash FROM "change" WHERE origin = ? AND seq = ?', (origin, seq)).fetchall()]
    return {f"{o}/{s}": str(h) for o, s, h in rows}


def conflicted(session: Session) -> list[Mapping[str, object]]:
    """The recommendations, actions and gaps of which a field holds two values that nobody has chosen between."""
    found: list[Mapping[str, object]] = []
    for spec in (RECOMMENDATION, ACTION, GAP):
        found += [{"reference": r, "conflicts": n} for r, n in session.read().exec_driver_sql(f'SELECT reference, conflicts FROM "{spec.key}" WHERE conflicts > 0 AND NOT deleted ORDER BY n').fetchall()]
    return found


def references(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The references of records, by id."""
    found: dict[str, str] = {}
    for start in range(0, len(ids), 400):
        part = tuple(ids[start : start + 400])
        found |= {str(i): str(r) for i, r in connection.exec_driver_sql(f"SELECT id, reference FROM subject WHERE id IN ({','.join('?' * len(part))})", part)}
    return found


def as_at_words(position: Position) -> str:
    """The day of which a paper speaks."""
    return label(position.day.isoformat())


def left_out(paper: Paper, named: Sequence[Mapping[str, object]] | None = None) -> list[str]:
    """The line that says how many titles of restricted records stand only as references: of ``named`` rows, or of all."""
    rows = (*paper.position.recommendations, *paper.position.actions, *paper.position.gaps) if named is None else named
    shown = {str(r["id"]) for r in rows if "id" in r}
    number = len(paper.closed & shown)
    return [f"{how_many(number, 'restricted record')} named by reference alone."] if number else []


def markings(connection: Connection, ids: Sequence[str]) -> list[str]:
    """The markings of some records of any kind."""
    found: list[str] = []
    for spec in (e for e in ENTITIES if "marking" in e.by_key):
        for start in range(0, len(ids), 400):
            part = tuple(ids[start : start + 400])
            rows = connection.exec_driver_sql(f'SELECT marking FROM "{spec.key}" WHERE id IN ({",".join("?" * len(part))}) AND marking IS NOT NULL', part)
            found += [str(m) for (m,) in rows]
    return found
