"""Arms x cases x runs, several at a time, within a budget; what is finished stays finished."""

from __future__ import annotations

import shutil
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path

from skill_fleet.errors import AgentAway, AgentError, SkillFleetError
from skill_fleet.evals.arms import Arm
from skill_fleet.evals.cases import Case
from skill_fleet.evals.creator_files import finish_part, load_trial, part_folder, save_trial, trial_folder
from skill_fleet.evals.trial import Bench, Job, Trial, carry_out, is_gradable, key_of

_PATIENCE = 5.0
"""Seconds that trials under way get to end their programs when a command is interrupted."""

MOST_AWAY = 3
"""Trials in a row that may be void before a run stops: the next one would be, too."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one command may spend; None is no limit. Trials under way are finished, so that it may be exceeded by as
    many trials as are made at a time, less one."""

    trials: int | None = None
    tokens: int | None = None
    money: float | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """`runs` counts from 1; run k has the seed `seed` + k - 1 in every arm."""

    cases: tuple[Case, ...]
    arms: tuple[Arm, ...]
    runs: int = 3
    seed: int = 0
    at_once: int = 2
    budget: Budget = Budget()

    def jobs(self, bench: Bench) -> list[Job]:
        """All trials that can be graded. All cases and arms come once before any comes twice: a run that ends early
        has as many tasks as can be, and as many trials of each arm."""
        cases = [case for case in self.cases if is_gradable(case, bench.judge)]
        return [
            Job(case, arm, run, self.seed + run - 1)
            for run in range(1, self.runs + 1)
            for case in cases
            for arm in self.arms
        ]


@dataclass(frozen=True, slots=True)
class Void:
    """A trial that does not count, and why."""

    case: str
    arm: str
    run: int
    why: str


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` trials are finished; `kept` of them were before this command began."""

    done: int
    total: int
    kept: int
    void: int
    tokens: int
    cost: float


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did. `stopped` says why it ended early, empty when it did not; `away` whether that may pass."""

    made: int
    kept: int
    reused: int
    missing: int
    void: tuple[Void, ...]
    tokens: int
    cost: float
    stopped: str = ""
    away: bool = False


@dataclass
class _Run:
    """The state of one command. Only the thread that runs it changes it."""

    total: int
    budget: Budget
    made: int = 0
    kept: int = 0
    reused: int = 0
    tokens: int = 0
    cost: float = 0.0
    in_a_row: int = 0
    void: list[Void] = field(default_factory=list)
    stopped: str = ""
    away: bool = False

    def exhausted(self, under_way: int) -> str:
        budget = self.budget
        if budget.trials is not None and self.made + len(self.void) + under_way >= budget.trials:
            return f"the budget of {budget.trials} trials is used up"
        if budget.tokens is not None and self.tokens >= budget.tokens:
            return f"the budget of {budget.tokens:,} tokens is used up"
        if budget.money is not None and self.cost >= budget.money:
            return f"the budget of {budget.money:g} dollars is used up"
        return ""

    def count(self, trial: Trial) -> None:
        self.made += 1
        self.in_a_row = 0
        self.tokens += trial.tokens or 0
        self.cost += trial.cost or 0.0
        for limit, known, word in (
            (self.budget.tokens, trial.tokens, "tokens"),
            (self.budget.money, trial.cost, "money"),
        ):
            if limit is not None and known is None:
                self.stop(f"the agent does not tell what it spends: a budget in {word} cannot be kept", away=False)

    def count_void(self, job: Job, error: AgentError) -> None:
        self.void.append(Void(job.case.key, job.arm.name, job.run, error.message))
        self.in_a_row += 1
        if not isinstance(error, AgentAway):
            self.stop(f"{error.message} {error.hint}", away=False)
        elif self.in_a_row >= MOST_AWAY:
            self.stop(f"{self.in_a_row} trials in a row failed, the last one because {error.message}", away=True)

    def stop(self, why: str, *, away: bool) -> None:
        if not self.stopped:
            self.stopped, self.away = why, away


Listener = Callable[[Progress], object]


def run_trials(
    plan: Plan, bench: Bench, iteration: Path, *, earlier: Sequence[Path] = (), listen: Listener = lambda _: None
) -> Ran:
    """Make every trial of `plan` that `iteration` does not hold yet. The same trial of an `earlier` run is copied.

    A trial is void when its agent or judge fails; the next command makes it again. Ctrl-C ends the trials under way.
    """
    jobs = plan.jobs(bench)
    run = _Run(len(jobs), plan.budget)
    known = _index(earlier)
    todo = deque(job for job in jobs if not _is_there(job, bench, iteration, known, run))
    _tell(run, listen)
    under_way: dict[Future[Trial], Job] = {}
    pool = ThreadPoolExecutor(max_workers=plan.at_once)
    try:
        while under_way or (todo and not run.stopped):
            _start(pool, todo, under_way, run, lambda job: _make(job, bench, iteration), plan.at_once)
            _collect(under_way, run)
            _tell(run, listen)
    finally:  # without a failure nothing is under way any more
        bench.stop.set()
        wait(under_way, _PATIENCE)
        pool.shutdown(wait=False, cancel_futures=True)
    return Ran(
        run.made,
        run.kept,
        run.reused,
        run.total - run.made - run.kept,
        tuple(run.void),
        run.tokens,
        run.cost,
        run.stopped,
        run.away,
    )


def _is_there(job: Job, bench: Bench, iteration: Path, known: dict[str, Path], run: _Run) -> bool:
    place = trial_folder(iteration, job.case, job.arm.name, job.run)
    key = key_of(job, bench)
    found = load_trial(place)
    if found is not None and found.key == key:
        run.kept += 1
        return True
    if key not in known:
        return False
    _copy(known[key], place, job)
    run.kept += 1
    run.reused += 1
    return True


def _index(earlier: Iterable[Path]) -> dict[str, Path]:
    """Key → folder of every whole trial of other runs."""
    found: dict[str, Path] = {}
    for iteration in earlier:
        for record in iteration.glob("*/*/run-*/trial.json"):
            trial = load_trial(record.parent)
            if trial is not None and trial.key:
                found[trial.key] = record.parent
    return found


def _copy(source: Path, place: Path, job: Job) -> None:
    part = part_folder(place)
    trial = load_trial(source)
    if trial is None:
        raise AssertionError(source)
    shutil.copytree(source, part, dirs_exist_ok=True)
    transcript = (source / "transcript.md").read_text(encoding="utf-8", errors="replace")
    marked = replace(trial, reused=trial.reused or source.parents[2].name)
    save_trial(part, marked, job.case, transcript.partition("## Transcript\n\n")[2].rstrip("\n"))
    finish_part(part, place)


def _start(
    pool: ThreadPoolExecutor,
    todo: deque[Job],
    under_way: dict[Future[Trial], Job],
    run: _Run,
    make: Callable[[Job], Trial],
    at_once: int,
) -> None:
    while todo and len(under_way) < at_once and not run.stopped:
        if why := run.exhausted(len(under_way)):
            run.stop(why, away=False)
            return
        job = todo.popleft()
        under_way[pool.submit(make, job)] = job


def _collect(under_way: dict[Future[Trial], Job], run: _Run) -> None:
    finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
    for future in finished:
        job = under_way.pop(future)
        try:
            run.count(future.result())
        except AgentError as error:
            run.count_void(job, error)
        except SkillFleetError:
            raise
        except Exception as error:  # noqa: BLE001  an agent may be anybody's plug-in
            run.count_void(job, AgentAway(f"{type(error).__name__}: {error}", ""))


def _make(job: Job, bench: Bench, iteration: Path) -> Trial:
    place = trial_folder(iteration, job.case, job.arm.name, job.run)
    part = part_folder(place)
    try:
        trial, answer = carry_out(job, bench, part)
        save_trial(part, trial, job.case, answer.transcript or answer.text)
        finish_part(part, place)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return trial


def _tell(run: _Run, listen: Listener) -> None:
    listen(Progress(run.made + run.kept, run.total, run.kept, len(run.void), run.tokens, run.cost))
