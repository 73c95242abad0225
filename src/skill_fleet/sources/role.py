"""What a page is for, told from its path, its title and what it holds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from skill_fleet.sources.document import DocumentRole, Section

_STEMS: tuple[tuple[DocumentRole, str], ...] = (
    ("changelog", r"change[-_]?log|changes|history|release[-_]?notes?|releases|news|whats?[-_]?new|what[-_]is[-_]new"),
    (
        "noise",
        (
            r"contributing|contribut(?:e|ors)|code[-_]of[-_]conduct|conduct|licen[cs]e|copying|authors?|credits|sponsors?|"
            r"backers|people|translat(?:e|ions?|ing)|acknowledge?ments|governance|maintainers|team|community|donate|"
            r"funding|newsletter|press|jobs|help[-_](?:\w+[-_])?us|external[-_]links|404|genindex|(?:py-)?modindex|search|notfound|"
            r"external|thanks|copyright|imprint|privacy(?:[-_]policy)?|showcase|adopters|endorsements|security[-_]policy"
        ),
    ),
    ("readme", r"readme"),
    ("index", r"index|home|_?toc|contents|overview"),
    (
        "quickstart",
        (
            r"quick[-_]?starts?|getting[-_]?started|first[-_]?steps|get[-_]started|tutorial|intro(?:duction)?|start|"
            r"your[-_]first[-_]\w+|hello[-_]world|install(?:ation|ing)?|setup|basics"
        ),
    ),
    (
        "faq",
        (r"faqs?|frequently[-_]asked[-_]questions|trouble[-_]?shooting|questions|common[-_](?:errors|issues|problems)"),
    ),
    (
        "migration",
        (r"migrat(?:e|ion|ing)(?:[-_].*)?|upgrad(?:e|ing)(?:[-_].*)?|(?:from|coming[-_]from)[-_]\w+|compatibility"),
    ),
    (
        "internals",
        (
            r"internals?|architecture|design|development|developing|developers?|hacking|roadmap|benchmarks?|testing[-_]guide|"
            r"benchmarking|how[-_]it[-_]works|release[-_]process|releasing"
        ),
    ),
    (
        "reference",
        (
            r"reference|api|apis|cli|commands?|settings|configuration[-_]reference|options|glossary|.*[-_]reference|api[-_].*"
        ),
    ),
    ("concept", r"concepts?|why|explanation|background|philosophy|about|alternatives|rationale|motivation"),
)
_FOLDERS: tuple[tuple[DocumentRole, str], ...] = (
    ("changelog", r"change[-_]?logs?|releases?|release[-_]notes|whatsnew|news(?:fragments)?|changelog\.d"),
    ("noise", r"blog|posts|translations?|people|sponsors|community|_templates|_static|includes?|_includes|_snippets"),
    ("internals", r"internals?|contributing|development|dev|developers?|maintainers?|proposals|rfcs?|adr|design"),
    ("migration", r"migrat(?:ion|ions|e)|upgrad(?:e|ing)"),
    ("reference", r"reference|api|apidocs|api[-_]reference|cli|_autosummary|generated|autoapi|.*[-_]api"),
    ("quickstart", r"quick[-_]?start|getting[-_]?started|tutorials?|first[-_]?steps"),
    ("faq", r"faq|troubleshooting"),
    ("concept", r"concepts?|explanations?|topics|background|learn"),
    ("guide", r"guides?|how[-_]?tos?|advanced|usage|examples?|cookbook|recipes|user[-_]?guide"),
)
_TITLES: tuple[tuple[DocumentRole, str], ...] = (
    ("changelog", r"change ?log|changes|release notes|release history|what'?s new.*|history"),
    ("noise", r"(?:contributing|code of conduct|licen[cs]e|authors|credits|sponsors|contributors)(?: to .*)?"),
    ("faq", r"faqs?|frequently asked questions|troubleshooting"),
    ("migration", r"migrat(?:ing|ion)\b.*|upgrading\b.*|.*\b(?:migration|upgrade) guide"),
    ("quickstart", r"quick ?start\b.*|getting started\b.*|first steps\b.*|.*\btutorial"),
    ("reference", r".*\breference|api\b.*|.*\bapi"),
    ("guide", r"how to\b.*|.*\bguide|using\b.*"),
    ("concept", r"why\b.*|.*\bconcepts?|what is\b.*|understanding\b.*"),
)
_MOST = 0.6
_SEVERAL = 3


def role_of(path: str, title: str, sections: Sequence[Section]) -> DocumentRole:
    """The role by the page's file name, then its title, then its folders, then its content."""
    pure = PurePosixPath(path)
    stem = re.sub(r"^\d+[-_.]", "", pure.stem.lower())
    named = _matched(_STEMS, stem)
    if named == "index" and pure.parent.name:
        return _by_folder(pure) or "index"
    if _is_policy(stem, sections):
        return "noise"
    return named or _matched(_TITLES, title.lower()) or _by_folder(pure) or _by_content(sections)


def _matched(table: tuple[tuple[DocumentRole, str], ...], text: str) -> DocumentRole | None:
    return next((role for role, pattern in table if re.fullmatch(pattern, text)), None)


def _by_folder(path: PurePosixPath) -> DocumentRole | None:
    found = (_matched(_FOLDERS, part.lower()) for part in reversed(path.parts[:-1]))
    return next((role for role in found if role), None)


def _is_policy(stem: str, sections: Sequence[Section]) -> bool:
    """SECURITY.md tells how to report a hole; a page about security says more, and shows code."""
    if stem != "security":
        return False
    blocks = [block for section in sections for block in section.blocks]
    reports = any(re.search(r"\breport(?:ing)?\b.*\bvulnerabilit", block.text, re.IGNORECASE) for block in blocks)
    return reports and not any(block.kind == "code" for block in blocks)


def _by_content(sections: Sequence[Section]) -> DocumentRole:
    """A page of version headings is a changelog, a page of declarations a reference, of questions a FAQ."""
    titles = [section.title for section in sections if section.level > 1]
    blocks = [block for section in sections for block in section.blocks]
    if _share(titles, r"\[?v?\d+\.\d+(?:\.\d+)?.*") > _MOST and len(titles) >= _SEVERAL:
        return "changelog"
    if sum(block.kind == "signature" for block in blocks) > len(blocks) / 3 and blocks:
        return "reference"
    if _share(titles, r".*\?") > _MOST and len(titles) >= _SEVERAL:
        return "faq"
    return "page"


def _share(titles: Sequence[str], pattern: str) -> float:
    return sum(bool(re.fullmatch(pattern, title)) for title in titles) / len(titles) if titles else 0.0
