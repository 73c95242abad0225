from __future__ import annotations

import posixpath
from collections.abc import Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject, is_file_target, join_target
from skill_fleet.skill.body import Link, find_links


@rule("SF064", "info")
def reference_too_deep(subject: Subject) -> Iterator[Mark]:
    """The body itself links to every bundled Markdown file that its references link to.

    Why: the specification asks for references one level deep: agents often read the start of a file that another
    file names, or nothing of it.

    Bad:

    ~~~markdown pdf-forms/SKILL.md
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    ---
    Read [the field list](references/fields.md) first.
    ~~~

    ~~~text pdf-forms/references/fields.md
    Types are in [their own file](types.md).
    ~~~

    ~~~text pdf-forms/references/types.md
    Text, number and date.
    ~~~

    Good:

    ~~~markdown pdf-forms/SKILL.md
    ---
    name: pdf-forms
    description: Fill PDF forms. Use when a form has to be filled from data.
    ---
    Read [the field list](references/fields.md) first,
    then [the types](references/types.md).
    ~~~

    ~~~text pdf-forms/references/fields.md
    Types are in [their own file](types.md).
    ~~~

    ~~~text pdf-forms/references/types.md
    Text, number and date.
    ~~~
    """
    listed = {join_target("", target) for target in subject.targets if is_file_target(target)}
    for path in sorted(listed):
        beyond = sorted(_find_beyond(subject, path, listed)) if _is_bundled(subject, path) else []
        link = _find_link(subject, path) if beyond else None
        if link:
            names = ", ".join(f"`{name}`" for name in beyond)
            message = f"`{path}` leads on to {names}, which the body does not link to."
            yield Mark(link.line, link.column, message, "Link to it from here too.")


def _find_link(subject: Subject, path: str) -> Link | None:
    return next((found.link for found in subject.file_links if found.path == path), None)


def _find_beyond(subject: Subject, path: str, listed: set[str]) -> set[str]:
    """The bundled Markdown files that the one at `path` links to and the body does not."""
    text = subject.load_bundled(path)

    def is_beyond(target: str) -> bool:
        reached = join_target(posixpath.dirname(path), target)
        return is_file_target(target) and reached not in listed and _is_bundled(subject, reached)

    return {join_target(posixpath.dirname(path), link.target) for link in find_links(text, 1, is_beyond)}


def _is_bundled(subject: Subject, path: str) -> bool:
    return path.endswith(".md") and subject.listing is not None and subject.listing.has(path)
