"""Skills measured: their layers side by side, against an earlier version, and what they measured before."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from skill_fleet.errors import Conflict, StorageError
from skill_fleet.fleet.claims import load_claims
from skill_fleet.fleet.lifts import Lifts
from skill_fleet.fleet.measuring import How, Measurement, check_names, measure_all
from skill_fleet.fleet.ports import OpenBook, Scales
from skill_fleet.fleet.targets import Target, find_targets
from skill_fleet.fleet.versions import version_of
from skill_fleet.library.folder import FleetFolder
from skill_fleet.metrics.comparison import Comparison
from skill_fleet.metrics.history import Mark, marks_of
from skill_fleet.metrics.measure import measure, untested
from skill_fleet.metrics.page import load_page
from skill_fleet.metrics.reading import Reading
from skill_fleet.metrics.relative import relative
from skill_fleet.metrics.score import Score

if TYPE_CHECKING:  # needs arrays
    from skill_fleet.fleet.discover import Discovered

Tell = Callable[[str], None]
"""Takes what a person should know and no result says."""

#: Marks that are kept at a time.
BATCH = 2_000


@dataclass(frozen=True, slots=True)
class EvaluateRequest:
    """`targets` are paths, skills of the fleet, drafts, `@last`; none for the whole fleet. With files of `queries` it
    is measured whether they are found."""

    targets: tuple[str, ...] = ()
    how: How = field(default_factory=How)
    queries: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How many skills there are, and one after the other what they measure: it is done while they are gone through.

    `discovered` is what queries found among all skills that they could have found.
    """

    total: int
    measurements: Iterator[Measurement]
    discovered: Discovered | None = None


def evaluate(folder: FleetFolder, request: EvaluateRequest, scales: Scales, tell: Tell) -> Evaluation:
    """Raises `NotFound` and `Conflict` for targets that mean nothing, or several skills, and what `discover` raises.

    What was measured of skills of the fleet is kept; where that cannot be done, `tell` hears why.
    """
    check_names(request.how.metrics)
    targets = find_targets(folder, request.targets)
    found = _discover(folder, targets, request.queries, scales, tell) if request.queries else None
    lifts = Lifts(folder)
    claims_of = partial(load_claims, read=scales.read_sources, tell=tell) if request.how.sources else None
    measurements = measure_all(targets, request.how, claims_of)
    measured = (_with_the_rest(measurement, found, lifts) for measurement in measurements)
    return Evaluation(len(targets), _kept(measured, _Keeper(scales, tell)), found)


def compare(folder: FleetFolder, request: EvaluateRequest, version: str, scales: Scales, tell: Tell) -> Comparison:
    """One skill against an earlier version of it. Raises `NotFound` when either is not there, and `Conflict` when
    `request` means several skills."""
    targets = find_targets(folder, request.targets)
    if len(targets) != 1:
        raise Conflict(f"{len(targets)} skills are named.", "Name the one that is to be compared.")
    with version_of(folder, targets[0], version) as page:
        [found] = evaluate(folder, request, scales, tell).measurements
        reading = found.reading
        if reading.problem:
            raise StorageError(f"{reading.place} cannot be measured: {reading.problem}", "Mend that first.")
        before = measure(page, run_scripts=request.how.run_scripts)
        return Comparison(reading, version, before, relative(page, load_page(targets[0].file)))


def score_history(folder: FleetFolder, book: OpenBook, targets: Sequence[str]) -> Iterator[tuple[str, Sequence[Mark]]]:
    """What is kept of the skills of the fleet that `targets` mean, those without a history left out."""
    refs = [target.ref for target in find_targets(folder, targets) if target.ref]
    with book("look") as kept:
        for ref in refs:
            if marks := kept.history(ref):
                yield ref, marks


def _discover(
    folder: FleetFolder, targets: Sequence[Target], queries: tuple[Path, ...], scales: Scales, tell: Tell
) -> Discovered:
    """Among all that an agent would see: what was named, and for one skill alone its fleet, or the skills beside it."""
    from skill_fleet.fleet.discover import DiscoverRequest, discover  # noqa: PLC0415  needs arrays, and few ask for it

    pool = targets
    if len(targets) == 1:
        beside = () if targets[0].ref else (str(targets[0].file.absolute().parent.parent),)
        pool = find_targets(folder, beside)
    return discover(DiscoverRequest(tuple(pool), queries), scales.cache(), tell)


def _with_the_rest(found: Measurement, discovered: Discovered | None, lifts: Lifts) -> Measurement:
    """With the layers that take more than the skill."""
    reading = found.reading
    if reading.problem:
        return found
    return replace(found, reading=reading.add(_found(reading, discovered), lifts.score(reading)))


def _found(reading: Reading, discovered: Discovered | None) -> Score:
    if discovered is None:
        return untested("discoverability", "untested: no queries")
    card = discovered.find_card(Path(reading.file))
    if card is None:
        return untested("discoverability", "untested: its description cannot be read")
    return discovered.score_of(Path(card.file))


# --- history --------------------------------------------------------------------------------------------------------


class _Keeper:
    """Keeps marks, many at a time. A history that cannot be written is told of once, and left alone from then on."""

    def __init__(self, scales: Scales, tell: Tell) -> None:
        self._scales, self._tell = scales, tell
        self._marks: list[Mark] = []
        self._works = True

    def add(self, reading: Reading) -> None:
        if reading.ref and reading.digest and self._works:
            self._marks += marks_of(reading.ref, reading.digest, reading.vector, self._scales.clock())
            if len(self._marks) >= BATCH:
                self.flush()

    def flush(self) -> None:
        marks, self._marks = self._marks, []
        if not marks:
            return
        try:
            with self._scales.open_book("keep") as book:
                book.keep(marks)
        except StorageError as error:
            self._works = False
            self._tell(f"the history of scores is not kept: {error.message} {error.hint}")


def _kept(found: Iterable[Measurement], keeper: _Keeper) -> Iterator[Measurement]:
    for measurement in found:
        yield measurement
        keeper.add(measurement.reading)
    keeper.flush()
