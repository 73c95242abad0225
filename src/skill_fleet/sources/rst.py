"""Reads reStructuredText, Sphinx's included, into a document with true lines."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from docutils import nodes
from docutils.frontend import get_default_settings  # type: ignore[attr-defined]  # newer than the stubs
from docutils.parsers.rst import Parser, states
from docutils.utils import new_document

from skill_fleet.sources.blocks import (
    as_blocks,
    bare_kind,
    box_pieces,
    list_block,
    list_item,
    pipe_table,
    prose_and_children,
    toctree_targets,
)
from skill_fleet.sources.document import Block, Document, Item, Span
from skill_fleet.sources.includes import IncludeResolver, NoIncludes
from skill_fleet.sources.inline import code_span, tidy_words
from skill_fleet.sources.lines import Line, number_lines
from skill_fleet.sources.outline import Heading, Piece, clean_title, outline, page_title
from skill_fleet.sources.role import role_of
from skill_fleet.sources.rst_directives import box, clean, code, stand_ins, string_list

_NO_REPORT = 5
_LOOKS = re.compile(
    r"^\.\. (?:[\w-]+::|_[^:]+:)|^(=|-|~|\*){4,}[ \t]*$|(?<!`)``[^`]+``(?!`)|:[\w:]+:`[^`]+`|::[ \t]*$", re.MULTILINE
)


def is_rst(text: str) -> bool:
    """Whether a text file without a telling name is reStructuredText rather than Markdown."""
    found = [match[0] for match in _LOOKS.finditer(text[:50_000])]
    markdown = len(re.findall(r"^(?:#{1,6} |```)|\]\(", text[:50_000], re.MULTILINE))
    return len(found) > max(1, 2 * markdown)


def parse_rst(text: str, path: str, includes: IncludeResolver | None = None) -> Document:
    """One page. Spans point to the lines of `path`, or of the included file a block comes from."""
    walk = walk_rst(number_lines(text, path), path, includes or NoIncludes())
    pieces = walk.pieces()
    title = page_title(pieces, "", path)
    sections = outline(pieces, title, path)
    links, contents = _resolved(walk.links, path), _resolved(walk.contents, path)
    return Document(path, title, role_of(path, title, sections), 0, sections, links, contents)


def walk_rst(lines: Sequence[Line], path: str, includes: IncludeResolver) -> RstWalk:
    """A walk over some lines of reStructuredText, about to start."""
    settings = get_default_settings(Parser)
    settings.report_level = _NO_REPORT
    settings.halt_level = _NO_REPORT + 1
    settings.warning_stream = False
    settings.file_insertion_enabled = False
    settings.raw_enabled = False
    document = new_document(path, settings)
    document.attributes["includes"] = includes
    machine = states.RSTStateMachine(state_classes=states.state_classes, initial_state="Body")
    with stand_ins():
        machine.run(string_list(lines), document, inliner=states.Inliner())
    return RstWalk(document, path)


def _resolved(links: Sequence[str], path: str) -> tuple[str, ...]:
    folder = posixpath.dirname(path)
    joined = (posixpath.join("" if link.startswith("/") else folder, link.lstrip("/")) for link in links if link)
    return tuple(dict.fromkeys(posixpath.normpath(one) for one in joined))


@dataclass
class RstWalk:
    """Turns docutils' tree into pieces, and gathers the pages it links to and lists."""

    document: nodes.document
    path: str
    links: list[str] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    language: str = ""
    depth: int = 0

    def pieces(self) -> list[Piece]:
        return self._all(self.document.children)

    def _all(self, children: Iterable[nodes.Node]) -> list[Piece]:
        return [piece for child in children if isinstance(child, nodes.Element) for piece in self._one(child)]

    def _blocks(self, children: Iterable[nodes.Node]) -> list[Block]:
        return as_blocks(self._all(children))

    def _one(self, node: nodes.Element) -> Sequence[Piece]:
        read = _READ.get(type(node))
        return read(self, node) if read else ()

    def _span(self, node: nodes.Element) -> Span:
        """A node's own lines: docutils knows the first, the source text it keeps tells how many."""
        given = node.get("span")
        if given:
            return Span(*given)
        if node.line is None:
            return self._spanned(node) or Span(self.path, 1, 1)
        lines = node.rawsource.strip("\n").count("\n") if node.rawsource else 0
        return Span(node.source or self.path, node.line, node.line + lines)

    def _spanned(self, node: nodes.Element) -> Span | None:
        """The lines from the first to the last node within this one."""
        inner = [one for one in node.findall(nodes.Element) if one is not node and (one.get("span") or one.line)]
        spans = [self._span(one) for one in inner]
        if not spans:
            return None
        here = [span for span in spans if span.path == spans[0].path]
        return Span(spans[0].path, min(span.line for span in here), max(span.end for span in here))

    def _whole(self, node: nodes.Element) -> Span:
        """From a node's first line to the last line of anything in it."""
        inner = self._spanned(node)
        if node.line is None or inner is None:
            return inner or self._span(node)
        path = node.source or self.path
        return Span(path, node.line, max(inner.end, node.line)) if inner.path == path else self._span(node)

    def text(self, node: nodes.Element) -> str:
        """The clean Markdown of an element's inline content."""
        held: list[str] = []
        return tidy_words("".join(self._inline(node, held)), held)

    def _inline(self, node: nodes.Element, held: list[str]) -> list[str]:
        parts: list[str] = []
        for child in node.children:
            if isinstance(child, nodes.Text):
                parts.append(str(child).replace("\x00", ""))
            elif isinstance(child, nodes.literal | clean):
                parts.append(self._code(child, held))
            elif isinstance(child, nodes.substitution_reference):
                parts.append(self._substituted(child))
            elif isinstance(child, nodes.Element) and not isinstance(child, _SILENT):
                self._note_link(child)
                parts += self._inline(child, held)
        return parts

    def _code(self, node: nodes.Element, held: list[str]) -> str:
        if isinstance(node, clean):
            if page := node.get("page"):
                self.links.append(page)
            shown = node["markdown"]
            if not shown.startswith("`"):
                return str(shown)
        else:
            shown = code_span(node.astext().replace("\x00", ""))
        held.append(shown)
        return f"\x00{len(held) - 1}\x00"

    def _substituted(self, node: nodes.Element) -> str:
        definition = self.document.substitution_defs.get(node.get("refname", ""))
        return definition.astext() if definition is not None else ""

    def _note_link(self, node: nodes.Element) -> None:
        target = node.get("refuri", "")
        if target and "://" not in target and not target.startswith(("mailto:", "#")):
            self.links.append(re.split(r"[?#]", target, maxsplit=1)[0])

    # --- one method per kind of node ---------------------------------------------------------------------------

    def section(self, node: nodes.Element) -> list[Piece]:
        self.depth += 1
        title = next(iter(node.findall(nodes.title)))
        text = clean_title(self.text(title))
        line = (node.line or title.line or 2) - 1
        heading = Heading(self.depth, text, Span(node.source or self.path, max(1, line), line + 1))
        inside = self._all(node.children)
        self.depth -= 1
        return [heading, *inside] if text else inside

    def paragraph(self, node: nodes.Element) -> list[Block]:
        text = self.text(node)
        return [Block("paragraph", text, self._span(node))] if re.search(r"\w", text) else []

    def literal(self, node: nodes.Element) -> list[Block]:
        """A literal block after `::`, or a doctest block."""
        text = node.astext().replace("\x00", "")
        is_doctest = isinstance(node, nodes.doctest_block) or text.lstrip().startswith(">>>")
        return [Block("code", text, self._span(node), "pycon" if is_doctest else self.language)] if text.strip() else []

    def code(self, node: nodes.Element) -> list[Block]:
        span = Span(*node["span"])
        return [Block("code", node["text"].rstrip(), span, node["language"] or self.language, node["label"])]

    def items(self, node: nodes.Element) -> list[Block]:
        items: list[Item] = []
        children: list[Block] = []
        for child in node.children:
            if isinstance(child, nodes.list_item):
                item, own = list_item(self._blocks(child.children), self._whole(child))
                items += [item] if item.text else []
                children += own
        start = int(node.get("start", 1)) if isinstance(node, nodes.enumerated_list) else None
        return list_block(items, children, start)

    def definitions(self, node: nodes.Element) -> list[Block]:
        found: list[Block] = []
        for item in node.children:
            if isinstance(item, nodes.definition_list_item):
                terms = ", ".join(self.text(term) for term in _parts_of(item, nodes.term))
                found.append(self._definition(terms, _parts_of(item, nodes.definition), item))
        return found

    def _definition(self, term: str, bodies: Sequence[nodes.Element], item: nodes.Element) -> Block:
        inside = [block for body in bodies for block in self._blocks(body.children)]
        prose, own = prose_and_children(inside)
        return Block("definition", prose, self._whole(item), label=term, children=own)

    def fields(self, node: nodes.Element) -> list[Block]:
        """Fields (`:param x: …`); the ones without a body are directions to the site generator."""
        found: list[Block] = []
        for item in node.children:
            names, bodies = _parts_of(item, nodes.field_name), _parts_of(item, nodes.field_body)
            if names and bodies and isinstance(item, nodes.Element):
                found.append(self._definition(self.text(names[0]), bodies, item))
        return [block for block in found if block.text or block.children]

    def options(self, node: nodes.Element) -> list[Block]:
        found: list[Block] = []
        for item in node.children:
            if isinstance(item, nodes.option_list_item):
                options = [
                    one for group in _parts_of(item, nodes.option_group) for one in _parts_of(group, nodes.option)
                ]
                flags = ", ".join(option.astext() for option in options)
                bodies = _parts_of(item, nodes.description)
                prose, own = prose_and_children([block for body in bodies for block in self._blocks(body.children)])
                span = self._spanned(item) or self._whole(node)
                found.append(Block("definition", prose, span, label=code_span(flags), children=own))
        return found

    def lines(self, node: nodes.Element) -> list[Block]:
        text = " ".join(self.text(line) for line in node.findall(nodes.line))
        return [Block("paragraph", text.strip(), self._whole(node))] if text.strip() else []

    def quote(self, node: nodes.Element) -> list[Block]:
        """Indented text. Code and lists in it are only indented, not quoted."""
        inside = self._blocks(node.children)
        if all(block.kind != "paragraph" for block in inside):
            return inside
        prose, own = prose_and_children(inside)
        return [Block("quote", prose, self._whole(node), children=own)]

    def table(self, node: nodes.Element) -> list[Block]:
        rows = [
            [self._cell(entry) for entry in row.children if isinstance(entry, nodes.entry)]
            for row in node.findall(nodes.row)
        ]
        return [Block("table", pipe_table(rows), self._table_span(node))] if len(rows) > 1 else []

    def _table_span(self, node: nodes.Element) -> Span:
        return Span(*node["span"]) if node.get("span") else self._whole(node)

    def _cell(self, entry: nodes.Element) -> str:
        return " ".join(
            " ".join(code_span(line) for line in block.text.split("\n")) if block.kind == "code" else block.text
            for block in self._blocks(entry.children)
        )

    def box(self, node: nodes.Element) -> list[Piece]:
        kind, title = node["kind"], node["title"]
        if kind == "toctree":
            self.contents += toctree_targets(node["targets"])
            return []
        if kind == "highlight":
            self.language = title.split()[0].lower() if title else ""
            return []
        if kind in {"rubric", "centered"}:
            return [Heading(self.depth + 1, clean_title(title), Span(*node["span"]))]
        captions = _parts_of(node, nodes.caption)
        shown = self.text(captions[0]) if captions else _shown(kind, title)
        return box_pieces(kind, shown, self._all(node.children), Span(*node["span"]))

    def transparent(self, node: nodes.Element) -> list[Piece]:
        return self._all(node.children)


def _parts_of(node: nodes.Node, kind: type[nodes.Element]) -> list[nodes.Element]:
    children = node.children if isinstance(node, nodes.Element) else ()
    return [child for child in children if isinstance(child, kind)]


def _shown(kind: str, title: str) -> str:
    """A box's title: declarations keep their lines, everything else is one line."""
    if bare_kind(kind) == "signature":
        return "\n".join(line.strip() for line in title.split("\n")).replace("\\\n", "")
    return re.sub(r"\s+", " ", title.replace("``", "`")).strip()


_SILENT = (nodes.image, nodes.footnote_reference, nodes.citation_reference, nodes.system_message, nodes.target)
_READ: dict[type[nodes.Node], Callable[[RstWalk, nodes.Element], Sequence[Piece]]] = {
    box: RstWalk.box,
    code: RstWalk.code,
    nodes.block_quote: RstWalk.quote,
    nodes.bullet_list: RstWalk.items,
    nodes.definition_list: RstWalk.definitions,
    nodes.doctest_block: RstWalk.literal,
    nodes.enumerated_list: RstWalk.items,
    nodes.field_list: RstWalk.fields,
    nodes.line_block: RstWalk.lines,
    nodes.literal_block: RstWalk.literal,
    nodes.option_list: RstWalk.options,
    nodes.paragraph: RstWalk.paragraph,
    nodes.section: RstWalk.section,
    nodes.table: RstWalk.table,
}
