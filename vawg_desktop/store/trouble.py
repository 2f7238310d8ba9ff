"""What an engine's error means for an officer: only damage is called damage (DESIGN 4)."""

from __future__ import annotations

from vawg_desktop.domain.errors import StoreError

#: SQLite's result codes (sqlite.org/rescode.html) with the words of its own message, our code and the sentence.
_SQLITE = (
    ({11, 26}, ("malformed", "not a database"), "damaged",
     "The store is damaged and could not be read on. Restore the latest backup, or ask whoever looks after the program to read out what they can (the command “rescue”)."),
    ({5, 6}, ("is locked", "busy"), "busy",
     "Another window or command is writing to the store. Nothing was changed; try again in a moment."),
    ({13}, ("disk is full",), "disk_full",
     "The disk that holds the store is full. Nothing was changed; make room on it and try again."),
    ({8}, ("readonly",), "read_only",
     "The store may only be read here. Nothing was changed; work on a copy in a folder of your own."),
    ({18}, ("too big",), "too_large",
     "That is more than a record can hold. Nothing was changed; make it shorter or keep it as a file."),
    ({10, 14}, ("disk i/o", "unable to open"), "disk",
     "The disk that holds the store could not be read or written just now. Nothing was changed; see that it is connected "
     "and try again."),
)  # fmt: skip
#: The same by PostgreSQL's SQLSTATE, longest beginning first (PostgreSQL, Appendix A).
_POSTGRES = (
    ("42501", "no_right", "Your role on the server may not do that. Nothing was changed; ask whoever looks after the store."),
    ("53100", "disk_full", "The server's disk is full. Nothing was changed; tell whoever looks after the server."),
    ("54000", "too_large", "That is more than the server can keep in one place. Nothing was changed; make it shorter."),
    ("XX001", "damaged", "The server's store is damaged and could not be read on. Tell whoever looks after the server."),
    ("XX002", "damaged", "The server's store is damaged and could not be read on. Tell whoever looks after the server."),
    ("40", "busy", "Somebody else wrote the same at the same moment. Nothing was changed; try again."),
    ("55P03", "busy", "Somebody else is writing to the store. Nothing was changed; try again in a moment."),
    ("57", "server_away", "The server ended the connection. Try again in a moment."),
    ("08", "server_away", "The server cannot be reached. Try again in a moment."),
)  # fmt: skip


def engine_errors() -> tuple[type[Exception], ...]:
    """The errors of the engines and of SQLAlchemy around them, to be caught: asked for where one is raised, so that a start need
    not import SQLAlchemy."""
    import sqlcipher3.dbapi2 as driver
    from sqlalchemy.exc import DBAPIError

    return (DBAPIError, driver.Error)


def engine_message(error: BaseException) -> str:
    """What the engine itself says of an error, without SQLAlchemy's words around it."""
    return str(getattr(error, "orig", None) or error)


def store_error_of(error: BaseException) -> StoreError | None:
    """The sentence for an engine's error, with what to do; None for any other error."""
    if not type(error).__module__.startswith(("sqlalchemy", "sqlcipher3", "psycopg")):
        return None
    inner: object = getattr(error, "orig", None) or error
    state = str(getattr(inner, "sqlstate", None) or "")
    for begins, code, sentence in _POSTGRES:
        if state and state.startswith(begins):
            return StoreError(sentence, code=code)
    text = str(inner)
    number = int(getattr(inner, "sqlite_errorcode", None) or 0) & 0xFF
    for numbers, words, code, sentence in () if state else _SQLITE:
        if number in numbers if number else any(w in text.casefold() for w in words):
            return StoreError(sentence, code=code)
    return StoreError(
        f"The store could not do that ({' '.join(text.split())[:160]}). Nothing was changed; ask whoever looks after the program to run “check” on the store.",
        code="store_failed",
    )
