"""What keeps a database well: a copy of it, and a look at whether what it says can be true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, exists, select

from skill_fleet.errors import DatabaseAway, NotFound, StorageError
from skill_fleet.store.attachments import unpack
from skill_fleet.store.calls import find_bad_calls
from skill_fleet.store.copies import copy_sqlite, dump_postgres
from skill_fleet.store.database import Database
from skill_fleet.store.revision import HEAD, find_layout, is_there
from skill_fleet.store.tables import FINISHED, OPEN, attachment_use, attachments, hitl, jobs

AFTER_DAMAGE = "Put the newest good backup in its place."


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in the database that should not be so: its kind, what it is about, what to do next."""

    code: str
    text: str
    hint: str


def backup(database: Database, to: Path) -> Path:
    """A whole copy, engine's tables included, as of one moment, while others go on working. Replaces nothing.

    SQLite: a database file, ready to be used. PostgreSQL: what `pg_dump` writes for `pg_restore`.
    """
    if not is_there(database):
        raise NotFound(f"{database.place} is not there yet.", "It is made when the first job starts.")
    to = to.absolute()
    return copy_sqlite(database, to) if database.is_sqlite else dump_postgres(database, to)


def check(database: Database) -> tuple[Finding, ...]:
    """Everything that should not be so. Looks and changes nothing."""
    if not is_there(database):
        return (Finding("revision", f"{database.place} is not there yet.", "It is made when the first job starts."),)
    try:
        with database.reading() as connection:
            return tuple(_findings(database, connection))
    except DatabaseAway:
        raise
    except StorageError as error:
        return (Finding("integrity", error.message, error.hint),)


def _findings(database: Database, connection: Connection) -> Iterator[Finding]:
    if database.is_sqlite:
        yield from _broken_pages(connection)
    revision, state = find_layout(connection)
    if state != "current":
        text = f"{database.place} is {state}: laid out as of {revision or 'nothing'}, this version needs {HEAD}."
        yield Finding("revision", text, "Run `skill-fleet db migrate`.")
        return
    yield from _contradictions(connection)
    yield from _bad_attachments(connection)
    for code, text in find_bad_calls(connection):
        yield Finding(code, text, AFTER_DAMAGE)


def _broken_pages(connection: Connection) -> Iterator[Finding]:
    for (said,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if said != "ok":
            yield Finding("integrity", f"SQLite finds: {said}.", AFTER_DAMAGE)
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield Finding("foreign-key", f"Row {row} of {table} refers to no row of {parent}.", AFTER_DAMAGE)


def _contradictions(connection: Connection) -> Iterator[Finding]:
    over = select(hitl.c.id).join(jobs, jobs.c.id == hitl.c.job_id).where(OPEN, FINISHED).order_by(hitl.c.id)
    for prompt_id in connection.scalars(over):
        yield Finding(
            "open-prompt", f"Prompt {prompt_id} is open, and its job is over.", "`skill-fleet jobs purge` it."
        )
    orphans = select(hitl.c.id).where(~exists().where(jobs.c.id == hitl.c.job_id)).order_by(hitl.c.id)
    for prompt_id in connection.scalars(orphans):
        yield Finding("lost-prompt", f"Prompt {prompt_id} belongs to no job.", AFTER_DAMAGE)


def _bad_attachments(connection: Connection) -> Iterator[Finding]:
    used = exists().where(attachment_use.c.key == attachments.c.key, attachment_use.c.job_id == jobs.c.id)
    for key in connection.scalars(select(attachments.c.key).where(~used).order_by(attachments.c.key)):
        yield Finding("unused-attachment", f"Attachment {key} belongs to no job.", "It only takes space.")
    for key in connection.scalars(select(attachments.c.key).order_by(attachments.c.key)).all():
        packed = connection.scalar(select(attachments.c.data).where(attachments.c.key == key))
        try:
            unpack(key, packed or b"")
        except StorageError as error:
            yield Finding("damaged-attachment", error.message, "Start the job that needs it anew.")
