"""The commands `skill-fleet db …`: the database of the jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from cyclopts import App

from skill_fleet.cli.options import DEFAULTS, PLAIN_SWITCHES, Options
from skill_fleet.cli.screen import Screen, clean, columns, plural
from skill_fleet.errors import SettingsError
from skill_fleet.settings import MEMORY, database_url, load_settings
from skill_fleet.store import revision, upkeep
from skill_fleet.store.database import Database, open_database

app = App(name="db", default_parameter=PLAIN_SWITCHES)


@contextmanager
def _opened(options: Options) -> Iterator[Database]:
    url = database_url(load_settings({"home": options.home}))
    if url == MEMORY:
        raise SettingsError("jobs are kept in memory; there is no database.", "Set database_url to a file or a server.")
    database = open_database(url)
    try:
        yield database
    finally:
        database.close()


def _screen(options: Options) -> Screen:
    return Screen(options.json, options.quiet, options.color)


@app.default
@app.command
def status(*, options: Options = DEFAULTS) -> int:
    """Print where the database is, which version laid it out, and what is in it. Changes nothing."""
    screen = _screen(options)
    with _opened(options) as database:
        found = revision.status(database)
    if screen.json:
        screen.document(asdict(found))
        return 0
    for line in columns(_rows(found)):
        screen.result(line)
    if found.state == "behind":
        screen.next_step("skill-fleet db migrate")
    return 0


def _rows(found: revision.DatabaseStatus) -> list[list[str]]:
    return [
        ["database", found.url],
        ["layout", f"{found.state}: {found.revision or 'nothing'}, this version needs {found.head}"],
        ["size", f"{found.size_bytes:,} bytes"],
        *([name, f"{count:,}"] for name, count in found.counts.items()),
    ]


@app.command
def migrate(*, options: Options = DEFAULTS) -> int:
    """Bring the database to the layout that this version needs. A file is copied beside itself first."""
    screen = _screen(options)
    with _opened(options) as database:
        before = revision.status(database)
        revision.migrate(database)
        after = revision.status(database)
    if screen.json:
        screen.document({"from": before.revision, "to": after.revision})
        return 0
    screen.result(after.revision)
    screen.say("nothing to do" if before.revision == after.revision else f"from {before.revision or 'nothing'}")
    return 0


@app.command
def backup(to: Path, /, *, options: Options = DEFAULTS) -> int:
    """Write a copy of the whole database, while others go on working. Replaces nothing.

    Parameters
    ----------
    to
        The file to write. For PostgreSQL it is what pg_dump writes for pg_restore.
    """
    screen = _screen(options)
    with _opened(options) as database:
        written = upkeep.backup(database, to)
    if screen.json:
        screen.document({"file": str(written), "size_bytes": written.stat().st_size})
        return 0
    screen.result(screen.paint(str(written), "bold"))
    screen.say(f"{written.stat().st_size:,} bytes")
    return 0


@app.command
def check(*, options: Options = DEFAULTS) -> int:
    """Look for damage and for contradictions. Changes nothing; ends with 1 when something is found."""
    screen = _screen(options)
    with _opened(options) as database:
        found = upkeep.check(database)
    if screen.json:
        screen.document({"findings": [asdict(finding) for finding in found]})
        return 1 if found else 0
    for finding in found:
        screen.result(f"{screen.paint(finding.code, 'yellow')} {clean(finding.text)} {clean(finding.hint)}".rstrip())
    screen.say(plural(len(found), "finding") if found else "nothing found")
    return 1 if found else 0
