"""Run every row of DESIGN 8 and write benchmarks/latest.md: ``python dev.py bench [--sizes inquiry,region]``."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import rows
from benchmarks.stores import store_of

HERE = Path(__file__).parent
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main() -> int:
    """Measure and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="inquiry,region", help="of inquiry, region, national")
    parser.add_argument(
        "--keep", default=str(HERE.parent / "out" / "bench"), help="where made stores are kept"
    )
    arguments = parser.parse_args()
    sizes = [s for s in arguments.sizes.split(",") if s]
    keep = Path(arguments.keep)
    keep.mkdir(parents=True, exist_ok=True)
    stores = {size: store_of(size, keep) for size in sizes}
    lines = [
        "# Speed, measured side by side in one run", "",
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()}, Python {platform.python_version()}, stores encrypted; "
        f"sizes: {', '.join(sizes)}. Medians, interleaved; times are of this machine, trust the ratios.", "",
        "| what | against | ours | theirs | ratio | at most | kept |", "|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    for measure in rows.MEASURES:
        for row in measure(stores):
            lines.append(row.line())
            print(row.line(), flush=True)
    note = HERE / "notes.md"
    lines += ["", note.read_text("utf-8").strip()] if note.exists() else []
    (HERE / "latest.md").write_text("\n".join(lines) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
