from __future__ import annotations

from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject


@rule("SF041", "warning")
def byte_order_mark(subject: Subject) -> Iterator[Mark]:
    """The file begins without a byte order mark.

    Why: to a reader that looks for `---` in the first column, a file with the mark has no frontmatter.

    Bad:

    ~~~markdown encoding=utf-8-sig
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
    if subject.text.startswith("\ufeff"):
        yield Mark(1, 1, "The file begins with a byte order mark.", "Save it as UTF-8 without one.")
