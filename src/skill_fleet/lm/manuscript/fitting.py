"""What the person and the limits leave of SKILL.md: sections out, sections first, and what is too much moved aside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from skill_fleet.authoring.extractive.budgets import WHEN
from skill_fleet.authoring.extractive.edited import Dropped
from skill_fleet.lm.manuscript.pieces import Manuscript, Piece, Section, Sheet

FURTHER = "references/further.md"
_TITLE, _PURPOSE = "Further", "what did not fit into SKILL.md"

Fits = Callable[[Manuscript], bool]


def without(sheet: Sheet, dropped: Dropped) -> Sheet:
    """The sheet without the sections of these titles and those below them."""
    kept: list[Section] = []
    below = 0
    for section in sheet.sections:
        if below and section.level > below:
            continue
        below = section.level if section.level > 1 and dropped.has(section.title) else 0
        if not below:
            kept.append(section)
    return replace(sheet, sections=tuple(kept))


def in_order(sheet: Sheet, first: Sequence[str]) -> Sheet:
    """The sheet with the chapters of these titles first, behind the opening."""
    opening, chapters = sheet.sections[:1], _chapters(sheet.sections[1:])
    wanted = [title.casefold() for title in first]

    def place(chapter: Sequence[Section]) -> int:
        title = chapter[0].title.casefold()
        return wanted.index(title) if title in wanted else len(wanted)

    ordered = sorted(chapters, key=place)
    return replace(sheet, sections=(*opening, *(section for chapter in ordered for section in chapter)))


def _chapters(sections: Sequence[Section]) -> list[list[Section]]:
    chapters: list[list[Section]] = []
    for section in sections:
        if chapters and section.level > chapters[0][0].level:
            chapters[-1].append(section)
        else:
            chapters.append([section])
    return chapters


def fitted(manuscript: Manuscript, fits: Fits) -> Manuscript:
    """What is too much for SKILL.md stands in a reference instead, the last sections first; nothing is lost."""
    while not fits(manuscript):
        smaller = _smaller(manuscript)
        if smaller is None:
            break
        manuscript = smaller
    return manuscript


def _smaller(manuscript: Manuscript) -> Manuscript | None:
    """One section less, or one piece of the only one; None when there is nothing to spare."""
    movable = [section for section in manuscript.skill.sections[1:] if section.title != WHEN and section.pieces]
    if not movable:
        return None
    last = movable[-1]
    moved = last.pieces if len(movable) > 1 else last.pieces[-1:]
    left = replace(last, pieces=last.pieces[: len(last.pieces) - len(moved)])
    kept = [left if section is last else section for section in manuscript.skill.sections]
    skill = replace(manuscript.skill, sections=tuple(s for s in kept if s.pieces or s is not left))
    return _with_further(replace(manuscript, skill=skill), Section(last.title, 2, moved))


def _with_further(manuscript: Manuscript, section: Section) -> Manuscript:
    """The section at the head of the reference for what did not fit; a piece joins the section that it was part of."""
    found = next((sheet for sheet in manuscript.sheets if sheet.path == FURTHER), None)
    if found is None:
        sheet = Sheet(FURTHER, (Section(_TITLE, 1), section), _PURPOSE)
        return replace(manuscript, sheets=(*manuscript.sheets, sheet))
    title, *others = found.sections
    if others and others[0].title == section.title:
        pieces: tuple[Piece, ...] = (*section.pieces, *others[0].pieces)
        others[0] = replace(others[0], pieces=pieces)
    else:
        others = [section, *others]
    return manuscript.with_sheet(replace(found, sections=(title, *others)))
