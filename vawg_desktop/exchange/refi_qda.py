"""Codebooks and coded texts in the formats that programs for qualitative analysis exchange: REFI-QDA 1.0 and Taguette's table of tags.

Source: REFI-QDA Standard 1.5 (www.qdasoftware.org): a codebook (``.qdc``) is one XML document; a project (``.qdpx``) a ZIP of ``project.qde``
and the texts in ``sources``. Positions count characters (code points) of a text whose lines end in a line feed. Nothing is fetched, no entity is
resolved, and a file that unpacks to more than it should is refused.
"""

from __future__ import annotations

import csv
import io
import re
import uuid
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Tree

from vawg_desktop.domain.errors import FileRefusedError
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.exchange import preflight, text_child
from vawg_desktop.exchange.document_csv import as_text

CODEBOOK_NS, PROJECT_NS = "urn:QDA-XML:codebook:1.0", "urn:QDA-XML:project:1.0"
_ORIGIN = "VAWG Desktop"
_GUID = re.compile(r"\{?([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})\}?")
_COLOUR = re.compile(r"#(?:[0-9A-Fa-f]{6}|[0-9A-Fa-f]{3})")
#: What stands between a code and those under it in the names of programs that have no hierarchy of their own.
_PATH = "\\"
#: The same between two names; within a name it stands twice.
_PARTS = re.compile(r"(?<!\\)\\(?!\\)")
#: A mark that keeps spreadsheets from taking words for a formula.
_PLAIN_TEXT = re.compile(r"'(?=[=+\-@\t])")
_MOST_CODES, _MOST_PARTS, _MOST_UNPACKED, _MOST_RATIO = 20_000, 60_000, 300_000_000, 200
#: The headings under which Taguette's table and others have a code's name.
_NAMES = ("tag", "name", "path", "code")


@dataclass(slots=True)
class QdaCode:
    """A code: ``guid`` in small letters, ``under`` the guid of the code that it stands under, ``colour`` as #RRGGBB, ``codable`` where texts are put under it."""

    guid: str
    name: str
    description: str = ""
    colour: str = ""
    under: str = ""
    codable: bool = True


@dataclass(slots=True)
class QdaCoding:
    """Who put a passage of a text under a code; positions from ``start`` up to and without ``end``. ``user`` is a guid, or empty."""

    code: str
    start: int
    end: int
    user: str = ""
    memo: str = ""


@dataclass(slots=True)
class QdaText:
    """A text with its codings."""

    guid: str
    name: str
    text: str
    codings: list[QdaCoding] = field(default_factory=list[QdaCoding])


@dataclass(slots=True)
class QdaProject:
    """A project: its codes, each behind the one that it stands under, its texts, and the names of its users by guid. ``problems`` says what could not be taken."""

    name: str
    codes: list[QdaCode] = field(default_factory=list[QdaCode])
    texts: list[QdaText] = field(default_factory=list[QdaText])
    users: dict[str, str] = field(default_factory=dict[str, str])
    problems: list[str] = field(default_factory=list[str])
    description: str = ""
    origin: str = ""


# -- writing ------------------------------------------------------------------------------------------


def codebook_file(codes: Sequence[QdaCode]) -> bytes:
    """A codebook as ``.qdc``. Raises FileRefusedError for one without codes, which the format does not know."""
    root = Tree.Element("CodeBook", {"xmlns": CODEBOOK_NS, "origin": _ORIGIN})
    _write_codes(root, codes)
    return _document(root)


def codebook_table(codes: Sequence[QdaCode]) -> bytes:
    """A codebook as Taguette's table: tag, description. Hierarchy stands in the name, so one that is only a heading needs no row unless it is described."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(["tag", "description"])
    above = {c.under for c in codes}
    for code, path in zip(codes, _paths(codes), strict=True):
        if not code.codable and not code.description and code.guid in above:
            continue
        writer.writerow([as_text(path), as_text(code.description)])
    return made.getvalue().encode("utf-8-sig")


def project_file(project: QdaProject, moment: str) -> bytes:
    """A project as ``.qdpx``; ``moment`` is the time of writing (ISO 8601, UTC). Raises as ``codebook_file``."""
    root = Tree.Element("Project", {"xmlns": PROJECT_NS, "name": project.name, "origin": _ORIGIN, "creationDateTime": moment})
    if project.users:
        users = Tree.SubElement(root, "Users")
        for guid, name in project.users.items():
            Tree.SubElement(users, "User", {"guid": guid, "name": name})
    _write_codes(Tree.SubElement(root, "CodeBook"), project.codes)
    packed: dict[str, str] = {}
    notes: list[tuple[str, str]] = []
    if project.texts:
        sources = Tree.SubElement(root, "Sources")
        for text in project.texts:
            _write_text(sources, text, packed, notes)
    if notes:
        holder = Tree.SubElement(root, "Notes")
        for guid, memo in notes:
            packed[f"{guid}.txt"] = memo
            Tree.SubElement(holder, "Note", {"guid": guid, "name": "Memo", "plainTextPath": f"internal://{guid}.txt"})
    if project.description:
        Tree.SubElement(root, "Description").text = _plain(project.description)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", _document(root))
        for name, words in packed.items():
            archive.writestr(f"sources/{name}", words.encode("utf-8"))
    return made.getvalue()


def _write_text(sources: Tree.Element, text: QdaText, packed: dict[str, str], notes: list[tuple[str, str]]) -> None:
    words = lines_of(text.text)
    packed[f"{text.guid}.txt"] = words
    source = Tree.SubElement(sources, "TextSource", {"guid": text.guid, "name": text.name, "plainTextPath": f"internal://{text.guid}.txt"})
    for number, coding in enumerate(text.codings):
        own = {"creatingUser": coding.user} if coding.user else {}
        selection = Tree.SubElement(source, "PlainTextSelection", {
            "guid": _follows(text.guid, "selection", str(number)), "name": _plain(words[coding.start : coding.end][:60].replace("\n", " ")),
            "startPosition": str(coding.start), "endPosition": str(coding.end), **own,
        })  # fmt: skip
        made = Tree.SubElement(selection, "Coding", {"guid": _follows(text.guid, "coding", str(number)), **own})
        Tree.SubElement(made, "CodeRef", {"targetGUID": coding.code})
        if coding.memo:
            note = _follows(text.guid, "memo", str(number))
            notes.append((note, lines_of(coding.memo)))
            Tree.SubElement(made, "NoteRef", {"targetGUID": note})


def _write_codes(root: Tree.Element, codes: Sequence[QdaCode]) -> None:
    if not codes:
        raise FileRefusedError("A codebook without codes cannot be written in this format; add a code first.", code="no_codes")
    holder = Tree.SubElement(root, "Codes")
    made: dict[str, Tree.Element] = {}
    for code in codes:
        colour = {"color": code.colour} if _COLOUR.fullmatch(code.colour) else {}
        made[code.guid] = Tree.Element("Code", {"guid": code.guid, "name": _plain(code.name), "isCodable": "true" if code.codable else "false", **colour})
        if code.description:
            Tree.SubElement(made[code.guid], "Description").text = _plain(code.description)
    for code in codes:
        made.get(code.under, holder).append(made[code.guid])


def _document(root: Tree.Element) -> bytes:
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + Tree.tostring(root, encoding="utf-8")


#: Letters that XML does not hold.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def _plain(words: str) -> str:
    return _NO_XML.sub("", lines_of(words))


def lines_of(words: str) -> str:
    """A text whose lines end in a line feed, as positions count them."""
    return words.replace("\r\n", "\n").replace("\r", "\n")


def _follows(*parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "\x1f".join(parts)))


def _paths(codes: Sequence[QdaCode]) -> list[str]:
    by_guid = {c.guid: c for c in codes}
    found: list[str] = []
    for code in codes:
        names, at, seen = [code.name], code, {code.guid}
        while at.under in by_guid and at.under not in seen:
            at = by_guid[at.under]
            seen.add(at.guid)
            names.append(at.name)
        found.append(_PATH.join(n.replace(_PATH, 2 * _PATH) for n in reversed(names)))
    return found


# -- reading ------------------------------------------------------------------------------------------


def read(path: Path) -> QdaProject:
    """A codebook (``.qdc``, Taguette's or any table with a name for each code) or a project (``.qdpx``), by what it holds. Raises FileRefusedError."""
    name = preflight.shown_name(path)
    content = preflight.read_file(path)
    if content.startswith(b"PK"):
        return _read_project(name, content)
    head = content[:4000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<") or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _from_root(name, _parsed(name, content), {})
    return _read_table(name, content)


def _parsed(name: str, content: bytes) -> Tree.Element:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise FileRefusedError(f"{name} holds definitions that a codebook does not need; it was not opened.", code="hostile") from None
    except (Tree.ParseError, ValueError, LookupError):
        raise FileRefusedError(f"{name} is damaged, or no codebook; save it again as REFI-QDA (.qdc or .qdpx).", code="damaged") from None


def _read_project(name: str, content: bytes) -> QdaProject:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _refuse_swollen(name, parts)
            found = next((p for p in parts if p.filename.casefold() == "project.qde"), None) or next((p for p in parts if p.filename.casefold().endswith(".qde")), None)
            if found is None:
                raise FileRefusedError(f"{name} is not a REFI-QDA codebook or project: it holds no project.qde. Save it again as .qdpx.", code="not_a_project")
            texts = {p.filename.replace("\\", "/").rpartition("/")[2].casefold(): p for p in parts if not p.is_dir()}
            root = _parsed(name, archive.read(found))
            wanted = {(e.get("plainTextPath") or "").rpartition("/")[2].casefold() for e in root.iter() if e.get("plainTextPath")}
            return _from_root(name, root, {key: text_child.decode(archive.read(part)) for key, part in texts.items() if key in wanted})
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, MemoryError):
        raise FileRefusedError(f"{name} is damaged or protected; save it again as .qdpx.", code="damaged") from None
    except FileRefusedError:
        raise
    except Exception as error:  # zlib's own, of a part that was altered
        raise FileRefusedError(f"{name} is damaged; save it again as .qdpx.", code="damaged") from error


def _refuse_swollen(name: str, parts: Sequence[zipfile.ZipInfo]) -> None:
    total = sum(p.file_size for p in parts)
    swollen = any(p.file_size > 20_000_000 and p.file_size > _MOST_RATIO * max(p.compress_size, 1) for p in parts)
    if len(parts) > _MOST_PARTS or total > _MOST_UNPACKED or swollen:
        raise FileRefusedError(f"{name} unpacks to more than a project holds; it was not opened.", code="too_large")


def _local(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Any, name: str) -> Iterable[Any]:
    return (e for e in element if _local(e) == name) if element is not None else ()


def _first(element: Any, name: str) -> Any:
    return next(iter(_children(element, name)), None)


def _from_root(name: str, root: Tree.Element, packed: dict[str, str]) -> QdaProject:
    if _local(root) not in ("CodeBook", "Project"):
        raise FileRefusedError(f"{name} is not a REFI-QDA codebook or project.", code="not_a_codebook")
    made = QdaProject(root.get("name") or Path(name).stem, origin=root.get("origin") or "")
    book = root if _local(root) == "CodeBook" else _first(root, "CodeBook")
    seen: set[str] = set()
    for code in _children(_first(book, "Codes"), "Code"):
        _read_code(made, code, seen)
    if _PATH in "".join(c.name for c in made.codes) and "taguette" in fold(made.origin):
        made.codes = _by_paths([(c.name, c.description, c.guid) for c in made.codes])
    made.users = {g: e.get("name") or "Somebody" for e in _children(_first(root, "Users"), "User") if (g := _guid(e.get("guid")))}
    notes = {g: _content(e, packed) or "" for e in _children(_first(root, "Notes"), "Note") if (g := _guid(e.get("guid")))}
    known = {c.guid for c in made.codes}
    missing = other = 0
    for source in _first(root, "Sources") if _first(root, "Sources") is not None else ():
        if _local(source) != "TextSource":
            other += 1
            continue
        words = _content(source, packed)
        if words is None:
            missing += 1
            continue
        made.texts.append(_read_text(made, source, words, known, notes))
    if missing:
        made.problems.append(f"The words of {how_many(missing, 'text')} are not in the file, so nothing coded in {'it' if missing == 1 else 'them'} was taken.")
    left = [how_many(other, "picture, recording or PDF", "pictures, recordings and PDFs")] if other else []
    for kind, (one, several) in _NOT_TAKEN.items():
        if count := len([e for e in root.iter() if _local(e) == kind]):
            left.append(how_many(count, one, several))
    if left:
        made.problems.append(f"{', '.join(left)} left out: only codes, texts and what is coded in these are taken.")
    return made


#: Parts of a project that nothing here corresponds to, by their elements.
_NOT_TAKEN = {"Set": ("set", "sets"), "Link": ("link", "links"), "Graph": ("diagram", "diagrams"), "Case": ("case", "cases"), "Variable": ("variable", "variables")}


def _guid(words: str | None) -> str:
    found = _GUID.fullmatch((words or "").strip())
    return found.group(1).lower() if found else ""


def _read_code(made: QdaProject, element: Any, seen: set[str]) -> None:
    waiting = [(element, "")]
    while waiting:
        one, above = waiting.pop()
        name = " ".join(str(one.get("name") or "").split())
        guid = _guid(one.get("guid"))
        if not name or not guid or guid in seen:
            made.problems.append(f"A code without {'a name' if not name else 'an id of its own'} was left out.")
            guid = above
        else:
            seen.add(guid)
            colour = str(one.get("color") or "")
            description = _first(one, "Description")
            made.codes.append(QdaCode(guid, name, ((description.text or "") if description is not None else "").strip(), colour if _COLOUR.fullmatch(colour) else "", above, fold(str(one.get("isCodable") or "true")) not in ("false", "0")))
        if len(made.codes) > _MOST_CODES:
            raise FileRefusedError(f"{made.name} holds more than {_MOST_CODES:,} codes; it was not opened.", code="too_large")
        waiting += [(c, guid) for c in reversed(list(_children(one, "Code")))]


def _content(element: Any, packed: dict[str, str]) -> str | None:
    """The words of a source or note: beside it in the ZIP, or in the document itself; None where they are in neither."""
    inside = _first(element, "PlainTextContent")
    if inside is not None:
        return lines_of(inside.text or "")
    found = packed.get((element.get("plainTextPath") or "").rpartition("/")[2].casefold())
    return None if found is None else lines_of(found)


def _read_text(made: QdaProject, source: Any, words: str, known: set[str], notes: dict[str, str]) -> QdaText:
    text = QdaText(_guid(source.get("guid")), str(source.get("name") or "Text"), words)
    for selection in _children(source, "PlainTextSelection"):
        try:
            start, end = int(selection.get("startPosition")), int(selection.get("endPosition"))
        except (TypeError, ValueError):
            made.problems.append(f"A passage of “{text.name[:40]}” does not say where it is and was left out.")
            continue
        if not 0 <= start < end <= len(words):
            made.problems.append(f"A passage of “{text.name[:40]}” ends outside of its text and was left out.")
            continue
        _read_codings(text, selection, start, end, known, notes)
    _read_codings(text, source, 0, len(words), known, notes)
    return text


def _read_codings(text: QdaText, holder: Any, start: int, end: int, known: set[str], notes: dict[str, str]) -> None:
    for coding in _children(holder, "Coding"):
        code = _guid(getattr(_first(coding, "CodeRef"), "attrib", {}).get("targetGUID"))
        memo = "\n".join(n for e in _children(coding, "NoteRef") if (n := notes.get(_guid(e.get("targetGUID")), "")))
        if code in known:
            text.codings.append(QdaCoding(code, start, end, _guid(coding.get("creatingUser")) or _guid(holder.get("creatingUser")), memo))


def _read_table(name: str, content: bytes) -> QdaProject:
    text = text_child.decode(content)
    rows = [r for r in csv.reader(io.StringIO(text, newline=""), delimiter=text_child.delimiter_of(text)) if any(c.strip() for c in r)]
    heads = [fold(h) for h in rows[0]] if rows else []
    column = next((heads.index(h) for h in _NAMES if h in heads), None)
    if column is None:
        raise FileRefusedError(f"{name} is not a codebook: its first row has no column called “tag”, “name”, “path” or “code”.", code="not_a_codebook")
    told = heads.index("description") if "description" in heads else None
    made = QdaProject(Path(name).stem, origin="table")
    rows = [[_PLAIN_TEXT.sub("", cell.strip(), count=1) if _PLAIN_TEXT.match(cell.strip()) else cell.strip() for cell in row] for row in rows]
    listed = [(row[column], row[told] if told is not None and len(row) > told else "", "") for row in rows[1:] if len(row) > column and row[column].strip()]
    made.codes = _by_paths(listed)
    return made


def _by_paths(listed: Sequence[tuple[str, str, str]]) -> list[QdaCode]:
    """Codes of which the name tells where they stand; a name that only holds others becomes a heading."""
    made: dict[str, QdaCode] = {}
    for path, description, guid in listed:
        names = [n.strip() for n in _PARTS.split(path) if n.strip()]
        for depth in range(1, len(names) + 1):
            key = fold(_PATH.join(names[:depth]))
            there = made.get(key)
            last = depth == len(names)
            if there is None:
                above = made[fold(_PATH.join(names[: depth - 1]))].guid if depth > 1 else ""
                made[key] = QdaCode((guid if last else "") or _follows("code", key), names[depth - 1].replace(2 * _PATH, _PATH), description if last else "", under=above, codable=last)
            elif last:
                there.codable, there.description = True, there.description or description
    return list(made.values())
