from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF002", "critical")
def frontmatter_not_closed(subject: Subject) -> Iterator[Mark]:
    """A second `---` line ends the frontmatter.

    Why: without it the whole file is frontmatter to one reader and body to another.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.

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
    if problem := subject.find_problem("not-closed"):
        yield Mark(problem.line, problem.column, problem.message, problem.hint)
