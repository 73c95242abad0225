"""The command `skill-fleet export`."""

from __future__ import annotations

from skill_fleet.cli.list_skills import plain_entry
from skill_fleet.cli.options import DEFAULTS, Options, open_fleet
from skill_fleet.cli.screen import Screen, clean


def export(
    *names: str,
    xml: bool = True,  # noqa: ARG001  the only format so far, and what scripts say
    options: Options = DEFAULTS,
) -> int:
    """Print the skills as `<available_skills>`, for an agent's prompt.

    Parameters
    ----------
    names
        Only these skills, by name or path.
    xml
        As XML, which is the only format so far.
    """
    screen = Screen(options.json, options.quiet, options.color)
    exported = open_fleet(options).export(names)
    if options.json:
        screen.document({"skills": [plain_entry(skill) for skill in exported.skills]})
    else:
        screen.result(clean(exported.xml))
    return 0
