"""A docstring as blocks with their true lines, whichever style its authors write.

Google, NumPy and Sphinx fields become definitions; the rest is read as the mix of reStructuredText and Markdown that
docstrings are: doctests, fences, literal blocks, directives, lists, paragraphs. Nothing here knows a package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from skill_fleet.sources.blocks import bare_kind
from skill_fleet.sources.document import Block, BlockKind, Item, Span
from skill_fleet.sources.docwords import clean_words, code_language, unescaped
from skill_fleet.sources.helplines import Line, next_text
from skill_fleet.sources.inline import code_span

_FIELDS = {
    "param": "parameter",
    "parameter": "parameter",
    "arg": "parameter",
    "args": "parameter",
    "argument": "parameter",
    "arguments": "parameter",
    "params": "parameter",
    "parameters": "parameter",
    "key": "parameter",
    "keyword": "parameter",
    "keyword args": "parameter",
    "keyword arguments": "parameter",
    "other parameters": "parameter",
    "attributes": "parameter",
    "ivar": "parameter",
    "cvar": "parameter",
    "var": "parameter",
    "raises": "raises",
    "raise": "raises",
    "except": "raises",
    "exception": "raises",
    "exceptions": "raises",
    "warns": "raises",
    "returns": "returns",
    "return": "returns",
    "yields": "yields",
    "yield": "yields",
}
"""Section titles and Sphinx fields by what they hold."""
_BOXES = {
    "note": "note",
    "notes": "note",
    "warning": "warning",
    "warnings": "warning",
    "caution": "warning",
    "danger": "warning",
    "important": "important",
    "tip": "tip",
    "hint": "tip",
    "deprecated": "deprecated",
}
_PLAIN = frozenset(
    {"example", "examples", "usage", "see also", "references", "todo", "methods", "description", "summary"}
)

_TITLE = re.compile(r"^(?:\*\*)?(?P<title>[A-Za-z][A-Za-z ]{2,24}):?(?:\*\*)?(?<=[:*])$")
_BOX_LINE = re.compile(r"^(?P<kind>note|warning|caution|important|tip|deprecated):\s+(?=\S)", re.IGNORECASE)
_UNDERLINE = re.compile(r"^([-=~^])\1{2,}$")
_FIELD = re.compile(r"^:(?P<field>[a-z]+)(?:\s+(?P<name>[^:]*[^:\s]))?:(?:\s+(?P<text>.*))?$")
_DIRECTIVE = re.compile(r"^\.\.\s+(?P<name>[\w:-]+)::\s*(?P<argument>.*)$")
_MARKER = re.compile(r"^!!!\s+(?P<name>[\w-]+)(?:\s+\"(?P<title>[^\"]*)\")?$")
_FENCE = re.compile(r"^(?P<fence>`{3,}|~{3,})\s*\{?(?P<language>[\w+-]*)")
_BULLET = re.compile(r"^(?:[-*+•]|(?P<number>\d+)[.)]|#\.)\s+(?=\S)")
_GOOGLE_ITEM = re.compile(
    r"^(?P<name>\*{0,2}[\w.,* `\[\]]+?)\s*(?:\((?P<type>[^()]*(?:\([^()]*\)[^()]*)*)\))?:(?:\s+(?P<text>.*))?$"
)
_NOT_TEXT = re.compile(r"#{1,6} |\[[^\]]+\]: \S+$")
"""A Markdown heading, whose words say only what kind of text follows, and the target of a link."""
_BULLET_ITEM = re.compile(
    r"(?:\*\*|`{1,2})?(?P<name>\*{0,2}\w[\w.]*)(?:\*\*|`{1,2})?(?:\s+\([^()]*\))?\s*(?:[-–—:]+\s+)(?P<text>\S.*)"
)
_HIDDEN = re.compile(r"#\s*doctest:.*$", re.MULTILINE)


def parse_docstring(lines: Sequence[Line], path: str) -> tuple[Block, ...]:
    """The blocks of a docstring whose lines carry their numbers in the file `path`, and indents from its margin."""
    return tuple(_Reader(path).blocks(lines))


def number_docstring(value: str, source: Sequence[str], first: int) -> tuple[Line, ...]:
    """The lines of a cleaned docstring, each with its number in the file.

    `source` are the file's lines the literal spans and `first` is the number of the first of them. Each line is looked
    for below the one before: escapes and joined literals make the two differ, and then it keeps its neighbour's line.
    """
    numbered: list[Line] = []
    at = 0
    for raw in value.split("\n"):
        text = raw.strip()
        found = next((index for index in range(at, len(source)) if text in source[index]), None) if text else at
        at = min(at if found is None else found, len(source) - 1)
        numbered.append(Line(first + at, len(raw) - len(raw.lstrip()), text))
        at += 1 if found is not None else 0
    return tuple(numbered)


class _Reader:
    """Reads lines into blocks; every method takes lines and an index and gives a block and where to go on."""

    def __init__(self, path: str) -> None:
        self._path = path

    def blocks(self, lines: Sequence[Line]) -> Iterator[Block]:
        at = next_text(lines, 0)
        while at is not None:
            found, end = self._next(lines, at)
            yield from found
            at = next_text(lines, end)

    def _next(self, lines: Sequence[Line], at: int) -> tuple[list[Block], int]:
        if _NOT_TEXT.match(lines[at].text):
            return [], at + 1
        for read in (self._titled, self._field, self._box, self._directive, self._code, self._list):
            found = read(lines, at)
            if found is not None:
                return found
        return self._paragraph(lines, at)

    def _span(self, lines: Sequence[Line]) -> Span:
        numbers = [line.number for line in lines if line.text]
        return Span(self._path, min(numbers), max(numbers))

    def _titled(self, lines: Sequence[Line], at: int) -> tuple[list[Block], int] | None:
        """A section: `Args:` with deeper lines below, or `Parameters` underlined."""
        line = lines[at]
        below = lines[at + 1] if at + 1 < len(lines) else None
        if below is not None and _UNDERLINE.match(below.text) and below.indent == line.indent:
            end = _next_underlined(lines, at + 2)
            return self._section(line, lines[at + 2 : end], is_numpy=True), end
        found = _TITLE.match(line.text)
        first = next_text(lines, at + 1)
        if found is None or found["title"].lower() not in _KNOWN or first is None:
            return None
        if lines[first].indent <= line.indent:
            return self._listed(found["title"].lower(), lines, first)
        end = _end_of_deeper(lines, at)
        return self._section(line, lines[at + 1 : end], is_numpy=False), end

    def _listed(self, title: str, lines: Sequence[Line], first: int) -> tuple[list[Block], int] | None:
        """Fields as a bullet list right below their title: `* **timeout** - …`."""
        listed = self._list(lines, first) if title in _FIELDS else None
        if listed is None:
            return None
        items = [(item, _BULLET_ITEM.match(item.text)) for block in listed[0] for item in block.items]
        if not all(found for _, found in items):
            return None
        named = [(item, found) for item, found in items if found]
        return [Block("definition", found["text"], item.span, label=found["name"]) for item, found in named], listed[1]

    def _section(self, title: Line, body: Sequence[Line], *, is_numpy: bool) -> list[Block]:
        name = title.text.strip(":*").lower()
        body = _dedented(body)
        if name in {"see also", "references"}:
            return []
        if name in _FIELDS:
            entries = _numpy_entries(body) if is_numpy else _google_entries(body)
            return [self._definition(_FIELDS[name], *entry) for entry in entries]
        if name in _BOXES and body:
            return [self._admonition(_BOXES[name], body)] if any(line.text for line in body) else []
        if name in {"example", "examples", "usage"}:
            return list(self._examples(body))
        return list(self.blocks(body))

    def _examples(self, body: Sequence[Line]) -> Iterator[Block]:
        """Code without any marker counts as code here when it parses as code."""
        for block in self.blocks(body):
            if block.kind == "paragraph" and (code := _code_of(body, block.span)):
                yield Block("code", code, block.span, language="python")
            else:
                yield block

    def _definition(self, kind: str, name: str, text: str, body: Sequence[Line]) -> Block:
        """A parameter under its own name; what is raised, returned or yielded under that word."""
        head = body[0]
        prose, children = self._prose([replace(head, text=text), *_dedented(body[1:])])
        label = name if kind == "parameter" else kind
        if kind == "raises" and name:
            prose = f"{code_span(name.strip('`'))}: {prose}" if prose else code_span(name.strip("`"))
        elif kind != "parameter" and name:
            prose = f"{name}: {prose}" if prose else name
        return Block("definition", prose, self._span(body), label=unescaped(label.strip("`")), children=children)

    def _prose(self, lines: Sequence[Line]) -> tuple[str, tuple[Block, ...]]:
        """Paragraphs as text, everything else as children."""
        blocks = list(self.blocks(lines))
        texts = [block.text for block in blocks if block.kind in ("paragraph", "bullet_list", "ordered_list")]
        others = tuple(block for block in blocks if block.kind not in ("paragraph", "bullet_list", "ordered_list"))
        return "\n\n".join(texts), others

    def _admonition(self, label: str, body: Sequence[Line]) -> Block:
        text, children = self._prose(body)
        return Block("admonition", text, self._span(body), label=label, children=children)

    def _field(self, lines: Sequence[Line], at: int) -> tuple[list[Block], int] | None:
        found = _FIELD.match(lines[at].text)
        if found is None:
            return None
        end = _end_of_deeper(lines, at)
        kind = _FIELDS.get(found["field"])
        if kind is None or end == at:
            return [], end
        name = (found["name"] or "").strip()
        if kind == "parameter":
            name = name.split()[-1] if name else ""
        return [self._definition(kind, name, found["text"] or "", lines[at:end])], end

    def _box(self, lines: Sequence[Line], at: int) -> tuple[list[Block], int] | None:
        """`Note: …` as a paragraph, or a `!!! note` with deeper lines."""
        if found := _BOX_LINE.match(lines[at].text):
            end = _end_of_paragraph(lines, at)
            first = replace(lines[at], text=lines[at].text[found.end() :])
            return [self._admonition(_BOXES[found["kind"].lower()], [first, *lines[at + 1 : end]])], end
        found = _MARKER.match(lines[at].text)
        if found is None:
            return None
        end = _end_of_deeper(lines, at)
        body = _dedented(lines[at + 1 : end])
        return ([self._admonition(bare_kind(found["name"]), body)] if body else []), end

    def _directive(self, lines: Sequence[Line], at: int) -> tuple[list[Block], int] | None:
        found = _DIRECTIVE.match(lines[at].text)
        if found is None:
            is_comment = lines[at].text.startswith(".. ") or lines[at].text == ".."
            return ([], _end_of_deeper(lines, at)) if is_comment else None
        end = _end_of_deeper(lines, at)
        content = [line for line in _dedented(lines[at + 1 : end]) if not re.match(r":[\w-]+:", line.text)]
        name = found["name"].rpartition(":")[2]
        if name in {"code-block", "code", "sourcecode", "doctest", "testcode", "parsed-literal"}:
            return self._literal(content, found["argument"].lower()), end
        return self._boxed(name, found["argument"], lines[at], content), end

    def _boxed(self, name: str, argument: str, head: Line, body: Sequence[Line]) -> list[Block]:
        kind = bare_kind(name)
        if kind in {"deprecated", "versionadded", "versionchanged"}:
            version, _, rest = argument.partition(" ")
            text, children = self._prose([replace(head, text=rest, indent=0), *body])
            if kind == "versionadded" and not text:
                return []
            text = f"{version}: {text}".rstrip(": ")
            return [Block("admonition", text, self._span([head, *body]), label=kind, children=children)]
        inside = [replace(head, text=argument, indent=0), *body] if argument else list(body)
        is_box = kind in _BOXES and any(line.text for line in inside)
        return [self._admonition(kind, inside)] if is_box else list(self.blocks(body))

    def _literal(self, body: Sequence[Line], language: str) -> list[Block]:
        if not any(line.text for line in body):
            return []
        text = "\n".join(" " * line.indent + line.text if line.text else "" for line in body).strip("\n")
        spoken = code_language(text)
        return [Block("code", text, self._span(body), language=spoken if spoken == "pycon" else language or spoken)]

    def _code(self, lines: Sequence[Line], at: int) -> tuple[list[Block], int] | None:
        """A fence, a doctest, or the literal block below a line that ends in `::`."""
        text = lines[at].text
        if fence := _FENCE.match(text):
            end = next((i for i in range(at + 1, len(lines)) if lines[i].text == fence["fence"]), len(lines))
            return self._literal(_dedented(lines[at + 1 : end]), fence["language"].lower()), end + 1
        if text.startswith(">>> "):
            end = next((index for index in range(at, len(lines)) if not lines[index].text), len(lines))
            code = "\n".join(" " * (line.indent - lines[at].indent) + line.text for line in lines[at:end])
            return [Block("code", _HIDDEN.sub("", code).rstrip(), self._span(lines[at:end]), language="pycon")], end
        return None

    def _list(self, lines: Sequence[Line], at: int) -> tuple[list[Block], int] | None:
        if not _BULLET.match(lines[at].text):
            return None
        is_ordered = _BULLET.match(lines[at].text)["number"] is not None  # type: ignore[index]
        items: list[Item] = []
        children: list[Block] = []
        index: int | None = at
        end = at
        while index is not None and lines[index].indent == lines[at].indent and _BULLET.match(lines[index].text):
            end = _end_of_item(lines, index)
            head = replace(lines[index], text=_BULLET.sub("", lines[index].text), indent=0)
            text, own = self._prose([head, *_dedented(lines[index + 1 : end])])
            items.append(Item(text, self._span(lines[index:end])))
            children += own
            index = next_text(lines, end)
        marks = (f"{number}." if is_ordered else "-" for number in range(1, len(items) + 1))
        text = "\n".join(f"{mark} {item.text}" for mark, item in zip(marks, items, strict=False))
        span = Span(self._path, items[0].span.line, items[-1].span.end)
        kind: BlockKind = "ordered_list" if is_ordered else "bullet_list"
        return [Block(kind, text, span, items=tuple(items), children=tuple(children))], end

    def _paragraph(self, lines: Sequence[Line], at: int) -> tuple[list[Block], int]:
        end = _end_of_paragraph(lines, at)
        taken = lines[at:end]
        words = clean_words(" ".join(line.text for line in taken))
        below = next_text(lines, end)
        if not words.endswith("::") or below is None or lines[below].indent <= lines[at].indent:
            return [Block("paragraph", words, self._span(taken))], end
        last = _end_of_deeper(lines, end - 1, margin=lines[at].indent)
        lead = [] if words == "::" else [Block("paragraph", words[:-1], self._span(taken))]
        return [*lead, *self._literal(_dedented(lines[below:last]), "")], last


_KNOWN = frozenset({*_FIELDS, *_BOXES, *_PLAIN})


def _end_of_deeper(lines: Sequence[Line], at: int, margin: int | None = None) -> int:
    """Where the lines deeper than line `at` end; blank lines belong to what goes on after them."""
    margin = lines[at].indent if margin is None else margin
    end = at + 1
    while (below := next_text(lines, end)) is not None and lines[below].indent > margin:
        end = below + 1
    return end


def _end_of_item(lines: Sequence[Line], at: int) -> int:
    """Where a list item ends; lines right below it that are not indented still belong to it."""
    end = at + 1
    while end < len(lines) and lines[end].text and not _starts_block(lines, end):
        end += 1
    return max(end, _end_of_deeper(lines, end - 1, margin=lines[at].indent)) if end < len(lines) else end


def _end_of_paragraph(lines: Sequence[Line], at: int) -> int:
    end = at + 1
    while end < len(lines) and lines[end].text and not _starts_block(lines, end):
        end += 1
    return end


def _starts_block(lines: Sequence[Line], at: int) -> bool:
    text = lines[at].text
    if lines[at - 1].text.startswith((">>>", "...")):  # what a doctest prints may look like anything
        return False
    if text.startswith((".. ", ">>> ", "```", "~~~", "!!! ")) or _FIELD.match(text):
        return not (text.startswith(">>> ") and lines[at - 1].text.startswith(">>>"))
    title = _TITLE.match(text)
    if title is not None and title["title"].lower() in _KNOWN:
        return True
    is_underlined = at + 1 < len(lines) and _UNDERLINE.match(lines[at + 1].text) is not None
    return is_underlined or (_BULLET.match(text) is not None and lines[at].indent >= lines[at - 1].indent)


def _next_underlined(lines: Sequence[Line], start: int) -> int:
    margin = min((line.indent for line in lines if line.text), default=0)
    for index in range(start, len(lines) - 1):
        if lines[index].text and lines[index].indent == margin and _UNDERLINE.match(lines[index + 1].text):
            return index
    return len(lines)


def _dedented(lines: Sequence[Line]) -> list[Line]:
    margin = min((line.indent for line in lines if line.text), default=0)
    return [replace(line, indent=max(0, line.indent - margin)) for line in lines]


_Entry = tuple[str, str, Sequence[Line]]
"""A field: its name, the text on its first line, all its lines."""


def _google_entries(body: Sequence[Line]) -> Iterator[_Entry]:
    """`name (type): text` with deeper lines below. A line without a name, as under Returns, is all text."""
    at = next_text(body, 0)
    while at is not None:
        end = _end_of_deeper(body, at)
        found = _GOOGLE_ITEM.match(body[at].text)
        if found is None:
            end = max(end, _end_of_paragraph(body, at))
            yield "", body[at].text, body[at:end]
        else:
            stated = f"({found['type']}) " if found["type"] else ""
            yield found["name"], (stated + (found["text"] or "")).strip(), body[at:end]
        at = next_text(body, end)


def _numpy_entries(body: Sequence[Line]) -> Iterator[_Entry]:
    """`name : type` with the text on deeper lines."""
    at = next_text(body, 0)
    while at is not None:
        end = _end_of_deeper(body, at)
        name, _, kind = (part.strip() for part in body[at].text.partition(" : "))
        yield name, f"({kind})" if kind else "", body[at:end]
        at = next_text(body, end)


def _code_of(body: Sequence[Line], span: Span) -> str:
    """The lines of a paragraph as Python code, empty when they are words."""
    lines = _dedented([line for line in body if span.line <= line.number <= span.end])
    text = "\n".join(" " * line.indent + line.text for line in lines)
    return text if code_language(text) else ""
