"""What an office calls itself and its ratings: settings with dates, never text in code (DESIGN 1)."""

from __future__ import annotations

import json

from sqlalchemy import Connection

from vawg_desktop.domain.terms import RATING
from vawg_desktop.services.session import Session

_KEY = (
    ("blue", "Complete and verified: evidence seen by the office"),
    ("green", "On track to be done by its date"),
    ("amber", "At risk of missing its date"),
    ("red", "Off track: will miss its date without a change"),
    ("grey", "Not started"),
    ("white", "Waiting on somebody else"),
)


def office_name(connection: Connection) -> str:
    """The partner whose standing is "own office"."""
    found = connection.exec_driver_sql(
        "SELECT name FROM partner WHERE standing = 'own_office' AND NOT deleted ORDER BY n LIMIT 1"
    ).fetchone()
    return str(found[0]) if found else "Office of the Police and Crime Commissioner"


def rating_key(connection: Connection) -> list[tuple[str, str]]:
    """The rating key as printed on every output: word and meaning."""
    words = dict(_KEY) | _edited(connection)
    return [(RATING.label(k), words[k]) for k in dict(_KEY)]


def _edited(connection: Connection) -> dict[str, str]:
    found = connection.exec_driver_sql(
        "SELECT value FROM local WHERE kind = 'setting' AND \"key\" = 'rating_key'"
    ).fetchone()
    return json.loads(found[0]) if found else {}


def set_rating_key(session: Session, meanings: dict[str, str]) -> None:
    """Reword the rating key; ratings left out keep their words."""
    words = {**_edited(session.read()), **meanings}
    keep(session, "setting", "rating_key", json.dumps(words, ensure_ascii=False))


def setting(session: Session, key: str) -> str | None:
    """A setting of this store's window, such as the theme."""
    found = (
        session.read()
        .exec_driver_sql("SELECT value FROM local WHERE kind = 'setting' AND \"key\" = ?", (key,))
        .fetchone()
    )
    return str(found[0]) if found else None


def keep(session: Session, kind: str, key: str, value: str | None) -> None:
    """Keep (or, with None, forget) something of this store's own that is never merged."""
    with session.store.engines.writer.connect() as connection, connection.begin():
        connection.exec_driver_sql('DELETE FROM local WHERE kind = ? AND "key" = ?', (kind, key))
        if value is not None:
            connection.exec_driver_sql("INSERT INTO local VALUES (?, ?, ?)", (kind, key, value))


def kept(session: Session, kind: str) -> dict[str, str]:
    """Everything kept of one kind."""
    rows = session.read().exec_driver_sql(
        'SELECT "key", value FROM local WHERE kind = ? ORDER BY "key"', (kind,)
    )
    return {str(k): str(v) for k, v in rows}
