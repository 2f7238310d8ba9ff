"""What in a text may tell who somebody is, as passages that a person takes out or leaves (EVIDENCE 4).

It finds shapes and listed words, and misses meanings: nicknames, and a date, a place and an offence that together name somebody. So a person
signs off each answer. Positions count characters of the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from vawg_desktop.domain import personal
from vawg_desktop.domain.coding_terms import IDENTIFYING
from vawg_desktop.domain.name_words import FIRST_NAMES, NAMES_AND_WORDS, PLACES


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """A part of a text, from ``start`` up to and without ``end``, and what it is (a key of ``IDENTIFYING``). ``sure``: of a shape that is seldom anything else."""

    start: int
    end: int
    kind: str
    sure: bool = True

    def __str__(self) -> str:
        return f"{self.start}-{self.end} {self.kind}"


def passage(words: str) -> Passage:
    """A passage as it is kept: "12-19 name". Raises ValueError."""
    place, _, kind = words.partition(" ")
    start, _, end = place.partition("-")
    found = Passage(int(start), int(end), kind)
    if not 0 <= found.start < found.end or kind not in IDENTIFYING.key_list():
        raise ValueError(f"“{words}” is not a passage.")
    return found


_LINK = re.compile(r"\b(?:https?://|www\.)[^\s<>\"]{1,300}[^\s<>\".,;:!?)]|\b[a-z0-9-]{2,60}\.(?:co\.uk|com|org|org\.uk|net|gov\.uk|ac\.uk|uk)(?:/[^\s<>\"]{0,200}[^\s<>\".,;:!?)])?\b", re.IGNORECASE)
_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z]\w{2,30}(?:\.\w{1,30})?\b")
#: A name on a service, after the service is named; an address written so that no machine reads it.
_ACCOUNT = re.compile(r"\b(?:insta(?:gram)?|snap(?:chat)?|tiktok|twitter|user ?name|facebook|tinder|discord|onlyfans)(?: (?:name|account|handle|profile|user ?name))?(?: is| was| called|:| -)\s?(?P<name>[A-Za-z][\w.]{2,30}[\w])(?!\s[a-z]+ing\b)", re.IGNORECASE)
_SPELT_EMAIL = re.compile(r"\b[\w.+-]{2,64}\s?(?:\(at\)|\[at\]| at )\s?[\w-]{2,63}\s?(?:\.|\(dot\)|\[dot\]| dot )\s?(?:com|co\.uk|org|net|uk|co dot uk)\b", re.IGNORECASE)
_PLAIN_PHONE = re.compile(r"(?<![\w/.-])(?:\(0\d{2,5}\)\s?|0\d{2,4}[.\s-]|(?:\+|00)44[.\s-]?\(?0?\)?\d{2,4}[.\s-]?)\d{3,4}[.\s-]?\d{3,4}(?![\w/])")
_MONTH_AND_YEAR = r"(?:January|February|March|April|May|June|July|August|September|October|November|December|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec) (?:19|20)\d\d"
_MONTH_YEAR = re.compile(rf"\b{_MONTH_AND_YEAR}\b", re.IGNORECASE)
_PLATE = re.compile(r"\b[A-Z]{2}\d{2} ?[A-Z]{3}\b|\b[A-Z]\d{1,3} ?[A-Z]{3}\b|\b[A-Z]{3} ?\d{1,3}[A-Z]\b")
_PLATE_SMALL = re.compile(r"\b(?:plate|reg(?:istration)?(?: number| plate)?|number ?plate)s?\b[^\w]{0,3}(?:was|is|of|,|:)?\s{0,2}([a-z]{2}\d{2} ?[a-z]{3})\b", re.IGNORECASE)
_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_DATE = re.compile(
    rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}\b\.?,?(?: (?:19|20)\d\d\b)?|\b{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? (?:19|20)\d\d\b)?|\b\d{{1,2}}[/.-]\d{{1,2}}[/.-](?:19|20)?\d\d\b|\b(?:19|20)\d\d-\d\d-\d\d\b",
    re.IGNORECASE,
)
_ROAD = (
    r"(?:road|rd|street|st|avenue|ave|lane|close|drive|crescent|court|gardens?|grove|terrace|way|place|square|hill|row|mews|rise|view|walk|park|green|parade|passage|path|mount|villas?|cottages?|house|flats?|estate|broadway|gate)"
)
_ADDRESS = re.compile(rf"\b(?:flat|apartment) ?\w{{1,4}},? (?:[A-Za-z'’]{{2,20}} ){{1,2}}(?:house|court|point|tower|lodge|heights|mansions)\b|\b(?:(?:flat|apartment|unit|room) ?\w{{1,4}},? )?(?:no\.? ?)?\d{{1,4}}[a-d]?,? (?:[A-Za-z'’]{{2,20}} ){{1,3}}{_ROAD}\b(?!['’])", re.IGNORECASE)
#: A number of something, and not of a house.
_MEASURED = re.compile(r"\d,? (?:minutes?|mins?|hours?|hrs?|days?|weeks?|months?|years?|times?|miles?|metres?|yards?|women|men|girls|people|of|in|on|at|for|from|to|and|or|way|different|other|more|am|pm|percent|per|out|down|the|my|a|i|we|he|she|they|was|were|is|are|had)\b", re.IGNORECASE)
#: A road by its name alone: capitals throughout, as "the High Street" and "a dark street" are no address.
_NAMED_ROAD = re.compile(r"\b(?!High |Main |The )(?:(?:St|Mount|New|Old|Upper|Lower|North|South|East|West)\.? )?[A-Z][a-z'’]{2,20}(?: [A-Z][a-z'’]{2,20})? (?:Road|Street|Avenue|Lane|Close|Drive|Crescent|Court|Gardens|Grove|Terrace|Square|Hill|Row|Mews|Rise|Walk|Estate|Parade)\b")
#: A school, a place of work or a ward by its name.
_INSTITUTION = re.compile(r"\b(?:[A-Z][a-z'’]{1,20}\.? ){1,4}(?:Primary School|Grammar School|High School|Primary|Academy|Infant School|Junior School|Secondary School|School|College|Nursery|University|Hospital|Surgery|Medical Centre|Refuge|Ward|Church|Mosque|Temple)\b")
_TITLED = re.compile(r"\b(?:(?:Mr|Mrs|Dr)\.? (?:and|&) )?(?:Mr|Mrs|Ms|Miss|Mx|Dr|PC|DC|DS|DI|Sgt|Sergeant|Inspector|Constable|Judge|Rev|Father|Sister|Councillor|Cllr|Professor|Prof)\.? (?:\d{2,6} )?(?:[A-Z][\w'’-]+(?: [A-Z][a-z'’-]+)?)")
_COLLAR = re.compile(r"\b(?:PC|PCSO|DC|DS|DI|Sgt|Sergeant|Constable) ?\d{2,6}\b", re.IGNORECASE)
_BORN = re.compile(r"\b(?:d\.?o\.?b\.?|born(?: on)?)\W{0,3}(?P<born>\d{6,8})\b", re.IGNORECASE)
_TITLED_SMALL = re.compile(r"\b(?:mr|mrs|miss|pc|dr|sgt)\.? ([a-z][a-z'’-]{2,20})\b")
_PERSON = (
    r"(?:husband|wife|ex(?:[ -](?:husband|wife|partner|boyfriend|girlfriend))?|partner|boyfriend|girlfriend|son|daughter|brother|sister|mum|mother|dad|father|stepdad|stepfather|step-father|uncle|aunt|auntie|cousin|"
    r"nephew|niece|boss|manager|neighbour|teacher|landlord|colleague|friend|mate|flatmate|stalker|abuser|attacker|rapist)"
)
#: Words after which a name stands, in capitals or small.
_CUED = re.compile(rf"\b(?:(?:name(?:'s| is| was)|called|named|known as|nicknamed)|(?:my|his|her|their|our|the|an?) (?:\w+ )?{_PERSON}),? (?P<name>[A-Za-z][a-z'’-]{{1,20}}(?: [A-Z][a-z'’-]{{1,20}})?)\b", re.IGNORECASE)
_CAPITALS = re.compile(r"\b[A-Z][a-z'’]{1,20}(?:-[A-Z][a-z]{1,20})?(?: (?:[A-Z]\.? )?(?:Mc|Mac|O['’])?[A-Z][a-z'’]{1,20}(?:-[A-Z][a-z]{1,20})?){1,2}\b")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")
_REFERENCE = re.compile(r"\b(?:crime|custody|cad|storm|incident|case|ref(?:erence)?|account|passport|licen[cs]e|badge|collar|shoulder)\s{0,2}(?:ref(?:erence)?|no|number)?\.?\s{0,3}[:#]?\s{0,3}(?P<number>[A-Z]{0,4}[/-]?\d[\d/-]{2,20})", re.IGNORECASE)
#: Numbers by what they are called: of a card or an account, of a home, of a person at work or with an office; places in degrees or in three words; a machine's address.
_NAMED_NUMBER = re.compile(
    r"\b(?:card(?: number| no)?|account(?: number| no)?|sort code|uprn|usrn|urn|ni(?: number| no)?|nino|national insurance(?: number| no)?|staff(?: number| no| id)|employee(?: number| no| id)|payroll(?: number| no)?|student(?: number| no| id)|"
    r"warrant(?: card)?(?: number| no)|driving licen[cs]e(?: number| no)?|case(?: number| no)?|court case|police reference|crime(?: number| no))\.?(?: is| was|:| -)?\s{0,2}#?(?P<number>[A-Z]{0,4}[/ -]?\d[A-Z\d]*(?:[ /-]\d[A-Z\d]*)*(?: [A-D])?\b|[A-Z]{2}(?: ?\d\d){3} ?[A-D]\b)",
    re.IGNORECASE,
)
#: Fewer figures after such a word number something else: "in case 12 people came".
_FIGURES = 4
_CARD = re.compile(r"(?<![\d-])\d{4}([ -]?)\d{4}\1\d{4}\1\d{3,4}(?![\d-])")
_MACHINE = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.]\d)")
_DEGREES = re.compile(r"(?<![\d.])-?\d{1,2}\.\d{3,}°?[NS]?\s*[,;/ ]\s*-?\d{1,3}\.\d{3,}°?[EW]?(?![\d.]\d)")
_THREE_WORDS = re.compile(r"///\w+\.\w+\.\w+|\b(?:what ?3 ?words|what three words|w3w)\W{1,3}(?:is |are )?(?P<three>[a-z]{3,20}\.[a-z]{3,20}\.[a-z]{3,20})\b", re.IGNORECASE)
_SHORT_PHONE = re.compile(r"\b(?:call|phone|ring|text|mobile|number|tel|whats ?app|contact)\W{0,3}(?:me |us |him |her )?(?:on |at |is |was )?\W?(?P<digits>7\d{3}[ -]?\d{3}[ -]?\d{3})\b", re.IGNORECASE)
_FLAT = re.compile(r"\b(?:(?:flat|apartment|house number|door number|house no\.?|plot|pitch) ?\d{1,4}[a-d]?|\d{1,4}[a-d]? The (?:Mews|Close|Crescent|Avenue|Street|Terrace|Green|Paddock|Maltings|Square|Row|Lane))\b", re.IGNORECASE)
#: Where a sentence begins, a capital says nothing.
_ENDS = re.compile(r"(?:\A|[.!?:;\n•\"“])\s*\Z")
#: Names in capitals that are everybody's: services, days, and how people speak of the law.
_PUBLIC = frozenset(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "christmas", "easter", "police", "kent", "council", "government", "england", "britain", "british", "english", "scotland", "wales", "ireland", "european", "union", "crown", "prosecution", "service", "court", "magistrates", "crime", "commissioner", "home", "office", "women", "aid", "rape", "crisis", "victim", "support", "facebook", "instagram", "snapchat", "whatsapp", "tiktok", "twitter", "tinder", "google", "youtube", "uber", "tesco", "asda", "sainsbury", "sainsburys", "morrisons", "aldi", "lidl", "boots", "wetherspoons", "mcdonalds", "nhs", "university", "school", "college", "hospital", "street", "road", "safe", "domestic", "abuse", "violence", "against", "girls", "me", "too", "metoo", "metropolitan", "sarah", "everard", "crimestoppers", "samaritans", "relate", "cafcass", "universal", "credit", "child", "protection", "social", "services", "citizens", "advice", "action", "fraud", "clare", "claire", "sarah's", "law", "online", "bill"]) - {"clare", "claire", "sarah", "sarah's", "everard"}  # fmt: skip
_NOT_NAMES = frozenset(["a", "an", "and", "i", "he", "she", "they", "it", "we", "you", "who", "which", "that", "this", "these", "those", "his", "her", "their", "my", "our", "at", "in", "on", "of", "to", "for", "from", "with", "by", "as", "is", "was", "were", "are", "be", "been", "has", "have", "had", "did", "do", "does", "not", "no", "or", "but", "so", "if", "when", "then", "because", "about", "after", "before", "always", "never", "often", "just", "only", "also", "still", "very", "really", "who's", "whom", "whose", "left", "hit", "kept", "would", "could", "will", "can", "may", "might", "should", "wanted", "used", "came", "went", "got", "took", "told", "said", "says", "made", "threatened", "raped", "attacked", "followed", "died", "lives", "lived", "works", "worked", "again", "abused", "assaulted", "drinks", "drank", "controls", "controlled", "beat", "beats", "calls", "called", "continued", "found", "moved", "tried", "knew", "asked", "gave", "started", "stopped", "refuses", "refused", "since", "until", "while", "during", "and's", "being", "getting", "having", "mental", "physically", "emotionally", "names", "horrible"])  # fmt: skip


#: Letters that are no letter with an accent but one of their own, and marks that people's keyboards put in the place of others.
_PLAIN = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "s", "æ": "a", "Æ": "A", "\u00a0": " ", "\u2007": " ", "\u202f": " ", "\u2009": " ", "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2019": "'", "\u2018": "'"})


def _plain(text: str) -> str:
    """The text letter for letter as the shapes know it: without accents, with plain spaces and dashes; as long as it was."""
    if text.isascii():
        return text
    return "".join(c if c.isascii() else _one(c) for c in text.translate(_PLAIN))


def _one(letter: str) -> str:
    parts = unicodedata.normalize("NFKD", letter)
    return parts[0] if parts and parts[0].isalpha() and parts[0].isascii() else letter


def passages(text: str, more_places: Collection[str] = (), more_names: Collection[str] = ()) -> list[Passage]:
    """The passages that may tell who somebody is, in their order and none over another. ``more_places`` and ``more_names`` are a store's own."""
    text = _plain(text)
    found: list[Passage] = []
    for one in _all(text, more_places, more_names):
        while one.start < one.end and text[one.start].isspace():
            one = Passage(one.start + 1, one.end, one.kind, one.sure)
        if one.start < one.end and not any(one.start < f.end and f.start < one.end for f in found):
            found.append(one)
    made: list[Passage] = []
    for one in sorted(found):
        if made and one.kind == made[-1].kind == "name" and text[made[-1].end : one.start] in (" ", "\n", ", "):  # a first name and a surname
            made[-1] = Passage(made[-1].start, one.end, "name", made[-1].sure or one.sure)
        else:
            made.append(one)
    return made


def _all(text: str, more_places: Collection[str], more_names: Collection[str]) -> Iterator[Passage]:
    """Every shape that is found, the surest first: of two that overlap the first stands."""
    for kind, shape in (("email", personal.EMAIL), ("email", _SPELT_EMAIL), ("link", _LINK), ("link", _HANDLE), ("number", personal.NINO)):
        yield from (Passage(*m.span(), kind) for m in shape.finditer(text))
    yield from (Passage(*m.span(), "number") for m in personal.NHS.finditer(text) if personal.is_nhs("".join(m.groups())))
    yield from (Passage(*m.span("number"), "number") for m in _NAMED_NUMBER.finditer(text) if sum(map(str.isdigit, m["number"])) >= _FIGURES)
    yield from (Passage(*m.span(), "number") for m in _CARD.finditer(text))
    yield from (Passage(*m.span(), "link") for m in _MACHINE.finditer(text))
    yield from (Passage(*m.span(), "address") for m in _DEGREES.finditer(text))
    yield from (Passage(*m.span("three" if m["three"] else 0), "address") for m in _THREE_WORDS.finditer(text))
    yield from (Passage(*m.span("digits"), "telephone") for m in _SHORT_PHONE.finditer(text))
    yield from (Passage(m.start("number"), m.end("number"), "number") for m in _REFERENCE.finditer(text))
    yield from (Passage(*m.span("name"), "link", sure=False) for m in _ACCOUNT.finditer(text) if m.group("name").casefold() not in _NOT_NAMES | _PUBLIC | _LARGE)
    yield from (Passage(*m.span(), "date") for m in _DATE.finditer(text))
    yield from (Passage(*m.span(), "date", sure=False) for m in _MONTH_YEAR.finditer(text))
    yield from (Passage(m.start(), m.start() + len(m.group().rstrip(" -(")), "telephone") for m in personal.PHONE.finditer(text))
    yield from (Passage(*m.span(), "telephone") for m in _PLAIN_PHONE.finditer(text))
    yield from (Passage(*m.span(), "postcode") for m in _POSTCODE.finditer(text) if _is_postcode(text, m))
    yield from (Passage(*m.span(), "number") for m in _PLATE.finditer(text))
    yield from (Passage(*m.span(1), "number") for m in _PLATE_SMALL.finditer(text))
    yield from (Passage(*m.span(), "address") for m in _ADDRESS.finditer(text) if not _MEASURED.search(m.group()))
    yield from (Passage(*m.span(), "address", sure=False) for m in _FLAT.finditer(text))
    yield from (Passage(*m.span(), "address", sure=False) for m in _NAMED_ROAD.finditer(text) if m.group().split()[0].casefold() not in _PUBLIC)
    yield from (Passage(_after_small_words(m), m.end(), "place", sure=False) for m in _INSTITUTION.finditer(text))
    yield from (Passage(*m.span(), "name") for m in _TITLED.finditer(text))
    yield from (Passage(*m.span(), "number") for m in _COLLAR.finditer(text))
    yield from (Passage(*m.span("born"), "date") for m in _BORN.finditer(text))
    yield from (Passage(*m.span(), "name", sure=False) for m in _TITLED_SMALL.finditer(text) if m.group(1) not in _NOT_NAMES)
    yield from _cued(text, more_names)
    yield from _listed_places(text, more_places)
    yield from _names(text, more_names)
    yield from _lone_capitals(text)


#: As personal.POSTCODE, in small letters too: people type them so.
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s?\d[ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE)


def _is_postcode(text: str, found: re.Match[str]) -> bool:
    return found.group()[0].isupper() or " " in found.group() or len(found.group()) > 5


def _opens(text: str, start: int) -> bool:
    """Whether a sentence begins there."""
    return _ENDS.search(text[max(0, start - 4) : start]) is not None


def _after_small_words(found: re.Match[str]) -> int:
    """Where the name proper begins: after "The", "At" and the like."""
    first = found.group().split(" ", 1)[0]
    return found.start() + (len(first) + 1 if first.casefold() in _NOT_NAMES | {"the", "my", "our"} else 0)


def _cued(text: str, more: Collection[str]) -> Iterator[Passage]:
    names = FIRST_NAMES | NAMES_AND_WORDS | _folded(more)
    for m in _CUED.finditer(text):
        given = m.group("name")
        first = given.split()[0]
        small = first.casefold().removesuffix("'s").removesuffix("’s")
        if small in _NOT_NAMES or (small in _PUBLIC and small not in names):
            continue
        if first[0].isupper() or small in names:
            end = m.start("name") + (len(given) if len(given.split()) > 1 and first[0].isupper() else len(first))
            yield Passage(m.start("name"), end - _possessive(text[m.start("name") : end]), "name", sure=first[0].isupper())


def _possessive(words: str) -> int:
    return 2 if words.endswith(("'s", "’s")) else 0


@lru_cache(maxsize=8)
def _places_shape(more: tuple[str, ...]) -> re.Pattern[str]:
    known = sorted({*PLACES, *(p for p in more if len(p) > 3)}, key=lambda p: (-len(p), p))
    return re.compile(r"\b(?:" + "|".join(map(re.escape, known)) + r")\b")


@lru_cache(maxsize=8)
def _small_places_shape() -> re.Pattern[str]:
    """Towns that are no ordinary word, as people type them in small letters after "in" and the like."""
    ordinary = {"deal", "sandwich", "rye", "hoo", "loose", "charing", "bath", "reading", "hull", "derby", "wye", "marden", "minster", "hartley", "herne", "newington", "westgate", "shoreham", "halling", "bolton", "stoke", "york", "lincoln", "whitfield"}
    known = sorted({p for p in PLACES if p.casefold() not in ordinary}, key=lambda p: (-len(p), p))
    return re.compile(r"\b(?:in|at|from|near|to|outside|around|through|of) ((?:" + "|".join(re.escape(p.casefold()) for p in known) + r"))\b")


def _listed_places(text: str, more: Collection[str]) -> Iterator[Passage]:
    for m in _places_shape(tuple(sorted(more))).finditer(text):
        if not _of_a_body(text, m.end()):
            yield Passage(*m.span(), "place", sure=False)
    for m in _small_places_shape().finditer(text):
        if not _of_a_body(text, m.end()):
            yield Passage(*m.span(1), "place", sure=False)


def _of_a_body(text: str, end: int) -> bool:
    """Whether a place is part of a public body's name, such as Kent Police, which tells of nobody."""
    return re.match(r" (?:Police|Council|County|County Council|Borough|NHS|Fire|Crown Court|Magistrates|PCC|OPCC|police|council)\b", text[end : end + 20]) is not None


def _names(text: str, more: Collection[str]) -> Iterator[Passage]:
    """Two or three words in capitals, and first names as the lists have them; what opens a sentence counts only where it is a name on the list."""
    own = _folded(more)
    for m in _CAPITALS.finditer(text):
        yield from _in_capitals(text, m, own)
    for m in _WORD.finditer(text):
        word = m.group()
        bare = word[: len(word) - _possessive(word)]
        small = bare.casefold()
        if small in _PUBLIC:
            continue
        if _IRISH.fullmatch(bare) or (bare[0].isupper() and {small.split("-")[0], small.split("-")[-1]} & FIRST_NAMES and "-" in small):
            yield Passage(m.start(), m.start() + len(bare), "name", sure=False)
        if small in NAMES_AND_WORDS and small not in own:
            if bare[0].isupper() and not bare.isupper() and not _opens(text, m.start()) and not _is_month(text, m):
                yield Passage(m.start(), m.start() + len(bare), "name", sure=False)
        elif small in FIRST_NAMES or small in own:
            yield Passage(m.start(), _with_surname(text, m.start() + len(bare), bare), "name", sure=False)


_IRISH = re.compile(r"(?:O['’]|Mc|Mac)[A-Z][a-z]{2,20}(?:-[A-Z][a-z]+)?")
_SHOUTED = re.compile(r" ([A-Z]{3,20})\b")


def _with_surname(text: str, end: int, name: str) -> int:
    """Where a name ends of which all letters are large, with the word behind it that is written so too."""
    found = _SHOUTED.match(text, end) if name.isupper() and len(name) > 1 else None
    return end if found is None or found.group(1).casefold() in _NOT_NAMES | _PUBLIC | _LARGE else found.end()


#: Words in capitals within a sentence that name nobody: peoples, faiths, offices, and words that many write large.
_LARGE = frozenset(["god", "lord", "jesus", "allah", "bible", "quran", "muslim", "muslims", "islam", "islamic", "christian", "christians", "jewish", "jew", "jews", "sikh", "sikhs", "hindu", "hindus", "catholic", "buddhist", "polish", "romanian", "asian", "african", "black", "white", "brown", "caribbean", "indian", "pakistani", "bangladeshi", "chinese", "eastern", "western", "northern", "southern", "american", "french", "german", "spanish", "italian", "irish", "scottish", "welsh", "ukrainian", "afghan", "turkish", "kurdish", "roma", "gypsy", "traveller", "travellers", "english", "officer", "officers", "judge", "judges", "constable", "sergeant", "inspector", "detective", "commissioner", "mayor", "minister", "government", "parliament", "mp", "mps", "councillor", "councillors", "member", "women", "woman", "men", "man", "girls", "girl", "boys", "boy", "children", "child", "parents", "mother", "mum", "mummy", "dad", "daddy", "father", "gran", "grandad", "nan", "internet", "wifi", "bluetooth", "tv", "covid", "lockdown", "brexit", "zoom", "teams", "uber", "lyft", "bolt", "instagram", "mosque", "church", "temple", "tube", "metro", "train", "bus", "domestic", "sexual", "violence", "rape", "assault", "abuse", "harassment", "stalking", "law", "act", "bill", "order", "court", "justice", "prosecution", "victims", "victim", "survivor", "survivors", "inquiry", "survey", "report", "reports", "team", "unit", "department", "line", "helpline", "education", "pshe", "rse", "dbs", "isva", "idva", "marac", "cps", "lgbt", "lgbtq", "ptsd", "adhd", "ok", "okay", "yes", "no", "please", "thank", "thanks", "also", "firstly", "secondly", "finally", "many", "most", "some", "all", "any", "every", "high", "main", "road", "street", "lane", "new", "old", "the", "it", "he", "she", "we", "they", "my", "our", "his", "her", "you", "your", "its", "write", "tell", "give", "take", "make", "let", "don't", "can't", "didn't", "won't", "stop", "better", "more", "less", "again", "maybe", "perhaps", "however", "therefore", "why", "what", "where", "how", "who", "when", "there", "here", "that", "this", "nothing", "nobody", "everyone", "someone", "anyone", "something", "everything", "pub", "club", "nightclub", "gym", "supermarket", "park", "parks", "streets", "lights"]) | _NOT_NAMES  # fmt: skip
_LONE = re.compile(r"(?<=[a-z,;] )[A-Z][a-z’'-]{2,20}\b")
_IN = re.compile(r"\b(?:in|at|from|near|to|outside|around|through|via)\s\Z")


def _lone_capitals(text: str) -> Iterator[Passage]:
    """A word in capitals within a sentence that is on no list: most often a name, after "in" and the like a place."""
    for m in _LONE.finditer(text):
        word = m.group()
        bare = word[: len(word) - _possessive(word)]
        small = bare.casefold()
        if small not in _PUBLIC and small not in _LARGE and small.removesuffix("s") not in _LARGE and small not in NAMES_AND_WORDS and not _of_a_body(text, m.end()):
            yield Passage(m.start(), m.start() + len(bare), "place" if _IN.search(text[max(0, m.start() - 9) : m.start()]) else "name", sure=False)


def _is_month(text: str, found: re.Match[str]) -> bool:
    return found.group().casefold() in ("may", "june", "april", "august") and re.search(r"\b(?:in|of|since|last|this|by|until|till|during|from|to|and|or|early|late|\d\d?(?:st|nd|rd|th)?)\s\Z", text[max(0, found.start() - 8) : found.start()], re.IGNORECASE) is not None


def _in_capitals(text: str, found: re.Match[str], own: frozenset[str]) -> Iterator[Passage]:
    words = found.group().split(" ")
    start = found.start()
    begins = words[0].casefold()
    any_word = begins in _LARGE or begins in NAMES_AND_WORDS or words[1].casefold() in FIRST_NAMES | own
    if _opens(text, start) and begins not in FIRST_NAMES | own and any_word:  # "Then Sarah": the first word may be any
        start += len(words[0]) + 1
        words = words[1:]
    while words and (words[0].casefold() in _NOT_NAMES or words[0].casefold() in _PUBLIC):
        start += len(words[0]) + 1
        words = words[1:]
    while words and (words[-1].casefold() in _NOT_NAMES or words[-1].casefold() in _PUBLIC):
        words = words[:-1]
    if not words or any(w.casefold() in _PUBLIC for w in words):
        return
    listed = words[0].casefold() in FIRST_NAMES | NAMES_AND_WORDS | own
    if len(words) > 1 or (listed and words[0].casefold() in FIRST_NAMES | own):
        whole = " ".join(words)
        yield Passage(start, start + len(whole) - _possessive(whole), "name", sure=listed)


def _folded(more: Collection[str]) -> frozenset[str]:
    return frozenset(m.casefold() for m in more)


# -- taking out --------------------------------------------------------------------------------


def marker(kind: str) -> str:
    """What stands in the place of words taken out: "[name]"."""
    return f"[{IDENTIFYING.label(kind).casefold()}]"


def joined(found: Iterable[Passage]) -> list[Passage]:
    """Passages in their order; those that overlap are one, of the first one's kind."""
    made: list[Passage] = []
    for one in sorted(found):
        if made and one.start < made[-1].end:
            made[-1] = Passage(made[-1].start, max(made[-1].end, one.end), made[-1].kind)
        else:
            made.append(one)
    return made


def without(text: str, found: Sequence[Passage]) -> str:
    """The text with passages taken out and a marker in the place of each."""
    parts: list[str] = []
    at = 0
    for one in joined(found):
        parts += [text[at : one.start], marker(one.kind)]
        at = min(one.end, len(text))
    return "".join([*parts, text[at:]])


def plain_lines(words: str) -> str:
    """A text whose lines end in a line feed, by which positions are counted and texts compared."""
    return words.replace("\r\n", "\n").replace("\r", "\n") if "\r" in words else words


def moved(found: Iterable[Passage], gone: Sequence[Passage], letters: int) -> list[Passage]:
    """Passages of a text as they stand in what is left of it once ``gone`` was taken out: what lies in these is left out. ``letters``: the length of what is left."""
    made: list[Passage] = []
    for one in found:
        parts = [(one.start, one.end)]
        for cut in gone:
            parts = [p for start, end in parts for p in ((start, min(end, cut.start)), (max(start, cut.end), end)) if p[0] < p[1]]
        for start, end in parts:
            by = sum(len(marker(c.kind)) - (c.end - c.start) for c in gone if c.end <= start)
            if 0 <= start + by < end + by <= letters:
                made.append(Passage(start + by, end + by, one.kind))
    return made


def restored(found: Iterable[Passage], gone: Sequence[Passage]) -> list[Passage]:
    """The other way: passages of what is left of a text as they stood in the text, with ``gone`` taken out of it. One that lies in a marker is what the marker stands for."""
    cuts = joined(gone)
    made = (Passage(_before(one.start, cuts, last=False), _before(one.end, cuts, last=True), one.kind) for one in found)
    return [one for one in made if one.start < one.end]


def _before(at: int, cuts: Sequence[Passage], *, last: bool) -> int:
    """Where a position of what is left of a text stood in it; within a marker, the beginning or the ``last`` end of what it stands for."""
    by = 0
    for cut in cuts:
        wide = len(marker(cut.kind))
        begins = cut.start + by
        if at <= begins if last else at < begins:
            break
        if at < begins + wide or (last and at == begins + wide):
            return cut.end if last else cut.start
        by += wide - (cut.end - cut.start)
    return at - by
