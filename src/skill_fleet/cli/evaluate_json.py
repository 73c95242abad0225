"""The documents of `skill-fleet evaluate --json`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from skill_fleet.cli.screen import Screen
from skill_fleet.metrics.comparison import Comparison
from skill_fleet.metrics.history import Mark
from skill_fleet.metrics.measured import Measured
from skill_fleet.metrics.reading import Reading
from skill_fleet.metrics.score import Flaw, Score
from skill_fleet.report.rows import Tally

if TYPE_CHECKING:  # needs arrays, and few ask for it
    from skill_fleet.fleet.discover import Discovered


def print_skills(screen: Screen, readings: Iterable[Reading]) -> None:
    """The beginning of a document, skill by skill as they come: a large fleet is never held as a whole."""
    screen.result('{"skills": [')
    before = " "
    for reading in readings:
        screen.result(f"{before}{json.dumps(plain_reading(reading))}")
        before = ","
    screen.result("],")


def print_rest(screen: Screen, tally: Tally, discovered: Discovered | None) -> None:
    """Its end."""
    rest = {
        "totals": _plain_totals(tally),
        "alike": [asdict(pair) for pair in tally.twins],
        "confusions": [asdict(pair) for pair in discovered.found.confusions] if discovered else [],
    }
    screen.result(json.dumps(rest).removeprefix("{"))


def plain_reading(reading: Reading) -> dict[str, object]:
    return {
        "file": reading.file,
        "ref": reading.ref,
        "name": reading.name,
        "style": reading.style,
        "percentile": reading.percentile,
        "digest": reading.digest,
        "problem": reading.problem,
        "blocked": reading.is_blocked,
        "layers": [_plain_score(score) for score in reading.vector.scores],
        "metrics": [_plain_measured(measured) for measured in reading.named],
    }


def _plain_score(score: Score) -> dict[str, object]:
    """A layer that was not measured has no band either."""
    return {
        "layer": score.layer,
        "value": score.value,
        "band": score.band if score.value is not None else None,
        "version": score.version,
        "note": score.note,
        "parts": [asdict(part) for part in score.parts],
        "flaws": [_plain_flaw(flaw) for flaw in score.flaws],
    }


def _plain_flaw(flaw: Flaw) -> dict[str, object]:
    return {key: value for key, value in asdict(flaw).items() if key != "layer"}


def _plain_measured(measured: Measured) -> dict[str, object]:
    return {
        "name": measured.name,
        "value": measured.value,
        "note": measured.note,
        "parts": [asdict(part) for part in measured.parts],
        "flaws": [_plain_flaw(flaw) for flaw in measured.flaws],
        "figures": dict(measured.figures),
    }


def _plain_totals(tally: Tally) -> dict[str, object]:
    return {
        "skills": tally.total,
        "blocked": tally.blocked,
        "unread": tally.unread,
        "styles": dict(sorted(tally.styles.items())),
        "bands": {
            layer: {band: count for band, count in sorted(counts.items(), key=str) if band}
            for layer, counts in tally.bands.items()
        },
    }


def plain_comparison(comparison: Comparison) -> dict[str, object]:
    found = comparison.relative
    return {
        "skill": plain_reading(comparison.reading),
        "against": comparison.version,
        "before": [_plain_score(score) for score in comparison.before.scores],
        "moves": [{**asdict(move), "change": move.change} for move in comparison.moves],
        "relative": {
            "kept": found.value,
            "version": found.version,
            "parts": [asdict(part) for part in found.parts],
            "lost": [asdict(fact) for fact in found.lost],
            "changed": [asdict(change) for change in found.changed],
            "added": [asdict(fact) for fact in found.added],
            "flaws": [_plain_flaw(flaw) for flaw in found.flaws],
        },
        "worse": comparison.got_worse,
    }


def plain_history(kept: Iterable[tuple[str, Sequence[Mark]]]) -> dict[str, object]:
    return {"skills": [{"ref": ref, "marks": list(_plain_marks(marks))} for ref, marks in kept]}


def _plain_marks(marks: Sequence[Mark]) -> Iterator[dict[str, object]]:
    for mark in marks:
        yield {
            "at": mark.at.isoformat(),
            "layer": mark.layer,
            "value": mark.value,
            "band": mark.band,
            "version": mark.version,
            "digest": mark.digest,
        }
