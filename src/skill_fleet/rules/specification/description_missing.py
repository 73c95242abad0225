from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF020", "critical")
def description_missing(subject: Subject) -> Iterator[Mark]:
    """The frontmatter has a `description`.

    Why: an agent decides by the description alone whether to read the skill; the field is required.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
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
    if subject.skill and subject.find_field("description") is None:
        hint = "Add `description:` with what the skill does and when to use it."
        yield Mark(1, 1, "The field `description` is missing.", hint)
