"""The author without a language model: it chooses, orders, cuts and frames what the sources say, and says nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import (
    Dependencies,
    Gap,
    Intent,
    Neighbour,
    Plan,
    Requirements,
    Research,
    TaxonomyChoice,
    Topic,
)
from skill_fleet.authoring.draft import Draft, Problem
from skill_fleet.authoring.extractive import classify
from skill_fleet.authoring.extractive.compose import compose
from skill_fleet.authoring.extractive.describe import description_for, name_for, title_for
from skill_fleet.authoring.extractive.mend import mend
from skill_fleet.authoring.extractive.notes import trigger_names
from skill_fleet.authoring.extractive.prose import is_meta, leans_back
from skill_fleet.authoring.extractive.shelf import Node, Shelf
from skill_fleet.authoring.extractive.topics import rank_topics
from skill_fleet.library.catalog import Entry
from skill_fleet.ranking import terms
from skill_fleet.sources.sentences import split_sentences
from skill_fleet.sources.store import EvidenceStore

#: Kinds whose presence makes a skill more than prose; diversity is the share of them that the task's evidence holds.
_WANTED_KINDS = ("example", "steps", "rule", "choice", "warning", "error", "definition", "concept")
_EDGE_KINDS = ("warning", "error", "rule")
#: Edge cases count as covered from this many units on.
_ENOUGH_EDGES = 6
OVERLAP = 0.45
COMPLEMENT = 0.18
MAX_TITLES = 4
#: Lines that the style promises at most; comprehensive is bounded by the setting `max_lines` alone.
MAX_LINES = {"comprehensive": 495, "navigation_hub": 300, "minimal": 150}


class ExtractiveAuthor:
    """An `Author` that needs no model. Same task and sources, same bytes."""

    name = "extractive"

    def __init__(self, *, max_tokens: int = 5000, max_lines: int = 500) -> None:
        self._max_tokens = max_tokens
        self._max_lines = max_lines
        self._last: tuple[str, EvidenceStore, Shelf] | None = None

    def _shelf(self, task: str, store: EvidenceStore) -> Shelf:
        if self._last is None or self._last[0] != task or self._last[1] is not store:
            self._last = (task, store, Shelf(task, store))
        return self._last[2]

    async def research(self, brief: Brief, store: EvidenceStore) -> Research:
        shelf = self._shelf(brief.task, store)
        near = _near_evidence(shelf)
        diversity = sum(kind in near for kind in _WANTED_KINDS) / len(_WANTED_KINDS)
        answered = tuple(f for f, row in zip(shelf.facets, shelf.facet_rows, strict=True) if any(row))
        clarity = len(answered) / len(shelf.facets)
        edges = min(sum(near[kind] for kind in _EDGE_KINDS) / _ENOUGH_EDGES, 1.0)
        return Research(
            readiness=round(0.4 * diversity + 0.3 * clarity + 0.3 * edges, 2),
            diversity=round(diversity, 2),
            clarity=round(clarity, 2),
            edge_cases=round(edges, 2),
            facets=tuple(shelf.facets),
            answered=answered,
            gaps=tuple(_gaps(shelf, near, answered)),
            counts=dict(sorted(Counter(unit.kind for unit in store.evidence).items())),
        )

    async def requirements(self, brief: Brief, store: EvidenceStore, research: Research) -> Requirements:
        shelf = self._shelf(brief.task, store)
        topics = rank_topics(shelf, brief.pin, brief.ban)
        titles = [word for node in shelf.nodes for word in terms(f"{node.title} {node.page.title}")]
        ranked = classify.categories(brief.task, titles)
        return Requirements(
            domain=classify.domain_of(brief.task, store),
            category=ranked[0][0] if ranked else "general",
            target_level=classify.level_of(brief.task),
            topics=topics,
            ambiguities=tuple(
                f"nothing in the sources is about {f!r}" for f in research.facets if f not in research.answered
            )[:3],
            trigger_phrases=tuple(_triggers(shelf, [topic for topic in topics if topic.core])),
        )

    async def intent(self, brief: Brief, store: EvidenceStore) -> Intent:
        shelf = self._shelf(brief.task, store)
        return Intent(
            purpose=brief.task,
            skill_type=classify.skill_type_of(brief.task),
            product=shelf.product,
            summary=_summary(store),
        )

    async def taxonomy(
        self, brief: Brief, requirements: Requirements, intent: Intent, fleet: Sequence[Entry]
    ) -> TaxonomyChoice:
        text = terms(
            f"{brief.task} {intent.product} {' '.join(topic.title for topic in requirements.topics if topic.core)}"
        )
        ranked = classify.categories(brief.task, [word for topic in requirements.topics for word in terms(topic.title)])
        return classify.place(requirements.domain, ranked, text, fleet)

    async def dependencies(self, brief: Brief, store: EvidenceStore, fleet: Sequence[Entry]) -> Dependencies:
        shelf = self._shelf(brief.task, store)
        text = terms(f"{shelf.product} {brief.task}")
        near = [
            Neighbour(entry.name, entry.path, entry.description, round(score, 2))
            for entry, score in classify.similarities(text, fleet)
        ]
        return Dependencies(
            overlaps=tuple(skill for skill in near if skill.similarity >= OVERLAP)[:5],
            complementary=tuple(skill for skill in near if COMPLEMENT <= skill.similarity < OVERLAP)[:5],
        )

    async def plan(
        self,
        brief: Brief,
        store: EvidenceStore,
        requirements: Requirements,
        intent: Intent,
        taxonomy: TaxonomyChoice,
        dependencies: Dependencies,
    ) -> Plan:
        shelf = self._shelf(brief.task, store)
        nodes = _nodes(shelf, [topic.id for topic in requirements.topics if topic.core])
        names = trigger_names(shelf, nodes, 12)
        objects = [facet for facet, weight in shelf.facet_weights.items() if weight == 1]
        described = description_for(brief.task, intent.product, [node.title for node in nodes], names)
        return Plan(
            name=brief.name or name_for(brief.task, intent.product, objects or shelf.facets),
            title=title_for(brief.task),
            description=described,
            style=brief.style,
            requirements=requirements,
            intent=intent,
            taxonomy=taxonomy,
            dependencies=dependencies,
            max_lines=min(MAX_LINES[brief.style], self._max_lines - 1),
            max_tokens=self._max_tokens,
        )

    async def content(self, plan: Plan, store: EvidenceStore) -> Draft:
        return compose(plan, self._shelf(plan.intent.purpose, store))

    async def repair(self, plan: Plan, draft: Draft, problems: Sequence[Problem], store: EvidenceStore) -> Draft:
        return mend(draft, problems)


def _nodes(shelf: Shelf, ids: Sequence[str]) -> list[Node]:
    nodes = {node.id: node for node in shelf.nodes}
    return [nodes[key] for key in ids if key in nodes]


def _near_evidence(shelf: Shelf) -> Counter[str]:
    """Kinds of evidence in the sections that answer a facet at least half as well as the best."""
    near = {
        (node.source, section.heading)
        for node, section in shelf.sections
        if shelf.section_relevance(node, section) >= 0.5
    }
    return Counter(unit.kind for unit in shelf.store.evidence if (unit.source, unit.heading) in near)


def _gaps(shelf: Shelf, near: Counter[str], answered: Sequence[str]) -> list[Gap]:
    gaps = [
        Gap(
            f"nothing in the sources is about {facet!r}",
            "add a source that covers it with --from, or drop it from the task",
        )
        for facet in shelf.facets
        if facet not in answered
    ]
    if not near["example"]:
        gaps.append(Gap("no code example near the task", "add a tutorial or guide with --from"))
    if not any(near[kind] for kind in _EDGE_KINDS):
        gaps.append(Gap("no warning, error or rule near the task", "add a troubleshooting page or FAQ with --from"))
    if all(source.kind == "package" for source in shelf.store.sources):
        gaps.append(
            Gap("an installed package holds signatures and docstrings only", "add its documentation folder with --from")
        )
    return gaps


def _triggers(shelf: Shelf, core: Sequence[Topic]) -> Iterator[str]:
    """Each facet with the topics that answer it, then the names a request may hold."""
    for facet in shelf.facets:
        titles = [topic.title for topic in core if facet in topic.facets]
        yield f"{facet}: {', '.join(list(dict.fromkeys(titles))[:MAX_TITLES])}" if titles else facet
    names = trigger_names(shelf, _nodes(shelf, [topic.id for topic in core]), 8)
    if names:
        yield f"code or a message mentions {', '.join(f'`{name}`' for name in names)}"


def _summary(store: EvidenceStore) -> str:
    """The first sentence in which a source says what its product is; empty when none does."""
    for source in store.sources:
        sentence = next(iter(split_sentences(source.summary)), "")
        if len(sentence.split()) >= 4 and not is_meta(sentence) and not leans_back(sentence):
            return sentence
    return ""
