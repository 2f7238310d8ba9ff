"""Requests for information, dated areas, templates of papers, parts of a store that were handed over, and the entries that stayed behind."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def _text() -> sa.types.TypeEngine:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _number() -> sa.types.TypeEngine:
    return sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def _cell(words: str) -> sa.Column:
    """A column of text as ``name``, ``name>kind`` for the id of another record, ``name#`` for a whole number."""
    name, _, target = words.rstrip("#").partition(">")
    kind = sa.Integer() if words.endswith("#") else _text()
    return sa.Column(name, kind, *([sa.ForeignKey(f"{target}.id", deferrable=True, initially="DEFERRED")] if target else []))


def _entity(kind: str, cells: str, *derived: str) -> None:
    op.create_table(
        kind,
        sa.Column("n", _number(), primary_key=True),
        sa.Column("id", _text(), nullable=False, unique=True),
        sa.Column("reference", _text()),
        sa.Column("deleted", sa.Integer),
        *(_cell(one) for one in cells.split()),
        sa.Column("born", _text()),
        sa.Column("conflicts", sa.Integer, server_default=sa.text("0")),
        *(sa.Column(name, _text()) for name in derived),
    )
    for one in cells.split():
        name, _, target = one.partition(">")
        if target:
            op.create_index(f"ix_{kind}_{name}", kind, [name])


def upgrade() -> None:
    _entity("information_request", "title kind requester words received due extended_to extension_reason status searched_on found not_searched public_interest outcome "
            "replied reply review_asked review_outcome marking note")  # fmt: skip
    _entity("request_item", "information_request>information_request place about source text_digest decision exemption reason passages decided_by decided_on")
    _entity("area", "name kind code from_date until_date note")
    _entity("paper_template", "name kind file_sha256 file_name note")
    _entity("transfer", "title to_whom given_on asked records# store_given what note")
    op.add_column("challenge", sa.Column("checked_by", _text()))
    op.add_column("challenge", sa.Column("checked_on", _text()))
    op.create_table(
        "entry_stub",
        sa.Column("origin", _text(), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True),
        sa.Column("hash", _text(), nullable=False),
        sqlite_with_rowid=False,
    )
