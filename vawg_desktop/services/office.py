"""What an office calls itself and its ratings: settings with dates, never text in code (DESIGN 1)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING

from vawg_desktop.domain import clock, merge
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.terms import RATING
from vawg_desktop.exchange.look import LEAST_CONTRAST, Look, colour_of, contrast
from vawg_desktop.exchange.plan import INK, Picture
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction

if TYPE_CHECKING:
    from sqlalchemy import Connection

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


def office_contact(connection: Connection, who: str) -> str:
    """Whom a partner asks, where the office's wording names nobody: the first contact of the office with a telephone, or the sender, and the office's mailbox."""
    row = connection.exec_driver_sql("SELECT id, shared_mailbox FROM partner WHERE standing = 'own_office' AND NOT deleted ORDER BY n LIMIT 1").fetchone()
    if row is None:
        return ""
    contact = connection.exec_driver_sql(
        "SELECT name, telephone, email FROM contact WHERE partner = ? AND NOT deleted AND (coalesce(until_date, '') = '' OR until_date >= ?) ORDER BY (telephone IS NULL), n LIMIT 1",
        (row[0], clock.today().isoformat()),
    ).fetchone()
    name, telephone, email = (str(c or "") for c in contact) if contact is not None else (who, "", "")
    mailbox = str(row[1] or "") or email
    return ", ".join(p for p in (name, telephone, mailbox) if p) if telephone or mailbox else ""


def rating_key(connection: Connection) -> list[tuple[str, str]]:
    """The rating key as printed on every output: word and meaning."""
    return [(RATING.label(k), words) for k, words in rating_key_words(connection)]


def rating_key_words(connection: Connection) -> list[tuple[str, str]]:
    """What each rating means in this office, by the rating's key; the usual words where the office gave none."""
    words = dict(_KEY) | _edited(connection)
    return [(k, words[k]) for k in dict(_KEY)]


#: The settings that hold the rating key begin so.
RATING_KEY = "rating_key."


def _edited(connection: Connection) -> dict[str, str]:
    return {k.removeprefix(RATING_KEY): v for k, v in office_settings(connection, RATING_KEY).items()}


def set_rating_key(session: Session, meanings: dict[str, str]) -> Changes:
    """Reword the rating key for everybody; ratings left out keep their words."""
    with session.store.write(session.who, None, Act.SETTING) as tx:
        for key, words in meanings.items():
            if dict(rating_key_words(tx.connection)).get(key) != words:
                write_setting(tx, RATING_KEY + key, words)
    return tx.changes


#: The office's own words on what leaves: setting, what it is, and where it stands.
TEMPLATES: tuple[tuple[str, str, str], ...] = (
    (
        "template.guidance",
        "Guidance on returns",
        "Appears on Start here under “From the office”; a line each.",
    ),
    ("template.contact", "Whom to ask", "Appears on Start here; a name, a telephone number, a mailbox."),
    (
        "template.questions",
        "Questions of your own",
        "A line each; the answers come to the tray of the return.",
    ),
)


def set_templates(session: Session, words: Mapping[str, str]) -> Changes:
    """State the office's own words by setting; an empty text takes them away."""
    with session.store.write(session.who, None, Act.SETTING) as tx:
        known = office_settings(tx.connection)
        for name, text in words.items():
            if (known.get(name) or "") != text.strip():
                write_setting(tx, name, text.strip() or None)
    return tx.changes


LOGO = "template.logo"
_LOGO_MOST_BYTES, _LOGO_WIDE, _LOGO_HIGH = 100_000, 240, 80


def set_logo(session: Session, png: bytes | None) -> Changes:
    """State the office's logo, a PNG of at most 240 by 80 pixels and 100 kB, or take it away. Raises ValueRefusedError."""
    if png is not None:
        width, height = png_size(png)
        if not width:
            raise ValueRefusedError("A logo is a PNG picture; save it as one and choose it again.")
        if len(png) > _LOGO_MOST_BYTES or width > _LOGO_WIDE or height > _LOGO_HIGH:
            raise ValueRefusedError(
                f"A logo has at most {_LOGO_WIDE} by {_LOGO_HIGH} pixels and 100 kB; this one has {width} by {height}."
            )
    with session.store.write(session.who, None, Act.SETTING) as tx:
        write_setting(tx, LOGO, base64.b64encode(png).decode() if png else None)
    return tx.changes


def logo(connection: Connection) -> bytes | None:
    """The office's logo as PNG, where it has one."""
    stated = office_settings(connection, LOGO).get(LOGO)
    return base64.b64decode(stated) if stated else None


def logo_picture(connection: Connection) -> Picture | None:
    """The office's logo with its size and its words, where it has one."""
    png = logo(connection)
    return Picture(png, *png_size(png), f"Logo of {office_name(connection)}") if png is not None else None


#: The colour of titles and headings of tables in papers, lists and records that are saved, as RRGGBB.
COLOUR = "template.colour"


def set_colour(session: Session, typed: str) -> Changes:
    """State the office's colour as typed ("#1D3557"), or take it away by an empty text. Raises ValueRefusedError where words in it could not be read."""
    if refused := colour_refused(typed):
        raise ValueRefusedError(refused)
    with session.store.write(session.who, None, Act.SETTING) as tx:
        write_setting(tx, COLOUR, colour_of(typed) or None)
    return tx.changes


def colour_refused(typed: str) -> str:
    """Why a colour as typed will not do; an empty text where it will, as none does."""
    if not typed.strip():
        return ""
    colour = colour_of(typed)
    if not colour:
        return f"“{typed.strip()}” is not a colour; give its six letters and digits, such as #{INK}."
    if (found := contrast(colour, "FFFFFF")) < LEAST_CONTRAST:
        return f"#{colour} is too pale: headings in it cannot be read on white ({found:.1f} to 1; at least {LEAST_CONTRAST:g} to 1)."
    return ""


def look(connection: Connection) -> Look:
    """How this office's documents look."""
    return Look(office_settings(connection, COLOUR).get(COLOUR, INK), logo_picture(connection))


def png_size(data: bytes) -> tuple[int, int]:
    """Width and height of a PNG in pixels; noughts where it is none."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR":
        return 0, 0
    return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")


def office_settings(connection: Connection, prefix: str = "") -> dict[str, str]:
    """The office's own settings, which travel with copies and merges, by name."""
    rows = connection.exec_driver_sql(
        "SELECT name, value FROM setting WHERE NOT deleted AND substr(name, 1, ?) = ?", (len(prefix), prefix)
    )
    return {str(k): str(v) for k, v in rows if v}


def write_setting(tx: Transaction, name: str, value: str | None) -> None:
    """State an office setting: one record per name, the same in every store."""
    id = merge.link_id("setting", name, "")
    there = tx.connection.exec_driver_sql("SELECT 1 FROM setting WHERE id = ?", (id,)).fetchone()
    if there is None:
        tx.create("setting", {"name": name, "value": value}, id=id)
    else:
        tx.edit("setting", id, {"value": value, "deleted": False})


def setting(session: Session, key: str) -> str | None:
    """A setting of this store's window, such as the theme."""
    found = (
        session.read()
        .exec_driver_sql("SELECT value FROM local WHERE kind = 'setting' AND \"key\" = ?", (key,))
        .fetchone()
    )
    return str(found[0]) if found else None


def save_local(session: Session, kind: str, key: str, value: str | None) -> None:
    """Keep (or, with None, forget) something of this store's own that is never merged; set in the past, all but a draft is kept today too."""
    if session.session_of_today is not None and kind != "draft":
        save_local(session.session_of_today, kind, key, value)
    with session.store.engines.writer.connect() as connection, connection.begin():
        connection.exec_driver_sql('DELETE FROM local WHERE kind = ? AND "key" = ?', (kind, key))
        if value is not None:
            connection.exec_driver_sql("INSERT INTO local VALUES (?, ?, ?)", (kind, key, value))


def local_values(session: Session, kind: str) -> dict[str, str]:
    """Everything kept of one kind."""
    rows = session.read().exec_driver_sql(
        'SELECT "key", value FROM local WHERE kind = ? ORDER BY "key"', (kind,)
    )
    return {str(k): str(v) for k, v in rows}
