"""What stood beside the answers of a return, made an update, a note or a question about an action that is named."""

from __future__ import annotations

from collections.abc import Mapping

from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.services import names
from vawg_desktop.services.records import with_copied_cells
from vawg_desktop.services.return_review import sent_return, tray_place
from vawg_desktop.services.session import Session

#: What may be made of an entry of the tray, with the word on its choice.
MADE: dict[str, str] = {
    "update": "Progress update",
    "note": "Note on the record",
    "question": "Question to the partner",
}


def use_tray_entry(
    session: Session, submission: str, entry: Mapping[str, str], kind: str, action: str, words: str
) -> Changes:
    """Make a tray entry an update, note or question. Raises ValueRefusedError where no words are left, NotFoundError."""
    if not words.strip():
        raise ValueRefusedError("Say in words what is to be written down.")
    row = (
        session.read()
        .exec_driver_sql(
            'SELECT "return", received, channel, informant FROM submission WHERE id = ?', (submission,)
        )
        .one()
    )
    owner = sent_return(session.read(), str(row[0]))
    called, form = owner.called(session.read()), owner.form
    found = names.find(session.read(), action, form.about.key)
    place = f"{entry['sheet']}!{entry['cell']}" if entry["cell"] else entry["sheet"]
    with session.store.write(session.who, f"From return {called} ({place})", Act.RETURN, submission) as tx:
        if kind == "update":
            cells = {
                form.told_by.parent: found.id,
                "period": owner.period or None,
                "as_at": row[1],
                "channel": row[2] or "return",
                "informant": row[3],
                "narrative" if "narrative" in form.told_by.by_key else "note": words.strip(),
            }
            tx.create(form.told_by.key, with_copied_cells(tx, form.told_by, {k: v for k, v in cells.items() if v is not None}))
        elif kind == "note":
            before = tx.row(form.about.key, found.id)["note"]
            tx.edit(form.about.key, found.id, {"note": f"{before}\n{words.strip()}" if before else words.strip()})
        tx.create("decision", {
            "submission": submission, "record": found.id, "field": tray_place(entry), "value": entry["text"],
            "decision": "queried" if kind == "question" else "accepted", "reason": words.strip() if kind == "question" else f"{kind} of",
        })  # fmt: skip
    return tx.changes
