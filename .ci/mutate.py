"""A sample of small faults put into the program one at a time, to see whether the tests notice: a score for each floor.

``python3 dev.py mutate [--seed 7] [--number 40] [--floor domain]``. Each fault is made in a copy of the checkout, never in it. A fault
that no test notices is printed with its place and line: either a case is missing, or the line means nothing.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: The tests of each floor, the quickest first: a fault that one of them notices needs no further.
FLOORS: dict[str, tuple[str, ...]] = {
    "domain": ("tests/domain", "tests/declared", "tests/exchange", "tests/services", "tests/store"),
    "analysis": ("tests/analysis", "tests/services"),
    "store": ("tests/store", "tests/merging", "tests/services"),
    "exchange": ("tests/exchange", "tests/services"),
    "services": ("tests/services", "tests/declared", "tests/test_cli.py", "tests/ui"),
    "ui": ("tests/ui",),
}
#: How much longer than without a fault the tests may take before a fault counts as noticed (it may have made an endless loop).
_PATIENCE = 4.0


@dataclass(frozen=True)
class Fault:
    """One change of one node: its file, line, what it does, and the file's text with it."""

    path: Path
    line: int
    what: str
    text: str


_OTHER = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv,
}  # fmt: skip


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST], None]]]:
    """What can be put wrong at a node: in words, and how."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _OTHER:
        new = _OTHER[type(node.ops[0])]
        yield f"{type(node.ops[0]).__name__} becomes {new.__name__}", lambda n: n.ops.__setitem__(0, new())  # type: ignore[attr-defined]
    if isinstance(node, (ast.BoolOp, ast.BinOp)) and type(node.op) in _OTHER:
        other = _OTHER[type(node.op)]
        yield f"{type(node.op).__name__} becomes {other.__name__}", lambda n: setattr(n, "op", other())
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"{node.value} becomes {not node.value}", lambda n: setattr(n, "value", not n.value)  # type: ignore[attr-defined]
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield f"{node.value} becomes {node.value + 1}", lambda n: setattr(n, "value", n.value + 1)  # type: ignore[attr-defined]
    if isinstance(node, ast.If):
        yield "the condition is turned round", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))  # type: ignore[attr-defined]
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield "nothing is returned", lambda n: setattr(n, "value", ast.Constant(None))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "the call is left out", lambda n: setattr(n, "value", ast.Constant(None))
    if isinstance(node, ast.Continue):
        yield "the loop ends", lambda n: None


def faults_of(path: Path) -> Iterator[Callable[[], Fault]]:
    """Every fault that can be made in a file; each is made when called."""
    source = path.read_text("utf-8")
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    for place, node in enumerate(nodes):
        for number, (what, _) in enumerate(_changes(node)):

            def make(place: int = place, number: int = number, what: str = what) -> Fault:
                twin = copy.deepcopy(tree)
                bad = list(ast.walk(twin))[place]
                list(_changes(bad))[number][1](bad)
                if isinstance(bad, ast.Continue):
                    raise LookupError("not made")
                ast.fix_missing_locations(twin)
                return Fault(path, getattr(bad, "lineno", 0), what, ast.unparse(twin))

            if not isinstance(node, ast.Continue):
                yield make


def _tests(copy_of: Path, floor: str, limit: float) -> str:
    """The first of a floor's tests that fails, "time" where they do not end, or an empty text."""
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": "1"}
    for tests in FLOORS[floor]:
        words = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "2", "-p", "no:cacheprovider", tests]
        try:
            done = subprocess.run(words, cwd=copy_of, env=env, capture_output=True, text=True, timeout=limit, check=False)
        except subprocess.TimeoutExpired:
            return "time"
        if done.returncode not in (0, 5):
            return next((line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))), tests)
    return ""


def main(words: list[str]) -> int:
    """Make the sample and print the scores."""
    parser = argparse.ArgumentParser(prog="dev.py mutate", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=40, help="faults in all, spread over the floors by their lines")
    parser.add_argument("--floor", choices=tuple(FLOORS), action="append")
    arguments = parser.parse_args(words)
    chance = random.Random(arguments.seed)
    floors = arguments.floor or list(FLOORS)
    pool = [(floor, make) for floor in floors for path in sorted((ROOT / "vawg_desktop" / floor).rglob("*.py")) for make in faults_of(path)]
    score: dict[str, list[bool]] = {floor: [] for floor in floors}
    with tempfile.TemporaryDirectory(prefix="vawg-mutate-") as folder:
        twin = Path(folder) / "checkout"
        shutil.copytree(ROOT, twin, ignore=shutil.ignore_patterns(".git", ".venv", "out", "__pycache__", ".*_cache", ".hypothesis"))
        usual: dict[str, float] = {}
        for floor, make in chance.sample(pool, min(arguments.number, len(pool))):
            if floor not in usual:
                began = time.monotonic()
                if failed := _tests(twin, floor, 3600):
                    print(f"the tests of {floor} fail without any fault: {failed}", flush=True)
                    return 1
                usual[floor] = time.monotonic() - began
            fault = make()
            bad = twin / fault.path.relative_to(ROOT)
            whole = bad.read_text("utf-8")
            bad.write_text(fault.text, "utf-8")
            noticed = _tests(twin, floor, max(60.0, usual[floor] * _PATIENCE))
            bad.write_text(whole, "utf-8")
            score[floor].append(bool(noticed))
            line = whole.splitlines()[fault.line - 1].strip() if fault.line else ""
            told = "noticed " if noticed else "MISSED  "
            print(f"{told}{fault.path.relative_to(ROOT)}:{fault.line}: {fault.what}   {line[:90]}   {noticed[:80]}", flush=True)
    for floor, noticed_ones in score.items():
        if noticed_ones:
            print(f"{floor}: {sum(noticed_ones)} of {len(noticed_ones)} noticed ({100 * sum(noticed_ones) // len(noticed_ones)} %)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
