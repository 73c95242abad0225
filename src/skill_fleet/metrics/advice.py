"""Flaws in words for whoever mends the skill, a person or a reflecting model: what, where, seen how, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from skill_fleet.metrics.measured import cut
from skill_fleet.metrics.page import Page
from skill_fleet.metrics.score import Flaw

MOST_CHARACTERS = 4_000
"""Of all advice together: about 1,000 tokens, so that a few examples fit into one reflection."""

MOST_OF_A_KIND = 5
"""Flaws of one code that are told; of the others the last line says how many there are."""

_SHOWN = 240


def render_advice(flaws: Sequence[Flaw], page: Page, most: int = MOST_CHARACTERS) -> str:
    """One line for each flaw, the dearest first; what counts nothing comes last. At most `most` characters."""
    ranked = sorted(flaws, key=lambda flaw: (-flaw.cost, flaw.file, flaw.line, flaw.code, flaw.message))
    lines: list[str] = []
    told: dict[str, int] = {}
    quoted: set[int] = set()
    room = most - len(_rest(len(ranked)))
    for flaw in ranked:
        line = render_flaw(flaw, "" if flaw.line in quoted else line_of(flaw, page))
        if told.get(flaw.code, 0) < MOST_OF_A_KIND and len(line) < room:
            lines.append(line)
            told[flaw.code] = told.get(flaw.code, 0) + 1
            quoted |= set() if flaw.evidence else {flaw.line}
            room -= len(line) + 1
    left = len(ranked) - len(lines)
    return "\n".join([*lines, _rest(left)] if left else lines)


def render_flaw(flaw: Flaw, words: str = "") -> str:
    """Its code, place, message and hint, and what was seen: the evidence, else `words`, those of the line."""
    seen = flaw.evidence or words
    shown = f" Seen: “{cut(seen, _SHOWN)}”." if seen else ""
    worth = f" (worth {flaw.cost:.3f})" if flaw.cost >= 0.0005 else ""  # noqa: PLR2004 - what would be shown as .000
    message = cut(flaw.message, _SHOWN).rstrip(".")
    return f"- {flaw.file}:{flaw.line} {flaw.code}: {message}.{shown} {_sentence(flaw.hint)}{worth}"


def line_of(flaw: Flaw, page: Page) -> str:
    """The words of the flaw's line, where it lies in SKILL.md."""
    lines = page.subject.text.splitlines() if flaw.file == "SKILL.md" else []
    return lines[flaw.line - 1] if 0 < flaw.line <= len(lines) else ""


def _sentence(hint: str) -> str:
    return f"{hint[:1].upper()}{hint[1:].rstrip('.')}." if hint else ""


def _rest(count: int) -> str:
    return f"- and {count} more"
