"""Whole copies of a database, while others go on working with it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from skill_fleet.errors import Conflict, StorageError
from skill_fleet.store.database import Database, translated


def copy_beside(database: Database, path: Path, revision: str) -> Path:
    """A copy of an SQLite database in its own folder, named for what it was laid out by and when it was made."""
    made = datetime.now(UTC)
    return copy_sqlite(database, path.with_name(f"{path.name}.{revision}.{made:%Y%m%dT%H%M%S.%fZ}.bak"))


def copy_sqlite(database: Database, to: Path) -> Path:
    """Complete when it has its name: the copy is made under another and flushed to the disk before."""
    part = _new_part(to)
    try:
        with translated(f"the copy {to}"), database.engine.connect() as connection:
            connection.exec_driver_sql("VACUUM INTO ?", (str(part),))
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(to)
    finally:
        part.unlink(missing_ok=True)
    return to


def dump_postgres(database: Database, to: Path) -> Path:
    """What `pg_dump` writes in its own format, for `pg_restore`."""
    part = _new_part(to)
    _, options = database.engine.dialect.create_connect_args(database.engine.url)
    password = options.pop("password", None)
    secret = {"PGPASSWORD": str(password)} if password else {}
    command = ["pg_dump", "--format=custom", "--no-password", f"--file={part}", f"--dbname={_conninfo(options)}"]
    try:
        _run_pg_dump(command, {**os.environ, **secret})
        part.rename(to)
    finally:
        part.unlink(missing_ok=True)
    return to


def _new_part(to: Path) -> Path:
    if to.exists():
        raise Conflict(f"{to} is there already.", "A backup replaces nothing; choose another name.")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"the folder {to.parent} cannot be made: {error.strerror}.", "Choose another.") from error
    return to.with_name(f"{to.name}.{os.getpid()}.part")


def _conninfo(options: Mapping[str, object]) -> str:
    """`name='value'`, as libpq reads it; what only the driver understands is left out."""
    texts = {name: str(value) for name, value in options.items() if isinstance(value, str | int)}
    escaped = {name: text.replace("\\", r"\\").replace("'", r"\'") for name, text in texts.items()}
    return " ".join(f"{name}='{text}'" for name, text in escaped.items())


def _run_pg_dump(command: list[str], environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        hint = "Install PostgreSQL's client programs, at least as new as the server."
        raise StorageError("the program pg_dump is not installed.", hint) from error
    if done.returncode == 0:
        return
    said = done.stderr.strip().removeprefix("pg_dump: ").removeprefix("error: ")
    if "server version mismatch" in said:
        hint = "Install PostgreSQL's client programs, at least as new as the server."
    else:
        hint = "See whether the server can be reached and the folder be written."
    raise StorageError(f"pg_dump failed: {said}", hint)
