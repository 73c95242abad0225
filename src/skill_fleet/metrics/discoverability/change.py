"""One description is changed: which skills win and lose, query by query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from skill_fleet.metrics.discoverability.found import Rate
from skill_fleet.metrics.intervals import clustered_interval, sign_test

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Numbers = NDArray[np.int64]

DEPTH = 3
MOST_LOSS = 0.03
"""What R@3 of a skill may drop by. A skill of fewer than 34 queries may lose none of them."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A skill's queries before and after. `won` and `lost` count those that came into the first three and fell out of
    them, and `p` is the exact sign test of these. `change` is the mean difference of 1/rank with its interval."""

    ref: str
    queries: int
    r3_before: float
    r3_after: float
    won: int
    lost: int
    p: float
    change: Rate
    changed: bool
    regressed: bool
    example: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What the new description of `skill` does to the whole fleet: `shifts` are the skills whose ranks moved."""

    skill: str
    r1_before: float
    r1_after: float
    r3_before: float
    r3_after: float
    change: Rate
    p: float
    shifts: tuple[Shift, ...]

    @property
    def regressed(self) -> tuple[Shift, ...]:
        return tuple(shift for shift in self.shifts if shift.regressed)


def losers(before: Numbers, after: Numbers, groups: Mapping[str, Sequence[int]]) -> Iterator[str]:
    """The skills whose R@3 drops by more than `MOST_LOSS`."""
    fell = (after <= DEPTH).astype(np.int64) - (before <= DEPTH)
    moved = set(np.flatnonzero(fell).tolist())
    for ref, numbers in groups.items():
        if not moved.isdisjoint(numbers) and fell[list(numbers)].mean() < -MOST_LOSS:
            yield ref


def compare_ranks(
    changed: str, before: Numbers, after: Numbers, groups: Mapping[str, Sequence[int]], texts: Sequence[str]
) -> Change:
    """The shifts, the worst first. `groups` are the numbers of each skill's queries, `texts` the queries."""
    worse = set(losers(before, after, groups))
    shifts = [
        _shift(ref, before, after, list(numbers), texts, (ref == changed, ref in worse))
        for ref, numbers in groups.items()
        if (before[list(numbers)] != after[list(numbers)]).any()
    ]
    every = [(1 / after - 1 / before)[list(numbers)].tolist() for numbers in groups.values()]
    return Change(
        skill=changed,
        r1_before=_share(before, 1),
        r1_after=_share(after, 1),
        r3_before=_share(before, DEPTH),
        r3_after=_share(after, DEPTH),
        change=_difference(every),
        p=round(_sign(before, after, 1), 4),
        shifts=tuple(sorted(shifts, key=lambda shift: (shift.change.value, shift.ref))),
    )


def _share(ranks: Numbers, depth: int) -> float:
    return round(float((ranks <= depth).mean()), 4)


def _shift(
    ref: str, before: Numbers, after: Numbers, numbers: list[int], texts: Sequence[str], state: tuple[bool, bool]
) -> Shift:
    old, new = before[numbers], after[numbers]
    lost = [number for number in numbers if before[number] <= DEPTH < after[number]]
    won = int(((new <= DEPTH) & (old > DEPTH)).sum())
    differences = [[value] for value in (1 / new - 1 / old).tolist()]
    return Shift(
        ref,
        len(numbers),
        _share(old, DEPTH),
        _share(new, DEPTH),
        won,
        len(lost),
        round(_sign(old, new, DEPTH), 4),
        _difference(differences),
        *state,
        " ".join(texts[lost[0]].split()) if lost else "",
    )


def _sign(before: Numbers, after: Numbers, depth: int) -> float:
    won, lost = (after <= depth) & (before > depth), (after > depth) & (before <= depth)
    return sign_test(int(won.sum()), int(lost.sum()))


def _difference(groups: Sequence[Sequence[float]]) -> Rate:
    """The mean of all with an interval over the groups; without a second group anything from -1 to 1 is possible."""
    values = [value for group in groups for value in group]
    interval = clustered_interval(groups)
    low, high = (interval.low, interval.high) if interval else (-1.0, 1.0)
    return Rate(round(float(sum(values)) / len(values), 4), round(low, 4), round(high, 4))
