"""Reads a folder of documentation, or one file of it."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from skill_fleet.errors import SourceEmpty, SourceMissing, SourceTooLarge
from skill_fleet.sources.document import Document, Finding, Source
from skill_fleet.sources.html import parse_html
from skill_fleet.sources.includes import FolderIncludes
from skill_fleet.sources.injection import scan
from skill_fleet.sources.licence import find_licence
from skill_fleet.sources.lines import Line
from skill_fleet.sources.markdown import parse_markdown
from skill_fleet.sources.metadata import Metadata, find_metadata, is_generic, site_name
from skill_fleet.sources.navigation import in_order
from skill_fleet.sources.product import all_blocks, infer_product, mentions
from skill_fleet.sources.rst import is_rst, parse_rst
from skill_fleet.sources.tidy import tidy
from skill_fleet.sources.walk import READABLE, TEMPLATE, Limits, reason_of, survey_folder

READER_VERSION = "2"
_PARENTS = 2
_SENTENCE = 4
_MARKERS = (".git", "pyproject.toml", "package.json", "Cargo.toml", "setup.py", "setup.cfg", "go.mod", "PKG-INFO")


@dataclass
class _Reading:
    """What has been read so far, and what stood in the way."""

    documents: list[Document] = field(default_factory=list)
    suspicious: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    digest: list[tuple[str, str]] = field(default_factory=list)


def read_path(path: Path, *, limit: Limits = Limits()) -> Source:  # noqa: B008 - frozen
    """The documentation in a folder, or in one file.

    Raises SourceMissing, SourceTooLarge (before anything is read) or SourceEmpty.
    """
    if not path.exists():
        hint = "Check the spelling; give a folder or file, package:NAME or cli:NAME."
        raise SourceMissing(f"There is no file or folder {path}.", hint)
    return _read_folder(path, limit) if path.is_dir() else _read_file(path, limit)


def _read_folder(root: Path, limit: Limits) -> Source:
    survey = survey_folder(root, limit)
    if not survey.files:
        raise SourceEmpty(f"{root} holds nothing to read: {_seen(survey.others, survey.skipped)}.", _READABLE_HINT)
    pages = frozenset(name for name, _ in survey.files if not _FRAGMENT.search(name))
    includes = _ShownIncludes(root.resolve(), _boundary(root.resolve()), pages)
    reading = _Reading(notes=list(survey.skipped))
    for name, _ in survey.files:
        _read_page(root, name, includes, reading)
    return _source(root, root, "folder", reading, includes, limit)


def _read_file(file: Path, limit: Limits) -> Source:
    size, head = _opening(file)
    if size > limit.file_bytes:
        message = f"{file} has {size / 1e6:.1f} MB; the limit for one file is {limit.file_bytes / 1e6:.0f} MB."
        raise SourceTooLarge(message, "Split it, or give the part that matters.")
    if _is_binary(head):
        raise SourceEmpty(f"{file} is a binary file, not documentation.", _READABLE_HINT)
    if file.suffix.lower() not in READABLE:
        raise SourceEmpty(f"{file} is a {file.suffix or 'nameless'} file, not documentation.", _READABLE_HINT)
    root = file.parent
    includes = _ShownIncludes(root.resolve(), _boundary(root.resolve()))
    reading = _Reading()
    _read_page(root, file.name, includes, reading)
    return _source(file, root, "file", reading, includes, limit)


def _opening(file: Path) -> tuple[int, bytes]:
    """The size of a file and its first bytes."""
    try:
        with file.open("rb") as stream:
            return file.stat().st_size, stream.read(8192)
    except OSError as error:
        raise SourceMissing(f"{file} {reason_of(error)}.", "Check its permissions.") from error


_READABLE_HINT = f"Readable are {' '.join(sorted(READABLE))} files."


def _seen(others: Sequence[str], skipped: Sequence[str]) -> str:
    """`3 files, none of .md .rst …` in words."""
    if not others and not skipped:
        return "it is empty"
    suffixes = Counter(Path(name).suffix or Path(name).name for name in others)
    kinds = ", ".join(
        f"{count} {suffix}" for suffix, count in sorted(suffixes.items(), key=lambda one: (-one[1], one[0]))[:5]
    )
    parts = [f"{len(others)} file{'s' * (len(others) != 1)} ({kinds})"] if others else []
    return " and ".join([*parts, *([f"{len(skipped)} left out ({skipped[0]})"] if skipped else [])])


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file without control characters and, when its bytes are not clean UTF-8, a note of what was
    done about it. Lines keep their numbers."""
    text, note = _decode_whole(data)
    return _shown(text), note


def _shown(text: str) -> str:
    """`text` without what steers a terminal or reorders text; only tabs and line feeds stay."""
    return _STEERING.sub("", text)


_STEERING = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\n]*(?:\x07|\x1b\\)"  # whole sequences, so that no `[31m` is left
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]"
)


class _ShownIncludes(FolderIncludes):
    """Included files, as free of control characters as the pages."""

    def find(self, target: str, page: str) -> list[Line] | None:
        lines = super().find(target, page)
        return lines and [line.with_text(_shown(line.text)) for line in lines]


def _decode_whole(data: bytes) -> tuple[str, str]:
    """The text with whatever it holds; every line ends with a line feed alone."""
    text, note = _decode_bytes(data)
    return text.replace("\r\n", "\n").replace("\r", "\n"), note


def _decode_bytes(data: bytes) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), ""
    try:
        return data.decode("utf-8-sig"), ""
    except UnicodeDecodeError as error:
        text = data.decode("utf-8-sig", errors="replace")
        return text, f"read with replacements, byte {error.start} is not UTF-8"


def _is_template(name: str, head: bytes) -> bool:
    """A template of a site generator; Markdown may well open with a template tag and still be a page."""
    if name.endswith((".html", ".htm")):
        return TEMPLATE.search(head) is not None
    return name.endswith((".rst", ".txt")) and TEMPLATE.match(head.lstrip()) is not None


def _is_binary(head: bytes) -> bool:
    return b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))


def _read_page(root: Path, name: str, includes: FolderIncludes, reading: _Reading) -> None:
    try:
        data = (root / name).read_bytes()
    except OSError as error:
        reading.notes.append(f"{name}: {reason_of(error)}")
        return
    if _is_binary(data[:8192]):
        reading.notes.append(f"{name}: binary")
        return
    if _is_template(name, data[:4096]):
        reading.notes.append(f"{name}: a template")
        return
    whole, note = _decode_whole(data)
    if note:
        reading.notes.append(f"{name}: {note}")
    try:
        reading.documents.append(_parse(_shown(whole), name, includes))
    except RecursionError:
        reading.notes.append(f"{name}: nested too deeply")
    reading.digest.append((name, hashlib.sha256(data).hexdigest()))
    reading.suspicious += _suspicious(whole, name)


def _suspicious(whole: str, name: str) -> list[Finding]:
    """What the text gives away with its control characters, and what comes to light when they are gone."""
    found = scan(whole, name)
    shown = _shown(whole)
    known = {(one.span, one.reason) for one in found}
    return found + [one for one in (scan(shown, name) if shown != whole else []) if (one.span, one.reason) not in known]


def _parse(text: str, name: str, includes: FolderIncludes) -> Document:
    suffix = Path(name).suffix.lower()
    if suffix in {".html", ".htm"}:
        return parse_html(text, name)
    if suffix == ".rst" or (suffix == ".txt" and is_rst(text)):
        return parse_rst(text, name, includes)
    return parse_markdown(text, name, includes)


def _boundary(root: Path) -> Path:
    """How far includes may reach: the nearest folder with a project's files, at most three levels up."""
    near = [root, *root.parents][: _PARENTS + 2]
    return next((folder for folder in near if any((folder / name).exists() for name in _MARKERS)), root)


def _source(origin: Path, root: Path, kind: str, reading: _Reading, includes: FolderIncludes, limit: Limits) -> Source:
    documents = tidy(in_order(_without_fragments(reading.documents, includes), root))
    words = sum(len(block.text.split()) for document in documents for block in all_blocks(document))
    if words < limit.words:
        message = f"{origin} says too little: {words} words in {len(documents)} file{'s' * (len(documents) != 1)}"
        message += f"; {_seen((), reading.notes)}." if reading.notes else "."
        raise SourceEmpty(message, f"A source needs at least {limit.words} words; {_READABLE_HINT}")
    stated = _stated(root, documents)
    missing = [f"include not found: {name}" for name in sorted(includes.missing)]
    return Source(
        id=origin.name or "source",
        kind="folder" if kind == "folder" else "file",
        origin=str(origin),
        product=stated.product,
        version=stated.version,
        summary=stated.summary or _summary(documents, stated.product),
        documents=documents,
        digest=_digest(reading, includes),
        licence=find_licence(_near(root), root.resolve()),
        suspicious=tuple(reading.suspicious),
        skipped=(*reading.notes, *missing),
    )


def _near(root: Path) -> list[Path]:
    resolved = root.resolve()
    return [resolved, *resolved.parents][: _PARENTS + 1]


def _without_fragments(documents: Sequence[Document], includes: FolderIncludes) -> list[Document]:
    """The documents without the pieces that others include and that are no pages of their own."""
    return [one for one in documents if one.path not in includes.used or not _FRAGMENT.search(one.path)]


_FRAGMENT = re.compile(r"(?:^|/)(?:_[^/]+|includes?|snippets?|partials?|shared)(?:/|$|\.\w+$)")


def _digest(reading: _Reading, includes: FolderIncludes) -> str:
    included = [(name, hashlib.sha256(text.encode()).hexdigest()) for name, text in includes.used.items()]
    lines = [READER_VERSION, *(f"{name} {digest}" for name, digest in sorted({*reading.digest, *included}))]
    return hashlib.sha256(os.fsencode("\n".join(lines))).hexdigest()


def _stated(root: Path, documents: Sequence[Document]) -> Metadata:
    """What the project says of itself. A file above the folder counts only when the pages name its product too."""
    for at, folder in enumerate(_near(root)):
        found = find_metadata(folder)
        if found and not is_generic(found.product) and (at == 0 or mentions(documents, found.product)):
            return found
    name = next((name for folder in _near(root)[:2] if (name := site_name(folder))), "")
    inferred = infer_product(documents)
    return Metadata(product=_canonical(name, inferred, documents))


def _canonical(stated: str, inferred: str, documents: Sequence[Document]) -> str:
    """The stated site name where the pages' code does not know better; a name of several words gives way to it."""
    name = stated.strip().lower()
    if name and not is_generic(name) and (" " not in name or not inferred) and mentions(documents, name):
        return name
    return inferred


def _summary(documents: Sequence[Document], product: str) -> str:
    """The first sentence in which the pages say what the product is; else the front page's first paragraph."""
    says = re.compile(rf"^`?{re.escape(product)}`? is (?:an?|the|one)\b[^.]*\.", re.IGNORECASE)
    prose = [block.text for document in documents for block in all_blocks(document) if block.kind == "paragraph"]
    if product and (said := next((match[0] for text in prose if (match := says.match(text))), "")):
        return said
    front = next((one for one in documents if one.role in {"readme", "index"}), None)
    first = (block.text for block in all_blocks(front) if block.kind == "paragraph") if front else iter(())
    return next((text for text in first if len(text.split()) >= _SENTENCE and text.endswith((".", "!"))), "")
