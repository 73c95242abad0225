"""`provenance.json`: for each block of a draft the evidence, file and lines it rests on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from skill_fleet.authoring.draft import Draft, Statement
from skill_fleet.sources.store import EvidenceStore

VERSION = 1


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """A source as it was read: `origin` is what `--from` took, `digest` the SHA-256 of its contents."""

    id: str
    origin: str
    digest: str
    product: str
    version: str
    licence: str
    suspicious: tuple[str, ...]
    skipped: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Provenance:
    """`files` maps each file of the draft to its SHA-256; statements stand file by file, line by line."""

    version: int
    author: str
    sources: tuple[SourceRecord, ...]
    files: dict[str, str]
    statements: tuple[Statement, ...]


def provenance_of(draft: Draft, store: EvidenceStore) -> Provenance:
    return Provenance(
        version=VERSION,
        author=draft.author,
        sources=tuple(
            SourceRecord(
                id=source.id,
                origin=source.origin,
                digest=source.digest,
                product=source.product,
                version=source.version,
                licence=source.licence.name if source.licence else "",
                suspicious=tuple(f"{f.span.path}:{f.span.line} {f.reason}" for f in source.suspicious),
                skipped=source.skipped,
            )
            for source in store.sources
        ),
        files={file.path: hashlib.sha256(file.text.encode()).hexdigest() for file in draft.files},
        statements=tuple(sorted(draft.statements, key=lambda s: (s.file != "SKILL.md", s.file, s.line))),
    )
