"""Settings → a fleet: the one place that knows who fills which port."""

from __future__ import annotations

from skill_fleet.authoring.author import Author
from skill_fleet.fleet.fleet import Fleet
from skill_fleet.fleet.local import LocalFleet
from skill_fleet.fleet.ports import Workbench
from skill_fleet.library.folder import FleetFolder
from skill_fleet.settings import Settings, cache_folder, home_folder
from skill_fleet.sources.store import EvidenceStore


def build_fleet(settings: Settings) -> Fleet:
    folder = FleetFolder(home_folder(settings))

    def read(origins: tuple[str, ...]) -> EvidenceStore:
        return _read_sources(settings, origins)

    return LocalFleet(folder, Workbench(lambda: _author(settings), read))


def _author(settings: Settings) -> Author:
    from skill_fleet.authoring.extractive.author import ExtractiveAuthor  # noqa: PLC0415  only `create` needs it

    return ExtractiveAuthor(max_tokens=settings.max_tokens, max_lines=settings.max_lines)


def _read_sources(settings: Settings, origins: tuple[str, ...]) -> EvidenceStore:
    from skill_fleet.sources import command, walk  # noqa: PLC0415  only `create` needs the readers
    from skill_fleet.sources.cache import EvidenceCache  # noqa: PLC0415
    from skill_fleet.sources.read import Reach  # noqa: PLC0415

    reach = Reach(
        folder=walk.Limits(text_bytes=settings.max_source_bytes),
        command=command.Limits(call=settings.command_timeout),
    )
    return EvidenceCache(cache_folder(settings) / "evidence", reach).read(origins)
