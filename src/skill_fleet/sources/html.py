"""Reads HTML pages, as documentation generators write them, into a document with true lines."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from skill_fleet.sources.blocks import as_blocks, box_pieces, list_block, list_item, pipe_table, prose_and_children
from skill_fleet.sources.document import Block, Document, Item, Span
from skill_fleet.sources.inline import code_span, tidy_words
from skill_fleet.sources.lines import Line, number_lines, span_of
from skill_fleet.sources.outline import Heading, Piece, clean_title, outline, page_title
from skill_fleet.sources.role import role_of

_AT = "data-at-line"
_TO = "data-to-line"
_TAG = re.compile(r"<([A-Za-z][A-Za-z0-9-]*)(?=[\s/>])([^<>]*)|\n")
_MAIN = """
.theme-doc-markdown, .vp-doc, article.md-content__inner, div.body, [role=main], .markdown-body, main, article,
#content, .content, #main
"""
_MAIN_SHARE = 0.3
_DROPPED = """
script, style, template, noscript, nav, footer, svg, button, form, iframe, video, audio, canvas, object, [hidden],
[role=navigation], [role=search], [role=banner], [role=contentinfo], [aria-hidden=true], .headerlink, .anchorjs-link,
.hash-link, .header-anchor, .linenos, .lineno, .copybtn, .breadcrumb, .breadcrumbs, .theme-doc-breadcrumbs, .toc,
.table-of-contents, .toctree-wrapper, .related, .sphinxsidebar, .md-source-file, .pagination, .prev-next-area,
.edit-this-page, .theme-doc-footer, .tabbed-labels, .footnote-ref, .footnotes, .viewcode-link, .visually-hidden,
.sr-only
"""
_INLINE = frozenset(
    """
    a abbr acronym b bdi bdo big br cite code data del dfn em font i ins kbd label mark q s samp small span strike
    strong sub sup time tt u var wbr img -text
    """.split()
)
_CODE = frozenset({"code", "kbd", "samp", "tt"})
_LANGUAGE = re.compile(r"(?:^|\s)(?:language|lang|highlight-source|highlight|brush:|sourceCode)[- ]\s*([\w+#.-]+)")
_NO_LANGUAGE = frozenset({"default", "none", "notranslate", "plaintext", "txt", "plain"})
_BOX = re.compile(r"(?:^|\s)(?:admonition|alert|custom-block|callout|theme-admonition|hint|markdown-alert)(?:-|\s|$)")
_KIND = re.compile(
    r"\b(note|tip|hint|info|important|warning|caution|danger|error|attention|seealso|todo|success|question|example|bug|"
    r"deprecated|versionadded|versionchanged|abstract|failure|quote)\b"
)
_TITLE = ".admonition-title, .custom-block-title, .alert-heading, .callout-title, .markdown-alert-title, summary"


def parse_html(text: str, path: str) -> Document:
    """One page: its main content without navigation, or all of its body when nothing is marked as the content."""
    lines = number_lines(text, path)
    tree = _tree(lines)
    walk = HtmlWalk(lines)
    pieces = walk.read(_main(tree)) if tree.body else []
    stated = tree.css_first("title")
    title = page_title(pieces, "", path) if _has_title(pieces) else _site_title(stated, path)
    sections = outline(pieces, title, path)
    return Document(path, title, role_of(path, title, sections), 0, sections, _resolved(walk.links, path))


def fragment_pieces(lines: Sequence[Line]) -> list[Piece]:
    """The headings and blocks of some lines of HTML, such as those in a Markdown page."""
    body = _tree(lines).body
    return HtmlWalk(lines).read(body) if body else []


def _tree(lines: Sequence[Line]) -> LexborHTMLParser:
    """The parsed lines. Every tag is given the lines it begins and ends on first, for the parser keeps none."""
    tree = LexborHTMLParser(_numbered("\n".join(line.text for line in lines)))
    for node in tree.css(_DROPPED):
        node.decompose()
    for node in tree.css("header, aside"):
        if not node.css_first("h1") and not _BOX.search(_class(node)):
            node.decompose()
    return tree


def _numbered(text: str) -> str:
    at = 0

    def numbered(match: re.Match[str]) -> str:
        nonlocal at
        first, at = at, at + match[0].count("\n")
        return f'<{match[1]} {_AT}="{first}" {_TO}="{at}"{match[2]}' if match[1] else match[0]

    return _TAG.sub(numbered, text)


def _main(tree: LexborHTMLParser) -> LexborNode:
    body = tree.body
    assert body is not None  # noqa: S101 - the caller looked
    whole = len(body.text())
    for selector in _MAIN.split(","):
        node = tree.css_first(selector.strip())
        if node is not None and len(node.text()) > whole * _MAIN_SHARE:
            return node
    return body


def _has_title(pieces: Sequence[Piece]) -> bool:
    return any(isinstance(piece, Heading) and piece.level == 1 for piece in pieces)


def _site_title(node: LexborNode | None, path: str) -> str:
    """`Page — Product documentation` names the page first."""
    parts = re.split(r"\s+(?:[—–|·»]|-)\s+", node.text().strip()) if node else [""]
    return page_title((), clean_title(parts[0]), path)


def _resolved(links: Sequence[str], path: str) -> tuple[str, ...]:
    folder = posixpath.dirname(path)
    bare = (re.split(r"[?#]", link, maxsplit=1)[0] for link in links if not re.match(r"[a-z][a-z0-9+.-]*:|/", link))
    return tuple(dict.fromkeys(posixpath.normpath(posixpath.join(folder, link)) for link in bare if link))


def _class(node: LexborNode) -> str:
    return str(node.attributes.get("class") or "")


def _children(node: LexborNode) -> Iterator[LexborNode]:
    return node.iter(include_text=True)


@dataclass
class HtmlWalk:
    """Turns a tree of elements into pieces, and gathers the targets of its links."""

    lines: Sequence[Line]
    links: list[str] = field(default_factory=list)

    def read(self, parent: LexborNode) -> list[Piece]:
        """The pieces of a container; text that stands in it without a paragraph becomes one."""
        pieces: list[Piece] = []
        loose: list[LexborNode] = []
        for child in _children(parent):
            tag = child.tag or ""
            if tag in _INLINE and child.css_first("p, pre, ul, ol, table, div") is None:
                loose.append(child)
                continue
            pieces += self._loose(loose)
            loose = []
            pieces += self._one(child, tag)
        return [*pieces, *self._loose(loose)]

    def _one(self, node: LexborNode, tag: str) -> Sequence[Piece]:
        if tag.startswith("_") or tag in {"-comment", "head", "hr"}:
            return []
        if re.fullmatch(r"h[1-6]", tag):
            return self._heading(node, int(tag[1]))
        read = _READ.get(tag)
        return read(self, node) if read else self._container(node)

    def _blocks(self, node: LexborNode) -> list[Block]:
        return as_blocks(self.read(node))

    def _span(self, *nodes: LexborNode) -> Span:
        first = min(self._first(node) for node in nodes)
        last = max(self._last(node) for node in nodes)
        return span_of(self.lines[first : max(last, first) + 1])

    def _first(self, node: LexborNode) -> int:
        """The index of the line where an element opens; for text, where the element around it opens at least."""
        here: LexborNode | None = node
        while here is not None:
            stated = here.attributes.get(_AT) if here.tag != "-text" else None
            if stated is not None:
                return int(stated)
            here = here.parent
        return 0

    def _last(self, node: LexborNode) -> int:
        """The index of the line where an element's text ends: line breaks counted on from the last tag before it."""
        at = int(node.attributes.get(_TO) or self._first(node)) if node.tag != "-text" else self._first(node)
        for inner in node.traverse(include_text=True):
            if inner.tag == "-text":
                at += (inner.text_content or "").rstrip("\n").count("\n") if _is_last(inner, node) else _breaks(inner)
            elif stated := inner.attributes.get(_TO):
                at = max(at, int(stated))
        return min(at, len(self.lines) - 1)

    def _loose(self, nodes: Sequence[LexborNode]) -> list[Block]:
        text = self._text(nodes)
        if not re.search(r"\w", text):
            return []
        before = nodes[0].prev
        start = self._last(before) if before is not None else self._first(nodes[0])
        return [Block("paragraph", text, self._near(text, start))]

    def _near(self, text: str, start: int) -> Span:
        """The lines, from `start` on, that hold the first and the last word of a loose text."""
        words = re.findall(r"\w+", text)
        first = self._with_word(words[0], start)
        last = first
        for word in words[1:]:
            last = self._with_word(word, last)
        return span_of(self.lines[first : last + 1])

    def _with_word(self, word: str, start: int) -> int:
        """The first line from `start` on that holds a word; `start` itself when none does."""
        whole = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)")
        return next((at for at in range(start, len(self.lines)) if whole.search(self.lines[at].text)), start)

    def _text(self, nodes: Sequence[LexborNode]) -> str:
        held: list[str] = []
        return tidy_words("".join(part for node in nodes for part in self._parts(node, held)), held)

    def _parts(self, node: LexborNode, held: list[str]) -> list[str]:
        tag = node.tag or ""
        if tag == "-text":
            return [node.text_content or ""]
        if tag in _CODE:
            held.append(code_span(node.text().strip()))
            return [f"\x00{len(held) - 1}\x00"]
        if tag == "br":
            return [" "]
        if tag == "a" and (href := node.attributes.get("href")):
            self.links.append(href)
        return [part for child in _children(node) for part in self._parts(child, held)]

    # --- one method per element --------------------------------------------------------------------------------

    def _heading(self, node: LexborNode, level: int) -> list[Piece]:
        text = clean_title(self._text([node]))
        anchor = node.attributes.get("id") or (node.parent.attributes.get("id") if node.parent else "") or ""
        return [Heading(level, text, self._span(node), anchor)] if text else []

    def paragraph(self, node: LexborNode) -> list[Block]:
        text = self._text([node])
        return [Block("paragraph", text, self._span(node))] if re.search(r"\w", text) else []

    def code(self, node: LexborNode) -> list[Block]:
        text = node.text().strip("\n").rstrip()
        lead = len(node.text()) - len(node.text().lstrip("\n"))
        first = self._first(node) + lead
        span = span_of(self.lines[first : max(self._last(node), first) + 1])
        return [Block("code", text, span, self._language(node))] if text.strip() else []

    def _language(self, node: LexborNode) -> str:
        near = [node.css_first("code"), node, node.parent, node.parent.parent if node.parent else None]
        for one in near:
            found = _LANGUAGE.finditer(_class(one)) if one is not None else ()
            named = [match[1].lower() for match in found if match[1].lower() not in _NO_LANGUAGE]
            if named:
                return named[0]
        return "pycon" if node.text().lstrip().startswith(">>>") else ""

    def items(self, node: LexborNode) -> list[Block]:
        items: list[Item] = []
        children: list[Block] = []
        for child in _children(node):
            if child.tag == "li":
                item, own = list_item(self._blocks(child), self._span(child))
                items += [item] if item.text else []
                children += own
        return list_block(items, children, int(node.attributes.get("start") or 1) if node.tag == "ol" else None)

    def table(self, node: LexborNode) -> list[Block]:
        code = node.css_first("td.code pre")
        if code is not None:
            return self.code(code)
        rows = [[self._cell(cell) for cell in row.css("th, td")] for row in node.css("tr")]
        rows = [row for row in rows if row]
        return [Block("table", pipe_table(rows), self._span(node))] if len(rows) > 1 else []

    def _cell(self, node: LexborNode) -> str:
        return self._text(list(_children(node)))

    def definitions(self, node: LexborNode) -> list[Block]:
        """A definition list; in Sphinx's output a declaration is one too, told by its class or its `sig` terms."""
        found: list[Block] = []
        terms: list[LexborNode] = []
        for child in _children(node):
            if child.tag == "dt":
                terms.append(child)
            elif child.tag == "dd" and terms:
                found.append(self._definition(node, terms, child))
                terms = []
        return found

    def _definition(self, parent: LexborNode, terms: Sequence[LexborNode], body: LexborNode) -> Block:
        span = self._span(*terms, body)
        if "sig" in _class(terms[0]).split() or re.match(r"(?:py|js|c|cpp|rst)\s", _class(parent)):
            declared = "\n".join(re.sub(r"\s+", " ", term.text()).strip(" ¶") for term in terms)
            return Block("signature", declared, span, children=tuple(self._blocks(body)))
        prose, own = prose_and_children(self._blocks(body))
        return Block("definition", prose, span, label=", ".join(self._text([term]) for term in terms), children=own)

    def quote(self, node: LexborNode) -> list[Block]:
        prose, own = prose_and_children(self._blocks(node))
        return [Block("quote", prose, self._span(node), children=own)] if prose or own else []

    def details(self, node: LexborNode) -> list[Piece]:
        return self._box(node, "details")

    def _container(self, node: LexborNode) -> list[Piece]:
        if _BOX.search(_class(node)) or re.search(r"\b(?:deprecated|version(?:added|changed))\b", _class(node)):
            kind = _KIND.search(_class(node).replace("-", " ")) or _KIND.search(_class(node))
            return self._box(node, kind[1] if kind else "note")
        return self.read(node)

    def _box(self, node: LexborNode, kind: str) -> list[Piece]:
        span = self._span(node)
        heading = node.css_first(_TITLE)
        title = self._text([heading]) if heading else ""
        if heading:
            heading.decompose()
        return box_pieces(kind, title, self.read(node), span)


def _is_last(text: LexborNode, within: LexborNode) -> bool:
    """Whether nothing follows a text inside of an element."""
    here: LexborNode | None = text
    while here is not None and here.mem_id != within.mem_id:
        if here.next is not None:
            return False
        here = here.parent
    return True


def _breaks(text: LexborNode) -> int:
    return (text.text_content or "").count("\n")


_READ: dict[str, Callable[[HtmlWalk, LexborNode], Sequence[Piece]]] = {
    "blockquote": HtmlWalk.quote,
    "details": HtmlWalk.details,
    "dl": HtmlWalk.definitions,
    "ol": HtmlWalk.items,
    "p": HtmlWalk.paragraph,
    "pre": HtmlWalk.code,
    "table": HtmlWalk.table,
    "ul": HtmlWalk.items,
}
