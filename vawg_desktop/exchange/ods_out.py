"""A planned workbook as .ods: streamed XML after OpenDocument 1.3 (government's open standard)."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from vawg_desktop.exchange.plan import FILLABLE, BookPlan, Choice, PlanCell, SheetPlan, Style
from vawg_desktop.exchange.reading import address

_NS = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"' for k, v in {
    "office": "office", "table": "table", "text": "text", "style": "style", "meta": "meta", "number": "datastyle",
    "fo": "xsl-fo-compatible",
}.items()) + ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.3"'  # fmt: skip
_LOOKS: dict[Style, tuple[str, str]] = {
    Style.TITLE: ("", 'fo:font-size="18pt" fo:font-weight="bold" fo:color="#1D3557"'),
    Style.HEADING: ("", 'fo:font-size="14pt" fo:font-weight="bold" fo:color="#1D3557"'),
    Style.TEXT: ('fo:wrap-option="wrap"', ""),
    Style.LABEL: ('fo:wrap-option="wrap"', 'fo:font-weight="bold"'),
    Style.LOCKED: ('fo:wrap-option="wrap" fo:background-color="#F2F4F7" fo:border="0.5pt solid #C8CED6"', ""),
    Style.LOCKED_DATE: ('fo:wrap-option="wrap" fo:background-color="#F2F4F7" fo:border="0.5pt solid #C8CED6"', ""),
    Style.HEADER: ('fo:wrap-option="wrap" fo:background-color="#1D3557"', 'fo:font-weight="bold" fo:color="#FFFFFF"'),
    Style.HEADER_FILL: ('fo:wrap-option="wrap" fo:background-color="#7A4A00"', 'fo:font-weight="bold" fo:color="#FFFFFF"'),
    Style.FILL: ('fo:wrap-option="wrap" fo:background-color="#FFFBEA" fo:border="0.5pt solid #A67C00" style:cell-protect="none"', ""),
    Style.FILL_DATE: ('fo:background-color="#FFFBEA" fo:border="0.5pt solid #A67C00" style:cell-protect="none"', ""),
    Style.FILL_WHOLE: ('fo:background-color="#FFFBEA" fo:border="0.5pt solid #A67C00" style:cell-protect="none"', ""),
}  # fmt: skip
_DATED = frozenset({Style.LOCKED_DATE, Style.FILL_DATE})


def write_ods(plan: BookPlan) -> bytes:
    """The workbook's bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        mime = "application/vnd.oasis.opendocument.spreadsheet"
        archive.writestr(zipfile.ZipInfo("mimetype"), mime, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", _manifest(mime))
        archive.writestr("meta.xml", _meta(plan))
        archive.writestr(
            "styles.xml", f'<?xml version="1.0" encoding="UTF-8"?><office:document-styles {_NS}/>'
        )
        archive.writestr("content.xml", "".join(_content(plan)))
    return out.getvalue()


def _manifest(mime: str) -> str:
    ns = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3"'
    parts = [("/", mime), *((p, "text/xml") for p in ("content.xml", "styles.xml", "meta.xml"))]
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


def _content(plan: BookPlan) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NS}>'
    yield "<office:automatic-styles>"
    yield (
        '<number:date-style style:name="UKDATE"><number:day number:style="long"/><number:text>/</number:text>'
        '<number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/></number:date-style>'
    )
    for style, (cell, text) in _LOOKS.items():
        data = ' style:data-style-name="UKDATE"' if style in _DATED else ""
        font = f'<style:text-properties style:font-name="Arial" fo:font-family="Arial" {text}/>'
        yield (
            f'<style:style style:name="{style.value}" style:family="table-cell"{data}>'
            f'<style:table-cell-properties style:vertical-align="top" {cell}/>{font}</style:style>'
        )
    yield '<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/></style:style>'
    yield '<style:style style:name="shown" style:family="table"><style:table-properties table:display="true"/></style:style>'
    for s, sheet in enumerate(plan.sheets):
        for c, width in enumerate(sheet.widths):
            size = f'<style:table-column-properties style:column-width="{width * 0.19:.2f}cm"/>'
            yield f'<style:style style:name="c{s}_{c}" style:family="table-column">{size}</style:style>'
    yield "</office:automatic-styles><office:body><office:spreadsheet>"
    yield from _validations(plan)
    for s, sheet in enumerate(plan.sheets):
        yield from _sheet(s, sheet)
    if plan.constants:
        names = "".join(
            f"<table:named-expression table:name={quoteattr(k)} table:expression={quoteattr(_constant(v))}/>"
            for k, v in plan.constants.items()
        )
        yield f"<table:named-expressions>{names}</table:named-expressions>"
    yield "</office:spreadsheet></office:body></office:document-content>"


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


def _sheet(s: int, sheet: SheetPlan) -> Iterator[str]:
    style = "hidden" if sheet.hidden else "shown"
    protected = ' table:protected="true"' if sheet.protected else ""
    yield f'<table:table table:name={quoteattr(sheet.name)} table:style-name="{style}"{protected}>'
    if sheet.about:
        yield f"<table:title>{escape(sheet.name)}</table:title><table:desc>{escape(sheet.about)}</table:desc>"
    for c in range(len(sheet.widths)):
        hide = ' table:visibility="collapse"' if c in sheet.hidden_columns else ""
        yield f'<table:table-column table:style-name="c{s}_{c}"{hide}/>'
    by_column: dict[int, list[tuple[int, Choice]]] = {}
    for i, choice in enumerate(sheet.choices):
        by_column.setdefault(choice.column, []).append((i, choice))
    header = sheet.table[0] if sheet.table else -1
    for r, row in enumerate(sheet.rows):
        cells = "".join(_cell(s, r, c, cell, by_column.get(c, [])) for c, cell in enumerate(row))
        made = f"<table:table-row>{cells or '<table:table-cell/>'}</table:table-row>"
        yield f"<table:table-header-rows>{made}</table:table-header-rows>" if r == header else made
    yield "</table:table>"


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
            f"<text:p>{value:%d/%m/%Y}</text:p></table:table-cell>"
        )
    if isinstance(value, int):
        return f'<table:table-cell{look} office:value-type="float" office:value="{value}"><text:p>{value}</text:p></table:table-cell>'
    paragraphs = "".join(f"<text:p>{_text(p)}</text:p>" for p in value.split("\n"))
    return f'<table:table-cell{look} office:value-type="string">{paragraphs}</table:table-cell>'


def _text(text: str) -> str:
    """Escaped text; runs of spaces kept by ``text:s``, as OpenDocument collapses them."""
    out = escape(text).replace("\t", "<text:tab/>")
    while "  " in out:
        out = out.replace("  ", " <text:s/>", 1)
    return out
