"""Run every row of DESIGN 8 and write benchmarks/latest.md: ``python dev.py bench [--sizes inquiry,region]``."""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

# Nothing heavy up here: each reader child imports this module again, as it would the program's own empty main.
HERE = Path(__file__).parent
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main() -> int:
    """Measure and write the table."""
    from benchmarks import rows
    from benchmarks.stores import store_of

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="inquiry,region", help="of inquiry, region, national")
    parser.add_argument(
        "--keep", default=str(HERE.parent / "out" / "bench"), help="where made stores are kept"
    )
    parser.add_argument("--server", action="store_true", help="the store's rows on PostgreSQL too")
    parser.add_argument("--only-server", action="store_true", help="those alone, added to the table")
    parser.add_argument(
        "--soak", action="store_true", help="the long runs: 500 examples of the family, 500 kills"
    )
    arguments = parser.parse_args()
    if arguments.soak:
        return soak()
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
    latest = HERE / "latest.md"
    if arguments.only_server:
        lines = latest.read_text("utf-8").split("\n\n## ")[0].splitlines()
        lines = [one for one in lines if not one.startswith("| PostgreSQL:")]
    else:
        for measure in rows.MEASURES:
            for row in measure(stores):
                lines.append(row.line())
                print(row.line(), flush=True)
    if arguments.server or arguments.only_server:
        from benchmarks import server

        for row in server.measure(stores):
            lines.append(row.line())
            print(row.line(), flush=True)
    note = HERE / "notes.md"
    lines += ["", note.read_text("utf-8").strip()] if note.exists() else []
    (HERE / "latest.md").write_text("\n".join(lines) + "\n", "utf-8")
    return 0


def soak() -> int:
    """The store under the long run: what the tests do a part of each time."""
    tests = ("tests/merging/test_family.py", "tests/merging/test_postgres.py", "tests/store/test_harm.py")
    words = [
        "-m",
        "pytest",
        "-q",
        *(str(HERE.parent / t) for t in tests),
        "-k",
        "family or Family or harm or kill or torn or disk",
    ]
    return subprocess.run(
        [sys.executable, *words], env={**os.environ, "VAWG_SOAK": "1"}, cwd=HERE.parent, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
