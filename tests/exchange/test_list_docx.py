"""A list as a Word document: its headings are told as such and repeated on every page."""

from __future__ import annotations

import io

import docx
from docx.oxml.ns import qn

from vawg_desktop.exchange.lists_out import Printed, list_docx


def test_the_first_row_is_a_heading_row_and_bold() -> None:
    printed = Printed("Actions", ["Ref", "Status"], [["A-0001", "Complete"], ["A-0002", ""]], "22 Nov 2026", "OFFICIAL", [("Blue", "done")])
    book = docx.Document(io.BytesIO(list_docx(printed)))
    (table,) = book.tables
    first = table.rows[0]._tr.trPr
    assert first is not None and first.find(qn("w:tblHeader")).get(qn("w:val")) == "true"
    assert all(row._tr.trPr is None or row._tr.trPr.find(qn("w:tblHeader")) is None for row in table.rows[1:])
    assert [[c.text for c in row.cells] for row in table.rows] == [["Ref", "Status"], ["A-0001", "Complete"], ["A-0002", ""]]
    assert all(c.paragraphs[0].runs[0].bold for c in table.rows[0].cells)
    assert not any(run.bold for c in table.rows[1].cells for run in c.paragraphs[0].runs)
    assert book.core_properties.title == "Actions" and not book.core_properties.author
    words = [p.text for p in book.paragraphs]
    assert words[0] == "Actions" and words[1:-1] == printed.head_lines() and words[-1] == printed.foot()
