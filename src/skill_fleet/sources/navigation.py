"""The order in which a site shows its pages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from skill_fleet.sources.document import Document, DocumentRole

SUFFIXES = (".md", ".mdx", ".markdown", ".rst", ".txt", ".html", ".htm")
_FIRST: Mapping[DocumentRole, int] = {"readme": 0, "index": 0, "quickstart": 1}
_LAST: Mapping[DocumentRole, int] = {"migration": 4, "internals": 5, "changelog": 6, "noise": 7}
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)")
_NAV = re.compile(
    r"""^(?P<indent>\s+|)-\s+(?:(?:"[^"]*"|'[^']*'|[^:"'#]*?):\s+)?["']?(?P<target>[^"'#\s][^"'#]*?\.(?:md|rst|mdx|html))["']?\s*$"""
)


def in_order(documents: Sequence[Document], root: Path) -> tuple[Document, ...]:
    """The documents with their `order` and with `links` narrowed to pages that exist, sorted by order."""
    known = {document.path: document for document in documents}
    listed = _listed(known, root)
    place = {path: at for at, path in enumerate(listed)}
    ranked = sorted(known, key=lambda path: (path not in place, place.get(path, 0), _fallback(known[path])))
    return tuple(
        replace(
            known[path],
            order=at,
            links=_existing(known[path].links, path, known),
            contents=_existing(known[path].contents, path, known),
        )
        for at, path in enumerate(ranked)
    )


def page_at(target: str, known: Iterable[str]) -> str | None:
    """The page a link target means: as written, with another ending, or as a folder's index."""
    pages = known if isinstance(known, dict | set | frozenset) else set(known)
    bare = re.sub(r"\.(?:html?|md|mdx|rst|txt)$", "", target.rstrip("/"))
    candidates = [target, *(bare + end for end in SUFFIXES)]
    candidates += [posixpath.join(bare, name + end) for name in ("index", "README") for end in SUFFIXES]
    return next((one for one in candidates if one in pages), None)


def _existing(links: Sequence[str], path: str, known: Mapping[str, Document]) -> tuple[str, ...]:
    found = dict.fromkeys(page for link in links if (page := page_at(link, known)) and page != path)
    return tuple(found)


def _fallback(document: Document) -> tuple[object, ...]:
    depth = document.path.count("/")
    front = _FIRST.get(document.role, 2) if depth == 0 or document.role == "quickstart" else 2
    return (max(front, _LAST.get(document.role, 0)), _natural(document.path))


def _natural(path: str) -> list[tuple[int, int, str]]:
    """Path parts such that an index leads its folder and `2-x` comes before `10-x`."""
    key: list[tuple[int, int, str]] = []
    for part in path.lower().split("/"):
        number = re.match(r"\d+", part)
        is_index = re.match(r"(?:index|readme)\.", part) is not None
        key.append((0 if is_index else 1, int(number[0]) if number else 1_000_000, part))
    return key


def _listed(known: Mapping[str, Document], root: Path) -> list[str]:
    """The pages in the order of the site's own navigation, as far as there is one."""
    for read in (_mkdocs, _summary, _linked):
        pages = read(known, root)
        if len(pages) > 1:
            return pages
    return []


def _mkdocs(known: Mapping[str, Document], root: Path) -> list[str]:
    for folder in (root, root.parent):
        for name in ("mkdocs.yml", "mkdocs.yaml"):
            if (folder / name).is_file():
                return _nav_targets((folder / name).read_text(encoding="utf-8", errors="replace"), known)
    return []


def _nav_targets(text: str, known: Mapping[str, Document]) -> list[str]:
    """The files named under `nav:`. Read line by line, for these files often carry tags no YAML parser accepts."""
    lines = text.split("\n")
    start = next((at for at, line in enumerate(lines) if re.match(r"nav\s*:", line)), None)
    if start is None:
        return []
    targets: list[str] = []
    for line in lines[start + 1 :]:
        if line.strip() and not line.startswith((" ", "-", "#", "\t")):
            break
        if match := _NAV.match(line):
            targets.append(match["target"].strip())
    return _unique(targets, known)


def _summary(known: Mapping[str, Document], root: Path) -> list[str]:
    for name in ("SUMMARY.md", "_sidebar.md", "src/SUMMARY.md"):
        file = root / name
        if file.is_file():
            folder = posixpath.dirname(name)
            targets = _LINK.findall(file.read_text(encoding="utf-8", errors="replace"))
            return _unique([posixpath.normpath(posixpath.join(folder, one.lstrip("/"))) for one in targets], known)
    return []


def _unique(targets: Sequence[str], known: Mapping[str, Document]) -> list[str]:
    pages = [page_at(target, known) or page_at(posixpath.join("docs", target), known) for target in targets]
    return list(dict.fromkeys(page for page in pages if page))


def _linked(known: Mapping[str, Document], root: Path) -> list[str]:
    """Sphinx: the toctrees, from the root page down, each page before those it lists."""
    del root
    start = page_at("index", known)
    if start is None or not known[start].contents:
        return []
    seen: dict[str, None] = {}
    stack = [start]
    while stack:
        path = stack.pop()
        if path in seen:
            continue
        seen[path] = None
        pages = [page_at(target, known) for target in known[path].contents]
        stack += reversed([page for page in pages if page])
    return list(seen)
