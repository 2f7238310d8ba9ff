"""The chain from evidence to outcome, both ways: what a record rests on, what it leads to, and what is missing on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vawg_desktop.domain.entities import BY_KEY, LINK
from vawg_desktop.domain.fields import FieldSpec
from vawg_desktop.domain.values import to_words
from vawg_desktop.services import names, worded
from vawg_desktop.services.session import Session

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Step:
    """A kind of link that the chain goes along: from the record that owns it to the other, or (``back``) the other way; ``reads`` stands between the two in a sentence."""

    kind: str
    reads: str
    back: bool = False


#: From what was found to what came of it.
STEPS: tuple[Step, ...] = (
    Step("quote.sources", "holds", back=True), Step("theme.sources", "holds", back=True), Step("figure.sources", "holds", back=True),
    Step("quote.themes", "speaks of"), Step("quote.gaps", "shows"), Step("quote.recommendations", "supports"),
    Step("theme.gaps", "points to"), Step("recommendation.themes", "supports", back=True),
    Step("gap.sources", "tells of", back=True), Step("recommendation.sources", "tells of", back=True), Step("gap.evidence", "shows", back=True),
    Step("gap.recommendations", "is answered by"), Step("gap.actions", "is addressed by"), Step("service.gaps", "is provided for by", back=True),
    Step("indicator.gaps", "is measured by", back=True), Step("indicator.services", "is measured by", back=True), Step("learning.recommendations", "informs"),
    Step("action.recommendations", "is carried out by", back=True), Step("indicator.actions", "is measured by", back=True),
    Step("evidence.actions", "is proved by", back=True), Step("evidence.recommendations", "is proved by", back=True),
)  # fmt: skip
#: Figures stand in cells of a gap, not in links; evidence of an update is its action's.
_FIGURES = ("need_figure", "need_met_figure")
#: The order from left to right in which kinds of record stand.
LAYERS: tuple[tuple[str, ...], ...] = (
    ("source",), ("quote", "figure", "learning"), ("theme",), ("gap",), ("recommendation", "service"), ("action",), ("evidence", "indicator"),
)  # fmt: skip
_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Node:
    """A record on the chain. ``state`` is its status, decision, consent or outcome as stored; None where it has none."""

    id: str
    reference: str
    entity: str
    title: str
    state: str | None


@dataclass(frozen=True, slots=True)
class Edge:
    """What leads from one record to another, by id."""

    before: str
    after: str
    kind: str
    reads: str
    extent: str | None = None


@dataclass(frozen=True, slots=True)
class MissingLink:
    """What is not there: of which record, under which key, and in words."""

    record: str
    key: str
    message: str


@dataclass(slots=True)
class Chain:
    """Everything that one record rests on and leads to."""

    start: str
    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    edges: list[Edge] = field(default_factory=list[Edge])
    missing: list[MissingLink] = field(default_factory=list[MissingLink])

    def sentences(self) -> list[str]:
        """The chain as sentences in its order, then what is missing."""
        order = {id: n for n, id in enumerate(self.nodes)}
        lines = [
            f"{self.called(e.before)} {e.reads} {self.called(e.after)}{f' ({_EXTENT.terms.label(e.extent).casefold()})' if e.extent and _EXTENT.terms else ''}."
            for e in sorted(self.edges, key=lambda e: (order[e.before], order[e.after]))
        ]
        return [*lines, *(m.message for m in self.missing)]

    def called(self, id: str) -> str:
        """A node by its reference and title."""
        node = self.nodes[id]
        return f"{node.reference} {node.title}".strip()


_EXTENT: FieldSpec = LINK.by_key["extent"]


def of(session: Session, name: str) -> Chain:
    """The chain of the record that a reference, alias or id names. Raises NotFoundError."""
    connection = session.read()
    start = names.find(connection, name)
    chain = Chain(start.id)
    edges: dict[tuple[str, str, str], Edge] = {}
    for ahead in (False, True):
        reached, fresh = {start.id}, [start.id]
        while fresh:
            found = [e for e in _edges(connection, fresh, ahead) if e.before != e.after]
            edges |= {(e.before, e.after, e.kind): e for e in found}
            fresh = list(dict.fromkeys(i for e in found if (i := e.after if ahead else e.before) not in reached))
            reached |= set(fresh)
    nodes = _nodes(connection, list(dict.fromkeys([start.id, *(i for e in edges.values() for i in (e.before, e.after))])), start.id)
    chain.edges = [e for e in edges.values() if e.before in nodes and e.after in nodes]
    layer = {kind: n for n, kinds in enumerate(LAYERS) for kind in kinds}
    chain.nodes = dict(sorted(nodes.items(), key=lambda x: (layer.get(x[1].entity, len(LAYERS)), len(x[1].reference), x[1].reference)))
    chain.missing = _missing(connection, chain)
    return chain


def _edges(connection: Connection, ids: Sequence[str], ahead: bool) -> list[Edge]:
    """The edges that leave some records (``ahead``) or lead to them."""
    found: list[Edge] = []
    by_kind = {j.kind: j for j in STEPS}
    meanings = {kind: worded.Meanings(connection, field) for kind, (_, field) in worded.WORDED.items() if kind in by_kind}
    for start in range(0, len(ids), _AT_ONCE):
        part = list(ids[start : start + _AT_ONCE])
        marks = ",".join("?" * len(part))
        forward = [j.kind for j in STEPS if j.back is not ahead]  # those whose owner is the end at hand
        for own, kinds in (("a", forward), ("b", [k for k in by_kind if k not in forward])):
            quoted = ",".join(f"'{k}'" for k in kinds)
            ends: list[str] = list(part)
            if own == "b":  # words of an earlier version lead here too
                ends += [w for kind in kinds if kind in meanings for id in part if id in meanings[kind].titles for w in meanings[kind].ends_of(kind, id) if w != id]
            rows = connection.exec_driver_sql(
                f"SELECT kind, a, b, extent FROM link WHERE {own} IN ({','.join('?' * len(ends))}) AND kind IN ({quoted}) AND NOT deleted ORDER BY n", tuple(ends)
            )
            for kind, a, b, extent in rows:
                step, meant = by_kind[str(kind)], meanings[str(kind)].of(str(b)) if str(kind) in meanings else str(b)
                before, after = (meant, str(a)) if step.back else (str(a), meant)
                found.append(Edge(before, after, step.kind, step.reads, str(extent) if extent else None))
        for key in _FIGURES:
            own = key if ahead else "id"
            sql = f'SELECT "{key}", id FROM gap WHERE "{own}" IN ({marks}) AND "{key}" IS NOT NULL'
            found += [Edge(str(figure), str(gap), f"gap.{key}", "counts those in need for" if key == "need_figure" else "counts those reached for")
                      for figure, gap in connection.exec_driver_sql(sql, tuple(part))]  # fmt: skip
        own = "u.action" if ahead else "l.b"
        sql = (
            "SELECT DISTINCT u.action, l.b FROM \"update\" u JOIN link l ON l.a = u.id AND l.kind = 'update.evidence' AND NOT l.deleted "
            f"WHERE {own} IN ({marks}) AND NOT u.deleted"
        )
        found += [Edge(str(action), str(proof), "update.evidence", "is proved by") for action, proof in connection.exec_driver_sql(sql, tuple(part))]
    return found


#: The column that says where a record stands, of kinds that have no status.
_STATE = {"evidence": "decision", "quote": "consent"}


def state_words(node: Node) -> str:
    """Where a record stands, in words; empty where it says nothing of that."""
    spec = BY_KEY[node.entity]
    column = spec.status or _STATE.get(node.entity, "")
    return to_words(spec.by_key[column], node.state) if column and node.state else ""


def _nodes(connection: Connection, ids: Sequence[str], always: str = "") -> dict[str, Node]:
    """The living ones among some records; and ``always``, whose chain it is, even from the bin."""
    kinds: dict[str, list[tuple[str, str, str]]] = {}
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        sql = f"SELECT id, entity, reference, title FROM subject WHERE (NOT deleted OR id = ?) AND id IN ({','.join('?' * len(part))})"
        for id, entity, reference, title in connection.exec_driver_sql(sql, (always, *part)):
            kinds.setdefault(str(entity), []).append((str(id), str(reference or ""), str(title or "")))
    found: dict[str, Node] = {}
    for kind, rows in kinds.items():
        column = BY_KEY[kind].status or _STATE.get(kind, "")
        states = _cells(connection, kind, column, [id for id, _, _ in rows]) if column else {}
        found |= {id: Node(id, reference, kind, title, states.get(id)) for id, reference, title in rows}
    return found


def _cells(connection: Connection, kind: str, column: str, ids: Sequence[str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        rows = connection.exec_driver_sql(f'SELECT id, "{column}" FROM "{kind}" WHERE id IN ({",".join("?" * len(part))})', tuple(part))
        found |= {str(id): str(value) if value is not None else None for id, value in rows}
    return found


#: What shows that a gap is one.
_SHOWS = frozenset({"source", "quote", "figure", "theme", "evidence"})


@dataclass(frozen=True, slots=True)
class _Around:
    """Kinds of record directly before and after each node, and the outcome of each that has one."""

    before: dict[str, set[str]]
    after: dict[str, set[str]]
    outcomes: dict[str, str | None]

    def missing(self, node: Node) -> list[tuple[str, str]]:
        """What is missing at a node: keys and words."""
        before, after = self.before.get(node.id, set[str]()), self.after.get(node.id, set[str]())
        if node.entity == "gap":
            return [
                *([] if before & _SHOWS else [("ground", "nothing shows that it is a gap")]),
                *([] if after & {"recommendation", "action"} else [("answer", "no recommendation or action addresses it")]),
            ]
        if node.entity == "recommendation":
            unsaid = (self.outcomes.get(node.id) or "too_early") == "too_early"
            return [
                *([] if "gap" in before else [("gap", "no gap that it answers")]),
                *([] if "action" in after else [("action", "no action carries it out")]),
                *([("outcome", "no evidence that this worked")] if unsaid else []),
            ]
        unproved = node.entity == "action" and node.state == "complete" and "evidence" not in after
        return [("proof", "complete, with no evidence that it was done")] if unproved else []


def _missing(connection: Connection, chain: Chain) -> list[MissingLink]:
    edges = _edges_of_all(connection, chain)
    kinds = {n.id: n.entity for n in _nodes(connection, sorted({i for e in edges for i in (e.before, e.after)})).values()}
    around = _Around({}, {}, {})
    for e in edges:
        if e.before in kinds and e.after in kinds:
            around.before.setdefault(e.after, set()).add(kinds[e.before])
            around.after.setdefault(e.before, set()).add(kinds[e.after])
    around.outcomes.update(_cells(connection, "recommendation", "outcome", [n.id for n in chain.nodes.values() if n.entity == "recommendation"]))
    return [MissingLink(n.reference, key, f"{n.reference}: {words}.") for n in chain.nodes.values() for key, words in around.missing(n)]


def _edges_of_all(connection: Connection, chain: Chain) -> list[Edge]:
    """Every edge at a node, those too that lead off the chain: a gap seen from one of its actions may be answered elsewhere."""
    ids = list(chain.nodes)
    return [*_edges(connection, ids, ahead=True), *_edges(connection, ids, ahead=False)]


def as_json(chain: Chain) -> dict[str, object]:
    """The chain as the command gives it."""
    reference = {id: n.reference for id, n in chain.nodes.items()}
    return {
        "nodes": [{"reference": n.reference, "id": n.id, "entity": n.entity, "title": n.title, "state": n.state} for n in chain.nodes.values()],
        "edges": [{"from": reference[e.before], "to": reference[e.after], "kind": e.kind, "extent": e.extent} for e in chain.edges],
        "missing": [{"record": m.record, "missing": m.key, "message": m.message} for m in chain.missing],
    }
