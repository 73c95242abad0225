from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF050", "warning")
def body_empty(subject: Subject) -> Iterator[Mark]:
    """There are instructions below the frontmatter.

    Why: an agent that decides to read the skill finds nothing to do.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    ---
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
    skill = subject.skill
    if skill and not skill.body.strip():
        line = max(skill.body_line - 1, 1)
        yield Mark(line, 1, "There is no text below the frontmatter.", "Write what to do, step by step.")
