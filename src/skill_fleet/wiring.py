"""Settings → a fleet: the one place that knows who fills which port."""

from __future__ import annotations

from skill_fleet.authoring.author import Author
from skill_fleet.fleet.fleet import Fleet
from skill_fleet.fleet.local import LocalFleet
from skill_fleet.fleet.ports import Workbench
from skill_fleet.library.folder import FleetFolder
from skill_fleet.settings import Settings
from skill_fleet.sources.store import EvidenceStore


def build_fleet(settings: Settings) -> Fleet:
    bench = Workbench(lambda: _author(settings), _read_sources)
    return LocalFleet(FleetFolder(settings.home.expanduser().absolute()), bench)


def _author(settings: Settings) -> Author:
    from skill_fleet.authoring.extractive.author import ExtractiveAuthor  # noqa: PLC0415  only `create` needs it

    return ExtractiveAuthor(max_tokens=settings.max_tokens)


def _read_sources(origins: tuple[str, ...]) -> EvidenceStore:
    from skill_fleet.sources.read import read_sources  # noqa: PLC0415  only `create` needs the readers

    return read_sources(origins)
