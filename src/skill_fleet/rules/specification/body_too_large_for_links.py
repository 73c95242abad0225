from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import MAX_LINKED_TEXT, Subject
from skill_fleet.skill.body import MAX_BLOCK, MAX_OPENINGS


@rule("SF053", "warning")
def body_too_large_for_links(subject: Subject) -> Iterator[Mark]:
    """The body has at most 1,000,000 characters, and no paragraph with links has over 20,000 or over 500 brackets.

    Why: the limits are this checker's: links in a longer body, or in such a paragraph, are not checked.

    Bad:

    ~~~markdown
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    ---
    {Fill one more field of the form and save it before you go on to the next. * 14000}
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
    skill = subject.skill
    if skill and len(skill.body) > MAX_LINKED_TEXT:
        message = f"The body has {len(skill.body):,} characters; links are checked up to {MAX_LINKED_TEXT:,}."
        yield Mark(skill.body_line, 1, message, "Move data into files below `assets/`.")
    for line in subject.unread_blocks[:1]:
        message = f"Links are not checked here: over {MAX_BLOCK:,} characters or {MAX_OPENINGS} `[` in a paragraph."
        yield Mark(line, 1, message, "Break it up with blank lines, or move data into files below `assets/`.")
