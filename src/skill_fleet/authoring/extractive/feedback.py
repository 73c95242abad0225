"""Feedback in plain English, worked into the edits of a plan, and held against the draft that comes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from skill_fleet.authoring.brief import Edits
from skill_fleet.authoring.decisions import Plan
from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.extractive.pages import avoid, only, prefer, use
from skill_fleet.authoring.extractive.sections import drop, first, next_to, restore
from skill_fleet.authoring.extractive.sizes import limit, resize
from skill_fleet.authoring.extractive.subjects import example, more
from skill_fleet.authoring.extractive.view import Check, Effect, View, failed
from skill_fleet.authoring.extractive.wishes import Wish, WishKind, read_wish
from skill_fleet.authoring.feedback import Revised
from skill_fleet.authoring.instructions import split_instructions
from skill_fleet.authoring.naming import with_choice

#: Instructions that are read of one feedback.
MOST = 50


@dataclass(frozen=True)
class Worked:
    """All instructions, worked in one after the other. `checks` stand beside the words they are to prove."""

    edits: Edits
    checks: tuple[tuple[str, Check], ...] = ()
    not_addressed: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def after(self, said: str, effect: Effect) -> Worked:
        return Worked(
            effect.edits,
            (*self.checks, *((said, check) for check in effect.checks)),
            (*self.not_addressed, *(f"{said}: {problem}" for problem in effect.problems)),
            (*self.sources, *effect.sources),
        )


def work_in(view: View, text: str) -> Worked:
    """The edits with every instruction of the feedback that can be acted on."""
    worked = Worked(replace(view.plan.edits, feedback=(*view.plan.edits.feedback, text.strip())))
    instructions = split_instructions(text)
    for instruction in instructions[:MOST]:
        wish = read_wish(instruction.core)
        effect = EFFECTS[wish.kind](view, worked.edits, wish) if wish else failed(worked.edits, "not understood")
        worked = worked.after(instruction.said, effect)
    for instruction in instructions[MOST:]:
        worked = worked.after(instruction.said, failed(worked.edits, f"one too many; {MOST} are read at a time"))
    return worked


def proven(worked: Worked, plan: Plan, before: Draft, after: Draft) -> Revised:
    """What the next draft bears out is a change; the rest is said not to be."""
    changes: list[str] = []
    problems: list[str] = []
    for said, check in worked.checks:
        change, problem = check(before, after)
        changes += [change] if change else []
        problems += [f"{said}: {problem}"] if problem else []
    return Revised(plan, tuple(changes), (*worked.not_addressed, *problems), worked.sources)


def choose(_: View, edits: Edits, wish: Wish) -> Effect:
    choice = wish.choice
    if choice is None or choice.problem:
        return failed(edits, choice.problem if choice else "not understood")
    changed = with_choice(edits, choice)
    if choice.field == "style":
        changed = replace(changed, max_lines=0, max_tokens=0)
    return Effect(changed, (lambda *_: (f"the {choice.field} is {choice.value}", ""),))


EFFECTS: dict[WishKind, Callable[[View, Edits, Wish], Effect]] = {
    "choose": choose,
    "resize": resize,
    "limit": limit,
    "restore": restore,
    "only": only,
    "avoid": avoid,
    "prefer": prefer,
    "use": use,
    "example": example,
    "more": more,
    "drop": drop,
    "first": first,
    "next": next_to,
}
