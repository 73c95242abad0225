"""How ready the sources are for the task, and what would make them readier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from skill_fleet.authoring.decisions import Gap, Research
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.sources.evidence import EvidenceKind

#: Kinds whose presence makes a skill more than prose; diversity is the share of them that the task's evidence holds.
_WANTED_KINDS: tuple[EvidenceKind, ...] = (
    *("example", "steps", "rule", "choice"),
    *("warning", "error", "definition", "concept"),
)
_EDGE_KINDS: tuple[EvidenceKind, ...] = ("warning", "error", "rule")
#: Edge cases count as covered from this many units on.
_ENOUGH_EDGES = 6
#: Sections that score at least this against the best for a facet are near the task.
_NEAR = 0.5


def assess(shelf: Shelf) -> Research:
    """The measures as `Research` defines them, over the evidence near the task."""
    near = _near_evidence(shelf)
    asked = tuple(shelf.asked)
    answered = tuple(f for f, row in zip(asked, shelf.facet_rows, strict=False) if any(row))
    diversity = sum(kind in near for kind in _WANTED_KINDS) / len(_WANTED_KINDS)
    clarity = len(answered) / len(asked)
    edges = min(sum(near[kind] for kind in _EDGE_KINDS) / _ENOUGH_EDGES, 1.0)
    return Research(
        readiness=round(0.4 * diversity + 0.3 * clarity + 0.3 * edges, 2),
        diversity=round(diversity, 2),
        clarity=round(clarity, 2),
        edge_cases=round(edges, 2),
        facets=asked,
        answered=answered,
        gaps=tuple(_gaps(shelf, near, answered)),
        counts=dict(sorted(Counter(unit.kind for unit in shelf.store.evidence).items())),
    )


def unanswered(facet: str) -> str:
    return f"nothing in the sources is about {facet!r}"


def _near_evidence(shelf: Shelf) -> Counter[EvidenceKind]:
    """Kinds of evidence in the sections that answer a facet at least half as well as the best."""
    near = {
        (node.source, section.heading)
        for node, section in shelf.sections
        if shelf.section_relevance(node, section) >= _NEAR
    }
    return Counter(unit.kind for unit in shelf.store.evidence if (unit.source, unit.heading) in near)


def _gaps(shelf: Shelf, near: Counter[EvidenceKind], answered: Sequence[str]) -> Iterator[Gap]:
    for facet in shelf.asked:
        if facet not in answered:
            yield Gap(unanswered(facet), "add a source that covers it with --from, or drop it from the task")
    if not near["example"]:
        yield Gap("no code example near the task", "add a tutorial or guide with --from")
    if not any(near[kind] for kind in _EDGE_KINDS):
        yield Gap("no warning, error or rule near the task", "add a troubleshooting page or FAQ with --from")
    if all(source.kind == "package" for source in shelf.store.sources):
        yield Gap(
            "an installed package holds signatures and docstrings only", "add its documentation folder with --from"
        )
