"""The command `skill-fleet init`."""

from __future__ import annotations

from pathlib import Path

from skill_fleet.cli.options import DEFAULTS, Options, open_fleet
from skill_fleet.cli.screen import Screen


def init(path: Path | None = None, *, options: Options = DEFAULTS) -> int:
    """Lay out a fleet in a folder. What is there already stays as it is.

    Parameters
    ----------
    path
        The folder; the current one when it is left out.
    """
    screen = Screen(options.json, options.quiet, options.color)
    done = open_fleet(Options(home=path or options.home or Path.cwd())).init()
    if options.json:
        screen.document({"root": str(done.root), "made": [str(made) for made in done.made]})
        return 0
    for made in done.made:
        screen.result(screen.paint(str(made), "bold"))
    screen.say(f"a fleet lies in {done.root}" if done.made else f"{done.root} is a fleet already")
    screen.next_step('skill-fleet create "WHAT AN AGENT SHOULD DO" --from PATH')
    return 0
