from __future__ import annotations

import re
from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject

_IN_PARENTHESES = re.compile(r"\([^()]*\)")


@rule("SF034", "warning")
def allowed_tools_commas(subject: Subject) -> Iterator[Mark]:
    """Blanks, not commas, separate the `allowed-tools`.

    Why: a reader that splits at blanks takes the comma for a part of the tool's name and grants nothing.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    allowed-tools: Read, Grep
    ---
    Read the fields, then fill them.
    ~~~

    Good:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    allowed-tools: Read Grep Bash(git add:*, git commit:*)
    ---
    Read the fields, then fill them.
    ~~~
    """
    value = subject.find_text("allowed-tools")
    if value and "," in _IN_PARENTHESES.sub("", value.text):
        start = value.start
        yield Mark(start.line, start.column, "Commas separate the `allowed-tools`.", "Put blanks between the tools.")
