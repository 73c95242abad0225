from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF031", "critical")
def license_not_text(subject: Subject) -> Iterator[Mark]:
    """The `license` is text.

    Why: the specification wants the name of a licence, or of the bundled file that holds it.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    license:
      name: MIT
    ---
    Read the fields, then fill them.
    ~~~

    Good:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    license: MIT
    ---
    Read the fields, then fill them.
    ~~~
    """
    field = subject.find_field("license")
    if field and field.text is None:
        start = field.value.start
        yield Mark(start.line, start.column, "The `license` is not text.", "Write the licence's name on one line.")
