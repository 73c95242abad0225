"""What can be read off a skill folder or a documentation folder as text: size, files, links, code blocks."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

CHARS_PER_TOKEN = 3.8  # calibrated against o200k on Markdown
READABLE = frozenset({".md", ".mdx", ".rst", ".txt", ".html", ".json", ".yaml", ".yml", ".toml"})

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_FRONTMATTER = re.compile(r"\A---\r?\n(.*?)^---[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE)
_FOREIGN_LINK = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|#|//)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """A fenced or indented block; `line` is the 1-based line of its first line of code."""

    file: str
    line: int
    language: str
    code: str


def count_tokens(text: str) -> int:
    return round(len(text) / CHARS_PER_TOKEN)


def skill_folder(text: str) -> Path:
    """An argument that names a skill folder."""
    path = Path(text)
    if not (path / "SKILL.md").is_file():
        raise argparse.ArgumentTypeError(f"no SKILL.md in {text}")
    return path


def load_text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").removeprefix("\ufeff")


def load_documents(root: Path) -> dict[str, str]:
    """The readable files of a folder (or the one file) by their path relative to it, hidden ones left out."""
    if root.is_file():
        return {root.name: load_text(root)}
    names = (path.relative_to(root) for path in sorted(root.rglob("*")) if path.is_file())
    visible = (name for name in names if not any(part.startswith(".") for part in name.parts))
    return {name.as_posix(): load_text(root / name) for name in visible if name.suffix.lower() in READABLE}


def blank_frontmatter(text: str) -> str:
    """The text with its YAML header emptied line for line, so that line numbers stay true."""
    return _FRONTMATTER.sub(lambda match: "\n" * match.group().count("\n"), text, count=1)


def frontmatter_field(text: str, name: str) -> str:
    """Empty when the header lacks the field or is no YAML: whether it should, is for `validate` to say."""
    header = _FRONTMATTER.match(text)
    try:
        fields = YAML(typ="safe").load(header[1]) if header else None
    except YAMLError:
        return ""
    return str(fields.get(name, "")).strip() if isinstance(fields, dict) else ""


def parse_markdown(text: str) -> list[Token]:
    return _MARKDOWN.parse(blank_frontmatter(text))


def find_code_blocks(file: str, text: str) -> Iterator[CodeBlock]:
    for token in parse_markdown(text):
        if token.type in {"fence", "code_block"} and token.map:
            language = token.info.split(maxsplit=1)[0].lower() if token.info.strip() else ""
            yield CodeBlock(file, token.map[0] + (2 if token.type == "fence" else 1), language, token.content)


def find_links(text: str) -> Iterator[str]:
    """Targets of links and images that point into the skill, without anchors."""
    for token in parse_markdown(text):
        for child in token.children or ():
            target = child.attrGet("href") or child.attrGet("src")
            if isinstance(target, str) and not _FOREIGN_LINK.match(target):
                yield target.split("#")[0]


def code_lines(text: str) -> set[int]:
    """The 0-based lines that belong to code blocks."""
    blocks = (token.map for token in parse_markdown(text) if token.type in {"fence", "code_block"})
    return {line for span in blocks if span for line in range(*span)}
