"""A planned workbook as .xlsx, by XlsxWriter; every text by ``write_string``, so it stays a text."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import xlsxwriter

from vawg_desktop.exchange.plan import INK, BookPlan, Choice, PlanCell, SheetPlan, Style, fit_cell

_DATE = "[$-809]dd/mm/yyyy"
#: In words, as documents write dates: 30 September 2026.
_DATE_IN_WORDS = "[$-809]d mmmm yyyy"
_LINED = {"border": 1, "border_color": "#C8CED6"}
_FONT = {"font_name": "Arial", "font_size": 11, "valign": "top"}
_INK = f"#{INK}"
_FORMATS: dict[Style, dict[str, Any]] = {
    Style.TITLE: {"bold": True, "valign": "vcenter", "font_size": 18, "font_color": _INK},
    Style.LONG_TITLE: {"bold": True, "text_wrap": True, "valign": "vcenter", "font_size": 18, "font_color": _INK},
    Style.HEADING: {"bold": True, "font_size": 14, "font_color": _INK},
    Style.TEXT: {"text_wrap": True},
    Style.LINE: {},
    Style.LABEL: {"bold": True, "text_wrap": True},
    Style.LOCKED: {"text_wrap": True, "bg_color": "#F2F4F7", "border": 1, "border_color": "#C8CED6"},
    Style.LOCKED_DATE: {
        "text_wrap": True, "bg_color": "#F2F4F7", "border": 1, "border_color": "#C8CED6", "num_format": _DATE,
        "align": "left",
    },
    Style.HEADER: {"bold": True, "text_wrap": True, "bg_color": _INK, "font_color": "#FFFFFF", "border": 1},
    Style.HEADER_FILL: {"bold": True, "text_wrap": True, "bg_color": "#7A4A00", "font_color": "#FFFFFF", "border": 1},
    # words stay words: "£5,000", "12-Oct" and "-waiting" come back as they were typed
    Style.FILL: {
        "text_wrap": True, "locked": False, "bg_color": "#FFFBEA", "border": 1, "border_color": "#A67C00", "num_format": "@",
    },
    Style.FILL_DATE: {
        "locked": False, "bg_color": "#FFFBEA", "border": 1, "border_color": "#A67C00", "num_format": _DATE,
        "align": "left",
    },
    Style.FILL_WHOLE: {
        "locked": False, "bg_color": "#FFFBEA", "border": 1, "border_color": "#A67C00", "num_format": "0", "align": "left",
    },
    Style.FREE: {"text_wrap": True, "locked": False, "border": 1, "border_color": "#C8CED6", "num_format": "@"},
    Style.FREE_DATE: {"locked": False, "border": 1, "border_color": "#C8CED6", "num_format": _DATE, "align": "left"},
    Style.FREE_WHOLE: {"locked": False, "border": 1, "border_color": "#C8CED6", "num_format": "0", "align": "left"},
    Style.ROW: {"text_wrap": True, **_LINED},
    Style.ROW_DATE: {"num_format": _DATE_IN_WORDS, "align": "left", **_LINED},
    Style.ROW_NUMBER: {"num_format": "#,##0", "align": "right", **_LINED},
    Style.ROW_TENTHS: {"num_format": "#,##0.0", "align": "right", **_LINED},
    Style.ROW_HUNDREDTHS: {"num_format": "#,##0.00", "align": "right", **_LINED},
}  # fmt: skip


def write_xlsx(plan: BookPlan) -> bytes:
    """The workbook's bytes."""
    out = io.BytesIO()
    book: Any = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    formats = {style: book.add_format({**_FONT, **{k: f"#{plan.colour}" if v == _INK else v for k, v in look.items()}}) for style, look in _FORMATS.items()}
    book.set_properties(
        {"title": plan.title, "author": "", "company": "", "comments": plan.marking, "keywords": plan.marking}
    )
    for name, value in plan.properties.items():
        book.set_custom_property(name, value)
    for name, value in plan.constants.items():
        book.define_name(name, f'="{value}"')
    shown = 0
    for sheet in plan.sheets:
        worksheet = book.add_worksheet(sheet.name)
        _write_sheet(book, worksheet, sheet, formats, plan.marking)
        if not sheet.hidden and not shown:
            worksheet.activate()
            shown = 1
    book.close()
    return out.getvalue()


def _write_sheet(
    book: Any, worksheet: Any, sheet: SheetPlan, formats: dict[Style, Any], marking: str
) -> None:
    for number, width in enumerate(sheet.widths):
        hidden = {"hidden": True} if number in sheet.hidden_columns else {}
        worksheet.set_column(number, number, width, None, hidden)
    for r, (row, height) in enumerate(zip(sheet.rows, sheet.heights(), strict=True)):
        worksheet.set_row(r, height)
        for c, cell in enumerate(row):
            if cell is not None:
                _write_cell(worksheet, r, c, cell, formats[cell.style])
    if sheet.table is not None:
        _add_table(worksheet, sheet, formats)
    if sheet.picture is not None:
        _add_picture(worksheet, sheet)
    for choice in sheet.choices:
        _add_choice(worksheet, choice)
    if not sheet.grid:
        worksheet.hide_gridlines(2)
    if sheet.frozen != (0, 0):
        worksheet.freeze_panes(*sheet.frozen)
    if sheet.hidden:
        worksheet.very_hidden()
    _set_pages(worksheet, sheet, marking)
    worksheet.set_selection(*sheet.select, *sheet.select)
    if sheet.protected:
        worksheet.protect("", {
            "autofilter": True, "format_columns": True, "format_rows": True,
            "select_locked_cells": True, "select_unlocked_cells": True,
        })  # fmt: skip


def _set_pages(worksheet: Any, sheet: SheetPlan, marking: str) -> None:
    """A4, as wide as it can still be read, headings and names repeated, the marking at the foot."""
    worksheet.set_paper(9)
    if sheet.landscape:
        worksheet.set_landscape()
    worksheet.fit_to_pages(sheet.pages_wide, sheet.pages_high)
    if not sheet.printed:  # a sheet has no mark for that: an empty cell beyond its table is all that is printed of it
        worksheet.print_area(len(sheet.rows) + 1, len(sheet.widths) + 1, len(sheet.rows) + 1, len(sheet.widths) + 1)
    if sheet.pages_wide > 1:
        worksheet.repeat_columns(0, 1)
    worksheet.set_footer(f"&L{marking}&CPage &P of &N&R{sheet.name}")
    if sheet.table is not None:
        worksheet.repeat_rows(sheet.table[0])


def _write_cell(worksheet: Any, row: int, column: int, cell: PlanCell, look: Any) -> None:
    value = cell.value
    if isinstance(value, str):
        worksheet.write_string(row, column, fit_cell(value), look)
    elif value is None:
        worksheet.write_blank(row, column, None, look)
    elif isinstance(value, dt.date):
        worksheet.write_datetime(row, column, dt.datetime(value.year, value.month, value.day), look)  # noqa: DTZ001
    else:
        worksheet.write_number(row, column, value, look)


def _add_picture(worksheet: Any, sheet: SheetPlan) -> None:
    """At the right end of the last column, where no words stand."""
    one, last = sheet.picture, len(sheet.widths) - 1
    assert one is not None
    room = int(sheet.widths[last] * 7 + 5) - one.width - 4
    worksheet.insert_image(
        0, last, "logo.png", {"image_data": io.BytesIO(one.data), "x_offset": max(room, 0), "y_offset": 2, "object_position": 3,
                              "x_scale": 1, "y_scale": 1, "description": one.words},
    )  # fmt: skip


def _add_table(worksheet: Any, sheet: SheetPlan, formats: dict[Style, Any]) -> None:
    assert sheet.table is not None
    top, bottom, right = sheet.table
    heads = [c for c in sheet.rows[top] if c is not None]
    columns = [{"header": str(c.value), "header_format": formats[c.style]} for c in heads]
    worksheet.add_table(top, 0, max(bottom, top + 1), right, {
        "name": sheet.table_name, "columns": columns, "style": None, "title": sheet.name,
        "description": sheet.about, "autofilter": True,
    })  # fmt: skip


def _add_choice(worksheet: Any, choice: Choice) -> None:
    if choice.last_row < choice.first_row:
        return
    options: dict[str, Any] = {
        "input_title": choice.title[:32], "input_message": choice.message[:255], "ignore_blank": True,
        "error_title": "Please check", "error_type": "warning",
    }  # fmt: skip
    if choice.kind == "list":
        options |= {
            "validate": "list",
            "source": "=" + choice.source,
            "error_message": "Please choose from the list.",
        }
    elif choice.kind == "date":
        options |= {"validate": "date", "criteria": ">=", "value": dt.datetime(2000, 1, 1),  # noqa: DTZ001
                    "error_message": "Please give a date such as 30/09/2026."}  # fmt: skip
    elif choice.kind == "whole":
        options |= {"validate": "integer", "criteria": "between", "minimum": choice.low, "maximum": choice.high,
                    "error_message": f"Please give a whole number from {choice.low} to {choice.high}."}  # fmt: skip
    else:
        options |= {"validate": "any"}
    worksheet.data_validation(choice.first_row, choice.column, choice.last_row, choice.column, options)
