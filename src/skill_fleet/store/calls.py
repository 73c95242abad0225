"""What jobs asked of language models, in SQL: `Calls` over a database. They go when their job is deleted."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, RowMapping, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from skill_fleet.clock import Clock, now
from skill_fleet.codec import from_json, to_json
from skill_fleet.errors import NotFound, StorageError
from skill_fleet.jobs.calls import Attempt, Call
from skill_fleet.store.database import Database
from skill_fleet.store.tables import jobs, lm_calls, storable

Attempts = tuple[Attempt, ...]


class SqlCalls:
    """Each call of a method is one transaction."""

    def __init__(self, database: Database, clock: Clock = now) -> None:
        self._database = database
        self._clock = clock

    def find(self, job_id: str, key: str) -> Call | None:
        wanted = select(lm_calls).where(lm_calls.c.job_id == job_id, lm_calls.c.key == key)
        with self._database.reading() as connection:
            row = connection.execute(wanted).mappings().one_or_none()
        return None if row is None else _call_of(row)

    def keep(self, job_id: str, call: Call) -> None:
        """Raises `NotFound` when the job was deleted."""
        values = _values(call) | {"job_id": job_id, "at": self._clock()}
        try:
            with self._database.transaction() as connection:
                connection.execute(_insert(connection)(lm_calls).values(values).on_conflict_do_nothing())
        except IntegrityError as error:
            raise NotFound(f"there is no job {job_id}.", "Its calls are kept as long as it is.") from error

    def of(self, job_id: str) -> Sequence[Call]:
        wanted = select(lm_calls).where(lm_calls.c.job_id == job_id).order_by(lm_calls.c.id)
        with self._database.reading() as connection:
            return tuple(_call_of(row) for row in connection.execute(wanted).mappings())


def find_bad_calls(connection: Connection) -> Iterator[tuple[str, str]]:
    """Code and text of everything that should not be so."""
    orphans = select(lm_calls.c.id).where(~exists().where(jobs.c.id == lm_calls.c.job_id)).order_by(lm_calls.c.id)
    for number in connection.scalars(orphans):
        yield "lost-call", f"Call {number} of a language model belongs to no job."
    for number in connection.scalars(select(lm_calls.c.id).order_by(lm_calls.c.id)).all():
        row = connection.execute(select(lm_calls).where(lm_calls.c.id == number)).mappings().one()
        try:
            _call_of(row)
        except StorageError as error:
            yield "damaged-call", error.message


def _values(call: Call) -> dict[str, object]:
    return {
        "key": call.key,
        "decision": call.decision,
        "model": call.model,
        "input_tokens": call.input_tokens,
        "output_tokens": call.output_tokens,
        "usd": call.usd,
        "seconds": call.seconds,
        "detail": storable(to_json(call.attempts, Attempts).decode()),
        "response": zlib.compress(call.response.encode("utf-8", "surrogatepass")),
    }


def _call_of(row: RowMapping) -> Call:
    """Raises `StorageError` when the row is not what was kept."""
    try:
        return Call(
            key=row["key"],
            decision=row["decision"],
            model=row["model"],
            input_tokens=row["input_tokens"],
            output_tokens=row["output_tokens"],
            usd=row["usd"],
            seconds=row["seconds"],
            attempts=from_json(row["detail"], Attempts),
            response=zlib.decompress(row["response"]).decode("utf-8", "surrogatepass"),
        )
    except (zlib.error, ValueError) as error:
        text = f"call {row['id']} of job {row['job_id']} to a language model is damaged."
        raise StorageError(text, "Run `skill-fleet db check`, and start the job anew.") from error


def _insert(connection: Connection) -> type[postgresql.Insert | sqlite.Insert]:
    return postgresql.Insert if connection.dialect.name == "postgresql" else sqlite.Insert
