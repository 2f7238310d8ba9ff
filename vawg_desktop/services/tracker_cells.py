"""A tracker's cells as stored values: understood, or asked about and kept word for word."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping, Sequence

from vawg_desktop.domain.dates import both_orders, label, last_day, may_be
from vawg_desktop.domain.entities import BY_KEY, PARTNER, RECOMMENDATION, EntitySpec
from vawg_desktop.domain.errors import ValueRefusedError
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.domain.terms import CROSS_CUTTING, PILLAR, fold
from vawg_desktop.domain.values import to_stored
from vawg_desktop.exchange.cells import NO_DATE, as_typed
from vawg_desktop.exchange.tracker_shape import Given, TrackerRow
from vawg_desktop.services import worded
from vawg_desktop.services.session import Session
from vawg_desktop.services.tracker_bodies import SEPARATOR, BodyReader
from vawg_desktop.services.tracker_imported import Imported, id_of, tray_entry
from vawg_desktop.store.transaction import Transaction

#: Colours that may stand for a rating beside a word; grey and blue are shading.
_TOLD = frozenset({"red", "amber", "green"})
class CellReader(BodyReader):
    """What the cells of a row mean; what is not understood is asked about and kept in the tray."""

    def __init__(self, session: Session, tx: Transaction, done: Imported, answers: Mapping[str, str], trusted: bool) -> None:
        super().__init__(session, tx, done, answers, trusted)
        self._orders: dict[str, str] = {}
        #: What cells of a field were understood to say, so that the same word is not read a thousand times.
        self._understood: dict[tuple[str, str, type, object], Value] = {}
        #: Which kind of record is read, and whether its row says that the work is finished.
        self._entity, self._finished = "", False
        #: Words of a column that were asked about with what they may mean.
        self._words_asked: dict[tuple[str, str], set[str]] = {}
        self._doubted: set[tuple[str, str]] = set()

    def _read(
        self, row: TrackerRow, spec: EntitySpec, given: dict[str, Given]
    ) -> tuple[dict[str, Value], dict[FieldSpec, list[str]]]:
        cells: dict[str, Value] = {}
        sets: dict[FieldSpec, list[str]] = {}
        self._entity, self._finished = spec.key, _is_finished(spec, given.get("status"))
        for key, one in given.items():
            found = spec.by_key.get(key)
            if found is not None and one.linked and _is_nothing(one.value):
                self._ask("linked_blank", f"{found.label}: the cell shows {one.text} by a link to a blank cell; nothing was set.", one)
            elif found is None:
                self._done.tray.append(tray_entry(one, "there is no such field"))
            elif found.target == PARTNER.key:
                self._owners(spec, found, one, cells, sets)
            elif found.kind in (Kind.REF, Kind.LINKS) and found.formerly is None:
                continue
            elif found.many:
                sets[found] = self._elements(found, one)
            else:
                cells[key] = self._cell(found, one)
        return cells, sets

    def _cell(self, spec: FieldSpec, one: Given) -> Value:
        if one.strange and spec.key.startswith("rating") and not self._trusted:
            self._done.tray.append({**tray_entry(one, "a colour that is not a rating"), "text": f"{one.text} (filled #{one.strange})".strip()})
        if one.value is None or (one.colour and spec.key.startswith("rating") and not any(c.isalnum() for c in one.text)):
            return self._colour(spec, one)
        if one.colour in _TOLD and not self._trusted:
            return self._beside_colour(spec, one)
        if one.linked or one.shown or one.per_cent or spec.kind is Kind.DATE:
            return self._of_words(spec, one)
        known_as = (self._entity, spec.key, type(one.value), one.value)
        if known_as in self._understood:
            return self._understood[known_as]
        asked = len(self._done.problems)
        value = self._of_words(spec, one)
        if len(self._done.problems) == asked and len(self._understood) < 50_000:
            self._understood[known_as] = value
        return value

    def _beside_colour(self, spec: FieldSpec, one: Given) -> Value:
        """A cell of words that is coloured as a rating too: its words are taken; a colour that says otherwise is asked, any other kept."""
        value = self._of_words(spec, one)
        shown = f"{one.text} (coloured {one.colour})"
        if spec.terms is not None and spec.key.startswith("rating") and value is not None and value != one.colour:
            id = f"colour_and_word:{value}:{one.colour}"
            answer = self._answers.get(id)
            if answer in ("word", "colour"):
                return value if answer == "word" else one.colour
            word, colour = spec.terms.label(str(value)), spec.terms.label(one.colour)
            self._problem("colour_and_word", f"The cell says {word} and is coloured {colour.casefold()}. Which is the rating? Nothing was set.", one, id,
                          (("word", f"{word}, as the word says"), ("colour", f"{colour}, as the colour says")))  # fmt: skip
            self._done.tray.append({**tray_entry(one, "a colour beside a word"), "text": shown})
            return None
        if not spec.key.startswith("rating"):
            self._done.tray.append({**tray_entry(one, "a colour beside a word"), "text": shown})
        return value

    def _of_words(self, spec: FieldSpec, one: Given) -> Value:
        if one.linked and _is_nothing(one.value):
            sentence = f"{spec.label}: the cell shows {one.text} by a link to a blank cell; nothing was set."
            self._ask("linked_blank", sentence, one)
            return None
        if spec.key == "pillar":
            return self._pillar(one)
        if spec.kind is Kind.DATE and fold(one.text) in NO_DATE:
            self._ask("no_date_yet", f"{spec.label}: “{one.text}” is not a date; no date was set.", one)
            return None
        try:
            if spec.kind is Kind.DATE:
                return self._likely(spec, one, self._date(spec, one))
            return to_stored(spec, _percent(spec, one))
        except ValueRefusedError as refused:
            return self._meaning(spec, refused.message, one, one.text)

    def _meaning(self, spec: FieldSpec, message: str, one: Given, words: str) -> Value:
        """What the officer answered about words that no field takes; until then they are asked about and kept in the tray.

        The same words of a column are one question. Dates without a year are asked apart for work that is finished, and each year anew.
        """
        column, folded = (self._entity, spec.key), fold(words)
        choices: tuple[tuple[str, str], ...] = ()
        if spec.terms is not None:
            choices = tuple((t.key, f"Take it as {t.label}") for t in spec.terms.terms)
        elif spec.kind is Kind.DATE:
            choices = tuple((d, f"Take it as {label(d)}") for d in may_be(words, self._session.today))
        elif spec.key == "percent" and words in _ONE:
            choices = (("1", "Take it as 1%"), ("100", "Take it as 100%"))
        asked = self._words_asked.setdefault(column, set())
        when = f":{'finished' if self._finished else 'open'}:{self._session.today.year}" if spec.kind is Kind.DATE else ""
        id = f"says:{self._entity}.{spec.key}:{folded}{when}"
        answer = self._answers.get(id)
        if not choices or not folded or self._trusted or (answer is None and folded not in asked and len(asked) >= _MOST_WORDS):
            self._ask("not_understood", message, one)
            return None
        if answer in dict(choices):
            return int(answer) if spec.kind is Kind.WHOLE else answer
        if answer is None:
            asked.add(folded)
        if answer != "leave":
            done = ", in a row that says it is finished," if when and self._finished else ""
            sentence = f"{spec.label}: “{words[:_MOST_SHOWN]}”{done} is not understood; what is meant? Nothing was set."
            sentence = message if spec.key == "percent" else sentence
            self._problem("not_understood", sentence, one, id, (*choices, ("leave", "Leave it in the tray")))
        self._done.tray.append(tray_entry(one, "not understood"))
        return None

    def _colour(self, spec: FieldSpec, one: Given) -> Value:
        if one.colour in _TOLD and not spec.key.startswith("rating") and not self._trusted:
            self._done.tray.append({**tray_entry(one, "a colour without a word"), "text": f"(filled {one.colour})"})
        if spec.terms is not None and spec.key.startswith("rating"):
            label = spec.terms.label(one.colour)
            id = f"colour:{one.colour}"
            if self._answers.get(id) == "take":
                return one.colour
            if one.colour and self._answers.get(id) != "leave":
                sentence = f"This cell is {label.casefold()} but holds no word. Is the rating {label}? Nothing was set."
                self._problem("colour_only", sentence, one, id, (("take", f"Take it as {label}"), ("leave", "Leave it empty")))
            if one.colour:
                shown = f"(filled {label.casefold()})" if one.value is None else f"{one.text} (coloured {label.casefold()})"
                self._done.tray.append({**tray_entry(one, "a colour without a word"), "text": shown})
        return None

    def read_orders(self, rows: Sequence[TrackerRow]) -> None:
        """In which order each column of dates writes day and month: by every date in it that can be read one way only."""
        for target in {t for row in rows for t in row.cells}:
            entity, _, key = target.partition(".")
            spec = BY_KEY[entity].by_key.get(key)
            if spec is None or spec.kind is not Kind.DATE:
                continue
            seen: dict[str, Given] = {}
            self._ask_exchanged_dates(target, spec, rows)
            for row in rows:
                one = row.cells.get(target)
                if one is not None and isinstance(one.value, str):
                    both = both_orders(one.value)
                    if len(both) == 1:
                        seen.setdefault(next(iter(both)), one)
            answer = self._answers.get(f"date_order:{target}")
            # what was answered for a column of both orders does not serve one that says itself which it has
            both = answer if answer in ("uk", "us") else "mixed"
            self._orders[target] = both if len(seen) > 1 else next(iter(seen), "uk")
            if self._orders[target] == "us" and len(seen) == 1:
                sentence = f"{spec.label}: “{seen['us'].text}” can only be month first, so the whole column was read so."
                self._problem("month_first", sentence, seen["us"])

    def _ask_exchanged_dates(self, target: str, spec: FieldSpec, rows: Sequence[TrackerRow]) -> None:
        """Ask about true dates among month-first texts: a British program may have exchanged their day and month."""
        cells = [row.cells[target] for row in rows if target in row.cells]
        texts = [c for c in cells if isinstance(c.value, str) and set(both_orders(c.value)) == {"us"}]
        true = [c for c in cells if isinstance(c.value, dt.date) and c.value.day <= 12 and not c.shown]
        if not texts or not true:
            return
        places = sorted(f"{c.sheet}!{c.cell}:{c.value}" for c in true)  # an answer serves these very dates
        id = f"half_turned:{target}:{hashlib.sha256('|'.join(places).encode()).hexdigest()[:8]}"
        answer = self._answers.get(id)
        if answer == "turn":
            for one in true:
                assert isinstance(one.value, dt.date)
                one.value = one.value.replace(month=one.value.day, day=one.value.month)
        elif answer != "leave":
            for one in true:
                self._doubted.add(id_of(one))
                turned = label(one.value.replace(month=one.value.day, day=one.value.month).isoformat()[:10]) if isinstance(one.value, dt.date) else ""
                sentence = (
                    f"{spec.label}: this date is {label(as_typed(one.value))}, or {turned}: “{texts[0].text}” in the same column is month first, so a "
                    "program may have turned it round. Nothing was set."
                )
                self._problem("half_turned", sentence, one, id, (("leave", "As they are in the whole column"), ("turn", "Day and month exchanged")))
                self._done.tray.append(tray_entry(one, "not understood"))

    def _likely(self, spec: FieldSpec, one: Given, found: Value) -> Value:
        """A date; one of a year that no plan of ours has, such as 1926 or 2207, is asked about first."""
        last = last_day(str(found)) if found is not None and not self._trusted else None
        if last is None or (_FIRST_YEAR <= last.year <= self._session.today.year + _YEARS_AHEAD and not _ODD_YEAR.search(one.text)):
            return found
        id = f"unlikely:{self._entity}.{spec.key}:{fold(one.text)}"
        answer = self._answers.get(id)
        if answer == "take":
            return found
        if answer != "leave":
            sentence = f"{spec.label}: “{one.text[:40]}” would be {label(str(found))}; is that meant? Nothing was set."
            self._problem("unlikely_date", sentence, one, id, (("take", f"Take it as {label(str(found))}"), ("leave", "Leave it in the tray")))
        self._done.tray.append(tray_entry(one, "not understood"))
        return None

    def _date(self, spec: FieldSpec, one: Given) -> Value:
        value = one.value
        if id_of(one) in self._doubted:
            return None
        if one.shown == "part" and isinstance(value, (dt.date, dt.time)):
            held = _moment(value)
            raise ValueRefusedError(f"{spec.label}: the cell shows a part of its date only; it holds {held}. Nothing was set.")
        if isinstance(value, dt.datetime) and value.hour >= 22:
            raise ValueRefusedError(
                f"{spec.label}: {_moment(value)} may be the day after, shown in another hour; which day is meant? Nothing was set."
            )
        if isinstance(value, dt.date):
            return f"{value.year}-{value.month:02d}" if one.shown == "month" else str(value.year) if one.shown == "year" else to_stored(spec, as_typed(value))
        text = one.text
        if _LATE.match(text):
            raise ValueRefusedError(
                f"{spec.label}: {text} may be the day after, shown in another hour; which day is meant? Nothing was set."
            )
        both = both_orders(text)
        target = next((t for t in self._orders if t.endswith(f".{spec.key}")), "")
        order = self._orders.get(target, "uk")
        if len(both) == 2 and both["uk"] != both["us"] and order == "mixed":
            choices = (("uk", "Day first in the whole column"), ("us", "Month first in the whole column"))
            self._problem(
                "date_order", f"{spec.label}: is {text} {label(both['uk'])} or {label(both['us'])}? The column has dates of both orders.",
                one, f"date_order:{target}", choices,
            )  # fmt: skip
            self._done.tray.append(tray_entry(one, "not understood"))
            return None
        if order == "us" and "us" in both:
            return both["us"]
        return to_stored(spec, as_typed(value), now=self._session.today if self._trusted else None)

    def _pillar(self, one: Given) -> Value:
        parts = [p for p in SEPARATOR.split(one.text) if p] if PILLAR.find(one.text) is None else [one.text]
        known = [PILLAR.find(p) for p in parts]
        if fold(one.text) == fold(CROSS_CUTTING):
            return None
        if not parts or known[0] is None or len(known) > 1:
            if len(known) > 1 and known[0] is not None:
                self._problem(
                    "several_pillars",
                    f"“{one.text}” names several pillars; the first was taken as the first pillar.",
                    one,
                )
                self._done.tray.append(tray_entry(one, "more pillars than one"))
                return known[0].key
            spec = RECOMMENDATION.by_key["pillar"]
            return self._meaning(spec, f"“{one.text}” is not a pillar.", one, one.text)
        return known[0].key

    def _elements(self, spec: FieldSpec, one: Given) -> list[str]:
        parts = [p.strip() for p in re.split(r"[;\n]", one.text) if p.strip()]
        if spec.kind is Kind.TAGS:
            return parts
        found: list[str] = []
        meanings = worded.Meanings(self._tx.connection, spec) if spec.formerly is not None else None
        for part in parts:
            try:
                found.append(meanings.read(part) if meanings is not None else str(to_stored(spec, part)))
            except ValueRefusedError as refused:
                meant = self._meaning(spec, refused.message, one, part)
                found += [str(meant)] if meant is not None else []
        return found

    def _section(self, row: TrackerRow, spec: EntitySpec, cells: dict[str, Value]) -> None:
        pillar = PILLAR.find(row.section) if row.section else None
        if pillar is not None and spec is RECOMMENDATION and "pillar" not in cells:
            cells["pillar"] = pillar.key

#: Years of which a list's dates are: others are asked about, and years typed with a nought before them.
_FIRST_YEAR, _YEARS_AHEAD = 1990, 30
_ODD_YEAR = re.compile(r"(?<!\d)0\d{3}(?!\d)")
#: A bare one in a column of per cents: one, or all of it.
_ONE = ("1", "1.0")
#: The most texts of one column that are asked about with choices; further ones are only reported.
_MOST_WORDS = 12
#: How much of a cell a question quotes, in letters.
_MOST_SHOWN = 80


def _is_finished(spec: EntitySpec, one: Given | None) -> bool:
    """Whether a row's own status says that nothing is left to do."""
    terms = spec.by_key["status"].terms if "status" in spec.by_key else None
    found = terms.find(one.text) if terms is not None and one is not None else None
    return found is not None and found.key in spec.finished


#: A date with a time from 22:00 and no time zone: that evening, or London midnight of the next day.
_LATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]2[23]:[0-9]{2}(?::[0-9.]+)?$")


def _moment(value: dt.date | dt.time) -> str:
    """A date, a time or both, as an officer reads them; midnight is a date's own."""
    if isinstance(value, dt.datetime) and value.time() != dt.time():
        return f"{label(value.date().isoformat())}, {value:%H:%M}"
    return f"{value:%H:%M}" if isinstance(value, dt.time) else label(value.isoformat()[:10])


def _is_nothing(value: object) -> bool:
    """What a spreadsheet program shows of a blank cell elsewhere."""
    return value in (0, "0", "00/01/1900") or value == dt.time() or (isinstance(value, dt.date) and value.year <= 1900)


def _percent(spec: FieldSpec, one: Given) -> object:
    """A fraction in a % column is a share of one: 0.5 is 50. A bare 1 is asked."""
    if spec.key == "percent" and one.per_cent and isinstance(one.value, (int, float)):
        return round(one.value * 100)
    if spec.key == "percent" and isinstance(one.value, float) and 0 < one.value < 1:
        return round(one.value * 100)
    if spec.key == "percent" and isinstance(one.value, str) and re.fullmatch(r"0?\.[0-9]+", one.value.strip()):
        return round(float(one.value) * 100)
    if spec.key == "percent" and one.text in _ONE:
        raise ValueRefusedError("% complete is 1: is that 1% or 100%? Nothing was set.")
    return as_typed(one.value)
