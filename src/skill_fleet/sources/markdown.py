"""Reads Markdown, in all its dialects, into a document with true lines."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from skill_fleet.sources.blocks import (
    admonition,
    as_blocks,
    box_pieces,
    list_block,
    list_item,
    pipe_table,
    prose_and_children,
    toctree_targets,
)
from skill_fleet.sources.document import Block, Document, Item
from skill_fleet.sources.html import fragment_pieces
from skill_fleet.sources.includes import IncludeResolver, NoIncludes
from skill_fleet.sources.inline import clean_inline
from skill_fleet.sources.lines import Line, from_line, number_lines, span_of
from skill_fleet.sources.markdown_boxes import mark_boxes, without_imports
from skill_fleet.sources.markdown_includes import expand_includes
from skill_fleet.sources.outline import Heading, Piece, clean_title, outline, page_title
from skill_fleet.sources.role import role_of
from skill_fleet.sources.rst import walk_rst

_BOX_END = "the end of a box"
_ALERT = re.compile(r"^\[!(\w+)\][+-]?\s*(.*)$")
_ANCHOR = re.compile(r"\s*\{:?\s*#(?P<anchor>[\w:.-]+)[^{}]*\}\s*$")
_CODE_NOTE = re.compile(r"[ \t]*(?:#|//|--|;|%|<!--|/\*)[ \t]*\(\d+\)!(?:[ \t]*(?:\*/|-->))?(?=[ \t]*$)", re.MULTILINE)
"""Material's markers for notes on code: `# (1)!` at the end of a line."""
_INFO_TITLE = re.compile(r"""\b(?:title|filename|file|name)\s*=\s*\{?["']([^"']+)["']|\[([^\]]+)\]\s*$""")
_RAW = re.compile(r"\{(?P<name>toctree|eval-rst|list-table|csv-table)\}\s*(?P<rest>.*)$")
_FRONT = re.compile(r"^(?P<name>[\w-]+)\s*[:=]\s*(?P<value>.*?)\s*$")


def parse_markdown(text: str, path: str, includes: IncludeResolver | None = None) -> Document:
    """One page. Spans point to the lines of `path`, or of the included file a block comes from."""
    front, body = split_front_matter(number_lines(text, path))
    if path.endswith(".mdx"):
        body = without_imports(body)
    walk = walk_lines(body, includes or NoIncludes())
    pieces = walk.pieces()
    title = page_title(pieces, clean_title(front.get("title", "")), path)
    sections = outline(pieces, title, path)
    links, contents = _resolved(walk.links, path), _resolved(walk.contents, path)
    return Document(path, title, role_of(path, title, sections), 0, sections, links, contents)


def split_front_matter(lines: Sequence[Line]) -> tuple[dict[str, str], list[Line]]:
    """The simple `name: value` pairs of a YAML or TOML front matter, and the lines after it."""
    fence = lines[0].text.rstrip() if lines else ""
    if fence not in {"---", "+++"}:
        return {}, list(lines)
    end = next((at for at in range(1, len(lines)) if lines[at].text.rstrip() == fence), 0)
    inside = lines[1:end]
    if not end or (inside and not any(_FRONT.match(line.text) for line in inside)):
        return {}, list(lines)
    found = (_FRONT.match(line.text) for line in inside)
    return {match["name"]: match["value"].strip("\"'") for match in found if match}, list(lines[end + 1 :])


def walk_lines(lines: Sequence[Line], includes: IncludeResolver) -> _Walk:
    """A walk over some lines of Markdown, about to start."""
    plain = mark_boxes(expand_includes(lines, includes))
    marks = {at: line.mark for at, line in enumerate(plain) if line.mark}
    tokens = _parser().parse("\n".join(line.text for line in plain), {"marks": marks})
    return _Walk(plain, tokens, includes)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["table"]).use(deflist_plugin).use(footnote_plugin)
    parser.block.ruler.before("table", "mark", _mark_rule, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    return parser


def clean_inline_text(markdown: str) -> str:
    """The words of one line of Markdown."""
    return clean_inline(_parser().parseInline(markdown)[0].children) if markdown else ""


def _mark_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
    del end
    mark = state.env["marks"].get(start)
    if mark is None:
        return False
    if not silent:
        token = state.push("mark", "", 0)
        token.map = [start, start + 1]
        token.meta = {"mark": mark}
        state.line = start + 1
    return True


def _resolved(links: Sequence[str], path: str) -> tuple[str, ...]:
    """Link targets as paths from the root, without query and fragment; links to elsewhere are left out."""
    folder = posixpath.dirname(path)
    local = (re.split(r"[?#]", link, maxsplit=1)[0] for link in links if not re.match(r"[a-z][a-z0-9+.-]*:|//", link))
    found = (
        posixpath.normpath(posixpath.join("" if link[0] == "/" else folder, link.lstrip("/"))) for link in local if link
    )
    return tuple(dict.fromkeys(found))


@dataclass
class _Walk:
    """Walks markdown-it's flat tokens; every method reads one construct and leaves `at` behind it."""

    lines: Sequence[Line]
    tokens: Sequence[Token]
    includes: IncludeResolver
    at: int = 0
    links: list[str] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)

    def pieces(self, until: str = "") -> list[Piece]:
        """Everything up to the token that closes the construct, or the mark that closes the box."""
        result: list[Piece] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.type == until or (until == _BOX_END and token.type.endswith("_close")):
                break
            if token.type == "mark" and token.meta["mark"].kind == "close":
                if until == _BOX_END:
                    break
                self.at += 1
                continue
            result += self._piece(token)
        return result

    def _piece(self, token: Token) -> Sequence[Piece]:
        self.at += 1
        read = _READ.get(token.type)
        return read(self, token) if read else ()

    def _inline(self) -> str:
        """The text of the inline token here, whose closing token is skipped as well."""
        token = self.tokens[self.at]
        self.at += 2
        for child in token.children or ():
            href = child.attrGet("href") if child.type == "link_open" else None
            if href:
                self.links.append(str(href))
        return clean_inline(token.children)

    def _slice(self, token: Token) -> Sequence[Line]:
        start, end = token.map or (0, 1)
        return self.lines[start:end]

    def heading(self, token: Token) -> list[Piece]:
        raw = self.tokens[self.at].content
        stated = _ANCHOR.search(raw)
        text = clean_title(self._inline())
        anchor = stated["anchor"] if stated else ""
        span = span_of(self._slice(token))
        return [Heading(int(token.tag[1:]), text, span, anchor)] if text else []

    def paragraph(self, token: Token) -> list[Piece]:
        text = self._inline()
        if not re.search(r"\w", text) or re.fullmatch(r"\([\w:. -]+\)=", text):
            return []
        return [Block("paragraph", text, span_of(self._slice(token)))]

    def code(self, token: Token) -> list[Piece]:
        lines = self._slice(token)
        info = token.info.strip()
        content = _CODE_NOTE.sub("", token.content).rstrip("\n")
        if not content.strip():
            return []
        inner = lines[1 : 1 + len(token.content.rstrip("\n").split("\n"))] if token.type == "fence" else lines
        if directive := _RAW.match(info):
            return self._directive(directive["name"], directive["rest"], inner)
        title = _INFO_TITLE.search(info)
        label = (title[1] or title[2]) if title else ""
        return [Block("code", content, span_of(inner), fence_language(info), label)]

    def _directive(self, name: str, argument: str, lines: Sequence[Line]) -> list[Piece]:
        """A directive whose content is no Markdown: a table of contents, or reStructuredText."""
        if name == "toctree":
            self.contents += toctree_targets([line.text for line in lines])
            return []
        if name != "eval-rst":
            head = lines[0].with_text(f".. {name}:: {argument}")
            lines = [head, *(line.with_text("   " + line.text) for line in lines)]
        walk = walk_rst(lines, lines[0].path, self.includes)
        pieces = walk.pieces()
        self.links += walk.links
        self.contents += walk.contents
        return pieces

    def items(self, token: Token) -> list[Block]:
        items: list[Item] = []
        children: list[Block] = []
        while self.tokens[self.at].type == "list_item_open":
            opening = self.tokens[self.at]
            self.at += 1
            inside = as_blocks(self.pieces("list_item_close"))
            self.at += 1
            item, own = list_item(inside, span_of(self._slice(opening)))
            items += [item] if item.text else []
            children += own
        self.at += 1
        start = int(token.attrGet("start") or 1) if token.type == "ordered_list_open" else None
        return list_block(items, children, start)

    def quote(self, token: Token) -> list[Block]:
        inside = as_blocks(self.pieces("blockquote_close"))
        self.at += 1
        span = span_of(self._slice(token))
        alert = _ALERT.match(inside[0].text) if inside and inside[0].kind == "paragraph" else None
        if alert:
            rest = [replace(inside[0], text=alert[2]), *inside[1:]] if alert[2] else inside[1:]
            return admonition(alert[1], "", rest, span)
        prose, own = prose_and_children(inside)
        return [Block("quote", prose, span, children=own)] if prose or own else []

    def table(self, token: Token) -> list[Block]:
        rows: list[list[str]] = []
        while self.tokens[self.at].type != "table_close":
            here = self.tokens[self.at]
            self.at += 1
            if here.type == "tr_open":
                rows.append([])
            elif here.type in {"th_open", "td_open"}:
                rows[-1].append(self._inline())
        self.at += 1
        return [Block("table", pipe_table(rows), span_of(self._slice(token)))] if len(rows) > 1 else []

    def definitions(self, token: Token) -> list[Block]:
        del token
        found: list[Block] = []
        terms: list[str] = []
        while self.tokens[self.at].type != "dl_close":
            here = self.tokens[self.at]
            self.at += 1
            if here.type == "dt_open":
                terms = [*([] if found and terms and found[-1].label == ", ".join(terms) else terms), self._inline()]
            elif here.type == "dd_open":
                inside = as_blocks(self.pieces("dd_close"))
                prose, own = prose_and_children(inside)
                lines = self._slice(here)
                found.append(Block("definition", prose, span_of(lines), label=", ".join(terms), children=own))
        self.at += 1
        return found

    def box(self, token: Token) -> list[Piece]:
        mark = token.meta["mark"]
        inside = self.pieces(_BOX_END)
        closing = self.tokens[self.at] if self.at < len(self.tokens) else token
        if closing.type == "mark":
            self.at += 1
        start, end = (token.map or [0, 1])[0], (closing.map or token.map or [0, 1])[0]
        span = from_line(span_of(self.lines[start : max(end, start + 1)]), self.lines[start])
        return box_pieces(mark.kind, clean_inline_text(mark.title), inside, span)

    def html(self, token: Token) -> list[Piece]:
        """Markup that Markdown lets through: read as HTML, without its comments."""
        lines = self._slice(token)
        return fragment_pieces(lines) if re.search(r"<[a-z]", token.content, re.IGNORECASE) else []

    def footnotes(self, token: Token) -> list[Piece]:
        """Footnotes are no part of the text."""
        del token
        self.pieces("footnote_block_close")
        return []


_READ: dict[str, Callable[[_Walk, Token], Sequence[Piece]]] = {
    "blockquote_open": _Walk.quote,
    "bullet_list_open": _Walk.items,
    "code_block": _Walk.code,
    "dl_open": _Walk.definitions,
    "fence": _Walk.code,
    "footnote_block_open": _Walk.footnotes,
    "heading_open": _Walk.heading,
    "html_block": _Walk.html,
    "mark": _Walk.box,
    "ordered_list_open": _Walk.items,
    "paragraph_open": _Walk.paragraph,
    "table_open": _Walk.table,
}


def fence_language(info: str) -> str:
    """The first word of an info string, lower case, without braces, dots and line numbers."""
    first = re.split(r"[\s,:\[]", info.strip().lstrip("{. ").lower(), maxsplit=1)[0]
    return re.split(r"[{}]", first, maxsplit=1)[0].strip(".")
