"""All rules, in the order of their codes."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib import import_module

from skill_fleet.errors import NotFound
from skill_fleet.rules import specification
from skill_fleet.rules.rule import Rule


@cache
def all_rules() -> tuple[Rule, ...]:
    return tuple(sorted((rule for name in rule_modules() for rule in rules_in(name)), key=lambda rule: rule.code))


def rule_modules() -> tuple[str, ...]:
    """The modules that hold one rule each."""
    found = pkgutil.iter_modules(specification.__path__, f"{specification.__name__}.")
    return tuple(module.name for module in found)


def rules_in(module: str) -> tuple[Rule, ...]:
    return tuple(value for value in vars(import_module(module)).values() if isinstance(value, Rule))


def get_rule(code_or_name: str) -> Rule:
    """The rule of that code (`SF010`) or name (`name-missing`). Raises NotFound."""
    for rule in all_rules():
        if code_or_name in (rule.code, rule.name):
            return rule
    message = f"There is no rule {code_or_name!r}."
    raise NotFound(message, "Codes look like SF010, names like name-missing.")


def select_rules(select: Iterable[str] = (), ignore: Iterable[str] = ()) -> tuple[Rule, ...]:
    """The rules whose code begins with a prefix in `select` (all when empty) and with none in `ignore`.

    The longer prefix wins, so `select=["SF010"], ignore=["SF01"]` keeps SF010. A rule's name stands for its code.
    Raises NotFound for a prefix that fits no rule.
    """
    wanted = _prefixes(select) or ("",)
    unwanted = _prefixes(ignore)
    return tuple(rule for rule in all_rules() if _weight(rule, wanted) > _weight(rule, unwanted))


def _prefixes(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(_prefix(text) for text in given)


def _prefix(text: str) -> str:
    prefix = text.strip().upper()
    if prefix and any(rule.code.startswith(prefix) for rule in all_rules()):
        return prefix
    return get_rule(text.strip()).code


def _weight(rule: Rule, prefixes: tuple[str, ...]) -> int:
    return max((len(prefix) for prefix in prefixes if rule.code.startswith(prefix)), default=-1)
