"""Installed distributions as they lie on disk: where to look, what their metadata say. Nothing is imported."""

from __future__ import annotations

import difflib
import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from email.message import Message
from email.parser import HeaderParser
from importlib.metadata import Distribution, distributions
from pathlib import Path, PurePosixPath

from skill_fleet.sources.document import Block, Document, Licence, Section, Span
from skill_fleet.sources.licence import find_licence
from skill_fleet.sources.markdown import parse_markdown
from skill_fleet.sources.rst import is_rst, parse_rst

_HEADERS_END = re.compile(r"\r?\n\r?\n")
_FOLDERS_ASIDE = frozenset({"tests", "test", "docs", "doc", "examples", "example", "benchmarks", "scripts", "bin"})
_UNSTATED = frozenset({"", "unknown", "dual license", "other/proprietary license"})


@dataclass(frozen=True, slots=True)
class Installed:
    """A distribution: its name as it writes it, what it states of itself, and the import names it provides.

    `folder` holds its metadata files; `root` is the folder on the search path that they and its modules lie in.
    """

    name: str
    version: str
    summary: str
    folder: Path
    root: Path
    modules: tuple[str, ...]
    headers: Message


def search_paths() -> tuple[Path, ...]:
    """Where packages are looked for: the active virtual environment (VIRTUAL_ENV), a `.venv` in the working directory,
    then the interpreter this runs in. The first two come first, because they are the environment a person works in.
    """
    homes = [Path(home) for home in (os.environ.get("VIRTUAL_ENV"), ".venv") if home]
    own = [Path(path) for path in sys.path if path]
    found = [*(site for home in homes for site in _site_packages(home)), *own]
    here = Path.cwd()
    return tuple(dict.fromkeys(path.resolve() for path in found if path.is_dir() and path.resolve() != here))


def _site_packages(home: Path) -> list[Path]:
    return [*sorted(home.glob("lib/python3*/site-packages")), *home.glob("Lib/site-packages")]


def find_installed(name: str, paths: Sequence[Path]) -> Installed | None:
    """The distribution of that name, else the first that provides a module of that name."""
    found = [one for path in paths for one in distributions(path=[str(path)]) if one.name]
    for distribution in found:
        if _normal(distribution.name) == _normal(name):
            return _installed(distribution)
    for distribution in found:
        if name.split(".", 1)[0] in {module.split(".", 1)[0] for module in _modules(distribution)}:
            return _installed(distribution)
    return None


def near_names(name: str, paths: Sequence[Path]) -> list[str]:
    """What a person who wrote `name` may have meant."""
    known = {one.name.lower() for path in paths for one in distributions(path=[str(path)]) if one.name}
    return difflib.get_close_matches(name.lower(), sorted(known | set(sys.stdlib_module_names)), n=3, cutoff=0.66)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _installed(distribution: Distribution) -> Installed:
    root = Path(str(distribution.locate_file("")))
    folder = _metadata_folder(distribution.name, root)
    headers = HeaderParser().parsestr(distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or "")
    summary = str(headers.get("Summary") or "").strip()
    return Installed(distribution.name, distribution.version, summary, folder, root, _modules(distribution), headers)


def _metadata_folder(name: str, root: Path) -> Path:
    folders = sorted([*root.glob("*.dist-info"), *root.glob("*.egg-info")])
    return next((folder for folder in folders if _normal(folder.stem.partition("-")[0]) == _normal(name)), root)


def _modules(distribution: Distribution) -> tuple[str, ...]:
    """The import names a distribution provides: its outermost packages and modules, without tests and private ones."""
    files = [PurePosixPath(str(file)) for file in distribution.files or ()]
    packages = {file.parent for file in files if re.fullmatch(r"__init__\.(py|pyi|.*\.so|pyd)", file.name)}
    outer = {package for package in packages if not packages & set(package.parents)}
    single = {file.with_name(file.name.split(".", 1)[0]) for file in files if len(file.parts) == 1 and _is_module(file)}
    names = {".".join(path.parts).removesuffix("-stubs") for path in outer | single}
    listed = (distribution.read_text("top_level.txt") or "").split()
    found = sorted(
        name for name in names or set(listed) if not name.startswith(("_", ".")) and name not in _FOLDERS_ASIDE
    )
    return tuple(found) or (_normal(distribution.name).replace("-", "_"),)


def _is_module(file: PurePosixPath) -> bool:
    return file.suffix in {".py", ".pyi", ".so", ".pyd"}


def metadata_path(installed: Installed, file: str) -> str:
    """The path of one of the metadata files below the search path it lies on."""
    return f"{installed.folder.name}/{file}"


def read_readme(installed: Installed) -> Document | None:
    """The long description, its spans pointing into the METADATA file it is part of; None when there is none."""
    file = next(
        (installed.folder / name for name in ("METADATA", "PKG-INFO") if (installed.folder / name).is_file()), None
    )
    if file is None:
        return None
    text = file.read_text(encoding="utf-8", errors="replace")
    headers = _HEADERS_END.search(text)
    if headers is None or not text[headers.end() :].strip():
        return None
    # Blank lines in place of the headers keep every line of the description at its number in the file.
    body = "\n" * text.count("\n", 0, headers.end()) + text[headers.end() :]
    path = metadata_path(installed, file.name)
    stated = str(installed.headers.get("Description-Content-Type") or "").lower()
    is_markdown = "markdown" in stated or (not stated and not is_rst(body))
    page = parse_markdown(body, path) if is_markdown else parse_rst(body, path)
    title = page.title if page.title.lower() not in {"metadata", "pkg info", "pkg-info"} else installed.name
    return replace(page, title=title, role="readme")


def read_commands(installed: Installed) -> Document | None:
    """The commands a distribution installs, as its entry points list them; None when there are none."""
    file = installed.folder / "entry_points.txt"
    if not file.is_file():
        return None
    path = metadata_path(installed, file.name)
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    blocks = tuple(_command_blocks(lines, path))
    if not blocks:
        return None
    span = Span(path, blocks[0].span.line, blocks[-1].span.end)
    section = Section(1, (f"{installed.name} commands",), span, blocks)
    return Document(path, f"{installed.name} commands", "reference", 0, (section,))


def _command_blocks(lines: Sequence[str], path: str) -> Iterator[Block]:
    group = ""
    for number, line in enumerate(lines, start=1):
        if line.startswith("["):
            group = line.strip("[] \t")
        name, _, target = line.partition("=")
        if group == "console_scripts" and target.strip():
            yield Block("definition", f"`{line.strip()}`", Span(path, number, number), label=name.strip())


def read_licence(installed: Installed) -> Licence | None:
    """The licence: its files beside the metadata, under the name the metadata state."""
    folders = [installed.folder / "licenses", installed.folder / "license_files", installed.folder]
    found = find_licence(folders, installed.root)
    stated = _stated_licence(installed)
    if found is None:
        return Licence(stated, metadata_path(installed, "METADATA"), "") if stated else None
    return replace(found, name=stated) if stated else found


def _stated_licence(installed: Installed) -> str:
    metadata = installed.headers
    expression = str(metadata.get("License-Expression") or "").strip()
    short = str(metadata.get("License") or "").strip()
    if expression or ("\n" not in short and len(short) < 40 and short.lower() not in _UNSTATED):  # noqa: PLR2004
        return expression or short
    classifiers = [str(value) for value in metadata.get_all("Classifier") or []]
    named = [value.rpartition("::")[2].strip() for value in classifiers if value.startswith("License ::")]
    return " OR ".join(name for name in named if name != "OSI Approved")
