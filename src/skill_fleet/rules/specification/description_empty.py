from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF021", "critical")
def description_empty(subject: Subject) -> Iterator[Mark]:
    """The `description` is text, and not blank.

    Why: a list, a mapping or nothing at all tells no agent when to read the skill.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: ""
    ---
    Read the fields, then fill them.
    ~~~

    Good:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    ---
    Read the fields, then fill them.
    ~~~
    """
    field = subject.find_field("description")
    if field and not (field.text or "").strip():
        what = "is empty" if field.text is not None else "is not text"
        start = field.value.start
        hint = "Say what the skill does and when to use it."
        yield Mark(start.line, start.column, f"The `description` {what}.", hint)
