from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF004", "critical")
def frontmatter_not_mapping(subject: Subject) -> Iterator[Mark]:
    """The frontmatter is a mapping of keys to values.

    Why: a list or a bare sentence has no `name` that a reader could look up.

    Bad:

    ~~~markdown
    ---
    - pdf-forms
    - Fill PDF forms. Use when a form has to be filled from data.
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
    if problem := subject.find_problem("not-mapping"):
        yield Mark(problem.line, problem.column, problem.message, problem.hint)
