"""The options every command takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import CycloptsError, Group, Parameter
from cyclopts.validators import Number

from skill_fleet.cli.screen import ColorChoice

if TYPE_CHECKING:
    from skill_fleet.fleet.fleet import Fleet

_EVERYWHERE = Group("Options of every command", sort_key=9)


@Parameter(name="*", group=_EVERYWHERE)
@dataclass(frozen=True, slots=True)
class Options:
    """How a command talks, and which fleet it is about."""

    home: Annotated[Path | None, Parameter(help="The fleet's folder.")] = None
    json: Annotated[bool, Parameter(help="Print one JSON document; no prompts, no colour.")] = False
    quiet: Annotated[bool, Parameter(alias="-q", help="Print results and errors only.")] = False
    no_input: Annotated[bool, Parameter(help="Never ask; fail where an answer is needed.")] = False
    color: Annotated[ColorChoice, Parameter(help="When to use colour; auto looks at the terminal.")] = "auto"


DEFAULTS = Options()

STDIN = "-"
"""What a path or a text is given as when it stands on standard input."""

#: For arguments that may be `-`; `reject_options` then refuses what was meant as an option and is none.
MAY_BE_STDIN = Parameter(allow_leading_hyphen=True)


#: For the commands of a group: a switch has no opposite, and a default is named where it is worth a word.
PLAIN_SWITCHES = Parameter(negative=(), show_default=False)

#: How many rows to print.
Limit = Annotated[int, Parameter(validator=Number(gte=0))]


def reject_options(words: Iterable[str]) -> None:
    """Raises `CycloptsError` for a word that begins like an option."""
    for word in words:
        if word.startswith("-") and word != STDIN:
            raise CycloptsError(msg=f"Unknown option: {word}.")


def open_fleet(options: Options) -> Fleet:
    """The fleet that the options and the settings name."""
    from skill_fleet.settings import load_settings
    from skill_fleet.wiring import build_fleet

    return build_fleet(load_settings({"home": options.home}))
