"""Which product a set of pages is about, told from the pages themselves."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from skill_fleet.sources.document import Block, Document

_PYTHON = re.compile(
    r"^\s*(?:>>> |\.\.\. )?(?:from\s+([A-Za-z_]\w*)(?:\.\w+)*\s+import\b|import\s+([A-Za-z_]\w*))", re.MULTILINE
)
_SCRIPT = re.compile(r"""\b(?:from|require\(|import)\s*['"]((?:@[\w.-]+/)?[\w.-]+)(?:/[\w./-]*)?['"]""")
_RUST = re.compile(r"^\s*use\s+([a-z_]\w*)::", re.MULTILINE)
_INSTALL = re.compile(
    r"\b(?:pip|pip3|pipx|uv|uv tool|npm|pnpm|yarn|cargo|poetry|gem|brew)\s+(?:install|add|i)\s+(?:-\S+\s+)*[\"']?"
    r"((?:@[\w.-]+/)?[A-Za-z][\w.-]*)"
)
_COMMAND = re.compile(r"^\s*(?:[$#>%]\s+)?(?:uvx\s+|npx\s+|sudo\s+)?([a-z][a-z0-9_-]+)\s+\S", re.MULTILINE)
_SHELLS = frozenset({"bash", "sh", "shell", "console", "zsh", "shell-session", "terminal", "powershell"})
_SCRIPTS = frozenset({"js", "jsx", "ts", "tsx", "javascript", "typescript", "mjs"})
_PYTHONS = frozenset({"python", "py", "pycon", "python3", "ipython", "doctest", ""})
_ORDINARY = frozenset(
    "cd ls cat echo export source mkdir rm cp mv git curl wget docker sudo pip pip3 python python3 npm pnpm yarn npx "
    "apt apt-get brew make touch chmod set env uvx pipx node go cargo poetry conda mamba which kubectl ssh tar "
    "pytest mypy typing typing_extensions __future__ requirements requirements.txt docs upgrade user".split()
)
_STANDS_OUT = 2
"""Votes a name needs, in a source of more pages than that."""


def infer_product(documents: Sequence[Document]) -> str:
    """The module, package or command that most pages use; empty when no name stands out.

    Each page votes once for each name its code imports, installs or runs; a name that titles carry counts double.
    """
    votes: Counter[str] = Counter()
    for document in documents:
        votes.update({name for block in all_blocks(document) if block.kind == "code" for name in _names(block)})
    titles = " ".join(section.title.lower() for document in documents for section in document.sections)
    in_titles = {name for name in votes if re.search(rf"\b{re.escape(name)}\b", titles)}
    scored = sorted((-count * (1 + (name in in_titles)), name) for name, count in votes.items())
    if scored and (-scored[0][0] >= _STANDS_OUT or len(documents) <= _STANDS_OUT):
        return scored[0][1]
    return _title_name(documents)


def mentions(documents: Iterable[Document], name: str) -> int:
    """How many pages write this name, in any spelling of case and hyphen."""
    spelled = re.compile(r"[-_. ]?".join(map(re.escape, re.split(r"[-_. ]", name.lower()))))
    pattern = re.compile(rf"(?<!\w){spelled.pattern}(?![a-z0-9])", re.IGNORECASE)
    return sum(any(pattern.search(text) for text in _texts(document)) for document in documents)


def all_blocks(document: Document) -> Iterator[Block]:
    """Every block of a document, children after their parents."""
    stack = [block for section in reversed(document.sections) for block in reversed(section.blocks)]
    while stack:
        block = stack.pop()
        yield block
        stack += reversed(block.children)


def _texts(document: Document) -> Iterator[str]:
    yield document.title
    for section in document.sections:
        yield section.title
        for block in section.blocks:
            yield block.text


def _names(block: Block) -> set[str]:
    found: set[str] = set()
    if block.language in _PYTHONS:
        found |= {first or second for first, second in _PYTHON.findall(block.text)} - sys.stdlib_module_names
    if block.language in _SCRIPTS:
        found |= {name for name in _SCRIPT.findall(block.text) if not name.startswith(("node:", "."))}
    if block.language == "rust":
        found |= set(_RUST.findall(block.text)) - {"std", "core", "alloc", "crate"}
    if block.language in _SHELLS:
        found |= set(_INSTALL.findall(block.text)) | set(_COMMAND.findall(block.text))
    return {name.lower().removeprefix("./") for name in found} - _ORDINARY


def _title_name(documents: Sequence[Document]) -> str:
    """The capitalised word that stands in most titles, when it stands in a third of them and at least in two."""
    counts: Counter[str] = Counter()
    for document in documents:
        counts.update(set(re.findall(r"\b[A-Z][\w.+-]*[A-Za-z0-9]\b", document.title)))
    best = min(((-count, name) for name, count in counts.items()), default=(0, ""))
    return best[1].lower() if -best[0] >= max(_STANDS_OUT, len(documents) / 3) else ""
