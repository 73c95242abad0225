"""The metrics in the shape that GEPA takes: a score with feedback for the reflecting model, and a score per objective.

A `dspy.Prediction` with `score`, `feedback` and `objective_scores` is a number to `dspy.Evaluate`, which sums it, and a
record to `dspy.GEPA`; a plain dict would crash both. The score is that of the whole program with and without
`pred_name`, as GEPA asks. Feedback is evidence: the check that failed, its file and line with the words there, the fact
that was lost, the sibling that is nearer to the request.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import dspy

from skill_fleet.errors import MetricError
from skill_fleet.metrics.advice import render_advice
from skill_fleet.metrics.composite import Weights, measure_composite
from skill_fleet.metrics.measured import Measured
from skill_fleet.metrics.named import NAMED
from skill_fleet.metrics.obra import PREFIX as OBRA
from skill_fleet.metrics.plugins import load_metric
from skill_fleet.metrics.promised import measure_match, measure_quality
from skill_fleet.metrics.sample import Sample, read_sample

GepaMetric = Callable[..., dspy.Prediction]
"""Called with gold, pred, trace, pred_name and pred_trace; only the first two are read."""


def gepa_skill_quality_metric(
    gold: object, pred: object, trace: object = None, pred_name: str | None = None, pred_trace: object = None
) -> dspy.Prediction:
    """`skill_quality_metric`; the objectives are integrity and conformance."""
    del trace, pred_name, pred_trace
    return _reflect(measure_quality, gold, pred)


def gepa_semantic_match_metric(
    gold: object, pred: object, trace: object = None, pred_name: str | None = None, pred_trace: object = None
) -> dspy.Prediction:
    """`semantic_similarity_metric`; with `siblings`, the mean of it and of one over the skill's rank among them."""
    del trace, pred_name, pred_trace
    return _reflect(measure_match, gold, pred)


def gepa_composite_metric(
    gold: object, pred: object, trace: object = None, pred_name: str | None = None, pred_trace: object = None
) -> dspy.Prediction:
    """`composite_metric`; the objectives are those of its components that could be measured."""
    del trace, pred_name, pred_trace
    return _reflect(measure_composite, gold, pred)


def gepa_metric(name: str, weights: Weights | None = None) -> GepaMetric:
    """A metric for GEPA by its name: a promised one, or a user's by entry point or `module:function`.

    `weights` are those of `composite_metric`. Raises `MetricError` for a name that nobody has.
    """
    measure = _measure_of(name, weights)

    def gepa_named_metric(
        gold: object, pred: object, trace: object = None, pred_name: str | None = None, pred_trace: object = None
    ) -> dspy.Prediction:
        del trace, pred_name, pred_trace
        return _reflect(measure, gold, pred)

    return gepa_named_metric


def _measure_of(name: str, weights: Weights | None) -> Callable[[Sample], Measured]:
    if weights is not None:
        if name != "composite_metric":
            raise MetricError(f"The metric {name} has no weights.", "Leave them out, or take composite_metric.")
        return partial(measure_composite, weights=weights)
    if name in NAMED:
        return NAMED[name]
    plugin = load_metric(name)
    return lambda sample: plugin.measure(sample.page)


def _reflect(measure: Callable[[Sample], Measured], gold: object, pred: object) -> dspy.Prediction:
    """Raises `MetricError` where there is nothing to measure: a score of 0 would say that the program did badly."""
    sample = read_sample(gold, pred)
    found = measure(sample)
    if found.value is None:
        message = f"The {found.name} has no value: {found.note}."
        raise MetricError(message, "docs/reference/metrics.md says what each metric needs.")
    objectives = {part.name: part.value for part in found.parts} or {found.name: found.value}
    return dspy.Prediction(score=found.value, feedback=_feedback(found, sample), objective_scores=objectives)


def _feedback(found: Measured, sample: Sample) -> str:
    """The value, what it is made of, and what to mend. Habits of a school that count nothing are not for a model."""
    parts = ", ".join(f"{part.name} {part.value:.3f}" for part in found.parts)
    head = f"{found.name} {found.value:.3f}" + (f" of {parts}" if parts else "") + f" ({found.note})."
    advice = render_advice([flaw for flaw in found.flaws if not flaw.code.startswith(OBRA)], sample.page)
    return f"{head}\n{advice or 'Nothing was found that could be mended.'}"
