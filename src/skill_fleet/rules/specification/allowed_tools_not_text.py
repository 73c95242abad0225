from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF033", "critical")
def allowed_tools_not_text(subject: Subject) -> Iterator[Mark]:
    """The `allowed-tools` are one text.

    Why: the specification wants a space-separated string; readers that expect one refuse a list.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    allowed-tools:
      - Read
      - Bash(git:*)
    ---
    Read the fields, then fill them.
    ~~~

    Good:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    allowed-tools: Read Bash(git:*)
    ---
    Read the fields, then fill them.
    ~~~
    """
    field = subject.find_field("allowed-tools")
    if field and field.text is None:
        start = field.value.start
        hint = "Write the tools on one line, with a blank between them."
        yield Mark(start.line, start.column, "The `allowed-tools` are not text.", hint)
