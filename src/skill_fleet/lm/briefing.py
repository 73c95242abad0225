"""Decisions and skills as a prompt shows them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from skill_fleet.authoring.brief import Brief, Edits
from skill_fleet.authoring.decisions import Dependencies, Intent, Plan, Requirements, Research, TaxonomyChoice
from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.extractive.classify import similarities
from skill_fleet.library.catalog import Entry
from skill_fleet.library.taxonomy import taxonomy
from skill_fleet.ranking import terms
from skill_fleet.sources.store import EvidenceStore

NOTHING = "nothing"
#: Skills that a prompt shows, the nearest to the task, and characters of a description.
MOST_SKILLS, LONGEST = 30, 300


def task_of(brief: Brief, research: Research | None = None) -> str:
    """The task as it is known best."""
    refined = research.refined_task if research else ""
    return f"{brief.task}\n({refined})" if refined and refined != brief.task else brief.task


def context_of(brief: Brief) -> str:
    """What the person said beside the task, topics and wishes included."""
    return _lines(
        brief.context,
        _labelled("topics that have to be in", brief.pin),
        _labelled("topics that stay out", brief.ban),
        wishes_of(brief.edits) if brief.edits.feedback else "",
    )


def wishes_of(edits: Edits) -> str:
    """What the person wants otherwise, the sections that stay out included."""
    return _lines(
        *edits.feedback,
        _labelled("leave out the sections", edits.dropped),
        _labelled("begin with the sections", edits.order),
    )


def research_text(research: Research) -> str:
    return _lines(
        _labelled("parts of the task", research.facets),
        _labelled("answered by the sources", research.answered),
        *(f"missing: {gap.missing}" for gap in research.gaps if gap.kind == "missing"),
        *(f"{term}: {meaning}" for term, meaning in research.terminology.items()),
    )


def requirements_text(needs: Requirements) -> str:
    return _lines(
        f"domain: {needs.domain}",
        f"category: {needs.category}",
        f"written for: {needs.target_level}",
        _labelled("topics", (topic.title for topic in needs.topics)),
        _labelled("constraints", needs.constraints),
        _labelled("not for", needs.negative_triggers),
        _labelled("requests", needs.trigger_phrases),
    )


def intent_text(intent: Intent) -> str:
    return _lines(
        f"purpose: {intent.purpose}",
        _labelled("product", [intent.product]),
        _labelled("problem", [intent.problem]),
        _labelled("audience", [intent.audience]),
        _labelled("value", [intent.value]),
        f"kind: {intent.skill_type}",
        _labelled("scope", [intent.scope]),
        _labelled("success", intent.success_criteria),
    )


def place_text(place: TaxonomyChoice) -> str:
    return f"{place.path} ({place.rationale}; confidence {place.confidence:.2f})"


def neighbours_text(found: Dependencies) -> str:
    return _lines(
        *(f"comes first: {one.name}: {one.description}" for one in found.prerequisites),
        *(f"goes well with it: {one.name}: {one.description}" for one in found.complementary),
        *(f"does much the same: {one.name}: {one.description}" for one in found.overlaps),
        _labelled("missing in the fleet", found.missing),
    )


def plan_text(plan: Plan) -> str:
    """The whole plan, for whoever writes or judges."""
    return _lines(
        f"name: {plan.name}",
        f"title: {plan.title}",
        f"description: {plan.description}",
        f"room for SKILL.md: {plan.max_lines} lines and {plan.max_tokens} tokens, frontmatter and lists included",
        _labelled("outline", plan.outline),
        _labelled("files", plan.files),
        _labelled("mind", plan.instructions),
        _labelled("success", plan.success_criteria or plan.intent.success_criteria),
        requirements_text(plan.requirements),
        intent_text(plan.intent),
        _labelled("the person said", [plan.context]),
    )


def skills_text(task: str, fleet: Sequence[Entry]) -> str:
    """The skills nearest to the task, those of its words first."""
    near = [entry for entry, _ in similarities(terms(task), fleet)][:MOST_SKILLS]
    return _lines(*(f"{entry.ref}: {' '.join(entry.description.split())[:LONGEST]}" for entry in near))


def taxonomy_text(fleet: Sequence[Entry]) -> str:
    return _lines(*(f"{branch.path} ({branch.total})" for branch in taxonomy(fleet)))


def headings_text(headings: Sequence[str], dropped: Sequence[str]) -> str:
    return _lines(*headings, *(f"{title} (left out before)" for title in dropped))


def sources_text(store: EvidenceStore) -> str:
    """The sources and their pages, by the names by which they can be chosen."""
    return _lines(
        *(f"{source.id} {page.path}: {page.title}" for source, page in store.documents),
        *(f"{source.id}: all of it" for source in store.sources),
    )


def numbered_files(draft: Draft) -> str:
    """The files that say something, with their line numbers; the terms of sources are not for judging."""
    saying = {statement.file for statement in draft.statements} | {"SKILL.md"}
    return "\n\n".join(f"{file.path}\n{_numbered(file.text)}" for file in draft.files if file.path in saying)


def _numbered(text: str) -> str:
    return "\n".join(f"{number}: {line}" for number, line in enumerate(text.rstrip("\n").split("\n"), start=1))


def _labelled(label: str, items: Iterable[str]) -> str:
    said = "; ".join(item for item in items if item)
    return f"{label}: {said}" if said else ""


def _lines(*lines: str) -> str:
    return "\n".join(_filled(lines)) or NOTHING


def _filled(lines: Iterable[str]) -> Iterator[str]:
    return (line.strip() for line in lines if line.strip() and line.strip() != NOTHING)
