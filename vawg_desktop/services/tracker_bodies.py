"""The bodies that a tracker's cells name: told apart, known, asked about or added."""

from __future__ import annotations

import re
from collections.abc import Mapping

from vawg_desktop.domain.entities import PARTNER, EntitySpec
from vawg_desktop.domain.errors import Problem, ValueRefusedError
from vawg_desktop.domain.fields import FieldSpec, Value
from vawg_desktop.domain.terms import fold
from vawg_desktop.exchange.cells import NO_DATE
from vawg_desktop.exchange.tracker_shape import Given
from vawg_desktop.services import names
from vawg_desktop.services.session import Session
from vawg_desktop.services.tracker_imported import Imported, tray_entry
from vawg_desktop.services.tracker_lineage import made_id
from vawg_desktop.store.transaction import Transaction

#: What stands between several names in one cell.
SEPARATOR = re.compile(r"\s*(?:;#?|\n|,|\+|(?<!\d)/|/(?!\d))\s*")
#: A rank or post of police in short, such as T/DCI or A/Supt: its stroke joins no two bodies.
_RANK = re.compile(r"\b(?:[TA]|PS|PC|DC|DS)/[A-Z]|\b(?:ACC|DCC|CC|Supt|DCI|DI|DSupt)\b")
#: Who leads, as a list says it beside a body's name.
_LEAD = re.compile(r"\s*\((?:joint\s+)?lead\)|\s*[-–]\s*lead$", re.IGNORECASE)
#: What stands for everybody and is no body.
_EVERYBODY = frozenset({"all", "all partners", "everyone", "everybody", "various", "partners", "multi agency", "multi-agency"})
#: Words that join two bodies only where both are known: many bodies' own names hold them.
_JOINED = re.compile(r"\s*(?:\band\b|&)\s*", re.IGNORECASE)


class BodyReader:
    """Finds the bodies that cells name; what is not understood is asked about and kept in the tray."""

    def __init__(self, session: Session, tx: Transaction, done: Imported, answers: Mapping[str, str], trusted: bool) -> None:
        self._session, self._tx, self._done = session, tx, done
        #: Answers to questions, by their id; and whether the file is the program's own, so that nothing in it is asked.
        self._answers, self._trusted = answers, trusted
        #: Why a name is no partner's; the words and not the error, which would hold every row in memory.
        self._unknown: dict[str, str] = {}
        self._held_in: dict[str, list[names.Found]] = {}
        self._directories: dict[str, names.Directory] = {}
        self._split: dict[tuple[str, int], tuple[list[str], int]] = {}
        self._touched: dict[tuple[str, str], str] = {}

    def _owners(
        self, spec: EntitySpec, found: FieldSpec, one: Given, cells: dict[str, Value], sets: dict[FieldSpec, list[str]]
    ) -> None:
        """The bodies that an owner's cell names: the first or the one that leads is the owner, the others help."""
        parts, lead = self._bodies(one.text)
        named = [p for p in parts if self._answers.get(f"body:{fold(p)}") != "leave"]
        if named and len(named) < len(parts):  # what the officer called no partner names nobody, and so does not lead
            self._done.tray.append(tray_entry(one, "a part of it is not a partner"))
            parts, lead = named, named.index(parts[lead]) if parts[lead] in named else 0
        found_ids = [self._partner(p, one) for p in parts]
        ids = [i for i in found_ids if i]
        if not ids:
            return
        if found.many:
            sets.setdefault(found, []).extend(ids)
            return
        if found_ids[lead] is None:  # the first is not known: nobody is made accountable in its place
            others = spec.by_key.get(spec.others)
            if others is not None:
                sets.setdefault(others, []).extend(ids)
            return
        ids = [str(found_ids[lead]), *(i for i in ids if i != found_ids[lead])]
        cells[found.key] = ids[0]
        others = spec.by_key.get(spec.others)
        if len(ids) > 1 and others is not None:
            sets.setdefault(others, []).extend(ids[1:])
            self._problem(
                "two_owners",
                f"“{one.text}” names {len(ids)} owners; the first was taken as {found.label.casefold()}, "
                f"the rest as {others.label.casefold()}.",
                one,
            )

    def _bodies(self, text: str) -> tuple[list[str], int]:
        """The names in an owner's cell, and which of them leads; the same words are looked at once while no body is added."""
        directory = self._directory(PARTNER.key)
        known = (text, len(directory.all))
        if known not in self._split:
            self._split[known] = self._told_apart(text, directory)
        return self._split[known]

    def _told_apart(self, text: str, directory: names.Directory) -> tuple[list[str], int]:
        whole = _LEAD.sub("", text).strip()
        if directory.find(whole) or fold(whole) in NO_DATE or _RANK.search(whole):
            return [whole], 0
        raw = [p for p in SEPARATOR.split(text) if p.strip()]
        parts: list[str] = []
        for part in raw:
            joined = [p for p in _JOINED.split(_LEAD.sub("", part).strip()) if p]
            known = all(directory.find(p) for p in joined)
            more = len(raw) > 1 and any(directory.find(p) for p in joined) and not directory.find(part)
            parts += [part] if len(joined) < 2 or not (known or more) else [p for p in _JOINED.split(part) if p]
        lead = next((n for n, p in enumerate(parts) if _LEAD.search(p)), 0)
        return [_LEAD.sub("", p).strip() for p in parts], lead

    def _partner(self, name: str, one: Given) -> str | None:
        directory = self._directory(PARTNER.key)
        known = directory.find(name)
        if known is not None:
            return known.id
        if fold(name) in NO_DATE or fold(name) in _EVERYBODY:
            self._ask("not_understood", f"“{name}” names no owner yet.", one)
            return None
        id_ = f"body:{fold(name)}"
        answer = self._answers.get(id_)
        if answer not in (None, "add", "leave"):
            chosen = names.maybe_find(self._tx.connection, answer, PARTNER.key) or directory.find(answer)
            if chosen is not None:
                return chosen.id
        refused = self._unknown_name(name)
        if refused:
            close = "did you mean" in refused
            if not self._trusted and answer != "add":
                if answer != "leave":
                    near = [d for d in directory.all if close and d.title in refused][:3] or self._within(name, directory)
                    choices = (*((d.reference, f"It is {d.title}") for d in near), ("add", "Add it as a new partner"), ("leave", "It is not a partner"))
                    sentence = refused if close else f"“{name}” is not known. Is it a partner? The name is left out until you answer."
                    self._problem("owner_unclear" if close or _RANK.search(name) else "new_partner", sentence, one, id_, choices)
                self._done.tray.append(tray_entry(one, "not understood"))
                return None
        made = None if self._trusted else self._tx.free_id(PARTNER.key, made_id(PARTNER.key, fold(name)))
        id = self._tx.create(PARTNER.key, {"name": name}, id=made)
        directory.add(names.Found(PARTNER.key, id, str(self._tx.row(PARTNER.key, id)["reference"]), name))
        self._touched[(PARTNER.key, id)] = "created"
        return id

    def _within(self, name: str, directory: names.Directory) -> list[names.Found]:
        """Known bodies of which a name holds the name, or is the first letters: "Jo Smith (KCC)", "KP"."""
        whole = fold(name)
        if whole not in self._held_in:
            short = self._tx.connection.exec_driver_sql("SELECT id, name, short_name FROM partner WHERE NOT deleted ORDER BY n").fetchall()
            found: set[str] = set()
            for id, *called in short:
                for one in (fold(str(c)) for c in called if c):
                    letters = "".join(w[0] for w in one.split() if w not in ("and", "of", "the", "for"))
                    if re.search(rf"(?<!\w){re.escape(one)}(?!\w)", whole) or (len(letters) > 1 and letters == whole.replace(".", "").replace(" ", "")):
                        found.add(str(id))
            self._held_in[whole] = [d for d in {d.id: d for d in directory.all}.values() if d.id in found][:3]
        return self._held_in[whole]

    def _unknown_name(self, name: str) -> str:
        """Why a name is no partner's, with those it is near to, looked for once; empty where it is one."""
        if name not in self._unknown:
            self._unknown[name] = ""
            try:
                self._directory(PARTNER.key).require(name)
            except ValueRefusedError as refused:
                self._unknown[name] = refused.message
        return self._unknown[name]

    def _directory(self, entity: str) -> names.Directory:
        if entity not in self._directories:
            self._directories[entity] = names.Directory(self._tx.connection, entity)
        return self._directories[entity]

    def _problem(
        self, code: str, message: str, one: Given, id: str = "", choices: tuple[tuple[str, str], ...] = ()
    ) -> None:
        self._done.problems.append(Problem(code, message, one.sheet, one.cell, "", id, choices))

    def _ask(self, code: str, message: str, one: Given) -> None:
        """A value we do not understand: reported, and kept in the tray word for word."""
        self._problem(code, message, one)
        self._done.tray.append(tray_entry(one, "not understood"))
