"""Plain chat: the words of the last user message, and the orders of a skill when one is at hand and fits."""

from __future__ import annotations

import re

from tests.lmserver.rulebook import Question, last_reply, replies
from tests.lmserver.words import sentences_of, shared

MOST_LINES = 20
"""Lines of a skill that one answer follows."""

FITS = 2
"""Words a description shares with the task when its skill fits."""

_SKILL = re.compile(r"^---\n(?:.*\n)*?name:.*\n(?:.*\n)*?---\n(?P<body>(?:.*\n?)*)", re.MULTILINE)
_DESCRIPTION = re.compile(r"^description:[ ]*(.*)$", re.MULTILINE)
_FENCED = re.compile(r"^```.*?^```[ ]*$", re.MULTILINE | re.DOTALL)
_OFFERED = re.compile(r"^- ([a-z0-9-]+): (.+)$", re.MULTILINE)
_READS = re.compile(r"^read: (\S+)$", re.MULTILINE)
_ORDERS = re.compile(
    r"(?i)(?:always|never|do not|don't|avoid|make sure|ensure|add|answer|apply|ask|begin|build|call|change|check|"
    r"choose|"
    r"close|compare|compute|convert|copy|count|create|delete|describe|end|explain|export|fetch|find|finish|follow|give|"
    r"group|import|include|install|keep|leave|list|load|look|mark|measure|mention|merge|name|note|open|order|pass|pick|"
    r"place|prefer|print|put|quote|read|record|remove|rename|repeat|replace|report|return|round|run|save|say|search|"
    r"select|send|set|show|sort|split|start|state|stop|store|subtract|tell|test|treat|try|turn|update|use|validate|"
    r"verify|wait|write)\b"
)


@replies
def read_a_skill(question: Question) -> str | None:
    """An agent that is offered skills by name asks for the one that fits best, once."""
    prompt = question.prompt
    if "read: NAME" not in prompt.system or any(
        _READS.search(text) for role, text in prompt.messages if role != "system"
    ):
        return None
    counts = [(shared(description, prompt.user), name) for name, description in _OFFERED.findall(prompt.system)]
    count, name = max(counts, default=(0, ""))
    return f"read: {name}" if count >= FITS else None


@last_reply
def solve(question: Question) -> str:
    """What the task says, then what the skill orders for it."""
    messages = question.prompt.messages
    skill = next((found for _, text in messages if (found := _SKILL.search(text))), None)
    tasks = [text for role, text in messages if role == "user" and not _SKILL.search(text)]
    task = tasks[-1] if tasks else question.prompt.user
    told = " ".join(sentences_of(task)[:6]) or task.strip()
    orders = orders_for(task, skill[0], skill["body"]) if skill else []
    return "\n".join([f"On your task: {told}", *(f"- {order}" for order in orders)])


def orders_for(task: str, skill: str, body: str) -> list[str]:
    """The lines that tell what to do: all when the skill's description fits the task, else those that share a word
    with it."""
    lines = [line.replace("**", "") for line in sentences_of(_FENCED.sub("", body))]
    orders = [line for line in lines if _ORDERS.match(line)]
    described = _DESCRIPTION.search(skill)
    if described is None or shared(described[1], task) < FITS:
        orders = [line for line in orders if shared(line, task)]
    return orders[:MOST_LINES]
