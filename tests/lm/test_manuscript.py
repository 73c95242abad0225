"""A draft in pieces: what is read from one is what was written, and a change touches what it names."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.authoring.draft import Draft, DraftFile, Reference
from skill_fleet.authoring.extractive.edited import Dropped
from skill_fleet.lm.manuscript.changing import changed, piece_at, told
from skill_fleet.lm.manuscript.fitting import FURTHER, fitted, in_order, without
from skill_fleet.lm.manuscript.pages import merged, pointer, read_manuscript, write_sheet
from skill_fleet.lm.manuscript.pieces import Manuscript, Piece, Section, Sheet
from skill_fleet.lm.signatures.generate import Action, Block, PieceChange

HEAD = "---\nname: gates\ndescription: Limit calls. Use when calls fail.\n---\n"
REFERENCE = Reference("abc", "docs", "index.md", 3, 4)
WORDS = st.text("abcdefghij äß限🚢", min_size=1, max_size=30).map(lambda text: " ".join(text.split()) or "x")
PROSE = st.one_of(
    WORDS,
    WORDS.map(lambda text: f"- {text}"),
    WORDS.map(lambda text: f"```python\n# {text}\n\n## not a heading\n```"),
    WORDS.map(lambda text: f"> **Warning:** {text}\n> and more"),
)
PIECES = st.builds(Piece, PROSE, st.sampled_from(["verbatim", "paraphrase"]), st.just((REFERENCE,))) | st.builds(
    Piece, PROSE, st.just("model")
)
SECTIONS = st.builds(Section, WORDS, st.sampled_from([2, 3]), st.lists(PIECES, min_size=1, max_size=4).map(tuple))
SHEETS = st.lists(SECTIONS, max_size=4).map(lambda found: Sheet("SKILL.md", (Section("Gates", 1), *found)))


def drafted(sheet: Sheet) -> Draft:
    body, statements = write_sheet(sheet)
    above = HEAD.count("\n")
    moved = tuple(replace(one, line=one.line + above, end=one.end + above) for one in statements)
    return Draft("gates", "lm", (DraftFile("SKILL.md", HEAD + body),), moved)


@given(SHEETS)
def test_what_is_read_is_what_was_written(sheet: Sheet) -> None:
    """Sections, pieces, transforms and citations survive the text."""
    assert sheet == read_manuscript(drafted(sheet)).skill


@given(SHEETS)
def test_every_line_of_a_statement_leads_to_its_piece(sheet: Sheet) -> None:
    """Findings name lines; the one who mends is told the piece."""
    manuscript = Manuscript(sheet)
    _, statements = write_sheet(sheet)
    found = [piece_at(manuscript, "SKILL.md", line) for one in statements for line in (one.line, one.end)]
    assert found == [f"p{number}" for number in range(1, len(statements) + 1) for _ in range(2)]


def test_numbered_items_count_from_one() -> None:
    """In each list of its own, whatever number they had."""
    items = tuple(Piece(f"{number}. step", "model") for number in (1, 1, 7))
    sheet = Sheet("a.md", (Section("A", 1, (*items, Piece("words", "model"), items[2])),))
    assert "# A\n\n1. step\n2. step\n3. step\n\nwords\n\n1. step\n" == write_sheet(sheet)[0]


def test_what_leads_to_files_is_not_taken_for_what_they_say() -> None:
    """Pointers are read as purposes of the files, and written anew."""
    draft = drafted(
        Sheet(
            "SKILL.md",
            (Section("Gates", 1), Section("References", 2, (Piece(pointer("A", "references/a.md", "To look up: b")),))),
        )
    )
    draft = replace(draft, files=(*draft.files, DraftFile("references/a.md", "# A\n\nText.\n")))
    found = read_manuscript(draft)
    assert ((Section("Gates", 1),), "To look up: b") == (found.skill.sections, found.sheets[0].purpose)


BOATS = Sheet(
    "SKILL.md",
    (
        Section("Gates", 1, (Piece("Opening.", "model"),)),
        Section("Boats", 2, (Piece("- one", "verbatim", (REFERENCE,)), Piece("- two", "model"))),
        Section("Small boats", 3, (Piece("tiny", "model"),)),
        Section("Nets", 2, (Piece("wide", "model"),)),
    ),
)


def make(block: Block) -> Piece | None:
    return Piece(block.text, "model") if block.text.strip() else None


def after(*changes: PieceChange) -> tuple[list[tuple[str, list[str]]], tuple[str, ...]]:
    """Titles with texts after changes, and the problems."""
    manuscript, problems = changed(Manuscript(BOATS), changes, make)
    return [(s.title, [piece.text for piece in s.pieces]) for s in manuscript.skill.sections], problems


def change(at: str, action: Action, *texts: str, section: str = "") -> PieceChange:
    blocks = [Block(section=section, kind="paragraph", text=text) for text in texts]
    return PieceChange(at=at, action=action, blocks=blocks)


AS_IS = [("Gates", ["Opening."]), ("Boats", ["- one", "- two"]), ("Small boats", ["tiny"]), ("Nets", ["wide"])]


def test_a_change_touches_what_it_names() -> None:
    """Replaced, removed, added behind; all else stays."""
    found, problems = after(
        change("p2", "replace", "new"), change("p5", "remove"), change("p4", "insert_after", "more")
    )
    assert [("Gates", ["Opening."]), ("Boats", ["new", "- two"]), ("Small boats", ["tiny", "more"])] == found
    assert () == problems


def test_a_block_for_another_section_stands_there() -> None:
    """In one that is there by its title, else in a new one at the end."""
    found, _ = after(
        change("p2", "insert_after", "net", section="nets"), change("end", "insert_after", "x", section="Oars")
    )
    assert [*AS_IS[:3], ("Nets", ["wide", "net"]), ("Oars", ["x"])] == found


@pytest.mark.parametrize(
    "bad", [change("p99", "remove"), change("", "replace", "x"), change("p2", "replace"), change("Boats", "remove")]
)
def test_a_change_of_what_is_not_there_is_a_problem(bad: PieceChange) -> None:
    """It changes nothing, and is said."""
    found, problems = after(bad)
    assert (AS_IS, 1) == (found, len(problems))


def test_a_prompt_shows_pieces_with_what_they_rest_on() -> None:
    """By the ids of prompts; what rests on nothing is said to be unsourced."""
    said = told(Manuscript(BOATS), lambda evidence: {"abc": "e7"}[evidence])
    assert "## Boats\n[p2 e7] - one\n[p3 unsourced] - two\n### Small boats\n" in said


def test_a_dropped_section_takes_those_below_it_along() -> None:
    """Whatever case its title is written in."""
    assert ["Gates", "Nets"] == [s.title for s in without(BOATS, Dropped(frozenset({"boats"}))).sections]


def test_chapters_move_with_what_is_below_them() -> None:
    """The wanted ones come first, the opening stays."""
    assert ["Gates", "Nets", "Boats", "Small boats"] == [s.title for s in in_order(BOATS, ["nets", "ghost"]).sections]


@pytest.mark.parametrize("most", [1, 2, 3, 4])
def test_what_does_not_fit_stands_elsewhere_in_order(most: int) -> None:
    """Down to the opening and one piece, nothing is lost."""
    small = fitted(Manuscript(BOATS), lambda tried: len(list(tried.skill.pieces)) <= most)
    further = next(sheet for sheet in small.sheets if sheet.path == FURTHER)
    texts = [piece.text for sheet in small.every_sheet for piece in sheet.pieces]
    assert ["Opening.", "- one", "- two", "tiny", "wide"] == texts
    assert "Further" == further.title


def test_sections_of_one_title_are_one() -> None:
    """Where the first of them stands, with the pieces of all."""
    found = merged((*BOATS.sections, Section("boats", 2, (Piece("three", "model"),))))
    assert ["- one", "- two", "three"] == [piece.text for piece in found[1].pieces]
