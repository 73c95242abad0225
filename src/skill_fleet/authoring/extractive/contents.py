"""The head of a reference file: its title, and a table of contents with line numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

#: Fewer headings are seen at a glance.
ENOUGH_HEADINGS = 3
#: Lines of the head beside one for each heading: title, blank, "Contents:", blank.
_FRAME = 4


def header(titles: Sequence[str], text: str) -> str:
    """What stands before the text of a file that holds pages of these titles. Line numbers count the header itself."""
    entries = list(headings(text))
    title = titles[0] if len(titles) == 1 else f"{titles[0]} and {len(titles) - 1} more"
    if len(entries) < ENOUGH_HEADINGS:
        return f"<!-- {title} -->\n\n"
    height = len(entries) + _FRAME
    lines = [f"<!-- {title} -->", "", "Contents:", *(f"- {text}: line {line + height}" for text, line in entries), ""]
    return "\n".join(lines) + "\n"


def headings(text: str) -> Iterator[tuple[str, int]]:
    """Headings of the first two levels with their lines, from 1; what looks like one inside a fence is code."""
    fence = ""
    for number, line in enumerate(text.split("\n"), start=1):
        ticks = line[: len(line) - len(line.lstrip("`"))]
        if len(ticks) >= len("```"):
            fence = _next_fence(fence, ticks)
        elif not fence and line.startswith(("# ", "## ")):
            yield line.partition(" ")[2], number


def _next_fence(fence: str, ticks: str) -> str:
    """The fence that is open after such a line: only one as long as the opening one closes it."""
    if not fence:
        return ticks
    return "" if len(ticks) >= len(fence) else fence
