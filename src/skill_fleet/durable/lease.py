"""Who is alive. A worker holds a lock under its name until its process ends, however it ends.

This is about being alive and nothing else: who works on what is the engine's business.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import psycopg
from filelock import FileLock, Timeout

from skill_fleet.durable.engine import address
from skill_fleet.errors import DatabaseAway
from skill_fleet.store.database import Database

#: The first half of every advisory lock of this project in a PostgreSQL database; the second half is the name's hash.
NAMESPACE = 0x5F1EE7
CONNECT_SECONDS = 5


def new_executor(kind: str) -> str:
    """A name no other process has or will have."""
    host = "".join(char for char in socket.gethostname().lower() if char.isalnum())[:16]
    return f"{kind}-{host}-{os.getpid()}-{secrets.token_hex(3)}"


class Lease(Protocol):
    """Proof that the process with a certain name is alive."""

    def hold(self, name: str) -> bool:
        """Hold the lock of `name` until `release` or the end of the process. False when another process holds it."""
        ...

    def is_held(self) -> bool:
        """Whether the lock is still ours. A database that is away takes nothing from anybody."""
        ...

    def is_alive(self, name: str) -> bool: ...

    def take_if_dead(self, name: str) -> AbstractContextManager[bool]:
        """True, with the lock of `name` held meanwhile, when nobody holds it."""
        ...

    def release(self) -> None: ...


def open_lease(database: Database) -> Lease:
    """Advisory locks on PostgreSQL; beside a SQLite file, whose processes all are on one machine, locked files."""
    if database.path is not None:
        return FileLease(database.path.parent / "leases")
    return PostgresLease(address(database))


class FileLease:
    """A locked file per name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: FileLock | None = None

    def hold(self, name: str) -> bool:
        self._folder.mkdir(parents=True, exist_ok=True)
        lock = self._lock(name)
        if not _acquired(lock):
            return False
        self._held = lock
        return True

    def is_held(self) -> bool:
        return self._held is not None

    def is_alive(self, name: str) -> bool:
        lock = self._lock(name)
        if not Path(lock.lock_file).exists():  # its process ended in order
            return False
        free = _acquired(lock)
        lock.release()
        return not free

    @contextmanager
    def take_if_dead(self, name: str) -> Iterator[bool]:
        lock = self._lock(name)
        dead = _acquired(lock)
        try:
            yield dead
        finally:
            if dead:
                _drop(lock)

    def release(self) -> None:
        if self._held is not None:
            _drop(self._held)
            self._held = None

    def _lock(self, name: str) -> FileLock:
        return FileLock(self._folder / f"{name}.lock", thread_local=False)


def _acquired(lock: FileLock) -> bool:
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True


def _drop(lock: FileLock) -> None:
    """Removed while it is held: names are never used again, so nobody can be waiting for it."""
    Path(lock.lock_file).unlink(missing_ok=True)
    lock.release()


class PostgresLease:
    """An advisory lock per name. It belongs to a session of the server, so it needs a connection of its own: direct, or
    through a pool that keeps sessions."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: psycopg.Connection | None = None
        self._name = ""

    def hold(self, name: str) -> bool:
        self._connection = self._connect()
        self._name = name
        return _try_lock(self._connection, name)

    def is_held(self) -> bool:
        """Asks the server; after a loss of the connection the lock is taken anew, unless somebody was faster."""
        try:
            if self._connection is None or self._connection.closed:
                return self.hold(self._name)
            self._connection.execute("select 1")
        except (psycopg.OperationalError, DatabaseAway):
            self.release()  # the next look takes the lock anew
        return True

    def is_alive(self, name: str) -> bool:
        query: Sequence[object] = (NAMESPACE, _key(name))
        with self._connect() as connection:
            found = connection.execute(
                "select 1 from pg_locks where locktype = 'advisory' and classid = %s::bigint::oid"
                " and objid = (%s::bigint & 4294967295)::oid and objsubid = 2"
                " and database = (select oid from pg_database where datname = current_database())",
                query,
            )
            return found.fetchone() is not None

    @contextmanager
    def take_if_dead(self, name: str) -> Iterator[bool]:
        with self._connect() as connection:
            yield _try_lock(connection, name)

    def release(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> psycopg.Connection:
        try:
            return psycopg.connect(
                self._dsn,
                autocommit=True,
                connect_timeout=CONNECT_SECONDS,
                application_name="skill-fleet lease",
                # A machine that is gone is noticed within half a minute: seconds to the first probe, between two, how
                # many.
                keepalives=1,
                keepalives_idle=10,
                keepalives_interval=5,
                keepalives_count=3,
            )
        except psycopg.OperationalError as error:
            raise DatabaseAway("PostgreSQL does not answer.", "See that it runs, and try again.") from error


def _try_lock(connection: psycopg.Connection, name: str) -> bool:
    row = connection.execute("select pg_try_advisory_lock(%s, %s)", (NAMESPACE, _key(name))).fetchone()
    return row is not None and bool(row[0])


def _key(name: str) -> int:
    """Signed 32 bits of the name's SHA-256: what the server takes as the second half of a lock's key."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big", signed=True)
