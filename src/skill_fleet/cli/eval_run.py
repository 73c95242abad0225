"""The command `skill-fleet eval run`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import CycloptsError, Parameter
from cyclopts.validators import Number

from skill_fleet.cli.options import DEFAULTS, Options, open_fleet, reject_options
from skill_fleet.cli.screen import Screen, columns, plural

if TYPE_CHECKING:
    from skill_fleet.evals.arms import ArmName
    from skill_fleet.evals.runner import Budget, Progress, Ran
    from skill_fleet.fleet.eval_runs import EvalRun
    from skill_fleet.metrics.score import Flaw

_TRANSIENT = 3
_INCOMPLETE = 1
_AT_LEAST_ONE, _POSITIVE = Number(gte=1), Number(gt=0)


def _option(text: str, validator: Number) -> Parameter:
    return Parameter(help=text, validator=validator)


@Parameter(name="*")
@dataclass(frozen=True, slots=True)
class Extent:
    """How much is done."""

    runs: Annotated[
        int, _option("How often each case is worked on in each arm. More cases say more than more runs.", _AT_LEAST_ONE)
    ] = 3
    seed: Annotated[int, Parameter(help="The seed of the first run; each arm gets the same ones.")] = 0
    at_once: Annotated[int, _option("The most trials at a time.", _AT_LEAST_ONE)] = 2
    seconds: Annotated[float, _option("The most seconds an agent may take for one trial.", _POSITIVE)] = 600.0
    budget_trials: Annotated[int | None, _option("The most trials this command makes.", _AT_LEAST_ONE)] = None
    budget_tokens: Annotated[int | None, _option("Tokens after which no trial is begun.", _AT_LEAST_ONE)] = None
    budget_money: Annotated[float | None, _option("US dollars after which no trial is begun.", _POSITIVE)] = None

    @property
    def budget(self) -> Budget:
        from skill_fleet.evals.runner import Budget

        return Budget(self.budget_trials, self.budget_tokens, self.budget_money)


_EXTENT = Extent()


def run(
    skill: str,
    /,
    *,
    evals: Path | None = None,
    agent: str = "",
    agent_command: str = "",
    skills_at: str = ".agents/skills",
    model: str = "",
    arms: str = "none,skill",
    previous: str = "",
    placebos: Path | None = None,
    beside: Annotated[list[Path] | None, Parameter(consume_multiple=True)] = None,
    judge: str = "",
    judge_model: str = "",
    pairs: bool = False,
    extent: Extent = _EXTENT,
    out: Path | None = None,
    fresh: bool = False,
    options: Options = DEFAULTS,
) -> int:
    """Let an agent work on cases with a skill and without it, and say whether the skill helps.

    Finished trials are kept: the same command, given again, goes on where it ended. Ends with 1 when trials are
    missing, with 3 when they are because a provider did not answer. Agents work as you, with your rights.

    Parameters
    ----------
    skill
        A skill's name or folder.
    evals
        A file of cases as skill-creator writes them; the skill's own evals/evals.json when left out.
    agent
        claude, codex, gemini, chat, inspect:MODEL, a file with a table like theirs (.toml), an installed plug-in, or
        fake:0.3,0.6 to rehearse without a model.
    agent_command
        A command line instead: 'prog {prompt}'. All it prints is its answer.
    skills_at
        Where the program of --agent-command looks for skills, from the folder it works in.
    model
        The agent's model. For chat, OPENAI_BASE_URL and OPENAI_API_KEY say where and who.
    arms
        What is compared, with commas: none, skill, previous, placebo, forced.
    previous
        The earlier version: a folder, @previous for what the last promotion replaced, or git:REV.
    placebos
        A folder of skills to take a placebo from; the fleet's when left out.
    beside
        Skills, or folders of skills, that are on offer in every arm.
    judge
        Who judges expectations in words: chat, or words to rehearse. Nobody when left out: then only checks count.
    judge_model
        The model of the chat judge. JUDGE_BASE_URL, JUDGE_MODEL and JUDGE_API_KEY may name another endpoint.
    pairs
        Let the judge compare the outputs of skill and none as well, in both orders.
    out
        Where runs are kept; .skill-fleet/evals/SKILL in the fleet when left out.
    fresh
        Begin a new run, and take over nothing.
    """
    from skill_fleet.evals.agents.find import AgentChoice
    from skill_fleet.fleet.run_evals import RunRequest

    reject_options([skill])
    if bool(agent) == bool(agent_command):
        raise CycloptsError(msg="Name an agent with --agent, or a command line with --agent-command.")
    screen = Screen(options.json, options.quiet, options.color)
    request = RunRequest(
        skill,
        evals,
        AgentChoice(agent, agent_command, model, skills_at),
        _arms(arms),
        previous,
        placebos,
        tuple(beside or ()),
        judge,
        judge_model,
        pairs,
        extent.runs,
        extent.seed,
        extent.at_once,
        extent.seconds,
        extent.budget,
        out,
        fresh,
    )
    found = open_fleet(options).run_evals(request, _Shown(screen).listen)
    print_run(screen, found)
    return _code(found.ran)


class _Shown:
    """A line that is overwritten on a terminal; elsewhere one for each tenth of the way."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._is_live = sys.stderr.isatty() and not (screen.quiet or screen.json)
        self._told = -1

    def listen(self, progress: Progress) -> None:
        void = f", {progress.void} void" if progress.void else ""
        spent = f", {progress.tokens:,} tokens" if progress.tokens else ""
        text = f"{progress.done} of {plural(progress.total, 'trial')}{void}{spent}"
        if self._is_live:
            end = "\n" if progress.done == progress.total else ""
            sys.stderr.write(f"\r\x1b[K{text}{end}")
            sys.stderr.flush()
            return
        tenth = 10 * progress.done // max(progress.total, 1)
        if tenth > self._told:
            self._told = tenth
            self._screen.say(text)


def _arms(words: str) -> tuple[ArmName, ...]:
    from typing import get_args

    from skill_fleet.evals.arms import ArmName

    known: tuple[ArmName, ...] = get_args(ArmName)
    given = [word.strip() for word in words.split(",") if word.strip()]
    if odd := [word for word in given if word not in known]:
        raise CycloptsError(msg=f"There is no arm {odd[0]}: there are {', '.join(known)}.")
    return tuple(name for name in known if name in given)


def print_run(screen: Screen, run: EvalRun) -> None:
    """The table to stdout, or the whole as JSON; notes are talk."""
    from skill_fleet.evals.benchmark import table_rows

    if screen.json:
        screen.document(plain_run(run))
        return
    for line in columns(table_rows(run.summary)) if run.trials else ["untested: no trial could be graded"]:
        screen.result(line)
    if run.pairs:
        pairs = run.pairs
        screen.result(f"pairs: better {pairs.better}, worse {pairs.worse}, ties {pairs.ties}, p {pairs.p:.3f}")
    for note in run.notes:
        screen.say(f"note: {note}")
    for flaw in _flaws(run):
        screen.say(f"worse: {flaw.message} {flaw.hint}")
    if run.ran and run.ran.stopped:
        screen.say(f"stopped: {run.ran.stopped}")
    if run.ran and run.ran.missing:
        screen.say(f"{plural(run.ran.missing, 'trial')} missing; the same command goes on from here")
    screen.say(f"kept in {run.folder}")
    screen.next_step(f"skill-fleet eval show {run.folder} --cases")


def _flaws(run: EvalRun) -> tuple[Flaw, ...]:
    from skill_fleet.metrics.lift import lift_score

    return lift_score(run.summary.headline).flaws if run.summary.headline else ()


def plain_run(run: EvalRun) -> dict[str, object]:
    from dataclasses import asdict

    from skill_fleet.evals.benchmark import plain_lift
    from skill_fleet.evals.pairs import plain_preferences
    from skill_fleet.metrics.lift import lift_score

    record = run.record
    return {
        "folder": str(run.folder),
        "skill": run.skill,
        "agent": record.agent if record else "",
        "model": record.model if record else "",
        "judge": record.judge if record else "",
        "arms": [asdict(arm) for arm in run.summary.arms],
        "lift": [plain_lift(lift) for lift in run.summary.lifts],
        "score": asdict(lift_score(run.summary.headline)) if run.summary.headline else None,
        "pairs": plain_preferences(run.pairs),
        "untested": [case.id for case in record.untested] if record else [],
        "notes": list(run.notes),
        "ran": asdict(run.ran) if run.ran else None,
    }


def _code(ran: Ran | None) -> int:
    if ran is None or not ran.missing:
        return 0
    return _TRANSIENT if ran.away else _INCOMPLETE
