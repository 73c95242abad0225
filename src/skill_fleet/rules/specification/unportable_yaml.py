from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF043", "warning")
def unportable_yaml(subject: Subject) -> Iterator[Mark]:
    """The frontmatter uses block style, without anchors, aliases, tags and merge keys.

    Why: the reference validator reads a strict subset of YAML and refuses everything else, `[…]` and `{…}`
    included.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    metadata: {audience: office}
    ---
    Read the fields, then fill them.
    ~~~

    Good:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    metadata:
      audience: office
    ---
    Read the fields, then fill them.
    ~~~
    """
    for note in subject.find_notes("markup"):
        message = f"Strict readers refuse {note.what}."
        yield Mark(note.position.line, note.position.column, message, "Write plain `key: value` lines.")
