"""Looks at a file's bytes before anything opens it; refuses in one sentence (DESIGN 5, In)."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from vawg_desktop.domain.errors import FileRefusedError
from vawg_desktop.exchange.tables_child import BOOKS, is_message
from vawg_desktop.exchange.text_child import wide_without_mark

MAX_BYTES = 25 * 1024 * 1024
MAX_PARTS = 5_000
MAX_UNPACKED = 400 * 1024 * 1024
#: A part that unpacks to more than this many times its size is a bomb, once it is over 20 MB.
MAX_RATIO = 200
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_DOCTYPE = re.compile(rb"<!\s*DOCTYPE|<!\s*ENTITY", re.IGNORECASE)
#: Cells in a column of three letters or a row of six figures or more, for ``_far_cell`` to check.
_FAR = re.compile(rb'<c r="([A-Z]{3}|[A-Z]{1,2}(?=[0-9]{6}))([0-9]{1,9})"(?:[^<>]*[^<>/])?>')
MAX_ROWS = 200_000
MAX_COLUMNS = 1_000
#: How a web page begins, whatever its file is called: programs export pages as .xls.
_PAGE_STARTS = (b"<html", b"<!doctype html", b"<table", b"<head", b"<meta")
_TABLE = re.compile(rb"<table\b", re.IGNORECASE)
_TABLE_WIDE = re.compile(rb"(?:<\x00t\x00a\x00b\x00l\x00e|\x00<\x00t\x00a\x00b\x00l\x00e)", re.IGNORECASE)


@dataclass(slots=True)
class FileKind:
    """What the preflight saw: the kind of file."""

    kind: str


def shown_name(path: Path) -> str:
    """A file's name that can be printed and kept: line breaks and letters of no alphabet become question marks."""
    return _printable(path.name)


def _printable(text: str) -> str:
    plain = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(c if c.isprintable() else "?" for c in plain)


def read_file(path: Path) -> bytes:
    """The bytes of an ordinary file of a bearable size. Raises FileRefusedError."""
    name = shown_name(path)
    try:
        if not path.exists():
            raise FileRefusedError(f"There is no file at {_printable(str(path))}.", code="missing")
        if not path.is_file():
            raise FileRefusedError(f"{name} is not an ordinary file.", code="not_a_file")
        if path.stat().st_size > MAX_BYTES:
            raise FileRefusedError(
                f"{name} is larger than 25 MB; save it without pictures and try again.", code="too_large"
            )
        with path.open("rb") as file:  # a file that is still growing, or never ends, is read no further than the bound
            content = file.read(MAX_BYTES + 1)
    except PermissionError:
        raise FileRefusedError(
            f"{name} cannot be read: you do not have permission, or another program has it open. Close it there or ask for access.", code="no_permission"
        ) from None
    except OSError as refused:
        why = refused.strerror or "the system refuses it"
        raise FileRefusedError(
            f"{name[:60]} cannot be read ({why}); copy it elsewhere and try again.", code="unreadable"
        ) from None
    if not content:
        raise FileRefusedError(f"{name} is empty.", code="empty")
    if len(content) > MAX_BYTES:
        raise FileRefusedError(
            f"{name} is larger than 25 MB; save it without pictures and try again.", code="too_large"
        )
    return content


def kind_of(name: str, content: bytes) -> FileKind:
    """The kind of a file by its content: ``zip``, ``ole``, ``text``, ``page``, ``message`` or ``outlook``. Raises FileRefusedError."""
    if verdict := why_not_a_workbook(name, content):
        raise FileRefusedError(f"{name} {verdict}", code="not_a_workbook")
    if content.startswith(b"PK\x03\x04"):
        return _look_zip(name, content)
    if content.startswith(_OLE):
        return _look_ole(name, content)
    if is_message(content):
        return FileKind("message")
    start = content[:4096].lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t\x00")
    page = name.lower().endswith((".html", ".htm")) or start.replace(b"\x00", b"").lower().startswith(_PAGE_STARTS)  # UTF-16 too
    if page and (_TABLE.search(content) or _TABLE_WIDE.search(content)):
        return FileKind("page")
    if start[:1] == b"<" or b"<\x00?\x00x" in content[:64] or b"\x00<\x00?" in content[:64]:
        raise FileRefusedError(
            f"{name} is a web page or XML, not a workbook; open it in Excel and save it as .xlsx.",
            code="markup",
        )
    if start.startswith(b"ID;P"):
        raise FileRefusedError(
            f"{name} is not a workbook; save it as .xlsx and try again.", code="not_a_workbook"
        )
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff", b"\x00\x00\xfe\xff"))
    if b"\x00" in content[:4096] and not marked and not wide_without_mark(content):
        raise FileRefusedError(
            f"{name} is not a workbook we can read; save it as .xlsx and try again.", code="not_a_workbook"
        )
    return FileKind("text")


#: Endings of packed folders.
_PACKED = (".zip", ".7z", ".rar", ".gz", ".tgz", ".tar", ".bz2", ".xz")
_UNPACK = "is a packed folder; unpack it and read the workbook in it."
_PICTURE = "is a picture; ask for the workbook itself, with its cells filled in."
_LINK = "is only a link to a file elsewhere; open the link, save the workbook and read that in."
_MAIL = "is an e-mail in a form that only Outlook opens; open it there, save the workbook out of it and read that in."
_SEALED = "is an encrypted or signed e-mail; open it in your mail program, save the workbook out of it and read that in."
#: How kinds of file begin that people send instead of a workbook, and what to do about each.
_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"7z\xbc\xaf\x27\x1c", _UNPACK), (b"Rar!\x1a\x07", _UNPACK), (b"\x1f\x8b", _UNPACK), (b"BZh", _UNPACK), (b"\xfd7zXZ\x00", _UNPACK),
    (b"L\x00\x00\x00\x01\x14\x02\x00", _LINK), (b"[InternetShortcut]", _LINK), (b"[Desktop Entry]", _LINK), (b"bplist00", _LINK),
    (b"%PDF", "is a PDF; ask for the workbook itself, with its cells filled in."),
    (b"\x89PNG\r\n\x1a\n", _PICTURE), (b"\xff\xd8\xff", _PICTURE), (b"GIF87a", _PICTURE), (b"GIF89a", _PICTURE), (b"II*\x00", _PICTURE),
    (b"MM\x00*", _PICTURE), (b"\x78\x9f\x3e\x22", _MAIL), (b"{\\rtf", "is a document and not a workbook; ask for the workbook itself."),
)  # fmt: skip


def why_not_a_workbook(name: str, content: bytes) -> str:
    """What a file is that is no workbook, and what to do about it; empty where its beginning says neither."""
    start = content[:2048].lstrip(b"\xef\xbb\xbf \r\n\t")
    if name.startswith("~$"):
        return "is the note by which Excel remembers who has a workbook open; choose the workbook itself, without ~$ in its name."
    if content.startswith(b"\x1f\x8b") and name.casefold().endswith(".gnumeric"):
        return "is a workbook of Gnumeric; open it there, save it as .xlsx and read that in."
    for beginning, verdict in _BEGINNINGS:
        if content.startswith(beginning) or start.startswith(beginning):
            return verdict
    if content[4:12] in (b"ftypheic", b"ftypmif1", b"ftypheix") or (content[:4] == b"RIFF" and content[8:12] == b"WEBP"):
        return _PICTURE
    if content[:2] == b"BM" and name.lower().endswith(".bmp"):
        return _PICTURE
    if start.startswith(b"{") and b"docs.google.com" in content[:4096]:
        return "is only a link to a Google sheet; open it in the browser, download it as .xlsx and read that in."
    if b"application/pkcs7-mime" in content[:4096] or (content[:1] == b"\x30" and name.lower().endswith((".p7m", ".p7s"))):
        return _SEALED
    if b"<office:document" in start and b"office:mimetype" in content[:8192]:
        return "is a flat OpenDocument file; open it in LibreOffice, save it as .ods or .xlsx and read that in."
    if start.startswith(b"<?xml") and b"PropertyList" in content[:600]:
        return _LINK
    return ""


def _look_zip(name: str, content: bytes) -> FileKind:
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise FileRefusedError(
            f"{name} is damaged; ask for it to be saved and sent again.", code="damaged"
        ) from None
    with archive:
        names = [p.filename for p in parts]
        _refuse_odd_parts(name, parts)
        if any(n.lower().endswith(".iwa") for n in names):
            raise FileRefusedError(
                f"{name} is an Apple Numbers file; export it to Excel (.xlsx) and try again.", code="numbers"
            )
        known = any(
            n in names for n in ("[Content_Types].xml", "content.xml", "xl/workbook.xml", "xl/workbook.bin")
        )
        if not known:
            _refuse_folder(name, [n for n in names if not n.endswith("/")])
        if not known or any(n.startswith(("word/", "ppt/")) for n in names):
            raise FileRefusedError(
                f"{name} is not a workbook; save it as .xlsx and try again.", code="not_a_workbook"
            )
        return _scan(name, archive, parts)


def _refuse_folder(name: str, names: list[str]) -> None:
    """Say what lies in a zipped folder, where that helps."""
    names = [n for n in names if not Path(n).name.startswith("._")]  # beside each file, a Mac packs what it knows of it
    inside = [_printable(Path(n).name) for n in names if n.lower().endswith(BOOKS)]
    packed = [_printable(Path(n).name) for n in names if n.lower().endswith(_PACKED)]
    if inside:
        them = "it" if len(inside) == 1 else "each of them"
        listed = ", ".join(inside[:6]) + (f" and {len(inside) - 6} more" if len(inside) > 6 else "")
        what = f"is a zipped folder with {listed} in it; take {them} out and read that in."
        raise FileRefusedError(f"{name} {what}", code="zipped_folder")
    if packed:
        raise FileRefusedError(
            f"{name} is a zipped folder with another packed folder, {packed[0]}, in it; unpack both and read the workbook in.",
            code="zipped_folder",
        )


def _refuse_odd_parts(name: str, parts: list[zipfile.ZipInfo]) -> None:
    total = 0
    seen: set[str] = set()
    for part in parts:
        total += part.file_size
        if part.flag_bits & 1:
            raise FileRefusedError(
                f"{name} is protected by a password; save it without one and send it again.", code="password"
            )
        if part.filename in seen or part.filename.startswith("/") or ".." in part.filename.split("/"):
            raise FileRefusedError(
                f"{name} is not put together as a workbook should be; it was not opened.", code="hostile"
            )
        seen.add(part.filename)
        swollen = part.file_size > 20_000_000 and part.file_size > MAX_RATIO * max(part.compress_size, 1)
        if len(parts) > MAX_PARTS or total > MAX_UNPACKED or swollen:
            raise FileRefusedError(
                f"{name} unpacks to more than a workbook holds; it was not opened.", code="too_large"
            )


def _scan(name: str, archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> FileKind:
    looked = FileKind("zip")
    sheets = _sheet_names(archive)
    for part in parts:
        if not part.filename.endswith((".xml", ".rels")):
            continue
        try:
            data = archive.read(part)
        except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError, MemoryError):
            raise FileRefusedError(
                f"{name} is damaged; ask for it to be saved and sent again.", code="damaged"
            ) from None
        except Exception as error:
            raise FileRefusedError(
                f"{name} is damaged; ask for it to be saved and sent again.", code="damaged"
            ) from error
        if data.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")):
            raise FileRefusedError(
                f"{name} is not put together as a workbook should be; it was not opened.", code="hostile"
            )
        if part.filename == "META-INF/manifest.xml" and b"encryption-data" in data:
            raise FileRefusedError(
                f"{name} is protected by a password; save it without one and send it again.", code="password"
            )
        if _DOCTYPE.search(data[:4096]) or (part.file_size < 1_000_000 and _DOCTYPE.search(data)):
            raise FileRefusedError(
                f"{name} holds instructions a workbook should not; it was not opened.", code="hostile"
            )
        if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
            sheet = sheets.get(part.filename, part.filename)
            if far := _far_cell(data):
                raise FileRefusedError(
                    f"{name} has something at {far} of {sheet}, far beyond its table; open it, delete what is there "
                    "and save it again.",
                    code="used_area",
                )
    return looked


def _sheet_names(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet names by part, from the workbook's own list; empty where it cannot be read."""
    try:
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        rels = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    except Exception:  # noqa: BLE001 - the scan reads every part again and says what is wrong
        return {}
    targets: dict[str, str] = {}
    for tag in re.findall(r"<Relationship\b[^<>]*>", rels):
        id, target = re.search(r'\bId="([^"]*)"', tag), re.search(r'\bTarget="([^"]*)"', tag)
        if id and target:
            targets[id[1]] = target[1].lstrip("/").removeprefix("xl/")
    found: dict[str, str] = {}
    for tag in re.findall(r"<sheet\b[^<>]*>", book):
        id, sheet = re.search(r'r:id="([^"]*)"', tag), re.search(r'\bname="([^"]*)"', tag)
        if id and sheet:
            found["xl/" + targets.get(id[1], "")] = sheet[1].replace("&amp;", "&")
    return found


def _far_cell(data: bytes) -> str:
    """The first cell with a value that lies beyond any table we read, or an empty text."""
    for match in _FAR.finditer(data):
        letters, row = match[1].decode(), int(match[2])
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        if row > MAX_ROWS or column > MAX_COLUMNS:
            return f"{letters}{row}"
    return ""


def _look_ole(name: str, content: bytes) -> FileKind:
    if (
        "__properties_version1.0".encode("utf-16-le") in content
        and "Workbook".encode("utf-16-le") not in content
    ):
        return FileKind("outlook")
    wide = [w.encode("utf-16-le") for w in ("EncryptedPackage", "EncryptionInfo", "DRMEncrypted")]
    if wide[2] in content or b"\x09DRMContent" in content:
        raise FileRefusedError(
            f"{name} is protected by a rights label; ask for a copy without it.", code="rights_label"
        )
    if wide[0] in content or wide[1] in content:
        raise FileRefusedError(
            f"{name} is protected by a password; save it without one and send it again.", code="password"
        )
    if "Workbook".encode("utf-16-le") not in content and "Book".encode("utf-16-le") not in content:
        raise FileRefusedError(
            f"{name} is not a workbook; save it as .xlsx and try again.", code="not_a_workbook"
        )
    if _has_filepass(content):
        raise FileRefusedError(
            f"{name} is protected by a password; save it without one and send it again.", code="password"
        )
    return FileKind("ole")


def _has_filepass(content: bytes) -> bool:
    """A FILEPASS record near a BIFF8 BOF record ([MS-XLS] 2.4.117) means the stream is encrypted."""
    start = content.find(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    while 0 <= start < len(content):
        at = start + 20
        for _ in range(6):
            record, size = (
                int.from_bytes(content[at : at + 2], "little"),
                int.from_bytes(content[at + 2 : at + 4], "little"),
            )
            if record == 0x2F:
                return True
            if record in (0x00E1, 0x00C1, 0x00E2, 0x005C, 0x0042, 0x0086):
                at += 4 + size
                continue
            break
        start = content.find(b"\x09\x08\x10\x00\x00\x06\x05\x00", start + 1)
    return False
