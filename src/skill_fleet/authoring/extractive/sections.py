"""Sections that a person wants out, back, or in another order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from skill_fleet.authoring.brief import Edits
from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.extractive.budgets import FIXED, REFERENCES
from skill_fleet.authoring.extractive.matching import find_titles
from skill_fleet.authoring.extractive.view import Check, Effect, View, failed, headings, named
from skill_fleet.authoring.extractive.wishes import Wish, names_in


def drop(view: View, edits: Edits, wish: Wish) -> Effect:
    titles, problems = named(wish.what, view.sections, "section")
    fallen = {one for title in titles for one in _pinned_under(view, edits, title)}
    changed = replace(
        edits,
        dropped=tuple(dict.fromkeys([*edits.dropped, *titles])),
        pinned=tuple(one for one in edits.pinned if one not in fallen),
        order=tuple(one for one in edits.order if one not in titles),
    )
    return Effect(changed, tuple(_is_gone(title) for title in titles), tuple(problems))


def _pinned_under(view: View, edits: Edits, title: str) -> Iterator[str]:
    """Evidence of the sections below a heading: who drops a section drops what was pinned in it before."""
    wanted = title.casefold()
    for unit in (view.store.by_id.get(one) for one in edits.pinned):
        if unit and wanted in (heading.casefold() for heading in unit.heading):
            yield unit.id


def _is_gone(title: str) -> Check:
    def check(_: Draft, after: Draft) -> tuple[str, str]:
        if title.casefold() in {found.casefold() for _, found in headings(after)}:
            return "", f"{title!r} stays, because something under it was asked for"
        rest = "the files it leads to stay" if title == REFERENCES else "the references still hold it"
        return f"section {title!r} is left out of SKILL.md" + ("" if title in FIXED - {REFERENCES} else f"; {rest}"), ""

    return check


def restore(_: View, edits: Edits, wish: Wish) -> Effect:
    titles, problems = named(wish.what, edits.dropped, "dropped section")
    return Effect(without_drops(edits, titles), tuple(is_back(title) for title in titles), tuple(problems))


def without_drops(edits: Edits, titles: Sequence[str]) -> Edits:
    return replace(edits, dropped=tuple(title for title in edits.dropped if title not in titles))


def is_back(title: str) -> Check:
    def check(_: Draft, after: Draft) -> tuple[str, str]:
        if title in [found for _, found in headings(after)]:
            return f"section {title!r} is back", ""
        return "", f"{title!r} may be in again, and nothing of it fits"

    return check


def first(view: View, edits: Edits, wish: Wish) -> Effect:
    titles, problems = _chapter(view, wish.what)
    if not titles:
        return Effect(edits, problems=tuple(problems))
    return _ordered(view, edits, [*titles, *(title for title in view.chapters if title not in titles)])


def next_to(view: View, edits: Edits, wish: Wish) -> Effect:
    (moved, problems), (fixed, more) = _chapter(view, wish.what), _chapter(view, wish.other)
    if problems or more or set(moved) & set(fixed):
        return Effect(edits, problems=tuple([*problems, *more] or ["a chapter cannot stand next to itself"]))
    order = [title for title in view.chapters if title not in moved]
    at = order.index(fixed[0]) + int(wish.after)
    return _ordered(view, edits, [*order[:at], *moved, *order[at:]])


def _chapter(view: View, phrase: str) -> tuple[list[str], list[str]]:
    titles, problems = named(phrase, view.chapters, "chapter")
    if not titles and any(find_titles(reading, view.sections) for reading in names_in(phrase)):
        return [], [f"{names_in(phrase)[-1]!r} has its fixed place; chapters can be moved: {', '.join(view.chapters)}"]
    return titles, problems


def _ordered(view: View, edits: Edits, order: list[str]) -> Effect:
    if order == view.chapters:
        return failed(edits, f"it stands there already; the order is {', '.join(order)}")

    def check(_: Draft, after: Draft) -> tuple[str, str]:
        there = [title for _, title in headings(after) if title in order]
        if there == [title for title in order if title in there]:
            return f"the order is {', '.join(there)}", ""
        return "", "the chapters cannot be put in that order"

    return Effect(replace(edits, order=tuple(order)), (check,))
