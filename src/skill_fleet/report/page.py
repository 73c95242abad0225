"""The report as one page: no script, no network, the same in ten years."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from skill_fleet.metrics.comparison import Comparison
from skill_fleet.metrics.conformance import count_tiers
from skill_fleet.metrics.discoverability.found import Confusion, Discovery
from skill_fleet.metrics.history import Mark
from skill_fleet.metrics.integrity.calibration import load_calibration
from skill_fleet.metrics.reading import LAYERS, Reading
from skill_fleet.metrics.score import Score
from skill_fleet.report import plots
from skill_fleet.report.rows import Row, Tally, worst_first

TEMPLATES = Path(__file__).parent / "templates"

#: Rows of a fleet's table, the worst first: more make a page that no browser likes.
MOST_ROWS = 5_000
#: Rows that show their findings, too.
MOST_DETAILS = 500
#: Pairs of a list that is ordered by what matters.
MOST_PAIRS = 50
#: Findings of one skill that are listed.
MOST_FLAWS = 500
#: Times of a history that are listed, the newest.
MOST_MARKS = 200

#: What a browser would act on, or refuse, instead of showing it: control characters, marks that turn the direction of
#: text, halves of characters.
_UNSHOWN = dict.fromkeys(
    [
        *range(9),
        11,
        12,
        *range(14, 32),
        *range(127, 160),
        0x200E,
        0x200F,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    ]
) | dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")


@dataclass(frozen=True, slots=True)
class SkillReport:
    """What a page about one skill shows beside its layers; each may be missing. `called` is what `found` calls it."""

    reading: Reading
    history: Sequence[Mark] = ()
    comparison: Comparison | None = None
    found: Discovery | None = None
    called: str = ""


def render_skill(report: SkillReport, at: datetime) -> str:
    reading = report.reading
    return _render(
        "skill.html.j2",
        report=report,
        reading=reading,
        title=reading.place,
        at=at,
        integrity=_spread(reading),
        parts={score.layer: _parts(score) for score in reading.vector.scores},
        tiers=_tiers(reading),
        flaws=reading.flaws[:MOST_FLAWS],
        timeline=plots.plot_history(report.history),
        marks=tuple(reversed(report.history))[:MOST_MARKS],
        confusions=_confusions(report),
        most_flaws=MOST_FLAWS,
    )


def render_fleet(title: str, tally: Tally, at: datetime, found: Discovery | None = None) -> str:
    rows = worst_first(tally.rows)
    return _render(
        "fleet.html.j2",
        title=title,
        at=at,
        tally=tally,
        rows=rows[:MOST_ROWS],
        near=_nearer([row.place for row in rows]),
        details=MOST_DETAILS,
        layers=LAYERS,
        measured=tally.measured,
        histograms=_histograms(tally.rows),
        twins=tally.twins,
        found=found,
        most_pairs=MOST_PAIRS,
    )


def _nearer(places: Sequence[str]) -> Callable[[str], str]:
    """Leaves out the folder that all paths lie in; what stands in a fleet is short as it is."""
    paths = [Path(place) for place in places]
    if len(paths) < 2 or not all(path.is_absolute() for path in paths):  # noqa: PLR2004  one path has no others
        return str
    folder = f"{os.path.commonpath(paths)}{os.sep}"
    return lambda place: place.removeprefix(folder)


def _render(template: str, **values: object) -> str:
    return _environment().get_template(template).render(values)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _shown(value: object) -> object:
    return value.translate(_UNSHOWN) if isinstance(value, str) and not isinstance(value, Markup) else value


def _spread(reading: Reading) -> plots.Spread | None:
    score = reading.vector.find("integrity")
    if score is None or score.value is None:
        return None
    calibration = load_calibration()
    return plots.plot_spread(calibration.quantiles, (calibration.warn, calibration.ok), reading.style, score.value)


def _parts(score: Score) -> list[tuple[str, float, float]]:
    """Name, value and share of the whole of each part that counts, what it takes from the layer first."""
    whole = sum(part.weight for part in score.parts) or 1.0
    ordered = sorted(score.parts, key=lambda part: ((part.value - 1) * part.weight, part.name))
    return [(part.name, part.value, part.weight / whole) for part in ordered]


def _tiers(reading: Reading) -> Mapping[str, int]:
    score = reading.vector.find("conformance")
    return {str(tier): count for tier, count in count_tiers(score).items()} if score else {}


def _confusions(report: SkillReport) -> list[Confusion]:
    """Those that this skill is part of."""
    every = report.found.confusions if report.found else ()
    return [pair for pair in every if report.called in (pair.skill, pair.taken_by)][:MOST_PAIRS]


def _histograms(rows: Sequence[Row]) -> list[plots.Histogram]:
    values: defaultdict[str, list[float]] = defaultdict(list)
    for row in rows:
        if row.integrity is not None:
            values[row.style].append(row.integrity)
    calibration = load_calibration()
    bands = (calibration.warn, calibration.ok)
    return [plots.plot_histogram(style, values[style], bands) for style in sorted(values)]
