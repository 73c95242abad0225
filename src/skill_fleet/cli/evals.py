"""The commands `skill-fleet eval …`: cases and queries instead of rules."""

from __future__ import annotations

from cyclopts import App

from skill_fleet.cli.options import PLAIN_SWITCHES

COMMANDS = {
    "discover": ("eval_discover:discover", "Print whether skills are found for the requests they are for."),
    "run": ("eval_run:run", "Let an agent work on cases with and without a skill."),
    "compare": ("eval_compare:compare", "Print what two runs say of each other."),
    "show": ("eval_show:show", "Print a run, or list them."),
}

app = App(
    name="eval",
    help="Measure with an agent, or with the requests people make, what rules cannot see.",
    default_parameter=PLAIN_SWITCHES,
)
for name, (target, text) in COMMANDS.items():
    app.command(f"skill_fleet.cli.{target}", name=name, help=text)
