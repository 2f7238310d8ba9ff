"""Answers of nobody, made up at random with names, places and numbers planted in them, and where each stands."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from vawg_desktop.domain.identifying import Passage

#: Names are those of lists and others besides: a rule that knew its own lists alone would miss these.
_FIRST = ["Sarah", "Dave", "Mohammed", "Chloe", "Kevin", "Priya", "Tomasz", "Aisha", "Liam", "Gemma", "Yusuf", "Karen", "Stephen", "Nicola", "Jordan", "Beth", "Oluwaseun", "Siobhan", "Anastasia", "Kwame", "Mei", "Ngozi", "Bartek", "Delphine", "Xanthe", "Ioana"]
_LAST = ["Smith", "Okafor", "Patel", "Nowak", "O'Brien", "Hughes", "Ahmed", "McKenzie", "Taylor-Reid", "Walsh", "Begum", "Fletcher", "Kaya", "Thorne", "Dudek", "Ashcroft"]
_TOWN = ["Ashford", "Dover", "Margate", "Chatham", "Gravesend", "Maidstone", "Folkestone", "Sittingbourne", "Whitstable", "Canterbury", "Sheerness", "Dartford", "Deal", "Tonbridge", "Ramsgate", "Leicester", "Wootton", "Lympne", "Petham"]
_ROAD = ("Station Road", "Mill Lane", "Kestrel Close", "Victoria Avenue", "Harbour Street", "Orchard Drive", "Priory Gardens", "Windmill Hill", "Beech Grove", "Park Crescent")
_SCHOOL = ("Oakfield Primary School", "St Mary's School", "Hillview Academy", "Marsh Green Infant School", "Canterbury College", "William Harvey Hospital", "Northgate Surgery")
_MONTH = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
#: What is planted, each with its kind.
_PLANTS = {
    "first": "name", "full": "name", "small": "name", "titled": "name", "cued_small": "name", "town": "place", "town_small": "place", "institution": "place", "address": "address", "road": "address",
    "postcode": "postcode", "telephone": "telephone", "email": "email", "link": "link", "handle": "link", "plate": "number", "nino": "number", "nhs": "number", "crime": "number", "date": "date",
}  # fmt: skip
_SENTENCES = (
    "I was followed home from the station by {first} twice that week.", "My ex {full} kept turning up at work.", "my ex {cued_small} would not leave me alone", "I told {titled} and nothing happened.",
    "It happened in {town} near the bus stop.", "it was in {town_small} after dark and nobody helped", "My daughter goes to {institution} and he waits outside.", "He lives at {address} and everybody knows it.",
    "The lights on {road} have been out for a year.", "We live in {postcode} now.", "He calls from {telephone} at night.", "Write to me at {email} if you want to talk.", "He posted it on {link} for all to see.",
    "His account is {handle} on Instagram.", "He drives a black van, {plate}, and sits outside.", "My NI number is {nino}.", "My NHS number is {nhs} if that helps.", "Crime ref {crime} was closed within a day.",
    "It was on {date} that I reported it.", "A man named {full} was arrested and let go.", "{first} never believed me, and neither did his mother.", "When {first} moved out the calls began.", "his brother {cued_small} joined in as well",
    "everyone knows {small} does this to girls at the bus stop", "I asked for {first} at the desk, and was told to wait.", "The officer, {titled}, was kind.",
)
#: Sentences with capitals, numbers and roads in which nobody can be told.
_PLAIN = (
    "More street lighting is needed in the park and along the High Street.", "I do not feel safe at night. I never walk home alone.", "Kent Police did not call me back for three weeks.", "The Crown Prosecution Service dropped the case.",
    "It may help if there were CCTV at the bus stop.", "I would call 999 or 101, but nobody comes.", "There were 12 of us and only 2 were believed.", "Men need to be educated from year 7 on.", "In May I felt better. Hope is not enough.",
    "Women's Aid and Rape Crisis were the only ones who listened.", "The judge was fair, but it took 18 months.", "I reported it on Facebook and Instagram, and they did nothing.", "Since Christmas the lane behind the shops has been dark.",
    "Please put more police on the streets on Friday and Saturday nights.", "Court was delayed 4 times in 2 years.", "Will anyone ever listen? I am 34 and I still look behind me.", "The law has to change, and schools have to teach consent.", "He said he would kill me and the police said it was a domestic.",
    "Online abuse is ignored. It is a joke.", "Don't tell us to change what we wear", "Grace under pressure is all they ask of victims.", "I have no faith in the criminal justice system.", "A rose for every victim does not mend a life.", "On a dark lane there is nobody to bill for it.",
)


@dataclass(frozen=True)
class Planted:
    """A text, and what was planted in it."""

    text: str
    passages: tuple[Passage, ...]


def _nhs(chance: random.Random) -> str:
    while True:
        nine = [chance.randint(0, 9) for _ in range(9)]
        check = 11 - sum(d * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            digits = "".join(map(str, [*nine, 0 if check == 11 else check]))
            return chance.choice([digits, f"{digits[:3]} {digits[3:6]} {digits[6:]}"])


def _word(what: str, chance: random.Random) -> str:
    first, last, town = chance.choice(_FIRST), chance.choice(_LAST), chance.choice(_TOWN)
    number, letters = chance.randint, "".join(chance.choices("ABCDEFGHJKLMNPRSTUVWXY", k=3))
    made = {
        "first": first, "full": f"{first} {last}", "small": chance.choice(_FIRST[:16]).casefold(), "cued_small": chance.choice(_FIRST[:16]).casefold(), "titled": f"{chance.choice(['PC', 'Mr', 'Mrs', 'DC', 'Dr'])} {last}", "town": town, "town_small": chance.choice(_TOWN[:12]).casefold(),
        "institution": chance.choice(_SCHOOL), "address": f"{chance.choice(['', 'Flat 2, ', 'flat 3b '])}{number(1, 240)} {chance.choice(_ROAD)}", "road": chance.choice(_ROAD), "postcode": f"{chance.choice(['ME', 'CT', 'TN', 'DA'])}{number(1, 20)} {number(1, 9)}{chance.choice('ABDEFGHJ')}{chance.choice('LNPQRSTU')}",
        "telephone": chance.choice([f"07{number(100, 999)} {number(100000, 999999)}", f"01{number(200, 999)} {number(100000, 999999)}", f"+44 7{number(100, 999)} {number(100000, 999999)}"]), "email": f"{first.casefold()}.{last.casefold().replace(chr(39), '')}@example.org",
        "link": f"www.{last.casefold().replace(chr(39), '').replace('-', '')}blog.co.uk/{number(1, 99)}", "handle": f"@{first.casefold()}_{number(10, 99)}", "plate": f"{chance.choice(['GK', 'LD', 'KN'])}{number(10, 73)} {letters}", "nino": f"AB{number(100000, 999999)}C", "nhs": _nhs(chance),
        "crime": f"46/{number(10000, 99999)}/{number(20, 25)}", "date": chance.choice([f"{number(1, 28)} {chance.choice(_MONTH)} 20{number(10, 25)}", f"{number(1, 28)}/{number(1, 12)}/20{number(10, 25)}", f"{number(4, 20)}th of {chance.choice(_MONTH)}", f"{chance.choice(_MONTH)} {number(4, 20)}th"]),
    }  # fmt: skip
    return made[what]


def planted(count: int, seed: int) -> list[Planted]:
    """So many texts of one to four sentences; about half of the sentences have something planted."""
    chance = random.Random(seed)
    made: list[Planted] = []
    for _ in range(count):
        text, found = "", list[Passage]()
        for sentence in [chance.choice(_SENTENCES if chance.random() < 0.5 else _PLAIN) for _ in range(chance.randint(1, 4))]:
            text += " " if text else ""
            for part in re.split(r"(\{\w+\})", sentence):
                if part.startswith("{"):
                    what = part[1:-1]
                    word = _word(what, chance)
                    found.append(Passage(len(text), len(text) + len(word), _PLANTS[what]))
                    text += word
                else:
                    text += part
        made.append(Planted(text, tuple(found)))
    return made
