"""Question sets: what a developer would ask, and which text counts as an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass as checked

WINDOW = 1_400  # characters: about a screenful, what a reader takes in at one glance
_Z95 = 1.959964

About = Literal["task", "around"]
"""task: on the set's task line itself · around: on the product the task belongs to."""

Use = Literal["tuning", "held out", "unseen"]
"""tuning: its misses may be looked at · held out: only its score may be · unseen: of a product nobody tuned on."""

_STRICT = ConfigDict(extra="forbid")


@checked(frozen=True, config=_STRICT)
class Alternative:
    """Patterns that must all match within one window; searched without regard to case, and `.` crosses lines."""

    all: tuple[str, ...]


@checked(frozen=True, config=_STRICT)
class Question:
    id: str
    about: About
    q: str
    any_of: tuple[Alternative, ...]


@checked(frozen=True, config=_STRICT)
class QuestionSet:
    """`written` says when the questions were fixed: a set written after a look at an output proves nothing."""

    task: str
    source_hint: str
    written: str
    use: Use
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `total`, with the Wilson score interval for 95 %."""

    hits: int
    total: int

    @property
    def percent(self) -> float:
        return 100 * self.hits / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        low, high = wilson(self.hits, self.total)
        return 100 * low, 100 * high

    def __str__(self) -> str:
        if not self.total:
            return "–"
        low, high = self.interval
        return f"{self.percent:.0f} % [{low:.0f}–{high:.0f}]"


def load_questions(path: Path) -> QuestionSet:
    return TypeAdapter(QuestionSet).validate_json(path.read_bytes())


def is_answered(question: Question, text: str, window: int = WINDOW) -> bool:
    return any(_stands_in_one_window(alternative.all, text, window) for alternative in question.any_of)


def find_answering(question: Question, texts: Iterable[str]) -> int | None:
    """The index of the first text that answers. An answer never spans two texts."""
    return next((index for index, text in enumerate(texts) if is_answered(question, text)), None)


def _stands_in_one_window(patterns: tuple[str, ...], text: str, window: int) -> bool:
    spans = [[match.span() for match in _compiled(pattern).finditer(text)] for pattern in patterns]
    starts = (start for matches in spans for start, _ in matches)
    return any(all(_has_span(matches, start, start + window) for matches in spans) for start in starts)


def _has_span(spans: list[tuple[int, int]], low: int, high: int) -> bool:
    return any(low <= start and end <= high for start, end in spans)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.DOTALL)


def wilson(hits: int, total: int) -> tuple[float, float]:
    """The 95 % score interval of a share (E. B. Wilson, 1927), as two fractions."""
    if total == 0:
        return 0.0, 1.0
    share = hits / total
    spread = _Z95 * sqrt(share * (1 - share) / total + _Z95**2 / (4 * total**2))
    scale = 1 + _Z95**2 / total
    middle = share + _Z95**2 / (2 * total)
    return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
