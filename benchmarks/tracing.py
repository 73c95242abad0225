"""Whether verbatim statements of a skill stand in the source lines that its provenance cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from benchmarks.skilltext import load_text
from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass as checked

ENOUGH = 1.0  # share of a verbatim statement's word triples that must stand in the cited lines
_SPAN = 3
_WORD = re.compile(r"[^\W_](?:\w*[^\W_])?")  # without the underscores of emphasis around it
_LINK_TARGET = re.compile(r"\]\([^)\s]*\)|<https?:[^>]*>`?_*")
_FRAME = re.compile(r"^\s*(?:(?:[-*>]|\d+\.)\s+\*\*[^\n]+?(?::\*\*|\*\*:)|- `[^`\n]+`: |`{3,}.*$)", re.MULTILINE)
_ROLE = re.compile(r"\{[\w:+-]+\}(?=`)|:[\w:+-]+:(?=`)|~(?=[\w.])")
# What a cross reference does not show, and tags.
_HIDDEN = re.compile(r"~[\w.]+\.(?=\w)|(?<=\s)<[^<>`]*>(?=`)|</?\w+[^<>]*>")


@checked(frozen=True)
class Origin:
    source: str
    path: str
    line: int
    end: int


@checked(frozen=True)
class Statement:
    """Lines `line` to `end` of `file`, 1-based and inclusive, and where they come from."""

    file: str
    line: int
    end: int
    transform: str
    origins: tuple[Origin, ...] = Field(validation_alias="references")


@checked(frozen=True)
class Provenance:
    version: Literal[1]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """Of all statements, how many are verbatim, and how many of those were found where they are said to stand.

    `unreadable` counts verbatim statements that cite a source nobody gave a path for; they are not in `verbatim`.
    """

    statements: int
    verbatim: int
    traced: int
    unreadable: int
    untraced: tuple[str, ...]


def load_provenance(path: Path) -> Provenance:
    return TypeAdapter(Provenance).validate_json(path.read_bytes())


def trace(provenance: Provenance, skill: Path, sources: Mapping[str, Path]) -> Trace:
    verbatim = [statement for statement in provenance.statements if statement.transform == "verbatim"]
    readable = [statement for statement in verbatim if all(origin.source in sources for origin in statement.origins)]
    untraced = tuple(_judge(statement, skill, sources) for statement in readable)
    missing = tuple(complaint for complaint in untraced if complaint)
    return Trace(
        statements=len(provenance.statements),
        verbatim=len(readable),
        traced=len(readable) - len(missing),
        unreadable=len(verbatim) - len(readable),
        untraced=missing,
    )


def _judge(statement: Statement, skill: Path, sources: Mapping[str, Path]) -> str:
    said = _slice(skill / statement.file, statement.line, statement.end)
    cited = [_slice(_resolve(sources[at.source], at.path), at.line, at.end) for at in statement.origins]
    share = found_share(said, "\n".join(cited))
    return "" if share >= ENOUGH else f"{statement.file}:{statement.line}: {share:.0%} {' '.join(said.split())[:70]}"


def found_share(said: str, cited: str) -> float:
    """The share of word triples of `said` that stand in `cited`; of shorter texts, the text as a whole.

    A bold lead-in (`- **Title:** …`) names the section a sentence was taken from, and a fence the language of its
    code: neither is looked for.
    """
    wanted = _words(_FRAME.sub("", said))
    span = min(_SPAN, len(wanted))
    there = {run for text in (cited, _HIDDEN.sub("", cited)) for run in _runs(_words(text), span)}
    runs = list(_runs(wanted, span))
    return sum(run in there for run in runs) / len(runs) if runs else 1.0


def _words(text: str) -> list[str]:
    """Words without the markup that differs between a source's dialect and plain Markdown."""
    return _WORD.findall(_ROLE.sub("", _LINK_TARGET.sub("]", text)).lower())


def _runs(words: list[str], span: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[index : index + span]) for index in range(len(words) - span + 1)) if span else iter(())


def _resolve(root: Path, path: str) -> Path:
    return root if root.is_file() else root / path


def _slice(path: Path, line: int, end: int) -> str:
    return "\n".join(_lines(path)[line - 1 : end])


@cache
def _lines(path: Path) -> list[str]:
    return load_text(path).splitlines() if path.is_file() else []
