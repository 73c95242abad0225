"""Code examples: made runnable by stripping prompts, and judged."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Callable
from dataclasses import dataclass

from skill_fleet.authoring.draft import Transform
from skill_fleet.sources.mine import SHELLS

PYTHON = frozenset({"python", "py", "pycon", "python3", "py3", "ipython", "doctest", "testcode"})
_PYTHON_SESSIONS = frozenset({"pycon", "doctest"})
#: Shells whose lines a POSIX shell does not understand.
_OTHER_SHELLS = frozenset({"powershell", "ps1", "cmd", "bat", "fish"})
_OUTPUTS = frozenset({"text", "output", "plaintext", "txt", "log", "none"})
#: Output lines of a session that stay, as comments.
MAX_OUTPUT = 3

_PROMPT = re.compile(r"^(\s*)(?:>>>|\.\.\.)(?: (.*)|)$")
_SHELL_PROMPT = re.compile(r"^\s*(?:\$|>|%|PS>|(?:\(\w+\) )?\$)\s+(.*)$")
#: What a shell shows when something went wrong, in a block labelled as one.
_MESSAGE = re.compile(r"[\w.]*(?:Error|Exception|Warning)\b")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,}")
_TRACEBACK = re.compile(r"^(?:Traceback \(most recent call last\)|\s+File \".*\", line \d+)", re.MULTILINE)
_WORKS = re.compile(r"[=(){};$]|^\s*(?:\$|>>>)", re.MULTILINE)
_LANGUAGE = re.compile(r"[\w+#.-]{0,20}")
_BARE_CALL = re.compile(r"[\w.]+\(\)")
_WORD = re.compile(r"\w+")
_GAP = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code as it will stand in the skill, and what was done to it."""

    text: str
    language: str
    transform: Transform


def clean_snippet(text: str, language: str) -> Snippet:
    """Prompts stripped; outputs of Python turned into `# ->` comments, three lines at most, those of shells dropped."""
    text = _GAP.sub("\n\n", text.strip("\n").rstrip())
    if language in _PYTHON_SESSIONS or (language in PYTHON | {""} and ">>> " in text):
        return Snippet(_without_prompts(text), "python", "elided")
    if language in SHELLS:
        if _MESSAGE.match(text):
            return Snippet(text, "text", "verbatim")
        commands = [match.group(1) for match in map(_SHELL_PROMPT.match, text.splitlines()) if match]
        shell = language if language in _OTHER_SHELLS else "sh"
        return Snippet("\n".join(commands) or text, shell, "elided" if commands else "verbatim")
    return Snippet(text, _language_of(text, language), "verbatim")


def _language_of(text: str, language: str) -> str:
    """The language as a fence can carry it; Python for an unlabelled block that parses as more than a name."""
    if language in PYTHON or (not language and _looks_like_python(text)):
        return "python"
    return language if _LANGUAGE.fullmatch(language) else ""


def _looks_like_python(text: str) -> bool:
    return any(
        not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call) for node in python_statements(text) or []
    )


def _without_prompts(session: str) -> str:
    """Prompts stripped, outputs as comments; what stands before the first prompt is code as it is."""
    rows = session.splitlines()
    first = next((number for number, row in enumerate(rows) if _PROMPT.match(row)), 0)
    lines = rows[:first]
    outputs = 0
    for line in rows[first:]:
        prompt = _PROMPT.match(line)
        if prompt:
            outputs = 0
            lines.append((prompt.group(2) or "").rstrip())
        elif line.strip() and not line.lstrip().startswith("#"):
            outputs += 1
            if outputs <= MAX_OUTPUT:
                lines.append(f"# -> {line.strip()}")
        else:
            lines.append(line)
    return _GAP.sub("\n\n", "\n".join(lines)).strip("\n")


def python_statements(text: str) -> list[ast.stmt] | None:
    """The top-level statements; `None` when the text is no Python."""
    try:
        return ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return None


def parses(snippet: Snippet) -> bool | None:
    """Whether the code parses; `None` for a language that is not checked here."""
    check = _CHECKS.get(snippet.language)
    return check(snippet.text) if check else None


def _is_python(text: str) -> bool:
    return python_statements(text) is not None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


_CHECKS: dict[str, Callable[[str], bool]] = {"python": _is_python, "json": _is_json, "toml": _is_toml}


def identifiers(text: str) -> set[str]:
    """Names in code or prose that are three characters or longer."""
    return set(_IDENTIFIER.findall(text))


def is_output(text: str, language: str) -> bool:
    """The block shows what a program prints rather than what a person writes."""
    if language in _OUTPUTS or _TRACEBACK.search(text):
        return True
    return language == "" and not _WORKS.search(text)


def is_bare_call(declaration: str) -> bool:
    """The declaration says no more than its name, which its heading says already."""
    return bool(_BARE_CALL.fullmatch(declaration.strip()))


def words_of(text: str) -> list[str]:
    """The words by which two pieces of code are compared."""
    return _WORD.findall(text.lower())
