"""GEPA's reflection: the instruction as it was, and below it what the feedback says that it does not say yet."""

from __future__ import annotations

from tests.lmserver.rulebook import Question, answers

MOST_LEARNED = 5
"""Sentences of feedback that one reflection adds."""


@answers("new_instruction")
def improve(question: Question) -> dict[str, object]:
    told = question.text("current_instruction")
    found = question.inputs.get("examples_with_feedback")
    examples = found if isinstance(found, list) else []
    said = dict.fromkeys(str(one.get("Feedback", "")).strip() for one in examples if isinstance(one, dict))
    learned = [line for line in said if line and line not in told][:MOST_LEARNED]
    return {"new_instruction": "\n".join([told, *learned])}
