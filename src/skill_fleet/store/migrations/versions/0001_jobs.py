"""Jobs, what people are asked in them, and the audit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def moment() -> sa.BigInteger:
    """Microseconds since 1970 on SQLite, a time with its zone on PostgreSQL."""
    return sa.BigInteger().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    make_jobs()
    make_hitl()
    make_audit()


def make_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("created_at", moment(), nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("finished_at", moment()),
        sa.Column("cancelled_by", sa.Text, nullable=False),
        sa.Column("sought", sa.Text, nullable=False),
        sa.Column("failure", sa.Text),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("result", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_jobs"),
    )
    op.create_index("ix_jobs_newest", "jobs", ["created_at", "id"])
    op.create_index("ix_jobs_owner", "jobs", ["owner", "created_at", "id"])
    make_partial_index("ix_jobs_finished", "jobs", ["finished_at", "id"], "finished_at IS NOT NULL")
    make_partial_index("ix_jobs_unfinished", "jobs", ["created_at", "id"], "finished_at IS NULL")
    make_partial_index("ix_jobs_cancelled", "jobs", ["created_at", "id"], "cancelled_by != ''")
    make_partial_index("ix_jobs_failed", "jobs", ["created_at", "id"], "failure IS NOT NULL")


def make_hitl() -> None:
    op.create_table(
        "hitl",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("asked_at", moment(), nullable=False),
        sa.Column("expires_at", moment()),
        sa.Column("closed", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("answered_by", sa.Text, nullable=False),
        sa.Column("via", sa.Text, nullable=False),
        sa.Column("word", sa.Text, nullable=False),
        sa.Column("answered_at", moment()),
        sa.Column("answer", sa.Text),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hitl"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name="fk_hitl_job_id", ondelete="CASCADE"),
        sa.UniqueConstraint("job_id", "seq", "turn", name="uq_hitl_job_id"),
    )
    is_open = "answer IS NULL AND closed = ''"
    make_partial_index("ux_hitl_open", "hitl", ["job_id"], is_open, unique=True)
    make_partial_index("ix_hitl_waiting", "hitl", ["asked_at", "id"], is_open)
    make_partial_index("ix_hitl_words", "hitl", ["action", "word"], "word != ''")


def make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), autoincrement=True, nullable=False),
        sa.Column("at", moment(), nullable=False),
        sa.Column("job_id", sa.Text, nullable=False),
        sa.Column("prompt_id", sa.Text, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("via", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("word", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_job_id", "audit", ["job_id", "id"])


def make_partial_index(name: str, table: str, columns: list[str], condition: str, *, unique: bool = False) -> None:
    where = sa.text(condition)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)
