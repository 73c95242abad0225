"""A body read as CommonMark: headings, code and links, each with its line in the file.

markdown-it-py is imported on the first body that is read, so that whoever needs no body does not pay for it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote

from skill_fleet.skill.position import Ruler

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_BOUNDARY = re.compile(
    # A fence that may stand outside of lists and quotations …
    r"^(?:(?P<indent> {0,3})(?P<fence>`{3,}(?=[^`\r\n]*(?:[\r\n]|\Z))|~{3,})(?P<info>[^\r\n]*)"
    # … or, in the first column, a heading, a list item, or anything below a blank line: each ends the blocks above.
    r"|#{1,6}[ \t]|[*+-] +[^ \r\n]|(?<=\n\n)\S)",
    re.MULTILINE,
)
_TARGETS = re.compile(r"\](\(|:)(?=[ \t]*(?:\r?\n[ \t>]*)?(<[^<>\n]*>|[^\s<][^\s()\]]*[(\]]?))")
_DEFINITION = re.compile(r"^[ \t>*+\-0-9.)]*\[[^\]\r\n]+(?=\]:)", re.MULTILINE)

MAX_BLOCK = 20_000
MAX_OPENINGS = 500
"""Characters and `[` of one block of text; links are not looked for beyond, as that takes time by the square."""

MAX_WORK = 1_000_000
"""What the blocks of a text may cost together: the sum of the squares of their `[`, four crowded blocks' worth."""

_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)")
_SIMPLE_LINK = re.compile(r"(!?)\[[^\[\]\n]*\]\(([^\s()\x00-\x1f\x7f]+)\)")
_NOT_SIMPLE = re.compile(r"[\\<&`\r]|~~~|\n\n|^[ >*+\-0-9.)]*(?: {4}|\t)|^ *\n", re.MULTILINE)
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
    unread: tuple[int, ...] = ()


def parse_body(text: str, first_line: int = 1) -> Body:
    """The structure of a Markdown text that begins on `first_line` of its file.

    `unread` are the first lines of the blocks that may hold links and hold too much to be searched for them.
    """
    tokens = _make_parser().parse(text)
    lines = _LINE_BREAK.split(text)
    return Body(
        tuple(_read_headings(tokens, first_line)),
        tuple(_read_code(tokens, first_line)),
        tuple(link for token in tokens if token.type == "inline" for link in _read_links(token, lines, first_line)),
        tuple(_first(token) + first_line for token in tokens if "unread" in token.meta),
    )


def find_unread(text: str, first_line: int = 1) -> tuple[int, ...]:
    """`Body.unread`; a text without long or crowded paragraphs is not parsed for it."""
    return parse_body(text, first_line).unread if _is_costly(text) else ()


def find_targets(text: str) -> tuple[str, ...]:
    """Every destination that a link in `text` could have, those in code too: a quick look before `parse_body`.

    It ends with the first parenthesis or bracket in it, so that each character is looked at once.
    """
    return tuple(_destination(match) for match in _TARGETS.finditer(text))


def find_links(text: str, first_line: int, is_wanted: Callable[[str], bool]) -> tuple[Link, ...]:
    """The links with a destination that is wanted, those that `parse_body` finds.

    Only blocks with such a destination are parsed. Where reference definitions are among them, or the text may be
    beyond the limits, everything is.
    """
    wanted = [match for match in _TARGETS.finditer(text) if is_wanted(_destination(match))]
    definitions = {match.end() for match in _DEFINITION.finditer(text)} if wanted else set()
    if any(match.start() in definitions for match in wanted) or (wanted and _is_costly(text)):
        found: Iterable[Link] = parse_body(text, first_line).links
    else:
        found = _read_sections(text, first_line, [match.start() for match in wanted])
    return tuple(link for link in found if is_wanted(link.target))


def _read_sections(text: str, first_line: int, offsets: list[int]) -> Iterator[Link]:
    if not offsets:
        return
    starts, ruler = _find_sections(text), Ruler(text, first_line)
    last = {bisect_right(starts, offset) - 1: offset for offset in sorted(offsets)}
    for number, offset in last.items():
        start, end = starts[number], starts[number + 1]
        blank = text.find("\n\n", offset, end)
        yield from _read_section(text[start : blank if blank > 0 else end], ruler.at(start).line)


def _read_section(section: str, line: int) -> tuple[Link, ...]:
    """The links of adjacent blocks. Most are a line or two with nothing that could hide a link: no parser needed."""
    plain = _CODE_SPAN.sub(lambda span: "x" * len(span[0]), section)
    rest = _SIMPLE_LINK.sub("", plain)
    if _NOT_SIMPLE.search(plain.rstrip()) or "[" in rest or "]" in rest:
        return parse_body(section, line).links
    ruler = Ruler(plain, line)
    places = ((match, ruler.at(match.start())) for match in _SIMPLE_LINK.finditer(plain))
    return tuple(Link(unquote(match[2]), place.line, place.column, match[1] == "!") for match, place in places)


def _find_sections(text: str) -> list[int]:
    """Offsets between which every block begins and ends; the first is 0, the last the length.

    Fences inside of lists and quotations need no notice: a line in the first column ends them. An indented one may
    stand inside or outside; where that makes a difference, the rest of the text is one section.
    """
    starts: list[int] = [0]
    opened: re.Match[str] | None = None
    for match in _BOUNDARY.finditer(text):
        if opened is None:
            opened = match if match["fence"] else None
            starts += [] if match["fence"] else [match.start()]
        elif match["fence"] is None:
            if opened["indent"]:
                break
        elif match["fence"].startswith(opened["fence"]) and not match["info"].strip():
            if _is_dedented(opened, match):
                break
            opened = None
    return [*starts, len(text)]


def _is_dedented(opened: re.Match[str], closed: re.Match[str]) -> bool:
    """Whether a line of the fence stands to the left of its first one, which would end a fence in a list."""
    indent = len(opened["indent"])
    lines = opened.string[opened.end() : closed.end()]
    return indent > 0 and re.search(rf"^ {{0,{indent - 1}}}\S", lines, re.MULTILINE) is not None


def _destination(match: re.Match[str]) -> str:
    return match[2].strip("<>")


def _is_costly(text: str) -> bool:
    """Whether a block may be beyond the limits, or all of them together; none goes on below an empty line."""
    parts = text.split("\n\n")
    return any(_is_crowded(part) for part in parts) or sum(part.count("[") ** 2 for part in parts) > MAX_WORK


def _is_crowded(text: str) -> bool:
    return len(text) > MAX_BLOCK or text.count("[") > MAX_OPENINGS


@cache
def _make_parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - see the module's first lines

    parser = MarkdownIt("commonmark").disable("emphasis")
    parser.core.ruler.at("inline", _read_inline)
    parser.inline.ruler.at("link", _mark_link)
    parser.inline.ruler.at("image", _mark_image)
    return parser


def _read_inline(state: StateCore) -> None:
    """Read the inline text that may hold links; nothing else inside of a block is asked for."""
    for token in state.tokens:
        if token.type == "inline" and "]" in token.content and ("](" in token.content or state.env.get("references")):
            token.children = []
            state.env["work"] = state.env.get("work", 0) + token.content.count("[") ** 2
            if _is_crowded(token.content) or state.env["work"] > MAX_WORK:
                token.meta["unread"] = True
                continue
            state.md.inline.parse(token.content, state.md, state.env, token.children)


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
    for opening, inline in pairwise(tokens):
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
    content = inline.content[start:].split("\n", 1)[0]
    # A tab before the content has become blanks.
    blanks = len(content) - len(content.lstrip())
    indent = max(lines[row].find(content.strip()), 0) if row < len(lines) else 0
    return row, indent + offset - start - blanks + 1


def _first(token: Token) -> int:
    return token.map[0] if token.map else 0
