"""Skills made and changed: every character that is not the point of the change stays.

ruamel's round trip re-wraps long scalars and re-aligns comments, so a field is replaced in the text, at the offsets the
parser noted. A frontmatter in flow style (`{name: x}`) has no lines to replace; that one goes through ruamel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from skill_fleet.errors import ParseError, SkillError
from skill_fleet.skill.model import Field, MappingNode, Skill
from skill_fleet.skill.parse import parse_skill
from skill_fleet.skill.render import render_skill
from skill_fleet.skill.scalar import write_field, write_inline

FieldValue = str | Mapping[str, str]


def new_skill(fields: Mapping[str, FieldValue], body: str) -> Skill:
    """A skill with these fields in this order, written so that strict and lenient readers agree; body as given.

    An empty mapping is left out. Raises SkillError beyond the limits of `parse_skill`.
    """
    frontmatter = "".join(write_field(key, value) for key, value in fields.items())
    return _parse_edit(f"---\n{frontmatter}---\n{body}", "The fields cannot be written as frontmatter.")


def with_field(skill: Skill, key: str, value: FieldValue) -> Skill:
    """The skill with one field set, in its place, or as the last one; of a repeated key one occurrence stays.

    Raises SkillError for a value that YAML cannot hold there.
    """
    if not value and not isinstance(value, str):
        return without_field(skill, key)
    frontmatter = _edit_flow(skill, key, value) if skill.root.flow else _edit_lines(skill, key, value)
    edited = _with_frontmatter(skill, frontmatter)
    if _value_of(edited, key) != value:
        message = f"The field `{key}` cannot be written into this frontmatter."
        raise SkillError(message, "Edit the file by hand, or make the skill anew.")
    return edited


def without_field(skill: Skill, key: str) -> Skill:
    """The skill without that field; comments above and below it stay."""
    if skill.root.flow:
        return _with_frontmatter(skill, _edit_flow(skill, key, None))
    return _with_frontmatter(skill, _drop(skill, [field for field in skill.fields if field.key == key]))


def with_body(skill: Skill, body: str) -> Skill:
    """The same frontmatter above another body."""
    closing = skill.closing if skill.closing.endswith(("\n", "\r")) else skill.closing + skill.newline
    return replace(skill, closing=closing, body=body)


def _value_of(skill: Skill, key: str) -> str | dict[str, str] | None:
    field = skill.find_field(key)
    if field is None or not isinstance(field.value, MappingNode):
        return field.text if field else None
    return {entry.key: entry.text or "" for entry in field.value.entries}


def _with_frontmatter(skill: Skill, frontmatter: str) -> Skill:
    text = render_skill(replace(skill, frontmatter=frontmatter))
    return _parse_edit(text, "The change would break the frontmatter.")


def _parse_edit(text: str, message: str) -> Skill:
    try:
        return parse_skill(text)
    except ParseError as error:
        raise SkillError(message, error.message) from error


def _indent(skill: Skill) -> str:
    return " " * (skill.root.start.column - 1) if skill.fields else ""


def _edit_lines(skill: Skill, key: str, value: FieldValue) -> str:
    found = skill.find_field(key)
    if found is None:
        return skill.frontmatter + write_field(key, value, _indent(skill)).replace("\n", skill.newline)
    # Later occurrences go first, so that the offsets of the first one still hold.
    text = _drop(skill, [field for field in skill.fields if field.key == key and field is not found])
    start, end = _span(skill, found)
    return text[:start] + _write_before(text[end:], skill, key, value) + text[end:]


def _write_before(rest: str, skill: Skill, key: str, value: FieldValue) -> str:
    """The field's lines without the last newline. What follows may be a comment, which a block would swallow."""
    if isinstance(value, str) and rest.lstrip(" \t").startswith("#"):
        return f"{_indent(skill)}{write_inline(key)}: {write_inline(value)}"
    return write_field(key, value, _indent(skill)).removesuffix("\n").replace("\n", skill.newline)


def _drop(skill: Skill, fields: list[Field]) -> str:
    text = skill.frontmatter
    for field in reversed(fields):
        start, end = _span(skill, field)
        text = text[:start] + text[_line_end(text, end, skill.newline) :]
    return text


def _span(skill: Skill, field: Field) -> tuple[int, int]:
    """From the start of the key's line to the end of the value, in the frontmatter."""
    shift = len(skill.opening)
    return field.start.offset - (field.start.column - 1) - shift, field.value.end.offset - shift


def _line_end(text: str, index: int, newline: str) -> int:
    found = text.find(newline[-1], index)
    return len(text) if found < 0 else found + 1


def _edit_flow(skill: Skill, key: str, value: FieldValue | None) -> str:
    yaml = YAML()
    yaml.width = 2**16
    yaml.preserve_quotes = True
    try:
        mapping = yaml.load(skill.frontmatter)
    except YAMLError as error:
        message = f"The field `{key}` cannot be changed: the frontmatter is in flow style and not sound YAML."
        raise SkillError(message, "Write it as `key: value` lines.") from error
    if value is None:
        mapping.pop(key, None)
    else:
        mapping[key] = value if isinstance(value, str) else dict(value)
    written = StringIO()
    yaml.dump(mapping, written)
    return written.getvalue()
