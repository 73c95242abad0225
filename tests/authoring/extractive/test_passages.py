"""Text that knows what it rests on."""

from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.authoring.extractive.passages import Passage, Writer, moved, references
from skill_fleet.sources.document import Span
from skill_fleet.sources.evidence import Evidence


def unit(line: int) -> Evidence:
    return Evidence(f"e{line}", "concept", "Clay dries.", "docs", Span("clay.md", line, line))


TEXTS = st.sampled_from(["Clay dries.", "- wet\n- dry", "- wet", "```sh\nkiln dry\n```", "1. Wait", "> **Note:** Hot."])
PASSAGES = st.builds(
    Passage, TEXTS, st.just("verbatim"), st.lists(st.integers(1, 3).map(unit), max_size=2).map(tuple), st.booleans()
)
ACTIONS = st.one_of(st.lists(PASSAGES, min_size=1, max_size=3), st.sampled_from(["## Clay", "a line", ""]))


@given(st.lists(ACTIONS, max_size=12))
def test_statements_point_at_their_text(actions: list[list[Passage] | str]) -> None:
    """However the file grew: inside of it, in order, never overlapping, and at the words that were written."""
    writer = Writer("SKILL.md")
    writer.heading(1, "Clay")
    for action in actions:
        if isinstance(action, str):
            writer.line(action)
        else:
            writer.piece(action)
    lines = writer.text.split("\n")
    last = 0
    for statement in writer.statements:
        assert last < statement.line <= statement.end <= len(lines)
        said = "\n".join(lines[statement.line - 1 : statement.end])
        assert any(text in said for text in ("Clay dries.", "wet", "kiln dry", "Wait", "Hot."))
        last = statement.end


def test_prose_of_one_block_goes_on_in_its_paragraph() -> None:
    """Two sentences chosen from a paragraph stand in one; the statement says that something may be missing between."""
    writer = Writer("SKILL.md")
    writer.piece([Passage("Clay dries.", "verbatim", (unit(1),))])
    writer.piece([Passage("Glaze melts.", "verbatim", (unit(1),))])
    writer.piece([Passage("Doors stay shut.", "verbatim", (unit(2),))])
    assert "Clay dries. Glaze melts.\n\nDoors stay shut.\n" == writer.text
    assert ["elided", "verbatim"] == [statement.transform for statement in writer.statements]


def test_a_tight_passage_joins_a_list_and_nothing_else() -> None:
    """After prose a list needs its blank line."""
    writer = Writer("SKILL.md")
    for text in ("Clay dries.", "- wet", "- dry"):
        writer.passage(Passage(text, "verbatim", (), tight=True))
    assert "Clay dries.\n\n- wet\n- dry\n" == writer.text


def test_a_place_is_cited_once() -> None:
    """Two units of one kind at one place are one reference."""
    assert 1 == len(references([unit(1), unit(1)]))


def test_statements_move_with_their_lines() -> None:
    """Putting a frontmatter before a text shifts all of them."""
    writer = Writer("SKILL.md")
    writer.passage(Passage("Clay dries.", "verbatim", (unit(1),)))
    [statement] = moved(writer.statements, 4)
    assert (5, 5) == (statement.line, statement.end)
