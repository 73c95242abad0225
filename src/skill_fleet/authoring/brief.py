"""What a person asks for: a task, its sources, and the choices they want to make themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from skill_fleet.errors import BriefError
from skill_fleet.ranking import terms

SkillStyle = Literal["navigation_hub", "comprehensive", "minimal"]
"""navigation_hub: up to 300 lines that lead into references · comprehensive: as much as 500 lines and 5,000 tokens
hold · minimal: up to 150 lines, the core of the task only."""

#: Words with a meaning that a task has at least: what is to be done, and with what.
LEAST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Target:
    """A source by its id, or one page of it."""

    source: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Edits:
    """What a person changed while the skill was made. Empty fields change nothing.

    `path` is where the skill is filed; `max_lines` and `max_tokens` bound SKILL.md below what its style allows (0: not
    at all). `dropped` are headings that stay out of SKILL.md, `order` the chapters that come first, in this order,
    `pinned` the ids of evidence that has to be in. Of the sources `only` these are used, without those to `avoid`, and
    the `prefer`red count for more. `feedback` keeps the words of every revision, in order.
    """

    name: str = ""
    path: str = ""
    title: str = ""
    style: SkillStyle | None = None
    max_lines: int = 0
    max_tokens: int = 0
    dropped: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    pinned: tuple[str, ...] = ()
    only: tuple[Target, ...] = ()
    avoid: tuple[Target, ...] = ()
    prefer: tuple[Target, ...] = ()
    feedback: tuple[str, ...] = ()


NO_EDITS = Edits()


@dataclass(frozen=True, slots=True)
class Brief:
    """`sources` are what `--from` took: paths, `package:NAME`, `cli:NAME`. `pin` and `ban` name topics by id or
    title; pinned topics come first, in the order given. `name` overrides the name the author would choose. `context`
    is what the person said beside the task: its words count when evidence is ranked and chosen."""

    task: str
    sources: tuple[str, ...]
    style: SkillStyle = "comprehensive"
    name: str = ""
    pin: tuple[str, ...] = ()
    ban: tuple[str, ...] = ()
    context: str = ""
    edits: Edits = NO_EDITS


def check_brief(brief: Brief, *, with_model: bool = False) -> None:
    """Raises `BriefError` when the task has fewer than two words that carry meaning, or no source is named and no model
    writes."""
    if len(set(terms(brief.task))) < LEAST_WORDS:
        raise BriefError(
            f"the task says too little to choose evidence by: {brief.task!r}",
            'Say what the agent should be able to do, for example "Configure timeouts and retries for HTTP clients".',
        )
    if not brief.sources and not with_model:
        raise BriefError(
            "no source is named, and without a language model a skill is made of sources alone",
            "Add --from PATH, --from package:NAME or --from cli:NAME.",
        )
