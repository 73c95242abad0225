"""Name, title and description: what the skill is, and the words by which it will be found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from skill_fleet.authoring.extractive.blocks import prose_texts
from skill_fleet.authoring.extractive.nodes import Node
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.authoring.extractive.titles import is_aside, is_generic_title, slug
from skill_fleet.ranking import terms

#: Well below what the specification allows (64 and 1,024 characters): a name is typed, and every description is in the
#: agent's context all the time.
MAX_NAME = 48
MAX_DESCRIPTION = 640
MAX_TITLE = 120
MAX_TRIGGER = 40
MAX_TOPICS = 6
MAX_NAMES = 6
MAX_ERRORS = 4

_ERROR = re.compile(r"(?:Error|Exception|Timeout|Warning|Failure)$")
_SMALL_WORDS = frozenset("a an and for in of or the to with".split())
_NOT_IN_NAMES = _SMALL_WORDS - {"an", "or"}
_DANGLING = re.compile(rf"[\s,;:]*(?:\b(?:{'|'.join(sorted(_SMALL_WORDS))})\b)?[\s,;:]*$")
_NAME_IN_CODE = re.compile(r"`([A-Za-z_][\w.]*[\w])(?:\(\))?`")
#: What tells a name from a word: an inner capital, an underscore or a dot.
_NAME_LIKE = re.compile(r".[^A-Z_.]*[A-Z_.]")


#: `settings.toml`, `example.com`: a file or a host, not a name in code.
_FILE_OR_HOST = re.compile(r"\.(?:toml|ya?ml|json|py|md|rst|txt|cfg|ini|html?|js|ts|sh|com|org|net|io|dev)$")


def name_for(task: str, product: str, facets: Sequence[str]) -> str:
    """The product and the facets, as many words as fit in 48 characters: `httpx-timeouts-retries`."""
    words = list(dict.fromkeys(slug(" ".join([product, *facets]) or task).split("-")))
    words = [word for word in words if word not in _NOT_IN_NAMES]
    while len("-".join(words)) > MAX_NAME and len(words) > 1:
        words.pop()
    return "-".join(words)[:MAX_NAME].strip("-") or "skill"


def title_for(task: str) -> str:
    """The task as a heading: one line, without a full stop, cut between words."""
    title = " ".join(task.split()).rstrip(".!")
    if len(title) <= MAX_TITLE:
        return title
    return _DANGLING.sub("", title[:MAX_TITLE].rsplit(" ", 1)[0])


def description_for(task: str, product: str, topics: Sequence[str], names: Sequence[str]) -> str:
    """WHAT: the task. WHEN: topics, names and errors that a request is likely to hold. Up to 640 characters."""
    what = title_for(task) + "."
    plain = (topic.replace("`", "").replace('"', "") for topic in topics)
    about = [topic for topic in plain if _says_more(topic, what)]
    *phrases, last = _occasions(product, about[:MAX_TOPICS], names)
    text = f"{what} {', '.join(phrases)}, or {last}." if phrases else f"{what} {last}."
    return text if len(text) <= MAX_DESCRIPTION else text[:MAX_DESCRIPTION].rsplit(",", 1)[0] + "."


def _says_more(topic: str, what: str) -> bool:
    """The title names something the task does not, reads well in a list, and could not stand over any page."""
    own = topic.rpartition(": ")[2]
    return not (set(terms(topic)) <= set(terms(what)) or "," in topic or is_generic_title(own) or is_aside(own))


def _occasions(product: str, about: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    """When the skill is to be used: the subject, names in code, errors."""
    subject = f"working with {product}" if product else "a request touches"
    joint = " on " if product else " "
    yield f"Use when {subject}{joint}{_join(about)}" if about else f"Use when working with {product or 'this'}"
    others = [name for name in names if not _ERROR.search(name)][:MAX_NAMES]
    if others:
        yield f"when code mentions {_join(others)}"
    errors = [name for name in names if _ERROR.search(name)][:MAX_ERRORS]
    if errors:
        yield f"when {_join(errors, 'or')} comes up"


def _join(items: Sequence[str], word: str = "and") -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} {word} {items[-1]}"


def trigger_names(shelf: Shelf, nodes: Sequence[Node], limit: int) -> list[str]:
    """Names a request is likely to hold: code spans that look like identifiers, most used near the task first."""
    counts: dict[str, float] = {}
    for node in nodes:
        for section in node.sections:
            weight = shelf.section_relevance(node, section)
            for name in _NAME_IN_CODE.findall("\n".join(prose_texts(section.blocks))):
                if _NAME_LIKE.match(name) and len(name) <= MAX_TRIGGER and not _FILE_OR_HOST.search(name):
                    short = name.removeprefix(f"{shelf.product}.")
                    counts[short] = counts.get(short, 0.0) + weight
    return [name for name, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:limit]]
