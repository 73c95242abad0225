"""The single measures behind the promised names, each from a sample to one record; without what it needs, no value."""

from __future__ import annotations

from dataclasses import replace

from skill_fleet.metrics.coverage import coverage
from skill_fleet.metrics.matching import match_entities
from skill_fleet.metrics.measured import Measured
from skill_fleet.metrics.quality import quality
from skill_fleet.metrics.readability import readability
from skill_fleet.metrics.sample import Sample
from skill_fleet.metrics.score import Part, weighted
from skill_fleet.metrics.similarity import similarity


def measure_quality(sample: Sample) -> Measured:
    found = quality(sample.page)
    parts = tuple(Part(layer.layer, layer.value or 0.0, 1.0) for layer in (found.integrity, found.conformance))
    note = (
        f"integrity times conformance; {found.band}; {len(found.lints)} lints of the Obra profile, which count nothing"
    )
    return Measured("skill_quality_metric", found.value, note, parts, found.flaws)


def measure_similarity(sample: Sample) -> Measured:
    name = "semantic_similarity_metric"
    if not (sample.task or sample.expected_description or sample.expected):
        return Measured(name, None, "needs `task_description`, `expected_description` or `expected_skill`")
    found = similarity(sample)
    how = "MiniLM" if found.method == "minilm" else "shared words, as MiniLM is not installed"
    against = ", ".join(part.name for part in found.parts) or "an expected skill without a description"
    figures = {"rank": float(found.rank)} if found.rank else {}
    return Measured(
        name, found.value, f"the description against {against}, by {how}", found.parts, found.flaws, figures
    )


def measure_match(sample: Sample) -> Measured:
    """The similarity; beside siblings the mean of it and of `found`, which is one over the skill's rank among them."""
    found = measure_similarity(sample)
    if found.value is None or "rank" not in found.figures:
        return replace(found, name="semantic_match")
    parts = (Part("similarity", found.value, 1.0), Part("found", 1 / found.figures["rank"], 1.0))
    return replace(found, name="semantic_match", value=weighted(parts), parts=parts)


def measure_entities(sample: Sample) -> Measured:
    name = "entity_f1_metric"
    found = match_entities(sample)
    if found.value is None or found.precision is None or found.recall is None:
        return Measured(name, None, "needs `previous_skill`, `sources` or `expected_skill`")
    parts = (Part("precision", found.precision, 1.0), Part("recall", found.recall, 1.0))
    note = f"against {found.against}: {len(found.missing)} missing, {len(found.extra)} that it has not"
    return Measured(name, found.value, note, parts, found.flaws)


def measure_readability(sample: Sample) -> Measured:
    name = "readability_metric"
    found = readability(sample.page)
    if found.ease is None or found.grade is None or found.fog is None:
        return Measured(name, None, found.note, flaws=found.lints)
    figures = {"flesch_ease": found.ease, "flesch_kincaid_grade": found.grade, "gunning_fog": found.fog}
    grades = f"Flesch ease {found.ease}, Flesch-Kincaid grade {found.grade}, Gunning fog {found.fog}"
    note = f"{grades}, of {found.words} words of prose; information, part of no gate"
    return Measured(name, found.value, note, flaws=found.lints, figures=figures)


def measure_coverage(sample: Sample) -> Measured:
    name = "coverage_metric"
    found = coverage(sample)
    figures = {
        "code_examples": float(found.code_examples),
        "example_sections": float(found.example_sections),
        "sections": float(found.sections),
        "empty_sections": float(found.empty_sections),
    }
    beside = f"{found.code_examples} blocks of code, {found.empty_sections} of {found.sections} sections empty"
    if found.value is None:
        return Measured(name, None, f"needs `facts` or `sources`; {beside}", flaws=found.flaws, figures=figures)
    note = f"of {', '.join(part.name for part in found.parts)}: {len(found.missed)} missed; {beside}"
    return Measured(name, found.value, note, found.parts, found.flaws, figures)
