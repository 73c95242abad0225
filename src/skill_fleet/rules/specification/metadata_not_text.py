from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject
from skill_fleet.skill.model import MappingNode


@rule("SF032", "critical")
def metadata_not_text(subject: Subject) -> Iterator[Mark]:
    """The `metadata` maps keys to text.

    Why: the specification allows string values alone; readers that type the field refuse lists and mappings in it.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    metadata:
      tags:
        - pdf
        - forms
    ---
    Read the fields, then fill them.
    ~~~

    Good:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    metadata:
      tags: pdf forms
    ---
    Read the fields, then fill them.
    ~~~
    """
    field = subject.find_field("metadata")
    if field is None:
        return
    if not isinstance(field.value, MappingNode):
        start = field.value.start
        yield Mark(start.line, start.column, "The `metadata` is not a mapping.", "Write `key: value` lines below it.")
        return
    for entry in field.value.entries:
        if entry.text is None:
            message = f"The value of `{entry.key}` in `metadata` is not text."
            yield Mark(entry.start.line, entry.start.column, message, "Write it as one text.")
