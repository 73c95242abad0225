"""Bodies read as CommonMark."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skill_fleet.skill.body import CodeBlock, Heading, find_links, find_targets, find_unread, parse_body

BODY = """\
# Fill *all* forms

Read [the fields](fields.md) and ![a form](<a form.png>)
  then [types][t], `[not](code.md)`.

> - A [quoted](quoted%20file.md "title") link

```python title="x"
[in](fence.md)
```

    [indented](code.md)

| a | [cell](cell.md) |
|---|---|

Title
-----
[![inner](in.png)](out.md) <https://example.org>

[t]: types.md
"""

PIECES = st.sampled_from(
    "[a](b.md)|![a](c.png)|[`x`](d.md)|`code|`|``|<!--|-->|<b>|\\|&amp;|[|]|(|text |# |- |1. |> |    |\t|!|  ".split(
        "|"
    )
    + "\n|\n\n|\r\n|```\n|~~~\n|[a]|[a]: b.md\n".split("|"),
)


def test_headings_code_and_links_know_their_places() -> None:
    body = parse_body(BODY, 11)

    assert body.headings == (Heading(1, "Fill *all* forms", 11), Heading(2, "Title", 27))
    assert body.code == (
        CodeBlock("python", "[in](fence.md)\n", 18, fenced=True),
        CodeBlock("", "[indented](code.md)\n", 22, fenced=False),
    )
    assert [(link.target, link.line, link.column, link.image) for link in body.links] == [
        ("fields.md", 13, 6, False),
        ("a form.png", 13, 34, True),
        ("types.md", 14, 8, False),
        ("quoted file.md", 16, 7, False),
        ("cell.md", 24, 7, False),
        ("out.md", 29, 1, False),
        ("in.png", 29, 2, True),
    ]


def test_the_quick_look_finds_every_destination() -> None:
    assert {"fields.md", "a form.png", "quoted%20file.md", "cell.md", "out.md", "in.png", "types.md"} <= set(
        find_targets(BODY)
    )


@given(st.lists(PIECES, max_size=25).map("".join).filter(lambda text: "<" not in text))
def test_reading_only_some_blocks_finds_the_same_links(text: str) -> None:
    """`find_links` agrees with `parse_body` (raw HTML over several blocks aside)."""
    expected = [link.target for link in parse_body(text).links if link.target.endswith(".md")]

    assert [link.target for link in find_links(text, 1, lambda target: target.endswith(".md"))] == expected


@given(st.lists(PIECES, max_size=25).map("".join))
def test_links_stand_where_they_are_said_to(text: str) -> None:
    lines = text.replace("\r\n", "\n").split("\n")
    for link in parse_body(text).links:
        assert lines[link.line - 1][link.column - 1 :].startswith("![" if link.image else "[")


@pytest.mark.parametrize("text", ["](<" * 300_000, "[a]: " * 200_000, "[a](b.md)\n" * 50_000, "`[" * 300_000])
def test_a_megabyte_of_brackets_takes_seconds_at_most(text: str) -> None:
    """A loose bound that only a quadratic search misses."""
    started = time.process_time()

    find_targets(text)
    find_links(text, 1, lambda target: target.endswith("gone.md"))

    assert time.process_time() - started < 8


@pytest.mark.parametrize("piece", ["[a](", "![[](..", "[a](" * 499 + "\n\n", "![[](.." * 249 + "\n\n"])
def test_a_megabyte_of_open_links_is_not_read(piece: str) -> None:
    """One crowded block, or many that are crowded together; the first line that was left out is named."""
    text = piece * (1_000_000 // len(piece))
    started = time.process_time()

    find_targets(text)
    assert find_links(text, 1, lambda target: target.endswith("gone.md")) == ()
    assert find_unread(text, 1) != ()
    assert time.process_time() - started < 4


def test_blocks_beside_a_crowded_one_are_read() -> None:
    text = "Read [a](gone.md).\n\n" + "[a](" * 600 + "\n"

    assert [link.line for link in find_links(text, 5, lambda target: target == "gone.md")] == [5]
    assert find_unread(text, 5) == (7,)


def test_the_markdown_parser_is_imported_only_for_a_body() -> None:
    program = (
        "import sys, skill_fleet.rules as rules\n"
        "rules.check_text('---\\nname: a\\ndescription: Use when asked.\\n---\\nText [a](https://example.org).\\n')\n"
        "loaded = {'markdown_it', 'pydantic', 'rich', 'cyclopts', 'docutils', 'griffe', 'selectolax', 'dspy'}\n"
        "print(sorted(loaded & set(sys.modules)))\n"
    )

    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert run.stdout == "[]\n"
