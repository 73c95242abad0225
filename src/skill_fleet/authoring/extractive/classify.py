"""Domain, category, type and level, from what the task and the sources are made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from skill_fleet.authoring.decisions import Domain, SkillType, TargetLevel, TaxonomyChoice
from skill_fleet.library.catalog import Entry
from skill_fleet.ranking import Index, terms
from skill_fleet.sources.store import EvidenceStore

_TYPES: tuple[tuple[SkillType, str], ...] = (
    ("troubleshooting", r"^\W*(?:debug|troubleshoot|fix|diagnos\w+|resolve)\b|\btroubleshoot\w*\b"),
    ("checklist", r"^\W*(?:check|audit|review|verify|comply)\b|\b(?:checklist|compliance|policy)\b"),
    ("workflow", r"\b(?:workflow|process|pipeline|release|publish|migrate|deploy|ci)\b"),
    ("concept", r"\b(?:understand|explain|concepts?|theory|why)\b"),
    ("reference", r"\b(?:reference|api|options|all commands|list of)\b"),
)
#: Where a skill goes that no category's words fit.
NO_CATEGORY = "general"
#: A folder whose skills are at least this similar is proposed.
SIMILAR = 0.35
#: Characters of a skill's body that are compared.
MAX_BODY = 4000
#: One unit of code in so many makes the sources technical.
UNITS_FOR_ONE_OF_CODE = 20
TASK_COUNTS = 3

_META = re.compile(r"\b(?:skills?|SKILL\.md)\b", re.IGNORECASE)
_ADVANCED = re.compile(
    r"\b(?:advanced|internals?|custom|tune|tuning|optimi[sz]e|performance|scal\w+|extend|plug-?ins?)\b", re.IGNORECASE
)
_BEGINNER = re.compile(r"\b(?:getting started|first|introduction|beginner|basics?|quick ?start|learn)\b", re.IGNORECASE)

#: Words that place a piece of software in a category; the first category with the most hits wins.
_CATEGORIES: dict[str, str] = {
    "networking": "http https client request response proxy socket tcp dns url websocket timeout connection network "
    "grpc",
    "web": "web api endpoint route router server asgi wsgi html css template browser frontend middleware page react",
    "data": "database sql query orm table schema dataframe column transaction postgres sqlite migration",
    "observability": "log logger logging trace tracing metric monitor telemetry",
    "packaging": "package dependency install lockfile virtualenv wheel publish build version registry",
    "testing": "test assertion fixture mock coverage pytest",
    "security": "security auth authentication token password encryption certificate oauth permission",
    "interfaces": "terminal cli command widget screen tui gui keyboard prompt console",
    "machine-learning": "model training prompt llm language embedding dataset inference optimizer agent",
    "concurrency": "async await thread task queue worker scheduler concurrency job event",
    "documents": "document pdf markdown spreadsheet text parse file format yaml json xml",
    "operations": "deploy container cloud cluster docker kubernetes infrastructure server host",
}


def domain_of(task: str, store: EvidenceStore) -> Domain:
    """tool for a command's help alone, meta for skills about skills, technical where the sources hold code."""
    if _META.search(task):
        return "meta"
    if store.sources and all(source.kind == "command" for source in store.sources):
        return "tool"
    kinds = Counter(unit.kind for unit in store.evidence)
    code = kinds["example"] + kinds["symbol"] + kinds["command"] + kinds["option"]
    return "technical" if code * UNITS_FOR_ONE_OF_CODE >= max(len(store.evidence), 1) else "domain_knowledge"


def skill_type_of(task: str) -> SkillType:
    lowered = task.lower()
    return next((kind for kind, pattern in _TYPES if re.search(pattern, lowered)), "how_to")


def level_of(task: str) -> TargetLevel:
    if _ADVANCED.search(task):
        return "advanced"
    return "beginner" if _BEGINNER.search(task) else "intermediate"


def categories(task: str, words: Sequence[str]) -> list[tuple[str, float]]:
    """Categories by the share of their words in the task (weight 3) and in the sources' titles, best first."""
    counts = Counter(TASK_COUNTS * terms(task) + list(words))
    total = sum(counts.values()) or 1
    rows = [(name, sum(counts[term] for term in set(terms(text))) / total) for name, text in _CATEGORIES.items()]
    return sorted((row for row in rows if row[1] > 0), key=lambda row: (-row[1], row[0]))


def place(
    domain: Domain, ranked: Sequence[tuple[str, float]], text: Sequence[str], fleet: Sequence[Entry]
) -> TaxonomyChoice:
    """A folder of the same domain that already holds similar skills, else `domain/category`.

    Confidence is the lead of the chosen folder over the next, 0 to 1.
    """
    room = domain.replace("_", "-")
    default = f"{room}/{ranked[0][0] if ranked else NO_CATEGORY}"
    existing = _folders(text, fleet)
    if existing and existing[0][1] >= SIMILAR and existing[0][0].split("/")[0] == room:
        return _beside_similar(existing, default)
    shares = [share for _, share in ranked]
    return TaxonomyChoice(
        path=default,
        alternatives=tuple(f"{room}/{name}" for name, _ in ranked[1:4]),
        rationale="the words of the task and of the sources' titles",
        new_directories=() if default in {entry.path for entry in fleet} else (default,),
        confidence=_lead(shares),
    )


def _beside_similar(existing: Sequence[tuple[str, float]], default: str) -> TaxonomyChoice:
    others = (default, *(folder for folder, _ in existing[1:3]))
    path = existing[0][0]
    return TaxonomyChoice(
        path=path,
        alternatives=tuple(folder for folder in dict.fromkeys(others) if folder != path),
        rationale="similar skills are kept there",
        new_directories=(),
        confidence=_lead([weight for _, weight in existing]),
    )


def _lead(shares: Sequence[float]) -> float:
    """The share of the first in the sum of the first two, 0 to 1."""
    best, second = [*shares, 0.0, 0.0][:2]
    return round(best / (best + second), 2) if best else 0.0


def _folders(text: Sequence[str], fleet: Sequence[Entry]) -> list[tuple[str, float]]:
    """Folders of the fleet by how much the most similar of their skills resembles `text`, 0 to 1."""
    similar: dict[str, float] = {}
    for entry, score in similarities(text, fleet):
        if entry.path:
            similar[entry.path] = max(similar.get(entry.path, 0.0), score)
    return sorted(similar.items(), key=lambda row: (-row[1], row[0]))


def similarities(text: Sequence[str], fleet: Sequence[Entry]) -> list[tuple[Entry, float]]:
    """Skills of the fleet with their BM25 score for `text`, relative to the score of `text` itself, best first."""
    rows = [
        terms(f"{entry.name} {entry.name} {entry.description} {entry.description} {entry.body[:MAX_BODY]}")
        for entry in fleet
    ]
    *scores, perfect = Index([*rows, list(text)]).scores(text)
    shares = [min(score / perfect, 1.0) if perfect else 0.0 for score in scores]
    return sorted(zip(fleet, shares, strict=True), key=lambda row: (-row[1], row[0].path))
