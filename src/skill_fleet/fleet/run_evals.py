"""A skill against no skill: cases, arms and an agent become trials, and trials become a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from skill_fleet.clock import now
from skill_fleet.errors import Conflict, EvalsError, NotFound
from skill_fleet.evals.agents.agent import Offered
from skill_fleet.evals.agents.find import AgentChoice, find_agent, find_judge
from skill_fleet.evals.arms import Arm, ArmName, ArmPlan, digest_folder, make_arms, offer
from skill_fleet.evals.cases import CaseSet, digest, load_cases
from skill_fleet.evals.creator_files import clear_parts, load_trials
from skill_fleet.evals.judge import Judge, check_judge
from skill_fleet.evals.leaks import find_leaks
from skill_fleet.evals.notes import plan_notes, result_notes
from skill_fleet.evals.pairs import judge_pairs
from skill_fleet.evals.run_record import (
    CaseName,
    RunRecord,
    choose_iteration,
    find_run,
    identity_of,
    iterations,
    save_run,
)
from skill_fleet.evals.runner import Budget, Listener, Plan, Ran, run_trials
from skill_fleet.evals.trial import Bench, is_gradable
from skill_fleet.fleet.eval_runs import EvalRun, evals_folder, load_run, save_benchmark_of
from skill_fleet.fleet.targets import find_targets
from skill_fleet.fleet.versions import version_of
from skill_fleet.library.catalog import find_files
from skill_fleet.library.disk import locked
from skill_fleet.library.folder import FleetFolder
from skill_fleet.skill.folder import load_folder


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What `eval run` takes. `skill` is a name or a path; `evals` the skill's own when None; `previous` a folder,
    `@previous` or `git:REV`; `placebos` a folder of skills, the fleet's when None; `beside` are skills or folders of
    skills on offer in every arm."""

    skill: str
    evals: Path | None = None
    agent: AgentChoice = field(default_factory=AgentChoice)
    arms: tuple[ArmName, ...] = ("none", "skill")
    previous: str = ""
    placebos: Path | None = None
    beside: tuple[Path, ...] = ()
    judge: str = ""
    judge_model: str = ""
    pairs: bool = False
    runs: int = 3
    seed: int = 0
    at_once: int = 2
    seconds: float = 600.0
    budget: Budget = field(default_factory=Budget)
    out: Path | None = None
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class _Setup:
    """Everything a run needs, made before its first trial. `skill` is the folder the arms were copied from."""

    skill: Path
    cases: CaseSet
    arms: tuple[Arm, ...]
    bench: Bench
    record: RunRecord


def run_evals(fleet: FleetFolder, request: RunRequest, listen: Listener) -> EvalRun:
    """Make the trials that are not there yet, and say what all of them show.

    Raises `NotFound`, `EvalsError` and `AgentError` before the first trial; afterwards failures are in the result.
    """
    if "skill" not in request.arms and "forced" not in request.arms:
        raise EvalsError("neither skill nor forced is among the arms.", "Add one: --arms none,skill.")
    if request.pairs and not request.judge:
        raise EvalsError("pairs need a judge.", "Name one with --judge, or leave --pairs out.")
    with TemporaryDirectory(prefix="skill-fleet-") as place, _setup(fleet, request, Path(place)) as setup:
        out = request.out or evals_folder(fleet) / setup.record.skill
        with _alone(out):
            return _run(request, setup, out, listen)


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Two commands that make the same trials would pay twice."""
    with locked(out / ".lock"):
        yield


def _run(request: RunRequest, setup: _Setup, out: Path, listen: Listener) -> EvalRun:
    iteration = choose_iteration(out, setup.record, fresh=request.fresh)
    earlier = find_run(iteration)
    record = setup.record.joined(earlier) if earlier else setup.record
    save_run(iteration, record)
    clear_parts(iteration)
    plan = Plan(setup.cases.cases, setup.arms, request.runs, request.seed, request.at_once, request.budget)
    others = () if request.fresh else [path for path in iterations(out) if path != iteration]
    ran = run_trials(plan, setup.bench, iteration, earlier=others, listen=listen)
    if request.pairs and setup.bench.judge is not None:
        judge_pairs(iteration, setup.cases.cases, load_trials(iteration), setup.bench.judge)
    return _finish(iteration, record, ran)


def _finish(iteration: Path, record: RunRecord, ran: Ran) -> EvalRun:
    run = load_run(iteration)
    told = tuple(dict.fromkeys((*record.notes, *result_notes(run.trials, ran, run.summary))))
    save_run(iteration, replace(record, notes=told))
    found = replace(load_run(iteration), ran=ran)
    save_benchmark_of(found)
    return found


@contextmanager
def _setup(fleet: FleetFolder, request: RunRequest, place: Path) -> Iterator[_Setup]:
    targets = find_targets(fleet, [request.skill])
    if len(targets) > 1:
        raise Conflict(f"{request.skill} holds {len(targets)} skills.", "Name one of them.")
    target = targets[0]
    skill = target.file.parent
    found = load_folder(skill)
    cases = load_cases(request.evals or skill)
    judge = find_judge(request.judge, request.judge_model)
    with _previous(fleet, request) as previous:
        plan = ArmPlan(request.arms, skill, previous, tuple(_placebos(fleet, request)))
        arms = make_arms(plan, place / "arms")
    beside = tuple(_beside(request, place / "beside"))
    bench = _bench(request, cases, judge, beside, place)
    name = found.skill.name or skill.name
    yield _Setup(skill, cases, arms, bench, _record(request, bench, skill, name, cases, arms))


@contextmanager
def _previous(fleet: FleetFolder, request: RunRequest) -> Iterator[Path | None]:
    if "previous" not in request.arms or not request.previous:
        yield None
        return
    target = find_targets(fleet, [request.skill])[0]
    with version_of(fleet, target, request.previous) as page:
        if page.folder is None:
            raise NotFound(f"{request.previous} is no folder with a skill.", "Name the folder of the earlier version.")
        yield page.folder


def _placebos(fleet: FleetFolder, request: RunRequest) -> list[Path]:
    """Only looked for when there is such an arm."""
    if "placebo" not in request.arms:
        return []
    return sorted(file.parent for file in find_files(request.placebos or fleet.skills, lambda _: None))


def _beside(request: RunRequest, place: Path) -> Iterator[Offered]:
    files = [file for path in request.beside for file in find_files(path, lambda _: None)]
    for number, file in enumerate(sorted(set(files))):
        yield offer(file.parent, place / str(number))


def _bench(request: RunRequest, cases: CaseSet, judge: Judge | None, beside: tuple[Offered, ...], place: Path) -> Bench:
    solutions = {
        case.prompt: "\n\n".join([case.expected, *case.expectations, *(check.text for check in case.checks)])
        for case in cases.cases
    }
    agent = find_agent(replace(request.agent, solutions=solutions))
    seen = digest_folder(place / "beside") if beside else ""
    return Bench(agent, judge, cases.folder, beside, seen, request.seconds)


def _record(
    request: RunRequest, bench: Bench, skill: Path, name: str, cases: CaseSet, arms: tuple[Arm, ...]
) -> RunRecord:
    judge = bench.judge
    gradable = [case for case in cases.cases if is_gradable(case, judge)]
    own = next(arm.digest for arm in arms if arm.name in ("skill", "forced"))
    parts = [own, *(digest(case) for case in cases.cases), bench.agent.recipe, judge.recipe if judge else ""]
    record = RunRecord(
        identity=identity_of([*parts, str(request.seed), bench.beside_digest, f"{request.seconds:g}"]),
        skill=name,
        path=str(skill),
        agent=bench.agent.name,
        model=bench.agent.model,
        judge=_judge_name(request, judge),
        created=now().isoformat(timespec="seconds"),
        seed=request.seed,
        runs=request.runs,
        arms={arm.name: arm.digest for arm in arms},
        cases=tuple(CaseName(case.id, case.name) for case in gradable),
        untested=tuple(CaseName(case.id, case.name) for case in cases.cases if case not in gradable),
    )
    leaks = find_leaks(skill, gradable, judge)
    told = [f"{arm.name}: {arm.note}" for arm in arms if arm.name in ("previous", "placebo")]
    return replace(record, notes=(*told, *plan_notes(record, leaks, check_judge(judge, bench.agent.model))))


def _judge_name(request: RunRequest, judge: Judge | None) -> str:
    return f"{request.judge} {judge.model}".strip() if judge else ""
