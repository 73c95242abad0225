"""What a person says about a skill's name, place, title and style, and whether it will do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from skill_fleet.authoring.brief import Edits, SkillStyle
from skill_fleet.errors import BadName
from skill_fleet.library.catalog import Entry
from skill_fleet.library.taxonomy import check_path
from skill_fleet.skill.name import is_valid_name

Field = Literal["name", "path", "title", "style"]

#: Characters of a title; longer ones are no heading.
MAX_TITLE = 120

_QUOTED = re.compile(r"""(["'`])(?P<text>.*)\1""")
_SKILL = r"(?:it|this|the skill|this skill)"
_SET = r"(?:(?:change|set|make) )?(?:(?:the|its) )?"
_TO = r"(?: to|\s*[:=]| should be)?"
_FILE = rf"(?:put|file|move|place|store) {_SKILL}"
_VALUE = r"(?P<value>\S+)"
_PATTERNS: tuple[tuple[Field, str], ...] = (
    ("title", rf"{_SET}title(?: it| to|\s*[:=])\s*(?P<value>.+)"),
    ("title", rf"{_SET}title (?:should (?:be|read) )?(?P<value>[\"'`].+[\"'`])"),
    ("style", rf"(?:(?:use|switch to|in) )?{_SET}style{_TO} (?P<value>[\w -]+)"),
    ("style", r"(?:use|make it|switch to|change to|in) (?:(?:the|a) )?(?P<value>[\w-]+(?: hub)?) style"),
    ("style", r"(?:use|make it|switch to|change to) (?P<value>minimal|comprehensive|navigation[ _-]hub)"),
    ("path", rf"{_FILE} (?:under|below) {_VALUE}"),
    ("path", rf"{_FILE} (?:in|into|to|at) (?P<value>\S+/\S+)"),
    ("path", rf"{_SET}(?:taxonomy )?path{_TO} {_VALUE}"),
    ("name", rf"(?:re-?name|call|name) {_SKILL}(?: to| as|\s*[:=])? (?P<value>.+)"),
    ("name", r"re-?name(?: to| as|\s*[:=]) (?P<value>.+)"),
    ("name", rf"{_SET}name{_TO} {_VALUE}"),
)
_CHOICES = tuple((field, re.compile(pattern, re.IGNORECASE)) for field, pattern in _PATTERNS)
_STYLES: dict[str, SkillStyle] = {
    "minimal": "minimal",
    "comprehensive": "comprehensive",
    "navigation_hub": "navigation_hub",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A value for one field. `problem` says why it will not do, empty when it will."""

    field: Field
    value: str
    problem: str = ""


def read_choice(instruction: str) -> Choice | None:
    """What one instruction sets, if it sets anything: `call it foo-bar`, `path technical/web`, `style minimal`."""
    for field, pattern in _CHOICES:
        if match := pattern.fullmatch(instruction):
            return checked(field, unquoted(match["value"]))
    return None


def unquoted(text: str) -> str:
    """The text without spaces and quotation marks around it."""
    plain = text.strip()
    match = _QUOTED.fullmatch(plain)
    return match["text"].strip() if match else plain


def checked(field: Field, value: str) -> Choice:
    """The value as it will be used, or the reason why it cannot be."""
    match field:
        case "name":
            return Choice(field, value, _name_problem(value))
        case "path":
            return _path(value)
        case "title":
            fits = 0 < len(value) <= MAX_TITLE and value.isprintable()
            return Choice(field, value, "" if fits else f"a title is one line of up to {MAX_TITLE} characters")
    style = re.sub(r"[ -]", "_", value.strip().lower().removesuffix(" style"))
    return Choice(field, style, "" if style in _STYLES else f"the styles are {', '.join(_STYLES)}")


def _name_problem(name: str) -> str:
    if is_valid_name(name):
        return ""
    return f"{name!r} is no skill name: up to 64 lower-case letters and digits, with single hyphens between"


def _path(value: str) -> Choice:
    try:
        return Choice("path", check_path(value))
    except BadName:
        return Choice("path", value, f"{value!r} is no path: lower-case words between slashes, as in technical/web")


def with_choice(edits: Edits, choice: Choice) -> Edits:
    """The edits with a value that will do."""
    match choice.field:
        case "name":
            return replace(edits, name=choice.value)
        case "path":
            return replace(edits, path=choice.value)
        case "title":
            return replace(edits, title=choice.value)
    return replace(edits, style=_STYLES[choice.value])


def namesakes(name: str, fleet: Sequence[Entry]) -> list[Entry]:
    """The skills of the fleet that bear that name."""
    return [entry for entry in fleet if name in (entry.name, entry.folder.name)]
