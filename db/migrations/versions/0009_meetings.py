"""Boards' members, their meetings' agendas, attendance, questions and decisions, and the papers that left the office."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def _text() -> sa.types.TypeEngine:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _number() -> sa.types.TypeEngine:
    return sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def _cell(words: str) -> sa.Column:
    """A column of text as ``name``, ``name>kind`` for the id of another record, ``name#`` for a whole number or yes and no."""
    name, _, target = words.rstrip("#").partition(">")
    kind = sa.Integer() if words.endswith("#") else _text()
    return sa.Column(name, kind, *([sa.ForeignKey(f"{target}.id", deferrable=True, initially="DEFERRED")] if target else []))


def _entity(kind: str, cells: str) -> None:
    op.create_table(
        kind,
        sa.Column("n", _number(), primary_key=True),
        sa.Column("id", _text(), nullable=False, unique=True),
        sa.Column("reference", _text()),
        sa.Column("deleted", sa.Integer),
        *(_cell(one) for one in cells.split()),
        sa.Column("born", _text()),
        sa.Column("conflicts", sa.Integer, server_default=sa.text("0")),
    )
    for one in cells.split():
        name, _, target = one.partition(">")
        if target:
            op.create_index(f"ix_{kind}_{name}", kind, [name])


def upgrade() -> None:
    _entity("membership", "governance_body>governance_body person partner>partner role from_date until_date note")
    _entity("agenda_item", "meeting>meeting position# title kind about minutes# presenter state private# carried_from>agenda_item note")
    _entity("attendance", "meeting>meeting person partner>partner state in_place_of declared note")
    _entity("challenge", "question meeting>meeting item>agenda_item about asked_by asked_of>partner asked_on status answered_by answered_at answer_as "
            "answer judgement information undertaking undertaking_due undertaking_met follow_up>action marking restriction restricted_until restricted_to note")  # fmt: skip
    _entity("meeting_decision", "words meeting>meeting item>agenda_item about kind made_by reason notice# marking restriction restricted_until restricted_to note")
    _entity("publication", "title kind edition# stage as_at about meeting>meeting author cleared_by to_whom sent corrects>publication correction "
            "heads figures suppressed file_sha256 file_name marking note")  # fmt: skip
    _entity("handover_item", "what about outcome to>partner words accepted_by accepted_on note")
    op.add_column("indicator_value", sa.Column("cleared_by", _text()))
    op.add_column("indicator_value", sa.Column("cleared_on", _text()))
    collated = ' COLLATE "C"' if op.get_bind().dialect.name == "postgresql" else ""
    op.execute(f"ALTER TABLE indicator ADD COLUMN owner TEXT{collated} REFERENCES partner (id) DEFERRABLE INITIALLY DEFERRED")
    op.create_index("ix_indicator_owner", "indicator", ["owner"])
    op.add_column("governance_body", sa.Column("paper_days", sa.Integer))
    for column in ("starts", "ends", "place", "chair", "status"):
        op.add_column("meeting", sa.Column(column, _text()))
