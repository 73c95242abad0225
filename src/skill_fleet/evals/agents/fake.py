"""An agent without a model: it solves each case with a known chance. For tests, simulations and rehearsals."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

from skill_fleet.errors import AgentError
from skill_fleet.evals.agents.agent import Answer, Assignment

FAILURE = "I could not do this."


@dataclass(frozen=True, slots=True)
class FakeAgent:
    """Solves a case with the chance `without`, and with the chance `with_skill` when it has read a skill, which it does
    with the chance `reads` where one is offered. What solving means stands in `solutions`, by prompt; a case that is
    not among them is answered with its own prompt. The same seed gives the same answer.

    Tokens are invented: 1,000, and 500 more for a skill that was read.
    """

    without: float
    with_skill: float
    reads: float = 1.0
    solutions: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return "fake"

    @property
    def model(self) -> str:
        return "none"

    @property
    def recipe(self) -> str:
        return f"fake {self.without:g} {self.with_skill:g} {self.reads:g}"

    def work(self, assignment: Assignment) -> Answer:
        drawn = random.Random(_seed(assignment))  # noqa: S311  no secret
        offered = tuple(skill.name for skill in assignment.skills)
        has_read = bool(assignment.forced) or (bool(offered) and drawn.random() < self.reads)
        solved = drawn.random() < (self.with_skill if has_read else self.without)
        text = self.solutions.get(assignment.prompt, assignment.prompt) if solved else FAILURE
        read = offered[:1] if has_read else ()
        return Answer(text, read, tokens=1_500 if has_read else 1_000, cost=0.0, transcript=text)


def parse_fake(words: str, solutions: Mapping[str, str]) -> FakeAgent:
    """`0.3,0.6` or `0.3,0.6,0.8`: chance without, chance with, chance of reading. Raises `AgentError`."""
    try:
        chances = [float(word) for word in words.split(",")]
    except ValueError:
        chances = []
    if len(chances) not in (2, 3) or not all(0 <= chance <= 1 for chance in chances):
        raise AgentError(
            f"fake:{words} names no chances.", "Write fake:0.3,0.6 for 30 % without and 60 % with a skill."
        )
    return FakeAgent(chances[0], chances[1], chances[2] if chances[2:] else 1.0, solutions)


def _seed(assignment: Assignment) -> str:
    """Arms differ in their luck, as they would with a model."""
    names = ",".join(skill.name for skill in assignment.skills)
    return hashlib.sha256(f"{assignment.seed}|{names}|{assignment.forced}|{assignment.prompt}".encode()).hexdigest()
