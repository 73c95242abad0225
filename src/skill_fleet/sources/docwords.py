"""The words of a docstring without its markup, whether that is reStructuredText or Markdown."""

from __future__ import annotations

import ast
import re

from skill_fleet.sources.inline import code_span, role_text

_LINK = re.compile(r"(?<!!)\[(?P<words>[^\]\[]*(?:\[[^\]]*\][^\]\[]*)*)\](?:\([^()\s]*(?:\s+\"[^\"]*\")?\)|\[[^\]]*\])")
_ROLE = re.compile(r":(?P<role>[\w:]+):`(?P<content>[^`]+)`")
_REFERENCE = re.compile(r"`(?P<words>[^`<>]+?)\s+<[^`<>\s]+>`_{0,2}")
_LITERAL = re.compile(r"``(?P<code>[^`]+)``(?!`)")
_ESCAPED = re.compile(r"\\(?:[ ]|([*_`]))")
_VALUES = (ast.Name, ast.Constant, ast.Attribute, ast.Tuple, ast.Compare, ast.BinOp, ast.UnaryOp, ast.BoolOp)


def clean_words(text: str) -> str:
    """Prose with roles, references and double backticks as code spans, and links as their words."""
    text = _ROLE.sub(lambda match: role_text(match["role"].rpartition(":")[2], match["content"]), text)
    text = _REFERENCE.sub(r"\g<words>", text)
    text = _LITERAL.sub(lambda match: code_span(match["code"]), text)
    return unescaped(_LINK.sub(r"\g<words>", text))


def unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def code_language(text: str) -> str:
    """`pycon` for a session, `python` for what parses and does something, empty for anything else."""
    if text.lstrip().startswith(">>>"):
        return "pycon"
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return ""
    is_code = any(not (isinstance(node, ast.Expr) and isinstance(node.value, _VALUES)) for node in body)
    return "python" if is_code else ""
