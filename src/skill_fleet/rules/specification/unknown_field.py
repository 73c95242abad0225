from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject
from skill_fleet.skill.model import SPECIFIED_FIELDS


@rule("SF006", "critical")
def unknown_field(subject: Subject) -> Iterator[Mark]:
    """Every top-level field is one of the specification's.

    Why: the specification knows six fields, and the reference validator fails a file with any other. A field of
    your own belongs under `metadata`.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    version: 1.2.0
    ---
    Read the fields, then fill them.
    ~~~

    Good:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    metadata:
      version: 1.2.0
    ---
    Read the fields, then fill them.
    ~~~
    """
    for field in subject.fields:
        if field.key not in SPECIFIED_FIELDS:
            message = f"`{field.key}` is not a field of the specification."
            yield Mark(field.start.line, field.start.column, message, _hint(field.key))


def _hint(key: str) -> str:
    meant = key.strip().lower().replace("_", "-")
    return f"Write `{meant}`." if meant in SPECIFIED_FIELDS else f"Move `{key}` under `metadata`, or drop it."
