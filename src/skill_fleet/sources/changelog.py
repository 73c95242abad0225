"""What changed, version by version: the entries of a changelog with their kind and their lines.

Read are Keep a Changelog, towncrier's news files (Markdown and reStructuredText), GitHub's release notes, and plain
version headings with bullets below. Entries about a project's own upkeep (docs, translations, internals) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from skill_fleet.sources.document import Span
from skill_fleet.sources.docwords import clean_words
from skill_fleet.sources.helplines import Line

ChangeKind = Literal["breaking", "deprecated", "added", "changed", "fixed", "removed"]
"""breaking: working code stops working · deprecated: still works, will not for long · added: new · changed: works
differently, or the source does not say how · fixed: a bug or a security hole is gone · removed: no longer there."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry. `version` is as written, without `v`; `unreleased` for what has none yet."""

    version: str
    kind: ChangeKind
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class _Title:
    """A heading: its words and its first and last line, by index."""

    words: str
    first: int
    last: int


_HASHES = re.compile(r"^#{1,6}\s+(?P<words>.+?)\s*#*$")
_RULE = re.compile(r"^([=\-~^\"'*+#.:_`])\1{2,}$")
_BOLD = re.compile(r"^(?:\*\*|__)(?P<words>[^*_]{2,60})(?:\*\*|__):?$")
_VERSION = re.compile(
    r"^(?:[A-Za-z][\w.-]*\s+){0,2}?(?:version\s+|release\s+)?v?(?P<version>\d+\.\d+(?:\.\d+)*(?:[-.+]?(?:a|b|c|rc|alpha|beta|dev|post|pre)[\w.]*)?)"
    r"(?=$|[\s,;:()\]/—–-])",
    re.IGNORECASE,
)
_UNRELEASED = re.compile(r"^(?:unreleased|next|upcoming|in development|master|main|head)\b", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[-*+•]|\d+[.)])\s+(?=\S)")
_LINK = re.compile(r"\[([^\[\]]+)\](?:\([^()]*\)|\[[^\[\]]*\])|`([^`<]+?)\s*<[^`<>]+>`__?")
_CREDIT = re.compile(
    r"(?:\s*[,;]?\s*(?:\(|\[)?(?:(?:PR|Issue|Closes|Fixes|See|Thanks(?: to)?|GH|pull)[\s:]*)*"
    r"(?:#\d+|GH-\d+|gh-\d+|@[\w-]+|https?://\S+|\(?[0-9a-f]{7,40}\)?|\b(?:by|in|and|,))(?:\)|\])?)+\s*\.?\s*$"
)

_KINDS: tuple[tuple[ChangeKind, str], ...] = (
    ("breaking", r"breaking|backwards?[- ]incompatib|incompatible|upgrad(?:e|ing) (?:notes|impact)|migration"),
    ("deprecated", r"deprecat"),
    ("removed", r"remov"),
    ("fixed", r"\bfix|bug|security|regression|patch"),
    ("added", r"\badd|\bnew\b|feature|enhancement"),
    ("changed", r"chang|improv|performance|refactor|misc|other|update"),
)
_UPKEEP = re.compile(
    r"docs?\b|documentation|translation|internal|contribut|sponsor|thanks|dependenc|upgrades$|chore|\bci\b|tests?$|"
    r"infrastructure|housekeeping|maintenance",
    re.IGNORECASE,
)
_WORDS: tuple[tuple[ChangeKind, re.Pattern[str]], ...] = (
    ("breaking", re.compile(r"\bbreaking\b|backwards?[- ]incompatib|\U0001f4a5", re.IGNORECASE)),
    ("deprecated", re.compile(r"^\W*deprecat|\b(?:is|are|been|now) deprecated\b", re.IGNORECASE)),
    (
        "removed",
        re.compile(r"^\W*(?:remov|drop)|\b(?:has|have|is|are) (?:now )?(?:been )?(?:removed|dropped)\b", re.IGNORECASE),
    ),
    ("fixed", re.compile(r"^\W*(?:bug ?)?fix", re.IGNORECASE)),
    ("added", re.compile(r"^\W*(?:add|new\b|introduc|support\b|allow)", re.IGNORECASE)),
)
_STAGES = {"dev": -4, "a": -3, "alpha": -3, "pre": -3, "b": -2, "beta": -2, "c": -1, "rc": -1, "post": 1}


def parse_changelog(text: str, path: str) -> list[Change]:
    """The entries of a changelog, the newest version first, each version's in the order of the file."""
    lines = _prose_lines(text)
    changes = [change for version, block in _versions(lines) for change in _changes(version, block, path)]
    return sorted(changes, key=lambda change: version_key(change.version), reverse=True)


def version_key(version: str) -> tuple[int, tuple[int, ...], int, int]:
    """Where a version stands in time: `1.0rc1` before `1.0` before `1.0.post1`; what is unreleased comes last."""
    match = re.match(r"\d+(?:\.\d+)*", version)
    if match is None:
        return 1, (), 0, 0
    numbers = [int(number) for number in match.group().split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    stage = re.match(r"[-.+]?([a-z]+)[-.]?(\d*)", version[match.end() :].lower())
    weight = _STAGES.get(stage[1], 0) if stage else 0
    return 0, tuple(numbers), weight, int(stage[2] or 0) if stage else 0


def _prose_lines(text: str) -> list[Line]:
    """The lines outside fences and comments; what is inside stays as blank lines."""
    lines: list[Line] = []
    fence = ""
    for number, raw in enumerate(text.splitlines(), start=1):
        mark = re.match(r"\s*(`{3,}|~{3,}|<!--)", raw)
        is_hidden = bool(fence) or mark is not None
        if fence:
            fence = "" if fence in raw else fence
        elif mark:
            fence = "-->" if mark[1] == "<!--" else mark[1]
            fence = "" if fence == "-->" and "-->" in raw else fence
        lines.append(Line(number, len(raw) - len(raw.lstrip()), "" if is_hidden else raw.strip()))
    return lines


def _versions(lines: Sequence[Line]) -> Iterator[tuple[str, list[Line]]]:
    """Every version with the lines below its heading."""
    found = [(title, version) for title in _titles(lines) if (version := _version_of(title.words))]
    ends = [*(title.first for title, _ in found), len(lines)][1:]
    for (title, version), end in zip(found, ends, strict=False):
        yield version, list(lines[title.last + 1 : end])


def _version_of(words: str) -> str:
    plain = _LINK.sub(lambda match: match[1] or match[2], words).strip("[]`* :").lstrip("[")
    if _UNRELEASED.match(plain):
        return "unreleased"
    match = _VERSION.match(plain.replace("]", " "))
    return match["version"] if match else ""


def _titles(lines: Sequence[Line]) -> Iterator[_Title]:
    for index, line in enumerate(lines):
        below = lines[index + 1] if index + 1 < len(lines) else None
        if found := _HASHES.match(line.text) or _BOLD.match(line.text):
            yield _Title(found["words"], index, index)
        elif below is not None and line.text and line.indent == 0 and _is_rule(below, line):
            has_overline = index > 0 and _is_rule(lines[index - 1], line)
            yield _Title(line.text, index - has_overline, index + 1)


def _is_rule(rule: Line, title: Line) -> bool:
    return _RULE.match(rule.text) is not None and _RULE.match(title.text) is None and not _BULLET.match(title.text)


def _changes(version: str, lines: Sequence[Line], path: str) -> Iterator[Change]:
    titles = list(_titles(lines))
    starts = [0, *(title.last + 1 for title in titles)]
    ends = [*(title.first for title in titles), len(lines)]
    for words, start, end in zip(["", *(title.words for title in titles)], starts, ends, strict=True):
        if words and _UPKEEP.search(words) and _title_kind(words) != "breaking":
            continue
        for text, first, last in _entries(lines[start:end]):
            yield Change(version, _kind(words, text), text, Span(path, first, last))


def _entries(lines: Sequence[Line]) -> Iterator[tuple[str, int, int]]:
    """Every bullet with the lines that belong to it; a paragraph counts when it warns of something."""
    index = 0
    while index < len(lines):
        end = _end_of_entry(lines, index)
        taken = [line for line in lines[index:end] if line.text]
        if taken and not _RULE.match(taken[0].text):
            text = _clean(" ".join(line.text for line in taken))
            is_entry = _BULLET.match(taken[0].text) is not None or _text_kind(text) in (
                "breaking",
                "deprecated",
                "removed",
            )
            if is_entry and re.search(r"[^\W\d]{2}", text):
                yield text, taken[0].number, taken[-1].number
        index = end


def _end_of_entry(lines: Sequence[Line], start: int) -> int:
    is_bullet = _BULLET.match(lines[start].text) is not None
    end = start + 1
    while end < len(lines) and not _BULLET.match(lines[end].text):
        if not lines[end].text:
            goes_on = is_bullet and end + 1 < len(lines) and lines[end + 1].indent > lines[start].indent
            if not goes_on:
                break
        end += 1
    return end


def _clean(text: str) -> str:
    """An entry without its bullet, links and the credits at its end."""
    words = clean_words(_LINK.sub(lambda match: match[1] or match[2], _BULLET.sub("", text)))
    kept = _CREDIT.sub("", words).strip()
    return kept or words.strip()


def _kind(title: str, text: str) -> ChangeKind:
    """What the heading says; where it says little, what the entry's own words say."""
    told, own = _title_kind(title), _text_kind(text)
    if told in ("deprecated", "removed") and own in ("deprecated", "removed"):
        return own
    if told in ("breaking", "deprecated", "removed") or (told == "fixed" and own != "breaking"):
        return told
    return own or told or "changed"


def _title_kind(title: str) -> ChangeKind | None:
    return next((kind for kind, pattern in _KINDS if re.search(pattern, title, re.IGNORECASE)), None)


def _text_kind(text: str) -> ChangeKind | None:
    return next((kind for kind, pattern in _WORDS if pattern.search(text)), None)
