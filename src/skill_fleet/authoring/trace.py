"""Does each statement stand in the lines it cites? Checked against the texts as they were read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import get_args

from skill_fleet.authoring.draft import Draft, Problem, Statement, Trace, Transform
from skill_fleet.sources.store import EvidenceStore

#: One word without the underscores of emphasis around it.
_WORD = re.compile(r"[^\W_](?:\w*[^\W_])?")
#: What dialects put between words: link targets, role names, the hidden part of a shortened cross reference.
_MARKUP = re.compile(
    r"\]\([^)\s]*\)|\]\[[^\]]*\]|\{[\w:+-]+\}(?=`)|:[\w:+-]+:(?=`)|~[\w.]+\.(?=\w)|(?<=\s)<[^<>`]*>(?=`)"
    r"|</?(?:kbd|b|i|em|strong|code|br|sub|sup|span|a|p|div|img|summary|details)\b[^<>]*>"
)
_FRAME = re.compile(
    r"^\s*(?:#{1,6} |[-*] \*\*[^\n]+?:\*\* |> \*\*[^*\n]+:\*\* |[-*] `[^`\n]+`: |[-*>] |\d+\. [^\n]*: (?=`)|\d+\. )",
    re.MULTILINE,
)
#: Where we join what the source has apart: lines, and a line of code behind a sentence or another line of code.
_SEAM = re.compile(r"\n|(?<=[.!?:`\u2026]) (?=`)")
_OURS = re.compile(r"^\s*(?:# -> |# \.\.\.$|`{3,}.*$)", re.MULTILINE)


def check_trace(draft: Draft, store: EvidenceStore) -> tuple[Trace, list[Problem]]:
    """Counts by transform, and a critical problem for each verbatim or elided statement its source does not bear."""
    texts = {file.path: file.text.split("\n") for file in draft.files}
    counts: dict[Transform, int] = dict.fromkeys(get_args(Transform), 0)
    problems: list[Problem] = []
    for statement in draft.statements:
        counts[statement.transform] += 1
        said = "\n".join(texts[statement.file][statement.line - 1 : statement.end])
        if not _is_borne_out(statement.transform, said, _cited(statement, store)):
            problems.append(_unsupported(statement))
    checked = counts["verbatim"] + counts["elided"]
    return Trace(**counts, borne_out=checked - len(problems)), [*problems, *_unsourced(draft)]


def with_true_transforms(draft: Draft, store: EvidenceStore) -> Draft:
    """The draft with each statement that leaves out words of its source called elided: a cross reference without its
    target's title, a box without its number."""
    texts = {file.path: file.text.split("\n") for file in draft.files}

    def true(statement: Statement) -> Statement:
        if statement.transform != "verbatim":
            return statement
        said = "\n".join(texts[statement.file][statement.line - 1 : statement.end])
        return statement if is_quoted(said, _cited(statement, store)) else replace(statement, transform="elided")

    return replace(draft, statements=tuple(map(true, draft.statements)))


def _is_borne_out(transform: Transform, said: str, cited: str) -> bool:
    if transform == "verbatim":
        return is_quoted(said, cited)
    return transform != "elided" or is_shortened(said, cited)


def is_quoted(said: str, cited: str) -> bool:
    """Every line of code stands in a cited line to the letter, but for the space in it; of prose, every three words
    in a row."""
    if said.lstrip().startswith("```"):
        lines = [" ".join(line.split()) for line in cited.splitlines()]
        code = (" ".join(line.split()) for line in said.splitlines() if not line.lstrip().startswith("```"))
        return all(any(line in there for there in lines) for line in code)
    return support(said, cited) == 1.0


def is_shortened(said: str, cited: str) -> bool:
    """The words stand in the cited lines in this order, whatever stands between them."""
    words = list(_words(_FRAME.sub("", _OURS.sub("", said))))
    return any(_stand_in_order(words, text) for text in (_MARKUP.sub(" ", cited), cited))


def _stand_in_order(words: Sequence[str], text: str) -> bool:
    there = _words(text)
    return all(word in there for word in words)


def support(said: str, cited: str) -> float:
    """The share of the statement's word 3-grams, none across a seam, that stand in the cited lines, 0 to 1.

    A run of fewer than three words counts as one gram of so many.
    """
    readings = (list(_words(text)) for text in (_MARKUP.sub(" ", cited), cited))
    known = {gram for words in readings for size in (1, 2, 3) for gram in _grams(words, size)}
    lines = (list(_words(line)) for line in _SEAM.split(_FRAME.sub("", _OURS.sub("", said))))
    grams = [gram for words in lines for gram in _grams(words, min(3, len(words)))]
    return sum(gram in known for gram in grams) / len(grams) if grams else 1.0


def _grams(words: Sequence[str], size: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[n : n + size]) for n in range(len(words) - size + 1) if size)


def _words(text: str) -> Iterator[str]:
    return (match.group().lower() for match in _WORD.finditer(text))


def _cited(statement: Statement, store: EvidenceStore) -> str:
    return "\n".join(store.cited(ref.source, ref.path, ref.line, ref.end) for ref in statement.references)


def _unsourced(draft: Draft) -> Iterator[Problem]:
    """What no source says is said to be so; a person decides whether it may stay."""
    for statement in draft.statements:
        if statement.origin == "model":
            yield Problem("UNSOURCED", "info", "a model says this, no source does", statement.file, statement.line)


def _unsupported(statement: Statement) -> Problem:
    places = ", ".join(f"{ref.path}:{ref.line}" for ref in statement.references)
    return Problem("TRACE", "critical", f"not borne out by {places}", statement.file, statement.line)
