"""What claims rest on, and what shows that a closing was earned; how to add a kind of record is told in ``fields.py``."""

from __future__ import annotations

from vawg_desktop.domain import evidence_terms as e
from vawg_desktop.domain import terms as t
from vawg_desktop.domain.fields import EntitySpec, Listed, links, long, ref, tags, term, text, when, yes_no
from vawg_desktop.domain.shared_fields import BASIS, MARKING, NOTE, SOURCES

THEME = EntitySpec("theme", "Theme", "Themes", "TH", "title", (
    text("title", "Theme", required=True, search=True),
    term("kind", "Kind", e.THEME_KIND, listed=Listed(width=200)),
    long("description", "What it covers", search=True),
    links("gaps", "Gaps", "gap", inverse="Themes"),
    BASIS,
    SOURCES,
    NOTE,
), identity=("title",), by_title=True, listed=("title", "kind"), form=("title", "kind", "description"))  # fmt: skip

QUOTE = EntitySpec("quote", "Quote", "Quotes", "QT", "words", (
    long("words", "Words", "As they may be read: names and places already taken out.", required=True, search=True),
    text("from_whom", "From whom", "A role, never a name.", listed=Listed(width=150)),
    text("place", "Where said"),
    when("said", "When said", listed=Listed(width=110, empty="Undated")),
    term("consent", "Consent", e.CONSENT, default="not_asked", listed=Listed(width=110)),
    yes_no("publishable", "May be published"),
    yes_no("sexual_offence", "Victim of a sexual offence", "Anonymous for life, her school and workplace included."),
    yes_no("recognisable", "Could anyone recognise her?", "School, work, place or date; answered by a second person."),
    yes_no("live_case", "Is a case live?", "Answered by a second person."),
    text("checked_by", "Checked by", "The second person, before it leaves the office."),
    when("checked", "Checked on"),
    links("themes", "Themes", "theme", inverse="Quotes"),
    links("gaps", "Gaps", "gap", inverse="Quotes"),
    links("recommendations", "Recommendations", "recommendation", inverse="Quotes"),
    MARKING,
    SOURCES,
    NOTE,
), listed=("words", "from_whom", "consent", "said"), form=("words", "from_whom", "place", "said", "consent"))  # fmt: skip

LEARNING = EntitySpec("learning", "Learning", "Learning", "LG", "title", (
    text("title", "Practice or lesson", required=True, search=True),
    long("lesson", "What was learned", search=True),
    text("whose", "Whose", search=True, listed=Listed(width=160)),
    term("confidence", "How well evidenced", t.LEVEL, listed=Listed(width=140)),
    text("link", "Link"),
    links("recommendations", "Recommendations", "recommendation", inverse="Learning"),
    links("taken_up_by", "Taken up by", "partner", inverse="Took up"),
    BASIS,
    SOURCES,
    NOTE,
), listed=("title", "whose", "confidence"), form=("title", "whose", "lesson", "confidence"), counted=("lesson", "lessons"))  # fmt: skip

PERSON = EntitySpec("person", "Person", "People", "PN", "name", (
    text("name", "Name", required=True, search=True),
    text("post", "Post", search=True, listed=Listed(width=200)),
    tags("logins", "Logins", "The names under which the log knows this person."),
    ref("partner", "Body", "partner", listed=Listed(width=160)),
    when("from_date", "From"),
    when("until_date", "Until", listed=Listed(width=110, empty="Still here")),
    NOTE,
), listed=("name", "post", "partner", "until_date"), form=("name", "post", "logins", "partner", "from_date"), by_title=True, counted=("person", "people"))  # fmt: skip

CLOSURE_TEST = EntitySpec("closure_test", "Closure test", "Closure tests", "CT", "result", (
    text("about", "Of", required=True, names_record=True),
    term("kind", "Test", e.CLOSURE_TEST, required=True, listed=Listed(width=220)),
    term("answer", "Answer", e.CLOSURE_ANSWER, default="met"),
    long("result", "Result", "What was seen, and where; or why it could not be measured or asked.", required=True, search=True),
    ref("evidence", "Evidence", "evidence"),
    when("recheck", "Look again on"),
    text("tested_by", "Answered by"),
    when("tested", "Answered on"),
    NOTE,
), immutable=True, listed=("result", "kind", "tested_by", "tested"))  # fmt: skip

SIGN_OFF = EntitySpec("sign_off", "Sign-off", "Sign-offs", "SO", "who", (
    text("about", "Of", required=True, names_record=True),
    text("who", "Signed by", required=True, search=True),
    ref("person", "Person", "person"),
    term("role", "As", e.SIGNING_ROLE, listed=Listed(width=170)),
    when("signed", "Signed on", listed=Listed(width=110)),
    term("made_sure", "Made sure by", e.SIGNED_BY, listed=Listed(width=150)),
    long("heads", "What was seen", private=True),
    text("enrolled_by", "Passphrase enrolled by"),
    NOTE,
), system=True, immutable=True, listed=("who", "role", "made_sure", "signed"))  # fmt: skip
