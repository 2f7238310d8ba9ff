"""Which record each row of a list speaks of: decided for all its rows together, before anything is written (DESIGN 5b).

A row is known again by its lineage (what this list held before, by sheet), its number just as it is written, and its words. Where
all agree it is sure; where they agree in part it is a question with every record that it may be; where nothing agrees it is new.
Rows are paired whole first, so that a row that moved, was renumbered or stands under a new sheet never takes another one's record.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from vawg_desktop.domain.entities import EntitySpec
from vawg_desktop.domain.errors import Problem
from vawg_desktop.domain.references import PREFIX, PROVISIONAL
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.cells import similar
from vawg_desktop.exchange.tracker_periods import sheet_period
from vawg_desktop.services.tracker_lineage import NEARLY, Known
from vawg_desktop.services.tracker_marks import RowMarks, RowMatch, our_reference, words_key
from vawg_desktop.store.derived_rows import Run

_REFERENCE = re.compile(rf"{PREFIX}-(?:\d{{4,}}|{PROVISIONAL})")
_MOST_CHOICES = 12
#: How alike the words of a row must be to those of a row under another number for that to be worth asking.
_MOVED_AND_REWORDED = 0.8


class Records:
    """The records of one kind, read once: by reference, alias, title."""

    def __init__(self, run: Run, spec: EntitySpec, tracker: str) -> None:
        self.spec = spec
        self.reference: dict[str, str] = {}
        self.title: dict[str, str] = {}
        self._by_reference: dict[str, str] = {}
        self._by_title: dict[str, list[str]] = defaultdict(list)
        self._aliases: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
        for id, reference, title, deleted in run(
            f'SELECT id, reference, "{spec.title}", deleted FROM "{spec.key}" ORDER BY n'
        ):
            if deleted:  # known only to rows already linked to it; nothing else finds it
                self.reference[str(id)], self.title[str(id)] = str(reference), str(title or "")
            else:
                self.know(str(id), str(reference), str(title or ""))
        for alias, part, id in run(
            f'SELECT l.b, l.part, l.a FROM link l JOIN "{spec.key}" t ON t.id = l.a AND NOT t.deleted '
            "WHERE l.kind = 'alias' AND NOT l.deleted"
        ):
            self._aliases[str(alias)].append((str(id), None if part is None else str(part)))
        #: Records that another list speaks of.
        self.elsewhere = {
            str(r[0]) for r in run(
                "SELECT DISTINCT r.record FROM tracker_row r JOIN tracker t ON t.id = r.tracker AND NOT t.deleted "
                "WHERE NOT r.deleted AND r.entity = ? AND r.tracker <> ?", (spec.key, tracker),
            )
        }  # fmt: skip

    def know(self, id: str, reference: str, title: str) -> None:
        """A record, read or made meanwhile."""
        self.reference[id], self.title[id] = reference, title
        self._by_reference.setdefault(reference, id)
        if key := words_key(title):
            self._by_title[key].append(id)

    def numbered(self, number: str) -> str | None:
        """The record that bears a number just as it is written: as reference, as alias, or in our own way of counting."""
        for spelling in dict.fromkeys((number, our_reference(self.spec, number) or "")):
            if not spelling:
                continue
            if spelling in self._by_reference:
                return self._by_reference[spelling]
            for id, part in self._aliases.get(fold(spelling), ()):
                if part is None or part == spelling:
                    return id
        return None

    def entitled(self, key: str) -> list[str]:
        """The records whose title says just these words."""
        return self._by_title.get(key, []) if key else []


@dataclass(slots=True)
class _Left:
    """Rows and known rows that are not paired yet."""

    rows: dict[int, RowMarks]
    known: dict[str, Known]


class _Index:
    """The known rows that nothing was paired with: by number, by words, by single words."""

    def __init__(self, known: Iterable[Known]) -> None:
        self.by_number: dict[str, list[Known]] = defaultdict(list)
        self.by_key: dict[str, list[Known]] = defaultdict(list)
        self._by_word: dict[str, list[Known]] = defaultdict(list)
        self.numbered = False
        for k in known:
            key = words_key(k.words)
            self.by_number[k.number].append(k)
            self.by_key[key].append(k)
            self.numbered = self.numbered or bool(k.number)
            for word in set(key.split()):
                self._by_word[word].append(k)

    def like(self, key: str) -> list[Known]:
        """The rows that share most words with these, the rarest words asked first."""
        wanted = set(key.split())
        shared: Counter[str] = Counter()
        by_id: dict[str, Known] = {}
        for word in sorted(wanted, key=lambda w: len(self._by_word.get(w, ())))[:8]:
            for k in self._by_word.get(word, ())[:400]:
                shared[k.id] += 1
                by_id[k.id] = k
        return [by_id[id] for id, _ in shared.most_common(8)]


@dataclass(slots=True)
class Matching:
    """Matches the rows of one kind of record of one file; ``many`` where several rows may speak of one record."""

    spec: EntitySpec
    rows: Sequence[RowMarks]
    known: Sequence[Known]
    records: Records
    answers: Mapping[str, str]
    many: bool = False
    fallback: Callable[[str], str | None] = lambda _: None
    row_matches: list[RowMatch] = field(default_factory=list[RowMatch])
    _taken: set[str] = field(default_factory=set[str])
    _numbers: set[str] = field(default_factory=set[str])

    def run(self) -> list[RowMatch]:
        """The place of each row, in their order."""
        self.row_matches = [RowMatch() for _ in self.rows]
        homes = continued_sheets(self.rows, self.known)
        for row in self.rows:
            row.key, row.home = words_key(row.words), homes.get(row.sheet, row.sheet)
        left = _Left(dict(enumerate(self.rows)), {k.id: k for k in self.known if k.record in self.records.reference})
        self._pair_whole(left)
        self._doubt_owners()
        index = _Index(left.known.values())
        paired = Counter((p.known.sheet, p.known.number) for p in self.row_matches if p.known is not None)
        asked = {n: self._candidates(row, index, paired) for n, row in left.rows.items()}
        numbers = Counter(r.number for r in self.rows if r.number)
        lacking = list(left.known.values())
        for n, row in list(left.rows.items()):
            if asked[n]:  # any other row that this copy lacks may be meant too, renumbered and in quite other words
                more = [k for k in lacking if k.record not in asked[n] and k.sheet == row.home][: _MOST_CHOICES - len(asked[n])]
                found = asked[n] | ({} if self.many else {k.record: k for k in more})
                self._place_asked(n, row, found, "other_words" if row.number else "same_words")
            else:
                self._place_outside(n, row, numbers)
        return self.row_matches

    # -- pairs that agree in everything ------------------------------------------------------

    def _pair_whole(self, left: _Left) -> None:
        pairings: tuple[tuple[Callable[[RowMarks], tuple[str, ...]], Callable[[Known], tuple[str, ...]], bool], ...] = (
            (lambda s: (s.home, s.number, s.key, fold(s.beside)), lambda k: (k.sheet, k.number, words_key(k.words), k.beside), False),
            (lambda s: (s.home, s.number, s.key), lambda k: (k.sheet, k.number, words_key(k.words)), True),
            # or it says what the office has called the record since
            (lambda s: (s.home, s.number, s.key), lambda k: (k.sheet, k.number, words_key(self.records.title.get(k.record, ""))), True),
            # or it stands on the sheet of another period
            (lambda s: (_of_period(s.home), s.number, s.key), lambda k: (_of_period(k.sheet), k.number, words_key(k.words)), True),
            # or it was moved to another sheet, as what is complete often is, with its number, its words and its owner
            (lambda s: (words_key(s.owner), s.number, s.key if s.number and s.owner else ""), lambda k: (str(k.base.get("~owner") or ""), k.number, words_key(k.words)), True),
        )
        for of_row, of_known, alone in pairings:
            there: dict[tuple[str, ...], list[Known]] = defaultdict(list)
            for k in left.known.values():
                there[of_known(k)].append(k)
            here: dict[tuple[str, ...], list[int]] = defaultdict(list)
            for n, row in left.rows.items():
                here[of_row(row)].append(n)
            for marks, numbers in here.items():
                found = there.get(marks, [])
                if not marks[2] or (alone and (len(found) != 1 or len(numbers) != 1)):
                    continue
                for n, k in zip(numbers, found, strict=False):
                    self._take(n, k, left)
        if self.many:
            self._pair_anywhere(left)
        self._pair_numbers_alone(left)

    def _pair_anywhere(self, left: _Left) -> None:
        """The same words in another sheet are the same recommendation."""
        there_any: dict[tuple[str, str], list[Known]] = defaultdict(list)
        for k in left.known.values():
            there_any[(k.number, words_key(k.words))].append(k)
        for n, row in list(left.rows.items()):
            same = there_any.get((row.number, row.key), []) if row.key else []
            if len({k.record for k in same}) == 1:
                self._take(n, same[0], left)

    def _pair_numbers_alone(self, left: _Left) -> None:
        """A number without words, as this list wrote it before."""
        numbered: dict[tuple[str, str], list[Known]] = defaultdict(list)
        for k in self.known:
            numbered[(k.sheet, k.number)].append(k)
        for n, row in list(left.rows.items()):
            if row.number and not row.key:
                same = [k for k in numbered.get((row.home, row.number), ()) if k.record in self.records.reference]
                if len({k.record for k in same}) == 1 and (self.many or same[0].record not in self._taken):
                    self._taken.add(same[0].record)
                    self.row_matches[n] = RowMatch(same[0], same[0].record)
                    left.rows.pop(n)

    def _take(self, n: int, known: Known, left: _Left) -> None:
        self.row_matches[n] = RowMatch(known, known.record)
        self._taken.add(known.record)
        left.rows.pop(n, None)
        left.known.pop(known.id, None)

    def _doubt_owners(self) -> None:
        """Where most rows that agree belong to another body now, the file may be another partner's on the same template."""
        both_owned = [(n, p.known) for n, p in enumerate(self.row_matches) if p.known is not None and self.rows[n].owner and p.known.base.get("~owner")]
        differ = [(n, k) for n, k in both_owned if words_key(self.rows[n].owner) != k.base.get("~owner")]
        if 2 * len(differ) <= len(both_owned):
            return
        for n, k in differ:
            row, title = self.rows[n], self.records.title[k.record]
            choices = {k.record: f"It is {self.records.reference[k.record]}, {title[:60]}: its owner changed"}
            self._ask(n, row, choices, "other_list", (
                f"“{row.words[:80]}” had another owner in the list that this file repeats, as do most of its rows; it may be "
                f"another body's own. Nothing of the row is written until that is answered."
            ), known={k.record: k})  # fmt: skip

    # -- what agrees in part -----------------------------------------------------------------

    def _candidates(self, row: RowMarks, index: _Index, paired: Counter[tuple[str, str]]) -> dict[str, Known]:
        """The rows of earlier copies that a row may be: of its number, of its words, of words like its own."""
        found: dict[str, Known] = {}
        if not row.key:
            return found
        if row.number:
            of_number = index.by_number.get(row.number, [])
            here = [k for k in of_number if k.sheet == row.home]
            several = len(of_number) > 1 or paired[(row.home, row.number)] > 0
            # a row of this number that is not in the file any more may be this one, whatever it says now
            found |= {k.record: k for k in here or (of_number if not several else ())}
        same = index.by_key.get(row.key, [])
        found |= {k.record: k for k in same}
        if not same and not (self.many and row.number):
            found |= {k.record: k for k in self._alike(row, index)}
        return found

    def _alike(self, row: RowMarks, index: _Index) -> list[Known]:
        wanted = set(row.key.split())
        bound = _MOVED_AND_REWORDED if row.number and index.numbered else NEARLY
        near: list[tuple[float, Known]] = []
        for k in index.like(row.key):
            theirs = set(words_key(k.words).split())
            if theirs and 2 * len(wanted & theirs) >= min(len(wanted), len(theirs)) and (alike := similar(k.words, row.words)) >= bound:
                near.append((alike, k))
        near.sort(key=lambda one: -one[0])
        return [k for _, k in near[:3]]

    def _place_asked(self, n: int, row: RowMarks, found: Mapping[str, Known], code: str) -> None:
        choices: dict[str, str] = {}
        for id, k in found.items():
            how = "its words corrected" if k.number == row.number and words_key(k.words) != row.key else ""
            how = how or ("in other words and under another number" if words_key(k.words) != row.key else "under another number or place")
            choices[id] = f"It is {self.records.reference[id]}, {k.words[:60]}: {how}"
        first = next(iter(found.values()))
        if row.number and first.number == row.number and words_key(first.words) != row.key:
            sentence = f"“{first.number}” was “{first.words[:80]}” in this list; now it says “{row.words[:80]}”."
        elif words_key(first.words) == row.key:
            moved = first.number == row.number
            before, now = (f"on the sheet “{sheet}”" if moved and sheet else f"under “{number}”" if number else f"without a number on the sheet “{sheet}”" if sheet else "without a number" for number, sheet in ((first.number, first.sheet), (row.number, row.sheet)))
            sentence = f"“{row.words[:80]}” stood {before} in this list; now it stands {now}." if before != now else f"“{row.words[:80]}” stands in another place of this list now."
        else:
            sentence = f"“{row.words[:80]}” is nearly what “{first.words[:80]}” says in this list."
        self._ask(n, row, choices, code, f"{sentence} Nothing of the row is written until you answer which it is.", known=found)

    def _ask(
        self, n: int, row: RowMarks, choices: Mapping[str, str], code: str, sentence: str, *, known: Mapping[str, Known] | None = None, new: bool = True
    ) -> None:
        """Ask, or do what was answered. An answer is kept by what the row says, so that it serves no other row."""
        shown = dict(list(choices.items())[:_MOST_CHOICES])
        what = "\x1f".join((self.spec.key, row.number, row.key, *sorted(shown)))
        id = f"same:{row.sheet}!{row.place.cell}:{hashlib.sha256(what.encode('utf-8', 'replace')).hexdigest()[:8]}"
        answer = self.answers.get(id)
        by_reference = {self.records.reference[i]: i for i in shown}
        first = next(iter(shown))
        same = known is not None and first in known and known[first].number == row.number  # the row that this number was
        if same and answer == "same":
            answer = self.records.reference[first]
        if answer == "new" and new:
            self.row_matches[n] = RowMatch()
            return
        if answer in by_reference and (self.many or by_reference[answer] not in self._taken or self.row_matches[n].record == by_reference[answer]):
            record = by_reference[answer]
            self.row_matches[n] = RowMatch((known or {}).get(record), record)
            self._taken.add(record)
            return
        if answer == "leave" and not new:
            self.row_matches[n] = RowMatch(nameless=True)
            return
        label = self.spec.label.casefold()
        other = ("new", f"Another one: {'an' if label[0] in 'aeiou' else 'a'} {label} of its own") if new else ("leave", "None of these: leave the row out")
        offered = tuple(("same" if same and i == first else self.records.reference[i], words) for i, words in shown.items())
        self.row_matches[n] = RowMatch(question=Problem(code, sentence, row.sheet, row.place.cell, "", id, (*offered, other)), may_be=tuple(shown))

    # -- what this list never had ------------------------------------------------------------

    def _place_outside(self, n: int, row: RowMarks, numbers: Counter[str]) -> None:
        """A row that no earlier copy had: a record of the store where number and words agree, a question, or new."""
        if not row.key:
            self._place_by_number(n, row)
            return
        there = self.records.numbered(row.number) if row.number else None
        same = [i for i in self.records.entitled(row.key) if self.many or i not in self._taken]
        if there is not None and words_key(self.records.title[there]) == row.key:
            if there in self._taken and not self.many:
                self.row_matches[n] = RowMatch(note=("duplicate_number", "This row has the number or title of another row; it becomes a record of its own."))
            elif there in self.records.elsewhere and not self.many:
                self._ask_records(n, row, [there], "same_words", "is a record that another list names too")
            else:
                self._settle(n, there)
            return
        if self.many and not row.number and len(same) == 1:
            self._settle(n, same[0])
            return
        near = there is not None and there not in self._taken and _nearly(self.records.title[there], row.words)
        if same or near:
            found = [*([there] if near and there is not None else []), *same]
            self._ask_records(n, row, list(dict.fromkeys(found)), "same_words", "says the same, or nearly, as {} here")
            return
        if row.number and not self.many and numbers[row.number] > 1 and row.number in self._numbers:
            sentence = f"“{row.number}” is beside several rows of this list; each becomes a record of its own."
            self.row_matches[n] = RowMatch(note=("number_taken", sentence))
        elif there is not None:
            sentence = f"“{row.number}” is already the number of {self.records.reference[there]}, which says something else; this row becomes a record of its own."
            self.row_matches[n] = RowMatch(note=("number_taken", sentence))
        self._numbers.add(row.number)

    def _place_by_number(self, n: int, row: RowMarks) -> None:
        """A row with a number and no words names a record: surely only where it is our own reference."""
        there = (self.records.numbered(row.number) or self.fallback(row.number)) if row.number else None
        if there is None:
            self.row_matches[n] = RowMatch(nameless=True)
        elif self.many or _REFERENCE.fullmatch(row.number):
            if there in self._taken and not self.many:
                self.row_matches[n] = RowMatch(nameless=True, note=("duplicate_number", "This row has the number of another row and no words; it was put in the tray."))
            else:
                self._settle(n, there)
        elif there not in self._taken:
            self._ask_records(n, row, [there], "number_only", "may be {} here: the row has a number and no words", new=False)
            if self.row_matches[n].question is None and self.row_matches[n].record is None:
                self.row_matches[n].nameless = True
        else:
            self.row_matches[n] = RowMatch(nameless=True)

    def _settle(self, n: int, record: str) -> None:
        self.row_matches[n] = RowMatch(None, record)
        self._taken.add(record)

    def _ask_records(self, n: int, row: RowMarks, found: Sequence[str], code: str, how: str, *, new: bool = True) -> None:
        called = " and ".join(self.records.reference[i] for i in found[:_MOST_CHOICES])
        sentence = f"“{(row.words or row.number)[:80]}” {how.format(called)}. Nothing of the row is written until that is answered."
        choices = {i: f"It is {self.records.reference[i]}, {self.records.title[i][:60]}" for i in found}
        self._ask(n, row, choices, code, sentence, new=new)


def _of_period(sheet: str) -> str:
    """A sheet, where it is called after a period like any other such sheet."""
    return "of a period" if sheet_period(sheet) else f"sheet {sheet}"


def _nearly(one: str, other: str) -> bool:
    """Whether two titles are alike enough to ask; words in common are counted first, which costs next to nothing."""
    a, b = set(words_key(one).split()), set(words_key(other).split())
    return 3 * len(a & b) >= min(len(a), len(b)) and similar(one, other) >= NEARLY


def continued_sheets(rows: Iterable[RowMarks], known: Iterable[Known]) -> dict[str, str]:
    """Which sheet of the earlier copies a new sheet goes on, such as last quarter's under another name."""
    here: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in rows:
        here[row.sheet].add((row.number, words_key(row.words)))
    there: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for k in known:
        there[k.sheet].add((k.number, words_key(k.words)))
    gone = {s for s in there if s not in here}
    found: dict[str, str] = {}
    fresh = [s for s in here if s not in there]
    if len(here) == len(there) == 1 and fresh:
        return {fresh[0]: next(iter(there))}
    hits = sorted(((len(here[s] & there[g]), s, g) for s in fresh for g in gone), reverse=True)
    for count, s, g in hits:
        if s not in found and g in gone and 2 * count >= min(len(here[s]), len(there[g])):
            found[s] = g
            gone.discard(g)
    return found

