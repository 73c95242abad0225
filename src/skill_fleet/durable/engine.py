"""The engine, DBOS, as this project sets it up: names, versions, queues, and how it is spoken to."""

from __future__ import annotations

from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer
from dbos import WorkflowStatus as Run
from dbos._dbos import _get_dbos_instance

from skill_fleet.store.database import Database

__all__ = ["DBOS", "DBOSClient", "Run"]

#: Owner of everything this project puts into the engine's tables.
APPLICATION = "skill-fleet"
#: The same for ever: the engine's own default, a digest of the code, would strand waiting jobs at every release.
VERSION = "1"
#: The one workflow there is: one run of one job.
WORKFLOW = "run"
#: The stream a run tells its events in.
EVENTS = "events"
#: Where runs wait that any worker may take; and what the names of queues begin with that one process alone listens to.
SHARED_QUEUE = "jobs"
OWN_QUEUE = "only-"
#: Deaths of its workers after which a run is given up: it is likely their cause.
MAX_DEATHS = 20

#: Seconds between two looks into a queue; a person at a terminal waits for the first, nobody for the second.
OWN_POLL = 0.1
SHARED_POLL = 0.25
THREADS = 64
CONNECTIONS = 10


def config(database: Database, executor: str, *, is_quiet: bool) -> DBOSConfig:
    """`is_quiet`: for a process whose terminal belongs to a person; the engine's troubles are told by us there."""
    return {
        "name": APPLICATION,
        "system_database_url": address(database),
        "application_version": VERSION,
        "executor_id": executor,
        "serializer": DBOSPortableJSONSerializer(),
        "max_executor_threads": THREADS,
        "sys_db_pool_size": CONNECTIONS,
        "notification_listener_polling_interval_sec": OWN_POLL,
        "log_level": "CRITICAL" if is_quiet else "WARNING",
    }


def address(database: Database) -> str:
    """The database's URL as the engine and the driver take it."""
    return database.url.replace("postgresql+psycopg://", "postgresql://", 1)


def open_client(database: Database) -> DBOSClient:
    """A way to start, look at and stop runs without running any. It works on our own connections, so that a fact and
    its consequence for the engine are one transaction; it says at once when the database is away."""
    return DBOSClient(
        system_database_engine=database.engine,
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
        lazy=True,
        retry_connection_errors=False,
    )


def lay_tables(database: Database) -> None:
    """Create the engine's own tables, or bring them up to date."""
    DBOS.migrate(address(database))


def own_queue(executor: str) -> str:
    """The queue that only this executor listens to."""
    return f"{OWN_QUEUE}{executor}"


def stop_waiting() -> None:
    """From here on nobody waits for a database that is away: a thread that still wants to write fails instead."""
    engine = _get_dbos_instance()
    engine._sys_db._retry_connection_errors = False  # noqa: SLF001  the engine has no public way to be hurried


def only_listener(queue: str | None) -> str:
    """The executor whose own queue this is; empty for any other queue."""
    return queue.removeprefix(OWN_QUEUE) if queue and queue.startswith(OWN_QUEUE) else ""
