"""The components of structure: headings, sections that hold something, lists, examples, and an end."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise

from skill_fleet.metrics.integrity.component import Component, Measure, Remark, grown, left
from skill_fleet.metrics.integrity.sections import Block, Section
from skill_fleet.metrics.integrity.topic import ramp
from skill_fleet.metrics.integrity.view import View

WORDS_A_HEADING = 300
LEAST_WORDS = 120
"""Words of a body that needs headings."""

REMAINS = 0.7
"""What remains of a value after a flaw."""

OWN = 0.1
"""The credit of a section that the skill can end with."""

DEEPEST = 2
WELL = 0.6

_EXAMPLE = re.compile(r"\b(?:e\.g\.|examples?\b|for instance\b|such as\b|sample\b)|例如|示例|مثال", re.IGNORECASE)
_END = re.compile(r"[.!?:;)\]}`\"'”’*_|>。！？\uff09」…؟]$|https?://\S+$")
COLONS = (":", "\uff1a")
_STEP = re.compile(
    r"^(?:step|phase|part|stage)?\s*\d|^(?:steps?|workflow|process|procedure|instructions?|how to)\b", re.IGNORECASE
)


def measure_headings(view: View) -> Measure:
    words = len(view.words)
    needed = max(words, LEAST_WORDS) / WORDS_A_HEADING
    headed = view.weigh(lambda section: section.heading is not None)
    there = sum(section.heading is not None for section in view.sections)
    value = ramp(headed / needed, 0.1, 1.0)
    message = f"{there} headings over {words} words"
    return Measure(value, () if value >= 1 or there >= needed else (Remark(view.page.first_line, message),))


def measure_empty(view: View) -> Measure:
    pairs = zip(view.sections, (*view.sections[1:], None), strict=False)
    remarks = tuple(
        Remark(section.line, f'nothing stands below "{section.title}"', evidence=section.title)
        for section, after in pairs
        if _is_empty(section, after)
    )
    return Measure(left(len(remarks), REMAINS), remarks)


def _is_empty(section: Section, after: Section | None) -> bool:
    return bool(
        section.heading and not section.blocks and not section.code and not (after and after.level > section.level)
    )


def measure_levels(view: View) -> Measure:
    headings = [section for section in view.sections if section.heading]
    if not headings:
        return Measure(1.0)
    remarks = [
        Remark(
            below.line,
            f"the heading jumps from level {above.level} to {below.level}",
            f"make it level {above.level + 1}",
        )
        for above, below in pairwise(headings)
        if below.level > above.level + 1
    ]
    if headings[0].level > DEEPEST:
        remarks.insert(
            0, Remark(headings[0].line, f"the first heading is of level {headings[0].level}", "make it level 1")
        )
    return Measure(left(len(remarks), REMAINS), tuple(remarks))


def measure_one_title(view: View) -> Measure:
    """One title, and no heading twice on its level under the same one: a second text begins where they repeat."""
    tops = [section for section in view.sections if section.level == 1]
    extra = tops[1:] if any(section.level > 1 for section in view.sections) else []
    titles = Counter[tuple[int, str]]()
    remarks = [
        Remark(section.line, f'"{section.title}" is a second title', "make it level 2, or delete what is another text")
        for section in extra
    ]
    for section in view.sections:
        key = section.level, section.title.lower()
        titles[key] += 1
        if 1 < section.level <= DEEPEST and titles[key] > 1:
            remarks.append(
                Remark(
                    section.line,
                    f'the heading "{section.title}" stands above already',
                    "give it a name of its own, or join the two sections",
                )
            )
    return Measure(left(len(extra), REMAINS) * left(len(remarks), REMAINS), tuple(remarks))


def measure_lists(view: View) -> Measure:
    return _weigh(view, _count_items, ((4.0, 0.8), (40.0, 1.0)), "the text has hardly a list")


def _weigh(
    view: View, count: Callable[[Section], float], points: tuple[tuple[float, float], ...], said: str
) -> Measure:
    """A count that grows. Where enough is there, and only stands where it has no weight, other flaws say so; a wall of
    text needs headings first."""
    value = grown(view.weigh(count), *points)
    is_there = grown(sum(map(count, view.sections)), *points) >= WELL
    is_wall = len(view.words) > LEAST_WORDS and not any(section.heading for section in view.sections)
    return Measure(value, () if value >= WELL or is_there or is_wall else (Remark(view.page.first_line, said),))


def _count_items(section: Section) -> float:
    return sum(block.kind != "text" for block in section.blocks)


def measure_examples(view: View) -> Measure:
    return _weigh(view, _count_examples, ((6.0, 0.6), (40.0, 0.95)), "the text shows hardly an example")


def _count_examples(section: Section) -> float:
    said = sum(bool(_EXAMPLE.search(block.text)) for block in section.blocks)
    return 2 * len(section.code) + said + 4 * bool(_EXAMPLE.search(section.title))


def measure_steps(view: View) -> Measure:
    return _weigh(view, _count_steps, ((3.0, 0.9), (20.0, 1.0)), "nothing says what to do first and next")


def _count_steps(section: Section) -> float:
    return sum(block.mark[:1].isdigit() for block in section.blocks) + 2 * bool(_STEP.search(section.title))


def measure_promises(view: View) -> Measure:
    """What ends with a colon has something below it."""
    remarks = tuple(_find_dangling(view))
    return Measure(left(len(remarks), 0.85), remarks)


def _find_dangling(view: View) -> Iterator[Remark]:
    for number, section in enumerate(view.sections):
        lines = [code.line for code in section.code]
        for block, after in pairwise((*section.blocks, None)):
            if block is None or block.kind == "row" or not block.text.rstrip("*_ ").endswith(COLONS):
                continue
            end = after.line if after else math.inf
            code = section.code[bisect_right(lines, block.line)].line if lines and lines[-1] > block.line else math.inf
            is_met = code < end or (after is not None and after.kind != "text")
            if not is_met and not (after and _may_meet(after)) and not (after is None and _goes_on(view, number)):
                hint = "write what is announced, or end the sentence"
                yield Remark(block.line, "nothing follows the colon", hint, block.text[-80:])


def _may_meet(block: Block) -> bool:
    """Whether a paragraph can be what was announced: it is bold, quoted, or announces something itself."""
    return block.text.startswith(("*", "_", "`", '"', "“", "[", "<", "!")) or block.text.endswith(COLONS)


def _goes_on(view: View, number: int) -> bool:
    """Whether the section has sections below it that may be what was announced."""
    after = view.sections[number + 1] if number + 1 < len(view.sections) else None
    return after is not None and after.level > view.sections[number].level


def measure_end(view: View) -> Measure:
    """A text that was cut off ends within a sentence, an item or a row. What is pasted below does not end it."""
    if not view.sections:
        return Measure(0.0, (Remark(view.page.first_line, "there is no text"),))
    own = [section for section, credit in zip(view.sections, view.credits, strict=True) if credit >= OWN]
    return min((_measure_end(last) for last in (*own[-1:], view.sections[-1])), key=lambda measure: measure.value)


def _measure_end(last: Section) -> Measure:
    if last.code and (not last.blocks or last.code[-1].line > last.blocks[-1].line):
        return Measure(1.0)
    if not last.blocks:
        return Measure(0.0, (Remark(last.line, "the text ends with a heading"),))
    block = last.blocks[-1]
    before = [other for other in last.blocks[:-1] if other.kind == block.kind]
    ended = all(_END.search(other.text) for other in before)
    is_cut = not _END.search(block.text) and (block.kind == "text" or (len(before) >= DEEPEST and ended))
    remark = Remark(block.line, "the text ends within a sentence", "end the sentence", block.text[-80:])
    return Measure(0.0, (remark,)) if is_cut else Measure(1.0)


COMPONENTS = (
    Component(
        "headings", 3, measure_headings, f"give every {WORDS_A_HEADING} words or fewer a heading that names them"
    ),
    Component("empty_sections", 3, measure_empty, "write what the heading announces, or delete it"),
    Component("heading_levels", 1, measure_levels, "let each level follow the one above it"),
    Component("one_title", 2.5, measure_one_title, "keep one title"),
    Component("lists", 1.5, measure_lists, "write what is a list as a list"),
    Component("examples", 4, measure_examples, "show an example: a command, a file, an answer"),
    Component("steps", 1, measure_steps, "number the steps"),
    Component("promises", 2, measure_promises, "write what is announced"),
    Component("ending", 1.5, measure_end, "end the text"),
)
