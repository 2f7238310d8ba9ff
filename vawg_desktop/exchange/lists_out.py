"""A list or record as .xlsx or .docx, with as-at date, marking and rating key (DESIGN 6)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from vawg_desktop.exchange.plan import fit_cell


@dataclass(frozen=True, slots=True)
class Printed:
    """A table to go out: title, headings, rows, and what stands on every output."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    as_at: str
    marking: str
    key: Sequence[tuple[str, str]]
    demonstration: bool = False

    def foot(self) -> str:
        """The rating key in one line."""
        return "Rating key: " + "; ".join(f"{word}: {meaning}" for word, meaning in self.key)

    def head_lines(self) -> list[str]:
        """Lines above the table."""
        lines = [f"As at {self.as_at}", self.marking]
        return ["DEMONSTRATION: an invented county", *lines] if self.demonstration else lines


def list_xlsx(printed: Printed) -> bytes:
    """The table as a workbook; every text by ``write_string``, so none is a formula."""
    out = io.BytesIO()
    import xlsxwriter  # when a list is written: its import would be waited for with the first page

    book: Any = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": printed.title, "keywords": printed.marking})
    sheet = book.add_worksheet("List")
    big = book.add_format({"bold": True, "font_size": 16, "font_name": "Arial"})
    plain = book.add_format({"font_name": "Arial", "text_wrap": True, "valign": "top"})
    bold = book.add_format({"font_name": "Arial", "bold": True, "text_wrap": True, "bottom": 1})
    sheet.write_string(0, 0, printed.title, big)
    lines = printed.head_lines()
    for i, line in enumerate(lines, 1):
        sheet.write_string(i, 0, line, plain)
    top = len(lines) + 2
    for c, head in enumerate(printed.heads):
        sheet.write_string(top, c, head, bold)
        widest = max([len(head), *(len(row[c]) for row in printed.rows[:500])])
        sheet.set_column(c, c, min(60, max(10, widest + 2)))
    for r, row in enumerate(printed.rows, top + 1):
        for c, text in enumerate(row):
            sheet.write_string(r, c, fit_cell(text), plain)
    sheet.write_string(
        top + len(printed.rows) + 2, 0, printed.foot(), book.add_format({"font_name": "Arial"})
    )
    sheet.freeze_panes(top + 1, 0)
    sheet.autofilter(top, 0, top + max(1, len(printed.rows)), len(printed.heads) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L{printed.marking}&CPage &P of &N&RAs at {printed.as_at}")
    book.close()
    return out.getvalue()


def list_docx(printed: Printed) -> bytes:
    """The table as a Word document, landscape, its heading row repeated."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.oxml import OxmlElement  # pyright: ignore[reportUnknownVariableType]
    from docx.oxml.ns import qn

    document: Any = Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width
    section.footer.paragraphs[0].text = f"{printed.marking}    As at {printed.as_at}"
    document.core_properties.title = printed.title
    document.core_properties.author = ""
    document.add_heading(printed.title, level=1)
    for line in printed.head_lines():
        document.add_paragraph(line)
    table = document.add_table(rows=1, cols=len(printed.heads))
    table.style = "Table Grid"
    for cell, head in zip(table.rows[0].cells, printed.heads, strict=True):
        cell.text = head
        cell.paragraphs[0].runs[0].bold = True
    make: Any = OxmlElement  # pyright: ignore[reportUnknownVariableType]
    repeat: Any = make("w:tblHeader")
    repeat.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for row in printed.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    document.add_paragraph(printed.foot())
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
