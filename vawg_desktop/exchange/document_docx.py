"""A document as .docx, by python-docx; its tables as text (``document_tables.py``)."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from vawg_desktop.domain import clock
from vawg_desktop.exchange.document import (
    Block,
    Document,
    Figure,
    Heading,
    Items,
    Paragraph,
    Quote,
    Table,
    are_numbers,
    clean,
    words,
)
from vawg_desktop.exchange.document_columns import Page, column_widths, page_of, tall
from vawg_desktop.exchange.document_pictures import png
from vawg_desktop.exchange.document_tables import Tables
from vawg_desktop.exchange.look import Look

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_FONT, _QUIET = "Arial", "4A5563"
_SHORT, _LONG = 210, 297  # A4, in millimetres
_MARGIN = 18
#: Twentieths of a point in a millimetre.
_TWIPS = 56.693


def write_docx(document: Document) -> bytes:
    """The document's bytes."""
    from docx import Document as Open
    from docx.shared import Pt

    made: Any = Open()
    page = page_of(document)
    room = _TWIPS * ((_LONG if page.landscape else _SHORT) - 2 * _MARGIN)
    _set_page(made, document, page, room)
    _set_styles(made, document.language, document.look.colour)
    _set_properties(made, document)
    _add_logo(made, document.look)
    made.add_heading(clean(document.title), level=1)
    lines = [made.add_paragraph(line, style="Head line") for line in document.head_lines()]
    lines[-1].paragraph_format.space_after = Pt(12)
    putting = Putting(made, document.title, room, page.letters, document.look.tint)
    for block, title in document.labelled():
        putting.put(block, title)
    return putting.saved()


class Putting:
    """Puts blocks at the end of a Word document, in its own styles. ``room`` is the width between the margins, in twentieths of a point; ``tint`` fills headings of tables."""

    def __init__(self, made: Any, title: str, room: float, letters: int, tint: str) -> None:
        self._tint = tint
        self._made, self._title, self._room, self._letters = made, title, room, letters
        self._numbering, self._tables = _Numbering(made), Tables()
        self._under_table = False

    def turn(self, room: float, letters: int) -> None:
        """Go on with another width between the margins, as on a page turned on its side."""
        self._room, self._letters = room, letters

    def put(self, block: Block, title: str) -> None:
        """Add a block with its numbered title."""
        from docx.shared import Pt

        made = self._made
        match block:
            case Heading():
                made.add_heading(clean(block.text), level=block.level + 1)
            case Paragraph():
                paragraph = made.add_paragraph(clean(block.text))
                if self._under_table:
                    paragraph.paragraph_format.space_before = Pt(10)
            case Items():
                self._numbering.add(block)
            case Quote():
                made.add_paragraph(clean(block.words), style="Quote")
                if block.source:
                    made.add_paragraph(f"— {clean(block.source)}", style="Quote")
            case Figure():
                _add_title(made, title)
                _add_picture(made, block, self._room / 20)
                made.add_paragraph(clean(block.alternative))
                _add_notes(made, block.notes)
            case Table():
                _add_title(made, title)
                made.add_paragraph(self._tables.stand_in(_table(made, block, title or self._title, self._room, self._letters, self._tint)))
                _add_notes(made, block.notes)
        self._under_table = isinstance(block, Table)

    def saved(self) -> bytes:
        """The document's bytes, its tables in their places."""
        out = io.BytesIO()
        self._made.save(out)
        return self._tables.put_into(out.getvalue(), "word/document.xml", "<w:p><w:r><w:t>{}</w:t></w:r></w:p>")


def _set_page(made: Any, document: Document, page: Page, room: float) -> None:
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm, Pt, RGBColor, Twips

    section = made.sections[0]
    section.page_width, section.page_height = Mm(_SHORT), Mm(_LONG)
    if page.landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(_LONG), Mm(_SHORT)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN)
    foot = section.footer.paragraphs[0]
    style = made.styles["Footer"]
    style.paragraph_format.tab_stops.clear_all()
    style.font.size, style.font.color.rgb = Pt(8.5), RGBColor.from_string(_QUIET)
    foot.paragraph_format.tab_stops.add_tab_stop(Twips(int(room / 2)), WD_TAB_ALIGNMENT.CENTER)
    foot.paragraph_format.tab_stops.add_tab_stop(Twips(int(room)), WD_TAB_ALIGNMENT.RIGHT)
    foot.add_run(f"{document.marking}\tPage ")
    _add_field(foot, "PAGE")
    foot.add_run(" of ")
    _add_field(foot, "NUMPAGES")
    foot.add_run(f"\tAs at {document.as_at}")


def _add_field(paragraph: Any, code: str) -> None:
    paragraph._p.append(_xml(f'<w:fldSimple {_W} w:instr="{code}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'))


def _xml(text: str) -> Any:
    from docx.oxml import parse_xml

    return parse_xml(text)


def _set_styles(made: Any, language: str, ink: str) -> None:
    from docx.shared import Pt, RGBColor

    styles = made.styles
    normal = styles["Normal"]
    normal.font.size = Pt(10.5)
    normal.paragraph_format.space_after = Pt(6)
    sizes = {"Heading 1": 20, "Heading 2": 14, "Heading 3": 12, "Heading 4": 10.5, "Caption": 10.5, "Quote": 10.5}
    for name, size in sizes.items():
        styles[name].font.size, styles[name].font.color.rgb = Pt(size), RGBColor.from_string(ink)
    styles["Caption"].paragraph_format.keep_with_next = True
    styles["Caption"].font.bold = True
    styles["Caption"].paragraph_format.space_before = Pt(12)
    styles["Quote"].paragraph_format.left_indent = Pt(18)
    add_own_styles(made)
    for style in styles:
        properties = style.element.find(f"{{{_ns()}}}rPr")
        if properties is not None:
            for face in properties.findall(f"{{{_ns()}}}rFonts"):
                properties.remove(face)
    default = styles.element.find(f".//{{{_ns()}}}rPrDefault/{{{_ns()}}}rPr")
    for child in list(default):
        if child.tag in (f"{{{_ns()}}}rFonts", f"{{{_ns()}}}lang"):
            default.remove(child)
    default.insert(0, _xml(f'<w:rFonts {_W} w:ascii="{_FONT}" w:hAnsi="{_FONT}" w:cs="{_FONT}" w:eastAsia="{_FONT}"/>'))
    default.append(_xml(f'<w:lang {_W} w:val="{language}" w:eastAsia="{language}" w:bidi="ar-SA"/>'))


def add_own_styles(made: Any) -> None:
    """Add the styles of what Word has none of its own for, where the document has none of that name."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    styles = made.styles
    there = {style.name for style in styles}
    for name, size in (("Head line", 10.5), ("Table note", 9), ("Table text", 9), ("Table heading", 9)):
        if name in there:
            continue
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = styles["Normal"]
        style.font.size = Pt(size)
        style.paragraph_format.space_after = Pt(0 if name != "Table note" else 6)
        style.paragraph_format.line_spacing = 1.0
        if name in ("Head line", "Table note"):
            style.font.color.rgb = RGBColor.from_string(_QUIET)
        style.font.bold = name == "Table heading" or None


def _ns() -> str:
    from docx.oxml.ns import nsmap

    return str(nsmap["w"])


#: The most letters that a property of a Word document holds.
LONGEST_PROPERTY = 255


def _set_properties(made: Any, document: Document) -> None:
    known = made.core_properties
    now = clock.now().replace(tzinfo=None)
    known.title, known.keywords, known.language = clean(document.title)[:LONGEST_PROPERTY], document.marking, document.language
    known.author = known.last_modified_by = known.comments = ""
    known.created = known.modified = now


class _Numbering:
    """Lists: a numbered one starts at 1, whatever came before it."""

    def __init__(self, made: Any) -> None:
        self._made = made

    def add(self, block: Items) -> None:
        style = "List Number" if block.numbered else "List Bullet"
        number = self._begin() if block.numbered else None
        for item in block.items:
            paragraph = self._made.add_paragraph(clean(item), style=style)
            if number is not None:
                properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
                properties.get_or_add_ilvl().val = 0
                properties.get_or_add_numId().val = number

    def _begin(self) -> int:
        numbering = self._made.part.numbering_part.element
        style = self._made.styles["List Number"].element
        of_style = style.pPr.numPr.numId.val
        abstract = next(n.abstractNumId.val for n in numbering.num_lst if n.numId == of_style)
        made = numbering.add_num(abstract)
        made.add_lvlOverride(ilvl=0).add_startOverride(1)
        return int(made.numId)


def _add_title(made: Any, title: str) -> None:
    if title:
        made.add_paragraph(title, style="Caption")


def _add_notes(made: Any, notes: Sequence[str]) -> None:
    from docx.shared import Pt

    for one in notes:
        made.add_paragraph(clean(one), style="Table note").paragraph_format.space_before = Pt(4)


def _add_picture(made: Any, figure: Figure, points: float) -> None:
    from docx.shared import Pt

    drawn = png(figure.svg, min(points, figure.width))
    shape = made.add_picture(io.BytesIO(drawn.data), width=Pt(int(drawn.width)))
    shape._inline.docPr.set("descr", clean(figure.alternative))


def _add_logo(made: Any, look: Look) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    if look.logo is None:
        return
    paragraph = made.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    shape = paragraph.add_run().add_picture(io.BytesIO(look.logo.data), width=Pt(look.logo_points[0]))
    shape._inline.docPr.set("descr", look.logo.words)


def _table(made: Any, table: Table, title: str, room: float, in_letters: int, tint: str) -> str:
    sizes = column_widths(table, in_letters)
    full = sum(sizes) > 0.9 * in_letters
    widths = [round(w * room / (sum(sizes) if full else in_letters)) for w in sizes]
    right = [are_numbers(table, c) for c in range(len(table.heads))]
    grid = "".join(f'<w:gridCol w:w="{w}"/>' for w in widths)
    lines = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="B4BCC6"/>' for side in ("top", "bottom", "insideH"))
    parts = [
        f"<w:tbl {_W}><w:tblPr><w:tblW w:w=\"{sum(widths)}\" w:type=\"dxa\"/><w:tblBorders>{lines}</w:tblBorders>"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:top w:w="50" w:type="dxa"/><w:left w:w="80" w:type="dxa"/><w:bottom w:w="50" w:type="dxa"/><w:right w:w="80" w:type="dxa"/></w:tblCellMar>'
        f'<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={quoteattr(clean(title))}/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>",
        _row([clean(h) for h in table.heads], widths, right, made.styles["Table heading"].style_id, "<w:cantSplit/><w:tblHeader/>", f'<w:shd w:val="clear" w:color="auto" w:fill="{tint}"/>'),
    ]  # fmt: skip
    plain = made.styles["Table text"].style_id
    for row in table.rows:
        texts = [words(cell) for cell in row]
        parts.append(_row(texts, widths, right, plain, "" if tall(texts, sizes) else "<w:cantSplit/>", ""))
    return "".join([*parts, "</w:tbl>"])


def _row(texts: Sequence[str], widths: Sequence[int], right: Sequence[bool], style: str, kept: str, fill: str) -> str:
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{fill}</w:tcPr>{_cell(text, style, to_right)}</w:tc>'
        for text, width, to_right in zip(texts, widths, right, strict=True)
    )
    return f"<w:tr><w:trPr>{kept}</w:trPr>{cells}</w:tr>"


def _cell(text: str, style: str, to_right: bool) -> str:
    side = '<w:jc w:val="right"/>' if to_right else ""
    properties = f'<w:pPr><w:pStyle w:val="{style}"/>{side}</w:pPr>'
    broken = "<w:br/>".join(
        "<w:tab/>".join(f'<w:t xml:space="preserve">{escape(part)}</w:t>' for part in line.split("\t")) for line in text.split("\n")
    )
    return f"<w:p>{properties}<w:r>{broken}</w:r></w:p>"
