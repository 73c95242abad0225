"""The components of links: what is referred to is there, and what is there is referred to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from skill_fleet.metrics.integrity.component import Component, Measure, Remark, unspoilt
from skill_fleet.metrics.integrity.view import View

FOLDERS = ("references", "reference", "scripts", "assets", "templates", "examples", "resources", "docs")
"""Folders of a skill that a path in the text means, when it begins with one."""

_NAMED = re.compile(r"(?:name|id)=[\"']([^\"'\n]{1,100})[\"']|\{#([^}\n]{1,100})\}")

MOST_PATHS = 2_000
SHOWN = 20

_PATH = re.compile(
    r"(?<![\w/.:$~{<-])(?:\./)?((?:[\w-]+/)*[\w.-]*\w\.(?:md|py|sh|js|mjs|ts|json|ya?ml|txt|html|toml|csv|sql))\b(?![/*{])"
)


def measure_paths(view: View) -> Measure | None:
    """Links to files, and paths in the text that mean a bundled file."""
    listing = view.page.subject.listing
    if listing is None:
        return None
    states = {(line, path): is_there for line, path, is_there in _find_paths(view)}
    if not states:
        return None
    missing = [(line, path) for (line, path), is_there in states.items() if not is_there]
    remarks = tuple(
        Remark(line, f"{path} is not in the folder", "add the file, or correct the path", path)
        for line, path in missing[:SHOWN]
    )
    return Measure(1 - len(missing) / len(states), remarks)


def _find_paths(view: View) -> Iterator[tuple[int, str, bool]]:
    for found in view.page.subject.file_links:
        if not found.link.image or found.state != "unknown":
            yield found.link.line, found.path, found.state == "present" or _is_beside(view, found.path)
    listing = view.page.subject.listing
    bundled = {file.path.partition("/")[0] for file in listing.files if "/" in file.path} if listing else set()
    code = {
        line for block in view.page.body.code for line in range(block.line, block.line + block.text.count("\n") + 2)
    }
    for match in list(_PATH.finditer(view.page.text))[:MOST_PATHS]:
        path = match[1]
        line = view.page.first_line + view.page.text.count("\n", 0, match.start())
        top = path.partition("/")[0]
        if "/" in path and listing and line not in code and (top in bundled or top in FOLDERS):
            yield line, path, listing.has(path)


def _is_beside(view: View, path: str) -> bool:
    """Whether a path that leaves the folder leads to something, as one to a skill beside this one does."""
    folder = view.page.folder
    try:
        return folder is not None and path.startswith("../") and (folder / path).exists()
    except OSError:
        return False


def measure_orphans(view: View) -> Measure | None:
    listing = view.page.subject.listing
    files = (
        [file.path for file in listing.files if file.path.partition("/")[0] in ("references", "reference", "scripts")]
        if listing
        else []
    )
    if not files:
        return None
    text = view.page.text
    orphans = [path for path in files if not _is_mentioned(path, text)]
    remarks = tuple(
        Remark(view.page.first_line, f"nothing refers to {path}", f"link {path} where it is needed, or delete it", path)
        for path in orphans[:SHOWN]
    )
    return Measure(1 - len(orphans) / len(files), remarks)


def _is_mentioned(path: str, text: str) -> bool:
    folder, _, name = path.rpartition("/")
    return name in text or path.rpartition(".")[0] in text or (folder.count("/") > 0 and folder in text)


def measure_anchors(view: View) -> Measure:
    anchors = [link for link in view.page.body.links if link.target.startswith("#") and len(link.target) > 1]
    if not anchors:
        return Measure(1.0)
    there = {_slug(heading.text) for heading in view.page.body.headings}
    there |= {_slug(found[1] or found[2]) for found in _NAMED.finditer(view.page.text)}
    hint = "" if there else "drop the link: the text has no headings"
    missing = [link for link in anchors if _slug(link.target[1:]) not in there]
    remarks = tuple(
        Remark(link.line, f"no heading is called {link.target}", hint, link.target) for link in missing[:SHOWN]
    )
    return Measure(unspoilt(len(missing) / (len(anchors) + 1)), remarks)


def _slug(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


COMPONENTS = (
    Component("paths", 3, measure_paths, "let every path lead to a file of the folder"),
    Component("orphans", 0.5, measure_orphans, "refer to every bundled file"),
    Component("anchors", 1, measure_anchors, "let every link to a heading lead to one"),
)
