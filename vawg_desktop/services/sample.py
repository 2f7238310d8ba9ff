"""The inquiry's starter content, loaded through the same path as any tracker."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from uuid import NAMESPACE_URL, uuid5

from vawg_desktop import paths
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.domain.fields import FieldSpec, Value
from vawg_desktop.domain.terms import JOURNEY_STAGE, fold
from vawg_desktop.exchange.reading import read_own_text
from vawg_desktop.exchange.tracker_in import read_tracker
from vawg_desktop.services import names, worded
from vawg_desktop.services.session import Session
from vawg_desktop.services.trackers import import_rows
from vawg_desktop.store.transaction import Transaction


def load_sample(session: Session) -> None:
    """Fill an empty store. Raises StoreError if a row of our own content is not understood."""
    _load(session)
    _finish(session)


def add_usual(session: Session) -> Changes:
    """Add the usual stages and needs, and the Victims' Code with its rights; what is there already, by its title or term, is left as it is.

    Their ids follow from what they are, so that two laptops that add them apart make the same records.
    """
    with session.store.write(session.who, "The usual stages, needs and rights", Act.CREATE) as tx:
        for position, term in enumerate(JOURNEY_STAGE, 1):
            _add(tx, "journey_stage", "stage", {"title": term.label, "stage": term.key, "position": position})
        for row in _rows("needs.csv"):
            _add(tx, "need", "title", {"title": row["need"], "position": int(row["order"]), "basis": row["basis"]})
        for row in _rows("victims_code.csv"):
            framework = _add(tx, "framework", "title", {"title": row["framework"]})
            cells: dict[str, Value] = {"title": row["strand"], "framework": framework, "position": int(row["order"]), "basis": row["basis"]}
            _add(tx, "strand", "title", cells)
    return tx.changes


def _add(tx: Transaction, kind: str, key: str, cells: Mapping[str, Value]) -> str:
    """Add a record unless one of its kind has the same value under ``key``, in the bin too; gives its id."""
    known = {fold(str(value)): str(id) for id, value in tx.connection.exec_driver_sql(f'SELECT id, "{key}" FROM "{kind}" WHERE "{key}" IS NOT NULL ORDER BY n DESC')}
    if (found := known.get(fold(str(cells[key])))) is not None:
        return found
    return tx.create(kind, cells, id=str(uuid5(NAMESPACE_URL, f"vawg:{kind}:{fold(str(cells[key]))}")))


def _rows(name: str) -> list[dict[str, str]]:
    with (paths.resources("sample") / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _load(session: Session) -> None:
    """Take in our own files as any tracker's."""
    folder = paths.resources("sample")
    mappings: dict[str, dict[str, str | None]] = json.loads((folder / "mapping.json").read_text("utf-8"))
    for name, mapping in mappings.items():
        book = read_own_text(folder / name)
        tracker = read_tracker(book, mapping)
        done = import_rows(session, tracker, why=f"Starter content: {name}", act=Act.SAMPLE)
        left = [p.message for p in done.problems if p.code != "several_pillars"] + [
            t["text"] for t in done.tray
        ]
        if left:
            raise StoreError(f"The starter content {name} is not understood: {left[0]}", code="sample")


def _finish(session: Session) -> None:
    """Journey stages get their term and rights, gaps their needs; figures of one name that differ point at each other."""
    with session.store.write(session.who, "Starter content: links between its rows", Act.SAMPLE) as tx:
        run = tx.connection.exec_driver_sql
        for id, title in run("SELECT id, title FROM journey_stage").fetchall():
            term = JOURNEY_STAGE.find(str(title))
            if term is not None:
                tx.edit("journey_stage", str(id), {"stage": term.key})
        _join(tx)
        pairs = run(
            "SELECT a.id, b.id FROM figure a JOIN figure b ON a.title = b.title AND a.n < b.n AND a.quoted != b.quoted"
        ).fetchall()
        for a, b in pairs:
            tx.link("figure.conflicts_with", str(a), str(b))


def _join(tx: Transaction) -> None:
    """Make the links of ``links.csv``: a kind of record, one of its records, a set of links of that kind, and what it joins."""
    for row in _rows("links.csv"):
        spec = BY_KEY[row["kind"]]
        field = spec.by_key[row["field"]]
        record = names.find_named(tx.connection, spec.key, row["record"])
        if record is None:
            raise StoreError(f"The starter content has no {row['record']}.", code="sample")
        for typed in row["ends"].split(";"):
            tx.link(spec.link_kind(field), record.id, _end(tx, field, typed))


def _end(tx: Transaction, field: FieldSpec, typed: str) -> str:
    if field.key == "rights":
        return worded.Meanings(tx.connection, BY_KEY["recommendation"].by_key["code_rights"]).read(typed)
    found = names.find_named(tx.connection, field.target, typed)
    if found is None:
        raise StoreError(f"The starter content has no {typed}.", code="sample")
    return found.id
