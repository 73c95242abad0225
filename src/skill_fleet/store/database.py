"""One database, SQLite or PostgreSQL, as transactions whose errors a person can act on."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from skill_fleet.errors import DatabaseAway, SettingsError, StorageError
from skill_fleet.store.trouble import away, is_busy, trouble_of

T = TypeVar("T")

#: Seconds that `patient` goes on while the database is away: enough for a server to be started anew.
PATIENCE = 300.0
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 5.0

#: The same as the engine of durable runs sets on its connections to the same file, so that both wait for each other.
#: `synchronous=FULL` costs one flush to disk a commit and buys that an answer, once confirmed, survives a power cut;
#: with NORMAL the newest commits of a WAL database may be gone after one.
SQLITE_PRAGMAS = ("PRAGMA busy_timeout=30000", "PRAGMA foreign_keys=ON", "PRAGMA synchronous=FULL")
PATIENCE_OF_SQLITE = 30.0

KNOWS_SUBSEC = (3, 42)

POSTGRES_OPTIONS: dict[str, str | int] = {
    "application_name": "skill-fleet",
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


@dataclass(frozen=True, slots=True)
class Database:
    """A database and the connections to it. Nothing is opened before the first transaction."""

    engine: Engine

    @property
    def url(self) -> str:
        """With the password: for those who connect, never for those who read."""
        return self.engine.url.render_as_string(hide_password=False)

    @property
    def shown_url(self) -> str:
        """For those who read."""
        url = self.engine.url
        return url.set(drivername=self.engine.dialect.name).difference_update_query(["sslpassword"]).render_as_string()

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database."""
        return Path(self.engine.url.database or "") if self.is_sqlite else None

    @property
    def place(self) -> str:
        """What a person calls it: the file, or the server and the database there."""
        if self.path is not None:
            return f"the database {self.path}"
        url = self.engine.url
        host = url.host or url.query.get("host") or "the local socket"
        return f"PostgreSQL at {host}{f':{url.port}' if url.port else ''}, database {url.database or url.username}"

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction that writes: on SQLite it is the only one from its first line on."""
        with self._begin("BEGIN IMMEDIATE") as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads, and waits for nobody."""
        with self._begin("BEGIN") as connection:
            yield connection

    @contextmanager
    def _begin(self, begin: str) -> Iterator[Connection]:
        with translated(self.place), self.engine.begin() as connection:
            if self.is_sqlite:
                connection.exec_driver_sql(begin)
            yield connection

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Errors of the driver come out as `DatabaseAway`, `WrongRevision` or `StorageError`."""
    try:
        yield
    except PoolTimeout as error:
        raise away(place, "all connections of this process are in use") from error
    except DBAPIError as error:
        trouble = trouble_of(error, place)
        if trouble is None:
            raise
        raise trouble from error


def is_trouble(error: Exception) -> bool:
    """Whether it is the database that failed, ours or the engine's, and not what was asked of it."""
    return isinstance(error, DBAPIError | PoolTimeout | StorageError)


def patient(work: Callable[[], T], limit: float = PATIENCE, sleep: Callable[[float], None] = time.sleep) -> T:
    """What `work` gives, tried again while the database is away, for `limit` seconds at most.

    `work` must be safe to repeat: a commit whose confirmation was lost on the way is made a second time.
    """
    deadline = time.monotonic() + limit
    pause = FIRST_PAUSE
    while True:
        try:
            return work()
        except DatabaseAway:
            if time.monotonic() + pause > deadline:
                raise
        sleep(pause)
        pause = min(2 * pause, LONGEST_PAUSE)


def open_database(url: str) -> Database:
    """The database at `sqlite:///…` or `postgresql://…`. Raises `SettingsError` for an address of another form."""
    address = parse_url(url)
    if address.get_backend_name() == "sqlite":
        _teach_old_sqlite()
        return Database(_sqlite_engine(address))
    return Database(_postgres_engine(address))


def parse_url(url: str) -> URL:
    """The address with the driver that is used; the file of an SQLite database becomes an absolute path."""
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise _bad_url("cannot be read") from error
    kind = address.drivername.partition("+")[0]
    if kind in ("postgresql", "postgres"):
        return _with_password_in_place(address.set(drivername="postgresql+psycopg"))
    if kind != "sqlite":
        raise _bad_url(f"begins with {address.drivername}")
    if not address.database or address.database == ":memory:":
        raise _bad_url("names no file")
    return address.set(drivername="sqlite", database=str(Path(address.database).absolute()))


def _with_password_in_place(url: URL) -> URL:
    """A password among the parameters moves to where it is known to be one, and is hidden."""
    password = url.query.get("password")
    if not isinstance(password, str):
        return url
    return url.set(password=password).difference_update_query(["password"])


def _bad_url(what: str) -> SettingsError:
    """The address itself stays out of the message: it may hold a password."""
    return SettingsError(
        f"the database's address {what}.",
        "Use sqlite:////absolute/path.sqlite or postgresql://user@host/name as SKILL_FLEET_DATABASE_URL.",
    )


def _postgres_engine(url: URL) -> Engine:
    options = {name: value for name, value in POSTGRES_OPTIONS.items() if name not in url.query}
    return create_engine(
        url,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=5,
        pool_timeout=30,
        hide_parameters=True,
        connect_args=options,
    )


def _sqlite_engine(url: URL) -> Engine:
    engine = create_engine(url, hide_parameters=True)
    path = Path(url.database or "")
    event.listen(engine, "do_connect", lambda *_: make_room(path))
    event.listen(engine, "connect", _set_up)
    return engine


@cache
def _teach_old_sqlite() -> None:
    """With Python 3.12 and later the engine's tables take the time from `unixepoch('subsec')`, which SQLite knows since
    3.42, and a Python may be linked with an older one: then every connection of this process is taught it."""
    if sqlite3.sqlite_version_info < KNOWS_SUBSEC:
        event.listen(Engine, "connect", _add_unixepoch)


def _add_unixepoch(connection: object, _: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("unixepoch", 1, _unixepoch)


def _unixepoch(argument: object) -> float | None:
    """What newer libraries give for `subsec`: seconds since 1970, to the millisecond."""
    return round(time.time(), 3) if argument == "subsec" else None


def make_room(path: Path) -> None:
    """The file's folder is there. One that is made here is kept out of version control."""
    if path.parent.is_dir():
        return
    try:
        path.parent.mkdir(parents=True)
        (path.parent / ".gitignore").write_text("*\n", encoding="utf-8")
    except FileExistsError:
        return  # another process was faster
    except OSError as error:
        raise StorageError(f"the folder {path.parent} cannot be made: {error.strerror}.", "Choose another.") from error


def _set_up(connection: sqlite3.Connection, _: object) -> None:
    """Python begins a transaction by itself before the first write outside of one, and that one is immediate, too."""
    connection.isolation_level = "IMMEDIATE"
    for pragma in SQLITE_PRAGMAS:
        connection.execute(pragma)
    _switch_to_wal(connection)


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Nothing to do but for the first of all connections; while that one switches, SQLite turns others away at once
    instead of letting them wait."""
    deadline = time.monotonic() + PATIENCE_OF_SQLITE
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
        else:
            return
        time.sleep(0.01)
