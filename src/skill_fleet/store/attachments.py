"""Large things that jobs work with, kept once under the SHA-256 of what they are, compressed."""

from __future__ import annotations

import hashlib
import zlib

from sqlalchemy import Connection, delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite

from skill_fleet.clock import Clock, now
from skill_fleet.errors import NotFound, StorageError
from skill_fleet.store.database import Database
from skill_fleet.store.tables import attachment_use, attachments


class SqlAttachments:
    """`Attachments` over a database."""

    def __init__(self, database: Database, clock: Clock = now) -> None:
        self._database = database
        self._clock = clock

    def keep(self, job_id: str, data: bytes) -> str:
        key = hashlib.sha256(data).hexdigest()
        packed = zlib.compress(data)
        kept = {"key": key, "size": len(data), "created_at": self._clock(), "data": packed}
        with self._database.transaction() as connection:
            insert = _insert(connection)
            # Touching a row that is there already locks it: whoever drops it at this moment comes before or after.
            same = insert(attachments).values(kept)
            connection.execute(same.on_conflict_do_update(index_elements=["key"], set_={"size": len(data)}))
            connection.execute(insert(attachment_use).values(job_id=job_id, key=key).on_conflict_do_nothing())
        return key

    def load(self, key: str) -> bytes:
        with self._database.reading() as connection:
            packed = connection.scalar(select(attachments.c.data).where(attachments.c.key == key))
        if packed is None:
            raise NotFound(f"there is no attachment {key}.", "Its job is over; start a new one.")
        return unpack(key, packed)

    def release(self, job_id: str) -> None:
        used = select(attachment_use.c.key).where(attachment_use.c.job_id == job_id)
        locked = select(attachments.c.key).where(attachments.c.key.in_(used)).order_by(attachments.c.key)
        with self._database.transaction() as connection:
            keys = connection.scalars(locked.with_for_update()).all()
            connection.execute(delete(attachment_use).where(attachment_use.c.job_id == job_id))
            others = exists().where(attachment_use.c.key == attachments.c.key)
            connection.execute(delete(attachments).where(attachments.c.key.in_(keys), ~others))


def unpack(key: str, packed: bytes) -> bytes:
    """Raises `StorageError` when the data is not what was kept."""
    try:
        data = zlib.decompress(packed)
    except zlib.error as error:
        raise _damaged(key) from error
    if hashlib.sha256(data).hexdigest() != key:
        raise _damaged(key)
    return data


def _damaged(key: str) -> StorageError:
    return StorageError(f"attachment {key} is damaged.", "Run `skill-fleet db check`, and start its job anew.")


def _insert(connection: Connection) -> type[postgresql.Insert | sqlite.Insert]:
    return postgresql.Insert if connection.dialect.name == "postgresql" else sqlite.Insert
