"""The inquiry's starter content, loaded through the same path as any tracker."""

from __future__ import annotations

import json

from vawg_desktop import paths
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.domain.terms import JOURNEY_STAGE
from vawg_desktop.exchange.reading import read_own_text
from vawg_desktop.exchange.tracker_in import read_tracker
from vawg_desktop.services.session import Session
from vawg_desktop.services.trackers import import_rows


def load_sample(session: Session) -> None:
    """Fill an empty store. Raises StoreError if a row of our own content is not understood."""
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
    _finish(session)


def _finish(session: Session) -> None:
    """Journey stages get their term; figures of one name that differ point at each other."""
    with session.store.write(session.who, "Starter content: links between its rows", Act.SAMPLE) as tx:
        run = tx.connection.exec_driver_sql
        for id, title in run("SELECT id, title FROM journey_stage").fetchall():
            term = JOURNEY_STAGE.find(str(title))
            if term is not None:
                tx.edit("journey_stage", str(id), {"stage": term.key})
        pairs = run(
            "SELECT a.id, b.id FROM figure a JOIN figure b ON a.title = b.title AND a.n < b.n AND a.quoted != b.quoted"
        ).fetchall()
        for a, b in pairs:
            tx.link("figure.conflicts_with", str(a), str(b))
