"""A program with something around each of its predictors; the program itself stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from typing import cast

import dspy

Wrap = Callable[[dspy.Predict], dspy.Module]


def wrap_predictors(program: dspy.Module, wrap: Wrap) -> dspy.Module:
    """A copy of the program in which `wrap` stands around each `dspy.Predict`, in `dspy.ReAct` and at any depth.

    Modules are copied, and the lists, tuples and dicts that hold them; everything else is shared with the program, so
    that tools keep their state.
    """
    made = _wrapped(program, wrap)
    if not isinstance(made, dspy.Module):
        raise TypeError(f"{program!r} is no program")
    return made


def _wrapped(value: object, wrap: Wrap) -> object:
    if isinstance(value, dspy.Predict):
        return wrap(value)
    if isinstance(value, dspy.Module):
        clone = copy(value)
        for name, part in vars(value).items():
            setattr(clone, name, _wrapped(part, wrap))
        return clone
    if type(value) is dict:
        parts = {key: _wrapped(part, wrap) for key, part in value.items()}
        return parts if _differ(parts.values(), value.values()) else value
    if type(value) in {list, tuple}:
        items = [_wrapped(part, wrap) for part in cast("Iterable[object]", value)]
        return type(value)(items) if _differ(items, value) else value  # type: ignore[call-arg]  # it is one of the two
    return value


def _differ(made: Iterable[object], given: object) -> bool:
    return any(one is not other for one, other in zip(made, cast("Iterable[object]", given), strict=True))
