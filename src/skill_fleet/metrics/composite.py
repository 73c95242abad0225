"""One number out of five, because it was promised: an index, unvalidated.

It is no measure of quality: nobody has shown that these weights go with benefit, and two of its parts were shown not
to. Compare versions by the layers side by side, and a skill with others by its percentile within its style.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import get_args

from skill_fleet.errors import MetricError
from skill_fleet.metrics.integrity import Style, integrity, percentile, style_of
from skill_fleet.metrics.measured import Measured
from skill_fleet.metrics.promised import (
    measure_coverage,
    measure_entities,
    measure_quality,
    measure_readability,
    measure_similarity,
)
from skill_fleet.metrics.sample import Sample
from skill_fleet.metrics.score import Flaw, Part, weighted

LABEL = "index, unvalidated"

Weights = Mapping[str, float]

COMPONENTS: Mapping[str, Callable[[Sample], Measured]] = MappingProxyType(
    {
        "quality": measure_quality,
        "similarity": measure_similarity,
        "entity": measure_entities,
        "readability": measure_readability,
        "coverage": measure_coverage,
    }
)


def _weights(*values: float) -> Weights:
    return MappingProxyType(dict(zip(COMPONENTS, values, strict=True)))


#: As they were promised to users of the earlier prototype; no data stand behind them.
STYLE_WEIGHTS: Mapping[Style, Weights] = MappingProxyType(
    {
        "navigation_hub": _weights(0.30, 0.15, 0.05, 0.35, 0.15),
        "comprehensive": _weights(0.25, 0.25, 0.20, 0.20, 0.10),
        "minimal": _weights(0.20, 0.50, 0.15, 0.10, 0.05),
    }
)


@dataclass(frozen=True, slots=True)
class Index:
    """`parts` are the components that could be measured, their weights summing to 1; `missing` says of each other one
    what it lacks. `percentile`, 0 to 1, is that of the skill's integrity among good skills of its style.
    """

    value: float | None
    style: Style
    percentile: float
    parts: tuple[Part, ...]
    missing: tuple[tuple[str, str], ...]
    flaws: tuple[Flaw, ...]
    label: str = LABEL


def composite(sample: Sample, weights: Weights | None = None) -> Index:
    """With `weights` by component, those; else those of the style. What has no value has no weight.

    Raises `MetricError` for weights that are none, and a style that does not exist.
    """
    style = _style(sample)
    chosen = _checked(weights) if weights is not None else STYLE_WEIGHTS[style]
    found = {name: COMPONENTS[name](sample) for name, weight in chosen.items() if weight > 0}
    total = sum(chosen[name] for name, one in found.items() if one.value is not None)
    parts = tuple(Part(name, one.value, chosen[name] / total) for name, one in found.items() if one.value is not None)
    return Index(
        value=weighted(parts) if parts else None,
        style=style,
        percentile=percentile(_integrity(sample, found), style),
        parts=parts,
        missing=tuple((name, one.note) for name, one in found.items() if one.value is None),
        flaws=tuple(_flaws(found, {part.name: part.weight for part in parts})),
    )


def measure_composite(sample: Sample, weights: Weights | None = None) -> Measured:
    index = composite(sample, weights)
    missing = "; ".join(f"without {name}: {why}" for name, why in index.missing)
    chosen = "weights as given" if weights is not None else f"weights of {index.style}"
    note = f"{index.label}; {chosen}; by integrity above {index.percentile:.0%} of its style"
    figures = {"percentile": index.percentile}
    note = f"{note}; {missing}" if missing else note
    return Measured("composite_metric", index.value, note, index.parts, index.flaws, figures)


def _integrity(sample: Sample, found: Mapping[str, Measured]) -> float:
    """Measured once where quality is among the components."""
    parts = {part.name: part.value for part in found["quality"].parts} if "quality" in found else {}
    return parts["integrity"] if parts else integrity(sample.page).value or 0.0


def _style(sample: Sample) -> Style:
    if not sample.style:
        return style_of(sample.page)
    for style in STYLE_WEIGHTS:
        if style == sample.style:
            return style
    message = f"The field `expected_skill_style` holds {sample.style!r}, which is no style."
    raise MetricError(message, f"Write one of {', '.join(get_args(Style))}, or leave the field out.")


def _checked(weights: Weights) -> Weights:
    if unknown := [name for name in weights if name not in COMPONENTS]:
        raise MetricError(f"There is no component {unknown[0]!r}.", f"The components are {', '.join(COMPONENTS)}.")
    if any(not math.isfinite(weight) or weight < 0 for weight in weights.values()) or sum(weights.values()) <= 0:
        message = f"The weights {dict(weights)} cannot be used."
        raise MetricError(message, "Give numbers of 0 or more, at least one of them above 0.")
    return weights


def _flaws(found: Mapping[str, Measured], weights: Mapping[str, float]) -> list[Flaw]:
    """Each with its cost to the index, the dearest first."""
    scaled = [
        replace(flaw, cost=flaw.cost * weights.get(name, 0.0)) for name, one in found.items() for flaw in one.flaws
    ]
    return sorted(scaled, key=lambda flaw: -flaw.cost)
