"""A written workbook looked at once more from outside before it leaves: hidden content, properties, other rows."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection

from vawg_desktop.domain.errors import Problem
from vawg_desktop.domain.references import PREFIX, PROVISIONAL
from vawg_desktop.exchange.identity import LETTERS
from vawg_desktop.exchange.return_plan import IDENTITY_SHEET

#: Parts that a return of ours never has.
_NEVER = ("comments", "threadedComments", "externalLinks", "vbaProject", "embeddings", "persons", "customXml")
#: Fewer than four digits may be a postcode or a road.
_SHOWN = re.compile(rf"(?<![\w-]){PREFIX}-(?:[0-9]{{4,9}}|{PROVISIONAL})-[{LETTERS}]{{4}}(?![\w-])")
_PERSON = re.compile(r"<(?:\w+:)?(?:creator|lastModifiedBy|initial-creator)\b[^>]*>([^<]+)<")
_SHEET = re.compile(r"<sheet\b[^>]*>")


def hidden_in(content: bytes, shown: Collection[str], reference: str) -> list[Problem]:
    """What a workbook of ours should not carry. ``shown`` are its own rows' references."""
    found: list[Problem] = []
    allowed = {*shown, reference}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if any(part in name for part in _NEVER):
                found.append(Problem("hidden_content", f"The file holds a part that it should not ({name})."))
            if not name.endswith((".xml", ".rels")):
                continue
            text = archive.read(name).decode("utf-8", "replace")
            if person := _PERSON.search(text):
                found.append(Problem("property_names", f"The file's properties name {person[1][:60]}."))
            for strange in sorted({*_SHOWN.findall(text)} - allowed):
                found.append(Problem("strange_row", f"{strange} is not a row of this return ({name})."))
            if name == "xl/workbook.xml":
                for tag in _SHEET.findall(text):
                    sheet = re.search(r'\bname="([^"]*)"', tag)
                    if (
                        sheet
                        and re.search(r'\bstate="(?:hidden|veryHidden)"', tag)
                        and sheet[1] != IDENTITY_SHEET
                    ):
                        found.append(Problem("hidden_sheet", f"The sheet {sheet[1]} is hidden.", sheet[1]))
            if name.startswith("xl/worksheets/sheet") and re.search(r'<row\b[^>]*hidden="1"', text):
                found.append(Problem("hidden_rows", f"Rows of {name} are hidden."))
    return found
