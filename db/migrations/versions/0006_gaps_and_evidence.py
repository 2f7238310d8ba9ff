"""Gaps, services and the evidence beneath: persons, needs, services, indicators, themes, quotes, learning, closure tests, sign-offs.

Fixed stages and free tags stay as they are: each link that names one goes on meaning the record that bears the same words
(``services/worded.py``), so nothing is written here, and a copy that was not migrated merges as before.
"""

import sqlalchemy as sa
from alembic import op

from vawg_desktop.domain.dates import last_day

revision = "0006"
down_revision = "0005"


def _text() -> sa.types.TypeEngine:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _number() -> sa.types.TypeEngine:
    return sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def _cell(words: str) -> sa.Column:
    """A column as ``name``, ``name:whole``, or ``name>kind`` for the id of another record."""
    name, _, target = words.partition(">")
    if target:
        return sa.Column(name, _text(), sa.ForeignKey(f"{target}.id", deferrable=True, initially="DEFERRED"))
    name, _, whole = words.partition(":")
    return sa.Column(name, sa.Integer() if whole else _text())


def _entity(kind: str, cells: str, derived: str = "") -> None:
    op.create_table(
        kind,
        sa.Column("n", _number(), primary_key=True),
        sa.Column("id", _text(), nullable=False, unique=True),
        sa.Column("reference", _text()),
        sa.Column("deleted", sa.Integer),
        *(_cell(one) for one in cells.split()),
        sa.Column("born", _text()),
        sa.Column("conflicts", sa.Integer, server_default=sa.text("0")),
        *(_cell(one) for one in derived.split()),
    )
    for one in cells.split():
        name, _, target = one.partition(">")
        if target:
            op.create_index(f"ix_{kind}_{name}", kind, [name])


def upgrade() -> None:
    _entity(
        "person",
        "name post partner>partner from_date until_date note",
    )
    _entity(
        "need",
        "title position:whole retired basis note",
    )
    _entity(
        "service",
        "title provider>partner commissioner>partner kind status confidential_location:whole eligibility capacity:whole "
        "waiting_days:whole waiting_as_at funding_source funding_amount funding_end funding_answer funding_answered "
        "contract_reference cadence taken_over_by>partner marking restriction restricted_until restricted_to basis note",
        "x_sort x_funding",
    )
    _entity(
        "indicator",
        "title definition numerator denominator count_unit area good target note",
    )
    _entity(
        "indicator_value",
        "indicator>indicator period value base provisional:whole process_changed:whole basis note",
    )
    _entity(
        "theme",
        "title kind description basis note",
    )
    _entity(
        "quote",
        "words from_whom place said consent publishable:whole sexual_offence:whole recognisable:whole live_case:whole "
        "checked_by checked marking note",
    )
    _entity(
        "learning",
        "title lesson whose confidence link basis note",
    )
    _entity(
        "closure_test",
        "about kind answer result evidence>evidence recheck tested_by tested note",
    )
    _entity(
        "sign_off",
        "about who person>person role signed made_sure heads enrolled_by note",
    )
    op.add_column("journey_stage", _cell("retired"))
    for column in ("outcome", "outcome_statement", "closure_route", "closed_by", "closure_agreed_by", "closed_on", "x_weight:whole"):
        op.add_column("gap", _cell(column))
    collated = ' COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else ""
    for name in ("need_figure", "need_met_figure"):  # in words, since Alembic adds no column with a reference to SQLite
        op.execute(f"ALTER TABLE gap ADD COLUMN {name} TEXT{collated} REFERENCES figure (id) DEFERRABLE INITIALLY DEFERRED")
        op.create_index(f"ix_gap_{name}", "gap", [name])
    stated = "severity IN ('1', '2', '3', '4') AND frequency IN ('1', '2', '3', '4')"
    op.execute(f"UPDATE gap SET x_weight = CAST(severity AS INTEGER) * CAST(frequency AS INTEGER) WHERE {stated}")
    op.add_column("action", _cell("x_funding"))
    connection = op.get_bind()
    ends = connection.execute(sa.text("SELECT id, funding_end FROM action WHERE funding_end > ''")).fetchall()
    known = [{"id": str(r[0]), "last": last.isoformat()} for r in ends if (last := last_day(str(r[1])))]
    if known:
        connection.execute(sa.text("UPDATE action SET x_funding = :last WHERE id = :id"), known)
    connection.execute(sa.text("UPDATE action SET x_funding = '' WHERE x_funding IS NULL"))
