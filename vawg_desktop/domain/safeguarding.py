"""Words that may tell of danger, a child or a named suspect: a person looks at them the same day (never a judgement, always a suggestion).

It finds shapes of words and misses meanings: what it does not find is not safe. The patterns are our own and were tried on sentences of our own.
"""

from __future__ import annotations

import re

from vawg_desktop.domain.name_words import FIRST_NAMES

#: Shorter answers tell of nothing by themselves.
LEAST_LETTERS = 5

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
#: More of what people write of what has not ended or has just happened: holding fast, the throat, force, harm to oneself, being watched and found.
_MORE_DANGER = re.compile(
    rf"\b(?:(?:hands?|arm|belt|rope|cord|scarf) (?:a)?round (?:my|her|his) (?:throat|neck)|by (?:the|my|her) throat|throttl\w+ {_HIM}|(?:won.?t|will not|doesn.?t|does not|didn.?t|never|not|refuses to) (?:let|allow|letting|allowing) (?:me|us|her) (?:to )?(?:leave|go|out|see|have|work|speak|talk|use)|"
    r"lock(?:s|ed|ing) (?:me|us|her) (?:in|up|out|away)|i can(?:.?t|not) leave|trapped (?:at|in) (?:my|our|her) (?:own )?(?:home|house|flat|marriage|relationship)|"
    r"overdos\w+|cut(?:s|ting)? (?:myself|herself|himself)|(?:cut|cutting|burn|burning) my (?:arms?|legs?|wrists?|skin)|better off dead|no (?:reason|point) (?:to live|in living|(?:in )?going on)|i can(?:.?t|not) go on\b|(?:do not|don.?t) want to (?:be alive|wake up)|(?:thought|thinking|planning|plan|want) (?:\w+ ){0,2}(?:to end|of ending|about ending) (?:things|it)|"
    rf"forc(?:es|ed|ing) (?:himself|themselves|itself) on {_HIM}|(?:forc(?:es|ed|ing)|mak(?:es|ing)) (?:me|her|us) (?:to )?(?:have sex|have intercourse|sleep with|do (?:sexual )?things|watch porn|perform|undress)|(?:i|she|we) (?:have|had|has) to (?:have sex|sleep) with (?:him|them|men|people|others?|strangers|his \w+)|sell(?:s|ing) (?:me|her) (?:to|for)|"
    r"(?:being|be|am|is|are) (?:forced|made|pressured|sent) (?:\w+ ){0,2}?(?:to marry|into (?:a )?marri\w+|abroad)|(?:take|taken|taking|send|sent|sending) (?:me|her|us|my \w+) (?:abroad|away|back home|overseas) (?:to (?:get |be )?(?:married|marry|cut|circumcised))|(?:had|having|have|do|doing|done|got) fgm\b|fgm (?:done|performed|carried out)|"
    rf"(?:raped|attacked|assaulted|hit|beat|beaten|strangled|stabbed|groped|followed|punched|kicked|slapped|threatened|hurt|grabbed) (?:{_HIM} )?(?:\w+ )?(?:last night|yesterday|today|tonight|this (?:morning|week|weekend|evening|afternoon)|again (?:last|this|on|and)|two nights ago|the other (?:day|night))|"
    r"(?:found out|find out|knows|know|worked out) (?:exactly )?where (?:i|we|she) (?:now )?lives?|(?:keeps?|keep on|always|still) (?:turning|showing|coming|waiting) (?:up |back )?(?:at|outside|round|to) (?:my|our|her)|(?:tracker|tracking (?:device|app)|air ?tag|spyware|hidden camera) (?:on|in) (?:my|our|her)|"
    r"(?:i|we|she) (?:don.?t|do not|never|no longer|doesn.?t|does not) feel safe (?:at|in) (?:my |our |her )?(?:own )?(?:home|house|flat)|(?:is|are|was|were|he.s|they.re|she.s) going to (?:hurt|kill|hit|find|get|rape|stab|beat|take) (?:me|us|her|my \w+)|"
    rf"(?:pushed|threw|shoved|dragged|pushes|throws|shoves|drags) (?:me|her) (?:down|into|against|through|across|out of)|(?:smash|bang|slam)(?:ed|s|es|ing)? (?:my|her) (?:head|face)|(?:when|while) (?:i was|i.m|she was|i am) pregnant|(?:hits?|kick(?:s|ed)?|punch(?:es|ed)?|stab(?:s|bed)?|beats?|stamp(?:s|ed) on|elbow(?:s|ed)|headbutt(?:s|ed)?) (?:me|her|us) (?:\w+ ){{0,2}}?(?:stomach|belly|tummy|face|head|ribs|eye|mouth|back)|"
    rf"(?:pour(?:s|ed|ing)?|thr(?:ew|ows?|owing)|splash(?:es|ed|ing)?|douse[sd]?|dousing|spray(?:s|ed|ing)?) (?:\w+ ){{0,2}}?(?:acid|petrol|bleach|boiling|lighter fuel|ammonia)|(?:i.m|im|i am|i was|we are|we were|she is|she was|she.s|my \w+ (?:is|was)|being|keep getting|got) (?:being |still )?followed (?:by|home|every|again|around|everywhere|when|at night|most|all|now))\b",
    re.IGNORECASE,
)
#: The same of children: people of a household, being groomed or used, and how old somebody is.
_MORE_CHILD = re.compile(
    rf"\bgroom(?:s|ing|ed)? (?:\w+ ){{0,2}}(?:girls?|boys?|child(?:ren)?|kids?|teenagers?|schoolgirls?|me|her|him|my \w+)\b|\b(?:son|daughter|child|children|brother|sister|niece|nephew|girl|boy|he|she|i|they) (?:is|was|am|are|were) (?:being )?(?:exploited|groomed|trafficked)\b|"
    rf"\b(?:\d|1[0-7])[- ]?(?:yr|yrs|y\.?o\.?)[- ]?(?:olds?)?\b|\b(?:my|her|his) (?:{_KIN}|foster (?:carer|mum|dad|father|mother)|(?:mum|mother|mam|mummy).?s (?:boyfriend|partner|husband|friend)) (?:\w+ ){{0,2}}?(?:touch(?:es|ed|ing)? (?:me|my|us|her)|{_DOING} (?:me|us|my \w+)|(?:comes|came|coming|gets|got) in(?:to)? (?:my|our|her) (?:bed|bedroom|room|shower)|(?:hit|hits|beat|hurt|raped|abused) (?:me|us))",
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
_DANGER_PARTS = ("kill", "strangl", "chok", "suicid", "end my", "ending my", "end it all", "end her", "end his", "ending it", "ending her", "ending his", "self", "hurt", "with him", "with her", "with my", "knife", "gun", "weapon", "life", "lives", "danger", "not safe", "happening", "going on", "want to", "to die", "machete", "stab", "shoot", "burn", "murder", "drown", "poison", "scared", "afraid", "frightened", "terrified", " me", " us", " my ", " her", " him")
_MORE_DANGER_PARTS = ("throat", " neck", "throttl", "let me", "let us", "let her", "letting ", "allow me", "allow us", "allow her", "allowing ", "lock me", "locks ", "locked ", "locking ", "i can't ", "i cant ", "i cannot ", "trapped", "overdos", "cut my", "cuts ", "cutting ", "cut her", "cut him", "burn my", "burning my", "better off", "no reason", "no point", "be alive", "wake up", "to end ", "ending ", "forc", "makes me", "makes her", "makes us", "making me", "making her", "making us", " to have sex", " to sleep", "sells ", "sell me", "sell her", "selling ", "marr", "abroad", "away to", "home to", "overseas", "fgm", "last night", "yesterday", "today", "tonight", "this morning", "this week", "this evening", "this afternoon", " again ", "nights ago", "other day", "other night", "where i ", "where we ", "where she ", "turning ", "showing ", "coming ", "waiting ", "track", "tag on", "tag in", "spyware", "camera", "feel safe", "going to", "pushed me", "pushed her", "pushes ", "threw ", "throws ", "shov", "drag", "my head", "her head", "my face", "her face", "pregnant", "stomach", "belly", "tummy", " face", " head", "ribs", " eye", "mouth", " back", "acid", "petrol", "bleach", "boiling", "lighter fuel", "ammonia", "followed")
_MORE_CHILD_PARTS = ("groom", "exploit", "traffick", " yr", "0yr", "1yr", "2yr", "3yr", "4yr", "5yr", "6yr", "7yr", "8yr", "9yr", " yo", "y.o", "0yo", "1yo", "2yo", "3yo", "4yo", "5yo", "6yo", "7yo", " touch", "bedroom", " bed", "shower", "room", "foster", "boyfriend", "partner", "dad", "mum", "uncle", "brother", "father", "teacher", "coach", "cousin", "tutor", "carer", "worker", "leader")
_CHILD_PARTS = ("child", "kid", "son", "daughter", "baby", "little", "toddler", "teenager", "niece", "nephew", "year", "under 1", "under age", "school", "when i was", "when she was", "when he was", "i am ", "i'm ", "im ", "she is", "she's", "he is", "he's", "age ", "aged ", " was ", "i was", "year ", "my ")
_NAMED_PARTS = ("name", "called", "my ", "the ", "mr", "ms", "miss", "pc", "dc", "ds", "dr", "father", "rev")
#: Each reason in words, with the parts of words and the shapes that tell it; the gravest first.
REASONS: tuple[tuple[str, tuple[str, ...], re.Pattern[str]], ...] = (
    ("danger", _DANGER_PARTS, _DANGER), ("danger", _MORE_DANGER_PARTS, _MORE_DANGER), ("a child", _CHILD_PARTS, _CHILD), ("a child", _MORE_CHILD_PARTS, _MORE_CHILD), ("somebody named", _NAMED_PARTS, _NAMED),
)  # fmt: skip

#: Reasons for which an answer may distress whoever reads it.
DISTRESSING = frozenset({"danger", "a child"})


#: The reasons, the gravest first.
IN_ORDER = tuple(dict.fromkeys(reason for reason, _, _ in REASONS))


def concerns(text: str) -> list[str]:
    """Why a person should look at a text today, the gravest reason first; empty for none."""
    if len(text) < LEAST_LETTERS:
        return []
    plain = " ".join(text.replace("’", "'").split())
    small = plain.lower()
    named = _CAPITAL.search(plain) is not None
    found = list(dict.fromkeys(reason for reason, parts, shape in REASONS if (shape is not _NAMED or named) and any(p in small for p in parts) and shape.search(plain)))
    if named and REASONS[-1][0] not in found and any(m[1].casefold() in FIRST_NAMES for m in _FULL_NAME.finditer(plain)):
        found.append(REASONS[-1][0])
    return found
