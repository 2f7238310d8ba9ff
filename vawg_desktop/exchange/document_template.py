"""A paper in the office's own Word document: what stands between « and » is filled with words of the paper, or replaced by a part of it.

A template holds no code, and nothing in it is carried out: a document with macros, or one that would fetch something from elsewhere, is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from importlib import import_module
from typing import Any

from vawg_desktop.domain.errors import FileRefusedError, ValueRefusedError
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.document import Block, Document, Table, clean
from vawg_desktop.exchange.document_columns import breaks_words
from vawg_desktop.exchange.document_docx import LONGEST_PROPERTY, Putting, add_own_styles

_PLACE = re.compile(r"«([^«»]{1,120})»")
_STYLES = ("Heading 1", "Heading 2", "Heading 3", "Heading 4", "Caption", "Quote", "List Bullet", "List Number")
_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_MOST_BYTES = 64 * 1024 * 1024
#: Twentieths of a point in a millimetre, and the letters that fit into one at nine points, in a wide face too.
_TWIPS, _LETTERS_A_MM = 56.693, 0.56
_EMU_A_MM = 36_000


def places(content: bytes) -> list[str]:
    """The names of all places in a template, in their order, each once. Raises FileRefusedError for what is no plain Word document."""
    made = _opened(content)
    return list(dict.fromkeys(name for paragraph in _paragraphs(made, _notes(made)) for name in _PLACE.findall(_text(paragraph))))


def unclosed(content: bytes) -> list[str]:
    """The words after each mark that opens a place and is not closed in its paragraph."""
    made = _opened(content)
    texts = (_PLACE.sub("", _text(paragraph)) for paragraph in _paragraphs(made, _notes(made)))
    return [text.partition("«")[2].strip()[:40] for text in texts if "«" in text]


def unknown(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """A sentence for each name that means nothing, with the nearest one that does."""
    by_fold = {fold(k): k for k in known}
    told: list[str] = []
    for name in names:
        if fold(name) in by_fold:
            continue
        near = get_close_matches(fold(name), list(by_fold), n=1, cutoff=0.7)
        told.append(f"«{name}» is not part of this paper" + (f"; did you mean «{by_fold[near[0]]}»?" if near else "."))
    return told


def fill(content: bytes, document: Document, words: Mapping[str, str], parts: Mapping[str, Sequence[Block]]) -> bytes:
    """The template filled: ``words`` by name within a sentence, ``parts`` by name where a place stands alone in its paragraph.

    Raises ValueRefusedError for a place that is neither, with what may have been meant; FileRefusedError.
    """
    made = _opened(content)
    by_word, by_part = {fold(k): v for k, v in words.items()}, {fold(k): v for k, v in parts.items()}
    if wrong := unknown(places(content), [*words, *parts]):
        raise ValueRefusedError(" ".join(wrong[:6]))
    _complete_styles(made)
    notes = _notes(made)
    named = {fold(name) for name in places(content)}
    alone = _placed(made, notes, by_word, by_part)
    section = made.sections[0]
    upright = (section.page_width - section.left_margin - section.right_margin) / _EMU_A_MM
    turned = max(upright, (section.page_height - section.left_margin - section.right_margin) / _EMU_A_MM)
    putting = Putting(made, document.title, upright * _TWIPS, int(upright * _LETTERS_A_MM), document.look.tint)
    ordered = Document(document.title, document.as_at, document.marking, [b for _, part in alone for b in part], document.lines, document.language)
    labelled = iter(ordered.labelled())
    for place, part in alone:
        wide = turned > upright and place.getparent() is made.element.body and any(isinstance(b, Table) and breaks_words(b, int(upright * _LETTERS_A_MM)) for b in part)
        room = turned if wide else upright
        putting.turn(room * _TWIPS, int(room * _LETTERS_A_MM))
        if wide:
            _first_heading_above(place, made).addprevious(_page_ends(section, on_its_side=False))
        for _ in part:
            before = list(made.element.body)
            putting.put(*next(labelled))
            for element in made.element.body:
                if element not in before:
                    place.addprevious(element)
        if wide:
            place.addprevious(_page_ends(section, on_its_side=True))
        place.getparent().remove(place)
    _head(made, document, named)
    for part, root in notes:
        _put_back(part, root)
    known = made.core_properties
    known.title, known.language = clean(document.title)[:LONGEST_PROPERTY], document.language
    known.author = known.last_modified_by = known.comments = known.subject = known.category = ""  # whoever made the template is no one who wrote the paper
    return putting.saved()


def _placed(made: Any, notes: Sequence[tuple[Any, Any]], by_word: Mapping[str, str], by_part: Mapping[str, Sequence[Block]]) -> list[tuple[Any, Sequence[Block]]]:
    """Fill the places within sentences; returns the paragraphs in whose place a part comes. Raises ValueRefusedError for a part within a sentence."""
    alone: list[tuple[Any, Sequence[Block]]] = []
    for paragraph in _paragraphs(made, notes):
        text = _text(paragraph)
        found = _PLACE.fullmatch(text.strip())
        part = by_part.get(fold(found.group(1))) if found is not None else None
        if part is not None and _is_in_the_text(paragraph, made):
            alone.append((paragraph, part))
            continue
        for name in _PLACE.findall(text):
            if fold(name) not in by_word:
                raise ValueRefusedError(f"«{name}» stands for a part of the paper; give it a paragraph of its own in the text of the template.")
        _fill_paragraph(paragraph, by_word)
    return alone


def _first_heading_above(place: Any, made: Any) -> Any:
    """The first of the headings right above a place, which go with it to the page that it begins; else the place itself."""
    headings = {style.style_id for style in made.styles if style.name.startswith(("Heading", "Title"))}
    above = place.getprevious()
    while above is not None and getattr(above, "style", None) in headings:
        place, above = above, above.getprevious()
    return place


def _page_ends(section: Any, *, on_its_side: bool) -> Any:
    """An empty paragraph with which pages of the template's own kind end, upright or on their side; its headers and footers stay."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import qn

    kind: Any = deepcopy(section._sectPr)
    if on_its_side:
        size = kind.find(qn("w:pgSz"))
        wide, high = size.get(qn("w:w")), size.get(qn("w:h"))
        size.set(qn("w:w"), high)
        size.set(qn("w:h"), wide)
        size.set(qn("w:orient"), "landscape")
    paragraph: Any = parse_xml(f"<w:p {_W}><w:pPr/></w:p>")
    paragraph[0].append(kind)
    return paragraph


#: Parts that say how text looks and hold none.
_LOOKS = frozenset({"word/styles.xml", "word/stylesWithEffects.xml", "word/numbering.xml", "word/settings.xml"})
#: Words that a reader of the paper does not see and a reader of its file does, and how they are known.
_HIDDEN = (
    ("tracked deletions", re.compile(rb"<w:(?:del|moveFrom) ")), ("comments", re.compile(rb"<w:comment ")),
    ("hidden text", re.compile(rb'<w:vanish(?:/>| w:val="(?:1|true|on)"\s*/>)')),
)  # fmt: skip


def _opened(content: bytes) -> Any:
    """A template as python-docx reads it. Raises FileRefusedError."""
    from docx import Document as Open

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = {i.filename: i.file_size for i in archive.infolist()}
            if "word/document.xml" not in names:
                raise FileRefusedError("That is not a Word document; save it from Word as .docx.", code="not_a_document")
            if sum(names.values()) > _MOST_BYTES:
                raise FileRefusedError("That document is too large for a template.", code="too_large")
            if any(n.casefold().endswith(("vbaproject.bin", "vbadata.xml")) for n in names):
                raise FileRefusedError("That document holds macros; save it as .docx without them.", code="macros")
            relations = b"".join(archive.read(n) for n in names if n.endswith(".rels"))
            texts = b"".join(archive.read(n) for n in names if n.endswith(".xml"))
            seen = b"".join(archive.read(n) for n in names if n.startswith("word/") and n.endswith(".xml") and n not in _LOOKS)
        if b"<!DOCTYPE" in texts or b"<!ENTITY" in texts:
            raise FileRefusedError("That document was not made by a word processor.", code="not_a_document")
        if hidden := [words for words, sign in _HIDDEN if sign.search(seen)]:
            said = " and ".join(hidden)
            raise FileRefusedError(f"That document holds {said}, which would go out with every paper; take them out in Word and keep it again.", code="hidden_words")
        for kind in re.findall(rb'<Relationship\b[^>]*TargetMode="External"[^>]*>', relations):
            if b"/hyperlink" not in kind:
                raise FileRefusedError("That document fetches a part of itself from elsewhere (a linked picture or another template); put it into the document.", code="external")
        return Open(io.BytesIO(content))
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, NotImplementedError, RuntimeError) as error:
        raise FileRefusedError("That Word document cannot be read; save it again from Word as .docx.", code="not_a_document") from error


#: The places under which what holds for all of a paper stands.
_HEAD_LINES, _AS_AT, _MARKING = fold("Head lines"), fold("As at"), fold("Marking")


def _head(made: Any, document: Document, named: Collection[str]) -> None:
    """Put at the top what holds for all of a paper and what the template has no place for: its marking, its day, and that it is a demonstration."""
    if _HEAD_LINES in named:
        return
    lines = [*map(clean, document.lines), *([f"As at {document.as_at}"] if _AS_AT not in named else []), *([document.marking] if _MARKING not in named else [])]
    body = made.element.body
    for place, line in enumerate(lines):
        paragraph = made.add_paragraph(line, style="Head line")._element
        body.remove(paragraph)
        body.insert(place, paragraph)


def _notes(made: Any) -> list[tuple[Any, Any]]:
    """The footnotes and endnotes of a document: each part with its parsed text."""
    from docx.oxml import parse_xml

    return [(rel.target_part, parse_xml(rel.target_part.blob)) for rel in made.part.rels.values() if not rel.is_external and rel.reltype.endswith(("/footnotes", "/endnotes"))]


def _put_back(part: Any, root: Any) -> None:
    etree: Any = import_module("lxml.etree")
    part._blob = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _paragraphs(made: Any, notes: Sequence[tuple[Any, Any]] = ()) -> list[Any]:
    """Every paragraph of a document as its element: text, tables, content controls, text boxes, headers, footers and notes."""
    holders = [made.element.body, *(root for _, root in notes)]
    for section in made.sections:
        edges = (section.header, section.footer, section.first_page_header, section.first_page_footer, section.even_page_header, section.even_page_footer)
        holders += [one._element for one in edges if not one.is_linked_to_previous]
    return [paragraph for holder in holders for paragraph in holder.iter(f"{{{_NS}}}p")]


def _letters(paragraph: Any) -> list[Any]:
    """The elements that hold a paragraph's own letters, in links and controls too, without those of a text box that stands in it."""
    return [t for t in paragraph.iter(f"{{{_NS}}}t") if next(t.iterancestors(f"{{{_NS}}}p")) is paragraph]


def _text(paragraph: Any) -> str:
    return "".join(t.text or "" for t in _letters(paragraph))


def _is_in_the_text(paragraph: Any, made: Any) -> bool:
    """Whether a paragraph stands in the text itself, or in a content control of it: a part may come in its place."""
    parent = paragraph.getparent()
    while parent is not None and parent.tag in (f"{{{_NS}}}sdtContent", f"{{{_NS}}}sdt"):
        parent = parent.getparent()
    return parent is made.element.body


def _fill_paragraph(paragraph: Any, words: Mapping[str, str]) -> None:
    """Put words into the places of a paragraph. Each takes the looks of the letters with which its place begins; all else stays."""
    letters = _letters(paragraph)
    for found in reversed(list(_PLACE.finditer("".join(t.text or "" for t in letters)))):
        given, at, first = clean(words[fold(found.group(1))]), 0, True
        for t in letters:
            text = t.text or ""
            low, high = max(found.start() - at, 0), min(found.end() - at, len(text))
            at += len(text)
            if low >= high:
                continue
            t.text = text[:low] + (given if first else "") + text[high:]
            t.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            first = False


def _complete_styles(made: Any) -> None:
    """Add the styles that parts of a paper are set in, where the template has none of that name."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt

    there = {style.name for style in made.styles}
    for name in _STYLES:
        if name not in there:
            style = made.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = made.styles["Normal"] if "Normal" in there else None
            style.font.bold = name.startswith("Heading") or None
            style.font.size = Pt(14) if name in ("Heading 1", "Heading 2") else None
    add_own_styles(made)
