"""What jobs work with, kept where every worker finds it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "attachments",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql"), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_attachments"),
    )
    op.create_table(
        "attachment_use",
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("job_id", "key", name="pk_attachment_use"),
        sa.ForeignKeyConstraint(["key"], ["attachments.key"], name="fk_attachment_use_key"),
    )
    op.create_index("ix_attachment_use_key", "attachment_use", ["key"])
