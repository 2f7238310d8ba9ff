"""Returns nobody thought of: random edits, sorts, deletions, doublings, re-saves and office edits, against an oracle.

The oracle knows what was sent, what stands and what was typed, and says from this what each cell must hold after the
safe answers were taken. No cell may hold anything else, and every word typed must be somewhere. ``VAWG_SOAK=1`` runs the
thousand of the issue.
"""

from __future__ import annotations

import io
import os
import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.conftest import program
from tests.merging.machine import read_here
from vawg_desktop.exchange import reading
from vawg_desktop.services import return_staging, returns, rounds
from vawg_desktop.services.records import Assignment, assign
from vawg_desktop.services.session import Session
from vawg_desktop.store import making
from vawg_desktop.store.check import check

TURNS = 1000 if os.environ.get("VAWG_SOAK") else 70
ROWS = 10
OWN = ("status", "percent", "blockers", "rating_partner")
HEADS = {
    "status": "Status", "percent": "% complete", "blockers": "Blockers", "rating_partner": "Rating",
    "narrative": "Progress update", "next_step": "Next step",
}  # fmt: skip
STATUS = [
    ("Complete", "complete"),
    ("in progress", "in_progress"),
    ("Not started", "not_started"),
    ("Compleet", None),
]
RATING = [("Red", "red"), ("green", "green"), ("Amber", "amber"), ("purple", None)]


@dataclass
class Turn:
    """What one return said: per action and field, what was typed and what it is as stored (None: a question)."""

    typed: dict[tuple[str, str], tuple[object, object]] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)
    #: Whether cells were moved among rows, and how.
    moved: bool = False
    how: str = ""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    session = Session(
        making.create(tmp_path_factory.mktemp("gen") / "s.vawg", passphrase=None), "B. Officer"
    )
    with session.store.write("setup", "start") as tx:
        partner = tx.create("partner", {"name": "Kent Police", "kind": "police"})
        for i in range(ROWS):
            tx.create("action", {"title": f"Deliver thing number {i}", "accountable": partner, "status": "in_progress",
                                 "percent": 10 * i, "due": f"2027-{i + 1:02d}-15", "blockers": f"Reason {i}"})  # fmt: skip
    yield session
    session.store.close()


def _now(session: Session) -> dict[tuple[str, str], object]:
    rows = session.read().exec_driver_sql(f"SELECT reference, {', '.join(OWN)} FROM action").mappings()
    return {(str(r["reference"]), key): r[key] for r in rows for key in OWN}


def _value(chance: random.Random, key: str, word: str) -> tuple[object, object]:
    if key == "status":
        return chance.choice(STATUS)
    if key == "rating_partner":
        return chance.choice(RATING)
    if key == "percent":
        number = chance.randrange(2, 100)
        return chance.choice(
            [(number, number), (f"{number}%", number), (number / 100, number), ("lots", None)]
        )
    words = chance.choice([word, f"{word}\nsecond line", f"={word}", f"None, {word}", f"{word} “ünïcode”"])
    return words, words


def _fill(chance: random.Random, content: bytes, turn: Turn, number: int) -> Any:
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Actions"]
    at = {str(c.value).replace(" (please fill in)", ""): c.column for c in sheet[1] if c.value}
    moves = chance.random() < 0.4
    for row in range(2, sheet.max_row + 1):
        reference = str(sheet.cell(row, 1).value).rpartition("-")[0]
        for key, head in HEADS.items():
            # an answer typed anew and then moved is like any other on the row where it lies: nobody can tell
            if chance.random() < (0.0 if moves and key in OWN else 0.25):
                raw, value = _value(chance, key, f"w{number}x{row}x{key}")
                cell = sheet.cell(row, at[head])
                cell.value = raw  # type: ignore[assignment]
                if isinstance(raw, str):
                    cell.data_type = "s"
                    if key not in ("status", "rating_partner", "percent") or value is None:
                        turn.texts.add(raw)
                turn.typed[reference, key] = (raw, value)
    if not moves:
        _shuffle(chance, sheet, at, turn, number)
    if moves:
        _move_cells(chance, sheet, at, turn)
    turn.texts -= {str(raw) for (reference, _), (raw, _v) in turn.typed.items() if reference in turn.gone}
    return book


def _shuffle(chance: random.Random, sheet: Any, at: dict[str, int], turn: Turn, number: int) -> None:
    """Rows taken out, doubled with other words, and put in another order."""
    rows = [[(c.value, c.data_type) for c in sheet[r]] for r in range(2, sheet.max_row + 1)]
    for row in list(rows):
        reference = str(row[0][0]).rpartition("-")[0]
        if chance.random() < 0.06:
            rows.remove(row)
            turn.gone.add(reference)
        elif chance.random() < 0.06:
            twin = list(row)
            twin[at["Progress update"] - 1] = (f"twin {number} {reference}", "s")
            rows.append(twin)
            turn.doubled.add(reference)
            turn.texts.add(f"twin {number} {reference}")
    if chance.random() < 0.5:
        chance.shuffle(rows)
    sheet.delete_rows(2, sheet.max_row)
    for r, row in enumerate(rows, 2):
        for c, (value, kind) in enumerate(row, 1):
            cell = sheet.cell(r, c)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = kind


def _move_cells(chance: random.Random, sheet: Any, at: dict[str, int], turn: Turn) -> None:
    """Part of the answers sorted, shifted or exchanged apart from their rows, as Excel does it with the sheet unprotected."""
    own = [at[HEADS[k]] for k in OWN]
    first, last = 2, sheet.max_row
    how = chance.choice(["column", "block", "up", "down", "two", "part"])
    columns = [chance.choice(own)] if how in ("column", "up", "down", "part", "two") else sorted(chance.sample(own, 2))
    if how == "block":
        columns = list(range(columns[0], columns[1] + 1))
    if how == "part":
        first = chance.randrange(2, last - 2)
    rows = list(range(first, last + 1))
    held = [[sheet.cell(r, c).value for c in columns] for r in rows]
    if how in ("column", "block", "part"):
        moved = sorted(held, key=lambda v: (v[0] is None, isinstance(v[0], str), str(v[0]).casefold() if isinstance(v[0], str) else v[0] or 0))
        moved = moved[::-1] if chance.random() < 0.3 and all(v[0] is not None for v in held) else moved
    elif how == "two":
        a, b = chance.sample(range(len(held)), 2)
        moved = list(held)
        moved[a], moved[b] = held[b], held[a]
    else:
        gone = chance.randrange(len(held))
        blank: list[list[object]] = [[None] * len(columns)]
        moved = held[:gone] + (held[gone + 1 :] + blank if how == "up" else blank + held[gone:-1])
    if how == "down":  # the last cell is pushed out under the table
        moved, rows = [*moved, held[-1]], [*rows, last + 1]
    for r, values in zip(rows, moved, strict=True):
        for c, value in zip(columns, values, strict=True):
            cell = sheet.cell(r, c)
            cell.value = value
            if isinstance(value, str):
                cell.data_type = "s"
    turn.moved = moved != held
    turn.how = how


def _office_edits(chance: random.Random, session: Session, number: int) -> None:
    names = [r[0] for r in session.read().exec_driver_sql("SELECT reference FROM action ORDER BY n")]
    for name in chance.sample(names, chance.randrange(0, 4)):
        key = chance.choice(("percent", "blockers", "status"))
        said = {
            "percent": str(chance.randrange(100)),
            "blockers": f"office {number}",
            "status": "in_progress",
        }[key]
        assign(session, name, [Assignment(key, said)], "meanwhile")


def _saved_again(chance: random.Random, path: Path, folder: Path) -> Path:
    """Through another program once in a while: processes are slow."""
    if chance.random() > (0.08 if TURNS > 100 else 0.15) or (found := program("ssconvert")) is None:
        return path
    to = folder / f"again.{chance.choice(['xlsx', 'xls', 'ods'])}"
    to.unlink(missing_ok=True)
    subprocess.run([found, path, to], check=True, capture_output=True, timeout=60)
    return to


def test_no_cell_is_wrong_and_no_word_is_lost(
    office: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "ask_child", read_here)
    asked = unmoved = 0
    seed = int(os.environ.get("VAWG_SEED", "2026"))
    for number in range(TURNS):
        chance = random.Random(seed * 10_000 + number)
        made = rounds.export_returns(office, period=f"P{number}", due="2027-01-10", out=tmp_path / "out")
        sent = Path(made.returns[0].file)
        base, turn = _now(office), Turn()
        book = _fill(chance, sent.read_bytes(), turn, number)
        path = tmp_path / "back.xlsx"
        book.save(path)
        path = _saved_again(chance, path, tmp_path)
        _office_edits(chance, office, number)
        before = _now(office)
        review = return_staging.import_return(office, path, apply="safe")
        _judge(office, turn, base, before, review, f"seed {seed}, turn {number}")
        asked += not turn.moved and any(d.held not in ("", "at_odds", "crossed") for d in review.differences)
        unmoved += not turn.moved
        sent.unlink()
    assert asked <= 0.25 * unmoved, f"{asked} of {unmoved} honest returns wait for a person"
    assert check(office.store).problems == []


def _judge(
    office: Session, turn: Turn, base: dict[tuple[str, str], object], before: dict[tuple[str, str], object],
    review: returns.Review, where: str,
) -> None:  # fmt: skip
    after = _now(office)
    held = {(d.record, d.field) for d in review.differences if d.held}
    for cell, stood in before.items():
        wanted = stood
        reference, _ = cell
        if cell in turn.typed and reference not in turn.gone | turn.doubled:
            _raw, value = turn.typed[cell]
            if value is not None and value != base[cell] and stood == base[cell]:
                wanted = value
        may = {wanted, stood} if turn.moved or cell in held else {wanted}
        assert after[cell] in may, (where, turn.how, cell, turn.typed.get(cell), base[cell], stood, after[cell])
    if turn.moved:
        return  # what was moved lies in a row that it was not typed for; the words are looked for where nothing moved
    run = office.read().exec_driver_sql
    told = run("SELECT content FROM submission WHERE id = ?", (review.submission,)).one()[0]
    updates = run('SELECT narrative, next_step FROM "update" WHERE submission = ?', (review.submission,)).fetchall()
    kept = {str(x) for row in updates for x in row if x} | {str(v) for v in after.values()}
    import json

    everything = json.dumps(json.loads(told), ensure_ascii=False)
    for text in turn.texts:
        inside = json.dumps(text, ensure_ascii=False)[1:-1]
        assert text in kept or inside in everything, (where, text)
    for reference, key in turn.typed:
        if key in ("narrative", "next_step") and reference not in turn.gone | turn.doubled and (reference, key) not in held:
            assert str(turn.typed[reference, key][1]) in kept, (where, reference, key)
