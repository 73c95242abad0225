"""What a driver's error means to a person: one table for SQLite, one for PostgreSQL."""

from __future__ import annotations

import re
import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from skill_fleet.errors import DatabaseAway, StorageError, WrongRevision

#: Primary result code → what happened to the file, what to do next.
SQLITE: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_PERM: ("cannot be opened: permission is missing", "Give this user the right to write there."),
    sqlite3.SQLITE_READONLY: ("cannot be written", "Give this user the right to write the file and its folder."),
    sqlite3.SQLITE_IOERR: ("cannot be read or written", "See whether the disk is full or failing."),
    sqlite3.SQLITE_CORRUPT: ("is damaged", "Run `skill-fleet db check`, or put a backup in its place."),
    sqlite3.SQLITE_FULL: ("cannot grow: the disk is full", "Free some space. What was committed is safe."),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "See whether its folder is there and may be written."),
    sqlite3.SQLITE_NOTADB: ("is not an SQLite database", "Move the file away, or set SKILL_FLEET_DATABASE_URL."),
}
SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL}

#: SQLSTATE, or how it begins → what happened.
AWAY = ("08", "57P", "53300", "40001", "40P01", "55P03")
NOT_LAID_OUT = ("42P01", "42703")
POSTGRES: dict[str, tuple[str, str]] = {
    "28": ("refuses this user or password", "Check SKILL_FLEET_DATABASE_URL."),
    "3D": ("has no such database", "Create it with `createdb`, or check SKILL_FLEET_DATABASE_URL."),
    "42501": ("does not permit this", "Give the role the rights to create and change tables there."),
    "25006": ("cannot be written: it is read-only", "Point SKILL_FLEET_DATABASE_URL at the primary server."),
    "53100": ("cannot grow: its disk is full", "Free some space on the server. What was committed is safe."),
    "53": ("is out of resources", "See the server's log."),
    "58": ("met an error of its system", "See the server's log."),
    "XX": ("met an internal error", "See the server's log."),
}

#: A connection that is refused comes with a sentence and no SQLSTATE. All other sentences are of servers that start,
#: stop, are full or cannot be reached.
REFUSALS = {
    "28": re.compile(
        r"authentication failed|no password supplied|pg_hba\.conf|not permitted to log in|role \".*\" does not exist"
    ),
    "3D": re.compile(r"database \".*\" does not exist"),
    "42501": re.compile(r"permission denied for database"),
}


def trouble_of(error: DBAPIError, place: str) -> StorageError | None:
    """The error that a person can act on; None for what only a programmer can. `place` names the database."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return _sqlite_trouble(cause, place)
    state: str = getattr(cause, "sqlstate", None) or ""
    return _postgres_trouble(error, state, place)


def _sqlite_trouble(cause: sqlite3.Error, place: str) -> StorageError | None:
    code = _primary_code(cause)
    if is_busy(cause):
        return DatabaseAway(f"{place} is locked by another process.", "Try again when that one is done.")
    if code == sqlite3.SQLITE_ERROR and str(cause).startswith(("no such table", "no such column")):
        return not_laid_out(place)
    if code not in SQLITE:
        return None
    what, hint = SQLITE[code]
    return StorageError(f"{place} {what}.", hint)


def is_busy(error: sqlite3.Error) -> bool:
    """Another connection has the file at this moment."""
    return _primary_code(error) in SQLITE_BUSY


def _primary_code(error: sqlite3.Error) -> int:
    """Errors of Python's own module carry no code."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF


def _postgres_trouble(error: DBAPIError, state: str, place: str) -> StorageError | None:
    if state.startswith(NOT_LAID_OUT):
        return not_laid_out(place)
    if not state and not error.connection_invalidated:
        state = _refusal(str(error.orig))
    if state.startswith(AWAY) or error.connection_invalidated:
        return away(place, str(error.orig))
    for start, (what, hint) in POSTGRES.items():
        if state.startswith(start):
            return StorageError(f"{place} {what}.", hint)
    return away(place, str(error.orig)) if not state and _is_about_the_connection(error) else None


def _refusal(said: str) -> str:
    """The SQLSTATE behind a refused connection, empty when nothing answered at all."""
    return next((state for state, sentence in REFUSALS.items() if sentence.search(said)), "")


def _is_about_the_connection(error: DBAPIError) -> bool:
    return isinstance(error, OperationalError | InterfaceError)


def away(place: str, reason: str) -> DatabaseAway:
    """`reason` is the driver's, of which the first line says enough; it never holds the password."""
    first = reason.strip().partition("\n")[0].removeprefix("connection failed: ").rstrip(".")
    return DatabaseAway(f"{place} does not answer: {first}.", "See whether it runs and is reached from here.")


def not_laid_out(place: str) -> WrongRevision:
    return WrongRevision(f"{place} does not hold the tables that this version needs.", "Run `skill-fleet db migrate`.")
