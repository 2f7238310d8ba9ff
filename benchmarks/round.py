"""A whole round in one go: 43 partners of 200 rows exported, answered and merged, with its time and memory."""

from __future__ import annotations

import resource
import tempfile
import time
from pathlib import Path

# Nothing heavy up here: each reader child imports this module again, as it would the program's own empty main.
PARTNERS, ROWS = 43, 200


def main() -> list[str]:
    """Lines for the table's notes."""
    from benchmarks.rows import many_rows
    from vawg_desktop.services import return_acceptance, return_staging, rounds

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        session = many_rows(folder, partners=PARTNERS, rows=ROWS)
        began = time.perf_counter()
        made = rounds.export_returns(session, period="P", due="+4w", out=folder / "out")
        exported = time.perf_counter() - began
        paths = [_answered(Path(s.file)) for s in made.returns]
        before = _peak()
        began = time.perf_counter()
        done = return_staging.import_many(session, paths)
        staged = time.perf_counter() - began
        began = time.perf_counter()
        taken = 0
        for review in done.reviews:
            chosen = [d for d in review.differences if d.kind.value == "incoming" and not d.held]
            return_acceptance.accept(session, review.submission, chosen)
            taken += len(chosen)
        applied = time.perf_counter() - began
        session.store.close()
    return [
        f"**{PARTNERS} partners of {ROWS} rows, in one go:** {len(made.returns)} workbooks exported in {exported:.1f} s with leak check, "
        f"base and keeping; {len(done.reviews)} read and compared in {staged:.1f} s; {taken:,} answers taken in {applied:.1f} s. "
        f"Memory at its highest {_peak():.0f} MiB ({before:.0f} before reading)."
    ]  # fmt: skip


def _answered(path: Path) -> Path:
    from openpyxl import load_workbook

    book = load_workbook(path)
    sheet = book["Actions"]
    at = {str(c.value).replace(" (please fill in)", ""): c.column for c in sheet[1] if c.value}
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, at["Answer"]).value = "Update" if row % 3 else "No change"
        if row % 3:
            sheet.cell(row, at["Progress update"]).value = f"Said about row {row}: work goes on."
            sheet.cell(row, at["% complete"]).value = row % 100
    book.save(path)
    return path


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    print("\n".join(main()))
