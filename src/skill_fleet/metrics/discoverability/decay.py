"""How finding fades as the fleet grows: the rates among fewer skills than there are, and among foreign ones.

A sample of distractors need not be drawn. Of N - 1 others, `above` lead the right skill; in a random sample of them the
number that leads follows the hypergeometric distribution, so the mean over all samples is known exactly. The scores are
those of the whole pool.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import gammaln

from skill_fleet.metrics.discoverability.found import PoolStep
from skill_fleet.metrics.discoverability.rank import Ranks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]
    Numbers = NDArray[np.int64]

_SMALLEST = 5
_DEEPEST = 200
"""Ranks that are told apart in the mean of 1/rank; what lies deeper counts as 1/200."""


def own_decay(ranks: Ranks, own: int) -> tuple[PoolStep, ...]:
    """The rates in random parts of the fleet: 5, 10, 20, … skills, up to all."""
    sizes = [size for size in _doubled(_SMALLEST, own) if size < own] + [own]
    return tuple(_step(ranks.above * 0, ranks.above, own - 1, size - 1, size) for size in sizes)


def foreign_decay(ranks: Ranks, own: int, foreign: int) -> tuple[PoolStep, ...]:
    """The rates in the whole fleet with more and more of the foreign skills beside it."""
    sizes = [size for size in _doubled(own, own + foreign)[1:] if size < own + foreign] + [own + foreign]
    steps = (_step(ranks.above, ranks.beyond, foreign, size - own, size, beyond=True) for size in sizes)
    return tuple(steps)


def _doubled(first: int, last: int) -> list[int]:
    sizes = [first]
    while sizes[-1] * 2 <= last:
        sizes.append(sizes[-1] * 2)
    return sizes


def _step(fixed: Numbers, leading: Numbers, others: int, drawn: int, size: int, *, beyond: bool = False) -> PoolStep:
    """`fixed` leaders are always there; of `others`, of whom `leading` lead, `drawn` are there."""
    pairs, counts = np.unique(np.stack([fixed, leading], axis=1), axis=0, return_counts=True)
    chances = _chances(pairs[:, 1], others, drawn)
    ranks = 1 + pairs[:, :1] + np.arange(_DEEPEST)
    deeper = np.clip(1 - chances.sum(axis=1), 0, 1) / (pairs[:, 0] + _DEEPEST)
    mrr = (chances / ranks).sum(axis=1) + deeper
    r1, r5 = ((chances * (ranks <= depth)).sum(axis=1) for depth in (1, 5))
    first, fifth, mean = (round(float(np.average(value, weights=counts)), 4) for value in (r1, r5, mrr))
    return PoolStep(size, first, fifth, mean, beyond)


def _chances(leading: Numbers, others: int, drawn: int) -> Matrix:
    """For each number of leaders among `others`, the probability that 0, 1, … `_DEEPEST` - 1 of them are among the
    `drawn`: the hypergeometric distribution, by logarithms of factorials."""
    held = leading[:, None]
    found = np.arange(_DEEPEST)[None, :]
    possible = (found <= held) & (found <= drawn) & (drawn - found <= others - held)
    found = np.where(possible, found, np.maximum(0, drawn - others + held))
    logarithm = _choices(held, found) + _choices(others - held, drawn - found) - _choices(others, drawn)
    chances: Matrix = np.where(possible, np.exp(logarithm), 0.0)
    return chances


def _choices(of: Numbers | int, chosen: Numbers | int) -> Matrix:
    """The logarithm of the binomial coefficient."""
    logarithm: Matrix = gammaln(np.asarray(of) + 1.0) - gammaln(np.asarray(chosen) + 1.0)
    return logarithm - gammaln(np.asarray(of) - chosen + 1.0)
