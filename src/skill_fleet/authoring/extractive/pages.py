"""Which sources count, which do not, and which are to be read beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from skill_fleet.authoring.brief import Edits, Target
from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.extractive.edited import targeted
from skill_fleet.authoring.extractive.matching import find_targets, name_targets
from skill_fleet.authoring.extractive.view import MOST_TITLES, SKILL, Check, Effect, View, failed
from skill_fleet.authoring.extractive.wishes import Wish, parts_of, sources_in
from skill_fleet.sources.read import COMMAND, PACKAGE


def find_named(view: View, wish: Wish) -> list[Target]:
    """The sources and pages that are named: one that is called so, all that an "and" joins, or what comes near."""
    readings = sources_in(wish.what)
    for reading in readings:
        if exact := name_targets(reading, view.store):
            return exact
    parts = [find_targets(sources_in(part)[-1], view.store) for part in parts_of(wish.what)]
    if len(parts) > 1 and all(parts):
        return list(dict.fromkeys(target for found in parts for target in found))
    return next((found for reading in readings if (found := find_targets(reading, view.store))), [])


def _unknown_source(view: View, edits: Edits, wish: Wish) -> Effect:
    there = [source.id for source in view.store.sources]
    there += [page.path for _, page in view.store.documents]
    more = f" and {len(there) - MOST_TITLES} more" if len(there) > MOST_TITLES else ""
    named = f"no source or page is called {sources_in(wish.what)[-1]!r}"
    return failed(edits, f"{named}; there are {', '.join(there[:MOST_TITLES])}{more}")


def only(view: View, edits: Edits, wish: Wish) -> Effect:
    targets = tuple(find_named(view, wish))
    if not targets:
        return _unknown_source(view, edits, wish)
    avoid = tuple(target for target in edits.avoid if target not in targets)
    return _chosen(view, edits, replace(edits, only=targets, avoid=avoid), f"only {_places(targets)} is used")


def avoid(view: View, edits: Edits, wish: Wish) -> Effect:
    targets = find_named(view, wish)
    if not targets:
        return _unknown_source(view, edits, wish)
    changed = replace(
        edits,
        avoid=tuple(dict.fromkeys([*edits.avoid, *targets])),
        only=tuple(target for target in edits.only if target not in targets),
        prefer=tuple(target for target in edits.prefer if target not in targets),
    )
    return _chosen(view, edits, changed, f"{_places(targets)} is not used")


def _chosen(view: View, before: Edits, changed: Edits, change: str) -> Effect:
    """The edits, unless they leave no page to write from."""
    every = {(source.id, page.path) for source, page in view.store.documents}
    left = (targeted(view.store, changed.only) if changed.only else every) - targeted(view.store, changed.avoid)
    if not left:
        return failed(before, "then no page is left to write from")
    gone = every - left

    def check(_: Draft, after: Draft) -> tuple[str, str]:
        cited = {(ref.source, ref.path) for statement in after.statements for ref in statement.references}
        return ("", "some of it is still quoted") if cited & gone else (change, "")

    return Effect(changed, (check,))


def _places(targets: Sequence[Target]) -> str:
    return ", ".join(target.path or target.source for target in targets)


def prefer(view: View, edits: Edits, wish: Wish) -> Effect:
    """What is not read yet is read, and counts for more from then on."""
    targets = find_named(view, wish)
    if not targets:
        read = _read_more(view, edits, wish)
        more = (Target(origin) for origin in read.sources)
        return replace(read, edits=replace(edits, prefer=tuple(dict.fromkeys([*edits.prefer, *more]))))
    avoid = tuple(target for target in edits.avoid if target not in targets)
    changed = replace(edits, prefer=tuple(dict.fromkeys([*edits.prefer, *targets])), avoid=avoid)
    return Effect(changed, (_counts_for_more(view, targets),))


def use(view: View, edits: Edits, wish: Wish) -> Effect:
    """Who says to use what was read already wants more of it; what was not is read."""
    return prefer(view, edits, wish) if find_named(view, wish) else _read_more(view, edits, wish)


def _counts_for_more(view: View, targets: Sequence[Target]) -> Check:
    pages = targeted(view.store, targets)

    def quotes(draft: Draft) -> list[int]:
        """The lines of SKILL.md that rest on these pages."""
        ours = (statement for statement in draft.statements if statement.file == SKILL)
        return [one.line for one in ours if any((ref.source, ref.path) in pages for ref in one.references)]

    def check(before: Draft, after: Draft) -> tuple[str, str]:
        old, new = quotes(before), quotes(after)
        if len(new) > len(old):
            return f"{_places(targets)} counts for more: {len(new)} quotes instead of {len(old)}", ""
        if new and new[0] < old[0]:
            return f"{_places(targets)} counts for more: it comes first in line {new[0]} instead of {old[0]}", ""
        return "", "it counts for more now, and no more of it came in" if new else "it has nothing on the task"

    return check


def _read_more(view: View, edits: Edits, wish: Wish) -> Effect:
    """A source that is not read yet, when the words name one."""
    origin, problem = _origin(sources_in(wish.what)[-1])
    if problem:
        return failed(edits, problem)
    if not origin:
        return _unknown_source(view, edits, wish)
    return Effect(edits, sources=(origin,))


def _origin(text: str) -> tuple[str, str]:
    """An origin as `--from` takes it, or why there is none; both empty for what does not look like one."""
    name = text.strip("`'\" ")
    if name.startswith((PACKAGE, COMMAND)) and " " not in name:
        return name, ""
    if not name.startswith(("/", "~", ".")) and "/" not in name:
        return "", ""
    try:
        path = Path(name).expanduser().absolute()
        return (str(path), "") if path.exists() else ("", f"there is no file or folder {path}; write its path in full")
    except (OSError, RuntimeError, ValueError):  # a name too long, a home that is not known, a NUL in it
        return "", f"{name!r} cannot be read as a path"
