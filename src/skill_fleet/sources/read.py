"""`--from` as the person wrote it → an evidence store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from skill_fleet.sources.document import Block, Source
from skill_fleet.sources.folder import decode, read_path
from skill_fleet.sources.mine import mine_source
from skill_fleet.sources.store import EvidenceStore, SourceText


def read_sources(origins: Sequence[str]) -> EvidenceStore:
    """Everything the origins hold, in their order. Raises a `SourceError` that names the first that cannot be read."""
    sources: list[Source] = []
    texts: list[SourceText] = []
    for origin in origins:
        source, read = read_source(origin)
        named = replace(source, id=_free_id(source.id, [other.id for other in sources]))
        sources.append(named)
        texts += [replace(text, source=named.id) for text in read]
    evidence = [unit for source in sources for unit in mine_source(source)]
    return EvidenceStore(tuple(sources), tuple(evidence), tuple(texts))


def read_source(origin: str) -> tuple[Source, list[SourceText]]:
    path = Path(origin).expanduser()
    source = read_path(path)
    return source, _folder_texts(source, path if path.is_dir() else path.parent)


def _folder_texts(source: Source, root: Path) -> list[SourceText]:
    paths = sorted({block.span.path for page in source.documents for s in page.sections for block in _blocks(s.blocks)})
    return [SourceText(source.id, path, decode((root / path).read_bytes())[0]) for path in paths]


def _blocks(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        yield block
        yield from _blocks(block.children)


def _free_id(wanted: str, taken: Sequence[str]) -> str:
    number = 2
    free = wanted
    while free in taken:
        free = f"{wanted}-{number}"
        number += 1
    return free
