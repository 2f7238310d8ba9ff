"""What kind of question a column of answers is: one choice, several, a scale, a number, a date, or free text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from vawg_desktop.domain.name_words import FIRST_NAMES, NAMES_AND_WORDS
from vawg_desktop.domain.personal import likely_personal
from vawg_desktop.domain.terms import fold

SINGLE, MULTI, MATRIX, SCALE, NUMBER, DATE, FREE_TEXT, NOT_KNOWN = "single", "multi", "matrix", "scale", "number", "date", "free_text", "not_known"
#: A question of so many different answers is still one of choices; a choice is no longer than so many letters on average.
_CHOICES, _LETTERS = 30, 60
#: A scale has no more steps, and none beyond the last.
_STEPS, _LAST = 11, 100
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
#: Numbers of the choices made, where a tool writes no words; three figures after a comma are thousands.
_CODES = re.compile(r"\d{1,2}(?:,\d{1,2})*")
_DATE = re.compile(r"(?:\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4})(?:[ T]\d{1,2}:\d{2}.*)?")
_IP = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){3,7}")
#: An address on the internet, a place in degrees or three words, a name on social media, a mobile number that lost its nought, the number plate of a
#: car, a crime's reference, the name of somebody with a rank, and the program that somebody answered with.
_PERSONAL = re.compile(rf"{_IP.pattern}|///?[a-z]{{3,}}\.[a-z]{{3,}}\.[a-z]{{3,}}|\d{{2}}/\d{{4,6}}/\d{{2}}|(?:PCSO|[PD]C|D?Sgt|D[SI]|D?Insp|Sergeant|Constable|Inspector|Dr|Prof|Rev|Cllr)\.? [A-Z][a-z’'-]+|Mozilla/\d.*|-?\d{{1,3}}\.\d{{3,}}(?:,\s*|\s+|\s*;\s*)-?\d{{1,3}}\.\d{{3,}}.*|@\w{{2,}}|\(?\+?(?:44\)?\s?)?7\d{{3}}\s?\d{{6}}|[A-Za-z]{{2}}\d{{2}}\s?[A-Za-z]{{3}}")
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_ID = re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{20,}|[A-Za-z]{1,4}_[0-9A-Za-z]{8,}|(?:[a-z]+:)?(?=[a-fA-F]*\d)[0-9a-fA-F]{12,}|(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}")
#: So large a share of answers that are short and look like a person's data make a column one of persons.
_SHARE, _SHORT = 0.15, 80
#: So many respondents do not each name the same person who helped them.
_KNOWN_TO_MANY = 5
#: Where one answer in so many is a name, of several people in full, a column names people.
_MANY_NAMES = 4
#: A longer answer is a sentence; an address is none.
_SENTENCE = 8
#: A postcode, which people write in small letters too, is no longer.
_POSTCODE = 9
#: So many different answers are looked at: a column is known by its first thousands.
_LOOKED_AT = 2_000


def kind_of(counts: Counter[str], *, asks_words: bool = False) -> tuple[str, list[str]]:
    """The kind of a column by how often each answer stands in it, and its choices in their order, where it has some.

    ``asks_words``: its heading asks for people's own words, so that only answers that are plainly steps of a scale are choices.
    """
    given = counts.total()
    if not given:
        return NOT_KNOWN, []
    if all(_NUMBER.fullmatch(v) for v in counts):
        return _of_numbers(counts)
    if all(_DATE.fullmatch(v) for v in counts):
        return DATE, []
    letters = sum(len(v) * n for v, n in counts.items()) / given
    sentences = sum(n for v, n in counts.items() if len(v.split()) > 7 or "\n" in v) / given
    few = len(counts) <= _CHOICES and letters <= _LETTERS
    repeated = len(counts) <= given / 2 or (given < 12 and letters <= 20)
    if few and repeated and (sentences < 0.5 or len(counts) <= given / 4) and not (asks_words and not is_closed(counts)) and not _mostly_own(counts):
        return SINGLE, in_order(counts)
    return FREE_TEXT, []


#: What people write where they have nothing to tell.
_NOTHING = re.compile(r"(?:no|none|nope|nothing|nil|n a|na|no comments?|not applicable|nothing to add|no thank ?(?:you|s)|see above|as above|yes|don ?t know|not sure|\W*)")


def _mostly_own(counts: Counter[str]) -> bool:
    """Whether, but for those who had nothing to tell, most wrote what nobody else did, in several words: choices come again."""
    told = {v: n for v, n in counts.items() if not _NOTHING.fullmatch(fold(re.sub(r"[^\w ]", " ", v)).strip())}
    own = [v for v, n in told.items() if n == 1 and len(v.split()) > 2]
    return len(own) > 1 and 2 * len(own) > len(told)


def _of_numbers(counts: Counter[str]) -> tuple[str, list[str]]:
    whole = all("." not in v and "," not in v for v in counts)
    if whole and len(counts) <= _STEPS and all(0 <= int(v) <= _LAST for v in counts):
        return SCALE, sorted(counts, key=int)
    return NUMBER, []


#: Answers that stand outside a scale, and come last.
_APART = re.compile(r"(?:prefer not|rather not|don ?t know|do not know|not sure|unsure|none of|not applicable|n a$|other|no answer)")
#: What a step of a scale is about, for and against; how strongly; and its middle.
_FOR = re.compile(r"\b(?:satisfied|safe|likely|agree|good|easy|helpful|often|always|important|confident|comfortable|excellent|yes)\b")
_AGAINST = re.compile(r"\b(?:dissatisfied|unsafe|unlikely|disagree|poor|bad|difficult|unhelpful|rarely|never|unimportant|uncomfortable|no)\b|\bnot (?:at all|very)\b")
_STRONG, _WEAK = re.compile(r"\b(?:very|strongly|extremely|completely|always|never|excellent|not at all)\b"), re.compile(r"\b(?:a bit|a little|slightly|somewhat|fairly|quite|tend to)\b")
_MIDDLE = re.compile(r"\b(?:neither|neutral|average|ok|sometimes|adequate)\b")


#: How often something is done, the oftenest first.
_HOW_OFTEN = tuple(
    re.compile(rf"\b(?:{words})\b")
    for words in (
        "constantly|all the time|several times a day", "daily|every day|each day|most days|nearly every day", "(?:several|few|two or three) times a week|most weeks", "weekly|once a week|every week|each week",
        "fortnightly|every two weeks|(?:several|few|two or three) times a month", "monthly|once a month|every month", "every few months|quarterly|(?:several|few) times a year", "yearly|annually|once a year|every year",
        "less often|less than|rarely|seldom|hardly ever|occasionally|once or twice|once", "never|not at all",
    )
)  # fmt: skip


def _how_often(plain: str) -> int | None:
    return next((n for n, words in enumerate(_HOW_OFTEN) if words.search(plain)), None)


def in_order(counts: Counter[str]) -> list[str]:
    """Choices as people would list them: by their numbers ("16 to 24"), along a scale ("very satisfied" to "very dissatisfied"), else the commonest first."""
    plain = {c: fold(c) for c in counts}
    apart = [c for c, _ in counts.most_common() if _APART.match(plain[c])]
    rest = [c for c, _ in counts.most_common() if c not in apart]
    numbers = {c: re.search(r"\d+", plain[c]) for c in rest}
    if rest and all(numbers.values()):
        rest.sort(key=lambda c: (int(m[0]) if (m := numbers[c]) else 0, not plain[c].startswith(("under", "less", "below"))))
    else:
        often = {c: _how_often(plain[c]) for c in rest}
        steps = {c: _step(plain[c]) for c in rest}
        if len(rest) > 2 and None not in often.values() and len({*often.values()}) == len(rest):
            rest.sort(key=lambda c: often[c] or 0)
        elif len(rest) > 2 and None not in steps.values() and len({*steps.values()}) == len(rest):
            rest.sort(key=lambda c: -(steps[c] or 0))
    return [*rest, *apart]


def _step(words: str) -> float | None:
    """Where an answer stands on a scale from 3 to −3; None where it is on none that is known."""
    if _MIDDLE.search(words):
        return 0
    against, in_favour = _AGAINST.search(words), _FOR.search(words)
    if not against and not in_favour:
        return None
    strength = 3 if _STRONG.search(words) else 1 if _WEAK.search(words) else 2
    return -strength if against else strength


def split_answers(values: Sequence[str], mark: str) -> list[list[str]] | None:
    """Each cell as its several answers, where a column holds such: some of its cells end with the mark between them. None elsewhere."""
    given = [v for v in values if v]
    if not mark or not given:
        return None
    if mark == ",":  # numbers of choices; words may hold a comma themselves
        if not any("," in v for v in given) or not all(_CODES.fullmatch(v) for v in given):
            return None
    elif not any(v.endswith(mark) for v in given) or 2 * sum(mark in v for v in given) < len(given):
        return None
    return [[part.strip() for part in v.split(mark) if part.strip()] for v in values]


#: Between answers in words: Qualtrics puts no space after its comma, others do.
_COMMAS = {",": re.compile(r",(?! )"), ", ": re.compile(r", ")}
#: What other tools put there; no choice holds these.
_PLAIN_MARKS = tuple(re.compile(rf"\s*{mark}\s*") for mark in (";", r"\|", r"\n"))
#: So large a share of the answers in such cells are ones that come again; the others are people's own words.
_COME_AGAIN = 0.7
#: From so many respondents on, what only one of them gave among several answers is no choice that was offered.
_ENOUGH = 20


def split_words(values: Sequence[str], comma: str) -> list[list[str]] | None:
    """Each cell as its several answers in words, where a mark parts them; None elsewhere.

    Such a mark is one that choices do not hold (a semicolon, a stroke, a line's end), where most answers come again; or the tool's ``comma`` ("," or
    ", "; empty for none), where nearly all of them also stand alone in some cell.
    """
    for mark in _PLAIN_MARKS:
        given = [_parts(mark, v) for v in values if v]
        parts = Counter(p for a in given for p in a)
        again = {p: n for p, n in parts.items() if n > 1}
        if sum(len(a) > 1 for a in given) > 1 and 1 < len(again) <= _CHOICES and sum(again.values()) >= _COME_AGAIN * parts.total() and sum(map(len, again)) <= _LETTERS * len(again) and not any(len(a) > len(set(a)) for a in given):
            return [_parts(mark, v) for v in values]
    return _alone_too([[p.strip() for p in _COMMAS[comma].split(v)] if v else [] for v in values]) if comma else None


def split_codes(values: Sequence[str]) -> list[list[str]] | None:
    """Each cell as its several answers, where these are codes with a space between them, as Kobo writes them. None elsewhere."""
    found = [v.split() for v in values]
    if not all(_KOBO_CODE.fullmatch(part) for answer in found for part in answer) or any(len(a) > len(set(a)) for a in found):
        return None
    return _alone_too(found)


_KOBO_CODE = re.compile(r"[a-z0-9][\w.-]*")


def _parts(mark: re.Pattern[str], cell: str) -> list[str]:
    return [p for part in mark.split(cell) if (p := part.strip())]


def _alone_too(found: list[list[str]]) -> list[list[str]] | None:
    """Cells of several answers, of which nearly all also stand alone in some cell; None where they do not."""
    given = [a for a in found if a]
    alone = {a[0] for a in given if len(a) == 1}
    parts = {p for a in given for p in a}
    if sum(len(a) > 1 for a in given) < 2 or not 2 < len(parts) <= _CHOICES or sum(map(len, parts)) > _LETTERS * len(parts) or 5 * len(parts & alone) < 4 * len(parts):
        return None
    return found


def offered(answers: Sequence[Sequence[str]]) -> list[str]:
    """The choices of several that were made, the commonest first: without what a single one of many respondents gave, which are their own words."""
    counts = Counter(part for answer in answers for part in set(answer))
    many = sum(map(bool, answers)) >= _ENOUGH
    return [c for c, n in counts.most_common() if n > 1 or not many]


def rankings(answers: Sequence[Sequence[str]]) -> list[str] | None:
    """The options that were put in an order, where each respondent named all of them and not all in the same order; None for choices that were made."""
    given = [a for a in answers if a]
    options = set(given[0]) if given else set[str]()
    if len(options) < 2 or len({tuple(a) for a in given}) < 2 or any(len(a) != len(options) or set(a) != options for a in given):
        return None
    return sorted(options)


def is_personal(counts: Counter[str]) -> bool:
    """Whether the short answers of a column look like what identifies people: addresses, telephone numbers, names with a title."""
    some = list(islice(counts.items(), _LOOKED_AT))
    names = sum(n for v, n in some if _is_name(v))
    told = sum(1 for v, n in some if " " in v and n < _KNOWN_TO_MANY and _is_name(v))  # a name that many give is a choice, such as a campaign's
    if len(some) > 2 and (2 * names > sum(n for _, n in some) or (told > 1 and _MANY_NAMES * names > sum(n for _, n in some))):
        return True
    # in sentences of their own people tell of streets and numbers: such answers are read and shortened, not left out as a column
    if sum(n for v, n in some if len(v.split()) > _SENTENCE) * 2 > sum(n for _, n in some):
        return False
    found = sum(n for v, n in some if len(v) <= _SHORT and (_PERSONAL.fullmatch(v) is not None or likely_personal(v) or (len(v) <= _POSTCODE and likely_personal(v.upper()))))
    return found >= max(1, _SHARE * sum(n for _, n in some))


def _is_name(words: str) -> bool:
    """Whether an answer is no more than somebody's name: a first name, and perhaps others after it; or the surname before a comma."""
    surname, _, first = words.partition(",")
    parts = re.sub(r"[.,'’-]", " ", f"{first} {surname}" if first else words).split()
    return 0 < len(parts) <= 4 and all(p[:1].isupper() and p.isalpha() for p in parts) and parts[0].casefold() in FIRST_NAMES and (len(parts) > 1 or parts[0].casefold() not in NAMES_AND_WORDS)


#: A whole postcode; its first half is the district.
_WHOLE_POSTCODE = re.compile(r"\s*([A-Za-z]{1,2}\d[A-Za-z\d]?)\s*\d[A-Za-z]{2}\s*")


def first_halves(cells: Sequence[str]) -> list[str] | None:
    """Cells with whole postcodes cut to their first half; None where there is none."""
    made = [m[1].upper() if (m := _WHOLE_POSTCODE.fullmatch(c)) is not None else c for c in cells]
    return made if made != [*cells] else None


def is_of_links(counts: Counter[str]) -> bool:
    """Whether most cells of a column are links."""
    some = list(islice(counts.items(), _LOOKED_AT))
    return 2 * sum(n for v, n in some if _URL.match(v) is not None) > sum(n for _, n in some)


def is_identifier(counts: Counter[str], *, numbered: bool) -> bool:
    """Whether every answer of a column is another one and looks like what a program gave; plain numbers do where the heading says so (``numbered``)."""
    return len(counts) > 1 and counts.total() == len(counts) and all(_ID.fullmatch(v) or (numbered and v.isdigit() and len(v) > 5) for v in counts)


def is_closed(counts: Counter[str]) -> bool:
    """Whether every answer of a column is a yes, a no, a step of a scale or a small number: such a column identifies nobody."""
    return bool(counts) and all((v.isdigit() and int(v) <= _LAST) or _step(fold(v)) is not None or _APART.match(fold(v)) for v in counts)
