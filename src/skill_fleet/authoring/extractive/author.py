"""The author without a language model: it chooses, orders, cuts and frames what the sources say, and adds nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

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
from skill_fleet.authoring.edits import with_edits
from skill_fleet.authoring.extractive import classify
from skill_fleet.authoring.extractive.budgets import BUDGETS
from skill_fleet.authoring.extractive.compose import compose
from skill_fleet.authoring.extractive.describe import description_for, name_for, title_for, trigger_names
from skill_fleet.authoring.extractive.edited import Dropped
from skill_fleet.authoring.extractive.feedback import proven, work_in
from skill_fleet.authoring.extractive.mend import mend
from skill_fleet.authoring.extractive.nodes import Node
from skill_fleet.authoring.extractive.prose import is_meta, leans_back
from skill_fleet.authoring.extractive.readiness import assess, unanswered
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.authoring.extractive.shelves import Shelves
from skill_fleet.authoring.extractive.topics import ANSWERS, knows_topic, rank_topics
from skill_fleet.authoring.extractive.view import View
from skill_fleet.authoring.feedback import Feedback, Revised
from skill_fleet.authoring.trace import with_true_transforms
from skill_fleet.errors import BriefError
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
        self._shelves = Shelves()

    def _shelf(self, brief: Brief, store: EvidenceStore) -> Shelf:
        return self._shelves.get(brief.task, brief.context, brief.edits, store)

    async def research(self, brief: Brief, store: EvidenceStore) -> Research:
        return assess(self._shelf(brief, store))

    async def requirements(self, brief: Brief, store: EvidenceStore, research: Research) -> Requirements:
        shelf = self._shelf(brief, store)
        pin, ban = _known(shelf, brief, brief.pin), _known(shelf, brief, brief.ban)
        topics = rank_topics(shelf, pin, ban, Dropped.of(brief.edits))
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
        shelf = self._shelf(brief, store)
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
        shelf = self._shelf(brief, store)
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
        shelf = self._shelf(brief, store)
        nodes = _nodes(shelf, [topic.id for topic in requirements.topics if topic.core])
        names = trigger_names(shelf, nodes, NAMES_IN_DESCRIPTION)
        edits = brief.edits
        style = edits.style or brief.style
        objects = [facet for facet, weight in shelf.asked.items() if weight == 1]
        described = description_for(brief.task, intent.product, [node.title for node in nodes], names)
        return Plan(
            name=brief.name or name_for(brief.task, intent.product, objects or list(shelf.asked)),
            title=title_for(brief.task),
            description=described,
            style=style,
            requirements=requirements,
            intent=intent,
            taxonomy=taxonomy,
            dependencies=dependencies,
            max_lines=min(BUDGETS[style].lines, self._max_lines - 1, edits.max_lines or self._max_lines),
            max_tokens=min(self._max_tokens, edits.max_tokens or self._max_tokens),
            context=brief.context,
            edits=edits,
        )

    async def content(
        self,
        plan: Plan,
        store: EvidenceStore,
        before: Draft | None = None,  # noqa: ARG002  the plan's edits hold all that was said about it
    ) -> Draft:
        return with_true_transforms(compose(plan, self._planned(plan, store)), store)

    def _planned(self, plan: Plan, store: EvidenceStore) -> Shelf:
        return self._shelves.get(plan.intent.purpose, plan.context, plan.edits, store)

    async def repair(
        self,
        plan: Plan,  # noqa: ARG002  what is taken out needs neither plan nor sources
        draft: Draft,
        problems: Sequence[Problem],
        store: EvidenceStore,  # noqa: ARG002
    ) -> Draft:
        return mend(draft, problems)

    async def revise(self, brief: Brief, plan: Plan, feedback: Feedback, store: EvidenceStore) -> Revised:
        draft = feedback.draft or await self.content(plan, store)
        found = work_in(View(plan, self._planned(plan, store), store, draft), feedback.text)
        changed = replace(brief, edits=found.edits)
        try:
            revised = await self._plan_again(changed, plan, store)
        except BriefError as error:
            return Revised(plan, (), (*found.not_addressed, f"{feedback.text.strip()}: {error.message}"))
        return proven(found, revised, draft, await self.content(revised, store))

    async def _plan_again(self, brief: Brief, plan: Plan, store: EvidenceStore) -> Plan:
        """The plan as the brief's edits make it; what it is for and where it stands stay as they were decided."""
        needs = await self.requirements(brief, store, assess(self._shelf(brief, store)))
        again = await self.plan(brief, store, needs, plan.intent, plan.taxonomy, plan.dependencies)
        return with_edits(replace(again, name=plan.name, title=plan.title), brief)


def _known(shelf: Shelf, brief: Brief, names: Sequence[str]) -> Sequence[str]:
    """The topics that are named; where the person left pages out on the way, those that are still there."""
    narrowed = brief.edits.only or brief.edits.avoid
    return [name for name in names if knows_topic(shelf, name)] if narrowed else names


def _nodes(shelf: Shelf, ids: Sequence[str]) -> list[Node]:
    nodes = {node.id: node for node in shelf.nodes}
    return [nodes[key] for key in ids if key in nodes]


def _triggers(shelf: Shelf, core: Sequence[Topic]) -> Iterator[str]:
    """Each facet with the topics that answer it, then the names a request may hold."""
    for number, facet in enumerate(shelf.asked):
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
