"""What a rule has to say about one place in one skill."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Severity = Literal["critical", "warning", "info"]
"""critical: breaks the specification or leaves the folder, blocks promotion · warning: works, and costs the reader
something · info: worth knowing."""

Family = Literal["specification"]
"""specification: what agentskills.io asks of a skill, and what its readers trip over."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What a rule's function yields: a place (line and column count from 1), what is wrong, what to do next."""

    line: int
    column: int
    message: str
    hint: str = ""
    end_line: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A mark with the rule that made it and the file it is in; `path` is None for text without a file."""

    code: str
    name: str
    severity: Severity
    message: str
    hint: str
    path: Path | None
    line: int
    column: int
    end_line: int | None = None
