from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF010", "critical")
def name_missing(subject: Subject) -> Iterator[Mark]:
    """The frontmatter has a `name`.

    Why: the name is how a person or an agent asks for the skill; the field is required.

    Bad:

    ~~~markdown
    ---
    description: Fill PDF forms. Use when a form has to be filled from data.
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
    if subject.skill and subject.find_field("name") is None:
        yield Mark(1, 1, "The field `name` is missing.", "Add `name:` with the name of the skill's folder.")
