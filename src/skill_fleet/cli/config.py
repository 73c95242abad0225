"""The command `skill-fleet config`."""

from __future__ import annotations

import re

from skill_fleet.cli.options import DEFAULTS, Options
from skill_fleet.cli.screen import Screen, columns

#: A password in an address: behind the user's name, or among the parameters.
_PASSWORD = re.compile(r"^([\w+.-]+://[^:/@?#]*:).*(?=@)|((?:ssl)?password=)[^&#]*", re.IGNORECASE)


def show(*, origin: bool = False, options: Options = DEFAULTS) -> int:
    """Print the settings in force. The password of a database is not shown.

    Parameters
    ----------
    origin
        Print where each value comes from as well.
    """
    from skill_fleet.settings import cache_folder, database_url, load_settings, origins

    screen = Screen(options.json, options.quiet, options.color)
    flags = {"home": options.home}
    settings = load_settings(flags)
    values = {
        **settings.model_dump(mode="json"),
        "cache": str(cache_folder(settings)),
        "database_url": without_password(database_url(settings)),
    }
    sources = origins(flags)
    if options.json:
        screen.document({name: {"value": values[name], "origin": sources[name]} for name in values})
        return 0
    for line in columns([[name, str(values[name]), *([sources[name]] if origin else [])] for name in values]):
        screen.result(line)
    return 0


def without_password(url: str) -> str:
    """The address of a database, with *** for any password."""
    return _PASSWORD.sub(lambda found: f"{found[1] or found[2]}***", url)
