"""Every text that an officer reads, in one list: ``python3 dev.py texts [WORD]…``.

The list is read from the program's own source: what stands in quotation marks and reads as words, by file and line, with ``{…}`` where the
program puts something in. It is for reading the words as a whole; ``tests/test_words.py`` holds it to the words that were agreed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "vawg_desktop"

_SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|FROM|WHERE|JOIN|CREATE|VALUES|PRAGMA|ORDER BY|GROUP BY|UNION|ALTER|DROP|LIMIT|CASE WHEN|BEGIN|COALESCE|EXISTS)\b")
_CODE = re.compile(r"[\\^]|\(\?|\$\(|::|//|\{\{|;\s*$|^[#.<&]|</|=\"|^[a-z_]+[(.=]|px\b|^\s*(and|or) [a-z_]+\.")
_WORDS = re.compile(r"[A-Za-z]{2,}")


@dataclass(frozen=True)
class Text:
    """One text of the program: its file below the package, its line, and its words."""

    file: str
    line: int
    words: str


def texts(package: Path = PACKAGE) -> list[Text]:
    """Every text that reads as words, in the order of files and lines."""
    found: list[Text] = []
    for path in sorted(package.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        name = path.relative_to(package).as_posix()
        found += [Text(name, line, words) for line, words in sorted(set(_of(tree)))]
    return found


def _of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    skipped = _not_read(tree)
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            words = "".join(part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "{…}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            words = node.value
        else:
            continue
        if _reads(words):
            yield node.lineno, words


def _not_read(tree: ast.Module) -> set[int]:
    """The nodes that nobody reads: docstrings, and the parts of texts that are put together."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) or isinstance(body, list):
            skipped |= {id(s.value) for s in body or () if isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)}
        if isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
            skipped |= {id(n) for part in node.values if isinstance(part, ast.FormattedValue) and part.format_spec for n in ast.walk(part.format_spec)}
        if isinstance(node, (ast.AnnAssign, ast.arg)) and node.annotation is not None:
            skipped |= {id(n) for n in ast.walk(node.annotation)}
        if isinstance(node, ast.Subscript):
            skipped |= {id(node.slice)}
    return skipped


def _reads(words: str) -> bool:
    """Whether a text reads as words: more than one of them, or one that begins with a capital letter."""
    plain = words.replace("{…}", "").strip()
    if not _WORDS.search(plain) or _SQL.search(plain) or _CODE.search(plain):
        return False
    return " " in plain or bool(re.fullmatch(r"[A-Z][a-z]{2,}…?:?", plain))


def main(words: list[str]) -> int:
    """Print the texts, those that hold every given word where words are given."""
    last = ""
    for text in texts():
        if not all(word.casefold() in text.words.casefold() for word in words):
            continue
        if text.file != last:
            print(f"\n{text.file}")
            last = text.file
        print(f"{text.line:>5}  {text.words!r}" if "\n" in text.words else f"{text.line:>5}  {text.words}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
