"""The quick way through frontmatter that every reader reads alike.

Most frontmatters are `key: words`, quoted text without escapes, indented text behind `>-` or `|`, and one level of
`metadata`. These need no YAML scanner, which takes ten times as long. Anything else is None here and left to
`frontmatter.py`; a test compares the two.
"""

from __future__ import annotations

import re

from skill_fleet.skill.model import Field, MappingNode, ScalarNode, ScalarStyle
from skill_fleet.skill.position import Ruler

_ALLOWED = re.compile("[\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]*")
_KEY = r"[A-Za-z][A-Za-z0-9_-]{0,60}"
_SCALAR = r"""(?:[A-Za-z0-9](?:[^:#\n]|:(?=[^ \n])|(?<=[^ ])\#)*|"[^"\\\n]*"|'[^'\n]*')"""
_SKIPPED = re.compile(r"(?:[ ]*(?:#[^\n]*)?\n)*")
_CHILD = re.compile(rf"[ ]{{2}}(?P<key>{_KEY}):[ ]+(?P<scalar>{_SCALAR})[ ]*\n")
_FIELD = re.compile(
    rf"""(?P<key>{_KEY}):(?:
        [ ]+(?P<scalar>{_SCALAR})[ ]*\n
      | [ ]+(?P<block>[>|]-?)[ ]*\n(?P<lines>(?:[ ]{{2}}[^ \n][^\n]*\n)+)
      | [ ]*\n(?P<children>(?:[ ]{{2}}{_KEY}:[ ]+{_SCALAR}[ ]*\n)+)
    )""",
    re.VERBOSE,
)
_QUOTES: dict[str, ScalarStyle] = {'"': "double", "'": "single"}


def find_simple_mapping(text: str, ruler: Ruler) -> MappingNode | None:
    """The mapping that `text` is, if it is simple and holds no key twice."""
    if _ALLOWED.fullmatch(text) is None:
        return None
    fields: list[Field] = []
    index = _skip(text, 0)
    while index < len(text):
        match = _FIELD.match(text, index)
        if match is None:
            return None
        fields.append(_read_field(match, ruler))
        index = _skip(text, match.end())
    return _make_mapping(fields) if fields and not _has_duplicates(fields) else None


def _skip(text: str, index: int) -> int:
    match = _SKIPPED.match(text, index)
    return match.end() if match else index


def _read_field(match: re.Match[str], ruler: Ruler) -> Field:
    key, start = match["key"], match.start("key")
    key_node = ScalarNode(key, "plain", ruler.at(start), ruler.at(match.end("key")))
    if match["scalar"] is not None:
        return Field(key, key_node, _read_scalar(match["scalar"], match.start("scalar"), ruler))
    if match["block"] is not None:
        return Field(key, key_node, _read_block(match, ruler))
    children = _CHILD.finditer(match.string, match.start("children"), match.end("children"))
    return Field(key, key_node, _make_mapping([_read_child(child, ruler) for child in children]))


def _read_child(match: re.Match[str], ruler: Ruler) -> Field:
    key_node = ScalarNode(match["key"], "plain", ruler.at(match.start("key")), ruler.at(match.end("key")))
    return Field(match["key"], key_node, _read_scalar(match["scalar"], match.start("scalar"), ruler))


def _read_scalar(written: str, start: int, ruler: Ruler) -> ScalarNode:
    style = _QUOTES.get(written[0], "plain")
    written = written.rstrip(" ")
    text = written if style == "plain" else written[1:-1]
    return ScalarNode(text, style, ruler.at(start), ruler.at(start + len(written)))


def _read_block(match: re.Match[str], ruler: Ruler) -> ScalarNode:
    folded = match["block"].startswith(">")
    lines = [line[2:] for line in match["lines"].removesuffix("\n").split("\n")]
    text = (" " if folded else "\n").join(lines) + ("" if match["block"].endswith("-") else "\n")
    end = match.start("lines") + len(match["lines"].rstrip(" \n"))
    return ScalarNode(text, "folded" if folded else "literal", ruler.at(match.start("block")), ruler.at(end))


def _make_mapping(fields: list[Field]) -> MappingNode:
    return MappingNode(tuple(fields), flow=False, start=fields[0].start, end=fields[-1].value.end)


def _has_duplicates(fields: list[Field]) -> bool:
    nested = [field.value.entries for field in fields if isinstance(field.value, MappingNode)]
    return any(len({field.key for field in level}) < len(level) for level in [fields, *nested])
