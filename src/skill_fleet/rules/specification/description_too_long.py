from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject

MAX_LENGTH = 1024
"""The specification's limit (agentskills.io/specification)."""


@rule("SF022", "critical")
def description_too_long(subject: Subject) -> Iterator[Mark]:
    """The `description` has at most 1,024 characters.

    Why: the specification sets the limit: the descriptions of all skills are in an agent's context all the time.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be {filled and * 100} sent.
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
    value = subject.find_text("description")
    if value and len(value.text) > MAX_LENGTH:
        message = f"The description has {len(value.text):,} characters; the limit is {MAX_LENGTH:,}."
        hint = "Keep what it does and when to use it; move the rest into the body."
        yield Mark(value.start.line, value.start.column, message, hint, value.end.line)
