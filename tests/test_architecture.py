"""The house's import rules, and what the project says of itself."""

from __future__ import annotations

import re
import subprocess
import sys
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
    from vawg_desktop.commands import COMMANDS

    told = build_parser().format_help()
    for name in (*COMMANDS, *LATER):
        assert name in told
