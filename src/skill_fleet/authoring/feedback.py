"""What a person wants otherwise, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.draft import Draft
from skill_fleet.jobs.prompts import PromptKind


@dataclass(frozen=True, slots=True)
class Feedback:
    """The person's words at a stop. `draft` is what they looked at, `None` before there is one."""

    stop: PromptKind
    text: str
    draft: Draft | None = None


#: Ahead of a wish that only the writer of the draft can act on: a change until the writer has said what came of it.
TAKEN_UP = "the writer takes up: "


@dataclass(frozen=True, slots=True)
class Revised:
    """What an author makes of feedback: the plan for the next draft, whose edits hold all that was asked for so far.

    `changes` say in plain words what will be otherwise, `not_addressed` what could not be acted on, in the person's
    words with the reason. `sources` are origins to read before the plan is made anew.
    """

    plan: Plan
    changes: tuple[str, ...] = ()
    not_addressed: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Revision:
    """One round at a stop; `round` counts from 1."""

    stop: PromptKind
    round: int
    feedback: str
    changes: tuple[str, ...] = ()
    not_addressed: tuple[str, ...] = ()
