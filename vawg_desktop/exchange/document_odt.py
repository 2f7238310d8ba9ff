"""A document as .odt, by odfdo, its tables as text (``document_tables.py``); after OpenDocument 1.3, government's open standard."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from vawg_desktop.domain import clock
from vawg_desktop.exchange.document import (
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
from vawg_desktop.exchange.odf_text import odf_text
from vawg_desktop.exchange.plan import INK

_QUIET = "#4A5563"
_SHORT, _LONG = 21.0, 29.7  # A4, in centimetres
_MARGIN = 1.8
#: Paragraph styles of ours: name, what it follows, paragraph properties, text properties.
_STYLES = (
    ("HeadLine", "Standard", 'fo:margin-bottom="0cm"', f'fo:color="{_QUIET}"'),
    ("LastHeadLine", "HeadLine", 'fo:margin-bottom="0.5cm"', ""),
    ("Words", "Standard", 'fo:margin-bottom="0.21cm"', ""),
    ("UnderTable", "Words", 'fo:margin-top="0.35cm" fo:margin-bottom="0.21cm"', ""),
    ("Quotation", "Standard", 'fo:margin-left="0.6cm" fo:margin-bottom="0.21cm"', 'fo:font-style="italic"'),
    ("TableTitle", "Standard", 'fo:margin-top="0.4cm" fo:margin-bottom="0.15cm" fo:keep-with-next="always"', f'fo:font-weight="bold" fo:color="#{INK}"'),
    ("TableNote", "Standard", 'fo:margin-top="0.1cm" fo:margin-bottom="0.1cm"', f'fo:font-size="9pt" fo:color="{_QUIET}"'),
    ("TableText", "Standard", 'fo:margin-bottom="0cm"', 'fo:font-size="9pt"'),
    ("TableNumber", "TableText", 'fo:text-align="end"', ""),
    ("TableHead", "TableText", "", 'fo:font-weight="bold"'),
    ("TableHeadNumber", "TableHead", 'fo:text-align="end"', ""),
    ("Logo", "Standard", 'fo:text-align="end" fo:margin-bottom="0.2cm"', ""),
    ("Foot", "Standard", "", f'fo:font-size="8.5pt" fo:color="{_QUIET}"'),
)  # fmt: skip
_HEADINGS = {1: 20.0, 2: 14.0, 3: 12.0, 4: 10.5}


def write_odt(document: Document) -> bytes:
    """The document's bytes."""
    import odfdo

    made: Any = odfdo.Document("text")
    page = page_of(document)
    room = (_LONG if page.landscape else _SHORT) - 2 * _MARGIN
    _set_styles(made, document, page, room)
    _set_meta(made, document)
    automatic, body = made.content.get_element("//office:automatic-styles"), made.body
    body.clear()
    _set_cells(automatic, document.look.tint)
    tables = Tables()
    for piece in _pieces(made, document, tables, automatic, room, page.letters):
        body.append(_element(piece))
    out = io.BytesIO()
    made.save(out)
    return tables.put_into(out.getvalue(), "content.xml", _paragraph("{}", "Words"))


def _element(text: str) -> Any:
    import odfdo

    element: Any = odfdo.Element
    return element.from_tag(text)


def _paragraph(text: str, style: str) -> str:
    return f'<text:p text:style-name="{style}">{odf_text(clean(text))}</text:p>'


def _heading(text: str, level: int) -> str:
    return f'<text:h text:style-name="Heading_20_{level}" text:outline-level="{level}">{odf_text(clean(text))}</text:h>'


def _pieces(made: Any, document: Document, tables: Tables, automatic: Any, room: float, in_letters: int) -> Iterator[str]:
    """The parts of the body in order; what a table needs of styles of its own goes to ``automatic``."""
    if document.look.logo is not None:
        wide, high = document.look.logo_points
        yield f'<text:p text:style-name="Logo">{_frame(made, "logo", "Logo", document.look.logo.data, document.look.logo.words, wide, high)}</text:p>'
    yield _heading(document.title, 1)
    *before, last = document.head_lines()
    yield from (_paragraph(line, "HeadLine") for line in before)
    yield _paragraph(last, "LastHeadLine")
    under = False  # a table stands above
    for number, (block, title) in enumerate(document.labelled()):
        match block:
            case Heading():
                yield _heading(block.text, block.level + 1)
            case Paragraph():
                yield _paragraph(block.text, "UnderTable" if under else "Words")
            case Items():
                entries = "".join(f"<text:list-item>{_paragraph(item, 'Words')}</text:list-item>" for item in block.items)
                yield f'<text:list text:style-name="{"Numbers" if block.numbered else "Bullets"}">{entries}</text:list>'
            case Quote():
                yield _paragraph(block.words, "Quotation")
                if block.source:
                    yield _paragraph(f"— {block.source}", "Quotation")
            case Figure():
                yield _paragraph(title, "TableTitle")
                yield _picture(made, block, number, room)
                yield _paragraph(block.alternative, "Words")
                yield from (_paragraph(note, "TableNote") for note in block.notes)
            case Table():
                if title:
                    yield _paragraph(title, "TableTitle")
                yield _paragraph(tables.stand_in(_table(block, title or document.title, number, automatic, room, in_letters)), "Words")
                yield from (_paragraph(note, "TableNote") for note in block.notes)
        under = isinstance(block, Table)


def _picture(made: Any, figure: Figure, number: int, room: float) -> str:
    drawn = png(figure.svg, min(room / 2.54 * 72, figure.width))
    return f'<text:p text:style-name="Words">{_frame(made, str(number), f"Figure {number}", drawn.data, clean(figure.alternative), drawn.width, drawn.height)}</text:p>'


def _frame(made: Any, file: str, called: str, png_data: bytes, words: str, wide: float, high: float) -> str:
    """A picture in a line, its size in points, with the words that stand for it."""
    name = f"Pictures/{file}.png"
    made.container.set_part(name, png_data)
    made.manifest.add_full_path(name, "image/png")
    return (
        f'<draw:frame draw:name={quoteattr(called)} text:anchor-type="as-char" svg:width="{wide / 72 * 2.54:.2f}cm" '
        f'svg:height="{high / 72 * 2.54:.2f}cm"><draw:image xlink:href="{name}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad"/>'
        f"<svg:desc>{escape(words)}</svg:desc></draw:frame>"
    )


def _table(table: Table, title: str, number: int, automatic: Any, room: float, in_letters: int) -> str:
    sizes = column_widths(table, in_letters)
    whole = room if sum(sizes) > 0.9 * in_letters else room * sum(sizes) / in_letters
    name = f"T{number}"
    automatic.append(_element(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties style:width="{whole:.2f}cm" table:align="left"/></style:style>'
    ))  # fmt: skip
    for c, size in enumerate(sizes):
        automatic.append(_element(
            f'<style:style style:name="{name}.{c}" style:family="table-column"><style:table-column-properties '
            f'style:column-width="{whole * size / sum(sizes):.3f}cm"/></style:style>'
        ))  # fmt: skip
    right = [are_numbers(table, c) for c in range(len(table.heads))]
    columns = "".join(f'<table:table-column table:style-name="{name}.{c}"/>' for c in range(len(sizes)))
    head = _row([clean(h) for h in table.heads], ["TableHeadNumber" if r else "TableHead" for r in right], "HeadCell", "KeptRow")
    plain = ["TableNumber" if r else "TableText" for r in right]
    rows: list[str] = []
    for row in table.rows:
        texts = [words(cell) for cell in row]
        rows.append(_row(texts, plain, "TextCell", "SplitRow" if tall(texts, sizes) else "KeptRow"))
    return (
        f'<table:table table:name={quoteattr(f"Table {number}")} table:style-name="{name}"><table:title>{escape(clean(title))}</table:title>{columns}'
        f"<table:table-header-rows>{head}</table:table-header-rows>{''.join(rows)}</table:table>"
    )


def _row(texts: Sequence[str], styles: Sequence[str], cell: str, row: str) -> str:
    cells = "".join(
        f'<table:table-cell table:style-name="{cell}" office:value-type="string"><text:p text:style-name="{style}">{odf_text(text)}</text:p></table:table-cell>'
        for text, style in zip(texts, styles, strict=True)
    )
    return f'<table:table-row table:style-name="{row}">{cells}</table:table-row>'


def _set_styles(made: Any, document: Document, page: Page, room: float) -> None:
    language, country = document.language.split("-")
    styles = made.styles.get_element("//office:styles")
    for properties in made.styles.get_elements("//style:default-style/style:text-properties"):
        properties.set_attribute("fo:language", language)
        properties.set_attribute("fo:country", country)
        properties.del_attribute("style:font-name")
        properties.set_attribute("fo:font-family", "Arial")
        properties.set_attribute("fo:font-size", "10.5pt")
    for level in made.styles.get_elements("//text:outline-level-style"):  # headings have no numbers of their own
        level.set_attribute("style:num-format", "")
        for name in ("style:num-suffix", "loext:num-list-format"):
            level.del_attribute(name)
    for level, size in _HEADINGS.items():
        style = made.styles.get_element(f'//style:style[@style:name="Heading_20_{level}"]')
        old = style.get_element("style:text-properties")
        if old is not None:
            style.delete(old)
        style.append(_element(f'<style:text-properties fo:font-family="Arial" fo:font-size="{size}pt" fo:font-weight="bold" fo:color="#{document.look.colour}"/>'))
    for name, parent, paragraph, text in _STYLES:
        styles.append(_element(
            f'<style:style style:name="{name}" style:family="paragraph" style:parent-style-name="{parent}">'
            f"<style:paragraph-properties {paragraph}/><style:text-properties {text.replace(INK, document.look.colour)}/></style:style>"
        ))  # fmt: skip
    indent = (
        '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment"><style:list-level-label-alignment '
        'text:label-followed-by="listtab" fo:text-indent="-0.6cm" fo:margin-left="0.6cm"/></style:list-level-properties>'
    )
    styles.append(_element(f'<text:list-style style:name="Bullets"><text:list-level-style-bullet text:level="1" text:bullet-char="•">{indent}</text:list-level-style-bullet></text:list-style>'))
    styles.append(_element(f'<text:list-style style:name="Numbers"><text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix=".">{indent}</text:list-level-style-number></text:list-style>'))
    _set_page(made, document, page, room)


def _set_cells(automatic: Any, tint: str) -> None:
    """Cells and rows: LibreOffice knows these only as styles of the text itself."""
    lines = 'fo:padding="0.1cm" fo:border-top="0.5pt solid #B4BCC6" fo:border-bottom="0.5pt solid #B4BCC6" style:vertical-align="top"'
    for name, fill in (("TextCell", ""), ("HeadCell", f'fo:background-color="#{tint}"')):
        automatic.append(_element(f'<style:style style:name="{name}" style:family="table-cell"><style:table-cell-properties {lines} {fill}/></style:style>'))
    for name, kept in (("KeptRow", "always"), ("SplitRow", "auto")):
        automatic.append(_element(f'<style:style style:name="{name}" style:family="table-row"><style:table-row-properties fo:keep-together="{kept}"/></style:style>'))


def _set_page(made: Any, document: Document, page: Page, room: float) -> None:
    wide, high = (_LONG, _SHORT) if page.landscape else (_SHORT, _LONG)
    layout = made.styles.get_element("//style:page-layout")
    properties = layout.get_element("style:page-layout-properties")
    facts = {"fo:page-width": f"{wide}cm", "fo:page-height": f"{high}cm", "style:print-orientation": "landscape" if page.landscape else "portrait"}
    for name, value in {**facts, **{f"fo:margin-{side}": f"{_MARGIN}cm" for side in ("top", "bottom", "left", "right")}}.items():
        properties.set_attribute(name, value)
    stops = f'<style:tab-stop style:position="{room / 2:.2f}cm" style:type="center"/><style:tab-stop style:position="{room:.2f}cm" style:type="right"/>'
    foot = made.styles.get_element('//style:style[@style:name="Foot"]/style:paragraph-properties')
    foot.append(_element(f"<style:tab-stops>{stops}</style:tab-stops>"))
    master = made.styles.get_element("//style:master-page")
    master.append(_element(
        f'<style:footer><text:p text:style-name="Foot">{escape(document.marking)}<text:tab/>Page <text:page-number text:select-page="current">1</text:page-number> of '
        f"<text:page-count>1</text:page-count><text:tab/>As at {escape(document.as_at)}</text:p></style:footer>"
    ))  # fmt: skip
    old = layout.get_element("style:footer-style")
    if old is not None:
        layout.delete(old)
    layout.append(_element('<style:footer-style><style:header-footer-properties fo:min-height="0.6cm" fo:margin-top="0.3cm"/></style:footer-style>'))


def _set_meta(made: Any, document: Document) -> None:
    meta = made.meta
    meta.title, meta.language = clean(document.title), document.language
    meta.subject = document.marking
    meta.creation_date = meta.date = clock.now().replace(tzinfo=None, microsecond=0)
    meta.generator = "VAWG Desktop"
