"""Sets whose elements were words before they were records: stages, rights and themes (DESIGN 4, migrations).

A link made by an earlier version, or on a laptop that still has one, ends in a term or in free words. That stays a valid end for ever and means
the record that bears the same words; so two links that mean the same are one element, and nothing need be rewritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from vawg_desktop.domain.entities import BY_KEY, ENTITIES, EntitySpec
from vawg_desktop.domain.errors import NotFoundError, ValueRefusedError
from vawg_desktop.domain.fields import FieldSpec, Kind
from vawg_desktop.domain.terms import fold
from vawg_desktop.domain.values import clean_text
from vawg_desktop.services import names

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Every such set of links: its kind of link, the kind of record that owns it, and the field.
WORDED: dict[str, tuple[EntitySpec, FieldSpec]] = {
    e.link_kind(f): (e, f) for e in ENTITIES for f in e.sets if f.kind is Kind.LINKS and f.formerly is not None
}
#: The framework whose strands are the Victims' Code's rights begins so; its rights are also named by their numbers.
_CODE = "victims code"


class Meanings:
    """What the ends of one set mean: read once from the records that bear words."""

    def __init__(self, connection: Connection, field: FieldSpec) -> None:
        self._connection, self._field = connection, field
        target = BY_KEY[field.target]
        #: What each record of the kind is called, by id.
        self.titles: dict[str, str] = {}
        self._by_word: dict[str, str] = {}
        own = next((f.key for f in target.cells if f.terms is field.terms and f.terms is not None), None)
        columns = f't."{target.title}", {"t." + own if own else "NULL"}, t.deleted'
        sql = f'SELECT t.id, {columns}, NULL, NULL FROM "{target.key}" t ORDER BY t.deleted, t.n'
        if target.parent:
            sql = (
                f'SELECT t.id, {columns}, p."{BY_KEY[target.parent].title}", t.position FROM "{target.key}" t '
                f'LEFT JOIN "{target.parent}" p ON p.id = t."{target.parent}" ORDER BY t.deleted, t.n'
            )
        for id, title, term, deleted, parent, position in connection.exec_driver_sql(sql):
            self.titles[str(id)] = str(title or "")
            if deleted:
                continue
            words = [str(title or ""), str(term or "")]
            if position and fold(str(parent or "")).startswith(_CODE):
                words += [str(position), f"right {position}"]
            for word in filter(None, map(fold, words)):
                self._by_word.setdefault(word, str(id))

    def of(self, end: str) -> str:
        """The id of the record that an end means, or the end as it stands where no record bears its words."""
        if end in self.titles:
            return end
        found = self._by_word.get(fold(end))
        if found is None and self._field.terms is not None:
            found = self._by_word.get(fold(self._field.terms.label(end)))
        return found or end

    def all_of(self, ends: Iterable[str]) -> list[str]:
        """The meanings of several ends, each once, in their order."""
        return list(dict.fromkeys(self.of(end) for end in ends))

    def ends_of(self, kind: str, meaning: str) -> list[str]:
        """Every end in use in links of a kind that means the same as one does."""
        used = self._connection.exec_driver_sql("SELECT DISTINCT b FROM link WHERE kind = ?", (kind,)).fetchall()
        return sorted({meaning, *(str(b) for (b,) in used if self.of(str(b)) == meaning)})

    def label(self, end: str) -> str:
        """What to call an end: its record's title, else its own words."""
        return self.titles.get(end) or (self._field.terms.label(end) if self._field.terms is not None else end)

    def read(self, typed: str) -> str:
        """The end that typed words name: a record by reference, title or number, else a term or, where free words were allowed, the words.

        Empty where nothing is left of them. Raises ValueRefusedError where only terms were.
        """
        text = clean_text(typed).text.strip()
        if not text:
            return ""
        if (found := names.maybe_find(self._connection, text, self._field.target)) is not None:
            return found.id
        meant = self.of(text)
        if meant in self.titles or self._field.formerly is Kind.TAGS:
            return meant
        term = self._field.terms.find(text) if self._field.terms is not None else None
        if term is not None:
            return self.of(term.key)
        try:  # which says what is near
            return names.Directory(self._connection, self._field.target).require(text).id
        except NotFoundError as error:
            raise ValueRefusedError(error.message) from None


def meanings_of(connection: Connection, spec: EntitySpec) -> dict[str, Meanings]:
    """The meanings of a kind of record's sets of this sort, by field key; nothing is read where it has none."""
    return {f.key: Meanings(connection, f) for owner, f in WORDED.values() if owner is spec}


def names_of(spec: EntitySpec, sets: dict[str, list[str]]) -> dict[str, str]:
    """What to call the elements of a record's sets that no record bears; those of records have names of their own."""
    called: dict[str, str] = {}
    for f in spec.sets:
        if f.formerly is not None:
            called |= {e: f.terms.label(e) if f.terms is not None else e for e in sets.get(f.key, []) if e}
    return called


def leading_here(connection: Connection, target: str, id: str) -> list[tuple[str, Sequence[str]]]:
    """The links of this sort that end at a record by its words: each kind of link with the words that mean it."""
    found: list[tuple[str, Sequence[str]]] = []
    for kind, (_, field) in WORDED.items():
        if field.target == target:
            words = [end for end in Meanings(connection, field).ends_of(kind, id) if end != id]
            if words:
                found.append((kind, words))
    return found
