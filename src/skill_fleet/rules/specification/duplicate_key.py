from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF005", "critical")
def duplicate_key(subject: Subject) -> Iterator[Mark]:
    """Every key stands once.

    Why: YAML forbids repeated keys; readers that accept them disagree on whether the first or the last one counts.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    license: MIT
    license: Apache-2.0
    ---
    Read the fields, then fill them.
    ~~~

    Good:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    license: Apache-2.0
    ---
    Read the fields, then fill them.
    ~~~
    """
    for note in subject.find_notes("duplicate-key"):
        yield Mark(
            note.position.line,
            note.position.column,
            f"The key `{note.what}` stands twice.",
            "Keep one of the two.",
        )
