"""Sets the pages of a PDF; a long document in a process of its own, which gives the memory back that its pages took."""

from __future__ import annotations

import os
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from vawg_desktop import log_file
from vawg_desktop.paths import resources

#: In the folder that the child is given: what is to be set, the moment it is made, what comes of it, and why nothing did.
GIVEN, MADE_AT, MADE, REFUSED = "document.json", "made_at", "document.pdf", "refused"
#: Left once the child runs with all that it needs, and where a fault of the program ended it, its kind and the lines of code that it came through.
BEGAN, FAILED = "began", "failed"
#: What the typesetter says where no font has a letter.
NO_LETTER = "could not be displayed"


class NotSetError(Exception):
    """The pages could not be set; the message is the typesetter's own."""


def set_pages(given: str, moment: datetime) -> bytes:
    """The bytes of a PDF after PDF/UA-1; ``given`` is the document as JSON. Raises NotSetError."""
    import typst  # only when a page is set: thirty megabytes

    error: typst.TypstError | None = None
    source = resources("papers", "document.typ").read_bytes()
    for system in (False, True):  # letters that our font lacks come from typst's own fonts; only those that these lack too, from the machine's
        fonts = typst.Fonts(include_system_fonts=system, font_paths=[str(resources("fonts"))])
        compiler = typst.Compiler(source, font_paths=fonts, sys_inputs={"document": given})
        try:
            made: Any = compiler.compile(format="pdf", pdf_standards=["ua-1"], timestamp=moment.replace(microsecond=0))
            return bytes(made)
        except typst.TypstError as found:
            error = found
            if NO_LETTER not in str(found.message):
                break
    assert error is not None
    raise NotSetError(str(error.message))


def set_in_folder(folder: str) -> None:
    """Entry point of the child: reads ``GIVEN`` and leaves ``MADE``, or ``REFUSED`` with the reason."""
    at = Path(folder)
    with (at / "log").open("ab") as log:  # a windowed program has nowhere else to write to
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    import_module("typst")
    (at / BEGAN).touch()
    try:
        made = set_pages((at / GIVEN).read_text("utf-8"), datetime.fromisoformat((at / MADE_AT).read_text("utf-8")))
    except NotSetError as error:
        (at / REFUSED).write_text(str(error), "utf-8")
        return
    except (MemoryError, OSError):  # no room: it ends without an answer, which says so
        raise
    except BaseException as error:
        (at / FAILED).write_text("\n".join(log_file.lines(error)), "utf-8")
        raise
    (at / "part").write_bytes(made)
    (at / "part").replace(at / MADE)
