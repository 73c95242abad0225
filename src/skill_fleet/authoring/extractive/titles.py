"""What a title says of the text below it: whether it names the subject, any subject, or something beside it."""

from __future__ import annotations

import re

from skill_fleet.authoring.extractive.phrases import any_of
from skill_fleet.errors import BadName
from skill_fleet.skill.name import slugify
from skill_fleet.sources.document import Section

#: Titles of what stands around the subject: the frame of a page, its makers, its neighbours.
_ASIDES = (
    *("introduction", "conclusion", "summary", "recap", "overview", "table of contents", "indices and tables"),
    *("next steps", "what'?s next", "see also", "further reading", "links", "project links?", "resources"),
    *("references", "more info.*", "additional information", "notes?", "glossary"),
    *(r"why\b.*", r"about\b.*", "features", "motivation", "background", "history", "design", "philosophy"),
    *("technical details", "internals?", "requirements", "dependencies", "benchmarks?"),
    *("licen[cs]e", "credits", r"acknowledg\w+", "community", "support", "contributing.*"),
    *("third[- ]party.*", "alternatives.*", "comparison.*"),
)
#: Titles that could stand over a part of any page, so that they need the title above them.
_GENERIC_TITLES = (
    *("usage", "api", "examples?", "basic(?: usage| example)?", "simple", "the basics", "basics", "overview"),
    *("introduction", "summary", "details", "general", "syntax", "how (?:it works|to use)", r"step \d+"),
    *("configuration", "options?", "settings", "default[s]?", "parameters?", "arguments?", "attributes?", "methods?"),
    *("setup", "installation", "install", "getting started", "quick ?start"),
    *("customi[sz]ation", "advanced(?: usage)?", "tips", "limitations", "known issues", "troubleshooting"),
    "`.*`",
)
#: Words of titles about a state of affairs that has passed; a version number is one.
_BYGONES = ("legacy", "deprecated", "old(?:er)?", "obsolete", r"alternative \(old\)", r"v?\d+\.\d+(?:\.\d+)?")
#: Folders and files about other products, or about running this one.
_ASIDE_PATHS = (
    *("integrations?", "third[-_]party", "vendor", "examples?", r"deploy\w*", "advanced/internals", "legacy"),
)

_ASIDE = re.compile(f"{any_of(*_ASIDES)}$", re.IGNORECASE)
_GENERIC = re.compile(f"{any_of(*_GENERIC_TITLES)}$", re.IGNORECASE)
_BYGONE = re.compile(rf"\b{any_of(*_BYGONES)}\b", re.IGNORECASE)
_ASIDE_PATH = re.compile(rf"(?:^|[/_-]){any_of(*_ASIDE_PATHS)}(?:[/_.-]|$)")

#: The penalties of the authoring notes, section 4, step 3; those for old and for neighbouring things were sharpened
#: on the httpx and starlette question sets in `benchmarks/`.
ASIDE_FACTOR = 0.4
BYGONE_FACTOR = 0.3
ASIDE_PATH_FACTOR = 0.5


def slug(text: str) -> str:
    """`text` as a name; empty when it holds no letter or digit to make one of."""
    try:
        return slugify(text)
    except BadName:
        return ""


def title_factor(title: str, path: str) -> float:
    """1, or less where title or path say that the text is not about the product as it is."""
    factor = ASIDE_FACTOR if _ASIDE.match(title.strip()) else 1.0
    factor *= BYGONE_FACTOR if _BYGONE.search(title) else 1.0
    return factor * (ASIDE_PATH_FACTOR if _ASIDE_PATH.search(path.lower()) else 1.0)


def is_aside(title: str) -> bool:
    """The title promises something beside the product as it is used."""
    return bool(_ASIDE.match(title.strip()))


def needs_context(title: str) -> bool:
    """The title alone does not say what the text is about; a mere name in code does not either."""
    return bool(_GENERIC.match(title))


def is_generic_title(title: str) -> bool:
    """The title could stand over a part of any page."""
    return needs_context(title) and not title.startswith("`")


def display_title(section: Section) -> str:
    """The section's title, with the one above it when it says too little alone."""
    own = section.title
    if needs_context(own) and len(section.heading) > 1:
        return f"{section.heading[-2]}: {own}"
    return own
