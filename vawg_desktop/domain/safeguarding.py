"""Words that may tell of danger, a child or a named suspect: a person looks at them the same day (never a judgement, always a suggestion).

It finds shapes of words and misses meanings: what it does not find is not safe. The patterns are our own and were tried on sentences of our own.
"""

from __future__ import annotations

import re

from vawg_desktop.domain.name_words import FIRST_NAMES

#: Shorter answers tell of nothing by themselves.
LEAST_LETTERS = 6

_HIM = r"(?:me|us|my \w+|her|him|them|myself|herself|himself)"
#: What is being done, as people write of what has not ended.
_DOING = r"(?:hits?|hitting|beats?|beating|punch(?:es|ing)|kick(?:s|ing)|slap(?:s|ping)|rap(?:es|ing)|abus(?:es|ing)|hurt(?:s|ing)|stalk(?:s|ing)|follow(?:s|ing)|harass(?:es|ing)|track(?:s|ing)|lock(?:s|ing)|attack(?:s|ing)|control(?:s|ling)|blackmail(?:s|ing))"
_KIN = r"(?:(?:step|grand|foster)?[- ]?(?:dad|daddy|father|mum|mother|brother|uncle|cousin)|stepdad|stepmum|grandad|granddad|teacher|coach|tutor|carer|youth worker|scout leader)"
_DANGER = re.compile(
    rf"\b(?:kill(?:s|ed|ing)? {_HIM}|threat(?:s|en(?:s|ed|ing)?) to kill|strangl\w+|chok(?:ed|es|ing) {_HIM}|suicid\w+|end(?:ing)? (?:my|it all|her|his) ?(?:life)?\b|"
    r"self.?harm\w*|hurt(?:ing)? (?:myself|herself|himself)|(?:still|currently|now) (?:living|live|lives) with (?:him|her|my)|(?:has|have|had|got|carries|keeps|with) a (?:knife|gun|weapon|machete)|"
    rf"(?:stab|shoot|burn|murder|drown|poison)(?:s|bed|ned|ed|ing)? {_HIM}|(?:is|keeps?|still|who|always|and|he|she|they|husband|wife|partner|boyfriend|girlfriend|ex|dad|father|stepdad|son|brother|uncle) (?:\w+ ){{0,2}}?{_DOING} (?:me|us|my \w+)|"
    r"(?:afraid|scared|frightened|terrified) (?:to (?:go|be|stay|come) (?:back )?(?:at )?home|to leave|of (?:him|her|my \w+)|(?:that )?(?:he|she|they) (?:will|is|are|might)|he.ll)|"
    r"(?:fear|afraid|scared|frightened|terrified) (?:for|of losing) (?:my|our|her) (?:life|lives)|in (?:immediate )?danger|not safe (?:at )?(?:home|tonight|now)|"
    r"still (?:happening|going on)|(?:it is|it.s) (?:happening|going on) (?:now|today|tonight)|do not want to (?:live|be here)|don.?t want to (?:live|be here)|want(?:ed)? to die)\b",
    re.IGNORECASE,
)
_CHILD = re.compile(
    r"\b(?:my|our|her|his|their|a) (?:\w+ )?(?:child(?:ren)?|kids?|son|daughter|baby|little (?:girl|boy)|toddler|teenager|niece|nephew|granddaughter|grandson|foster child)\b|"
    r"\b(?:\d|1[0-7]|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen)[- ]year[- ]olds?\b|\bunder (?:16|18|age)\b|\b(?:at|in) (?:primary |secondary )?school\b|"
    r"\bwhen (?:i|she|he) was (?:a child|a kid|little|young|\d|1[0-7])\b|\b(?:i am|i.?m|she is|she.s|he is|he.s|aged?|(?:i|she|he) was(?: only| just)?) (?:only |just )?(?:\d|1[0-7])\b(?!\s*(?:%|per|years? (?:ago|into|in )|weeks?|months?|minutes?|hours?|days?|stone|miles?))|"
    rf"\b[Ii]n [Yy]ear (?:\d|1[0-3])\b|\bmy {_KIN} (?:\w+ ){{0,2}}?(?:{_DOING}|touch(?:es|ed|ing)?|message[sd]?|messaging|texts?|grope[sd]?|rape[sd]|hit|beat|abused|hurt|kiss(?:es|ed)) (?:me|us|my (?:sister|brother))\b",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"\b(?:[Hh]is|[Hh]er|[Tt]heir) name (?:is|was) [A-Z][a-z]+|\b(?:called|named) [A-Z][a-z]+ [A-Z][a-z]+|"
    r"\b(?:[Mm]y|[Tt]he) (?:ex(?:-\w+)?|husband|wife|partner|boyfriend|girlfriend|stepfather|step-father|father|dad|uncle|brother|cousin|boss|manager|neighbour|teacher|landlord|colleague),? [A-Z][a-z]{2,}|"
    r"\b(?:Mr|Mrs|Ms|Miss|PC|DC|DS|Dr|Father|Rev)\.? [A-Z][a-z]{2,}"
)
#: A first name, known from a list, and a surname.
_FULL_NAME = re.compile(r"\b([A-Z][a-z]+) [A-Z][a-z'’-]+")
#: A capital within a sentence, without which nobody is named.
_CAPITAL = re.compile(r"[A-Za-z,.] [A-Z][a-z]")
#: Parts of words of which one stands in every text that a pattern finds: looking for these first takes a quarter of the time.
_DANGER_PARTS = ("kill", "strangl", "chok", "suicid", "end my", "ending my", "end it all", "end her", "end his", "ending it", "ending her", "ending his", "self", "hurt", "with him", "with her", "with my", "knife", "gun", "weapon", "life", "lives", "danger", "not safe", "happening", "going on", "want to", "to die", "machete", "stab", "shoot", "burn", "murder", "drown", "poison", "scared", "afraid", "frightened", "terrified", " me", " us", " my ")
_CHILD_PARTS = ("child", "kid", "son", "daughter", "baby", "little", "toddler", "teenager", "niece", "nephew", "year", "under 1", "under age", "school", "when i was", "when she was", "when he was", "i am ", "i'm ", "im ", "she is", "she's", "he is", "he's", "age ", "aged ", " was ", "i was", "year ", "my ")
_NAMED_PARTS = ("name", "called", "my ", "the ", "mr", "ms", "miss", "pc", "dc", "ds", "dr", "father", "rev")
#: Each reason in words, with the parts of words and the shapes that tell it; the gravest first.
REASONS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (("danger", _DANGER_PARTS, _DANGER), ("a child", _CHILD_PARTS, _CHILD), ("somebody named", _NAMED_PARTS, _NAMED))

#: Reasons for which an answer may distress whoever reads it.
DISTRESSING = frozenset({"danger", "a child"})


def concerns(text: str) -> list[str]:
    """Why a person should look at a text today, the gravest reason first; empty for none."""
    if len(text) < LEAST_LETTERS:
        return []
    plain = " ".join(text.replace("’", "'").split())
    small = plain.lower()
    named = _CAPITAL.search(plain) is not None
    found = [reason for reason, parts, shape in REASONS if (shape is not _NAMED or named) and any(p in small for p in parts) and shape.search(plain)]
    if named and REASONS[-1][0] not in found and any(m[1].casefold() in FIRST_NAMES for m in _FULL_NAME.finditer(plain)):
        found.append(REASONS[-1][0])
    return found
