from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject
from skill_fleet.skill.name import find_flaws


@rule("SF014", "critical")
def name_hyphens(subject: Subject) -> Iterator[Mark]:
    """Hyphens in the `name` stand single, between letters or digits.

    Why: the specification allows none at the ends and no two in a row.

    Bad:

    ~~~markdown
    ---
    name: pdf--forms
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
    value = subject.find_text("name")
    if value and "hyphens" in find_flaws(value.text):
        message = f"The name `{value.text}` begins or ends with a hyphen, or has two in a row."
        yield Mark(value.start.line, value.start.column, message, "Put one hyphen between two words.")
