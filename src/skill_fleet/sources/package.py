"""An installed Python package as a source (`--from package:NAME`): its README and its public API.

The package is read, never run: no import, no inspection of live objects. See `distribution.search_paths` for where
it is looked for.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import griffe

from skill_fleet.errors import SourceEmpty, SourceMissing
from skill_fleet.sources.apidoc import ApiReader
from skill_fleet.sources.distribution import (
    Installed,
    find_installed,
    near_names,
    read_commands,
    read_licence,
    read_readme,
    search_paths,
)
from skill_fleet.sources.document import Block, Document, Finding, Licence, Source
from skill_fleet.sources.injection import scan
from skill_fleet.sources.licence import find_licence
from skill_fleet.sources.product import all_blocks
from skill_fleet.sources.store import SourceText
from skill_fleet.sources.symbols import load_modules, public_modules

_NAME = re.compile(r"\w+(?:(?:\.|-+)\w+)*")


def read_package(name: str, paths: Sequence[Path] | None = None) -> tuple[Source, list[SourceText]]:
    """A package by the name it is installed or imported under, with the files its evidence stands in.

    `paths` are the folders to look in; by default those of `distribution.search_paths`. SourceMissing: no such
    package · SourceEmpty: it is there, compiled, and neither stub nor README says anything.
    """
    if not _NAME.fullmatch(name):
        hint = "Write it as it is installed or imported; documentation in a folder is passed with --from PATH alone."
        raise SourceMissing(f"`{name}` is not the name of a package.", hint)
    paths = search_paths() if paths is None else tuple(path.resolve() for path in paths)
    installed = find_installed(name, paths)
    wanted = installed.modules if installed else (name,)
    modules = sorted(load_modules(wanted, paths), key=lambda module: (module.path != name, module.path))
    if installed is None and not modules:
        raise _missing(name, paths)
    documents = _ordered([*_front(installed), *_api(modules)])
    if not documents:
        raise SourceEmpty(
            f"The package `{name}` holds compiled code only: no Python source, no type stub, no README.",
            "Pass its documentation with --from PATH, or install its type stubs.",
        )
    texts = _texts(documents, name, [*_roots(modules), *paths])
    source = Source(
        id=f"package:{name}",
        kind="package",
        origin=f"package:{name}",
        product=installed.name if installed else name,
        version=installed.version if installed else _own_version(modules),
        summary=installed.summary if installed else _own_summary(documents),
        documents=documents,
        digest=_digest(texts),
        licence=read_licence(installed) if installed else _standard_licence(modules),
        suspicious=_suspicious(documents, texts),
        skipped=(_thin_note(name, documents),),
    )
    return source, texts


def _missing(name: str, paths: Sequence[Path]) -> SourceMissing | SourceEmpty:
    if name in sys.stdlib_module_names:
        return SourceEmpty(
            f"`{name}` is a compiled part of Python and has no source.", "Pass its documentation with --from PATH."
        )
    near = near_names(name, paths)
    guess = f"Did you mean {' or '.join(f'`{one}`' for one in near)}? " if near else ""
    install = f"`pip install {name}` into the environment skill-fleet runs in"
    hint = f"{guess}{install}, or pass its documentation with --from PATH."
    return SourceMissing(f"The package `{name}` is not installed.", hint)


def _front(installed: Installed | None) -> list[Document]:
    pages = [read_readme(installed), read_commands(installed)] if installed else []
    return [page for page in pages if page is not None]


def _api(modules: Sequence[griffe.Module]) -> Iterator[Document]:
    public = public_modules(modules)
    documented = frozenset(symbol.target.canonical_path for one in public for symbol in one.symbols)
    roots = _roots(modules)
    for one in public:
        reader = ApiReader(_root_of(one.module, roots), documented)
        page = reader.document(one, 0)
        if page is not None:
            yield page


def _ordered(pages: Sequence[Document]) -> tuple[Document, ...]:
    return tuple(replace(page, order=order) for order, page in enumerate(pages))


def _roots(modules: Sequence[griffe.Module]) -> list[Path]:
    """The folders the modules lie in; those of an editable install are no search path."""
    files = [module.filepath[0] if isinstance(module.filepath, list) else module.filepath for module in modules]
    folders = [file.parent.parent if file.name.startswith("__init__.") else file.parent for file in files]
    return list(dict.fromkeys(folders))


def _root_of(module: griffe.Module, roots: Sequence[Path]) -> Path:
    file = module.filepath[0] if isinstance(module.filepath, list) else module.filepath
    return next((root for root in roots if file.is_relative_to(root)), file.parent)


def _texts(documents: Sequence[Document], name: str, roots: Sequence[Path]) -> list[SourceText]:
    """The files the documents' blocks point to, as they are now."""
    cited = {block.span.path for page in documents for block in all_blocks(page)}
    files = {path: next((root / path for root in roots if (root / path).is_file()), None) for path in sorted(cited)}
    return [
        SourceText(f"package:{name}", path, file.read_text(encoding="utf-8", errors="replace"))
        for path, file in files.items()
        if file is not None
    ]


def _digest(texts: Sequence[SourceText]) -> str:
    return hashlib.sha256("".join(f"{one.path}\n{one.text}\n" for one in texts).encode()).hexdigest()


def _suspicious(documents: Sequence[Document], texts: Sequence[SourceText]) -> tuple[Finding, ...]:
    """Suspicious places within the lines that were read; the rest of a source file is code that nobody quotes."""
    quoted = {(block.span.path, line) for page in documents for block in all_blocks(page) for line in _lines(block)}
    found = (finding for one in texts for finding in scan(one.text, one.path))
    return tuple(finding for finding in found if (finding.span.path, finding.span.line) in quoted)


def _lines(block: Block) -> range:
    return range(block.span.line, block.span.end + 1)


def _own_version(modules: Sequence[griffe.Module]) -> str:
    """The interpreter's version for its standard library, nothing for a module of no distribution."""
    is_standard = any(module.name in sys.stdlib_module_names for module in modules)
    return f"{sys.version_info.major}.{sys.version_info.minor}" if is_standard else ""


def _own_summary(documents: Sequence[Document]) -> str:
    first = next((block.text for block in all_blocks(documents[0]) if block.kind == "paragraph"), "")
    return re.split(r"(?<=[.!?])\s", first, maxsplit=1)[0]


def _standard_licence(modules: Sequence[griffe.Module]) -> Licence | None:
    roots = _roots(modules)
    return find_licence(roots, roots[0]) if roots else None


def _thin_note(name: str, documents: Sequence[Document]) -> str:
    blocks = [block for page in documents if page.role == "reference" for block in all_blocks(page)]
    symbols = [block for block in blocks if block.kind == "signature"]
    told = sum(bool(block.children) for block in symbols)
    readme = "its README and " if any(page.role == "readme" for page in documents) else ""
    return (
        f"package:{name}: an installed package holds no guides, only {readme}its API ({told} of {len(symbols)} "
        "functions and classes have a docstring); pass its documentation with --from PATH as well"
    )
