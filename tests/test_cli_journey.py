"""The commands of the journey: their JSON, their exits, and what they say on the way to a closing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.test_cli import Run


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    return lambda *words: Run(capsys, *words)


@pytest.fixture
def store(tmp_path: Path, run: Callable[..., Run]) -> Path:
    path = tmp_path / "s.vawg"
    assert run("new", path, "--sample", "--plain").code == 0
    return path


def test_the_map_has_a_cell_for_every_stage_and_column(run: Callable[..., Run], store: Path) -> None:
    for columns in ("need", "crime_type", "group", "area"):
        done = run("journey", str(store), "--columns", columns, "--json")
        document = json.loads(done.out)
        assert done.code == 0 and set(document) == {"rows", "columns", "cells"}
        assert len(document["cells"]) == len(document["rows"]) * len(document["columns"])
        for cell in document["cells"]:
            assert {"row", "column", "state", "gaps", "severity", "provision", "owners"} <= set(cell)
            assert (cell["state"] == "gap") is bool(cell["gaps"])


def test_questions_chain_and_coverage_give_their_keys(run: Callable[..., Run], store: Path) -> None:
    answers = json.loads(run("questions", str(store), "--json").out)
    assert {"gaps_without_action", "recommendations_without_gap", "actions_without_recommendation", "claims_without_evidence", "evidence_unused",
            "closed_without_outcome", "funding_ending", "cells_without_owner"} <= set(answers)  # fmt: skip
    assert all(len(place) == 2 for place in answers["cells_without_owner"])
    found = json.loads(run("chain", str(store), "recommendation 3", "--json").out)
    references = {n["reference"] for n in found["nodes"]}
    assert "R-0003" in references and found["missing"]
    assert all({e["from"], e["to"]} <= references for e in found["edges"])
    strands = json.loads(run("coverage", str(store), "Victims' Code 2020", "--json").out)
    assert [set(s) >= {"strand", "full", "part", "overlap"} for s in strands] == [True] * 12
    assert run("coverage", str(store), "No such framework").code == 1
    assert run("chain", str(store), "R-9999").code == 1


def test_close_says_what_is_missing_and_exits_1_until_nothing_is(run: Callable[..., Run], store: Path) -> None:
    done = run("close", str(store), "G-0001", "--why", "Agreed", "--json")
    document = json.loads(done.out)
    assert done.code == 1 and document["closed"] is False and all(set(m) == {"test", "message"} for m in document["missing"])
    assert run("set", str(store), "G-0001", "status=closed", "--why", "x").code == 1
    assert run("add", str(store), "evidence", "title=Log", "--why", "x").code == 0
    assert run("set", str(store), "G-0001", "evidence=E-0001", "closure_route=delivered", "outcome_statement=It works", "--why", "x").code == 0
    for kind in ("action_evidenced", "measure_moved", "victims_heard", "recheck"):
        assert run("add", str(store), "closure_test", "about=G-0001", f"kind={kind}", "result=Seen", "recheck=2027-06-01", "--why", "x").code == 0
    done = run("close", str(store), "G-0001", "--why", "Agreed", "--second", "Bea Two", "--json")
    assert (done.code, json.loads(done.out)["closed"], json.loads(done.out)["missing"]) == (0, True, [])
    assert run("close", str(store), "A-0001", "--why", "x").code == 1


@pytest.mark.parametrize("ending", ["xlsx", "ods", "docx", "odt", "pdf"])
def test_the_map_is_a_report_in_every_format(run: Callable[..., Run], store: Path, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"map.{ending}"
    assert run("report", str(store), "journey-map", "--out", str(path)).code == 0
    assert path.stat().st_size > 4_000
    assert run("report", str(store), "foi", "--out", str(path)).code == 1
