"""What each survey tool writes into its files: by which columns it is known, and which of them are no questions.

Sources: the tools' own help pages, and real files of Qualtrics and SPSS. Of SmartSurvey only the names of its programming interface are public.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vawg_desktop.domain.terms import fold

#: Why a column is left out: it names or finds a person, opens the answers for changing, or is the tool's own.
PERSONAL, LINK, TOOL, EMPTY = "may identify a person", "a link of the tool", "the tool's own", "empty"
#: Where the first half of a postcode was asked for and some typed all of it.
HALF = "the second half of postcodes"
#: Called like a respondent's number, but many different rows share a value.
SHARED = "shared by many rows, so it does not identify respondents"
#: An officer left it out.
CHOSEN = "left out by choice"


@dataclass(frozen=True, slots=True)
class Profile:
    """A tool: how its files are known and which columns are whose. All headings are folded (lower case, one space between words).

    ``known_by`` are headings of which all stand in its first row; ``respondent`` says who answered, the first that is there; ``answered`` when.
    ``personal``, ``links`` and ``own`` are no questions. ``split``: the mark between several answers in one cell.
    ``unasked``: what stands where a question was not put, or was passed over.
    """

    key: str
    label: str
    known_by: tuple[str, ...]
    respondent: tuple[str, ...]
    answered: tuple[str, ...]
    personal: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()
    split: str = ""
    unasked: frozenset[str] = frozenset()


def _all(words: str) -> frozenset[str]:
    return frozenset(fold(w) for w in words.split("|"))


def _each(words: str) -> tuple[str, ...]:
    return tuple(fold(w) for w in words.split("|"))


SMARTSURVEY = Profile(
    "smartsurvey", "SmartSurvey", _each("unique_id|ip_address"), _each("unique_id|unique id|userid|user id|id"), _each("completed|ended|date_ended|date ended|started|date_started"),
    _all("contact_name|contact_email|contact name|contact email|ip_address|ip address|saved_name|saved_email|name|email|email address"),
    _all("edit_url|saved_continue_url|entry_url|referer_url|edit url|tracking link"), _all("user_agent|user agent|userno|user no|status|language|started|ended|date_started|date_ended|completed|custom_1|collector"),
)  # fmt: skip
SURVEYMONKEY = Profile(
    "surveymonkey", "SurveyMonkey", _each("respondent id|collector id"), _each("respondent id"), _each("end date|start date"),
    _all("ip address|email address|first name|last name|custom data 1"), frozenset(), _all("collector id|start date|end date|collector"),
)  # fmt: skip
MS_FORMS = Profile(
    "ms_forms", "Microsoft Forms", _each("id|start time|completion time"), _each("id"), _each("completion time"),
    _all("email|name"), frozenset(), _all("start time|completion time|last modified time|language"), ";",
)  # fmt: skip
QUALTRICS = Profile(
    "qualtrics", "Qualtrics", _each("responseid|startdate|enddate"), _each("responseid"), _each("enddate|recordeddate"),
    _all("ipaddress|recipientlastname|recipientfirstname|recipientemail|externalreference|externaldatareference|emailaddress|name|locationlatitude|locationlongitude|locationaccuracy"), frozenset(),
    _all("startdate|enddate|status|progress|duration (in seconds)|finished|recordeddate|distributionchannel|userlanguage|responseset"), ",", frozenset({"-99"}),
)  # fmt: skip
LIMESURVEY = Profile(
    "limesurvey", "LimeSurvey", _each("id|submitdate|lastpage|startlanguage"), _each("id"), _each("submitdate|datestamp"),
    _all("ipaddr|refurl|token|ip address|referrer url|email|firstname|lastname"), frozenset(), _all("submitdate|lastpage|startlanguage|seed|startdate|datestamp"),
    unasked=frozenset({"N/A"}),
)  # fmt: skip
#: The same with headings in full words.
LIMESURVEY_WORDS = Profile(
    "limesurvey", "LimeSurvey", _each("response id|date submitted|last page|start language"), _each("response id"), _each("date submitted|date last action"),
    LIMESURVEY.personal, frozenset(), _all("date submitted|last page|start language|seed|date started|date last action"),
    unasked=LIMESURVEY.unasked,
)  # fmt: skip
KOBO = Profile(
    "kobo", "Kobo", _each("_id|_uuid|_submission_time"), _each("_uuid|_id"), _each("end|_submission_time"),
    _all("_submitted_by|meta/instancename|instancename|_geolocation|location|gps|geopoint|username|deviceid|phonenumber|subscriberid|simserial"), frozenset(),
    _all("start|end|today|_id|_uuid|_submission_time|_validation_status|_notes|_status|_tags|_index|__version__|meta/instanceid"),
)  # fmt: skip
SPSS = Profile("spss", "SPSS", (), _each("respondent id|responseid|id|caseid|case id|serial|respid"), _each("enddate|completed"))
TABLE = Profile("table", "A table with headings", (), _each("respondent id|response id|respondent|responseid|unique id|unique_id|uniqueid|userid|user id|case id|serial number|id"), _each("completed|submitted|completion time|end date|submission date|date submitted|timestamp"))

#: In the order in which a file is compared with them.
PROFILES: tuple[Profile, ...] = (QUALTRICS, SURVEYMONKEY, KOBO, LIMESURVEY, LIMESURVEY_WORDS, MS_FORMS, SMARTSURVEY, SPSS, TABLE)


def by_name(name: str) -> Profile | None:
    """The profile that a key or label names, case aside."""
    return next((p for p in PROFILES if fold(name) in (fold(p.key), fold(p.label))), None)


def known(head: Sequence[str], below: Sequence[str] = ()) -> Profile:
    """The tool whose headings a first row has, or, in Qualtrics' older files, the row below it; a plain table where it is none's."""
    there, second = {fold(h) for h in head}, {fold(h) for h in below}
    found = next((p for p in PROFILES if p.known_by and there.issuperset(p.known_by)), TABLE)
    return QUALTRICS if found is TABLE and second.issuperset(QUALTRICS.known_by) else found


#: Headings that ask who somebody is or how to reach or find them. A part of a postcode names nobody.
_WHO = re.compile(
    r"\b(?:e ?mail|(?:tele)?phone (?:number|no)|mobile (?:number|no)|first ?names?|last ?names?|sur ?names?|full names?|your names?|forenames?|maiden name|"
    r"(?:home |postal |street )?address|post ?codes?|date of birth|dob|national insurance|nhs number|ip ?addr(?:ess)?|latitude|longitude|geo ?location|"
    r"contact (?:details|info\w*|number|name)|signature|user ?name|twitter|instagram|facebook|social media handle|registration number|(?:car|vehicle) reg(?:istration)?|number ?plate|"
    r"birth ?(?:day|date)|date (?:you|they|he|she) (?:were|was) born|what ?3 ?words|what three words|house (?:number|no|name)|door number|street name|uprn|usrn|eastings?|northings?|grid ref(?:erence)?|coordinates|passport|driving licen[cs]e|(?:crime|custody|collar|warrant|shoulder|staff|employee|payroll|student|pupil|officer|badge|case|incident|membership|account|ni|nhs|nino) ?(?:reference|ref|number|id|no(?= ?(?:$|optional|if known)))|(?:snap ?chat|tik ?tok|whats ?app|linked ?in|discord) (?:name|handle|user ?name|id)|screen ?name|gamer ?tag|nickname|tel (?:no|number)|device ?(?:name|id)|custom(?: data| value| variable| field)? ?\d+)\b"
)
#: A short heading that is a name's: "Name (optional)", "Respondent name", "What is your child's name?".
_NAME = re.compile(r"(?:your )?(?:snap ?chat|tik ?tok|whats ?app|linked ?in|discord)(?: account| number)?(?: optional)?|(?:\w+ ){0,5}names?(?: and \w+)?(?: optional| if you wish| if known)?|handle|when were you born|(?:your )?(?:date|year|place) of birth|(?:your )?d ?o ?b")
#: A request for it, in a sentence of any length.
_REQUEST = re.compile(r"\b(?:what is|please (?:enter|give|provide|tell us|leave)|enter|provide|leave) (?:your|the|a|their|his|her)\b.*\b(?:names?|address|e ?mail|telephone|phone|mobile|post ?code|date of birth)\b")
_PART = re.compile(r"\b(?:first (?:part|half|three|four|3|4)|part of|district|outward|sector|area)\b")
_MOST_WORDS = 12
_LINKS = re.compile(r"\b(?:urls?|edit link|survey link|tracking link|token)\b")


def asks_who(heading: str) -> bool:
    """Whether a heading asks for what identifies a person."""
    plain = " ".join(re.sub(r"[^\w ]", " ", fold(heading.replace("_", " ")).replace("(s)", "s")).split())
    if plain in ("name", "names", "ip", "lat", "long", "lng", "lon", "phone", "telephone", "tel", "mobile", "contact", "who are you", "device", "birthday", "born", "user", "login", "log in", "session", "session id", "w3w", "browser", "user agent", "signed", "initials"):
        return True
    if _PART.search(plain) is not None:
        return False
    few = len(plain.split()) <= _MOST_WORDS
    return (few and (_WHO.search(plain) is not None or _NAME.fullmatch(plain) is not None)) or _REQUEST.search(plain) is not None


#: A heading that asks for people's own words.
_WORDS = re.compile(
    r"\b(?:please (?:specify|state|describe|explain|comment|say (?:more|why)|tell us (?:more|why|about)|give (?:details|reasons|examples))|anything else|further comments?|any (?:other )?comments?|tell us more|in your own words|"
    r"(?:explain|describe) (?:why|how|what|your)|why (?:do|did|is|was|not|have|would)|reasons? for your answer|other \W*please)\b|^(?:why|comments?|other|details|notes)\W*$"
)


def asks_words(heading: str) -> bool:
    """Whether a heading asks for people's own words."""
    return _WORDS.search(fold(heading.replace("_", " "))) is not None


def is_part_of_postcode(heading: str) -> bool:
    """Whether a heading asks for the first half of a postcode, where many type all of it."""
    plain = fold(heading)
    return re.search(r"post ?code", plain) is not None and _PART.search(plain) is not None


def is_number_of(heading: str) -> bool:
    """Whether a heading says that a column numbers its rows, or people."""
    plain = fold(heading.replace("_", " "))
    return len(plain.split()) <= 4 and re.search(r"\b(?:id|ids|ref|reference|number|no|serial|code|key|uuid)\b", plain) is not None


def is_link(heading: str) -> bool:
    """Whether a heading is that of a link: the tool's own, such as the one by which answers can be changed."""
    plain = fold(heading.replace("_", " "))
    return len(plain.split()) <= 4 and _LINKS.search(plain) is not None
