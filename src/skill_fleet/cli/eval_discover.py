"""The command `skill-fleet eval discover`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import CycloptsError, Parameter

from skill_fleet.cli.options import DEFAULTS, Limit, Options, reject_options
from skill_fleet.cli.screen import Screen

if TYPE_CHECKING:
    from skill_fleet.fleet.discover import DiscoverRequest, NewDescription

Engine = Literal["hybrid", "bm25", "minilm"]
"""hybrid: words and meaning · bm25: the words they share · minilm: how near they are in meaning"""

_MANY = Parameter(consume_multiple=True)


def discover(
    *targets: str,
    queries: Annotated[list[Path] | None, _MANY] = None,
    engine: Engine | None = None,
    replace: str | None = None,
    skill: str | None = None,
    description: str | None = None,
    beside: Annotated[list[Path] | None, _MANY] = None,
    quick: bool = False,
    limit: Limit = 10,
    options: Options = DEFAULTS,
) -> int:
    """Measure whether skills are found, by name and description, for the requests they are for.

    With --replace or --description, what one new description does to all skills; ends with 1 when one of them loses.

    Parameters
    ----------
    targets
        Skills, or folders of skills, that an agent sees together; the whole fleet when left out.
    queries
        Files of requests with the skill each is for, or folders of such files; may be repeated. When left out, those
        in the skills' own folders.
    engine
        What ranks: hybrid, bm25 or minilm. When left out hybrid, or bm25 where MiniLM is not installed.
    replace
        Compare with a new version of a skill: SKILL=NEW_SKILL.md.
    skill
        The skill that --description is for.
    description
        Compare with another description of one skill.
    beside
        Folders of further skills, to see how finding fades in a crowd; may be repeated.
    quick
        Leave out advice: each of its words is tried, which takes most of the time.
    limit
        Print at most so many lines of each list; 10 when left out, 0 for all.
    """
    reject_options(targets)
    new = _new_description(replace, skill, description)
    screen = Screen(options.json, options.quiet, options.color)
    request = _request(targets, options, queries, engine, beside, advise=not quick)
    if new is not None:
        return _compare(screen, request, new, limit, options)
    return _measure(screen, request, limit, options)


def _new_description(replace: str | None, skill: str | None, description: str | None) -> NewDescription | None:
    from skill_fleet.fleet.discover import NewDescription

    if replace is not None:
        name, equals, file = replace.partition("=")
        if not (name and equals and file) or description is not None:
            raise CycloptsError(msg="--replace takes SKILL=NEW_SKILL.md, and stands without --description.")
        return NewDescription(name, file=Path(file))
    if (skill is None) != (description is None):
        raise CycloptsError(msg="--skill and --description go together.")
    return None if skill is None else NewDescription(skill, description or "")


def _request(
    targets: tuple[str, ...],
    options: Options,
    queries: list[Path] | None,
    engine: Engine | None,
    beside: list[Path] | None,
    *,
    advise: bool,
) -> DiscoverRequest:
    from skill_fleet.fleet.discover import DiscoverRequest
    from skill_fleet.fleet.targets import find_targets
    from skill_fleet.library.folder import FleetFolder
    from skill_fleet.settings import home_folder, load_settings

    folder = FleetFolder(home_folder(load_settings({"home": options.home})))
    skills = tuple(target for target in find_targets(folder, targets) if not target.problem)
    return DiscoverRequest(skills, tuple(queries or ()), engine, tuple(beside or ()), advise)


def _cache(options: Options) -> Path:
    from skill_fleet.settings import cache_folder, load_settings

    return cache_folder(load_settings({"home": options.home}))


def _measure(screen: Screen, request: DiscoverRequest, limit: int, options: Options) -> int:
    from skill_fleet.cli.discover_text import plain_discovered, print_discovered
    from skill_fleet.fleet.discover import discover as use_case

    found = use_case(request, _cache(options), screen.say)
    if screen.json:
        screen.document(plain_discovered(found))
    else:
        print_discovered(screen, found, limit)
    return 0


def _compare(screen: Screen, request: DiscoverRequest, new: NewDescription, limit: int, options: Options) -> int:
    from skill_fleet.cli.discover_text import plain_change, print_change
    from skill_fleet.fleet.discover import try_description

    change = try_description(request, new, _cache(options), screen.say)
    if screen.json:
        screen.document(plain_change(change))
    else:
        print_change(screen, change, limit)
    return 1 if change.regressed else 0
