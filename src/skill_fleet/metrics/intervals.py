"""How sure a number is: intervals for shares and means, and exact tests for pairs. Deterministic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import binomtest

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONFIDENCE = 0.95
DRAWS = 4_000
"""Resamples of a bootstrap: its ends then move by about a hundredth of the interval's width from seed to seed."""

SEED = 20_260_801

_MOST_CELLS = 2_000_000
"""Numbers held at a time while resampling: 16 MB."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, both included, in the unit of what was estimated."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def wilson(successes: float, n: int, confidence: float = CONFIDENCE) -> Interval:
    """The score interval of Wilson (1927) for a share, 0 to 1; nothing is known from nothing: 0 to 1 without a case.

    `successes` may be a sum of values between 0 and 1: they vary no more than hits and misses of the same mean, so the
    interval is wide enough for their mean too. Raises `ValueError` when it is below 0 or above `n`.
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n}")
    if n == 0:
        return Interval(0.0, 1.0)
    share, z = successes / n, float(ndtri((1 + confidence) / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    return Interval(max(0.0, middle - reach), min(1.0, middle + reach))


def mean_interval(values: Sequence[float], confidence: float = CONFIDENCE, seed: int = SEED) -> Interval | None:
    """The BCa bootstrap interval of a mean (Efron 1987): the values are resampled. None below two of them.

    For pairs, hand in their differences. Where all values are equal it has no width: use `wilson` for a share.
    """
    return clustered_interval([[value] for value in values], confidence, seed)


def clustered_interval(
    groups: Sequence[Sequence[float]], confidence: float = CONFIDENCE, seed: int = SEED
) -> Interval | None:
    """The BCa bootstrap interval of the mean of all values, where whole groups are resampled.

    For values that belong together, such as the queries of one skill or the runs of one task: resampled one by one,
    they look surer than they are. None below two groups that hold values.
    """
    sums = np.array([sum(group) for group in groups if group], dtype=np.float64)
    sizes = np.array([len(group) for group in groups if group], dtype=np.float64)
    if len(sums) < 2:  # noqa: PLR2004  one group says nothing about the next
        return None
    mean = float(sums.sum() / sizes.sum())
    left_out = (sums.sum() - sums) / (sizes.sum() - sizes)
    if np.ptp(left_out) < 1e-12:  # noqa: PLR2004  rounding: whichever group is left out, the mean is the same
        return Interval(mean, mean)
    return _bca(_resampled(sums, sizes, seed), mean, left_out, confidence)


def sign_test(better: int, worse: int) -> float:
    """The two-sided p of the exact sign test: could as many pairs go one way by chance? Ties are left out.

    For hits and misses of the same queries this is McNemar's test in its exact form. 1 when no pair differs.
    """
    if better + worse == 0:
        return 1.0
    return float(binomtest(better, better + worse, 0.5).pvalue)


def _resampled(sums: NDArray[np.float64], sizes: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """The means of `DRAWS` resamples of the groups, sorted."""
    random = np.random.default_rng(seed)
    rows = max(1, _MOST_CELLS // len(sums))
    means: list[NDArray[np.float64]] = []
    for start in range(0, DRAWS, rows):
        drawn = random.integers(0, len(sums), (min(rows, DRAWS - start), len(sums)))
        means.append(sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1))
    return np.sort(np.concatenate(means))


def _bca(means: NDArray[np.float64], mean: float, left_out: NDArray[np.float64], confidence: float) -> Interval:
    """Bias-corrected and accelerated percentiles; Efron and Tibshirani, "An Introduction to the Bootstrap", 14.3."""
    below = (np.sum(means < mean) + np.sum(means <= mean)) / (2 * len(means))
    bias = float(ndtri(np.clip(below, 1 / len(means), 1 - 1 / len(means))))
    spread = left_out.mean() - left_out
    acceleration = float((spread**3).sum() / (6 * (spread**2).sum() ** 1.5))
    ends: list[float] = []
    for tail in ((1 - confidence) / 2, (1 + confidence) / 2):
        shifted = bias + float(ndtri(tail))
        ends.append(float(np.quantile(means, ndtr(bias + shifted / (1 - acceleration * shifted)))))
    return Interval(*ends)
