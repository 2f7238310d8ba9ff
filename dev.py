"""The one door for people who work on VAWG Desktop: setup, run, test, check, bench, tour, schema, texts, mutate, pairs, windows, build.

Needs only Python 3.11 or later. Makes ``.venv``, installs what is locked (with hashes), and on
Debian or Ubuntu as root also the system packages that Qt needs; anyone else gets the one line to run.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
OUT = ROOT / "out"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
LOCKS = {"run": ROOT / "requirements.lock", "dev": ROOT / "requirements-dev.lock"}

VENV_PACKAGES = ["python3-venv"]
QT_PACKAGES = ["libegl1", "libgl1", "libglib2.0-0", "libdbus-1-3", "libfontconfig1", "libxkbcommon0"]
QT_PROBE = "from PySide6.QtGui import QGuiApplication; QGuiApplication([])"


class StopError(Exception):
    """Something a person must do first; said in one line."""


def main() -> int:
    """Run one command."""
    if sys.version_info < (3, 11):  # noqa: UP036 - said in a sentence to whoever has an older one
        print("VAWG Desktop needs Python 3.11 or later.", file=sys.stderr)
        return 1
    words = sys.argv[1:] or ["help"]
    command, rest = words[0], words[1:]
    if command not in COMMANDS:
        print(f"{__doc__}\nUse: python3 dev.py {' | '.join(COMMANDS)}")
        return 0 if command in ("help", "-h", "--help") else 2
    try:
        return COMMANDS[command](rest)
    except StopError as stop:
        print(stop, file=sys.stderr)
        return 1


# -- the environment -------------------------------------------------------------------------------


def setup(rest: list[str]) -> int:
    """Make the environment and say so."""
    prepare("dev")
    print(f"Ready: {PYTHON.relative_to(ROOT)}")
    return 0


def prepare(profile: str) -> None:
    """The virtual environment with the locked packages of a profile, and Qt's system libraries."""
    make_venv()
    install(profile)
    need_qt_libraries()


def make_venv() -> None:
    """``.venv``, or Stop with the line that lets one be made."""
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", "import pip"], capture_output=True).returncode == 0:
        return
    if subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True).returncode != 0:
        need_packages(VENV_PACKAGES, "Python cannot make a virtual environment here")
    print("Making .venv …", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode != 0:
        raise StopError(f"The virtual environment could not be made: {made.stdout or made.stderr}".strip())


def install(profile: str) -> None:
    """Install the lock file of a profile, unless this very file was installed before."""
    lock = LOCKS[profile]
    mark = VENV / f"installed-{profile}"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == digest:
        return
    print(f"Installing what {lock.name} locks …", flush=True)
    done = subprocess.run(
        [
            PYTHON,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            str(lock),
        ]
    )
    if done.returncode != 0:
        raise StopError("The packages could not be installed; see the lines above.")
    mark.write_text(digest)


def need_qt_libraries() -> None:
    """Qt's system libraries: installed by root on Debian or Ubuntu, else the line to run."""
    if qt_starts("offscreen"):
        return
    if not sys.platform.startswith("linux"):
        raise StopError("Qt does not start on this machine; reinstall with: python dev.py setup")
    need_packages(QT_PACKAGES, "Qt lacks system libraries")
    if not qt_starts("offscreen"):
        raise StopError("Qt still does not start; try: QT_DEBUG_PLUGINS=1 python3 dev.py run")


def qt_starts(platform: str | None) -> bool:
    """Whether a child that opens a QGuiApplication ends well within ten seconds."""
    env = {**os.environ, **({"QT_QPA_PLATFORM": platform} if platform else {})}
    try:
        return (
            subprocess.run([PYTHON, "-c", QT_PROBE], env=env, capture_output=True, timeout=10).returncode == 0
        )
    except subprocess.TimeoutExpired:
        return False


def need_packages(packages: list[str], why: str) -> None:
    """Install Debian packages as root; otherwise Stop with the one line to run."""
    line = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(dict.fromkeys(all_packages(packages)))}"
    can = shutil.which("apt-get") is not None
    if not can or not hasattr(os, "geteuid") or os.geteuid() != 0:
        raise StopError(
            f"{why}. Please have an administrator run:\n  {'' if can else '# on Debian or Ubuntu: '}sudo sh -c '{line}'"
        )
    print(f"{why}: installing {' '.join(packages)} …", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=env, stdout=subprocess.DEVNULL)
    done = subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
        env=env,
        stdout=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        raise StopError(f"The system packages could not be installed; run:\n  {line}")


def all_packages(packages: list[str]) -> list[str]:
    """The whole list at once, so that an administrator is asked only one time."""
    return packages if packages == QT_PACKAGES else [*packages, *QT_PACKAGES]


# -- commands --------------------------------------------------------------------------------------


def python(*words: str | Path, env: dict[str, str] | None = None) -> int:
    """Run the environment's Python from the project's root."""
    return subprocess.run([PYTHON, *map(str, words)], cwd=ROOT, env={**os.environ, **(env or {})}).returncode


def has_screen() -> bool:
    """Whether a window can be shown: ``offscreen`` and its like count as none."""
    if os.environ.get("QT_QPA_PLATFORM", "").split(":")[0] in ("offscreen", "minimal", "vnc"):
        return False
    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    ):
        return False
    return qt_starts(None)


def run(rest: list[str]) -> int:
    """The program; with nothing named, on the sample inquiry; with no screen, its pictures."""
    prepare("run")
    if rest:
        return python("main.py", *rest)
    OUT.mkdir(exist_ok=True)
    sample = OUT / "sample.vawg"
    if not sample.exists() and python("main.py", "new", sample, "--sample", "--plain") != 0:
        return 1
    if has_screen():
        return python("main.py", "open", sample)
    print(
        "There is no screen here, so the pages are drawn into out/tour and a round of returns into out/returns."
    )
    if python("main.py", "tour", "--store", sample, "--out", OUT / "tour") != 0:
        return 1
    code = python(
        "main.py", "export-returns", sample, "--period", "Sample", "--due", "+6w", "--out", OUT / "returns"
    )
    pictures = len(list((OUT / "tour").glob("*.png")))
    returns = len([p for p in (OUT / "returns").iterdir() if p.suffix == ".xlsx"]) if code == 0 else 0
    print(f"{pictures} pictures in out/tour, {returns} returns in out/returns.")
    return code


def test(rest: list[str]) -> int:
    """The tests, without a screen."""
    prepare("dev")
    workers = [] if any(w.startswith("-n") for w in rest) or rest else ["-n", "2"]
    return python("-m", "pytest", *workers, *rest, env={"QT_QPA_PLATFORM": "offscreen"})


def check(rest: list[str]) -> int:
    """ruff, pyright, import-linter (inside the tests) and the tests."""
    prepare("dev")
    for words in (["ruff", "check", "."], ["basedpyright", "--level", "error"]):
        if python("-m", *words) != 0:
            return 1
    return test(rest)


def bench(rest: list[str]) -> int:
    """The ratios of DESIGN 8 into benchmarks/latest.md."""
    prepare("dev")
    return python("-m", "benchmarks", *rest, env={"QT_QPA_PLATFORM": "offscreen"})


def tour(rest: list[str]) -> int:
    """Every page as a picture."""
    prepare("run")
    return python("main.py", "tour", *(rest or ["--out", str(OUT / "tour")]))


def schema(rest: list[str]) -> int:
    """Write db/schema.sql from the field list."""
    prepare("run")
    code = "from vawg_desktop.store import schema; open('db/schema.sql', 'w', encoding='utf-8', newline='\\n').write(schema.schema_sql())"
    return python("-c", code)


def texts(rest: list[str]) -> int:
    """Every text that an officer reads, in one list (``.ci/texts.py``); words choose among them."""
    prepare("dev")
    return python(ROOT / ".ci" / "texts.py", *rest)


def mutate(rest: list[str]) -> int:
    """Small faults put into a copy of the program one at a time: do the tests notice? A score for each floor (``.ci/mutate.py``)."""
    prepare("dev")
    return python(ROOT / ".ci" / "mutate.py", *rest)


def pairs(rest: list[str]) -> int:
    """Modules whose every line and branch their own tests run (``.ci/pairs.py``); words choose among them."""
    prepare("dev")
    return python(ROOT / ".ci" / "pairs.py", *rest)


def windows(rest: list[str]) -> int:
    """The program, or with nothing named the tests, on Windows' own Python under Wine (``.ci/windows.py``)."""
    sys.path.insert(0, str(ROOT / ".ci"))
    from windows import Kit, KitError

    kit = Kit(OUT / "windows")
    try:
        kit.make()
        words = rest or ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "tests"]
        return kit.run(words)
    except KitError as error:
        raise StopError(str(error)) from error


def build(rest: list[str]) -> int:
    """The built program in ``dist`` (one recipe, ``.ci/vawg.spec``) and its self-test; with --windows the same under Wine, as a proof."""
    if "--windows" in rest:
        return build_under_wine()
    prepare("dev")
    if python("-m", "PyInstaller", "--noconfirm", "--distpath", ROOT / "dist", "--workpath", ROOT / "build", ROOT / ".ci" / "vawg.spec") != 0:
        return 1
    made = ROOT / "dist" / "VAWG Desktop"
    if WINDOWS:
        shutil.copytree(ROOT / ".ci" / "give_out", made, dirs_exist_ok=True)
    program = made / ("vawg-desktop.exe" if WINDOWS else "vawg-desktop")
    return subprocess.run([program, "self-test"], env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}).returncode


def build_under_wine() -> int:
    """The Windows folder by the same recipe with Windows' own Python under Wine, started and tested there; never given out."""
    sys.path.insert(0, str(ROOT / ".ci"))
    from windows import Kit, KitError

    kit, made = Kit(OUT / "windows"), ROOT / "out" / "windows-proof"
    recipe = ["-m", "PyInstaller", "--noconfirm", "--distpath", "Z:\\project\\out\\windows-proof", "--workpath", "C:\\build", ".ci/vawg.spec"]
    try:
        kit.make()
        shutil.rmtree(made, ignore_errors=True)
        if kit.run(recipe) != 0:
            return 1
        shutil.copytree(ROOT / ".ci" / "give_out", made / "VAWG Desktop", dirs_exist_ok=True)
        kit.prepare_built(made / "VAWG Desktop")
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # nobody looks; without a screen Windows' own windows only complain
        return kit.start("Z:\\project\\out\\windows-proof\\VAWG Desktop\\vawg-desktop.exe", "self-test")
    except KitError as error:
        raise StopError(str(error)) from error


COMMANDS = {
    "setup": setup, "run": run, "test": test, "check": check, "bench": bench, "tour": tour, "schema": schema, "texts": texts, "mutate": mutate, "pairs": pairs, "windows": windows, "build": build,
}  # fmt: skip

if __name__ == "__main__":
    raise SystemExit(main())
