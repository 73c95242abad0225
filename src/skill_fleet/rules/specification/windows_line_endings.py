from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF042", "info")
def windows_line_endings(subject: Subject) -> Iterator[Mark]:
    """Lines end in LF.

    Why: a reader that looks for `---` followed by LF does not see the frontmatter of a file with CR LF.

    Bad:

    ~~~markdown newline=crlf
    ---
    name: pdf-forms
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
    for note in subject.find_notes("crlf"):
        yield Mark(note.position.line, note.position.column, f"The file has {note.what}.", "Save it with LF.")
