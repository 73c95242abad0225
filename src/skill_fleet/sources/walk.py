"""Which files of a folder are worth reading, found out before any of them is opened."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from skill_fleet.errors import SourceTooLarge

READABLE = frozenset({".md", ".markdown", ".mdx", ".rst", ".txt", ".html", ".htm"})
_PROJECT = ("pyproject.toml", "package.json", "Cargo.toml", "setup.py", "setup.cfg", "go.mod")
_NEVER = frozenset(
    {
        "node_modules",
        "__pycache__",
        "site-packages",
        "_build",
        "_modules",
        "_sources",
        "_static",
        "_templates",
        "htmlcov",
        "_site",
    }
)
_BUILT = frozenset(
    {
        "build",
        "dist",
        "target",
        "out",
        "tests",
        "test",
        "testing",
        "testdata",
        "fixtures",
        "vendor",
        "venv",
        "env",
        "requirements",
    }
)
_DOCS = frozenset({"docs", "doc", "documentation", "content", "examples"})
_FLEET = "skill-fleet.toml"
_DRAFTS = ("skills", "_drafts")
_OLD = frozenset({"versioned_docs", "versioned_sidebars"})
_INDEXES = re.compile(r"(?:genindex(?:-.*)?|search|py-modindex|notfound|404)\.html?", re.IGNORECASE)
_LISTS = re.compile(
    r"(?:requirements|constraints|robots|humans|CMakeLists|ads|top_level|SOURCES|entry_points).*\.txt", re.IGNORECASE
)
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][A-Za-z]{2,4})?")
_LANGUAGES = frozenset(
    "ar az bg bn bs ca cs da de el eo es et eu fa fi fr gl gu he hi hr hu hy id is it ja ka kk km kn ko ky lo lt lv mk "
    "ml mn mr ms my nb ne nl nn no pa pl ps pt ro ru si sk sl sq sr sv sw ta te th tl tr uk ur uz vi yo zh em".split()
)
_SUFFIXED = re.compile(r"^(?P<stem>.+)[._](?P<language>[a-z]{2}(?:[-_][A-Za-z]{2,4})?)$")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a folder may hold: bytes of readable text in all and in one file, files looked at, words at least."""

    text_bytes: int = 64_000_000
    file_bytes: int = 4_000_000
    files: int = 50_000
    words: int = 50


@dataclass
class Survey:
    """What a walk over a folder found: files to read (path from the root), others by suffix, and what was left out."""

    files: list[tuple[str, int]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    seen: int = 0
    text_bytes: int = 0


def survey_folder(root: Path, limit: Limits) -> Survey:
    """The readable files of a folder, by name. Raises SourceTooLarge as soon as a limit is passed."""
    survey = Survey()
    boundary = root.resolve()
    for folder, reason in _folders(root, boundary):
        if reason:
            survey.skipped.append(f"{_escaped(folder.relative_to(root).as_posix())}/: {reason}")
            continue
        for entry in _entries(folder):
            if not entry.name.startswith("."):
                _look(entry, root, boundary, survey, limit)
    _leave_out_built(survey)
    survey.files.sort()
    survey.skipped.sort()
    return survey


def _leave_out_built(survey: Survey) -> None:
    """A site built from pages that lie beside it says nothing the pages do not say."""
    written = {_stem(name) for name, _ in survey.files if not name.endswith(_BUILT_AS)}
    site = [name for name, _ in survey.files if name.endswith(_BUILT_AS)]
    built = {name for name in site if any(f"/{page}".endswith(f"/{_stem(name)}") for page in written)}
    if len(built) * 2 < len(site):
        return
    survey.files = [(name, size) for name, size in survey.files if name not in built]
    survey.skipped += [f"{name}: built from a page that is read" for name in built]


def _stem(name: str) -> str:
    """The path without its ending; a folder's index counts as the folder."""
    stem = name.rpartition(".")[0]
    return stem.removesuffix("/index") or stem


_BUILT_AS = (".html", ".htm")


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def reason_of(error: OSError) -> str:
    """`cannot be read: permission denied` in the words of the system."""
    return f"cannot be read: {(error.strerror or type(error).__name__).lower()}"


def _folders(root: Path, boundary: Path) -> Iterator[tuple[Path, str]]:
    """Every folder below the root once, with the reason when it is left out."""
    stack = [root]
    seen = {boundary}
    while stack:
        folder = stack.pop()
        try:
            entries = _entries(folder)
        except OSError as error:
            yield folder, reason_of(error)
            continue
        yield folder, ""
        names = {entry.name for entry in entries}
        for path in (Path(entry.path) for entry in reversed(entries) if _is_folder(entry)):
            real = path.resolve()
            if reason := _refusal(path, real, boundary, names):
                yield path, reason
            elif real not in seen:
                seen.add(real)
                stack.append(path)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """A folder to look into. What cannot be told, such as a link to itself, is told of among the files."""
    try:
        return entry.is_dir() and not entry.name.startswith(".")
    except OSError:
        return False


def _refusal(folder: Path, real: Path, boundary: Path, beside: set[str]) -> str:
    if not real.is_relative_to(boundary):
        return "a link out of the folder"
    if real.parts[-2:] == _DRAFTS and (real.parent.parent / _FLEET).is_file():
        return "drafts of the fleet itself"
    try:
        return _left_out(folder, beside)
    except OSError as error:
        return reason_of(error)


def _left_out(folder: Path, beside: set[str]) -> str:
    name = folder.name
    if name in _NEVER or (name in {"venv", "env"} and (folder / "pyvenv.cfg").is_file()):
        return "made by a tool"
    if name in _OLD:
        return "older versions of the pages"
    if name in _BUILT and any(marker in beside for marker in _PROJECT):
        return "not documentation"
    if name not in _DOCS and (folder / "__init__.py").is_file():
        return "code, not documentation"
    if name == "site" and {"mkdocs.yml", "mkdocs.yaml"} & beside:
        return "made by a tool"
    return "a translation" if is_translation(folder, beside) else ""


TEMPLATE = re.compile(rb"\{%-?\s*(?:extends|block|import|from|macro|include|if|for)\b")
"""What only a template of a site generator holds, never a finished page."""


def is_translation(folder: Path, beside: set[str]) -> bool:
    """A folder named like a language, beside `en` or with the same pages as its parent, or inside `i18n`."""
    name = folder.name
    if not _LANGUAGE.fullmatch(name) or re.split(r"[-_]", name)[0] not in _LANGUAGES:
        return False
    if any(other == "en" or other.lower().startswith(("en-", "en_")) for other in beside):
        return True
    if folder.parent.name in {"i18n", "locale", "locales", "translations", "lang"}:
        return True
    pages = {entry.name for entry in _entries(folder)}
    return len(pages & beside) * 2 >= len(pages) > 0


def _look(entry: os.DirEntry[str], root: Path, boundary: Path, survey: Survey, limit: Limits) -> None:
    path = Path(entry.path)
    shown = path.relative_to(root).as_posix()
    try:
        size = entry.stat().st_size if entry.is_file() else None
    except OSError as error:
        survey.skipped.append(f"{shown}: {reason_of(error)}")
        return
    if size is None:
        return
    survey.seen += 1
    if survey.seen > limit.files:
        message = f"{root} holds more than {limit.files:,} files."
        raise SourceTooLarge(message, "Name the folder with the documentation alone, such as docs/.")
    if shown != _escaped(shown):
        survey.skipped.append(f"{_escaped(shown)}: its name is not UTF-8")
        return
    if path.suffix.lower() not in READABLE or _LISTS.fullmatch(entry.name) or _INDEXES.fullmatch(entry.name):
        survey.others.append(shown)
    elif reason := _unread(path, boundary):
        survey.skipped.append(f"{shown}: {reason}")
    else:
        _count(shown, size, root, survey, limit)


def _escaped(name: str) -> str:
    """The name with an escape for each byte that is no UTF-8, so that it can be printed and kept."""
    return name.encode(errors="backslashreplace").decode()


def _unread(path: Path, boundary: Path) -> str:
    if not path.resolve().is_relative_to(boundary):
        return "a link out of the folder"
    match = _SUFFIXED.match(path.stem)
    if match is None or re.split(r"[-_]", match["language"])[0] not in _LANGUAGES:
        return ""
    plain = (path.with_name(match["stem"] + end + path.suffix) for end in ("", ".en"))
    return "a translation" if any(file.is_file() for file in plain) else ""


def _count(shown: str, size: int, root: Path, survey: Survey, limit: Limits) -> None:
    survey.text_bytes += size
    if survey.text_bytes > limit.text_bytes:
        message = f"{root} holds more than {limit.text_bytes / 1e6:.0f} MB of text."
        raise SourceTooLarge(message, "Name a smaller part of it, or pass several parts with --from.")
    if size > limit.file_bytes:
        survey.skipped.append(
            f"{shown}: {size / 1e6:.1f} MB, the limit for one file is {limit.file_bytes / 1e6:.0f} MB"
        )
    else:
        survey.files.append((shown, size))
