"""The family of stores as a state machine; planted bugs are caught by it."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.merging.machine import Family
from vawg_desktop.domain import merge as pure
from vawg_desktop.domain.errors import StoreError
from vawg_desktop.services import undoing
from vawg_desktop.store import entries as log
from vawg_desktop.store import history, incoming_log, merging
from vawg_desktop.store.transaction import Transaction

#: The long run (``python3 dev.py bench --soak``) is the issue's 500 examples of up to 50 steps.
SOAK = os.environ.get("VAWG_SOAK") == "1"
Family.TestCase.settings = settings(
    max_examples=500 if SOAK else 25,
    stateful_step_count=50 if SOAK else 30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
TestFamily = Family.TestCase


def _caught() -> None:
    """The machine must trip over what it saw, not over the way the bug was planted."""
    with pytest.raises(BaseException) as tripped:
        run_state_machine_as_test(
            Family,
            settings=settings(
                max_examples=150, stateful_step_count=30, deadline=None, phases=[Phase.generate],
                suppress_health_check=list(HealthCheck), database=None, derandomize=True,
            ),
        )  # fmt: skip
    found = tripped.value
    failures = found.exceptions if isinstance(found, BaseExceptionGroup) else (found,)
    assert any(isinstance(f, (AssertionError, StoreError)) for f in failures), failures


def test_a_merge_in_which_the_last_writer_wins_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    real = pure.heads_of
    monkeypatch.setattr(pure, "heads_of", lambda said: real(said)[-1:])
    _caught()


def test_a_merge_that_takes_only_the_other_stores_own_entries_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real = merging.origins_of

    def own_only(connection: object) -> merging.Origins:
        own = {r[0] for r in connection.exec_driver_sql("SELECT id FROM origin WHERE mine = 1")}  # type: ignore[attr-defined]
        return {o: v for o, v in real(connection).items() if o in own}  # type: ignore[arg-type]

    monkeypatch.setattr(merging, "origins_of", own_only)
    monkeypatch.setattr(incoming_log, "origins_of", own_only)
    _caught()


def test_an_undo_that_overwrites_plainly_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def plainly(tx: Transaction, entry: log.Entry) -> None:
        cells = {k: c.before for k, c in entry.fields.items() if k != "reference"} if entry.op != "create" else {"deleted": True}
        tx.edit(entry.tbl, entry.row, cells, checked=False)

    monkeypatch.setattr(undoing, "reverse_entry", plainly)
    _caught()


def test_a_deletion_that_wins_in_silence_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "changed_behind_deletion", lambda *_: [])
    _caught()
