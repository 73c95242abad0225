"""The command `skill-fleet config`."""

from __future__ import annotations

from skill_fleet.cli.options import DEFAULTS, Options
from skill_fleet.cli.screen import Screen, columns


def show(*, origin: bool = False, options: Options = DEFAULTS) -> int:
    """Print the settings in force.

    Parameters
    ----------
    origin
        Print where each value comes from as well.
    """
    from skill_fleet.settings import cache_folder, load_settings, origins

    screen = Screen(options.json, options.quiet, options.color)
    flags = {"home": options.home}
    settings = load_settings(flags)
    values = {**settings.model_dump(mode="json"), "cache": str(cache_folder(settings))}
    sources = origins(flags)
    if options.json:
        screen.document({name: {"value": values[name], "origin": sources[name]} for name in values})
        return 0
    for line in columns([[name, str(values[name]), *([sources[name]] if origin else [])] for name in values]):
        screen.result(line)
    return 0
