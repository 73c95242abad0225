"""How much SKILL.md may hold, style by style."""

from __future__ import annotations

from dataclasses import dataclass, replace

from skill_fleet.authoring.brief import SkillStyle
from skill_fleet.authoring.extractive.edited import Dropped


@dataclass(frozen=True, slots=True)
class Budget:
    """`tokens` bounds the whole file, frontmatter included, and `lines` its lines. What the fixed parts leave is shared
    by the core and the quick reference, which gets `quick_share`. `choices`, `gotchas`, `errors` and `changes` are
    numbers of lines, `troubles` and `pointers` tokens. What is lifted out of the core goes beyond the numbers, unless
    they are `exact`."""

    tokens: int
    lines: int
    quick_share: float
    choices: int
    gotchas: int
    errors: int
    changes: int
    troubles: int
    pointers: int
    exact: bool = False

    def scaled(self, share: float) -> Budget:
        """The same with less room for the fixed parts."""
        return replace(
            self,
            choices=round(self.choices * share),
            gotchas=round(self.gotchas * share),
            errors=round(self.errors * share),
            changes=round(self.changes * share),
            troubles=round(self.troubles * share),
            pointers=round(self.pointers * share),
            exact=self.exact or share < 1,
        )

    def without(self, dropped: Dropped, product: str) -> Budget:
        """The same without room for the fixed parts that are dropped; others may take it."""
        return replace(
            self,
            quick_share=0.0 if dropped.has(more_title(product)) else self.quick_share,
            choices=0 if dropped.has(CHOOSING) else self.choices,
            gotchas=0 if dropped.has(GOTCHAS) else self.gotchas,
            errors=0 if dropped.has(ERRORS) else self.errors,
            changes=0 if dropped.has(CHANGES) else self.changes,
            troubles=0 if dropped.has(ERRORS) else self.troubles,
        )


#: The headings of the fixed parts.
WHEN, SETUP, STEPS = "When to use", "Setup", "Steps"
CHOOSING, GOTCHAS, ERRORS = "Choosing", "Gotchas", "Errors"
CHANGES, REFERENCES = "Recent changes", "References"
FIXED = frozenset({WHEN, SETUP, STEPS, CHOOSING, GOTCHAS, ERRORS, CHANGES, REFERENCES})


def more_title(product: str) -> str:
    """The heading of the quick reference."""
    return f"More of {product}" if product else "More"


#: Comprehensive uses what the specification recommends at most (5,000 tokens, 500 lines) with room for its estimate to
#: be off; the lines of the other two are what their styles promise. How the rest is shared was tuned on the httpx and
#: starlette question sets in `benchmarks/`.
BUDGETS: dict[SkillStyle, Budget] = {
    "comprehensive": Budget(
        tokens=4900,
        lines=495,
        quick_share=0.3,
        choices=7,
        gotchas=8,
        errors=8,
        changes=6,
        troubles=220,
        pointers=1000,
    ),
    "navigation_hub": Budget(
        tokens=4200,
        lines=300,
        quick_share=0.35,
        choices=5,
        gotchas=6,
        errors=6,
        changes=5,
        troubles=200,
        pointers=1000,
    ),
    "minimal": Budget(
        tokens=1900,
        lines=150,
        quick_share=0.0,
        choices=3,
        gotchas=5,
        errors=4,
        changes=3,
        troubles=0,
        pointers=300,
    ),
}
