from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF060", "warning")
def link_target_missing(subject: Subject) -> Iterator[Mark]:
    """Every file that the body links to is bundled.

    Why: an agent that follows the link finds nothing, and goes on with a guess.

    Bad:

    ~~~markdown pdf-forms/SKILL.md
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    ---
    Read [the field list](references/fields.md) first.
    ~~~

    Good:

    ~~~markdown pdf-forms/SKILL.md
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    ---
    Read [the field list](references/fields.md) first.
    ~~~

    ~~~text pdf-forms/references/fields.md
    A field has a name and a type.
    ~~~
    """
    for found in subject.broken_links:
        if found.state == "missing":
            message = f"The link leads to `{found.path}`, which is not in the folder."
            yield Mark(found.link.line, found.link.column, message, "Add the file, or correct the path.")
