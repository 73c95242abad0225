"""A repair round: what a finding names is taken out, and nothing is made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skill_fleet.authoring.draft import Draft, Problem, Statement

SKILL = "SKILL.md"


#: What goes away with the statement it stands in: its source does not bear it, or it is damaged, said twice,
#: a stand-in, or leads nowhere. Whether the draft is better without it is for the measures to say.
TAKEN_OUT = frozenset(
    {"TRACE", "brackets", "claims", "code", "fences", "filler", "json", "links", "paths", "placeholders", "repetition"}
)


def mend(draft: Draft, problems: Sequence[Problem]) -> Draft:
    """The draft without the statements in which such a problem stands; others it cannot mend."""
    bad = [(problem.file, problem.line) for problem in problems if problem.code in TAKEN_OUT]
    damaged = [s for s in draft.statements if any(s.file == file and s.line <= line <= s.end for file, line in bad)]
    for statement in sorted(damaged, key=lambda s: -s.line):
        draft = _without(draft, statement)
    return draft


def _without(draft: Draft, statement: Statement) -> Draft:
    """The draft without the statement's lines; in SKILL.md what stands below moves up, in a reference the lines stay
    blank, because its contents count lines."""
    file = draft.file(statement.file)
    lines = file.text.split("\n")
    end = statement.end
    if statement.file != SKILL:
        lines[statement.line - 1 : end] = [""] * (end - statement.line + 1)
        return replace(draft.with_file(replace(file, text="\n".join(lines))), statements=_others(draft, statement))
    if statement.line > 1 and not lines[statement.line - 2] and end < len(lines) and not lines[end]:
        end += 1  # the blank line after it, which would meet the one before it
    gone = end - statement.line + 1
    del lines[statement.line - 1 : end]
    kept = tuple(_moved_up(other, statement, gone) for other in _others(draft, statement))
    return replace(draft.with_file(replace(file, text="\n".join(lines))), statements=kept)


def _others(draft: Draft, statement: Statement) -> tuple[Statement, ...]:
    return tuple(other for other in draft.statements if other != statement)


def _moved_up(other: Statement, removed: Statement, lines: int) -> Statement:
    below = other.file == removed.file and other.line > removed.line
    return replace(other, line=other.line - lines, end=other.end - lines) if below else other
