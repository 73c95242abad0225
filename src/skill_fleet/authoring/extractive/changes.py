"""What changed lately: the lines of a changelog that code written from memory would trip over."""

from __future__ import annotations

from itertools import islice

from skill_fleet.authoring.extractive.passages import Passage
from skill_fleet.authoring.extractive.shelf import Shelf
from skill_fleet.authoring.extractive.wanted import hits
from skill_fleet.sources.changelog import Change, ChangeKind, parse_changelog, version_key
from skill_fleet.sources.document import Source
from skill_fleet.sources.evidence import Evidence
from skill_fleet.sources.quarantine import suspicious_places, touches

#: Breaking before deprecated before new: the first break old code, the last is only missed (authoring notes, section 4,
#: step 8; the distances were tuned on the httpx and starlette question sets in `benchmarks/`).
WEIGHT: dict[ChangeKind, float] = {
    "breaking": 3.0,
    "removed": 2.6,
    "deprecated": 2.4,
    "changed": 1.5,
    "added": 1.0,
    "fixed": 0.0,
}
#: How far back "lately" goes (authoring notes, section 4, step 8).
RECENT_ENTRIES = 45
#: An entry of more words tells a story.
MAX_WORDS = 45


def change_notes(shelf: Shelf, limit: int) -> list[Passage]:
    """The changes that matter most, newest version first, each with its version; nothing without a changelog."""
    found = [(source, change) for source in shelf.store.sources for change in _recent(shelf, source)]
    values = [_value(shelf, change) for _, change in found]
    best = sorted((n for n, value in enumerate(values) if value > 0), key=lambda n: (-values[n], n))[:limit]
    passages = (_passage(shelf, *found[number]) for number in sorted(best))
    return [passage for passage in passages if passage is not None]


def _recent(shelf: Shelf, source: Source) -> list[Change]:
    """The newest entries of all changelogs of a source: some keep a file for each version."""
    logs = [page.path for page in source.documents if page.role == "changelog"]
    texts = ((path, "\n".join(shelf.store.lines.get((source.id, path), []))) for path in logs)
    changes = [change for path, text in texts for change in parse_changelog(text, path)]
    changes.sort(key=lambda change: version_key(change.version), reverse=True)
    bad = suspicious_places(source)
    return list(islice((change for change in changes if not touches(change.span, bad)), RECENT_ENTRIES))


def _value(shelf: Shelf, change: Change) -> float:
    """Weight by kind, more for the task's words; nothing for entries that name no code, or ramble."""
    if "`" not in change.text or len(change.text.split()) > MAX_WORDS:
        return 0.0
    return WEIGHT[change.kind] * (1 + hits(change.text, shelf.task_terms))


def _passage(shelf: Shelf, source: Source, change: Change) -> Passage | None:
    evidence = _evidence(shelf, source, change)
    if evidence is None:
        return None
    label = "" if change.kind in ("changed", "added") else f" ({change.kind})"
    return Passage(f"- **{change.version}{label}:** {change.text}", "verbatim", (evidence,), tight=True)


def _evidence(shelf: Shelf, source: Source, change: Change) -> Evidence | None:
    """The unit mined from the lines of the entry."""
    units = (
        unit
        for unit in shelf.store.in_file(source.id, change.span.path)
        if unit.span.line <= change.span.line and unit.span.end >= change.span.end
    )
    return min(units, key=lambda unit: (unit.span.end - unit.span.line, unit.id), default=None)
