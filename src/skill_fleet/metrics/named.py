"""The metrics by the names users know: `(example, prediction, trace=None) -> float`, as DSPy's are, and without DSPy.

What example and prediction hold is listed in `sample.py`. All are 0 to 1, deterministic and offline. They raise
`MetricError` when the example lacks what they measure against; records with more to say come from `measure_named`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from skill_fleet.errors import MetricError
from skill_fleet.metrics.composite import Weights, measure_composite
from skill_fleet.metrics.measured import Measured
from skill_fleet.metrics.page import Page
from skill_fleet.metrics.plugins import load_metric
from skill_fleet.metrics.promised import (
    measure_coverage,
    measure_entities,
    measure_quality,
    measure_readability,
    measure_similarity,
)
from skill_fleet.metrics.sample import Sample, fields_of, read_sample

PlainMetric = Callable[..., float]
"""Called with an example, a prediction, and DSPy's trace, which is not read."""

NAMED: Mapping[str, Callable[[Sample], Measured]] = MappingProxyType(
    {
        "skill_quality_metric": measure_quality,
        "semantic_similarity_metric": measure_similarity,
        "entity_f1_metric": measure_entities,
        "readability_metric": measure_readability,
        "coverage_metric": measure_coverage,
        "composite_metric": measure_composite,
    }
)


def measure_named(skill: Page | Sample, names: Iterable[str]) -> tuple[Measured, ...]:
    """One record for each name: a promised metric, an entry point of `skill_fleet.metrics`, or `module:function`.

    What needs more than a page says so in its record's `note`; hand over a `Sample` that has it. Raises `MetricError`
    for a name that nobody has, and for a user's metric that fails.
    """
    sample = skill if isinstance(skill, Sample) else Sample(skill)
    return tuple(NAMED[name](sample) if name in NAMED else load_metric(name).measure(sample.page) for name in names)


def skill_quality_metric(example: object, prediction: object, trace: object = None) -> float:
    """Integrity times conformance: is it whole, in order, and as the specification asks. Not whether it helps."""
    del trace
    return _value("skill_quality_metric", example, prediction)


def semantic_similarity_metric(example: object, prediction: object, trace: object = None) -> float:
    """How near the description is to `task_description` and to `expected_description`."""
    del trace
    return _value("semantic_similarity_metric", example, prediction)


def entity_f1_metric(example: object, prediction: object, trace: object = None) -> float:
    """How the technical entities agree with those of `previous_skill`, else `sources`, else `expected_skill`."""
    del trace
    return _value("entity_f1_metric", example, prediction)


def readability_metric(example: object, prediction: object, trace: object = None) -> float:
    """Flesch's reading ease of the prose, over 100. Information: it goes with nothing."""
    del trace
    return _value("readability_metric", example, prediction)


def coverage_metric(example: object, prediction: object, trace: object = None) -> float:
    """How much of the `facts`, and of what the `sources` name most, the skill says."""
    del trace
    return _value("coverage_metric", example, prediction)


def composite_metric(example: object, prediction: object, trace: object = None) -> float:
    """The five above in one index, unvalidated, with the weights of the style."""
    del trace
    return _value("composite_metric", example, prediction)


def weighted_metric(weights: Weights) -> PlainMetric:
    """A `composite_metric` with weights of your own, by component: quality, similarity, entity, readability, coverage.

    Raises `MetricError` for weights that cannot be used, when it is called for the first time.
    """

    def weighted_composite_metric(example: object, prediction: object, trace: object = None) -> float:
        del trace
        return _given(measure_composite(read_sample(example, prediction), weights), example)

    return weighted_composite_metric


def _value(name: str, example: object, prediction: object) -> float:
    return _given(NAMED[name](read_sample(example, prediction)), example)


def _given(found: Measured, example: object) -> float:
    if found.value is None:
        there = ", ".join(fields_of(example)) or "none"
        message = f"The {found.name} has no value: {found.note}. The example's fields: {there}."
        raise MetricError(message, "docs/reference/metrics.md says what each metric needs.")
    return found.value
