"""The command `skill-fleet search`."""

from __future__ import annotations

from skill_fleet.cli.list_skills import plain_entry
from skill_fleet.cli.options import DEFAULTS, Limit, Options, open_fleet
from skill_fleet.cli.screen import Screen, clean, joined, plural, shorten
from skill_fleet.fleet.search import SearchRequest
from skill_fleet.library.search import Facet, Found, Hit

_WIDTH = 110


def search(
    query: str,
    /,
    *more: str,
    domain: str | None = None,
    category: str | None = None,
    type: str | None = None,  # noqa: A002  the facet's name is the option's name
    level: str | None = None,
    limit: Limit = 20,
    options: Options = DEFAULTS,
) -> int:
    """Find skills by name, description and text, the best first.

    Parameters
    ----------
    query
        What to look for.
    domain
        Only skills of this domain, the first part of their path.
    category
        Only skills of this category, the rest of their path.
    type
        Only skills whose metadata names this type.
    level
        Only skills whose metadata names this level.
    limit
        Print at most so many; 20 when left out.
    """
    screen = Screen(options.json, options.quiet, options.color)
    wanted: dict[Facet, str | None] = {"domain": domain, "category": category, "type": type, "level": level}
    only = {facet: value for facet, value in wanted.items() if value is not None}
    found = open_fleet(options).search(SearchRequest(" ".join((query, *more)), only, limit))
    if options.json:
        screen.document(_plain(found))
        return 0
    for hit in found.hits:
        _print(screen, hit)
    _talk(screen, found)
    return 0


def _print(screen: Screen, hit: Hit) -> None:
    screen.result(f"{screen.paint(hit.entry.ref, 'bold')}  {hit.score:.2f}")
    screen.result(f"  {clean(shorten(hit.entry.description, _WIDTH))}")
    if hit.snippet:
        screen.result(f"  {screen.paint(shorten(hit.snippet, _WIDTH), 'dim')}")


def _talk(screen: Screen, found: Found) -> None:
    if len(found.hits) < found.total:
        screen.say(f"{len(found.hits)} of {found.total} shown; --limit {found.total} shows all.")
    for facet, counts in found.facets.items():
        if len(counts) > 1:
            screen.say(f"{facet}: {joined(f'{value} ({count})' for value, count in list(counts.items())[:8])}")
    screen.say(plural(found.total, "hit"))
    screen.next_step(f"skill-fleet show {found.hits[0].entry.ref}" if found.hits else "skill-fleet list")


def _plain(found: Found) -> dict[str, object]:
    hits = [{**plain_entry(hit.entry), "score": hit.score, "snippet": hit.snippet} for hit in found.hits]
    return {"hits": hits, "total": found.total, "facets": found.facets}
