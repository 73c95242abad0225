"""`--from` as the person wrote it → an evidence store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from skill_fleet.errors import SourceMissing
from skill_fleet.sources import command, walk
from skill_fleet.sources.credentials import without_credentials
from skill_fleet.sources.document import Block, Source
from skill_fleet.sources.evidence import Evidence
from skill_fleet.sources.folder import decode, read_path
from skill_fleet.sources.mine import evidence_id, mine_source
from skill_fleet.sources.package import read_package
from skill_fleet.sources.quarantine import quarantine
from skill_fleet.sources.store import EvidenceStore, SourceText

PACKAGE = "package:"
COMMAND = "cli:"


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of a source is read: bytes and files of a folder, seconds and pages of a command."""

    folder: walk.Limits = field(default_factory=walk.Limits)
    command: command.Limits = field(default_factory=command.Limits)


def read_sources(origins: Sequence[str], reach: Reach | None = None) -> EvidenceStore:
    """Everything the origins hold, in their order. Raises a `SourceError` that names the first that cannot be read."""
    return join_stores([read_origin(origin, reach or Reach()) for origin in dict.fromkeys(origins)])


def read_origin(origin: str, reach: Reach) -> EvidenceStore:
    """What one origin holds."""
    source, texts = without_credentials(*_read(origin, reach))
    source = quarantine(source)
    return EvidenceStore((source,), tuple(mine_source(source)), tuple(texts))


def join_stores(stores: Sequence[EvidenceStore]) -> EvidenceStore:
    """One store of several; a source whose id is taken gets a number."""
    named: list[EvidenceStore] = []
    for store in stores:
        taken = [source.id for other in named for source in other.sources]
        named.append(_renamed(store, _free_id(store.sources[0].id, taken)))
    return EvidenceStore(
        tuple(source for store in named for source in store.sources),
        tuple(unit for store in named for unit in store.evidence),
        tuple(text for store in named for text in store.texts),
    )


def _renamed(store: EvidenceStore, name: str) -> EvidenceStore:
    """A store of one source under another id."""
    (source,) = store.sources
    if source.id == name:
        return store
    return EvidenceStore(
        (replace(source, id=name),),
        tuple(_moved(unit, name) for unit in store.evidence),
        tuple(replace(text, source=name) for text in store.texts),
    )


def _moved(unit: Evidence, source: str) -> Evidence:
    return replace(unit, source=source, id=evidence_id(source, unit.kind, unit.span, unit.text))


def _read(origin: str, reach: Reach) -> tuple[Source, list[SourceText]]:
    if origin.startswith(PACKAGE):
        return read_package(_name_in(origin, PACKAGE, "package:NAME with the name of an installed Python package"))
    if origin.startswith(COMMAND):
        name = _name_in(origin, COMMAND, "cli:NAME with the name of a command, such as cli:git")
        return command.read_command(name, reach.command)
    path = path_of(origin)
    source = read_path(path, limit=reach.folder)
    return source, _folder_texts(source, path if path.is_dir() else path.parent)


def _name_in(origin: str, prefix: str, wanted: str) -> str:
    name = origin.removeprefix(prefix).strip()
    if not name:
        raise SourceMissing(f"`{origin}` names nothing after the colon.", f"Write {wanted}.")
    return name


def path_of(origin: str) -> Path:
    """The file or folder an origin names, `~` resolved. Raises SourceMissing when it names none that can be seen."""
    if not origin.strip():
        raise SourceMissing("The source is empty.", "Give a folder or file, package:NAME or cli:NAME after --from.")
    try:
        path = Path(origin).expanduser()
        path.stat()
        origin.encode()
    except RuntimeError as error:  # how pathlib says that a home is not known
        hint = "Check the spelling, or write the path in full."
        raise SourceMissing(f"There is no home folder for {Path(origin).parts[0]}.", hint) from error
    except FileNotFoundError:
        pass  # `read_path` says so
    except (OSError, ValueError) as error:
        message = f"{origin!a} cannot be read: {getattr(error, 'strerror', None) or error}."
        raise SourceMissing(message, "Check the path and its permissions.") from error
    return path


def _folder_texts(source: Source, root: Path) -> list[SourceText]:
    """The files that blocks of the source stand in, included ones too."""
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
