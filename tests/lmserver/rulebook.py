"""The registry of rules: who gives the values of which output fields, and who replies in plain chat."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from tests.lmserver.prompt import Field, Prompt
from tests.lmserver.values import Maker, Source

Found = TypeVar("Found")


@dataclass(frozen=True)
class Question:
    """What a rule is called with. `maker` picks and builds as the default does (`maker.choose(options)`,
    `maker.make(field)`); `maker.chance` is the random source, equal for equal requests; `maker.source` has words and
    sentences of all inputs."""

    prompt: Prompt
    maker: Maker

    @property
    def fields(self) -> tuple[Field, ...]:
        return self.prompt.fields

    @property
    def source(self) -> Source:
        return self.maker.source

    @cached_property
    def inputs(self) -> Mapping[str, object]:
        """Inputs by name: text, or what the text holds when it is a JSON object or list."""
        return {name: _parsed(text) for name, text in self.prompt.inputs.items()}

    def text(self, name: str) -> str:
        """The text of an input, empty without it."""
        return self.prompt.inputs.get(name, "")

    def field(self, name: str) -> Field:
        return next(one for one in self.fields if one.name == name)


class RuleFailed(Exception):
    """A rule raised; the message says which, where and what."""


Rule = Callable[[Question], Mapping[str, object] | None]
Reply = Callable[[Question], str | None]

_rules: list[tuple[frozenset[str], Rule]] = []
_replies: list[Reply] = []
_last_replies: list[Reply] = []


def answers(*names: str) -> Callable[[Rule], Rule]:
    """The rule is asked when all these output fields are asked for. It may answer only some of the fields, and others
    beside them; None is no answer. Of several, that for most names goes first, then by module."""

    def register(rule: Rule) -> Rule:
        _rules.append((frozenset(names), rule))
        _rules.sort(key=lambda entry: (-len(entry[0]), entry[1].__module__))
        return rule

    return register


def replies(rule: Reply) -> Reply:
    """The rule is asked for prompts without output fields, in the order of modules; None is no reply."""
    _replies.append(rule)
    _replies.sort(key=lambda entry: entry.__module__)
    return rule


def last_reply(rule: Reply) -> Reply:
    """The rule is asked when no other replies."""
    _last_replies.append(rule)
    return rule


def ruled_values(question: Question) -> dict[str, object]:
    """What the rules say about the fields that are asked for; the first that names a field decides it."""
    asked = frozenset(question.prompt.names)
    found: dict[str, object] = {}
    for names, rule in _rules:
        if names <= asked:
            for name, value in (_asked(rule, question) or {}).items():
                found.setdefault(name, value)
    return {name: value for name, value in found.items() if name in asked}


def ruled_reply(question: Question) -> str | None:
    said = (_asked(rule, question) for rule in (*_replies, *_last_replies))
    return next((text for text in said if text is not None), None)


def _asked(rule: Callable[[Question], Found], question: Question) -> Found:
    try:
        return rule(question)
    except Exception as error:  # whatever a rule does wrong, the test that calls gets to read it
        line = traceback.extract_tb(error.__traceback__)[-1].lineno
        raise RuleFailed(f"{rule.__module__}.{rule.__qualname__}, line {line}: {error!r}") from error


def _parsed(text: str) -> object:
    if not text.lstrip().startswith(("{", "[")):
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text
