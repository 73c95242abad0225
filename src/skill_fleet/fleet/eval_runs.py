"""Runs that were made, here or by skill-creator: found, read, listed and compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from skill_fleet.errors import EvalsError, NotFound
from skill_fleet.evals.benchmark import Facts, save_benchmark
from skill_fleet.evals.creator_files import load_trials
from skill_fleet.evals.pairs import Preferences, load_pairs
from skill_fleet.evals.run_record import RunRecord, find_run, iterations
from skill_fleet.evals.runner import Ran
from skill_fleet.evals.summary import Summary, compare_runs, summarize
from skill_fleet.evals.trial import Trial
from skill_fleet.library.folder import FleetFolder
from skill_fleet.metrics.lift import Lift, adjusted


@dataclass(frozen=True, slots=True)
class EvalRun:
    """A run as it lies in `folder`. `record` is None for a foreign one; `ran` is what this command did, `pairs` what
    the judge preferred when pairs were last judged."""

    folder: Path
    record: RunRecord | None
    trials: tuple[Trial, ...]
    summary: Summary
    ran: Ran | None = None
    pairs: Preferences | None = None

    @property
    def skill(self) -> str:
        return self.record.skill if self.record else self.folder.resolve().parent.name.removesuffix("-workspace")

    @property
    def notes(self) -> tuple[str, ...]:
        return self.record.notes if self.record else ("not made by skill-fleet: whether arms were fair is not known",)


@dataclass(frozen=True, slots=True)
class Listed:
    """A skill's latest run; `adjusted` is its p among all that are listed, after Benjamini and Hochberg."""

    run: EvalRun
    adjusted: float | None


@dataclass(frozen=True, slots=True)
class RunComparison:
    """Two runs: the arm that was compared, and the baseline's own change as a control, where both have one."""

    before: EvalRun
    after: EvalRun
    lift: Lift
    control: Lift | None


def evals_folder(fleet: FleetFolder) -> Path:
    """Runs lie below, by skill."""
    return fleet.state / "evals"


def load_run(folder: Path) -> EvalRun:
    """Raises `NotFound` without a folder, and `EvalsError` for one that holds no finished trial and is no run."""
    if not folder.is_dir():
        raise NotFound(f"there is no run at {folder}.", "See them with `skill-fleet eval show`.")
    record = find_run(folder)
    trials = load_trials(folder)
    if record is None and not trials:
        raise EvalsError(f"{folder} holds no graded trial.", "Name a folder like iteration-1, with eval-… in it.")
    missing = record.missing(trials) if record else 0
    return EvalRun(folder, record, trials, summarize(trials, missing), pairs=load_pairs(folder))


def find_evals(fleet: FleetFolder, ref: str) -> EvalRun:
    """A run by its folder, or the latest one of a skill or of a folder of iterations. Raises `NotFound`."""
    for place in (Path(ref), evals_folder(fleet) / ref):
        if there := iterations(place):
            return load_run(there[-1])
        if place.is_dir():
            return load_run(place)
    raise NotFound(f"there is no run {ref!r}.", "See them with `skill-fleet eval show`, or name a folder.")


def list_evals(fleet: FleetFolder) -> list[Listed]:
    """The latest run of each skill."""
    root = evals_folder(fleet)
    folders = sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
    runs = [load_run(there[-1]) for folder in folders if (there := iterations(folder))]
    tested = [run for run in runs if run.summary.headline and run.summary.headline.p is not None]
    ps = adjusted([_p(run) for run in tested])
    by_folder = {run.folder: p for run, p in zip(tested, ps, strict=True)}
    return [Listed(run, by_folder.get(run.folder)) for run in runs]


def compare_evals(fleet: FleetFolder, before: str, after: str, arm: str) -> RunComparison:
    """One arm of two runs, paired by case. Raises `EvalsError` when no case is in both."""
    old, new = find_evals(fleet, before), find_evals(fleet, after)
    lift = compare_runs(old.trials, new.trials, arm)
    if not lift.changes:
        raise EvalsError(
            f"no case has trials of the arm {arm} in both runs.", f"They have {_arms(old)} and {_arms(new)}."
        )
    control = compare_runs(old.trials, new.trials, "none") if arm != "none" else None
    return RunComparison(old, new, lift, control if control and control.changes else None)


def _arms(run: EvalRun) -> str:
    return ", ".join(arm.arm for arm in run.summary.arms) or "no trials"


def _p(run: EvalRun) -> float:
    headline = run.summary.headline
    return headline.p if headline and headline.p is not None else 1.0


def save_benchmark_of(run: EvalRun) -> None:
    """Write `benchmark.json` and `benchmark.md` into the run's folder."""
    save_benchmark(run.folder, facts_of(run), run.trials, run.summary, run.notes)


def facts_of(run: EvalRun) -> Facts:
    record = run.record
    if record is None:
        return Facts(run.skill, "", "", "", "", "", _most_runs(run.trials), {})
    names = {str(case.id): (case.id, case.name) for case in record.cases}
    return Facts(
        record.skill, record.path, record.agent, record.model, record.judge, record.created, record.runs, names
    )


def _most_runs(trials: Sequence[Trial]) -> int:
    return max((trial.run for trial in trials), default=0)
