"""What stands beside the values of a workbook: comments, text boxes, colours, formulas, errors (DESIGN 5, In).

Runs in the reader's child process. A module for each format; the old .xls is read by xlrd.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from vawg_desktop.exchange.remark import Remark

MOST = 5_000
MOST_COLOURS = 60_000
MOST_NEEDED = 200_000
#: Kinds that a sheet may hold by the thousand: those beyond MOST are dropped.
_PLENTY = ("merged", "page", "ink")
#: Kinds without which a cell would be read otherwise than it is shown: none is left out, or the report says that the file was not read whole.
_NEEDED = ("percent", "month", "shown", "formula")


def remarks_of(content: bytes) -> list[Remark]:
    """A workbook's remarks; an empty list for other files. Raises OverflowError where they are too many."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        from vawg_desktop.exchange.remarks_xls import of_xls

        return _bounded(of_xls(content))
    if not content.startswith(b"PK"):
        return []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" in names:
            from vawg_desktop.exchange.remarks_xlsx import of_excel

            return _bounded(of_excel(archive, names))
        if "xl/workbook.bin" in names:
            from vawg_desktop.exchange.remarks_xlsb import of_binary

            return _bounded(of_binary(archive, names))
        if "content.xml" in names:
            from vawg_desktop.exchange.remarks_ods import of_open_document

            return _bounded(of_open_document(archive, names))
    return []


def _bounded(found: Iterator[Remark]) -> list[Remark]:
    """The remarks without repeats or surplus colours; OverflowError where other kinds are too many."""
    kept: dict[Remark, None] = {}
    colours = needed = plenty = 0
    for one in found:
        if (one[2] == "colour" and colours == MOST_COLOURS) or (one[2] in _PLENTY and plenty == MOST):
            continue
        if one not in kept:
            colours += one[2] == "colour"
            needed += one[2] in _NEEDED
            plenty += one[2] in _PLENTY
        kept[one] = None
        if len(kept) - colours - needed - plenty > MOST or needed > MOST_NEEDED:
            raise OverflowError("remarks")
    return list(kept)
