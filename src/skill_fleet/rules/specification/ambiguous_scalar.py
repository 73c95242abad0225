from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject
from skill_fleet.skill.model import SPECIFIED_FIELDS, Field, MappingNode, ScalarNode
from skill_fleet.skill.scalar import kind_of


@rule("SF044", "info")
def ambiguous_scalar(subject: Subject) -> Iterator[Mark]:
    """Text that looks like a number, a date, a truth value or null is quoted.

    Why: to a reader that resolves YAML types, `version: 1.10` is the number 1.1 and `name: yes` is true, while the
    specification wants text.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    metadata:
      version: 1.10
    ---
    Read the fields, then fill them.
    ~~~

    Good:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    metadata:
      version: "1.10"
    ---
    Read the fields, then fill them.
    ~~~
    """
    for field in _text_fields(subject.fields):
        value = field.value
        if not isinstance(value, ScalarNode) or value.style != "plain" or not value.text:
            continue
        kind = kind_of(value.text)
        if kind != "text":
            message = f"Typed readers take `{field.key}: {value.text}` for a {kind}."
            yield Mark(value.start.line, value.start.column, message, f'Write `"{value.text}"`.')


def _text_fields(fields: tuple[Field, ...]) -> Iterator[Field]:
    for field in fields:
        if field.key in SPECIFIED_FIELDS:
            yield field
        if field.key == "metadata" and isinstance(field.value, MappingNode):
            yield from field.value.entries
