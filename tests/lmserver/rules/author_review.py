"""What a person is asked and told, what their words ask for, and an opinion of a draft."""

from __future__ import annotations

import re

from tests.lmserver.rulebook import Question, answers
from tests.lmserver.words import sentences_of, shared

_NUMBERED = re.compile(r"^(\d+)\. (.*)$", re.MULTILINE)
_VALUES: tuple[tuple[str, str], ...] = (
    ("name", r"(?:re-?name|call|name) (?:it|this|the skill)(?: to| as)? (?P<value>[\w-]+)"),
    ("path", r"(?:put|file|move) (?:it|this|the skill) (?:under|in|into|to) (?P<value>[\w/-]+/[\w/-]+)"),
    ("path", r"path (?P<value>[\w-]+/[\w/-]+)"),
    ("title", r"title (?:it|to|should be|:)\s*(?P<value>.+)"),
    ("style", r"(?P<value>minimal|comprehensive|navigation[ _]hub)(?: style)?"),
    ("size", r"(?:at most |to |under |within )?(?P<value>\d+ (?:lines|tokens))"),
    ("read", r"(?:read|use|add) (?:the )?(?:source |page |docs )?(?P<value>(?:package:|cli:|/|~/)\S+)"),
)
_SHORTER = re.compile(r"(?i)\b(?:shorter|shorten|too long|trim|briefer)\b")
_OUT = re.compile(r"(?i)\b(?:drop|remove|delete|leave out|cut|omit)\b")
_BACK = re.compile(r"(?i)\b(?:restore|back|again)\b")
_LEFT_OUT = " (left out before)"
_FIRST = re.compile(r"(?i)\bfirst\b|\bbegin with\b|\bstart with\b")
_SOURCES: tuple[tuple[str, str], ...] = (
    ("only", r"(?i)\b(?:only use|use only|nothing but)\b"),
    ("avoid", r"(?i)\b(?:avoid|ignore|do(?:n't| not) (?:use|quote))\b"),
    ("prefer", r"(?i)\b(?:prefer|focus on)\b"),
)
_WRITE = re.compile(r"(?i)\b(?:add|mention|include|say|explain|show|cover|more|fix|correct|replace|example|describe)\b")


@answers("readings")
def read(question: Question) -> dict[str, object]:
    listed = [line.strip() for line in question.text("headings").splitlines() if line.strip()]
    headings = [line for line in listed if not line.endswith(_LEFT_OUT)]
    dropped = [line.removesuffix(_LEFT_OUT) for line in listed if line.endswith(_LEFT_OUT)]
    pages = [line.partition(":")[0] for line in question.text("sources").splitlines()]
    found = _NUMBERED.findall(question.text("sentences"))
    return {
        "readings": [
            {"number": int(number), **(_back(said, dropped) or _asked(said, headings, pages))} for number, said in found
        ]
    }


def _back(said: str, dropped: list[str]) -> dict[str, str] | None:
    heading = next((heading for heading in dropped if heading.casefold() in said.casefold()), "")
    return {"asks": "restore", "value": heading} if heading and _BACK.search(said) else None


def _asked(said: str, headings: list[str], pages: list[str]) -> dict[str, str]:
    for ask, pattern in _VALUES:
        if match := re.search(rf"(?i)\b{pattern}", said):
            return {"asks": ask, "value": match["value"].rstrip(".").replace("navigation hub", "navigation_hub")}
    if _SHORTER.search(said):
        return {"asks": "size", "value": "70%"}
    page = next((page for page in pages if page.split() and page.split()[-1] in said), "")
    for ask, pattern in _SOURCES:
        if page and re.search(pattern, said):
            return {"asks": ask, "value": page}
    heading = next((heading for heading in headings if heading.casefold() in said.casefold()), "")
    if heading and (_OUT.search(said) or _FIRST.search(said)):
        return {"asks": "drop" if _OUT.search(said) else "order", "value": heading}
    if _WRITE.search(said) or _OUT.search(said):
        return {"asks": "content", "value": ""}
    return {"asks": "nothing", "value": "", "reason": "it says nothing that could be carried out"}


@answers("questions")
def ask(question: Question) -> dict[str, object] | None:
    points = _NUMBERED.findall(question.text("points"))
    asked = [{"point": int(number), "text": f"What about this: {said}?", "options": []} for number, said in points]
    return {"questions": asked} if asked else None


@answers("summary")
def confirm(question: Question) -> dict[str, object] | None:
    return {"summary": _gist(question)} if question.text("facts") else None


@answers("preview")
def preview(question: Question) -> dict[str, object] | None:
    return {"preview": _gist(question)} if question.text("facts") else None


@answers("report")
def report(question: Question) -> dict[str, object] | None:
    return {"report": _gist(question)} if question.text("facts") else None


def _gist(question: Question) -> str:
    return " ".join(sentences_of(question.text("facts"))[:2])


@answers("issues")
def validate(question: Question) -> dict[str, object] | None:
    """Lines with a placeholder in them."""
    file, issues = "", []
    for line in question.text("draft").splitlines():
        number, mark, text = line.partition(": ")
        if not (mark and number.isdigit()):
            file = line.strip() or file
        elif re.search(r"\b(?:TODO|TBD|FIXME)\b", text):
            message = "A placeholder was left."
            issues.append({"severity": "warning", "file": file, "line": int(number), "message": message})
    return {"issues": issues}


@answers("score", "strengths", "weaknesses")
def assess(question: Question) -> dict[str, object] | None:
    """The share of the plan's topics that the draft speaks of."""
    draft, plan = question.text("draft"), question.text("plan")
    topics = [topic for line in plan.splitlines() if line.startswith("topics: ") for topic in line[8:].split("; ")]
    if not draft or not topics:
        return None
    held = [topic for topic in topics if shared(topic, draft)]
    missing = [topic for topic in topics if topic not in held]
    return {
        "score": round(0.4 + 0.5 * len(held) / len(topics), 2),
        "strengths": [f"it speaks of {topic}" for topic in held[:3]],
        "weaknesses": [f"it says nothing of {topic}" for topic in missing[:3]],
        "recommendations": [f"say something of {topic}" for topic in missing[:3]],
    }
