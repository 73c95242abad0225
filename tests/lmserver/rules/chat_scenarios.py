"""Scenarios: a request is done by the orders of the skill that stands beside it, and judged by shared words."""

from __future__ import annotations

import re

from tests.lmserver.rulebook import Question, answers
from tests.lmserver.rules.plain import orders_for
from tests.lmserver.words import sentences_of, stems, words_of

ENOUGH = 0.6
"""Share of a statement's words that one line of the work has to hold for a yes."""

_BODY = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_NUMBERED = re.compile(r"^(\d+)\. (.*)$", re.MULTILINE)


@answers("response")
def do_the_request(question: Question) -> dict[str, object] | None:
    """What was asked, then what the skill orders for it; without a skill, nothing more."""
    request, skill = question.text("request"), question.text("skill")
    if not request:
        return None
    told = " ".join(sentences_of(request)[:6]) or request
    orders = orders_for(request, skill, _BODY.sub("", skill)) if skill else []
    return {"response": "\n".join([f"On your request: {told}", *(f"- {order}" for order in orders)])}


@answers("verdicts")
def judge_the_work(question: Question) -> dict[str, object] | None:
    """Yes where one line of the work has most of a statement's words, with that line as the quote."""
    work, statements = question.text("work"), question.text("statements")
    if not statements:
        return None
    lines = sentences_of(work) or [work]
    return {"verdicts": [_verdict(int(number), said, lines) for number, said in _NUMBERED.findall(statements)]}


def _verdict(number: int, statement: str, lines: list[str]) -> dict[str, object]:
    wanted = stems(words_of(statement))
    line = max(lines, key=lambda text: len(wanted & stems(words_of(text))))
    share = len(wanted & stems(words_of(line))) / max(len(wanted), 1)
    quote = line if share >= ENOUGH else ""
    return {"number": number, "yes": bool(quote), "quote": quote, "reason": f"{share:.0%} of its words in one line"}
