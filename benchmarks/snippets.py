"""Code blocks: whether they parse, and whether they speak of products their sources never mention."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from textwrap import dedent

from benchmarks.skilltext import CodeBlock
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

_PROMPT = re.compile(r"^\s*(?:>>>|\.\.\.) ?")
_PYTHON = frozenset({"python", "python3", "py", "pycon", "doctest"})
_SESSIONS = frozenset({"console", "shell-session"})
_SHELL = frozenset({"bash", "sh", "shell"}) | _SESSIONS
_ASSIGNMENT = re.compile(r"^\w+=\S*$")
_WORD = re.compile(r"[A-Za-z_][\w-]*")
_SHELL_WORDS = frozenset(
    {"cd", "cat", "cp", "echo", "env", "eval", "exit", "export", "grep", "if", "ls", "mkdir", "mv", "pip", "python"}
    | {"python3", "rm", "sed", "set", "sh", "bash", "source", "sudo", "touch", "unset", "for", "do", "done", "fi"}
    | {"then", "else", "while"}
)


def find_code_error(block: CodeBlock) -> str | None:
    """What keeps the block from parsing; empty when it parses; None when nobody here can judge its language."""
    parse = _PARSERS.get(block.language)
    if parse is None:
        return None
    try:
        parse(block)
    except (SyntaxError, ValueError, YAMLError) as error:
        return f"{block.language}: {str(error).splitlines()[0]}"
    return ""


def find_foreign_names(blocks: Sequence[CodeBlock], sources: Sequence[str]) -> Iterator[str]:
    """Imported modules and called commands that occur nowhere in the sources."""
    known = {word.lower() for text in sources for word in _WORD.findall(text)}
    for block in blocks:
        for name in (*_imported(block), *_called(block)):
            if name.lower() not in known:
                yield f"{block.file}: {name}"


def python_code(block: CodeBlock) -> str:
    """The code without prompts and outputs; a block without a prompt is code all over."""
    code = dedent(block.code)
    lines = code.splitlines()
    if not any(line.lstrip().startswith(">>>") for line in lines):
        return code
    return dedent("\n".join(_PROMPT.sub("", line, count=1) for line in lines if _PROMPT.match(line)))


def shell_commands(block: CodeBlock) -> str:
    """The commands of a shell session, whose other lines are output; a script without prompts is commands all over."""
    prompted = [line for line in block.code.splitlines() if line.lstrip().startswith("$ ")]
    if not prompted and block.language not in _SESSIONS:
        return block.code
    return "\n".join(line.lstrip().removeprefix("$ ") for line in prompted)


def _imported(block: CodeBlock) -> Iterator[str]:
    if block.language not in _PYTHON:
        return
    try:
        tree = ast.parse(python_code(block))
    except SyntaxError:
        return
    for node in ast.walk(tree):
        modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules = [node.module]
        yield from (name for name in (module.split(".")[0] for module in modules) if _is_third_party(name))


def _called(block: CodeBlock) -> Iterator[str]:
    if block.language not in _SHELL:
        return
    for line in shell_commands(block).splitlines():
        words = [word for word in line.split() if not _ASSIGNMENT.match(word)]
        if words and _WORD.fullmatch(words[0]) and words[0] not in _SHELL_WORDS:
            yield words[0]


def _is_third_party(module: str) -> bool:
    return module not in sys.stdlib_module_names


def _parse_python(block: CodeBlock) -> None:
    ast.parse(python_code(block))


def _parse_json(block: CodeBlock) -> None:
    json.loads(block.code)


def _parse_toml(block: CodeBlock) -> None:
    tomllib.loads(dedent(block.code))


def _parse_yaml(block: CodeBlock) -> None:
    list(YAML(typ="safe").load_all(dedent(block.code)))


def _parse_shell(block: CodeBlock) -> None:
    bash = shutil.which("bash")
    if bash is None:
        return
    result = subprocess.run(
        [bash, "-n"], input=shell_commands(block), capture_output=True, text=True, check=False
    )  # fmt: skip
    if result.returncode:
        raise ValueError(result.stderr.strip() or "bash -n refuses it")


_PARSERS: dict[str, Callable[[CodeBlock], None]] = {
    **dict.fromkeys(_PYTHON, _parse_python),
    **dict.fromkeys(_SHELL, _parse_shell),
    **dict.fromkeys(("yaml", "yml"), _parse_yaml),
    "json": _parse_json,
    "toml": _parse_toml,
}
