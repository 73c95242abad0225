"""Boxes in Markdown dialects, line by line, turned into marks with plain Markdown between them.

Knows MkDocs and Material (`!!!`, `???`, `===`, mkdocstrings' `:::`), pymdown's `///`, `:::` of Docusaurus, VitePress
and MyST, MDX components, and `<details>`. The content of a box loses its indentation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from skill_fleet.sources.lines import CLOSE, Fence, Line, Mark, fence_end, find_fence, prose_indices, shift
from skill_fleet.sources.markdown_includes import OPTION
from skill_fleet.sources.myst import directive_lines

_INDENTED = re.compile(r"""^\s*(?:!!!|\?\?\?\+?)\s+(?P<kind>[\w-]+)(?P<rest>[^"]*)(?:"(?P<title>.*)")?\s*$""")
_TAB = re.compile(r"""^\s*={3}[!+]*\s+["'](?P<title>.*)["']\s*$""")
_SLASHES = re.compile(r"^\s*(?P<wall>/{3,})\s*(?P<kind>[\w-]+)(?:\s*\|\s*(?P<title>.*))?\s*$")
_COLONS = re.compile(r"^\s*(?P<wall>:{3,})\s*(?P<rest>\{?[\w-]+.*)$")
_COLON_NAME = re.compile(
    r"\{?(?P<kind>[\w:+-]+)\}?\s*(?:\[(?P<bracket>[^\]]*)\])?(?P<title>.*?)(?P<attrs>\{[^{}]*[.#=][^{}]*\})?\s*$"
)
_SYMBOL = re.compile(r"^\s*:::\s*(?P<name>[A-Za-z_][\w.]*)\s*$")
_COMPONENT = re.compile(r"^\s*<(?P<name>[A-Z][\w.]*)(?P<attrs>(?:\s[^>]*)?)>(?P<inner>.*)$")
_DETAILS = re.compile(r"^\s*<details\b[^>]*>(?P<inner>.*)$", re.IGNORECASE)
_SUMMARY = re.compile(r"<summary\b[^>]*>(?P<title>.*?)(?:</summary>|$)", re.IGNORECASE)
_IMPORT = re.compile(r"""^(?:import\s+(?:.+\s+from\s+)?['"][^'"]+['"];?|export\s+(?:const|default|function)\b.*)\s*$""")
_STARTS = frozenset("!?=/:<{")

Found = tuple[list[Line], int]


def mark_boxes(lines: Sequence[Line]) -> list[Line]:
    """Boxes of every dialect as marks with dedented content between them; code stays as it is."""
    result: list[Line] = []
    at = 0
    while at < len(lines):
        if fence := find_fence(lines[at].text):
            end = fence_end(lines, at, fence)
            found = list(lines[at:end])
        else:
            found, end = _box_at(lines, at) or ([lines[at]], at + 1)
        result += found
        at = end
    return result


def _box_at(lines: Sequence[Line], at: int) -> Found | None:
    text = lines[at].text.lstrip()
    if lines[at].mark or not text or text[0] not in _STARTS:
        return None
    for read in _BOXES:
        if found := read(lines, at):
            return found
    return None


def box(kind: str, title: str, line: Line, content: Sequence[Line]) -> list[Line]:
    """A box that opens where `line` stands."""
    lead = line.with_text(" " * line.indent + "%")
    last = content[-1] if content else line
    inner = mark_boxes(content)
    opening = Line(lead.text, line.path, line.number, Mark(kind.lower(), title.strip()))
    closing = Line(lead.text, last.path, last.number, CLOSE)
    return [line.with_text(""), opening, *inner, closing, line.with_text("")]


def _indented_box(lines: Sequence[Line], at: int) -> Found | None:
    text = lines[at].text
    match = _INDENTED.match(text)
    tab = None if match else _TAB.match(text)
    if match is None and tab is None:
        return None
    end = _indented_end(lines, at)
    content = [shift(line, -4) for line in lines[at + 1 : end]]
    if match:
        return box(match["kind"], match["title"] or "", lines[at], content), end
    return box("tab", tab["title"] if tab else "", lines[at], content), end


def _indented_end(lines: Sequence[Line], start: int) -> int:
    least = lines[start].indent + 4
    end = start + 1
    for at in range(start + 1, len(lines)):
        if lines[at].is_blank:
            continue
        if lines[at].indent < least:
            break
        end = at + 1
    return end


def _slash_box(lines: Sequence[Line], at: int) -> Found | None:
    match = _SLASHES.match(lines[at].text)
    if match is None:
        return None
    end = _wall_end(lines, at, match["wall"])
    if end is None:
        return None
    start = at + 1
    options: dict[str, str] = {}
    while start < end and lines[start].indent >= lines[at].indent + 4 and ":" in lines[start].text:
        name, _, value = lines[start].text.strip().partition(":")
        options[name] = value.strip()
        start += 1
    kind = options.get("type") or match["kind"]
    return box(kind, match["title"] or "", lines[at], lines[start : end - 1]), end


def _wall_end(lines: Sequence[Line], start: int, wall: str) -> int | None:
    """The index after the line that closes a `///` or `:::` wall; walls of the same length may nest."""
    opened = re.compile(rf"^\s*{wall}(?!{wall[0]})\s*[\w{{]")
    depth = 1
    at = start + 1
    while at < len(lines):
        text = lines[at].text
        if fence := find_fence(text):
            at = fence_end(lines, at, fence)
            continue
        if text.strip() == wall:
            depth -= 1
        elif opened.match(text) and not _is_symbol(lines, at):
            depth += 1
        at += 1
        if depth == 0:
            return at
    return None


def _is_symbol(lines: Sequence[Line], at: int) -> bool:
    """Whether a `:::` line is a mkdocstrings reference: a dotted name, or options indented below it."""
    match = _SYMBOL.match(lines[at].text)
    if match is None:
        return False
    below = lines[at + 1] if at + 1 < len(lines) else None
    has_options = below is not None and below.indent >= lines[at].indent + 4 and below.text.rstrip().endswith(":")
    return "." in match["name"] or has_options


def _symbol(lines: Sequence[Line], at: int) -> Found | None:
    match = _SYMBOL.match(lines[at].text)
    if match is None or not (_is_symbol(lines, at) or _wall_end(lines, at, ":::") is None):
        return None
    return box("signature", match["name"], lines[at], []), _indented_end(lines, at)


def _colon_box(lines: Sequence[Line], at: int) -> Found | None:
    match = _COLONS.match(lines[at].text)
    name = _COLON_NAME.match(match["rest"]) if match else None
    if match is None or name is None:
        return None
    end = _wall_end(lines, at, match["wall"])
    if end is None:
        return None
    title = name["bracket"] or name["title"] or ""
    if match["rest"].startswith("{"):
        fence = Fence("", match["wall"], match["rest"])
        return mark_boxes(directive_lines(lines[at:end], fence, None)), end
    return box(name["kind"], title, lines[at], lines[at + 1 : end - 1]), end


def _component(lines: Sequence[Line], at: int) -> Found | None:
    """An MDX component that opens on this line; components without content are dropped."""
    opened = _joined_tag(lines, at)
    if opened is None:
        return None
    match, start = opened
    attributes = {name: a or b or c for name, a, b, c in OPTION.findall(match["attrs"])}
    if match["attrs"].rstrip().endswith("/"):
        return [lines[at].with_text("")], start
    found = _until(lines, start, match["inner"], match["name"])
    if found is None:
        return None
    inner, after, end = found
    title = next((attributes[name] for name in _TITLES if name in attributes), "")
    kind = attributes.get("type", "") if match["name"] in _TYPED else ""
    made = box(kind or match["name"], title, lines[at], _dedented(inner, lines[at].indent))
    return [*made, *mark_boxes(after)], end


_TITLES = ("title", "label", "value", "name", "path", "header", "heading", "summary", "query", "body")
_TYPED = frozenset({"Admonition", "Callout", "Alert", "Aside", "Banner"})


def _joined_tag(lines: Sequence[Line], at: int) -> tuple[re.Match[str], int] | None:
    """The opening tag, which may go on over several lines, and the index after it."""
    if not re.match(r"\s*<[A-Z]", lines[at].text):
        return None
    text = ""
    for end in range(at, min(at + 30, len(lines))):
        text = f"{text} {lines[end].text.strip()}" if text else lines[end].text
        if match := _COMPONENT.match(text):
            return match, end + 1
        if lines[end].is_blank:
            return None
    return None


def _until(lines: Sequence[Line], start: int, first: str, tag: str) -> tuple[list[Line], list[Line], int] | None:
    """What stands before the tag that closes `<tag>`, what stands after it on its line, and the index after that."""
    if f"</{tag}>" not in first and not any(f"</{tag}>" in lines[at].text for at in range(start, len(lines))):
        return None
    edge = re.compile(rf"<{tag}\b(?![^>]*/>)|</{tag}>")
    content: list[Line] = []
    depth = 1
    for count, line in enumerate([lines[start - 1].with_text(first), *lines[start:]]):
        for match in edge.finditer(line.text):
            depth += -1 if match[0].startswith("</") else 1
            if depth == 0:
                last = line.with_text(line.text[: match.start()].rstrip())
                rest = line.with_text(line.text[match.end() :].strip())
                return [*content, last], [] if rest.is_blank else [rest], start + count
        content.append(line)
    return None


def _dedented(lines: Sequence[Line], columns: int) -> list[Line]:
    """Content moved so that its least indented line stands at `columns`."""
    least = min((line.indent for line in lines[1:] if not line.is_blank), default=columns)
    rest = [shift(line, columns - least) for line in lines[1:]]
    first = lines[0].with_text(" " * columns + lines[0].text.strip()) if lines and not lines[0].is_blank else None
    return [first, *rest] if first else rest


def _details(lines: Sequence[Line], at: int) -> Found | None:
    match = _DETAILS.match(lines[at].text)
    if match is None:
        return None
    found = _until(lines, at + 1, match["inner"], "details")
    if found is None:
        return None
    inner, after, end = found
    title, content = "", []
    for line in inner:
        summary = _SUMMARY.search(line.text)
        title = title or (summary["title"] if summary else "")
        text = re.sub(r"</summary>", "", _SUMMARY.sub("", line.text), flags=re.IGNORECASE)
        content.append(line.with_text(text))
    return [*box("details", re.sub(r"<[^>]+>", "", title), lines[at], content), *mark_boxes(after)], end


def _dropped(lines: Sequence[Line], at: int) -> Found | None:
    """Lines that only a site generator needs: attribute lists, template tags, lone components, JSX comments."""
    if _NOISE.match(lines[at].text):
        return [lines[at].with_text("")], at + 1
    if not lines[at].text.lstrip().startswith("{/*"):
        return None
    end = next((end for end in range(at, len(lines)) if lines[end].text.rstrip().endswith("*/}")), None)
    return ([lines[at].with_text("")], end + 1) if end is not None else None


_NOISE = re.compile(
    r"^\s*(?:\{:?\s*[.#][^{}]*\}|\{:[^{}]*\}|\{%.*%\}|\{\{.*\}\}|<[A-Z][\w.]*[^>]*/>|</[A-Z][\w.]*>)\s*$"
)

_BOXES: tuple[Callable[[Sequence[Line], int], Found | None], ...] = (
    _indented_box,
    _slash_box,
    _symbol,
    _colon_box,
    _dropped,
    _details,
    _component,
)


def without_imports(lines: Sequence[Line]) -> list[Line]:
    """MDX: a paragraph that begins with an import or an export is no text."""
    result = list(lines)
    is_module = False
    for at in prose_indices(lines):
        is_module = not lines[at].is_blank and (is_module or _IMPORT.match(lines[at].text) is not None)
        if is_module:
            result[at] = lines[at].with_text("")
    return result
