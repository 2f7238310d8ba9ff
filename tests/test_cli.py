"""The commands as a contract: one JSON document out, 0, 1 or 2, one plain sentence on stderr."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vawg_desktop.cli import LATER, build_parser, main


@pytest.fixture(scope="module", autouse=True)
def _one_application(qapp: object) -> None:
    """Commands that draw take the application that is there: the one of all tests, with fonts of our own."""



class Run:
    """One command and what it said."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *words: str | Path) -> None:
        self.code = main([str(w) for w in words])
        self.out, self.err = capsys.readouterr()

    def json(self) -> object:
        assert self.code in (0, 1), self.err
        return json.loads(self.out)


@pytest.fixture
def store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "s.vawg"
    assert Run(capsys, "new", path, "--sample", "--plain").code == 0
    return path


def test_add_makes_one_record_with_its_links_in_one_transaction(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = Run(
        capsys, "add", store, "gap", "statement=No counselling in Thanet before June", "severity=3 Serious", "Crime types=stalking; coercive control",
        "recommendations=R-0003;r4", "owner=Kent Police", "--why", "raised at the roundtable", "--json",
    ).json()  # fmt: skip
    assert isinstance(made, dict) and set(made) == {"reference", "id"} and made["reference"].startswith("G-")
    shown = Run(capsys, "show", store, made["reference"], "--json").json()
    assert isinstance(shown, dict) and shown["id"] == made["id"] and shown["fields"]["status"] == "identified" and shown["fields"]["severity"] is not None
    assert len(shown["fields"]["recommendations"]) == 2 and shown["fields"]["crime_types"] == ["stalking", "coercive control"]
    history = Run(capsys, "history", store, made["reference"], "--json").json()
    assert isinstance(history, list) and {h["why"] for h in history} == {"raised at the roundtable"}
    assert Run(capsys, "undo", store).code == 0
    shown = Run(capsys, "show", store, made["reference"], "--json").json()
    assert isinstance(shown, dict) and shown["deleted"]
    words = Run(capsys, "add", store, "evidence", "title=Minutes of the roundtable", "--why", "handed over")
    assert words.code == 0 and words.out.startswith("Added E-0") and "Minutes of the roundtable" in words.out
    told = Run(capsys, "add", store, "update", "action=A-0001", "narrative=Training has begun", "--why", "told by telephone", "--json").json()
    shown = Run(capsys, "show", store, told["reference"], "--json").json()  # type: ignore[index]
    assert shown["fields"]["status"] == "complete"  # type: ignore[index] - as its action then stood


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["gap", "area=Thanet"], "Gap"), (["gap", "statement=x", "severity=enormous"], "enormous"), (["gap", "statement=x", "nope=1"], "nope"),
        (["gap", "statement=x", "statement=y"], "once"), (["gap", "statement=x", "recommendations+=R-0003"], "once"),
        (["gap", "statement=x", "recommendations=R-9999"], "R-9999"), (["gap", "statement"], "FIELD=VALUE"), (["thing", "title=x"], "thing"),
        (["return", "partner=Kent Police"], "written by the program"), (["recommendation", "title=x", "status=closed"], "evidence"),
    ],
)  # fmt: skip
def test_add_refuses_in_a_sentence_and_makes_nothing(store: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str) -> None:
    before = Run(capsys, "check", store, "--json").json()
    done = Run(capsys, "add", store, *words, "--why", "x")
    assert done.code == 1 and done.out == "" and told in done.err and len(done.err.strip().splitlines()) == 1, done.err
    after = Run(capsys, "check", store, "--json").json()
    assert before == after
    assert Run(capsys, "add", store, "gap", "statement=x", "--why", "  ").code == 1


def test_list_show_history_changed_check(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = Run(capsys, "list", store, "action", "--where", "status=complete", "--json").json()
    assert isinstance(rows, list) and len(rows) == 6
    assert {"reference", "title", "status", "contributors", "due"} <= rows[0].keys()
    assert rows[0]["due"] is None and rows[0]["done_before_publication"] is True
    shown = Run(capsys, "show", store, "R03", "--json").json()
    assert isinstance(shown, dict)
    assert {"reference", "entity", "fields", "links"} <= shown.keys()
    assert shown["fields"]["pillar"] == "victims_journey"
    told = Run(capsys, "history", store, "R-0003", "--json").json()
    assert (
        isinstance(told, list)
        and {"at", "who", "why", "record", "field", "before", "after"} <= told[0].keys()
    )
    assert isinstance(Run(capsys, "changed", store, "--since", "1/1/2020", "--json").json(), list)
    report = Run(capsys, "check", store, "--json").json()
    assert isinstance(report, dict)
    assert (
        report["ok"] is True and report["problems"] == [] and report["entries"] > 300 and report["heads"] > 0
    )


@pytest.mark.parametrize("where", ["overdue=yes", "no_date=yes", "claimed=no", "pillar=Victim's Journey", "accountable=OPCC", "contributors=Medway", "rating_opcc=not rated", "done_before_publication=yes", "due=", "basis=published"])  # fmt: skip
def test_every_kind_of_where(store: Path, capsys: pytest.CaptureFixture[str], where: str) -> None:
    rows = Run(capsys, "list", store, "action", "--where", where, "--json").json()
    assert isinstance(rows, list)
    assert len(rows) < 22 or where in ("rating_opcc=not rated", "due=")


def test_set_undo_and_sets(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        Run(
            capsys,
            "set",
            store,
            "A-0006",
            "status=In progress",
            "contributors+=KCC;HMCTS",
            "revised_due=9/5/27",
            "--why",
            "told",
        ).code
        == 0
    )
    fields = Run(capsys, "show", store, "A-0006", "--json").json()["fields"]  # type: ignore[index]
    assert (fields["status"], fields["revised_due"], fields["revised_reason"]) == (
        "in_progress",
        "2027-05-09",
        "told",
    )
    assert len(fields["contributors"]) == 2
    Run(capsys, "set", store, "A-0006", "contributors-=KCC", "--why", "x")
    assert len(Run(capsys, "show", store, "A-0006", "--json").json()["fields"]["contributors"]) == 1  # type: ignore[index]
    Run(capsys, "undo", store)
    Run(capsys, "undo", store)
    Run(capsys, "undo", store)
    assert len(Run(capsys, "show", store, "A-0006", "--json").json()["fields"]["contributors"]) == 2  # type: ignore[index]
    assert Run(capsys, "check", store).code == 0


def test_as_at(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    past = Run(capsys, "show", store, "A-0006", "--as-at", "2020-01-01", "--json")
    assert (past.code, past.out) == (1, "")
    assert (
        Run(capsys, "show", store, "A-0006", "--as-at", "31/12/2090", "--json").json()["fields"]["status"]
        == "proposed"
    )  # type: ignore[index]


@pytest.mark.parametrize(
    "words",
    [
        ["show", "STORE", "R-0099"], ["show", "missing.vawg", "R-0001"], ["list", "STORE", "unicorn"],
        ["list", "STORE", "action", "--where", "colour=red"], ["list", "STORE", "action", "--where", "status=purple"],
        ["set", "STORE", "A-0006", "due=31/04/2024", "--why", "x"], ["set", "STORE", "A-0006", "nope=1", "--why", "x"],
        ["set", "STORE", "A-0006", "status", "--why", "x"], ["set", "STORE", "A-0006", "accountable=Nobody Known", "--why", "x"],
        ["set", "STORE", "R-0001", "status=closed", "--why", "x"], ["set", "STORE", "A-0006", "status+=complete", "--why", "x"],
        ["import-return", "STORE", "missing.xlsx"], ["import-tracker", "STORE", "."], ["reverse-return", "STORE", "RT-0001"],
        ["export-returns", "STORE", "--period", "P", "--due", "soon", "--out", "x"], ["new", "STORE", "--plain"],
        ["new", "nowhere/at/all.vawg", "--plain"], ["changed", "STORE", "--since", "whenever"], ["list", "postgresql://host/db", "action"],
        *[[name, "STORE"] for name in LATER],
    ],
)  # fmt: skip
def test_what_cannot_be_met_is_one_sentence(
    store: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    done = Run(capsys, *[store if w == "STORE" else w for w in words])
    assert done.code == 1
    assert done.out == ""
    assert done.err.count("\n") == 1 and done.err.strip().endswith((".", "?"))
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["show"],
        ["set", "s", "r", "--why"],
        ["new", "x", "--sample", "--demo"],
        ["export-returns", "s"],
    ],
)
def test_wrong_use_is_two(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    assert Run(capsys, *words).code == 2


def test_returns_contract(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = Run(
        capsys,
        "export-returns",
        store,
        "--period",
        "2026/27 Q2",
        "--due",
        "+4w",
        "--out",
        tmp_path / "o",
        "--json",
    ).json()
    assert isinstance(made, dict)
    assert {"round", "returns", "skipped"} <= made.keys()
    first = made["returns"][0]
    assert {"partner", "reference", "version", "file", "rows"} <= first.keys()
    back = Run(capsys, "import-return", store, first["file"], "--apply", "all", "--json").json()
    assert isinstance(back, dict)
    keys = {
        "return",
        "partner",
        "file_sha256",
        "rows",
        "changes",
        "problems",
        "tray",
        "not_returned",
        "new_rows",
        "applied",
    }
    assert keys <= back.keys()
    assert back["changes"] == [] and back["applied"] == 0
    reversed_ = Run(capsys, "reverse-return", store, first["reference"], "--json").json()
    assert reversed_ == {"restored": 0, "kept_later_edits": []}


def test_passphrase_by_file_and_environment(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    word, wrong = tmp_path / "word", tmp_path / "wrong"
    word.write_text("correct horse battery\n")
    wrong.write_text("incorrect horse\n")
    path = tmp_path / "s.vawg"
    assert Run(capsys, "new", path, "--sample", "--passphrase-file", word).code == 0
    assert Run(capsys, "list", path, "gap", "--passphrase-file", word).code == 0
    refused = Run(capsys, "list", path, "gap", "--passphrase-file", wrong)
    assert (refused.code, "does not open" in refused.err) == (1, True)
    assert Run(capsys, "list", path, "gap").code == 1
    monkeypatch.setenv("VAWG_PASSPHRASE", "correct horse battery")
    assert Run(capsys, "list", path, "gap").code == 0


def test_long_odd_and_right_to_left_text(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for text in ("x" * 100_000, "نص من اليمين إلى اليسار", "👩‍👩‍👧 emoji", "a\u202eb", "tab\tand\nline"):
        assert Run(capsys, "set", store, "A-0006", f"note={text}", "--why", "x").code == 0
        assert Run(capsys, "show", store, "A-0006", "--json").json()["fields"]["note"] == text  # type: ignore[index]
    assert Run(capsys, "set", store, "A-0006", "note=a\x07b", "--why", "x").code == 0
    assert Run(capsys, "show", store, "A-0006", "--json").json()["fields"]["note"] == "ab"  # type: ignore[index]
    assert Run(capsys, "check", store).code == 0


@pytest.fixture
def unwelcome() -> Iterator[Path]:
    """A folder in which we may read and not write; root, who may everything, becomes nobody meanwhile."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


@contextmanager
def as_nobody() -> Iterator[None]:
    """What root does here is done with nobody's rights (file permissions hold for everybody else anyway)."""
    if os.name != "posix" or os.geteuid() != 0:
        yield
        return
    os.setegid(65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.mark.skipif(os.name != "posix", reason="permissions are set another way on Windows")
@pytest.mark.parametrize(
    "words",
    [
        ("new", "{folder}/n.vawg", "--plain"),
        ("set", "{folder}/s.vawg", "R-0001", "note=x", "--why", "w"),
        ("export-returns", "{store}", "--period", "Q1", "--due", "+4w", "--out", "{folder}/out"),
        ("tour", "--out", "{folder}/tour", "--store", "{store}"),
        ("undo", "{folder}/s.vawg"),
        ("list", "{folder}/locked.vawg", "action"),
    ],
    ids=["new", "set", "export", "tour", "undo", "unreadable"],
)
def test_a_folder_without_permission_gets_a_sentence_and_loses_nothing(
    unwelcome: Path, store: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    there = unwelcome / "s.vawg"
    shutil.copyfile(store, there)
    locked = unwelcome / "locked.vawg"
    shutil.copyfile(store, locked)
    locked.chmod(0)
    open_to_all = Path(tempfile.mkdtemp())
    mine = open_to_all / "mine.vawg"
    shutil.copyfile(store, mine)
    said = [w.format(folder=unwelcome, store=mine) for w in words]
    Run(capsys, *(w.replace(str(unwelcome), str(open_to_all)) for w in said))  # imports done while we may
    for path in (open_to_all, *open_to_all.rglob("*")):
        path.chmod(0o777)
    unwelcome.chmod(0o555)
    before = there.read_bytes()
    with as_nobody():
        run = Run(capsys, *said)
    shutil.rmtree(open_to_all)
    assert run.code == 1, run.out
    assert run.out == "" and run.err.strip().count("\n") == 0 and run.err.strip().endswith(".")
    assert "Traceback" not in run.err and "Errno" not in run.err
    assert there.read_bytes() == before
    assert {p.name for p in unwelcome.iterdir()} == {"s.vawg", "locked.vawg"}


def test_copy_merge_conflicts_settle(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    laptop = store.with_name("laptop.vawg")
    assert Run(capsys, "copy", store, laptop).code == 0
    assert Run(capsys, "copy", store, laptop).code == 1
    Run(capsys, "set", laptop, "A-0001", "status=in_progress", "--why", "said in the room")
    Run(capsys, "set", laptop, "A-0002", "percent=50", "--why", "said in the room")
    Run(capsys, "set", store, "A-0001", "status=stopped", "--why", "by e-mail")
    seen = Run(capsys, "merge", store, laptop, "--dry-run", "--json").json()
    assert isinstance(seen, dict) and seen["copied"] == 2 and len(seen["conflicts"]) == 1
    assert Run(capsys, "conflicts", store, "--json").json() == []
    done = Run(capsys, "merge", store, laptop, "--json").json()
    assert isinstance(done, dict)
    assert (done["copied"], done["rule_failures"]) == (2, [])
    found = Run(capsys, "conflicts", store, "--json").json()
    assert isinstance(found, list) and found == done["conflicts"]
    assert {"id", "record", "field", "heads"} <= found[0].keys()
    assert (found[0]["record"], found[0]["field"]) == ("A-0001", "status")
    assert {h["value"]: h["why"] for h in found[0]["heads"]} == {
        "in_progress": "said in the room",
        "stopped": "by e-mail",
    }
    assert all({"value", "who", "at", "why"} <= h.keys() for h in found[0]["heads"])
    refused = Run(capsys, "set", store, "A-0001", "status=complete", "--why", "w")
    assert refused.code == 1 and found[0]["id"] in refused.err
    shown = Run(capsys, "show", store, "A-0001", "--json").json()
    assert isinstance(shown, dict) and shown["conflicted"] is True
    assert Run(capsys, "list", store, "action").out.count("[two values to choose between]") == 1
    assert "two values" in Run(capsys, "show", store, "A-0001").out
    bad = Run(capsys, "settle", store, found[0]["id"], "--value", "nearly", "--why", "w")
    assert bad.code == 1 and bad.out == ""
    assert (
        Run(capsys, "settle", store, found[0]["id"], "--value", "In progress", "--why", "confirmed").code == 0
    )
    assert Run(capsys, "conflicts", store, "--json").json() == []
    assert Run(capsys, "settle", store, found[0]["id"], "--value", "stopped", "--why", "w").code == 1
    assert Run(capsys, "merge", store, laptop, "--json").json()["copied"] == 0  # type: ignore[index]
    assert Run(capsys, "check", store).code == 0
    nothing = Run(capsys, "merge", store, store.with_name("none.vawg"))
    assert nothing.code == 1 and "no store" in nothing.err


def test_merge_takes_the_other_stores_passphrase(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = {}
    for name in "ab":
        words[name] = tmp_path / f"{name}.txt"
        words[name].write_text(f"correct horse {name}\n")
        assert Run(capsys, "new", tmp_path / f"{name}.vawg", "--passphrase-file", words[name]).code == 0
    a, b = tmp_path / "a.vawg", tmp_path / "b.vawg"
    wrong = Run(capsys, "merge", a, b, "--passphrase-file", words["a"])
    assert wrong.code == 1 and "passphrase" in wrong.err
    done = Run(
        capsys,
        "merge",
        a,
        b,
        "--passphrase-file",
        words["a"],
        "--other-passphrase-file",
        words["b"],
        "--json",
    )
    assert done.json() == {"copied": 0, "conflicts": [], "rule_failures": [], "renumbered": [], "files": 0, "copied_by_hand": []}


def test_a_store_that_does_not_open_is_checked_too(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = bytearray(store.read_bytes())
    data[4096:8192] = bytes(4096)
    data[100:110] = bytes(10)
    store.write_bytes(bytes(data))
    found = Run(capsys, "check", store, "--json")
    assert found.code == 1 and [p["code"] for p in found.json()["problems"]] == ["file_damaged"]  # type: ignore[index]


def test_a_store_is_not_merged_with_itself_and_damage_is_one_sentence(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    same = Run(capsys, "merge", store, store)
    assert same.code == 1 and "this very store" in same.err
    data = bytearray(store.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 9000] = bytes(9000)
    store.write_bytes(bytes(data))
    found = Run(capsys, "check", store, "--json")
    assert found.code == 1
    problems = found.json()["problems"]  # type: ignore[index]
    assert (
        len([p for p in problems if p["code"] == "file_damaged"]) == 1 and "rescue" in problems[0]["message"]
    )
    refused = Run(capsys, "copy", store, store.with_name("copy.vawg"))
    assert refused.code == 1 and "rescue" in refused.err and refused.err.count("\n") == 1
    assert not store.with_name("copy.vawg").exists()


@pytest.mark.parametrize(
    ("option", "given", "said"),
    [
        ("--scale", "20000", "Pages are drawn at 50 to 400 per cent"), ("--scale", "9", "Pages are drawn at 50 to 400 per cent"),
        ("--scale", "nan", "Pages are drawn at 50 to 400 per cent"), ("--scale", "big", "is not a size; type 2, or 200"),
        ("--size", "99999x99999", "320 to 7680 points"), ("--size", "wide", "is not a size such as 1366x768"),
    ],
)  # fmt: skip
def test_pictures_larger_than_any_screen_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, given: str, said: str) -> None:
    """``--scale 200`` was taken for two hundred times: it filled the memory of the machine."""
    try:
        code = main(["tour", "--out", str(tmp_path), option, given])
    except SystemExit as ended:
        code = int(str(ended.code))
    assert code in (1, 2) and said in capsys.readouterr().err


def test_a_scale_may_be_said_in_per_cent() -> None:
    read = [build_parser().parse_args(["tour", "--out", "x", f"--scale={s}"]).scale for s in ("2", "200", "150%", "1.25")]
    assert read == [2.0, 2.0, 1.5, 1.25]
