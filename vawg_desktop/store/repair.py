"""Repair: everything derived is rebuilt from what is stated; what is stated is never touched."""

from __future__ import annotations

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.entities import ENTITIES
from vawg_desktop.store import entries as log
from vawg_desktop.store import history, schema
from vawg_desktop.store.check_rows import all_rows
from vawg_desktop.store.derived_rows import (
    DerivedRows,
)
from vawg_desktop.store.restating import stated
from vawg_desktop.store.store import Store


def repair(store: Store, who: str) -> int:
    """Rebuild everything derived; never what is stated. Returns the number of records gone over."""
    count = 0
    with store.write(who, "repair", Act.REPAIR) as transaction:
        run = transaction.connection.exec_driver_sql
        for table in ("head", "conflict", "earlier_reference", "subject", "tally"):
            run(f'DELETE FROM "{table}"')
        if transaction.postgres:
            run("DELETE FROM search")
        else:
            run("DROP TABLE search")
            run(schema.SQLITE_EXTRAS[-1])
        rows = run(f"{log.SELECT} ORDER BY n")
        groups = history.grouped(log.from_row(tuple(r)) for r in rows)
        for (tbl, id), entries in groups.items():
            gone = _repair_heads(transaction.derived, tbl, id, entries)
            # an earlier version could leave a link that was neither there nor gone
            run(f'UPDATE "{tbl}" SET deleted = ? WHERE id = ? AND deleted IS NULL', (int(gone), id))
        for spec in ENTITIES:
            for row in sorted(all_rows(transaction.connection, spec), key=lambda r: str(r["id"])):
                transaction.derived.rebuild(spec, row)
                count += 1
        transaction.derived.touch_all()
    return count


def _repair_heads(keeper: DerivedRows, tbl: str, id: str, entries: list[log.Entry]) -> bool:
    """Restate a record's heads and conflicts from the log; returns whether it is deleted."""
    found = stated(tbl, entries)
    for cell, heads in found.kept_heads(found.born):
        keeper.set_heads(id, cell, heads)
    keeper.set_conflicts(tbl, id, found.conflicts)
    keeper.set_former(id, found.earlier)
    keeper.restate(tbl, id, found.born, len(found.conflicts))
    return bool(found.value("deleted"))
