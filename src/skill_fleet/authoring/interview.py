"""The stop `deep_understanding`: rounds of questions about the task, before anything is read."""

from __future__ import annotations

from dataclasses import replace

from skill_fleet.authoring.brief import Brief
from skill_fleet.authoring.session import Session
from skill_fleet.review.understanding import absorb, begin, next_prompt, render_context


async def interview(session: Session, brief: Brief) -> Brief:
    """The brief with what the person said about it; as it is when nobody asked for questions."""
    understanding = begin(brief.task)
    while session.stops.interview and (prompt := next_prompt(understanding, brief.task)):
        answer = await session.ask(prompt)
        understanding = absorb(understanding, answer)
    return with_context(brief, render_context(understanding) if understanding.rounds else "")


def with_context(brief: Brief, said: str) -> Brief:
    """The brief with more context, each line of it once."""
    lines = [line.strip() for line in f"{brief.context}\n{said}".splitlines()]
    return replace(brief, context="\n".join(dict.fromkeys(line for line in lines if line)))
