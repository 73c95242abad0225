"""The habits of obra/superpowers' `writing-skills` as lints: listed apart, with no weight in any value.

They are one school's. Of vendors' skills 11 % begin their description with "Use when", and none of these habits goes
with measured benefit; whoever follows the school sees here where a skill leaves it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from skill_fleet.metrics.integrity.view import View
from skill_fleet.metrics.page import Page
from skill_fleet.metrics.score import Flaw

PREFIX = "obra-"
"""How the codes of these lints begin."""

MOST_WORDS = 500
MOST_DESCRIPTION = 500
"""Words of a body, characters of a description: the limits which that school sets."""

_FIRST_PERSON = re.compile(r"\b(?:I|I'm|I'll|we|my|our)\b|^\s*you\b", re.IGNORECASE)
_FORCED = re.compile(r"(?<![\w`@/.])@[\w.-]+/[\w./-]+")


@dataclass(frozen=True, slots=True)
class _Habit:
    """`find` says on which line a skill breaks it, None when it keeps it."""

    code: str
    message: str
    hint: str
    find: Callable[[View], int | None]


def obra_lints(page: Page) -> tuple[Flaw, ...]:
    """Where the skill leaves the school's habits, in the order of the habits."""
    view = View(page)
    broken = [(habit, line) for habit in HABITS if (line := habit.find(view)) is not None]
    return tuple(Flaw("conformance", habit.code, habit.message, habit.hint, line=line) for habit, line in broken)


def _described(holds: Callable[[str], bool]) -> Callable[[View], int | None]:
    return lambda view: None if holds(view.page.description) else view.description_line


def _titled(pattern: str) -> Callable[[View], int | None]:
    """Broken, at the beginning of the body, without such a section that says something."""
    title = re.compile(pattern, re.IGNORECASE)

    def find(view: View) -> int | None:
        says = any(title.search(section.title) and (section.blocks or section.code) for section in view.sections)
        return None if says else view.page.first_line

    return find


def _too_long(view: View) -> int | None:
    return view.page.first_line if len(view.words) > MOST_WORDS else None


def _forced(view: View) -> int | None:
    return next((block.line for block in view.blocks if _FORCED.search(block.text)), None)


HABITS: tuple[_Habit, ...] = (
    _Habit(
        "obra-use-when",
        "The description does not begin with “Use when”.",
        "Begin it with the situation that calls for the skill.",
        _described(lambda text: text.lower().startswith("use when")),
    ),
    _Habit(
        "obra-person",
        "The description speaks in the first or second person.",
        "Write it in the third person.",
        _described(lambda text: _FIRST_PERSON.search(text) is None),
    ),
    _Habit(
        "obra-description",
        f"The description has more than {MOST_DESCRIPTION} characters.",
        "Keep the situations, and leave out what the skill then does.",
        _described(lambda text: len(text) <= MOST_DESCRIPTION),
    ),
    _Habit(
        "obra-overview",
        "No section gives an overview.",
        "Add “Overview”: what it is, and its principle in a sentence or two.",
        _titled(r"\boverview\b|\bcore principle\b"),
    ),
    _Habit(
        "obra-when",
        "No section says when to use it.",
        "Add “When to use”, with the cases where not to.",
        _titled(r"\bwhen (?:not )?to\b|\bwhen you\b"),
    ),
    _Habit(
        "obra-reference",
        "No section can be scanned for common operations.",
        "Add “Quick reference” with a table or a list.",
        _titled(r"\b(?:quick )?reference\b|\bcheat ?sheet\b"),
    ),
    _Habit(
        "obra-mistakes",
        "No section names common mistakes.",
        "Add “Common mistakes”: what goes wrong, and what to do instead.",
        _titled(r"\bmistakes?\b|\bred flags?\b|\bpitfalls?\b|\banti-?patterns?\b|\brationali[sz]ations?\b"),
    ),
    _Habit(
        "obra-length",
        f"The body has more than {MOST_WORDS} words.",
        "Move details to files beside it, and name those.",
        _too_long,
    ),
    _Habit(
        "obra-forced",
        "A path behind an @ is loaded at once, needed or not.",
        "Name the file or the skill without the @.",
        _forced,
    ),
)
