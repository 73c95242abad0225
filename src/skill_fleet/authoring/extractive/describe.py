"""Name, title and description: what the skill is, and the words by which it will be found."""

from __future__ import annotations

import re
from collections.abc import Sequence

from skill_fleet.ranking import terms
from skill_fleet.authoring.extractive.shelf import slug

MAX_NAME = 48
MAX_DESCRIPTION = 640
MAX_TITLE = 120

_ERROR = re.compile(r"(?:Error|Exception|Timeout|Warning|Failure)$")


def name_for(task: str, product: str, facets: Sequence[str]) -> str:
    """The product and the facets, as many words as fit in 48 characters: `httpx-timeouts-retries`."""
    words: list[str] = []
    for word in slug(" ".join([product, *facets]) or task).split("-"):
        if word not in words and word not in ("and", "the", "a", "of", "with", "for", "to", "in"):
            words.append(word)
    while len("-".join(words)) > MAX_NAME and len(words) > 1:
        words.pop()
    return "-".join(words)[:MAX_NAME].strip("-") or "skill"


def title_for(task: str) -> str:
    """The task as a heading: one line, without a full stop."""
    title = " ".join(task.split()).rstrip(".!")
    if len(title) <= MAX_TITLE:
        return title
    cut = title[:MAX_TITLE].rsplit(" ", 1)[0]
    return re.sub(r"[\s,;:]*(?:\b(?:and|or|with|for|of|the|a|an|to|in)\b)?[\s,;:]*$", "", cut)


def description_for(task: str, product: str, topics: Sequence[str], names: Sequence[str]) -> str:
    """WHAT: the task. WHEN: topics, names and errors that a request is likely to hold. Up to 640 characters."""
    what = title_for(task) + "."
    plain = [topic.replace("`", "").replace('"', "") for topic in topics]
    about = [topic for topic in plain if topic and not set(terms(topic)) <= set(terms(what))]
    errors = [name for name in names if _ERROR.search(name)]
    others = [name for name in names if not _ERROR.search(name)]
    when = f"Use when working with {product or 'this'}" if product else "Use when a request touches"
    phrases = [when + (" on " if product else " ") + _join(about[:6]) if about else when]
    if others:
        phrases.append(f"when code mentions {_join(others[:6])}")
    if errors:
        phrases.append(f"when {_join(errors[:4], 'or')} comes up")
    text = f"{what} {', '.join(phrases[:-1]) + ', or ' + phrases[-1] if len(phrases) > 1 else phrases[0]}."
    return text if len(text) <= MAX_DESCRIPTION else text[:MAX_DESCRIPTION].rsplit(",", 1)[0] + "."


def _join(items: Sequence[str], word: str = "and") -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}"
