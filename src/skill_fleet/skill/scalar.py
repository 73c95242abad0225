"""Text written as YAML that every reader takes for that text: strictyaml, PyYAML (YAML 1.1) and ruamel (1.2).

Plain where the three agree, quoted otherwise, a literal block for several lines; never flow style, anchors or tags.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

ScalarKind = Literal["text", "boolean", "null", "number", "date", "merge"]
"""What a reader that resolves types (YAML 1.1 or 1.2) makes of a plain scalar."""

_KINDS: tuple[tuple[ScalarKind, re.Pattern[str]], ...] = (
    ("boolean", re.compile(r"(?:y|yes|n|no|true|false|on|off)", re.IGNORECASE)),
    ("null", re.compile(r"(?:~|null|)", re.IGNORECASE)),
    (
        "number",
        re.compile(
            r"[-+]?(?:0b[01_]+|0o?[0-7_]+|0x[0-9a-f_]+|[0-9][0-9_]*(?::[0-5]?[0-9])*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?"
            r"|\.[0-9_]+(?:e[-+]?[0-9]+)?|\.inf)|\.nan",
            re.IGNORECASE,
        ),
    ),
    ("date", re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?")),
    ("merge", re.compile(r"<<|=")),
)
_PLAIN = re.compile(r"[A-Za-z][^\n]*")
_UNSAFE = re.compile(r""":(?=\s|$)|\s#|---|\s$|[\t#]""")
_UNSAFE_LINE = re.compile(r"---|\s$|\t")


def kind_of(text: str) -> ScalarKind:
    """What `text` means to a typed reader when it stands bare; "text" when it stays text."""
    return next((kind for kind, pattern in _KINDS if pattern.fullmatch(text)), "text")


def write_field(key: str, value: str | Mapping[str, str], indent: str = "") -> str:
    """The lines of one field, each ending in a newline; nothing for an empty mapping (YAML would need flow style)."""
    if isinstance(value, str):
        return f"{indent}{write_inline(key)}: {write_scalar(value, indent + '  ')}\n"
    entries = "".join(write_field(name, text, indent + "  ") for name, text in value.items())
    return f"{indent}{write_inline(key)}:\n{entries}" if entries else ""


def write_scalar(text: str, indent: str) -> str:
    """The value behind `key: `; a block's lines stand at `indent`."""
    return _write_block(text, indent) if _fits_block(text) else write_inline(text)


def write_inline(text: str) -> str:
    """`text` on one line: bare, in double quotes, or in single quotes when it holds double ones."""
    if _fits_plain(text):
        return text
    # Three hyphens are escaped because the reference validator splits the file at them wherever they stand.
    if not text.isprintable() or "---" in text:
        return '"' + "".join(_escape(character) for character in text).replace("---", r"\x2d\x2d\x2d") + '"'
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def _fits_plain(text: str) -> bool:
    return (
        _PLAIN.fullmatch(text) is not None
        and text.isprintable()
        and _UNSAFE.search(text) is None
        and kind_of(text) == "text"
    )


def _fits_block(text: str) -> bool:
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and bool(lines[0])
        and bool(lines[-1])
        and not lines[0][0].isspace()
        and all(line.isprintable() and _UNSAFE_LINE.search(line) is None for line in lines)
    )


def _write_block(text: str, indent: str) -> str:
    header = "|" if text.endswith("\n") else "|-"
    lines = text.removesuffix("\n").split("\n")
    return "\n".join([header, *(f"{indent}{line}" if line else "" for line in lines)])


def _escape(character: str) -> str:
    if character in ('"', "\\"):
        return "\\" + character
    if character.isprintable():
        return character
    named = {"\n": r"\n", "\t": r"\t", "\r": r"\r"}.get(character)
    if named:
        return named
    return character.encode("unicode_escape").decode("ascii")
