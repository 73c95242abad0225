"""The command `skill-fleet eval show`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skill_fleet.cli.eval_run import plain_run, print_run
from skill_fleet.cli.options import DEFAULTS, Options, open_fleet, reject_options
from skill_fleet.cli.screen import Screen, columns, plural, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from skill_fleet.fleet.eval_runs import EvalRun, Listed

_WIDTH = 100


def show(run: str = "", /, *, cases: bool = False, options: Options = DEFAULTS) -> int:
    """Print what a run shows, or the latest run of each skill. Runs that skill-creator made can be named, too.

    Parameters
    ----------
    run
        A run's folder, a folder of iterations, or a skill's name for its latest run; all skills when left out.
    cases
        Print each case: its pass rate in each arm, and what failed with the skill.
    """
    reject_options([run])
    screen = Screen(options.json, options.quiet, options.color)
    fleet = open_fleet(options)
    if not run:
        _list(screen, fleet.list_evals())
        return 0
    found = fleet.find_evals(run)
    if cases and options.json:
        screen.document({**plain_run(found), "cases": _plain_cases(found)})
    elif cases:
        _print_cases(screen, found)
    else:
        print_run(screen, found)
    return 0


def _list(screen: Screen, listed: Sequence[Listed]) -> None:
    from skill_fleet.evals.benchmark import lift_cells

    if screen.json:
        screen.document({"runs": [{**plain_run(one.run), "adjusted_p": one.adjusted} for one in listed]})
        return
    rows = [["skill", "run", "agent", "lift", "95 % interval", "p", "adjusted", "verdict"]]
    for one in listed:
        record = one.run.record
        agent = f"{record.agent} {record.model}".strip() if record else ""
        lift, interval, p, verdict = lift_cells(one.run.summary.headline)
        adjusted = "-" if one.adjusted is None else f"{one.adjusted:.3f}"
        rows.append([one.run.skill, one.run.folder.name, agent, lift, interval, p, adjusted, verdict or "no skill arm"])
    for line in columns(rows) if listed else ():
        screen.result(line)
    screen.say(plural(len(listed), "skill") + " with runs")


def _print_cases(screen: Screen, run: EvalRun) -> None:
    arms = [arm.arm for arm in run.summary.arms]
    rows = [["case", *arms, "what failed with the skill"]]
    for case, rates, failed in _cases(run):
        cells = [f"{rates[arm]:.0%}" if arm in rates else "-" for arm in arms]
        rows.append([case, *cells, shorten("; ".join(failed), _WIDTH)])
    for line in columns(rows):
        screen.result(line)


def _plain_cases(run: EvalRun) -> list[dict[str, object]]:
    return [{"case": case, "pass_rates": rates, "failed": failed} for case, rates, failed in _cases(run)]


def _cases(run: EvalRun) -> list[tuple[str, dict[str, float], list[str]]]:
    """Case, pass rate by arm, and the checks that failed in a trial with the skill."""
    from statistics import mean

    found: list[tuple[str, dict[str, float], list[str]]] = []
    for case in dict.fromkeys(trial.case for trial in run.trials):
        trials = [trial for trial in run.trials if trial.case == case]
        names = dict.fromkeys(trial.arm for trial in trials)
        rates = {arm: mean(trial.value for trial in trials if trial.arm == arm) for arm in names}
        failed = [check.text for trial in trials if trial.arm == "skill" for check in trial.checks if not check.passed]
        found.append((case, rates, list(dict.fromkeys(failed))))
    return found
