from __future__ import annotations

import re
from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject

_WHEN = re.compile(
    r"\b(?:when|whenever|while|before|after|upon|if (?:the|a|an|you|your)"
    r"|use(?:d|ful|s)? (?:this|it|for|to|as|with|on|in)|using this|trigger\w*|activat\w*|invoke[ds]?"
    r"|for (?:\w+[ -]){0,3}?\w+ing|asks?|needs? to|wants? to|mention\w*)\b",
    re.IGNORECASE,
)


@rule("SF023", "warning")
def description_without_when(subject: Subject) -> Iterator[Mark]:
    """The `description` says when to use the skill.

    Why: an agent that knows only what a skill does guesses when to read it; the specification asks for both. Looked
    for are English phrases such as "use when" or "for …ing"; descriptions mostly in other scripts are left alone.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fills PDF forms.
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
    value = subject.find_text("description")
    if value is None or _is_other_script(value.text) or _WHEN.search(value.text):
        return
    start = value.start
    message = "The description does not say when to use the skill."
    yield Mark(start.line, start.column, message, "Add a sentence that begins with `Use when`.")


def _is_other_script(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return sum(character.isascii() for character in letters) * 2 < len(letters)
