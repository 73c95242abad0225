from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF040", "critical")
def not_utf8(subject: Subject) -> Iterator[Mark]:
    """The file is UTF-8.

    Why: readers decode a skill as UTF-8; other bytes are an error to most and wrong characters to the rest.

    Bad:

    ~~~markdown encoding=latin-1
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a résumé has to be filled.
    ---
    Read the fields, then fill them.
    ~~~

    Good:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a résumé has to be filled.
    ---
    Read the fields, then fill them.
    ~~~
    """
    if problem := subject.find_problem("not-utf8"):
        yield Mark(problem.line, problem.column, problem.message, problem.hint)
