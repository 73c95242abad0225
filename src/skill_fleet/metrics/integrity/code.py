"""The components of code: fences that close, brackets that match, JSON that can be read, languages that are named."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from skill_fleet.metrics.integrity.component import Component, Measure, Remark, left, unspoilt
from skill_fleet.metrics.integrity.sections import code_span
from skill_fleet.metrics.integrity.view import View
from skill_fleet.skill.body import CodeBlock

MOST_CODE = 100_000
"""Characters of code that are read, from the first block on."""

_STRINGS = re.compile(
    r"\"\"\".*?\"\"\"|'''.*?'''|/\*.{0,2000}?\*/|\\.|(?m:(?:^|(?<=\s))(?:#|//|--(?=\s))[^\n]*)|\"(?:\\.|[^\"\\\n])*\"|(?<!\w)'(?:\\.|[^'\\\n])*'",
    re.DOTALL,
)
#: A fence that opens within a block: the one above was not closed.
_INNER = re.compile(r"^[ \t]*```[A-Za-z]+[ \t]*$", re.MULTILINE)
_PLAIN = re.compile(r"(?<!`)```(?!`)")
_SPACE = re.compile(r"[\s,]*")
_LABEL = re.compile(r"^[ \t]*[\w*|\"'.$-]+\)(?=[ \t]|$)|[:;]-?[)(]", re.MULTILINE)
_ELIDED = re.compile(r"\.\.\.|…|<[A-Za-z][\w -]*>|^\s*(?://|#)|\{\{|\$\{", re.MULTILINE)


def measure_fences(view: View) -> Measure:
    fenced = [block for block in view.page.body.code if block.fenced]
    if not fenced:
        return Measure(1.0)
    remarks = tuple(
        Remark(
            block.line, "the fence that opens here is not closed", "close it with the same fence on a line of its own"
        )
        for block in fenced
        if not _is_closed(view, block)
    )
    return Measure(left(len(remarks), 0.25), remarks)


def _is_closed(view: View, block: CodeBlock) -> bool:
    last = code_span(block)[1] - 1 - view.page.first_line
    closed = last < len(view.lines) and view.lines[last].strip(" \t>").startswith(("```", "~~~"))
    return closed and not (_opens_plainly(view, block) and _INNER.search(block.text))


def _opens_plainly(view: View, block: CodeBlock) -> bool:
    """Whether three backticks open the block: with more, it may hold others."""
    return _PLAIN.search(view.lines[block.line - view.page.first_line]) is not None


def measure_brackets(view: View) -> Measure:
    """Brackets match in number, in any language. What does so outside of strings and comments counts half."""
    blocks = [block for block in _read(view) if any(sign in block.text for sign in "()[]{}")]
    if not blocks:
        return Measure(1.0)
    found = [(block, pair) for block in blocks if (pair := _unbalanced(block.text))]
    weight = sum(1.0 if _unbalanced(_strip(block.text)) else 0.5 for block, _ in found)
    remarks = tuple(
        Remark(
            block.line, f"{block.text.count(pair[0])} {pair[0]} and {block.text.count(pair[1])} {pair[1]} in this code"
        )
        for block, pair in found
    )
    return Measure(left(len(found), 0.9) * unspoilt(weight / (len(blocks) + 1)), remarks)


def _unbalanced(text: str) -> str:
    return next((pair for pair in ("()", "[]", "{}") if text.count(pair[0]) != text.count(pair[1])), "")


def _strip(text: str) -> str:
    return _LABEL.sub("", _STRINGS.sub("", text))


def measure_json(view: View) -> Measure:
    blocks = [block for block in _read(view) if block.language.lower() == "json" and not _ELIDED.search(block.text)]
    if not blocks:
        return Measure(1.0)
    remarks = tuple(remark for block in blocks for remark in _check_json(block))
    return Measure(unspoilt(len(remarks) / (len(blocks) + 1)), remarks)


def _check_json(block: CodeBlock) -> Iterator[Remark]:
    """One value, or several one after the other."""
    decoder, text = json.JSONDecoder(), block.text.rstrip()
    at = 0
    try:
        while at < len(text):
            at = _SPACE.match(text, decoder.raw_decode(text, _SPACE.match(text, at).end())[1]).end()  # type: ignore[union-attr]
    except json.JSONDecodeError as error:
        yield Remark(block.line + error.lineno, f"no JSON: {error.msg}", "mend it, or call the block `jsonc` or `text`")
    except RecursionError:
        yield Remark(block.line, "the JSON is nested too deep to be read", "call the block `text`")


def _read(view: View) -> Iterator[CodeBlock]:
    left = MOST_CODE
    for block in view.page.body.code:
        left -= len(block.text)
        if left >= 0 and block.fenced:
            yield block


def measure_tags(view: View) -> Measure:
    fenced = [block for block in view.page.body.code if block.fenced]
    if not fenced:
        return Measure(1.0)
    bare = [block for block in fenced if not block.language]
    remarks = tuple(Remark(block.line, "the fence does not name a language") for block in bare)
    return Measure(1 - 0.5 * len(bare) / len(fenced), remarks)


COMPONENTS = (
    Component("fences", 4, measure_fences, "close the fence"),
    Component("brackets", 3, measure_brackets, "close every bracket"),
    Component("json", 1, measure_json, "mend the JSON"),
    Component("code_languages", 0.5, measure_tags, "write the language behind the fence; `text` for none"),
)
