"""Conversations: a move by the words of the last message, a message out of what was found, answers by their labels."""

from __future__ import annotations

import re

from tests.lmserver.rulebook import Question, answers

_PERSON = re.compile(r"(?:^|\n\n)person: (.*?)(?=\n\n(?:person|model|program): |\Z)", re.DOTALL)
_SOURCES = re.compile(r"\bfrom (\S+)")
_LABELLED = re.compile(r"^(problem|goals|context|tech|examples): (.+)$", re.MULTILINE | re.IGNORECASE)

#: The first word of a message → the tool.
TOOLS = {"list": "list", "find": "search", "show": "show", "check": "validate", "measure": "evaluate", "jobs": "jobs"}


@answers("tool", "argument", "next_proposal")
def choose(question: Question) -> dict[str, object] | None:
    """`find clocks` searches once, `make … from docs` proposes, `answer j-1` and `promote j-1` do so; all else is
    replied to."""
    said = [text.strip() for text in _PERSON.findall(question.text("conversation"))]
    if not said:
        return None
    first, _, rest = said[-1].partition(" ")
    move: dict[str, object] = {"tool": "reply", "argument": "", "next_proposal": {}}
    if first.lower() in TOOLS and question.text("found").startswith("nothing was"):
        return {**move, "tool": TOOLS[first.lower()], "argument": rest}
    if first.lower() in ("answer", "promote"):
        return {**move, "tool": first.lower(), "argument": rest}
    if first.lower() == "make":
        task, sources = _SOURCES.sub("", rest).strip(), _SOURCES.findall(rest)
        tests = "with tests" in task
        proposal = {"task": task.replace("with tests", "").strip(), "sources": sources, "tests": tests}
        return {**move, "tool": "create", "next_proposal": proposal}
    return move


@answers("message")
def speak(question: Question) -> dict[str, object] | None:
    """The last thing the person said, and the first lines of what was found."""
    said = _PERSON.findall(question.text("conversation"))
    if not said:
        return None
    told = question.text("found")
    found = [line for line in told.splitlines() if line.strip()][:6] if not told.startswith("nothing was") else []
    return {"message": "\n".join([f"You said: {said[-1].strip()[:200]}", *found])}


@answers("answers")
def sort(question: Question) -> dict[str, object] | None:
    """Words behind a label go to the question of that name; one that was not asked stays in, and so does an invented
    one, for whoever reads the answer to notice."""
    if not question.text("questions"):
        return None
    found = [
        {"question": name.lower(), "words": words.strip()} for name, words in _LABELLED.findall(question.text("said"))
    ]
    return {"answers": [*found, {"question": "goals", "words": "the person never said this"}] if found else []}
