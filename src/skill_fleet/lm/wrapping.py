"""A program with something around each of its predictors; the program itself stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy

import dspy

Wrap = Callable[[dspy.Predict], dspy.Module]


def wrap_predictors(program: dspy.Module, wrap: Wrap) -> dspy.Module:
    """A copy of the program in which `wrap` stands around each `dspy.Predict`, in `dspy.ReAct` and at any depth.

    Modules are copied, and the lists, tuples and dicts that hold them; everything else is shared with the program:
    tools keep their state.
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
    if isinstance(value, dict):
        return {key: _wrapped(part, wrap) for key, part in value.items()}
    if isinstance(value, list | tuple):
        parts = [_wrapped(part, wrap) for part in value]
        return type(value)(parts) if type(value) in {list, tuple} else value
    return value
