"""The layer: all components of a page, their weighted mean, the cap, the band and the flaws."""

from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.metrics.integrity import code, coherence, content, description, language, links, structure
from skill_fleet.metrics.integrity.calibration import band_of, load_calibration
from skill_fleet.metrics.integrity.component import Component, Measure, grown
from skill_fleet.metrics.integrity.topic import anchor, ramp
from skill_fleet.metrics.integrity.view import View
from skill_fleet.metrics.page import Page
from skill_fleet.metrics.score import Flaw, Part, Score, weighted

FORMULA = "2"
"""Changes with components and weights."""

DIGITS = 6

MOST_FLAWS = 50
"""Flaws of one component that are listed."""

#: Share of the topic's rare terms in the body: below the first the body is about something else.
NEAR = (0.1, 0.4)

COMPONENTS: tuple[Component, ...] = (
    *description.COMPONENTS,
    *content.COMPONENTS,
    *coherence.COMPONENTS,
    *structure.COMPONENTS,
    *language.COMPONENTS,
    *code.COMPONENTS,
    *links.COMPONENTS,
)


def integrity(page: Page) -> Score:
    """Is the skill whole and in order: 0 to 1, with every flaw, its line, and what mends it.

    The value is a gate, not a praise: it has no link to how much a skill helps. Without a body of some content it
    stays low, however well the rest is.
    """
    view = View(page)
    measured = [(component, measure) for component in COMPONENTS if (measure := component.measure(view))]
    parts = tuple(Part(one.name, round(measure.value, DIGITS), one.weight) for one, measure in measured)
    value = round(weighted(parts) * substance(view), DIGITS)
    total = sum(part.weight for part in parts)
    flaws = tuple(flaw for component, measure in measured for flaw in _flaws(component, measure, total))
    version = f"{FORMULA}.{load_calibration().version}"
    return Score("integrity", value, band_of(value), parts, flaws, version)


def substance(view: View) -> float:
    """What is left of the value when a body holds little, has little to do with its name, or repeats itself: an
    empty one keeps a third, one of 25 rare terms and 6 facts all, and one that
    stands there twice three quarters."""
    terms = grown(content.term_amount(view), (4.0, 0.0), (25.0, 1.0))
    facts = grown(content.fact_amount(view), (1.0, 0.0), (6.0, 1.0))
    near = ramp(anchor(view.topic, view.counts), *NEAR)
    once = 1 - view.repeats.share**2
    return once * min(0.15 + 0.85 * (0.3 + 0.7 * terms) * (0.75 + 0.25 * facts) * (0.65 + 0.35 * near), 1.0)


def _flaws(component: Component, measure: Measure, total: float) -> Iterator[Flaw]:
    """The cost of a component is spread over all of its remarks."""
    cost = round((1 - measure.value) * component.weight / total / max(len(measure.remarks), 1), DIGITS)
    for remark in measure.remarks[:MOST_FLAWS]:
        hint = remark.hint or component.improve
        yield Flaw("integrity", component.name, remark.message, hint, remark.file, remark.line, cost, remark.evidence)
