"""What claims rest on: themes, quotes, figures, frameworks; and what shows that a closing was earned. How to add a kind of record is told in ``fields.py``."""

from __future__ import annotations

from vawg_desktop.domain import evidence_terms as e
from vawg_desktop.domain import terms as t
from vawg_desktop.domain.fields import (
    EntitySpec,
    FieldSpec,
    Kind,
    Listed,
    links,
    long,
    ref,
    tags,
    term,
    text,
    when,
    whole,
    yes_no,
)
from vawg_desktop.domain.shared_fields import BASIS, MARKING, NOTE, SOURCES

THEME = EntitySpec("theme", "Theme", "Themes", "TH", "title", (
    text("title", "Theme", required=True, search=True),
    term("kind", "Kind", e.THEME_KIND, listed=Listed(width=200)),
    long("description", "What it covers", search=True),
    links("gaps", "Gaps", "gap", "How strongly it bears on each: low, medium or high.", inverse="Themes", weighed="strength"),
    BASIS,
    SOURCES,
    NOTE,
), identity=("title",), by_title=True, listed=("title", "kind"), form=("title", "kind", "description"))  # fmt: skip

QUOTE = EntitySpec("quote", "Quote", "Quotes", "QT", "words", (
    long("words", "Words", "As they may be read: names and places already taken out.", required=True, search=True),
    text("from_whom", "From whom", "A role, never a name.", listed=Listed(width=150)),
    text("place", "Where said"),
    when("said", "When said", listed=Listed(width=110, empty="Undated")),
    term("consent", "Consent", e.CONSENT, default="not_asked", listed=Listed(width=110), strictest=("withdrawn", "not_asked", None, "given")),
    yes_no("publishable", "May be published", strictest=(False, None, True)),
    yes_no("sexual_offence", "Victim of a sexual offence", "Anonymous for life, school and workplace included.", strictest=(True, None, False)),
    yes_no("recognisable", "Could anyone recognise the person?", "School, work, place or date; answered by a second person.", strictest=(True, None, False)),
    yes_no("live_case", "Is a case live?", "Answered by a second person.", strictest=(True, None, False)),
    text("checked_by", "Checked by", "The second person, before it leaves the office."),
    when("checked", "Checked on"),
    links("themes", "Themes", "theme", inverse="Quotes", weighed="strength"),
    links("gaps", "Gaps", "gap", inverse="Quotes"),
    links("recommendations", "Recommendations", "recommendation", inverse="Quotes"),
    text("response", "Response", "The respondent whose answer it is from; it is disposed of with that respondent's answers.", names_record=True, private=True),
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

FIGURE = EntitySpec("figure", "Figure", "Figures", "F", "title", (
    text("title", "Figure", required=True, search=True),
    text("quoted", "As quoted", "Word for word as in the source.", required=True, search=True),
    FieldSpec("number", "Number", Kind.NUMBER),
    text("unit", "Unit"),
    long("definition", "Definition", search=True),
    text("base", "Base"),
    text("period", "Period"),
    when("as_at", "As at", listed=Listed(empty="Undated")),
    text("method", "Method version", "The method it was counted by, with its version."),
    term("scope", "Whom it counts", e.FIGURE_SCOPE),
    term("release", "Standing", e.FIGURE_RELEASE, "A published statistic may be quoted by anybody; an embargoed one by nobody yet.", strictest=("embargoed", None, "management", "published")),
    when("embargoed_until", "Embargoed until", strictest="later"),
    text("cleared_by", "Publication cleared by"),
    yes_no("quote_this", "Quote this one", listed=Listed("Quote it", 80)),
    links("conflicts_with", "Conflicts with", "figure", inverse="Conflicts with"),
    long("counted_from", "Counted from", private=True),
    SOURCES,
    NOTE,
), identity=("title", "quoted"), listed=("title", "quoted", "unit", "as_at", "quote_this"), form=("title", "quoted", "unit", "as_at"))  # fmt: skip

#: A figure or a quote that left the office, with the words as they were then.
CITATION = EntitySpec("citation", "Citation", "Citations", "CI", "place", (
    text("about", "Of", required=True, names_record=True),
    text("place", "Where", "The paper, speech or page in which it was quoted.", required=True, search=True),
    when("cited", "On", listed=Listed(width=110)),
    text("to_whom", "To whom", listed=Listed(width=160)),
    long("words", "As it was quoted", required=True, search=True),
    NOTE,
), immutable=True, listed=("place", "words", "to_whom", "cited"), form=("about", "place", "cited", "to_whom", "words"))  # fmt: skip

FRAMEWORK = EntitySpec("framework", "Framework", "Frameworks", "W", "title", (
    text("title", "Title", required=True, search=True),
    text("version", "Version", listed=Listed(width=120)),
    when("from_date", "In force from", listed=Listed(width=120)),
    when("until_date", "Until", listed=Listed(width=110, empty="")),
    ref("replaces", "Takes the place of", "framework", "The version before; each of its strands names what it became in this one."),
    text("legal_basis", "Legal basis", "Where data are held to show compliance: on what basis in law."),
    text("link", "Link"),
    SOURCES,
    NOTE,
), listed=("title", "version", "from_date", "until_date"), form=("title", "version", "from_date", "replaces"))  # fmt: skip

STRAND = EntitySpec("strand", "Framework strand", "Framework strands", "T", "title", (
    text("title", "Title", required=True, search=True, listed=Listed("Strand")),
    ref("framework", "Framework", "framework", required=True, listed=Listed(width=220)),
    whole("position", "Order", 0, 999),
    links("becomes", "Becomes in the next version", "strand", "How far it is covered there.", inverse="Was in the version before", weighed="extent"),
    BASIS,
    NOTE,
), parent="framework", identity=("framework", "title"), by_title=True, listed=("title", "framework", "basis"), form=("title", "framework"))  # fmt: skip

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
