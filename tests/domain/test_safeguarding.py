"""Words that somebody looks at today: what is found of planted danger, children and names, and what plain answers do not set off."""

from __future__ import annotations

import random

import pytest

from vawg_desktop.domain.safeguarding import concerns

PLANTED = {
    "danger": [
        "He said he would kill me if I told anybody", "She has been threatening to kill herself", "I was strangled and nobody came", "I thought about suicide for months", "I have started self-harming again",
        "I am still living with him and he reads my phone", "He keeps a knife by the bed", "I am afraid for my life", "I am not safe at home", "It is still happening", "some days I don't want to be here",
    ],
    "a child": [
        "my daughter will not walk to the bus any more", "It began when I was 12 and went on", "a fourteen year old girl was followed", "he did it in front of our children", "they are under 16 and nobody asks",
        "my little boy saw it all", "happened at school and the teachers laughed",
    ],
    "somebody named": ["My ex, Darren, waits outside", "his name is Peter and he works there", "a man called John Smith did this", "My manager Steve touched me", "PC Green told me to go home"],
}  # fmt: skip
PLAIN = [
    "More lighting on the path by the station would help", "The police took three weeks to ring back and then closed it", "Street lights are switched off at midnight", "I cross the road when I hear steps behind me",
    "Better CCTV, please, and people to watch it", "I carry my keys in my hand", "Nobody believed me and I stopped reporting", "The bus shelter is dark", "Men need to be taught what is not acceptable",
    "Courts take far too long", "I would like somebody to tell me what is going on with the case", "Online abuse is never taken down", "More women officers", "Nothing, I feel safe here",
]  # fmt: skip


@pytest.mark.parametrize(("reason", "text"), [(r, t) for r, texts in PLANTED.items() for t in texts])
def test_what_was_planted_is_found_for_its_reason(reason: str, text: str) -> None:
    assert reason in concerns(text)


@pytest.mark.parametrize("text", PLAIN)
def test_plain_answers_set_nothing_off(text: str) -> None:
    assert concerns(text) == []


def test_it_is_found_within_longer_texts_and_the_gravest_comes_first() -> None:
    """Two thousand texts of plain sentences, half of them with one planted: all of these found, and none of the others."""
    chance = random.Random(5)
    planted = [(r, t) for r, texts in PLANTED.items() for t in texts]
    for n in range(2_000):
        sentences = chance.sample(PLAIN, chance.randint(1, 4))
        reason, text = chance.choice(planted) if n % 2 else ("", "")
        if text:
            sentences.insert(chance.randint(0, len(sentences)), text)
        assert (reason in concerns(". ".join(sentences))) if reason else concerns(". ".join(sentences)) == []
    assert concerns("My ex Darren said he would kill me and my daughter") == ["danger", "a child", "somebody named"]
    assert concerns("kill") == []  # too short to say of whom or when


@pytest.mark.parametrize(("text", "reasons"), [
    ("My stepdad hits me", ["danger", "a child"]), ("my dad touches me", ["a child"]), ("im 13 and my teacher messages me", ["a child"]), ("i am 15", ["a child"]), ("my ex has a gun", ["danger"]),
    ("he said he would stab me", ["danger"]), ("he is still stalking me", ["danger"]), ("I am scared to go home", ["danger"]), ("Darren Smith from Acme groped me", ["somebody named"]), ("my husband keeps hitting me", ["danger"]),
    ("I was raped by PC Jones and nobody believed me, I am 14", ["a child", "somebody named"]),
])  # fmt: skip
def test_plain_disclosures_are_found(text: str, reasons: list[str]) -> None:
    assert concerns(text) == reasons


@pytest.mark.parametrize("text", [
    "I was 30 minutes late", "The police followed me up quickly", "I am 45 and feel fine", "My teacher told us about consent", "I was only 5 minutes away", "My father is a police officer", "It was 10 years ago",
    "I was 12 weeks pregnant", "My brother waits for me", "Town Hall and St Peters need lights", "The bus follows my route",
])  # fmt: skip
def test_plain_sentences_are_left_alone(text: str) -> None:
    assert concerns(text) == []


@pytest.mark.parametrize("text", [
    "He put his hands round my throat last week",
    "He won't let me leave the house",
    "I took an overdose last month",
    "I have been cutting myself",
    "He forces me to have sex with him",
    "My stepdad comes into my bedroom at night",
    "I'd be better off dead",
    "I can't go on any more",
    "no reason to live",
    "He knows where I live now and I'm terrified",
    "My partner choked me",
    "He says he'll kill me if I leave",
    "he said he would kill us all",
    "I am being forced to marry my cousin in August",
    "They are taking my sister abroad to get married",
    "She had FGM done to her daughter",
    "He raped me last night",
    "He rapes me",
    "my husband forced himself on me again yesterday",
    "He has a gun in the house",
    "He sends men to the flat and I have to sleep with them",
    "I'm 14 and he is my boyfriend",
    "my teacher touched my leg",
    "I'm in year 9",
    "I am a 15 yr old girl",
    "we are both under 18",
    "My foster carer hits me",
    "He follows me home every day",
    "my ex keeps turning up at my house",
    "He put a tracker on my car",
    "I want to kill myself",
    "I don't feel safe at home",
    "I don't want to be alive",
    "he's going to hurt me",
    "She is scared he will find her",
    "I am planning to end things",
    "he burned me with a cigarette",
    "he pushed me down the stairs when I was pregnant",
    "my mum's boyfriend touches me",
    "he grooms young girls",
    "A man on my street is grooming young girls",
    "My son is being exploited by a gang",
    "he throttled me",
    "He smashed my head against the wall",
    "locks me in",
    "he takes my money and phone and I can't leave",
])
def test_more_plain_disclosures_are_found(text: str) -> None:
    assert {"danger", "a child"} & {*concerns(text)}


@pytest.mark.parametrize("text", [
    "Forced marriage and FGM should be taught about in lessons", "The other night the lights went out again", "Keep on going to the council about it", "It was dark again last night and I took a taxi", "The police let me know what happened",
    "My boyfriend walks me home", "I have to sleep with the window shut", "Cutting the hedges would help", "The camera in the car park is broken", "People should not be made to wait this week or next",
])  # fmt: skip
def test_such_words_in_plain_answers_set_nothing_off(text: str) -> None:
    assert concerns(text) == []
