"""Lift: is an agent better with a skill than without it? Statistics over trials that were already made and graded.

The unit is the task. The runs of a task are averaged first, because they are alike: counting them one by one, or
drawing them one by one in a bootstrap, finds differences that are not there in up to 15 of 100 comparisons. The test is
the sign-flip permutation test of the paired differences of the tasks. Where a skill does nothing it asks nothing of
their distribution, and below six tasks it cannot come out significant: then the verdict is `untested`.

The interval holds every lift that the test does not reject: up to 16 tasks, where both are counted out, the two never
contradict each other; beyond, where both are drawn, they did in 5 of 900 experiments. The BCa
bootstrap interval stands beside it; of 6 to 10 tasks it holds the true lift in 85 to 93 of 100 experiments instead of
95 (`benchmarks/lift.py`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from skill_fleet.metrics.intervals import SEED, Interval, mean_interval
from skill_fleet.metrics.score import Band, Flaw, Score

ALPHA = 0.05
LEAST_TASKS = 6
"""With n tasks no two-sided p is below 2 / 2^n: .0625 for five of them, .031 for six."""

EXACT_TASKS = 16
"""So many tasks, and fewer, have all their sign patterns, or all their subsets, counted: 65,536 at most."""

DRAWN = 20_000
"""Random patterns, or subsets, beyond that; a p of .05 is then known to within .003 (two standard errors)."""

MOST_FLAWS = 10
_SAME = 1e-9
_DIGITS = 9
"""Differences below are rounding."""

_POWER = 0.8

Verdict = Literal["helps", "no evidence", "hurts", "untested"]
"""helps, hurts: p is at most .05 · no evidence: it is not, which is no proof that nothing is there ·
untested: too few tasks, or too few trials that count."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One graded trial. `value` is the share of its checks that passed, 0 to 1; `triggered` says whether the agent read
    the skill; None is what is not known. `tokens` are those of the agent, `cost` is in US dollars."""

    task: str
    arm: str
    run: int
    value: float
    tokens: int | None = None
    seconds: float | None = None
    cost: float | None = None
    triggered: bool | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One task: mean value over its runs without (`before`) and with (`after`)."""

    task: str
    before: float
    after: float

    @property
    def difference(self) -> float:
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Triggers:
    """Lift in two factors: `share` of the trials in which the skill was read, the mean lift of those, and of the
    others. share · read + (1 - share) · unread is the lift, when every task has as many runs."""

    share: float
    read: float | None
    unread: float | None


@dataclass(frozen=True, slots=True)
class Lift:
    """One arm against another over the tasks that have trials of both. Values, the lift and its interval are between
    -1 and 1 (a lift of .17 is +17 points), ratios are after to before; None is what cannot be said.

    `gain` is the part of what was missing that was won, or of what was there that was lost; `worse` the share of tasks
    that got worse; `detectable` about the least true lift that as many tasks, as spread as these, show in 80 of
    100 experiments.
    """

    arm: str
    baseline: str
    changes: tuple[Change, ...]
    trials: int
    before: float | None
    after: float | None
    mean: float | None
    interval: Interval | None
    bca: Interval | None
    p: float | None
    verdict: Verdict
    note: str
    gain: float | None = None
    worse: float | None = None
    detectable: float | None = None
    tokens: float | None = None
    seconds: float | None = None
    cost: float | None = None
    triggers: Triggers | None = None

    @property
    def tasks(self) -> int:
        return len(self.changes)


def measure_lift(outcomes: Iterable[Outcome], arm: str, baseline: str, *, alpha: float = ALPHA) -> Lift:
    """`arm` against `baseline`. Tasks without a trial of either are left out. Deterministic."""
    kept = _paired([outcome for outcome in outcomes if outcome.arm in (arm, baseline)], arm, baseline)
    changes = _changes(kept, arm, baseline)
    differences = [change.difference for change in changes]
    p = sign_flip(differences) if len(changes) >= LEAST_TASKS else None
    verdict, note = _judge(differences, p, alpha)
    before, after = (_mean([value(change) for change in changes]) for value in (_before, _after))
    return Lift(
        arm,
        baseline,
        changes,
        len(kept),
        before,
        after,
        _mean(differences),
        accepted_interval(differences, alpha),
        mean_interval(differences),
        p,
        verdict,
        note,
        gain=normalised_gain(before, after),
        worse=_mean([float(difference < -_SAME) for difference in differences]),
        detectable=_detectable(differences),
        tokens=_ratio(kept, arm, baseline, lambda outcome: outcome.tokens),
        seconds=_ratio(kept, arm, baseline, lambda outcome: outcome.seconds),
        cost=_ratio(kept, arm, baseline, lambda outcome: outcome.cost),
        triggers=_triggers(kept, arm, changes),
    )


def sign_flip(differences: Sequence[float], *, seed: int = SEED) -> float:
    """The two-sided p of the sign-flip permutation test: how often is the sum as large when every difference may as
    well have had the other sign. Exact up to `EXACT_TASKS` tasks that differ, else from `DRAWN` random patterns,
    the observed one included (Phipson and Smyth 2010). 1 when no task differs."""
    values = np.array([value for value in differences if abs(value) > _SAME], dtype=np.float64)
    if not len(values):
        return 1.0
    observed = abs(float(values.sum())) - _SAME
    if len(values) <= EXACT_TASKS:
        return float((np.abs(_all_sums(values)) >= observed).mean())
    signs = np.random.default_rng(seed).integers(0, 2, (DRAWN, len(values)), dtype=np.int8)
    hits = int((np.abs((2.0 * signs - 1.0) @ values) >= observed).sum())
    return (hits + 1) / (DRAWN + 1)


def _all_sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sums under every pattern of signs; the first sign stays, because the mirrored patterns count the same."""
    sums = values[:1]
    for value in values[1:]:
        sums = np.concatenate([sums + value, sums - value])
    return sums


def accepted_interval(differences: Sequence[float], alpha: float = ALPHA, *, seed: int = SEED) -> Interval | None:
    """The mean lifts that the sign-flip test does not reject: from one order statistic of the means of all subsets of
    the tasks to another ("typical values", Hartigan 1969). None below `LEAST_TASKS`, and when all moved alike: how much
    tasks differ is then not known, and an interval without width would claim to know it."""
    values = np.array(differences, dtype=np.float64)
    if len(values) < LEAST_TASKS or float(np.ptp(values)) < _SAME:
        return None
    # Rounded, because a mean of zero comes out a hair beside it, and the test holds such sums for equal.
    means = np.round(_subset_means(values, seed), _DIGITS)
    beyond = max(int(alpha / 2 * (len(means) + 1)), 1)
    ends = np.partition(means, [beyond - 1, len(means) - beyond])
    return Interval(float(ends[beyond - 1]), float(ends[len(means) - beyond]))


def _subset_means(values: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Of every subset but the empty one, or of random ones where they are too many."""
    if len(values) > EXACT_TASKS:
        chosen = np.random.default_rng(seed).integers(0, 2, (DRAWN, len(values)), dtype=np.int8)
        chosen = chosen[chosen.any(axis=1)]
        drawn: NDArray[np.float64] = (chosen @ values) / chosen.sum(axis=1)
        return drawn
    sums, counts = np.zeros(1), np.zeros(1)
    for value in values:
        sums, counts = np.concatenate([sums, sums + value]), np.concatenate([counts, counts + 1])
    return sums[1:] / counts[1:]


def normalised_gain(before: float | None, after: float | None) -> float | None:
    """What was won of what was missing, or, below zero, what was lost of what was there (Marx and Cummings 2007);
    None where nothing could be won or lost."""
    if before is None or after is None:
        return None
    room = 1.0 - before if after >= before else before
    return (after - before) / room if room > _SAME else None


def adjusted(ps: Sequence[float]) -> list[float]:
    """The p values of many skills after Benjamini and Hochberg (1995): of those at most .05, 5 % are false at most, on
    average."""
    order = sorted(range(len(ps)), key=lambda place: ps[place])
    result, least = [1.0] * len(ps), 1.0
    for rank in range(len(ps), 0, -1):
        place = order[rank - 1]
        least = min(least, ps[place] * len(ps) / rank)
        result[place] = least
    return result


def lift_score(lift: Lift) -> Score:
    """The layer `lift`: .5 for no difference, 0 and 1 for the most there can be. Only `hurts` blocks; without a verdict
    there is no value, and the note says why."""
    bands: dict[Verdict, Band] = {"helps": "ok", "no evidence": "warn", "hurts": "block", "untested": "warn"}
    if lift.verdict == "untested" or lift.mean is None:
        return Score("lift", None, "warn", note=lift.note)
    flaws = tuple(_flaw(change, len(lift.changes)) for change in _worst(lift))
    return Score("lift", (1 + lift.mean) / 2, bands[lift.verdict], flaws=flaws, note=lift.note)


def _worst(lift: Lift) -> list[Change]:
    falls = sorted((change for change in lift.changes if change.difference < -_SAME), key=lambda c: c.difference)
    return falls[:MOST_FLAWS]


def _flaw(change: Change, tasks: int) -> Flaw:
    return Flaw(
        "lift",
        "lift.worse",
        f"Case {change.task} passes {change.after:.0%} with the skill and {change.before:.0%} without it.",
        "Compare the outputs of both arms, and mend what the skill told wrong or say for what it is not meant.",
        file="evals/evals.json",
        cost=-change.difference / (2 * tasks),
        evidence=change.task,
    )


def _paired(outcomes: Sequence[Outcome], arm: str, baseline: str) -> list[Outcome]:
    tasks = [{outcome.task for outcome in outcomes if outcome.arm == name} for name in (arm, baseline)]
    return [outcome for outcome in outcomes if outcome.task in tasks[0] & tasks[1]]


def _changes(outcomes: Sequence[Outcome], arm: str, baseline: str) -> tuple[Change, ...]:
    values: dict[str, dict[str, list[float]]] = {}
    for outcome in outcomes:
        values.setdefault(outcome.task, {arm: [], baseline: []})[outcome.arm].append(outcome.value)
    return tuple(
        Change(task, float(np.mean(found[baseline])), float(np.mean(found[arm]))) for task, found in values.items()
    )


def _judge(differences: Sequence[float], p: float | None, alpha: float) -> tuple[Verdict, str]:
    if p is None:
        tasks = f"{len(differences)} task" + ("" if len(differences) == 1 else "s")
        return "untested", f"not testable: {tasks}, at least {LEAST_TASKS}"
    if p > alpha:
        return "no evidence", ""
    return ("helps" if sum(differences) > 0 else "hurts"), ""


def _detectable(differences: Sequence[float]) -> float | None:
    """About: by Student's t, which needs a little less than the test does."""
    n = len(differences)
    if n < LEAST_TASKS or max(differences) - min(differences) < _SAME:
        return None
    reach = float(stdtrit(n - 1, 1 - ALPHA / 2) + stdtrit(n - 1, _POWER))
    return reach * float(np.std(differences, ddof=1)) / math.sqrt(n)


def _ratio(
    outcomes: Sequence[Outcome], arm: str, baseline: str, read: Callable[[Outcome], float | None]
) -> float | None:
    """Mean over mean, of the tasks for which both arms tell it: the mean of a task first, then over the tasks."""
    found: dict[str, dict[str, list[float]]] = {}
    for outcome in outcomes:
        if (value := read(outcome)) is not None:
            found.setdefault(outcome.task, {}).setdefault(outcome.arm, []).append(value)
    pairs = [(np.mean(by[arm]), np.mean(by[baseline])) for by in found.values() if len(by) > 1]
    above: float = sum(float(pair[0]) for pair in pairs)
    below: float = sum(float(pair[1]) for pair in pairs)
    return above / below if below > 0 else None


def _triggers(outcomes: Sequence[Outcome], arm: str, changes: Sequence[Change]) -> Triggers | None:
    """None as soon as one trial of the arm does not tell: those that tell may be others than those that do not."""
    trials = [outcome for outcome in outcomes if outcome.arm == arm]
    if not trials or any(outcome.triggered is None for outcome in trials):
        return None
    before = {change.task: change.before for change in changes}
    lifts = {
        read: [outcome.value - before[outcome.task] for outcome in trials if outcome.triggered is read]
        for read in (True, False)
    }
    return Triggers(len(lifts[True]) / len(trials), _mean(lifts[True]), _mean(lifts[False]))


def _before(change: Change) -> float:
    return change.before


def _after(change: Change) -> float:
    return change.after


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None
