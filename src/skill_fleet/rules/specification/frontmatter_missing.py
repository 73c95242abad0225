from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF001", "critical")
def frontmatter_missing(subject: Subject) -> Iterator[Mark]:
    """The file begins with YAML frontmatter.

    Why: a reader learns the name and the description from the frontmatter alone; without it the skill is never
    loaded.

    Bad:

    ~~~markdown
    # Fill PDF forms

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
    if problem := subject.find_problem("missing"):
        yield Mark(problem.line, problem.column, problem.message, problem.hint)
