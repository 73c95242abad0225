"""Lift: the task is the unit, the test is exact where it can be, and too little is called too little."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from skill_fleet.metrics.lift import (
    EXACT_TASKS,
    Lift,
    Outcome,
    accepted_interval,
    adjusted,
    lift_score,
    measure_lift,
    normalised_gain,
    sign_flip,
)

DIFFERENCES = st.lists(st.integers(-3, 3).map(lambda thirds: thirds / 3), min_size=6, max_size=9)


def outcomes(*tasks: tuple[list[float], list[float]]) -> list[Outcome]:
    """For each task the values of its runs without and with."""
    return [
        Outcome(f"t{number}", arm, run, value)
        for number, values in enumerate(tasks)
        for arm, found in zip(("none", "skill"), values, strict=True)
        for run, value in enumerate(found, 1)
    ]


def lift_of(*differences: float) -> Lift:
    return measure_lift(outcomes(*(([0.5], [0.5 + difference]) for difference in differences)), "skill", "none")


def test_all_sign_patterns_are_counted() -> None:
    """The p of six tasks is a share of 64 patterns."""
    differences = [0.3, 0.1, 0.2, -0.1, 0.4, 0.2]
    sums = [
        sum(s * d for s, d in zip(signs, differences, strict=True)) for signs in itertools.product((1, -1), repeat=6)
    ]
    expected = sum(abs(total) >= abs(sum(differences)) - 1e-9 for total in sums) / 64
    assert expected == sign_flip(differences)
    assert 2 / 64 == sign_flip([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])


@pytest.mark.parametrize("differences", [[3, 1, -2, 2, 3, 1], [0, 1, -2, 3, -1, -1, 0], [1, 2, 3, 4, 5, 6, 7, -8]])
def test_the_test_agrees_with_scipys(differences: list[float]) -> None:
    """With `permutation_test` of paired samples, which counts the same patterns one by one."""
    expected = stats.permutation_test(
        (differences, [0.0] * len(differences)),
        lambda one, other, axis=-1: (one - other).sum(axis=axis),
        permutation_type="samples",
        n_resamples=10_000,
        vectorized=True,
    ).pvalue
    assert pytest.approx(expected) == sign_flip(differences)


def test_many_tasks_are_drawn_from_a_seed() -> None:
    """Beyond the exact size the same p comes out each time, near the one of a normal approximation, and never 0."""
    drawn = random.Random(1)  # noqa: S311  no secret
    differences = [drawn.gauss(0.1, 0.4) for _ in range(EXACT_TASKS + 14)]
    found = sign_flip(differences)
    assert found == sign_flip(differences)
    assert pytest.approx(float(stats.ttest_1samp(differences, 0).pvalue), abs=0.03) == found
    assert 0 < sign_flip([1.0] * 40) <= 1 / 20_000


@given(DIFFERENCES)
@example([-2 / 3, 1.0, 1.0, 1.0, 1.0, 1.0, -1 / 3, 2 / 3])
@settings(max_examples=30, deadline=None)
def test_interval_and_test_agree(differences: list[float]) -> None:
    """Zero lies outside of the interval exactly when the test rejects it."""
    interval = accepted_interval(differences)
    if interval is None:
        assert len(set(differences)) == 1
    else:
        assert (sign_flip(differences) > 0.05) is interval.holds(0.0)


def test_runs_are_averaged_before_tasks_are_compared() -> None:
    """Three hundred runs of three tasks are three tasks."""
    lift = measure_lift(outcomes(*[([0.0] * 100, [1.0] * 100)] * 3), "skill", "none")
    assert (3, 600, 1.0) == (lift.tasks, lift.trials, lift.mean)
    assert ("untested", None) == (lift.verdict, lift.p)
    assert "not testable: 3 tasks, at least 6" == lift.note


@pytest.mark.parametrize(
    ("differences", "verdict"),
    [
        ([0.5, 0.4, 0.3, 0.2, 0.1, 0.5], "helps"),
        ([-0.5, -0.4, -0.3, -0.2, -0.1, -0.5], "hurts"),
        ([0.5, -0.4, 0.3, -0.2, 0.1, -0.5], "no evidence"),
        ([0.0] * 6, "no evidence"),
        ([0.5] * 5, "untested"),
        ([], "untested"),
    ],
)
def test_verdicts(differences: list[float], verdict: str) -> None:
    """Significant and up, significant and down, neither, too few."""
    assert verdict == lift_of(*differences).verdict


def test_a_task_needs_both_arms() -> None:
    """What one arm alone did is left out of both."""
    found = [*outcomes(*[([0.0], [1.0])] * 6), Outcome("alone", "skill", 1, 0.0), Outcome("t0", "placebo", 1, 0.0)]
    lift = measure_lift(found, "skill", "none")
    assert (6, 12, 1.0) == (lift.tasks, lift.trials, lift.mean)


def test_equal_differences_have_no_interval() -> None:
    """An interval without width would claim to know how tasks differ."""
    lift = lift_of(*[0.25] * 8)
    assert (None, "helps") == (lift.interval, lift.verdict)


def test_gain_and_losses() -> None:
    """Half of what was missing; a quarter of what was there; nothing where there was no room."""
    assert [0.5, -0.25, None, None, 0.0] == [
        normalised_gain(0.5, 0.75),
        normalised_gain(1.0, 0.75),
        normalised_gain(1.0, 1.0),
        normalised_gain(None, 0.5),
        normalised_gain(0.5, 0.5),
    ]
    assert pytest.approx(2 / 6) == lift_of(0.5, -0.1, 0.2, -0.3, 0.0, 0.1).worse


def test_ratios_are_of_tasks_that_tell() -> None:
    """Twice the tokens; a trial that does not tell its tokens counts nothing; without any there is no ratio."""
    found = [
        Outcome(f"t{task}", arm, run, 1.0, tokens=None if (task, run) == (0, 2) else 100 * (1 + (arm == "skill")))
        for task in range(3)
        for arm in ("none", "skill")
        for run in (1, 2)
    ]
    lift = measure_lift(found, "skill", "none")
    assert (2.0, None, None) == (lift.tokens, lift.seconds, lift.cost)


def test_lift_is_read_times_lift_where_read() -> None:
    """Share · lift where the skill was read + the rest · lift where it was not is the lift."""
    found = [
        Outcome(
            f"t{task}", arm, run, float(arm == "skill" and run == 1), triggered=run == 1 if arm == "skill" else None
        )
        for task in range(6)
        for arm in ("none", "skill")
        for run in (1, 2)
    ]
    lift = measure_lift(found, "skill", "none")
    triggers = lift.triggers
    assert triggers is not None
    assert (0.5, 1.0, 0.0) == (triggers.share, triggers.read, triggers.unread)
    assert lift.mean == triggers.share * (triggers.read or 0) + (1 - triggers.share) * (triggers.unread or 0)


def test_triggers_are_told_by_all_or_not_at_all() -> None:
    """One trial that does not tell hides them: those that tell may be others."""
    found = [Outcome("t", "none", 1, 0.0), Outcome("t", "skill", 1, 1.0, triggered=True), Outcome("t", "skill", 2, 1.0)]
    assert measure_lift(found, "skill", "none").triggers is None


def test_many_skills_are_adjusted() -> None:
    """Benjamini and Hochberg: as scipy's, also for equal, single and no values."""
    ps = [0.01, 0.04, 0.03, 0.2, 0.04, 1.0]
    assert list(stats.false_discovery_control(ps)) == pytest.approx(adjusted(ps))
    assert ([], [0.3]) == (adjusted([]), adjusted([0.3]))


def test_the_score_blocks_harm_alone() -> None:
    """.5 is no difference; untested has no value and says why; each task that fell is a flaw, the worst first."""
    helps, hurts = lift_score(lift_of(*[0.2, 0.3] * 3)), lift_score(lift_of(*[-0.2, -0.3] * 3))
    nothing, untested = lift_score(lift_of(*[0.2, -0.2] * 3)), lift_score(lift_of(0.2))
    assert ["ok", "block", "warn", "warn"] == [score.band for score in (helps, hurts, nothing, untested)]
    assert [0.625, 0.375, 0.5, None] == [
        pytest.approx(s.value) if s.value else None for s in (helps, hurts, nothing, untested)
    ]
    assert "not testable: 1 task, at least 6" == untested.note
    assert ["t1", "t3", "t5", "t0", "t2", "t4"] == [flaw.evidence for flaw in hurts.flaws]
    assert () == helps.flaws


def test_a_spread_tells_what_can_be_found() -> None:
    """More tasks with the same spread find less; too few find nothing."""
    few, many = lift_of(*[0.5, -0.3, 0.1] * 2).detectable, lift_of(*[0.5, -0.3, 0.1] * 10).detectable
    assert few is not None
    assert many is not None
    assert few > many > 0
    assert lift_of(0.1, 0.2).detectable is None
