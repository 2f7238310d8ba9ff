"""Codebooks: their codes in order, begun, changed by version, merged and split."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vawg_desktop.domain import merge
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.entities import BY_KEY
from vawg_desktop.domain.errors import RuleError
from vawg_desktop.domain.fields import Value
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.services import names
from vawg_desktop.services.lists import plain_rows
from vawg_desktop.services.session import Session
from vawg_desktop.store.transaction import Transaction

CODEBOOK, CODE, CODING, VERSION = (BY_KEY[k] for k in ("codebook", "code", "coding", "codebook_version"))
CODES_OF = CODING.link_kind(CODING.by_key["codes"])
_WORDS, _THEMES = (CODE.link_kind(CODE.by_key[k]) for k in ("suggested_by", "themes"))
#: Keys that the desk itself uses, and so no code's.
RESERVED = frozenset("gmnqrsuxz0")
#: The inquiry's themes of free text, with words that suggest each: where a codebook starts.
STARTER: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("CCTV", "Cameras in public places: that there are none, that they do not work, that footage was not looked at.", ("cctv", "camera", "cameras", "footage")),
    ("Street lighting", "Places that are dark, lights that are out or switched off.", ("lighting", "lights", "dark", "unlit", "lamp", "lamps")),
    ("Police response", "How the police answered, listened, investigated and kept people told.", ("police", "officer", "officers", "999", "101", "pc")),
    ("Education", "What is taught, at school and to adults, about consent, respect and the law.", ("education", "educate", "educated", "school", "schools", "teach", "taught")),
    ("Online harms", "Abuse by message, picture or post, and what platforms do about it.", ("online", "internet", "instagram", "snapchat", "facebook", "messages", "social media")),
    ("Criminal justice process", "Charging, courts, sentences, and how long it all takes.", ("court", "courts", "judge", "cps", "trial", "sentence", "sentences", "justice")),
)  # fmt: skip


@dataclass(slots=True)
class Code:
    """A code of a codebook. ``key`` codes with it; ``depth`` says how many codes it stands under; ``words`` suggest it."""

    id: str
    reference: str
    title: str
    definition: str = ""
    under: str = ""
    key: str = ""
    heading: bool = False
    colour: str = ""
    depth: int = 0
    words: list[str] = field(default_factory=list[str])
    themes: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class Codebook:
    """A codebook with its codes, each under the one of which it is a part."""

    id: str
    reference: str
    title: str
    version: int
    codes: list[Code] = field(default_factory=list[Code])

    def code(self, id: str) -> Code | None:
        """A code by its id."""
        return next((c for c in self.codes if c.id == id), None)


def of_survey(session: Session, survey: str) -> list[tuple[str, str]]:
    """Codebooks that a survey's answers may be coded by: its own first, then those of no survey, then those of others, by which an earlier one is compared. (id, title)."""
    rows = plain_rows(session.read(), "SELECT id, title FROM codebook WHERE NOT deleted ORDER BY CASE WHEN survey = ? THEN 0 WHEN survey IS NULL THEN 1 ELSE 2 END, n", (survey,))
    return [(str(r["id"]), str(r["title"])) for r in rows]


def read(session: Session, codebook: str) -> Codebook:
    """A codebook by reference, id or title. Raises NotFoundError."""
    connection = session.read()
    found = names.find_named(connection, CODEBOOK.key, codebook, only=True) or names.find(connection, codebook, CODEBOOK.key)
    row = plain_rows(connection, "SELECT id, reference, title, version FROM codebook WHERE id = ?", (found.id,))[0]
    made = Codebook(found.id, str(row["reference"]), str(row["title"]), int(str(row["version"] or 1)))
    rows = plain_rows(connection, "SELECT id, reference, title, definition, under, key, heading, colour, deleted FROM code WHERE codebook = ? ORDER BY position IS NULL, position, n", (found.id,))
    circle = _standing_in_a_circle(session, found.id)
    rows = [r for r in rows if not r["deleted"] or str(r["id"]) in circle]
    sets: dict[tuple[str, str], list[str]] = {}
    for kind, a, b in connection.exec_driver_sql("SELECT l.kind, l.a, l.b FROM link l JOIN code c ON c.id = l.a WHERE c.codebook = ? AND l.kind IN (?, ?) AND NOT l.deleted ORDER BY l.n", (found.id, _WORDS, _THEMES)):
        sets.setdefault((str(a), str(kind)), []).append(str(b))
    codes = [
        Code(str(r["id"]), str(r["reference"]), str(r["title"]), str(r["definition"] or ""), str(r["under"] or ""), fold(str(r["key"] or ""))[:1], bool(r["heading"]), str(r["colour"] or ""),
             words=sets.get((str(r["id"]), _WORDS), []), themes=sets.get((str(r["id"]), _THEMES), []))
        for r in rows
    ]  # fmt: skip
    made.codes = _in_order(codes)
    _give_keys(made.codes)
    return made


def _in_order(codes: Sequence[Code]) -> list[Code]:
    """Each code behind the one that it stands under; one whose parent is gone, or which stands under itself, at the top."""
    known = {c.id for c in codes}
    below: dict[str, list[Code]] = {}
    for one in codes:
        below.setdefault(one.under if one.under in known else "", []).append(one)
    made: list[Code] = []
    waiting = [(c, 0) for c in reversed(below.get("", []))]
    while waiting:
        one, depth = waiting.pop()
        one.depth = depth
        made.append(one)
        waiting += [(c, depth + 1) for c in reversed(below.get(one.id, []))]
    placed = {c.id for c in made}
    left = [c for c in codes if c.id not in placed]
    if left:  # codes that stand under each other: one of them stands at the top
        left[0].under = ""
        return [*made, *_in_order(left)]
    return made


def _give_keys(codes: Sequence[Code]) -> None:
    """Codes have their own key, where no other has it and the desk does not need it; the first nine of the others have the digits."""
    taken: set[str] = set()
    for one in codes:
        if one.key in taken or one.key in RESERVED or one.heading or not one.key.isalnum():
            one.key = ""
        taken.add(one.key)
    digits = iter([d for d in "123456789" if d not in taken])
    for one in codes:
        if not one.key and not one.heading:
            one.key = next(digits, "")


def start(session: Session, survey: str, title: str = "") -> tuple[str, Changes]:
    """Begin a codebook for a survey with the inquiry's six themes of free text; returns its id. Themes that the store lacks are made."""
    row = plain_rows(session.read(), "SELECT title FROM survey WHERE id = ?", (survey,))
    with session.store.write(session.who, None, Act.CODEBOOK) as tx:
        id = tx.create(CODEBOOK.key, {"title": title or f"{row[0]['title'] if row else 'Survey'}: themes", "survey": survey})
        themes = {fold(str(t)): str(i) for i, t in tx.run("SELECT id, title FROM theme WHERE NOT deleted").fetchall()}
        for position, (name, definition, words) in enumerate(STARTER, 1):
            theme = themes.get(fold(name)) or tx.create("theme", {"title": name, "kind": "survey", "description": definition, "basis": "published"})
            code = tx.create(CODE.key, {"title": name, "codebook": id, "definition": definition, "position": position})
            tx.set_links(_WORDS, code, words)
            tx.link(_THEMES, code, theme)
        _begin(tx, session, id, 1, "The inquiry's six themes.")
    return id, tx.changes


def begin_version(session: Session, codebook: str, changed: str) -> Changes:
    """Begin the next version of a codebook, by its id: answers coded from now on are told from those coded before. Raises RuleError without what was changed."""
    if not changed.strip():
        raise RuleError("Say what was changed, for anyone who compares two years.", code="rule_version")
    with session.store.write(session.who, None, Act.CODEBOOK) as tx:
        next_version(tx, session, codebook, changed.strip())
    return tx.changes


def next_version(tx: Transaction, session: Session, codebook: str, changed: str) -> int:
    """The same inside a transaction; returns the version's number."""
    number = int(str(tx.row(CODEBOOK.key, codebook)["version"] or 1)) + 1
    tx.edit(CODEBOOK.key, codebook, {"version": number})
    _begin(tx, session, codebook, number, changed)
    return number


def _begin(tx: Transaction, session: Session, codebook: str, number: int, changed: str) -> None:
    tx.flush()
    rows = tx.run("SELECT id, title, definition, under FROM code WHERE codebook = ? AND deleted = 0 ORDER BY position IS NULL, position, n", (codebook,)).fetchall()
    codes = json.dumps([{"id": str(i), "title": t, "definition": d, "under": u} for i, t, d, u in rows], ensure_ascii=False)
    id = merge.content_id(VERSION.key, codebook, str(number), changed)
    cells: dict[str, Value] = {"codebook": codebook, "number": number, "begun": session.today.isoformat(), "changed": changed, "codes": codes}
    tx.create(VERSION.key, cells, id=tx.free_id(VERSION.key, id))


def versions(session: Session, codebook: str) -> Sequence[Mapping[str, object]]:
    """A codebook's versions, the first one first: number, since when, what was changed, and its codes then (JSON)."""
    return plain_rows(session.read(), "SELECT number, begun, changed, codes FROM codebook_version WHERE codebook = ? AND NOT deleted ORDER BY number, n", (codebook,))


def merge_codes(session: Session, codes: Sequence[str], into: str) -> Changes:
    """Put what stands under codes under another one, and take them out of the codebook; a new version. Raises RuleError."""
    with session.store.write(session.who, None, Act.CODEBOOK) as tx:
        target = tx.row(CODE.key, into)
        gone = [tx.row(CODE.key, c) for c in dict.fromkeys(codes) if c != into]
        if not gone or target["deleted"] or any(r["codebook"] != target["codebook"] for r in gone):
            raise RuleError("Codes are merged into another one of the same codebook.", code="rule_merge_codes")
        if target["heading"]:
            raise RuleError(f"{target['title']} is only a heading; nothing is coded under it.", code="rule_heading")
        moved = 0
        for row in gone:
            id = str(row["id"])
            for (coding,) in tx.run("SELECT a FROM link WHERE kind = ? AND b = ? AND deleted = 0", (CODES_OF, id)).fetchall():
                tx.unlink(CODES_OF, str(coding), id)
                tx.link(CODES_OF, str(coding), into)
                moved += 1
            _lift(tx, into, id)
            tx.flush()
            for (below,) in tx.run("SELECT id FROM code WHERE under = ? AND deleted = 0", (id,)).fetchall():
                tx.edit(CODE.key, str(below), {"under": into if str(below) != into else row["under"] if row["under"] != into else None})
            for theme in tx.linked(_THEMES, id):
                tx.link(_THEMES, into, theme)
            for word in tx.linked(_WORDS, id):
                tx.link(_WORDS, into, word)
            tx.edit(CODE.key, id, {"merged_into": into})
            tx.delete(CODE.key, id)
        words = f"{', '.join(str(r['title']) for r in gone)} merged into {target['title']}."
        next_version(tx, session, str(target["codebook"]), words)
        tx.changes.notes.append(f"{words} {how_many(moved, 'coding')} moved.")
    return tx.changes


def _lift(tx: Transaction, into: str, gone: str) -> None:
    """Where what is merged stands above the code that it goes into, further up too, that one takes its place."""
    way, at = [into], str(tx.row(CODE.key, into)["under"] or "")
    while at and at not in way:
        if at == gone:
            tx.edit(CODE.key, into, {"under": tx.row(CODE.key, gone)["under"]})
            return
        way.append(at)
        at = str(tx.row(CODE.key, at)["under"] or "")


def split_code(session: Session, code: str, titles: Sequence[str]) -> Changes:
    """Make a code the heading of several new ones; a new version. Answers under it stay there until each is coded again. Raises RuleError."""
    wanted = [t.strip() for t in titles if t.strip()]
    if len({fold(t) for t in wanted}) < 2:
        raise RuleError("A code is split into two or more, each with a name of its own.", code="rule_split_code")
    with session.store.write(session.who, None, Act.CODEBOOK) as tx:
        row = tx.row(CODE.key, code)
        for place, title in enumerate(wanted, 1):
            made = tx.create(CODE.key, {"title": title, "codebook": row["codebook"], "under": code, "position": int(str(row["position"] or 0)), "note": f"Split from {row['title']} ({place} of {len(wanted)})."})
            for theme in tx.linked(_THEMES, code):
                tx.link(_THEMES, made, theme)
        tx.edit(CODE.key, code, {"heading": True, "key": None})
        left = tx.run("SELECT count(*) FROM link WHERE kind = ? AND b = ? AND deleted = 0", (CODES_OF, code)).fetchone()
        next_version(tx, session, str(row["codebook"]), f"{row['title']} split into {', '.join(wanted)}.")
        tx.changes.notes.append(f"{how_many(int(left[0]) if left else 0, 'coding')} still under {row['title']}: choose “To code again” at the desk.")
    return tx.changes


def resolved(session: Session) -> dict[str, str]:
    """Codes that were merged away, each with the code that replaces it."""
    into = {str(i): str(m) for i, m in session.read().exec_driver_sql("SELECT id, merged_into FROM code WHERE merged_into IS NOT NULL AND deleted = 1")}
    found: dict[str, str] = {}
    for first in into:
        way = [first]
        while way[-1] in into and into[way[-1]] not in way:
            way.append(into[way[-1]])
        # two stores each merged one into the other: the one whose id is smaller stands
        found[first] = min(way[way.index(into[way[-1]]) :]) if way[-1] in into else way[-1]
    return {gone: stands for gone, stands in found.items() if gone != stands}


def _standing_in_a_circle(session: Session, codebook: str) -> list[str]:
    """Codes that two stores each merged into the other, of which one stands."""
    gone = resolved(session)
    rows = session.read().exec_driver_sql("SELECT id FROM code WHERE codebook = ? AND merged_into IS NOT NULL AND deleted = 1", (codebook,)).fetchall()
    return [str(i) for (i,) in rows if str(i) not in gone]
