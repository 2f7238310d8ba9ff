"""The house's import rules, and what the project says of itself."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_import_rules_hold() -> None:
    from importlinter.cli import lint_imports

    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    assert lint_imports is not None
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_main_imports_nothing_at_module_level() -> None:
    top = [
        line
        for line in (ROOT / "main.py").read_text("utf-8").splitlines()
        if re.match(r"(import|from)\s", line)
    ]
    assert top == []


def test_locks_have_hashes_and_no_addresses() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text("utf-8")
        assert "http" not in text and "index-url" not in text
        pins = re.findall(r"^[a-z0-9_.\-\[\]]+==", text, re.MULTILINE)
        assert len(pins) > 10
        assert text.count("--hash=sha256:") >= len(pins)


def test_a_command_of_a_later_version_is_named() -> None:
    from vawg_desktop.cli import LATER, build_parser
    from vawg_desktop.commands.registry import load_commands

    told = build_parser().format_help()
    for name in (*load_commands(), *LATER):
        assert name in told


def test_nothing_above_the_store_writes_a_said_table() -> None:
    """Services, pages and files write through the door; only the store's own ``local`` table is theirs."""
    writes = re.compile(
        r"\b(INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+(?:\\?\"|')?(\w+)", re.IGNORECASE
    )
    found: list[str] = []
    for folder in ("services", "ui", "exchange", "domain"):
        for path in sorted((ROOT / "vawg_desktop" / folder).rglob("*.py")):
            for text in _texts(path):
                for match in writes.finditer(text):
                    if match[1].isupper() and match[2] not in ("local", "SET"):
                        found.append(f"{path.relative_to(ROOT)}: {match[0]}")
    assert found == []


def _texts(path: Path) -> Iterator[str]:
    """Every text that a file writes down, the places of an f-string filled with ``x``."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(p.value) if isinstance(p, ast.Constant) else "x" for p in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_only_the_clock_reads_the_time() -> None:
    """Beside it no test could set the day, and a window left open overnight would hold two days at once."""
    names = re.compile(
        r"\bdate\.today\(|\bdatetime\.(now|today|utcnow)\(|\btime\.(time|localtime|gmtime|ctime)\(|currentDate(Time)?\(|current_date\b|\bnow\(\)"
        r"|date\('now'|CURRENT_TIMESTAMP",
    )
    found: list[str] = []
    for path in sorted([*(ROOT / "vawg_desktop").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]):
        if path.name in ("clock.py", "test_clock.py", "test_architecture.py"):
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if names.search(line.replace("clock.now()", "")):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    assert found == []


def test_the_pages_for_approval_say_what_the_program_does() -> None:
    """Every package that is given out stands there with its version and a licence, and the numbers are the program's own."""
    from vawg_desktop.store.keys import MIN_PASSPHRASE

    folder = ROOT / "resources" / "approval"
    pages = {p.name[0]: p.read_text("utf-8") for p in sorted(folder.glob("*.md"))}
    assert sorted(pages) == ["1", "2", "3", "4"]
    pins = re.findall(r"^([A-Za-z0-9_.\-]+)(?:\[[^\]]*\])?==([^ ;\\\n]+)", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)
    assert len(pins) > 30
    for name, version in pins:
        assert re.search(rf"^\| {re.escape(name)} \| {re.escape(version)} \| [^|?]+ \|$", pages["3"], re.MULTILINE), name
    assert f"At least {MIN_PASSPHRASE} characters" in pages["2"]
    assert "10 recent, 14 daily and 12 monthly" in pages["1"]


#: Where engineers are told how the house is built: one page, and what is worth knowing of each floor.
_TOLD_IN = (ROOT / "ARCHITECTURE.md", *(ROOT / "vawg_desktop" / floor / "__init__.py" for floor in ("store", "exchange", "services", "ui")))


def test_the_page_on_architecture_is_one_page() -> None:
    assert len(_TOLD_IN[0].read_text("utf-8").splitlines()) <= 100


def test_the_page_on_architecture_names_modules_that_are_there() -> None:
    modules = {p.relative_to(ROOT).as_posix() for top in ("vawg_desktop", "tests", ".ci") for p in (ROOT / top).rglob("*.*")}
    modules |= {p.name for p in ROOT.iterdir()}
    named = re.findall(r"`([\w./]+\.(?:py|sql|spec|toml|cmd))`", "".join(p.read_text("utf-8") for p in _TOLD_IN))
    modules |= {p.relative_to(ROOT).as_posix() for p in (ROOT / "resources").rglob("*.sql")}
    assert len(named) > 60
    assert [n for n in named if not any(m == n or m.endswith("/" + n) for m in modules)] == []
