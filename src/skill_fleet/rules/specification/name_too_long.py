from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject
from skill_fleet.skill.name import MAX_NAME_LENGTH, find_flaws


@rule("SF013", "critical")
def name_too_long(subject: Subject) -> Iterator[Mark]:
    """The `name` has at most 64 characters.

    Why: the specification sets the limit, and readers cut or refuse what is longer.

    Bad:

    ~~~markdown
    ---
    name: fill-{pdf- * 20}forms
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
    if value and "too-long" in find_flaws(value.text):
        message = f"The name has {len(value.text)} characters; the limit is {MAX_NAME_LENGTH}."
        yield Mark(value.start.line, value.start.column, message, "Shorten it, and name the folder so.")
