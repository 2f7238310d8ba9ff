"""Nothing fails unseen: an error that was not expected stands in the log file, without a word of the store."""

from __future__ import annotations

import sys
from pathlib import Path
from unittest.mock import patch

import pytest

from vawg_desktop import cli, log_file
from vawg_desktop.ui.messages import messages


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VAWG_HOME", str(tmp_path))
    return tmp_path


def failing() -> None:
    try:
        raise ValueError("A name that stands in the store")
    except ValueError as error:
        raise RuntimeError("and another one") from error


def test_an_unexpected_error_is_written_down_by_kind_and_place_alone(home: Path) -> None:
    try:
        failing()
    except RuntimeError as error:
        log_file.note(error)
    said = (home / log_file.NAME).read_text("utf-8")
    assert "builtins.RuntimeError" in said and "builtins.ValueError" in said and "test_log_file.py" in said and "failing" in said
    assert "name that stands" not in said and "another one" not in said


def test_the_log_is_turned_over_and_follows_the_folder(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with patch.object(log_file, "_MOST", 2_000):
        log_file._open()
        for _ in range(60):
            log_file.note(OSError("full"))
    assert 1 < len(list(home.glob(f"{log_file.NAME}*"))) <= 4
    monkeypatch.setenv("VAWG_HOME", str(tmp_path / "moved"))
    log_file.note(OSError("elsewhere"))
    assert (tmp_path / "moved" / log_file.NAME).exists()


def test_the_window_without_a_console_loses_no_error(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with patch.object(messages, "_strip", None):
        messages.failed(KeyError("a word"))
    assert "builtins.KeyError" in (home / log_file.NAME).read_text("utf-8")


def test_a_command_that_fails_unexpectedly_is_written_down(home: Path) -> None:
    with patch.object(cli, "_run", side_effect=ZeroDivisionError("a word")), pytest.raises(ZeroDivisionError):
        cli.main(["check", "x.vawg"])
    said = (home / log_file.NAME).read_text("utf-8")
    assert "builtins.ZeroDivisionError" in said and "a word" not in said


def test_a_log_that_cannot_be_written_is_no_second_failure(home: Path) -> None:
    (home / log_file.NAME).mkdir()
    log_file.note(OSError("full"))
    assert (home / log_file.NAME).is_dir() and list((home / log_file.NAME).iterdir()) == []
