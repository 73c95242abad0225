"""Inline Markdown as clean text: words and code spans, nothing else."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

_HOLD = "\x00"
_HELD = re.compile(r"\x00(\d+)\x00")
_ROLE = re.compile(r"\{([A-Za-z][\w:+.-]*)\}$")
_TARGET = re.compile(r"^(?P<words>.*?)\s*<(?P<target>[^<>]+)>$", re.DOTALL)
_WORD_ROLES = frozenset(
    "doc ref any term numref eq abbr std:doc std:ref std:term download external guilabel menuselection "
    "sub sup subscript superscript index dfn issue pr pull user gh gh-issue gh-pr cite octicon fas far".split()
)
_PICTOGRAPHS = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u26ff\u2b50\u2705\u274c\u2728\ufe0f\u200d\U000e0000-\U000e007f]+"
)

_DIALECT: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\[([^\[\]]+)\]\[[^\[\]]*\]"), r"\1"),
    (re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]+)\]\]"), r"\1"),
    (re.compile(r"\[TOC\]|\[\[_?toc_?\]\]", re.IGNORECASE), ""),
    (re.compile(r"\s?\{:[^{}]*\}"), ""),
    (re.compile(r"\s?\{\s*(?:[.#][\w:.-]+\s*)(?:[.#\w-]+(?:=(?:\"[^\"]*\"|[^\s{}]+))?\s*)*\}"), ""),
    (re.compile(r"(?<=[\w\x00])\{\s*[\w-]+=[^{}]*\}"), ""),
    (re.compile(r"\{[%<].*?[%>]\}|\{\{[<%].*?[%>]\}\}|\{/\*.*?\*/\}|\{\"\s*\"\}"), ""),
    (re.compile(r"(?<![\w:]):(?:[a-z][a-z0-9_+-]*[a-z0-9]|\+1|-1):(?![\w:`\x00])"), ""),
    (re.compile(r"\[\^[^\]\s]+\]"), ""),
)
_RISKY = re.compile(r"(?<![\w`])(?:__\w+__|\*{1,2}[A-Za-z_]\w*(?![\w*])|</?[A-Za-z][^<>\n]*>)(?!\w)")


def clean_inline(tokens: Sequence[Token] | None) -> str:
    """The text of an inline token: code spans in backticks, links and emphasis as their words, images gone."""
    held: list[str] = []
    text = "".join(_parts(tokens or (), held))
    for pattern, by in _DIALECT:
        text = pattern.sub(by, text)
    return tidy_words(text, held)


def tidy_words(text: str, held: Sequence[str]) -> str:
    """Words on one line, safe as CommonMark; what is held (its index between NULs) is put back as it is."""
    text = _PICTOGRAPHS.sub("", text)
    text = _RISKY.sub(lambda match: f"`{match[0]}`", text)
    text = re.sub(r"\s+([.,;:!?)](?:\s|$))", r"\1", re.sub(r"\s+", " ", text)).strip()
    return _HELD.sub(lambda match: held[int(match[1])], text)


def _parts(tokens: Sequence[Token], held: list[str]) -> list[str]:
    parts: list[str] = []
    code: list[str] | None = None
    for token in tokens:
        tag = token.content.lower() if token.type == "html_inline" else ""
        if re.match(r"<(?:code|kbd|samp|tt)\b", tag):
            code = []
        elif re.match(r"</(?:code|kbd|samp|tt)>", tag) and code is not None:
            parts.append(_hold(code_span("".join(code).strip()), held))
            code = None
        elif code is not None:
            code.append(token.content)
        else:
            _add(token, parts, held)
    return [*parts, *(code or ())]


def _add(token: Token, parts: list[str], held: list[str]) -> None:
    if token.type == "text":
        parts.append(token.content)
    elif token.type == "code_inline":
        role = _ROLE.search(parts[-1]) if parts else None
        if role is None:
            parts.append(_hold(code_span(token.content), held))
            return
        parts[-1] = parts[-1][: role.start()]
        parts.append(_hold(role_text(role[1], token.content), held))
    elif token.type in {"softbreak", "hardbreak"} or (token.type == "html_inline" and "<br" in token.content.lower()):
        parts.append(" ")
    elif token.type == "text_special":
        parts.append(token.content if token.content not in "*_`<[" else _hold("\\" + token.content, held))


def _hold(text: str, held: list[str]) -> str:
    held.append(text)
    return f"{_HOLD}{len(held) - 1}{_HOLD}"


def code_span(code: str) -> str:
    """Code in as many backticks as it takes."""
    code = re.sub(r"\s+", " ", code)
    if not code.strip():
        return ""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if code[0] == "`" or code[-1] == "`" else ""
    return f"{ticks}{pad}{code}{pad}{ticks}"


def role_text(role: str, content: str) -> str:
    """What a cross-reference role shows: a code span for an API object, words for a page or a term.

    A leading `~` leaves the last part of a dotted name, `!` and a leading dot are dropped, `words <target>` shows
    the words.
    """
    target = _TARGET.match(content)
    text = (target["words"] or target["target"]) if target else content
    if role.lower() in _WORD_ROLES:
        return _words(text if target else text.lstrip("!~"))
    if text.startswith("~"):
        text = text[1:].rpartition(".")[2]
    return code_span(text.lstrip("!.") if not target else text)


def _words(text: str) -> str:
    """A bare target (`contextvars`, `guide/first-steps`) as words."""
    if re.fullmatch(r"[\w./-]+", text) and "/" in text:
        return text.rstrip("/").rpartition("/")[2].replace("-", " ")
    return text
