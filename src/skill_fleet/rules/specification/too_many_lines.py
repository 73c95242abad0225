from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject

MAX_LINES = 500
"""The specification's recommendation (agentskills.io/specification)."""


@rule("SF051", "warning")
def too_many_lines(subject: Subject) -> Iterator[Mark]:
    """The file has at most 500 lines.

    Why: the specification recommends it: a skill is read whole, and what is seldom needed belongs into a bundled
    file.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    ---
    {Fill one more field. * 500}
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
    lines = len(subject.text.rstrip().split("\n")) if subject.skill else 0
    if lines > MAX_LINES:
        message = f"The file has {lines:,} lines; {MAX_LINES} are recommended at most."
        yield Mark(MAX_LINES + 1, 1, message, "Move details into files below `references/`.", lines)
