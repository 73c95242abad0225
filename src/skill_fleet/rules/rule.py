"""A rule: one fact that holds for every good skill, with the function that finds where it does not.

A rule is one file with one function. Its docstring is its test and its page: a sentence that states the fact, a
paragraph that begins with `Why:`, and the sections `Bad:` and `Good:` (see `examples.py`). The function yields marks,
never raises and touches nothing but its subject.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from skill_fleet.rules.finding import Family, Finding, Mark, Severity
from skill_fleet.rules.subject import Subject

Check = Callable[[Subject], Iterator[Mark]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`code` never changes its meaning; `name` is for people, `doc` the docstring without its indentation."""

    code: str
    name: str
    severity: Severity
    family: Family
    doc: str
    find_marks: Check

    @property
    def summary(self) -> str:
        """The fact, one sentence."""
        return self.doc.split("\n", 1)[0]

    def check(self, subject: Subject) -> Iterator[Finding]:
        for mark in self.find_marks(subject):
            yield Finding(
                code=self.code,
                name=self.name,
                severity=self.severity,
                message=mark.message,
                hint=mark.hint,
                path=subject.path,
                line=mark.line,
                column=mark.column,
                end_line=mark.end_line,
            )


def rule(code: str, severity: Severity, family: Family = "specification") -> Callable[[Check], Rule]:
    """Make the function below a Rule; the function's name, with hyphens, is the rule's."""

    def make(check: Check) -> Rule:
        name = check.__name__.replace("_", "-")
        return Rule(code, name, severity, family, inspect.getdoc(check) or "", check)

    return make
