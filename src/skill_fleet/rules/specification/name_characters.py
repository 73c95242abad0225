from __future__ import annotations

import re
from collections.abc import Iterator

from skill_fleet.errors import BadName
from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject
from skill_fleet.skill.name import find_flaws, slugify


@rule("SF012", "critical")
def name_characters(subject: Subject) -> Iterator[Mark]:
    """The `name` consists of lower-case ASCII letters, digits and hyphens.

    Why: names become folder names, commands and addresses. The specification says a-z and 0-9; some readers take
    any lower-case letter, several refuse all but ASCII.

    Bad:

    ~~~markdown
    ---
    name: PDF_Forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    ---
    Read the fields, then fill them.
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
    value = subject.find_text("name")
    if value and "characters" in find_flaws(value.text):
        wrong = sorted(set(re.findall(r"[^a-z0-9-]", value.text)))
        shown = " ".join(f"`{character}`" for character in wrong[:5])
        message = f"The name `{value.text}` holds {shown}; allowed are a-z, 0-9 and `-`."
        yield Mark(value.start.line, value.start.column, message, _hint(value.text))


def _hint(name: str) -> str:
    try:
        return f"Write `{slugify(name)}`, and name the folder so."
    except BadName:
        return "Choose a name of ASCII letters and digits, and name the folder so."
