"""How much is gathered before a skill is planned, and how ready the sources then are."""

from __future__ import annotations

from dataclasses import dataclass, replace

from skill_fleet.authoring.decisions import Research


@dataclass(frozen=True, slots=True)
class ExampleGatheringConfig:
    """`min_examples` are wanted, `readiness_threshold` (0 to 1) is enough, `max_questions` are put to the person in
    all, and in `max_rounds` each tool may be used once."""

    min_examples: int = 3
    readiness_threshold: float = 0.8
    max_questions: int = 10
    max_rounds: int = 3

    def told(self) -> str:
        return (
            f"{self.min_examples} examples at least; up to {self.max_questions} questions in all; ready from "
            f"{self.readiness_threshold} on"
        )

    def is_ready(self, research: Research) -> bool:
        """Enough is known to plan: nothing more is asked."""
        enough = len(research.examples) >= self.min_examples
        return enough and research.readiness >= self.readiness_threshold

    def settled(self, research: Research) -> Research:
        """The research without questions when it is ready, and with no more than may be asked."""
        questions = () if self.is_ready(research) else research.questions[: self.max_questions]
        return replace(research, questions=questions)
