from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from skill_fleet.rules.finding import Mark
from skill_fleet.rules.rule import rule
from skill_fleet.rules.subject import Subject, is_file_target, join_target
from skill_fleet.skill.body import Link, find_targets, parse_body


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
        beyond = sorted(_find_beyond(subject, path) - listed - {path})
        link = _find_link(subject, path) if beyond else None
        if link:
            names = ", ".join(f"`{name}`" for name in beyond)
            message = f"`{path}` leads on to {names}, which the body does not link to."
            yield Mark(link.line, link.column, message, "Link to it from here too.")


def _find_link(subject: Subject, path: str) -> Link | None:
    return next((found.link for found in subject.file_links if found.path == path), None)


def _find_beyond(subject: Subject, path: str) -> set[str]:
    """The bundled Markdown files that a bundled Markdown file links to."""
    if not _is_bundled(subject, path):
        return set()
    text = subject.load_bundled(path)
    if not any(_is_bundled(subject, reached) for reached in _reach(path, find_targets(text))):
        return set()
    links = (link.target for link in parse_body(text).links)
    return {reached for reached in _reach(path, links) if _is_bundled(subject, reached)}


def _reach(path: str, targets: Iterable[str]) -> Iterator[str]:
    folder = posixpath.dirname(path)
    return (join_target(folder, target) for target in targets if is_file_target(target))


def _is_bundled(subject: Subject, path: str) -> bool:
    return path.endswith(".md") and subject.listing is not None and subject.listing.has(path)
