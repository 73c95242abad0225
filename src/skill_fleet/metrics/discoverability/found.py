"""What was found, as records: every rate with its interval, for each skill and for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from skill_fleet.metrics.discoverability.engine import Engine
from skill_fleet.metrics.intervals import clustered_interval, wilson

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

DEPTHS = (1, 3, 5)

_FEWEST_GROUPS = 10
"""Skills with queries from which on the whole's intervals resample skills; of fewer, a bootstrap is too narrow."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share or a mean, 0 to 1, and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Rates:
    """Of `queries`: the share that found the right skill first, or among the first 3 or 5; the mean of 1/rank; and
    the median lead over the best other skill, in standard deviations of a query's scores, negative when behind."""

    queries: int
    r1: Rate
    r3: Rate
    r5: Rate
    mrr: Rate
    margin: float


@dataclass(frozen=True, slots=True)
class SkillRates:
    ref: str
    name: str
    rates: Rates


@dataclass(frozen=True, slots=True)
class Confusion:
    """`count` of the `queries` for `skill` went to `taken_by`; `example` is one of them. `similarity` of the two
    descriptions is a cosine: of their meaning with MiniLM, of their weighted words without."""

    skill: str
    taken_by: str
    count: int
    queries: int
    similarity: float
    example: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Twins:
    """Two descriptions whose meanings are nearer than .6; `confused` counts the queries that went to the wrong one."""

    skills: tuple[str, str]
    similarity: float
    confused: int


@dataclass(frozen=True, slots=True)
class BlackHole:
    """A skill that draws more of the others' queries than an even spread of the misses explains; `p` says how much
    more, for this skill alone."""

    skill: str
    drawn: int
    of_skills: int
    p: float


@dataclass(frozen=True, slots=True)
class PoolStep:
    """The rates expected among so many skills, drawn at random around the right one."""

    skills: int
    r1: float
    r5: float
    mrr: float
    beyond: bool = False


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do about a description, tried before it is given: with `addition` behind it, the mean of 1/rank over the
    skill's queries rose by `gain`, and no other skill lost more than it may.

    The words come from the queries they were tried on. Taken from half of the queries of one fleet (48 skills, 297 in
    all) they brought +.18 there and +.02 on the other half (95 %: +.01 to +.07)."""

    skill: str
    kind: str
    message: str
    addition: str
    gain: float
    file: str
    line: int
    evidence: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """All that was measured over a fleet with its queries. `note` says why an engine is not the one that was meant,
    `unknown` counts queries for skills that are not there, `unasked` are the skills without a query."""

    engine: Engine
    note: str
    pool: int
    whole: Rates
    skills: tuple[SkillRates, ...]
    confusions: tuple[Confusion, ...]
    twins: tuple[Twins, ...]
    black_holes: tuple[BlackHole, ...]
    decay: tuple[PoolStep, ...]
    advice: tuple[Advice, ...]
    unasked: tuple[str, ...]
    negatives: int
    repeated: int
    unknown: tuple[tuple[str, int], ...]


def rates_of(ranks: Sequence[int], margins: Sequence[float]) -> Rates:
    """For one skill: Wilson's intervals over its queries."""
    return _rates([ranks], margins)


def rates_of_all(ranks: Mapping[str, Sequence[int]], margins: Sequence[float]) -> Rates:
    """For the fleet, the ranks grouped by skill: queries of one skill resemble each other, so skills are resampled."""
    return _rates(list(ranks.values()), margins)


def _rates(groups: Sequence[Sequence[int]], margins: Sequence[float]) -> Rates:
    r1, r3, r5 = (_rate([[float(rank <= depth) for rank in group] for group in groups]) for depth in DEPTHS)
    mrr = _rate([[1 / rank for rank in group] for group in groups])
    return Rates(sum(len(group) for group in groups), r1, r3, r5, mrr, round(float(np.median(margins)), 3))


def _rate(groups: Sequence[Sequence[float]]) -> Rate:
    values = [value for group in groups for value in group]
    total = min(sum(values), len(values))
    interval = clustered_interval(groups) if len(groups) >= _FEWEST_GROUPS else None
    interval = interval or wilson(total, len(values))
    return Rate(round(total / len(values), 4), round(interval.low, 4), round(interval.high, 4))
