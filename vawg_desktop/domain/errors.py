"""What went wrong, in a sentence an officer can act on."""

from __future__ import annotations

from dataclasses import dataclass


class AppError(Exception):
    """A request that could not be met.

    The message is one plain sentence: what happened and, where there is one, what to do next.
    ``code`` is stable and short, for tests, logs and JSON.
    """

    code = "not_done"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        if not message.isascii():  # bytes of a file name that are not text are shown as “?”
            message = message.encode("utf-8", "replace").decode("utf-8")
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class NotFoundError(AppError):
    """Nothing here goes by that name."""

    code = "not_found"


class ValueRefusedError(AppError):
    """A value that a field cannot hold."""

    code = "value_refused"


class RuleError(AppError):
    """A value that a rule of the field forbids, such as closing without evidence."""

    code = "rule"


class StaleError(AppError):
    """The cell moved since its caller read it; both values are kept for the person to choose."""

    code = "stale"

    def __init__(self, message: str, *, field: str, yours: object, theirs: object) -> None:
        super().__init__(message)
        self.field = field
        self.yours = yours
        self.theirs = theirs


class ConflictedError(AppError):
    """The cell holds two values nobody has chosen between; only settling may write it."""

    code = "conflicted"


class StoreError(AppError):
    """The store could not be opened, read or written."""

    code = "store"


class WrongKeyError(StoreError):
    """The passphrase does not open the store."""

    code = "wrong_passphrase"


class FileRefusedError(AppError):
    """A file that cannot be taken; nothing was changed and nothing kept."""

    code = "file_refused"


class LaterVersionError(AppError):
    """A command the contract names and this version does not have yet."""

    code = "later_version"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a person should look at, with its place.

    ``sheet`` and ``cell`` say where in a file; ``record`` is a reference (``A-0014``),
    in a check also an id.
    """

    code: str
    message: str
    sheet: str = ""
    cell: str = ""
    record: str = ""
    #: A question's own name, by which it is answered, and what may be answered: choice to words.
    id: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, object]:
        """The contract's shape: ``code`` and ``message`` always, the place where there is one, a question's choices."""
        place = {"sheet": self.sheet, "cell": self.cell, "record": self.record}
        asked: dict[str, object] = {"id": self.id, "choices": dict(self.choices)} if self.id else {}
        return {"code": self.code, "message": self.message} | {k: v for k, v in place.items() if v} | asked


class ProgramError(AppError):
    """A part of the program does not work here; nothing is wrong with what the person brought."""

    code = "program"
