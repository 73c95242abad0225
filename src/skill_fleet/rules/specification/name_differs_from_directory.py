from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF015", "critical")
def name_differs_from_directory(subject: Subject) -> Iterator[Mark]:
    """The `name` is the name of the skill's folder.

    Why: readers find a skill by its folder and call it by its name; when the two differ, one of the ways fails.

    Bad:

    ~~~markdown pdf-forms/SKILL.md
    ---
    name: forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    ---
    Read the fields, then fill them.
    ~~~

    Good:

    ~~~markdown pdf-forms/SKILL.md
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    ---
    Read the fields, then fill them.
    ~~~
    """
    value = subject.find_text("name")
    if value is None or subject.directory_name is None:
        return
    # Compared as the reference validator does: file systems spell accents in more than one way.
    if _normalize(value.text.strip()) != _normalize(subject.directory_name):
        message = f"The name `{value.text}` differs from the folder's name `{subject.directory_name}`."
        yield Mark(value.start.line, value.start.column, message, "Rename the folder or the skill.")


def _normalize(name: str) -> str:
    return unicodedata.normalize("NFKC", name)
