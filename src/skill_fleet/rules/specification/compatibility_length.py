from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject

MAX_LENGTH = 500
"""The specification's limit (agentskills.io/specification)."""


@rule("SF030", "critical")
def compatibility_length(subject: Subject) -> Iterator[Mark]:
    """The `compatibility` is text of 1 to 500 characters.

    Why: the specification sets the limits; the field says in a line what the skill needs around it.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    compatibility: Needs Python 3.11 {and a network * 40}.
    ---
    Read the fields, then fill them.
    ~~~

    Good:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    compatibility: Needs Python 3.11 and a network.
    ---
    Read the fields, then fill them.
    ~~~
    """
    field = subject.find_field("compatibility")
    if field is None:
        return
    start, text = field.value.start, field.text
    if text is None:
        yield Mark(start.line, start.column, "The `compatibility` is not text.", "Write one sentence.")
    elif not text.strip():
        yield Mark(start.line, start.column, "The `compatibility` is empty.", "Say what is needed, or drop the field.")
    elif len(text) > MAX_LENGTH:
        message = f"The compatibility has {len(text):,} characters; the limit is {MAX_LENGTH}."
        yield Mark(start.line, start.column, message, "Keep products, packages and network needs.")
