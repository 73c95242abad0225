"""Reads Markdown, in all its dialects, into a document with true lines."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from skill_fleet.sources.blocks import ADMONITIONS, CODE_NOTE, admonition, bare_kind, list_block, pipe_table
from skill_fleet.sources.dialects import plain_lines, without_imports
from skill_fleet.sources.document import Block, Document, Item
from skill_fleet.sources.includes import IncludeResolver, NoIncludes
from skill_fleet.sources.inline import clean_inline
from skill_fleet.sources.lines import Line, number_lines, span_of
from skill_fleet.sources.outline import Heading, Piece, clean_title, outline, page_title
from skill_fleet.sources.role import role_of

_LIST = {"bullet_list_open": "bullet_list", "ordered_list_open": "ordered_list"}
_ALERT = re.compile(r"^\[!(\w+)\][+-]?\s*(.*)$")
_ANCHOR = re.compile(r"\s*\{:?\s*#(?P<anchor>[\w:.-]+)[^{}]*\}\s*$")
_INFO_TITLE = re.compile(r"""\b(?:title|filename|file|name)\s*=\s*\{?["']([^"']+)["']|\[([^\]]+)\]\s*$""")
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
    plain = plain_lines(lines, includes)
    marks = {at: line.mark for at, line in enumerate(plain) if line.mark}
    tokens = _parser().parse("\n".join(line.text for line in plain), {"marks": marks})
    return _Walk(plain, tokens)


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable(["table"]).use(deflist_plugin).use(footnote_plugin)
    parser.block.ruler.before("table", "mark", _mark_rule, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    return parser


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
    found = (posixpath.normpath(posixpath.join("" if link[0] == "/" else folder, link.lstrip("/"))) for link in local if link)
    return tuple(dict.fromkeys(found))


@dataclass
class _Walk:
    """Walks markdown-it's flat tokens; every method reads one construct and leaves `at` behind it."""

    lines: Sequence[Line]
    tokens: Sequence[Token]
    at: int = 0
    links: list[str] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)

    def pieces(self, until: str = "") -> list[Piece]:
        """Everything up to the token that closes the construct, or the mark that closes the box."""
        result: list[Piece] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token.type == until or (until == "mark" and token.type.endswith("_close")):
                break
            if token.type == "mark" and token.meta["mark"].kind == "close":
                if until == "mark":
                    break
                self.at += 1
                continue
            result += self._piece(token)
        return result

    def _piece(self, token: Token) -> list[Piece]:
        self.at += 1
        match token.type:
            case "heading_open":
                return self._heading(token)
            case "paragraph_open":
                return self._paragraph(token)
            case "fence" | "code_block":
                return self._code(token)
            case "bullet_list_open" | "ordered_list_open":
                return [*self._list(token)]
            case "blockquote_open":
                return [*self._quote(token)]
            case "table_open":
                return [*self._table(token)]
            case "dl_open":
                return [*self._definitions()]
            case "mark":
                return self._box(token)
            case "html_block":
                return self._html(token)
            case "footnote_block_open":
                self.pieces("footnote_block_close")
        return []

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

    def _heading(self, token: Token) -> list[Piece]:
        raw = self.tokens[self.at].content
        stated = _ANCHOR.search(raw)
        text = clean_title(self._inline())
        anchor = stated["anchor"] if stated else ""
        span = span_of(self._slice(token))
        return [Heading(int(token.tag[1:]), text, span, anchor)] if text else []

    def _paragraph(self, token: Token) -> list[Piece]:
        text = self._inline()
        if not re.search(r"\w", text) or re.fullmatch(r"\([\w:. -]+\)=", text):
            return []
        return [Block("paragraph", text, span_of(self._slice(token)))]

    def _code(self, token: Token) -> list[Piece]:
        lines = self._slice(token)
        info = token.info.strip()
        content = CODE_NOTE.sub("", token.content).rstrip("\n")
        if info.startswith("{toctree}"):
            self.contents += toctree_targets(content)
            return []
        if not content.strip():
            return []
        inner = lines[1 : 1 + len(token.content.rstrip("\n").split("\n"))] if token.type == "fence" else lines
        title = _INFO_TITLE.search(info)
        label = (title[1] or title[2]) if title else ""
        return [Block("code", content, span_of(inner), fence_language(info), label)]

    def _list(self, token: Token) -> list[Block]:
        items: list[Item] = []
        children: list[Block] = []
        while self.tokens[self.at].type == "list_item_open":
            opening = self.tokens[self.at]
            self.at += 1
            inside = [piece for piece in self.pieces("list_item_close") if isinstance(piece, Block)]
            self.at += 1
            item, own = _item(inside, self._slice(opening))
            items += [item] if item.text else []
            children += own
        self.at += 1
        return list_block(token.type == "ordered_list_open", items, children, int(token.attrGet("start") or 1))

    def _quote(self, token: Token) -> list[Block]:
        inside = [piece for piece in self.pieces("blockquote_close") if isinstance(piece, Block)]
        self.at += 1
        span = span_of(self._slice(token))
        alert = _ALERT.match(inside[0].text) if inside and inside[0].kind == "paragraph" else None
        if alert:
            rest = [replace(inside[0], text=alert[2]), *inside[1:]] if alert[2] else inside[1:]
            return admonition(alert[1], "", rest, span)
        prose, own = prose_and_children(inside)
        return [Block("quote", prose, span, children=own)] if prose or own else []

    def _table(self, token: Token) -> list[Block]:
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

    def _definitions(self) -> list[Block]:
        found: list[Block] = []
        terms: list[str] = []
        while self.tokens[self.at].type != "dl_close":
            here = self.tokens[self.at]
            self.at += 1
            if here.type == "dt_open":
                terms = [*([] if found and terms and found[-1].label == ", ".join(terms) else terms), self._inline()]
            elif here.type == "dd_open":
                inside = [piece for piece in self.pieces("dd_close") if isinstance(piece, Block)]
                prose, own = prose_and_children(inside)
                lines = self._slice(here)
                found.append(Block("definition", prose, span_of(lines), label=", ".join(terms), children=own))
        self.at += 1
        return found

    def _box(self, token: Token) -> list[Piece]:
        mark = token.meta["mark"]
        inside = self.pieces("mark")
        closing = self.tokens[self.at] if self.at < len(self.tokens) else token
        if closing.type == "mark":
            self.at += 1
        start, end = (token.map or [0, 1])[0], (closing.map or token.map or [0, 1])[0]
        return box_pieces(mark.kind, clean_title(mark.title), inside, self.lines[start : max(end, start + 1)])

    def _html(self, token: Token) -> list[Piece]:
        text = re.sub(r"<!--.*?(?:-->|\Z)", "", token.content, flags=re.DOTALL)
        words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text)).strip()
        if len(words.split()) < 3:
            return []
        return [Block("paragraph", clean_inline(_parser().parseInline(words)[0].children), span_of(self._slice(token)))]


def fence_language(info: str) -> str:
    """The first word of an info string, lower case, without braces, dots and line numbers."""
    first = re.split(r"[\s,:\[]", info.strip().lstrip("{. ").lower(), maxsplit=1)[0]
    return re.split(r"[{}]", first, maxsplit=1)[0].strip(".")


def toctree_targets(content: str) -> list[str]:
    """The pages a toctree names, in order; options and globs are left out."""
    names = (line.strip() for line in content.split("\n"))
    shown = (re.sub(r"^.*<([^<>]+)>$", r"\1", name) for name in names if name and not name.startswith(":"))
    return [name for name in shown if "*" not in name and name not in {"self", "---"}]


def prose_and_children(blocks: Sequence[Block]) -> tuple[str, tuple[Block, ...]]:
    """Paragraphs as one text, everything else as children."""
    prose = "\n\n".join(block.text for block in blocks if block.kind == "paragraph")
    return prose, tuple(block for block in blocks if block.kind != "paragraph")


def _item(blocks: Sequence[Block], lines: Sequence[Line]) -> tuple[Item, list[Block]]:
    """A list item: paragraphs and nested lists are its text; code, tables and boxes are children of the list."""
    parts: list[str] = []
    children: list[Block] = []
    for block in blocks:
        if block.kind == "paragraph":
            parts.append(block.text)
        elif block.kind in {"bullet_list", "ordered_list"}:
            parts.append("\n".join("  " + line for line in block.text.split("\n")))
            children += block.children
        else:
            children.append(block)
    text = "\n".join(parts) if any(part.startswith("  ") for part in parts) else " ".join(parts)
    return Item(text, span_of(lines)), children


def box_pieces(kind: str, title: str, inside: Sequence[Piece], lines: Sequence[Line]) -> list[Piece]:
    """What a box becomes: an admonition, labelled blocks of a tab, a signature, or just its content."""
    name = bare_kind(kind)
    blocks = [piece for piece in inside if isinstance(piece, Block)]
    if name == "signature":
        return [Block("signature", title, span_of(lines), children=tuple(blocks))] if title else []
    if name == "definition":
        prose, own = prose_and_children(blocks)
        return [Block("definition", prose, span_of(lines), label=title, children=own)]
    if name == "tab":
        return [replace(one, label=one.label or title) if isinstance(one, Block) else one for one in inside]
    if name in ADMONITIONS:
        return [*admonition(name, title, blocks, span_of(lines))]
    return list(inside)
