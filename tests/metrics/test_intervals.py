"""Intervals and exact tests against published and independent values."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest
from scipy.stats import bootstrap

from skill_fleet.metrics.intervals import (
    Interval,
    clustered_interval,
    mean_interval,
    sign_test,
    wilson,
)


def rounded(interval: Interval | None, digits: int = 4) -> tuple[float, float] | None:
    return None if interval is None else (round(interval.low, digits), round(interval.high, digits))


def holds(interval: Interval | None, value: float) -> bool:
    return interval is not None and interval.holds(value)


def test_wilson_gives_published_values() -> None:
    """The examples of Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I."""
    found = [rounded(wilson(hits, n)) for hits, n in ((81, 263), (15, 148), (0, 20), (1, 29))]
    assert found == [(0.2553, 0.3662), (0.0624, 0.1605), (0.0, 0.1611), (0.0061, 0.1718)]


@pytest.mark.parametrize(("hits", "n"), [(0, 3), (3, 3), (1.5, 3)])
def test_wilson_stays_between_0_and_1(hits: float, n: int) -> None:
    """Also at the ends, and for sums of values that are no hits."""
    interval = wilson(hits, n)
    assert 0.0 <= interval.low < interval.high <= 1.0
    assert holds(interval, hits / n)


def test_nothing_is_known_from_nothing() -> None:
    """Without a case every share is possible, and without a second value every mean."""
    assert wilson(0, 0) == Interval(0.0, 1.0)
    assert mean_interval([]) is None
    assert mean_interval([0.5]) is None
    assert clustered_interval([[], [1.0, 0.0]]) is None


def test_more_hits_than_cases_are_refused() -> None:
    """A share above 1 is a mistake of the caller."""
    with pytest.raises(ValueError, match="4 successes of 3"):
        wilson(4, 3)


def test_mean_interval_agrees_with_scipy() -> None:
    """The same method, written twice, agrees to a fiftieth of the interval's width."""
    values = [0.0, 0.2, 0.1, 1.0, 0.4, 0.0, 0.9, 0.3, 0.3, 0.1, 0.0, 0.6]
    ours = mean_interval(values)
    theirs = bootstrap((values,), np.mean, n_resamples=20_000, rng=np.random.default_rng(1)).confidence_interval
    assert ours is not None
    width = theirs.high - theirs.low
    assert abs(ours.low - theirs.low) < width / 50
    assert abs(ours.high - theirs.high) < width / 50


def test_equal_values_need_no_resampling() -> None:
    """All the same: no width, no warning, no division by nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mean_interval([1.0, 1.0, 1.0]) == Interval(1.0, 1.0)
        assert clustered_interval([[0.5, 0.5], [0.5]]) == Interval(0.5, 0.5)


def test_intervals_are_the_same_each_time() -> None:
    """One seed, one answer."""
    values = [random.Random(7).random() for _ in range(50)]  # noqa: S311  no secret
    assert mean_interval(values) == mean_interval(values)


def test_values_that_belong_together_are_less_sure() -> None:
    """Five groups of ten equal values hold five pieces of news, not fifty."""
    groups = [[float(number % 2)] * 10 for number in range(5)]
    together, apart = clustered_interval(groups), mean_interval([value for group in groups for value in group])
    assert together is not None
    assert apart is not None
    assert together.high - together.low > 2 * (apart.high - apart.low)


def test_clustered_intervals_cover() -> None:
    """Of 200 samples of 30 groups, the interval holds the true mean in about 95 %."""
    source = np.random.default_rng(11)
    covered = 0
    for _ in range(200):
        centres = source.beta(2, 1.5, 30)
        groups = [list((source.random(6) < centre).astype(float)) for centre in centres]
        interval = clustered_interval(groups)
        covered += holds(interval, 2 / 3.5)
    assert 180 <= covered <= 199


def test_paired_differences_of_one_sign_exclude_zero() -> None:
    """Ten queries that all lose a little are a loss; ten that go both ways say nothing."""
    lost, both = mean_interval([-0.1, -0.2] * 5), mean_interval([-0.3, 0.3] * 5)
    assert lost is not None
    assert lost.high < 0
    assert holds(both, 0.0)


def test_sign_test_is_exact() -> None:
    """2 / 2^n when all pairs go one way; ties say nothing."""
    assert [sign_test(0, 5), sign_test(6, 0), sign_test(3, 3), sign_test(0, 0)] == [0.0625, 0.03125, 1.0, 1.0]
