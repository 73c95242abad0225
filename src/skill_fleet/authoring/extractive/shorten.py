"""Over-long Python cut to what matters."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from skill_fleet.authoring.extractive.code import python_statements
from skill_fleet.authoring.extractive.wanted import Wanted, hits
from skill_fleet.ranking import terms

#: Lines of an example beyond which it is cut. The authoring notes, section 4, step 5, cut above 24; shorter examples
#: answered more of the httpx and starlette question sets in `benchmarks/`.
LONG = 18
#: What a term counts that nobody looks for: it decides between statements that hold nothing wanted.
ANY_TERM = 0.01


class _Span(NamedTuple):
    """First and last line of a statement, decorators included, and whether it is an import."""

    start: int
    end: int
    is_import: bool

    @property
    def size(self) -> int:
        return self.end - self.start + 1


def shorten_python(text: str, wanted: Wanted) -> str:
    """Over-long Python cut to its imports and the top-level statements that speak of `wanted` terms; what is left out
    shows as one `# ...`. The text itself when it is short or does not parse."""
    lines = text.splitlines()
    body = python_statements(text) if len(lines) > LONG else None
    if body is None:
        return text
    spans = [_span(node) for node in body]
    kept = _kept(spans, lines, wanted)
    if all(span.is_import for span in kept):
        return text
    return "\n".join(_elided(lines, kept))


def _span(node: ast.stmt) -> _Span:
    decorators = getattr(node, "decorator_list", [])
    start = min([node.lineno, *(decorator.lineno for decorator in decorators)])
    return _Span(start, node.end_lineno or node.lineno, isinstance(node, ast.Import | ast.ImportFrom))


def _kept(spans: Sequence[_Span], lines: Sequence[str], wanted: Wanted) -> list[_Span]:
    """All imports, and of the rest what is worth most as long as it fits."""
    room = LONG - sum(span.size for span in spans if span.is_import)
    values = {span: _value("\n".join(lines[span.start - 1 : span.end]), wanted) for span in spans}
    kept = {span for span in spans if span.is_import}
    for span in sorted(spans, key=lambda span: (-values[span], span)):
        if not span.is_import and span.size <= room:
            kept.add(span)
            room -= span.size
    return [span for span in spans if span in kept]


def _value(code: str, wanted: Wanted) -> float:
    return hits(code, wanted) + ANY_TERM * len(set(terms(code)))


def _elided(lines: Sequence[str], spans: Iterable[_Span]) -> list[str]:
    kept: list[str] = []
    last = 0
    for start, end, _ in spans:
        if any(line.strip() for line in lines[last : start - 1]):
            kept.append("# ...")
        elif kept and start - last > 1:
            kept.append("")
        kept.extend(lines[max(start - 1, last) : end])
        last = end
    return kept
