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


def _plain(name: str, said: str) -> PlainMetric:
    def metric(example: object, prediction: object, trace: object = None) -> float:
        del trace
        return _given(NAMED[name](read_sample(example, prediction)), example)

    metric.__name__ = metric.__qualname__ = name
    metric.__doc__ = said
    return metric


skill_quality_metric = _plain(
    "skill_quality_metric",
    "Integrity times conformance: is it whole, in order, and as the specification asks. Not whether it helps.",
)
semantic_similarity_metric = _plain(
    "semantic_similarity_metric",
    "How near the description is to `task_description` and to `expected_description`.",
)
entity_f1_metric = _plain(
    "entity_f1_metric",
    "How the technical entities agree with those of `previous_skill`, else `sources`, else `expected_skill`.",
)
readability_metric = _plain(
    "readability_metric",
    "Flesch's reading ease of the prose, over 100. Information: it goes with nothing.",
)
coverage_metric = _plain(
    "coverage_metric",
    "How much of the `facts`, and of what the `sources` name most, the skill says.",
)
composite_metric = _plain(
    "composite_metric",
    "The five above in one index, unvalidated, with the weights of the style.",
)


def weighted_metric(weights: Weights) -> PlainMetric:
    """A `composite_metric` with weights of your own, by component: quality, similarity, entity, readability, coverage.

    Raises `MetricError` for weights that cannot be used, when it is called for the first time.
    """

    def weighted_composite_metric(example: object, prediction: object, trace: object = None) -> float:
        del trace
        return _given(measure_composite(read_sample(example, prediction), weights), example)

    return weighted_composite_metric


def _given(found: Measured, example: object) -> float:
    if found.value is None:
        there = ", ".join(fields_of(example)) or "none"
        message = f"The {found.name} has no value: {found.note}. The example's fields: {there}."
        raise MetricError(message, "docs/reference/metrics.md says what each metric needs.")
    return found.value
