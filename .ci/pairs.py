"""Modules whose every line and branch is run by the tests that belong to them: ``python3 dev.py pairs``.

A line that no test can reach says so itself (``# pragma: no cover`` with a reason). The pairs are those where a mistake costs words or
figures: the domain, what single cells of a return say, what makes a tracker's row known again, and the rules of the merge.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Modules (files or folders of the package) and the tests that run all of them.
PAIRS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("domain", "analysis"), ("tests/domain", "tests/analysis", "tests/declared")),
    (
        ("services/return_answers.py", "services/return_rows.py"),
        tuple(f"tests/services/test_{name}.py" for name in (
            "return_answers", "return_rows", "returns", "return_siblings", "second_files", "damaged_ways", "telephone", "ways_home", "generated_returns",
            "long_and_made_words", "officers_finds",
        )),
    ),
    (
        ("services/tracker_match.py", "services/tracker_lineage.py"),
        tuple(f"tests/services/test_tracker{name}.py" for name in ("s", "_identity", "_siblings", "_match")),
    ),
    (
        ("store/merging.py", "store/merge_disposed.py", "store/merge_numbers.py", "store/merge_findings.py", "store/restating.py", "store/forks.py",
         "store/gaps.py", "store/incoming_log.py"),
        ("tests/merging", "tests/store"),
    ),
)


def measured(modules: tuple[str, ...], tests: tuple[str, ...], folder: Path) -> dict[str, list[str]]:
    """What of each module the tests leave out, by file: lines, and branches as "from → to". Raises RuntimeError where a test fails."""
    data, told = folder / "data", folder / "told.json"
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "COVERAGE_FILE": str(data), "PYTHONDONTWRITEBYTECODE": "1"}
    include = ",".join(str(ROOT / "vawg_desktop" / (m if m.endswith(".py") else f"{m}/*")) for m in modules)
    run = [sys.executable, "-m", "coverage", "run", "--rcfile=", "--branch", f"--include={include}", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run([*run, "-p", "no:xdist", *tests], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stdout[-3000:])
    subprocess.run([sys.executable, "-m", "coverage", "json", "--rcfile=", "-q", "-o", str(told)], cwd=ROOT, env=env, check=True)
    files = json.loads(told.read_text("utf-8"))["files"]
    found: dict[str, list[str]] = {}
    for name, file in sorted(files.items()):
        left = [str(line) for line in file["missing_lines"]]
        lines = {int(line) for line in left}
        left += [f"{a} → {b if b > 0 else 'the end'}" for a, b in file["missing_branches"] if a not in lines and b not in lines]
        found[name] = left
    return found


def main(words: list[str]) -> int:
    """Print what the pairs leave out; 1 where they leave anything out."""
    failed = 0
    for modules, tests in PAIRS:
        if words and not any(word in module for word in words for module in modules):
            continue
        with tempfile.TemporaryDirectory(prefix="vawg-pairs-") as folder:
            try:
                left = measured(modules, tests, Path(folder))
            except RuntimeError as error:
                print(error)
                return 1
        for name, what in left.items():
            print(f"{name}: {'every line and branch' if not what else ', '.join(what)}", flush=True)
            failed += bool(what)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
