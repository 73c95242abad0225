"""What the trials of a run say: each arm, each comparison, and everything a reader has to know beside the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from statistics import mean

from skill_fleet.evals.trial import Trial, outcome_of
from skill_fleet.metrics.lift import Lift, Outcome, measure_lift

MOST_MISSING = 0.1
"""A run that lacks a larger share of its trials has no verdict: what is missing need not be like what is there."""

_ORDER = ("none", "skill", "forced", "previous", "placebo")
_PAIRS = (("skill", "none"), ("forced", "none"), ("previous", "none"), ("placebo", "none"))
_INNER_PAIRS = (("skill", "previous"), ("skill", "placebo"))


@dataclass(frozen=True, slots=True)
class ArmSummary:
    """`pass_rate` is the mean over tasks of the mean over runs; tokens, seconds and cost are means of a trial."""

    arm: str
    tasks: int
    trials: int
    pass_rate: float
    tokens: float | None
    seconds: float | None
    cost: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """`lifts` begins with the skill against none, where there are both."""

    arms: tuple[ArmSummary, ...]
    lifts: tuple[Lift, ...]

    @property
    def headline(self) -> Lift | None:
        return next((lift for lift in self.lifts if (lift.arm, lift.baseline) == ("skill", "none")), None)


def summarize(trials: Sequence[Trial], missing: int = 0) -> Summary:
    """`missing` is the number of trials that were meant to be made and do not count. Deterministic, whatever the
    order of `trials`."""
    outcomes = sorted((outcome_of(trial) for trial in trials), key=lambda one: (one.task, one.arm, one.run))
    names = {outcome.arm for outcome in outcomes}
    ordered = [*(name for name in _ORDER if name in names), *sorted(names.difference(_ORDER))]
    arms = tuple(_arm(name, [outcome for outcome in outcomes if outcome.arm == name]) for name in ordered)
    pairs = [(arm, base) for arm, base in (*_PAIRS, *_INNER_PAIRS) if {arm, base} <= names]
    pairs += [(name, "none") for name in ordered if name not in _ORDER and "none" in names]
    lifts = (measure_lift(outcomes, arm, base) for arm, base in pairs)
    share = missing / (missing + len(trials)) if trials else 0.0
    return Summary(arms, tuple(_without_verdict(lift, missing, share) for lift in lifts))


def _without_verdict(lift: Lift, missing: int, share: float) -> Lift:
    if share <= MOST_MISSING or lift.verdict == "untested":
        return lift
    return replace(lift, verdict="untested", note=f"not complete: {missing} trials are missing ({share:.0%})")


def _arm(name: str, outcomes: Sequence[Outcome]) -> ArmSummary:
    by_task = [
        mean(outcome.value for outcome in runs) for _, runs in groupby(outcomes, key=lambda outcome: outcome.task)
    ]
    return ArmSummary(
        name,
        len(by_task),
        len(outcomes),
        mean(by_task),
        _known_mean([outcome.tokens for outcome in outcomes]),
        _known_mean([outcome.seconds for outcome in outcomes]),
        _known_mean([outcome.cost for outcome in outcomes]),
    )


def _known_mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return mean(known) if known else None


def compare_runs(before: Sequence[Trial], after: Sequence[Trial], arm: str = "skill") -> Lift:
    """One arm in two runs, paired by case: `after` against `before`. Cases of one run alone are left out."""
    outcomes = [
        replace(outcome_of(trial), arm=name)
        for name, trials in (("before", before), ("after", after))
        for trial in trials
        if trial.arm == arm
    ]
    return measure_lift(sorted(outcomes, key=lambda one: (one.task, one.arm, one.run)), "after", "before")
