"""The command `skill-fleet eval compare`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skill_fleet.cli.options import DEFAULTS, Options, open_fleet, reject_options
from skill_fleet.cli.screen import Screen, columns

if TYPE_CHECKING:
    from skill_fleet.fleet.eval_runs import RunComparison


def compare(before: str, after: str, /, *, arm: str = "skill", options: Options = DEFAULTS) -> int:
    """Compare one arm of two runs, case by case.

    The arm without a skill is printed beside it: where that moved too, something else than the skill did.

    Parameters
    ----------
    before
        A run's folder, or a skill's name for its latest run.
    after
        The other one.
    arm
        Which arm: skill, none, previous, placebo or forced.
    """
    from skill_fleet.evals.benchmark import lift_cells

    reject_options([before, after])
    screen = Screen(options.json, options.quiet, options.color)
    found = open_fleet(options).compare_evals(before, after, arm)
    if screen.json:
        screen.document(_plain(found))
        return 0
    rows = [["arm", "tasks", "before", "after", "change", "95 % interval", "p", "verdict"]]
    for name, lift in ((arm, found.lift), ("none (control)", found.control)):
        if lift is not None:
            values = [f"{value:.0%}" if value is not None else "-" for value in (lift.before, lift.after)]
            rows.append([name, str(lift.tasks), *values, *lift_cells(lift)])
    for line in columns(rows):
        screen.result(line)
    for change in found.lift.changes:
        screen.say(f"case {change.task}: {change.before:.0%} -> {change.after:.0%}")
    return 0


def _plain(found: RunComparison) -> dict[str, object]:
    from skill_fleet.evals.benchmark import plain_lift

    return {
        "before": str(found.before.folder),
        "after": str(found.after.folder),
        "lift": plain_lift(found.lift),
        "control": plain_lift(found.control) if found.control else None,
    }
