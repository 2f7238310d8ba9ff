"""A planned workbook as .ods: streamed XML after OpenDocument 1.3 (government's open standard)."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from vawg_desktop.exchange.cells import address
from vawg_desktop.exchange.document import words
from vawg_desktop.exchange.odf_text import odf_text
from vawg_desktop.exchange.plan import FILLABLE, INK, BookPlan, Choice, PlanCell, SheetPlan, Style, fit_cell

_NS = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"' for k, v in {
    "office": "office", "table": "table", "text": "text", "style": "style", "meta": "meta", "number": "datastyle",
    "fo": "xsl-fo-compatible", "draw": "drawing", "svg": "svg-compatible", "config": "config",
}.items()) + ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.3"'  # fmt: skip
_LINED = 'fo:border="0.5pt solid #C8CED6"'
_LOOKS: dict[Style, tuple[str, str]] = {
    Style.TITLE: ('style:vertical-align="middle"', f'fo:font-size="18pt" fo:font-weight="bold" fo:color="#{INK}"'),
    Style.LONG_TITLE: ('fo:wrap-option="wrap" style:vertical-align="middle"', f'fo:font-size="18pt" fo:font-weight="bold" fo:color="#{INK}"'),
    Style.HEADING: ("", f'fo:font-size="14pt" fo:font-weight="bold" fo:color="#{INK}"'),
    Style.TEXT: ('fo:wrap-option="wrap"', ""),
    Style.LINE: ("", ""),
    Style.LABEL: ('fo:wrap-option="wrap"', 'fo:font-weight="bold"'),
    Style.LOCKED: ('fo:wrap-option="wrap" fo:background-color="#F2F4F7" fo:border="0.5pt solid #C8CED6"', ""),
    Style.LOCKED_DATE: ('fo:wrap-option="wrap" fo:background-color="#F2F4F7" fo:border="0.5pt solid #C8CED6"', ""),
    Style.HEADER: (f'fo:wrap-option="wrap" fo:background-color="#{INK}"', 'fo:font-weight="bold" fo:color="#FFFFFF"'),
    Style.HEADER_FILL: ('fo:wrap-option="wrap" fo:background-color="#7A4A00"', 'fo:font-weight="bold" fo:color="#FFFFFF"'),
    Style.FILL: ('fo:wrap-option="wrap" fo:background-color="#FFFBEA" fo:border="0.5pt solid #A67C00" style:cell-protect="none"', ""),
    Style.FILL_DATE: ('fo:background-color="#FFFBEA" fo:border="0.5pt solid #A67C00" style:cell-protect="none"', ""),
    Style.FILL_WHOLE: ('fo:background-color="#FFFBEA" fo:border="0.5pt solid #A67C00" style:cell-protect="none"', ""),
    Style.FREE: ('fo:wrap-option="wrap" fo:border="0.5pt solid #C8CED6" style:cell-protect="none"', ""),
    Style.FREE_DATE: ('fo:border="0.5pt solid #C8CED6" style:cell-protect="none"', ""),
    Style.FREE_WHOLE: ('fo:border="0.5pt solid #C8CED6" style:cell-protect="none"', ""),
    Style.ROW: (f'fo:wrap-option="wrap" {_LINED}', ""),
    **dict.fromkeys((Style.ROW_DATE, Style.ROW_NUMBER, Style.ROW_TENTHS, Style.ROW_HUNDREDTHS), (_LINED, "")),
}  # fmt: skip
#: The number format of a style, where it has one: words stay words whatever they look like.
_FORMAT = {
    Style.LOCKED_DATE: "UKDATE", Style.FILL_DATE: "UKDATE", Style.FREE_DATE: "UKDATE", Style.FILL: "WORDS", Style.FREE: "WORDS", Style.ROW_DATE: "DATEWORDS", Style.ROW_NUMBER: "WHOLE",
    Style.ROW_TENTHS: "TENTHS", Style.ROW_HUNDREDTHS: "HUNDREDTHS",
}  # fmt: skip


def write_ods(plan: BookPlan) -> bytes:
    """The workbook's bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        mime = "application/vnd.oasis.opendocument.spreadsheet"
        archive.writestr(zipfile.ZipInfo("mimetype"), mime, zipfile.ZIP_STORED)
        pictures = {f"Pictures/{n}.png": s.picture.data for n, s in enumerate(plan.sheets) if s.picture}
        archive.writestr("META-INF/manifest.xml", _manifest(mime, list(pictures)))
        archive.writestr("meta.xml", _meta(plan))
        archive.writestr("styles.xml", "".join(_styles(plan)))
        archive.writestr("settings.xml", "".join(_settings(plan)))
        archive.writestr("content.xml", "".join(_content(plan)))
        for name, data in pictures.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_STORED)
    return out.getvalue()


def _manifest(mime: str, pictures: Sequence[str]) -> str:
    ns = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3"'
    parts = [
        ("/", mime),
        *((p, "text/xml") for p in ("content.xml", "styles.xml", "meta.xml", "settings.xml")),
    ]
    parts += [(p, "image/png") for p in pictures]
    entries = "".join(
        f'<manifest:file-entry manifest:full-path="{p}" manifest:media-type="{m}"/>' for p, m in parts
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest {ns}>{entries}</manifest:manifest>'


def _meta(plan: BookPlan) -> str:
    own = "".join(
        f"<meta:user-defined meta:name={quoteattr(k)}>{escape(v)}</meta:user-defined>"
        for k, v in plan.properties.items()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-meta {_NS}><office:meta>'
        f"<dc:title>{escape(plan.title)}</dc:title><dc:language>en-GB</dc:language>{own}</office:meta></office:document-meta>"
    )


def _styles(plan: BookPlan) -> Iterator[str]:
    """The default text style and each sheet's page: A4, ``pages_wide`` pages across, with the marking, page number
    and sheet name in the footer."""
    yield f'<?xml version="1.0" encoding="UTF-8"?><office:document-styles {_NS}><office:styles>'
    yield (
        '<style:default-style style:family="table-cell"><style:text-properties style:font-name="Arial" fo:font-family="Arial" '
        'fo:font-size="11pt" fo:language="en" fo:country="GB"/></style:default-style></office:styles><office:automatic-styles>'
    )
    for n, sheet in enumerate(plan.sheets):
        wide, high = ("29.7cm", "21cm") if sheet.landscape else ("21cm", "29.7cm")
        turned = "landscape" if sheet.landscape else "portrait"
        yield (
            f'<style:page-layout style:name="P{n}"><style:page-layout-properties fo:page-width="{wide}" fo:page-height="{high}" '
            f'style:print-orientation="{turned}" fo:margin="1.5cm" style:scale-to-X="{sheet.pages_wide}" style:scale-to-Y="{sheet.pages_high}" '
            'style:table-centering="none"/><style:footer-style><style:header-footer-properties fo:min-height="0.8cm" '
            'fo:margin-top="0.3cm"/></style:footer-style></style:page-layout>'
        )
    yield "</office:automatic-styles><office:master-styles>"
    number = "Page <text:page-number>1</text:page-number> of <text:page-count>1</text:page-count>"
    for n, sheet in enumerate(plan.sheets):
        parts = (("left", escape(plan.marking)), ("center", number), ("right", escape(sheet.name)))
        foot = "".join(
            f"<style:region-{side}><text:p>{words}</text:p></style:region-{side}>" for side, words in parts
        )
        yield (
            f'<style:master-page style:name="M{n}" style:page-layout-name="P{n}"><style:header style:display="false"/>'
            f"<style:footer>{foot}</style:footer></style:master-page>"
        )
    yield "</office:master-styles></office:document-styles>"


def _settings(plan: BookPlan) -> Iterator[str]:
    """What is in sight on opening: the first sheet, headings that stay, the cell where typing starts."""
    yield f'<?xml version="1.0" encoding="UTF-8"?><office:document-settings {_NS} xmlns:ooo="http://openoffice.org/2004/office"><office:settings>'
    yield '<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
    yield _item("ViewId", "string", "view1")
    yield '<config:config-item-map-named config:name="Tables">'
    for sheet in plan.sheets:
        down, across = sheet.frozen
        facts = [("CursorPositionX", sheet.select[1]), ("CursorPositionY", sheet.select[0])]
        facts += [("HorizontalSplitMode", 2 if across else 0), ("VerticalSplitMode", 2 if down else 0)]
        facts += [("HorizontalSplitPosition", across), ("VerticalSplitPosition", down)]
        facts += [("ActiveSplitRange", 3 if across and down else 2 if down else 0)]
        facts += [
            ("PositionLeft", 0),
            ("PositionRight", across),
            ("PositionTop", 0),
            ("PositionBottom", down),
        ]
        items = "".join(
            _item(name, "short" if "Mode" in name or "Range" in name else "int", str(v)) for name, v in facts
        )
        yield f"<config:config-item-map-entry config:name={quoteattr(sheet.name)}>{items}</config:config-item-map-entry>"
    first = next(s.name for s in plan.sheets if not s.hidden)
    yield "</config:config-item-map-named>" + _item("ActiveTable", "string", first)
    yield "</config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set>"
    yield "</office:settings></office:document-settings>"


def _item(name: str, kind: str, value: str) -> str:
    return (
        f'<config:config-item config:name="{name}" config:type="{kind}">{escape(value)}</config:config-item>'
    )


def _content(plan: BookPlan) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NS}>'
    yield "<office:automatic-styles>"
    yield (
        '<number:text-style style:name="WORDS"><number:text-content/></number:text-style>'
        '<number:date-style style:name="UKDATE" number:language="en" number:country="GB"><number:day number:style="long"/><number:text>/</number:text>'
        '<number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/></number:date-style>'
        '<number:date-style style:name="DATEWORDS" number:language="en" number:country="GB"><number:day/><number:text> </number:text>'
        '<number:month number:textual="true" number:style="long"/><number:text> </number:text><number:year number:style="long"/></number:date-style>'
    )
    for name, places in (("WHOLE", 0), ("TENTHS", 1), ("HUNDREDTHS", 2)):
        yield (
            f'<number:number-style style:name="{name}"><number:number number:decimal-places="{places}" number:min-decimal-places="{places}" '
            'number:min-integer-digits="1" number:grouping="true"/></number:number-style>'
        )
    for style, (cell, text) in _LOOKS.items():
        cell, text = (part.replace(INK, plan.colour) for part in (cell, text))
        data = f' style:data-style-name="{_FORMAT[style]}"' if style in _FORMAT else ""
        top = "" if "vertical-align" in cell else 'style:vertical-align="top"'
        font = f'<style:text-properties style:font-name="Arial" fo:font-family="Arial" {text}/>'
        yield (
            f'<style:style style:name="{style.value}" style:family="table-cell"{data}>'
            f"<style:table-cell-properties {top} {cell}/>{font}</style:style>"
        )
    heights = [sheet.heights() for sheet in plan.sheets]
    for s, sheet in enumerate(plan.sheets):
        shown = "false" if sheet.hidden else "true"
        yield (
            f'<style:style style:name="t{s}" style:family="table" style:master-page-name="M{s}">'
            f'<style:table-properties table:display="{shown}"/></style:style>'
        )
        for c, width in enumerate(sheet.widths):
            size = f'<style:table-column-properties style:column-width="{width * 0.19:.2f}cm"/>'
            yield f'<style:style style:name="c{s}_{c}" style:family="table-column">{size}</style:style>'
    for points in sorted({h for found in heights for h in found}):
        size = f'<style:table-row-properties style:row-height="{points:g}pt" style:use-optimal-row-height="false"/>'
        yield f'<style:style style:name="{_row_style(points)}" style:family="table-row">{size}</style:style>'
    yield "</office:automatic-styles><office:body><office:spreadsheet>"
    yield from _validations(plan)
    for s, sheet in enumerate(plan.sheets):
        yield from _sheet(s, sheet, heights[s])
    if plan.constants:
        names = "".join(
            f"<table:named-expression table:name={quoteattr(k)} table:expression={quoteattr(_constant(v))}/>"
            for k, v in plan.constants.items()
        )
        yield f"<table:named-expressions>{names}</table:named-expressions>"
    ranges = "".join(_range(sheet) for sheet in plan.sheets if sheet.table and sheet.table_name)
    if ranges:
        yield f"<table:database-ranges>{ranges}</table:database-ranges>"
    yield "</office:spreadsheet></office:body></office:document-content>"


def _row_style(points: float) -> str:
    return f"r{points:g}".replace(".", "_")


def _range(sheet: SheetPlan) -> str:
    """A table by its name, with buttons to filter it by."""
    assert sheet.table is not None
    top, bottom, right = sheet.table
    place = f"'{sheet.name}'.{address(top, 0)}:'{sheet.name}'.{address(max(bottom, top + 1), right)}"
    return (
        f"<table:database-range table:name={quoteattr(sheet.table_name)} table:target-range-address={quoteattr(place)} "
        'table:display-filter-buttons="true"/>'
    )


def _constant(value: str) -> str:
    return f'of:="{value}"'


def _name(sheet: int, choice: int) -> str:
    return f"v{sheet}_{choice}"


def _validations(plan: BookPlan) -> Iterator[str]:
    found = [(s, i, sheet, ch) for s, sheet in enumerate(plan.sheets) for i, ch in enumerate(sheet.choices)]
    if not found:
        return
    yield "<table:content-validations>"
    for s, i, sheet, choice in found:
        base = f"$'{sheet.name}'.{address(choice.first_row, choice.column)}"
        yield (
            f'<table:content-validation table:name="{_name(s, i)}" table:condition={quoteattr(_condition(choice))} '
            f'table:allow-empty-cell="true" table:base-cell-address={quoteattr(base)}>'
            f'<table:help-message table:title={quoteattr(choice.title)} table:display="true"><text:p>{escape(choice.message)}</text:p></table:help-message>'
            '<table:error-message table:display="true" table:message-type="warning" table:title="Please check"/>'
            "</table:content-validation>"
        )
    yield "</table:content-validations>"


def _condition(choice: Choice) -> str:
    if choice.kind == "list":
        sheet, _, span = choice.source.partition("!")
        first, _, last = span.partition(":")
        return f"of:cell-content-is-in-list([$'{sheet}'.{first}:.{last}])"
    if choice.kind == "date":
        return "of:cell-content-is-date() and cell-content()>=36526"
    if choice.kind == "whole":
        return f"of:cell-content-is-whole-number() and cell-content-is-between({choice.low},{choice.high})"
    return "of:is-true-formula(TRUE())"


def _sheet(s: int, sheet: SheetPlan, heights: Sequence[float]) -> Iterator[str]:
    protected = (' table:protected="true"' if sheet.protected else "") + ("" if sheet.printed else ' table:print="false"')
    yield f'<table:table table:name={quoteattr(sheet.name)} table:style-name="t{s}"{protected}>'
    if sheet.about:
        yield f"<table:title>{escape(sheet.name)}</table:title><table:desc>{escape(sheet.about)}</table:desc>"
    if sheet.picture is not None:
        yield f"<table:shapes>{_picture(s, sheet)}</table:shapes>"
    named = sheet.frozen[1] if sheet.pages_wide > 1 else 0
    columns = [
        f'<table:table-column table:style-name="c{s}_{c}"{_COLLAPSED if c in sheet.hidden_columns else ""}/>'
        for c in range(len(sheet.widths))
    ]
    if named:  # stand again at the left of each page
        yield f"<table:table-header-columns>{''.join(columns[:named])}</table:table-header-columns>"
    yield from columns[named:]
    by_column: dict[int, list[tuple[int, Choice]]] = {}
    for i, choice in enumerate(sheet.choices):
        by_column.setdefault(choice.column, []).append((i, choice))
    header = sheet.table[0] if sheet.table else -1
    for r, row in enumerate(sheet.rows):
        cells = "".join(_cell(s, r, c, cell, by_column.get(c, [])) for c, cell in enumerate(row))
        made = f'<table:table-row table:style-name="{_row_style(heights[r])}">{cells or "<table:table-cell/>"}</table:table-row>'
        yield f"<table:table-header-rows>{made}</table:table-header-rows>" if r == header else made
    yield "</table:table>"


_COLLAPSED = ' table:visibility="collapse"'


def _picture(s: int, sheet: SheetPlan) -> str:
    """The picture at the right end of the last column, with its words."""
    one = sheet.picture
    assert one is not None
    left = sum(sheet.widths) * 0.19 - one.width / 96 * 2.54 - 0.1
    return (
        f'<draw:frame draw:z-index="0" draw:name="Logo" svg:width="{one.width / 96 * 2.54:.2f}cm" svg:height="{one.height / 96 * 2.54:.2f}cm" '
        f'svg:x="{max(left, 0):.2f}cm" svg:y="0.05cm"><draw:image xlink:href="Pictures/{s}.png" xlink:type="simple" '
        f'xlink:show="embed" xlink:actuate="onLoad"/><svg:desc>{escape(one.words)}</svg:desc></draw:frame>'
    )


def _cell(s: int, r: int, c: int, cell: PlanCell | None, choices: list[tuple[int, Choice]]) -> str:
    if cell is None:
        return "<table:table-cell/>"
    check = next((_name(s, i) for i, ch in choices if ch.first_row <= r <= ch.last_row), "")
    look = f' table:style-name="{cell.style.value}"'
    if check and cell.style in FILLABLE:
        look += f' table:content-validation-name="{check}"'
    value = cell.value
    if value is None:
        return f"<table:table-cell{look}/>"
    if isinstance(value, dt.date):
        return (
            f'<table:table-cell{look} office:value-type="date" office:date-value="{value.isoformat()}">'
            f"<text:p>{words(value) if cell.style is Style.ROW_DATE else f'{value:%d/%m/%Y}'}</text:p></table:table-cell>"
        )
    if isinstance(value, int | Decimal):
        shown = words(value) if cell.style in _FORMAT else str(value)
        return f'<table:table-cell{look} office:value-type="float" office:value="{value}"><text:p>{shown}</text:p></table:table-cell>'
    paragraphs = "".join(f"<text:p>{odf_text(p)}</text:p>" for p in fit_cell(value).split("\n"))
    return f'<table:table-cell{look} office:value-type="string">{paragraphs}</table:table-cell>'

