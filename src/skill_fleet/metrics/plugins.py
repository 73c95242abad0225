"""Metrics that users write: functions of a page, named `module:function` or announced as entry points.

A metric takes a `Page` and returns a number from 0 to 1, or a `Score` or `Measured` with more to say. How to write one:
docs/contributing/add-a-metric.md.
"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, reduce
from importlib.metadata import EntryPoint, entry_points
from numbers import Real
from pathlib import Path

from skill_fleet.errors import MetricError
from skill_fleet.metrics.measured import Measured
from skill_fleet.metrics.page import Page
from skill_fleet.metrics.score import Score

GROUP = "skill_fleet.metrics"
"""The group of entry points; the name of one is the metric's name."""


@dataclass(frozen=True, slots=True)
class PluginMetric:
    """`origin` is the `module:function` it was loaded from."""

    name: str
    origin: str
    function: Callable[[Page], object]

    def measure(self, page: Page) -> Measured:
        """Raises `MetricError` when the function raises, or returns no number from 0 to 1."""
        try:
            answer = self.function(page)
        except Exception as error:
            message = f"The metric {self.name} ({self.origin}) raised {type(error).__name__}: {error}"
            raise MetricError(message, f"Mend it, or leave out `--metric {self.name}`.") from error
        return self._read(answer)

    def _read(self, answer: object) -> Measured:
        if isinstance(answer, Measured):
            return replace(answer, name=self.name, value=self._of_record(answer.value))
        if isinstance(answer, Score):
            return Measured(self.name, self._of_record(answer.value), answer.note, answer.parts, answer.flaws)
        return Measured(self.name, self._checked(answer), f"by {self.origin}")

    def _of_record(self, value: float | None) -> float | None:
        """None is an answer of a record, which can say why in its note, and of nothing else."""
        return None if value is None else self._checked(value)

    def _checked(self, value: object) -> float:
        if isinstance(value, Real) and 0 <= float(value) <= 1:
            return float(value)
        message = f"The metric {self.name} ({self.origin}) returned {value!r:.80}, which is no number from 0 to 1."
        raise MetricError(message, "Return a float from 0 (bad) to 1 (good), a Score, or a Measured.")


def load_metric(name: str) -> PluginMetric:
    """By entry point, or by `module:function`; a module may stand in the folder the program was started in.

    Raises `MetricError` for an unknown name, a module that cannot be imported, something that cannot be called, or a
    function that does not take a page alone.
    """
    found = next((point for point in installed() if point.name == name), None) if ":" not in name else None
    origin = f"{found.module}:{found.attr}" if found else name
    module, _, attribute = origin.partition(":")
    if not attribute:
        known = ", ".join(sorted(point.name for point in installed())) or "none are installed"
        hint = f"Name one as module:function, or one of the entry points of {GROUP}: {known}."
        raise MetricError(f"There is no metric {name}.", hint)
    function = _get_attribute(_import(module, name), attribute, name)
    if not callable(function):
        message = f"The metric {name} is of type {type(function).__name__}, which cannot be called."
        raise MetricError(message, "Name a function that takes a Page and returns a number from 0 to 1.")
    _check_signature(name, function)
    return PluginMetric(name, origin, function)


def installed() -> tuple[EntryPoint, ...]:
    """The metrics that installed packages announce."""
    return _installed(tuple(sys.path))


@cache
def _installed(path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    """Looked up once for each search path: it reads a file of every package there."""
    del path
    return tuple(entry_points(group=GROUP))


def _import(module: str, name: str) -> object:
    try:
        importlib.invalidate_caches()  # the file may have been written a moment ago
        with _here():
            return importlib.import_module(module)
    except Exception as error:
        message = f"The metric {name} cannot be loaded: importing {module} raised {type(error).__name__}: {error}"
        raise MetricError(message, "Install its package, or run the command in the folder its file is in.") from error


@contextmanager
def _here() -> Iterator[None]:
    """The current folder counts for imports, as it does for `python -m`; a command's own start leaves it out."""
    here = str(Path.cwd())
    sys.path.insert(0, here)
    try:
        yield
    finally:
        sys.path.remove(here)


def _get_attribute(module: object, attribute: str, name: str) -> object:
    try:
        found: object = reduce(getattr, attribute.split("."), module)
    except AttributeError as error:
        message = f"The metric {name} cannot be loaded: {error}."
        raise MetricError(message, "Look at the spelling behind the colon.") from error
    return found


def _check_signature(name: str, function: Callable[..., object]) -> None:
    try:
        inspect.signature(function).bind(object())
    except ValueError:  # a builtin without a signature
        return
    except TypeError as error:
        message = f"The metric {name} cannot be called with a page alone: {error}."
        raise MetricError(message, "Give it one parameter, the page, and defaults to all others.") from error
