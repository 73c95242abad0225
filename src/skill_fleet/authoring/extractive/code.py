"""Code examples: made runnable by stripping prompts, cut to what matters, and judged."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from skill_fleet.authoring.draft import Transform
from skill_fleet.ranking import terms
from skill_fleet.sources.mine import SHELLS

PYTHON = frozenset({"python", "py", "python3", "pycon", "py3", "ipython", "doctest", "testcode"})
SESSIONS = frozenset({"pycon", "doctest"})
#: Languages whose single lines can be quoted: a line is a statement or a command.
QUOTABLE = frozenset(
    {
        "python",
        "sh",
        "bash",
        "shell",
        "javascript",
        "js",
        "typescript",
        "ts",
        "jsx",
        "tsx",
        "go",
        "rust",
        "ruby",
        "java",
        "kotlin",
        "php",
        "sql",
    }
)
LONG = 18
MAX_OUTPUT = 3
MAX_LINE = 110
MAX_LINE_TERMS = 2.4

_PROMPT = re.compile(r"^(\s*)(?:>>>|\.\.\.)(?: (.*)|)$")
_SHELL_PROMPT = re.compile(r"^\s*(?:\$|>|%|PS>|(?:\(\w+\) )?\$)\s+(.*)$")
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,}")
_TRACEBACK = re.compile(r"^(?:Traceback \(most recent call last\)|\s+File \".*\", line \d+)", re.MULTILINE)
_LANGUAGE = re.compile(r"[\w+#.-]{0,20}")
_ASSIGNMENT = re.compile(r"(\w+) = ")
_SWITCHED_OFF = re.compile(r"=\s*(?:None|False)\b")
_ASSIGNED_OR_CALLED = re.compile(r"[=(]")


@dataclass(frozen=True, slots=True)
class Snippet:
    """Code as it will stand in the skill, and what was done to it."""

    text: str
    language: str
    transform: Transform


def clean_snippet(text: str, language: str) -> Snippet:
    """Prompts stripped, outputs turned into `# ->` comments (three lines at most), over-long Python cut."""
    text = re.sub(r"\n{3,}", "\n\n", text.strip("\n").rstrip())
    if language in SESSIONS or (language in PYTHON | {""} and ">>> " in text):
        return Snippet(_without_prompts(text), "python", "elided")
    if language in SHELLS:
        commands = [match.group(1) for match in map(_SHELL_PROMPT.match, text.splitlines()) if match]
        return Snippet("\n".join(commands) or text, "sh", "elided" if commands else "verbatim")
    return Snippet(text, _language_of(text, language), "verbatim")


def _language_of(text: str, language: str) -> str:
    """The language as a fence can carry it; Python for an unlabelled block that parses as more than a name."""
    if language in PYTHON or (not language and _looks_like_python(text)):
        return "python"
    return language if _LANGUAGE.fullmatch(language) else ""


def _looks_like_python(text: str) -> bool:
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return False
    return any(not isinstance(node, ast.Expr) or isinstance(node.value, ast.Call) for node in body)


def _without_prompts(session: str) -> str:
    lines: list[str] = []
    outputs = 0
    for line in session.splitlines():
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
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def parses(snippet: Snippet) -> bool | None:
    """Whether the code parses; `None` for a language that is not checked here."""
    check = _CHECKS.get(snippet.language)
    if check is None:
        return None
    try:
        check(snippet.text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def _parse_python(text: str) -> None:
    ast.parse(text)


def _parse_json(text: str) -> None:
    json.loads(text)


def _parse_toml(text: str) -> None:
    tomllib.loads(text)


_CHECKS = {"python": _parse_python, "json": _parse_json, "toml": _parse_toml}


def shorten_python(text: str, wanted: Mapping[str, float]) -> str:
    """Over-long Python cut to its imports and the top-level statements that speak of `wanted` terms; what is left out
    shows as one `# ...`. The text itself when it is short or does not parse."""
    lines = text.splitlines()
    if len(lines) <= LONG:
        return text
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return text
    spans = [(_first_line(node), node.end_lineno or node.lineno) for node in body]
    keep = _chosen_spans(body, spans, lines, wanted)
    if sum(keep) == sum(isinstance(node, ast.Import | ast.ImportFrom) for node in body):
        return text
    return "\n".join(_elided(lines, [span for span, kept in zip(spans, keep, strict=True) if kept]))


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def _chosen_spans(
    body: list[ast.stmt], spans: list[tuple[int, int]], lines: list[str], wanted: Mapping[str, float]
) -> list[bool]:
    keep = [isinstance(node, ast.Import | ast.ImportFrom) for node in body]
    budget = LONG - sum(end - start + 1 for (start, end), kept in zip(spans, keep, strict=True) if kept)

    def value(number: int) -> float:
        start, end = spans[number]
        found = set(terms("\n".join(lines[start - 1 : end])))
        return sum(wanted.get(term, 0.0) for term in found) + 0.01 * len(found)

    for number in sorted(range(len(body)), key=lambda n: (-value(n), n)):
        size = spans[number][1] - spans[number][0] + 1
        if not keep[number] and size <= budget:
            keep[number] = True
            budget -= size
    return keep


def _elided(lines: list[str], spans: Iterable[tuple[int, int]]) -> list[str]:
    kept: list[str] = []
    last = 0
    for start, end in spans:
        if any(line.strip() for line in lines[last : start - 1]):
            kept.append("# ...")
        elif kept and start - last > 1:
            kept.append("")
        kept.extend(lines[start - 1 : end])
        last = end
    return kept


def identifiers(text: str) -> set[str]:
    """Names in code or prose that are three characters or longer."""
    return set(_IDENTIFIER.findall(text))


def key_lines(snippet: Snippet) -> list[str]:
    """The single lines of a snippet that say something on their own: complete statements or commands of 12 to 110
    characters with a call or an assignment."""
    if snippet.language not in QUOTABLE:
        return []
    lines = [line.strip() for line in snippet.text.splitlines()]
    if snippet.language == "python":
        lines = [line for line in lines if not line.endswith(",") and _is_statement(line)]
    usable = [
        line
        for line in lines
        if 12 <= len(line) <= MAX_LINE and not line.startswith(("#", "//", "@", "import ", "from ", "print("))
    ]
    return [line for line in usable if snippet.language != "python" or _ASSIGNED_OR_CALLED.search(line)]


def best_line(snippet: Snippet, wanted: Mapping[str, float], product: str, taken: str = "") -> tuple[float, str]:
    """The key line that says most of what is `wanted`, not one of `taken`, and its value; 0 and nothing without one.

    A call counts a little, an assignment a little less, and every character costs.
    """
    best = (0.0, "")
    for line in key_lines(snippet):
        if line in taken:
            continue
        code = line.split("  #")[0]
        value = 0.6 + min(sum(wanted.get(term, 0.0) for term in set(terms(code))), MAX_LINE_TERMS)
        value += 0.3 * (product in code) if product else 0.0
        value -= 0.4 * bool(_SWITCHED_OFF.search(code))
        value += (
            0.3 * ("(" in line)
            + 0.2 * ("=" in line)
            - 0.004 * len(line)
            - 0.5 * line.endswith(("()", "= None", "{", "["))
        )
        best = max(best, (value, line), key=lambda pair: pair[0])
    return best


def definition_for(line: str, snippet: Snippet) -> str:
    """The one-line assignment before `line` in the same Python snippet that gives a name `line` uses; empty without one."""
    try:
        used = {
            node.id
            for node in ast.walk(ast.parse(line))
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
        }
    except (SyntaxError, ValueError):
        return ""
    found = ""
    for text in map(str.strip, snippet.text.splitlines()):
        if text == line:
            break
        target = _ASSIGNMENT.match(text)
        if target and target.group(1) in used and len(text) <= MAX_LINE and _is_statement(text):
            found = text
    return found


def _is_statement(line: str) -> bool:
    try:
        tree = ast.parse(line)
    except (SyntaxError, ValueError):
        return False
    return bool(tree.body) and not isinstance(tree.body[0], ast.Return | ast.Raise | ast.Pass)


def is_output(text: str, language: str) -> bool:
    """The block shows what a program prints rather than what a person writes."""
    if language in {"text", "output", "plaintext", "txt", "log", "none"} or _TRACEBACK.search(text):
        return True
    return language == "" and not re.search(r"[=(){};$]|^\s*(?:\$|>>>)", text, re.MULTILINE)


def containment(left: str, right: str) -> float:
    """The share of `left`'s word 3-grams that stand in `right`, 0 to 1."""
    mine, theirs = _trigrams(left), _trigrams(right)
    return len(mine & theirs) / len(mine) if mine else 0.0


def _trigrams(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[n : n + 3]) for n in range(len(words) - 2)}
