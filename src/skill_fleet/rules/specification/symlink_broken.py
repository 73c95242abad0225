from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF063", "warning")
def symlink_broken(subject: Subject) -> Iterator[Mark]:
    """Every symbolic link leads to a file.

    Why: a link that leads nowhere, or in a circle, cannot be packed or read.

    Bad:

    ~~~markdown pdf-forms/SKILL.md
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    ---
    Read the fields, then fill them.
    ~~~

    ~~~symlink pdf-forms/references/fields.md
    gone.md
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
    for link in subject.listing.symlinks if subject.listing else ():
        if link.state == "broken":
            message = f"The symbolic link `{link.path}` leads nowhere: `{link.target}`."
            yield Mark(1, 1, message, "Remove the link, or add the file.")
