"""What `skill-fleet evaluate` prints: a skill in full, a line for each of many, a comparison, a history."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from skill_fleet.cli.screen import Screen, Style, clean, columns, plural, shorten
from skill_fleet.metrics.comparison import Comparison
from skill_fleet.metrics.conformance import count_tiers
from skill_fleet.metrics.history import Mark
from skill_fleet.metrics.measured import Measured
from skill_fleet.metrics.reading import LAYERS, Reading
from skill_fleet.metrics.score import Band, Flaw, Layer, Score
from skill_fleet.metrics.twins import Twins
from skill_fleet.metrics.vector import LEAST_CHANGE
from skill_fleet.report.rows import Row, Tally

if TYPE_CHECKING:  # needs arrays, and few ask for it
    from skill_fleet.fleet.discover import Discovered

T = TypeVar("T")

STYLES: Mapping[Band, Style] = {"ok": "green", "warn": "yellow", "block": "red"}

#: What a column of the table is headed; each is as wide as the longest band.
SHORT: Mapping[Layer, str] = {
    "conformance": "conf",
    "integrity": "integ",
    "truth": "truth",
    "discoverability": "found",
    "lift": "lift",
}
_WIDTH = 6

#: Findings that the short form prints.
FEW = 12
#: Characters of a finding in the table, and of what was seen.
_SAID = 90
_SEEN = 160

#: Seconds between two lines about how far it is.
_PAUSE = 10.0


def print_reading(screen: Screen, reading: Reading, *, full: bool) -> None:
    """One skill: its layers, then its findings, the costliest first."""
    screen.result(screen.paint(f"{shown(reading)}{f'  {reading.style}' if reading.style else ''}", "bold"))
    if reading.problem:
        screen.result(f"  {screen.paint('cannot be measured', 'red')}: {clean(reading.problem)}")
        return
    for score in reading.vector.scores:
        _print_layer(screen, reading, score, full=full)
    for measured in reading.named:
        screen.result(f"  {clean(_named(measured))}")
    _print_flaws(screen, reading, full=full)


def _print_layer(screen: Screen, reading: Reading, score: Score, *, full: bool) -> None:
    said = clean("; ".join(_says(reading, score)))
    if score.value is None:
        screen.result(f"  {score.layer:<16} {said}")
        return
    band = screen.paint(score.band, STYLES[score.band])
    screen.result(f"  {score.layer:<16} {band}{' ' * (_WIDTH - len(score.band))} {said}".rstrip())
    if full:
        for part in sorted(score.parts, key=lambda part: (part.value - 1) * part.weight):
            screen.result(f"    {part.value:>6.0%}  {part.name}")


def _says(reading: Reading, score: Score) -> Iterator[str]:
    if score.layer == "conformance":
        yield from _counts(score)
    if score.layer == "integrity" and reading.percentile is not None:
        yield f"percentile {100 * reading.percentile:.0f} among good skills of its style"
    if score.layer in ("integrity", "truth") and (failed := _failed(score)):
        yield f"failed: {', '.join(failed)}"
    if score.note:
        yield score.note


def _counts(score: Score) -> Iterator[str]:
    counts = count_tiers(score)
    yield from (f"{count} {tier}" for tier, count in counts.items() if count)
    if not any(counts.values()):
        yield "no findings"


def _failed(score: Score) -> list[str]:
    """The parts that lost anything, by what they lost."""
    lost: dict[str, float] = {}
    for flaw in score.flaws:
        lost[flaw.code] = lost.get(flaw.code, 0.0) + flaw.cost
    return sorted(lost, key=lambda code: (-lost[code], code))


def _named(measured: Measured) -> str:
    value = "none" if measured.value is None else f"{measured.value:.2f}"
    return f"{measured.name:<16} {value}  {measured.note}".rstrip()


def _print_flaws(screen: Screen, reading: Reading, *, full: bool) -> None:
    flaws = reading.flaws
    for flaw in flaws if full else flaws[:FEW]:
        place = screen.paint(f"{shown_folder(reading)}{flaw.file}:{flaw.line}", "bold")
        screen.result(f"{place} {screen.paint(_code(flaw), 'cyan')} {clean(flaw.message)}")
        if full:
            if flaw.evidence:
                screen.result(f"  > {clean(shorten(flaw.evidence, _SEEN))}")
            screen.result(f"  {clean(flaw.hint)}")
    if not full and len(flaws) > FEW:
        screen.say(f"{len(flaws) - FEW} more; --output-format full prints all, with what to do.")


def _code(flaw: Flaw) -> str:
    return f"{flaw.layer}/{flaw.code}"


def shown(reading: Reading) -> str:
    return _near(Path(reading.file))


def shown_folder(reading: Reading) -> str:
    folder = _near(Path(reading.file).parent)
    return "" if folder == "." else f"{folder}/"


def _near(path: Path) -> str:
    """From the current folder when it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


# --- many skills ----------------------------------------------------------------------------------------------------


def print_head(screen: Screen) -> None:
    heads = "".join(f"{SHORT[layer]:<{_WIDTH}}" for layer in LAYERS)
    screen.result(screen.paint(f"{heads}skill", "bold"))


def print_row(screen: Screen, row: Row) -> None:
    if row.problem:
        screen.result(f"{screen.paint('unread', 'red')}{' ' * (_WIDTH * len(LAYERS) - 6)}{_said(row, row.problem)}")
        return
    bands = "".join(
        f"{screen.paint(band, STYLES[band])}{' ' * (_WIDTH - len(band))}" if band else f"{'-':<{_WIDTH}}"
        for band in row.bands
    )
    worst = row.flaws[0] if row.flaws else None
    screen.result(f"{bands}{_said(row, f'{worst.file}:{worst.line} {_code(worst)} {worst.message}' if worst else '')}")


def _said(row: Row, text: str) -> str:
    return f"{clean(_near(Path(row.place)))}  {clean(shorten(text, _SAID))}".rstrip()


def print_totals(screen: Screen, tally: Tally, discovered: Discovered | None) -> None:
    for layer in tally.measured:
        counts = ", ".join(f"{tally.bands[layer][band]:,} {band}" for band in STYLES if tally.bands[layer][band])
        screen.say(f"{layer:<16} {counts}")
    unread = f", {tally.unread:,} cannot be read" if tally.unread else ""
    screen.say(f"{plural(tally.total, 'skill')}: {tally.blocked:,} blocked{unread}")
    _say_twins(screen, tally.twins)
    for pair in discovered.found.confusions[:FEW] if discovered else ():
        screen.say(f"{pair.count} of {pair.queries} queries for {pair.skill} went to {pair.taken_by}")
    if not tally.total:
        screen.next_step('skill-fleet create "WHAT AN AGENT SHOULD DO" --from PATH')


def _say_twins(screen: Screen, twins: Sequence[Twins]) -> None:
    for pair in twins[:FEW]:
        screen.say(f"{pair.share:.0%} alike: {pair.one} and {pair.other}")
    if len(twins) > FEW:
        screen.say(f"{len(twins) - FEW} more pairs are alike; --json lists them.")


class Counter:
    """Says from time to time how many are done."""

    def __init__(self, screen: Screen, total: int) -> None:
        self._screen, self._total = screen, total
        self._done, self._said = 0, time.monotonic()

    def count(self, found: Iterable[T]) -> Iterator[T]:
        for item in found:
            yield item
            self._done += 1
            if time.monotonic() - self._said >= _PAUSE:
                self._said = time.monotonic()
                self._screen.say(f"{self._done:,} of {self._total:,} skills")


# --- against an earlier version -------------------------------------------------------------------------------------


def print_comparison(screen: Screen, comparison: Comparison, *, full: bool) -> None:
    print_reading(screen, comparison.reading, full=full)
    screen.result(screen.paint(f"against {comparison.version}", "bold"))
    for move in comparison.moves:
        bands = f"{move.band_before} -> {move.band_after}"
        screen.result(f"  {move.layer:<16} {bands:<16} {_points(move.change)}")
    _print_lost(screen, comparison, full=full)
    screen.say("the skill got worse" if comparison.got_worse else "the skill did not get worse")


def _points(change: float) -> str:
    return f"{100 * change:+.1f} points" if abs(change) >= LEAST_CHANGE else "as before"


def _print_lost(screen: Screen, comparison: Comparison, *, full: bool) -> None:
    found = comparison.relative
    counts = f"{len(found.lost)} lost, {len(found.changed)} changed, {len(found.added)} new"
    screen.result(f"  {'facts':<16} {counts}")
    for flaw in found.flaws if full else found.flaws[:FEW]:
        place = screen.paint(f"{shown_folder(comparison.reading)}{flaw.file}:{flaw.line}", "bold")
        screen.result(f"{place} {screen.paint(flaw.code, 'cyan')} {clean(flaw.message)}")
        if full:
            screen.result(f"  {clean(flaw.hint)}")
    if not full and len(found.flaws) > FEW:
        screen.say(f"{len(found.flaws) - FEW} more; --output-format full prints all, with what to do.")


# --- history --------------------------------------------------------------------------------------------------------


def print_history(screen: Screen, ref: str, marks: Sequence[Mark]) -> None:
    """A line for each time at which something was new."""
    screen.result(screen.paint(ref, "bold"))
    rows = [_history_row(at, list(same)) for at, same in groupby(marks, key=lambda mark: mark.at)]
    for line in columns([["  when", *(SHORT[layer] for layer in LAYERS), "files"], *rows]):
        screen.result(line)


def _history_row(at: datetime, marks: Sequence[Mark]) -> list[str]:
    bands = {mark.layer: f"{mark.band} {mark.value:.2f}" for mark in marks}
    digest = marks[-1].digest[:8]
    return [f"  {at.astimezone():%Y-%m-%d %H:%M}", *(bands.get(layer, "-") for layer in LAYERS), digest]
