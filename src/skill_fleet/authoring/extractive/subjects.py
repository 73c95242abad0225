"""Examples and text on a subject that the person wants in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from skill_fleet.authoring.brief import Edits
from skill_fleet.authoring.draft import Draft
from skill_fleet.authoring.extractive import pins
from skill_fleet.authoring.extractive.candidates import Candidate
from skill_fleet.authoring.extractive.matching import is_named
from skill_fleet.authoring.extractive.pages import find_named, prefer
from skill_fleet.authoring.extractive.sections import is_back, without_drops
from skill_fleet.authoring.extractive.view import SKILL, Effect, View, failed
from skill_fleet.authoring.extractive.wishes import Wish, names_in


def example(view: View, edits: Edits, wish: Wish) -> Effect:
    pieces = pins.find_example(view.shelf, wish.what, view.text)
    return _pin(edits, pieces, "an example") if pieces else more(view, edits, wish)


def more(view: View, edits: Edits, wish: Wish) -> Effect:
    if dropped := [title for title in edits.dropped if is_named(names_in(wish.what)[-1], title)]:
        return Effect(without_drops(edits, dropped), tuple(is_back(title) for title in dropped))
    subjects = names_in(wish.what)
    for subject in subjects:
        if pieces := pins.find_text(view.shelf, subject, view.text):
            return _pin(edits, pieces, "text")
    if any(pins.pieces_on(view.shelf, subject) for subject in subjects):
        return failed(edits, "the draft holds what the sources have on it")
    return prefer(view, edits, wish) if find_named(view, wish) else failed(edits, "the sources have nothing on it")


def _pin(edits: Edits, pieces: Sequence[Candidate], what: str) -> Effect:
    ids = [unit.id for piece in pieces for unit in piece.passages[-1].evidence]
    changed = replace(edits, pinned=tuple(dict.fromkeys([*edits.pinned, *ids])))
    first = pieces[0]
    span = first.passages[-1].evidence[0].span
    home = first.section.title or first.node.page.title

    def check(_: Draft, after: Draft) -> tuple[str, str]:
        text = after.file(SKILL).text
        if all(pins.is_written(piece, text) for piece in pieces):
            return f"{what} from {home!r} ({span.path}:{span.line}) is in", ""
        return "", f"{what} from {home!r} does not fit"

    return Effect(changed, (check,))
