"""Every page with every button pressed is what its scene says (``stage.py`` tells how scenes are written anew)."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import pytest

from tests.fonts import FontsOfOurOwn
from tests.ui.described import measures, without_sizes
from tests.ui.stage import MEASURES, SCENES, make_stores, played, scene_names

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="scenes are written down on Linux, with its sizes")


@pytest.fixture(scope="session")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stores")
    make_stores(folder)
    return folder


@pytest.mark.parametrize("name", scene_names())
def test_a_page_is_as_its_scene_says(qapp: FontsOfOurOwn, stores: Path, name: str) -> None:
    assert isinstance(qapp, FontsOfOurOwn)
    written = (SCENES / f"{name}.txt").read_text("utf-8").splitlines()
    seen = played(name, stores).splitlines()
    if MEASURES.read_text("utf-8") != measures():  # type is set otherwise here: what is said and done is compared, sizes are not
        written, seen = without_sizes(written), without_sizes(seen)
    differ = list(difflib.unified_diff(written, seen, "as written down", "as seen now", n=1, lineterm=""))
    assert not differ, "\n".join([*differ[:60], "If this is meant: python -m tests.ui.stage, and read the difference."])


def test_sizes_are_left_out_where_type_is_set_otherwise_and_words_are_not() -> None:
    page = ["QPushButton 1,2 30x40 'Add' bold", "  viewport focus", "36: A-0001 | Open", "widths: 1 2", "painted 0a", "-QLabel 1,2 3x4 'x'", "logged: edit", "Elided 1,2 3x4 'a b…' tip 'a b c'"]
    assert without_sizes(page) == ["QPushButton 'Add' bold", "A-0001 | Open", "logged: edit", "Elided tip 'a b c'"]


def test_no_scene_is_left_over() -> None:
    assert sorted(p.stem for p in SCENES.glob("*.txt")) == sorted(scene_names())
