"""The tables. What a worker is doing right now stands in none of them: that the engine knows.

JSON is kept as text: PostgreSQL's JSONB refuses the character NUL, changes the order of keys and the form of numbers;
nothing here is searched by what stands inside. Large columns come last, so that SQLite finds the others without reading
them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    and_,
    literal_column,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

VERSION_TABLE = "skill_fleet_version"

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

#: NUL, which PostgreSQL cannot hold in a text, shows as its symbol; halves of characters, which are no text, as "?".
NUL = str.maketrans({"\0": "␀"})


class Moment(TypeDecorator[datetime]):
    """An aware time, in UTC to the microsecond; on SQLite an integer, which compares and orders as times do."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime] | TypeEngine[int]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> object:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time needs a zone")
        if value is None or dialect.name == "postgresql":
            return value
        return (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: object, dialect: Dialect) -> datetime | None:
        del dialect
        if isinstance(value, datetime):
            return value.astimezone(UTC)
        return EPOCH + value * MICROSECOND if isinstance(value, int) else None


class Words(TypeDecorator[str]):
    """A text that people read and search for, the same on both databases."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        del dialect
        return None if value is None else storable(value)


def storable(text: str) -> str:
    return text.translate(NUL).encode("utf-8", "replace").decode("utf-8")


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)

#: Written out rather than bound, because a partial index is used only for the very condition that it is made with.
EMPTY = literal_column("''", Text)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Words, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("owner", Words, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("run", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("finished_at", Moment),
    Column("cancelled_by", Words, nullable=False),
    Column("sought", Words, nullable=False),  # id and title, case folded: what a search looks through
    Column("failure", Text),
    Column("request", Text, nullable=False),
    Column("result", Text),
)

UNFINISHED = jobs.c.finished_at.is_(None)
FINISHED = jobs.c.finished_at.is_not(None)
CANCELLED = jobs.c.cancelled_by != EMPTY
FAILED = jobs.c.failure.is_not(None)
COMPLETED = and_(FINISHED, jobs.c.cancelled_by == EMPTY, jobs.c.failure.is_(None))

Index("ix_jobs_newest", jobs.c.created_at, jobs.c.id)
Index("ix_jobs_owner", jobs.c.owner, jobs.c.created_at, jobs.c.id)
Index("ix_jobs_finished", jobs.c.finished_at, jobs.c.id, sqlite_where=FINISHED, postgresql_where=FINISHED)
Index("ix_jobs_unfinished", jobs.c.created_at, jobs.c.id, sqlite_where=UNFINISHED, postgresql_where=UNFINISHED)
Index("ix_jobs_cancelled", jobs.c.created_at, jobs.c.id, sqlite_where=CANCELLED, postgresql_where=CANCELLED)
Index("ix_jobs_failed", jobs.c.created_at, jobs.c.id, sqlite_where=FAILED, postgresql_where=FAILED)

hitl = Table(
    "hitl",
    metadata,
    Column("id", Words, primary_key=True),
    Column("job_id", Words, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("turn", Integer, nullable=False),  # 1 when first asked, 2 when asked again, …
    Column("run", Integer, nullable=False),
    Column("kind", Words, nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("expires_at", Moment),
    Column("closed", Words, nullable=False),
    Column("action", Words, nullable=False),
    Column("answered_by", Words, nullable=False),
    Column("via", Words, nullable=False),
    Column("word", Words, nullable=False),
    Column("answered_at", Moment),
    Column("answer", Text),
    Column("prompt", Text, nullable=False),
    UniqueConstraint("job_id", "seq", "turn"),
)

OPEN = and_(hitl.c.answer.is_(None), hitl.c.closed == EMPTY)
WORDED = hitl.c.word != EMPTY

#: At most one open prompt a job, held by the database itself.
Index("ux_hitl_open", hitl.c.job_id, unique=True, sqlite_where=OPEN, postgresql_where=OPEN)
Index("ix_hitl_waiting", hitl.c.asked_at, hitl.c.id, sqlite_where=OPEN, postgresql_where=OPEN)
Index("ix_hitl_words", hitl.c.action, hitl.c.word, sqlite_where=WORDED, postgresql_where=WORDED)

#: Refers to no job: it stays when a job is deleted.
audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("at", Moment, nullable=False),
    Column("job_id", Words, nullable=False),
    Column("prompt_id", Words, nullable=False),
    Column("event", Words, nullable=False),
    Column("actor", Words, nullable=False),
    Column("via", Words, nullable=False),
    Column("action", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("word", Words, nullable=False),
    Index("ix_audit_job_id", "job_id", "id"),
    sqlite_autoincrement=True,
)

attachments = Table(
    "attachments",
    metadata,
    Column("key", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

attachment_use = Table(
    "attachment_use",
    metadata,
    Column("job_id", Words, primary_key=True),
    Column("key", Text, ForeignKey("attachments.key"), primary_key=True),
    Index("ix_attachment_use_key", "key"),
)

#: What skills measured when: a row where a layer of one said something new.
scores = Table(
    "scores",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("ref", Words, nullable=False),
    Column("layer", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("digest", Words, nullable=False),
    Column("version", Words, nullable=False),
    Column("band", Words, nullable=False),
    Column("value", Double, nullable=False),
    Index("ix_scores_ref", "ref", "layer", "id"),
    sqlite_autoincrement=True,
)

#: What jobs asked of language models. `detail` holds the attempts as JSON, `response` is packed.
lm_calls = Table(
    "lm_calls",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("job_id", Words, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("key", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Column("decision", Words, nullable=False),
    Column("model", Words, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("usd", Double),
    Column("seconds", Double, nullable=False),
    Column("detail", Text, nullable=False),
    Column("response", LargeBinary, nullable=False),
    UniqueConstraint("job_id", "key"),
    sqlite_autoincrement=True,
)
