"""How long SKILL.md is to be."""

from __future__ import annotations

from dataclasses import replace

from skill_fleet.authoring.brief import Edits
from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.extractive.budgets import BUDGETS
from skill_fleet.authoring.extractive.view import SKILL, Check, Effect, View, failed
from skill_fleet.authoring.extractive.wishes import Wish
from skill_fleet.skill.tokens import count_tokens

#: SKILL.md is not made shorter than this: what it is, when to use it and where the rest stands take about as much.
LEAST_LINES, LEAST_TOKENS = 60, 800


def resize(view: View, edits: Edits, wish: Wish) -> Effect:
    lines, tokens = _size(view.draft)
    limits = replace(edits, max_lines=round(lines * wish.share), max_tokens=round(tokens * wish.share))
    if wish.share < 1:
        limits = replace(limits, max_lines=max(limits.max_lines, LEAST_LINES))
        limits = replace(limits, max_tokens=max(limits.max_tokens, LEAST_TOKENS))
        return Effect(limits, (_is_shorter,))
    if edits.max_lines or edits.max_tokens:
        return Effect(limits, (_is_longer,))
    return failed(edits, f"it holds what the style {view.plan.style} and the sources allow; {_larger_style(view)}")


def _larger_style(view: View) -> str:
    if view.plan.style == "comprehensive":
        return "name a section to drop, or what there should be more about"
    return "say `style comprehensive` for more"


def limit(view: View, edits: Edits, wish: Wish) -> Effect:
    if wish.unit == "lines":
        changed = replace(edits, max_lines=max(wish.number, LEAST_LINES))
    else:
        changed = replace(edits, max_tokens=max(wish.number, LEAST_TOKENS))
    most = getattr(BUDGETS[view.plan.style], wish.unit)
    if wish.number > most:
        return failed(edits, f"the style {view.plan.style} has at most {most} {wish.unit}; {_larger_style(view)}")
    return Effect(changed, (_is_within(wish),))


def _size(draft: Draft) -> tuple[int, int]:
    text = draft.file(SKILL).text
    return text.count("\n"), count_tokens(text)


def _sizes(before: Draft, after: Draft) -> str:
    (old_lines, old_tokens), (lines, tokens) = _size(before), _size(after)
    return f"{lines} lines instead of {old_lines}, {tokens} tokens instead of {old_tokens}"


def _is_shorter(before: Draft, after: Draft) -> tuple[str, str]:
    if _size(after)[0] <= _size(before)[0] and _size(after)[1] < _size(before)[1]:
        return f"SKILL.md is shorter: {_sizes(before, after)}", ""
    return "", f"it is as short as it gets: {_size(after)[0]} lines, {_size(after)[1]} tokens"


def _is_longer(before: Draft, after: Draft) -> tuple[str, str]:
    if _size(after)[1] > _size(before)[1]:
        return f"SKILL.md is longer: {_sizes(before, after)}", ""
    return "", "the sources hold no more for it"


def _is_within(wish: Wish) -> Check:
    def check(before: Draft, after: Draft) -> tuple[str, str]:
        size = _size(after)[0 if wish.unit == "lines" else 1]
        if size <= wish.number:
            return f"SKILL.md has at most {wish.number} {wish.unit}: {_sizes(before, after)}", ""
        return "", f"{wish.number} {wish.unit} are too few for what has to be in; it has {size}"

    return check
