"""Blocks as Markdown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from tests.shelves import document, page, store_of

from skill_fleet.authoring.extractive.markup import Renderer, box, code_span, fence
from skill_fleet.sources.document import Block

MARKDOWN = MarkdownIt("commonmark")
LINES = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"], include_characters=" `~>#-"), max_size=30)


@given(st.lists(LINES, min_size=1).map("\n".join))
def test_a_fence_holds_any_text(text: str) -> None:
    """Fences inside of it, too: read as Markdown, the block holds exactly the text."""
    [token] = MARKDOWN.parse(fence(text, "python"))
    assert ("fence", "python", text + "\n") == (token.type, token.info, token.content)


@given(st.text("ab `~x", min_size=1).filter(str.strip))
def test_a_code_span_holds_any_words(text: str) -> None:
    """On one line, whatever backticks they hold."""
    [_, inline, _] = MARKDOWN.parse(f"Set {code_span(text)}.")
    assert [("text", "Set "), ("code_inline", " ".join(text.split())), ("text", ".")] == [
        (child.type, child.content) for child in inline.children or []
    ]


def test_a_box_is_a_quote() -> None:
    """Each of its lines, blank ones apart, stands in the quote; without a kind it is a note."""
    assert "> **Warning:** Hot.\n> Very hot." == box("warning", "Hot.\nVery hot.")
    assert box("", "Hot.").startswith("> **Note:**")


def rendered(text: str) -> list[str]:
    store = store_of(page(text))
    section = document(store, "guide.md").sections[0]
    return [passage.text for block in section.blocks for passage in Renderer(store, "docs").block(block)]


@pytest.mark.parametrize(
    ("source", "passages"),
    [
        ("Clay dries.", ["Clay dries."]),
        ("> Clay dries.", ["> Clay dries."]),
        ("```pycon\n>>> dry()\n3\n```", ["```python\ndry()\n# -> 3\n```"]),
        ("Rate\n:   Degrees an hour.", ["- `Rate`: Degrees an hour."]),
        ("!!! tip\n    Wait.", ["> **Tip:** Wait."]),
        ("| a | b |\n| - | - |\n| 1 | 2 |", ["| a | b |\n| --- | --- |\n| 1 | 2 |"]),
        ("3. Wait\n4. Turn", ["1. Wait", "2. Turn"]),
    ],
    ids=["prose", "quote", "code", "definition", "box", "table", "steps"],
)
def test_each_kind_of_block_has_its_form(source: str, passages: list[str]) -> None:
    assert passages == rendered(source)


def test_code_in_a_list_stands_under_its_item() -> None:
    """Moved right by the width of the marker, so that the list goes on after it."""
    first, code, second = rendered("1. Wait\n\n    ```sh\n    kiln wait\n    ```\n\n2. Turn")
    assert ["1. Wait", "   ```sh\n   kiln wait\n   ```", "2. Turn"] == [first, code, second]


def test_every_item_of_a_list_cites_the_list() -> None:
    """Or a unit of its own, where it has one."""
    store = store_of(page("- rate `3`\n- speed `4`\n- Never lift the lid while it is hot."))
    [block] = [block for block in document(store, "guide.md").sections[0].blocks if block.kind == "bullet_list"]
    kinds = [passage.evidence[0].kind for passage in Renderer(store, "docs").block(block)]
    assert ["concept", "concept", "rule"] == kinds


def test_empty_blocks_give_nothing() -> None:
    """Neither an empty quote nor a session of nothing but spaces."""
    store = store_of(page("Clay dries."))
    [block] = document(store, "guide.md").sections[0].blocks
    render = Renderer(store, "docs")
    empty: list[Block] = [
        Block("quote", "", block.span),
        Block("admonition", "", block.span),
        Block("code", " ", block.span),
    ]
    assert [] == [passage for one in empty for passage in render.block(one)]
