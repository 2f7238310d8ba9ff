"""A sample of small faults put into the program one at a time, to see whether the tests notice: a score for each floor.

``python3 dev.py mutate [--seed 7] [--number 40] [--floor domain]``. Each fault is made in a copy of the checkout, never in it. A fault
that no test notices is printed with its place and line: either a case is missing, or the line means nothing.

The suite runs once with ``test_lines.py``, which writes down which test runs which line; ``--lines FOLDER`` keeps that for the next sample.
Each fault is then tried by the tests that run its line, the quickest first; one that runs only while modules are loaded, by its floor's own.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

import coverage

ROOT = Path(__file__).resolve().parents[1]
#: The tests of each floor that try a line which runs while modules are loaded.
FLOORS: dict[str, tuple[str, ...]] = {
    "domain": ("tests/domain", "tests/declared"),
    "analysis": ("tests/analysis",),
    "store": ("tests/store", "tests/merging"),
    "exchange": ("tests/exchange", "tests/services"),
    "services": ("tests/declared", "tests/services"),
    "ui": ("tests/ui",),
}
#: So many tests are tried alone, before the others on two processes.
_FIRST = 12
#: Tests that together take this long are tried, in seconds: those of the fault's own floor before others, and the quickest first.
_ENOUGH = 240.0
#: Seconds after which tests that do not end have noticed the fault: it made an endless loop.
_PATIENCE = 900


@dataclass(frozen=True)
class Fault:
    """One change of one node: its file, its first and last line, whether it runs while the module is loaded, what it does, and the file's text with it."""

    path: Path
    line: int
    last: int
    loads: bool
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
    if isinstance(node, ast.If) and not (isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"):
        yield "the condition is turned round", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))  # type: ignore[attr-defined]
    if isinstance(node, ast.Return) and node.value is not None and not isinstance(node.value, ast.Constant):
        yield "nothing is returned", lambda n: setattr(n, "value", ast.Constant(None))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield "the call is left out", lambda n: setattr(n, "value", ast.Constant(None))
    if isinstance(node, ast.Continue):
        yield "the loop ends", lambda n: None


def _lines(node: ast.AST) -> tuple[int, int]:
    """The first and last line of a node; of a condition with what follows from it, those of the condition."""
    first, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    return (first, getattr(node.test, "end_lineno", first)) if isinstance(node, ast.If) else (first, last)


def _inside(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Iterator[ast.AST]:
    """The nodes that run when a function is called."""
    for part in function.body if isinstance(function.body, list) else [function.body]:
        yield from ast.walk(part)


def faults_of(path: Path) -> Iterator[Callable[[], Fault]]:
    """Every fault that can be made in a file; each is made when called."""
    source = path.read_text("utf-8")
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    called = {id(n) for f in nodes if isinstance(f, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) for n in _inside(f)}
    for place, node in enumerate(nodes):
        for number, (what, _) in enumerate(_changes(node)):

            def make(place: int = place, number: int = number, what: str = what) -> Fault:
                twin = copy.deepcopy(tree)
                bad = list(ast.walk(twin))[place]
                list(_changes(bad))[number][1](bad)
                if isinstance(bad, ast.Continue):
                    raise LookupError("not made")
                ast.fix_missing_locations(twin)
                return Fault(path, *_lines(nodes[place]), id(nodes[place]) not in called, what, ast.unparse(twin))

            if not isinstance(node, ast.Continue):
                yield make


class Tests:
    """Which tests run a line of the program, the quickest first."""

    def __init__(self, data: coverage.CoverageData, seconds: dict[str, float], root: Path) -> None:
        self._data, self._seconds, self._root = data, seconds, root

    def of(self, fault: Fault, floor: str) -> list[str] | None:
        """The tests that run the fault's lines; None where they run while modules are loaded."""
        by_line = self._data.contexts_by_lineno(str(self._root / fault.path.relative_to(ROOT)))
        found = {test for line in range(fault.line, fault.last + 1) for test in by_line.get(line, ())}
        if fault.loads or found == {""}:
            return None
        named = [test for test in found if test and "\n" not in test]
        named.sort(key=lambda test: (not test.startswith(FLOORS[floor]), self._seconds.get(test, 0.0), test))
        spent = accumulate(max(0.01, self._seconds.get(test, 0.0)) for test in named)
        return [test for test, seconds in zip(named, spent, strict=True) if seconds <= _ENOUGH] or named[:1]


_TOOK = re.compile(r"^([0-9.]+)s call +(tests/.*?)\s*$", re.MULTILINE)


def _lines_of_tests(copy_of: Path, keep: Path) -> Tests:
    """The map of lines to tests, made by running the whole suite unless ``keep`` holds one. Raises RuntimeError where a test fails."""
    told = keep / "tests.txt"
    if not told.exists():
        keep.mkdir(parents=True, exist_ok=True)
        env = {**_environment(), "VAWG_TEST_LINES": str(keep / "lines"), "PYTHONPATH": str(copy_of / ".ci")}
        words = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "test_lines", "-p", "no:cacheprovider", "--durations=0", "tests"]
        done = subprocess.run(words, cwd=copy_of, env=env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"The tests fail without any fault:\n{done.stdout[-3000:]}")
        told.write_text(f"{copy_of}\n{done.stdout}", "utf-8")
    root, _, words_ = told.read_text("utf-8").partition("\n")
    data = coverage.CoverageData(str(keep / "all"))
    for one in sorted(keep.glob("lines.*")):
        part = coverage.CoverageData(str(one))
        part.read()
        data.update(part)
    return Tests(data, {test: float(took) for took, test in _TOOK.findall(words_)}, Path(root))


def _environment() -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": "1"}


def _fails(copy_of: Path, tests: Sequence[str], *options: str) -> str:
    """The first of the tests that fails, "time" where they do not end, or an empty text."""
    listed = copy_of / "tests-of-the-fault.txt"
    listed.write_text("\n".join(tests), "utf-8")
    words = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", *options, f"@{listed}"]
    try:
        done = subprocess.run(words, cwd=copy_of, env=_environment(), capture_output=True, text=True, timeout=_PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return "time"
    if done.returncode == 4:  # a test whose name has marks that a command line does not carry: its whole file then
        files = list(dict.fromkeys(test.partition("::")[0] for test in tests))
        return _fails(copy_of, files, *options) if files != list(tests) else ""
    if done.returncode in (0, 5):
        return ""
    return next((line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))), f"the tests ended with {done.returncode}")


def _noticed(copy_of: Path, floor: str, tests: Sequence[str] | None) -> str:
    """Which test notices the fault; empty where none does. What runs in a process of its own, such as the reader's, no map shows."""
    if tests and (failed := _fails(copy_of, tests[:_FIRST]) or (_fails(copy_of, tests[_FIRST:], "-n", "2") if tests[_FIRST:] else "")):
        return failed
    if not tests or floor == "exchange":
        return _fails(copy_of, FLOORS[floor], "-n", "2")
    return ""


def main(words: list[str]) -> int:
    """Make the sample and print the scores."""
    parser = argparse.ArgumentParser(prog="dev.py mutate", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=40, help="faults in all, spread over the floors by their lines")
    parser.add_argument("--floor", choices=tuple(FLOORS), action="append")
    parser.add_argument("--lines", type=Path, help="a folder that keeps which test runs which line")
    arguments = parser.parse_args(words)
    chance = random.Random(arguments.seed)
    floors = arguments.floor or list(FLOORS)
    pool = [(floor, make) for floor in floors for path in sorted((ROOT / "vawg_desktop" / floor).rglob("*.py")) for make in faults_of(path)]
    score: dict[str, list[bool]] = {floor: [] for floor in floors}
    with tempfile.TemporaryDirectory(prefix="vawg-mutate-") as folder:
        twin = Path(folder) / "checkout"
        shutil.copytree(ROOT, twin, ignore=shutil.ignore_patterns(".git", ".venv", "out", "__pycache__", ".*_cache", ".hypothesis"))
        try:
            tests = _lines_of_tests(twin, arguments.lines or Path(folder) / "lines")
        except RuntimeError as error:
            print(error)
            return 1
        for floor, make in chance.sample(pool, min(arguments.number, len(pool))):
            fault = make()
            bad = twin / fault.path.relative_to(ROOT)
            whole = bad.read_text("utf-8")
            bad.write_text(fault.text, "utf-8")
            running = tests.of(fault, floor)
            noticed = _noticed(twin, floor, running)
            bad.write_text(whole, "utf-8")
            score[floor].append(bool(noticed))
            line = whole.splitlines()[fault.line - 1].strip() if fault.line else ""
            told = "noticed" if noticed else "MISSED"
            print(f"{told:8}{fault.path.relative_to(ROOT)}:{fault.line}: {fault.what}   {line[:90]}   {noticed[:80]}", flush=True)
    for floor, noticed_ones in score.items():
        if noticed_ones:
            print(f"{floor}: {sum(noticed_ones)} of {len(noticed_ones)} noticed ({100 * sum(noticed_ones) // len(noticed_ones)} %)")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
