"""What a skill says, beside the lines of the sources that it cites: read again from what `provenance.json` names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from skill_fleet.authoring.draft import Statement
from skill_fleet.authoring.provenance import Provenance
from skill_fleet.codec import from_json
from skill_fleet.errors import SkillFleetError
from skill_fleet.library.drafts import PROVENANCE
from skill_fleet.metrics.truth import Claim
from skill_fleet.sources.store import EvidenceStore

ReadSources = Callable[[tuple[str, ...]], EvidenceStore]

Tell = Callable[[str], object]
"""Takes why statements are not checked."""


def load_claims(skill: Path, read: ReadSources, tell: Tell) -> tuple[Claim, ...]:
    """The statements of a skill, or draft, whose sources are what they were when it was made.

    Line numbers mean nothing in a source that has changed since: its statements are left out, and `tell` hears of it,
    as it does of a source that cannot be read and of a skill without a record.
    """
    record = next((place for place in (skill.parent, skill.parent.parent) if (place / PROVENANCE).is_file()), None)
    if record is None:
        tell(f"{skill}: no {PROVENANCE} says where its statements come from")
        return ()
    try:
        made = from_json((record / PROVENANCE).read_bytes(), Provenance)
    except (OSError, ValueError):
        tell(f"{record / PROVENANCE} is no record of statements and sources")
        return ()
    stores = {source.id: _load_source(source.origin, source.digest, read, tell) for source in made.sources}
    unchanged = {name: store for name, store in stores.items() if store}
    found = (_claim(skill.parent, statement, unchanged) for statement in made.statements)
    return tuple(claim for claim in found if claim)


def _load_source(origin: str, digest: str, read: ReadSources, tell: Tell) -> EvidenceStore | None:
    try:
        store = read((origin,))
    except SkillFleetError as error:
        tell(f"the source {origin} is not checked: {error.message}")
        return None
    if [source.digest for source in store.sources] != [digest]:
        tell(f"the source {origin} has changed since the skill was made: what it cites there is not checked")
        return None
    return store


def _claim(folder: Path, statement: Statement, stores: Mapping[str, EvidenceStore]) -> Claim | None:
    """None for a statement without a reference, or with one to a source that is not to be had."""
    cited = statement.references
    if not cited or any(one.source not in stores for one in cited):
        return None
    lines = _lines(folder / statement.file)
    texts = (stores[one.source].cited(_only(stores[one.source]), one.path, one.line, one.end) for one in cited)
    said = "\n".join(lines[statement.line - 1 : statement.end])
    return Claim(statement.file, statement.line, statement.end, said, "\n".join(texts))


def _only(store: EvidenceStore) -> str:
    """Read on its own, a source may go by another id than among others."""
    return store.sources[0].id


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").split("\n")
    except OSError:
        return []
