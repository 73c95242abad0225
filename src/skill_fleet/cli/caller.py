"""Who calls a command about jobs: the fleet they mean, their name, their language, and whether they can be asked."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from getpass import getuser
from pathlib import Path
from urllib.parse import urlsplit

from skill_fleet.cli.options import Options
from skill_fleet.cli.questions import can_ask
from skill_fleet.cli.screen import Screen
from skill_fleet.fleet.desk import Desk
from skill_fleet.fleet.fleet import Fleet
from skill_fleet.settings import MEMORY, Settings, database_url, home_folder, load_settings
from skill_fleet.wiring import build_fleet

#: Through what an answer comes that was given here.
VIA = "cli"
#: The variables that name a person's language, the strongest first.
LANGUAGE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


@dataclass(frozen=True, slots=True)
class Caller:
    """`may_be_asked`: there is a person at a terminal, and they did not forbid it."""

    screen: Screen
    settings: Settings
    name: str
    locale: str
    may_be_asked: bool

    @property
    def home(self) -> Path:
        return home_folder(self.settings)

    @property
    def keeps_jobs(self) -> bool:
        """Whether jobs outlive this process."""
        return database_url(self.settings) != MEMORY

    def open_fleet(self) -> Fleet:
        return build_fleet(self.settings)

    def where_jobs_are(self) -> Caller:
        """The same for a command that starts no job: where there is no database yet, it makes none."""
        if not _is_missing(database_url(self.settings)):
            return self
        return replace(self, settings=self.settings.model_copy(update={"database_url": MEMORY}))

    @contextmanager
    def looking(self) -> Iterator[Desk]:
        """The jobs, for a command that leaves the work to others."""
        with self.where_jobs_are().open_fleet().desk() as desk:
            yield desk


def load_caller(options: Options, flags: Mapping[str, object] | None = None) -> Caller:
    settings = load_settings({"home": options.home, **(flags or {})})
    return Caller(
        screen=Screen(options.json, options.quiet, options.color),
        settings=settings,
        name=_user_name(),
        locale=find_locale(settings.reply_language, os.environ),
        may_be_asked=can_ask() and not (options.no_input or options.json),
    )


def find_locale(reply_language: str, environment: Mapping[str, str]) -> str:
    """The language of a person's replies: the setting, else the environment's; empty where neither names one."""
    named = next((value for name in LANGUAGE_VARIABLES if (value := environment.get(name))), "")
    return reply_language or ("" if named.partition(".")[0] in ("C", "POSIX") else named)


def _user_name() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # a user id without a name, as in a container
        return ""


def _is_missing(url: str) -> bool:
    """Whether this is the address of a database file that nobody has made."""
    try:
        parts = urlsplit(url)
    except ValueError:  # what is wrong with it is told by who opens it
        return False
    return parts.scheme.startswith("sqlite") and not Path(parts.path[1:]).exists()
