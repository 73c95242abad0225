"""`benchmark.json` and `benchmark.md` of a run, in skill-creator's form; the statistics it lacks stand under `lift`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean, stdev

from skill_fleet.evals.creator_files import FOLDERS, save_record
from skill_fleet.evals.summary import Summary
from skill_fleet.evals.trial import Trial
from skill_fleet.metrics.intervals import Interval
from skill_fleet.metrics.lift import Lift

_OTHERWISE = frozenset({"interval", "bca", "tokens", "seconds", "cost"})
"""Fields of a `Lift` that its JSON has in another form."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a benchmark says about itself. `names` leads from a case's key to its id and name as they were written."""

    skill: str
    path: str
    agent: str
    model: str
    judge: str
    when: str
    runs: int
    names: Mapping[str, tuple[int | str, str]]


def save_benchmark(
    iteration: Path, facts: Facts, trials: Sequence[Trial], summary: Summary, notes: Sequence[str]
) -> None:
    save_record(iteration / "benchmark.json", render_benchmark(facts, trials, summary, notes))
    (iteration / "benchmark.md").write_text(render_markdown(facts, summary, notes), encoding="utf-8", errors="replace")


def render_benchmark(
    facts: Facts, trials: Sequence[Trial], summary: Summary, notes: Sequence[str]
) -> dict[str, object]:
    """The document skill-creator's viewer takes; `lift` is ours."""
    ordered = sorted(trials, key=lambda trial: list(FOLDERS).index(trial.arm) if trial.arm in FOLDERS else len(FOLDERS))
    seen = {trial.case for trial in trials}
    return {
        "metadata": {
            "skill_name": facts.skill,
            "skill_path": facts.path,
            "executor_model": f"{facts.agent} {facts.model}".strip(),
            "analyzer_model": facts.judge,
            "timestamp": facts.when,
            "evals_run": [ident for key, (ident, _) in facts.names.items() if key in seen],
            "runs_per_configuration": facts.runs,
        },
        "runs": [_run(trial, facts) for trial in ordered],
        "run_summary": _run_summary(ordered),
        "notes": list(notes),
        "lift": [plain_lift(lift) for lift in summary.lifts],
    }


def plain_lift(lift: Lift) -> dict[str, object]:
    """A comparison as JSON. Lifts and values are shares, ratios are after to before."""
    plain = {name: value for name, value in asdict(lift).items() if name not in _OTHERWISE}
    return {
        **plain,
        "tasks": lift.tasks,
        "interval": _ends(lift.interval),
        "bca": _ends(lift.bca),
        "ratios": {"tokens": lift.tokens, "seconds": lift.seconds, "cost": lift.cost},
    }


def _ends(interval: Interval | None) -> list[float] | None:
    return [interval.low, interval.high] if interval else None


def _run(trial: Trial, facts: Facts) -> dict[str, object]:
    ident, name = facts.names.get(trial.case, (trial.case, trial.case))
    passed, total = sum(check.passed for check in trial.checks), len(trial.checks)
    return {
        "eval_id": ident,
        "eval_name": name,
        "configuration": FOLDERS.get(trial.arm, trial.arm),
        "run_number": trial.run,
        "result": {
            "pass_rate": round(trial.value, 4),
            "passed": passed,
            "failed": total - passed,
            "total": total,
            "time_seconds": trial.seconds,
            "tokens": trial.tokens,
            "errors": 0,
        },
        "expectations": [asdict(check) for check in trial.checks],
        "notes": ["ended at the time limit"] if trial.ended == "too slow" else [],
    }


def _run_summary(trials: Sequence[Trial]) -> dict[str, object]:
    """Mean and spread over all runs of an arm, as skill-creator counts them; the first two arms make the delta."""
    arms = list(dict.fromkeys(trial.arm for trial in trials))
    found = {FOLDERS.get(arm, arm): _spreads([trial for trial in trials if trial.arm == arm]) for arm in arms}
    if len(found) > 1:
        first, second = list(found.values())[:2]
        forms = {"pass_rate": "+.2f", "time_seconds": "+.1f", "tokens": "+.0f"}
        delta = {key: format(first[key]["mean"] - second[key]["mean"], form) for key, form in forms.items()}
        return {**found, "delta": delta}
    return dict(found)


def _spreads(trials: Sequence[Trial]) -> dict[str, dict[str, float]]:
    return {
        "pass_rate": _spread([trial.value for trial in trials]),
        "time_seconds": _spread([trial.seconds or 0.0 for trial in trials]),
        "tokens": _spread([float(trial.tokens or 0) for trial in trials]),
    }


def _spread(values: Sequence[float]) -> dict[str, float]:
    return {
        "mean": round(mean(values), 4),
        "stddev": round(stdev(values), 4) if len(values) > 1 else 0.0,
        "min": round(min(values), 4),
        "max": round(max(values), 4),
    }


def render_markdown(facts: Facts, summary: Summary, notes: Sequence[str]) -> str:
    rows = "\n".join(f"| {' | '.join(row)} |" for row in table_rows(summary)[1:])
    head = table_rows(summary)[0]
    parts = [
        f"# Benchmark: {facts.skill}",
        f"Agent {facts.agent} {facts.model}".rstrip() + f" · judge {facts.judge or 'none'} · {facts.when}",
        f"| {' | '.join(head)} |\n|{' --- |' * len(head)}\n{rows}",
        "\n".join(f"* {note}" for note in notes),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


HEAD = ("arm", "tasks", "trials", "pass rate", "lift", "95 % interval", "p", "verdict", "tokens", "seconds")


def table_rows(summary: Summary) -> list[list[str]]:
    """The head, a row for each arm, with its lift over none, and a row for each other comparison."""
    lifts = {(lift.arm, lift.baseline): lift for lift in summary.lifts}
    rows = [list(HEAD)]
    for arm in summary.arms:
        lift = lifts.pop((arm.arm, "none"), None)
        begin = [arm.arm, str(arm.tasks), str(arm.trials), f"{arm.pass_rate:.0%}"]
        rows.append(
            [*begin, *lift_cells(lift), _amount(arm.tokens, lift.tokens if lift else None), _seconds(arm.seconds)]
        )
    for (name, base), lift in lifts.items():
        begin = [f"{name} − {base}", str(lift.tasks), str(lift.trials), ""]  # noqa: RUF001  a minus is meant
        rows.append([*begin, *lift_cells(lift), _ratio(lift.tokens), _ratio(lift.seconds)])
    return rows


def lift_cells(lift: Lift | None) -> list[str]:
    """Lift, interval, p and verdict; blank for the arm the others are compared with."""
    if lift is None:
        return ["", "", "", ""]
    interval = f"{_points(lift.interval.low)} to {_points(lift.interval.high)}" if lift.interval else "-"
    return [
        "-" if lift.mean is None else _points(lift.mean),
        interval,
        "-" if lift.p is None else f"{lift.p:.3f}",
        f"{lift.verdict} ({lift.note})" if lift.note else lift.verdict,
    ]


def _points(value: float) -> str:
    return f"{100 * value:+.0f}"


def _amount(tokens: float | None, ratio: float | None) -> str:
    if tokens is None:
        return "-"
    return f"{tokens:,.0f}" + (f" ({_ratio(ratio)})" if ratio is not None else "")


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f}x"


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}"
