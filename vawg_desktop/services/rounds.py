"""A round of returns out: one workbook per partner, that partner's rows only (DESIGN 5, Out)."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from vawg_desktop.domain import rules
from vawg_desktop.domain.acts import Act
from vawg_desktop.domain.changes import Changes
from vawg_desktop.domain.dates import label, last_day, parse_date, same_period
from vawg_desktop.domain.errors import Problem, StoreError, ValueRefusedError
from vawg_desktop.domain.references import NOT_HANDED_OVER
from vawg_desktop.domain.return_columns import CONTRACT, FORMS, PROGRESS, ReturnForm
from vawg_desktop.domain.terms import MARKING, how_many
from vawg_desktop.exchange import identity
from vawg_desktop.exchange.ods_out import write_ods
from vawg_desktop.exchange.outgoing_check import hidden_in
from vawg_desktop.exchange.return_plan import (
    ReturnContent,
    plan_return,
)
from vawg_desktop.exchange.xlsx_out import write_xlsx
from vawg_desktop.services import leaks, names, round_preview, round_services, service_values
from vawg_desktop.services.office import (
    logo_picture,
    office_contact,
    office_name,
    office_settings,
    rating_key,
)
from vawg_desktop.services.round_rows import (
    RowFacts,
    base_row,
    facts_of,
    return_row,
    shown_row,
    sorted_rows,
)
from vawg_desktop.services.session import Session
from vawg_desktop.store.files import write_outputs
from vawg_desktop.store.gc_pause import without_collecting
from vawg_desktop.store.transaction import Transaction

FORMATS = ("xlsx", "ods")



@dataclass(frozen=True, slots=True)
class Sent:
    """One return made: ``file`` is where it was written."""

    partner: str
    reference: str
    version: int
    file: str
    rows: int


@dataclass(slots=True)
class RoundMade:
    """A round of returns: what was made, and for whom nothing was made and why."""

    round: str
    returns: list[Sent] = field(default_factory=list[Sent])
    skipped: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    #: What the leak check found, by partner: these files were held back.
    held: dict[str, list[Problem]] = field(default_factory=dict[str, list[Problem]])
    changes: Changes = field(default_factory=Changes)

    def as_json(self) -> dict[str, object]:
        """The contract's keys."""
        return {
            "round": self.round,
            "returns": [
                {
                    "partner": s.partner,
                    "reference": s.reference,
                    "version": s.version,
                    "file": s.file,
                    "rows": s.rows,
                }
                for s in self.returns
            ],
            "skipped": self.skipped,
            "held": {partner: [p.as_json() for p in found] for partner, found in self.held.items()},
        }


def export_returns(
    session: Session,
    *,
    period: str,
    due: str,
    out: Path,
    partners: Sequence[str] = (),
    format: str = "xlsx",
    release: Sequence[str] = (),
    kind: str = PROGRESS.kind,
    left_out: Collection[tuple[str, str]] = (),
    sent: bool = True,
) -> RoundMade:
    """Make a round of returns, or the next version of each return named. Raises AppError.

    ``kind`` is that of the round: ``progress`` asks about actions, ``contract`` about services, whose period has to be a month, quarter or year.

    A file in which the leak check finds something is held back and named in ``skipped`` with its places;
    ``release`` names partners whose file leaves all the same. ``left_out``: rows that are not asked about, as the ids of partner and row.
    ``sent=False``: the files are made, and somebody says later that they are sent (``return_messages.mark_sent``).
    """
    if format not in FORMATS:
        raise ValueRefusedError(f"Returns are written as {' or '.join(FORMATS)}, not {format}.")
    if not period.strip():
        raise ValueRefusedError("A round needs its period, such as 2026/27 Q2.")
    if kind not in FORMS:
        raise ValueRefusedError(f"There is no kind of round called “{kind}”; there are {', '.join(FORMS)}.")
    due_stored = parse_date(due, now=session.today)
    form = FORMS[kind]
    numbers = service_values.period_of(period) if form.values else ""
    _make_folder(out)
    called = "Returns" if form is PROGRESS else "Contract and grant returns"
    with without_collecting(), session.store.write(session.who, f"{called} for {period}", Act.ROUND) as tx:
        sender = _Sender(session, tx, period.strip(), due_stored, out, format, form, numbers)
        sender.left_out, sender.sent = frozenset(left_out), sent
        sender.released = {
            (names.find_named(tx.connection, "partner", p) or names.find(tx.connection, p, "partner")).id
            for p in release
        }
        chosen = [
            names.find_named(tx.connection, "partner", p) or names.find(tx.connection, p, "partner")
            for p in partners
        ]
        sender.send([c.id for c in chosen] if chosen else None)
        write_outputs(sender.files)  # where one cannot be written, nothing was sent
    sender.made.changes = tx.changes
    return sender.made


def _make_folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except PermissionError:
        raise StoreError(f"You do not have permission to write in {out}; choose another folder.", code="no_permission") from None
    except OSError as error:
        raise StoreError(f"The folder {out} could not be made: {error.strerror}.", code="no_folder") from None


def safe_name(text: str) -> str:
    """A file name every system takes."""
    return re.sub(r"[^\w\- ]+", "-", text).strip(" -.")[:80] or "return"


@dataclass(slots=True)
class _Partner:
    id: str
    name: str
    short: str
    standing: str


class _Sender:
    """Makes the returns of one round inside one transaction."""

    def __init__(
        self, session: Session, tx: Transaction, period: str, due: str, out: Path, format: str, form: ReturnForm, numbers: str
    ) -> None:
        #: What its rows are about, and the period for which numbers are asked.
        self._form, self._numbers = form, numbers
        self._session, self._tx, self._period, self._due, self._out, self._format = (
            session,
            tx,
            period,
            due,
            out,
            format,
        )
        self.files: list[tuple[Path, bytes]] = []
        self._round = self._find_round()
        self.made = RoundMade(self._round[1])
        self._office = office_name(tx.connection)
        self._key = rating_key(tx.connection)
        found = tx.connection.exec_driver_sql(
            "SELECT value FROM meta WHERE \"key\" = 'demonstration'"
        ).fetchone()
        self._demonstration = bool(found and found[0] == "1")
        self._templates = office_settings(tx.connection, "template.")
        self._logo = logo_picture(tx.connection)
        self._strangers = leaks.forbidden_words(tx.connection, session.today)
        self.released: set[str] = set()
        #: Rows that a partner is not asked about this time, and whether what is made counts as sent at once.
        self.left_out: Collection[tuple[str, str]] = ()
        self.sent = True
        self._through: dict[str, str] = {}

    def _find_round(self) -> tuple[str, str]:
        rounds = self._tx.connection.exec_driver_sql(
            "SELECT id, reference, period FROM round WHERE coalesce(kind, 'progress') = ? AND NOT deleted ORDER BY n", (self._form.kind,)
        ).fetchall()
        found = next((r for r in rounds if r[2] == self._period), None) or next((r for r in rounds if same_period(str(r[2] or ""), self._period)), None)
        if found is not None:
            self._period = str(found[2])  # as it was called first: "Q3 26/27" is 2026/27 Q3
            self._tx.edit("round", str(found[0]), {"due": self._due})
            return str(found[0]), str(found[1])
        id = self._tx.create("round", {"period": self._period, "due": self._due, "kind": self._form.kind})
        return id, str(self._tx.row("round", id)["reference"])

    def send(self, chosen: list[str] | None) -> None:
        run = self._tx.connection.exec_driver_sql
        rows = run(
            "SELECT id, name, coalesce(short_name, name), standing FROM partner WHERE NOT deleted ORDER BY x_sort"
        )
        partners = {str(r[0]): _Partner(str(r[0]), str(r[1]), str(r[2]), str(r[3] or "")) for r in rows}
        through = self._through = round_preview.answers_through(self._tx.connection)
        actions = round_preview.rows_by_partner(self._tx.connection, self._form, through, self._session.today)
        for partner in partners.values():
            if chosen is not None and partner.id not in chosen:
                continue
            self._send_one(partner, actions.pop(partner.id, []), through.get(partner.id))
        if chosen is None:
            self._tell_unsent(actions)
            self.made.skipped += round_services.of_nobody(self._tx.connection) if self._form is CONTRACT else []

    def _tell_unsent(self, actions: dict[str, list[str]]) -> None:
        """Rows whose body is in the bin reach nobody: say so rather than leave them out in silence."""
        for partner, ids in actions.items():
            called = names.labels(self._tx.connection, [partner]).get(partner, partner)
            self.made.skipped.append(
                {
                    "partner": called,
                    "why": f"{'it was not handed over' if called == NOT_HANDED_OVER else 'it is in the bin'}, so its {how_many(len(ids), self._form.row)} went to nobody",
                }
            )

    def _send_one(self, partner: _Partner, actions: list[str], through: str | None) -> None:
        if self._form is CONTRACT:
            sort = round_services.sorted_rows
            facts = round_services.facts_of(self._tx.connection, actions, self._numbers)
        else:
            sort, facts = sorted_rows, facts_of(self._session, self._tx.connection, actions)
        open_rows, settled, restricted = sort(self._session, [f for f in facts if (partner.id, f.id) not in self.left_out])
        row = self._form.row
        if not open_rows:
            why = "its rows go to another body" if through else "nothing open"
            if restricted:
                why = f"its open {row}s are restricted"
            self.made.skipped.append({"partner": partner.short, "why": why})
            return
        if restricted:
            self.made.skipped.append(
                {"partner": partner.short, "why": f"{how_many(len(restricted), f'restricted {row}')} left out"}
            )
        if ended := self._ended(partner):
            self.made.skipped.append(
                {
                    "partner": partner.short,
                    "why": f"{ended}, so its {how_many(len(open_rows), f'open {row}')} went to nobody",
                }
            )
            return
        if self._leaks(partner, open_rows, settled):
            return
        id, reference, version, secret = self._make_return(partner)
        content = self._content(partner, reference, version, secret, open_rows, settled)
        data = write_ods(plan_return(content)) if self._format == "ods" else write_xlsx(plan_return(content))
        shown = [r.visible for r in (*content.rows, *content.settled)]
        wrong = hidden_in(data, shown, content.reference) if partner.id not in self.released else []
        if wrong:
            self._tx.delete("return", id)
            self._hold(partner, wrong)
            return
        beside = " services" if self._form is CONTRACT else ""
        name = f"{safe_name(partner.short)} {safe_name(self._period)}{beside} v{version}.{self._format}"
        if any(path.name.casefold() == name.casefold() for path, _ in self.files):
            name = f"{safe_name(partner.short)} {reference} v{version}.{self._format}"
        self._session.store.files.keep(name, data)
        base = {"rows": [base_row(r, f) for r, f in zip(content.rows, open_rows, strict=True)]}
        self._tx.edit("return", id, {
            "base": json.dumps(base, ensure_ascii=False), "file_sha256": hashlib.sha256(data).hexdigest(), "file_name": name,
        })  # fmt: skip
        path = self._out / name
        self.files.append((path, data))
        self.made.returns.append(Sent(partner.short, reference, version, str(path), len(content.rows)))

    def _leaks(self, partner: _Partner, open_rows: list[RowFacts], settled: list[RowFacts]) -> bool:
        """Hold a file back in which something stands that is not this partner's to see."""
        if partner.id in self.released:
            return False
        found: list[Problem] = []
        for sheet, facts in ((self._form.sheet, open_rows), ("For reference", settled)):
            rows = [shown_row(f, self._form) for f in facts]
            found += leaks.in_rows(
                self._tx.connection, self._strangers, partner.id, rows, [f.id for f in facts], sheet, self._form
            )
        found += leaks.in_definitions(self._tx.connection, self._strangers, partner.id, self._defined({f.id: f.reference for f in open_rows}), "Definitions")
        if found:
            self._hold(partner, found)
        return bool(found)

    def _hold(self, partner: _Partner, found: list[Problem]) -> None:
        """Keep one partner's file back and say why; the others leave."""
        self.made.held[partner.short] = found
        self.made.skipped.append({"partner": partner.short, "why": leaks.in_words(found)})

    def _ended(self, partner: _Partner) -> str:
        """Why a body that has come to its end gets no return, naming its successors."""
        run = self._tx.connection.exec_driver_sql
        ends = run("SELECT ends FROM partner WHERE id = ?", (partner.id,)).one()[0]
        last = last_day(str(ends)) if ends else None
        if last is None or last >= self._session.today:
            return ""
        heirs = self._tx.linked("partner.successors", partner.id)
        called = names.labels(self._tx.connection, heirs)
        to = f"; reassign to {rules.join([called[h] for h in heirs])}" if heirs else ""
        return f"it ended on {label(str(ends))}{to}"

    def _make_return(self, partner: _Partner) -> tuple[str, str, int, str]:
        found = self._tx.connection.exec_driver_sql(
            'SELECT coalesce(max(version), 0) FROM "return" WHERE round = ? AND partner = ?',
            (self._round[0], partner.id),
        ).fetchone()
        version = int(found[0]) + 1 if found else 1
        secret = secrets.token_urlsafe(18)
        id = self._tx.create("return", {
            "round": self._round[0], "partner": partner.id, "version": version, "due": self._due_of(partner.id),
            # what was held back and released knowingly, or made in the window, is made until somebody says that it is sent
            "sent": None if partner.id in self.released or not self.sent else self._session.today.isoformat(), "secret": secret,
        })  # fmt: skip
        reference = str(self._tx.row("return", id)["reference"])
        return id, identity.visible(secret, reference, id), version, secret

    def _due_of(self, partner: str) -> str:
        """The round's date, or the later one that was agreed with this partner."""
        rows = self._tx.connection.exec_driver_sql(
            'SELECT m.due FROM reminder m JOIN "return" r ON r.id = m."return" WHERE r.round = ? AND r.partner = ? '
            "AND m.step = 'extension' AND NOT m.deleted AND m.due IS NOT NULL",
            (self._round[0], partner),
        ).fetchall()
        return max([self._due, *(str(r[0]) for r in rows)], key=lambda d: last_day(d) or date.min)

    def _content(
        self,
        partner: _Partner,
        reference: str,
        version: int,
        secret: str,
        open_rows: list[RowFacts],
        settled: list[RowFacts],
    ) -> ReturnContent:
        marking = (
            "official_sensitive"
            if any(f.cells.get("marking") == "official_sensitive" for f in [*open_rows, *settled])
            else "official"
        )
        rows = [return_row(f, reference, secret, self._form) for f in open_rows]
        return ReturnContent(
            reference,
            version,
            self._period,
            self._due_of(partner.id),
            partner.name,
            self._office,
            MARKING.label(marking),
            partner.standing in ("independent", "government"),
            rows,
            [return_row(f, reference, secret, self._form) for f in settled],
            self._key,
            self._demonstration,
            self._templates.get("template.guidance", ""),
            self._templates.get("template.contact", "") or office_contact(self._tx.connection, self._session.who),
            [q.strip() for q in self._templates.get("template.questions", "").splitlines() if q.strip()],
            self._logo,
            self._form,
            [told[1:] for told in self._defined({f.id: row.visible for f, row in zip(open_rows, rows, strict=True)})],
            sum(round_preview.is_own(f, partner.id, self._form, self._through) for f in open_rows),
        )

    def _defined(self, visible: Mapping[str, str]) -> list[tuple[str, str, str, str]]:
        """What the funder means by each measure of a service: its id and visible reference, the heading and the words."""
        return round_services.defined(self._tx.connection, visible) if self._form is CONTRACT else []
