"""What skills measured when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "scores",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("ref", sa.Text, nullable=False),
        sa.Column("layer", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql"), nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("band", sa.Text, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scores"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_scores_ref", "scores", ["ref", "layer", "id"])
