"""Judges in plain chat: statements about a piece of work, and which of two results is better. By words alone."""

from __future__ import annotations

import json
import re

from tests.lmserver.rulebook import Question, replies
from tests.lmserver.words import sentences_of, shared, stems, words_of

ENOUGH = 0.6
"""Share of a statement's words that one line of the work has to hold for a yes."""

_WORK = re.compile(r"<work>\n(.*)\n</work>\n\nThe statements:\n(.*)", re.DOTALL)
_PAIR = re.compile(r"(.*)Result A:\n<a>\n(.*)\n</a>\n\nResult B:\n<b>\n(.*)\n</b>", re.DOTALL)
_NUMBERED = re.compile(r"^(\d+)\. (.*)$", re.MULTILINE)


@replies
def judge_statements(question: Question) -> str | None:
    found = _WORK.search(question.prompt.user)
    if found is None:
        return None
    lines = sentences_of(found[1]) or [found[1].strip()]
    return json.dumps(
        {"answers": [verdict_on(int(number), said, lines) for number, said in _NUMBERED.findall(found[2])]}
    )


@replies
def judge_pair(question: Question) -> str | None:
    found = _PAIR.search(question.prompt.user)
    if found is None:
        return None
    one, other = shared(found[1], found[2]), shared(found[1], found[3])
    return json.dumps({"better": "tie" if one == other else "A" if one > other else "B"})


def verdict_on(number: int, statement: str, lines: list[str]) -> dict[str, object]:
    """Yes, with a quote, when one of the work's lines has enough of the statement's words."""
    wanted = stems(words_of(statement))
    line = max(lines, key=lambda text: len(wanted & stems(words_of(text))))
    share = len(wanted & stems(words_of(line))) / max(len(wanted), 1)
    reason = f"{share:.0%} of its words stand in one line"
    return {"number": number, "yes": share >= ENOUGH, "quote": line if share >= ENOUGH else "", "reason": reason}
