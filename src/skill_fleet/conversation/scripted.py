"""A converser that plays a script: for tests, and for trying a face without a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skill_fleet.conversation.talk import Move, Talk
from skill_fleet.errors import NeedsPerson
from skill_fleet.jobs.prompts import Question


@dataclass(frozen=True, slots=True)
class ScriptedConverser:
    """Which move and which words come next is told by the conversation, so that it remembers nothing itself. When the
    script is over, it replies with its last words."""

    moves: tuple[Move, ...] = ()
    words: tuple[str, ...] = ("What would you like to do?",)

    async def move(self, talk: Talk) -> Move:
        return self.moves[talk.number] if talk.number < len(self.moves) else Move()

    async def speak(self, talk: Talk) -> str:
        return self.words[min(talk.replies, len(self.words) - 1)]

    async def sort(self, text: str, questions: Sequence[Question]) -> Mapping[str, str]:  # noqa: ARG002  a script reads nothing
        return {}

    def again(self, need: NeedsPerson) -> None:
        """There is nothing to pay for."""
