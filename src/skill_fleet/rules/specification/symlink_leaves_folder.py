from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF062", "critical")
def symlink_leaves_folder(subject: Subject) -> Iterator[Mark]:
    """Every symbolic link stays in the skill's folder.

    Why: packing or publishing the folder would carry a foreign file along, or leave a hole.

    Bad:

    ~~~markdown pdf-forms/SKILL.md
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    ---
    Read [the field list](references/fields.md) first.
    ~~~

    ~~~symlink pdf-forms/references/fields.md
    ../../shared/fields.md
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
        if link.state == "outside":
            message = f"The symbolic link `{link.path}` leaves the folder: it leads to `{link.target}`."
            yield Mark(1, 1, message, "Replace the link by the file.")
