from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF003", "critical")
def invalid_yaml(subject: Subject) -> Iterator[Mark]:
    """The frontmatter is valid YAML.

    Why: readers skip a skill whose frontmatter they cannot read, most of them silently. A colon followed by a blank
    inside bare text is the usual cause.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when: a form has to be filled.
    ---
    Read the fields, then fill them.
    ~~~

    Good:

    ~~~markdown
    ---
    name: pdf-forms
    description: "Fill PDF forms. Use when: a form has to be filled."
    ---
    Read the fields, then fill them.
    ~~~
    """
    if problem := subject.find_problem("invalid-yaml"):
        yield Mark(problem.line, problem.column, problem.message, problem.hint)
