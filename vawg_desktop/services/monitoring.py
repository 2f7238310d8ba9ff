"""A funder's monitoring form filled from a service's return: which of our columns stands in which of its cells is kept for the next time."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.return_columns import CONTRACT
from vawg_desktop.domain.terms import fold
from vawg_desktop.domain.values import to_words
from vawg_desktop.exchange.cells import plain_text
from vawg_desktop.exchange.form_filling import Given, cell_named, fill
from vawg_desktop.exchange.reading import Book, read_book
from vawg_desktop.services import names, service_values
from vawg_desktop.services.office import office_settings, set_templates
from vawg_desktop.services.session import Session
from vawg_desktop.store.files import write_output

#: What a form may ask besides the return's columns.
FACTS = {"service": "Service", "provider": "Provider", "period": "Period", "contract_reference": "Contract reference"}
#: Everything that a form can be filled with, by key, in words.
FIELDS: dict[str, str] = FACTS | {c.key: c.heading for c in CONTRACT.columns if c.key != "answer"}
_ALSO = {"service": ("project", "project name", "service name", "name of service"), "provider": ("organisation", "organisation name", "grantee"),
         "period": ("reporting period", "quarter"), "contract_reference": ("grant reference", "contract number", "reference")}  # fmt: skip


@dataclass(slots=True)
class FormRead:
    """A form: the book, and for each of our fields the cell that is likely meant (``Sheet!B4``)."""

    book: Book
    mapping: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class Filled:
    """What became of filling a form: the file, and which fields had nothing to put in."""

    file: Path
    empty: list[str]


def read_form(session: Session, path: Path) -> FormRead:
    """Read a form; its cells as chosen the last time, else those beside or under our own words. Raises FileRefusedError."""
    book = read_book(path)
    kept = office_settings(session.read(), "monitoring.").get(_name(path.name))
    mapping: dict[str, str] = json.loads(kept) if kept else _likely(book)
    return FormRead(book, {k: v for k, v in mapping.items() if k in FIELDS})


def _name(file: str) -> str:
    """The setting under which a form's cells are kept: by its file's name, without the ending and any date in it."""
    stem = "".join(c if c.isalpha() else " " for c in Path(file).stem)
    return f"monitoring.{'-'.join(fold(stem).split()) or 'form'}"


def _likely(book: Book) -> dict[str, str]:
    """For each field whose words stand in a cell: the empty cell at its right, else the one under it."""
    words = {fold(w): key for key, label in FIELDS.items() for w in (label, *_ALSO.get(key, ()), *(CONTRACT.by_key[key].called if key in CONTRACT.by_key else ()))}
    found: dict[str, str] = {}
    for sheet in book.sheets:
        for r, row in enumerate(sheet.rows):
            for c, cell in enumerate(row):
                key = words.get(fold(plain_text(cell)).strip(" :?"))
                if key is None or key in found:
                    continue
                right = row[c + 1] if c + 1 < len(row) else None
                below = sheet.rows[r + 1][c] if r + 1 < len(sheet.rows) and c < len(sheet.rows[r + 1]) else None
                if right is None:
                    found[key] = f"{sheet.name}!{sheet.address(r, c + 1)}"
                elif below is None:
                    found[key] = f"{sheet.name}!{sheet.address(r + 1, c)}"
    return found


def _number(kept: int | str) -> Given:
    """A kept number as a form counts with it."""
    try:
        return kept if isinstance(kept, int) else float(kept)
    except ValueError:
        return kept


def _same_period(told: str, stored: str) -> bool:
    """Whether a report's period is the one that numbers are kept for, however it was typed."""
    try:
        return service_values.period_of(told) == stored
    except ValueRefusedError:
        return False


def facts_for(session: Session, service: str, period: str) -> dict[str, Given]:
    """What stands of a service in a period, by field; a field with nothing is left out. Raises NotFoundError, ValueRefusedError."""
    connection = session.read()
    found = names.find(connection, service, "service")
    stored = service_values.period_of(period)
    row = connection.exec_driver_sql(
        "SELECT s.title, p.name, s.contract_reference FROM service s LEFT JOIN partner p ON p.id = s.provider WHERE s.id = ?", (found.id,)
    ).one()
    given: dict[str, Given] = {"service": str(row[0]), "period": period}
    given |= {k: str(v) for k, v in (("provider", row[1]), ("contract_reference", row[2])) if v}
    for (_, measure), value in service_values.standing(connection, [found.id], stored).items():
        if isinstance(value.value, (int, str)) and measure in CONTRACT.by_key:
            given[measure] = _number(value.value)
    for key in CONTRACT.words:
        for told, words in connection.exec_driver_sql(
            f'SELECT period, "{key}" FROM service_report WHERE service = ? AND NOT deleted AND "{key}" > \'\' ORDER BY n', (found.id,)
        ):
            if told and _same_period(str(told), stored):
                given[key] = to_words(CONTRACT.by_key[key].spec, str(words))
    return given


def fill_form(session: Session, form: FormRead, service: str, period: str, mapping: Mapping[str, str], out: Path) -> Filled:
    """Write a filled copy of a form. Raises ValueRefusedError for a cell that the form does not have, FileRefusedError, StoreError."""
    given = facts_for(session, service, period)
    ending = Path(form.book.name).suffix
    if out.suffix.casefold() != ending.casefold():
        raise ValueRefusedError(f"The filled copy has to end in {ending}, as the form does: Excel opens no other.")
    cells: dict[tuple[str, str], Given] = {}
    empty: list[str] = []
    for key, words in mapping.items():
        if not words.strip():
            continue
        at = cell_named(words, form.book)
        if at is None:
            raise ValueRefusedError(f"{FIELDS[key]}: the form has no cell “{words[:40]}”; name it as {form.book.sheets[0].name}!B4.")
        if at in cells:
            raise ValueRefusedError(f"{FIELDS[key]} and another field would both be in {at[0]}!{at[1]}; each needs a cell of its own.")
        if key in given:
            cells[at] = given[key]
        else:
            empty.append(FIELDS[key])
    if not cells:
        raise ValueRefusedError("The form would hold nothing about this service and period: name a cell for at least one field that has a value.")
    write_output(out, fill(form.book, cells))
    return Filled(out, empty)


def keep_mapping(session: Session, form: FormRead, mapping: Mapping[str, str]) -> Changes:
    """Keep which field stands in which cell, for the next time the form is filled."""
    words = json.dumps({k: v.strip() for k, v in mapping.items() if v.strip()}, ensure_ascii=False, sort_keys=True)
    return set_templates(session, {_name(form.book.name): words})


def periods(session: Session, service: str) -> list[str]:
    """The periods of which a service's reports tell, the newest first; ``service`` is its id."""
    rows = session.read().exec_driver_sql("SELECT DISTINCT period, max(n) FROM service_report WHERE service = ? AND NOT deleted AND period > '' GROUP BY period ORDER BY 2 DESC", (service,))
    return [str(r[0]) for r in rows]
