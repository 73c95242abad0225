"""The programs that take the decisions: a chain of thought where thinking helps, one answer where it does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import dspy

from skill_fleet.authoring.extractive.classify import similarities
from skill_fleet.library.catalog import Entry
from skill_fleet.lm.evidence import Excerpts
from skill_fleet.lm.gathering import ExampleGatheringConfig
from skill_fleet.lm.signatures.research import GatherExamplesForSkill
from skill_fleet.ranking import terms

#: Tokens of excerpts that one search shows, and skills that one look at the fleet shows.
SEARCHED, SHOWN = 900, 5
TOOLS = 3


def predict(signature: type) -> dspy.Module:
    return dspy.Predict(signature)


def think(signature: type) -> dspy.Module:
    return dspy.ChainOfThought(signature)


def gather(excerpts: Excerpts, fleet: Sequence[Entry], config: ExampleGatheringConfig) -> dspy.Module:
    """An agent that looks through sources and fleet with tools, each as often as there are rounds."""
    tools = [_searcher(excerpts), _reader(excerpts), _looker(fleet)]
    return dspy.ReAct(GatherExamplesForSkill, tools=tools, max_iters=config.max_rounds * TOOLS)


def _searcher(excerpts: Excerpts) -> Callable[[str], str]:
    def search_sources(query: str) -> str:
        """Excerpts of the sources that answer a few words best, each with its id."""
        return excerpts.told(query, SEARCHED)

    return search_sources


def _reader(excerpts: Excerpts) -> Callable[[str], str]:
    def read_source(id: str) -> str:  # noqa: A002  the name that the model reads
        """What stands on the same page around the excerpt with this id, such as e12."""
        unit = excerpts.find(id)
        if unit is None:
            return f"There is no excerpt {id}."
        page = excerpts.store.in_file(unit.source, unit.span.path)
        near = sorted(page, key=lambda other: abs(other.span.line - unit.span.line))
        return excerpts.show(sorted(near[:SHOWN], key=lambda other: other.span.line))

    return read_source


def _looker(fleet: Sequence[Entry]) -> Callable[[str], str]:
    def list_similar_skills(query: str) -> str:
        """Skills of the fleet that are nearest to a few words."""
        near = [entry for entry, score in similarities(terms(query), fleet) if score > 0][:SHOWN]
        return "\n".join(f"{entry.ref}: {entry.description}" for entry in near) or "There is none."

    return list_similar_skills
