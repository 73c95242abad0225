"""The command `skill-fleet config`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skill_fleet.cli.options import DEFAULTS, Options
from skill_fleet.cli.screen import Screen, columns

#: A password in an address: behind the user's name, or among the parameters.
_PASSWORD = re.compile(r"^([\w+.-]+://[^:/@?#]*:).*(?=@)|((?:ssl)?password=)[^&#]*", re.IGNORECASE)


def show(*, origin: bool = False, options: Options = DEFAULTS) -> int:
    """Print the settings in force. Passwords in addresses are not shown.

    Parameters
    ----------
    origin
        Print where each value comes from as well.
    """
    from skill_fleet.models.resolve import author_in_force
    from skill_fleet.settings import cache_folder, database_url, hide_keys, load_settings, origins

    screen = Screen(options.json, options.quiet, options.color)
    flags = {"home": options.home}
    settings = load_settings(flags)
    values = {
        **settings.model_dump(mode="json"),
        "author": author_in_force(settings),
        "cache": str(cache_folder(settings)),
        "database_url": without_password(database_url(settings)),
        "mlflow_uri": hide_keys(settings.mlflow_uri),
    }
    sources = origins(flags)
    if options.json:
        screen.document({name: {"value": values[name], "origin": sources[name]} for name in values})
        return 0
    rows = [(place, str(value), sources[place]) for name in values for place, value in _said(name, values[name])]
    for line in columns([row if origin else row[:2] for row in rows]):
        screen.result(line)
    return 0


def _said(name: str, value: object) -> Iterator[tuple[str, object]]:
    """One row a value; what tables of models and prices say has a row each."""
    if not value or name not in {"models", "prices"} or not isinstance(value, dict):
        yield name, value
        return
    for table, said in value.items():
        for key, inner in said.items():
            yield f"{name}.{table}.{key}", ", ".join(inner) if isinstance(inner, list) else inner


def without_password(url: str) -> str:
    """The address of a database, with *** for any password."""
    return _PASSWORD.sub(lambda found: f"{found[1] or found[2]}***", url)
