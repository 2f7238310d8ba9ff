"""Handing the work over: what is open, what becomes of each item and who accepts it, and what has to be renewed."""

from __future__ import annotations

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.conditions import is_open
from vawg_desktop.domain.dates import short_label
from vawg_desktop.domain.entities import ACTION, BY_KEY
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.meeting_terms import SUCCESSION
from vawg_desktop.domain.merge import content_id
from vawg_desktop.exchange.document import Cell, Heading, Paragraph, Table
from vawg_desktop.services import names, outputs, records
from vawg_desktop.services import paper_parts as parts
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.outputs import day_cell
from vawg_desktop.services.paper_parts import Paper
from vawg_desktop.services.papers import Asked, Made, position_of
from vawg_desktop.services.restriction import restricted
from vawg_desktop.services.session import Session
from vawg_desktop.store.dispose import HOLD

HANDOVER = BY_KEY["handover_item"]
#: Kinds of record that are handed over while they are open.
HANDED_OVER = ("recommendation", "action", "gap", "service")


def decide(session: Session, record: str, outcome: str, to: str = "", words: str = "", accepted_by: str = "") -> Changes:
    """Say what becomes of an open item, or that its successor accepts it. One record for each item, the same on every laptop.

    Raises NotFoundError, and ValueRefusedError for what is none of adopted, varied, ended and transferred, or for a change in no words.
    """
    term = SUCCESSION.find(outcome)
    if term is None:
        raise ValueRefusedError(f"An open item is {', '.join(t.label.casefold() for t in SUCCESSION)}; “{outcome[:40]}” is none of these.")
    if term.key in ("varied", "ended") and not words.strip():
        raise ValueRefusedError("Say what changes, or why it ends.")
    if term.key == "transferred" and not to.strip():
        raise ValueRefusedError("Name the body that it goes to.")
    with session.store.write(session.who, None, Act.EDIT) as tx:
        found = names.find(tx.connection, record)
        if found.entity not in HANDED_OVER:
            raise ValueRefusedError(f"{found.reference} cannot be handed over; recommendations, actions, gaps and services can.")
        names.refuse_deleted(tx.connection, found)
        read = records.read_value(session, tx.connection, HANDOVER.by_key["to"], to)
        cells = {
            "what": f"{found.reference} {found.title}", "about": found.id, "outcome": term.key, "to": read, "words": words.strip() or None, "accepted_by": accepted_by.strip() or None,
            "accepted_on": session.today.isoformat() if accepted_by.strip() else None,
        }  # fmt: skip
        id = content_id(HANDOVER.key, found.id)
        if tx.free_id(HANDOVER.key, id) is None:
            tx.edit(HANDOVER.key, id, {**cells, "deleted": False})
        else:
            tx.create(HANDOVER.key, cells, id=id)
    return tx.changes


def pack(session: Session, asked: Asked) -> Made:
    """The handover pack: every open item with what becomes of it and who accepted it, then what has to be renewed."""
    paper = Paper(session, position_of(session, asked))
    p = paper.position
    services = plain_rows(session.read(), "SELECT * FROM service WHERE NOT deleted AND status IS DISTINCT FROM 'ended' ORDER BY length(reference), reference", ())
    open_items = {
        "recommendation": [r for r in p.recommendations if (r["status"] or "open") == "open"], "action": [r for r in p.actions if is_open(ACTION, r)],
        "gap": p.open_gaps(), "service": [{k: v if isinstance(v, int) or v is None else str(v) for k, v in r.items()} for r in services],
    }  # fmt: skip
    decided = {str(r["about"]): r for r in plain_rows(session.read(), "SELECT * FROM handover_item WHERE NOT deleted ORDER BY n", ())}
    closed = restricted(session, [str(r["id"]) for rows in open_items.values() for r in rows])
    counts: list[list[Cell]] = []
    tables: list[Table] = []
    for kind, rows in open_items.items():
        spec = BY_KEY[kind]
        every = paper.count(f"open_{kind}", f"Open {spec.plural.casefold()}", rows)
        accepted = [r for r in rows if (d := decided.get(str(r["id"]))) is not None and d["accepted_by"]]
        paper.count(f"accepted_{kind}", f"{spec.plural} accepted by the successor", accepted)
        undecided = sum(str(r["id"]) not in decided for r in rows)
        counts.append([spec.plural, every.number, len(accepted), undecided])
        cells: list[list[Cell]] = []
        for r in rows:
            d = decided.get(str(r["id"]))
            title = parts.RESTRICTED if r["id"] in closed else str(r[spec.title] or "")
            cells.append([
                str(r["reference"]), title, paper.body(r.get(spec.owner)) or None, SUCCESSION.label(str(d["outcome"])) if d else "Not decided",
                paper.body(str(d["to"])) if d and d["to"] else None, str(d["words"]) if d and d["words"] and r["id"] not in closed else None,
                _accepted(d) if d and d["accepted_by"] else "Not accepted yet",
            ])  # fmt: skip
        if cells:
            tables.append(Table(f"Open {spec.plural.casefold()}", ["Ref", "Item", "Body", "What becomes of it", "Goes to", "In which words", "Accepted"], cells))
    paper.blocks += [Heading("What is open"), Table("Open items", ["Kind", "Open", "Accepted", "Not decided"], counts), *tables]
    _to_renew(paper)
    parts.annex(paper)
    return marked(paper, "Handover pack", ["For the successor of this office. Kept by both until every item is accepted."])


def _accepted(row: dict[str, object]) -> str:
    on = f", {short_label(str(row['accepted_on']))}" if row["accepted_on"] else ""
    return f"{row['accepted_by']}{on}"


def _to_renew(paper: Paper) -> None:
    """Sharing agreements, consents and contracts, which do not pass by themselves."""
    connection = paper.session.read()
    paper.blocks.append(Heading("What has to be renewed"))
    agreements = plain_rows(connection, "SELECT name, sharing_agreement, ends FROM partner WHERE NOT deleted AND sharing_agreement > '' ORDER BY x_sort", ())
    if agreements:
        rows: list[list[Cell]] = [[str(r["name"]), str(r["sharing_agreement"]), day_cell(r["ends"])] for r in agreements]
        paper.blocks.append(Table("Sharing agreements", ["Body", "Agreement", "Body ends"], rows))
    given = connection.exec_driver_sql("SELECT count(*) FROM quote WHERE NOT deleted AND consent = 'given'").scalar() or 0
    paper.blocks.append(Paragraph(f"Quotes with consent: {given:,}. Consent was given to this office; ask whether it covers the successor."))
    contracts = plain_rows(
        connection, "SELECT reference, title, contract_reference, funding_end, taken_over_by, id FROM service WHERE NOT deleted AND (contract_reference > '' OR funding_end > '') "
        "AND status IS DISTINCT FROM 'ended' ORDER BY funding_end IS NULL, funding_end, n", (),
    )  # fmt: skip
    closed = restricted(paper.session, [str(r["id"]) for r in contracts])
    if contracts:
        rows = [
            [str(r["reference"]), parts.RESTRICTED, None, None, None] if r["id"] in closed else
            [str(r["reference"]), str(r["title"]), str(r["contract_reference"] or "") or None, day_cell(r["funding_end"]),
             paper.body(str(r["taken_over_by"] or "")) or "Nobody named"] for r in contracts
        ]  # fmt: skip
        paper.blocks.append(Table("Contracts and grants", ["Ref", "Service", "Contract", "Funding ends", "Taken over by"], rows))
    holds = connection.exec_driver_sql("SELECT count(*) FROM link WHERE kind = ? AND NOT deleted", (HOLD,)).scalar() or 0
    paper.blocks.append(Paragraph(f"Legal holds in force: {holds:,}."))


def marked(paper: Paper, title: str, lines: list[str]) -> Made:
    """A paper that is kept as the store is: OFFICIAL-SENSITIVE."""
    made = outputs.document(paper.session, title, [*paper.blocks, *outputs.key_blocks(paper.session)], outputs.marking_of(None, ()), [*lines, *parts.left_out(paper)])
    return Made(made, paper.figures)
