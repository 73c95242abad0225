"""Typed evidence: the units a skill is made of, each traceable to its lines.

The store is the contract between sources and authors: an author may choose, order, cut and frame units; it may
not say what no unit says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from skill_fleet.sources.document import Span

EvidenceKind = Literal[
    "definition",
    "concept",
    "steps",
    "example",
    "command",
    "option",
    "environment",
    "symbol",
    "warning",
    "error",
    "rule",
    "choice",
    "table",
    "change",
    "setup",
]
"""definition: what the product or a term is · concept: a paragraph that explains · steps: an ordered procedure ·
example: code with its language · command: a command line or sub-command · option: a flag or setting with its
meaning · environment: an environment variable · symbol: an API symbol with signature and summary · warning: a box
or sentence that warns · error: an exception or error message and when it comes · rule: a must, should or never
sentence · choice: a sentence that says when to use which · table: a table · change: an entry of a changelog ·
setup: how to install."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One unit. `text` is verbatim from the lines of `span` but for dialect markup; `title` is the symbol, option,
    command, error name or, for prose, the section's title; `heading` the path of titles above it; `intro` the
    sentence that leads to an example or a list, when the source has one right before it."""

    id: str
    kind: EvidenceKind
    text: str
    source: str
    span: Span
    heading: tuple[str, ...] = ()
    title: str = ""
    language: str = ""
    intro: str = ""
