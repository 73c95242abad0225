"""A body read as CommonMark: headings, code and links, each with its line in the file.

markdown-it-py is imported on the first body that is read, so that whoever needs no body does not pay for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_TARGETS = re.compile(r"\](?:\(|:)\s*(<[^<>\n]*>|[^\s<][^\s)]*)")
_LINE_BREAK = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """Fenced or indented code; `line` is that of the fence, or of the first line of an indented block."""

    language: str
    text: str
    line: int
    fenced: bool


@dataclass(frozen=True, slots=True)
class Link:
    """A link or an image. `target` is the destination with its escapes resolved; line and column are of its text."""

    target: str
    line: int
    column: int
    image: bool


@dataclass(frozen=True, slots=True)
class Body:
    headings: tuple[Heading, ...]
    code: tuple[CodeBlock, ...]
    links: tuple[Link, ...]


def parse_body(text: str, first_line: int = 1) -> Body:
    """The structure of a Markdown text that begins on `first_line` of its file."""
    tokens = _make_parser().parse(text)
    lines = _LINE_BREAK.split(text)
    return Body(
        tuple(_read_headings(tokens, first_line)),
        tuple(_read_code(tokens, first_line)),
        tuple(link for token in tokens if token.type == "inline" for link in _read_links(token, lines, first_line)),
    )


def find_targets(text: str) -> tuple[str, ...]:
    """Every destination that a link in `text` could have, those in code too: a quick look before `parse_body`."""
    return tuple(match[1].strip("<>") for match in _TARGETS.finditer(text))


def _make_parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - see the module's first lines

    parser = MarkdownIt("commonmark")
    parser.inline.ruler.at("link", _mark_link)
    parser.inline.ruler.at("image", _mark_image)
    return parser


def _mark_link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's signature
    from markdown_it.rules_inline.link import link  # noqa: PLC0415 - see the module's first lines

    start, count = state.pos, len(state.tokens)
    found = link(state, silent)
    _mark(state, count, start, silent=silent or not found)
    return found


def _mark_image(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's signature
    from markdown_it.rules_inline.image import image  # noqa: PLC0415 - see the module's first lines

    start, count = state.pos, len(state.tokens)
    found = image(state, silent)
    _mark(state, count, start, silent=silent or not found)
    return found


def _mark(state: StateInline, count: int, start: int, *, silent: bool) -> None:
    """Note the offset on the token that opens the link (text that was pending may have become a token before it)."""
    if silent:
        return
    opened = next(token for token in state.tokens[count:] if token.type in ("link_open", "image"))
    opened.meta["offset"] = start


def _read_headings(tokens: list[Token], first_line: int) -> Iterator[Heading]:
    for opening, inline in zip(tokens, tokens[1:], strict=False):
        if opening.type == "heading_open":
            yield Heading(int(opening.tag[1:]), inline.content, _first(opening) + first_line)


def _read_code(tokens: list[Token], first_line: int) -> Iterator[CodeBlock]:
    for token in tokens:
        if token.type in ("fence", "code_block"):
            language = token.info.split(maxsplit=1)[0] if token.info.strip() else ""
            yield CodeBlock(language, token.content, _first(token) + first_line, token.type == "fence")


def _read_links(inline: Token, lines: list[str], first_line: int) -> Iterator[Link]:
    for token in inline.children or ():
        if "offset" in token.meta:
            target = str(token.attrGet("src" if token.type == "image" else "href") or "")
            row, column = _locate(inline, token.meta["offset"], lines)
            yield Link(unquote(target), row + first_line, column, token.type == "image")


def _locate(inline: Token, offset: int, lines: list[str]) -> tuple[int, int]:
    """Row (from 0) and column (from 1) of an offset in a block's text, whose lines lost their indentation and marks."""
    before = inline.content[:offset]
    row = _first(inline) + before.count("\n")
    start = before.rfind("\n") + 1
    content = inline.content[start:].split("\n", 1)[0].rstrip()
    indent = max(lines[row].find(content), 0) if row < len(lines) else 0
    return row, indent + offset - start + 1


def _first(token: Token) -> int:
    return token.map[0] if token.map else 0
