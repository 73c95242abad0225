"""The port: who speaks with the person. Each method is what one step of the job does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from skill_fleet.conversation.talk import Move, Talk
from skill_fleet.errors import NeedsPerson
from skill_fleet.jobs.prompts import Question


class Converser(Protocol):
    """Raises a `NeedsPerson` where it cannot go on."""

    async def move(self, talk: Talk) -> Move:
        """What to do next."""
        ...

    async def speak(self, talk: Talk) -> str:
        """What to say to the person now."""
        ...

    async def sort(self, text: str, questions: Sequence[Question]) -> Mapping[str, str]:
        """Which words of a reply answer which question, by its id; words that the person did not say are left out."""
        ...

    def again(self, need: NeedsPerson) -> None:
        """A person lets it try once more."""
        ...
