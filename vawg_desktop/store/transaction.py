"""A transaction: writes of one person for one reason, each with its entry in the log."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vawg_desktop.domain import closing, merge, rules
from vawg_desktop.domain.citing import CITING, CONTENT
from vawg_desktop.domain.entities import LINK, EntitySpec
from vawg_desktop.domain.errors import ConflictedError, RuleError, StaleError
from vawg_desktop.domain.fields import FieldSpec, Kind, Value
from vawg_desktop.domain.strictness import rank
from vawg_desktop.domain.terms import fold, how_many
from vawg_desktop.domain.values import clean_text
from vawg_desktop.store import entries as log
from vawg_desktop.store.log_writing import MOST_NAME, LogWriter, spec_of

_DELETED = FieldSpec("deleted", "Deleted", Kind.YES_NO)
_REFERENCE = FieldSpec("reference", "Reference")
#: The kind of link by which a record is also known under another name.
ALIAS = "alias"
#: Heads a caller saw, by cell; a cell left out is not compared.
Seen = Mapping[str, frozenset[str]]


class Transaction(LogWriter):
    """Writes of one person for one reason."""

    # -- writing -----------------------------------------------------------------------------

    def create(
        self,
        table: str,
        cells: Mapping[str, Value],
        *,
        id: str | None = None,
        reference: str | None = None,
        checked: bool = True,
    ) -> str:
        """Add a record; returns its id. Cells left out take the field's default."""
        spec = spec_of(table)
        id = id or log.new_id()
        values = {f.key: f.default for f in spec.cells if f.default is not None}
        values |= self._cleaned(spec, cells)
        if spec is not LINK:
            values["reference"] = self.derived.reference(spec.prefix, reference)
        values = {k: v for k, v in values.items() if v is not None}
        if checked:
            rules.refuse_broken(spec, None, values)
            if closing.is_closing(spec, None, values):
                closing.refuse_unearned(spec, values, closing.Proof())
            closing.refuse_unreplaced(spec, None, values)
        self._refuse_hanging_on_disposed(spec, values)
        entry = self._entry(table, id, "create")
        for key, value in values.items():
            entry.fields[key] = log.CellEntry(None, value, (), log.new_salt())
        derived = self.derived.created(spec, {**values, "id": id, "deleted": False})
        self.insert(table, {**values, **derived, "id": id, "deleted": 0, "born": entry.id})
        self.note_change(spec, id, values)
        self.changes.created.append(id)
        return id

    def free_id(self, table: str, id: str) -> str | None:
        """``id``, or None where a record of the table has it already."""
        return None if self.run(f'SELECT 1 FROM "{table}" WHERE id = ?', (id,)).fetchone() else id

    def edit(
        self,
        table: str,
        id: str,
        cells: Mapping[str, Value],
        *,
        seen: Seen | None = None,
        settling: bool = False,
        checked: bool = True,
        overwrites: Mapping[str, Sequence[str]] | None = None,
    ) -> bool:
        """Change cells of a record; returns whether anything changed.

        ``seen``: heads the caller saw (else StaleError). ``settling`` may write a cell in conflict (else
        ConflictedError), ``checked=False`` may break rules (else RuleError). ``overwrites``: the heads overwritten, if not all.
        """
        spec = spec_of(table)
        before = self.row(table, id)
        if before["born"] is None:
            raise RuleError(f"That {spec.label.casefold()} is not in this part of the store, so nothing can be written about it here.", code="rule_not_here")
        known = self.heads(id, str(before["born"]))
        born = frozenset({str(before["born"])})
        wanted = self._cleaned(spec, cells)
        changed: dict[str, Value] = {}
        over: dict[str, tuple[str, ...]] = {}
        for key, value in wanted.items():
            heads = known.get(key, born)
            self._refuse_moved(spec, before, key, value, heads, seen)
            in_conflict = bool(before["conflicts"]) and self._in_conflict(id, key)
            if in_conflict and not settling and overwrites is None:
                self.refuse_in_conflict(table, before, key)
            if merge.same(before[key], value) and len(heads) == 1 and overwrites is None and not in_conflict:
                continue
            changed[key] = value
            seen_heads = heads | self._known_beside(before, key, value, known, born)
            if id in self._pending:
                seen_heads -= {self._pending[id].id}  # an entry that grows overwrites nothing of its own
            over[key] = tuple(sorted((overwrites or {}).get(key, seen_heads)))
        if not changed:
            return False
        if before["deleted"]:
            self._refuse_disposed(id)
        if before["deleted"] and before["conflicts"] and "deleted" not in changed and not settling:
            self._refuse_contested(table, before)
        if checked:
            self._check(spec, before, changed)
        self._write(spec, before, changed, over, {k: known.get(k, born) for k in changed})
        if closing.is_opening(spec, before, changed) or (settling and self._leaves_a_closing(spec, id, changed, known)):
            self._withdraw_signatures(id)
        return True

    def _leaves_a_closing(self, spec: EntitySpec, id: str, changed: Mapping[str, Value], known: Mapping[str, frozenset[str]]) -> bool:
        """Whether one of the values that were chosen between was a closing, and another was chosen."""
        if not spec.closes_by_tests or spec.status not in changed or changed[spec.status] == "closed":
            return False
        return any(c.value == "closed" for c in self.changes_to(id, spec.status, known.get(spec.status, frozenset())))

    def _withdraw_signatures(self, about: str) -> None:
        """Signatures hold for one closing: whoever closes the record again signs anew, whichever way it was opened."""
        self.flush()
        for (sign_off,) in self.run("SELECT id FROM sign_off WHERE about = ? AND deleted = 0", (about,)).fetchall():
            self.delete("sign_off", str(sign_off))

    def _refuse_disposed(self, id: str) -> None:
        """Nothing is written on a record that was disposed of: its tombstone is final."""
        if self._stamp[2] in ("merge", "repair", "dispose", "rescue", "move"):
            return
        rows = self.run("SELECT fields FROM \"change\" WHERE \"row\" = ? AND act = 'dispose'", (id,)).fetchall()
        if any('"deleted"' in str(fields) for (fields,) in rows):
            raise RuleError("That record was disposed of; its words cannot come back.", code="rule_disposed")

    def _refuse_hanging_on_disposed(self, spec: EntitySpec, values: Mapping[str, Value]) -> None:
        """Nor is anything hung on one: an update, a response, a link."""
        ends = [str(v) for k, v in values.items() if v and ((f := spec.by_key.get(k)) is not None and f.kind is Kind.REF)]
        ends += [str(values[k]) for k in ("a", "b") if spec is LINK and values.get(k)]
        for id in ends:
            row = self.run("SELECT deleted FROM subject WHERE id = ?", (id,)).fetchone()
            if row is not None and row[0]:
                self._refuse_disposed(id)

    def refuse_in_conflict(self, table: str, before: Mapping[str, Value], key: str) -> None:
        """Raise ConflictedError where two values of a cell wait to be chosen between."""
        id = str(before["id"])
        if before["conflicts"] and self._in_conflict(id, key):
            raise ConflictedError(
                f"{self._label(spec_of(table), key)} of {before.get('reference') or 'this link'} holds two values "
                f"nobody has chosen between; resolve {merge.conflict_id(table, id, key)} first."
            )

    def _refuse_contested(self, table: str, before: Mapping[str, Value]) -> None:
        """Nobody writes on a record while it is open whether it is deleted: it would settle that in silence."""
        id = str(before["id"])
        if self._stamp[2] not in ("merge", "repair", "dispose", "rescue") and self._in_conflict(
            id, "deleted"
        ):
            raise ConflictedError(
                f"{before.get('reference') or 'This link'} was deleted on one side and changed on the other; "
                f"resolve {merge.conflict_id(table, id, 'deleted')} first."
            )

    def _known_beside(
        self,
        before: Mapping[str, Value],
        key: str,
        value: Value,
        known: Mapping[str, frozenset[str]],
        born: frozenset[str],
    ) -> frozenset[str]:
        """What else an entry names as seen: a deletion the whole record, an edit of a deleted record its deletion, and one of a record
        that some deleted and others brought back both of these.

        By this, after a merge, "deleted here, changed there" is told from a change made in the knowledge.
        """
        if key == "deleted":
            return born.union(*known.values()) if value or before["conflicts"] else frozenset()
        heads = known.get("deleted", frozenset[str]())
        return heads if before["deleted"] or len(heads) > 1 else frozenset()

    def _in_conflict(self, id: str, key: str) -> bool:
        return bool(self.run('SELECT 1 FROM conflict WHERE "row" = ? AND cell = ?', (id, key)).fetchone())

    def _check(self, spec: EntitySpec, before: dict[str, Value], changed: Mapping[str, Value]) -> None:
        rules.refuse_immutable(spec, tuple(changed))
        after = {**before, **changed}
        evidence = self.derived.evidence_of(str(before["id"])) if rules.closes(spec, after) else 0
        rules.refuse_broken(spec, before, after, evidence)
        if closing.is_closing(spec, before, after):
            self.flush()
            closing.refuse_unearned(spec, after, self.derived.proof_of(spec.key, str(before["id"])))
        closing.refuse_unreplaced(spec, before, after)

    def state_again(self, table: str, id: str, key: str, value: Value) -> None:
        """State a cell's value whether or not it holds that already: that it was stated now is what matters."""
        born = frozenset({str(self.row(table, id)["born"])})
        heads = self.heads(id, str(next(iter(born)))).get(key, born)
        self.edit(table, id, {key: value}, checked=False, overwrites={key: sorted(heads)})

    def delete(self, table: str, id: str, *, hidden: bool = True, seen: Seen | None = None) -> bool:
        """Hide a record, or bring it back; nothing is lost."""
        return self.edit(table, id, {"deleted": hidden}, seen=seen, checked=False)

    def link(self, kind: str, a: str, b: str, cells: Mapping[str, Value] | None = None) -> str:
        """Make the link, or bring it back and set its cells; the same link is one record everywhere."""
        b = clean_text(b).text
        if len(b) > MOST_NAME:
            raise RuleError(f"“{b[:60]} …” has {len(b):,} letters; a tag has at most {MOST_NAME}.", code="rule_tag")
        id = merge.link_id(kind, a, b)
        there = self.connection.exec_driver_sql("SELECT deleted FROM link WHERE id = ?", (id,)).fetchone()
        if kind in CITING and (there is None or there[0]):  # a link that stands says what was seen when it was made
            cells = {"seen": self._source_now(b), **(cells or {})}
        if there is None:
            self.create("link", {"kind": kind, "a": a, "b": b, **(cells or {})}, id=id, checked=False)
        else:
            self.edit("link", id, {"deleted": False, **(cells or {})})
        return id

    def still_right(self, link: str, day: str) -> None:
        """State that what a link cites still says so, as its source is now."""
        row = self.row("link", link)
        self.state_again("link", link, "looked", day)
        self.state_again("link", link, "seen", self._source_now(str(row["b"])))

    def _source_now(self, source: str) -> str | None:
        """The entries that say what a source is now, by id; None for a source that is not in this store."""
        row = self.run("SELECT born FROM source WHERE id = ?", (source,)).fetchone()
        if row is None:
            return None
        heads = self.heads(source, str(row[0]))
        return " ".join(sorted({str(row[0])}.union(*(heads.get(key, ()) for key in CONTENT))))

    def unlink(self, kind: str, a: str, b: str) -> bool:
        """Hide the link; returns whether it was there."""
        id = merge.link_id(kind, a, b)
        there = self.connection.exec_driver_sql(
            "SELECT 1 FROM link WHERE id = ? AND NOT deleted", (id,)
        ).fetchone()
        return there is not None and self.delete("link", id)

    def linked(self, kind: str, a: str) -> list[str]:
        """The other ends of a record's links of one kind, in the order they were made."""
        rows = self.connection.exec_driver_sql(
            "SELECT b FROM link WHERE a = ? AND kind = ? AND NOT deleted ORDER BY n", (a, kind)
        )
        return [str(r[0]) for r in rows]

    def set_links(self, kind: str, a: str, wanted: Sequence[str]) -> bool:
        """Make the set of links exactly ``wanted``; returns whether anything changed."""
        there = self.linked(kind, a)
        for b in wanted:
            if b not in there:
                self.link(kind, a, b)
        for b in there:
            if b not in wanted:
                self.unlink(kind, a, b)
        return set(there) != set(wanted)

    # -- inside ------------------------------------------------------------------------------

    def _cleaned(self, spec: EntitySpec, cells: Mapping[str, Value]) -> dict[str, Value]:
        cleaned: dict[str, Value] = {}
        for key, value in cells.items():
            if isinstance(value, str):
                done = clean_text(value)
                if done.removed:
                    self.changes.notes.append(
                        f"{how_many(done.removed, 'unprintable character')} taken out of {self._label(spec, key)}."
                    )
                value = done.text or None
            cleaned[key] = value
        return cleaned

    def _label(self, spec: EntitySpec, key: str) -> str:
        field = spec.by_key.get(key) or {"deleted": _DELETED, "reference": _REFERENCE}[key]
        return field.label

    def _refuse_moved(
        self,
        spec: EntitySpec,
        before: Mapping[str, Value],
        key: str,
        value: Value,
        heads: frozenset[str],
        seen: Seen | None,
    ) -> None:
        if seen is None or key not in seen or seen[key] == heads or merge.same(value, before[key]):
            return
        raise StaleError(
            f"{self._label(spec, key)} of {before.get('reference')} was changed by somebody else "
            "meanwhile; choose between the two.",
            field=key,
            yours=value,
            theirs=before[key],
        )

    def changes_to(self, id: str, key: str, heads: frozenset[str]) -> list[merge.CellChange]:
        """What the given changes wrote to one cell; a creation always says that the record is not deleted."""
        self.flush()
        marks = ",".join("?" * len(heads))
        rows = self.connection.exec_driver_sql(f"{log.SELECT} WHERE id IN ({marks})", tuple(heads))
        found = [log.from_row(tuple(r)) for r in rows]
        unsaid = False if key == "deleted" else None
        return [merge.CellChange(e.id, e.origin, e.seq, e.fields[key].after if key in e.fields else unsaid) for e in found]

    def _write(
        self,
        spec: EntitySpec,
        before: dict[str, Value],
        changed: dict[str, Value],
        over: Mapping[str, tuple[str, ...]],
        heads: Mapping[str, frozenset[str]],
    ) -> None:
        id = str(before["id"])
        entry = self._entry(spec.key, id, "edit")
        after = dict(before)
        shared: dict[str, frozenset[str]] = {}
        for key, value in changed.items():
            earlier = entry.fields.get(key)
            if earlier is not None or (entry.op == "create" and heads[key] == frozenset({entry.id})):
                first = earlier.before if earlier else None
                overwrote = earlier.overwrote if earlier else ()
                entry.fields[key] = log.CellEntry(first, value, overwrote, log.new_salt())
                after[key] = value
                if key == "reference":  # the number in between is printed nowhere, so it leads nowhere
                    before = {**before, key: first}
                continue
            was = None if self._stamp[2] == "dispose" else before[key]  # a tombstone repeats no words
            entry.fields[key] = log.CellEntry(was, value, over[key], log.new_salt())
            left = heads[key] - frozenset(over[key]) - {entry.id}
            self.derived.set_heads(id, key, frozenset(left | {entry.id}))
            after[key] = value
            if left:
                shared[key] = left
        for key, left in shared.items():
            after[key] = self._standing(id, key, left, entry, changed[key])
        columns = {k: after[k] for k in changed}
        if before["conflicts"] or any(
            len(h) > 1 or h - frozenset(over[k]) - {entry.id} for k, h in heads.items()
        ):
            columns["conflicts"] = self.note_conflicts(spec.key, id)
        columns |= self.derived.changed(spec, before, after, frozenset(changed))
        self.update(spec.key, id, columns)
        self.note_change(spec, id, after)

    def _standing(self, id: str, key: str, left: frozenset[str], entry: log.Entry, value: Value) -> Value:
        stated = [*self.changes_to(id, key, left), merge.CellChange(entry.id, entry.origin, entry.seq, value)]
        return merge.standing(stated, rank(spec_of(entry.tbl).by_key.get(key))).value

    def alias(self, id: str, name: str) -> None:
        """Let a record also be found by ``name``, for ever. One that folds to nothing, or over 200 letters, is no name."""
        name = clean_text(name).text
        if not fold(name):
            return
        if len(name) > MOST_NAME:
            self.changes.notes.append(f"“{name[:60]} …” is too long to find a record by, so it was not made a name of it.")
            return
        self.link(ALIAS, id, fold(name), {"part": name})

