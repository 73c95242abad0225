from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF061", "critical")
def link_leaves_folder(subject: Subject) -> Iterator[Mark]:
    """Every file link stays in the skill's folder.

    Why: a skill is installed as one folder; what lies beside it on this machine is absent, or something else, on
    another.

    Bad:

    ~~~markdown pdf-forms/SKILL.md
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    ---
    Read [the field list](../shared/fields.md) first.
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
        if found.state == "outside":
            message = f"The link `{found.link.target}` leaves the folder."
            hint = "Bundle the file, or link to its web address."
            yield Mark(found.link.line, found.link.column, message, hint)
