from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF007", "critical")
def frontmatter_too_large(subject: Subject) -> Iterator[Mark]:
    """The frontmatter has at most 65,536 characters.

    Why: every reader loads the frontmatter of every skill at start-up. The limit is this checker's, far above the
    3,000 characters that the specification's fields can use; beyond it nothing is parsed.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    metadata:
      notes: {many words * 7000}
    ---
    Read the fields, then fill them.
    ~~~

    Good:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    metadata:
      notes: few words
    ---
    Read the fields, then fill them.
    ~~~
    """
    if problem := subject.find_problem("too-large"):
        yield Mark(problem.line, problem.column, problem.message, problem.hint)
