"""Codebooks, their codes, how each answer was sorted, whether it was looked at for what tells who somebody is; and from whose answer a quote is;
harm weights, case extracts that were measured and forgotten; and where a series is counted otherwise."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def _text() -> sa.types.TypeEngine:
    return sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def _number() -> sa.types.TypeEngine:
    return sa.Integer().with_variant(sa.BigInteger(), "postgresql")


def _cell(words: str) -> sa.Column:
    """A column of text as ``name``, ``name>kind`` for the id of another record, ``name#`` for a whole number."""
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
    _entity("codebook", "title survey>survey version# purpose note")
    _entity("codebook_version", "codebook>codebook number# begun changed codes note")
    _entity("code", "title codebook>codebook definition under>code position# key colour heading# merged_into>code note")
    _entity("coding", "survey>survey survey_question>survey_question response coder result memo codebook>codebook version# answer coded_on passages note")
    _entity("answer_review", "survey>survey survey_question>survey_question response status letters# digest reviewed_by reviewed_on note")
    for kind in ("coding", "answer_review"):
        op.create_index(f"ix_{kind}_by_response", kind, ["response", "n"])
    _entity("weight_set", "title kind version licence taken_in offences# weights note")
    _entity("case_extract", "title controller agreement dpia purpose legal_basis offenders from_date until_date taken_in rows_read# weights>weight_set left_out measured marking note")
    op.add_column("indicator_value", sa.Column("counted_otherwise", sa.Integer))
    op.add_column("indicator_value", sa.Column("break_reason", _text()))
    op.add_column("quote", sa.Column("response", _text()))
