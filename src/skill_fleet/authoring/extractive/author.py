"""The author without a language model: it chooses, orders, cuts and frames what the sources say, and adds nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.decisions import (
    Dependencies,
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
from skill_fleet.authoring.extractive.budgets import BUDGETS
from skill_fleet.authoring.extractive.compose import compose
from skill_fleet.authoring.extractive.describe import description_for, name_for, title_for, trigger_names
from skill_fleet.authoring.extractive.mend import mend
from skill_fleet.authoring.extractive.nodes import Node
from skill_fleet.authoring.extractive.prose import is_meta, leans_back
from skill_fleet.authoring.extractive.readiness import assess, unanswered
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.authoring.extractive.topics import ANSWERS, rank_topics
from skill_fleet.authoring.trace import with_true_transforms
from skill_fleet.library.catalog import Entry
from skill_fleet.ranking import terms
from skill_fleet.sources.sentences import split_sentences
from skill_fleet.sources.store import EvidenceStore

#: A skill of the fleet this similar does much the same; one at least `COMPLEMENT` goes well with the new one.
OVERLAP = 0.45
COMPLEMENT = 0.18
MAX_NEIGHBOURS = 5
MAX_AMBIGUITIES = 3
#: Titles after a facet among the triggers.
MAX_TITLES = 4
NAMES_IN_TRIGGERS = 8
NAMES_IN_DESCRIPTION = 12
#: A summary of fewer words names the product and says nothing of it.
MIN_SUMMARY_WORDS = 4


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
        return assess(self._shelf(brief.task, store))

    async def requirements(self, brief: Brief, store: EvidenceStore, research: Research) -> Requirements:
        shelf = self._shelf(brief.task, store)
        topics = rank_topics(shelf, brief.pin, brief.ban)
        titles = [word for node in shelf.nodes for word in terms(f"{node.title} {node.page.title}")]
        ranked = classify.categories(brief.task, titles)
        open_questions = [unanswered(facet) for facet in research.facets if facet not in research.answered]
        return Requirements(
            domain=classify.domain_of(brief.task, store),
            category=ranked[0][0] if ranked else classify.NO_CATEGORY,
            target_level=classify.level_of(brief.task),
            topics=topics,
            ambiguities=tuple(open_questions[:MAX_AMBIGUITIES]),
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
            overlaps=tuple(skill for skill in near if skill.similarity >= OVERLAP)[:MAX_NEIGHBOURS],
            complementary=tuple(skill for skill in near if COMPLEMENT <= skill.similarity < OVERLAP)[:MAX_NEIGHBOURS],
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
        names = trigger_names(shelf, nodes, NAMES_IN_DESCRIPTION)
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
            max_lines=min(BUDGETS[brief.style].lines, self._max_lines - 1),
            max_tokens=self._max_tokens,
        )

    async def content(self, plan: Plan, store: EvidenceStore) -> Draft:
        return with_true_transforms(compose(plan, self._shelf(plan.intent.purpose, store)), store)

    async def repair(
        self,
        plan: Plan,  # noqa: ARG002  what is taken out needs neither plan nor sources
        draft: Draft,
        problems: Sequence[Problem],
        store: EvidenceStore,  # noqa: ARG002
    ) -> Draft:
        return mend(draft, problems)


def _nodes(shelf: Shelf, ids: Sequence[str]) -> list[Node]:
    nodes = {node.id: node for node in shelf.nodes}
    return [nodes[key] for key in ids if key in nodes]


def _triggers(shelf: Shelf, core: Sequence[Topic]) -> Iterator[str]:
    """Each facet with the topics that answer it, then the names a request may hold."""
    for number, facet in enumerate(shelf.facets):
        fits = [(shelf.relevance[topic.id][number], topic.title) for topic in core]
        best = max((fit for fit, _ in fits), default=0.0)
        near = sorted((fit for fit in fits if fit[0] >= ANSWERS * best > 0), key=lambda fit: -fit[0])
        titles = [title for _, title in near]
        if titles:
            yield f"{facet}: {', '.join(list(dict.fromkeys(titles))[:MAX_TITLES])}"
    names = trigger_names(shelf, _nodes(shelf, [topic.id for topic in core]), NAMES_IN_TRIGGERS)
    if names:
        yield f"code or a message mentions {', '.join(f'`{name}`' for name in names)}"


def _summary(store: EvidenceStore) -> str:
    """The first sentence in which a source says what its product is; empty when none does."""
    for source in store.sources:
        sentence = next(iter(split_sentences(source.summary)), "")
        if len(sentence.split()) >= MIN_SUMMARY_WORDS and not is_meta(sentence) and not leans_back(sentence):
            return sentence
    return ""
